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
static void option_add(struct idp_page *page, const struct idp_json *option,
                       struct idp_bytes return_to)
{
    struct idp_bytes name = idp_json_string(option, "buttonName");
    idp_page_markup(page, "<a class=\"choice\" href=\"");
    idp_page_text(page, idp_json_string(option, "initRequest"));
    if (return_to.data != NULL) {
        idp_page_markup(page, "?return_to=");
        idp_page_text(page, idp_url_encode(page->call, return_to));
    }
    idp_page_markup(page, "\">");
    idp_page_text(page, name.size > 0 ? name : idp_json_string(option, "providerName"));
    idp_page_markup(page, "</a>");
}

static struct idp_response choice_page(struct idp_page *page, struct idp_bytes return_to)
{
    const struct idp_json *options = idp_login_options(page->call);
    bool is_empty = true;
    if (page->session != NULL) {
        idp_page_user(page);
        idp_page_logout(page);
    }
    for (const struct idp_json *option = options->child; option != NULL; option = option->next) {
        if (idp_json_string(option, "initRequest").data != NULL) {
            option_add(page, option, return_to);
            is_empty = false;
        }
    }
    if (is_empty) {
        idp_page_add(page, "<p>", IDP_SAY_NO_CONNECTION, "</p>");
    }
    return idp_page_end(page, 200, IDP_TITLE_LOGIN);
}

static struct idp_bytes below_base(struct idp_call *call, const char *path)
{
    struct idp_text url = {.call = call};
    idp_text_add(&url, idp_settings_load(call).base_url);
    idp_text_add_c(&url, path);
    return idp_text_bytes(&url);
}

/* Whom a proxy signs in has nothing to choose. */
struct idp_response idp_answer_login_page(struct idp_call *call, const struct idp_request *request)
{
    const struct idp_json *session = idp_request_session(call, request);
    struct idp_page page = idp_page_begin(call, request, session);
    struct idp_bytes return_to = idp_json_string(query_of(call, request), "return_to");
    if (idp_settings_load(call).subject_header.data == NULL) {
        return choice_page(&page, return_to);
    }
    if (session == NULL) {
        return idp_response_sign_in(call, request);
    }
    return idp_response_redirect(
        call, idp_own_path_valid(return_to) ? return_to : below_base(call, "/session"));
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

/* The path is one of this host: the login checked it. */
static struct idp_bytes end_of(struct idp_call *call, const struct idp_json *answer)
{
    struct idp_bytes return_to = idp_json_string(answer, "return_to");
    return return_to.data == NULL ? below_base(call, "/session") : return_to;
}

static struct idp_response refusal_page(struct idp_call *call, const struct idp_request *request,
                                        const struct idp_json *answer)
{
    struct idp_page page = idp_page_begin(call, request, NULL);
    struct idp_bytes reason = idp_json_string(answer, "reason");
    idp_page_add(&page, "<p role=\"alert\">", IDP_SAY_REFUSED, "</p><p>");
    idp_page_fill(&page, IDP_SAY_REASON, NULL,
                  reason.data == NULL ? idp_json_string(answer, "error") : reason);
    idp_page_markup(&page, "</p>");
    idp_page_link(&page, idp_bytes_of("/login"), IDP_BUTTON_SIGN_IN_AGAIN);
    return idp_page_end(&page, 403, IDP_TITLE_NOT_SIGNED_IN);
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
                                                      : refusal_page(call, request, answer);
}

/* ---- the session ---- */

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

static struct idp_response session_json(struct idp_call *call, const struct idp_json *session)
{
    struct idp_response cookies = {.headers = idp_json_new(call, IDP_JSON_OBJECT)};
    const struct idp_json *shown = idp_session_hand_out(call, session, &cookies);
    struct idp_response response = idp_response_json(call, 200, shown);
    const struct idp_json *set = idp_json_member(cookies.headers, "Set-Cookie");
    if (set != NULL) {
        idp_json_add_shared(call, response.headers, "Set-Cookie", set);
    }
    return response;
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
        : idp_request_is_of_browser(request) ? idp_response_session_page(call, request, session)
                                             : session_json(call, session);
    idp_json_add_c(call, response.headers, "Vary", "Accept");
    return response;
}

/* ---- the end ---- */

/* A page that goes on to the provider by itself: to a redirect its form could not lead there. */
static struct idp_response leaving_page(struct idp_call *call, const struct idp_request *request,
                                        struct idp_bytes url)
{
    struct idp_page page = idp_page_begin(call, request, NULL);
    page.onward = url;
    idp_page_add(&page, "<p role=\"status\">", IDP_SAY_SIGNED_OUT, " ");
    idp_page_add(&page, "", IDP_SAY_LEAVING, "</p><a class=\"choice\" href=\"");
    idp_page_text(&page, url);
    idp_page_add(&page, "\">", IDP_BUTTON_SIGN_OUT_THERE, "</a>");
    return idp_page_end(&page, 200, IDP_TITLE_SIGNED_OUT);
}

struct idp_response idp_answer_sso_logout(struct idp_call *call, const struct idp_request *request)
{
    struct idp_bytes cookie = idp_cookie_read(call, request, IDP_COOKIE_SESSION), nothing = {"", 0};
    if (!idp_request_is_ours(call, request, idp_form_read(call, request->body))) {
        return idp_response_error(call, IDP_FORGED_REQUEST);
    }
    struct idp_bytes home = below_base(call, "/login");
    struct idp_bytes url = idp_json_string(idp_sso_logout(call, cookie, home), "url");
    struct idp_response response = url.data != NULL && idp_request_is_of_browser(request)
                                       ? leaving_page(call, request, url)
                                       : idp_response_redirect(call, url.data == NULL ? home : url);
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
