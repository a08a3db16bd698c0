/* SPDX-License-Identifier: Apache-2.0 */
/* pki.h - certificates (RFC 5280): requests read, certificates issued and withdrawn by the
 * authorities of a tenant. What a certificate says comes from its profile, never from the request:
 * of that only the key and the name that the profile allows are taken. */
#ifndef IDPLANE_PKI_H
#define IDPLANE_PKI_H

#include "core/jose/jose.h"

/* True where the tenant has an authority of this name (ca.c). */
bool idp_ca_exists(struct idp_call *call, struct idp_bytes name);

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
    /* Known after idp_issue_prepare. device: the UUID in lower case; data NULL: it names none.
     * key_digest: SHA-256 of spki. */
    struct idp_bytes common_name, device, spki, key_digest;
    /* Known after idp_issue_sign: DER; hexadecimal; name@generation; PEM from the authority up. */
    struct idp_bytes certificate, serial, ca_id, chain;
    int64_t not_before_us, not_after_us;
    struct idp_issue_parts *parts; /* issue.c's own */
};

/* Reads and checks the order, writes nothing. NULL, or a reason of docs/pki.md. Raises
 * IDP_INVALID_ARGUMENT for an unknown profile and for options, IDP_NO_SUCH_CA. */
const char *idp_issue_prepare(struct idp_call *call, struct idp_issue *issue) IDP_MUST_CHECK;

/* Signs what was prepared and writes it down; begins the transaction. NULL, or why the key does not
 * get it; then no certificate was written down, and nobody lost the name. */
const char *idp_issue_sign(struct idp_call *call, struct idp_issue *issue) IDP_MUST_CHECK;

/* A certificate that was issued, by its serial in lower case: DER; data NULL: there is none. */
struct idp_bytes idp_certificate_issued(struct idp_call *call, struct idp_bytes serial);

/* Ends a certificate, by its serial in lower case, for a reason of RFC 5280 §5.3.1; begins the
 * transaction. True: it was revoked now, or its reason became keyCompromise. (revocation.c) */
bool idp_certificate_revoke(struct idp_call *call, struct idp_bytes serial,
                            struct idp_bytes reason);

/* A device was seen with this certificate: what it had before, and has a grace only, ends now. How
 * many did; -1: no good one has this serial. Begins the transaction. (renewal.c) */
int64_t idp_certificate_confirm(struct idp_call *call, struct idp_bytes serial);
struct idp_value idp_sql_confirm_certificate(struct idp_call *call,
                                             const struct idp_value *arguments);

/* Ends every good certificate of a device (its UUID in lower case); how many there were. */
int64_t idp_revoke_device(struct idp_call *call, struct idp_bytes device, struct idp_bytes reason);

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

/* The verdict of verify_chain: see docs/functions.md. policy may be NULL. Raises
 * IDP_INVALID_ARGUMENT for a malformed policy, nothing for any certificate. (chain.c) */
struct idp_json *idp_chain_verify(struct idp_call *call, struct idp_bytes leaf,
                                  struct idp_bytes intermediates, struct idp_bytes anchors,
                                  const struct idp_json *policy);

/* The revocation lists that were imported of authorities of these names (whole, DER), with any key:
 * DER each, *count of them, at most IDP_CHAIN_CRL_COUNT_MAX. (list_import.c) */
const struct idp_bytes *idp_imported_lists(struct idp_call *call, const struct idp_bytes *subjects,
                                           size_t subject_count, size_t *count);
struct idp_value idp_sql_import_crl(struct idp_call *call, const struct idp_value *arguments);

struct idp_value idp_sql_certificate_inspect(struct idp_call *call,
                                             const struct idp_value *arguments);
struct idp_value idp_sql_verify_chain(struct idp_call *call, const struct idp_value *arguments);

extern const struct idp_sealed_column idp_ca_sealed;
extern const struct idp_statement idp_ca_statements[], idp_ca_store_statements[],
    idp_issue_statements[], idp_profile_statements[], idp_certificate_request_statements[],
    idp_renewal_statements[], idp_revocation_statements[], idp_crl_statements[],
    idp_list_import_statements[], idp_ocsp_statements[];
extern const size_t idp_ca_statement_count, idp_ca_store_statement_count, idp_issue_statement_count,
    idp_profile_statement_count, idp_certificate_request_statement_count,
    idp_renewal_statement_count, idp_revocation_statement_count, idp_crl_statement_count,
    idp_list_import_statement_count, idp_ocsp_statement_count;

#endif
