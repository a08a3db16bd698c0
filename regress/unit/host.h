/* SPDX-License-Identifier: Apache-2.0 */
/* host.h - the third host of the core, without any database: a fixed clock, counted randomness,
 * statements answered from a script, and memory that can be made to end. A statement that breaks
 * its own contract (wrong kinds) aborts the program, whichever test ran it. */
#ifndef IDPLANE_HOST_H
#define IDPLANE_HOST_H

#include <setjmp.h>
#include <stdio.h>

#include "core/base/base.h"

enum { HOST_ANSWER_COUNT_MAX = 64, HOST_STATEMENT_COUNT_MAX = 256, HOST_SENTENCE_SIZE = 64 << 10 };

/* What the next statement returns. The values (row-major) must outlive the call. */
struct host_answer {
    const struct idp_value *values;
    size_t row_count;
    int64_t affected;
};

struct host {
    struct idp_call call;
    struct idp_arena arena;

    /* set at will; host_start chose 2026-01-01T00:00:00Z, a key in memory, a writable database */
    int64_t now_us;
    unsigned char random_next; /* each random byte is one more than the last */
    const char *master_key_path;
    unsigned char ephemeral_key[32];
    bool in_recovery;
    size_t block_fail_at; /* the n-th block from here on is refused; 0: none */
    struct idp_query_answer query_answer;
    struct host_answer (*improvise)(struct idp_call *call, const struct idp_statement *statement);
    void *improvise_data; /* improvise answers where the script has ended; NULL: no row */

    /* what was seen */
    const struct idp_statement *statements[HOST_STATEMENT_COUNT_MAX];
    size_t statement_count, begin_count, query_count, undone_count;
    char request[4096]; /* of the last query */
    size_t block_count, block_live_count;
    enum idp_error error; /* IDP_OK: nothing was raised */
    char sentence[HOST_SENTENCE_SIZE];

    /* the host's own */
    struct host_answer answers[HOST_ANSWER_COUNT_MAX];
    size_t answer_count, answer_next;
    char session[IDP_SESSION_COUNT][256];
    size_t session_size[IDP_SESSION_COUNT];
    bool session_known[IDP_SESSION_COUNT];
    jmp_buf *escape;
};

void host_start(struct host *host);

/* Setup and teardown of a cmocka test that wants a host in *state; blocks that leak fail it. */
int host_setup(void **state);
int host_teardown(void **state);

/* Ends the call's arena; the next call finds the clock and tenant unread. What was seen stays. */
void host_end_call(struct host *host);

/* Adds to the script. A statement beyond the script is improvised, or finds no row. */
void host_answer(struct host *host, const struct idp_value *values, size_t row_count,
                 int64_t affected);

/* Runs body(call, data); false where it raised, then error and sentence tell. */
bool host_try(struct host *host, void (*body)(struct idp_call *call, void *data), void *data);

/* Calls a row of a function table as an adapter would; SQL NULL where it raised. */
struct idp_value host_invoke(struct host *host, const struct idp_function *function,
                             const struct idp_value *arguments, size_t argument_count);

/* The same by name, which must exist. */
struct idp_value host_invoke_named(struct host *host, const char *name,
                                   const struct idp_value *arguments, size_t argument_count);

/* True where the bytes are `expected`; else says what they are. */
bool host_text_is(struct idp_bytes text, const char *expected);

/* Aborts where the condition does not hold; for fuzz targets. */
void host_require(bool condition);

/* Opens a file of the shared test vectors (IDPLANE_VECTORS, else ../shared/vectors); NULL: absent.
 */
FILE *host_vectors_open(const char *name);

#endif
