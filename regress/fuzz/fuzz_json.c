/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_json.c - any bytes: either refused with a reason, or a tree that survives being written and
 * read again, to the byte. A block of memory is refused at a place that the input chooses. */
#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy made with the shorthands that write answers. */
static struct idp_json *rebuild(struct idp_call *call, const struct idp_json *json)
{
    int64_t number;
    if (idp_json_integer(json, &number) && json->text.data[0] != '-')
        return idp_json_new_integer(call, number);
    if (json->kind == IDP_JSON_TRUE || json->kind == IDP_JSON_FALSE)
        return idp_json_new_bool(call, json->kind == IDP_JSON_TRUE);
    if (json->kind != IDP_JSON_OBJECT && json->kind != IDP_JSON_ARRAY)
        return idp_json_node(call, json);
    struct idp_json *copy = idp_json_new(call, json->kind);
    for (const struct idp_json *item = json->child; item != NULL; item = item->next) {
        bool is_object = json->kind == IDP_JSON_OBJECT;
        const char *name = is_object ? idp_text_c(call, item->name) : NULL;
        if (!is_object)
            idp_json_add_named(copy, item->name, rebuild(call, item));
        else if (item->kind == IDP_JSON_STRING)
            idp_json_add_string(call, copy, name, idp_json_string(json, name));
        else if (item->kind == IDP_JSON_TRUE)
            idp_json_add_bool(call, copy, name, true);
        else if (idp_json_integer(item, &number) && item->text.data[0] != '-')
            idp_json_add_integer(call, copy, name, number);
        else
            idp_json_add(copy, name, rebuild(call, item));
    }
    return copy;
}

/* Every member is found by its name, every string in its array. */
static void check_looking(struct idp_call *call, const struct idp_json *json)
{
    for (const struct idp_json *item = json->child; item != NULL; item = item->next) {
        if (json->kind == IDP_JSON_OBJECT)
            host_require(idp_json_member(json, idp_text_c(call, item->name)) == item);
        if (json->kind == IDP_JSON_ARRAY && item->kind == IDP_JSON_STRING)
            host_require(idp_json_holds(json, item->text));
        check_looking(call, item);
    }
}

static void check_json(struct idp_call *call, struct idp_bytes *rest)
{
    const char *why = NULL;
    const struct idp_json *json = idp_json_read(call, *rest, &why);
    host_require((json == NULL) == (why != NULL));
    if (json == NULL)
        return;
    struct idp_bytes text = idp_json_text(call, json);
    const struct idp_json *again = idp_json_read(call, text, &why);
    host_require(again != NULL && idp_bytes_equal(idp_json_text(call, again), text));

    check_looking(call, json);
    host_require(idp_bytes_equal(idp_json_text(call, rebuild(call, json)), text));

    /* A canonical text may be too long to read (1e400), else it is its own canonical text. */
    struct idp_bytes canonical = idp_json_canonical(call, idp_json_copy(call, json));
    again = idp_json_read(call, canonical, &why);
    if (again != NULL)
        host_require(idp_bytes_equal(idp_json_canonical(call, again), canonical));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check_json);
}
