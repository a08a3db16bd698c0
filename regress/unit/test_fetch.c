/* SPDX-License-Identifier: Apache-2.0 */
/* test_fetch.c - the rules of idplane_fetch that need no network: which addresses may be reached,
 * to the last one of each block, and what is read from settings, options and headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/fetch/request.h"
#include "regress/unit/host.h"

static const struct idp_fetch_blocks none;

static struct idp_fetch_block block_of(const char *text)
{
    struct idp_fetch_block block;
    assert_true(idp_fetch_block_read(idp_bytes_of(text), &block));
    return block;
}

static bool reachable(const char *address, struct idp_fetch_blocks allowed)
{
    struct idp_fetch_block block = block_of(address);
    bool is_reachable = idp_fetch_address_reachable(&block.address, allowed);
    return is_reachable;
}

/* ---- addresses ---- */

/* The first and last address of each block, and their neighbours. */
static const char *const refused[] = {
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.0",
    "127.255.255.255",
    "169.254.0.0",
    "169.254.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.255",
    "192.0.2.0",
    "192.0.2.255",
    "192.88.99.0",
    "192.88.99.255",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.0",
    "198.51.100.255",
    "203.0.113.0",
    "203.0.113.255",
    "224.0.0.0",
    "239.255.255.255",
    "240.0.0.0",
    "255.255.255.255",
    "::",
    "::1",
    "100::",
    "100::ffff",
    "1fff::",
    "4000::",
    "64:ff9b:1::1",
    "fc00::",
    "fdff::1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff00::1",
    "ffff::1",
    "2001:db8::",
    "2001:db8:ffff::",
    "2001::1",
    "2001:1ff::1",
    "3fff::1",
    "3fff:fff::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "::10.0.0.1",
    "::ffff:0:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:a00:1::",
    "2002:7f00:1::",
    "2002:c0a8:1::5",
};
static const char *const public[] = {
    "1.0.0.0",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.0",       "169.253.255.255", "169.255.0.0",    "172.15.255.255",
    "172.32.0.0",      "191.255.255.255", "192.0.1.0",       "192.0.3.0",      "192.88.98.255",
    "192.88.100.0",    "192.167.255.255", "192.169.0.0",     "198.17.255.255", "198.20.0.0",
    "198.51.99.255",   "198.51.101.0",    "203.0.112.255",   "203.0.114.0",    "223.255.255.255",
    "2000::1",         "2001:200::1",     "2001:db7::1",     "2001:db9::1",    "2003::1",
    "2606:4700::1111", "3ffe::1",         "3fff:1000::1",    "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
    "2002:808:808::1",
};

static void only_public_addresses_are_reached(void **state)
{
    (void)state;
    for (size_t i = 0; i < IDP_COUNT(refused); i++) {
        if (reachable(refused[i], none))
            fail_msg("%s is reached", refused[i]);
    }
    for (size_t i = 0; i < IDP_COUNT(public); i++) {
        if (!reachable(public[i], none))
            fail_msg("%s is not reached", public[i]);
    }
}

static void what_is_allowed_is_reached_and_nothing_beside_it(void **state)
{
    (void)state;
    static const struct {
        const char *block, *inside, *outside;
    } rows[] = {
        {"127.0.0.1", "127.0.0.1", "127.0.0.2"},
        {"127.0.0.1/32", "127.0.0.1", "127.0.0.0"},
        {"10.4.0.0/15", "10.5.255.255", "10.6.0.0"},
        {"10.128.0.0/9", "10.128.0.1", "10.127.255.255"},
        {"0.0.0.0/0", "255.255.255.255", "::1"},
        {"::/0", "fe80::1", "10.0.0.1"},
        {"fc00::/7", "fdff::", "fe80::"},
        {"fd00::1", "fd00::1", "fd00::2"},
        {"fd00::/127", "fd00::1", "fd00::2"},
        {"10.0.0.0/8", "::ffff:10.0.0.1", "::ffff:172.16.0.1"},
        {"10.0.0.0/8", "64:ff9b::10.0.0.1", "64:ff9b::172.16.0.1"},
        {"2002::/16", "2002:a00:1::", "10.0.0.1"},
    };
    for (size_t i = 0; i < IDP_COUNT(rows); i++) {
        struct idp_fetch_block block = block_of(rows[i].block);
        struct idp_fetch_blocks allowed = {&block, 1};
        if (!reachable(rows[i].inside, allowed) || reachable(rows[i].outside, allowed))
            fail_msg("%s allows something else", rows[i].block);
    }
}

static void what_is_no_block_is_not_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "/",
        "/8",
        "10",
        "10.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/08x",
        "10.0.0.0/0008",
        "::/129",
        ":::",
        "localhost",
        "fe80::1%lo",
        "[::1]",
        "10.0.0.1:80",
        "0x7f.0.0.1",
        "010.0.0.1",
        "1.2.3.4.5",
        "256.0.0.1",
        " 10.0.0.1",
        "10.0.0.0/8/8",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb",
    };
    struct idp_fetch_block block;
    for (size_t i = 0; i < IDP_COUNT(texts); i++) {
        if (idp_fetch_block_read(idp_bytes_of(texts[i]), &block))
            fail_msg("%s is read", texts[i]);
    }
    assert_false(idp_fetch_block_read((struct idp_bytes){"10.0.0.1\0", 9}, &block));
}

/* ---- URLs ---- */

static void urls_have_one_reading(void **state)
{
    (void)state;
    static const char *const taken[] = {
        "https://a",
        "https://a/",
        "HTTPS://A.b-c_d.e/",
        "https://a.:1/",
        "https://1.2.3.4:65535/?a=b&c=[d]",
        "https://[::1]",
        "https://[2001:db8::1.2.3.4]:443/%zz",
        "https://a?b@c",
        "https://a/b@c//d",
        "https://2130706433/",
    };
    static const char *const left[] = {
        "",
        "https:",
        "https://",
        "https:///a",
        "http://a/",
        "ftp://a/",
        "https:/a",
        "https://@a/",
        "https://u@a/",
        "https://u:p@a",
        "https://a#b",
        "https://a:",
        "https://a:0/",
        "https://a:65536/",
        "https://a:123456/",
        "https://a:+1/",
        "https://a:1:2/",
        "https://[::1",
        "https://[::1]x",
        "https://[1.2.3.4]/",
        "https://[::1%25lo]/",
        "https://[]/",
        "https://[::1/64]/",
        "https://a%2fb/",
        "https://a\\b/",
        "https://a b/",
        "https://a\tb",
        "https://a/\r\nb",
        "https://.a/",
        "https://a..b/",
        "https://\xC3\xA9/",
        "https://a/\x7f",
        "https://?a",
        "https://:1/",
        "https://a;b/",
        " https://a/",
        "//a/",
        "https//a",
    };
    for (size_t i = 0; i < IDP_COUNT(taken); i++) {
        if (!idp_fetch_url_valid(idp_bytes_of(taken[i]), false))
            fail_msg("%s is refused", taken[i]);
    }
    for (size_t i = 0; i < IDP_COUNT(left); i++) {
        if (idp_fetch_url_valid(idp_bytes_of(left[i]), false))
            fail_msg("%s is taken", left[i]);
    }
    assert_true(idp_fetch_url_valid(idp_bytes_of("http://a/"), true));
    assert_false(idp_fetch_url_valid((struct idp_bytes){"https://a/\0", 11}, true));
}

static void urls_have_a_longest_size(void **state)
{
    (void)state;
    char url[IDP_URL_SIZE_MAX + 1];
    memset(url, 'a', sizeof url);
    memcpy(url, "https://a/", 10);
    assert_true(idp_fetch_url_valid((struct idp_bytes){url, IDP_URL_SIZE_MAX}, false));
    assert_false(idp_fetch_url_valid((struct idp_bytes){url, IDP_URL_SIZE_MAX + 1}, false));
}

/* ---- what came back ---- */

static struct idp_json *answer_to(struct idp_call *call, const char *headers, const char *body,
                                  enum idp_error *error)
{
    struct idp_fetch_response *response = idp_allocate(call, sizeof *response);
    response->status = 200;
    response->headers = (struct idp_fetch_received){.call = call, .size_max = 1 << 20};
    response->body = response->headers;
    assert_true(idp_fetch_receive(&response->headers, headers, strlen(headers)));
    assert_true(idp_fetch_receive(&response->body, body, strlen(body)));
    return idp_fetch_answer(call, response, error);
}

static void headers_become_members(void **state)
{
    struct idp_call *call = &((struct host *)*state)->call;
    enum idp_error error;
    struct idp_json *answer = answer_to(
        call, "A: 1\r\nb:\t 2 \r\na:3\r\nSet-Cookie: x\r\nEmpty:\r\nset-cookie: y\nlatin: \xE9\r\n",
        "\xC3\xA9", &error);
    assert_true(host_text_is(idp_json_text(call, answer),
                             "{\"status\":200,\"headers\":{\"a\":\"1, 3\",\"b\":\"2\","
                             "\"set-cookie\":[\"x\",\"y\"],\"empty\":\"\",\"latin\":\"\xC3\xA9\"},"
                             "\"body\":\"\xC3\xA9\"}"));
    answer = answer_to(call, "", "\xFF", &error);
    assert_true(host_text_is(idp_json_text(call, answer),
                             "{\"status\":200,\"headers\":{},\"body_base64\":\"/w==\"}"));
}

static void lines_that_are_no_headers_are_refused(void **state)
{
    struct idp_call *call = &((struct host *)*state)->call;
    static const char *const texts[] = {"a\r\n", ": b\r\n", "a: b\r\n c: d\r\n", "\r\n",
                                        "\xFF: a\r\n"};
    for (size_t i = 0; i < IDP_COUNT(texts); i++) {
        enum idp_error error = IDP_OK;
        assert_null(answer_to(call, texts[i], "", &error));
        assert_int_equal(error, IDP_PROTOCOL);
    }
}

/* A callback of a library cannot raise: what does not fit, or has no memory, is told. */
static void receiving_never_raises(void **state)
{
    struct host *host = *state;
    struct idp_fetch_received received = {.call = &host->call, .size_max = 40000};
    char bytes[30000] = {0};
    assert_true(idp_fetch_receive(&received, bytes, sizeof bytes));
    assert_false(idp_fetch_receive(&received, bytes, sizeof bytes));
    assert_int_equal(received.failure, IDP_TOO_LARGE);
    assert_int_equal(received.size, sizeof bytes);
    received = (struct idp_fetch_received){.call = &host->call, .size_max = 1 << 20};
    host->block_fail_at = 1;
    assert_false(idp_fetch_receive(&received, bytes, sizeof bytes) &&
                 idp_fetch_receive(&received, bytes, sizeof bytes));
    assert_int_equal(received.failure, IDP_OUT_OF_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_public_addresses_are_reached),
        cmocka_unit_test(what_is_allowed_is_reached_and_nothing_beside_it),
        cmocka_unit_test(what_is_no_block_is_not_read),
        cmocka_unit_test(urls_have_one_reading),
        cmocka_unit_test(urls_have_a_longest_size),
        cmocka_unit_test_setup_teardown(headers_become_members, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(lines_that_are_no_headers_are_refused, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(receiving_never_raises, host_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
