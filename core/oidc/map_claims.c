/* SPDX-License-Identifier: Apache-2.0 */
/* map_claims.c - whose claims these are, by a configuration that is given: for tests of a
 * configuration that is nowhere yet, and for claims that somebody else verified. */
#include "core/oidc/identity.h"

/* What is effective has required claims as an object, a request as a list. */
static bool are_claims(const struct idp_json *required)
{
    bool is_object = idp_json_is(required, IDP_JSON_OBJECT);
    const struct idp_json *claim = required->child;
    if (!is_object && idp_json_is(claim, IDP_JSON_STRING) && claim->next == NULL &&
        idp_bytes_is(claim->text, "-")) {
        return true; /* none are wanted */
    }
    while (claim != NULL && claim->kind == IDP_JSON_STRING &&
           (is_object || memchr(claim->text.data, '=', claim->text.size) != NULL)) {
        claim = claim->next;
    }
    return claim == NULL && (is_object || required->kind == IDP_JSON_ARRAY);
}

static bool is_text_list(const struct idp_json *value)
{
    const struct idp_json *item = value->child;
    while (item != NULL && item->kind == IDP_JSON_STRING) {
        item = item->next;
    }
    return item == NULL && value->kind == IDP_JSON_ARRAY;
}

static bool fits(enum idp_oidc_field field, const struct idp_json *value)
{
    if (field == IDP_OIDC_REQUIRED_CLAIMS) {
        return are_claims(value);
    }
    return idp_oidc_field_is_list(field) ? is_text_list(value) : value->kind == IDP_JSON_STRING;
}

static void check_case(struct idp_call *call, const struct idp_json *object, const char *name)
{
    for (const struct idp_json *member = object->child; member != NULL; member = member->next) {
        if (idp_oidc_names_fold(member->name, name) && !idp_bytes_is(member->name, name)) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT, "A member of config must be written %s.",
                          name);
        }
    }
}

/* A requirement of the wrong type, or in another case, must not be none. */
static void check_config(struct idp_call *call, const struct idp_json *object)
{
    if (object->kind != IDP_JSON_OBJECT) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The list of config must be one of objects.");
    }
    struct idp_oidc_config config = idp_oidc_config_of(object);
    for (size_t i = 0; i < IDP_OIDC_FIELD_COUNT; i++) {
        check_case(call, object, idp_oidc_field_name((enum idp_oidc_field)i));
        if (config.fields[i] != NULL && !fits((enum idp_oidc_field)i, config.fields[i])) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT, "The member %s of config has a wrong type.",
                          idp_oidc_field_name((enum idp_oidc_field)i));
        }
    }
}

/* An issuer that is not there would be a prefix of "#". */
static struct idp_oidc_verifier verifier_of(struct idp_call *call,
                                            const struct idp_oidc_profile *profile,
                                            const struct idp_json *config, size_t index)
{
    check_config(call, config);
    struct idp_oidc_verifier verifier = idp_oidc_verifier_of(call, profile, config, (int64_t)index);
    if (verifier.issuer.size == 0 && idp_bytes_is(verifier.username_prefix, "#")) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The member issuerURL of config is needed, or usernamePrefix.");
    }
    return verifier;
}

static bool has_field(const struct idp_json *config)
{
    struct idp_oidc_config fields = idp_oidc_config_of(config);
    size_t i = 0;
    while (i < IDP_OIDC_FIELD_COUNT && fields.fields[i] == NULL) {
        i++;
    }
    return i < IDP_OIDC_FIELD_COUNT;
}

static struct idp_oidc_verifiers verifiers_of(struct idp_call *call,
                                              const struct idp_oidc_profile *profile,
                                              const struct idp_json *config)
{
    const struct idp_json *list = idp_json_member(config, "list");
    list = idp_json_is(list, IDP_JSON_NULL) ? NULL : list;
    if (list != NULL && (list->kind != IDP_JSON_ARRAY || has_field(config))) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The list of config must be one of objects, without fields beside it.");
    }
    check_case(call, config, "list");
    size_t count = 0, room = list == NULL ? 1 : idp_json_count(list);
    struct idp_oidc_verifier *verifiers = idp_allocate(call, room * sizeof *verifiers);
    const struct idp_json *item = list == NULL ? config : list->child;
    while (item != NULL) {
        verifiers[count] = verifier_of(call, profile, item, count);
        count++;
        item = list == NULL ? NULL : item->next;
    }
    return (struct idp_oidc_verifiers){.count = count, .list = verifiers};
}

/* oidc_map_claims(config, claims, profile): no token, so no times and no signature */
struct idp_value idp_sql_oidc_map_claims(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *config = idp_json_object_argument(call, arguments[0], "config");
    const struct idp_json *claims = idp_json_object_argument(call, arguments[1], "claims");
    struct idp_bytes name = idp_text_of(arguments[2]);
    struct idp_oidc_profile profile;
    name = name.data == NULL ? idp_bytes_of("documented") : name;
    if (!idp_oidc_profile_read(call, idp_oidc_profile_json(call, name), &profile)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The profile must be documented, apiserver, structured or owa.");
    }
    return idp_value_json(
        idp_oidc_identity_by_claims(call, verifiers_of(call, &profile, config), claims));
}
