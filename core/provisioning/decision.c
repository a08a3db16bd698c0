/* SPDX-License-Identifier: Apache-2.0 */
/* decision.c - what people decide of devices: that one may come in, or not, and that one is gone.
 */
#include "core/oauth/oauth.h"
#include "core/provisioning/session.h"

#include <string.h>

enum { DECIDE, DECIDE_ELSEWHERE };

/* $5: the enrollment that is meant. */
const struct idp_statement idp_device_decision_statements[] = {
    [DECIDE] = {"UPDATE idplane.provisioning_record SET approval = $3, changed_at = $4,"
                " bound_at = CASE WHEN device IS NOT NULL OR enrollment_id = $5 THEN bound_at END,"
                " enrollment_id = CASE WHEN device IS NULL THEN $5 ELSE enrollment_id END,"
                " other_enrollment_id = CASE WHEN $3 <> 'denied' AND other_enrollment_id <> $5"
                " THEN other_enrollment_id END,"
                " other_approval = CASE WHEN $3 <> 'denied' AND other_enrollment_id <> $5"
                " THEN other_approval END"
                " WHERE tenant = $1 AND registration_id = $2"
                " AND (approval <> $3 OR (device IS NULL AND enrollment_id <> $5))",
                "tttzt", ""},
    /* It has its identity by another one, which goes on to decide of it until this one gives it
     * one. */
    [DECIDE_ELSEWHERE] =
        {"UPDATE idplane.provisioning_record SET other_enrollment_id = $5, other_approval = $3,"
         " approval = CASE WHEN approval = 'denied' THEN 'free' ELSE approval END, changed_at = $4"
         " WHERE tenant = $1 AND registration_id = $2 AND (approval = 'denied'"
         " OR other_enrollment_id IS NULL OR other_enrollment_id <> $5 OR other_approval <> $3)",
         "tttzt", ""},
};
const size_t idp_device_decision_statement_count = IDP_COUNT(idp_device_decision_statements);

static void note(struct idp_call *call, const struct idp_record *record,
                 struct idp_bytes enrollment_id, const char *step, const char *audit_type)
{
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_event event = {step, "ok", record->id, enrollment_id, record->device, NULL};
    struct idp_audit audit = {audit_type, "granted", record->device, record->id, details};
    idp_json_add_string(call, details, "enrollment", enrollment_id);
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

/* The enrollment that is decided about: the one that is named, else where the device waits, else
 * that of its record. */
static struct idp_bytes meant_by(struct idp_call *call, const struct idp_record *record,
                                 struct idp_bytes named)
{
    struct idp_enrollment enrollment, own;
    if (named.data == NULL) {
        bool waits_elsewhere = idp_bytes_is(record->other_approval, "pending");
        return waits_elsewhere ? record->other_enrollment_id : record->enrollment_id;
    }
    bool is_own = idp_bytes_equal(named, record->enrollment_id);
    if (!is_own && !idp_enrollment_find(call, named, &enrollment)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument enrollment: there is no such one.");
    }
    if (!is_own && record->device.data != NULL &&
        idp_json_member(enrollment.document, "symmetric_key") != NULL &&
        idp_enrollment_find(call, record->enrollment_id, &own)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "Argument enrollment: the device has its identity by another one. "
                      "Deprovision it first.");
    }
    return named;
}

/* decide_enrollment(record, decision, enrollment) → {"registration_id",…}; NULL: none such */
struct idp_value idp_sql_decide_enrollment(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_record record;
    const char *approval = approval_of(call, arguments[1].bytes);
    idp_tenant_lock(call); /* who removes the enrollment comes before, or after */
    if (!idp_record_hold(call, arguments[0].bytes, &record)) {
        return idp_null();
    }
    bool is_denial = strcmp(approval, "denied") == 0;
    struct idp_bytes meant = meant_by(call, &record, idp_text_of(arguments[2]));
    bool is_elsewhere =
        !is_denial && record.device.data != NULL && !idp_bytes_equal(meant, record.enrollment_id);
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(record.id),
                              idp_value_text(idp_bytes_of(approval)),
                              idp_value_time(idp_now_us(call)), idp_value_text(meant)};
    size_t statement = is_elsewhere ? DECIDE_ELSEWHERE : DECIDE;
    bool is_changed = idp_run(call, &idp_device_decision_statements[statement], row).affected == 1;
    if (is_changed) {
        note(call, &record, meant, "decide", is_denial ? "device_denied" : "device_approved");
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "registration_id", record.id);
    idp_json_add_string(call, answer, "enrollment", meant);
    idp_json_add_c(call, answer, "approval", approval);
    idp_json_add_bool(call, answer, "changed", is_changed);
    return idp_value_json(answer);
}

/* ---- gone ---- */

/* Whose it is, now that it is held. */
static bool is_owned_by(struct idp_call *call, const struct idp_record *record,
                        struct idp_bytes owner)
{
    struct idp_enrollment enrollment;
    if (record->owner.data != NULL) {
        return idp_bytes_equal(record->owner, owner);
    }
    return idp_enrollment_find(call, record->enrollment_id, &enrollment) &&
           idp_bytes_equal(idp_json_string(enrollment.document, "owner"), owner);
}

const struct idp_json *idp_device_deprovision(struct idp_call *call, struct idp_bytes device,
                                              struct idp_bytes owner)
{
    struct idp_record record;
    struct idp_enrollment enrollment;
    idp_tenant_lock(call); /* before the record, as who administers devices over HTTP does */
    if (!idp_record_of_device(call, device, &record) ||
        (owner.data != NULL && !is_owned_by(call, &record, owner))) {
        return NULL;
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
    note(call, &record, record.enrollment_id, "deprovision", "device_deprovisioned");
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "device", device);
    idp_json_add_string(call, answer, "registration_id", record.id);
    idp_json_add_integer(call, answer, "certificates_revoked", revoked_count);
    idp_json_add_bool(call, answer, "enrollment_disabled", is_alone);
    return answer;
}

/* deprovision(device) → what was ended, at once; NULL: there is no such device */
struct idp_value idp_sql_deprovision(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_bytes device = idp_lower_case(call, arguments[0].bytes);
    const struct idp_json *answer = idp_device_deprovision(call, device, (struct idp_bytes){0});
    return answer == NULL ? idp_null() : idp_value_json(answer);
}
