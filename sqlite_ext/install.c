/* SPDX-License-Identifier: Apache-2.0 */
/* install.c - makes the tables in a database file, and refuses files of another age.
 *
 * The schema text is the one PostgreSQL uses, embedded at build time. The version lives in a table
 * of its own, since user_version belongs to the application that owns the file. */
#include "sqlite_ext/adapter.h"

SQLITE_EXTENSION_INIT3

static const char schema[] =
#include "schema.inc"
    ;

static const char version_schema[] =
    "CREATE TABLE idplane_schema (version INTEGER NOT NULL) STRICT;";

/* The file's version; 0 where it has no tables of ours, -1 where it cannot be read. */
static int schema_version(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    int version = 0;
    int code =
        sqlite3_prepare_v2(db, "SELECT max(version) FROM idplane_schema", -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
        version = code == SQLITE_ROW ? sqlite3_column_int(statement, 0) : -1;
    } else if (code != SQLITE_ERROR) {
        version = -1;
    }
    sqlite3_finalize(statement);
    return version;
}

void idp_schema_check(struct idp_frame *frame)
{
    if (frame->connection->schema_checked) {
        return;
    }
    int version = schema_version(frame->connection->db);
    if (version < 0) {
        idp_frame_fail_sqlite(frame, sqlite3_extended_errcode(frame->connection->db));
    }
    if (version > IDP_SCHEMA_VERSION) {
        idp_frame_fail(frame, IDP_SCHEMA_NEWER, NULL);
    }
    if (version < IDP_SCHEMA_VERSION) {
        idp_frame_fail(frame, IDP_NOT_INSTALLED, NULL);
    }
    frame->connection->schema_checked = true;
}

static int execute(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int create_tables(sqlite3 *db)
{
    char *translated = idp_translate(schema);
    if (translated == NULL) {
        return SQLITE_NOMEM;
    }
    int code = execute(db, version_schema);
    code = code == SQLITE_OK ? execute(db, translated) : code;
    sqlite3_free(translated);
    char *row = sqlite3_mprintf("INSERT INTO idplane_schema VALUES (%d)", IDP_SCHEMA_VERSION);
    code = code == SQLITE_OK ? execute(db, row) : code;
    sqlite3_free(row);
    return code;
}

/* The version is read again under the savepoint: another connection may have installed meanwhile.
 */
static int install(sqlite3 *db)
{
    bool own = sqlite3_get_autocommit(db) != 0;
    int code = execute(db, own ? "BEGIN IMMEDIATE" : "SAVEPOINT idplane_install");
    if (code != SQLITE_OK) {
        return code;
    }
    if (schema_version(db) == 0) {
        code = create_tables(db);
    }
    if (code == SQLITE_OK) {
        return execute(db, own ? "COMMIT" : "RELEASE idplane_install");
    }
    (void)execute(db, own ? "ROLLBACK" : "ROLLBACK TO idplane_install; RELEASE idplane_install");
    return code;
}

static void result_error(sqlite3_context *context, enum idp_error error, int code)
{
    const struct idp_error_row *row = idp_error_row(error);
    char message[IDP_MESSAGE_SIZE_MAX];
    sqlite3_snprintf(sizeof message, message, "idplane: %s: %s", row->word, row->sentence);
    sqlite3_result_error(context, message, -1);
    sqlite3_result_error_code(context, code);
}

void idp_install(sqlite3_context *context, int argument_count, sqlite3_value **arguments)
{
    (void)argument_count;
    (void)arguments;
    struct idp_connection *connection = sqlite3_user_data(context);
    sqlite3 *db = connection->db;
    connection->schema_checked = false;
    int version = schema_version(db);
    if (version > IDP_SCHEMA_VERSION) {
        result_error(context, IDP_SCHEMA_NEWER, SQLITE_ERROR);
        return;
    }
    int code = version == IDP_SCHEMA_VERSION ? SQLITE_OK : install(db);
    if (code != SQLITE_OK) {
        bool busy = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
        result_error(context, busy ? IDP_BUSY : IDP_STORE, code);
        return;
    }
    sqlite3_result_text(context, "idplane " IDP_VERSION " installed", -1, SQLITE_STATIC);
}
