/* SPDX-License-Identifier: Apache-2.0 */
/* claim.c - a person claims a device through the device grant (RFC 8628): whoever approves the code
 * that the device shows becomes its owner, in the transaction that makes its certificate. */
#include "core/oauth/oauth.h"
#include "core/provisioning/session.h"

static struct idp_bytes client_of(const struct idp_device_session *session)
{
    return idp_json_string(idp_json_member(session->enrollment.document, "claim"), "client_id");
}

const struct idp_json *idp_claim_redeem(struct idp_device_session *session,
                                        struct idp_bytes device_code,
                                        const struct idp_json **tokens)
{
    struct idp_call *call = session->call;
    struct idp_bytes subject = {0}, client_id = client_of(session);
    *tokens = NULL;
    if (client_id.data == NULL || session->record.owner.data != NULL) {
        return NULL;
    }
    if (device_code.data == NULL) {
        return idp_step_refused(session, IDP_APPROVAL_PENDING, "claim");
    }
    struct idp_redeemer redeemer = {.client_id = client_id, .subject = &subject};
    const struct idp_json *answer = idp_device_poll(call, device_code, &redeemer);
    if (idp_json_member(answer, "access_token") == NULL) {
        return idp_step_told(session, answer);
    }
    session->record.owner = subject;
    idp_record_set(call, session->record.id, IDP_RECORD_OWNER, subject);
    *tokens = answer;
    return NULL;
}
