/* SPDX-License-Identifier: Apache-2.0 */
/* operations.c - what changes an instance: provision, update, derive anew, roll back. What comes of
 * it is a result with a status (ok, invalid, exists, not_found, conflict); a change that changes
 * nothing writes nothing. Somebody who was faster makes it start again from what they left. */
#include "core/oauth/oauth.h"
#include "core/oidc/instance.h"

enum { VERSION_AT };

const struct idp_statement idp_oidc_operation_statements[] = {
    [VERSION_AT] = {"SELECT record, effective, provenance, profile FROM idplane.oidc_change"
                    " WHERE tenant = $1 AND instance = $2 AND version = $3",
                    "tti", "jjjt"},
};
const size_t idp_oidc_operation_statement_count = IDP_COUNT(idp_oidc_operation_statements);

/* One call: what was asked, and what is there. */
struct work {
    struct idp_call *call;
    struct idp_oidc_options options;
    struct idp_oidc_change change;
    struct idp_oidc_instance before, after;
};

/* ---- answers ---- */

static struct idp_json *answer_of(struct idp_call *call, const char *status)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, answer, "status", status);
    return answer;
}

static void add_state(struct idp_call *call, struct idp_json *answer,
                      const struct idp_oidc_instance *instance)
{
    idp_json_add_string(call, answer, "instance", instance->name);
    idp_json_add_integer(call, answer, "version", instance->version);
    idp_json_add_shared(call, answer, "record", instance->state.record);
    idp_json_add_shared(call, answer, "effective", instance->state.effective);
}

static struct idp_json *ok_answer(struct idp_call *call, const struct idp_oidc_instance *instance,
                                  bool changed)
{
    struct idp_json *answer = answer_of(call, "ok");
    idp_json_add_bool(call, answer, "changed", changed);
    add_state(call, answer, instance);
    return answer;
}

static struct idp_json *refusal(struct idp_call *call, const char *status, const char *message)
{
    struct idp_json *answer = answer_of(call, status);
    idp_json_add_bool(call, answer, "changed", false);
    idp_json_add_c(call, answer, "message", message);
    return answer;
}

static struct idp_json *not_found(struct idp_call *call)
{
    return refusal(call, "not_found", IDP_OIDC_NO_INSTANCE);
}

static struct idp_json *invalid(struct idp_call *call, const struct idp_json *faults)
{
    struct idp_json *answer = refusal(call, "invalid", idp_faults_text(call, faults).data);
    idp_json_add(answer, "errors", idp_json_node(call, faults));
    return answer;
}

/* ---- steps ---- */

static struct idp_bytes word_of(struct idp_call *call, const char *operation, int64_t version)
{
    struct idp_text word = {.call = call};
    idp_text_add_c(&word, operation);
    idp_text_add_char(&word, ' ');
    idp_text_add_integer(&word, version);
    return idp_text_bytes(&word);
}

/* NULL: the next version may be made; else the answer. */
static struct idp_json *find(struct work *work, struct idp_bytes name)
{
    if (!idp_oidc_instance_find(work->call, name, &work->before)) {
        return not_found(work->call);
    }
    if (work->options.version != 0 && work->options.version != work->before.version) {
        struct idp_json *answer =
            refusal(work->call, "conflict", "The instance has another version than the one given.");
        add_state(work->call, answer, &work->before);
        return answer;
    }
    work->after = work->before;
    work->after.version++;
    return NULL;
}

/* NULL: somebody else was faster. */
static struct idp_json *save(struct work *work)
{
    return idp_oidc_instance_save(work->call, &work->after, &work->change)
               ? ok_answer(work->call, &work->after, true)
               : NULL;
}

static bool is_same(const struct work *work)
{
    struct idp_call *call = work->call;
    struct idp_oidc_state left = work->before.state, right = work->after.state;
    return idp_bytes_equal(work->before.profile, work->after.profile) &&
           idp_bytes_equal(idp_oidc_normal_text(call, left.record),
                           idp_oidc_normal_text(call, right.record)) &&
           idp_bytes_equal(idp_oidc_effective_text(call, left.effective),
                           idp_oidc_effective_text(call, right.effective));
}

/* Runs the step until it has an answer; others can be faster only so often. */
static struct idp_json *run(struct work *work, struct idp_bytes name,
                            struct idp_json *(*step)(struct work *work, struct idp_bytes name))
{
    work->call->host->begin(work->call);
    for (size_t i = 0; i < IDP_OIDC_TRY_COUNT_MAX; i++) {
        struct idp_json *answer = step(work, name);
        if (answer != NULL) {
            return answer;
        }
    }
    idp_fail(work->call, IDP_BUSY);
}

static struct idp_bytes name_of(struct idp_call *call, struct idp_value value)
{
    idp_check_text(call, value, "instance", IDP_OIDC_NAME_SIZE_MAX);
    if (value.bytes.size == 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument instance must not be empty.");
    }
    return value.bytes;
}

static struct work work_of(struct idp_call *call, const char *operation,
                           struct idp_oidc_options options, const struct idp_json *request)
{
    struct work work = {.call = call, .options = options};
    work.change = (struct idp_oidc_change){
        .operation = operation, .actor = options.actor, .request = request};
    if (work.change.actor.data == NULL) {
        work.change.actor = idp_session_subject(call);
    }
    return work;
}

/* ---- provision ---- */

/* Provisioned already: the same again is no change. */
static struct idp_json *again(struct work *work)
{
    bool same = idp_bytes_equal(work->before.plan, work->options.plan) &&
                idp_bytes_equal(idp_oidc_normal_text(work->call, work->before.state.record),
                                idp_oidc_normal_text(work->call, work->change.request));
    return same ? ok_answer(work->call, &work->before, false)
                : refusal(work->call, "exists", "There is an instance of this name.");
}

static struct idp_json *provision_step(struct work *work, struct idp_bytes name)
{
    struct idp_call *call = work->call;
    int64_t provisioned;
    if (idp_oidc_instance_find(call, name, &work->before)) {
        return again(work);
    }
    const struct idp_json *defaults = idp_oidc_default_load(call, work->options.plan);
    struct idp_oidc_result result = idp_oidc_merge(call, IDP_OIDC_PROVISION, work->change.request,
                                                   (struct idp_oidc_state){0}, defaults);
    if (!result.is_valid) {
        return invalid(call, result.faults);
    }
    work->after = (struct idp_oidc_instance){
        .name = name,
        .plan = work->options.plan,
        .profile = idp_oidc_profile_of(call, defaults),
        .version = idp_oidc_last_version(call, name, &provisioned) + 1,
        .state = result.state,
        .provenance = idp_oidc_provenance(call, result.state, work->change.request,
                                          idp_bytes_of("provision"), NULL),
    };
    return idp_oidc_instance_make(call, &work->after, &work->change)
               ? ok_answer(call, &work->after, true)
               : NULL;
}

const struct idp_json *idp_oidc_provision(struct idp_call *call, struct idp_bytes name,
                                          const struct idp_json *request,
                                          struct idp_oidc_options options)
{
    struct work work = work_of(call, "provision", options, request);
    return run(&work, name, provision_step);
}

struct idp_value idp_sql_provision_oidc(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_oidc_faults faults = idp_oidc_faults_new(call);
    struct idp_oidc_options options = idp_oidc_options_of(call, arguments[2], "plan actor");
    const struct idp_json *request = idp_oidc_request_read(&faults, arguments[1]);
    return idp_value_json(
        faults.list->child != NULL
            ? invalid(call, faults.list)
            : idp_oidc_provision(call, name_of(call, arguments[0]), request, options));
}

/* ---- update ---- */

static struct idp_json *update_step(struct work *work, struct idp_bytes name)
{
    struct idp_call *call = work->call;
    struct idp_json *answer = find(work, name);
    if (answer != NULL) {
        return answer;
    }
    const struct idp_json *defaults = idp_oidc_default_load(call, work->before.plan);
    struct idp_oidc_result result =
        idp_oidc_merge(call, IDP_OIDC_UPDATE, work->change.request, work->before.state, defaults);
    if (!result.is_valid) {
        return invalid(call, result.faults);
    }
    if (!result.is_changed) {
        return ok_answer(call, &work->before, false);
    }
    work->after.state = result.state;
    work->after.provenance =
        idp_oidc_provenance(call, result.state, work->change.request,
                            word_of(call, "update", work->after.version), work->before.provenance);
    return save(work);
}

const struct idp_json *idp_oidc_update(struct idp_call *call, struct idp_bytes name,
                                       const struct idp_json *request,
                                       struct idp_oidc_options options)
{
    struct work work = work_of(call, "update", options, request);
    return run(&work, name, update_step);
}

struct idp_value idp_sql_update_oidc(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_oidc_faults faults = idp_oidc_faults_new(call);
    struct idp_oidc_options options = idp_oidc_options_of(call, arguments[2], "version actor");
    const struct idp_json *request = idp_oidc_request_read(&faults, arguments[1]);
    return idp_value_json(
        faults.list->child != NULL
            ? invalid(call, faults.list)
            : idp_oidc_update(call, name_of(call, arguments[0]), request, options));
}

/* ---- derive anew ---- */

/* As if it were provisioned with its record today. */
static struct idp_json *rederive_step(struct work *work, struct idp_bytes name)
{
    struct idp_call *call = work->call;
    struct idp_json *answer = find(work, name);
    if (answer != NULL) {
        return answer;
    }
    const struct idp_json *record = work->before.state.record;
    const struct idp_json *defaults = idp_oidc_default_load(call, work->before.plan);
    struct idp_oidc_result result =
        idp_oidc_merge(call, IDP_OIDC_PROVISION, record, (struct idp_oidc_state){0}, defaults);
    if (!result.is_valid) {
        return invalid(call, result.faults);
    }
    work->after.state.effective = result.state.effective;
    work->after.profile = idp_oidc_profile_of(call, defaults);
    if (is_same(work)) {
        return ok_answer(call, &work->before, false);
    }
    work->after.provenance = idp_oidc_provenance(
        call, work->after.state, record, word_of(call, "rederive", work->after.version), NULL);
    return save(work);
}

struct idp_value idp_sql_rederive_oidc(struct idp_call *call, const struct idp_value *arguments)
{
    struct work work =
        work_of(call, "rederive", idp_oidc_options_of(call, arguments[1], "version actor"), NULL);
    return idp_value_json(run(&work, name_of(call, arguments[0]), rederive_step));
}

/* ---- roll back ---- */

/* False where the history has no such version. */
static bool version_load(struct work *work, struct idp_bytes name, int64_t version)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(work->call)), idp_value_text(name),
                              idp_value_integer(version)};
    const struct idp_value *row =
        idp_run_one(work->call, &idp_oidc_operation_statements[VERSION_AT], key);
    if (row == NULL) {
        return false;
    }
    work->after.state.record = idp_oidc_column(work->call, row[0]);
    work->after.state.effective = idp_oidc_column(work->call, row[1]);
    work->after.provenance = idp_oidc_column(work->call, row[2]);
    work->after.profile = idp_text_of(row[3]);
    return true;
}

static struct idp_json *rollback_step(struct work *work, struct idp_bytes name)
{
    int64_t version;
    struct idp_json *answer = find(work, name);
    if (answer != NULL) {
        return answer;
    }
    if (!idp_json_integer(work->change.request, &version) || !version_load(work, name, version)) {
        return refusal(work->call, "not_found", "The instance never had this version.");
    }
    if (is_same(work)) {
        return ok_answer(work->call, &work->before, false);
    }
    return save(work);
}

/* The history keeps the version as the request. */
struct idp_value idp_sql_rollback_oidc(struct idp_call *call, const struct idp_value *arguments)
{
    struct work work =
        work_of(call, "rollback", idp_oidc_options_of(call, arguments[2], "version actor"),
                idp_json_new_integer(call, arguments[1].integer));
    return idp_value_json(run(&work, name_of(call, arguments[0]), rollback_step));
}
