/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_step.c - a TPM proves itself: what it is sent can be read by no other TPM, and only while it
 * holds the attestation key that was shown, whose word then counts: for the registers that the
 * firmware was measured into, and for the key of the identity. */
#include "core/provisioning/session.h"

enum { CREDENTIAL_SIZE = 32 };

/* ---- challenged ---- */

static struct idp_bytes bytes_member(struct idp_call *call, const struct idp_json *object,
                                     const char *name)
{
    struct idp_bytes text = idp_json_string(object, name);
    return text.data == NULL ? text : idp_base64_decode(call, text);
}

static const char *
key_member(struct idp_call *call, const struct idp_json *object, const char *name,
           const char *(*read)(struct idp_call *, struct idp_bytes, struct idp_tpm_key *),
           struct idp_tpm_key *out)
{
    struct idp_bytes public_area = bytes_member(call, object, name);
    return public_area.data == NULL ? "format" : read(call, public_area, out);
}

static const struct idp_json *challenge(struct idp_device_session *session,
                                        const struct idp_tpm_key *ek, const struct idp_tpm_key *ak,
                                        struct idp_bytes ak_text)
{
    struct idp_call *call = session->call;
    struct idp_bytes blob, secret;
    struct idp_bytes credential = idp_random(call, CREDENTIAL_SIZE);
    struct idp_json *kept = idp_json_new(call, IDP_JSON_OBJECT);
    idp_tpm_make_credential(call, ek, ak->name, credential, &blob, &secret);
    idp_json_add_string(call, kept, "ak", ak_text);
    idp_json_add_string(call, kept, "credential_sha256",
                        idp_hex_encode(call, idp_sha256(call, credential)));
    if (!idp_device_session_challenge(session, kept)) {
        return idp_step_refused(session, IDP_OUT_OF_ORDER, NULL);
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "credential_blob", idp_base64_encode(call, blob));
    idp_json_add_string(call, answer, "secret", idp_base64_encode(call, secret));
    idp_json_add_string(call, answer, "nonce", session->nonce);
    idp_step_done(session, NULL);
    return answer;
}

/* NULL where the endorsement key is the one that began, and the certificate, if any, leads to the
 * same enrollment. */
static const char *begun_check(const struct idp_device_session *session,
                               const struct idp_tpm_shown *shown, struct idp_tpm_key *ek)
{
    struct idp_call *call = session->call;
    struct idp_bytes begun = idp_json_string(session->shown, "ek");
    if (!idp_bytes_equal(begun, shown->ek)) {
        return "key";
    }
    const char *why = key_member(call, session->shown, "ek", idp_tpm_endorsement_key, ek);
    if (why != NULL || shown->ek_certificate.data == NULL) {
        return why;
    }
    struct idp_tpm_match match = idp_tpm_match_find(call, ek, shown->ek_certificate);
    bool is_same =
        match.error == IDP_OK && idp_bytes_equal(match.enrollment->id, session->enrollment.id);
    return is_same ? NULL : match.reason != NULL ? match.reason : "enrollment";
}

const struct idp_json *idp_tpm_challenge(struct idp_call *call, struct idp_bytes name,
                                         const struct idp_tpm_shown *shown)
{
    struct idp_device_session session;
    struct idp_tpm_key ek, ak;
    const struct idp_json *error =
        idp_device_session_open(call, name, IDP_STEP_TPM_CHALLENGE, &session);
    if (error != NULL) {
        return error;
    }
    if (!idp_bytes_is(session.attestation, "tpm")) {
        return idp_step_refused(&session, IDP_OUT_OF_ORDER, NULL);
    }
    struct idp_bytes public_area = idp_base64_decode(call, shown->ak);
    const char *why = begun_check(&session, shown, &ek);
    if (why == NULL) {
        why = public_area.data == NULL ? "format" : idp_tpm_attestation_key(call, public_area, &ak);
    }
    return why != NULL ? idp_step_refused(&session, IDP_ATTESTATION_REFUSED, why)
                       : challenge(&session, &ek, &ak, shown->ak);
}

/* ---- activated ---- */

static bool is_credential(const struct idp_device_session *session, struct idp_bytes text)
{
    struct idp_call *call = session->call;
    struct idp_bytes credential = idp_base64_decode(call, idp_bytes_trim(text));
    struct idp_bytes digest = idp_json_string(session->challenge, "credential_sha256");
    return credential.data != NULL && digest.data != NULL &&
           idp_equal(idp_hex_encode(call, idp_sha256(call, credential)), digest);
}

static struct idp_json *clock_json(struct idp_call *call, const struct idp_tpm_clock *clock)
{
    struct idp_json *json = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_integer(call, json, "reset_count", clock->reset_count);
    idp_json_add_integer(call, json, "restart_count", clock->restart_count);
    idp_json_add_integer(call, json, "clock_ms", (int64_t)clock->clock_ms);
    return json;
}

/* Counters of a TPM only grow: the number of resets first, then that of restarts, then the clock.
 */
static bool went_back(const struct idp_json *before, const struct idp_json *now)
{
    static const char *const members[] = {"reset_count", "restart_count", "clock_ms"};
    for (size_t i = 0; before != NULL && i < IDP_COUNT(members); i++) {
        int64_t old = 0, new = 0;
        bool is_read = idp_json_integer(idp_json_member(before, members[i]), &old) &&
                       idp_json_integer(idp_json_member(now, members[i]), &new);
        if (!is_read || old != new) {
            return is_read && new < old;
        }
    }
    return false;
}

/* NULL, or why what the TPM says of itself is refused. */
static const char *quote_check(const struct idp_device_session *session,
                               const struct idp_json *attestation)
{
    struct idp_call *call = session->call;
    struct idp_tpm_key ak;
    struct idp_tpm_clock clock;
    const struct idp_json *tpm = idp_json_member(session->enrollment.document, "tpm");
    const struct idp_json *pcrs = idp_json_member(tpm, "pcrs");
    const struct idp_json *quote = idp_json_member(attestation, "quote");
    bool needs_safe = idp_json_is_true(tpm, "safe_clock");
    if (quote == NULL) {
        return pcrs != NULL || needs_safe ? "quote" : NULL;
    }
    const char *why = key_member(call, session->challenge, "ak", idp_tpm_attestation_key, &ak);
    if (why == NULL) {
        why = idp_tpm_quoted(call, bytes_member(call, quote, "attest"),
                             bytes_member(call, quote, "signature"), &ak,
                             idp_sha256(call, session->nonce), pcrs, &clock);
    }
    if (why != NULL) {
        return why;
    }
    struct idp_json *now = clock_json(call, &clock);
    if (went_back(session->record.tpm_clock, now) || (needs_safe && !clock.is_safe)) {
        return "clock";
    }
    idp_record_clock(call, session->record.id, now);
    return NULL;
}

const struct idp_json *idp_tpm_activate(struct idp_call *call, struct idp_bytes name,
                                        struct idp_bytes credential,
                                        const struct idp_json *attestation)
{
    struct idp_device_session session;
    const struct idp_json *error =
        idp_device_session_open(call, name, IDP_STEP_TPM_ACTIVATE, &session);
    if (error == NULL) {
        error = idp_session_wait(&session);
    }
    if (error != NULL) {
        return error;
    }
    if (!is_credential(&session, credential)) {
        return idp_step_failed(&session, IDP_INVALID_PROOF, NULL);
    }
    const char *why =
        session.state == IDP_STATE_CHALLENGED ? quote_check(&session, attestation) : NULL;
    if (why != NULL) {
        return idp_step_failed(&session, IDP_ATTESTATION_REFUSED, why);
    }
    if (session.state == IDP_STATE_CHALLENGED &&
        idp_record_bind(call, &session.enrollment, &session.record) &&
        idp_device_session_advance(&session, IDP_STATE_PROVEN)) {
        session.state = IDP_STATE_PROVEN;
        idp_step_done(&session, NULL);
    }
    return idp_step_stands(&session);
}

/* ---- the key of the identity ---- */

/* What the attestation key has to say it to: this session, and this request. */
static struct idp_bytes bound(const struct idp_device_session *session, struct idp_bytes request)
{
    struct idp_text text = {.call = session->call};
    idp_text_add(&text, session->nonce);
    idp_text_add(&text, request);
    return idp_sha256(session->call, idp_text_bytes(&text));
}

const char *idp_tpm_identity_check(const struct idp_device_session *session,
                                   const struct idp_issue *issue,
                                   const struct idp_json *attestation)
{
    struct idp_call *call = session->call;
    struct idp_tpm_key ak, key;
    const struct idp_json *tpm = idp_json_member(session->enrollment.document, "tpm");
    bool is_free = idp_json_is(idp_json_member(tpm, "identity_key"), IDP_JSON_FALSE);
    if (!idp_bytes_is(session->attestation, "tpm") || is_free) {
        return NULL;
    }
    const char *why = key_member(call, session->challenge, "ak", idp_tpm_attestation_key, &ak);
    if (why == NULL) {
        why = key_member(call, attestation, "key", idp_tpm_identity_key, &key);
    }
    if (why == NULL && !idp_bytes_equal(key.spki, issue->spki)) {
        why = "key";
    }
    return why != NULL ? why
                       : idp_tpm_certified(call, bytes_member(call, attestation, "attest"),
                                           bytes_member(call, attestation, "signature"), &ak, &key,
                                           bound(session, issue->request), NULL);
}

/* ---- SQL ---- */

/* tpm_challenge(session, ek, ek_certificate, ak) → {"credential_blob","secret","nonce"} */
struct idp_value idp_sql_tpm_challenge(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_tpm_shown shown = {arguments[1].bytes, idp_text_of(arguments[2]),
                                  idp_text_of(arguments[3])};
    if (shown.ak.data == NULL) {
        idp_fail_with(call, IDP_NULL_ARGUMENT, "Argument ak must not be NULL.");
    }
    return idp_value_json(idp_tpm_challenge(call, arguments[0].bytes, &shown));
}

/* tpm_activate(session, credential, attestation) → {"state"} or an error */
struct idp_value idp_sql_tpm_activate(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *attestation =
        idp_json_object_argument(call, arguments[2], "attestation");
    return idp_value_json(
        idp_tpm_activate(call, arguments[0].bytes, arguments[1].bytes, attestation));
}
