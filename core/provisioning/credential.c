/* SPDX-License-Identifier: Apache-2.0 */
/* credential.c - what a device holds to be known, and to know others (OCF Security, oic.r.cred): a
 * key that it shares with its owner, its certificate, and whom it trusts. */
#include "core/provisioning/session.h"

enum { SYMMETRIC_PAIRWISE = 1, CERTIFICATE = 8, SHARED_KEY_SIZE = 16 };

static struct idp_json *data_of(struct idp_call *call, struct idp_bytes data, const char *encoding)
{
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, object, "data", data);
    idp_json_add_c(call, object, "encoding", encoding);
    return object;
}

static struct idp_json *credential_add(struct idp_call *call, struct idp_json *list,
                                       struct idp_bytes subject, int64_t type)
{
    struct idp_json *credential = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, credential, "subjectuuid", subject);
    idp_json_add_integer(call, credential, "credtype", type);
    idp_json_add(list, NULL, credential);
    return credential;
}

/* ---- the shared key ---- */

/* 16 bytes of text: that of the enrollment, or of each device its own. */
static struct idp_bytes shared_key(const struct idp_device_session *session)
{
    struct idp_call *call = session->call;
    struct idp_bytes key = idp_enrollment_secret(call, &session->enrollment, "pre_shared_key");
    if (key.data == NULL) {
        return key;
    }
    if (idp_json_is_true(session->enrollment.document, "pre_shared_key_derived")) {
        key = idp_base64url_encode(call, idp_hmac_sha256(call, key, session->record.id));
    }
    return (struct idp_bytes){key.data, SHARED_KEY_SIZE};
}

static void shared_key_add(const struct idp_device_session *session, struct idp_json *list,
                           struct idp_bytes owner)
{
    struct idp_call *call = session->call;
    struct idp_bytes key = shared_key(session);
    if (key.data != NULL) {
        struct idp_json *credential = credential_add(call, list, owner, SYMMETRIC_PAIRWISE);
        idp_json_add(credential, "privatedata", data_of(call, key, "oic.sec.encoding.raw"));
        idp_json_add_c(call, credential, "tag", "dps");
    }
}

/* ---- certificates ---- */

static void certificate_add(struct idp_call *call, struct idp_json *list, struct idp_bytes subject,
                            const char *usage, struct idp_bytes pem)
{
    struct idp_json *credential = credential_add(call, list, subject, CERTIFICATE);
    idp_json_add_c(call, credential, "credusage", usage);
    idp_json_add(credential, "publicdata", data_of(call, pem, "oic.sec.encoding.pem"));
    idp_json_add_c(call, credential, "tag", "dps");
}

/* The last block of a chain is the anchor, what stands before it belongs to the device. */
static size_t last_block(struct idp_bytes chain)
{
    static const struct idp_bytes begin = IDP_LITERAL("-----BEGIN ");
    size_t last = 0;
    for (size_t i = 0; i + begin.size <= chain.size; i++) {
        if (memcmp(chain.data + i, begin.data, begin.size) == 0) {
            last = i;
        }
    }
    return last;
}

static void certificates_add(const struct idp_device_session *session, struct idp_json *list,
                             struct idp_bytes owner)
{
    struct idp_call *call = session->call;
    struct idp_issued issued;
    struct idp_text own = {.call = call};
    if (!idp_certificate_issued(call, session->serial, &issued)) {
        idp_fail(call, IDP_STORE);
    }
    size_t anchor = last_block(issued.chain);
    idp_text_add(&own, idp_pem_of(call, issued.certificate, "CERTIFICATE"));
    idp_text_add(&own, (struct idp_bytes){issued.chain.data, anchor});
    certificate_add(call, list, issued.device, "oic.sec.cred.cert", idp_text_bytes(&own));
    certificate_add(call, list, owner, "oic.sec.cred.trustca",
                    (struct idp_bytes){issued.chain.data + anchor, issued.chain.size - anchor});
}

static const struct idp_json *credentials_of(const struct idp_device_session *session)
{
    struct idp_call *call = session->call;
    struct idp_bytes owner = idp_owner_uuid(call, idp_device_owner(session));
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    shared_key_add(session, list, owner);
    certificates_add(session, list, owner);
    idp_json_add(answer, "creds", list);
    return answer;
}

const struct idp_json *idp_provision_credentials(struct idp_call *call, struct idp_bytes name)
{
    struct idp_device_session session;
    const struct idp_json *error =
        idp_device_session_open(call, name, IDP_STEP_CREDENTIALS, &session);
    if (error != NULL) {
        return error;
    }
    const struct idp_json *answer = credentials_of(&session);
    idp_step_done(&session, NULL);
    return answer;
}
