/* SPDX-License-Identifier: Apache-2.0 */
/* test_invoke.c - what the door into the core checks: NULL, sizes, kinds and text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "regress/unit/host.h"

/* Tells which arguments arrived: a letter each, in upper case where there is a value. */
static struct idp_value echo(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_text text = {.call = call};
    for (size_t i = 0; call->function->arguments[i] != 0; i++)
        idp_text_add_char(&text, (char)(arguments[i].kind == 0 ? 'a' + i : 'A' + i));
    return idp_value_text(idp_text_bytes(&text));
}

static const struct idp_function reads = {
    .name = "reads",
    .arguments = "tjx",
    .argument_names = "client_id metadata body",
    .required_count = 2,
    .result = 't',
    .effect = IDP_READS,
    .entry = echo,
};

static struct idp_function with_effect(enum idp_effect effect, bool accepts_null)
{
    struct idp_function function = reads;
    function.effect = effect;
    function.accepts_null = accepts_null;
    return function;
}

static struct idp_value text(const char *string)
{
    return idp_value_text(idp_bytes_of(string));
}

static struct idp_value json(const char *string)
{
    return idp_value_json_text(idp_bytes_of(string));
}

static void assert_raised(struct host *host, enum idp_error error, const char *sentence)
{
    assert_int_equal(host->error, error);
    assert_string_equal(host->sentence, sentence);
}

static void absent_arguments_are_null(void **state)
{
    struct host *host = *state;
    struct idp_value arguments[] = {text("c"), json("{}"), idp_value_blob(idp_bytes_of("x"))};
    assert_true(host_text_is(idp_text_of(host_invoke(host, &reads, arguments, 2)), "ABc"));
    assert_true(host_text_is(idp_text_of(host_invoke(host, &reads, arguments, 3)), "ABC"));
}

static void a_null_that_is_required_raises_its_name(void **state)
{
    struct host *host = *state;
    struct idp_value arguments[] = {text("c"), idp_null()};
    host_invoke(host, &reads, arguments, 2);
    assert_raised(host, IDP_NULL_ARGUMENT, "The argument metadata is NULL. Give it a value.");
    host_invoke(host, &reads, NULL, 0);
    assert_raised(host, IDP_NULL_ARGUMENT, "The argument client_id is NULL. Give it a value.");
}

static void pure_functions_give_null_for_null(void **state)
{
    struct host *host = *state;
    struct idp_function pure = with_effect(IDP_PURE, false),
                        clocked = with_effect(IDP_CLOCKED, false);
    struct idp_value arguments[] = {text("c"), idp_null()};
    assert_int_equal(host_invoke(host, &pure, arguments, 2).kind, 0);
    assert_int_equal(host->error, IDP_OK);
    assert_int_equal(host_invoke(host, &clocked, arguments, 1).kind, 0);
    assert_int_equal(host->error, IDP_OK);
}

static void a_row_may_take_null_itself(void **state)
{
    struct host *host = *state;
    struct idp_function pure = with_effect(IDP_PURE, true);
    assert_true(host_text_is(idp_text_of(host_invoke(host, &pure, NULL, 0)), "abc"));
}

static void too_many_arguments_raise(void **state)
{
    struct host *host = *state;
    struct idp_value arguments[IDP_ARGUMENT_COUNT_MAX + 1] = {{0}};
    host_invoke(host, &reads, arguments, 4);
    assert_raised(host, IDP_INVALID_ARGUMENT, "The function takes fewer arguments.");
    host_invoke(host, &reads, arguments, IDP_ARGUMENT_COUNT_MAX + 1);
    assert_int_equal(host->error, IDP_INVALID_ARGUMENT);
}

static void wrong_kinds_raise(void **state)
{
    struct host *host = *state;
    struct idp_value arguments[] = {text("c"), idp_value_integer(1)};
    host_invoke(host, &reads, arguments, 2);
    assert_raised(host, IDP_INVALID_ARGUMENT, "The argument metadata has the wrong type.");
}

static void text_must_be_utf8_without_nul(void **state)
{
    struct host *host = *state;
    struct idp_value arguments[] = {idp_value_text((struct idp_bytes){"a\0b", 3}), json("{}"),
                                    idp_value_blob((struct idp_bytes){"\0\xFF", 2})};
    host_invoke(host, &reads, arguments, 3);
    assert_raised(host, IDP_INVALID_ARGUMENT,
                  "The argument client_id is not UTF-8 text, or holds a NUL.");
    arguments[0] = text("a");
    assert_true(host_text_is(idp_text_of(host_invoke(host, &reads, arguments, 3)), "ABC"));
    arguments[1] = json("\xFF");
    host_invoke(host, &reads, arguments, 3);
    assert_raised(host, IDP_INVALID_ARGUMENT,
                  "The argument metadata is not UTF-8 text, or holds a NUL.");
}

/* jwt_verify has a verdict on any bytes. */
static void pure_functions_get_any_bytes(void **state)
{
    struct host *host = *state;
    struct idp_function pure = with_effect(IDP_PURE, false),
                        clocked = with_effect(IDP_CLOCKED, false);
    struct idp_value arguments[] = {idp_value_text((struct idp_bytes){"\0", 1}), json("\xFF")};
    assert_true(host_text_is(idp_text_of(host_invoke(host, &pure, arguments, 2)), "ABc"));
    assert_true(host_text_is(idp_text_of(host_invoke(host, &clocked, arguments, 2)), "ABc"));
}

static void long_arguments_raise_their_name(void **state)
{
    struct host *host = *state;
    char *bytes = idp_allocate(&host->call, IDP_ARGUMENT_SIZE_MAX + 1);
    memset(bytes, 'x', IDP_ARGUMENT_SIZE_MAX + 1);
    struct idp_value arguments[] = {
        text("c"), json("{}"), idp_value_blob((struct idp_bytes){bytes, IDP_ARGUMENT_SIZE_MAX})};
    assert_int_equal(host_invoke(host, &reads, arguments, 3).kind, 't');
    arguments[2].bytes.size++;
    host_invoke(host, &reads, arguments, 3);
    assert_raised(host, IDP_TOO_LARGE, "The argument body is longer than 1048576 bytes.");
}

static void functions_are_found_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < idp_function_count; i++) {
        assert_in_range(strlen(idp_functions[i].arguments), 0, IDP_ARGUMENT_COUNT_MAX);
        assert_ptr_equal(idp_function_find(idp_functions[i].name), &idp_functions[i]);
    }
    assert_null(idp_function_find("no_such_function"));
    assert_null(idp_function_find(""));
}

/* Backends of PostgreSQL keep such rows until a trigger of their table fires. */
static void tables_of_kept_rows_have_triggers(void **state)
{
    static char script[64 << 10];
    FILE *file = fopen("sql/storage.sql", "r");
    (void)state;
    assert_non_null(file);
    assert_in_range(fread(script, 1, sizeof script - 1, file), 1, sizeof script - 2);
    assert_int_equal(fclose(file), 0);
    for (size_t i = 0; i < idp_statement_group_count; i++) {
        const struct idp_statement_group *group = &idp_statement_groups[i];
        for (size_t j = 0; j < *group->count; j++) {
            const char *at = group->statements[j].kept ? group->statements[j].text : "";
            while ((at = strstr(at, "idplane.")) != NULL) {
                char trigger[128];
                int size = (int)strcspn(at, " ,)");
                snprintf(trigger, sizeof trigger, "DELETE ON %.*s\n", size, at);
                if (strstr(script, trigger) == NULL)
                    fail_msg("%.*s is kept, and has no trigger idplane_changed", size, at);
                at += size;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(absent_arguments_are_null, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_null_that_is_required_raises_its_name, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(pure_functions_give_null_for_null, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_row_may_take_null_itself, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(too_many_arguments_raise, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(wrong_kinds_raise, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(text_must_be_utf8_without_nul, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(pure_functions_get_any_bytes, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(long_arguments_raise_their_name, host_setup, host_teardown),
        cmocka_unit_test(functions_are_found_by_name),
        cmocka_unit_test(tables_of_kept_rows_have_triggers),
    };
    return cmocka_run_group_tests_name("invoke", tests, NULL, NULL);
}
