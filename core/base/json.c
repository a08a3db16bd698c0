/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - JSON trees in the arena: looking into them and building them. */
#include <stdlib.h>
#include <string.h>

#include "core/base/json_number.h"

/* ---- looking ---- */

const struct idp_json *idp_json_member(const struct idp_json *object, const char *name)
{
    if (!idp_json_is(object, IDP_JSON_OBJECT)) {
        return NULL;
    }
    struct idp_bytes wanted = idp_bytes_of(name);
    const struct idp_json *member = object->child;
    while (member != NULL && !idp_bytes_equal(member->name, wanted)) {
        member = member->next;
    }
    return member;
}

struct idp_bytes idp_json_string(const struct idp_json *object, const char *name)
{
    const struct idp_json *member = idp_json_member(object, name);
    return idp_json_is(member, IDP_JSON_STRING) ? member->text : (struct idp_bytes){0};
}

bool idp_json_is_true(const struct idp_json *object, const char *name)
{
    return idp_json_is(idp_json_member(object, name), IDP_JSON_TRUE);
}

/* Counts downwards, because the range below zero is the larger one. */
bool idp_json_integer(const struct idp_json *json, int64_t *out)
{
    if (!idp_json_is(json, IDP_JSON_NUMBER)) {
        return false;
    }
    const char *at = json->text.data, *end = at + json->text.size;
    bool negative = at < end && *at == '-';
    at += negative;
    if (at == end) {
        return false;
    }
    int64_t number = 0;
    for (; at < end; at++) {
        if (*at < '0' || *at > '9') {
            return false;
        }
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_sub_overflow(number, *at - '0', &number)) {
            return false;
        }
    }
    if (!negative && number == INT64_MIN) {
        return false;
    }
    *out = negative ? number : -number;
    return true;
}

bool idp_json_holds(const struct idp_json *array, struct idp_bytes text)
{
    const struct idp_json *item = array->child;
    while (item != NULL && !(item->kind == IDP_JSON_STRING && idp_bytes_equal(item->text, text))) {
        item = item->next;
    }
    return item != NULL;
}

bool idp_json_is_repeated(const struct idp_json *array, const struct idp_json *item)
{
    const struct idp_json *before = array->child;
    while (before != item && !idp_bytes_equal(before->text, item->text)) {
        before = before->next;
    }
    return before != item;
}

size_t idp_json_count(const struct idp_json *json)
{
    size_t count = 1;
    for (const struct idp_json *item = json->child; item != NULL; item = item->next) {
        count += idp_json_count(item);
    }
    return count;
}

static size_t sum_of(size_t left, size_t right)
{
    size_t sum;
    return __builtin_add_overflow(left, right, &sum) ? SIZE_MAX : sum;
}

static size_t growths_of(const struct idp_json *json)
{
    size_t sum = json->kind == IDP_JSON_NUMBER ? idp_json_number_growth(json->text) : 0;
    for (const struct idp_json *item = json->child; item != NULL; item = item->next) {
        sum = sum_of(sum, growths_of(item));
    }
    return sum;
}

size_t idp_json_written_size(struct idp_call *call, const struct idp_json *json)
{
    return sum_of(idp_json_text(call, json).size, growths_of(json));
}

static int by_name(const void *left, const void *right)
{
    const struct idp_json *const *left_member = left, *const *right_member = right;
    return idp_bytes_compare((*left_member)->name, (*right_member)->name);
}

const struct idp_json **idp_json_sorted(struct idp_call *call, const struct idp_json *object,
                                        size_t *count)
{
    *count = 0;
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        ++*count;
    }
    const struct idp_json **members = idp_allocate(call, *count * sizeof(struct idp_json *));
    const struct idp_json **next = members;
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        *next++ = member;
    }
    qsort(members, *count, sizeof(struct idp_json *), by_name);
    return members;
}

/* ---- building ---- */

struct idp_json *idp_json_new(struct idp_call *call, enum idp_json_kind kind)
{
    struct idp_json *json = idp_allocate(call, sizeof *json);
    json->kind = kind;
    return json;
}

struct idp_json *idp_json_new_string(struct idp_call *call, struct idp_bytes text)
{
    struct idp_json *json = idp_json_new(call, IDP_JSON_STRING);
    json->text = text;
    return json;
}

struct idp_json *idp_json_new_integer(struct idp_call *call, int64_t number)
{
    struct idp_json *json = idp_json_new(call, IDP_JSON_NUMBER);
    struct idp_text text = {.call = call};
    idp_text_add_integer(&text, number);
    json->text = idp_text_bytes(&text);
    return json;
}

struct idp_json *idp_json_new_bool(struct idp_call *call, bool value)
{
    return idp_json_new(call, value ? IDP_JSON_TRUE : IDP_JSON_FALSE);
}

struct idp_json *idp_json_copy(struct idp_call *call, const struct idp_json *json)
{
    struct idp_json *copy = idp_json_new(call, json->kind);
    copy->text = idp_bytes_copy(call, json->text);
    for (const struct idp_json *item = json->child; item != NULL; item = item->next) {
        idp_json_add_named(copy, idp_bytes_copy(call, item->name), idp_json_copy(call, item));
    }
    return copy;
}

struct idp_json *idp_json_node(struct idp_call *call, const struct idp_json *json)
{
    struct idp_json *node = idp_json_new(call, json->kind);
    node->text = json->text;
    node->child = json->child;
    node->last = json->last;
    return node;
}

void idp_json_add(struct idp_json *parent, const char *name, struct idp_json *item)
{
    idp_json_add_named(parent, idp_bytes_of(name), item);
}

void idp_json_add_named(struct idp_json *parent, struct idp_bytes name, struct idp_json *item)
{
    item->name = name;
    item->next = NULL;
    if (parent->last != NULL) {
        parent->last->next = item;
    } else {
        parent->child = item;
    }
    parent->last = item;
}

void idp_json_add_shared(struct idp_call *call, struct idp_json *parent, const char *name,
                         const struct idp_json *value)
{
    idp_json_add(parent, name,
                 value == NULL ? idp_json_new(call, IDP_JSON_NULL) : idp_json_node(call, value));
}

void idp_json_add_string(struct idp_call *call, struct idp_json *object, const char *name,
                         struct idp_bytes text)
{
    if (text.data != NULL) {
        idp_json_add(object, name, idp_json_new_string(call, text));
    }
}

void idp_json_add_c(struct idp_call *call, struct idp_json *object, const char *name,
                    const char *text)
{
    idp_json_add_string(call, object, name, idp_bytes_of(text));
}

void idp_json_add_integer(struct idp_call *call, struct idp_json *object, const char *name,
                          int64_t number)
{
    idp_json_add(object, name, idp_json_new_integer(call, number));
}

void idp_json_add_bool(struct idp_call *call, struct idp_json *object, const char *name, bool value)
{
    idp_json_add(object, name, idp_json_new_bool(call, value));
}

struct idp_json *idp_json_words(struct idp_call *call, const char *words)
{
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    struct idp_bytes rest = idp_bytes_of(words);
    for (struct idp_bytes word = idp_word_next(&rest); word.size > 0; word = idp_word_next(&rest)) {
        idp_json_add(list, NULL, idp_json_new_string(call, word));
    }
    return list;
}

void idp_json_add_members(struct idp_call *call, struct idp_json *object,
                          const struct idp_json *from, const char *names)
{
    struct idp_bytes rest = idp_bytes_of(names);
    for (struct idp_bytes name = idp_word_next(&rest); name.size > 0; name = idp_word_next(&rest)) {
        const char *text = idp_text_c(call, name);
        const struct idp_json *member = idp_json_member(from, text);
        if (member != NULL) {
            idp_json_add_shared(call, object, text, member);
        }
    }
}

struct idp_json *idp_json_with(struct idp_call *call, const struct idp_json *object,
                               const char *name, const struct idp_json *value)
{
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);
    bool is_new = value != NULL;
    for (const struct idp_json *member = object == NULL ? NULL : object->child; member != NULL;
         member = member->next) {
        bool is_it = idp_bytes_is(member->name, name);
        const struct idp_json *kept = is_it ? value : member;
        is_new = is_new && !is_it;
        if (kept != NULL) {
            idp_json_add_named(out, member->name, idp_json_node(call, kept));
        }
    }
    if (is_new) {
        idp_json_add(out, name, idp_json_node(call, value));
    }
    return out;
}
