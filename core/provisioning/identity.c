/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - a device gets the certificate that it goes by from now on. The id that it asks for
 * is its own from then on: nobody else with a key of a maker gets it, and it gets no other. */
#include "core/provisioning/session.h"

/* What is undone where any part of it is refused. */
struct identifying {
    struct idp_device_session *session;
    struct idp_issue issue;
    struct idp_bytes request_digest, nonce;
    const struct idp_json *options; /* see idp_provision_identity */
    struct idp_claim claim;
    enum idp_error error;
    const char *reason; /* of the error; NULL: none */
};

/* ---- the answer, the first time and again ---- */

static struct idp_json *answer_of(const struct idp_device_session *session, struct idp_bytes serial,
                                  struct idp_bytes nonce)
{
    struct idp_call *call = session->call;
    struct idp_issued issued;
    if (!idp_certificate_issued(call, serial, &issued)) {
        idp_fail(call, IDP_STORE);
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "certificate",
                        idp_pem_of(call, issued.certificate, "CERTIFICATE"));
    idp_json_add_string(call, answer, "chain", issued.chain);
    idp_json_add_string(call, answer, "serial", serial);
    idp_json_add_string(call, answer, "device", issued.device);
    idp_json_add_string(call, answer, "nonce", nonce);
    return answer;
}

/* ---- the transition ---- */

static bool fail(struct identifying *identifying, enum idp_error error, const char *reason)
{
    identifying->error = error;
    identifying->reason = reason;
    return false;
}

static struct idp_bytes ca_of(struct idp_call *call, const struct idp_enrollment *enrollment,
                              struct idp_bytes hub_id)
{
    struct idp_bytes ca = idp_json_string(enrollment->document, "ca");
    return ca.data != NULL || hub_id.data == NULL
               ? ca
               : idp_json_string(idp_hub_find(call, hub_id), "ca");
}

/* NULL, or what is missing to sign by: an answer for a device, not misuse of it. */
static const char *missing(struct idp_call *call, const struct idp_issue *issue)
{
    struct idp_bytes ca, profile = issue->profile;
    profile = profile.data == NULL ? idp_bytes_of("identity") : profile;
    if (!idp_profile_authority(call, profile, &ca)) {
        return "profile";
    }
    return idp_ca_signs(call, issue->ca.data == NULL ? ca : issue->ca) ? NULL : "authority";
}

static bool prepare(struct identifying *identifying)
{
    struct idp_call *call = identifying->session->call;
    const struct idp_enrollment *enrollment = &identifying->session->enrollment;
    struct idp_bytes hub_id;
    const char *why = idp_hub_allocate(identifying->session, &hub_id);
    if (why != NULL) {
        return fail(identifying, IDP_NO_HUB, why);
    }
    identifying->issue.profile = idp_json_string(enrollment->document, "profile");
    identifying->issue.ca = ca_of(call, enrollment, hub_id);
    why = missing(call, &identifying->issue);
    if (why == NULL) {
        why = idp_issue_prepare(call, &identifying->issue);
    }
    if (why != NULL) {
        return fail(identifying, IDP_INVALID_CSR, why);
    }
    why = idp_tpm_identity_check(identifying->session, &identifying->issue, identifying->options);
    if (why != NULL) {
        return fail(identifying, IDP_ATTESTATION_REFUSED, why);
    }
    if (identifying->issue.device.data == NULL) {
        return fail(identifying, IDP_INVALID_CSR, "common_name");
    }
    enum idp_error error = idp_exchange_check(identifying->session, &identifying->issue, &why);
    if (error != IDP_OK) {
        return fail(identifying, error, why);
    }
    identifying->issue.activation_s = idp_exchange_activation_s(enrollment);
    return idp_is_nil_id(identifying->issue.device) ? fail(identifying, IDP_INVALID_CSR, "owner_id")
                                                    : true;
}

static bool identify(struct idp_call *call, void *data)
{
    struct identifying *identifying = data;
    struct idp_device_session *session = identifying->session;
    bool is_moving = session->record.device.data != NULL &&
                     !idp_bytes_equal(session->record.enrollment_id, session->enrollment.id);
    identifying->claim =
        idp_claim_redeem(session, idp_json_string(identifying->options, "device_code"));
    if (identifying->claim.pending != NULL) {
        return true;
    }
    if (identifying->claim.is_refused) {
        return fail(identifying, IDP_DEVICE_TAKEN, "owner_id");
    }
    if (!prepare(identifying)) {
        return false;
    }
    if (is_moving) {
        idp_record_leave(call, &session->record, identifying->claim.tokens != NULL);
    }
    if (!idp_record_name(call, session->record.id, identifying->issue.device,
                         session->enrollment.id)) {
        const char *why = idp_device_id_why(call, identifying->issue.device);
        return fail(identifying, why == NULL ? IDP_DEVICE_TAKEN : IDP_INVALID_CSR, why);
    }
    const char *why = idp_exchange_again(session, &identifying->issue)
                          ? NULL
                          : idp_issue_sign(call, &identifying->issue);
    if (why != NULL) {
        return fail(identifying, IDP_INVALID_CSR, why);
    }
    identifying->nonce = idp_nonce_make(call);
    if (!idp_device_session_identify(session, identifying->request_digest,
                                     identifying->issue.serial, identifying->issue.spki,
                                     identifying->nonce)) {
        return fail(identifying, IDP_OUT_OF_ORDER, NULL);
    }
    idp_record_set(call, session->record.id, IDP_RECORD_SERIAL, identifying->issue.serial);
    return true;
}

static const struct idp_json *identified(struct identifying *identifying)
{
    struct idp_device_session *session = identifying->session;
    if (identifying->claim.pending != NULL) {
        return identifying->claim.pending;
    }
    struct idp_json *details = idp_json_new(session->call, IDP_JSON_OBJECT);
    session->record.device = identifying->issue.device;
    idp_json_add_string(session->call, details, "serial", identifying->issue.serial);
    idp_json_add_string(session->call, details, "ca", identifying->issue.ca_id);
    idp_step_done(session, details);
    struct idp_json *answer = answer_of(session, identifying->issue.serial, identifying->nonce);
    if (identifying->claim.tokens != NULL) {
        idp_json_add_shared(session->call, answer, "tokens", identifying->claim.tokens);
    }
    return answer;
}

/* ---- the step ---- */

/* The same request again has the same answer, another one is out of order. */
static const struct idp_json *again(const struct idp_device_session *session,
                                    struct idp_bytes request_digest)
{
    return idp_bytes_equal(session->request_digest, request_digest)
               ? answer_of(session, session->serial, session->nonce)
               : idp_step_refused(session, IDP_OUT_OF_ORDER, NULL);
}

struct idp_bytes idp_request_digest(struct idp_call *call, struct idp_bytes csr)
{
    return idp_sha256(call, idp_bytes_trim(csr));
}

const struct idp_json *idp_provision_identity(struct idp_call *call, struct idp_bytes name,
                                              struct idp_bytes csr, const struct idp_json *options)
{
    struct idp_device_session session;
    struct idp_bytes digest = idp_request_digest(call, csr);
    const struct idp_json *error = idp_device_session_open(call, name, IDP_STEP_IDENTITY, &session);
    if (error != NULL) {
        return error;
    }
    if (session.state != IDP_STATE_PROVEN) {
        return again(&session, digest);
    }
    idp_keys_lock(call, true); /* who revokes one of what it showed comes before, or after */
    error = idp_arrival_check(&session);
    if (error != NULL) {
        return error;
    }
    struct identifying identifying = {.session = &session,
                                      .issue = {.csr = csr, .is_provisioned = true},
                                      .request_digest = digest,
                                      .options = options};
    return call->host->attempt(call, identify, &identifying)
               ? identified(&identifying)
               : idp_step_refused(&session, identifying.error, identifying.reason);
}
