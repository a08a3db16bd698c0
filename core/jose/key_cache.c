/* SPDX-License-Identifier: Apache-2.0 */
/* key_cache.c - parsed keys of the process, found by the digest of the text they came from.
 *
 * Key text comes with every call, and parsing it costs up to twenty times a verification. The cache
 * is the one thing here that outlives a call: a bounded table behind a mutex, since a SQLite host
 * may have many threads. What a call got stays alive until the call ends, whatever is evicted
 * meanwhile. Keys are immutable, so threads share them. */
#include "core/jose/key.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <string.h>

enum { ENTRY_COUNT_MAX = 64, KEY_TOTAL_MAX = 512 };

/* One block: the entry, its keys, their kids and secrets. */
struct key_entry {
    unsigned char digest[IDP_DIGEST_SIZE];
    size_t reference_count; /* calls that hold it, and one for the table */
    uint64_t used_at;
    size_t size, key_count;
    const struct idp_key **list;
    struct idp_key *keys;
};

static struct key_entry *entries[ENTRY_COUNT_MAX];
static size_t key_total;
static uint64_t use_count;
static pthread_mutex_t entry_mutex = PTHREAD_MUTEX_INITIALIZER;

static void entry_free(struct key_entry *entry)
{
    for (size_t i = 0; i < entry->key_count; i++) {
        EVP_MD_CTX_free(entry->keys[i].verify_template);
        EVP_MD_CTX_free(entry->keys[i].sign_template);
        EVP_MAC_CTX_free(entry->keys[i].mac_template);
        EVP_PKEY_free(entry->keys[i].pkey);
    }
    OPENSSL_clear_free(entry, entry->size);
}

/* Gives one reference back. */
static void entry_release(void *object)
{
    struct key_entry *entry = object;

    pthread_mutex_lock(&entry_mutex);
    bool last = --entry->reference_count == 0;
    pthread_mutex_unlock(&entry_mutex);
    if (last) {
        entry_free(entry);
    }
}

static bool is_of(const struct key_entry *entry, struct idp_bytes digest)
{
    return entry &&
           idp_equal((struct idp_bytes){(const char *)entry->digest, IDP_DIGEST_SIZE}, digest);
}

/* With the mutex held: the slot of the digest, or ENTRY_COUNT_MAX. */
static size_t slot_find(struct idp_bytes digest)
{
    size_t slot = 0;

    while (slot < ENTRY_COUNT_MAX && !is_of(entries[slot], digest)) {
        slot++;
    }
    return slot;
}

static struct idp_key_set set_of(struct idp_call *call, struct key_entry *entry)
{
    idp_own(call, entry, entry_release);
    return (struct idp_key_set){.count = entry->key_count, .keys = entry->list};
}

struct idp_key_set idp_key_cache_get(struct idp_call *call, struct idp_bytes digest)
{
    struct key_entry *found = NULL;

    pthread_mutex_lock(&entry_mutex);
    size_t slot = slot_find(digest);

    if (slot < ENTRY_COUNT_MAX) {
        found = entries[slot];
        found->reference_count++;
        found->used_at = ++use_count;
    }
    pthread_mutex_unlock(&entry_mutex);
    return found ? set_of(call, found) : (struct idp_key_set){.count = 0};
}

/* Copies `bytes` to *place, which moves behind them. */
static struct idp_bytes place_bytes(char **place, struct idp_bytes bytes)
{
    if (!bytes.data) {
        return bytes;
    }
    memcpy(*place, bytes.data, bytes.size);
    struct idp_bytes copy = {*place, bytes.size};
    *place += bytes.size;
    return copy;
}

static size_t entry_size(struct idp_key_set set)
{
    size_t size = sizeof(struct key_entry) +
                  set.count * (sizeof(struct idp_key) + sizeof(const struct idp_key *));

    for (size_t i = 0; i < set.count; i++) {
        size += set.keys[i]->kid.size + set.keys[i]->secret.size;
    }
    return size;
}

static struct key_entry *entry_new(struct idp_bytes digest, struct idp_key_set set)
{
    size_t size = entry_size(set);
    struct key_entry *entry = OPENSSL_zalloc(size);

    if (!entry) {
        return NULL;
    }
    memcpy(entry->digest, digest.data, IDP_DIGEST_SIZE);
    entry->size = size;
    entry->key_count = set.count;
    entry->keys = (struct idp_key *)(entry + 1);
    entry->list = (const struct idp_key **)(entry->keys + set.count);
    char *place = (char *)(entry->list + set.count);

    for (size_t i = 0; i < set.count; i++) {
        struct idp_key *key = &entry->keys[i];

        *key = *set.keys[i];
        key->kid = place_bytes(&place, key->kid);
        key->secret = place_bytes(&place, key->secret);
        if (key->pkey) {
            EVP_PKEY_up_ref(key->pkey);
        }
        idp_key_prepare(key);
        entry->list[i] = key;
    }
    return entry;
}

/* With the mutex held: empties the slot and returns what to release once it is not held. */
static struct key_entry *slot_empty(size_t slot)
{
    struct key_entry *entry = entries[slot];

    entries[slot] = NULL;
    if (!entry) {
        return NULL;
    }
    key_total -= entry->key_count;
    return --entry->reference_count == 0 ? entry : NULL;
}

/* With the mutex held: a free slot, else the one used longest ago. */
static size_t slot_oldest(void)
{
    size_t oldest = 0;

    for (size_t i = 0; i < ENTRY_COUNT_MAX; i++) {
        if (!entries[i]) {
            return i;
        }
        if (entries[i]->used_at < entries[oldest]->used_at) {
            oldest = i;
        }
    }
    return oldest;
}

/* With the mutex held: the slot in use that was used longest ago; only called where there is one.
 */
static size_t slot_victim(void)
{
    size_t victim = ENTRY_COUNT_MAX;

    for (size_t i = 0; i < ENTRY_COUNT_MAX; i++) {
        if (entries[i] &&
            (victim == ENTRY_COUNT_MAX || entries[i]->used_at < entries[victim]->used_at)) {
            victim = i;
        }
    }
    return victim;
}

/* With the mutex held: puts the entry in, moving what had to go to `evicted`. */
static size_t entry_insert(struct key_entry *entry, struct key_entry *evicted[ENTRY_COUNT_MAX])
{
    size_t count = 0;

    while (key_total > 0 && key_total + entry->key_count > KEY_TOTAL_MAX) {
        evicted[count++] = slot_empty(slot_victim());
    }

    size_t slot = slot_oldest();

    if (entries[slot]) {
        evicted[count++] = slot_empty(slot);
    }
    entries[slot] = entry;
    entry->used_at = ++use_count;
    entry->reference_count = 2; /* the table's and the caller's */
    key_total += entry->key_count;
    return count;
}

struct idp_key_set idp_key_cache_put(struct idp_call *call, struct idp_bytes digest,
                                     struct idp_key_set set)
{
    struct key_entry *evicted[ENTRY_COUNT_MAX], *entry = entry_new(digest, set);
    size_t evicted_count = 0;

    if (!entry) {
        return set;
    }
    pthread_mutex_lock(&entry_mutex);
    if (slot_find(digest) == ENTRY_COUNT_MAX) {
        evicted_count = entry_insert(entry, evicted);
    } else {
        entry->reference_count = 1; /* another thread was first: this one serves the call only */
    }
    pthread_mutex_unlock(&entry_mutex);
    for (size_t i = 0; i < evicted_count; i++) {
        if (evicted[i]) {
            entry_free(evicted[i]);
        }
    }
    return set_of(call, entry);
}
