/* SPDX-License-Identifier: Apache-2.0 */
/* key_select.c - which keys of a set a token may be checked with.
 *
 * By the name it gives: kid, else x5t#S256, else x5t, each exact; else the only key that fits. A
 * key whose own name contradicts the token's is never that one. Header members that bring or point
 * to keys (jwk, jku, x5u, x5c) are not looked at. */
#include "core/jose/key.h"

/* A name in the header, and the key's name of that kind. */
struct name {
    struct idp_bytes wanted;
    size_t member; /* offset in struct idp_key */
};

static const struct idp_bytes *name_of(const struct idp_key *key, const struct name *name)
{
    return (const struct idp_bytes *)((const char *)key + name->member);
}

static bool has_name(const struct idp_key *key, const struct name *name)
{
    const struct idp_bytes *own = name_of(key, name);
    return own->data != NULL && idp_bytes_equal(*own, name->wanted);
}

/* Keys of exactly this name that fit, as many as may be tried; *known: some key has it. */
static size_t select_named(struct idp_key_set set, const struct idp_algorithm *algorithm,
                           const struct name *name, const struct idp_key **out, bool *known)
{
    size_t count = 0;
    for (size_t i = 0; i < set.count && count < IDP_KEY_TRY_COUNT_MAX; i++) {
        if (!has_name(set.keys[i], name)) {
            continue;
        }
        *known = true;
        if (idp_algorithm_fits(algorithm, set.keys[i])) {
            out[count++] = set.keys[i];
        }
    }
    return count;
}

/* Both have a name of the same kind, and nothing matched: they are not the same key. */
static bool contradicts(const struct idp_key *key, const struct name *names, size_t name_count)
{
    for (size_t i = 0; i < name_count; i++) {
        if (names[i].wanted.data != NULL && name_of(key, &names[i])->data != NULL) {
            return true;
        }
    }
    return false;
}

static size_t select_only(struct idp_key_set set, const struct idp_algorithm *algorithm,
                          const struct name *names, size_t name_count, const struct idp_key **out)
{
    size_t count = 0;
    for (size_t i = 0; i < set.count; i++) {
        if (!contradicts(set.keys[i], names, name_count) &&
            idp_algorithm_fits(algorithm, set.keys[i])) {
            out[0] = set.keys[i];
            count++;
        }
    }
    return count == 1 ? 1 : 0;
}

size_t idp_keys_select(struct idp_key_set set, const struct idp_jws_header *header,
                       const struct idp_key *out[IDP_KEY_TRY_COUNT_MAX])
{
    const struct name names[] = {
        {header->kid, offsetof(struct idp_key, kid)},
        {header->x5t_s256, offsetof(struct idp_key, x5t_s256)},
        {header->x5t, offsetof(struct idp_key, x5t)},
    };
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        bool known = false;
        size_t count = names[i].wanted.data == NULL
                           ? 0
                           : select_named(set, header->algorithm, &names[i], out, &known);
        if (known) {
            return count;
        }
    }
    return select_only(set, header->algorithm, names, IDP_COUNT(names), out);
}
