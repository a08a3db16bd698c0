/* SPDX-License-Identifier: Apache-2.0 */
/* generate.c - new keys.
 *
 * Asymmetric keys come from OpenSSL's own generator, which the provider may require; symmetric ones
 * from the host's randomness. */
#include "core/jose/key.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

enum { RSA_BITS = 2048 };

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
    if (algorithm->type == IDP_KEY_OCT) {
        idp_json_add_string(call, jwk, "k", idp_random_text(call, algorithm->hash_size));
        return;
    }
    const char *name = algorithm->curve != NULL ? algorithm->curve : "Ed25519";
    const struct idp_curve *curve = idp_curve_find(algorithm->type, idp_bytes_of(name));
    idp_jwk_members_add(call, jwk, algorithm->type, curve, pkey_generate(call, algorithm, curve),
                        true);
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
