/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - a request to a provider from its template. Values come from users and providers: they
 * fill what the template leaves open, and change nothing else of it. The body is sent as it is,
 * unless the template asks for its values to be encoded. */
#include "core/sso/request.h"

/* One request on its way out; `fault` is what is wrong first. */
struct filling {
    struct idp_call *call;
    const struct idp_json *template, *values;
    const char *fault;
};

static const struct idp_json *option(const struct filling *filling, const char *name)
{
    return idp_json_member(idp_json_member(filling->template, "options"), name);
}

static struct idp_bytes filled(struct filling *filling, struct idp_bytes text)
{
    return idp_placeholders_fill(filling->call, text, filling->values);
}

static void refuse(struct filling *filling, const char *fault)
{
    filling->fault = filling->fault == NULL ? fault : filling->fault;
}

/* ---- addresses ---- */

/* Scheme and host, which end where the path begins. */
static struct idp_bytes origin_of(struct idp_bytes url)
{
    const char *scheme = memmem(url.data, url.size, "://", strlen("://"));
    size_t size = scheme == NULL ? 0 : (size_t)(scheme - url.data) + strlen("://");
    while (size < url.size && strchr("/?#\\", url.data[size]) == NULL) {
        size++;
    }
    return (struct idp_bytes){url.data, size};
}

/* Adds a part of a query before the fragment. */
static struct idp_bytes with_query(struct idp_call *call, struct idp_bytes url,
                                   struct idp_bytes query)
{
    const char *hash = memchr(url.data, '#', url.size);
    size_t size = hash == NULL ? url.size : (size_t)(hash - url.data);
    bool has_query = memchr(url.data, '?', size) != NULL;
    struct idp_text text = {.call = call};
    idp_text_add(&text, (struct idp_bytes){url.data, size});
    idp_text_add_c(&text, query.size == 0 ? "" : has_query ? "&" : "?");
    idp_text_add(&text, query);
    idp_text_add(&text, (struct idp_bytes){url.data + size, url.size - size});
    return idp_text_bytes(&text);
}

static struct idp_bytes pair_of(struct idp_call *call, struct idp_bytes name,
                                struct idp_bytes value)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, idp_url_encode(call, name));
    idp_text_add_char(&text, '=');
    idp_text_add(&text, idp_url_encode(call, value));
    return idp_text_bytes(&text);
}

static struct idp_bytes query_of(struct filling *filling)
{
    const struct idp_json *parameters = idp_json_member(filling->template, "requestParams");
    struct idp_text text = {.call = filling->call};
    size_t count = 0;
    const struct idp_json **sorted = idp_json_is(parameters, IDP_JSON_OBJECT)
                                         ? idp_json_sorted(filling->call, parameters, &count)
                                         : NULL;
    for (size_t i = 0; i < count; i++) {
        idp_text_add_c(&text, i == 0 ? "" : "&");
        idp_text_add(&text,
                     pair_of(filling->call, sorted[i]->name, filled(filling, sorted[i]->text)));
    }
    return idp_text_bytes(&text);
}

static struct idp_bytes url_of(struct filling *filling)
{
    struct idp_bytes template = idp_json_string(filling->template, "url");
    struct idp_bytes url = filled(filling, template);
    bool may_differ = idp_json_is(option(filling, "authority"), IDP_JSON_TRUE);
    if (idp_text_has_control(url) || memchr(url.data, ' ', url.size) != NULL) {
        refuse(filling, "A value would put a line end, a control or a space into the address.");
    }
    if (!may_differ && !idp_bytes_equal(origin_of(template), origin_of(url))) {
        refuse(filling, "A value would change the host of the address.");
    }
    url = with_query(filling->call, url, query_of(filling));
    if (url.size > IDP_FORM_SIZE_MAX) {
        refuse(filling, "The address would be longer than 65536 bytes.");
    }
    return url;
}

/* ---- the rest ---- */

/* Names are never filled. */
static struct idp_json *headers_of(struct filling *filling)
{
    const struct idp_json *headers = idp_json_member(filling->template, "headers");
    struct idp_json *out = idp_json_new(filling->call, IDP_JSON_OBJECT);
    for (const struct idp_json *header = headers == NULL ? NULL : headers->child; header != NULL;
         header = header->next) {
        struct idp_bytes value = filled(filling, header->text);
        if (idp_text_has_control(value)) {
            refuse(filling, "A value would put a line end or a control into a header.");
        }
        idp_json_add_named(out, header->name, idp_json_new_string(filling->call, value));
    }
    return out;
}

/* The values as a form has them. */
static const struct idp_json *encoded(struct idp_call *call, const struct idp_json *values)
{
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *value = values == NULL ? NULL : values->child; value != NULL;
         value = value->next) {
        if (value->kind == IDP_JSON_STRING) {
            idp_json_add_named(out, value->name,
                               idp_json_new_string(call, idp_url_encode(call, value->text)));
        }
    }
    return out;
}

/* What is got has no body. */
static struct idp_bytes body_of(struct filling *filling)
{
    struct idp_bytes body = idp_json_string(filling->template, "body");
    bool is_form = idp_bytes_is(
        idp_json_string(idp_json_member(filling->template, "options"), "body_encode"), "form");
    if (body.data == NULL || idp_bytes_is(idp_json_string(filling->template, "method"), "GET")) {
        return (struct idp_bytes){0};
    }
    return idp_placeholders_fill(
        filling->call, body, is_form ? encoded(filling->call, filling->values) : filling->values);
}

/* What the connection says counts where the caller says nothing. */
static const struct idp_json *values_of(struct idp_call *call,
                                        const struct idp_connection *connection,
                                        const struct idp_json *given)
{
    const struct idp_json *values = given == NULL ? idp_json_new(call, IDP_JSON_OBJECT) : given;
    const struct idp_json *client = idp_json_member(connection->document, "clientId");
    const struct idp_json *redirect = idp_json_member(connection->document, "redirectToPlatform");
    if (client != NULL && idp_json_member(values, "clientId") == NULL) {
        values = idp_json_with(call, values, "clientId", client);
    }
    if (idp_json_is(redirect, IDP_JSON_STRING) && redirect->text.size > 0) {
        values = idp_json_with(call, values, "redirectUri", redirect);
    }
    return values;
}

struct idp_json *idp_sso_request(struct idp_call *call, const struct idp_connection *connection,
                                 enum idp_sso_request_kind kind, const struct idp_json *values)
{
    struct filling filling = {
        .call = call,
        .template = idp_connection_reveal(call, connection->document,
                                          idp_connection_secrets(call, connection), kind),
        .values = values_of(call, connection, values),
    };
    if (idp_json_string(filling.template, "url").size == 0) {
        return NULL;
    }
    struct idp_json *request = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, request, "method", idp_json_string(filling.template, "method"));
    idp_json_add_string(call, request, "url", url_of(&filling));
    idp_json_add(request, "headers", headers_of(&filling));
    idp_json_add_string(call, request, "body", body_of(&filling));
    idp_json_add_string(call, request, "operation", idp_json_string(filling.template, "operation"));
    return filling.fault == NULL ? request
                                 : idp_error_json_with(call, IDP_INVALID_REQUEST, filling.fault);
}

void idp_sso_request_add(struct idp_call *call, struct idp_json *request, const char *member,
                         const char *name, struct idp_bytes value)
{
    struct idp_bytes before = idp_json_string(request, member);
    struct idp_bytes pair = pair_of(call, idp_bytes_of(name), value);
    struct idp_text body = {.call = call};
    idp_text_add(&body, before);
    idp_text_add_c(&body, before.size == 0 ? "" : "&");
    idp_text_add(&body, pair);
    struct idp_bytes after =
        strcmp(member, "url") == 0 ? with_query(call, before, pair) : idp_text_bytes(&body);
    *request = *idp_json_with(call, request, member, idp_json_new_string(call, after));
}

bool idp_parameter_is_plain(struct idp_bytes value)
{
    size_t i = 0;
    while (i < value.size && value.data[i] > ' ' && value.data[i] < 0x7f &&
           strchr("&=#?%+\"'\\<>{}", value.data[i]) == NULL) {
        i++;
    }
    return i == value.size;
}

/* ---- SQL ---- */

static bool kind_find(struct idp_bytes word, enum idp_sso_request_kind *out)
{
    static const char *const words[] = {[IDP_SSO_AUTHORIZATION] = "authorization",
                                        [IDP_SSO_TOKEN] = "token",
                                        [IDP_SSO_REFRESH] = "refresh",
                                        [IDP_SSO_LOGOUT] = "logout",
                                        [IDP_SSO_VALIDATION] = "validation"};
    size_t i = 0;
    while (i < IDP_COUNT(words) && !idp_bytes_is(word, words[i])) {
        i++;
    }
    *out = (enum idp_sso_request_kind)i;
    return i < IDP_COUNT(words);
}

/* sso_request(connection, kind, placeholders) → the request; NULL: there is no such template */
struct idp_value idp_sql_sso_request(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_connection connection;
    enum idp_sso_request_kind kind;
    struct idp_bytes id = idp_connection_argument(call, arguments[0]);
    const struct idp_json *values = idp_json_object_argument(call, arguments[2], "placeholders");
    if (!kind_find(arguments[1].bytes, &kind)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The kind must be authorization, token, refresh, logout or validation.");
    }
    return idp_connection_find(call, id, &connection)
               ? idp_value_json(idp_sso_request(call, &connection, kind, values))
               : idp_null();
}
