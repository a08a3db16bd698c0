/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c - from bytes to a tree in one pass: values, members, limits, no name twice. The words
 * are json_scan.c's. */
#include <stddef.h>
#include <string.h>

#include "core/base/json_scan.h"

enum {
    PAIRWISE_COUNT_MAX = 16, /* up to here comparing each pair is faster than sorting */
    NODE_BATCH = 24
};

struct reader {
    struct idp_json_scan scan;
    size_t value_count, value_count_max, depth;
    struct idp_json *nodes;
    size_t node_count; /* left of the batch */
    size_t step_count;
    struct idp_bytes steps[IDP_JSON_DEPTH_MAX + 1]; /* out of what was refused (json_pointer.c) */
};

static const char *read_value(struct reader *reader, const char *at, struct idp_json *parent,
                              struct idp_bytes name);

static struct idp_json *node_new(struct reader *reader)
{
    if (reader->node_count == 0) {
        reader->node_count = NODE_BATCH;
        reader->nodes = idp_allocate(reader->scan.call, NODE_BATCH * sizeof *reader->nodes);
    }
    reader->node_count--;
    return reader->nodes++;
}

/* ---- where it was refused ---- */

/* NULL, for what was refused in the member of this name; data NULL: in the item of this number. */
static const char *refused_in(struct reader *reader, struct idp_bytes step)
{
    reader->steps[reader->step_count++] = step;
    return NULL;
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

/* A byte. Names of another size, first, middle or last byte are mostly told apart by it. */
static unsigned name_hash(struct idp_bytes name)
{
    const unsigned char *bytes = (const unsigned char *)name.data;
    if (name.size == 0) {
        return 0;
    }
    uint32_t mix = (uint32_t)name.size << 24 | (uint32_t)bytes[0] << 16 |
                   (uint32_t)bytes[name.size / 2] << 8 | bytes[name.size - 1];
    return mix * UINT32_C(2654435761) >> 24;
}

/* A member whose name another has, too; NULL: none. Few pairs are left to compare. */
static const struct idp_json *pairwise_twice(const struct idp_json *object)
{
    uint64_t seen[4] = {0}; /* a bit for each hash */
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        unsigned hash = name_hash(member->name);
        uint64_t *word = &seen[hash / 64], bit = UINT64_C(1) << hash % 64;
        if ((*word & bit) != 0 && stands_before(object, member)) {
            return member;
        }
        *word |= bit;
    }
    return NULL;
}

static const struct idp_json *sorted_twice(struct idp_call *call, const struct idp_json *object)
{
    size_t count;
    const struct idp_json **members = idp_json_sorted(call, object, &count);
    for (size_t i = 1; i < count; i++) {
        if (idp_bytes_equal(members[i - 1]->name, members[i]->name)) {
            return members[i];
        }
    }
    return NULL;
}

/* ---- objects and arrays ---- */

/* Enters an object or array: its first item, or what closes it. */
static const char *enter(struct reader *reader, const char *at)
{
    if (++reader->depth > IDP_JSON_DEPTH_MAX) {
        return idp_json_refuse(&reader->scan, "too deep");
    }
    return idp_json_space_skip(&reader->scan, at + 1);
}

/* The depth goes back where it was, so that it bounds the recursion. */
static const char *leave(struct reader *reader, const char *at, char close)
{
    if (at == reader->scan.end || *at != close) {
        return idp_json_refuse_at(&reader->scan, at);
    }
    reader->depth--;
    return at + 1;
}

/* True where another item follows. */
static bool follows(const struct reader *reader, const char **at)
{
    *at = idp_json_space_skip(&reader->scan, *at);
    bool another = *at < reader->scan.end && **at == ',';
    *at += another;
    return another;
}

static const char *read_member(struct reader *reader, const char *at, struct idp_json *object)
{
    struct idp_json_scan *scan = &reader->scan;
    struct idp_bytes name;
    at = idp_json_space_skip(scan, at);
    if (at == scan->end || *at != '"') {
        return idp_json_refuse_at(scan, at);
    }
    at = idp_json_string_scan(scan, at + 1, &name);
    if (at == NULL) {
        return NULL;
    }
    at = idp_json_space_skip(scan, at);
    if (at == scan->end || *at != ':') {
        return idp_json_refuse_at(scan, at);
    }
    at = read_value(reader, at + 1, object, name);
    return at == NULL ? refused_in(reader, name) : at;
}

static const char *read_object(struct reader *reader, const char *at, struct idp_json *object)
{
    size_t count = 0;
    object->kind = IDP_JSON_OBJECT;
    at = enter(reader, at);
    if (at != NULL && at < reader->scan.end && *at == '}') {
        return leave(reader, at, '}');
    }
    do {
        at = at == NULL ? NULL : read_member(reader, at, object);
        if (at == NULL) {
            return NULL;
        }
        count++;
    } while (follows(reader, &at));
    const struct idp_json *twice = count <= PAIRWISE_COUNT_MAX
                                       ? pairwise_twice(object)
                                       : sorted_twice(reader->scan.call, object);
    if (twice != NULL) {
        idp_json_refuse(&reader->scan, "duplicate member");
        return refused_in(reader, twice->name);
    }
    return leave(reader, at, '}');
}

static const char *read_array(struct reader *reader, const char *at, struct idp_json *array)
{
    array->kind = IDP_JSON_ARRAY;
    at = enter(reader, at);
    if (at != NULL && at < reader->scan.end && *at == ']') {
        return leave(reader, at, ']');
    }
    if (at == NULL) {
        return NULL;
    }
    size_t index = 0;
    do {
        at = read_value(reader, at, array, (struct idp_bytes){0});
        if (at == NULL) {
            return refused_in(reader, (struct idp_bytes){NULL, index});
        }
        index++;
    } while (follows(reader, &at));
    return leave(reader, at, ']');
}

/* ---- values ---- */

static const char *read_word(struct reader *reader, const char *at, struct idp_json *node,
                             enum idp_json_kind kind, const char *word)
{
    node->kind = kind;
    return idp_json_word_scan(&reader->scan, at, word);
}

/* By its first byte. What starts no value is no number either. */
static const char *read_kind(struct reader *reader, const char *at, struct idp_json *node)
{
    switch (*at) {
    case '"':
        node->kind = IDP_JSON_STRING;
        return idp_json_string_scan(&reader->scan, at + 1, &node->text);
    case '{':
        return read_object(reader, at, node);
    case '[':
        return read_array(reader, at, node);
    case 't':
        return read_word(reader, at, node, IDP_JSON_TRUE, "true");
    case 'f':
        return read_word(reader, at, node, IDP_JSON_FALSE, "false");
    case 'n':
        return read_word(reader, at, node, IDP_JSON_NULL, "null");
    default:
        node->kind = IDP_JSON_NUMBER;
        return idp_json_number_scan(&reader->scan, at, &node->text);
    }
}

/* Reads a value and hangs it into its parent. */
static const char *read_value(struct reader *reader, const char *at, struct idp_json *parent,
                              struct idp_bytes name)
{
    struct idp_json_scan *scan = &reader->scan;
    at = idp_json_space_skip(scan, at);
    if (at == scan->end) {
        return idp_json_refuse_at(scan, at);
    }
    if (++reader->value_count > reader->value_count_max) {
        return idp_json_refuse(scan, "too many values");
    }
    struct idp_json *node = node_new(reader);
    idp_json_add_named(parent, name, node);
    return read_kind(reader, at, node);
}

const struct idp_json *idp_json_read(struct idp_call *call, struct idp_bytes text, const char **why)
{
    return idp_json_read_many(call, text, IDP_JSON_MEMBER_COUNT_MAX, why, NULL);
}

const struct idp_json *idp_json_read_many(struct idp_call *call, struct idp_bytes text,
                                          size_t value_count_max, const char **why,
                                          struct idp_bytes *path)
{
    struct reader reader;
    memset(&reader, 0, offsetof(struct reader, steps));
    reader.scan = (struct idp_json_scan){.call = call};
    reader.value_count_max = value_count_max;
    struct idp_json root = {0};
    const char *at = NULL;
    if (text.size == 0 || text.size > IDP_JSON_SIZE_MAX) {
        idp_json_refuse(&reader.scan, text.size == 0 ? "empty" : "too large");
    } else {
        reader.scan.end = text.data + text.size;
        at = read_value(&reader, text.data, &root, (struct idp_bytes){0});
        at = at == NULL ? NULL : idp_json_space_skip(&reader.scan, at);
    }
    if (at != NULL && at < reader.scan.end) {
        at = idp_json_refuse(&reader.scan, "trailing bytes");
    }
    if (path != NULL) {
        *path = idp_json_pointer(call, reader.steps, reader.step_count);
    }
    *why = reader.scan.why;
    return at == NULL ? NULL : root.child;
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

void idp_json_members_check(struct idp_call *call, const struct idp_json *object, const char *what,
                            const char *names)
{
    const struct idp_json *member = object == NULL ? NULL : object->child;
    for (; member != NULL; member = member->next) {
        if (!idp_word_in(idp_bytes_of(names), member->name)) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT,
                          "A member of %s is not known; the members are: %s.", what, names);
        }
    }
}

bool idp_json_flag(struct idp_call *call, const struct idp_json *options, const char *name)
{
    const struct idp_json *member = idp_json_member(options, name);
    if (member != NULL && member->kind != IDP_JSON_TRUE && member->kind != IDP_JSON_FALSE) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The option %s is true or false.", name);
    }
    return idp_json_is_true(options, name);
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
