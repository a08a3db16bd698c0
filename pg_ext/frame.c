/* SPDX-License-Identifier: Apache-2.0 */
/* frame.c - memory of calls. However a call ends, also when an error jumps past us, its arena is
 * ended: foreign objects are released and secrets wiped.
 *
 * Most calls have a memory context of their own, whose reset callback does that. Functions that a
 * query calls for each row share one frame, since a context would cost as much as the adapter's
 * other work; what an error leaves there is ended with its transaction or subtransaction. They
 * call no function of idplane, so there is never more than one of them. */
#include "pg_ext/adapter.h"

#include "access/xact.h"
#include "utils/memutils.h"

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

static void release(void *context, void *block)
{
    (void)context;
    if (block == first_block.bytes) {
        first_block_taken = false;
    } else {
        pfree(block);
    }
}

/* ---- frames ---- */

static void frame_fill(struct idp_frame *frame, MemoryContext blocks)
{
    *frame = (struct idp_frame){
        .call = {.host = &idp_pg_host, .context = frame, .arena = &frame->arena},
        .arena = {.obtain = obtain, .release = release, .context = blocks},
    };
}

/* ---- calls for rows ---- */

static struct idp_frame row_frame;

/* Most calls leave nothing there: asking costs less than the call. */
static void row_frame_end(void)
{
    if (row_frame.arena.blocks != NULL || row_frame.arena.cleanups != NULL) {
        idp_arena_end(&row_frame.arena);
    }
}

/* What the last call has set. Neither SPI nor the path: it touches no row. */
static void row_frame_begin(const struct idp_function *function)
{
    row_frame.call.function = function;
    row_frame.call.tenant = (struct idp_bytes){NULL, 0};
    row_frame.call.key_ring = NULL;
    row_frame.call.now_known = false;
    row_frame.memory = CurrentMemoryContext;
}

static void transaction_ended(XactEvent event, void *argument)
{
    (void)event, (void)argument;
    row_frame_end();
}

static void subtransaction_ended(SubXactEvent event, SubTransactionId id, SubTransactionId parent,
                                 void *argument)
{
    (void)event, (void)id, (void)parent, (void)argument;
    row_frame_end();
}

void idp_pg_frames_init(void)
{
    frame_fill(&row_frame, TopMemoryContext);
    RegisterXactCallback(transaction_ended, NULL);
    RegisterSubXactCallback(subtransaction_ended, NULL);
}

/* ---- any calls ---- */

static void end_arena(void *object)
{
    struct idp_frame *frame = object;
    idp_arena_end(&frame->arena);
}

struct idp_frame *idp_pg_frame_new(const struct idp_function *function)
{
    MemoryContext memory =
        AllocSetContextCreate(CurrentMemoryContext, "idplane call", ALLOCSET_DEFAULT_SIZES);
    struct {
        struct idp_frame frame;
        MemoryContextCallback callback;
    } *made = MemoryContextAllocZero(memory, sizeof *made);
    frame_fill(&made->frame, memory);
    made->frame.call.function = function;
    made->frame.memory = memory;
    made->callback.func = end_arena;
    made->callback.arg = &made->frame;
    MemoryContextRegisterResetCallback(memory, &made->callback);
    return &made->frame;
}

/* Functions that a query calls for each row: they touch no row themselves. */
static bool is_for_rows(const struct idp_function *function)
{
    return function->effect == IDP_PURE || function->effect == IDP_CLOCKED;
}

/* Blocks do not go with the context of a row, which an error may reset before its transaction
 * ends. */
struct idp_frame *idp_pg_frame_open(const struct idp_function *function)
{
    if (!is_for_rows(function)) {
        return idp_pg_frame_new(function);
    }
    row_frame_end();
    row_frame_begin(function);
    return &row_frame;
}

void idp_pg_frame_close(struct idp_frame *frame)
{
    if (frame == &row_frame) {
        row_frame_end();
    } else {
        MemoryContextDelete(frame->memory);
    }
}
