/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - a request from a document of others, for an instance that judges tokens as their
 * reader does: it comes with the profile of that reader. It is a list always, whose items inherit
 * nothing. What a document says and a configuration cannot is a fault. */
#include "core/oidc/format.h"

/* One document on its way in. */
struct import {
    struct idp_call *call;
    struct idp_oidc_faults faults;
    struct idp_json *list;
};

static void refuse(struct import *import, const char *member, const char *message)
{
    idp_oidc_fault_add(&import->faults, member, "unrepresentable", message, (struct idp_bytes){0});
}

static struct idp_json *item_new(struct import *import)
{
    struct idp_json *item = idp_json_new(import->call, IDP_JSON_OBJECT);
    idp_json_add(import->list, NULL, item);
    import->faults.index++;
    return item;
}

/* Members that are known; each other one is a fault. */
static void check_members(struct import *import, const struct idp_json *object, const char *known)
{
    for (const struct idp_json *member = object == NULL ? NULL : object->child; member != NULL;
         member = member->next) {
        if (!idp_word_in(idp_bytes_of(known), member->name)) {
            idp_oidc_fault_add(&import->faults, "", "unrepresentable",
                               "a member has no place in a configuration; known are ",
                               idp_bytes_of(known));
        }
    }
}

static void copy_text(struct import *import, struct idp_json *item, const char *to,
                      const struct idp_json *object, const char *from)
{
    const struct idp_json *value = idp_json_member(object, from);
    if (idp_json_is(value, IDP_JSON_STRING)) {
        idp_json_add_shared(import->call, item, to, value);
    } else if (value != NULL && value->kind != IDP_JSON_NULL) {
        refuse(import, to, "a text is wanted");
    }
}

/* A name with a sign in it would be split there. */
static void claim_add(struct import *import, struct idp_json *claims, struct idp_bytes name,
                      struct idp_bytes value)
{
    if (name.size == 0 || value.size == 0 || memchr(name.data, '=', name.size) != NULL) {
        refuse(import, "requiredClaims", "a claim needs a name without = and a value");
        return;
    }
    struct idp_text text = {.call = import->call};
    idp_text_add(&text, name);
    idp_text_add_char(&text, '=');
    idp_text_add(&text, value);
    idp_json_add(claims, NULL, idp_json_new_string(import->call, idp_text_bytes(&text)));
}

/* The member, where it has the kind that is wanted; another is a fault. */
static const struct idp_json *member_of(struct import *import, const struct idp_json *object,
                                        const char *name, enum idp_json_kind kind)
{
    const struct idp_json *member = idp_json_member(object, name);
    if (member == NULL || member->kind == IDP_JSON_NULL) {
        return NULL;
    }
    if (member->kind != kind) {
        idp_oidc_fault_add(&import->faults, "", "wrong_type",
                           "a member has the wrong type: ", idp_bytes_of(name));
        return NULL;
    }
    return member;
}

static struct idp_json *list_of(struct import *import, struct idp_json *item, const char *name)
{
    struct idp_json *list = idp_json_new(import->call, IDP_JSON_ARRAY);
    idp_json_add(item, name, list);
    return list;
}

/* ---- flags ---- */

static const struct flag {
    const char *name, *member;
    bool is_list; /* parted by commas */
} flags[] = {
    {"--oidc-issuer-url=", "issuerURL", false},
    {"--oidc-client-id=", "clientID", false},
    {"--oidc-username-claim=", "usernameClaim", false},
    {"--oidc-username-prefix=", "usernamePrefix", false},
    {"--oidc-groups-claim=", "groupsClaim", false},
    {"--oidc-groups-prefix=", "groupsPrefix", false},
    {"--oidc-signing-algs=", "signingAlgs", true},
};
static const char required_flag[] = "--oidc-required-claim=";

static void names_add(struct import *import, struct idp_json *list, struct idp_bytes text)
{
    for (bool more = text.size > 0; more;) { /* behind a comma at the end there is an empty name */
        const char *comma = text.size == 0 ? NULL : memchr(text.data, ',', text.size);
        size_t size = comma == NULL ? text.size : (size_t)(comma - text.data);
        idp_json_add(list, NULL,
                     idp_json_new_string(import->call, (struct idp_bytes){text.data, size}));
        more = comma != NULL;
        size += more;
        text = (struct idp_bytes){text.data + size, text.size - size};
    }
}

/* What follows the name of the flag; data NULL: another flag. */
static struct idp_bytes flag_value(struct idp_bytes text, const char *name)
{
    struct idp_bytes start = idp_bytes_of(name);
    return idp_bytes_start(text, start)
               ? (struct idp_bytes){text.data + start.size, text.size - start.size}
               : (struct idp_bytes){0};
}

static bool flag_read(struct import *import, struct idp_json *item, struct idp_bytes text)
{
    for (size_t i = 0; i < IDP_COUNT(flags); i++) {
        struct idp_bytes value = flag_value(text, flags[i].name);
        if (value.data == NULL || idp_json_member(item, flags[i].member) != NULL) {
            continue;
        }
        if (flags[i].is_list) {
            names_add(import, list_of(import, item, flags[i].member), value);
        } else {
            idp_json_add(item, flags[i].member, idp_json_new_string(import->call, value));
        }
        return true;
    }
    return false;
}

static void read_flags(struct import *import, const struct idp_json *document)
{
    struct idp_json *item = item_new(import), *claims = NULL;
    if (!idp_json_is(document, IDP_JSON_ARRAY)) {
        refuse(import, "", "the flags must be an array of texts");
        return;
    }
    for (const struct idp_json *flag = document->child; flag != NULL; flag = flag->next) {
        struct idp_bytes claim = flag_value(flag->text, required_flag);
        if (claim.data != NULL) {
            claims = claims != NULL ? claims : list_of(import, item, "requiredClaims");
            idp_json_add(claims, NULL, idp_json_new_string(import->call, claim));
        } else if (flag->kind != IDP_JSON_STRING || !flag_read(import, item, flag->text)) {
            refuse(import, "", "a flag is not known, or comes twice");
        }
    }
}

/* ---- the configuration file ---- */

static void read_mapping(struct import *import, struct idp_json *item,
                         const struct idp_json *mapping, const char *claim, const char *prefix)
{
    check_members(import, mapping, "claim prefix");
    copy_text(import, item, claim, mapping, "claim");
    copy_text(import, item, prefix, mapping, "prefix");
}

static void read_rules(struct import *import, struct idp_json *item, const struct idp_json *rules)
{
    struct idp_json *claims = rules == NULL ? NULL : list_of(import, item, "requiredClaims");
    for (const struct idp_json *rule = rules == NULL ? NULL : rules->child; rule != NULL;
         rule = rule->next) {
        struct idp_bytes claim = idp_json_string(rule, "claim");
        struct idp_bytes value = idp_json_string(rule, "requiredValue");
        check_members(import, rule, "claim requiredValue");
        claim_add(import, claims, claim, value);
    }
}

static void read_authenticator(struct import *import, const struct idp_json *authenticator)
{
    struct idp_json *item = item_new(import);
    const struct idp_json *issuer = member_of(import, authenticator, "issuer", IDP_JSON_OBJECT);
    const struct idp_json *audiences = idp_json_member(issuer, "audiences");
    const struct idp_json *mappings =
        member_of(import, authenticator, "claimMappings", IDP_JSON_OBJECT);
    check_members(import, authenticator, "issuer claimMappings claimValidationRules");
    check_members(import, issuer, "url audiences audienceMatchPolicy");
    member_of(import, issuer, "audienceMatchPolicy", IDP_JSON_STRING);
    check_members(import, mappings, "username groups");
    copy_text(import, item, "issuerURL", issuer, "url");
    if (idp_json_is(audiences, IDP_JSON_ARRAY) && idp_json_is(audiences->child, IDP_JSON_STRING) &&
        audiences->child->next == NULL) {
        idp_json_add_shared(import->call, item, "clientID", audiences->child);
    } else {
        refuse(import, "clientID", "exactly one audience is wanted");
    }
    read_mapping(import, item, member_of(import, mappings, "username", IDP_JSON_OBJECT),
                 "usernameClaim", "usernamePrefix");
    read_mapping(import, item, member_of(import, mappings, "groups", IDP_JSON_OBJECT),
                 "groupsClaim", "groupsPrefix");
    read_rules(import, item,
               member_of(import, authenticator, "claimValidationRules", IDP_JSON_ARRAY));
}

static void read_structured(struct import *import, const struct idp_json *document)
{
    const struct idp_json *list = idp_json_member(document, "jwt");
    check_members(import, document, "apiVersion kind jwt");
    if (!idp_json_is(list, IDP_JSON_ARRAY) ||
        !idp_bytes_is(idp_json_string(document, "kind"), "AuthenticationConfiguration")) {
        refuse(import, "", "an AuthenticationConfiguration with jwt is wanted");
        return;
    }
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        read_authenticator(import, item);
    }
}

/* ---- OpenIDConnect resources ---- */

/* An empty prefix is the name of the resource, which the instance would not know. */
static void read_prefix(struct import *import, struct idp_json *item, const char *member,
                        const struct idp_json *spec, const struct idp_json *name)
{
    if (!idp_oidc_is_empty(idp_json_member(spec, member)) || name == NULL || name->text.size == 0) {
        copy_text(import, item, member, spec, member);
        return;
    }
    struct idp_text prefix = {.call = import->call};
    idp_text_add(&prefix, name->text);
    idp_text_add_char(&prefix, '/');
    idp_json_add_string(import->call, item, member, idp_text_bytes(&prefix));
}

static void read_required(struct import *import, struct idp_json *item,
                          const struct idp_json *required)
{
    struct idp_json *claims = required == NULL ? NULL : list_of(import, item, "requiredClaims");
    for (const struct idp_json *claim = required == NULL ? NULL : required->child; claim != NULL;
         claim = claim->next) {
        struct idp_bytes text =
            idp_json_is(claim, IDP_JSON_STRING) ? claim->text : (struct idp_bytes){0};
        claim_add(import, claims, claim->name, text);
    }
}

static void read_resource(struct import *import, const struct idp_json *resource)
{
    struct idp_json *item = item_new(import);
    const struct idp_json *spec = member_of(import, resource, "spec", IDP_JSON_OBJECT);
    const struct idp_json *jwks = member_of(import, spec, "jwks", IDP_JSON_OBJECT);
    const struct idp_json *algorithms = idp_json_member(spec, "supportedSigningAlgs");
    const struct idp_json *name = member_of(
        import, member_of(import, resource, "metadata", IDP_JSON_OBJECT), "name", IDP_JSON_STRING);
    check_members(import, resource, "apiVersion kind metadata spec");
    check_members(import, spec,
                  "issuerURL clientID usernameClaim usernamePrefix groupsClaim groupsPrefix "
                  "supportedSigningAlgs requiredClaims jwks");
    copy_text(import, item, "issuerURL", spec, "issuerURL");
    copy_text(import, item, "clientID", spec, "clientID");
    copy_text(import, item, "usernameClaim", spec, "usernameClaim");
    copy_text(import, item, "groupsClaim", spec, "groupsClaim");
    read_prefix(import, item, "usernamePrefix", spec, name);
    read_prefix(import, item, "groupsPrefix", spec, name);
    read_required(import, item, member_of(import, spec, "requiredClaims", IDP_JSON_OBJECT));
    check_members(import, jwks, "keys");
    copy_text(import, item, "encodedJwksArray", jwks, "keys");
    if (algorithms != NULL) {
        idp_json_add_shared(import->call, item, "signingAlgs", algorithms);
    }
}

/* One resource, or a List of them. */
static void read_resources(struct import *import, const struct idp_json *document)
{
    const struct idp_json *list = idp_json_member(document, "items");
    if (idp_bytes_is(idp_json_string(document, "kind"), "OpenIDConnect")) {
        read_resource(import, document);
        return;
    }
    if (!idp_json_is(list, IDP_JSON_ARRAY)) {
        refuse(import, "", "an OpenIDConnect resource, or a List of them, is wanted");
        return;
    }
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        read_resource(import, item);
    }
}

/* ---- the whole ---- */

static const struct reader {
    const char *format, *profile;
    void (*read)(struct import *import, const struct idp_json *document);
} readers[] = {
    {"flags", "apiserver", read_flags},
    {"structured", "structured", read_structured},
    {"openidconnect", "owa", read_resources},
};

static const struct reader *reader_of(struct idp_call *call, struct idp_value value)
{
    for (size_t i = 0; i < IDP_COUNT(readers); i++) {
        if (idp_bytes_is(idp_text_of(value), readers[i].format)) {
            return &readers[i];
        }
    }
    idp_fail_with(call, IDP_INVALID_ARGUMENT,
                  "The format must be flags, structured or openidconnect.");
}

struct idp_value idp_sql_oidc_import(struct idp_call *call, const struct idp_value *arguments)
{
    const struct reader *reader = reader_of(call, arguments[0]);
    struct import import = {.call = call,
                            .faults = idp_oidc_faults_new(call),
                            .list = idp_json_new(call, IDP_JSON_ARRAY)};
    reader->read(&import, idp_json_argument(call, arguments[1], "document"));
    struct idp_json *request = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add(request, "list", import.list);
    struct idp_oidc_rules rules = idp_oidc_rules_of(call, NULL);
    const struct idp_json *errors = import.faults.list->child != NULL
                                        ? import.faults.list
                                        : idp_oidc_validate(call, request, NULL, &rules);
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, answer, "status", errors->child == NULL ? "ok" : "invalid");
    if (errors->child == NULL) {
        idp_json_add_c(call, answer, "profile", reader->profile);
        idp_json_add(answer, "request", request);
    } else {
        idp_json_add_shared(call, answer, "errors", errors);
        idp_json_add_string(call, answer, "message", idp_oidc_faults_text(call, errors));
    }
    return idp_value_json(answer);
}
