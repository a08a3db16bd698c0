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

/* A tenant whose proxy names people, a code that waits for them, and counts that are low. */
static struct host_answer improvise(struct idp_call *call, const struct idp_statement *statement)
{
    static const char settings[] = "{\"session_settings\":{\"subject_header\":\"x-remote-user\"}}";
    static struct idp_value number[1], document[1], code[6];
    (void)call;
    number[0] = idp_value_integer(0);
    document[0] = idp_value_json_text(idp_bytes_of(settings));
    code[0] = code[4] = idp_value_text(idp_bytes_of("tv"));
    code[1] = idp_value_text(idp_bytes_of("pending"));
    code[2] = idp_value_time(0);
    code[3] = idp_value_time(IDP_TIME_MAX_US);
    if (strcmp(statement->columns, "i") == 0)
        return (struct host_answer){number, 1, 0};
    if (statement == idp_tenant_statements)
        return (struct host_answer){document, 1, 0};
    return (struct host_answer){code, statement == idp_device_user_statements, 1};
}

static void answer(struct idp_call *call, struct idp_bytes *rest)
{
    struct idp_bytes method = line_take(rest), target = line_take(rest), headers = line_take(rest);
    int64_t status;
    if (headers.size > 0 && memmem(headers.data, headers.size, "remote", 6) != NULL)
        ((struct host *)call->context)->improvise = improvise;
    call->function = idp_function_find("http_request");
    struct idp_value arguments[] = {
        idp_value_text(method), idp_value_text(target),
        idp_value_json_text(headers.size > 0 ? headers : idp_bytes_of(usual_headers)),
        idp_value_text(*rest), idp_null()};
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
