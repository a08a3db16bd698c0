/* SPDX-License-Identifier: Apache-2.0 */
/* audit.c - rows that say what happened and who was it. They are only inserted, each under a name
 * of its own, so that nobody queues behind another's. */
#include "core/base/base.h"

enum { ADD };

const struct idp_statement idp_audit_statements[] = {
    [ADD] = {"INSERT INTO idplane.audit (tenant, audit_id, occurred_at, type, outcome, subject,"
             " object, details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
             "ttzttttj", ""},
};
const size_t idp_audit_statement_count = IDP_COUNT(idp_audit_statements);

enum { AUDIT_ID_SIZE = 16 };

void idp_audit_add(struct idp_call *call, const struct idp_audit *event)
{
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(idp_random_text(call, AUDIT_ID_SIZE)),
        idp_value_time(idp_now_us(call)),
        idp_value_text(idp_bytes_of(event->type)),
        idp_value_text(idp_bytes_of(event->outcome)),
        idp_value_text(event->subject),
        idp_value_text(event->object),
        idp_value_json_text(idp_json_text(call, event->details)),
    };
    idp_run(call, &idp_audit_statements[ADD], row);
}
