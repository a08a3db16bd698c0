/* SPDX-License-Identifier: Apache-2.0 */
/* query.c - SQL that an administrator registered: the name of a function or of a view, asked with
 * the rights of the role that registered it.
 *
 * It runs as a security-restricted operation in a subtransaction that is always taken back: in a
 * read-only one, with a search path of nothing but the catalog, for a limited time. So whatever it
 * does to the session is gone when it has answered, and an error in it ends nothing else. */
#include "pg_ext/adapter.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "storage/latch.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"
#include "utils/syscache.h"
#include "utils/timeout.h"
#include "utils/varlena.h"

#include "pg_ext/compat.h"

/* What a definition names. */
struct target {
    Oid function, view; /* one of them */
    char *schema, *name;
};

static void refuse(struct idp_call *call, const char *sentence)
{
    call->host->fail(call, IDP_INVALID_ARGUMENT, sentence);
}

static char *text_of(struct idp_bytes text)
{
    return pnstrdup(text.data, text.size);
}

/* False where it is no name with a schema, and nothing else. */
static bool name_read(struct idp_bytes definition, struct target *target)
{
    List *names;
    *target = (struct target){0};
    if (!SplitIdentifierString(text_of(definition), '.', &names) || list_length(names) != 2) {
        return false;
    }
    target->schema = linitial(names);
    target->name = lsecond(names);
    return true;
}

/* Raises where the current role may not look into the schema. */
static void target_find(struct target *target)
{
    Oid types[] = {JSONBOID};
    List *names = list_make2(makeString(target->schema), makeString(target->name));
    target->function = LookupFuncName(names, 1, types, true);
    if (!OidIsValid(target->function)) {
        RangeVar *range = makeRangeVar(target->schema, target->name, -1);
        target->view = RangeVarGetRelid(range, NoLock, true);
    }
}

/* ---- registered ---- */

static bool is_jsonb_function(Oid function)
{
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    Form_pg_proc row = (Form_pg_proc)GETSTRUCT(tuple);
    bool fits = row->prorettype == JSONBOID && !row->proretset && row->prokind == PROKIND_FUNCTION;
    ReleaseSysCache(tuple);
    return fits;
}

static bool has_jsonb_column(Oid view, const char *name)
{
    AttrNumber number = get_attnum(view, name);
    return number != InvalidAttrNumber && get_atttype(view, number) == JSONBOID;
}

static bool is_view(Oid view)
{
    char kind = OidIsValid(view) ? get_rel_relkind(view) : '\0';
    return (kind == RELKIND_VIEW || kind == RELKIND_MATVIEW) && has_jsonb_column(view, "request") &&
           has_jsonb_column(view, "answer");
}

static bool is_executable(const struct target *target, Oid role)
{
    return OidIsValid(target->function) ? idp_pg_may_execute(target->function, role)
                                        : idp_pg_may_select(target->view, role);
}

struct idp_bytes idp_pg_query_register(struct idp_call *call, const struct idp_query *query)
{
    struct idp_frame *frame = call->context;
    Oid role = OidIsValid(frame->caller) ? frame->caller : GetUserId();
    idp_pg_disconnect(frame);
    if (InSecurityRestrictedOperation()) {
        refuse(call, "Nothing can be registered from within a restricted operation.");
    }
    struct target target;
    if (!name_read(query->definition, &target)) {
        refuse(call, "The definition must be a name with its schema.");
    }
    target_find(&target);
    Oid schema = get_namespace_oid(target.schema, true);
    bool is_function = OidIsValid(target.function) && is_jsonb_function(target.function);
    if (!is_function && !is_view(target.view)) {
        refuse(call, "The definition must name, with its schema, a function of one jsonb that "
                     "returns jsonb, or a view with columns request and answer of type jsonb.");
    }
    if (!idp_pg_may_use(schema, role) || !is_executable(&target, role)) {
        refuse(call, "The role that registers it may not execute the function, or not read the "
                     "view.");
    }
    const char *name = GetUserNameFromId(role, false);
    char *copy = idp_allocate(call, strlen(name) + 1);
    strlcpy(copy, name, strlen(name) + 1);
    return (struct idp_bytes){copy, strlen(copy)};
}

/* ---- a limited time ---- */

static TimeoutId clock_id = MAX_TIMEOUTS;
static volatile sig_atomic_t is_late;

/* In a signal handler: as a cancel request is noted. */
static void time_is_up(void)
{
    is_late = true;
    InterruptPending = true;
    QueryCancelPending = true;
    SetLatch(MyLatch);
}

static void clock_start(void)
{
    if (clock_id == MAX_TIMEOUTS) {
        clock_id = RegisterTimeout(USER_TIMEOUT, time_is_up);
    }
    enable_timeout_after(clock_id, IDP_QUERY_TIME_MS_MAX);
}

/* A cancel of ours that came too late is nobody else's. */
static void clock_stop(void)
{
    if (clock_id != MAX_TIMEOUTS) {
        disable_timeout(clock_id, false);
    }
    if (is_late) {
        QueryCancelPending = false;
    }
}

/* ---- asked ---- */

static bool is_asking; /* a query that asks another would have no end */

static void become(const char *owner)
{
    Oid user, role = get_role_oid(owner, false);
    int context;
    GetUserIdAndSecContext(&user, &context);
    SetUserIdAndSecContext(role,
                           context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
    (void)set_config_option("transaction_read_only", "on", PGC_USERSET, PGC_S_SESSION,
                            GUC_ACTION_LOCAL, true, 0, false);
    (void)set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
                            GUC_ACTION_LOCAL, true, 0, false);
}

/* A function says it all; of a view, the row whose request is contained in ours. */
static char *statement_of(struct idp_bytes definition)
{
    struct target target;
    bool is_name = name_read(definition, &target);
    if (is_name) {
        target_find(&target);
    }
    if (!OidIsValid(target.function) && !OidIsValid(target.view)) {
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                        errmsg("idplane: what was registered is not there any more")));
    }
    char *name = quote_qualified_identifier(target.schema, target.name);
    return OidIsValid(target.function) ? psprintf("SELECT %s($1)", name)
                                       : psprintf("SELECT v.answer FROM %s AS v"
                                                  " WHERE $1 OPERATOR(pg_catalog.@>) v.request",
                                                  name);
}

static void take(struct idp_call *call, struct idp_query_answer *answer)
{
    bool is_null = true;
    if (SPI_processed > 1) {
        ereport(ERROR, (errcode(ERRCODE_CARDINALITY_VIOLATION),
                        errmsg("idplane: the view has more than one answer")));
    }
    Datum datum = SPI_processed == 0
                      ? (Datum)0
                      : SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
    if (is_null) {
        return;
    }
    if (toast_raw_datum_size(datum) > (Size)2 * IDP_QUERY_ANSWER_SIZE_MAX) {
        static const char cause[] = "its answer is too large";
        *answer =
            (struct idp_query_answer){.failure = "too_large", .cause = {cause, sizeof cause - 1}};
        return;
    }
    struct idp_bytes text = idp_pg_jsonb_text(datum);
    char *copy = idp_allocate(call, text.size + 1);
    memcpy(copy, text.data, text.size);
    answer->text = (struct idp_bytes){copy, text.size};
}

static void ask(struct idp_call *call, const struct idp_query *query, struct idp_bytes request,
                struct idp_query_answer *answer)
{
    bool is_null;
    Oid types[] = {JSONBOID};
    struct idp_value value = {.kind = 'j', .bytes = request};
    if (is_asking) {
        ereport(ERROR, (errcode(ERRCODE_INVALID_RECURSION),
                        errmsg("idplane: what was registered asks for itself")));
    }
    is_asking = true;
    is_late = false;
    become(text_of(query->owner));
    if (SPI_connect() != SPI_OK_CONNECT) {
        elog(ERROR, "idplane: SPI_connect failed");
    }
    char *statement = statement_of(query->definition);
    Datum values[] = {idp_pg_datum(&value, &is_null)};
    clock_start();
    if (SPI_execute_with_args(statement, 1, types, values, NULL, true, 2) != SPI_OK_SELECT) {
        elog(ERROR, "idplane: what was registered is no query");
    }
    clock_stop();
    take(call, answer);
    SPI_finish();
}

/* What the caller has to hear of: a cancel of others, and what a retry of the whole helps. */
static bool is_of_others(const ErrorData *error)
{
    bool is_cancel = error->sqlerrcode == ERRCODE_QUERY_CANCELED && !is_late;
    return is_cancel || ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK;
}

static struct idp_query_answer failure_of(struct idp_call *call, const struct idp_query *query,
                                          const ErrorData *error)
{
    struct idp_query_answer answer = {.failure = is_late ? "ended" : "raised"};
    size_t size = strlen(error->message);
    char *copy = idp_allocate(call, size + 1);
    answer.cause = (struct idp_bytes){memcpy(copy, error->message, size), size};
    ereport(LOG_SERVER_ONLY, (errcode(error->sqlerrcode),
                              errmsg("idplane: the registered %s failed: %s",
                                     text_of(query->definition), error->message),
                              errhidestmt(true), errhidecontext(true)));
    return answer;
}

static ErrorData *caught(MemoryContext memory)
{
    MemoryContextSwitchTo(memory);
    ErrorData *error = CopyErrorData();
    FlushErrorState();
    clock_stop();
    return error;
}

struct idp_query_answer idp_pg_query_run(struct idp_call *call, const struct idp_query *query,
                                         struct idp_bytes request)
{
    idp_pg_disconnect(call->context); /* SPI has a memory context of its own */
    MemoryContext memory = CurrentMemoryContext;
    ResourceOwner owner = CurrentResourceOwner;
    struct idp_query_answer answer = {0};
    bool was_asking = is_asking;
    ErrorData *volatile error = NULL;
    BeginInternalSubTransaction(NULL);
    MemoryContextSwitchTo(memory);
    PG_TRY();
    {
        ask(call, query, request, &answer);
    }
    PG_CATCH();
    {
        error = caught(memory);
    }
    PG_END_TRY();
    is_asking = was_asking;
    RollbackAndReleaseCurrentSubTransaction();
    MemoryContextSwitchTo(memory);
    CurrentResourceOwner = owner;
    if (error != NULL && is_of_others(error)) {
        ReThrowError(error);
    }
    return error == NULL ? answer : failure_of(call, query, error);
}
