/* SPDX-License-Identifier: Apache-2.0 */
/* extension.c - registers every row of the function table and carries its calls.
 *
 * Load with `.load ./idplane`, or link statically with -DSQLITE_CORE and call sqlite3_idplane_init.
 */
#include "sqlite_ext/adapter.h"

#include <string.h>

SQLITE_EXTENSION_INIT1

enum { SQLITE_RESULT_SUBTYPE_FLAG = 0x1000000, SQLITE_VERSION_RESULT_SUBTYPE = 3045000 };

/* One registered arity of a row. */
struct registration {
    struct idp_connection *connection;
    const struct idp_function *function;
};

static void registration_release(void *object)
{
    struct registration *registration = object;
    idp_connection_release(registration->connection);
    sqlite3_free(registration);
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

static struct idp_bytes bytes_of(struct idp_frame *frame, sqlite3_value *value, bool is_text)
{
    const void *data =
        is_text ? (const void *)sqlite3_value_text(value) : sqlite3_value_blob(value);
    int size = sqlite3_value_bytes(value);
    if (data == NULL && (size > 0 || is_text)) {
        idp_frame_fail(frame, IDP_OUT_OF_MEMORY, NULL);
    }
    return (struct idp_bytes){data == NULL ? "" : data, (size_t)size};
}

static int64_t integer_of(struct idp_frame *frame, sqlite3_value *value, int type, size_t index)
{
    char kind = frame->call.function->arguments[index];
    int64_t integer = sqlite3_value_int64(value);
    if (type != SQLITE_INTEGER || (kind == 'b' && integer != 0 && integer != 1)) {
        fail_type(frame, index, kind == 'b' ? "0 or 1" : "an integer");
    }
    return integer;
}

/* Types are checked, never coerced: a number is no text. Bytes may be given as text. What judges
 * text gets none where there is something else. */
static struct idp_bytes text_of(struct idp_frame *frame, sqlite3_value *value, int type,
                                size_t index)
{
    char kind = frame->call.function->arguments[index];
    bool fits = type == SQLITE_TEXT || (kind == 'x' && type == SQLITE_BLOB);
    if (!fits && kind == 't' && idp_judges_text(frame->call.function)) {
        return (struct idp_bytes){"", 0};
    }
    if (!fits) {
        fail_type(frame, index, kind == 'x' ? "text or blob" : "text");
    }
    return bytes_of(frame, value, type == SQLITE_TEXT);
}

/* Written where it is to be: a copy of what was just written in parts waits for each of them. */
static void argument_of(struct idp_frame *frame, sqlite3_value *value, size_t index,
                        struct idp_value *out)
{
    char kind = frame->call.function->arguments[index];
    int type = sqlite3_value_type(value);
    if (type == SQLITE_NULL) {
        *out = (struct idp_value){0};
        return;
    }
    out->kind = kind;
    if (kind == 'i' || kind == 'b') {
        out->integer = integer_of(frame, value, type, index);
    } else {
        out->bytes = text_of(frame, value, type, index);
    }
}

/* What SQLite would not take as a result must not be committed. UTF-16 doubles the size. */
static void check_size(struct idp_frame *frame, struct idp_bytes bytes)
{
    if (bytes.size > (size_t)sqlite3_limit(frame->connection->db, SQLITE_LIMIT_LENGTH, -1) / 2) {
        idp_frame_fail(frame, IDP_TOO_LARGE, NULL);
    }
}

static void result_text(struct idp_frame *frame, sqlite3_context *context, struct idp_bytes text)
{
    check_size(frame, text);
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
        check_size(frame, value.bytes);
        sqlite3_result_blob64(context, value.bytes.data, value.bytes.size, SQLITE_TRANSIENT);
        return;
    case 'j':
        result_text(frame, context, idp_json_text(&frame->call, value.json));
        sqlite3_result_subtype(context, 'J');
        return;
    default:
        result_text(frame, context, value.bytes);
    }
}

/* ---- calls ---- */

/* The result is made before the commit: what cannot be told must not have happened. SQLite notes a
 * lack of memory for it, and then refuses the commit. */
static void call_core(struct idp_frame *frame, sqlite3_context *context, int argument_count,
                      sqlite3_value **arguments)
{
    struct idp_value values[IDP_ARGUMENT_COUNT_MAX];
    for (int i = 0; i < argument_count; i++) {
        argument_of(frame, arguments[i], (size_t)i, &values[i]);
    }
    struct idp_value value = idp_invoke(&frame->call, values, (size_t)argument_count);
    result(frame, context, value);
    idp_transaction_commit(frame);
}

static void raise_error(struct idp_frame *frame, sqlite3_context *context)
{
    const char *message = frame->long_message != NULL ? frame->long_message : frame->message;
    if (frame->error == IDP_OUT_OF_MEMORY) {
        sqlite3_result_error_nomem(context);
    } else {
        sqlite3_result_error(context, message, -1);
        sqlite3_result_error_code(context, frame->sqlite_code);
    }
    sqlite3_free(frame->long_message);
}

static void dispatch(sqlite3_context *context, int argument_count, sqlite3_value **arguments)
{
    struct registration *registration = sqlite3_user_data(context);
    struct idp_frame frame;
    /* Each by itself: what is behind them is large, and none of it is read before it is written. */
    frame.running = NULL;
    frame.fresh = (struct idp_prepared){0};
    frame.knows_version = false;
    frame.undo = NULL;
    frame.long_message = NULL;
    frame.transaction = IDP_TRANSACTION_NONE;
    frame.connection = registration->connection;
    frame.arena = (struct idp_arena){
        .obtain = idp_block_obtain, .release = idp_block_release, .context = frame.connection};
    frame.call = (struct idp_call){.host = &idp_sqlite_host,
                                   .context = &frame,
                                   .arena = &frame.arena,
                                   .function = registration->function};
    if (setjmp(frame.escape) == 0) {
        call_core(&frame, context, argument_count, arguments);
    } else {
        idp_statement_end(&frame);
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

int idp_register_function(struct idp_connection *connection, const struct idp_function *function)
{
    int code = SQLITE_OK, most = (int)strlen(function->arguments);
    for (int arity = function->required_count; arity <= most && code == SQLITE_OK; arity++) {
        code = register_arity(connection, function, arity);
    }
    return code;
}

static int register_pairs(struct idp_connection *connection, const struct idp_attach *pairs,
                          size_t count)
{
    int code = SQLITE_OK;
    for (size_t i = 0; i < count && code == SQLITE_OK; i++) {
        code = idp_register_function(connection, &pairs[i].attach);
        code = code == SQLITE_OK ? idp_register_function(connection, &pairs[i].detach) : code;
    }
    return code;
}

static int register_functions(struct idp_connection *connection)
{
    int code = SQLITE_OK;
    for (size_t i = 0; i < idp_function_count && code == SQLITE_OK; i++) {
        code = idp_register_function(connection, &idp_functions[i]);
    }
    idp_attach_functions(connection);
    idp_row_trigger_functions(connection);
    code = code == SQLITE_OK ? register_pairs(connection, connection->attach, idp_trigger_count)
                             : code;
    return code == SQLITE_OK
               ? register_pairs(connection, connection->row_attach, idp_row_trigger_count)
               : code;
}

/* idplane_install goes last: where it is, everything is. */
static int register_all(struct idp_connection *connection)
{
    int code = idp_anchor_register(connection);
    code = code == SQLITE_OK ? register_functions(connection) : code;
    code = code == SQLITE_OK
               ? sqlite3_create_function_v2(connection->db, "idplane_later", 2,
                                            SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                            NULL, later, NULL, NULL, NULL)
               : code;
    return code == SQLITE_OK ? register_arity(connection, &idp_install_function, 0) : code;
}

/* A second load must not replace the state of the first: tenant, clock, kept statements. */
static bool is_registered(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, "SELECT idplane_install()", -1, &statement, NULL);
    sqlite3_finalize(statement);
    return code == SQLITE_OK;
}

/* Tells why, where the one who loads wants to hear it. */
static int refuse(char **error, int code, enum idp_error word, const char *sentence)
{
    if (error != NULL) {
        *error = sqlite3_mprintf("idplane: %s: %s (SQLite %s)", idp_error_row(word)->word, sentence,
                                 sqlite3_libversion());
    }
    return code;
}

__attribute__((visibility("default"))) int sqlite3_idplane_init(sqlite3 *db, char **error,
                                                                const sqlite3_api_routines *api);

int sqlite3_idplane_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
    (void)api;
    SQLITE_EXTENSION_INIT2(api);
    if (sqlite3_libversion_number() < IDP_SQLITE_VERSION_MIN) {
        return refuse(error, SQLITE_ERROR, IDP_UNSUPPORTED_ENGINE, "Needs SQLite 3.37 or newer.");
    }
    if (is_registered(db)) {
        return SQLITE_OK;
    }
    struct idp_connection *connection = idp_connection_open(db);
    int code = connection == NULL ? SQLITE_NOMEM : register_all(connection);
    if (connection != NULL) {
        idp_connection_release(connection);
    }
    if (code == SQLITE_NOMEM) {
        return refuse(error, code, IDP_OUT_OF_MEMORY, idp_error_row(IDP_OUT_OF_MEMORY)->sentence);
    }
    return code == SQLITE_OK ? code : refuse(error, code, IDP_STORE, sqlite3_errmsg(db));
}
