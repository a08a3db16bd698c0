/* SPDX-License-Identifier: Apache-2.0 */
/* subject.c - whether a subject may be given tokens. Subjects live elsewhere; only the locked ones
 * need a row, so one never heard of is an enabled one. */
#include "core/oauth/oauth.h"

enum { SUBJECT_ENABLED, SUBJECT_SET };

const struct idp_statement idp_subject_statements[] = {
    [SUBJECT_ENABLED] = {"SELECT enabled FROM idplane.subject WHERE tenant = $1 AND subject = $2",
                         "tt", "b"},
    [SUBJECT_SET] = {"INSERT INTO idplane.subject (tenant, subject, enabled, changed_at)"
                     " VALUES ($1, $2, $3, $4)"
                     " ON CONFLICT (tenant, subject) DO UPDATE"
                     " SET enabled = excluded.enabled, changed_at = excluded.changed_at",
                     "ttbz", ""},
};
const size_t idp_subject_statement_count = IDP_COUNT(idp_subject_statements);

void idp_check_subject(struct idp_call *call, struct idp_value subject)
{
    idp_check_text(call, subject, "subject", IDP_SUBJECT_SIZE_MAX);
    if (subject.bytes.size == 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "Argument subject must name an authenticated user, not be empty.");
    }
}

bool idp_subject_enabled(struct idp_call *call, struct idp_bytes subject)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(subject)};
    const struct idp_value *row =
        idp_run_one(call, &idp_subject_statements[SUBJECT_ENABLED], arguments);
    return row == NULL || idp_bool_of(row[0]);
}

/* set_subject(subject, {"enabled": bool}) */
struct idp_value idp_sql_set_subject(struct idp_call *call, const struct idp_value *arguments)
{
    idp_check_text(call, arguments[0], "subject", IDP_SUBJECT_SIZE_MAX);
    const struct idp_json *document = idp_json_object_argument(call, arguments[1], "document");
    const struct idp_json *enabled = idp_json_member(document, "enabled");
    bool is_true = idp_json_is(enabled, IDP_JSON_TRUE);
    if (!is_true && !idp_json_is(enabled, IDP_JSON_FALSE)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Member enabled must be true or false.");
    }
    for (const struct idp_json *member = document->child; member != NULL; member = member->next) {
        if (member != enabled) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT, "A subject has one member, enabled.");
        }
    }
    call->host->begin(call);
    idp_tenant_ensure(call);
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), arguments[0],
                              idp_value_bool(is_true), idp_value_time(idp_now_us(call))};
    idp_run(call, &idp_subject_statements[SUBJECT_SET], row);
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, result, "subject", arguments[0].bytes);
    idp_json_add_bool(call, result, "enabled", is_true);
    return idp_value_json(result);
}
