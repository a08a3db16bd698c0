/* SPDX-License-Identifier: Apache-2.0 */
/* secret_json.c - the secrets of a JSON text: what is below a secret name, at any depth. Each is
 * the bytes that it has in the text, so that the text comes back as it was written. */
#include "core/sso/secret.h"

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
    at += strspn(text.data + at, " \t\r\n{}[],:");
    *from = at++;
    if (text.data[*from] == '"') {
        for (; text.data[at] != '"'; at++) {
            at += text.data[at] == '\\';
        }
        at++;
    } else {
        at += strcspn(text.data + at, " \t\r\n{}[],:");
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
    if (!is_text || idp_secret_search_is_over(search) || !idp_secret_is(search, is_named, text)) {
        return;
    }
    struct idp_bytes path =
        idp_json_pointer(search->call, json->steps + json->step, IDP_JSON_DEPTH_MAX - json->step);
    struct idp_secret *secret = idp_secret_add(search, ":", path, from, to);
    secret->is_mask = idp_bytes_is(text, IDP_CONNECTION_MASK);
    secret->is_token = true;
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

bool idp_secret_search_json(struct idp_secret_search *search)
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
