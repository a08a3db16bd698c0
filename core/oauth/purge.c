/* SPDX-License-Identifier: Apache-2.0 */
/* purge.c - removes what nobody can ask for any more, a bounded number of rows at a call.
 * Device codes stay an hour past their end, twice the longest lifetime, so that a slow device is
 * still told expired_token. */
#include "core/oauth/oauth.h"

enum { PURGE_ROWS_MAX = 100000, CODE_KEPT_S = 3600, ATTEMPT_KEPT_S = 86400 };

enum { PURGE_CODES, PURGE_REFRESH_TOKENS, PURGE_ATTEMPTS, PURGE_SUBJECT_ATTEMPTS };

const struct idp_statement idp_purge_statements[] = {
    [PURGE_CODES] = {"DELETE FROM idplane.device_code WHERE tenant = $1 AND code_digest IN"
                     " (SELECT d.code_digest FROM idplane.device_code d"
                     " WHERE d.tenant = $1 AND d.expires_at < $2 LIMIT $3)",
                     "tzi", ""},
    [PURGE_REFRESH_TOKENS] =
        {"DELETE FROM idplane.refresh_token WHERE tenant = $1 AND token_digest IN"
         " (SELECT r.token_digest FROM idplane.refresh_token r"
         " WHERE r.tenant = $1 AND r.expires_at < $2 LIMIT $3)",
         "tzi", ""},
    [PURGE_ATTEMPTS] = {"DELETE FROM idplane.attempt WHERE tenant = $1 AND attempt_id IN"
                        " (SELECT a.attempt_id FROM idplane.attempt a"
                        " WHERE a.tenant = $1 AND a.attempted_at < $2 LIMIT $3)",
                        "tzi", ""},
    [PURGE_SUBJECT_ATTEMPTS] =
        {"DELETE FROM idplane.subject_attempt WHERE tenant = $1 AND subject IN"
         " (SELECT s.subject FROM idplane.subject_attempt s"
         " WHERE s.tenant = $1 AND s.window_ends_at < $2 LIMIT $3)",
         "tzi", ""},
};
const size_t idp_purge_statement_count = IDP_COUNT(idp_purge_statements);

static const struct {
    const char *name;
    int64_t kept_s;
} purged[] = {
    [PURGE_CODES] = {"device_codes", CODE_KEPT_S},
    [PURGE_REFRESH_TOKENS] = {"refresh_tokens", 0},
    [PURGE_ATTEMPTS] = {"attempts", ATTEMPT_KEPT_S},
    [PURGE_SUBJECT_ATTEMPTS] = {"subject_attempts", 0},
};

struct idp_value idp_sql_purge(struct idp_call *call, const struct idp_value *arguments)
{
    int64_t rows_max = arguments[0].integer;
    if (rows_max < 1 || rows_max > PURGE_ROWS_MAX) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument max_rows must be from 1 to %d.",
                      PURGE_ROWS_MAX);
    }
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    call->host->begin(call);
    for (size_t i = 0; i < IDP_COUNT(purged); i++) {
        struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                                  idp_value_time(idp_now_us(call) - purged[i].kept_s * 1000000),
                                  idp_value_integer(rows_max)};
        int64_t removed = idp_run(call, &idp_purge_statements[i], key).affected;
        idp_json_add_integer(call, result, purged[i].name, removed);
        rows_max -= removed;
    }
    struct idp_key_purge keys = idp_key_store_purge(call, rows_max);
    idp_json_add_integer(call, result, "signing_keys", keys.key_count);
    idp_json_add_integer(call, result, "signing_key_expiries", keys.expiry_count);
    return idp_value_json(result);
}
