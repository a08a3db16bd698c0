/* SPDX-License-Identifier: Apache-2.0 */
/* service_routes.c - the endpoints of a service broker (Open Service Broker API 2.17) through which
 * instances get their OIDC configuration, as clients of Kyma's environment broker call them.
 *
 * What is asked for is done when the answer comes, but such clients expect to be told that it is
 * under way: 202, and last_operation then says that it succeeded. */
#include "core/http/http.h"
#include "core/oidc/oidc.h"

/* One request to an instance. */
struct asked {
    struct idp_call *call;
    struct idp_bytes name, actor;
    struct idp_service service, before; /* as sent, with what was not sent from before */
    const struct idp_json *oidc;        /* member of the parameters; NULL: absent */
    bool exists, is_patch;
    bool follows_code, is_first; /* what the defaults of its plan say */
};

/* ---- answers ---- */

static struct idp_response answer(struct idp_call *call, int64_t status, const char *error,
                                  const char *description)
{
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    if (error != NULL) {
        idp_json_add_c(call, document, "error", error);
    }
    if (description != NULL) {
        idp_json_add_c(call, document, "description", description);
    }
    return idp_response_json(call, status, document);
}

static struct idp_response not_found(struct idp_call *call)
{
    return answer(call, 404, NULL, "There is no such instance.");
}

/* The version that it made is the name of an operation. */
static struct idp_response under_way(struct idp_call *call, int64_t version)
{
    struct idp_text operation = {.call = call};
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    idp_text_add_integer(&operation, version);
    idp_json_add_string(call, document, "operation", idp_text_bytes(&operation));
    return idp_response_json(call, 202, document);
}

static int64_t version_of(const struct idp_json *outcome)
{
    int64_t version;
    return idp_json_integer(idp_json_member(outcome, "version"), &version) ? version : 0;
}

/* ---- who asks, and how ---- */

/* Minor versions are compatible. */
static bool is_version_2(struct idp_bytes version)
{
    if (version.size < 3 || !idp_bytes_start(version, idp_bytes_of("2."))) {
        return false;
    }
    size_t i = 2;
    while (i < version.size && version.data[i] >= '0' && version.data[i] <= '9') {
        i++;
    }
    return i == version.size;
}

static bool enter(struct idp_call *call, const struct idp_request *request, struct asked *asked,
                  struct idp_response *refusal)
{
    asked->call = call;
    asked->name = request->segment;
    const struct idp_json *claims = idp_request_claims(call, request, IDP_SCOPE_BROKER, refusal);
    if (claims == NULL) {
        return false;
    }
    asked->actor = idp_json_string(claims, "sub");
    if (!is_version_2(idp_request_header(request, "x-broker-api-version"))) {
        *refusal = answer(call, 412, NULL,
                          "The header X-Broker-API-Version must say 2 and a minor version.");
        return false;
    }
    if (asked->name.size == 0 || asked->name.size > IDP_OIDC_NAME_SIZE_MAX) {
        *refusal = answer(call, 400, NULL, "The id of the instance is empty or too long.");
        return false;
    }
    return true;
}

/* ---- bodies ---- */

static bool accepts_incomplete(struct idp_call *call, const struct idp_request *request)
{
    const struct idp_json *query = idp_request_query(call, request);
    return idp_bytes_is(idp_json_string(query, "accepts_incomplete"), "true");
}

/* An object that may be absent, else NULL and a fault. */
static const struct idp_json *object_of(struct idp_call *call, const struct idp_json *body,
                                        const char *name, const struct idp_json *absent,
                                        const char **fault)
{
    const struct idp_json *member = idp_json_member(body, name);
    if (member == NULL || member->kind == IDP_JSON_NULL) {
        return absent != NULL ? absent : idp_json_new(call, IDP_JSON_OBJECT);
    }
    if (member->kind != IDP_JSON_OBJECT) {
        *fault = "The members context and parameters must be objects.";
    }
    return member;
}

/* Members that were sent, over those from before; oidc apart. */
static const struct idp_json *parameters_of(struct asked *asked, const struct idp_json *sent,
                                            const struct idp_json *others)
{
    struct idp_json *out = idp_json_new(asked->call, IDP_JSON_OBJECT);
    const struct idp_json *before = others == NULL ? NULL : others->child;
    for (; before != NULL; before = before->next) {
        const char *name = idp_text_c(asked->call, before->name);
        if (idp_json_member(sent, name) == NULL) {
            idp_json_add_named(out, before->name, idp_json_node(asked->call, before));
        }
    }
    for (const struct idp_json *member = sent->child; member != NULL; member = member->next) {
        if (!idp_bytes_is(member->name, "oidc")) {
            idp_json_add_named(out, member->name, idp_json_node(asked->call, member));
        }
    }
    asked->oidc = idp_json_member(sent, "oidc");
    return out;
}

static struct idp_bytes id_of(const struct idp_json *body, const char *name,
                              struct idp_bytes before, const char **fault)
{
    const struct idp_json *member = idp_json_member(body, name);
    bool is_absent = member == NULL || member->kind == IDP_JSON_NULL;
    struct idp_bytes id = is_absent ? before : idp_json_string(body, name);
    if (id.size == 0 || id.size > IDP_OIDC_NAME_SIZE_MAX) {
        *fault = "The members service_id and plan_id are needed, texts of at most 255 bytes.";
    }
    return id;
}

/* What reads the parameters next may take a name in another case for ours. */
static bool has_other_case(const struct idp_json *parameters)
{
    const struct idp_json *member = parameters->child;
    while (member != NULL &&
           !(idp_oidc_names_fold(member->name, "oidc") && !idp_bytes_is(member->name, "oidc"))) {
        member = member->next;
    }
    return member != NULL;
}

/* What is kept must be read again, also after many requests that each added to it. */
static bool is_small(struct idp_call *call, const struct idp_json *object)
{
    return idp_json_count(object) <= IDP_OIDC_VALUE_COUNT_MAX &&
           idp_json_written_size(call, object) <= IDP_OIDC_SIZE_MAX;
}

static const char *not_json(struct idp_call *call, const char *why, struct idp_bytes path)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, "The body is not strict JSON: ");
    idp_text_add_c(&text, why);
    idp_text_add_c(&text, path.size == 0 ? "" : " at ");
    idp_text_add(&text, path);
    idp_text_add_char(&text, '.');
    return idp_text_bytes(&text).data;
}

/* NULL: read; else what is wrong. What is too much is so by its own limits. */
static const char *body_read(struct asked *asked, struct idp_bytes text)
{
    const char *why, *fault = NULL;
    struct idp_bytes path;
    const struct idp_json *body =
        idp_json_read_many(asked->call, text, IDP_OIDC_SIZE_MAX, &why, &path);
    if (body == NULL) {
        return not_json(asked->call, why, path);
    }
    if (body->kind != IDP_JSON_OBJECT) {
        return "The body must be a JSON object.";
    }
    bool replaces = !asked->exists || (!asked->is_patch && asked->follows_code);
    struct idp_service before = replaces ? (struct idp_service){0} : asked->before;
    struct idp_service named = asked->is_patch ? asked->before : (struct idp_service){0};
    const struct idp_json *sent = object_of(asked->call, body, "parameters", NULL, &fault);
    asked->service = (struct idp_service){
        .service_id = id_of(body, "service_id", named.service_id, &fault),
        .plan_id = id_of(body, "plan_id", named.plan_id, &fault),
        .context = object_of(asked->call, body, "context", before.context, &fault),
    };
    if (fault != NULL) {
        return fault;
    }
    if (has_other_case(sent)) {
        return "The member oidc of parameters must be written so.";
    }
    asked->service.parameters = parameters_of(asked, sent, before.parameters);
    return is_small(asked->call, asked->service.parameters) &&
                   is_small(asked->call, asked->service.context)
               ? NULL
               : "The members context and parameters, with what was sent before, are too large.";
}

static bool is_same(struct idp_call *call, const struct idp_json *left,
                    const struct idp_json *right)
{
    return idp_bytes_equal(idp_json_canonical(call, left), idp_json_canonical(call, right));
}

/* Of all that is kept but the OIDC configuration. */
static bool is_same_service(const struct asked *asked)
{
    return idp_bytes_equal(asked->service.plan_id, asked->before.plan_id) &&
           idp_bytes_equal(asked->service.service_id, asked->before.service_id) &&
           is_same(asked->call, asked->service.context, asked->before.context) &&
           is_same(asked->call, asked->service.parameters, asked->before.parameters);
}

/* ---- provision and update ---- */

/* The origin says of what it provisions which instance it was. */
static struct idp_response invalid(struct asked *asked, const struct idp_json *outcome)
{
    struct idp_bytes message = idp_json_string(outcome, "message");
    struct idp_text text = {.call = asked->call};
    if (!asked->is_patch) {
        idp_text_add_c(&text, "[instanceID: ");
        idp_text_add(&text, asked->name);
        idp_text_add_c(&text, "] ");
    }
    idp_text_add(&text, message);
    return answer(asked->call, asked->is_patch && asked->is_first ? 422 : 400, NULL,
                  idp_text_bytes(&text).data);
}

/* False where somebody else made it meanwhile. */
static bool provision(struct asked *asked, struct idp_response *out)
{
    struct idp_oidc_options options = {
        .plan = idp_service_plan(asked->call, asked->service.plan_id), .actor = asked->actor};
    const struct idp_json *outcome =
        idp_oidc_provision(asked->call, asked->name, asked->oidc, options);
    if (idp_bytes_is(idp_json_string(outcome, "status"), "invalid")) {
        *out = invalid(asked, outcome);
        return true;
    }
    bool made = idp_json_is_true(outcome, "changed");
    if (made) {
        idp_service_save(asked->call, asked->name, &asked->service);
        *out = under_way(asked->call, version_of(outcome));
    }
    return made;
}

static struct idp_response update(struct asked *asked)
{
    struct idp_oidc_options options = {.actor = asked->actor};
    const struct idp_json *outcome =
        idp_oidc_update(asked->call, asked->name, asked->oidc, options);
    struct idp_bytes status = idp_json_string(outcome, "status");
    if (idp_bytes_is(status, "invalid")) {
        return invalid(asked, outcome);
    }
    if (idp_bytes_is(status, "not_found")) {
        return not_found(asked->call);
    }
    bool same = is_same_service(asked);
    if (!same) {
        idp_service_save(asked->call, asked->name, &asked->service);
    }
    bool changed = idp_json_is_true(outcome, "changed");
    return same && !changed && !asked->is_first ? answer(asked->call, 200, NULL, NULL)
                                                : under_way(asked->call, version_of(outcome));
}

/* The plan it was made in counts: its own may have got defaults since. NULL: it has some. */
static const char *rules_read(struct asked *asked)
{
    struct idp_call *call = asked->call;
    struct idp_bytes plan = asked->exists ? idp_service_instance_plan(call, asked->name)
                                          : idp_service_plan(call, asked->service.plan_id);
    if (!idp_service_has_default(call, plan)) {
        struct idp_text text = {.call = call};
        idp_text_add_c(&text, "There is no default OIDC configuration, neither for the plan ");
        idp_text_add(&text, asked->exists ? asked->before.plan_id : asked->service.plan_id);
        idp_text_add_c(&text, " nor without a plan: set_oidc_default(config[, plan]).");
        return idp_text_bytes(&text).data;
    }
    asked->follows_code = idp_service_follows_code(call, plan, &asked->is_first);
    return NULL;
}

/* A different service or plan is another instance; the origin's code says so of any difference. */
static const char *fault_of(struct asked *asked)
{
    if (!asked->exists || (!asked->is_patch && asked->follows_code)) {
        return NULL;
    }
    if (!idp_bytes_equal(asked->service.plan_id, asked->before.plan_id)) {
        return "The plan of an instance cannot be changed.";
    }
    return idp_bytes_equal(asked->service.service_id, asked->before.service_id)
               ? NULL
               : "The service of an instance cannot be changed.";
}

static bool change_enter(struct idp_call *call, const struct idp_request *request,
                         struct asked *asked, struct idp_response *refusal)
{
    if (!enter(call, request, asked, refusal)) {
        return false;
    }
    if (!accepts_incomplete(call, request)) {
        *refusal = answer(call, 422, "AsyncRequired",
                          "This service plan requires client support for asynchronous service "
                          "operations.");
        return false;
    }
    call->host->begin(call);
    idp_service_lock(call, asked->name);
    asked->exists = idp_service_find(call, asked->name, &asked->before);
    if (asked->is_patch && !asked->exists) {
        *refusal = not_found(call);
        return false;
    }
    /* What rules there are says how the body is read; those of a new one its plan says. */
    const char *fault = asked->exists ? rules_read(asked) : NULL;
    fault = fault != NULL ? fault : body_read(asked, request->body);
    fault = fault != NULL || asked->exists ? fault : rules_read(asked);
    fault = fault != NULL ? fault : fault_of(asked);
    if (fault != NULL) {
        *refusal = answer(call, 400, NULL, fault);
    }
    return fault == NULL;
}

/* The same again is told the same as the first time. */
static struct idp_response compare(struct asked *asked)
{
    return is_same_service(asked) && idp_oidc_record_is(asked->call, asked->name, asked->oidc)
               ? under_way(asked->call, idp_service_provisioned(asked->call, asked->name))
               : answer(asked->call, 409, NULL, "There is an instance of this name.");
}

/* The documents of the origin say that a second PUT updates; its code compares. */
struct idp_response idp_answer_service_put(struct idp_call *call, const struct idp_request *request)
{
    struct asked asked = {0};
    struct idp_response answered;
    if (!change_enter(call, request, &asked, &answered) ||
        (!asked.exists && provision(&asked, &answered)) ||
        (!asked.exists && !change_enter(call, request, &asked, &answered))) {
        return answered;
    }
    if (!asked.exists) {
        return answer(call, 409, NULL, "There is an instance of this name, made in SQL.");
    }
    return asked.follows_code ? compare(&asked) : update(&asked);
}

struct idp_response idp_answer_service_patch(struct idp_call *call,
                                             const struct idp_request *request)
{
    struct asked asked = {.is_patch = true};
    struct idp_response refusal;
    return change_enter(call, request, &asked, &refusal) ? update(&asked) : refusal;
}

/* ---- reading ---- */

static bool read_enter(struct idp_call *call, const struct idp_request *request,
                       struct asked *asked, struct idp_response *refusal)
{
    if (!enter(call, request, asked, refusal)) {
        return false;
    }
    asked->exists = idp_service_find(call, asked->name, &asked->before);
    if (!asked->exists) {
        *refusal = not_found(call);
    }
    return asked->exists;
}

struct idp_response idp_answer_service_get(struct idp_call *call, const struct idp_request *request)
{
    struct asked asked = {0};
    struct idp_response refusal;
    if (!read_enter(call, request, &asked, &refusal)) {
        return refusal;
    }
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *parameters = idp_json_node(call, asked.before.parameters);
    const struct idp_json *record = idp_oidc_record_shown(call, asked.name);
    idp_json_add_string(call, document, "service_id", asked.before.service_id);
    idp_json_add_string(call, document, "plan_id", asked.before.plan_id);
    if (record != NULL) {
        idp_json_add(parameters, "oidc", idp_json_node(call, record));
    }
    idp_json_add(document, "parameters", parameters);
    return idp_response_json(call, 200, document);
}

struct idp_response idp_answer_service_operation(struct idp_call *call,
                                                 const struct idp_request *request)
{
    struct asked asked = {0};
    struct idp_response refusal;
    if (!read_enter(call, request, &asked, &refusal)) {
        return refusal;
    }
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, document, "state", "succeeded");
    return idp_response_json(call, 200, document);
}
