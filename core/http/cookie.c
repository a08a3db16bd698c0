/* SPDX-License-Identifier: Apache-2.0 */
/* cookie.c - the cookies of browsers (RFC 6265): the secret of a login under way, the session, and
 * what proves that a request comes from a page of ours, which alone may be read by scripts.
 *
 * Over TLS the first two are __Host- cookies, which no other host of the domain can set. Tenants
 * that share a host by their paths have names of their own. */
#include "core/http/http.h"

#include <string.h>

static const struct {
    const char *name;
    bool for_scripts;
} rows[] = {
    [IDP_COOKIE_BROWSER] = {"idplane_browser", false},
    [IDP_COOKIE_SESSION] = {"idplane_session", false},
    [IDP_COOKIE_CSRF] = {"XSRF-TOKEN", true},
};
_Static_assert(IDP_COUNT(rows) == IDP_COOKIE_COUNT, "a row for each cookie");

/* The path of base_url, with a slash behind. */
static struct idp_bytes path_of(struct idp_call *call, struct idp_bytes base_url)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, idp_url_path(base_url));
    idp_text_add_char(&text, '/');
    return idp_text_bytes(&text);
}

static bool is_secure(struct idp_bytes base_url)
{
    return idp_bytes_start(base_url, idp_bytes_of("https://"));
}

/* Eight letters that say which tenant, where the host is shared. */
static void tenant_add(struct idp_text *text)
{
    enum { LETTER_COUNT = 8 };
    struct idp_bytes tenant = idp_tenant(text->call);
    struct idp_bytes digest = idp_digest(text->call, "cookie", &tenant, 1);
    struct idp_bytes letters = idp_base64url_encode(text->call, digest);
    idp_text_add_char(text, '-');
    idp_text_add(text, (struct idp_bytes){letters.data, LETTER_COUNT});
}

static struct idp_bytes name_of(struct idp_call *call, enum idp_cookie cookie,
                                struct idp_bytes base_url)
{
    struct idp_text text = {.call = call};
    bool is_hidden = !rows[cookie].for_scripts;
    idp_text_add_c(&text, is_hidden && is_secure(base_url) ? "__Host-" : "");
    idp_text_add_c(&text, rows[cookie].name);
    if (is_hidden && idp_url_path(base_url).size > 0) {
        tenant_add(&text);
    }
    return idp_text_bytes(&text);
}

/* ---- reading ---- */

/* Cuts the next pair off *rest. */
static struct idp_bytes pair_next(struct idp_bytes *rest)
{
    const char *end = memchr(rest->data, ';', rest->size);
    size_t size = end == NULL ? rest->size : (size_t)(end - rest->data);
    size_t used = end == NULL ? size : size + 1;
    struct idp_bytes pair = {rest->data, size};
    *rest = (struct idp_bytes){rest->data + used, rest->size - used};
    return idp_bytes_trim(pair);
}

struct idp_bytes idp_cookie_read(struct idp_call *call, const struct idp_request *request,
                                 enum idp_cookie cookie)
{
    struct idp_bytes base_url = idp_settings_load(call).base_url;
    struct idp_bytes name = name_of(call, cookie, base_url);
    struct idp_bytes rest = idp_request_header(request, "cookie"), found = {0};
    while (rest.size > 0) {
        struct idp_bytes pair = pair_next(&rest);
        bool is_it =
            pair.size > name.size && pair.data[name.size] == '=' && idp_bytes_start(pair, name);
        struct idp_bytes value = {pair.data + name.size + 1, pair.size - name.size - 1};
        if (is_it && found.data != NULL && !idp_bytes_equal(found, value)) {
            return (struct idp_bytes){0};
        }
        found = is_it ? value : found;
    }
    return found;
}

/* ---- writing ---- */

static struct idp_json *list_of(struct idp_call *call, struct idp_json *headers)
{
    struct idp_json *list = (struct idp_json *)(uintptr_t)idp_json_member(headers, "Set-Cookie");
    if (list == NULL) {
        list = idp_json_new(call, IDP_JSON_ARRAY);
        idp_json_add(headers, "Set-Cookie", list);
    }
    return list;
}

void idp_cookie_add(struct idp_call *call, struct idp_response *response, enum idp_cookie cookie,
                    struct idp_bytes value, int64_t lifetime_s)
{
    struct idp_bytes base_url = idp_settings_load(call).base_url;
    struct idp_bytes path = rows[cookie].for_scripts ? path_of(call, base_url) : idp_bytes_of("/");
    struct idp_text text = {.call = call};
    idp_text_add(&text, name_of(call, cookie, base_url));
    idp_text_add_char(&text, '=');
    idp_text_add(&text, value);
    idp_text_add_c(&text, "; Path=");
    idp_text_add(&text, path);
    idp_text_add_c(&text, "; Max-Age=");
    idp_text_add_integer(&text, lifetime_s);
    idp_text_add_c(&text, "; SameSite=Lax");
    idp_text_add_c(&text, rows[cookie].for_scripts ? "" : "; HttpOnly");
    idp_text_add_c(&text, is_secure(base_url) ? "; Secure" : "");
    idp_json_add(list_of(call, response->headers), NULL,
                 idp_json_new_string(call, idp_text_bytes(&text)));
}
