/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h - the table of settings, shared by the files that load, check and change them. */
#ifndef IDPLANE_OAUTH_SETTINGS_H
#define IDPLANE_OAUTH_SETTINGS_H

#include "core/oauth/oauth.h"

enum idp_setting_kind {
    IDP_SETTING_INTEGER,
    IDP_SETTING_BOOLEAN,
    IDP_SETTING_TEXT,
    IDP_SETTING_URL,
    IDP_SETTING_CHARSET,
    IDP_SETTING_OPEN_SCOPE, /* for strangers */
    IDP_SETTING_WORDS,      /* with one space between; may be empty */
    IDP_SETTING_AUDIT_EVENTS,
    IDP_SETTING_NAME,      /* a text that need not be there */
    IDP_SETTING_ALGORITHM, /* the same, and the name of one that a stored key can sign with */
    IDP_SETTING_HEADER,
    IDP_SETTING_SLOW_DOWN,
    IDP_SETTING_PRESET
};

/* One setting: where it stands in the document, what it may be, and the field it fills. */
struct idp_setting {
    const char *section; /* NULL: top level */
    const char *name;
    const char *alias; /* a second spelling that is accepted; NULL: none */
    enum idp_setting_kind kind;
    int64_t min, max, integer; /* integer: the default, also of booleans */
    const char *text;          /* the default; NULL: derived or none */
    size_t field;              /* offset in struct idp_settings */
};

extern const struct idp_setting idp_setting_rows[];
extern const size_t idp_setting_row_count;

/* The grant types that there are. */
struct idp_grant_type {
    const char *name;
    bool is_default; /* offered where the settings list none */
};
extern const struct idp_grant_type idp_grant_types[];
extern const size_t idp_grant_type_count;

/* The members of a document that are objects of settings; NULL ends them. */
extern const char *const idp_setting_sections[];

/* What stands for a row that the document does not have, under the preset isvaop; NULL: the row's
 * own default (preset.c). */
const struct idp_setting *idp_preset_row(const struct idp_setting *row);

/* The settings that are no row: grant_types, attribute_map, attribute_sources and kept
 * (settings_object.c). */
bool idp_setting_is_object(struct idp_bytes name);
/* What is wrong with the value of one, as the end of a sentence; NULL: nothing. */
const char *idp_setting_object_problem(const struct idp_json *member);

/* True for what may always stand in a document and only ends in `kept`: version, logging, … */
bool idp_setting_is_note(struct idp_bytes name);

/* The row of a name or of its other spelling; NULL: there is none (settings_form.c). */
const struct idp_setting *idp_setting_find(const char *section, struct idp_bytes name);

/* The document in one form: each setting under one name in one place, `definition` taken apart,
 * what is only kept in `kept`; with keeps_all also what is unknown. Raises IDP_INVALID_SETTINGS
 * where a setting is given twice with different values. */
struct idp_json *idp_settings_form(struct idp_call *call, const struct idp_json *document,
                                   bool keeps_all);

/* The stored document of the call's tenant, or NULL. */
const struct idp_json *idp_settings_document(struct idp_call *call);

/* A URL taken apart; false unless https, or http on a loopback host, without query or fragment. */
struct idp_url {
    struct idp_bytes authority; /* lower case, without a default port */
    struct idp_bytes path;      /* without a trailing slash */
};
bool idp_url_read(struct idp_call *call, struct idp_bytes text, struct idp_url *url) IDP_MUST_CHECK;

/* The same of these two (attribute_source.c). */
const char *idp_attribute_map_problem(const struct idp_json *map);
const char *idp_attribute_sources_problem(const struct idp_json *sources);

/* The source of a claim in attribute_map: the object itself, or the one that a text names; NULL:
 * there is none such. */
const struct idp_json *idp_attribute_source(const struct idp_settings *settings,
                                            const struct idp_json *claim);

/* Checks a document member by member; NULL where it is valid, else sentences that name them all. */
const char *idp_settings_check(struct idp_call *call, const struct idp_json *document);

/* What an administrator should know of valid settings: an array of sentences. */
struct idp_json *idp_settings_warnings(struct idp_call *call, const struct idp_settings *settings);

#endif
