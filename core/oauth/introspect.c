/* SPDX-License-Identifier: Apache-2.0 */
/* introspect.c - what a token is, for who may ask (RFC 7662): a client about its own tokens; one
 * that authenticates about any access token that is for it, too. Whatever is not so is not active,
 * and nothing more is said. */
#include "core/oauth/token.h"

static struct idp_json *inactive(struct idp_call *call)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, answer, "active", false);
    return answer;
}

static struct idp_json *active(struct idp_call *call, const struct idp_json *claims)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    bool is_bound = idp_json_string(idp_json_member(claims, "cnf"), "jkt").data != NULL;
    idp_json_add_bool(call, answer, "active", true);
    idp_json_add_c(call, answer, "token_type",
                   is_bound ? "DPoP" : idp_settings_load(call).token_type);
    for (const struct idp_json *claim = claims->child; claim != NULL; claim = claim->next) {
        if (!idp_word_in(idp_bytes_of("active token_type"), claim->name)) {
            idp_json_add_named(answer, claim->name, idp_json_node(call, claim));
        }
    }
    return idp_claims_over(call, answer, idp_token_claims_told(call, claims));
}

static struct idp_json *refresh_answer(struct idp_call *call, const struct idp_refresh *refresh)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_grant *grant = &refresh->grant;
    idp_json_add_bool(call, answer, "active", true);
    idp_json_add_c(call, answer, "token_use", "refresh_token");
    idp_json_add_string(call, answer, "client_id", grant->client_id);
    idp_json_add_string(call, answer, "sub", grant->subject);
    if (grant->scope.size > 0) {
        idp_json_add_string(call, answer, "scope", grant->scope);
    }
    idp_json_add_string(call, answer, "iss", idp_settings_load(call).issuer);
    idp_json_add_integer(call, answer, "iat", refresh->issued_at_us / IDP_SECOND_US);
    idp_json_add_integer(call, answer, "exp", refresh->expires_at_us / IDP_SECOND_US);
    return answer;
}

static bool is_of(const struct idp_json *claims, const struct idp_client *client)
{
    return idp_bytes_equal(idp_json_string(claims, "client_id"), client->client_id);
}

/* A client has as its own what its metadata lists in resources; a token for no one of them is for
 * all resource servers of the tenant (RFC 9701 §5). */
static bool is_for(struct idp_call *call, const struct idp_json *claims,
                   const struct idp_client *client)
{
    const struct idp_json *audience = idp_json_member(claims, "aud");
    const struct idp_json *own =
        idp_json_member(idp_client_metadata(call, client->client_id), "resources");
    struct idp_bytes ours = idp_settings_load(call).audience;
    if (!idp_json_is(audience, IDP_JSON_ARRAY)) {
        return true;
    }
    bool is_named = false;
    for (const struct idp_json *one = audience->child; one != NULL; one = one->next) {
        is_named = is_named || idp_bytes_equal(one->text, ours) ||
                   idp_bytes_equal(one->text, client->client_id) ||
                   (own != NULL && idp_json_holds(own, one->text));
    }
    return is_named;
}

static struct idp_json *introspect(struct idp_call *call, struct idp_bytes token,
                                   const struct idp_client *client)
{
    struct idp_refresh refresh;
    bool is_public = idp_bytes_is(client->auth_method, "none");
    const struct idp_json *claims = idp_access_claims(call, token);
    if (claims != NULL) {
        bool is_told = is_of(claims, client) || (!is_public && is_for(call, claims, client));
        return is_told ? active(call, claims) : inactive(call);
    }
    bool is_live = idp_refresh_find(call, token, &refresh) && refresh.is_active &&
                   refresh.is_granted &&
                   idp_bytes_equal(refresh.grant.client_id, client->client_id) &&
                   idp_subject_enabled(call, refresh.grant.subject);
    return is_live ? refresh_answer(call, &refresh) : inactive(call);
}

/* The name of a public client is no authorization: anybody knows it (RFC 7662 §2.1). */
const struct idp_json *idp_introspect_endpoint(struct idp_call *call, const struct idp_json *form,
                                               const struct idp_credentials *credentials,
                                               struct idp_client *client)
{
    struct idp_bytes token = idp_json_string(form, "token");
    enum idp_error error = idp_client_authenticate(call, credentials, true, client);
    if (error == IDP_OK && idp_bytes_is(client->auth_method, "none")) {
        error = IDP_INVALID_CLIENT;
    }
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    return token.data == NULL
               ? idp_error_json_with(call, IDP_INVALID_REQUEST, "Parameter token is missing.")
               : introspect(call, token, client);
}

/* introspect(token, client_id) */
struct idp_value idp_sql_introspect(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_client client;
    if (!idp_client_find(call, arguments[1].bytes, &client) || !client.enabled) {
        return idp_value_json(idp_error_json(IDP_INVALID_CLIENT));
    }
    return idp_value_json(introspect(call, arguments[0].bytes, &client));
}

/* ---- as a signed token (RFC 9701) ---- */

struct idp_bytes idp_introspection_sign(struct idp_call *call, const struct idp_json *answer,
                                        const struct idp_client *client)
{
    struct idp_json *header = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes algorithm = idp_json_string(idp_client_metadata(call, client->client_id),
                                                 "introspection_signed_response_alg");
    struct idp_json *claims = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, header, "typ", "token-introspection+jwt");
    idp_json_add_string(call, claims, "iss", idp_settings_load(call).issuer);
    idp_json_add_string(call, claims, "aud", client->client_id);
    idp_json_add_integer(call, claims, "iat", idp_now_s(call));
    idp_json_add_shared(call, claims, "token_introspection", answer);
    return algorithm.data == NULL
               ? idp_key_store_sign(call, &idp_key_scheduler, claims, (struct idp_bytes){0}, header)
               : idp_key_store_sign_as(call, &idp_key_scheduler, claims,
                                       idp_algorithm_find(algorithm), header);
}
