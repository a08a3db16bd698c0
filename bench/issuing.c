/* SPDX-License-Identifier: Apache-2.0 */
/* issuing.c - requests by the thousand, and the raw limit of answering one. */
#include "bench/issuing.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "bench/pair.h"

enum { DIGEST_SIZE = 32 };

/* ---- requests ---- */

static void name_set(X509_REQ *asked, size_t number)
{
    char name[64];
    X509_NAME *subject = X509_NAME_new();
    snprintf(name, sizeof name, "uuid:00000000-0000-4000-8000-%012zx", number);
    require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (unsigned char *)name, -1, -1,
                                       0) == 1 &&
                X509_REQ_set_subject_name(asked, subject) == 1,
            "no name");
    X509_NAME_free(subject);
}

static void text_write(X509_REQ *asked, char text[REQUEST_TEXT_SIZE_MAX])
{
    BIO *bio = BIO_new(BIO_s_mem());
    require(PEM_write_bio_X509_REQ(bio, asked) == 1, "a request could not be written");
    int size = BIO_read(bio, text, REQUEST_TEXT_SIZE_MAX - 1);
    require(size > 0, "a request could not be written");
    text[size] = '\0';
    BIO_free(bio);
}

static void signature_take(X509_REQ *asked, struct request *out)
{
    const ASN1_BIT_STRING *signature;
    X509_REQ_get0_signature(asked, &signature, NULL);
    out->signature_size = (size_t)signature->length;
    require(out->signature_size <= sizeof out->signature, "a signature is too long");
    memcpy(out->signature, signature->data, out->signature_size);
}

static void request_make(struct request *out, size_t number)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509_REQ *asked = X509_REQ_new();
    unsigned char *info = out->info;
    size_t point_size;
    name_set(asked, number);
    require(X509_REQ_set_pubkey(asked, key) == 1 && X509_REQ_sign(asked, key, EVP_sha256()) > 0 &&
                EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, out->point,
                                                sizeof out->point, &point_size) == 1 &&
                point_size == POINT_SIZE && i2d_re_X509_REQ_tbs(asked, NULL) <= INFO_SIZE_MAX,
            "a request could not be made");
    out->info_size = (size_t)i2d_re_X509_REQ_tbs(asked, &info);
    signature_take(asked, out);
    text_write(asked, out->text);
    X509_REQ_free(asked);
    EVP_PKEY_free(key);
}

void issuing_open(struct issuing *issuing, size_t count)
{
    *issuing = (struct issuing){.requests = calloc(count, sizeof *issuing->requests),
                                .count = count,
                                .authority = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"),
                                .reader = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL),
                                .digest = EVP_MD_fetch(NULL, "SHA2-256", NULL)};
    require(issuing->requests != NULL, "out of memory");
    for (size_t i = 0; i < count; i++)
        request_make(&issuing->requests[i], i);
    issuing->signer = EVP_PKEY_CTX_new_from_pkey(NULL, issuing->authority, NULL);
    require(EVP_PKEY_sign_init(issuing->signer) == 1 &&
                EVP_PKEY_fromdata_init(issuing->reader) == 1,
            "no authority");
}

void issuing_close(struct issuing *issuing)
{
    EVP_PKEY_CTX_free(issuing->signer);
    EVP_PKEY_CTX_free(issuing->reader);
    EVP_MD_free(issuing->digest);
    EVP_PKEY_free(issuing->authority);
    free(issuing->requests);
}

const struct request *issuing_next(struct issuing *issuing)
{
    return &issuing->requests[issuing->at++ % issuing->count];
}

/* ---- the limit ---- */

static EVP_PKEY *key_read(struct issuing *issuing, const struct request *request)
{
    static char group[] = "P-256";
    EVP_PKEY *key = NULL;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                          (void *)(uintptr_t)request->point, POINT_SIZE),
        OSSL_PARAM_construct_end()};
    require(EVP_PKEY_fromdata(issuing->reader, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1,
            "a key could not be read");
    return key;
}

static void digest_make(const struct issuing *issuing, const struct request *request,
                        unsigned char digest[DIGEST_SIZE])
{
    require(EVP_Digest(request->info, request->info_size, digest, NULL, issuing->digest, NULL) == 1,
            "SHA-256");
}

static void proof_check(const struct issuing *issuing, const struct request *request, EVP_PKEY *key)
{
    unsigned char digest[DIGEST_SIZE];
    EVP_PKEY_CTX *verifier = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    digest_make(issuing, request, digest);
    require(EVP_PKEY_verify_init(verifier) == 1 &&
                EVP_PKEY_verify(verifier, request->signature, request->signature_size, digest,
                                sizeof digest) == 1,
            "a verification");
    EVP_PKEY_CTX_free(verifier);
}

void issuing_raw(void *context)
{
    struct issuing *issuing = context;
    const struct request *request = issuing_next(issuing);
    unsigned char digest[DIGEST_SIZE], signature[80];
    size_t signature_size = sizeof signature;
    EVP_PKEY *key = key_read(issuing, request);
    proof_check(issuing, request, key);
    EVP_PKEY_free(key);
    digest_make(issuing, request, digest);
    require(EVP_PKEY_sign(issuing->signer, signature, &signature_size, digest, sizeof digest) == 1,
            "a signature");
}
