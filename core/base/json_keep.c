/* SPDX-License-Identifier: Apache-2.0 */
/* json_keep.c - JSON that outlives its call, for what a cache holds: the tree and its texts in one
 * block, behind the struct that was read from it. */
#include <openssl/crypto.h>
#include <string.h>

#include "core/base/base.h"

/* Where the copy goes: nodes from the front, texts behind them. */
struct room {
    struct idp_json *node;
    char *text;
};

static size_t node_count(const struct idp_json *json)
{
    size_t count = 1;
    for (const struct idp_json *item = json->child; item != NULL; item = item->next) {
        count += node_count(item);
    }
    return count;
}

static size_t text_size(const struct idp_json *json)
{
    size_t size = json->name.size + json->text.size;
    for (const struct idp_json *item = json->child; item != NULL; item = item->next) {
        size += text_size(item);
    }
    return size;
}

static struct idp_bytes text_place(struct room *room, struct idp_bytes text)
{
    if (text.data == NULL) {
        return text;
    }
    struct idp_bytes copy = {memcpy(room->text, text.data, text.size), text.size};
    room->text += text.size;
    return copy;
}

/* Recursion ends where that of the reader did. */
static struct idp_json *place(struct room *room, const struct idp_json *json)
{
    struct idp_json *node = room->node++;
    *node = (struct idp_json){.kind = json->kind, .text = text_place(room, json->text)};
    for (const struct idp_json *item = json->child; item != NULL; item = item->next) {
        struct idp_bytes name = text_place(room, item->name);
        idp_json_add_named(node, name, place(room, item));
    }
    return node;
}

void *idp_json_keep(const struct idp_json *json, size_t head_size, const struct idp_json **copy)
{
    size_t count = node_count(json);
    head_size = (head_size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
    char *block = OPENSSL_zalloc(head_size + count * sizeof *json + text_size(json));
    if (block == NULL) {
        return NULL;
    }
    struct room room = {.node = (struct idp_json *)(block + head_size)};
    room.text = (char *)(room.node + count);
    *copy = place(&room, json);
    return block;
}

void idp_json_kept_release(void *block)
{
    OPENSSL_free(block);
}
