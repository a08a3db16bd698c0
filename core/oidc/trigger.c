/* SPDX-License-Identifier: Apache-2.0 */
/* trigger.c - the merge as a trigger on a table of somebody else's: the column is the record, and
 * another column may hold what is effective. Inserting provisions, updating updates. */
#include "core/oidc/instance.h"

enum { CONTEXT };

const struct idp_statement idp_oidc_trigger_statements[] = {
    [CONTEXT] = {"SELECT config FROM idplane.oidc_default WHERE tenant = $1 AND plan = ''", "t",
                 "j"},
};
const size_t idp_oidc_trigger_statement_count = IDP_COUNT(idp_oidc_trigger_statements);

const struct idp_trigger idp_oidc_trigger = {
    .name = "oidc_merge",
    .step = "oidc_merge_step",
    .on_insert = "provision",
    .on_update = "update",
    .context = &idp_oidc_trigger_statements[CONTEXT],
};

static void refuse(struct idp_call *call, const struct idp_json *faults) IDP_NORETURN;

static void refuse(struct idp_call *call, const struct idp_json *faults)
{
    idp_fail_with(call, IDP_INVALID_CONFIGURATION, "%s.", idp_faults_text(call, faults).data);
}

static bool is_silent(const struct idp_json *record, const struct idp_oidc_rules *rules)
{
    struct idp_oidc_request request = idp_oidc_request_of(record, rules);
    return request.form == IDP_OIDC_ABSENT ||
           (request.form == IDP_OIDC_OBJECT && request.says_nothing);
}

/* What was in the table before it had the trigger may be anything; it is then nothing. */
static const struct idp_json *old_object(struct idp_call *call, struct idp_value value)
{
    const char *why;
    struct idp_bytes text = idp_text_of(value);
    const struct idp_json *json = text.data == NULL ? NULL : idp_json_read(call, text, &why);
    return idp_json_is(json, IDP_JSON_OBJECT) ? json : NULL;
}

static const struct idp_json *old_record(struct idp_call *call, struct idp_value value,
                                         const struct idp_oidc_rules *rules)
{
    struct idp_oidc_faults faults = idp_oidc_faults_new(call);
    const struct idp_json *record = old_object(call, value);
    idp_oidc_shape_check(&faults, record, rules);
    return faults.list->child == NULL ? record : NULL;
}

static struct idp_json *answer_of(struct idp_call *call, bool takes_old,
                                  const struct idp_json *effective)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, answer, "take", takes_old ? "old" : "new");
    idp_json_add_shared(call, answer, "derived", effective);
    return answer;
}

struct idp_value idp_sql_oidc_merge_step(struct idp_call *call, const struct idp_value *arguments)
{
    enum idp_oidc_operation operation = idp_oidc_operation_of(call, arguments[0]);
    struct idp_oidc_faults faults = idp_oidc_faults_new(call);
    const struct idp_json *request = idp_oidc_request_read(&faults, arguments[1]);
    const struct idp_json *defaults = idp_oidc_optional_object(call, arguments[4], "defaults");
    if (defaults == NULL) {
        idp_fail(call, IDP_NO_OIDC_DEFAULT);
    }
    if (faults.list->child != NULL) {
        refuse(call, faults.list);
    }
    struct idp_oidc_rules rules = idp_oidc_rules_of(call, defaults);
    struct idp_oidc_state state = {
        .record = old_record(call, arguments[2], &rules),
        .effective = old_object(call, arguments[3]),
    };
    struct idp_oidc_result result = idp_oidc_merge(call, operation, request, state, defaults);
    if (!result.is_valid) {
        refuse(call, result.faults);
    }
    bool takes_old = operation == IDP_OIDC_UPDATE && is_silent(request, &rules);
    return idp_oidc_part_of(call, answer_of(call, takes_old, result.state.effective), arguments[5]);
}
