/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_role.c - what a key of a TPM may be taken for. An endorsement key decrypts, for its TPM alone
 * and as the TPM's maker made it (TCG EK Credential Profile); an attestation key signs what the TPM
 * says and nothing else; an identity key signs what the device says, and never left the TPM. */
#include "core/pki/tpm.h"

static const uint32_t of_this_tpm =
    TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN;

static bool has(uint32_t attributes, uint32_t set, uint32_t clear)
{
    return (attributes & set) == set && (attributes & clear) == 0;
}

/* ---- endorsement keys ---- */

/* What the owner of the TPM has to know to use one. PolicyA: the secret of the endorsement
 * hierarchy; PolicyB: that, or what a register of the maker's demands (EK Credential Profile 2.3
 * §B.6). Both are what the rules of Part 3 give for them. */
static const struct {
    uint16_t hash;
    struct idp_bytes digest;
} policies[] = {
    {TPM2_ALG_SHA256,
     IDP_LITERAL("\x83\x71\x97\x67\x44\x84\xb3\xf8\x1a\x90\xcc\x8d\x46\xa5\xd7\x24"
                 "\xfd\x52\xd7\x6e\x06\x52\x0b\x64\xf2\xa1\xda\x1b\x33\x14\x69\xaa")},
    {TPM2_ALG_SHA256,
     IDP_LITERAL("\xca\x3d\x0a\x99\xa2\xb9\x39\x06\xf7\xa3\x34\x24\x14\xef\xcf\xb3"
                 "\xa3\x85\xd4\x4c\xd1\xfd\x45\x90\x89\xd1\x9b\x50\x71\xc0\xb7\xa0")},
    {TPM2_ALG_SHA384,
     IDP_LITERAL("\x8b\xbf\x22\x66\x53\x7c\x17\x1c\xb5\x6e\x40\x3c\x4d\xc1\xd4\xb6"
                 "\x4f\x43\x26\x11\xdc\x38\x6e\x6f\x53\x20\x50\xc3\x27\x8c\x93\x0e"
                 "\x14\x3e\x8b\xb1\x13\x38\x24\xcc\xb4\x31\x05\x38\x71\xc6\xdb\x53")},
    {TPM2_ALG_SHA384,
     IDP_LITERAL("\xb2\x6e\x7d\x28\xd1\x1a\x50\xbc\x53\xd8\x82\xbc\xf5\xfd\x3a\x1a"
                 "\x07\x41\x48\xbb\x35\xd3\xb4\xe4\xcb\x1c\x0a\xd9\xbd\xe4\x19\xca"
                 "\xcb\x47\xba\x09\x69\x96\x46\x15\x0f\x9f\xc0\x00\xf3\xf8\x0e\x12")},
    {TPM2_ALG_SHA512,
     IDP_LITERAL("\x1e\x3b\x76\x50\x2c\x8a\x14\x25\xaa\x0b\x7b\x3f\xc6\x46\xa1\xb0"
                 "\xfa\xe0\x63\xb0\x3b\x53\x68\xf9\xc4\xcd\xde\xca\xff\x08\x91\xdd"
                 "\x68\x2b\xac\x1a\x85\xd4\xd8\x32\xb7\x81\xea\x45\x19\x15\xde\x5f"
                 "\xc5\xbf\x0d\xc4\xa1\x91\x7c\xd4\x2f\xa0\x41\xe3\xf9\x98\xe0\xee")},
    {TPM2_ALG_SHA512,
     IDP_LITERAL("\xb8\x22\x1c\xa6\x9e\x85\x50\xa4\x91\x4d\xe3\xfa\xa6\xa1\x8c\x07"
                 "\x2c\xc0\x12\x08\x07\x3a\x92\x8d\x5d\x66\xd5\x9e\xf7\x9e\x49\xa4"
                 "\x29\xc4\x1a\x6b\x26\x95\x71\xd5\x7e\xdb\x25\xfb\xdb\x18\x38\x42"
                 "\x56\x08\xb4\x13\xcd\x61\x6a\x5f\x6d\xb5\xb6\x07\x1a\xf9\x9b\xea")},
};

static bool policy_is_known(const struct idp_tpm_key *key)
{
    for (size_t i = 0; i < IDP_COUNT(policies); i++) {
        if (policies[i].hash == key->name_hash->id &&
            idp_bytes_equal(policies[i].digest, key->auth_policy)) {
            return true;
        }
    }
    return false;
}

const char *idp_tpm_endorsement_refusal(const struct idp_tpm_key *key)
{
    static const uint32_t set =
        of_this_tpm | TPMA_OBJECT_ADMINWITHPOLICY | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT;
    if (!has(key->attributes, set, TPMA_OBJECT_SIGN_ENCRYPT)) {
        return "ek_attributes";
    }
    if (!policy_is_known(key)) {
        return "auth_policy";
    }
    if (key->symmetric != TPM2_ALG_AES || key->symmetric_mode != TPM2_ALG_CFB ||
        (key->symmetric_bits != 128 && key->symmetric_bits != 256)) {
        return "symmetric";
    }
    bool is_usual = key->point.data == NULL ? key->has_default_exponent : !key->has_kdf;
    return key->scheme == TPM2_ALG_NULL && is_usual ? NULL : "scheme";
}

/* ---- keys that sign ---- */

static bool scheme_is_known(const struct idp_tpm_key *key)
{
    bool fits = key->point.data == NULL
                    ? key->scheme == TPM2_ALG_RSASSA || key->scheme == TPM2_ALG_RSAPSS
                    : key->scheme == TPM2_ALG_ECDSA;
    return fits && idp_tpm_hash_find(key->scheme_hash) != NULL;
}

const char *idp_tpm_attestation_refusal(const struct idp_tpm_key *key)
{
    static const uint32_t set = of_this_tpm | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_SIGN_ENCRYPT;
    if (!has(key->attributes, set, TPMA_OBJECT_DECRYPT)) {
        return "ak_attributes";
    }
    return scheme_is_known(key) ? NULL : "scheme";
}

const char *idp_tpm_identity_refusal(const struct idp_tpm_key *key)
{
    static const uint32_t set = of_this_tpm | TPMA_OBJECT_SIGN_ENCRYPT;
    if (!has(key->attributes, set, TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_X509SIGN)) {
        return "identity_attributes";
    }
    return key->scheme == TPM2_ALG_NULL || scheme_is_known(key) ? NULL : "scheme";
}

/* ---- read as one ---- */

const char *idp_tpm_endorsement_key(struct idp_call *call, struct idp_bytes public_area,
                                    struct idp_tpm_key *out)
{
    const char *why = idp_tpm_key_read(call, public_area, out);
    return why == NULL ? idp_tpm_endorsement_refusal(out) : why;
}

const char *idp_tpm_attestation_key(struct idp_call *call, struct idp_bytes public_area,
                                    struct idp_tpm_key *out)
{
    const char *why = idp_tpm_key_read(call, public_area, out);
    return why == NULL ? idp_tpm_attestation_refusal(out) : why;
}

const char *idp_tpm_identity_key(struct idp_call *call, struct idp_bytes public_area,
                                 struct idp_tpm_key *out)
{
    const char *why = idp_tpm_key_read(call, public_area, out);
    return why == NULL ? idp_tpm_identity_refusal(out) : why;
}
