/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.c - idplane_fetch: settings, then options, then the URL, then the transfer, then the
 * answer. What the network does to a fetch is told, not raised. */
#include "core/fetch/request.h"

/* Two limits of an answer have this word; its usual sentence is about arguments. */
static const char too_large[] = "The answer is larger than what may be fetched.";

static struct idp_value failed(struct idp_call *call, enum idp_error error)
{
    return idp_value_json(error == IDP_TOO_LARGE ? idp_error_json_with(call, error, too_large)
                                                 : idp_error_json(error));
}

struct idp_value idp_fetch(struct idp_call *call, const struct idp_fetch_host *host,
                           struct idp_value url, struct idp_value options)
{
    struct idp_fetch_request request = {0};
    struct idp_fetch_response *response = idp_allocate(call, sizeof *response);
    if (url.kind == 0) {
        idp_fail_with(call, IDP_NULL_ARGUMENT, "The argument url is NULL. Give it a value.");
    }
    idp_fetch_settings_read(call, &host->settings, &request);
    idp_fetch_options_read(call, options, &request);
    if (!idp_fetch_url_valid(idp_text_of(url), host->settings.allow_http)) {
        return failed(call, IDP_REFUSED_URL);
    }
    request.url = idp_text_c(call, idp_text_of(url));
    response->headers =
        (struct idp_fetch_received){.call = call, .size_max = IDP_FETCH_HEADER_SIZE_MAX};
    response->body = (struct idp_fetch_received){.call = call, .size_max = request.size_max};
    enum idp_error error = idp_fetch_transfer(call, host, &request, response);
    struct idp_json *answer = error == IDP_OK ? idp_fetch_answer(call, response, &error) : NULL;
    return answer == NULL ? failed(call, error) : idp_value_json(answer);
}
