/* SPDX-License-Identifier: Apache-2.0 */
/* import_resource.c - OpenIDConnect resources of Gardener: one, or a list of them. */
#include "core/oidc/format.h"

static const char spec_members[] =
    "issuerURL clientID audiences usernameClaim usernamePrefix groupsClaim groupsPrefix "
    "supportedSigningAlgs requiredClaims extraClaims maxTokenExpirationSeconds jwks";

/* An empty prefix is the name of the resource, which the instance would not know. */
static void read_prefix(struct idp_oidc_import *import, struct idp_json *item, const char *member,
                        const struct idp_json *spec, const char *path, struct idp_bytes name)
{
    const struct idp_json *sent =
        idp_oidc_import_member(import, spec, path, member, IDP_JSON_STRING);
    struct idp_bytes prefix = sent == NULL ? (struct idp_bytes){"", 0} : sent->text;
    if (prefix.size == 0 && name.size > 0) {
        struct idp_text text = {.call = import->call};
        idp_text_add(&text, name);
        idp_text_add_char(&text, '/');
        prefix = idp_text_bytes(&text);
    }
    if (idp_bytes_start(prefix, idp_bytes_of("system:"))) {
        idp_oidc_import_refuse(import, idp_oidc_import_path(import, path, idp_bytes_of(member)),
                               "a prefix must not begin with system:", NULL);
    }
    if (prefix.size > 0) {
        idp_json_add_string(import->call, item, member, prefix);
    }
}

static void read_username(struct idp_oidc_import *import, struct idp_json *item,
                          const struct idp_json *spec, const char *path)
{
    const struct idp_json *claim = idp_json_member(spec, "usernameClaim");
    if (idp_json_is(claim, IDP_JSON_STRING) && claim->text.size == 0) {
        idp_oidc_import_refuse(import,
                               idp_oidc_import_path(import, path, idp_bytes_of("usernameClaim")),
                               "a claim is wanted", NULL);
    }
    idp_oidc_import_text(import, item, "usernameClaim", spec, path, "usernameClaim");
}

static void read_required(struct idp_oidc_import *import, struct idp_json *item,
                          const struct idp_json *spec, const char *path)
{
    const struct idp_json *required =
        idp_oidc_import_member(import, spec, path, "requiredClaims", IDP_JSON_OBJECT);
    path = idp_oidc_import_path(import, path, idp_bytes_of("requiredClaims"));
    for (const struct idp_json *claim = required == NULL ? NULL : required->child; claim != NULL;
         claim = claim->next) {
        struct idp_bytes text =
            idp_json_is(claim, IDP_JSON_STRING) ? claim->text : (struct idp_bytes){0};
        idp_oidc_import_claim(import, item, idp_oidc_import_path(import, path, claim->name),
                              claim->name, text);
    }
}

/* The newer name of the client is a list. */
static void read_audience(struct idp_oidc_import *import, struct idp_json *item,
                          const struct idp_json *spec, const char *path)
{
    const struct idp_json *audiences =
        idp_oidc_import_member(import, spec, path, "audiences", IDP_JSON_ARRAY);
    if (audiences == NULL) {
        idp_oidc_import_text(import, item, "clientID", spec, path, "clientID");
    } else if (idp_json_is(audiences->child, IDP_JSON_STRING) && audiences->child->next == NULL &&
               idp_oidc_is_empty(idp_json_member(spec, "clientID"))) {
        idp_json_add_shared(import->call, item, "clientID", audiences->child);
        idp_oidc_import_place(import, "clientID",
                              idp_oidc_import_path(import, path, idp_bytes_of("audiences")));
    } else {
        idp_oidc_import_refuse(import,
                               idp_oidc_import_path(import, path, idp_bytes_of("audiences")),
                               "exactly one audience is wanted, and no clientID", NULL);
    }
}

/* What the profile holds is of all configurations, so all must have the same. */
static void read_profile(struct idp_oidc_import *import, const struct idp_json *spec,
                         const char *path, bool is_first)
{
    static const char *const names[] = {"extraClaims", "maxTokenExpirationSeconds"};
    struct idp_json *profile = idp_json_new(import->call, IDP_JSON_OBJECT);
    struct idp_oidc_profile read;
    idp_json_add_c(import->call, profile, "name", "owa");
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        const struct idp_json *member = idp_json_member(spec, names[i]);
        if (member != NULL && member->kind != IDP_JSON_NULL) {
            idp_json_add_shared(import->call, profile, names[i], member);
        }
    }
    if (!idp_oidc_profile_read(import->call, profile, &read)) {
        idp_oidc_import_refuse(import, path,
                               "extraClaims must be names, none twice, and "
                               "maxTokenExpirationSeconds a positive number",
                               NULL);
    }
    const struct idp_json *made = profile->child->next == NULL
                                      ? idp_json_new_string(import->call, idp_bytes_of("owa"))
                                      : profile;
    if (!is_first && !idp_bytes_equal(idp_oidc_profile_text(import->call, made),
                                      idp_oidc_profile_text(import->call, import->profile))) {
        idp_oidc_import_refuse(import, path,
                               "extraClaims and maxTokenExpirationSeconds must be those of the "
                               "first resource",
                               NULL);
    }
    import->profile = is_first ? made : import->profile;
}

static void read_spec(struct idp_oidc_import *import, const struct idp_json *spec, const char *path,
                      struct idp_bytes name)
{
    bool is_first = import->list->child == NULL;
    struct idp_json *item = idp_oidc_import_item(import, path);
    const struct idp_json *jwks =
        idp_oidc_import_member(import, spec, path, "jwks", IDP_JSON_OBJECT);
    const char *jwks_path = idp_oidc_import_path(import, path, idp_bytes_of("jwks"));
    const struct idp_json *algorithms =
        idp_oidc_import_member(import, spec, path, "supportedSigningAlgs", IDP_JSON_ARRAY);
    idp_oidc_import_check(import, spec, path, spec_members);
    idp_oidc_import_text(import, item, "issuerURL", spec, path, "issuerURL");
    read_audience(import, item, spec, path);
    read_username(import, item, spec, path);
    idp_oidc_import_text(import, item, "groupsClaim", spec, path, "groupsClaim");
    read_prefix(import, item, "usernamePrefix", spec, path, name);
    read_prefix(import, item, "groupsPrefix", spec, path, name);
    read_required(import, item, spec, path);
    idp_oidc_import_check(import, jwks, jwks_path, "keys");
    idp_oidc_import_text(import, item, "encodedJwksArray", jwks, jwks_path, "keys");
    idp_oidc_import_place(import, "signingAlgs",
                          idp_oidc_import_path(import, path, idp_bytes_of("supportedSigningAlgs")));
    if (algorithms != NULL) {
        idp_json_add_shared(import->call, item, "signingAlgs", algorithms);
    }
    read_profile(import, spec, path, is_first);
}

static void read_resource(struct idp_oidc_import *import, const struct idp_json *resource,
                          const char *path)
{
    const struct idp_json *kind = idp_json_member(resource, "kind");
    const struct idp_json *metadata =
        idp_oidc_import_member(import, resource, path, "metadata", IDP_JSON_OBJECT);
    const struct idp_json *name = idp_oidc_import_member(
        import, metadata, idp_oidc_import_path(import, path, idp_bytes_of("metadata")), "name",
        IDP_JSON_STRING);
    idp_oidc_import_check(import, resource, path, "apiVersion kind metadata spec status");
    if (!idp_json_is(resource, IDP_JSON_OBJECT) ||
        (kind != NULL && !idp_bytes_is(idp_json_string(resource, "kind"), "OpenIDConnect"))) {
        idp_oidc_import_refuse(import, path, "an OpenIDConnect resource is wanted", NULL);
        return;
    }
    read_spec(import, idp_oidc_import_member(import, resource, path, "spec", IDP_JSON_OBJECT),
              idp_oidc_import_path(import, path, idp_bytes_of("spec")),
              name == NULL ? (struct idp_bytes){0} : name->text);
}

void idp_oidc_import_resources(struct idp_oidc_import *import, const struct idp_json *document)
{
    const struct idp_json *list = idp_json_member(document, "items");
    struct idp_bytes kind = idp_json_string(document, "kind");
    if (idp_bytes_is(kind, "OpenIDConnect")) {
        read_resource(import, document, "");
        return;
    }
    bool is_list = idp_bytes_is(kind, "List") || idp_bytes_is(kind, "OpenIDConnectList");
    if (!is_list || !idp_json_is(list, IDP_JSON_ARRAY)) {
        idp_oidc_import_refuse(import, "",
                               "an OpenIDConnect resource, or a List of them, is wanted", NULL);
        return;
    }
    int64_t index = 0;
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        read_resource(import, item, idp_oidc_import_path_at(import, "/items", index++));
    }
}
