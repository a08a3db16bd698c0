/* SPDX-License-Identifier: Apache-2.0 */
/* connection_rules.c - the rules of a connection one by one, by their ids. */
#include "core/sso/connection.h"

static const char *list_name(const struct idp_connection_change *change)
{
    return change->is_inventory ? "inventoryMappings" : "mappings";
}

static const struct idp_json *mapping_of(const struct idp_json *document)
{
    return idp_json_member(idp_json_member(document, "onNewUser"), "dynamicMapping");
}

/* The document with another list of rules. */
static const struct idp_json *with_list(struct idp_connection_change *change,
                                        const struct idp_json *document,
                                        const struct idp_json *list)
{
    struct idp_call *call = change->call;
    const struct idp_json *user = idp_json_member(document, "onNewUser");
    const struct idp_json *mapping =
        idp_json_with(call, mapping_of(document), list_name(change), list);
    return idp_json_with(call, document, "onNewUser",
                         idp_json_with(call, user, "dynamicMapping", mapping));
}

/* The list with `rule` (NULL: nothing) for the one of its id; *found: it is there. */
static struct idp_json *list_with(struct idp_connection_change *change,
                                  const struct idp_json *document, const struct idp_json *rule,
                                  bool *found)
{
    const struct idp_json *list = idp_json_member(mapping_of(document), list_name(change));
    struct idp_json *out = idp_json_new(change->call, IDP_JSON_ARRAY);
    *found = false;
    for (const struct idp_json *item = idp_json_is(list, IDP_JSON_ARRAY) ? list->child : NULL;
         item != NULL; item = item->next) {
        bool is_it = change->mapping_id.data != NULL &&
                     idp_bytes_equal(idp_json_string(item, "id"), change->mapping_id);
        const struct idp_json *kept = is_it ? rule : item;
        *found = *found || is_it;
        if (kept != NULL) {
            idp_json_add(out, NULL, idp_json_node(change->call, kept));
        }
    }
    return out;
}

static const struct idp_json *not_found(struct idp_connection_change *change, const char *message)
{
    change->answer = idp_connection_answer(change->call, "not_found", message);
    return NULL;
}

static const struct idp_json *no_mapping(struct idp_connection_change *change)
{
    struct idp_text text = {.call = change->call};
    idp_text_add_c(&text, "Cannot find mapping with id ");
    idp_text_add(&text, change->mapping_id);
    return not_found(change, idp_text_bytes(&text).data);
}

/* ---- setting ---- */

static const struct idp_json *put(struct idp_connection_change *change,
                                  const struct idp_json *before)
{
    bool found;
    struct idp_call *call = change->call;
    if (before == NULL) {
        return not_found(change, IDP_NO_CONNECTION);
    }
    bool is_new = change->mapping_id.data == NULL;
    struct idp_bytes id = is_new ? idp_uuid(call) : change->mapping_id;
    const struct idp_json *rule =
        idp_json_with(call, change->given, "id", idp_json_new_string(call, id));
    struct idp_json *list = list_with(change, before, rule, &found);
    if (!is_new && !found) {
        return no_mapping(change);
    }
    if (is_new) {
        idp_json_add(list, NULL, idp_json_node(call, rule));
    }
    change->answer = idp_connection_answer(call, "ok", NULL);
    idp_json_add_shared(call, change->answer, "mapping", rule);
    return with_list(change, before, list);
}

static struct idp_value set_mapping(struct idp_call *call, const struct idp_value *arguments,
                                    bool is_inventory)
{
    struct idp_connection_change change = {
        .call = call,
        .id = idp_connection_argument(call, arguments[0]),
        .edit = put,
        .given = idp_json_object_argument(call, arguments[1], "mapping"),
        .is_inventory = is_inventory,
    };
    change.mapping_id = idp_json_string(change.given, "id");
    return idp_value_json(idp_connection_change(&change));
}

struct idp_value idp_sql_set_access_mapping(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    return set_mapping(call, arguments, false);
}

struct idp_value idp_sql_set_inventory_mapping(struct idp_call *call,
                                               const struct idp_value *arguments)
{
    return set_mapping(call, arguments, true);
}

/* ---- deleting ---- */

static const struct idp_json *take(struct idp_connection_change *change,
                                   const struct idp_json *before)
{
    bool found;
    if (before == NULL) {
        return not_found(change, IDP_NO_CONNECTION);
    }
    struct idp_json *list = list_with(change, before, NULL, &found);
    if (!found) {
        return no_mapping(change);
    }
    change->answer = idp_connection_answer(change->call, "ok", NULL);
    return with_list(change, before, list);
}

static struct idp_value delete_mapping(struct idp_call *call, const struct idp_value *arguments,
                                       bool is_inventory)
{
    idp_check_text(call, arguments[1], "mapping_id", IDP_CONNECTION_ID_SIZE_MAX);
    struct idp_connection_change change = {
        .call = call,
        .id = idp_connection_argument(call, arguments[0]),
        .edit = take,
        .mapping_id = arguments[1].bytes,
        .is_inventory = is_inventory,
    };
    return idp_value_json(idp_connection_change(&change));
}

struct idp_value idp_sql_delete_access_mapping(struct idp_call *call,
                                               const struct idp_value *arguments)
{
    return delete_mapping(call, arguments, false);
}

struct idp_value idp_sql_delete_inventory_mapping(struct idp_call *call,
                                                  const struct idp_value *arguments)
{
    return delete_mapping(call, arguments, true);
}

/* ---- reading ---- */

/* NULL: there is no such connection. */
static struct idp_value mappings(struct idp_call *call, struct idp_value name, const char *list)
{
    struct idp_connection connection;
    if (!idp_connection_find(call, idp_connection_argument(call, name), &connection)) {
        return idp_null();
    }
    const struct idp_json *rules = idp_json_member(mapping_of(connection.document), list);
    return idp_value_json(idp_json_is(rules, IDP_JSON_ARRAY) ? rules
                                                             : idp_json_new(call, IDP_JSON_ARRAY));
}

struct idp_value idp_sql_access_mappings(struct idp_call *call, const struct idp_value *arguments)
{
    return mappings(call, arguments[0], "mappings");
}

struct idp_value idp_sql_inventory_mappings(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    return mappings(call, arguments[0], "inventoryMappings");
}
