/* SPDX-License-Identifier: Apache-2.0 */
/* verifier.c - one configuration as a verifier of some kind reads it. */
#include "core/oidc/identity.h"

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
                                  enum idp_oidc_prefix empty, struct idp_bytes issuer,
                                  int64_t index)
{
    if (sent.size > 0) {
        return dash_is_none && idp_bytes_is(sent, "-") ? idp_bytes_of("") : sent;
    }
    switch (empty) {
    case IDP_OIDC_PREFIX_ISSUER:
        return issuer_prefix(call, issuer);
    case IDP_OIDC_PREFIX_RESOURCE:
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

/* `other` stands for what is absent, and where `empty_is_absent` for an empty name. */
static struct idp_bytes claim_of(const struct idp_json *sent, const char *other,
                                 bool empty_is_absent)
{
    bool is_name = idp_json_is(sent, IDP_JSON_STRING);
    if (is_name && sent->text.size > 0) {
        return sent->text;
    }
    bool is_none = other == NULL || (is_name && !empty_is_absent);
    return is_none ? (struct idp_bytes){0} : idp_bytes_of(other);
}

struct idp_json *idp_oidc_algorithms(struct idp_call *call, size_t count)
{
    static const char *const names[] = {"RS256", "RS384", "RS512", "ES256", "ES384",
                                        "ES512", "PS256", "PS384", "PS512"};
    struct idp_json *algorithms = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < count && i < IDP_COUNT(names); i++) {
        idp_json_add(algorithms, NULL, idp_json_new_string(call, idp_bytes_of(names[i])));
    }
    return algorithms;
}

static const struct idp_json *algorithms_of(struct idp_call *call,
                                            const struct idp_oidc_config *config, bool all)
{
    return idp_oidc_is_empty(config->fields[IDP_OIDC_SIGNING_ALGS])
               ? idp_oidc_algorithms(call, all ? IDP_OIDC_ALGORITHM_COUNT : 1)
               : config->fields[IDP_OIDC_SIGNING_ALGS];
}

struct idp_oidc_verifier idp_oidc_verifier_of(struct idp_call *call,
                                              const struct idp_oidc_profile *profile,
                                              const struct idp_json *object, int64_t index)
{
    struct idp_oidc_config config = idp_oidc_config_of(object);
    struct idp_bytes jwks = text_of(&config, IDP_OIDC_JWKS);
    const struct idp_json *required = config.fields[IDP_OIDC_REQUIRED_CLAIMS];
    struct idp_oidc_verifier verifier = {
        .issuer = text_of(&config, IDP_OIDC_ISSUER_URL),
        .client_id = text_of(&config, IDP_OIDC_CLIENT_ID),
        .username_claim = claim_of(config.fields[IDP_OIDC_USERNAME_CLAIM], profile->username_claim,
                                   profile->empty_claim_is_absent),
        .groups_claim = claim_of(config.fields[IDP_OIDC_GROUPS_CLAIM], profile->groups_claim,
                                 profile->empty_claim_is_absent),
        .algorithms = algorithms_of(call, &config, profile->all_algorithms),
        .required_claims =
            idp_json_is(required, IDP_JSON_ARRAY) ? idp_oidc_claims_of(call, required) : required,
        .jwks = jwks.size > 0 ? idp_oidc_jwks_decode(call, jwks) : (struct idp_bytes){0},
        .guards_system = profile->guards_system,
        .validity_max_s = profile->validity_max_s,
        .extra_claims = profile->extra_claims,
    };
    bool is_bare = profile->email_has_no_prefix && idp_bytes_is(verifier.username_claim, "email");
    verifier.username_prefix = prefix_of(
        call, text_of(&config, IDP_OIDC_USERNAME_PREFIX), profile->dash_is_no_username_prefix,
        is_bare ? IDP_OIDC_PREFIX_NONE : profile->empty_username_prefix, verifier.issuer, index);
    verifier.groups_prefix =
        prefix_of(call, text_of(&config, IDP_OIDC_GROUPS_PREFIX), profile->dash_is_no_groups_prefix,
                  profile->empty_groups_prefix, verifier.issuer, index);
    return verifier;
}
