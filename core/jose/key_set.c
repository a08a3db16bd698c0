/* SPDX-License-Identifier: Apache-2.0 */
/* key_set.c - keys from the text that a caller trusts: a JWK, a JWKS, or PEM (SPKI and PKCS#8).
 *
 * A key that cannot be used is left out and the others stand, as RFC 7517 §5 asks. What was read
 * is kept in the cache under the digest of the text. PEM is only ever read as an asymmetric key: no
 * public key text can become an HMAC secret. */
#include "core/jose/key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

/* Keys found so far. */
struct collection {
    struct idp_call *call;
    bool private;
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
        collect(collection, idp_jwk_read(collection->call, json, collection->private));
        return;
    }
    if (is_too_many(list)) {
        return;
    }
    for (const struct idp_json *item = list->child; item; item = item->next) {
        collect(collection, idp_jwk_read(collection->call, item, collection->private));
    }
}

static EVP_PKEY *read_pkcs8(const unsigned char *der, long size)
{
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &der, size);
    EVP_PKEY *pkey = info ? EVP_PKCS82PKEY(info) : NULL;

    PKCS8_PRIV_KEY_INFO_free(info);
    return pkey;
}

static EVP_PKEY *read_der(const char *label, const unsigned char *der, long size, bool private)
{
    if (strcmp(label, PEM_STRING_PUBLIC) == 0 && !private) {
        return d2i_PUBKEY(NULL, &der, size);
    }
    return strcmp(label, PEM_STRING_PKCS8INF) == 0 ? read_pkcs8(der, size) : NULL;
}

/* The next PEM block as a foreign key; *more turns false behind the last. */
static EVP_PKEY *read_block(BIO *input, bool private, bool *more)
{
    char *label = NULL, *header = NULL;
    unsigned char *der = NULL;
    long size = 0;
    EVP_PKEY *pkey = NULL;

    ERR_set_mark();
    *more = PEM_read_bio(input, &label, &header, &der, &size) == 1;
    if (*more && header[0] == '\0') {
        pkey = read_der(label, der, size, private);
    }
    ERR_pop_to_mark();
    OPENSSL_free(label);
    OPENSSL_free(header);
    if (der) {
        OPENSSL_clear_free(der, (size_t)size);
    }
    return pkey;
}

static void input_release(void *input)
{
    BIO_free(input);
}

static void collect_pkey(struct collection *collection, EVP_PKEY *pkey)
{
    struct idp_key *key = idp_allocate(collection->call, sizeof *key);

    idp_own(collection->call, pkey, idp_pkey_release);
    key->signs = collection->private;
    key->verifies = !collection->private;
    if (idp_pkey_admit(key, pkey, collection->private) && idp_algorithm_usual(key)) {
        collect(collection, key);
    }
}

static void collect_pem(struct collection *collection, struct idp_bytes text)
{
    BIO *input = BIO_new_mem_buf(text.data, (int)text.size);
    bool more = true;

    idp_own(collection->call, input, input_release);
    for (size_t i = 0; i < IDP_KEY_COUNT_MAX && more; i++) {
        EVP_PKEY *pkey = read_block(input, collection->private, &more);

        if (pkey) {
            collect_pkey(collection, pkey);
        }
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

static struct idp_key_set read_keys(struct idp_call *call, struct idp_bytes text, bool private)
{
    struct collection found = {.call = call, .private = private};

    if (!text.data || text.size > IDP_KEY_TEXT_SIZE_MAX) {
        return (struct idp_key_set){.count = 0};
    }

    struct idp_bytes digest =
        idp_digest(call, private ? "idplane signing keys" : "idplane verifying keys", &text, 1);
    struct idp_key_set cached = idp_key_cache_get(call, digest);

    if (cached.count > 0) {
        return cached;
    }
    found.keys = idp_allocate(call, IDP_KEY_COUNT_MAX * sizeof *found.keys);
    text = skip_space(text);
    if (is_pem(text)) {
        collect_pem(&found, text);
    } else {
        collect_json(&found, text);
    }

    struct idp_key_set set = {.count = found.count, .keys = found.keys};

    return set.count > 0 ? idp_key_cache_put(call, digest, set) : set;
}

struct idp_key_set idp_keys_read(struct idp_call *call, struct idp_bytes text)
{
    return read_keys(call, text, false);
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
