/* SPDX-License-Identifier: Apache-2.0 */
/* event.c - what devices did, and what was answered: each step is a row that nobody changes, those
 * that were refused and those of devices that nobody knows among them. */
#include "core/provisioning/session.h"

enum { EVENT_ID_SIZE = 12 };

enum { ADD };

const struct idp_statement idp_event_statements[] = {
    [ADD] = {"INSERT INTO idplane.provisioning_event (tenant, event_id, occurred_at, step, outcome,"
             " registration_id, enrollment_id, device, details)"
             " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
             "ttztttttj", ""},
};
const size_t idp_event_statement_count = IDP_COUNT(idp_event_statements);

void idp_event_add(struct idp_call *call, const struct idp_event *event)
{
    struct idp_bytes details =
        event->details == NULL ? idp_bytes_of("{}") : idp_json_text(call, event->details);
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(idp_random_text(call, EVENT_ID_SIZE)),
        idp_value_time(idp_now_us(call)),
        idp_value_text(idp_bytes_of(event->step)),
        idp_value_text(idp_bytes_of(event->outcome)),
        idp_value_text(event->registration_id),
        idp_value_text(event->enrollment_id),
        idp_value_text(event->device),
        idp_value_json_text(details),
    };
    idp_run(call, &idp_event_statements[ADD], row);
}
