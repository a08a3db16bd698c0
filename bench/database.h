/* SPDX-License-Identifier: Apache-2.0 */
/* database.h - a SQLite file with idplane in it and pending device codes, as the benchmark programs
 * want one. */
#ifndef IDPLANE_BENCH_DATABASE_H
#define IDPLANE_BENCH_DATABASE_H

#include <sqlite3.h>
#include <stddef.h>

enum { DEVICE_CODE_SIZE = 43 };

/* Before the first database is opened: a cache of pages that is there from the start, and one block
 * for those that a savepoint may bring back, as docs/operations.md has them. */
void database_memory_take(void);
/* The database has as many pages in memory as were taken. */
void database_memory_use(sqlite3 *db);

/* Opens a new file in WAL mode, loads the extension and registers the public client "tv", whose
 * codes live for 30 minutes and may be polled each second. Ends the program where that fails, as
 * all of these. */
sqlite3 *database_open(const char *extension, const char *path);

/* Runs statements whose rows nobody needs. */
void database_run(sqlite3 *db, const char *sql);
sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql);

/* Issues codes in one transaction, as the product does, and returns them one behind the other. */
char *database_issue(sqlite3 *db, size_t count);

/* One execution: the row's first column must begin with `start`. */
void database_step(sqlite3_stmt *statement, const char *start);

#endif
