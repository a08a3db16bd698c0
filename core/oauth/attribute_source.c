/* SPDX-License-Identifier: Apache-2.0 */
/* attribute_source.c - where the settings say that the values of claims come from. A list of
 * sources may have been loaded with what nothing here asks, such as a directory; a claim may not be
 * given one directly. */
#include "core/oauth/settings.h"
#include "core/oauth/token.h"

/* A constant may be anything, the others are names. */
static bool is_source(const struct idp_json *source, const char *types)
{
    struct idp_bytes type = idp_json_string(source, "type");
    const struct idp_json *value = idp_json_member(source, "value");
    return type.size > 0 && idp_word_in(idp_bytes_of(types), type) && value != NULL &&
           (value->kind == IDP_JSON_STRING || idp_bytes_is(type, "value"));
}

const char *idp_attribute_sources_problem(const struct idp_json *sources)
{
    bool good = sources->kind == IDP_JSON_ARRAY;
    for (const struct idp_json *item = good ? sources->child : NULL; item != NULL && good;
         item = item->next) {
        good =
            is_source(item, "value credential sql ldap") && idp_json_string(item, "name").size > 0;
    }
    return good ? NULL
                : " must be an array of objects with name, value, and type: value, credential, "
                  "sql or ldap";
}

static const char *claim_problem(const struct idp_json *claim)
{
    if (idp_claim_is_protected(claim->name)) {
        return " has a claim that is the server's own";
    }
    if (claim->kind == IDP_JSON_STRING || is_source(claim, "value credential sql")) {
        return NULL;
    }
    return idp_bytes_is(idp_json_string(claim, "type"), "ldap")
               ? " has a claim of type ldap: a database asks no directory; copy what is needed "
                 "into a table and use type sql"
               : " must be an object of names of sources, or of objects with value and type: "
                 "value, credential or sql";
}

const char *idp_attribute_map_problem(const struct idp_json *map)
{
    const char *problem = NULL;
    if (map->kind != IDP_JSON_OBJECT) {
        return " must be an object: the attribute source of each claim";
    }
    for (const struct idp_json *claim = map->child; claim != NULL && problem == NULL;
         claim = claim->next) {
        problem = claim_problem(claim);
    }
    return problem;
}

/* By its name or its number: both were in use. */
static bool is_named(const struct idp_json *source, struct idp_bytes name)
{
    const struct idp_json *id = idp_json_member(source, "id");
    return idp_bytes_equal(idp_json_string(source, "name"), name) ||
           (id != NULL && idp_bytes_equal(id->text, name));
}

const struct idp_json *idp_attribute_source(const struct idp_settings *settings,
                                            const struct idp_json *claim)
{
    const struct idp_json *source =
        settings->attribute_sources == NULL ? NULL : settings->attribute_sources->child;
    if (claim->kind != IDP_JSON_STRING) {
        return claim;
    }
    while (source != NULL && !is_named(source, claim->text)) {
        source = source->next;
    }
    return source;
}
