/* SPDX-License-Identifier: Apache-2.0 */
/* hook.c - the hooks of a tenant: registered, listed, and found when tokens are made. One statement
 * finds them all, with a row also where there is none, so that this too can be kept. */
#include "core/oauth/hook.h"

enum { LOAD, LIST, SET, REMOVE, COUNT };

const struct idp_statement idp_hook_statements[] = {
    [LOAD] = {"SELECT h.name, h.definition, h.owner, h.options FROM idplane.tenant t"
              " LEFT JOIN idplane.hook h ON h.tenant = t.tenant WHERE t.tenant = $1",
              "t", "tttj", true},
    [LIST] = {"SELECT name, definition, owner, options, changed_at FROM idplane.hook"
              " WHERE tenant = $1 ORDER BY name",
              "t", "tttjz"},
    [SET] = {"INSERT INTO idplane.hook (tenant, name, definition, owner, options, changed_at)"
             " VALUES ($1, $2, $3, $4, $5, $6)"
             " ON CONFLICT (tenant, name) DO UPDATE SET definition = excluded.definition,"
             " owner = excluded.owner, options = excluded.options,"
             " changed_at = excluded.changed_at",
             "ttttjz", ""},
    [REMOVE] = {"DELETE FROM idplane.hook WHERE tenant = $1 AND name = $2", "tt", ""},
    [COUNT] = {"SELECT count(*) FROM idplane.hook WHERE tenant = $1 AND name <> $2", "tt", "i"},
};
const size_t idp_hook_statement_count = IDP_COUNT(idp_hook_statements);

/* ---- found ---- */

static struct idp_hook hook_of(struct idp_call *call, const struct idp_value *row)
{
    const struct idp_json *options = idp_json_argument(call, row[3], "options");
    return (struct idp_hook){.name = idp_text_of(row[0]),
                             .query = {.definition = idp_text_of(row[1]),
                                       .owner = idp_text_of(row[2]),
                                       .tables = idp_json_member(options, "tables")}};
}

const struct idp_hook *idp_hook_named(const struct idp_hooks *hooks, struct idp_bytes name)
{
    size_t i = 0;
    while (i < hooks->count && !idp_bytes_equal(hooks->all[i].name, name)) {
        i++;
    }
    return i == hooks->count ? NULL : &hooks->all[i];
}

static struct idp_bytes or_ours(struct idp_bytes given, const char *ours)
{
    return given.data == NULL ? idp_bytes_of(ours) : given;
}

struct idp_hooks idp_hooks_load(struct idp_call *call, const struct idp_settings *settings)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    struct idp_rows rows = idp_run(call, &idp_hook_statements[LOAD], &tenant);
    struct idp_hooks hooks = {.is_any = settings->attribute_map != NULL};
    if (rows.count == 0 || rows.values[0].kind == 0) {
        return hooks;
    }
    struct idp_hook *all = idp_allocate(call, rows.count * sizeof *all);
    for (size_t i = 0; i < rows.count; i++) {
        all[i] = hook_of(call, rows.values + i * rows.columns);
    }
    hooks.all = all;
    hooks.count = rows.count;
    hooks.before = idp_hook_named(&hooks, or_ours(settings->pre_mappingrule_id, "pre_token"));
    hooks.after = idp_hook_named(&hooks, or_ours(settings->post_mappingrule_id, "post_token"));
    hooks.is_any = hooks.is_any || hooks.before != NULL || hooks.after != NULL;
    return hooks;
}

/* ---- SQL ---- */

static const char *event_of(const struct idp_hooks *hooks, struct idp_bytes name)
{
    bool is_before = hooks->before != NULL && idp_bytes_equal(hooks->before->name, name);
    bool is_after = hooks->after != NULL && idp_bytes_equal(hooks->after->name, name);
    return is_before && is_after ? "pre_token post_token"
           : is_before           ? "pre_token"
           : is_after            ? "post_token"
                                 : NULL;
}

static struct idp_json *entry_of(struct idp_call *call, const struct idp_hooks *hooks,
                                 const struct idp_value *row)
{
    struct idp_json *entry = idp_json_new(call, IDP_JSON_OBJECT);
    const char *event = event_of(hooks, idp_text_of(row[0]));
    idp_json_add_string(call, entry, "name", idp_text_of(row[0]));
    if (event != NULL) {
        idp_json_add_c(call, entry, "event", event);
    }
    idp_json_add_string(call, entry, "definition", idp_text_of(row[1]));
    idp_json_add_string(call, entry, "owner", idp_text_of(row[2]));
    idp_json_add_shared(call, entry, "options", idp_json_argument(call, row[3], "options"));
    idp_json_add_string(call, entry, "changed_at", idp_time_text(call, idp_integer_of(row[4])));
    return entry;
}

static struct idp_json *list(struct idp_call *call)
{
    struct idp_settings settings = idp_settings_load(call);
    struct idp_hooks hooks = idp_hooks_load(call, &settings);
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    struct idp_rows rows = idp_run(call, &idp_hook_statements[LIST], &tenant);
    struct idp_json *all = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < rows.count; i++) {
        idp_json_add(all, NULL, entry_of(call, &hooks, rows.values + i * rows.columns));
    }
    return all;
}

static bool is_tables(const struct idp_json *tables)
{
    size_t count = 0;
    if (!idp_json_is(tables, IDP_JSON_ARRAY)) {
        return false;
    }
    for (const struct idp_json *item = tables->child; item != NULL; item = item->next) {
        bool is_name = item->kind == IDP_JSON_STRING && item->text.size > 0 &&
                       item->text.size <= IDP_HOOK_NAME_SIZE_MAX;
        if (!is_name || ++count > IDP_QUERY_TABLE_COUNT_MAX) {
            return false;
        }
    }
    return true;
}

static const struct idp_json *tables_read(struct idp_call *call, const struct idp_json *options)
{
    const struct idp_json *tables = idp_json_member(options, "tables");
    for (const struct idp_json *member = options == NULL ? NULL : options->child; member != NULL;
         member = member->next) {
        if (!idp_bytes_is(member->name, "tables") || !is_tables(member)) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT,
                          "Argument options has one member, tables: an array of at most %d names.",
                          IDP_QUERY_TABLE_COUNT_MAX);
        }
    }
    return tables;
}

static void store(struct idp_call *call, struct idp_bytes name, const struct idp_query *query,
                  const struct idp_json *options)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(name)};
    const struct idp_json *kept = options == NULL ? idp_json_new(call, IDP_JSON_OBJECT) : options;
    struct idp_value row[] = {key[0],
                              key[1],
                              idp_value_text(query->definition),
                              idp_value_text(query->owner),
                              idp_value_json_text(idp_json_text(call, kept)),
                              idp_value_time(idp_now_us(call))};
    idp_tenant_lock(call);
    if (idp_run_row(call, &idp_hook_statements[COUNT], key)[0].integer >= IDP_HOOK_COUNT_MAX) {
        idp_fail_with(call, IDP_TOO_LARGE, "A tenant has at most %d hooks.", IDP_HOOK_COUNT_MAX);
    }
    idp_run(call, &idp_hook_statements[SET], row);
}

static void removed(struct idp_call *call, struct idp_bytes name)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(name)};
    idp_run(call, &idp_hook_statements[REMOVE], key);
}

/* set_hook(name, definition, options) → the hooks that there are then */
struct idp_value idp_sql_set_hook(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_bytes name = idp_text_of(arguments[0]);
    const struct idp_json *options = idp_json_object_argument(call, arguments[2], "options");
    struct idp_query query = {.definition = idp_text_of(arguments[1])};
    idp_check_text(call, arguments[0], "name", IDP_HOOK_NAME_SIZE_MAX);
    idp_check_text(call, arguments[1], "definition", IDP_QUERY_DEFINITION_SIZE_MAX);
    query.tables = tables_read(call, options);
    if (name.size == 0 || idp_text_has_control(name)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "Argument name must be a line of text, and not empty.");
    }
    if (query.definition.data == NULL) {
        removed(call, name);
    } else {
        query.owner = call->host->query_register(call, &query);
        store(call, name, &query, options);
    }
    return idp_value_json(list(call));
}

struct idp_value idp_sql_hooks(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_json(list(call));
}
