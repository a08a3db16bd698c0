/* SPDX-License-Identifier: Apache-2.0 */
/* map_access.c - what a user may do from now on: what all rules that match give, laid over what the
 * user had by one of three principles. Where no rule matches, nobody gets in, and nothing changes.
 */
#include "core/sso/mapping.h"

/* What is known of one user. */
struct user {
    struct idp_call *call;
    const struct idp_mapping *mapping;
    const struct idp_json *claims;
    struct idp_access current;
    bool is_new;
};

/* ---- rules ---- */

static void ids_give(struct idp_ids *ids, const struct idp_json *list)
{
    int64_t id;
    for (const struct idp_json *item = idp_json_is(list, IDP_JSON_ARRAY) ? list->child : NULL;
         item != NULL; item = item->next) {
        if (idp_json_integer(item, &id)) {
            idp_ids_add(ids, id);
        }
    }
}

static void groups_give(struct idp_call *call, struct idp_access *access,
                        const struct idp_json *list)
{
    for (const struct idp_json *item = idp_json_is(list, IDP_JSON_ARRAY) ? list->child : NULL;
         item != NULL; item = item->next) {
        struct idp_bytes name = idp_json_string(item, "managedObject");
        if (name.data != NULL) {
            ids_give(&idp_access_group(call, access, name)->roles,
                     idp_json_member(item, "roleIds"));
        }
    }
}

static void give(struct idp_call *call, struct idp_access *access, const struct idp_rule *rule)
{
    ids_give(&access->roles, rule->roles);
    ids_give(&access->applications, rule->applications);
    groups_give(call, access, rule->inventory_roles);
}

static bool matches(const struct user *user, const struct idp_rule *rule)
{
    return rule->fault == NULL && idp_predicate_match(user->call, user->claims, &rule->predicate);
}

/* {"mapping":"mappings","index":0} */
static struct idp_json *name_of(const struct user *user, size_t index)
{
    size_t access_count = user->mapping->access_count;
    bool is_access = index < access_count;
    struct idp_json *name = idp_json_new(user->call, IDP_JSON_OBJECT);
    idp_json_add_c(user->call, name, "mapping", is_access ? "mappings" : "inventoryMappings");
    idp_json_add_integer(user->call, name, "index",
                         (int64_t)(is_access ? index : index - access_count));
    return name;
}

/* ---- principles ---- */

/* Ids of `from` that are not in `other`. */
static struct idp_ids without(struct idp_call *call, const struct idp_ids *from,
                              const struct idp_ids *other)
{
    struct idp_ids out = {.call = call};
    for (size_t i = 0; i < from->count; i++) {
        if (!idp_ids_has(other, from->list[i])) {
            idp_ids_add(&out, from->list[i]);
        }
    }
    return out;
}

static void ids_join(struct idp_ids *ids, const struct idp_ids *more)
{
    for (size_t i = 0; i < more->count; i++) {
        idp_ids_add(ids, more->list[i]);
    }
}

static const struct idp_group_roles *group_find(const struct idp_access *access,
                                                struct idp_bytes name)
{
    size_t i = 0;
    while (i < access->group_count && !idp_bytes_equal(access->groups[i].managed_object, name)) {
        i++;
    }
    return i < access->group_count ? &access->groups[i] : NULL;
}

/* What a rule names is as the rules give it, a device group as a whole; the rest stays. */
static struct idp_access overwritten(const struct user *user, struct idp_access given)
{
    struct idp_call *call = user->call;
    struct idp_access listed = idp_access_new(call);
    for (size_t i = 0; i < user->mapping->count; i++) {
        give(call, &listed, &user->mapping->rules[i]);
    }
    struct idp_ids roles = without(call, &user->current.roles, &listed.roles);
    struct idp_ids applications = without(call, &user->current.applications, &listed.applications);
    ids_join(&given.roles, &roles);
    ids_join(&given.applications, &applications);
    for (size_t i = 0; i < user->current.group_count; i++) {
        const struct idp_group_roles *group = &user->current.groups[i];
        if (group_find(&listed, group->managed_object) == NULL) {
            ids_join(&idp_access_group(call, &given, group->managed_object)->roles, &group->roles);
        }
    }
    return given;
}

static struct idp_access result_of(const struct user *user, struct idp_access given)
{
    if (user->is_new) {
        return given;
    }
    if (user->mapping->only_for_new) {
        return user->current;
    }
    return user->mapping->only_listed ? overwritten(user, given) : given;
}

/* ---- answers ---- */

/* What `from` has and `other` has not. */
static struct idp_json *difference(struct idp_call *call, const struct idp_access *from,
                                   const struct idp_access *other)
{
    static const struct idp_ids nothing;
    struct idp_access out = idp_access_new(call);
    out.roles = without(call, &from->roles, &other->roles);
    out.applications = without(call, &from->applications, &other->applications);
    for (size_t i = 0; i < from->group_count; i++) {
        const struct idp_group_roles *group = &from->groups[i];
        const struct idp_group_roles *same = group_find(other, group->managed_object);
        struct idp_ids roles = without(call, &group->roles, same == NULL ? &nothing : &same->roles);
        if (roles.count > 0) {
            idp_access_group(call, &out, group->managed_object)->roles = roles;
        }
    }
    return idp_access_json(call, &out);
}

static void add_access(struct idp_call *call, struct idp_json *answer, const struct user *user,
                       const struct idp_access *after)
{
    idp_json_add(answer, "access", idp_access_json(call, after));
    idp_json_add(answer, "added", difference(call, after, &user->current));
    idp_json_add(answer, "removed", difference(call, &user->current, after));
}

static struct idp_json *map(const struct user *user)
{
    struct idp_call *call = user->call;
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *matched = idp_json_new(call, IDP_JSON_ARRAY);
    struct idp_json *warnings = idp_json_new(call, IDP_JSON_ARRAY);
    struct idp_access given = idp_access_new(call);
    for (size_t i = 0; i < user->mapping->count; i++) {
        const struct idp_rule *rule = &user->mapping->rules[i];
        if (matches(user, rule)) {
            give(call, &given, rule);
            idp_json_add(matched, NULL, name_of(user, i));
        } else if (rule->fault != NULL) {
            struct idp_json *warning = name_of(user, i);
            idp_json_add_c(call, warning, "message", rule->fault);
            idp_json_add(warnings, NULL, warning);
        }
    }
    bool is_granted = matched->child != NULL;
    idp_json_add_c(call, answer, "decision", is_granted ? "granted" : "access_denied");
    if (is_granted) {
        struct idp_access after = result_of(user, given);
        add_access(call, answer, user, &after);
    }
    idp_json_add(answer, "matched", matched);
    idp_json_add(answer, "warnings", warnings);
    return answer;
}

struct idp_json *idp_map_access(struct idp_call *call, const struct idp_mapping *mapping,
                                const struct idp_json *claims, const struct idp_json *current,
                                bool is_new)
{
    struct user user = {
        .call = call,
        .mapping = mapping,
        .claims = claims,
        .current = idp_access_read(call, current),
        .is_new = is_new,
    };
    return map(&user);
}

/* map_access(connection, claims, current, is_new_user) */
struct idp_value idp_sql_map_access(struct idp_call *call, const struct idp_value *arguments)
{
    const char *why;
    struct idp_mapping mapping = idp_mapping_of(call, idp_text_of(arguments[0]));
    const struct idp_json *claims = idp_json_read(call, idp_text_of(arguments[1]), &why);
    const struct idp_json *current = idp_json_object_argument(call, arguments[2], "current");
    bool is_new = arguments[3].kind == 0 ? arguments[2].kind == 0 : arguments[3].integer != 0;
    return idp_value_json(idp_map_access(call, &mapping, claims, current, is_new));
}
