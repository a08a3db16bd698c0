/* SPDX-License-Identifier: Apache-2.0 */
/* json_write.c - from a tree to text: as it stands, or canonical, where equal JSON is equal text.
 */
#include <string.h>

#include "core/base/json_number.h"

struct writer {
    struct idp_text text;
    bool canonical;
};

static void write_value(struct writer *writer, const struct idp_json *json);

/* ---- strings ---- */

static bool is_plain(char character)
{
    return (unsigned char)character >= 0x20 && character != '"' && character != '\\';
}

static void write_escape(struct idp_text *text, char character)
{
    static const char letters[] = {['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                                   ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'};
    static const char hex[] = "0123456789abcdef";
    unsigned char byte = (unsigned char)character;
    if (letters[byte] != 0) {
        idp_text_add(text, (struct idp_bytes){(char[]){'\\', letters[byte]}, 2});
        return;
    }
    idp_text_add_c(text, "\\u00");
    idp_text_add(text, (struct idp_bytes){(char[]){hex[byte >> 4], hex[byte & 15]}, 2});
}

/* The first byte that is to be escaped; what is beyond ASCII is not. */
static const char *plain_end(const char *at, const char *end)
{
    at = idp_json_plain_skip(at, end);
    while (at < end && is_plain(*at)) {
        at = idp_json_plain_skip(at + 1, end);
    }
    return at;
}

static void write_escaped(struct idp_text *text, const char *at, const char *end)
{
    idp_text_add_char(text, '"');
    while (at < end) {
        const char *start = at;
        at = plain_end(start, end);
        idp_text_add(text, (struct idp_bytes){start, (size_t)(at - start)});
        if (at < end) {
            write_escape(text, *at++);
        }
    }
    idp_text_add_char(text, '"');
}

static void write_string(struct idp_text *text, struct idp_bytes string)
{
    const char *end = string.data + string.size;
    if (plain_end(string.data, end) < end) {
        write_escaped(text, string.data, end);
        return;
    }
    char *out = idp_text_extend(text, string.size + 2);
    *out++ = '"';
    if (string.size > 0) {
        memcpy(out, string.data, string.size);
    }
    out[string.size] = '"';
}

/* ---- numbers ---- */

static void write_zeros(struct idp_text *text, int count)
{
    for (int i = 0; i < count; i++) {
        idp_text_add_char(text, '0');
    }
}

static void write_digits(struct idp_text *text, const struct idp_decimal *decimal, int from, int to)
{
    if (from < to) {
        idp_text_add(text, (struct idp_bytes){decimal->digits + from, (size_t)(to - from)});
    }
}

void idp_json_number_write(struct idp_text *text, struct idp_bytes number)
{
    struct idp_decimal decimal;
    idp_decimal_read(&decimal, number);
    if (decimal.count > 0 && decimal.negative) {
        idp_text_add_char(text, '-');
    }
    if (decimal.count == 0 || decimal.point <= 0) {
        idp_text_add_char(text, '0');
    }
    if (decimal.count == 0) {
        return;
    }
    int whole = decimal.point < 0 ? 0 : decimal.point;
    whole = whole > decimal.count ? decimal.count : whole;
    write_digits(text, &decimal, 0, whole);
    write_zeros(text, decimal.point - decimal.count);
    if (whole == decimal.count) {
        return;
    }
    idp_text_add_char(text, '.');
    write_zeros(text, -decimal.point);
    write_digits(text, &decimal, whole, decimal.count);
}

/* ---- values ---- */

static void write_member(struct writer *writer, const struct idp_json *member)
{
    write_string(&writer->text, member->name);
    idp_text_add_char(&writer->text, ':');
    write_value(writer, member);
}

static void write_array(struct writer *writer, const struct idp_json *array)
{
    idp_text_add_char(&writer->text, '[');
    for (const struct idp_json *item = array->child; item != NULL; item = item->next) {
        if (item != array->child) {
            idp_text_add_char(&writer->text, ',');
        }
        write_value(writer, item);
    }
    idp_text_add_char(&writer->text, ']');
}

static void write_object(struct writer *writer, const struct idp_json *object)
{
    idp_text_add_char(&writer->text, '{');
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        if (member != object->child) {
            idp_text_add_char(&writer->text, ',');
        }
        write_member(writer, member);
    }
    idp_text_add_char(&writer->text, '}');
}

static void write_object_sorted(struct writer *writer, const struct idp_json *object)
{
    size_t count;
    const struct idp_json **members = idp_json_sorted(writer->text.call, object, &count);
    idp_text_add_char(&writer->text, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            idp_text_add_char(&writer->text, ',');
        }
        write_member(writer, members[i]);
    }
    idp_text_add_char(&writer->text, '}');
}

static void write_value(struct writer *writer, const struct idp_json *json)
{
    switch (json->kind) {
    case IDP_JSON_NULL:
        idp_text_add_c(&writer->text, "null");
        return;
    case IDP_JSON_FALSE:
        idp_text_add_c(&writer->text, "false");
        return;
    case IDP_JSON_TRUE:
        idp_text_add_c(&writer->text, "true");
        return;
    case IDP_JSON_NUMBER:
        if (writer->canonical) {
            idp_json_number_write(&writer->text, json->text);
        } else {
            idp_text_add(&writer->text, json->text);
        }
        return;
    case IDP_JSON_STRING:
        write_string(&writer->text, json->text);
        return;
    case IDP_JSON_ARRAY:
        write_array(writer, json);
        return;
    case IDP_JSON_OBJECT:
        if (writer->canonical) {
            write_object_sorted(writer, json);
        } else {
            write_object(writer, json);
        }
        return;
    }
}

struct idp_bytes idp_json_text(struct idp_call *call, const struct idp_json *json)
{
    struct writer writer = {.text = {.call = call}};
    write_value(&writer, json);
    return idp_text_bytes(&writer.text);
}

struct idp_bytes idp_json_canonical(struct idp_call *call, const struct idp_json *json)
{
    struct writer writer = {.text = {.call = call}, .canonical = true};
    write_value(&writer, json);
    return idp_text_bytes(&writer.text);
}
