/* SPDX-License-Identifier: Apache-2.0 */
/* metadata.c - authorization server metadata (RFC 8414 §2): what is enabled, and nothing else. The
 * issuer need not be where the endpoints are: those come from base_url. */
#include "core/oauth/client.h"
#include "core/oauth/settings.h"

static void add_url(struct idp_call *call, struct idp_json *object, const char *name,
                    struct idp_bytes base, const char *path)
{
    struct idp_text url = {.call = call};
    idp_text_add(&url, base);
    idp_text_add_c(&url, path);
    idp_json_add_string(call, object, name, idp_text_bytes(&url));
}

static void add_list(struct idp_call *call, struct idp_json *object, const char *name,
                     const char *words)
{
    idp_json_add(object, name, idp_json_words(call, words));
}

/* A certificate can only be one where the front passes it. */
static void add_client_authentication(struct idp_call *call, struct idp_json *object,
                                      const struct idp_settings *settings)
{
    static const struct {
        const char *name, *methods;
    } endpoints[] = {{"token", IDP_AUTH_METHODS},
                     {"introspection", IDP_PROVING_AUTH_METHODS},
                     {"revocation", IDP_AUTH_METHODS}};
    bool has_certificates = settings->certificate_header.data != NULL;
    for (size_t i = 0; i < IDP_COUNT(endpoints); i++) {
        struct idp_text name = {.call = call}, methods = {.call = call},
                        algorithms = {.call = call};
        idp_text_add_c(&name, endpoints[i].name);
        idp_text_add_c(&name, "_endpoint_auth_methods_supported");
        idp_text_add_c(&methods, endpoints[i].methods);
        idp_text_add_c(&methods, has_certificates ? " " IDP_TLS_AUTH_METHODS : "");
        add_list(call, object, idp_text_bytes(&name).data, idp_text_bytes(&methods).data);
        idp_text_add_c(&algorithms, endpoints[i].name);
        idp_text_add_c(&algorithms, "_endpoint_auth_signing_alg_values_supported");
        add_list(call, object, idp_text_bytes(&algorithms).data,
                 IDP_SIGNATURE_NAMES " " IDP_SECRET_SIGNATURE_NAMES);
    }
    if (has_certificates) {
        idp_json_add_bool(call, object, "tls_client_certificate_bound_access_tokens", true);
    }
}

static void add_authorization(struct idp_call *call, struct idp_json *object,
                              const struct idp_settings *settings)
{
    bool is_offered = idp_grant_offered(settings, idp_bytes_of(IDP_GRANT_AUTHORIZATION_CODE));
    add_list(call, object, "response_types_supported", is_offered ? "code" : "");
    if (is_offered) {
        add_url(call, object, "authorization_endpoint", settings->base_url, "/authorize");
        add_list(call, object, "response_modes_supported", "query");
        add_list(call, object, "prompt_values_supported", "none login consent");
        idp_json_add_bool(call, object, "authorization_response_iss_parameter_supported", true);
    }
    if (settings->device_grant) {
        add_url(call, object, "device_authorization_endpoint", settings->base_url,
                settings->device_authorization_path);
    }
    add_list(call, object, "code_challenge_methods_supported", "S256");
}

struct idp_json *idp_metadata(struct idp_call *call)
{
    struct idp_settings settings = idp_settings_load(call);
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, result, "issuer", settings.issuer);
    add_url(call, result, "token_endpoint", settings.base_url, settings.token_path);
    add_url(call, result, "jwks_uri", settings.base_url, "/jwks");
    add_url(call, result, "introspection_endpoint", settings.base_url, "/introspect");
    add_url(call, result, "revocation_endpoint", settings.base_url, "/revoke");
    add_url(call, result, "userinfo_endpoint", settings.base_url, "/userinfo");
    if (settings.dynamic_registration) {
        add_url(call, result, "registration_endpoint", settings.base_url, "/register");
    }
    add_authorization(call, result, &settings);
    idp_json_add(result, "grant_types_supported", idp_grants_offered(call, &settings));
    add_client_authentication(call, result, &settings);
    /* Those that have a meaning here; what others a client may ask for is between us and it. */
    add_list(call, result, "scopes_supported", "openid profile email address phone");
    add_list(call, result, "subject_types_supported", "public");
    add_list(call, result, "id_token_signing_alg_values_supported", IDP_SIGNATURE_NAMES);
    add_list(call, result, "introspection_signing_alg_values_supported", IDP_SIGNATURE_NAMES);
    add_list(call, result, "dpop_signing_alg_values_supported", IDP_SIGNATURE_NAMES);
    return result;
}

struct idp_value idp_sql_authorization_server_metadata(struct idp_call *call,
                                                       const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_json(idp_metadata(call));
}
