/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - bytes with a length, UTF-8, text that grows in the arena, and space-separated words. */
#include <string.h>

#include "core/base/base.h"

enum { TEXT_CAPACITY_FIRST = 256 };

bool idp_bytes_start(struct idp_bytes bytes, struct idp_bytes prefix)
{
    return bytes.size >= prefix.size &&
           idp_bytes_equal((struct idp_bytes){bytes.data, prefix.size}, prefix);
}

bool idp_bytes_end(struct idp_bytes bytes, struct idp_bytes suffix)
{
    return bytes.size >= suffix.size &&
           idp_bytes_equal((struct idp_bytes){bytes.data + bytes.size - suffix.size, suffix.size},
                           suffix);
}

int idp_bytes_compare(struct idp_bytes left, struct idp_bytes right)
{
    size_t shared = left.size < right.size ? left.size : right.size;
    int order = shared > 0 ? memcmp(left.data, right.data, shared) : 0;
    if (order != 0) {
        return order;
    }
    return (left.size > right.size) - (left.size < right.size);
}

struct idp_bytes idp_bytes_copy(struct idp_call *call, struct idp_bytes bytes)
{
    if (bytes.data == NULL) {
        return bytes;
    }
    char *copy = idp_allocate(call, bytes.size + 1);
    memcpy(copy, bytes.data, bytes.size);
    return (struct idp_bytes){copy, bytes.size};
}

const char *idp_text_c(struct idp_call *call, struct idp_bytes bytes)
{
    if (bytes.size > 0 && memchr(bytes.data, 0, bytes.size) != NULL) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "A text holds a NUL byte.");
    }
    return bytes.data != NULL ? idp_bytes_copy(call, bytes).data : "";
}

/* ---- UTF-8 ---- */

/* Lead bytes of more than one byte: how many follow, and what the first that follows may be. The
 * narrowed ranges keep out overlong forms (E0, F0), surrogates (ED) and what is past U+10FFFF (F4).
 */
static const struct utf8_lead {
    unsigned char first, last, follow_count, low, high;
} utf8_leads[] = {
    {0xC2, 0xDF, 1, 0x80, 0xBF}, {0xE0, 0xE0, 2, 0xA0, 0xBF}, {0xE1, 0xEC, 2, 0x80, 0xBF},
    {0xED, 0xED, 2, 0x80, 0x9F}, {0xEE, 0xEF, 2, 0x80, 0xBF}, {0xF0, 0xF0, 3, 0x90, 0xBF},
    {0xF1, 0xF3, 3, 0x80, 0xBF}, {0xF4, 0xF4, 3, 0x80, 0x8F},
};

/* The length of the well-formed multi-byte character at `at`, or 0. */
static size_t utf8_multibyte_size(const unsigned char *at, const unsigned char *end)
{
    const struct utf8_lead *lead = utf8_leads, *leads_end = utf8_leads + IDP_COUNT(utf8_leads);
    while (lead < leads_end && at[0] > lead->last) {
        lead++;
    }
    if (lead == leads_end || at[0] < lead->first || end - at <= lead->follow_count) {
        return 0;
    }
    if (at[1] < lead->low || at[1] > lead->high) {
        return 0;
    }
    for (size_t i = 2; i <= lead->follow_count; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return lead->follow_count + 1u;
}

size_t idp_utf8_character_size(const char *text, const char *end)
{
    if ((unsigned char)*text < 0x80) {
        return *text != 0;
    }
    return utf8_multibyte_size((const unsigned char *)text, (const unsigned char *)end);
}

/* Skips eight bytes at a time while none is NUL or beyond ASCII: subtracting one from each byte
 * sets the high bit of a zero. */
static const char *ascii_skip(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high_bits = UINT64_C(0x8080808080808080);
    for (uint64_t word; end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        if (((word | (word - ones)) & high_bits) != 0) {
            break;
        }
    }
    return at;
}

bool idp_utf8_valid(struct idp_bytes bytes)
{
    if (bytes.size == 0) {
        return true;
    }
    const char *end = bytes.data + bytes.size, *at = ascii_skip(bytes.data, end);
    while (at < end) {
        size_t size = idp_utf8_character_size(at, end);
        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}

/* ---- growing text ---- */

static void text_grow(struct idp_text *text, size_t more)
{
    size_t capacity = text->capacity > 0 ? text->capacity * 2 : TEXT_CAPACITY_FIRST;
    if (capacity <= text->size + more) {
        capacity = text->size + more + 1;
    }
    char *data = idp_allocate(text->call, capacity);
    if (text->size > 0) {
        memcpy(data, text->data, text->size);
    }
    text->data = data;
    text->capacity = capacity;
}

/* A byte stays free for the NUL. */
char *idp_text_extend(struct idp_text *text, size_t size)
{
    if (size >= text->capacity - text->size) {
        text_grow(text, size);
    }
    char *start = text->data + text->size;
    text->size += size;
    return start;
}

void idp_text_add(struct idp_text *text, struct idp_bytes bytes)
{
    if (bytes.size > 0) {
        memcpy(idp_text_extend(text, bytes.size), bytes.data, bytes.size);
    }
}

void idp_text_add_c(struct idp_text *text, const char *string)
{
    idp_text_add(text, idp_bytes_of(string));
}

void idp_text_add_char(struct idp_text *text, char character)
{
    *idp_text_extend(text, 1) = character;
}

void idp_text_add_integer(struct idp_text *text, int64_t number)
{
    char digits[24], *end = digits + sizeof digits, *at = end;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        *--at = '-';
    }
    idp_text_add(text, (struct idp_bytes){at, (size_t)(end - at)});
}

struct idp_bytes idp_text_bytes(struct idp_text *text)
{
    *idp_text_extend(text, 0) = 0;
    return (struct idp_bytes){text->data, text->size};
}

struct idp_bytes idp_lower_case(struct idp_call *call, struct idp_bytes text)
{
    char *copy = idp_allocate(call, text.size + 1);
    for (size_t i = 0; i < text.size; i++) {
        char character = text.data[i];
        copy[i] = character >= 'A' && character <= 'Z' ? (char)(character + 32) : character;
    }
    return (struct idp_bytes){copy, text.size};
}

/* ---- words ---- */

struct idp_bytes idp_word_next(struct idp_bytes *rest)
{
    if (rest->size == 0) {
        return *rest;
    }
    const char *at = rest->data, *end = rest->data + rest->size;
    while (at < end && *at == ' ') {
        at++;
    }
    const char *start = at;
    while (at < end && *at != ' ') {
        at++;
    }
    *rest = (struct idp_bytes){at, (size_t)(end - at)};
    return (struct idp_bytes){start, (size_t)(at - start)};
}

bool idp_word_in(struct idp_bytes list, struct idp_bytes word)
{
    struct idp_bytes found = idp_word_next(&list);
    while (found.size > 0 && !idp_bytes_equal(found, word)) {
        found = idp_word_next(&list);
    }
    return found.size > 0;
}

bool idp_text_has_control(struct idp_bytes text)
{
    size_t i = 0;
    while (i < text.size && (unsigned char)text.data[i] >= ' ' && text.data[i] != 0x7f) {
        i++;
    }
    return i < text.size;
}

struct idp_bytes idp_bytes_trim(struct idp_bytes bytes)
{
    while (bytes.size > 0 && bytes.data[0] == ' ') {
        bytes = (struct idp_bytes){bytes.data + 1, bytes.size - 1};
    }
    while (bytes.size > 0 && bytes.data[bytes.size - 1] == ' ') {
        bytes.size--;
    }
    return bytes;
}

struct idp_bytes idp_part_next(struct idp_bytes *rest, char separator)
{
    size_t size = 0;
    bool is_quoted = false;
    while (size < rest->size && (is_quoted || rest->data[size] != separator)) {
        is_quoted ^= rest->data[size++] == '"';
    }
    struct idp_bytes part = {rest->data, size};
    size += size < rest->size;
    *rest = (struct idp_bytes){rest->data + size, rest->size - size};
    return idp_bytes_trim(part);
}
