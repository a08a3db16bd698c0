/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - what follows a login: sessions of browsers, and the steps of the login itself that
 * wait for a provider. */
#ifndef IDPLANE_SSO_SESSION_H
#define IDPLANE_SSO_SESSION_H

#include "core/sso/login.h"

/* ---- sessions (session.c) ---- */

/* A session as it is made: whose, by which connection, and what the provider calls it. */
struct idp_session_start {
    struct idp_bytes user_id, connection;
    struct idp_bytes id_token;                           /* data NULL: none */
    struct idp_bytes provider_subject, provider_session; /* data NULL: none */
};

/* {"cookie","csrf_token","expires_at"}: 43 characters of base64url each, then a time. */
struct idp_json *idp_sso_session_open(struct idp_call *call, const struct idp_session_start *start);

/* idp_sso_login(), and where it is one a session, as its member `session`. */
struct idp_json *idp_sso_sign_in(struct idp_call *call, const struct idp_connection *connection,
                                 const struct idp_tokens *tokens);

/* Ends one; what it was, its ID token too. False: there is none. */
bool idp_sso_session_end(struct idp_call *call, struct idp_bytes cookie,
                         struct idp_session_start *out) IDP_MUST_CHECK;

/* Ends the sessions; how many. Those of a user, of a connection, or what a provider names: by
 * subject, by session, or by both. */
int64_t idp_sso_session_end_user(struct idp_call *call, struct idp_bytes user_id);
int64_t idp_sso_session_end_connection(struct idp_call *call, struct idp_bytes connection);
int64_t idp_sso_session_end_provider(struct idp_call *call, struct idp_bytes connection,
                                     struct idp_bytes subject, struct idp_bytes session);

/* ---- tokens of providers (bearer.c) ---- */

/* Forgets what was found of them, by a connection or for a user. */
void idp_bearer_forget_connection(struct idp_call *call, struct idp_bytes connection);
void idp_bearer_forget_user(struct idp_call *call, struct idp_bytes user_id);

/* ---- keys on the way (keys_step.c) ---- */

/* A step that first has the keys for some tokens. `patient`: each step is a transaction, so whoever
 * asks says so first and others can wait; else nothing is written before the keys are there. */
struct idp_keys_step {
    struct idp_call *call;
    const struct idp_connection *connection;
    const struct idp_tokens *tokens;
    const struct idp_json *resume; /* where it goes on: not sealed, has `connection` and `step` */
    bool patient;
};

/* NULL: the keys are there, or will not be; else what has to be done first. */
struct idp_json *idp_keys_step(const struct idp_keys_step *step);

/* Keeps what came, where the step was to fetch keys. */
void idp_keys_step_take(struct idp_call *call, const struct idp_connection *connection,
                        const struct idp_json *resume, const struct idp_json *answer, bool patient);

#endif
