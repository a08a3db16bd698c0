/* SPDX-License-Identifier: Apache-2.0 */
/* fetcher.c - the server's side of the process that fetches. Where that ends, whoever waited for it
 * learns that nobody was reached, and it is started anew. */
#include "httpd/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    RESTART_PAUSE_US = 1000000,
    HANDOVER_MAX_S = 5,                                /* until a message is over */
    FETCH_MAX_US = 2 * IDP_FETCH_TIMEOUT_MS_MAX * 1000 /* until the process itself hangs */
};

static struct fetcher {
    struct host *host;         /* from which it fetches; NULL: idle */
    struct exchange *exchange; /* for whom; NULL: its client was answered meanwhile */
    uint64_t since_us;
} fetchers[FETCHER_COUNT];
static struct pollfd *const sockets = &polls[1 + LINK_COUNT];
static pid_t pid; /* 0: to be started */
static uint64_t started_us;

/* ---- the process ---- */

/* The new process has no other use for the number of its end. */
static bool pair_make(int *ours, int *theirs)
{
    int pair[2];
    const struct timeval limit = {.tv_sec = HANDOVER_MAX_S};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        return false;
    *ours = pair[0];
    *theirs = fcntl(pair[1], F_DUPFD_CLOEXEC, FETCHING_FD + FETCHER_COUNT);
    close(pair[1]);
    setsockopt(*ours, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(*ours, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return *theirs >= 0;
}

static void sockets_close(void)
{
    for (size_t i = 0; i < FETCHER_COUNT; i++) {
        if (sockets[i].fd >= 0)
            close(sockets[i].fd);
        sockets[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    }
}

static bool process_spawn(const int *theirs)
{
    char *const arguments[] = {program_invocation_short_name, FETCHING_ARGUMENT, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < FETCHER_COUNT; i++)
        posix_spawn_file_actions_adddup2(&actions, theirs[i], FETCHING_FD + i);
    posix_spawn_file_actions_addclosefrom_np(&actions, FETCHING_FD + FETCHER_COUNT);
    errno = posix_spawn(&pid, "/proc/self/exe", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return errno == 0;
}

static bool process_start(void)
{
    int theirs[FETCHER_COUNT] = {[0 ... FETCHER_COUNT - 1] = -1};
    bool made = true;
    started_us = monotonic_us();
    for (size_t i = 0; i < FETCHER_COUNT && made; i++)
        made = pair_make(&sockets[i].fd, &theirs[i]);
    if (!made || !process_spawn(theirs)) {
        warn("cannot start the process that fetches");
        pid = 0;
        sockets_close();
    }
    for (size_t i = 0; i < FETCHER_COUNT; i++)
        if (theirs[i] >= 0)
            close(theirs[i]);
    return pid != 0;
}

void fetchers_start(void)
{
    if (!process_start())
        exit(1);
}

void fetchers_stop(void)
{
    if (pid && kill(pid, SIGKILL) == 0)
        waitpid(pid, NULL, 0);
    pid = 0;
}

static void process_lose(void)
{
    warnx("the process that fetches has ended; it is started anew");
    fetchers_stop();
    sockets_close();
    for (size_t i = 0; i < FETCHER_COUNT; i++) {
        struct fetcher fetcher = fetchers[i];
        fetchers[i] = (struct fetcher){0};
        if (fetcher.host)
            host_done(fetcher.host);
        if (fetcher.exchange)
            exchange_resume(fetcher.exchange,
                            "{\"error\":\"unreachable\",\"error_description\":\"The process that "
                            "fetches has ended.\"}");
    }
}

/* ---- its threads ---- */

static bool fetcher_read(size_t index)
{
    struct fetcher fetcher = fetchers[index];
    char *answer = message_read(sockets[index].fd);
    if (!answer)
        return false;
    fetchers[index] = (struct fetcher){0};
    if (fetcher.host)
        host_done(fetcher.host);
    if (fetcher.exchange)
        exchange_resume(fetcher.exchange, answer);
    explicit_bzero(answer, strlen(answer));
    free(answer);
    return true;
}

/* The end of the process is seen at idle ones, too. */
void fetchers_read(void)
{
    bool lives = true;
    for (size_t i = 0; i < FETCHER_COUNT && lives; i++) {
        lives = !sockets[i].revents || fetcher_read(i);
        sockets[i].revents = 0;
    }
    if (!lives)
        process_lose();
    pausing_resume();
}

/* That it cannot be sent is seen in the next turn, as the end of the process. */
static void fetcher_send(size_t index, struct exchange *exchange)
{
    fetchers[index] = (struct fetcher){exchange->host, exchange, monotonic_us()};
    if (!message_write(sockets[index].fd, exchange->fetch))
        kill(pid, SIGKILL);
    explicit_bzero(exchange->fetch, strlen(exchange->fetch));
}

void fetchers_send(void)
{
    struct exchange *exchange;
    if (!pid && monotonic_us() - started_us >= RESTART_PAUSE_US)
        process_start();
    for (size_t i = 0; i < FETCHER_COUNT && pid; i++) {
        if (fetchers[i].host)
            continue;
        if (!(exchange = hosts_next()))
            break;
        fetcher_send(i, exchange);
    }
}

uint64_t fetchers_due_us(void)
{
    uint64_t restart_us = pid ? UINT64_MAX : started_us + RESTART_PAUSE_US;
    uint64_t pausing_us = pausing_due_us();
    return restart_us < pausing_us ? restart_us : pausing_us;
}

/* A fetch goes on to its end when nobody waits for it any more. */
void fetchers_sweep(void)
{
    hosts_sweep();
    for (size_t i = 0; i < FETCHER_COUNT && pid; i++) {
        struct exchange *exchange = fetchers[i].exchange;
        if (fetchers[i].host && monotonic_us() - fetchers[i].since_us > FETCH_MAX_US)
            kill(pid, SIGKILL);
        if (exchange && exchange_in_vain(exchange)) {
            fetchers[i].exchange = NULL;
            exchange_refuse(exchange, IDP_TEMPORARILY_UNAVAILABLE);
        }
    }
}
