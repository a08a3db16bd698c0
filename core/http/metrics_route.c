/* SPDX-License-Identifier: Apache-2.0 */
/* metrics_route.c - what Prometheus scrapes. It tells how much a server is used, so it is for who
 * brings a token with the scope, or asks from an address that the settings name. */
#include "core/http/http.h"

struct idp_response idp_answer_metrics(struct idp_call *call, const struct idp_request *request)
{
    struct idp_response response;
    struct idp_bytes sources = idp_settings_load(call).metrics_sources;
    bool is_known = call->source.size > 0 && idp_word_in(sources, call->source);
    if (!is_known && idp_request_claims(call, request, IDP_SCOPE_METRICS, &response) == NULL) {
        return response;
    }
    response = (struct idp_response){.status = 200,
                                     .headers = idp_json_new(call, IDP_JSON_OBJECT),
                                     .body = idp_metrics_text(call)};
    idp_json_add_c(call, response.headers, "Content-Type",
                   "text/plain; version=0.0.4; charset=utf-8");
    idp_json_add_c(call, response.headers, "Cache-Control", "no-store");
    return response;
}
