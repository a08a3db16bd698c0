/* SPDX-License-Identifier: Apache-2.0 */
/* token_routes.c - the endpoints that clients talk to: they ask for a device code, for tokens, what
 * a token is, and give tokens back. Each takes a form, and a client that names itself. */
#include <strings.h>

#include "core/http/http.h"

/* A longer one is no help at confirmation, and the row should stay small. */
enum { USER_AGENT_SIZE_MAX = 512 };

#define SIGNED_INTROSPECTION "application/token-introspection+jwt"

/* A request to an endpoint of clients. */
struct endpoint {
    const struct idp_json *step; /* where it goes on; NULL: it begins */
    const struct idp_json *form;
    struct idp_credentials credentials;
};

/* IDP_INVALID_REQUEST: it is no form, or goes on where it was before. */
static enum idp_error endpoint_open(struct idp_call *call, const struct idp_request *request,
                                    struct endpoint *endpoint)
{
    *endpoint = (struct endpoint){.form = idp_form_read(call, request->body)};
    if (request->resume != NULL) {
        endpoint->step = idp_step_open(call, request->resume);
    }
    bool is_lost = request->resume != NULL && endpoint->step == NULL;
    return endpoint->form == NULL || is_lost ? IDP_INVALID_REQUEST : IDP_OK;
}

/* NULL: the client can be judged; else what has to be done first. */
static struct idp_json *keys_first(struct idp_call *call, const struct idp_request *request,
                                   const struct endpoint *endpoint)
{
    if (endpoint->step != NULL) {
        return idp_client_keys_then(call, &endpoint->credentials, endpoint->step, request->fetched);
    }
    return request->is_offline ? NULL : idp_client_keys_first(call, &endpoint->credentials);
}

/* False: *response is the answer, or says what has to be done before there is one. */
static bool client_read(struct idp_call *call, const struct idp_request *request,
                        struct endpoint *endpoint, struct idp_response *response)
{
    const char *why;
    enum idp_error error =
        idp_credentials_read(call, request, endpoint->form, &endpoint->credentials, &why);
    if (error != IDP_OK) {
        *response = why == NULL ? idp_response_error(call, error)
                                : idp_response_outcome(call, idp_error_json_with(call, error, why));
        return false;
    }
    struct idp_json *first = keys_first(call, request, endpoint);
    if (first != NULL) {
        *response = (struct idp_response){.pending = idp_step_close(call, first)};
    }
    return first == NULL;
}

/* Both of them. */
static bool endpoint_read(struct idp_call *call, const struct idp_request *request,
                          struct endpoint *endpoint, struct idp_response *response)
{
    enum idp_error error = endpoint_open(call, request, endpoint);
    if (error != IDP_OK) {
        *response = idp_response_error(call, error);
        return false;
    }
    return client_read(call, request, endpoint, response);
}

static void device_add(struct idp_call *call, struct idp_json *device, const char *name,
                       struct idp_bytes value, size_t size_max)
{
    if (value.size > 0 && value.size <= size_max && idp_utf8_valid(value)) {
        idp_json_add_string(call, device, name, value);
    }
}

/* What is shown to the user at confirmation (RFC 8628 §5.4). */
static struct idp_json *device_describe(struct idp_call *call, const struct idp_request *request)
{
    struct idp_json *device = idp_json_new(call, IDP_JSON_OBJECT);
    device_add(call, device, "ip", idp_request_header(request, IDP_PEER_HEADER),
               IDP_SOURCE_SIZE_MAX);
    device_add(call, device, "user_agent", idp_request_header(request, "user-agent"),
               USER_AGENT_SIZE_MAX);
    return device;
}

/* What hooks say of the response as a whole. */
static struct idp_response response_of(struct idp_call *call, const struct idp_json *answer)
{
    int64_t status;
    const struct idp_json *headers = idp_json_member(answer, "http_headers");
    bool has_status = idp_json_integer(idp_json_member(answer, "http_status"), &status);
    if (headers == NULL && !has_status) {
        return idp_response_outcome(call, answer);
    }
    const struct idp_json *body = idp_json_with(call, answer, "http_headers", NULL);
    body = idp_json_with(call, body, "http_status", NULL);
    struct idp_response response =
        has_status ? idp_response_json(call, status, body) : idp_response_outcome(call, body);
    for (const struct idp_json *header = headers == NULL ? NULL : headers->child; header != NULL;
         header = header->next) {
        idp_json_add_named(response.headers, header->name, idp_json_node(call, header));
    }
    return response;
}

/* The client has to try again with the nonce, which goes along (RFC 9449 §8). */
static struct idp_response outcome(struct idp_call *call, const struct idp_json *answer)
{
    struct idp_response response = response_of(call, answer);
    if (idp_bytes_is(idp_json_string(answer, "error"), "use_dpop_nonce")) {
        idp_json_add_string(call, response.headers, "DPoP-Nonce", idp_dpop_nonce(call));
    }
    return response;
}

struct idp_response idp_answer_device_authorization(struct idp_call *call,
                                                    const struct idp_request *request)
{
    struct endpoint endpoint;
    struct idp_response response;
    if (!endpoint_read(call, request, &endpoint, &response)) {
        return response;
    }
    struct idp_origin origin = idp_request_origin(call, request);
    const struct idp_json *device = device_describe(call, request);
    return outcome(
        call, idp_device_endpoint(call, endpoint.form, &endpoint.credentials, &origin, device));
}

/* The seconds of the preference "wait=5"; -1: it is another one. */
static int64_t wait_of(struct idp_bytes preference)
{
    enum { NAME_SIZE = 5, DIGITS_MAX = 4 };
    if (preference.size <= NAME_SIZE || preference.size > NAME_SIZE + DIGITS_MAX ||
        strncasecmp(preference.data, "wait=", NAME_SIZE) != 0) {
        return -1;
    }
    int64_t wait_s = 0;
    for (size_t i = NAME_SIZE; i < preference.size; i++) {
        if (preference.data[i] < '0' || preference.data[i] > '9') {
            return -1;
        }
        wait_s = 10 * wait_s + (preference.data[i] - '0');
    }
    return wait_s;
}

/* How long the client would wait (RFC 7240 §4.3); what cannot be read is no preference (§2). */
static int64_t wait_preferred_s(const struct idp_request *request)
{
    struct idp_bytes rest = idp_request_header(request, "prefer");
    while (rest.size > 0) {
        int64_t wait_s = wait_of(idp_part_next(&rest, ','));
        if (wait_s >= 0) {
            return wait_s;
        }
    }
    return 0;
}

/* Nobody has decided: the client may be told so later. Beside tokens a hook may call a member of
 * its own as it likes. */
static struct idp_response outcome_or_wait(struct idp_call *call, const struct idp_json *answer)
{
    if (idp_json_member(answer, "resume") == NULL ||
        idp_json_member(answer, "access_token") != NULL) {
        return outcome(call, answer);
    }
    struct idp_response response = outcome(call, idp_error_json(IDP_AUTHORIZATION_PENDING));
    response.waiting = idp_step_close(call, idp_json_node(call, answer));
    return response;
}

struct idp_response idp_answer_token(struct idp_call *call, const struct idp_request *request)
{
    struct endpoint endpoint;
    struct idp_response response;
    enum idp_error error = endpoint_open(call, request, &endpoint);
    if (error != IDP_OK) {
        return idp_response_error(call, error);
    }
    if (idp_json_member(endpoint.step, "wait_until") != NULL) {
        return outcome_or_wait(call, idp_poll_resume(call, endpoint.form, endpoint.step));
    }
    if (!client_read(call, request, &endpoint, &response)) {
        return response;
    }
    struct idp_origin origin = idp_request_origin(call, request);
    origin.wait_s = wait_preferred_s(request);
    return outcome_or_wait(call,
                           idp_token_endpoint(call, endpoint.form, &endpoint.credentials, &origin));
}

/* ---- about tokens ---- */

/* Signed where the client asks for that alone (RFC 9701 §4). */
static bool wants_signed(const struct idp_request *request)
{
    return idp_bytes_is(idp_request_header(request, "accept"), SIGNED_INTROSPECTION);
}

struct idp_response idp_answer_introspect(struct idp_call *call, const struct idp_request *request)
{
    struct endpoint endpoint;
    struct idp_client client;
    struct idp_response response;
    if (!endpoint_read(call, request, &endpoint, &response)) {
        return response;
    }
    const struct idp_json *answer =
        idp_introspect_endpoint(call, endpoint.form, &endpoint.credentials, &client);
    response = idp_response_outcome(call, answer);
    if (response.status == 200 && wants_signed(request)) {
        struct idp_json *headers = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_c(call, headers, "Content-Type", SIGNED_INTROSPECTION);
        idp_json_add_c(call, headers, "Cache-Control", "no-store");
        response.headers = headers;
        response.body = idp_introspection_sign(call, answer, &client);
    }
    return response;
}

struct idp_response idp_answer_revoke(struct idp_call *call, const struct idp_request *request)
{
    struct endpoint endpoint;
    struct idp_response response;
    return endpoint_read(call, request, &endpoint, &response)
               ? idp_response_outcome(
                     call, idp_revoke_endpoint(call, endpoint.form, &endpoint.credentials))
               : response;
}

struct idp_response idp_answer_userinfo(struct idp_call *call, const struct idp_request *request)
{
    struct idp_response refusal;
    const struct idp_json *claims = idp_request_claims(call, request, "openid", &refusal);
    return claims == NULL ? refusal : idp_response_json(call, 200, idp_userinfo(call, claims));
}
