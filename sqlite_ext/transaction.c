/* SPDX-License-Identifier: Apache-2.0 */
/* transaction.c - makes the writes of one call atomic, also where it is interrupted.
 *
 * Once sqlite3_interrupt() was called or memory ran out, SQLite runs no statement until the
 * outermost one has ended: ROLLBACK is refused like any other, and half a call would stay, in an
 * open transaction. But a writing statement that is interrupted makes SQLite itself roll everything
 * back: so each transaction has one at hand, prepared while that still works. */
#include "sqlite_ext/adapter.h"

SQLITE_EXTENSION_INIT3

enum control {
    BEGIN,
    COMMIT,
    ROLL_BACK,
    SAVEPOINT,
    RELEASE,
    ROLL_BACK_TO,
    UNDO,
    GUARD,
    ATTEMPT,
    ATTEMPT_TAKEN_BACK,
    ATTEMPT_ENDED
};

static const char *const texts[IDP_CONTROL_COUNT] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLL_BACK] = "ROLLBACK",
    [SAVEPOINT] = "SAVEPOINT idplane",
    [RELEASE] = "RELEASE idplane",
    [ROLL_BACK_TO] = "ROLLBACK TO idplane",
    [UNDO] = "UPDATE main.idplane_schema SET version = version WHERE 0",
    [GUARD] = "SELECT version FROM main.idplane_schema",
    [ATTEMPT] = "SAVEPOINT idplane_attempt",
    [ATTEMPT_TAKEN_BACK] = "ROLLBACK TO idplane_attempt",
    [ATTEMPT_ENDED] = "RELEASE idplane_attempt",
};

static sqlite3_stmt *prepared(struct idp_frame *frame, enum control control)
{
    sqlite3_stmt **kept = &frame->connection->control[control];
    int code = SQLITE_OK;
    if (*kept == NULL) {
        idp_anchor_drop(frame);
        code = sqlite3_prepare_v3(frame->connection->db, texts[control], -1,
                                  SQLITE_PREPARE_PERSISTENT, kept, NULL);
    }
    if (code != SQLITE_OK) {
        idp_frame_fail_sqlite(frame, code);
    }
    return *kept;
}

/* SQLITE_DONE, or what stopped it. PRAGMA count_changes makes even an UPDATE return a row. */
static int step(sqlite3_stmt *statement)
{
    int code;
    do {
        code = sqlite3_step(statement);
    } while (code == SQLITE_ROW);
    sqlite3_reset(statement);
    return code;
}

static int run(struct idp_frame *frame, enum control control)
{
    return step(frame->connection->control[control]);
}

static void require(struct idp_frame *frame, int code)
{
    if (code != SQLITE_DONE) {
        idp_frame_fail_sqlite(frame, code);
    }
}

/* BEGIN may be interrupted after it was done, hence the mark before it. */
static void begin_own(struct idp_frame *frame)
{
    frame->transaction = IDP_TRANSACTION_OWN;
    require(frame, run(frame, BEGIN));
}

/* A savepoint is refused only inside a running writing statement: there an error would leave some
 * of our writes behind, unless that statement is one of a trigger of ours. */
static void begin_nested(struct idp_frame *frame)
{
    int code = run(frame, SAVEPOINT);
    if (code == SQLITE_BUSY && frame->call.function->nests) {
        frame->transaction = IDP_TRANSACTION_OUTER;
        return;
    }
    if (code == SQLITE_BUSY) {
        idp_frame_fail(frame, IDP_NESTED_WRITE, NULL);
    }
    require(frame, code);
    frame->transaction = IDP_TRANSACTION_SAVEPOINT;
}

void idp_transaction_begin(struct idp_frame *frame, sqlite3_stmt *undo)
{
    sqlite3 *db = frame->connection->db;
    for (enum control control = BEGIN; control < UNDO; control++) {
        (void)prepared(frame, control);
    }
    frame->undo = undo;
    if (sqlite3_get_autocommit(db) && sqlite3_txn_state(db, NULL) != SQLITE_TXN_WRITE) {
        begin_own(frame);
    } else {
        begin_nested(frame);
    }
}

/* The undo runs once, so that it is not found out of date when it is needed. */
void idp_transaction_ensure(struct idp_call *call)
{
    struct idp_frame *frame = call->context;
    if (frame->transaction != IDP_TRANSACTION_NONE) {
        return;
    }
    idp_schema_check(frame);
    sqlite3_stmt *undo = prepared(frame, UNDO);
    sqlite3_stmt *guard = prepared(frame, GUARD);
    idp_transaction_begin(frame, undo);
    if (frame->transaction == IDP_TRANSACTION_OUTER) {
        return;
    }
    require(frame, step(undo));
    int code = sqlite3_step(guard);
    require(frame, code == SQLITE_ROW ? SQLITE_DONE : code);
}

/* A progress handler interrupts also what is done: COMMIT, when there is no transaction any more.
 */
static bool is_committed(struct idp_frame *frame, int code)
{
    return code == SQLITE_DONE ||
           (code == SQLITE_INTERRUPT && sqlite3_get_autocommit(frame->connection->db));
}

void idp_transaction_commit(struct idp_frame *frame)
{
    if (frame->transaction != IDP_TRANSACTION_NONE) {
        sqlite3_reset(frame->connection->control[GUARD]);
    }
    if (frame->transaction == IDP_TRANSACTION_OWN) {
        int code = run(frame, COMMIT);
        require(frame, is_committed(frame, code) ? SQLITE_DONE : code);
    }
    if (frame->transaction == IDP_TRANSACTION_SAVEPOINT) {
        require(frame, run(frame, RELEASE));
    }
    frame->transaction = IDP_TRANSACTION_NONE;
}

static int roll_back(struct idp_frame *frame, enum idp_transaction transaction)
{
    if (transaction == IDP_TRANSACTION_OWN) {
        return run(frame, ROLL_BACK);
    }
    int code = run(frame, ROLL_BACK_TO);
    return code == SQLITE_DONE ? run(frame, RELEASE) : code;
}

/* An error that SQLite answered with a rollback of its own leaves nothing to undo. */
void idp_transaction_roll_back(struct idp_frame *frame)
{
    sqlite3 *db = frame->connection->db;
    enum idp_transaction transaction = frame->transaction;
    frame->transaction = IDP_TRANSACTION_NONE;
    if (transaction != IDP_TRANSACTION_NONE) {
        sqlite3_reset(frame->connection->control[GUARD]);
    }
    if (transaction == IDP_TRANSACTION_NONE || transaction == IDP_TRANSACTION_OUTER ||
        sqlite3_get_autocommit(db)) {
        return;
    }
    if (roll_back(frame, transaction) != SQLITE_DONE && !sqlite3_get_autocommit(db)) {
        sqlite3_interrupt(db);
        (void)step(frame->undo);
    }
}

/* What raises jumps past this, and the transaction around it is rolled back with it. */
bool idp_transaction_attempt(struct idp_call *call, bool (*body)(struct idp_call *call, void *data),
                             void *data)
{
    struct idp_frame *frame = call->context;
    idp_transaction_ensure(call);
    for (enum control control = ATTEMPT; control <= ATTEMPT_ENDED; control++) {
        (void)prepared(frame, control);
    }
    require(frame, run(frame, ATTEMPT));
    bool is_done = body(call, data);
    if (!is_done) {
        require(frame, run(frame, ATTEMPT_TAKEN_BACK));
    }
    require(frame, run(frame, ATTEMPT_ENDED));
    return is_done;
}
