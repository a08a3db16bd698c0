/* SPDX-License-Identifier: Apache-2.0 */
/* token_claims.c - what introspection tells of an access token and the token does not. The jti says
 * whether there is anything, so that no other introspection looks. */
#include "core/oauth/token.h"

enum { KEEP, FIND };

const struct idp_statement idp_token_claims_statements[] = {
    [KEEP] = {"INSERT INTO idplane.token_claims (tenant, jti, expires_at, claims)"
              " VALUES ($1, $2, $3, $4)",
              "ttzj", ""},
    [FIND] = {"SELECT claims FROM idplane.token_claims WHERE tenant = $1 AND jti = $2", "tt", "j"},
};
const size_t idp_token_claims_statement_count = IDP_COUNT(idp_token_claims_statements);

void idp_token_claims_keep(struct idp_call *call, const struct idp_json *claims,
                           const struct idp_json *told)
{
    int64_t expires_at_us = 0;
    bool is_time = idp_numeric_date(idp_json_member(claims, "exp"), &expires_at_us);
    struct idp_value row[] = {idp_value_text(idp_tenant(call)),
                              idp_value_text(idp_json_string(claims, "jti")),
                              idp_value_time(is_time ? expires_at_us : 0),
                              idp_value_json_text(idp_json_text(call, told))};
    idp_run(call, &idp_token_claims_statements[KEEP], row);
}

const struct idp_json *idp_token_claims_told(struct idp_call *call, const struct idp_json *claims)
{
    struct idp_bytes jti = idp_json_string(claims, "jti");
    if (jti.size == 0 || jti.data[jti.size - 1] != '~') {
        return NULL;
    }
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(jti)};
    const struct idp_value *row = idp_run_one(call, &idp_token_claims_statements[FIND], key);
    return row == NULL ? NULL : idp_json_argument(call, row[0], "claims");
}
