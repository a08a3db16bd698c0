/* SPDX-License-Identifier: Apache-2.0 */
/* logout.c - the end of sessions: by their user, who is then sent to the provider to be signed out
 * there, too (front channel); and by the provider, which tells us (OpenID Connect Back-Channel
 * Logout 1.0). */
#include "core/jose/jose.h"
#include "core/sso/request.h"
#include "core/sso/session.h"

static void audit(struct idp_call *call, const char *type, const char *outcome,
                  struct idp_bytes subject, struct idp_bytes connection,
                  const struct idp_json *details)
{
    struct idp_audit event = {type, outcome, subject, connection, details};
    idp_audit_add(call, &event);
}

/* ---- front channel ---- */

static struct idp_json *logout_request(struct idp_call *call,
                                       const struct idp_session_start *session,
                                       struct idp_bytes redirect_uri)
{
    struct idp_connection connection;
    if (!idp_connection_find_id(call, session->connection, &connection)) {
        return NULL;
    }
    struct idp_json *values = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, values, "id_token", session->id_token);
    idp_json_add_string(call, values, "redirectUri", redirect_uri);
    return idp_sso_request(call, &connection, IDP_SSO_LOGOUT, values);
}

struct idp_json *idp_sso_logout(struct idp_call *call, struct idp_bytes cookie,
                                struct idp_bytes redirect_uri)
{
    struct idp_session_start session;
    call->host->begin(call);
    if (!idp_sso_session_end(call, cookie, &session)) {
        return idp_connection_answer(call, "not_found", "There is no such session.");
    }
    struct idp_json *request = logout_request(call, &session, redirect_uri);
    struct idp_json *answer = idp_connection_answer(call, "ok", NULL);
    idp_json_add_string(call, answer, "user", session.user_id);
    idp_json_add_string(call, answer, "url", idp_json_string(request, "url"));
    audit(call, "User logout", "granted", session.user_id, session.connection,
          idp_json_new(call, IDP_JSON_OBJECT));
    return answer;
}

/* end_sso_session(cookie, redirect_uri) → {"status","user","url"} */
struct idp_value idp_sql_end_sso_session(struct idp_call *call, const struct idp_value *arguments)
{
    idp_check_text(call, arguments[0], "cookie", IDP_CONNECTION_ID_SIZE_MAX);
    idp_check_text(call, arguments[1], "redirect_uri", IDP_URL_SIZE_MAX);
    return idp_value_json(idp_sso_logout(call, arguments[0].bytes, idp_text_of(arguments[1])));
}

/* ---- back channel ---- */

#define LOGOUT_EVENT "http://schemas.openid.net/event/backchannel-logout"
enum { KEPT_S = 3600, LEEWAY_MAX_S = 600 };

/* NULL: it is a logout token (§2.4, §2.6); else why not. */
static const char *wrong(const struct idp_token_verdict *verdict)
{
    const struct idp_json *claims = verdict->claims;
    const struct idp_json *event = idp_json_member(idp_json_member(claims, "events"), LOGOUT_EVENT);
    struct idp_bytes type = idp_json_string(verdict->header, "typ");
    if (verdict->reason != NULL) {
        return verdict->reason;
    }
    if (!idp_json_is(event, IDP_JSON_OBJECT)) {
        return "events";
    }
    if (type.data != NULL && !idp_bytes_is(type, "logout+jwt") && !idp_bytes_is(type, "JWT")) {
        return "type";
    }
    if (idp_json_member(claims, "nonce") != NULL) {
        return "nonce";
    }
    if (idp_json_string(claims, "sub").size == 0 && idp_json_string(claims, "sid").size == 0) {
        return "subject";
    }
    return idp_json_string(claims, "jti").size == 0 || idp_json_member(claims, "iat") == NULL
               ? "missing_claim"
               : NULL;
}

/* True once: for as long as the token could be good, and an hour at least. */
static bool is_first(struct idp_call *call, const struct idp_json *claims)
{
    int64_t expires_us, kept_us = idp_now_us(call) + KEPT_S * IDP_SECOND_US;
    if (idp_numeric_date(idp_json_member(claims, "exp"), &expires_us) &&
        expires_us < IDP_TIME_MAX_US && expires_us + LEEWAY_MAX_S * IDP_SECOND_US > kept_us) {
        kept_us = expires_us + LEEWAY_MAX_S * IDP_SECOND_US;
    }
    return idp_token_use(call, idp_json_string(claims, "iss"), idp_json_string(claims, "jti"),
                         kept_us);
}

static struct idp_json *details_of(struct idp_call *call, const struct idp_token_verdict *verdict)
{
    return verdict->header == NULL ? idp_json_new(call, IDP_JSON_OBJECT)
                                   : idp_token_shown(call, verdict);
}

/* True where only the provider can have made the token. */
static bool is_signed(const char *reason)
{
    static const char unsigned_reasons[] =
        "malformed critical algorithm key signature not_configured";
    return !idp_word_in(idp_bytes_of(unsigned_reasons), idp_bytes_of(reason));
}

/* What anybody can send is not audited: it would be theirs to fill. */
static struct idp_json *refused(struct idp_call *call, const struct idp_connection *connection,
                                const struct idp_token_verdict *verdict, const char *reason)
{
    if (is_signed(reason)) {
        struct idp_json *details = details_of(call, verdict);
        idp_json_add_c(call, details, "reason", reason);
        audit(call, "Back-channel logout", "denied", (struct idp_bytes){0}, connection->id,
              details);
    }
    struct idp_json *answer = idp_error_json_with(call, IDP_INVALID_REQUEST,
                                                  "The logout token was refused: see its reason.");
    idp_json_add_c(call, answer, "reason", reason);
    return answer;
}

static struct idp_json *provider_logout(struct idp_call *call,
                                        const struct idp_connection *connection,
                                        struct idp_bytes token)
{
    struct idp_token_verdict verdicts[IDP_TOKEN_USE_COUNT];
    struct idp_tokens tokens = {.text = {[IDP_LOGOUT_TOKEN] = token}};
    call->host->begin(call);
    idp_tokens_verify(call, connection, &tokens, verdicts);
    const struct idp_token_verdict *verdict = &verdicts[IDP_LOGOUT_TOKEN];
    const char *reason = wrong(verdict);
    if (reason == NULL && !is_first(call, verdict->claims)) {
        reason = "replayed";
    }
    if (reason != NULL) {
        return refused(call, connection, verdict, reason);
    }
    struct idp_bytes subject = idp_json_string(verdict->claims, "sub");
    int64_t count = idp_sso_session_end_provider(call, connection->id, subject,
                                                 idp_json_string(verdict->claims, "sid"));
    audit(call, "Back-channel logout", "granted", subject, connection->id,
          details_of(call, verdict));
    struct idp_json *answer = idp_connection_answer(call, "ok", NULL);
    idp_json_add_integer(call, answer, "ended", count);
    return answer;
}

/* Keys first, as at a login: after they changed a logout must not be lost. */
static struct idp_json *backchannel(struct idp_call *call, const struct idp_connection *connection,
                                    const struct idp_json *resume)
{
    struct idp_tokens tokens = {.text = {[IDP_LOGOUT_TOKEN] = idp_json_string(resume, "token")}};
    struct idp_keys_step keys = {call, connection, &tokens, resume, true};
    struct idp_json *first = idp_keys_step(&keys);
    return first != NULL ? first : provider_logout(call, connection, tokens.text[IDP_LOGOUT_TOKEN]);
}

struct idp_json *idp_sso_backchannel(struct idp_call *call, struct idp_bytes id,
                                     struct idp_bytes logout_token)
{
    struct idp_connection connection;
    struct idp_json *resume = idp_json_new(call, IDP_JSON_OBJECT);
    if (!idp_connection_find(call, id, &connection)) {
        return idp_error_json_with(call, IDP_NOT_FOUND, IDP_NO_CONNECTION);
    }
    idp_json_add_c(call, resume, "step", "logout");
    idp_json_add_string(call, resume, "connection", connection.id);
    idp_json_add_string(call, resume, "token", logout_token);
    idp_json_add_bool(call, resume, "repeatable", true);
    return backchannel(call, &connection, resume);
}

struct idp_json *idp_sso_backchannel_resume(struct idp_call *call, const struct idp_json *resume,
                                            const struct idp_json *answer)
{
    struct idp_connection connection;
    if (!idp_bytes_is(idp_json_string(resume, "step"), "logout") ||
        !idp_connection_find_id(call, idp_json_string(resume, "connection"), &connection)) {
        return idp_error_json_with(call, IDP_NOT_FOUND, IDP_NO_CONNECTION);
    }
    idp_keys_step_take(call, &connection, resume, answer, true);
    return backchannel(call, &connection, resume);
}

/* sso_backchannel_logout(connection, logout_token) → {"status","ended"} */
struct idp_value idp_sql_sso_backchannel_logout(struct idp_call *call,
                                                const struct idp_value *arguments)
{
    struct idp_connection connection;
    struct idp_bytes id = idp_connection_argument(call, arguments[0]);
    return idp_value_json(idp_connection_find(call, id, &connection)
                              ? provider_logout(call, &connection, arguments[1].bytes)
                              : idp_error_json_with(call, IDP_NOT_FOUND, IDP_NO_CONNECTION));
}
