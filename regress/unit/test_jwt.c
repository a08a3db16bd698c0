/* SPDX-License-Identifier: Apache-2.0 */
/* test_jwt.c - verdicts of jwt_verify by policy, in their order; signing and decoding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/jose/key.h"
#include "regress/unit/host.h"

#define SECRET "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\""

static const char key_text[] = SECRET ",\"kid\":\"k1\"}";

/* One token and what is asked about it. */
struct question {
    const char *header, *claims, *keys, *policy, *reason; /* reason NULL: valid */
};

/* A verification on its way through host_try(). */
struct trial {
    struct idp_bytes token, keys;
    const struct idp_json *policy, *verdict;
};

static struct idp_call *call_of(void **state)
{
    return &((struct host *)*state)->call;
}

static const struct idp_json *json_of(void **state, const char *text)
{
    const char *why;
    const struct idp_json *json = idp_json_read(call_of(state), idp_bytes_of(text), &why);

    if (!json)
        fail_msg("%s: %s", text, why);
    return json;
}

static void verify_body(struct idp_call *call, void *data)
{
    struct trial *trial = data;

    trial->verdict = idp_jwt_verify(call, trial->token, trial->keys, trial->policy);
}

/* A token of exactly this header and payload, with a right MAC. */
static struct idp_bytes token_of(void **state, const char *header, const char *payload)
{
    struct idp_call *call = call_of(state);
    const struct idp_algorithm *algorithm = idp_algorithm_find(idp_bytes_of("HS256"));
    const struct idp_key *key = idp_keys_read_private(call, idp_bytes_of(SECRET "}")).keys[0];
    struct idp_text token = {.call = call};

    idp_text_add(&token, idp_base64url_encode(call, idp_bytes_of(header)));
    idp_text_add_char(&token, '.');
    idp_text_add(&token, idp_base64url_encode(call, idp_bytes_of(payload)));

    struct idp_bytes mac = idp_key_sign(call, key, algorithm, idp_text_bytes(&token));

    idp_text_add_char(&token, '.');
    idp_text_add(&token, idp_base64url_encode(call, mac));
    return idp_text_bytes(&token);
}

static const struct idp_json *verdict_of(void **state, struct idp_bytes token, const char *keys,
                                         const char *policy)
{
    struct trial trial = {.token = token,
                          .keys = idp_bytes_of(keys ? keys : key_text),
                          .policy = policy ? json_of(state, policy) : NULL};

    if (!host_try(*state, verify_body, &trial))
        fail_msg("raised: %s", ((struct host *)*state)->sentence);
    return trial.verdict;
}

static void ask(void **state, const struct question *question)
{
    const char *header = question->header ? question->header : "{\"alg\":\"HS256\",\"kid\":\"k1\"}";
    const char *claims = question->claims ? question->claims : "{}";
    const struct idp_json *verdict =
        verdict_of(state, token_of(state, header, claims), question->keys, question->policy);
    struct idp_bytes reason = idp_json_string(verdict, "reason");

    if (question->reason ? !(reason.data && idp_bytes_is(reason, question->reason))
                         : reason.data != NULL)
        fail_msg("%s %s %s: %s, not %s", header, claims, question->policy ? question->policy : "",
                 idp_json_text(call_of(state), verdict).data,
                 question->reason ? question->reason : "valid");
}

static void ask_all(void **state, const struct question *questions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ask(state, &questions[i]);
}

/* ---- verdicts ---- */

static void a_valid_token_brings_header_and_claims(void **state)
{
    struct idp_bytes token =
        token_of(state, "{\"alg\":\"HS256\",\"kid\":\"k1\"}", "{\"n\":9007199254740993,\"a\":[1]}");

    assert_true(host_text_is(idp_json_text(call_of(state), verdict_of(state, token, NULL, NULL)),
                             "{\"valid\":true,\"header\":{\"alg\":\"HS256\",\"kid\":\"k1\"},"
                             "\"claims\":{\"n\":9007199254740993,\"a\":[1]}}"));
    assert_true(host_text_is(
        idp_json_text(call_of(state), verdict_of(state, idp_bytes_of("x"), NULL, NULL)),
        "{\"valid\":false,\"reason\":\"malformed\"}"));
}

static void headers_are_judged(void **state)
{
    static const struct question questions[] = {
        {.header = "{\"alg\":\"HS256\"}"},
        {.header = "{\"alg\":\"HS256\",\"kid\":\"k1\",\"jwk\":{},\"jku\":\"http://x\"}"},
        {.header = "{\"alg\":\"HS256\",\"CRIT\":[\"x\"]}"},
        {.header = "{}", .reason = "malformed"},
        {.header = "[]", .reason = "malformed"},
        {.header = "{\"alg\":1}", .reason = "malformed"},
        {.header = "{\"alg\":null}", .reason = "malformed"},
        {.header = "{\"alg\":\"HS256\",\"kid\":null}", .reason = "malformed"},
        {.header = "{\"alg\":\"HS256\",\"kid\":1}", .reason = "malformed"},
        {.header = "{\"alg\":\"HS256\",\"typ\":1}", .reason = "malformed"},
        {.header = "{\"alg\":\"HS256\",\"alg\":\"HS256\"}", .reason = "malformed"},
        {.header = "{\"alg\":\"HS256\"}x", .reason = "malformed"},
        {.header = "{\"alg\":\"none\"}", .reason = "algorithm"},
        {.header = "{\"alg\":\"hs256\"}", .reason = "algorithm"},
        {.header = "{\"alg\":\"\"}", .reason = "algorithm"},
        {.header = "{\"alg\":\"HS512\"}", .reason = "key"},
        {.header = "{\"alg\":\"RS256\"}", .reason = "key"},
        {.header = "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", .reason = "critical"},
        {.header = "{\"alg\":\"HS256\",\"crit\":null}", .reason = "critical"},
        {.header = "{\"alg\":\"HS256\",\"b64\":false}", .reason = "critical"},
        {.header = "{\"alg\":\"HS256\",\"b64\":true,\"crit\":[\"b64\"]}", .reason = "critical"},
        {.header = "{\"alg\":\"HS256\",\"kid\":\"k2\"}", .reason = "key"},
        {.header = "{\"alg\":\"HS256\",\"kid\":\"K1\"}", .reason = "key"},
        {.header = "{\"alg\":\"HS256\",\"kid\":\"\"}", .reason = "key"},
    };

    ask_all(state, questions, IDP_COUNT(questions));
}

static void keys_are_chosen_by_kid_or_by_being_the_only_one(void **state)
{
#define OTHER "{\"kty\":\"oct\",\"k\":\"BBM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\""
#define POINT                                                                                      \
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define SET(keys) "{\"keys\":[" keys "]}"
    static const struct question questions[] = {
        {.keys = SECRET "}"}, /* a key without kid fits any */
        {.keys = SET(SECRET "}," OTHER ",\"kid\":\"k2\"}")},
        {.keys = SET(OTHER "}," SECRET ",\"kid\":\"k1\"}")},
        {.keys = SET(OTHER ",\"kid\":\"k1\"}," SECRET ",\"kid\":\"k1\"}")},
        {.keys = SET(OTHER ",\"kid\":\"k1\"}," OTHER ",\"kid\":\"k1\"}," OTHER
                           ",\"kid\":\"k1\"}," OTHER ",\"kid\":\"k1\"}," SECRET ",\"kid\":\"k1\"}"),
         .reason = "signature"}, /* the fifth of one kid is not tried */
        {.keys = SET(SECRET "}," OTHER "}"), .reason = "key"},
        {.keys = SET(SECRET "}," OTHER ",\"kid\":\"k1\"}"), .reason = "signature"},
        {.keys = SET(SECRET "}," POINT ",\"kid\":\"k1\"}"), .reason = "key"},
        {.header = "{\"alg\":\"HS256\"}", .keys = SET(SECRET "}," OTHER "}"), .reason = "key"},
        {.header = "{\"alg\":\"HS256\"}", .keys = SET(SECRET ",\"kid\":\"x\"}")},
        {.keys = OTHER ",\"kid\":\"k1\"}", .reason = "signature"},
        {.keys = "", .reason = "key"},
        {.keys = "not keys", .reason = "key"},
        {.keys = SET(""), .reason = "key"},
    };

    ask_all(state, questions, IDP_COUNT(questions));
}

static void times_are_judged_to_the_second(void **state)
{
    static const struct question questions[] = {
        {.claims = "{\"exp\":1767225601}"},
        {.claims = "{\"exp\":1767225600}", .reason = "expired"},
        {.claims = "{\"exp\":1767225600.000001}"},
        {.claims = "{\"exp\":1767225600.0000001}", .reason = "expired"},
        {.claims = "{\"exp\":1.767225601e9}"},
        {.claims = "{\"exp\":17672256010e-1}"},
        {.claims = "{\"exp\":0}", .reason = "expired"},
        {.claims = "{\"exp\":-0.0e400}", .reason = "expired"},
        {.claims = "{\"exp\":-9007199254740993}", .reason = "malformed"},
        {.claims = "{\"exp\":-1e11}", .reason = "expired"},
        {.claims = "{\"exp\":253402300800}"},
        {.claims = "{\"exp\":1e400}", .reason = "malformed"},
        {.claims = "{\"exp\":9223372036854775808}", .reason = "malformed"},
        {.claims = "{\"exp\":1e-400}", .reason = "expired"},
        {.claims = "{\"exp\":1767225590}", .policy = "{\"leeway\":10}", .reason = "expired"},
        {.claims = "{\"exp\":1767225591}", .policy = "{\"leeway\":10}"},
        {.claims = "{\"exp\":1767225601}", .policy = "{\"now\":1767225601}", .reason = "expired"},
        {.claims = "{\"exp\":1767225601}", .policy = "{\"now\":1767225600.999999}"},
        {.claims = "{\"nbf\":1767225600}"},
        {.claims = "{\"nbf\":1767225601}", .reason = "not_yet_valid"},
        {.claims = "{\"nbf\":1767225610}", .policy = "{\"leeway\":10}"},
        {.claims = "{\"nbf\":1767225611}", .policy = "{\"leeway\":10}", .reason = "not_yet_valid"},
        {.claims = "{\"iat\":1767225600}"},
        {.claims = "{\"iat\":1767225601}", .reason = "issued_in_future"},
        {.claims = "{\"iat\":1767225610}", .policy = "{\"leeway\":10}"},
        {.claims = "{\"iat\":1767225541}", .policy = "{\"max_age\":60}"},
        {.claims = "{\"iat\":1767225540}", .policy = "{\"max_age\":60}", .reason = "expired"},
        {.claims = "{\"iat\":1767225531}", .policy = "{\"max_age\":60,\"leeway\":10}"},
        {.claims = "{}", .policy = "{\"max_age\":60}", .reason = "missing_claim"},
        {.claims = "{\"exp\":1,\"nbf\":1767225611}", .reason = "expired"},
    };

    ask_all(state, questions, IDP_COUNT(questions));
}

static void claims_of_a_wrong_type_are_malformed(void **state)
{
    static const char *const claims[] = {
        "{\"exp\":\"1767225601\"}",
        "{\"exp\":null}",
        "{\"exp\":true}",
        "{\"exp\":{}}",
        "{\"nbf\":[1]}",
        "{\"nbf\":\"\"}",
        "{\"iat\":null}",
        "{\"iat\":\"x\"}",
        "{\"iss\":1}",
        "{\"iss\":[]}",
        "{\"sub\":1}",
        "{\"sub\":null}",
        "{\"aud\":1}",
        "{\"aud\":[1]}",
        "{\"aud\":{}}",
        "{\"aud\":[\"a\",null]}",
        "{\"jti\":1}",
        "[]",
        "1",
        "null",
        "\"x\"",
        "",
        "{\"a\":1,\"a\":1}",
        "{\"a\":\"\\u0000\"}",
    };

    for (size_t i = 0; i < IDP_COUNT(claims); i++)
        ask(state, &(struct question){.claims = claims[i], .reason = "malformed"});
}

static void issuer_audience_and_type_are_compared(void **state)
{
#define ISS "{\"iss\":\"https://a\"}"
#define AUD(list) "{\"aud\":" list "}"
#define TYP(typ) "{\"alg\":\"HS256\",\"typ\":\"" typ "\"}"
    static const struct question questions[] = {
        {.claims = ISS, .policy = ISS},
        {.claims = ISS, .policy = "{\"iss\":null}"},
        {.claims = ISS, .policy = "{\"iss\":\"https://a/\"}", .reason = "issuer"},
        {.claims = ISS, .policy = "{\"iss\":\"\"}", .reason = "issuer"},
        {.claims = "{}", .policy = ISS, .reason = "issuer"},
        {.claims = AUD("\"a\""), .policy = AUD("\"a\"")},
        {.claims = AUD("[\"b\",\"a\"]"), .policy = AUD("\"a\"")},
        {.claims = AUD("\"a\""), .policy = AUD("[\"b\",\"a\"]")},
        {.claims = AUD("[\"c\",\"a\"]"), .policy = AUD("[\"b\",\"a\"]")},
        {.claims = AUD("\"a\""), .policy = AUD("[]"), .reason = "audience"},
        {.claims = AUD("[]"), .policy = AUD("\"a\""), .reason = "audience"},
        {.claims = AUD("\"A\""), .policy = AUD("\"a\""), .reason = "audience"},
        {.claims = "{}", .policy = AUD("\"a\""), .reason = "audience"},
        {.claims = AUD("\"a\""), .policy = "{\"aud\":null}"},
        {.header = TYP("JWT"), .policy = "{\"typ\":\"jwt\"}"},
        {.header = TYP("application/AT+jwt"), .policy = "{\"typ\":\"at+jwt\"}"},
        {.header = TYP("at+jwt"), .policy = "{\"typ\":\"Application/at+JWT\"}"},
        {.header = TYP("JWT"), .policy = "{\"typ\":\"at+jwt\"}", .reason = "type"},
        {.header = TYP("application/"), .policy = "{\"typ\":\"\"}", .reason = "type"},
        {.policy = "{\"typ\":\"jwt\"}", .reason = "type"},
    };

    ask_all(state, questions, IDP_COUNT(questions));
}

static void required_claims_must_be_there(void **state)
{
    static const struct question questions[] = {
        {.claims = "{\"a\":false,\"\":0}", .policy = "{\"require\":[\"a\",\"\"]}"},
        {.claims = "{\"a\":1}", .policy = "{\"require\":[]}"},
        {.claims = "{\"A\":1}", .policy = "{\"require\":[\"a\"]}", .reason = "missing_claim"},
        {.claims = "{\"a\":null}", .policy = "{\"require\":[\"a\"]}", .reason = "missing_claim"},
        {.claims = "{}", .policy = "{\"require\":[\"exp\"]}", .reason = "missing_claim"},
    };

    ask_all(state, questions, IDP_COUNT(questions));
}

static void only_listed_algorithms_pass(void **state)
{
    static const struct question questions[] = {
        {.policy = "{\"algs\":[\"HS256\"]}"},
        {.policy = "{\"algs\":[\"ES256\",\"HS256\"]}"},
        {.policy = "{\"algs\":null}"},
        {.policy = "{\"algs\":[\"ES256\"]}", .reason = "algorithm"},
        {.header = "{\"alg\":\"none\"}", .policy = "{\"algs\":[\"none\"]}", .reason = "algorithm"},
    };

    ask_all(state, questions, IDP_COUNT(questions));
}

static void the_first_fault_gives_the_reason(void **state)
{
    static const char policy[] = "{\"algs\":[\"HS256\"],\"typ\":\"x\",\"iss\":\"a\",\"aud\":\"a\","
                                 "\"require\":[\"z\"]}";
    static const struct question questions[] = {
        {.header = "{\"alg\":\"HS512\",\"crit\":[]}", .policy = policy, .reason = "critical"},
        {.header = "{\"alg\":\"HS512\"}", .policy = policy, .reason = "algorithm"},
        {.keys = "", .claims = "1", .policy = policy, .reason = "key"},
        {.claims = "1", .policy = policy, .reason = "malformed"},
        {.claims = "{\"exp\":1}", .policy = policy, .reason = "type"},
    };

    ask_all(state, questions, IDP_COUNT(questions));
}

static void a_malformed_policy_raises(void **state)
{
    static const char *const policies[] = {
        "{\"algs\":\"HS256\"}",
        "{\"algs\":[1]}",
        "{\"algs\":[]}",
        "{\"iss\":1}",
        "{\"aud\":1}",
        "{\"aud\":[1]}",
        "{\"typ\":[]}",
        "{\"leeway\":-1}",
        "{\"leeway\":1.5}",
        "{\"leeway\":\"1\"}",
        "{\"leeway\":1e10}",
        "{\"leeway\":1000000001}",
        "{\"now\":\"x\"}",
        "{\"now\":1e300}",
        "{\"require\":\"exp\"}",
        "{\"max_age\":-1}",
        "{\"issuer\":\"a\"}",
        "{\"ISS\":\"a\"}",
        "{\"iss\":\"a\",\"x\":null}",
    };
    struct host *host = *state;

    for (size_t i = 0; i < IDP_COUNT(policies); i++) {
        struct trial trial = {.token = token_of(state, "{\"alg\":\"HS256\"}", "{}"),
                              .keys = idp_bytes_of(key_text),
                              .policy = json_of(state, policies[i])};

        if (host_try(host, verify_body, &trial))
            fail_msg("%s", policies[i]);
        assert_int_equal(host->error, IDP_INVALID_ARGUMENT);
    }
}

/* ---- totality ---- */

static void no_changed_byte_goes_unnoticed(void **state)
{
    struct idp_bytes token =
        token_of(state, "{\"alg\":\"HS256\",\"kid\":\"k1\"}", "{\"sub\":\"a\"}");

    for (size_t i = 0; i < token.size; i++) {
        struct idp_bytes changed = idp_bytes_copy(call_of(state), token);

        ((char *)(uintptr_t)changed.data)[i] ^= 1;
        assert_false(idp_json_is(idp_json_member(verdict_of(state, changed, NULL, NULL), "valid"),
                                 IDP_JSON_TRUE));
    }
    for (size_t size = 0; size < token.size; size++) {
        struct idp_bytes cut = {token.data, size};

        assert_non_null(idp_json_string(verdict_of(state, cut, NULL, NULL), "reason").data);
    }
}

static void tokens_beyond_the_limit_are_malformed(void **state)
{
    size_t size = IDP_TOKEN_SIZE_MAX + 1;
    char *text = idp_allocate(call_of(state), size);

    memset(text, '.', size);
    assert_true(host_text_is(
        idp_json_string(verdict_of(state, (struct idp_bytes){text, size}, NULL, NULL), "reason"),
        "malformed"));
    assert_true(host_text_is(
        idp_json_string(verdict_of(state, (struct idp_bytes){NULL, 0}, NULL, NULL), "reason"),
        "malformed"));
}

/* ---- numbers ---- */

static void numeric_dates_are_exact(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
    } dates[] = {
        {"0", 0},
        {"-0", 0},
        {"0e400", 0},
        {"1", 1000000},
        {"-1.5", -1500000},
        {"0.0000019", 1},
        {"1e-6", 1},
        {"1e-7", 0},
        {"123456789012.999999", 123456789012999999},
        {"12E+3", 12000000000},
        {"0.000001e6", 1000000},
        {"999999999999e0", 999999999999000000},
    };
    int64_t us;

    for (size_t i = 0; i < IDP_COUNT(dates); i++) {
        assert_true(idp_numeric_date(json_of(state, dates[i].text), &us));
        if (us != dates[i].us)
            fail_msg("%s: %lld", dates[i].text, (long long)us);
    }
    assert_false(idp_numeric_date(json_of(state, "1e12"), &us));
    assert_false(idp_numeric_date(json_of(state, "1e400"), &us));
    assert_false(idp_numeric_date(json_of(state, "\"1\""), &us));
    assert_false(idp_numeric_date(NULL, &us));
}

/* ---- signing ---- */

/* A signature on its way through host_try(). */
struct signing {
    const struct idp_json *header;
    struct idp_bytes token;
};

static void sign_body(struct idp_call *call, void *data)
{
    struct signing *signing = data;
    const struct idp_key *key = idp_keys_read_private(call, idp_bytes_of(key_text)).keys[0];
    struct idp_json *claims = idp_json_new(call, IDP_JSON_OBJECT);

    idp_json_add_integer(call, claims, "n", 1);
    signing->token = idp_jwt_sign(call, key, claims, signing->header);
}

static void a_signed_token_says_alg_kid_and_typ(void **state)
{
    struct signing plain = {.header = NULL};
    struct signing typed = {.header = json_of(state, "{\"typ\":\"at+jwt\",\"alg\":\"HS256\","
                                                     "\"kid\":\"k1\",\"x\":[1]}")};

    assert_true(host_try(*state, sign_body, &plain));
    assert_true(
        host_text_is(idp_json_text(call_of(state), idp_jwt_decode(call_of(state), plain.token)),
                     "{\"header\":{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"JWT\"},"
                     "\"claims\":{\"n\":1}}"));
    assert_true(host_try(*state, sign_body, &typed));
    assert_true(
        host_text_is(idp_json_text(call_of(state), idp_jwt_decode(call_of(state), typed.token)),
                     "{\"header\":{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"at+jwt\","
                     "\"x\":[1]},\"claims\":{\"n\":1}}"));
    assert_null(idp_json_string(verdict_of(state, typed.token, NULL, NULL), "reason").data);
}

static void a_header_may_not_contradict_the_key(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"HS512\"}", "{\"alg\":\"none\"}", "{\"alg\":1}",     "{\"kid\":\"other\"}",
        "{\"kid\":1}",         "{\"crit\":[\"x\"]}", "{\"b64\":false}",
    };
    struct host *host = *state;

    for (size_t i = 0; i < IDP_COUNT(headers); i++) {
        struct signing signing = {.header = json_of(state, headers[i])};

        if (host_try(host, sign_body, &signing))
            fail_msg("%s", headers[i]);
        assert_int_equal(host->error, IDP_INVALID_ARGUMENT);
    }
}

/* What jws_sign raises of this header; the host aborts over a sentence that may not go out. */
static enum idp_error payload_signing(void **state, const char *key, const char *header)
{
    struct idp_value arguments[] = {idp_value_text(idp_bytes_of("payload")),
                                    idp_value_text(idp_bytes_of(key)),
                                    idp_value_json_text(idp_bytes_of(header))};
    struct host *host = *state;

    host_invoke_named(host, "jws_sign", arguments, 3);
    return host->error;
}

static void an_unknown_extension_is_not_signed(void **state)
{
    static const char *const headers[] = {"{\"crit\":[\"x\"],\"x\":1}", "{\"b64\":false}",
                                          "{\"crit\":[\"b64\"]}", "{\"typ\":1}"};

    for (size_t i = 0; i < IDP_COUNT(headers); i++)
        assert_int_equal(payload_signing(state, key_text, headers[i]), IDP_INVALID_ARGUMENT);
}

static void a_header_may_not_name_another_certificate(void **state)
{
    static const char key[] = "{\"kty\":\"EC\",\"crv\":\"P-256\","
                              "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                              "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
                              "\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\","
                              "\"x5t\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAA\","
                              "\"x5t#S256\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";
    static const char *const other[] = {
        "{\"x5t\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAA\"}", "{\"x5t\":\"AA\"}", "{\"x5t\":\"?\"}",
        "{\"x5t#S256\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"};
    static const char own[] = "{\"x5t\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";

    for (size_t i = 0; i < IDP_COUNT(other); i++)
        assert_int_equal(payload_signing(state, key, other[i]), IDP_INVALID_ARGUMENT);
    assert_int_equal(payload_signing(state, key, own), IDP_OK);
}

static void decoding_needs_a_token_of_claims(void **state)
{
    struct idp_call *call = call_of(state);

    assert_null(idp_jwt_decode(call, idp_bytes_of("")));
    assert_null(idp_jwt_decode(call, idp_bytes_of("a.b.c")));
    assert_null(idp_jwt_decode(call, token_of(state, "{\"alg\":\"HS256\"}", "[]")));
    assert_non_null(idp_jwt_decode(call, token_of(state, "{}", "{}")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_valid_token_brings_header_and_claims, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(headers_are_judged, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(keys_are_chosen_by_kid_or_by_being_the_only_one, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(times_are_judged_to_the_second, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(claims_of_a_wrong_type_are_malformed, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(issuer_audience_and_type_are_compared, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(required_claims_must_be_there, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(only_listed_algorithms_pass, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(the_first_fault_gives_the_reason, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_malformed_policy_raises, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(no_changed_byte_goes_unnoticed, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(tokens_beyond_the_limit_are_malformed, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(numeric_dates_are_exact, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_signed_token_says_alg_kid_and_typ, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_header_may_not_contradict_the_key, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(an_unknown_extension_is_not_signed, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_header_may_not_name_another_certificate, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(decoding_needs_a_token_of_claims, host_setup,
                                        host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
