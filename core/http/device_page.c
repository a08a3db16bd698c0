/* SPDX-License-Identifier: Apache-2.0 */
/* device_page.c - where people let their devices in (RFC 8628 §3.3): they sign in, type the code
 * or come with it, see who asks for what, and allow or deny it. A code that came in a link is shown
 * to be compared, and never approved by itself (§5.4). */
#include "core/http/http.h"
#include "core/sso/sso.h"

#define ADMINISTRATIVE                                                                             \
    "This device asks to administer the service. Who runs it approves that, not this page."

/* Somebody who is signed in, at this page. */
struct visit {
    struct idp_call *call;
    const struct idp_request *request;
    const struct idp_json *session, *form;
};

/* ---- parts of pages ---- */

static void form_begin(struct idp_text *html, const struct visit *visit)
{
    idp_html_add_between(html, "<form method=\"post\" action=\"",
                         idp_settings_load(visit->call).base_url, "/device\">");
    idp_html_add_between(html, "<input type=\"hidden\" name=\"csrf_token\" value=\"",
                         idp_json_string(visit->session, "csrf_token"), "\">");
}

/* ---- the code ---- */

static struct idp_response code_page(const struct visit *visit, struct idp_bytes code,
                                     const struct idp_json *error)
{
    struct idp_text html = {.call = visit->call};
    int64_t status = 200;
    idp_html_add_user(&html, visit->session);
    if (error != NULL) {
        bool is_failure = !idp_bytes_is(idp_json_string(error, "error"), "already_decided");
        status = idp_response_outcome(visit->call, error).status;
        idp_html_add_between(
            &html, is_failure ? "<p role=\"alert\" class=\"error\">" : "<p role=\"alert\">",
            idp_json_string(error, "error_description"), "</p>");
    }
    form_begin(&html, visit);
    idp_html_add_between(
        &html,
        "<label for=\"user_code\">Code that the device shows</label>"
        "<input id=\"user_code\" name=\"user_code\" required maxlength=\"64\" autofocus "
        "autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\" value=\"",
        code, "\">");
    idp_text_add_c(&html, "<button name=\"step\" value=\"lookup\">Continue</button></form>");
    idp_html_add_logout(&html, visit->session);
    return idp_response_page(visit->call, status, "Connect a device", idp_text_bytes(&html));
}

/* ---- the decision ---- */

static void scopes_add(struct idp_text *html, struct idp_bytes scope)
{
    struct idp_bytes word = idp_word_next(&scope);
    if (word.size == 0) {
        return;
    }
    idp_text_add_c(html, "<p>It may then:</p><ul>");
    for (; word.size > 0; word = idp_word_next(&scope)) {
        idp_html_add_between(html, "<li>", word, "</li>");
    }
    idp_text_add_c(html, "</ul>");
}

static void device_add(struct idp_text *html, const struct idp_json *device)
{
    static const struct {
        const char *member, *label;
    } rows[] = {{"name", "Device"}, {"ip", "Address"}, {"user_agent", "Program"}};
    for (size_t i = 0; i < IDP_COUNT(rows); i++) {
        struct idp_bytes value = idp_json_string(device, rows[i].member);
        if (value.size > 0) {
            idp_html_add_between(html, "<dt>", idp_bytes_of(rows[i].label), "</dt>");
            idp_html_add_between(html, "<dd>", value, "</dd>");
        }
    }
}

/* A request that is older than what the user is at is somebody else's. */
static void age_add(struct idp_text *html, struct idp_bytes issued_at)
{
    enum { SECOND_US = 1000000, MINUTE_S = 60 };
    int64_t issued_us;
    if (!idp_time_read(issued_at, &issued_us)) {
        return;
    }
    int64_t age_s = (idp_now_us(html->call) - issued_us) / SECOND_US;
    bool is_minutes = age_s >= 2 * MINUTE_S;
    idp_text_add_c(html, "<dt>Asked</dt><dd>");
    idp_text_add_integer(html, is_minutes ? age_s / MINUTE_S : age_s);
    idp_text_add_c(html, is_minutes ? " minutes ago</dd>" : " seconds ago</dd>");
}

static struct idp_response decision_page(const struct visit *visit, const struct idp_json *found)
{
    struct idp_text html = {.call = visit->call};
    struct idp_bytes code = idp_json_string(found, "user_code");
    idp_html_add_user(&html, visit->session);
    idp_html_add_between(&html, "<p><strong>", idp_json_string(found, "client_name"),
                         "</strong> wants to act for you.</p>");
    idp_html_add_between(&html, "<dl><dt>Code</dt><dd class=\"code\">", code, "</dd>");
    device_add(&html, idp_json_member(found, "device"));
    age_add(&html, idp_json_string(found, "issued_at"));
    idp_text_add_c(&html, "</dl>");
    scopes_add(&html, idp_json_string(found, "scope"));
    idp_text_add_c(&html, "<p>Allow it only if a device in front of you shows this code.</p>");
    form_begin(&html, visit);
    idp_html_add_between(&html, "<input type=\"hidden\" name=\"user_code\" value=\"", code, "\">");
    idp_text_add_c(&html, "<div class=\"pair\">"
                          "<button name=\"step\" value=\"approve\">Allow</button>"
                          "<button name=\"step\" value=\"deny\">Deny</button></div></form>");
    idp_html_add_logout(&html, visit->session);
    return idp_response_page(visit->call, 200, "Connect a device", idp_text_bytes(&html));
}

/* The end has an address of its own: whoever loads it anew decides nothing anew. */
static struct idp_response end_of(const struct visit *visit, const char *step)
{
    struct idp_text url = {.call = visit->call};
    idp_text_add(&url, idp_settings_load(visit->call).base_url);
    idp_text_add_c(&url, "/device?end=");
    idp_text_add_c(&url, step);
    return idp_response_redirect(visit->call, idp_text_bytes(&url));
}

static struct idp_response end_page(const struct visit *visit, bool is_approved)
{
    struct idp_text html = {.call = visit->call};
    idp_text_add_c(&html, is_approved
                              ? "<p>The device is connected. You can go back to it.</p>"
                              : "<p>The device was not let in. You can close this page.</p>");
    idp_html_add_link(&html, "/device", "Connect another device");
    return idp_response_page(visit->call, 200, is_approved ? "Device connected" : "Device denied",
                             idp_text_bytes(&html));
}

/* ---- steps ---- */

/* When the user signed in, where they are, and that they saw the code. */
static struct idp_value options_of(const struct visit *visit, bool is_lookup)
{
    int64_t started_us;
    struct idp_json *options = idp_json_new(visit->call, IDP_JSON_OBJECT);
    struct idp_bytes peer = idp_request_header(visit->request, IDP_PEER_HEADER);
    bool is_known = idp_time_read(idp_json_string(visit->session, "started_at"), &started_us);
    if (is_known && !is_lookup) {
        idp_json_add_integer(visit->call, options, "auth_time", started_us / 1000000);
    }
    if (peer.size <= IDP_SOURCE_SIZE_MAX) {
        idp_json_add_string(visit->call, options, "source", peer);
    }
    return idp_value_json_text(idp_json_text(visit->call, options));
}

enum { LOOKUP, APPROVE, DENY };

static const struct idp_json *run(const struct visit *visit, size_t which, struct idp_bytes code)
{
    static struct idp_value (*const entries[])(struct idp_call *, const struct idp_value *) = {
        [LOOKUP] = idp_sql_lookup_user_code,
        [APPROVE] = idp_sql_approve_device_code,
        [DENY] = idp_sql_deny_device_code};
    struct idp_value arguments[] = {idp_value_text(code),
                                    idp_value_text(idp_json_string(visit->session, "user")),
                                    options_of(visit, which == LOOKUP)};
    return entries[which](visit->call, arguments).json;
}

/* Whoever signs in may come here, and what such a scope lets a device do is not theirs to give: it
 * is approved in SQL, by somebody who may. */
static bool is_administrative(struct idp_bytes scope)
{
    return idp_scope_is_administrative(scope);
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
        return code_page(visit, nothing, idp_error_json(IDP_INVALID_REQUEST));
    }
    const struct idp_json *answer = run(visit, which == DENY ? DENY : LOOKUP, code);
    if (is_administrative(idp_json_string(answer, "scope"))) {
        answer = idp_error_json_with(visit->call, IDP_ACCESS_DENIED, ADMINISTRATIVE);
    } else if (which == APPROVE && idp_json_member(answer, "error") == NULL) {
        answer = run(visit, APPROVE, code);
    }
    if (idp_json_member(answer, "error") != NULL) {
        return code_page(visit, code, answer);
    }
    return which == LOOKUP ? decision_page(visit, answer) : end_of(visit, words[which]);
}

/* Back here after the login, with the code that came. */
static struct idp_response sign_in_first(struct idp_call *call, const struct idp_request *request)
{
    struct idp_text here = {.call = call}, url = {.call = call};
    struct idp_bytes base = idp_settings_load(call).base_url;
    idp_text_add(&here, idp_url_path(base));
    idp_text_add_c(&here, "/device");
    if (request->query.size > 0 && request->query.size <= IDP_USER_CODE_INPUT_SIZE_MAX) {
        idp_text_add_char(&here, '?');
        idp_text_add(&here, request->query);
    }
    idp_text_add(&url, base);
    idp_text_add_c(&url, "/login?return_to=");
    idp_text_add(&url, idp_url_encode(call, idp_text_bytes(&here)));
    return idp_response_redirect(call, idp_text_bytes(&url));
}

struct idp_response idp_answer_device_page(struct idp_call *call, const struct idp_request *request)
{
    struct visit visit = {.call = call, .request = request};
    bool is_post = idp_bytes_is(request->method, "POST");
    visit.session = idp_request_session(call, request);
    if (visit.session == NULL) {
        return sign_in_first(call, request);
    }
    const struct idp_json *query = idp_request_query(call, request);
    struct idp_bytes code = idp_json_string(query, "user_code"), nothing = {"", 0};
    struct idp_bytes end = idp_json_string(query, "end");
    if (!is_post && (idp_bytes_is(end, "approve") || idp_bytes_is(end, "deny"))) {
        return end_page(&visit, idp_bytes_is(end, "approve"));
    }
    if (!is_post) {
        return code_page(&visit, code.data == NULL ? nothing : code, NULL);
    }
    visit.form = idp_form_read(call, request->body);
    return idp_request_is_ours(call, request, visit.form)
               ? step(&visit)
               : code_page(&visit, nothing, idp_error_json(IDP_FORGED_REQUEST));
}
