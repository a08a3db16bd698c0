/* SPDX-License-Identifier: Apache-2.0 */
/* client_authenticate.c - who a request comes from: by the one method that the client registered,
 * whatever else it brings (RFC 6749 §2.3, RFC 7521 §4.2, RFC 8705 §2). A secret takes the same
 * time for an unknown client. */
#include "core/oauth/client.h"

/* ---- each method ---- */

/* With the old secret, too, while that is good. */
static bool secret_right(struct idp_call *call, const struct idp_credentials *credentials,
                         const struct idp_client *client)
{
    int64_t now_us = idp_now_us(call);
    bool possible = credentials->client_secret.data != NULL &&
                    credentials->client_secret.size <= IDP_CLIENT_SECRET_SIZE_MAX;
    struct idp_bytes given = possible ? credentials->client_secret : idp_bytes_of("");
    struct idp_bytes digest = idp_client_secret_digest(call, given);
    bool is_live = client->secret_expires_at_us == 0 || client->secret_expires_at_us > now_us;
    bool is_right = idp_equal(digest, client->secret_digest);
    bool is_old = idp_equal(digest, client->old_secret_digest);
    return possible && is_live &&
           (is_right || (is_old && client->old_secret_expires_at_us > now_us));
}

static bool none_right(struct idp_call *call, const struct idp_credentials *credentials,
                       const struct idp_client *client)
{
    (void)call, (void)credentials, (void)client;
    return true;
}

static bool assertion_right(struct idp_call *call, const struct idp_credentials *credentials,
                            const struct idp_client *client)
{
    return idp_client_assertion_valid(call, client, credentials->assertion);
}

static bool certificate_right(struct idp_call *call, const struct idp_credentials *credentials,
                              const struct idp_client *client)
{
    bool needs_authority = idp_bytes_is(client->auth_method, "tls_client_auth");
    return credentials->certificate.data != NULL &&
           !(needs_authority && credentials->is_unverified) &&
           idp_client_certificate_valid(call, client, credentials->certificate);
}

/* How each of them shows in a request, and what is then looked at. */
static const struct {
    const char *name;
    enum idp_credential_method shown;
    bool (*right)(struct idp_call *call, const struct idp_credentials *credentials,
                  const struct idp_client *client);
} methods[] = {
    {"none", IDP_CREDENTIAL_NONE, none_right},
    {"client_secret_basic", IDP_CREDENTIAL_BASIC, secret_right},
    {"client_secret_post", IDP_CREDENTIAL_POST, secret_right},
    {"client_secret_jwt", IDP_CREDENTIAL_ASSERTION, assertion_right},
    {"private_key_jwt", IDP_CREDENTIAL_ASSERTION, assertion_right},
    {"tls_client_auth", IDP_CREDENTIAL_NONE, certificate_right},
    {"self_signed_tls_client_auth", IDP_CREDENTIAL_NONE, certificate_right},
};

static bool is_right(struct idp_call *call, const struct idp_credentials *credentials,
                     const struct idp_client *client)
{
    if (credentials->method == IDP_CREDENTIAL_TRUSTED) {
        return true;
    }
    for (size_t i = 0; i < IDP_COUNT(methods); i++) {
        if (idp_bytes_is(client->auth_method, methods[i].name)) {
            return methods[i].shown == credentials->method &&
                   methods[i].right(call, credentials, client);
        }
    }
    return secret_right(call, credentials, client) && false;
}

/* ---- any ---- */

/* An assertion names its client; what stands beside it may only say the same (RFC 7521 §4.2). */
struct idp_bytes idp_credentials_client(struct idp_call *call,
                                        const struct idp_credentials *credentials)
{
    if (credentials->method != IDP_CREDENTIAL_ASSERTION) {
        return credentials->client_id;
    }
    struct idp_bytes subject = idp_client_assertion_subject(call, credentials->assertion);
    bool is_same =
        credentials->client_id.size == 0 || idp_bytes_equal(credentials->client_id, subject);
    return is_same && subject.data != NULL ? subject : idp_bytes_of("");
}

/* Before the keys of a client are here nothing that it sends can be right: it is not guessing. */
static bool has_keys(struct idp_call *call, const struct idp_client *client)
{
    return !idp_bytes_is(client->auth_method, "private_key_jwt") ||
           idp_client_keys(call, client->client_id).data != NULL;
}

enum idp_error idp_client_authenticate(struct idp_call *call,
                                       const struct idp_credentials *credentials,
                                       bool secret_required, struct idp_client *client)
{
    struct idp_bytes client_id = idp_credentials_client(call, credentials);
    *client = (struct idp_client){.secret_digest = idp_bytes_of("")};
    if (client_id.size == 0) {
        return credentials->method == IDP_CREDENTIAL_ASSERTION ? IDP_INVALID_CLIENT
                                                               : IDP_INVALID_REQUEST;
    }
    bool known =
        client_id.size <= IDP_CLIENT_ID_SIZE_MAX && idp_client_find(call, client_id, client);
    bool shows_nothing = credentials->method == IDP_CREDENTIAL_NONE;
    bool may_be_guess = known && !shows_nothing && credentials->method != IDP_CREDENTIAL_TRUSTED;
    if (may_be_guess && !idp_guard_client(call, client)) {
        return IDP_TOO_MANY_FAILURES;
    }
    bool named_only = !secret_required && shows_nothing;
    bool right = named_only || is_right(call, credentials, client);
    if (may_be_guess && !right && has_keys(call, client)) {
        idp_guard_client_failed(call, client);
    }
    return known && right && client->enabled ? IDP_OK : IDP_INVALID_CLIENT;
}
