/* SPDX-License-Identifier: Apache-2.0 */
/* json_scan.c - decides what is JSON. cJSON is lenient where a security boundary must not be: it
 * takes invalid UTF-8, raw control characters, leading zeros and \u0000, and turns numbers into
 * doubles. So the bytes are checked here against RFC 8259 and our limits first, and what cJSON gets
 * to see is a copy in which it cannot go wrong. */
#include <endian.h>
#include <string.h>

#include "core/base/base.h"

/* A number grows by two quotes and the byte that marks it. */
enum { NUMBER_GROWTH = 3 };

struct scan {
    const char *at, *end;
    char *out;
    size_t value_count, depth;
    const char *why;
};

static bool scan_value(struct scan *scan);

static bool refuse(struct scan *scan, const char *why)
{
    scan->why = why;
    return false;
}

static bool refuse_here(struct scan *scan)
{
    return refuse(scan, scan->at < scan->end ? "unexpected byte" : "unexpected end");
}

static void copy(struct scan *scan, const char *from, const char *to)
{
    memcpy(scan->out, from, (size_t)(to - from));
    scan->out += to - from;
}

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t')) {
        scan->at++;
    }
}

/* True where the next byte is `expected`; it is then consumed, but not copied. */
static bool next_is(struct scan *scan, char expected)
{
    if (scan->at == scan->end || *scan->at != expected) {
        return false;
    }
    scan->at++;
    return true;
}

/* The same between values: white space before it is skipped, and it is copied. */
static bool mark_is(struct scan *scan, char mark)
{
    skip_space(scan);
    if (!next_is(scan, mark)) {
        return false;
    }
    *scan->out++ = mark;
    return true;
}

/* ---- strings ---- */

/* The four hex digits behind \u, or -1. */
static int hex_unit(struct scan *scan)
{
    int unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = scan->at < scan->end ? idp_hex_digit(*scan->at) : -1;
        if (digit < 0) {
            return -1;
        }
        unit = unit << 4 | digit;
        scan->at++;
    }
    return unit;
}

static bool scan_unicode_escape(struct scan *scan)
{
    int unit = hex_unit(scan);
    if (unit < 0) {
        return refuse(scan, "malformed escape");
    }
    if (unit == 0) {
        return refuse(scan, "NUL in a string");
    }
    if (unit < 0xD800 || unit > 0xDFFF) {
        return true;
    }
    if (unit > 0xDBFF || !next_is(scan, '\\') || !next_is(scan, 'u')) {
        return refuse(scan, "lone surrogate");
    }
    unit = hex_unit(scan);
    return (unit >= 0xDC00 && unit <= 0xDFFF) || refuse(scan, "lone surrogate");
}

static bool scan_escape(struct scan *scan)
{
    if (scan->at == scan->end) {
        return refuse_here(scan);
    }
    char letter = *scan->at++;
    if (letter == 'u') {
        return scan_unicode_escape(scan);
    }
    return (letter != 0 && strchr("\"\\/bfnrt", letter) != NULL) ||
           refuse(scan, "malformed escape");
}

/* The high bit of each byte of `word` that is zero, and perhaps of bytes above such a one. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - UINT64_C(0x0101010101010101)) & ~word;
}

/* Eight bytes at a time; of those that are flagged in a word, the first is so rightly. */
const char *idp_json_plain_skip(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    for (uint64_t word; end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        word = le64toh(word); /* the first byte is the lowest */
        uint64_t special = word | (word - 0x20 * ones) | zero_bytes(word ^ '"' * ones) |
                           zero_bytes(word ^ '\\' * ones);
        special &= 0x80 * ones;
        if (special != 0) {
            return at + __builtin_ctzll(special) / 8;
        }
    }
    while (at < end && (signed char)*at >= 0x20 && *at != '"' && *at != '\\') {
        at++;
    }
    return at;
}

/* Behind the opening quote; copies all with the closing one. */
static bool scan_string(struct scan *scan)
{
    const char *start = scan->at - 1;
    for (;;) {
        scan->at = idp_json_plain_skip(scan->at, scan->end);
        if (scan->at == scan->end) {
            return refuse_here(scan);
        }
        unsigned char byte = (unsigned char)*scan->at;
        if (byte < 0x20) {
            return refuse(scan, "control character in a string");
        }
        size_t size = idp_utf8_character_size(scan->at, scan->end);
        if (size == 0) {
            return refuse(scan, "not UTF-8");
        }
        scan->at += size;
        if (byte == '"') {
            break;
        }
        if (byte == '\\' && !scan_escape(scan)) {
            return false;
        }
    }
    copy(scan, start, scan->at);
    return true;
}

/* ---- numbers and words ---- */

static bool scan_digits(struct scan *scan)
{
    const char *start = scan->at;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9') {
        scan->at++;
    }
    return scan->at > start || refuse_here(scan);
}

static bool scan_exponent(struct scan *scan)
{
    if (!next_is(scan, '+')) {
        next_is(scan, '-');
    }
    const char *start = scan->at;
    if (!scan_digits(scan)) {
        return false;
    }
    int exponent = 0;
    for (const char *digit = start; digit < scan->at; digit++) {
        exponent = exponent * 10 + (*digit - '0');
        if (exponent > IDP_JSON_EXPONENT_MAX) {
            return refuse(scan, "exponent out of range");
        }
    }
    return true;
}

static bool scan_number(struct scan *scan)
{
    const char *start = scan->at;
    next_is(scan, '-');
    if (!next_is(scan, '0') && !scan_digits(scan)) {
        return false;
    }
    if (next_is(scan, '.') && !scan_digits(scan)) {
        return false;
    }
    if ((next_is(scan, 'e') || next_is(scan, 'E')) && !scan_exponent(scan)) {
        return false;
    }
    if (scan->at - start > IDP_JSON_NUMBER_SIZE_MAX) {
        return refuse(scan, "number too long");
    }
    *scan->out++ = '"';
    *scan->out++ = (char)0xFF;
    copy(scan, start, scan->at);
    *scan->out++ = '"';
    return true;
}

static bool scan_word(struct scan *scan, const char *word)
{
    size_t size = strlen(word);
    if ((size_t)(scan->end - scan->at) < size || memcmp(scan->at, word, size) != 0) {
        return refuse_here(scan);
    }
    copy(scan, scan->at, scan->at + size);
    scan->at += size;
    return true;
}

/* ---- objects and arrays ---- */

static bool scan_member(struct scan *scan)
{
    skip_space(scan);
    if (!next_is(scan, '"')) {
        return refuse_here(scan);
    }
    if (!scan_string(scan)) {
        return false;
    }
    return mark_is(scan, ':') ? scan_value(scan) : refuse_here(scan);
}

/* The items up to `close`; the depth goes back where it was, so that it bounds the recursion. */
static bool scan_items(struct scan *scan, bool (*scan_item)(struct scan *scan), char close)
{
    *scan->out++ = *scan->at++;
    if (++scan->depth > IDP_JSON_DEPTH_MAX) {
        return refuse(scan, "too deep");
    }
    if (!mark_is(scan, close)) {
        do {
            if (!scan_item(scan)) {
                return false;
            }
        } while (mark_is(scan, ','));
        if (!mark_is(scan, close)) {
            return refuse_here(scan);
        }
    }
    scan->depth--;
    return true;
}

static bool scan_value(struct scan *scan)
{
    skip_space(scan);
    if (scan->at == scan->end) {
        return refuse_here(scan);
    }
    if (++scan->value_count > IDP_JSON_MEMBER_COUNT_MAX) {
        return refuse(scan, "too many values");
    }
    switch (*scan->at) {
    case '{':
        return scan_items(scan, scan_member, '}');
    case '[':
        return scan_items(scan, scan_value, ']');
    case '"':
        scan->at++;
        return scan_string(scan);
    case 't':
        return scan_word(scan, "true");
    case 'f':
        return scan_word(scan, "false");
    case 'n':
        return scan_word(scan, "null");
    default:
        return scan_number(scan);
    }
}

/* The copy cannot outgrow its memory: numbers are values, and one byte at least is between two. */
static char *scratch(struct idp_call *call, size_t size)
{
    size_t number_count_max = (size + 1) / 2;
    if (number_count_max > IDP_JSON_MEMBER_COUNT_MAX) {
        number_count_max = IDP_JSON_MEMBER_COUNT_MAX;
    }
    return idp_allocate(call, size + number_count_max * NUMBER_GROWTH + 1);
}

const char *idp_json_scan(struct idp_call *call, struct idp_bytes text, struct idp_json_scan *scan)
{
    if (text.size == 0) {
        return "empty";
    }
    if (text.size > IDP_JSON_SIZE_MAX) {
        return "too large";
    }
    char *out = scratch(call, text.size);
    struct scan state = {.at = text.data, .end = text.data + text.size, .out = out};
    if (!scan_value(&state)) {
        return state.why;
    }
    skip_space(&state);
    if (state.at < state.end) {
        return "trailing bytes";
    }
    *scan = (struct idp_json_scan){{out, (size_t)(state.out - out)}, state.value_count};
    return NULL;
}
