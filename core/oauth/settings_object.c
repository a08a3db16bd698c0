/* SPDX-License-Identifier: Apache-2.0 */
/* settings_object.c - settings that are lists or objects, and what is only kept: the members of a
 * provider's definition that nothing here acts on. They stay with the settings, so that a document
 * can be compared with what was loaded of it; secrets may not be among them. */
#include "core/oauth/settings.h"

#include <string.h>

static bool all_are(const struct idp_json *list, enum idp_json_kind kind)
{
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        if (item->kind != kind) {
            return false;
        }
    }
    return true;
}

static const char *grant_types_problem(const struct idp_json *list)
{
    return list->kind == IDP_JSON_ARRAY && all_are(list, IDP_JSON_STRING)
               ? NULL
               : " must be an array of texts";
}

/* ---- what is kept ---- */

static bool is_number(const struct idp_json *json)
{
    return json->kind == IDP_JSON_NUMBER;
}

static bool is_text(const struct idp_json *json)
{
    return json->kind == IDP_JSON_STRING;
}

static bool is_text_or_number(const struct idp_json *json)
{
    return is_text(json) || is_number(json);
}

static bool is_object(const struct idp_json *json)
{
    return json->kind == IDP_JSON_OBJECT;
}

static const struct {
    const char *name;
    bool (*check)(const struct idp_json *json);
    const char *problem;
} notes[] = {
    {"version", is_text_or_number, ": version must be a text or a number"},
    {"id", is_text_or_number, ": id must be a text or a number"},
    {"name", is_text, ": name must be a text"},
    {"logging", is_object, ": logging must be an object"},
    {"server", is_object, ": server must be an object"},
    {"jwks", is_object, ": jwks must be an object"},
};

bool idp_setting_is_note(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(notes); i++) {
        if (idp_bytes_is(name, notes[i].name)) {
            return true;
        }
    }
    return false;
}

/* Obfuscated counts as a secret: who has the database may have the key, too. */
static bool is_secret(struct idp_bytes text)
{
    static const char key[] = "PRIVATE KEY-----";
    return idp_bytes_start(text, idp_bytes_of("OBF:")) ||
           idp_bytes_start(text, idp_bytes_of("ENC:")) ||
           (text.size > 0 && memmem(text.data, text.size, key, strlen(key)) != NULL);
}

static bool holds_secret(const struct idp_json *json)
{
    bool found = json->kind == IDP_JSON_STRING && is_secret(json->text);
    for (const struct idp_json *item = json->child; item != NULL && !found; item = item->next) {
        found = holds_secret(item);
    }
    return found;
}

static const char *kept_problem(const struct idp_json *kept)
{
    if (kept->kind != IDP_JSON_OBJECT) {
        return " must be an object";
    }
    if (idp_json_member(kept, "secrets") != NULL || holds_secret(kept)) {
        return " must not hold secrets or references to them: resolve them outside the database";
    }
    for (size_t i = 0; i < IDP_COUNT(notes); i++) {
        const struct idp_json *note = idp_json_member(kept, notes[i].name);
        if (note != NULL && !notes[i].check(note)) {
            return notes[i].problem;
        }
    }
    return NULL;
}

/* ---- the table ---- */

static const struct {
    const char *name;
    const char *(*problem)(const struct idp_json *value);
} objects[] = {
    {"grant_types", grant_types_problem},
    {"attribute_map", idp_attribute_map_problem},
    {"attribute_sources", idp_attribute_sources_problem},
    {"kept", kept_problem},
};

bool idp_setting_is_object(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(objects); i++) {
        if (idp_bytes_is(name, objects[i].name)) {
            return true;
        }
    }
    return false;
}

const char *idp_setting_object_problem(const struct idp_json *member)
{
    for (size_t i = 0; i < IDP_COUNT(objects); i++) {
        if (idp_bytes_is(member->name, objects[i].name)) {
            return objects[i].problem(member);
        }
    }
    return NULL;
}
