/* SPDX-License-Identifier: Apache-2.0 */
/* scratch.c - an arena within the call's, for what a loop needs of one round only. The call's arena
 * knows of it, so that it ends with the call also where something raises in between. */
#include "core/base/base.h"

static void scratch_release(void *object)
{
    struct idp_scratch *scratch = object;
    idp_arena_end(&scratch->arena);
}

struct idp_scratch *idp_scratch_new(struct idp_call *call)
{
    struct idp_scratch *scratch = idp_allocate(call, sizeof *scratch);
    scratch->arena = (struct idp_arena){.obtain = call->arena->obtain,
                                        .release = call->arena->release,
                                        .context = call->arena->context};
    return idp_own(call, scratch, scratch_release);
}

/* What a call remembers for good must not be made in between. */
void idp_scratch_begin(struct idp_call *call, struct idp_scratch *scratch)
{
    idp_tenant(call);
    idp_now_us(call);
    scratch->outer = call->arena;
    scratch->settings = call->settings;
    scratch->key_ring = call->key_ring;
    call->arena = &scratch->arena;
}

void idp_scratch_end(struct idp_call *call, struct idp_scratch *scratch)
{
    call->arena = scratch->outer;
    call->settings = scratch->settings;
    call->key_ring = scratch->key_ring;
    idp_arena_end(&scratch->arena);
}
