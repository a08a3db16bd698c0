/* SPDX-License-Identifier: Apache-2.0 */
/* engine_sqlite.c - the core, linked in, over one SQLite file. A request runs when it is complete.
 * What it writes is committed at the end of the turn, together with what the others of the turn
 * wrote, so that one fsync serves them all; until then they wait. Who wrote nothing but what
 * a crash may forget, or nothing at all, is answered at once. While another process holds the write
 * lock, those who came to it queue, and reading goes on. */
#include "httpd/httpd.h"

#include <sqlite3.h>

#include "sqlite_ext/program.h"

/* Codes and tokens are all over the file: few pages are read and written for one request alone.
 * While a log is taken into the file everybody waits; a longer one saves less than it delays. */
enum { CACHE_KIB = 32 << 10, LOG_PAGE_COUNT = 2000 };
enum { BUSY_TIMEOUT_MS = 20, BLOCKED_MAX_US = 5000000 };

static sqlite3 *db;
static bool syncs_log;                                          /* SQLite leaves it to us */
static size_t committed_writes;                                 /* lasting ones */
static struct queue waiting = STAILQ_HEAD_INITIALIZER(waiting); /* for the commit */
static struct queue blocked = STAILQ_HEAD_INITIALIZER(blocked); /* for the write lock */

enum { REQUEST, BEGIN, BEGIN_WRITING, COMMIT, ROLLBACK, VERSION, STATEMENT_COUNT };
static sqlite3_stmt *statements[STATEMENT_COUNT];
static const char *const texts[STATEMENT_COUNT] = {[REQUEST] = "SELECT http_request(?, ?, ?, ?, ?)",
                                                   [BEGIN] = "BEGIN",
                                                   [BEGIN_WRITING] = "BEGIN IMMEDIATE",
                                                   [COMMIT] = "COMMIT",
                                                   [ROLLBACK] = "ROLLBACK",
                                                   [VERSION] = "PRAGMA data_version"};

/* The last connection to go checkpoints the log into the file. */
static void engine_close(void)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(statements[i]);
    if (sqlite3_close(db))
        warnx("%s", sqlite3_errmsg(db));
}

static int prepare(void)
{
    int code = SQLITE_OK;
    for (size_t i = 0; i < STATEMENT_COUNT && !code; i++)
        code =
            sqlite3_prepare_v3(db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &statements[i], NULL);
    return code;
}

/* A write-ahead log that SQLite syncs for checkpoints alone is one that we may sync in time.
 * (`full` pads it to whole sectors where a disk may lose what stands beside a write; none is like
 * that.) */
static int log_begin(void)
{
    sqlite3_stmt *mode;
    bool is_full = strcmp(option[SYNCHRONOUS], "full") == 0;
    int code = sqlite3_prepare_v2(db, "PRAGMA journal_mode = wal", -1, &mode, NULL);
    if (!code && sqlite3_step(mode) == SQLITE_ROW)
        syncs_log = is_full && strcmp((const char *)sqlite3_column_text(mode, 0), "wal") == 0;
    sqlite3_finalize(mode);
    return code ? code
                : sqlite3_exec(db,
                               is_full && !syncs_log ? "PRAGMA synchronous = full"
                                                     : "PRAGMA synchronous = normal",
                               NULL, NULL, NULL);
}

/* What is written is not committed yet, or not synced. */
static bool is_pending(void)
{
    return committed_writes != sqlite3_idplane_lasting_writes();
}

/* Behind a commit, and before anybody is told of it. Where it fails, a second one may succeed
 * though what the first was for is not on the disk, and whatever follows in the log is then lost
 * with it. So nobody is told of anything any more; closing takes what is in the log into the file.
 */
static void log_sync(void)
{
    sqlite3_file *log = NULL;
    int code = SQLITE_OK;
    if (syncs_log && is_pending())
        code = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (!code && log && log->pMethods)
        code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
    if (code)
        errx(1,
             "%s: the log could not be brought to the disk (%s); see to the disk and start again",
             option[SQLITE], sqlite3_errstr(code));
    committed_writes = sqlite3_idplane_lasting_writes();
}

static void engine_open(void)
{
    /* No locks, no statistics; what was open before is closed. */
    if (sqlite3_shutdown() || sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) ||
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0))
        errx(1, "SQLite cannot be configured");
    sqlite3_idplane_alone();
    char *setup = sqlite3_mprintf(
        "PRAGMA cache_size = -%d; PRAGMA wal_autocheckpoint = %d; SELECT idplane_install();"
        "SELECT configure(json_object('base_url', %Q)) WHERE %d",
        CACHE_KIB, LOG_PAGE_COUNT, option[BASE_URL], option[BASE_URL] != NULL);
    if (sqlite3_open(option[SQLITE], &db) || sqlite3_idplane_init(db, NULL, NULL) ||
        sqlite3_busy_timeout(db, BLOCKED_MAX_US / 1000) || log_begin() ||
        sqlite3_exec(db, setup, NULL, NULL, NULL) || sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS) ||
        prepare())
        errx(1, "%s: %s", option[SQLITE], sqlite3_errmsg(db));
    log_sync();
    sqlite3_free(setup);
    atexit(engine_close);
}

static int statement_run(int name)
{
    sqlite3_step(statements[name]);
    return sqlite3_reset(statements[name]);
}

/* The core's document is left in exchange->answer. */
static int request_run(struct exchange *exchange)
{
    sqlite3_stmt *request = statements[REQUEST];
    sqlite3_bind_text(request, 1, exchange->told, -1, SQLITE_STATIC);
    sqlite3_bind_text(request, 2, exchange->target, -1, SQLITE_STATIC);
    sqlite3_bind_text(request, 3, exchange_headers(exchange), -1, SQLITE_STATIC);
    sqlite3_bind_blob(request, 4, exchange->body, (int)exchange->body_size, SQLITE_STATIC);
    sqlite3_bind_text(request, 5, exchange->resume, -1, SQLITE_STATIC);
    if (sqlite3_step(request) == SQLITE_ROW)
        exchange->answer = obtained(strdup((const char *)sqlite3_column_text(request, 0)));
    return sqlite3_reset(request);
}

static bool is_busy(int code)
{
    return (code & 0xff) == SQLITE_BUSY;
}

static void request_end(struct exchange *exchange, int code)
{
    if (!code && exchange->answer)
        exchange_answer(exchange, exchange->answer);
    else
        exchange_refuse(exchange, is_busy(code) ? IDP_TEMPORARILY_UNAVAILABLE : IDP_SERVER_ERROR);
}

/* All that waited for a commit are told of it, or of what came in its place. */
static void waiting_end(int code)
{
    while (!STAILQ_EMPTY(&waiting))
        exchange_settle(STAILQ_FIRST(&waiting), code);
}

/* Begins a transaction and runs the first request of it. Where another process wrote between what
 * this one read and would write, it is run anew as the only writer. */
static int request_first(struct exchange *exchange)
{
    int code = statement_run(BEGIN);
    if (!code)
        code = request_run(exchange);
    if (is_busy(code) && !(code = statement_run(ROLLBACK)) &&
        !(code = statement_run(BEGIN_WRITING)))
        code = request_run(exchange);
    return code;
}

/* Runs a request; false where another process holds the lock, and nothing was done. Where SQLite
 * gave up the transaction, what waits in it is lost with it. */
static bool request_take(struct exchange *exchange)
{
    bool alone = sqlite3_get_autocommit(db);
    bool at_once = alone && (option[SINGLE] || strcmp(exchange->told, "GET") == 0);
    int code = alone && !at_once ? request_first(exchange) : request_run(exchange);
    bool wrote = !code && sqlite3_txn_state(db, "main") == SQLITE_TXN_WRITE;
    bool waits = wrote && is_pending();
    bool held = alone && is_busy(code);
    if (code && !held)
        warnx("%s", sqlite3_errmsg(db));
    if (!alone && sqlite3_get_autocommit(db))
        waiting_end(SQLITE_ABORT);
    if (alone && !wrote && !sqlite3_get_autocommit(db))
        statement_run(held ? ROLLBACK : COMMIT);
    if (at_once && !code)
        log_sync();
    if (held && monotonic_us() - exchange->step_us < BLOCKED_MAX_US)
        return false;
    if (waits)
        exchange_stay(exchange, &waiting);
    else
        request_end(exchange, code);
    return true;
}

/* Who comes later does not overtake, unless it only reads. */
static void engine_take(struct exchange *exchange)
{
    bool reads = strcmp(exchange->told, "GET") == 0;
    if ((!STAILQ_EMPTY(&blocked) && !reads) || !request_take(exchange))
        exchange_wait(exchange, &blocked);
}

static void engine_tell(struct exchange *exchange)
{
    request_end(exchange, exchange->code);
}

static void turn_commit(void)
{
    if (sqlite3_get_autocommit(db))
        return;
    int code = statement_run(COMMIT);
    if (!code)
        log_sync();
    else
        warnx("%s", sqlite3_errmsg(db));
    waiting_end(code);
    if (!sqlite3_get_autocommit(db))
        statement_run(ROLLBACK);
}

static bool engine_turn(void)
{
    struct exchange *exchange;
    turn_commit();
    while ((exchange = STAILQ_FIRST(&blocked))) {
        STAILQ_REMOVE_HEAD(&blocked, next);
        if (request_take(exchange))
            continue;
        STAILQ_INSERT_HEAD(&blocked, exchange, next);
        break;
    }
    turn_commit();
    return !STAILQ_EMPTY(&blocked);
}

/* The version is another one where another connection has committed. */
static bool engine_changed(void)
{
    static sqlite3_int64 known;
    sqlite3_int64 version = known;
    if (sqlite3_step(statements[VERSION]) == SQLITE_ROW)
        version = sqlite3_column_int64(statements[VERSION], 0);
    sqlite3_reset(statements[VERSION]);
    bool changed = version != known;
    known = version;
    return changed;
}

const struct engine engine_sqlite = {engine_open, engine_take, engine_tell, engine_turn,
                                     engine_changed};
