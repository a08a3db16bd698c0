/* SPDX-License-Identifier: Apache-2.0 */
/* issuer.c - sign_csr in SQLite against an issuer that lives in a process of its own (issuer.mjs,
 * issuer.py, issuer.sh), which is asked for several certificates at once, so that asking costs it
 * nothing.
 *
 *   issuer EXTENSION DATABASE GOAL COUNT NAME COMMAND...
 *
 * It gets a request as a line of base64, and answers "ok" once it has issued a certificate for it.
 * Then each line is a number of certificates for the same, and "ok" says that they are issued. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "bench/database.h"
#include "bench/issuing.h"
#include "bench/pair.h"
#include "bench/process.h"

enum { WARM_COUNT = 10, SLICE_MS = 30 };

struct bench {
    struct process process;
    sqlite3_stmt *sign;
    int count; /* of certificates that are asked for at once */
};

static void peer_step(void *context)
{
    struct bench *bench = context;
    fprintf(bench->process.to, "%d\n", bench->count);
    require(process_answers(&bench->process), "the issuer refuses the request");
}

static void own_step(void *context)
{
    struct bench *bench = context;
    for (int i = 0; i < bench->count; i++)
        database_step(bench->sign, "{\"certificate\":\"-----BEGIN");
}

/* The base64 of PEM, in one line. */
static void request_send(struct bench *bench, const char *text)
{
    for (const char *line = strchr(text, '\n') + 1; *line != '-'; line = strchr(line, '\n') + 1)
        fprintf(bench->process.to, "%.*s", (int)strcspn(line, "\n"), line);
    fputc('\n', bench->process.to);
    require(process_answers(&bench->process), "the issuer refuses the request");
}

static void measure(struct bench *bench, const char *name, const char *goal)
{
    for (int i = 0; bench->count > 1 && i < WARM_COUNT; i++) /* until it is compiled */
        peer_step(bench);
    pair_measure(&(struct pair){.section = "Issuers, same request",
                                .name = "sign_csr P-256 in SQLite",
                                .reference = name,
                                .goal = goal,
                                .reference_step = peer_step,
                                .case_step = own_step,
                                .context = bench,
                                .slice_ms = SLICE_MS});
}

int main(int count, char **arguments)
{
    static struct bench bench;
    struct issuing issuing;
    require(count > 6, "usage: issuer EXTENSION DATABASE GOAL COUNT NAME COMMAND...");
    database_memory_take();
    sqlite3 *db = database_open(arguments[1], arguments[2]);
    database_memory_use(db);
    issuing_open(&issuing, 1);
    bench.count = (int)strtol(arguments[4], NULL, 10);
    bench.process = process_start(arguments + 6);
    request_send(&bench, issuing.requests[0].text);
    database_run(db, "SELECT create_ca('default'); BEGIN IMMEDIATE");
    bench.sign = database_prepare(db, "SELECT sign_csr(?)");
    sqlite3_bind_text(bench.sign, 1, issuing.requests[0].text, -1, SQLITE_STATIC);
    measure(&bench, arguments[5], arguments[3]);
    sqlite3_finalize(bench.sign);
    database_run(db, "COMMIT");
    process_end(&bench.process);
    issuing_close(&issuing);
    require(sqlite3_close(db) == SQLITE_OK, "the connection does not close");
    return 0;
}
