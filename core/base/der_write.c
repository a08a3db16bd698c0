/* SPDX-License-Identifier: Apache-2.0 */
/* der_write.c - writes DER from the inside out: each value is made of parts that are made. */
#include "core/base/base.h"

enum { HEADER_SIZE_MAX = 6, OID_ARC_COUNT_MAX = 32 };

static struct idp_bytes header_make(unsigned char tag, size_t length, char header[HEADER_SIZE_MAX])
{
    size_t size = 0;
    header[size++] = (char)tag;
    if (length < 0x80) {
        header[size++] = (char)length;
        return (struct idp_bytes){header, size};
    }
    size_t bytes = length > 0xffffff ? 4 : length > 0xffff ? 3 : length > 0xff ? 2 : 1;
    header[size++] = (char)(0x80 | bytes);
    while (bytes > 0) {
        header[size++] = (char)(length >> 8 * --bytes);
    }
    return (struct idp_bytes){header, size};
}

static char *append(char *to, struct idp_bytes bytes)
{
    return bytes.size == 0 ? to : (char *)memcpy(to, bytes.data, bytes.size) + bytes.size;
}

struct idp_bytes idp_der_wrap(struct idp_call *call, unsigned char tag,
                              const struct idp_bytes *parts, size_t count)
{
    char header[HEADER_SIZE_MAX];
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        length += parts[i].size;
    }
    struct idp_bytes head = header_make(tag, length, header);
    char *made = idp_allocate(call, head.size + length), *at = append(made, head);
    for (size_t i = 0; i < count; i++) {
        at = append(at, parts[i]);
    }
    return (struct idp_bytes){made, head.size + length};
}

struct idp_bytes idp_der_put(struct idp_call *call, unsigned char tag, struct idp_bytes contents)
{
    return idp_der_wrap(call, tag, &contents, 1);
}

struct idp_bytes idp_der_number(struct idp_call *call, struct idp_bytes magnitude)
{
    while (magnitude.size > 0 && magnitude.data[0] == 0) {
        magnitude = (struct idp_bytes){magnitude.data + 1, magnitude.size - 1};
    }
    bool pads = magnitude.size == 0 || ((unsigned char)magnitude.data[0] & 0x80) != 0;
    struct idp_bytes parts[] = {{"", pads}, magnitude};
    return idp_der_wrap(call, IDP_DER_INTEGER, parts, IDP_COUNT(parts));
}

struct idp_bytes idp_der_integer(struct idp_call *call, uint64_t number)
{
    char bytes[sizeof number];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(number >> 8 * (sizeof bytes - 1 - i));
    }
    return idp_der_number(call, (struct idp_bytes){bytes, sizeof bytes});
}

struct idp_bytes idp_der_bits(struct idp_call *call, struct idp_bytes bytes)
{
    struct idp_bytes parts[] = {{"", 1}, bytes};
    return idp_der_wrap(call, IDP_DER_BIT_STRING, parts, IDP_COUNT(parts));
}

enum { TIME_SIZE = 15 };

/* YYYYMMDDHHMMSSZ of whole seconds. */
static struct idp_bytes time_digits(struct idp_call *call, int64_t time_us)
{
    int64_t second_us = time_us - (time_us % IDP_SECOND_US + IDP_SECOND_US) % IDP_SECOND_US;
    struct idp_bytes text = idp_time_text(call, second_us); /* 2026-01-01T00:00:00Z */
    char *digits = idp_allocate(call, TIME_SIZE + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size && size < TIME_SIZE; i++) {
        if (memchr("-:T", text.data[i], 3) == NULL) {
            digits[size++] = text.data[i];
        }
    }
    return (struct idp_bytes){digits, size};
}

struct idp_bytes idp_der_generalized_time(struct idp_call *call, int64_t time_us)
{
    return idp_der_put(call, IDP_DER_GENERALIZED_TIME, time_digits(call, time_us));
}

struct idp_bytes idp_der_time(struct idp_call *call, int64_t time_us)
{
    struct idp_bytes digits = time_digits(call, time_us);
    bool is_short = memcmp(digits.data, "1950", 4) >= 0 && memcmp(digits.data, "2050", 4) < 0;
    return is_short ? idp_der_put(call, IDP_DER_UTC_TIME,
                                  (struct idp_bytes){digits.data + 2, digits.size - 2})
                    : idp_der_generalized_time(call, time_us);
}

/* ---- object identifiers ---- */

static void arc_add(struct idp_text *text, uint64_t arc)
{
    size_t bytes = 1;
    while (bytes < 9 && arc >> 7 * bytes != 0) {
        bytes++;
    }
    while (bytes > 0) {
        bytes--;
        idp_text_add_char(text, (char)((arc >> 7 * bytes & 0x7f) | (bytes > 0 ? 0x80 : 0)));
    }
}

/* Digits without zeros before them, up to 2^53. */
static bool arc_read(struct idp_bytes digits, uint64_t *arc)
{
    *arc = 0;
    if (digits.size == 0 || digits.size > 15 || (digits.size > 1 && digits.data[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            return false;
        }
        *arc = *arc * 10 + (uint64_t)(digits.data[i] - '0');
    }
    return true;
}

static struct idp_bytes digits_next(struct idp_bytes *rest)
{
    const char *dot = rest->size == 0 ? NULL : memchr(rest->data, '.', rest->size);
    size_t size = dot == NULL ? rest->size : (size_t)(dot - rest->data);
    struct idp_bytes digits = {rest->data, size};
    size_t used = size + (dot != NULL);
    *rest = (struct idp_bytes){rest->data + used, rest->size - used};
    return digits;
}

/* How many arcs the text has; 0 where it is none, or has too many. */
static size_t arcs_read(struct idp_bytes text, uint64_t arcs[OID_ARC_COUNT_MAX])
{
    size_t count = 0;
    bool ends_in_dot = text.size > 0 && text.data[text.size - 1] == '.';
    while (text.size > 0) {
        if (count == OID_ARC_COUNT_MAX || !arc_read(digits_next(&text), &arcs[count])) {
            return 0;
        }
        count++;
    }
    return ends_in_dot ? 0 : count;
}

struct idp_bytes idp_der_oid_contents(struct idp_call *call, struct idp_bytes text)
{
    struct idp_text contents = {.call = call};
    uint64_t arcs[OID_ARC_COUNT_MAX];
    size_t count = arcs_read(text, arcs);
    if (count < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39)) {
        return (struct idp_bytes){NULL, 0};
    }
    arc_add(&contents, arcs[0] * 40 + arcs[1]);
    for (size_t i = 2; i < count; i++) {
        arc_add(&contents, arcs[i]);
    }
    return idp_text_bytes(&contents);
}
