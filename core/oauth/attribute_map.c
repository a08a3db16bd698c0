/* SPDX-License-Identifier: Apache-2.0 */
/* attribute_map.c - claims that the settings map: a constant, what is known of the approval, or
 * what a registered query says. One that nothing is known of is left out. */
#include "core/oauth/hook.h"
#include "core/oauth/settings.h"

/* What whoever approved said, and the subject. */
static const struct idp_json *credential(struct idp_call *call, const struct idp_grant *grant,
                                         struct idp_bytes name)
{
    const char *text = idp_text_c(call, name);
    const struct idp_json *claim = idp_json_member(idp_json_member(grant->details, "claims"), text);
    if (claim != NULL) {
        return claim;
    }
    if (idp_bytes_is(name, "subject")) {
        return idp_json_new_string(call, grant->subject);
    }
    return idp_bytes_is(name, "claims") ? NULL : idp_json_member(grant->details, text);
}

/* A query that answers NULL knows nothing. */
static bool query(struct idp_call *call, const struct idp_token_issue *issue, struct idp_bytes name,
                  const struct idp_json **value, struct idp_asked *asked)
{
    const struct idp_hook *hook = idp_hook_named(issue->request->hooks, name);
    if (hook == NULL) {
        return true;
    }
    *asked = idp_hook_ask(call, hook, idp_hook_request(call, issue, "attribute", NULL));
    *value = asked->answer;
    return asked->failure == NULL || strcmp(asked->failure, "null") == 0;
}

static bool find(struct idp_call *call, const struct idp_token_issue *issue,
                 const struct idp_json *source, const struct idp_json **value,
                 struct idp_asked *asked)
{
    struct idp_bytes type = idp_json_string(source, "type");
    const struct idp_json *given = idp_json_member(source, "value");
    *value = NULL;
    if (source == NULL || idp_bytes_is(type, "ldap")) {
        return true;
    }
    if (idp_bytes_is(type, "sql")) {
        return query(call, issue, given->text, value, asked);
    }
    *value = idp_bytes_is(type, "value") ? given : credential(call, issue->grant, given->text);
    return true;
}

bool idp_attributes_find(struct idp_call *call, const struct idp_token_issue *issue,
                         const struct idp_json **claims, struct idp_asked *asked)
{
    const struct idp_settings *settings = &issue->request->settings;
    struct idp_json *found = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *claim = settings->attribute_map->child; claim != NULL;
         claim = claim->next) {
        const struct idp_json *value;
        if (!find(call, issue, idp_attribute_source(settings, claim), &value, asked)) {
            return false;
        }
        if (value != NULL && value->kind != IDP_JSON_NULL) {
            idp_json_add_named(found, claim->name, idp_json_node(call, value));
        }
    }
    *claims = found;
    return true;
}
