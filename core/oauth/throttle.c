/* SPDX-License-Identifier: Apache-2.0 */
/* throttle.c - makes guessing user codes hopeless (RFC 8628 §5.1).
 *
 * An attempt is taken before anything is looked up and given back when the code was real: however
 * many guesses run at once, a subject has no more than its limit. Source and tenant are counted
 * from rows that are only inserted, so that strangers never wait for one another. */
#include "core/oauth/device.h"

enum {
    ATTEMPT_TAKE,
    ATTEMPT_RETURN,
    ATTEMPT_RESET,
    ATTEMPT_INSERT,
    ATTEMPT_BY_SOURCE,
    ATTEMPT_ALL,
    CODES_LIVE
};

enum { ATTEMPT_ID_SIZE = 12 };

const struct idp_statement idp_throttle_statements[] = {
    [ATTEMPT_TAKE] =
        {"INSERT INTO idplane.subject_attempt (tenant, subject, window_ends_at, failure_count)"
         " VALUES ($1, $2, $4, 1)"
         " ON CONFLICT (tenant, subject) DO UPDATE SET"
         " failure_count = CASE WHEN idplane.subject_attempt.window_ends_at <= $3 THEN 1"
         " ELSE idplane.subject_attempt.failure_count + 1 END,"
         " window_ends_at = CASE WHEN idplane.subject_attempt.window_ends_at <= $3"
         " THEN excluded.window_ends_at ELSE idplane.subject_attempt.window_ends_at END"
         " WHERE idplane.subject_attempt.window_ends_at <= $3"
         " OR idplane.subject_attempt.failure_count < $5"
         " RETURNING failure_count",
         "ttzzi", "i"},
    [ATTEMPT_RETURN] = {"UPDATE idplane.subject_attempt SET failure_count = failure_count - 1"
                        " WHERE tenant = $1 AND subject = $2 AND failure_count > 0",
                        "tt", ""},
    [ATTEMPT_RESET] = {"DELETE FROM idplane.subject_attempt WHERE tenant = $1 AND subject = $2",
                       "tt", ""},
    [ATTEMPT_INSERT] = {"INSERT INTO idplane.attempt (tenant, attempt_id, attempted_at, source)"
                        " VALUES ($1, $2, $3, $4)",
                        "ttzt", ""},
    [ATTEMPT_BY_SOURCE] =
        {"SELECT count(*) FROM (SELECT 1 AS one FROM idplane.attempt"
         " WHERE tenant = $1 AND source = $2 AND attempted_at > $3 LIMIT $4) counted",
         "ttzi", "i"},
    [ATTEMPT_ALL] = {"SELECT count(*) FROM (SELECT 1 AS one FROM idplane.attempt"
                     " WHERE tenant = $1 AND attempted_at > $2 LIMIT $3) counted",
                     "tzi", "i"},
    [CODES_LIVE] =
        {"SELECT count(*) FROM (SELECT 1 AS one FROM idplane.device_code"
         " WHERE tenant = $1 AND expires_at > $2 AND state = 'pending' LIMIT $3) counted",
         "tzi", "i"},
};
const size_t idp_throttle_statement_count = IDP_COUNT(idp_throttle_statements);

static bool source_within(struct idp_call *call, const struct idp_settings *settings,
                          struct idp_bytes source, int64_t since_us)
{
    if (source.data == NULL) {
        return true;
    }
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(source),
                                    idp_value_time(since_us),
                                    idp_value_integer(settings->source_attempts_max)};
    const struct idp_value *row =
        idp_run_row(call, &idp_throttle_statements[ATTEMPT_BY_SOURCE], arguments);
    return row[0].integer < settings->source_attempts_max;
}

static bool everyone_within(struct idp_call *call, const struct idp_settings *settings,
                            int64_t since_us)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_time(since_us),
                                    idp_value_integer(settings->global_attempts_max)};
    const struct idp_value *row =
        idp_run_row(call, &idp_throttle_statements[ATTEMPT_ALL], arguments);
    return row[0].integer < settings->global_attempts_max;
}

static bool subject_take(struct idp_call *call, const struct idp_settings *settings,
                         struct idp_bytes subject, int64_t window_us)
{
    int64_t now_us = idp_now_us(call);
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(subject),
                                    idp_value_time(now_us), idp_value_time(now_us + window_us),
                                    idp_value_integer(settings->subject_attempts_max)};
    return idp_run_one(call, &idp_throttle_statements[ATTEMPT_TAKE], arguments) != NULL;
}

bool idp_throttle_enter(struct idp_call *call, const struct idp_settings *settings,
                        struct idp_bytes subject, struct idp_bytes source)
{
    int64_t window_us = settings->attempt_window_s * 1000000;
    int64_t since_us = idp_now_us(call) - window_us;
    return source_within(call, settings, idp_source_counted(call, source), since_us) &&
           everyone_within(call, settings, since_us) &&
           subject_take(call, settings, subject, window_us);
}

void idp_throttle_wrong(struct idp_call *call, struct idp_bytes source)
{
    struct idp_value arguments[] = {
        idp_value_text(idp_tenant(call)), idp_value_text(idp_random_text(call, ATTEMPT_ID_SIZE)),
        idp_value_time(idp_now_us(call)), idp_value_text(idp_source_counted(call, source))};
    idp_run(call, &idp_throttle_statements[ATTEMPT_INSERT], arguments);
}

static void run_for_subject(struct idp_call *call, size_t statement, struct idp_bytes subject)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(subject)};
    idp_run(call, &idp_throttle_statements[statement], arguments);
}

void idp_throttle_right(struct idp_call *call, struct idp_bytes subject)
{
    run_for_subject(call, ATTEMPT_RETURN, subject);
}

void idp_throttle_reset(struct idp_call *call, struct idp_bytes subject)
{
    run_for_subject(call, ATTEMPT_RESET, subject);
}

bool idp_codes_are_many(struct idp_call *call)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)),
                                    idp_value_time(idp_now_us(call)),
                                    idp_value_integer(IDP_LIVE_CODES_EASY + 1)};
    const struct idp_value *row =
        idp_run_row(call, &idp_throttle_statements[CODES_LIVE], arguments);
    return row[0].integer > IDP_LIVE_CODES_EASY;
}
