/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c - what the core is told of a request, and what is made of its answer.
 * x-idplane-peer is ours alone: a client's copy is never handed on. */
#include "httpd/httpd.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>

static const char *const handed_on[] = {"Host", "Content-Type", "Authorization", "User-Agent"};

struct headers {
    cJSON *object;
    bool spoiled;
};

bool is_text(const char *text)
{
    while (*text >= ' ' && *text < 0x7f)
        text++;
    return *text == '\0';
}

static enum MHD_Result header_take(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct headers *headers = context;
    (void)kind;
    for (size_t i = 0; i < IDP_COUNT(handed_on); i++) {
        if (strcasecmp(handed_on[i], name) != 0)
            continue;
        if (cJSON_HasObjectItem(headers->object, name) || !value || !is_text(value))
            headers->spoiled = true;
        else
            cJSON_AddStringToObject(headers->object, handed_on[i], value);
    }
    return MHD_YES;
}

const char *exchange_headers(const struct exchange *exchange)
{
    static char json[128 << 10]; /* more than what a connection's memory can hold, escaped */
    struct headers headers = {.object = cJSON_CreateObject()};
    cJSON_AddStringToObject(headers.object, "x-idplane-peer", exchange->peer->address);
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, header_take, &headers);
    if (!cJSON_PrintPreallocated(headers.object, json, sizeof(json), false))
        headers.spoiled = true;
    cJSON_Delete(headers.object);
    return headers.spoiled ? NULL : json;
}

const char *exchange_method(const struct exchange *exchange)
{
    return strcmp(exchange->method, "HEAD") == 0 ? "GET" : exchange->method;
}

/* A header's value is a string or an array of strings. */
static void header_add(struct MHD_Response *response, const cJSON *header)
{
    const cJSON *item = header->child ? header->child : header;
    for (; item; item = header->child ? item->next : NULL)
        MHD_add_response_header(response, header->string, cJSON_GetStringValue(item));
}

void exchange_answer(struct exchange *exchange, const char *json, size_t size)
{
    cJSON *document = cJSON_ParseWithLength(json, size);
    const cJSON *header, *headers = cJSON_GetObjectItemCaseSensitive(document, "headers");
    char *body = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(document, "body"));
    if (!body)
        errx(1, "out of memory, or an answer that is none");
    if (exchange->response)
        MHD_destroy_response(exchange->response);
    exchange->status = cJSON_GetObjectItemCaseSensitive(document, "status")->valueint;
    exchange->response = MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_MUST_COPY);
    cJSON_ArrayForEach(header, headers) header_add(exchange->response, header);
    cJSON_Delete(document);
}

void exchange_refuse(struct exchange *exchange, enum idp_error error)
{
    static const char format[] =
        "{\"status\":%u,\"headers\":{\"Content-Type\":\"application/json\",\"Cache-Control\":"
        "\"no-store\"%s},\"body\":\"{\\\"error\\\":\\\"%s\\\",\\\"error_description\\\":"
        "\\\"%s\\\"}\"}";
    const struct idp_error_row *row = idp_error_row(error);
    const char *retry = error == IDP_TEMPORARILY_UNAVAILABLE ? ",\"Retry-After\":\"1\"" : "";
    char json[1024];
    int size =
        snprintf(json, sizeof(json), format, row->http_status, retry, row->word, row->sentence);
    exchange_answer(exchange, json, (size_t)size);
}

void exchange_resume(struct exchange *exchange)
{
    if (exchange->suspended)
        MHD_resume_connection(exchange->connection);
    exchange->suspended = false;
}
