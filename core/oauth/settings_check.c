/* SPDX-License-Identifier: Apache-2.0 */
/* settings_check.c - refuses settings that cannot work, all faults at once, and warns of those that
 * work badly. Names of settings may be quoted, their values never. */
#include "core/oauth/settings.h"

#include <string.h>

enum {
    CHARSET_SIZE_MAX = 64,
    VERIFICATION_URI_SIZE_EASY = 40,
    LIFETIME_SHORT_S = 60,
    NAME_SIZE_MAX = 64
};

static const char confusable_pairs[][2] = {
    {'0', 'O'}, {'1', 'I'}, {'1', 'l'}, {'I', 'l'}, {'5', 'S'}, {'8', 'B'}, {'2', 'Z'},
};

/* ---- errors ---- */

static void add_fault(struct idp_text *faults, const char *section, const char *name,
                      const char *problem)
{
    idp_text_add_c(faults, faults->size > 0 ? "; " : "");
    if (section != NULL) {
        idp_text_add_c(faults, section);
        idp_text_add_c(faults, name == NULL ? "" : ".");
    }
    idp_text_add_c(faults, name == NULL ? "" : name);
    idp_text_add_c(faults, problem);
}

static void check_integer(struct idp_text *faults, const struct idp_setting *row,
                          const struct idp_json *value)
{
    int64_t number;
    if (idp_json_integer(value, &number) && number >= row->min && number <= row->max) {
        return;
    }
    struct idp_text problem = {.call = faults->call};
    idp_text_add_c(&problem, " must be an integer from ");
    idp_text_add_integer(&problem, row->min);
    idp_text_add_c(&problem, " to ");
    idp_text_add_integer(&problem, row->max);
    add_fault(faults, row->section, row->name, idp_text_bytes(&problem).data);
}

static bool charset_valid(struct idp_bytes charset)
{
    for (size_t i = 0; i < charset.size; i++) {
        char character = charset.data[i];
        if (character <= ' ' || character > '~' || character == '-' || character == '"' ||
            character == '\\' || memchr(charset.data, character, i) != NULL) {
            return false;
        }
    }
    return charset.size >= 8 && charset.size <= CHARSET_SIZE_MAX;
}

static const char *value_problem(struct idp_call *call, const struct idp_setting *row,
                                 const struct idp_json *value)
{
    struct idp_url url;
    bool is_string = idp_json_is(value, IDP_JSON_STRING) && value->text.size > 0;
    switch (row->kind) {
    case IDP_SETTING_BOOLEAN:
        return value->kind == IDP_JSON_TRUE || value->kind == IDP_JSON_FALSE
                   ? NULL
                   : " must be true or false";
    case IDP_SETTING_URL:
        return is_string && idp_url_read(call, value->text, &url)
                   ? NULL
                   : " must be an https URL without query or fragment (http only on loopback)";
    case IDP_SETTING_CHARSET:
        return is_string && charset_valid(value->text)
                   ? NULL
                   : " must be 8 to 64 different printable ASCII characters, without space or dash";
    case IDP_SETTING_SLOW_DOWN:
        return is_string &&
                       (idp_bytes_is(value->text, "increase") || idp_bytes_is(value->text, "fixed"))
                   ? NULL
                   : " must be increase or fixed";
    default:
        return is_string && value->text.size <= IDP_URL_SIZE_MAX ? NULL : " must be a text";
    }
}

static void check_value(struct idp_text *faults, const struct idp_setting *row,
                        const struct idp_json *value)
{
    if (row->kind == IDP_SETTING_INTEGER) {
        check_integer(faults, row, value);
        return;
    }
    const char *problem = value_problem(faults->call, row, value);
    if (problem != NULL) {
        add_fault(faults, row->section, row->name, problem);
    }
}

static const struct idp_setting *row_of(const char *section, struct idp_bytes name)
{
    for (size_t i = 0; i < idp_setting_row_count; i++) {
        const struct idp_setting *row = &idp_setting_rows[i];
        bool same = section == NULL || row->section == NULL ? section == row->section
                                                            : strcmp(row->section, section) == 0;
        if (same && idp_bytes_is(name, row->name)) {
            return row;
        }
    }
    return NULL;
}

/* What somebody typed is named where it could be a name: nothing else is put into a sentence. */
static void add_unknown(struct idp_text *faults, const char *section, struct idp_bytes name)
{
    static const char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    const char *text = idp_text_c(faults->call, name);
    bool nameable = name.size <= NAME_SIZE_MAX && strspn(text, characters) == name.size;
    struct idp_text problem = {.call = faults->call};
    idp_text_add_c(&problem, " has an unknown member");
    if (nameable && name.size > 0) {
        idp_text_add_c(&problem, ", ");
        idp_text_add_c(&problem, text);
    }
    add_fault(faults, section, NULL, idp_text_bytes(&problem).data);
}

static void check_grant_types(struct idp_text *faults, const struct idp_json *list)
{
    if (!idp_json_is(list, IDP_JSON_ARRAY)) {
        add_fault(faults, NULL, "grant_types", " must be an array of texts");
        return;
    }
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        if (!idp_json_is(item, IDP_JSON_STRING)) {
            add_fault(faults, NULL, "grant_types", " must be an array of texts");
            return;
        }
    }
}

static void check_section(struct idp_text *faults, const char *section,
                          const struct idp_json *object)
{
    if (!idp_json_is(object, IDP_JSON_OBJECT)) {
        add_fault(faults, section, NULL, " must be an object");
        return;
    }
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        const struct idp_setting *row = row_of(section, member->name);
        if (row == NULL) {
            add_unknown(faults, section, member->name);
            continue;
        }
        check_value(faults, row, member);
    }
}

/* Members with a structure of their own. */
static const struct {
    const char *name;
    const char *(*problem)(const struct idp_json *member);
} documents[] = {{"attribute_map", idp_attribute_map_problem},
                 {"attribute_sources", idp_attribute_sources_problem}};

static void check_document(struct idp_text *faults, const char *name, const char *problem)
{
    if (problem != NULL) {
        add_fault(faults, NULL, name, problem);
    }
}

static void check_top(struct idp_text *faults, const struct idp_json *member)
{
    for (const char *const *section = idp_setting_sections; *section != NULL; section++) {
        if (idp_bytes_is(member->name, *section)) {
            check_section(faults, *section, member);
            return;
        }
    }
    if (idp_bytes_is(member->name, "grant_types")) {
        check_grant_types(faults, member);
        return;
    }
    for (size_t i = 0; i < IDP_COUNT(documents); i++) {
        if (idp_bytes_is(member->name, documents[i].name)) {
            check_document(faults, documents[i].name, documents[i].problem(member));
            return;
        }
    }
    const struct idp_setting *row = row_of(NULL, member->name);
    if (row == NULL) {
        add_unknown(faults, "settings", member->name);
        return;
    }
    check_value(faults, row, member);
}

static void check_together(struct idp_text *faults, const struct idp_json *document)
{
    struct idp_settings settings = idp_settings_of(document);
    if ((int64_t)settings.user_code_charset.size <= settings.user_code_length) {
        add_fault(faults, "device_flow_settings", "device_flow_usercode_charset",
                  " must have more characters than a user code");
    }
    if (settings.keys.lifetime_s != 0 && settings.keys.lifetime_s <= settings.keys.publication_s) {
        add_fault(faults, "token_settings", "signing_key_lifetime",
                  " must be 0, or longer than signing_key_publication");
    }
}

const char *idp_settings_check(struct idp_call *call, const struct idp_json *document)
{
    struct idp_text faults = {.call = call};
    if (document->kind != IDP_JSON_OBJECT) {
        add_fault(&faults, NULL, "settings", " must be an object");
    }
    for (const struct idp_json *member = document->child; member != NULL; member = member->next) {
        check_top(&faults, member);
    }
    if (faults.size == 0) {
        check_together(&faults, document);
    }
    if (idp_json_text(call, document).size > IDP_SETTINGS_SIZE_MAX) {
        add_fault(&faults, NULL, "settings", " must be shorter");
    }
    if (faults.size == 0) {
        return NULL;
    }
    idp_text_add_c(&faults, ".");
    return idp_text_bytes(&faults).data;
}

/* ---- warnings ---- */

static void warn(struct idp_call *call, struct idp_json *warnings, const char *sentence)
{
    idp_json_add(warnings, NULL, idp_json_new_string(call, idp_bytes_of(sentence)));
}

static bool has_confusables(struct idp_bytes charset)
{
    for (size_t i = 0; i < IDP_COUNT(confusable_pairs); i++) {
        if (memchr(charset.data, confusable_pairs[i][0], charset.size) != NULL &&
            memchr(charset.data, confusable_pairs[i][1], charset.size) != NULL) {
            return true;
        }
    }
    return false;
}

/* RFC 8628 §5.1 sets an example of 2^-32 for the chance of one attacker against one code. */
static bool guessable(const struct idp_settings *settings)
{
    uint64_t needed = (uint64_t)settings->subject_attempts_max << 32;
    uint64_t codes = 1;
    for (int64_t i = 0; i < settings->user_code_length && codes < needed; i++) {
        codes *= settings->user_code_charset.size;
    }
    return codes < needed;
}

struct idp_json *idp_settings_warnings(struct idp_call *call, const struct idp_settings *settings)
{
    struct idp_json *warnings = idp_json_new(call, IDP_JSON_ARRAY);
    if (settings->code_lifetime_s < LIFETIME_SHORT_S) {
        warn(call, warnings,
             "The lifetime of codes is below 60 s: users may not manage to type them.");
    }
    if (has_confusables(settings->user_code_charset)) {
        warn(call, warnings,
             "The user code charset holds characters that people confuse (RFC 8628 6.1).");
    }
    if (guessable(settings)) {
        warn(call, warnings,
             "The attempts allowed make guessing a user code likelier than 2^-32 (RFC 8628 5.1).");
    }
    if (settings->base_url.size + strlen("/device") > VERIFICATION_URI_SIZE_EASY) {
        warn(call, warnings, "The verification_uri is longer than 40 characters: hard to type.");
    }
    if (settings->base_url.data[4] == ':') {
        warn(call, warnings, "The base_url is not https: for this machine only.");
    }
    return warnings;
}
