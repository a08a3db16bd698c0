/* SPDX-License-Identifier: Apache-2.0 */
/* bearer.c - access tokens of a provider that callers of an API bring as they are. One that was
 * found good is a row for as long as its connection says; the provider is asked again after that,
 * so that a revoked one is seen at the next look. */
#include "core/jose/jose.h"
#include "core/oauth/oauth.h"
#include "core/sso/request.h"
#include "core/sso/session.h"

enum { INTERVAL_MIN = 1, MINUTE_S = 60, REFUSED_S = 30, HTTP_OK = 200 };

enum { KNOWN, KEEP, FORGET_CONNECTION, FORGET_USER };

const struct idp_statement idp_bearer_statements[] = {
    [KNOWN] = {"SELECT connection, connection_version, user_id, access_digest, checked_at"
               " FROM idplane.external_token"
               " WHERE tenant = $1 AND token_digest = $2 AND expires_at > $3",
               "txz", "titxz"},
    [KEEP] = {"INSERT INTO idplane.external_token (tenant, token_digest, connection,"
              " connection_version, user_id, access_digest, checked_at, expires_at)"
              " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
              " ON CONFLICT (tenant, token_digest) DO UPDATE SET connection = excluded.connection,"
              " connection_version = excluded.connection_version, user_id = excluded.user_id,"
              " access_digest = excluded.access_digest, checked_at = excluded.checked_at,"
              " expires_at = excluded.expires_at",
              "txtitxzz", ""},
    [FORGET_CONNECTION] = {"DELETE FROM idplane.external_token"
                           " WHERE tenant = $1 AND connection = $2",
                           "tt", ""},
    [FORGET_USER] = {"DELETE FROM idplane.external_token WHERE tenant = $1 AND user_id = $2", "tt",
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
    return (idp_json_integer(member, &minutes) ? minutes : INTERVAL_MIN) * MINUTE_S * IDP_SECOND_US;
}

static bool is_fresh(const struct bearer *bearer, int64_t checked_us)
{
    return !idp_json_is_true(bearer->config, "validationRequired") ||
           idp_now_us(bearer->call) < checked_us + interval_us(bearer);
}

/* Several who come may be one user here. A token stands for the access that it was given: where
 * that is no longer the user's, it is looked at again. */
static struct idp_bytes access_digest(struct idp_call *call, const struct idp_json *access)
{
    struct idp_access read = idp_access_read(call, access);
    return idp_sha256(call, idp_json_text(call, idp_access_json(call, &read)));
}

/* Whose it was when it was kept, if they are the same still; NULL: it has to be looked at. */
static struct idp_json *known_user(const struct bearer *bearer, const struct idp_value *row)
{
    struct idp_sso_user user;
    struct idp_call *call = bearer->call;
    struct idp_bytes issuer = idp_json_string(bearer->connection.document, "issuer");
    if (!idp_sso_user_find(call, idp_text_of(row[2]), &user) ||
        !idp_bytes_equal(user.issuer, issuer) ||
        !idp_bytes_equal(access_digest(call, user.access), row[3].bytes)) {
        return NULL;
    }
    return idp_subject_enabled(call, user.user_id)
               ? accepted(bearer, idp_sso_user_json(call, &user))
               : refused(bearer, "user_locked");
}

/* NULL: it has to be looked at. */
static struct idp_json *known(struct bearer *bearer)
{
    struct idp_call *call = bearer->call;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), digest_of(bearer),
                              idp_value_time(idp_now_us(call))};
    const struct idp_value *row = idp_run_one(call, &idp_bearer_statements[KNOWN], key);
    if (row == NULL || !idp_connection_find_id(call, idp_text_of(row[0]), &bearer->connection) ||
        bearer->connection.version != idp_integer_of(row[1])) {
        return NULL;
    }
    bearer->config = idp_json_member(bearer->connection.document, "externalTokenConfig");
    int64_t checked_us = idp_integer_of(row[4]);
    if (!idp_json_is_true(bearer->config, "enabled")) {
        return NULL;
    }
    if (idp_text_of(row[2]).size == 0) {
        bool is_recent = idp_now_us(call) < checked_us + REFUSED_S * IDP_SECOND_US;
        return is_recent ? refused(bearer, "inactive") : NULL;
    }
    return is_fresh(bearer, checked_us) ? known_user(bearer, row) : NULL;
}

/* ---- what is kept ---- */

/* Where `user_id` is empty, that the provider refused it. False: the token does not end. */
static bool keep(const struct bearer *bearer, const struct idp_identity *identity,
                 struct idp_bytes user_id, struct idp_bytes access)
{
    int64_t exp_us;
    struct idp_call *call = bearer->call;
    const struct idp_json *claims = identity->verdicts[IDP_ACCESS_TOKEN].claims;
    if (!idp_numeric_date(idp_json_member(claims, "exp"), &exp_us)) {
        return false;
    }
    struct idp_value row[] = {idp_value_text(idp_tenant(call)),
                              digest_of(bearer),
                              idp_value_text(bearer->connection.id),
                              idp_value_integer(bearer->connection.version),
                              idp_value_text(user_id),
                              idp_value_blob(access),
                              idp_value_time(idp_now_us(call)),
                              idp_value_time(exp_us > IDP_TIME_MAX_US ? IDP_TIME_MAX_US : exp_us)};
    idp_run(call, &idp_bearer_statements[KEEP], row);
    return true;
}

void idp_bearer_forget_connection(struct idp_call *call, struct idp_bytes connection)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(connection)};
    idp_run(call, &idp_bearer_statements[FORGET_CONNECTION], key);
}

void idp_bearer_forget_user(struct idp_call *call, struct idp_bytes user_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(user_id)};
    idp_run(call, &idp_bearer_statements[FORGET_USER], key);
}

/* The first that takes tokens of this issuer. */
static bool connection_of(struct bearer *bearer, struct idp_bytes issuer)
{
    size_t count;
    struct idp_connection *list = idp_connection_list(bearer->call, &count);
    for (size_t i = 0; i < count; i++) {
        const struct idp_json *config = idp_json_member(list[i].document, "externalTokenConfig");
        if (idp_json_is_true(config, "enabled") &&
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
    call->host->begin(call);
    const struct idp_json *user = idp_sso_admit(call, &bearer->connection, identity);
    struct idp_bytes reason = idp_json_string(user, "reason");
    if (reason.data != NULL) {
        return refused(bearer, idp_text_c(call, reason));
    }
    struct idp_bytes access = access_digest(call, idp_json_member(user, "access"));
    if (!keep(bearer, &identity, identity.user_id, access)) {
        return refused(bearer, "missing_claim");
    }
    return accepted(bearer, user);
}

/* The step "look" does the same however often: one that only waits need not be written down. */
static struct idp_json *resume_of(const struct bearer *bearer, const char *step)
{
    struct idp_json *resume = idp_json_new(bearer->call, IDP_JSON_OBJECT);
    idp_json_add_c(bearer->call, resume, "step", step);
    idp_json_add_string(bearer->call, resume, "connection", bearer->connection.id);
    idp_json_add_string(bearer->call, resume, "token", bearer->token);
    idp_json_add_bool(bearer->call, resume, "repeatable", strcmp(step, "look") == 0);
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
    return idp_json_is_true(bearer->config, "validationRequired") ? ask_provider(bearer)
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
    return !introspects || idp_json_is_true(body, "active");
}

static struct idp_json *validated(const struct bearer *bearer, const struct idp_json *answer)
{
    struct idp_call *call = bearer->call;
    struct idp_identity identity = idp_bearer_identity_of(call, &bearer->connection, bearer->token);
    if (identity.reason == NULL && !is_active(bearer, answer, &identity)) {
        struct idp_bytes none = {"", 0};
        bool came = idp_json_member(answer, "error") == NULL;
        call->host->begin(call);
        identity.reason =
            came && keep(bearer, &identity, none, none) ? "inactive" : "provider_unreachable";
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
    idp_keys_step_take(call, &bearer.connection, resume, answer, patient);
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
