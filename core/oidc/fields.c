/* SPDX-License-Identifier: Apache-2.0 */
/* fields.c - the nine fields of a configuration, in the order in which the origin shows them. */
#include "core/oidc/config.h"

#include <strings.h>

static const struct field {
    const char *name;
    bool is_list;
} fields[] = {
    [IDP_OIDC_CLIENT_ID] = {"clientID", false},
    [IDP_OIDC_ISSUER_URL] = {"issuerURL", false},
    [IDP_OIDC_GROUPS_CLAIM] = {"groupsClaim", false},
    [IDP_OIDC_SIGNING_ALGS] = {"signingAlgs", true},
    [IDP_OIDC_USERNAME_CLAIM] = {"usernameClaim", false},
    [IDP_OIDC_USERNAME_PREFIX] = {"usernamePrefix", false},
    [IDP_OIDC_GROUPS_PREFIX] = {"groupsPrefix", false},
    [IDP_OIDC_REQUIRED_CLAIMS] = {"requiredClaims", true},
    [IDP_OIDC_JWKS] = {"encodedJwksArray", false},
};

_Static_assert(IDP_COUNT(fields) == IDP_OIDC_FIELD_COUNT, "a row for each field");

const char *idp_oidc_field_name(enum idp_oidc_field field)
{
    return fields[field].name;
}

bool idp_oidc_field_is_list(enum idp_oidc_field field)
{
    return fields[field].is_list;
}

enum idp_oidc_field idp_oidc_field_find(struct idp_bytes name, bool *like)
{
    *like = false;
    for (size_t i = 0; i < IDP_OIDC_FIELD_COUNT; i++) {
        if (idp_bytes_is(name, fields[i].name)) {
            return (enum idp_oidc_field)i;
        }
        *like |= name.size == strlen(fields[i].name) &&
                 strncasecmp(name.data, fields[i].name, name.size) == 0;
    }
    return IDP_OIDC_FIELD_COUNT;
}

struct idp_oidc_config idp_oidc_config_of(const struct idp_json *object)
{
    struct idp_oidc_config config = {0};
    bool like;
    for (const struct idp_json *member = object == NULL ? NULL : object->child; member != NULL;
         member = member->next) {
        enum idp_oidc_field field = idp_oidc_field_find(member->name, &like);
        if (field != IDP_OIDC_FIELD_COUNT && member->kind != IDP_JSON_NULL) {
            config.fields[field] = member;
        }
    }
    return config;
}

struct idp_json *idp_oidc_config_json(struct idp_call *call, const struct idp_oidc_config *config)
{
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_OIDC_FIELD_COUNT; i++) {
        if (config->fields[i] != NULL) {
            idp_json_add(object, fields[i].name, idp_json_node(call, config->fields[i]));
        }
    }
    return object;
}

/* ---- what says nothing ---- */

bool idp_oidc_is_empty(const struct idp_json *value)
{
    if (value == NULL || value->kind == IDP_JSON_NULL) {
        return true;
    }
    return value->kind == IDP_JSON_STRING ? value->text.size == 0
                                          : value->kind == IDP_JSON_ARRAY && value->child == NULL;
}

bool idp_oidc_config_is_empty(const struct idp_oidc_config *config, size_t count)
{
    size_t i = 0;
    while (i < count && idp_oidc_is_empty(config->fields[i])) {
        i++;
    }
    return i == count;
}

static struct idp_json *without_empty(struct idp_call *call, const struct idp_json *object)
{
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        if (!idp_oidc_is_empty(member)) {
            idp_json_add_named(out, member->name, idp_json_node(call, member));
        }
    }
    return out;
}

/* An empty list of configurations is one, and says that there shall be none. */
static struct idp_json *list_of_normal(struct idp_call *call, const struct idp_json *list)
{
    struct idp_json *out = idp_json_new(call, IDP_JSON_ARRAY);
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        idp_json_add(out, NULL, without_empty(call, item));
    }
    return out;
}

struct idp_bytes idp_oidc_normal_text(struct idp_call *call, const struct idp_json *document)
{
    if (!idp_json_is(document, IDP_JSON_OBJECT)) {
        return idp_bytes_of("null");
    }
    const struct idp_json *list = idp_json_member(document, "list");
    struct idp_json *normal;
    if (idp_json_is(list, IDP_JSON_ARRAY)) {
        normal = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add(normal, "list", list_of_normal(call, list));
    } else {
        normal = without_empty(call, document);
    }
    return idp_json_canonical(call, normal);
}
