/* SPDX-License-Identifier: Apache-2.0 */
/* arrival.c - a device shows who it is: a certificate of its maker, the endorsement key of its TPM,
 * or the id that goes with a symmetric key. Whose it is, is known then. */
#include "core/provisioning/session.h"

static bool is_on_path(const struct idp_match *match, struct idp_bytes der)
{
    const struct idp_chain_verdict *path = &match->chosen->attestation.path;
    size_t i = 0;
    while (i < path->length && !idp_bytes_equal(path->certificates[i], der)) {
        i++;
    }
    return i < path->length;
}

/* Of what was sent, what it is let in by. */
static struct idp_bytes chain_needed(struct idp_call *call, const struct idp_match *match)
{
    const struct idp_shown_chain *chain = &match->chain;
    struct idp_certificate_facts needed[IDP_CHAIN_SENT_COUNT_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < chain->sent_count; i++) {
        if (i == 0 || (match->chosen != NULL && is_on_path(match, chain->certificates[i].der))) {
            needed[count++] = chain->certificates[i];
        }
    }
    return idp_certificates_text(call, needed, count);
}

static struct idp_arrival of_chain(struct idp_call *call, struct idp_bytes chain,
                                   const struct idp_json *options)
{
    const struct idp_match *match = idp_match_find(call, chain, IDP_AT_PRESENT);
    struct idp_arrival arrival = {
        .attestation = "x509", .error = match->error, .reason = match->reason};
    struct idp_json *shown = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, shown, "chain", chain_needed(call, match));
    arrival.shown = shown;
    if (match->chain.count > 0) {
        const struct idp_certificate_facts *leaf = &match->chain.certificates[0];
        arrival.registration_id = idp_uuid_of(call, IDP_UUID_X500, leaf->spki);
        arrival.subject = leaf->name;
        arrival.serial = leaf->serial;
        arrival.key = leaf->spki;
        arrival.chain_sha256 = idp_identity_digest(call, leaf->der);
    }
    if (match->chosen != NULL) {
        arrival.enrollment = &match->chosen->enrollment;
    }
    if (match->error == IDP_OK && idp_is_shared(arrival.enrollment)) {
        idp_exchange_arrive(call, idp_json_string(options, "csr"), &arrival);
        idp_json_add_members(call, shown, options, "csr");
    }
    return arrival;
}

bool idp_is_key_id(struct idp_bytes registration_id)
{
    enum { VERSION_AT = 14 };
    return idp_uuid_is(registration_id) && registration_id.data[VERSION_AT] == '5';
}

static enum idp_error id_judge(struct idp_call *call, const struct idp_enrollment *enrollment,
                               struct idp_bytes id)
{
    struct idp_listed device = {.name = id};
    if (!enrollment->is_enabled) {
        return IDP_ENROLLMENT_DISABLED;
    }
    return idp_enrollment_denies(call, enrollment, &device) ? IDP_DEVICE_DENIED : IDP_OK;
}

/* One of a device alone is found by its id, a group has to be named. */
static struct idp_arrival of_id(struct idp_call *call, const struct idp_json *options)
{
    struct idp_bytes id = idp_json_string(options, "registration_id");
    struct idp_bytes named = idp_json_string(options, "enrollment");
    struct idp_enrollment *enrollment = idp_allocate(call, sizeof *enrollment);
    struct idp_arrival arrival = {
        .registration_id = id, .attestation = "symmetric_key", .error = IDP_DEVICE_UNKNOWN};
    struct idp_json *shown = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, shown, "registration_id", id);
    idp_json_add_string(call, shown, "enrollment", named);
    arrival.shown = shown;
    if (idp_is_key_id(id)) {
        arrival.reason = "registration_id";
        return arrival;
    }
    struct idp_bytes own =
        idp_enrollment_of_identity(call, "registration", idp_sha256(call, id), IDP_AT_PRESENT);
    bool is_found = (own.data != NULL || named.data != NULL) &&
                    idp_enrollment_find(call, own.data != NULL ? own : named, enrollment);
    bool is_group = is_found && own.data == NULL && !enrollment->is_individual;
    if (is_found && (own.data != NULL || is_group) &&
        idp_json_member(enrollment->document, "symmetric_key") != NULL) {
        arrival.enrollment = enrollment;
        arrival.error = id_judge(call, enrollment, id);
    }
    return arrival;
}

/* What is kept of the endorsement key is what the TPM is asked with later. */
static struct idp_arrival of_tpm(struct idp_call *call, const struct idp_json *options)
{
    struct idp_tpm_key key;
    struct idp_bytes ek = idp_json_string(options, "ek");
    struct idp_bytes certificate = idp_json_string(options, "ek_certificate");
    struct idp_arrival arrival = {.attestation = "tpm", .error = IDP_ATTESTATION_REFUSED};
    struct idp_bytes public_area = idp_base64_decode(call, ek);
    arrival.reason =
        public_area.data == NULL ? "format" : idp_tpm_endorsement_key(call, public_area, &key);
    if (arrival.reason != NULL) {
        return arrival;
    }
    struct idp_tpm_match match = idp_tpm_match_find(call, &key, certificate);
    struct idp_json *shown = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, shown, "ek", ek);
    idp_json_add_string(call, shown, "ek_certificate", match.certificates);
    arrival.registration_id = idp_uuid_of(call, IDP_UUID_X500, key.spki);
    arrival.chain_sha256 = idp_identity_digest(call, key.spki);
    arrival.enrollment = match.enrollment;
    arrival.error = match.error;
    arrival.reason = match.reason;
    arrival.shown = shown;
    return arrival;
}

struct idp_bytes idp_arrival_id(struct idp_call *call, struct idp_bytes chain,
                                const struct idp_json *options)
{
    size_t count = 0;
    struct idp_tpm_key key;
    struct idp_bytes ek = idp_json_string(options, "ek");
    struct idp_certificate_facts *facts =
        idp_allocate(call, (IDP_CHAIN_SENT_COUNT_MAX + 1) * sizeof *facts);
    if (chain.data != NULL) {
        bool is_read =
            idp_certificates_read(call, chain, facts, IDP_CHAIN_SENT_COUNT_MAX + 1, &count);
        return is_read ? idp_uuid_of(call, IDP_UUID_X500, facts->spki) : (struct idp_bytes){0};
    }
    if (ek.data == NULL) {
        return idp_json_string(options, "registration_id");
    }
    struct idp_bytes public_area = idp_base64_decode(call, ek);
    bool is_key =
        public_area.data != NULL && idp_tpm_endorsement_key(call, public_area, &key) == NULL;
    return is_key ? idp_uuid_of(call, IDP_UUID_X500, key.spki) : (struct idp_bytes){0};
}

bool idp_is_arrival(struct idp_bytes chain, const struct idp_json *options)
{
    struct idp_bytes id = idp_json_string(options, "registration_id");
    struct idp_bytes ek = idp_json_string(options, "ek");
    const struct idp_json *enrollment = idp_json_member(options, "enrollment");
    int kinds = (chain.data != NULL) + (id.data != NULL) + (ek.data != NULL);
    bool is_id = id.data == NULL || (id.size > 0 && id.size <= IDP_NAME_SIZE_MAX);
    bool is_named =
        enrollment == NULL || idp_json_is(enrollment, IDP_JSON_NULL) ||
        (idp_json_is(enrollment, IDP_JSON_STRING) && enrollment->text.size <= IDP_NAME_SIZE_MAX);
    return kinds == 1 && is_id && is_named;
}

struct idp_arrival idp_arrival_of(struct idp_call *call, struct idp_bytes chain,
                                  const struct idp_json *options)
{
    if (!idp_is_arrival(chain, options)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "A device comes with a chain, or with one of the options registration_id and "
                      "ek; the option enrollment is the id of one.");
    }
    bool is_id = idp_json_string(options, "registration_id").data != NULL;
    return chain.data != NULL ? of_chain(call, chain, options)
           : is_id            ? of_id(call, options)
                              : of_tpm(call, options);
}

const struct idp_json *idp_arrival_check(const struct idp_device_session *session)
{
    struct idp_arrival arrival =
        idp_arrival_of(session->call, idp_json_string(session->shown, "chain"), session->shown);
    if (arrival.error != IDP_OK) {
        return idp_step_refused(session, arrival.error, arrival.reason);
    }
    /* Of a certificate that is shared no more each device was another one. */
    bool is_same = idp_bytes_equal(arrival.enrollment->id, session->enrollment.id) &&
                   idp_bytes_equal(arrival.registration_id, session->record.id);
    return is_same ? NULL : idp_step_refused(session, IDP_ATTESTATION_REFUSED, "enrollment");
}
