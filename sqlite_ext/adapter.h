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
    IDP_STATEMENT_CACHE_SIZE = 1024, /* a power of two, well above the number of statements */
    IDP_SPARE_BLOCK_SIZE_MAX = 64 << 10,
    IDP_CONTROL_COUNT = 11, /* statements that begin and end transactions */
    IDP_KEPT_COUNT = 16,    /* rows kept, by what they were asked for with */
    IDP_ATTACH_COUNT_MAX = 4,
    IDP_ATTACH_NAME_SIZE_MAX = 64
};

/* attach_NAME() and detach_NAME() of a trigger of the core. */
struct idp_attach {
    char attach_name[IDP_ATTACH_NAME_SIZE_MAX], detach_name[IDP_ATTACH_NAME_SIZE_MAX];
    struct idp_function attach, detach;
};

/* A kept statement; index[n] is SQLite's number of parameter $n+1 (it numbers by appearance). */
struct idp_prepared {
    const struct idp_statement *statement;
    sqlite3_stmt *handle;
    unsigned char index[IDP_STATEMENT_ARGUMENT_COUNT_MAX];
    bool spares_kept; /* it writes, and nothing that kept rows are of */
};

struct idp_kept_entry;

/* State of one database connection; freed when its last SQL function goes. */
struct idp_connection {
    sqlite3 *db;
    int references;
    bool anchored; /* the virtual table that releases the statements is connected */
    bool schema_checked;
    struct idp_prepared prepared[IDP_STATEMENT_CACHE_SIZE];
    sqlite3_stmt *control[IDP_CONTROL_COUNT];
    char *session[IDP_SESSION_COUNT];
    void *spare_block; /* one arena block kept between calls */
    struct idp_kept_entry *kept[IDP_KEPT_COUNT];
    size_t kept_next;      /* where the next one goes */
    unsigned spared_total; /* rows that were changed when kept rows were right for the last time */
    struct idp_attach attach[IDP_ATTACH_COUNT_MAX], row_attach[IDP_ATTACH_COUNT_MAX];
};

/* How a call made its writes atomic. */
enum idp_transaction {
    IDP_TRANSACTION_NONE,
    IDP_TRANSACTION_OWN,
    IDP_TRANSACTION_SAVEPOINT,
    IDP_TRANSACTION_OUTER /* a statement around the call, which undoes it where it fails */
};

/* One call of one SQL function, on the C stack; fail jumps to `escape`. */
struct idp_frame {
    struct idp_call call;
    struct idp_arena arena;
    struct idp_connection *connection;
    struct idp_prepared *running; /* the statement being stepped */
    struct idp_prepared fresh;    /* it, where the kept one is busy */
    bool knows_version;           /* kept rows of this version are right for this call */
    unsigned version;
    sqlite3_stmt *undo; /* see idp_transaction_begin */
    char *long_message; /* of SQLite; NULL: `message` holds it */
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

/* Makes the writes of the call atomic. `undo` is a prepared statement that writes: interrupted,
 * such a one makes SQLite roll everything back, also where ROLLBACK itself cannot run any more. */
void idp_transaction_begin(struct idp_frame *frame, sqlite3_stmt *undo);
/* host->begin: the same, once, with an undo of its own. */
void idp_transaction_ensure(struct idp_call *call);
/* Ends the transaction, if there is one: commit on success, else roll back. Committing may fail. */
void idp_transaction_commit(struct idp_frame *frame);
void idp_transaction_roll_back(struct idp_frame *frame);

/* host->attempt. */
bool idp_transaction_attempt(struct idp_call *call, bool (*body)(struct idp_call *call, void *data),
                             void *data);

/* ---- what an administrator registered (query.c, outer_table.c) ---- */

struct idp_bytes idp_query_register(struct idp_call *call, const struct idp_query *query);
struct idp_query_answer idp_query_run(struct idp_call *call, const struct idp_query *query,
                                      struct idp_bytes request);

/* What a query may still take. */
struct idp_query_budget {
    int64_t step_count, memory_start, ends_at_ns;
    bool is_spent;
};
/* False, from then on always, where nothing is left after so many more steps. */
bool idp_query_spend(struct idp_query_budget *budget, int64_t step_count);

/* Makes a table of `outer`, which may be read, a table of `db` of the same name. SQLITE_OK or why
 * not; the budget pays for what is read. */
struct idp_outer {
    sqlite3 *db;
    struct idp_query_budget *budget;
};
int idp_outer_register(sqlite3 *db, struct idp_outer *outer);
int idp_outer_table(sqlite3 *db, const char *name);

/* Registers a row of the function table with a connection. */
int idp_register_function(struct idp_connection *connection, const struct idp_function *function);

/* A prepared statement, kept or fresh; it is the running one until idp_statement_end. */
struct idp_prepared *idp_statement_start(struct idp_frame *frame,
                                         const struct idp_statement *statement);
/* Makes the running statement, if there is one, ready for the next run. */
void idp_statement_end(struct idp_frame *frame);

/* Finalizes every kept statement. */
void idp_statements_release(struct idp_connection *connection);

/* Registers the virtual table whose disconnection releases the statements before close. */
int idp_anchor_register(struct idp_connection *connection);
/* Connects it, once: before anything is kept. */
void idp_anchor_drop(struct idp_frame *frame);

/* Common dialect to SQLite's; sqlite3_malloc'ed, NULL where there is no memory. */
char *idp_translate(const char *text);

/* Fills connection->attach, a pair for each trigger of the core. */
void idp_attach_functions(struct idp_connection *connection);
/* Fills connection->row_attach, a pair for each trigger on a table of ours. */
void idp_row_trigger_functions(struct idp_connection *connection);

/* idplane_install(): makes the tables. */
extern const struct idp_function idp_install_function;
/* IDP_OK, IDP_NOT_INSTALLED or IDP_SCHEMA_NEWER; IDP_STORE: unreadable, SQLite knows why. */
enum idp_error idp_schema_state(sqlite3 *db);
/* Raises where the tables are absent, older or newer than this library. */
void idp_schema_check(struct idp_frame *frame);

/* host->master_key_path. */
const char *idp_master_key_path(struct idp_call *call, unsigned char ephemeral[32]);

struct idp_connection *idp_connection_open(sqlite3 *db);
void idp_connection_release(void *connection);

/* Blocks of the arena of one call; `connection` keeps the smallest for the next. */
void *idp_block_obtain(void *connection, size_t size);
void idp_block_release(void *connection, void *block);

/* ---- rows kept by the connection (kept.c) ---- */

/* What a look into the kept rows found, or needs to put some there. */
struct idp_kept {
    struct idp_bytes key; /* data NULL: nothing may be kept */
    unsigned version;     /* of the database */
    struct idp_rows rows;
};

/* True with kept->rows where the rows of the statement are kept. */
bool idp_kept_get(struct idp_frame *frame, const struct idp_statement *statement,
                  const struct idp_value *arguments, struct idp_kept *kept);

/* Keeps rows that were read since the look. */
void idp_kept_put(struct idp_connection *connection, const struct idp_kept *kept,
                  const struct idp_statement *statement, struct idp_rows rows);

/* True of a statement that writes one table, and none that a statement marked `kept` reads. */
bool idp_kept_spared_by(const struct idp_statement *statement);
/* Before a run of one that writes and is none of these: kept rows may be right no more. */
void idp_kept_doubt(struct idp_connection *connection, unsigned total_before);
/* After a run of one that spares them; total_before is what sqlite3_total_changes() was. */
void idp_kept_spare(struct idp_connection *connection, unsigned total_before);

void idp_kept_release(struct idp_connection *connection);

#endif
