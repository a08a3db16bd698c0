/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_http.c - any request to the default tenant: nothing that a client sends may raise, and what
 * goes back is a response with a status, headers and a body of UTF-8 text.
 * The input is method, target, headers and body, each but the last ended by a line feed. */
#include <string.h>

#include "core/http/http.h"
#include "regress/unit/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char fallback_headers[] =
    "{\"host\":\"127.0.0.1:8080\",\"content-type\":\"application/x-www-form-urlencoded\"}";

static struct idp_bytes line_take(struct idp_bytes *rest)
{
    const char *feed = rest->size > 0 ? memchr(rest->data, '\n', rest->size) : NULL;
    struct idp_bytes line = {rest->data, feed ? (size_t)(feed - rest->data) : rest->size};
    size_t used = line.size + (feed ? 1 : 0);
    *rest = (struct idp_bytes){rest->data + used, rest->size - used};
    return line;
}

static void answer(struct idp_call *call, void *data)
{
    struct idp_bytes rest = *(struct idp_bytes *)data;
    const char *why;
    int64_t status;
    struct idp_request request = {.method = line_take(&rest), .target = line_take(&rest)};
    request.headers = idp_json_read(call, line_take(&rest), &why);
    if (!request.headers)
        request.headers = idp_json_read(call, idp_bytes_of(fallback_headers), &why);
    request.body = rest;
    const struct idp_json *response = idp_http_request(call, request);
    host_require(idp_json_integer(idp_json_member(response, "status"), &status));
    host_require(status >= 200 && status < 600);
    host_require(idp_json_is(idp_json_member(response, "headers"), IDP_JSON_OBJECT));
    struct idp_bytes body = idp_json_string(response, "body");
    host_require(body.data != NULL && idp_utf8_valid(body));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct host host;
    host_start(&host);
    host.call.function = idp_function_find("http_request");
    struct idp_bytes input = {size > 0 ? (const char *)data : "", size};
    host_require(host_try(&host, answer, &input));
    host_end_call(&host);
    host_require(host.block_live_count == 0);
    return 0;
}
