/* SPDX-License-Identifier: Apache-2.0 */
/* engine_sqlite.c - the core, linked in, over one SQLite file. The requests of a turn share one
 * transaction, so that one fsync serves them all; they are answered after its commit. */
#include "httpd/httpd.h"

#include <string.h>

#include <sqlite3.h>

int sqlite3_idplane_init(sqlite3 *db, char **error, const struct sqlite3_api_routines *api);

static sqlite3 *db;
static sqlite3_stmt *request, *begin, *commit;
static bool group_commit;

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL))
        errx(1, "%s", sqlite3_errmsg(db));
    return statement;
}

static int execute(sqlite3_stmt *statement)
{
    sqlite3_step(statement);
    return sqlite3_reset(statement);
}

static void execute_once(const char *sql, const char *argument)
{
    sqlite3_stmt *statement = prepare(sql);
    sqlite3_bind_text(statement, 1, argument, -1, SQLITE_STATIC);
    if (execute(statement))
        errx(1, "%s", sqlite3_errmsg(db));
    sqlite3_finalize(statement);
}

static void engine_open(const struct options *options)
{
    if (sqlite3_open(options->sqlite, &db) || sqlite3_idplane_init(db, NULL, NULL))
        errx(1, "cannot open %s: %s", options->sqlite, sqlite3_errmsg(db));
    sqlite3_busy_timeout(db, 5000);
    execute_once("PRAGMA journal_mode = wal", NULL);
    if (strcmp(options->synchronous, "normal") == 0)
        execute_once("PRAGMA synchronous = normal", NULL);
    execute_once("SELECT idplane_install()", NULL);
    if (options->base_url)
        execute_once("SELECT configure(json_object('base_url', ?))", options->base_url);
    request = prepare("SELECT http_request(?, ?, ?, ?)");
    begin = prepare("BEGIN IMMEDIATE");
    commit = prepare("COMMIT");
    group_commit = options->group_commit;
}

static void refuse(struct exchange *exchange, int code)
{
    bool busy = (code & 0xff) == SQLITE_BUSY;
    exchange_refuse(exchange, busy ? IDP_TEMPORARILY_UNAVAILABLE : IDP_SERVER_ERROR);
}

static void exchange_run(struct exchange *exchange)
{
    const char *headers = exchange_headers(exchange);
    if (!headers) {
        exchange_refuse(exchange, IDP_INVALID_REQUEST);
        return;
    }
    sqlite3_bind_text(request, 1, exchange_method(exchange), -1, SQLITE_STATIC);
    sqlite3_bind_text(request, 2, exchange->target, -1, SQLITE_STATIC);
    sqlite3_bind_text(request, 3, headers, -1, SQLITE_STATIC);
    sqlite3_bind_blob(request, 4, exchange->body, (int)exchange->body_size, SQLITE_STATIC);
    if (sqlite3_step(request) == SQLITE_ROW)
        exchange_answer(exchange, (const char *)sqlite3_column_text(request, 0),
                        (size_t)sqlite3_column_bytes(request, 0));
    int code = sqlite3_reset(request);
    if (!code)
        return;
    warnx("%s", sqlite3_errmsg(db));
    refuse(exchange, code);
}

/* One transaction for all. Where SQLite itself rolled it back, nothing of it may be answered. */
static void group_run(struct exchange *list)
{
    int code = execute(begin);
    for (struct exchange *e = list; e && !code; e = e->next) {
        exchange_run(e);
        code = sqlite3_get_autocommit(db) ? SQLITE_ABORT : SQLITE_OK;
    }
    if (!code)
        code = execute(commit);
    if (!code)
        return;
    warnx("%s", sqlite3_errmsg(db));
    for (struct exchange *e = list; e; e = e->next)
        refuse(e, code);
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

static void engine_run(struct exchange *list)
{
    struct exchange *next;
    if (group_commit && list->next)
        group_run(list);
    for (; list; list = next) {
        next = list->next;
        if (!list->response)
            exchange_run(list);
        exchange_resume(list);
    }
}

/* The last connection to go checkpoints the log into the file. */
static void engine_close(void)
{
    sqlite3_finalize(request);
    sqlite3_finalize(begin);
    sqlite3_finalize(commit);
    if (sqlite3_close(db))
        warnx("%s", sqlite3_errmsg(db));
}

const struct engine engine_sqlite = {engine_open, engine_run, NULL, NULL, engine_close};
