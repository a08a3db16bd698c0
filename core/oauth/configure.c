/* SPDX-License-Identifier: Apache-2.0 */
/* configure.c - configure() and configuration(): changing and showing what is in force.
 *
 * A call merges into the stored document member by member; null takes a member back to its default.
 * Two calls at once cannot lose each other's change: the row is written only at the version read.
 */
#include "core/oauth/tenant.h"
#include "core/oauth/token.h"

enum { CONFIGURE_TRIES = 8 };

/* ---- merge ---- */

static struct idp_json *merge(struct idp_call *call, const struct idp_json *stored,
                              const struct idp_json *change)
{
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *old = stored == NULL ? NULL : stored->child; old != NULL;
         old = old->next) {
        const struct idp_json *new = idp_json_member(change, idp_bytes_copy(call, old->name).data);
        if (new == NULL) {
            idp_json_add_named(result, old->name, idp_json_copy(call, old));
        } else if (new->kind == IDP_JSON_OBJECT && old->kind == IDP_JSON_OBJECT) {
            idp_json_add_named(result, old->name, merge(call, old, new));
        } else if (new->kind != IDP_JSON_NULL) {
            idp_json_add_named(result, old->name, idp_json_copy(call, new));
        }
    }
    for (const struct idp_json *new = change->child; new != NULL; new = new->next) {
        if (idp_json_member(stored, idp_bytes_copy(call, new->name).data) != NULL ||
            new->kind == IDP_JSON_NULL) {
            continue;
        }
        bool object = new->kind == IDP_JSON_OBJECT;
        idp_json_add_named(result, new->name,
                           object ? merge(call, NULL, new) : idp_json_copy(call, new));
    }
    return result;
}

/* ---- what is in force ---- */

static struct idp_json *setting_json(struct idp_call *call, const struct idp_settings *settings,
                                     const struct idp_setting *row)
{
    const char *field = (const char *)settings + row->field;
    switch (row->kind) {
    case IDP_SETTING_INTEGER:
        return idp_json_new_integer(call, *(const int64_t *)field);
    case IDP_SETTING_BOOLEAN:
        return idp_json_new_bool(call, *(const bool *)field);
    case IDP_SETTING_AUDIT_EVENTS:
        return idp_audit_events_json(call, *(const int64_t *)field);
    case IDP_SETTING_SLOW_DOWN:
        return idp_json_new_string(call, idp_bytes_of(*(const bool *)field ? "fixed" : "increase"));
    case IDP_SETTING_PRESET:
        return idp_json_new_string(call, idp_bytes_of(*(const bool *)field ? "isvaop" : "none"));
    default:
        return idp_json_new_string(call, *(const struct idp_bytes *)field);
    }
}

static struct idp_json *section_json(struct idp_call *call, const struct idp_settings *settings,
                                     const char *section)
{
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < idp_setting_row_count; i++) {
        const struct idp_setting *row = &idp_setting_rows[i];
        bool here = section == NULL || row->section == NULL
                        ? section == row->section
                        : idp_bytes_is(idp_bytes_of(section), row->section);
        struct idp_json *value = here ? setting_json(call, settings, row) : NULL;
        if (here && (value->kind != IDP_JSON_STRING || value->text.data != NULL)) {
            idp_json_add(object, row->name, value);
        }
    }
    return object;
}

static void warn(struct idp_call *call, struct idp_json *warnings, const char *sentence)
{
    idp_json_add(warnings, NULL, idp_json_new_string(call, idp_bytes_of(sentence)));
}

/* A rule of others that was not brought along does nothing. */
static bool is_rule_missing(struct idp_call *call, const struct idp_settings *settings)
{
    struct idp_hooks hooks = idp_hooks_load(call, settings);
    return (settings->pre_mappingrule_id.data != NULL && hooks.before == NULL) ||
           (settings->post_mappingrule_id.data != NULL && hooks.after == NULL);
}

static struct idp_json *in_force(struct idp_call *call, const struct idp_json *document)
{
    struct idp_settings settings = idp_settings_of(document);
    struct idp_json *result = section_json(call, &settings, NULL);
    idp_json_add_string(call, result, "tenant", idp_tenant(call));
    /* As they are listed, for whoever looks for what was loaded; the metadata has those offered. */
    idp_json_add(result, "grant_types",
                 settings.grant_types == NULL ? idp_grants_offered(call, &settings)
                                              : idp_json_copy(call, settings.grant_types));
    for (const char *const *section = idp_setting_sections; *section != NULL; section++) {
        idp_json_add(result, *section, section_json(call, &settings, *section));
    }
    /* What was loaded of a provider's definition. */
    idp_json_add_members(call, result, document, "attribute_map attribute_sources kept");
    struct idp_json *warnings = idp_settings_warnings(call, &settings);
    if (idp_tenant_address_shared(call)) {
        warn(call, warnings, "Another tenant has this base_url: over HTTP neither is found.");
    }
    if (settings.keys.kid.data != NULL && !idp_key_store_can_sign(call, settings.keys.kid)) {
        warn(call, warnings, "No key that can sign has the kid of signing_keylabel: import it.");
    }
    if (idp_codes_are_many(call)) {
        warn(call, warnings,
             "More than 1000 user codes wait for a decision: a guess may hit any of them. Make "
             "user codes longer.");
    }
    if (is_rule_missing(call, &settings)) {
        warn(call, warnings, "A mapping rule is named and no hook has that name: see set_hook().");
    }
    idp_json_add(result, "warnings", warnings);
    return result;
}

/* ---- SQL ---- */

static bool store(struct idp_call *call, const struct idp_json *document, int64_t version)
{
    struct idp_settings settings = idp_settings_of(document);
    struct idp_url url = {0};
    bool addressed = idp_json_member(document, "base_url") != NULL &&
                     idp_url_read(call, settings.base_url, &url);
    struct idp_value arguments[] = {
        idp_value_text(idp_tenant(call)), idp_value_json_text(idp_json_text(call, document)),
        addressed ? idp_value_text(url.authority) : idp_null(),
        addressed ? idp_value_text(url.path) : idp_null(), idp_value_integer(version)};
    call->settings = NULL;
    return idp_run(call, &idp_tenant_statements[IDP_TENANT_CONFIGURE], arguments).affected == 1;
}

static void remove_trailing_slash(struct idp_json *document)
{
    for (struct idp_json *member = document->child; member != NULL; member = member->next) {
        bool base = idp_bytes_is(member->name, "base_url") && member->kind == IDP_JSON_STRING;
        while (base && member->text.size > 0 && member->text.data[member->text.size - 1] == '/') {
            member->text.size--;
        }
    }
}

/* A definition of another system has members that mean nothing here; without the preset that
 * follows it, a member that is unknown is a mistake. */
static bool keeps_all(const struct idp_json *stored, const struct idp_json *change)
{
    const struct idp_json *definition = idp_json_member(change, "definition");
    const struct idp_json *const documents[] = {change, definition, stored};
    for (size_t i = 0; i < IDP_COUNT(documents); i++) {
        if (idp_json_member(documents[i], "preset") != NULL) {
            return idp_bytes_is(idp_json_string(documents[i], "preset"), "isvaop");
        }
    }
    return false;
}

struct idp_value idp_sql_configure(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *change = idp_json_object_argument(call, arguments[0], "settings");
    struct idp_value tenant[] = {idp_value_text(idp_tenant(call))};
    call->host->begin(call);
    idp_tenant_ensure(call);
    for (int try = 0; try < CONFIGURE_TRIES; try++) {
        const struct idp_value *row =
            idp_run_row(call, &idp_tenant_statements[IDP_TENANT_VERSION], tenant);
        const struct idp_json *stored = idp_json_argument(call, row[1], "settings");
        struct idp_json *document =
            merge(call, stored, idp_settings_form(call, change, keeps_all(stored, change)));
        remove_trailing_slash(document);
        const char *faults = idp_settings_check(call, document);
        if (faults != NULL) {
            idp_fail_with(call, IDP_INVALID_SETTINGS, "%s", faults);
        }
        if (store(call, document, row[0].integer)) {
            idp_device_client_changed(call, idp_settings_of(document).device_grant);
            return idp_value_json(in_force(call, document));
        }
    }
    idp_fail(call, IDP_BUSY);
}

struct idp_value idp_sql_configuration(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_json(in_force(call, idp_settings_document(call)));
}
