/* SPDX-License-Identifier: Apache-2.0 */
/* device_list.c - what a person has allowed: the devices and programs that act for them, each with
 * a name to give it, and the way to end it. Ending one is asked once more. */
#include "core/http/http.h"

enum { NAME_SIZE_MAX = 255 };

#define PATH "/device/list"

/* Somebody who is there, at this page. */
struct visit {
    struct idp_call *call;
    const struct idp_request *request;
    const struct idp_json *session, *form;
};

static struct idp_page page_of(const struct visit *visit)
{
    return idp_page_begin(visit->call, visit->request, visit->session);
}

static struct idp_value user_of(const struct visit *visit)
{
    return idp_value_text(idp_json_string(visit->session, "user"));
}

/* ---- one of them ---- */

/* What its user calls it, else what it calls itself, else what runs on it. */
static struct idp_bytes name_of(const struct idp_json *grant)
{
    struct idp_bytes given = idp_json_string(grant, "name");
    struct idp_bytes own = idp_json_string(idp_json_member(grant, "device"), "name");
    return given.size > 0 ? given : own.size > 0 ? own : idp_json_string(grant, "client_name");
}

static void row_add(struct idp_page *page, enum idp_string label, struct idp_bytes value)
{
    if (value.size > 0) {
        idp_page_add(page, "<dt>", label, "</dt><dd>");
        idp_page_text(page, value);
        idp_page_markup(page, "</dd>");
    }
}

/* The day of a time; to a person the hour is too much. */
static struct idp_bytes day_of(const struct idp_json *grant, const char *member)
{
    enum { DAY_SIZE = 10 };
    struct idp_bytes time = idp_json_string(grant, member);
    time.size = time.size < DAY_SIZE ? time.size : DAY_SIZE;
    return time;
}

static void form_begin(struct idp_page *page, const struct idp_json *grant)
{
    idp_page_form(page, idp_bytes_of(PATH));
    idp_page_hidden(page, "grant_id", idp_json_string(grant, "grant_id"));
}

/* The name and number of an attribute: what several on a page are told apart by. */
static void attribute_add(struct idp_page *page, const char *before, int64_t number)
{
    idp_page_markup(page, before);
    idp_text_add_integer(&page->html, number);
    idp_page_markup(page, "\"");
}

static void rename_add(struct idp_page *page, const struct idp_json *grant, int64_t number)
{
    form_begin(page, grant);
    attribute_add(page, "<label for=\"name-", number);
    idp_page_add(page, ">", IDP_LABEL_NAME, "</label>");
    attribute_add(page, "<input class=\"field\" id=\"name-", number);
    idp_page_markup(page, " name=\"name\" maxlength=\"64\" autocomplete=\"off\" value=\"");
    idp_page_text(page, idp_json_string(grant, "name"));
    idp_page_markup(page, "\"><div class=\"pair\">");
    attribute_add(page, "<button name=\"step\" value=\"rename\" aria-describedby=\"grant-", number);
    idp_page_add(page, ">", IDP_BUTTON_RENAME, "</button>");
    attribute_add(page, "<button name=\"step\" value=\"ask\" aria-describedby=\"grant-", number);
    idp_page_add(page, ">", IDP_BUTTON_REMOVE, "</button></div></form>");
}

static void grant_add(struct idp_page *page, const struct idp_json *grant, int64_t number)
{
    attribute_add(page, "<section><h2 id=\"grant-", number);
    idp_page_markup(page, ">");
    idp_page_text(page, name_of(grant));
    idp_page_markup(page, "</h2><dl>");
    row_add(page, IDP_LABEL_PROGRAM, idp_json_string(grant, "client_name"));
    row_add(page, IDP_LABEL_SCOPE, idp_json_string(grant, "scope"));
    row_add(page, IDP_LABEL_SINCE, day_of(grant, "created_at"));
    row_add(page, IDP_LABEL_USED, day_of(grant, "used_at"));
    idp_page_markup(page, "</dl>");
    rename_add(page, grant, number);
    idp_page_markup(page, "</section>");
}

/* ---- pages ---- */

static struct idp_response list_page(const struct visit *visit, enum idp_error error)
{
    struct idp_page page = page_of(visit);
    struct idp_value user[] = {user_of(visit)};
    const struct idp_json *list = idp_sql_grants(visit->call, user).json;
    int64_t count = 0;
    idp_page_user(&page);
    if (error != IDP_OK) {
        idp_page_error(&page, idp_bytes_of(idp_language_error(page.language, error)));
    }
    for (const struct idp_json *grant = list->child; grant != NULL; grant = grant->next) {
        grant_add(&page, grant, ++count);
    }
    if (count == 0) {
        idp_page_add(&page, "<p>", IDP_SAY_NO_DEVICES, "</p>");
    }
    idp_page_link(&page, idp_bytes_of("/device"), IDP_BUTTON_CONNECT);
    idp_page_logout(&page);
    return idp_page_end(&page, idp_error_row(error)->http_status, IDP_TITLE_DEVICES);
}

static const struct idp_json *grant_find(const struct visit *visit, struct idp_bytes grant_id)
{
    struct idp_value user[] = {user_of(visit)};
    const struct idp_json *grant = idp_sql_grants(visit->call, user).json->child;
    while (grant != NULL && !idp_bytes_equal(idp_json_string(grant, "grant_id"), grant_id)) {
        grant = grant->next;
    }
    return grant;
}

static struct idp_response question_page(const struct visit *visit, struct idp_bytes grant_id)
{
    struct idp_page page = page_of(visit);
    const struct idp_json *grant = grant_find(visit, grant_id);
    if (grant == NULL) {
        return list_page(visit, IDP_NOT_FOUND);
    }
    idp_page_markup(&page, "<p>");
    idp_page_fill(&page, IDP_SAY_REMOVE, "strong", name_of(grant));
    idp_page_markup(&page, "</p>");
    form_begin(&page, grant);
    idp_page_markup(&page, "<div class=\"pair\">");
    idp_page_button(&page, "name=\"step\" value=\"remove\"", IDP_BUTTON_REMOVE);
    idp_page_button(&page, "name=\"step\" value=\"keep\"", IDP_BUTTON_KEEP);
    idp_page_markup(&page, "</div></form>");
    return idp_page_end(&page, 200, IDP_TITLE_REMOVE);
}

/* ---- steps ---- */

static enum idp_error rename_grant(const struct visit *visit, struct idp_bytes grant_id)
{
    struct idp_bytes name = idp_bytes_trim(idp_json_string(visit->form, "name"));
    if (name.size > NAME_SIZE_MAX || idp_text_has_control(name)) {
        return IDP_INVALID_REQUEST;
    }
    struct idp_value arguments[] = {user_of(visit), idp_value_text(grant_id),
                                    name.size == 0 ? idp_null() : idp_value_text(name)};
    const struct idp_json *answer = idp_sql_rename_grant(visit->call, arguments).json;
    return idp_json_member(answer, "error") == NULL ? IDP_OK : IDP_NOT_FOUND;
}

static enum idp_error remove_grant(const struct visit *visit, struct idp_bytes grant_id)
{
    struct idp_value arguments[] = {user_of(visit), idp_value_text(grant_id)};
    const struct idp_json *answer = idp_sql_revoke_grant(visit->call, arguments).json;
    return idp_json_member(answer, "error") == NULL ? IDP_OK : IDP_NOT_FOUND;
}

static enum idp_error keep_grant(const struct visit *visit, struct idp_bytes grant_id)
{
    (void)visit;
    (void)grant_id;
    return IDP_OK;
}

/* Whoever loads the list anew does nothing anew. */
static struct idp_response step(const struct visit *visit)
{
    static const struct {
        const char *word;
        enum idp_error (*run)(const struct visit *, struct idp_bytes);
    } steps[] = {{"rename", rename_grant}, {"remove", remove_grant}, {"keep", keep_grant}};
    struct idp_bytes word = idp_json_string(visit->form, "step");
    struct idp_bytes grant_id = idp_json_string(visit->form, "grant_id");
    enum idp_error error = IDP_INVALID_REQUEST;
    if (idp_bytes_is(word, "ask") && grant_id.data != NULL) {
        return question_page(visit, grant_id);
    }
    for (size_t i = 0; i < IDP_COUNT(steps) && grant_id.data != NULL; i++) {
        if (idp_bytes_is(word, steps[i].word)) {
            error = steps[i].run(visit, grant_id);
        }
    }
    if (error != IDP_OK) {
        return list_page(visit, error);
    }
    struct idp_text url = {.call = visit->call};
    idp_text_add(&url, idp_settings_load(visit->call).base_url);
    idp_text_add_c(&url, PATH);
    return idp_response_redirect(visit->call, idp_text_bytes(&url));
}

struct idp_response idp_answer_device_list(struct idp_call *call, const struct idp_request *request)
{
    struct visit visit = {.call = call, .request = request};
    visit.session = idp_request_session(call, request);
    if (visit.session == NULL) {
        return idp_response_sign_in(call, request);
    }
    if (!idp_bytes_is(request->method, "POST")) {
        return list_page(&visit, IDP_OK);
    }
    visit.form = idp_form_read(call, request->body);
    return idp_request_is_ours(call, request, visit.form) ? step(&visit)
                                                          : list_page(&visit, IDP_FORGED_REQUEST);
}
