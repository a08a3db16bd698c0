/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - the command line, and the loop that takes requests to an engine. */
#include "httpd/exchange.h"
#include "httpd/fetch.h"

#include <argp.h>
#include <netdb.h>
#include <time.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wunused-parameter" /* callbacks are told more than they need */

enum { CONNECTION_COUNT_MAX = 512, PAUSE_MS = 5, GATHER_MAX = 16 };

struct pollfd polls[] = {[0 ... LINK_COUNT + FETCHER_COUNT] = {.fd = -1, .events = POLLIN}};

unsigned body_size_max, timeout_s;
const struct engine *engine;
static struct MHD_Daemon *server;
static bool pending; /* the engine wants another turn soon */
volatile sig_atomic_t stopping;

uint64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void *obtained(void *memory)
{
    if (!memory)
        errx(1, "out of memory");
    return memory;
}

static const struct argp_option rows[] = {
    {"sqlite", SQLITE, "FILE", 0, "Serves this database, made where there is none", 0},
    {"postgres", POSTGRES, "CONNINFO", 0, "Serves this one; CREATE EXTENSION idplane first", 0},
    {"listen", LISTEN, "ADDRESS:PORT", 0, "127.0.0.1:8080, or [::1]:8080; port 0: a free one", 0},
    {"base-url", BASE_URL, "URL", 0, "Configures where clients reach the default tenant", 0},
    {"body-size-max", BODY_SIZE, "BYTES", 0, "65536; a larger body is answered 413", 0},
    {"timeout", TIMEOUT, "SECONDS", 0, "15 until an idle connection ends, twice for a slow one", 0},
    {"synchronous", SYNCHRONOUS, "MODE", 0, "SQLite's commit: full (the default) or normal", 0},
    {"trust-header", TRUST_HEADER, "NAME", 0,
     "Hands on this header, by which a proxy says who it is", 0},
    {"tls", TLS, NULL, 0, "Speaks TLS, and hands on the certificates of clients", 0},
    {"tls-certificate", TLS_CERTIFICATE, "FILE", 0, "PEM, the certificates above it behind it", 0},
    {"tls-key", TLS_KEY, "FILE", 0, "PEM, without a password", 0},
    {"tls-client-ca", TLS_CLIENT_CA, "FILE", 0,
     "PEM, authorities that clients are told of; any certificate is taken", 0},
    {"no-group-commit", SINGLE, NULL, 0, "SQLite: commit each request by itself", 0},
    {"quiet", QUIET, NULL, 0, "No line for each request on stderr", 0},
    {0}};

static const char about[] =
    "OAuth over HTTP, from a database\v"
    "Environment: IDPLANE_MASTER_KEY_FILE (with a database of SQLite); for fetches from providers "
    "IDPLANE_FETCH_ALLOWED_ADDRESSES, IDPLANE_FETCH_CA_FILE, IDPLANE_FETCH_ALLOW_HTTP, "
    "IDPLANE_FETCH_PROXY, IDPLANE_FETCH_TIMEOUT_MS, IDPLANE_FETCH_SIZE_MAX: see docs/fetch.md.";

const char *option[QUIET + 1] = {
    [LISTEN] = "127.0.0.1:8080", [BODY_SIZE] = "65536", [TIMEOUT] = "15", [SYNCHRONOUS] = "full"};

static error_t option_take(int name, char *value, struct argp_state *state)
{
    if (name < SQLITE || name > QUIET)
        return ARGP_ERR_UNKNOWN;
    option[name] = value ? value : "";
    if (name == TRUST_HEADER)
        header_trust(value);
    return 0;
}

static void options_read(int count, char **arguments)
{
    char rest;
    struct argp argp = {.options = rows, .parser = option_take, .doc = about};
    argp_program_version = "idplane-httpd " IDP_VERSION;
    argp_parse(&argp, count, arguments, 0, NULL, NULL);
    if (!option[SQLITE] == !option[POSTGRES])
        errx(1, "name one database, --sqlite FILE or --postgres CONNINFO; see --help");
    if (strcmp(option[SYNCHRONOUS], "full") != 0 && strcmp(option[SYNCHRONOUS], "normal") != 0)
        errx(1, "--synchronous takes full or normal");
    if (sscanf(option[BODY_SIZE], "%u%c", &body_size_max, &rest) != 1 ||
        sscanf(option[TIMEOUT], "%u%c", &timeout_s, &rest) != 1 ||
        body_size_max - 1 >= IDP_ARGUMENT_SIZE_MAX || timeout_s - 1 >= 3600)
        errx(1, "--body-size-max takes 1 to %d, --timeout 1 to 3600", IDP_ARGUMENT_SIZE_MAX);
}

/* Listens on ADDRESS:PORT or [ADDRESS]:PORT, and prints where: port 0 is the system's choice. */
static void server_start(const struct MHD_OptionItem *tls)
{
    char host[INET6_ADDRSTRLEN], port[8];
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *to;
    if ((sscanf(option[LISTEN], "[%45[^]]]:%7[0-9]", host, port) != 2 &&
         sscanf(option[LISTEN], "%45[^][:]:%7[0-9]", host, port) != 2) ||
        getaddrinfo(host, port, &hints, &to))
        errx(1, "--listen takes a numeric ADDRESS:PORT");
    unsigned six = to->ai_family == AF_INET6 ? MHD_USE_IPv6 : 0;
    unsigned flags = six | (option[TLS] ? MHD_USE_TLS : 0) | MHD_USE_EPOLL | MHD_USE_TURBO |
                     MHD_ALLOW_SUSPEND_RESUME;
    server = MHD_start_daemon(
        flags, 0, NULL, NULL, exchange_handle, NULL, MHD_OPTION_SOCK_ADDR, to->ai_addr,
        MHD_OPTION_CONNECTION_TIMEOUT, timeout_s, MHD_OPTION_CONNECTION_LIMIT, CONNECTION_COUNT_MAX,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_open, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        exchange_close, NULL, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, NULL,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_SIZE, MHD_OPTION_ARRAY, tls,
        MHD_OPTION_END);
    if (!server)
        err(1, "cannot listen on %s", option[LISTEN]);
    polls[0].fd = MHD_get_daemon_info(server, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    freeaddrinfo(to);
    dprintf(STDOUT_FILENO, six ? "http%s://[%s]:%u\n" : "http%s://%s:%u\n", option[TLS] ? "s" : "",
            host, MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
}

/* How long nothing need be done: the sweep comes once a second. */
static int idle_ms(void)
{
    uint64_t now_us = monotonic_us(), due_us = fetchers_due_us(), held_us = holding_due_us();
    due_us = due_us < held_us ? due_us : held_us;
    if (due_us <= now_us)
        return 0;
    return due_us - now_us < 1000000 ? (int)((due_us - now_us + 999) / 1000) : 1000;
}

/* Who comes while others are run is with them in the commit, which waits for nobody. */
static void requests_gather(void)
{
    size_t rounds = 0;
    exchanges_answered = false;
    do {
        exchanges_came = false;
        MHD_run(server);
    } while (exchanges_came && ++rounds < GATHER_MAX);
}

static void sweep(void)
{
    static uint64_t swept_us;
    uint64_t now_us = monotonic_us();
    if (now_us - swept_us < 1000000)
        return;
    swept_us = now_us;
    connections_sweep(now_us);
    fetchers_sweep();
}

/* One turn: send what is answered, read what came, run it. What comes back from the fetchers runs
 * in the same turn, and so does what the engine wants fetched: nothing waits for the next one. */
static void turn(void)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms;
    bool ready =
        exchanges_answered || (MHD_get_timeout(server, &timeout_ms) == MHD_YES && timeout_ms == 0);
    poll(polls, IDP_COUNT(polls), ready ? 0 : pending ? PAUSE_MS : idle_ms());
    requests_gather();
    fetchers_read();
    holding_turn();
    pending = engine->turn();
    fetchers_send();
    sweep();
    fflush(stderr);
}

static void stop(int number)
{
    stopping = number;
}

int main(int count, char **arguments)
{
    if (count == 2 && strcmp(arguments[1], FETCHING_ARGUMENT) == 0)
        fetching_run();
    options_read(count, arguments);
    const struct MHD_OptionItem *tls = tls_options();
    fetching_check();
    close_range(3, ~0U, 0); /* sockets are small numbers then: see exchange.c */
    engine = option[SQLITE] ? &engine_sqlite : &engine_postgres;
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    signal(SIGPIPE, SIG_IGN);
    fetchers_start();
    engine->open();
    server_start(tls);
    setvbuf(stderr, NULL, _IOFBF, BUFSIZ);
    while (!stopping)
        turn();
    close(MHD_quiesce_daemon(server));
    alarm(2 * timeout_s); /* ends the process where its requests do not end */
    holding_end();
    while (exchanges_open > 0)
        turn();
    MHD_stop_daemon(server);
    fetchers_stop();
    return 0;
}
