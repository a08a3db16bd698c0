/* SPDX-License-Identifier: Apache-2.0 */
/* engine_postgres.c - a small pool of connections, driven by the loop. Only connecting blocks it:
 * without a connection there is nothing to serve. A request lost with its connection is not run
 * again, because nobody knows whether it was committed. */
#include "httpd/httpd.h"

#include <libpq-fe.h>

/* Of transactions that get in each other's way one succeeds, so that many attempts are few. */
enum { ATTEMPT_COUNT_MAX = 64, RECONNECT_PAUSE_US = 1000000, TEXTOID = 25 };

/* Complete requests that no link has taken yet. */
static struct queue waiting = STAILQ_HEAD_INITIALIZER(waiting);

static struct link {
    PGconn *connection; /* NULL: down */
    struct exchange *exchange;
    PGresult *result; /* what it came to so far: its commit follows its row, and may fail */
} links[LINK_COUNT];
static uint64_t reconnect_us;

static void link_down(struct link *link)
{
    struct exchange *exchange = link->exchange;
    warnx("%s", PQerrorMessage(link->connection));
    PQclear(link->result);
    PQfinish(link->connection);
    *link = (struct link){0};
    if (exchange)
        exchange_refuse(exchange, IDP_TEMPORARILY_UNAVAILABLE);
}

/* Of what was decided while nobody listened nobody was told. */
static void link_listen(const struct link *link)
{
    PQclear(PQexec(link->connection, "LISTEN " IDP_CHANNEL));
    holding_wake(NULL);
}

static void notifications_read(const struct link *link)
{
    PGnotify *notification;
    while ((notification = PQnotifies(link->connection))) {
        holding_wake(notification->extra);
        PQfreemem(notification);
    }
}

static void link_up(struct link *link)
{
    link->connection = PQconnectdb(option[POSTGRES]);
    PGresult *result = PQprepare(link->connection, "request",
                                 "SELECT idplane.http_request($1, $2, $3, $4, $5)", 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK || PQsetnonblocking(link->connection, 1)) {
        link_down(link);
        reconnect_us = monotonic_us() + RECONNECT_PAUSE_US;
    }
    PQclear(result);
    if (link == &links[0] && link->connection)
        link_listen(link);
}

static void link_send(struct link *link, struct exchange *exchange)
{
    const char *body = exchange->body ? exchange->body : "";
    const char *values[] = {exchange->told, exchange->target, exchange_headers(exchange), body,
                            exchange->resume};
    const int sizes[] = {0, 0, 0, (int)exchange->body_size, 0}, formats[] = {0, 0, 0, 1, 0};
    link->exchange = exchange;
    exchange->attempts++;
    if (!PQsendQueryPrepared(link->connection, "request", 5, values, sizes, formats, 0))
        link_down(link);
}

/* The last result counts: an error of the commit comes behind the row. */
static void result_keep(struct link *link, PGresult *result)
{
    PQclear(link->result);
    link->result = result;
}

/* Behind the last result the transaction has ended, one way or the other. */
static void link_done(struct link *link)
{
    struct exchange *exchange = link->exchange;
    PGresult *result = link->result;
    if (PQstatus(link->connection) != CONNECTION_OK) {
        link_down(link);
        return;
    }
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool collided = state && (!strcmp(state, "40001") || !strcmp(state, "40P01"));
    link->exchange = NULL;
    link->result = NULL;
    if (collided && exchange->attempts < ATTEMPT_COUNT_MAX) {
        link_send(link, exchange);
    } else if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        exchange_answer(exchange, PQgetvalue(result, 0, 0));
    } else {
        warnx("%s", PQresultErrorMessage(result));
        exchange_refuse(exchange, collided ? IDP_TEMPORARILY_UNAVAILABLE : IDP_SERVER_ERROR);
    }
    PQclear(result);
}

static void link_read(struct link *link)
{
    bool lost = !PQconsumeInput(link->connection);
    while (!lost && link->exchange && !PQisBusy(link->connection)) {
        PGresult *result = PQgetResult(link->connection);
        if (result)
            result_keep(link, result);
        else
            link_done(link);
    }
    if (!lost && link == &links[0])
        notifications_read(link);
    if (lost)
        link_down(link);
}

/* Reads what came, gives what waits to who is idle, and says what to wait for next. */
static bool engine_turn(void)
{
    struct exchange *exchange;
    bool up = false;
    for (size_t i = 0; i < LINK_COUNT; i++) {
        struct link *link = &links[i];
        if (link->connection && polls[1 + i].revents)
            link_read(link);
        if (!link->connection && monotonic_us() >= reconnect_us)
            link_up(link);
        if (link->connection && !link->exchange && (exchange = STAILQ_FIRST(&waiting))) {
            STAILQ_REMOVE_HEAD(&waiting, next);
            link_send(link, exchange);
        }
        up |= link->connection != NULL;
        polls[1 + i].fd = PQsocket(link->connection);
        polls[1 + i].events = PQflush(link->connection) > 0 ? POLLIN | POLLOUT : POLLIN;
    }
    while (!up && (exchange = STAILQ_FIRST(&waiting))) {
        STAILQ_REMOVE_HEAD(&waiting, next);
        exchange_refuse(exchange, IDP_TEMPORARILY_UNAVAILABLE);
    }
    return false;
}

static void engine_take(struct exchange *exchange)
{
    exchange_wait(exchange, &waiting);
}

/* A role that answers requests need not be let do more, unless it is told to. */
static PGresult *base_url_set(PGconn *connection)
{
    return PQexecParams(connection, "SELECT idplane.configure(jsonb_build_object('base_url', $1))",
                        1, (const Oid[]){TEXTOID}, &option[BASE_URL], NULL, NULL, 0);
}

/* One link shows that the database serves; the others come up in the first turn. */
static void engine_open(void)
{
    setenv("PGAPPNAME", "idplane-httpd", false);
    setenv("PGCONNECT_TIMEOUT", "3", false);
    setenv("PGOPTIONS", "-c lock_timeout=5s -c statement_timeout=15s", false);
    link_up(&links[0]);
    PGresult *result = option[BASE_URL] ? base_url_set(links[0].connection)
                                        : PQexec(links[0].connection, "SELECT 1");
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state && !strcmp(state, "42501"))
        errx(1,
             "--base-url: %sGRANT EXECUTE ON FUNCTION idplane.configure to this role, or have "
             "somebody else set base_url with it, and leave --base-url out",
             PQresultErrorMessage(result));
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        errx(1, "cannot serve without the database: %s", PQresultErrorMessage(result));
    PQclear(result);
}

const struct engine engine_postgres = {engine_open, engine_take, engine_turn, NULL};
