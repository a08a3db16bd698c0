/* SPDX-License-Identifier: Apache-2.0 */
/* test_key_store.c - the tenant's signing keys over a scripted store: who is asked, what is opened.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/jose/key.h"
#include "regress/unit/host.h"

/* As in key_store.c and key_rotation.c. */
enum { NAMED, PUBLISHED, PUBLISHED_NAMED, EXTEND };
enum {
    SIGNING,
    INSERT_ACTIVE,
    INSERT_NEXT,
    RETIRE,
    ACTIVATE,
    COMPROMISE,
    REMOVE,
    FORGET,
    INSERT_STANDBY,
    SETTINGS
};

enum { COLUMN_COUNT = 8, HOUR_S = 3600, DAY_S = 24 * HOUR_S };

static struct idp_key_schedule schedule_read(struct idp_call *call, struct idp_value settings)
{
    (void)call, (void)settings;
    return (struct idp_key_schedule){.lifetime_s = 90 * DAY_S, .publication_s = HOUR_S};
}

static const struct idp_scheduler scheduler = {schedule_read};

static const struct idp_function writing = {.name = "writing", .effect = IDP_WRITES};

/* A stored key: its row, and the text a verifier would have. */
struct stored {
    struct idp_value row[COLUMN_COUNT];
    struct idp_bytes kid, public_text;
};

/* A call of the store on its way through host_try(). */
struct request {
    struct idp_bytes kid, text;
    const char *algorithm;
    const struct idp_json *jwks;
    int64_t expiry_s; /* 0: none */
};

static int store_setup(void **state)
{
    int status = host_setup(state);

    ((struct host *)*state)->call.function = &writing;
    return status;
}

static struct idp_bytes context_of(struct idp_call *call, const char *tenant, struct idp_bytes kid)
{
    struct idp_bytes parts[] = {idp_bytes_of(tenant), kid};

    return idp_digest(call, "idplane signing key", parts, 2);
}

static struct stored store_key(struct host *host, const char *name, const char *tenant)
{
    struct idp_call *call = &host->call;
    struct idp_bytes none = {NULL, 0};
    const struct idp_algorithm *algorithm = idp_algorithm_find(idp_bytes_of(name));
    struct idp_json *jwk = idp_jwk_generate(call, algorithm, none);
    if (algorithm->type == IDP_KEY_RSA)
        jwk = idp_json_with(call, jwk, "alg", NULL);
    struct stored out = {.kid = idp_json_string(jwk, "kid"),
                         .public_text = idp_json_text(call, idp_jwk_public(call, jwk))};
    struct idp_bytes sealed =
        idp_seal(call, idp_json_text(call, jwk), context_of(call, tenant, out.kid));

    struct idp_value row[] = {idp_value_text(out.kid),
                              idp_value_blob(sealed),
                              idp_value_text(idp_bytes_of(name)),
                              idp_value_time(host->now_us),
                              idp_null(),
                              idp_value_time(IDP_TIME_MAX_US),
                              idp_value_text(idp_bytes_of("active")),
                              idp_null()};
    memcpy(out.row, row, sizeof row);
    return out;
}

static void sign_body(struct idp_call *call, void *data)
{
    struct request *request = data;
    struct idp_json *claims = idp_json_new(call, IDP_JSON_OBJECT);

    if (request->expiry_s != 0)
        idp_json_add_integer(call, claims, "exp", request->expiry_s);
    request->text = idp_key_store_sign(call, &scheduler, claims, request->kid, NULL);
}

static void sign_as_body(struct idp_call *call, void *data)
{
    struct request *request = data;

    request->text =
        idp_key_store_sign_as(call, &scheduler, idp_json_new(call, IDP_JSON_OBJECT),
                              idp_algorithm_find(idp_bytes_of(request->algorithm)), NULL);
}

static void create_body(struct idp_call *call, void *data)
{
    struct request *request = data;

    request->text = idp_key_store_create(call, &scheduler,
                                         idp_algorithm_find(idp_bytes_of(request->algorithm)));
}

static void jwks_body(struct idp_call *call, void *data)
{
    ((struct request *)data)->jwks = idp_key_store_jwks(call);
}

static void assert_statements(struct host *host, const struct idp_statement *table,
                              const int *expected, size_t count)
{
    assert_int_equal(host->statement_count, count);
    for (size_t i = 0; i < count; i++)
        assert_ptr_equal(host->statements[i], &table[expected[i]]);
}

static bool verifies(struct host *host, const struct stored *key, struct idp_bytes token)
{
    const struct idp_json *verdict = idp_jwt_verify(&host->call, token, key->public_text, NULL);

    return idp_json_is(idp_json_member(verdict, "valid"), IDP_JSON_TRUE);
}

static void the_active_key_signs_with_one_statement(void **state)
{
    static const char *const names[] = {"ES256", "RS256", "EdDSA"};
    struct host *host = *state;

    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        struct stored key = store_key(host, names[i], "default");
        struct request request = {.kid = {NULL, 0}};

        host_answer(host, key.row, 1, 0);
        host_answer(host, key.row, 1, 0);
        assert_true(host_try(host, sign_body, &request));
        assert_true(verifies(host, &key, request.text));
        assert_true(host_try(host, sign_body, &request));
        assert_true(verifies(host, &key, request.text));
        assert_int_equal(host->statement_count, 2 * (i + 1));
    }
    assert_int_equal(host->begin_count, 0);
}

static void a_tenant_without_a_key_makes_one(void **state)
{
    static const int expected[] = {SIGNING, SETTINGS, INSERT_ACTIVE, SIGNING};
    struct host *host = *state;
    struct stored key = store_key(host, "ES256", "default");
    struct request request = {.kid = {NULL, 0}};

    host_answer(host, NULL, 0, 0);
    host_answer(host, NULL, 0, 0);
    host_answer(host, NULL, 0, 1);
    host_answer(host, key.row, 1, 0);
    assert_true(host_try(host, sign_body, &request));
    assert_statements(host, idp_key_rotation_statements, expected, IDP_COUNT(expected));
    assert_int_equal(host->begin_count, 0);
}

static void who_loses_the_race_signs_with_the_winners_key(void **state)
{
    struct host *host = *state;
    struct stored winner = store_key(host, "ES256", "default");
    struct request request = {.kid = {NULL, 0}};

    for (int i = 0; i < 3; i++) /* no key, no settings, and nothing inserted */
        host_answer(host, NULL, 0, 0);
    host_answer(host, winner.row, 1, 0);
    assert_true(host_try(host, sign_body, &request));
    assert_true(verifies(host, &winner, request.text));
}

static void a_named_key_is_asked_by_name(void **state)
{
    static const int expected[] = {NAMED, NAMED};
    struct host *host = *state;
    struct stored key = store_key(host, "ES256", "default");
    struct request request = {.kid = key.kid};

    host_answer(host, key.row, 1, 0);
    assert_true(host_try(host, sign_body, &request));
    assert_true(verifies(host, &key, request.text));
    assert_false(host_try(host, sign_body, &request));
    assert_int_equal(host->error, IDP_NO_SUCH_KEY);
    assert_statements(host, idp_key_store_statements, expected, 2);
    assert_int_equal(host->begin_count, 0);
}

static void a_row_moved_to_another_tenant_or_kid_does_not_open(void **state)
{
    struct host *host = *state;
    struct stored own = store_key(host, "ES256", "default");
    struct stored foreign = store_key(host, "ES256", "other");
    struct request request = {.kid = {NULL, 0}};
    struct stored renamed = own;
    renamed.row[0] = idp_value_text(idp_bytes_of("kid"));

    host_answer(host, own.row, 1, 0);
    assert_true(host_try(host, sign_body, &request));
    host_answer(host, renamed.row, 1, 0);
    assert_false(host_try(host, sign_body, &request));
    assert_int_equal(host->error, IDP_SEAL_BROKEN);
    host->error = IDP_OK;
    host_answer(host, foreign.row, 1, 0);
    assert_false(host_try(host, sign_body, &request));
    assert_int_equal(host->error, IDP_SEAL_BROKEN);
}

static void the_cache_gives_nothing_to_who_lacks_the_master_key(void **state)
{
    struct host *host = *state;
    struct stored key = store_key(host, "ES256", "default");
    struct request request = {.kid = {NULL, 0}};

    host_answer(host, key.row, 1, 0);
    assert_true(host_try(host, sign_body, &request));
    host->ephemeral_key[31] ^= 1;
    host_answer(host, key.row, 1, 0);
    assert_false(host_try(host, sign_body, &request));
    assert_int_equal(host->error, IDP_SEAL_BROKEN);
}

static void assert_signed_by(struct host *host, const struct stored *key, struct request *request)
{
    assert_true(verifies(host, key, request->text));
    const struct idp_json *header =
        idp_json_member(idp_jwt_decode(&host->call, request->text), "header");
    assert_true(idp_bytes_is(idp_json_string(header, "alg"), request->algorithm));
}

static void an_rsa_key_signs_by_each_of_its_algorithms(void **state)
{
    static const char *const names[] = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"};
    struct host *host = *state;
    struct stored key = store_key(host, "RS256", "default");

    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        struct request request = {.algorithm = names[i]};

        host_answer(host, key.row, 1, 0);
        assert_true(host_try(host, sign_as_body, &request));
        assert_signed_by(host, &key, &request);
        assert_int_equal(host->statement_count, i + 1);
    }
}

static void another_algorithm_gets_a_key_on_standby(void **state)
{
    static const int expected[] = {SIGNING, SIGNING, INSERT_STANDBY, SIGNING, SIGNING};
    struct host *host = *state;
    struct stored active = store_key(host, "ES256", "default");
    struct stored standby = store_key(host, "PS256", "default");
    struct idp_value rows[2 * COLUMN_COUNT];
    struct request request = {.algorithm = "PS512"};

    standby.row[4] = idp_value_time(host->now_us);
    standby.row[6] = idp_value_text(idp_bytes_of("standby"));
    memcpy(rows, standby.row, sizeof standby.row);
    memcpy(rows + COLUMN_COUNT, active.row, sizeof active.row);
    host_answer(host, active.row, 1, 0);
    host_answer(host, active.row, 1, 0);
    host_answer(host, NULL, 0, 1);
    host_answer(host, rows, 2, 0);
    host_answer(host, rows, 2, 0);
    assert_true(host_try(host, sign_as_body, &request));
    assert_signed_by(host, &standby, &request);
    assert_statements(host, idp_key_rotation_statements, expected, IDP_COUNT(expected));
}

static void a_new_key_retires_the_active_one(void **state)
{
    static const int expected[] = {SIGNING, RETIRE, INSERT_ACTIVE, SIGNING, RETIRE, INSERT_ACTIVE};
    struct host *host = *state;
    struct stored key = store_key(host, "ES256", "default");
    struct stored other = store_key(host, "ES256", "default");
    struct request request = {.algorithm = "EdDSA"};

    host_answer(host, key.row, 1, 0);
    host_answer(host, NULL, 0, 1);
    host_answer(host, NULL, 0, 0); /* somebody activated another one in between */
    host_answer(host, other.row, 1, 0);
    host_answer(host, NULL, 0, 1);
    host_answer(host, NULL, 0, 1);
    assert_true(host_try(host, create_body, &request));
    assert_int_equal(request.text.size, 43);
    assert_statements(host, idp_key_rotation_statements, expected, IDP_COUNT(expected));
    assert_int_equal(host->begin_count, 1);
}

static void an_old_key_gets_a_successor_that_is_published_first(void **state)
{
    static const int expected[] = {SIGNING, INSERT_NEXT, SIGNING};
    struct host *host = *state;
    struct stored old = store_key(host, "ES384", "default"), next = old;
    struct idp_value rows[2 * COLUMN_COUNT];
    struct request request = {.kid = {NULL, 0}};

    old.row[3] = idp_value_time(host->now_us - (90 * DAY_S - HOUR_S) * INT64_C(1000000));
    next.row[0] = idp_value_text(idp_bytes_of("next"));
    next.row[4] = idp_value_time(host->now_us + HOUR_S * INT64_C(1000000));
    next.row[6] = idp_value_text(idp_bytes_of("next"));
    memcpy(rows, next.row, sizeof next.row);
    memcpy(rows + COLUMN_COUNT, old.row, sizeof old.row);
    host_answer(host, old.row, 1, 0);
    host_answer(host, NULL, 0, 1);
    host_answer(host, rows, 2, 0);
    assert_true(host_try(host, sign_body, &request));
    assert_true(verifies(host, &old, request.text));
    assert_statements(host, idp_key_rotation_statements, expected, IDP_COUNT(expected));
}

static void a_next_key_takes_over_when_it_is_due(void **state)
{
    static const int expected[] = {SIGNING, RETIRE, ACTIVATE, SIGNING};
    struct host *host = *state;
    struct stored old = store_key(host, "ES256", "default");
    struct stored next = store_key(host, "ES256", "default"), active = next;
    struct idp_value rows[2 * COLUMN_COUNT];
    struct request request = {.kid = {NULL, 0}};

    next.row[4] = idp_value_time(host->now_us);
    next.row[6] = idp_value_text(idp_bytes_of("next"));
    memcpy(rows, old.row, sizeof old.row);
    memcpy(rows + COLUMN_COUNT, next.row, sizeof next.row);
    host_answer(host, rows, 2, 0);
    host_answer(host, NULL, 0, 1);
    host_answer(host, NULL, 0, 1);
    host_answer(host, active.row, 1, 0);
    assert_true(host_try(host, sign_body, &request));
    assert_true(verifies(host, &active, request.text));
    assert_statements(host, idp_key_rotation_statements, expected, IDP_COUNT(expected));
}

static void a_row_is_written_only_for_a_token_that_outlives_it(void **state)
{
    struct host *host = *state;
    struct stored key = store_key(host, "ES256", "default");
    int64_t now_s = host->now_us / 1000000;
    struct request request = {.expiry_s = now_s + HOUR_S};

    key.row[5] = idp_value_time((now_s + HOUR_S) * INT64_C(1000000));
    host_answer(host, key.row, 1, 0);
    assert_true(host_try(host, sign_body, &request));
    assert_int_equal(host->statement_count, 1);
    request.expiry_s++;
    host_answer(host, key.row, 1, 0);
    host_answer(host, NULL, 0, 1);
    assert_true(host_try(host, sign_body, &request));
    assert_ptr_equal(host->statements[2], &idp_key_store_statements[EXTEND]);
    request.expiry_s = now_s; /* dead already */
    host_answer(host, key.row, 1, 0);
    assert_true(host_try(host, sign_body, &request));
    assert_int_equal(host->statement_count, 4);
}

static void creating_ends_busy_rather_than_never(void **state)
{
    struct host *host = *state;
    struct request request = {.algorithm = "ES256"};

    assert_false(host_try(host, create_body, &request));
    assert_int_equal(host->error, IDP_BUSY);
}

static void a_stored_key_is_asymmetric(void **state)
{
    struct host *host = *state;
    struct request request = {.algorithm = "HS256"};

    assert_false(host_try(host, create_body, &request));
    assert_int_equal(host->error, IDP_UNSUPPORTED_ALGORITHM);
    assert_int_equal(host->statement_count, 0);
}

static void the_key_set_keeps_the_order_of_the_rows(void **state)
{
    struct host *host = *state;
    struct idp_value rows[] = {idp_value_json_text(idp_bytes_of("{\"kid\":\"b\"}")),
                               idp_value_json_text(idp_bytes_of("{\"kid\":\"a\"}"))};
    struct request request = {.algorithm = NULL};

    host_answer(host, rows, 2, 0);
    assert_true(host_try(host, jwks_body, &request));
    assert_true(host_text_is(idp_json_text(&host->call, request.jwks),
                             "{\"keys\":[{\"kid\":\"b\"},{\"kid\":\"a\"}]}"));
    assert_true(host_try(host, jwks_body, &request));
    assert_true(host_text_is(idp_json_text(&host->call, request.jwks), "{\"keys\":[]}"));
}

static void a_broken_row_raises(void **state)
{
    struct host *host = *state;
    struct idp_value row = idp_value_json_text(idp_bytes_of("{"));
    struct stored broken = store_key(host, "ES256", "default");
    struct request request = {.kid = {NULL, 0}};

    host_answer(host, &row, 1, 0);
    assert_false(host_try(host, jwks_body, &request));
    assert_int_equal(host->error, IDP_STORE);
    host->error = IDP_OK;
    broken.row[1] = idp_value_blob(idp_bytes_of("x"));
    host_answer(host, broken.row, 1, 0);
    assert_false(host_try(host, sign_body, &request));
    assert_int_equal(host->error, IDP_SEAL_BROKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_active_key_signs_with_one_statement, store_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_tenant_without_a_key_makes_one, store_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(who_loses_the_race_signs_with_the_winners_key, store_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_named_key_is_asked_by_name, store_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_row_moved_to_another_tenant_or_kid_does_not_open,
                                        store_setup, host_teardown),
        cmocka_unit_test_setup_teardown(the_cache_gives_nothing_to_who_lacks_the_master_key,
                                        store_setup, host_teardown),
        cmocka_unit_test_setup_teardown(an_rsa_key_signs_by_each_of_its_algorithms, store_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(another_algorithm_gets_a_key_on_standby, store_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_new_key_retires_the_active_one, store_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(an_old_key_gets_a_successor_that_is_published_first,
                                        store_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_next_key_takes_over_when_it_is_due, store_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_row_is_written_only_for_a_token_that_outlives_it,
                                        store_setup, host_teardown),
        cmocka_unit_test_setup_teardown(creating_ends_busy_rather_than_never, store_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_stored_key_is_asymmetric, store_setup, host_teardown),
        cmocka_unit_test_setup_teardown(the_key_set_keeps_the_order_of_the_rows, store_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_broken_row_raises, store_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
