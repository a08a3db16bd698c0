/* SPDX-License-Identifier: Apache-2.0 */
/* login.c - a login: tokens in, a user with the right roles out, or nobody. User, roles and audit
 * are one transaction; two first logins at once make one user. Whoever is refused changes nothing
 * but the audit. */
#include "core/oauth/oauth.h"
#include "core/sso/login.h"

enum { TRY_COUNT_MAX = 64 };

/* One login under way. */
struct login {
    struct idp_call *call;
    const struct idp_connection *connection;
    struct idp_identity identity;
    struct idp_sso_user before, after;
    struct idp_json *mapped; /* what map_access() says */
};

/* ---- audit ---- */

/* All claims of a token that is good; of others what is short: they are anybody's. */
static const struct idp_json *claims_shown(struct idp_call *call,
                                           const struct idp_token_verdict *verdict)
{
    enum { UNVERIFIED_SIZE_MAX = 2048 };
    static const char *const names[] = {"iss", "aud", "sub", "exp"};
    if (verdict->reason == NULL ||
        idp_json_text(call, verdict->claims).size <= UNVERIFIED_SIZE_MAX) {
        return verdict->claims;
    }
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        const struct idp_json *claim = idp_json_member(verdict->claims, names[i]);
        if (claim != NULL && claim->text.size <= IDP_SUBJECT_SIZE_MAX && claim->child == NULL) {
            idp_json_add_shared(call, out, names[i], claim);
        }
    }
    return out;
}

struct idp_json *idp_token_shown(struct idp_call *call, const struct idp_token_verdict *verdict)
{
    struct idp_json *token = idp_json_new(call, IDP_JSON_OBJECT);
    bool is_small = verdict->reason == NULL ||
                    idp_json_text(call, verdict->header).size <= IDP_DEVICE_INFO_SIZE_MAX;
    idp_json_add_bool(call, token, "verified", verdict->reason == NULL);
    if (is_small) {
        idp_json_add_shared(call, token, "header", verdict->header);
    }
    idp_json_add_shared(call, token, "claims", claims_shown(call, verdict));
    return token;
}

/* Header and claims, never the token: nobody can sign in with what is here. */
static struct idp_json *details_of(const struct login *login)
{
    static const char *const names[] = {[IDP_ACCESS_TOKEN] = "access_token",
                                        [IDP_ID_TOKEN] = "id_token",
                                        [IDP_LOGOUT_TOKEN] = "logout_token"};
    struct idp_json *details = idp_json_new(login->call, IDP_JSON_OBJECT);
    for (size_t use = 0; use < IDP_TOKEN_USE_COUNT; use++) {
        const struct idp_token_verdict *verdict = &login->identity.verdicts[use];
        if (verdict->header != NULL) {
            idp_json_add(details, names[use], idp_token_shown(login->call, verdict));
        }
    }
    return details;
}

static void audit(const struct login *login, const char *reason)
{
    struct idp_json *details = details_of(login);
    const char *outcome = reason == NULL ? "granted" : "denied";
    if (reason != NULL) {
        idp_json_add_c(login->call, details, "reason", reason);
        idp_refusal_add(login->call, details, login->connection, &login->identity);
    }
    if (login->mapped != NULL) {
        idp_json_add_shared(login->call, details, "warnings",
                            idp_json_member(login->mapped, "warnings"));
    }
    struct idp_audit events[] = {
        {"Single sign-on", outcome, login->identity.user_id, login->connection->id, details},
        {"User login", outcome, login->identity.user_id, login->connection->id,
         idp_json_new(login->call, IDP_JSON_OBJECT)},
    };
    for (size_t i = 0; i < IDP_COUNT(events); i++) {
        idp_audit_add(login->call, &events[i]);
    }
}

/* ---- answers ---- */

static struct idp_json *denied(const struct login *login, const char *reason)
{
    struct idp_json *answer = idp_error_json_with(login->call, IDP_ACCESS_DENIED,
                                                  "The login was refused: see its reason.");
    audit(login, reason);
    idp_json_add_c(login->call, answer, "reason", reason);
    return answer;
}

static struct idp_json *granted(const struct login *login)
{
    static const char *const members[] = {"added", "removed", "matched", "warnings"};
    struct idp_json *answer =
        idp_json_with(login->call, idp_sso_user_json(login->call, &login->after), "is_new",
                      idp_json_new_bool(login->call, login->before.version == 0));
    audit(login, NULL);
    for (size_t i = 0; i < IDP_COUNT(members); i++) {
        idp_json_add_shared(login->call, answer, members[i],
                            idp_json_member(login->mapped, members[i]));
    }
    return answer;
}

/* ---- the login ---- */

const char *idp_login_refusal(struct idp_call *call, const struct idp_connection *connection,
                              const struct idp_identity *identity,
                              const struct idp_sso_user *before, const struct idp_json *mapped)
{
    struct idp_bytes issuer = idp_json_string(connection->document, "issuer");
    if (identity->reason != NULL) {
        return identity->reason;
    }
    if (before->version > 0 && !idp_bytes_equal(before->issuer, issuer)) {
        return "other_issuer";
    }
    if (!idp_subject_enabled(call, identity->user_id)) {
        return "user_locked";
    }
    return idp_json_member(mapped, "access") == NULL ? "no_rule_matches" : NULL;
}

/* What the user is after the login; NULL: there is one, else why not. */
static const char *decide(struct login *login)
{
    struct idp_call *call = login->call;
    struct idp_mapping mapping = idp_mapping_of(call, login->connection->text);
    login->before = (struct idp_sso_user){0};
    bool exists = idp_sso_user_find(call, login->identity.user_id, &login->before);
    login->mapped =
        idp_map_access(call, &mapping, login->identity.rule_claims, login->before.access, !exists);
    const char *reason =
        idp_login_refusal(call, login->connection, &login->identity, &login->before, login->mapped);
    if (reason != NULL) {
        return reason;
    }
    login->after = (struct idp_sso_user){
        .user_id = login->identity.user_id,
        .connection = login->connection->id,
        .issuer = idp_json_string(login->connection->document, "issuer"),
        .access = idp_json_member(login->mapped, "access"),
        .version = login->before.version + 1,
    };
    memcpy(login->after.data, login->identity.data, sizeof login->after.data);
    return NULL;
}

struct idp_json *idp_sso_admit(struct idp_call *call, const struct idp_connection *connection,
                               struct idp_identity identity)
{
    struct login login = {.call = call, .connection = connection, .identity = identity};
    call->host->begin(call);
    if (identity.reason != NULL) {
        return denied(&login, identity.reason);
    }
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        const char *reason = decide(&login);
        if (reason != NULL) {
            return denied(&login, reason);
        }
        if (idp_sso_user_save(call, &login.after, true)) {
            return granted(&login);
        }
    }
    idp_fail(call, IDP_BUSY);
}

struct idp_json *idp_sso_login(struct idp_call *call, const struct idp_connection *connection,
                               const struct idp_tokens *tokens)
{
    call->host->begin(call);
    return idp_sso_admit(call, connection, idp_identity_of(call, connection, tokens));
}

/* ---- SQL ---- */

struct idp_tokens idp_tokens_argument(struct idp_call *call, struct idp_value value)
{
    const struct idp_json *json = idp_json_object_argument(call, value, "tokens");
    struct idp_tokens tokens = {
        .text = {[IDP_ACCESS_TOKEN] = idp_json_string(json, "access_token"),
                 [IDP_ID_TOKEN] = idp_json_string(json, "id_token")},
        .nonce = idp_json_string(json, "nonce"),
    };
    if (tokens.text[IDP_ACCESS_TOKEN].data == NULL && tokens.text[IDP_ID_TOKEN].data == NULL) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The tokens need access_token or id_token, or both.");
    }
    return tokens;
}

/* sso_login(connection, tokens) → the user, or {"error":"access_denied","reason"} */
struct idp_value idp_sql_sso_login(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_connection connection;
    struct idp_bytes id = idp_connection_argument(call, arguments[0]);
    struct idp_tokens tokens = idp_tokens_argument(call, arguments[1]);
    if (!idp_connection_find(call, id, &connection)) {
        return idp_value_json(idp_error_json_with(call, IDP_NOT_FOUND, IDP_NO_CONNECTION));
    }
    return idp_value_json(idp_sso_login(call, &connection, &tokens));
}
