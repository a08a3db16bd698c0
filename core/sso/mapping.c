/* SPDX-License-Identifier: Apache-2.0 */
/* mapping.c - the access mapping of a connection as its document says it, kept by the process:
 * rules are asked at each login, and of a million users by whoever wants to know what a change
 * would do. */
#include "core/sso/mapping.h"

enum { TOTAL_MAX = 1 << 20 };

/* A mapping on its way in. */
struct reading {
    struct idp_call *call;
    struct idp_rule *rules;           /* room for all */
    struct idp_predicate_node *nodes; /* room for those of all rules */
    size_t count, node_count;
};

static void refuse(struct idp_call *call) IDP_NORETURN;

static void refuse(struct idp_call *call)
{
    idp_fail_with(
        call, IDP_INVALID_ARGUMENT,
        "onNewUser and its dynamicMapping must be objects, its mappings and inventoryMappings "
        "lists of at most %d rules.",
        IDP_ACCESS_RULE_COUNT_MAX);
}

static const struct idp_json *list_of(struct idp_call *call, const struct idp_json *mapping,
                                      const char *name)
{
    const struct idp_json *list = idp_json_member(mapping, name);
    if (list == NULL || list->kind == IDP_JSON_NULL) {
        return NULL;
    }
    if (list->kind != IDP_JSON_ARRAY) {
        refuse(call);
    }
    return list->child;
}

static size_t count_of(const struct idp_json *first)
{
    size_t count = 0;
    for (; first != NULL; first = first->next) {
        count++;
    }
    return count;
}

static void read_rule(struct reading *reading, const struct idp_json *json)
{
    struct idp_rule *rule = &reading->rules[reading->count++];
    *rule = (struct idp_rule){.roles = idp_json_member(json, "thenGroups"),
                              .applications = idp_json_member(json, "thenApplications"),
                              .inventory_roles = idp_json_member(json, "thenInventoryRoles")};
    rule->fault = idp_predicate_read(reading->call, idp_json_member(json, "when"),
                                     reading->nodes + reading->node_count, &rule->predicate);
    reading->node_count += rule->fault == NULL ? rule->predicate.count : 0;
}

/* Reads the rules into the room of `reading`, which must be large enough. */
static struct idp_mapping read_mapping(struct reading *reading, const struct idp_json *connection)
{
    struct idp_call *call = reading->call;
    const struct idp_json *user = idp_json_member(connection, "onNewUser");
    const struct idp_json *mapping = idp_json_member(user, "dynamicMapping");
    const struct idp_json *configuration = idp_json_member(mapping, "configuration");
    const struct idp_json *rule = list_of(call, mapping, "mappings");
    for (; rule != NULL; rule = rule->next) {
        read_rule(reading, rule);
    }
    size_t access_count = reading->count;
    for (rule = list_of(call, mapping, "inventoryMappings"); rule != NULL; rule = rule->next) {
        read_rule(reading, rule);
    }
    return (struct idp_mapping){
        .only_for_new = idp_json_is_true(configuration, "mapRolesOnlyForNewUser"),
        .only_listed = idp_json_is_true(configuration, "manageRolesOnlyFromAccessMapping"),
        .from_id_token = idp_json_is_true(configuration, "mapFromIdToken"),
        .count = reading->count,
        .rules = reading->rules,
        .access_count = access_count,
    };
}

static bool may_be_object(const struct idp_json *json)
{
    return json == NULL || json->kind == IDP_JSON_NULL || json->kind == IDP_JSON_OBJECT;
}

static size_t rule_count_of(struct idp_call *call, const struct idp_json *connection)
{
    const struct idp_json *user = idp_json_member(connection, "onNewUser");
    const struct idp_json *mapping = idp_json_member(user, "dynamicMapping");
    if (!may_be_object(user) || !may_be_object(mapping)) {
        refuse(call);
    }
    size_t count = count_of(list_of(call, mapping, "mappings")) +
                   count_of(list_of(call, mapping, "inventoryMappings"));
    if (count > IDP_ACCESS_RULE_COUNT_MAX) {
        refuse(call);
    }
    return count;
}

static struct idp_cache kept = {
    .release = idp_json_kept_release, .weight_max = TOTAL_MAX, .mutex = PTHREAD_MUTEX_INITIALIZER};

/* The mapping again, in a block of its own; that it was read before means that nothing raises. */
static const struct idp_mapping *keep(struct idp_call *call, struct idp_bytes text,
                                      const struct idp_json *connection,
                                      const struct reading *first)
{
    const struct idp_json *copy;
    size_t rules_size = first->count * sizeof(struct idp_rule);
    size_t nodes_size = first->node_count * sizeof(struct idp_predicate_node);
    struct idp_mapping *made =
        idp_json_keep(connection, sizeof *made + rules_size + nodes_size, &copy);
    if (made == NULL) {
        return NULL;
    }
    struct idp_rule *rules = (struct idp_rule *)(made + 1);
    struct reading reading = {
        .call = call, .rules = rules, .nodes = (struct idp_predicate_node *)(rules + first->count)};
    *made = read_mapping(&reading, copy);
    return idp_cache_put(call, &kept, text, made, text.size + rules_size + nodes_size);
}

static bool has_fault(const struct idp_mapping *mapping)
{
    size_t i = 0;
    while (i < mapping->count && mapping->rules[i].fault == NULL) {
        i++;
    }
    return i < mapping->count;
}

struct idp_mapping idp_mapping_of(struct idp_call *call, struct idp_bytes text)
{
    const struct idp_mapping *found = idp_cache_get(call, &kept, text);
    if (found != NULL) {
        return *found;
    }
    const struct idp_json *connection =
        idp_json_object_argument(call, idp_value_json_text(text), "connection");
    size_t count = rule_count_of(call, connection);
    struct reading reading = {.call = call,
                              .rules = idp_allocate(call, count * sizeof *reading.rules),
                              .nodes = idp_predicate_room(call, connection)};
    struct idp_mapping mapping = read_mapping(&reading, connection);
    /* Sentences about faults are of this call. */
    found = has_fault(&mapping) ? NULL : keep(call, text, connection, &reading);
    return found != NULL ? *found : mapping;
}
