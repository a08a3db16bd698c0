/* SPDX-License-Identifier: Apache-2.0 */
/* decision_routes.c - what a user decides about a device, in JSON: for an application of whoever
 * runs the service, in place of the page (RFC 8628 §3.3). The user is the subject of its access
 * token. */
#include "core/http/http.h"

enum { LOOKUP, APPROVE, DENY };

static bool is_true(struct idp_bytes text)
{
    return idp_bytes_is(text, "true");
}

/* Where the user is, when they signed in, what they saw, and what of it they allow. */
static struct idp_value options_of(struct idp_call *call, const struct idp_request *request,
                                   const struct idp_json *form, const struct idp_json *claims)
{
    int64_t auth_time_s;
    struct idp_json *options = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes peer = idp_request_header(request, IDP_PEER_HEADER);
    if (peer.size <= IDP_SOURCE_SIZE_MAX) {
        idp_json_add_string(call, options, "source", peer);
    }
    if (idp_json_integer(idp_json_member(claims, "auth_time"), &auth_time_s)) {
        idp_json_add_integer(call, options, "auth_time", auth_time_s);
    }
    idp_json_add_string(call, options, "scope", idp_json_string(form, "scope"));
    idp_json_add_bool(call, options, "from_complete",
                      is_true(idp_json_string(form, "from_complete")));
    idp_json_add_bool(call, options, "confirmed", is_true(idp_json_string(form, "confirmed")));
    return idp_value_json_text(idp_json_text(call, options));
}

static const struct idp_json *run(struct idp_call *call, size_t which,
                                  const struct idp_value *arguments)
{
    static struct idp_value (*const entries[])(struct idp_call *, const struct idp_value *) = {
        [LOOKUP] = idp_sql_lookup_user_code,
        [APPROVE] = idp_sql_approve_device_code,
        [DENY] = idp_sql_deny_device_code};
    return entries[which](call, arguments).json;
}

static const struct idp_json *decide(struct idp_call *call, const struct idp_request *request,
                                     const struct idp_json *form, const struct idp_json *claims)
{
    static const char *const words[] = {
        [LOOKUP] = "lookup", [APPROVE] = "approve", [DENY] = "deny"};
    struct idp_bytes word = idp_json_string(form, "decision");
    struct idp_bytes code = idp_json_string(form, "user_code");
    size_t which = 0;
    while (which < IDP_COUNT(words) && !idp_bytes_is(word, words[which])) {
        which++;
    }
    if (which == IDP_COUNT(words) || code.size == 0 || code.size > IDP_USER_CODE_INPUT_SIZE_MAX) {
        return idp_error_json(IDP_INVALID_REQUEST);
    }
    struct idp_value arguments[] = {idp_value_text(code),
                                    idp_value_text(idp_json_string(claims, "sub")),
                                    options_of(call, request, form, claims)};
    const struct idp_json *answer = run(call, which == DENY ? DENY : LOOKUP, arguments);
    if (idp_scope_is_administrative(idp_json_string(answer, "scope"))) {
        return idp_error_json(IDP_ACCESS_DENIED);
    }
    bool is_found = idp_json_member(answer, "error") == NULL;
    return which == APPROVE && is_found ? run(call, APPROVE, arguments) : answer;
}

struct idp_response idp_answer_device_decision(struct idp_call *call,
                                               const struct idp_request *request)
{
    struct idp_response refusal;
    const struct idp_json *claims =
        idp_request_claims(call, request, IDP_SCOPE_DEVICE_APPROVAL, &refusal);
    if (claims == NULL) {
        return refusal;
    }
    struct idp_bytes subject = idp_json_string(claims, "sub");
    if (subject.size == 0 || subject.size > IDP_SUBJECT_SIZE_MAX) {
        return idp_response_error(call, IDP_ACCESS_DENIED);
    }
    const struct idp_json *form = idp_form_read(call, request->body);
    return form == NULL ? idp_response_error(call, IDP_INVALID_REQUEST)
                        : idp_response_outcome(call, decide(call, request, form, claims));
}
