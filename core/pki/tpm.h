/* SPDX-License-Identifier: Apache-2.0 */
/* tpm.h - what a TPM 2.0 says (TPM 2.0 Library, Part 2): its structures, the keys in them, what it
 * attests. Only core/pki/tpm*.c includes it. tss2-mu takes structures apart; what they may hold is
 * asked here. Reasons are words of docs/tpm.md. */
#ifndef IDPLANE_TPM_H
#define IDPLANE_TPM_H

#include <tss2/tss2_tpm2_types.h>

#include "core/pki/x509.h"

/* ---- hashes (tpm_hash.c) ---- */

struct idp_tpm_hash {
    uint16_t id;
    const char *name, *openssl_name;
    enum idp_hash method;
    size_t size;
};
/* NULL: none that is taken, SHA-1 for one. */
const struct idp_tpm_hash *idp_tpm_hash_find(uint16_t id);
const struct idp_tpm_hash *idp_tpm_hash_named(struct idp_bytes name);
struct idp_bytes idp_tpm_digest(struct idp_call *call, const struct idp_tpm_hash *hash,
                                struct idp_bytes bytes);

/* ---- structures (tpm_structure.c) ---- */

/* Each is read whole, in the one spelling that it has; *out is all zero before. */

/* TPM2B_PUBLIC or TPMT_PUBLIC; *area: the latter. */
const char *idp_tpm_public_read(struct idp_bytes bytes, TPMT_PUBLIC *out, struct idp_bytes *area);
/* TPMS_ATTEST of one of the types (enum idp_tpm_attest_type). */
const char *idp_tpm_attest_read(struct idp_bytes bytes, unsigned types, TPMS_ATTEST *out);
/* TPMT_SIGNATURE. */
const char *idp_tpm_signature_read(struct idp_bytes bytes, TPMT_SIGNATURE *out);
/* What base64 says, white space around it aside; *why where it is none, or too long. */
struct idp_bytes idp_tpm_text_read(struct idp_call *call, struct idp_bytes text, const char **why);

/* ---- keys (tpm_key.c, tpm_role.c) ---- */

/* Whatever the key is for. */
const char *idp_tpm_key_read(struct idp_call *call, struct idp_bytes bytes,
                             struct idp_tpm_key *out);
/* NULL where it may be used as one, else why not. */
const char *idp_tpm_endorsement_refusal(const struct idp_tpm_key *key);
const char *idp_tpm_attestation_refusal(const struct idp_tpm_key *key);
const char *idp_tpm_identity_refusal(const struct idp_tpm_key *key);
/* The bytes of a number before which zeros may be left out, at this size; data NULL: too long. */
struct idp_bytes idp_tpm_padded(struct idp_call *call, struct idp_bytes number, size_t size);

/* {"valid":false,"reason"} (tpm_inspect.c) */
struct idp_json *idp_tpm_refusal(struct idp_call *call, const char *why);

/* ---- signatures (tpm_signature.c) ---- */

/* The key has signed the input, by its own scheme and hash. */
const char *idp_tpm_signature_check(struct idp_call *call, const struct idp_tpm_key *key,
                                    const TPMT_SIGNATURE *signature, struct idp_bytes input);

/* ---- what is attested (tpm_attest.c, tpm_pcr.c) ---- */

enum idp_tpm_attest_type { IDP_TPM_CERTIFY = 1, IDP_TPM_CREATION = 2, IDP_TPM_QUOTE = 4 };

/* What is asked of an attestation; data NULL, NULL, 0: not this. */
struct idp_tpm_demand {
    unsigned types; /* of enum idp_tpm_attest_type */
    struct idp_bytes nonce, name;
    const struct idp_json *pcrs; /* idp_tpm_pcrs_valid */
    struct idp_tpm_clock clock;  /* the least */
};
const char *idp_tpm_attested(struct idp_call *call, struct idp_bytes attest,
                             struct idp_bytes signature, const struct idp_tpm_key *key,
                             const struct idp_tpm_demand *demand, TPMS_ATTEST *out);
/* NULL where just these registers, with these values, were quoted. hash: of the signature. */
const char *idp_tpm_pcrs_check(struct idp_call *call, const TPMS_QUOTE_INFO *quote,
                               const struct idp_json *pcrs, const struct idp_tpm_hash *hash);
/* {"sha256":[0,1]} */
struct idp_json *idp_tpm_pcrs_json(struct idp_call *call, const TPML_PCR_SELECTION *selection);

/* ---- keys out of secrets (tpm_kdf.c) ---- */

/* KDFa and KDFe of Part 1, §11.4.10; label without its NUL. The latter is as long as the hash. */
struct idp_bytes idp_tpm_kdfa(struct idp_call *call, const struct idp_tpm_hash *hash,
                              struct idp_bytes key, const char *label, struct idp_bytes context,
                              size_t size);
struct idp_bytes idp_tpm_kdfe(struct idp_call *call, const struct idp_tpm_hash *hash,
                              struct idp_bytes secret, const char *label, struct idp_bytes context);

/* ---- what only one TPM can read (tpm_seed.c, tpm_credential.c) ---- */

struct idp_tpm_seed {
    struct idp_bytes seed, sent; /* sent: how its TPM gets it */
};
struct idp_tpm_seed idp_tpm_seed_make(struct idp_call *call, const struct idp_tpm_key *key);
/* Adds the bytes with their size before them, as TPM2B_… have them. */
void idp_tpm_sized_add(struct idp_text *text, struct idp_bytes bytes);

#define IDP_TPM_BYTES(buffer, count)                                                               \
    ((struct idp_bytes){(const char *)(buffer), (count)}) /* of a sized buffer of tss2 */

#endif
