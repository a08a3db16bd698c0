/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - what the files about clients share: columns, secrets and the checked metadata. */
#ifndef IDPLANE_OAUTH_CLIENT_H
#define IDPLANE_OAUTH_CLIENT_H

#include "core/oauth/oauth.h"

/* What struct idp_client is made of, from idplane.client c. */
#define IDP_CLIENT_COLUMNS                                                                         \
    "c.enabled, c.device_grant, c.refresh_grant, c.auth_method, c.secret_digest, c.scope,"         \
    " c.secret_expires_at, c.old_secret_digest, c.old_secret_expires_at, c.sealed_secret,"         \
    " c.grant_types, c.watched_until, c.old_sealed_secret"
#define IDP_CLIENT_KINDS "bbbtxtzxzxtzx"
struct idp_client idp_client_of(struct idp_bytes client_id, const struct idp_value *row);

/* Those that a shared secret makes and verifies. */
#define IDP_SECRET_SIGNATURE_NAMES "HS256 HS384 HS512"

/* Values of token_endpoint_auth_method; those of RFC 8705 need a front that passes certificates. */
#define IDP_PROVING_AUTH_METHODS                                                                   \
    "client_secret_basic client_secret_post client_secret_jwt private_key_jwt"
#define IDP_AUTH_METHODS "none " IDP_PROVING_AUTH_METHODS
#define IDP_TLS_AUTH_METHODS "tls_client_auth self_signed_tls_client_auth"

/* When it was registered; 0: there is no such client. */
int64_t idp_client_created_us(struct idp_call *call, struct idp_bytes client_id);

/* Columns that follow from a metadata document. */
struct idp_client_metadata {
    bool enabled, device_grant, refresh_grant;
    struct idp_bytes auth_method, scope, grant_types;
    int64_t secret_expires_at_s; /* 0: never */
};

/* Checks RFC 7591 metadata: NULL, or a sentence that names the member. */
const char *idp_client_metadata_check(struct idp_call *call, const struct idp_json *document,
                                      struct idp_client_metadata *metadata) IDP_MUST_CHECK;

/* The names of its members that nothing acts on, with commas between; empty: none. */
struct idp_bytes idp_client_metadata_idle(struct idp_call *call, const struct idp_json *document);

/* The same check, and raises IDP_INVALID_METADATA. */
struct idp_client_metadata idp_client_metadata_read(struct idp_call *call,
                                                    const struct idp_json *document);

/* ---- secrets (client_secret.c) ---- */

/* What of a secret is kept: its digest, and where signatures are made with it the secret itself,
 * sealed; data NULL where there is none. */
struct idp_client_secret {
    struct idp_bytes secret, digest, sealed;
};

/* Of a given secret, or of a new one where that has data NULL. Writes where it seals. */
struct idp_client_secret idp_client_secret_make(struct idp_call *call, struct idp_bytes client_id,
                                                struct idp_bytes auth_method,
                                                struct idp_bytes given);
struct idp_bytes idp_client_secret_digest(struct idp_call *call, struct idp_bytes secret);

/* A secret as it was sealed for this client; data NULL: there is none. */
struct idp_bytes idp_client_secret_unseal(struct idp_call *call, struct idp_bytes client_id,
                                          struct idp_bytes sealed);

/* True where requests are authenticated by such a method with a secret. */
bool idp_client_has_secret(struct idp_bytes auth_method);

/* ---- redirect URIs (redirect_uri.c) ---- */

bool idp_redirect_uri_valid(struct idp_bytes uri) IDP_MUST_CHECK;
/* True where it is the registered one; on the user's own machine any port is (RFC 8252 §7.3). */
bool idp_redirect_uri_match(struct idp_bytes registered, struct idp_bytes uri) IDP_MUST_CHECK;

/* ---- assertions and certificates (client_assertion.c, client_certificate.c) ---- */

/* True where the assertion is one of this client, for us, now, and was not used before: RFC 7523
 * §3. Writes the row that makes it good once. */
bool idp_client_assertion_valid(struct idp_call *call, const struct idp_client *client,
                                struct idp_bytes assertion) IDP_MUST_CHECK;

/* The claims of an assertion of `issuer` for us, verified and used up; NULL: it is not good. */
const struct idp_json *idp_assertion_claims(struct idp_call *call, struct idp_bytes assertion,
                                            struct idp_bytes issuer, struct idp_bytes keys,
                                            bool is_secret);
/* The URLs by which others call us. */
struct idp_json *idp_own_audiences(struct idp_call *call);

/* The client that an assertion says it is of; data NULL: it says none. Nothing is verified. */
struct idp_bytes idp_client_assertion_subject(struct idp_call *call, struct idp_bytes assertion);

/* ---- keys (client_keys.c) ---- */

/* The JWKS in the metadata of the client; else what set_issuer_keys() says of its jwks_uri; else
 * what was fetched from there and is good now. data NULL: none. */
struct idp_bytes idp_client_keys(struct idp_call *call, struct idp_bytes client_id);

/* What set_issuer_keys() says of an issuer, as which an address of keys counts; data NULL: nothing.
 */
struct idp_bytes idp_issuer_keys_set(struct idp_call *call, struct idp_bytes issuer);

/* Which client the credentials name, whoever it is; empty: none, or two. (client_authenticate.c) */
struct idp_bytes idp_credentials_client(struct idp_call *call,
                                        const struct idp_credentials *credentials);

/* True where the certificate (PEM) is the client's: RFC 8705 §2. */
bool idp_client_certificate_valid(struct idp_call *call, const struct idp_client *client,
                                  struct idp_bytes certificate) IDP_MUST_CHECK;

#endif
