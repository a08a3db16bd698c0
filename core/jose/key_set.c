/* SPDX-License-Identifier: Apache-2.0 */
/* key_set.c - keys from the text that a caller trusts: a JWK, a JWKS, PEM, or base64 of a
 * certificate or a public key.
 *
 * A key that cannot be used is left out and the others stand, as RFC 7517 §5 asks. What was read
 * is kept in the cache; not where OpenSSL refused a key, since it does
 * so for want of memory, too, and that key would be missed for as long as the cache has the rest.
 */
#include "core/jose/key.h"

#include <string.h>

/* Keys found so far. */
struct collection {
    struct idp_call *call;
    bool private, doubtful; /* some key may be usable another time */
    size_t count;
    const struct idp_key **keys;
};

static void collect(struct collection *collection, const struct idp_key *key)
{
    if (key && collection->count < IDP_KEY_COUNT_MAX) {
        collection->keys[collection->count++] = key;
    }
}

/* A set of too many keys is refused as a whole: which of them would be left out is no answer. */
static bool is_too_many(const struct idp_json *list)
{
    size_t count = 0;

    for (const struct idp_json *item = list->child; item; item = item->next) {
        count++;
    }
    return count > IDP_KEY_COUNT_MAX;
}

static void collect_json(struct collection *collection, struct idp_bytes text)
{
    const char *why;
    const struct idp_json *json = idp_json_read(collection->call, text, &why);
    const struct idp_json *list = idp_json_member(json, "keys");

    if (!idp_json_is(list, IDP_JSON_ARRAY)) {
        collect(collection,
                idp_jwk_read(collection->call, json, collection->private, &collection->doubtful));
        return;
    }
    if (is_too_many(list)) {
        return;
    }
    for (const struct idp_json *item = list->child; item; item = item->next) {
        collect(collection,
                idp_jwk_read(collection->call, item, collection->private, &collection->doubtful));
    }
}

static struct idp_bytes skip_space(struct idp_bytes text)
{
    size_t skip = 0;

    while (skip < text.size && memchr(" \t\r\n", text.data[skip], 4)) {
        skip++;
    }
    return (struct idp_bytes){text.data + skip, text.size - skip};
}

static bool is_pem(struct idp_bytes text)
{
    struct idp_bytes start = idp_bytes_of("-----BEGIN ");

    return text.size >= start.size &&
           idp_bytes_equal((struct idp_bytes){text.data, start.size}, start);
}

/* JSON begins with a brace; base64 holds none. */
static void collect_text(struct collection *collection, struct idp_bytes text)
{
    if (is_pem(text)) {
        collection->count =
            idp_pem_read(collection->call, text, collection->private, collection->keys,
                         IDP_KEY_COUNT_MAX, &collection->doubtful);
    } else if (text.size > 0 && text.data[0] == '{') {
        collect_json(collection, text);
    } else if (!collection->private) {
        collect(collection, idp_base64_key_read(collection->call, text));
    }
}

static struct idp_key_set read_keys(struct idp_call *call, struct idp_bytes text, bool private)
{
    struct collection found = {.call = call, .private = private};

    if (!text.data || text.size > IDP_KEY_TEXT_SIZE_MAX) {
        return (struct idp_key_set){.count = 0};
    }

    enum idp_key_cache cache = private ? IDP_KEYS_SIGNING : IDP_KEYS_VERIFYING;
    struct idp_key_set cached = idp_key_cache_get(call, cache, text);

    if (cached.count > 0) {
        return cached;
    }
    found.keys = idp_allocate(call, IDP_KEY_COUNT_MAX * sizeof *found.keys);
    collect_text(&found, skip_space(text));

    struct idp_key_set set = {.count = found.count, .keys = found.keys, .doubtful = found.doubtful};

    return set.count > 0 && !set.doubtful ? idp_key_cache_put(call, cache, text, set) : set;
}

struct idp_key_set idp_keys_read(struct idp_call *call, struct idp_bytes text)
{
    return read_keys(call, text, false);
}

static bool fits_one(const struct idp_key *key, const struct idp_json *algorithms)
{
    const struct idp_json *name = algorithms->child;
    while (name != NULL) {
        const struct idp_algorithm *algorithm = idp_algorithm_find(name->text);
        if (algorithm != NULL && idp_algorithm_fits(algorithm, key)) {
            return true;
        }
        name = name->next;
    }
    return false;
}

size_t idp_keys_count(struct idp_call *call, struct idp_bytes text,
                      const struct idp_json *algorithms)
{
    size_t count = 0;
    struct idp_key_set set = idp_keys_read(call, text);
    for (size_t i = 0; i < set.count; i++) {
        count += fits_one(set.keys[i], algorithms);
    }
    return count;
}

struct idp_key_set idp_keys_read_private(struct idp_call *call, struct idp_bytes text)
{
    return read_keys(call, text, true);
}

const struct idp_key *idp_key_read_private(struct idp_call *call, const struct idp_json *jwk)
{
    struct idp_key_set set = read_keys(call, idp_json_text(call, jwk), true);

    return set.count > 0 ? set.keys[0] : NULL;
}
