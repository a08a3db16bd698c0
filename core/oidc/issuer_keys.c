/* SPDX-License-Identifier: Apache-2.0 */
/* issuer_keys.c - the keys of issuers, where a configuration does not bring them along. */
#include "core/oidc/identity.h"

enum { SET };

const struct idp_statement idp_oidc_issuer_statements[] = {
    [SET] = {"INSERT INTO idplane.issuer_keys (tenant, issuer, jwks, changed_at)"
             " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, issuer)"
             " DO UPDATE SET jwks = excluded.jwks, changed_at = excluded.changed_at",
             "tttz", ""},
};
const size_t idp_oidc_issuer_statement_count = IDP_COUNT(idp_oidc_issuer_statements);

/* set_issuer_keys(issuer, jwks) → how many keys of it can verify */
struct idp_value idp_sql_set_issuer_keys(struct idp_call *call, const struct idp_value *arguments)
{
    idp_check_text(call, arguments[0], "issuer", IDP_URL_SIZE_MAX);
    struct idp_bytes jwks = arguments[1].bytes;
    if (arguments[0].bytes.size == 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument issuer must not be empty.");
    }
    size_t count = idp_oidc_jwks_count(call, jwks);
    if (count == 0) {
        idp_fail_with(
            call, IDP_INVALID_KEY,
            "This is no JWKS, {\"keys\":[...]}, of public keys with one that can verify: "
            "jwk_from_pem() makes a key of a PEM, jwk_public() the public one of a pair.");
    }
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), arguments[0], arguments[1],
                              idp_value_time(idp_now_us(call))};
    idp_run(call, &idp_oidc_issuer_statements[SET], row);
    return idp_value_integer((int64_t)count);
}
