/* SPDX-License-Identifier: Apache-2.0 */
/* client_credentials.c - a client that acts for itself (RFC 6749 §4.4). There is no user, so no
 * grant of one: no refresh token, no ID token. */
#include "core/oauth/token.h"

const struct idp_json *idp_grant_client_credentials(struct idp_call *call,
                                                    const struct idp_token_request *request)
{
    const struct idp_json *resource;
    if (idp_bytes_is(request->client.auth_method, "none")) {
        return idp_error_json(IDP_UNAUTHORIZED_CLIENT);
    }
    enum idp_error error = idp_resource_asked(call, request, &resource);
    struct idp_bytes scope = idp_scope_asked(request->form, request->client.scope);
    if (error != IDP_OK || scope.data == NULL) {
        return idp_error_json(error != IDP_OK ? error : IDP_INVALID_SCOPE);
    }
    struct idp_grant grant = {.client_id = request->client.client_id,
                              .subject = request->client.client_id,
                              .scope = scope,
                              .details = idp_grant_details(call, NULL, "", resource),
                              .binding = request->binding};
    call->host->begin(call);
    return idp_tokens_issue(call, request, &grant, false);
}
