/* SPDX-License-Identifier: Apache-2.0 */
/* test_base.c - errors, bytes and text, values, the tenant of a call. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "regress/unit/host.h"

static struct idp_call *call_of(void **state)
{
    return &((struct host *)*state)->call;
}

/* ---- errors ---- */

static void every_error_has_its_row(void **state)
{
    (void)state;
    for (int error = 0; error < IDP_ERROR_COUNT; error++) {
        const struct idp_error_row *row = idp_error_row((enum idp_error)error);
        assert_non_null(row->word);
        assert_true(row->http_status >= 200 && row->http_status < 600);
        assert_int_equal(strlen(row->sqlstate), 5);
        for (size_t i = 0; i < 5; i++)
            assert_true(isupper((unsigned char)row->sqlstate[i]) ||
                        isdigit((unsigned char)row->sqlstate[i]));
        assert_true(strlen(row->sentence) > 5);
        assert_int_equal(row->sentence[strlen(row->sentence) - 1], '.');
        /* A word has one meaning; where there were too many of it the status says so. */
        for (int other = 0; other < error; other++) {
            const struct idp_error_row *before = idp_error_row((enum idp_error)other);
            assert_true(strcmp(row->word, before->word) != 0 ||
                        (row->http_status == 429 && before->http_status != 429));
        }
    }
}

/* RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E. */
static void sentences_fit_error_description(void **state)
{
    (void)state;
    for (int error = 0; error < IDP_ERROR_COUNT; error++) {
        const char *at = idp_error_row((enum idp_error)error)->sentence;
        for (; *at != 0; at++)
            assert_true(*at >= 0x20 && *at <= 0x7E && *at != '"' && *at != '\\');
    }
}

static void unknown_errors_are_server_errors(void **state)
{
    (void)state;
    const struct idp_error_row *row = idp_error_row(IDP_SERVER_ERROR);
    assert_ptr_equal(idp_error_row(IDP_ERROR_COUNT), row);
    assert_ptr_equal(idp_error_row((enum idp_error) - 1), row);
}

static void errors_become_rfc6749_json(void **state)
{
    const struct idp_json *json = idp_error_json(IDP_AUTHORIZATION_PENDING);
    assert_true(host_text_is(idp_json_text(call_of(state), json),
                             "{\"error\":\"authorization_pending\",\"error_description\":"
                             "\"The user has not authorized the request.\"}"));
    json = idp_error_json_with(call_of(state), IDP_SLOW_DOWN, "Wait.");
    assert_true(host_text_is(idp_json_text(call_of(state), json),
                             "{\"error\":\"slow_down\",\"error_description\":\"Wait.\"}"));
}

static void fail_formatted(struct idp_call *call, void *data)
{
    idp_fail_with(call, IDP_TOO_LARGE, "Over %d: %s.", 12, (const char *)data);
}

static void raised_sentences_are_formatted_and_bounded(void **state)
{
    struct host *host = *state;
    assert_false(host_try(host, fail_formatted, "bytes"));
    assert_int_equal(host->error, IDP_TOO_LARGE);
    assert_string_equal(host->sentence, "Over 12: bytes.");
    static char large[100000];
    memset(large, 'x', sizeof large - 1);
    large[2000] = 0;
    assert_false(host_try(host, fail_formatted, large));
    assert_int_equal(strlen(host->sentence), strlen("Over 12: .") + 2000);
    large[2000] = 'x';
    assert_false(host_try(host, fail_formatted, large));
    assert_int_equal(strlen(host->sentence), (64 << 10) - 1);
    host->block_fail_at = 1;
    host_end_call(host);
    assert_false(host_try(host, fail_formatted, "bytes"));
    assert_int_equal(host->error, IDP_OUT_OF_MEMORY);
}

/* ---- bytes ---- */

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void bytes_compare_as_unsigned(void **state)
{
    (void)state;
    static const struct {
        struct idp_bytes left, right;
        int order;
    } cases[] = {
        {{"", 0}, {NULL, 0}, 0},   {{"a", 1}, {"a", 1}, 0},    {{"a", 1}, {"b", 1}, -1},
        {{"a", 1}, {"ab", 2}, -1}, {{"\xFF", 1}, {"a", 1}, 1}, {{"a\0b", 3}, {"a\0c", 3}, -1},
        {{"a\0", 2}, {"a", 1}, 1}, {{NULL, 0}, {"\0", 1}, -1},
    };
    for (size_t i = 0; i < IDP_COUNT(cases); i++) {
        struct idp_bytes left = cases[i].left, right = cases[i].right;
        assert_int_equal(sign(idp_bytes_compare(left, right)), cases[i].order);
        assert_int_equal(sign(idp_bytes_compare(right, left)), -cases[i].order);
        assert_int_equal(idp_bytes_equal(left, right), cases[i].order == 0);
    }
    assert_false(idp_bytes_is((struct idp_bytes){0}, ""));
    assert_true(idp_bytes_is((struct idp_bytes){"x", 0}, ""));
    assert_false(idp_bytes_is((struct idp_bytes){"a\0", 2}, "a"));
}

static void copies_end_with_nul(void **state)
{
    struct idp_bytes copy = idp_bytes_copy(call_of(state), (struct idp_bytes){"abc", 2});
    assert_string_equal(copy.data, "ab");
    assert_int_equal(copy.size, 2);
    assert_null(idp_bytes_copy(call_of(state), (struct idp_bytes){0}).data);
    assert_non_null(idp_bytes_copy(call_of(state), idp_bytes_of("")).data);
    assert_string_equal(idp_text_c(call_of(state), (struct idp_bytes){"abc", 1}), "a");
    assert_string_equal(idp_text_c(call_of(state), (struct idp_bytes){0}), "");
}

static void text_c(struct idp_call *call, void *data)
{
    idp_text_c(call, *(struct idp_bytes *)data);
}

static void a_nul_makes_no_c_string(void **state)
{
    struct host *host = *state;
    struct idp_bytes bytes = {"a\0b", 3};
    assert_false(host_try(host, text_c, &bytes));
    assert_int_equal(host->error, IDP_INVALID_ARGUMENT);
}

/* ---- UTF-8 ---- */

static size_t utf8_of(unsigned code_point, char *out)
{
    if (code_point < 0x80)
        return out[0] = (char)code_point, 1;
    size_t size = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = size; --i > 0; code_point >>= 6)
        out[i] = (char)(0x80 | (code_point & 0x3F));
    out[0] = (char)((0xF00 >> size & 0xFF) | code_point);
    return size;
}

static void every_code_point_is_judged(void **state)
{
    (void)state;
    for (unsigned code_point = 0; code_point < 0x120000; code_point++) {
        char text[4];
        size_t size = utf8_of(code_point, text);
        bool valid =
            code_point > 0 && code_point < 0x110000 && (code_point < 0xD800 || code_point > 0xDFFF);
        if (idp_utf8_valid((struct idp_bytes){text, size}) != valid)
            fail_msg("U+%04X", code_point);
    }
}

/* What has two bytes is valid where both are ASCII or the second belongs to the first. */
static void every_pair_of_bytes_is_judged(void **state)
{
    (void)state;
    for (int first = 0; first < 256; first++)
        for (int second = 0; second < 256; second++) {
            bool ascii = first > 0 && first < 0x80 && second > 0 && second < 0x80;
            bool pair = first >= 0xC2 && first <= 0xDF && (second & 0xC0) == 0x80;
            struct idp_bytes text = {(char[]){(char)first, (char)second}, 2};
            assert_int_equal(idp_utf8_valid(text), ascii || pair);
        }
}

static void broken_utf8_is_refused_anywhere(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80",
                                      "\xC2",
                                      "\xC0\xAF",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "\xE2\x82",
                                      "\xF0\x9F\x98"};
    for (size_t i = 0; i < IDP_COUNT(bad); i++)
        for (size_t before = 0; before < 20; before++)
            for (size_t after = 0; after < 20; after += 19) {
                char text[64];
                size_t size = strlen(bad[i]);
                memset(text, 'a', sizeof text);
                memcpy(text + before, bad[i], size);
                assert_false(idp_utf8_valid((struct idp_bytes){text, before + size + after}));
            }
}

static void nul_is_refused_anywhere(void **state)
{
    (void)state;
    char text[40];
    for (size_t at = 0; at < sizeof text; at++) {
        memset(text, 'a', sizeof text);
        assert_true(idp_utf8_valid((struct idp_bytes){text, sizeof text}));
        text[at] = 0;
        assert_false(idp_utf8_valid((struct idp_bytes){text, sizeof text}));
    }
    assert_true(idp_utf8_valid((struct idp_bytes){0}));
}

/* ---- growing text ---- */

static void text_grows(void **state)
{
    struct idp_text text = {.call = call_of(state)};
    assert_true(host_text_is(idp_text_bytes(&text), ""));
    for (int i = 0; i < 1000; i++) {
        idp_text_add_integer(&text, i);
        idp_text_add_char(&text, ',');
    }
    assert_int_equal(text.size, 3890);
    assert_memory_equal(text.data + 3880, "7,998,999,", 10);
    idp_text_add(&text, (struct idp_bytes){0});
    idp_text_add(&text, idp_text_bytes(&text));
    struct idp_bytes twice = idp_text_bytes(&text);
    assert_int_equal(twice.size, 7780);
    assert_memory_equal(twice.data, twice.data + 3890, 3890);
    assert_int_equal(strlen(twice.data), 7780);
}

static void integers_are_written_whole(void **state)
{
    struct idp_text text = {.call = call_of(state)};
    idp_text_add_integer(&text, INT64_MIN);
    idp_text_add_c(&text, " ");
    idp_text_add_integer(&text, INT64_MAX);
    assert_true(host_text_is(idp_text_bytes(&text), "-9223372036854775808 9223372036854775807"));
}

/* ---- words ---- */

static void words_are_split_at_spaces(void **state)
{
    (void)state;
    struct idp_bytes rest = idp_bytes_of("  openid profile   x\t ");
    assert_true(host_text_is(idp_word_next(&rest), "openid"));
    assert_true(host_text_is(idp_word_next(&rest), "profile"));
    assert_true(host_text_is(idp_word_next(&rest), "x\t"));
    assert_int_equal(idp_word_next(&rest).size, 0);
    assert_int_equal(idp_word_next(&rest).size, 0);
    rest = (struct idp_bytes){0};
    assert_int_equal(idp_word_next(&rest).size, 0);
}

static void words_are_found_whole(void **state)
{
    (void)state;
    struct idp_bytes list = idp_bytes_of("openid profile read:all");
    assert_true(idp_word_in(list, idp_bytes_of("openid")));
    assert_true(idp_word_in(list, idp_bytes_of("read:all")));
    assert_false(idp_word_in(list, idp_bytes_of("read")));
    assert_false(idp_word_in(list, idp_bytes_of("Openid")));
    assert_false(idp_word_in(list, idp_bytes_of("openid profile")));
    assert_false(idp_word_in(list, idp_bytes_of("")));
    assert_false(idp_word_in((struct idp_bytes){0}, idp_bytes_of("a")));
}

/* ---- values ---- */

static void values_carry_their_kind(void **state)
{
    (void)state;
    assert_int_equal(idp_value_text(idp_bytes_of("a")).kind, 't');
    assert_int_equal(idp_value_blob(idp_bytes_of("a")).kind, 'x');
    assert_int_equal(idp_value_json_text(idp_bytes_of("1")).kind, 'j');
    assert_int_equal(idp_value_text((struct idp_bytes){0}).kind, 0);
    assert_int_equal(idp_value_blob((struct idp_bytes){0}).kind, 0);
    assert_int_equal(idp_value_json(NULL).kind, 0);
    assert_int_equal(idp_integer_of(idp_value_integer(-5)), -5);
    assert_int_equal(idp_integer_of(idp_value_time(7)), 7);
    assert_true(idp_bool_of(idp_value_bool(true)));
    assert_false(idp_bool_of(idp_value_bool(false)));
}

static void null_reads_as_nothing(void **state)
{
    (void)state;
    assert_null(idp_text_of(idp_null()).data);
    assert_int_equal(idp_integer_of(idp_null()), 0);
    assert_false(idp_bool_of(idp_null()));
    assert_null(idp_text_of(idp_value_integer(1)).data);
    assert_int_equal(idp_integer_of(idp_value_text(idp_bytes_of("1"))), 0);
}

static void check_ten(struct idp_call *call, void *data)
{
    idp_check_text(call, *(struct idp_value *)data, "client_id", 10);
}

static void texts_are_checked(void **state)
{
    struct host *host = *state;
    struct idp_value value = idp_value_text(idp_bytes_of("1234567890"));
    assert_true(host_try(host, check_ten, &value));
    value = idp_null();
    assert_true(host_try(host, check_ten, &value));
    value = idp_value_text(idp_bytes_of("12345678901"));
    assert_false(host_try(host, check_ten, &value));
    assert_int_equal(host->error, IDP_TOO_LARGE);
    assert_string_equal(host->sentence, "The argument client_id is longer than 10 bytes.");
    value = idp_value_text(idp_bytes_of("s3cret\xFF"));
    assert_false(host_try(host, check_ten, &value));
    assert_int_equal(host->error, IDP_INVALID_ARGUMENT);
    assert_string_equal(host->sentence,
                        "The argument client_id is not UTF-8 text, or holds a NUL.");
}

/* ---- rows ---- */

static const struct idp_statement two_columns = {
    .text = "SELECT a, b FROM t WHERE c = $1", .arguments = "t", .columns = "ti"};
static const struct idp_statement no_arguments = {
    .text = "SELECT 1", .arguments = "", .columns = "i"};

static void run_one(struct idp_call *call, void *data)
{
    *(const struct idp_value **)data = idp_run_one(call, &no_arguments, NULL);
}

static void one_row_or_none(void **state)
{
    struct host *host = *state;
    struct idp_value row[] = {idp_value_text(idp_bytes_of("x")), idp_null()};
    struct idp_value argument = idp_value_text(idp_bytes_of("c"));
    host_answer(host, row, 1, 0);
    const struct idp_value *found = idp_run_one(&host->call, &two_columns, &argument);
    assert_true(host_text_is(idp_text_of(found[0]), "x"));
    assert_int_equal(found[1].kind, 0);
    assert_null(idp_run_one(&host->call, &two_columns, &argument));
    assert_ptr_equal(host->statements[1], &two_columns);
}

static void several_rows_raise(void **state)
{
    struct host *host = *state;
    struct idp_value rows[] = {idp_value_integer(1), idp_value_integer(2)};
    const struct idp_value *found = NULL;
    host_answer(host, rows, 2, 0);
    assert_false(host_try(host, run_one, &found));
    assert_int_equal(host->error, IDP_STORE);
}

static void run_row(struct idp_call *call, void *data)
{
    *(const struct idp_value **)data = idp_run_row(call, &no_arguments, NULL);
}

static void a_row_that_must_be_there_raises_where_it_is_not(void **state)
{
    struct host *host = *state;
    struct idp_value row = idp_value_integer(1);
    const struct idp_value *found = NULL;
    host_answer(host, &row, 1, 0);
    assert_true(host_try(host, run_row, &found));
    assert_int_equal(found->integer, 1);
    assert_false(host_try(host, run_row, &found));
    assert_int_equal(host->error, IDP_STORE);
}

/* arguments NULL means "only prepare" to a host, so idp_run must not hand NULL on. */
static void a_statement_without_arguments_runs(void **state)
{
    struct host *host = *state;
    struct idp_value row = idp_value_integer(1);
    host_answer(host, &row, 1, 0);
    assert_int_equal(idp_run(&host->call, &no_arguments, NULL).count, 1);
    assert_int_equal(host->statement_count, 1);
}

/* ---- the tenant ---- */

static void read_tenant(struct idp_call *call, void *data)
{
    *(struct idp_bytes *)data = idp_tenant(call);
}

static void set_tenant(struct host *host, struct idp_bytes tenant)
{
    host_end_call(host);
    host->call.host->session_set(&host->call, IDP_SESSION_TENANT, tenant, false);
}

static void the_tenant_comes_from_the_call_or_session(void **state)
{
    struct host *host = *state;
    assert_true(host_text_is(idp_tenant(&host->call), "default"));
    set_tenant(host, idp_bytes_of("acme"));
    assert_true(host_text_is(idp_tenant(&host->call), "acme"));
    host->call.host->session_set(&host->call, IDP_SESSION_TENANT, idp_bytes_of("late"), false);
    assert_true(host_text_is(idp_tenant(&host->call), "acme"));
    set_tenant(host, idp_bytes_of("other"));
    host->call.tenant = idp_bytes_of("of_the_request");
    assert_true(host_text_is(idp_tenant(&host->call), "of_the_request"));
}

static void bad_tenants_raise(void **state)
{
    struct host *host = *state;
    struct idp_bytes tenant;
    char large[IDP_TENANT_SIZE_MAX + 1];
    memset(large, 'x', sizeof large);
    set_tenant(host, (struct idp_bytes){large, sizeof large - 1});
    assert_true(host_try(host, read_tenant, &tenant));
    set_tenant(host, (struct idp_bytes){large, sizeof large});
    assert_false(host_try(host, read_tenant, &tenant));
    assert_int_equal(host->error, IDP_TOO_LARGE);
    set_tenant(host, (struct idp_bytes){"a\0b", 3});
    assert_false(host_try(host, read_tenant, &tenant));
    assert_int_equal(host->error, IDP_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_its_row),
        cmocka_unit_test(sentences_fit_error_description),
        cmocka_unit_test(unknown_errors_are_server_errors),
        cmocka_unit_test_setup_teardown(errors_become_rfc6749_json, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(raised_sentences_are_formatted_and_bounded, host_setup,
                                        host_teardown),
        cmocka_unit_test(bytes_compare_as_unsigned),
        cmocka_unit_test_setup_teardown(copies_end_with_nul, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_nul_makes_no_c_string, host_setup, host_teardown),
        cmocka_unit_test(every_code_point_is_judged),
        cmocka_unit_test(every_pair_of_bytes_is_judged),
        cmocka_unit_test(broken_utf8_is_refused_anywhere),
        cmocka_unit_test(nul_is_refused_anywhere),
        cmocka_unit_test_setup_teardown(text_grows, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(integers_are_written_whole, host_setup, host_teardown),
        cmocka_unit_test(words_are_split_at_spaces),
        cmocka_unit_test(words_are_found_whole),
        cmocka_unit_test(values_carry_their_kind),
        cmocka_unit_test(null_reads_as_nothing),
        cmocka_unit_test_setup_teardown(texts_are_checked, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(one_row_or_none, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(several_rows_raise, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_row_that_must_be_there_raises_where_it_is_not, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_statement_without_arguments_runs, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(the_tenant_comes_from_the_call_or_session, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(bad_tenants_raise, host_setup, host_teardown),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
