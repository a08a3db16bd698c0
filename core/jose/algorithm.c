/* SPDX-License-Identifier: Apache-2.0 */
/* algorithm.c - the algorithms (RFC 7518 §3.1, RFC 8037), and which keys each takes.
 *
 * `none` is not a row, so it is never found. The first row that fits a key is its usual one. */
#include "core/jose/key.h"

#include <string.h>

static const struct idp_algorithm algorithms[] = {
    {.name = "ES256", .type = IDP_KEY_EC, .curve = "P-256", IDP_SHA256, "SHA2-256", 32, false},
    {.name = "ES384", .type = IDP_KEY_EC, .curve = "P-384", IDP_SHA384, "SHA2-384", 48, false},
    {.name = "ES512", .type = IDP_KEY_EC, .curve = "P-521", IDP_SHA512, "SHA2-512", 64, false},
    {.name = "EdDSA", .type = IDP_KEY_OKP},
    {.name = "RS256", .type = IDP_KEY_RSA, NULL, IDP_SHA256, "SHA2-256", 32, false},
    {.name = "RS384", .type = IDP_KEY_RSA, NULL, IDP_SHA384, "SHA2-384", 48, false},
    {.name = "RS512", .type = IDP_KEY_RSA, NULL, IDP_SHA512, "SHA2-512", 64, false},
    {.name = "PS256", .type = IDP_KEY_RSA, NULL, IDP_SHA256, "SHA2-256", 32, true},
    {.name = "PS384", .type = IDP_KEY_RSA, NULL, IDP_SHA384, "SHA2-384", 48, true},
    {.name = "PS512", .type = IDP_KEY_RSA, NULL, IDP_SHA512, "SHA2-512", 64, true},
    {.name = "HS256", .type = IDP_KEY_OCT, NULL, IDP_SHA256, "SHA2-256", 32, false},
    {.name = "HS384", .type = IDP_KEY_OCT, NULL, IDP_SHA384, "SHA2-384", 48, false},
    {.name = "HS512", .type = IDP_KEY_OCT, NULL, IDP_SHA512, "SHA2-512", 64, false},
};

static const struct idp_curve curves[] = {
    {"P-256", IDP_KEY_EC, "prime256v1", 32, 64}, {"P-384", IDP_KEY_EC, "secp384r1", 48, 96},
    {"P-521", IDP_KEY_EC, "secp521r1", 66, 132}, {"Ed25519", IDP_KEY_OKP, "ED25519", 32, 64},
    {"Ed448", IDP_KEY_OKP, "ED448", 57, 114},
};

static const char *const key_types[IDP_KEY_TYPE_COUNT] = {
    [IDP_KEY_RSA] = "RSA", [IDP_KEY_EC] = "EC", [IDP_KEY_OKP] = "OKP", [IDP_KEY_OCT] = "oct"};

_Static_assert(IDP_COUNT(algorithms) == IDP_ALGORITHM_COUNT, "as many as key.h says");

bool idp_algorithm_is_public(const struct idp_algorithm *algorithm)
{
    return algorithm != NULL && algorithm->type != IDP_KEY_OCT;
}

size_t idp_algorithm_index(const struct idp_algorithm *algorithm)
{
    return (size_t)(algorithm - algorithms);
}

const struct idp_algorithm *idp_algorithm_find(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(algorithms); i++) {
        if (idp_bytes_is(name, algorithms[i].name)) {
            return &algorithms[i];
        }
    }
    return NULL;
}

bool idp_key_type_find(struct idp_bytes kty, enum idp_key_type *out)
{
    for (size_t i = 0; i < IDP_KEY_TYPE_COUNT; i++) {
        if (!idp_bytes_is(kty, key_types[i])) {
            continue;
        }
        *out = (enum idp_key_type)i;
        return true;
    }
    return false;
}

const char *idp_key_type_name(enum idp_key_type type)
{
    return key_types[type];
}

const struct idp_curve *idp_curve_find(enum idp_key_type type, struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(curves); i++) {
        if (curves[i].type == type && idp_bytes_is(name, curves[i].name)) {
            return &curves[i];
        }
    }
    return NULL;
}

const struct idp_curve *idp_curve_of_openssl(enum idp_key_type type, const char *name)
{
    for (size_t i = 0; i < IDP_COUNT(curves); i++) {
        if (curves[i].type == type && strcmp(name, curves[i].openssl_name) == 0) {
            return &curves[i];
        }
    }
    return NULL;
}

bool idp_algorithm_fits(const struct idp_algorithm *algorithm, const struct idp_key *key)
{
    if (algorithm->type != key->type || (key->algorithm && key->algorithm != algorithm)) {
        return false;
    }
    if (algorithm->curve && strcmp(algorithm->curve, key->curve->name) != 0) {
        return false;
    }
    return key->type != IDP_KEY_OCT || key->secret.size >= algorithm->hash_size;
}

const struct idp_algorithm *idp_algorithm_usual(const struct idp_key *key)
{
    for (size_t i = 0; i < IDP_COUNT(algorithms); i++) {
        if (idp_algorithm_fits(&algorithms[i], key)) {
            return &algorithms[i];
        }
    }
    return NULL;
}
