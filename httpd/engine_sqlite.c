/* SPDX-License-Identifier: Apache-2.0 */
/* engine_sqlite.c - the core, linked in, over one SQLite file. The requests of a turn share one
 * transaction, so that one fsync serves them all; they are answered after its commit. */
#include "httpd/httpd.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

enum { BUSY_TIMEOUT_MS = 5000 };

int sqlite3_idplane_init(sqlite3 *db, char **error, const struct sqlite3_api_routines *api);

static struct {
    sqlite3 *db;
    sqlite3_stmt *request, *begin, *commit;
    bool group_commit;
} engine;

static void execute_or_die(const char *sql)
{
    if (sqlite3_exec(engine.db, sql, NULL, NULL, NULL))
        die("%s", sqlite3_errmsg(engine.db));
}

static sqlite3_stmt *prepare_or_die(const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v3(engine.db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL))
        die("%s", sqlite3_errmsg(engine.db));
    return statement;
}

static void configure(const char *base_url)
{
    sqlite3_stmt *statement = prepare_or_die("SELECT configure(?)");
    char *settings = base_url_settings(base_url);
    sqlite3_bind_text(statement, 1, settings, -1, SQLITE_STATIC);
    if (sqlite3_step(statement) != SQLITE_ROW)
        die("%s", sqlite3_errmsg(engine.db));
    sqlite3_finalize(statement);
    free(settings);
}

static void engine_open(const struct options *options)
{
    if (sqlite3_open(options->sqlite, &engine.db))
        die("cannot open %s: %s", options->sqlite, sqlite3_errmsg(engine.db));
    sqlite3_busy_timeout(engine.db, BUSY_TIMEOUT_MS);
    if (sqlite3_idplane_init(engine.db, NULL, NULL))
        die("%s", sqlite3_errmsg(engine.db));
    execute_or_die("PRAGMA journal_mode = wal");
    execute_or_die(options->synchronous_full ? "PRAGMA synchronous = full"
                                             : "PRAGMA synchronous = normal");
    execute_or_die("SELECT idplane_install()");
    if (options->base_url)
        configure(options->base_url);
    engine.request = prepare_or_die("SELECT http_request(?, ?, ?, ?)");
    engine.begin = prepare_or_die("BEGIN IMMEDIATE");
    engine.commit = prepare_or_die("COMMIT");
    engine.group_commit = options->group_commit;
}

static enum idp_error error_of(int code)
{
    return (code & 0xff) == SQLITE_BUSY ? IDP_TEMPORARILY_UNAVAILABLE : IDP_SERVER_ERROR;
}

/* Runs a statement without parameters. */
static int statement_run(sqlite3_stmt *statement)
{
    sqlite3_step(statement);
    return sqlite3_reset(statement);
}

static void request_run(struct exchange *exchange)
{
    const char *headers = exchange_headers(exchange);
    if (!headers) {
        exchange_refuse(exchange, IDP_CONTENT_TOO_LARGE);
        return;
    }
    sqlite3_stmt *request = engine.request;
    sqlite3_bind_text(request, 1, exchange_method(exchange), -1, SQLITE_STATIC);
    sqlite3_bind_text(request, 2, exchange->target, -1, SQLITE_STATIC);
    sqlite3_bind_text(request, 3, headers, -1, SQLITE_STATIC);
    sqlite3_bind_blob(request, 4, exchange->body ? exchange->body : "", (int)exchange->body_size,
                      SQLITE_STATIC);
    if (sqlite3_step(request) == SQLITE_ROW)
        exchange_answer(exchange, (const char *)sqlite3_column_text(request, 0),
                        (size_t)sqlite3_column_bytes(request, 0));
    if (!sqlite3_reset(request))
        return;
    complain("%s", sqlite3_errmsg(engine.db));
    exchange_refuse(exchange, error_of(sqlite3_extended_errcode(engine.db)));
}

static void all_refuse(struct exchange *list, int code)
{
    complain("%s", sqlite3_errmsg(engine.db));
    for (struct exchange *exchange = list; exchange; exchange = exchange->next)
        exchange_refuse(exchange, error_of(code));
}

/* One transaction for all. Where SQLite itself rolled it back, nothing of it may be answered. */
static void group_run(struct exchange *list)
{
    int code = statement_run(engine.begin);
    for (struct exchange *e = list; e && !code; e = e->next) {
        request_run(e);
        if (sqlite3_get_autocommit(engine.db))
            code = SQLITE_ABORT;
    }
    if (!code)
        code = statement_run(engine.commit);
    if (!code)
        return;
    all_refuse(list, code);
    if (!sqlite3_get_autocommit(engine.db))
        sqlite3_exec(engine.db, "ROLLBACK", NULL, NULL, NULL);
}

static bool is_group(const struct exchange *list)
{
    if (!engine.group_commit || !list->next)
        return false;
    for (; list; list = list->next)
        if (strcmp(exchange_method(list), "GET") != 0)
            return true;
    return false;
}

static void engine_run(struct exchange *list)
{
    if (is_group(list))
        group_run(list);
    else
        for (struct exchange *exchange = list; exchange; exchange = exchange->next)
            request_run(exchange);
    for (struct exchange *next; list; list = next) {
        next = list->next;
        exchange_resume(list);
    }
}

static size_t engine_watch(struct pollfd *polls)
{
    (void)polls;
    return 0;
}

static void engine_progress(const struct pollfd *polls, size_t count)
{
    (void)polls, (void)count;
}

/* The last connection to go checkpoints the log into the file. */
static void engine_close(void)
{
    sqlite3_finalize(engine.request);
    sqlite3_finalize(engine.begin);
    sqlite3_finalize(engine.commit);
    if (sqlite3_close(engine.db))
        complain("%s", sqlite3_errmsg(engine.db));
}

const struct engine engine_sqlite = {.open = engine_open,
                                     .run = engine_run,
                                     .watch = engine_watch,
                                     .progress = engine_progress,
                                     .close = engine_close,
                                     .immediate = true};
