/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_attest.c - what a TPM says of itself (TPMS_ATTEST, Part 2 §10.12), signed by a key that
 * signs nothing else: that a key is in it, or what its registers hold. */
#include "core/pki/tpm.h"

static struct idp_tpm_clock clock_of(const TPMS_CLOCK_INFO *info)
{
    return (struct idp_tpm_clock){info->clock, info->resetCount, info->restartCount,
                                  info->safe != TPM2_NO};
}

/* A TPM that began anew counts its restarts from zero; its clock goes on. */
static const char *clock_check(const struct idp_tpm_clock *clock, const struct idp_tpm_clock *least)
{
    if (least->is_safe && !clock->is_safe) {
        return "clock_not_safe";
    }
    bool is_behind =
        clock->clock_ms < least->clock_ms || clock->reset_count < least->reset_count ||
        (clock->reset_count == least->reset_count && clock->restart_count < least->restart_count);
    return is_behind ? "clock" : NULL;
}

/* The name of the key that is attested; data NULL: it is about none. */
static struct idp_bytes name_in(const TPMS_ATTEST *attest)
{
    const TPM2B_NAME *name = attest->type == TPM2_ST_ATTEST_CERTIFY
                                 ? &attest->attested.certify.name
                                 : &attest->attested.creation.objectName;
    return attest->type == TPM2_ST_ATTEST_QUOTE ? (struct idp_bytes){NULL, 0}
                                                : IDP_TPM_BYTES(name->name, name->size);
}

static const char *body_check(struct idp_call *call, const TPMS_ATTEST *attest,
                              const struct idp_tpm_demand *demand, uint16_t hash)
{
    if (demand->name.data != NULL && !idp_bytes_equal(demand->name, name_in(attest))) {
        return "name";
    }
    if (demand->pcrs == NULL) {
        return NULL;
    }
    return attest->type == TPM2_ST_ATTEST_QUOTE
               ? idp_tpm_pcrs_check(call, &attest->attested.quote, demand->pcrs,
                                    idp_tpm_hash_find(hash))
               : "pcr_selection";
}

static const char *said_check(struct idp_call *call, const TPMS_ATTEST *attest,
                              const struct idp_tpm_demand *demand, uint16_t hash)
{
    struct idp_bytes nonce = IDP_TPM_BYTES(attest->extraData.buffer, attest->extraData.size);
    struct idp_tpm_clock clock = clock_of(&attest->clockInfo);
    if (demand->nonce.data != NULL && !idp_bytes_equal(demand->nonce, nonce)) {
        return "nonce";
    }
    const char *why = body_check(call, attest, demand, hash);
    return why == NULL ? clock_check(&clock, &demand->clock) : why;
}

const char *idp_tpm_attested(struct idp_call *call, struct idp_bytes attest,
                             struct idp_bytes signature, const struct idp_tpm_key *key,
                             const struct idp_tpm_demand *demand, TPMS_ATTEST *out)
{
    TPMT_SIGNATURE *signed_by = idp_allocate(call, sizeof *signed_by);
    const char *why = idp_tpm_attest_read(attest, demand->types, out);
    if (why == NULL) {
        why = idp_tpm_signature_read(signature, signed_by);
    }
    if (why == NULL) {
        why = idp_tpm_signature_check(call, key, signed_by, attest);
    }
    return why == NULL ? said_check(call, out, demand, signed_by->signature.any.hashAlg) : why;
}

/* A session that has no nonce, or a key that was not read, is not one that asks for less. */
static const char *attested(struct idp_call *call, struct idp_bytes attest,
                            struct idp_bytes signature, const struct idp_tpm_key *key,
                            const struct idp_tpm_demand *demand, struct idp_tpm_clock *clock)
{
    TPMS_ATTEST *said = idp_allocate(call, sizeof *said);
    if (demand->nonce.size == 0) {
        return "nonce";
    }
    if (demand->name.data == NULL && demand->types != IDP_TPM_QUOTE) {
        return "name";
    }
    const char *why = idp_tpm_attested(call, attest, signature, key, demand, said);
    if (why == NULL && clock != NULL) {
        *clock = clock_of(&said->clockInfo);
    }
    return why;
}

const char *idp_tpm_certified(struct idp_call *call, struct idp_bytes attest,
                              struct idp_bytes signature, const struct idp_tpm_key *attestation_key,
                              const struct idp_tpm_key *certified, struct idp_bytes nonce,
                              struct idp_tpm_clock *clock)
{
    struct idp_tpm_demand demand = {
        .types = IDP_TPM_CERTIFY | IDP_TPM_CREATION, .nonce = nonce, .name = certified->name};
    return attested(call, attest, signature, attestation_key, &demand, clock);
}

const char *idp_tpm_quoted(struct idp_call *call, struct idp_bytes attest,
                           struct idp_bytes signature, const struct idp_tpm_key *attestation_key,
                           struct idp_bytes nonce, const struct idp_json *pcrs,
                           struct idp_tpm_clock *clock)
{
    struct idp_tpm_demand demand = {.types = IDP_TPM_QUOTE, .nonce = nonce, .pcrs = pcrs};
    return attested(call, attest, signature, attestation_key, &demand, clock);
}
