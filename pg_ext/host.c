/* SPDX-License-Identifier: Apache-2.0 */
/* host.c - rows, time, randomness and session variables for the core, over SPI.
 *
 * Plans are made generic once and kept for the backend. The search path is pinned around each call
 * that runs a statement, always, so that a kept plan sees one path and never replans. Errors of the
 * engine keep their SQLSTATE; a context callback keeps row values and the caller's statement, which
 * may hold a code or a secret, out of the log. */
#include "pg_ext/adapter.h"

#include "access/xlog.h"
#include "commands/async.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "pg_ext/compat.h"

enum {
    PLAN_CACHE_SIZE = 1024 /* a power of two, well above the number of statements */
};

struct plan {
    const struct idp_statement *statement;
    SPIPlanPtr handle;
};

static struct plan plans[PLAN_CACHE_SIZE];
static bool schema_checked;

static const struct idp_statement schema_version = {
    .text = "SELECT idplane.schema_version()", .arguments = "", .columns = "i"};

/* ---- statements ---- */

static void hide_values(void *context)
{
    struct idp_frame *frame = context;
    int category = ERRCODE_TO_CATEGORY(geterrcode());
    errhidestmt(true);
    errhidecontext(true);
    if (geterrcode() == ERRCODE_T_R_DEADLOCK_DETECTED) {
        errdetail_log("The statements are not shown.");
    }
    if (frame->in_statement && (category == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION ||
                                category == ERRCODE_DATA_EXCEPTION)) {
        errdetail("Row values are not shown.");
    }
}

static void connect(struct idp_frame *frame)
{
    if (frame->connected) {
        return;
    }
    if (SPI_connect() != SPI_OK_CONNECT) {
        elog(ERROR, "idplane: SPI_connect failed");
    }
    frame->path_level = idp_pg_path_pin();
    frame->connected = true;
}

void idp_pg_leave_spi(struct idp_frame *frame)
{
    idp_pg_path_unpin(frame->path_level);
    SPI_finish();
    frame->connected = false;
}

static struct plan *plan_slot(const struct idp_statement *statement)
{
    size_t mask = PLAN_CACHE_SIZE - 1;
    size_t at = ((uintptr_t)statement / sizeof *statement) & mask, tried = 0;
    while (plans[at].statement != NULL && plans[at].statement != statement) {
        if (++tried == PLAN_CACHE_SIZE) {
            elog(ERROR, "idplane: there is no room for the plan of a statement");
        }
        at = (at + 1) & mask;
    }
    return &plans[at];
}

/* The extension may go while a plan is kept. */
static void check_fetch(struct idp_frame *frame)
{
    List *name = list_make2(makeString("idplane"), makeString("idplane_fetch"));
    if (!OidIsValid(LookupFuncName(name, -1, NULL, true))) {
        frame->call.host->fail(&frame->call, IDP_FETCH_NOT_INSTALLED,
                               idp_error_row(IDP_FETCH_NOT_INSTALLED)->sentence);
    }
}

static SPIPlanPtr plan_of(const struct idp_statement *statement)
{
    struct plan *plan = plan_slot(statement);
    if (plan->handle != NULL) {
        return plan->handle;
    }
    Oid types[IDP_STATEMENT_ARGUMENT_COUNT_MAX];
    int count = (int)strlen(statement->arguments);
    for (int i = 0; i < count; i++) {
        types[i] = idp_pg_type(statement->arguments[i]);
    }
    SPIPlanPtr handle = SPI_prepare_cursor(statement->text, count, types, CURSOR_OPT_GENERIC_PLAN);
    if (handle == NULL || SPI_keepplan(handle) != 0) {
        elog(ERROR, "idplane: a statement could not be prepared: %s",
             SPI_result_code_string(SPI_result));
    }
    plan->statement = statement;
    plan->handle = handle;
    return handle;
}

static void check_columns(const struct idp_statement *statement, TupleDesc description)
{
    size_t columns = strlen(statement->columns);
    for (size_t i = 0; i < columns; i++) {
        if ((size_t)description->natts != columns ||
            TupleDescAttr(description, i)->atttypid != idp_pg_type(statement->columns[i])) {
            elog(ERROR, "idplane: a column has another type than its statement says");
        }
    }
}

static struct idp_value copy_column(struct idp_frame *frame, HeapTuple tuple, TupleDesc description,
                                    int column, char kind)
{
    bool is_null;
    Datum datum = SPI_getbinval(tuple, description, column + 1, &is_null);
    struct idp_value value;
    idp_pg_value(frame, datum, is_null, kind, &value);
    if (value.kind != 0 && strchr("txj", kind) != NULL) {
        char *copy = idp_allocate(&frame->call, value.bytes.size + 1);
        memcpy(copy, value.bytes.data, value.bytes.size);
        value.bytes.data = copy;
    }
    return value;
}

static struct idp_rows copy_rows(struct idp_frame *frame, const struct idp_statement *statement)
{
    struct idp_rows rows = {.columns = strlen(statement->columns),
                            .affected = (int64)SPI_processed};
    SPITupleTable *table = SPI_tuptable;
    if (table == NULL || rows.columns == 0 || SPI_processed == 0) {
        return rows;
    }
    check_columns(statement, table->tupdesc);
    rows.count = SPI_processed;
    struct idp_value *values =
        idp_allocate(&frame->call, rows.count * rows.columns * sizeof *values);
    for (size_t row = 0; row < rows.count; row++) {
        for (size_t i = 0; i < rows.columns; i++) {
            values[row * rows.columns + i] =
                copy_column(frame, table->vals[row], table->tupdesc, (int)i, statement->columns[i]);
        }
    }
    rows.values = values;
    return rows;
}

static struct idp_rows execute(struct idp_frame *frame, const struct idp_statement *statement,
                               const struct idp_value *arguments)
{
    Datum values[IDP_STATEMENT_ARGUMENT_COUNT_MAX];
    char nulls[IDP_STATEMENT_ARGUMENT_COUNT_MAX];
    size_t count = strlen(statement->arguments);
    for (size_t i = 0; i < count; i++) {
        bool is_null;
        values[i] = idp_pg_datum(&arguments[i], &is_null);
        nulls[i] = is_null ? 'n' : ' ';
    }
    if (statement->is_fetch) {
        check_fetch(frame);
    }
    bool read_only = frame->call.function->effect != IDP_WRITES;
    SPIPlanPtr plan = plan_of(statement);
    bool forgets = statement->forgettable && idp_pg_forgettable_begin(plan);
    int code = SPI_execute_plan(plan, values, nulls, read_only, 0);
    if (statement->forgettable) {
        idp_pg_forgettable_end(forgets);
    }
    if (code < 0) {
        elog(ERROR, "idplane: a statement failed: %s", SPI_result_code_string(code));
    }
    if (SPI_processed > IDP_ROW_COUNT_MAX && SPI_tuptable != NULL) {
        frame->call.host->fail(&frame->call, IDP_TOO_LARGE, "A statement returned too many rows.");
    }
    struct idp_rows rows = copy_rows(frame, statement);
    SPI_freetuptable(SPI_tuptable);
    return rows;
}

/* The script of a newer release may have tables this library does not know. */
static void check_schema(struct idp_frame *frame)
{
    if (schema_checked) {
        return;
    }
    struct idp_rows rows = execute(frame, &schema_version, NULL);
    if (rows.count != 1 || rows.values[0].integer > IDP_SCHEMA_VERSION) {
        frame->call.host->fail(&frame->call, IDP_SCHEMA_NEWER, NULL);
    }
    schema_checked = true;
}

/* Rows that may be kept are those of now. A function that reads has its statements see what the
 * calling query does, which may have begun before messages came that were accepted since. */
static struct idp_rows execute_now(struct idp_frame *frame, const struct idp_statement *statement,
                                   const struct idp_value *arguments)
{
    PushActiveSnapshot(GetLatestSnapshot());
    struct idp_rows rows = execute(frame, statement, arguments);
    PopActiveSnapshot();
    return rows;
}

static struct idp_rows run(struct idp_call *call, const struct idp_statement *statement,
                           const struct idp_value *arguments)
{
    struct idp_frame *frame = call->context;
    ErrorContextCallback hide = {error_context_stack, hide_values, frame};
    struct idp_rows rows = {0};
    struct idp_kept kept = {0};
    if (arguments != NULL && idp_pg_kept_get(frame, statement, arguments, &kept)) {
        return kept.rows;
    }
    error_context_stack = &hide;
    connect(frame);
    frame->in_statement = true;
    check_schema(frame);
    if (arguments == NULL) {
        (void)plan_of(statement);
    } else {
        rows = kept.key.data == NULL ? execute(frame, statement, arguments)
                                     : execute_now(frame, statement, arguments);
        idp_pg_kept_put(&kept, statement, plan_of(statement), rows);
    }
    frame->in_statement = false;
    error_context_stack = hide.previous;
    return rows;
}

/* A function call is atomic here already. */
static void begin(struct idp_call *call)
{
    (void)call;
}

/* ---- time, randomness, session ---- */

static int64_t time_now(struct idp_call *call)
{
    TimestampTz time = call->function->effect == IDP_WRITES ? GetCurrentTimestamp()
                                                            : GetCurrentStatementStartTimestamp();
    struct idp_value value;
    idp_pg_value(call->context, TimestampTzGetDatum(time), false, 'z', &value);
    return value.integer;
}

static void random_bytes(struct idp_call *call, void *out, size_t size)
{
    if (!idp_random_write(out, size)) {
        call->host->fail(call, IDP_CRYPTO, "The system gave no random bytes.");
    }
}

static const char *const session_names[IDP_SESSION_COUNT] = {
    [IDP_SESSION_TENANT] = "idplane.tenant",
    [IDP_SESSION_CLOCK] = "idplane.clock",
    [IDP_SESSION_IDENTITY] = "idplane.identity",
};

static struct idp_bytes session_get(struct idp_call *call, enum idp_session variable)
{
    (void)call;
    const char *text = idp_pg_session_setting(variable);
    if (text == NULL || *text == '\0') {
        return (struct idp_bytes){0};
    }
    return (struct idp_bytes){text, strlen(text)};
}

/* The path is unpinned first: where that is a level of settings, what is set in it goes with it. */
static void session_set(struct idp_call *call, enum idp_session variable, struct idp_bytes value,
                        bool local)
{
    struct idp_frame *frame = call->context;
    idp_pg_disconnect(frame);
    MemoryContext previous = MemoryContextSwitchTo(frame->memory);
    char *text = value.data == NULL ? pstrdup("") : pnstrdup(value.data, value.size);
    (void)set_config_option(session_names[variable], text, PGC_SUSET, PGC_S_SESSION,
                            local ? GUC_ACTION_LOCAL : GUC_ACTION_SET, true, 0, false);
    MemoryContextSwitchTo(previous);
}

/* ---- master key ---- */

static const char *master_key_path(struct idp_call *call, unsigned char ephemeral[32])
{
    (void)ephemeral;
    struct idp_frame *frame = call->context;
    const char *setting = idp_pg_master_key_setting();
    if (is_absolute_path(setting)) {
        return setting;
    }
    MemoryContext previous = MemoryContextSwitchTo(frame->memory);
    char *path = psprintf("%s/%s", DataDir, setting);
    MemoryContextSwitchTo(previous);
    return path;
}

/* In pg_locks an advisory lock with an objsubid that is none of pg_advisory_lock(), 1 and 2. */
static void lock(struct idp_call *call, struct idp_bytes name, bool is_shared)
{
    enum { CLASS = 0x1d };
    LOCKTAG tag;
    uint64 number =
        DatumGetUInt64(hash_any_extended((const unsigned char *)name.data, (int)name.size, 0));
    (void)call;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32)(number >> 32), (uint32)number, CLASS);
    (void)LockAcquire(&tag, is_shared ? ShareLock : ExclusiveLock, false, false);
}

static bool in_recovery(struct idp_call *call)
{
    (void)call;
    return RecoveryInProgress();
}

/* Whoever is connected may listen, so a name tells nothing. */
static void notify(struct idp_call *call, const char *name)
{
    (void)call;
    Async_Notify(IDP_CHANNEL, name);
}

const struct idp_host idp_pg_host = {
    .run = run,
    .begin = begin,
    .attempt = idp_pg_attempt,
    .lock = lock,
    .query_register = idp_pg_query_register,
    .query_run = idp_pg_query_run,
    .notify = notify,
    .now = time_now,
    .random = random_bytes,
    .session_get = session_get,
    .session_set = session_set,
    .master_key_path = master_key_path,
    .in_recovery = in_recovery,
    .fail = idp_pg_fail,
};
