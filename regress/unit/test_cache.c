/* SPDX-License-Identifier: Apache-2.0 */
/* test_cache.c - what outlives a call: found again, bounded, released once and never too early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "regress/unit/host.h"

enum { WEIGHT_MAX = 100 };

static int live_count;

static void object_release(void *object)
{
    live_count--;
    free(object);
}

static struct idp_cache cache = {
    .release = object_release, .weight_max = WEIGHT_MAX, .mutex = PTHREAD_MUTEX_INITIALIZER};

static const void *put(struct host *host, const char *key, size_t weight)
{
    live_count++;
    return idp_cache_put(&host->call, &cache, idp_bytes_of(key), malloc(1), weight);
}

static const void *get(struct host *host, const char *key)
{
    return idp_cache_get(&host->call, &cache, idp_bytes_of(key));
}

static void an_object_is_found_by_all_of_its_key(void **state)
{
    const void *object = put(*state, "key", 1);
    host_end_call(*state);
    assert_ptr_equal(get(*state, "key"), object);
    assert_null(get(*state, "ke"));
    assert_null(get(*state, "kex"));
    assert_null(get(*state, ""));
}

static void the_weight_is_bounded_and_the_oldest_go(void **state)
{
    put(*state, "first", WEIGHT_MAX / 2);
    put(*state, "second", WEIGHT_MAX / 2);
    assert_non_null(get(*state, "first"));
    put(*state, "third", WEIGHT_MAX / 2);
    assert_non_null(get(*state, "first"));
    assert_null(get(*state, "second"));
    put(*state, "heavy", WEIGHT_MAX + 1);
    assert_null(get(*state, "first"));
    assert_null(get(*state, "third"));
    host_end_call(*state);
    assert_int_equal(live_count, 1);
}

static void what_a_call_holds_outlives_its_eviction(void **state)
{
    put(*state, "held", 1);
    put(*state, "heavy", WEIGHT_MAX);
    assert_null(get(*state, "held"));
    assert_int_equal(live_count, 2);
    host_end_call(*state);
    assert_int_equal(live_count, 1);
}

static void the_second_of_two_at_once_serves_its_call_only(void **state)
{
    const void *first = put(*state, "twice", 1);
    const void *second = put(*state, "twice", 1);
    assert_ptr_not_equal(first, second);
    host_end_call(*state);
    assert_ptr_equal(get(*state, "twice"), first);
    assert_int_equal(live_count, 1);
}

static void the_count_is_bounded(void **state)
{
    char key[16];
    for (int i = 0; i < 2 * IDP_CACHE_ENTRY_COUNT_MAX; i++) {
        snprintf(key, sizeof key, "%d", i);
        put(*state, key, 0);
    }
    host_end_call(*state);
    assert_int_equal(live_count, IDP_CACHE_ENTRY_COUNT_MAX);
    assert_non_null(get(*state, key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_object_is_found_by_all_of_its_key, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(the_weight_is_bounded_and_the_oldest_go, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(what_a_call_holds_outlives_its_eviction, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(the_second_of_two_at_once_serves_its_call_only, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(the_count_is_bounded, host_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
