/* SPDX-License-Identifier: Apache-2.0 */
/* race_sqlite.c - 64 connections released together on one device code or refresh token in one WAL
 * file: as many are answered as may be, and what is left is what has to be.
 *
 *   race_sqlite EXTENSION DATABASE
 *
 * Eight processes with eight threads each, a connection in each thread. The parent makes a code or
 * a token, all of them bring it at once, round after round. Nobody may meet a busy error: the busy
 * timeout of the connection must be enough. */
#include <sqlite3.h>

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PROCESS_COUNT = 8,
    THREAD_COUNT = 8,
    RACER_COUNT = PROCESS_COUNT * THREAD_COUNT,
    ANSWER_SIZE = 8192,
    BUSY_TIMEOUT_MS = 60000
};

/* Shared by all processes. */
struct arena {
    pthread_barrier_t start, end;
    char code[512];
    char answers[RACER_COUNT][ANSWER_SIZE];
};

/* One kind of race: the calls, with the code as ?1, are dealt to the racers in turn. */
struct race {
    const char *name;
    int round_count;
    bool approved; /* before the start */
    int grace_s;   /* redeemed before the start, under this grace time; -1: not */
    const char *calls[2];
    const char *code; /* which member is raced for */
    const char *winner, *losers[2];
    int winner_min, winner_max;
    const char *grants_left; /* good ones; NULL: any */
    bool is_decision;        /* what the code is then is what its winner said */
};

#define POLL "SELECT poll_device_code(?1, 'tv')"
#define REFRESH                                                                                    \
    "SELECT token_request(json_object('grant_type', 'refresh_token', 'refresh_token', ?1),"        \
    " '{\"client_id\":\"tv\"}')"

static const struct race races[] = {
    {.name = "64 polls of an approved code: one winner",
     .round_count = 20,
     .approved = true,
     .grace_s = -1,
     .calls = {POLL, POLL},
     .code = "device_code",
     .winner = "\"access_token\"",
     .losers = {"\"invalid_grant\"", "\"invalid_grant\""},
     .winner_min = 1,
     .winner_max = 1},
    {.name = "64 users approve or deny one code: one winner, and the code is what that one said",
     .round_count = 12,
     .grace_s = -1,
     .calls = {"SELECT approve_device_code(?1, 'u')", "SELECT deny_device_code(?1, 'u')"},
     .code = "user_code",
     .winner = "\"client_id\"",
     .losers = {"\"already_decided\"", "\"already_decided\""},
     .winner_min = 1,
     .winner_max = 1,
     .is_decision = true},
    {.name = "64 refreshes with one token: one winner, and the grant ends",
     .round_count = 12,
     .approved = true,
     .grace_s = 0,
     .calls = {REFRESH, REFRESH},
     .code = "refresh_token",
     .winner = "\"access_token\"",
     .losers = {"\"invalid_grant\"", "\"invalid_grant\""},
     .winner_min = 1,
     .winner_max = 1,
     .grants_left = "0"},
    {.name = "64 refreshes with one token within the grace time: 17 are answered, the grant stays",
     .round_count = 6,
     .approved = true,
     .grace_s = 300,
     .calls = {REFRESH, REFRESH},
     .code = "refresh_token",
     .winner = "\"access_token\"",
     .losers = {"\"invalid_grant\"", "\"invalid_grant\""},
     .winner_min = 17,
     .winner_max = 17,
     .grants_left = "1"},
    {.name = "32 revocations and 32 refreshes: the grant has ended",
     .round_count = 12,
     .approved = true,
     .grace_s = 300,
     .calls = {"SELECT revoke(?1, 'tv')", REFRESH},
     .code = "refresh_token",
     .winner = "\"access_token\"",
     .losers = {"{}", "\"invalid_grant\""},
     .winner_min = 0,
     .winner_max = 17,
     .grants_left = "0"},
};
enum { RACE_COUNT = sizeof races / sizeof races[0] };

static sqlite3 *database(const char *extension, const char *path)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS) != SQLITE_OK ||
        sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL) != SQLITE_OK ||
        sqlite3_load_extension(db, extension, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", path, message != NULL ? message : sqlite3_errmsg(db));
        exit(1);
    }
    return db;
}

/* Evaluates SQL with one text parameter; the first column, or the error, is copied to `out`. */
static void run(sqlite3 *db, const char *sql, const char *parameter, char *out, size_t size)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (status == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, parameter, -1, SQLITE_TRANSIENT);
        status = sqlite3_step(statement);
    }
    const char *text = status == SQLITE_ROW    ? (const char *)sqlite3_column_text(statement, 0)
                       : status == SQLITE_DONE ? ""
                                               : sqlite3_errmsg(db);
    snprintf(out, size, "%s", text != NULL ? text : "");
    sqlite3_finalize(statement);
}

/* The same where it must succeed. */
static void step(sqlite3 *db, const char *sql, const char *parameter, char *out, size_t size)
{
    char seen[ANSWER_SIZE];
    run(db, sql, parameter, seen, sizeof seen);
    int status = sqlite3_errcode(db);
    if (status != SQLITE_OK && status != SQLITE_ROW && status != SQLITE_DONE) {
        fprintf(stderr, "%s: %s\n", sql, seen);
        exit(1);
    }
    if (out != NULL) {
        snprintf(out, size, "%s", seen);
    }
}

static void setup(sqlite3 *db)
{
    static const char registration[] =
        "SELECT register_client('tv', '{\"grant_types\":[\"urn:ietf:params:oauth:grant-type:"
        "device_code\",\"refresh_token\"],\"token_endpoint_auth_method\":\"none\"}')";
    const char *const steps[] = {"PRAGMA journal_mode = WAL", "SELECT idplane_install()",
                                 "SELECT configure('{}')", registration,
                                 "SELECT create_signing_key()"};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        step(db, steps[i], NULL, NULL, 0);
    }
}

/* ---- the referee ---- */

/* Tokens of an approved code, and no other good grant. */
static void redeem(sqlite3 *db, const struct race *race, const char *device_code, char *out)
{
    char grace_s[16];
    snprintf(grace_s, sizeof grace_s, "%d", race->grace_s);
    step(db,
         "SELECT configure(json_object('token_settings', json_object("
         "'refresh_token_grace_in_secs', CAST(?1 AS INTEGER))))",
         grace_s, NULL, 0);
    step(db, "UPDATE idplane_authorization_grant SET state = 'revoked'", NULL, NULL, 0);
    step(db, POLL, device_code, out, ANSWER_SIZE);
}

static void issue(sqlite3 *db, const struct race *race, struct arena *arena, char *device_code)
{
    char response[ANSWER_SIZE], user_code[64], member[64];
    step(db, "SELECT issue_device_code('tv')", NULL, response, sizeof response);
    step(db, "SELECT ?1 ->> 'device_code'", response, device_code, sizeof arena->code);
    step(db, "SELECT ?1 ->> 'user_code'", response, user_code, sizeof user_code);
    if (race->approved) {
        step(db, "SELECT approve_device_code(?1, 'u')", user_code, NULL, 0);
    }
    if (race->grace_s >= 0) {
        redeem(db, race, device_code, response);
    }
    snprintf(member, sizeof member, "SELECT ?1 ->> '%s'", race->code);
    step(db, member, response, arena->code, sizeof arena->code);
}

/* Of good grants, and of good tokens: a grant has one. */
static bool are_left(sqlite3 *db, const char *count)
{
    static const char *const queries[] = {
        "SELECT count(*) FROM idplane_authorization_grant WHERE state = 'active'",
        "SELECT count(*) FROM idplane_refresh_token t JOIN idplane_authorization_grant g"
        " USING (tenant, grant_id) WHERE t.state = 'active' AND g.state = 'active'"};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        char seen[ANSWER_SIZE];
        step(db, queries[i], NULL, seen, sizeof seen);
        if (strcmp(seen, count) != 0) {
            printf("# %s are left: %s\n", seen, queries[i]);
            return false;
        }
    }
    return true;
}

/* Whether what is left is what has to be. */
static bool is_left(sqlite3 *db, const struct race *race, const char *device_code, int winner)
{
    char seen[ANSWER_SIZE];
    if (race->grants_left != NULL && !are_left(db, race->grants_left)) {
        return false;
    }
    if (race->is_decision) {
        step(db, POLL, device_code, seen, sizeof seen);
        bool is_right =
            strstr(seen, winner % 2 == 0 ? "\"access_token\"" : "\"access_denied\"") != NULL;
        if (!is_right) {
            printf("# racer %d won: %s\n", winner, seen);
        }
        return is_right;
    }
    return true;
}

/* True where as many won as may, and all others lost; else says what was seen. */
static bool judge(sqlite3 *db, const struct race *race, const struct arena *arena,
                  const char *device_code)
{
    int winner_count = 0, winner = 0;
    bool sound = true;
    for (int i = 0; i < RACER_COUNT; i++) {
        const char *answer = arena->answers[i];
        bool won = strstr(answer, race->winner) != NULL && strstr(answer, "\"error\"") == NULL;
        winner_count += won;
        winner = won ? i : winner;
        if (!won && strstr(answer, race->losers[i % 2]) == NULL) {
            printf("# unexpected answer: %s\n", answer);
            sound = false;
        }
    }
    bool is_count = winner_count >= race->winner_min && winner_count <= race->winner_max;
    if (!is_count) {
        printf("# %d winners\n", winner_count);
    }
    return is_left(db, race, device_code, winner) && sound && is_count;
}

static void referee(sqlite3 *db, struct arena *arena)
{
    char device_code[sizeof arena->code];
    for (int i = 0; i < RACE_COUNT; i++) {
        int failed = 0;
        for (int round = 0; round < races[i].round_count; round++) {
            issue(db, &races[i], arena, device_code);
            pthread_barrier_wait(&arena->start);
            pthread_barrier_wait(&arena->end);
            failed += !judge(db, &races[i], arena, device_code);
        }
        printf("%sok - %s, in each of %d rounds\n", failed > 0 ? "not " : "", races[i].name,
               races[i].round_count);
    }
}

/* ---- the racers ---- */

struct racer {
    struct arena *arena;
    const char *extension, *path;
    int number;
};

/* NULL where its connection closes as it should. */
static void *race_all(void *data)
{
    struct racer *racer = data;
    sqlite3 *db = database(racer->extension, racer->path);
    for (int i = 0; i < RACE_COUNT; i++) {
        for (int round = 0; round < races[i].round_count; round++) {
            pthread_barrier_wait(&racer->arena->start);
            run(db, races[i].calls[racer->number % 2], racer->arena->code,
                racer->arena->answers[racer->number], ANSWER_SIZE);
            pthread_barrier_wait(&racer->arena->end);
        }
    }
    return sqlite3_close(db) == SQLITE_OK ? NULL : racer;
}

static void process_run(struct arena *arena, int process, const char *extension, const char *path)
{
    pthread_t threads[THREAD_COUNT];
    struct racer racers[THREAD_COUNT];
    int broken = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody waits for a referee that is gone */
    for (int i = 0; i < THREAD_COUNT; i++) {
        racers[i] = (struct racer){arena, extension, path, process * THREAD_COUNT + i};
        if (pthread_create(&threads[i], NULL, race_all, &racers[i]) != 0) {
            abort();
        }
    }
    for (int i = 0; i < THREAD_COUNT; i++) {
        void *result;
        pthread_join(threads[i], &result);
        broken += result != NULL;
    }
    exit(broken);
}

static struct arena *arena_new(void)
{
    struct arena *arena =
        mmap(NULL, sizeof *arena, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (arena == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    pthread_barrierattr_t shared;
    pthread_barrierattr_init(&shared);
    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&arena->start, &shared, RACER_COUNT + 1);
    pthread_barrier_init(&arena->end, &shared, RACER_COUNT + 1);
    return arena;
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fprintf(stderr, "usage: race_sqlite EXTENSION DATABASE\n");
        return 2;
    }
    struct arena *arena = arena_new();
    int status = 0, broken = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    /* A connection must not cross a fork: the first one is closed before. */
    sqlite3 *db = database(arguments[1], arguments[2]);
    setup(db);
    sqlite3_close(db);
    for (int i = 0; i < PROCESS_COUNT; i++) {
        if (fork() == 0) {
            process_run(arena, i, arguments[1], arguments[2]);
        }
    }
    db = database(arguments[1], arguments[2]);
    referee(db, arena);
    while (wait(&status) > 0) {
        broken += status != 0;
    }
    printf("%sok - every connection closes with its statements cached\n",
           broken > 0 || sqlite3_close(db) != SQLITE_OK ? "not " : "");
    return 0;
}
