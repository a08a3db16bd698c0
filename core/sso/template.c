/* SPDX-License-Identifier: Apache-2.0 */
/* template.c - connections that begin with what their provider is known to want: Azure AD,
 * Keycloak, or any. What comes out is a document to look at, to change, and to set. */
#include "core/sso/connection.h"

#define TOKEN_BODY "grant_type=authorization_code&code=${code}&redirect_uri=${redirectUri}"
#define REFRESH_BODY "grant_type=refresh_token&refresh_token=${refreshToken}"
#define CLIENT "&client_id=${clientId}"
#define RULES                                                                                      \
    "\"onNewUser\":{\"dynamicMapping\":{\"configuration\":{\"mapRolesOnlyForNewUser\":false,"      \
    "\"manageRolesOnlyFromAccessMapping\":false,\"mapFromIdToken\":false},\"mappings\":[],"        \
    "\"inventoryMappings\":[]}}"
#define HEAD                                                                                       \
    "\"type\":\"OAUTH2\",\"grantType\":\"AUTHORIZATION_CODE\",\"userManagementSource\":"           \
    "\"REMOTE\",\"visibleOnLoginPage\":false,\"useIdToken\":false,"                                \
    "\"redirectToPlatform\":${redirectToPlatform},\"clientId\":${clientIdText},"                   \
    "\"buttonName\":${buttonName},\"audience\":${audience},\"issuer\":${issuer},"
#define USER_DATA(first, last, mail)                                                               \
    "\"accessTokenToUserDataMappings\":{\"firstNameClaimName\":\"" first                           \
    "\",\"lastNameClaimName\":\"" last "\",\"emailClaimName\":\"" mail                             \
    "\",\"phoneNumberClaimName\":\"\"}"

/* A document; ${names} that are given a value here are those of the parameters, the others stay. */
static const struct template
{
    const char *name, *place; /* the parameter that says where: address/place */
    const char *base;         /* of the addresses */
    const char *document;
}
templates[] = {
    {"CUSTOM", NULL, "",
     "{\"template\":\"CUSTOM\",\"providerName\":${providerName}," HEAD
     "\"authorizationRequest\":{\"url\":\"\",\"method\":\"GET\",\"operation\":\"REDIRECT\","
     "\"requestParams\":{\"response_type\":\"code\",\"client_id\":\"${clientId}\","
     "\"redirect_uri\":\"${redirectUri}\",\"scope\":\"\"}},"
     "\"tokenRequest\":{\"url\":\"\",\"method\":\"POST\",\"operation\":\"EXECUTE\","
     "\"body\":\"" TOKEN_BODY CLIENT "${secret}\"},"
     "\"refreshRequest\":{\"url\":\"\",\"method\":\"POST\",\"operation\":\"EXECUTE\","
     "\"requestParams\":{\"response_type\":\"refresh\",\"client_id\":\"${clientId}\"},"
     "\"body\":\"" REFRESH_BODY CLIENT "${secret}\"},"
     "\"logoutRequest\":{\"url\":\"\",\"method\":\"POST\",\"operation\":\"REDIRECT\"},"
     "\"userIdConfig\":{\"useConstantValue\":true,\"jwtField\":\"\"}," USER_DATA("", "",
                                                                                 "") "," RULES "}"},
    {"AZURE", "tenant", "/",
     "{\"template\":\"AZURE\",\"providerName\":${providerName}," HEAD
     "\"authorizationRequest\":{\"url\":\"${base}/oauth2/authorize\",\"method\":\"GET\","
     "\"operation\":\"REDIRECT\",\"requestParams\":{\"response_type\":\"code\","
     "\"client_id\":\"${clientId}\",\"redirect_uri\":\"${redirectUri}\","
     "\"resource\":\"${clientId}\"}},"
     "\"tokenRequest\":{\"url\":\"${base}/oauth2/token\",\"method\":\"POST\","
     "\"operation\":\"EXECUTE\",\"body\":\"" TOKEN_BODY CLIENT "${secret}&resource=${clientId}\"},"
     "\"refreshRequest\":{\"url\":\"${base}/oauth2/token\",\"method\":\"POST\","
     "\"operation\":\"EXECUTE\",\"body\":\"" REFRESH_BODY CLIENT
     "${secret}&resource=${clientId}\"},"
     "\"logoutRequest\":{\"url\":\"${base}/oauth2/logout\",\"method\":\"GET\","
     "\"operation\":\"REDIRECT\",\"requestParams\":{\"post_logout_redirect_uri\":"
     "\"${redirectUri}\"}},"
     "\"signatureVerificationConfig\":{\"aad\":{\"publicKeyDiscoveryUrl\":"
     "\"${address}/common/discovery/keys\"}},"
     "\"userIdConfig\":{\"useConstantValue\":false,\"jwtField\":\"upn\"}," USER_DATA(
         "given_name", "family_name", "email") "," RULES "}"},
    {"KEYCLOAK", "realm", "/realms/",
     "{\"template\":\"KEYCLOAK\",\"providerName\":${providerName}," HEAD
     "\"authorizationRequest\":{\"url\":\"${base}/protocol/openid-connect/auth\","
     "\"method\":\"GET\",\"operation\":\"REDIRECT\",\"requestParams\":{\"response_type\":"
     "\"code\",\"client_id\":\"${clientId}\",\"redirect_uri\":\"${redirectUri}\","
     "\"scope\":\"openid\"}},"
     "\"tokenRequest\":{\"url\":\"${base}/protocol/openid-connect/token\",\"method\":\"POST\","
     "\"operation\":\"EXECUTE\",\"body\":\"" TOKEN_BODY CLIENT "${secret}\"},"
     "\"refreshRequest\":{\"url\":\"${base}/protocol/openid-connect/token\",\"method\":\"POST\","
     "\"operation\":\"EXECUTE\",\"body\":\"" REFRESH_BODY CLIENT "${secret}\"},"
     "\"logoutRequest\":{\"url\":\"${base}/protocol/openid-connect/logout\",\"method\":\"GET\","
     "\"operation\":\"REDIRECT\",\"requestParams\":{\"id_token_hint\":\"${id_token}\","
     "\"post_logout_redirect_uri\":\"${redirectUri}\"}},"
     "\"signatureVerificationConfig\":{\"jwks\":{\"jwksUri\":"
     "\"${base}/protocol/openid-connect/certs\"}},"
     "\"userIdConfig\":{\"useConstantValue\":false,\"jwtField\":\"preferred_username\"}," USER_DATA(
         "given_name", "family_name", "email") "," RULES "}"},
};

/* What the parameters say, as it is put into the text of a document. */
struct filling {
    struct idp_call *call;
    const struct idp_json *parameters;
    struct idp_json *values;
};

static struct idp_bytes parameter(const struct filling *filling, const char *name)
{
    return idp_json_string(filling->parameters, name);
}

/* A value as JSON text, with quotes. */
static void put_text(struct filling *filling, const char *name, struct idp_bytes value)
{
    struct idp_json *text = idp_json_new_string(filling->call, value);
    idp_json_add_string(filling->call, filling->values, name, idp_json_text(filling->call, text));
}

/* A value within quotes. */
static void put_part(struct filling *filling, const char *name, struct idp_bytes value)
{
    struct idp_json *text = idp_json_new_string(filling->call, value);
    struct idp_bytes quoted = idp_json_text(filling->call, text);
    idp_json_add_string(filling->call, filling->values, name,
                        (struct idp_bytes){quoted.data + 1, quoted.size - 2});
}

static struct idp_bytes or_else(struct idp_bytes value, struct idp_bytes other)
{
    return value.data == NULL ? other : value;
}

static struct idp_bytes joined(struct idp_call *call, struct idp_bytes first, const char *second,
                               struct idp_bytes third)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, first);
    idp_text_add_c(&text, second);
    idp_text_add(&text, third);
    return idp_text_bytes(&text);
}

static struct idp_bytes base_of(const struct filling *filling, const struct template *template)
{
    struct idp_bytes address = parameter(filling, "address"), nothing = {"", 0};
    while (address.size > 0 && address.data[address.size - 1] == '/') {
        address.size--;
    }
    if (template->place == NULL) {
        return nothing;
    }
    struct idp_bytes place = parameter(filling, template->place);
    if (address.size == 0 || place.size == 0) {
        idp_fail_with(filling->call, IDP_INVALID_ARGUMENT,
                      "The parameters of this template need address and %s.", template->place);
    }
    return joined(filling->call, address, template->base, idp_url_encode(filling->call, place));
}

/* Only the first of Azure's two versions has its issuer elsewhere. */
static struct idp_bytes issuer_of(const struct filling *filling, const struct template *template,
                                  struct idp_bytes base)
{
    struct idp_bytes issuer = parameter(filling, "issuer");
    bool is_azure = strcmp(template->name, "AZURE") == 0;
    struct idp_bytes azure = joined(
        filling->call, idp_bytes_of("https://sts.windows.net/"), "",
        joined(filling->call, or_else(parameter(filling, "tenant"), (struct idp_bytes){"", 0}), "/",
               (struct idp_bytes){"", 0}));
    return or_else(issuer, is_azure ? azure : base);
}

static struct idp_bytes provider_of(const struct template *template)
{
    if (strcmp(template->name, "AZURE") == 0) {
        return idp_bytes_of("Azure AD");
    }
    return idp_bytes_of(strcmp(template->name, "KEYCLOAK") == 0 ? "keycloak" : "");
}

static void put_client(struct filling *filling)
{
    struct idp_bytes nothing = {"", 0}, secret = parameter(filling, "clientSecret");
    struct idp_bytes client = or_else(parameter(filling, "clientId"), nothing);
    put_text(filling, "clientIdText", client);
    put_text(filling, "audience", or_else(parameter(filling, "audience"), client));
    put_part(filling, "secret",
             secret.data == NULL
                 ? nothing
                 : joined(filling->call, nothing,
                          "&client_secret=", idp_url_encode(filling->call, secret)));
}

static void fill(struct filling *filling, const struct template *template)
{
    struct idp_bytes nothing = {"", 0}, base = base_of(filling, template);
    struct idp_bytes provider = or_else(parameter(filling, "providerName"), provider_of(template));
    struct idp_bytes address = or_else(parameter(filling, "address"), nothing);
    struct idp_bytes redirect = parameter(filling, "redirectToPlatform");
    put_text(filling, "providerName", provider);
    put_text(filling, "buttonName", or_else(parameter(filling, "buttonName"), provider));
    put_text(filling, "issuer", issuer_of(filling, template, base));
    put_part(filling, "base", base);
    put_part(filling, "address", address);
    put_client(filling);
    if (redirect.data == NULL) {
        idp_json_add_c(filling->call, filling->values, "redirectToPlatform", "null");
    } else {
        put_text(filling, "redirectToPlatform", redirect);
    }
}

static const struct template *template_find(struct idp_bytes name)
{
    size_t i = 0;
    while (i < IDP_COUNT(templates) && !idp_bytes_is(name, templates[i].name)) {
        i++;
    }
    return i < IDP_COUNT(templates) ? &templates[i] : NULL;
}

static void parameters_check(struct idp_call *call, const struct idp_json *parameters)
{
    static const char names[] = "address tenant realm clientId clientSecret audience issuer "
                                "buttonName providerName redirectToPlatform";
    for (const struct idp_json *member = parameters == NULL ? NULL : parameters->child;
         member != NULL; member = member->next) {
        if (!idp_word_in(idp_bytes_of(names), member->name) || member->kind != IDP_JSON_STRING) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT, "The parameters are texts: %s.", names);
        }
    }
}

/* sso_template(template, parameters) → a document for set_sso_connection() */
struct idp_value idp_sql_sso_template(struct idp_call *call, const struct idp_value *arguments)
{
    const struct template *template = template_find(arguments[0].bytes);
    if (template == NULL) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The template must be CUSTOM, AZURE or KEYCLOAK.");
    }
    struct filling filling = {
        .call = call,
        .parameters = idp_json_object_argument(call, arguments[1], "parameters"),
        .values = idp_json_new(call, IDP_JSON_OBJECT),
    };
    const char *why;
    parameters_check(call, filling.parameters);
    fill(&filling, template);
    struct idp_bytes text =
        idp_placeholders_fill(call, idp_bytes_of(template->document), filling.values);
    const struct idp_json *document = idp_json_read(call, text, &why);
    if (document == NULL) {
        idp_fail_with(call, IDP_TOO_LARGE, "The parameters make the document too large.");
    }
    return idp_value_json(document);
}
