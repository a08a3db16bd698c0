/* SPDX-License-Identifier: Apache-2.0 */
/* token.h - what the files of grants and tokens share. A grant is what somebody allowed a client;
 * tokens are made for it, and are good while it is. */
#ifndef IDPLANE_OAUTH_TOKEN_H
#define IDPLANE_OAUTH_TOKEN_H

#include "core/oauth/client.h"

/* ---- what a client may have (token_rules.c) ---- */

/* Settings and metadata of the client together: of two lifetimes the shorter one. */
struct idp_token_rules {
    int64_t access_token_lifetime_s, refresh_token_lifetime_s, id_token_lifetime_s;
    int64_t grant_lifetime_s;
    bool is_opaque;       /* access tokens are random, and looked up */
    bool is_rotated;      /* a refresh token is good once */
    bool is_bound_to_key; /* by DPoP, RFC 9449 */
    bool is_bound_to_certificate;
    struct idp_bytes id_token_algorithm; /* data NULL: that of the active key */
    const struct idp_json *resources;    /* that it may ask for (RFC 8707); NULL: none */
};
struct idp_token_rules idp_token_rules_of(struct idp_call *call,
                                          const struct idp_settings *settings,
                                          struct idp_bytes client_id);

/* ---- hooks (hook.c, hook_ask.c) ---- */

struct idp_hook;
struct idp_hooks {
    const struct idp_hook *all, *before, *after; /* of tokens; NULL: none */
    size_t count;
    bool is_any;     /* somebody is asked, or attributes are mapped */
    bool is_refused; /* tokens were: what the request wrote is undone */
};
struct idp_hooks idp_hooks_load(struct idp_call *call, const struct idp_settings *settings);

/* body(data), which makes tokens; without a trace where a hook refuses them. */
const struct idp_json *idp_hooked(struct idp_call *call, const struct idp_hooks *hooks,
                                  const struct idp_json *(*body)(struct idp_call *call, void *data),
                                  void *data);

/* ---- grants (grant.c) ---- */

struct idp_grant {
    struct idp_bytes grant_id; /* data NULL: none, as of a client that acts for itself */
    struct idp_bytes client_id, subject, scope, grant_type;
    const struct idp_json *details; /* auth_time, amr, claims, nonce, resource; may be NULL */
    const struct idp_json *device;  /* may be NULL */
    const struct idp_json *actor;   /* who acts for the subject (RFC 8693 §4.1); may be NULL */
    struct idp_binding binding;
    struct idp_bytes next_refresh_token; /* data NULL: any new one */
    int64_t expires_at_us;               /* no token of it outlives this; 0: the rules alone say */
    bool is_new;                         /* its row is made with its first tokens */
    bool is_exchanged;                   /* a token of it stood for another one before (RFC 8693) */
};

/* The grant that the jti of a token names; data NULL: none. */
struct idp_bytes idp_grant_of_jti(struct idp_bytes jti);

struct idp_bytes idp_grant_id_make(struct idp_call *call);

/* What goes along with a grant: the named members of `from` (may be NULL), and the resource; NULL:
 * none. */
struct idp_json *idp_grant_details(struct idp_call *call, const struct idp_json *from,
                                   const char *names, const struct idp_json *resource);

/* Writes its row; expires_at_us follows from the rules. grant_id data NULL: a new one. */
void idp_grant_create(struct idp_call *call, const struct idp_token_rules *rules,
                      struct idp_grant *grant);

/* Ends it with all its tokens; false where it is not, or ended before. */
bool idp_grant_revoke(struct idp_call *call, struct idp_bytes grant_id);

/* A grant that is good now, for tokens of it; false: it is not. Notes that it is used. */
bool idp_grant_use(struct idp_call *call, struct idp_bytes grant_id) IDP_MUST_CHECK;

/* ---- tokens (token.c, access_token.c, refresh_token.c, id_token.c, token_claims.c, withdrawal.c)
 * ---- */

struct idp_token_request;
struct idp_token_issue;

/* RFC 6749 §5.1: an access token; an ID token where the scope has openid; a refresh token where it
 * is wanted; *answer is then that. Or an error, where a hook refused. Writes. */
struct idp_json *idp_tokens_issue(struct idp_call *call, const struct idp_token_request *request,
                                  struct idp_grant *grant, bool is_refresh_wanted);

/* True for claims that are the server's word: nobody else may set them. */
bool idp_claim_is_protected(struct idp_bytes name);

/* The claims of one over those of the other. */
struct idp_json *idp_claims_over(struct idp_call *call, struct idp_json *claims,
                                 const struct idp_json *added);

/* The claims of the approval, but those that are the server's word. */
void idp_claims_add_details(struct idp_call *call, struct idp_json *claims,
                            const struct idp_json *details);

/* A name for an access token; where it ends with a tilde introspection tells more than it. */
struct idp_bytes idp_jti_make(struct idp_call *call, struct idp_bytes grant_id, bool is_told_more);

/* What an access token says, and the token that says it. jti data NULL: without that. */
struct idp_json *idp_claims_for_access(struct idp_call *call, const struct idp_token_issue *issue,
                                       struct idp_bytes jti);
struct idp_bytes idp_access_token(struct idp_call *call, const struct idp_token_issue *issue,
                                  const struct idp_json *claims);

/* How long an access token is good: it does not outlive its grant. */
int64_t idp_access_lifetime_s(struct idp_call *call, const struct idp_token_issue *issue);

/* What introspection tells on top of the claims of a token: kept, and found; NULL: nothing. */
void idp_token_claims_keep(struct idp_call *call, const struct idp_json *claims,
                           const struct idp_json *told);
const struct idp_json *idp_token_claims_told(struct idp_call *call, const struct idp_json *claims);

/* What an opaque access token stands for, expired or not; NULL: there is none such. */
const struct idp_json *idp_opaque_claims(struct idp_call *call, struct idp_bytes token);

/* The claims of an access token that is good now, whoever it is for; NULL: it is not. */
const struct idp_json *idp_access_claims(struct idp_call *call, struct idp_bytes token);

/* Why an access token of these claims is good no more: client_disabled, subject_disabled or
 * revoked; NULL: it is. */
const char *idp_token_withdrawal(struct idp_call *call, const struct idp_json *claims);

/* From now on it is revoked. */
void idp_token_withdraw(struct idp_call *call, struct idp_bytes jti, int64_t expires_at_us);

/* A refresh token of the grant: its next_refresh_token, or a new one. Writes. */
struct idp_bytes idp_refresh_token(struct idp_call *call, const struct idp_settings *settings,
                                   const struct idp_token_rules *rules,
                                   const struct idp_grant *grant);

/* A refresh token as it stands, whoever presents it; false: there is none such. */
struct idp_refresh {
    struct idp_grant grant;
    bool is_active, is_granted; /* neither it nor its grant has ended */
    int64_t issued_at_us, expires_at_us;
};
bool idp_refresh_find(struct idp_call *call, struct idp_bytes token,
                      struct idp_refresh *refresh) IDP_MUST_CHECK;

/* OpenID Connect Core 1.0 §2; the token has at_hash, too. */
struct idp_json *idp_claims_for_id(struct idp_call *call, const struct idp_token_issue *issue);
struct idp_bytes idp_id_token(struct idp_call *call, const struct idp_token_issue *issue,
                              struct idp_bytes access_token);

/* ---- grant types: a row each in token_endpoint.c ---- */

/* The error of a grant type that there is no row of, with the reason where it is a known one. */
const struct idp_json *idp_grant_unsupported(struct idp_call *call, struct idp_bytes grant_type);

struct idp_token_request {
    const struct idp_json *form;
    struct idp_client client;
    struct idp_settings settings;
    struct idp_token_rules rules;
    struct idp_binding binding; /* what the request proved */
    struct idp_bytes grant_type;
    struct idp_hooks *hooks;
    int64_t wait_s; /* as in struct idp_origin */
};

const struct idp_json *idp_grant_device_code(struct idp_call *call,
                                             const struct idp_token_request *request);
const struct idp_json *idp_grant_refresh_token(struct idp_call *call,
                                               const struct idp_token_request *request);
const struct idp_json *idp_grant_authorization_code(struct idp_call *call,
                                                    const struct idp_token_request *request);
const struct idp_json *idp_grant_client_credentials(struct idp_call *call,
                                                    const struct idp_token_request *request);
const struct idp_json *idp_grant_token_exchange(struct idp_call *call,
                                                const struct idp_token_request *request);
const struct idp_json *idp_grant_jwt_bearer(struct idp_call *call,
                                            const struct idp_token_request *request);

/* True where both client and tenant have the grant type refresh_token (token_rules.c). */
bool idp_refresh_allowed(const struct idp_token_request *request) IDP_MUST_CHECK;

/* The scope that a request may have of `wide`, all of it where it asks for none; data NULL: more
 * than that, or malformed. */
struct idp_bytes idp_scope_asked(const struct idp_json *form, struct idp_bytes wide);

/* The audience that a request asks for by `resource` (RFC 8707), an array; NULL: none is asked for.
 * IDP_INVALID_TARGET where the client may not. */
enum idp_error idp_resource_asked(struct idp_call *call, const struct idp_token_request *request,
                                  const struct idp_json **resource) IDP_MUST_CHECK;

/* True where a request asks for no other resource than its grant is for. */
bool idp_resource_meets(const struct idp_token_request *request,
                        const struct idp_json *details) IDP_MUST_CHECK;

/* The code_challenge of a request (RFC 7636 §4.3); data NULL: none. False: it is malformed, or of
 * another method than S256. */
bool idp_code_challenge_asked(const struct idp_json *form,
                              struct idp_bytes *challenge) IDP_MUST_CHECK;

/* What a verifier is the verifier of (RFC 7636 §4.6, S256); "-" for one that can be none. */
struct idp_bytes idp_code_challenge(struct idp_call *call, struct idp_bytes verifier);

/* What tokens of the client are bound to, of what the request proved; else which proof is missing.
 */
enum idp_error idp_binding_judge(const struct idp_token_rules *rules,
                                 struct idp_binding *binding) IDP_MUST_CHECK;

/* True where what the request proved is all that tokens are bound to. */
bool idp_binding_meets(const struct idp_binding *proven,
                       const struct idp_binding *bound) IDP_MUST_CHECK;

#endif
