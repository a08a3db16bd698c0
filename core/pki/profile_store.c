/* SPDX-License-Identifier: Apache-2.0 */
/* profile_store.c - the profiles of a tenant as rows, beside those that are built in. */
#include "core/oauth/oauth.h"
#include "core/pki/profile.h"

enum { LOAD, SET, REMOVE, COUNT };

const struct idp_statement idp_profile_statements[] = {
    [LOAD] = {"SELECT settings FROM idplane.certificate_profile WHERE tenant = $1 AND profile = $2",
              "tt", "j", true},
    [SET] = {"INSERT INTO idplane.certificate_profile (tenant, profile, settings, changed_at)"
             " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, profile) DO UPDATE SET"
             " settings = excluded.settings, changed_at = excluded.changed_at",
             "ttjz", ""},
    [REMOVE] = {"DELETE FROM idplane.certificate_profile WHERE tenant = $1 AND profile = $2", "tt",
                ""},
    [COUNT] = {"SELECT count(*) FROM idplane.certificate_profile WHERE tenant = $1"
               " AND profile <> $2",
               "tt", "i"},
};
const size_t idp_profile_statement_count = IDP_COUNT(idp_profile_statements);

/* What those that are built in would be as rows. */
static const struct {
    const char *name, *settings;
} built_in[] = {
    {"identity", "{\"common_name\":\"device\",\"key_usage\":[\"digitalSignature\","
                 "\"keyAgreement\"],\"extended_key_usage\":[\"clientAuth\",\"serverAuth\","
                 "\"1.3.6.1.4.1.44924.1.6\"],\"lifetime_s\":315360000}"},
    {"client", "{}"},
};

/* ---- found ---- */

static const struct idp_json *settings_of(struct idp_call *call, struct idp_bytes name)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(name)};
    const char *why;
    for (size_t i = 0; i < IDP_COUNT(built_in); i++) {
        if (idp_bytes_is(name, built_in[i].name)) {
            return idp_json_read(call, idp_bytes_of(built_in[i].settings), &why);
        }
    }
    const struct idp_value *row = idp_run_one(call, &idp_profile_statements[LOAD], key);
    return row == NULL ? NULL : idp_json_object_argument(call, row[0], "settings");
}

static void faults_raise(struct idp_call *call, struct idp_text *faults)
{
    if (faults->size > 0) {
        idp_fail_with(call, IDP_INVALID_SETTINGS, "Of a profile %s.", idp_text_bytes(faults).data);
    }
}

const struct idp_profile *idp_profile_find(struct idp_call *call, struct idp_bytes name)
{
    name = name.data == NULL ? idp_bytes_of("identity") : name;
    const struct idp_profile *found = idp_profile_built_in(name);
    const struct idp_json *settings = found != NULL ? NULL : settings_of(call, name);
    if (settings == NULL) {
        return found;
    }
    struct idp_text faults = {.call = call};
    struct idp_profile *made = idp_allocate(call, sizeof *made);
    *made = idp_profile_read(call, name, settings, &faults);
    faults_raise(call, &faults);
    return made;
}

const struct idp_profile *idp_profile_load(struct idp_call *call, struct idp_bytes name)
{
    const struct idp_profile *found = idp_profile_find(call, name);
    if (found == NULL) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "There is no profile of this name.");
    }
    return found;
}

/* ---- SQL ---- */

static struct idp_bytes name_argument(struct idp_call *call, struct idp_value value)
{
    idp_check_text(call, value, "profile", IDP_PROFILE_NAME_SIZE_MAX);
    if (value.bytes.size == 0 || idp_text_has_control(value.bytes)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "Argument profile must be a line of text, and not empty.");
    }
    return value.bytes;
}

static void settings_store(struct idp_call *call, struct idp_bytes name,
                           const struct idp_json *settings)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(name),
                              idp_value_json_text(idp_json_text(call, settings)),
                              idp_value_time(idp_now_us(call))};
    struct idp_text faults = {.call = call};
    (void)idp_profile_read(call, name, settings, &faults);
    faults_raise(call, &faults);
    call->host->begin(call);
    idp_tenant_lock(call);
    if (idp_run_row(call, &idp_profile_statements[COUNT], row)[0].integer >=
        IDP_PROFILE_COUNT_MAX) {
        idp_fail_with(call, IDP_TOO_LARGE, "A tenant has at most %d profiles.",
                      IDP_PROFILE_COUNT_MAX);
    }
    idp_run(call, &idp_profile_statements[SET], row);
}

bool idp_profile_authority(struct idp_call *call, struct idp_bytes name, struct idp_bytes *ca)
{
    const struct idp_profile *profile = idp_profile_find(call, name);
    *ca = profile == NULL ? (struct idp_bytes){NULL, 0} : profile->ca;
    return profile != NULL;
}

static struct idp_value told(struct idp_call *call, struct idp_bytes name)
{
    const struct idp_json *settings = settings_of(call, name);
    return settings == NULL ? idp_null() : idp_value_json(idp_profile_in_force(call, settings));
}

/* certificate_profile(profile) → what is in force; NULL: there is none of this name */
struct idp_value idp_sql_certificate_profile(struct idp_call *call,
                                             const struct idp_value *arguments)
{
    return told(call, name_argument(call, arguments[0]));
}

/* set_certificate_profile(profile, settings) → what is in force then */
struct idp_value idp_sql_set_certificate_profile(struct idp_call *call,
                                                 const struct idp_value *arguments)
{
    struct idp_bytes name = name_argument(call, arguments[0]);
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(name)};
    const struct idp_json *settings = idp_json_object_argument(call, arguments[1], "settings");
    if (idp_profile_built_in(name) != NULL ||
        idp_word_in(idp_bytes_of(IDP_AUTHORITY_PROFILE " " IDP_UNRECORDED_PROFILE), name)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The profiles identity, client, authority and unrecorded are built in: "
                      "choose another name.");
    }
    if (settings == NULL) {
        idp_run(call, &idp_profile_statements[REMOVE], key);
    } else if (arguments[1].bytes.size > IDP_PROFILE_SIZE_MAX) {
        idp_fail(call, IDP_TOO_LARGE);
    } else {
        settings_store(call, name, settings);
    }
    return told(call, name);
}
