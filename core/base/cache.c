/* SPDX-License-Identifier: Apache-2.0 */
/* cache.c - objects of the process that outlive a call, found by the bytes they were made from.
 *
 * Making them costs far more than the work they are for. A cache is a bounded table behind a mutex,
 * since a SQLite host may have many threads. What a call got stays alive until the call ends,
 * whatever is evicted meanwhile. Objects are immutable, so threads share them. */
#include <openssl/crypto.h>
#include <stdatomic.h>
#include <string.h>
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#else
static const char __libc_single_threaded = 0;
#endif

#include "core/base/base.h"

struct idp_cache_entry {
    struct idp_cache *cache;
    void *object;
    atomic_size_t reference_count; /* calls that hold it, and one for the table */
    size_t weight;
    uint64_t used_at;
    size_t key_size;
    char key[];
};

/* Adds to a count and returns what it was. A locked instruction costs as much as the rest of a
 * lookup, and most processes (every backend of PostgreSQL) have one thread. */
static size_t count_add(atomic_size_t *count, size_t more)
{
    if (!__libc_single_threaded) {
        return atomic_fetch_add(count, more);
    }
    size_t before = atomic_load_explicit(count, memory_order_relaxed);
    atomic_store_explicit(count, before + more, memory_order_relaxed);
    return before;
}

static void entry_free(struct idp_cache_entry *entry)
{
    entry->cache->release(entry->object);
    OPENSSL_clear_free(entry, sizeof *entry + entry->key_size);
}

/* Gives one reference back. */
static void entry_release(void *object)
{
    struct idp_cache_entry *entry = object;
    if (count_add(&entry->reference_count, (size_t)-1) == 1) {
        entry_free(entry);
    }
}

static bool is_of(const struct idp_cache_entry *entry, struct idp_bytes key)
{
    return entry != NULL && entry->key_size == key.size &&
           memcmp(entry->key, key.data, key.size) == 0;
}

/* With the mutex held: the slot of the key, or IDP_CACHE_ENTRY_COUNT_MAX. */
static size_t slot_find(const struct idp_cache *cache, struct idp_bytes key)
{
    size_t slot = 0;
    while (slot < IDP_CACHE_ENTRY_COUNT_MAX && !is_of(cache->entries[slot], key)) {
        slot++;
    }
    return slot;
}

const void *idp_cache_get(struct idp_call *call, struct idp_cache *cache, struct idp_bytes key)
{
    struct idp_cache_entry *found = NULL;
    pthread_mutex_lock(&cache->mutex);
    size_t slot = slot_find(cache, key);
    if (slot < IDP_CACHE_ENTRY_COUNT_MAX) {
        found = cache->entries[slot];
        count_add(&found->reference_count, 1);
        found->used_at = ++cache->use_count;
    }
    pthread_mutex_unlock(&cache->mutex);
    if (found == NULL) {
        return NULL;
    }
    idp_own(call, found, entry_release);
    return found->object;
}

/* ---- putting ---- */

static struct idp_cache_entry *entry_new(struct idp_cache *cache, struct idp_bytes key,
                                         void *object, size_t weight)
{
    struct idp_cache_entry *entry = OPENSSL_zalloc(sizeof *entry + key.size);
    if (entry == NULL) {
        return NULL;
    }
    *entry = (struct idp_cache_entry){
        .cache = cache, .object = object, .weight = weight, .key_size = key.size};
    memcpy(entry->key, key.data, key.size);
    return entry;
}

/* With the mutex held: the slot in use that was used longest ago; IDP_CACHE_ENTRY_COUNT_MAX where
 * none is in use. */
static size_t slot_oldest(const struct idp_cache *cache)
{
    size_t oldest = IDP_CACHE_ENTRY_COUNT_MAX;
    for (size_t i = 0; i < IDP_CACHE_ENTRY_COUNT_MAX; i++) {
        if (cache->entries[i] != NULL &&
            (oldest == IDP_CACHE_ENTRY_COUNT_MAX ||
             cache->entries[i]->used_at < cache->entries[oldest]->used_at)) {
            oldest = i;
        }
    }
    return oldest;
}

/* With the mutex held: the first slot without an entry, or IDP_CACHE_ENTRY_COUNT_MAX. */
static size_t slot_free(const struct idp_cache *cache)
{
    size_t slot = 0;
    while (slot < IDP_CACHE_ENTRY_COUNT_MAX && cache->entries[slot] != NULL) {
        slot++;
    }
    return slot;
}

/* With the mutex held: takes out the entry used longest ago. Where no call holds it, it joins the
 * list of those to free once the mutex is not held. */
static void evict(struct idp_cache *cache, struct idp_cache_entry **doomed, size_t *doomed_count)
{
    size_t slot = slot_oldest(cache);
    struct idp_cache_entry *entry = cache->entries[slot];
    cache->entries[slot] = NULL;
    cache->weight -= entry->weight;
    if (count_add(&entry->reference_count, (size_t)-1) == 1) {
        doomed[(*doomed_count)++] = entry;
    }
}

/* With the mutex held: makes room and puts the entry in. */
static void entry_insert(struct idp_cache *cache, struct idp_cache_entry *entry,
                         struct idp_cache_entry **doomed, size_t *doomed_count)
{
    while (cache->weight > 0 && cache->weight + entry->weight > cache->weight_max) {
        evict(cache, doomed, doomed_count);
    }
    if (slot_free(cache) == IDP_CACHE_ENTRY_COUNT_MAX) {
        evict(cache, doomed, doomed_count);
    }
    cache->entries[slot_free(cache)] = entry;
    cache->weight += entry->weight;
    entry->used_at = ++cache->use_count;
    entry->reference_count = 2; /* the table's and the caller's */
}

/* Where another thread was first, this entry serves the call only. */
const void *idp_cache_put(struct idp_call *call, struct idp_cache *cache, struct idp_bytes key,
                          void *object, size_t weight)
{
    struct idp_cache_entry *doomed[IDP_CACHE_ENTRY_COUNT_MAX];
    size_t doomed_count = 0;
    struct idp_cache_entry *entry = entry_new(cache, key, object, weight);
    if (entry == NULL) {
        return idp_own(call, object, cache->release);
    }
    entry->reference_count = 1;
    pthread_mutex_lock(&cache->mutex);
    if (slot_find(cache, key) == IDP_CACHE_ENTRY_COUNT_MAX) {
        entry_insert(cache, entry, doomed, &doomed_count);
    }
    pthread_mutex_unlock(&cache->mutex);
    for (size_t i = 0; i < doomed_count; i++) {
        entry_free(doomed[i]);
    }
    idp_own(call, entry, entry_release);
    return object;
}
