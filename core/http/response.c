/* SPDX-License-Identifier: Apache-2.0 */
/* response.c - what goes back. Answers carry secrets unless a route says otherwise, so that nothing
 * is stored by default (RFC 6749 §5.1); every error has the status of its row. */
#include <stdio.h>

#include "core/http/http.h"

/* Long enough to spare a verifier most requests, short enough for a new key to be seen. */
#define PUBLIC_CACHE_CONTROL "public, max-age=300"

/* RFC 9110 §15.5.2 wants a challenge in every 401. */
#define CHALLENGE "Basic realm=\"idplane\""

/* RFC 9449 §7.1. */
#define DPOP_CHALLENGE "DPoP algs=\"" IDP_SIGNATURE_NAMES "\""

static struct idp_response document_response(struct idp_call *call, int64_t status,
                                             const struct idp_json *document)
{
    struct idp_response response = {.status = status,
                                    .headers = idp_json_new(call, IDP_JSON_OBJECT),
                                    .body = idp_json_text(call, document)};
    idp_json_add_c(call, response.headers, "Content-Type", "application/json");
    return response;
}

struct idp_response idp_response_json(struct idp_call *call, int64_t status,
                                      const struct idp_json *document)
{
    struct idp_response response = document_response(call, status, document);
    idp_json_add_c(call, response.headers, "Cache-Control", "no-store");
    idp_json_add_c(call, response.headers, "Pragma", "no-cache");
    if (status == 401) {
        idp_json_add_c(call, response.headers, "WWW-Authenticate", CHALLENGE);
    }
    return response;
}

/* The challenge goes on with the error, where there is one. */
static struct idp_response challenge_response(struct idp_call *call, int64_t status,
                                              struct idp_text *challenge, const char *error,
                                              const char *description)
{
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    if (error != NULL) {
        idp_text_add_c(challenge, ", error=\"");
        idp_text_add_c(challenge, error);
        idp_text_add_char(challenge, '"');
        idp_json_add_c(call, document, "error", error);
    }
    idp_json_add_c(call, document, "error_description", description);
    /* What clients of a service broker read. */
    idp_json_add_c(call, document, "description", description);
    struct idp_response response = document_response(call, status, document);
    idp_json_add_c(call, response.headers, "Cache-Control", "no-store");
    idp_json_add_string(call, response.headers, "WWW-Authenticate", idp_text_bytes(challenge));
    return response;
}

struct idp_response idp_response_bearer(struct idp_call *call, int64_t status, const char *error,
                                        const char *description)
{
    struct idp_text challenge = {.call = call};
    idp_text_add_c(&challenge, IDP_BEARER_CHALLENGE);
    return challenge_response(call, status, &challenge, error, description);
}

struct idp_response idp_response_dpop(struct idp_call *call, int64_t status, const char *error,
                                      const char *description)
{
    struct idp_text challenge = {.call = call};
    idp_text_add_c(&challenge, DPOP_CHALLENGE);
    return challenge_response(call, status, &challenge, error, description);
}

struct idp_response idp_response_token_needed(struct idp_call *call)
{
    struct idp_text challenge = {.call = call};
    idp_text_add_c(&challenge, IDP_BEARER_CHALLENGE ", " DPOP_CHALLENGE);
    return challenge_response(call, 401, &challenge, NULL, "An access token is needed.");
}

struct idp_response idp_response_public(struct idp_call *call, const struct idp_json *document)
{
    struct idp_response response = document_response(call, 200, document);
    idp_json_add_c(call, response.headers, "Cache-Control", PUBLIC_CACHE_CONTROL);
    return response;
}

enum idp_error idp_error_of_word(struct idp_bytes word)
{
    int error = IDP_OK + 1;
    while (error < IDP_ERROR_COUNT &&
           !idp_bytes_is(word, idp_error_row((enum idp_error)error)->word)) {
        error++;
    }
    return error < IDP_ERROR_COUNT ? (enum idp_error)error : IDP_SERVER_ERROR;
}

/* Errors may share a word: that of a row as it is has the status of its row. */
int64_t idp_outcome_status(const struct idp_json *outcome)
{
    struct idp_bytes word = idp_json_string(outcome, "error");
    if (word.data == NULL) {
        return 200;
    }
    return outcome->constant != 0
               ? idp_error_row((enum idp_error)(outcome->constant - 1))->http_status
               : idp_error_row(idp_error_of_word(word))->http_status;
}

struct idp_response idp_response_outcome(struct idp_call *call, const struct idp_json *outcome)
{
    int64_t status = idp_outcome_status(outcome);
    struct idp_response response = idp_response_json(call, status, outcome);
    if (status == 429) {
        idp_json_add_string(
            call, response.headers, "Retry-After",
            idp_json_new_integer(call, idp_settings_load(call).attempt_window_s)->text);
    }
    return response;
}

struct idp_response idp_response_error(struct idp_call *call, enum idp_error error)
{
    return idp_response_json(call, idp_error_row(error)->http_status, idp_error_json(error));
}

void idp_response_refusal(char *json, size_t size, enum idp_error error)
{
    const struct idp_error_row *row = idp_error_row(error);
    snprintf(json, size,
             "{\"status\":%u,\"headers\":{\"Content-Type\":\"application/json\","
             "\"Cache-Control\":\"no-store\",\"Connection\":\"close\"%s},\"body\":\"{\\\"error\\\":"
             "\\\"%s\\\","
             "\\\"error_description\\\":\\\"%s\\\"}\"}",
             row->http_status, row->http_status == 503 ? ",\"Retry-After\":\"1\"" : "", row->word,
             row->sentence);
}
