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
    const char *semicolon = part.size > 0 ? memchr(part.data, ';', part.size) : NULL;
    struct idp_bytes name = part;
    name.size = semicolon == NULL ? part.size : (size_t)(semicolon - part.data);
    name = idp_bytes_trim(name);
    return name.size == strlen(type) && strncasecmp(name.data, type, name.size) == 0 &&
           !idp_bytes_end(part, idp_bytes_of("q=0"));
}

bool idp_request_is_of_browser(const struct idp_request *request)
{
    struct idp_bytes rest = idp_request_header(request, "accept");
    while (rest.size > 0) {
        const char *comma = memchr(rest.data, ',', rest.size);
        size_t size = comma == NULL ? rest.size : (size_t)(comma - rest.data);
        size_t used = comma == NULL ? size : size + 1;
        if (is_html(idp_bytes_trim((struct idp_bytes){rest.data, size}))) {
            return true;
        }
        rest = (struct idp_bytes){rest.data + used, rest.size - used};
    }
    return false;
}

/* ---- parts of pages ---- */

void idp_html_add_between(struct idp_text *html, const char *before, struct idp_bytes text,
                          const char *after)
{
    idp_text_add_c(html, before);
    idp_html_add(html, text);
    idp_text_add_c(html, after);
}

void idp_html_add_user(struct idp_text *html, const struct idp_json *session)
{
    idp_html_add_between(html, "<p>Signed in as <strong>", idp_json_string(session, "user"),
                         "</strong>.</p>");
}

void idp_html_add_logout(struct idp_text *html, const struct idp_json *session)
{
    idp_html_add_between(html, "<form method=\"post\" action=\"",
                         idp_settings_load(html->call).base_url, "/sso/");
    idp_html_add(html, idp_url_encode(html->call, idp_json_string(session, "connection")));
    idp_html_add_between(html, "/logout\"><input type=\"hidden\" name=\"csrf_token\" value=\"",
                         idp_json_string(session, "csrf_token"),
                         "\"><button class=\"plain\">Sign out</button></form>");
}

void idp_html_add_link(struct idp_text *html, const char *path, const char *label)
{
    idp_html_add_between(html, "<a class=\"choice\" href=\"",
                         idp_settings_load(html->call).base_url, path);
    idp_html_add_between(html, "\">", idp_bytes_of(label), "</a>");
}

struct idp_response idp_response_session_page(struct idp_call *call, const struct idp_json *session)
{
    struct idp_text html = {.call = call};
    idp_html_add_user(&html, session);
    idp_html_add_link(&html, "/device", "Connect a device");
    idp_html_add_logout(&html, session);
    return idp_response_page(call, 200, "Signed in", idp_text_bytes(&html));
}

/* ---- what went wrong ---- */

/* Where only people go. A provider that signs somebody out is none, whatever it says it takes. */
static bool is_for_people(struct idp_bytes path)
{
    static const char *const ends[] = {"/login",  "/device",  "/oauth2/user_authorization",
                                       "/logout", "/session", "/callback"};
    size_t i = 0;
    while (i < IDP_COUNT(ends) && !idp_bytes_end(path, idp_bytes_of(ends[i]))) {
        i++;
    }
    return i < IDP_COUNT(ends) || path.size == 0 || idp_bytes_is(path, "/");
}

static struct idp_bytes sentence_of(struct idp_call *call, struct idp_bytes body)
{
    const char *why;
    const struct idp_json *document = idp_json_read(call, body, &why);
    struct idp_bytes sentence = idp_json_string(document, "error_description");
    return sentence.data != NULL ? sentence : idp_json_string(document, "description");
}

static bool is_page(const struct idp_response *response)
{
    return idp_bytes_start(idp_json_string(response->headers, "Content-Type"),
                           idp_bytes_of("text/html"));
}

struct idp_response idp_response_for(struct idp_call *call, const struct idp_request *request,
                                     struct idp_response response)
{
    struct idp_text html = {.call = call};
    if (response.pending != NULL || response.status < 400 || is_page(&response) ||
        !is_for_people(request->path) || !idp_request_is_of_browser(request) ||
        idp_request_bearer(request).data != NULL) {
        return response;
    }
    idp_html_add_between(&html, "<p role=\"alert\">", sentence_of(call, response.body), "</p>");
    if (request->is_located) {
        idp_html_add_link(&html, "/login", "Sign in");
    }
    struct idp_response page =
        idp_response_page(call, response.status, response.status == 404 ? "Not found" : "Not done",
                          idp_text_bytes(&html));
    static const char *const kept[] = {"Connection", "Allow", "WWW-Authenticate", "Vary",
                                       "Retry-After"};
    for (size_t i = 0; i < IDP_COUNT(kept); i++) {
        idp_json_add_string(call, page.headers, kept[i],
                            idp_json_string(response.headers, kept[i]));
    }
    return page;
}
