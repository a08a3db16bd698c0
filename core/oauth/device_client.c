/* SPDX-License-Identifier: Apache-2.0 */
/* device_client.c - who may use the device grant: a known, enabled client that opted in, of a
 * tenant that offers it. Asked again at every step, so that a client disabled meanwhile gets
 * nothing. */
#include "core/oauth/device.h"

enum idp_error idp_device_client(struct idp_call *call, struct idp_bytes client_id,
                                 struct idp_client *client, struct idp_settings *settings)
{
    if (!idp_client_find(call, client_id, client) || !client->enabled) {
        return IDP_INVALID_CLIENT;
    }
    *settings = idp_settings_load(call);
    if (!settings->device_grant) {
        return IDP_UNSUPPORTED_GRANT_TYPE;
    }
    return client->device_grant ? IDP_OK : IDP_UNAUTHORIZED_CLIENT;
}
