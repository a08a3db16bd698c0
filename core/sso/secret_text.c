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

static size_t end_of(struct idp_bytes text, size_t at, const char *characters)
{
    while (at < text.size && !is_one_of(text.data[at], characters)) {
        at++;
    }
    return at;
}

static struct idp_secret *add(struct idp_secret_search *search, const char *mark,
                              struct idp_bytes name)
{
    struct idp_secret *secret = idp_allocate(search->call, sizeof *secret);
    struct idp_text place = {.call = search->call};
    idp_text_add_c(&place, mark);
    idp_text_add(&place, name);
    secret->place = idp_text_bytes(&place);
    *(search->last == NULL ? &search->first : &search->last->next) = secret;
    search->last = secret;
    search->count++;
    return secret;
}

static bool is_full(const struct idp_secret_search *search)
{
    return search->count > IDP_CONNECTION_SECRET_COUNT_MAX;
}

void idp_secret_add(struct idp_secret_search *search, struct idp_bytes name, size_t from, size_t to)
{
    if (is_full(search)) {
        return;
    }
    struct idp_secret *secret = add(search, "#", name);
    secret->from = from;
    secret->to = to;
    secret->is_mask = is_mask(idp_secret_part(search->text, from, to));
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

/* True where a value of this name is to be masked. `text`: what it means where it is sent. */
static bool is_secret(const struct idp_secret_search *search, bool is_named, struct idp_bytes text)
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
    if (is_secret(search, is_named, is_named ? text : decoded(search->call, text))) {
        idp_secret_add(search, name, value, to);
    }
}

static void search_pairs(struct idp_secret_search *search, size_t from, size_t to,
                         const char *separators)
{
    for (size_t end; from < to && !is_full(search); from = end + 1) {
        end = end_of((struct idp_bytes){search->text.data, to}, from, separators);
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
    size_t path = end_of(url, host, "/?#"), query = end_of(url, path, "?#");
    for (size_t from = path, to = path; from < query; from = to + 1) {
        to = end_of((struct idp_bytes){url.data, query}, from, "/;");
        if (memchr(url.data + from, '=', to - from) != NULL) {
            search_pair(&search, from, to);
        }
    }
    search_pairs(&search, query + 1, url.size, "&#");
    return search.first;
}

/* ---- JSON ---- */

/* A tree is walked, and along with it the text that it was read from. */
struct json_search {
    struct idp_secret_search *search;
    struct idp_bytes text;
    size_t at;
    size_t step; /* of the path, which begins at its end */
    struct idp_bytes steps[IDP_JSON_DEPTH_MAX];
};

static bool is_letter(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

/* How long the placeholder is that begins here; 0: none does. */
static size_t placeholder_size(struct idp_bytes text, size_t at)
{
    size_t end = at + 2;
    if (at + 2 >= text.size || text.data[at] != '$' || text.data[at + 1] != '{') {
        return 0;
    }
    while (end < text.size && is_letter(text.data[end])) {
        end++;
    }
    return end < text.size && text.data[end] == '}' ? end + 1 - at : 0;
}

/* The text with digits for what is filled outside of strings, each byte in its place. */
static struct idp_bytes with_digits(struct idp_call *call, struct idp_bytes text)
{
    struct idp_bytes copy = idp_bytes_copy(call, text);
    char *bytes = (char *)copy.data;
    bool is_quoted = false;
    for (size_t i = 0; i < text.size; i++) {
        size_t size = is_quoted ? 0 : placeholder_size(text, i);
        memset(bytes + i, '1', size);
        is_quoted ^= size == 0 && bytes[i] == '"';
        i += size > 0 ? size - 1 : is_quoted && bytes[i] == '\\';
    }
    return copy;
}

/* The next name, string, number or word, which is valid. */
static void next_token(struct json_search *json, size_t *from, size_t *to)
{
    struct idp_bytes text = json->text;
    size_t at = json->at;
    while (is_one_of(text.data[at], " \t\r\n{}[],:")) {
        at++;
    }
    *from = at++;
    if (text.data[*from] == '"') {
        for (; text.data[at] != '"'; at++) {
            at += text.data[at] == '\\';
        }
        at++;
    } else {
        at = end_of(text, at, " \t\r\n{}[],:");
    }
    *to = json->at = at;
}

static void search_scalar(struct json_search *json, const struct idp_json *value, bool is_named)
{
    size_t from, to;
    struct idp_secret_search *search = json->search;
    next_token(json, &from, &to);
    struct idp_bytes text =
        value->kind == IDP_JSON_STRING ? value->text : idp_secret_part(search->text, from, to);
    bool is_text = value->kind == IDP_JSON_STRING || (value->kind == IDP_JSON_NUMBER && is_named);
    if (is_text && !is_full(search) && is_secret(search, is_named, text)) {
        struct idp_secret *secret = add(search, ":",
                                        idp_json_pointer(search->call, json->steps + json->step,
                                                         IDP_JSON_DEPTH_MAX - json->step));
        secret->from = from;
        secret->to = to;
        secret->is_mask = is_mask(text);
        secret->is_token = true;
    }
}

static void search_json(struct json_search *json, const struct idp_json *value, bool is_named)
{
    size_t from, to, index = 0;
    if (value->kind != IDP_JSON_OBJECT && value->kind != IDP_JSON_ARRAY) {
        search_scalar(json, value, is_named);
        return;
    }
    for (const struct idp_json *item = value->child; item != NULL; item = item->next, index++) {
        bool is_member = value->kind == IDP_JSON_OBJECT;
        if (is_member) {
            next_token(json, &from, &to);
        }
        json->steps[--json->step] = is_member ? item->name : (struct idp_bytes){NULL, index};
        search_json(json, item, is_named || (is_member && idp_secret_name(item->name)));
        json->step++;
    }
}

/* ---- texts ---- */

static bool is_json(struct idp_secret_search *search)
{
    const char *why;
    struct json_search json = {.search = search, .step = IDP_JSON_DEPTH_MAX};
    json.text = with_digits(search->call, search->text);
    const struct idp_json *value = idp_json_read(search->call, json.text, &why);
    if (value != NULL) {
        search_json(&json, value, false);
    }
    return value != NULL;
}

static void search_text(struct idp_secret_search *search)
{
    struct idp_bytes text = search->text;
    size_t start = 0;
    while (start < text.size && is_one_of(text.data[start], " \t\r\n")) {
        start++;
    }
    if (start < text.size && is_one_of(text.data[start], "{[\"") && is_json(search)) {
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
