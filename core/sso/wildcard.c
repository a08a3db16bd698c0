/* SPDX-License-Identifier: Apache-2.0 */
/* wildcard.c - patterns with asterisks, in linear time.
 *
 * A pattern is literals with asterisks between. The first literal begins the text and the last one
 * ends it; each of the others is taken where it is found first, since a later place leaves less for
 * those behind it. Nothing is ever tried again, so no pattern makes a text expensive. */
#include <string.h>

#include "core/sso/sso.h"

enum { SHORT_TEXT_SIZE_MAX = 256, SHORT_LITERAL_SIZE_MAX = 64 };

/* A pattern that is read from the left; `rest` data NULL: it is read. */
struct pattern {
    struct idp_call *call;
    struct idp_bytes rest;
    enum idp_wildcard_escape escape;
};

static bool escapes(const struct pattern *pattern, char next)
{
    return next == '*' || (next == '\\' && pattern->escape == IDP_WILDCARD_ESCAPE_ALL);
}

static size_t escaped_size(const struct pattern *pattern, size_t *escape_count)
{
    struct idp_bytes rest = pattern->rest;
    size_t i = 0;
    *escape_count = 0;
    while (i < rest.size && rest.data[i] != '*') {
        bool is_escape =
            rest.data[i] == '\\' && i + 1 < rest.size && escapes(pattern, rest.data[i + 1]);
        *escape_count += is_escape;
        i += is_escape ? 2 : 1;
    }
    return i;
}

/* The size of the literal at the left, escapes included; *escape_count: how many these are. */
static size_t literal_size(const struct pattern *pattern, size_t *escape_count)
{
    struct idp_bytes rest = pattern->rest;
    const char *asterisk = memchr(rest.data, '*', rest.size);
    size_t size = asterisk == NULL ? rest.size : (size_t)(asterisk - rest.data);
    if (memchr(rest.data, '\\', size) != NULL) {
        return escaped_size(pattern, escape_count);
    }
    *escape_count = 0;
    return size;
}

static struct idp_bytes unescaped(const struct pattern *pattern, struct idp_bytes literal,
                                  size_t escape_count)
{
    char *out = idp_allocate(pattern->call, literal.size - escape_count + 1);
    size_t size = 0;
    for (size_t i = 0; i < literal.size; i++) {
        i += literal.data[i] == '\\' && i + 1 < literal.size &&
             escapes(pattern, literal.data[i + 1]);
        out[size++] = literal.data[i];
    }
    return (struct idp_bytes){out, size};
}

/* Takes the next literal off, and the asterisk behind it. */
static struct idp_bytes literal_take(struct pattern *pattern)
{
    size_t escape_count, size = literal_size(pattern, &escape_count);
    struct idp_bytes literal = {pattern->rest.data, size};
    bool is_last = size == pattern->rest.size;
    pattern->rest =
        is_last ? (struct idp_bytes){NULL, 0}
                : (struct idp_bytes){pattern->rest.data + size + 1, pattern->rest.size - size - 1};
    return escape_count == 0 ? literal : unescaped(pattern, literal, escape_count);
}

static struct idp_bytes behind(struct idp_bytes text, size_t size)
{
    return (struct idp_bytes){text.data + size, text.size - size};
}

/* memmem() makes a table first; where little is looked through that takes longer than looking. */
static const char *place_of(struct idp_bytes text, struct idp_bytes literal)
{
    if (text.size > SHORT_TEXT_SIZE_MAX || literal.size > SHORT_LITERAL_SIZE_MAX) {
        return memmem(text.data, text.size, literal.data, literal.size);
    }
    while (literal.size > 0 && text.size >= literal.size) {
        const char *at = memchr(text.data, literal.data[0], text.size - literal.size + 1);
        if (at == NULL || memcmp(at, literal.data, literal.size) == 0) {
            return at;
        }
        text = behind(text, (size_t)(at - text.data) + 1);
    }
    return literal.size == 0 ? text.data : NULL;
}

/* Takes the text up to behind the first place of the literal; false where there is none. */
static bool find(struct idp_bytes *text, struct idp_bytes literal)
{
    const char *at = place_of(*text, literal);
    if (at == NULL) {
        return false;
    }
    *text = behind(*text, (size_t)(at - text->data) + literal.size);
    return true;
}

bool idp_wildcard_match(struct idp_call *call, struct idp_bytes pattern, struct idp_bytes text,
                        enum idp_wildcard_escape escape)
{
    struct pattern reading = {.call = call, .rest = pattern, .escape = escape};
    struct idp_bytes literal = literal_take(&reading);
    if (reading.rest.data == NULL) {
        return idp_bytes_equal(literal, text);
    }
    if (!idp_bytes_start(text, literal)) {
        return false;
    }
    text = behind(text, literal.size);
    while (reading.rest.size > 0) {
        literal = literal_take(&reading);
        if (reading.rest.data == NULL) {
            return idp_bytes_end(text, literal);
        }
        if (!find(&text, literal)) {
            return false;
        }
    }
    return true; /* it ends with an asterisk */
}
