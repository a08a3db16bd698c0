/* SPDX-License-Identifier: Apache-2.0 */
/* functions.c - the pure SQL functions of this area: arguments in, value out. Whatever a request
 * holds, they answer; only what the caller knows to be right (record, defaults) may raise. */
#include "core/oidc/config.h"

const struct idp_json *idp_oidc_optional_object(struct idp_call *call, struct idp_value value,
                                                const char *name)
{
    const struct idp_json *json = idp_json_argument(call, value, name);
    if (json == NULL || json->kind == IDP_JSON_NULL) {
        return NULL;
    }
    if (json->kind != IDP_JSON_OBJECT) {
        idp_fail_with(call, IDP_INVALID_JSON, "The argument %s must be a JSON object.", name);
    }
    return json;
}

struct idp_value idp_sql_oidc_validate(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_oidc_faults faults = idp_oidc_faults_new(call);
    const struct idp_json *request = idp_oidc_request_read(&faults, arguments[0]);
    const struct idp_json *record = idp_oidc_optional_object(call, arguments[1], "record");
    struct idp_oidc_rules rules =
        idp_oidc_rules_of(call, idp_oidc_optional_object(call, arguments[2], "defaults"));
    return idp_value_json(faults.list->child != NULL
                              ? faults.list
                              : idp_oidc_validate(call, request, record, &rules));
}

enum idp_oidc_operation idp_oidc_operation_of(struct idp_call *call, struct idp_value value)
{
    struct idp_bytes word = idp_text_of(value);
    if (idp_bytes_is(word, "update")) {
        return IDP_OIDC_UPDATE;
    }
    if (!idp_bytes_is(word, "provision")) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The operation must be provision or update.");
    }
    return IDP_OIDC_PROVISION;
}

struct idp_value idp_oidc_part_of(struct idp_call *call, const struct idp_json *answer,
                                  struct idp_value member)
{
    if (member.kind == 0) {
        return idp_value_json(answer);
    }
    idp_check_text(call, member, "member", IDP_OIDC_MEMBER_SIZE_MAX);
    const char *name = idp_text_c(call, member.bytes);
    const struct idp_json *part = idp_json_member(answer, name);
    if (part == NULL && strcmp(name, "message") != 0) { /* which only a refusal has */
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The answer has no such member.");
    }
    return part == NULL || part->kind == IDP_JSON_NULL ? idp_null() : idp_value_json(part);
}

static struct idp_json *answer_of(struct idp_call *call, const struct idp_oidc_result *result)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, answer, "status", result->is_valid ? "ok" : "invalid");
    idp_json_add_shared(call, answer, "record", result->state.record);
    idp_json_add_shared(call, answer, "effective", result->state.effective);
    idp_json_add_bool(call, answer, "changed", result->is_changed);
    idp_json_add_shared(call, answer, "errors", result->faults);
    if (!result->is_valid) {
        idp_json_add_string(call, answer, "message", idp_faults_text(call, result->faults));
    }
    return answer;
}

struct idp_value idp_sql_oidc_merge(struct idp_call *call, const struct idp_value *arguments)
{
    enum idp_oidc_operation operation = idp_oidc_operation_of(call, arguments[0]);
    struct idp_oidc_faults faults = idp_oidc_faults_new(call);
    const struct idp_json *request = idp_oidc_request_read(&faults, arguments[1]);
    struct idp_oidc_result result = {
        .state = {.record = idp_oidc_optional_object(call, arguments[2], "record"),
                  .effective = idp_oidc_optional_object(call, arguments[3], "effective")},
        .faults = faults.list,
    };
    const struct idp_json *defaults = idp_oidc_optional_object(call, arguments[4], "defaults");
    if (faults.list->child == NULL) {
        result = idp_oidc_merge(call, operation, request, result.state, defaults);
    }
    return idp_oidc_part_of(call, answer_of(call, &result), arguments[5]);
}
