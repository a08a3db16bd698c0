/* SPDX-License-Identifier: Apache-2.0 */
/* oidc.c - OIDC configuration in SQLite: a token judged by an instance against raw EVP, by itself
 * and in a transaction as a server has one; one instance among a million against one among ten; and
 * how fast instances are derived anew.
 *
 *   oidc EXTENSION DATABASE COUNT */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/database.h"
#include "bench/pair.h"
#include "bench/token.h"

enum { FEW = 10, SOME = 10000, REDERIVE_COUNT = 20000 };

static const char section[] = "OIDC configuration in SQLite";
static const char config[] = "{\"clientID\":\"https://api.example.com\",\"groupsClaim\":\"groups\","
                             "\"issuerURL\":\"https://id.example.com\",\"usernamePrefix\":\"-\"}";

struct bench {
    struct token token; /* first: a step of raw takes the whole as it is */
    sqlite3_stmt *authenticate, *one;
    uint64_t many;
};

/* ---- steps ---- */

static void authenticate_step(void *context)
{
    database_step(((struct bench *)context)->authenticate, "{\"ok\":true");
}

/* Instances are f0 to f9, s0 and so on, m0 and so on. */
static void lookup(struct bench *bench, char kind, uint64_t limit)
{
    char name[32];
    snprintf(name, sizeof name, "%c%llu", kind, (unsigned long long)random_below(limit));
    sqlite3_bind_text(bench->one, 1, name, -1, SQLITE_TRANSIENT);
    database_step(bench->one, "{\"instance\":");
}

static void few_step(void *context)
{
    lookup(context, 'f', FEW);
}

static void some_step(void *context)
{
    lookup(context, 's', SOME);
}

static void many_step(void *context)
{
    struct bench *bench = context;
    lookup(bench, 'm', bench->many);
}

/* ---- set up ---- */

static void ask(sqlite3 *db, const char *sql, const char *first, const char *second)
{
    sqlite3_stmt *statement = database_prepare(db, sql);
    sqlite3_bind_text(statement, 1, first, -1, SQLITE_STATIC);
    if (second != NULL)
        sqlite3_bind_text(statement, 2, second, -1, SQLITE_STATIC);
    require(sqlite3_step(statement) == SQLITE_ROW, sqlite3_errmsg(db));
    sqlite3_finalize(statement);
}

/* Rows as provision_oidc() writes them, without going through it a million times. */
static void instances_make(sqlite3 *db, char kind, uint64_t count)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "INSERT INTO idplane_oidc_instance WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL"
             " SELECT i + 1 FROM n WHERE i + 1 < %llu) SELECT tenant, '%c' || i, plan, profile, 1,"
             " created_at, changed_at, record, effective, provenance FROM n,"
             " idplane_oidc_instance WHERE instance = 'bench'",
             (unsigned long long)count, kind);
    database_run(db, sql);
}

static void measure(struct bench *bench, const char *name, const char *reference, const char *goal,
                    void (*reference_step)(void *), void (*step)(void *))
{
    pair_measure(&(struct pair){.section = section,
                                .name = name,
                                .reference = reference,
                                .goal = goal,
                                .reference_step = reference_step,
                                .case_step = step,
                                .context = bench,
                                .slice_ms = SLICE_MS});
}

/* A later default changes every one of them. */
static void rederive(sqlite3 *db)
{
    struct timespec start, end;
    sqlite3_stmt *statement = database_prepare(db, "SELECT rederive_oidc('m' || ?)");
    ask(db, "SELECT set_oidc_default(?)",
        "{\"clientID\":\"c\",\"issuerURL\":\"https://c.example\",\"groupsPrefix\":\"g:\"}", NULL);
    database_run(db, "BEGIN IMMEDIATE");
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < REDERIVE_COUNT; i++) {
        sqlite3_bind_int(statement, 1, i);
        database_step(statement, "{\"status\":\"ok\",\"changed\":true");
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    database_run(db, "COMMIT");
    sqlite3_finalize(statement);
    double seconds =
        (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    row_print(section, "instances derived anew in a second, thousands", "",
              REDERIVE_COUNT / seconds / 1000, "");
}

int main(int count, char **arguments)
{
    static struct bench bench;
    require(count == 4, "usage: oidc EXTENSION DATABASE COUNT");
    sqlite3 *db = database_open(arguments[1], arguments[2]);
    bench.many = strtoull(arguments[3], NULL, 10);
    token_open(&bench.token, "RS256");
    ask(db, "SELECT set_oidc_default(?)", config, NULL);
    ask(db, "SELECT provision_oidc('bench', ?)", config, NULL);
    ask(db, "SELECT set_issuer_keys(?, '{\"keys\":[' || jwk_from_pem(?) || ']}')",
        "https://id.example.com", bench.token.raw.public_text);
    bench.authenticate = database_prepare(db, "SELECT oidc_authenticate('bench', ?)");
    bench.one = database_prepare(db, "SELECT oidc_config(?)");
    sqlite3_bind_text(bench.authenticate, 1, bench.token.text, -1, SQLITE_STATIC);
    /* Outside of a transaction the locks take half of what the goal leaves beside a signature. */
    measure(&bench, "oidc_authenticate RS256, each locks the file", "raw EVP verification",
            ">= 0.85", raw_verify, authenticate_step);
    database_run(db, "BEGIN");
    measure(&bench, "oidc_authenticate RS256, in a transaction", "raw EVP verification", ">= 0.85",
            raw_verify, authenticate_step);
    database_run(db, "COMMIT");
    progress("%llu instances", (unsigned long long)bench.many);
    instances_make(db, 'f', FEW);
    instances_make(db, 's', SOME);
    instances_make(db, 'm', bench.many);
    database_run(db, "BEGIN");
    measure(&bench, "oidc_config of one instance of many", "of one of ten", "", few_step,
            many_step);
    measure(&bench, "oidc_config of one instance of many", "of one of ten thousand", "", some_step,
            many_step);
    database_run(db, "COMMIT");
    sqlite3_finalize(bench.authenticate);
    sqlite3_finalize(bench.one);
    rederive(db);
    token_close(&bench.token);
    require(sqlite3_close(db) == SQLITE_OK, "the connection does not close");
    return 0;
}
