/* SPDX-License-Identifier: Apache-2.0 */
/* page.c - pages for people. They need no script and load nothing: what they look like is in them,
 * by a hash that their policy names. Whatever is put in is shown and never read as markup. */
#include "core/http/http.h"

#include <string.h>

static const char style[] =
    "*{box-sizing:border-box}body{margin:0;font:1.1rem/1.5 system-ui,sans-serif;color:#1c1c1e;"
    "background:#f4f4f6}main{max-width:26rem;margin:8vh auto;padding:1.5rem;background:#fff;"
    "border-radius:.75rem}h1{font-size:1.4rem;margin:0 0 1rem}a.choice,button{display:block;"
    "width:100%;margin:.75rem 0;padding:.8rem 1rem;font:inherit;text-align:center;color:#fff;"
    "background:#0b57d0;border:0;border-radius:.5rem;text-decoration:none;cursor:pointer}"
    "a.choice:focus-visible,button:focus-visible{outline:.2rem solid #f9ab00;outline-offset:.1rem}"
    "button.plain{color:inherit;background:none;text-decoration:underline}"
    "p,li{margin:.5rem 0;overflow-wrap:anywhere}ul{margin:0;padding-left:1.25rem}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.15rem .75rem;margin:.5rem 0}"
    "dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}"
    ".pair{display:flex;gap:.75rem}.pair button{margin:.5rem 0}"
    "@media(max-width:30rem){main{margin:0 auto;padding:1rem;border-radius:0}"
    "h1{margin:0 0 .5rem}body{font-size:1rem}}"
    ".code,#user_code{font:600 1.4rem/1.2 ui-monospace,monospace;letter-spacing:.1em}"
    "#user_code{display:block;width:100%;margin:.5rem 0;padding:.6rem;border:.1rem solid #767680;"
    "border-radius:.5rem;color:inherit;background:transparent}.error{color:#b3261e}"
    "@media(prefers-color-scheme:dark){body{color:#e8e8ea;background:#151517}main{background:"
    "#232326}a{color:#8ab4f8}a.choice,button{color:#0b1a33;background:#8ab4f8}"
    "button.plain{color:inherit;background:none}.error{color:#f2b8b5}}";

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

/* Only the style of ours, by its hash; forms go to us, and from us to a provider. */
static struct idp_bytes policy(struct idp_call *call)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
                          "style-src 'sha256-");
    idp_text_add(&text, idp_base64_encode(call, idp_sha256(call, idp_bytes_of(style))));
    idp_text_add_c(&text, "'");
    return idp_text_bytes(&text);
}

static struct idp_bytes document(struct idp_call *call, const char *title, struct idp_bytes content)
{
    struct idp_text html = {.call = call};
    idp_text_add_c(&html, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                          "<meta name=\"viewport\" content=\"width=device-width\"><title>");
    idp_html_add(&html, idp_bytes_of(title));
    idp_text_add_c(&html, "</title><style>");
    idp_text_add_c(&html, style);
    idp_text_add_c(&html, "</style></head><body><main><h1>");
    idp_html_add(&html, idp_bytes_of(title));
    idp_text_add_c(&html, "</h1>");
    idp_text_add(&html, content);
    idp_text_add_c(&html, "</main></body></html>\n");
    return idp_text_bytes(&html);
}

struct idp_response idp_response_page(struct idp_call *call, int64_t status, const char *title,
                                      struct idp_bytes content)
{
    struct idp_response response = {.status = status,
                                    .headers = idp_json_new(call, IDP_JSON_OBJECT),
                                    .body = document(call, title, content)};
    idp_json_add_c(call, response.headers, "Content-Type", "text/html; charset=utf-8");
    idp_json_add_c(call, response.headers, "Cache-Control", "no-store");
    idp_json_add_string(call, response.headers, "Content-Security-Policy", policy(call));
    idp_json_add_c(call, response.headers, "Referrer-Policy", "no-referrer");
    idp_json_add_c(call, response.headers, "X-Content-Type-Options", "nosniff");
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
