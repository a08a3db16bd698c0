/* SPDX-License-Identifier: Apache-2.0 */
/* engine_postgres.c - a small pool of connections, driven by the loop without blocking it.
 * A request lost with its connection is not run again: nobody knows whether it was committed. */
#include "httpd/httpd.h"

#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

enum { POOL_SIZE = 8, ATTEMPT_COUNT_MAX = 4, RECONNECT_PAUSE_US = 1000000 };

static const char request_sql[] = "SELECT idplane.http_request($1, $2, $3, $4)";

enum link_state { LINK_DOWN, LINK_CONNECTING, LINK_PREPARING, LINK_IDLE, LINK_BUSY };

struct link {
    PGconn *connection;
    enum link_state state;
    PostgresPollingStatusType wanted; /* while connecting */
    uint64_t retry_us;
    struct exchange *exchange;
    enum idp_error failure; /* of the statement under way */
    bool again;             /* it may simply be run again */
};

static struct {
    const char *conninfo;
    struct link links[POOL_SIZE];
    struct exchange *queue, **queue_end;
} engine;

static void exchange_fail(struct exchange *exchange, enum idp_error error)
{
    exchange_refuse(exchange, error);
    exchange_resume(exchange);
}

static void link_down(struct link *link)
{
    struct exchange *exchange = link->exchange;
    complain("%s", link->connection ? PQerrorMessage(link->connection) : "out of memory");
    PQfinish(link->connection);
    *link = (struct link){.retry_us = monotonic_us() + RECONNECT_PAUSE_US};
    if (exchange)
        exchange_fail(exchange, IDP_TEMPORARILY_UNAVAILABLE);
}

static void link_connect(struct link *link)
{
    link->connection = PQconnectStart(engine.conninfo);
    link->wanted = PGRES_POLLING_WRITING;
    link->state = LINK_CONNECTING;
    if (!link->connection || PQstatus(link->connection) == CONNECTION_BAD)
        link_down(link);
}

static void link_connect_continue(struct link *link)
{
    link->wanted = PQconnectPoll(link->connection);
    if (link->wanted == PGRES_POLLING_FAILED) {
        link_down(link);
        return;
    }
    if (link->wanted != PGRES_POLLING_OK)
        return;
    link->state = LINK_PREPARING;
    PQsetnonblocking(link->connection, 1);
    if (!PQsendPrepare(link->connection, "request", request_sql, 0, NULL))
        link_down(link);
}

static void link_send(struct link *link, struct exchange *exchange)
{
    const char *headers = exchange_headers(exchange);
    if (!headers) {
        exchange_fail(exchange, IDP_CONTENT_TOO_LARGE);
        return;
    }
    const char *values[] = {exchange_method(exchange), exchange->target, headers,
                            exchange->body ? exchange->body : ""};
    const int sizes[] = {0, 0, 0, (int)exchange->body_size}, formats[] = {0, 0, 0, 1};
    link->exchange = exchange;
    link->state = LINK_BUSY;
    link->failure = IDP_OK;
    link->again = false;
    exchange->attempts++;
    if (!PQsendQueryPrepared(link->connection, "request", 4, values, sizes, formats, 0) ||
        PQflush(link->connection) < 0)
        link_down(link);
}

static void result_take(struct link *link, PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    struct exchange *exchange = link->exchange;
    if (PQresultStatus(result) == PGRES_COMMAND_OK)
        return;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && exchange && !PQgetisnull(result, 0, 0)) {
        exchange_answer(exchange, PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0));
        return;
    }
    link->failure = IDP_SERVER_ERROR;
    link->again = state && (!strcmp(state, "40001") || !strcmp(state, "40P01"));
    if (!link->again || !exchange || exchange->attempts == ATTEMPT_COUNT_MAX)
        complain("%s", PQresultErrorMessage(result));
}

/* The statement under way has ended. */
static void link_finish(struct link *link)
{
    struct exchange *exchange = link->exchange;
    if (link->state == LINK_PREPARING && link->failure) {
        link_down(link);
        return;
    }
    link->state = LINK_IDLE;
    link->exchange = NULL;
    if (!exchange)
        return;
    if (link->again && exchange->attempts < ATTEMPT_COUNT_MAX) {
        link_send(link, exchange);
        return;
    }
    if (link->failure)
        exchange_refuse(exchange, link->again ? IDP_TEMPORARILY_UNAVAILABLE : link->failure);
    exchange_resume(exchange);
}

static void link_read(struct link *link)
{
    PGresult *result;
    if (!PQconsumeInput(link->connection) || PQflush(link->connection) < 0) {
        link_down(link);
        return;
    }
    while (!PQisBusy(link->connection)) {
        result = PQgetResult(link->connection);
        if (!result)
            break;
        result_take(link, result);
        PQclear(result);
    }
    if (link->state != LINK_IDLE && !PQisBusy(link->connection))
        link_finish(link);
}

static void link_progress(struct link *link, short events)
{
    if (link->state == LINK_DOWN && monotonic_us() >= link->retry_us)
        link_connect(link);
    else if (link->state == LINK_CONNECTING && events)
        link_connect_continue(link);
    else if (link->state > LINK_CONNECTING && events)
        link_read(link);
}

/* Gives what waits to who is idle; where nobody will ever be, it is refused at once. */
static void queue_run(void)
{
    bool hope = false;
    for (size_t i = 0; i < POOL_SIZE; i++) {
        struct link *link = &engine.links[i];
        while (engine.queue && link->state == LINK_IDLE) {
            struct exchange *exchange = engine.queue;
            engine.queue = exchange->next;
            exchange->next = NULL;
            link_send(link, exchange);
        }
        hope = hope || link->state != LINK_DOWN;
    }
    while (engine.queue && !hope) {
        struct exchange *exchange = engine.queue;
        engine.queue = exchange->next;
        exchange_fail(exchange, IDP_TEMPORARILY_UNAVAILABLE);
    }
    if (!engine.queue)
        engine.queue_end = &engine.queue;
}

static void engine_run(struct exchange *list)
{
    *engine.queue_end = list;
    while (*engine.queue_end)
        engine.queue_end = &(*engine.queue_end)->next;
    queue_run();
}

static size_t engine_watch(struct pollfd *polls)
{
    for (size_t i = 0; i < POOL_SIZE; i++) {
        struct link *link = &engine.links[i];
        bool writing = link->state == LINK_CONNECTING
                           ? link->wanted == PGRES_POLLING_WRITING
                           : link->state != LINK_DOWN && PQflush(link->connection) > 0;
        polls[i].fd = link->state == LINK_DOWN ? -1 : PQsocket(link->connection);
        polls[i].events = writing ? POLLOUT : POLLIN;
        polls[i].revents = 0;
    }
    return POOL_SIZE;
}

static void engine_progress(const struct pollfd *polls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        link_progress(&engine.links[i], polls[i].revents);
    queue_run();
}

static void result_check(PGconn *connection, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        die("%s", PQerrorMessage(connection));
    PQclear(result);
}

/* Tries everything once on a connection of its own, so that a mistake is told before we serve. */
static void engine_open(const struct options *options)
{
    PGconn *connection = PQconnectdb(options->postgres);
    if (PQstatus(connection) != CONNECTION_OK)
        die("%s", PQerrorMessage(connection));
    result_check(connection, PQprepare(connection, "request", request_sql, 0, NULL));
    if (options->base_url) {
        char *settings = base_url_settings(options->base_url);
        const char *values[] = {settings};
        result_check(connection, PQexecParams(connection, "SELECT idplane.configure($1)", 1, NULL,
                                              values, NULL, NULL, 0));
        free(settings);
    }
    PQfinish(connection);
    engine.conninfo = options->postgres;
    engine.queue_end = &engine.queue;
}

static void engine_close(void)
{
    for (size_t i = 0; i < POOL_SIZE; i++)
        PQfinish(engine.links[i].connection);
}

const struct engine engine_postgres = {.open = engine_open,
                                       .run = engine_run,
                                       .watch = engine_watch,
                                       .progress = engine_progress,
                                       .close = engine_close};
