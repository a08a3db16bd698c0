/* SPDX-License-Identifier: Apache-2.0 */
/* race_postgres.c - many sessions released together on one device code or refresh token: as many
 * are answered as may be, and what is left is what has to be.
 *
 * Every racer sends its call behind a shared advisory lock that the referee holds exclusively; all
 * transactions have begun when the referee lets go. Serialization failures are retried, as a client
 * must. The connection comes from the environment (PGHOST, …). */
#include <libpq-fe.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RACER_COUNT = 64, LOCK = 8628, CALL_SIZE = 512 };

/* One kind of race: the calls are dealt to the racers in turn. */
struct race {
    const char *name, *isolation;
    int round_count;
    bool approved;        /* before the start */
    const char *calls[2]; /* with %s for the code that `code` names */
    const char *code;
    const char *winner; /* what a winner's answer holds */
    const char *loser;  /* what every other answer holds */
    int winner_min, winner_max;
    const char *grace_s;     /* redeemed before the start, under this grace time; NULL: not */
    const char *grant_count; /* good ones that are left then */
};

#define POLL "SELECT idplane.poll_device_code('%s', 'tv')"
#define REFRESH                                                                                    \
    "SELECT idplane.token_request('{\"grant_type\":\"refresh_token\",\"refresh_token\":\"%s\"}',"  \
    " '{\"client_id\":\"tv\"}')"

static const struct race races[] = {
    {"64 polls of an approved code, read committed: one winner",
     "read committed",
     200,
     true,
     {POLL, POLL},
     "device_code",
     "access_token",
     "invalid_grant",
     1,
     1,
     NULL,
     NULL},
    {"64 polls of an approved code, serializable: one winner",
     "serializable",
     200,
     true,
     {POLL, POLL},
     "device_code",
     "access_token",
     "invalid_grant",
     1,
     1,
     NULL,
     NULL},
    {"64 users approve or deny one code, read committed: one winner",
     "read committed",
     50,
     false,
     {"SELECT idplane.approve_device_code('%s', 'u')",
      "SELECT idplane.deny_device_code('%s', 'u')"},
     "user_code",
     "client_id",
     "already_decided",
     1,
     1,
     NULL,
     NULL},
    {"64 refreshes with one token: one winner, and the grant ends",
     "read committed",
     30,
     true,
     {REFRESH, REFRESH},
     "refresh_token",
     "access_token",
     "invalid_grant",
     1,
     1,
     "0",
     "0"},
    {"64 refreshes with one token, serializable: one winner, and the grant ends",
     "serializable",
     30,
     true,
     {REFRESH, REFRESH},
     "refresh_token",
     "access_token",
     "invalid_grant",
     1,
     1,
     "0",
     "0"},
    {"32 refreshes with one token within the grace time: 17 are answered, the grant stays",
     "read committed",
     30,
     true,
     {REFRESH, "SELECT '{\"error\":\"invalid_grant\"}' FROM (SELECT '%s' AS nothing) t"},
     "refresh_token",
     "access_token",
     "invalid_grant",
     17,
     17,
     "60",
     "1"},
    {"32 revocations and 32 refreshes: the grant has ended",
     "read committed",
     30,
     true,
     {"SELECT idplane.revoke('%s', 'tv')", REFRESH},
     "refresh_token",
     "access_token",
     "",
     0,
     17,
     "60",
     "0"},
};

static void die(PGconn *connection, const char *what)
{
    fprintf(stderr, "%s: %s", what, PQerrorMessage(connection));
    exit(1);
}

static PGconn *session(void)
{
    PGconn *connection = PQconnectdb("");
    if (PQstatus(connection) != CONNECTION_OK) {
        die(connection, "connect");
    }
    return connection;
}

/* Runs SQL that returns one value, or none; the value is copied to `out`. */
static void run(PGconn *connection, const char *sql, char *out, size_t size)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        die(connection, sql);
    }
    if (out != NULL) {
        snprintf(out, size, "%s", PQgetvalue(result, 0, 0));
    }
    PQclear(result);
}

static void setup(PGconn *referee)
{
    run(referee, "SELECT idplane.configure('{}')", NULL, 0);
    run(referee,
        "SELECT idplane.register_client('tv', "
        "'{\"grant_types\":[\"urn:ietf:params:oauth:grant-type:"
        "device_code\",\"refresh_token\"],\"token_endpoint_auth_method\":\"none\"}')",
        NULL, 0);
    run(referee, "SELECT idplane.create_signing_key()", NULL, 0);
    run(referee, "CREATE TEMP TABLE flow (response jsonb)", NULL, 0);
}

static void issue(PGconn *referee, const struct race *race, char *code, size_t size)
{
    char sql[CALL_SIZE];
    run(referee, "TRUNCATE flow", NULL, 0);
    run(referee, "INSERT INTO flow SELECT idplane.issue_device_code('tv')", NULL, 0);
    if (race->approved) {
        run(referee, "SELECT idplane.approve_device_code(response ->> 'user_code', 'u') FROM flow",
            NULL, 0);
    }
    if (race->grace_s != NULL) {
        run(referee, "UPDATE idplane.authorization_grant SET state = 'revoked'", NULL, 0);
        run(referee,
            "UPDATE flow SET response = idplane.poll_device_code(response ->> 'device_code', 'tv')",
            NULL, 0);
    }
    snprintf(sql, sizeof sql, "SELECT response ->> '%s' FROM flow", race->code);
    run(referee, sql, code, size);
}

static void set_grace(PGconn *referee, const struct race *race)
{
    char sql[CALL_SIZE];
    snprintf(
        sql, sizeof sql,
        "SELECT idplane.configure('{\"token_settings\":{\"refresh_token_grace_in_secs\":%s}}')",
        race->grace_s);
    if (race->grace_s != NULL) {
        run(referee, sql, NULL, 0);
    }
}

/* Whether what is left is what has to be. */
static bool is_left(PGconn *referee, const struct race *race)
{
    char seen[16];
    if (race->grant_count == NULL) {
        return true;
    }
    run(referee, "SELECT count(*) FROM idplane.authorization_grant WHERE state = 'active'", seen,
        sizeof seen);
    if (strcmp(seen, race->grant_count) != 0) {
        printf("# %s grants are left\n", seen);
        return false;
    }
    return true;
}

/* Waits until every racer stands behind the referee's lock. */
static void gather(PGconn *referee)
{
    char waiting[16] = "";
    while (strtol(waiting, NULL, 10) < RACER_COUNT) {
        run(referee, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
            waiting, sizeof waiting);
    }
}

/* The answer of a racer; retries `call` for as long as the transaction cannot be serialized. */
static void answer(PGconn *racer, const char *call, char *out, size_t size)
{
    snprintf(out, size, "nothing");
    PGresult *result;
    bool retry = false;
    while ((result = PQgetResult(racer)) != NULL) {
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        if (state != NULL) {
            retry = strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0;
            snprintf(out, size, "%s", PQresultErrorMessage(result));
        } else if (PQntuples(result) == 1) {
            snprintf(out, size, "%s", PQgetvalue(result, 0, 0));
        }
        PQclear(result);
    }
    if (retry) {
        if (PQsendQuery(racer, call) != 1) {
            die(racer, "retry");
        }
        answer(racer, call, out, size);
    }
}

/* True where as many racers won as may, and all others lost; else says what was seen. */
static bool round_run(PGconn *referee, PGconn **racers, const struct race *race)
{
    char code[CALL_SIZE], call[2][CALL_SIZE], sql[2 * CALL_SIZE], seen[8192];
    int winner_count = 0;
    bool sound = true;
    issue(referee, race, code, sizeof code);
    run(referee, "SELECT pg_advisory_lock(8628)", NULL, 0);
    for (int i = 0; i < RACER_COUNT; i++) {
        snprintf(call[i % 2], sizeof call[0], race->calls[i % 2], code);
        snprintf(sql, sizeof sql, "SELECT pg_advisory_xact_lock_shared(%d); %s", LOCK, call[i % 2]);
        if (PQsendQuery(racers[i], sql) != 1) {
            die(racers[i], "send");
        }
    }
    gather(referee);
    run(referee, "SELECT pg_advisory_unlock(8628)", NULL, 0);
    for (int i = 0; i < RACER_COUNT; i++) {
        answer(racers[i], call[i % 2], seen, sizeof seen);
        bool won = strstr(seen, race->winner) != NULL && strstr(seen, "\"error\"") == NULL;
        winner_count += won;
        if (!won && strstr(seen, race->loser) == NULL) {
            printf("# unexpected answer: %s\n", seen);
            sound = false;
        }
    }
    bool is_count = winner_count >= race->winner_min && winner_count <= race->winner_max;
    if (!is_count) {
        printf("# %d winners\n", winner_count);
    }
    return is_left(referee, race) && sound && is_count;
}

static int race_run(PGconn *referee, PGconn **racers, const struct race *race)
{
    char sql[CALL_SIZE];
    int failed = 0;
    set_grace(referee, race);
    snprintf(sql, sizeof sql, "SET default_transaction_isolation = '%s'", race->isolation);
    for (int i = 0; i < RACER_COUNT; i++) {
        run(racers[i], sql, NULL, 0);
    }
    for (int i = 0; i < race->round_count; i++) {
        failed += !round_run(referee, racers, race);
    }
    printf("%sok - %s, in each of %d rounds\n", failed > 0 ? "not " : "", race->name,
           race->round_count);
    fflush(stdout);
    return failed;
}

int main(void)
{
    PGconn *referee = session(), *racers[RACER_COUNT];
    for (int i = 0; i < RACER_COUNT; i++) {
        racers[i] = session();
    }
    setup(referee);
    for (size_t i = 0; i < sizeof races / sizeof races[0]; i++) {
        race_run(referee, racers, &races[i]);
    }
    for (int i = 0; i < RACER_COUNT; i++) {
        PQfinish(racers[i]);
    }
    PQfinish(referee);
    return 0;
}
