/* SPDX-License-Identifier: Apache-2.0 */
/* device_client.c - who may use the device grant: a known, enabled client that opted in, of a
 * tenant that offers it. Asked again at every step, so that a client disabled meanwhile gets
 * nothing. */
#include "core/oauth/client.h"
#include "core/oauth/device.h"

enum { DEVICE_CLIENT_FIND, DEVICE_CLIENT_ALLOW };

const struct idp_statement idp_device_client_statements[] = {
    /* One statement for both: a client's tenant has its row. */
    [DEVICE_CLIENT_FIND] = {"SELECT " IDP_CLIENT_COLUMNS ", t.settings"
                            " FROM idplane.client c, idplane.tenant t"
                            " WHERE c.tenant = $1 AND c.client_id = $2 AND t.tenant = $1",
                            "tt", IDP_CLIENT_KINDS "j", true},
    [DEVICE_CLIENT_ALLOW] =
        {"UPDATE idplane.device_code"
         " SET client_allowed = ($2 AND c.enabled AND c.device_grant)"
         " FROM idplane.client c WHERE c.tenant = $1 AND idplane.device_code.tenant = $1"
         " AND idplane.device_code.client_id = c.client_id"
         " AND idplane.device_code.client_allowed <> ($2 AND c.enabled AND c.device_grant)",
         "tb", ""},
};
const size_t idp_device_client_statement_count = IDP_COUNT(idp_device_client_statements);

enum { COLUMN_SETTINGS = sizeof IDP_CLIENT_KINDS - 1 };

enum idp_error idp_device_client(struct idp_call *call, struct idp_bytes client_id,
                                 struct idp_client *client, struct idp_settings *settings)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(client_id)};
    const struct idp_value *row =
        idp_run_one(call, &idp_device_client_statements[DEVICE_CLIENT_FIND], arguments);
    if (row == NULL || !idp_bool_of(row[0])) {
        return IDP_INVALID_CLIENT;
    }
    *client = idp_client_of(client_id, row);
    *settings = idp_settings_read(call, row[COLUMN_SETTINGS]);
    if (!settings->device_grant) {
        return IDP_UNSUPPORTED_GRANT_TYPE;
    }
    return client->device_grant ? IDP_OK : IDP_UNAUTHORIZED_CLIENT;
}

void idp_device_client_changed(struct idp_call *call, bool device_grant)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_bool(device_grant)};
    idp_run(call, &idp_device_client_statements[DEVICE_CLIENT_ALLOW], arguments);
}
