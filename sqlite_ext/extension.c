/* SPDX-License-Identifier: Apache-2.0 */
/* extension.c - registers every row of the function table and carries its calls.
 *
 * Load with `.load ./idplane`, or link statically with -DSQLITE_CORE and call sqlite3_idplane_init.
 */
#include "sqlite_ext/adapter.h"

#include <string.h>
#include <sys/random.h>

SQLITE_EXTENSION_INIT1

enum { SQLITE_RESULT_SUBTYPE_FLAG = 0x1000000, SQLITE_VERSION_RESULT_SUBTYPE = 3045000 };

/* One registered arity of a row. */
struct registration {
    struct idp_connection *connection;
    const struct idp_function *function;
};

/* ---- connection ---- */

struct idp_connection *idp_connection_open(sqlite3 *db)
{
    struct idp_connection *connection = sqlite3_malloc64(sizeof *connection);
    if (connection == NULL) {
        return NULL;
    }
    *connection = (struct idp_connection){.db = db, .references = 1};
    size_t size = sizeof connection->ephemeral_key;
    if (getrandom(connection->ephemeral_key, size, 0) != (ssize_t)size) {
        sqlite3_free(connection);
        return NULL;
    }
    return connection;
}

void idp_connection_release(void *object)
{
    struct idp_connection *connection = object;
    if (--connection->references > 0) {
        return;
    }
    idp_statements_release(connection);
    for (size_t i = 0; i < IDP_SESSION_COUNT; i++) {
        sqlite3_free(connection->session[i]);
    }
    sqlite3_free(connection->spare_block);
    explicit_bzero(connection, sizeof *connection);
    sqlite3_free(connection);
}

static void registration_release(void *object)
{
    struct registration *registration = object;
    idp_connection_release(registration->connection);
    sqlite3_free(registration);
}

/* ---- arena blocks: the smallest size is kept for the next call ---- */

struct block_header {
    size_t size;
    size_t padding; /* keeps the block aligned to 16 */
};

static void *obtain(void *context, size_t size)
{
    struct idp_connection *connection = context;
    struct block_header *header = connection->spare_block;
    if (header != NULL && header->size >= size) {
        connection->spare_block = NULL;
        return header + 1;
    }
    header = sqlite3_malloc64(sizeof *header + size);
    if (header == NULL) {
        return NULL;
    }
    header->size = size;
    return header + 1;
}

static void release(void *context, void *block)
{
    struct idp_connection *connection = context;
    struct block_header *header = (struct block_header *)block - 1;
    if (connection->spare_block == NULL && header->size <= IDP_SPARE_BLOCK_SIZE_MAX) {
        connection->spare_block = header;
        return;
    }
    sqlite3_free(header);
}

/* ---- values ---- */

static void fail_type(struct idp_frame *frame, size_t index, const char *type)
{
    char sentence[IDP_MESSAGE_SIZE_MAX];
    const char *name = frame->call.function->argument_names;
    for (size_t i = 0; i < index && name != NULL; i++) {
        name = strchr(name, ' ');
        name = name == NULL ? NULL : name + 1;
    }
    int size = name == NULL ? 0 : (int)strcspn(name, " ");
    sqlite3_snprintf(sizeof sentence, sentence, "Argument %d (%.*s) must be %s.", (int)index + 1,
                     size, name, type);
    idp_frame_fail(frame, IDP_INVALID_ARGUMENT, sentence);
}

static struct idp_value bytes_argument(struct idp_frame *frame, sqlite3_value *value, char kind)
{
    const void *data = sqlite3_value_blob(value);
    int size = sqlite3_value_bytes(value);
    if (data == NULL && size > 0) {
        idp_frame_fail_sqlite(frame, SQLITE_NOMEM);
    }
    return (struct idp_value){.kind = kind, .bytes = {data == NULL ? "" : data, (size_t)size}};
}

/* Types are checked, never coerced: a number is no text. Bytes may be given as text. */
static struct idp_value argument(struct idp_frame *frame, sqlite3_value *value, size_t index)
{
    char kind = frame->call.function->arguments[index];
    int type = sqlite3_value_type(value);
    if (type == SQLITE_NULL) {
        return (struct idp_value){0};
    }
    if (kind == 'i' || kind == 'b') {
        int64_t integer = sqlite3_value_int64(value);
        if (type != SQLITE_INTEGER || (kind == 'b' && integer != 0 && integer != 1)) {
            fail_type(frame, index, kind == 'b' ? "0 or 1" : "an integer");
        }
        return (struct idp_value){.kind = kind, .integer = integer};
    }
    if (type != SQLITE_TEXT && !(kind == 'x' && type == SQLITE_BLOB)) {
        fail_type(frame, index, kind == 'x' ? "text or blob" : "text");
    }
    return bytes_argument(frame, value, kind);
}

static void result_text(sqlite3_context *context, struct idp_bytes text)
{
    sqlite3_result_text64(context, text.data, text.size, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void result(struct idp_frame *frame, sqlite3_context *context, struct idp_value value)
{
    switch (value.kind) {
    case 0:
        sqlite3_result_null(context);
        return;
    case 'i':
    case 'b':
    case 'z':
        sqlite3_result_int64(context, value.integer);
        return;
    case 'x':
        sqlite3_result_blob64(context, value.bytes.data, value.bytes.size, SQLITE_TRANSIENT);
        return;
    case 'j':
        result_text(context, idp_json_text(&frame->call, value.json));
        sqlite3_result_subtype(context, 'J');
        return;
    default:
        result_text(context, value.bytes);
    }
}

/* ---- calls ---- */

static void call_core(struct idp_frame *frame, sqlite3_context *context, int argument_count,
                      sqlite3_value **arguments)
{
    struct idp_value values[IDP_ARGUMENT_COUNT_MAX] = {0};
    for (int i = 0; i < argument_count; i++) {
        values[i] = argument(frame, arguments[i], (size_t)i);
    }
    struct idp_value value = idp_invoke(&frame->call, values, (size_t)argument_count);
    idp_transaction_commit(frame);
    result(frame, context, value);
}

static void raise_error(struct idp_frame *frame, sqlite3_context *context)
{
    if (frame->error == IDP_OUT_OF_MEMORY) {
        sqlite3_result_error_nomem(context);
        return;
    }
    sqlite3_result_error(context, frame->message, -1);
    sqlite3_result_error_code(context, frame->sqlite_code);
}

static void dispatch(sqlite3_context *context, int argument_count, sqlite3_value **arguments)
{
    struct registration *registration = sqlite3_user_data(context);
    struct idp_frame frame;
    memset(&frame, 0, offsetof(struct idp_frame, escape));
    frame.transaction = IDP_TRANSACTION_NONE;
    frame.connection = registration->connection;
    frame.arena =
        (struct idp_arena){.obtain = obtain, .release = release, .context = frame.connection};
    frame.call = (struct idp_call){.host = &idp_sqlite_host,
                                   .context = &frame,
                                   .arena = &frame.arena,
                                   .function = registration->function};
    if (setjmp(frame.escape) == 0) {
        call_core(&frame, context, argument_count, arguments);
    } else {
        idp_transaction_roll_back(&frame);
        raise_error(&frame, context);
    }
    idp_arena_end(&frame.arena);
}

/* idplane_later(t, microseconds): time arithmetic of the common dialect. */
static void later(sqlite3_context *context, int argument_count, sqlite3_value **arguments)
{
    (void)argument_count;
    int64_t sum;
    if (sqlite3_value_type(arguments[0]) != SQLITE_INTEGER ||
        sqlite3_value_type(arguments[1]) != SQLITE_INTEGER ||
        __builtin_add_overflow(sqlite3_value_int64(arguments[0]), sqlite3_value_int64(arguments[1]),
                               &sum)) {
        sqlite3_result_null(context);
        return;
    }
    sqlite3_result_int64(context, sum);
}

/* ---- registration ---- */

static int effect_flags(enum idp_effect effect)
{
    static const int flags[] = {
        [IDP_PURE] = SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
        [IDP_CLOCKED] = SQLITE_INNOCUOUS,
        [IDP_SIGNS] = SQLITE_DIRECTONLY,
        [IDP_READS] = 0,
        [IDP_SESSION_CHANGE] = SQLITE_DIRECTONLY,
        [IDP_WRITES] = SQLITE_DIRECTONLY,
    };
    return flags[effect];
}

static int register_arity(struct idp_connection *connection, const struct idp_function *function,
                          int arity)
{
    struct registration *registration = sqlite3_malloc64(sizeof *registration);
    if (registration == NULL) {
        return SQLITE_NOMEM;
    }
    *registration = (struct registration){connection, function};
    connection->references++;
    int flags = SQLITE_UTF8 | effect_flags(function->effect);
    if (sqlite3_libversion_number() >= SQLITE_VERSION_RESULT_SUBTYPE) {
        flags |= SQLITE_RESULT_SUBTYPE_FLAG;
    }
    return sqlite3_create_function_v2(connection->db, function->name, arity, flags, registration,
                                      dispatch, NULL, NULL, registration_release);
}

static int register_functions(struct idp_connection *connection)
{
    int code = SQLITE_OK;
    for (size_t i = 0; i < idp_function_count && code == SQLITE_OK; i++) {
        const struct idp_function *function = &idp_functions[i];
        int most = (int)strlen(function->arguments);
        for (int arity = function->required_count; arity <= most && code == SQLITE_OK; arity++) {
            code = register_arity(connection, function, arity);
        }
    }
    return code;
}

static int register_own(struct idp_connection *connection)
{
    connection->references++;
    int code = sqlite3_create_function_v2(connection->db, "idplane_install", 0,
                                          SQLITE_UTF8 | SQLITE_DIRECTONLY, connection, idp_install,
                                          NULL, NULL, idp_connection_release);
    if (code != SQLITE_OK) {
        return code;
    }
    return sqlite3_create_function_v2(connection->db, "idplane_later", 2,
                                      SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
                                      later, NULL, NULL, NULL);
}

__attribute__((visibility("default"))) int sqlite3_idplane_init(sqlite3 *db, char **error,
                                                                const sqlite3_api_routines *api);

int sqlite3_idplane_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
    (void)api;
    SQLITE_EXTENSION_INIT2(api);
    if (sqlite3_libversion_number() < IDP_SQLITE_VERSION_MIN) {
        *error = sqlite3_mprintf("idplane: %s: Needs SQLite 3.37 or newer, this is %s.",
                                 idp_error_row(IDP_UNSUPPORTED_ENGINE)->word, sqlite3_libversion());
        return SQLITE_ERROR;
    }
    struct idp_connection *connection = idp_connection_open(db);
    if (connection == NULL) {
        return SQLITE_NOMEM;
    }
    int code = idp_anchor_register(connection);
    code = code == SQLITE_OK ? register_functions(connection) : code;
    code = code == SQLITE_OK ? register_own(connection) : code;
    idp_connection_release(connection);
    return code;
}
