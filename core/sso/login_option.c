/* SPDX-License-Identifier: Apache-2.0 */
/* login_option.c - connections as they are shown: to administrators as documents with their secrets
 * masked, to anybody on a login page as a name and a place to go. */
#include "core/oauth/oauth.h"
#include "core/sso/connection.h"

struct idp_value idp_sql_sso_connection(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_connection connection;
    struct idp_bytes id = idp_connection_argument(call, arguments[0]);
    return idp_connection_find(call, id, &connection)
               ? idp_value_json(idp_connection_shown(call, &connection))
               : idp_null();
}

struct idp_value idp_sql_sso_connections(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    size_t count;
    struct idp_connection *list = idp_connection_list(call, &count);
    struct idp_json *out = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < count; i++) {
        idp_json_add(out, NULL, idp_json_node(call, idp_connection_shown(call, &list[i])));
    }
    return idp_value_json(out);
}

/* ---- the login page ---- */

static void add_request(struct idp_call *call, struct idp_json *option, struct idp_bytes base_url,
                        struct idp_bytes id)
{
    struct idp_text url = {.call = call};
    idp_text_add(&url, base_url);
    idp_text_add_c(&url, "/sso/");
    idp_text_add(&url, idp_url_encode(call, id));
    idp_text_add_c(&url, "/login");
    idp_json_add_string(call, option, "initRequest", idp_text_bytes(&url));
}

/* Nothing but what a stranger may know. */
static struct idp_json *option_of(struct idp_call *call, const struct idp_connection *connection,
                                  struct idp_bytes base_url)
{
    static const char *const shown[] = {"type", "grantType", "buttonName", "providerName",
                                        "userManagementSource"};
    struct idp_json *option = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, option, "id", connection->id);
    for (size_t i = 0; i < IDP_COUNT(shown); i++) {
        idp_json_add_string(call, option, shown[i],
                            idp_json_string(connection->document, shown[i]));
    }
    idp_json_add_bool(call, option, "visibleOnLoginPage", true);
    if (idp_bytes_is(connection->type, "OAUTH2")) {
        add_request(call, option, base_url, connection->id);
    }
    return option;
}

struct idp_json *idp_login_options(struct idp_call *call)
{
    size_t count;
    struct idp_connection *list = idp_connection_list(call, &count);
    struct idp_settings settings = idp_settings_load(call);
    struct idp_json *options = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < count; i++) {
        if (list[i].visible) {
            idp_json_add(options, NULL, option_of(call, &list[i], settings.base_url));
        }
    }
    return options;
}

struct idp_value idp_sql_login_options(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_json(idp_login_options(call));
}
