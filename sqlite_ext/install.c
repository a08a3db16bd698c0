/* SPDX-License-Identifier: Apache-2.0 */
/* install.c - makes the tables in a database file, and refuses files of another age.
 *
 * The schema text is the one PostgreSQL uses, embedded at build time. The version lives in a table
 * of its own, since user_version belongs to the application that owns the file. */
#include "core/base/base.h"
#include "sqlite_ext/adapter.h"

SQLITE_EXTENSION_INIT3

static const char schema[] =
#include "schema.inc"
    ;

static const char version_schema[] =
    "CREATE TABLE main.idplane_schema (version INTEGER NOT NULL) STRICT";

static bool has_version_table(sqlite3 *db)
{
    return sqlite3_table_column_metadata(db, "main", "idplane_schema", NULL, NULL, NULL, NULL, NULL,
                                         NULL) == SQLITE_OK;
}

static enum idp_error compare(sqlite3_stmt *statement)
{
    int version = sqlite3_column_int(statement, 0);
    if (version > IDP_SCHEMA_VERSION) {
        return IDP_SCHEMA_NEWER;
    }
    return version < IDP_SCHEMA_VERSION ? IDP_NOT_INSTALLED : IDP_OK;
}

/* A table that cannot be read as a version is reported by idplane_install(). */
enum idp_error idp_schema_state(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, "SELECT max(version) FROM main.idplane_schema", -1,
                                  &statement, NULL);
    if (code != SQLITE_OK) {
        return code == SQLITE_ERROR ? IDP_NOT_INSTALLED : IDP_STORE;
    }
    enum idp_error state = sqlite3_step(statement) == SQLITE_ROW ? compare(statement) : IDP_STORE;
    sqlite3_finalize(statement);
    return state;
}

/* Raises what idplane_install() cannot mend; true where the tables are there. */
static bool is_installed(struct idp_frame *frame)
{
    sqlite3 *db = frame->connection->db;
    enum idp_error state = idp_schema_state(db);
    if (state == IDP_STORE) {
        idp_frame_fail_sqlite(frame, sqlite3_extended_errcode(db));
    }
    if (state == IDP_SCHEMA_NEWER) {
        idp_frame_fail(frame, state, NULL);
    }
    return state == IDP_OK;
}

void idp_schema_check(struct idp_frame *frame)
{
    if (frame->connection->schema_checked) {
        return;
    }
    if (!is_installed(frame)) {
        idp_frame_fail(frame, IDP_NOT_INSTALLED, NULL);
    }
    frame->connection->schema_checked = true;
}

static void execute(struct idp_frame *frame, const char *sql)
{
    int code = sqlite3_exec(frame->connection->db, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        idp_frame_fail_sqlite(frame, code);
    }
}

static void finalize(void *statement)
{
    sqlite3_finalize(statement);
}

/* Also the undo of the transaction: nothing else that writes can be prepared yet. */
static sqlite3_stmt *prepare_version_table(struct idp_frame *frame)
{
    sqlite3 *db = frame->connection->db;
    sqlite3_stmt *statement = NULL;
    if (has_version_table(db)) {
        idp_frame_fail(frame, IDP_STORE,
                       "The table idplane_schema is there, but does not say which version the "
                       "tables have: restore the database from a backup.");
    }
    int code = sqlite3_prepare_v2(db, version_schema, -1, &statement, NULL);
    if (code != SQLITE_OK) {
        idp_frame_fail_sqlite(frame, code);
    }
    return idp_own(&frame->call, statement, finalize);
}

static void create_tables(struct idp_frame *frame, sqlite3_stmt *version_table)
{
    char *translated = idp_translate(schema);
    if (translated == NULL) {
        idp_frame_fail(frame, IDP_OUT_OF_MEMORY, NULL);
    }
    idp_own(&frame->call, translated, sqlite3_free);
    int code = sqlite3_step(version_table);
    if (code != SQLITE_DONE) {
        idp_frame_fail_sqlite(frame, code);
    }
    sqlite3_reset(version_table);
    execute(frame, translated);
    char row[96];
    sqlite3_snprintf(sizeof row, row, "INSERT INTO main.idplane_schema VALUES (%d)",
                     IDP_SCHEMA_VERSION);
    execute(frame, row);
}

/* The version is read again in the transaction: another connection may have installed meanwhile. */
static struct idp_value install(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    struct idp_frame *frame = call->context;
    frame->connection->schema_checked = false;
    if (!is_installed(frame)) {
        sqlite3_stmt *version_table = prepare_version_table(frame);
        idp_transaction_begin(frame, version_table);
        if (!is_installed(frame)) {
            create_tables(frame, version_table);
        }
    }
    return idp_value_text(idp_bytes_of("idplane " IDP_VERSION " installed"));
}

const struct idp_function idp_install_function = {
    .name = "idplane_install",
    .arguments = "",
    .argument_names = "",
    .result = 't',
    .effect = IDP_WRITES,
    .entry = install,
    .help = "Makes the tables of idplane in the main database.",
};
