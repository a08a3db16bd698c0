/* SPDX-License-Identifier: Apache-2.0 */
/* spki.c - public keys as certificates and requests have them (RFC 5280 §4.1.2.7, RFC 5480, 8410).
 *
 * Taken apart here and handed to OpenSSL as numbers: its own decoder takes longer than checking a
 * signature. Curves are named ones, so that no parameters can be sent (CVE-2020-0601). */
#include "core/jose/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#define CURVE "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"

/* An AlgorithmIdentifier, whole, and what keys it is of; curve NULL: RSA. */
static const struct kind {
    struct idp_bytes identifier;
    enum idp_key_type type;
    const char *curve;
} kinds[] = {
    {IDP_LITERAL(CURVE "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"), IDP_KEY_EC, "P-256"},
    {IDP_LITERAL("\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22"),
     IDP_KEY_EC, "P-384"},
    {IDP_LITERAL("\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23"),
     IDP_KEY_EC, "P-521"},
    {IDP_LITERAL("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"), IDP_KEY_RSA,
     NULL},
    {IDP_LITERAL("\x30\x05\x06\x03\x2b\x65\x70"), IDP_KEY_OKP, "Ed25519"},
    {IDP_LITERAL("\x30\x05\x06\x03\x2b\x65\x71"), IDP_KEY_OKP, "Ed448"},
};

/* Object identifiers of keys that are known, and not taken with these parameters: they tell a weak
 * curve, and a type that is none of ours, from what cannot be read. */
static const struct idp_bytes ec_identifier = IDP_LITERAL("\x2a\x86\x48\xce\x3d\x02\x01");
static const struct idp_bytes dsa_identifier = IDP_LITERAL("\x2a\x86\x48\xce\x38\x04\x01");

static const struct kind *kind_find(struct idp_bytes identifier)
{
    for (size_t i = 0; i < IDP_COUNT(kinds); i++) {
        if (idp_bytes_equal(kinds[i].identifier, identifier)) {
            return &kinds[i];
        }
    }
    return NULL;
}

/* A named curve that is none of ours is weak, or too rare to be trusted; parameters are no name. */
static const char *refusal_of(struct idp_bytes identifier)
{
    struct idp_bytes contents, oid;
    if (!idp_der_only(identifier, IDP_DER_SEQUENCE, &contents) ||
        !idp_der_take(&contents, IDP_DER_OID, &oid)) {
        return "key";
    }
    if (idp_bytes_equal(oid, ec_identifier)) {
        return idp_der_only(contents, IDP_DER_OID, NULL) ? "key_weak" : "key";
    }
    return idp_bytes_equal(oid, dsa_identifier) ? "key_type" : "key";
}

/* ---- numbers to OpenSSL ---- */

static EVP_PKEY *pkey_from(const char *type, OSSL_PARAM *parameters)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *pkey = NULL;
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return pkey;
}

static BIGNUM *number_of(struct idp_bytes magnitude)
{
    return BN_bin2bn((const unsigned char *)magnitude.data, (int)magnitude.size, NULL);
}

static EVP_PKEY *rsa_from(struct idp_bytes modulus, struct idp_bytes exponent)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *n = number_of(modulus), *e = number_of(exponent);
    OSSL_PARAM *parameters = NULL;
    if (builder != NULL && n != NULL && e != NULL &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1) {
        parameters = OSSL_PARAM_BLD_to_param(builder);
    }
    EVP_PKEY *pkey = parameters == NULL ? NULL : pkey_from("RSA", parameters);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return pkey;
}

static EVP_PKEY *rsa_read(struct idp_bytes key)
{
    struct idp_bytes numbers, modulus, exponent;
    if (!idp_der_only(key, IDP_DER_SEQUENCE, &numbers) ||
        !idp_der_take_number(&numbers, &modulus) || !idp_der_take_number(&numbers, &exponent) ||
        numbers.size != 0 || modulus.size > IDP_RSA_BITS_MAX / 8 ||
        exponent.size > IDP_RSA_EXPONENT_SIZE_MAX) {
        return NULL;
    }
    return rsa_from(modulus, exponent);
}

/* A point is lent; the others are made, and the call's own. */
static bool pkey_read(struct idp_call *call, struct idp_key *key, struct idp_bytes bits)
{
    ERR_set_mark();
    bool done = key->type == IDP_KEY_EC && idp_point_read(call, bits, key);
    EVP_PKEY *made =
        key->type == IDP_KEY_RSA ? rsa_read(bits)
        : key->type == IDP_KEY_OKP
            ? EVP_PKEY_new_raw_public_key_ex(NULL, key->curve->openssl_name, NULL,
                                             (const unsigned char *)bits.data, bits.size)
            : NULL;
    ERR_pop_to_mark();
    if (made != NULL) {
        key->pkey = idp_own(call, made, idp_pkey_release);
    }
    return done || made != NULL;
}

const struct idp_key *idp_spki_read(struct idp_call *call, struct idp_bytes spki, const char **why)
{
    struct idp_bytes parts, bits;
    struct idp_der identifier;
    *why = "key";
    if (!idp_der_only(spki, IDP_DER_SEQUENCE, &parts) || !idp_der_next(&parts, &identifier) ||
        !idp_der_take_bits(&parts, &bits) || parts.size != 0) {
        return NULL;
    }
    const struct kind *kind = kind_find(identifier.whole);
    if (kind == NULL) {
        *why = refusal_of(identifier.whole);
        return NULL;
    }
    const struct idp_curve *curve =
        kind->curve == NULL ? NULL : idp_curve_find(kind->type, idp_bytes_of(kind->curve));
    struct idp_key *key = idp_allocate(call, sizeof *key);
    *key = (struct idp_key){.type = kind->type, .curve = curve};
    if (!pkey_read(call, key, bits)) {
        return NULL;
    }
    if (kind->type != IDP_KEY_EC && !idp_pkey_admit(key, key->pkey, false)) {
        *why = kind->type == IDP_KEY_RSA ? "key_weak" : "key";
        return NULL;
    }
    key->verifies = true;
    return key;
}

/* ---- writing ---- */

struct idp_bytes idp_spki_write(struct idp_call *call, const struct idp_key *key)
{
    unsigned char *der = NULL;
    int size = i2d_PUBKEY(key->pkey, &der);
    if (size <= 0) {
        idp_fail(call, IDP_CRYPTO);
    }
    char *copy = idp_allocate_or_null(call, (size_t)size);
    if (copy != NULL) {
        memcpy(copy, der, (size_t)size);
    }
    OPENSSL_free(der);
    if (copy == NULL) {
        idp_fail(call, IDP_OUT_OF_MEMORY);
    }
    return (struct idp_bytes){copy, (size_t)size};
}

bool idp_key_agrees(const struct idp_key *key)
{
    return key->type == IDP_KEY_EC;
}

bool idp_key_enciphers(const struct idp_key *key)
{
    return key->type == IDP_KEY_RSA;
}

struct idp_json *idp_key_describe(struct idp_call *call, const struct idp_key *key)
{
    struct idp_json *description = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, description, "kty", idp_key_type_name(key->type));
    if (key->curve != NULL) {
        idp_json_add_c(call, description, "crv", key->curve->name);
    } else {
        idp_json_add_integer(call, description, "bits", EVP_PKEY_get_bits(key->pkey));
    }
    return description;
}
