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

    EVP_MD_CTX *context = size > 0 ? idp_key_context(key, algorithm, false) : NULL;
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
    EVP_MD_CTX *context = idp_key_context(key, algorithm, true);
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
