/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c - what the core is told of a request, and what is made of its answer.
 * x-idplane-peer is ours alone: a client's copy is never handed on. */
#include "httpd/httpd.h"

#include <strings.h>

#include <cjson/cJSON.h>

/* What the core reads; the second spelling lets it see, and refuse, one that is given twice. */
static const char *const handed_on[][2] = {{"Host", "host"},
                                           {"Content-Type", "content-type"},
                                           {"Authorization", "authorization"},
                                           {"User-Agent", "user-agent"}};

struct headers {
    char json[8 * CONNECTION_MEMORY_SIZE], *end; /* all of them escaped would fit */
    unsigned seen;                               /* a bit for each of handed_on */
};

/* Adds a member. What is no printable ASCII becomes '?', which no check accepts. */
static char *member_add(char *end, const char *name, const char *value)
{
    end = stpcpy(stpcpy(stpcpy(end, ",\""), name), "\":\"");
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            *end++ = '\\';
        *end++ = *value >= ' ' && *value < 0x7f ? *value : '?';
    }
    return stpcpy(end, "\"");
}

static enum MHD_Result header_take(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct headers *headers = context;
    (void)kind;
    for (unsigned i = 0; i < IDP_COUNT(handed_on); i++) {
        if (strcasecmp(handed_on[i][0], name) != 0)
            continue;
        name = handed_on[i][headers->seen >> i & 1];
        headers->end = member_add(headers->end, name, value ? value : "");
        headers->seen |= 1U << i;
    }
    return MHD_YES;
}

const char *exchange_headers(const struct exchange *exchange)
{
    static struct headers headers;
    headers.seen = 0;
    headers.end = member_add(headers.json, "x-idplane-peer", exchange->peer->address);
    headers.json[0] = '{';
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, header_take, &headers);
    stpcpy(headers.end, "}");
    return headers.json;
}

void exchange_answer(struct exchange *exchange, const char *json, size_t size)
{
    free(exchange->answer);
    exchange->answer = strndup(json, size);
    exchange->answer_size = size;
    if (!exchange->answer)
        errx(1, "out of memory");
}

void exchange_refuse(struct exchange *exchange, enum idp_error error)
{
    const struct idp_error_row *row = idp_error_row(error);
    char json[1024];
    int size = snprintf(json, sizeof(json),
                        "{\"status\":%u,\"headers\":{\"Content-Type\":\"application/json\","
                        "\"Cache-Control\":\"no-store\"%s},\"body\":\"{\\\"error\\\":\\\"%s\\\","
                        "\\\"error_description\\\":\\\"%s\\\"}\"}",
                        row->http_status, row->http_status == 503 ? ",\"Retry-After\":\"1\"" : "",
                        row->word, row->sentence);
    exchange_answer(exchange, json, (size_t)size);
}

void exchange_resume(struct exchange *exchange)
{
    if (exchange->suspended)
        MHD_resume_connection(exchange->connection);
    exchange->suspended = false;
}

/* ---- responses: most answers are like one before, so that its response can be sent again ---- */

static struct kept {
    char *json;
    struct MHD_Response *response;
    int status;
} kept[64];

static void kept_clear(struct kept *slot)
{
    if (slot->json)
        explicit_bzero(slot->json, strlen(slot->json));
    free(slot->json);
    if (slot->response)
        MHD_destroy_response(slot->response);
    *slot = (struct kept){0};
}

/* Makes the response of an answer. A header's value is a string or an array of strings. */
static void kept_fill(struct kept *slot, char *json)
{
    cJSON *document = cJSON_Parse(json);
    const cJSON *header, *item, *headers = cJSON_GetObjectItem(document, "headers");
    char *body = cJSON_GetStringValue(cJSON_GetObjectItem(document, "body"));
    if (!body)
        errx(1, "out of memory, or an answer that is none");
    kept_clear(slot);
    slot->json = json;
    slot->status = cJSON_GetObjectItem(document, "status")->valueint;
    slot->response = MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_MUST_COPY);
    cJSON_ArrayForEach(header, headers)
    {
        item = header->child ? header->child : header;
        for (; item; item = header->child ? item->next : NULL)
            MHD_add_response_header(slot->response, header->string, item->valuestring);
    }
    cJSON_Delete(document);
}

enum MHD_Result exchange_send(struct exchange *exchange)
{
    struct kept *slot = &kept[exchange->answer_size % IDP_COUNT(kept)];
    if (!slot->json || strcmp(slot->json, exchange->answer) != 0) {
        kept_fill(slot, exchange->answer);
        exchange->answer = NULL;
    }
    exchange->status = slot->status;
    enum MHD_Result sent =
        MHD_queue_response(exchange->connection, (unsigned)slot->status, slot->response);
    if (slot->status == MHD_HTTP_OK && strcmp(exchange->told, "GET") != 0)
        kept_clear(slot); /* may be a secret, and never comes twice */
    return sent;
}
