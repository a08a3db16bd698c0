/* SPDX-License-Identifier: Apache-2.0 */
/* client.c - registered clients as they are. What every request asks for stands in columns, the
 * rest in the metadata, which is read where it is needed. */
#include "core/oauth/client.h"

enum { FIND, METADATA };

const struct idp_statement idp_client_statements[] = {
    [FIND] = {"SELECT " IDP_CLIENT_COLUMNS
              " FROM idplane.client c WHERE c.tenant = $1 AND c.client_id = $2",
              "tt", IDP_CLIENT_KINDS, true},
    [METADATA] = {"SELECT metadata, created_at FROM idplane.client"
                  " WHERE tenant = $1 AND client_id = $2",
                  "tt", "jz", true},
};
const size_t idp_client_statement_count = IDP_COUNT(idp_client_statements);

struct idp_client idp_client_of(struct idp_bytes client_id, const struct idp_value *row)
{
    return (struct idp_client){
        .client_id = client_id,
        .enabled = idp_bool_of(row[0]),
        .device_grant = idp_bool_of(row[1]),
        .refresh_grant = idp_bool_of(row[2]),
        .auth_method = idp_text_of(row[3]),
        .secret_digest = idp_text_of(row[4]),
        .scope = idp_text_of(row[5]),
        .secret_expires_at_us = idp_integer_of(row[6]),
        .old_secret_digest = idp_text_of(row[7]),
        .old_secret_expires_at_us = idp_integer_of(row[8]),
        .sealed_secret = idp_text_of(row[9]),
        .grant_types = idp_text_of(row[10]),
        .watched_until_us = idp_integer_of(row[11]),
        .old_sealed_secret = idp_text_of(row[12]),
    };
}

static const struct idp_value *row_of(struct idp_call *call, size_t statement,
                                      struct idp_bytes client_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(client_id)};
    return idp_run_one(call, &idp_client_statements[statement], key);
}

bool idp_client_find(struct idp_call *call, struct idp_bytes client_id, struct idp_client *client)
{
    const struct idp_value *row = row_of(call, FIND, client_id);
    if (row != NULL) {
        *client = idp_client_of(client_id, row);
    }
    return row != NULL;
}

const struct idp_json *idp_client_metadata(struct idp_call *call, struct idp_bytes client_id)
{
    const struct idp_value *row = row_of(call, METADATA, client_id);
    return row == NULL ? NULL : idp_json_argument(call, row[0], "metadata");
}

int64_t idp_client_created_us(struct idp_call *call, struct idp_bytes client_id)
{
    const struct idp_value *row = row_of(call, METADATA, client_id);
    return row == NULL ? 0 : idp_integer_of(row[1]);
}

struct idp_bytes idp_client_name(struct idp_call *call, struct idp_bytes client_id)
{
    struct idp_bytes name = idp_json_string(idp_client_metadata(call, client_id), "client_name");
    return name.data == NULL ? client_id : name;
}
