/* SPDX-License-Identifier: Apache-2.0 */
/* device_page.c - where people let their devices in (RFC 8628 §3.3): they sign in, type the code
 * or come with it, see who asks for what, and allow or deny it. A code that came in a link is shown
 * to be compared, and is not approved before they say that they did (§5.4). How it ends is a page
 * of its own, which says what to do next. */
#include "core/http/http.h"
#include "core/sso/sso.h"

/* Somebody who is there, at this page. */
struct visit {
    struct idp_call *call;
    const struct idp_request *request;
    const struct idp_json *session, *form;
    bool from_complete; /* the code came in a link */
};

static struct idp_page page_of(const struct visit *visit)
{
    return idp_page_begin(visit->call, visit->request, visit->session);
}

/* What the forms keep from one step to the next. */
static void form_begin(struct idp_page *page, const struct visit *visit)
{
    idp_page_form(page, visit->request->path);
    if (visit->from_complete) {
        idp_page_hidden(page, "from_complete", idp_bytes_of("1"));
    }
}

/* ---- the code ---- */

static struct idp_response code_page(const struct visit *visit, struct idp_bytes code,
                                     enum idp_error error)
{
    struct idp_page page = page_of(visit);
    idp_page_user(&page);
    if (error != IDP_OK) {
        idp_page_error(&page, idp_bytes_of(idp_language_error(page.language, error)));
    }
    form_begin(&page, visit);
    idp_page_add(&page, "<label for=\"user_code\">", IDP_LABEL_USER_CODE,
                 "</label><input id=\"user_code\" name=\"user_code\" required maxlength=\"64\" "
                 "autofocus autocomplete=\"off\" autocapitalize=\"characters\" "
                 "spellcheck=\"false\" ");
    idp_page_markup(&page, error == IDP_OK
                               ? "aria-describedby=\"hint\" value=\""
                               : "aria-invalid=\"true\" aria-describedby=\"error hint\" value=\"");
    idp_page_text(&page, code);
    idp_page_add(&page, "\"><p id=\"hint\" class=\"hint\">", IDP_SAY_CODE_HINT, "</p>");
    idp_page_button(&page, "name=\"step\" value=\"lookup\"", IDP_BUTTON_CONTINUE);
    idp_page_markup(&page, "</form>");
    idp_page_logout(&page);
    return idp_page_end(&page, idp_error_row(error)->http_status, IDP_TITLE_DEVICE);
}

/* ---- the decision ---- */

/* The question can only be answered by who looks at the device: it comes unanswered. */
static void confirmation_add(struct idp_page *page, enum idp_error error)
{
    idp_page_markup(page, "<label class=\"check\"><input type=\"checkbox\" name=\"confirmed\" "
                          "value=\"1\" required");
    idp_page_markup(page,
                    error == IDP_OK ? ">" : " aria-invalid=\"true\" aria-describedby=\"error\">");
    idp_page_add(page, "<span>", IDP_LABEL_CONFIRMED, "</span></label>");
}

/* Whoever denies need not look first. */
static struct idp_response decision_page(const struct visit *visit, const struct idp_json *found,
                                         enum idp_error error)
{
    struct idp_page page = page_of(visit);
    bool must_confirm = idp_json_is_true(found, "must_confirm");
    idp_page_user(&page);
    if (error != IDP_OK) {
        idp_page_error(&page, idp_bytes_of(idp_language_error(page.language, error)));
    }
    idp_page_device_request(&page, found);
    idp_page_add(&page, "<p>", must_confirm ? IDP_SAY_FROM_LINK : IDP_SAY_COMPARE, "</p>");
    form_begin(&page, visit);
    idp_page_hidden(&page, "user_code", idp_json_string(found, "user_code"));
    if (must_confirm) {
        confirmation_add(&page, error);
    }
    idp_page_markup(&page, "<div class=\"pair\">");
    idp_page_button(&page, "name=\"step\" value=\"approve\"", IDP_BUTTON_ALLOW);
    idp_page_button(&page, "name=\"step\" value=\"deny\" formnovalidate", IDP_BUTTON_DENY);
    idp_page_markup(&page, "</div></form>");
    idp_page_logout(&page);
    return idp_page_end(&page, idp_error_row(error)->http_status, IDP_TITLE_DECISION);
}

/* ---- how it ends ---- */

/* An end has an address of its own: whoever loads it anew decides nothing anew. */
static struct idp_response end_of(const struct visit *visit, bool is_approved,
                                  const struct idp_json *answer)
{
    struct idp_text url = {.call = visit->call};
    idp_text_add(&url, idp_settings_load(visit->call).base_url);
    idp_text_add(&url, visit->request->path);
    idp_text_add_c(&url, is_approved ? "?end=approve" : "?end=deny");
    idp_text_add_c(&url, "&client_id=");
    idp_text_add(&url, idp_url_encode(visit->call, idp_json_string(answer, "client_id")));
    return idp_response_redirect(visit->call, idp_text_bytes(&url));
}

/* Whatever the address says, it names a client that there is, or none. */
static struct idp_bytes client_of(struct idp_call *call, const struct idp_json *query)
{
    struct idp_client client;
    struct idp_bytes client_id = idp_json_string(query, "client_id");
    bool is_there = client_id.size > 0 && client_id.size <= IDP_CLIENT_ID_SIZE_MAX &&
                    idp_client_find(call, client_id, &client);
    return is_there ? idp_client_name(call, client_id) : (struct idp_bytes){0};
}

static struct idp_response end_page(const struct visit *visit, bool is_approved,
                                    const struct idp_json *query)
{
    struct idp_page page = page_of(visit);
    struct idp_bytes client = client_of(visit->call, query);
    idp_page_markup(&page, "<p role=\"status\">");
    idp_page_fill(&page,
                  !is_approved          ? IDP_SAY_DENIED
                  : client.data == NULL ? IDP_SAY_APPROVED
                                        : IDP_SAY_APPROVED_CLIENT,
                  "strong", client);
    idp_page_markup(&page, "</p>");
    idp_page_link(&page, visit->request->path, IDP_BUTTON_CONNECT_ANOTHER);
    return idp_page_end(&page, 200, is_approved ? IDP_TITLE_APPROVED : IDP_TITLE_DENIED);
}

/* What no other code mends by itself, and what does. */
struct dead_end {
    enum idp_error error;
    enum idp_string title, say;
};

static const struct dead_end dead_ends[] = {
    {IDP_EXPIRED_TOKEN, IDP_TITLE_EXPIRED, IDP_SAY_EXPIRED},
    {IDP_TOO_MANY_ATTEMPTS, IDP_TITLE_TOO_MANY, IDP_SAY_TOO_MANY},
    {IDP_ALREADY_DECIDED, IDP_TITLE_DECIDED, IDP_SAY_DECIDED},
    {IDP_UNAUTHORIZED_CLIENT, IDP_TITLE_UNAUTHORIZED, IDP_SAY_UNAUTHORIZED},
    {IDP_ACCESS_DENIED, IDP_TITLE_LOCKED, IDP_SAY_LOCKED},
};

static const struct dead_end administrative = {IDP_ACCESS_DENIED, IDP_TITLE_ADMINISTRATIVE,
                                               IDP_SAY_ADMINISTRATIVE};

static struct idp_response dead_end_page(const struct visit *visit, const struct dead_end *end)
{
    enum { MINUTE_S = 60 };
    struct idp_page page = page_of(visit);
    struct idp_text minutes = {.call = visit->call}, seconds = {.call = visit->call};
    int64_t window_s = idp_settings_load(visit->call).attempt_window_s;
    idp_text_add_integer(&seconds, window_s);
    idp_text_add_integer(&minutes, (window_s + MINUTE_S - 1) / MINUTE_S);
    idp_page_user(&page);
    idp_page_markup(&page, "<p role=\"alert\">");
    idp_page_fill(&page, end->say, NULL, idp_text_bytes(&minutes));
    idp_page_markup(&page, "</p>");
    idp_page_link(&page, visit->request->path, IDP_BUTTON_ANOTHER_CODE);
    idp_page_logout(&page);
    struct idp_response response =
        idp_page_end(&page, idp_error_row(end->error)->http_status, end->title);
    if (end->error == IDP_TOO_MANY_ATTEMPTS) {
        idp_json_add_string(visit->call, response.headers, "Retry-After", idp_text_bytes(&seconds));
    }
    return response;
}

static struct idp_response error_page(const struct visit *visit, struct idp_bytes code,
                                      enum idp_error error)
{
    for (size_t i = 0; i < IDP_COUNT(dead_ends); i++) {
        if (dead_ends[i].error == error) {
            return dead_end_page(visit, &dead_ends[i]);
        }
    }
    return code_page(visit, code, error);
}

/* ---- steps ---- */

enum { LOOKUP, APPROVE, DENY };

/* When they signed in, where they are, how the code came, and what they said of it. */
static struct idp_value options_of(const struct visit *visit, size_t which)
{
    int64_t started_us;
    struct idp_json *options = idp_json_new(visit->call, IDP_JSON_OBJECT);
    struct idp_bytes peer = idp_request_header(visit->request, IDP_PEER_HEADER);
    bool is_known = idp_time_read(idp_json_string(visit->session, "started_at"), &started_us);
    if (is_known && which != LOOKUP) {
        idp_json_add_integer(visit->call, options, "auth_time", started_us / 1000000);
    }
    if (peer.size <= IDP_SOURCE_SIZE_MAX) {
        idp_json_add_string(visit->call, options, "source", peer);
    }
    idp_json_add_bool(visit->call, options, "from_complete", visit->from_complete);
    idp_json_add_bool(visit->call, options, "confirmed",
                      idp_bytes_is(idp_json_string(visit->form, "confirmed"), "1"));
    return idp_value_json_text(idp_json_text(visit->call, options));
}

static const struct idp_json *run(const struct visit *visit, size_t which, struct idp_bytes code)
{
    static struct idp_value (*const entries[])(struct idp_call *, const struct idp_value *) = {
        [LOOKUP] = idp_sql_lookup_user_code,
        [APPROVE] = idp_sql_approve_device_code,
        [DENY] = idp_sql_deny_device_code};
    struct idp_value arguments[] = {idp_value_text(code),
                                    idp_value_text(idp_json_string(visit->session, "user")),
                                    options_of(visit, which)};
    return entries[which](visit->call, arguments).json;
}

static enum idp_error error_of(const struct idp_json *answer)
{
    struct idp_bytes word = idp_json_string(answer, "error");
    return word.data == NULL ? IDP_OK : idp_error_of_word(word);
}

/* Who typed the code of a client that is to ask for nothing has said enough; who came by a link may
 * not know of any device. That somebody allowed the client before says nothing of this device. */
static bool is_question_needed(const struct visit *visit, const struct idp_json *found)
{
    const struct idp_json *metadata =
        idp_client_metadata(visit->call, idp_json_string(found, "client_id"));
    return idp_json_is_true(found, "must_confirm") ||
           !idp_bytes_is(idp_json_string(metadata, "consent_prompt"), "NEVER_PROMPT");
}

static struct idp_response decide(const struct visit *visit, struct idp_bytes code, size_t which)
{
    const struct idp_json *found = which == DENY ? NULL : run(visit, LOOKUP, code);
    enum idp_error error = error_of(found);
    if (error != IDP_OK) {
        return error_page(visit, code, error);
    }
    if (idp_scope_is_administrative(idp_json_string(found, "scope"))) {
        return dead_end_page(visit, &administrative);
    }
    if (which == LOOKUP && is_question_needed(visit, found)) {
        return decision_page(visit, found, IDP_OK);
    }
    const struct idp_json *answer = run(visit, which == DENY ? DENY : APPROVE, code);
    error = error_of(answer);
    if (error == IDP_CONFIRMATION_REQUIRED) {
        return decision_page(visit, found, error);
    }
    return error == IDP_OK ? end_of(visit, which != DENY, answer) : error_page(visit, code, error);
}

static struct idp_response step(const struct visit *visit)
{
    static const char *const words[] = {
        [LOOKUP] = "lookup", [APPROVE] = "approve", [DENY] = "deny"};
    struct idp_bytes word = idp_json_string(visit->form, "step");
    struct idp_bytes code = idp_json_string(visit->form, "user_code"), nothing = {"", 0};
    size_t which = 0;
    while (which < IDP_COUNT(words) && !idp_bytes_is(word, words[which])) {
        which++;
    }
    if (which == IDP_COUNT(words) || code.size == 0 || code.size > IDP_USER_CODE_INPUT_SIZE_MAX) {
        return code_page(visit, nothing, IDP_INVALID_REQUEST);
    }
    return decide(visit, code, which);
}

struct idp_response idp_answer_device_page(struct idp_call *call, const struct idp_request *request)
{
    struct visit visit = {.call = call, .request = request};
    visit.session = idp_request_session(call, request);
    if (visit.session == NULL) {
        return idp_response_sign_in(call, request);
    }
    const struct idp_json *query = idp_request_query(call, request);
    struct idp_bytes code = idp_json_string(query, "user_code"), nothing = {"", 0};
    struct idp_bytes end = idp_json_string(query, "end");
    bool is_approved = idp_bytes_is(end, "approve");
    if (idp_bytes_is(request->method, "POST")) {
        visit.form = idp_form_read(call, request->body);
        visit.from_complete = idp_bytes_is(idp_json_string(visit.form, "from_complete"), "1");
        return idp_request_is_ours(call, request, visit.form)
                   ? step(&visit)
                   : code_page(&visit, nothing, IDP_FORGED_REQUEST);
    }
    if (is_approved || idp_bytes_is(end, "deny")) {
        return end_page(&visit, is_approved, query);
    }
    visit.from_complete = code.size > 0;
    return code_page(&visit, visit.from_complete ? code : nothing, IDP_OK);
}
