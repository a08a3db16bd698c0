/* SPDX-License-Identifier: Apache-2.0 */
/* pki.h - certificates (RFC 5280): requests read, certificates issued and withdrawn by the
 * authorities of a tenant. What a certificate says comes from its profile, never from the request:
 * of that only the key and the name that the profile allows are taken. */
#ifndef IDPLANE_PKI_H
#define IDPLANE_PKI_H

#include "core/jose/jose.h"

/* True where the tenant has an authority of this name (ca.c). */
bool idp_ca_exists(struct idp_call *call, struct idp_bytes name);
/* True where there is one that may sign now; name data NULL: default. */
bool idp_ca_signs(struct idp_call *call, struct idp_bytes name) IDP_MUST_CHECK;

/* True for what may be the name of an authority, without a generation (ca_store.c). */
bool idp_ca_name_is(struct idp_bytes name);

/* The revocation list of an authority, DER, as crl() gives it (crl.c); data NULL: there is no such
 * authority. May write. */
struct idp_bytes idp_crl_of(struct idp_call *call, struct idp_bytes name);

/* The answer to an OCSP request (RFC 6960), DER, whatever bytes it is: malformed and unauthorized
 * are answers, too (ocsp.c). */
struct idp_bytes idp_ocsp_answer(struct idp_call *call, struct idp_bytes request);

/* An order of a certificate, and what came of it (issue.c). */
struct idp_issue {
    struct idp_bytes csr; /* PEM, or base64 of DER */
    /* Names; data NULL: identity, and the authority that the options or the profile name, or
     * default. */
    struct idp_bytes profile, ca;
    const struct idp_json *options; /* as of sign_csr(); NULL: none */
    /* Of a key that has proven itself and hands its name on; data NULL: none. */
    struct idp_bytes former_key_digest;
    bool is_provisioned;  /* to a device whose id it is, in its session */
    int64_t activation_s; /* it ends so soon unless the device is seen with it; 0: it does not */
    /* Known after idp_issue_prepare. device: the UUID in lower case; data NULL: it names none.
     * key_digest: SHA-256 of spki; request: DER; requested_name: RFC 4514; names: as the column
     * sans. */
    struct idp_bytes common_name, device, spki, key_digest, request, requested_name, names;
    /* Known after idp_issue_sign: DER; hexadecimal; name@generation; PEM from the authority up. */
    struct idp_bytes certificate, serial, ca_id, chain;
    int64_t not_before_us, not_after_us;
    struct idp_issue_parts *parts; /* issue.c's own */
};

/* Nothing is issued while somebody says that a key, or an authority, is good no more: who issues
 * holds this lock together with others, who revokes such alone. Begins the transaction.
 * (revocation.c) */
void idp_keys_lock(struct idp_call *call, bool is_shared);

/* Reads and checks the order, writes nothing; locks keys. NULL, or a reason of docs/pki.md. Raises
 * IDP_INVALID_ARGUMENT for an unknown profile and for options, IDP_NO_SUCH_CA. */
const char *idp_issue_prepare(struct idp_call *call, struct idp_issue *issue) IDP_MUST_CHECK;

/* Signs what was prepared and writes it down. NULL, or why the key does not get it; then no
 * certificate was written down, and nobody lost the name. */
const char *idp_issue_sign(struct idp_call *call, struct idp_issue *issue) IDP_MUST_CHECK;

/* A certificate that was issued, by its serial in lower case: DER, the device that it names (data
 * NULL: none) and PEM from its authority up; false: there is none. */
struct idp_issued {
    struct idp_bytes certificate, device, chain;
    bool is_revoked;
    int64_t revoked_us; /* where it is */
};
bool idp_certificate_issued(struct idp_call *call, struct idp_bytes serial,
                            struct idp_issued *out) IDP_MUST_CHECK;

/* A certificate that somebody shows and has proven the key of, and that was issued here (former.c).
 */
struct idp_former {
    struct idp_bytes profile, ca, device; /* device data NULL: it names none */
    struct idp_bytes name, names, key_digest;
};
struct idp_certificate_facts;
/* False: it was not issued here, or is not good now. Nobody revokes it before the end of the
 * transaction, which this begins. */
bool idp_former_hold(struct idp_call *call, const struct idp_certificate_facts *shown,
                     struct idp_former *out) IDP_MUST_CHECK;
/* Issues the one that comes after it, of the same profile, for the same names, for any key. NULL,
 * or a reason of docs/pki.md; then nobody lost the name. */
const char *idp_former_renew(struct idp_call *call, const struct idp_former *former,
                             struct idp_issue *issue) IDP_MUST_CHECK;

/* Ends a certificate, by its serial in lower case, for a reason of RFC 5280 §5.3.1; begins the
 * transaction. True: it was revoked now, its reason became keyCompromise or cACompromise, or with
 * one of these, which end all that its key has, another one was. (revocation.c) */
bool idp_certificate_revoke(struct idp_call *call, struct idp_bytes serial,
                            struct idp_bytes reason);

/* A device was seen with this certificate: it does not end for want of that, and what the device
 * had before, and has a grace only, ends now. How many did; -1: no good one has this serial. Begins
 * the transaction. (renewal.c) */
int64_t idp_certificate_confirm(struct idp_call *call, struct idp_bytes serial);

/* A certificate of this key was revoked since somebody else has it, before until_us,
 * IDP_TIME_MAX_US: ever; key_digest: SHA-256 of the SubjectPublicKeyInfo. */
bool idp_key_is_compromised(struct idp_call *call, struct idp_bytes key_digest,
                            int64_t until_us) IDP_MUST_CHECK;

/* False where it was revoked, or its grace has ended; of its period nothing is said. */
bool idp_certificate_is_good(struct idp_call *call, struct idp_bytes serial) IDP_MUST_CHECK;
/* True where it was issued with activation_s, and no device was seen with it in time, or yet.
 * (activation.c) */
bool idp_awaits_activation(struct idp_call *call, struct idp_bytes serial) IDP_MUST_CHECK;
/* True where none will be: it is too late, or it was revoked before. */
bool idp_activation_has_lapsed(struct idp_call *call, struct idp_bytes serial) IDP_MUST_CHECK;
struct idp_value idp_sql_confirm_certificate(struct idp_call *call,
                                             const struct idp_value *arguments);

/* Ends every good certificate of a device (its UUID in lower case); how many there were. */
int64_t idp_revoke_device(struct idp_call *call, struct idp_bytes device, struct idp_bytes reason);

/* The key and the name of a request (PEM, or base64 of DER), spki whole, common_name data NULL:
 * none. NULL, or why it is none, a reason of docs/pki.md. (csr.c) */
struct idp_request_facts {
    struct idp_bytes spki, common_name;
};
const char *idp_request_read(struct idp_call *call, struct idp_bytes csr,
                             struct idp_request_facts *out) IDP_MUST_CHECK;

struct idp_value idp_sql_csr_inspect(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_create_ca(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_import_ca(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_sign_csr(struct idp_call *call, const struct idp_value *arguments);
/* Writes down a request and what came of it: {"request_id","status":"issued"|"refused"|"pending",
 * "reasons","certificate","chain","serial"}, as request_certificate(). The same request again is
 * told what the row says now. profile data NULL: identity. (certificate_request.c) */
struct idp_json *idp_certificate_request(struct idp_call *call, struct idp_bytes csr,
                                         struct idp_bytes profile);
extern const struct idp_row_trigger idp_certificate_request_trigger;

struct idp_value idp_sql_request_certificate(struct idp_call *call,
                                             const struct idp_value *arguments);
struct idp_value idp_sql_certificate_request_step(struct idp_call *call,
                                                  const struct idp_value *arguments);
struct idp_value idp_sql_sign_pending(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_decide_certificate_request(struct idp_call *call,
                                                    const struct idp_value *arguments);
struct idp_value idp_sql_certificate_profile(struct idp_call *call,
                                             const struct idp_value *arguments);
struct idp_value idp_sql_set_certificate_profile(struct idp_call *call,
                                                 const struct idp_value *arguments);
struct idp_value idp_sql_revoke_certificate(struct idp_call *call,
                                            const struct idp_value *arguments);
struct idp_value idp_sql_crl(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_ocsp(struct idp_call *call, const struct idp_value *arguments);

/* ---- what EST gives (pkcs7.c, ca_bundle.c, csr_attributes.c, profile_store.c) ---- */

/* PKCS #7 of certificates alone, DER. */
struct idp_bytes idp_pkcs7_of(struct idp_call *call, const struct idp_bytes *certificates,
                              size_t count);
/* The certificates of an authority (data NULL: default; else its name, perhaps with a generation),
 * of all its keys that are good now, and those above them, DER; count 0: there is none. */
enum { IDP_CA_BUNDLE_COUNT_MAX = 64 };
struct idp_ca_bundle {
    size_t count;
    struct idp_bytes certificates[IDP_CA_BUNDLE_COUNT_MAX];
};
struct idp_ca_bundle idp_ca_bundle_of(struct idp_call *call, struct idp_bytes name);
/* CsrAttrs (RFC 7030 §4.5.2) of a profile that there is, DER; size 0: it wants nothing. */
struct idp_bytes idp_csr_attributes(struct idp_call *call, struct idp_bytes profile);
/* False: there is no such profile. *ca: the authority that signs for it; data NULL: default. */
bool idp_profile_authority(struct idp_call *call, struct idp_bytes profile,
                           struct idp_bytes *ca) IDP_MUST_CHECK;

/* DER as a block of this label, "CERTIFICATE" (pem.c). */
struct idp_bytes idp_pem_of(struct idp_call *call, struct idp_bytes der, const char *label);

/* ---- certificates that others issued (chain.c, chain_read.c) ---- */

/* Whether a path leads from a leaf to an anchor. */
struct idp_chain_verdict {
    const char *reason;                          /* of docs/pki.md; NULL: it does */
    struct idp_json *shown;                      /* as verify_chain() answers */
    size_t length;                               /* of the path, leaf and anchor included */
    struct idp_bytes keys[IDP_CHAIN_LENGTH_MAX]; /* SubjectPublicKeyInfo each, the leaf's first */
    struct idp_bytes certificates[IDP_CHAIN_LENGTH_MAX]; /* DER, likewise */
};
/* The texts and the policy (may be NULL) are those of verify_chain: see docs/functions.md. Raises
 * IDP_INVALID_ARGUMENT for a malformed policy, nothing for any certificate. */
struct idp_chain_verdict idp_chain_judge(struct idp_call *call, struct idp_bytes leaf,
                                         struct idp_bytes intermediates, struct idp_bytes anchors,
                                         const struct idp_json *policy);

/* What is known here of a certificate, and of each one of a path that holds: NULL, or `revoked` of
 * one that was issued here, or `key_compromised`, both as idp_key_is_compromised says
 * (chain_own.c). */
const char *idp_certificate_ended(struct idp_call *call, struct idp_bytes der, int64_t until_us);
const char *idp_path_ended(struct idp_call *call, const struct idp_chain_verdict *verdict,
                           int64_t until_us);

/* True where the proof is a signature over the message by the key, a SubjectPublicKeyInfo: base64
 * of one as in certificates (DER of ECDSA, PKCS #1 v1.5 of RSA), or a JWS (possession.c). */
bool idp_possession_holds(struct idp_call *call, struct idp_bytes spki, struct idp_bytes message,
                          struct idp_bytes proof) IDP_MUST_CHECK;

/* What a certificate says, nothing of it verified. */
struct idp_certificate_facts {
    struct idp_bytes der, issuer, subject, spki; /* whole values */
    struct idp_bytes serial, name, common_name;  /* hexadecimal; RFC 4514; data NULL: none */
    int64_t not_before_us, not_after_us;
    bool is_ca;
};
/* The certificates of a text as it has them: PEM with anything between, or the base64 of one.
 * False where there are more than count_max, none, or one that cannot be read. */
bool idp_certificates_read(struct idp_call *call, struct idp_bytes text,
                           struct idp_certificate_facts *out, size_t count_max,
                           size_t *count) IDP_MUST_CHECK;
/* As PEM, one behind the other. */
struct idp_bytes idp_certificates_text(struct idp_call *call,
                                       const struct idp_certificate_facts *certificates,
                                       size_t count);

/* The revocation lists that were imported of authorities of these names (whole, DER), with any key:
 * DER each, *count of them, at most IDP_CHAIN_CRL_COUNT_MAX. (list_import.c) */
const struct idp_bytes *idp_imported_lists(struct idp_call *call, const struct idp_bytes *subjects,
                                           size_t subject_count, size_t *count);
struct idp_value idp_sql_import_crl(struct idp_call *call, const struct idp_value *arguments);

struct idp_value idp_sql_certificate_inspect(struct idp_call *call,
                                             const struct idp_value *arguments);
struct idp_value idp_sql_verify_chain(struct idp_call *call, const struct idp_value *arguments);

/* ---- TPM 2.0 (tpm_*.c) ---- */

/* A key of a TPM, out of its public area; the structures are those that tpm2-tools write. Functions
 * that return a text return why not, a word of docs/tpm.md, and NULL where it is well. */
struct idp_tpm_key {
    struct idp_bytes public_area;         /* TPMT_PUBLIC */
    struct idp_bytes name;                /* hash algorithm, and hash of the public area */
    struct idp_bytes spki;                /* SubjectPublicKeyInfo, whole */
    struct idp_bytes point, auth_policy;  /* point: uncompressed; data NULL: RSA */
    const struct idp_tpm_hash *name_hash; /* also of secrets that it is sent */
    const struct idp_key *key;
    uint32_t attributes;          /* TPMA_OBJECT */
    uint16_t scheme, scheme_hash; /* of signatures, TPM2_ALG_ID */
    uint16_t symmetric, symmetric_bits, symmetric_mode;
    uint16_t key_bits;
    bool has_default_exponent, has_kdf; /* of RSA; of a curve */
};
const char *idp_tpm_endorsement_key(struct idp_call *call, struct idp_bytes public_area,
                                    struct idp_tpm_key *out);
const char *idp_tpm_attestation_key(struct idp_call *call, struct idp_bytes public_area,
                                    struct idp_tpm_key *out);
/* One that signs for the device: of this TPM alone, and not restricted to what the TPM says. */
const char *idp_tpm_identity_key(struct idp_call *call, struct idp_bytes public_area,
                                 struct idp_tpm_key *out);

/* Milliseconds that the TPM was on, how often it began anew and went on; not safe: since the power
 * was cut they may have been more once. */
struct idp_tpm_clock {
    uint64_t clock_ms;
    uint32_t reset_count, restart_count;
    bool is_safe;
};

/* The TPM has this key, says an attestation key of it, to who sent the nonce: TPMS_ATTEST of
 * TPM2_Certify or TPM2_CertifyCreation, and TPMT_SIGNATURE. An empty nonce is none. clock may be
 * NULL. */
const char *idp_tpm_certified(struct idp_call *call, struct idp_bytes attest,
                              struct idp_bytes signature, const struct idp_tpm_key *attestation_key,
                              const struct idp_tpm_key *certified, struct idp_bytes nonce,
                              struct idp_tpm_clock *clock);
/* The same of TPM2_Quote: just these registers have these values, {"sha256":{"0":"hex"}}. NULL: no
 * matter which. */
const char *idp_tpm_quoted(struct idp_call *call, struct idp_bytes attest,
                           struct idp_bytes signature, const struct idp_tpm_key *attestation_key,
                           struct idp_bytes nonce, const struct idp_json *pcrs,
                           struct idp_tpm_clock *clock);
/* True where the document may be asked of a quote. */
bool idp_tpm_pcrs_valid(struct idp_call *call, const struct idp_json *pcrs) IDP_MUST_CHECK;

/* MakeCredential: only the TPM of the endorsement key can read the credential, and only where it
 * holds the key of this name. credential: up to the size of the endorsement key's hash, at least 32
 * bytes. blob: TPM2B_ID_OBJECT, secret: TPM2B_ENCRYPTED_SECRET. */
void idp_tpm_make_credential(struct idp_call *call, const struct idp_tpm_key *endorsement_key,
                             struct idp_bytes name, struct idp_bytes credential,
                             struct idp_bytes *blob, struct idp_bytes *secret);

/* Of which maker a TPM is, as its certificate says. */
struct idp_tpm_model {
    struct idp_bytes manufacturer, model, version; /* "id:…" */
    struct idp_json *verdict;                      /* that of idp_chain_judge */
};
/* The endorsement key is one of a maker that an anchor stands for. certificate: one, PEM or base64;
 * policy as that of idp_chain_judge, whose reasons come back, too; purpose
 * is set here. Raises IDP_INVALID_ARGUMENT for a malformed policy. */
const char *idp_tpm_certificate(struct idp_call *call, struct idp_bytes certificate,
                                const struct idp_tpm_key *endorsement_key,
                                struct idp_bytes intermediates, struct idp_bytes anchors,
                                const struct idp_json *policy, struct idp_tpm_model *out);

struct idp_value idp_sql_tpm_make_credential(struct idp_call *call,
                                             const struct idp_value *arguments);
struct idp_value idp_sql_tpm_verify_certificate(struct idp_call *call,
                                                const struct idp_value *arguments);
struct idp_value idp_sql_tpm_inspect(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_tpm_verify(struct idp_call *call, const struct idp_value *arguments);

extern const struct idp_sealed_column idp_ca_sealed;
extern const struct idp_statement idp_ca_statements[], idp_ca_store_statements[],
    idp_ca_revoke_statements[], idp_adopt_statements[], idp_ca_bundle_statements[],
    idp_issue_statements[], idp_former_statements[], idp_activation_statements[],
    idp_profile_statements[], idp_certificate_request_statements[], idp_renewal_statements[],
    idp_revocation_statements[], idp_crl_statements[], idp_list_import_statements[],
    idp_ocsp_statements[];
extern const size_t idp_ca_statement_count, idp_ca_store_statement_count,
    idp_ca_revoke_statement_count, idp_adopt_statement_count, idp_ca_bundle_statement_count,
    idp_issue_statement_count, idp_former_statement_count, idp_activation_statement_count,
    idp_profile_statement_count, idp_certificate_request_statement_count,
    idp_renewal_statement_count, idp_revocation_statement_count, idp_crl_statement_count,
    idp_list_import_statement_count, idp_ocsp_statement_count;

#endif
