/* SPDX-License-Identifier: Apache-2.0 */
/* der_read.c - reads DER without ever looking behind what is there. What BER would also allow is
 * refused: two spellings of one value are two values to who hashes or compares them. */
#include "core/base/base.h"

enum { LENGTH_SIZE_MAX = 4, TAG_NUMBER_LONG = 0x1f };

static unsigned char byte_at(struct idp_bytes bytes, size_t index)
{
    return (unsigned char)bytes.data[index];
}

static void skip(struct idp_bytes *rest, size_t size)
{
    *rest = (struct idp_bytes){rest->data + size, rest->size - size};
}

/* The length behind a tag, as short as it can be said. */
static bool length_take(struct idp_bytes *rest, size_t *length)
{
    if (rest->size == 0) {
        return false;
    }
    unsigned char first = byte_at(*rest, 0);
    size_t size = first & 0x7f;
    skip(rest, 1);
    *length = first;
    if (first < 0x80) {
        return true;
    }
    if (size == 0 || size > LENGTH_SIZE_MAX || size > rest->size || byte_at(*rest, 0) == 0) {
        return false;
    }
    *length = 0;
    for (size_t i = 0; i < size; i++) {
        *length = *length << 8 | byte_at(*rest, i);
    }
    skip(rest, size);
    return *length >= 0x80;
}

/* Each arc ends, and none begins with zeros. */
static bool is_identifier(struct idp_bytes contents)
{
    bool begins = true;
    for (size_t i = 0; i < contents.size; i++) {
        if (begins && byte_at(contents, i) == 0x80) {
            return false;
        }
        begins = byte_at(contents, i) < 0x80;
    }
    return contents.size > 0 && begins;
}

bool idp_der_next(struct idp_bytes *rest, struct idp_der *out)
{
    struct idp_bytes at = *rest;
    size_t length;
    if (at.size == 0) {
        return false;
    }
    out->tag = byte_at(at, 0);
    skip(&at, 1);
    if ((out->tag & TAG_NUMBER_LONG) == TAG_NUMBER_LONG || !length_take(&at, &length) ||
        length > at.size) {
        return false;
    }
    out->contents = (struct idp_bytes){at.data, length};
    if (out->tag == IDP_DER_OID && !is_identifier(out->contents)) {
        return false;
    }
    out->whole = (struct idp_bytes){rest->data, (size_t)(at.data - rest->data) + length};
    skip(rest, out->whole.size);
    return true;
}

bool idp_der_take(struct idp_bytes *rest, unsigned char tag, struct idp_bytes *contents)
{
    struct idp_bytes at = *rest;
    struct idp_der value;
    if (!idp_der_next(&at, &value) || value.tag != tag) {
        return false;
    }
    if (contents != NULL) {
        *contents = value.contents;
    }
    *rest = at;
    return true;
}

bool idp_der_take_whole(struct idp_bytes *rest, unsigned char tag, struct idp_bytes *whole)
{
    struct idp_bytes ahead = *rest;
    struct idp_der value;
    if (!idp_der_next(&ahead, &value) || value.tag != tag) {
        return false;
    }
    *rest = ahead;
    *whole = value.whole;
    return true;
}

void idp_der_skip(struct idp_bytes *rest, unsigned char tag)
{
    struct idp_bytes at = *rest;
    if (idp_der_take(&at, tag, NULL)) {
        *rest = at;
    }
}

bool idp_der_only(struct idp_bytes der, unsigned char tag, struct idp_bytes *contents)
{
    return idp_der_take(&der, tag, contents) && der.size == 0;
}

bool idp_der_take_number(struct idp_bytes *rest, struct idp_bytes *magnitude)
{
    struct idp_bytes at = *rest, contents;
    if (!idp_der_take(&at, IDP_DER_INTEGER, &contents) || contents.size == 0 ||
        byte_at(contents, 0) >= 0x80) {
        return false;
    }
    if (byte_at(contents, 0) == 0) {
        if (contents.size > 1 && byte_at(contents, 1) < 0x80) {
            return false;
        }
        skip(&contents, 1);
    }
    *magnitude = contents;
    *rest = at;
    return true;
}

bool idp_der_take_bits(struct idp_bytes *rest, struct idp_bytes *bytes)
{
    struct idp_bytes at = *rest, contents;
    if (!idp_der_take(&at, IDP_DER_BIT_STRING, &contents) || contents.size == 0 ||
        byte_at(contents, 0) != 0) {
        return false;
    }
    skip(&contents, 1);
    *bytes = contents;
    *rest = at;
    return true;
}

/* ---- anything ---- */

enum {
    DEPTH_MAX = 16,
    CLASS = 0xc0,
    CONSTRUCTED = 0x20,
    ENUMERATED = 0x0a,
    UNIVERSAL_STRING = 0x1c
};

/* As short as can be: the first nine bits are not all the same. */
static bool is_integer(struct idp_bytes contents)
{
    unsigned char first = contents.size > 0 ? byte_at(contents, 0) : 0;
    bool is_padded = contents.size > 1 && (first == 0 || first == 0xff) &&
                     (first & 0x80) == (byte_at(contents, 1) & 0x80);
    return contents.size > 0 && !is_padded;
}

/* Of the tags that everybody has; strings are never in pieces. */
static bool is_universal(unsigned char tag, struct idp_bytes contents)
{
    switch (tag) {
    case IDP_DER_BOOLEAN:
        return contents.size == 1 && (byte_at(contents, 0) == 0 || byte_at(contents, 0) == 0xff);
    case IDP_DER_INTEGER:
    case ENUMERATED:
        return is_integer(contents);
    case IDP_DER_BIT_STRING:
        return contents.size > 0 && byte_at(contents, 0) <= (contents.size > 1 ? 7 : 0);
    case IDP_DER_NULL:
        return contents.size == 0;
    case IDP_DER_BMP_STRING:
        return contents.size % 2 == 0;
    case UNIVERSAL_STRING:
        return contents.size % 4 == 0;
    case IDP_DER_SEQUENCE:
    case IDP_DER_SET:
        return true;
    default:
        return (tag & CONSTRUCTED) == 0 && tag != 0 && tag != (IDP_DER_SEQUENCE & ~CONSTRUCTED) &&
               tag != (IDP_DER_SET & ~CONSTRUCTED);
    }
}

static bool are_values(struct idp_bytes bytes, int depth)
{
    struct idp_der value;
    while (bytes.size > 0) {
        if (depth == DEPTH_MAX || !idp_der_next(&bytes, &value) ||
            ((value.tag & CLASS) == 0 && !is_universal(value.tag, value.contents)) ||
            ((value.tag & CONSTRUCTED) != 0 && !are_values(value.contents, depth + 1))) {
            return false;
        }
    }
    return true;
}

bool idp_der_are_values(struct idp_bytes bytes)
{
    return are_values(bytes, 0);
}

/* ---- times ---- */

static bool two_digits(const char *at, char *out)
{
    out[0] = at[0];
    out[1] = at[1];
    return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9';
}

enum { CENTURY_SPLIT = '5', TWENTY_YEARS_DAYS = 20 * 365 + 5 };

/* YYMMDDHHMMSSZ, or with a century before it, as the text that clock.c reads. Its years begin in
 * 1970: those of a UTCTime that are before are read as twenty years later, when the same years are
 * leap years. */
static bool time_read(struct idp_bytes digits, bool is_long, int64_t *time_us)
{
    static const size_t places[] = {2, 5, 8, 11, 14, 17}; /* of what follows the century */
    char text[] = "2000-00-00T00:00:00Z";
    size_t century_size = is_long ? 2 : 0;
    if (digits.size != century_size + 13 || digits.data[digits.size - 1] != 'Z' ||
        (is_long && !two_digits(digits.data, text))) {
        return false;
    }
    for (size_t i = 0; i < IDP_COUNT(places); i++) {
        if (!two_digits(digits.data + century_size + 2 * i, text + places[i])) {
            return false;
        }
    }
    bool is_last_century = !is_long && text[2] >= CENTURY_SPLIT;
    bool is_early = is_last_century && text[2] < '7';
    if (is_last_century) {
        memcpy(text, "19", 2);
    }
    if (is_early) {
        text[2] += 2;
    }
    if (!idp_time_read(idp_bytes_of(text), time_us)) {
        return false;
    }
    *time_us -= is_early ? TWENTY_YEARS_DAYS * INT64_C(86400) * IDP_SECOND_US : 0;
    return true;
}

bool idp_der_take_time(struct idp_bytes *rest, int64_t *time_us)
{
    struct idp_bytes at = *rest, digits;
    bool is_long = !idp_der_take(&at, IDP_DER_UTC_TIME, &digits);
    if (is_long && !idp_der_take(&at, IDP_DER_GENERALIZED_TIME, &digits)) {
        return false;
    }
    if (!time_read(digits, is_long, time_us)) {
        return false;
    }
    *rest = at;
    return true;
}

/* ---- object identifiers ---- */

enum { ARC_BITS_MAX = 63 };

/* The next arc of an identifier; false where it is cut off, longer than need be, or too large. */
static bool arc_take(struct idp_bytes *rest, uint64_t *arc)
{
    *arc = 0;
    if (rest->size == 0 || byte_at(*rest, 0) == 0x80) {
        return false;
    }
    for (;;) {
        if (rest->size == 0 || *arc >> (ARC_BITS_MAX - 7) != 0) {
            return false;
        }
        unsigned char byte = byte_at(*rest, 0);
        skip(rest, 1);
        *arc = *arc << 7 | (byte & 0x7f);
        if (byte < 0x80) {
            return true;
        }
    }
}

struct idp_bytes idp_der_oid_text(struct idp_call *call, struct idp_bytes contents)
{
    struct idp_text text = {.call = call};
    uint64_t arc;
    if (!arc_take(&contents, &arc)) {
        return (struct idp_bytes){NULL, 0};
    }
    uint64_t first = arc < 80 ? arc / 40 : 2;
    idp_text_add_integer(&text, (int64_t)first);
    idp_text_add_char(&text, '.');
    idp_text_add_integer(&text, (int64_t)(arc - first * 40));
    while (contents.size > 0) {
        if (!arc_take(&contents, &arc)) {
            return (struct idp_bytes){NULL, 0};
        }
        idp_text_add_char(&text, '.');
        idp_text_add_integer(&text, (int64_t)arc);
    }
    return idp_text_bytes(&text);
}
