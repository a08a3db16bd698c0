/* SPDX-License-Identifier: Apache-2.0 */
/* import_structured.c - AuthenticationConfiguration of kube-apiserver (v1, as JSON), as far as it
 * is valid there and says it with claims, not with CEL. */
#include "core/oidc/format.h"

static void read_mapping(struct idp_oidc_import *import, struct idp_json *item,
                         const struct idp_json *mappings, const char *path, const char *which)
{
    static const struct {
        const char *which, *claim, *prefix;
    } rows[] = {{"username", "usernameClaim", "usernamePrefix"},
                {"groups", "groupsClaim", "groupsPrefix"}};
    size_t row = strcmp(which, rows[0].which) == 0 ? 0 : 1;
    const struct idp_json *mapping =
        idp_oidc_import_member(import, mappings, path, which, IDP_JSON_OBJECT);
    path = idp_oidc_import_path(import, path, idp_bytes_of(which));
    idp_oidc_import_check(import, mapping, path, "claim prefix");
    idp_oidc_import_text(import, item, rows[row].claim, mapping, path, "claim");
    idp_oidc_import_text(import, item, rows[row].prefix, mapping, path, "prefix");
    bool has_claim = !idp_oidc_is_empty(idp_json_member(mapping, "claim"));
    bool has_prefix = idp_json_is(idp_json_member(mapping, "prefix"), IDP_JSON_STRING);
    bool is_needed = row == 0 || mapping != NULL;
    if (is_needed && (!has_claim || !has_prefix)) {
        idp_oidc_import_refuse(import, path,
                               "a claim and its prefix are needed, which may be empty", NULL);
    }
}

static bool stands_before(const struct idp_json *first, const struct idp_json *item,
                          const char *name)
{
    struct idp_bytes text = idp_json_string(item, name);
    while (first != item && !idp_bytes_equal(idp_json_string(first, name), text)) {
        first = first->next;
    }
    return first != item;
}

static void read_rules(struct idp_oidc_import *import, struct idp_json *item,
                       const struct idp_json *rules, const char *path)
{
    int64_t index = 0;
    const struct idp_json *rule = rules == NULL ? NULL : rules->child;
    for (; rule != NULL; rule = rule->next, index++) {
        const char *at = idp_oidc_import_path_at(import, path, index);
        idp_oidc_import_check(import, rule, at, "claim requiredValue");
        if (stands_before(rules->child, rule, "claim")) {
            idp_oidc_import_refuse(import, at, "a claim may have one rule", NULL);
        } else {
            idp_oidc_import_claim(import, item, at, idp_json_string(rule, "claim"),
                                  idp_json_string(rule, "requiredValue"));
        }
    }
}

static void read_issuer(struct idp_oidc_import *import, struct idp_json *item,
                        const struct idp_json *issuer, const char *path)
{
    const struct idp_json *audiences =
        idp_oidc_import_member(import, issuer, path, "audiences", IDP_JSON_ARRAY);
    const struct idp_json *policy =
        idp_oidc_import_member(import, issuer, path, "audienceMatchPolicy", IDP_JSON_STRING);
    const char *audiences_path = idp_oidc_import_path(import, path, idp_bytes_of("audiences"));
    idp_oidc_import_place(import, "clientID", audiences_path);
    idp_oidc_import_check(import, issuer, path, "url audiences audienceMatchPolicy");
    idp_oidc_import_text(import, item, "issuerURL", issuer, path, "url");
    if (audiences != NULL && idp_json_is(audiences->child, IDP_JSON_STRING) &&
        audiences->child->next == NULL) {
        idp_json_add_shared(import->call, item, "clientID", audiences->child);
    } else {
        idp_oidc_import_refuse(import, audiences_path, "exactly one audience is wanted", NULL);
    }
    if (policy != NULL && policy->text.size > 0 && !idp_bytes_is(policy->text, "MatchAny")) {
        idp_oidc_import_refuse(
            import, idp_oidc_import_path(import, path, idp_bytes_of("audienceMatchPolicy")),
            "the policy must be MatchAny", NULL);
    }
}

static void read_authenticator(struct idp_oidc_import *import, const struct idp_json *authenticator,
                               const char *path)
{
    struct idp_json *item = idp_oidc_import_item(import, path);
    const struct idp_json *issuer =
        idp_oidc_import_member(import, authenticator, path, "issuer", IDP_JSON_OBJECT);
    const struct idp_json *mappings =
        idp_oidc_import_member(import, authenticator, path, "claimMappings", IDP_JSON_OBJECT);
    const struct idp_json *rules =
        idp_oidc_import_member(import, authenticator, path, "claimValidationRules", IDP_JSON_ARRAY);
    const char *mappings_path = idp_oidc_import_path(import, path, idp_bytes_of("claimMappings"));
    idp_oidc_import_check(import, authenticator, path, "issuer claimMappings claimValidationRules");
    read_issuer(import, item, issuer, idp_oidc_import_path(import, path, idp_bytes_of("issuer")));
    idp_oidc_import_check(import, mappings, mappings_path, "username groups");
    read_mapping(import, item, mappings, mappings_path, "username");
    read_mapping(import, item, mappings, mappings_path, "groups");
    read_rules(import, item, rules,
               idp_oidc_import_path(import, path, idp_bytes_of("claimValidationRules")));
    if (stands_before(import->list->child, item, "issuerURL")) {
        idp_oidc_import_refuse(import, path, "an issuer may come once", NULL);
    }
}

void idp_oidc_import_structured(struct idp_oidc_import *import, const struct idp_json *document)
{
    const struct idp_json *list = idp_json_member(document, "jwt");
    if (!idp_json_is(list, IDP_JSON_ARRAY) ||
        !idp_bytes_is(idp_json_string(document, "kind"), "AuthenticationConfiguration")) {
        idp_oidc_import_refuse(import, "", "an AuthenticationConfiguration with jwt is wanted",
                               NULL);
        return;
    }
    int64_t index = 0;
    idp_oidc_import_check(import, document, "", "apiVersion kind jwt");
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        read_authenticator(import, item, idp_oidc_import_path_at(import, "/jwt", index++));
    }
}
