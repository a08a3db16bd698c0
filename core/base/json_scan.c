/* SPDX-License-Identifier: Apache-2.0 */
/* json_scan.c - decides what is a string, a number or a word of JSON (RFC 8259 and our limits).
 *
 * Most strings have no escapes and are taken as they stand; cJSON decodes the others. It never sees
 * what was not checked here before: it is lenient where a security boundary must not be, takes
 * invalid UTF-8, raw control characters and \u0000, and turns numbers into doubles. */
#include <cjson/cJSON.h>
#include <endian.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include <string.h>

#include "core/base/json_scan.h"

const char *idp_json_refuse(struct idp_json_scan *scan, const char *why)
{
    scan->why = why;
    return NULL;
}

const char *idp_json_refuse_at(struct idp_json_scan *scan, const char *at)
{
    return idp_json_refuse(scan, at < scan->end ? "unexpected byte" : "unexpected end");
}

static bool is_at(const struct idp_json_scan *scan, const char *at, char byte)
{
    return at < scan->end && *at == byte;
}

/* ---- strings ---- */

enum { HEX_DIGIT_COUNT = 4 };

/* The four hex digits at this place, or -1. */
static int hex_unit(const struct idp_json_scan *scan, const char *at)
{
    int unit = 0;
    for (int i = 0; i < HEX_DIGIT_COUNT; i++) {
        int digit = at + i < scan->end ? idp_hex_digit(at[i]) : -1;
        if (digit < 0) {
            return -1;
        }
        unit = unit << 4 | digit;
    }
    return unit;
}

/* Behind \u. */
static const char *scan_unicode_escape(struct idp_json_scan *scan, const char *at)
{
    int unit = hex_unit(scan, at);
    if (unit < 0) {
        return idp_json_refuse(scan, "malformed escape");
    }
    if (unit == 0) {
        return idp_json_refuse(scan, "NUL in a string");
    }
    at += HEX_DIGIT_COUNT;
    if (unit < 0xD800 || unit > 0xDFFF) {
        return at;
    }
    if (unit > 0xDBFF || !is_at(scan, at, '\\') || !is_at(scan, at + 1, 'u')) {
        return idp_json_refuse(scan, "lone surrogate");
    }
    unit = hex_unit(scan, at + 2);
    return unit >= 0xDC00 && unit <= 0xDFFF ? at + 2 + HEX_DIGIT_COUNT
                                            : idp_json_refuse(scan, "lone surrogate");
}

/* Behind the backslash. */
static const char *scan_escape(struct idp_json_scan *scan, const char *at)
{
    if (at == scan->end) {
        return idp_json_refuse_at(scan, at);
    }
    if (*at == 'u') {
        return scan_unicode_escape(scan, at + 1);
    }
    return *at != 0 && strchr("\"\\/bfnrt", *at) != NULL
               ? at + 1
               : idp_json_refuse(scan, "malformed escape");
}

/* The high bit of each byte of `word` that is zero, and perhaps of bytes above such a one. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - UINT64_C(0x0101010101010101)) & ~word;
}

/* Eight bytes at a time; of those that are flagged in a word, the first is so rightly. */
static const char *plain_skip_words(const char *at, const char *end)
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

/* Sixteen, where the processor has them; compared as signed, all above ASCII are below a space. */
static inline const char *plain_skip(const char *at, const char *end)
{
#if defined(__SSE2__)
    for (; end - at >= (ptrdiff_t)sizeof(__m128i); at += sizeof(__m128i)) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        __m128i special = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')),
                                       _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
        unsigned mask = (unsigned)_mm_movemask_epi8(special);
        if (mask != 0) {
            return at + __builtin_ctz(mask);
        }
    }
#endif
    return plain_skip_words(at, end);
}

const char *idp_json_plain_skip(const char *at, const char *end)
{
    return plain_skip(at, end);
}

static void decoded_release(void *object)
{
    cJSON *decoded = object;
    idp_wipe(decoded->valuestring, strlen(decoded->valuestring));
    cJSON_Delete(decoded);
}

/* `literal` was checked and has its quotes: only a lack of memory is left to fail. */
static struct idp_bytes decode(struct idp_call *call, struct idp_bytes literal)
{
    cJSON *decoded = cJSON_ParseWithLength(literal.data, literal.size);
    if (decoded == NULL) {
        idp_fail(call, IDP_OUT_OF_MEMORY);
    }
    idp_own(call, decoded, decoded_release);
    return idp_bytes_of(decoded->valuestring);
}

/* One character that is neither plain nor the closing quote. */
static const char *scan_special(struct idp_json_scan *scan, const char *at)
{
    if ((unsigned char)*at < 0x20) {
        return idp_json_refuse(scan, "control character in a string");
    }
    if (*at == '\\') {
        return scan_escape(scan, at + 1);
    }
    size_t size = idp_utf8_character_size(at, scan->end);
    return size > 0 ? at + size : idp_json_refuse(scan, "not UTF-8");
}

const char *idp_json_string_scan(struct idp_json_scan *scan, const char *at, struct idp_bytes *out)
{
    const char *start = at;
    bool escaped = false;
    for (;;) {
        at = plain_skip(at, scan->end);
        if (at == scan->end) {
            return idp_json_refuse_at(scan, at);
        }
        if (*at == '"') {
            break;
        }
        escaped |= *at == '\\';
        at = scan_special(scan, at);
        if (at == NULL) {
            return NULL;
        }
    }
    *out = (struct idp_bytes){start, (size_t)(at - start)};
    if (escaped) {
        *out = decode(scan->call, (struct idp_bytes){start - 1, out->size + 2});
    }
    return at + 1;
}

/* ---- numbers and words ---- */

static const char *digits_skip(const struct idp_json_scan *scan, const char *at)
{
    while (at < scan->end && *at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

/* One digit at least. */
static const char *scan_digits(struct idp_json_scan *scan, const char *at)
{
    const char *end = digits_skip(scan, at);
    return end > at ? end : idp_json_refuse_at(scan, at);
}

/* Behind the e. */
static const char *scan_exponent(struct idp_json_scan *scan, const char *at)
{
    at += is_at(scan, at, '+') || is_at(scan, at, '-');
    const char *end = scan_digits(scan, at);
    int exponent = 0;
    for (const char *digit = at; end != NULL && digit < end; digit++) {
        exponent = exponent * 10 + (*digit - '0');
        if (exponent > IDP_JSON_EXPONENT_MAX) {
            return idp_json_refuse(scan, "exponent out of range");
        }
    }
    return end;
}

/* Fraction and exponent, where they are. */
static const char *scan_parts(struct idp_json_scan *scan, const char *at)
{
    if (is_at(scan, at, '.')) {
        at = scan_digits(scan, at + 1);
    }
    if (at != NULL && (is_at(scan, at, 'e') || is_at(scan, at, 'E'))) {
        at = scan_exponent(scan, at + 1);
    }
    return at;
}

const char *idp_json_number_scan(struct idp_json_scan *scan, const char *at, struct idp_bytes *out)
{
    const char *start = at;
    at += is_at(scan, at, '-');
    at = is_at(scan, at, '0') ? at + 1 : scan_digits(scan, at);
    at = at == NULL ? NULL : scan_parts(scan, at);
    if (at == NULL) {
        return NULL;
    }
    *out = (struct idp_bytes){start, (size_t)(at - start)};
    return out->size <= IDP_JSON_NUMBER_SIZE_MAX ? at : idp_json_refuse(scan, "number too long");
}

const char *idp_json_word_scan(struct idp_json_scan *scan, const char *at, const char *word)
{
    size_t size = strlen(word);
    if ((size_t)(scan->end - at) < size || memcmp(at, word, size) != 0) {
        return idp_json_refuse_at(scan, at);
    }
    return at + size;
}
