/* SPDX-License-Identifier: Apache-2.0 */
/* secret_text.c - the secrets of a text, which is read as what it is: JSON, a form, an address.
 * What an innocent name has may be a text with secrets, too; then it is a secret as a whole. */
#include "core/sso/secret.h"

enum { TEXT_DEPTH_MAX = 8 }; /* texts in one another; deeper is a secret */

static void search_text(struct idp_secret_search *search);

struct idp_bytes idp_secret_part(struct idp_bytes text, size_t from, size_t to)
{
    return (struct idp_bytes){text.data + from, to - from};
}

static bool is_mask(struct idp_bytes value)
{
    return idp_bytes_is(value, IDP_CONNECTION_MASK);
}

static bool is_one_of(char c, const char *characters)
{
    return c != 0 && strchr(characters, c) != NULL;
}

size_t idp_secret_skip_to(struct idp_bytes text, size_t at, const char *characters)
{
    while (at < text.size && !is_one_of(text.data[at], characters)) {
        at++;
    }
    return at;
}

struct idp_secret *idp_secret_add(struct idp_secret_search *search, const char *mark,
                                  struct idp_bytes name, size_t from, size_t to)
{
    struct idp_secret *secret = idp_allocate(search->call, sizeof *secret);
    struct idp_text place = {.call = search->call};
    idp_text_add_c(&place, mark);
    idp_text_add(&place, name);
    secret->place = idp_text_bytes(&place);
    secret->from = from;
    secret->to = to;
    secret->is_mask = is_mask(idp_secret_part(search->text, from, to));
    *(search->last == NULL ? &search->first : &search->last->next) = secret;
    search->last = secret;
    search->count++;
    return secret;
}

bool idp_secret_search_is_over(const struct idp_secret_search *search)
{
    return search->count > IDP_CONNECTION_SECRET_COUNT_MAX;
}

static bool hides(const struct idp_secret_search *around, struct idp_bytes text)
{
    struct idp_secret_search search = {around->call, text, .depth = around->depth + 1};
    if (search.depth > TEXT_DEPTH_MAX) {
        return true;
    }
    search_text(&search);
    return search.first != NULL;
}

bool idp_secret_hides(struct idp_call *call, struct idp_bytes text)
{
    struct idp_secret_search around = {.call = call};
    return is_mask(text) || hides(&around, text);
}

bool idp_secret_is(const struct idp_secret_search *search, bool is_named, struct idp_bytes text)
{
    return text.size > 0 &&
           (is_mask(text) || (is_named ? !idp_secret_is_filled(text) : hides(search, text)));
}

/* ---- forms and addresses ---- */

static struct idp_bytes decoded(struct idp_call *call, struct idp_bytes text)
{
    struct idp_bytes plain = idp_form_decode(call, text);
    return plain.data == NULL ? text : plain;
}

static void search_pair(struct idp_secret_search *search, size_t from, size_t to)
{
    struct idp_bytes pair = idp_secret_part(search->text, from, to);
    const char *sign = memchr(pair.data, '=', pair.size);
    struct idp_bytes name = {pair.data, sign == NULL ? 0 : (size_t)(sign - pair.data)};
    size_t value = from + name.size + (sign != NULL);
    struct idp_bytes text = idp_secret_part(search->text, value, to);
    bool is_named = idp_secret_name(decoded(search->call, name));
    if (idp_secret_is(search, is_named, is_named ? text : decoded(search->call, text))) {
        idp_secret_add(search, "#", name, value, to);
    }
}

static void search_pairs(struct idp_secret_search *search, size_t from, size_t to,
                         const char *separators)
{
    for (size_t end; from < to && !idp_secret_search_is_over(search); from = end + 1) {
        end = idp_secret_skip_to((struct idp_bytes){search->text.data, to}, from, separators);
        search_pair(search, from, end);
    }
}

/* What is before the first sign is no tag, no sentence and no string. */
static bool is_form(struct idp_bytes text)
{
    size_t i = 0;
    while (i < text.size && (unsigned char)text.data[i] > ' ' &&
           !is_one_of(text.data[i], "=<>\"'{}")) {
        i++;
    }
    return i < text.size && text.data[i] == '=';
}

const struct idp_secret *idp_secrets_of_url(struct idp_call *call, struct idp_bytes url)
{
    struct idp_secret_search search = {call, url};
    const char *scheme = memmem(url.data, url.size, "://", strlen("://"));
    size_t host = scheme == NULL ? 0 : (size_t)(scheme - url.data) + strlen("://");
    size_t path = idp_secret_skip_to(url, host, "/?#"), query = idp_secret_skip_to(url, path, "?#");
    for (size_t from = path, to = path; from < query; from = to + 1) {
        to = idp_secret_skip_to((struct idp_bytes){url.data, query}, from, "/;");
        if (memchr(url.data + from, '=', to - from) != NULL) {
            search_pair(&search, from, to);
        }
    }
    search_pairs(&search, query + 1, url.size, "&#");
    return search.first;
}

/* ---- texts ---- */

static void search_text(struct idp_secret_search *search)
{
    struct idp_bytes text = search->text;
    size_t start = 0;
    while (start < text.size && is_one_of(text.data[start], " \t\r\n")) {
        start++;
    }
    if (start < text.size && is_one_of(text.data[start], "{[\"") &&
        idp_secret_search_json(search)) {
        return;
    }
    if (is_form(idp_secret_part(text, start, text.size))) {
        search_pairs(search, start, text.size, "&");
    } else {
        idp_secret_scan(search);
    }
}

const struct idp_secret *idp_secrets_of_text(struct idp_call *call, struct idp_bytes text)
{
    struct idp_secret_search search = {call, text};
    search_text(&search);
    return search.first;
}
