/* SPDX-License-Identifier: Apache-2.0 */
/* signature.c - raw JWA signatures (RFC 7518 §3, RFC 8037 §3.1).
 *
 * A cached key brings a context that is ready for its usual algorithm: copying it costs a few
 * percent of a signature, initialising one up to a fifth. Sizes are checked before anything else,
 * and OpenSSL's error queue is left as it was: the host has its own use for it. */
#include "core/jose/key.h"

#include <openssl/ecdsa.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

enum { HMAC_SIZE_MAX = 64, DER_SIZE_MAX = 160 };

static const unsigned char *octets(struct idp_bytes bytes)
{
    return (const unsigned char *)bytes.data;
}

/* PSS with a salt as long as the digest (RFC 7518 §3.5), neither longer nor shorter. */
static bool set_padding(EVP_PKEY_CTX *context, const struct idp_algorithm *algorithm)
{
    return !algorithm->pss ||
           (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1);
}

static EVP_MD_CTX *context_new(const struct idp_key *key, const struct idp_algorithm *algorithm,
                               bool sign)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *padding = NULL;
    int done = !context ? 0
               : sign   ? EVP_DigestSignInit_ex(context, &padding, algorithm->hash_name, NULL, NULL,
                                                key->pkey, NULL)
                      : EVP_DigestVerifyInit_ex(context, &padding, algorithm->hash_name, NULL, NULL,
                                                key->pkey, NULL);

    if (done == 1 && set_padding(padding, algorithm)) {
        return context;
    }
    EVP_MD_CTX_free(context);
    return NULL;
}

/* A context of the caller's own: a copy of the key's template, or a new one. */
static EVP_MD_CTX *context_get(const struct idp_key *key, const struct idp_algorithm *algorithm,
                               bool sign)
{
    const EVP_MD_CTX *template = sign ? key->sign_template : key->verify_template;

    if (!template || algorithm != key->usual) {
        return context_new(key, algorithm, sign);
    }

    EVP_MD_CTX *context = EVP_MD_CTX_new();

    if (context && EVP_MD_CTX_copy_ex(context, template) == 1) {
        return context;
    }
    EVP_MD_CTX_free(context);
    return NULL;
}

/* Writes the MAC of algorithm->hash_size bytes. */
static void mac_run(const struct idp_key *key, const struct idp_algorithm *algorithm,
                    struct idp_bytes input, unsigned char *out)
{
    struct idp_hmac own;
    if (key->hmac != NULL && algorithm == key->usual) {
        idp_hmac_run(key->hmac, algorithm, input, out);
        return;
    }
    idp_hmac_prepare(&own, algorithm->hash, key->secret);
    idp_hmac_run(&own, algorithm, input, out);
    idp_wipe(&own, sizeof own);
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

static bool verify_pkey(const struct idp_key *key, const struct idp_algorithm *algorithm,
                        struct idp_bytes input, struct idp_bytes signature)
{
    unsigned char der[DER_SIZE_MAX];
    const unsigned char *encoded = octets(signature);
    size_t size = signature.size;

    if (key->type == IDP_KEY_OKP && idp_point_is_weak(key->curve, encoded)) {
        return false;
    }
    if (key->type == IDP_KEY_EC) {
        size = der_of_raw(signature, der);
        encoded = der;
    }

    EVP_MD_CTX *context = size > 0 ? context_get(key, algorithm, false) : NULL;
    bool valid =
        context && EVP_DigestVerify(context, encoded, size, octets(input), input.size) == 1;

    EVP_MD_CTX_free(context);
    return valid;
}

bool idp_key_verify(struct idp_call *call, const struct idp_key *key,
                    const struct idp_algorithm *algorithm, struct idp_bytes input,
                    struct idp_bytes signature)
{
    (void)call;
    if (!key->verifies || signature.size != signature_size(key, algorithm)) {
        return false;
    }
    ERR_set_mark();
    bool valid = key->type == IDP_KEY_OCT ? verify_mac(key, algorithm, input, signature)
                                          : verify_pkey(key, algorithm, input, signature);
    ERR_pop_to_mark();
    return valid;
}

static bool sign_pkey(const struct idp_key *key, const struct idp_algorithm *algorithm,
                      struct idp_bytes input, unsigned char *out, size_t size)
{
    unsigned char buffer[IDP_SIGNATURE_SIZE_MAX];
    size_t made = sizeof buffer;
    bool is_ec = key->type == IDP_KEY_EC;
    EVP_MD_CTX *context = context_get(key, algorithm, true);
    bool done = context && EVP_DigestSign(context, is_ec ? buffer : out, is_ec ? &made : &size,
                                          octets(input), input.size) == 1;

    EVP_MD_CTX_free(context);
    return done && (!is_ec || raw_of_der(buffer, made, out, (int)size / 2));
}

struct idp_bytes idp_key_sign(struct idp_call *call, const struct idp_key *key,
                              const struct idp_algorithm *algorithm, struct idp_bytes input)
{
    size_t size = signature_size(key, algorithm);
    unsigned char *out = idp_allocate(call, size);
    if (key->type == IDP_KEY_OCT) {
        mac_run(key, algorithm, input, out);
    } else if (!sign_pkey(key, algorithm, input, out, size)) {
        idp_fail(call, IDP_CRYPTO);
    }
    return (struct idp_bytes){(const char *)out, size};
}

void idp_key_prepare(struct idp_key *key)
{
    key->usual = idp_algorithm_usual(key);
    if (key->type == IDP_KEY_OCT) {
        key->hmac = OPENSSL_malloc(sizeof *key->hmac);
        if (key->hmac != NULL) {
            idp_hmac_prepare(key->hmac, key->usual->hash, key->secret);
        }
        return;
    }
    ERR_set_mark();
    if (key->verifies) {
        key->verify_template = context_new(key, key->usual, false);
    }
    if (key->signs) {
        key->sign_template = context_new(key, key->usual, true);
    }
    ERR_pop_to_mark();
}
