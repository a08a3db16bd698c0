/* SPDX-License-Identifier: Apache-2.0 */
/* encoding.c - base64 in both alphabets, forms and percent-encoding. Decoders take one spelling of
 * each value only: a second spelling of a token or digest would be a second name for it. */
#include <string.h>

#include "core/base/base.h"

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Value of a digit plus one, both alphabets; 0 for no digit. */
static const unsigned char sextets[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['-'] = 63,
    ['/'] = 64, ['_'] = 64,
};

/* ---- base64 ---- */

static unsigned group_of(const unsigned char *bytes)
{
    return (unsigned)bytes[0] << 16 | (unsigned)bytes[1] << 8 | bytes[2];
}

static char *encode_group(char *out, unsigned group, const char *alphabet)
{
    out[0] = alphabet[group >> 18];
    out[1] = alphabet[group >> 12 & 63];
    out[2] = alphabet[group >> 6 & 63];
    out[3] = alphabet[group & 63];
    return out + 4;
}

/* Writes whole groups; returns the size without what stands for the missing bytes of the last. */
static size_t base64_digits(char *out, struct idp_bytes bytes, const char *alphabet)
{
    const unsigned char *at = (const unsigned char *)bytes.data;
    size_t left = bytes.size;
    for (; left >= 3; left -= 3, at += 3)
        out = encode_group(out, group_of(at), alphabet);
    if (left > 0)
        encode_group(out, group_of((unsigned char[3]){at[0], left == 2 ? at[1] : 0}), alphabet);
    return bytes.size / 3 * 4 + (left > 0 ? left + 1 : 0);
}

static char *base64_room(struct idp_call *call, struct idp_bytes bytes)
{
    return idp_allocate(call, (bytes.size + 2) / 3 * 4 + 1);
}

struct idp_bytes idp_base64url_encode(struct idp_call *call, struct idp_bytes bytes)
{
    char *out = base64_room(call, bytes);
    size_t size = base64_digits(out, bytes, base64url_alphabet);
    out[size] = 0;
    return (struct idp_bytes){out, size};
}

struct idp_bytes idp_base64_encode(struct idp_call *call, struct idp_bytes bytes)
{
    char *out = base64_room(call, bytes);
    size_t size = base64_digits(out, bytes, base64_alphabet);
    while (size % 4 != 0)
        out[size++] = '=';
    return (struct idp_bytes){out, size};
}

/* Four digits as 24 bits; the sign bit is set where one is no digit. */
static int32_t sextet_group(const unsigned char *digits)
{
    int32_t a = sextets[digits[0]] - 1, b = sextets[digits[1]] - 1;
    int32_t c = sextets[digits[2]] - 1, d = sextets[digits[3]] - 1;
    return (a | b | c | d) < 0 ? -1 : a << 18 | b << 12 | c << 6 | d;
}

/* The last two or three digits; unused bits must be zero. */
static bool decode_tail(unsigned char *out, const unsigned char *digits, size_t count)
{
    unsigned char padded[4] = {digits[0], digits[1], count == 3 ? digits[2] : 'A', 'A'};
    int32_t group = sextet_group(padded);
    if (group < 0 || (group & (count == 3 ? 0xFF : 0xFFFF)) != 0)
        return false;
    out[0] = (unsigned char)(group >> 16);
    if (count == 3)
        out[1] = (unsigned char)(group >> 8);
    return true;
}

/* Digits of either alphabet, without padding. */
static struct idp_bytes sextets_decode(struct idp_call *call, struct idp_bytes text)
{
    const unsigned char *at = (const unsigned char *)text.data;
    size_t tail = text.size % 4;
    if (tail == 1)
        return (struct idp_bytes){0};
    size_t size = text.size / 4 * 3 + (tail > 0 ? tail - 1 : 0);
    unsigned char *decoded = idp_allocate(call, size + 1), *out = decoded;
    for (const unsigned char *end = at + text.size - tail; at < end; at += 4, out += 3) {
        int32_t group = sextet_group(at);
        if (group < 0)
            return (struct idp_bytes){0};
        out[0] = (unsigned char)(group >> 16);
        out[1] = (unsigned char)(group >> 8);
        out[2] = (unsigned char)group;
    }
    if (tail > 0 && !decode_tail(out, at, tail))
        return (struct idp_bytes){0};
    return (struct idp_bytes){(char *)decoded, size};
}

static bool holds(struct idp_bytes text, char character)
{
    return memchr(text.data, character, text.size) != NULL;
}

struct idp_bytes idp_base64url_decode(struct idp_call *call, struct idp_bytes text)
{
    if (text.data == NULL || holds(text, '+') || holds(text, '/'))
        return (struct idp_bytes){0};
    return sextets_decode(call, text);
}

struct idp_bytes idp_base64_decode(struct idp_call *call, struct idp_bytes text)
{
    if (text.data == NULL || text.size % 4 != 0 || holds(text, '-') || holds(text, '_'))
        return (struct idp_bytes){0};
    for (int i = 0; i < 2 && text.size > 0 && text.data[text.size - 1] == '='; i++)
        text.size--;
    return sextets_decode(call, text);
}

/* ---- forms and URLs ---- */

static int hex_value(char digit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = digit != 0 ? strchr(digits, digit) : NULL;
    return found != NULL ? (int)((found - digits) & 15) : -1;
}

struct idp_bytes idp_form_decode(struct idp_call *call, struct idp_bytes text)
{
    if (text.data == NULL)
        return text;
    char *decoded = idp_allocate(call, text.size + 1), *out = decoded;
    const char *end = text.data + text.size;
    for (const char *at = text.data; at < end; at++) {
        *out = *at == '+' ? ' ' : *at;
        if (*at == '%') {
            int high = end - at > 2 ? hex_value(at[1]) : -1;
            int low = end - at > 2 ? hex_value(at[2]) : -1;
            if (high < 0 || low < 0)
                return (struct idp_bytes){0};
            *out = (char)(high << 4 | low);
            at += 2;
        }
        out++;
    }
    return (struct idp_bytes){decoded, (size_t)(out - decoded)};
}

static bool is_unreserved(char character)
{
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           (character >= '0' && character <= '9') ||
           (character != 0 && strchr("-._~", character) != NULL);
}

struct idp_bytes idp_url_encode(struct idp_call *call, struct idp_bytes text)
{
    static const char hex[] = "0123456789ABCDEF";
    struct idp_text encoded = {.call = call};
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (is_unreserved(text.data[i]))
            idp_text_add_char(&encoded, text.data[i]);
        else
            idp_text_add(&encoded,
                         (struct idp_bytes){(char[]){'%', hex[byte >> 4], hex[byte & 15]}, 3});
    }
    return idp_text_bytes(&encoded);
}
