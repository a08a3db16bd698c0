/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - the answer of the token endpoint to a request that has its grant (RFC 6749 §5.1). */
#include "core/oauth/token.h"

/* There is no ID token of a client that acts for itself, nor where one was exchanged. */
static bool has_id_token(const struct idp_grant *grant)
{
    return grant->grant_id.data != NULL && !grant->is_exchanged &&
           idp_word_in(grant->scope, idp_bytes_of("openid"));
}

struct idp_json *idp_tokens_issue(struct idp_call *call, const struct idp_settings *settings,
                                  const struct idp_token_rules *rules,
                                  const struct idp_grant *grant, bool is_refresh_wanted)
{
    int64_t expires_in_s;
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes token = idp_access_token(call, settings, rules, grant, &expires_in_s);
    idp_json_add_string(call, result, "access_token", token);
    idp_json_add_c(call, result, "token_type",
                   grant->binding.jkt.data == NULL ? settings->token_type : "DPoP");
    idp_json_add_integer(call, result, "expires_in", expires_in_s);
    if (is_refresh_wanted) {
        idp_json_add_string(call, result, "refresh_token",
                            idp_refresh_token(call, settings, rules, grant));
    }
    if (grant->scope.size > 0) {
        idp_json_add_string(call, result, "scope", grant->scope);
    }
    if (has_id_token(grant)) {
        idp_json_add_string(call, result, "id_token",
                            idp_id_token(call, settings, rules, grant, token));
    }
    return result;
}
