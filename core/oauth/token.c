/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - the answer of the token endpoint to a request that has its grant (RFC 6749 §5.1).
 * Hooks are asked before anything is made of it, and what they said holds for all that is. */
#include "core/oauth/hook.h"

bool idp_token_issue_has_id_token(const struct idp_token_issue *issue)
{
    const struct idp_grant *grant = issue->grant;
    return grant->grant_id.data != NULL && !grant->is_exchanged &&
           idp_word_in(grant->scope, idp_bytes_of("openid"));
}

/* ---- hooks ---- */

static const struct idp_json *failed(struct idp_asked *asked, const char *fault)
{
    if (fault != NULL) {
        asked->failure = "refused";
        asked->cause = idp_bytes_of(fault);
    }
    return idp_error_json(IDP_SERVER_ERROR);
}

static const struct idp_json *ask_before(struct idp_call *call, struct idp_token_issue *issue)
{
    const struct idp_hook *hook = issue->request->hooks->before;
    if (hook == NULL) {
        return NULL;
    }
    issue->before = idp_hook_ask(call, hook, idp_hook_request(call, issue, "pre_token", NULL));
    if (issue->before.failure != NULL) {
        return failed(&issue->before, NULL);
    }
    const char *fault = idp_answer_take(call, issue->before.answer, issue);
    return fault == NULL ? issue->denial : failed(&issue->before, fault);
}

const struct idp_json *idp_token_issue_prepare(struct idp_call *call, struct idp_token_issue *issue)
{
    const struct idp_json *attributes = NULL;
    if (issue->request->settings.attribute_map != NULL &&
        !idp_attributes_find(call, issue, &attributes, &issue->before)) {
        return failed(&issue->before, NULL);
    }
    issue->attributes = attributes;
    issue->before = (struct idp_asked){0};
    return ask_before(call, issue);
}

const struct idp_json *idp_token_issue_finish(struct idp_call *call, struct idp_token_issue *issue,
                                              const struct idp_json *claims,
                                              struct idp_json *answer)
{
    const struct idp_hook *hook = issue->request->hooks->after;
    if (hook == NULL) {
        return NULL;
    }
    struct idp_json *request = idp_hook_request(call, issue, "post_token", claims);
    struct idp_json *response = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_members(call, response, answer, "token_type expires_in scope");
    idp_json_add(request, "response", response);
    issue->after = idp_hook_ask(call, hook, request);
    const char *fault =
        issue->after.failure != NULL ? NULL : idp_response_take(call, issue->after.answer, answer);
    return issue->after.failure != NULL || fault != NULL ? failed(&issue->after, fault) : NULL;
}

/* ---- tokens ---- */

static struct idp_json *make_access(struct idp_call *call, const struct idp_token_issue *issue,
                                    struct idp_json *answer)
{
    bool is_told_more = issue->introspection_added != NULL;
    struct idp_bytes jti = idp_jti_make(call, issue->grant->grant_id, is_told_more);
    struct idp_json *claims = idp_claims_for_access(call, issue, jti);
    bool is_bound = issue->grant->binding.jkt.data != NULL;
    idp_json_add_string(call, answer, "access_token", idp_access_token(call, issue, claims));
    idp_json_add_c(call, answer, "token_type",
                   is_bound ? "DPoP" : issue->request->settings.token_type);
    idp_json_add_integer(call, answer, "expires_in", idp_access_lifetime_s(call, issue));
    if (is_told_more) {
        idp_token_claims_keep(call, claims, issue->introspection_added);
    }
    return claims;
}

/* The claims of the access token. */
static struct idp_json *make_all(struct idp_call *call, const struct idp_token_issue *issue,
                                 struct idp_json *answer)
{
    struct idp_json *claims = make_access(call, issue, answer);
    if (issue->is_refresh_wanted) {
        idp_json_add_string(
            call, answer, "refresh_token",
            idp_refresh_token(call, &issue->request->settings, &issue->rules, issue->grant));
    }
    if (issue->grant->scope.size > 0) {
        idp_json_add_string(call, answer, "scope", issue->grant->scope);
    }
    if (idp_token_issue_has_id_token(issue)) {
        struct idp_bytes token = idp_json_string(answer, "access_token");
        idp_json_add_string(call, answer, "id_token", idp_id_token(call, issue, token));
    }
    return claims;
}

static struct idp_json *refused(struct idp_call *call, const struct idp_token_issue *issue,
                                const struct idp_json *error)
{
    issue->request->hooks->is_refused = true;
    return idp_json_node(call, error);
}

struct idp_json *idp_tokens_issue(struct idp_call *call, const struct idp_token_request *request,
                                  struct idp_grant *grant, bool is_refresh_wanted)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_token_issue issue = {.request = request,
                                    .grant = grant,
                                    .rules = request->rules,
                                    .is_refresh_wanted = is_refresh_wanted};
    if (grant->is_new && grant->grant_id.data == NULL) {
        grant->grant_id = idp_grant_id_make(call);
    }
    const struct idp_json *error =
        request->hooks->is_any ? idp_token_issue_prepare(call, &issue) : NULL;
    if (error != NULL) {
        return refused(call, &issue, error);
    }
    if (grant->is_new) {
        idp_grant_create(call, &issue.rules, grant);
    }
    struct idp_json *claims = make_all(call, &issue, answer);
    error = request->hooks->is_any ? idp_token_issue_finish(call, &issue, claims, answer) : NULL;
    return error == NULL ? answer : refused(call, &issue, error);
}
