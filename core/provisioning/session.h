/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - a device on its way: who it is, how far it has come, and what each step needs; only
 * core/provisioning includes it. */
#ifndef IDPLANE_PROVISIONING_SESSION_H
#define IDPLANE_PROVISIONING_SESSION_H

#include "core/provisioning/enrollment.h"

/* ---- devices that came (record.c) ---- */

struct idp_record {
    struct idp_bytes id, enrollment_id, approval;
    struct idp_bytes device, owner, hub_id, grant_id, serial; /* data NULL: none yet */
    struct idp_bytes claim_grant_id;  /* of the tokens of who claimed it; data NULL: none */
    const struct idp_json *tpm_clock; /* NULL: it has none */
    int64_t failure_count, window_ends_at_us;
    bool is_completed;
    bool is_bound; /* it has proven itself */
    /* Where else it has proven itself since it has its identity, or was let in; data NULL: nowhere.
     */
    struct idp_bytes other_enrollment_id, other_approval;
};
/* A device as an enrollment takes it: made, or noted that it came again. subject may have data
 * NULL. */
struct idp_record idp_record_note(struct idp_call *call, struct idp_bytes id,
                                  const struct idp_enrollment *enrollment,
                                  struct idp_bytes subject);
/* The device has proven itself: the record is of this enrollment now, or, where it has its identity
 * by another one, that is noted beside it; what was decided at another one counts no more, unless
 * it was denied. False: it has a symmetric key, and is of the enrollment whose key was proven,
 * until it is deprovisioned, or that enrollment is gone: then what the device before it had ends.
 */
bool idp_record_bind(struct idp_call *call, const struct idp_enrollment *enrollment,
                     struct idp_record *record) IDP_MUST_CHECK;
/* What was decided of it at this enrollment. */
bool idp_record_approval_is(const struct idp_record *record, struct idp_bytes enrollment_id,
                            const char *approval);
/* It waits there for somebody to decide. */
void idp_record_ask(struct idp_call *call, const struct idp_record *record,
                    struct idp_bytes enrollment_id);
bool idp_record_find(struct idp_call *call, struct idp_bytes id,
                     struct idp_record *out) IDP_MUST_CHECK;
/* The same, the one of a session by its digest, and the one that has this device id. Begins the
 * transaction and holds it for the rest: what others change of it comes before, or after. */
bool idp_record_hold(struct idp_call *call, struct idp_bytes id,
                     struct idp_record *out) IDP_MUST_CHECK;
bool idp_record_of_session(struct idp_call *call, struct idp_bytes digest,
                           struct idp_record *out) IDP_MUST_CHECK;
bool idp_record_of_device(struct idp_call *call, struct idp_bytes device,
                          struct idp_record *out) IDP_MUST_CHECK;
/* Gives it a device id for good, and the enrollment that it has it by; false: it has another one,
 * or somebody else has this. What it wrote then is for the caller to undo. */
bool idp_record_name(struct idp_call *call, struct idp_bytes id, struct idp_bytes device,
                     struct idp_bytes enrollment_id) IDP_MUST_CHECK;
/* Another enrollment than that of the record gives it an identity: tokens that it has by that one
 * end, and whoever claimed it there owns it no more. is_claimed: somebody has claimed it here. */
void idp_record_leave(struct idp_call *call, const struct idp_record *record, bool is_claimed);
/* Why it got none: a word of docs/provisioning.md, or NULL: it is another device's, or it has
 * another one. (device_id.c) */
const char *idp_device_id_why(struct idp_call *call, struct idp_bytes device);
bool idp_is_nil_id(struct idp_bytes device);
/* One of hub_id, grant_id, serial, owner and claim_grant_id. */
enum idp_record_member {
    IDP_RECORD_HUB,
    IDP_RECORD_GRANT,
    IDP_RECORD_SERIAL,
    IDP_RECORD_OWNER,
    IDP_RECORD_CLAIM
};
void idp_record_set(struct idp_call *call, struct idp_bytes id, enum idp_record_member member,
                    struct idp_bytes value);
/* Takes everything from it, and bars it until somebody approves it. */
void idp_record_end(struct idp_call *call, struct idp_bytes id);
void idp_record_complete(struct idp_call *call, struct idp_bytes id);
/* What its TPM said last of its clock. */
void idp_record_clock(struct idp_call *call, struct idp_bytes id, const struct idp_json *clock);
/* Another proof that failed. */
void idp_record_fail(struct idp_call *call, struct idp_bytes id);
/* Seconds until another proof is looked at; 0: now. */
int64_t idp_record_wait_s(struct idp_call *call, const struct idp_record *record);

/* ---- who comes (arrival.c, tpm_match.c) ---- */

/* Whom a device shows itself to be, and to which enrollment it goes; data NULL: not known. */
struct idp_arrival {
    struct idp_bytes registration_id, subject, serial, key;
    struct idp_bytes chain_sha256; /* of the certificate or endorsement key shown, hexadecimal */
    const char *attestation;
    const struct idp_json *shown;            /* what makes the same arrival again */
    const struct idp_enrollment *enrollment; /* NULL: nobody knows it */
    enum idp_error error;
    const char *reason;
    bool is_proven; /* by the TLS connection that it came on */
};
/* Of a chain, or of the options ek or registration_id; raises IDP_INVALID_ARGUMENT for none or
 * several. */
struct idp_arrival idp_arrival_of(struct idp_call *call, struct idp_bytes chain,
                                  const struct idp_json *options);

/* By what the record of such a device is found, unless it shows a certificate that others have,
 * nothing of it judged; data NULL: it cannot be read. */
struct idp_bytes idp_arrival_id(struct idp_call *call, struct idp_bytes chain,
                                const struct idp_json *options);
/* The same of who shows a certificate that others have, too, by its request; data NULL: likewise.
 * (exchange.c) */
struct idp_bytes idp_exchange_id(struct idp_call *call, struct idp_bytes csr);

/* A device that shows a certificate which others have, too: known by the key of its request, PEM or
 * base64; data NULL: it has sent none, and is refused. (exchange.c) */
void idp_exchange_arrive(struct idp_call *call, struct idp_bytes csr, struct idp_arrival *arrival);
/* It has exchanged that, and was seen with what it got. */
bool idp_is_exchanged(struct idp_call *call, const struct idp_enrollment *enrollment,
                      const struct idp_record *record);

/* certificates: of the endorsement key, and what was sent along; data NULL: none. */
struct idp_tpm_match {
    const struct idp_enrollment *enrollment; /* NULL: none */
    enum idp_error error;
    const char *reason;            /* of docs/tpm.md; NULL: none */
    struct idp_bytes certificates; /* as they were read; data NULL: none */
};
struct idp_tpm_match idp_tpm_match_find(struct idp_call *call, const struct idp_tpm_key *key,
                                        struct idp_bytes certificates);

/* ---- what happened (event.c) ---- */

struct idp_event {
    const char *step, *outcome;
    struct idp_bytes registration_id, enrollment_id, device; /* data NULL: not known */
    const struct idp_json *details;                          /* NULL: nothing */
};
void idp_event_add(struct idp_call *call, const struct idp_event *event);
/* The record of a session, by its name or its handle, held as idp_record_of_session() does
 * (session.c). */
bool idp_session_record(struct idp_call *call, struct idp_bytes session,
                        struct idp_record *out) IDP_MUST_CHECK;

/* ---- steps and states (session.c) ---- */

enum idp_device_state {
    IDP_STATE_BEGUN,      /* a signature is due */
    IDP_STATE_CHALLENGED, /* a TPM has to answer */
    IDP_STATE_PROVEN,
    IDP_STATE_IDENTIFIED, /* it has a certificate, and has yet to use it */
    IDP_STATE_CONFIRMED,
    IDP_STATE_DONE,
    IDP_STATE_COUNT
};
enum idp_step {
    IDP_STEP_PROVE,
    IDP_STEP_TPM_CHALLENGE,
    IDP_STEP_TPM_ACTIVATE,
    IDP_STEP_TIME,
    IDP_STEP_OWNERSHIP,
    IDP_STEP_IDENTITY,
    IDP_STEP_ACLS,
    IDP_STEP_CREDENTIALS,
    IDP_STEP_CONFIRM,
    IDP_STEP_TOKEN,
    IDP_STEP_CLOUD,
    IDP_STEP_CONFIGURATION,
    IDP_STEP_COUNT
};
struct idp_device_session {
    struct idp_call *call;
    enum idp_step step;
    enum idp_device_state state;
    struct idp_bytes digest, attestation, nonce;
    struct idp_bytes proof_key, request_digest, serial; /* data NULL: none */
    const struct idp_json *shown;     /* when it began; NULL: it has its identity */
    const struct idp_json *challenge; /* of a TPM; NULL: none */
    struct idp_enrollment enrollment;
    struct idp_record record;
    struct idp_bytes claimed_by; /* in this call; data NULL: by nobody */
};

/* A new one; its name, and the nonce that has to be signed where proof_key has data. */
struct idp_session_order {
    struct idp_bytes registration_id, attestation, proof_key;
    const struct idp_json *shown; /* as of an arrival */
    const struct idp_enrollment *enrollment;
    enum idp_device_state state;
};
struct idp_session_name {
    struct idp_bytes session, nonce;
};
struct idp_session_name idp_device_session_make(struct idp_call *call,
                                                const struct idp_session_order *order);
enum { IDP_DEVICE_SESSION_LIFETIME_S = 3600 };

/* How the core itself names a session that it found: by its digest, behind a NUL, which no text
 * from outside has. */
struct idp_bytes idp_session_handle(struct idp_call *call, struct idp_bytes digest);
/* NULL and the session of a device whose TLS connection has proven the key of the leaf, one of its
 * maker: the last one that is open, or a new one, as idp_provisioning_resume. (session_resume.c) */
const struct idp_json *idp_session_of_maker(struct idp_call *call, struct idp_bytes chain,
                                            const struct idp_certificate_facts *leaf,
                                            struct idp_bytes csr, struct idp_bytes *session);

/* Finds the session of an argument for a step. NULL, or the error that the device is told, which is
 * noted: invalid_session, enrollment_disabled, device_denied, device_taken, approval_pending,
 * out_of_order, and attestation_refused where its certificate was revoked, or another enrollment
 * has given it an identity since. */
const struct idp_json *idp_device_session_open(struct idp_call *call, struct idp_bytes session,
                                               enum idp_step step, struct idp_device_session *out);
/* Goes on from the state that it is in; false: somebody else did. */
bool idp_device_session_advance(struct idp_device_session *session,
                                enum idp_device_state state) IDP_MUST_CHECK;
/* Goes on with a certificate: the digest of its request, its serial, and what has to be signed next
 * by which key. */
bool idp_device_session_identify(struct idp_device_session *session,
                                 struct idp_bytes request_digest, struct idp_bytes serial,
                                 struct idp_bytes proof_key, struct idp_bytes nonce) IDP_MUST_CHECK;
/* Goes on, or again, with what a TPM was asked. */
bool idp_device_session_challenge(struct idp_device_session *session,
                                  const struct idp_json *challenge) IDP_MUST_CHECK;
/* Judges anew what the device of a session without an identity showed when it began: enrollments,
 * lists and revocations are those of now. NULL, or the error, which is noted: of the arrival, or
 * attestation_refused, enrollment where it is of another one now. (arrival.c) */
const struct idp_json *idp_arrival_check(const struct idp_device_session *session);
/* A text to be signed once. */
struct idp_bytes idp_nonce_make(struct idp_call *call);
/* Notes what came of the step, and is the answer: an error, or NULL for well. */
const struct idp_json *idp_step_refused(const struct idp_device_session *session,
                                        enum idp_error error, const char *reason);
void idp_step_done(const struct idp_device_session *session, struct idp_json *details);
/* Notes the error of an answer, which is returned. */
const struct idp_json *idp_step_told(const struct idp_device_session *session,
                                     const struct idp_json *answer);
/* The same of a proof that failed, which counts; and where too many did: NULL, or the error. */
const struct idp_json *idp_step_failed(const struct idp_device_session *session,
                                       enum idp_error error, const char *reason);
const struct idp_json *idp_session_wait(const struct idp_device_session *session);
/* {"state"}, and "approval" where that is awaited. */
const struct idp_json *idp_step_stands(const struct idp_device_session *session);
const char *idp_device_state_name(enum idp_device_state state);
/* By which a certification request is known again (identity.c). */
struct idp_bytes idp_request_digest(struct idp_call *call, struct idp_bytes csr);
void idp_device_sessions_end(struct idp_call *call, struct idp_bytes registration_id);
/* It has as many sessions as may be in which nothing is proven; the oldest gives way. */
bool idp_device_sessions_are_full(struct idp_call *call, struct idp_bytes registration_id);
void idp_device_sessions_yield(struct idp_call *call, struct idp_bytes registration_id);

/* IDP_OK, or why a device that came with a shared certificate gets none for this request; reason
 * may be NULL then. (exchange.c) */
enum idp_error idp_exchange_check(const struct idp_device_session *session,
                                  const struct idp_issue *issue, const char **reason);

/* The certificate that the device got for it before, and may still use: an exchange is one. False:
 * there is none. */
bool idp_exchange_again(const struct idp_device_session *session,
                        struct idp_issue *issue) IDP_MUST_CHECK;

/* ---- people (claim.c) ---- */

/* Where the enrollment asks for somebody who claims the device, and nobody did: redeems the code
 * that they approved. */
struct idp_claim {
    const struct idp_json *tokens;  /* theirs; NULL: nobody had to */
    const struct idp_json *pending; /* nobody did yet: the answer; NULL: not so */
    bool is_refused; /* a device has the UUID of who did: all of it is to be undone */
};
struct idp_claim idp_claim_redeem(struct idp_device_session *session, struct idp_bytes device_code);

/* ---- TPMs (tpm_step.c) ---- */

/* NULL, or why the key of a request is not one that the TPM of the session vouches for.
 * attestation: {"key","attest","signature"}; may be NULL. */
const char *idp_tpm_identity_check(const struct idp_device_session *session,
                                   const struct idp_issue *issue,
                                   const struct idp_json *attestation);

/* ---- what a device is given (owner.c, hub_allocation.c, acl.c, credential.c, cloud.c) ---- */

struct idp_bytes idp_device_owner(const struct idp_device_session *session);
/* Who claimed it at the enrollment of the session; data NULL: nobody. */
struct idp_bytes idp_record_owner(const struct idp_device_session *session);
/* The one of the hubs that a device goes to by their weights, 1 where there is none: with another
 * hub or weight no more devices move than have to. data NULL: no hub has a weight. */
struct idp_bytes idp_hub_by_weight(struct idp_call *call, const struct idp_json *hubs,
                                   const struct idp_json *weights, struct idp_bytes device);
/* The hub of the device, allocated where it has none; data NULL: the enrollment has no hub. NULL,
 * or why there is none: the hook failed. */
const char *idp_hub_allocate(struct idp_device_session *session, struct idp_bytes *hub_id);

#endif
