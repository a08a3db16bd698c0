/* SPDX-License-Identifier: Apache-2.0 */
/* grant.c - what somebody allowed a client: a row that all tokens of it depend on, so that one
 * statement ends them all, and nothing that is under way outlives it. */
#include "core/oauth/token.h"

enum { GRANT_ID_SIZE = 16 };

enum { CREATE, USE, REVOKE };

const struct idp_statement idp_grant_statements[] = {
    [CREATE] = {"INSERT INTO idplane.authorization_grant (tenant, grant_id, client_id, subject,"
                " grant_type, scope, state, created_at, used_at, expires_at, device,"
                " grant_details, key_thumbprint, certificate_thumbprint)"
                " VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $7, $8, $9, $10, $11, $12)",
                "ttttttzzjjtt", ""},
    [USE] = {"UPDATE idplane.authorization_grant SET used_at = $3"
             " WHERE tenant = $1 AND grant_id = $2 AND state = 'active' AND expires_at > $3",
             "ttz", ""},
    [REVOKE] = {"UPDATE idplane.authorization_grant SET state = 'revoked'"
                " WHERE tenant = $1 AND grant_id = $2 AND state = 'active'",
                "tt", ""},
};
const size_t idp_grant_statement_count = IDP_COUNT(idp_grant_statements);

struct idp_bytes idp_grant_id_make(struct idp_call *call)
{
    return idp_random_text(call, GRANT_ID_SIZE);
}

struct idp_json *idp_grant_details(struct idp_call *call, const struct idp_json *from,
                                   const char *names, const struct idp_json *resource)
{
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_members(call, details, from, names);
    if (resource != NULL) {
        idp_json_add_shared(call, details, "resource", resource);
    }
    return details;
}

static struct idp_value json_or_null(struct idp_call *call, const struct idp_json *json)
{
    return json == NULL ? idp_null() : idp_value_json_text(idp_json_text(call, json));
}

void idp_grant_create(struct idp_call *call, const struct idp_token_rules *rules,
                      struct idp_grant *grant)
{
    int64_t now_us = idp_now_us(call);
    if (grant->grant_id.data == NULL) {
        grant->grant_id = idp_grant_id_make(call);
    }
    grant->expires_at_us = now_us + rules->grant_lifetime_s * IDP_SECOND_US;
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(grant->grant_id),
        idp_value_text(grant->client_id),
        idp_value_text(grant->subject),
        idp_value_text(grant->grant_type),
        idp_value_text(grant->scope),
        idp_value_time(now_us),
        idp_value_time(grant->expires_at_us),
        json_or_null(call, grant->device),
        json_or_null(call, grant->details),
        idp_value_text(grant->binding.jkt),
        idp_value_text(grant->binding.x5t),
    };
    idp_run(call, &idp_grant_statements[CREATE], row);
}

bool idp_grant_use(struct idp_call *call, struct idp_bytes grant_id)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(grant_id),
                              idp_value_time(idp_now_us(call))};
    return idp_run(call, &idp_grant_statements[USE], row).affected == 1;
}

bool idp_grant_revoke(struct idp_call *call, struct idp_bytes grant_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(grant_id)};
    return idp_run(call, &idp_grant_statements[REVOKE], key).affected == 1;
}
