/* SPDX-License-Identifier: Apache-2.0 */
/* decision.c - what people decide of devices: that one may come in, or not, and that one is gone.
 */
#include "core/oauth/oauth.h"
#include "core/provisioning/session.h"

enum { DECIDE };

const struct idp_statement idp_device_decision_statements[] = {
    /* $5: the enrollment that is meant; null: that of the record. */
    [DECIDE] = {"UPDATE idplane.provisioning_record SET approval = $3, changed_at = $4,"
                " bound_at = CASE WHEN enrollment_id <> $5 THEN NULL ELSE bound_at END,"
                " enrollment_id = CASE WHEN enrollment_id <> $5 THEN $5 ELSE enrollment_id END"
                " WHERE tenant = $1 AND registration_id = $2"
                " AND (approval <> $3 OR enrollment_id <> $5)"
                " AND NOT (device IS NOT NULL AND $5 IS NOT NULL AND enrollment_id <> $5)",
                "tttzt", ""},
};
const size_t idp_device_decision_statement_count = IDP_COUNT(idp_device_decision_statements);

static void note(struct idp_call *call, const struct idp_record *record, const char *step,
                 const char *audit_type)
{
    struct idp_event event = {step, "ok", record->id, record->enrollment_id, record->device, NULL};
    struct idp_audit audit = {audit_type, "granted", record->device, record->id,
                              idp_json_new(call, IDP_JSON_OBJECT)};
    idp_event_add(call, &event);
    idp_audit_add(call, &audit);
}

/* ---- let in ---- */

static const char *approval_of(struct idp_call *call, struct idp_bytes decision)
{
    if (idp_bytes_is(decision, "approve")) {
        return "approved";
    }
    if (!idp_bytes_is(decision, "deny")) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument decision is approve or deny.");
    }
    return "denied";
}

/* Where a record has no identity yet a decision may be for another enrollment than it names. */
static void meant_check(struct idp_call *call, struct idp_bytes enrollment_id,
                        struct idp_record *record)
{
    struct idp_enrollment enrollment;
    if (enrollment_id.data == NULL || idp_bytes_equal(enrollment_id, record->enrollment_id)) {
        return;
    }
    if (!idp_enrollment_find(call, enrollment_id, &enrollment)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument enrollment: there is no such one.");
    }
    if (record->device.data != NULL) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "Argument enrollment: the device has its identity by another one. "
                      "Deprovision it first.");
    }
    record->enrollment_id = enrollment_id;
}

/* decide_enrollment(record, decision, enrollment) → {"registration_id",…}; NULL: none such */
struct idp_value idp_sql_decide_enrollment(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_record record;
    const char *approval = approval_of(call, arguments[1].bytes);
    call->host->begin(call);
    if (!idp_record_find(call, arguments[0].bytes, &record)) {
        return idp_null();
    }
    meant_check(call, idp_text_of(arguments[2]), &record);
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(record.id),
                              idp_value_text(idp_bytes_of(approval)),
                              idp_value_time(idp_now_us(call)), arguments[2]};
    bool is_changed = idp_run(call, &idp_device_decision_statements[DECIDE], row).affected == 1;
    if (is_changed) {
        note(call, &record, "decide",
             idp_bytes_is(arguments[1].bytes, "approve") ? "device_approved" : "device_denied");
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "registration_id", record.id);
    idp_json_add_c(call, answer, "approval", approval);
    idp_json_add_bool(call, answer, "changed", is_changed);
    return idp_value_json(answer);
}

/* ---- gone ---- */

/* deprovision(device) → what was ended, at once; NULL: there is no such device */
struct idp_value idp_sql_deprovision(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_record record;
    struct idp_enrollment enrollment;
    struct idp_bytes device = idp_lower_case(call, arguments[0].bytes);
    call->host->begin(call);
    if (!idp_record_of_device(call, device, &record)) {
        return idp_null();
    }
    bool is_alone = idp_enrollment_find(call, record.enrollment_id, &enrollment) &&
                    enrollment.is_individual && !idp_is_shared(&enrollment);
    if (is_alone) {
        idp_enrollment_disable(call, enrollment.id);
    }
    int64_t revoked_count = idp_revoke_device(call, device, idp_bytes_of("cessationOfOperation"));
    idp_device_token_end(call, record.grant_id);
    idp_device_token_end(call, record.claim_grant_id);
    idp_device_sessions_end(call, record.id);
    idp_record_end(call, record.id);
    note(call, &record, "deprovision", "device_deprovisioned");
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "device", device);
    idp_json_add_string(call, answer, "registration_id", record.id);
    idp_json_add_integer(call, answer, "certificates_revoked", revoked_count);
    idp_json_add_bool(call, answer, "enrollment_disabled", is_alone);
    return idp_value_json(answer);
}
