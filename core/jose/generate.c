/* SPDX-License-Identifier: Apache-2.0 */
/* generate.c - new keys, the public half of a key, and its thumbprint (RFC 7638).
 *
 * Asymmetric keys come from OpenSSL's own generator, which the provider may require; symmetric ones
 * from the host's randomness. */
#include "core/jose/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

enum { RSA_BITS = 2048, RAW_SIZE_MAX = 57 };

static void number_release(void *number)
{
    BN_clear_free(number);
}

/* Adds a number of the key as base64url; size 0: as short as it is. */
static void add_number(struct idp_call *call, struct idp_json *jwk, EVP_PKEY *pkey,
                       const char *member, const char *parameter, size_t size)
{
    BIGNUM *number = NULL;

    EVP_PKEY_get_bn_param(pkey, parameter, &number);
    idp_own(call, number, number_release);
    size = size ? size : (size_t)BN_num_bytes(number);

    unsigned char *bytes = idp_allocate(call, size);

    if (BN_bn2binpad(number, bytes, (int)size) != (int)size) {
        idp_fail(call, IDP_CRYPTO);
    }
    idp_json_add_string(call, jwk, member,
                        idp_base64url_encode(call, (struct idp_bytes){(const char *)bytes, size}));
}

static void add_rsa(struct idp_call *call, struct idp_json *jwk, EVP_PKEY *pkey,
                    const struct idp_curve *curve)
{
    static const char *const members[][2] = {
        {"n", OSSL_PKEY_PARAM_RSA_N},          {"e", OSSL_PKEY_PARAM_RSA_E},
        {"d", OSSL_PKEY_PARAM_RSA_D},          {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
        {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},    {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
        {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2}, {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
    };

    (void)curve;
    for (size_t i = 0; i < IDP_COUNT(members); i++) {
        add_number(call, jwk, pkey, members[i][0], members[i][1], 0);
    }
}

static void add_ec(struct idp_call *call, struct idp_json *jwk, EVP_PKEY *pkey,
                   const struct idp_curve *curve)
{
    idp_json_add_c(call, jwk, "crv", curve->name);
    add_number(call, jwk, pkey, "x", OSSL_PKEY_PARAM_EC_PUB_X, curve->coordinate_size);
    add_number(call, jwk, pkey, "y", OSSL_PKEY_PARAM_EC_PUB_Y, curve->coordinate_size);
    add_number(call, jwk, pkey, "d", OSSL_PKEY_PARAM_PRIV_KEY, curve->coordinate_size);
}

static void add_raw(struct idp_call *call, struct idp_json *jwk, const char *member, EVP_PKEY *pkey,
                    int (*get)(const EVP_PKEY *, unsigned char *, size_t *))
{
    unsigned char *bytes = idp_allocate(call, RAW_SIZE_MAX);
    size_t size = RAW_SIZE_MAX;

    if (get(pkey, bytes, &size) != 1) {
        idp_fail(call, IDP_CRYPTO);
    }
    idp_json_add_string(call, jwk, member,
                        idp_base64url_encode(call, (struct idp_bytes){(const char *)bytes, size}));
}

static void add_okp(struct idp_call *call, struct idp_json *jwk, EVP_PKEY *pkey,
                    const struct idp_curve *curve)
{
    idp_json_add_c(call, jwk, "crv", curve->name);
    add_raw(call, jwk, "x", pkey, EVP_PKEY_get_raw_public_key);
    add_raw(call, jwk, "d", pkey, EVP_PKEY_get_raw_private_key);
}

static EVP_PKEY *pkey_generate(struct idp_call *call, const struct idp_algorithm *algorithm,
                               const struct idp_curve *curve)
{
    size_t bits = RSA_BITS;
    OSSL_PARAM parameters[2] = {OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
    const char *type = algorithm->type == IDP_KEY_RSA  ? "RSA"
                       : algorithm->type == IDP_KEY_EC ? "EC"
                                                       : curve->openssl_name;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *pkey = NULL;

    if (algorithm->type == IDP_KEY_RSA) {
        parameters[0] = OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_BITS, &bits);
    }
    if (algorithm->type == IDP_KEY_EC) {
        parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                         (char *)(uintptr_t)curve->openssl_name, 0);
    }
    if (!context || EVP_PKEY_keygen_init(context) != 1 ||
        EVP_PKEY_CTX_set_params(context, parameters) != 1 ||
        EVP_PKEY_generate(context, &pkey) != 1) {
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return idp_own(call, pkey, idp_pkey_release);
}

static void add_material(struct idp_call *call, struct idp_json *jwk,
                         const struct idp_algorithm *algorithm)
{
    static void (*const adders[IDP_KEY_TYPE_COUNT])(struct idp_call *, struct idp_json *,
                                                    EVP_PKEY *, const struct idp_curve *) = {
        [IDP_KEY_RSA] = add_rsa, [IDP_KEY_EC] = add_ec, [IDP_KEY_OKP] = add_okp};
    const char *name = algorithm->curve ? algorithm->curve : "Ed25519";

    if (algorithm->type == IDP_KEY_OCT) {
        idp_json_add_string(call, jwk, "k", idp_random_text(call, algorithm->hash_size));
        return;
    }

    const struct idp_curve *curve = idp_curve_find(algorithm->type, idp_bytes_of(name));

    adders[algorithm->type](call, jwk, pkey_generate(call, algorithm, curve), curve);
}

struct idp_json *idp_jwk_generate(struct idp_call *call, const struct idp_algorithm *algorithm,
                                  struct idp_bytes kid)
{
    struct idp_json *jwk = idp_json_new(call, IDP_JSON_OBJECT);

    idp_json_add_c(call, jwk, "kty", idp_key_type_name(algorithm->type));
    add_material(call, jwk, algorithm);
    idp_json_add_string(call, jwk, "kid", kid.data ? kid : idp_jwk_thumbprint(call, jwk));
    idp_json_add_c(call, jwk, "alg", algorithm->name);
    idp_json_add_c(call, jwk, "use", "sig");
    return jwk;
}

struct idp_json *idp_jwk_public(struct idp_call *call, const struct idp_json *jwk)
{
    static const char *const members[] = {"kty", "crv", "x",   "y",   "n",   "e",
                                          "kid", "alg", "use", "x5c", "x5t", "x5t#S256"};
    enum idp_key_type type;

    if (!idp_key_type_find(idp_json_string(jwk, "kty"), &type) || type == IDP_KEY_OCT) {
        return NULL;
    }

    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);

    for (size_t i = 0; i < IDP_COUNT(members); i++) {
        const struct idp_json *member = idp_json_member(jwk, members[i]);

        if (member) {
            idp_json_add(out, members[i], idp_json_copy(call, member));
        }
    }
    return out;
}

struct idp_bytes idp_jwk_thumbprint(struct idp_call *call, const struct idp_json *jwk)
{
    static const char *const required[IDP_KEY_TYPE_COUNT][4] = {
        [IDP_KEY_RSA] = {"e", "kty", "n"},
        [IDP_KEY_EC] = {"crv", "kty", "x", "y"},
        [IDP_KEY_OKP] = {"crv", "kty", "x"},
        [IDP_KEY_OCT] = {"k", "kty"},
    };
    struct idp_json *hashed = idp_json_new(call, IDP_JSON_OBJECT);
    enum idp_key_type type;

    if (!idp_key_type_find(idp_json_string(jwk, "kty"), &type)) {
        return (struct idp_bytes){NULL, 0};
    }
    for (size_t i = 0; i < 4 && required[type][i]; i++) {
        struct idp_bytes text = idp_json_string(jwk, required[type][i]);

        if (!text.data) {
            return text;
        }
        idp_json_add_string(call, hashed, required[type][i], text);
    }
    return idp_base64url_encode(call, idp_sha256(call, idp_json_text(call, hashed)));
}
