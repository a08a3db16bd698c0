/* SPDX-License-Identifier: Apache-2.0 */
/* token_endpoint.c - the two endpoints a device talks to, once a front has taken the request apart.
 * The client is authenticated before any code is looked at (RFC 8628 §3.4). */
#include "core/oauth/oauth.h"

/* ---- a row for each grant type ---- */

static const struct idp_json *grant_device_code(struct idp_call *call, const struct idp_json *form,
                                                const struct idp_client *client)
{
    struct idp_bytes device_code = idp_json_string(form, "device_code");
    if (device_code.data == NULL) {
        return idp_error_json_with(call, IDP_INVALID_REQUEST, "Parameter device_code is missing.");
    }
    return idp_device_poll(call, device_code, client->client_id);
}

static const struct {
    const char *grant_type;
    const struct idp_json *(*handler)(struct idp_call *, const struct idp_json *,
                                      const struct idp_client *);
} grants[] = {
    {IDP_GRANT_DEVICE_CODE, grant_device_code},
};

const struct idp_json *idp_token_endpoint(struct idp_call *call, const struct idp_json *form,
                                          const struct idp_credentials *credentials)
{
    struct idp_client client;
    struct idp_bytes grant_type = idp_json_string(form, "grant_type");
    if (grant_type.data == NULL) {
        return idp_error_json_with(call, IDP_INVALID_REQUEST, "Parameter grant_type is missing.");
    }
    enum idp_error error = idp_client_authenticate(call, credentials, true, &client);
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    for (size_t i = 0; i < IDP_COUNT(grants); i++) {
        if (idp_bytes_is(grant_type, grants[i].grant_type)) {
            return grants[i].handler(call, form, &client);
        }
    }
    return idp_error_json(IDP_UNSUPPORTED_GRANT_TYPE);
}

/* A confidential client proves itself here too, unless the settings let its name be enough. */
const struct idp_json *idp_device_endpoint(struct idp_call *call, const struct idp_json *form,
                                           const struct idp_credentials *credentials,
                                           const struct idp_json *device)
{
    struct idp_client client;
    struct idp_settings settings = idp_settings_load(call);
    enum idp_error error =
        idp_client_authenticate(call, credentials, settings.client_auth_required, &client);
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    return idp_device_issue(call, client.client_id, idp_json_string(form, "scope"), device);
}
