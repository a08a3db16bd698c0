/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_structure.c - bytes of a TPM, taken apart by tss2-mu. What stands behind a structure, and a
 * structure that would be written in another way, is refused here: tss2-mu does not ask. */
#include "core/pki/tpm.h"

#include <tss2/tss2_mu.h>

enum {
    MAGIC_SIZE = 4,
    TYPE_SIZE = 2,
    SIZE_SIZE = 2,
    COUNT_SIZE = 4,
    CLOCK_AND_FIRMWARE_SIZE = 17 + 8
};

static const uint8_t *octets(struct idp_bytes bytes)
{
    return (const uint8_t *)bytes.data;
}

static uint16_t short_at(const char *at)
{
    const unsigned char *byte = (const unsigned char *)at;
    return (uint16_t)(byte[0] << 8 | byte[1]);
}

struct idp_bytes idp_tpm_text_read(struct idp_call *call, struct idp_bytes text, const char **why)
{
    struct idp_bytes none = {NULL, 0};
    text = idp_bytes_trim(text);
    if (text.size > (IDP_TPM_STRUCTURE_SIZE_MAX + 2) / 3 * 4) {
        *why = "too_large";
        return none;
    }
    struct idp_bytes bytes = idp_base64_decode(call, text);
    *why = bytes.data == NULL                        ? "format"
           : bytes.size > IDP_TPM_STRUCTURE_SIZE_MAX ? "too_large"
                                                     : NULL;
    return *why == NULL ? bytes : none;
}

/* ---- public areas ---- */

static bool area_is_written_so(const TPMT_PUBLIC *read, struct idp_bytes area)
{
    uint8_t again[sizeof *read];
    size_t size = 0;
    return Tss2_MU_TPMT_PUBLIC_Marshal(read, again, sizeof again, &size) == TSS2_RC_SUCCESS &&
           idp_bytes_equal(IDP_TPM_BYTES(again, size), area);
}

const char *idp_tpm_public_read(struct idp_bytes bytes, TPMT_PUBLIC *out, struct idp_bytes *area)
{
    size_t offset = 0;
    bool is_sized = bytes.size >= SIZE_SIZE && short_at(bytes.data) == bytes.size - SIZE_SIZE;
    *area = is_sized ? (struct idp_bytes){bytes.data + SIZE_SIZE, bytes.size - SIZE_SIZE} : bytes;
    if (area->size > IDP_TPM_STRUCTURE_SIZE_MAX) {
        return "too_large";
    }
    if (area->size < TYPE_SIZE) {
        return "format";
    }
    if (short_at(area->data) != TPM2_ALG_RSA && short_at(area->data) != TPM2_ALG_ECC) {
        return "key_type";
    }
    return Tss2_MU_TPMT_PUBLIC_Unmarshal(octets(*area), area->size, &offset, out) ==
                       TSS2_RC_SUCCESS &&
                   offset == area->size && area_is_written_so(out, *area)
               ? NULL
               : "format";
}

/* ---- attestations ---- */

static bool skip(struct idp_bytes *rest, size_t size)
{
    if (rest->size < size) {
        return false;
    }
    *rest = (struct idp_bytes){rest->data + size, rest->size - size};
    return true;
}

static bool skip_sized(struct idp_bytes *rest)
{
    return rest->size >= SIZE_SIZE && skip(rest, SIZE_SIZE + (size_t)short_at(rest->data));
}

/* False where there are more selections, or more registers in one, than a TPM has: tss2-mu writes a
 * line to the standard error for that, and nobody outside may write to it. */
static bool selections_fit(struct idp_bytes rest)
{
    if (!skip(&rest, MAGIC_SIZE + TYPE_SIZE) || !skip_sized(&rest) || !skip_sized(&rest) ||
        !skip(&rest, CLOCK_AND_FIRMWARE_SIZE) || rest.size < COUNT_SIZE) {
        return false;
    }
    size_t count = (size_t)short_at(rest.data) << 16 | short_at(rest.data + SIZE_SIZE);
    if (count > TPM2_NUM_PCR_BANKS) {
        return false;
    }
    for (skip(&rest, COUNT_SIZE); count > 0; count--) {
        size_t size = rest.size > TYPE_SIZE ? (unsigned char)rest.data[TYPE_SIZE] : SIZE_MAX;
        if (size > TPM2_PCR_SELECT_MAX || !skip(&rest, TYPE_SIZE + 1 + size)) {
            return false;
        }
    }
    return true;
}

static const struct {
    uint16_t type;
    unsigned bit;
} attest_types[] = {
    {TPM2_ST_ATTEST_CERTIFY, IDP_TPM_CERTIFY},
    {TPM2_ST_ATTEST_CREATION, IDP_TPM_CREATION},
    {TPM2_ST_ATTEST_QUOTE, IDP_TPM_QUOTE},
};

static bool type_is_one_of(uint16_t type, unsigned types)
{
    for (size_t i = 0; i < IDP_COUNT(attest_types); i++) {
        if (attest_types[i].type == type) {
            return (attest_types[i].bit & types) != 0;
        }
    }
    return false;
}

/* No clock of a TPM runs for so long that its milliseconds are no int64_t. */
static bool attest_is_written_so(const TPMS_ATTEST *read, struct idp_bytes bytes)
{
    uint8_t again[sizeof *read];
    size_t size = 0;
    return read->clockInfo.clock <= INT64_MAX &&
           Tss2_MU_TPMS_ATTEST_Marshal(read, again, sizeof again, &size) == TSS2_RC_SUCCESS &&
           idp_bytes_equal(IDP_TPM_BYTES(again, size), bytes);
}

const char *idp_tpm_attest_read(struct idp_bytes bytes, unsigned types, TPMS_ATTEST *out)
{
    static const struct idp_bytes magic = IDP_LITERAL("\xffTCG");
    size_t offset = 0;
    if (bytes.size > IDP_TPM_STRUCTURE_SIZE_MAX) {
        return "too_large";
    }
    if (bytes.size < MAGIC_SIZE + TYPE_SIZE) {
        return "format";
    }
    if (!idp_bytes_start(bytes, magic)) {
        return "magic";
    }
    uint16_t type = short_at(bytes.data + MAGIC_SIZE);
    if (!type_is_one_of(type, types)) {
        return "type";
    }
    return (type != TPM2_ST_ATTEST_QUOTE || selections_fit(bytes)) &&
                   Tss2_MU_TPMS_ATTEST_Unmarshal(octets(bytes), bytes.size, &offset, out) ==
                       TSS2_RC_SUCCESS &&
                   offset == bytes.size && attest_is_written_so(out, bytes)
               ? NULL
               : "format";
}

/* ---- signatures ---- */

static bool signature_is_written_so(const TPMT_SIGNATURE *read, struct idp_bytes bytes)
{
    uint8_t again[sizeof *read];
    size_t size = 0;
    return Tss2_MU_TPMT_SIGNATURE_Marshal(read, again, sizeof again, &size) == TSS2_RC_SUCCESS &&
           idp_bytes_equal(IDP_TPM_BYTES(again, size), bytes);
}

const char *idp_tpm_signature_read(struct idp_bytes bytes, TPMT_SIGNATURE *out)
{
    size_t offset = 0;
    if (bytes.size > IDP_TPM_STRUCTURE_SIZE_MAX) {
        return "too_large";
    }
    if (bytes.size < TYPE_SIZE) {
        return "format";
    }
    uint16_t scheme = short_at(bytes.data);
    if (scheme != TPM2_ALG_RSASSA && scheme != TPM2_ALG_RSAPSS && scheme != TPM2_ALG_ECDSA) {
        return "algorithm";
    }
    return Tss2_MU_TPMT_SIGNATURE_Unmarshal(octets(bytes), bytes.size, &offset, out) ==
                       TSS2_RC_SUCCESS &&
                   offset == bytes.size && signature_is_written_so(out, bytes)
               ? NULL
               : "format";
}
