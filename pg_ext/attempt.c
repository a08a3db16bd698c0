/* SPDX-License-Identifier: Apache-2.0 */
/* attempt.c - writes that may be undone while the caller's transaction lives: a subtransaction. SPI
 * is left before and behind it, since it ends with the subtransaction that entered it. */
#include "pg_ext/adapter.h"

#include "access/xact.h"
#include "utils/resowner.h"

/* The error goes on when what it interrupted is cleaned up. */
static void raise_again(MemoryContext memory, ResourceOwner owner)
{
    MemoryContextSwitchTo(memory);
    ErrorData *error = CopyErrorData();
    FlushErrorState();
    RollbackAndReleaseCurrentSubTransaction();
    MemoryContextSwitchTo(memory);
    CurrentResourceOwner = owner;
    ReThrowError(error);
}

bool idp_pg_attempt(struct idp_call *call, bool (*body)(struct idp_call *call, void *data),
                    void *data)
{
    struct idp_frame *frame = call->context;
    idp_pg_disconnect(frame);
    MemoryContext memory = CurrentMemoryContext;
    ResourceOwner owner = CurrentResourceOwner;
    volatile bool is_done = false;
    BeginInternalSubTransaction(NULL);
    MemoryContextSwitchTo(memory);
    PG_TRY();
    {
        is_done = body(call, data);
        idp_pg_disconnect(frame);
    }
    PG_CATCH();
    {
        frame->connected = false;
        raise_again(memory, owner);
    }
    PG_END_TRY();
    if (is_done) {
        ReleaseCurrentSubTransaction();
    } else {
        RollbackAndReleaseCurrentSubTransaction();
    }
    MemoryContextSwitchTo(memory);
    CurrentResourceOwner = owner;
    return is_done;
}
