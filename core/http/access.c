/* SPDX-License-Identifier: Apache-2.0 */
/* access.c - requests with an access token (RFC 6750 §2.1, RFC 9449 §7.1). One that is bound
 * to a key or to a certificate is nothing without the proof. */
#include "core/http/http.h"

#include <string.h>
#include <strings.h>

/* What follows the scheme in an Authorization header; data NULL where it is another one. */
static struct idp_bytes token_of(const struct idp_request *request, const char *scheme)
{
    size_t size = strlen(scheme);
    struct idp_bytes header = idp_request_header(request, "authorization");
    bool is_so = header.size > size && strncasecmp(header.data, scheme, size) == 0 &&
                 header.data[size] == ' ';
    return is_so ? (struct idp_bytes){header.data + size + 1, header.size - size - 1}
                 : (struct idp_bytes){0};
}

struct idp_bytes idp_request_bearer(const struct idp_request *request)
{
    return token_of(request, "Bearer");
}

struct idp_origin idp_request_origin(struct idp_call *call, const struct idp_request *request)
{
    struct idp_text url = {.call = call};
    idp_text_add(&url, idp_settings_load(call).base_url);
    idp_text_add(&url, request->path);
    return (struct idp_origin){.method = request->method,
                               .url = idp_text_bytes(&url),
                               .dpop = idp_request_header(request, "dpop")};
}

/* ---- proofs ---- */

static bool has_key(struct idp_call *call, const struct idp_request *request,
                    struct idp_bytes token, struct idp_bytes jkt)
{
    struct idp_bytes proven;
    struct idp_origin origin = idp_request_origin(call, request);
    return origin.dpop.data != NULL &&
           idp_dpop_read(call, &origin, false, token, &proven) == IDP_OK &&
           idp_bytes_equal(proven, jkt);
}

static bool has_certificate(struct idp_call *call, const struct idp_request *request,
                            struct idp_bytes x5t)
{
    struct idp_bytes proven =
        idp_certificate_thumbprint(call, idp_request_certificate(call, request));
    return proven.data != NULL && idp_bytes_equal(proven, x5t);
}

/* A token that is bound to a key comes under the scheme DPoP and no other, and none else does. */
static bool is_proven(struct idp_call *call, const struct idp_request *request,
                      struct idp_bytes token, bool is_dpop, const struct idp_json *claims)
{
    const struct idp_json *cnf = idp_json_member(claims, "cnf");
    struct idp_bytes jkt = idp_json_string(cnf, "jkt"), x5t = idp_json_string(cnf, "x5t#S256");
    return is_dpop == (jkt.data != NULL) &&
           (jkt.data == NULL || has_key(call, request, token, jkt)) &&
           (x5t.data == NULL || has_certificate(call, request, x5t));
}

/* ---- claims ---- */

static struct idp_response lacks_scope(struct idp_call *call, const char *scope)
{
    struct idp_text sentence = {.call = call};
    idp_text_add_c(&sentence, "The access token needs the scope ");
    idp_text_add_c(&sentence, scope);
    idp_text_add_c(&sentence, ".");
    return idp_response_bearer(call, 403, "insufficient_scope", idp_text_bytes(&sentence).data);
}

const struct idp_json *idp_request_claims(struct idp_call *call, const struct idp_request *request,
                                          const char *scope, struct idp_response *refusal)
{
    struct idp_bytes bearer = idp_request_bearer(request);
    bool is_dpop = bearer.data == NULL;
    struct idp_bytes token = is_dpop ? token_of(request, "DPoP") : bearer;
    if (token.data == NULL) {
        *refusal = idp_response_bearer(call, 401, NULL, "An access token is needed.");
        return NULL;
    }
    const struct idp_json *claims = idp_json_member(idp_authenticate(call, token), "claims");
    if (claims == NULL || !is_proven(call, request, token, is_dpop, claims)) {
        *refusal = idp_response_bearer(call, 401, "invalid_token", "The access token is not good.");
        return NULL;
    }
    if (!idp_word_in(idp_json_string(claims, "scope"), idp_bytes_of(scope))) {
        *refusal = lacks_scope(call, scope);
        return NULL;
    }
    return claims;
}
