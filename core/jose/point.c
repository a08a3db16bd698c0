/* SPDX-License-Identifier: Apache-2.0 */
/* point.c - keys that are a point on a named curve (RFC 5480 §2.2). Each curve is made once and
 * kept for the life of the process, and a key begins as a copy of it: with the curve made anew,
 * which is what EVP_PKEY_fromdata() does, a key took 11.3 µs instead of 3.3.
 *
 * Copying and its contexts were two thirds of what was left. So a call is lent a key of the
 * process: nobody else has it until the call ends, and then the next one puts another point into
 * it. */
#include "core/jose/key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <stdatomic.h>

enum { UNCOMPRESSED = 4, CURVE_COUNT = 3 };

/* A key whose point is that of whoever has it, and its contexts. */
struct lent_key {
    EVP_PKEY *pkey;
    struct idp_key_contexts *contexts;
    _Atomic(struct lent_key *) *place; /* to which it goes back */
};

/* By the size of their coordinates, which they have each alone. NULL: none was made yet, or the one
 * to lend is with a call. */
static struct curve {
    size_t coordinate_size;
    EVP_PKEY *kept;
    _Atomic(struct lent_key *) to_lend;
} curves[CURVE_COUNT] = {{32, NULL, NULL}, {48, NULL, NULL}, {66, NULL, NULL}};

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

static struct curve *curve_find(size_t coordinate_size)
{
    size_t i = 0;
    while (i < CURVE_COUNT && curves[i].coordinate_size != coordinate_size) {
        i++;
    }
    return i == CURVE_COUNT ? NULL : &curves[i];
}

/* ---- lending ---- */

static void lent_free(struct lent_key *lent)
{
    if (lent != NULL) {
        idp_key_contexts_free(lent->contexts);
        EVP_PKEY_free(lent->pkey);
        OPENSSL_free(lent);
    }
}

static void lent_give_back(void *object)
{
    struct lent_key *lent = object, *none = NULL;
    if (!atomic_compare_exchange_strong(lent->place, &none, lent)) {
        lent_free(lent);
    }
}

static struct lent_key *lent_new(const struct idp_curve *named, struct curve *curve)
{
    EVP_PKEY *kept = __atomic_load_n(&curve->kept, __ATOMIC_ACQUIRE);
    struct lent_key *lent = OPENSSL_zalloc(sizeof *lent);
    kept = kept != NULL ? kept : curve_keep(named, &curve->kept);
    if (lent == NULL || kept == NULL) {
        OPENSSL_free(lent);
        return NULL;
    }
    *lent = (struct lent_key){EVP_PKEY_dup(kept), idp_key_contexts_new(), &curve->to_lend};
    if (lent->pkey != NULL && lent->contexts != NULL) {
        return lent;
    }
    lent_free(lent);
    return NULL;
}

static struct lent_key *lent_take(const struct idp_curve *named)
{
    struct curve *curve = curve_find(named->coordinate_size);
    struct lent_key *lent = curve == NULL ? NULL : atomic_exchange(&curve->to_lend, NULL);
    return lent != NULL || curve == NULL ? lent : lent_new(named, curve);
}

/* ---- read ---- */

/* The size tells infinity; OpenSSL refuses coordinates that are not below the prime, and a point
 * that is not on the curve: nothing is left that EVP_PKEY_public_check_quick() would find. A key
 * that was refused may be half of it, and is lent to nobody. */
bool idp_point_read(struct idp_call *call, struct idp_bytes point, struct idp_key *key)
{
    if (point.size != 1 + 2 * key->curve->coordinate_size || point.data[0] != UNCOMPRESSED) {
        return false;
    }
    struct lent_key *lent = lent_take(key->curve);
    if (lent == NULL || EVP_PKEY_set1_encoded_public_key(
                            lent->pkey, (const unsigned char *)point.data, point.size) != 1) {
        lent_free(lent);
        return false;
    }
    idp_own(call, lent, lent_give_back);
    key->pkey = lent->pkey;
    key->contexts = lent->contexts;
    key->is_lent = true;
    return true;
}
