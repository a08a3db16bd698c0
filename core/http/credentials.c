/* SPDX-License-Identifier: Apache-2.0 */
/* credentials.c - how a request says which client it comes from (RFC 6749 §2.3.1).
 * Whatever is in an Authorization header counts as an attempt, so that a broken one is a client
 * that failed to authenticate and never one that did not try. */
#include "core/http/http.h"

#include <string.h>
#include <strings.h>

/* What follows "Basic " in a header; data NULL where the scheme is another one. */
static struct idp_bytes basic_strip(struct idp_bytes header)
{
    static const char scheme[] = "Basic ";
    size_t size = sizeof(scheme) - 1;
    if (header.size < size || strncasecmp(header.data, scheme, size) != 0) {
        return (struct idp_bytes){0};
    }
    while (size < header.size && header.data[size] == ' ') {
        size++;
    }
    return (struct idp_bytes){header.data + size, header.size - size};
}

static struct idp_bytes part_decode(struct idp_call *call, const char *data, size_t size)
{
    struct idp_bytes part = idp_form_decode(call, (struct idp_bytes){data, size});
    if (!part.data || !idp_utf8_valid(part)) {
        return (struct idp_bytes){0};
    }
    return part;
}

static bool basic_read(struct idp_call *call, struct idp_bytes header, struct idp_credentials *out)
{
    struct idp_bytes encoded = basic_strip(header);
    if (!encoded.data) {
        return false;
    }
    struct idp_bytes pair = idp_base64_decode(call, encoded);
    const char *colon = pair.size > 0 ? memchr(pair.data, ':', pair.size) : NULL;
    if (!colon) {
        return false;
    }
    size_t id_size = (size_t)(colon - pair.data);
    out->method = IDP_CREDENTIAL_BASIC;
    out->client_id = part_decode(call, pair.data, id_size);
    out->client_secret = part_decode(call, colon + 1, pair.size - id_size - 1);
    return out->client_id.data && out->client_id.size > 0 && out->client_secret.data;
}

enum idp_error idp_credentials_read(struct idp_call *call, const struct idp_request *request,
                                    const struct idp_json *form, struct idp_credentials *out)
{
    struct idp_bytes header = idp_request_header(request, "authorization");
    struct idp_bytes form_id = idp_json_string(form, "client_id");
    struct idp_bytes form_secret = idp_json_string(form, "client_secret");
    if (!header.data) {
        out->method = form_secret.data ? IDP_CREDENTIAL_POST : IDP_CREDENTIAL_NONE;
        out->client_id = form_id;
        out->client_secret = form_secret;
        return IDP_OK;
    }
    if (form_secret.data) {
        return IDP_INVALID_REQUEST;
    }
    if (!basic_read(call, header, out)) {
        return IDP_INVALID_CLIENT;
    }
    if (form_id.data && !idp_bytes_equal(form_id, out->client_id)) {
        return IDP_INVALID_REQUEST;
    }
    return IDP_OK;
}

struct idp_bytes idp_request_bearer(const struct idp_request *request)
{
    static const char scheme[] = "Bearer ";
    size_t size = sizeof(scheme) - 1;
    struct idp_bytes header = idp_request_header(request, "authorization");
    bool is_bearer = header.size >= size && strncasecmp(header.data, scheme, size) == 0;
    return is_bearer ? (struct idp_bytes){header.data + size, header.size - size}
                     : (struct idp_bytes){0};
}

const struct idp_json *idp_request_claims(struct idp_call *call, const struct idp_request *request,
                                          const char *scope, struct idp_response *refusal)
{
    struct idp_bytes token = idp_request_bearer(request);
    if (token.data == NULL) {
        *refusal = idp_response_bearer(call, 401, NULL, "An access token is needed.");
        return NULL;
    }
    const struct idp_json *claims = idp_json_member(idp_authenticate(call, token), "claims");
    if (claims == NULL) {
        *refusal = idp_response_bearer(call, 401, "invalid_token", "The access token is not good.");
        return NULL;
    }
    if (!idp_word_in(idp_json_string(claims, "scope"), idp_bytes_of(scope))) {
        struct idp_text sentence = {.call = call};
        idp_text_add_c(&sentence, "The access token needs the scope ");
        idp_text_add_c(&sentence, scope);
        idp_text_add_c(&sentence, ".");
        *refusal =
            idp_response_bearer(call, 403, "insufficient_scope", idp_text_bytes(&sentence).data);
        return NULL;
    }
    return claims;
}
