/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite.c - poll, issue and jwt_sign in SQLite against the bare statement, or bare signature.
 *
 *   sqlite EXTENSION DATABASE ROWS
 *
 * Both sides run on one connection and one table, prepared, each execution a transaction of its
 * own. The bare UPDATE finds its row by the same index and sets a time; the bare
 * INSERT gives the columns that issuing gives, with digests that cost nothing to make. */
#include "bench/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/pair.h"
#include "bench/raw.h"

enum { DIGEST_SIZE = 32, SLICE_MS = 100, CLAIMS_SLICE_MS = 30, STRIDE = 7919 };

struct bench {
    struct raw raw; /* first: a step of raw takes the whole as it is */
    sqlite3 *db;
    size_t count, at; /* of the codes, and the one used last */
    char *codes;
    unsigned char *digests;
    int64_t time_us;
    sqlite3_stmt *poll, *update, *issue, *insert, *sign;
};

/* ---- steps ---- */

/* Goes round all codes in an order that no page has, so that no poll is ever early. */
static size_t next(struct bench *bench)
{
    bench->at = (bench->at + STRIDE) % bench->count;
    return bench->at;
}

static void poll_step(void *context)
{
    struct bench *bench = context;
    size_t at = next(bench);
    sqlite3_bind_text(bench->poll, 1, bench->codes + at * DEVICE_CODE_SIZE, DEVICE_CODE_SIZE,
                      SQLITE_STATIC);
    database_step(bench->poll, "{\"error\":\"authorization_pending\"");
}

static void update_step(void *context)
{
    struct bench *bench = context;
    size_t at = next(bench);
    sqlite3_bind_int64(bench->update, 1, ++bench->time_us); /* SQLite writes no row that stays */
    sqlite3_bind_blob(bench->update, 2, bench->digests + at * DIGEST_SIZE, DIGEST_SIZE,
                      SQLITE_STATIC);
    database_step(bench->update, "");
}

static void issue_step(void *context)
{
    struct bench *bench = context;
    database_step(bench->issue, "{\"device_code\":\"");
}

static void insert_step(void *context)
{
    struct bench *bench = context;
    uint64_t digests[2 * DIGEST_SIZE / sizeof(uint64_t)];
    for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++)
        digests[i] = random_below(UINT64_MAX);
    sqlite3_bind_blob(bench->insert, 1, digests, DIGEST_SIZE, SQLITE_STATIC);
    sqlite3_bind_blob(bench->insert, 2, (char *)digests + DIGEST_SIZE, DIGEST_SIZE, SQLITE_STATIC);
    database_step(bench->insert, "");
}

static void sign_step(void *context)
{
    struct bench *bench = context;
    database_step(bench->sign, "ey");
}

/* ---- set up ---- */

static void digests_read(struct bench *bench)
{
    sqlite3_stmt *rows = database_prepare(bench->db, "SELECT code_digest FROM idplane_device_code");
    bench->digests = malloc(bench->count * DIGEST_SIZE);
    require(bench->digests != NULL, "out of memory");
    for (size_t i = 0; i < bench->count; i++) {
        require(sqlite3_step(rows) == SQLITE_ROW, "fewer rows than codes");
        memcpy(bench->digests + i * DIGEST_SIZE, sqlite3_column_blob(rows, 0), DIGEST_SIZE);
    }
    sqlite3_finalize(rows);
}

static void statements_prepare(struct bench *bench)
{
    bench->poll = database_prepare(bench->db, "SELECT poll_device_code(?, 'tv')");
    bench->update = database_prepare(bench->db, "UPDATE idplane_device_code SET poll_after_us = ?"
                                                " WHERE tenant = 'default' AND code_digest = ?"
                                                " RETURNING interval_s");
    bench->issue = database_prepare(bench->db, "SELECT issue_device_code('tv')");
    bench->insert = database_prepare(
        bench->db, "INSERT INTO idplane_device_code (tenant, code_digest, user_code_digest,"
                   " client_id, state, issued_at, expires_at, interval_s, interval_max_s,"
                   " rate_first, client_allowed, poll_after_us, scope, device)"
                   " VALUES ('default', ?, ?, 'tv', 'pending', 1767225600000000,"
                   " 4102444800000000, 5, 60, 0, 1, 0, '', NULL) RETURNING interval_s");
    bench->sign = database_prepare(bench->db, "SELECT jwt_sign('{\"sub\":\"6b4c8f2e\",\"exp\":"
                                              "4102444800,\"scope\":\"openid films\"}')");
}

static void bench_open(struct bench *bench, char **arguments)
{
    bench->count = strtoul(arguments[3], NULL, 10);
    bench->db = database_open(arguments[1], arguments[2]);
    progress("SQLite: issuing %zu device codes", bench->count);
    bench->codes = database_issue(bench->db, bench->count);
    digests_read(bench);
    database_run(bench->db, "ANALYZE; PRAGMA wal_checkpoint(truncate)");
    statements_prepare(bench);
}

static void bench_close(struct bench *bench)
{
    sqlite3_stmt *statements[] = {bench->poll, bench->update, bench->issue, bench->insert,
                                  bench->sign};
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        sqlite3_finalize(statements[i]);
    require(sqlite3_close(bench->db) == SQLITE_OK, "the connection does not close");
    free(bench->codes);
    free(bench->digests);
}

/* ---- pairs ---- */

static void measure(struct bench *bench, const char *synchronous)
{
    char poll_name[64], issue_name[64], pragma[64];
    snprintf(pragma, sizeof pragma, "PRAGMA synchronous = %s", synchronous);
    snprintf(poll_name, sizeof poll_name, "poll_device_code, synchronous %s", synchronous);
    snprintf(issue_name, sizeof issue_name, "issue_device_code, synchronous %s", synchronous);
    database_run(bench->db, pragma);
    struct pair pair = {.section = "SQLite",
                        .name = poll_name,
                        .reference = "bare UPDATE RETURNING",
                        .goal = ">= 0.90",
                        .reference_step = update_step,
                        .case_step = poll_step,
                        .context = bench,
                        .slice_ms = SLICE_MS};
    pair_measure(&pair);
    pair.name = issue_name;
    pair.reference = "bare INSERT RETURNING";
    pair.goal = "";
    pair.reference_step = insert_step;
    pair.case_step = issue_step;
    pair_measure(&pair);
}

static void measure_sign(struct bench *bench)
{
    raw_open(&bench->raw, "ES256");
    raw_input(&bench->raw, "x", 1);
    pair_measure(&(struct pair){.section = "SQLite",
                                .name = "jwt_sign ES256, stored key",
                                .reference = "raw EVP signature",
                                .goal = "",
                                .reference_step = raw_sign,
                                .case_step = sign_step,
                                .context = bench,
                                .slice_ms = CLAIMS_SLICE_MS});
    raw_close(&bench->raw);
}

int main(int count, char **arguments)
{
    struct bench bench = {.time_us = INT64_C(1767225600000000)};
    require(count == 4, "usage: sqlite EXTENSION DATABASE ROWS");
    bench_open(&bench, arguments);
    measure(&bench, "NORMAL");
    measure(&bench, "FULL");
    measure_sign(&bench);
    bench_close(&bench);
    return 0;
}
