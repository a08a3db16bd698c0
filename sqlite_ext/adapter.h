/* SPDX-License-Identifier: Apache-2.0 */
/* adapter.h - what the files of the SQLite adapter share. Nothing here knows what idplane does: it
 * converts values, keeps prepared statements and transactions, and raises errors. */
#ifndef IDPLANE_SQLITE_ADAPTER_H
#define IDPLANE_SQLITE_ADAPTER_H

#include <setjmp.h>

#include <sqlite3ext.h>

#include "core/idplane.h"

enum {
    IDP_SQLITE_VERSION_MIN = 3037000,
    IDP_MESSAGE_SIZE_MAX = 512,
    IDP_STATEMENT_CACHE_SIZE = 256, /* a power of two, well above the number of statements */
    IDP_SPARE_BLOCK_SIZE_MAX = 64 << 10
};

/* A kept statement; index[n] is SQLite's number of parameter $n+1 (it numbers by appearance). */
struct idp_prepared {
    const struct idp_statement *statement;
    sqlite3_stmt *handle;
    unsigned char index[IDP_STATEMENT_ARGUMENT_COUNT_MAX];
};

/* State of one database connection; freed when its last SQL function goes. */
struct idp_connection {
    sqlite3 *db;
    int references;
    bool anchored; /* the virtual table that releases the statements is connected */
    bool schema_checked;
    struct idp_prepared prepared[IDP_STATEMENT_CACHE_SIZE];
    char *session[IDP_SESSION_COUNT];
    unsigned char ephemeral_key[32];
    void *spare_block; /* one arena block kept between calls */
};

/* How a call made its writes atomic. */
enum idp_transaction { IDP_TRANSACTION_NONE, IDP_TRANSACTION_OWN, IDP_TRANSACTION_SAVEPOINT };

/* One call of one SQL function, on the C stack; fail jumps to `escape`. */
struct idp_frame {
    struct idp_call call;
    struct idp_arena arena;
    struct idp_connection *connection;
    jmp_buf escape;
    enum idp_transaction transaction;
    enum idp_error error;
    int sqlite_code;
    char message[IDP_MESSAGE_SIZE_MAX];
};

extern const struct idp_host idp_sqlite_host;

/* Records the error in the frame and jumps to its escape. */
void idp_frame_fail(struct idp_frame *frame, enum idp_error error,
                    const char *sentence) IDP_NORETURN;

/* The same for the connection's last SQLite error. */
void idp_frame_fail_sqlite(struct idp_frame *frame, int code) IDP_NORETURN;

/* Ends the transaction that host->begin opened: commit on success, else roll back. May fail. */
void idp_transaction_commit(struct idp_frame *frame);
void idp_transaction_roll_back(struct idp_frame *frame);

/* A prepared statement, from the cache or fresh; *fresh must be finalized after use. */
struct idp_prepared *idp_statement_prepare(struct idp_frame *frame,
                                           const struct idp_statement *statement,
                                           struct idp_prepared *fresh);

/* Finalizes every kept statement. */
void idp_statements_release(struct idp_connection *connection);

/* Registers the virtual table whose disconnection releases the statements before close. */
int idp_anchor_register(struct idp_connection *connection);
/* Connects it, once. */
int idp_anchor_drop(struct idp_connection *connection);

/* Common dialect to SQLite's; sqlite3_malloc'ed, NULL where there is no memory. */
char *idp_translate(const char *text);

/* idplane_install(): makes or upgrades the tables. */
void idp_install(sqlite3_context *context, int argument_count, sqlite3_value **arguments);
/* Raises where the tables are absent, older or newer than this library. */
void idp_schema_check(struct idp_frame *frame);

struct idp_connection *idp_connection_open(sqlite3 *db);
void idp_connection_release(void *connection);

#endif
