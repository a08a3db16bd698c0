/* SPDX-License-Identifier: Apache-2.0 */
/* certificates.c - certificates in SQLite: sign_csr against what no issuer can do without, in this
 * process; verify_chain against OpenSSL's own; match_enrollment of one maker among many against
 * among few. Certificates are committed a thousand at a time, and pages stay in memory: what the
 * disk costs is another question.
 *
 *   certificates EXTENSION DATABASE */
#include <sqlite3.h>
#include <stdio.h>

#include "bench/database.h"
#include "bench/issuing.h"
#include "bench/maker.h"
#include "bench/pair.h"

enum {
    REQUEST_COUNT = 4096,
    COMMIT_COUNT = 1000,
    SLICE_MS = 30,
    PATH_SIZE_MAX = 4096,
    FEW = 100,
    MANY = 100000
};

struct bench {
    struct issuing issuing; /* first: a step of the limit takes the whole as it is */
    struct maker maker;
    sqlite3 *db;
    sqlite3_stmt *sign, *verify, *match_few, *match_many;
    unsigned signed_count;
};

/* ---- steps ---- */

static void sign_step(void *context)
{
    struct bench *bench = context;
    const struct request *request = issuing_next(&bench->issuing);
    if (++bench->signed_count % COMMIT_COUNT == 0)
        database_run(bench->db, "COMMIT; BEGIN IMMEDIATE");
    sqlite3_bind_text(bench->sign, 1, request->text, -1, SQLITE_STATIC);
    database_step(bench->sign, "{\"certificate\":\"-----BEGIN");
}

static void raw_verify_step(void *context)
{
    struct bench *bench = context;
    maker_verify(&bench->maker);
}

static void verify_step(void *context)
{
    struct bench *bench = context;
    database_step(bench->verify, "{\"valid\":true");
}

static void match_few_step(void *context)
{
    struct bench *bench = context;
    database_step(bench->match_few, "{\"matched\":true,\"enrollment\":\"maker\"");
}

static void match_many_step(void *context)
{
    struct bench *bench = context;
    database_step(bench->match_many, "{\"matched\":true,\"enrollment\":\"maker\"");
}

/* ---- set up ---- */

static void text_bind(sqlite3_stmt *statement, int place, const char *text)
{
    sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

/* The maker's as set_enrollment() makes it, and others like it, each of an authority of its own. */
static sqlite3_stmt *match_prepare(struct bench *bench, sqlite3 *db, int count)
{
    char sql[1024];
    sqlite3_stmt *set =
        database_prepare(db, "SELECT set_enrollment('maker', json_object('owner', 'alice', 'x509',"
                             " json_object('chain', ?)))");
    text_bind(set, 1, bench->maker.root);
    database_step(set, "{\"id\":\"maker\"");
    sqlite3_finalize(set);
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " INSERT INTO idplane_enrollment SELECT tenant, 'other' || i, kind, enabled, priority,"
             " version, document, sealed_secrets, created_at, changed_at, owner"
             " FROM n, idplane_enrollment WHERE enrollment_id = 'maker'",
             count - 1);
    database_run(db, sql);
    database_run(db,
                 "INSERT INTO idplane_enrollment_anchor SELECT tenant, enrollment_id, version, 0,"
                 " randomblob(32), changed_at, NULL FROM idplane_enrollment"
                 " WHERE enrollment_id <> 'maker'; ANALYZE");
    sqlite3_stmt *match = database_prepare(db, "SELECT match_enrollment(?)");
    text_bind(match, 1, bench->maker.device);
    return match;
}

static void measure(struct bench *bench, const char *name, const char *reference, const char *goal,
                    void (*reference_step)(void *), void (*step)(void *))
{
    pair_measure(&(struct pair){.section = "Certificates in SQLite",
                                .name = name,
                                .reference = reference,
                                .goal = goal,
                                .reference_step = reference_step,
                                .case_step = step,
                                .context = bench,
                                .slice_ms = SLICE_MS});
}

static void sign_run(struct bench *bench)
{
    issuing_open(&bench->issuing, REQUEST_COUNT);
    bench->sign = database_prepare(bench->db, "SELECT sign_csr(?)");
    database_run(bench->db, "SELECT create_ca('default')");
    database_memory_use(bench->db);
    database_run(bench->db, "BEGIN IMMEDIATE");
    measure(bench, "sign_csr P-256", "key, proof and signature", ">= 0.8", issuing_raw, sign_step);
    database_run(bench->db, "COMMIT");
    sqlite3_finalize(bench->sign);
    issuing_close(&bench->issuing);
}

static void chain_run(struct bench *bench, sqlite3 *many_db)
{
    bench->verify = database_prepare(
        bench->db, "SELECT verify_chain(?, '', ?, '{\"purpose\":\"clientAuth\"}')");
    text_bind(bench->verify, 1, bench->maker.device);
    text_bind(bench->verify, 2, bench->maker.root);
    measure(bench, "verify_chain, two of P-256", "PEM and X509_verify_cert", "", raw_verify_step,
            verify_step);
    bench->match_few = match_prepare(bench, bench->db, FEW);
    bench->match_many = match_prepare(bench, many_db, MANY);
    measure(bench, "match_enrollment among 100000", "among 100", ">= 0.9", match_few_step,
            match_many_step);
    sqlite3_finalize(bench->verify);
    sqlite3_finalize(bench->match_few);
    sqlite3_finalize(bench->match_many);
}

int main(int count, char **arguments)
{
    static struct bench bench;
    char path[PATH_SIZE_MAX];
    require(count == 3, "usage: certificates EXTENSION DATABASE");
    snprintf(path, sizeof path, "%s-many", arguments[2]);
    database_memory_take();
    bench.db = database_open(arguments[1], arguments[2]);
    sqlite3 *many_db = database_open(arguments[1], path);
    maker_open(&bench.maker);
    sign_run(&bench);
    chain_run(&bench, many_db);
    require(sqlite3_close(many_db) == SQLITE_OK && sqlite3_close(bench.db) == SQLITE_OK,
            "a connection does not close");
    return 0;
}
