/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - makes the tokens of a grant: an access token that any resource server can check by
 * itself (RFC 9068), and a refresh token that only its digest is kept of. */
#include "core/oauth/oauth.h"

enum { REFRESH_TOKEN_SIZE = 32, FAMILY_SIZE = 16, TOKEN_ID_SIZE = 16 };

enum { REFRESH_INSERT };

const struct idp_statement idp_token_statements[] = {
    [REFRESH_INSERT] =
        {"INSERT INTO idplane.refresh_token (tenant, token_digest, family, client_id,"
         " subject, scope, state, issued_at, expires_at, grant_details)"
         " VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $9)",
         "txttttzzj", ""},
};
const size_t idp_token_statement_count = IDP_COUNT(idp_token_statements);

/* Claims of the approval may add, never replace: these are the server's word. */
static const char *const protected_claims[] = {"iss", "sub",       "aud",       "exp",   "iat",
                                               "nbf", "jti",       "client_id", "scope", "act",
                                               "cnf", "auth_time", "amr"};

static bool is_protected(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(protected_claims); i++) {
        if (idp_bytes_is(name, protected_claims[i])) {
            return true;
        }
    }
    return false;
}

static void add_details(struct idp_call *call, struct idp_json *claims,
                        const struct idp_json *details)
{
    static const char *const kept[] = {"auth_time", "amr"};
    for (size_t i = 0; i < IDP_COUNT(kept); i++) {
        const struct idp_json *member = idp_json_member(details, kept[i]);
        if (member != NULL) {
            idp_json_add(claims, kept[i], idp_json_copy(call, member));
        }
    }
    const struct idp_json *extra = idp_json_member(details, "claims");
    for (const struct idp_json *claim = extra == NULL ? NULL : extra->child; claim != NULL;
         claim = claim->next) {
        if (!is_protected(claim->name)) {
            idp_json_add_named(claims, claim->name, idp_json_copy(call, claim));
        }
    }
}

static struct idp_bytes access_token(struct idp_call *call, const struct idp_settings *settings,
                                     const struct idp_grant *grant)
{
    int64_t now_s = idp_now_s(call);
    struct idp_json *header = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, header, "typ", "at+jwt");
    struct idp_json *claims = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, claims, "iss", settings->issuer);
    idp_json_add_string(call, claims, "sub", grant->subject);
    idp_json_add_string(call, claims, "aud", settings->audience);
    idp_json_add_string(call, claims, "client_id", grant->client_id);
    idp_json_add_integer(call, claims, "iat", now_s);
    idp_json_add_integer(call, claims, "exp", now_s + settings->access_token_lifetime_s);
    idp_json_add_string(call, claims, "jti", idp_random_text(call, TOKEN_ID_SIZE));
    if (grant->scope.size > 0) {
        idp_json_add_string(call, claims, "scope", grant->scope);
    }
    add_details(call, claims, grant->details);
    return idp_key_store_sign(call, &idp_key_scheduler, claims, (struct idp_bytes){0}, header);
}

static struct idp_bytes refresh_token(struct idp_call *call, const struct idp_settings *settings,
                                      const struct idp_grant *grant)
{
    struct idp_bytes token = idp_random_text(call, REFRESH_TOKEN_SIZE);
    struct idp_bytes parts[] = {idp_tenant(call), token};
    struct idp_bytes family =
        grant->family.data == NULL ? idp_random_text(call, FAMILY_SIZE) : grant->family;
    int64_t now_us = idp_now_us(call);
    struct idp_value arguments[] = {
        idp_value_text(parts[0]),
        idp_value_blob(idp_digest(call, "idplane refresh token", parts, IDP_COUNT(parts))),
        idp_value_text(family),
        idp_value_text(grant->client_id),
        idp_value_text(grant->subject),
        idp_value_text(grant->scope),
        idp_value_time(now_us),
        idp_value_time(now_us + settings->refresh_token_lifetime_s * 1000000),
        grant->details == NULL ? idp_null()
                               : idp_value_json_text(idp_json_text(call, grant->details)),
    };
    idp_run(call, &idp_token_statements[REFRESH_INSERT], arguments);
    return token;
}

struct idp_json *idp_tokens_issue(struct idp_call *call, const struct idp_settings *settings,
                                  const struct idp_grant *grant)
{
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, result, "access_token", access_token(call, settings, grant));
    idp_json_add_c(call, result, "token_type", settings->token_type);
    idp_json_add_integer(call, result, "expires_in", settings->access_token_lifetime_s);
    if (grant->refresh) {
        idp_json_add_string(call, result, "refresh_token", refresh_token(call, settings, grant));
    }
    if (grant->scope.size > 0) {
        idp_json_add_string(call, result, "scope", grant->scope);
    }
    return result;
}
