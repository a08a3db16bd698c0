/* SPDX-License-Identifier: Apache-2.0 */
/* jwk_write.c - keys as JWK (RFC 7517, RFC 7518 §6): whole, the public half alone, and the
 * thumbprint that names them (RFC 7638). */
#include "core/jose/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>

enum { RAW_SIZE_MAX = 57 };

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
                    const struct idp_curve *curve, bool private)
{
    static const char *const members[][2] = {
        {"n", OSSL_PKEY_PARAM_RSA_N},          {"e", OSSL_PKEY_PARAM_RSA_E},
        {"d", OSSL_PKEY_PARAM_RSA_D},          {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
        {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},    {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
        {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2}, {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
    };

    (void)curve;
    for (size_t i = 0; i < (private ? IDP_COUNT(members) : 2); i++) {
        add_number(call, jwk, pkey, members[i][0], members[i][1], 0);
    }
}

static void add_ec(struct idp_call *call, struct idp_json *jwk, EVP_PKEY *pkey,
                   const struct idp_curve *curve, bool private)
{
    idp_json_add_c(call, jwk, "crv", curve->name);
    add_number(call, jwk, pkey, "x", OSSL_PKEY_PARAM_EC_PUB_X, curve->coordinate_size);
    add_number(call, jwk, pkey, "y", OSSL_PKEY_PARAM_EC_PUB_Y, curve->coordinate_size);
    if (private) {
        add_number(call, jwk, pkey, "d", OSSL_PKEY_PARAM_PRIV_KEY, curve->coordinate_size);
    }
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
                    const struct idp_curve *curve, bool private)
{
    idp_json_add_c(call, jwk, "crv", curve->name);
    add_raw(call, jwk, "x", pkey, EVP_PKEY_get_raw_public_key);
    if (private) {
        add_raw(call, jwk, "d", pkey, EVP_PKEY_get_raw_private_key);
    }
}

void idp_jwk_members_add(struct idp_call *call, struct idp_json *jwk, enum idp_key_type type,
                         const struct idp_curve *curve, EVP_PKEY *pkey, bool private)
{
    static void (*const adders[IDP_KEY_TYPE_COUNT])(struct idp_call *, struct idp_json *,
                                                    EVP_PKEY *, const struct idp_curve *, bool) = {
        [IDP_KEY_RSA] = add_rsa, [IDP_KEY_EC] = add_ec, [IDP_KEY_OKP] = add_okp};
    adders[type](call, jwk, pkey, curve, private);
}

struct idp_json *idp_jwk_of_key(struct idp_call *call, const struct idp_key *key)
{
    struct idp_json *jwk = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, jwk, "kty", idp_key_type_name(key->type));
    idp_jwk_members_add(call, jwk, key->type, key->curve, key->pkey, key->signs);
    idp_json_add_string(call, jwk, "x5t", key->x5t);
    idp_json_add_string(call, jwk, "x5t#S256", key->x5t_s256);
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
