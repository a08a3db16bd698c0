/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_seed.c - a seed that only the TPM of an endorsement key can read (Part 1 §B.10.4, §C.6.4):
 * for RSA a random one, sent in OAEP; for a curve what a key that is made for this once agrees on.
 * The randomness is the host's. */
#include "core/pki/tpm.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static const char label[] = "IDENTITY"; /* with its NUL */

/* ---- RSA ---- */

static void pkey_release(void *pkey)
{
    EVP_PKEY_free(pkey);
}

static void context_release(void *context)
{
    EVP_PKEY_CTX_free(context);
}

static bool oaep_prepare(EVP_PKEY_CTX *context, const EVP_MD *method)
{
    unsigned char *name = OPENSSL_memdup(label, sizeof label);
    if (name == NULL || EVP_PKEY_encrypt_init(context) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_oaep_md(context, method) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(context, method) != 1 ||
        EVP_PKEY_CTX_set0_rsa_oaep_label(context, name, sizeof label) != 1) {
        OPENSSL_free(name);
        return false;
    }
    return true;
}

static struct idp_tpm_seed rsa_seed(struct idp_call *call, const struct idp_tpm_key *key)
{
    const unsigned char *at = (const unsigned char *)key->spki.data;
    struct idp_bytes seed = idp_random(call, key->name_hash->size);
    EVP_PKEY *pkey = idp_own(call, d2i_PUBKEY(NULL, &at, (long)key->spki.size), pkey_release);
    EVP_PKEY_CTX *context =
        idp_own(call, EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL), context_release);
    size_t size = (size_t)EVP_PKEY_get_size(pkey);
    unsigned char *sent = idp_allocate(call, size);
    if (!oaep_prepare(context, idp_hash_method(call, key->name_hash->method)) ||
        EVP_PKEY_encrypt(context, sent, &size, (const unsigned char *)seed.data, seed.size) != 1) {
        idp_fail(call, IDP_CRYPTO);
    }
    return (struct idp_tpm_seed){seed, IDP_TPM_BYTES(sent, size)};
}

/* ---- curves ---- */

static void group_release(void *group)
{
    EC_GROUP_free(group);
}

static void point_release(void *point)
{
    EC_POINT_clear_free(point);
}

static void number_release(void *number)
{
    BN_clear_free(number);
}

static EC_GROUP *group_of(struct idp_call *call, const struct idp_tpm_key *key)
{
    int curve = key->key_bits == 256   ? NID_X9_62_prime256v1
                : key->key_bits == 384 ? NID_secp384r1
                                       : NID_secp521r1;
    return idp_own(call, EC_GROUP_new_by_curve_name(curve), group_release);
}

/* A number from 1 to below the order, each as likely. */
static const BIGNUM *private_make(struct idp_call *call, const EC_GROUP *group)
{
    const BIGNUM *order = EC_GROUP_get0_order(group);
    int bits = BN_num_bits(order);
    BIGNUM *number = idp_own(call, BN_new(), number_release);
    do {
        struct idp_bytes bytes = idp_random(call, (size_t)(bits + 7) / 8);
        if (BN_bin2bn((const unsigned char *)bytes.data, (int)bytes.size, number) == NULL) {
            idp_fail(call, IDP_CRYPTO);
        }
        (void)BN_mask_bits(number, bits); /* says no where nothing is to be cut */
    } while (BN_is_zero(number) || BN_cmp(number, order) >= 0);
    return number;
}

struct point {
    struct idp_bytes x, y;
};

static struct point coordinates_of(struct idp_call *call, const EC_GROUP *group,
                                   const EC_POINT *point)
{
    int size = (EC_GROUP_get_degree(group) + 7) / 8;
    BIGNUM *x = idp_own(call, BN_new(), number_release);
    BIGNUM *y = idp_own(call, BN_new(), number_release);
    unsigned char *out = idp_allocate(call, 2 * (size_t)size);
    if (EC_POINT_get_affine_coordinates(group, point, x, y, NULL) != 1 ||
        BN_bn2binpad(x, out, size) != size || BN_bn2binpad(y, out + size, size) != size) {
        idp_fail(call, IDP_CRYPTO);
    }
    return (struct point){IDP_TPM_BYTES(out, (size_t)size),
                          IDP_TPM_BYTES(out + size, (size_t)size)};
}

/* number times the point, of the generator where it is NULL. */
static struct point multiply(struct idp_call *call, const EC_GROUP *group, const BIGNUM *number,
                             const EC_POINT *point)
{
    EC_POINT *product = idp_own(call, EC_POINT_new(group), point_release);
    if (EC_POINT_mul(group, product, point == NULL ? number : NULL, point,
                     point == NULL ? NULL : number, NULL) != 1) {
        idp_fail(call, IDP_CRYPTO);
    }
    return coordinates_of(call, group, product);
}

static EC_POINT *point_read(struct idp_call *call, const EC_GROUP *group, struct idp_bytes bytes)
{
    EC_POINT *point = idp_own(call, EC_POINT_new(group), point_release);
    if (EC_POINT_oct2point(group, point, (const unsigned char *)bytes.data, bytes.size, NULL) !=
        1) {
        idp_fail(call, IDP_CRYPTO);
    }
    return point;
}

static struct idp_tpm_seed ec_seed(struct idp_call *call, const struct idp_tpm_key *key)
{
    EC_GROUP *group = group_of(call, key);
    EC_POINT *theirs = point_read(call, group, key->point);
    const BIGNUM *number = private_make(call, group);
    struct point ours = multiply(call, group, number, NULL);
    struct point shared = multiply(call, group, number, theirs);
    struct idp_text parties = {.call = call}, sent = {.call = call};
    idp_text_add(&parties, ours.x);
    idp_text_add(&parties, coordinates_of(call, group, theirs).x);
    idp_tpm_sized_add(&sent, ours.x);
    idp_tpm_sized_add(&sent, ours.y);
    return (struct idp_tpm_seed){
        idp_tpm_kdfe(call, key->name_hash, shared.x, label, idp_text_bytes(&parties)),
        idp_text_bytes(&sent)};
}

struct idp_tpm_seed idp_tpm_seed_make(struct idp_call *call, const struct idp_tpm_key *key)
{
    ERR_set_mark();
    struct idp_tpm_seed seed = key->point.data == NULL ? rsa_seed(call, key) : ec_seed(call, key);
    ERR_pop_to_mark();
    return seed;
}
