/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c - rows that a backend keeps, of statements about what hardly ever changes.
 *
 * Reading a client and its settings was a quarter of the time in issue_device_code(). The rows of a
 * statement marked `kept` stay here until one of its tables changes. Triggers on those tables send
 * the message by which PostgreSQL keeps its own catalog caches right, at commit and to all
 * backends. A transaction that changes the tables, or has one snapshot for all its statements,
 * neither keeps rows nor uses them: what it sees is not what others see. */
#include "pg_ext/adapter.h"

#include "access/xact.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/rel.h"

enum { ENTRY_COUNT = 64, ENTRY_SIZE_MAX = 64 << 10, KEY_SIZE_MAX = 1024, TABLE_COUNT_MAX = 8 };

/* One block: the entry, its rows and behind them its key. */
struct entry {
    const struct idp_statement *statement;
    struct idp_bytes key;
    struct idp_rows rows;
};

static struct entry *entries[ENTRY_COUNT];
static uint64 change_count; /* messages about the tables so far */
static uint64 entries_from; /* what it was when the entries began */
static Oid tables[TABLE_COUNT_MAX];
static size_t table_count;
static TransactionId changing = InvalidTransactionId; /* ours that changed them last */

/* ---- messages ---- */

static bool is_watched(Oid table)
{
    for (size_t i = 0; i < table_count; i++) {
        if (tables[i] == table) {
            return true;
        }
    }
    return false;
}

/* May come at any time, even while a transaction ends: only counts. */
static void table_changed(Datum argument, Oid table)
{
    (void)argument;
    if (table == InvalidOid || is_watched(table)) {
        change_count++;
    }
}

void idp_pg_kept_init(void)
{
    CacheRegisterRelcacheCallback(table_changed, (Datum)0);
}

/* True where the tables of the plan were watched already; they are watched from now on. */
static bool watch(SPIPlanPtr plan)
{
    bool watched = true;
    ListCell *source, *table;
    foreach (source, SPI_plan_get_plan_sources(plan)) {
        foreach (table, ((CachedPlanSource *)lfirst(source))->relationOids) {
            if (is_watched(lfirst_oid(table))) {
                continue;
            }
            watched = false;
            if (table_count == TABLE_COUNT_MAX) { /* full of tables that were dropped */
                table_count = 0;
                change_count++;
            }
            tables[table_count++] = lfirst_oid(table);
        }
    }
    return watched;
}

/* Trigger of the tables that kept statements read, for each row before it changes: an apply worker
 * fires no other, and a call within the statement that changes the row must know of it. */
#pragma GCC visibility push(default)
PG_FUNCTION_INFO_V1(idplane_configuration_changed);
#pragma GCC visibility pop

Datum idplane_configuration_changed(PG_FUNCTION_ARGS)
{
    if (!CALLED_AS_TRIGGER(fcinfo)) {
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("idplane: this function is for triggers of idplane only")));
    }
    TriggerData *change = (TriggerData *)fcinfo->context;
    bool updates = TRIGGER_FIRED_BY_UPDATE(change->tg_event);
    CacheInvalidateRelcache(change->tg_relation);
    changing = GetTopTransactionId();
    return PointerGetDatum(updates ? change->tg_newtuple : change->tg_trigtuple);
}

/* ---- rows and keys as blocks of bytes ---- */

static bool has_bytes(const struct idp_value *value)
{
    return value->kind == 't' || value->kind == 'x' || value->kind == 'j';
}

static size_t rows_size(struct idp_rows rows)
{
    size_t size = rows.count * rows.columns * sizeof *rows.values;
    for (size_t i = 0; i < rows.count * rows.columns; i++) {
        size += has_bytes(&rows.values[i]) ? rows.values[i].bytes.size + 1 : 0;
    }
    return size;
}

/* Copies the rows to `block`, which has room for rows_size(). */
static struct idp_rows rows_copy(struct idp_rows rows, void *block)
{
    size_t count = rows.count * rows.columns;
    struct idp_value *values = memcpy(block, rows.values, count * sizeof *values);
    char *place = (char *)(values + count);
    for (size_t i = 0; i < count; i++) {
        if (has_bytes(&values[i])) {
            values[i].bytes.data = memcpy(place, values[i].bytes.data, values[i].bytes.size);
            place += values[i].bytes.size;
            *place++ = 0;
        }
    }
    rows.values = values;
    return rows;
}

/* The arguments in a row, the size before those that have one; data NULL where they are too long.
 */
static struct idp_bytes key_of(struct idp_call *call, const struct idp_statement *statement,
                               const struct idp_value *arguments)
{
    char *key = idp_allocate(call, KEY_SIZE_MAX);
    size_t size = 0;
    for (size_t i = 0; i < strlen(statement->arguments); i++) {
        const struct idp_value *value = &arguments[i];
        struct idp_bytes bytes = has_bytes(value) ? value->bytes : (struct idp_bytes){NULL, 0};
        int64 head = has_bytes(value) ? (int64)bytes.size : value->integer;
        if (bytes.size > KEY_SIZE_MAX || size + bytes.size > KEY_SIZE_MAX - 1 - sizeof head) {
            return (struct idp_bytes){NULL, 0};
        }
        key[size++] = value->kind;
        memcpy(key + size, &head, sizeof head);
        size += sizeof head;
        memcpy(key + size, bytes.size == 0 ? "" : bytes.data, bytes.size);
        size += bytes.size;
    }
    return (struct idp_bytes){key, size};
}

/* ---- entries ---- */

static struct entry **slot_of(struct idp_bytes key)
{
    return &entries[hash_bytes((const unsigned char *)key.data, (int)key.size) % ENTRY_COUNT];
}

static void slot_empty(struct entry **slot)
{
    if (*slot != NULL) {
        pfree(*slot);
        *slot = NULL;
    }
}

static void forget_old(void)
{
    AcceptInvalidationMessages();
    if (entries_from == change_count) {
        return;
    }
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        slot_empty(&entries[i]);
    }
    entries_from = change_count;
}

static bool is_of(const struct entry *entry, const struct idp_statement *statement,
                  struct idp_bytes key)
{
    return entry != NULL && entry->statement == statement && entry->key.size == key.size &&
           memcmp(entry->key.data, key.data, key.size) == 0;
}

/* False where this transaction may see other rows than those that begin now. */
static bool sees_what_others_see(void)
{
    TransactionId own = GetTopTransactionIdIfAny();
    return !IsolationUsesXactSnapshot() && (own == InvalidTransactionId || own != changing);
}

bool idp_pg_kept_get(struct idp_frame *frame, const struct idp_statement *statement,
                     const struct idp_value *arguments, struct idp_kept *kept)
{
    *kept = (struct idp_kept){0};
    if (!statement->kept || frame->call.function->effect != IDP_WRITES || !sees_what_others_see()) {
        return false;
    }
    forget_old();
    kept->change_count = change_count;
    kept->key = key_of(&frame->call, statement, arguments);
    if (kept->key.data == NULL) {
        return false;
    }
    struct entry *entry = *slot_of(kept->key);
    if (!is_of(entry, statement, kept->key)) {
        return false;
    }
    kept->rows = rows_copy(entry->rows, idp_allocate(&frame->call, rows_size(entry->rows)));
    return true;
}

void idp_pg_kept_put(const struct idp_kept *kept, const struct idp_statement *statement,
                     SPIPlanPtr plan, struct idp_rows rows)
{
    if (kept->key.data == NULL || rows.count == 0 || !watch(plan) ||
        kept->change_count != change_count) {
        return;
    }
    size_t size = sizeof(struct entry) + rows_size(rows) + kept->key.size;
    struct entry **slot = slot_of(kept->key);
    slot_empty(slot);
    struct entry *entry = size > ENTRY_SIZE_MAX ? NULL
                                                : MemoryContextAllocExtended(TopMemoryContext, size,
                                                                             MCXT_ALLOC_NO_OOM);
    if (entry == NULL) {
        return;
    }
    entry->statement = statement;
    entry->rows = rows_copy(rows, entry + 1);
    char *key = (char *)(entry + 1) + rows_size(rows);
    entry->key = (struct idp_bytes){memcpy(key, kept->key.data, kept->key.size), kept->key.size};
    *slot = entry;
}
