/* SPDX-License-Identifier: Apache-2.0 */
/* test_hooks.c - what hooks cost where there are none, and that a refusal undoes what was written;
 * and any answer that a hook may give, taken or refused as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/oauth/hook.h"
#include "regress/unit/host.h"

static const struct idp_json *read_json(struct idp_call *call, const char *text)
{
    const char *why;
    const struct idp_json *json = idp_json_read(call, idp_bytes_of(text), &why);
    assert_non_null(json);
    return json;
}

static const struct idp_json *body(struct idp_call *call, void *data)
{
    struct idp_hooks *hooks = data;
    hooks->is_refused = hooks->before != NULL;
    return idp_json_new(call, IDP_JSON_OBJECT);
}

static void without_hooks_nothing_is_asked_or_undone(void **state)
{
    struct host *host = *state;
    struct idp_value row[4] = {idp_null(), idp_null(), idp_null(), idp_null()};
    struct idp_settings settings = idp_settings_of(NULL);
    host_answer(host, row, 1, 0);
    struct idp_hooks hooks = idp_hooks_load(&host->call, &settings);
    assert_false(hooks.is_any);
    assert_int_equal(host->statement_count, 1);
    assert_true(host->statements[0]->kept);
    assert_non_null(idp_hooked(&host->call, &hooks, body, &hooks));
    assert_int_equal(host->begin_count, 0);
    assert_int_equal(host->undone_count, 0);
}

static struct idp_hooks one_hook(struct host *host, struct idp_value *row, const char *name)
{
    struct idp_settings settings = idp_settings_of(NULL);
    row[0] = idp_value_text(idp_bytes_of(name));
    row[1] = idp_value_text(idp_bytes_of("f"));
    row[2] = idp_null();
    row[3] = idp_value_json_text(idp_bytes_of("{}"));
    host_answer(host, row, 1, 0);
    return idp_hooks_load(&host->call, &settings);
}

static void a_refusal_undoes_what_was_written(void **state)
{
    struct host *host = *state;
    struct idp_value row[4];
    struct idp_hooks hooks = one_hook(host, row, "pre_token");
    assert_true(hooks.is_any);
    assert_non_null(idp_hooked(&host->call, &hooks, body, &hooks));
    assert_int_equal(host->begin_count, 1);
    assert_int_equal(host->undone_count, 1);
}

static void a_hook_that_nothing_names_is_not_asked(void **state)
{
    struct host *host = *state;
    struct idp_value row[4];
    struct idp_hooks hooks = one_hook(host, row, "rank");
    assert_false(hooks.is_any);
    assert_non_null(idp_hook_named(&hooks, idp_bytes_of("rank")));
    assert_null(idp_hook_named(&hooks, idp_bytes_of("pre_token")));
}

static struct idp_asked asked(struct host *host, const char *failure, const char *text)
{
    struct idp_hook hook = {.name = idp_bytes_of("pre_token")};
    host->query_answer = (struct idp_query_answer){
        .failure = failure, .text = text == NULL ? (struct idp_bytes){0} : idp_bytes_of(text)};
    return idp_hook_ask(&host->call, &hook, read_json(&host->call, "{\"event\":\"pre_token\"}"));
}

static void an_answer_is_json_or_a_failure(void **state)
{
    struct host *host = *state;
    assert_null(asked(host, NULL, "{\"scope\":\"\"}").failure);
    assert_string_equal(host->request, "{\"event\":\"pre_token\"}");
    assert_string_equal(asked(host, NULL, NULL).failure, "null");
    assert_string_equal(asked(host, NULL, "{\"a\":1,\"a\":2}").failure, "not_json");
    assert_string_equal(asked(host, NULL, "").failure, "not_json");
    assert_string_equal(asked(host, "ended", "{}").failure, "ended");
    assert_null(asked(host, "raised", "{}").answer);
    assert_int_equal(host->query_count, 6);
}

/* ---- answers ---- */

static struct idp_token_issue taken(struct host *host, struct idp_grant *grant, const char *answer,
                                    bool is_good)
{
    struct idp_token_issue issue = {.grant = grant,
                                    .rules = {.access_token_lifetime_s = 100,
                                              .refresh_token_lifetime_s = 100,
                                              .grant_lifetime_s = 100}};
    const char *fault = idp_answer_take(&host->call, read_json(&host->call, answer), &issue);
    assert_int_equal(fault == NULL, is_good);
    return issue;
}

static void what_narrows_is_taken(void **state)
{
    struct host *host = *state;
    struct idp_grant grant = {.scope = idp_bytes_of("a b")};
    struct idp_token_issue issue =
        taken(host, &grant,
              "{\"scope\":\"b\",\"access_token_lifetime\":1,\"refresh_token_lifetime\":2,"
              "\"grant_lifetime\":1000,\"deny\":{\"status\":451}}",
              true);
    assert_true(idp_bytes_is(grant.scope, "b"));
    assert_int_equal(issue.rules.access_token_lifetime_s, 1);
    assert_int_equal(issue.rules.refresh_token_lifetime_s, 2);
    assert_int_equal(issue.rules.grant_lifetime_s, 100);
    assert_true(idp_bytes_is(idp_json_string(issue.denial, "error"), "access_denied"));
    issue = taken(host, &grant, "{\"scope\":\"\"}", true);
    assert_int_equal(grant.scope.size, 0);
    assert_null(issue.denial);
}

static void what_widens_is_refused(void **state)
{
    static const char *const answers[] = {
        "{\"scope\":\"a b c\"}",
        "{\"scope\":\"a a\"}",
        "{\"scope\":null}",
        "{\"access_token_lifetime\":-1}",
        "{\"access_token_lifetime\":1.5}",
        "{\"access_token_lifetime\":99999999999999999999}",
        "{\"grant_lifetime\":null}",
        "{\"access_token_claims\":{\"iss\":\"x\"}}",
        "{\"id_token_claims\":{\"at_hash\":\"x\"}}",
        "{\"introspection_claims\":{\"token_type\":\"x\"}}",
        "{\"deny\":{\"error\":\"\"}}",
        "{\"deny\":{\"error\":\"a\\\"b\"}}",
        "{\"deny\":{\"error_description\":\"\xc3\xa9\"}}",
        "{\"deny\":{\"status\":500}}",
        "{\"deny\":null}",
        "{\"\":1}",
        "true",
    };
    struct host *host = *state;
    for (size_t i = 0; i < IDP_COUNT(answers); i++) {
        struct idp_grant grant = {.scope = idp_bytes_of("a b")};
        (void)taken(host, &grant, answers[i], false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_hooks_nothing_is_asked_or_undone, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_refusal_undoes_what_was_written, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_hook_that_nothing_names_is_not_asked, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(an_answer_is_json_or_a_failure, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(what_narrows_is_taken, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(what_widens_is_refused, host_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
