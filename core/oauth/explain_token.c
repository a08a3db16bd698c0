/* SPDX-License-Identifier: Apache-2.0 */
/* explain_token.c - a request for tokens as a rehearsal: the hooks are asked as for a real one, and
 * everything is shown but tokens, of which none is made. Nothing is written. */
#include "core/oauth/hook.h"

static const char context_members[] = "subject scope auth_time amr claims nonce device";

static void check_context(struct idp_call *call, const struct idp_json *context)
{
    for (const struct idp_json *member = context == NULL ? NULL : context->child; member != NULL;
         member = member->next) {
        bool is_text = idp_bytes_is(member->name, "subject") || idp_bytes_is(member->name, "scope");
        if (!idp_word_in(idp_bytes_of(context_members), member->name) ||
            (is_text && member->kind != IDP_JSON_STRING)) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT, "The members of context are: %s.",
                          context_members);
        }
    }
}

/* ---- the request ---- */

static enum idp_error request_read(struct idp_call *call, const struct idp_json *client,
                                   struct idp_token_request *request)
{
    struct idp_bytes client_id = idp_json_string(client, "client_id");
    request->settings = idp_settings_load(call);
    request->grant_type = idp_json_string(request->form, "grant_type");
    if (client_id.data == NULL || !idp_client_find(call, client_id, &request->client) ||
        !request->client.enabled) {
        return IDP_INVALID_CLIENT;
    }
    if (request->grant_type.data == NULL) {
        return IDP_INVALID_REQUEST;
    }
    if (!idp_grant_offered(&request->settings, request->grant_type)) {
        return IDP_UNSUPPORTED_GRANT_TYPE;
    }
    request->rules = idp_token_rules_of(call, &request->settings, client_id);
    return idp_word_in(request->client.grant_types, request->grant_type) ? IDP_OK
                                                                         : IDP_UNAUTHORIZED_CLIENT;
}

static bool is_of(const struct idp_token_request *request, const char *grant_type)
{
    return idp_bytes_is(request->grant_type, grant_type);
}

static struct idp_bytes subject_of(struct idp_call *call, const struct idp_token_request *request,
                                   const struct idp_json *context)
{
    struct idp_bytes subject = idp_json_string(context, "subject");
    if (subject.data == NULL && is_of(request, IDP_GRANT_CLIENT_CREDENTIALS)) {
        return request->client.client_id;
    }
    if (subject.size == 0 || subject.size > IDP_SUBJECT_SIZE_MAX) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "Argument context must name the subject that the tokens would be of.");
    }
    return subject;
}

/* What the user would have allowed: the context says, else all that the client may have. */
static enum idp_error grant_read(struct idp_call *call, const struct idp_token_request *request,
                                 const struct idp_json *context, struct idp_grant *grant)
{
    const struct idp_json *resource;
    struct idp_bytes allowed = idp_json_string(context, "scope");
    bool has_grant = !is_of(request, IDP_GRANT_CLIENT_CREDENTIALS);
    enum idp_error error = idp_resource_asked(call, request, &resource);
    *grant = (struct idp_grant){
        .client_id = request->client.client_id,
        .subject = subject_of(call, request, context),
        .scope =
            idp_scope_asked(request->form, allowed.data == NULL ? request->client.scope : allowed),
        .grant_type = request->grant_type,
        .grant_id = has_grant ? idp_grant_id_make(call) : (struct idp_bytes){0},
        .details = idp_grant_details(call, context, "auth_time amr claims nonce",
                                     error == IDP_OK ? resource : NULL),
        .device = idp_json_member(context, "device"),
        .is_new = has_grant,
        .is_exchanged = is_of(request, IDP_GRANT_TOKEN_EXCHANGE)};
    return error == IDP_OK && grant->scope.data == NULL ? IDP_INVALID_SCOPE : error;
}

static bool has_refresh_token(const struct idp_token_request *request)
{
    bool is_wanted = is_of(request, IDP_GRANT_DEVICE_CODE) ||
                     is_of(request, IDP_GRANT_AUTHORIZATION_CODE) ||
                     (is_of(request, IDP_GRANT_REFRESH_TOKEN) && request->rules.is_rotated);
    return is_wanted && idp_refresh_allowed(request);
}

/* ---- what is shown ---- */

static void add_asked(struct idp_call *call, struct idp_json *result, const char *name,
                      const struct idp_asked *asked)
{
    if (asked->request == NULL) {
        return;
    }
    struct idp_json *shown = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_shared(call, shown, "request", asked->request);
    if (asked->answer != NULL) {
        idp_json_add_shared(call, shown, "answer", asked->answer);
    }
    if (asked->failure != NULL) {
        idp_json_add_c(call, shown, "failure", asked->failure);
        idp_json_add_string(call, shown, "cause", asked->cause);
    }
    idp_json_add(result, name, shown);
}

static void add_issued(struct idp_call *call, struct idp_json *result,
                       const struct idp_token_issue *issue, const struct idp_json *claims)
{
    idp_json_add_shared(call, result, "access_token_claims", claims);
    if (idp_token_issue_has_id_token(issue)) {
        idp_json_add(result, "id_token_claims", idp_claims_for_id(call, issue));
    }
    if (issue->introspection_added != NULL) {
        idp_json_add_shared(call, result, "introspection_claims", issue->introspection_added);
    }
    idp_json_add_string(call, result, "scope", issue->grant->scope);
    idp_json_add_integer(call, result, "access_token_lifetime", idp_access_lifetime_s(call, issue));
    if (issue->is_refresh_wanted) {
        idp_json_add_integer(call, result, "refresh_token_lifetime",
                             issue->rules.refresh_token_lifetime_s);
    }
    if (issue->grant->is_new) {
        idp_json_add_integer(call, result, "grant_lifetime", issue->rules.grant_lifetime_s);
    }
}

/* The answer of the token endpoint without its tokens. */
static struct idp_json *response_of(struct idp_call *call, const struct idp_token_issue *issue)
{
    struct idp_json *response = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, response, "token_type", issue->request->settings.token_type);
    idp_json_add_integer(call, response, "expires_in", idp_access_lifetime_s(call, issue));
    if (issue->grant->scope.size > 0) {
        idp_json_add_string(call, response, "scope", issue->grant->scope);
    }
    return response;
}

static struct idp_json *rehearse(struct idp_call *call, struct idp_token_issue *issue)
{
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_json *claims = NULL, *error = idp_token_issue_prepare(call, issue);
    struct idp_json *response = error == NULL ? response_of(call, issue) : NULL;
    if (error == NULL) {
        claims = idp_claims_for_access(call, issue, (struct idp_bytes){0});
        error = idp_token_issue_finish(call, issue, claims, response);
    }
    idp_json_add_c(call, result, "outcome",
                   error == NULL            ? "issued"
                   : issue->denial == error ? "denied"
                                            : "failed");
    add_asked(call, result, "pre_token", &issue->before);
    add_asked(call, result, "post_token", &issue->after);
    if (error == NULL) {
        add_issued(call, result, issue, claims);
    }
    idp_json_add_shared(call, result, "response", error == NULL ? response : error);
    return result;
}

/* explain_token_request(parameters, client, context) → who was asked what, and what came of it */
struct idp_value idp_sql_explain_token_request(struct idp_call *call,
                                               const struct idp_value *arguments)
{
    struct idp_grant grant;
    struct idp_token_request request = {
        .form = idp_json_object_argument(call, arguments[0], "parameters")};
    const struct idp_json *client = idp_json_object_argument(call, arguments[1], "client");
    const struct idp_json *context = idp_json_object_argument(call, arguments[2], "context");
    check_context(call, context);
    enum idp_error error = request_read(call, client, &request);
    if (error == IDP_OK) {
        error = grant_read(call, &request, context, &grant);
    }
    if (error != IDP_OK) {
        return idp_value_json(error == IDP_UNSUPPORTED_GRANT_TYPE
                                  ? idp_grant_unsupported(call, request.grant_type)
                                  : idp_error_json(error));
    }
    struct idp_hooks hooks = idp_hooks_load(call, &request.settings);
    request.hooks = &hooks;
    struct idp_token_issue issue = {.request = &request,
                                    .grant = &grant,
                                    .rules = request.rules,
                                    .is_refresh_wanted = has_refresh_token(&request)};
    return idp_value_json(rehearse(call, &issue));
}
