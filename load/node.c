/* SPDX-License-Identifier: Apache-2.0 */
/* node.c - values with the place where they stood, and their JSON. */
#include "load/load.h"

#include <cjson/cJSON.h>

struct node *node_new(struct loader *loader, enum kind kind, const struct node *where)
{
    struct node *node = obtain(loader, sizeof *node);
    node->kind = kind;
    if (where != NULL) {
        node->file = where->file;
        node->line = where->line;
    }
    return node;
}

void node_add(struct node *parent, struct node *item, const char *name)
{
    item->name = name;
    item->parent = parent;
    item->next = NULL;
    *(parent->last != NULL ? &parent->last->next : &parent->child) = item;
    parent->last = item;
}

void node_remove(struct node *node)
{
    struct node *before = NULL;
    for (struct node *item = node->parent->child; item != node; item = item->next) {
        before = item;
    }
    *(before != NULL ? &before->next : &node->parent->child) = node->next;
    if (node->parent->last == node) {
        node->parent->last = before;
    }
    node->next = NULL;
}

struct node *member(const struct node *object, const char *name)
{
    if (object == NULL || object->kind != NODE_OBJECT) {
        return NULL;
    }
    for (struct node *item = object->child; item != NULL; item = item->next) {
        if (strcmp(item->name, name) == 0) {
            return item;
        }
    }
    return NULL;
}

void member_set(struct loader *loader, struct node *object, const char *name, const char *text)
{
    struct node *item = member(object, name);
    if (item == NULL) {
        item = node_new(loader, NODE_STRING, object);
        node_add(object, item, name);
    }
    item->kind = NODE_STRING;
    item->child = item->last = NULL;
    item->text = text;
}

const char *path_of(struct loader *loader, const struct node *node)
{
    if (node->parent == NULL) {
        return "";
    }
    const char *before = path_of(loader, node->parent);
    if (node->name != NULL) {
        return text_of(loader, "%s%s%.64s", before, *before != '\0' ? "." : "", node->name);
    }
    size_t index = 0;
    for (const struct node *item = node->parent->child; item != node && item != NULL;
         item = item->next) {
        index++;
    }
    return text_of(loader, "%s[%zu]", before, index);
}

static cJSON *tree_of(const struct node *node)
{
    switch (node->kind) {
    case NODE_NULL:
        return cJSON_CreateNull();
    case NODE_FALSE:
    case NODE_TRUE:
        return cJSON_CreateBool(node->kind == NODE_TRUE);
    case NODE_NUMBER:
        return cJSON_CreateRaw(node->text);
    case NODE_STRING:
        return cJSON_CreateString(node->text);
    default:
        break;
    }
    cJSON *parent = node->kind == NODE_ARRAY ? cJSON_CreateArray() : cJSON_CreateObject();
    for (const struct node *item = node->child; item != NULL; item = item->next) {
        if (node->kind == NODE_ARRAY) {
            cJSON_AddItemToArray(parent, tree_of(item));
        } else {
            cJSON_AddItemToObject(parent, item->name, tree_of(item));
        }
    }
    return parent;
}

const char *json_of(struct loader *loader, const struct node *node)
{
    cJSON *tree = tree_of(node);
    char *text = cJSON_PrintUnformatted(tree);
    cJSON_Delete(tree);
    if (text == NULL) {
        fail(loader, "out of memory");
    }
    const char *copy = text_copy(loader, text, strlen(text));
    cJSON_free(text);
    return copy;
}
