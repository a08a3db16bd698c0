/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_http.c - any request to the default tenant: nothing that a client sends may raise, and what
 * goes back is a response with a status, headers and a body of UTF-8 text.
 * The input is the refused block, then method, target, headers and body, each but the last ended by
 * a line feed. */
#include <string.h>

#include "core/http/http.h"
#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char usual_headers[] =
    "{\"host\":\"127.0.0.1:8080\",\"content-type\":\"application/x-www-form-urlencoded\"}";

static struct idp_bytes line_take(struct idp_bytes *rest)
{
    const char *feed = rest->size > 0 ? memchr(rest->data, '\n', rest->size) : NULL;
    struct idp_bytes line = {rest->data, feed ? (size_t)(feed - rest->data) : rest->size};
    size_t used = line.size + (feed ? 1 : 0);
    *rest = (struct idp_bytes){rest->data + used, rest->size - used};
    return line;
}

static void answer(struct idp_call *call, struct idp_bytes *rest)
{
    struct idp_bytes method = line_take(rest), target = line_take(rest), headers = line_take(rest);
    int64_t status;
    call->function = idp_function_find("http_request");
    struct idp_value arguments[] = {
        idp_value_text(method), idp_value_text(target),
        idp_value_json_text(headers.size > 0 ? headers : idp_bytes_of(usual_headers)),
        idp_value_text(*rest)};
    const struct idp_json *response = idp_sql_http_request(call, arguments).json;
    host_require(idp_json_integer(idp_json_member(response, "status"), &status));
    host_require(status >= 200 && status < 600);
    host_require(idp_json_is(idp_json_member(response, "headers"), IDP_JSON_OBJECT));
    struct idp_bytes body = idp_json_string(response, "body");
    host_require(body.data != NULL && idp_utf8_valid(body));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, answer);
}
