/* SPDX-License-Identifier: Apache-2.0 */
/* jwt_bearer.c - an assertion of somebody whom the client may bring assertions of (RFC 7523 §2.1):
 * its metadata names them in assertion_issuers, set_issuer_keys() their keys. */
#include "core/oauth/token.h"

/* Whom it is about, verified and used up; size 0: it is none that the client may bring. */
static struct idp_bytes subject_of(struct idp_call *call, const struct idp_token_request *request,
                                   struct idp_bytes assertion)
{
    struct idp_unverified token;
    const struct idp_json *listed =
        idp_json_member(idp_client_metadata(call, request->client.client_id), "assertion_issuers");
    if (listed == NULL || !idp_unverified_read(call, assertion, &token)) {
        return (struct idp_bytes){0};
    }
    struct idp_bytes issuer = idp_json_string(token.claims, "iss");
    if (issuer.data == NULL || !idp_json_holds(listed, issuer)) {
        return (struct idp_bytes){0};
    }
    struct idp_bytes keys = idp_issuer_keys_set(call, issuer);
    return keys.data == NULL
               ? keys
               : idp_json_string(idp_assertion_claims(call, assertion, issuer, keys, false), "sub");
}

const struct idp_json *idp_grant_jwt_bearer(struct idp_call *call,
                                            const struct idp_token_request *request)
{
    const struct idp_json *resource;
    struct idp_bytes assertion = idp_json_string(request->form, "assertion");
    if (assertion.data == NULL) {
        return idp_error_json_with(call, IDP_INVALID_REQUEST, "Parameter assertion is missing.");
    }
    enum idp_error error = idp_resource_asked(call, request, &resource);
    struct idp_bytes scope = idp_scope_asked(request->form, request->client.scope);
    if (error != IDP_OK || scope.data == NULL) {
        return idp_error_json(error != IDP_OK ? error : IDP_INVALID_SCOPE);
    }
    if (idp_scope_is_administrative(scope)) {
        return idp_error_json_with(call, IDP_INVALID_SCOPE,
                                   "An assertion gives no scope that administers: ask for others.");
    }
    call->host->begin(call);
    struct idp_bytes subject = subject_of(call, request, assertion);
    if (subject.size == 0 || subject.size > IDP_SUBJECT_SIZE_MAX ||
        !idp_subject_enabled(call, subject)) {
        return idp_error_json(IDP_INVALID_GRANT);
    }
    struct idp_grant grant = {.client_id = request->client.client_id,
                              .subject = subject,
                              .scope = scope,
                              .grant_type = idp_bytes_of(IDP_GRANT_JWT_BEARER),
                              .details = idp_grant_details(call, NULL, "", resource),
                              .binding = request->binding,
                              .is_new = true};
    return idp_tokens_issue(call, request, &grant, false);
}
