/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c - from bytes to a tree in one pass: values, members, limits, no name twice. The words
 * are json_scan.c's. */
#include <string.h>

#include "core/base/json_scan.h"

enum {
    PAIRWISE_COUNT_MAX = 16, /* up to here comparing each pair is faster than sorting */
    NODE_BATCH = 24
};

struct reader {
    struct idp_json_scan scan;
    size_t value_count, depth;
    struct idp_json *nodes;
    size_t node_count; /* left of the batch */
};

static bool read_value(struct reader *reader, struct idp_json **out);

static struct idp_json *node_new(struct reader *reader)
{
    if (reader->node_count == 0) {
        reader->node_count = NODE_BATCH;
        reader->nodes = idp_allocate(reader->scan.call, NODE_BATCH * sizeof *reader->nodes);
    }
    reader->node_count--;
    return reader->nodes++;
}

/* ---- no name twice ---- */

static bool stands_before(const struct idp_json *object, const struct idp_json *member)
{
    const struct idp_json *other = object->child;
    while (other != member && !idp_bytes_equal(other->name, member->name)) {
        other = other->next;
    }
    return other != member;
}

/* Below 64. Names of another size, first, middle or last byte are mostly told apart by it. */
static unsigned name_hash(struct idp_bytes name)
{
    const unsigned char *bytes = (const unsigned char *)name.data;
    if (name.size == 0) {
        return 0;
    }
    uint32_t mix = (uint32_t)name.size << 24 | (uint32_t)bytes[0] << 16 |
                   (uint32_t)bytes[name.size / 2] << 8 | bytes[name.size - 1];
    return mix * UINT32_C(2654435761) >> 26;
}

/* Few pairs are left to compare. */
static bool pairwise_unique(const struct idp_json *object)
{
    uint64_t seen = 0;
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        uint64_t bit = UINT64_C(1) << name_hash(member->name);
        if ((seen & bit) != 0 && stands_before(object, member)) {
            return false;
        }
        seen |= bit;
    }
    return true;
}

static bool sorted_unique(struct idp_call *call, const struct idp_json *object)
{
    size_t count;
    const struct idp_json **members = idp_json_sorted(call, object, &count);
    for (size_t i = 1; i < count; i++) {
        if (idp_bytes_equal(members[i - 1]->name, members[i]->name)) {
            return false;
        }
    }
    return true;
}

/* ---- objects and arrays ---- */

static bool read_member(struct reader *reader, struct idp_json *object)
{
    struct idp_json_scan *scan = &reader->scan;
    struct idp_bytes name;
    struct idp_json *value;
    if (!idp_json_mark_is(scan, '"')) {
        return idp_json_refuse_here(scan);
    }
    if (!idp_json_string_scan(scan, &name)) {
        return false;
    }
    if (!idp_json_mark_is(scan, ':')) {
        return idp_json_refuse_here(scan);
    }
    if (!read_value(reader, &value)) {
        return false;
    }
    idp_json_add_named(object, name, value);
    return true;
}

static bool read_item(struct reader *reader, struct idp_json *array)
{
    struct idp_json *value;
    if (!read_value(reader, &value)) {
        return false;
    }
    idp_json_add_named(array, (struct idp_bytes){0}, value);
    return true;
}

/* The items up to `close`; the depth goes back where it was, so that it bounds the recursion. */
static bool read_items(struct reader *reader, struct idp_json *parent, char close,
                       bool (*read)(struct reader *, struct idp_json *), size_t *count)
{
    struct idp_json_scan *scan = &reader->scan;
    scan->at++;
    if (++reader->depth > IDP_JSON_DEPTH_MAX) {
        return idp_json_refuse(scan, "too deep");
    }
    if (!idp_json_mark_is(scan, close)) {
        do {
            if (!read(reader, parent)) {
                return false;
            }
            ++*count;
        } while (idp_json_mark_is(scan, ','));
        if (!idp_json_mark_is(scan, close)) {
            return idp_json_refuse_here(scan);
        }
    }
    reader->depth--;
    return true;
}

static bool read_array(struct reader *reader, struct idp_json *array)
{
    size_t count = 0;
    array->kind = IDP_JSON_ARRAY;
    return read_items(reader, array, ']', read_item, &count);
}

static bool read_object(struct reader *reader, struct idp_json *object)
{
    size_t count = 0;
    object->kind = IDP_JSON_OBJECT;
    if (!read_items(reader, object, '}', read_member, &count)) {
        return false;
    }
    bool unique = count <= PAIRWISE_COUNT_MAX ? pairwise_unique(object)
                                              : sorted_unique(reader->scan.call, object);
    return unique || idp_json_refuse(&reader->scan, "duplicate member");
}

/* ---- values ---- */

static bool read_word(struct reader *reader, struct idp_json *node, enum idp_json_kind kind,
                      const char *word)
{
    node->kind = kind;
    return idp_json_word_scan(&reader->scan, word);
}

static bool read_string(struct reader *reader, struct idp_json *node)
{
    node->kind = IDP_JSON_STRING;
    reader->scan.at++;
    return idp_json_string_scan(&reader->scan, &node->text);
}

/* What starts no value is no number either. */
static bool read_number(struct reader *reader, struct idp_json *node)
{
    node->kind = IDP_JSON_NUMBER;
    return idp_json_number_scan(&reader->scan, &node->text);
}

static bool read_value(struct reader *reader, struct idp_json **out)
{
    struct idp_json_scan *scan = &reader->scan;
    idp_json_space_skip(scan);
    if (scan->at == scan->end) {
        return idp_json_refuse_here(scan);
    }
    if (++reader->value_count > IDP_JSON_MEMBER_COUNT_MAX) {
        return idp_json_refuse(scan, "too many values");
    }
    struct idp_json *node = *out = node_new(reader);
    switch (*scan->at) {
    case '"':
        return read_string(reader, node);
    case '{':
        return read_object(reader, node);
    case '[':
        return read_array(reader, node);
    case 't':
        return read_word(reader, node, IDP_JSON_TRUE, "true");
    case 'f':
        return read_word(reader, node, IDP_JSON_FALSE, "false");
    case 'n':
        return read_word(reader, node, IDP_JSON_NULL, "null");
    default:
        return read_number(reader, node);
    }
}

const struct idp_json *idp_json_read(struct idp_call *call, struct idp_bytes text, const char **why)
{
    struct reader reader = {.scan = {.call = call, .at = text.data, .end = text.data + text.size}};
    struct idp_json_scan *scan = &reader.scan;
    struct idp_json *tree;
    if (text.size == 0 || text.size > IDP_JSON_SIZE_MAX) {
        *why = text.size == 0 ? "empty" : "too large";
        return NULL;
    }
    bool read = read_value(&reader, &tree);
    idp_json_space_skip(scan);
    if (read && scan->at < scan->end) {
        read = idp_json_refuse(scan, "trailing bytes");
    }
    *why = scan->why;
    return read ? tree : NULL;
}

const struct idp_json *idp_json_argument(struct idp_call *call, struct idp_value value,
                                         const char *name)
{
    struct idp_bytes text = idp_text_of(value);
    if (text.data == NULL) {
        return NULL;
    }
    const char *why;
    const struct idp_json *json = idp_json_read(call, text, &why);
    if (json == NULL) {
        idp_fail_with(call, IDP_INVALID_JSON, "The argument %s is not strict JSON: %s.", name, why);
    }
    return json;
}

const struct idp_json *idp_json_object_argument(struct idp_call *call, struct idp_value value,
                                                const char *name)
{
    const struct idp_json *json = idp_json_argument(call, value, name);
    if (json != NULL && json->kind != IDP_JSON_OBJECT) {
        idp_fail_with(call, IDP_INVALID_JSON, "The argument %s must be a JSON object.", name);
    }
    return json;
}
