/* SPDX-License-Identifier: Apache-2.0 */
/* prove.c - that a device has the key of what it shows: first that of its maker, later that of its
 * identity certificate. A nonce is good for one session and one key; who failed too often waits. */
#include "core/provisioning/session.h"

/* ---- symmetric keys ---- */

/* Of a group each device has a key of its own, made of the id and that of the group. */
static bool is_tag_of(const struct idp_device_session *session, const char *name,
                      struct idp_bytes proof)
{
    struct idp_call *call = session->call;
    struct idp_bytes text = idp_enrollment_secret(call, &session->enrollment, name);
    struct idp_bytes key = text.data == NULL ? text : idp_base64_decode(call, text);
    if (key.data == NULL) {
        return false;
    }
    if (!session->enrollment.is_individual) {
        key = idp_hmac_sha256(call, key, session->record.id);
    }
    return idp_equal(idp_hmac_sha256(call, key, session->nonce), proof);
}

static bool is_tag(const struct idp_device_session *session, struct idp_bytes proof)
{
    struct idp_bytes tag = idp_base64_decode(session->call, idp_bytes_trim(proof));
    return tag.data != NULL &&
           (is_tag_of(session, "primary", tag) || is_tag_of(session, "secondary", tag));
}

/* ---- proofs ---- */

static bool holds(const struct idp_device_session *session, struct idp_bytes proof)
{
    if (session->proof_key.data != NULL) {
        return idp_possession_holds(session->call, session->proof_key, session->nonce, proof);
    }
    return idp_bytes_is(session->attestation, "symmetric_key") && is_tag(session, proof);
}

/* Goes on from one state to the next; where it went on before, the answer was lost. */
static const struct idp_json *go_on(struct idp_device_session *session, enum idp_device_state from,
                                    enum idp_device_state to)
{
    if (session->state == from && idp_device_session_advance(session, to)) {
        session->state = to;
        idp_step_done(session, NULL);
    }
    return idp_step_stands(session);
}

/* The id belongs to a symmetric key of another enrollment. */
static bool is_of_another(struct idp_device_session *session)
{
    return session->state == IDP_STATE_BEGUN &&
           !idp_record_bind(session->call, &session->enrollment, &session->record);
}

static const struct idp_json *prove(struct idp_device_session *session, struct idp_bytes proof,
                                    enum idp_device_state from, enum idp_device_state to)
{
    const struct idp_json *wait = idp_session_wait(session);
    if (wait != NULL) {
        return wait;
    }
    if (!holds(session, proof)) {
        return idp_step_failed(session, IDP_INVALID_PROOF, NULL);
    }
    return is_of_another(session) ? idp_step_refused(session, IDP_DEVICE_TAKEN, "enrollment")
                                  : go_on(session, from, to);
}

/* The certificate of a TLS connection, which has proven its key. */
static const struct idp_json *shown(struct idp_device_session *session,
                                    struct idp_bytes certificate)
{
    size_t count = 0;
    struct idp_certificate_facts facts[1];
    bool is_own = idp_certificates_read(session->call, certificate, facts, 1, &count) &&
                  idp_bytes_equal(facts[0].serial, session->serial) &&
                  idp_bytes_equal(facts[0].spki, session->proof_key);
    return is_own ? go_on(session, IDP_STATE_IDENTIFIED, IDP_STATE_CONFIRMED)
                  : idp_step_failed(session, IDP_INVALID_PROOF, NULL);
}

const struct idp_json *idp_possession_prove(struct idp_call *call, struct idp_bytes name,
                                            struct idp_bytes proof)
{
    struct idp_device_session session;
    const struct idp_json *error = idp_device_session_open(call, name, IDP_STEP_PROVE, &session);
    return error != NULL ? error : prove(&session, proof, IDP_STATE_BEGUN, IDP_STATE_PROVEN);
}

const struct idp_json *idp_identity_confirm(struct idp_call *call, struct idp_bytes name,
                                            struct idp_bytes proof, struct idp_bytes certificate)
{
    struct idp_device_session session;
    const struct idp_json *error = idp_device_session_open(call, name, IDP_STEP_CONFIRM, &session);
    if (error != NULL) {
        return error;
    }
    const struct idp_json *answer =
        certificate.data == NULL ? prove(&session, proof, IDP_STATE_IDENTIFIED, IDP_STATE_CONFIRMED)
                                 : shown(&session, certificate);
    if (session.state == IDP_STATE_CONFIRMED) {
        (void)idp_certificate_confirm(call, session.serial);
    }
    return answer;
}

/* prove_possession(session, proof) → {"state"} or an error */
struct idp_value idp_sql_prove_possession(struct idp_call *call, const struct idp_value *arguments)
{
    return idp_value_json(idp_possession_prove(call, arguments[0].bytes, arguments[1].bytes));
}

/* confirm_identity(session, proof) → {"state"} or an error */
struct idp_value idp_sql_confirm_identity(struct idp_call *call, const struct idp_value *arguments)
{
    return idp_value_json(
        idp_identity_confirm(call, arguments[0].bytes, arguments[1].bytes, (struct idp_bytes){0}));
}
