/* SPDX-License-Identifier: Apache-2.0 */
/* audit_total.c - how many events there ever were, so that a counter outlives its rows. What is
 * unsealed is counted where it is; whoever seals or purges rows adds them here in the same
 * transaction. One of them runs at a time, so that nobody queues behind these rows. */
#include "core/oauth/audit_seal.h"

enum { TOTAL_ADD, TOTAL_LOCK };

const struct idp_statement idp_audit_total_statements[] = {
    [TOTAL_ADD] = {"INSERT INTO idplane.audit_total (tenant, type, outcome, row_count)"
                   " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, type, outcome) DO UPDATE"
                   " SET row_count = idplane.audit_total.row_count + excluded.row_count",
                   "ttti", ""},
    /* Not the row of the tenant: every backend would read the settings again. */
    [TOTAL_LOCK] = {"INSERT INTO idplane.audit_total (tenant, type, outcome, row_count)"
                    " VALUES ($1, '', '', 0) ON CONFLICT (tenant, type, outcome) DO UPDATE"
                    " SET row_count = idplane.audit_total.row_count",
                    "t", ""},
};
const size_t idp_audit_total_statement_count = IDP_COUNT(idp_audit_total_statements);

void idp_audit_lock(struct idp_call *call)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    call->host->begin(call);
    idp_run(call, &idp_audit_total_statements[TOTAL_LOCK], &tenant);
}

/* Names come from the code; that a forger sends others must not make the table grow. */
enum { KIND_COUNT_MAX = 64, OTHER = KIND_COUNT_MAX - 1 };

struct total {
    struct idp_bytes type, outcome;
    int64_t count;
};

static struct total *total_of(struct total *totals, size_t *count, struct idp_bytes type,
                              struct idp_bytes outcome)
{
    for (size_t i = 0; i < *count; i++) {
        if (idp_bytes_equal(totals[i].type, type) && idp_bytes_equal(totals[i].outcome, outcome)) {
            return &totals[i];
        }
    }
    if (*count >= OTHER) {
        *count = KIND_COUNT_MAX;
        totals[OTHER].type = totals[OTHER].outcome = idp_bytes_of("other");
        return &totals[OTHER];
    }
    totals[*count] = (struct total){.type = type, .outcome = outcome};
    return &totals[(*count)++];
}

void idp_audit_total_add(struct idp_call *call, struct idp_rows rows, size_t type_column)
{
    struct total totals[KIND_COUNT_MAX] = {0};
    size_t count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *column = rows.values + i * rows.columns + type_column;
        total_of(totals, &count, idp_text_of(column[0]), idp_text_of(column[1]))->count++;
    }
    for (size_t i = 0; i < count; i++) {
        struct idp_value arguments[] = {
            idp_value_text(idp_tenant(call)), idp_value_text(totals[i].type),
            idp_value_text(totals[i].outcome), idp_value_integer(totals[i].count)};
        idp_run(call, &idp_audit_total_statements[TOTAL_ADD], arguments);
    }
}
