/* SPDX-License-Identifier: Apache-2.0 */
/* issuer_keys.c - the keys of issuers, where a configuration does not bring them along. */
#include "core/oidc/identity.h"

enum { SET, TAKE, GET };

const struct idp_statement idp_oidc_issuer_statements[] = {
    [SET] = {"INSERT INTO idplane.issuer_keys (tenant, issuer, jwks, changed_at)"
             " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, issuer)"
             " DO UPDATE SET jwks = excluded.jwks, changed_at = excluded.changed_at",
             "tttz", ""},
    [TAKE] = {"DELETE FROM idplane.issuer_keys WHERE tenant = $1 AND issuer = $2", "tt", ""},
    [GET] = {"SELECT jwks FROM idplane.issuer_keys WHERE tenant = $1 AND issuer = $2", "tt", "t"},
};
const size_t idp_oidc_issuer_statement_count = IDP_COUNT(idp_oidc_issuer_statements);

static void check_issuer(struct idp_call *call, struct idp_value issuer)
{
    idp_check_text(call, issuer, "issuer", IDP_URL_SIZE_MAX);
    if (issuer.bytes.size == 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument issuer must not be empty.");
    }
}

/* {"keys":[]} says that the issuer has none any more. */
static bool says_none(struct idp_call *call, struct idp_bytes jwks)
{
    const char *why;
    const struct idp_json *keys = idp_json_member(idp_json_read(call, jwks, &why), "keys");
    return idp_json_is(keys, IDP_JSON_ARRAY) && keys->child == NULL;
}

/* set_issuer_keys(issuer, jwks) → how many keys of it can verify */
struct idp_value idp_sql_set_issuer_keys(struct idp_call *call, const struct idp_value *arguments)
{
    check_issuer(call, arguments[0]);
    struct idp_bytes jwks = arguments[1].bytes;
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), arguments[0], arguments[1],
                              idp_value_time(idp_now_us(call))};
    if (says_none(call, jwks)) {
        idp_run(call, &idp_oidc_issuer_statements[TAKE], row);
        return idp_value_integer(0);
    }
    size_t count = idp_oidc_jwks_count(call, jwks);
    if (count == 0) {
        idp_fail_with(
            call, IDP_INVALID_KEY,
            "This is no JWKS, an object with the list keys, of public keys with an RSA or EC one "
            "that can verify: jwk_from_pem() makes a key of a PEM, jwk_public() the public "
            "one of a pair.");
    }
    idp_run(call, &idp_oidc_issuer_statements[SET], row);
    return idp_value_integer((int64_t)count);
}

/* issuer_keys(issuer) → what was set; NULL: nothing */
struct idp_value idp_sql_issuer_keys(struct idp_call *call, const struct idp_value *arguments)
{
    check_issuer(call, arguments[0]);
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), arguments[0]};
    const struct idp_value *row = idp_run_one(call, &idp_oidc_issuer_statements[GET], key);
    return row == NULL ? idp_null() : row[0];
}
