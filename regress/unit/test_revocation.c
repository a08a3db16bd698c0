/* SPDX-License-Identifier: Apache-2.0 */
/* test_revocation.c - all that a device has is ended, also what it got while that went on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/pki/x509.h"
#include "regress/unit/host.h"

/* Certificates of one device, in a table of three. */
struct shelf {
    size_t good_count;
    size_t late_count; /* that are issued while the first ones are revoked */
    size_t looked_count, outdated_count;
};

static struct idp_value text(const char *string)
{
    return (struct idp_value){.kind = 't', .bytes = idp_bytes_of(string)};
}

static struct host_answer of_device(struct shelf *shelf)
{
    static struct idp_value serials[3];
    size_t count = shelf->good_count;
    for (size_t i = 0; i < count; i++) {
        serials[i] = text("01");
    }
    shelf->looked_count++;
    shelf->good_count = shelf->late_count;
    shelf->late_count = 0;
    return (struct host_answer){serials, count, 0};
}

static struct host_answer improvise(struct idp_call *call, const struct idp_statement *statement)
{
    static struct idp_value content[4], revoked[1];
    struct host *host = call->context;
    struct shelf *shelf = host->improvise_data;
    content[0] = (struct idp_value){.kind = 'x', .bytes = {"certificate", 11}};
    content[1] = text("identity");
    content[2] = text("default@1");
    content[3] = text("uuid:a");
    revoked[0] = text("cessationOfOperation");
    if (strstr(statement->text, "SELECT serial FROM idplane.certificate") != NULL) {
        return of_device(shelf);
    }
    if (strstr(statement->text, "SELECT certificate, profile, ca_id") != NULL) {
        return (struct host_answer){content, 1, 0};
    }
    if (strstr(statement->text, "UPDATE idplane.certificate SET status") != NULL) {
        return (struct host_answer){revoked, 1, 1};
    }
    shelf->outdated_count += strstr(statement->text, "SET change_count") != NULL ? 1 : 0;
    return (struct host_answer){NULL, 0, 1};
}

static int64_t revoke(struct host *host, struct shelf *shelf)
{
    host->improvise = improvise;
    host->improvise_data = shelf;
    return idp_revoke_device(&host->call, idp_bytes_of("a"), idp_bytes_of("cessationOfOperation"));
}

static void what_a_device_has_is_ended(void **state)
{
    struct shelf shelf = {.good_count = 2};
    assert_int_equal(revoke(*state, &shelf), 2);
    assert_int_equal(shelf.looked_count, 2);
    assert_int_equal(shelf.outdated_count, 2);
}

static void what_it_got_meanwhile_too(void **state)
{
    struct shelf shelf = {.good_count = 2, .late_count = 1};
    assert_int_equal(revoke(*state, &shelf), 3);
    assert_int_equal(shelf.looked_count, 3);
}

static void who_has_nothing_costs_one_look(void **state)
{
    struct host *host = *state;
    struct shelf shelf = {.good_count = 0};
    assert_int_equal(revoke(host, &shelf), 0);
    assert_int_equal(shelf.looked_count, 1);
    assert_int_equal(host->begin_count, 0);
}

/* Nobody has asked for the list since: the row still says valid. */
static void what_was_superseded_is_revoked_from_that_moment(void **state)
{
    struct host *host = *state;
    struct idp_ca ca = {.key_identifier = IDP_LITERAL("k")};
    struct idp_value row[] = {
        text("valid"), {0}, {0}, {.kind = 'z', .integer = host->now_us + 1}, {0}};
    host_answer(host, row, 1, 0);
    assert_false(idp_certificate_status_of(&host->call, &ca, idp_bytes_of("s")).is_revoked);
    row[3].integer = host->now_us;
    host_answer(host, row, 1, 0);
    struct idp_certificate_status status =
        idp_certificate_status_of(&host->call, &ca, idp_bytes_of("s"));
    assert_true(status.is_revoked);
    assert_string_equal(idp_revocation_reason_name(status.reason), "superseded");
    assert_int_equal(status.revoked_us, host->now_us);
    row[4] = (struct idp_value){.kind = 'z', .integer = host->now_us};
    host_answer(host, row, 1, 0);
    status = idp_certificate_status_of(&host->call, &ca, idp_bytes_of("s"));
    assert_string_equal(idp_revocation_reason_name(status.reason), "cessationOfOperation");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_device_has_is_ended, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(what_it_got_meanwhile_too, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(who_has_nothing_costs_one_look, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(what_was_superseded_is_revoked_from_that_moment, host_setup,
                                        host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
