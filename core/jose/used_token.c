/* SPDX-License-Identifier: Apache-2.0 */
/* used_token.c - tokens that are good once: assertions, proofs, logout tokens. */
#include "core/jose/jose.h"

enum { USE };

const struct idp_statement idp_used_token_statements[] = {
    [USE] = {"INSERT INTO idplane.used_token (tenant, issuer, jti, expires_at)"
             " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, issuer, jti) DO NOTHING",
             "tttz", ""},
};
const size_t idp_used_token_statement_count = IDP_COUNT(idp_used_token_statements);

bool idp_token_use(struct idp_call *call, struct idp_bytes issuer, struct idp_bytes jti,
                   int64_t expires_us)
{
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)), idp_value_text(issuer), idp_value_text(jti),
        idp_value_time(expires_us > IDP_TIME_MAX_US ? IDP_TIME_MAX_US : expires_us)};
    bool has_name = jti.size > 0 && jti.size <= IDP_TOKEN_ID_SIZE_MAX;
    return has_name && idp_run(call, &idp_used_token_statements[USE], row).affected == 1;
}
