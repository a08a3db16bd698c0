/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - an HTTP request as values in, an HTTP response as values out; no socket here.
 * Arrows point from here to the areas, never back. */
#ifndef IDPLANE_HTTP_H
#define IDPLANE_HTTP_H

#include "core/oauth/oauth.h"

struct idp_request {
    struct idp_bytes method, target; /* as sent; target may hold a query */
    struct idp_bytes path;           /* behind the tenant's base path, without the query */
    struct idp_bytes query;          /* data NULL: none */
    const struct idp_json *headers;  /* object; a value is a string or an array of strings */
    struct idp_bytes body;
};

struct idp_response {
    int64_t status;
    struct idp_json *headers; /* object of strings */
    struct idp_bytes body;
};

/* The value of a header, name in lower case, names compared without case; data NULL: absent.
 * Several values of a header are refused by the router (Host, Authorization, Content-Type). */
struct idp_bytes idp_request_header(const struct idp_request *request, const char *name);

/* Reads application/x-www-form-urlencoded into an object of strings (RFC 6749 §3.2: empty is
 * absent). NULL: malformed, repeated or over a limit. */
const struct idp_json *idp_form_read(struct idp_call *call, struct idp_bytes text);

/* Credentials of a request: HTTP Basic (form-decoded, RFC 6749 §2.3.1) or the form.
 * IDP_INVALID_REQUEST for both at once, IDP_INVALID_CLIENT for a malformed Basic header. */
enum idp_error idp_credentials_read(struct idp_call *call, const struct idp_request *request,
                                    const struct idp_json *form,
                                    struct idp_credentials *out) IDP_MUST_CHECK;

/* The response of a request; never raises on any bytes of the request. */
struct idp_json *idp_http_request(struct idp_call *call, struct idp_request request);

struct idp_value idp_sql_http_request(struct idp_call *call, const struct idp_value *arguments);

#endif
