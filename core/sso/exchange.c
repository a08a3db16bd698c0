/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c - a browser is back: its code becomes tokens, tokens a user, a user a session. Between
 * these the provider is asked, and that is done by others, outside of any transaction: each step
 * ends with what to fetch and where to go on. */
#include <strings.h>

#include "core/jose/jose.h"
#include "core/sso/request.h"
#include "core/sso/session.h"

enum { HTTP_OK = 200, WAIT_MS = 200, WAIT_COUNT_MAX = 25 };

/* ---- steps ---- */

static struct idp_json *step_of(struct idp_call *call, const char *step,
                                const struct idp_connection *connection,
                                const struct idp_json *before)
{
    struct idp_json *resume = before == NULL ? idp_json_new(call, IDP_JSON_OBJECT)
                                             : idp_json_with(call, before, "step", NULL);
    if (before == NULL) {
        idp_json_add_string(call, resume, "connection", connection->id);
    }
    idp_json_add_c(call, resume, "step", step);
    return resume;
}

static bool has_header(const struct idp_json *headers, const char *name)
{
    const struct idp_json *header = headers == NULL ? NULL : headers->child;
    while (header != NULL && !(header->name.size == strlen(name) &&
                               strncasecmp(header->name.data, name, header->name.size) == 0)) {
        header = header->next;
    }
    return header != NULL;
}

/* A body is a form unless the template says otherwise. */
static const struct idp_json *with_type(struct idp_call *call, const struct idp_json *request)
{
    const struct idp_json *headers = idp_json_member(request, "headers");
    struct idp_bytes body = idp_json_string(request, "body");
    if (body.data == NULL || has_header(headers, "content-type")) {
        return request;
    }
    const char *type = body.size > 0 && body.data[0] == '{' ? "application/json"
                                                            : "application/x-www-form-urlencoded";
    headers =
        idp_json_with(call, headers, "Content-Type", idp_json_new_string(call, idp_bytes_of(type)));
    return idp_json_with(call, request, "headers", headers);
}

struct idp_json *idp_fetch_step(struct idp_call *call, const struct idp_json *request,
                                struct idp_json *resume)
{
    static const char *const members[] = {"method", "headers", "body"};
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *fetch = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *options = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_json *typed = with_type(call, request);
    for (size_t i = 0; i < IDP_COUNT(members); i++) {
        const struct idp_json *member = idp_json_member(typed, members[i]);
        if (member != NULL) {
            idp_json_add_shared(call, options, members[i], member);
        }
    }
    idp_json_add_string(call, fetch, "url", idp_json_string(request, "url"));
    idp_json_add(fetch, "options", options);
    idp_json_add(answer, "fetch", fetch);
    idp_json_add(answer, "resume", resume);
    return answer;
}

/* A login that ended before there were tokens. */
static struct idp_json *refused(struct idp_call *call, struct idp_bytes connection,
                                const char *reason, struct idp_bytes provider_error)
{
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *answer =
        idp_error_json_with(call, IDP_ACCESS_DENIED, "The login was refused: see its reason.");
    idp_json_add_c(call, details, "reason", reason);
    idp_json_add_string(call, details, "provider_error", provider_error);
    struct idp_audit event = {"Single sign-on", "denied", {0}, connection, details};
    idp_audit_add(call, &event);
    idp_json_add_c(call, answer, "reason", reason);
    idp_json_add_string(call, answer, "provider_error", provider_error);
    return answer;
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
    const struct idp_json *pkce =
        idp_json_member(idp_json_member(connection->document, "options"), "pkce");
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
    struct idp_json *resume = step_of(call, "tokens", connection, NULL);
    idp_json_add_string(call, resume, "nonce", idp_login_nonce(call, login));
    idp_json_add_string(call, resume, "return_to", login->return_to);
    return idp_fetch_step(call, request, resume);
}

struct idp_json *idp_sso_return(struct idp_call *call, struct idp_bytes id,
                                const struct idp_json *parameters, struct idp_bytes browser)
{
    struct idp_connection connection;
    struct idp_login_state login = {.state = idp_json_string(parameters, "state"),
                                    .browser = browser};
    struct idp_bytes issuer = idp_json_string(parameters, "iss");
    struct idp_bytes code = idp_json_string(parameters, "code");
    if (!idp_connection_find(call, id, &connection)) {
        return idp_error_json_with(call, IDP_NOT_FOUND, IDP_NO_CONNECTION);
    }
    if (!idp_login_secret_valid(login.state) || !idp_login_secret_valid(browser) ||
        !idp_login_state_take(call, connection.id, &login)) {
        return refused(call, connection.id, "state", (struct idp_bytes){0});
    }
    if (idp_json_member(parameters, "error") != NULL) {
        return refused(call, connection.id, "provider", idp_json_string(parameters, "error"));
    }
    if (issuer.data != NULL &&
        !idp_bytes_equal(issuer, idp_json_string(connection.document, "issuer"))) {
        return refused(call, connection.id, "issuer", (struct idp_bytes){0}); /* RFC 9207 §2.4 */
    }
    return code.size == 0 ? refused(call, connection.id, "code", (struct idp_bytes){0})
                          : code_step(call, &connection, &login, code);
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

/* A key that is not known here may be known there by now; one that has no name, too. */
static bool is_of_unknown_key(const struct idp_tokens *tokens,
                              const struct idp_token_verdict *verdict, enum idp_token_use use)
{
    bool is_unnamed = idp_json_member(verdict->header, "kid") == NULL;
    return tokens->text[use].data != NULL && verdict->reason != NULL &&
           (strcmp(verdict->reason, "key") == 0 ||
            (strcmp(verdict->reason, "signature") == 0 && is_unnamed));
}

bool idp_sso_keys_missing(struct idp_call *call, const struct idp_connection *connection,
                          const struct idp_tokens *tokens)
{
    struct idp_token_verdict verdicts[IDP_TOKEN_USE_COUNT];
    idp_tokens_verify(call, connection, tokens, verdicts);
    return is_of_unknown_key(tokens, &verdicts[IDP_ACCESS_TOKEN], IDP_ACCESS_TOKEN) ||
           is_of_unknown_key(tokens, &verdicts[IDP_ID_TOKEN], IDP_ID_TOKEN);
}

static struct idp_json *wait_of(struct idp_call *call, const struct idp_json *resume, int64_t count)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *next = idp_json_with(call, resume, "waits", NULL);
    idp_json_add_integer(call, next, "waits", count + 1);
    idp_json_add_integer(call, answer, "wait_ms", WAIT_MS);
    idp_json_add(answer, "resume", next);
    return answer;
}

/* Keys first, where they are missing or old; one asks, the others wait for what it gets. */
static struct idp_json *tokens_step(struct idp_call *call, const struct idp_connection *connection,
                                    const struct idp_json *resume)
{
    int64_t waits = 0;
    struct idp_key_place place = {0};
    struct idp_tokens tokens = tokens_of(resume);
    bool is_remote = idp_key_place_of(connection, &place) && place.url.data != NULL;
    bool is_missing = is_remote && idp_sso_keys_missing(call, connection, &tokens);
    bool is_old = is_remote && idp_stored_keys_load(call, connection).is_expired;
    bool was_counted = idp_json_integer(idp_json_member(resume, "waits"), &waits);
    if ((is_missing || is_old) && idp_stored_keys_claim(call, connection, false)) {
        struct idp_json *request = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_string(call, request, "url", place.url);
        return idp_fetch_step(call, request, step_of(call, "keys", connection, resume));
    }
    if (is_missing && (!was_counted || waits < WAIT_COUNT_MAX)) {
        return wait_of(call, step_of(call, "login", connection, resume), waits);
    }
    return end_of(call, connection, resume);
}

/* What the token endpoint said; NULL: tokens are in *out. */
static struct idp_json *tokens_read(struct idp_call *call, const struct idp_connection *connection,
                                    const struct idp_json *answer, const struct idp_json **out)
{
    const char *why;
    int64_t status;
    struct idp_bytes body = idp_json_string(answer, "body");
    bool came = idp_json_integer(idp_json_member(answer, "status"), &status);
    if (!came) {
        return refused(call, connection->id, "provider_unreachable",
                       idp_json_string(answer, "error"));
    }
    *out = idp_json_read(call, body, &why);
    if (status != HTTP_OK || !idp_json_is(*out, IDP_JSON_OBJECT) ||
        (idp_json_string(*out, "access_token").data == NULL &&
         idp_json_string(*out, "id_token").data == NULL)) {
        return refused(call, connection->id, "token_response", idp_json_string(*out, "error"));
    }
    return NULL;
}

struct idp_json *idp_sso_resume(struct idp_call *call, const struct idp_json *resume,
                                const struct idp_json *answer)
{
    struct idp_connection connection;
    const struct idp_json *tokens = NULL;
    struct idp_bytes step = idp_json_string(resume, "step");
    if (!idp_connection_find_id(call, idp_json_string(resume, "connection"), &connection)) {
        return idp_error_json_with(call, IDP_NOT_FOUND, IDP_NO_CONNECTION);
    }
    if (idp_bytes_is(step, "tokens")) {
        struct idp_json *refusal = tokens_read(call, &connection, answer, &tokens);
        return refusal != NULL
                   ? refusal
                   : tokens_step(call, &connection, idp_json_with(call, resume, "tokens", tokens));
    }
    if (idp_bytes_is(step, "keys")) {
        call->host->begin(call);
        idp_stored_keys_take(call, &connection, answer);
        return end_of(call, &connection, resume);
    }
    return tokens_step(call, &connection, resume);
}

struct idp_json *idp_sso_finish(struct idp_call *call, const struct idp_json *resume)
{
    struct idp_json *last = idp_json_with(call, resume, "waits", NULL);
    idp_json_add_integer(call, last, "waits", WAIT_COUNT_MAX);
    return idp_sso_resume(call, last, NULL);
}
