/* SPDX-License-Identifier: Apache-2.0 */
/* raw.c - signing and verifying with EVP, and nothing else. */
#include "bench/raw.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <string.h>

#include "bench/pair.h"

enum { DIGEST_SIZE = 32, RSA_BITS = 2048 };

/* ---- keys ---- */

static EVP_PKEY *key_new(const char *algorithm)
{
    if (strcmp(algorithm, "RS256") == 0 || strcmp(algorithm, "PS256") == 0)
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)RSA_BITS);
    if (strcmp(algorithm, "ES256") == 0)
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

static void text_read(BIO *bio, char *text)
{
    int size = BIO_read(bio, text, RAW_KEY_TEXT_SIZE - 1);
    require(size > 0, "a key could not be written");
    text[size] = '\0';
    BIO_free(bio);
}

static void key_texts(struct raw *raw)
{
    BIO *public = BIO_new(BIO_s_mem()), *private = BIO_new(BIO_s_mem());
    require(PEM_write_bio_PUBKEY(public, raw->key) == 1 &&
                PEM_write_bio_PKCS8PrivateKey(private, raw->key, NULL, NULL, 0, NULL, NULL) == 1,
            "a key could not be written");
    text_read(public, raw->public_text);
    text_read(private, raw->private_text);
}

/* As base64url the secret is one of 43 characters, the last of which has its low bits clear. */
static void secret_texts(struct raw *raw)
{
    unsigned char text[RAW_SECRET_SIZE * 2];
    int size = EVP_EncodeBlock(text, raw->secret, RAW_SECRET_SIZE);
    for (int i = 0; i < size; i++)
        text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
    snprintf(raw->private_text, sizeof raw->private_text,
             "{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"%.*s\"}", size - 1, text);
    memcpy(raw->public_text, raw->private_text, sizeof raw->public_text);
}

/* ---- contexts ---- */

static void mac_open(struct raw *raw)
{
    char digest[] = "SHA2-256";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
    EVP_MAC *method = EVP_MAC_fetch(NULL, "HMAC", NULL);
    require(RAND_bytes(raw->secret, sizeof raw->secret) == 1, "no random bytes");
    raw->mac = EVP_MAC_CTX_new(method);
    require(EVP_MAC_init(raw->mac, raw->secret, sizeof raw->secret, parameters) == 1, "HMAC");
    EVP_MAC_free(method);
    secret_texts(raw);
}

static void whole_open(struct raw *raw)
{
    raw->whole_signer = EVP_MD_CTX_new();
    raw->whole_verifier = EVP_MD_CTX_new();
    require(EVP_DigestSignInit(raw->whole_signer, NULL, NULL, NULL, raw->key) == 1 &&
                EVP_DigestVerifyInit(raw->whole_verifier, NULL, NULL, NULL, raw->key) == 1,
            "EdDSA");
}

/* RFC 7518 §3.5: the salt is as long as the digest, which is that of MGF1, too. */
static bool pss_set(struct raw *raw, EVP_PKEY_CTX *context)
{
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, raw->digest) == 1;
}

static void pkey_open(struct raw *raw)
{
    raw->signer = EVP_PKEY_CTX_new_from_pkey(NULL, raw->key, NULL);
    raw->verifier = EVP_PKEY_CTX_new_from_pkey(NULL, raw->key, NULL);
    require(EVP_PKEY_sign_init(raw->signer) == 1 && EVP_PKEY_verify_init(raw->verifier) == 1 &&
                EVP_PKEY_CTX_set_signature_md(raw->signer, raw->digest) == 1 &&
                EVP_PKEY_CTX_set_signature_md(raw->verifier, raw->digest) == 1,
            raw->algorithm);
    if (strcmp(raw->algorithm, "PS256") == 0)
        require(pss_set(raw, raw->signer) && pss_set(raw, raw->verifier), raw->algorithm);
}

void raw_open(struct raw *raw, const char *algorithm)
{
    *raw = (struct raw){.algorithm = algorithm, .digest = EVP_MD_fetch(NULL, "SHA2-256", NULL)};
    if (strcmp(algorithm, "HS256") == 0) {
        mac_open(raw);
        return;
    }
    raw->key = key_new(algorithm);
    require(raw->key != NULL, "a key could not be made");
    key_texts(raw);
    if (strcmp(algorithm, "EdDSA") == 0)
        whole_open(raw);
    else
        pkey_open(raw);
}

void raw_close(struct raw *raw)
{
    EVP_PKEY_CTX_free(raw->signer);
    EVP_PKEY_CTX_free(raw->verifier);
    EVP_MD_CTX_free(raw->whole_signer);
    EVP_MD_CTX_free(raw->whole_verifier);
    EVP_MAC_CTX_free(raw->mac);
    EVP_MD_free(raw->digest);
    EVP_PKEY_free(raw->key);
}

/* ---- steps ---- */

static void digest_of(struct raw *raw, unsigned char digest[DIGEST_SIZE])
{
    require(EVP_Digest(raw->input, raw->input_size, digest, NULL, raw->digest, NULL) == 1,
            "SHA-256");
}

static bool mac_of(struct raw *raw, unsigned char mac[DIGEST_SIZE])
{
    size_t size;
    return EVP_MAC_init(raw->mac, NULL, 0, NULL) == 1 &&
           EVP_MAC_update(raw->mac, raw->input, raw->input_size) == 1 &&
           EVP_MAC_final(raw->mac, mac, &size, DIGEST_SIZE) == 1;
}

void raw_sign(void *context)
{
    struct raw *raw = context;
    unsigned char digest[DIGEST_SIZE];
    raw->signature_size = sizeof raw->signature;
    if (raw->mac != NULL) {
        raw->signature_size = DIGEST_SIZE;
        require(mac_of(raw, raw->signature), "HMAC");
        return;
    }
    if (raw->whole_signer != NULL) {
        require(EVP_DigestSign(raw->whole_signer, raw->signature, &raw->signature_size, raw->input,
                               raw->input_size) == 1,
                "a signature");
        return;
    }
    digest_of(raw, digest);
    require(EVP_PKEY_sign(raw->signer, raw->signature, &raw->signature_size, digest,
                          sizeof digest) == 1,
            "a signature");
}

void raw_verify(void *context)
{
    struct raw *raw = context;
    unsigned char digest[DIGEST_SIZE];
    if (raw->mac != NULL) {
        require(mac_of(raw, digest) && CRYPTO_memcmp(digest, raw->signature, DIGEST_SIZE) == 0,
                "a MAC");
        return;
    }
    if (raw->whole_verifier != NULL) {
        require(EVP_DigestVerify(raw->whole_verifier, raw->signature, raw->signature_size,
                                 raw->input, raw->input_size) == 1,
                "a verification");
        return;
    }
    digest_of(raw, digest);
    require(EVP_PKEY_verify(raw->verifier, raw->signature, raw->signature_size, digest,
                            sizeof digest) == 1,
            "a verification");
}

void raw_input(struct raw *raw, const void *input, size_t size)
{
    raw->input = input;
    raw->input_size = size;
    raw_sign(raw);
}
