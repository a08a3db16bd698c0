/* SPDX-License-Identifier: Apache-2.0 */
/* claim.c - a person claims a device through the device grant (RFC 8628): whoever approves the code
 * that the device shows becomes its owner, in the transaction that makes its certificate. */
#include "core/oauth/oauth.h"
#include "core/provisioning/session.h"

static struct idp_bytes client_of(const struct idp_device_session *session)
{
    return idp_json_string(idp_json_member(session->enrollment.document, "claim"), "client_id");
}

struct idp_claim idp_claim_redeem(struct idp_device_session *session, struct idp_bytes device_code)
{
    struct idp_call *call = session->call;
    struct idp_claim claim = {.is_refused = false};
    struct idp_bytes subject = {0}, grant_id = {0}, client_id = client_of(session);
    if (client_id.data == NULL || idp_record_owner(session).data != NULL) {
        return claim;
    }
    if (device_code.data == NULL) {
        claim.pending = idp_step_refused(session, IDP_APPROVAL_PENDING, "claim");
        return claim;
    }
    struct idp_redeemer redeemer = {
        .client_id = client_id, .subject = &subject, .grant_id = &grant_id};
    const struct idp_json *answer = idp_device_poll(call, device_code, &redeemer);
    if (idp_json_member(answer, "access_token") == NULL) {
        claim.pending = idp_step_told(session, answer);
        return claim;
    }
    claim.is_refused = !idp_owner_id_reserve(call, subject);
    session->claimed_by = subject;
    idp_record_set(call, session->record.id, IDP_RECORD_OWNER, subject);
    idp_record_set(call, session->record.id, IDP_RECORD_CLAIM, grant_id);
    claim.tokens = answer;
    return claim;
}
