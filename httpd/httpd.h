/* SPDX-License-Identifier: Apache-2.0 */
/* httpd.h - a thin shim: HTTP in, one SELECT http_request(…) in the database, HTTP out.
 * One thread, one loop. Each turn gathers the requests that are complete and hands them to the
 * engine together, so that SQLite can commit them together; none is answered before its commit. */
#ifndef IDPLANE_HTTPD_H
#define IDPLANE_HTTPD_H

#include <err.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "core/idplane.h"

enum {
    LINK_COUNT = 8,
    CONNECTION_COUNT_MAX = 512,
    CONNECTION_MEMORY_SIZE = 16 << 10,
    SOCKET_MAX = 1024
};

struct options {
    const char *sqlite, *postgres; /* one of them, the other NULL */
    const char *listen, *base_url, *synchronous;
    unsigned body_size_max, timeout_s;
    bool group_commit, quiet;
};

/* One client connection, by its socket. */
struct peer {
    uint64_t fresh_us; /* when it was opened, or its last request ended; 0: it waits for us */
    char address[INET6_ADDRSTRLEN];
};

/* One request, from its first line until its response is sent. */
struct exchange {
    struct exchange *next;
    struct MHD_Connection *connection;
    struct peer *peer;
    const char *method; /* NULL until its headers are read */
    const char *told;   /* the method the core is told: HEAD is GET, the server drops the body */
    char *body, *answer;
    size_t body_size, answer_size;
    enum idp_error refused; /* by the shim itself */
    bool suspended;
    unsigned attempts;
    int status; /* 0 until it is answered */
    uint64_t started_us;
    char target[];
};

struct engine {
    void (*open)(const struct options *options); /* ends the process where it fails */
    /* Runs a list of requests, each gets an answer, then exchange_resume(); returns the rest, for
     * which there is no connection yet. */
    struct exchange *(*run)(struct exchange *list);
    /* Sockets to wait for, then what they had to say; both NULL where `run` leaves nothing over. */
    void (*watch)(struct pollfd polls[LINK_COUNT]);
    void (*progress)(const struct pollfd polls[LINK_COUNT]);
    void (*close)(void);
};
extern const struct engine engine_sqlite, engine_postgres;

/* Ends the process with help, version or a complaint where the arguments ask for that. */
struct options options_read(int count, char **arguments);
uint64_t monotonic_us(void);

/* The headers that the core reads, as JSON; valid until the next one is asked. */
const char *exchange_headers(const struct exchange *exchange);
/* Sets the answer: the core's document, or one that says an error. */
void exchange_answer(struct exchange *exchange, const char *json, size_t size);
void exchange_refuse(struct exchange *exchange, enum idp_error error);
/* Has it sent when the server comes to it; before that, nothing is sent. */
void exchange_resume(struct exchange *exchange);
enum MHD_Result exchange_send(struct exchange *exchange);

#endif
