/* SPDX-License-Identifier: Apache-2.0 */
/* key_cache.c - parsed keys, found by the text they came from. Key text comes with every call, and
 * parsing it costs up to twenty times a verification. */
#include "core/jose/key.h"

#include <openssl/crypto.h>
#include <string.h>

enum { KEY_TOTAL_MAX = 512, NAME_SIZE_MAX = 4 << 10 };

/* One block: the set, its keys, their texts. */
struct key_block {
    size_t size;
    struct idp_key_set set;
    struct idp_key *keys;
};

static void block_release(void *object)
{
    struct key_block *block = object;
    for (size_t i = 0; i < block->set.count; i++) {
        idp_key_contexts_free(block->keys[i].contexts);
        EVP_PKEY_free(block->keys[i].pkey);
    }
    OPENSSL_clear_free(block, block->size);
}

static struct idp_cache caches[] = {
    [IDP_KEYS_VERIFYING] = {.release = block_release,
                            .weight_max = KEY_TOTAL_MAX,
                            .mutex = PTHREAD_MUTEX_INITIALIZER},
    [IDP_KEYS_SIGNING] = {.release = block_release,
                          .weight_max = KEY_TOTAL_MAX,
                          .mutex = PTHREAD_MUTEX_INITIALIZER},
    [IDP_KEYS_STORED] = {.release = block_release,
                         .weight_max = KEY_TOTAL_MAX,
                         .mutex = PTHREAD_MUTEX_INITIALIZER},
};

/* What a text is found by: itself, or its digest where it is long. */
static struct idp_bytes name_of(struct idp_call *call, struct idp_bytes text)
{
    return text.size <= NAME_SIZE_MAX ? text : idp_digest(call, "idplane keys", &text, 1);
}

struct idp_key_set idp_key_cache_get(struct idp_call *call, enum idp_key_cache cache,
                                     struct idp_bytes text)
{
    const struct key_block *block = idp_cache_get(call, &caches[cache], name_of(call, text));
    return block == NULL ? (struct idp_key_set){.count = 0} : block->set;
}

/* Copies `bytes` to *place, which moves behind them. */
static struct idp_bytes place_bytes(char **place, struct idp_bytes bytes)
{
    if (bytes.data == NULL) {
        return bytes;
    }
    struct idp_bytes copy = {memcpy(*place, bytes.data, bytes.size), bytes.size};
    *place += bytes.size;
    return copy;
}

static size_t block_size(struct idp_key_set set)
{
    size_t size = sizeof(struct key_block) +
                  set.count * (sizeof(struct idp_key) + sizeof(const struct idp_key *));
    for (size_t i = 0; i < set.count; i++) {
        const struct idp_key *key = set.keys[i];
        size += key->kid.size + key->secret.size + key->x5t.size + key->x5t_s256.size;
    }
    return size;
}

static void key_copy(struct idp_key *key, const struct idp_key *from, char **place)
{
    *key = *from;
    key->kid = place_bytes(place, key->kid);
    key->secret = place_bytes(place, key->secret);
    key->x5t = place_bytes(place, key->x5t);
    key->x5t_s256 = place_bytes(place, key->x5t_s256);
    if (key->pkey != NULL) {
        EVP_PKEY_up_ref(key->pkey);
    }
    key->usual = idp_algorithm_usual(key);
    key->contexts = idp_key_contexts_new();
}

static struct key_block *block_new(struct idp_key_set set)
{
    size_t size = block_size(set);
    struct key_block *block = OPENSSL_zalloc(size);
    if (block == NULL) {
        return NULL;
    }
    block->size = size;
    block->keys = (struct idp_key *)(block + 1);
    const struct idp_key **list = (const struct idp_key **)(block->keys + set.count);
    char *place = (char *)(list + set.count);
    for (size_t i = 0; i < set.count; i++) {
        key_copy(&block->keys[i], set.keys[i], &place);
        list[i] = &block->keys[i];
    }
    block->set = (struct idp_key_set){.count = set.count, .keys = list};
    return block;
}

/* A lent key will be another one when the call has ended. */
static bool holds_lent(struct idp_key_set set)
{
    size_t i = 0;
    while (i < set.count && !set.keys[i]->is_lent) {
        i++;
    }
    return i < set.count;
}

struct idp_key_set idp_key_cache_put(struct idp_call *call, enum idp_key_cache cache,
                                     struct idp_bytes text, struct idp_key_set set)
{
    struct key_block *block = holds_lent(set) ? NULL : block_new(set);
    if (block == NULL) {
        return set;
    }
    idp_cache_put(call, &caches[cache], name_of(call, text), block, set.count);
    return block->set;
}
