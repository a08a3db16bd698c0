/* SPDX-License-Identifier: Apache-2.0 */
/* authenticate.c - is this an access token of ours, and good now? And the identity of a session
 * that such a token began, for row-level security (RFC 9068 §4).
 *
 * Nothing is remembered of a verdict: the key, the client and the subject are asked each time, so
 * that what is withdrawn stops at once. The identity of a session lives in a variable that only
 * begin_session() writes; it is good for the tenant it was made for, until its token expires. */
#include "core/oauth/oauth.h"

static struct idp_json *policy_of(struct idp_call *call)
{
    static const char *const required[] = {"exp", "iat", "sub", "client_id", "jti"};
    struct idp_settings settings = idp_settings_load(call);
    struct idp_json *policy = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *require = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < IDP_COUNT(required); i++) {
        idp_json_add(require, NULL, idp_json_new_string(call, idp_bytes_of(required[i])));
    }
    idp_json_add_string(call, policy, "iss", settings.issuer);
    idp_json_add_string(call, policy, "aud", settings.audience);
    idp_json_add_c(call, policy, "typ", "at+jwt");
    idp_json_add(policy, "require", require);
    return policy;
}

static struct idp_json *refused(struct idp_call *call, const char *reason)
{
    struct idp_json *verdict = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, verdict, "valid", false);
    idp_json_add_c(call, verdict, "reason", reason);
    return verdict;
}

/* Why those whom the token names may not act any more; NULL: they may. */
static const char *withdrawal(struct idp_call *call, const struct idp_json *claims)
{
    struct idp_client client;
    if (!idp_client_find(call, idp_json_string(claims, "client_id"), &client) || !client.enabled) {
        return "client_disabled";
    }
    return idp_subject_enabled(call, idp_json_string(claims, "sub")) ? NULL : "subject_disabled";
}

struct idp_json *idp_authenticate(struct idp_call *call, struct idp_bytes token)
{
    const struct idp_json *unverified = idp_jwt_decode(call, token);
    if (unverified == NULL) {
        return refused(call, "malformed");
    }
    struct idp_bytes kid = idp_json_string(idp_json_member(unverified, "header"), "kid");
    struct idp_bytes key = kid.data == NULL ? kid : idp_key_store_public(call, kid);
    struct idp_json *verdict = idp_jwt_verify(call, token, key, policy_of(call));
    const struct idp_json *claims = idp_json_member(verdict, "claims");
    const char *reason = claims == NULL ? NULL : withdrawal(call, claims);
    return reason == NULL ? verdict : refused(call, reason);
}

struct idp_value idp_sql_authenticate(struct idp_call *call, const struct idp_value *arguments)
{
    return idp_value_json(idp_authenticate(call, arguments[0].bytes));
}

/* ---- the identity of a session ---- */

static struct idp_bytes identity_text(struct idp_call *call, const struct idp_json *claims)
{
    struct idp_json *identity = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, identity, "tenant", idp_tenant(call));
    idp_json_add(identity, "claims", idp_json_node(call, claims));
    return idp_json_text(call, identity);
}

/* A token that is not good leaves no identity, also where there was one: that of the session behind
 * one of the transaction goes, too. Nor does an error, where it does not end the transaction. */
struct idp_value idp_sql_begin_session(struct idp_call *call, const struct idp_value *arguments)
{
    bool local = arguments[1].kind == 0 || idp_bool_of(arguments[1]);
    call->host->session_set(call, IDP_SESSION_IDENTITY, (struct idp_bytes){0}, true);
    struct idp_json *verdict =
        arguments[0].kind == 0 ? NULL : idp_authenticate(call, arguments[0].bytes);
    const struct idp_json *claims = idp_json_member(verdict, "claims");
    call->host->session_set(call, IDP_SESSION_IDENTITY,
                            claims == NULL ? (struct idp_bytes){0} : identity_text(call, claims),
                            local && claims != NULL);
    return idp_value_json(verdict);
}

/* The claims that the session began with; NULL where there are none that are good now and here. */
static const struct idp_json *claims_now(struct idp_call *call)
{
    const char *why;
    int64_t expiry_us;
    struct idp_bytes text = call->host->session_get(call, IDP_SESSION_IDENTITY);
    if (text.size == 0) {
        return NULL;
    }
    const struct idp_json *identity = idp_json_read(call, text, &why);
    const struct idp_json *claims = idp_json_member(identity, "claims");
    bool here = idp_bytes_equal(idp_json_string(identity, "tenant"), idp_tenant(call));
    bool now = idp_numeric_date(idp_json_member(claims, "exp"), &expiry_us) &&
               idp_now_us(call) < expiry_us;
    return here && now ? claims : NULL;
}

struct idp_value idp_sql_current_claims(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_json(claims_now(call));
}

struct idp_bytes idp_session_subject(struct idp_call *call)
{
    return idp_json_string(claims_now(call), "sub");
}

struct idp_value idp_sql_current_subject(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_text(idp_session_subject(call));
}
