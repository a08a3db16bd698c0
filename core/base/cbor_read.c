/* SPDX-License-Identifier: Apache-2.0 */
/* cbor_read.c - CBOR (RFC 8949) that says what JSON could, as the tree that JSON is read into,
 * under the same limits. libcbor takes the bytes apart item by item and allocates nothing; nothing
 * here is allocated because a sender says how much will come. */
#include <cbor.h>
#include <inttypes.h>
#include <stdio.h>

#include "core/base/base.h"

enum { NUMBER_SIZE = 24 };

/* An array or map that is being filled. */
struct level {
    struct idp_json *node;
    size_t left;           /* items, of a map its pairs; of one that is open not counted */
    bool is_open;          /* it ends with a break */
    struct idp_bytes name; /* of the value that is next in a map; data NULL: the name is next */
};

struct reader {
    struct idp_call *call;
    const char *why; /* NULL: nothing was refused yet */
    size_t rest_size, value_count, depth;
    struct level levels[IDP_JSON_DEPTH_MAX + 1];
};

/* ---- where an item belongs ---- */

static void refuse(struct reader *reader, const char *why)
{
    reader->why = reader->why == NULL ? why : reader->why;
}

static bool is_name_next(const struct reader *reader)
{
    const struct level *level = &reader->levels[reader->depth];
    return level->node->kind == IDP_JSON_OBJECT && level->name.data == NULL;
}

/* Hangs a value where it belongs. NULL: refused. */
static struct idp_json *value_add(struct reader *reader, enum idp_json_kind kind)
{
    struct level *level = &reader->levels[reader->depth];
    if (is_name_next(reader)) {
        refuse(reader, "a name that is no text");
    } else if (++reader->value_count > IDP_JSON_MEMBER_COUNT_MAX) {
        refuse(reader, "too many values");
    }
    if (reader->why != NULL) {
        return NULL;
    }
    struct idp_json *node = idp_json_new(reader->call, kind);
    idp_json_add_named(level->node, level->name, node);
    level->name = (struct idp_bytes){0};
    level->left -= !level->is_open;
    return node;
}

static void text_add(struct reader *reader, enum idp_json_kind kind, struct idp_bytes text)
{
    struct idp_json *node = value_add(reader, kind);
    if (node != NULL) {
        node->text = text;
    }
}

/* ---- arrays and maps ---- */

/* Each item is a byte at least. */
static void enter(struct reader *reader, enum idp_json_kind kind, size_t count, bool is_open)
{
    size_t least = kind == IDP_JSON_OBJECT ? 2 : 1;
    if (count > reader->rest_size / least) {
        refuse(reader, "cut off");
    } else if (reader->depth == IDP_JSON_DEPTH_MAX) {
        refuse(reader, "too deep");
    }
    struct idp_json *node = value_add(reader, kind);
    if (node != NULL) {
        reader->levels[++reader->depth] =
            (struct level){.node = node, .left = count, .is_open = is_open};
    }
}

static bool has_double(struct idp_call *call, const struct idp_json *object)
{
    size_t count;
    const struct idp_json **members = idp_json_sorted(call, object, &count);
    for (size_t i = 1; i < count; i++) {
        if (idp_bytes_equal(members[i - 1]->name, members[i]->name)) {
            return true;
        }
    }
    return false;
}

static void leave(struct reader *reader)
{
    const struct idp_json *node = reader->levels[reader->depth--].node;
    if (node->kind == IDP_JSON_OBJECT && has_double(reader->call, node)) {
        refuse(reader, "duplicate member");
    }
}

/* What has all of its items is over. */
static void leave_full(struct reader *reader)
{
    const struct level *level = &reader->levels[reader->depth];
    while (reader->depth > 0 && !level->is_open && level->left == 0) {
        leave(reader);
        level = &reader->levels[reader->depth];
    }
}

static void on_array(void *context, size_t count)
{
    enter(context, IDP_JSON_ARRAY, count, false);
}

static void on_open_array(void *context)
{
    enter(context, IDP_JSON_ARRAY, 0, true);
}

static void on_map(void *context, size_t count)
{
    enter(context, IDP_JSON_OBJECT, count, false);
}

static void on_open_map(void *context)
{
    enter(context, IDP_JSON_OBJECT, 0, true);
}

static void on_break(void *context)
{
    struct reader *reader = context;
    const struct level *level = &reader->levels[reader->depth];
    if (!level->is_open || level->name.data != NULL) {
        refuse(reader, "a break where none belongs");
        return;
    }
    leave(reader);
}

/* ---- texts, bytes, numbers, words ---- */

static void on_text(void *context, cbor_data data, size_t size)
{
    struct reader *reader = context;
    struct idp_bytes text = {(const char *)data, size};
    if (!idp_utf8_valid(text)) {
        refuse(reader, "a text that is not UTF-8, or has a NUL");
    } else if (is_name_next(reader)) {
        reader->levels[reader->depth].name = text;
    } else {
        text_add(reader, IDP_JSON_STRING, text);
    }
}

static void on_bytes(void *context, cbor_data data, size_t size)
{
    struct reader *reader = context;
    struct idp_bytes bytes = {(const char *)data, size};
    text_add(reader, IDP_JSON_STRING, idp_base64url_encode(reader->call, bytes));
}

static void number_add(struct reader *reader, const char *sign, uint64_t number)
{
    char text[NUMBER_SIZE];
    snprintf(text, sizeof text, "%s%" PRIu64, sign, number);
    text_add(reader, IDP_JSON_NUMBER, idp_bytes_copy(reader->call, idp_bytes_of(text)));
}

static void on_unsigned(void *context, uint64_t number)
{
    number_add(context, "", number);
}

/* It stands for one less. */
static void on_negative(void *context, uint64_t number)
{
    if (number == UINT64_MAX) {
        text_add(context, IDP_JSON_NUMBER, idp_bytes_of("-18446744073709551616"));
        return;
    }
    number_add(context, "-", number + 1);
}

static void on_unsigned8(void *context, uint8_t number)
{
    on_unsigned(context, number);
}

static void on_unsigned16(void *context, uint16_t number)
{
    on_unsigned(context, number);
}

static void on_unsigned32(void *context, uint32_t number)
{
    on_unsigned(context, number);
}

static void on_negative8(void *context, uint8_t number)
{
    on_negative(context, number);
}

static void on_negative16(void *context, uint16_t number)
{
    on_negative(context, number);
}

static void on_negative32(void *context, uint32_t number)
{
    on_negative(context, number);
}

static void on_bool(void *context, bool value)
{
    value_add(context, value ? IDP_JSON_TRUE : IDP_JSON_FALSE);
}

static void on_null(void *context)
{
    value_add(context, IDP_JSON_NULL);
}

/* ---- what JSON has nothing for ---- */

static void on_chunks(void *context)
{
    refuse(context, "a text or bytes in chunks");
}

static void on_tag(void *context, uint64_t tag)
{
    (void)tag;
    refuse(context, "a tag");
}

static void on_double(void *context, double number)
{
    (void)number;
    refuse(context, "a floating-point number");
}

static void on_float(void *context, float number)
{
    on_double(context, number);
}

static void on_undefined(void *context)
{
    refuse(context, "undefined");
}

static const struct cbor_callbacks callbacks = {
    .uint8 = on_unsigned8,
    .uint16 = on_unsigned16,
    .uint32 = on_unsigned32,
    .uint64 = on_unsigned,
    .negint8 = on_negative8,
    .negint16 = on_negative16,
    .negint32 = on_negative32,
    .negint64 = on_negative,
    .byte_string_start = on_chunks,
    .byte_string = on_bytes,
    .string = on_text,
    .string_start = on_chunks,
    .indef_array_start = on_open_array,
    .array_start = on_array,
    .indef_map_start = on_open_map,
    .map_start = on_map,
    .tag = on_tag,
    .float2 = on_float,
    .float4 = on_float,
    .float8 = on_double,
    .undefined = on_undefined,
    .null = on_null,
    .boolean = on_bool,
    .indef_break = on_break,
};

/* ---- the whole ---- */

/* Takes one item off *rest. */
static void item_read(struct reader *reader, struct idp_bytes *rest)
{
    reader->rest_size = rest->size;
    struct cbor_decoder_result result =
        cbor_stream_decode((cbor_data)rest->data, rest->size, &callbacks, reader);
    if (result.status != CBOR_DECODER_FINISHED) {
        refuse(reader, result.status == CBOR_DECODER_NEDATA ? "cut off" : "no item of CBOR");
        return;
    }
    *rest = (struct idp_bytes){rest->data + result.read, rest->size - result.read};
    leave_full(reader);
}

const struct idp_json *idp_cbor_read(struct idp_call *call, struct idp_bytes bytes,
                                     const char **why)
{
    struct reader *reader = idp_allocate(call, sizeof *reader);
    reader->call = call;
    reader->levels[0] =
        (struct level){.node = idp_json_new(call, IDP_JSON_ARRAY), .left = 1, .is_open = false};
    if (bytes.size == 0 || bytes.size > IDP_JSON_SIZE_MAX) {
        refuse(reader, bytes.size == 0 ? "empty" : "too large");
    }
    while (reader->why == NULL && (reader->depth > 0 || reader->levels[0].left > 0)) {
        item_read(reader, &bytes);
    }
    if (bytes.size > 0) {
        refuse(reader, "trailing bytes");
    }
    *why = reader->why;
    return reader->why == NULL ? reader->levels[0].node->child : NULL;
}
