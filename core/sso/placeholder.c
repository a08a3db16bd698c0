/* SPDX-License-Identifier: Apache-2.0 */
/* placeholder.c - ${names} in a text, filled in one pass from the left. What is put in is never
 * looked at again, and what is no name that has a value stays as it is, byte for byte. */
#include <string.h>

#include "core/sso/sso.h"

/* The name in "${name}" at the left; data NULL: there is none. No name holds a dollar sign, so that
 * each byte is looked at once. */
static struct idp_bytes name_at(struct idp_bytes text)
{
    size_t end = 2;
    if (text.size < 4 || text.data[0] != '$' || text.data[1] != '{') {
        return (struct idp_bytes){NULL, 0};
    }
    while (end < text.size && text.data[end] != '}' && text.data[end] != '$') {
        end++;
    }
    bool is_name = end < text.size && text.data[end] == '}' && end > 2;
    return is_name ? (struct idp_bytes){text.data + 2, end - 2} : (struct idp_bytes){NULL, 0};
}

/* A short text may have many names, each of a long value. */
static void put(struct idp_text *out, struct idp_bytes part)
{
    if (out->size + part.size > IDP_FILLED_SIZE_MAX) {
        idp_fail_with(out->call, IDP_TOO_LARGE,
                      "The text would be longer than %d bytes with its placeholders filled.",
                      IDP_FILLED_SIZE_MAX);
    }
    idp_text_add(out, part);
}

static const struct idp_json *value_of(const struct idp_json *values, struct idp_bytes name)
{
    const struct idp_json *value = name.data == NULL ? NULL : values->child;
    while (value != NULL &&
           !(value->kind == IDP_JSON_STRING && idp_bytes_equal(value->name, name))) {
        value = value->next;
    }
    return value;
}

struct idp_bytes idp_placeholders_fill(struct idp_call *call, struct idp_bytes text,
                                       const struct idp_json *values)
{
    struct idp_text out = {.call = call};
    while (text.size > 0) {
        struct idp_bytes name = name_at(text);
        const struct idp_json *value = value_of(values, name);
        size_t size = value == NULL ? 1 : name.size + 3;
        if (value == NULL) {
            const char *next = memchr(text.data + 1, '$', text.size - 1);
            size = next == NULL ? text.size : (size_t)(next - text.data);
        }
        put(&out, value == NULL ? (struct idp_bytes){text.data, size} : value->text);
        text = (struct idp_bytes){text.data + size, text.size - size};
    }
    return idp_text_bytes(&out);
}
