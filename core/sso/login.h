/* SPDX-License-Identifier: Apache-2.0 */
/* login.h - from the tokens of a provider to a user here, between the files that judge tokens, keep
 * users and tell what came of it. */
#ifndef IDPLANE_SSO_LOGIN_H
#define IDPLANE_SSO_LOGIN_H

#include "core/jose/jose.h"
#include "core/sso/connection.h"
#include "core/sso/keys.h"
#include "core/sso/mapping.h"

/* ---- keys (stored_keys.c) ---- */

/* Where the keys of a connection are. `url` data NULL: in its document. */
struct idp_key_place {
    enum idp_key_source source;
    struct idp_bytes url;
};

/* False: the connection does not say. */
bool idp_key_place_of(const struct idp_connection *connection, struct idp_key_place *out);

/* The keys that its provider publishes, and what is kept of them. */
struct idp_published_keys idp_connection_keys(const struct idp_connection *connection);

/* ---- tokens (verify_token.c) ---- */

enum idp_token_use { IDP_ACCESS_TOKEN, IDP_ID_TOKEN, IDP_LOGOUT_TOKEN, IDP_TOKEN_USE_COUNT };

struct idp_tokens {
    struct idp_bytes text[IDP_TOKEN_USE_COUNT]; /* data NULL: absent */
    struct idp_bytes nonce;                     /* that the ID token must have; data NULL: any */
};

/* `reason` NULL: it is good; else a word of jwt_verify, or nonce, token_hash, authorized_party,
 * subject, missing, not_configured. header and claims also of one that is not; NULL: it is no token
 * at all.
 */
struct idp_token_verdict {
    const char *reason;
    const struct idp_json *header, *claims;
};

void idp_tokens_verify(struct idp_call *call, const struct idp_connection *connection,
                       const struct idp_tokens *tokens,
                       struct idp_token_verdict verdicts[IDP_TOKEN_USE_COUNT]);

/* What the audit says of a token that is one: "verified", "header", "claims"; the last of what
 * nobody verified only as far as they are short (login.c). */
struct idp_json *idp_token_shown(struct idp_call *call, const struct idp_token_verdict *verdict);

/* ---- judgement (judge.c) ---- */

enum idp_user_datum { IDP_FIRST_NAME, IDP_LAST_NAME, IDP_EMAIL, IDP_PHONE, IDP_USER_DATUM_COUNT };

/* Who somebody is by their tokens. */
struct idp_identity {
    const char *reason; /* NULL: they are somebody; else why not */
    struct idp_token_verdict verdicts[IDP_TOKEN_USE_COUNT];
    struct idp_bytes user_id;
    struct idp_bytes data[IDP_USER_DATUM_COUNT];
    const struct idp_json *rule_claims; /* of the token that the rules ask */
    const struct idp_json *validation;  /* what the provider answered that says no; NULL: nothing */
};

struct idp_identity idp_identity_of(struct idp_call *call, const struct idp_connection *connection,
                                    const struct idp_tokens *tokens);

/* Who brings an access token of the provider as it is, by externalTokenConfig. */
struct idp_identity idp_bearer_identity_of(struct idp_call *call,
                                           const struct idp_connection *connection,
                                           struct idp_bytes token);

/* ---- refusals (refusal.c) ---- */

/* Adds which request it was (token, validation), and the status that it was answered with. */
void idp_refusal_add_answer(struct idp_call *call, struct idp_json *details, const char *request,
                            const struct idp_json *answer);

/* Adds the issuer of the connection, and the one that came. */
void idp_refusal_add_issuer(struct idp_call *call, struct idp_json *details,
                            const struct idp_connection *connection, struct idp_bytes received);

/* Adds what there is to say of the reason of somebody who is refused. */
void idp_refusal_add(struct idp_call *call, struct idp_json *details,
                     const struct idp_connection *connection, const struct idp_identity *identity);

/* ---- users (user.c) ---- */

struct idp_sso_user {
    struct idp_bytes user_id, connection, issuer;
    struct idp_bytes data[IDP_USER_DATUM_COUNT];
    const struct idp_json *access;
    int64_t version; /* 0: not there */
};

bool idp_sso_user_find(struct idp_call *call, struct idp_bytes user_id, struct idp_sso_user *out);

/* Makes version 1, or takes version - 1 to version, as a login or not. False: somebody was faster.
 */
bool idp_sso_user_save(struct idp_call *call, const struct idp_sso_user *user,
                       bool is_login) IDP_MUST_CHECK;

const struct idp_json *idp_sso_user_json(struct idp_call *call, const struct idp_sso_user *user);

/* ---- logins (login.c) ---- */

/* sso_login(): {"user",…} or {"error":"access_denied","reason",…}. Writes user and audit in one
 * transaction. */
struct idp_json *idp_sso_login(struct idp_call *call, const struct idp_connection *connection,
                               const struct idp_tokens *tokens);

/* The same of somebody who is known already. */
struct idp_json *idp_sso_admit(struct idp_call *call, const struct idp_connection *connection,
                               struct idp_identity identity);

/* NULL: it is a login; else why not. before->version 0: the user is not there. */
const char *idp_login_refusal(struct idp_call *call, const struct idp_connection *connection,
                              const struct idp_identity *identity,
                              const struct idp_sso_user *before, const struct idp_json *mapped);

/* An argument {"access_token","id_token","nonce"}. */
struct idp_tokens idp_tokens_argument(struct idp_call *call, struct idp_value value);

#endif
