/* SPDX-License-Identifier: Apache-2.0 */
/* fields.c - the nine fields of a configuration, in the order in which the origin shows them. */
#include "core/oidc/config.h"

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

/* One character of `name` folded as Go folds names: ASCII in lower case, and the long s and the
 * sign of Kelvin, which fold into it. *size: how many bytes it has. */
static char folded(struct idp_bytes name, size_t *size)
{
    static const struct {
        const char *bytes;
        char folds_to;
    } others[] = {{"\xc5\xbf", 's'}, {"\xe2\x84\xaa", 'k'}};
    char first = name.data[0];
    for (size_t i = 0; (unsigned char)first >= 0x80 && i < IDP_COUNT(others); i++) {
        if (idp_bytes_start(name, idp_bytes_of(others[i].bytes))) {
            *size = strlen(others[i].bytes);
            return others[i].folds_to;
        }
    }
    *size = 1;
    return first >= 'A' && first <= 'Z' ? (char)(first - 'A' + 'a') : first;
}

bool idp_oidc_names_fold(struct idp_bytes name, const char *known)
{
    size_t size, known_size;
    struct idp_bytes other = idp_bytes_of(known);
    while (name.size > 0 && other.size > 0 && folded(name, &size) == folded(other, &known_size)) {
        name = (struct idp_bytes){name.data + size, name.size - size};
        other = (struct idp_bytes){other.data + known_size, other.size - known_size};
    }
    return name.size == 0 && other.size == 0;
}

enum idp_oidc_field idp_oidc_field_find(struct idp_bytes name)
{
    size_t i = 0;
    while (i < IDP_OIDC_FIELD_COUNT && !idp_bytes_is(name, fields[i].name)) {
        i++;
    }
    return (enum idp_oidc_field)i;
}

struct idp_oidc_config idp_oidc_config_of(const struct idp_json *object)
{
    struct idp_oidc_config config = {0};
    for (const struct idp_json *member = object == NULL ? NULL : object->child; member != NULL;
         member = member->next) {
        enum idp_oidc_field field = idp_oidc_field_find(member->name);
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

/* Without members that say nothing, and the one named so; NULL: none is. */
static struct idp_json *without_empty(struct idp_call *call, const struct idp_json *object,
                                      const char *name)
{
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        bool is_named = name != NULL && idp_bytes_is(member->name, name);
        if (!is_named && !idp_oidc_is_empty(member)) {
            idp_json_add_named(out, member->name, idp_json_node(call, member));
        }
    }
    return out;
}

/* Of what is read as it is, an empty name of a claim is not what an absent one is (verifier.c). */
static struct idp_json *whole_of_normal(struct idp_call *call, const struct idp_json *config)
{
    static const enum idp_oidc_field claims[] = {IDP_OIDC_USERNAME_CLAIM, IDP_OIDC_GROUPS_CLAIM};
    struct idp_json *out = without_empty(call, config, NULL);
    for (size_t i = 0; i < IDP_COUNT(claims); i++) {
        const struct idp_json *claim = idp_json_member(config, fields[claims[i]].name);
        if (idp_json_is(claim, IDP_JSON_STRING) && claim->text.size == 0) {
            idp_json_add(out, fields[claims[i]].name, idp_json_node(call, claim));
        }
    }
    return out;
}

/* An empty list of configurations is one, and says that there shall be none. */
static struct idp_json *list_of_normal(struct idp_call *call, const struct idp_json *list)
{
    struct idp_json *out = idp_json_new(call, IDP_JSON_ARRAY);
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        idp_json_add(out, NULL, whole_of_normal(call, item));
    }
    return out;
}

struct idp_bytes idp_oidc_normal_text(struct idp_call *call, const struct idp_json *document)
{
    if (!idp_json_is(document, IDP_JSON_OBJECT)) {
        return idp_bytes_of("null");
    }
    const struct idp_json *list = idp_json_member(document, "list");
    bool is_list = idp_json_is(list, IDP_JSON_ARRAY);
    struct idp_json *normal = without_empty(call, document, is_list ? "list" : NULL);
    if (is_list) {
        idp_json_add(normal, "list", list_of_normal(call, list));
    }
    return idp_json_canonical(call, normal);
}

struct idp_bytes idp_oidc_effective_text(struct idp_call *call, const struct idp_json *effective)
{
    bool is_one = idp_json_is(effective, IDP_JSON_OBJECT) &&
                  !idp_json_is(idp_json_member(effective, "list"), IDP_JSON_ARRAY);
    return is_one ? idp_json_canonical(call, whole_of_normal(call, effective))
                  : idp_oidc_normal_text(call, effective);
}
