/* SPDX-License-Identifier: Apache-2.0 */
/* issuing.h - what no issuer of certificates can do without: the key of a request out of its bytes,
 * the proof that who asks has it, and a signature of the authority. That is the raw limit. */
#ifndef IDPLANE_BENCH_ISSUING_H
#define IDPLANE_BENCH_ISSUING_H

#include <openssl/evp.h>
#include <stddef.h>

enum { POINT_SIZE = 65, INFO_SIZE_MAX = 512, REQUEST_TEXT_SIZE_MAX = 1024 };

/* A request of a device of its own, P-256 with ECDSA and SHA-256. */
struct request {
    char text[REQUEST_TEXT_SIZE_MAX]; /* PEM */
    unsigned char point[POINT_SIZE], info[INFO_SIZE_MAX], signature[80];
    size_t info_size, signature_size;
};

struct issuing {
    struct request *requests;
    size_t count, at; /* at: the next one */
    EVP_PKEY *authority;
    EVP_PKEY_CTX *signer, *reader;
    EVP_MD *digest;
};

/* Makes an authority and as many requests. */
void issuing_open(struct issuing *issuing, size_t count);
void issuing_close(struct issuing *issuing);

/* The requests by turns, so that no certificate is for the key of the one before. */
const struct request *issuing_next(struct issuing *issuing);

/* A step of the limit; context is a struct issuing. */
void issuing_raw(void *context);

#endif
