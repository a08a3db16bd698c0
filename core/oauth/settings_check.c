/* SPDX-License-Identifier: Apache-2.0 */
/* settings_check.c - refuses settings that cannot work, all faults at once, and warns of those that
 * work badly. Names of settings may be quoted, their values never. */
#include "core/oauth/settings.h"

#include <string.h>

enum {
    CHARSET_SIZE_MAX = 64,
    VERIFICATION_URI_SIZE_EASY = 40,
    LIFETIME_SHORT_S = 60,
    NAME_SIZE_MAX = 64,
    HEADER_SIZE_MAX = 64
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

/* Lower case, and none that clients send for something else, or that only the front may set. */
static bool header_valid(struct idp_call *call, struct idp_bytes name)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    static const char others[] =
        "accept accept-language authorization content-length content-type cookie dpop host origin "
        "referer transfer-encoding user-agent x-broker-api-version x-xsrf-token";
    const char *text = idp_text_c(call, name);
    return name.size <= HEADER_SIZE_MAX && strspn(text, characters) == name.size &&
           !idp_word_in(idp_bytes_of(others), name) &&
           !idp_bytes_start(name, idp_bytes_of("x-idplane-"));
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
    case IDP_SETTING_OPEN_SCOPE:
        return is_string && idp_scope_valid(value->text) &&
                       !idp_scope_is_administrative(value->text)
                   ? NULL
                   : " must be scope values with one space between (RFC 6749 3.3), without those "
                     "that administer: sso, broker, metrics, device_provisioning and those of EST";
    case IDP_SETTING_WORDS:
        return idp_json_is(value, IDP_JSON_STRING) && value->text.size <= IDP_URL_SIZE_MAX
                   ? NULL
                   : " must be a text of words";
    case IDP_SETTING_AUDIT_EVENTS:
        return idp_audit_events_read(value) >= 0 ? NULL
                                                 : " must be an array of names of audit events";
    case IDP_SETTING_HEADER:
        return is_string && header_valid(call, value->text)
                   ? NULL
                   : " must be the name of a header that only a proxy sets, in lower case";
    case IDP_SETTING_SLOW_DOWN:
        return is_string &&
                       (idp_bytes_is(value->text, "increase") || idp_bytes_is(value->text, "fixed"))
                   ? NULL
                   : " must be increase or fixed";
    case IDP_SETTING_PRESET:
        return is_string &&
                       (idp_bytes_is(value->text, "none") || idp_bytes_is(value->text, "isvaop"))
                   ? NULL
                   : " must be none or isvaop";
    case IDP_SETTING_ALGORITHM:
        return is_string && idp_algorithm_is_public(idp_algorithm_find(value->text))
                   ? NULL
                   : " must be ES256, ES384, ES512, EdDSA, or RS or PS with 256, 384 or 512";
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

/* Where a setting of this name stands; NULL: there is none. */
static const char *section_of(struct idp_bytes name)
{
    for (const char *const *section = idp_setting_sections; *section != NULL; section++) {
        if (idp_setting_find(*section, name) != NULL) {
            return *section;
        }
    }
    return idp_setting_find(NULL, name) != NULL ? "the top" : NULL;
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
        const char *place = section_of(name);
        idp_text_add_c(&problem, ", ");
        idp_text_add_c(&problem, text);
        idp_text_add_c(&problem, place == NULL ? "" : ", which belongs to ");
        idp_text_add_c(&problem, place == NULL ? "" : place);
    }
    add_fault(faults, section, NULL, idp_text_bytes(&problem).data);
}

/* The row must be called so: a document that is stored has one spelling of each. */
static void check_member(struct idp_text *faults, const char *section, const char *shown,
                         const struct idp_json *member)
{
    const struct idp_setting *row = idp_setting_find(section, member->name);
    if (row == NULL || !idp_bytes_is(member->name, row->name)) {
        add_unknown(faults, shown, member->name);
        return;
    }
    check_value(faults, row, member);
}

static void check_section(struct idp_text *faults, const char *section,
                          const struct idp_json *object)
{
    if (!idp_json_is(object, IDP_JSON_OBJECT)) {
        add_fault(faults, section, NULL, " must be an object");
        return;
    }
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        check_member(faults, section, section, member);
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
    if (!idp_setting_is_object(member->name)) {
        check_member(faults, NULL, "settings", member);
        return;
    }
    const char *problem = idp_setting_object_problem(member);
    if (problem != NULL) {
        add_fault(faults, idp_text_c(faults->call, member->name), NULL, problem);
    }
}

/* How many characters a user code needs, with this charset, for a chance of 2^-32 of one attacker
 * against one code: the example of RFC 8628 §5.1. */
static int64_t length_needed(const struct idp_settings *settings)
{
    uint64_t needed = (uint64_t)settings->subject_attempts_max << 32;
    int64_t length = 0;
    for (uint64_t codes = 1; codes < needed; codes *= settings->user_code_charset.size) {
        length++;
    }
    return length;
}

static bool guessable(const struct idp_settings *settings)
{
    return settings->user_code_length < length_needed(settings);
}

static void check_guessing(struct idp_text *faults, const struct idp_settings *settings)
{
    struct idp_text problem = {.call = faults->call};
    if (!guessable(settings) || settings->accepts_weak_user_codes || settings->is_isvaop) {
        return;
    }
    idp_text_add_c(&problem, " must be at least ");
    idp_text_add_integer(&problem, length_needed(settings));
    idp_text_add_c(&problem, " with this device_flow_usercode_charset and attempts_subject_max,"
                             " or guessing a user code is likelier than 2^-32 (RFC 8628 5.1),"
                             " unless accept_weak_user_codes is true");
    add_fault(faults, "device_flow_settings", "device_flow_usercode_length",
              idp_text_bytes(&problem).data);
}

static void check_together(struct idp_text *faults, const struct idp_json *document)
{
    struct idp_settings settings = idp_settings_of(document);
    if ((int64_t)settings.user_code_charset.size <= settings.user_code_length) {
        add_fault(faults, "device_flow_settings", "device_flow_usercode_charset",
                  " must have more characters than a user code");
    } else {
        check_guessing(faults, &settings);
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

static void warn_guessing(struct idp_call *call, struct idp_json *warnings,
                          const struct idp_settings *settings)
{
    struct idp_text sentence = {.call = call};
    idp_text_add_c(&sentence, "The device_flow_usercode_length makes guessing a user code likelier "
                              "than 2^-32 (RFC 8628 5.1): with this charset it needs ");
    idp_text_add_integer(&sentence, length_needed(settings));
    idp_text_add_char(&sentence, '.');
    warn(call, warnings, idp_text_bytes(&sentence).data);
}

static bool has_directory(const struct idp_json *sources)
{
    const struct idp_json *source = sources == NULL ? NULL : sources->child;
    while (source != NULL && !idp_bytes_is(idp_json_string(source, "type"), "ldap")) {
        source = source->next;
    }
    return source != NULL;
}

static bool has_unknown_source(const struct idp_settings *settings)
{
    bool unknown = false;
    for (const struct idp_json *claim =
             settings->attribute_map == NULL ? NULL : settings->attribute_map->child;
         claim != NULL; claim = claim->next) {
        unknown = unknown || idp_attribute_source(settings, claim) == NULL;
    }
    return unknown;
}

static bool has_refused_grant(const struct idp_json *grant_types)
{
    return grant_types != NULL && (idp_json_holds(grant_types, idp_bytes_of("password")) ||
                                   idp_json_holds(grant_types, idp_bytes_of("implicit")));
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
        warn_guessing(call, warnings, settings);
    }
    if (has_unknown_source(settings)) {
        warn(call, warnings,
             "The attribute_map names a source that attribute_sources do not have.");
    }
    if (has_directory(settings->attribute_sources)) {
        warn(call, warnings,
             "An attribute source of type ldap gives nothing: a database asks no directory. Copy "
             "what is needed into a table, and use type sql.");
    }
    if (has_refused_grant(settings->grant_types)) {
        warn(call, warnings,
             "The grant types password and implicit are kept, and never offered (RFC 9700 2.1.2, "
             "2.4).");
    }
    if (settings->base_url.size + strlen(settings->verification_path) >
        VERIFICATION_URI_SIZE_EASY) {
        warn(call, warnings, "The verification_uri is longer than 40 characters: hard to type.");
    }
    if (settings->subject_header.data != NULL) {
        warn(call, warnings,
             "The subject_header is set: whoever gets it past the proxy is whom they like.");
    }
    if (settings->base_url.data[4] == ':') {
        warn(call, warnings, "The base_url is not https: for this machine only.");
    }
    return warnings;
}
