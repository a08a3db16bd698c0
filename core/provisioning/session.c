/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - how far a device has come. One table says in which state each step may be taken; a
 * step goes on by one conditional statement, and whoever asks a second time gets the same again.
 * What the enrollment and the record say is read anew at each step. */
#include "core/oauth/oauth.h"
#include "core/provisioning/session.h"

enum { SESSION_SIZE = 24, NONCE_SIZE = 24, RETRY_AFTER_S = 10 };

#define LABEL "idplane provisioning session"
#define NONCE_PREFIX "idplane-provisioning:"

enum { INSERT, FIND, ADVANCE, CHALLENGE, IDENTIFY, END, OPEN, YIELD };

#define UNPROVEN                                                                                   \
    "SELECT session_digest FROM idplane.provisioning_session WHERE tenant = $1"                    \
    " AND registration_id = $2 AND state IN ('begun', 'challenged')"

const struct idp_statement idp_device_session_statements[] = {
    [INSERT] = {"INSERT INTO idplane.provisioning_session (tenant, session_digest,"
                " registration_id, enrollment_id, enrollment_version, attestation, state, nonce,"
                " proof_key, shown, created_at, expires_at)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                "txttitttxjzz", ""},
    [FIND] = {"SELECT enrollment_id, attestation, state, nonce, proof_key,"
              " request_digest, serial, challenge, shown FROM idplane.provisioning_session"
              " WHERE tenant = $1 AND session_digest = $2 AND expires_at > $3",
              "txz", "ttttxxtjj"},
    [ADVANCE] = {"UPDATE idplane.provisioning_session SET state = $4"
                 " WHERE tenant = $1 AND session_digest = $2 AND state = $3",
                 "txtt", ""},
    [CHALLENGE] = {"UPDATE idplane.provisioning_session SET state = 'challenged', challenge = $3"
                   " WHERE tenant = $1 AND session_digest = $2"
                   " AND state IN ('begun', 'challenged')",
                   "txj", ""},
    [IDENTIFY] = {"UPDATE idplane.provisioning_session SET state = 'identified',"
                  " request_digest = $3, serial = $4, proof_key = $5, nonce = $6, shown = NULL"
                  " WHERE tenant = $1 AND session_digest = $2 AND state = 'proven'",
                  "txxtxt", ""},
    [END] = {"DELETE FROM idplane.provisioning_session"
             " WHERE tenant = $1 AND registration_id = $2",
             "tt", ""},
    [OPEN] = {"SELECT count(*) FROM (" UNPROVEN " AND expires_at > $3 LIMIT $4) counted", "ttzi",
              "i"},
    [YIELD] = {"DELETE FROM idplane.provisioning_session WHERE tenant = $1 AND session_digest IN"
               " (" UNPROVEN " ORDER BY created_at DESC, session_digest LIMIT $3 OFFSET $4)",
               "ttii", ""},
};
const size_t idp_device_session_statement_count = IDP_COUNT(idp_device_session_statements);

/* ---- states and steps ---- */

static const char *const state_names[IDP_STATE_COUNT] = {
    [IDP_STATE_BEGUN] = "begun",         [IDP_STATE_CHALLENGED] = "challenged",
    [IDP_STATE_PROVEN] = "proven",       [IDP_STATE_IDENTIFIED] = "identified",
    [IDP_STATE_CONFIRMED] = "confirmed", [IDP_STATE_DONE] = "done"};

#define FROM(state) (1U << (unsigned)(state))
#define HAS_IDENTITY (FROM(IDP_STATE_IDENTIFIED) | FROM(IDP_STATE_CONFIRMED) | FROM(IDP_STATE_DONE))
#define IS_PROVEN (FROM(IDP_STATE_PROVEN) | HAS_IDENTITY)
#define IS_CONFIRMED (FROM(IDP_STATE_CONFIRMED) | FROM(IDP_STATE_DONE))

/* states: in which it may be taken. early: also with a certificate that was not used yet, where the
 * enrollment does not ask for that. */
static const struct {
    const char *name;
    unsigned states;
    bool is_early;
} steps[IDP_STEP_COUNT] = {
    [IDP_STEP_PROVE] = {"prove", FROM(IDP_STATE_BEGUN) | FROM(IDP_STATE_PROVEN), false},
    [IDP_STEP_TPM_CHALLENGE] = {"tpm_challenge", FROM(IDP_STATE_BEGUN) | FROM(IDP_STATE_CHALLENGED),
                                false},
    [IDP_STEP_TPM_ACTIVATE] = {"tpm_activate", FROM(IDP_STATE_CHALLENGED) | FROM(IDP_STATE_PROVEN),
                               false},
    [IDP_STEP_TIME] = {"time", IS_PROVEN, false},
    [IDP_STEP_OWNERSHIP] = {"ownership", IS_PROVEN, false},
    [IDP_STEP_IDENTITY] = {"identity", IS_PROVEN, false},
    [IDP_STEP_ACLS] = {"acls", HAS_IDENTITY, false},
    [IDP_STEP_CREDENTIALS] = {"credentials", HAS_IDENTITY, false},
    [IDP_STEP_CONFIRM] = {"confirm", HAS_IDENTITY, false},
    [IDP_STEP_TOKEN] = {"token", IS_CONFIRMED, true},
    [IDP_STEP_CLOUD] = {"cloud", IS_CONFIRMED, true},
    [IDP_STEP_CONFIGURATION] = {"configuration", IS_CONFIRMED, true},
};

const char *idp_device_state_name(enum idp_device_state state)
{
    return state_names[state];
}

static enum idp_device_state state_of(struct idp_bytes name)
{
    size_t i = 0;
    while (i + 1 < IDP_STATE_COUNT && !idp_bytes_is(name, state_names[i])) {
        i++;
    }
    return (enum idp_device_state)i;
}

static bool is_allowed(const struct idp_device_session *session)
{
    const struct idp_json *document = session->enrollment.document;
    bool is_required =
        !idp_json_is(idp_json_member(document, "require_identity"), IDP_JSON_FALSE) ||
        idp_is_shared(&session->enrollment);
    unsigned states = steps[session->step].states;
    if (steps[session->step].is_early && !is_required) {
        states |= FROM(IDP_STATE_IDENTIFIED);
    }
    return (states & FROM(session->state)) != 0;
}

/* ---- made ---- */

struct idp_bytes idp_nonce_make(struct idp_call *call)
{
    struct idp_text nonce = {.call = call};
    idp_text_add_c(&nonce, NONCE_PREFIX);
    idp_text_add(&nonce, idp_random_text(call, NONCE_SIZE));
    return idp_text_bytes(&nonce);
}

struct idp_session_name idp_device_session_make(struct idp_call *call,
                                                const struct idp_session_order *order)
{
    int64_t now_us = idp_now_us(call);
    bool is_begun = order->state == IDP_STATE_BEGUN;
    struct idp_session_name name = {
        .session = idp_random_text(call, SESSION_SIZE),
        .nonce = is_begun ? idp_nonce_make(call) : (struct idp_bytes){"", 0},
    };
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_blob(idp_token_digest(call, LABEL, name.session)),
        idp_value_text(order->registration_id),
        idp_value_text(order->enrollment->id),
        idp_value_integer(order->enrollment->version),
        idp_value_text(order->attestation),
        idp_value_text(idp_bytes_of(state_names[order->state])),
        idp_value_text(name.nonce),
        idp_value_blob(order->proof_key),
        idp_value_json_text(idp_json_text(call, order->shown)),
        idp_value_time(now_us),
        idp_value_time(now_us + IDP_DEVICE_SESSION_LIFETIME_S * IDP_SECOND_US),
    };
    idp_run(call, &idp_device_session_statements[INSERT], row);
    return name;
}

/* ---- found ---- */

enum { HANDLE_SIZE = 1 + IDP_DIGEST_SIZE };

struct idp_bytes idp_session_handle(struct idp_call *call, struct idp_bytes digest)
{
    struct idp_text handle = {.call = call};
    idp_text_add_char(&handle, '\0');
    idp_text_add(&handle, digest);
    return idp_text_bytes(&handle);
}

static struct idp_bytes digest_of(struct idp_call *call, struct idp_bytes session)
{
    bool is_handle = session.size == HANDLE_SIZE && session.data[0] == '\0';
    return is_handle ? (struct idp_bytes){session.data + 1, IDP_DIGEST_SIZE}
                     : idp_token_digest(call, LABEL, session);
}

bool idp_session_record(struct idp_call *call, struct idp_bytes session, struct idp_record *out)
{
    return idp_record_of_session(call, digest_of(call, session), out);
}

static bool find(struct idp_call *call, struct idp_device_session *out)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_blob(out->digest),
                              idp_value_time(idp_now_us(call))};
    if (!idp_record_of_session(call, out->digest, &out->record)) {
        return false;
    }
    const struct idp_value *row = idp_run_one(call, &idp_device_session_statements[FIND], key);
    if (row == NULL) {
        return false;
    }
    out->enrollment.id = idp_text_of(row[0]);
    out->attestation = idp_text_of(row[1]);
    out->state = state_of(idp_text_of(row[2]));
    out->nonce = idp_text_of(row[3]);
    out->proof_key = idp_text_of(row[4]);
    out->request_digest = idp_text_of(row[5]);
    out->serial = idp_text_of(row[6]);
    out->challenge = idp_json_argument(call, row[7], "challenge");
    out->shown = idp_json_argument(call, row[8], "shown");
    return true;
}

/* ---- what came of a step ---- */

/* That a device waits for somebody is noted nowhere: it asks often. Who has proven nothing may be
 * anybody who has seen what the device shows. */
static bool is_noted(const struct idp_device_session *session, const char *outcome)
{
    static const char waits[] = "approval_pending authorization_pending slow_down";
    bool is_proven = (FROM(session->state) & IS_PROVEN) != 0;
    bool is_first = session->state == IDP_STATE_BEGUN && strcmp(outcome, "ok") == 0;
    return !idp_word_in(idp_bytes_of(waits), idp_bytes_of(outcome)) &&
           (is_proven || is_first || idp_guard_refusal(session->call));
}

static void note(const struct idp_device_session *session, const char *outcome,
                 const struct idp_json *details)
{
    if (!is_noted(session, outcome)) {
        return;
    }
    struct idp_event event = {steps[session->step].name, outcome,
                              session->record.id,        session->enrollment.id,
                              session->record.device,    details};
    idp_event_add(session->call, &event);
}

void idp_step_done(const struct idp_device_session *session, struct idp_json *details)
{
    note(session, "ok", details);
}

const struct idp_json *idp_step_refused(const struct idp_device_session *session,
                                        enum idp_error error, const char *reason)
{
    struct idp_call *call = session->call;
    struct idp_json *answer = idp_json_copy(call, idp_error_json(error));
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    if (reason != NULL && error == IDP_INVALID_CSR) {
        idp_json_add(answer, "reasons", idp_json_words(call, reason));
    } else if (reason != NULL) {
        idp_json_add_c(call, answer, "reason", reason);
    }
    if (reason != NULL) {
        idp_json_add_c(call, details, "reason", reason);
    }
    if (error == IDP_OUT_OF_ORDER) {
        idp_json_add_c(call, answer, "state", state_names[session->state]);
        idp_json_add_c(call, details, "state", state_names[session->state]);
    }
    if (error == IDP_APPROVAL_PENDING) {
        idp_json_add_integer(call, answer, "retry_after", RETRY_AFTER_S);
    }
    note(session, idp_error_row(error)->word, details);
    return answer;
}

const struct idp_json *idp_step_told(const struct idp_device_session *session,
                                     const struct idp_json *answer)
{
    note(session, idp_text_c(session->call, idp_json_string(answer, "error")), NULL);
    return answer;
}

const struct idp_json *idp_step_failed(const struct idp_device_session *session,
                                       enum idp_error error, const char *reason)
{
    idp_record_fail(session->call, session->record.id);
    return idp_step_refused(session, error, reason);
}

const struct idp_json *idp_session_wait(const struct idp_device_session *session)
{
    int64_t wait_s = idp_record_wait_s(session->call, &session->record);
    if (wait_s == 0) {
        return NULL;
    }
    bool is_first =
        session->record.failure_count == idp_settings_load(session->call).subject_attempts_max;
    struct idp_json *answer =
        idp_json_copy(session->call, is_first ? idp_step_failed(session, IDP_TOO_MANY_PROOFS, NULL)
                                              : idp_error_json(IDP_TOO_MANY_PROOFS));
    idp_json_add_integer(session->call, answer, "retry_after", wait_s);
    return answer;
}

/* The enrollment of the session asks: the device may have come by another one since, and what was
 * decided is of that. */
static bool awaits_approval(const struct idp_device_session *session)
{
    return idp_json_is_true(session->enrollment.document, "approval") &&
           !idp_record_approval_is(&session->record, session->enrollment.id, "approved");
}

const struct idp_json *idp_step_stands(const struct idp_device_session *session)
{
    struct idp_json *answer = idp_json_new(session->call, IDP_JSON_OBJECT);
    idp_json_add_c(session->call, answer, "state", state_names[session->state]);
    if (awaits_approval(session)) {
        idp_json_add_c(session->call, answer, "approval", "pending");
    }
    return answer;
}

/* Another enrollment has given the device an identity since. */
static bool is_former(const struct idp_device_session *session)
{
    return session->serial.data != NULL &&
           !idp_bytes_equal(session->record.enrollment_id, session->enrollment.id);
}

/* What holds at every step. */
static enum idp_error judge(const struct idp_device_session *session)
{
    if (!session->enrollment.is_enabled) {
        return IDP_ENROLLMENT_DISABLED;
    }
    if (idp_bytes_is(session->record.approval, "denied")) {
        return IDP_DEVICE_DENIED;
    }
    if (!is_allowed(session)) {
        return IDP_OUT_OF_ORDER;
    }
    /* The enrollment may have been gone meanwhile, and the id another one's. */
    bool is_other = idp_bytes_is(session->attestation, "symmetric_key") &&
                    session->state != IDP_STATE_BEGUN &&
                    !idp_bytes_equal(session->record.enrollment_id, session->enrollment.id);
    if (is_other) {
        return IDP_DEVICE_TAKEN;
    }
    if (is_former(session)) {
        return IDP_ATTESTATION_REFUSED;
    }
    bool waits = session->step >= IDP_STEP_OWNERSHIP;
    if (waits && awaits_approval(session)) {
        idp_record_ask(session->call, &session->record, session->enrollment.id);
        return IDP_APPROVAL_PENDING;
    }
    bool is_over = session->step >= IDP_STEP_IDENTITY && session->serial.data != NULL &&
                   !idp_certificate_is_good(session->call, session->serial);
    return is_over ? IDP_ATTESTATION_REFUSED : IDP_OK;
}

const struct idp_json *idp_device_session_open(struct idp_call *call, struct idp_bytes session,
                                               enum idp_step step, struct idp_device_session *out)
{
    *out = (struct idp_device_session){.call = call, .step = step};
    out->digest = digest_of(call, session);
    call->host->begin(call);
    if (!find(call, out) || !idp_enrollment_find(call, out->enrollment.id, &out->enrollment)) {
        return idp_error_json(IDP_INVALID_DEVICE_SESSION);
    }
    enum idp_error error = judge(out);
    const char *reason = error != IDP_ATTESTATION_REFUSED && error != IDP_DEVICE_TAKEN ? NULL
                         : error == IDP_DEVICE_TAKEN || is_former(out) ? "enrollment"
                                                                       : "revoked";
    return error == IDP_OK ? NULL : idp_step_refused(out, error, reason);
}

/* ---- gone on ---- */

bool idp_device_session_advance(struct idp_device_session *session, enum idp_device_state state)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(session->call)),
                              idp_value_blob(session->digest),
                              idp_value_text(idp_bytes_of(state_names[session->state])),
                              idp_value_text(idp_bytes_of(state_names[state]))};
    return idp_run(session->call, &idp_device_session_statements[ADVANCE], row).affected == 1;
}

bool idp_device_session_challenge(struct idp_device_session *session,
                                  const struct idp_json *challenge)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(session->call)),
                              idp_value_blob(session->digest),
                              idp_value_json_text(idp_json_text(session->call, challenge))};
    return idp_run(session->call, &idp_device_session_statements[CHALLENGE], row).affected == 1;
}

bool idp_device_session_identify(struct idp_device_session *session,
                                 struct idp_bytes request_digest, struct idp_bytes serial,
                                 struct idp_bytes proof_key, struct idp_bytes nonce)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(session->call)),
                              idp_value_blob(session->digest),
                              idp_value_blob(request_digest),
                              idp_value_text(serial),
                              idp_value_blob(proof_key),
                              idp_value_text(nonce)};
    return idp_run(session->call, &idp_device_session_statements[IDENTIFY], row).affected == 1;
}

bool idp_device_sessions_are_full(struct idp_call *call, struct idp_bytes registration_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(registration_id),
                              idp_value_time(idp_now_us(call)),
                              idp_value_integer(IDP_DEVICE_SESSIONS_OPEN_MAX)};
    return idp_run_row(call, &idp_device_session_statements[OPEN], key)[0].integer >=
           IDP_DEVICE_SESSIONS_OPEN_MAX;
}

void idp_device_sessions_yield(struct idp_call *call, struct idp_bytes registration_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(registration_id),
                              idp_value_integer(IDP_ROW_COUNT_MAX),
                              idp_value_integer(IDP_DEVICE_SESSIONS_OPEN_MAX - 1)};
    idp_run(call, &idp_device_session_statements[YIELD], key);
}

void idp_device_sessions_end(struct idp_call *call, struct idp_bytes registration_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(registration_id)};
    idp_run(call, &idp_device_session_statements[END], key);
}
