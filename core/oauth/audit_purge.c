/* SPDX-License-Identifier: Apache-2.0 */
/* audit_purge.c - takes rows of the audit whose time is over. Those of a seal go together, so that
 * what is left can be verified: the seal stays, marked. Those in no seal go by themselves. */
#include "core/oauth/audit_seal.h"

enum { SEALS_OVER, SEAL_MARK, SEAL_EMPTY, ROWS_REFUSED, ROWS_OVER };

const struct idp_statement idp_audit_purge_statements[] = {
    [SEALS_OVER] = {"SELECT number FROM idplane.audit_seal"
                    " WHERE tenant = $1 AND purged_at IS NULL AND last_at < $2"
                    " ORDER BY last_at LIMIT $3",
                    "tzi", "i"},
    [SEAL_MARK] = {"UPDATE idplane.audit_seal SET purged_at = $3, members = $4"
                   " WHERE tenant = $1 AND number = $2 AND purged_at IS NULL",
                   "tizx", ""},
    [SEAL_EMPTY] = {"DELETE FROM idplane.audit WHERE tenant = $1 AND seal = $2", "ti", ""},
    /* They are in the totals already. */
    [ROWS_REFUSED] = {"DELETE FROM idplane.audit WHERE tenant = $1 AND (occurred_at, audit_id) IN"
                      " (SELECT occurred_at, audit_id FROM idplane.audit WHERE tenant = $1"
                      " AND seal = 0 AND occurred_at < $2"
                      " ORDER BY seal, occurred_at, audit_id LIMIT $3)",
                      "tzi", ""},
    [ROWS_OVER] = {"DELETE FROM idplane.audit WHERE tenant = $1 AND (occurred_at, audit_id) IN"
                   " (SELECT occurred_at, audit_id FROM idplane.audit WHERE tenant = $1"
                   " AND seal IS NULL AND occurred_at < $2"
                   " ORDER BY seal, occurred_at, audit_id LIMIT $3)"
                   " AND seal IS NULL RETURNING type, outcome",
                   "tzi", "tt"},
};
const size_t idp_audit_purge_statement_count = IDP_COUNT(idp_audit_purge_statements);

static int64_t seal_purge(struct idp_call *call, struct idp_value number)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), number,
                                    idp_value_time(idp_now_us(call)),
                                    idp_value_blob(idp_bytes_of(""))};
    if (idp_run(call, &idp_audit_purge_statements[SEAL_MARK], arguments).affected == 0) {
        return 0;
    }
    return idp_run(call, &idp_audit_purge_statements[SEAL_EMPTY], arguments).affected;
}

/* Seals until there are rows_max rows: the last may be more than there was room for. */
static int64_t seals_purge(struct idp_call *call, const struct idp_value *key, int64_t rows_max)
{
    int64_t count = 0;
    struct idp_rows seals = idp_run(call, &idp_audit_purge_statements[SEALS_OVER], key);
    for (size_t i = 0; i < seals.count && count < rows_max; i++) {
        count += seal_purge(call, seals.values[i]);
    }
    return count;
}

int64_t idp_audit_purge(struct idp_call *call, int64_t retention_s, int64_t rows_max)
{
    int64_t bounded = rows_max < IDP_ROW_COUNT_MAX ? rows_max : IDP_ROW_COUNT_MAX;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_time(idp_now_us(call) - retention_s * 1000000),
                              idp_value_integer(bounded)};
    idp_audit_lock(call);
    int64_t count = seals_purge(call, key, rows_max);
    if (count < bounded) {
        key[2] = idp_value_integer(bounded - count);
        count += idp_run(call, &idp_audit_purge_statements[ROWS_REFUSED], key).affected;
    }
    if (count < bounded) {
        key[2] = idp_value_integer(bounded - count);
        struct idp_rows rows = idp_run(call, &idp_audit_purge_statements[ROWS_OVER], key);
        idp_audit_total_add(call, rows, 0);
        count += (int64_t)rows.count;
    }
    return count;
}
