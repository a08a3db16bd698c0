/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - what is in force for a tenant: its stored document over the defaults.
 *
 * The names are those of the system whose device flow we follow; both of its spellings are taken.
 * The preset is the first row, since it decides what the others default to. */
#include "core/oauth/settings.h"

#define FIELD(name) offsetof(struct idp_settings, name)

const struct idp_setting idp_setting_rows[] = {
    {NULL, "preset", NULL, IDP_SETTING_PRESET, 0, 0, 0, "none", FIELD(is_isvaop)},
    {NULL, "issuer", NULL, IDP_SETTING_URL, 0, 0, 0, NULL, FIELD(issuer)},
    {NULL, "base_url", NULL, IDP_SETTING_URL, 0, 0, 0, IDP_BASE_URL_DEFAULT, FIELD(base_url)},
    {NULL, "pre_mappingrule_id", NULL, IDP_SETTING_NAME, 0, 0, 0, NULL, FIELD(pre_mappingrule_id)},
    {NULL, "post_mappingrule_id", NULL, IDP_SETTING_NAME, 0, 0, 0, NULL,
     FIELD(post_mappingrule_id)},
    {NULL, "client_certificate_header", NULL, IDP_SETTING_HEADER, 0, 0, 0, NULL,
     FIELD(certificate_header)},
    {NULL, "est_label", NULL, IDP_SETTING_NAME, 0, 0, 0, NULL, FIELD(est_label)},
    {"device_flow_settings", "device_flow_polling_interval_in_secs",
     "device_flow_polling_interval_seconds", IDP_SETTING_INTEGER, 1, 3600, 5, NULL,
     FIELD(interval_s)},
    {"device_flow_settings", "device_flow_codelifetime_in_secs", "device_flow_codelifetime_seconds",
     IDP_SETTING_INTEGER, 1, 1800, 300, NULL, FIELD(code_lifetime_s)},
    {"device_flow_settings", "device_flow_poll_wait_max_in_secs", NULL, IDP_SETTING_INTEGER, 0, 60,
     0, NULL, FIELD(poll_wait_max_s)},
    {"device_flow_settings", "device_flow_usercode_length", NULL, IDP_SETTING_INTEGER, 7, 32, 8,
     NULL, FIELD(user_code_length)},
    {"device_flow_settings", "device_flow_usercode_charset", NULL, IDP_SETTING_CHARSET, 0, 0, 0,
     "BCDFGHJKLMNPQRSTVWXZ", FIELD(user_code_charset)},
    {"device_flow_settings", "accept_weak_user_codes", NULL, IDP_SETTING_BOOLEAN, 0, 1, 0, NULL,
     FIELD(accepts_weak_user_codes)},
    {"device_flow_settings", "enforce_clientauth_device_authorize", NULL, IDP_SETTING_BOOLEAN, 0, 1,
     1, NULL, FIELD(client_auth_required)},
    {"device_flow_settings", "slow_down", NULL, IDP_SETTING_SLOW_DOWN, 0, 0, 0, "increase",
     FIELD(slow_down_fixed)},
    {"device_flow_settings", "attempts_subject_max", NULL, IDP_SETTING_INTEGER, 1, 1000, 5, NULL,
     FIELD(subject_attempts_max)},
    {"device_flow_settings", "attempts_source_max", NULL, IDP_SETTING_INTEGER, 1, 9999, 20, NULL,
     FIELD(source_attempts_max)},
    {"device_flow_settings", "attempts_global_max", NULL, IDP_SETTING_INTEGER, 1, 9999, 1000, NULL,
     FIELD(global_attempts_max)},
    {"device_flow_settings", "attempts_window_in_secs", NULL, IDP_SETTING_INTEGER, 10, 86400, 300,
     NULL, FIELD(attempt_window_s)},
    {"token_settings", "audience", NULL, IDP_SETTING_TEXT, 0, 0, 0, NULL, FIELD(audience)},
    {"token_settings", "signing_alg", NULL, IDP_SETTING_ALGORITHM, 0, 0, 0, NULL,
     FIELD(signing_alg)},
    {"token_settings", "signing_keystore", NULL, IDP_SETTING_NAME, 0, 0, 0, NULL,
     FIELD(signing_keystore)},
    {"token_settings", "signing_keylabel", NULL, IDP_SETTING_NAME, 0, 0, 0, NULL,
     FIELD(signing_keylabel)},
    {"token_settings", "access_token_lifetime", NULL, IDP_SETTING_INTEGER, 1, 86400, 7200, NULL,
     FIELD(access_token_lifetime_s)},
    {"token_settings", "refresh_token_lifetime", NULL, IDP_SETTING_INTEGER, 1, 31536000, 2592000,
     NULL, FIELD(refresh_token_lifetime_s)},
    {"token_settings", "id_token_lifetime", NULL, IDP_SETTING_INTEGER, 1, 86400, 3600, NULL,
     FIELD(id_token_lifetime_s)},
    {"token_settings", "authorization_code_lifetime", NULL, IDP_SETTING_INTEGER, 1, 600, 60, NULL,
     FIELD(authorization_code_lifetime_s)},
    {"token_settings", "max_authorization_grant_lifetime", NULL, IDP_SETTING_INTEGER, 1, 315360000,
     31536000, NULL, FIELD(grant_lifetime_s)},
    {"token_settings", "refresh_token_grace_in_secs", NULL, IDP_SETTING_INTEGER, 0, 300, 30, NULL,
     FIELD(refresh_grace_s)},
    {"token_settings", "dpop_nonce_required", NULL, IDP_SETTING_BOOLEAN, 0, 1, 0, NULL,
     FIELD(dpop_nonce_required)},
    {"token_settings", "signing_key_lifetime", NULL, IDP_SETTING_INTEGER, 0, 315360000, 7776000,
     NULL, FIELD(keys.lifetime_s)},
    {"token_settings", "signing_key_publication", NULL, IDP_SETTING_INTEGER, 300, 2592000, 3600,
     NULL, FIELD(keys.publication_s)},
    {"registration_settings", "dynamic_registration", NULL, IDP_SETTING_BOOLEAN, 0, 1, 0, NULL,
     FIELD(dynamic_registration)},
    {"registration_settings", "initial_access_token_required", NULL, IDP_SETTING_BOOLEAN, 0, 1, 1,
     NULL, FIELD(initial_token_required)},
    {"registration_settings", "dynamic_registration_scope", NULL, IDP_SETTING_OPEN_SCOPE, 0, 0, 0,
     NULL, FIELD(registration_scope)},
    {"session_settings", "session_absolute_lifetime_in_secs", NULL, IDP_SETTING_INTEGER, 60,
     31536000, 1209600, NULL, FIELD(session_absolute_lifetime_s)},
    {"session_settings", "session_idle_lifetime_in_secs", NULL, IDP_SETTING_INTEGER, 60, 31536000,
     86400, NULL, FIELD(session_idle_lifetime_s)},
    {"session_settings", "subject_header", NULL, IDP_SETTING_HEADER, 0, 0, 0, NULL,
     FIELD(subject_header)},
    {"session_settings", "audit_retention_in_secs", NULL, IDP_SETTING_INTEGER, 3600, 3153600000,
     7776000, NULL, FIELD(audit_retention_s)},
    {"guard_settings", "unknown_device_codes_max", NULL, IDP_SETTING_INTEGER, 1, 9999, 100, NULL,
     FIELD(unknown_codes_max)},
    {"guard_settings", "client_failures_max", NULL, IDP_SETTING_INTEGER, 1, 9999, 20, NULL,
     FIELD(client_failures_max)},
    {"guard_settings", "registrations_max", NULL, IDP_SETTING_INTEGER, 1, 9999, 20, NULL,
     FIELD(registrations_max)},
    {"audit_settings", "audit_events", NULL, IDP_SETTING_AUDIT_EVENTS, 0, 0,
     IDP_AUDIT_EVENTS_DEFAULT, NULL, FIELD(audit_events)},
    {"metrics_settings", "metrics_sources", NULL, IDP_SETTING_WORDS, 0, 0, 0, "",
     FIELD(metrics_sources)},
};
const size_t idp_setting_row_count = IDP_COUNT(idp_setting_rows);

const char *const idp_setting_sections[] = {
    "device_flow_settings", "token_settings", "registration_settings", "session_settings",
    "guard_settings",       "audit_settings", "metrics_settings",      NULL};

static const struct idp_json *setting_member(const struct idp_json *document,
                                             const struct idp_setting *row)
{
    const struct idp_json *section =
        row->section == NULL ? document : idp_json_member(document, row->section);
    return idp_json_member(section, row->name);
}

static void fill_integer(struct idp_settings *settings, const struct idp_setting *row,
                         const struct idp_json *value)
{
    int64_t *field = (int64_t *)((char *)settings + row->field);
    if (!idp_json_integer(value, field)) {
        *field = row->integer;
    }
}

static void fill_boolean(struct idp_settings *settings, const struct idp_setting *row,
                         const struct idp_json *value)
{
    bool *field = (bool *)((char *)settings + row->field);
    *field = value == NULL ? row->integer != 0 : value->kind == IDP_JSON_TRUE;
}

static void fill_text(struct idp_settings *settings, const struct idp_setting *row,
                      const struct idp_json *value)
{
    struct idp_bytes *field = (struct idp_bytes *)((char *)settings + row->field);
    if (value != NULL) {
        *field = value->text;
    } else if (row->text != NULL) {
        *field = idp_bytes_of(row->text);
    }
}

/* The word that is not the default of the row proper turns the field on. */
static void fill_word(struct idp_settings *settings, const struct idp_setting *row,
                      const struct idp_json *value)
{
    struct idp_bytes word = value == NULL ? idp_bytes_of(row->text) : value->text;
    *(bool *)((char *)settings + row->field) =
        idp_bytes_is(word, row->kind == IDP_SETTING_PRESET ? "isvaop" : "fixed");
}

static void fill(struct idp_settings *settings, const struct idp_setting *row,
                 const struct idp_json *value)
{
    switch (row->kind) {
    case IDP_SETTING_INTEGER:
        fill_integer(settings, row, value);
        return;
    case IDP_SETTING_BOOLEAN:
        fill_boolean(settings, row, value);
        return;
    case IDP_SETTING_AUDIT_EVENTS:
        *(int64_t *)((char *)settings + row->field) =
            value == NULL ? row->integer : idp_audit_events_read(value);
        return;
    case IDP_SETTING_SLOW_DOWN:
    case IDP_SETTING_PRESET:
        fill_word(settings, row, value);
        return;
    default:
        fill_text(settings, row, value);
    }
}

/* Those that act for somebody whom a token of others names are for who asks for them. */
const struct idp_grant_type idp_grant_types[] = {
    {IDP_GRANT_DEVICE_CODE, true},        {IDP_GRANT_REFRESH_TOKEN, true},
    {IDP_GRANT_AUTHORIZATION_CODE, true}, {IDP_GRANT_CLIENT_CREDENTIALS, true},
    {IDP_GRANT_TOKEN_EXCHANGE, false},    {IDP_GRANT_JWT_BEARER, false},
};
const size_t idp_grant_type_count = IDP_COUNT(idp_grant_types);

bool idp_grant_offered(const struct idp_settings *settings, struct idp_bytes grant_type)
{
    for (size_t i = 0; i < idp_grant_type_count; i++) {
        if (idp_bytes_is(grant_type, idp_grant_types[i].name)) {
            return settings->grant_types == NULL
                       ? idp_grant_types[i].is_default
                       : idp_json_holds(settings->grant_types, grant_type);
        }
    }
    return false;
}

struct idp_json *idp_grants_offered(struct idp_call *call, const struct idp_settings *settings)
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

static void fill_behaviour(struct idp_settings *settings)
{
    bool isvaop = settings->is_isvaop;
    settings->user_code_dashed = !isvaop;
    settings->is_token_in_parts = isvaop;
    settings->token_type = isvaop ? "bearer" : "Bearer";
    settings->verification_path = isvaop ? "/oauth2/user_authorization" : "/device";
    settings->token_path = isvaop ? "/oauth2/token" : "/token";
    settings->device_authorization_path =
        isvaop ? "/oauth2/device_authorization" : "/device_authorization";
    settings->keys.algorithm = idp_algorithm_find(settings->signing_alg);
    settings->keys.kid = settings->signing_keylabel;
}

struct idp_settings idp_settings_of(const struct idp_json *document)
{
    struct idp_settings settings = {0};
    for (size_t i = 0; i < idp_setting_row_count; i++) {
        const struct idp_setting *row = &idp_setting_rows[i];
        const struct idp_setting *preset = settings.is_isvaop ? idp_preset_row(row) : NULL;
        fill(&settings, preset != NULL ? preset : row, setting_member(document, row));
    }
    fill_behaviour(&settings);
    if (settings.issuer.data == NULL) {
        settings.issuer = settings.base_url;
    }
    if (settings.audience.data == NULL) {
        settings.audience = settings.issuer;
    }
    settings.grant_types = idp_json_member(document, "grant_types");
    settings.attribute_map = idp_json_member(document, "attribute_map");
    settings.attribute_sources = idp_json_member(document, "attribute_sources");
    settings.device_grant = idp_grant_offered(&settings, idp_bytes_of(IDP_GRANT_DEVICE_CODE));
    return settings;
}
