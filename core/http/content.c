/* SPDX-License-Identifier: Apache-2.0 */
/* content.c - bodies that are JSON for some clients and CBOR for others: one tree inside, whatever
 * came and whatever goes back. */
#include "core/http/http.h"

static const char *const media_types[IDP_CONTENT_COUNT] = {
    [IDP_CONTENT_JSON] = IDP_JSON_MEDIA_TYPE,
    [IDP_CONTENT_CBOR] = "application/cbor",
    [IDP_CONTENT_OCF] = "application/vnd.ocf+cbor",
};

/* What the body is; false: none of these. */
static bool content_of(const struct idp_request *request, enum idp_content *out)
{
    size_t i = 0;
    while (i < IDP_CONTENT_COUNT && !idp_request_is(request, media_types[i])) {
        i++;
    }
    *out = (enum idp_content)i;
    return i < IDP_CONTENT_COUNT;
}

/* ---- read ---- */

static const struct idp_json *refuse(struct idp_call *call, const struct idp_request *request,
                                     const char *sentence, struct idp_response *refusal)
{
    *refusal = idp_content_answer(call, request, IDP_CONTENT_JSON,
                                  idp_error_json_with(call, IDP_INVALID_REQUEST, sentence));
    return NULL;
}

const struct idp_json *idp_content_read(struct idp_call *call, const struct idp_request *request,
                                        struct idp_response *refusal)
{
    const char *why;
    enum idp_content content;
    if (request->body.size == 0) {
        return idp_json_new(call, IDP_JSON_OBJECT);
    }
    if (request->body.size > IDP_CONTENT_SIZE_MAX) {
        *refusal = idp_response_error(call, IDP_CONTENT_TOO_LARGE);
        return NULL;
    }
    if (!content_of(request, &content)) {
        return refuse(call, request,
                      "The Content-Type must be application/json, application/cbor or "
                      "application/vnd.ocf+cbor.",
                      refusal);
    }
    const struct idp_json *body = content == IDP_CONTENT_JSON
                                      ? idp_json_read(call, request->body, &why)
                                      : idp_cbor_read(call, request->body, &why);
    return idp_json_is(body, IDP_JSON_OBJECT)
               ? body
               : refuse(call, request, "The body must be one object, no name in it twice.",
                        refusal);
}

/* ---- answered ---- */

static void headers_add(struct idp_call *call, struct idp_response *response,
                        const struct idp_json *answer)
{
    const struct idp_json *retry_after = idp_json_member(answer, "retry_after");
    idp_json_add_c(call, response->headers, "Cache-Control", "no-store");
    if (response->status == 401) {
        idp_json_add_c(call, response->headers, "WWW-Authenticate", IDP_BEARER_CHALLENGE);
    }
    if (idp_json_is(retry_after, IDP_JSON_NUMBER)) {
        idp_json_add_string(call, response->headers, "Retry-After", retry_after->text);
    }
}

struct idp_response idp_content_answer(struct idp_call *call, const struct idp_request *request,
                                       enum idp_content usual, const struct idp_json *answer)
{
    enum idp_content came;
    size_t chosen = idp_accept_choose(idp_request_header(request, "accept"), media_types,
                                      IDP_CONTENT_COUNT, content_of(request, &came) ? came : usual);
    struct idp_response response = {.status = idp_outcome_status(answer),
                                    .headers = idp_json_new(call, IDP_JSON_OBJECT),
                                    .is_binary = chosen != IDP_CONTENT_JSON};
    response.body = response.is_binary ? idp_cbor_write(call, answer) : idp_json_text(call, answer);
    idp_json_add_c(call, response.headers, "Content-Type", media_types[chosen]);
    headers_add(call, &response, answer);
    return response;
}
