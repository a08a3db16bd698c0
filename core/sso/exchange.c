/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c - a browser is back: its code becomes tokens, tokens a user, a user a session. Between
 * these the provider is asked, and that is done by others, outside of any transaction: each step
 * ends with what to fetch and where to go on. */
#include "core/sso/request.h"
#include "core/sso/session.h"

enum { HTTP_OK = 200 };

static struct idp_json *denied(struct idp_call *call, const char *reason)
{
    struct idp_json *answer =
        idp_error_json_with(call, IDP_ACCESS_DENIED, "The login was refused: see its reason.");
    idp_json_add_c(call, answer, "reason", reason);
    return answer;
}

/* A login that ended before there were tokens. */
static struct idp_json *refused_with(struct idp_call *call, struct idp_bytes connection,
                                     const char *reason, struct idp_bytes provider_error,
                                     struct idp_json *details)
{
    struct idp_json *answer = denied(call, reason);
    idp_json_add_c(call, details, "reason", reason);
    idp_json_add_string(call, details, "provider_error", provider_error);
    struct idp_audit event = {"Single sign-on", "denied", {0}, connection, details};
    call->host->begin(call);
    idp_audit_add(call, &event);
    idp_json_add_string(call, answer, "provider_error", provider_error);
    return answer;
}

static struct idp_json *refused(struct idp_call *call, struct idp_bytes connection,
                                const char *reason, struct idp_bytes provider_error)
{
    return refused_with(call, connection, reason, provider_error,
                        idp_json_new(call, IDP_JSON_OBJECT));
}

/* By another issuer than the one whose code is awaited (RFC 9207 §2.4). */
static struct idp_json *refused_issuer(struct idp_call *call,
                                       const struct idp_connection *connection,
                                       struct idp_bytes issuer)
{
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    idp_refusal_add_issuer(call, details, connection, issuer);
    return refused_with(call, connection->id, "issuer", (struct idp_bytes){0}, details);
}

/* ---- the code ---- */

static bool is_form(const struct idp_json *request)
{
    struct idp_bytes body = idp_json_string(request, "body");
    return body.data != NULL && !(body.size > 0 && body.data[0] == '{');
}

/* The code verifier goes along where the template does not say where. */
static struct idp_json *token_request(struct idp_call *call,
                                      const struct idp_connection *connection,
                                      const struct idp_login_state *login, struct idp_bytes code)
{
    struct idp_json *values = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_json *pkce = idp_connection_option(connection, "pkce");
    struct idp_bytes template =
        idp_json_string(idp_sso_request_find(connection->document, IDP_SSO_TOKEN), "body");
    bool is_placed =
        template.data != NULL &&
        memmem(template.data, template.size, "${codeVerifier}", strlen("${codeVerifier}")) != NULL;
    idp_json_add_string(call, values, "code", code);
    idp_json_add_string(call, values, "redirectUri", login->redirect_uri);
    idp_json_add_string(call, values, "codeVerifier", idp_login_verifier(call, login));
    struct idp_json *request = idp_sso_request(call, connection, IDP_SSO_TOKEN, values);
    if (request == NULL || idp_json_member(request, "error") != NULL) {
        return request;
    }
    if (!idp_json_is(pkce, IDP_JSON_FALSE) && !is_placed && is_form(request)) {
        idp_sso_request_add(call, request, "body", "code_verifier",
                            idp_login_verifier(call, login));
    }
    return request;
}

static struct idp_json *code_step(struct idp_call *call, const struct idp_connection *connection,
                                  const struct idp_login_state *login, struct idp_bytes code)
{
    struct idp_json *request = token_request(call, connection, login, code);
    if (request == NULL || idp_json_member(request, "error") != NULL) {
        return refused(call, connection->id, "token_request",
                       idp_json_string(request, "error_description"));
    }
    struct idp_json *resume = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, resume, "step", "code");
    idp_json_add_string(call, resume, "connection", connection->id);
    idp_json_add_string(call, resume, "nonce", idp_login_nonce(call, login));
    idp_json_add_string(call, resume, "return_to", login->return_to);
    return idp_step_fetch(call, request, resume);
}

/* The body is sent as it is: what would be more than a value in it is put in encoded only. */
static bool may_be_put(const struct idp_connection *connection, struct idp_bytes code)
{
    const struct idp_json *options =
        idp_json_member(idp_sso_request_find(connection->document, IDP_SSO_TOKEN), "options");
    return idp_bytes_is(idp_json_string(options, "body_encode"), "form") ||
           idp_parameter_is_plain(code);
}

/* Why what the provider sent back leads to no tokens; NULL: it does. */
static const char *return_reason(const struct idp_connection *connection,
                                 const struct idp_json *parameters)
{
    struct idp_bytes issuer = idp_json_string(parameters, "iss");
    struct idp_bytes code = idp_json_string(parameters, "code");
    struct idp_bytes expected = idp_json_string(connection->document, "issuer");
    if (idp_json_member(parameters, "error") != NULL) {
        return "provider";
    }
    if (issuer.data != NULL && !idp_bytes_equal(issuer, expected)) {
        return "issuer"; /* RFC 9207 §2.4 */
    }
    return code.size == 0 || !may_be_put(connection, code) ? "code" : NULL;
}

struct idp_json *idp_sso_return(struct idp_call *call, struct idp_bytes id,
                                const struct idp_json *parameters, struct idp_bytes browser,
                                bool patient)
{
    struct idp_connection connection;
    struct idp_login_state login = {.state = idp_json_string(parameters, "state"),
                                    .browser = browser};
    if (!idp_connection_find(call, id, &connection)) {
        return idp_error_json_with(call, IDP_NOT_FOUND, IDP_NO_CONNECTION);
    }
    const char *reason = return_reason(&connection, parameters);
    bool is_state = idp_login_secret_valid(login.state) && idp_login_secret_valid(browser);
    if (is_state && reason == NULL && !patient &&
        idp_login_state_waits(call, &connection, &login)) {
        idp_step_ready(call);
    }
    if (!is_state || !idp_login_state_take(call, &connection, &login)) {
        return denied(call, "state"); /* anybody can: the audit is not theirs to fill */
    }
    if (reason == NULL) {
        return code_step(call, &connection, &login, idp_json_string(parameters, "code"));
    }
    return strcmp(reason, "issuer") == 0
               ? refused_issuer(call, &connection, idp_json_string(parameters, "iss"))
               : refused(call, connection.id, reason, idp_json_string(parameters, "error"));
}

/* ---- tokens ---- */

static struct idp_tokens tokens_of(const struct idp_json *resume)
{
    const struct idp_json *answer = idp_json_member(resume, "tokens");
    return (struct idp_tokens){
        .text = {[IDP_ACCESS_TOKEN] = idp_json_string(answer, "access_token"),
                 [IDP_ID_TOKEN] = idp_json_string(answer, "id_token")},
        .nonce = idp_json_string(answer, "id_token").data == NULL
                     ? (struct idp_bytes){0}
                     : idp_json_string(resume, "nonce"),
    };
}

static struct idp_json *end_of(struct idp_call *call, const struct idp_connection *connection,
                               const struct idp_json *resume)
{
    struct idp_tokens tokens = tokens_of(resume);
    struct idp_json *answer = idp_sso_sign_in(call, connection, &tokens);
    idp_json_add_string(call, answer, "return_to", idp_json_string(resume, "return_to"));
    return answer;
}

/* Keys first, where they are missing or old. */
static struct idp_json *tokens_step(struct idp_call *call, const struct idp_connection *connection,
                                    const struct idp_json *resume, bool patient)
{
    struct idp_tokens tokens = tokens_of(resume);
    struct idp_keys_step keys = {call, connection, &tokens, resume, patient};
    struct idp_json *first = idp_keys_step(&keys);
    return first != NULL ? first : end_of(call, connection, resume);
}

/* Of what came only the tokens go on. */
static struct idp_json *with_tokens(struct idp_call *call, const struct idp_json *resume,
                                    const struct idp_json *answer)
{
    static const char *const names[] = {"access_token", "id_token"};
    struct idp_json *tokens = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        idp_json_add_string(call, tokens, names[i], idp_json_string(answer, names[i]));
    }
    struct idp_json *next = idp_json_with(call, resume, "step", NULL);
    idp_json_add_c(call, next, "step", "login");
    idp_json_add(next, "tokens", tokens);
    return next;
}

/* What the token endpoint said; NULL: tokens are in *out. */
static struct idp_json *tokens_read(struct idp_call *call, const struct idp_connection *connection,
                                    const struct idp_json *answer, const struct idp_json **out)
{
    const char *why;
    int64_t status;
    struct idp_bytes body = idp_json_string(answer, "body");
    bool came = idp_json_integer(idp_json_member(answer, "status"), &status);
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    idp_refusal_add_answer(call, details, "token", answer);
    if (!came) {
        return refused_with(call, connection->id, "provider_unreachable",
                            idp_json_string(answer, "error"), details);
    }
    *out = idp_json_read(call, body, &why);
    if (status != HTTP_OK || !idp_json_is(*out, IDP_JSON_OBJECT) ||
        (idp_json_string(*out, "access_token").data == NULL &&
         idp_json_string(*out, "id_token").data == NULL)) {
        return refused_with(call, connection->id, "token_response", idp_json_string(*out, "error"),
                            details);
    }
    return NULL;
}

struct idp_json *idp_sso_resume(struct idp_call *call, const struct idp_json *resume,
                                const struct idp_json *answer, bool patient)
{
    struct idp_connection connection;
    const struct idp_json *came = NULL;
    struct idp_bytes step = idp_json_string(resume, "step");
    if (!idp_connection_find_id(call, idp_json_string(resume, "connection"), &connection)) {
        return refused(call, idp_json_string(resume, "connection"), "state", (struct idp_bytes){0});
    }
    if (idp_bytes_is(step, "code")) {
        struct idp_json *refusal = tokens_read(call, &connection, answer, &came);
        return refusal != NULL
                   ? refusal
                   : tokens_step(call, &connection, with_tokens(call, resume, came), patient);
    }
    if (!idp_bytes_is(step, "login")) {
        return refused(call, connection.id, "state", (struct idp_bytes){0});
    }
    idp_keys_step_take(call, &connection, resume, answer, patient);
    return tokens_step(call, &connection, resume, patient);
}

/* sso_exchange(connection, {"code","state","browser",…}) → as sso_login(), with a session */
struct idp_value idp_sql_sso_exchange(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_bytes id = idp_connection_argument(call, arguments[0]);
    const struct idp_json *parameters = idp_json_object_argument(call, arguments[1], "parameters");
    struct idp_json *answer =
        idp_sso_return(call, id, parameters, idp_json_string(parameters, "browser"), false);
    const struct idp_json *fetch = idp_json_member(answer, "fetch");
    for (; fetch != NULL; fetch = idp_json_member(answer, "fetch")) {
        answer = idp_sso_resume(call, idp_json_member(answer, "resume"), idp_step_run(call, fetch),
                                false);
    }
    return idp_value_json(answer);
}
