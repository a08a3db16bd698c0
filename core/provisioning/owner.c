/* SPDX-License-Identifier: Apache-2.0 */
/* owner.c - what a proven device is told first: what time it is, since it may have no clock, and
 * whose it is. */
#include "core/provisioning/session.h"

struct idp_bytes idp_owner_uuid(struct idp_call *call, struct idp_bytes owner)
{
    return idp_uuid_is(owner) && !idp_is_nil_id(owner) ? owner
                                                       : idp_uuid_of(call, IDP_UUID_URL, owner);
}

struct idp_bytes idp_record_owner(const struct idp_device_session *session)
{
    bool is_there = idp_bytes_equal(session->record.enrollment_id, session->enrollment.id);
    return session->claimed_by.data != NULL ? session->claimed_by
           : is_there                       ? session->record.owner
                                            : (struct idp_bytes){0};
}

struct idp_bytes idp_device_owner(const struct idp_device_session *session)
{
    struct idp_bytes own = idp_record_owner(session);
    return own.data == NULL ? idp_json_string(session->enrollment.document, "owner") : own;
}

const struct idp_json *idp_provision_time(struct idp_call *call, struct idp_bytes name)
{
    struct idp_device_session session;
    const struct idp_json *error = idp_device_session_open(call, name, IDP_STEP_TIME, &session);
    if (error != NULL) {
        return error;
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "time", idp_time_text(call, idp_now_us(call)));
    idp_step_done(&session, NULL);
    return answer;
}

const struct idp_json *idp_provision_ownership(struct idp_call *call, struct idp_bytes name)
{
    struct idp_device_session session;
    const struct idp_json *error =
        idp_device_session_open(call, name, IDP_STEP_OWNERSHIP, &session);
    if (error != NULL) {
        return error;
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "devowneruuid",
                        idp_owner_uuid(call, idp_device_owner(&session)));
    idp_step_done(&session, NULL);
    return answer;
}
