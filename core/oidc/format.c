/* SPDX-License-Identifier: Apache-2.0 */
/* format.c - a configuration as others write it down: flags of kube-apiserver, its configuration
 * file, OpenIDConnect resources of Gardener, user entries of a kubeconfig. */
#include "core/oidc/format.h"

/* ---- small things ---- */

static void add_text(struct idp_call *call, struct idp_json *parent, const char *name,
                     struct idp_bytes text)
{
    idp_json_add(parent, name,
                 idp_json_new_string(call, text.data == NULL ? idp_bytes_of("") : text));
}

static struct idp_bytes joined(struct idp_call *call, const char *before, struct idp_bytes text)
{
    struct idp_text out = {.call = call};
    idp_text_add_c(&out, before);
    idp_text_add(&out, text);
    return idp_text_bytes(&out);
}

static struct idp_bytes or_dash(struct idp_bytes prefix)
{
    return prefix.size == 0 ? idp_bytes_of("-") : prefix;
}

static struct idp_json *object_in(struct idp_call *call, struct idp_json *parent, const char *name)
{
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add(parent, name, object);
    return object;
}

static struct idp_json *list_in(struct idp_call *call, struct idp_json *parent, const char *name)
{
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    idp_json_add(parent, name, list);
    return list;
}

struct idp_bytes idp_oidc_trimmed(struct idp_bytes text)
{
    static const char white[] = " \t\n\v\f\r";
    while (text.size > 0 && strchr(white, text.data[0]) != NULL) {
        text = (struct idp_bytes){text.data + 1, text.size - 1};
    }
    while (text.size > 0 && strchr(white, text.data[text.size - 1]) != NULL) {
        text.size--;
    }
    return text;
}

/* ---- flags ---- */

static struct idp_json *flags_begin(struct idp_call *call)
{
    return idp_json_new(call, IDP_JSON_ARRAY);
}

static void flag(struct idp_call *call, const struct idp_oidc_item *item, const char *name,
                 struct idp_bytes value)
{
    add_text(call, item->document, NULL, joined(call, name, value));
}

static struct idp_bytes with_commas(struct idp_call *call, const struct idp_json *list)
{
    struct idp_text text = {.call = call};
    for (const struct idp_json *name = list->child; name != NULL; name = name->next) {
        idp_text_add_c(&text, name == list->child ? "" : ",");
        idp_text_add(&text, name->text);
    }
    return idp_text_bytes(&text);
}

static void flags_required(struct idp_call *call, const struct idp_oidc_item *item)
{
    const struct idp_json *required = item->verifier->required_claims;
    for (const struct idp_json *claim = required == NULL ? NULL : required->child; claim != NULL;
         claim = claim->next) {
        struct idp_text text = {.call = call};
        idp_text_add(&text, claim->name);
        idp_text_add_char(&text, '=');
        idp_text_add(&text, claim->text);
        flag(call, item, "--oidc-required-claim=", idp_text_bytes(&text));
    }
}

static void flags_add(struct idp_call *call, const struct idp_oidc_item *item)
{
    const struct idp_oidc_verifier *verifier = item->verifier;
    flag(call, item, "--oidc-issuer-url=", verifier->issuer);
    flag(call, item, "--oidc-client-id=", verifier->client_id);
    flag(call, item, "--oidc-username-claim=", verifier->username_claim);
    flag(call, item, "--oidc-username-prefix=", or_dash(verifier->username_prefix));
    if (verifier->groups_claim.data != NULL) {
        flag(call, item, "--oidc-groups-claim=", verifier->groups_claim);
    }
    if (verifier->groups_prefix.size > 0) {
        flag(call, item, "--oidc-groups-prefix=", verifier->groups_prefix);
    }
    flag(call, item, "--oidc-signing-algs=", with_commas(call, verifier->algorithms));
    flags_required(call, item);
}

/* ---- the configuration file ---- */

static struct idp_json *structured_begin(struct idp_call *call)
{
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, document, "apiVersion", "apiserver.config.k8s.io/v1");
    idp_json_add_c(call, document, "kind", "AuthenticationConfiguration");
    list_in(call, document, "jwt");
    return document;
}

static void mapping_add(struct idp_call *call, struct idp_json *mappings, const char *name,
                        struct idp_bytes claim, struct idp_bytes prefix)
{
    struct idp_json *mapping = object_in(call, mappings, name);
    add_text(call, mapping, "claim", claim);
    add_text(call, mapping, "prefix", prefix);
}

static void structured_required(struct idp_call *call, const struct idp_oidc_item *item,
                                struct idp_json *authenticator)
{
    const struct idp_json *required = item->verifier->required_claims;
    if (required == NULL || required->child == NULL) {
        return;
    }
    struct idp_json *rules = list_in(call, authenticator, "claimValidationRules");
    for (const struct idp_json *claim = required->child; claim != NULL; claim = claim->next) {
        struct idp_json *rule = object_in(call, rules, NULL);
        add_text(call, rule, "claim", claim->name);
        add_text(call, rule, "requiredValue", claim->text);
    }
}

static void structured_add(struct idp_call *call, const struct idp_oidc_item *item)
{
    const struct idp_oidc_verifier *verifier = item->verifier;
    struct idp_json *authenticator = object_in(call, item->document->last, NULL);
    struct idp_json *issuer = object_in(call, authenticator, "issuer");
    add_text(call, issuer, "url", verifier->issuer);
    add_text(call, list_in(call, issuer, "audiences"), NULL, verifier->client_id);
    struct idp_json *mappings = object_in(call, authenticator, "claimMappings");
    mapping_add(call, mappings, "username", verifier->username_claim, verifier->username_prefix);
    if (verifier->groups_claim.data != NULL) {
        mapping_add(call, mappings, "groups", verifier->groups_claim, verifier->groups_prefix);
    }
    structured_required(call, item, authenticator);
}

/* ---- OpenIDConnect resources ---- */

static struct idp_json *resources_begin(struct idp_call *call)
{
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, document, "apiVersion", "v1");
    idp_json_add_c(call, document, "kind", "List");
    list_in(call, document, "items");
    return document;
}

static struct idp_json *resource_of(struct idp_call *call, const struct idp_oidc_item *item)
{
    struct idp_text name = {.call = call};
    struct idp_json *resource = object_in(call, item->document->last, NULL);
    idp_json_add_c(call, resource, "apiVersion", "authentication.gardener.cloud/v1alpha1");
    idp_json_add_c(call, resource, "kind", "OpenIDConnect");
    idp_text_add_c(&name, "kyma-oidc-");
    idp_text_add_integer(&name, item->index);
    add_text(call, object_in(call, resource, "metadata"), "name", idp_text_bytes(&name));
    return object_in(call, resource, "spec");
}

static void resources_add(struct idp_call *call, const struct idp_oidc_item *item)
{
    const struct idp_oidc_verifier *verifier = item->verifier;
    struct idp_json *spec = resource_of(call, item);
    add_text(call, spec, "issuerURL", verifier->issuer);
    add_text(call, spec, "clientID", verifier->client_id);
    add_text(call, spec, "usernameClaim", verifier->username_claim);
    add_text(call, spec, "usernamePrefix", or_dash(verifier->username_prefix));
    add_text(call, spec, "groupsClaim", verifier->groups_claim);
    add_text(call, spec, "groupsPrefix", or_dash(verifier->groups_prefix));
    idp_json_add_shared(call, spec, "supportedSigningAlgs", verifier->algorithms);
    if (verifier->required_claims != NULL) {
        idp_json_add_shared(call, spec, "requiredClaims", verifier->required_claims);
    }
    if (verifier->extra_claims != NULL) {
        idp_json_add_shared(call, spec, "extraClaims", verifier->extra_claims);
    }
    if (verifier->validity_max_s > 0) {
        idp_json_add_integer(call, spec, "maxTokenExpirationSeconds", verifier->validity_max_s);
    }
    if (verifier->jwks.data != NULL) {
        add_text(call, object_in(call, spec, "jwks"), "keys",
                 idp_base64_encode(call, verifier->jwks));
    }
}

/* ---- kubeconfig ---- */

static void kubeconfig_add(struct idp_call *call, const struct idp_oidc_item *item)
{
    const struct idp_oidc_verifier *verifier = item->verifier;
    struct idp_text name = {.call = call};
    struct idp_json *entry = object_in(call, item->document, NULL);
    idp_text_add(&name, item->instance);
    if (item->index > 0) {
        idp_text_add_char(&name, '-');
        idp_text_add_integer(&name, item->index + 1);
    }
    add_text(call, entry, "name", idp_text_bytes(&name));
    struct idp_json *exec = object_in(call, object_in(call, entry, "user"), "exec");
    idp_json_add_c(call, exec, "apiVersion", "client.authentication.k8s.io/v1beta1");
    idp_json_add_c(call, exec, "command", "kubectl-oidc_login");
    struct idp_json *arguments = list_in(call, exec, "args");
    add_text(call, arguments, NULL, idp_bytes_of("get-token"));
    add_text(call, arguments, NULL, joined(call, "--oidc-issuer-url=", verifier->issuer));
    add_text(call, arguments, NULL, joined(call, "--oidc-client-id=", verifier->client_id));
    add_text(call, arguments, NULL, idp_bytes_of("--oidc-extra-scope=email"));
    add_text(call, arguments, NULL, idp_bytes_of("--oidc-extra-scope=openid"));
}

static const struct idp_oidc_format formats[] = {
    {.name = "flags",
     .one_only = true,
     .trims_claims = true,
     .says_algorithms = true,
     .dash_is_no_username_prefix = true,
     .begin = flags_begin,
     .add = flags_add},
    {.name = "structured",
     .one_of_an_issuer = true,
     .begin = structured_begin,
     .add = structured_add},
    {.name = "openidconnect",
     .says_algorithms = true,
     .says_keys = true,
     .dash_is_no_username_prefix = true,
     .dash_is_no_groups_prefix = true,
     .says_validity = true,
     .guards_system = true,
     .refuses_system = true,
     .begin = resources_begin,
     .add = resources_add},
    {.name = "kubeconfig",
     .says_algorithms = true,
     .says_keys = true,
     .is_for_logins = true,
     .begin = flags_begin,
     .add = kubeconfig_add},
};

const struct idp_oidc_format *idp_oidc_format_find(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(formats); i++) {
        if (idp_bytes_is(name, formats[i].name)) {
            return &formats[i];
        }
    }
    return NULL;
}
