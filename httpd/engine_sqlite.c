/* SPDX-License-Identifier: Apache-2.0 */
/* engine_sqlite.c - the core, linked in, over one SQLite file. The requests of a turn share one
 * transaction, so that one fsync serves them all; they are answered after its commit. */
#include "httpd/httpd.h"

#include <sqlite3.h>

int sqlite3_idplane_init(sqlite3 *db, char **error, const struct sqlite3_api_routines *api);

static sqlite3 *db;
static sqlite3_stmt *request;

/* The last connection to go checkpoints the log into the file. */
static void engine_close(void)
{
    sqlite3_finalize(request);
    if (sqlite3_close(db))
        warnx("%s", sqlite3_errmsg(db));
}

static void engine_open(void)
{
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD); /* no locks, no statistics */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    char *setup = sqlite3_mprintf(
        "PRAGMA journal_mode = wal; PRAGMA synchronous = %s; SELECT idplane_install();"
        "SELECT configure(json_object('base_url', %Q)) WHERE %d",
        option[SYNCHRONOUS], option[BASE_URL], option[BASE_URL] != NULL);
    if (sqlite3_open(option[SQLITE], &db) || sqlite3_idplane_init(db, NULL, NULL) ||
        sqlite3_busy_timeout(db, 5000) || sqlite3_exec(db, setup, NULL, NULL, NULL) ||
        sqlite3_prepare_v3(db, "SELECT http_request(?, ?, ?, ?)", -1, SQLITE_PREPARE_PERSISTENT,
                           &request, NULL))
        errx(1, "%s: %s", option[SQLITE], sqlite3_errmsg(db));
    sqlite3_free(setup);
    atexit(engine_close);
}

/* The core's document is left in exchange->answer until it is committed. */
static int request_run(struct exchange *exchange)
{
    sqlite3_bind_text(request, 1, exchange->told, -1, SQLITE_STATIC);
    sqlite3_bind_text(request, 2, exchange->target, -1, SQLITE_STATIC);
    sqlite3_bind_text(request, 3, exchange_headers(exchange), -1, SQLITE_STATIC);
    sqlite3_bind_blob(request, 4, exchange->body, (int)exchange->body_size, SQLITE_STATIC);
    if (sqlite3_step(request) == SQLITE_ROW)
        exchange->answer = obtained(strdup((const char *)sqlite3_column_text(request, 0)));
    int code = sqlite3_reset(request);
    if (code)
        warnx("%s", sqlite3_errmsg(db));
    return code;
}

static void request_end(struct exchange *exchange, int code)
{
    if (!code && exchange->answer)
        exchange_answer(exchange, exchange->answer);
    else
        exchange_refuse(exchange, (code & 0xff) == SQLITE_BUSY ? IDP_TEMPORARILY_UNAVAILABLE
                                                               : IDP_SERVER_ERROR);
}

static void engine_run_one(struct exchange *exchange)
{
    request_end(exchange, request_run(exchange));
}

/* One transaction for several. Where SQLite rolled it back, nothing of it may be answered. */
static void engine_run(void)
{
    struct exchange *exchange = STAILQ_FIRST(&waiting);
    bool group = exchange && STAILQ_NEXT(exchange, next);
    int code = group ? sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) : SQLITE_OK;
    for (; exchange && !code; exchange = STAILQ_NEXT(exchange, next)) {
        code = request_run(exchange);
        if (group)
            code = sqlite3_get_autocommit(db) ? SQLITE_ABORT : SQLITE_OK;
    }
    if (group && (code || (code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL))))
        warnx("%s", sqlite3_errmsg(db));
    while ((exchange = STAILQ_FIRST(&waiting))) {
        STAILQ_REMOVE_HEAD(&waiting, next);
        request_end(exchange, code);
    }
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

const struct engine engine_sqlite = {engine_open, engine_run, engine_run_one};
