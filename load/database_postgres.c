/* SPDX-License-Identifier: Apache-2.0 */
/* database_postgres.c - the extension in a PostgreSQL database, over libpq. */
#include "load/load.h"

#include <libpq-fe.h>

static PGconn *connection;

static char *trimmed(struct loader *loader, const char *message)
{
    size_t size = strlen(message);
    while (size > 0 && message[size - 1] == '\n') {
        size--;
    }
    return text_copy(loader, message, size);
}

static void postgres_open(struct loader *loader, const char *where, bool dry_run)
{
    (void)dry_run;
    setenv("PGAPPNAME", "idplane-load", false);
    connection = PQconnectdb(where);
    if (PQstatus(connection) != CONNECTION_OK) {
        fail(loader, "cannot connect: %s", trimmed(loader, PQerrorMessage(connection)));
    }
    PQclear(PQexec(connection, "BEGIN"));
}

/* The primary message only: a context could quote what was sent. */
static const char *message_of(const PGresult *result)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return message != NULL ? message : PQresultErrorMessage(result);
}

static struct answer postgres_run(struct loader *loader, const char *sql,
                                  const char *const *arguments, size_t count)
{
    struct answer answer = {0};
    PGresult *result = PQexecParams(connection, sql, (int)count, NULL, arguments, NULL, NULL, 0);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state != NULL && strcmp(state, "3F000") == 0) {
        answer.fault = "idplane is not in it: CREATE EXTENSION idplane";
    } else if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        answer.fault = trimmed(loader, message_of(result));
    } else if (PQgetisnull(result, 0, 0) == 0) {
        answer.text = trimmed(loader, PQgetvalue(result, 0, 0));
    }
    PQclear(result);
    return answer;
}

/* COMMIT of a transaction that failed says ROLLBACK, and is no error. */
static void postgres_end(struct loader *loader, bool commit)
{
    if (connection == NULL) {
        return;
    }
    PGresult *result = PQexec(connection, commit ? "COMMIT" : "ROLLBACK");
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK &&
                strcmp(PQcmdStatus(result), commit ? "COMMIT" : "ROLLBACK") == 0;
    const char *fault = trimmed(loader, message_of(result));
    PQclear(result);
    PQfinish(connection);
    connection = NULL;
    if (commit && !done) {
        fail(loader, "the commit failed, nothing is changed: %s", fault);
    }
}

const struct database database_postgres = {postgres_open, postgres_run, postgres_end, "idplane."};
