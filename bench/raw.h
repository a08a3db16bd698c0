/* SPDX-License-Identifier: Apache-2.0 */
/* raw.h - the reference of every signature: OpenSSL alone, its key parsed once, its context kept,
 * the digest fetched before. Nothing that uses a key can be faster by more than noise. */
#ifndef IDPLANE_BENCH_RAW_H
#define IDPLANE_BENCH_RAW_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

enum { RAW_SIGNATURE_SIZE_MAX = 512, RAW_KEY_TEXT_SIZE = 4096, RAW_SECRET_SIZE = 32 };

struct raw {
    const char *algorithm;                     /* JWA name */
    EVP_PKEY *key;                             /* not of HS256 */
    EVP_PKEY_CTX *verifier, *signer;           /* RS256, PS256, ES256 */
    EVP_MD_CTX *whole_verifier, *whole_signer; /* EdDSA, which takes the message whole */
    EVP_MAC_CTX *mac;
    unsigned char secret[RAW_SECRET_SIZE]; /* HS256 */
    EVP_MD *digest;
    const void *input;
    size_t input_size;
    unsigned char signature[RAW_SIGNATURE_SIZE_MAX];
    size_t signature_size;
    char public_text[RAW_KEY_TEXT_SIZE], private_text[RAW_KEY_TEXT_SIZE]; /* PEM, or a JWK */
};

/* Makes a key of the algorithm and its contexts; ends the program where that fails. */
void raw_open(struct raw *raw, const char *algorithm);
void raw_close(struct raw *raw);

/* What is signed; it must outlive the use. Signs it, so that there is something to verify. */
void raw_input(struct raw *raw, const void *input, size_t size);

/* One signature, and one verification of it; steps of a pair. */
void raw_sign(void *raw);
void raw_verify(void *raw);

#endif
