/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - the keys in a document that a provider publishes, of whichever kind it is. */
#include "core/sso/keys.h"

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
    if (!idp_key_document_fits(document, why)) {
        return NULL;
    }
    if (source == IDP_KEYS_MANUAL) {
        const char *fault;
        return idp_keys_of_manual(call, idp_json_read(call, document, &fault), rsa_only, NULL, why);
    }
    if (source == IDP_KEYS_ADFS) {
        read_metadata(&keys, document);
    } else {
        idp_provider_keys_read(&keys, document);
    }
    return idp_provider_keys_end(&keys, why);
}
