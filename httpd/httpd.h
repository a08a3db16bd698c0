/* SPDX-License-Identifier: Apache-2.0 */
/* httpd.h - a thin shim: HTTP in, one SELECT http_request(…) in the database, HTTP out.
 * One thread, one loop. Each turn gives the requests that are complete to the engine; SQLite
 * commits those of a turn together. None is answered before its commit. */
#ifndef IDPLANE_HTTPD_H
#define IDPLANE_HTTPD_H

#include <err.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <cjson/cJSON.h>
#include <microhttpd.h>

#include "core/http/http.h"

enum { LINK_COUNT = 8, FETCHER_COUNT = 32, CONNECTION_MEMORY_SIZE = 16 << 10 };
/* Of what a client sends while TLS begins: its certificates, above all. */
enum { HANDSHAKE_SIZE_MAX = 48 << 10 };

/* What the command line says, or the default: NULL where there is none, "" for a flag. */
enum {
    SQLITE = 1,
    POSTGRES,
    LISTEN,
    BASE_URL,
    BODY_SIZE,
    TIMEOUT,
    SYNCHRONOUS,
    TRUST_HEADER,
    TLS,
    TLS_CERTIFICATE,
    TLS_KEY,
    TLS_CLIENT_CA,
    SINGLE,
    QUIET
};
extern const char *option[QUIET + 1];

/* A client's connection, and the request that is under way on it. */
struct exchange {
    STAILQ_ENTRY(exchange) next;
    struct MHD_Connection *connection;
    const char *method; /* NULL until its headers are read */
    const char *told;   /* the method the core is told: HEAD is GET, the server drops the body */
    char *target, *body, *answer;
    char *pending;     /* where to go on behind the fetch or the pause; NULL: none */
    char *fetch;       /* what is to be fetched */
    struct host *host; /* from there */
    char *resume;      /* where it goes on, with what came; NULL: it begins */
    char *wake_on;     /* whose decision it waits for */
    uint64_t due_us;   /* when it goes on that waits for another one's fetch, or for a decision */
    size_t body_size;
    unsigned attempts, status; /* status 0: not answered */
    uint64_t since_us;         /* when it was connected, or its request began or ended; 0: closed */
    uint64_t step_us;          /* when this step of it began */
    uint64_t woken_us;         /* when it was answered, if it slept */
    bool asleep;               /* its connection waits for the answer */
    bool is_taken;             /* by the engine */
    bool is_settled;           /* it is known what came of it: the engine's code */
    int code;
    struct queue *stays_in; /* awake; NULL: in none */
    bool waited;            /* for a decision, long enough */
    bool alone;             /* others failed with it: it gets a transaction of its own */
    const char *address;
};

/* Complete requests, in the order in which they came. */
STAILQ_HEAD(queue, exchange);
/* What ends the wait of a turn: the server, links to the database, fetchers. */
extern struct pollfd polls[1 + LINK_COUNT + FETCHER_COUNT];

struct engine {
    void (*open)(void);                      /* ends the process where it fails */
    void (*take)(struct exchange *exchange); /* a complete request: answers it, or lets it wait */
    void (*tell)(struct exchange *exchange); /* answers one that is settled */
    bool (*turn)(void);                      /* answers what is done; true: come back soon */
    bool (*changed)(void); /* somebody else wrote since it was asked last; NULL: it is told */
};
extern const struct engine engine_sqlite, engine_postgres, *engine;

uint64_t monotonic_us(void);
/* Passes memory on; ends the process where there is none. */
void *obtained(void *memory);

/* Puts a request into the queue; its connection sleeps until the answer. */
void exchange_wait(struct exchange *exchange, struct queue *queue);
/* The same for one that is settled in this turn: its connection need not sleep. */
void exchange_stay(struct exchange *exchange, struct queue *queue);
/* Takes one that stays out of its queue, and has it told of the code. */
void exchange_settle(struct exchange *exchange, int code);
/* Hands on this header, too: a proxy sets it, and no client gets one past it. Ends the process
 * where it is one that clients set. */
void header_trust(const char *name);
bool header_is_handed_on(const char *name);
/* The headers that the core reads, as JSON; valid until the next one is asked. */
const char *exchange_headers(const struct exchange *exchange);

/* Reads the files of --tls; ends the process where they do not do. The options are for the server,
 * to the end of the process; without --tls there are none. (tls.c) */
const struct MHD_OptionItem *tls_options(void);
/* A client connects: it is asked for a certificate, and need have none. */
void tls_begin(struct MHD_Connection *connection);
/* Adds the certificates of the client, whose key it has proven: RFC 9440. */
char *tls_members_add(char *end, struct MHD_Connection *connection);

/* Answers with the core's document, or with one that says an error. */
void exchange_answer(struct exchange *exchange, const char *json);
void exchange_refuse(struct exchange *exchange, enum idp_error error);

/* True where the answer is kept back until somebody decides, or for as long as it says (holding.c).
 */
bool exchange_hold(struct exchange *exchange, const cJSON *document, const char *json);
/* Somebody has decided: those who wait for that go on in the next turn. NULL: all of them do. */
void holding_wake(const char *name);
/* Lets those go on who were woken; answers those who waited long enough, or in vain. */
void holding_turn(void);
/* When there is something to do although nothing comes: at once, later, or never. */
uint64_t holding_due_us(void);
/* Nobody waits any longer. */
void holding_end(void);

/* Nobody needs its answer: its client has left, or was told to wait for too long. */
bool exchange_in_vain(const struct exchange *exchange);

/* Starts the process that fetches; ends this one where that fails. */
void fetchers_start(void);
void fetchers_stop(void);
/* True where the document is no answer yet: its request sleeps and goes on by itself, or is
 * refused. */
bool exchange_pend(struct exchange *exchange, const cJSON *document, const char *json);
/* The request goes on where its answer said, with what was fetched; NULL: with nothing. */
void exchange_resume(struct exchange *exchange, const char *fetched);
/* Before the engine's turn: lets those go on whose fetch is done, or who are due. */
void fetchers_read(void);
/* Behind it: sends what it has left to be fetched. */
void fetchers_send(void);
/* When fetchers_read() has something to do although nothing comes. */
uint64_t fetchers_due_us(void);
/* Now and then: refuses those who wait in vain. */
void fetchers_sweep(void);

#endif
