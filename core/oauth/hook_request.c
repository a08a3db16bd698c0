/* SPDX-License-Identifier: Apache-2.0 */
/* hook_request.c - what a hook is asked: who asks for which tokens, and what they would be. No
 * code, token or secret is in it. */
#include "core/oauth/hook.h"

static bool is_secret(struct idp_bytes name)
{
    static const char names[] = "client_secret registration_access_token software_statement";
    return idp_word_in(idp_bytes_of(names), name);
}

static struct idp_json *client_of(struct idp_call *call, struct idp_bytes client_id)
{
    const struct idp_json *stored = idp_client_metadata(call, client_id);
    struct idp_json *client = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *metadata = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *member = stored == NULL ? NULL : stored->child; member != NULL;
         member = member->next) {
        if (!is_secret(member->name)) {
            idp_json_add_named(metadata, member->name, idp_json_node(call, member));
        }
    }
    idp_json_add_string(call, client, "client_id", client_id);
    idp_json_add_string(call, client, "client_name", idp_client_name(call, client_id));
    idp_json_add(client, "metadata", metadata);
    return client;
}

static void add_known(struct idp_call *call, struct idp_json *request, const char *name,
                      const struct idp_json *value)
{
    if (value != NULL) {
        idp_json_add_shared(call, request, name, value);
    }
}

static void add_lifetimes(struct idp_call *call, struct idp_json *request,
                          const struct idp_token_issue *issue)
{
    const struct idp_grant *grant = issue->grant;
    int64_t left_s = grant->expires_at_us == 0
                         ? issue->rules.grant_lifetime_s
                         : grant->expires_at_us / IDP_SECOND_US - idp_now_s(call);
    idp_json_add_integer(call, request, "access_token_lifetime",
                         issue->rules.access_token_lifetime_s);
    if (issue->is_refresh_wanted) {
        idp_json_add_integer(call, request, "refresh_token_lifetime",
                             issue->rules.refresh_token_lifetime_s);
    }
    if (grant->grant_id.data != NULL) {
        idp_json_add_integer(call, request, "grant_lifetime", left_s);
    }
}

struct idp_json *idp_hook_request(struct idp_call *call, const struct idp_token_issue *issue,
                                  const char *event, const struct idp_json *claims)
{
    const struct idp_grant *grant = issue->grant;
    struct idp_json *request = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, request, "event", event);
    idp_json_add_string(call, request, "tenant", idp_tenant(call));
    idp_json_add_integer(call, request, "now", idp_now_s(call));
    idp_json_add_string(call, request, "grant_type", issue->request->grant_type);
    idp_json_add(request, "client", client_of(call, grant->client_id));
    idp_json_add_string(call, request, "subject", grant->subject);
    idp_json_add_string(call, request, "scope", grant->scope);
    add_known(call, request, "details", grant->details);
    add_known(call, request, "resource", idp_json_member(grant->details, "resource"));
    add_known(call, request, "device", grant->device);
    add_known(call, request, "actor", grant->actor);
    add_lifetimes(call, request, issue);
    idp_json_add_shared(call, request, "access_token_claims",
                        claims != NULL ? claims
                                       : idp_claims_for_access(call, issue, (struct idp_bytes){0}));
    if (idp_token_issue_has_id_token(issue)) {
        idp_json_add(request, "id_token_claims", idp_claims_for_id(call, issue));
    }
    return request;
}
