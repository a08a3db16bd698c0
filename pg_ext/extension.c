/* SPDX-License-Identifier: Apache-2.0 */
/* extension.c - one C symbol behind every SQL function of idplane.
 *
 * CREATE FUNCTION points at idplane_call, which finds its row of the function table by the
 * function's name and checks the declaration against it, once in a backend. */
#include "pg_ext/adapter.h"

#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#pragma GCC visibility push(default)
PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(idplane_call);
PG_FUNCTION_INFO_V1(idplane_call_for_caller);
void _PG_init(void);
#pragma GCC visibility pop

/* ---- the row behind a SQL function ---- */

enum { KNOWN_COUNT = 256 };

static void check_declaration(FunctionCallInfo fcinfo, const struct idp_function *function)
{
    Oid *types = NULL;
    int count = 0;
    Oid result = get_func_signature(fcinfo->flinfo->fn_oid, &types, &count);
    bool fits = result == idp_pg_type(function->result) &&
                (size_t)count <= strlen(function->arguments) && count >= function->required_count;
    for (int i = 0; fits && i < count; i++) {
        fits = types[i] == idp_pg_type(function->arguments[i]);
    }
    if (!fits) {
        ereport(ERROR, (errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
                        errmsg("idplane: the declaration of function %s is not the library's",
                               function->name),
                        errhint("Run ALTER EXTENSION idplane UPDATE, or install the library that "
                                "fits the extension.")));
    }
}

/* Which row each of our functions in pg_proc has; forgotten when pg_proc changes. */
static struct {
    Oid oid;
    const struct idp_function *function;
} known[KNOWN_COUNT];

static void known_forget(Datum argument, int cache, uint32 hash)
{
    (void)argument, (void)cache, (void)hash;
    memset(known, 0, sizeof known);
}

static const struct idp_function *function_find(FunctionCallInfo fcinfo)
{
    char *name = get_func_name(fcinfo->flinfo->fn_oid);
    const struct idp_function *function = name == NULL ? NULL : idp_function_find(name);
    if (function == NULL) {
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
                        errmsg("idplane: the library has no function of this name"),
                        errhint("Install the library that fits the extension.")));
    }
    check_declaration(fcinfo, function);
    return function;
}

static const struct idp_function *function_of(FunctionCallInfo fcinfo)
{
    Oid oid = fcinfo->flinfo->fn_oid;
    size_t slot = oid % KNOWN_COUNT;
    if (known[slot].oid != oid) {
        known[slot].function = function_find(fcinfo);
        known[slot].oid = oid;
    }
    return known[slot].function;
}

/* ---- calls ---- */

static void argument_of(struct idp_frame *frame, FunctionCallInfo fcinfo, size_t index,
                        struct idp_value *value)
{
    const struct idp_function *function = frame->call.function;
    char kind = function->arguments[index];
    Datum datum = PG_GETARG_DATUM(index);
    if (kind == 'j' && function->effect == IDP_PURE && !PG_ARGISNULL(index)) {
        value->kind = kind;
        value->bytes = idp_pg_jsonb_repeated(fcinfo->flinfo, index, datum);
        return;
    }
    idp_pg_value(frame, datum, PG_ARGISNULL(index), kind, value);
}

static size_t arguments_of(struct idp_frame *frame, FunctionCallInfo fcinfo,
                           struct idp_value *values)
{
    size_t count = (size_t)PG_NARGS();
    for (size_t i = 0; i < count; i++) {
        argument_of(frame, fcinfo, i, &values[i]);
    }
    return count;
}

static Datum call(FunctionCallInfo fcinfo, Oid caller)
{
    struct idp_frame *frame = idp_pg_frame_open(function_of(fcinfo));
    frame->caller = caller;
    struct idp_value values[IDP_ARGUMENT_COUNT_MAX];
    size_t count = arguments_of(frame, fcinfo, values);
    struct idp_value value = idp_invoke(&frame->call, values, count);
    idp_pg_disconnect(frame);
    bool is_null;
    Datum result = idp_pg_result(&value, &is_null);
    idp_pg_frame_close(frame);
    fcinfo->isnull = is_null;
    return result;
}

Datum idplane_call(PG_FUNCTION_ARGS)
{
    return call(fcinfo, InvalidOid);
}

static Oid owner_of(Oid function)
{
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple)) {
        elog(ERROR, "idplane: cache lookup failed for function %u", function);
    }
    Oid owner = ((Form_pg_proc)GETSTRUCT(tuple))->proowner;
    ReleaseSysCache(tuple);
    return owner;
}

/* SECURITY DEFINER that does not forget who called; an error brings the role back as it does
 * there. */
Datum idplane_call_for_caller(PG_FUNCTION_ARGS)
{
    Oid caller;
    int context;
    GetUserIdAndSecContext(&caller, &context);
    SetUserIdAndSecContext(owner_of(fcinfo->flinfo->fn_oid),
                           context | SECURITY_LOCAL_USERID_CHANGE);
    Datum result = call(fcinfo, caller);
    SetUserIdAndSecContext(caller, context);
    return result;
}

void _PG_init(void)
{
    idp_pg_check_encoding();
    idp_pg_define_settings();
    idp_pg_frames_init();
    idp_pg_kept_init();
    idp_pg_commit_init();
    CacheRegisterSyscacheCallback(PROCOID, known_forget, (Datum)0);
}
