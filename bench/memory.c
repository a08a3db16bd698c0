/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - what a SQLite connection has gained after a hundred thousand calls.
 *
 *   memory EXTENSION DATABASE
 *
 * The calls write the same few rows again and again, so that the page cache has its size before. */
#include "bench/database.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench/pair.h"

enum { CALL_COUNT = 100000, WARM_COUNT = 4000 };

static void calls(sqlite3_stmt *const *statements, size_t statement_count, size_t count)
{
    static const char *const starts[] = {"{\"error\":", "{\"error\":", "ey", "{\"status\":400"};
    for (size_t i = 0; i < count; i++)
        database_step(statements[i % statement_count], starts[i % statement_count]);
}

int main(int count, char **arguments)
{
    require(count == 3, "usage: memory EXTENSION DATABASE");
    sqlite3 *db = database_open(arguments[1], arguments[2]);
    char *code = database_issue(db, 1);
    sqlite3_stmt *statements[] = {
        database_prepare(db, "SELECT poll_device_code(?, 'tv')"),
        database_prepare(db, "SELECT poll_device_code('none', 'tv')"),
        database_prepare(db, "SELECT jwt_sign('{\"sub\":\"u\"}')"),
        database_prepare(db, "SELECT http_request('POST', '/token', '{\"Host\":\"127.0.0.1:8080\","
                             "\"Content-Type\":\"application/x-www-form-urlencoded\"}',"
                             " 'grant_type=x&grant_type=y')")};
    size_t statement_count = sizeof statements / sizeof statements[0];
    sqlite3_bind_text(statements[0], 1, code, DEVICE_CODE_SIZE, SQLITE_STATIC);
    calls(statements, statement_count, WARM_COUNT);
    double before = resident_mib();
    calls(statements, statement_count, CALL_COUNT);
    row_print("SQLite", "memory growth of a connection over 100000 calls, MiB", "",
              resident_mib() - before, "< 1");
    for (size_t i = 0; i < statement_count; i++)
        sqlite3_finalize(statements[i]);
    free(code);
    return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
