/* SPDX-License-Identifier: Apache-2.0 */
/* commit.c - a transaction that wrote nothing but what a crash may forget does not wait for the
 * disk. Most requests of devices are such: they say when one has asked last.
 *
 * Whoever calls may write what it likes before and behind. So it counts only where the transaction
 * had written nothing before, where no WAL was written since, and where no trigger writes along. */
#include "pg_ext/adapter.h"

#include "access/table.h"
#include "access/xact.h"
#include "executor/instrument.h"
#include "executor/spi.h"
#include "utils/plancache.h"
#include "utils/rel.h"

/* Of this transaction; `records` were there behind the last write that may be forgotten. */
static bool is_forgettable;
static int64 records;
static int asked; /* synchronous_commit as it was set, while it is not in force */
static bool relaxed;

/* Ours have none on such tables, and nobody knows what those of others write. */
static bool fires_triggers(SPIPlanPtr plan)
{
    bool fires = false;
    ListCell *source, *table;
    foreach (source, SPI_plan_get_plan_sources(plan)) {
        foreach (table, ((CachedPlanSource *)lfirst(source))->relationOids) {
            Relation relation = table_open(lfirst_oid(table), AccessShareLock);
            fires = fires || relation->trigdesc != NULL;
            table_close(relation, NoLock);
        }
    }
    return fires;
}

bool idp_pg_forgettable_begin(SPIPlanPtr plan)
{
    bool is_alone = is_forgettable ? records == pgWalUsage.wal_records
                                   : !TransactionIdIsValid(GetTopTransactionIdIfAny());
    return is_alone && !fires_triggers(plan);
}

void idp_pg_forgettable_end(bool was_alone)
{
    is_forgettable = was_alone;
    records = pgWalUsage.wal_records;
}

/* The variable itself: through the settings it would cost a microsecond. Modules that were there
 * before ours are told of the commit behind us; none of them writes then that anybody waits for. */
static void committing(void)
{
    if (is_forgettable && records == pgWalUsage.wal_records) {
        asked = synchronous_commit;
        synchronous_commit = SYNCHRONOUS_COMMIT_OFF;
        relaxed = true;
    }
}

static void ended(void)
{
    if (relaxed) {
        synchronous_commit = asked;
    }
    relaxed = is_forgettable = false;
}

static void transaction_changes(XactEvent event, void *argument)
{
    (void)argument;
    if (event == XACT_EVENT_PRE_COMMIT) {
        committing();
    } else if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
               event == XACT_EVENT_PREPARE) {
        ended();
    }
}

void idp_pg_commit_init(void)
{
    RegisterXactCallback(transaction_changes, NULL);
}
