/* SPDX-License-Identifier: Apache-2.0 */
/* httpd.h - a thin shim: HTTP in, one SELECT http_request(…) in the database, HTTP out.
 * One thread, one loop. Each turn gathers the requests that are complete and hands them to the
 * engine together, so that SQLite can commit them together; nothing is answered before its commit.
 */
#ifndef IDPLANE_HTTPD_H
#define IDPLANE_HTTPD_H

#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <microhttpd.h>

#include "core/idplane.h"

enum {
    WATCH_COUNT_MAX = 16,             /* sockets of an engine */
    HEADERS_JSON_SIZE_MAX = 64 << 10, /* of the headers that are handed on */
    CONNECTION_COUNT_MAX = 512,
    CONNECTION_MEMORY_SIZE = 24 << 10 /* bounds a request line with its headers */
};

struct options {
    const char *sqlite, *postgres; /* one of them */
    const char *listen, *base_url;
    size_t body_size_max;
    unsigned timeout_s;
    bool synchronous_full, group_commit, quiet;
};

/* Ends the process with help, version or a complaint where the arguments ask for that. */
struct options options_read(int count, char **arguments);

/* One client connection. */
struct peer {
    struct peer *next, *previous;
    int socket;
    uint64_t fresh_us; /* when it was opened, or its last request was answered */
    bool executing;
    char address[INET6_ADDRSTRLEN];
};

/* One request, from its first line until its response is sent. */
struct exchange {
    struct exchange *next; /* in the turn's list or an engine's queue */
    struct MHD_Connection *connection;
    struct peer *peer;
    char *target;
    const char *method;
    char *body;
    size_t body_size, body_capacity;
    uint64_t started_us;
    enum idp_error refused; /* the shim's own answer; IDP_OK: the core is asked */
    bool entered, suspended;
    unsigned status;
    struct MHD_Response *response;
    unsigned attempts;
};

/* What runs requests. `open` ends the process where it fails: nothing is served yet. */
struct engine {
    void (*open)(const struct options *options);
    /* Runs or queues a list of exchanges; each gets exchange_resume() now or later. */
    void (*run)(struct exchange *list);
    /* Fills in the sockets to wait for; returns their number. */
    size_t (*watch)(struct pollfd *polls);
    /* Called every turn, at least once a second, after waiting on them. */
    void (*progress)(const struct pollfd *polls, size_t count);
    void (*close)(void);
    bool immediate; /* `run` answers before it returns */
};

extern const struct engine engine_sqlite, engine_postgres;

/* ---- exchange.c ---- */

/* The headers that the core reads, as JSON; NULL where they are too large. Valid until next use. */
const char *exchange_headers(const struct exchange *exchange);
/* What the core is told: it answers HEAD as GET, and the server drops the body. */
const char *exchange_method(const struct exchange *exchange);
/* Turns the core's document into the response. */
void exchange_answer(struct exchange *exchange, const char *json, size_t size);
/* Replaces the response by an error of our own. */
void exchange_refuse(struct exchange *exchange, enum idp_error error);
/* Sends the response; the exchange may be gone afterwards. */
void exchange_resume(struct exchange *exchange);
bool exchange_body_add(struct exchange *exchange, const char *data, size_t size);
void exchange_free(struct exchange *exchange);
/* True for printable ASCII without spaces: all that a request line may hold. */
bool is_printable(const char *text);

/* ---- server.c ---- */

/* Serves until a signal asks to stop, then finishes what is under way. */
int server_run(const struct options *options, const struct engine *engine);
uint64_t monotonic_us(void);

/* ---- main.c ---- */

/* Says why on stderr and ends the process. */
void die(const char *format, ...) IDP_NORETURN __attribute__((format(printf, 1, 2)));
/* Says it on stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* {"base_url":…} for configure(); to be freed. */
char *base_url_settings(const char *base_url);

#endif
