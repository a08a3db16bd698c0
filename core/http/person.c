/* SPDX-License-Identifier: Apache-2.0 */
/* person.c - what pages show to a person, whoever they are for: who is signed in, the way out, and
 * what went wrong. Programs ask the same addresses and are answered in JSON: a browser says that it
 * takes HTML, and whoever takes anything is none. */
#include "core/http/http.h"

#include <string.h>
#include <strings.h>

/* ---- who asks ---- */

/* True where a part of Accept is text/html, and not as what is not wanted (RFC 9110 §12.5.1). */
static bool is_html(struct idp_bytes part)
{
    static const char type[] = "text/html";
    struct idp_bytes rest = part, name = idp_part_next(&rest, ';');
    return name.size == strlen(type) && strncasecmp(name.data, type, name.size) == 0 &&
           !idp_bytes_end(part, idp_bytes_of("q=0"));
}

bool idp_request_is_of_browser(const struct idp_request *request)
{
    struct idp_bytes rest = idp_request_header(request, "accept");
    while (rest.size > 0) {
        if (is_html(idp_part_next(&rest, ','))) {
            return true;
        }
    }
    return false;
}

/* ---- parts of pages ---- */

void idp_page_error(struct idp_page *page, struct idp_bytes sentence)
{
    idp_page_markup(page, "<p role=\"alert\" class=\"error\" id=\"error\">");
    idp_page_text(page, sentence);
    idp_page_markup(page, "</p>");
}

void idp_page_user(struct idp_page *page)
{
    idp_page_markup(page, "<p>");
    idp_page_fill(page, IDP_SAY_SIGNED_IN_AS, "strong", idp_json_string(page->session, "user"));
    idp_page_markup(page, "</p>");
}

/* Whom a proxy signed in, it signs out. */
void idp_page_logout(struct idp_page *page)
{
    struct idp_text path = {.call = page->call};
    struct idp_bytes connection = idp_json_string(page->session, "connection");
    if (connection.data == NULL) {
        return;
    }
    idp_text_add_c(&path, "/sso/");
    idp_text_add(&path, idp_url_encode(page->call, connection));
    idp_text_add_c(&path, "/logout");
    idp_page_form(page, idp_text_bytes(&path));
    idp_page_button(page, "class=\"plain\"", IDP_BUTTON_SIGN_OUT);
    idp_page_markup(page, "</form>");
}

struct idp_response idp_response_session_page(struct idp_call *call,
                                              const struct idp_request *request,
                                              const struct idp_json *session)
{
    struct idp_page page = idp_page_begin(call, request, session);
    idp_page_user(&page);
    idp_page_link(&page, idp_bytes_of("/device"), IDP_BUTTON_CONNECT);
    idp_page_link(&page, idp_bytes_of("/device/list"), IDP_BUTTON_DEVICES);
    idp_page_logout(&page);
    return idp_page_end(&page, 200, IDP_TITLE_SIGNED_IN);
}

/* ---- what went wrong ---- */

/* Where only people go. A provider that signs somebody out is none, whatever it says it takes. */
static bool is_for_people(struct idp_bytes path)
{
    static const char *const ends[] = {"/login",      "/device",  "/oauth2/user_authorization",
                                       "/logout",     "/session", "/callback",
                                       "/device/list"};
    size_t i = 0;
    while (i < IDP_COUNT(ends) && !idp_bytes_end(path, idp_bytes_of(ends[i]))) {
        i++;
    }
    return i < IDP_COUNT(ends) || path.size == 0 || idp_bytes_is(path, "/");
}

static bool is_page(const struct idp_response *response)
{
    return idp_bytes_start(idp_json_string(response->headers, "Content-Type"),
                           idp_bytes_of("text/html"));
}

/* The sentence of the error in the language of the page. One that is more exact is there in English
 * alone: it is added as that. */
static void sentence_add(struct idp_page *page, struct idp_bytes body)
{
    const char *why;
    const struct idp_json *document = idp_json_read(page->call, body, &why);
    struct idp_bytes exact = idp_json_string(document, "error_description");
    enum idp_error error = idp_error_of_word(idp_json_string(document, "error"));
    exact = exact.data != NULL ? exact : idp_json_string(document, "description");
    bool is_usual = exact.data == NULL || idp_bytes_is(exact, idp_error_row(error)->sentence);
    if (is_usual || page->language->errors != NULL) {
        idp_page_error(page, idp_bytes_of(idp_language_error(page->language, error)));
    }
    if (is_usual) {
        return;
    }
    if (page->language->errors == NULL) {
        idp_page_error(page, exact);
        return;
    }
    idp_page_markup(page, "<p lang=\"en\">");
    idp_page_text(page, exact);
    idp_page_markup(page, "</p>");
}

static enum idp_string title_of(int64_t status)
{
    return status == 404   ? IDP_TITLE_NOT_FOUND
           : status == 401 ? IDP_TITLE_NOT_SIGNED_IN
                           : IDP_TITLE_NOT_DONE;
}

struct idp_response idp_response_for(struct idp_call *call, const struct idp_request *request,
                                     struct idp_response response)
{
    if (response.pending != NULL || response.status < 400 || is_page(&response) ||
        !is_for_people(request->path) || !idp_request_is_of_browser(request) ||
        idp_request_bearer(request).data != NULL) {
        return response;
    }
    struct idp_page page = idp_page_begin(call, request, NULL);
    sentence_add(&page, response.body);
    if (request->is_located && idp_settings_load(call).subject_header.data == NULL) {
        idp_page_link(&page, idp_bytes_of("/login"), IDP_BUTTON_SIGN_IN);
    }
    struct idp_response answer = idp_page_end(&page, response.status, title_of(response.status));
    static const char *const kept[] = {"Connection", "Allow",       "WWW-Authenticate",
                                       "Vary",       "Retry-After", "DPoP-Nonce"};
    for (size_t i = 0; i < IDP_COUNT(kept); i++) {
        idp_json_add_string(call, answer.headers, kept[i],
                            idp_json_string(response.headers, kept[i]));
    }
    return answer;
}
