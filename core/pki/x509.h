/* SPDX-License-Identifier: Apache-2.0 */
/* x509.h - the parts that certificates, requests and lists have in common; only core/pki includes
 * it. Functions that return a text return why not, a word of docs/pki.md, and NULL where it is
 * well. */
#ifndef IDPLANE_X509_H
#define IDPLANE_X509_H

#include "core/pki/pki.h"

/* Clocks of devices are late: what is issued now is good an hour before. */
enum { IDP_ISSUED_EARLY_S = 3600, IDP_SERIAL_SIZE = 16 };

/* The first byte of keyUsage (RFC 5280 §4.2.1.3). */
enum idp_key_usage_bit {
    IDP_USAGE_DIGITAL_SIGNATURE = 0x80,
    IDP_USAGE_KEY_ENCIPHERMENT = 0x20,
    IDP_USAGE_DATA_ENCIPHERMENT = 0x10,
    IDP_USAGE_KEY_AGREEMENT = 0x08,
    IDP_USAGE_KEY_CERT_SIGN = 0x04,
    IDP_USAGE_CRL_SIGN = 0x02
};

/* ---- text forms (pem.c) ---- */

/* Takes the next block of one of the labels, "A|B" (RFC 7468); data NULL where it is none. */
struct idp_bytes idp_pem_take(struct idp_call *call, struct idp_bytes *rest, const char *labels);
/* Exactly one such block with white space around it, or base64 without a label; else data NULL. */
struct idp_bytes idp_pem_only(struct idp_call *call, struct idp_bytes text, const char *labels);

/* ---- names (name.c) ---- */

struct idp_name {
    struct idp_bytes der;         /* whole */
    struct idp_bytes text;        /* RFC 4514 */
    struct idp_bytes common_name; /* data NULL: none; UTF-8 */
    size_t common_name_count;
    bool is_hidden; /* a value has control characters, or others that nobody sees */
};
/* `name` where a value is empty, too long, no text, or holds a NUL; `format` where it is no Name.
 */
const char *idp_name_read(struct idp_call *call, struct idp_bytes der, struct idp_name *out);
/* A Name of one common name. */
struct idp_bytes idp_name_of(struct idp_call *call, struct idp_bytes common_name);
/* A Name of the members of an object: DC, C, ST, L, O, OU, CN, serialNumber, UID, emailAddress, in
 * this order; data NULL where it has others, or a value is none. */
struct idp_bytes idp_name_of_json(struct idp_call *call, const struct idp_json *object);
/* A Name as such an object; null is what stands there twice, or is of another kind, or no text.
 * NULL: it is no Name. */
struct idp_json *idp_name_json(struct idp_call *call, struct idp_bytes der);

/* ---- extensions (extension.c) ---- */

struct idp_extension_value {
    struct idp_bytes oid; /* contents */
    bool is_critical;
    struct idp_bytes value;
};
struct idp_extensions {
    size_t count;
    struct idp_extension_value items[IDP_EXTENSION_COUNT_MAX];
};
/* Of a SEQUENCE OF Extension, whole: `extension` where one is there twice or it is malformed. */
const char *idp_extensions_read(struct idp_bytes der, struct idp_extensions *out);
/* One Extension; `oid` is the whole value, `contents` the value inside the OCTET STRING. */
struct idp_bytes idp_extension_of(struct idp_call *call, struct idp_bytes oid, bool is_critical,
                                  struct idp_bytes contents);
/* "basicConstraints", or the numbers of the object identifier. */
struct idp_bytes idp_extension_name(struct idp_call *call, struct idp_bytes oid);

/* ---- requests (csr.c) ---- */

struct idp_csr {
    struct idp_bytes der;
    struct idp_name subject;
    struct idp_bytes spki; /* whole */
    const struct idp_key *key;
    struct idp_bytes algorithm; /* whole */
    struct idp_extensions requested;
};
/* Reads a PKCS #10 request (RFC 2986) and checks that who made it has the key. NULL, or one of
 * format, name, extension, key, key_type, key_weak, algorithm, hash_weak, signature. */
const char *idp_csr_read(struct idp_call *call, struct idp_bytes der, struct idp_csr *out);
/* PEM or base64; `format` as well where it is neither. */
const char *idp_csr_read_text(struct idp_call *call, struct idp_bytes text, struct idp_csr *out);

/* ---- certificates (certificate.c) ---- */

/* All that one says but who signs it. */
struct idp_certificate_plan {
    struct idp_bytes serial;                /* magnitude */
    struct idp_bytes issuer, subject, spki; /* whole */
    int64_t not_before_us, not_after_us;
    const struct idp_bytes *extensions; /* each whole */
    size_t extension_count;
};
/* The certificate as DER. */
struct idp_bytes idp_certificate_make(struct idp_call *call, const struct idp_key *issuer_key,
                                      const struct idp_certificate_plan *plan);
/* What of it is signed. */
struct idp_bytes idp_certificate_to_be_signed(struct idp_call *call,
                                              const struct idp_key *issuer_key,
                                              const struct idp_certificate_plan *plan);
/* Signs what is to be signed: certificate, list or answer. */
struct idp_bytes idp_x509_wrap(struct idp_call *call, const struct idp_key *key,
                               struct idp_bytes to_be_signed);
/* IDP_SERIAL_SIZE bytes: the millisecond and 80 random bits, so that what is issued at one time is
 * at one place of an index, and nobody tells the next one. */
struct idp_bytes idp_serial_new(struct idp_call *call);
/* RFC 7093 §2 (1): of the bits of a SubjectPublicKeyInfo. */
struct idp_bytes idp_key_identifier(struct idp_call *call, struct idp_bytes spki);
/* The bits of the key of a certificate of an authority. */
struct idp_bytes idp_certificate_key_bits(struct idp_bytes certificate);

/* The extensions that are written here, each whole. path_length below 0: none. */
struct idp_bytes idp_basic_constraints(struct idp_call *call, bool is_ca, int64_t path_length);
/* bits: of enum idp_key_usage_bit. */
struct idp_bytes idp_key_usage(struct idp_call *call, unsigned char bits);
struct idp_bytes idp_subject_key_identifier(struct idp_call *call, struct idp_bytes identifier);
struct idp_bytes idp_authority_key_identifier(struct idp_call *call, struct idp_bytes identifier);
struct idp_bytes idp_crl_distribution_point(struct idp_call *call, struct idp_bytes url);

/* ---- certificates that are read (certificate_read.c) ---- */

/* Taken apart; names, key and algorithm are whole values. */
struct idp_certificate {
    struct idp_bytes der, serial, algorithm, issuer, subject, spki; /* serial: contents */
    struct idp_bytes to_be_signed, signature;                       /* whole, and the bits */
    int64_t not_before_us, not_after_us;
    struct idp_extensions extensions;
};
/* False where it is no certificate in DER, or has something behind it. */
bool idp_certificate_parse(struct idp_bytes der, struct idp_certificate *out) IDP_MUST_CHECK;
/* The same of what is to be signed, whole; der, to_be_signed and signature stay empty. */
bool idp_certificate_parse_unsigned(struct idp_bytes to_be_signed,
                                    struct idp_certificate *out) IDP_MUST_CHECK;
/* The value of an extension by its object identifier's contents; NULL: it has none. */
const struct idp_extension_value *
idp_certificate_extension(const struct idp_certificate *certificate, struct idp_bytes oid);
/* The name as text; data NULL where a value of it is no text. */
struct idp_bytes idp_certificate_name(struct idp_call *call, struct idp_bytes name);
/* The serial in lower-case hexadecimal, without zeros before it but in whole bytes. */
struct idp_bytes idp_certificate_serial(struct idp_call *call,
                                        const struct idp_certificate *certificate);

/* The contents of object identifiers, for idp_certificate_extension. */
extern const struct idp_bytes idp_oid_basic_constraints, idp_oid_key_usage,
    idp_oid_extended_key_usage, idp_oid_alternative_name, idp_oid_name_constraints,
    idp_oid_policy_constraints, idp_oid_subject_key, idp_oid_authority_key, idp_oid_crl_places;

/* The key identifier of subjectKeyIdentifier or authorityKeyIdentifier; data NULL: none. */
struct idp_bytes idp_certificate_subject_key(const struct idp_certificate *certificate);
struct idp_bytes idp_certificate_authority_key(const struct idp_certificate *certificate);
/* True where basicConstraints says CA:TRUE; *path_length below 0: without a limit. */
bool idp_certificate_is_ca(const struct idp_certificate *certificate, int64_t *path_length);
/* The bits of keyUsage, the first byte that of digitalSignature; size 0: it has none. */
struct idp_bytes idp_certificate_key_usage(const struct idp_certificate *certificate);

/* ---- names of purposes and further names (purpose.c, alternative_name.c) ---- */

/* "clientAuth", or the numbers of the object identifier (contents); and back from either, data NULL
 * where it is none. */
struct idp_bytes idp_purpose_name(struct idp_call *call, struct idp_bytes oid);
struct idp_bytes idp_purpose_oid(struct idp_call *call, struct idp_bytes name);

/* Tags of a GeneralName (RFC 5280 §4.2.1.6). */
enum idp_general_name {
    IDP_NAME_EMAIL = 0x81,
    IDP_NAME_DNS,
    IDP_NAME_DIRECTORY = 0xa4,
    IDP_NAME_URI = 0x86,
    IDP_NAME_ADDRESS
};
/* 4 or 16 octets as people write them; data NULL: there are others. */
struct idp_bytes idp_address_text(struct idp_call *call, struct idp_bytes address);

/* ---- authorities (ca.c) ---- */

struct idp_ca {
    struct idp_bytes name;
    int64_t generation;
    struct idp_bytes certificate, chain; /* DER; chain: those above, one behind the other */
    struct idp_bytes subject;            /* whole */
    struct idp_bytes key_identifier;
    struct idp_bytes list_id; /* of the first one that is the same issuer: see idp_ca_store */
    const struct idp_key *key;
    int64_t not_before_us, not_after_us;
    struct idp_bytes state; /* next, active, retired */
    bool is_revoked;        /* it signs nothing but its list */
};
/* The active generation of an authority (data NULL: of `default`), or "name@generation" whatever
 * its state; false: there is none. */
bool idp_ca_find(struct idp_call *call, struct idp_bytes name, struct idp_ca *out) IDP_MUST_CHECK;
/* The same; raises IDP_NO_SUCH_CA. */
struct idp_ca idp_ca_load(struct idp_call *call, struct idp_bytes name);
/* The same of one that may sign now: the active generation, valid, and not revoked; else raises
 * IDP_NO_SUCH_CA. */
struct idp_ca idp_ca_load_signing(struct idp_call *call, struct idp_bytes name);
/* What a private key of an authority is sealed for. */
struct idp_bytes idp_ca_seal_context(struct idp_call *call, struct idp_bytes tenant,
                                     struct idp_bytes ca_id);
/* Raises IDP_INVALID_ARGUMENT unless it is the name of an authority (ca_store.c). */
void idp_ca_name_check(struct idp_call *call, struct idp_bytes name);
/* Writes it down with its sealed key as the next generation of its name, and tells what it is. With
 * name and key of an earlier one it is the same issuer, and goes on with its list. Within
 * idp_tenant_lock().
 * Raises IDP_ALREADY_EXISTS where there is one and it does not replace it (ca_store.c). Of state
 * next it does not sign yet: there has to be one that does, and no other next one. */
struct idp_json *idp_ca_store(struct idp_call *call, struct idp_ca *ca, const struct idp_json *jwk,
                              bool replaces);
/* The next generation, which is there already, signs from now on; NULL: there is none. Raises
 * IDP_NO_SUCH_CA where it may not. Within idp_tenant_lock(). */
struct idp_json *idp_ca_promote(struct idp_call *call, struct idp_bytes name);
/* An authority whose certificate this is, DER, and those below it, sign nothing any more; where
 * somebody else has its key (is_compromised), nor does any other one of that key, or below one.
 * (ca_revoke.c) */
void idp_ca_revoke(struct idp_call *call, struct idp_bytes certificate, bool is_compromised,
                   int64_t at_us);
/* "name@generation": who signed a certificate, for good. */
struct idp_bytes idp_ca_full_name(struct idp_call *call, const struct idp_ca *ca);
/* PEM of the authority and of those above it. */
struct idp_bytes idp_ca_chain(struct idp_call *call, const struct idp_ca *ca);

/* Of certificates of authorities that an authority of the tenant has signed; nobody may choose it.
 */
#define IDP_AUTHORITY_PROFILE "authority"
/* Of those that were signed without a row. */
#define IDP_UNRECORDED_PROFILE "unrecorded"

/* Where the list of an authority is, as certificates say it; size 0: the tenant has no address. */
struct idp_bytes idp_crl_url(struct idp_call *call, const struct idp_ca *ca);

/* ---- what was issued (issue.c) ---- */

/* A certificate as it is written down. data NULL of device and sans: none. */
struct idp_issued_row {
    const struct idp_ca *ca; /* who signed it */
    struct idp_bytes serial, profile, subject, common_name, key_digest, device, sans, certificate;
    int64_t not_before_us, not_after_us;
};
/* Writes it down, with its event of the audit. */
void idp_issued_write(struct idp_call *call, const struct idp_issued_row *issued);

/* The serial of a certificate, PEM with anything around it; it has a row then. False: no authority
 * of the tenant has signed it. Raises IDP_INVALID_ARGUMENT where it is no certificate, or another
 * one has its serial. Begins the transaction. (adopt.c) */
bool idp_certificate_adopt(struct idp_call *call, struct idp_bytes text,
                           struct idp_bytes *serial) IDP_MUST_CHECK;

/* ---- revocation (revocation.c) ---- */

/* Condition on rows of idplane.certificate: they are those of device $2. By its name, which is in
 * all of them, an index finds them. */
#define IDP_CERTIFICATE_OF_DEVICE "common_name = 'uuid:' || $2 AND device = $2"

/* Condition on the same rows: somebody else has the key, as an index knows. */
#define IDP_KEY_COMPROMISED "reason IN ('keyCompromise', 'cACompromise')"

/* Condition on rows c: they are good at a time, and of a device. */
#define IDP_IDENTITY_GOOD(time)                                                                    \
    "c.device IS NOT NULL AND c.status = 'valid' AND c.not_after > " time                          \
    " AND (c.superseded_at IS NULL OR c.superseded_at > " time ")"

/* Why one of them that is superseded ends. */
#define IDP_SUPERSEDED_REASON                                                                      \
    "CASE WHEN activate_until IS NULL THEN 'superseded' ELSE 'cessationOfOperation' END"

/* What is known of a certificate that this authority may have issued. */
struct idp_certificate_status {
    bool is_known, is_revoked;
    int reason; /* its code */
    int64_t revoked_us;
};
struct idp_certificate_status
idp_certificate_status_of(struct idp_call *call, const struct idp_ca *ca, struct idp_bytes serial);

/* The list of its issuer is to be signed anew. */
void idp_list_outdate(struct idp_call *call, struct idp_bytes ca_id);
/* That one was revoked, as an event of the audit. */
void idp_revocation_audit(struct idp_call *call, struct idp_bytes serial,
                          struct idp_bytes common_name, struct idp_bytes ca_id,
                          struct idp_bytes reason);

/* Locks, behind those of tenant and record and in this order: the list of an authority, by the full
 * name of any of its issuer, or all lists before several certificates are revoked; then keys,
 * idp_keys_lock(); then the name of the certificate with this serial, and keys with it; then
 * certificates. These begin the transaction. */
void idp_list_lock(struct idp_call *call, struct idp_bytes ca_id);
void idp_lists_lock(struct idp_call *call);
void idp_name_lock(struct idp_call *call, struct idp_bytes serial);
/* The name is held for as long as anything of it is good, by its holder, or by the key that has the
 * latest where the holder has nothing; free where nothing is. Who calls has the name locked. */
void idp_name_settle(struct idp_call *call, struct idp_bytes common_name);

/* ---- ended unless it is used (activation.c) ---- */

/* What was issued now ends as the order says, if that says so. */
void idp_activation_await(struct idp_call *call, const struct idp_issue *issue);
/* Its device was seen with it; does nothing where that is too late, or was not awaited. */
void idp_activate(struct idp_call *call, struct idp_bytes serial);

/* Revokes whatever was superseded, or not activated, by now (renewal.c). */
void idp_renewals_end(struct idp_call *call);

/* The code of a reason by its name in RFC 5280 §5.3.1; -1: there is none of this name. */
int idp_revocation_reason(struct idp_bytes name);
/* Its name; NULL: there is none of this code. */
const char *idp_revocation_reason_name(int code);

#endif
