/* SPDX-License-Identifier: Apache-2.0 */
/* token_exchange.c - a token of ours for another that may do less, or is for somebody else (RFC
 * 8693). It stays within what it came from: scope, lifetime and grant; and it says who acts. */
#include "core/oauth/token.h"

#define TYPE(name) "urn:ietf:params:oauth:token-type:" name

/* Access tokens only, whatever their form. */
static bool is_access_token(struct idp_bytes type, bool is_optional)
{
    return (type.data == NULL && is_optional) || idp_bytes_is(type, TYPE("access_token")) ||
           idp_bytes_is(type, TYPE("jwt"));
}

static bool is_well_formed(const struct idp_json *form)
{
    struct idp_bytes actor_type = idp_json_string(form, "actor_token_type");
    bool has_actor = idp_json_string(form, "actor_token").data != NULL;
    return idp_json_string(form, "subject_token").data != NULL &&
           is_access_token(idp_json_string(form, "subject_token_type"), false) &&
           is_access_token(idp_json_string(form, "requested_token_type"), true) &&
           (has_actor ? is_access_token(actor_type, false) : actor_type.data == NULL);
}

/* A token of the client, or for it, or of one whose tokens it may exchange. */
static bool may_exchange(struct idp_call *call, const struct idp_token_request *request,
                         const struct idp_json *claims)
{
    struct idp_bytes owner = idp_json_string(claims, "client_id");
    const struct idp_json *audience = idp_json_member(claims, "aud");
    const struct idp_json *listed = idp_json_member(
        idp_client_metadata(call, request->client.client_id), "token_exchange_clients");
    return idp_bytes_equal(owner, request->client.client_id) ||
           (idp_json_is(audience, IDP_JSON_ARRAY) &&
            idp_json_holds(audience, request->client.client_id)) ||
           (listed != NULL && idp_json_holds(listed, owner));
}

/* What a client was given bound it cannot turn into what is not: where it is its own, it has the
 * key.
 */
static bool is_proven(const struct idp_token_request *request, const struct idp_json *claims)
{
    const struct idp_json *cnf = idp_json_member(claims, "cnf");
    struct idp_binding bound = {.jkt = idp_json_string(cnf, "jkt"),
                                .x5t = idp_json_string(cnf, "x5t#S256")};
    bool is_own = idp_bytes_equal(idp_json_string(claims, "client_id"), request->client.client_id);
    return !is_own || idp_binding_meets(&request->binding, &bound);
}

/* Whom the token is for by name (`audience`) or by address (`resource`): here they are the same. */
static enum idp_error target_read(struct idp_call *call, const struct idp_token_request *request,
                                  const struct idp_json **resource)
{
    struct idp_token_request named = *request;
    struct idp_bytes audience = idp_json_string(request->form, "audience");
    struct idp_bytes address = idp_json_string(request->form, "resource");
    if (audience.data != NULL && address.data != NULL && !idp_bytes_equal(audience, address)) {
        return IDP_INVALID_TARGET;
    }
    if (audience.data != NULL) {
        named.form =
            idp_json_with(call, request->form, "resource", idp_json_new_string(call, audience));
    }
    return idp_resource_asked(call, &named, resource);
}

/* {"sub", "act"}: who acts now, for whom others acted before (§4.1). */
static struct idp_json *actor_of(struct idp_call *call, const struct idp_json *subject_claims,
                                 struct idp_bytes actor)
{
    struct idp_json *act = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_json *before = idp_json_member(subject_claims, "act");
    idp_json_add_string(call, act, "sub", actor);
    if (before != NULL) {
        idp_json_add_shared(call, act, "act", before);
    }
    return act;
}

/* Who acts: the subject of the actor token, else the client, where the token was another's. */
static enum idp_error actor_read(struct idp_call *call, const struct idp_token_request *request,
                                 const struct idp_json *claims, struct idp_grant *grant)
{
    struct idp_bytes token = idp_json_string(request->form, "actor_token");
    if (token.data != NULL) {
        const struct idp_json *actor = idp_access_claims(call, token);
        grant->actor = actor_of(call, claims, idp_json_string(actor, "sub"));
        return actor == NULL || !may_exchange(call, request, actor) ? IDP_INVALID_REQUEST : IDP_OK;
    }
    bool is_own = idp_bytes_equal(idp_json_string(claims, "client_id"), request->client.client_id);
    grant->actor =
        is_own ? idp_json_member(claims, "act") : actor_of(call, claims, request->client.client_id);
    return IDP_OK;
}

/* Both have to allow it. */
static bool scope_read(const struct idp_token_request *request, const struct idp_json *claims,
                       struct idp_grant *grant)
{
    struct idp_bytes had = idp_json_string(claims, "scope");
    struct idp_bytes scope =
        idp_scope_asked(request->form, had.data == NULL ? idp_bytes_of("") : had);
    grant->scope = scope;
    return scope.data != NULL && idp_scope_within(scope, request->client.scope);
}

static const struct idp_json *exchange(struct idp_call *call,
                                       const struct idp_token_request *request,
                                       const struct idp_json *claims, struct idp_grant *grant)
{
    const struct idp_json *resource;
    enum idp_error error = target_read(call, request, &resource);
    if (error == IDP_OK) {
        error = actor_read(call, request, claims, grant);
    }
    if (error == IDP_OK && !scope_read(request, claims, grant)) {
        error = IDP_INVALID_SCOPE;
    }
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    grant->details = idp_grant_details(call, claims, "auth_time amr", resource);
    call->host->begin(call);
    struct idp_json *answer = idp_tokens_issue(call, request, grant, false);
    if (idp_json_member(answer, "error") == NULL) {
        idp_json_add_c(call, answer, "issued_token_type", TYPE("access_token"));
    }
    return answer;
}

const struct idp_json *idp_grant_token_exchange(struct idp_call *call,
                                                const struct idp_token_request *request)
{
    if (idp_bytes_is(request->client.auth_method, "none")) {
        return idp_error_json(IDP_UNAUTHORIZED_CLIENT);
    }
    bool is_jwt_asked =
        idp_bytes_is(idp_json_string(request->form, "requested_token_type"), TYPE("jwt"));
    if (!is_well_formed(request->form) || (is_jwt_asked && request->rules.is_opaque)) {
        return idp_error_json(IDP_INVALID_REQUEST);
    }
    const struct idp_json *claims =
        idp_access_claims(call, idp_json_string(request->form, "subject_token"));
    struct idp_grant grant = {.client_id = request->client.client_id,
                              .subject = idp_json_string(claims, "sub"),
                              .grant_id = idp_grant_of_jti(idp_json_string(claims, "jti")),
                              .is_exchanged = true,
                              .binding = request->binding};
    if (claims == NULL || !may_exchange(call, request, claims) || !is_proven(request, claims) ||
        !idp_numeric_date(idp_json_member(claims, "exp"), &grant.expires_at_us)) {
        return idp_error_json_with(call, IDP_INVALID_REQUEST,
                                   "The subject_token is not good, or not this client's to "
                                   "exchange.");
    }
    return exchange(call, request, claims, &grant);
}
