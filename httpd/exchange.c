/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c - a request from its first byte to its answer: whose connection it came by, what it
 * waits for, what it is answered. */
#include "httpd/exchange.h"
#include "httpd/fetch.h"

#include <netdb.h>
#include <openssl/evp.h>

#pragma GCC diagnostic ignored "-Wunused-parameter" /* callbacks are told more than they need */

enum { SOCKET_MAX = 1024 };

size_t exchanges_open;
bool exchanges_came, exchanges_answered;

static struct exchange exchanges[SOCKET_MAX]; /* by the number of the socket */
static char addresses[SOCKET_MAX][INET6_ADDRSTRLEN];

void connection_changed(void *context, struct MHD_Connection *connection, void **slot,
                        enum MHD_ConnectionNotificationCode code)
{
    int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    getnameinfo(
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
        sizeof(struct sockaddr_in6), addresses[fd], INET6_ADDRSTRLEN, NULL, 0, NI_NUMERICHOST);
    *slot = &exchanges[fd];
    exchanges[fd].since_us = code == MHD_CONNECTION_NOTIFY_STARTED ? monotonic_us() : 0;
    if (option[TLS] && code == MHD_CONNECTION_NOTIFY_STARTED)
        tls_begin(connection);
}

/* Those who wait when the server is to end have half the time, so that it ends in time. */
bool exchange_in_vain(const struct exchange *exchange)
{
    struct pollfd client = {.fd = (int)(exchange - exchanges), .events = POLLRDHUP};
    uint64_t patience_us = timeout_s * (stopping ? 1000000ULL : 2000000ULL);
    return monotonic_us() - exchange->since_us > patience_us || poll(&client, 1, 0) > 0;
}

/* A client that sends a little now and then is never idle; it has twice the timeout in all, and as
 * long again to take an answer that it waited for. Whoever has a request answers it in time; one
 * that nobody answers is cut off. */
void connections_sweep(uint64_t now_us)
{
    for (int fd = 0; fd < SOCKET_MAX; fd++) {
        const struct exchange *exchange = &exchanges[fd];
        uint64_t limit_us = timeout_s * (exchange->asleep ? 4000000ULL : 2000000ULL);
        if (exchange->since_us && now_us - exchange->since_us > limit_us &&
            now_us - exchange->woken_us > limit_us)
            shutdown(fd, SHUT_RDWR);
    }
}

/* The text of a body, or the bytes of one that is none, in the place of their base64. */
static size_t body_of(const cJSON *document, char **body)
{
    const cJSON *binary = cJSON_GetObjectItem(document, "body_base64");
    *body = cJSON_GetStringValue(binary ? binary : cJSON_GetObjectItem(document, "body"));
    size_t size = strlen(obtained(*body));
    if (!binary || size < 4)
        return size;
    size_t padding = (size_t)((*body)[size - 1] == '=') + ((*body)[size - 2] == '=');
    unsigned char *at = (unsigned char *)*body;
    return (size_t)EVP_DecodeBlock(at, at, (int)size) - padding;
}

static struct MHD_Response *response_make(const cJSON *document)
{
    const cJSON *header = cJSON_GetObjectItem(document, "headers")->child;
    char *body;
    size_t size = body_of(document, &body);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(size, body, MHD_RESPMEM_MUST_COPY);
    for (; header; header = header->next) {
        const cJSON *value = cJSON_IsArray(header) ? header->child : header;
        for (; value; value = value == header ? NULL : value->next)
            MHD_add_response_header(response, header->string, value->valuestring);
    }
    return response;
}

/* An answer like the one before reuses its response; what a POST achieved is never kept. */
void exchange_answer(struct exchange *exchange, const char *json)
{
    static char *kept;
    static struct MHD_Response *response;
    static unsigned status;
    if (!kept || strcmp(kept, json) != 0) {
        cJSON *document = cJSON_Parse(json);
        const cJSON *wakes = cJSON_GetObjectItem(document, "wakes");
        if (wakes)
            holding_wake(wakes->valuestring);
        if (exchange_pend(exchange, document, json) || exchange_hold(exchange, document, json)) {
            cJSON_Delete(document);
            return;
        }
        MHD_destroy_response(response);
        response = response_make(document);
        status = (unsigned)cJSON_GetObjectItem(document, "status")->valueint;
        free(kept);
        kept = status == MHD_HTTP_OK && strcmp(exchange->told, "GET") != 0 ? NULL
                                                                           : obtained(strdup(json));
        cJSON_Delete(document);
    }
    exchange->status = status;
    MHD_queue_response(exchange->connection, status, response);
    if (!exchange->asleep)
        return;
    MHD_resume_connection(exchange->connection);
    exchange->woken_us = monotonic_us();
    exchange->asleep = false;
    exchanges_answered = true;
}

void exchange_refuse(struct exchange *exchange, enum idp_error error)
{
    char json[1024];
    idp_response_refusal(json, sizeof(json), error);
    exchange_answer(exchange, json);
}

static bool is_text(const char *text) /* printable ASCII */
{
    while (*text >= ' ' && *text < 0x7f)
        text++;
    return *text == '\0';
}

void *exchange_open(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *exchange =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    uint64_t now_us = monotonic_us();
    *exchange = (struct exchange){.connection = connection, .since_us = now_us, .step_us = now_us};
    exchange->target = obtained(strdup(uri));
    exchange->address = addresses[exchange - exchanges];
    exchanges_open++;
    return exchange;
}

void exchange_close(void *context, struct MHD_Connection *connection, void **slot,
                    enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *slot;
    if (!exchange)
        return;
    if (exchange->status && !option[QUIET])
        fprintf(stderr, "%s %.*s %u %uus %s\n", exchange->method,
                (int)strcspn(exchange->target, "?"), exchange->target, exchange->status,
                (unsigned)(monotonic_us() - exchange->since_us), exchange->address);
    exchange->since_us = monotonic_us();
    if (exchange->stays_in)
        STAILQ_REMOVE(exchange->stays_in, exchange, exchange, next);
    if (exchange->body)
        explicit_bzero(exchange->body, exchange->body_size);
    free(exchange->target);
    free(exchange->body);
    free(exchange->answer);
    free(exchange->pending);
    free(exchange->fetch);
    free(exchange->resume);
    free(exchange->wake_on);
    exchanges_open--;
}

/* A body that is too large is refused before it comes. The core refuses what is malformed. */
static void exchange_enter(struct exchange *exchange, const char *method)
{
    const char *size =
        MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, "Content-Length");
    exchange->method = method;
    exchange->told = strcmp(method, "HEAD") == 0 ? "GET" : method;
    if (!is_text(method) || !is_text(exchange->target)) {
        exchange->method = exchange->told = "malformed"; /* in the log too */
        exchange->target[0] = '\0';
    }
    if (size && strtoull(size, NULL, 10) > body_size_max)
        exchange_refuse(exchange, IDP_CONTENT_TOO_LARGE);
}

void exchange_wait(struct exchange *exchange, struct queue *queue)
{
    if (!exchange->asleep)
        MHD_suspend_connection(exchange->connection);
    exchange->asleep = true;
    STAILQ_INSERT_TAIL(queue, exchange, next);
}

void exchange_stay(struct exchange *exchange, struct queue *queue)
{
    STAILQ_INSERT_TAIL(queue, exchange, next);
    exchange->stays_in = queue;
}

void exchange_settle(struct exchange *exchange, int code)
{
    STAILQ_REMOVE(exchange->stays_in, exchange, exchange, next);
    exchange->stays_in = NULL;
    exchange->is_settled = true;
    exchange->code = code;
    if (exchange->asleep)
        engine->tell(exchange);
}

/* What is neither answered nor asleep is asked for again and again. */
static void exchange_ask(struct exchange *exchange)
{
    if (exchange->is_settled) {
        engine->tell(exchange);
    } else if (!exchange->is_taken) {
        exchange->is_taken = exchanges_came = true;
        engine->take(exchange);
    }
}

/* Reads one byte more than allowed. */
enum MHD_Result exchange_handle(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *size, void **slot)
{
    struct exchange *exchange = *slot;
    if (!exchange->method) {
        exchange_enter(exchange, method);
    } else if (*size > 0) {
        size_t room = body_size_max + 1 - exchange->body_size, used = *size < room ? *size : room;
        exchange->body = obtained(realloc(exchange->body, exchange->body_size + used));
        memcpy(exchange->body + exchange->body_size, data, used);
        exchange->body_size += used;
        *size = 0;
    } else if (exchange->body_size > body_size_max) {
        exchange_refuse(exchange, IDP_CONTENT_TOO_LARGE);
    } else {
        exchange_ask(exchange);
    }
    return MHD_YES;
}
