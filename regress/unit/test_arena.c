/* SPDX-License-Identifier: Apache-2.0 */
/* test_arena.c - memory of a call: aligned and zero, gone and wiped at the end, whatever happened.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/base.h"
#include "regress/unit/host.h"

/* ---- memory ---- */

static void memory_is_zero_and_aligned(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    for (size_t size = 0; size < 40000; size = size * 2 + 1) {
        unsigned char *memory = idp_allocate(&host.call, size);
        assert_int_equal((uintptr_t)memory % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xFF, size);
    }
    host_end_call(&host);
    assert_int_equal(host.block_live_count, 0);
}

static void empty_allocations_differ(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    assert_ptr_not_equal(idp_allocate(&host.call, 0), idp_allocate(&host.call, 0));
    host_end_call(&host);
}

static void large_object_keeps_current_block(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    char *before = idp_allocate(&host.call, 16);
    idp_allocate(&host.call, 1 << 20);
    char *after = idp_allocate(&host.call, 16);
    assert_ptr_equal(before + 16, after);
    assert_int_equal(host.block_count, 2);
    host_end_call(&host);
}

static void blocks_grow_to_a_cap(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    for (size_t i = 0; i < 8 << 20; i += 1024)
        idp_allocate(&host.call, 1024);
    assert_true(host.block_count > 30 && host.block_count < 45);
    host_end_call(&host);
    assert_int_equal(host.block_live_count, 0);
}

static void end_is_idempotent(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    idp_arena_end(&host.arena);
    idp_allocate(&host.call, 1);
    idp_arena_end(&host.arena);
    idp_arena_end(&host.arena);
    assert_int_equal(host.block_live_count, 0);
}

/* ---- wiping ---- */

struct kept_block {
    unsigned char *bytes;
    size_t size;
};

static void *keep_obtain(void *context, size_t size)
{
    struct kept_block *kept = context;
    kept->size = size;
    kept->bytes = calloc(1, size);
    return kept->bytes;
}

static void keep_release(void *context, void *block)
{
    (void)context;
    (void)block;
}

static void used_bytes_are_wiped(void **state)
{
    (void)state;
    struct kept_block kept = {0};
    struct idp_arena arena = {.obtain = keep_obtain, .release = keep_release, .context = &kept};
    struct idp_call call = {.arena = &arena};
    char *secret = idp_allocate(&call, 1000);
    memset(secret, 'S', 1000);
    idp_arena_end(&arena);
    for (size_t i = 0; i < kept.size; i++)
        assert_int_equal(kept.bytes[i], 0);
    free(kept.bytes);
}

/* ---- foreign objects ---- */

static char release_order[8];

static void note_release(void *object)
{
    size_t count = strlen(release_order);
    release_order[count] = *(char *)object;
}

static void own_two_and_fail(struct idp_call *call, void *data)
{
    char *objects = data;
    idp_own(call, &objects[0], note_release);
    assert_ptr_equal(idp_own(call, &objects[1], note_release), &objects[1]);
    idp_fail(call, IDP_STORE);
}

static void cleanups_run_last_first_after_a_raise(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    memset(release_order, 0, sizeof release_order);
    assert_false(host_try(&host, own_two_and_fail, (char[]){"ab"}));
    assert_int_equal(host.error, IDP_STORE);
    assert_string_equal(release_order, "");
    host_end_call(&host);
    assert_string_equal(release_order, "ba");
    host_end_call(&host);
    assert_string_equal(release_order, "ba");
}

static void own_one(struct idp_call *call, void *data)
{
    idp_own(call, data, note_release);
}

static void object_is_released_where_memory_ends(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    memset(release_order, 0, sizeof release_order);
    host.block_fail_at = 1;
    assert_false(host_try(&host, own_one, (char[]){"a"}));
    assert_int_equal(host.error, IDP_OUT_OF_MEMORY);
    assert_string_equal(release_order, "a");
    host_end_call(&host);
    assert_string_equal(release_order, "a");
}

static void failed_constructor_raises(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    assert_false(host_try(&host, own_one, NULL));
    assert_int_equal(host.error, IDP_CRYPTO);
    host_end_call(&host);
}

static void allocate_absurd(struct idp_call *call, void *data)
{
    idp_allocate(call, *(size_t *)data);
}

static void absurd_sizes_are_out_of_memory(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    size_t sizes[] = {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 2 + 1};
    for (size_t i = 0; i < IDP_COUNT(sizes); i++) {
        assert_false(host_try(&host, allocate_absurd, &sizes[i]));
        assert_int_equal(host.error, IDP_OUT_OF_MEMORY);
        assert_string_equal(host.sentence, "There is not enough memory.");
    }
    host_end_call(&host);
}

/* ---- memory of one round ---- */

static void rounds_leave_nothing(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    struct idp_scratch *scratch = idp_scratch_new(&host.call);
    char *kept = memcpy(idp_allocate(&host.call, 16), "kept", sizeof "kept");
    size_t before = host.block_live_count;
    host.call.settings = host.call.key_ring = kept;
    for (size_t round = 0; round < 3; round++) {
        idp_scratch_begin(&host.call, scratch);
        host.call.settings = host.call.key_ring = idp_allocate(&host.call, 100000);
        assert_true(host.block_live_count > before);
        idp_scratch_end(&host.call, scratch);
        assert_int_equal(host.block_live_count, before);
        assert_ptr_equal(host.call.settings, kept);
        assert_ptr_equal(host.call.key_ring, kept);
    }
    assert_string_equal(kept, "kept");
    host_end_call(&host);
    assert_int_equal(host.block_live_count, 0);
}

static void raise_in_a_round(struct idp_call *call, void *data)
{
    idp_scratch_begin(call, data);
    idp_allocate(call, 100000);
    idp_fail(call, IDP_STORE);
}

static void a_raise_in_a_round_leaves_nothing(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    assert_false(host_try(&host, raise_in_a_round, idp_scratch_new(&host.call)));
    host_end_call(&host);
    assert_int_equal(host.block_live_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zero_and_aligned),
        cmocka_unit_test(empty_allocations_differ),
        cmocka_unit_test(large_object_keeps_current_block),
        cmocka_unit_test(blocks_grow_to_a_cap),
        cmocka_unit_test(end_is_idempotent),
        cmocka_unit_test(used_bytes_are_wiped),
        cmocka_unit_test(cleanups_run_last_first_after_a_raise),
        cmocka_unit_test(object_is_released_where_memory_ends),
        cmocka_unit_test(failed_constructor_raises),
        cmocka_unit_test(absurd_sizes_are_out_of_memory),
        cmocka_unit_test(rounds_leave_nothing),
        cmocka_unit_test(a_raise_in_a_round_leaves_nothing),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
