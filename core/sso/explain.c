/* SPDX-License-Identifier: Apache-2.0 */
/* explain.c - what a login would do, and why: each token, each rule leaf by leaf, and what would
 * change. Nothing is written. */
#include "core/sso/login.h"

static struct idp_json *tokens_explained(struct idp_call *call, const struct idp_tokens *tokens,
                                         const struct idp_identity *identity)
{
    static const char *const names[] = {[IDP_ACCESS_TOKEN] = "access_token",
                                        [IDP_ID_TOKEN] = "id_token",
                                        [IDP_LOGOUT_TOKEN] = "logout_token"};
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t use = 0; use < IDP_TOKEN_USE_COUNT; use++) {
        const struct idp_token_verdict *verdict = &identity->verdicts[use];
        struct idp_json *token = idp_json_new(call, IDP_JSON_OBJECT);
        if (tokens->text[use].data == NULL) {
            continue;
        }
        idp_json_add_bool(call, token, "valid", verdict->reason == NULL);
        if (verdict->reason != NULL) {
            idp_json_add_c(call, token, "reason", verdict->reason);
        }
        if (verdict->header != NULL) {
            idp_json_add_shared(call, token, "header", verdict->header);
            idp_json_add_shared(call, token, "claims", verdict->claims);
        }
        idp_json_add(out, names[use], token);
    }
    return out;
}

static struct idp_json *rule_explained(struct idp_call *call, const struct idp_json *rule,
                                       const struct idp_rule *read, const char *mapping,
                                       const struct idp_json *claims)
{
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, out, "mapping", mapping);
    idp_json_add_string(call, out, "id", idp_json_string(rule, "id"));
    if (read->fault != NULL) {
        idp_json_add_bool(call, out, "matched", false);
        idp_json_add_c(call, out, "fault", read->fault);
        return out;
    }
    idp_json_add_bool(call, out, "matched", idp_predicate_match(call, claims, &read->predicate));
    idp_json_add(out, "when", idp_predicate_explain(call, claims, &read->predicate));
    return out;
}

/* The rules of the document stand in the order in which they were read. */
static struct idp_json *rules_explained(struct idp_call *call,
                                        const struct idp_connection *connection,
                                        const struct idp_mapping *mapping,
                                        const struct idp_json *claims)
{
    static const char *const lists[] = {"mappings", "inventoryMappings"};
    const struct idp_json *dynamic =
        idp_json_member(idp_json_member(connection->document, "onNewUser"), "dynamicMapping");
    struct idp_json *out = idp_json_new(call, IDP_JSON_ARRAY);
    size_t index = 0;
    for (size_t i = 0; i < IDP_COUNT(lists); i++) {
        const struct idp_json *list = idp_json_member(dynamic, lists[i]);
        for (const struct idp_json *rule = list == NULL ? NULL : list->child; rule != NULL;
             rule = rule->next) {
            idp_json_add(out, NULL,
                         rule_explained(call, rule, &mapping->rules[index++], lists[i], claims));
        }
    }
    return out;
}

static struct idp_json *explain(struct idp_call *call, const struct idp_connection *connection,
                                const struct idp_tokens *tokens)
{
    struct idp_identity identity = idp_identity_of(call, connection, tokens);
    struct idp_mapping mapping = idp_mapping_of(call, connection->text);
    const struct idp_json *claims =
        identity.verdicts[mapping.from_id_token ? IDP_ID_TOKEN : IDP_ACCESS_TOKEN].claims;
    struct idp_sso_user before = {0};
    bool exists = identity.user_id.size > 0 && idp_sso_user_find(call, identity.user_id, &before);
    struct idp_json *mapped = idp_map_access(call, &mapping, claims, before.access, !exists);
    const char *reason = idp_login_refusal(call, connection, &identity, &before, mapped);
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, out, "decision", reason == NULL ? "granted" : "access_denied");
    if (reason != NULL) {
        idp_json_add_c(call, out, "reason", reason);
        idp_refusal_add(call, out, connection, &identity);
    }
    idp_json_add_string(call, out, "user", identity.user_id);
    idp_json_add_bool(call, out, "is_new", !exists);
    idp_json_add(out, "tokens", tokens_explained(call, tokens, &identity));
    idp_json_add(out, "rules", rules_explained(call, connection, &mapping, claims));
    idp_json_add(out, "mapped", mapped);
    return out;
}

/* sso_explain(connection, tokens) → {"decision","tokens","rules","mapped",…} */
struct idp_value idp_sql_sso_explain(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_connection connection;
    struct idp_bytes id = idp_connection_argument(call, arguments[0]);
    struct idp_tokens tokens = idp_tokens_argument(call, arguments[1]);
    if (!idp_connection_find(call, id, &connection)) {
        return idp_value_json(idp_error_json_with(call, IDP_NOT_FOUND, IDP_NO_CONNECTION));
    }
    return idp_value_json(explain(call, &connection, &tokens));
}
