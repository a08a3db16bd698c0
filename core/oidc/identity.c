/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - a user's name and groups from the claims of a token, as Kubernetes reads them: top
 * level claims only, types exact, and what was refused is a word without the value. */
#include "core/oidc/identity.h"

static const char system_prefix[] = "system:";

static struct idp_bytes joined(struct idp_call *call, struct idp_bytes prefix,
                               struct idp_bytes value)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, prefix);
    idp_text_add(&text, value);
    return idp_text_bytes(&text);
}

static const struct idp_json *claim_find(const struct idp_json *claims, struct idp_bytes name)
{
    const struct idp_json *claim = claims->child;
    while (claim != NULL && !idp_bytes_equal(claim->name, name)) {
        claim = claim->next;
    }
    return claim;
}

static bool is_system(struct idp_bytes name)
{
    return idp_bytes_start(name, idp_bytes_of(system_prefix));
}

/* ---- claims that are elsewhere ---- */

/* An object, or nothing: NULL and *is_broken unless it is absent or null. */
static const struct idp_json *object_of(const struct idp_json *claims, const char *name,
                                        bool *is_broken)
{
    const struct idp_json *member = idp_json_member(claims, name);
    bool is_nothing = member == NULL || member->kind == IDP_JSON_NULL;
    *is_broken |= !is_nothing && member->kind != IDP_JSON_OBJECT;
    return idp_json_is(member, IDP_JSON_OBJECT) ? member : NULL;
}

/* A claim may name a source instead of a value; a source that is not there is a broken token. The
 * sources themselves are not asked: such groups are none. */
static bool sources_are_there(const struct idp_json *claims)
{
    bool is_broken = false;
    const struct idp_json *names = object_of(claims, "_claim_names", &is_broken);
    const struct idp_json *sources = object_of(claims, "_claim_sources", &is_broken);
    for (const struct idp_json *name = names == NULL ? NULL : names->child; name != NULL;
         name = name->next) {
        is_broken |= name->kind != IDP_JSON_STRING || sources == NULL ||
                     claim_find(sources, name->text) == NULL;
    }
    return !is_broken;
}

/* ---- name ---- */

/* Where the address is the name, it must be theirs: verified, unless nobody says anything of it. */
static bool email_is_theirs(const struct idp_oidc_verifier *verifier, const struct idp_json *claims)
{
    const struct idp_json *verified = idp_json_member(claims, "email_verified");
    return !idp_bytes_is(verifier->username_claim, "email") || verified == NULL ||
           verified->kind == IDP_JSON_TRUE;
}

static const char *read_username(struct idp_call *call, const struct idp_oidc_verifier *verifier,
                                 const struct idp_json *claims, struct idp_oidc_identity *out)
{
    const struct idp_json *claim =
        verifier->username_claim.data == NULL ? NULL : claim_find(claims, verifier->username_claim);
    bool is_null = idp_json_is(claim, IDP_JSON_NULL);
    if (!is_null && !idp_json_is(claim, IDP_JSON_STRING)) {
        return "username";
    }
    if (!email_is_theirs(verifier, claims)) {
        return "email_not_verified";
    }
    out->username =
        joined(call, verifier->username_prefix, is_null ? (struct idp_bytes){"", 0} : claim->text);
    return NULL;
}

/* ---- groups ---- */

static bool group_add(struct idp_call *call, const struct idp_oidc_verifier *verifier,
                      struct idp_json *groups, const struct idp_json *value)
{
    bool is_null = value->kind == IDP_JSON_NULL;
    if (!is_null && value->kind != IDP_JSON_STRING) {
        return false;
    }
    struct idp_bytes group =
        joined(call, verifier->groups_prefix, is_null ? (struct idp_bytes){"", 0} : value->text);
    if (!verifier->guards_system || !is_system(group)) {
        idp_json_add(groups, NULL, idp_json_new_string(call, group));
    }
    return true;
}

static const char *read_groups(struct idp_call *call, const struct idp_oidc_verifier *verifier,
                               const struct idp_json *claims, struct idp_oidc_identity *out)
{
    struct idp_json *groups = idp_json_new(call, IDP_JSON_ARRAY);
    const struct idp_json *claim =
        verifier->groups_claim.data == NULL ? NULL : claim_find(claims, verifier->groups_claim);
    out->groups = groups;
    if (claim == NULL || claim->kind == IDP_JSON_NULL) {
        return NULL;
    }
    if (claim->kind != IDP_JSON_ARRAY) {
        return group_add(call, verifier, groups, claim) ? NULL : "groups";
    }
    for (const struct idp_json *item = claim->child; item != NULL; item = item->next) {
        if (!group_add(call, verifier, groups, item)) {
            return "groups";
        }
    }
    return NULL;
}

/* ---- what is required ---- */

static bool has_required(const struct idp_oidc_verifier *verifier, const struct idp_json *claims)
{
    const struct idp_json *required = verifier->required_claims;
    for (const struct idp_json *wanted = required == NULL ? NULL : required->child; wanted != NULL;
         wanted = wanted->next) {
        const struct idp_json *claim = claim_find(claims, wanted->name);
        if (!idp_json_is(claim, IDP_JSON_STRING) || !idp_bytes_equal(claim->text, wanted->text)) {
            return false;
        }
    }
    return true;
}

/* ---- what is passed on ---- */

/* For the audit log: {"key":["text"]}. */
static void pass_on(struct idp_call *call, struct idp_oidc_identity *out, struct idp_bytes key,
                    struct idp_bytes text)
{
    struct idp_json *texts = idp_json_new(call, IDP_JSON_ARRAY);
    idp_json_add(texts, NULL, idp_json_new_string(call, text));
    idp_json_add_named(out->extra, key, texts);
}

/* False where one of them is not there. What is no text is passed on as JSON. */
static bool pass_claims(struct idp_call *call, const struct idp_oidc_verifier *verifier,
                        const struct idp_json *claims, struct idp_oidc_identity *out)
{
    const struct idp_json *name =
        verifier->extra_claims == NULL ? NULL : verifier->extra_claims->child;
    for (; name != NULL; name = name->next) {
        const struct idp_json *claim = claim_find(claims, name->text);
        if (claim == NULL) {
            return false;
        }
        bool is_text = claim->kind == IDP_JSON_STRING;
        pass_on(
            call, out,
            joined(call, idp_bytes_of("gardener.cloud/user/"), idp_lower_case(call, name->text)),
            is_text ? claim->text : idp_json_text(call, claim));
    }
    return true;
}

static void pass_id(struct idp_call *call, const struct idp_json *claims,
                    struct idp_oidc_identity *out)
{
    struct idp_bytes jti = idp_json_string(claims, "jti");
    if (jti.size > 0) {
        pass_on(call, out, idp_bytes_of("authentication.kubernetes.io/credential-id"),
                joined(call, idp_bytes_of("JTI="), jti));
    }
}

const char *idp_oidc_identity_of(struct idp_call *call, const struct idp_oidc_verifier *verifier,
                                 const struct idp_json *claims, struct idp_oidc_identity *out)
{
    if (!sources_are_there(claims)) {
        return "claims_source";
    }
    out->extra = idp_json_new(call, IDP_JSON_OBJECT);
    const char *reason = read_username(call, verifier, claims, out);
    reason = reason != NULL ? reason : read_groups(call, verifier, claims, out);
    if (reason != NULL) {
        return reason;
    }
    if (!has_required(verifier, claims)) {
        return "required_claim";
    }
    if (verifier->guards_system && is_system(out->username)) {
        return "reserved_username";
    }
    pass_id(call, claims, out);
    return pass_claims(call, verifier, claims, out) ? NULL : "extra_claim";
}

void idp_oidc_identity_add(struct idp_call *call, struct idp_json *answer,
                           const struct idp_oidc_identity *identity)
{
    idp_json_add_string(call, answer, "username", identity->username);
    idp_json_add(answer, "groups", idp_json_node(call, identity->groups));
    idp_json_add(answer, "extra", idp_json_node(call, identity->extra));
}
