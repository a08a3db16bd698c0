/* SPDX-License-Identifier: Apache-2.0 */
/* fetching.c - the process that fetches: this program, executed anew, so that nothing of the
 * server's memory and no descriptor of a database is in it. It has a thread for each socket; a
 * provider that hangs holds up one thread, and what hangs is never inside a transaction. */
#include "httpd/fetch.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Not there where this was built without libcurl. */
int sqlite3_idplanefetch_init(sqlite3 *db, char **error, const struct sqlite3_api_routines *api)
    __attribute__((weak));

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

/* Settings are read before the address, and this one goes nowhere. */
void fetching_check(void)
{
    const char *file = secure_getenv("IDPLANE_FETCH_CA_FILE");
    sqlite3_stmt *statement = statement_make();
    if (!statement)
        return;
    sqlite3 *db = sqlite3_db_handle(statement);
    sqlite3_bind_text(statement, 1, "{\"url\":\"\",\"options\":{}}", -1, SQLITE_STATIC);
    if (sqlite3_step(statement) != SQLITE_ROW)
        errx(1, "IDPLANE_FETCH_…: %s", sqlite3_errmsg(db));
    if (file && *file && access(file, R_OK))
        err(1, "IDPLANE_FETCH_CA_FILE: %s", file);
    sqlite3_finalize(statement);
    sqlite3_close(db);
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

void fetching_run(void)
{
    pthread_t thread;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGTERM, SIG_IGN); /* it ends with the server, which may still wait for it */
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    for (int fd = FETCHING_FD + 1; fd < FETCHING_FD + FETCHER_COUNT; fd++)
        if (pthread_create(&thread, NULL, thread_run, (void *)(intptr_t)fd))
            errx(1, "cannot make a thread");
    thread_run((void *)(intptr_t)FETCHING_FD);
    _exit(0);
}
