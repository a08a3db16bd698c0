/* SPDX-License-Identifier: Apache-2.0 */
/* extension.c - registers idplane_fetch() in SQLite and carries its calls.
 *
 * Load with `.load ./idplane_fetch`, or link statically with -DSQLITE_CORE and call
 * sqlite3_idplanefetch_init. */
#include "sqlite_ext/fetch/adapter.h"

#include <string.h>

SQLITE_EXTENSION_INIT1

enum {
    VERSION_MIN = 3037000,
    RESULT_SUBTYPE_FLAG = 0x1000000, /* must be said since 3.45, means nothing before */
    VERSION_RESULT_SUBTYPE = 3045000
};

/* ---- what the core asks of its host ---- */

static void *obtain(void *context, size_t size)
{
    (void)context;
    void *block = sqlite3_malloc64(size);
    return block == NULL ? NULL : memset(block, 0, size);
}

static void release(void *context, void *block)
{
    (void)context;
    sqlite3_free(block);
}

static IDP_NORETURN void fail(struct idp_call *call, enum idp_error error, const char *sentence)
{
    struct idp_fetch_frame *frame = call->context;
    const struct idp_error_row *row = idp_error_row(error);
    frame->code = error == IDP_OUT_OF_MEMORY ? SQLITE_NOMEM : SQLITE_ERROR;
    sqlite3_snprintf(sizeof frame->message, frame->message, "idplane: %s: %s", row->word,
                     sentence == NULL ? row->sentence : sentence);
    longjmp(frame->escape, 1);
}

static const struct idp_host host = {.fail = fail};

/* While our statement runs, SQLite keeps an interrupt for all others of the connection: so any
 * statement tells, also where there is no sqlite3_is_interrupted() (before 3.41). */
static void check(struct idp_call *call)
{
    struct idp_fetch_frame *frame = call->context;
    sqlite3_step(frame->probe);
    int code = sqlite3_reset(frame->probe);
    if (code != SQLITE_OK) {
        frame->code = code;
        longjmp(frame->escape, 1);
    }
}

/* ---- calls ---- */

static struct idp_value text_of(struct idp_fetch_frame *frame, sqlite3_value *value, char kind)
{
    int type = sqlite3_value_type(value);
    if (type == SQLITE_NULL) {
        return (struct idp_value){0};
    }
    if (type != SQLITE_TEXT) {
        fail(&frame->call, IDP_INVALID_ARGUMENT, "The arguments url and options must be text.");
    }
    const char *text = (const char *)sqlite3_value_text(value);
    if (text == NULL) {
        fail(&frame->call, IDP_OUT_OF_MEMORY, NULL);
    }
    return (struct idp_value){.kind = kind, .bytes = {text, (size_t)sqlite3_value_bytes(value)}};
}

/* Without an address it asks whether one may be fetched behind a statement that writes: within a
 * transaction of the caller's own it may not. */
static bool is_writing(struct idp_fetch_frame *frame, struct idp_value url)
{
    bool may_begin = url.bytes.size == 0 && !sqlite3_get_autocommit(frame->db);
    return may_begin || sqlite3_txn_state(frame->db, NULL) == SQLITE_TXN_WRITE;
}

static void call_core(struct idp_fetch_frame *frame, sqlite3_context *context, int count,
                      sqlite3_value **arguments)
{
    struct idp_value url = text_of(frame, arguments[0], 't'), options = {0};
    if (is_writing(frame, url)) {
        fail(&frame->call, IDP_OPEN_TRANSACTION, NULL);
    }
    if (count > 1) {
        options = text_of(frame, arguments[1], 'j');
    }
    frame->code = sqlite3_prepare_v2(frame->db, "SELECT 1", -1, &frame->probe, NULL);
    if (frame->code != SQLITE_OK) {
        longjmp(frame->escape, 1);
    }
    idp_fetch_settings_of(&frame->call, &frame->host.settings);
    struct idp_value value = idp_fetch(&frame->call, &frame->host, url, options);
    struct idp_bytes text = idp_json_text(&frame->call, value.json);
    sqlite3_result_text64(context, text.data, text.size, SQLITE_TRANSIENT, SQLITE_UTF8);
    sqlite3_result_subtype(context, 'J');
}

/* SQLite's own codes have its own text. */
static void raise_error(const struct idp_fetch_frame *frame, sqlite3_context *context)
{
    if (frame->code == SQLITE_NOMEM) {
        sqlite3_result_error_nomem(context);
        return;
    }
    if (frame->message[0] != 0) {
        sqlite3_result_error(context, frame->message, -1);
    }
    sqlite3_result_error_code(context, frame->code);
}

static void dispatch(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct idp_fetch_frame frame = {.db = sqlite3_context_db_handle(context),
                                    .host = {.check = check},
                                    .arena = {.obtain = obtain, .release = release}};
    frame.call = (struct idp_call){.host = &host, .context = &frame, .arena = &frame.arena};
    if (setjmp(frame.escape) == 0) {
        call_core(&frame, context, count, arguments);
    } else {
        raise_error(&frame, context);
    }
    sqlite3_finalize(frame.probe);
    idp_arena_end(&frame.arena);
}

/* ---- registration ---- */

__attribute__((visibility("default"))) int
sqlite3_idplanefetch_init(sqlite3 *db, char **error, const sqlite3_api_routines *api);

/* Not for views and triggers: a file from elsewhere must not call out when it is read. */
int sqlite3_idplanefetch_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
    (void)api;
    SQLITE_EXTENSION_INIT2(api);
    int version = sqlite3_libversion_number(), code = SQLITE_OK;
    int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
    flags |= version >= VERSION_RESULT_SUBTYPE ? RESULT_SUBTYPE_FLAG : 0;
    if (version < VERSION_MIN) {
        const struct idp_error_row *row = idp_error_row(IDP_UNSUPPORTED_ENGINE);
        if (error != NULL) {
            *error = sqlite3_mprintf("idplane: %s: %s", row->word, row->sentence);
        }
        return SQLITE_ERROR;
    }
    for (int arity = 1; arity <= 2 && code == SQLITE_OK; arity++) {
        code = sqlite3_create_function_v2(db, "idplane_fetch", arity, flags, NULL, dispatch, NULL,
                                          NULL, NULL);
    }
    return code;
}
