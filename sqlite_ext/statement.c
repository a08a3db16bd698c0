/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c - statements prepared at first use and kept for the connection.
 *
 * The cache is keyed by the address of the constant that describes the statement. A kept statement
 * that is running (a call from inside its own step) is not reused: the inner call gets a fresh one.
 */
#include "sqlite_ext/adapter.h"

#include <stdint.h>
#include <string.h>

SQLITE_EXTENSION_INIT3

/* NULL: all are taken by others. */
static struct idp_prepared *cache_slot(struct idp_connection *connection,
                                       const struct idp_statement *statement)
{
    size_t mask = IDP_STATEMENT_CACHE_SIZE - 1;
    size_t first = (uintptr_t)statement / sizeof *statement;
    for (size_t i = 0; i < IDP_STATEMENT_CACHE_SIZE; i++) {
        struct idp_prepared *slot = &connection->prepared[(first + i) & mask];
        if (slot->statement == NULL || slot->statement == statement) {
            return slot;
        }
    }
    return NULL;
}

static void index_parameters(struct idp_prepared *prepared)
{
    char name[8];
    size_t count = strlen(prepared->statement->arguments);
    for (size_t i = 0; i < count && i < IDP_STATEMENT_ARGUMENT_COUNT_MAX; i++) {
        sqlite3_snprintf(sizeof name, name, "$%d", (int)i + 1);
        prepared->index[i] = (unsigned char)sqlite3_bind_parameter_index(prepared->handle, name);
    }
}

static void prepare(struct idp_frame *frame, const struct idp_statement *statement,
                    struct idp_prepared *out)
{
    sqlite3 *db = frame->connection->db;
    idp_schema_check(frame);
    char *text = idp_translate(statement->text);
    if (text == NULL) {
        idp_frame_fail_sqlite(frame, SQLITE_NOMEM);
    }
    sqlite3_stmt *handle = NULL;
    int code = sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);
    sqlite3_free(text);
    if (code == SQLITE_ERROR && statement->is_fetch) {
        idp_frame_fail(frame, IDP_FETCH_NOT_INSTALLED, NULL);
    }
    if (code != SQLITE_OK) {
        idp_frame_fail_sqlite(frame, code);
    }
    out->statement = statement;
    out->handle = handle;
    out->spares_kept = idp_kept_spared_by(statement);
    index_parameters(out);
}

static struct idp_prepared *obtain(struct idp_frame *frame, const struct idp_statement *statement)
{
    struct idp_prepared *kept = cache_slot(frame->connection, statement);
    if (kept != NULL && kept->handle != NULL && !sqlite3_stmt_busy(kept->handle)) {
        return kept;
    }
    if (kept == NULL || kept->handle != NULL) {
        prepare(frame, statement, &frame->fresh);
        return &frame->fresh;
    }
    idp_anchor_drop(frame);
    prepare(frame, statement, kept);
    return kept;
}

struct idp_prepared *idp_statement_start(struct idp_frame *frame,
                                         const struct idp_statement *statement)
{
    frame->running = obtain(frame, statement);
    return frame->running;
}

void idp_statement_end(struct idp_frame *frame)
{
    if (frame->running == NULL) {
        return;
    }
    sqlite3_reset(frame->running->handle);
    sqlite3_clear_bindings(frame->running->handle);
    frame->running = NULL;
    sqlite3_finalize(frame->fresh.handle);
    frame->fresh = (struct idp_prepared){0};
}

void idp_statements_release(struct idp_connection *connection)
{
    for (size_t i = 0; i < IDP_STATEMENT_CACHE_SIZE; i++) {
        sqlite3_finalize(connection->prepared[i].handle);
        connection->prepared[i] = (struct idp_prepared){0};
    }
    for (size_t i = 0; i < IDP_CONTROL_COUNT; i++) {
        sqlite3_finalize(connection->control[i]);
        connection->control[i] = NULL;
    }
}
