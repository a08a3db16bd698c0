/* SPDX-License-Identifier: Apache-2.0 */
/* client_assertion.c - clients that prove themselves by a signed assertion: with their secret
 * (client_secret_jwt) or a key of theirs (private_key_jwt); RFC 7521 §4.2, RFC 7523 §3. */
#include "core/oauth/client.h"

enum { LIFETIME_MAX_S = 3600, LEEWAY_S = 30 };

struct idp_bytes idp_client_assertion_subject(struct idp_call *call, struct idp_bytes assertion)
{
    struct idp_unverified token;
    return idp_unverified_read(call, assertion, &token) ? idp_json_string(token.claims, "sub")
                                                        : (struct idp_bytes){0};
}

/* ---- keys ---- */

static struct idp_bytes secret_key(struct idp_call *call, struct idp_bytes secret)
{
    struct idp_json *jwk = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, jwk, "kty", "oct");
    idp_json_add_string(call, jwk, "k", idp_base64url_encode(call, secret));
    return idp_json_text(call, jwk);
}

/* ---- the verdict ---- */

static void add_word(struct idp_call *call, struct idp_json *list, struct idp_bytes word)
{
    idp_json_add(list, NULL, idp_json_new_string(call, word));
}

/* Whom an assertion may be for: the issuer, and every endpoint that takes one. */
struct idp_json *idp_own_audiences(struct idp_call *call)
{
    static const char *const paths[] = {
        "",        "/token",        "/device_authorization",       "/introspect",
        "/revoke", "/oauth2/token", "/oauth2/device_authorization"};
    struct idp_settings settings = idp_settings_load(call);
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    add_word(call, list, settings.issuer);
    for (size_t i = 0; i < IDP_COUNT(paths); i++) {
        struct idp_text url = {.call = call};
        idp_text_add(&url, settings.base_url);
        idp_text_add_c(&url, paths[i]);
        add_word(call, list, idp_text_bytes(&url));
    }
    return list;
}

static struct idp_json *policy_of(struct idp_call *call, struct idp_bytes issuer, bool is_secret)
{
    struct idp_json *policy = idp_json_new(call, IDP_JSON_OBJECT);
    const char *algorithms = is_secret ? IDP_SECRET_SIGNATURE_NAMES : IDP_SIGNATURE_NAMES;
    idp_json_add_string(call, policy, "iss", issuer);
    idp_json_add(policy, "aud", idp_own_audiences(call));
    idp_json_add(policy, "algs", idp_json_words(call, algorithms));
    idp_json_add(policy, "require", idp_json_words(call, "iss sub aud exp jti"));
    idp_json_add_integer(call, policy, "leeway", LEEWAY_S);
    return policy;
}

const struct idp_json *idp_assertion_claims(struct idp_call *call, struct idp_bytes assertion,
                                            struct idp_bytes issuer, struct idp_bytes keys,
                                            bool is_secret)
{
    int64_t expires_us;
    const struct idp_json *claims = idp_json_member(
        idp_jwt_verify(call, assertion, keys, policy_of(call, issuer, is_secret)), "claims");
    if (claims == NULL || !idp_numeric_date(idp_json_member(claims, "exp"), &expires_us) ||
        expires_us > idp_now_us(call) + LIFETIME_MAX_S * INT64_C(1000000)) {
        return NULL;
    }
    struct idp_text name = {.call = call};
    idp_text_add_c(&name, "assertion:");
    idp_text_add(&name, issuer);
    bool is_first = idp_token_use(call, idp_text_bytes(&name), idp_json_string(claims, "jti"),
                                  expires_us + LEEWAY_S * INT64_C(1000000));
    return is_first ? claims : NULL;
}

/* The algorithm that the client registered, where it did (OpenID Connect Registration 1.0 §2). */
static bool is_registered_algorithm(struct idp_call *call, const struct idp_client *client,
                                    struct idp_bytes assertion)
{
    struct idp_bytes registered = idp_json_string(idp_client_metadata(call, client->client_id),
                                                  "token_endpoint_auth_signing_alg");
    const struct idp_json *header = idp_json_member(idp_jwt_decode(call, assertion), "header");
    return registered.data == NULL || idp_bytes_equal(registered, idp_json_string(header, "alg"));
}

/* By the secret, and by the one before while that is good. */
static const struct idp_json *
claims_by_secret(struct idp_call *call, const struct idp_client *client, struct idp_bytes assertion)
{
    int64_t now_us = idp_now_us(call);
    const struct idp_json *claims = NULL;
    const struct {
        struct idp_bytes sealed;
        bool is_good;
    } secrets[] = {{client->sealed_secret, true},
                   {client->old_sealed_secret, client->old_secret_expires_at_us > now_us}};
    if (client->secret_expires_at_us != 0 && client->secret_expires_at_us <= now_us) {
        return NULL;
    }
    for (size_t i = 0; i < IDP_COUNT(secrets) && claims == NULL; i++) {
        struct idp_bytes secret = {0};
        if (secrets[i].is_good) {
            secret = idp_client_secret_unseal(call, client->client_id, secrets[i].sealed);
        }
        if (secret.data != NULL) {
            claims = idp_assertion_claims(call, assertion, client->client_id,
                                          secret_key(call, secret), true);
        }
    }
    return claims;
}

static const struct idp_json *claims_by_key(struct idp_call *call, const struct idp_client *client,
                                            struct idp_bytes assertion)
{
    struct idp_bytes keys = idp_client_keys(call, client->client_id);
    return keys.data == NULL
               ? NULL
               : idp_assertion_claims(call, assertion, client->client_id, keys, false);
}

bool idp_client_assertion_valid(struct idp_call *call, const struct idp_client *client,
                                struct idp_bytes assertion)
{
    if (!is_registered_algorithm(call, client, assertion)) {
        return false;
    }
    const struct idp_json *claims = idp_bytes_is(client->auth_method, "client_secret_jwt")
                                        ? claims_by_secret(call, client, assertion)
                                        : claims_by_key(call, client, assertion);
    return idp_bytes_equal(idp_json_string(claims, "sub"), client->client_id);
}
