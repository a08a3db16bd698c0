/* SPDX-License-Identifier: Apache-2.0 */
/* fetcher.c - what the core asks to be fetched. A process of its own, begun before there is a
 * database, has a thread for each fetch: it sees no row and no key, a provider that hangs holds up
 * nobody else, and what hangs is never inside a transaction.
 *
 * Each thread has one end of a pair of sockets. What goes along it is a size and a JSON text. */
#include "httpd/httpd.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Not there where this was built without libcurl. */
int sqlite3_idplanefetch_init(sqlite3 *db, char **error, const struct sqlite3_api_routines *api)
    __attribute__((weak));

enum { MESSAGE_SIZE_MAX = 64 << 20 };

/* ---- messages ---- */

static bool read_all(int fd, void *to, size_t size)
{
    char *at = to;
    while (size > 0) {
        ssize_t got = read(fd, at, size);
        if (got <= 0)
            return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

static bool write_all(int fd, const void *from, size_t size)
{
    const char *at = from;
    while (size > 0) {
        ssize_t put = write(fd, at, size);
        if (put <= 0)
            return false;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

static bool message_write(int fd, const char *text)
{
    uint32_t size = (uint32_t)strlen(text);
    return write_all(fd, &size, sizeof size) && write_all(fd, text, size);
}

/* NULL: the other side is gone. */
static char *message_read(int fd)
{
    uint32_t size;
    if (!read_all(fd, &size, sizeof size) || size > MESSAGE_SIZE_MAX)
        return NULL;
    char *text = obtained(calloc(1, size + 1));
    if (!read_all(fd, text, size)) {
        free(text);
        return NULL;
    }
    return text;
}

/* ---- the process that fetches ---- */

static const char *const no_fetch =
    "{\"error\":\"unreachable\",\"error_description\":\"This server was built without libcurl.\"}";

/* {"url","options"} to what idplane_fetch answers; an error of its own is one that it raised. */
static char *fetch(sqlite3_stmt *statement, const char *text)
{
    char *answer;
    if (!statement)
        return obtained(strdup(no_fetch));
    sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        answer = obtained(strdup((const char *)sqlite3_column_text(statement, 0)));
    } else {
        warnx("%s", sqlite3_errmsg(sqlite3_db_handle(statement)));
        answer = obtained(strdup("{\"error\":\"refused\",\"error_description\":\"The server cannot "
                                 "fetch this: see its log.\"}"));
    }
    sqlite3_reset(statement);
    return answer;
}

static sqlite3_stmt *statement_make(void)
{
    sqlite3 *db;
    sqlite3_stmt *statement = NULL;
    if (!sqlite3_idplanefetch_init || sqlite3_open(":memory:", &db) ||
        sqlite3_idplanefetch_init(db, NULL, NULL) ||
        sqlite3_prepare_v2(db, "SELECT idplane_fetch(?1 ->> 'url', ?1 -> 'options')", -1,
                           &statement, NULL))
        return NULL;
    return statement;
}

static void *thread_run(void *context)
{
    int fd = (int)(intptr_t)context;
    sqlite3_stmt *statement = statement_make();
    char *text;
    while ((text = message_read(fd))) {
        char *answer = fetch(statement, text);
        explicit_bzero(text, strlen(text));
        bool sent = message_write(fd, answer);
        explicit_bzero(answer, strlen(answer));
        free(text);
        free(answer);
        if (!sent)
            break;
    }
    _exit(0); /* the server is gone */
}

static void process_run(const int *fds)
{
    pthread_t thread;
    signal(SIGTERM, SIG_IGN); /* it ends with the server, which may still wait for it */
    signal(SIGINT, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t i = 1; i < FETCHER_COUNT; i++)
        if (pthread_create(&thread, NULL, thread_run, (void *)(intptr_t)fds[i]))
            errx(1, "cannot make a thread");
    thread_run((void *)(intptr_t)fds[0]);
}

/* ---- the server's side ---- */

static struct fetcher {
    int fd;
    struct exchange *exchange; /* NULL: idle */
} fetchers[FETCHER_COUNT];
static struct queue waiting = STAILQ_HEAD_INITIALIZER(waiting); /* for a fetcher */
static struct queue pausing = STAILQ_HEAD_INITIALIZER(pausing); /* until due */

void fetchers_start(void)
{
    int ours[FETCHER_COUNT], theirs[FETCHER_COUNT];
    for (size_t i = 0; i < FETCHER_COUNT; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
            err(1, "cannot make a pair of sockets");
        ours[i] = pair[0];
        theirs[i] = pair[1];
    }
    pid_t pid = fork();
    if (pid < 0)
        err(1, "cannot fork");
    for (size_t i = 0; i < FETCHER_COUNT; i++) {
        close(pid == 0 ? ours[i] : theirs[i]);
        fetchers[i].fd = ours[i];
    }
    if (pid == 0)
        process_run(theirs);
}

static void fetcher_send(struct fetcher *fetcher, struct exchange *exchange)
{
    cJSON *document = cJSON_Parse(exchange->pending);
    char *text = obtained(cJSON_PrintUnformatted(cJSON_GetObjectItem(document, "fetch")));
    fetcher->exchange = exchange;
    if (!message_write(fetcher->fd, text))
        errx(1, "the process that fetches has ended");
    explicit_bzero(text, strlen(text));
    cJSON_free(text);
    cJSON_Delete(document);
}

/* The request goes on where it said, with what came. */
static void exchange_resume(struct exchange *exchange, const char *fetched)
{
    cJSON *document = cJSON_Parse(exchange->pending), *further = cJSON_CreateObject();
    cJSON_AddItemToObject(further, "resume", cJSON_DetachItemFromObject(document, "resume"));
    if (fetched)
        cJSON_AddRawToObject(further, "fetched", fetched);
    free(exchange->resume);
    exchange->resume = obtained(cJSON_PrintUnformatted(further));
    cJSON_Delete(document);
    cJSON_Delete(further);
    free(exchange->pending);
    exchange->pending = NULL;
    free(exchange->answer);
    exchange->answer = NULL;
    engine->take(exchange);
}

static void fetcher_read(struct fetcher *fetcher)
{
    struct exchange *exchange = fetcher->exchange;
    char *answer = message_read(fetcher->fd);
    if (!answer)
        errx(1, "the process that fetches has ended");
    fetcher->exchange = NULL;
    exchange_resume(exchange, answer);
    explicit_bzero(answer, strlen(answer));
    free(answer);
}

bool exchange_pend(struct exchange *exchange, const cJSON *document, const char *json)
{
    const cJSON *wait_ms = cJSON_GetObjectItem(document, "wait_ms");
    bool fetches = cJSON_GetObjectItem(document, "fetch") != NULL;
    if (!fetches && !wait_ms)
        return false;
    exchange->pending = obtained(strdup(json));
    exchange->due_us = wait_ms ? monotonic_us() + (uint64_t)wait_ms->valueint * 1000 : 0;
    exchange_wait(exchange, fetches ? &waiting : &pausing);
    return true;
}

void fetchers_read(void)
{
    struct exchange *exchange;
    for (size_t i = 0; i < FETCHER_COUNT; i++)
        if (fetchers[i].exchange && polls[1 + LINK_COUNT + i].revents)
            fetcher_read(&fetchers[i]);
    while ((exchange = STAILQ_FIRST(&pausing)) && exchange->due_us <= monotonic_us()) {
        STAILQ_REMOVE_HEAD(&pausing, next);
        exchange_resume(exchange, NULL);
    }
}

void fetchers_send(void)
{
    struct exchange *exchange;
    for (size_t i = 0; i < FETCHER_COUNT; i++) {
        struct fetcher *fetcher = &fetchers[i];
        if (!fetcher->exchange && (exchange = STAILQ_FIRST(&waiting))) {
            STAILQ_REMOVE_HEAD(&waiting, next);
            fetcher_send(fetcher, exchange);
        }
        polls[1 + LINK_COUNT + i].fd = fetcher->fd;
    }
}

/* Of all that pause each pauses as long, so that the first is due first. */
uint64_t fetchers_due_us(void)
{
    return STAILQ_EMPTY(&pausing) ? UINT64_MAX : STAILQ_FIRST(&pausing)->due_us;
}
