/* SPDX-License-Identifier: Apache-2.0 */
/* connection_shape.c - what the members of a connection are: a table of names and types, and one
 * walk along it. Members that are not in it are kept, and told of, since one may be misspelt. */
#include "core/sso/connection.h"

enum kind { TEXT, LINE, FLAG, NUMBER, WORD, OBJECT, TEXTS, TEXT_LIST, ANY };

struct field {
    const char *name;
    enum kind kind;
    const char *words;          /* of a WORD */
    const struct field *fields; /* of an OBJECT, one without a name behind the last */
    int64_t min, max;           /* of a NUMBER */
};

#define END                                                                                        \
    {                                                                                              \
        0                                                                                          \
    }

static const struct field request_options[] = {
    {"body_encode", WORD, "none form"}, {"authority", FLAG}, END};

static const struct field request[] = {{"url", TEXT},
                                       {"method", WORD, "GET POST"},
                                       {"operation", WORD, "EXECUTE REDIRECT"},
                                       {"body", TEXT},
                                       {"headers", TEXTS},
                                       {"requestParams", TEXTS},
                                       {"options", OBJECT, NULL, request_options},
                                       END};

static const struct field configuration[] = {{"mapRolesOnlyForNewUser", FLAG},
                                             {"manageRolesOnlyFromAccessMapping", FLAG},
                                             {"mapFromIdToken", FLAG},
                                             END};

static const struct field dynamic_mapping[] = {{"configuration", OBJECT, NULL, configuration},
                                               {"mappings", ANY},
                                               {"inventoryMappings", ANY},
                                               END};

static const struct field on_new_user[] = {{"dynamicMapping", OBJECT, NULL, dynamic_mapping},
                                           {"doNothing", ANY},
                                           {"defaultAccess", ANY},
                                           END};

static const struct field user_id[] = {
    {"useConstantValue", FLAG}, {"constantValue", LINE}, {"jwtField", LINE}, END};

static const struct field aad[] = {{"publicKeyDiscoveryUrl", TEXT}, END};
static const struct field adfs[] = {{"manifestUrl", TEXT}, END};
static const struct field jwks[] = {{"jwksUri", TEXT}, END};
static const struct field manual[] = {
    {"certIdField", LINE}, {"certIdFromField", FLAG}, {"certificates", ANY}, END};

static const struct field signature[] = {{"aad", OBJECT, NULL, aad},
                                         {"adfsManifest", OBJECT, NULL, adfs},
                                         {"manual", OBJECT, NULL, manual},
                                         {"jwks", OBJECT, NULL, jwks},
                                         END};

static const struct field user_data[] = {{"firstNameClaimName", LINE},
                                         {"lastNameClaimName", LINE},
                                         {"emailClaimName", LINE},
                                         {"phoneNumberClaimName", LINE},
                                         END};

static const struct field external_token[] = {
    {"enabled", FLAG},
    {"userOrAppIdConfig", OBJECT, NULL, user_id},
    {"validationRequired", FLAG},
    {"validationMethod", WORD, "INTROSPECTION USERINFO"},
    {"tokenValidationRequest", OBJECT, NULL, request},
    {"accessTokenValidityCheckIntervalInMinutes", NUMBER, NULL, NULL, 0, 1440},
    END};

static const struct field session[] = {
    {"absoluteTimeoutMillis", NUMBER, NULL, NULL, 120000, 31536000000},
    {"renewalTimeoutMillis", NUMBER, NULL, NULL, 60000, 31536000000},
    {"maximumNumberOfParallelSessions", NUMBER, NULL, NULL, 1, 10000},
    {"userAgentValidationRequired", FLAG},
    END};

static const struct field restrictions[] = {{"forbiddenClients", TEXT_LIST},
                                            {"trustedUserAgents", TEXT_LIST},
                                            {"forbiddenUserAgents", TEXT_LIST},
                                            END};

/* Ours: what the origin has fixed, or leaves open. */
static const struct field options[] = {{"leeway_s", NUMBER, NULL, NULL, 0, 600},
                                       {"rsa_only", FLAG},
                                       {"pkce", FLAG},
                                       {"key_cooldown_s", NUMBER, NULL, NULL, 1, 3600},
                                       {"priority", NUMBER, NULL, NULL, 0, 1000000},
                                       {"redirect_uris", TEXT_LIST},
                                       END};

static const struct field connection[] = {
    {"id", LINE},
    {"self", LINE},
    {"type", WORD, "BASIC OAUTH2 OAUTH2_INTERNAL"},
    {"providerName", LINE},
    {"grantType", WORD, "AUTHORIZATION_CODE PASSWORD"},
    {"userManagementSource", WORD, "INTERNAL REMOTE"},
    {"visibleOnLoginPage", FLAG},
    {"buttonName", LINE},
    {"clientId", LINE},
    {"audience", LINE},
    {"issuer", LINE},
    {"redirectToPlatform", TEXT},
    {"template", WORD, "CUSTOM AZURE KEYCLOAK"},
    {"useIdToken", FLAG},
    {"onlyManagementTenantAccess", FLAG},
    {"authorizationRequest", OBJECT, NULL, request},
    {"tokenRequest", OBJECT, NULL, request},
    {"refreshRequest", OBJECT, NULL, request},
    {"logoutRequest", OBJECT, NULL, request},
    {"onNewUser", OBJECT, NULL, on_new_user},
    {"userIdConfig", OBJECT, NULL, user_id},
    {"signatureVerificationConfig", OBJECT, NULL, signature},
    {"accessTokenToUserDataMappings", OBJECT, NULL, user_data},
    {"externalTokenConfig", OBJECT, NULL, external_token},
    {"sessionConfiguration", OBJECT, NULL, session},
    {"authenticationRestrictions", OBJECT, NULL, restrictions},
    {"options", OBJECT, NULL, options},
    END};

/* ---- the walk ---- */

static void object_check(struct idp_connection_faults *faults, struct idp_bytes path,
                         const struct idp_json *object, const struct field *fields);

static bool is_flag(const struct idp_json *value)
{
    return value->kind == IDP_JSON_TRUE || value->kind == IDP_JSON_FALSE;
}

static bool is_line(const struct idp_json *value)
{
    return value->kind == IDP_JSON_STRING && !idp_text_has_control(value->text);
}

static bool are_texts(const struct idp_json *value, enum idp_json_kind kind)
{
    const struct idp_json *item = value->kind == kind ? value->child : NULL;
    while (item != NULL && item->kind == IDP_JSON_STRING) {
        item = item->next;
    }
    return value->kind == kind && item == NULL;
}

static bool is_number(const struct field *field, const struct idp_json *value)
{
    int64_t number;
    return idp_json_integer(value, &number) && number >= field->min && number <= field->max;
}

static bool is_word(const struct field *field, const struct idp_json *value)
{
    return value->kind == IDP_JSON_STRING && idp_word_in(idp_bytes_of(field->words), value->text);
}

/* NULL: it is of the type; else what it must be. */
static const char *wrong(struct idp_call *call, const struct field *field,
                         const struct idp_json *value)
{
    struct idp_text text = {.call = call};
    switch (field->kind) {
    case TEXT:
        return value->kind == IDP_JSON_STRING ? NULL : "must be a string";
    case LINE:
        return is_line(value) ? NULL : "must be a string without line ends and controls";
    case FLAG:
        return is_flag(value) ? NULL : "must be true or false";
    case OBJECT:
        return value->kind == IDP_JSON_OBJECT ? NULL : "must be an object";
    case TEXTS:
        return are_texts(value, IDP_JSON_OBJECT) ? NULL : "must be an object of strings";
    case TEXT_LIST:
        return are_texts(value, IDP_JSON_ARRAY) ? NULL : "must be a list of strings";
    case NUMBER:
        idp_text_add_c(&text, "must be a whole number from ");
        idp_text_add_integer(&text, field->min);
        idp_text_add_c(&text, " to ");
        idp_text_add_integer(&text, field->max);
        return is_number(field, value) ? NULL : idp_text_bytes(&text).data;
    case WORD:
        idp_text_add_c(&text, "must be one of ");
        idp_text_add_c(&text, field->words);
        return is_word(field, value) ? NULL : idp_text_bytes(&text).data;
    default:
        return NULL;
    }
}

static const struct field *field_find(const struct field *fields, struct idp_bytes name)
{
    while (fields->name != NULL && !idp_bytes_is(name, fields->name)) {
        fields++;
    }
    return fields->name == NULL ? NULL : fields;
}

/* "mustBe" of a member: its name, then the words. */
static const char *sentence(struct idp_call *call, const char *name, const char *words)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, name);
    idp_text_add_char(&text, ' ');
    idp_text_add_c(&text, words);
    return idp_text_bytes(&text).data;
}

static void member_check(struct idp_connection_faults *faults, struct idp_bytes path,
                         const struct idp_json *value, const struct field *field)
{
    struct idp_call *call = faults->call;
    const char *words = wrong(call, field, value);
    bool is_value = field->kind == WORD || (field->kind == LINE && value->kind == IDP_JSON_STRING);
    if (words != NULL) {
        idp_fault_add(call, faults->errors, path, is_value ? "value" : "type",
                      sentence(call, field->name, words));
    } else if (field->kind == OBJECT) {
        object_check(faults, path, value, field->fields);
    }
}

static void object_check(struct idp_connection_faults *faults, struct idp_bytes path,
                         const struct idp_json *object, const struct field *fields)
{
    size_t count;
    const struct idp_json **members = idp_json_sorted(faults->call, object, &count);
    bool is_ours = fields == options || fields == request_options;
    for (size_t i = 0; i < count; i++) {
        const struct field *field = field_find(fields, members[i]->name);
        struct idp_bytes place = idp_path_step(faults->call, path, members[i]->name);
        if (field == NULL) {
            idp_fault_add(faults->call, is_ours ? faults->errors : faults->warnings, place,
                          "unknown", "this member is not known");
        } else if (members[i]->kind != IDP_JSON_NULL) {
            member_check(faults, place, members[i], field);
        }
    }
}

bool idp_connection_knows(struct idp_bytes name)
{
    return field_find(connection, name) != NULL;
}

void idp_connection_shape(struct idp_connection_faults *faults, const struct idp_json *document)
{
    object_check(faults, idp_bytes_of(""), document, connection);
}
