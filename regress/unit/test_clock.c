/* SPDX-License-Identifier: Apache-2.0 */
/* test_clock.c - the time of a call, and RFC 3339 read and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "regress/unit/host.h"

static const struct {
    const char *text;
    int64_t time_us;
} known[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01T00:00:00.000001Z", 1},
    {"2000-02-29T12:34:56.5Z", INT64_C(951827696500000)},
    {"2026-01-01T00:00:00Z", INT64_C(1767225600000000)},
    {"2038-01-19T03:14:08Z", INT64_C(2147483648000000)},
    {"2100-03-01T00:00:00Z", INT64_C(4107542400000000)},
    {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999)},
};

static void known_times_both_ways(void **state)
{
    struct host *host = *state;
    for (size_t i = 0; i < IDP_COUNT(known); i++) {
        int64_t time_us;
        assert_true(idp_time_read(idp_bytes_of(known[i].text), &time_us));
        assert_int_equal(time_us, known[i].time_us);
        assert_true(host_text_is(idp_time_text(&host->call, time_us), known[i].text));
    }
}

static void other_spellings_are_the_same_time(void **state)
{
    (void)state;
    static const char *const same[] = {
        "2026-01-01t00:00:00z",      "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00.0Z",    "2026-01-01T00:00:00.000000000Z",
        "2026-01-01T01:30:00+01:30", "2025-12-31T16:00:00-08:00",
        "2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00.000000999+00:00",
    };
    for (size_t i = 0; i < IDP_COUNT(same); i++) {
        int64_t time_us;
        assert_true(idp_time_read(idp_bytes_of(same[i]), &time_us));
        assert_int_equal(time_us, INT64_C(1767225600000000));
    }
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "now",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00.0000000000Z",
        "2026-01-01T00:00:00,5Z",
        "2026-1-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+00:60",
        "2026-01-01T00:00:00+0000",
        "2026-01-01T00:00:00+00",
        "2026-01-01T00:00:00Z ",
        " 2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00ZZ",
        "2026-01-01T-1:00:00Z",
        "+026-01-01T00:00:00Z",
        "02026-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "0000-01-01T00:00:00Z",
    };
    for (size_t i = 0; i < IDP_COUNT(bad); i++) {
        int64_t time_us = 77;
        if (idp_time_read(idp_bytes_of(bad[i]), &time_us))
            fail_msg("accepted: %s", bad[i]);
        assert_int_equal(time_us, 77);
    }
    int64_t time_us;
    assert_false(idp_time_read((struct idp_bytes){"2026-01-01T00:00:00\0", 20}, &time_us));
}

static void an_offset_may_lead_across_the_first_day(void **state)
{
    (void)state;
    int64_t time_us;
    assert_true(idp_time_read(idp_bytes_of("1969-12-31T23:00:00-01:00"), &time_us));
    assert_int_equal(time_us, 0);
}

/* libc's calendar is the reference; one day in each week of each year is enough. */
static void every_year_agrees_with_libc(void **state)
{
    struct host *host = *state;
    for (time_t time_s = 0; time_s < INT64_C(253402300800); time_s += 7 * 86400 + 3671) {
        char expected[32];
        struct tm parts;
        gmtime_r(&time_s, &parts);
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &parts);
        struct idp_bytes text = idp_time_text(&host->call, time_s * INT64_C(1000000));
        int64_t time_us = -1;
        if (!idp_bytes_is(text, expected) || !idp_time_read(text, &time_us))
            fail_msg("%.*s instead of %s", (int)text.size, text.data, expected);
        assert_int_equal(time_us, time_s * INT64_C(1000000));
    }
}

static void the_first_and_last_days_of_years(void **state)
{
    struct host *host = *state;
    int64_t time_us;
    for (int year = 1970; year < 9999; year++) {
        char text[32];
        snprintf(text, sizeof text, "%04d-12-31T23:59:59Z", year);
        assert_true(idp_time_read(idp_bytes_of(text), &time_us));
        assert_true(idp_bytes_is(idp_time_text(&host->call, time_us), text));
        snprintf(text, sizeof text, "%04d-01-01T00:00:00Z", year + 1);
        assert_true(idp_bytes_is(idp_time_text(&host->call, time_us + 1000000), text));
    }
}

/* As certificates have them; nobody else may say one. */
static void times_before_1970_are_written(void **state)
{
    static const struct {
        const char *text;
        int64_t time_us;
    } early[] = {
        {"1950-01-01T00:00:00Z", INT64_C(-631152000000000)},
        {"1952-02-29T23:59:59Z", INT64_C(-562896001000000)},
        {"1969-12-31T23:59:59.999999Z", -1},
    };
    struct host *host = *state;
    int64_t time_us;
    for (size_t i = 0; i < IDP_COUNT(early); i++) {
        assert_true(host_text_is(idp_time_text(&host->call, early[i].time_us), early[i].text));
        assert_false(idp_time_read(idp_bytes_of(early[i].text), &time_us));
    }
}

static void write_time(struct idp_call *call, void *data)
{
    idp_time_text(call, *(int64_t *)data);
}

static void times_out_of_range_raise(void **state)
{
    struct host *host = *state;
    int64_t times_us[] = {INT64_C(-631152000000001), INT64_MIN, INT64_MAX,
                          INT64_C(253402300800000000)};
    for (size_t i = 0; i < IDP_COUNT(times_us); i++) {
        assert_false(host_try(host, write_time, &times_us[i]));
        assert_int_equal(host->error, IDP_INVALID_ARGUMENT);
    }
}

/* ---- the time of a call ---- */

static void the_host_is_asked_once(void **state)
{
    struct host *host = *state;
    host->now_us = 5000001;
    assert_int_equal(idp_now_us(&host->call), 5000001);
    host->now_us = 9000000;
    assert_int_equal(idp_now_us(&host->call), 5000001);
    assert_int_equal(idp_now_s(&host->call), 5);
    host_end_call(host);
    assert_int_equal(idp_now_s(&host->call), 9);
}

static void freeze(struct host *host, const char *text)
{
    host_end_call(host);
    host->call.host->session_set(&host->call, IDP_SESSION_CLOCK, idp_bytes_of(text), false);
}

static void read_clock(struct idp_call *call, void *data)
{
    *(int64_t *)data = idp_now_us(call);
}

static void the_frozen_clock_wins(void **state)
{
    struct host *host = *state;
    freeze(host, "1970-01-01T00:00:01.5Z");
    assert_int_equal(idp_now_us(&host->call), 1500000);
    freeze(host, NULL);
    assert_int_equal(idp_now_us(&host->call), host->now_us);
    freeze(host, "yesterday");
    int64_t time_us;
    assert_false(host_try(host, read_clock, &time_us));
    assert_int_equal(host->error, IDP_INVALID_ARGUMENT);
    assert_false(host->call.now_known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(known_times_both_ways, host_setup, host_teardown),
        cmocka_unit_test(other_spellings_are_the_same_time),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(an_offset_may_lead_across_the_first_day),
        cmocka_unit_test_setup_teardown(every_year_agrees_with_libc, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(the_first_and_last_days_of_years, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(times_before_1970_are_written, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(times_out_of_range_raise, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(the_host_is_asked_once, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(the_frozen_clock_wins, host_setup, host_teardown),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
