/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - devices that came, one row for each key of a maker: it survives that their
 * certificates are renewed, and holds what was given to them for good. */
#include "core/oauth/oauth.h"
#include "core/provisioning/session.h"

enum {
    NOTE,
    BIND,
    ASK,
    FIND,
    HELD,
    OF_SESSION,
    OF_DEVICE,
    OTHERS,
    YIELD,
    LEAVE,
    STRIP,
    HOLD,
    NAME,
    RELEASE,
    PASS_ON,
    END,
    HUB,
    GRANT,
    SERIAL,
    OWNER,
    CLAIM,
    COMPLETE,
    CLOCK,
    FAIL,
    FORGET,
    FORGET_OTHER
};

#define COLUMNS                                                                                    \
    "registration_id, enrollment_id, approval, device, owner, hub_id, grant_id, serial,"           \
    " tpm_clock, failure_count, window_ends_at, completed_at, claim_grant_id,"                     \
    " bound_at, other_enrollment_id, other_approval"
#define KINDS "ttttttttjizztztt"

/* The enrollment that a record has goes on to decide of it. */
#define STAYS                                                                                      \
    "(idplane.provisioning_record.device IS NOT NULL"                                              \
    " OR idplane.provisioning_record.bound_at IS NOT NULL"                                         \
    " OR (idplane.provisioning_record.approval <> 'free' AND EXISTS (SELECT 1"                     \
    " FROM idplane.enrollment e WHERE e.tenant = $1"                                               \
    " AND e.enrollment_id = idplane.provisioning_record.enrollment_id)))"

/* The device has its identity by another enrollment than $3; that of a symmetric key ($6) is gone.
 */
#define IS_ELSEWHERE "device IS NOT NULL AND enrollment_id <> $3 AND NOT $6"
/* Somebody let it in there before it came. */
#define OTHER_STAYS "other_approval = 'approved' AND other_enrollment_id <> $3"

#define SET(column)                                                                                \
    {                                                                                              \
        "UPDATE idplane.provisioning_record SET " column " = $3, changed_at = $4"                  \
        " WHERE tenant = $1 AND registration_id = $2",                                             \
            "tttz", ""                                                                             \
    }

const struct idp_statement idp_record_statements[] = {
    /* Who was denied stays so; who was approved need not ask again. Nothing is proven yet, so what
     * was proven, or decided of it, stays of the enrollment that it has. */
    [NOTE] = {"INSERT INTO idplane.provisioning_record (tenant, registration_id, enrollment_id,"
              " approval, subject, failure_count, window_ends_at, created_at, changed_at)"
              " VALUES ($1, $2, $3, $4, $5, 0, $6, $6, $6)"
              " ON CONFLICT (tenant, registration_id) DO UPDATE SET"
              " enrollment_id = CASE WHEN " STAYS
              " THEN idplane.provisioning_record.enrollment_id ELSE excluded.enrollment_id END,"
              " subject = excluded.subject,"
              " changed_at = excluded.changed_at,"
              " approval = CASE WHEN idplane.provisioning_record.approval = 'denied'"
              " OR CASE WHEN idplane.provisioning_record.enrollment_id <> $3 THEN " STAYS
              " ELSE idplane.provisioning_record.approval = 'approved' END"
              " THEN idplane.provisioning_record.approval ELSE excluded.approval END"
              " RETURNING " COLUMNS,
              "tttttz", KINDS},
    /* What was decided is of the one enrollment. What gave a device its identity goes on to decide
     * of it: another one at which it proves itself is noted beside that. $6: others may not have
     * it. */
    [BIND] = {"UPDATE idplane.provisioning_record SET bound_at = $5,"
              " enrollment_id = CASE WHEN " IS_ELSEWHERE " THEN enrollment_id ELSE $3 END,"
              " approval = CASE WHEN enrollment_id = $3 OR approval = 'denied'"
              " OR (" IS_ELSEWHERE ") THEN approval"
              " WHEN other_enrollment_id = $3 THEN other_approval ELSE $4 END,"
              " other_enrollment_id = CASE WHEN " IS_ELSEWHERE " THEN $3"
              " WHEN " OTHER_STAYS " THEN other_enrollment_id END,"
              " other_approval = CASE WHEN " IS_ELSEWHERE " AND other_enrollment_id = $3"
              " THEN other_approval WHEN " IS_ELSEWHERE " THEN $4"
              " WHEN " OTHER_STAYS " THEN other_approval END"
              " WHERE tenant = $1 AND registration_id = $2 AND (NOT $6"
              " OR enrollment_id = $3"
              " OR (device IS NULL AND bound_at IS NULL AND approval <> 'approved')"
              " OR NOT EXISTS (SELECT 1 FROM idplane.enrollment e WHERE e.tenant = $1"
              " AND e.enrollment_id = idplane.provisioning_record.enrollment_id))"
              " RETURNING " COLUMNS,
              "ttttzb", KINDS},
    /* Where it is not noted yet that somebody is asked: it was free until now. */
    [ASK] = {"UPDATE idplane.provisioning_record SET changed_at = $4,"
             " approval = CASE WHEN enrollment_id = $3 THEN 'pending' ELSE approval END,"
             " other_enrollment_id = CASE WHEN enrollment_id = $3 THEN other_enrollment_id"
             " ELSE $3 END,"
             " other_approval = CASE WHEN enrollment_id = $3 THEN other_approval"
             " ELSE 'pending' END"
             " WHERE tenant = $1 AND registration_id = $2 AND approval <> 'denied'"
             " AND (enrollment_id = $3 OR other_approval IS NULL OR other_approval <> 'approved')",
             "tttz", ""},
    [FIND] = {"SELECT " COLUMNS " FROM idplane.provisioning_record"
              " WHERE tenant = $1 AND registration_id = $2",
              "tt", KINDS},
    /* These change nothing: who decides of a device, takes a step of it, or ends it, is alone with
     * it. */
    [HELD] = {"UPDATE idplane.provisioning_record SET failure_count = failure_count"
              " WHERE tenant = $1 AND registration_id = $2 RETURNING " COLUMNS,
              "tt", KINDS},
    [OF_SESSION] = {"UPDATE idplane.provisioning_record SET failure_count = failure_count"
                    " WHERE tenant = $1 AND registration_id = (SELECT s.registration_id"
                    " FROM idplane.provisioning_session s WHERE s.tenant = $1"
                    " AND s.session_digest = $2) RETURNING " COLUMNS,
                    "tx", KINDS},
    [OF_DEVICE] = {"UPDATE idplane.provisioning_record SET failure_count = failure_count"
                   " WHERE tenant = $1 AND device = $2 RETURNING " COLUMNS,
                   "tt", KINDS},
    /* Others that have the id, and never used what they got. */
    [OTHERS] = {"SELECT " COLUMNS " FROM idplane.provisioning_record"
                " WHERE tenant = $1 AND device = $3 AND registration_id <> $2"
                " AND serial IS NOT NULL AND grant_id IS NULL",
                "ttt", KINDS},
    [YIELD] = {"UPDATE idplane.provisioning_record SET device = NULL, owner = NULL, hub_id = NULL,"
               " claim_grant_id = NULL, serial = NULL, changed_at = $3 WHERE tenant = $1 AND "
               "registration_id = $2 AND serial = $4 AND grant_id IS NULL",
               "ttzt", ""},
    [LEAVE] = {"UPDATE idplane.provisioning_record SET grant_id = NULL,"
               " owner = CASE WHEN $3 THEN owner END,"
               " claim_grant_id = CASE WHEN $3 THEN claim_grant_id END"
               " WHERE tenant = $1 AND registration_id = $2",
               "ttb", ""},
    [STRIP] = {"UPDATE idplane.provisioning_record SET device = NULL, owner = NULL, hub_id = NULL,"
               " grant_id = NULL, claim_grant_id = NULL, serial = NULL, completed_at = NULL"
               " WHERE tenant = $1 AND registration_id = $2 RETURNING " COLUMNS,
               "tt", KINDS},
    /* Whom tokens are about is no device, unless it is this one: those of devices name it. */
    [HOLD] = {"INSERT INTO idplane.device_holder (tenant, device, kind, registration_id, is_named)"
              " SELECT $1, $3, 'device', $2, false"
              " WHERE EXISTS (SELECT 1 FROM idplane.device_holder h WHERE h.tenant = $1"
              " AND h.device = $3 AND h.registration_id = $2)"
              " OR (NOT EXISTS (SELECT 1 FROM idplane.subject s WHERE s.tenant = $1"
              " AND s.subject = $3)"
              " AND NOT EXISTS (SELECT 1 FROM idplane.authorization_grant g WHERE g.tenant = $1"
              " AND g.subject = $3 AND g.grant_type <> 'provisioning'))"
              " ON CONFLICT (tenant, device) DO UPDATE SET"
              " registration_id = excluded.registration_id"
              " WHERE idplane.device_holder.registration_id = excluded.registration_id",
              "ttt", ""},
    [NAME] = {"UPDATE idplane.provisioning_record SET device = $3, changed_at = $4,"
              " enrollment_id = $5,"
              " approval = CASE WHEN enrollment_id = $5 AND approval <> 'pending' THEN approval"
              " WHEN other_enrollment_id = $5 AND other_approval <> 'pending' THEN other_approval"
              " ELSE 'free' END,"
              " completed_at = CASE WHEN enrollment_id = $5 THEN completed_at END,"
              " other_enrollment_id = CASE WHEN other_enrollment_id <> $5"
              " THEN other_enrollment_id END,"
              " other_approval = CASE WHEN other_enrollment_id <> $5 THEN other_approval END"
              " WHERE tenant = $1 AND registration_id = $2 AND (device IS NULL OR device = $3)",
              "tttzt", ""},
    /* What a rule is about stays that of the one device, unless that was never seen with it. */
    [RELEASE] = {"DELETE FROM idplane.device_holder WHERE tenant = $1 AND registration_id = $2"
                 " AND NOT is_named",
                 "tt", ""},
    [PASS_ON] = {"UPDATE idplane.device_holder SET registration_id = $2"
                 " WHERE tenant = $1 AND device = $3 AND registration_id = $4",
                 "tttt", ""},
    /* What it had is over; it may come back where somebody approves it. */
    [END] = {"UPDATE idplane.provisioning_record SET device = NULL, owner = NULL, hub_id = NULL,"
             " grant_id = NULL, claim_grant_id = NULL, serial = NULL, completed_at = NULL, "
             "bound_at = NULL, other_enrollment_id = NULL, other_approval = NULL,"
             " approval = 'denied', changed_at = $3 WHERE tenant = $1 AND registration_id = $2",
             "ttz", ""},
    [HUB] = SET("hub_id"),
    [GRANT] = SET("grant_id"),
    [SERIAL] = SET("serial"),
    [OWNER] = SET("owner"),
    [CLAIM] = SET("claim_grant_id"),
    [COMPLETE] = {"UPDATE idplane.provisioning_record SET completed_at = $3"
                  " WHERE tenant = $1 AND registration_id = $2 AND completed_at IS NULL",
                  "ttz", ""},
    [CLOCK] = {"UPDATE idplane.provisioning_record SET tpm_clock = $3"
               " WHERE tenant = $1 AND registration_id = $2",
               "ttj", ""},
    [FAIL] = {"UPDATE idplane.provisioning_record SET"
              " failure_count = CASE WHEN window_ends_at <= $3 THEN 1 ELSE failure_count + 1 END,"
              " window_ends_at = CASE WHEN window_ends_at <= $3 THEN $4 ELSE window_ends_at END"
              " WHERE tenant = $1 AND registration_id = $2",
              "ttzz", ""},
    /* Who was denied stays so. */
    [FORGET] = {"UPDATE idplane.provisioning_record SET approval = 'free' WHERE tenant = $1"
                " AND enrollment_id = $2 AND approval IN ('pending', 'approved')",
                "tt", ""},
    [FORGET_OTHER] = {"UPDATE idplane.provisioning_record SET other_enrollment_id = NULL,"
                      " other_approval = NULL WHERE tenant = $1 AND other_enrollment_id = $2",
                      "tt", ""},
};
const size_t idp_record_statement_count = IDP_COUNT(idp_record_statements);

static struct idp_record record_of(struct idp_call *call, const struct idp_value *row)
{
    return (struct idp_record){
        .id = idp_text_of(row[0]),
        .enrollment_id = idp_text_of(row[1]),
        .approval = idp_text_of(row[2]),
        .device = idp_text_of(row[3]),
        .owner = idp_text_of(row[4]),
        .hub_id = idp_text_of(row[5]),
        .grant_id = idp_text_of(row[6]),
        .serial = idp_text_of(row[7]),
        .tpm_clock = idp_json_argument(call, row[8], "tpm_clock"),
        .failure_count = idp_integer_of(row[9]),
        .window_ends_at_us = idp_integer_of(row[10]),
        .is_completed = row[11].kind != 0,
        .claim_grant_id = idp_text_of(row[12]),
        .is_bound = row[13].kind != 0,
        .other_enrollment_id = idp_text_of(row[14]),
        .other_approval = idp_text_of(row[15]),
    };
}

static struct idp_value approval_of(const struct idp_enrollment *enrollment)
{
    bool is_asked = idp_json_is_true(enrollment->document, "approval");
    return idp_value_text(idp_bytes_of(is_asked ? "pending" : "free"));
}

struct idp_record idp_record_note(struct idp_call *call, struct idp_bytes id,
                                  const struct idp_enrollment *enrollment, struct idp_bytes subject)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_text(enrollment->id),   approval_of(enrollment),
                              idp_value_text(subject),          idp_value_time(idp_now_us(call))};
    return record_of(call, idp_run_row(call, &idp_record_statements[NOTE], row));
}

static void tokens_end(struct idp_call *call, const struct idp_record *record)
{
    idp_device_token_end(call, record->grant_id);
    idp_device_token_end(call, record->claim_grant_id);
}

void idp_record_leave(struct idp_call *call, const struct idp_record *record, bool is_claimed)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(record->id),
                              idp_value_bool(is_claimed)};
    tokens_end(call, record);
    idp_run(call, &idp_record_statements[LEAVE], row);
}

/* Another symmetric key is another device: what the one before had is over. */
static struct idp_record device_end(struct idp_call *call, const struct idp_record *former)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(former->id)};
    (void)idp_revoke_device(call, former->device, idp_bytes_of("cessationOfOperation"));
    tokens_end(call, former);
    idp_run(call, &idp_record_statements[RELEASE], key);
    return record_of(call, idp_run_row(call, &idp_record_statements[STRIP], key));
}

bool idp_record_bind(struct idp_call *call, const struct idp_enrollment *enrollment,
                     struct idp_record *record)
{
    struct idp_record former = *record;
    bool is_of_one = idp_json_member(enrollment->document, "symmetric_key") != NULL;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(record->id),
                              idp_value_text(enrollment->id),   approval_of(enrollment),
                              idp_value_time(idp_now_us(call)), idp_value_bool(is_of_one)};
    const struct idp_value *row = idp_run_one(call, &idp_record_statements[BIND], key);
    if (row == NULL) {
        return false;
    }
    *record = record_of(call, row);
    if (former.device.data != NULL &&
        !idp_bytes_equal(former.enrollment_id, record->enrollment_id)) {
        *record = device_end(call, &former);
    }
    return true;
}

bool idp_record_approval_is(const struct idp_record *record, struct idp_bytes enrollment_id,
                            const char *approval)
{
    return (idp_bytes_equal(record->enrollment_id, enrollment_id) &&
            idp_bytes_is(record->approval, approval)) ||
           (idp_bytes_equal(record->other_enrollment_id, enrollment_id) &&
            idp_bytes_is(record->other_approval, approval));
}

void idp_record_ask(struct idp_call *call, const struct idp_record *record,
                    struct idp_bytes enrollment_id)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(record->id),
                              idp_value_text(enrollment_id), idp_value_time(idp_now_us(call))};
    if (!idp_record_approval_is(record, enrollment_id, "pending")) {
        idp_run(call, &idp_record_statements[ASK], row);
    }
}

void idp_records_forget(struct idp_call *call, struct idp_bytes enrollment_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(enrollment_id)};
    idp_run(call, &idp_record_statements[FORGET_OTHER], key); /* it may move meanwhile */
    idp_run(call, &idp_record_statements[FORGET], key);
}

static bool find_by(struct idp_call *call, size_t statement, struct idp_value value,
                    struct idp_record *out)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), value};
    const struct idp_value *row = idp_run_one(call, &idp_record_statements[statement], key);
    if (row != NULL) {
        *out = record_of(call, row);
    }
    return row != NULL;
}

bool idp_record_find(struct idp_call *call, struct idp_bytes id, struct idp_record *out)
{
    return find_by(call, FIND, idp_value_text(id), out);
}

bool idp_record_hold(struct idp_call *call, struct idp_bytes id, struct idp_record *out)
{
    call->host->begin(call);
    return find_by(call, HELD, idp_value_text(id), out);
}

bool idp_record_of_session(struct idp_call *call, struct idp_bytes digest, struct idp_record *out)
{
    call->host->begin(call);
    return find_by(call, OF_SESSION, idp_value_blob(digest), out);
}

bool idp_record_of_device(struct idp_call *call, struct idp_bytes device, struct idp_record *out)
{
    call->host->begin(call);
    return find_by(call, OF_DEVICE, idp_value_text(device), out);
}

/* Who let the time pass in which its certificate had to be used has the id no more. Where it is
 * used in this moment after all it keeps the name, and nothing is issued here. */
static void lapsed_yield(struct idp_call *call, const struct idp_value *row)
{
    struct idp_rows rows = idp_run(call, &idp_record_statements[OTHERS], row);
    for (size_t i = 0; i < rows.count; i++) {
        struct idp_record other = record_of(call, rows.values + i * rows.columns);
        struct idp_value key[] = {row[0], idp_value_text(other.id), row[3],
                                  idp_value_text(other.serial)};
        struct idp_value heir[] = {row[0], row[1], row[2], key[1]};
        if (idp_activation_has_lapsed(call, other.serial) &&
            idp_run(call, &idp_record_statements[YIELD], key).affected == 1) {
            idp_device_token_end(call, other.claim_grant_id);
            idp_run(call, &idp_record_statements[RELEASE], key);
            idp_run(call, &idp_record_statements[PASS_ON], heir);
        }
    }
}

bool idp_record_name(struct idp_call *call, struct idp_bytes id, struct idp_bytes device,
                     struct idp_bytes enrollment_id)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_text(device), idp_value_time(idp_now_us(call)),
                              idp_value_text(enrollment_id)};
    lapsed_yield(call, row);
    return idp_run(call, &idp_record_statements[HOLD], row).affected == 1 &&
           idp_run(call, &idp_record_statements[NAME], row).affected == 1;
}

void idp_record_end(struct idp_call *call, struct idp_bytes id)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_time(idp_now_us(call))};
    idp_run(call, &idp_record_statements[RELEASE], row);
    idp_run(call, &idp_record_statements[END], row);
}

void idp_record_set(struct idp_call *call, struct idp_bytes id, enum idp_record_member member,
                    struct idp_bytes value)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_text(value), idp_value_time(idp_now_us(call))};
    idp_run(call, &idp_record_statements[HUB + (int)member], row);
}

void idp_record_complete(struct idp_call *call, struct idp_bytes id)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_time(idp_now_us(call))};
    idp_run(call, &idp_record_statements[COMPLETE], row);
}

void idp_record_clock(struct idp_call *call, struct idp_bytes id, const struct idp_json *clock)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_json_text(idp_json_text(call, clock))};
    idp_run(call, &idp_record_statements[CLOCK], row);
}

void idp_record_fail(struct idp_call *call, struct idp_bytes id)
{
    int64_t window_us = idp_settings_load(call).attempt_window_s * IDP_SECOND_US;
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_time(idp_now_us(call)),
                              idp_value_time(idp_now_us(call) + window_us)};
    idp_run(call, &idp_record_statements[FAIL], row);
}

int64_t idp_record_wait_s(struct idp_call *call, const struct idp_record *record)
{
    int64_t left_us = record->window_ends_at_us - idp_now_us(call);
    bool is_over =
        left_us <= 0 || record->failure_count < idp_settings_load(call).subject_attempts_max;
    return is_over ? 0 : (left_us + IDP_SECOND_US - 1) / IDP_SECOND_US;
}
