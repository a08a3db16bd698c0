/* SPDX-License-Identifier: Apache-2.0 */
/* registration_routes.c - clients register themselves and look after that: RFC 7591 §3, RFC 7592
 * §2.
 */
#include "core/http/http.h"

static struct idp_response outcome(struct idp_call *call, const struct idp_json *answer,
                                   int64_t status)
{
    bool is_unauthorized = idp_bytes_is(idp_json_string(answer, "error"), "invalid_token");
    if (is_unauthorized) {
        return idp_response_bearer(call, 401, "invalid_token",
                                   "The access token is not one for this registration.");
    }
    return idp_json_member(answer, "error") != NULL ? idp_response_outcome(call, answer)
                                                    : idp_response_json(call, status, answer);
}

/* NULL where the body is no JSON object. */
static const struct idp_json *document_of(struct idp_call *call, const struct idp_request *request)
{
    const char *why;
    const struct idp_json *document = idp_json_read(call, request->body, &why);
    return idp_json_is(document, IDP_JSON_OBJECT) ? document : NULL;
}

struct idp_response idp_answer_register(struct idp_call *call, const struct idp_request *request)
{
    const struct idp_json *document = document_of(call, request);
    return document == NULL
               ? idp_response_error(call, IDP_INVALID_METADATA)
               : outcome(call, idp_registration_create(call, idp_request_bearer(request), document),
                         201);
}

struct idp_response idp_answer_registration_get(struct idp_call *call,
                                                const struct idp_request *request)
{
    return outcome(call, idp_registration_read(call, request->segment, idp_request_bearer(request)),
                   200);
}

struct idp_response idp_answer_registration_put(struct idp_call *call,
                                                const struct idp_request *request)
{
    const struct idp_json *document = document_of(call, request);
    return document == NULL
               ? idp_response_error(call, IDP_INVALID_METADATA)
               : outcome(call,
                         idp_registration_replace(call, request->segment,
                                                  idp_request_bearer(request), document),
                         200);
}

struct idp_response idp_answer_registration_delete(struct idp_call *call,
                                                   const struct idp_request *request)
{
    struct idp_response response = outcome(
        call, idp_registration_remove(call, request->segment, idp_request_bearer(request)), 204);
    if (response.status == 204) {
        response.body = (struct idp_bytes){"", 0};
    }
    return response;
}
