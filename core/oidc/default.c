/* SPDX-License-Identifier: Apache-2.0 */
/* default.c - what instances of a plan have where nobody says otherwise. Nothing is preset: the
 * defaults of the origin are a test system's. Instances keep what they got; later defaults are for
 * later instances, and for those that are derived anew. */
#include "core/oidc/identity.h"
#include "core/oidc/instance.h"

enum { LOAD, SET };

const struct idp_statement idp_oidc_default_statements[] = {
    [LOAD] = {"SELECT config FROM idplane.oidc_default WHERE tenant = $1 AND plan = $2", "tt", "j"},
    [SET] =
        {"INSERT INTO idplane.oidc_default (tenant, plan, config, profile, changed_at)"
         " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, plan) DO UPDATE SET"
         " config = excluded.config, profile = excluded.profile, changed_at = excluded.changed_at",
         "ttjtz", ""},
};
const size_t idp_oidc_default_statement_count = IDP_COUNT(idp_oidc_default_statements);

const struct idp_json *idp_oidc_default_load(struct idp_call *call, struct idp_bytes plan)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(plan)};
    const struct idp_value *row = idp_run_one(call, &idp_oidc_default_statements[LOAD], key);
    if (row == NULL) {
        idp_fail_with(call, IDP_NO_OIDC_DEFAULT,
                      plan.size == 0 ? "There is no default OIDC configuration. Set one: "
                                       "set_oidc_default(config)."
                                     : "The plan has no default OIDC configuration. Set one: "
                                       "set_oidc_default(config, plan).");
    }
    return idp_oidc_column(call, row[0]);
}

/* ---- setting ---- */

struct idp_bytes idp_oidc_profile_of(struct idp_call *call, const struct idp_json *defaults)
{
    const struct idp_json *profile = idp_json_member(defaults, "profile");
    return profile == NULL || profile->kind == IDP_JSON_NULL ? idp_bytes_of("documented")
                                                             : idp_oidc_profile_text(call, profile);
}

static void check_profile(struct idp_oidc_faults *faults, const struct idp_json *defaults)
{
    struct idp_oidc_profile read;
    const struct idp_json *profile = idp_json_member(defaults, "profile");
    if (profile != NULL && profile->kind != IDP_JSON_NULL &&
        !idp_oidc_profile_read(faults->call, profile, &read)) {
        idp_oidc_fault_add(
            faults, "profile", "profile",
            "profile must be documented, apiserver, structured or owa, or an object of such a "
            "name, extraClaims and maxTokenExpirationSeconds");
    }
}

/* A misspelt member would be a default that nobody gets. */
static bool is_member(struct idp_bytes name)
{
    static const char *const rules[] = {"compat", "rule", "opaque_jwks", "profile"};
    for (size_t i = 0; i < IDP_COUNT(rules); i++) {
        if (idp_bytes_is(name, rules[i])) {
            return true;
        }
    }
    return idp_oidc_field_find(name) < IDP_OIDC_DEFAULT_COUNT;
}

static void check_members(struct idp_oidc_faults *faults, const struct idp_json *defaults)
{
    size_t count;
    const struct idp_json **members = idp_json_sorted(faults->call, defaults, &count);
    for (size_t i = 0; i < count; i++) {
        const char *name = idp_text_c(faults->call, members[i]->name);
        if (!is_member(members[i]->name)) {
            idp_oidc_fault_add(
                faults, name, "unknown",
                "a member is not known: defaults have clientID, issuerURL, groupsClaim, "
                "signingAlgs, usernameClaim, usernamePrefix and groupsPrefix; and compat, rule, "
                "opaque_jwks and profile");
        }
    }
}

/* As what an instance gets that says nothing. */
static void check_config(struct idp_oidc_faults *faults, const struct idp_json *defaults)
{
    struct idp_oidc_rules rules = idp_oidc_rules_of(faults->call, defaults);
    struct idp_oidc_request request = idp_oidc_request_of(defaults, &rules);
    const struct idp_json *own = idp_oidc_validate(faults->call, defaults, NULL, &rules);
    for (const struct idp_json *fault = own->child; fault != NULL; fault = fault->next) {
        idp_json_add(faults->list, NULL, idp_json_node(faults->call, fault));
    }
    if (own->child == NULL && (request.form != IDP_OIDC_OBJECT || request.says_nothing)) {
        idp_oidc_fault_add(faults, "clientID", "empty", "clientID must not be empty");
        idp_oidc_fault_add(faults, "issuerURL", "empty", "issuerURL must not be empty");
    }
}

static void check(struct idp_call *call, const struct idp_json *config)
{
    struct idp_oidc_faults faults = idp_oidc_faults_new(call);
    check_config(&faults, config);
    check_members(&faults, config);
    check_profile(&faults, config);
    if (faults.list->child != NULL) {
        idp_fail_with(call, IDP_INVALID_CONFIGURATION, "%s.",
                      idp_faults_text(call, faults.list).data);
    }
}

/* oidc_default(plan) → what was set; NULL: nothing */
struct idp_value idp_sql_oidc_default(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_bytes plan = idp_text_of(arguments[0]);
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_text(plan.data == NULL ? idp_bytes_of("") : plan)};
    const struct idp_value *row = idp_run_one(call, &idp_oidc_default_statements[LOAD], key);
    return row == NULL ? idp_null() : idp_value_json(idp_oidc_column(call, row[0]));
}

struct idp_value idp_sql_set_oidc_default(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *config = idp_json_object_argument(call, arguments[0], "config");
    idp_check_text(call, arguments[1], "plan", IDP_OIDC_NAME_SIZE_MAX);
    check(call, config);
    struct idp_bytes plan = idp_text_of(arguments[1]);
    struct idp_value row[] = {idp_value_text(idp_tenant(call)),
                              idp_value_text(plan.data == NULL ? idp_bytes_of("") : plan),
                              idp_value_json_text(idp_json_text(call, config)),
                              idp_value_text(idp_oidc_profile_of(call, config)),
                              idp_value_time(idp_now_us(call))};
    idp_run(call, &idp_oidc_default_statements[SET], row);
    return idp_value_json(config);
}
