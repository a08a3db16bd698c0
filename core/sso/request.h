/* SPDX-License-Identifier: Apache-2.0 */
/* request.h - requests to a provider, filled from the templates of its connection, between the
 * files that send browsers there and that ask it themselves. */
#ifndef IDPLANE_SSO_REQUEST_H
#define IDPLANE_SSO_REQUEST_H

#include "core/sso/connection.h"

/* {"method","url","headers","body","operation"} of a template with `values` in its placeholders;
 * parameters go to the address, in the order of their names. {"error"} where a value would change
 * what the template says: a line end in a header, another host. NULL: there is no such template. */
struct idp_json *idp_sso_request(struct idp_call *call, const struct idp_connection *connection,
                                 enum idp_sso_request_kind kind, const struct idp_json *values);

/* The request with one parameter more in its address, or in its body, which is a form. */
void idp_sso_request_add(struct idp_call *call, struct idp_json *request, const char *member,
                         const char *name, struct idp_bytes value);

/* True where a value that a browser brought is one value wherever it is put, not encoded. */
bool idp_parameter_is_plain(struct idp_bytes value);

/* ---- logins under way (login_state.c) ---- */

enum { IDP_LOGIN_SECRET_SIZE = 32, IDP_LOGIN_LIFETIME_S = 600 };

/* A browser on its way to the provider and back. `state` goes with it in addresses, `browser` in a
 * cookie; both are 43 characters of base64url. What the provider must not be told beforehand
 * follows from both. */
struct idp_login_state {
    struct idp_bytes state, browser;
    struct idp_bytes redirect_uri, return_to; /* return_to data NULL: none */
};

/* Keeps the login; browser data NULL: a new one. */
void idp_login_state_start(struct idp_call *call, const struct idp_connection *connection,
                           struct idp_login_state *login);

/* Forgets all of a connection. */
void idp_login_state_forget(struct idp_call *call, const struct idp_connection *connection);

/* True for the browser that started it, at this connection while it has the same provider, in time,
 * until it is taken. */
bool idp_login_state_waits(struct idp_call *call, const struct idp_connection *connection,
                           const struct idp_login_state *login) IDP_MUST_CHECK;

/* Ends it: true once, where it waits. */
bool idp_login_state_take(struct idp_call *call, const struct idp_connection *connection,
                          struct idp_login_state *login) IDP_MUST_CHECK;

struct idp_bytes idp_login_nonce(struct idp_call *call, const struct idp_login_state *login);
struct idp_bytes idp_login_verifier(struct idp_call *call, const struct idp_login_state *login);

/* ---- the way to the provider (authorize.c) ---- */

/* The address of ours that a provider sends browsers back to. */
struct idp_bytes idp_sso_callback_url(struct idp_call *call,
                                      const struct idp_connection *connection);

#endif
