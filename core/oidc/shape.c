/* SPDX-License-Identifier: Apache-2.0 */
/* shape.c - the types of a request. Go took names in any case and null for any value; here a name
 * in another case is refused, since what reads it next may not know it. Unknown names are let
 * through: the origin ignores them, and gives them back. */
#include "core/oidc/config.h"

static bool are_strings(const struct idp_json *list)
{
    const struct idp_json *item = list->child;
    while (item != NULL && item->kind == IDP_JSON_STRING) {
        item = item->next;
    }
    return item == NULL;
}

static void check_field(struct idp_oidc_faults *faults, const struct idp_json *value,
                        enum idp_oidc_field field)
{
    const char *name = idp_oidc_field_name(field);
    bool is_list = idp_oidc_field_is_list(field);
    bool fits = is_list ? idp_json_is(value, IDP_JSON_ARRAY) && are_strings(value)
                        : idp_json_is(value, IDP_JSON_STRING);
    if (value != NULL && fits && is_list && idp_json_count(value) - 1 > IDP_OIDC_FIELD_COUNT_MAX) {
        idp_oidc_fault_add_with(faults, name, "too_many", name,
                                idp_bytes_of(" must not hold more than 256 items"));
    }
    if (value != NULL && !fits) {
        idp_oidc_fault_add_with(
            faults, name, "wrong_type", name,
            idp_bytes_of(is_list ? " must be a list of strings" : " must be a string"));
    }
}

/* The name that is meant by one in another case; NULL: it is that name, or an unknown one. */
static const char *meant_by(struct idp_bytes name, const struct idp_oidc_rules *rules,
                            bool may_list)
{
    if (idp_oidc_field_find(name) < rules->field_count) {
        return NULL;
    }
    for (size_t i = 0; i < rules->field_count; i++) {
        const char *known = idp_oidc_field_name((enum idp_oidc_field)i);
        if (idp_oidc_names_fold(name, known)) {
            return known;
        }
    }
    return may_list && idp_oidc_names_fold(name, "list") && !idp_bytes_is(name, "list") ? "list"
                                                                                        : NULL;
}

/* In an order that does not depend on that of the members, which jsonb does not keep. `is_item`: a
 * configuration in a list, which has no list of its own. */
static void check_object(struct idp_oidc_faults *faults, const struct idp_json *object,
                         const struct idp_oidc_rules *rules, bool is_item)
{
    struct idp_oidc_config config = idp_oidc_config_of(object);
    for (size_t i = 0; i < rules->field_count; i++) {
        check_field(faults, config.fields[i], (enum idp_oidc_field)i);
    }
    size_t count;
    const struct idp_json **members = idp_json_sorted(faults->call, object, &count);
    for (size_t i = 0; i < count; i++) {
        const char *meant = meant_by(members[i]->name, rules, !is_item && !rules->is_first);
        if (meant != NULL) {
            struct idp_text text = {.call = faults->call};
            const char *name = idp_text_c(faults->call, members[i]->name);
            idp_text_add_c(&text, name);
            idp_text_add_c(&text, " must be written ");
            idp_oidc_fault_add_with(faults, name, "name_case", idp_text_bytes(&text).data,
                                    idp_bytes_of(meant));
        }
    }
}

static void check_list(struct idp_oidc_faults *faults, const struct idp_json *list,
                       const struct idp_oidc_rules *rules)
{
    if (list == NULL || list->kind == IDP_JSON_NULL) {
        return;
    }
    if (list->kind != IDP_JSON_ARRAY) {
        idp_oidc_fault_add(faults, "list", "wrong_type", "list must be a list of objects");
        return;
    }
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        if (++faults->index == IDP_OIDC_LIST_COUNT_MAX) {
            faults->index = -1;
            idp_oidc_fault_add(faults, "list", "too_many",
                               "list must not hold more than 64 configurations");
            return;
        }
        if (item->kind == IDP_JSON_OBJECT) {
            check_object(faults, item, rules, true);
        } else {
            idp_oidc_fault_add(faults, "", "wrong_type", "a configuration must be an object");
        }
    }
    faults->index = -1;
}

void idp_oidc_shape_check(struct idp_oidc_faults *faults, const struct idp_json *document,
                          const struct idp_oidc_rules *rules)
{
    if (document == NULL || document->kind == IDP_JSON_NULL) {
        return;
    }
    if (document->kind != IDP_JSON_OBJECT) {
        idp_oidc_fault_add(faults, "", "wrong_type", "the OIDC configuration must be an object");
        return;
    }
    size_t size = idp_json_written_size(faults->call, document);
    if (size > IDP_OIDC_SIZE_MAX) {
        idp_oidc_fault_add(faults, "", "too_large",
                           size == SIZE_MAX
                               ? "a number must not have more than 1024 digits"
                               : "the OIDC configuration must not be larger than 64 KiB");
        return;
    }
    check_object(faults, document, rules, false);
    if (!rules->is_first) {
        check_list(faults, idp_json_member(document, "list"), rules);
    }
    if (faults->list->child == NULL && idp_json_count(document) > IDP_OIDC_VALUE_COUNT_MAX) {
        idp_oidc_fault_add(faults, "", "too_many",
                           "the OIDC configuration must not hold more than 2048 values");
    }
}
