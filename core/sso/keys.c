/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - the keys in a document that a provider publishes. One that cannot be used is left out
 * and the others stand; a document with too much of anything is refused as a whole, since which
 * keys would be missing is no answer. */
#include "core/sso/keys.h"

static const char many[] = "The document has more than 256 keys.";

void idp_provider_keys_add(struct idp_provider_keys *keys, const struct idp_public_key *key)
{
    struct idp_call *call = keys->call;
    if (keys->rsa_only && !idp_bytes_is(idp_json_string(key->jwk, "kty"), "RSA")) {
        return;
    }
    if (keys->count++ == IDP_KEY_COUNT_MAX) {
        keys->why = many;
    }
    if (keys->list == NULL) {
        keys->list = idp_json_new(call, IDP_JSON_ARRAY);
    }
    idp_json_add_c(call, key->jwk, "use", "sig");
    idp_key_period_add(call, key);
    idp_json_add(keys->list, NULL, key->jwk);
}

struct idp_json *idp_provider_keys_end(struct idp_provider_keys *keys, const char **why)
{
    struct idp_json *set = idp_json_new(keys->call, IDP_JSON_OBJECT);
    if (keys->why == NULL && keys->list == NULL) {
        keys->why = "The document has no key that can verify.";
    }
    if (keys->why == NULL) {
        idp_json_add(set, "keys", keys->list);
        if (idp_json_text(keys->call, set).size > IDP_KEY_TEXT_SIZE_MAX) {
            keys->why = "The keys are longer than 262144 bytes.";
        }
    }
    *why = keys->why;
    return keys->why == NULL ? set : NULL;
}

/* ---- JSON Web Key Sets ---- */

static void read_jwks(struct idp_provider_keys *keys, struct idp_bytes document)
{
    const char *fault;
    const struct idp_json *json = idp_json_read(keys->call, document, &fault);
    const struct idp_json *list = idp_json_member(json, "keys");
    struct idp_public_key key;
    if (!idp_json_is(list, IDP_JSON_ARRAY)) {
        keys->why = "The document is no JSON Web Key Set, an object with the list keys.";
        return;
    }
    size_t count = 0;
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        if (++count > IDP_KEY_COUNT_MAX) {
            keys->why = many;
        } else if (idp_public_key_of_jwk(keys->call, item, &key)) {
            idp_provider_keys_add(keys, &key);
        }
    }
}

/* ---- certificates of federation metadata ---- */

/* The certificates that were taken: the roles of a server repeat them. */
struct taken {
    size_t count;
    struct idp_bytes ders[IDP_KEY_COUNT_MAX];
};

static bool was_taken(const struct taken *taken, struct idp_bytes der)
{
    for (size_t i = 0; i < taken->count; i++) {
        if (idp_bytes_equal(taken->ders[i], der)) {
            return true;
        }
    }
    return false;
}

static void take(struct idp_provider_keys *keys, struct taken *taken, struct idp_bytes der)
{
    struct idp_public_key key;
    if (der.data == NULL || was_taken(taken, der) ||
        !idp_public_key_of_certificate(keys->call, der, &key)) {
        return;
    }
    idp_provider_keys_add(keys, &key);
    if (taken->count < IDP_KEY_COUNT_MAX) {
        taken->ders[taken->count++] = der;
    }
}

static struct idp_bytes line_next(struct idp_bytes *rest)
{
    const char *end = memchr(rest->data, '\n', rest->size);
    size_t size = end == NULL ? rest->size : (size_t)(end - rest->data);
    struct idp_bytes line = {rest->data, size};
    size += end != NULL;
    *rest = (struct idp_bytes){rest->data + size, rest->size - size};
    return line;
}

static void read_metadata(struct idp_provider_keys *keys, struct idp_bytes document)
{
    struct idp_bytes lines = idp_metadata_certificates(keys->call, document, &keys->why);
    struct taken *taken = idp_allocate(keys->call, sizeof *taken);
    while (lines.size > 0 && keys->why == NULL) {
        take(keys, taken, idp_base64_decode(keys->call, line_next(&lines)));
    }
}

/* ---- all of them ---- */

struct idp_json *idp_keys_of_document(struct idp_call *call, enum idp_key_source source,
                                      bool rsa_only, struct idp_bytes document, const char **why)
{
    struct idp_provider_keys keys = {.call = call, .rsa_only = rsa_only};
    if (document.size > IDP_ARGUMENT_SIZE_MAX) {
        *why = "The document is longer than 1048576 bytes.";
        return NULL;
    }
    if (source == IDP_KEYS_MANUAL) {
        const char *fault;
        return idp_keys_of_manual(call, idp_json_read(call, document, &fault), rsa_only, NULL, why);
    }
    if (source == IDP_KEYS_ADFS) {
        read_metadata(&keys, document);
    } else {
        read_jwks(&keys, document);
    }
    return idp_provider_keys_end(&keys, why);
}
