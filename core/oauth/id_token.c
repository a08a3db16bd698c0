/* SPDX-License-Identifier: Apache-2.0 */
/* id_token.c - who the user is, said to the client alone (OpenID Connect Core 1.0 §2). */
#include "core/oauth/hook.h"

/* The key that signs says by which algorithm, and the algorithm says how the hash is made. */
static void add_hash(struct idp_call *call, struct idp_json *claims, struct idp_bytes algorithm,
                     struct idp_bytes access_token)
{
    struct idp_bytes hash = idp_token_hash(call, algorithm, access_token);
    idp_json_add_string(call, claims, "at_hash", hash);
}

struct idp_json *idp_claims_for_id(struct idp_call *call, const struct idp_token_issue *issue)
{
    const struct idp_grant *grant = issue->grant;
    struct idp_json *claims = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, claims, "iss", issue->request->settings.issuer);
    idp_json_add_string(call, claims, "sub", grant->subject);
    idp_json_add_string(call, claims, "aud", grant->client_id);
    idp_json_add_integer(call, claims, "iat", idp_now_s(call));
    idp_json_add_integer(call, claims, "exp", idp_now_s(call) + issue->rules.id_token_lifetime_s);
    idp_json_add_string(call, claims, "nonce", idp_json_string(grant->details, "nonce"));
    idp_json_add_string(call, claims, "sid", grant->grant_id);
    idp_claims_add_details(call, claims, grant->details);
    claims = idp_claims_over(call, claims, issue->attributes);
    return idp_claims_over(call, claims, issue->id_added);
}

struct idp_bytes idp_id_token(struct idp_call *call, const struct idp_token_issue *issue,
                              struct idp_bytes access_token)
{
    struct idp_json *claims = idp_claims_for_id(call, issue);
    struct idp_bytes algorithm = issue->rules.id_token_algorithm.data != NULL
                                     ? issue->rules.id_token_algorithm
                                     : idp_key_store_algorithm(call, &idp_key_scheduler);
    add_hash(call, claims, algorithm, access_token);
    return idp_key_store_sign_as(call, &idp_key_scheduler, claims, idp_algorithm_find(algorithm),
                                 NULL);
}
