/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c - from bytes to a tree: json_scan.c decides what is JSON, cJSON parses and unescapes
 * it, and the tree is laid over cJSON's strings, which live and are wiped with the call. */
#include <cjson/cJSON.h>
#include <string.h>

#include "core/base/base.h"

/* Up to here comparing each pair is faster than sorting. */
enum { PAIRWISE_COUNT_MAX = 16 };

static void tree_wipe(cJSON *tree)
{
    for (cJSON *item = tree; item != NULL; item = item->next) {
        if (item->valuestring != NULL) {
            idp_wipe(item->valuestring, strlen(item->valuestring));
        }
        tree_wipe(item->child);
    }
}

static void tree_release(void *tree)
{
    tree_wipe(tree);
    cJSON_Delete(tree);
}

/* ---- duplicate members ---- */

static bool pairwise_unique(const struct idp_json *object)
{
    for (const struct idp_json *left = object->child; left != NULL; left = left->next) {
        for (const struct idp_json *right = left->next; right != NULL; right = right->next) {
            if (left->name.size == right->name.size && idp_bytes_equal(left->name, right->name)) {
                return false;
            }
        }
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

/* ---- the tree ---- */

struct reader {
    struct idp_call *call;
    struct idp_json *node_next;
    bool unique;
};

static enum idp_json_kind kind_of(const cJSON *from)
{
    switch (from->type & 0xFF) {
    case cJSON_False:
        return IDP_JSON_FALSE;
    case cJSON_True:
        return IDP_JSON_TRUE;
    case cJSON_String:
        return from->valuestring[0] == (char)0xFF ? IDP_JSON_NUMBER : IDP_JSON_STRING;
    case cJSON_Array:
        return IDP_JSON_ARRAY;
    case cJSON_Object:
        return IDP_JSON_OBJECT;
    default:
        return IDP_JSON_NULL;
    }
}

/* Recursion ends at IDP_JSON_DEPTH_MAX, which the scan has checked. */
static struct idp_json *tree_of(struct reader *reader, const cJSON *from)
{
    struct idp_json *node = reader->node_next++;
    node->kind = kind_of(from);
    node->text = idp_bytes_of(from->valuestring);
    if (node->kind == IDP_JSON_NUMBER) {
        node->text.data++;
        node->text.size--;
    }
    size_t count = 0;
    for (const cJSON *item = from->child; item != NULL; item = item->next, count++) {
        idp_json_add_named(node, idp_bytes_of(item->string), tree_of(reader, item));
    }
    if (node->kind == IDP_JSON_OBJECT && reader->unique) {
        reader->unique =
            count <= PAIRWISE_COUNT_MAX ? pairwise_unique(node) : sorted_unique(reader->call, node);
    }
    return node;
}

const struct idp_json *idp_json_read(struct idp_call *call, struct idp_bytes text, const char **why)
{
    struct idp_json_scan scan;
    *why = idp_json_scan(call, text, &scan);
    if (*why != NULL) {
        return NULL;
    }
    struct idp_json *nodes = idp_allocate(call, scan.value_count * sizeof *nodes);
    cJSON *parsed = cJSON_ParseWithLengthOpts(scan.text.data, scan.text.size + 1, NULL, true);
    if (parsed == NULL) {
        idp_fail(call, IDP_OUT_OF_MEMORY);
    }
    idp_own(call, parsed, tree_release);
    struct reader reader = {call, nodes, true};
    const struct idp_json *tree = tree_of(&reader, parsed);
    if (reader.unique) {
        return tree;
    }
    *why = "duplicate member";
    return NULL;
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
