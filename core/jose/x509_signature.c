/* SPDX-License-Identifier: Apache-2.0 */
/* x509_signature.c - signatures of certificates and requests, named by an AlgorithmIdentifier
 * (RFC 4055, 5758, 8410). One is known by its exact bytes: parameters that are left out, or are
 * others, make it another one. */
#include "core/jose/key.h"

struct x509_algorithm {
    const char *name;
    struct idp_bytes identifier; /* whole */
    enum idp_key_type type;
    const char *algorithm; /* whose hash it has, or the curve of EdDSA; NULL: too weak */
};

#define ECDSA "\x2a\x86\x48\xce\x3d\x04"
#define RSA "\x2a\x86\x48\x86\xf7\x0d\x01\x01"

static const struct x509_algorithm algorithms[] = {
    {"ecdsa-with-SHA256", IDP_LITERAL("\x30\x0a\x06\x08" ECDSA "\x03\x02"), IDP_KEY_EC, "ES256"},
    {"ecdsa-with-SHA384", IDP_LITERAL("\x30\x0a\x06\x08" ECDSA "\x03\x03"), IDP_KEY_EC, "ES384"},
    {"ecdsa-with-SHA512", IDP_LITERAL("\x30\x0a\x06\x08" ECDSA "\x03\x04"), IDP_KEY_EC, "ES512"},
    {"ecdsa-with-SHA224", IDP_LITERAL("\x30\x0a\x06\x08" ECDSA "\x03\x01"), IDP_KEY_EC, NULL},
    {"ecdsa-with-SHA1", IDP_LITERAL("\x30\x09\x06\x07" ECDSA "\x01"), IDP_KEY_EC, NULL},
    {"sha256WithRSAEncryption", IDP_LITERAL("\x30\x0d\x06\x09" RSA "\x0b\x05\x00"), IDP_KEY_RSA,
     "RS256"},
    {"sha384WithRSAEncryption", IDP_LITERAL("\x30\x0d\x06\x09" RSA "\x0c\x05\x00"), IDP_KEY_RSA,
     "RS384"},
    {"sha512WithRSAEncryption", IDP_LITERAL("\x30\x0d\x06\x09" RSA "\x0d\x05\x00"), IDP_KEY_RSA,
     "RS512"},
    {"sha1WithRSAEncryption", IDP_LITERAL("\x30\x0d\x06\x09" RSA "\x05\x05\x00"), IDP_KEY_RSA,
     NULL},
    {"md5WithRSAEncryption", IDP_LITERAL("\x30\x0d\x06\x09" RSA "\x04\x05\x00"), IDP_KEY_RSA, NULL},
    {"Ed25519", IDP_LITERAL("\x30\x05\x06\x03\x2b\x65\x70"), IDP_KEY_OKP, "Ed25519"},
    {"Ed448", IDP_LITERAL("\x30\x05\x06\x03\x2b\x65\x71"), IDP_KEY_OKP, "Ed448"},
};

static const struct x509_algorithm *algorithm_find(struct idp_bytes identifier)
{
    for (size_t i = 0; i < IDP_COUNT(algorithms); i++) {
        if (idp_bytes_equal(algorithms[i].identifier, identifier)) {
            return &algorithms[i];
        }
    }
    return NULL;
}

const char *idp_x509_algorithm_name(struct idp_bytes algorithm)
{
    const struct x509_algorithm *found = algorithm_find(algorithm);
    return found == NULL ? NULL : found->name;
}

static bool is_for(const struct x509_algorithm *algorithm, const struct idp_key *key)
{
    return algorithm->type == key->type &&
           (key->type != IDP_KEY_OKP || strcmp(algorithm->algorithm, key->curve->name) == 0);
}

static const struct idp_algorithm *jose_algorithm(const struct x509_algorithm *algorithm)
{
    return idp_algorithm_find(
        idp_bytes_of(algorithm->type == IDP_KEY_OKP ? "EdDSA" : algorithm->algorithm));
}

const char *idp_x509_verify(struct idp_call *call, const struct idp_key *key,
                            struct idp_bytes algorithm, struct idp_bytes input,
                            struct idp_bytes signature)
{
    const struct x509_algorithm *found = algorithm_find(algorithm);
    if (found == NULL || !is_for(found, key)) {
        return "algorithm";
    }
    if (found->algorithm == NULL) {
        return "hash_weak";
    }
    return idp_key_verify_encoded(call, key, jose_algorithm(found), input, signature) ? NULL
                                                                                      : "signature";
}

/* The algorithm that is usual for the key, but PKCS #1 v1.5 for RSA: what every verifier of
 * certificates knows. */
static const struct x509_algorithm *algorithm_of(struct idp_call *call, const struct idp_key *key)
{
    const struct idp_algorithm *usual = idp_algorithm_usual(key);
    for (size_t i = 0; usual != NULL && i < IDP_COUNT(algorithms); i++) {
        if (algorithms[i].algorithm != NULL && is_for(&algorithms[i], key) &&
            jose_algorithm(&algorithms[i]) == usual) {
            return &algorithms[i];
        }
    }
    idp_fail(call, IDP_UNSUPPORTED_ALGORITHM);
}

struct idp_bytes idp_x509_algorithm(struct idp_call *call, const struct idp_key *key)
{
    return algorithm_of(call, key)->identifier;
}

struct idp_bytes idp_x509_sign(struct idp_call *call, const struct idp_key *key,
                               struct idp_bytes input)
{
    return idp_key_sign_encoded(call, key, jose_algorithm(algorithm_of(call, key)), input);
}
