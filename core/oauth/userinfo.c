/* SPDX-License-Identifier: Apache-2.0 */
/* userinfo.c - what a client may know of the user (OpenID Connect Core 1.0 §5.3): the subject, and
 * of the claims of the approval those that the scope is for (§5.4). */
#include "core/oauth/token.h"

static const struct {
    const char *scope, *claims;
} scopes[] = {
    {"profile", "name family_name given_name middle_name nickname preferred_username profile"
                " picture website gender birthdate zoneinfo locale updated_at"},
    {"email", "email email_verified"},
    {"address", "address"},
    {"phone", "phone_number phone_number_verified"},
};

/* A claim that belongs to a scope needs it; any other was put there for the client. */
static bool is_allowed(struct idp_bytes scope, struct idp_bytes claim)
{
    for (size_t i = 0; i < IDP_COUNT(scopes); i++) {
        if (idp_word_in(idp_bytes_of(scopes[i].claims), claim)) {
            return idp_word_in(scope, idp_bytes_of(scopes[i].scope));
        }
    }
    return true;
}

static bool is_of_token(struct idp_bytes name)
{
    static const char names[] = "iss sub aud client_id iat exp nbf jti scope cnf act auth_time amr";
    return idp_word_in(idp_bytes_of(names), name);
}

const struct idp_json *idp_userinfo(struct idp_call *call, const struct idp_json *claims)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes scope = idp_json_string(claims, "scope");
    idp_json_add_string(call, answer, "sub", idp_json_string(claims, "sub"));
    for (const struct idp_json *claim = claims->child; claim != NULL; claim = claim->next) {
        if (!is_of_token(claim->name) && is_allowed(scope, claim->name)) {
            idp_json_add_named(answer, claim->name, idp_json_node(call, claim));
        }
    }
    return answer;
}

/* userinfo(token) → claims, or an error */
struct idp_value idp_sql_userinfo(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *claims =
        idp_json_member(idp_authenticate(call, arguments[0].bytes), "claims");
    if (claims == NULL) {
        return idp_value_json(idp_error_json(IDP_INVALID_TOKEN));
    }
    return idp_value_json(idp_word_in(idp_json_string(claims, "scope"), idp_bytes_of("openid"))
                              ? idp_userinfo(call, claims)
                              : idp_error_json_with(call, IDP_INVALID_SCOPE,
                                                    "The access token needs the scope openid."));
}
