/* SPDX-License-Identifier: Apache-2.0 */
/* login_option_routes.c - connections and their rules over HTTP, by the paths, answers and messages
 * of Cumulocity: its clients keep working. Anybody may read what a login page offers; the rest
 * takes an access token of ours with the scope sso. */
#include "core/http/http.h"
#include "core/sso/sso.h"

/* One request of somebody who may. */
struct asked {
    struct idp_call *call;
    const struct idp_request *request;
    const struct idp_json *body;
};

/* ---- answers ---- */

static struct idp_response failure(struct idp_call *call, int64_t status, const char *error,
                                   struct idp_bytes message, const struct idp_json *errors)
{
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, document, "error", error);
    idp_json_add_string(call, document, "message", message);
    if (errors != NULL) {
        idp_json_add_shared(call, document, "errors", errors);
    }
    return idp_response_json(call, status, document);
}

static struct idp_response bad_request(struct idp_call *call, const char *message)
{
    return failure(call, 400, "tenants/Bad Request", idp_bytes_of(message), NULL);
}

static struct idp_response no_content(struct idp_call *call)
{
    struct idp_response response = idp_response_json(call, 204, idp_json_new(call, IDP_JSON_NULL));
    response.body = (struct idp_bytes){"", 0};
    return response;
}

static struct idp_response not_found(struct idp_call *call, struct idp_bytes message)
{
    return failure(call, 404, "tenants/Not Found", message, NULL);
}

/* What a change came to: its document, or why not. */
static struct idp_response outcome(struct idp_call *call, const struct idp_json *answer,
                                   const char *member)
{
    struct idp_bytes status = idp_json_string(answer, "status");
    struct idp_bytes message = idp_json_string(answer, "message");
    if (idp_bytes_is(status, "invalid")) {
        return failure(call, 422, "tenants/Unprocessable Entity", message,
                       idp_json_member(answer, "errors"));
    }
    if (idp_bytes_is(status, "not_found")) {
        return not_found(call, message);
    }
    if (idp_bytes_is(status, "restricted")) {
        return failure(call, 403, "security/Forbidden", message, NULL);
    }
    const struct idp_json *document = member == NULL ? NULL : idp_json_member(answer, member);
    return document == NULL ? no_content(call) : idp_response_json(call, 200, document);
}

/* ---- who asks, and what ---- */

/* True where the request may go on; else *refusal. */
static bool enter(struct asked *asked, bool has_body, struct idp_response *refusal)
{
    const char *why;
    struct idp_call *call = asked->call;
    if (idp_request_claims(call, asked->request, IDP_SCOPE_SSO, refusal) == NULL) {
        return false;
    }
    if (!has_body) {
        return true;
    }
    asked->body = idp_json_read(call, asked->request->body, &why);
    if (!idp_json_is(asked->body, IDP_JSON_OBJECT)) {
        *refusal = bad_request(call, "The body must be a JSON object, strictly so.");
    }
    return idp_json_is(asked->body, IDP_JSON_OBJECT);
}

static const struct idp_json *
run(const struct asked *asked,
    struct idp_value (*function)(struct idp_call *call, const struct idp_value *arguments),
    struct idp_bytes first, struct idp_value second, struct idp_value third)
{
    struct idp_value arguments[] = {idp_value_text(first), second, third};
    return function(asked->call, arguments).json;
}

static struct idp_value text_of(const struct asked *asked, const struct idp_json *json)
{
    return idp_value_json_text(idp_json_text(asked->call, json));
}

/* The connection that the path names by id or type; NULL: there is none. */
static const struct idp_json *connection(const struct asked *asked)
{
    struct idp_bytes name = asked->request->segment;
    return name.size == 0 || name.size > IDP_CONNECTION_ID_SIZE_MAX
               ? NULL
               : run(asked, idp_sql_sso_connection, name, idp_null(), idp_null());
}

static const struct idp_json *connections(const struct asked *asked)
{
    return run(asked, idp_sql_sso_connections, (struct idp_bytes){0}, idp_null(), idp_null());
}

static struct idp_response no_connection(struct idp_call *call)
{
    return not_found(call, idp_bytes_of("Cannot find the specified configuration"));
}

static bool is_of_type(struct idp_call *call, const struct idp_json *connection,
                       struct idp_bytes type)
{
    return idp_bytes_equal(idp_lower_case(call, idp_json_string(connection, "type")),
                           idp_lower_case(call, type));
}

/* The same, to be changed: a type that several have names none of them. NULL: see *refusal. */
static const struct idp_json *connection_to_change(const struct asked *asked,
                                                   struct idp_response *refusal)
{
    size_t count = 0;
    struct idp_bytes name = asked->request->segment;
    const struct idp_json *found = connection(asked);
    if (found == NULL) {
        *refusal = no_connection(asked->call);
        return NULL;
    }
    if (idp_bytes_equal(idp_json_string(found, "id"), name)) {
        return found;
    }
    for (const struct idp_json *item = connections(asked)->child; item != NULL; item = item->next) {
        count += is_of_type(asked->call, item, name);
    }
    *refusal = bad_request(asked->call, "Several configurations are of this type: name one by id.");
    return count == 1 ? found : NULL;
}

/* ---- connections ---- */

struct idp_response idp_answer_options_list(struct idp_call *call,
                                            const struct idp_request *request)
{
    (void)request;
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add(document, "loginOptions", idp_login_options(call));
    return idp_response_json(call, 200, document);
}

/* Of the types that are no provider's there is one each; providers differ by name. */
static bool is_double(const struct asked *asked)
{
    struct idp_bytes type = idp_json_string(asked->body, "type");
    struct idp_bytes name = idp_json_string(asked->body, "providerName");
    bool is_provider = idp_bytes_is(idp_lower_case(asked->call, type), "oauth2");
    for (const struct idp_json *item = connections(asked)->child; item != NULL; item = item->next) {
        bool is_named = idp_bytes_equal(idp_json_string(item, "providerName"), name);
        if (is_of_type(asked->call, item, type) && (is_named || !is_provider)) {
            return true;
        }
    }
    return false;
}

struct idp_response idp_answer_option_post(struct idp_call *call, const struct idp_request *request)
{
    struct asked asked = {.call = call, .request = request};
    struct idp_response refusal;
    if (!enter(&asked, true, &refusal)) {
        return refusal;
    }
    const struct idp_json *id = idp_json_member(asked.body, "id");
    if (id != NULL && id->kind != IDP_JSON_NULL) {
        return bad_request(call, "A new configuration must have no id: it is given one.");
    }
    idp_tenant_lock(call); /* two at once are one after the other */
    if (is_double(&asked)) {
        return bad_request(call, "There is such a configuration already.");
    }
    const struct idp_json *body = idp_json_with(call, asked.body, "id", NULL);
    return outcome(
        call,
        run(&asked, idp_sql_set_sso_connection, idp_uuid(call), text_of(&asked, body), idp_null()),
        "connection");
}

struct idp_response idp_answer_option_get(struct idp_call *call, const struct idp_request *request)
{
    struct asked asked = {.call = call, .request = request};
    struct idp_response refusal;
    if (!enter(&asked, false, &refusal)) {
        return refusal;
    }
    const struct idp_json *found = connection(&asked);
    return found == NULL ? no_connection(call) : idp_response_json(call, 200, found);
}

/* Sessions end with the change unless the query says false. */
static struct idp_value change_options(const struct asked *asked)
{
    const struct idp_json *query = idp_request_query(asked->call, asked->request);
    struct idp_json *options = idp_json_new(asked->call, IDP_JSON_OBJECT);
    idp_json_add_bool(asked->call, options, "terminate_user_sessions",
                      !idp_bytes_is(idp_json_string(query, "terminateUserSessions"), "false"));
    return text_of(asked, options);
}

struct idp_response idp_answer_option_put(struct idp_call *call, const struct idp_request *request)
{
    struct asked asked = {.call = call, .request = request};
    struct idp_response refusal;
    if (!enter(&asked, true, &refusal)) {
        return refusal;
    }
    const struct idp_json *found = connection_to_change(&asked, &refusal);
    return found == NULL
               ? refusal
               : outcome(call,
                         run(&asked, idp_sql_set_sso_connection, idp_json_string(found, "id"),
                             text_of(&asked, asked.body), change_options(&asked)),
                         "connection");
}

struct idp_response idp_answer_option_delete(struct idp_call *call,
                                             const struct idp_request *request)
{
    struct asked asked = {.call = call, .request = request};
    struct idp_response refusal;
    if (!enter(&asked, false, &refusal)) {
        return refusal;
    }
    const struct idp_json *found = connection_to_change(&asked, &refusal);
    return found == NULL ? refusal
                         : outcome(call,
                                   run(&asked, idp_sql_delete_sso_connection,
                                       idp_json_string(found, "id"), idp_null(), idp_null()),
                                   NULL);
}

struct idp_response idp_answer_option_restrict(struct idp_call *call,
                                               const struct idp_request *request)
{
    struct asked asked = {.call = call, .request = request};
    struct idp_response refusal;
    if (!enter(&asked, true, &refusal)) {
        return refusal;
    }
    const struct idp_json *flag = idp_json_member(asked.body, "onlyManagementTenantAccess");
    const struct idp_json *query = idp_request_query(call, request);
    struct idp_bytes tenant = idp_json_string(query, "targetTenant");
    bool is_flag = idp_json_is(flag, IDP_JSON_TRUE) || idp_json_is(flag, IDP_JSON_FALSE);
    if (!is_flag || tenant.size == 0 || tenant.size > IDP_TENANT_SIZE_MAX ||
        request->segment.size > IDP_CONNECTION_ID_SIZE_MAX) {
        return bad_request(call, "onlyManagementTenantAccess must be true or false, and "
                                 "targetTenant name a tenant.");
    }
    return outcome(call,
                   run(&asked, idp_sql_restrict_sso_connection, tenant,
                       idp_value_text(request->segment), text_of(&asked, asked.body)),
                   NULL);
}

/* ---- rules ---- */

/* The functions of one list of rules. */
struct rules {
    struct idp_value (*list)(struct idp_call *call, const struct idp_value *arguments);
    struct idp_value (*set)(struct idp_call *call, const struct idp_value *arguments);
    struct idp_value (*take)(struct idp_call *call, const struct idp_value *arguments);
};

static const struct rules access_rules = {idp_sql_access_mappings, idp_sql_set_access_mapping,
                                          idp_sql_delete_access_mapping};
static const struct rules inventory_rules = {
    idp_sql_inventory_mappings, idp_sql_set_inventory_mapping, idp_sql_delete_inventory_mapping};

static struct idp_response no_mapping(struct idp_call *call, struct idp_bytes id)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, "Cannot find mapping with id ");
    idp_text_add(&text, id);
    return not_found(call, idp_text_bytes(&text));
}

static struct idp_response rule_get(const struct asked *asked, const struct idp_json *list)
{
    const struct idp_json *rule = list->child;
    struct idp_bytes id = asked->request->segment_second;
    if (id.data == NULL) {
        return idp_response_json(asked->call, 200, list);
    }
    while (rule != NULL && !idp_bytes_equal(idp_json_string(rule, "id"), id)) {
        rule = rule->next;
    }
    return rule == NULL ? no_mapping(asked->call, id) : idp_response_json(asked->call, 200, rule);
}

/* POST gives the rule an id, PUT keeps that of the path. */
static struct idp_response rule_set(const struct asked *asked, const struct rules *rules)
{
    struct idp_bytes id = asked->request->segment_second;
    const struct idp_json *rule =
        idp_json_with(asked->call, asked->body, "id",
                      id.data == NULL ? NULL : idp_json_new_string(asked->call, id));
    return outcome(
        asked->call,
        run(asked, rules->set, asked->request->segment, text_of(asked, rule), idp_null()),
        "mapping");
}

static struct idp_response rules_answer(struct idp_call *call, const struct idp_request *request,
                                        const struct rules *rules)
{
    struct asked asked = {.call = call, .request = request};
    struct idp_response refusal;
    bool is_get = idp_bytes_is(request->method, "GET") || idp_bytes_is(request->method, "HEAD");
    bool is_delete = idp_bytes_is(request->method, "DELETE");
    if (!enter(&asked, !is_get && !is_delete, &refusal)) {
        return refusal;
    }
    if (is_get && connection(&asked) == NULL) {
        return no_connection(call);
    }
    if (!is_get && connection_to_change(&asked, &refusal) == NULL) {
        return refusal;
    }
    if (request->segment_second.size > IDP_CONNECTION_ID_SIZE_MAX) {
        return no_mapping(call, request->segment_second);
    }
    if (is_get) {
        return rule_get(&asked, run(&asked, rules->list, request->segment, idp_null(), idp_null()));
    }
    return is_delete ? outcome(call,
                               run(&asked, rules->take, request->segment,
                                   idp_value_text(request->segment_second), idp_null()),
                               NULL)
                     : rule_set(&asked, rules);
}

struct idp_response idp_answer_access_mappings(struct idp_call *call,
                                               const struct idp_request *request)
{
    return rules_answer(call, request, &access_rules);
}

struct idp_response idp_answer_inventory_mappings(struct idp_call *call,
                                                  const struct idp_request *request)
{
    return rules_answer(call, request, &inventory_rules);
}
