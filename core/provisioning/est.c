/* SPDX-License-Identifier: Apache-2.0 */
/* est.c - certificates for who comes by EST (RFC 7030): a device with the certificate of its maker
 * is let in as in a session, and ends with its certificate; who has one of ours renews it. Which
 * authority and profile somebody means is said by a label. */
#include "core/oauth/oauth.h"
#include "core/provisioning/session.h"

static struct idp_bytes profile_of(const struct idp_enrollment *enrollment)
{
    struct idp_bytes profile = idp_json_string(enrollment->document, "profile");
    return profile.data == NULL ? idp_bytes_of("identity") : profile;
}

/* The name that a label stands for, where there is none. */
static struct idp_bytes name_of(struct idp_call *call, struct idp_bytes label)
{
    struct idp_bytes usual = idp_settings_load(call).est_label;
    usual = usual.data == NULL ? idp_bytes_of("identity") : usual;
    return label.data == NULL ? usual : label;
}

bool idp_est_label_find(struct idp_call *call, struct idp_bytes label, struct idp_est_label *out)
{
    struct idp_enrollment enrollment;
    struct idp_bytes name = name_of(call, label);
    *out = (struct idp_est_label){.profile = name, .is_given = label.data != NULL};
    if (idp_profile_authority(call, name, &out->ca)) {
        return true;
    }
    if (!idp_enrollment_find(call, name, &enrollment)) {
        return false;
    }
    struct idp_bytes ca = idp_json_string(enrollment.document, "ca");
    out->enrollment_id = enrollment.id;
    out->profile = profile_of(&enrollment);
    bool is_known = idp_profile_authority(call, out->profile, &out->ca);
    out->ca = ca.data == NULL ? out->ca : ca;
    return is_known;
}

/* ---- a device with the certificate of its maker ---- */

static bool is_meant(const struct idp_enrollment *enrollment, const struct idp_est_label *label)
{
    return !label->is_given || (label->enrollment_id.data != NULL
                                    ? idp_bytes_equal(enrollment->id, label->enrollment_id)
                                    : idp_bytes_equal(profile_of(enrollment), label->profile));
}

/* Its certificate is all that it comes for, so with that it is done. The session that it goes on
 * with may have begun by another enrollment than it would now. */
static const struct idp_json *identify(struct idp_call *call, const struct idp_est_label *label,
                                       struct idp_bytes name, struct idp_bytes csr)
{
    struct idp_device_session session;
    const struct idp_json *error = idp_device_session_open(call, name, IDP_STEP_IDENTITY, &session);
    if (error != NULL) {
        return error;
    }
    if (!is_meant(&session.enrollment, label)) {
        return idp_error_json_with(call, IDP_NOT_FOUND,
                                   "The device is of another enrollment or profile than the label "
                                   "says.");
    }
    const struct idp_json *answer = idp_provision_identity(call, name, csr, NULL);
    if (idp_json_member(answer, "certificate") != NULL) {
        idp_record_complete(call, session.record.id);
    }
    return answer;
}

const struct idp_json *idp_est_enroll(struct idp_call *call, const struct idp_est_label *label,
                                      struct idp_bytes chain, struct idp_bytes csr)
{
    struct idp_bytes session;
    size_t count = 0;
    struct idp_certificate_facts *facts =
        idp_allocate(call, (IDP_CHAIN_SENT_COUNT_MAX + 1) * sizeof *facts);
    bool is_read = idp_certificates_read(call, chain, facts, IDP_CHAIN_SENT_COUNT_MAX + 1, &count);
    const struct idp_json *error = is_read ? idp_session_of_maker(call, chain, facts, csr, &session)
                                           : idp_provisioning_begin(call, chain, NULL, true);
    return error != NULL ? error : identify(call, label, session, csr);
}

/* ---- a certificate of ours ---- */

/* Holds the certificate, and the record of its device if there is one: first the record, as
 * deprovision() does. */
static bool former_hold(struct idp_call *call, const struct idp_certificate_facts *shown,
                        struct idp_record *record, struct idp_former *former)
{
    struct idp_issued issued;
    if (!idp_certificate_issued(call, shown->serial, &issued) ||
        !idp_bytes_equal(issued.certificate, shown->der)) {
        return false;
    }
    if (issued.device.data == NULL || !idp_record_of_device(call, issued.device, record)) {
        *record = (struct idp_record){.is_completed = false}; /* nobody provisioned it */
    }
    return idp_former_hold(call, shown, former);
}

/* A TPM that vouches for the key of its device vouches for no other one here. */
static bool leaves_tpm(struct idp_call *call, const struct idp_enrollment *enrollment,
                       const struct idp_former *former, struct idp_bytes csr)
{
    struct idp_request_facts facts;
    const struct idp_json *tpm = idp_json_member(enrollment->document, "tpm");
    bool is_free = tpm == NULL || idp_json_is(idp_json_member(tpm, "identity_key"), IDP_JSON_FALSE);
    return !is_free && idp_request_read(call, csr, &facts) == NULL &&
           !idp_bytes_equal(idp_sha256(call, facts.spki), former->key_digest);
}

/* What became of the device since. */
static enum idp_error known_as(struct idp_call *call, const struct idp_record *record,
                               struct idp_enrollment *enrollment)
{
    if (record->id.data == NULL) {
        return IDP_OK;
    }
    if (idp_bytes_is(record->approval, "denied")) {
        return IDP_DEVICE_DENIED;
    }
    bool is_let_in =
        idp_enrollment_find(call, record->enrollment_id, enrollment) && enrollment->is_enabled;
    return is_let_in ? IDP_OK : IDP_ENROLLMENT_DISABLED;
}

static void note(struct idp_call *call, const struct idp_record *record, const char *outcome,
                 struct idp_json *details)
{
    struct idp_event event = {"renew",        outcome, record->id, record->enrollment_id,
                              record->device, details};
    if (record->id.data != NULL) {
        idp_event_add(call, &event);
    }
}

static const struct idp_json *refused(struct idp_call *call, const struct idp_record *record,
                                      enum idp_error error, const char *reason)
{
    struct idp_json *answer = idp_json_copy(call, idp_error_json(error));
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    if (reason != NULL) {
        idp_json_add(answer, "reasons", idp_json_words(call, reason));
        idp_json_add_c(call, details, "reason", reason);
    }
    note(call, record, idp_error_row(error)->word, details);
    return answer;
}

/* The device goes by this certificate, or by none that is good. */
static bool is_of_record(struct idp_call *call, const struct idp_record *record,
                         struct idp_bytes serial)
{
    return record->id.data != NULL &&
           (record->serial.data == NULL || idp_bytes_equal(record->serial, serial) ||
            !idp_certificate_is_good(call, record->serial));
}

static const struct idp_json *renewed(struct idp_call *call, const struct idp_record *record,
                                      struct idp_bytes former_serial, const struct idp_issue *issue)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "certificate",
                        idp_pem_of(call, issue->certificate, "CERTIFICATE"));
    idp_json_add_string(call, details, "serial", issue->serial);
    idp_json_add_string(call, details, "ca", issue->ca_id);
    if (is_of_record(call, record, former_serial)) {
        idp_record_set(call, record->id, IDP_RECORD_SERIAL, issue->serial);
    }
    note(call, record, "ok", details);
    return answer;
}

const struct idp_json *idp_est_renew(struct idp_call *call, const struct idp_est_label *label,
                                     struct idp_bytes chain, struct idp_bytes csr)
{
    size_t count = 0;
    struct idp_former former;
    struct idp_record record;
    struct idp_issue issue = {.csr = csr};
    struct idp_certificate_facts shown[IDP_CHAIN_SENT_COUNT_MAX + 1];
    if (!idp_certificates_read(call, chain, shown, IDP_COUNT(shown), &count) ||
        !former_hold(call, &shown[0], &record, &former)) {
        return idp_error_json(IDP_CERTIFICATE_REFUSED);
    }
    if (label->is_given && !idp_bytes_equal(label->profile, former.profile)) {
        return idp_error_json(IDP_NOT_FOUND);
    }
    struct idp_enrollment enrollment = {.document = NULL};
    enum idp_error error = known_as(call, &record, &enrollment);
    if (error != IDP_OK) {
        return refused(call, &record, error, NULL);
    }
    if (leaves_tpm(call, &enrollment, &former, csr)) {
        return refused(call, &record, IDP_INVALID_CSR, "other_key");
    }
    (void)idp_certificate_confirm(call, shown[0].serial);
    const char *why = idp_former_renew(call, &former, &issue);
    return why != NULL ? refused(call, &record, IDP_INVALID_CSR, why)
                       : renewed(call, &record, shown[0].serial, &issue);
}
