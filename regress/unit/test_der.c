/* SPDX-License-Identifier: Apache-2.0 */
/* test_der.c - DER: what is written comes back, and what BER has besides is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "regress/unit/host.h"

static struct idp_call *call_of(void **state)
{
    return &((struct host *)*state)->call;
}

#define BYTES(literal)                                                                             \
    (struct idp_bytes)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

/* ---- lengths ---- */

static const struct {
    size_t length;
    struct idp_bytes header;
} lengths[] = {
    {0, IDP_LITERAL("\x04\x00")},
    {127, IDP_LITERAL("\x04\x7f")},
    {128, IDP_LITERAL("\x04\x81\x80")},
    {255, IDP_LITERAL("\x04\x81\xff")},
    {256, IDP_LITERAL("\x04\x82\x01\x00")},
    {65535, IDP_LITERAL("\x04\x82\xff\xff")},
    {65536, IDP_LITERAL("\x04\x83\x01\x00\x00")},
    {1 << 24, IDP_LITERAL("\x04\x84\x01\x00\x00\x00")},
};

static void each_length_is_as_short_as_can_be(void **state)
{
    for (size_t i = 0; i < IDP_COUNT(lengths); i++) {
        struct idp_bytes plain = {idp_allocate(call_of(state), lengths[i].length + 1),
                                  lengths[i].length};
        struct idp_bytes der = idp_der_put(call_of(state), IDP_DER_OCTET_STRING, plain), contents;
        assert_int_equal(der.size, lengths[i].header.size + plain.size);
        assert_memory_equal(der.data, lengths[i].header.data, lengths[i].header.size);
        assert_true(idp_der_only(der, IDP_DER_OCTET_STRING, &contents));
        assert_true(idp_bytes_equal(contents, plain));
    }
}

static void what_is_cut_off_is_no_value(void **state)
{
    char plain[300] = "";
    struct idp_bytes contents = {plain, sizeof plain};
    struct idp_bytes der = idp_der_put(call_of(state), IDP_DER_OCTET_STRING, contents);
    for (size_t size = 0; size < der.size; size++) {
        struct idp_bytes cut = {der.data, size}, rest = cut;
        struct idp_der value;
        assert_false(idp_der_next(&rest, &value));
        assert_true(rest.data == cut.data && rest.size == cut.size);
        assert_false(idp_der_only(cut, IDP_DER_OCTET_STRING, NULL));
    }
}

static void other_values_are_refused(void **state)
{
    (void)state;
    static const struct idp_bytes hostile[] = {
        IDP_LITERAL("\x30\x80\x00\x00"),                             /* indefinite */
        IDP_LITERAL("\x04\x81\x01\x00"),                             /* longer than need be */
        IDP_LITERAL("\x04\x81\x00"),                                 /* the same of nothing */
        IDP_LITERAL("\x04\x82\x00\x01\x00"),                         /* a zero before */
        IDP_LITERAL("\x04\x84\x00\x00\x00\x01\x00"),                 /* zeros before */
        IDP_LITERAL("\x04\x85\x01\x00\x00\x00\x00\x00"),             /* five bytes */
        IDP_LITERAL("\x04\x88\x00\x00\x00\x00\x00\x00\x00\x01\x00"), /* eight */
        IDP_LITERAL("\x04\x84\xff\xff\xff\xff\x00"),                 /* more than there is */
        IDP_LITERAL("\x04\x84\x7f\xff\xff\xff\x00"),                 /* the same, positive */
        IDP_LITERAL("\x04\xff\x00"),                                 /* reserved */
        IDP_LITERAL("\x1f\x01\x00"),                                 /* a tag of several bytes */
        IDP_LITERAL("\xbf\x81\x01\x01\x00"),                         /* a long one */
        IDP_LITERAL("\x06\x00"),                                     /* an identifier of nothing */
        IDP_LITERAL("\x06\x02\x2a\x86"),                             /* cut off in an arc */
        IDP_LITERAL("\x06\x03\x2a\x80\x01"),                         /* a zero before an arc */
    };
    for (size_t i = 0; i < IDP_COUNT(hostile); i++) {
        struct idp_bytes rest = hostile[i];
        struct idp_der value;
        assert_false(idp_der_next(&rest, &value));
        assert_true(rest.data == hostile[i].data && rest.size == hostile[i].size);
    }
}

static void a_value_of_another_tag_stays(void **state)
{
    (void)state;
    struct idp_bytes der = BYTES("\x02\x01\x05\x05\x00"), rest = der, contents;
    assert_false(idp_der_take(&rest, IDP_DER_NULL, &contents));
    assert_true(rest.data == der.data && rest.size == der.size);
    assert_false(idp_der_only(der, IDP_DER_INTEGER, NULL));
    assert_true(idp_der_take(&rest, IDP_DER_INTEGER, &contents));
    assert_true(idp_der_take(&rest, IDP_DER_NULL, NULL) && rest.size == 0);
}

static void all_of_it_is_der(void **state)
{
    static const struct idp_bytes good[] = {
        IDP_LITERAL(""),
        IDP_LITERAL("\x05\x00\x01\x01\xff\x01\x01\x00"),
        IDP_LITERAL("\x30\x04\x31\x02\x0c\x00"),
        IDP_LITERAL("\x02\x01\x80\x02\x02\xff\x7f\x0a\x01\x00"),
        IDP_LITERAL("\x03\x01\x00\x03\x02\x07\x80"),
        IDP_LITERAL("\x1e\x02\x00\x41\x1c\x04\x00\x00\x00\x41"),
        IDP_LITERAL("\xa0\x02\x05\x00\x80\x01\x2a"),
    };
    static const struct idp_bytes bad[] = {
        IDP_LITERAL("\x01\x01\x01"),             /* a third truth */
        IDP_LITERAL("\x01\x00"),                 /* none */
        IDP_LITERAL("\x02\x00"),                 /* no number */
        IDP_LITERAL("\x02\x02\xff\x80"),         /* longer than need be */
        IDP_LITERAL("\x0a\x02\x00\x01"),         /* the same */
        IDP_LITERAL("\x03\x00"),                 /* no count of bits */
        IDP_LITERAL("\x03\x01\x01"),             /* fewer bits than none */
        IDP_LITERAL("\x03\x02\x08\x80"),         /* more than a byte has */
        IDP_LITERAL("\x05\x01\x00"),             /* something in nothing */
        IDP_LITERAL("\x1e\x01\x41"),             /* half a character */
        IDP_LITERAL("\x1c\x02\x00\x41"),         /* the same */
        IDP_LITERAL("\x10\x00"),                 /* a sequence that is not constructed */
        IDP_LITERAL("\x11\x00"),                 /* the same */
        IDP_LITERAL("\x24\x04\x04\x02\x41\x41"), /* a string in pieces */
        IDP_LITERAL("\x00\x00"),                 /* the end of something */
        IDP_LITERAL("\x30\x02\x05\x01"),         /* cut off inside */
        IDP_LITERAL("\x30\x03\x31\x01\x05"),     /* deeper */
        IDP_LITERAL("\xa0\x02\x06\x00"),         /* an empty identifier inside */
        IDP_LITERAL("\x05\x00\x05"),             /* cut off behind a value */
    };
    for (size_t i = 0; i < IDP_COUNT(good); i++)
        assert_true(idp_der_are_values(good[i]));
    for (size_t i = 0; i < IDP_COUNT(bad); i++)
        assert_false(idp_der_are_values(bad[i]));
    struct idp_bytes nested = BYTES("\x05\x00");
    for (int depth = 1; depth < 16; depth++)
        nested = idp_der_put(call_of(state), IDP_DER_SEQUENCE, nested);
    assert_true(idp_der_are_values(nested));
    assert_false(idp_der_are_values(idp_der_put(call_of(state), IDP_DER_SEQUENCE, nested)));
}

/* ---- numbers and bits ---- */

static const struct {
    uint64_t number;
    struct idp_bytes der;
} numbers[] = {
    {0, IDP_LITERAL("\x02\x01\x00")},
    {1, IDP_LITERAL("\x02\x01\x01")},
    {127, IDP_LITERAL("\x02\x01\x7f")},
    {128, IDP_LITERAL("\x02\x02\x00\x80")},
    {255, IDP_LITERAL("\x02\x02\x00\xff")},
    {256, IDP_LITERAL("\x02\x02\x01\x00")},
    {32768, IDP_LITERAL("\x02\x03\x00\x80\x00")},
    {UINT64_MAX, IDP_LITERAL("\x02\x09\x00\xff\xff\xff\xff\xff\xff\xff\xff")},
};

static void known_numbers_both_ways(void **state)
{
    for (size_t i = 0; i < IDP_COUNT(numbers); i++) {
        struct idp_bytes der = idp_der_integer(call_of(state), numbers[i].number), rest = der;
        struct idp_bytes magnitude;
        uint64_t number = 0;
        assert_true(idp_bytes_equal(der, numbers[i].der));
        assert_true(idp_der_take_number(&rest, &magnitude) && rest.size == 0);
        for (size_t k = 0; k < magnitude.size; k++)
            number = number << 8 | (unsigned char)magnitude.data[k];
        assert_true(number == numbers[i].number);
        assert_true(idp_bytes_equal(idp_der_number(call_of(state), magnitude), der));
    }
    assert_true(idp_bytes_equal(idp_der_number(call_of(state), BYTES("\x00\x00\x80")),
                                BYTES("\x02\x02\x00\x80")));
    assert_true(
        idp_bytes_equal(idp_der_number(call_of(state), BYTES("\x00")), BYTES("\x02\x01\x00")));
}

static void other_numbers_are_refused(void **state)
{
    (void)state;
    static const struct idp_bytes others[] = {
        IDP_LITERAL("\x02\x00"),         /* nothing */
        IDP_LITERAL("\x02\x01\x80"),     /* negative */
        IDP_LITERAL("\x02\x01\xff"),     /* negative */
        IDP_LITERAL("\x02\x02\x00\x7f"), /* a zero that says nothing */
        IDP_LITERAL("\x02\x02\x00\x00"), /* the same of 0 */
        IDP_LITERAL("\x0a\x01\x01"),     /* ENUMERATED */
    };
    for (size_t i = 0; i < IDP_COUNT(others); i++) {
        struct idp_bytes rest = others[i], magnitude;
        assert_false(idp_der_take_number(&rest, &magnitude));
        assert_true(rest.data == others[i].data && rest.size == others[i].size);
    }
}

static void bits_are_whole_bytes(void **state)
{
    struct idp_bytes der = idp_der_bits(call_of(state), BYTES("\xa5\x01")), bits;
    assert_true(idp_bytes_equal(der, BYTES("\x03\x03\x00\xa5\x01")));
    assert_true(idp_der_take_bits(&der, &bits) && idp_bytes_equal(bits, BYTES("\xa5\x01")));
    static const struct idp_bytes others[] = {
        IDP_LITERAL("\x03\x00"), IDP_LITERAL("\x03\x02\x01\x80"), IDP_LITERAL("\x03\x02\x08\x80"),
        IDP_LITERAL("\x23\x04\x03\x02\x00\x80")};
    for (size_t i = 0; i < IDP_COUNT(others); i++) {
        struct idp_bytes rest = others[i];
        assert_false(idp_der_take_bits(&rest, &bits));
        assert_true(rest.data == others[i].data && rest.size == others[i].size);
    }
}

/* ---- times ---- */

static const struct {
    struct idp_bytes der;
    int64_t time_s;
    bool is_written; /* clock.c has no years before 1970 */
} times[] = {
    {IDP_LITERAL("\x17\x0d"
                 "500101000000Z"),
     INT64_C(-631152000), false},
    {IDP_LITERAL("\x17\x0d"
                 "520229120000Z"),
     INT64_C(-562939200), false},
    {IDP_LITERAL("\x17\x0d"
                 "691231235959Z"),
     INT64_C(-1), false},
    {IDP_LITERAL("\x17\x0d"
                 "700101000000Z"),
     0, true},
    {IDP_LITERAL("\x17\x0d"
                 "991231235959Z"),
     INT64_C(946684799), true},
    {IDP_LITERAL("\x17\x0d"
                 "000101000000Z"),
     INT64_C(946684800), true},
    {IDP_LITERAL("\x17\x0d"
                 "000229000000Z"),
     INT64_C(951782400), true},
    {IDP_LITERAL("\x17\x0d"
                 "491231235959Z"),
     INT64_C(2524607999), true},
    {IDP_LITERAL("\x18\x0f"
                 "20500101000000Z"),
     INT64_C(2524608000), true},
    {IDP_LITERAL("\x18\x0f"
                 "21000228235959Z"),
     INT64_C(4107542399), true},
    {IDP_LITERAL("\x18\x0f"
                 "99991231235959Z"),
     INT64_C(253402300799), true},
    {IDP_LITERAL("\x18\x0f"
                 "20260101000000Z"),
     INT64_C(1767225600), false}, /* known elsewhere */
};

static void known_times_both_ways(void **state)
{
    for (size_t i = 0; i < IDP_COUNT(times); i++) {
        struct idp_bytes rest = times[i].der;
        int64_t time_us = 0, written_us = times[i].time_s * IDP_SECOND_US;
        assert_true(idp_der_take_time(&rest, &time_us) && rest.size == 0);
        assert_true(time_us == written_us);
        if (times[i].is_written) {
            assert_true(idp_bytes_equal(idp_der_time(call_of(state), written_us), times[i].der));
            assert_true(
                idp_bytes_equal(idp_der_time(call_of(state), written_us + 999999), times[i].der));
        }
    }
}

/* The rule of RFC 5280: the two digits of a year from 50 on are of the twentieth century. */
static void each_year_of_a_utc_time(void **state)
{
    (void)state;
    int64_t before_us = 0;
    for (int i = 0; i < 100; i++) {
        char der[32];
        int64_t time_us;
        snprintf(der, sizeof der, "\x17\x0d%02d0301000000Z", (i + 50) % 100);
        struct idp_bytes rest = {der, 15};
        assert_true(idp_der_take_time(&rest, &time_us));
        int64_t days = (time_us - before_us) / (INT64_C(86400) * IDP_SECOND_US);
        if (i > 0)
            assert_int_equal(days, (1950 + i) % 4 == 0 ? 366 : 365);
        before_us = time_us;
    }
}

static void other_times_are_refused(void **state)
{
    (void)state;
    static const struct idp_bytes others[] = {
        IDP_LITERAL("\x17\x0b"
                    "2601010000Z"), /* no seconds */
        IDP_LITERAL("\x17\x11"
                    "260101000000+0000"), /* an offset */
        IDP_LITERAL("\x17\x0d"
                    "260101000000z"),
        IDP_LITERAL("\x17\x0d"
                    "261301000000Z"), /* no such month */
        IDP_LITERAL("\x17\x0d"
                    "260229000000Z"), /* no such day */
        IDP_LITERAL("\x17\x0d"
                    "510229000000Z"), /* nor in this year */
        IDP_LITERAL("\x17\x0d"
                    "260101240000Z"),
        IDP_LITERAL("\x17\x0d"
                    "260101000060Z"),
        IDP_LITERAL("\x17\x0d"
                    "26010100000 Z"),
        IDP_LITERAL("\x18\x0d"
                    "260101000000Z"), /* of the other tag */
        IDP_LITERAL("\x17\x0f"
                    "20260101000000Z"), /* the same */
        IDP_LITERAL("\x18\x11"
                    "20260101000000.0Z"),
        IDP_LITERAL("\x18\x0f"
                    "-0260101000000Z"),
        IDP_LITERAL("\x18\x0f"
                    "19691231235959Z"),
        IDP_LITERAL("\x17\x00"),
        IDP_LITERAL("\x18\x00"),
    };
    for (size_t i = 0; i < IDP_COUNT(others); i++) {
        struct idp_bytes rest = others[i];
        int64_t time_us;
        assert_false(idp_der_take_time(&rest, &time_us));
        assert_true(rest.data == others[i].data && rest.size == others[i].size);
    }
}

/* ---- object identifiers ---- */

static const struct {
    const char *text;
    struct idp_bytes contents;
} identifiers[] = {
    {"0.0", IDP_LITERAL("\x00")},
    {"0.39", IDP_LITERAL("\x27")},
    {"1.0", IDP_LITERAL("\x28")},
    {"1.39", IDP_LITERAL("\x4f")},
    {"2.0", IDP_LITERAL("\x50")},
    {"2.47", IDP_LITERAL("\x7f")},
    {"2.48", IDP_LITERAL("\x81\x00")},
    {"2.999.1", IDP_LITERAL("\x88\x37\x01")},
    {"1.2.840.113549", IDP_LITERAL("\x2a\x86\x48\x86\xf7\x0d")},
    {"1.3.6.1.4.1.44924.1.6", IDP_LITERAL("\x2b\x06\x01\x04\x01\x82\xde\x7c\x01\x06")},
    {"1.2.127.128.16383.16384", IDP_LITERAL("\x2a\x7f\x81\x00\xff\x7f\x81\x80\x00")},
    {"1.3.999999999999999", IDP_LITERAL("\x2b\x81\xe3\xaf\xea\xa6\x99\xff\x7f")},
};

static void known_identifiers_both_ways(void **state)
{
    for (size_t i = 0; i < IDP_COUNT(identifiers); i++) {
        struct idp_bytes contents =
            idp_der_oid_contents(call_of(state), idp_bytes_of(identifiers[i].text));
        assert_true(idp_bytes_equal(contents, identifiers[i].contents));
        assert_true(host_text_is(idp_der_oid_text(call_of(state), contents), identifiers[i].text));
    }
}

static void other_identifiers_are_refused(void **state)
{
    static const char *const texts[] = {"",     "1",    "1.",   ".1",   "1..2",
                                        "1.2.", "3.1",  "0.40", "1.40", "1.2.x",
                                        "1.02", "01.2", "-1.2", "1.2 ", "1.2.1234567890123456"};
    static const struct idp_bytes contents[] = {
        IDP_LITERAL(""),                                             /* nothing */
        IDP_LITERAL("\x80\x01"),                                     /* a zero before an arc */
        IDP_LITERAL("\x2a\x80\x01"),                                 /* the same */
        IDP_LITERAL("\x2a\x86"),                                     /* cut off */
        IDP_LITERAL("\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), /* 70 bits */
    };
    for (size_t i = 0; i < IDP_COUNT(texts); i++)
        assert_null(idp_der_oid_contents(call_of(state), idp_bytes_of(texts[i])).data);
    for (size_t i = 0; i < IDP_COUNT(contents); i++)
        assert_null(idp_der_oid_text(call_of(state), contents[i]).data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_length_is_as_short_as_can_be, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(what_is_cut_off_is_no_value, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(other_values_are_refused, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_value_of_another_tag_stays, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(all_of_it_is_der, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(known_numbers_both_ways, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(other_numbers_are_refused, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(bits_are_whole_bytes, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(known_times_both_ways, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(each_year_of_a_utc_time, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(other_times_are_refused, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(known_identifiers_both_ways, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(other_identifiers_are_refused, host_setup, host_teardown),
    };
    return cmocka_run_group_tests_name("der", tests, NULL, NULL);
}
