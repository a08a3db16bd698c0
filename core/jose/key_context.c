/* SPDX-License-Identifier: Apache-2.0 */
/* key_context.c - what a cached key keeps ready for each algorithm that was used with it: a context
 * of OpenSSL, or the states of an HMAC. Copying a context costs a few percent of a signature,
 * initialising one up to a fifth. They are made by whoever is first; threads share them. */
#include "core/jose/key.h"

#include <openssl/crypto.h>
#include <openssl/rsa.h>
#include <stdatomic.h>

/* By algorithm; contexts that sign are apart from those that verify. NULL: not made yet. */
struct idp_key_contexts {
    _Atomic(EVP_MD_CTX *) verify[IDP_ALGORITHM_COUNT], sign[IDP_ALGORITHM_COUNT];
    _Atomic(struct idp_hmac *) hmac[IDP_ALGORITHM_COUNT];
};

struct idp_key_contexts *idp_key_contexts_new(void)
{
    return OPENSSL_zalloc(sizeof(struct idp_key_contexts));
}

void idp_key_contexts_free(struct idp_key_contexts *contexts)
{
    for (size_t i = 0; contexts != NULL && i < IDP_ALGORITHM_COUNT; i++) {
        EVP_MD_CTX_free(contexts->verify[i]);
        EVP_MD_CTX_free(contexts->sign[i]);
        OPENSSL_clear_free(contexts->hmac[i], sizeof(struct idp_hmac));
    }
    OPENSSL_free(contexts);
}

/* ---- contexts ---- */

/* PSS with a salt as long as the digest (RFC 7518 §3.5), neither longer nor shorter. */
static bool set_padding(EVP_PKEY_CTX *context, const struct idp_algorithm *algorithm)
{
    return !algorithm->pss ||
           (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1);
}

static EVP_MD_CTX *context_new(const struct idp_key *key, const struct idp_algorithm *algorithm,
                               bool sign)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *padding = NULL;
    int done = !context ? 0
               : sign   ? EVP_DigestSignInit_ex(context, &padding, algorithm->hash_name, NULL, NULL,
                                                key->pkey, NULL)
                      : EVP_DigestVerifyInit_ex(context, &padding, algorithm->hash_name, NULL, NULL,
                                                key->pkey, NULL);

    if (done == 1 && set_padding(padding, algorithm)) {
        return context;
    }
    EVP_MD_CTX_free(context);
    return NULL;
}

/* The one that all copy, made where there is none; NULL where it can't be. */
static const EVP_MD_CTX *template_of(const struct idp_key *key,
                                     const struct idp_algorithm *algorithm, bool sign)
{
    size_t index = idp_algorithm_index(algorithm);
    _Atomic(EVP_MD_CTX *) *slot =
        sign ? &key->contexts->sign[index] : &key->contexts->verify[index];
    EVP_MD_CTX *template = atomic_load(slot);
    if (template != NULL) {
        return template;
    }
    EVP_MD_CTX *made = context_new(key, algorithm, sign);
    if (made == NULL || atomic_compare_exchange_strong(slot, &template, made)) {
        return made;
    }
    EVP_MD_CTX_free(made); /* another thread was first */
    return template;
}

EVP_MD_CTX *idp_key_context(const struct idp_key *key, const struct idp_algorithm *algorithm,
                            bool sign)
{
    if (key->contexts == NULL) {
        return context_new(key, algorithm, sign);
    }
    const EVP_MD_CTX *template = template_of(key, algorithm, sign);
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
