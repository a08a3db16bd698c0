/* SPDX-License-Identifier: Apache-2.0 */
/* engine_postgres.c - a small pool of connections, driven by the loop. Only connecting blocks it:
 * without a connection there is nothing to serve. A request lost with its connection is not run
 * again, because nobody knows whether it was committed. */
#include "httpd/httpd.h"

#include <libpq-fe.h>

enum { ATTEMPT_COUNT_MAX = 4, RECONNECT_PAUSE_US = 1000000 };

static struct link {
    PGconn *connection; /* NULL: down */
    struct exchange *exchange;
} links[LINK_COUNT];

static const char *conninfo;

static void refuse(struct exchange *exchange, enum idp_error error)
{
    exchange_refuse(exchange, error);
    exchange_resume(exchange);
}

static void link_down(struct link *link)
{
    warnx("%s", PQerrorMessage(link->connection));
    PQfinish(link->connection);
    if (link->exchange)
        refuse(link->exchange, IDP_TEMPORARILY_UNAVAILABLE);
    *link = (struct link){0};
}

static void link_up(struct link *link)
{
    const char *names[] = {"connect_timeout", "fallback_application_name", "dbname", NULL};
    const char *values[] = {"3", "idplane-httpd", conninfo, NULL};
    link->connection = PQconnectdbParams(names, values, 1);
    PGresult *result = PQprepare(link->connection, "request",
                                 "SELECT idplane.http_request($1, $2, $3, $4)", 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK || PQsetnonblocking(link->connection, 1))
        link_down(link);
    PQclear(result);
}

static void link_send(struct link *link, struct exchange *exchange)
{
    const char *body = exchange->body ? exchange->body : "";
    const char *values[] = {exchange->told, exchange->target, exchange_headers(exchange), body};
    const int sizes[] = {0, 0, 0, (int)exchange->body_size}, formats[] = {0, 0, 0, 1};
    link->exchange = exchange;
    exchange->attempts++;
    if (!PQsendQueryPrepared(link->connection, "request", 4, values, sizes, formats, 0) ||
        PQflush(link->connection) < 0)
        link_down(link);
}

/* Leaves the exchange without an answer where it is to be run again. */
static void result_take(struct exchange *exchange, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        exchange_answer(exchange, PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0));
        return;
    }
    if (state && (!strcmp(state, "40001") || !strcmp(state, "40P01")) &&
        exchange->attempts < ATTEMPT_COUNT_MAX)
        return;
    warnx("%s", PQresultErrorMessage(result));
    exchange_refuse(exchange, IDP_SERVER_ERROR);
}

static void link_read(struct link *link)
{
    bool lost = !PQconsumeInput(link->connection) || PQflush(link->connection) < 0;
    while (!lost && link->exchange && !PQisBusy(link->connection)) {
        struct exchange *exchange = link->exchange;
        PGresult *result = PQgetResult(link->connection);
        if (result) {
            result_take(exchange, result);
            PQclear(result);
            continue;
        }
        link->exchange = NULL;
        if (exchange->answer)
            exchange_resume(exchange);
        else
            link_send(link, exchange);
    }
    if (lost)
        link_down(link);
}

/* A link that is up, and idle where that is asked for; NULL: none. */
static struct link *link_find(bool idle)
{
    for (struct link *link = links; link < links + LINK_COUNT; link++)
        if (link->connection && !(idle && link->exchange))
            return link;
    return NULL;
}

/* Gives what waits to who is idle; where all are down it is refused at once. */
static struct exchange *engine_run(struct exchange *list)
{
    struct link *link;
    while (list && ((link = link_find(true)) || !link_find(false))) {
        struct exchange *exchange = list;
        list = list->next;
        if (link)
            link_send(link, exchange);
        else
            refuse(exchange, IDP_TEMPORARILY_UNAVAILABLE);
    }
    return list;
}

static void engine_watch(struct pollfd polls[LINK_COUNT])
{
    for (size_t i = 0; i < LINK_COUNT; i++) {
        PGconn *connection = links[i].connection;
        polls[i].fd = connection ? PQsocket(connection) : -1;
        polls[i].events = connection && PQflush(connection) > 0 ? POLLIN | POLLOUT : POLLIN;
    }
}

static void engine_progress(const struct pollfd polls[LINK_COUNT])
{
    static uint64_t retry_us;
    for (size_t i = 0; i < LINK_COUNT; i++) {
        if (links[i].connection && polls[i].revents)
            link_read(&links[i]);
        if (links[i].connection || monotonic_us() < retry_us)
            continue;
        link_up(&links[i]);
        retry_us = links[i].connection ? 0 : monotonic_us() + RECONNECT_PAUSE_US;
    }
}

static void engine_open(const struct options *options)
{
    conninfo = options->postgres;
    for (size_t i = 0; i < LINK_COUNT && (i == 0 || links[0].connection); i++)
        link_up(&links[i]);
    if (!links[0].connection)
        errx(1, "cannot serve without the database");
    if (!options->base_url)
        return;
    PGresult *result = PQexecParams(
        links[0].connection, "SELECT idplane.configure(jsonb_build_object('base_url', $1::text))",
        1, NULL, &options->base_url, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        errx(1, "%s", PQresultErrorMessage(result));
    PQclear(result);
}

static void engine_close(void)
{
    for (size_t i = 0; i < LINK_COUNT; i++)
        PQfinish(links[i].connection);
}

const struct engine engine_postgres = {engine_open, engine_run, engine_watch, engine_progress,
                                       engine_close};
