/* SPDX-License-Identifier: Apache-2.0 */
/* faults.c - redeems an approved code again and again, each time with a fault one place further on.
 *
 *   faults EXTENSION FILE
 *
 * After every one: no transaction is open, another connection can write, and the code is either
 * approved still or consumed with its refresh token. A call that failed for want of room has
 * consumed nothing, since nobody has the tokens. */
#include <sqlite3.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACE_COUNT_MAX = 20000 };

static sqlite3 *db, *other;
static sqlite3_mem_methods memory;

/* Places left before the fault, 0 from then on; negative: no fault is wanted. */
static int countdown = -1;
static bool fired, starving, lasting;

static bool is_reached(void)
{
    countdown -= countdown > 0;
    fired = fired || countdown == 0;
    return countdown == 0;
}

/* ---- faults ---- */

static int on_statement(unsigned type, void *context, void *statement, void *text)
{
    (void)type;
    (void)context;
    (void)statement;
    (void)text;
    if (is_reached()) {
        sqlite3_interrupt(db);
    }
    return 0;
}

static int on_progress(void *context)
{
    (void)context;
    return is_reached();
}

static bool refuses_memory(void)
{
    bool before = fired;
    return starving && is_reached() && (lasting || !before);
}

static void *allocate(int size)
{
    return refuses_memory() ? NULL : memory.xMalloc(size);
}

static void *reallocate(void *block, int size)
{
    return refuses_memory() ? NULL : memory.xRealloc(block, size);
}

static void watch_statements(bool on)
{
    sqlite3_trace_v2(db, on ? SQLITE_TRACE_STMT : 0, on ? on_statement : NULL, NULL);
}

static void watch_progress(bool on)
{
    sqlite3_progress_handler(db, on, on ? on_progress : NULL, NULL);
}

static void watch_memory(bool on)
{
    starving = on;
    lasting = false;
}

static void watch_memory_for_good(bool on)
{
    starving = lasting = on;
}

/* The longest value that SQLite takes grows from place to place. */
static void watch_length(bool on)
{
    enum { STEP = 16, ENOUGH = 8192 };
    int length = on ? countdown * STEP : ENOUGH;
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, length);
    fired = on && length < ENOUGH;
}

static const struct kind {
    const char *name;
    void (*watch)(bool on);
    bool is_strict;
} kinds[] = {
    /* memory first: while statements have still to be prepared */
    {"one allocation that fails, any one", watch_memory, true},
    {"no memory from any allocation on", watch_memory_for_good, true},
    {"an interrupt at any statement", watch_statements, false},
    {"a progress handler that says stop from any step on", watch_progress, false},
    {"a result that is too large", watch_length, true},
};

/* ---- one connection ---- */

static void complain(const char *sql, sqlite3 *connection)
{
    fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(connection));
    exit(2);
}

static void must(sqlite3 *connection, const char *sql)
{
    if (sqlite3_exec(connection, sql, NULL, NULL, NULL)) {
        complain(sql, connection);
    }
}

/* The first value of the first row, freed by sqlite3_free. */
static char *text_of(sqlite3 *connection, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(connection, sql, -1, &statement, NULL) ||
        sqlite3_step(statement) != SQLITE_ROW) {
        complain(sql, connection);
    }
    char *text = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return text;
}

static int number_of(const char *sql)
{
    char *text = text_of(other, sql);
    int number = (int)strtol(text, NULL, 10);
    sqlite3_free(text);
    return number;
}

/* The statement that redeems a new approved code, freed by sqlite3_free. */
static char *new_redemption(void)
{
    char *issued = text_of(db, "SELECT issue_device_code('tv')");
    char *approve = sqlite3_mprintf(
        "SELECT approve_device_code(json_extract(%Q, '$.user_code'), 'alice')", issued);
    must(db, approve);
    sqlite3_free(approve);
    char *redemption =
        sqlite3_mprintf("SELECT poll_device_code(json_extract(%Q, '$.device_code'), 'tv')", issued);
    sqlite3_free(issued);
    return redemption;
}

/* ---- one attempt ---- */

/* Whether the caller got the tokens. */
static bool redeem(const struct kind *kind, const char *sql, int place)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL)) {
        complain(sql, db);
    }
    fired = false;
    countdown = place;
    kind->watch(true);
    bool told = sqlite3_step(statement) == SQLITE_ROW;
    countdown = -1;
    bool was_fired = fired;
    kind->watch(false);
    fired = was_fired;
    sqlite3_finalize(statement);
    return told;
}

/* NULL, or what is wrong. */
static const char *verdict(const struct kind *kind, bool told)
{
    static const char can_write[] = "UPDATE idplane_schema SET version = version";
    if (!sqlite3_get_autocommit(db)) {
        return "a transaction is open";
    }
    if (sqlite3_exec(other, can_write, NULL, NULL, NULL)) {
        return "another connection cannot write";
    }
    int approved = number_of("SELECT count(*) FROM idplane_device_code WHERE state = 'approved'");
    int consumed = number_of("SELECT count(*) FROM idplane_device_code WHERE state = 'consumed'");
    int tokens = number_of("SELECT count(*) FROM idplane_refresh_token");
    must(other, "DELETE FROM idplane_device_code; DELETE FROM idplane_refresh_token");
    if (approved > 1 || consumed != 1 - approved || tokens != consumed) {
        return "half a call was left";
    }
    if (told && consumed == 0) {
        return "the tokens are not kept";
    }
    return kind->is_strict && consumed == 1 && !told ? "the tokens are lost" : NULL;
}

/* In a transaction of the caller the code is committed with it. */
static const char *attempt(const struct kind *kind, bool nested, int place)
{
    char *sql = new_redemption();
    if (nested) {
        must(db, "BEGIN");
    }
    bool told = redeem(kind, sql, place);
    sqlite3_free(sql);
    if (nested && !sqlite3_get_autocommit(db)) {
        must(db, "COMMIT");
    }
    return verdict(kind, told);
}

static void test(const struct kind *kind, bool nested)
{
    const char *wrong = NULL;
    int place = 0;
    do {
        wrong = attempt(kind, nested, ++place);
    } while (wrong == NULL && fired && place < PLACE_COUNT_MAX);
    bool good = wrong == NULL && !fired && place > 4;
    printf("%sok - whole or not at all%s: %s\n", good ? "" : "not ",
           nested ? ", in a transaction around it" : "", kind->name);
    if (!good) {
        printf("#   place %d: %s\n", place, wrong == NULL ? "never ends" : wrong);
    }
}

static void load(const char *extension)
{
    char *message = NULL;
    if (sqlite3_load_extension(db, extension, "sqlite3_idplane_init", &message)) {
        fprintf(stderr, "%s\n", message);
        exit(2);
    }
}

static void open_all(const char *extension, const char *file)
{
    if (sqlite3_open(file, &db) || sqlite3_open(file, &other) ||
        sqlite3_enable_load_extension(db, 1)) {
        complain(file, db);
    }
    load(extension);
    must(db,
         "PRAGMA synchronous = off; SELECT idplane_install(); SELECT create_signing_key();"
         "SELECT register_client('tv', '{\"token_endpoint_auth_method\":\"none\",\"grant_types\":"
         "[\"urn:ietf:params:oauth:grant-type:device_code\",\"refresh_token\"]}')");
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fprintf(stderr, "usage: faults EXTENSION FILE\n");
        return 2;
    }
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory);
    sqlite3_mem_methods faulty = memory;
    faulty.xMalloc = allocate;
    faulty.xRealloc = reallocate;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &faulty);
    open_all(arguments[1], arguments[2]);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        test(&kinds[i], false);
        test(&kinds[i], true);
    }
    load(arguments[1]);
    char *redemption = new_redemption();
    must(db, redemption);
    sqlite3_free(redemption);
    bool closed = sqlite3_close(db) == SQLITE_OK && sqlite3_close(other) == SQLITE_OK;
    printf("%sok - a connection that loaded it twice closes\n", closed ? "" : "not ");
    return 0;
}
