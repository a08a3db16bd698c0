/* SPDX-License-Identifier: Apache-2.0 */
/* page.c - pages for people. They need no script and load nothing: what they look like is in them,
 * by a hash that their policy names. Whatever is put in is shown and never read as markup. */
#include "core/http/http.h"

#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1c1c1e;--paper:#fff;--wall:#f4f4f6;--act:#0b57d0;"
    "--on-act:#fff;--line:#767680;--bad:#b3261e}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8e8ea;--paper:#232326;--wall:#151517;"
    "--act:#8ab4f8;--on-act:#0b1a33;--line:#8e8e96;--bad:#f2b8b5}}"
    "*{box-sizing:border-box}body{margin:0;font:1.1rem/1.5 system-ui,sans-serif;color:var(--ink);"
    "background:var(--wall)}main{max-width:26rem;margin:8vh auto;padding:1.5rem;"
    "background:var(--paper);border-radius:.75rem;overflow-wrap:anywhere}"
    "h1{font-size:1.4rem;line-height:1.25;margin:0 0 1rem}a{color:var(--act)}"
    "a.choice,button{display:block;width:100%;min-height:2.75rem;margin:.75rem 0;padding:.8rem "
    "1rem;"
    "font:inherit;text-align:center;color:var(--on-act);background:var(--act);"
    "border:.1rem solid transparent;border-radius:.5rem;text-decoration:none;cursor:pointer}"
    ":focus-visible{outline:.2rem solid var(--ink);outline-offset:.15rem}"
    "button.plain{color:inherit;background:none;text-decoration:underline;padding:.5rem 1rem}"
    "p,li{margin:.5rem 0}ul{margin:0;padding-left:1.25rem}.hint{font-size:.9em}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.15rem .75rem;margin:.5rem 0}"
    "dt{font-weight:600;overflow-wrap:normal}dd{margin:0}"
    "label.check{display:flex;gap:.75rem;align-items:center;min-height:2.75rem;margin:.5rem 0}"
    "label.check input{flex:none;width:1.5rem;height:1.5rem;margin:0;accent-color:var(--act)}"
    ".pair{display:flex;gap:.75rem}.pair button{margin:.5rem 0;padding:.8rem .5rem}"
    "h2{font-size:1.15rem;margin:1rem 0 .5rem}section+section{margin-top:1rem;"
    "border-top:.1rem solid var(--line)}"
    ".code,#user_code{font:600 1.4rem/1.2 ui-monospace,monospace;letter-spacing:.1em}"
    ".field,#user_code{display:block;width:100%;margin:.5rem 0;padding:.6rem;color:inherit;"
    "background:transparent;border:.1rem solid var(--line);border-radius:.5rem}.field{font:inherit}"
    "#user_code[aria-invalid]{border-color:var(--bad)}.error{color:var(--bad);font-weight:600}"
    "@media(max-width:30rem){body{font-size:1rem;background:var(--paper)}"
    "main{margin:0 auto;padding:1rem;border-radius:0}h1{margin:0 0 .5rem}}";

/* The size of a mark that turns the direction of what is written around it; 0: it is none. */
static size_t direction_mark_size(const char *at, const char *end)
{
    static const char *const marks[] = {"\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d",
                                        "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u061c"};
    size_t i = 0;
    while (i < IDP_COUNT(marks) && !((size_t)(end - at) >= strlen(marks[i]) &&
                                     memcmp(at, marks[i], strlen(marks[i])) == 0)) {
        i++;
    }
    return i < IDP_COUNT(marks) ? strlen(marks[i]) : 0;
}

/* Without marks of direction: by them a name could read as another. */
void idp_html_add(struct idp_text *html, struct idp_bytes text)
{
    static const struct {
        char character;
        const char *entity;
    } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    for (size_t i = 0; i < text.size; i++) {
        size_t row = 0, mark_size = direction_mark_size(text.data + i, text.data + text.size);
        if (mark_size > 0) {
            i += mark_size - 1;
            continue;
        }
        while (row < IDP_COUNT(entities) && entities[row].character != text.data[i]) {
            row++;
        }
        if (row < IDP_COUNT(entities)) {
            idp_text_add_c(html, entities[row].entity);
        } else {
            idp_text_add_char(html, text.data[i]);
        }
    }
}

/* ---- what is added ---- */

void idp_page_markup(struct idp_page *page, const char *markup)
{
    idp_text_add_c(&page->html, markup);
}

void idp_page_text(struct idp_page *page, struct idp_bytes text)
{
    idp_html_add(&page->html, text);
}

void idp_page_add(struct idp_page *page, const char *before, enum idp_string string,
                  const char *after)
{
    idp_page_markup(page, before);
    idp_page_text(page, idp_bytes_of(page->language->strings[string]));
    idp_page_markup(page, after);
}

static void tag_add(struct idp_page *page, const char *before, const char *element)
{
    if (element != NULL) {
        idp_page_markup(page, before);
        idp_page_markup(page, element);
        idp_page_markup(page, ">");
    }
}

void idp_page_fill(struct idp_page *page, enum idp_string string, const char *element,
                   struct idp_bytes value)
{
    const char *text = page->language->strings[string], *hole = strstr(text, "{}");
    size_t before_size = hole == NULL ? strlen(text) : (size_t)(hole - text);
    idp_page_text(page, (struct idp_bytes){text, before_size});
    if (hole != NULL) {
        tag_add(page, "<", element);
        idp_page_text(page, value);
        tag_add(page, "</", element);
        idp_page_text(page, idp_bytes_of(hole + strlen("{}")));
    }
}

static void address_add(struct idp_page *page, struct idp_bytes path)
{
    idp_page_text(page, idp_settings_load(page->call).base_url);
    idp_page_text(page, path);
}

void idp_page_hidden(struct idp_page *page, const char *name, struct idp_bytes value)
{
    idp_page_markup(page, "<input type=\"hidden\" name=\"");
    idp_page_markup(page, name);
    idp_page_markup(page, "\" value=\"");
    idp_page_text(page, value);
    idp_page_markup(page, "\">");
}

void idp_page_form(struct idp_page *page, struct idp_bytes path)
{
    idp_page_markup(page, "<form method=\"post\" action=\"");
    address_add(page, path);
    idp_page_markup(page, "\">");
    idp_page_hidden(page, "csrf_token", idp_json_string(page->session, "csrf_token"));
}

void idp_page_button(struct idp_page *page, const char *attributes, enum idp_string string)
{
    idp_page_markup(page, "<button ");
    idp_page_markup(page, attributes);
    idp_page_add(page, ">", string, "</button>");
}

void idp_page_link(struct idp_page *page, struct idp_bytes path, enum idp_string string)
{
    idp_page_markup(page, "<a class=\"choice\" href=\"");
    address_add(page, path);
    idp_page_add(page, "\">", string, "</a>");
}

/* ---- the whole ---- */

struct idp_page idp_page_begin(struct idp_call *call, const struct idp_request *request,
                               const struct idp_json *session)
{
    return (struct idp_page){
        .call = call,
        .request = request,
        .language = idp_language_of(idp_request_header(request, "accept-language")),
        .session = session,
        .html = {.call = call},
    };
}

/* Only the style of ours, by its hash. Where a form leads to is judged along all of its redirects,
 * so none redirects to another server: a page leads on by itself. */
static struct idp_bytes policy(struct idp_call *call)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
                          "form-action 'self'; style-src 'sha256-");
    idp_text_add(&text, idp_base64_encode(call, idp_sha256(call, idp_bytes_of(style))));
    idp_text_add_c(&text, "'");
    return idp_text_bytes(&text);
}

static void onward_add(struct idp_text *html, struct idp_bytes url)
{
    if (url.data != NULL) {
        idp_text_add_c(html, "<meta http-equiv=\"refresh\" content=\"0; url=");
        idp_html_add(html, url);
        idp_text_add_c(html, "\">");
    }
}

static struct idp_bytes document(struct idp_page *page, enum idp_string title)
{
    struct idp_text html = {.call = page->call};
    struct idp_bytes heading = idp_bytes_of(page->language->strings[title]);
    idp_text_add_c(&html, "<!doctype html><html lang=\"");
    idp_text_add_c(&html, page->language->tag);
    idp_text_add_c(&html, "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                          "content=\"width=device-width, initial-scale=1\"><title>");
    idp_html_add(&html, heading);
    idp_text_add_c(&html, "</title>");
    onward_add(&html, page->onward);
    idp_text_add_c(&html, "<style>");
    idp_text_add_c(&html, style);
    idp_text_add_c(&html, "</style></head><body><main><h1>");
    idp_html_add(&html, heading);
    idp_text_add_c(&html, "</h1>");
    idp_text_add(&html, idp_text_bytes(&page->html));
    idp_text_add_c(&html, "</main></body></html>\n");
    return idp_text_bytes(&html);
}

struct idp_response idp_page_end(struct idp_page *page, int64_t status, enum idp_string title)
{
    struct idp_call *call = page->call;
    struct idp_response response = {.status = status,
                                    .headers = idp_json_new(call, IDP_JSON_OBJECT),
                                    .body = document(page, title)};
    idp_json_add_c(call, response.headers, "Content-Type", "text/html; charset=utf-8");
    idp_json_add_c(call, response.headers, "Content-Language", page->language->tag);
    idp_json_add_c(call, response.headers, "Cache-Control", "no-store");
    idp_json_add_string(call, response.headers, "Content-Security-Policy", policy(call));
    idp_json_add_c(call, response.headers, "Referrer-Policy", "no-referrer");
    idp_json_add_c(call, response.headers, "X-Content-Type-Options", "nosniff");
    idp_session_hand_out(call, page->session, &response);
    return response;
}

struct idp_response idp_response_redirect(struct idp_call *call, struct idp_bytes url)
{
    struct idp_response response = {
        .status = 303, .headers = idp_json_new(call, IDP_JSON_OBJECT), .body = {"", 0}};
    idp_json_add_string(call, response.headers, "Location", url);
    idp_json_add_c(call, response.headers, "Cache-Control", "no-store");
    idp_json_add_c(call, response.headers, "Referrer-Policy", "no-referrer");
    return response;
}
