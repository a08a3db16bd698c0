/* SPDX-License-Identifier: Apache-2.0 */
/* sso_routes.c - browsers that sign in through a provider: the page where they choose one, the way
 * there and back, the session they have then, and its end. */
#include "core/http/http.h"
#include "core/sso/sso.h"

/* ---- choosing ---- */

struct idp_response idp_answer_login_options(struct idp_call *call,
                                             const struct idp_request *request)
{
    (void)request;
    return idp_response_json(call, 200, idp_login_options(call));
}

static const struct idp_json *query_of(struct idp_call *call, const struct idp_request *request)
{
    const struct idp_json *query = idp_request_query(call, request);
    return query == NULL ? idp_json_new(call, IDP_JSON_OBJECT) : query;
}

/* A button for each; what the page was asked for goes along. */
static void option_add(struct idp_text *html, const struct idp_json *option,
                       struct idp_bytes return_to)
{
    struct idp_bytes name = idp_json_string(option, "buttonName");
    struct idp_bytes url = idp_json_string(option, "initRequest");
    if (url.data == NULL) {
        return;
    }
    idp_text_add_c(html, "<a class=\"choice\" href=\"");
    idp_html_add(html, url);
    if (return_to.data != NULL) {
        idp_text_add_c(html, "?return_to=");
        idp_html_add(html, idp_url_encode(html->call, return_to));
    }
    idp_html_add_between(html, "\">",
                         name.size > 0 ? name : idp_json_string(option, "providerName"), "</a>");
}

struct idp_response idp_answer_login_page(struct idp_call *call, const struct idp_request *request)
{
    struct idp_text html = {.call = call};
    struct idp_bytes return_to = idp_json_string(query_of(call, request), "return_to");
    const struct idp_json *options = idp_login_options(call);
    const struct idp_json *session = idp_request_session(call, request);
    if (session != NULL) {
        idp_html_add_user(&html, session);
        idp_html_add_logout(&html, session);
    }
    size_t size = html.size;
    for (const struct idp_json *option = options->child; option != NULL; option = option->next) {
        option_add(&html, option, return_to);
    }
    if (html.size == size) {
        idp_text_add_c(&html, "<p>There is no way to sign in yet: an administrator has to set a "
                              "connection that is visible on this page.</p>");
    }
    return idp_response_page(call, 200, "Sign in", idp_text_bytes(&html));
}

/* ---- there ---- */

struct idp_response idp_answer_sso_login(struct idp_call *call, const struct idp_request *request)
{
    static const char *const names[] = {"return_to", "redirect_uri", "idp_hint"};
    const struct idp_json *query = query_of(call, request);
    struct idp_json *options = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes browser = idp_cookie_read(call, request, IDP_COOKIE_BROWSER);
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        idp_json_add_string(call, options, names[i], idp_json_string(query, names[i]));
    }
    if (idp_login_secret_valid(browser)) {
        idp_json_add_string(call, options, "browser", browser);
    }
    const struct idp_json *answer = idp_sso_authorize(call, request->segment, options);
    int64_t lifetime_s;
    if (!idp_json_integer(idp_json_member(answer, "expires_in"), &lifetime_s)) {
        return idp_response_outcome(call, answer);
    }
    struct idp_response response = idp_response_redirect(call, idp_json_string(answer, "url"));
    idp_cookie_add(call, &response, IDP_COOKIE_BROWSER, idp_json_string(answer, "browser"),
                   lifetime_s);
    return response;
}

/* ---- and back ---- */

static struct idp_bytes home_of(struct idp_call *call)
{
    struct idp_text url = {.call = call};
    idp_text_add(&url, idp_settings_load(call).base_url);
    idp_text_add_c(&url, "/session");
    return idp_text_bytes(&url);
}

/* The path is one of this host: the login checked it. */
static struct idp_bytes end_of(struct idp_call *call, const struct idp_json *answer)
{
    struct idp_bytes return_to = idp_json_string(answer, "return_to");
    return return_to.data == NULL ? home_of(call) : return_to;
}

static struct idp_response refusal_page(struct idp_call *call, const struct idp_json *answer)
{
    struct idp_text html = {.call = call};
    struct idp_bytes reason = idp_json_string(answer, "reason");
    idp_html_add_between(&html,
                         "<p>Access was denied. Somebody who administers this service can see why "
                         "in its audit.</p><p>Reason: ",
                         reason.data == NULL ? idp_json_string(answer, "error") : reason, "</p>");
    idp_html_add_link(&html, "/login", "Sign in again");
    return idp_response_page(call, 403, "Not signed in", idp_text_bytes(&html));
}

static struct idp_response signed_in(struct idp_call *call, const struct idp_json *answer)
{
    const struct idp_json *session = idp_json_member(answer, "session");
    int64_t lifetime_s = idp_settings_load(call).session_absolute_lifetime_s;
    struct idp_response response = idp_response_redirect(call, end_of(call, answer));
    idp_cookie_add(call, &response, IDP_COOKIE_SESSION, idp_json_string(session, "cookie"),
                   lifetime_s);
    idp_cookie_add(call, &response, IDP_COOKIE_CSRF, idp_json_string(session, "csrf_token"),
                   lifetime_s);
    return response;
}

struct idp_response idp_answer_sso_callback(struct idp_call *call,
                                            const struct idp_request *request)
{
    struct idp_json *answer =
        request->resume != NULL
            ? idp_sso_resume(call, idp_step_open(call, request->resume), request->fetched, true)
            : idp_sso_return(call, request->segment, query_of(call, request),
                             idp_cookie_read(call, request, IDP_COOKIE_BROWSER), true);
    if (idp_json_member(answer, "resume") != NULL) {
        return (struct idp_response){.pending = idp_step_close(call, answer)};
    }
    return idp_json_member(answer, "session") != NULL ? signed_in(call, answer)
                                                      : refusal_page(call, answer);
}

/* ---- the session ---- */

struct idp_json *idp_request_session(struct idp_call *call, const struct idp_request *request)
{
    struct idp_bytes cookie = idp_cookie_read(call, request, IDP_COOKIE_SESSION);
    return idp_login_secret_valid(cookie) ? idp_sso_session_find(call, cookie) : NULL;
}

/* Callers of an API bring a token of their provider instead. */
static struct idp_response bearer_answer(struct idp_call *call, const struct idp_request *request,
                                         struct idp_bytes token)
{
    struct idp_json *answer =
        request->resume != NULL
            ? idp_bearer_resume(call, idp_step_open(call, request->resume), request->fetched, true)
            : idp_bearer(call, token, true);
    if (idp_json_member(answer, "resume") != NULL) {
        return (struct idp_response){.pending = idp_step_close(call, answer)};
    }
    return idp_json_is_true(answer, "ok")
               ? idp_response_json(call, 200, answer)
               : idp_response_bearer(call, 401, "invalid_token", "The access token is not good.");
}

struct idp_response idp_answer_session(struct idp_call *call, const struct idp_request *request)
{
    const struct idp_error_row *row = idp_error_row(IDP_LOGIN_REQUIRED);
    struct idp_bytes token = idp_request_bearer(request);
    if (token.data != NULL) {
        return bearer_answer(call, request, token);
    }
    const struct idp_json *session = idp_request_session(call, request);
    struct idp_response response =
        session == NULL ? idp_response_bearer(call, row->http_status, row->word, row->sentence)
        : idp_request_is_of_browser(request) ? idp_response_session_page(call, session)
                                             : idp_response_json(call, 200, session);
    idp_json_add_c(call, response.headers, "Vary", "Accept");
    return response;
}

/* ---- the end ---- */

bool idp_request_is_ours(struct idp_call *call, const struct idp_request *request,
                         const struct idp_json *form)
{
    struct idp_bytes cookie = idp_cookie_read(call, request, IDP_COOKIE_SESSION);
    struct idp_bytes field = idp_json_string(form, "csrf_token");
    struct idp_bytes token =
        field.data != NULL ? field : idp_request_header(request, IDP_CSRF_HEADER);
    return idp_login_secret_valid(cookie) && idp_sso_csrf_valid(call, cookie, token);
}

struct idp_response idp_answer_sso_logout(struct idp_call *call, const struct idp_request *request)
{
    struct idp_bytes cookie = idp_cookie_read(call, request, IDP_COOKIE_SESSION), nothing = {"", 0};
    struct idp_text home = {.call = call};
    if (!idp_request_is_ours(call, request, idp_form_read(call, request->body))) {
        return idp_response_error(call, IDP_FORGED_REQUEST);
    }
    idp_text_add(&home, idp_settings_load(call).base_url);
    idp_text_add_c(&home, "/login");
    const struct idp_json *answer = idp_sso_logout(call, cookie, idp_text_bytes(&home));
    struct idp_bytes url = idp_json_string(answer, "url");
    struct idp_response response =
        idp_response_redirect(call, url.data == NULL ? idp_text_bytes(&home) : url);
    for (size_t i = 0; i < IDP_COOKIE_COUNT; i++) {
        idp_cookie_add(call, &response, (enum idp_cookie)i, nothing, 0);
    }
    return response;
}

struct idp_response idp_answer_sso_backchannel(struct idp_call *call,
                                               const struct idp_request *request)
{
    const struct idp_json *form = idp_form_read(call, request->body);
    struct idp_bytes token = idp_json_string(form, "logout_token");
    if (token.data == NULL) {
        return idp_response_error(call, IDP_INVALID_REQUEST);
    }
    struct idp_json *answer =
        request->resume != NULL ? idp_sso_backchannel_resume(
                                      call, idp_step_open(call, request->resume), request->fetched)
                                : idp_sso_backchannel(call, request->segment, token);
    return idp_json_member(answer, "resume") != NULL
               ? (struct idp_response){.pending = idp_step_close(call, answer)}
               : idp_response_outcome(call, answer);
}
