/* SPDX-License-Identifier: Apache-2.0 */
/* hmac.c - HMAC (RFC 2104) over OpenSSL's SHA-2, with the states behind the two pads kept.
 *
 * EVP makes and frees a context for each MAC, which costs as much as the MAC of a token: 300 of 750
 * ns. The key is hashed into the states once; each MAC starts from copies of them. */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA256_Init() */
#include "core/jose/key.h"

#include <openssl/sha.h>
#include <string.h>

enum { BLOCK_SIZE_MAX = SHA512_CBLOCK, INNER_PAD = 0x36, OUTER_PAD = 0x5c };

/* SHA-384 is SHA-512 from another start. */
union hash_state {
    SHA256_CTX small;
    SHA512_CTX large;
};

struct idp_hmac_state {
    union hash_state inner, outer;
};

_Static_assert(sizeof(struct idp_hmac_state) <= sizeof(struct idp_hmac), "room for the states");

/* ---- one hash or the other ---- */

static void hash_start(enum idp_hash hash, void *state)
{
    if (hash == IDP_SHA256) {
        SHA256_Init(state);
    } else if (hash == IDP_SHA384) {
        SHA384_Init(state);
    } else {
        SHA512_Init(state);
    }
}

static void hash_add(enum idp_hash hash, void *state, const void *data, size_t size)
{
    if (hash == IDP_SHA256) {
        SHA256_Update(state, data, size);
    } else {
        SHA512_Update(state, data, size);
    }
}

static void hash_end(enum idp_hash hash, void *state, unsigned char *out)
{
    if (hash == IDP_SHA256) {
        SHA256_Final(out, state);
    } else {
        SHA512_Final(out, state);
    }
}

/* ---- the states ---- */

/* The secret, or its digest where it is longer than a block. */
static void block_fill(enum idp_hash hash, struct idp_bytes secret, unsigned char *block,
                       size_t block_size)
{
    struct idp_hmac_state state;
    if (secret.size <= block_size) {
        memcpy(block, secret.data, secret.size);
        return;
    }
    hash_start(hash, &state.inner);
    hash_add(hash, &state.inner, secret.data, secret.size);
    hash_end(hash, &state.inner, block);
    idp_wipe(&state, sizeof state);
}

static void pad_add(enum idp_hash hash, void *state, const unsigned char *block, size_t block_size,
                    unsigned char pad)
{
    unsigned char padded[BLOCK_SIZE_MAX];
    for (size_t i = 0; i < block_size; i++) {
        padded[i] = block[i] ^ pad;
    }
    hash_start(hash, state);
    hash_add(hash, state, padded, block_size);
    idp_wipe(padded, sizeof padded);
}

void idp_hmac_prepare(struct idp_hmac *hmac, enum idp_hash hash, struct idp_bytes secret)
{
    struct idp_hmac_state *state = (struct idp_hmac_state *)hmac->opaque;
    unsigned char block[BLOCK_SIZE_MAX] = {0};
    size_t block_size = hash == IDP_SHA256 ? SHA256_CBLOCK : SHA512_CBLOCK;
    block_fill(hash, secret, block, block_size);
    pad_add(hash, &state->inner, block, block_size, INNER_PAD);
    pad_add(hash, &state->outer, block, block_size, OUTER_PAD);
    idp_wipe(block, sizeof block);
}

void idp_hmac_run(const struct idp_hmac *hmac, const struct idp_algorithm *algorithm,
                  struct idp_bytes input, unsigned char *out)
{
    const struct idp_hmac_state *kept = (const struct idp_hmac_state *)hmac->opaque;
    union hash_state state;
    size_t size = algorithm->hash == IDP_SHA256 ? sizeof state.small : sizeof state.large;
    unsigned char digest[SHA512_DIGEST_LENGTH];
    memcpy(&state, &kept->inner, size);
    hash_add(algorithm->hash, &state, input.data, input.size);
    hash_end(algorithm->hash, &state, digest);
    memcpy(&state, &kept->outer, size);
    hash_add(algorithm->hash, &state, digest, algorithm->hash_size);
    hash_end(algorithm->hash, &state, digest);
    memcpy(out, digest, algorithm->hash_size);
    idp_wipe(&state, size);
    idp_wipe(digest, sizeof digest);
}
