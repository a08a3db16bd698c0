/* SPDX-License-Identifier: Apache-2.0 */
/* anchor.c - lets sqlite3_close() succeed while statements are cached.
 *
 * Function destructors run too late: close has already refused. A connected virtual table is
 * disconnected first, so an eponymous one, empty and touched once, carries the release. */
#include "sqlite_ext/adapter.h"

SQLITE_EXTENSION_INIT3

struct anchor {
    sqlite3_vtab base;
    struct idp_connection *connection;
};

static int anchor_connect(sqlite3 *db, void *context, int argc, const char *const *argv,
                          sqlite3_vtab **out, char **error)
{
    (void)argc;
    (void)argv;
    (void)error;
    int code = sqlite3_declare_vtab(db, "CREATE TABLE idplane_anchor(empty)");
    if (code != SQLITE_OK) {
        return code;
    }
    struct anchor *anchor = sqlite3_malloc64(sizeof *anchor);
    if (anchor == NULL) {
        return SQLITE_NOMEM;
    }
    *anchor = (struct anchor){.connection = context};
    *out = &anchor->base;
    return SQLITE_OK;
}

static int anchor_disconnect(sqlite3_vtab *table)
{
    struct anchor *anchor = (struct anchor *)table;
    anchor->connection->anchored = false;
    idp_statements_release(anchor->connection);
    sqlite3_free(anchor);
    return SQLITE_OK;
}

static int anchor_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedRows = 0;
    return SQLITE_OK;
}

static int anchor_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    (void)table;
    sqlite3_vtab_cursor *cursor = sqlite3_malloc64(sizeof *cursor);
    if (cursor == NULL) {
        return SQLITE_NOMEM;
    }
    *cursor = (sqlite3_vtab_cursor){0};
    *out = cursor;
    return SQLITE_OK;
}

static int anchor_close(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int anchor_filter(sqlite3_vtab_cursor *cursor, int number, const char *name, int argc,
                         sqlite3_value **argv)
{
    (void)cursor;
    (void)number;
    (void)name;
    (void)argc;
    (void)argv;
    return SQLITE_OK;
}

static int anchor_next(sqlite3_vtab_cursor *cursor)
{
    (void)cursor;
    return SQLITE_OK;
}

static int anchor_eof(sqlite3_vtab_cursor *cursor)
{
    (void)cursor;
    return 1;
}

static int anchor_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
    (void)cursor;
    (void)column;
    sqlite3_result_null(context);
    return SQLITE_OK;
}

static int anchor_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
    (void)cursor;
    *rowid = 0;
    return SQLITE_OK;
}

static const sqlite3_module anchor_module = {
    .xConnect = anchor_connect,
    .xBestIndex = anchor_best_index,
    .xDisconnect = anchor_disconnect,
    .xOpen = anchor_open,
    .xClose = anchor_close,
    .xFilter = anchor_filter,
    .xNext = anchor_next,
    .xEof = anchor_eof,
    .xColumn = anchor_column,
    .xRowid = anchor_rowid,
};

int idp_anchor_register(struct idp_connection *connection)
{
    connection->references++;
    return sqlite3_create_module_v2(connection->db, "idplane_anchor", &anchor_module, connection,
                                    idp_connection_release);
}

void idp_anchor_drop(struct idp_frame *frame)
{
    struct idp_connection *connection = frame->connection;
    if (connection->anchored) {
        return;
    }
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(connection->db, "SELECT 1 FROM main.idplane_anchor", -1,
                                  &statement, NULL);
    sqlite3_finalize(statement);
    if (code != SQLITE_OK) {
        idp_frame_fail_sqlite(frame, code);
    }
    connection->anchored = true;
}
