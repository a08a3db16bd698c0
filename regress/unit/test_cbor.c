/* SPDX-License-Identifier: Apache-2.0 */
/* test_cbor.c - CBOR: the examples of RFC 8949 appendix A, what is refused and why, and trees that
 * come back as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "regress/unit/host.h"

static struct idp_call *call_of(void **state)
{
    return &((struct host *)*state)->call;
}

static const struct idp_json *read_hex(void **state, const char *hex, const char **why)
{
    struct idp_bytes bytes = idp_hex_decode(call_of(state), idp_bytes_of(hex));
    return idp_cbor_read(call_of(state), bytes, why);
}

static void assert_read(void **state, const char *hex, const char *expected)
{
    const char *why;
    const struct idp_json *json = read_hex(state, hex, &why);
    if (json == NULL)
        fail_msg("%s refused: %s", hex, why);
    struct idp_bytes text = idp_json_text(call_of(state), json);
    if (!host_text_is(text, expected))
        fail_msg("%s is %.*s, not %s", hex, (int)text.size, text.data, expected);
}

static void assert_written(void **state, const char *json, const char *expected)
{
    const char *why;
    const struct idp_json *tree = idp_json_read(call_of(state), idp_bytes_of(json), &why);
    assert_non_null(tree);
    struct idp_bytes hex = idp_hex_encode(call_of(state), idp_cbor_write(call_of(state), tree));
    if (!host_text_is(hex, expected))
        fail_msg("%s becomes %.*s, not %s", json, (int)hex.size, hex.data, expected);
}

static void assert_refused(void **state, const char *hex, const char *reason)
{
    const char *why = NULL;
    assert_null(read_hex(state, hex, &why));
    assert_string_equal(why, reason);
}

/* ---- RFC 8949 appendix A ---- */

/* Of those that JSON has, in their shortest form: they are written so, too. */
static const struct {
    const char *hex, *json;
} examples[] = {
    {"00", "0"},
    {"01", "1"},
    {"0a", "10"},
    {"17", "23"},
    {"1818", "24"},
    {"1819", "25"},
    {"1864", "100"},
    {"1903e8", "1000"},
    {"1a000f4240", "1000000"},
    {"1b000000e8d4a51000", "1000000000000"},
    {"1bffffffffffffffff", "18446744073709551615"},
    {"3bffffffffffffffff", "-18446744073709551616"},
    {"20", "-1"},
    {"29", "-10"},
    {"3863", "-100"},
    {"3903e7", "-1000"},
    {"f4", "false"},
    {"f5", "true"},
    {"f6", "null"},
    {"60", "\"\""},
    {"6161", "\"a\""},
    {"6449455446", "\"IETF\""},
    {"62225c", "\"\\\"\\\\\""},
    {"62c3bc", "\"\xC3\xBC\""},
    {"63e6b0b4", "\"\xE6\xB0\xB4\""},
    {"64f0908591", "\"\xF0\x90\x85\x91\""},
    {"80", "[]"},
    {"83010203", "[1,2,3]"},
    {"8301820203820405", "[1,[2,3],[4,5]]"},
    {"98190102030405060708090a0b0c0d0e0f101112131415161718181819",
     "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]"},
    {"a0", "{}"},
    {"a26161016162820203", "{\"a\":1,\"b\":[2,3]}"},
    {"826161a161626163", "[\"a\",{\"b\":\"c\"}]"},
    {"a56161614161626142616361436164614461656145",
     "{\"a\":\"A\",\"b\":\"B\",\"c\":\"C\",\"d\":\"D\",\"e\":\"E\"}"},
};

static void examples_go_both_ways(void **state)
{
    for (size_t i = 0; i < IDP_COUNT(examples); i++) {
        assert_read(state, examples[i].hex, examples[i].json);
        /* The least negative integer has 65 bits: it is written as a double. */
        if (strcmp(examples[i].json, "-18446744073709551616") != 0)
            assert_written(state, examples[i].json, examples[i].hex);
    }
}

static void open_ones_are_read(void **state)
{
    assert_read(state, "9fff", "[]");
    assert_read(state, "9f018202039f0405ffff", "[1,[2,3],[4,5]]");
    assert_read(state, "9f01820203820405ff", "[1,[2,3],[4,5]]");
    assert_read(state, "83018202039f0405ff", "[1,[2,3],[4,5]]");
    assert_read(state, "83019f0203ff820405", "[1,[2,3],[4,5]]");
    assert_read(state, "bf61610161629f0203ffff", "{\"a\":1,\"b\":[2,3]}");
    assert_read(state, "826161bf61626163ff", "[\"a\",{\"b\":\"c\"}]");
    assert_read(state, "bf6346756ef563416d7421ff", "{\"Fun\":true,\"Amt\":-2}");
}

static void bytes_are_base64url(void **state)
{
    assert_read(state, "40", "\"\"");
    assert_read(state, "4401020304", "\"AQIDBA\"");
    assert_read(state, "a1616143fbff00", "{\"a\":\"-_8A\"}");
}

static void fractions_are_written(void **state)
{
    assert_written(state, "1.1", "fb3ff199999999999a");
    assert_written(state, "-4.1", "fbc010666666666666");
    assert_written(state, "1.0e+300", "fb7e37e43c8800759c");
    assert_written(state, "0.0", "fb0000000000000000");
    assert_written(state, "-0", "00");
    assert_written(state, "21.50", "fb4035800000000000");
    assert_written(state, "18446744073709551616", "fb43f0000000000000");
    assert_written(state, "-18446744073709551616", "fbc3f0000000000000");
}

/* ---- refused ---- */

static void what_json_has_not_is_refused(void **state)
{
    assert_refused(state, "f90000", "a floating-point number");
    assert_refused(state, "fa47c35000", "a floating-point number");
    assert_refused(state, "fb3ff199999999999a", "a floating-point number");
    assert_refused(state, "f7", "undefined");
    assert_refused(state, "f0", "no item of CBOR");
    assert_refused(state, "f8ff", "no item of CBOR");
    assert_refused(state, "c249010000000000000000", "a tag");
    assert_refused(state, "c11a514b67b0", "a tag");
    assert_refused(state, "d818456449455446", "a tag");
    assert_refused(state, "5f42010243030405ff", "a text or bytes in chunks");
    assert_refused(state, "7f657374726561646d696e67ff", "a text or bytes in chunks");
    assert_refused(state, "a201020304", "a name that is no text");
    assert_refused(state, "a1404100", "a name that is no text");
    assert_refused(state, "a18001", "a name that is no text");
}

static void what_is_malformed_is_refused(void **state)
{
    assert_refused(state, "", "empty");
    assert_refused(state, "18", "cut off");
    assert_refused(state, "1b00000000", "cut off");
    assert_refused(state, "6261", "cut off");
    assert_refused(state, "8201", "cut off");
    assert_refused(state, "a16161", "cut off");
    assert_refused(state, "9f01", "cut off");
    assert_refused(state, "0000", "trailing bytes");
    assert_refused(state, "8000", "trailing bytes");
    assert_refused(state, "ff", "a break where none belongs");
    assert_refused(state, "81ff", "a break where none belongs");
    assert_refused(state, "bf6161ff", "a break where none belongs");
    assert_refused(state, "1c", "no item of CBOR");
    assert_refused(state, "62c328", "a text that is not UTF-8, or has a NUL");
    assert_refused(state, "6100", "a text that is not UTF-8, or has a NUL");
    assert_refused(state, "a2616101616102", "duplicate member");
    assert_refused(state, "bf616101616102ff", "duplicate member");
}

/* What is claimed is not believed. */
static void counts_are_not_believed(void **state)
{
    assert_refused(state, "9bffffffffffffffff", "cut off");
    assert_refused(state, "bbffffffffffffffff", "cut off");
    assert_refused(state, "7bffffffffffffffff61", "cut off");
    assert_refused(state, "5bffffffffffffffff61", "cut off");
    assert_refused(state, "9a00100000", "cut off");
}

static void limits_hold(void **state)
{
    struct idp_call *call = call_of(state);
    struct idp_text text = {.call = call};
    const char *why;
    for (int i = 0; i < IDP_JSON_DEPTH_MAX; i++)
        idp_text_add_char(&text, '\x81');
    idp_text_add_char(&text, '\x01');
    assert_non_null(idp_cbor_read(call, idp_text_bytes(&text), &why));
    text.data[IDP_JSON_DEPTH_MAX] = '\x81';
    idp_text_add_char(&text, '\x01');
    assert_null(idp_cbor_read(call, idp_text_bytes(&text), &why));
    assert_string_equal(why, "too deep");

    text.size = 0;
    idp_text_add_char(&text, '\x9f');
    for (int i = 0; i < IDP_JSON_MEMBER_COUNT_MAX; i++)
        idp_text_add_char(&text, '\x01');
    assert_null(idp_cbor_read(call, idp_text_bytes(&text), &why));
    assert_string_equal(why, "too many values");

    struct idp_bytes large = {idp_text_extend(&text, IDP_JSON_SIZE_MAX + 1), IDP_JSON_SIZE_MAX + 1};
    assert_null(idp_cbor_read(call, large, &why));
    assert_string_equal(why, "too large");
}

static void trees_come_back(void **state)
{
    static const char *const texts[] = {
        "{\"aclist2\":[{\"subject\":{\"conntype\":\"anon-clear\"},\"permission\":2,\"resources\":"
        "[{\"href\":\"/oic/d\",\"if\":[\"*\"]}],\"tag\":\"dps\"}]}",
        "{\"z\":null,\"a\":[true,false,-9223372036854775808],\"\":{}}",
    };
    for (size_t i = 0; i < IDP_COUNT(texts); i++) {
        const char *why;
        struct idp_call *call = call_of(state);
        const struct idp_json *tree = idp_json_read(call, idp_bytes_of(texts[i]), &why);
        tree = idp_cbor_read(call, idp_cbor_write(call, tree), &why);
        assert_non_null(tree);
        assert_true(host_text_is(idp_json_text(call, tree), texts[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(examples_go_both_ways, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(open_ones_are_read, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(bytes_are_base64url, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(fractions_are_written, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(what_json_has_not_is_refused, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(what_is_malformed_is_refused, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(counts_are_not_believed, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(limits_hold, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(trees_come_back, host_setup, host_teardown),
    };
    return cmocka_run_group_tests_name("cbor", tests, NULL, NULL);
}
