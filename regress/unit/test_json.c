/* SPDX-License-Identifier: Apache-2.0 */
/* test_json.c - strict JSON: what is read, what is refused and why, and what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "regress/unit/host.h"

static const struct idp_json *read_size(void **state, const char *text, size_t size,
                                        const char **why)
{
    struct host *host = *state;
    return idp_json_read(&host->call, (struct idp_bytes){text, size}, why);
}

static const struct idp_json *read_ok(void **state, const char *text)
{
    const char *why;
    const struct idp_json *json = read_size(state, text, strlen(text), &why);
    if (json == NULL)
        fail_msg("%s refused: %s", text, why);
    return json;
}

static void assert_text(struct idp_bytes text, const char *expected)
{
    assert_true(host_text_is(text, expected));
}

static struct idp_call *call_of(void **state)
{
    return &((struct host *)*state)->call;
}

static void assert_round_trip(void **state, const char *text, const char *expected)
{
    assert_text(idp_json_text(call_of(state), read_ok(state, text)), expected);
}

/* ---- reading ---- */

static void every_kind_is_read(void **state)
{
    const struct idp_json *json =
        read_ok(state, " {\"n\":null,\"f\":false,\"t\":true,\"i\":-12,\"s\":\"a\",\"a\":[1,[]],"
                       "\"o\":{}} ");
    assert_true(idp_json_is(json, IDP_JSON_OBJECT));
    assert_true(idp_json_is(idp_json_member(json, "n"), IDP_JSON_NULL));
    assert_true(idp_json_is(idp_json_member(json, "f"), IDP_JSON_FALSE));
    assert_true(idp_json_is(idp_json_member(json, "t"), IDP_JSON_TRUE));
    assert_text(idp_json_member(json, "i")->text, "-12");
    assert_text(idp_json_string(json, "s"), "a");
    assert_true(idp_json_is(idp_json_member(json, "a")->child->next, IDP_JSON_ARRAY));
    assert_null(idp_json_member(json, "o")->child);
    assert_null(idp_json_member(json, "missing"));
}

static void members_are_found_by_exact_case(void **state)
{
    const struct idp_json *json = read_ok(state, "{\"Alg\":1,\"alg\":2,\"ALG\":3}");
    assert_text(idp_json_member(json, "alg")->text, "2");
    assert_null(idp_json_member(json, "aLG"));
    assert_null(idp_json_member(NULL, "alg"));
    assert_null(idp_json_member(idp_json_member(json, "alg"), "alg"));
    assert_null(idp_json_string(json, "alg").data);
}

static void numbers_keep_their_text(void **state)
{
    assert_round_trip(state, "[1.0,-0,1E+2,12345678901234567890123456789,0.1e-400]",
                      "[1.0,-0,1E+2,12345678901234567890123456789,0.1e-400]");
}

static void a_string_of_digits_is_no_number(void **state)
{
    const struct idp_json *json = read_ok(state, "[\"1\",1,\"\xC3\xBF\"]");
    assert_true(idp_json_is(json->child, IDP_JSON_STRING));
    assert_true(idp_json_is(json->child->next, IDP_JSON_NUMBER));
    assert_true(idp_json_is(json->last, IDP_JSON_STRING));
}

static void escapes_become_utf8(void **state)
{
    const struct idp_json *json =
        read_ok(state, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\uDE00\"");
    assert_text(json->text, "\"\\/\b\f\n\r\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

static void an_empty_string_has_data(void **state)
{
    struct idp_bytes text = idp_json_string(read_ok(state, "{\"\":1,\"s\":\"\"}"), "s");
    assert_non_null(text.data);
    assert_int_equal(text.size, 0);
}

static void integers_are_exact(void **state)
{
    static const struct {
        const char *text;
        bool fits;
        int64_t number;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999999", false, 0},
        {"1.0", false, 0},
        {"1e2", false, 0},
        {"\"1\"", false, 0},
        {"null", false, 0},
    };
    for (size_t i = 0; i < IDP_COUNT(cases); i++) {
        int64_t number = 77;
        assert_int_equal(idp_json_integer(read_ok(state, cases[i].text), &number), cases[i].fits);
        assert_int_equal(number, cases[i].fits ? cases[i].number : 77);
    }
    assert_false(idp_json_integer(NULL, &(int64_t){0}));
}

/* ---- refusing ---- */

static void what_is_no_strict_json_is_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "empty"},
        {" ", "unexpected end"},
        {"{\"a\":1}x", "trailing bytes"},
        {"{} {}", "trailing bytes"},
        {"\xEF\xBB\xBF{}", "unexpected byte"},
        {"{\"a\":1,}", "unexpected byte"},
        {"[1,]", "unexpected byte"},
        {"[1 2]", "unexpected byte"},
        {"{'a':1}", "unexpected byte"},
        {"{\"a\" 1}", "unexpected byte"},
        {"{a:1}", "unexpected byte"},
        {"[", "unexpected end"},
        {"\"abc", "unexpected end"},
        {"\"abc\\", "unexpected end"},
        {"nul", "unexpected byte"},
        {"True", "unexpected byte"},
        {"NaN", "unexpected byte"},
        {"-", "unexpected end"},
        {"+1", "unexpected byte"},
        {"01", "trailing bytes"},
        {"1.", "unexpected end"},
        {".5", "unexpected byte"},
        {"1e", "unexpected end"},
        {"0x10", "trailing bytes"},
        {"1e401", "exponent out of range"},
        {"1e-401", "exponent out of range"},
        {"1e99999999999999999999", "exponent out of range"},
        {"\"\\x\"", "malformed escape"},
        {"\"\\u12g4\"", "malformed escape"},
        {"\"\\u12", "malformed escape"},
        {"\"\\u0000\"", "NUL in a string"},
        {"{\"\\u0000\":1}", "NUL in a string"},
        {"\"\\ud800\"", "lone surrogate"},
        {"\"\\udc00\"", "lone surrogate"},
        {"\"\\ud800\\u0041\"", "lone surrogate"},
        {"\"\\ud800\\ud800\"", "lone surrogate"},
        {"\"\\ud800\\n\"", "lone surrogate"},
        {"\"\n\"", "control character in a string"},
        {"\"\x1F\"", "control character in a string"},
        {"\"\xFF\"", "not UTF-8"},
        {"\"\xC0\x80\"", "not UTF-8"},
        {"\"\xED\xA0\x80\"", "not UTF-8"},
        {"\"\xF4\x90\x80\x80\"", "not UTF-8"},
        {"\"\xE2\x82\"", "not UTF-8"},
        {"{\"a\":1,\"a\":1}", "duplicate member"},
        {"{\"a\":1,\"\\u0061\":2}", "duplicate member"},
        {"[{\"b\":{\"a\":1,\"c\":2,\"a\":1}}]", "duplicate member"},
    };
    for (size_t i = 0; i < IDP_COUNT(cases); i++) {
        const char *why = NULL;
        const struct idp_json *json = read_size(state, cases[i].text, strlen(cases[i].text), &why);
        if (json != NULL)
            fail_msg("accepted: %s", cases[i].text);
        assert_string_equal(why, cases[i].why);
    }
}

static void nul_bytes_are_refused(void **state)
{
    const char *why;
    assert_null(read_size(state, "\0", 1, &why));
    assert_null(read_size(state, "{}\0", 3, &why));
    assert_null(read_size(state, "\"a\0b\"", 5, &why));
    assert_null(read_size(state, "\"\\\0\"", 4, &why));
    assert_null(read_size(state, NULL, 0, &why));
}

/* `open` times depth, then `close` times depth. */
static const char *nest(void **state, size_t depth)
{
    struct idp_text text = {.call = call_of(state)};
    for (size_t i = 0; i < depth; i++)
        idp_text_add_char(&text, '[');
    for (size_t i = 0; i < depth; i++)
        idp_text_add_char(&text, ']');
    return idp_text_bytes(&text).data;
}

static void depth_is_limited(void **state)
{
    const char *why;
    read_ok(state, nest(state, IDP_JSON_DEPTH_MAX));
    assert_null(
        read_size(state, nest(state, IDP_JSON_DEPTH_MAX + 1), 2 * IDP_JSON_DEPTH_MAX + 2, &why));
    assert_string_equal(why, "too deep");
    assert_null(read_size(state, nest(state, 100000), 200000, &why));
    assert_string_equal(why, "too deep");
}

static struct idp_bytes object_of(void **state, size_t count, const char *last_name)
{
    struct idp_text text = {.call = call_of(state)};
    for (size_t i = 0; i < count; i++) {
        idp_text_add_c(&text, i == 0 ? "{\"m" : ",\"m");
        idp_text_add_integer(&text, (int64_t)i);
        idp_text_add_c(&text, "\":1");
    }
    idp_text_add_c(&text, ",\"");
    idp_text_add_c(&text, last_name);
    idp_text_add_c(&text, "\":1}");
    return idp_text_bytes(&text);
}

static void duplicates_are_found_in_objects_of_any_size(void **state)
{
    const char *why;
    for (size_t count = 1; count < 40; count++) {
        struct idp_bytes good = object_of(state, count, "last");
        assert_non_null(read_size(state, good.data, good.size, &why));
        struct idp_bytes bad = object_of(state, count, "m0");
        assert_null(read_size(state, bad.data, bad.size, &why));
        assert_string_equal(why, "duplicate member");
    }
}

static void the_count_of_values_is_limited(void **state)
{
    const char *why;
    struct idp_bytes most = object_of(state, IDP_JSON_MEMBER_COUNT_MAX - 2, "last");
    assert_non_null(read_size(state, most.data, most.size, &why));
    struct idp_bytes more = object_of(state, IDP_JSON_MEMBER_COUNT_MAX - 1, "last");
    assert_null(read_size(state, more.data, more.size, &why));
    assert_string_equal(why, "too many values");
}

static void sizes_are_limited(void **state)
{
    const char *why;
    char *text = idp_allocate(call_of(state), IDP_JSON_SIZE_MAX + 1);
    memset(text, ' ', IDP_JSON_SIZE_MAX + 1);
    text[0] = '1';
    assert_non_null(read_size(state, text, IDP_JSON_SIZE_MAX, &why));
    assert_null(read_size(state, text, IDP_JSON_SIZE_MAX + 1, &why));
    assert_string_equal(why, "too large");
    memset(text, '1', IDP_JSON_NUMBER_SIZE_MAX + 1);
    assert_non_null(read_size(state, text, IDP_JSON_NUMBER_SIZE_MAX, &why));
    assert_null(read_size(state, text, IDP_JSON_NUMBER_SIZE_MAX + 1, &why));
    assert_string_equal(why, "number too long");
}

/* The scratch of the scan is sized by arithmetic: this is the text that needs most of it. */
static void short_numbers_fit_the_scratch(void **state)
{
    for (size_t count = 1; count < 300; count++) {
        struct idp_text text = {.call = call_of(state)};
        for (size_t i = 0; i < count; i++)
            idp_text_add_c(&text, i == 0 ? "[1" : ",1");
        idp_text_add_c(&text, "]");
        struct idp_bytes bytes = idp_text_bytes(&text);
        assert_text(idp_json_text(call_of(state), read_ok(state, bytes.data)), bytes.data);
    }
}

/* ---- arguments ---- */

struct argument {
    struct idp_value value;
    const struct idp_json *json;
};

static void read_argument(struct idp_call *call, void *data)
{
    struct argument *argument = data;
    argument->json = idp_json_argument(call, argument->value, "settings");
}

static void read_object_argument(struct idp_call *call, void *data)
{
    struct argument *argument = data;
    argument->json = idp_json_object_argument(call, argument->value, "settings");
}

static void bad_arguments_raise_with_their_name(void **state)
{
    struct host *host = *state;
    struct argument argument = {idp_value_json_text(idp_bytes_of("{\"s3cret\":")), NULL};
    assert_false(host_try(host, read_argument, &argument));
    assert_int_equal(host->error, IDP_INVALID_JSON);
    assert_string_equal(host->sentence,
                        "The argument settings is not strict JSON: unexpected end.");
    argument.value = idp_value_json_text(idp_bytes_of("[]"));
    assert_true(host_try(host, read_argument, &argument));
    assert_false(host_try(host, read_object_argument, &argument));
    assert_string_equal(host->sentence, "The argument settings must be a JSON object.");
    argument.value = idp_null();
    assert_true(host_try(host, read_object_argument, &argument));
    assert_null(argument.json);
}

/* ---- writing ---- */

static void text_is_escaped_minimally(void **state)
{
    assert_round_trip(state, "\"\\u0001\\u001f\\b\\f\\n\\r\\t\\\"\\\\\\/\\u007f\\u00e9\\u2028\"",
                      "\"\\u0001\\u001f\\b\\f\\n\\r\\t\\\"\\\\/\x7F\xC3\xA9\xE2\x80\xA8\"");
}

static void text_has_members_in_order_and_no_space(void **state)
{
    assert_round_trip(state, " { \"b\" : [ 1 , { } , [ ] , \"\" ] , \"a\" : null , \"\":true}",
                      "{\"b\":[1,{},[],\"\"],\"a\":null,\"\":true}");
}

static void canonical_numbers_are_plain(void **state)
{
    static const char *const cases[][2] = {
        {"0", "0"},           {"-0", "0"},
        {"-0.000e5", "0"},    {"0e400", "0"},
        {"1.0", "1"},         {"1.50", "1.5"},
        {"1e2", "100"},       {"1E+2", "100"},
        {"100", "100"},       {"1e-2", "0.01"},
        {"-12.50e1", "-125"}, {"12.5e-1", "1.25"},
        {"0.001e3", "1"},     {"0.00120", "0.0012"},
        {"123e-3", "0.123"},  {"123e-5", "0.00123"},
        {"10.010", "10.01"},  {"-1e0001", "-10"},
        {"1200e-2", "12"},    {"9007199254740993", "9007199254740993"},
    };
    for (size_t i = 0; i < IDP_COUNT(cases); i++)
        assert_text(idp_json_canonical(call_of(state), read_ok(state, cases[i][0])), cases[i][1]);
}

static void canonical_numbers_reach_the_exponent_limit(void **state)
{
    struct idp_bytes large = idp_json_canonical(call_of(state), read_ok(state, "-1.5e400"));
    assert_int_equal(large.size, 402);
    assert_memory_equal(large.data, "-150000", 7);
    struct idp_bytes small = idp_json_canonical(call_of(state), read_ok(state, "15e-400"));
    assert_int_equal(small.size, 2 + 400);
    assert_memory_equal(small.data + small.size - 3, "015", 3);
}

static void canonical_members_are_sorted_by_bytes(void **state)
{
    const struct idp_json *json = read_ok(
        state, "{\"b\":1,\"a\":{\"z\":1.0,\"Z\":2},\"aa\":2,\"\xC3\xA9\":3,\"\":4,\"B\":[1e1]}");
    assert_text(idp_json_canonical(call_of(state), json),
                "{\"\":4,\"B\":[10],\"a\":{\"Z\":2,\"z\":1},\"aa\":2,\"b\":1,\"\xC3\xA9\":3}");
}

static void trees_are_built_in_order(void **state)
{
    struct idp_call *call = call_of(state);
    struct idp_json *json = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, json, "s", "x");
    idp_json_add_string(call, json, "left_out", (struct idp_bytes){0});
    idp_json_add_c(call, json, "left_out", NULL);
    idp_json_add_integer(call, json, "i", INT64_MIN);
    idp_json_add_bool(call, json, "b", true);
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    idp_json_add(list, NULL, idp_json_new(call, IDP_JSON_NULL));
    idp_json_add(json, "a", list);
    assert_text(idp_json_text(call, json),
                "{\"s\":\"x\",\"i\":-9223372036854775808,\"b\":true,\"a\":[null]}");
}

static void a_copy_is_detached(void **state)
{
    struct idp_call *call = call_of(state);
    const struct idp_json *json = read_ok(state, "{\"a\":{\"x\":[1,\"y\"]},\"b\":2}");
    struct idp_json *copy = idp_json_copy(call, json->child);
    assert_null(copy->next);
    assert_null(copy->name.data);
    assert_ptr_not_equal(copy->child, json->child->child);
    assert_text(idp_json_text(call, copy), "{\"x\":[1,\"y\"]}");
    struct idp_json *parent = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add(parent, "c", copy);
    idp_json_add(parent, "d", idp_json_copy(call, json->last));
    assert_text(idp_json_text(call, parent), "{\"c\":{\"x\":[1,\"y\"]},\"d\":2}");
    assert_text(idp_json_text(call, json), "{\"a\":{\"x\":[1,\"y\"]},\"b\":2}");
}

/* ---- memory that ends ---- */

static void read_and_write(struct idp_call *call, void *data)
{
    const char *why;
    const struct idp_json *json = idp_json_read(call, *(struct idp_bytes *)data, &why);
    idp_json_canonical(call, json);
}

static void every_refused_block_is_out_of_memory(void **state)
{
    struct idp_bytes text = object_of(state, 3000, "last");
    struct host starved;
    host_start(&starved);
    size_t nth = 0;
    do {
        starved.block_fail_at = ++nth;
        if (!host_try(&starved, read_and_write, &text))
            assert_int_equal(starved.error, IDP_OUT_OF_MEMORY);
        host_end_call(&starved);
        assert_int_equal(starved.block_live_count, 0);
    } while (starved.error != IDP_OK);
    assert_true(nth >= 5);
}

static size_t foreign_fail_at, foreign_live_count;

static void *foreign_malloc(size_t size)
{
    if (foreign_fail_at > 0 && --foreign_fail_at == 0)
        return NULL;
    foreign_live_count++;
    return malloc(size);
}

static void foreign_free(void *memory)
{
    foreign_live_count -= memory != NULL;
    free(memory);
}

static void every_refused_foreign_block_is_out_of_memory(void **state)
{
    (void)state;
    struct idp_bytes text =
        idp_bytes_of("{\"\\u0061\":[\"\\n\",{\"b\":\"\\t\"}],\"d\":\"\\u00e9\",\"\\/\":\"\\\\\"}");
    struct host host;
    host_start(&host);
    cJSON_InitHooks(&(cJSON_Hooks){foreign_malloc, foreign_free});
    size_t nth = 0;
    do {
        foreign_fail_at = ++nth;
        if (!host_try(&host, read_and_write, &text))
            assert_int_equal(host.error, IDP_OUT_OF_MEMORY);
        host_end_call(&host);
        assert_int_equal(foreign_live_count, 0);
    } while (host.error != IDP_OK);
    cJSON_InitHooks(NULL);
    assert_true(nth > 10);
}

/* ---- JSONTestSuite ---- */

/* Cases upstream accepts (y_) and this reader refuses by contract. */
static const char *const stricter[] = {
    "y_object_duplicated_key",
    "y_object_duplicated_key_and_value",
    "y_object_escaped_null_in_key",
    "y_string_null_escape",
};

static bool is_stricter(const char *id)
{
    for (size_t i = 0; i < IDP_COUNT(stricter); i++)
        if (strcmp(stricter[i], id) == 0)
            return true;
    return false;
}

static const char *member_text(const cJSON *line, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, name));
}

static void check_suite_case(const cJSON *line)
{
    const char *id = member_text(line, "id"), *expect = member_text(line, "expect");
    struct host host;
    host_start(&host);
    struct idp_bytes content =
        idp_base64_decode(&host.call, idp_bytes_of(member_text(line, "content_b64")));
    assert_non_null(content.data);
    const char *why = NULL;
    const struct idp_json *json = idp_json_read(&host.call, content, &why);
    if (strcmp(expect, "accept") == 0 && (json != NULL) == is_stricter(id))
        fail_msg("%s: %s", id, json != NULL ? "accepted" : why);
    if (strcmp(expect, "reject") == 0 && json != NULL)
        fail_msg("%s: accepted", id);
    if (json != NULL)
        assert_non_null(idp_json_canonical(&host.call, json).data);
    host_end_call(&host);
}

static void json_test_suite(void **state)
{
    (void)state;
    FILE *file = host_vectors_open("jsontestsuite/parsing.jsonl");
    if (file == NULL)
        skip();
    char *line = NULL;
    size_t capacity = 0, count = 0;
    for (; getline(&line, &capacity, file) > 0; count++) {
        cJSON *parsed = cJSON_Parse(line);
        assert_non_null(parsed);
        check_suite_case(parsed);
        cJSON_Delete(parsed);
    }
    free(line);
    fclose(file);
    assert_true(count >= 146);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_kind_is_read, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(members_are_found_by_exact_case, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(numbers_keep_their_text, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_string_of_digits_is_no_number, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(escapes_become_utf8, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(an_empty_string_has_data, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(integers_are_exact, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_strict_json_is_refused, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(nul_bytes_are_refused, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(depth_is_limited, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(duplicates_are_found_in_objects_of_any_size, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(the_count_of_values_is_limited, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(sizes_are_limited, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(short_numbers_fit_the_scratch, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(bad_arguments_raise_with_their_name, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(text_is_escaped_minimally, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(text_has_members_in_order_and_no_space, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(canonical_numbers_are_plain, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(canonical_numbers_reach_the_exponent_limit, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(canonical_members_are_sorted_by_bytes, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(trees_are_built_in_order, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_copy_is_detached, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(every_refused_block_is_out_of_memory, host_setup,
                                        host_teardown),
        cmocka_unit_test(every_refused_foreign_block_is_out_of_memory),
        cmocka_unit_test(json_test_suite),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
