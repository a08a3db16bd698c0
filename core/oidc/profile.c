/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - what verifiers of different kinds make of a field that says nothing, or "-".
 *
 * documented: what the origin's documents promise. apiserver: the flags of kube-apiserver.
 * structured: its configuration file. owa: Gardener's webhook authenticator, which the origin uses
 * in fact. */
#include "core/oidc/identity.h"

/* What an empty prefix is. */
enum empty_prefix { NOTHING, ISSUER, RESOURCE };

static const struct profile {
    const char *name;
    enum empty_prefix empty_username, empty_groups;
    bool dash_is_no_username_prefix, dash_is_no_groups_prefix;
    bool email_has_no_prefix; /* an empty one, where the username is the claim email */
    const char *username_claim, *groups_claim; /* of an empty field; NULL: none */
    bool all_algorithms;                       /* where none is named; else RS256 */
    bool guards_system;
} profiles[] = {
    {"documented", ISSUER, NOTHING, true, true, true, "sub", NULL, false, true},
    {"apiserver", ISSUER, NOTHING, true, false, true, "sub", NULL, false, false},
    {"structured", NOTHING, NOTHING, false, false, false, NULL, NULL, true, false},
    {"owa", RESOURCE, RESOURCE, true, true, false, "sub", "groups", false, true},
};

static const struct profile *profile_find(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(profiles); i++) {
        if (idp_bytes_is(name, profiles[i].name)) {
            return &profiles[i];
        }
    }
    return NULL;
}

bool idp_oidc_profile_exists(struct idp_bytes profile)
{
    return profile_find(profile) != NULL;
}

/* ---- prefixes ---- */

static struct idp_bytes resource_prefix(struct idp_call *call, int64_t index)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, "kyma-oidc-");
    idp_text_add_integer(&text, index);
    idp_text_add_char(&text, '/');
    return idp_text_bytes(&text);
}

static struct idp_bytes issuer_prefix(struct idp_call *call, struct idp_bytes issuer)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, issuer);
    idp_text_add_char(&text, '#');
    return idp_text_bytes(&text);
}

static struct idp_bytes prefix_of(struct idp_call *call, struct idp_bytes sent, bool dash_is_none,
                                  enum empty_prefix empty, struct idp_bytes issuer, int64_t index)
{
    if (sent.size > 0) {
        return dash_is_none && idp_bytes_is(sent, "-") ? idp_bytes_of("") : sent;
    }
    switch (empty) {
    case ISSUER:
        return issuer_prefix(call, issuer);
    case RESOURCE:
        return resource_prefix(call, index);
    default:
        return idp_bytes_of("");
    }
}

/* ---- the verifier ---- */

static struct idp_bytes text_of(const struct idp_oidc_config *config, enum idp_oidc_field field)
{
    const struct idp_json *value = config->fields[field];
    return idp_json_is(value, IDP_JSON_STRING) ? value->text : (struct idp_bytes){"", 0};
}

static struct idp_bytes claim_of(struct idp_bytes sent, const char *other)
{
    if (sent.size > 0) {
        return sent;
    }
    return other == NULL ? (struct idp_bytes){0} : idp_bytes_of(other);
}

static const struct idp_json *algorithms_of(struct idp_call *call,
                                            const struct idp_oidc_config *config, bool all)
{
    static const char *const names[] = {"RS256", "RS384", "RS512", "ES256", "ES384",
                                        "ES512", "PS256", "PS384", "PS512"};
    if (!idp_oidc_is_empty(config->fields[IDP_OIDC_SIGNING_ALGS])) {
        return config->fields[IDP_OIDC_SIGNING_ALGS];
    }
    struct idp_json *algorithms = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < (all ? IDP_COUNT(names) : 1); i++) {
        idp_json_add(algorithms, NULL, idp_json_new_string(call, idp_bytes_of(names[i])));
    }
    return algorithms;
}

struct idp_oidc_verifier idp_oidc_verifier_of(struct idp_call *call, struct idp_bytes name,
                                              const struct idp_json *object, int64_t index)
{
    const struct profile *profile = profile_find(name);
    struct idp_oidc_config config = idp_oidc_config_of(object);
    struct idp_bytes jwks = text_of(&config, IDP_OIDC_JWKS);
    const struct idp_json *required = config.fields[IDP_OIDC_REQUIRED_CLAIMS];
    struct idp_oidc_verifier verifier = {
        .issuer = text_of(&config, IDP_OIDC_ISSUER_URL),
        .client_id = text_of(&config, IDP_OIDC_CLIENT_ID),
        .username_claim =
            claim_of(text_of(&config, IDP_OIDC_USERNAME_CLAIM), profile->username_claim),
        .groups_claim = claim_of(text_of(&config, IDP_OIDC_GROUPS_CLAIM), profile->groups_claim),
        .algorithms = algorithms_of(call, &config, profile->all_algorithms),
        .required_claims =
            idp_json_is(required, IDP_JSON_ARRAY) ? idp_oidc_claims_of(call, required) : required,
        .jwks = jwks.size > 0 ? idp_oidc_jwks_decode(call, jwks) : (struct idp_bytes){0},
        .guards_system = profile->guards_system,
    };
    bool is_bare = profile->email_has_no_prefix && idp_bytes_is(verifier.username_claim, "email");
    verifier.username_prefix = prefix_of(
        call, text_of(&config, IDP_OIDC_USERNAME_PREFIX), profile->dash_is_no_username_prefix,
        is_bare ? NOTHING : profile->empty_username, verifier.issuer, index);
    verifier.groups_prefix =
        prefix_of(call, text_of(&config, IDP_OIDC_GROUPS_PREFIX), profile->dash_is_no_groups_prefix,
                  profile->empty_groups, verifier.issuer, index);
    return verifier;
}
