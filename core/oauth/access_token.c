/* SPDX-License-Identifier: Apache-2.0 */
/* access_token.c - access tokens: signed, so that any resource server can check them by itself (RFC
 * 9068), or opaque, looked up by their digest. Either names its grant in its jti. */
#include "core/oauth/hook.h"

enum { TOKEN_ID_SIZE = 16 };

#define LABEL "idplane access token"

enum { INSERT, FIND };

const struct idp_statement idp_access_token_statements[] = {
    [INSERT] = {"INSERT INTO idplane.access_token (tenant, token_digest, jti, expires_at, claims)"
                " VALUES ($1, $2, $3, $4, $5)",
                "txtzj", ""},
    [FIND] = {"SELECT claims FROM idplane.access_token WHERE tenant = $1 AND token_digest = $2",
              "tx", "j"},
};
const size_t idp_access_token_statement_count = IDP_COUNT(idp_access_token_statements);

/* ---- claims ---- */

/* Claims of the approval may add, never replace: these are the server's word. */
static const char *const protected_claims[] = {
    "iss",       "sub",   "aud",     "exp", "iat",    "nbf",        "jti",
    "client_id", "scope", "act",     "cnf", "azp",    "typ",        "auth_time",
    "amr",       "nonce", "at_hash", "sid", "active", "token_type", "token_use"};

bool idp_claim_is_protected(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(protected_claims); i++) {
        if (idp_bytes_is(name, protected_claims[i])) {
            return true;
        }
    }
    return false;
}

void idp_claims_add_details(struct idp_call *call, struct idp_json *claims,
                            const struct idp_json *details)
{
    idp_json_add_members(call, claims, details, "auth_time amr");
    const struct idp_json *extra = idp_json_member(details, "claims");
    for (const struct idp_json *claim = extra == NULL ? NULL : extra->child; claim != NULL;
         claim = claim->next) {
        if (!idp_claim_is_protected(claim->name)) {
            idp_json_add_named(claims, claim->name, idp_json_node(call, claim));
        }
    }
}

struct idp_json *idp_claims_over(struct idp_call *call, struct idp_json *claims,
                                 const struct idp_json *added)
{
    for (const struct idp_json *claim = added == NULL ? NULL : added->child; claim != NULL;
         claim = claim->next) {
        claims = idp_json_with(call, claims, idp_text_c(call, claim->name), claim);
    }
    return claims;
}

/* The grant is what stands before the dot. */
struct idp_bytes idp_jti_make(struct idp_call *call, struct idp_bytes grant_id, bool is_told_more)
{
    struct idp_text jti = {.call = call};
    if (grant_id.data != NULL) {
        idp_text_add(&jti, grant_id);
        idp_text_add_char(&jti, '.');
    }
    idp_text_add(&jti, idp_random_text(call, TOKEN_ID_SIZE));
    idp_text_add_c(&jti, is_told_more ? "~" : "");
    return idp_text_bytes(&jti);
}

/* RFC 7800: the key or certificate that whoever uses the token has to hold. */
static void add_binding(struct idp_call *call, struct idp_json *claims,
                        const struct idp_binding *binding)
{
    if (binding->jkt.data == NULL && binding->x5t.data == NULL) {
        return;
    }
    struct idp_json *cnf = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, cnf, "jkt", binding->jkt);
    idp_json_add_string(call, cnf, "x5t#S256", binding->x5t);
    idp_json_add(claims, "cnf", cnf);
}

static void add_audience(struct idp_call *call, struct idp_json *claims,
                         const struct idp_settings *settings, const struct idp_grant *grant)
{
    const struct idp_json *resource = idp_json_member(grant->details, "resource");
    if (resource != NULL) {
        idp_json_add_shared(call, claims, "aud", resource);
    } else {
        idp_json_add_string(call, claims, "aud", settings->audience);
    }
}

/* It does not outlive its grant. */
int64_t idp_access_lifetime_s(struct idp_call *call, const struct idp_token_issue *issue)
{
    const struct idp_grant *grant = issue->grant;
    int64_t lifetime_s = issue->rules.access_token_lifetime_s, left_s = lifetime_s;
    if (grant->expires_at_us != 0) {
        left_s = grant->expires_at_us / IDP_SECOND_US - idp_now_s(call);
    } else if (grant->is_new) {
        left_s = issue->rules.grant_lifetime_s;
    }
    return left_s < lifetime_s ? left_s : lifetime_s;
}

struct idp_json *idp_claims_for_access(struct idp_call *call, const struct idp_token_issue *issue,
                                       struct idp_bytes jti)
{
    const struct idp_settings *settings = &issue->request->settings;
    const struct idp_grant *grant = issue->grant;
    struct idp_json *claims = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, claims, "iss", settings->issuer);
    idp_json_add_string(call, claims, "sub", grant->subject);
    add_audience(call, claims, settings, grant);
    idp_json_add_string(call, claims, "client_id", grant->client_id);
    idp_json_add_integer(call, claims, "iat", idp_now_s(call));
    idp_json_add_integer(call, claims, "exp", idp_now_s(call) + idp_access_lifetime_s(call, issue));
    idp_json_add_string(call, claims, "jti", jti);
    if (grant->scope.size > 0) {
        idp_json_add_string(call, claims, "scope", grant->scope);
    }
    add_binding(call, claims, &grant->binding);
    if (grant->actor != NULL) {
        idp_json_add_shared(call, claims, "act", grant->actor);
    }
    idp_claims_add_details(call, claims, grant->details);
    claims = idp_claims_over(call, claims, issue->attributes);
    return idp_claims_over(call, claims, issue->access_added);
}

/* ---- tokens ---- */

static struct idp_bytes sign(struct idp_call *call, const struct idp_json *claims)
{
    struct idp_json *header = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, header, "typ", "at+jwt");
    return idp_key_store_sign(call, &idp_key_scheduler, claims, (struct idp_bytes){0}, header);
}

static struct idp_bytes keep(struct idp_call *call, const struct idp_settings *settings,
                             const struct idp_json *claims)
{
    int64_t expires_at_us = 0;
    struct idp_bytes token = idp_opaque_token(call, settings);
    bool is_time = idp_numeric_date(idp_json_member(claims, "exp"), &expires_at_us);
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)), idp_value_blob(idp_token_digest(call, LABEL, token)),
        idp_value_text(idp_json_string(claims, "jti")), idp_value_time(is_time ? expires_at_us : 0),
        idp_value_json_text(idp_json_text(call, claims))};
    idp_run(call, &idp_access_token_statements[INSERT], row);
    return token;
}

struct idp_bytes idp_access_token(struct idp_call *call, const struct idp_token_issue *issue,
                                  const struct idp_json *claims)
{
    return issue->rules.is_opaque ? keep(call, &issue->request->settings, claims)
                                  : sign(call, claims);
}

const struct idp_json *idp_opaque_claims(struct idp_call *call, struct idp_bytes token)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_blob(idp_token_digest(call, LABEL, token))};
    const struct idp_value *row = idp_run_one(call, &idp_access_token_statements[FIND], key);
    return row == NULL ? NULL : idp_json_argument(call, row[0], "claims");
}
