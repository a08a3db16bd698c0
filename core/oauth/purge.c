/* SPDX-License-Identifier: Apache-2.0 */
/* purge.c - removes what nobody can ask for any more, a bounded number of rows of each table
 * at a call: one that strangers fill starves no other. Device codes stay an hour past their end,
 * twice the longest lifetime, so that a slow device is still told expired_token. */
#include "core/oauth/oauth.h"

enum { PURGE_ROWS_MAX = 100000, CODE_KEPT_S = 3600, ATTEMPT_KEPT_S = 86400 };
enum { AS_AUDIT = -1 };

enum {
    PURGE_CODES,
    PURGE_AUTHORIZATION_CODES,
    PURGE_REFRESH_TOKENS,
    PURGE_ACCESS_TOKENS,
    PURGE_TOKEN_CLAIMS,
    PURGE_REVOKED_TOKENS,
    PURGE_GRANTS,
    PURGE_INITIAL_TOKENS,
    PURGE_ATTEMPTS,
    PURGE_SUBJECT_ATTEMPTS,
    PURGE_LOGINS,
    PURGE_SESSIONS,
    PURGE_USED_TOKENS,
    PURGE_EXTERNAL_TOKENS,
    PURGE_FAILURES,
    PURGE_DEVICE_SESSIONS,
    PURGE_DEVICE_EVENTS,
    PURGE_ENROLLMENT_VERSIONS,
    PURGE_ENROLLMENT_ANCHORS,
    PURGE_ENROLLMENT_IDENTITIES,
    PURGE_DEVICE_RECORDS
};

/* The oldest first, and the condition twice, so that PostgreSQL reads by the index on the time
 * only. Where that is of the time alone, SQLite must not see that it could go by the tenant and
 * sort. */
#define OF_TENANT "tenant = $1"
#define OF_TIME "(tenant = $1) IS TRUE"
#define PURGE(table, key, time, which)                                                             \
    {                                                                                              \
        "DELETE FROM idplane." table " WHERE tenant = $1 AND (" key ") IN (SELECT " key            \
        " FROM idplane." table " WHERE " which " AND " time " < $2 ORDER BY " time " LIMIT $3)"    \
        " AND " time " < $2",                                                                      \
            "tzi", ""                                                                              \
    }

const struct idp_statement idp_purge_statements[] = {
    [PURGE_CODES] = PURGE("device_code", "code_digest", "expires_at", OF_TIME),
    [PURGE_AUTHORIZATION_CODES] = PURGE("authorization_code", "code_digest", "expires_at", OF_TIME),
    [PURGE_REFRESH_TOKENS] = PURGE("refresh_token", "token_digest", "expires_at", OF_TIME),
    [PURGE_ACCESS_TOKENS] = PURGE("access_token", "token_digest", "expires_at", OF_TIME),
    [PURGE_TOKEN_CLAIMS] = PURGE("token_claims", "jti", "expires_at", OF_TIME),
    [PURGE_REVOKED_TOKENS] = PURGE("revoked_token", "jti", "expires_at", OF_TIME),
    [PURGE_GRANTS] = PURGE("authorization_grant", "grant_id", "expires_at", OF_TIME),
    [PURGE_INITIAL_TOKENS] = PURGE("initial_access_token", "token_digest", "expires_at", OF_TIME),
    [PURGE_ATTEMPTS] = PURGE("attempt", "attempt_id", "attempted_at", OF_TENANT),
    [PURGE_SUBJECT_ATTEMPTS] = PURGE("subject_attempt", "subject", "window_ends_at", OF_TENANT),
    [PURGE_LOGINS] = PURGE("sso_login", "state_digest", "expires_at", OF_TIME),
    [PURGE_SESSIONS] = PURGE("sso_session", "session_digest", "expires_at", OF_TIME),
    [PURGE_USED_TOKENS] = PURGE("used_token", "issuer, jti", "expires_at", OF_TIME),
    [PURGE_EXTERNAL_TOKENS] = PURGE("external_token", "token_digest", "expires_at", OF_TIME),
    [PURGE_FAILURES] = PURGE("failure", "failure_id", "failed_at", OF_TENANT),
    [PURGE_DEVICE_SESSIONS] =
        PURGE("provisioning_session", "session_digest", "expires_at", OF_TIME),
    [PURGE_DEVICE_EVENTS] = PURGE("provisioning_event", "event_id", "occurred_at", OF_TENANT),
    [PURGE_ENROLLMENT_VERSIONS] =
        PURGE("enrollment_version", "enrollment_id, version", "valid_until", OF_TIME),
    [PURGE_ENROLLMENT_ANCHORS] =
        PURGE("enrollment_anchor", "enrollment_id, version, position", "valid_until", OF_TIME),
    [PURGE_ENROLLMENT_IDENTITIES] =
        PURGE("enrollment_identity", "identity_kind, identity_digest, enrollment_id, version",
              "valid_until", OF_TIME),
    /* Whoever came, got nothing and was decided about by nobody. */
    [PURGE_DEVICE_RECORDS] = PURGE("provisioning_record", "registration_id", "changed_at",
                                   OF_TENANT " AND device IS NULL AND approval = 'free'"),
};
const size_t idp_purge_statement_count = IDP_COUNT(idp_purge_statements);

static const struct {
    const char *name;
    int64_t kept_s;
} purged[] = {
    [PURGE_CODES] = {"device_codes", CODE_KEPT_S},
    [PURGE_AUTHORIZATION_CODES] = {"authorization_codes", CODE_KEPT_S},
    [PURGE_REFRESH_TOKENS] = {"refresh_tokens", 0},
    [PURGE_ACCESS_TOKENS] = {"access_tokens", 0},
    [PURGE_TOKEN_CLAIMS] = {"token_claims", 0},
    [PURGE_REVOKED_TOKENS] = {"revoked_tokens", 0},
    [PURGE_GRANTS] = {"authorization_grants", 0},
    [PURGE_INITIAL_TOKENS] = {"initial_access_tokens", 0},
    [PURGE_ATTEMPTS] = {"attempts", ATTEMPT_KEPT_S},
    [PURGE_SUBJECT_ATTEMPTS] = {"subject_attempts", 0},
    [PURGE_LOGINS] = {"sso_logins", 0},
    [PURGE_SESSIONS] = {"sso_sessions", 0},
    [PURGE_USED_TOKENS] = {"used_tokens", 0},
    [PURGE_EXTERNAL_TOKENS] = {"external_tokens", 0},
    [PURGE_FAILURES] = {"failures", ATTEMPT_KEPT_S},
    [PURGE_DEVICE_SESSIONS] = {"provisioning_sessions", 0},
    [PURGE_DEVICE_EVENTS] = {"provisioning_events", AS_AUDIT},
    [PURGE_ENROLLMENT_VERSIONS] = {"enrollment_versions", AS_AUDIT},
    [PURGE_ENROLLMENT_ANCHORS] = {"enrollment_anchors", AS_AUDIT},
    [PURGE_ENROLLMENT_IDENTITIES] = {"enrollment_identities", AS_AUDIT},
    [PURGE_DEVICE_RECORDS] = {"provisioning_records", ATTEMPT_KEPT_S},
};

struct idp_value idp_sql_purge(struct idp_call *call, const struct idp_value *arguments)
{
    int64_t rows_max = arguments[0].integer;
    if (rows_max < 1 || rows_max > PURGE_ROWS_MAX) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument max_rows must be from 1 to %d.",
                      PURGE_ROWS_MAX);
    }
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    int64_t audit_s = idp_settings_load(call).audit_retention_s;
    call->host->begin(call);
    for (size_t i = 0; i < IDP_COUNT(purged); i++) {
        int64_t kept_s = purged[i].kept_s == AS_AUDIT ? audit_s : purged[i].kept_s;
        struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                                  idp_value_time(idp_now_us(call) - kept_s * IDP_SECOND_US),
                                  idp_value_integer(rows_max)};
        idp_json_add_integer(call, result, purged[i].name,
                             idp_run(call, &idp_purge_statements[i], key).affected);
    }
    idp_json_add_integer(call, result, "audit", idp_audit_purge(call, audit_s, rows_max));
    struct idp_key_purge keys = idp_key_store_purge(call, rows_max);
    idp_json_add_integer(call, result, "signing_keys", keys.key_count);
    idp_json_add_integer(call, result, "signing_key_expiries", keys.expiry_count);
    return idp_value_json(result);
}
