/* SPDX-License-Identifier: Apache-2.0 */
/* token_routes.c - the two endpoints that a device talks to: it asks for a code, then polls for
 * tokens (RFC 8628 §3.1, §3.4). Both take a form, and a client that names itself. */
#include "core/http/http.h"

/* A longer one is no help at confirmation, and the row should stay small. */
enum { USER_AGENT_SIZE_MAX = 512 };

static enum idp_error endpoint_read(struct idp_call *call, const struct idp_request *request,
                                    const struct idp_json **form,
                                    struct idp_credentials *credentials)
{
    *form = idp_form_read(call, request->body);
    if (!*form) {
        return IDP_INVALID_REQUEST;
    }
    return idp_credentials_read(call, request, *form, credentials);
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

struct idp_response idp_answer_device_authorization(struct idp_call *call,
                                                    const struct idp_request *request)
{
    const struct idp_json *form;
    struct idp_credentials credentials = {0};
    enum idp_error error = endpoint_read(call, request, &form, &credentials);
    if (error) {
        return idp_response_error(call, error);
    }
    const struct idp_json *device = device_describe(call, request);
    return idp_response_outcome(call, idp_device_endpoint(call, form, &credentials, device));
}

struct idp_response idp_answer_token(struct idp_call *call, const struct idp_request *request)
{
    const struct idp_json *form;
    struct idp_credentials credentials = {0};
    enum idp_error error = endpoint_read(call, request, &form, &credentials);
    if (error) {
        return idp_response_error(call, error);
    }
    return idp_response_outcome(call, idp_token_endpoint(call, form, &credentials));
}
