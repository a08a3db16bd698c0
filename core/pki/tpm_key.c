/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_key.c - the key in a public area (TPMT_PUBLIC, Part 2 §12.2.4): its name, and what it is to
 * everybody else, a SubjectPublicKeyInfo. */
#include "core/pki/tpm.h"

enum { EXPONENT_DEFAULT = 65537 };

/* Bits of TPMA_OBJECT that have a meaning. */
static const uint32_t attributes_known =
    TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_STCLEAR | TPMA_OBJECT_FIXEDPARENT |
    TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_ADMINWITHPOLICY |
    TPMA_OBJECT_NODA | TPMA_OBJECT_ENCRYPTEDDUPLICATION | TPMA_OBJECT_RESTRICTED |
    TPMA_OBJECT_DECRYPT | TPMA_OBJECT_SIGN_ENCRYPT | 0x00080000 /* x509sign */;

struct curve {
    uint16_t id;
    struct idp_bytes algorithm; /* AlgorithmIdentifier, whole */
    size_t size;
};
#define EC_KEY "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
static const struct curve curves[] = {
    {TPM2_ECC_NIST_P256, IDP_LITERAL("\x30\x13" EC_KEY "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"),
     32},
    {TPM2_ECC_NIST_P384, IDP_LITERAL("\x30\x10" EC_KEY "\x06\x05\x2b\x81\x04\x00\x22"), 48},
    {TPM2_ECC_NIST_P521, IDP_LITERAL("\x30\x10" EC_KEY "\x06\x05\x2b\x81\x04\x00\x23"), 66},
};

struct idp_bytes idp_tpm_padded(struct idp_call *call, struct idp_bytes number, size_t size)
{
    if (number.size > size) {
        return (struct idp_bytes){NULL, 0};
    }
    char *out = idp_allocate(call, size);
    memcpy(out + (size - number.size), number.data, number.size);
    return (struct idp_bytes){out, size};
}

/* ---- the key to everybody else ---- */

static struct idp_bytes spki_of(struct idp_call *call, struct idp_bytes algorithm,
                                struct idp_bytes key)
{
    struct idp_bytes parts[] = {algorithm, idp_der_bits(call, key)};
    return idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
}

static const char *rsa_read(struct idp_call *call, const TPMT_PUBLIC *area, struct idp_tpm_key *out)
{
    static const struct idp_bytes algorithm =
        IDP_LITERAL("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
    const TPMS_RSA_PARMS *parameters = &area->parameters.rsaDetail;
    const TPM2B_PUBLIC_KEY_RSA *modulus = &area->unique.rsa;
    if (modulus->size * 8 != parameters->keyBits) {
        return "format";
    }
    struct idp_bytes numbers[] = {
        idp_der_number(call, IDP_TPM_BYTES(modulus->buffer, modulus->size)),
        idp_der_integer(call, parameters->exponent == 0 ? EXPONENT_DEFAULT : parameters->exponent)};
    out->spki =
        spki_of(call, algorithm, idp_der_wrap(call, IDP_DER_SEQUENCE, numbers, IDP_COUNT(numbers)));
    out->key_bits = parameters->keyBits;
    out->has_default_exponent = parameters->exponent == 0;
    out->scheme = parameters->scheme.scheme;
    out->scheme_hash = parameters->scheme.details.anySig.hashAlg;
    out->symmetric = parameters->symmetric.algorithm;
    out->symmetric_bits = parameters->symmetric.keyBits.sym;
    out->symmetric_mode = parameters->symmetric.mode.sym;
    return NULL;
}

static const struct curve *curve_find(uint16_t id)
{
    for (size_t i = 0; i < IDP_COUNT(curves); i++) {
        if (curves[i].id == id) {
            return &curves[i];
        }
    }
    return NULL;
}

static const char *point_read(struct idp_call *call, const TPMS_ECC_POINT *point,
                              const struct curve *curve, struct idp_tpm_key *out)
{
    struct idp_text whole = {.call = call};
    struct idp_bytes x =
        idp_tpm_padded(call, IDP_TPM_BYTES(point->x.buffer, point->x.size), curve->size);
    struct idp_bytes y =
        idp_tpm_padded(call, IDP_TPM_BYTES(point->y.buffer, point->y.size), curve->size);
    if (x.data == NULL || y.data == NULL) {
        return "key";
    }
    idp_text_add_char(&whole, 4);
    idp_text_add(&whole, x);
    idp_text_add(&whole, y);
    out->point = idp_text_bytes(&whole);
    out->spki = spki_of(call, curve->algorithm, out->point);
    out->key_bits = curve->id == TPM2_ECC_NIST_P521 ? 521 : (uint16_t)(8 * curve->size);
    return NULL;
}

static const char *ec_read(struct idp_call *call, const TPMT_PUBLIC *area, struct idp_tpm_key *out)
{
    const TPMS_ECC_PARMS *parameters = &area->parameters.eccDetail;
    const struct curve *curve = curve_find(parameters->curveID);
    if (curve == NULL) {
        return "key_type";
    }
    out->scheme = parameters->scheme.scheme;
    out->scheme_hash = parameters->scheme.details.anySig.hashAlg;
    out->symmetric = parameters->symmetric.algorithm;
    out->symmetric_bits = parameters->symmetric.keyBits.sym;
    out->symmetric_mode = parameters->symmetric.mode.sym;
    out->has_kdf = parameters->kdf.scheme != TPM2_ALG_NULL;
    return point_read(call, &area->unique.ecc, curve, out);
}

/* ---- all of it ---- */

static struct idp_bytes name_of(struct idp_call *call, const struct idp_tpm_hash *hash,
                                struct idp_bytes area)
{
    struct idp_text name = {.call = call};
    idp_text_add_char(&name, (char)(hash->id >> 8));
    idp_text_add_char(&name, (char)hash->id);
    idp_text_add(&name, idp_tpm_digest(call, hash, area));
    return idp_text_bytes(&name);
}

const char *idp_tpm_key_read(struct idp_call *call, struct idp_bytes bytes, struct idp_tpm_key *out)
{
    TPMT_PUBLIC *area = idp_allocate(call, sizeof *area);
    *out = (struct idp_tpm_key){.name_hash = NULL};
    const char *why = idp_tpm_public_read(bytes, area, &out->public_area);
    if (why != NULL) {
        return why;
    }
    if ((area->objectAttributes & ~attributes_known) != 0) {
        return "format";
    }
    out->name_hash = idp_tpm_hash_find(area->nameAlg);
    if (out->name_hash == NULL) {
        return "algorithm";
    }
    why = area->type == TPM2_ALG_RSA ? rsa_read(call, area, out) : ec_read(call, area, out);
    out->attributes = area->objectAttributes;
    out->auth_policy = IDP_TPM_BYTES(area->authPolicy.buffer, area->authPolicy.size);
    out->name = name_of(call, out->name_hash, out->public_area);
    if (why == NULL) {
        out->key = idp_spki_read(call, out->spki, &why);
    }
    return out->key == NULL ? why : NULL;
}
