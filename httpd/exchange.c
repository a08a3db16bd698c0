/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c - one request and its response: what the core is told of it, what is made of its
 * answer. Only the headers that the core reads are handed on, and x-idplane-peer is ours alone. */
#include "httpd/httpd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>

#include "core/base/base.h"

static const char *const handed_on[] = {"Host", "Content-Type", "Authorization", "User-Agent",
                                        "Accept"};

/* Two values are enough to show the core that there are several. */
struct header_values {
    struct idp_bytes value[2];
};

struct headers {
    struct header_values values[IDP_COUNT(handed_on)];
};

/* Text that grows in a fixed buffer; a write beyond its end spoils it. */
struct buffer {
    char data[HEADERS_JSON_SIZE_MAX];
    size_t size;
    bool full;
};

static void buffer_add(struct buffer *buffer, const char *data, size_t size)
{
    if (buffer->full || size >= sizeof(buffer->data) - buffer->size) {
        buffer->full = true;
        return;
    }
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
}

static void buffer_add_c(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

/* Writes a JSON string; bytes that are no UTF-8 text become '?', which no check accepts. */
static void buffer_add_string(struct buffer *buffer, struct idp_bytes value)
{
    bool is_utf8 = idp_utf8_valid(value);
    buffer_add(buffer, "\"", 1);
    for (size_t i = 0, start = 0; i <= value.size; i++) {
        unsigned char c = i < value.size ? (unsigned char)value.data[i] : 0;
        if (c >= 0x20 && c != '"' && c != '\\' && (c < 0x80 || is_utf8))
            continue;
        buffer_add(buffer, value.data + start, i - start);
        start = i + 1;
        if (c == '"' || c == '\\')
            buffer_add(buffer, (char[]){'\\', (char)c}, 2);
        else if (i < value.size)
            buffer_add(buffer, "?", 1);
    }
    buffer_add(buffer, "\"", 1);
}

static enum MHD_Result header_take(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value, size_t value_size)
{
    struct headers *headers = context;
    (void)kind;
    for (size_t i = 0; i < IDP_COUNT(handed_on); i++) {
        if (strlen(handed_on[i]) != name_size || strcasecmp(handed_on[i], name) != 0)
            continue;
        struct idp_bytes *slots = headers->values[i].value;
        slots[slots[0].data ? 1 : 0] = (struct idp_bytes){value ? value : "", value_size};
    }
    return MHD_YES;
}

static void header_write(struct buffer *buffer, const char *name,
                         const struct header_values *header)
{
    if (!header->value[0].data)
        return;
    buffer_add_c(buffer, ",\"");
    buffer_add_c(buffer, name);
    buffer_add_c(buffer, header->value[1].data ? "\":[" : "\":");
    buffer_add_string(buffer, header->value[0]);
    if (!header->value[1].data)
        return;
    buffer_add_c(buffer, ",");
    buffer_add_string(buffer, header->value[1]);
    buffer_add_c(buffer, "]");
}

const char *exchange_headers(const struct exchange *exchange)
{
    static struct buffer buffer;
    struct headers headers = {0};
    buffer.size = 0;
    buffer.full = false;
    MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, header_take, &headers);
    buffer_add_c(&buffer, "{\"x-idplane-peer\":\"");
    buffer_add_c(&buffer, exchange->peer->address);
    buffer_add_c(&buffer, "\"");
    for (size_t i = 0; i < IDP_COUNT(handed_on); i++)
        header_write(&buffer, handed_on[i], &headers.values[i]);
    buffer_add_c(&buffer, "}");
    if (buffer.full)
        return NULL;
    buffer.data[buffer.size] = '\0';
    return buffer.data;
}

const char *exchange_method(const struct exchange *exchange)
{
    return strcmp(exchange->method, "HEAD") == 0 ? "GET" : exchange->method;
}

static void response_set(struct exchange *exchange, int status, const char *body)
{
    if (exchange->response)
        MHD_destroy_response(exchange->response);
    exchange->status = (unsigned)status;
    exchange->response = MHD_create_response_from_buffer(strlen(body), (void *)(uintptr_t)body,
                                                         MHD_RESPMEM_MUST_COPY);
}

void exchange_refuse(struct exchange *exchange, enum idp_error error)
{
    const struct idp_error_row *row = idp_error_row(error);
    char body[512];
    snprintf(body, sizeof(body), "{\"error\":\"%s\",\"error_description\":\"%s\"}", row->word,
             row->sentence);
    response_set(exchange, row->http_status, body);
    if (!exchange->response)
        return;
    MHD_add_response_header(exchange->response, "Content-Type", "application/json");
    MHD_add_response_header(exchange->response, "Cache-Control", "no-store");
    if (row->http_status == MHD_HTTP_SERVICE_UNAVAILABLE)
        MHD_add_response_header(exchange->response, "Retry-After", "1");
}

static void response_headers_add(struct MHD_Response *response, const cJSON *headers)
{
    const cJSON *header, *item;
    cJSON_ArrayForEach(header, headers)
    {
        if (cJSON_IsString(header))
            MHD_add_response_header(response, header->string, header->valuestring);
        cJSON_ArrayForEach(item, header)
        {
            if (cJSON_IsString(item))
                MHD_add_response_header(response, header->string, item->valuestring);
        }
    }
}

void exchange_answer(struct exchange *exchange, const char *json, size_t size)
{
    cJSON *document = cJSON_ParseWithLength(json, size);
    const cJSON *status = cJSON_GetObjectItemCaseSensitive(document, "status");
    const cJSON *body = cJSON_GetObjectItemCaseSensitive(document, "body");
    if (cJSON_IsNumber(status) && cJSON_IsString(body))
        response_set(exchange, status->valueint, body->valuestring);
    if (!exchange->response)
        exchange_refuse(exchange, IDP_SERVER_ERROR);
    else
        response_headers_add(exchange->response,
                             cJSON_GetObjectItemCaseSensitive(document, "headers"));
    cJSON_Delete(document);
}

void exchange_resume(struct exchange *exchange)
{
    struct MHD_Connection *connection = exchange->connection;
    if (!exchange->suspended)
        return;
    exchange->suspended = false;
    MHD_resume_connection(connection);
}

bool exchange_body_add(struct exchange *exchange, const char *data, size_t size)
{
    if (size > exchange->body_capacity - exchange->body_size) {
        size_t capacity = (exchange->body_size + size) * 2;
        char *grown = realloc(exchange->body, capacity);
        if (!grown)
            return false;
        exchange->body = grown;
        exchange->body_capacity = capacity;
    }
    memcpy(exchange->body + exchange->body_size, data, size);
    exchange->body_size += size;
    return true;
}

void exchange_free(struct exchange *exchange)
{
    if (exchange->response)
        MHD_destroy_response(exchange->response);
    if (exchange->body)
        explicit_bzero(exchange->body, exchange->body_capacity);
    free(exchange->body);
    free(exchange->target);
    free(exchange);
}

bool is_printable(const char *text)
{
    while (*text > 0x20 && *text < 0x7f)
        text++;
    return *text == '\0';
}
