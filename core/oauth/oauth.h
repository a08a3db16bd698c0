/* SPDX-License-Identifier: Apache-2.0 */
/* oauth.h - the authorization server: settings, clients, subjects, device grant, tokens.
 * Operations return protocol outcomes as JSON ({"error": …}); they raise only on misuse. */
#ifndef IDPLANE_OAUTH_H
#define IDPLANE_OAUTH_H

#include "core/jose/jose.h"

#define IDP_GRANT_DEVICE_CODE "urn:ietf:params:oauth:grant-type:device_code"
#define IDP_GRANT_REFRESH_TOKEN "refresh_token"
#define IDP_GRANT_AUTHORIZATION_CODE "authorization_code"
#define IDP_GRANT_CLIENT_CREDENTIALS "client_credentials"
#define IDP_GRANT_TOKEN_EXCHANGE "urn:ietf:params:oauth:grant-type:token-exchange"
#define IDP_GRANT_JWT_BEARER "urn:ietf:params:oauth:grant-type:jwt-bearer"
#define IDP_BASE_URL_DEFAULT "http://127.0.0.1:8080"

/* ---- settings of the tenant (settings*.c, url.c, tenant.c, configure.c) ---- */

struct idp_settings {
    struct idp_bytes issuer;   /* default: base_url */
    struct idp_bytes base_url; /* without a trailing slash; default IDP_BASE_URL_DEFAULT */
    /* Where a front passes the certificate of the client's TLS connection; data NULL: nowhere */
    struct idp_bytes certificate_header;
    const struct idp_json *grant_types; /* NULL: those that are offered without being asked for */
    bool device_grant;                  /* they have the device grant */
    bool client_auth_required;          /* at the device authorization endpoint */
    bool slow_down_fixed;
    int64_t interval_s;
    int64_t code_lifetime_s;
    int64_t user_code_length;
    struct idp_bytes user_code_charset;
    int64_t subject_attempts_max, source_attempts_max, global_attempts_max;
    int64_t attempt_window_s;
    struct idp_bytes audience; /* of access tokens; default: issuer */
    int64_t access_token_lifetime_s;
    int64_t refresh_token_lifetime_s;
    int64_t id_token_lifetime_s, authorization_code_lifetime_s, grant_lifetime_s, refresh_grace_s;
    bool dpop_nonce_required;
    struct idp_bytes pre_hook, post_hook; /* names that others gave to those; data NULL: ours */
    const struct idp_json *attribute_map, *attribute_sources; /* may be NULL */
    struct idp_key_schedule keys;
    int64_t session_absolute_lifetime_s, session_idle_lifetime_s;
    int64_t audit_retention_s;
};

/* What is in force for the call's tenant, defaults included. */
struct idp_settings idp_settings_load(struct idp_call *call);

/* The same from a stored document (NULL: all defaults), which is known to be valid. */
struct idp_settings idp_settings_of(const struct idp_json *document);

/* The same from a column, through a cache: its texts live until the call ends. */
struct idp_settings idp_settings_read(struct idp_call *call, struct idp_value column);

/* How the key store learns what the settings say of keys. */
extern const struct idp_scheduler idp_key_scheduler;

/* True where the tenant offers the grant type. */
bool idp_grant_offered(const struct idp_settings *settings, struct idp_bytes grant_type);

/* Makes the tenant's row where there is none. */
void idp_tenant_ensure(struct idp_call *call);

/* Until the transaction ends, others that ask for the same wait: for what no row of its own
 * decides. */
void idp_tenant_lock(struct idp_call *call);

/* The tenant whose base_url has this authority (lower case) and is a prefix of path; *rest is then
 * the path behind it. False for none and for several. */
bool idp_tenant_match(struct idp_call *call, struct idp_bytes authority, struct idp_bytes path,
                      struct idp_bytes *tenant, struct idp_bytes *rest);

/* ---- clients (client*.c, redirect_uri.c) ---- */

struct idp_client {
    struct idp_bytes client_id;
    bool enabled, device_grant, refresh_grant;
    struct idp_bytes auth_method, secret_digest, old_secret_digest, sealed_secret, scope;
    struct idp_bytes grant_types;                           /* separated by one space */
    int64_t secret_expires_at_us, old_secret_expires_at_us; /* 0: never */
};

/* False where the tenant has no such client. */
bool idp_client_find(struct idp_call *call, struct idp_bytes client_id,
                     struct idp_client *client) IDP_MUST_CHECK;

/* Its metadata, an object; NULL: the tenant has no such client. */
const struct idp_json *idp_client_metadata(struct idp_call *call, struct idp_bytes client_id);

/* Its client_name for people; the client_id where it has none. */
struct idp_bytes idp_client_name(struct idp_call *call, struct idp_bytes client_id);

/* How a request said who it is: RFC 6749 §2.3, RFC 7521 §4.2, RFC 8705 §2. */
enum idp_credential_method {
    IDP_CREDENTIAL_NONE,
    IDP_CREDENTIAL_BASIC,
    IDP_CREDENTIAL_POST,
    IDP_CREDENTIAL_ASSERTION,
    IDP_CREDENTIAL_TRUSTED /* whoever calls has seen to it */
};
struct idp_credentials {
    enum idp_credential_method method;
    struct idp_bytes client_id, client_secret;
    struct idp_bytes assertion;
    struct idp_bytes certificate; /* of the TLS connection, PEM; data NULL: none */
};

/* Authenticates a request. secret_required false: client_id alone is enough for any client.
 * IDP_OK, IDP_INVALID_REQUEST (no client_id) or IDP_INVALID_CLIENT. */
enum idp_error idp_client_authenticate(struct idp_call *call,
                                       const struct idp_credentials *credentials,
                                       bool secret_required,
                                       struct idp_client *client) IDP_MUST_CHECK;

/* ---- subjects (subject.c) ---- */

bool idp_subject_enabled(struct idp_call *call, struct idp_bytes subject);

/* ---- scope (scope.c): space-separated, RFC 6749 §3.3 ---- */

/* True for a list of scope tokens without doubles. */
bool idp_scope_valid(struct idp_bytes scope);
/* True where every word of `narrow` is in `wide`. */
bool idp_scope_within(struct idp_bytes narrow, struct idp_bytes wide);

/* ---- what tokens are bound to (binding.c, dpop.c) ---- */

/* Thumbprints of a key (RFC 7638) and of a certificate (SHA-256), base64url; data NULL: none. */
struct idp_binding {
    struct idp_bytes jkt, x5t;
};

/* ---- device grant (device_*.c, user_code.c, throttle.c) ---- */

/* Tells the codes what a change of clients or settings means for them: polling reads the
 * code only. device_grant: whether the tenant offers the grant. */
void idp_device_client_changed(struct idp_call *call, bool device_grant);

/* The RFC 8628 §3.2 response, or an error. */
struct idp_device_request {
    struct idp_bytes client_id, scope;
    const struct idp_json *device;   /* what the user is shown of it; may be NULL */
    struct idp_bytes code_challenge; /* S256, RFC 7636; data NULL: none */
    struct idp_binding binding;
};
const struct idp_json *idp_device_issue(struct idp_call *call,
                                        const struct idp_device_request *request);

/* Tokens or an error; RFC 8628 §3.5. */
struct idp_redeemer {
    struct idp_bytes client_id;
    struct idp_binding binding;
    struct idp_bytes code_verifier;
};
const struct idp_json *idp_device_poll(struct idp_call *call, struct idp_bytes device_code,
                                       const struct idp_redeemer *redeemer);

/* ---- endpoints (token_endpoint.c, introspect.c, revoke.c, metadata.c) ---- */

/* What a front knows of a request beside its form. */
struct idp_origin {
    struct idp_bytes method, url; /* as a proof names them (RFC 9449 §4.2) */
    struct idp_bytes dpop;        /* data NULL: no proof */
    struct idp_bytes proven_jkt;  /* where who calls has seen to the proof */
};

/* A proof of RFC 9449 for this request, and for the access token where one is given. IDP_OK and the
 * thumbprint of its key, IDP_INVALID_DPOP_PROOF or IDP_USE_DPOP_NONCE. Writes: it is good once. */
enum idp_error idp_dpop_read(struct idp_call *call, const struct idp_origin *origin,
                             bool is_nonce_needed, struct idp_bytes access_token,
                             struct idp_bytes *jkt) IDP_MUST_CHECK;

/* A nonce that is good for some minutes. */
struct idp_bytes idp_dpop_nonce(struct idp_call *call);

/* x5t#S256 of a certificate in PEM; data NULL where there is none. */
struct idp_bytes idp_certificate_thumbprint(struct idp_call *call, struct idp_bytes pem);

/* The token endpoint behind HTTP: a row per grant type. `form` is an object of strings, without
 * empty members; `credentials` as the request gave them. */
const struct idp_json *idp_token_endpoint(struct idp_call *call, const struct idp_json *form,
                                          const struct idp_credentials *credentials,
                                          const struct idp_origin *origin);

/* The device authorization endpoint behind HTTP (RFC 8628 §3.1); `device` as idp_device_issue. */
const struct idp_json *idp_device_endpoint(struct idp_call *call, const struct idp_json *form,
                                           const struct idp_credentials *credentials,
                                           const struct idp_origin *origin,
                                           const struct idp_json *device);

/* Introspection (RFC 7662 §2) and revocation (RFC 7009 §2), by an authenticated client. */
const struct idp_json *idp_introspect_endpoint(struct idp_call *call, const struct idp_json *form,
                                               const struct idp_credentials *credentials);
const struct idp_json *idp_revoke_endpoint(struct idp_call *call, const struct idp_json *form,
                                           const struct idp_credentials *credentials);

/* The answer of an introspection, signed for the client (RFC 9701). Writes. */
struct idp_bytes idp_introspection_sign(struct idp_call *call, const struct idp_json *answer,
                                        struct idp_bytes client_id);

/* ---- the authorization endpoint (authorize.c) ---- */

/* What a client asks (RFC 6749 §4.1.1): {"client_id","client_name","scope","redirect_uri",
 * "consent_needed","login_needed"}, or an error, with "redirect_to" where the client may be told.
 * subject data NULL: nobody has signed in. */
const struct idp_json *idp_authorization_ask(struct idp_call *call,
                                             const struct idp_json *parameters,
                                             struct idp_bytes subject);

/* The subject decides: {"redirect_to"} with a code, or an error as above. options: decision, scope,
 * auth_time, amr, claims. Writes. */
const struct idp_json *idp_authorization_decide(struct idp_call *call,
                                                const struct idp_json *parameters,
                                                struct idp_bytes subject,
                                                const struct idp_json *options);

/* What the claims of an access token tell of the user (OpenID Connect Core 1.0 §5.3). */
const struct idp_json *idp_userinfo(struct idp_call *call, const struct idp_json *claims);

/* ---- access tokens of ours (authenticate.c) ---- */

/* The verdict on an access token of this tenant, as idp_jwt_verify(); reasons on top of its own:
 * client_disabled, subject_disabled. */
struct idp_json *idp_authenticate(struct idp_call *call, struct idp_bytes token);

/* RFC 8414 metadata of the tenant, also OpenID discovery. */
struct idp_json *idp_metadata(struct idp_call *call);

/* ---- rows of the function table ---- */
struct idp_value idp_sql_configure(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_configuration(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_register_client(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_update_client(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_client(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_rotate_client_secret(struct idp_call *call,
                                              const struct idp_value *arguments);
extern const struct idp_sealed_column idp_client_sealed;
struct idp_value idp_sql_set_subject(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_issue_device_code(struct idp_call *call,
                                           const struct idp_value *arguments);
struct idp_value idp_sql_lookup_user_code(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_approve_device_code(struct idp_call *call,
                                             const struct idp_value *arguments);
struct idp_value idp_sql_deny_device_code(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_poll_device_code(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_token_request(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_set_hook(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_hooks(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_explain_token_request(struct idp_call *call,
                                               const struct idp_value *arguments);
struct idp_value idp_sql_introspect(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_revoke(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_userinfo(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_grants(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_rename_grant(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_revoke_grant(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_authorization_request(struct idp_call *call,
                                               const struct idp_value *arguments);
struct idp_value idp_sql_authorize(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_consents(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_withdraw_consent(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_jwt_sign(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_create_signing_key(struct idp_call *call,
                                            const struct idp_value *arguments);
struct idp_value idp_sql_rotate_signing_key(struct idp_call *call,
                                            const struct idp_value *arguments);
struct idp_value idp_sql_retire_signing_key(struct idp_call *call,
                                            const struct idp_value *arguments);
struct idp_value idp_sql_compromise_signing_key(struct idp_call *call,
                                                const struct idp_value *arguments);
struct idp_value idp_sql_jwks(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_authenticate(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_begin_session(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_current_claims(struct idp_call *call, const struct idp_value *arguments);
/* The subject that the session acts for now; data NULL: nobody. */
struct idp_bytes idp_session_subject(struct idp_call *call);
struct idp_value idp_sql_current_subject(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_purge(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_authorization_server_metadata(struct idp_call *call,
                                                       const struct idp_value *arguments);

extern const struct idp_statement idp_tenant_statements[], idp_client_statements[],
    idp_client_write_statements[], idp_client_secret_statements[], idp_subject_statements[],
    idp_device_client_statements[], idp_device_issue_statements[], idp_device_user_statements[],
    idp_device_poll_statements[], idp_throttle_statements[], idp_grant_statements[],
    idp_grant_list_statements[], idp_access_token_statements[], idp_refresh_token_statements[],
    idp_authorization_code_statements[], idp_consent_statements[], idp_withdrawal_statements[],
    idp_hook_statements[], idp_token_claims_statements[], idp_purge_statements[];
extern const size_t idp_tenant_statement_count, idp_client_statement_count,
    idp_client_write_statement_count, idp_client_secret_statement_count,
    idp_subject_statement_count, idp_device_client_statement_count,
    idp_device_issue_statement_count, idp_device_user_statement_count,
    idp_device_poll_statement_count, idp_throttle_statement_count, idp_grant_statement_count,
    idp_grant_list_statement_count, idp_access_token_statement_count,
    idp_refresh_token_statement_count, idp_authorization_code_statement_count,
    idp_consent_statement_count, idp_withdrawal_statement_count, idp_purge_statement_count,
    idp_hook_statement_count, idp_token_claims_statement_count;

#endif
