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

bool idp_json_refuse(struct idp_json_scan *scan, const char *why)
{
    scan->why = why;
    return false;
}

bool idp_json_refuse_here(struct idp_json_scan *scan)
{
    return idp_json_refuse(scan, scan->at < scan->end ? "unexpected byte" : "unexpected end");
}

/* True where the next byte is `expected`, which is then skipped. */
static bool next_is(struct idp_json_scan *scan, char expected)
{
    if (scan->at == scan->end || *scan->at != expected) {
        return false;
    }
    scan->at++;
    return true;
}

/* ---- strings ---- */

/* The four hex digits behind \u, or -1. */
static int hex_unit(struct idp_json_scan *scan)
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

static bool scan_unicode_escape(struct idp_json_scan *scan)
{
    int unit = hex_unit(scan);
    if (unit < 0) {
        return idp_json_refuse(scan, "malformed escape");
    }
    if (unit == 0) {
        return idp_json_refuse(scan, "NUL in a string");
    }
    if (unit < 0xD800 || unit > 0xDFFF) {
        return true;
    }
    if (unit > 0xDBFF || !next_is(scan, '\\') || !next_is(scan, 'u')) {
        return idp_json_refuse(scan, "lone surrogate");
    }
    unit = hex_unit(scan);
    return (unit >= 0xDC00 && unit <= 0xDFFF) || idp_json_refuse(scan, "lone surrogate");
}

static bool scan_escape(struct idp_json_scan *scan)
{
    if (scan->at == scan->end) {
        return idp_json_refuse_here(scan);
    }
    char letter = *scan->at++;
    if (letter == 'u') {
        return scan_unicode_escape(scan);
    }
    return (letter != 0 && strchr("\"\\/bfnrt", letter) != NULL) ||
           idp_json_refuse(scan, "malformed escape");
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
const char *idp_json_plain_skip(const char *at, const char *end)
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

/* One character that is not plain; *escapes counts those that have to be decoded. */
static bool scan_special(struct idp_json_scan *scan, size_t *escapes)
{
    unsigned char byte = (unsigned char)*scan->at;
    if (byte < 0x20) {
        return idp_json_refuse(scan, "control character in a string");
    }
    size_t size = idp_utf8_character_size(scan->at, scan->end);
    if (size == 0) {
        return idp_json_refuse(scan, "not UTF-8");
    }
    scan->at += size;
    *escapes += byte == '\\';
    return byte != '\\' || scan_escape(scan);
}

bool idp_json_string_scan(struct idp_json_scan *scan, struct idp_bytes *out)
{
    const char *start = scan->at;
    size_t escapes = 0;
    for (;;) {
        scan->at = idp_json_plain_skip(scan->at, scan->end);
        if (scan->at == scan->end) {
            return idp_json_refuse_here(scan);
        }
        if (*scan->at == '"') {
            break;
        }
        if (!scan_special(scan, &escapes)) {
            return false;
        }
    }
    *out = (struct idp_bytes){start, (size_t)(scan->at++ - start)};
    if (escapes > 0) {
        *out = decode(scan->call, (struct idp_bytes){start - 1, out->size + 2});
    }
    return true;
}

/* ---- numbers and words ---- */

static bool scan_digits(struct idp_json_scan *scan)
{
    const char *start = scan->at;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9') {
        scan->at++;
    }
    return scan->at > start || idp_json_refuse_here(scan);
}

static bool scan_exponent(struct idp_json_scan *scan)
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
            return idp_json_refuse(scan, "exponent out of range");
        }
    }
    return true;
}

bool idp_json_number_scan(struct idp_json_scan *scan, struct idp_bytes *out)
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
    *out = (struct idp_bytes){start, (size_t)(scan->at - start)};
    return out->size <= IDP_JSON_NUMBER_SIZE_MAX || idp_json_refuse(scan, "number too long");
}

bool idp_json_word_scan(struct idp_json_scan *scan, const char *word)
{
    size_t size = strlen(word);
    if ((size_t)(scan->end - scan->at) < size || memcmp(scan->at, word, size) != 0) {
        return idp_json_refuse_here(scan);
    }
    scan->at += size;
    return true;
}
