/* SPDX-License-Identifier: Apache-2.0 */
/* members.c - lists of devices in SQLite: how fast one is taken in, and identities from elsewhere
 * are matched with it by one query, as docs/provisioning.md has both; match_enrollment of a device
 * of a long list against of a short one. Pages stay in memory, as in certificates.c.
 *
 *   members EXTENSION DATABASE COUNT */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/database.h"
#include "bench/maker.h"
#include "bench/pair.h"

enum { FEW = 100, SLICE_MS = 30, PATH_SIZE_MAX = 4096, SQL_SIZE_MAX = 512 };

static const char section[] = "Certificates in SQLite";

struct bench {
    struct maker maker;
    sqlite3_stmt *match_few, *match_many;
};

/* ---- steps ---- */

static void match_few_step(void *context)
{
    database_step(((struct bench *)context)->match_few,
                  "{\"matched\":true,\"enrollment\":\"list\"");
}

static void match_many_step(void *context)
{
    database_step(((struct bench *)context)->match_many,
                  "{\"matched\":true,\"enrollment\":\"list\"");
}

/* ---- lists ---- */

static double seconds_of(sqlite3 *db, const char *sql)
{
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    database_run(db, sql);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

/* Seconds that the import takes: of a table as .import leaves it, in no order. */
static double list_make(sqlite3 *db, int count)
{
    char sql[SQL_SIZE_MAX];
    snprintf(sql, sizeof sql,
             "CREATE TEMP TABLE listed (enrollment_id text, identity_kind text, identity text);"
             "INSERT INTO listed WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
             " WHERE i < %d) SELECT 'list', 'key', lower(hex(randomblob(32))) FROM n",
             count);
    database_run(db, "PRAGMA cache_size = -524288; SELECT set_enrollment('list',"
                     " '{\"owner\":\"alice\",\"members\":true,\"x509\":{}}')");
    database_run(db, sql);
    return seconds_of(db, "INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind,"
                          " identity) SELECT enrollment_id, identity_kind, identity FROM listed"
                          " ORDER BY identity_kind, identity");
}

static double rate(int count, double seconds)
{
    return count / seconds / 1000;
}

static void many_make(sqlite3 *db, int count)
{
    row_print(section, "members imported in a second, thousands", "",
              rate(count, list_make(db, count)), "");
    database_run(db, "CREATE TEMP TABLE delivery AS SELECT identity_kind, CASE WHEN rowid % 100 = 0"
                     " THEN lower(hex(randomblob(32))) ELSE identity END AS identity FROM listed;"
                     " CREATE TEMP TABLE matched (known, unknown)");
    double seconds =
        seconds_of(db, "INSERT INTO matched SELECT count(enrollment_id), count(*) -"
                       " count(enrollment_id) FROM delivery LEFT JOIN idplane_listed_device"
                       " USING (identity_kind, identity)");
    sqlite3_stmt *seen = database_prepare(db, "SELECT unknown * 100 / (known + unknown)"
                                              " FROM matched");
    database_step(seen, "1");
    sqlite3_finalize(seen);
    row_print(section, "identities matched in a second, thousands", "one query",
              rate(count, seconds), "");
}

static sqlite3_stmt *match_prepare(struct bench *bench, sqlite3 *db)
{
    sqlite3_stmt *member =
        database_prepare(db, "INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind,"
                             " identity) VALUES ('list', 'key', certificate_inspect(?) ->>"
                             " 'key_sha256') RETURNING identity_kind");
    sqlite3_bind_text(member, 1, bench->maker.device, -1, SQLITE_STATIC);
    database_step(member, "key");
    sqlite3_finalize(member);
    database_run(db, "ANALYZE");
    sqlite3_stmt *match = database_prepare(db, "SELECT match_enrollment(?)");
    sqlite3_bind_text(match, 1, bench->maker.device, -1, SQLITE_STATIC);
    return match;
}

int main(int count, char **arguments)
{
    static struct bench bench;
    char path[PATH_SIZE_MAX], name[64];
    require(count == 4, "usage: members EXTENSION DATABASE COUNT");
    int many = (int)strtol(arguments[3], NULL, 10);
    snprintf(path, sizeof path, "%s-many", arguments[2]);
    snprintf(name, sizeof name, "match_enrollment among %d members", many);
    sqlite3 *few_db = database_open(arguments[1], arguments[2]);
    sqlite3 *many_db = database_open(arguments[1], path);
    maker_open(&bench.maker);
    (void)list_make(few_db, FEW);
    many_make(many_db, many);
    bench.match_few = match_prepare(&bench, few_db);
    bench.match_many = match_prepare(&bench, many_db);
    pair_measure(&(struct pair){.section = section,
                                .name = name,
                                .reference = "among 100",
                                .goal = ">= 0.9",
                                .reference_step = match_few_step,
                                .case_step = match_many_step,
                                .context = &bench,
                                .slice_ms = SLICE_MS});
    sqlite3_finalize(bench.match_few);
    sqlite3_finalize(bench.match_many);
    require(sqlite3_close(many_db) == SQLITE_OK && sqlite3_close(few_db) == SQLITE_OK,
            "a connection does not close");
    return 0;
}
