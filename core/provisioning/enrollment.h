/* SPDX-License-Identifier: Apache-2.0 */
/* enrollment.h - who may be provisioned and where they go, and which enrollment a device is of;
 * only core/provisioning includes it. */
#ifndef IDPLANE_ENROLLMENT_H
#define IDPLANE_ENROLLMENT_H

#include "core/provisioning/provisioning.h"

/* ---- documents of administrators (document.c) ---- */

/* Every fault of a document is found at once, as {path, code, message}; codes: unknown, missing,
 * type, value, size. */
struct idp_checking {
    struct idp_call *call;
    struct idp_json *faults;
};
/* A member that an object may have. kind: t text, i integer, b boolean, o object, l array of texts,
 * a array, s secret (a text, or true for the one that is there). Bounds: of an integer, of the size
 * of a text, of the count of an array. */
struct idp_member {
    const char *name;
    char kind;
    int64_t min, max;
    /* What else it has to be; NULL: nothing. */
    void (*check)(struct idp_checking *checking, struct idp_bytes path,
                  const struct idp_json *value);
};
struct idp_checking idp_checking_new(struct idp_call *call);
/* path is that of the object. */
void idp_members_check(struct idp_checking *checking, struct idp_bytes path,
                       const struct idp_json *object, const struct idp_member *members,
                       size_t count);
void idp_checking_fault(struct idp_checking *checking, struct idp_bytes path, const char *code,
                        const char *message);
/* {"error":"invalid_enrollment","errors":[…]}; NULL: there is no fault. */
const struct idp_json *idp_checking_answer(const struct idp_checking *checking);

/* ---- ids of devices (arrival.c) ---- */

/* True for what may be the id of a key: a UUID of version 5. No symmetric key goes by one, or its
 * device would be taken for that of the key. */
bool idp_is_key_id(struct idp_bytes registration_id);

/* ---- enrollments (enrollment.c, enrollment_version.c) ---- */

/* Where a time is asked for: not as it was then, but as it is. */
enum { IDP_AT_PRESENT = -1 };

struct idp_enrollment {
    struct idp_bytes id;
    bool is_individual, is_enabled;
    int64_t priority, version;
    const struct idp_json *document;
    struct idp_bytes sealed_secrets; /* data NULL: none */
};
/* False: there is none of this name. */
bool idp_enrollment_find(struct idp_call *call, struct idp_bytes id,
                         struct idp_enrollment *out) IDP_MUST_CHECK;
/* The same as it was at a time, without its secrets; or at present. */
bool idp_enrollment_find_then(struct idp_call *call, struct idp_bytes id, int64_t then_us,
                              struct idp_enrollment *out) IDP_MUST_CHECK;
/* The version that a change makes. */
int64_t idp_enrollment_version_next(struct idp_call *call, struct idp_bytes id);
/* Writes down what the row says now, and until when it said something else; removed: that it is no
 * more. */
void idp_enrollment_version_write(struct idp_call *call, struct idp_bytes id, bool is_removed);
/* One of its secrets: pre_shared_key, primary or secondary; data NULL: it has none. */
struct idp_bytes idp_enrollment_secret(struct idp_call *call,
                                       const struct idp_enrollment *enrollment, const char *name);
/* As enrollment() and hub() show them, without secrets; NULL: there is none. */
struct idp_json *idp_enrollment_shown(struct idp_call *call, struct idp_bytes id);
struct idp_json *idp_hub_shown(struct idp_call *call, struct idp_bytes hub_id);
/* Locks it, so that its devices are refused. */
void idp_enrollment_disable(struct idp_call *call, struct idp_bytes id);

/* ---- what a document has to be (enrollment_check.c) ---- */

/* Names of an authority and of a profile of certificates: there is one. (document.c) */
void idp_ca_check(struct idp_checking *checking, struct idp_bytes path,
                  const struct idp_json *value);
void idp_profile_check(struct idp_checking *checking, struct idp_bytes path,
                       const struct idp_json *value);
void idp_enrollment_check(struct idp_checking *checking, const struct idp_json *document);
/* An array of access control entries (OCF Security, oic.r.acl2): acl_check.c. */
void idp_acl_check(struct idp_checking *checking, struct idp_bytes path,
                   const struct idp_json *value);
/* Resources by href. */
void idp_configuration_check(struct idp_checking *checking, struct idp_bytes path,
                             const struct idp_json *value);

/* ---- by what it is found (enrollment_index.c) ---- */

/* Writes it anew for a version, after the row of the enrollment. False: another enrollment has such
 * a device. */
bool idp_enrollment_index(struct idp_call *call, struct idp_bytes id, int64_t version,
                          const struct idp_json *document) IDP_MUST_CHECK;
void idp_enrollment_unindex(struct idp_call *call, struct idp_bytes id);
/* The individual enrollment of a device; data NULL: none. kind: key, certificate or record.
 */
struct idp_bytes idp_enrollment_of_identity(struct idp_call *call, const char *kind,
                                            struct idp_bytes identity_digest, int64_t then_us);
/* Adds the enrollments of groups that know a certificate of this subject, a whole Name: disabled
 * ones first, then by priority and name. */
struct idp_id_set {
    size_t count;
    bool is_cut; /* there are more */
    struct idp_bytes ids[IDP_ENROLLMENT_CANDIDATE_COUNT_MAX];
};
void idp_enrollments_of_issuer(struct idp_call *call, struct idp_bytes subject, int64_t then_us,
                               struct idp_id_set *out);

/* ---- hubs (hub.c) ---- */

/* Its document; NULL: there is no such hub. */
const struct idp_json *idp_hub_find(struct idp_call *call, struct idp_bytes hub_id);

/* ---- ids that no device gets (device_id.c) ---- */

/* The UUID of an owner, or of a hub; false: a device or a certificate has it, or the other of both.
 * Once an owner, always one. */
bool idp_owner_id_reserve(struct idp_call *call, struct idp_bytes owner) IDP_MUST_CHECK;
bool idp_hub_id_reserve(struct idp_call *call, struct idp_bytes hub_id) IDP_MUST_CHECK;
void idp_hub_id_free(struct idp_call *call, struct idp_bytes hub_id);
/* Those whom entries of access control name, where they are no devices yet. */
void idp_rule_ids_reserve(struct idp_call *call, const struct idp_json *acl);
/* The owner as OCF names one: a UUID as it is, of any other name that of version 5. (owner.c) */
struct idp_bytes idp_owner_uuid(struct idp_call *call, struct idp_bytes owner);

/* ---- its lists (enrollment_list.c) ---- */

/* By what a device may be let in or not; data NULL: it has no such thing. */
struct idp_listed {
    struct idp_bytes serial, spki, name;
    struct idp_bytes certificate; /* DER */
};
/* It is in deny. */
bool idp_enrollment_bars(struct idp_call *call, const struct idp_enrollment *enrollment,
                         const struct idp_listed *device);
/* It is in deny, or is not in the allow or among the members that there are. */
bool idp_enrollment_denies(struct idp_call *call, const struct idp_enrollment *enrollment,
                           const struct idp_listed *device);

/* ---- its members (member.c) ---- */

/* A group without an authority, which is of the devices that are listed. */
bool idp_enrollment_is_list(const struct idp_enrollment *enrollment);
/* Whether it lists the device; by the serial of its certificate only below an authority, which
 * alone says what that is. */
bool idp_enrollment_lists(struct idp_call *call, const struct idp_enrollment *enrollment,
                          const struct idp_listed *device);
/* What was decided of devices there goes with an enrollment. (record.c) */
void idp_records_forget(struct idp_call *call, struct idp_bytes enrollment_id);
/* The enrollments that list a device by its key, of kind key or ek, or by its certificate, the
 * first as above; whatever they are now. */
void idp_enrollments_of_member(struct idp_call *call, const char *key_kind,
                               const struct idp_listed *device, struct idp_id_set *out);
void idp_enrollment_members_end(struct idp_call *call, struct idp_bytes id);
/* SHA-256 in hexadecimal, as lists have it; data NULL of data NULL. */
struct idp_bytes idp_identity_digest(struct idp_call *call, struct idp_bytes bytes);

/* ---- certificates that devices share (exchange.c) ---- */

/* Its certificates are in many devices each, which exchange them. */
bool idp_is_shared(const struct idp_enrollment *enrollment);
/* Seconds within which what a device got for it has to be used; 0: it is not shared. */
int64_t idp_exchange_activation_s(const struct idp_enrollment *enrollment);

/* ---- the authority of a group (authority.c) ---- */

struct idp_authority {
    struct idp_bytes chain;    /* as the enrollment has it; data NULL: none */
    struct idp_bytes lead_key; /* SubjectPublicKeyInfo of what the enrollment is about; data NULL:
                                  its lead is none of the chain */
    size_t count;
    struct idp_certificate_facts certificates[IDP_ENROLLMENT_CHAIN_COUNT_MAX];
};
/* Of the member x509 or tpm of an enrollment. */
void idp_authority_read(struct idp_call *call, const struct idp_json *attestation,
                        struct idp_authority *out);
/* Its roots, PEM: they are trusted, and what else it has is at hand for the path. */
struct idp_bytes idp_authority_roots(struct idp_call *call, const struct idp_authority *authority);
/* Revocation lists: those of the enrollment, and those that were imported of whoever may have
 * issued a certificate of the path. */
struct idp_json *idp_authority_lists(struct idp_call *call, const struct idp_json *attestation,
                                     const struct idp_authority *authority,
                                     const struct idp_certificate_facts *shown, size_t shown_count);

/* ---- the certificate of a device against an enrollment (attestation.c) ---- */

/* A chain that a device showed, and what enrollments know of the authorities above it. */
struct idp_shown_chain {
    int64_t then_us; /* to be judged by that time, or IDP_AT_PRESENT */
    struct idp_bytes text;
    size_t count, sent_count; /* what it showed itself comes first */
    struct idp_certificate_facts certificates[IDP_CHAIN_SENT_COUNT_MAX + 1]; /* the leaf first */
};
/* Raises IDP_INVALID_ARGUMENT for what no path can be judged by: once, not at each device. */
void idp_attestation_policy_check(struct idp_call *call, const struct idp_enrollment *enrollment);
/* How one enrollment sees it. */
struct idp_attestation {
    bool is_below;      /* a path leads through the authority that the enrollment is about */
    size_t distance;    /* certificates from the leaf to that authority */
    const char *reason; /* why it is refused: a word of docs/pki.md; NULL: it is not */
    struct idp_chain_verdict path; /* length 0: the certificate is known, without one */
};
struct idp_attestation idp_attestation_judge(struct idp_call *call,
                                             const struct idp_enrollment *enrollment,
                                             const struct idp_shown_chain *chain);
/* What was known here then of the certificates that it stands on, as idp_path_ended() says. */
const char *idp_attestation_ended(struct idp_call *call, const struct idp_attestation *attestation,
                                  const struct idp_shown_chain *chain);

/* ---- which enrollment (match.c) ---- */

/* An enrollment that might have been meant. */
struct idp_candidate {
    struct idp_enrollment enrollment;
    struct idp_attestation attestation;
};
struct idp_match {
    enum idp_error error;               /* IDP_OK: let in */
    const char *reason;                 /* beside the error; NULL: none */
    const struct idp_candidate *chosen; /* NULL: nothing matches; also where it refuses */
    size_t count;
    const struct idp_candidate
        *candidates; /* the chosen one first, in the order in which they count */
    struct idp_shown_chain chain;
    /* How near one has to be so that none of those that were not looked at goes before it. */
    size_t distance_sure;
};
/* More than IDP_ENROLLMENT_CANDIDATE_COUNT_MAX may have been meant, and any might decide. */
#define IDP_TOO_MANY_ENROLLMENTS "too_many_enrollments"
/* then_us: at that time, or IDP_AT_PRESENT. */
struct idp_match *idp_match_find(struct idp_call *call, struct idp_bytes chain, int64_t then_us);

#endif
