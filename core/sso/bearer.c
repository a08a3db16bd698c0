/* SPDX-License-Identifier: Apache-2.0 */
/* bearer.c - access tokens of a provider that callers of an API bring as they are. One that was
 * found good is a row for as long as its connection says; the provider is asked again after that,
 * so that a revoked one is seen at the next look. */
#include "core/jose/jose.h"
#include "core/oauth/oauth.h"
#include "core/sso/request.h"
#include "core/sso/session.h"

#define SECOND_US INT64_C(1000000)
enum { INTERVAL_MIN = 1, MINUTE_S = 60, HTTP_OK = 200 };

enum { KNOWN, KEEP, FORGET };

const struct idp_statement idp_bearer_statements[] = {
    [KNOWN] = {"SELECT connection, connection_version, user_id, checked_at"
               " FROM idplane.external_token"
               " WHERE tenant = $1 AND token_digest = $2 AND expires_at > $3",
               "txz", "titz"},
    [KEEP] = {"INSERT INTO idplane.external_token (tenant, token_digest, connection,"
              " connection_version, user_id, checked_at, expires_at)"
              " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, token_digest) DO UPDATE"
              " SET connection = excluded.connection,"
              " connection_version = excluded.connection_version, user_id = excluded.user_id,"
              " checked_at = excluded.checked_at, expires_at = excluded.expires_at",
              "txtitzz", ""},
    [FORGET] = {"DELETE FROM idplane.external_token WHERE tenant = $1 AND token_digest = $2", "tx",
                ""},
};
const size_t idp_bearer_statement_count = IDP_COUNT(idp_bearer_statements);

/* A token that somebody brought. */
struct bearer {
    struct idp_call *call;
    struct idp_bytes token;
    struct idp_connection connection;
    const struct idp_json *config;
    bool patient;
};

static struct idp_value digest_of(const struct bearer *bearer)
{
    struct idp_bytes parts[] = {idp_tenant(bearer->call), bearer->token};
    return idp_value_blob(idp_digest(bearer->call, "external_token", parts, IDP_COUNT(parts)));
}

static bool flag(const struct idp_json *object, const char *name)
{
    return idp_json_is(idp_json_member(object, name), IDP_JSON_TRUE);
}

/* ---- answers ---- */

static struct idp_json *refused(const struct bearer *bearer, const char *reason)
{
    struct idp_json *answer = idp_json_new(bearer->call, IDP_JSON_OBJECT);
    idp_json_add_bool(bearer->call, answer, "ok", false);
    idp_json_add_c(bearer->call, answer, "reason", reason);
    return answer;
}

static struct idp_json *accepted(const struct bearer *bearer, const struct idp_json *user)
{
    struct idp_json *answer = idp_json_new(bearer->call, IDP_JSON_OBJECT);
    idp_json_add_bool(bearer->call, answer, "ok", true);
    idp_json_add_string(bearer->call, answer, "user", idp_json_string(user, "user"));
    idp_json_add_string(bearer->call, answer, "connection", bearer->connection.id);
    idp_json_add_shared(bearer->call, answer, "access", idp_json_member(user, "access"));
    return answer;
}

/* ---- what is known ---- */

static int64_t interval_us(const struct bearer *bearer)
{
    int64_t minutes;
    const struct idp_json *member =
        idp_json_member(bearer->config, "accessTokenValidityCheckIntervalInMinutes");
    return (idp_json_integer(member, &minutes) ? minutes : INTERVAL_MIN) * MINUTE_S * SECOND_US;
}

static bool is_fresh(const struct bearer *bearer, int64_t checked_us)
{
    return !flag(bearer->config, "validationRequired") ||
           idp_now_us(bearer->call) < checked_us + interval_us(bearer);
}

/* NULL: it has to be looked at. */
static struct idp_json *known(struct bearer *bearer)
{
    struct idp_sso_user user;
    struct idp_call *call = bearer->call;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), digest_of(bearer),
                              idp_value_time(idp_now_us(call))};
    const struct idp_value *row = idp_run_one(call, &idp_bearer_statements[KNOWN], key);
    if (row == NULL || !idp_connection_find_id(call, idp_text_of(row[0]), &bearer->connection) ||
        bearer->connection.version != idp_integer_of(row[1])) {
        return NULL;
    }
    bearer->config = idp_json_member(bearer->connection.document, "externalTokenConfig");
    if (!is_fresh(bearer, idp_integer_of(row[3])) ||
        !idp_sso_user_find(call, idp_text_of(row[2]), &user)) {
        return NULL;
    }
    return idp_subject_enabled(call, user.user_id)
               ? accepted(bearer, idp_sso_user_json(call, &user))
               : refused(bearer, "user_locked");
}

/* The first that takes tokens of this issuer. */
static bool connection_of(struct bearer *bearer, struct idp_bytes issuer)
{
    size_t count;
    struct idp_connection *list = idp_connection_list(bearer->call, &count);
    for (size_t i = 0; i < count; i++) {
        const struct idp_json *config = idp_json_member(list[i].document, "externalTokenConfig");
        if (flag(config, "enabled") &&
            idp_bytes_equal(idp_json_string(list[i].document, "issuer"), issuer)) {
            bearer->connection = list[i];
            bearer->config = config;
            return true;
        }
    }
    return false;
}

/* ---- steps ---- */

static struct idp_json *admit(const struct bearer *bearer, struct idp_identity identity)
{
    struct idp_call *call = bearer->call;
    int64_t exp_us;
    call->host->begin(call);
    const struct idp_json *user = idp_sso_admit(call, &bearer->connection, identity);
    struct idp_bytes reason = idp_json_string(user, "reason");
    if (reason.data != NULL) {
        return refused(bearer, idp_text_c(call, reason));
    }
    if (!idp_numeric_date(idp_json_member(identity.verdicts[IDP_ACCESS_TOKEN].claims, "exp"),
                          &exp_us)) {
        return refused(bearer, "missing_claim");
    }
    struct idp_value row[] = {idp_value_text(idp_tenant(call)),
                              digest_of(bearer),
                              idp_value_text(bearer->connection.id),
                              idp_value_integer(bearer->connection.version),
                              idp_value_text(identity.user_id),
                              idp_value_time(idp_now_us(call)),
                              idp_value_time(exp_us > IDP_TIME_MAX_US ? IDP_TIME_MAX_US : exp_us)};
    idp_run(call, &idp_bearer_statements[KEEP], row);
    return accepted(bearer, user);
}

static struct idp_json *resume_of(const struct bearer *bearer, const char *step)
{
    struct idp_json *resume = idp_json_new(bearer->call, IDP_JSON_OBJECT);
    idp_json_add_c(bearer->call, resume, "step", step);
    idp_json_add_string(bearer->call, resume, "connection", bearer->connection.id);
    idp_json_add_string(bearer->call, resume, "token", bearer->token);
    return resume;
}

static struct idp_json *ask_provider(const struct bearer *bearer)
{
    struct idp_json *values = idp_json_new(bearer->call, IDP_JSON_OBJECT);
    idp_json_add_string(bearer->call, values, "accessToken", bearer->token);
    struct idp_json *request =
        idp_sso_request(bearer->call, &bearer->connection, IDP_SSO_VALIDATION, values);
    return request == NULL || idp_json_member(request, "error") != NULL
               ? refused(bearer, "not_configured")
               : idp_step_fetch(bearer->call, request, resume_of(bearer, "validation"));
}

/* Signature and claims first: a provider is not asked about what is none of its own. */
static struct idp_json *look(const struct bearer *bearer, const struct idp_json *resume)
{
    struct idp_tokens tokens = {.text = {[IDP_ACCESS_TOKEN] = bearer->token}};
    struct idp_keys_step keys = {bearer->call, &bearer->connection, &tokens, resume,
                                 bearer->patient};
    struct idp_json *first = idp_keys_step(&keys);
    if (first != NULL) {
        return first;
    }
    struct idp_identity identity =
        idp_bearer_identity_of(bearer->call, &bearer->connection, bearer->token);
    if (identity.reason != NULL) {
        return refused(bearer, identity.reason);
    }
    return flag(bearer->config, "validationRequired") ? ask_provider(bearer)
                                                      : admit(bearer, identity);
}

struct idp_json *idp_bearer(struct idp_call *call, struct idp_bytes token, bool patient)
{
    struct idp_unverified unverified;
    struct bearer bearer = {.call = call, .token = token, .patient = patient};
    struct idp_json *answer = known(&bearer);
    if (answer != NULL) {
        return answer;
    }
    if (token.size > IDP_TOKEN_SIZE_MAX || !idp_unverified_read(call, token, &unverified)) {
        return refused(&bearer, "malformed");
    }
    return connection_of(&bearer, idp_json_string(unverified.claims, "iss"))
               ? look(&bearer, resume_of(&bearer, "look"))
               : refused(&bearer, "issuer");
}

/* ---- what the provider says of it ---- */

/* RFC 7662 §2.2, or OpenID Connect Core 1.0 §5.3.2: of the subject of the token. */
static bool is_active(const struct bearer *bearer, const struct idp_json *answer,
                      const struct idp_identity *identity)
{
    const char *why;
    int64_t status;
    bool came = idp_json_integer(idp_json_member(answer, "status"), &status);
    const struct idp_json *body =
        idp_json_read(bearer->call, idp_json_string(answer, "body"), &why);
    bool introspects =
        !idp_bytes_is(idp_json_string(bearer->config, "validationMethod"), "USERINFO");
    struct idp_bytes said = idp_json_string(body, "sub");
    struct idp_bytes own = idp_json_string(identity->verdicts[IDP_ACCESS_TOKEN].claims, "sub");
    if (!came || status != HTTP_OK || !idp_json_is(body, IDP_JSON_OBJECT)) {
        return false;
    }
    if (said.data != NULL && own.data != NULL && !idp_bytes_equal(said, own)) {
        return false;
    }
    return !introspects || flag(body, "active");
}

static struct idp_json *validated(const struct bearer *bearer, const struct idp_json *answer)
{
    struct idp_call *call = bearer->call;
    struct idp_identity identity = idp_bearer_identity_of(call, &bearer->connection, bearer->token);
    if (identity.reason == NULL && !is_active(bearer, answer, &identity)) {
        struct idp_value key[] = {idp_value_text(idp_tenant(call)), digest_of(bearer)};
        call->host->begin(call);
        idp_run(call, &idp_bearer_statements[FORGET], key);
        identity.reason =
            idp_json_member(answer, "error") != NULL ? "provider_unreachable" : "inactive";
        identity.validation = answer;
    }
    return admit(bearer, identity);
}

struct idp_json *idp_bearer_resume(struct idp_call *call, const struct idp_json *resume,
                                   const struct idp_json *answer, bool patient)
{
    struct bearer bearer = {
        .call = call, .token = idp_json_string(resume, "token"), .patient = patient};
    if (bearer.token.data == NULL ||
        !idp_connection_find_id(call, idp_json_string(resume, "connection"), &bearer.connection)) {
        return refused(&bearer, "issuer");
    }
    bearer.config = idp_json_member(bearer.connection.document, "externalTokenConfig");
    if (idp_bytes_is(idp_json_string(resume, "step"), "validation")) {
        return validated(&bearer, answer);
    }
    idp_keys_step_take(call, &bearer.connection, resume, answer);
    return look(&bearer, resume);
}

/* authenticate_external(token) → {"ok","user","connection","access"}, or {"ok":false,"reason"} */
struct idp_value idp_sql_authenticate_external(struct idp_call *call,
                                               const struct idp_value *arguments)
{
    struct idp_json *answer = idp_bearer(call, arguments[0].bytes, false);
    const struct idp_json *fetch = idp_json_member(answer, "fetch");
    for (; fetch != NULL; fetch = idp_json_member(answer, "fetch")) {
        answer = idp_bearer_resume(call, idp_json_member(answer, "resume"),
                                   idp_step_run(call, fetch), false);
    }
    return idp_value_json(answer);
}
