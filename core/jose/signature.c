/* SPDX-License-Identifier: Apache-2.0 */
/* signature.c - raw JWA signatures (RFC 7518 §3, RFC 8037 §3.1).
 *
 * Sizes are checked before anything else, and OpenSSL's error queue is left as it was: the host has
 * its own use for it. */
#include "core/jose/key.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>

enum { HMAC_SIZE_MAX = 64, DER_SIZE_MAX = 160 };

static const unsigned char *octets(struct idp_bytes bytes)
{
    return (const unsigned char *)bytes.data;
}

/* Writes the MAC of algorithm->hash_size bytes. */
static void mac_run(const struct idp_key *key, const struct idp_algorithm *algorithm,
                    struct idp_bytes input, unsigned char *out)
{
    struct idp_hmac own;
    const struct idp_hmac *hmac = idp_key_hmac(key, algorithm, &own);
    idp_hmac_run(hmac, algorithm, input, out);
    if (hmac == &own) {
        idp_wipe(&own, sizeof own);
    }
}

/* r||s (RFC 7518 §3.4) as the DER that OpenSSL takes; 0 where it cannot be. */
static size_t der_of_raw(struct idp_bytes raw, unsigned char der[DER_SIZE_MAX])
{
    int half = (int)raw.size / 2, size = 0;
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(octets(raw), half, NULL), *s = BN_bin2bn(octets(raw) + half, half, NULL);

    if (signature && r && s && ECDSA_SIG_set0(signature, r, s) == 1) {
        size = i2d_ECDSA_SIG(signature, &der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(signature);
    return size > 0 ? (size_t)size : 0;
}

static bool raw_of_der(const unsigned char *der, size_t der_size, unsigned char *raw, int half)
{
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)der_size);
    bool done = signature && BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, half) == half &&
                BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + half, half) == half;

    ECDSA_SIG_free(signature);
    return done;
}

static size_t signature_size(const struct idp_key *key, const struct idp_algorithm *algorithm)
{
    if (key->type == IDP_KEY_OCT) {
        return algorithm->hash_size;
    }
    return key->curve ? key->curve->signature_size : (size_t)EVP_PKEY_get_size(key->pkey);
}

static bool verify_mac(const struct idp_key *key, const struct idp_algorithm *algorithm,
                       struct idp_bytes input, struct idp_bytes signature)
{
    unsigned char mac[HMAC_SIZE_MAX];
    mac_run(key, algorithm, input, mac);
    bool equal = idp_equal((struct idp_bytes){(const char *)mac, algorithm->hash_size}, signature);

    idp_wipe(mac, sizeof mac);
    return equal;
}

static bool verify_whole(const struct idp_key *key, struct idp_bytes input,
                         struct idp_bytes signature)
{
    if (idp_point_is_weak(key->curve, octets(signature))) {
        return false;
    }
    EVP_MD_CTX *context = idp_key_whole_context(key, false);
    bool valid = context != NULL && EVP_DigestVerify(context, octets(signature), signature.size,
                                                     octets(input), input.size) == 1;
    EVP_MD_CTX_free(context);
    return valid;
}

/* The hash that nearly all have goes around EVP, as in core/base/crypto.c. */
static bool digest_make(const struct idp_algorithm *algorithm, const EVP_MD *hash,
                        struct idp_bytes input, unsigned char *out)
{
    if (algorithm->hash == IDP_SHA256) {
        idp_sha256_write(input, out);
        return true;
    }
    return EVP_Digest(input.data, input.size, out, NULL, hash, NULL) == 1;
}

/* The signature as OpenSSL and certificates have it. */
static bool verify_encoded(const struct idp_key *key, const struct idp_algorithm *algorithm,
                           const EVP_MD *hash, struct idp_bytes input, struct idp_bytes signature)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (signature.size == 0 || !digest_make(algorithm, hash, input, digest)) {
        return false;
    }
    EVP_PKEY_CTX *context = idp_key_context_take(key, algorithm, hash, false);
    if (context == NULL || EVP_PKEY_verify(context, octets(signature), signature.size, digest,
                                           algorithm->hash_size) != 1) {
        EVP_PKEY_CTX_free(context);
        return false;
    }
    idp_key_context_give(key, algorithm, false, context);
    return true;
}

static bool verify_hashed(const struct idp_key *key, const struct idp_algorithm *algorithm,
                          const EVP_MD *hash, struct idp_bytes input, struct idp_bytes signature)
{
    unsigned char der[DER_SIZE_MAX];
    if (key->type == IDP_KEY_EC) {
        signature = (struct idp_bytes){(const char *)der, der_of_raw(signature, der)};
    }
    return verify_encoded(key, algorithm, hash, input, signature);
}

static bool verify(struct idp_call *call, const struct idp_key *key,
                   const struct idp_algorithm *algorithm, struct idp_bytes input,
                   struct idp_bytes signature)
{
    if (key->type == IDP_KEY_OCT) {
        return verify_mac(key, algorithm, input, signature);
    }
    ERR_set_mark();
    bool valid = key->type == IDP_KEY_OKP
                     ? verify_whole(key, input, signature)
                     : verify_hashed(key, algorithm, idp_hash_method(call, algorithm->hash), input,
                                     signature);
    ERR_pop_to_mark();
    return valid;
}

bool idp_key_verify(struct idp_call *call, const struct idp_key *key,
                    const struct idp_algorithm *algorithm, struct idp_bytes input,
                    struct idp_bytes signature)
{
    return key->verifies && signature.size == signature_size(key, algorithm) &&
           verify(call, key, algorithm, input, signature);
}

static bool sign_whole(const struct idp_key *key, struct idp_bytes input, unsigned char *out,
                       size_t size)
{
    EVP_MD_CTX *context = idp_key_whole_context(key, true);
    bool done =
        context != NULL && EVP_DigestSign(context, out, &size, octets(input), input.size) == 1;
    EVP_MD_CTX_free(context);
    return done;
}

/* *size: the room that there is, then how much of it was taken. */
static bool sign_encoded(const struct idp_key *key, const struct idp_algorithm *algorithm,
                         const EVP_MD *hash, struct idp_bytes input, unsigned char *out,
                         size_t *size)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (!digest_make(algorithm, hash, input, digest)) {
        return false;
    }
    EVP_PKEY_CTX *context = idp_key_context_take(key, algorithm, hash, true);
    if (context == NULL || EVP_PKEY_sign(context, out, size, digest, algorithm->hash_size) != 1) {
        EVP_PKEY_CTX_free(context);
        return false;
    }
    idp_key_context_give(key, algorithm, true, context);
    return true;
}

static bool sign_hashed(const struct idp_key *key, const struct idp_algorithm *algorithm,
                        const EVP_MD *hash, struct idp_bytes input, unsigned char *out, size_t size)
{
    unsigned char made[DER_SIZE_MAX];
    size_t made_size = sizeof made;
    if (key->type != IDP_KEY_EC) {
        return sign_encoded(key, algorithm, hash, input, out, &size);
    }
    return sign_encoded(key, algorithm, hash, input, made, &made_size) &&
           raw_of_der(made, made_size, out, (int)size / 2);
}

static bool sign(struct idp_call *call, const struct idp_key *key,
                 const struct idp_algorithm *algorithm, struct idp_bytes input, unsigned char *out,
                 size_t size)
{
    switch (key->type) {
    case IDP_KEY_OCT:
        mac_run(key, algorithm, input, out);
        return true;
    case IDP_KEY_OKP:
        return sign_whole(key, input, out, size);
    default:
        return sign_hashed(key, algorithm, idp_hash_method(call, algorithm->hash), input, out,
                           size);
    }
}

struct idp_bytes idp_key_sign(struct idp_call *call, const struct idp_key *key,
                              const struct idp_algorithm *algorithm, struct idp_bytes input)
{
    size_t size = signature_size(key, algorithm);
    unsigned char *out = idp_allocate(call, size);
    if (!sign(call, key, algorithm, input, out, size)) {
        idp_fail(call, IDP_CRYPTO);
    }
    return (struct idp_bytes){(const char *)out, size};
}

/* ---- as certificates have them ---- */

bool idp_key_verify_encoded(struct idp_call *call, const struct idp_key *key,
                            const struct idp_algorithm *algorithm, struct idp_bytes input,
                            struct idp_bytes signature)
{
    ERR_set_mark();
    bool valid = key->type == IDP_KEY_OKP
                     ? signature.size == signature_size(key, algorithm) &&
                           verify_whole(key, input, signature)
                     : verify_encoded(key, algorithm, idp_hash_method(call, algorithm->hash), input,
                                      signature);
    ERR_pop_to_mark();
    return valid;
}

struct idp_bytes idp_key_sign_encoded(struct idp_call *call, const struct idp_key *key,
                                      const struct idp_algorithm *algorithm, struct idp_bytes input)
{
    size_t size = key->type == IDP_KEY_EC ? DER_SIZE_MAX : signature_size(key, algorithm);
    unsigned char *out = idp_allocate(call, size);
    bool done = key->type == IDP_KEY_OKP
                    ? sign_whole(key, input, out, size)
                    : sign_encoded(key, algorithm, idp_hash_method(call, algorithm->hash), input,
                                   out, &size);
    if (!done) {
        idp_fail(call, IDP_CRYPTO);
    }
    return (struct idp_bytes){(const char *)out, size};
}
