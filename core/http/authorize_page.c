/* SPDX-License-Identifier: Apache-2.0 */
/* authorize_page.c - a client sent the browser to ask its user (RFC 6749 §4.1.1): they sign in,
 * see who asks for what, and allow or deny it, unless they did before. The browser then goes back
 * to the client, with a code or with what went wrong; to an address that is not the client's it
 * never goes. */
#include <string.h>

#include "core/http/http.h"
#include "core/sso/sso.h"

#define DECISION_PATH "/authorize/decision"

/* Somebody whom a client asks. */
struct visit {
    struct idp_call *call;
    const struct idp_request *request;
    const struct idp_json *session; /* NULL: nobody is there yet */
    const struct idp_json *parameters;
};

static struct idp_bytes user_of(const struct visit *visit)
{
    return idp_json_string(visit->session, "user");
}

/* ---- back to the client ---- */

/* What may not be told to the client is told to its user. */
static struct idp_response refusal_page(const struct visit *visit, const struct idp_json *answer)
{
    struct idp_page page = idp_page_begin(visit->call, visit->request, visit->session);
    enum idp_error error = idp_error_of_word(idp_json_string(answer, "error"));
    idp_page_error(&page, idp_bytes_of(idp_language_error(page.language, error)));
    return idp_page_end(&page, 400, IDP_TITLE_NOT_DONE);
}

/* The server of a URL, or its scheme where it has none. */
static struct idp_bytes server_of(struct idp_bytes url)
{
    const char *colon = memchr(url.data, ':', url.size);
    size_t size = colon == NULL ? url.size : (size_t)(colon - url.data);
    struct idp_bytes rest = {url.data + size, url.size - size};
    if (!idp_bytes_start(rest, idp_bytes_of("://"))) {
        return (struct idp_bytes){url.data, size};
    }
    rest = (struct idp_bytes){rest.data + 3, rest.size - 3};
    size_t end = 0;
    while (end < rest.size && strchr("/?#", rest.data[end]) == NULL) {
        end++;
    }
    return (struct idp_bytes){rest.data, end};
}

/* A form may lead to this server only, along all redirects: a page goes on by itself. */
static struct idp_response back_page(const struct visit *visit, struct idp_bytes url)
{
    struct idp_page page = idp_page_begin(visit->call, visit->request, visit->session);
    page.onward = url;
    idp_page_markup(&page, "<p>");
    idp_page_fill(&page, IDP_SAY_GOING_BACK, "strong", server_of(url));
    idp_page_markup(&page, "</p><a class=\"choice\" href=\"");
    idp_page_text(&page, url);
    idp_page_add(&page, "\">", IDP_BUTTON_CONTINUE, "</a>");
    return idp_page_end(&page, 200, IDP_TITLE_GOING_BACK);
}

static struct idp_response back(const struct visit *visit, const struct idp_json *answer,
                                bool is_from_form)
{
    struct idp_bytes url = idp_json_string(answer, "redirect_to");
    if (url.data == NULL) {
        return refusal_page(visit, answer);
    }
    return is_from_form ? back_page(visit, url) : idp_response_redirect(visit->call, url);
}

/* ---- what the grant is to know of the user ---- */

/* No more than the user was asked for (OpenID Connect Core 1.0 §5.4). */
static void add_claims(const struct visit *visit, struct idp_bytes scope, struct idp_json *options)
{
    static const struct {
        const char *member, *claim, *scope;
    } names[] = {{"firstName", "given_name", "profile"},
                 {"lastName", "family_name", "profile"},
                 {"email", "email", "email"},
                 {"phone", "phone_number", "phone"}};
    struct idp_value argument = idp_value_text(user_of(visit));
    const struct idp_json *user = idp_sql_sso_user(visit->call, &argument).json;
    struct idp_json *claims = idp_json_new(visit->call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        struct idp_bytes value = idp_json_string(user, names[i].member);
        if (value.size > 0 && idp_word_in(scope, idp_bytes_of(names[i].scope))) {
            idp_json_add_string(visit->call, claims, names[i].claim, value);
        }
    }
    if (claims->child != NULL) {
        idp_json_add(options, "claims", claims);
    }
}

/* Seconds since 1970; -1: nobody knows. */
static int64_t signed_in_s(const struct visit *visit)
{
    int64_t started_us;
    return idp_time_read(idp_json_string(visit->session, "started_at"), &started_us)
               ? started_us / IDP_SECOND_US
               : -1;
}

static struct idp_response decide(const struct visit *visit, const struct idp_json *asked,
                                  const char *decision, bool is_from_form)
{
    struct idp_json *options = idp_json_new(visit->call, IDP_JSON_OBJECT);
    struct idp_bytes scope = idp_json_string(asked, "scope");
    int64_t auth_time = signed_in_s(visit);
    if (idp_json_member(asked, "error") != NULL) {
        return back(visit, asked, is_from_form);
    }
    idp_json_add_c(visit->call, options, "decision",
                   idp_scope_is_administrative(scope) ? "deny" : decision);
    if (auth_time >= 0) {
        idp_json_add_integer(visit->call, options, "auth_time", auth_time);
    }
    add_claims(visit, scope, options);
    return back(visit,
                idp_authorization_decide(visit->call, visit->parameters, user_of(visit), options),
                is_from_form);
}

/* ---- the question ---- */

static struct idp_response question_page(const struct visit *visit, const struct idp_json *asked)
{
    struct idp_page page = idp_page_begin(visit->call, visit->request, visit->session);
    idp_page_user(&page);
    idp_page_markup(&page, "<p>");
    idp_page_fill(&page, IDP_SAY_WANTS, "strong", idp_json_string(asked, "client_name"));
    idp_page_markup(&page, "</p>");
    idp_page_scopes(&page, idp_json_string(asked, "scope"));
    idp_page_markup(&page, "<p>");
    idp_page_fill(&page, IDP_SAY_GOES_BACK, "strong",
                  server_of(idp_json_string(asked, "redirect_uri")));
    idp_page_markup(&page, "</p>");
    idp_page_form(&page, idp_bytes_of(DECISION_PATH));
    idp_page_hidden(&page, "request", visit->request->query);
    idp_page_markup(&page, "<div class=\"pair\">");
    idp_page_button(&page, "name=\"decision\" value=\"approve\"", IDP_BUTTON_ALLOW);
    idp_page_button(&page, "name=\"decision\" value=\"deny\"", IDP_BUTTON_DENY);
    idp_page_markup(&page, "</div></form>");
    idp_page_logout(&page);
    return idp_page_end(&page, 200, IDP_TITLE_AUTHORIZE);
}

/* ---- the login ---- */

/* A parameter of our own, which stands for prompt=login and max_age once somebody was sent to sign
 * in: who has signed in since is asked no second time, however short max_age is. */
#define SINCE "signed_in_since"

/* Digits alone; -1: it is no such number. */
static int64_t seconds_of(struct idp_bytes text)
{
    int64_t seconds;
    struct idp_json number = {.kind = IDP_JSON_NUMBER, .text = text};
    return text.data != NULL && idp_json_integer(&number, &seconds) ? seconds : -1;
}

/* A session that is older than the client takes, or whose age nobody knows where it matters. */
static bool is_too_old(const struct visit *visit, const struct idp_json *asked)
{
    int64_t age_max_s, started_s = signed_in_s(visit);
    bool has_max = idp_json_integer(idp_json_member(asked, "max_age"), &age_max_s);
    if (started_s < 0) {
        return has_max;
    }
    return started_s < seconds_of(idp_json_string(visit->parameters, SINCE)) ||
           (has_max && idp_now_s(visit->call) - started_s > age_max_s);
}

static void add_parameter(struct idp_text *query, struct idp_bytes name, struct idp_bytes value)
{
    idp_text_add_c(query, query->size > 0 ? "&" : "");
    idp_text_add(query, idp_url_encode(query->call, name));
    idp_text_add_char(query, '=');
    idp_text_add(query, idp_url_encode(query->call, value));
}

static struct idp_bytes without_login(struct idp_call *call, struct idp_bytes prompt)
{
    struct idp_text rest = {.call = call};
    for (struct idp_bytes word = idp_word_next(&prompt); word.size > 0;
         word = idp_word_next(&prompt)) {
        if (!idp_bytes_is(word, "login")) {
            idp_text_add_c(&rest, rest.size > 0 ? " " : "");
            idp_text_add(&rest, word);
        }
    }
    return idp_text_bytes(&rest);
}

/* The same request for after the login: whatever else it prompts for stays. */
static struct idp_bytes after_login(struct idp_call *call, const struct idp_json *parameters)
{
    static const char replaced[] = "prompt max_age " SINCE;
    struct idp_text query = {.call = call}, now = {.call = call};
    struct idp_bytes prompt = without_login(call, idp_json_string(parameters, "prompt"));
    for (const struct idp_json *member = parameters->child; member != NULL; member = member->next) {
        if (!idp_word_in(idp_bytes_of(replaced), member->name)) {
            add_parameter(&query, member->name, member->text);
        }
    }
    if (prompt.size > 0) {
        add_parameter(&query, idp_bytes_of("prompt"), prompt);
    }
    idp_text_add_integer(&now, idp_now_s(call));
    add_parameter(&query, idp_bytes_of(SINCE), idp_text_bytes(&now));
    return idp_text_bytes(&query);
}

/* Whoever may not be asked to sign in, or is signed in elsewhere, by a proxy: the client is told.
 */
static struct idp_response login(const struct visit *visit)
{
    struct idp_bytes nobody = {0}, none = idp_bytes_of("none");
    bool is_silent = idp_word_in(idp_json_string(visit->parameters, "prompt"), none);
    bool is_by_proxy = visit->session != NULL && signed_in_s(visit) < 0;
    struct idp_request again = *visit->request;
    if (is_silent || is_by_proxy) {
        const struct idp_json *silent = idp_json_with(visit->call, visit->parameters, "prompt",
                                                      idp_json_new_string(visit->call, none));
        return back(visit, idp_authorization_ask(visit->call, silent, nobody), false);
    }
    again.query = after_login(visit->call, visit->parameters);
    return idp_response_sign_in(visit->call, &again);
}

struct idp_response idp_answer_authorize(struct idp_call *call, const struct idp_request *request)
{
    struct visit visit = {.call = call,
                          .request = request,
                          .session = idp_request_session(call, request),
                          .parameters = idp_request_query(call, request)};
    if (visit.parameters == NULL) {
        return refusal_page(&visit, idp_error_json(IDP_INVALID_REQUEST));
    }
    const struct idp_json *asked = idp_authorization_ask(call, visit.parameters, user_of(&visit));
    if (idp_json_member(asked, "error") != NULL) {
        return back(&visit, asked, false);
    }
    if (idp_json_is_true(asked, "login_needed") || is_too_old(&visit, asked)) {
        return login(&visit);
    }
    bool is_asked = idp_json_is_true(asked, "consent_needed") &&
                    !idp_scope_is_administrative(idp_json_string(asked, "scope"));
    return is_asked ? question_page(&visit, asked) : decide(&visit, asked, "approve", false);
}

struct idp_response idp_answer_authorize_decision(struct idp_call *call,
                                                  const struct idp_request *request)
{
    const struct idp_json *form = idp_form_read(call, request->body);
    struct visit visit = {.call = call,
                          .request = request,
                          .session = idp_request_session(call, request),
                          .parameters = idp_form_read(call, idp_json_string(form, "request"))};
    if (visit.session == NULL || !idp_request_is_ours(call, request, form)) {
        return refusal_page(&visit, idp_error_json(IDP_FORGED_REQUEST));
    }
    if (visit.parameters == NULL) {
        return refusal_page(&visit, idp_error_json(IDP_INVALID_REQUEST));
    }
    bool is_approved = idp_bytes_is(idp_json_string(form, "decision"), "approve");
    const struct idp_json *asked = idp_authorization_ask(call, visit.parameters, user_of(&visit));
    return decide(&visit, asked, is_approved ? "approve" : "deny", true);
}
