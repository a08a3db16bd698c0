/* SPDX-License-Identifier: Apache-2.0 */
/* database.c - makes the SQLite file that is measured. */
#include "bench/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/pair.h"

enum { CACHE_SIZE_KIB = 256 * 1024, SAVEPOINT_BLOCK_SIZE = 128 * 1024 };

void database_memory_take(void)
{
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, -CACHE_SIZE_KIB);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, SAVEPOINT_BLOCK_SIZE);
}

void database_memory_use(sqlite3 *db)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA cache_size = -%d", CACHE_SIZE_KIB);
    database_run(db, sql);
}

/* The message is asked for after the call, not beside it. */
static void expect(sqlite3 *db, int code, int expected)
{
    if (code != expected)
        require(false, sqlite3_errmsg(db));
}

void database_run(sqlite3 *db, const char *sql)
{
    expect(db, sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    expect(db, code, SQLITE_OK);
    return statement;
}

sqlite3 *database_open(const char *extension, const char *path)
{
    sqlite3 *db;
    int code = sqlite3_open(path, &db);
    expect(db, code, SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
    expect(db, sqlite3_load_extension(db, extension, NULL, NULL), SQLITE_OK);
    database_run(db, "PRAGMA journal_mode = wal");
    database_run(db, "SELECT idplane_install()");
    database_run(db, "SELECT configure('{\"device_flow_settings\":"
                     "{\"device_flow_codelifetime_in_secs\":1800,"
                     "\"device_flow_polling_interval_in_secs\":1}}')");
    database_run(db, "SELECT register_client('tv', '{\"grant_types\":[\"urn:ietf:params:oauth:"
                     "grant-type:device_code\"],\"token_endpoint_auth_method\":\"none\"}')");
    return db;
}

void database_step(sqlite3_stmt *statement, const char *start)
{
    sqlite3 *db = sqlite3_db_handle(statement);
    expect(db, sqlite3_step(statement), SQLITE_ROW);
    const char *text = (const char *)sqlite3_column_text(statement, 0);
    require(text != NULL && strncmp(text, start, strlen(start)) == 0, "an answer of another kind");
    /* A statement that is not stepped to its end would never checkpoint the log. */
    expect(db, sqlite3_step(statement), SQLITE_DONE);
    sqlite3_reset(statement);
}

char *database_issue(sqlite3 *db, size_t count)
{
    static const char start[] = "{\"device_code\":\"";
    char *codes = malloc(count * DEVICE_CODE_SIZE);
    sqlite3_stmt *issue = database_prepare(db, "SELECT issue_device_code('tv')");
    require(codes != NULL, "out of memory");
    database_run(db, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < count; i++) {
        expect(db, sqlite3_step(issue), SQLITE_ROW);
        const char *text = (const char *)sqlite3_column_text(issue, 0);
        require(strncmp(text, start, sizeof start - 1) == 0, "no device code");
        memcpy(codes + i * DEVICE_CODE_SIZE, text + sizeof start - 1, DEVICE_CODE_SIZE);
        sqlite3_reset(issue);
    }
    database_run(db, "COMMIT");
    sqlite3_finalize(issue);
    return codes;
}
