/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - rows of a statement as one block of bytes, and what they were asked for with as a key:
 * for hosts that keep rows which hardly ever change. */
#include <string.h>

#include "core/base/base.h"

enum { KEY_SIZE_MAX = 1024 };

static bool has_bytes(const struct idp_value *value)
{
    return value->kind == 't' || value->kind == 'x' || value->kind == 'j';
}

size_t idp_rows_size(struct idp_rows rows)
{
    size_t size = rows.count * rows.columns * sizeof *rows.values;
    for (size_t i = 0; i < rows.count * rows.columns; i++) {
        size += has_bytes(&rows.values[i]) ? rows.values[i].bytes.size + 1 : 0;
    }
    return size;
}

struct idp_rows idp_rows_copy(struct idp_rows rows, void *block)
{
    size_t count = rows.count * rows.columns;
    struct idp_value *values = memcpy(block, rows.values, count * sizeof *values);
    char *place = (char *)(values + count);
    for (size_t i = 0; i < count; i++) {
        if (has_bytes(&values[i])) {
            values[i].bytes.data = memcpy(place, values[i].bytes.data, values[i].bytes.size);
            place += values[i].bytes.size;
            *place++ = 0;
        }
    }
    rows.values = values;
    return rows;
}

/* ---- keys: kind and number of each argument, of one that has bytes their size and they ---- */

static size_t key_size(const struct idp_value *arguments, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count && size <= KEY_SIZE_MAX; i++) {
        size += 1 + sizeof(int64_t) + (has_bytes(&arguments[i]) ? arguments[i].bytes.size : 0);
    }
    return size;
}

struct idp_bytes idp_rows_key(struct idp_call *call, const struct idp_statement *statement,
                              const struct idp_value *arguments)
{
    size_t count = strlen(statement->arguments), size = key_size(arguments, count);
    if (size > KEY_SIZE_MAX) {
        return (struct idp_bytes){NULL, 0};
    }
    char *key = idp_allocate(call, size), *at = key;
    for (size_t i = 0; i < count; i++) {
        const struct idp_value *value = &arguments[i];
        size_t more = has_bytes(value) ? value->bytes.size : 0;
        int64_t number = has_bytes(value) ? (int64_t)more : value->integer;
        *at++ = value->kind;
        memcpy(at, &number, sizeof number);
        at += sizeof number;
        memcpy(at, more == 0 ? "" : value->bytes.data, more);
        at += more;
    }
    return (struct idp_bytes){key, size};
}
