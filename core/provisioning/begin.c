/* SPDX-License-Identifier: Apache-2.0 */
/* begin.c - a device that is known begins: what was decided of it before counts, and it gets a
 * session of its own. That it has the key that it shows is not known yet. */
#include "core/oauth/oauth.h"
#include "core/provisioning/session.h"

/* ---- let in ---- */

static struct idp_json *details_of(struct idp_call *call, const struct idp_arrival *arrival)
{
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    if (arrival->reason != NULL) {
        idp_json_add_c(call, details, "reason", arrival->reason);
    }
    idp_json_add_c(call, details, "attestation", arrival->attestation);
    idp_json_add_string(call, details, "subject", arrival->subject);
    idp_json_add_string(call, details, "serial", arrival->serial);
    idp_json_add_string(call, details, "chain_sha256", arrival->chain_sha256);
    idp_json_add_string(call, details, "source", call->source);
    if (arrival->enrollment != NULL) {
        idp_json_add_integer(call, details, "version", arrival->enrollment->version);
    }
    return details;
}

static void note(struct idp_call *call, const struct idp_arrival *arrival, const char *outcome)
{
    struct idp_event event = {.step = "begin",
                              .outcome = outcome,
                              .registration_id = arrival->registration_id,
                              .details = details_of(call, arrival)};
    if (arrival->enrollment != NULL) {
        event.enrollment_id = arrival->enrollment->id;
    }
    idp_event_add(call, &event);
}

static const struct idp_json *refusal(struct idp_call *call, const struct idp_arrival *arrival,
                                      int64_t retry_after_s)
{
    struct idp_json *answer = idp_json_copy(call, idp_error_json(arrival->error));
    if (arrival->reason != NULL && arrival->error == IDP_INVALID_CSR) {
        idp_json_add(answer, "reasons", idp_json_words(call, arrival->reason));
    } else if (arrival->reason != NULL) {
        idp_json_add_c(call, answer, "reason", arrival->reason);
    }
    if (retry_after_s > 0) {
        idp_json_add_integer(call, answer, "retry_after", retry_after_s);
    }
    return answer;
}

/* What was decided of the device before. */
static enum idp_error known_as(struct idp_call *call, const struct idp_record *record,
                               const struct idp_enrollment *enrollment, int64_t wait_s)
{
    struct idp_bytes again = idp_json_string(enrollment->document, "reprovision");
    if (idp_bytes_is(record->approval, "denied")) {
        return IDP_DEVICE_DENIED;
    }
    if (wait_s > 0) {
        return IDP_TOO_MANY_PROOFS;
    }
    bool is_done = record->is_completed && idp_bytes_equal(record->enrollment_id, enrollment->id);
    bool is_over =
        (is_done && idp_bytes_is(again, "never")) || idp_is_exchanged(call, enrollment, record);
    return is_over ? IDP_ALREADY_PROVISIONED : IDP_OK;
}

/* The id belongs to the symmetric key of another enrollment; where nobody has proven one, and
 * nothing is decided, a proof does. */
static bool is_of_another(struct idp_call *call, const struct idp_arrival *arrival,
                          const struct idp_record *record)
{
    struct idp_enrollment other;
    bool is_open = !record->is_bound && record->device.data == NULL &&
                   !idp_bytes_is(record->approval, "approved");
    return !is_open && strcmp(arrival->attestation, "symmetric_key") == 0 &&
           !idp_bytes_equal(record->enrollment_id, arrival->enrollment->id) &&
           idp_enrollment_find(call, record->enrollment_id, &other);
}

static const struct idp_json *begun(struct idp_call *call, const struct idp_arrival *arrival,
                                    struct idp_record *record)
{
    struct idp_session_order order = {
        .registration_id = arrival->registration_id,
        .attestation = idp_bytes_of(arrival->attestation),
        .proof_key = arrival->key,
        .shown = arrival->shown,
        .enrollment = arrival->enrollment,
        .state = arrival->is_proven ? IDP_STATE_PROVEN : IDP_STATE_BEGUN,
    };
    if (!arrival->is_proven) {
        idp_device_sessions_yield(call, arrival->registration_id);
    } else if (!idp_record_bind(call, arrival->enrollment, record)) {
        idp_fail(call, IDP_STORE); /* only symmetric keys are refused, and no TLS proves these */
    }
    struct idp_session_name name = idp_device_session_make(call, &order);
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "session", name.session);
    if (!arrival->is_proven) {
        idp_json_add_string(call, answer, "nonce", name.nonce);
    }
    idp_json_add_c(call, answer, "state", idp_device_state_name(order.state));
    idp_json_add_string(call, answer, "registration_id", arrival->registration_id);
    idp_json_add_integer(call, answer, "expires_in", IDP_DEVICE_SESSION_LIFETIME_S);
    note(call, arrival, "ok");
    return answer;
}

/* What anybody may show would be a record more, or drive out a session of the device. */
static bool is_new(struct idp_call *call, struct idp_bytes registration_id)
{
    struct idp_record record;
    return registration_id.data == NULL || !idp_record_find(call, registration_id, &record) ||
           idp_device_sessions_are_full(call, registration_id);
}

static bool is_guarded(struct idp_call *call, const struct idp_arrival *arrival)
{
    return arrival->error != IDP_OK ||
           (!arrival->is_proven && is_new(call, arrival->registration_id));
}

/* An address that may bring nobody new: nothing is looked at but whether it is. */
static bool is_stopped(struct idp_call *call, struct idp_bytes chain,
                       const struct idp_json *options)
{
    return !idp_guard_device_has_room(call) && is_new(call, idp_arrival_id(call, chain, options)) &&
           is_new(call, idp_exchange_id(call, idp_json_string(options, "csr")));
}

const struct idp_json *idp_provisioning_begin(struct idp_call *call, struct idp_bytes chain,
                                              const struct idp_json *options, bool is_proven)
{
    is_proven = is_proven && chain.data != NULL;
    if (!is_proven && is_stopped(call, chain, options)) {
        return idp_error_json(IDP_TOO_MANY_DEVICES);
    }
    struct idp_arrival arrival = idp_arrival_of(call, chain, options);
    call->host->begin(call);
    arrival.is_proven = is_proven;
    bool is_counted = is_guarded(call, &arrival);
    if (is_counted && !idp_guard_device(call)) {
        return idp_error_json(IDP_TOO_MANY_DEVICES);
    }
    if (arrival.error != IDP_OK) {
        note(call, &arrival, idp_error_row(arrival.error)->word);
        return refusal(call, &arrival, 0);
    }
    struct idp_record record =
        idp_record_note(call, arrival.registration_id, arrival.enrollment, arrival.subject);
    /* Who has proven the key already does not wait because others have failed to. */
    int64_t wait_s = arrival.is_proven ? 0 : idp_record_wait_s(call, &record);
    arrival.error = known_as(call, &record, arrival.enrollment, wait_s);
    if (arrival.error == IDP_OK && is_of_another(call, &arrival, &record)) {
        arrival.error = IDP_DEVICE_TAKEN;
        arrival.reason = "enrollment";
    }
    if (arrival.error == IDP_OK) {
        return begun(call, &arrival, &record);
    }
    if (is_counted || is_proven || idp_guard_refusal(call)) {
        note(call, &arrival, idp_error_row(arrival.error)->word);
    }
    return refusal(call, &arrival, wait_s);
}

void idp_unreadable_note(struct idp_call *call, struct idp_bytes session, struct idp_bytes chain)
{
    struct idp_record record = {0};
    call->host->begin(call);
    bool is_known = session.data != NULL
                        ? idp_session_record(call, session, &record)
                        : chain.data != NULL &&
                              idp_record_find(call, idp_arrival_id(call, chain, NULL), &record);
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, details, "source", call->source);
    struct idp_event event = {.step = is_known ? "request" : "begin",
                              .outcome = idp_error_row(IDP_INVALID_REQUEST)->word,
                              .registration_id = record.id,
                              .enrollment_id = record.enrollment_id,
                              .device = record.device,
                              .details = details};
    if (is_known ? idp_guard_refusal(call) : idp_guard_device(call)) {
        idp_event_add(call, &event);
    }
}

/* begin_provisioning(chain, options) → {"session","nonce",…} or an error */
struct idp_value idp_sql_begin_provisioning(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    const struct idp_json *options = idp_json_object_argument(call, arguments[1], "options");
    idp_json_members_check(call, options, "options",
                           "csr ek ek_certificate enrollment proven registration_id");
    return idp_value_json(idp_provisioning_begin(call, idp_text_of(arguments[0]), options,
                                                 idp_json_is_true(options, "proven")));
}
