/* SPDX-License-Identifier: Apache-2.0 */
/* test_imported_list.c - lists of several authorities are found for who judges a chain, and no more
 * than a chain may be judged with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/pki/pki.h"
#include "regress/unit/host.h"

static struct idp_value blob(const char *bytes)
{
    return (struct idp_value){.kind = 'x', .bytes = idp_bytes_of(bytes)};
}

static void each_name_has_its_lists(void **state)
{
    struct host *host = *state;
    const struct idp_bytes names[] = {IDP_LITERAL("a"), IDP_LITERAL("b"), IDP_LITERAL("c")};
    const struct idp_value of_a[] = {blob("a1"), blob("a2")}, of_c[] = {blob("c1")};
    size_t count = 0;
    host_answer(host, of_a, 2, 0);
    host_answer(host, NULL, 0, 0);
    host_answer(host, of_c, 1, 0);
    const struct idp_bytes *lists =
        idp_imported_lists(&host->call, names, IDP_COUNT(names), &count);
    assert_int_equal(count, 3);
    assert_true(host_text_is(lists[0], "a1"));
    assert_true(host_text_is(lists[1], "a2"));
    assert_true(host_text_is(lists[2], "c1"));
    assert_int_equal(host->statement_count, 3);
}

static void without_names_nobody_asks(void **state)
{
    struct host *host = *state;
    size_t count = 1;
    (void)idp_imported_lists(&host->call, NULL, 0, &count);
    assert_int_equal(count, 0);
    assert_int_equal(host->statement_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_name_has_its_lists, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(without_names_nobody_asks, host_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
