/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - how verifiers of different kinds read a configuration: what they make of a field that
 * says nothing, or "-", and what they can ask for besides.
 *
 * documented: what the origin's documents promise. apiserver: the flags of kube-apiserver.
 * structured: its configuration file. owa: Gardener's webhook authenticator, which the origin uses
 * in fact. */
#include "core/oidc/identity.h"

static const struct idp_oidc_profile profiles[] = {
    {.name = "documented",
     .empty_username_prefix = IDP_OIDC_PREFIX_ISSUER,
     .dash_is_no_username_prefix = true,
     .dash_is_no_groups_prefix = true,
     .email_has_no_prefix = true,
     .username_claim = "sub",
     .empty_claim_is_absent = true,
     .guards_system = true},
    {.name = "apiserver",
     .empty_username_prefix = IDP_OIDC_PREFIX_ISSUER,
     .dash_is_no_username_prefix = true,
     .email_has_no_prefix = true,
     .username_claim = "sub",
     .empty_claim_is_absent = true},
    {.name = "structured", .all_algorithms = true},
    {.name = "owa",
     .empty_username_prefix = IDP_OIDC_PREFIX_RESOURCE,
     .empty_groups_prefix = IDP_OIDC_PREFIX_RESOURCE,
     .dash_is_no_username_prefix = true,
     .dash_is_no_groups_prefix = true,
     .username_claim = "sub",
     .groups_claim = "groups",
     .guards_system = true},
};

static bool find(struct idp_bytes name, struct idp_oidc_profile *out)
{
    for (size_t i = 0; i < IDP_COUNT(profiles); i++) {
        if (idp_bytes_is(name, profiles[i].name)) {
            *out = profiles[i];
            return true;
        }
    }
    return false;
}

/* ---- what is asked for besides ---- */

/* Their names are written in lower case. */
static bool are_claims(struct idp_call *call, const struct idp_json *claims)
{
    if (!idp_json_is(claims, IDP_JSON_ARRAY) ||
        idp_json_count(claims) - 1 > IDP_OIDC_FIELD_COUNT_MAX) {
        return false;
    }
    for (const struct idp_json *claim = claims->child; claim != NULL; claim = claim->next) {
        if (claim->kind != IDP_JSON_STRING || claim->text.size == 0) {
            return false;
        }
        const struct idp_json *other = claims->child;
        struct idp_bytes lower = idp_lower_case(call, claim->text);
        while (!idp_bytes_equal(idp_lower_case(call, other->text), lower)) {
            other = other->next;
        }
        if (other != claim) {
            return false;
        }
    }
    return true;
}

static bool option_read(struct idp_call *call, const struct idp_json *member,
                        struct idp_oidc_profile *out)
{
    if (idp_bytes_is(member->name, "maxTokenExpirationSeconds")) {
        struct idp_json number = {.kind = member->kind, .text = idp_json_canonical(call, member)};
        return idp_json_integer(&number, &out->validity_max_s) && out->validity_max_s > 0;
    }
    if (idp_bytes_is(member->name, "extraClaims")) {
        out->extra_claims = member->child == NULL ? NULL : member;
        return are_claims(call, member);
    }
    return idp_bytes_is(member->name, "name");
}

bool idp_oidc_profile_read(struct idp_call *call, const struct idp_json *json,
                           struct idp_oidc_profile *out)
{
    if (!idp_json_is(json, IDP_JSON_OBJECT)) {
        return idp_json_is(json, IDP_JSON_STRING) && find(json->text, out);
    }
    if (!find(idp_json_string(json, "name"), out)) {
        return false;
    }
    const struct idp_json *member = json->child;
    while (member != NULL && option_read(call, member, out)) {
        member = member->next;
    }
    return member == NULL;
}

/* ---- as text ---- */

const struct idp_json *idp_oidc_profile_json(struct idp_call *call, struct idp_bytes text)
{
    const char *why;
    const struct idp_json *json = idp_json_new_string(call, text);
    return text.size > 0 && text.data[0] == '{' ? idp_json_read(call, text, &why) : json;
}

struct idp_bytes idp_oidc_profile_text(struct idp_call *call, const struct idp_json *json)
{
    struct idp_oidc_profile profile;
    if (!idp_oidc_profile_read(call, json, &profile)) {
        return (struct idp_bytes){0};
    }
    if (profile.validity_max_s == 0 && profile.extra_claims == NULL) {
        return idp_bytes_of(profile.name);
    }
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, object, "name", profile.name);
    if (profile.extra_claims != NULL) {
        idp_json_add_shared(call, object, "extraClaims", profile.extra_claims);
    }
    if (profile.validity_max_s > 0) {
        idp_json_add_integer(call, object, "maxTokenExpirationSeconds", profile.validity_max_s);
    }
    return idp_json_canonical(call, object);
}
