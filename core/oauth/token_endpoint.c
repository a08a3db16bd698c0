/* SPDX-License-Identifier: Apache-2.0 */
/* token_endpoint.c - the two endpoints that a client talks to, once a front has taken the request
 * apart. The client is authenticated before any code or token is looked at (RFC 8628 §3.4). */
#include "core/oauth/token.h"

/* ---- what a request proves ---- */

/* A proof that is not good is an error, also where none is needed. */
static enum idp_error binding_read(struct idp_call *call, const struct idp_origin *origin,
                                   struct idp_bytes certificate, struct idp_binding *binding)
{
    *binding = (struct idp_binding){.jkt = origin->proven_jkt,
                                    .x5t = idp_certificate_thumbprint(call, certificate)};
    if (origin->dpop.data == NULL) {
        return IDP_OK;
    }
    return idp_dpop_read(call, origin, idp_settings_load(call).dpop_nonce_required,
                         (struct idp_bytes){0}, &binding->jkt);
}

/* ---- a row for each grant type ---- */

const struct idp_json *idp_grant_device_code(struct idp_call *call,
                                             const struct idp_token_request *request)
{
    struct idp_bytes device_code = idp_json_string(request->form, "device_code");
    if (device_code.data == NULL) {
        return idp_error_json_with(call, IDP_INVALID_REQUEST, "Parameter device_code is missing.");
    }
    struct idp_redeemer redeemer = {.client_id = request->client.client_id,
                                    .binding = request->binding,
                                    .code_verifier =
                                        idp_json_string(request->form, "code_verifier"),
                                    .form = request->form,
                                    .wait_s = request->wait_s};
    return idp_device_poll(call, device_code, &redeemer);
}

/* is_light: it loads settings and rules where it needs them, since most of its requests do not. */
static const struct {
    const char *grant_type;
    const struct idp_json *(*handler)(struct idp_call *, const struct idp_token_request *);
    bool is_light;
} grants[] = {
    {IDP_GRANT_DEVICE_CODE, idp_grant_device_code, true},
    {IDP_GRANT_REFRESH_TOKEN, idp_grant_refresh_token, false},
    {IDP_GRANT_AUTHORIZATION_CODE, idp_grant_authorization_code, false},
    {IDP_GRANT_CLIENT_CREDENTIALS, idp_grant_client_credentials, false},
    {IDP_GRANT_TOKEN_EXCHANGE, idp_grant_token_exchange, false},
    {IDP_GRANT_JWT_BEARER, idp_grant_jwt_bearer, false},
};

static size_t grant_find(struct idp_bytes grant_type)
{
    size_t i = 0;
    while (i < IDP_COUNT(grants) && !idp_bytes_is(grant_type, grants[i].grant_type)) {
        i++;
    }
    return i;
}

/* Whoever still asks for these is told by name why not. */
const struct idp_json *idp_grant_unsupported(struct idp_call *call, struct idp_bytes grant_type)
{
    static const struct {
        const char *grant_type, *sentence;
    } refused[] = {
        {"password", "The grant type password is refused: it gives the client the user's password "
                     "(RFC 9700 2.4)."},
        {"implicit", "The grant type implicit is refused: it shows tokens in the address of the "
                     "browser (RFC 9700 2.1.2)."},
    };
    for (size_t i = 0; i < IDP_COUNT(refused); i++) {
        if (idp_bytes_is(grant_type, refused[i].grant_type)) {
            return idp_error_json_with(call, IDP_UNSUPPORTED_GRANT_TYPE, refused[i].sentence);
        }
    }
    return idp_error_json(IDP_UNSUPPORTED_GRANT_TYPE);
}

struct granting {
    const struct idp_json *(*handler)(struct idp_call *, const struct idp_token_request *);
    const struct idp_token_request *request;
};

static const struct idp_json *grant_tokens(struct idp_call *call, void *data)
{
    struct granting *granting = data;
    return granting->handler(call, granting->request);
}

/* Whether tenant and client have the grant type, and the request what the client's tokens need. */
static enum idp_error enter(struct idp_call *call, struct idp_bytes grant_type,
                            struct idp_token_request *request)
{
    request->settings = idp_settings_load(call);
    if (!idp_grant_offered(&request->settings, grant_type)) {
        return IDP_UNSUPPORTED_GRANT_TYPE;
    }
    if (!idp_word_in(request->client.grant_types, grant_type)) {
        return IDP_UNAUTHORIZED_CLIENT;
    }
    request->rules = idp_token_rules_of(call, &request->settings, request->client.client_id);
    return idp_binding_judge(&request->rules, &request->binding);
}

const struct idp_json *idp_token_endpoint(struct idp_call *call, const struct idp_json *form,
                                          const struct idp_credentials *credentials,
                                          const struct idp_origin *origin)
{
    struct idp_bytes grant_type = idp_json_string(form, "grant_type");
    struct idp_token_request request = {
        .form = form, .grant_type = grant_type, .wait_s = origin->wait_s};
    if (grant_type.data == NULL) {
        return idp_error_json_with(call, IDP_INVALID_REQUEST, "Parameter grant_type is missing.");
    }
    enum idp_error error = idp_client_authenticate(call, credentials, true, &request.client);
    if (error == IDP_OK) {
        error = binding_read(call, origin, credentials->certificate, &request.binding);
    }
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    size_t which = grant_find(grant_type);
    if (which == IDP_COUNT(grants)) {
        return idp_grant_unsupported(call, grant_type);
    }
    if (grants[which].is_light) {
        return grants[which].handler(call, &request);
    }
    error = enter(call, grant_type, &request);
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    struct idp_hooks hooks = idp_hooks_load(call, &request.settings);
    struct granting granting = {grants[which].handler, &request};
    request.hooks = &hooks;
    return idp_hooked(call, &hooks, grant_tokens, &granting);
}

/* ---- device authorization ---- */

/* A confidential client proves itself here too, unless the settings let its name be enough. */
const struct idp_json *idp_device_endpoint(struct idp_call *call, const struct idp_json *form,
                                           const struct idp_credentials *credentials,
                                           const struct idp_origin *origin,
                                           const struct idp_json *device)
{
    struct idp_client client;
    struct idp_settings settings = idp_settings_load(call);
    struct idp_device_request request = {.device = device, .scope = idp_json_string(form, "scope")};
    bool is_valid = idp_code_challenge_asked(form, &request.code_challenge);
    enum idp_error error =
        idp_client_authenticate(call, credentials, settings.client_auth_required, &client);
    if (error == IDP_OK && !is_valid) {
        return idp_error_json_with(call, IDP_INVALID_REQUEST,
                                   "The code_challenge must be one of method S256 (RFC 7636).");
    }
    if (error == IDP_OK) {
        error = binding_read(call, origin, credentials->certificate, &request.binding);
    }
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    request.client_id = client.client_id;
    return idp_device_issue(call, &request);
}
