/* SPDX-License-Identifier: Apache-2.0 */
/* test_device.c - what no database shows of the device grant: codes that collide, drawing without
 * bias, and how few statements a poll takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/oauth/device.h"
#include "regress/unit/host.h"

enum { ISSUE_TRIES = 16, ROUNDS = 32 };

/* A row of idp_device_client: an enabled public client with the grant, default settings. */
static void answer_client(struct host *host, struct idp_value *row)
{
    row[0] = idp_value_bool(true);
    row[1] = idp_value_bool(true);
    row[2] = idp_value_bool(false);
    row[3] = idp_value_text(idp_bytes_of("none"));
    row[4] = row[6] = idp_null();
    row[5] = idp_value_text(idp_bytes_of(""));
    row[7] = row[8] = row[9] = row[11] = row[12] = idp_null();
    row[10] = idp_value_text(idp_bytes_of(IDP_GRANT_DEVICE_CODE));
    row[13] = idp_value_json_text(idp_bytes_of("{}"));
    host_answer(host, row, 1, 0);
}

static const struct idp_json *issue(struct host *host)
{
    struct idp_value client_id = idp_value_text(idp_bytes_of("tv"));
    return host_invoke_named(host, "issue_device_code", &client_id, 1).json;
}

static void a_code_in_use_is_drawn_again(void **state)
{
    struct host *host = *state;
    struct idp_value row[14];
    answer_client(host, row);
    host_answer(host, NULL, 0, 0);
    host_answer(host, NULL, 0, 0);
    host_answer(host, NULL, 0, 1);
    const struct idp_json *response = issue(host);
    assert_int_equal(host->error, IDP_OK);
    assert_non_null(idp_json_string(response, "device_code").data);
    assert_int_equal(host->statement_count, 4);
}

static void exhausted_codes_end_in_an_error(void **state)
{
    struct host *host = *state;
    struct idp_value row[14];
    answer_client(host, row);
    const struct idp_json *response = issue(host);
    assert_true(
        idp_bytes_is(idp_json_string(response, "error"), idp_error_row(IDP_CODES_EXHAUSTED)->word));
    assert_int_equal(host->statement_count, 1 + ISSUE_TRIES);
}

static void a_pending_poll_is_one_bare_statement(void **state)
{
    struct host *host = *state;
    struct idp_value arguments[] = {idp_value_text(idp_bytes_of("code")),
                                    idp_value_text(idp_bytes_of("tv"))};
    host_answer(host, NULL, 0, 1);
    struct idp_value value = host_invoke_named(host, "poll_device_code", arguments, 2);
    assert_true(idp_bytes_is(idp_json_string(value.json, "error"), "authorization_pending"));
    assert_int_equal(host->statement_count, 1);
    assert_int_equal(host->begin_count, 0);
}

static void a_code_too_long_to_be_one_is_unknown(void **state)
{
    struct host *host = *state;
    char code[IDP_DEVICE_CODE_SIZE_MAX + 1];
    memset(code, 'x', sizeof code);
    struct idp_value arguments[] = {idp_value_text((struct idp_bytes){code, sizeof code}),
                                    idp_value_text(idp_bytes_of("tv"))};
    struct idp_value row[14];
    host_answer(host, NULL, 0, 0); /* pending */
    host_answer(host, NULL, 0, 0); /* settings */
    host_answer(host, NULL, 0, 0); /* early */
    answer_client(host, row);
    struct idp_value value = host_invoke_named(host, "poll_device_code", arguments, 2);
    assert_true(idp_bytes_is(idp_json_string(value.json, "error"), "invalid_grant"));
}

/* The host counts through all bytes again and again, each as often as the others: a code that eats
 * whole rounds must hold each character equally often, or the drawing is biased. */
static void characters_are_drawn_evenly(void **state)
{
    struct host *host = *state;
    struct idp_settings settings = idp_settings_of(NULL);
    size_t kinds = settings.user_code_charset.size;
    size_t per_round = 256 - 256 % kinds;
    size_t counts[256] = {0};
    settings.user_code_length = (int64_t)(per_round * ROUNDS);
    struct idp_bytes code = idp_user_code_generate(&host->call, &settings);
    for (size_t at = 0; at < code.size; at++) {
        counts[(unsigned char)code.data[at]]++;
    }
    for (size_t i = 0; i < kinds; i++) {
        assert_int_equal(counts[(unsigned char)settings.user_code_charset.data[i]],
                         per_round * ROUNDS / kinds);
    }
}

static void typed_codes_are_reduced_to_the_charset(void **state)
{
    struct host *host = *state;
    struct idp_settings settings = idp_settings_of(NULL);
    static const struct {
        const char *typed, *read;
    } cases[] = {
        {"WDJB-MJHT", "WDJBMJHT"},
        {"wdjb mjht", "WDJBMJHT"},
        {"W.D*J B/MJHT", "WDJBMJHT"},
        {"\xe2\x80\x93WDJBMJHT", "WDJBMJHT"},
        {"WDJB-MJH", NULL},
        {"WDJB-MJHTB", NULL},
        {"\xe2\x84\xaaWDJBMJH", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < IDP_COUNT(cases); i++) {
        struct idp_bytes typed = idp_bytes_of(cases[i].typed);
        struct idp_bytes read = idp_user_code_read(&host->call, &settings, typed);
        assert_true(cases[i].read == NULL ? read.data == NULL : host_text_is(read, cases[i].read));
    }
}

/* Both in the order of their time, and nothing else of the one is that of the other. */
static void tokens_and_digests_begin_with_the_time(void **state)
{
    struct host *host = *state;
    struct idp_settings settings = idp_settings_of(NULL);
    struct idp_bytes tokens[3], digests[3];
    for (size_t i = 0; i < IDP_COUNT(tokens); i++) {
        host->call.now_us = host->now_us + (i == 2 ? 62500 : 0);
        host->call.now_known = true;
        tokens[i] = idp_opaque_token(&host->call, &settings);
        digests[i] = idp_token_digest(&host->call, "label", tokens[i]);
        assert_int_equal(tokens[i].size, 43);
        assert_int_equal(digests[i].size, IDP_DIGEST_SIZE);
    }
    assert_memory_equal(tokens[0].data, tokens[1].data, 4);
    assert_memory_equal(digests[0].data, digests[1].data, 3);
    assert_true(memcmp(tokens[0].data + 4, tokens[1].data + 4, 39) != 0);
    assert_true(memcmp(digests[0].data + 3, digests[1].data + 3, 29) != 0);
    assert_true(memcmp(digests[1].data, digests[2].data, 3) < 0);
    struct idp_bytes other = idp_token_digest(&host->call, "another", tokens[0]);
    assert_memory_equal(digests[0].data, other.data, 3);
    assert_true(memcmp(digests[0].data + 3, other.data + 3, 29) != 0);
}

/* Whatever a client brings has a digest. */
static void what_is_no_token_has_a_digest(void **state)
{
    struct host *host = *state;
    static const char *const texts[] = {"", "abc", "ab c", "****", "=====", "AAAA"};
    for (size_t i = 0; i < IDP_COUNT(texts); i++) {
        struct idp_bytes digest = idp_token_digest(&host->call, "label", idp_bytes_of(texts[i]));
        assert_int_equal(digest.size, IDP_DIGEST_SIZE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_code_in_use_is_drawn_again, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(exhausted_codes_end_in_an_error, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_pending_poll_is_one_bare_statement, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_code_too_long_to_be_one_is_unknown, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(characters_are_drawn_evenly, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(typed_codes_are_reduced_to_the_charset, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(tokens_and_digests_begin_with_the_time, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_token_has_a_digest, host_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
