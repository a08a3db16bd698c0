/* SPDX-License-Identifier: Apache-2.0 */
/* secret_scan.c - secrets in a text of which nothing is known: XML by its elements and attributes,
 * and what follows a name and a sign. In doubt a value goes on to the end of its line. */
#include "core/sso/secret.h"

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c == '-' ||
           c == '.';
}

static bool is_at(struct idp_bytes text, size_t at, const char *characters)
{
    return at < text.size && text.data[at] != 0 && strchr(characters, text.data[at]) != NULL;
}

static size_t skip(struct idp_bytes text, size_t at, const char *characters)
{
    while (is_at(text, at, characters)) {
        at++;
    }
    return at;
}

/* Behind the string that begins here; 0: none does, or what follows belongs to it. */
static size_t string_end(struct idp_bytes text, size_t at)
{
    char quote = text.data[at++];
    while (at < text.size && text.data[at] != quote) {
        at += 1 + (text.data[at] == '\\');
    }
    bool is_over = at + 1 == text.size || is_at(text, at + 1, " \t\r\n,;&)]}>/?\\<");
    return at < text.size && is_over ? at + 1 : 0;
}

/* ---- values ---- */

static void add(struct idp_secret_search *search, struct idp_bytes name, size_t from, size_t to)
{
    if (to > from && !idp_secret_is_filled(idp_secret_part(search->text, from, to))) {
        idp_secret_add(search, "#", name, from, to);
    }
}

/* What a sign behind the name says; the place behind it. In a value a colon alone is no sign, since
 * scopes and URNs have them. */
static size_t search_value(struct idp_secret_search *search, struct idp_bytes name, size_t at)
{
    struct idp_bytes text = search->text;
    size_t sign = skip(text, at, "\\\"' \t\r\n");
    bool is_sign =
        is_at(text, sign, "=") ||
        (is_at(text, sign, ":") && (search->depth == 0 || is_at(text, sign + 1, "\\\"' \t\r\n")));
    if (!is_sign) {
        return at;
    }
    size_t from = skip(text, sign + 1, "\\ \t\r\n");
    size_t end = is_at(text, from, "\"'") ? string_end(text, from) : 0;
    if (end > 0) {
        add(search, name, from + 1, end - 1);
        return end;
    }
    end = idp_secret_skip_to(text, from, "\r\n");
    add(search, name, from, end);
    return end;
}

/* ---- elements ---- */

/* The text of the element whose tag ends before `at`; the place behind it. */
static size_t search_element(struct idp_secret_search *search, size_t tag, size_t at)
{
    struct idp_bytes text = search->text;
    struct idp_bytes name = idp_secret_part(
        text, tag, idp_secret_skip_to((struct idp_bytes){text.data, at}, tag, "/> \t\r\n"));
    const char *colon = memchr(name.data, ':', name.size);
    size_t prefix = colon == NULL ? 0 : (size_t)(colon - name.data) + 1;
    name = idp_secret_part(name, prefix, name.size);
    bool has_text = text.data[at - 2] != '/' && idp_secret_name(name);
    const char *end = has_text ? memmem(text.data + at, text.size - at, "</", 2) : NULL;
    if (!has_text) {
        return at;
    }
    size_t to = end == NULL ? text.size : (size_t)(end - text.data);
    add(search, name, at, to);
    return to;
}

void idp_secret_scan(struct idp_secret_search *search)
{
    struct idp_bytes text = search->text;
    size_t tag = 0, at = 0; /* tag: behind the last that was opened */
    while (at < text.size && !idp_secret_search_is_over(search)) {
        size_t from = at;
        while (at < text.size && is_word(text.data[at])) {
            at++;
        }
        struct idp_bytes name = idp_secret_part(text, from, at);
        if (at > from) {
            at = idp_secret_name(name) ? search_value(search, name, at) : at;
            continue;
        }
        char c = text.data[at++];
        tag = c == '<' ? at : tag;
        at = c == '>' && tag > 0 ? search_element(search, tag, at) : at;
        tag = c == '>' ? 0 : tag;
    }
}
