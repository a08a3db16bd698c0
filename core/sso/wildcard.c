/* SPDX-License-Identifier: Apache-2.0 */
/* wildcard.c - patterns with asterisks, in linear time.
 *
 * A pattern is literals with asterisks between. The first literal begins the text and the last one
 * ends it; each of the others is taken where it is found first, since a later place leaves less for
 * those behind it. Nothing is ever tried again, so no pattern makes a text expensive. */
#include <string.h>

#include "core/sso/sso.h"

enum { SHORT_TEXT_SIZE_MAX = 256, SHORT_LITERAL_SIZE_MAX = 64 };

/* A pattern that is read from the left: `next` is where the next literal begins, behind the end by
 * one when the last is taken. */
struct pattern {
    struct idp_call *call;
    struct idp_wildcard *wildcard;
    size_t next;
    size_t size_max;    /* of the text: a longer literal need not be read to its end */
    bool has_backslash; /* from `next` on: asked once, as most patterns have none */
};

static struct idp_bytes behind(struct idp_bytes text, size_t size)
{
    return (struct idp_bytes){text.data + size, text.size - size};
}

static struct idp_bytes rest_of(const struct pattern *pattern)
{
    return behind(pattern->wildcard->pattern, pattern->next);
}

static bool is_read(const struct pattern *pattern)
{
    return pattern->next > pattern->wildcard->pattern.size;
}

static bool escapes(const struct pattern *pattern, char next)
{
    return next == '*' || (next == '\\' && pattern->wildcard->escape == IDP_WILDCARD_ESCAPE_ALL);
}

static bool is_escape(const struct pattern *pattern, struct idp_bytes text, size_t i)
{
    return text.data[i] == '\\' && i + 1 < text.size && escapes(pattern, text.data[i + 1]);
}

static size_t escaped_size(const struct pattern *pattern, size_t *escape_count)
{
    struct idp_bytes rest = rest_of(pattern);
    size_t i = 0;
    *escape_count = 0;
    while (i < rest.size && rest.data[i] != '*' && i - *escape_count <= pattern->size_max) {
        bool escape = is_escape(pattern, rest, i);
        *escape_count += escape;
        i += escape ? 2 : 1;
    }
    return i;
}

/* The size of the literal at the left, escapes included; *escape_count: how many these are. */
static size_t literal_size(const struct pattern *pattern, size_t *escape_count)
{
    struct idp_bytes rest = rest_of(pattern);
    const char *asterisk = memchr(rest.data, '*', rest.size);
    size_t size = asterisk == NULL ? rest.size : (size_t)(asterisk - rest.data);
    if (pattern->has_backslash && memchr(rest.data, '\\', size) != NULL) {
        return escaped_size(pattern, escape_count);
    }
    *escape_count = 0;
    return size;
}

/* In the room of the pattern: one literal at a time. */
static struct idp_bytes unescaped(const struct pattern *pattern, struct idp_bytes literal)
{
    struct idp_wildcard *wildcard = pattern->wildcard;
    if (wildcard->room == NULL) {
        wildcard->room = idp_allocate(pattern->call, wildcard->pattern.size);
    }
    size_t size = 0;
    for (size_t i = 0; i < literal.size; i++) {
        i += is_escape(pattern, literal, i);
        wildcard->room[size++] = literal.data[i];
    }
    return (struct idp_bytes){wildcard->room, size};
}

/* Takes the next literal off, and the asterisk behind it. Of one that is longer than the text only
 * that counts. */
static struct idp_bytes literal_take(struct pattern *pattern)
{
    size_t escape_count, size = literal_size(pattern, &escape_count);
    struct idp_bytes literal = {rest_of(pattern).data, size};
    pattern->next += size + 1;
    if (escape_count == 0) {
        return literal;
    }
    return size - escape_count > pattern->size_max
               ? (struct idp_bytes){literal.data, size - escape_count}
               : unescaped(pattern, literal);
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

struct idp_wildcard idp_wildcard_of(struct idp_bytes pattern, enum idp_wildcard_escape escape)
{
    return (struct idp_wildcard){pattern, escape, NULL};
}

/* A bit is set where a byte is zero, and none where there is no such byte. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - 0x0101010101010101) & ~word & 0x8080808080808080;
}

/* True where eight bytes are the same in both, and none is an asterisk or a backslash. */
static bool is_plain_word(const char *pattern, const char *text)
{
    uint64_t word, other;
    memcpy(&word, pattern, sizeof word);
    memcpy(&other, text, sizeof other);
    uint64_t asterisks = word ^ 0x2a2a2a2a2a2a2a2a, backslashes = word ^ 0x5c5c5c5c5c5c5c5c;
    return ((word ^ other) | zero_bytes(asterisks) | zero_bytes(backslashes)) == 0;
}

/* How far the text is the pattern's, before an asterisk or a backslash: most patterns are done with
 * it, and texts are too short for memchr() and memcmp() to be faster. */
static size_t plain_size(struct idp_bytes pattern, struct idp_bytes text)
{
    const size_t step = sizeof(uint64_t);
    size_t size = pattern.size < text.size ? pattern.size : text.size, i = 0;
    while (size - i >= step && is_plain_word(pattern.data + i, text.data + i)) {
        i += step;
    }
    bool is_tail = i > 0 && size - i < step;
    if (is_tail && is_plain_word(pattern.data + size - step, text.data + size - step)) {
        return size;
    }
    while (i < size && pattern.data[i] == text.data[i] && pattern.data[i] != '*' &&
           pattern.data[i] != '\\') {
        i++;
    }
    return i;
}

/* Literals from the pattern's next one on; the first begins the text. */
static bool literals_match(struct pattern *pattern, struct idp_bytes text)
{
    struct idp_bytes literal = literal_take(pattern);
    if (is_read(pattern)) {
        return idp_bytes_equal(literal, text);
    }
    if (!idp_bytes_start(text, literal)) {
        return false;
    }
    text = behind(text, literal.size);
    while (pattern->next < pattern->wildcard->pattern.size) {
        literal = literal_take(pattern);
        if (is_read(pattern)) {
            return idp_bytes_end(text, literal);
        }
        if (!find(&text, literal)) {
            return false;
        }
    }
    return true; /* it ends with an asterisk */
}

bool idp_wildcard_match(struct idp_call *call, struct idp_wildcard *wildcard, struct idp_bytes text)
{
    size_t plain = plain_size(wildcard->pattern, text);
    struct idp_bytes rest = behind(wildcard->pattern, plain);
    text = behind(text, plain);
    if (rest.size == 0) {
        return text.size == 0;
    }
    if (rest.data[0] != '*' && rest.data[0] != '\\') {
        return false;
    }
    if (rest.size == 1 && rest.data[0] == '*') {
        return true;
    }
    struct pattern pattern = {
        .call = call,
        .wildcard = wildcard,
        .next = plain,
        .size_max = text.size,
        .has_backslash = memchr(rest.data, '\\', rest.size) != NULL,
    };
    return literals_match(&pattern, text);
}
