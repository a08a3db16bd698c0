/* SPDX-License-Identifier: Apache-2.0 */
/* host.c - rows, time, randomness and session variables for the core, over one SQLite connection.
 */
#include "sqlite_ext/adapter.h"

#include <string.h>
#include <time.h>

#include "sqlite_ext/program.h"

SQLITE_EXTENSION_INIT3

/* ---- statements ---- */

static int bind_bytes(sqlite3_stmt *handle, int index, const struct idp_value *value)
{
    if (value->kind == 'x' && value->bytes.size == 0) {
        return sqlite3_bind_zeroblob(handle, index, 0);
    }
    if (value->kind == 'x') {
        return sqlite3_bind_blob64(handle, index, value->bytes.data, value->bytes.size,
                                   SQLITE_STATIC);
    }
    return sqlite3_bind_text64(handle, index, value->bytes.data, value->bytes.size, SQLITE_STATIC,
                               SQLITE_UTF8);
}

static int bind_value(sqlite3_stmt *handle, int index, const struct idp_value *value)
{
    switch (value->kind) {
    case 0:
        return sqlite3_bind_null(handle, index);
    case 'i':
    case 'b':
    case 'z':
        return sqlite3_bind_int64(handle, index, value->integer);
    default:
        return bind_bytes(handle, index, value);
    }
}

/* Text is asked for as UTF-8, whatever the encoding of the database; then its size is that of
 * UTF-8.
 */
static struct idp_bytes column_bytes(struct idp_frame *frame, sqlite3_stmt *handle, int column)
{
    const void *data = sqlite3_column_type(handle, column) == SQLITE_TEXT
                           ? (const void *)sqlite3_column_text(handle, column)
                           : sqlite3_column_blob(handle, column);
    if (data == NULL && sqlite3_errcode(frame->connection->db) == SQLITE_NOMEM) {
        idp_frame_fail_sqlite(frame, SQLITE_NOMEM);
    }
    size_t size = (size_t)sqlite3_column_bytes(handle, column);
    char *copy = idp_allocate(&frame->call, size + 1);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    return (struct idp_bytes){copy, size};
}

static struct idp_value column_value(struct idp_frame *frame, sqlite3_stmt *handle, int column,
                                     char kind)
{
    if (sqlite3_column_type(handle, column) == SQLITE_NULL) {
        return (struct idp_value){0};
    }
    if (strchr("ibz", kind) != NULL) {
        return (struct idp_value){.kind = kind, .integer = sqlite3_column_int64(handle, column)};
    }
    return (struct idp_value){.kind = kind, .bytes = column_bytes(frame, handle, column)};
}

/* Rows of one run; `values` has room for `capacity` rows and moves when that doubles. */
struct row_set {
    struct idp_value *values;
    size_t count, capacity, columns;
};

static void grow(struct idp_frame *frame, struct row_set *set)
{
    size_t capacity = set->capacity == 0 ? 1 : set->capacity * 4;
    struct idp_value *values =
        idp_allocate(&frame->call, capacity * (set->columns + 1) * sizeof *values);
    if (set->count > 0) {
        memcpy(values, set->values, set->count * set->columns * sizeof *values);
    }
    set->values = values;
    set->capacity = capacity;
}

static void copy_row(struct idp_frame *frame, struct row_set *set, sqlite3_stmt *handle,
                     const char *kinds)
{
    if (set->count == set->capacity) {
        grow(frame, set);
    }
    for (size_t i = 0; i < set->columns; i++) {
        set->values[set->count * set->columns + i] = column_value(frame, handle, (int)i, kinds[i]);
    }
    set->count++;
}

/* Steps to the end, so that a writing statement is whole; SQLITE_DONE, or what stopped it. */
static int step_all(struct idp_frame *frame, struct idp_prepared *prepared, struct row_set *set)
{
    int code;
    while ((code = sqlite3_step(prepared->handle)) == SQLITE_ROW) {
        if (set->count >= IDP_ROW_COUNT_MAX) {
            idp_frame_fail(frame, IDP_TOO_LARGE, NULL);
        }
        copy_row(frame, set, prepared->handle, prepared->statement->columns);
    }
    return code;
}

static int bind_all(struct idp_prepared *prepared, const struct idp_value *arguments)
{
    int code = SQLITE_OK;
    for (size_t i = 0; prepared->statement->arguments[i] != '\0' && code == SQLITE_OK; i++) {
        if (prepared->index[i] > 0) {
            code = bind_value(prepared->handle, prepared->index[i], &arguments[i]);
        }
    }
    return code;
}

static _Thread_local size_t lasting_write_count;

size_t sqlite3_idplane_lasting_writes(void)
{
    return lasting_write_count;
}

/* A statement that a crash may forget does not speak for the triggers that somebody gave its table:
 * what they change is in the total alone. */
static bool is_lasting(const struct idp_statement *statement, sqlite3 *db, unsigned total_before)
{
    unsigned all = (unsigned)sqlite3_total_changes(db) - total_before;
    return !statement->forgettable || all > (unsigned)sqlite3_changes(db);
}

static struct idp_rows execute(struct idp_frame *frame, const struct idp_statement *statement,
                               const struct idp_value *arguments)
{
    sqlite3 *db = frame->connection->db;
    unsigned total_before = (unsigned)sqlite3_total_changes(db);
    struct idp_prepared *prepared = idp_statement_start(frame, statement);
    struct row_set set = {.columns = strlen(statement->columns)};
    int code = SQLITE_DONE;
    bool writes = !sqlite3_stmt_readonly(prepared->handle);
    if (writes && !prepared->spares_kept) {
        idp_kept_doubt(frame->connection, total_before);
    }
    if (arguments != NULL) {
        code = bind_all(prepared, arguments);
        code = code == SQLITE_OK ? step_all(frame, prepared, &set) : code;
    }
    if (code != SQLITE_DONE) {
        idp_frame_fail_sqlite(frame, code);
    }
    lasting_write_count += writes && is_lasting(statement, db, total_before);
    if (prepared->spares_kept) {
        idp_kept_spare(frame->connection, total_before);
    }
    idp_statement_end(frame);
    return (struct idp_rows){set.count, set.columns, sqlite3_changes(db), set.values};
}

static struct idp_rows run(struct idp_call *call, const struct idp_statement *statement,
                           const struct idp_value *arguments)
{
    struct idp_kept kept;
    if (arguments == NULL) {
        return execute(call->context, statement, NULL);
    }
    struct idp_frame *frame = call->context;
    if (idp_kept_get(frame, statement, arguments, &kept)) {
        return kept.rows;
    }
    struct idp_rows rows = execute(frame, statement, arguments);
    idp_kept_put(frame->connection, &kept, statement, rows);
    return rows;
}

/* ---- time, randomness, session ---- */

static int64_t now(struct idp_call *call)
{
    (void)call;
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void random_bytes(struct idp_call *call, void *out, size_t size)
{
    if (!idp_random_write(out, size)) {
        idp_frame_fail(call->context, IDP_CRYPTO, "The system gave no random bytes.");
    }
}

static struct idp_bytes session_get(struct idp_call *call, enum idp_session variable)
{
    struct idp_frame *frame = call->context;
    const char *text = frame->connection->session[variable];
    return (struct idp_bytes){text, text == NULL ? 0 : strlen(text)};
}

/* SQLite has no transaction-local settings: `local` is as global as the connection. */
static void session_set(struct idp_call *call, enum idp_session variable, struct idp_bytes value,
                        bool local)
{
    (void)local;
    struct idp_frame *frame = call->context;
    char *copy = NULL;
    if (value.data != NULL) {
        copy = sqlite3_mprintf("%.*s", (int)value.size, value.data);
        if (copy == NULL) {
            idp_frame_fail_sqlite(frame, SQLITE_NOMEM);
        }
    }
    sqlite3_free(frame->connection->session[variable]);
    frame->connection->session[variable] = copy;
}

static bool in_recovery(struct idp_call *call)
{
    struct idp_frame *frame = call->context;
    return sqlite3_db_readonly(frame->connection->db, "main") == 1;
}

/* ---- errors ---- */

static void record(struct idp_frame *frame, enum idp_error error, int code, const char *sentence)
{
    const struct idp_error_row *row = idp_error_row(error);
    frame->error = error;
    frame->sqlite_code = code;
    const char *text = sentence == NULL ? row->sentence : sentence;
    sqlite3_free(frame->long_message);
    frame->long_message = NULL;
    sqlite3_snprintf(sizeof frame->message, frame->message, "idplane: %s: %s", row->word, text);
    if (strlen(frame->message) == sizeof frame->message - 1) {
        frame->long_message = sqlite3_mprintf("idplane: %s: %s", row->word, text);
    }
}

void idp_frame_fail(struct idp_frame *frame, enum idp_error error, const char *sentence)
{
    int code = error == IDP_BUSY            ? SQLITE_BUSY
               : error == IDP_OUT_OF_MEMORY ? SQLITE_NOMEM
                                            : SQLITE_ERROR;
    record(frame, error, code, sentence);
    longjmp(frame->escape, 1);
}

/* Tables that were there may have gone, with a roll-back of what made them. */
static enum idp_error recheck(struct idp_connection *connection)
{
    if (!connection->schema_checked) {
        return IDP_STORE;
    }
    enum idp_error state = idp_schema_state(connection->db);
    connection->schema_checked = state == IDP_OK;
    return state == IDP_OK ? IDP_STORE : state;
}

static enum idp_error error_of(struct idp_connection *connection, int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return IDP_BUSY;
    case SQLITE_NOMEM:
        return IDP_OUT_OF_MEMORY;
    case SQLITE_TOOBIG:
        return IDP_TOO_LARGE;
    case SQLITE_ERROR:
        return recheck(connection);
    default:
        return IDP_STORE;
    }
}

/* SQLite's text may name our tables and columns, never values; the code tells apart what a caller
 * may retry. The text is gone when the schema was read. */
void idp_frame_fail_sqlite(struct idp_frame *frame, int code)
{
    record(frame, IDP_STORE, code, sqlite3_errmsg(frame->connection->db));
    enum idp_error error = error_of(frame->connection, code);
    if (error != IDP_STORE) {
        record(frame, error, code, NULL);
    }
    longjmp(frame->escape, 1);
}

static IDP_NORETURN void fail(struct idp_call *call, enum idp_error error, const char *sentence)
{
    idp_frame_fail(call->context, error, sentence);
}

const struct idp_host idp_sqlite_host = {
    .run = run,
    .begin = idp_transaction_ensure,
    .attempt = idp_transaction_attempt,
    .query_register = idp_query_register,
    .query_run = idp_query_run,
    .now = now,
    .random = random_bytes,
    .session_get = session_get,
    .session_set = session_set,
    .master_key_path = idp_master_key_path,
    .in_recovery = in_recovery,
    .fail = fail,
};
