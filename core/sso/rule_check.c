/* SPDX-License-Identifier: Apache-2.0 */
/* rule_check.c - what is wrong with the rules of a connection. A rule that cannot be read would
 * never match, and whoever wrote it would wonder why nobody gets in. */
#include "core/sso/access.h"
#include "core/sso/connection.h"

static void error(struct idp_connection_faults *faults, struct idp_bytes path, const char *member,
                  const char *code, const char *message)
{
    struct idp_bytes place =
        member == NULL ? path : idp_path_step(faults->call, path, idp_bytes_of(member));
    idp_fault_add(faults->call, faults->errors, place, code, message);
}

static bool are_ids(const struct idp_json *list)
{
    int64_t id;
    if (list == NULL || list->kind == IDP_JSON_NULL) {
        return true;
    }
    const struct idp_json *item = list->kind == IDP_JSON_ARRAY ? list->child : NULL;
    while (item != NULL && idp_json_integer(item, &id)) {
        item = item->next;
    }
    return list->kind == IDP_JSON_ARRAY && item == NULL;
}

static bool are_groups(const struct idp_json *list)
{
    if (list == NULL || list->kind == IDP_JSON_NULL) {
        return true;
    }
    const struct idp_json *item = list->kind == IDP_JSON_ARRAY ? list->child : NULL;
    while (item != NULL && idp_json_string(item, "managedObject").size > 0 &&
           are_ids(idp_json_member(item, "roleIds"))) {
        item = item->next;
    }
    return list->kind == IDP_JSON_ARRAY && item == NULL;
}

static void gifts_check(struct idp_connection_faults *faults, struct idp_bytes path,
                        const struct idp_json *rule)
{
    static const char *const lists[] = {"thenGroups", "thenApplications"};
    for (size_t i = 0; i < IDP_COUNT(lists); i++) {
        if (!are_ids(idp_json_member(rule, lists[i]))) {
            error(faults, path, lists[i], "type", "must be a list of whole numbers");
        }
    }
    if (!are_groups(idp_json_member(rule, "thenInventoryRoles"))) {
        error(faults, path, "thenInventoryRoles", "type",
              "must be a list of objects, each a managedObject and its roleIds");
    }
}

static void rule_check(struct idp_connection_faults *faults, struct idp_bytes path,
                       const struct idp_json *rule, struct idp_predicate_node *room)
{
    struct idp_predicate predicate;
    if (rule->kind != IDP_JSON_OBJECT) {
        error(faults, path, NULL, "type", "a rule must be an object");
        return;
    }
    const char *why =
        idp_predicate_read(faults->call, idp_json_member(rule, "when"), room, &predicate);
    if (why != NULL) {
        error(faults, path, "when", "predicate", why);
    }
    gifts_check(faults, path, rule);
    if (idp_json_string(rule, "id").size == 0) {
        error(faults, path, "id", "type", "the id of a rule must be a string");
    }
}

static bool has_id_before(const struct idp_json *list, const struct idp_json *rule)
{
    const struct idp_json *other = list->child;
    struct idp_bytes id = idp_json_string(rule, "id");
    while (other != rule && !idp_bytes_equal(idp_json_string(other, "id"), id)) {
        other = other->next;
    }
    return other != rule;
}

void idp_rules_check(struct idp_connection_faults *faults, const struct idp_json *mapping,
                     const char *name)
{
    const struct idp_json *list = idp_json_member(mapping, name);
    struct idp_bytes path =
        idp_path_step(faults->call, idp_bytes_of("/onNewUser/dynamicMapping"), idp_bytes_of(name));
    size_t index = 0;
    if (list == NULL || list->kind == IDP_JSON_NULL) {
        return;
    }
    if (list->kind != IDP_JSON_ARRAY) {
        error(faults, path, NULL, "type", "the rules must be a list");
        return;
    }
    struct idp_predicate_node *room = idp_predicate_room(faults->call, list);
    for (const struct idp_json *rule = list->child; rule != NULL; rule = rule->next) {
        struct idp_bytes place = idp_path_index(faults->call, path, index++);
        rule_check(faults, place, rule, room);
        if (has_id_before(list, rule)) {
            error(faults, place, "id", "double", "another rule has this id");
        }
    }
    if (index > IDP_ACCESS_RULE_COUNT_MAX) {
        error(faults, path, NULL, "size", "there are more than 1000 rules");
    }
}
