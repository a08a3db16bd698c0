/* SPDX-License-Identifier: Apache-2.0 */
/* test_hub_allocation.c - ten thousand devices go to hubs as these have weights, and stay where
 * they are when another hub comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/provisioning/session.h"
#include "regress/unit/host.h"

enum { DEVICE_COUNT = 10000, HUB_COUNT = 4, PERCENT = 100, PERCENT_OFF_MAX = 5 };

static const struct idp_json *json(struct host *host, const char *text)
{
    const char *why;
    return idp_json_read(&host->call, idp_bytes_of(text), &why);
}

static struct idp_bytes device(struct host *host, int number)
{
    struct idp_text name = {.call = &host->call};
    idp_text_add_c(&name, "sensor-");
    idp_text_add_integer(&name, number);
    return idp_text_bytes(&name);
}

static void hubs_have_their_weights(void **state)
{
    struct host *host = *state;
    const struct idp_json *hubs = json(host, "[\"0\",\"1\",\"2\",\"3\"]");
    const struct idp_json *weights = json(host, "{\"0\":2,\"2\":3,\"3\":4}");
    static const int weight[HUB_COUNT] = {2, 1, 3, 4};
    int count[HUB_COUNT] = {0};
    for (int i = 0; i < DEVICE_COUNT; i++) {
        struct idp_bytes hub = idp_hub_by_weight(&host->call, hubs, weights, device(host, i));
        assert_int_equal(hub.size, 1);
        count[hub.data[0] - '0']++;
    }
    for (int i = 0; i < HUB_COUNT; i++) {
        int due = DEVICE_COUNT * weight[i] / (2 + 1 + 3 + 4);
        assert_in_range(count[i] * PERCENT, due * (PERCENT - PERCENT_OFF_MAX),
                        due * (PERCENT + PERCENT_OFF_MAX));
    }
}

static void devices_stay_where_they_are(void **state)
{
    struct host *host = *state;
    const struct idp_json *few = json(host, "[\"0\",\"1\",\"2\"]");
    const struct idp_json *more = json(host, "[\"3\",\"2\",\"0\",\"1\"]");
    for (int i = 0; i < DEVICE_COUNT; i++) {
        struct idp_bytes before = idp_hub_by_weight(&host->call, few, NULL, device(host, i));
        struct idp_bytes now = idp_hub_by_weight(&host->call, more, NULL, device(host, i));
        assert_true(idp_bytes_is(now, "3") || idp_bytes_equal(now, before));
    }
}

static void without_weight_there_is_none(void **state)
{
    struct host *host = *state;
    const struct idp_json *hubs = json(host, "[\"0\",\"1\"]");
    const struct idp_json *weights = json(host, "{\"0\":0,\"1\":0}");
    assert_null(idp_hub_by_weight(&host->call, hubs, weights, device(host, 0)).data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hubs_have_their_weights, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(devices_stay_where_they_are, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(without_weight_there_is_none, host_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
