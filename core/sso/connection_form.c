/* SPDX-License-Identifier: Apache-2.0 */
/* connection_form.c - one spelling of each document. The descriptions of the origin's interface and
 * what goes over its wire differ in names; both are read, and what is stored is the wire's. */
#include "core/sso/connection.h"

struct idp_connection_faults idp_connection_faults_new(struct idp_call *call)
{
    return (struct idp_connection_faults){.call = call,
                                          .errors = idp_json_new(call, IDP_JSON_ARRAY),
                                          .warnings = idp_json_new(call, IDP_JSON_ARRAY)};
}

/* ---- requests ---- */

static const struct {
    const char *path, *name, *parent;
} requests[] = {
    [IDP_SSO_AUTHORIZATION] = {"/authorizationRequest", "authorizationRequest", NULL},
    [IDP_SSO_TOKEN] = {"/tokenRequest", "tokenRequest", NULL},
    [IDP_SSO_REFRESH] = {"/refreshRequest", "refreshRequest", NULL},
    [IDP_SSO_LOGOUT] = {"/logoutRequest", "logoutRequest", NULL},
    [IDP_SSO_VALIDATION] = {"/externalTokenConfig/tokenValidationRequest", "tokenValidationRequest",
                            "externalTokenConfig"},
};
_Static_assert(IDP_COUNT(requests) == IDP_SSO_REQUEST_COUNT, "a row for each request");

const char *idp_sso_request_path(enum idp_sso_request_kind kind)
{
    return requests[kind].path;
}

const struct idp_json *idp_sso_request_find(const struct idp_json *document,
                                            enum idp_sso_request_kind kind)
{
    const struct idp_json *parent =
        requests[kind].parent == NULL ? document : idp_json_member(document, requests[kind].parent);
    const struct idp_json *found = idp_json_member(parent, requests[kind].name);
    return idp_json_is(found, IDP_JSON_OBJECT) ? found : NULL;
}

/* ---- names ---- */

/* The object with `name` for `alias`; both at once must say the same. */
static const struct idp_json *one_name(struct idp_connection_faults *faults, const char *path,
                                       const struct idp_json *object, const char *alias,
                                       const char *name)
{
    struct idp_call *call = faults->call;
    const struct idp_json *other = idp_json_member(object, alias);
    const struct idp_json *value = idp_json_member(object, name);
    if (other == NULL) {
        return object;
    }
    if (value != NULL &&
        !idp_bytes_equal(idp_json_canonical(call, value), idp_json_canonical(call, other))) {
        idp_fault_add(call, faults->errors,
                      idp_path_step(call, idp_bytes_of(path), idp_bytes_of(name)), "conflict",
                      "both spellings of the name are there, and differ");
    }
    object = idp_json_with(call, object, alias, NULL);
    return idp_json_with(call, object, name, value == NULL ? other : value);
}

/* The object with what `form` makes of a member that is an object. */
static const struct idp_json *
with_formed(struct idp_connection_faults *faults, const struct idp_json *object, const char *name,
            const struct idp_json *(*form)(struct idp_connection_faults *faults,
                                           const struct idp_json *member))
{
    const struct idp_json *member = idp_json_member(object, name);
    return idp_json_is(member, IDP_JSON_OBJECT)
               ? idp_json_with(faults->call, object, name, form(faults, member))
               : object;
}

static const struct idp_json *jwks_form(struct idp_connection_faults *faults,
                                        const struct idp_json *jwks)
{
    return one_name(faults, "/signatureVerificationConfig/jwks", jwks, "jwksUrl", "jwksUri");
}

/* One certificate may stand where the map of them does. */
static const struct idp_json *manual_form(struct idp_connection_faults *faults,
                                          const struct idp_json *manual)
{
    const struct idp_json *certificates = idp_json_member(manual, "certificates");
    if (!idp_json_is(idp_json_member(certificates, "publicKey"), IDP_JSON_STRING)) {
        return manual;
    }
    struct idp_json *map = idp_json_new(faults->call, IDP_JSON_OBJECT);
    idp_json_add(map, "default", idp_json_node(faults->call, certificates));
    return idp_json_with(faults->call, manual, "certificates", map);
}

static const struct idp_json *signature_form(struct idp_connection_faults *faults,
                                             const struct idp_json *signature)
{
    return with_formed(faults, with_formed(faults, signature, "jwks", jwks_form), "manual",
                       manual_form);
}

/* ---- words ---- */

static const struct idp_json *upper_case(struct idp_call *call, const struct idp_json *value)
{
    char *text = idp_allocate(call, value->text.size + 1);
    for (size_t i = 0; i < value->text.size; i++) {
        char letter = value->text.data[i];
        text[i] = letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
    }
    return idp_json_new_string(call, (struct idp_bytes){text, value->text.size});
}

static const struct idp_json *with_words(struct idp_call *call, const struct idp_json *document)
{
    static const char *const names[] = {"type", "grantType", "userManagementSource", "template"};
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        const struct idp_json *value = idp_json_member(document, names[i]);
        if (idp_json_is(value, IDP_JSON_STRING)) {
            document = idp_json_with(call, document, names[i], upper_case(call, value));
        }
    }
    return document;
}

/* ---- mappings ---- */

static struct idp_json *with_id(struct idp_call *call, const struct idp_json *rule)
{
    const struct idp_json *id = idp_json_member(rule, "id");
    bool has_id = id != NULL && id->kind != IDP_JSON_NULL;
    return rule->kind != IDP_JSON_OBJECT || has_id
               ? idp_json_node(call, rule)
               : idp_json_with(call, rule, "id", idp_json_new_string(call, idp_uuid(call)));
}

static const struct idp_json *with_ids(struct idp_call *call, const struct idp_json *mapping,
                                       const char *name)
{
    const struct idp_json *list = idp_json_member(mapping, name);
    if (!idp_json_is(list, IDP_JSON_ARRAY)) {
        return mapping;
    }
    struct idp_json *out = idp_json_new(call, IDP_JSON_ARRAY);
    for (const struct idp_json *rule = list->child; rule != NULL; rule = rule->next) {
        idp_json_add(out, NULL, with_id(call, rule));
    }
    return idp_json_with(call, mapping, name, out);
}

static const struct idp_json *mapping_form(struct idp_connection_faults *faults,
                                           const struct idp_json *mapping)
{
    return with_ids(faults->call, with_ids(faults->call, mapping, "mappings"), "inventoryMappings");
}

static const struct idp_json *new_user_form(struct idp_connection_faults *faults,
                                            const struct idp_json *user)
{
    return with_formed(faults, user, "dynamicMapping", mapping_form);
}

const struct idp_json *idp_connection_form(struct idp_connection_faults *faults,
                                           const struct idp_json *document)
{
    document = one_name(faults, "", document, "accessTokenToUserDataMapping",
                        "accessTokenToUserDataMappings");
    document = with_formed(faults, document, "signatureVerificationConfig", signature_form);
    document = with_formed(faults, document, "onNewUser", new_user_form);
    return with_words(faults->call, document);
}
