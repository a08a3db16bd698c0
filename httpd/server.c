/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - connections, requests, and the loop that carries them to the engine and back. */
#include "httpd/httpd.h"

#include <netdb.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static struct options options;
static const struct engine *engine;
static struct MHD_Daemon *server;
static struct peer peers[SOCKET_MAX];
static struct exchange *gathered, **gathered_end = &gathered;
static size_t open_count; /* exchanges */
static volatile sig_atomic_t stopping;

uint64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* ---- connections ---- */

static void peer_changed(void *context, struct MHD_Connection *connection, void **slot,
                         enum MHD_ConnectionNotificationCode code)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct peer *peer = *slot = &peers[info->connect_fd];
    (void)context;
    *peer = (struct peer){.fresh_us = code == MHD_CONNECTION_NOTIFY_STARTED ? monotonic_us() : 0};
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    getnameinfo(info->client_addr, sizeof(struct sockaddr_in6), peer->address,
                sizeof(peer->address), NULL, 0, NI_NUMERICHOST);
}

/* A client that sends a little now and then is never idle; it has twice the timeout in all. */
static void peers_sweep(void)
{
    static uint64_t swept_us;
    uint64_t now_us = monotonic_us();
    if (now_us - swept_us < 1000000)
        return;
    swept_us = now_us;
    for (int fd = 0; fd < SOCKET_MAX; fd++)
        if (peers[fd].fresh_us && now_us - peers[fd].fresh_us > options.timeout_s * 2000000ULL)
            shutdown(fd, SHUT_RDWR);
}

/* ---- requests ---- */

static bool is_text(const char *text) /* printable ASCII */
{
    while (*text >= ' ' && *text < 0x7f)
        text++;
    return *text == '\0';
}

static void *exchange_open(void *context, const char *uri, struct MHD_Connection *connection)
{
    size_t size = strlen(uri) + 1;
    struct exchange *exchange = calloc(1, sizeof(*exchange) + size);
    (void)context;
    if (!exchange)
        errx(1, "out of memory");
    memcpy(exchange->target, uri, size);
    exchange->connection = connection;
    exchange->started_us = monotonic_us();
    exchange->peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    open_count++;
    return exchange;
}

static void exchange_close(void *context, struct MHD_Connection *connection, void **slot,
                           enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *slot;
    uint64_t now_us = monotonic_us();
    (void)context, (void)connection, (void)code;
    if (!exchange)
        return;
    if (exchange->status && !options.quiet)
        fprintf(stderr, "%s %.*s %d %uus %s\n", exchange->method,
                (int)strcspn(exchange->target, "?"), exchange->target, exchange->status,
                (unsigned)(now_us - exchange->started_us), exchange->peer->address);
    exchange->peer->fresh_us = now_us;
    if (exchange->body)
        explicit_bzero(exchange->body, exchange->body_size);
    free(exchange->body);
    free(exchange->answer);
    free(exchange);
    open_count--;
}

/* The headers are there, the body is not: a request that is too large is refused before it. */
static enum MHD_Result exchange_enter(struct exchange *exchange, const char *method)
{
    const char *size =
        MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, "Content-Length");
    exchange->method = is_text(method) && is_text(exchange->target) ? method : "malformed";
    exchange->told = strcmp(method, "HEAD") == 0 ? "GET" : method;
    if (exchange->method != method) {
        exchange->refused = IDP_INVALID_REQUEST;
        exchange->target[0] = '\0'; /* it would spoil the log */
    }
    if (!size || strtoull(size, NULL, 10) <= options.body_size_max)
        return MHD_YES;
    exchange_refuse(exchange, IDP_CONTENT_TOO_LARGE);
    return exchange_send(exchange);
}

static enum MHD_Result body_take(struct exchange *exchange, const char *data, size_t *size)
{
    size_t chunk_size = *size;
    *size = 0;
    if (exchange->body_size + chunk_size > options.body_size_max)
        exchange->refused = IDP_CONTENT_TOO_LARGE;
    if (exchange->refused)
        return MHD_YES;
    exchange->body = realloc(exchange->body, exchange->body_size + chunk_size);
    if (!exchange->body)
        errx(1, "out of memory");
    memcpy(exchange->body + exchange->body_size, data, chunk_size);
    exchange->body_size += chunk_size;
    return MHD_YES;
}

/* SQLite answers what changes nothing where it stands; the rest waits for its turn's commit. */
static enum MHD_Result exchange_run(struct exchange *exchange)
{
    if (exchange->refused)
        exchange_refuse(exchange, exchange->refused);
    else if (!exchange->answer && !engine->watch && !strcmp(exchange->told, "GET"))
        engine->run(exchange);
    if (exchange->answer)
        return exchange_send(exchange);
    exchange->peer->fresh_us = 0;
    exchange->suspended = true;
    MHD_suspend_connection(exchange->connection);
    *gathered_end = exchange;
    gathered_end = &exchange->next;
    return MHD_YES;
}

static enum MHD_Result request_handle(void *context, struct MHD_Connection *connection,
                                      const char *url, const char *method, const char *version,
                                      const char *data, size_t *size, void **slot)
{
    struct exchange *exchange = *slot;
    (void)context, (void)connection, (void)url, (void)version;
    if (!exchange->method)
        return exchange_enter(exchange, method);
    return *size > 0 ? body_take(exchange, data, size) : exchange_run(exchange);
}

/* ---- the loop ---- */

/* Listens on ADDRESS:PORT or [ADDRESS]:PORT, and prints where: port 0 is the system's choice. */
static void server_start(void)
{
    char host[INET6_ADDRSTRLEN], port[8];
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *to;
    if ((sscanf(options.listen, "[%45[^]]]:%7[0-9]", host, port) != 2 &&
         sscanf(options.listen, "%45[^][:]:%7[0-9]", host, port) != 2) ||
        getaddrinfo(host, port, &hints, &to))
        errx(1, "--listen takes a numeric ADDRESS:PORT");
    bool six = to->ai_family == AF_INET6;
    server = MHD_start_daemon(
        (six ? MHD_USE_IPv6 : 0) | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0,
        NULL, NULL, request_handle, NULL, MHD_OPTION_SOCK_ADDR, to->ai_addr,
        MHD_OPTION_CONNECTION_TIMEOUT, options.timeout_s, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTION_COUNT_MAX, MHD_OPTION_URI_LOG_CALLBACK, exchange_open, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_close, NULL, MHD_OPTION_NOTIFY_CONNECTION,
        peer_changed, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_SIZE,
        MHD_OPTION_END);
    if (!server)
        err(1, "cannot listen on %s", options.listen);
    freeaddrinfo(to);
    printf(six ? "http://[%s]:%u\n" : "http://%s:%u\n", host,
           MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
}

/* One turn: wait, read what came, run it together, send what is answered. */
static void turn(void)
{
    static bool moved; /* there may be answers to send */
    struct pollfd polls[1 + LINK_COUNT] = {{.events = POLLIN}};
    MHD_UNSIGNED_LONG_LONG timeout_ms;
    polls[0].fd = MHD_get_daemon_info(server, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    if (engine->watch)
        engine->watch(polls + 1);
    if (MHD_get_timeout(server, &timeout_ms) != MHD_YES || timeout_ms > 1000)
        timeout_ms = 1000;
    poll(polls, engine->watch ? 1 + LINK_COUNT : 1, moved ? 0 : (int)timeout_ms);
    if (engine->progress)
        engine->progress(polls + 1);
    MHD_run(server);
    struct exchange *before = gathered;
    if (gathered)
        gathered = engine->run(gathered);
    moved = gathered != before;
    if (!gathered)
        gathered_end = &gathered;
    peers_sweep();
    fflush(stderr);
}

static void stop(int number)
{
    stopping = number;
}

int main(int count, char **arguments)
{
    options = options_read(count, arguments);
    close_range(3, ~0U, 0); /* sockets are small numbers then: see peers */
    engine = options.sqlite ? &engine_sqlite : &engine_postgres;
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    signal(SIGPIPE, SIG_IGN);
    engine->open(&options);
    server_start();
    setvbuf(stderr, NULL, _IOFBF, BUFSIZ);
    while (!stopping)
        turn();
    close(MHD_quiesce_daemon(server));
    uint64_t stopped_us = monotonic_us();
    while (open_count > 0 && monotonic_us() - stopped_us < options.timeout_s * 1000000ULL)
        turn();
    if (open_count > 0)
        errx(1, "stopped with requests under way");
    MHD_stop_daemon(server);
    engine->close();
    return 0;
}
