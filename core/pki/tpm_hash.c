/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_hash.c - the hashes of names, signatures and banks that are taken. SHA-1 is not one of them.
 */
#include "core/pki/tpm.h"

#include <openssl/evp.h>

static const struct idp_tpm_hash hashes[] = {
    {TPM2_ALG_SHA256, "sha256", "SHA256", IDP_SHA256, 32},
    {TPM2_ALG_SHA384, "sha384", "SHA384", IDP_SHA384, 48},
    {TPM2_ALG_SHA512, "sha512", "SHA512", IDP_SHA512, 64},
};

const struct idp_tpm_hash *idp_tpm_hash_find(uint16_t id)
{
    for (size_t i = 0; i < IDP_COUNT(hashes); i++) {
        if (hashes[i].id == id) {
            return &hashes[i];
        }
    }
    return NULL;
}

const struct idp_tpm_hash *idp_tpm_hash_named(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(hashes); i++) {
        if (idp_bytes_is(name, hashes[i].name)) {
            return &hashes[i];
        }
    }
    return NULL;
}

struct idp_bytes idp_tpm_digest(struct idp_call *call, const struct idp_tpm_hash *hash,
                                struct idp_bytes bytes)
{
    unsigned char *out = idp_allocate(call, hash->size);
    if (EVP_Digest(bytes.data, bytes.size, out, NULL, idp_hash_method(call, hash->method), NULL) !=
        1) {
        idp_fail(call, IDP_CRYPTO);
    }
    return (struct idp_bytes){(const char *)out, hash->size};
}
