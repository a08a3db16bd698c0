/* SPDX-License-Identifier: Apache-2.0 */
/* purge.c - removes what nobody can ask for any more, a bounded number of rows at a call.
 * Device codes stay an hour past their end, twice the longest lifetime, so that a slow device is
 * still told expired_token. */
#include "core/oauth/oauth.h"

enum { PURGE_ROWS_MAX = 100000, CODE_KEPT_S = 3600, ATTEMPT_KEPT_S = 86400 };

enum {
    PURGE_CODES,
    PURGE_REFRESH_TOKENS,
    PURGE_ATTEMPTS,
    PURGE_SUBJECT_ATTEMPTS,
    PURGE_LOGINS,
    PURGE_SESSIONS,
    PURGE_USED_TOKENS,
    PURGE_EXTERNAL_TOKENS,
    PURGE_AUDIT
};

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
    [PURGE_LOGINS] = {"DELETE FROM idplane.sso_login WHERE tenant = $1 AND state_digest IN"
                      " (SELECT l.state_digest FROM idplane.sso_login l"
                      " WHERE l.tenant = $1 AND l.expires_at < $2 LIMIT $3)",
                      "tzi", ""},
    [PURGE_SESSIONS] = {"DELETE FROM idplane.sso_session WHERE tenant = $1 AND session_digest IN"
                        " (SELECT s.session_digest FROM idplane.sso_session s"
                        " WHERE s.tenant = $1 AND s.expires_at < $2 LIMIT $3)",
                        "tzi", ""},
    [PURGE_USED_TOKENS] = {"DELETE FROM idplane.used_token WHERE tenant = $1 AND jti IN"
                           " (SELECT u.jti FROM idplane.used_token u"
                           " WHERE u.tenant = $1 AND u.expires_at < $2 LIMIT $3)"
                           " AND expires_at < $2",
                           "tzi", ""},
    [PURGE_EXTERNAL_TOKENS] =
        {"DELETE FROM idplane.external_token WHERE tenant = $1 AND token_digest IN"
         " (SELECT e.token_digest FROM idplane.external_token e"
         " WHERE e.tenant = $1 AND e.expires_at < $2 LIMIT $3)",
         "tzi", ""},
    [PURGE_AUDIT] = {"DELETE FROM idplane.audit WHERE tenant = $1 AND audit_id IN"
                     " (SELECT a.audit_id FROM idplane.audit a"
                     " WHERE a.tenant = $1 AND a.occurred_at < $2 LIMIT $3)",
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
    [PURGE_LOGINS] = {"sso_logins", 0},
    [PURGE_SESSIONS] = {"sso_sessions", 0},
    [PURGE_USED_TOKENS] = {"used_tokens", 0},
    [PURGE_EXTERNAL_TOKENS] = {"external_tokens", 0},
    [PURGE_AUDIT] = {"audit", 0}, /* as the settings say */
};

static int64_t kept_s(struct idp_call *call, size_t which)
{
    return which == PURGE_AUDIT ? idp_settings_load(call).audit_retention_s : purged[which].kept_s;
}

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
                                  idp_value_time(idp_now_us(call) - kept_s(call, i) * 1000000),
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
