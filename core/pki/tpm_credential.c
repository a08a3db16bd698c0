/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_credential.c - MakeCredential without a TPM (Part 1 §24): a secret that only the TPM of an
 * endorsement key can read, and only while a key of this name is in it. Who sends it back has both.
 */
#include "core/pki/tpm.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { NAME_HASH_SIZE = 2 };

void idp_tpm_sized_add(struct idp_text *text, struct idp_bytes bytes)
{
    idp_text_add_char(text, (char)(bytes.size >> 8));
    idp_text_add_char(text, (char)bytes.size);
    idp_text_add(text, bytes);
}

static struct idp_bytes sized(struct idp_call *call, struct idp_bytes bytes)
{
    struct idp_text text = {.call = call};
    idp_tpm_sized_add(&text, bytes);
    return idp_text_bytes(&text);
}

static struct idp_bytes both(struct idp_call *call, struct idp_bytes one, struct idp_bytes two)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, one);
    idp_text_add(&text, two);
    return idp_text_bytes(&text);
}

/* AES in CFB from a vector of zeros: its key is for this once. */
static struct idp_bytes encrypted(struct idp_call *call, struct idp_bytes key,
                                  struct idp_bytes plain)
{
    static const unsigned char zeros[16];
    const EVP_CIPHER *cipher = key.size == 16 ? EVP_aes_128_cfb128() : EVP_aes_256_cfb128();
    unsigned char *out = idp_allocate(call, plain.size);
    int size = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool is_done =
        context != NULL &&
        EVP_EncryptInit_ex(context, cipher, NULL, (const unsigned char *)key.data, zeros) == 1 &&
        EVP_EncryptUpdate(context, out, &size, (const unsigned char *)plain.data,
                          (int)plain.size) == 1;
    EVP_CIPHER_CTX_free(context);
    if (!is_done) {
        idp_fail(call, IDP_CRYPTO);
    }
    return IDP_TPM_BYTES(out, (size_t)size);
}

static struct idp_bytes mac_of(struct idp_call *call, const struct idp_tpm_hash *hash,
                               struct idp_bytes key, struct idp_bytes bytes)
{
    unsigned char *out = idp_allocate(call, hash->size);
    if (HMAC(idp_hash_method(call, hash->method), key.data, (int)key.size,
             (const unsigned char *)bytes.data, bytes.size, out, NULL) == NULL) {
        idp_fail(call, IDP_CRYPTO);
    }
    return IDP_TPM_BYTES(out, hash->size);
}

void idp_tpm_make_credential(struct idp_call *call, const struct idp_tpm_key *endorsement_key,
                             struct idp_bytes name, struct idp_bytes credential,
                             struct idp_bytes *blob, struct idp_bytes *secret)
{
    static const struct idp_bytes nothing = {"", 0};
    const struct idp_tpm_hash *hash = endorsement_key->name_hash;
    struct idp_tpm_seed seed = idp_tpm_seed_make(call, endorsement_key);
    struct idp_bytes key =
        idp_tpm_kdfa(call, hash, seed.seed, "STORAGE", name, endorsement_key->symmetric_bits / 8);
    struct idp_bytes hidden = encrypted(call, key, sized(call, credential));
    struct idp_bytes mac_key =
        idp_tpm_kdfa(call, hash, seed.seed, "INTEGRITY", nothing, hash->size);
    struct idp_bytes mac = mac_of(call, hash, mac_key, both(call, hidden, name));
    *blob = sized(call, both(call, sized(call, mac), hidden));
    *secret = sized(call, seed.sent);
}

/* ---- tpm_make_credential ---- */

static struct idp_bytes name_argument(struct idp_call *call, struct idp_value value)
{
    struct idp_bytes name = idp_hex_decode(call, idp_text_of(value));
    const struct idp_tpm_hash *hash =
        name.size <= NAME_HASH_SIZE
            ? NULL
            : idp_tpm_hash_find(
                  (uint16_t)((unsigned char)name.data[0] << 8 | (unsigned char)name.data[1]));
    if (hash == NULL || name.size != NAME_HASH_SIZE + hash->size) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "key_name is the hexadecimal name of a key, as tpm_inspect gives it.");
    }
    return name;
}

static struct idp_bytes credential_argument(struct idp_call *call, struct idp_value value,
                                            size_t size_max)
{
    struct idp_bytes credential = idp_base64_decode(call, idp_text_of(value));
    if (credential.data == NULL || credential.size == 0 || credential.size > size_max) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "credential is base64 of 1 to %d bytes for this endorsement key.",
                      (int)size_max);
    }
    return credential;
}

/* tpm_make_credential(ek, key_name, credential) → {"valid":true,"blob","secret"} or a reason */
struct idp_value idp_sql_tpm_make_credential(struct idp_call *call,
                                             const struct idp_value *arguments)
{
    const char *why;
    struct idp_tpm_key key;
    struct idp_bytes blob, secret;
    struct idp_bytes name = name_argument(call, arguments[1]);
    struct idp_bytes public_area = idp_tpm_text_read(call, idp_text_of(arguments[0]), &why);
    if (why == NULL) {
        why = idp_tpm_endorsement_key(call, public_area, &key);
    }
    if (why != NULL) {
        return idp_value_json(idp_tpm_refusal(call, why));
    }
    struct idp_bytes credential = credential_argument(call, arguments[2], key.name_hash->size);
    idp_tpm_make_credential(call, &key, name, credential, &blob, &secret);
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, answer, "valid", true);
    idp_json_add_string(call, answer, "blob", idp_base64_encode(call, blob));
    idp_json_add_string(call, answer, "secret", idp_base64_encode(call, secret));
    return idp_value_json(answer);
}
