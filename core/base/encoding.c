/* SPDX-License-Identifier: Apache-2.0 */
/* encoding.c - base64 in both alphabets, forms and percent-encoding. Decoders take one spelling of
 * each value only: a second spelling of a token or digest would be a second name for it. */
#include <string.h>

#include "core/base/base64.h"

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The value of a digit, and a mark for each alphabet that has it. */
enum { URL = 0x80, STANDARD = 0x40, DIGIT = URL | STANDARD, VALUE = 0x3f };
static const unsigned char sextets[256] = {
    ['A'] = DIGIT | 0,     ['B'] = DIGIT | 1,  ['C'] = DIGIT | 2,     ['D'] = DIGIT | 3,
    ['E'] = DIGIT | 4,     ['F'] = DIGIT | 5,  ['G'] = DIGIT | 6,     ['H'] = DIGIT | 7,
    ['I'] = DIGIT | 8,     ['J'] = DIGIT | 9,  ['K'] = DIGIT | 10,    ['L'] = DIGIT | 11,
    ['M'] = DIGIT | 12,    ['N'] = DIGIT | 13, ['O'] = DIGIT | 14,    ['P'] = DIGIT | 15,
    ['Q'] = DIGIT | 16,    ['R'] = DIGIT | 17, ['S'] = DIGIT | 18,    ['T'] = DIGIT | 19,
    ['U'] = DIGIT | 20,    ['V'] = DIGIT | 21, ['W'] = DIGIT | 22,    ['X'] = DIGIT | 23,
    ['Y'] = DIGIT | 24,    ['Z'] = DIGIT | 25, ['a'] = DIGIT | 26,    ['b'] = DIGIT | 27,
    ['c'] = DIGIT | 28,    ['d'] = DIGIT | 29, ['e'] = DIGIT | 30,    ['f'] = DIGIT | 31,
    ['g'] = DIGIT | 32,    ['h'] = DIGIT | 33, ['i'] = DIGIT | 34,    ['j'] = DIGIT | 35,
    ['k'] = DIGIT | 36,    ['l'] = DIGIT | 37, ['m'] = DIGIT | 38,    ['n'] = DIGIT | 39,
    ['o'] = DIGIT | 40,    ['p'] = DIGIT | 41, ['q'] = DIGIT | 42,    ['r'] = DIGIT | 43,
    ['s'] = DIGIT | 44,    ['t'] = DIGIT | 45, ['u'] = DIGIT | 46,    ['v'] = DIGIT | 47,
    ['w'] = DIGIT | 48,    ['x'] = DIGIT | 49, ['y'] = DIGIT | 50,    ['z'] = DIGIT | 51,
    ['0'] = DIGIT | 52,    ['1'] = DIGIT | 53, ['2'] = DIGIT | 54,    ['3'] = DIGIT | 55,
    ['4'] = DIGIT | 56,    ['5'] = DIGIT | 57, ['6'] = DIGIT | 58,    ['7'] = DIGIT | 59,
    ['8'] = DIGIT | 60,    ['9'] = DIGIT | 61, ['+'] = STANDARD | 62, ['-'] = URL | 62,
    ['/'] = STANDARD | 63, ['_'] = URL | 63,
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
    for (; left >= 3; left -= 3, at += 3) {
        out = encode_group(out, group_of(at), alphabet);
    }
    if (left > 0) {
        encode_group(out, group_of((unsigned char[3]){at[0], left == 2 ? at[1] : 0}), alphabet);
    }
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
    while (size % 4 != 0) {
        out[size++] = '=';
    }
    return (struct idp_bytes){out, size};
}

/* Four digits as 24 bits; takes from *all the marks that one of them has not. */
static uint32_t sextet_group(const unsigned char *digits, unsigned char *all)
{
    uint32_t a = sextets[digits[0]], b = sextets[digits[1]];
    uint32_t c = sextets[digits[2]], d = sextets[digits[3]];
    *all &= a & b & c & d;
    return (a & VALUE) << 18 | (b & VALUE) << 12 | (c & VALUE) << 6 | (d & VALUE);
}

static void bytes_of_group(unsigned char *out, uint32_t group)
{
    out[0] = (unsigned char)(group >> 16);
    out[1] = (unsigned char)(group >> 8);
    out[2] = (unsigned char)group;
}

/* Group by group; false where a byte is no digit. */
static bool groups_decode(struct idp_bytes text, unsigned char *out, unsigned char alphabet)
{
    const unsigned char *at = (const unsigned char *)text.data;
    unsigned char all = alphabet, last[4] = "AAAA";
    size_t left = text.size;
    for (; left >= sizeof last; left -= sizeof last, at += sizeof last, out += 3) {
        bytes_of_group(out, sextet_group(at, &all));
    }
    memcpy(last, at, left);
    bytes_of_group(out, sextet_group(last, &all));
    return all != 0;
}

/* The bits of the last digit that stand for no byte are zero. */
static bool is_canonical(struct idp_bytes text)
{
    size_t tail = text.size % 4;
    unsigned unused = tail == 2 ? 0xf : tail == 3 ? 0x3 : 0;
    return tail == 0 || (sextets[(unsigned char)text.data[text.size - 1]] & unused) == 0;
}

/* Digits of an alphabet, without padding. */
static struct idp_bytes sextets_decode(struct idp_call *call, struct idp_bytes text,
                                       unsigned char alphabet)
{
    size_t tail = text.size % 4, size = text.size / 4 * 3 + (tail > 0 ? tail - 1 : 0);
    unsigned char *out = idp_allocate(call, text.size / 4 * 3 + IDP_BASE64_BLOCK_SIZE);
    if (tail == 1 || !is_canonical(text) ||
        !(idp_base64_blocks(text, out, alphabet == URL) || groups_decode(text, out, alphabet))) {
        return (struct idp_bytes){0};
    }
    return (struct idp_bytes){(char *)out, size};
}

struct idp_bytes idp_base64url_decode(struct idp_call *call, struct idp_bytes text)
{
    return text.data == NULL ? text : sextets_decode(call, text, URL);
}

struct idp_bytes idp_base64_decode(struct idp_call *call, struct idp_bytes text)
{
    if (text.data == NULL || text.size % 4 != 0) {
        return (struct idp_bytes){0};
    }
    for (int i = 0; i < 2 && text.size > 0 && text.data[text.size - 1] == '='; i++) {
        text.size--;
    }
    return sextets_decode(call, text, STANDARD);
}

/* ---- forms and URLs ---- */

int idp_hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = digit != 0 ? strchr(digits, digit) : NULL;
    return found != NULL ? (int)((found - digits) & 15) : -1;
}

struct idp_bytes idp_hex_encode(struct idp_call *call, struct idp_bytes bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *out = idp_allocate(call, 2 * bytes.size + 1);
    for (size_t i = 0; i < bytes.size; i++) {
        out[2 * i] = digits[(unsigned char)bytes.data[i] >> 4];
        out[2 * i + 1] = digits[bytes.data[i] & 15];
    }
    return (struct idp_bytes){out, 2 * bytes.size};
}

struct idp_bytes idp_hex_decode(struct idp_call *call, struct idp_bytes text)
{
    char *out = idp_allocate(call, text.size / 2 + 1);
    bool is_hex = text.size % 2 == 0;
    for (size_t i = 0; is_hex && i < text.size; i += 2) {
        int high = idp_hex_digit(text.data[i]), low = idp_hex_digit(text.data[i + 1]);
        is_hex = high >= 0 && low >= 0;
        out[i / 2] = (char)(is_hex ? high << 4 | low : 0);
    }
    return is_hex ? (struct idp_bytes){out, text.size / 2} : (struct idp_bytes){NULL, 0};
}

static struct idp_bytes percent_decode(struct idp_call *call, struct idp_bytes text, char plus)
{
    if (text.data == NULL) {
        return text;
    }
    char *decoded = idp_allocate(call, text.size + 1), *out = decoded;
    const char *end = text.data + text.size;
    for (const char *at = text.data; at < end; at++) {
        *out = *at == '+' ? plus : *at;
        if (*at == '%') {
            int high = end - at > 2 ? idp_hex_digit(at[1]) : -1;
            int low = end - at > 2 ? idp_hex_digit(at[2]) : -1;
            if (high < 0 || low < 0) {
                return (struct idp_bytes){0};
            }
            *out = (char)(high << 4 | low);
            at += 2;
        }
        out++;
    }
    return (struct idp_bytes){decoded, (size_t)(out - decoded)};
}

struct idp_bytes idp_form_decode(struct idp_call *call, struct idp_bytes text)
{
    return percent_decode(call, text, ' ');
}

struct idp_bytes idp_url_decode(struct idp_call *call, struct idp_bytes text)
{
    return percent_decode(call, text, '+');
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
        if (is_unreserved(text.data[i])) {
            idp_text_add_char(&encoded, text.data[i]);
        } else {
            idp_text_add(&encoded,
                         (struct idp_bytes){(char[]){'%', hex[byte >> 4], hex[byte & 15]}, 3});
        }
    }
    return idp_text_bytes(&encoded);
}
