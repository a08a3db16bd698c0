/* SPDX-License-Identifier: Apache-2.0 */
/* database_sqlite.c - the core, linked in, over one SQLite file. Also the tables are made in the
 * transaction, so that a dry run leaves nothing behind; where there is no file it makes none. */
#include "load/load.h"

#include <sqlite3.h>
#include <unistd.h>

#include "sqlite_ext/program.h"

enum { BUSY_TIMEOUT_MS = 5000 };

static sqlite3 *db;

static void sqlite_open(struct loader *loader, const char *where, bool dry_run)
{
    const char *file = dry_run && access(where, F_OK) != 0 ? ":memory:" : where;
    if (sqlite3_open(file, &db) != SQLITE_OK || sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS) != 0 ||
        sqlite3_idplane_init(db, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(db, "BEGIN IMMEDIATE; SELECT idplane_install();", NULL, NULL, NULL) !=
            SQLITE_OK) {
        fail(loader, "%s: %s", where, sqlite3_errmsg(db));
    }
}

static struct answer sqlite_run(struct loader *loader, const char *sql,
                                const char *const *arguments, size_t count)
{
    struct answer answer = {0};
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    for (size_t i = 0; i < count && code == SQLITE_OK; i++) {
        code = sqlite3_bind_text(statement, (int)i + 1, arguments[i], -1, SQLITE_STATIC);
    }
    if (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        answer.text = text == NULL ? NULL : text_copy(loader, text, strlen(text));
    } else {
        answer.fault = text_of(loader, "%s", sqlite3_errmsg(db));
    }
    sqlite3_finalize(statement);
    return answer;
}

static void sqlite_end(struct loader *loader, bool commit)
{
    if (db == NULL) {
        return;
    }
    bool open = sqlite3_get_autocommit(db) == 0;
    int code = open ? sqlite3_exec(db, commit ? "COMMIT" : "ROLLBACK", NULL, NULL, NULL) : 0;
    const char *fault = text_of(loader, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    db = NULL;
    if (commit && code != SQLITE_OK) {
        fail(loader, "the commit failed, nothing is changed: %s", fault);
    }
}

const struct database database_sqlite = {sqlite_open, sqlite_run, sqlite_end, ""};
