/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.h - the authorization endpoint (RFC 6749 §4.1.1): what is asked, and what is answered.
 */
#ifndef IDPLANE_OAUTH_AUTHORIZE_H
#define IDPLANE_OAUTH_AUTHORIZE_H

#include "core/oauth/token.h"

/* ---- the request (authorize.c) ---- */

struct idp_authorization {
    struct idp_client client;
    struct idp_settings settings;
    struct idp_bytes redirect_uri, scope, state, nonce, code_challenge, dpop_jkt, prompt;
    struct idp_bytes consent_prompt;
    const char
        *refusal; /* a sentence on what is refused by name; NULL: that of the error will do */
    const struct idp_json *resource; /* an array; NULL: none */
    bool is_redirect_uri_given;
    int64_t age_max_s; /* -1: any */
};

/* Reads and checks a request. IDP_OK; else redirect_uri tells whom to tell: the client where it is
 * set, the user alone where data is NULL (RFC 6749 §4.1.2.1). */
enum idp_error idp_authorization_read(struct idp_call *call, const struct idp_json *parameters,
                                      struct idp_authorization *out) IDP_MUST_CHECK;

/* Where the browser goes with a code, or with an error; the issuer goes along (RFC 9207). */
struct idp_bytes idp_authorization_url(struct idp_call *call,
                                       const struct idp_authorization *request, const char *name,
                                       struct idp_bytes value);

/* ---- the code (authorization_code.c) ---- */

struct idp_bytes idp_authorization_code_make(struct idp_call *call,
                                             const struct idp_authorization *request,
                                             struct idp_bytes subject, struct idp_bytes scope,
                                             const struct idp_json *details);

/* ---- consent (consent.c) ---- */

/* Whether the subject has to be asked; prompt: the client's consent_prompt. */
bool idp_consent_needed(struct idp_call *call, struct idp_bytes prompt, struct idp_bytes subject,
                        struct idp_bytes client_id, struct idp_bytes scope);
void idp_consent_remember(struct idp_call *call, struct idp_bytes subject,
                          struct idp_bytes client_id, struct idp_bytes scope);

#endif
