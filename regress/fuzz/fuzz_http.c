/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_http.c - any request to the default tenant: nothing that a client sends may raise, and what
 * goes back is a response with a status, headers and a body of UTF-8 text.
 * The input is the refused block, then method, target, headers and body, each but the last ended by
 * a line feed. Where a header has `keys` in it clients have a jwks_uri, and what follows the body
 * is what was fetched from there. */
#include <string.h>

#include "core/http/http.h"
#include "core/oauth/client.h"
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
    static struct idp_value number[1], document[1], code[7];
    (void)call;
    number[0] = idp_value_integer(0);
    document[0] = idp_value_json_text(idp_bytes_of(settings));
    code[0] = code[4] = idp_value_text(idp_bytes_of("tv"));
    code[1] = idp_value_text(idp_bytes_of("pending"));
    code[2] = idp_value_time(0);
    code[3] = idp_value_time(IDP_TIME_MAX_US);
    code[6] = idp_value_blob(idp_bytes_of("a digest of thirty-two bytes, yes"));
    if (strcmp(statement->columns, "i") == 0)
        return (struct host_answer){number, 1, 0};
    if (statement == idp_tenant_statements)
        return (struct host_answer){document, 1, 0};
    return (struct host_answer){code, statement == idp_device_user_statements, 1};
}

/* Clients whose keys are somewhere else, and nothing of them here. */
static struct host_answer improvise_keys(struct idp_call *call,
                                         const struct idp_statement *statement)
{
    static const char settings[] = "{\"client_certificate_header\":\"x-client-cert\"}";
    static const char metadata[] = "{\"jwks_uri\":\"https://client.example/jwks\"}";
    static struct idp_value client[sizeof IDP_CLIENT_KINDS - 1], document[2];
    bool is_client = statement == &idp_client_statements[0];
    const char *method = ((struct host *)call->context)->improvise_data;
    client[0] = idp_value_bool(true);
    client[3] = idp_value_text(idp_bytes_of(method));
    client[5] = client[10] = idp_value_text(idp_bytes_of(""));
    document[0] =
        idp_value_json_text(idp_bytes_of(statement == idp_tenant_statements ? settings : metadata));
    document[1] = idp_value_time(0);
    bool is_document = statement == idp_tenant_statements || statement == &idp_client_statements[1];
    return (struct host_answer){is_client ? client : document, is_client || is_document, 1};
}

static bool mentions(struct idp_bytes text, const char *word)
{
    return text.size > 0 && memmem(text.data, text.size, word, strlen(word)) != NULL;
}

/* As a front does it: what has to be fetched was, and the request goes on once. */
static const struct idp_json *resumed(struct idp_call *call, struct idp_value *arguments,
                                      const struct idp_json *response, struct idp_bytes fetched)
{
    const char *why;
    struct idp_json *further = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_json *came = fetched.size == 0 ? NULL : idp_json_read(call, fetched, &why);
    if (idp_json_member(response, "resume") == NULL)
        return response;
    host_require(idp_bytes_is(idp_json_string(idp_json_member(response, "fetch"), "url"),
                              "https://client.example/jwks"));
    idp_json_add_shared(call, further, "resume", idp_json_member(response, "resume"));
    idp_json_add_shared(call, further, "fetched",
                        came == NULL ? idp_json_new(call, IDP_JSON_NULL) : came);
    arguments[4] = idp_value_json_text(idp_json_text(call, further));
    return idp_sql_http_request(call, arguments).json;
}

static void answer(struct idp_call *call, struct idp_bytes *rest)
{
    struct idp_bytes method = line_take(rest), target = line_take(rest), headers = line_take(rest);
    struct host *host = call->context;
    bool has_keys = mentions(headers, "keys");
    struct idp_bytes body = has_keys ? line_take(rest) : *rest, text, binary;
    int64_t status;
    host->improvise = has_keys ? improvise_keys : mentions(headers, "remote") ? improvise : NULL;
    bool has_certificate = mentions(headers, "x-client-cert");
    host->improvise_data = has_certificate ? "self_signed_tls_client_auth" : "private_key_jwt";
    call->function = idp_function_find("http_request");
    struct idp_value arguments[] = {
        idp_value_text(method), idp_value_text(target),
        idp_value_json_text(headers.size > 0 ? headers : idp_bytes_of(usual_headers)),
        idp_value_text(body), idp_null()};
    const struct idp_json *response = idp_sql_http_request(call, arguments).json;
    response = resumed(call, arguments, response, *rest);
    host_require(idp_json_integer(idp_json_member(response, "status"), &status));
    host_require(status >= 200 && status < 600);
    /* Nobody here can sign: not by a key that was fetched, nor because none was. */
    host_require(!has_keys || has_certificate || status != 200 ||
                 !idp_bytes_is(target, "/introspect"));
    host_require(idp_json_is(idp_json_member(response, "headers"), IDP_JSON_OBJECT));
    text = idp_json_string(response, "body");
    binary = idp_json_string(response, "body_base64");
    host_require((text.data == NULL) != (binary.data == NULL));
    host_require(text.data == NULL || idp_utf8_valid(text));
    host_require(binary.data == NULL || idp_base64_decode(call, binary).data != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, answer);
}
