/* SPDX-License-Identifier: Apache-2.0 */
/* revoke.c - a client gives a token back (RFC 7009). A refresh token takes its grant along, and so
 * all access tokens of it; an access token goes alone. What is not known is as good as revoked. */
#include "core/oauth/token.h"

static const struct idp_json *done(struct idp_call *call)
{
    return idp_json_new(call, IDP_JSON_OBJECT);
}

static const struct idp_json *revoke_access(struct idp_call *call, const struct idp_json *claims,
                                            const struct idp_client *client)
{
    int64_t expires_us;
    if (!idp_bytes_equal(idp_json_string(claims, "client_id"), client->client_id)) {
        return idp_error_json(IDP_INVALID_GRANT);
    }
    if (idp_numeric_date(idp_json_member(claims, "exp"), &expires_us)) {
        call->host->begin(call);
        idp_token_withdraw(call, idp_json_string(claims, "jti"), expires_us);
        idp_audit_event(call, NULL, IDP_AUDIT_REVOKED, client->client_id,
                        idp_json_string(claims, "sub"), NULL);
    }
    return done(call);
}

static const struct idp_json *revoke(struct idp_call *call, struct idp_bytes token,
                                     const struct idp_client *client)
{
    struct idp_refresh refresh;
    if (idp_refresh_find(call, token, &refresh)) {
        if (!idp_bytes_equal(refresh.grant.client_id, client->client_id)) {
            return idp_error_json(IDP_INVALID_GRANT);
        }
        call->host->begin(call);
        if (idp_grant_revoke(call, refresh.grant.grant_id)) {
            idp_audit_event(call, NULL, IDP_AUDIT_REVOKED, client->client_id, refresh.grant.subject,
                            NULL);
        }
        return done(call);
    }
    const struct idp_json *claims = idp_access_claims(call, token);
    return claims == NULL ? done(call) : revoke_access(call, claims, client);
}

const struct idp_json *idp_revoke_endpoint(struct idp_call *call, const struct idp_json *form,
                                           const struct idp_credentials *credentials)
{
    struct idp_client client;
    struct idp_bytes token = idp_json_string(form, "token");
    enum idp_error error = idp_client_authenticate(call, credentials, true, &client);
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    return token.data == NULL
               ? idp_error_json_with(call, IDP_INVALID_REQUEST, "Parameter token is missing.")
               : revoke(call, token, &client);
}

/* revoke(token, client_id) → {}, or an error */
struct idp_value idp_sql_revoke(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_client client;
    if (!idp_client_find(call, arguments[1].bytes, &client) || !client.enabled) {
        return idp_value_json(idp_error_json(IDP_INVALID_CLIENT));
    }
    return idp_value_json(revoke(call, arguments[0].bytes, &client));
}
