/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c - rows that a connection keeps, of statements about what hardly ever changes.
 *
 * Reading an instance and the keys of its issuer is half of what oidc_authenticate() does beside
 * checking the signature. The rows of a statement marked `kept` stay here until the version of the
 * database is another one: SQLite counts it for its own page cache, whoever changes the file. That
 * count is good within a transaction that reads; before it, nobody has looked at the file, and one
 * that writes may be rolled back. A database in memory that was deserialized may be another one
 * without a new count: of such nothing is kept.
 *
 * A program whose connection runs nobody's statements but ours may go on keeping rows when its
 * transaction writes, as long as nothing but what leaves them true was written: each row that is
 * changed is counted, and those that such statements changed are known. */
#include "sqlite_ext/adapter.h"

#include <string.h>

#include "sqlite_ext/program.h"

SQLITE_EXTENSION_INIT3

enum { ENTRY_SIZE_MAX = 64 << 10 };

/* One block: the entry, its rows and behind them its key. */
struct idp_kept_entry {
    const struct idp_statement *statement;
    unsigned version;
    struct idp_bytes key;
    struct idp_rows rows;
};

/* sqlite3_deserialize() puts its database into this VFS. */
static bool is_deserialized(sqlite3 *db)
{
    sqlite3_vfs *vfs = NULL;
    return sqlite3_file_control(db, NULL, SQLITE_FCNTL_VFS_POINTER, &vfs) != SQLITE_OK ||
           vfs == NULL || strcmp(vfs->zName, "memdb") == 0;
}

/* Connections that share a cache may see what others have not committed; then each counts a part of
 * it. */
static bool is_shared(sqlite3 *db)
{
    int used = 0, part = 0, highest;
    sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_USED, &used, &highest, 0);
    sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_USED_SHARED, &part, &highest, 0);
    return used != part;
}

static _Thread_local bool is_alone;

void sqlite3_idplane_alone(void)
{
    is_alone = true;
}

/* What a connection wrote before it begins to read is committed, or was rolled back. */
static bool is_true_to_file(struct idp_connection *connection)
{
    unsigned total = (unsigned)sqlite3_total_changes(connection->db);
    switch (sqlite3_txn_state(connection->db, "main")) {
    case SQLITE_TXN_READ:
        connection->spared_total = total;
        return true;
    case SQLITE_TXN_WRITE:
        return is_alone && connection->spared_total == total;
    default:
        return false;
    }
}

/* A version that a call has seen within a transaction is that of the whole call. */
static bool may_keep(struct idp_frame *frame, unsigned *version)
{
    sqlite3 *db = frame->connection->db;
    if (is_alone && frame->knows_version &&
        frame->connection->spared_total == (unsigned)sqlite3_total_changes(db)) {
        *version = frame->version;
        return true;
    }
    frame->knows_version =
        is_true_to_file(frame->connection) &&
        sqlite3_file_control(db, NULL, SQLITE_FCNTL_DATA_VERSION, &frame->version) == SQLITE_OK &&
        (is_alone || (!is_deserialized(db) && !is_shared(db)));
    *version = frame->version;
    return frame->knows_version;
}

static bool is_of(const struct idp_kept_entry *entry, const struct idp_statement *statement,
                  const struct idp_kept *kept)
{
    return entry != NULL && entry->statement == statement && entry->version == kept->version &&
           entry->key.size == kept->key.size &&
           memcmp(entry->key.data, kept->key.data, kept->key.size) == 0;
}

bool idp_kept_get(struct idp_frame *frame, const struct idp_statement *statement,
                  const struct idp_value *arguments, struct idp_kept *kept)
{
    struct idp_connection *connection = frame->connection;
    kept->key = (struct idp_bytes){NULL, 0};
    if (!statement->kept || !may_keep(frame, &kept->version)) {
        return false;
    }
    kept->key = idp_rows_key(&frame->call, statement, arguments);
    size_t i = 0;
    while (i < IDP_KEPT_COUNT && !is_of(connection->kept[i], statement, kept)) {
        i++;
    }
    if (kept->key.data == NULL || i == IDP_KEPT_COUNT) {
        return false;
    }
    struct idp_rows rows = connection->kept[i]->rows;
    kept->rows = idp_rows_copy(rows, idp_allocate(&frame->call, idp_rows_size(rows)));
    return true;
}

void idp_kept_put(struct idp_connection *connection, const struct idp_kept *kept,
                  const struct idp_statement *statement, struct idp_rows rows)
{
    size_t rows_size = idp_rows_size(rows);
    size_t size = sizeof(struct idp_kept_entry) + rows_size + kept->key.size;
    struct idp_kept_entry *entry =
        kept->key.data == NULL || rows.count == 0 || size > ENTRY_SIZE_MAX ? NULL
                                                                           : sqlite3_malloc64(size);
    if (entry == NULL) {
        return;
    }
    char *key = (char *)(entry + 1) + rows_size;
    memcpy(key, kept->key.data, kept->key.size);
    *entry = (struct idp_kept_entry){.statement = statement,
                                     .version = kept->version,
                                     .key = {key, kept->key.size},
                                     .rows = idp_rows_copy(rows, entry + 1)};
    struct idp_kept_entry **slot = &connection->kept[connection->kept_next++ % IDP_KEPT_COUNT];
    sqlite3_free(*slot);
    *slot = entry;
}

/* ---- what leaves kept rows true ---- */

static size_t name_size(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

static bool mentions(const char *text, const char *table, size_t size)
{
    while ((text = strstr(text, "idplane.")) != NULL) {
        text += strlen("idplane.");
        if (name_size(text) == size && strncmp(text, table, size) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_kept(const char *table)
{
    for (size_t i = 0; i < idp_statement_group_count; i++) {
        const struct idp_statement_group *group = &idp_statement_groups[i];
        for (size_t j = 0; j < *group->count; j++) {
            if (group->statements[j].kept &&
                mentions(group->statements[j].text, table, name_size(table))) {
                return true;
            }
        }
    }
    return false;
}

bool idp_kept_spared_by(const struct idp_statement *statement)
{
    static const char *const verbs[] = {"INSERT INTO idplane.", "UPDATE idplane.",
                                        "DELETE FROM idplane."};
    for (size_t i = 0; i < IDP_COUNT(verbs); i++) {
        if (strncmp(statement->text, verbs[i], strlen(verbs[i])) == 0) {
            return !is_kept(statement->text + strlen(verbs[i]));
        }
    }
    return false;
}

/* Its triggers may look before SQLite counts what it changed. */
void idp_kept_doubt(struct idp_connection *connection, unsigned total_before)
{
    connection->spared_total = total_before - 1;
}

/* Where triggers changed more than the statement itself, the total goes ahead of what is spared. */
void idp_kept_spare(struct idp_connection *connection, unsigned total_before)
{
    if (connection->spared_total == total_before) {
        connection->spared_total += (unsigned)sqlite3_changes(connection->db);
    }
}

void idp_kept_release(struct idp_connection *connection)
{
    for (size_t i = 0; i < IDP_KEPT_COUNT; i++) {
        sqlite3_free(connection->kept[i]);
    }
}
