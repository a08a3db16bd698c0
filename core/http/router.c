/* SPDX-License-Identifier: Apache-2.0 */
/* router.c - from the bytes of a request to its route, and back to one JSON document.
 * Whatever a client sends ends in a response; only a broken store or a front that misuses
 * http_request raises. */
#include "core/http/http.h"

/* What follows a request that can be read in two ways cannot be trusted: the connection ends. */
static struct idp_response unclear(struct idp_call *call)
{
    struct idp_response response = idp_response_error(call, IDP_INVALID_REQUEST);
    idp_json_add_c(call, response.headers, "Connection", "close");
    return response;
}

/* 0 where the method is none that a route could have. */
static unsigned method_find(struct idp_bytes method)
{
    if (idp_bytes_is(method, "GET") || idp_bytes_is(method, "HEAD")) {
        return IDP_GET;
    }
    if (idp_bytes_is(method, "PUT")) {
        return IDP_PUT;
    }
    if (idp_bytes_is(method, "PATCH")) {
        return IDP_PATCH;
    }
    if (idp_bytes_is(method, "DELETE")) {
        return IDP_DELETE;
    }
    return idp_bytes_is(method, "POST") ? IDP_POST : 0;
}

/* Cuts a segment of the path off its front; false: it is empty. */
static bool segment_cut(struct idp_bytes *path, struct idp_bytes *segment)
{
    const char *slash = memchr(path->data, '/', path->size);
    size_t size = slash == NULL ? path->size : (size_t)(slash - path->data);
    *segment = (struct idp_bytes){path->data, size};
    *path = (struct idp_bytes){path->data + size, path->size - size};
    return size > 0;
}

/* True where the path is that of the route; segments are then what stands for its {}, encoded. */
static bool path_fits(struct idp_request *request, const char *pattern)
{
    struct idp_bytes path = request->path;
    struct idp_bytes *const segments[] = {&request->segment, &request->segment_second};
    *segments[0] = *segments[1] = (struct idp_bytes){0};
    const char *hole = strstr(pattern, "{}");
    for (size_t i = 0; hole != NULL && i < IDP_COUNT(segments); i++) {
        struct idp_bytes before = {pattern, (size_t)(hole - pattern)};
        if (!idp_bytes_start(path, before)) {
            return false;
        }
        path = (struct idp_bytes){path.data + before.size, path.size - before.size};
        if (!segment_cut(&path, segments[i])) {
            return false;
        }
        pattern = hole + strlen("{}");
        hole = strstr(pattern, "{}");
    }
    return idp_bytes_is(path, pattern);
}

/* The route of path and method, or NULL; *allowed is then what the path has. */
static const struct idp_route *route_find(struct idp_request *request, unsigned method,
                                          bool any_host, unsigned *allowed)
{
    *allowed = 0;
    for (size_t i = 0; i < idp_route_count; i++) {
        if (idp_routes[i].any_host != any_host || !path_fits(request, idp_routes[i].path)) {
            continue;
        }
        if (idp_routes[i].methods & method) {
            return &idp_routes[i];
        }
        *allowed |= idp_routes[i].methods;
    }
    return NULL;
}

/* 404, or 405 with what the path allows. */
static struct idp_response not_routed(struct idp_call *call, unsigned allowed)
{
    static const struct {
        unsigned method;
        const char *names;
    } methods[] = {{IDP_GET, "GET, HEAD"},
                   {IDP_POST, "POST"},
                   {IDP_PUT, "PUT"},
                   {IDP_PATCH, "PATCH"},
                   {IDP_DELETE, "DELETE"}};
    if (!allowed) {
        return idp_response_error(call, IDP_NOT_FOUND);
    }
    struct idp_text list = {.call = call};
    for (size_t i = 0; i < IDP_COUNT(methods); i++) {
        if ((allowed & methods[i].method) != 0) {
            idp_text_add_c(&list, list.size == 0 ? "" : ", ");
            idp_text_add_c(&list, methods[i].names);
        }
    }
    struct idp_response response = idp_response_error(call, IDP_METHOD_NOT_ALLOWED);
    idp_json_add_string(call, response.headers, "Allow", idp_text_bytes(&list));
    return response;
}

static struct idp_response no_tenant(struct idp_call *call)
{
    return idp_response_json(
        call, idp_error_row(IDP_NOT_FOUND)->http_status,
        idp_error_json_with(call, IDP_NOT_FOUND,
                            "No single tenant has this host and path as its base_url. Set "
                            "base_url with configure(), or start idplane-httpd with --base-url."));
}

/* Runs a route under its own effect, so that a GET needs no more of the host than a read does. */
static struct idp_response route_run(struct idp_call *call, const struct idp_route *route,
                                     const struct idp_request *request)
{
    const struct idp_function *own = call->function;
    struct idp_function *as_route = idp_allocate(call, sizeof(*as_route));
    *as_route = *own;
    as_route->effect = route->effect;
    call->function = as_route;
    struct idp_response response = route->answer(call, request);
    call->function = own;
    return response;
}

/* A script that brings its csrf_token as a header has nothing to put into a body. */
static bool is_without_body(const struct idp_request *request)
{
    return request->body.size == 0 && idp_request_header_count(request, "content-type") == 0 &&
           idp_request_header_count(request, IDP_CSRF_HEADER) > 0;
}

static struct idp_response route_enter(struct idp_call *call, const struct idp_route *route,
                                       const struct idp_request *request)
{
    if (route->media_type && !idp_request_is(request, route->media_type) &&
        !is_without_body(request)) {
        struct idp_text sentence = {.call = call};
        idp_text_add_c(&sentence, "The Content-Type must be ");
        idp_text_add_c(&sentence, route->media_type);
        idp_text_add_char(&sentence, '.');
        return idp_response_json(
            call, idp_error_row(IDP_INVALID_REQUEST)->http_status,
            idp_error_json_with(call, IDP_INVALID_REQUEST, idp_text_bytes(&sentence).data));
    }
    if (route->media_type && request->body.size > IDP_FORM_SIZE_MAX) {
        return idp_response_error(call, IDP_CONTENT_TOO_LARGE);
    }
    return route_run(call, route, request);
}

static bool segment_decode(struct idp_call *call, struct idp_bytes *segment)
{
    if (segment->data == NULL) {
        return true;
    }
    *segment = idp_url_decode(call, *segment);
    return segment->data != NULL && idp_utf8_valid(*segment);
}

static struct idp_response request_answer(struct idp_call *call, struct idp_request *request)
{
    unsigned allowed, method = method_find(request->method);
    if (!idp_request_is_clear(request)) {
        return unclear(call);
    }
    if (idp_request_locate(call, request)) {
        return idp_response_error(call, IDP_INVALID_REQUEST);
    }
    const struct idp_route *route = route_find(request, method, true, &allowed);
    if (!route && !allowed) {
        if (!idp_request_find_tenant(call, request)) {
            return no_tenant(call);
        }
        request->is_located = true;
        route = route_find(request, method, false, &allowed);
    }
    if (route && (!segment_decode(call, &request->segment) ||
                  !segment_decode(call, &request->segment_second))) {
        return idp_response_error(call, IDP_INVALID_REQUEST);
    }
    return route ? route_enter(call, route, request) : not_routed(call, allowed);
}

/* For fronts that can wait, and for those who wait there: others do without. */
static void waiting_add(struct idp_call *call, struct idp_json *document,
                        const struct idp_json *waiting)
{
    const struct idp_json *member = waiting == NULL ? NULL : waiting->child;
    for (; member != NULL; member = member->next) {
        idp_json_add_named(document, member->name, idp_json_node(call, member));
    }
    if (call->wakes.data != NULL) {
        idp_json_add_string(call, document, "wakes", call->wakes);
    }
}

struct idp_json *idp_http_request(struct idp_call *call, struct idp_request request)
{
    struct idp_bytes peer = idp_request_header(&request, IDP_PEER_HEADER);
    call->source = peer.size > 0 && peer.size <= IDP_SOURCE_SIZE_MAX ? peer : call->source;
    struct idp_response response = idp_response_for(call, &request, request_answer(call, &request));
    if (response.pending != NULL) {
        return response.pending;
    }
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    if (idp_bytes_is(request.method, "HEAD")) {
        response.body = (struct idp_bytes){"", 0};
    }
    idp_json_add_integer(call, document, "status", response.status);
    idp_json_add(document, "headers", response.headers);
    if (response.is_binary && response.body.size > 0) {
        idp_json_add_string(call, document, "body_base64", idp_base64_encode(call, response.body));
    } else {
        idp_json_add_string(call, document, "body", response.body);
    }
    waiting_add(call, document, response.waiting);
    return document;
}

struct idp_value idp_sql_http_request(struct idp_call *call, const struct idp_value *arguments)
{
    const char *why;
    struct idp_request request = {.method = idp_text_of(arguments[0]),
                                  .target = idp_text_of(arguments[1]),
                                  .body = idp_text_of(arguments[3])};
    struct idp_bytes headers = idp_text_of(arguments[2]);
    if (headers.data) {
        request.headers = idp_json_read(call, headers, &why);
    }
    if (headers.data && !request.headers) {
        request.headers = idp_json_new(call, IDP_JSON_NULL);
    }
    const struct idp_json *further = idp_json_object_argument(call, arguments[4], "resume");
    request.resume = idp_json_member(further, "resume");
    request.fetched = idp_json_member(further, "fetched");
    request.is_offline = idp_json_is(idp_json_member(further, "fetches"), IDP_JSON_FALSE);
    return idp_value_json(idp_http_request(call, request));
}
