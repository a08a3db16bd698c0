/* SPDX-License-Identifier: Apache-2.0 */
/* event.c - what devices did, and what was answered: each step is a row that nobody changes, those
 * that were refused and those of devices that nobody knows among them. */
#include "core/oauth/oauth.h"
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

void idp_unreadable_note(struct idp_call *call, struct idp_bytes session, struct idp_bytes chain)
{
    struct idp_record record = {0};
    call->host->begin(call);
    bool is_known = session.data != NULL
                        ? idp_session_record(call, session, &record)
                        : chain.data != NULL &&
                              idp_record_find(call, idp_arrival_id(call, chain, NULL), &record);
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, details, "source", call->source);
    struct idp_event event = {.step = is_known ? "request" : "begin",
                              .outcome = idp_error_row(IDP_INVALID_REQUEST)->word,
                              .registration_id = record.id,
                              .enrollment_id = record.enrollment_id,
                              .device = record.device,
                              .details = details};
    if (is_known ? idp_guard_refusal(call) : idp_guard_device(call)) {
        idp_event_add(call, &event);
    }
}
