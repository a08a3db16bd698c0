/* SPDX-License-Identifier: Apache-2.0 */
/* provisioning.h - devices that come with nothing but what their maker gave them, and leave with an
 * identity, rules, a token and a configuration. docs/provisioning.md has the steps, their states
 * and every code. Operations answer JSON, errors as {"error": …}; each is noted as an event. */
#ifndef IDPLANE_PROVISIONING_H
#define IDPLANE_PROVISIONING_H

#include "core/pki/pki.h"

/* ---- the steps of a device: session is what idp_provisioning_begin answered ---- */

/* {"session","nonce",…}. chain: certificates of the maker, the device's first; data NULL: the
 * option registration_id says who it is. is_proven: its TLS connection has proven the key. */
const struct idp_json *idp_provisioning_begin(struct idp_call *call, struct idp_bytes chain,
                                              const struct idp_json *options, bool is_proven);
/* One way to say who it is, and only one, within the limits; the option enrollment is a text. */
bool idp_is_arrival(struct idp_bytes chain, const struct idp_json *options);
/* NULL and the session of a device that comes by TLS with this certificate, its chain behind it, or
 * the error: of its maker, then the last one of that key that is open, or a new one where it brings
 * another csr than that had (data NULL: none); or its identity certificate, which confirms it. */
const struct idp_json *idp_provisioning_resume(struct idp_call *call, struct idp_bytes chain,
                                               struct idp_bytes csr, struct idp_bytes *session);
/* The proof: a signature over the nonce, or its tag by a symmetric key. */
const struct idp_json *idp_possession_prove(struct idp_call *call, struct idp_bytes session,
                                            struct idp_bytes proof);
/* That it uses its identity certificate: a signature over the nonce that came with that, or, where
 * certificate has data, the one of its TLS connection. */
const struct idp_json *idp_identity_confirm(struct idp_call *call, struct idp_bytes session,
                                            struct idp_bytes proof, struct idp_bytes certificate);
/* The two steps of a TPM. What it shows, each base64 as tpm2-tools write it, ek_certificate PEM or
 * data NULL; attestation {"quote":{"attest","signature"}} or NULL. */
struct idp_tpm_shown {
    struct idp_bytes ek, ek_certificate, ak;
};
const struct idp_json *idp_tpm_challenge(struct idp_call *call, struct idp_bytes session,
                                         const struct idp_tpm_shown *shown);
const struct idp_json *idp_tpm_activate(struct idp_call *call, struct idp_bytes session,
                                        struct idp_bytes credential,
                                        const struct idp_json *attestation);
const struct idp_json *idp_provision_time(struct idp_call *call, struct idp_bytes session);
const struct idp_json *idp_provision_ownership(struct idp_call *call, struct idp_bytes session);
/* csr: PKCS #10, PEM or base64 of its DER. The same one again has the same answer. attestation:
 * that its key is in the TPM of the session, {"key","attest","signature"}; NULL: none. */
const struct idp_json *idp_provision_identity(struct idp_call *call, struct idp_bytes session,
                                              struct idp_bytes csr, const struct idp_json *options);
const struct idp_json *idp_provision_acls(struct idp_call *call, struct idp_bytes session);
const struct idp_json *idp_provision_credentials(struct idp_call *call, struct idp_bytes session);
const struct idp_json *idp_provision_token(struct idp_call *call, struct idp_bytes session);
/* options: di, selectedGateway {id, uri}; may be NULL. */
const struct idp_json *idp_provision_cloud(struct idp_call *call, struct idp_bytes session,
                                           const struct idp_json *options);
/* etag: of what the device has; data NULL: nothing. */
const struct idp_json *idp_provision_configuration(struct idp_call *call, struct idp_bytes session,
                                                   struct idp_bytes etag);

/* ---- EST (RFC 7030, est.c): the answer has a certificate, or is an error ---- */

/* What a label means: a profile of this name, else an enrollment; none: what the setting est_label
 * says. */
struct idp_est_label {
    struct idp_bytes profile, ca, enrollment_id; /* ca data NULL: default; data NULL: a profile */
    bool is_given;
};
bool idp_est_label_find(struct idp_call *call, struct idp_bytes name,
                        struct idp_est_label *out) IDP_MUST_CHECK;
/* chain: of the TLS connection, which has proven the key of the first: one of a maker, and to renew
 * one of ours. csr as of idp_provision_identity. */
const struct idp_json *idp_est_enroll(struct idp_call *call, const struct idp_est_label *label,
                                      struct idp_bytes chain, struct idp_bytes csr);
const struct idp_json *idp_est_renew(struct idp_call *call, const struct idp_est_label *label,
                                     struct idp_bytes chain, struct idp_bytes csr);

/* A device sent what cannot be read, in the session, or over a connection with the certificate, of
 * which data may be NULL: that is an event, of known and unknown ones as many of an address as the
 * limits allow. */
void idp_unreadable_note(struct idp_call *call, struct idp_bytes session, struct idp_bytes chain);

/* set_hub() of one that is new: where there is one of the id it is refused, whoever came first. */
struct idp_value idp_hub_make(struct idp_call *call, const struct idp_value *arguments);

/* Ends a device, by its id in lower case, with all that it was given, as deprovision() does; NULL:
 * there is none, or it is not this owner's. owner data NULL: whosever it is. Begins the
 * transaction. */
const struct idp_json *idp_device_deprovision(struct idp_call *call, struct idp_bytes device,
                                              struct idp_bytes owner);

/* True where provisioning_records() takes it as a cursor. */
bool idp_is_record_cursor(struct idp_call *call, struct idp_bytes cursor) IDP_MUST_CHECK;

/* ---- rows of the function table ---- */
struct idp_value idp_sql_set_enrollment(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_enrollment(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_enrollments(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_hubs(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_set_hub(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_hub(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_set_device_configuration(struct idp_call *call,
                                                  const struct idp_value *arguments);
struct idp_value idp_sql_match_enrollment(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_explain_enrollment(struct idp_call *call,
                                            const struct idp_value *arguments);
struct idp_value idp_sql_decide_enrollment(struct idp_call *call,
                                           const struct idp_value *arguments);
struct idp_value idp_sql_deprovision(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_provisioning_records(struct idp_call *call,
                                              const struct idp_value *arguments);
struct idp_value idp_sql_begin_provisioning(struct idp_call *call,
                                            const struct idp_value *arguments);
struct idp_value idp_sql_prove_possession(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_tpm_challenge(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_tpm_activate(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_confirm_identity(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_provision_time(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_provision_ownership(struct idp_call *call,
                                             const struct idp_value *arguments);
struct idp_value idp_sql_provision_identity(struct idp_call *call,
                                            const struct idp_value *arguments);
struct idp_value idp_sql_provision_acls(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_provision_credentials(struct idp_call *call,
                                               const struct idp_value *arguments);
struct idp_value idp_sql_provision_token(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_provision_cloud(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_provision_configuration(struct idp_call *call,
                                                 const struct idp_value *arguments);

extern const struct idp_sealed_column idp_enrollment_sealed;
extern const struct idp_statement idp_enrollment_statements[], idp_enrollment_index_statements[],
    idp_enrollment_version_statements[], idp_member_statements[], idp_hub_statements[],
    idp_record_statements[], idp_event_statements[], idp_device_session_statements[],
    idp_device_configuration_statements[], idp_session_resume_statements[],
    idp_enrollment_page_statements[], idp_device_decision_statements[],
    idp_record_list_statements[], idp_device_id_statements[];
extern const size_t idp_enrollment_statement_count, idp_enrollment_index_statement_count,
    idp_enrollment_version_statement_count, idp_member_statement_count, idp_hub_statement_count,
    idp_record_statement_count, idp_event_statement_count, idp_device_session_statement_count,
    idp_device_configuration_statement_count, idp_session_resume_statement_count,
    idp_enrollment_page_statement_count, idp_device_decision_statement_count,
    idp_record_list_statement_count, idp_device_id_statement_count;

#endif
