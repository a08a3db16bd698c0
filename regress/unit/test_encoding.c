/* SPDX-License-Identifier: Apache-2.0 */
/* test_encoding.c - base64, forms and URLs: one spelling for each value, and no other is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "regress/unit/host.h"

static struct idp_call *call_of(void **state)
{
    return &((struct host *)*state)->call;
}

/* ---- base64 ---- */

/* RFC 4648 §10, and bytes that need the last two digits of the alphabet. */
static const struct {
    const char *plain, *url, *standard;
} pairs[] = {
    {"", "", ""},
    {"f", "Zg", "Zg=="},
    {"fo", "Zm8", "Zm8="},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg", "Zm9vYg=="},
    {"fooba", "Zm9vYmE", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xFB\xFF\xBF", "-_-_", "+/+/"},
};

static void known_answers_both_ways(void **state)
{
    for (size_t i = 0; i < IDP_COUNT(pairs); i++) {
        struct idp_bytes plain = idp_bytes_of(pairs[i].plain);
        struct idp_bytes url = idp_bytes_of(pairs[i].url);
        struct idp_bytes standard = idp_bytes_of(pairs[i].standard);
        assert_true(host_text_is(idp_base64url_encode(call_of(state), plain), pairs[i].url));
        assert_true(host_text_is(idp_base64_encode(call_of(state), plain), pairs[i].standard));
        assert_true(host_text_is(idp_base64url_decode(call_of(state), url), pairs[i].plain));
        assert_true(host_text_is(idp_base64_decode(call_of(state), standard), pairs[i].plain));
    }
}

static void every_length_and_byte_comes_back(void **state)
{
    unsigned char bytes[260];
    for (size_t size = 0; size <= sizeof bytes; size++) {
        for (size_t i = 0; i < size; i++)
            bytes[i] = (unsigned char)(i * 167 + size);
        struct idp_bytes plain = {(const char *)bytes, size};
        struct idp_bytes url = idp_base64url_encode(call_of(state), plain);
        struct idp_bytes standard = idp_base64_encode(call_of(state), plain);
        assert_true(idp_bytes_equal(idp_base64url_decode(call_of(state), url), plain));
        assert_true(idp_bytes_equal(idp_base64_decode(call_of(state), standard), plain));
    }
}

static void only_canonical_base64url_is_taken(void **state)
{
    static const char *const bad[] = {
        "A",    "Zg=",        "Zg==",  "Zh",    "Zm9", "Zm8=", "Zm9v\n", "Zm 9",     "Zm9+",
        "Zm9/", "Z\xC3\xA9g", "Zm9vA", "Zm9v.", "=",   "====", " Zm9v",  "Zm9vYg==", "*a"};
    for (size_t i = 0; i < IDP_COUNT(bad); i++)
        assert_null(idp_base64url_decode(call_of(state), idp_bytes_of(bad[i])).data);
    assert_null(idp_base64url_decode(call_of(state), (struct idp_bytes){"Zm\0v", 4}).data);
    assert_null(idp_base64url_decode(call_of(state), (struct idp_bytes){0}).data);
}

static void only_canonical_base64_is_taken(void **state)
{
    static const char *const bad[] = {"Zg",     "Zg=",  "Zh==",     "Zm9=",     "Zm8",  "Zm9-",
                                      "Zm9_",   "====", "A===",     "Zg==Zg==", "Z===", "Zm9v\n",
                                      "Zm\n9v", "Zg= ", "Zm9vYg=a", "=Zm9"};
    for (size_t i = 0; i < IDP_COUNT(bad); i++)
        assert_null(idp_base64_decode(call_of(state), idp_bytes_of(bad[i])).data);
    assert_null(idp_base64_decode(call_of(state), (struct idp_bytes){0}).data);
}

/* Every two-digit text decodes at most from itself: no second spelling. */
static void decoding_then_encoding_gives_the_same_text(void **state)
{
    size_t taken_count = 0;
    for (int first = 0; first < 256; first++)
        for (int second = 0; second < 256; second++) {
            struct idp_bytes text = {(char[]){(char)first, (char)second}, 2};
            struct idp_bytes plain = idp_base64url_decode(call_of(state), text);
            if (plain.data == NULL)
                continue;
            assert_true(idp_bytes_equal(idp_base64url_encode(call_of(state), plain), text));
            taken_count++;
        }
    assert_int_equal(taken_count, 256);
}

/* ---- forms and URLs ---- */

/* Long enough for every way of decoding: in blocks, in groups, and the rest. */
static void every_other_byte_is_found_wherever_it_is(void **state)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct idp_call *call = &((struct host *)*state)->call;
    for (size_t size = 4; size <= 64; size += 4)
        for (size_t at = 0; at < size; at++)
            for (int byte = 0; byte < 256; byte++) {
                char text[64];
                memcpy(text, digits, sizeof text);
                text[at] = (char)byte;
                struct idp_bytes given = {text, size};
                struct idp_bytes decoded = idp_base64url_decode(call, given);
                bool is_digit = byte != 0 && strchr(digits, byte) != NULL;
                assert_int_equal(decoded.data != NULL, is_digit);
                if (is_digit)
                    assert_true(idp_bytes_equal(idp_base64url_encode(call, decoded), given));
                host_end_call(*state);
            }
}

static void forms_are_decoded(void **state)
{
    struct idp_bytes text = idp_bytes_of("a+b%20c%2B%c3%A9%7e*-._");
    assert_true(host_text_is(idp_form_decode(call_of(state), text), "a b c+\xC3\xA9~*-._"));
    struct idp_bytes nul = idp_form_decode(call_of(state), idp_bytes_of("a%00b"));
    assert_int_equal(nul.size, 3);
    assert_memory_equal(nul.data, "a\0b", 3);
    assert_non_null(idp_form_decode(call_of(state), idp_bytes_of("")).data);
}

static void malformed_forms_are_refused(void **state)
{
    static const char *const bad[] = {"%",    "%4",     "a%4",  "%g0", "%0g",
                                      "%%41", "%u0041", "% 41", "%-1"};
    for (size_t i = 0; i < IDP_COUNT(bad); i++)
        assert_null(idp_form_decode(call_of(state), idp_bytes_of(bad[i])).data);
    assert_null(idp_form_decode(call_of(state), (struct idp_bytes){"%4\0", 3}).data);
    assert_null(idp_form_decode(call_of(state), (struct idp_bytes){"%41", 2}).data);
    assert_null(idp_form_decode(call_of(state), (struct idp_bytes){0}).data);
}

static void all_but_unreserved_is_percent_encoded(void **state)
{
    struct idp_bytes text = {"aZ09-._~ +/%\0\xC3\xA9", 15};
    assert_true(
        host_text_is(idp_url_encode(call_of(state), text), "aZ09-._~%20%2B%2F%25%00%C3%A9"));
    assert_true(host_text_is(idp_url_encode(call_of(state), idp_bytes_of("")), ""));
}

static void every_byte_survives_the_url(void **state)
{
    char bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    struct idp_bytes plain = {bytes, sizeof bytes};
    struct idp_bytes encoded = idp_url_encode(call_of(state), plain);
    assert_true(idp_bytes_equal(idp_form_decode(call_of(state), encoded), plain));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(known_answers_both_ways, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(every_length_and_byte_comes_back, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(only_canonical_base64url_is_taken, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(only_canonical_base64_is_taken, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(decoding_then_encoding_gives_the_same_text, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(every_other_byte_is_found_wherever_it_is, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(forms_are_decoded, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(malformed_forms_are_refused, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(all_but_unreserved_is_percent_encoded, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(every_byte_survives_the_url, host_setup, host_teardown),
    };
    return cmocka_run_group_tests_name("encoding", tests, NULL, NULL);
}
