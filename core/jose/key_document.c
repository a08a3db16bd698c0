/* SPDX-License-Identifier: Apache-2.0 */
/* key_document.c - the keys in a document that somebody publishes. One that cannot be used is left
 * out and the others stand; a document with too much of anything is refused as a whole, since which
 * keys would be missing is no answer. */
#include "core/jose/jose.h"

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

bool idp_key_document_fits(struct idp_bytes document, const char **why)
{
    bool fits = document.size <= IDP_ARGUMENT_SIZE_MAX;
    *why = fits ? NULL : "The document is longer than 1048576 bytes.";
    return fits;
}

void idp_provider_keys_read(struct idp_provider_keys *keys, struct idp_bytes document)
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

struct idp_json *idp_keys_of_jwks(struct idp_call *call, struct idp_bytes document,
                                  const char **why)
{
    struct idp_provider_keys keys = {.call = call};
    if (!idp_key_document_fits(document, why)) {
        return NULL;
    }
    idp_provider_keys_read(&keys, document);
    return idp_provider_keys_end(&keys, why);
}
