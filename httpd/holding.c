/* SPDX-License-Identifier: Apache-2.0 */
/* holding.c - answers that are kept back: a device would rather wait for the decision of its user
 * than ask again. Whoever decides says whose decision it is; in PostgreSQL the database tells all
 * that listen, in SQLite the request that decided does. What another process wrote into a file of
 * SQLite is seen, but not whose it is. */
#include "httpd/httpd.h"

/* Others need connections, too. Watching is a look into a page that is there. */
enum { HELD_MAX = 256, WATCH_US = 100000, SWEEP_US = 1000000, RECENT_COUNT = 256, NAME_SIZE = 24 };

static struct queue held = STAILQ_HEAD_INITIALIZER(held);
static unsigned held_count;
static bool woken; /* some are due at once */
static bool ending;
static uint64_t watched_us, swept_us;

/* Decisions of late: one may be told before the answer that waits for it has come. */
static struct {
    char name[NAME_SIZE];
    uint64_t at_us;
} recent[RECENT_COUNT];
static unsigned recent_next;
static uint64_t all_woken_us; /* when nobody knew whose decision it was */

static void recent_add(const char *name)
{
    snprintf(recent[recent_next].name, NAME_SIZE, "%s", name);
    recent[recent_next].at_us = monotonic_us();
    recent_next = (recent_next + 1) % RECENT_COUNT;
}

static bool is_recent(const char *name, uint64_t since_us)
{
    if (all_woken_us >= since_us)
        return true;
    for (unsigned i = 0; i < RECENT_COUNT; i++)
        if (recent[i].at_us >= since_us && strcmp(recent[i].name, name) == 0)
            return true;
    return false;
}

void holding_wake(const char *name)
{
    struct exchange *exchange;
    if (name)
        recent_add(name);
    else
        all_woken_us = monotonic_us();
    for (exchange = STAILQ_FIRST(&held); exchange; exchange = STAILQ_NEXT(exchange, next))
        if (!name || strcmp(exchange->wake_on, name) == 0) {
            exchange->due_us = 0;
            woken = true;
        }
}

bool exchange_hold(struct exchange *exchange, const cJSON *document, const char *json)
{
    const char *wake_on = cJSON_GetStringValue(cJSON_GetObjectItem(document, "wake_on"));
    const cJSON *wait_ms = cJSON_GetObjectItem(document, "wait_ms");
    if (!wake_on || !wait_ms || exchange->waited || ending || held_count == HELD_MAX)
        return false;
    bool decided = is_recent(wake_on, exchange->step_us);
    free(exchange->wake_on);
    exchange->wake_on = obtained(strdup(wake_on));
    exchange->pending = obtained(strdup(json));
    exchange->due_us = decided ? 0 : monotonic_us() + (uint64_t)wait_ms->valueint * 1000;
    woken |= decided;
    exchange_wait(exchange, &held);
    held_count++;
    return true;
}

/* What it was told before it waited. */
static void answer_late(struct exchange *exchange)
{
    char *json = exchange->pending;
    exchange->pending = NULL;
    exchange->waited = true;
    exchange_answer(exchange, json);
    free(json);
}

/* Who has left does not redeem the code: its device comes back with it. */
static void go_on(struct exchange *exchange)
{
    if (exchange->due_us > 0 || ending || exchange_in_vain(exchange))
        answer_late(exchange);
    else
        exchange_resume(exchange, NULL);
}

static bool is_over(const struct exchange *exchange, uint64_t now_us, bool sweeps)
{
    return exchange->due_us <= now_us || ending || (sweeps && exchange_in_vain(exchange));
}

void holding_turn(void)
{
    struct exchange *exchange, *next;
    uint64_t now_us = monotonic_us();
    bool sweeps = now_us - swept_us >= SWEEP_US;
    if (held_count == 0)
        return;
    if (engine->changed && now_us - watched_us >= WATCH_US) {
        watched_us = now_us;
        if (engine->changed())
            holding_wake(NULL);
    }
    swept_us = sweeps ? now_us : swept_us;
    woken = false;
    struct queue all = STAILQ_HEAD_INITIALIZER(all);
    STAILQ_CONCAT(&all, &held);
    for (exchange = STAILQ_FIRST(&all); exchange; exchange = next) {
        next = STAILQ_NEXT(exchange, next);
        if (is_over(exchange, now_us, sweeps)) {
            held_count--;
            go_on(exchange);
        } else {
            STAILQ_INSERT_TAIL(&held, exchange, next);
        }
    }
}

uint64_t holding_due_us(void)
{
    const struct exchange *exchange;
    uint64_t due_us = woken ? 0 : UINT64_MAX;
    for (exchange = STAILQ_FIRST(&held); exchange; exchange = STAILQ_NEXT(exchange, next))
        due_us = exchange->due_us < due_us ? exchange->due_us : due_us;
    if (held_count > 0 && engine->changed && watched_us + WATCH_US < due_us)
        due_us = watched_us + WATCH_US;
    return due_us;
}

void holding_end(void)
{
    ending = true;
    holding_turn();
}
