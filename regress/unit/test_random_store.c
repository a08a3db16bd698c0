/* SPDX-License-Identifier: Apache-2.0 */
/* test_random_store.c - random bytes come once: not twice in a process, and not in two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/idplane.h"

enum { ROUND_COUNT = 300, SIZE = 16 };

static bool are_all(const unsigned char *bytes, size_t size, unsigned char value)
{
    size_t i = 0;
    while (i < size && bytes[i] == value)
        i++;
    return i == size;
}

/* More than the store holds, so that it is filled between two of them. */
static void no_bytes_come_twice(void **state)
{
    static unsigned char given[ROUND_COUNT][SIZE];
    (void)state;
    for (size_t i = 0; i < ROUND_COUNT; i++) {
        assert_true(idp_random_write(given[i], SIZE));
        assert_false(are_all(given[i], SIZE, 0));
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(given[i], given[j], SIZE);
    }
}

static void any_amount_is_given_whole(void **state)
{
    static const size_t sizes[] = {0, 1, 1000, 1024, 1025, 5000};
    (void)state;
    for (size_t i = 0; i < IDP_COUNT(sizes); i++) {
        unsigned char bytes[5000 + 32] = {0};
        assert_true(idp_random_write(bytes, sizes[i]));
        assert_true(are_all(bytes + sizes[i], sizeof bytes - sizes[i], 0));
        assert_true(sizes[i] < SIZE || !are_all(bytes + sizes[i] - SIZE, SIZE, 0));
    }
}

/* Both had the same store when they parted. */
static void a_child_gets_others(void **state)
{
    unsigned char own[SIZE], theirs[SIZE];
    int ends[2];
    (void)state;
    assert_true(idp_random_write(own, SIZE));
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        bool done = idp_random_write(theirs, SIZE) && write(ends[1], theirs, SIZE) == SIZE;
        _exit(done ? 0 : 1);
    }
    int status;
    assert_true(idp_random_write(own, SIZE));
    assert_int_equal(read(ends[0], theirs, SIZE), SIZE);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_memory_not_equal(own, theirs, SIZE);
    assert_false(are_all(theirs, SIZE, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_bytes_come_twice),
        cmocka_unit_test(any_amount_is_given_whole),
        cmocka_unit_test(a_child_gets_others),
    };
    return cmocka_run_group_tests_name("random store", tests, NULL, NULL);
}
