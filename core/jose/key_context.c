/* SPDX-License-Identifier: Apache-2.0 */
/* key_context.c - what a cached key keeps ready for each algorithm that was used with it: a context
 * of OpenSSL, or the states of an HMAC. Making a context costs up to a fifth of a signature.
 *
 * A context of RSA or EC serves one at a time: it is taken out, used and put back; who finds none
 * makes one. Those of EdDSA, which takes the message whole, are copied from one that all share. */
#include "core/jose/key.h"

#include <openssl/crypto.h>
#include <openssl/rsa.h>
#include <stdatomic.h>

/* By algorithm; contexts that sign are apart from those that verify. NULL: none is there. */
struct idp_key_contexts {
    _Atomic(EVP_PKEY_CTX *) hashed[2][IDP_ALGORITHM_COUNT];
    _Atomic(EVP_MD_CTX *) whole[2];
    _Atomic(struct idp_hmac *) hmac[IDP_ALGORITHM_COUNT];
};

struct idp_key_contexts *idp_key_contexts_new(void)
{
    return OPENSSL_zalloc(sizeof(struct idp_key_contexts));
}

void idp_key_contexts_free(struct idp_key_contexts *contexts)
{
    for (size_t i = 0; contexts != NULL && i < IDP_ALGORITHM_COUNT; i++) {
        EVP_PKEY_CTX_free(contexts->hashed[false][i]);
        EVP_PKEY_CTX_free(contexts->hashed[true][i]);
        OPENSSL_clear_free(contexts->hmac[i], sizeof(struct idp_hmac));
    }
    if (contexts != NULL) {
        EVP_MD_CTX_free(contexts->whole[false]);
        EVP_MD_CTX_free(contexts->whole[true]);
    }
    OPENSSL_free(contexts);
}

/* ---- RSA and EC: the digest is signed ---- */

/* PSS with a salt as long as the digest (RFC 7518 §3.5), neither longer nor shorter. */
static bool set_padding(EVP_PKEY_CTX *context, const struct idp_algorithm *algorithm)
{
    return !algorithm->pss ||
           (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1);
}

static bool begins(EVP_PKEY_CTX *context, bool sign)
{
    return (sign ? EVP_PKEY_sign_init(context) : EVP_PKEY_verify_init(context)) == 1;
}

/* ECDSA takes what it is given, of any size: only RSA writes down which hash it was. */
static EVP_PKEY_CTX *hashed_new(const struct idp_key *key, const struct idp_algorithm *algorithm,
                                const EVP_MD *hash, bool sign)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (context != NULL && begins(context, sign) &&
        (key->type == IDP_KEY_EC || EVP_PKEY_CTX_set_signature_md(context, hash) == 1) &&
        set_padding(context, algorithm)) {
        return context;
    }
    EVP_PKEY_CTX_free(context);
    return NULL;
}

static _Atomic(EVP_PKEY_CTX *) *slot_of(const struct idp_key *key,
                                        const struct idp_algorithm *algorithm, bool sign)
{
    return &key->contexts->hashed[sign][idp_algorithm_index(algorithm)];
}

EVP_PKEY_CTX *idp_key_context_take(const struct idp_key *key, const struct idp_algorithm *algorithm,
                                   const EVP_MD *hash, bool sign)
{
    EVP_PKEY_CTX *kept =
        key->contexts == NULL ? NULL : atomic_exchange(slot_of(key, algorithm, sign), NULL);
    /* Of a lent key: it was ready for the point before this one. */
    if (kept != NULL && key->is_lent && !begins(kept, sign)) {
        EVP_PKEY_CTX_free(kept);
        kept = NULL;
    }
    return kept != NULL ? kept : hashed_new(key, algorithm, hash, sign);
}

void idp_key_context_give(const struct idp_key *key, const struct idp_algorithm *algorithm,
                          bool sign, EVP_PKEY_CTX *context)
{
    EVP_PKEY_CTX *none = NULL;
    if (key->contexts == NULL ||
        !atomic_compare_exchange_strong(slot_of(key, algorithm, sign), &none, context)) {
        EVP_PKEY_CTX_free(context);
    }
}

/* ---- EdDSA: the message is signed ---- */

static EVP_MD_CTX *whole_new(const struct idp_key *key, bool sign)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int done = context == NULL ? 0
               : sign ? EVP_DigestSignInit_ex(context, NULL, NULL, NULL, NULL, key->pkey, NULL)
                      : EVP_DigestVerifyInit_ex(context, NULL, NULL, NULL, NULL, key->pkey, NULL);
    if (done == 1) {
        return context;
    }
    EVP_MD_CTX_free(context);
    return NULL;
}

/* The one that all copy, made where there is none; NULL where it can't be. */
static const EVP_MD_CTX *template_of(const struct idp_key *key, bool sign)
{
    EVP_MD_CTX *template = atomic_load(&key->contexts->whole[sign]);
    if (template != NULL) {
        return template;
    }
    EVP_MD_CTX *made = whole_new(key, sign);
    if (made == NULL ||
        atomic_compare_exchange_strong(&key->contexts->whole[sign], &template, made)) {
        return made;
    }
    EVP_MD_CTX_free(made); /* another thread was first */
    return template;
}

EVP_MD_CTX *idp_key_whole_context(const struct idp_key *key, bool sign)
{
    if (key->contexts == NULL) {
        return whole_new(key, sign);
    }
    const EVP_MD_CTX *template = template_of(key, sign);
    EVP_MD_CTX *context = template == NULL ? NULL : EVP_MD_CTX_new();
    if (context != NULL && EVP_MD_CTX_copy_ex(context, template) == 1) {
        return context;
    }
    EVP_MD_CTX_free(context);
    return NULL;
}

/* ---- HMAC ---- */

const struct idp_hmac *idp_key_hmac(const struct idp_key *key,
                                    const struct idp_algorithm *algorithm, struct idp_hmac *own)
{
    _Atomic(struct idp_hmac *) *slot =
        key->contexts == NULL ? NULL : &key->contexts->hmac[idp_algorithm_index(algorithm)];
    struct idp_hmac *kept = slot == NULL ? NULL : atomic_load(slot);
    if (kept != NULL) {
        return kept;
    }
    idp_hmac_prepare(own, algorithm->hash, key->secret);
    struct idp_hmac *made = slot == NULL ? NULL : OPENSSL_memdup(own, sizeof *own);
    if (made != NULL && !atomic_compare_exchange_strong(slot, &kept, made)) {
        OPENSSL_clear_free(made, sizeof *made);
    }
    return own;
}
