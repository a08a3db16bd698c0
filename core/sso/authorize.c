/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - the way of a browser to its provider: the authorization request of the connection,
 * with state, nonce and code challenge. */
#include "core/oauth/oauth.h"
#include "core/sso/request.h"

struct idp_bytes idp_sso_callback_url(struct idp_call *call,
                                      const struct idp_connection *connection)
{
    struct idp_text url = {.call = call};
    idp_text_add(&url, idp_settings_load(call).base_url);
    idp_text_add_c(&url, "/sso/");
    idp_text_add(&url, idp_url_encode(call, connection->id));
    idp_text_add_c(&url, "/callback");
    return idp_text_bytes(&url);
}

/* ---- where the browser comes back to ---- */

/* True where a browser may read a step up in the path: to it an encoded dot is a dot. */
static bool may_climb(struct idp_call *call, struct idp_bytes uri)
{
    static const char *const steps[] = {"%2e", "%2f", "%5c"};
    const char *query = memchr(uri.data, '?', uri.size);
    struct idp_bytes path = {uri.data, query == NULL ? uri.size : (size_t)(query - uri.data)};
    struct idp_bytes lower = idp_lower_case(call, path);
    size_t i = 0;
    while (i < IDP_COUNT(steps) &&
           memmem(lower.data, lower.size, steps[i], strlen(steps[i])) == NULL) {
        i++;
    }
    return i < IDP_COUNT(steps);
}

/* An address that ends with an asterisk behind a slash of its path: all below it on that host. */
static bool is_below(struct idp_call *call, struct idp_bytes listed, struct idp_bytes uri)
{
    struct idp_bytes end = idp_bytes_of("/*");
    struct idp_bytes folder = {listed.data, listed.size - 1};
    const char *scheme = memmem(listed.data, listed.size, "://", strlen("://"));
    const char *host = scheme == NULL ? NULL : scheme + strlen("://");
    return idp_bytes_end(listed, end) && host != NULL &&
           memchr(host, '/', (size_t)(folder.data + folder.size - host)) != NULL &&
           idp_bytes_start(uri, folder) && !may_climb(call, uri);
}

static bool is_listed(struct idp_call *call, const struct idp_connection *connection,
                      struct idp_bytes uri)
{
    const struct idp_json *list = idp_connection_option(connection, "redirect_uris");
    const struct idp_json *item = list == NULL ? NULL : list->child;
    for (size_t i = 0; i < uri.size; i++) {
        if (uri.data[i] <= ' ' || uri.data[i] >= 0x7f || strchr("\\#@", uri.data[i]) != NULL) {
            return false;
        }
    }
    while (item != NULL && !idp_bytes_equal(item->text, uri) && !is_below(call, item->text, uri)) {
        item = item->next;
    }
    return item != NULL && memmem(uri.data, uri.size, "/..", strlen("/..")) == NULL;
}

/* data NULL: the caller may not have it. What the connection fixes is not the caller's to say. */
static struct idp_bytes redirect_of(struct idp_call *call, const struct idp_connection *connection,
                                    struct idp_bytes wanted)
{
    struct idp_bytes fixed = idp_json_string(connection->document, "redirectToPlatform");
    struct idp_bytes own = idp_sso_callback_url(call, connection);
    if (fixed.size > 0) {
        return fixed;
    }
    if (wanted.data == NULL || idp_bytes_equal(wanted, own)) {
        return own;
    }
    return is_listed(call, connection, wanted) ? wanted : (struct idp_bytes){0};
}

bool idp_own_path_valid(struct idp_bytes path)
{
    for (size_t i = 0; i < path.size; i++) {
        unsigned char c = (unsigned char)path.data[i];
        if (c <= ' ' || c >= 0x7f || c == '\\') {
            return false;
        }
    }
    return path.size > 0 && path.size <= IDP_URL_SIZE_MAX && path.data[0] == '/' &&
           !(path.size > 1 && path.data[1] == '/');
}

/* ---- the request ---- */

static bool has_parameter(const struct idp_connection *connection, const char *name)
{
    const struct idp_json *request =
        idp_sso_request_find(connection->document, IDP_SSO_AUTHORIZATION);
    return idp_json_member(idp_json_member(request, "requestParams"), name) != NULL;
}

static struct idp_bytes challenge_of(struct idp_call *call, const struct idp_login_state *login)
{
    return idp_base64url_encode(call, idp_sha256(call, idp_login_verifier(call, login)));
}

/* What the template does not have itself. */
static void add(struct idp_call *call, const struct idp_connection *connection,
                struct idp_json *request, const char *name, struct idp_bytes value)
{
    if (!has_parameter(connection, name)) {
        idp_sso_request_add(call, request, "url", name, value);
    }
}

static struct idp_json *request_of(struct idp_call *call, const struct idp_connection *connection,
                                   const struct idp_login_state *login, struct idp_bytes hint)
{
    struct idp_json *values = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, values, "redirectUri", login->redirect_uri);
    idp_json_add_string(call, values, "state", login->state);
    idp_json_add_string(call, values, "nonce", idp_login_nonce(call, login));
    idp_json_add_string(call, values, "idp_hint", hint);
    struct idp_json *request = idp_sso_request(call, connection, IDP_SSO_AUTHORIZATION, values);
    if (request == NULL || idp_json_member(request, "error") != NULL) {
        return request;
    }
    add(call, connection, request, "state", login->state);
    add(call, connection, request, "nonce", idp_login_nonce(call, login));
    if (!idp_json_is(idp_connection_option(connection, "pkce"), IDP_JSON_FALSE)) {
        add(call, connection, request, "code_challenge", challenge_of(call, login));
        add(call, connection, request, "code_challenge_method", idp_bytes_of("S256"));
    }
    return request;
}

static struct idp_json *answer_of(struct idp_call *call, const struct idp_json *request,
                                  const struct idp_login_state *login)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "url", idp_json_string(request, "url"));
    idp_json_add_string(call, answer, "state", login->state);
    idp_json_add_string(call, answer, "browser", login->browser);
    idp_json_add_integer(call, answer, "expires_in", IDP_LOGIN_LIFETIME_S);
    return answer;
}

/* NULL: it may begin; else why not. */
static const char *wrong(const struct idp_json *options, const struct idp_login_state *login)
{
    if (!idp_parameter_is_plain(idp_json_string(options, "idp_hint"))) {
        return "The idp_hint must be one plain word.";
    }
    if (login->redirect_uri.data == NULL) {
        return "The redirect_uri is not one that the connection allows.";
    }
    if (login->return_to.data != NULL && !idp_own_path_valid(login->return_to)) {
        return "The return_to must be a path of this server.";
    }
    return idp_json_string(options, "browser").data != NULL &&
                   !idp_login_secret_valid(login->browser)
               ? "The browser is not one that this server named."
               : NULL;
}

struct idp_json *idp_sso_authorize(struct idp_call *call, struct idp_bytes id,
                                   const struct idp_json *options)
{
    struct idp_connection connection;
    if (!idp_connection_find(call, id, &connection) || !idp_bytes_is(connection.type, "OAUTH2") ||
        !connection.visible) {
        return idp_error_json_with(call, IDP_NOT_FOUND, IDP_NO_CONNECTION);
    }
    struct idp_login_state login = {
        .browser = idp_json_string(options, "browser"),
        .redirect_uri = redirect_of(call, &connection, idp_json_string(options, "redirect_uri")),
        .return_to = idp_json_string(options, "return_to"),
    };
    const char *fault = wrong(options, &login);
    if (fault != NULL) {
        return idp_error_json_with(call, IDP_INVALID_REQUEST, fault);
    }
    idp_login_state_start(call, &connection, &login);
    struct idp_json *request =
        request_of(call, &connection, &login, idp_json_string(options, "idp_hint"));
    if (request == NULL) {
        return idp_error_json_with(call, IDP_NOT_FOUND,
                                   "The connection has no authorization request.");
    }
    return idp_json_member(request, "error") != NULL ? request : answer_of(call, request, &login);
}

/* start_sso_login(connection, options) → {"url","state","browser","expires_in"} */
struct idp_value idp_sql_start_sso_login(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_bytes id = idp_connection_argument(call, arguments[0]);
    return idp_value_json(
        idp_sso_authorize(call, id, idp_json_object_argument(call, arguments[1], "options")));
}
