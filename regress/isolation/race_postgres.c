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

enum { RACER_COUNT = 64, LOCK = 8628, CODE_SIZE = 256, CALL_SIZE = 512 };

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
    const char *token_count; /* refresh tokens that are good then; NULL: any number */
    bool has_successor;      /* every other call is with the token that the first one made */
    const char *left;        /* SQL that is true of what is left; NULL: nothing more */
};

#define POLL "SELECT idplane.poll_device_code('%s', 'tv')"
#define REFRESH                                                                                    \
    "SELECT idplane.token_request('{\"grant_type\":\"refresh_token\",\"refresh_token\":\"%s\"}',"  \
    " '{\"client_id\":\"tv\"}')"

#define ALLOW(scope)                                                                               \
    "SELECT "                                                                                      \
    "idplane.authorize('{\"response_type\":\"code\",\"client_id\":\"app\",\"scope\":\"" scope      \
    "\",\"code_challenge\":\"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\","                       \
    "\"code_challenge_method\":\"S256\"}', '%s')"

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
     "0",
     NULL},
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
     "0",
     NULL},
    {"64 refreshes with one token within the grace time: 17 are answered, one token is good",
     "read committed",
     30,
     true,
     {REFRESH, REFRESH},
     "refresh_token",
     "access_token",
     "invalid_grant",
     17,
     17,
     "60",
     "1",
     "1"},
    {"64 refreshes within the grace time, serializable: 17 are answered, one token is good",
     "serializable",
     10,
     true,
     {REFRESH, REFRESH},
     "refresh_token",
     "access_token",
     "invalid_grant",
     17,
     17,
     "60",
     "1",
     "1"},
    {"32 refreshes with a token, 32 with its successor: one token is good",
     "read committed",
     30,
     true,
     {REFRESH, REFRESH},
     "refresh_token",
     "access_token",
     "invalid_grant",
     16,
     17,
     "60",
     "1",
     "1",
     true,
     NULL},
    {"64 times a user allows an application one or another scope: both are remembered",
     "read committed",
     20,
     false,
     {ALLOW("one"), ALLOW("two")},
     "user_code",
     "redirect_to",
     "",
     RACER_COUNT,
     RACER_COUNT,
     NULL,
     NULL,
     NULL,
     false,
     "SELECT count(*) = 1 FROM idplane.consent WHERE scope IN ('one two', 'two one')"
     " AND subject = (SELECT response ->> 'user_code' FROM flow)"},
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
     "0",
     NULL},
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
    run(referee,
        "SELECT idplane.register_client('app', '{\"scope\":\"one two\","
        "\"redirect_uris\":[\"https://app.example/"
        "cb\"],\"grant_types\":[\"authorization_code\"]}')",
        NULL, 0);
    run(referee, "SELECT idplane.create_signing_key()", NULL, 0);
    run(referee, "CREATE TEMP TABLE flow (response jsonb)", NULL, 0);
}

static void issue(PGconn *referee, const struct race *race, char code[2][CODE_SIZE])
{
    char sql[2 * CALL_SIZE];
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
    run(referee, sql, code[0], CODE_SIZE);
    if (race->has_successor) {
        snprintf(sql, sizeof sql, "UPDATE flow SET response = (" REFRESH ")", code[0]);
        run(referee, sql, NULL, 0);
        snprintf(sql, sizeof sql, "SELECT response ->> '%s' FROM flow", race->code);
    }
    run(referee, sql, code[1], CODE_SIZE);
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

static bool is_count(PGconn *referee, const char *table, const char *expected)
{
    char sql[CALL_SIZE], seen[16];
    if (expected == NULL) {
        return true;
    }
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM idplane.%s t JOIN idplane.authorization_grant g"
             " USING (tenant, grant_id) WHERE t.state = 'active' AND g.state = 'active'",
             table);
    run(referee, sql, seen, sizeof seen);
    if (strcmp(seen, expected) != 0) {
        printf("# %s: %s are left\n", table, seen);
        return false;
    }
    return true;
}

/* Whether what is left is what has to be. */
static bool is_left(PGconn *referee, const struct race *race)
{
    char seen[16] = "t";
    if (race->left != NULL) {
        run(referee, race->left, seen, sizeof seen);
    }
    return strcmp(seen, "t") == 0 && is_count(referee, "authorization_grant", race->grant_count) &&
           is_count(referee, "refresh_token", race->token_count);
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
    char code[2][CODE_SIZE], call[2][CALL_SIZE], sql[2 * CALL_SIZE], seen[8192];
    int winner_count = 0;
    bool sound = true;
    issue(referee, race, code);
    run(referee, "SELECT pg_advisory_lock(8628)", NULL, 0);
    for (int i = 0; i < RACER_COUNT; i++) {
        snprintf(call[i % 2], sizeof call[0], race->calls[i % 2], code[i % 2]);
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
    bool is_enough = winner_count >= race->winner_min && winner_count <= race->winner_max;
    if (!is_enough) {
        printf("# %d winners\n", winner_count);
    }
    return is_left(referee, race) && sound && is_enough;
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
