/* SPDX-License-Identifier: Apache-2.0 */
/* race_sqlite.c - processes released together on one device code or refresh token in one WAL file:
 * as many are answered as may be.
 *
 *   race_sqlite EXTENSION DATABASE
 *
 * The parent issues and approves a code, all children poll it at once, round after round; then they
 * refresh with one token, several times each. Nobody may meet a busy error: the busy timeout of the
 * connection must be enough. */
#include <sqlite3.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RACER_COUNT = 8, CALL_COUNT_MAX = 8, ANSWER_SIZE = 8192, BUSY_TIMEOUT_MS = 20000 };

/* Shared by all processes. */
struct arena {
    pthread_barrier_t start, end;
    char code[512];
    char answers[RACER_COUNT * CALL_COUNT_MAX][ANSWER_SIZE];
};

/* One kind of race: every racer calls so often with the code. */
struct race {
    const char *name;
    bool is_refresh;
    const char *call;
    int call_count, round_count, winner_count;
};

#define REFRESH                                                                                    \
    "SELECT token_request(json_object('grant_type', 'refresh_token', 'refresh_token', ?1),"        \
    " '{\"client_id\":\"tv\"}')"

static const struct race races[] = {
    {"8 processes poll an approved code: one winner", false, "SELECT poll_device_code(?1, 'tv')", 1,
     200, 1},
    {"8 processes refresh 64 times with one token within the grace time: 17 are answered, one token"
     " is good",
     true, REFRESH, CALL_COUNT_MAX, 20, 17},
};

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

static void setup(sqlite3 *db)
{
    static const char registration[] =
        "SELECT register_client('tv', '{\"grant_types\":[\"urn:ietf:params:oauth:grant-type:"
        "device_code\",\"refresh_token\"],\"token_endpoint_auth_method\":\"none\"}')";
    const char *const steps[] = {"PRAGMA journal_mode = WAL", "SELECT idplane_install()",
                                 "SELECT configure('{}')", registration,
                                 "SELECT create_signing_key()"};
    char seen[ANSWER_SIZE];
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        run(db, steps[i], NULL, seen, sizeof seen);
        if (sqlite3_errcode(db) != SQLITE_OK && sqlite3_errcode(db) != SQLITE_ROW &&
            sqlite3_errcode(db) != SQLITE_DONE) {
            fprintf(stderr, "%s: %s\n", steps[i], seen);
            exit(1);
        }
    }
}

static void issue(sqlite3 *db, const struct race *race, struct arena *arena)
{
    char response[ANSWER_SIZE], user_code[64], seen[ANSWER_SIZE];
    run(db, "SELECT issue_device_code('tv')", NULL, response, sizeof response);
    run(db, "SELECT ?1 ->> 'device_code'", response, arena->code, sizeof arena->code);
    run(db, "SELECT ?1 ->> 'user_code'", response, user_code, sizeof user_code);
    run(db, "SELECT approve_device_code(?1, 'u')", user_code, seen, sizeof seen);
    if (strstr(seen, "\"error\"") != NULL) {
        printf("# approval: %s\n", seen);
    }
    if (race->is_refresh) {
        run(db, "DELETE FROM idplane_refresh_token", NULL, seen, sizeof seen);
        run(db, races[0].call, arena->code, response, sizeof response);
        run(db, "SELECT ?1 ->> 'refresh_token'", response, arena->code, sizeof arena->code);
    }
}

static void race_run(sqlite3 *db, const struct race *race, struct arena *arena, int racer)
{
    for (int i = 0; i < race->round_count; i++) {
        pthread_barrier_wait(&arena->start);
        for (int j = 0; j < race->call_count; j++) {
            run(db, race->call, arena->code, arena->answers[j * RACER_COUNT + racer], ANSWER_SIZE);
        }
        pthread_barrier_wait(&arena->end);
    }
}

static void racer_run(struct arena *arena, int racer, const char *extension, const char *path)
{
    sqlite3 *db = database(extension, path);
    for (size_t i = 0; i < sizeof races / sizeof races[0]; i++) {
        race_run(db, &races[i], arena, racer);
    }
    exit(sqlite3_close(db) == SQLITE_OK ? 0 : 1);
}

/* True where as many answers hold tokens as may, and every other one says that the code is spent.
 */
static bool judge(const struct race *race, const struct arena *arena)
{
    int winner_count = 0, loser_count = 0, count = RACER_COUNT * race->call_count;
    for (int i = 0; i < count; i++) {
        bool won = strstr(arena->answers[i], "\"access_token\"") != NULL;
        bool lost = strstr(arena->answers[i], "\"invalid_grant\"") != NULL;
        winner_count += won;
        loser_count += lost;
        if (!won && !lost) {
            printf("# unexpected answer: %s\n", arena->answers[i]);
        }
    }
    return winner_count == race->winner_count && loser_count == count - race->winner_count;
}

/* True where one refresh token is good, of all that were made. */
static bool is_one_left(sqlite3 *db)
{
    char seen[64];
    run(db, "SELECT count(*) FROM idplane_refresh_token WHERE state = 'active'", NULL, seen,
        sizeof seen);
    if (strcmp(seen, "1") != 0) {
        printf("# refresh tokens: %s are left\n", seen);
    }
    return strcmp(seen, "1") == 0;
}

static void referee(sqlite3 *db, const struct race *race, struct arena *arena)
{
    int failed = 0;
    for (int i = 0; i < race->round_count; i++) {
        issue(db, race, arena);
        pthread_barrier_wait(&arena->start);
        pthread_barrier_wait(&arena->end);
        failed += !judge(race, arena) || (race->is_refresh && !is_one_left(db));
    }
    printf("%sok - %s, in each of %d rounds\n", failed > 0 ? "not " : "", race->name,
           race->round_count);
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
    for (int i = 0; i < RACER_COUNT; i++) {
        if (fork() == 0) {
            racer_run(arena, i, arguments[1], arguments[2]);
        }
    }
    db = database(arguments[1], arguments[2]);
    for (size_t i = 0; i < sizeof races / sizeof races[0]; i++) {
        referee(db, &races[i], arena);
    }
    while (wait(&status) > 0) {
        broken += status != 0;
    }
    printf("%sok - every connection closes with its statements cached\n",
           broken > 0 || sqlite3_close(db) != SQLITE_OK ? "not " : "");
    return 0;
}
