/* SPDX-License-Identifier: Apache-2.0 */
/* extension.c - one C symbol behind every SQL function of idplane.
 *
 * CREATE FUNCTION points at idplane_call, which finds its row of the function table by the
 * function's name and checks the declaration against it, once in a backend. Each call has a memory
 * context of its own; its reset callback ends the arena, so that foreign objects are released and
 * secrets wiped also when an error jumps past us. */
#include "pg_ext/adapter.h"

#include "mb/pg_wchar.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#pragma GCC visibility push(default)
PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(idplane_call);
void _PG_init(void);
#pragma GCC visibility pop

/* ---- arena blocks: the first one is kept for the backend ---- */

enum { FIRST_BLOCK_SIZE = 32 << 10 };

static union {
    char bytes[FIRST_BLOCK_SIZE];
    max_align_t alignment;
} first_block;
static bool first_block_taken;

static void *obtain(void *context, size_t size)
{
    if (!first_block_taken && size <= sizeof first_block.bytes) {
        first_block_taken = true;
        return first_block.bytes;
    }
    return MemoryContextAllocExtended(context, size,
                                      MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM | MCXT_ALLOC_ZERO);
}

/* Blocks of the context go with it. */
static void release(void *context, void *block)
{
    (void)context;
    if (block == first_block.bytes) {
        first_block_taken = false;
    }
}

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

static void end_arena(void *object)
{
    struct idp_frame *frame = object;
    idp_arena_end(&frame->arena);
}

/* A function that is called for each row takes its memory where the executor takes it for that row:
 * there the callback comes after the call, and finds nothing left to do. */
static struct idp_frame *frame_open(const struct idp_function *function)
{
    MemoryContext memory =
        idp_pg_is_for_rows(function)
            ? CurrentMemoryContext
            : AllocSetContextCreate(CurrentMemoryContext, "idplane call", ALLOCSET_DEFAULT_SIZES);
    struct {
        struct idp_frame frame;
        MemoryContextCallback callback;
    } *opened = MemoryContextAllocZero(memory, sizeof *opened);
    struct idp_frame *frame = &opened->frame;
    frame->memory = memory;
    frame->arena = (struct idp_arena){.obtain = obtain, .release = release, .context = memory};
    frame->call = (struct idp_call){
        .host = &idp_pg_host, .context = frame, .arena = &frame->arena, .function = function};
    opened->callback.func = end_arena;
    opened->callback.arg = frame;
    MemoryContextRegisterResetCallback(memory, &opened->callback);
    return frame;
}

static void frame_close(struct idp_frame *frame)
{
    if (idp_pg_is_for_rows(frame->call.function)) {
        idp_arena_end(&frame->arena);
    } else {
        MemoryContextDelete(frame->memory);
    }
}

static size_t arguments_of(struct idp_frame *frame, FunctionCallInfo fcinfo,
                           struct idp_value *values)
{
    size_t count = (size_t)PG_NARGS();
    for (size_t i = 0; i < count; i++) {
        values[i] = idp_pg_value(frame, PG_GETARG_DATUM(i), PG_ARGISNULL(i),
                                 frame->call.function->arguments[i]);
    }
    return count;
}

Datum idplane_call(PG_FUNCTION_ARGS)
{
    struct idp_frame *frame = frame_open(function_of(fcinfo));
    struct idp_value values[IDP_ARGUMENT_COUNT_MAX];
    size_t count = arguments_of(frame, fcinfo, values);
    struct idp_value value = idp_invoke(&frame->call, values, count);
    idp_pg_disconnect(frame);
    bool is_null;
    Datum result = idp_pg_result(&value, &is_null);
    frame_close(frame);
    fcinfo->isnull = is_null;
    return result;
}

void _PG_init(void)
{
    if (GetDatabaseEncoding() != PG_UTF8) {
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("idplane: %s: The database must be encoded in UTF8.",
                               idp_error_row(IDP_UNSUPPORTED_ENGINE)->word)));
    }
    idp_pg_define_settings();
    idp_pg_kept_init();
    CacheRegisterSyscacheCallback(PROCOID, known_forget, (Datum)0);
}
