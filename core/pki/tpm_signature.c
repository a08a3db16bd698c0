/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_signature.c - signatures of a TPM (TPMT_SIGNATURE, Part 2 §11.3.4). The scheme and the hash
 * are those of the key: what a signature says of itself has to be the same. */
#include "core/pki/tpm.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static void pkey_release(void *pkey)
{
    EVP_PKEY_free(pkey);
}

static EVP_PKEY *pkey_of(struct idp_call *call, struct idp_bytes spki)
{
    const unsigned char *at = (const unsigned char *)spki.data;
    return idp_own(call, d2i_PUBKEY(NULL, &at, (long)spki.size), pkey_release);
}

/* The salt of a TPM is as long as the key lets it be, or as the hash: Part 1 §B.7. */
static bool pad(EVP_PKEY_CTX *context, uint16_t scheme)
{
    return scheme != TPM2_ALG_RSAPSS ||
           (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_AUTO) == 1);
}

static bool verify(struct idp_call *call, const struct idp_tpm_key *key, uint16_t scheme,
                   const struct idp_tpm_hash *hash, struct idp_bytes input,
                   struct idp_bytes signature)
{
    const EVP_MD *method = idp_hash_method(call, hash->method);
    EVP_PKEY *pkey = pkey_of(call, key->spki);
    EVP_PKEY_CTX *context = NULL;
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    ERR_set_mark();
    bool is_good = digest != NULL &&
                   EVP_DigestVerifyInit(digest, &context, method, NULL, pkey) == 1 &&
                   pad(context, scheme) &&
                   EVP_DigestVerify(digest, (const unsigned char *)signature.data, signature.size,
                                    (const unsigned char *)input.data, input.size) == 1;
    ERR_pop_to_mark();
    EVP_MD_CTX_free(digest);
    return is_good;
}

/* As OpenSSL takes it; size 0 where it is none. */
static struct idp_bytes encoded(struct idp_call *call, const TPMT_SIGNATURE *signature)
{
    const TPMS_SIGNATURE_RSA *rsa = &signature->signature.rsassa;
    const TPMS_SIGNATURE_ECC *ecdsa = &signature->signature.ecdsa;
    if (signature->sigAlg != TPM2_ALG_ECDSA) {
        return IDP_TPM_BYTES(rsa->sig.buffer, rsa->sig.size);
    }
    struct idp_bytes numbers[] = {
        idp_der_number(call, IDP_TPM_BYTES(ecdsa->signatureR.buffer, ecdsa->signatureR.size)),
        idp_der_number(call, IDP_TPM_BYTES(ecdsa->signatureS.buffer, ecdsa->signatureS.size))};
    return idp_der_wrap(call, IDP_DER_SEQUENCE, numbers, IDP_COUNT(numbers));
}

const char *idp_tpm_signature_check(struct idp_call *call, const struct idp_tpm_key *key,
                                    const TPMT_SIGNATURE *signature, struct idp_bytes input)
{
    const struct idp_tpm_hash *hash = idp_tpm_hash_find(signature->signature.any.hashAlg);
    if (hash == NULL || signature->sigAlg != key->scheme || hash->id != key->scheme_hash) {
        return "algorithm";
    }
    struct idp_bytes bytes = encoded(call, signature);
    return bytes.size > 0 && verify(call, key, signature->sigAlg, hash, input, bytes) ? NULL
                                                                                      : "signature";
}
