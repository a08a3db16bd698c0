/* SPDX-License-Identifier: Apache-2.0 */
/* guard.c - limits for what an address sends over HTTP: unknown device codes and devices, wrong
 * credentials of a client, and clients that register with nobody's leave.
 *
 * All are rows that are only inserted, up to the limit of their address in a window, so that
 * nobody queues behind them and nobody fills the table. A device code that is known is never
 * refused. Credentials are: above the limit not even the right ones are looked at. So that clients
 * nobody guesses at pay no statement for it, a client is watched only once an address has reached
 * the limit; its row, which is read anyway, says until when. */
#include "core/oauth/oauth.h"

enum { FAILURE_INSERT, FAILURE_COUNT, CLIENT_WATCH };

enum { FAILURE_ID_SIZE = 12 };

#define KIND_DEVICE_CODE "device_code"
#define KIND_CLIENT "client"
#define KIND_REGISTRATION "registration"
#define KIND_DEVICE "device"
#define KIND_REFUSAL "refusal"

const struct idp_statement idp_guard_statements[] = {
    [FAILURE_INSERT] = {"INSERT INTO idplane.failure (tenant, failure_id, failed_at, kind,"
                        " client_id, source) VALUES ($1, $2, $3, $4, $5, $6)",
                        "ttzttt", ""},
    [FAILURE_COUNT] = {"SELECT count(*) FROM (SELECT 1 AS one FROM idplane.failure"
                       " WHERE tenant = $1 AND source = $2 AND kind = $3 AND client_id = $4"
                       " AND failed_at > $5 LIMIT $6) counted",
                       "ttttzi", "i"},
    /* For two windows, and not again before one has gone: a write for each window at most. */
    [CLIENT_WATCH] = {"UPDATE idplane.client SET watched_until = $4"
                      " WHERE tenant = $1 AND client_id = $2"
                      " AND (watched_until IS NULL OR watched_until < $3)",
                      "ttzz", ""},
};
const size_t idp_guard_statement_count = IDP_COUNT(idp_guard_statements);

static int64_t attempt_count(struct idp_call *call, const struct idp_settings *settings,
                             const char *kind, struct idp_bytes client_id, int64_t count_max)
{
    int64_t since_us = idp_now_us(call) - settings->attempt_window_s * 1000000;
    struct idp_value arguments[] = {
        idp_value_text(idp_tenant(call)),   idp_value_text(idp_source_counted(call, call->source)),
        idp_value_text(idp_bytes_of(kind)), idp_value_text(client_id),
        idp_value_time(since_us),           idp_value_integer(count_max),
    };
    return idp_run_row(call, &idp_guard_statements[FAILURE_COUNT], arguments)[0].integer;
}

static void attempt_insert(struct idp_call *call, const char *kind, struct idp_bytes client_id)
{
    struct idp_value arguments[] = {
        idp_value_text(idp_tenant(call)), idp_value_text(idp_random_text(call, FAILURE_ID_SIZE)),
        idp_value_time(idp_now_us(call)), idp_value_text(idp_bytes_of(kind)),
        idp_value_text(client_id),        idp_value_text(idp_source_counted(call, call->source))};
    idp_run(call, &idp_guard_statements[FAILURE_INSERT], arguments);
}

static void note_guess(struct idp_call *call, const struct idp_settings *settings, const char *kind,
                       struct idp_bytes client_id)
{
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, details, "guess", kind);
    idp_audit_event(call, settings, IDP_AUDIT_GUESSED, client_id, (struct idp_bytes){0}, details);
}

/* One attempt more of the address, where it may have one; of whom no address is known, any. */
static bool take(struct idp_call *call, const struct idp_settings *settings, const char *kind,
                 int64_t count_max)
{
    struct idp_bytes nobody = {"", 0};
    bool is_known = call->source.data != NULL;
    if (is_known && attempt_count(call, settings, kind, nobody, count_max) >= count_max) {
        return false;
    }
    if (is_known) {
        call->host->begin(call);
        attempt_insert(call, kind, nobody);
    }
    return true;
}

bool idp_guard_device_code(struct idp_call *call, const struct idp_settings *settings,
                           struct idp_bytes client_id)
{
    bool is_taken = take(call, settings, KIND_DEVICE_CODE, settings->unknown_codes_max);
    if (is_taken && call->source.data != NULL) {
        note_guess(call, settings, KIND_DEVICE_CODE, client_id);
    }
    return is_taken;
}

bool idp_guard_registration(struct idp_call *call, const struct idp_settings *settings)
{
    return take(call, settings, KIND_REGISTRATION, settings->registrations_max);
}

bool idp_guard_device(struct idp_call *call)
{
    struct idp_settings settings = idp_settings_load(call);
    return take(call, &settings, KIND_DEVICE, settings.unknown_codes_max);
}

bool idp_guard_refusal(struct idp_call *call)
{
    struct idp_settings settings = idp_settings_load(call);
    return take(call, &settings, KIND_REFUSAL, settings.unknown_codes_max);
}

bool idp_guard_device_has_room(struct idp_call *call)
{
    if (call->source.data == NULL) {
        return true;
    }
    struct idp_settings settings = idp_settings_load(call);
    struct idp_bytes nobody = {"", 0};
    int64_t count_max = settings.unknown_codes_max;
    return attempt_count(call, &settings, KIND_DEVICE, nobody, count_max) < count_max;
}

bool idp_guard_client(struct idp_call *call, const struct idp_client *client)
{
    if (call->source.data == NULL || client->watched_until_us <= idp_now_us(call)) {
        return true;
    }
    struct idp_settings settings = idp_settings_load(call);
    return attempt_count(call, &settings, KIND_CLIENT, client->client_id,
                         settings.client_failures_max) < settings.client_failures_max;
}

static void watch(struct idp_call *call, const struct idp_settings *settings,
                  struct idp_bytes client_id)
{
    int64_t now_us = idp_now_us(call), window_us = settings->attempt_window_s * 1000000;
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(client_id),
                                    idp_value_time(now_us + window_us),
                                    idp_value_time(now_us + 2 * window_us)};
    idp_run(call, &idp_guard_statements[CLIENT_WATCH], arguments);
}

void idp_guard_client_failed(struct idp_call *call, const struct idp_client *client)
{
    if (call->source.data == NULL || call->function->effect != IDP_WRITES) {
        return;
    }
    struct idp_settings settings = idp_settings_load(call);
    int64_t count_max = settings.client_failures_max;
    int64_t count = attempt_count(call, &settings, KIND_CLIENT, client->client_id, count_max);
    call->host->begin(call);
    if (count < count_max) {
        attempt_insert(call, KIND_CLIENT, client->client_id);
        note_guess(call, &settings, KIND_CLIENT, client->client_id);
    }
    if (count + 1 >= count_max) {
        watch(call, &settings, client->client_id);
    }
}
