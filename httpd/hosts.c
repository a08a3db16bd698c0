/* SPDX-License-Identifier: Apache-2.0 */
/* hosts.c - who waits for a fetcher, by the host that is to be fetched from. One host has few at a
 * time, and they take turns: providers that hang, or that many come to, delay their own users. */
#include "httpd/fetch.h"

/* The last fetchers are for hosts that nothing is fetched from yet. */
enum { UNDER_WAY_MAX = 8, SPARE_COUNT = 12, WAITING_MAX = 256 };

struct host {
    TAILQ_ENTRY(host) next;
    struct queue waiting;
    unsigned waiting_count, under_way_count;
    char name[]; /* what stands before the path of its URLs */
};

static TAILQ_HEAD(, host) hosts = TAILQ_HEAD_INITIALIZER(hosts); /* whose turn it was comes last */
static unsigned waiting_count, under_way_count;                  /* in all */

static struct host *host_find(const char *url)
{
    struct host *host;
    const char *authority = strstr(url, "://");
    size_t size = authority ? (size_t)(authority - url) + 3 : 0;
    size += strcspn(url + size, "/?#");
    for (host = TAILQ_FIRST(&hosts); host; host = TAILQ_NEXT(host, next))
        if (strncasecmp(host->name, url, size) == 0 && host->name[size] == '\0')
            return host;
    host = obtained(calloc(1, sizeof *host + size + 1));
    memcpy(host->name, url, size);
    STAILQ_INIT(&host->waiting);
    TAILQ_INSERT_TAIL(&hosts, host, next);
    return host;
}

static void host_release(struct host *host)
{
    if (host->waiting_count + host->under_way_count > 0)
        return;
    TAILQ_REMOVE(&hosts, host, next);
    free(host);
}

/* It waits no longer, whatever comes next. */
static void host_remove(struct host *host, struct exchange *exchange)
{
    STAILQ_REMOVE(&host->waiting, exchange, exchange, next);
    host->waiting_count--;
    waiting_count--;
}

static void host_refuse(struct host *host, struct exchange *exchange)
{
    host_remove(host, exchange);
    exchange_refuse(exchange, IDP_TEMPORARILY_UNAVAILABLE);
}

static struct host *host_longest(void)
{
    struct host *host, *longest = TAILQ_FIRST(&hosts);
    for (host = TAILQ_FIRST(&hosts); host; host = TAILQ_NEXT(host, next))
        if (host->waiting_count > longest->waiting_count)
            longest = host;
    return longest;
}

static struct exchange *host_last(const struct host *host)
{
    struct exchange *exchange = STAILQ_FIRST(&host->waiting);
    while (STAILQ_NEXT(exchange, next))
        exchange = STAILQ_NEXT(exchange, next);
    return exchange;
}

void hosts_add(struct exchange *exchange, const char *url)
{
    struct host *host = host_find(url), *longest = host_longest();
    if (waiting_count >= WAITING_MAX && longest->waiting_count <= host->waiting_count) {
        exchange_refuse(exchange, IDP_TEMPORARILY_UNAVAILABLE);
        return;
    }
    if (waiting_count >= WAITING_MAX)
        host_refuse(longest, host_last(longest));
    exchange->host = host;
    exchange_wait(exchange, &host->waiting);
    host->waiting_count++;
    waiting_count++;
}

/* The one with the fewest under way, and of these the one whose turn was longest ago. */
static struct host *host_choose(void)
{
    struct host *host, *best = NULL;
    unsigned fewest = under_way_count < FETCHER_COUNT - SPARE_COUNT ? UNDER_WAY_MAX : 1;
    for (host = TAILQ_FIRST(&hosts); host; host = TAILQ_NEXT(host, next))
        if (host->waiting_count > 0 && host->under_way_count < fewest) {
            fewest = host->under_way_count;
            best = host;
        }
    return best;
}

struct exchange *hosts_next(void)
{
    struct host *host;
    while ((host = host_choose())) {
        struct exchange *exchange = STAILQ_FIRST(&host->waiting);
        TAILQ_REMOVE(&hosts, host, next);
        TAILQ_INSERT_TAIL(&hosts, host, next);
        if (!exchange_in_vain(exchange)) {
            host_remove(host, exchange);
            host->under_way_count++;
            under_way_count++;
            return exchange;
        }
        host_refuse(host, exchange);
        host_release(host);
    }
    return NULL;
}

void host_done(struct host *host)
{
    host->under_way_count--;
    under_way_count--;
    host_release(host);
}

void hosts_sweep(void)
{
    struct host *host = TAILQ_FIRST(&hosts), *next_host;
    for (; host; host = next_host) {
        struct exchange *exchange = STAILQ_FIRST(&host->waiting), *next;
        next_host = TAILQ_NEXT(host, next);
        for (; exchange; exchange = next) {
            next = STAILQ_NEXT(exchange, next);
            if (exchange_in_vain(exchange))
                host_refuse(host, exchange);
        }
        host_release(host);
    }
}
