/* SPDX-License-Identifier: Apache-2.0 */
/* settings_form.c - one form for all documents of settings. Documents of IBM Security Verify Access
 * are taken as they are: what stands under `definition` there stands at the top here, some settings
 * have two spellings or two places, and what nothing acts on goes to `kept`. */
#include "core/oauth/settings.h"

struct form {
    struct idp_call *call;
    struct idp_json *document;
    bool keeps_all;
};

/* The other place of a setting, and its own. NULL: at the top. */
static const struct {
    const char *other, *name, *section;
} places[] = {
    {"token_settings", "issuer", NULL},
    {NULL, "enforce_clientauth_device_authorize", "device_flow_settings"},
};

static bool same_section(const char *left, const char *right)
{
    return left == right ||
           (left != NULL && right != NULL && idp_bytes_is(idp_bytes_of(left), right));
}

const struct idp_setting *idp_setting_find(const char *section, struct idp_bytes name)
{
    for (size_t i = 0; i < idp_setting_row_count; i++) {
        const struct idp_setting *row = &idp_setting_rows[i];
        if (same_section(row->section, section) &&
            (idp_bytes_is(name, row->name) ||
             (row->alias != NULL && idp_bytes_is(name, row->alias)))) {
            return row;
        }
    }
    return NULL;
}

static const char *section_named(struct idp_bytes name)
{
    for (const char *const *section = idp_setting_sections; *section != NULL; section++) {
        if (idp_bytes_is(name, *section)) {
            return *section;
        }
    }
    return NULL;
}

static const char *place_of(const char *section, struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(places); i++) {
        if (same_section(places[i].other, section) && idp_bytes_is(name, places[i].name)) {
            return places[i].section;
        }
    }
    return section;
}

/* ---- building ---- */

static struct idp_json *find(struct idp_json *object, struct idp_bytes name)
{
    for (struct idp_json *member = object->child; member != NULL; member = member->next) {
        if (idp_bytes_equal(member->name, name)) {
            return member;
        }
    }
    return NULL;
}

static void fail_twice(struct idp_call *call, const struct idp_setting *row) IDP_NORETURN;

static void fail_twice(struct idp_call *call, const struct idp_setting *row)
{
    idp_fail_with(call, IDP_INVALID_SETTINGS,
                  "%s is given in two spellings or places, with different values.",
                  row == NULL ? "A setting" : row->name);
}

/* The object of that name, made where there is none; NULL stands for the parent itself. */
static struct idp_json *object_in(struct idp_call *call, struct idp_json *parent, const char *name)
{
    struct idp_json *present = name == NULL ? parent : find(parent, idp_bytes_of(name));
    if (present == NULL) {
        present = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add(parent, name, present);
    }
    if (present->kind != IDP_JSON_OBJECT) {
        fail_twice(call, NULL);
    }
    return present;
}

/* The same value twice is one setting; with two values nobody can tell which is meant. */
static void put(struct idp_call *call, struct idp_json *object, const struct idp_setting *row,
                const struct idp_json *value)
{
    struct idp_bytes name = row != NULL ? idp_bytes_of(row->name) : value->name;
    const struct idp_json *present = find(object, name);
    if (present == NULL) {
        idp_json_add_named(object, name, idp_json_copy(call, value));
        return;
    }
    if (!idp_bytes_equal(idp_json_canonical(call, present), idp_json_canonical(call, value))) {
        fail_twice(call, row);
    }
}

static void keep(struct form *form, const char *section, const struct idp_json *member)
{
    struct idp_json *kept = object_in(form->call, form->document, "kept");
    put(form->call, object_in(form->call, kept, section), NULL, member);
}

/* What is unknown and not kept stays where it is, for the check to name it. */
static void take(struct form *form, const char *section, const struct idp_json *member)
{
    const char *place = place_of(section, member->name);
    const struct idp_setting *row = idp_setting_find(place, member->name);
    bool known = row != NULL || (section == NULL && idp_setting_is_object(member->name));
    bool note = section == NULL && idp_setting_is_note(member->name);
    if (!known && (note || form->keeps_all) && !idp_bytes_is(member->name, "secrets")) {
        keep(form, section, member);
        return;
    }
    put(form->call, object_in(form->call, form->document, place), row, member);
}

static void take_all(struct form *form, const char *section, const struct idp_json *object)
{
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        take(form, section, member);
    }
}

/* A member of the top, or of `definition`, which has the sections as well. */
static void take_top(struct form *form, const struct idp_json *member)
{
    const char *section = section_named(member->name);
    if (idp_bytes_is(member->name, "kept") && member->kind == IDP_JSON_OBJECT) {
        struct idp_json *kept = object_in(form->call, form->document, "kept");
        for (const struct idp_json *note = member->child; note != NULL; note = note->next) {
            put(form->call, kept, NULL, note);
        }
    } else if (section == NULL) {
        take(form, NULL, member);
    } else if (member->kind == IDP_JSON_OBJECT) {
        object_in(form->call, form->document, section);
        take_all(form, section, member);
    } else {
        put(form->call, form->document, NULL, member);
    }
}

struct idp_json *idp_settings_form(struct idp_call *call, const struct idp_json *document,
                                   bool keeps_all)
{
    struct form form = {call, idp_json_new(call, IDP_JSON_OBJECT), keeps_all};
    for (const struct idp_json *member = document->child; member != NULL; member = member->next) {
        if (!idp_bytes_is(member->name, "definition") || member->kind != IDP_JSON_OBJECT) {
            take_top(&form, member);
            continue;
        }
        for (const struct idp_json *inner = member->child; inner != NULL; inner = inner->next) {
            take_top(&form, inner);
        }
    }
    return form.document;
}
