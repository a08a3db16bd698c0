/* SPDX-License-Identifier: Apache-2.0 */
/* metadata.c - what this authorization server offers (RFC 8414 §2, OpenID Connect Discovery §3).
 * The issuer may differ from where the endpoints are: those come from base_url. */
#include "core/oauth/oauth.h"

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
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    struct idp_bytes rest = idp_bytes_of(words);
    for (struct idp_bytes word = idp_word_next(&rest); word.size > 0; word = idp_word_next(&rest)) {
        idp_json_add(list, NULL, idp_json_new_string(call, word));
    }
    idp_json_add(object, name, list);
}

struct idp_json *idp_metadata(struct idp_call *call)
{
    struct idp_settings settings = idp_settings_load(call);
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, result, "issuer", settings.issuer);
    add_url(call, result, "token_endpoint", settings.base_url, "/token");
    add_url(call, result, "jwks_uri", settings.base_url, "/jwks");
    add_list(call, result, "response_types_supported", "");
    add_list(call, result, "subject_types_supported", "public");
    add_list(call, result, "id_token_signing_alg_values_supported", "ES256");
    add_list(call, result, "token_endpoint_auth_methods_supported",
             "none client_secret_basic client_secret_post");
    if (settings.device_grant) {
        add_url(call, result, "device_authorization_endpoint", settings.base_url,
                "/device_authorization");
        add_list(call, result, "grant_types_supported", IDP_GRANT_DEVICE_CODE);
    } else {
        add_list(call, result, "grant_types_supported", "");
    }
    return result;
}

struct idp_value idp_sql_authorization_server_metadata(struct idp_call *call,
                                                       const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_json(idp_metadata(call));
}
