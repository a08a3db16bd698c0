/* SPDX-License-Identifier: Apache-2.0 */
/* authenticate.c - is this an access token of ours, and good now? And the identity of a session
 * that such a token began, for row-level security (RFC 9068 §4).
 *
 * Nothing is remembered of a verdict: the key, the client and the subject are asked each time, so
 * that what is withdrawn stops at once. The identity of a session lives in a variable that only
 * begin_session() writes; it is good for the tenant it was made for, until its token expires. */
#include "core/oauth/token.h"

#include <string.h>

static struct idp_json *policy_of(struct idp_call *call, const struct idp_settings *settings,
                                  bool is_for_us)
{
    struct idp_json *policy = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, policy, "iss", settings->issuer);
    if (is_for_us) {
        idp_json_add_string(call, policy, "aud", settings->audience);
    }
    idp_json_add_c(call, policy, "typ", "at+jwt");
    idp_json_add(policy, "require", idp_json_words(call, "exp iat sub client_id jti"));
    return policy;
}

static struct idp_json *refused(struct idp_call *call, const char *reason)
{
    struct idp_json *verdict = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, verdict, "valid", false);
    idp_json_add_c(call, verdict, "reason", reason);
    return verdict;
}

static struct idp_json *signed_verdict(struct idp_call *call, struct idp_bytes token,
                                       bool is_for_us)
{
    const struct idp_json *unverified = idp_jwt_decode(call, token);
    if (unverified == NULL) {
        return refused(call, "malformed");
    }
    struct idp_settings settings = idp_settings_load(call);
    struct idp_bytes kid = idp_json_string(idp_json_member(unverified, "header"), "kid");
    struct idp_bytes key = kid.data == NULL ? kid : idp_key_store_public(call, kid);
    return idp_jwt_verify(call, token, key, policy_of(call, &settings, is_for_us));
}

static bool is_for(const struct idp_json *claims, struct idp_bytes audience)
{
    const struct idp_json *aud = idp_json_member(claims, "aud");
    return idp_json_is(aud, IDP_JSON_STRING) ? idp_bytes_equal(aud->text, audience)
                                             : aud != NULL && idp_json_holds(aud, audience);
}

/* Its row is its signature. */
static struct idp_json *opaque_verdict(struct idp_call *call, struct idp_bytes token,
                                       bool is_for_us)
{
    int64_t expires_us;
    const struct idp_json *claims = idp_opaque_claims(call, token);
    if (!idp_numeric_date(idp_json_member(claims, "exp"), &expires_us)) {
        return refused(call, "malformed");
    }
    if (expires_us <= idp_now_us(call)) {
        return refused(call, "expired");
    }
    if (is_for_us && !is_for(claims, idp_settings_load(call).audience)) {
        return refused(call, "audience");
    }
    struct idp_json *verdict = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, verdict, "valid", true);
    idp_json_add(verdict, "header", idp_json_new(call, IDP_JSON_OBJECT));
    idp_json_add_shared(call, verdict, "claims", claims);
    return verdict;
}

/* Three parts are a JWS; opaque ones have one or two. */
static bool is_signed(struct idp_bytes token)
{
    size_t dot_count = 0;
    for (size_t i = 0; i < token.size; i++) {
        dot_count += token.data[i] == '.';
    }
    return dot_count == 2;
}

static struct idp_json *verdict_on(struct idp_call *call, struct idp_bytes token, bool is_for_us)
{
    struct idp_json *verdict = is_signed(token) ? signed_verdict(call, token, is_for_us)
                                                : opaque_verdict(call, token, is_for_us);
    const struct idp_json *claims = idp_json_member(verdict, "claims");
    const char *reason = claims == NULL ? NULL : idp_token_withdrawal(call, claims);
    return reason == NULL ? verdict : refused(call, reason);
}

struct idp_json *idp_authenticate(struct idp_call *call, struct idp_bytes token)
{
    return verdict_on(call, token, true);
}

const struct idp_json *idp_access_claims(struct idp_call *call, struct idp_bytes token)
{
    return idp_json_member(verdict_on(call, token, false), "claims");
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

/* Nobody has seen the proof here that its holder is the one it was given to. */
static bool is_bound(const struct idp_json *claims)
{
    return idp_json_member(claims, "cnf") != NULL;
}

/* A token that is not good leaves no identity, also where there was one: that of the session behind
 * one of the transaction goes, too. Nor does an error, where it does not end the transaction. */
struct idp_value idp_sql_begin_session(struct idp_call *call, const struct idp_value *arguments)
{
    bool local = arguments[1].kind == 0 || idp_bool_of(arguments[1]);
    call->host->session_set(call, IDP_SESSION_IDENTITY, (struct idp_bytes){0}, true);
    struct idp_json *verdict =
        arguments[0].kind == 0 ? NULL : idp_authenticate(call, arguments[0].bytes);
    if (is_bound(idp_json_member(verdict, "claims"))) {
        verdict = refused(call, "bound");
    }
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
