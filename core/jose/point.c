/* SPDX-License-Identifier: Apache-2.0 */
/* point.c - keys that are a point on a named curve (RFC 5480 §2.2). Each curve is made once and
 * kept for the life of the process, and a key begins as a copy of it: with the curve made anew,
 * which is what EVP_PKEY_fromdata() does, a key took 11.3 µs instead of 3.3. */
#include "core/jose/key.h"

#include <openssl/core_names.h>

enum { UNCOMPRESSED = 4, CURVE_COUNT = 3 };

/* By the size of their coordinates, which they have each alone. */
static struct {
    size_t coordinate_size;
    EVP_PKEY *kept;
} curves[CURVE_COUNT] = {{32, NULL}, {48, NULL}, {66, NULL}};

static EVP_PKEY *curve_make(const char *name)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *made = NULL;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)name, 0),
        OSSL_PARAM_construct_end()};
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &made, EVP_PKEY_KEY_PARAMETERS, parameters) != 1) {
        made = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return made;
}

/* Of two threads that make one at once, one keeps its own and the other takes that. */
static EVP_PKEY *curve_keep(const struct idp_curve *curve, EVP_PKEY **place)
{
    EVP_PKEY *made = curve_make(curve->openssl_name), *first = NULL;
    if (made != NULL && !__atomic_compare_exchange_n(place, &first, made, false, __ATOMIC_ACQ_REL,
                                                     __ATOMIC_ACQUIRE)) {
        EVP_PKEY_free(made);
        return first;
    }
    return made;
}

static EVP_PKEY *curve_of(const struct idp_curve *curve)
{
    size_t i = 0;
    while (i < CURVE_COUNT && curves[i].coordinate_size != curve->coordinate_size) {
        i++;
    }
    if (i == CURVE_COUNT) {
        return NULL;
    }
    EVP_PKEY *kept = __atomic_load_n(&curves[i].kept, __ATOMIC_ACQUIRE);
    return kept != NULL ? kept : curve_keep(curve, &curves[i].kept);
}

/* The size tells infinity; OpenSSL refuses coordinates that are not below the prime, and a point
 * that is not on the curve: nothing is left that EVP_PKEY_public_check_quick() would find. */
EVP_PKEY *idp_point_read(const struct idp_curve *curve, struct idp_bytes point)
{
    if (point.size != 1 + 2 * curve->coordinate_size || point.data[0] != UNCOMPRESSED) {
        return NULL;
    }
    EVP_PKEY *kept = curve_of(curve);
    EVP_PKEY *key = kept == NULL ? NULL : EVP_PKEY_dup(kept);
    if (key != NULL &&
        EVP_PKEY_set1_encoded_public_key(key, (const unsigned char *)point.data, point.size) != 1) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}
