/* SPDX-License-Identifier: Apache-2.0 */
/* certificate_request.c - requests as rows: whoever may insert one gets a certificate, or is told
 * why not, or waits until somebody decides. A row is `new` until it was looked at, which in
 * PostgreSQL is before it is there; who changes its status is one, since one statement does it. */
#include "core/pki/profile.h"

enum { SIGNED_COUNT_MAX = 10000 };

enum { NEW, CLAIM, RECORD, INSERT, FIND, SAME };

#define OUTCOME "request_id, status, reasons, certificate, chain, serial"
#define OUTCOME_KINDS "ttjttt"

const struct idp_statement idp_certificate_request_statements[] = {
    [NEW] = {"SELECT request_id FROM idplane.certificate_request WHERE tenant = $1"
             " AND status = 'new' ORDER BY request_id LIMIT $2",
             "ti", "t"},
    /* Nobody else decides until the end of the transaction, and then there is nothing to decide. */
    [CLAIM] = {"UPDATE idplane.certificate_request SET status = 'issued'"
               " WHERE tenant = $1 AND request_id = $2 AND status = $3 RETURNING csr, profile",
               "ttt", "tt"},
    [RECORD] = {"UPDATE idplane.certificate_request SET status = $3, reasons = $4,"
                " certificate = $5, chain = $6, serial = $7, decided_at = $8,"
                " requested_at = CASE WHEN requested_at IS NULL THEN $9 ELSE requested_at END"
                " WHERE tenant = $1 AND request_id = $2",
                "tttjtttzz", ""},
    [INSERT] = {"INSERT INTO idplane.certificate_request (tenant, request_id, status, reasons,"
                " certificate, chain, serial, decided_at, requested_at, csr, profile, csr_digest)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                "tttjtttzzttx", ""},
    [FIND] = {"SELECT " OUTCOME " FROM idplane.certificate_request"
              " WHERE tenant = $1 AND request_id = $2",
              "tt", OUTCOME_KINDS},
    /* What is decided stays so for as long as it is good: who was denied, or has a certificate. */
    [SAME] = {"SELECT " OUTCOME " FROM idplane.certificate_request"
              " WHERE tenant = $1 AND csr_digest = $2 AND profile = $3 AND (status = 'pending'"
              " OR status = 'refused' AND reasons = $4 OR status = 'issued' AND EXISTS"
              " (SELECT 1 FROM idplane.certificate c WHERE c.tenant = $1"
              " AND c.serial = idplane.certificate_request.serial"
              " AND c.status = 'valid' AND c.not_after > $5))"
              " ORDER BY requested_at DESC, request_id LIMIT 1",
              "txtjz", OUTCOME_KINDS},
};
const size_t idp_certificate_request_statement_count =
    IDP_COUNT(idp_certificate_request_statements);

/* In PostgreSQL a trigger calls certificate_request_step() before the row is there
 * (sql/pki_functions.sql). */
const struct idp_row_trigger idp_certificate_request_trigger = {
    .name = "certificate_request",
    .table = "certificate_request",
    .when = "NEW.status = 'new'",
    .body = "SELECT sign_pending(10000)",
};

/* ---- what comes of a request ---- */

struct outcome {
    const char *status; /* issued, refused or pending */
    const char *why;    /* it is refused */
    struct idp_issue issue;
};

static struct outcome refused(const char *why)
{
    return (struct outcome){.status = "refused", .why = why};
}

/* What would raise for a caller is an answer for a row: others stand behind it. */
static struct outcome outcome_of(struct idp_call *call, struct idp_bytes csr,
                                 struct idp_bytes profile_name, bool is_approved)
{
    idp_keys_lock(call, true); /* before it is asked whether the authority signs */
    const struct idp_profile *profile = idp_profile_find(call, profile_name);
    struct outcome outcome = {.issue = {.csr = csr, .profile = profile_name}};
    if (profile == NULL) {
        return refused("profile");
    }
    if (!idp_ca_signs(call, profile->ca)) {
        return refused("authority");
    }
    outcome.why = idp_issue_prepare(call, &outcome.issue);
    if (outcome.why == NULL && profile->needs_approval && !is_approved) {
        outcome.status = "pending";
        return outcome;
    }
    if (outcome.why == NULL) {
        outcome.why = idp_issue_sign(call, &outcome.issue);
    }
    outcome.status = outcome.why == NULL ? "issued" : "refused";
    return outcome;
}

static struct idp_json *told(struct idp_call *call, const struct outcome *outcome)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_issue *issue = &outcome->issue;
    idp_json_add_c(call, answer, "status", outcome->status);
    if (outcome->why != NULL) {
        idp_json_add(answer, "reasons", idp_json_words(call, outcome->why));
    }
    if (issue->certificate.data != NULL) {
        idp_json_add_string(call, answer, "certificate",
                            idp_pem_of(call, issue->certificate, "CERTIFICATE"));
        idp_json_add_string(call, answer, "chain", issue->chain);
        idp_json_add_string(call, answer, "serial", issue->serial);
    }
    return answer;
}

/* ---- rows ---- */

enum { ROW_COUNT = 12 };

/* As RECORD and INSERT begin. */
static void row_fill(struct idp_call *call, struct idp_bytes id, const struct outcome *outcome,
                     struct idp_value row[ROW_COUNT])
{
    const struct idp_json *answer = told(call, outcome);
    const struct idp_json *reasons = idp_json_member(answer, "reasons");
    struct idp_value now = idp_value_time(idp_now_us(call));
    bool is_decided = !idp_bytes_is(idp_json_string(answer, "status"), "pending");
    row[0] = idp_value_text(idp_tenant(call));
    row[1] = idp_value_text(id);
    row[2] = idp_value_text(idp_json_string(answer, "status"));
    row[3] = reasons == NULL ? idp_null() : idp_value_json_text(idp_json_text(call, reasons));
    row[4] = idp_value_text(idp_json_string(answer, "certificate"));
    row[5] = idp_value_text(idp_json_string(answer, "chain"));
    row[6] = idp_value_text(idp_json_string(answer, "serial"));
    row[7] = is_decided ? now : idp_null();
    row[8] = now;
}

/* What comes of a row of this status; status NULL: of none, somebody else was first. */
static struct outcome row_decide(struct idp_call *call, struct idp_bytes id, const char *status,
                                 bool is_denied)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_text(idp_bytes_of(status))};
    const struct idp_value *claimed =
        idp_run_one(call, &idp_certificate_request_statements[CLAIM], key);
    if (claimed == NULL) {
        return (struct outcome){.status = NULL};
    }
    struct outcome outcome = is_denied ? refused("denied")
                                       : outcome_of(call, idp_text_of(claimed[0]),
                                                    idp_text_of(claimed[1]), status[0] == 'p');
    struct idp_value row[ROW_COUNT];
    row_fill(call, id, &outcome, row);
    idp_run(call, &idp_certificate_request_statements[RECORD], row);
    return outcome;
}

static struct idp_json *row_told(struct idp_call *call, const struct idp_value *row)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "request_id", idp_text_of(row[0]));
    idp_json_add_string(call, answer, "status", idp_text_of(row[1]));
    if (row[2].kind != 0) {
        idp_json_add_shared(call, answer, "reasons", idp_json_argument(call, row[2], "reasons"));
    }
    idp_json_add_string(call, answer, "certificate", idp_text_of(row[3]));
    idp_json_add_string(call, answer, "chain", idp_text_of(row[4]));
    idp_json_add_string(call, answer, "serial", idp_text_of(row[5]));
    return answer;
}

struct idp_json *idp_certificate_request(struct idp_call *call, struct idp_bytes csr,
                                         struct idp_bytes profile)
{
    struct idp_value row[ROW_COUNT];
    struct idp_bytes digest = idp_sha256(call, csr);
    profile = profile.data == NULL ? idp_bytes_of("identity") : profile;
    struct idp_value same[] = {
        idp_value_text(idp_tenant(call)), idp_value_blob(digest), idp_value_text(profile),
        idp_value_json_text(idp_bytes_of("[\"denied\"]")), idp_value_time(idp_now_us(call))};
    call->host->begin(call);
    const struct idp_value *before =
        idp_run_one(call, &idp_certificate_request_statements[SAME], same);
    if (before != NULL) {
        return row_told(call, before);
    }
    struct outcome outcome = outcome_of(call, csr, profile, false);
    row_fill(call, idp_uuid(call), &outcome, row);
    row[9] = idp_value_text(csr);
    row[10] = idp_value_text(profile);
    row[11] = idp_value_blob(digest);
    idp_run(call, &idp_certificate_request_statements[INSERT], row);
    return row_told(call, idp_run_row(call, &idp_certificate_request_statements[FIND], row));
}

/* ---- SQL ---- */

/* certificate_request_step(csr, profile) → what the row is to be */
struct idp_value idp_sql_certificate_request_step(struct idp_call *call,
                                                  const struct idp_value *arguments)
{
    struct outcome outcome = outcome_of(call, arguments[0].bytes, idp_text_of(arguments[1]), false);
    struct idp_json *answer = told(call, &outcome);
    idp_json_add_string(call, answer, "at", idp_time_text(call, idp_now_us(call)));
    return idp_value_json(answer);
}

/* request_certificate(csr, profile) → what came of it, also where it is asked for again */
struct idp_value idp_sql_request_certificate(struct idp_call *call,
                                             const struct idp_value *arguments)
{
    idp_check_text(call, arguments[0], "csr", 2 * IDP_CSR_SIZE_MAX);
    return idp_value_json(
        idp_certificate_request(call, arguments[0].bytes, idp_text_of(arguments[1])));
}

/* sign_pending(max) → how many came to which end */
struct idp_value idp_sql_sign_pending(struct idp_call *call, const struct idp_value *arguments)
{
    static const char *const ends[] = {"issued", "refused", "pending"};
    int64_t most = arguments[0].integer, counts[IDP_COUNT(ends)] = {0};
    if (most < 1 || most > SIGNED_COUNT_MAX) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument max must be from 1 to %d.",
                      SIGNED_COUNT_MAX);
    }
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_integer(most)};
    call->host->begin(call);
    struct idp_rows rows = idp_run(call, &idp_certificate_request_statements[NEW], key);
    for (size_t i = 0; i < rows.count; i++) {
        struct outcome outcome = row_decide(call, idp_text_of(rows.values[i]), "new", false);
        for (size_t j = 0; j < IDP_COUNT(ends) && outcome.status != NULL; j++) {
            counts[j] += strcmp(outcome.status, ends[j]) == 0 ? 1 : 0;
        }
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t j = 0; j < IDP_COUNT(ends); j++) {
        idp_json_add_integer(call, answer, ends[j], counts[j]);
    }
    return idp_value_json(answer);
}

/* decide_certificate_request(request_id, decision) → what it is then; NULL: there is none */
struct idp_value idp_sql_decide_certificate_request(struct idp_call *call,
                                                    const struct idp_value *arguments)
{
    struct idp_bytes id = arguments[0].bytes, decision = arguments[1].bytes;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(id)};
    bool is_denied = idp_bytes_is(decision, "deny");
    if (!is_denied && !idp_bytes_is(decision, "approve")) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument decision is approve or deny.");
    }
    call->host->begin(call);
    bool is_changed = row_decide(call, id, "pending", is_denied).status != NULL;
    const struct idp_value *row = idp_run_one(call, &idp_certificate_request_statements[FIND], key);
    if (row == NULL) {
        return idp_null();
    }
    struct idp_json *answer = row_told(call, row);
    idp_json_add_bool(call, answer, "changed", is_changed);
    return idp_value_json(answer);
}
