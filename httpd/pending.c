/* SPDX-License-Identifier: Apache-2.0 */
/* pending.c - requests between two steps of the core: they wait for what is fetched, or pause while
 * another one fetches what they need as well. */
#include "httpd/fetch.h"

enum { SPACES_SIZE = 4096 }; /* that PostgreSQL puts behind colons and commas */

static struct queue pausing = STAILQ_HEAD_INITIALIZER(pausing); /* until due */

/* What is too long to be an argument is no answer, either. */
static char *further_print(cJSON *resume, const char *fetched)
{
    cJSON *further = cJSON_CreateObject();
    cJSON_AddItemToObject(further, "resume", resume);
    if (fetched)
        cJSON_AddRawToObject(further, "fetched", fetched);
    char *text = obtained(cJSON_PrintUnformatted(further));
    if (fetched && strlen(text) > IDP_ARGUMENT_SIZE_MAX - SPACES_SIZE) {
        cJSON_free(text);
        cJSON_ReplaceItemInObject(
            further, "fetched",
            cJSON_CreateRaw("{\"error\":\"too_large\",\"error_description\":\"The answer is larger "
                            "than what a login may have.\"}"));
        text = obtained(cJSON_PrintUnformatted(further));
    }
    cJSON_Delete(further);
    return text;
}

void exchange_resume(struct exchange *exchange, const char *fetched)
{
    cJSON *document = cJSON_Parse(exchange->pending);
    free(exchange->resume);
    exchange->resume = further_print(cJSON_DetachItemFromObject(document, "resume"), fetched);
    cJSON_Delete(document);
    free(exchange->pending);
    free(exchange->fetch);
    free(exchange->answer);
    exchange->pending = exchange->fetch = exchange->answer = NULL;
    exchange->attempts = 0;
    exchange->step_us = monotonic_us();
    engine->take(exchange);
}

bool exchange_pend(struct exchange *exchange, const cJSON *document, const char *json)
{
    const cJSON *wait_ms = cJSON_GetObjectItem(document, "wait_ms");
    const cJSON *fetch = cJSON_GetObjectItem(document, "fetch");
    bool is_answer = cJSON_HasObjectItem(document, "status");
    if (is_answer || (!fetch && !wait_ms))
        return false;
    if (exchange_in_vain(exchange)) {
        exchange_refuse(exchange, IDP_TEMPORARILY_UNAVAILABLE);
        return true;
    }
    exchange->pending = obtained(strdup(json));
    if (fetch) {
        const char *url = cJSON_GetStringValue(cJSON_GetObjectItem(fetch, "url"));
        exchange->fetch = obtained(cJSON_PrintUnformatted(fetch));
        hosts_add(exchange, url ? url : "");
    } else {
        exchange->due_us = monotonic_us() + (uint64_t)wait_ms->valueint * 1000;
        exchange_wait(exchange, &pausing);
    }
    return true;
}

void pausing_resume(void)
{
    struct exchange *exchange;
    while ((exchange = STAILQ_FIRST(&pausing)) && exchange->due_us <= monotonic_us()) {
        STAILQ_REMOVE_HEAD(&pausing, next);
        exchange_resume(exchange, NULL);
    }
}

/* Each pauses as long as the others, so that the first is due first. */
uint64_t pausing_due_us(void)
{
    return STAILQ_EMPTY(&pausing) ? UINT64_MAX : STAILQ_FIRST(&pausing)->due_us;
}
