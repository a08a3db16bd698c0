/* SPDX-License-Identifier: Apache-2.0 */
/* crypto.c - digests, comparison, wiping and randomness.
 *
 * The digest methods are fetched once and kept for the life of the process: an implicit fetch on
 * every call costs three times the hash itself. Only idp_digest(), for codes, tokens and secrets at
 * rest, and idp_sha256() go around EVP, whose context is made and freed for each hash: 1.8 µs of a
 * poll against 0.6 in the profile of a PostgreSQL backend. */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA256_Init() */
#include "core/base/base.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>

static EVP_MD *hash_methods[IDP_HASH_COUNT];

/* Of two threads that fetch at once, one keeps its method and the other takes that. A fetch that
 * failed, maybe for want of memory, is tried again by the next call. */
static EVP_MD *hash_fetch(enum idp_hash hash)
{
    static const char *const names[IDP_HASH_COUNT] = {
        [IDP_SHA256] = "SHA2-256", [IDP_SHA384] = "SHA2-384", [IDP_SHA512] = "SHA2-512"};
    EVP_MD *fetched = EVP_MD_fetch(NULL, names[hash], NULL), *first = NULL;

    if (fetched && !__atomic_compare_exchange_n(&hash_methods[hash], &first, fetched, false,
                                                __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        EVP_MD_free(fetched);
        return first;
    }
    return fetched;
}

const struct evp_md_st *idp_hash_method(struct idp_call *call, enum idp_hash hash)
{
    EVP_MD *method = __atomic_load_n(&hash_methods[hash], __ATOMIC_ACQUIRE);

    method = method ? method : hash_fetch(hash);
    if (!method) {
        idp_fail(call, IDP_CRYPTO);
    }
    return method;
}

/* The length goes in front of each part, most significant byte first. */
static void digest_add(SHA256_CTX *context, struct idp_bytes part)
{
    unsigned char size[8];

    for (size_t i = 0; i < sizeof size; i++) {
        size[i] = (unsigned char)((uint64_t)part.size >> (56 - 8 * i));
    }
    SHA256_Update(context, size, sizeof size);
    SHA256_Update(context, part.data, part.size);
}

struct idp_bytes idp_digest(struct idp_call *call, const char *label, const struct idp_bytes *parts,
                            size_t part_count)
{
    unsigned char *out = idp_allocate(call, IDP_DIGEST_SIZE);
    SHA256_CTX context;

    SHA256_Init(&context);
    SHA256_Update(&context, label, strlen(label) + 1);
    for (size_t i = 0; i < part_count; i++) {
        digest_add(&context, parts[i]);
    }
    SHA256_Final(out, &context);
    idp_wipe(&context, sizeof context);
    return (struct idp_bytes){(const char *)out, IDP_DIGEST_SIZE};
}

void idp_sha256_write(struct idp_bytes bytes, unsigned char out[IDP_DIGEST_SIZE])
{
    SHA256_CTX context;

    SHA256_Init(&context);
    SHA256_Update(&context, bytes.data, bytes.size);
    SHA256_Final(out, &context);
    idp_wipe(&context, sizeof context);
}

struct idp_bytes idp_sha256(struct idp_call *call, struct idp_bytes bytes)
{
    unsigned char *out = idp_allocate(call, IDP_DIGEST_SIZE);

    idp_sha256_write(bytes, out);
    return (struct idp_bytes){(const char *)out, IDP_DIGEST_SIZE};
}

bool idp_equal(struct idp_bytes left, struct idp_bytes right)
{
    return left.size == right.size && CRYPTO_memcmp(left.data, right.data, left.size) == 0;
}

void idp_wipe(void *data, size_t size)
{
    explicit_bzero(data, size);
}

struct idp_bytes idp_random(struct idp_call *call, size_t size)
{
    void *out = idp_allocate(call, size);

    call->host->random(call, out, size);
    return (struct idp_bytes){out, size};
}

struct idp_bytes idp_random_text(struct idp_call *call, size_t size)
{
    return idp_base64url_encode(call, idp_random(call, size));
}

struct idp_bytes idp_hmac_sha256(struct idp_call *call, struct idp_bytes key,
                                 struct idp_bytes message)
{
    unsigned char *out = idp_allocate(call, IDP_DIGEST_SIZE);
    if (HMAC(EVP_sha256(), key.data, (int)key.size, (const unsigned char *)message.data,
             message.size, out, NULL) == NULL) {
        idp_fail(call, IDP_CRYPTO);
    }
    return (struct idp_bytes){(char *)out, IDP_DIGEST_SIZE};
}
