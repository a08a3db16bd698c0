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

/* A token as it came, and what it says once it was found good. */
struct presented {
    struct idp_call *call;
    const struct idp_request *request;
    struct idp_bytes token;
    bool is_dpop; /* by its scheme */
    const struct idp_json *claims;
};

/* ---- proofs ---- */

static enum idp_error judge_key(const struct presented *presented, struct idp_bytes jkt)
{
    struct idp_bytes proven;
    struct idp_call *call = presented->call;
    struct idp_origin origin = idp_request_origin(call, presented->request);
    if (origin.dpop.data == NULL) {
        return IDP_INVALID_DPOP_PROOF;
    }
    enum idp_error error = idp_dpop_read(call, &origin, idp_settings_load(call).dpop_nonce_required,
                                         presented->token, &proven);
    return error == IDP_OK && !idp_bytes_equal(proven, jkt) ? IDP_INVALID_TOKEN : error;
}

static bool has_certificate(const struct presented *presented, struct idp_bytes x5t)
{
    struct idp_bytes proven = idp_certificate_thumbprint(
        presented->call, idp_request_certificate(presented->call, presented->request));
    return proven.data != NULL && idp_bytes_equal(proven, x5t);
}

static struct idp_bytes bound_key(const struct presented *presented)
{
    return idp_json_string(idp_json_member(presented->claims, "cnf"), "jkt");
}

/* A token that is bound to a key comes under the scheme DPoP and no other, and none else does. */
static enum idp_error judge(const struct presented *presented)
{
    struct idp_bytes jkt = bound_key(presented);
    struct idp_bytes x5t = idp_json_string(idp_json_member(presented->claims, "cnf"), "x5t#S256");
    if (presented->claims == NULL || presented->is_dpop != (jkt.data != NULL) ||
        (x5t.data != NULL && !has_certificate(presented, x5t))) {
        return IDP_INVALID_TOKEN;
    }
    return jkt.data == NULL ? IDP_OK : judge_key(presented, jkt);
}

/* ---- refusals ---- */

/* The challenge names the scheme that the token is for; where nobody knows, the one it came by. */
static struct idp_response challenge(const struct presented *presented, int64_t status,
                                     const char *error, const char *description)
{
    bool is_dpop =
        presented->claims == NULL ? presented->is_dpop : bound_key(presented).data != NULL;
    return is_dpop ? idp_response_dpop(presented->call, status, error, description)
                   : idp_response_bearer(presented->call, status, error, description);
}

static struct idp_response refuse(const struct presented *presented, enum idp_error error)
{
    const struct idp_error_row *row = idp_error_row(error);
    const char *sentence =
        error == IDP_INVALID_TOKEN ? "The access token is not good." : row->sentence;
    struct idp_response response = challenge(presented, 401, row->word, sentence);
    if (error == IDP_USE_DPOP_NONCE) {
        idp_json_add_string(presented->call, response.headers, "DPoP-Nonce",
                            idp_dpop_nonce(presented->call));
    }
    return response;
}

static struct idp_response lacks_scope(const struct presented *presented, const char *scope)
{
    struct idp_text sentence = {.call = presented->call};
    idp_text_add_c(&sentence, "The access token needs the scope ");
    idp_text_add_c(&sentence, scope);
    idp_text_add_c(&sentence, ".");
    return challenge(presented, 403, "insufficient_scope", idp_text_bytes(&sentence).data);
}

/* ---- claims ---- */

const struct idp_json *idp_request_claims(struct idp_call *call, const struct idp_request *request,
                                          const char *scope, struct idp_response *refusal)
{
    struct presented presented = {
        .call = call, .request = request, .token = idp_request_bearer(request)};
    if (presented.token.data == NULL) {
        presented.token = token_of(request, "DPoP");
        presented.is_dpop = true;
    }
    if (presented.token.data == NULL) {
        *refusal = idp_response_token_needed(call);
        return NULL;
    }
    presented.claims = idp_json_member(idp_authenticate(call, presented.token), "claims");
    enum idp_error error = judge(&presented);
    if (error != IDP_OK) {
        *refusal = refuse(&presented, error);
        return NULL;
    }
    if (!idp_word_in(idp_json_string(presented.claims, "scope"), idp_bytes_of(scope))) {
        *refusal = lacks_scope(&presented, scope);
        return NULL;
    }
    return presented.claims;
}
