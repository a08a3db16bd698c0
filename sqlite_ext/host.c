/* SPDX-License-Identifier: Apache-2.0 */
/* host.c - rows, time, randomness and session variables for the core, over one SQLite connection.
 */
#include "sqlite_ext/adapter.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

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

static struct idp_bytes column_bytes(struct idp_frame *frame, sqlite3_stmt *handle, int column)
{
    const void *data = sqlite3_column_blob(handle, column);
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
            return SQLITE_TOOBIG;
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

static struct idp_rows run(struct idp_call *call, const struct idp_statement *statement,
                           const struct idp_value *arguments)
{
    struct idp_frame *frame = call->context;
    struct idp_prepared fresh = {0};
    struct idp_prepared *prepared = idp_statement_prepare(frame, statement, &fresh);
    struct row_set set = {.columns = strlen(statement->columns)};
    int code = SQLITE_DONE;
    if (arguments != NULL) {
        code = bind_all(prepared, arguments);
        code = code == SQLITE_OK ? step_all(frame, prepared, &set) : code;
        sqlite3_reset(prepared->handle);
        sqlite3_clear_bindings(prepared->handle);
    }
    sqlite3_finalize(fresh.handle);
    if (code != SQLITE_DONE) {
        idp_frame_fail_sqlite(frame, code);
    }
    return (struct idp_rows){set.count, set.columns, sqlite3_changes(frame->connection->db),
                             set.values};
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
    for (size_t done = 0; done < size;) {
        ssize_t got = getrandom((char *)out + done, size - done, 0);
        if (got < 0) {
            idp_frame_fail(call->context, IDP_CRYPTO, "The system gave no random bytes.");
        }
        done += (size_t)got;
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

/* ---- master key ---- */

static const char *master_key_path(struct idp_call *call, unsigned char ephemeral[32])
{
    struct idp_frame *frame = call->context;
    const char *chosen = secure_getenv("IDPLANE_MASTER_KEY_FILE");
    if (chosen != NULL && *chosen != '\0') {
        return chosen;
    }
    const char *file = sqlite3_db_filename(frame->connection->db, "main");
    if (file == NULL || *file == '\0') {
        memcpy(ephemeral, frame->connection->ephemeral_key,
               sizeof frame->connection->ephemeral_key);
        return NULL;
    }
    size_t size = strlen(file) + sizeof ".key";
    char *path = idp_allocate(call, size);
    sqlite3_snprintf((int)size, path, "%s.key", file);
    return path;
}

static bool in_recovery(struct idp_call *call)
{
    struct idp_frame *frame = call->context;
    return sqlite3_db_readonly(frame->connection->db, "main") == 1;
}

/* ---- transactions ---- */

static void execute(struct idp_frame *frame, const char *sql, enum idp_error refused)
{
    int code = sqlite3_exec(frame->connection->db, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK && refused != IDP_OK) {
        idp_frame_fail(frame, refused, NULL);
    }
    if (code != SQLITE_OK) {
        idp_frame_fail_sqlite(frame, code);
    }
}

/* A savepoint is refused only inside a running writing statement: there an error would leave some
 * of our writes behind. */
static void begin(struct idp_call *call)
{
    struct idp_frame *frame = call->context;
    sqlite3 *db = frame->connection->db;
    if (frame->transaction != IDP_TRANSACTION_NONE) {
        return;
    }
    if (sqlite3_get_autocommit(db) && sqlite3_txn_state(db, NULL) != SQLITE_TXN_WRITE) {
        execute(frame, "BEGIN IMMEDIATE", IDP_OK);
        frame->transaction = IDP_TRANSACTION_OWN;
        return;
    }
    execute(frame, "SAVEPOINT idplane", IDP_NESTED_WRITE);
    frame->transaction = IDP_TRANSACTION_SAVEPOINT;
}

void idp_transaction_commit(struct idp_frame *frame)
{
    static const char *const texts[] = {NULL, "COMMIT", "RELEASE idplane"};
    if (frame->transaction != IDP_TRANSACTION_NONE) {
        execute(frame, texts[frame->transaction], IDP_OK);
        frame->transaction = IDP_TRANSACTION_NONE;
    }
}

void idp_transaction_roll_back(struct idp_frame *frame)
{
    static const char *const texts[] = {NULL, "ROLLBACK", "ROLLBACK TO idplane; RELEASE idplane"};
    enum idp_transaction transaction = frame->transaction;
    frame->transaction = IDP_TRANSACTION_NONE;
    if (transaction != IDP_TRANSACTION_NONE) {
        /* An error that SQLite answered with a rollback of its own leaves nothing to undo. */
        (void)sqlite3_exec(frame->connection->db, texts[transaction], NULL, NULL, NULL);
    }
}

/* ---- errors ---- */

void idp_frame_fail(struct idp_frame *frame, enum idp_error error, const char *sentence)
{
    const struct idp_error_row *row = idp_error_row(error);
    frame->error = error;
    frame->sqlite_code = error == IDP_BUSY            ? SQLITE_BUSY
                         : error == IDP_OUT_OF_MEMORY ? SQLITE_NOMEM
                                                      : SQLITE_ERROR;
    sqlite3_snprintf(sizeof frame->message, frame->message, "idplane: %s: %s", row->word,
                     sentence == NULL ? row->sentence : sentence);
    longjmp(frame->escape, 1);
}

/* SQLite's text may name our tables and columns, never values; the code tells apart what a caller
 * may retry. */
void idp_frame_fail_sqlite(struct idp_frame *frame, int code)
{
    int primary = code & 0xff;
    if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
        frame->error = IDP_BUSY;
    } else {
        frame->error = primary == SQLITE_NOMEM ? IDP_OUT_OF_MEMORY : IDP_STORE;
    }
    const struct idp_error_row *row = idp_error_row(frame->error);
    frame->sqlite_code = code;
    sqlite3_snprintf(sizeof frame->message, frame->message, "idplane: %s: %s", row->word,
                     frame->error == IDP_STORE ? sqlite3_errmsg(frame->connection->db)
                                               : row->sentence);
    longjmp(frame->escape, 1);
}

static IDP_NORETURN void fail(struct idp_call *call, enum idp_error error, const char *sentence)
{
    idp_frame_fail(call->context, error, sentence);
}

const struct idp_host idp_sqlite_host = {
    .run = run,
    .begin = begin,
    .now = now,
    .random = random_bytes,
    .session_get = session_get,
    .session_set = session_set,
    .master_key_path = master_key_path,
    .in_recovery = in_recovery,
    .fail = fail,
};
