/* SPDX-License-Identifier: Apache-2.0 */
/* test_published.c - published keys: how long they are kept, and which tokens want others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/jose/jose.h"
#include "regress/unit/host.h"

static struct idp_call *call_of(void **state)
{
    return &((struct host *)*state)->call;
}

static const struct {
    const char *header; /* NULL: none */
    int64_t lifetime_s;
} headers[] = {
    {NULL, 3600},
    {"", 3600},
    {",,", 3600},
    {"public", 3600},
    {"max-age=600", 600},
    {"public, max-age=600", 600},
    {"Public , MAX-AGE = 600 ,x", 600},
    {"s-maxage=5, max-age=600", 600},
    {"s-maxage=500", 3600},
    {"x-max-age=100", 3600},
    {"x-max-age=100, max-age=600", 600},
    {"max-age-x=100", 3600},
    {"max-age=\"600\"", 600},
    {"x=\"a, max-age=100\", max-age=600", 600},
    {"x=\"a, max-age=100", 3600},
    {"max-age=600, max-age=700", 600},
    {"max-age", 3600},
    {"max-age=", 3600},
    {"max-age=x", 3600},
    {"max-age=600x", 3600},
    {"max-age=-1", 3600},
    {"max-age=0", 60},
    {"max-age=1", 60},
    {"max-age=86401", 86400},
    {"max-age=99999999999999999999999999", 86400},
    {"no-store", 60},
    {"No-Cache", 60},
    {"no-cache=\"set-cookie\"", 60},
    {"x-no-store", 3600},
    {"no-store-x", 3600},
    {"no-cache, max-age=600", 600},
};

static void an_answer_is_kept_as_its_server_says(void **state)
{
    for (size_t i = 0; i < IDP_COUNT(headers); i++) {
        struct idp_bytes header = {0};
        if (headers[i].header != NULL) {
            header = idp_bytes_of(headers[i].header);
        }
        int64_t lifetime_s = idp_cache_control_lifetime_s(call_of(state), header);
        if (lifetime_s != headers[i].lifetime_s) {
            fail_msg("\"%s\" is kept for %d s", headers[i].header, (int)lifetime_s);
        }
    }
}

/* {"alg","kid"} and a signature that is none: it is not looked at. */
static bool is_of(struct idp_call *call, const char *header, const char *keys)
{
    struct idp_unverified token;
    struct idp_text text = {.call = call};
    idp_text_add(&text, idp_base64url_encode(call, idp_bytes_of(header)));
    idp_text_add_c(&text, ".e30.AAAA");
    assert_true(idp_unverified_read(call, idp_text_bytes(&text), &token));
    return idp_unverified_is_of(call, &token, idp_bytes_of(keys));
}

#define KEY                                                                                        \
    "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","      \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""

static void a_token_of_a_known_key_wants_no_other(void **state)
{
    static const char named[] = "{\"keys\":[{\"kid\":\"a\"," KEY "}]}";
    static const char unnamed[] = "{\"keys\":[{" KEY "}]}";
    struct idp_call *call = call_of(state);
    assert_true(is_of(call, "{\"alg\":\"ES256\",\"kid\":\"a\"}", named));
    assert_true(is_of(call, "{\"alg\":\"ES256\",\"kid\":\"a\"}", unnamed));
    assert_false(is_of(call, "{\"alg\":\"ES256\",\"kid\":\"b\"}", named));
    assert_false(is_of(call, "{\"alg\":\"RS256\",\"kid\":\"a\"}", named));
    assert_false(is_of(call, "{\"alg\":\"x\",\"kid\":\"a\"}", named));
    assert_false(is_of(call, "{\"alg\":\"ES256\"}", named));
    assert_false(is_of(call, "{\"alg\":\"ES256\"}", unnamed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_is_kept_as_its_server_says, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_token_of_a_known_key_wants_no_other, host_setup,
                                        host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
