/* SPDX-License-Identifier: Apache-2.0 */
/* tokens.c - tokens in SQLite against raw EVP in this process: a prepared SELECT of the loaded
 * extension, whose texts are bound once and copied by nobody.
 *
 *   tokens EXTENSION DATABASE */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "bench/database.h"
#include "bench/pair.h"
#include "bench/token.h"

struct bench {
    struct token token; /* first: a step of raw takes the whole as it is */
    sqlite3_stmt *valid, *verify, *sign;
};

/* ---- steps ---- */

static void row(sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_ROW)
        require(false, sqlite3_errmsg(sqlite3_db_handle(statement)));
}

static void valid_step(void *context)
{
    struct bench *bench = context;
    row(bench->valid);
    require(sqlite3_column_int(bench->valid, 0) == 1, "jwt_valid refuses the token");
    sqlite3_reset(bench->valid);
}

static void text_step(sqlite3_stmt *statement, const char *start)
{
    row(statement);
    const char *text = (const char *)sqlite3_column_text(statement, 0);
    require(strncmp(text, start, strlen(start)) == 0, "an answer of another kind");
    sqlite3_reset(statement);
}

static void verify_step(void *context)
{
    struct bench *bench = context;
    text_step(bench->verify, "{\"valid\":true");
}

static void sign_step(void *context)
{
    struct bench *bench = context;
    text_step(bench->sign, "ey");
}

/* ---- set up ---- */

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql, const struct idp_value *arguments,
                             int count)
{
    sqlite3_stmt *statement = database_prepare(db, sql);
    for (int i = 0; i < count; i++)
        sqlite3_bind_text(statement, i + 1, arguments[i].bytes.data, (int)arguments[i].bytes.size,
                          SQLITE_STATIC);
    return statement;
}

static void measure(struct bench *bench, const char *function, const char *goal,
                    void (*reference)(void *), void (*step)(void *))
{
    char name[64];
    snprintf(name, sizeof name, "%s %s", function, bench->token.raw.algorithm);
    pair_measure(&(struct pair){.section = "Tokens in SQLite",
                                .name = name,
                                .reference = reference == raw_sign ? "raw EVP signature"
                                                                   : "raw EVP verification",
                                .goal = goal,
                                .reference_step = reference,
                                .case_step = step,
                                .context = bench,
                                .slice_ms = SLICE_MS});
}

static void bench_run(sqlite3 *db, const char *algorithm, const char *valid_goal)
{
    static struct bench bench;
    token_open(&bench.token, algorithm);
    bench.valid = prepare(db, "SELECT jwt_valid(?, ?, ?)", bench.token.verify_arguments, 3);
    bench.verify = prepare(db, "SELECT jwt_verify(?, ?, ?)", bench.token.verify_arguments, 3);
    bench.sign = prepare(db, "SELECT jwt_sign_with(?, ?)", bench.token.sign_arguments, 2);
    measure(&bench, "jwt_valid", valid_goal, raw_verify, valid_step);
    measure(&bench, "jwt_verify", "", raw_verify, verify_step);
    measure(&bench, "jwt_sign_with", "", raw_sign, sign_step);
    sqlite3_finalize(bench.valid);
    sqlite3_finalize(bench.verify);
    sqlite3_finalize(bench.sign);
    token_close(&bench.token);
}

int main(int count, char **arguments)
{
    require(count == 3, "usage: tokens EXTENSION DATABASE");
    sqlite3 *db = database_open(arguments[1], arguments[2]);
    bench_run(db, "ES256", ">= 0.95");
    bench_run(db, "RS256", ">= 0.88");
    bench_run(db, "PS256", ">= 0.88");
    bench_run(db, "EdDSA", ">= 0.97");
    bench_run(db, "HS256", ">= 0.33");
    require(sqlite3_close(db) == SQLITE_OK, "the connection does not close");
    return 0;
}
