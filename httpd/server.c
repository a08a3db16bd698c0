/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - the loop. A request whose engine answers at once and that changes nothing (GET) is
 * answered where it stands; every other one is suspended until its turn's commit. */
#include "httpd/httpd.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct {
    const struct options *options;
    const struct engine *engine;
    struct MHD_Daemon *daemon;
    struct peer *peers;
    struct exchange *gathered, **gathered_end;
    size_t open_count; /* exchanges */
    bool stopping;
} server;

uint64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* ---- connections ---- */

static void peer_open(struct MHD_Connection *connection, void **slot)
{
    struct peer *peer = calloc(1, sizeof(*peer));
    const union MHD_ConnectionInfo *info;
    if (!peer)
        return;
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    peer->socket = info->connect_fd;
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    getnameinfo(info->client_addr, sizeof(struct sockaddr_in6), peer->address,
                sizeof(peer->address), NULL, 0, NI_NUMERICHOST);
    peer->fresh_us = monotonic_us();
    peer->next = server.peers;
    if (peer->next)
        peer->next->previous = peer;
    server.peers = peer;
    *slot = peer;
}

static void peer_close(struct peer *peer)
{
    if (!peer)
        return;
    if (peer->next)
        peer->next->previous = peer->previous;
    *(peer->previous ? &peer->previous->next : &server.peers) = peer->next;
    free(peer);
}

static void peer_changed(void *context, struct MHD_Connection *connection, void **slot,
                         enum MHD_ConnectionNotificationCode code)
{
    (void)context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        peer_open(connection, slot);
    else
        peer_close(*slot);
}

/* A client that sends a little now and then is never idle; it has twice the timeout in all. */
static void peers_sweep(void)
{
    static uint64_t swept_us;
    uint64_t now_us = monotonic_us(), patience_us = server.options->timeout_s * 2000000ULL;
    if (now_us - swept_us < 1000000)
        return;
    swept_us = now_us;
    for (struct peer *peer = server.peers; peer; peer = peer->next)
        if (!peer->executing && now_us - peer->fresh_us > patience_us)
            shutdown(peer->socket, SHUT_RDWR);
}

/* ---- requests ---- */

static void *exchange_open(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *exchange = calloc(1, sizeof(*exchange));
    (void)context;
    if (!exchange)
        return NULL;
    exchange->connection = connection;
    exchange->started_us = monotonic_us();
    exchange->target = strdup(uri);
    server.open_count++;
    return exchange;
}

static void request_log(const struct exchange *exchange)
{
    bool printable = is_printable(exchange->target) && is_printable(exchange->method);
    fprintf(stderr, "%s %.*s %u %lluus %s\n", printable ? exchange->method : "?",
            printable ? (int)strcspn(exchange->target, "?") : 1, printable ? exchange->target : "?",
            exchange->status, (unsigned long long)(monotonic_us() - exchange->started_us),
            exchange->peer->address);
}

static void exchange_close(void *context, struct MHD_Connection *connection, void **slot,
                           enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *slot;
    (void)context, (void)connection, (void)code;
    if (!exchange)
        return;
    if (exchange->peer) {
        exchange->peer->executing = false;
        exchange->peer->fresh_us = monotonic_us();
        if (exchange->status && !server.options->quiet)
            request_log(exchange);
    }
    exchange_free(exchange);
    server.open_count--;
    *slot = NULL;
}

static enum MHD_Result exchange_send(struct exchange *exchange)
{
    if (server.stopping)
        MHD_add_response_header(exchange->response, "Connection", "close");
    return MHD_queue_response(exchange->connection, exchange->status, exchange->response);
}

/* The first sight of a request: its headers are there, its body is not. */
static enum MHD_Result request_enter(struct exchange *exchange, const char *method)
{
    const char *size = MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND,
                                                   MHD_HTTP_HEADER_CONTENT_LENGTH);
    exchange->entered = true;
    exchange->method = method;
    exchange->peer =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
            ->socket_context;
    if (!exchange->peer || !exchange->target)
        return MHD_NO;
    if (!is_printable(exchange->target) || !is_printable(method))
        exchange->refused = IDP_INVALID_REQUEST;
    if (size && strtoull(size, NULL, 10) > server.options->body_size_max)
        exchange->refused = IDP_CONTENT_TOO_LARGE;
    if (!size || !exchange->refused)
        return MHD_YES;
    exchange_refuse(exchange, exchange->refused);
    return exchange_send(exchange);
}

static enum MHD_Result body_take(struct exchange *exchange, const char *data, size_t *size)
{
    if (exchange->body_size + *size > server.options->body_size_max)
        exchange->refused = IDP_CONTENT_TOO_LARGE;
    else if (!exchange_body_add(exchange, data, *size))
        return MHD_NO;
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result request_run(struct exchange *exchange)
{
    if (exchange->refused)
        exchange_refuse(exchange, exchange->refused);
    else if (server.engine->immediate && strcmp(exchange_method(exchange), "GET") == 0)
        server.engine->run(exchange);
    if (exchange->response)
        return exchange_send(exchange);
    exchange->peer->executing = true;
    exchange->suspended = true;
    MHD_suspend_connection(exchange->connection);
    *server.gathered_end = exchange;
    server.gathered_end = &exchange->next;
    return MHD_YES;
}

static enum MHD_Result request_handle(void *context, struct MHD_Connection *connection,
                                      const char *url, const char *method, const char *version,
                                      const char *data, size_t *size, void **slot)
{
    struct exchange *exchange = *slot;
    (void)context, (void)connection, (void)url, (void)version;
    if (!exchange)
        return MHD_NO;
    if (exchange->response)
        return exchange_send(exchange);
    if (!exchange->entered)
        return request_enter(exchange, method);
    return *size > 0 ? body_take(exchange, data, size) : request_run(exchange);
}

/* ---- the loop ---- */

static int listen_open(const char *where)
{
    char host[256] = "";
    const char *colon = strrchr(where, ':');
    bool bracketed = colon > where + 1 && where[0] == '[' && colon[-1] == ']';
    size_t size = colon ? (size_t)(colon - where) - (bracketed ? 2 : 0) : 0;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *found;
    int one = 1;
    if (size == 0 || size >= sizeof(host))
        die("--listen takes ADDRESS:PORT");
    memcpy(host, where + (bracketed ? 1 : 0), size);
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        die("--listen takes a numeric ADDRESS:PORT");
    int sock = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (sock < 0 || bind(sock, found->ai_addr, found->ai_addrlen) || listen(sock, SOMAXCONN))
        die("cannot listen on %s: %m", where);
    freeaddrinfo(found);
    return sock;
}

static void listen_announce(int sock)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    char host[INET6_ADDRSTRLEN], port[8];
    getsockname(sock, (struct sockaddr *)&address, &size);
    getnameinfo((struct sockaddr *)&address, size, host, sizeof(host), port, sizeof(port),
                NI_NUMERICHOST | NI_NUMERICSERV);
    printf(address.ss_family == AF_INET6 ? "http://[%s]:%s\n" : "http://%s:%s\n", host, port);
    fflush(stdout);
}

static int signals_open(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void daemon_start(int sock)
{
    server.daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL, request_handle,
        NULL, MHD_OPTION_LISTEN_SOCKET, sock, MHD_OPTION_CONNECTION_TIMEOUT,
        server.options->timeout_s, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTION_COUNT_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_SIZE,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_open, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        exchange_close, NULL, MHD_OPTION_NOTIFY_CONNECTION, peer_changed, NULL, MHD_OPTION_END);
    if (!server.daemon)
        die("cannot start the HTTP server");
}

/* One turn: wait, read what came, run it together, send what is answered. */
static void turn(int signals)
{
    struct pollfd polls[2 + WATCH_COUNT_MAX] = {{.fd = signals, .events = POLLIN},
                                                {.events = POLLIN}};
    MHD_UNSIGNED_LONG_LONG timeout_ms = 1000;
    polls[1].fd = MHD_get_daemon_info(server.daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    size_t watched = server.engine->watch(polls + 2);
    if (MHD_get_timeout(server.daemon, &timeout_ms) != MHD_YES || timeout_ms > 1000)
        timeout_ms = 1000;
    if (!server.gathered)
        poll(polls, 2 + watched, (int)timeout_ms);
    if (polls[0].revents)
        server.stopping = true;
    server.engine->progress(polls + 2, watched);
    MHD_run(server.daemon);
    struct exchange *list = server.gathered;
    server.gathered = NULL;
    server.gathered_end = &server.gathered;
    if (list) {
        server.engine->run(list);
        MHD_run(server.daemon);
    }
    peers_sweep();
    fflush(stderr);
}

int server_run(const struct options *options, const struct engine *engine)
{
    server.options = options;
    server.engine = engine;
    server.gathered_end = &server.gathered;
    int sock = listen_open(options->listen), signals = signals_open();
    engine->open(options);
    daemon_start(sock);
    setvbuf(stderr, NULL, _IOFBF, 16 << 10);
    listen_announce(sock);
    while (!server.stopping)
        turn(signals);
    close(MHD_quiesce_daemon(server.daemon));
    uint64_t stopped_us = monotonic_us();
    while (server.open_count > 0 && monotonic_us() - stopped_us < options->timeout_s * 1000000ULL)
        turn(-1);
    MHD_stop_daemon(server.daemon);
    engine->close();
    return 0;
}
