/* SPDX-License-Identifier: Apache-2.0 */
/* configure.c - configure() and configuration(): changing and showing what is in force.
 *
 * A call merges into the stored document member by member; null takes a member back to its default.
 * Two calls at once cannot lose each other's change: the row is written only at the version read.
 */
#include "core/oauth/tenant.h"
#include "core/oauth/token.h"

enum { CONFIGURE_TRIES = 8 };

/* ---- one spelling for each setting ---- */

static bool same_section(const char *left, const char *right)
{
    return left == right ||
           (left != NULL && right != NULL && idp_bytes_is(idp_bytes_of(left), right));
}

static const char *canonical_name(const char *section, struct idp_bytes name)
{
    for (size_t i = 0; i < idp_setting_row_count; i++) {
        const struct idp_setting *row = &idp_setting_rows[i];
        if (same_section(row->section, section) && row->alias != NULL &&
            idp_bytes_is(name, row->alias)) {
            return row->name;
        }
    }
    return NULL;
}

static const char *section_of(struct idp_bytes name)
{
    for (const char *const *section = idp_setting_sections; *section != NULL; section++) {
        if (idp_bytes_is(name, *section)) {
            return *section;
        }
    }
    return NULL;
}

/* Both spellings with one value are one setting; with two values nobody can tell which is meant. */
static void add_setting(struct idp_call *call, struct idp_json *object, struct idp_bytes name,
                        const struct idp_json *value)
{
    const struct idp_json *present = idp_json_member(object, idp_bytes_copy(call, name).data);
    if (present == NULL) {
        idp_json_add_named(object, name, idp_json_copy(call, value));
        return;
    }
    if (!idp_bytes_equal(idp_json_canonical(call, present), idp_json_canonical(call, value))) {
        idp_fail_with(call, IDP_INVALID_SETTINGS,
                      "A setting is given in both of its spellings, with different values.");
    }
}

static struct idp_json *normalise_section(struct idp_call *call, const char *section,
                                          const struct idp_json *object)
{
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        const char *name = canonical_name(section, member->name);
        add_setting(call, result, name == NULL ? member->name : idp_bytes_of(name), member);
    }
    return result;
}

static struct idp_json *normalise(struct idp_call *call, const struct idp_json *settings)
{
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *member = settings->child; member != NULL; member = member->next) {
        const char *section = section_of(member->name);
        if (section == NULL || member->kind != IDP_JSON_OBJECT) {
            idp_json_add_named(result, member->name, idp_json_copy(call, member));
            continue;
        }
        idp_json_add_named(result, member->name, normalise_section(call, section, member));
    }
    return result;
}

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
    case IDP_SETTING_SLOW_DOWN:
        return idp_json_new_string(call, idp_bytes_of(*(const bool *)field ? "fixed" : "increase"));
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
        struct idp_json *value =
            same_section(row->section, section) ? setting_json(call, settings, row) : NULL;
        if (value != NULL && !(value->kind == IDP_JSON_STRING && value->text.data == NULL)) {
            idp_json_add(object, row->name, value);
        }
    }
    return object;
}

static struct idp_json *grant_types_json(struct idp_call *call, const struct idp_settings *settings)
{
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < idp_grant_type_count; i++) {
        struct idp_bytes name = idp_bytes_of(idp_grant_types[i].name);
        if (idp_grant_offered(settings, name)) {
            idp_json_add(list, NULL, idp_json_new_string(call, name));
        }
    }
    return list;
}

static void add_given(struct idp_call *call, struct idp_json *result, const char *name,
                      const struct idp_json *document)
{
    if (document != NULL) {
        idp_json_add_shared(call, result, name, document);
    }
}

/* A rule of others that was not brought along does nothing. */
static void warn_unbound(struct idp_call *call, struct idp_json *warnings,
                         const struct idp_settings *settings)
{
    struct idp_hooks hooks = idp_hooks_load(call, settings);
    bool is_unbound = (settings->pre_hook.data != NULL && hooks.before == NULL) ||
                      (settings->post_hook.data != NULL && hooks.after == NULL);
    if (is_unbound) {
        const char *sentence = "A mapping rule is named that set_hook() has not registered.";
        idp_json_add(warnings, NULL, idp_json_new_string(call, idp_bytes_of(sentence)));
    }
}

static struct idp_json *in_force(struct idp_call *call, const struct idp_json *document)
{
    struct idp_settings settings = idp_settings_of(document);
    struct idp_json *result = section_json(call, &settings, NULL);
    idp_json_add_string(call, result, "tenant", idp_tenant(call));
    idp_json_add(result, "grant_types", grant_types_json(call, &settings));
    add_given(call, result, "attribute_map", settings.attribute_map);
    add_given(call, result, "attribute_sources", settings.attribute_sources);
    for (const char *const *section = idp_setting_sections; *section != NULL; section++) {
        idp_json_add(result, *section, section_json(call, &settings, *section));
    }
    struct idp_json *warnings = idp_settings_warnings(call, &settings);
    if (idp_tenant_address_shared(call)) {
        const char *sentence = "Another tenant has this base_url: over HTTP neither is found.";
        idp_json_add(warnings, NULL, idp_json_new_string(call, idp_bytes_of(sentence)));
    }
    warn_unbound(call, warnings, &settings);
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

struct idp_value idp_sql_configure(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *change = idp_json_object_argument(call, arguments[0], "settings");
    struct idp_json *normal = normalise(call, change);
    struct idp_value tenant[] = {idp_value_text(idp_tenant(call))};
    call->host->begin(call);
    idp_tenant_ensure(call);
    for (int try = 0; try < CONFIGURE_TRIES; try++) {
        const struct idp_value *row =
            idp_run_row(call, &idp_tenant_statements[IDP_TENANT_VERSION], tenant);
        struct idp_json *document =
            merge(call, idp_json_argument(call, row[1], "settings"), normal);
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
