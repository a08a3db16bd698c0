/* SPDX-License-Identifier: Apache-2.0 */
/* cbor_write.c - a tree as CBOR (RFC 8949 §4.2.1, but for the order of members, which stays):
 * definite lengths, each head as short as it can be. A number with a fraction is the double next to
 * it. */
#include <cbor.h>
#include <stdlib.h>

#include "core/base/json_number.h"

enum { HEAD_SIZE_MAX = 9 };

/* Kind and size, or the value, of an item. */
struct head {
    unsigned char bytes[HEAD_SIZE_MAX];
};

static void head_add(struct idp_text *out, const struct head *head, size_t size)
{
    idp_text_add(out, (struct idp_bytes){(const char *)head->bytes, size});
}

static void counted_add(struct idp_text *out,
                        size_t (*encode)(size_t count, unsigned char *bytes, size_t size),
                        size_t count)
{
    struct head head;
    head_add(out, &head, encode(count, head.bytes, sizeof head.bytes));
}

static void text_add(struct idp_text *out, struct idp_bytes text)
{
    counted_add(out, cbor_encode_string_start, text.size);
    idp_text_add(out, text);
}

/* ---- numbers ---- */

/* As digits and an exponent it is read the same in every locale. */
static double double_of(struct idp_call *call, struct idp_bytes number)
{
    struct idp_decimal *decimal = idp_allocate(call, sizeof *decimal);
    struct idp_text text = {.call = call};
    idp_decimal_read(decimal, number);
    idp_text_add_c(&text, decimal->negative ? "-" : "");
    idp_text_add(&text, (struct idp_bytes){decimal->digits, (size_t)decimal->count});
    idp_text_add_c(&text, decimal->count == 0 ? "0" : "");
    idp_text_add_char(&text, 'e');
    idp_text_add_integer(&text, decimal->point - decimal->count);
    return strtod(idp_text_bytes(&text).data, NULL);
}

/* Digits only; false: it has others, or is too large. */
static bool unsigned_read(struct idp_bytes text, uint64_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.size; i++) {
        char digit = text.data[i];
        if (digit < '0' || digit > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(digit - '0'), &number)) {
            return false;
        }
    }
    *out = number;
    return text.size > 0;
}

static void number_add(struct idp_text *out, struct idp_bytes text)
{
    struct head head;
    uint64_t number;
    bool is_negative = text.data[0] == '-';
    struct idp_bytes digits = {text.data + is_negative, text.size - is_negative};
    size_t size;
    if (!unsigned_read(digits, &number)) {
        size = cbor_encode_double(double_of(out->call, text), head.bytes, sizeof head.bytes);
    } else if (is_negative && number > 0) {
        size = cbor_encode_negint(number - 1, head.bytes, sizeof head.bytes);
    } else {
        size = cbor_encode_uint(number, head.bytes, sizeof head.bytes);
    }
    head_add(out, &head, size);
}

/* ---- values ---- */

static size_t count_of(const struct idp_json *json)
{
    size_t count = 0;
    for (const struct idp_json *item = json->child; item != NULL; item = item->next) {
        count++;
    }
    return count;
}

static void value_add(struct idp_text *out, const struct idp_json *json);

static void items_add(struct idp_text *out, const struct idp_json *json)
{
    bool is_object = json->kind == IDP_JSON_OBJECT;
    counted_add(out, is_object ? cbor_encode_map_start : cbor_encode_array_start, count_of(json));
    for (const struct idp_json *item = json->child; item != NULL; item = item->next) {
        if (is_object) {
            text_add(out, item->name);
        }
        value_add(out, item);
    }
}

static void value_add(struct idp_text *out, const struct idp_json *json)
{
    struct head head;
    switch (json->kind) {
    case IDP_JSON_OBJECT:
    case IDP_JSON_ARRAY:
        items_add(out, json);
        return;
    case IDP_JSON_STRING:
        text_add(out, json->text);
        return;
    case IDP_JSON_NUMBER:
        number_add(out, json->text);
        return;
    case IDP_JSON_NULL:
        head_add(out, &head, cbor_encode_null(head.bytes, sizeof head.bytes));
        return;
    default:
        head_add(out, &head,
                 cbor_encode_bool(json->kind == IDP_JSON_TRUE, head.bytes, sizeof head.bytes));
    }
}

struct idp_bytes idp_cbor_write(struct idp_call *call, const struct idp_json *json)
{
    struct idp_text out = {.call = call};
    value_add(&out, json);
    return idp_text_bytes(&out);
}
