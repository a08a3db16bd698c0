/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - memory of one call: blocks filled from the front, and a list of foreign objects to
 * release. Nothing is freed before the end, so a raise may leave from anywhere; what was used is
 * wiped, because any of it may have been a secret. */
#include <string.h>

#include "core/base/base.h"

enum { ALIGNMENT = 16, BLOCK_SIZE_FIRST = 32 << 10, BLOCK_SIZE_CAP = 256 << 10 };

/* Engines align memory to eight bytes only: the first object may stand behind a gap. */
struct idp_block {
    struct idp_block *next;
    size_t size, used; /* header and gap included */
};

enum { HEADER_SIZE_MAX = sizeof(struct idp_block) + ALIGNMENT };

struct idp_cleanup {
    struct idp_cleanup *next;
    void *object;
    void (*release)(void *object);
};

static void *block_take(struct idp_block *block, size_t size)
{
    char *start = (char *)block + block->used;
    block->used += size;
    return start;
}

static size_t header_size(const struct idp_block *block)
{
    uintptr_t start = (uintptr_t)block + sizeof *block;
    return sizeof *block + (-start & (ALIGNMENT - 1));
}

/* A block that `size` more bytes fit in, new blocks doubling in size; NULL where there is no
 * memory. An object larger than the next block gets one of its own, behind the one being filled. */
static struct idp_block *block_for(struct idp_arena *arena, size_t size)
{
    struct idp_block *head = arena->blocks;
    if (head != NULL && head->size - head->used >= size) {
        return head;
    }
    size_t block_size = head != NULL ? head->size * 2 : BLOCK_SIZE_FIRST;
    if (block_size > BLOCK_SIZE_CAP) {
        block_size = BLOCK_SIZE_CAP;
    }
    bool own = size > block_size - HEADER_SIZE_MAX;
    if (own) {
        block_size = size + HEADER_SIZE_MAX;
    }
    struct idp_block *block = arena->obtain(arena->context, block_size);
    if (block == NULL) {
        return NULL;
    }
    *block = (struct idp_block){.next = head, .size = block_size, .used = header_size(block)};
    if (own && head != NULL) {
        block->next = head->next;
        head->next = block;
        return block;
    }
    arena->blocks = block;
    return block;
}

static void *take(struct idp_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2) {
        return NULL;
    }
    size = (size + (size == 0) + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct idp_block *block = block_for(arena, size);
    return block != NULL ? block_take(block, size) : NULL;
}

void *idp_allocate_or_null(struct idp_call *call, size_t size)
{
    return take(call->arena, size);
}

void *idp_allocate(struct idp_call *call, size_t size)
{
    void *memory = take(call->arena, size);
    if (memory == NULL) {
        idp_fail(call, IDP_OUT_OF_MEMORY);
    }
    return memory;
}

void *idp_own(struct idp_call *call, void *object, void (*release)(void *object))
{
    if (object == NULL) {
        idp_fail(call, IDP_CRYPTO);
    }
    struct idp_cleanup *cleanup = take(call->arena, sizeof *cleanup);
    if (cleanup == NULL) {
        release(object);
        idp_fail(call, IDP_OUT_OF_MEMORY);
    }
    *cleanup = (struct idp_cleanup){call->arena->cleanups, object, release};
    call->arena->cleanups = cleanup;
    return object;
}

/* Each record leaves its list before it is acted on: a second call, or one that a release function
 * led to, finds only what is left. */
void idp_arena_end(struct idp_arena *arena)
{
    while (arena->cleanups != NULL) {
        struct idp_cleanup *cleanup = arena->cleanups;
        arena->cleanups = cleanup->next;
        cleanup->release(cleanup->object);
    }
    while (arena->blocks != NULL) {
        struct idp_block *block = arena->blocks;
        arena->blocks = block->next;
        idp_wipe(block, block->used);
        arena->release(arena->context, block);
    }
}
