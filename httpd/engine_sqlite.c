/* SPDX-License-Identifier: Apache-2.0 */
/* engine_sqlite.c - the core, linked in, over one SQLite file. The requests of a turn share one
 * transaction, so that one fsync serves them all; they are answered after its commit. */
#include "httpd/httpd.h"

#include <sqlite3.h>

int sqlite3_idplane_init(sqlite3 *db, char **error, const struct sqlite3_api_routines *api);

static sqlite3 *db;
static sqlite3_stmt *request;
static bool group_commit;

static int execute(const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static void engine_open(const struct options *options)
{
    char *configure =
        sqlite3_mprintf("SELECT configure(json_object('base_url', %Q))", options->base_url);
    group_commit = options->group_commit;
    if (sqlite3_open(options->sqlite, &db) || sqlite3_idplane_init(db, NULL, NULL) ||
        sqlite3_busy_timeout(db, 5000) || execute("PRAGMA journal_mode = wal") ||
        execute(strcmp(options->synchronous, "full") == 0 ? "PRAGMA synchronous = full"
                                                          : "PRAGMA synchronous = normal") ||
        execute("SELECT idplane_install()") || (options->base_url && execute(configure)) ||
        sqlite3_prepare_v3(db, "SELECT http_request(?, ?, ?, ?)", -1, SQLITE_PREPARE_PERSISTENT,
                           &request, NULL))
        errx(1, "%s: %s", options->sqlite, sqlite3_errmsg(db));
    sqlite3_free(configure);
}

static void refuse(struct exchange *exchange, int code)
{
    bool busy = (code & 0xff) == SQLITE_BUSY;
    exchange_refuse(exchange, busy ? IDP_TEMPORARILY_UNAVAILABLE : IDP_SERVER_ERROR);
}

static void exchange_run(struct exchange *exchange)
{
    sqlite3_bind_text(request, 1, exchange->told, -1, SQLITE_STATIC);
    sqlite3_bind_text(request, 2, exchange->target, -1, SQLITE_STATIC);
    sqlite3_bind_text(request, 3, exchange_headers(exchange), -1, SQLITE_STATIC);
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
    int code = execute("BEGIN IMMEDIATE");
    for (struct exchange *e = list; e && !code; e = e->next) {
        exchange_run(e);
        code = sqlite3_get_autocommit(db) ? SQLITE_ABORT : SQLITE_OK;
    }
    if (!code)
        code = execute("COMMIT");
    if (!code)
        return;
    warnx("%s", sqlite3_errmsg(db));
    for (struct exchange *e = list; e; e = e->next)
        refuse(e, code);
    if (!sqlite3_get_autocommit(db))
        execute("ROLLBACK");
}

static struct exchange *engine_run(struct exchange *list)
{
    if (group_commit && list->next)
        group_run(list);
    for (struct exchange *next; list; list = next) {
        next = list->next;
        if (!list->answer)
            exchange_run(list);
        exchange_resume(list);
    }
    return NULL;
}

/* The last connection to go checkpoints the log into the file. */
static void engine_close(void)
{
    sqlite3_finalize(request);
    if (sqlite3_close(db))
        warnx("%s", sqlite3_errmsg(db));
}

const struct engine engine_sqlite = {engine_open, engine_run, NULL, NULL, engine_close};
