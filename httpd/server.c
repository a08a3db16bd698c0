/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - the command line, requests, answers, and the loop that takes them to an engine. */
#include "httpd/fetch.h"

#include <argp.h>
#include <netdb.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wunused-parameter" /* callbacks are told more than they need */

enum { SOCKET_MAX = 1024, CONNECTION_COUNT_MAX = 512, PAUSE_MS = 5, GATHER_MAX = 4 };

struct pollfd polls[] = {[0 ... LINK_COUNT + FETCHER_COUNT] = {.fd = -1, .events = POLLIN}};

static unsigned body_size_max, timeout_s;
const struct engine *engine;
static struct MHD_Daemon *server;
static struct exchange exchanges[SOCKET_MAX];
static char addresses[SOCKET_MAX][INET6_ADDRSTRLEN];
static size_t open_count; /* requests */
static bool came;         /* a request, to the engine */
static bool resumed;      /* there are answers that the server has not come to */
static bool pending;      /* the engine wants another turn soon */
static volatile sig_atomic_t stopping;

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

static void connection_changed(void *context, struct MHD_Connection *connection, void **slot,
                               enum MHD_ConnectionNotificationCode code)
{
    int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    getnameinfo(
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
        sizeof(struct sockaddr_in6), addresses[fd], INET6_ADDRSTRLEN, NULL, 0, NI_NUMERICHOST);
    *slot = &exchanges[fd];
    exchanges[fd].since_us = code == MHD_CONNECTION_NOTIFY_STARTED ? monotonic_us() : 0;
}

/* Those who wait when the server is to end have half the time, so that it ends in time. */
bool exchange_in_vain(const struct exchange *exchange)
{
    struct pollfd client = {.fd = (int)(exchange - exchanges), .events = POLLRDHUP};
    uint64_t patience_us = timeout_s * (stopping ? 1000000ULL : 2000000ULL);
    return monotonic_us() - exchange->since_us > patience_us || poll(&client, 1, 0) > 0;
}

/* A client that sends a little now and then is never idle; it has twice the timeout in all, and as
 * long again to take an answer that it waited for. Whoever has a request answers it in time; one
 * that nobody answers is cut off. */
static void connections_sweep(void)
{
    static uint64_t swept_us;
    uint64_t now_us = monotonic_us();
    if (now_us - swept_us < 1000000)
        return;
    swept_us = now_us;
    for (int fd = 0; fd < SOCKET_MAX; fd++) {
        const struct exchange *exchange = &exchanges[fd];
        uint64_t limit_us = timeout_s * (exchange->asleep ? 4000000ULL : 2000000ULL);
        if (exchange->since_us && now_us - exchange->since_us > limit_us &&
            now_us - exchange->woken_us > limit_us)
            shutdown(fd, SHUT_RDWR);
    }
    fetchers_sweep();
}

static struct MHD_Response *response_make(const cJSON *document)
{
    const cJSON *header = cJSON_GetObjectItem(document, "headers")->child;
    char *body = obtained(cJSON_GetStringValue(cJSON_GetObjectItem(document, "body")));
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_MUST_COPY);
    for (; header; header = header->next) {
        const cJSON *value = cJSON_IsArray(header) ? header->child : header;
        for (; value; value = value == header ? NULL : value->next)
            MHD_add_response_header(response, header->string, value->valuestring);
    }
    return response;
}

/* An answer like the one before reuses its response; what a POST achieved is never kept. */
void exchange_answer(struct exchange *exchange, const char *json)
{
    static char *kept;
    static struct MHD_Response *response;
    static unsigned status;
    if (!kept || strcmp(kept, json) != 0) {
        cJSON *document = cJSON_Parse(json);
        const cJSON *wakes = cJSON_GetObjectItem(document, "wakes");
        if (wakes)
            holding_wake(wakes->valuestring);
        if (exchange_pend(exchange, document, json) || exchange_hold(exchange, document, json)) {
            cJSON_Delete(document);
            return;
        }
        MHD_destroy_response(response);
        response = response_make(document);
        status = (unsigned)cJSON_GetObjectItem(document, "status")->valueint;
        free(kept);
        kept = status == MHD_HTTP_OK && strcmp(exchange->told, "GET") != 0 ? NULL
                                                                           : obtained(strdup(json));
        cJSON_Delete(document);
    }
    exchange->status = status;
    MHD_queue_response(exchange->connection, status, response);
    if (!exchange->asleep)
        return;
    MHD_resume_connection(exchange->connection);
    exchange->woken_us = monotonic_us();
    exchange->asleep = false;
    resumed = true;
}

void exchange_refuse(struct exchange *exchange, enum idp_error error)
{
    char json[1024];
    idp_response_refusal(json, sizeof(json), error);
    exchange_answer(exchange, json);
}

static bool is_text(const char *text) /* printable ASCII */
{
    while (*text >= ' ' && *text < 0x7f)
        text++;
    return *text == '\0';
}

static void *exchange_open(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *exchange =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    uint64_t now_us = monotonic_us();
    *exchange = (struct exchange){.connection = connection, .since_us = now_us, .step_us = now_us};
    exchange->target = obtained(strdup(uri));
    exchange->address = addresses[exchange - exchanges];
    open_count++;
    return exchange;
}

static void exchange_close(void *context, struct MHD_Connection *connection, void **slot,
                           enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *slot;
    if (!exchange)
        return;
    if (exchange->status && !option[QUIET])
        fprintf(stderr, "%s %.*s %u %uus %s\n", exchange->method,
                (int)strcspn(exchange->target, "?"), exchange->target, exchange->status,
                (unsigned)(monotonic_us() - exchange->since_us), exchange->address);
    exchange->since_us = monotonic_us();
    if (exchange->stays_in)
        STAILQ_REMOVE(exchange->stays_in, exchange, exchange, next);
    if (exchange->body)
        explicit_bzero(exchange->body, exchange->body_size);
    free(exchange->target);
    free(exchange->body);
    free(exchange->answer);
    free(exchange->pending);
    free(exchange->fetch);
    free(exchange->resume);
    free(exchange->wake_on);
    open_count--;
}

/* A body that is too large is refused before it comes. The core refuses what is malformed. */
static void exchange_enter(struct exchange *exchange, const char *method)
{
    const char *size =
        MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, "Content-Length");
    exchange->method = method;
    exchange->told = strcmp(method, "HEAD") == 0 ? "GET" : method;
    if (!is_text(method) || !is_text(exchange->target)) {
        exchange->method = exchange->told = "malformed"; /* in the log too */
        exchange->target[0] = '\0';
    }
    if (size && strtoull(size, NULL, 10) > body_size_max)
        exchange_refuse(exchange, IDP_CONTENT_TOO_LARGE);
}

void exchange_wait(struct exchange *exchange, struct queue *queue)
{
    if (!exchange->asleep)
        MHD_suspend_connection(exchange->connection);
    exchange->asleep = true;
    STAILQ_INSERT_TAIL(queue, exchange, next);
}

void exchange_stay(struct exchange *exchange, struct queue *queue)
{
    STAILQ_INSERT_TAIL(queue, exchange, next);
    exchange->stays_in = queue;
}

void exchange_settle(struct exchange *exchange, int code)
{
    STAILQ_REMOVE(exchange->stays_in, exchange, exchange, next);
    exchange->stays_in = NULL;
    exchange->is_settled = true;
    exchange->code = code;
    if (exchange->asleep)
        engine->tell(exchange);
}

/* What is neither answered nor asleep is asked for again and again. */
static void request_ask(struct exchange *exchange)
{
    if (exchange->is_settled) {
        engine->tell(exchange);
    } else if (!exchange->is_taken) {
        exchange->is_taken = came = true;
        engine->take(exchange);
    }
}

/* Reads one byte more than allowed. */
static enum MHD_Result request_handle(void *context, struct MHD_Connection *connection,
                                      const char *url, const char *method, const char *version,
                                      const char *data, size_t *size, void **slot)
{
    struct exchange *exchange = *slot;
    if (!exchange->method) {
        exchange_enter(exchange, method);
    } else if (*size > 0) {
        size_t room = body_size_max + 1 - exchange->body_size, used = *size < room ? *size : room;
        exchange->body = obtained(realloc(exchange->body, exchange->body_size + used));
        memcpy(exchange->body + exchange->body_size, data, used);
        exchange->body_size += used;
        *size = 0;
    } else if (exchange->body_size > body_size_max) {
        exchange_refuse(exchange, IDP_CONTENT_TOO_LARGE);
    } else {
        request_ask(exchange);
    }
    return MHD_YES;
}

/* Listens on ADDRESS:PORT or [ADDRESS]:PORT, and prints where: port 0 is the system's choice. */
static void server_start(void)
{
    char host[INET6_ADDRSTRLEN], port[8];
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *to;
    if ((sscanf(option[LISTEN], "[%45[^]]]:%7[0-9]", host, port) != 2 &&
         sscanf(option[LISTEN], "%45[^][:]:%7[0-9]", host, port) != 2) ||
        getaddrinfo(host, port, &hints, &to))
        errx(1, "--listen takes a numeric ADDRESS:PORT");
    unsigned six = to->ai_family == AF_INET6 ? MHD_USE_IPv6 : 0;
    server = MHD_start_daemon(
        six | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL,
        request_handle, NULL, MHD_OPTION_SOCK_ADDR, to->ai_addr, MHD_OPTION_CONNECTION_TIMEOUT,
        timeout_s, MHD_OPTION_CONNECTION_LIMIT, CONNECTION_COUNT_MAX, MHD_OPTION_URI_LOG_CALLBACK,
        exchange_open, NULL, MHD_OPTION_NOTIFY_COMPLETED, exchange_close, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY_SIZE, MHD_OPTION_END);
    if (!server)
        err(1, "cannot listen on %s", option[LISTEN]);
    polls[0].fd = MHD_get_daemon_info(server, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    freeaddrinfo(to);
    dprintf(STDOUT_FILENO, six ? "http://[%s]:%u\n" : "http://%s:%u\n", host,
            MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
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
    resumed = false;
    do {
        came = false;
        MHD_run(server);
    } while (came && ++rounds < GATHER_MAX);
}

/* One turn: send what is answered, read what came, run it. What comes back from the fetchers runs
 * in the same turn, and so does what the engine wants fetched: nothing waits for the next one. */
static void turn(void)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms;
    bool ready = resumed || (MHD_get_timeout(server, &timeout_ms) == MHD_YES && timeout_ms == 0);
    poll(polls, IDP_COUNT(polls), ready ? 0 : pending ? PAUSE_MS : idle_ms());
    requests_gather();
    fetchers_read();
    holding_turn();
    pending = engine->turn();
    fetchers_send();
    connections_sweep();
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
    fetching_check();
    close_range(3, ~0U, 0); /* sockets are small numbers then: see exchanges */
    engine = option[SQLITE] ? &engine_sqlite : &engine_postgres;
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    signal(SIGPIPE, SIG_IGN);
    fetchers_start();
    engine->open();
    server_start();
    setvbuf(stderr, NULL, _IOFBF, BUFSIZ);
    while (!stopping)
        turn();
    close(MHD_quiesce_daemon(server));
    alarm(2 * timeout_s); /* ends the process where its requests do not end */
    holding_end();
    while (open_count > 0)
        turn();
    MHD_stop_daemon(server);
    fetchers_stop();
    return 0;
}
