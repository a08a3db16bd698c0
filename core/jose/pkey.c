/* SPDX-License-Identifier: Apache-2.0 */
/* pkey.c - what a key must be before anything is verified or signed with it, whatever text it came
 * from: RSA of 2048 to 8192 bits with an odd exponent from 3, a point that is on a named curve, an
 * EdDSA point that is canonical and not of small order (for those, signatures exist that fit every
 * message), a private half that belongs to the public one. */
#include "core/jose/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <string.h>

enum { POINT_SIZE_MAX = 57, GROUP_NAME_SIZE = 64 };

/* The primes 2^255 - 19 and 2^448 - 2^224 - 1, least significant byte first. */
static const unsigned char prime_25519[32] = {
    0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
static const unsigned char prime_448[57] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/* The y of the points of order 8 on Ed25519; those of order 1, 2 and 4 have y = 1, -1 and 0. */
static const unsigned char order_8[2][32] = {
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a}};

/* True where the number is below the prime and not its predecessor, and neither 0 nor 1. */
static bool is_plain_number(const unsigned char *number, const unsigned char *prime, size_t size)
{
    size_t low = 1, high = size - 1;

    while (low < size && number[low] == 0) {
        low++;
    }
    if (low == size && number[0] <= 1) {
        return false;
    }
    while (high > 0 && number[high] == prime[high]) {
        high--;
    }
    return number[high] < prime[high] && !(high == 0 && number[0] + 1 == prime[0]);
}

static bool points_equal(const unsigned char *left, const unsigned char *right, size_t size)
{
    return idp_equal((struct idp_bytes){(const char *)left, size},
                     (struct idp_bytes){(const char *)right, size});
}

bool idp_point_is_weak(const struct idp_curve *curve, const unsigned char *point)
{
    size_t size = curve->coordinate_size;
    unsigned char y[POINT_SIZE_MAX];

    memcpy(y, point, size);
    y[size - 1] &= 0x7f; /* the sign of x */
    if (!is_plain_number(y, size == sizeof prime_25519 ? prime_25519 : prime_448, size)) {
        return true;
    }
    return size == sizeof prime_25519 &&
           (points_equal(y, order_8[0], size) || points_equal(y, order_8[1], size));
}

static bool rsa_number_is_odd(EVP_PKEY *pkey, const char *name, int size_max)
{
    BIGNUM *number = NULL;
    bool odd = EVP_PKEY_get_bn_param(pkey, name, &number) == 1 && BN_is_odd(number) &&
               !BN_is_one(number) && BN_num_bytes(number) <= size_max;

    BN_free(number);
    return odd;
}

/* Without an error where it is not there. */
static bool has_number(const EVP_PKEY *pkey, const char *name)
{
    BIGNUM *number = NULL;

    ERR_set_mark();
    bool found = EVP_PKEY_get_bn_param(pkey, name, &number) == 1;

    ERR_pop_to_mark();
    BN_clear_free(number);
    return found;
}

/* At most two: no JWK that we write or read has more (RFC 7518 §6.3.2.7). */
static bool has_two_primes(const EVP_PKEY *pkey)
{
    return !has_number(pkey, OSSL_PKEY_PARAM_RSA_FACTOR3);
}

static bool rsa_is_sound(EVP_PKEY *pkey)
{
    int bits = EVP_PKEY_get_bits(pkey);

    return bits >= IDP_RSA_BITS_MIN && bits <= IDP_RSA_BITS_MAX &&
           rsa_number_is_odd(pkey, OSSL_PKEY_PARAM_RSA_N, IDP_RSA_BITS_MAX / 8) &&
           rsa_number_is_odd(pkey, OSSL_PKEY_PARAM_RSA_E, IDP_RSA_EXPONENT_SIZE_MAX);
}

/* A signature that verifies proves the private half; checking its primes would take 50 ms. */
static bool rsa_is_pair(EVP_PKEY *pkey)
{
    static const unsigned char message[] = "idplane";
    unsigned char signature[IDP_SIGNATURE_SIZE_MAX];
    size_t size = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool pair = context &&
                EVP_DigestSignInit_ex(context, NULL, "SHA2-256", NULL, NULL, pkey, NULL) == 1 &&
                EVP_DigestSign(context, signature, &size, message, sizeof message) == 1 &&
                EVP_MD_CTX_reset(context) == 1 &&
                EVP_DigestVerifyInit_ex(context, NULL, "SHA2-256", NULL, NULL, pkey, NULL) == 1 &&
                EVP_DigestVerify(context, signature, size, message, sizeof message) == 1;

    EVP_MD_CTX_free(context);
    return pair;
}

static const struct idp_curve *ec_curve(EVP_PKEY *pkey)
{
    char name[GROUP_NAME_SIZE];
    int is_explicit = 0;

    EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit);
    if (is_explicit || EVP_PKEY_get_group_name(pkey, name, sizeof name, NULL) != 1) {
        return NULL;
    }
    return idp_curve_of_openssl(IDP_KEY_EC, name);
}

/* On curves of a prime order what is on the curve is in the group: there is no need to multiply,
 * which takes longer than a signature. */
static bool ec_is_sound(EVP_PKEY *pkey, bool private)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    bool sound = context && EVP_PKEY_public_check_quick(context) == 1 &&
                 (!private || EVP_PKEY_pairwise_check(context) == 1);

    EVP_PKEY_CTX_free(context);
    return sound;
}

/* OpenSSL signs with the public key it was told, which a wrong one turns into a leak. */
static bool okp_is_pair(const struct idp_curve *curve, EVP_PKEY *pkey, const unsigned char *point)
{
    unsigned char secret[POINT_SIZE_MAX], own[POINT_SIZE_MAX];
    size_t size = sizeof secret, own_size = sizeof own;
    bool pair = false;

    if (EVP_PKEY_get_raw_private_key(pkey, secret, &size) != 1) {
        return false;
    }

    EVP_PKEY *derived =
        EVP_PKEY_new_raw_private_key_ex(NULL, curve->openssl_name, NULL, secret, size);

    if (derived && EVP_PKEY_get_raw_public_key(derived, own, &own_size) == 1) {
        pair = own_size == curve->coordinate_size && points_equal(own, point, own_size);
    }
    EVP_PKEY_free(derived);
    idp_wipe(secret, sizeof secret);
    return pair;
}

static bool okp_is_sound(const struct idp_curve *curve, EVP_PKEY *pkey, bool private)
{
    unsigned char point[POINT_SIZE_MAX];
    size_t size = sizeof point;

    if (EVP_PKEY_get_raw_public_key(pkey, point, &size) != 1 || size != curve->coordinate_size) {
        return false;
    }
    return !idp_point_is_weak(curve, point) && (!private || okp_is_pair(curve, pkey, point));
}

/* EVP_PKEY_is_a() asks for memory, and says no where there is none. */
static bool is_of_type(const EVP_PKEY *pkey, const char *type)
{
    const char *name = EVP_PKEY_get0_type_name(pkey);

    return name != NULL && strcmp(name, type) == 0;
}

static bool admit(struct idp_key *key, EVP_PKEY *pkey, bool private)
{
    if (is_of_type(pkey, "RSA")) {
        key->type = IDP_KEY_RSA;
        return rsa_is_sound(pkey) && (!private || (has_two_primes(pkey) && rsa_is_pair(pkey)));
    }
    if (is_of_type(pkey, "EC")) {
        key->type = IDP_KEY_EC;
        key->curve = ec_curve(pkey);
        return key->curve && ec_is_sound(pkey, private);
    }
    key->type = IDP_KEY_OKP;
    key->curve = idp_curve_of_openssl(IDP_KEY_OKP, EVP_PKEY_get0_type_name(pkey));
    return key->curve && okp_is_sound(key->curve, pkey, private);
}

/* True where the key is refused whatever memory there is: RSA is too short, or it is of a type that
 * no algorithm takes. Bits of 0 are those that could not be counted. */
static bool is_none_of_ours(const struct idp_key *key, EVP_PKEY *pkey)
{
    int bits = EVP_PKEY_get_bits(pkey);

    return key->type == IDP_KEY_RSA ? bits > 0 && bits < IDP_RSA_BITS_MIN
                                    : key->type == IDP_KEY_OKP && key->curve == NULL;
}

bool idp_pkey_admit(struct idp_key *key, EVP_PKEY *pkey, bool private)
{
    ERR_set_mark();
    bool sound = admit(key, pkey, private);
    ERR_pop_to_mark();
    if (sound) {
        key->pkey = pkey;
    }
    key->doubtful = !sound && !is_none_of_ours(key, pkey);
    return sound;
}

bool idp_pkey_is_whole(const EVP_PKEY *pkey)
{
    return !is_of_type(pkey, "RSA") || has_number(pkey, OSSL_PKEY_PARAM_RSA_FACTOR1);
}

void idp_pkey_release(void *pkey)
{
    EVP_PKEY_free(pkey);
}
