/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c - rows that a backend keeps, of statements about what hardly ever changes.
 *
 * Reading a client and its settings was a quarter of the time in issue_device_code(), an instance
 * and the keys of its issuer a fifth in oidc_authenticate(). The rows of a statement marked `kept`
 * stay here until one of its tables changes. Triggers on those tables send the message by which
 * PostgreSQL keeps its own catalog caches right, at commit and to all backends; they name the TOAST
 * table, which no plan reads, so that no plan is made anew. Rows are those of now, as rows of the
 * catalogs are, also where the calling query began earlier. A transaction that changes the tables,
 * or has one snapshot for all its statements, neither keeps rows nor uses them: what it sees is not
 * what others see. */
#include "pg_ext/adapter.h"

#include "access/table.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/rel.h"

/* What is asked for with one hash has four places: with one, two rows of one call put each other
 * out at each call, wherever their statements happened to lie. */
enum { SET_COUNT = 16, PLACE_COUNT = 4, ENTRY_SIZE_MAX = 64 << 10, TABLE_COUNT_MAX = 16 };

/* A table that kept statements read. */
struct watched {
    Oid table, toast;    /* toast invalid: it may have got another */
    uint64 change_count; /* messages about it so far */
};

/* One block: the entry, its rows and behind them its key. */
struct entry {
    const struct idp_statement *statement;
    uint32 tables;       /* a bit for each that it was read from */
    uint64 change_count; /* of these, when it was read */
    struct idp_bytes key;
    struct idp_rows rows;
};

static struct entry *entries[SET_COUNT][PLACE_COUNT]; /* of each the one used last comes first */
static struct watched tables[TABLE_COUNT_MAX];
static size_t table_count;
static TransactionId changing = InvalidTransactionId; /* ours that changed them last */

static void place_empty(struct entry **place)
{
    if (*place != NULL) {
        pfree(*place);
        *place = NULL;
    }
}

static void entries_empty(void)
{
    for (size_t i = 0; i < SET_COUNT * PLACE_COUNT; i++) {
        place_empty(&entries[i / PLACE_COUNT][i % PLACE_COUNT]);
    }
}

/* ---- messages ---- */

/* May come at any time, even while a transaction ends: only counts. */
static void table_changed(Datum argument, Oid table)
{
    (void)argument;
    for (size_t i = 0; i < table_count; i++) {
        bool is_it = table == InvalidOid || table == tables[i].table;
        if (is_it || table == tables[i].toast) {
            tables[i].change_count++;
        }
        if (is_it) {
            tables[i].toast = InvalidOid;
        }
    }
}

static uint64 change_count_of(uint32 set)
{
    uint64 count = 0;
    for (size_t i = 0; i < table_count; i++) {
        count += (set >> i & 1) != 0 ? tables[i].change_count : 0;
    }
    return count;
}

static uint64 change_count_of_all(void)
{
    return change_count_of(UINT32_MAX);
}

void idp_pg_kept_init(void)
{
    CacheRegisterRelcacheCallback(table_changed, (Datum)0);
}

static Oid toast_of(Oid table)
{
    Relation relation = table_open(table, AccessShareLock);
    Oid toast = relation->rd_rel->reltoastrelid;
    table_close(relation, NoLock);
    return toast;
}

/* The bit of the table; 0: it was not watched, but is from now on. */
static uint32 watch_table(Oid table)
{
    size_t i = 0;
    while (i < table_count && tables[i].table != table) {
        i++;
    }
    if (i < table_count && tables[i].toast != InvalidOid) {
        return (uint32)1 << i;
    }
    Oid toast = toast_of(table);
    if (i == TABLE_COUNT_MAX) { /* full of tables that were dropped */
        entries_empty();
        i = table_count = 0;
    }
    tables[i].table = table;
    tables[i].toast = toast;
    table_count = Max(table_count, i + 1);
    return 0;
}

/* The tables of the plan; 0 where one of them was not watched already. All are from now on. */
static uint32 watch(SPIPlanPtr plan)
{
    uint32 set = 0;
    bool watched = true;
    ListCell *source, *table;
    foreach (source, SPI_plan_get_plan_sources(plan)) {
        foreach (table, ((CachedPlanSource *)lfirst(source))->relationOids) {
            uint32 bit = watch_table(lfirst_oid(table));
            watched = watched && bit != 0;
            set |= bit;
        }
    }
    return watched ? set : 0;
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
    CacheInvalidateRelcacheByRelid(change->tg_relation->rd_rel->reltoastrelid);
    changing = GetTopTransactionId();
    return PointerGetDatum(updates ? change->tg_newtuple : change->tg_trigtuple);
}

/* ---- entries ---- */

/* Several statements are asked for the same. */
static struct entry **set_of(const struct idp_statement *statement, struct idp_bytes key)
{
    uint32 hash = hash_bytes((const unsigned char *)key.data, (int)key.size);
    return entries[hash_combine(hash, murmurhash32((uint32)(uintptr_t)statement)) % SET_COUNT];
}

static bool is_named(const struct entry *entry, const struct idp_statement *statement,
                     struct idp_bytes key)
{
    return entry != NULL && entry->statement == statement && entry->key.size == key.size &&
           memcmp(entry->key.data, key.data, key.size) == 0;
}

/* The place of what is kept under this name, also where it is out of date; else one that is free,
 * or the one that was used longest ago. */
static size_t place_of(struct entry **set, const struct idp_statement *statement,
                       struct idp_bytes key)
{
    size_t at = 0, place = 0;
    while (at < PLACE_COUNT && !is_named(set[at], statement, key)) {
        at++;
    }
    while (place < PLACE_COUNT - 1 && set[place] != NULL) {
        place++;
    }
    return at < PLACE_COUNT ? at : place;
}

static void put_first(struct entry **set, size_t place)
{
    struct entry *entry = set[place];
    memmove(set + 1, set, place * sizeof *set);
    set[0] = entry;
}

/* False where this transaction may see other rows than those that begin now. Parallel workers may
 * take no snapshot. */
static bool sees_what_others_see(void)
{
    TransactionId own = GetTopTransactionIdIfAny();
    return !IsolationUsesXactSnapshot() && !IsInParallelMode() &&
           (own == InvalidTransactionId || own != changing);
}

bool idp_pg_kept_get(struct idp_frame *frame, const struct idp_statement *statement,
                     const struct idp_value *arguments, struct idp_kept *kept)
{
    *kept = (struct idp_kept){0};
    if (!statement->kept || !sees_what_others_see()) {
        return false;
    }
    AcceptInvalidationMessages();
    kept->change_count = change_count_of_all();
    kept->key = idp_rows_key(&frame->call, statement, arguments);
    if (kept->key.data == NULL) {
        return false;
    }
    struct entry **set = set_of(statement, kept->key);
    size_t place = place_of(set, statement, kept->key);
    struct entry *entry = set[place];
    if (!is_named(entry, statement, kept->key) ||
        entry->change_count != change_count_of(entry->tables)) {
        return false;
    }
    put_first(set, place);
    kept->rows = idp_rows_copy(entry->rows, idp_allocate(&frame->call, idp_rows_size(entry->rows)));
    return true;
}

void idp_pg_kept_put(const struct idp_kept *kept, const struct idp_statement *statement,
                     SPIPlanPtr plan, struct idp_rows rows)
{
    if (kept->key.data == NULL || rows.count == 0) {
        return;
    }
    uint32 watched = watch(plan);
    if (watched == 0 || kept->change_count != change_count_of_all()) {
        return;
    }
    size_t size = sizeof(struct entry) + idp_rows_size(rows) + kept->key.size;
    struct entry **set = set_of(statement, kept->key);
    size_t place = place_of(set, statement, kept->key);
    place_empty(&set[place]);
    struct entry *entry = size > ENTRY_SIZE_MAX ? NULL
                                                : MemoryContextAllocExtended(TopMemoryContext, size,
                                                                             MCXT_ALLOC_NO_OOM);
    if (entry == NULL) {
        return;
    }
    entry->statement = statement;
    entry->tables = watched;
    entry->change_count = change_count_of(watched);
    entry->rows = idp_rows_copy(rows, entry + 1);
    char *key = (char *)(entry + 1) + idp_rows_size(rows);
    entry->key = (struct idp_bytes){memcpy(key, kept->key.data, kept->key.size), kept->key.size};
    set[place] = entry;
    put_first(set, place);
}
