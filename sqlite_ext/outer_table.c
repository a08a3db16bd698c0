/* SPDX-License-Identifier: Apache-2.0 */
/* outer_table.c - a table of one database as a virtual table in another: for a query that may read
 * it, and do nothing else there. Rows come one by one, so that what they cost can be counted; where
 * a column has an index, only those that are asked for. */
#include "core/base/base.h"
#include "sqlite_ext/adapter.h"

SQLITE_EXTENSION_INIT3

enum { COLUMN_COUNT_MAX = 64 };

struct outer_table {
    sqlite3_vtab base;
    const struct idp_outer *outer;
    char *name;
    uint64_t indexed; /* a bit for each column that an index begins with */
    int column_count;
};

struct outer_cursor {
    sqlite3_vtab_cursor base;
    sqlite3_stmt *rows;
    sqlite3_int64 count;
    bool is_end;
};

/* ---- what the table is ---- */

/* A rowid table, or one without: no view and no virtual table, of which a step may cost anything.
 */
static bool is_plain_table(sqlite3 *db, const char *name)
{
    sqlite3_stmt *statement = NULL;
    bool is_plain = sqlite3_prepare_v2(db,
                                       "SELECT 1 FROM pragma_table_list WHERE schema = 'main'"
                                       " AND name = ?1 COLLATE NOCASE AND type = 'table'",
                                       -1, &statement, NULL) == SQLITE_OK &&
                    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC) == SQLITE_OK &&
                    sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    return is_plain;
}

static void find_indexed(struct outer_table *table)
{
    static const char text[] =
        "SELECT i.cid FROM pragma_index_list(?1, 'main') l, pragma_index_info(l.name, 'main') i"
        " WHERE i.seqno = 0 AND NOT l.partial AND i.cid BETWEEN 0 AND 63"
        " UNION SELECT cid FROM pragma_table_info(?1, 'main') WHERE pk = 1 AND cid < 64";
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(table->outer->db, text, -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            table->indexed |= (uint64_t)1 << sqlite3_column_int(statement, 0);
        }
    }
    sqlite3_finalize(statement);
}

static int declare(sqlite3 *db, struct outer_table *table, sqlite3_stmt *columns)
{
    sqlite3_str *text = sqlite3_str_new(db);
    table->column_count = sqlite3_column_count(columns);
    for (int i = 0; i < table->column_count; i++) {
        const char *type = sqlite3_column_decltype(columns, i);
        sqlite3_str_appendf(text, "%s\"%w\" %s", i == 0 ? "CREATE TABLE t(" : ", ",
                            sqlite3_column_name(columns, i), type == NULL ? "" : type);
    }
    sqlite3_str_appendall(text, ")");
    char *sql = sqlite3_str_finish(text);
    int code = sql == NULL ? SQLITE_NOMEM : sqlite3_declare_vtab(db, sql);
    sqlite3_free(sql);
    return code;
}

static sqlite3_stmt *prepare(const struct outer_table *table, int column)
{
    sqlite3_stmt *statement = NULL;
    sqlite3_str *text = sqlite3_str_new(table->outer->db);
    sqlite3_str_appendf(text, "SELECT * FROM main.\"%w\"", table->name);
    if (column >= 0) {
        sqlite3_stmt *all = prepare(table, -1);
        sqlite3_str_appendf(text, " WHERE \"%w\" = ?1",
                            all == NULL ? "" : sqlite3_column_name(all, column));
        sqlite3_finalize(all);
    }
    char *sql = sqlite3_str_finish(text);
    if (sql != NULL) {
        sqlite3_prepare_v2(table->outer->db, sql, -1, &statement, NULL);
    }
    sqlite3_free(sql);
    return statement;
}

/* ---- the table ---- */

static int disconnect(sqlite3_vtab *base)
{
    struct outer_table *table = (struct outer_table *)base;
    sqlite3_free(table->name);
    sqlite3_free(table);
    return SQLITE_OK;
}

static int describe(sqlite3 *db, struct outer_table *table)
{
    sqlite3_stmt *columns =
        is_plain_table(table->outer->db, table->name) ? prepare(table, -1) : NULL;
    int code = columns == NULL || sqlite3_column_count(columns) > COLUMN_COUNT_MAX
                   ? SQLITE_ERROR
                   : declare(db, table, columns);
    sqlite3_finalize(columns);
    return code;
}

/* argv[2] is the name, which is the same there. */
static int connect(sqlite3 *db, void *context, int argc, const char *const *argv,
                   sqlite3_vtab **out, char **error)
{
    (void)argc;
    struct outer_table *table = sqlite3_malloc64(sizeof *table);
    if (table == NULL) {
        return SQLITE_NOMEM;
    }
    *table = (struct outer_table){.outer = context, .name = sqlite3_mprintf("%s", argv[2])};
    int code = table->name == NULL ? SQLITE_NOMEM : describe(db, table);
    if (code != SQLITE_OK) {
        *error = sqlite3_mprintf("there is no table of this name with at most %d columns",
                                 COLUMN_COUNT_MAX);
        disconnect(&table->base);
        return code;
    }
    find_indexed(table);
    *out = &table->base;
    return SQLITE_OK;
}

static bool is_usable(sqlite3_index_info *info, int i, uint64_t indexed)
{
    int column = info->aConstraint[i].iColumn;
    return info->aConstraint[i].usable && info->aConstraint[i].op == SQLITE_INDEX_CONSTRAINT_EQ &&
           column >= 0 && (indexed >> column & 1) != 0 &&
           sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") == 0;
}

/* SQLite compares the rows again: another collation or affinity there may bring more of them. */
static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    struct outer_table *table = (struct outer_table *)base;
    info->idxNum = -1;
    info->estimatedCost = 1e6;
    for (int i = 0; i < info->nConstraint; i++) {
        if (is_usable(info, i, table->indexed)) {
            info->aConstraintUsage[i].argvIndex = 1;
            info->idxNum = info->aConstraint[i].iColumn;
            info->estimatedCost = 10;
            info->estimatedRows = 5;
            break;
        }
    }
    return SQLITE_OK;
}

/* ---- its rows ---- */

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    (void)base;
    struct outer_cursor *cursor = sqlite3_malloc64(sizeof *cursor);
    if (cursor == NULL) {
        return SQLITE_NOMEM;
    }
    *cursor = (struct outer_cursor){.is_end = true};
    *out = &cursor->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct outer_cursor *cursor = (struct outer_cursor *)base;
    sqlite3_finalize(cursor->rows);
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
    struct outer_cursor *cursor = (struct outer_cursor *)base;
    struct outer_table *table = (struct outer_table *)base->pVtab;
    int code = sqlite3_step(cursor->rows);
    int steps = sqlite3_stmt_status(cursor->rows, SQLITE_STMTSTATUS_VM_STEP, 1);
    cursor->is_end = code != SQLITE_ROW;
    cursor->count++;
    if (!idp_query_spend(table->outer->budget, steps)) {
        return SQLITE_INTERRUPT;
    }
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *name, int argc,
                  sqlite3_value **argv)
{
    (void)name;
    struct outer_cursor *cursor = (struct outer_cursor *)base;
    sqlite3_finalize(cursor->rows);
    cursor->rows = prepare((struct outer_table *)base->pVtab, number);
    if (cursor->rows == NULL) {
        return SQLITE_ERROR;
    }
    if (argc == 1) {
        sqlite3_bind_value(cursor->rows, 1, argv[0]);
    }
    return next(base);
}

static int is_end(sqlite3_vtab_cursor *base)
{
    return ((struct outer_cursor *)base)->is_end;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int i)
{
    struct outer_cursor *cursor = (struct outer_cursor *)base;
    sqlite3_result_value(context, sqlite3_column_value(cursor->rows, i));
    return SQLITE_OK;
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((struct outer_cursor *)base)->count;
    return SQLITE_OK;
}

static const sqlite3_module outer_module = {
    .xCreate = connect,
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xDestroy = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = is_end,
    .xColumn = column,
    .xRowid = row_id,
};

int idp_outer_register(sqlite3 *db, struct idp_outer *outer)
{
    return sqlite3_create_module_v2(db, "idplane_outer", &outer_module, outer, NULL);
}

int idp_outer_table(sqlite3 *db, const char *name)
{
    char *sql = sqlite3_mprintf("CREATE VIRTUAL TABLE main.\"%w\" USING idplane_outer", name);
    int code = sql == NULL ? SQLITE_NOMEM : sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    return code;
}
