/* SPDX-License-Identifier: Apache-2.0 */
/* engine_postgres.c - a small pool of connections, driven by the loop. Only connecting blocks it:
 * without a connection there is nothing to serve. A request lost with its connection is not run
 * again, because nobody knows whether it was committed.
 *
 * What comes together goes to the first link as one transaction: one wake-up and one commit serve
 * all of it. The others take what would wait for that for too long. Where a transaction fails, each
 * of its requests gets one of its own. */
#include "httpd/httpd.h"

#include <libpq-fe.h>

/* Of transactions that get in each other's way one succeeds, so that many attempts are few. */
enum {
    ATTEMPT_COUNT_MAX = 64,
    ATTEMPT_US_MAX = 5000000,
    RECONNECT_PAUSE_US = 1000000,
    TEXTOID = 25
};

/* A batch is as large as it may be without taking long, and nobody waits long for it to end. */
enum { BATCH_MAX = 16, BATCH_US_MAX = 10000, PATIENCE_US = 2000 };

/* Complete requests that no link has taken yet. */
static struct queue waiting = STAILQ_HEAD_INITIALIZER(waiting);

static struct link {
    PGconn *connection; /* NULL: down */
    struct exchange *exchanges[BATCH_MAX];
    PGresult *results[BATCH_MAX]; /* what they came to; their commit follows, and may fail */
    PGresult *fault;              /* the first; NULL: none */
    size_t count, result_count;
    uint64_t since_us;
} links[LINK_COUNT], *const first_link = &links[0];
static uint64_t reconnect_us;
static size_t batch_max = 1;

/* The link has nothing under way then. */
static struct link link_empty(struct link *link)
{
    struct link before = *link;
    *link = (struct link){.connection = link->connection};
    return before;
}

static void results_clear(struct link *link)
{
    for (size_t i = 0; i < link->result_count; i++)
        PQclear(link->results[i]);
    PQclear(link->fault);
}

static void link_down(struct link *link)
{
    struct link lost = link_empty(link);
    warnx("%s", PQerrorMessage(link->connection));
    PQfinish(link->connection);
    link->connection = NULL;
    results_clear(&lost);
    for (size_t i = 0; i < lost.count; i++)
        exchange_refuse(lost.exchanges[i], IDP_TEMPORARILY_UNAVAILABLE);
}

/* ---- sessions ---- */

static void session_done(PGresult *result, const char *what)
{
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        warnx("%s: %s", what, PQresultErrorMessage(result));
    PQclear(result);
}

/* A timeout that the session has none of; `at_most`: also where it has a longer one. */
static void session_limit(PGconn *connection, const char *name, const char *ms, bool at_most)
{
    const char *values[] = {name, ms, at_most ? "true" : "false"};
    session_done(PQexecParams(connection,
                              "SELECT set_config($1, $2, false) FROM pg_settings WHERE name = $1"
                              " AND (setting = '0' OR $3::boolean AND setting::int > $2::int)",
                              3, (const Oid[]){TEXTOID, TEXTOID, TEXTOID}, values, NULL, NULL, 0),
                 name);
}

/* A row that somebody else has locked holds up nobody but who needs it. Of what was decided while
 * nobody listened nobody was told. */
static void first_link_begin(void)
{
    session_limit(first_link->connection, "lock_timeout", "50", true);
    session_done(PQexec(first_link->connection, "LISTEN " IDP_CHANNEL), "LISTEN " IDP_CHANNEL);
    holding_wake(NULL);
}

static void session_begin(const struct link *link)
{
    session_limit(link->connection, "lock_timeout", "5000", false);
    session_limit(link->connection, "statement_timeout", "15000", false);
    if (link == first_link)
        first_link_begin();
}

static void notifications_read(const struct link *link)
{
    PGnotify *notification;
    while ((notification = PQnotifies(link->connection))) {
        holding_wake(notification->extra);
        PQfreemem(notification);
    }
}

static bool request_prepare(PGconn *connection)
{
    PGresult *result = PQprepare(connection, "request",
                                 "SELECT idplane.http_request($1, $2, $3, $4, $5)", 0, NULL);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (state && !strcmp(state, "3F000"))
        warnx("idplane is not in this database: CREATE EXTENSION idplane");
    PQclear(result);
    return done;
}

static void link_up(struct link *link)
{
    link->connection = PQconnectdb(option[POSTGRES]);
    bool is_up = PQstatus(link->connection) == CONNECTION_OK && request_prepare(link->connection);
    if (is_up)
        session_begin(link);
    if (!is_up || PQsetnonblocking(link->connection, 1) || !PQenterPipelineMode(link->connection)) {
        link_down(link);
        reconnect_us = monotonic_us() + RECONNECT_PAUSE_US;
    }
}

/* ---- to the database ---- */

static bool request_send(struct link *link, struct exchange *exchange)
{
    const char *body = exchange->body ? exchange->body : "";
    const char *values[] = {exchange->told, exchange->target, exchange_headers(exchange), body,
                            exchange->resume};
    const int sizes[] = {0, 0, 0, (int)exchange->body_size, 0}, formats[] = {0, 0, 0, 1, 0};
    link->exchanges[link->count++] = exchange;
    exchange->attempts++;
    return PQsendQueryPrepared(link->connection, "request", 5, values, sizes, formats, 0) == 1;
}

/* Takes what waits, as one transaction: at most `count_max` of it, or one that is to be alone. */
static void link_take(struct link *link, size_t count_max)
{
    struct exchange *exchange;
    bool sent = true, more = true;
    link->since_us = monotonic_us();
    while (sent && more && link->count < count_max && (exchange = STAILQ_FIRST(&waiting))) {
        more = !exchange->alone;
        if (!more && link->count > 0)
            break;
        STAILQ_REMOVE_HEAD(&waiting, next);
        sent = request_send(link, exchange);
    }
    if (!sent || (link->count > 0 && !PQpipelineSync(link->connection)))
        link_down(link);
}

/* ---- and back ---- */

/* Serialization, deadlock, or a lock that did not come in time. */
static bool is_collision(const PGresult *fault)
{
    const char *state = PQresultErrorField(fault, PG_DIAG_SQLSTATE);
    return state && (!strcmp(state, "40001") || !strcmp(state, "40P01") || !strcmp(state, "55P03"));
}

/* It was alone, or is from now on; it did nothing. */
static void exchange_fail(struct exchange *exchange, const PGresult *fault, bool was_alone)
{
    bool collided = is_collision(fault);
    bool may_again = exchange->attempts < ATTEMPT_COUNT_MAX &&
                     monotonic_us() - exchange->step_us < ATTEMPT_US_MAX;
    if (!was_alone || (collided && may_again)) {
        exchange->alone = true;
        STAILQ_INSERT_TAIL(&waiting, exchange, next);
        return;
    }
    warnx("%s", PQresultErrorMessage(fault));
    exchange_refuse(exchange, collided ? IDP_TEMPORARILY_UNAVAILABLE : IDP_SERVER_ERROR);
}

/* Larger batches where they are done in no time, smaller ones where they are not. */
static void batch_learn(const struct link *done)
{
    bool was_slow = monotonic_us() - done->since_us > BATCH_US_MAX;
    batch_max = was_slow ? batch_max / 2 : batch_max * 2;
    batch_max = batch_max == 0 ? 1 : batch_max > BATCH_MAX ? BATCH_MAX : batch_max;
}

/* The transaction has ended, one way or the other. */
static void link_done(struct link *link)
{
    struct link done = link_empty(link);
    bool failed = done.fault || done.result_count != done.count;
    if (link == first_link)
        batch_learn(&done);
    for (size_t i = 0; i < done.count; i++)
        if (failed)
            exchange_fail(done.exchanges[i], done.fault, done.count == 1);
        else
            exchange_answer(done.exchanges[i], PQgetvalue(done.results[i], 0, 0));
    results_clear(&done);
}

static void result_take(struct link *link, PGresult *result)
{
    if (PQresultStatus(result) == PGRES_TUPLES_OK && link->result_count < link->count)
        link->results[link->result_count++] = result;
    else if (!link->fault)
        link->fault = result;
    else
        PQclear(result);
}

static void link_read(struct link *link)
{
    bool lost = !PQconsumeInput(link->connection);
    while (!lost && link->count > 0 && !PQisBusy(link->connection)) {
        PGresult *result = PQgetResult(link->connection);
        lost = PQstatus(link->connection) != CONNECTION_OK;
        if (result && PQresultStatus(result) != PGRES_PIPELINE_SYNC) {
            result_take(link, result);
        } else if (result) {
            PQclear(result);
            link_done(link);
        }
    }
    if (lost)
        link_down(link);
    else if (link == first_link)
        notifications_read(link);
}

/* ---- turns ---- */

static bool links_read(void)
{
    bool up = false;
    for (size_t i = 0; i < LINK_COUNT; i++) {
        struct link *link = &links[i];
        if (link->connection && polls[1 + i].revents)
            link_read(link);
        if (!link->connection && monotonic_us() >= reconnect_us)
            link_up(link);
        up |= link->connection != NULL;
    }
    return up;
}

/* Whoever waits for the first link to come back would wait for too long. */
static bool is_others_turn(void)
{
    return !first_link->connection || batch_max == 1 || first_link->count == BATCH_MAX ||
           (first_link->count > 0 && monotonic_us() - first_link->since_us > PATIENCE_US);
}

static void links_send(void)
{
    if (first_link->connection && first_link->count == 0)
        link_take(first_link, batch_max);
    bool others = !STAILQ_EMPTY(&waiting) && is_others_turn();
    for (size_t i = 0; i < LINK_COUNT; i++) {
        struct link *link = &links[i];
        if (others && link->connection && link->count == 0)
            link_take(link, 1);
        polls[1 + i].fd = PQsocket(link->connection);
        polls[1 + i].events = PQflush(link->connection) > 0 ? POLLIN | POLLOUT : POLLIN;
    }
}

/* Reads what came, gives what waits to who is idle, and says what to wait for next. */
static bool engine_turn(void)
{
    struct exchange *exchange;
    bool up = links_read();
    links_send();
    while (!up && (exchange = STAILQ_FIRST(&waiting))) {
        STAILQ_REMOVE_HEAD(&waiting, next);
        exchange_refuse(exchange, IDP_TEMPORARILY_UNAVAILABLE);
    }
    return !STAILQ_EMPTY(&waiting);
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

/* The first request would be too late to say so. */
static void grant_check(PGconn *connection)
{
    PGresult *result = PQexec(
        connection, "SELECT has_function_privilege(oid, 'execute') FROM pg_proc"
                    " WHERE pronamespace = 'idplane'::regnamespace AND proname = 'http_request'");
    if (PQntuples(result) == 1 && !strcmp(PQgetvalue(result, 0, 0), "f"))
        errx(1, "cannot serve as this role: GRANT EXECUTE ON FUNCTION idplane.http_request TO %s",
             PQuser(connection));
    PQclear(result);
}

/* One link shows that the database serves; the others come up in the first turn. */
static void engine_open(void)
{
    setenv("PGAPPNAME", "idplane-httpd", false);
    setenv("PGCONNECT_TIMEOUT", "3", false);
    link_up(first_link);
    if (!first_link->connection)
        errx(1, "cannot serve without the database");
    PQexitPipelineMode(first_link->connection);
    grant_check(first_link->connection);
    PGresult *result = option[BASE_URL] ? base_url_set(first_link->connection)
                                        : PQexec(first_link->connection, "SELECT 1");
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state && !strcmp(state, "42501"))
        errx(1,
             "--base-url: %sGRANT EXECUTE ON FUNCTION idplane.configure to this role, or have "
             "somebody else set base_url with it, and leave --base-url out",
             PQresultErrorMessage(result));
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        errx(1, "cannot serve without the database: %s", PQresultErrorMessage(result));
    PQclear(result);
    PQenterPipelineMode(first_link->connection);
}

const struct engine engine_postgres = {engine_open, engine_take, NULL, engine_turn, NULL};
