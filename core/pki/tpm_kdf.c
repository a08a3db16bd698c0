/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_kdf.c - keys out of secrets as a TPM makes them (Part 1 §11.4.10): KDFa is the counter mode
 * of NIST SP 800-108 over HMAC, KDFe the one-step function of SP 800-56C, of which one step does.
 */
#include "core/pki/tpm.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

enum { PARAMETER_COUNT = 8 };

static OSSL_PARAM bytes_of(const char *name, struct idp_bytes bytes)
{
    return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)bytes.data, bytes.size);
}

static OSSL_PARAM text_of(const char *name, const char *text)
{
    return OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)text, 0);
}

static struct idp_bytes derive(struct idp_call *call, const OSSL_PARAM *parameters, size_t size)
{
    unsigned char *out = idp_allocate(call, size);
    EVP_KDF *method = EVP_KDF_fetch(NULL, "KBKDF", NULL);
    EVP_KDF_CTX *context = method == NULL ? NULL : EVP_KDF_CTX_new(method);
    bool is_done = context != NULL && EVP_KDF_derive(context, out, size, parameters) == 1;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(method);
    if (!is_done) {
        idp_fail(call, IDP_CRYPTO);
    }
    return (struct idp_bytes){(const char *)out, size};
}

struct idp_bytes idp_tpm_kdfa(struct idp_call *call, const struct idp_tpm_hash *hash,
                              struct idp_bytes key, const char *label, struct idp_bytes context,
                              size_t size)
{
    OSSL_PARAM parameters[PARAMETER_COUNT] = {
        text_of(OSSL_KDF_PARAM_MODE, "COUNTER"),
        text_of(OSSL_KDF_PARAM_MAC, "HMAC"),
        text_of(OSSL_KDF_PARAM_DIGEST, hash->openssl_name),
        bytes_of(OSSL_KDF_PARAM_KEY, key),
        bytes_of(OSSL_KDF_PARAM_SALT, idp_bytes_of(label)),
        context.size == 0 ? OSSL_PARAM_construct_end() : bytes_of(OSSL_KDF_PARAM_INFO, context),
        OSSL_PARAM_construct_end()};
    return derive(call, parameters, size);
}

/* OpenSSL 3.0 has it as SSKDF, and follows a NULL where there is no memory for it. */
struct idp_bytes idp_tpm_kdfe(struct idp_call *call, const struct idp_tpm_hash *hash,
                              struct idp_bytes secret, const char *label, struct idp_bytes context)
{
    static const struct idp_bytes first = {"\0\0\0\1", 4};
    struct idp_text input = {.call = call};
    idp_text_add(&input, first);
    idp_text_add(&input, secret);
    idp_text_add(&input, (struct idp_bytes){label, strlen(label) + 1});
    idp_text_add(&input, context);
    return idp_tpm_digest(call, hash, idp_text_bytes(&input));
}
