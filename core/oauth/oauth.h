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

/* ---- settings of the tenant (settings*.c, preset.c, url.c, tenant.c, configure.c) ---- */

struct idp_settings {
    struct idp_bytes issuer;   /* default: base_url */
    struct idp_bytes base_url; /* without a trailing slash; default IDP_BASE_URL_DEFAULT */
    /* Where a front passes the certificate of the client's TLS connection; data NULL: nowhere */
    struct idp_bytes certificate_header;
    struct idp_bytes est_label;         /* data NULL: identity */
    const struct idp_json *grant_types; /* NULL: those that are offered without being asked for */
    bool device_grant;                  /* they have the device grant */
    bool client_auth_required;          /* at the device authorization endpoint */
    bool slow_down_fixed;
    bool is_isvaop;         /* the preset, of which the next six follow */
    bool user_code_dashed;  /* shown with a dash in its middle */
    bool is_token_in_parts; /* opaque tokens are 32 bytes, a dot and 64 bytes */
    const char *token_type, *verification_path;
    const char *token_path, *device_authorization_path; /* those that the metadata names */
    bool accepts_weak_user_codes;
    int64_t interval_s;
    int64_t code_lifetime_s;
    int64_t poll_wait_max_s; /* how long a poll may wait for a decision; 0: not at all */
    int64_t user_code_length;
    struct idp_bytes user_code_charset;
    int64_t subject_attempts_max, source_attempts_max, global_attempts_max;
    int64_t attempt_window_s;
    /* from one address in a window */
    int64_t unknown_codes_max, client_failures_max, registrations_max;
    struct idp_bytes audience; /* of access tokens; default: issuer */
    int64_t access_token_lifetime_s;
    int64_t refresh_token_lifetime_s;
    int64_t id_token_lifetime_s, authorization_code_lifetime_s, grant_lifetime_s, refresh_grace_s;
    bool dpop_nonce_required;
    bool dynamic_registration, initial_token_required;
    struct idp_bytes registration_scope; /* what clients may ask for then; data NULL: nothing */
    struct idp_key_schedule keys;        /* algorithm and kid are those of the next three */
    struct idp_bytes signing_alg, signing_keystore, signing_keylabel; /* data NULL: not set */
    struct idp_bytes pre_mappingrule_id, post_mappingrule_id;         /* hooks; data NULL: none */
    const struct idp_json *attribute_map, *attribute_sources;         /* NULL: none */
    int64_t session_absolute_lifetime_s, session_idle_lifetime_s;
    struct idp_bytes subject_header; /* in which a trusted proxy names who is there; or data NULL */
    int64_t audit_retention_s;
    int64_t audit_events; /* a bit for each enum idp_audit_kind */
    struct idp_bytes metrics_sources;
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

/* All that it offers, an array. */
struct idp_json *idp_grants_offered(struct idp_call *call, const struct idp_settings *settings);

/* Makes the tenant's row where there is none. */
void idp_tenant_ensure(struct idp_call *call);

/* Until the transaction ends, others that ask for the same wait: for what no row of its own
 * decides. */
void idp_tenant_lock(struct idp_call *call);

/* The 4 or 16 octets of an IP address; data NULL: it is none (ip_address.c). */
struct idp_bytes idp_ip_address(struct idp_call *call, struct idp_bytes text);

/* The tenant whose base_url has this authority (lower case) and is a prefix of path; *rest is then
 * the path behind it. False for none and for several. */
bool idp_tenant_match(struct idp_call *call, struct idp_bytes authority, struct idp_bytes path,
                      struct idp_bytes *tenant, struct idp_bytes *rest);
/* The same for a host without a port, where all tenants that are at it are at one other port. */
bool idp_tenant_match_host(struct idp_call *call, struct idp_bytes host, struct idp_bytes path,
                           struct idp_bytes *tenant, struct idp_bytes *rest);

/* ---- clients (client*.c, redirect_uri.c) ---- */

struct idp_client {
    struct idp_bytes client_id;
    bool enabled, device_grant, refresh_grant;
    struct idp_bytes auth_method, secret_digest, old_secret_digest, scope;
    struct idp_bytes sealed_secret, old_sealed_secret;
    struct idp_bytes grant_types;                           /* separated by one space */
    int64_t secret_expires_at_us, old_secret_expires_at_us; /* 0: never */
    int64_t watched_until_us; /* somebody guesses its credentials; 0: nobody did */
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
    bool is_unverified;           /* nobody vouches for the certificate */
};

/* Authenticates a request. secret_required false: client_id alone is enough for any client.
 * IDP_OK, IDP_INVALID_REQUEST (no client_id), IDP_INVALID_CLIENT, or IDP_TOO_MANY_FAILURES. */
enum idp_error idp_client_authenticate(struct idp_call *call,
                                       const struct idp_credentials *credentials,
                                       bool secret_required,
                                       struct idp_client *client) IDP_MUST_CHECK;

/* ---- keys of clients that are fetched (client_keys.c) ---- */

/* What has to be done before such a request can be judged, because a key of its client is not here:
 * {"fetch" or "wait_ms","resume"}; NULL: nothing. And the same when that was done: keeps what came.
 * Nobody is let in by either. Writes. */
struct idp_json *idp_client_keys_first(struct idp_call *call,
                                       const struct idp_credentials *credentials);
struct idp_json *idp_client_keys_then(struct idp_call *call,
                                      const struct idp_credentials *credentials,
                                      const struct idp_json *resume, const struct idp_json *answer);

/* ---- dynamic registration (registration.c) ---- */

/* RFC 7591 §3 and RFC 7592 §2, by the bearer token of the request; data NULL: none. Metadata or
 * an error; after removal an empty object. Writes. */
const struct idp_json *idp_registration_create(struct idp_call *call, struct idp_bytes token,
                                               const struct idp_json *document);
const struct idp_json *idp_registration_read(struct idp_call *call, struct idp_bytes client_id,
                                             struct idp_bytes token);
const struct idp_json *idp_registration_replace(struct idp_call *call, struct idp_bytes client_id,
                                                struct idp_bytes token,
                                                const struct idp_json *document);
const struct idp_json *idp_registration_remove(struct idp_call *call, struct idp_bytes client_id,
                                               struct idp_bytes token);

/* As which source attempts from an address are counted: an IPv6 address as its /64 (source.c). */
struct idp_bytes idp_source_counted(struct idp_call *call, struct idp_bytes source);

/* ---- guards of what comes over HTTP (guard.c); where no address is known they let all pass ----
 */

/* False: the address sent too many wrong credentials of the client, and gets no answer to more. */
bool idp_guard_client(struct idp_call *call, const struct idp_client *client) IDP_MUST_CHECK;

/* Its credentials were wrong. Nothing is kept where the call may not write. */
void idp_guard_client_failed(struct idp_call *call, const struct idp_client *client);

/* A device code was unknown. False: too many were, from this address. A writing call only. */
bool idp_guard_device_code(struct idp_call *call, const struct idp_settings *settings,
                           struct idp_bytes client_id) IDP_MUST_CHECK;

/* One more device of the address that is refused, or has proven nothing and is written down; false:
 * there were as many as may be of unknown codes. has_room: the same is asked, and nothing counted.
 */
bool idp_guard_device(struct idp_call *call) IDP_MUST_CHECK;
bool idp_guard_device_has_room(struct idp_call *call) IDP_MUST_CHECK;
/* The same of one that is known and refused, counted for itself; false: it is no event any more. */
bool idp_guard_refusal(struct idp_call *call) IDP_MUST_CHECK;

/* A stranger is about to register a client. False: too many did, from this address. */
bool idp_guard_registration(struct idp_call *call,
                            const struct idp_settings *settings) IDP_MUST_CHECK;

/* ---- subjects (subject.c) ---- */

bool idp_subject_enabled(struct idp_call *call, struct idp_bytes subject);

/* Raises unless the argument can name an authenticated user. */
void idp_check_subject(struct idp_call *call, struct idp_value subject);

/* ---- scope (scope.c): space-separated, RFC 6749 §3.3 ---- */

/* Of access tokens that administer: login options, OIDC instances, devices; or that monitor. */
#define IDP_SCOPE_SSO "sso"
#define IDP_SCOPE_BROKER "broker"
#define IDP_SCOPE_METRICS "metrics"
#define IDP_SCOPE_PROVISIONING "device_provisioning"
/* With the name of a profile behind it: of clients that get certificates of it by EST. */
#define IDP_SCOPE_EST "est:"

/* True where a word of the scope is one of these. It is given in SQL, by somebody who may: not by
 * whoever signs in on a page, registers by itself, or is vouched for by another issuer. */
bool idp_scope_is_administrative(struct idp_bytes scope) IDP_MUST_CHECK;

/* True for a list of scope tokens without doubles. */
bool idp_scope_valid(struct idp_bytes scope);
/* True where every word of `narrow` is in `wide`. */
bool idp_scope_within(struct idp_bytes narrow, struct idp_bytes wide);
/* The words of `scope` that are in `allowed`, too. */
struct idp_bytes idp_scope_common(struct idp_call *call, struct idp_bytes scope,
                                  struct idp_bytes allowed);

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

/* The verification_uri_complete of a code as somebody typed it, whether or not there is such a one;
 * data NULL: no code looks like that. */
struct idp_bytes idp_verification_uri_complete(struct idp_call *call, struct idp_bytes typed);

/* Tokens or an error; RFC 8628 §3.5. Where it would wait and may, {"wait_ms","wake_on","resume"}:
 * see idp_poll_resume(). */
struct idp_redeemer {
    struct idp_bytes client_id;
    struct idp_binding binding;
    struct idp_bytes code_verifier;
    const struct idp_json *form; /* what else it asks for; NULL: nothing */
    int64_t wait_s;              /* as in struct idp_origin */
    struct idp_bytes *subject;   /* set to whoever approved the code; NULL: nobody asks */
    struct idp_bytes *grant_id;  /* to what the tokens depend on; NULL: nobody asks */
};
const struct idp_json *idp_device_poll(struct idp_call *call, struct idp_bytes device_code,
                                       const struct idp_redeemer *redeemer);

/* True where more codes than these wait for a decision: a guess may hit any of them (throttle.c).
 */
enum { IDP_LIVE_CODES_EASY = 1000 };
bool idp_codes_are_many(struct idp_call *call) IDP_MUST_CHECK;

/* ---- audit of grants and tokens (audit_event.c) ---- */

enum idp_audit_kind {
    IDP_AUDIT_ISSUED,
    IDP_AUDIT_LOOKED_UP,
    IDP_AUDIT_APPROVED,
    IDP_AUDIT_DENIED,
    IDP_AUDIT_POLLED_FAST,
    IDP_AUDIT_REDEEMED,
    IDP_AUDIT_EXPIRED,
    IDP_AUDIT_GUESSED,
    IDP_AUDIT_REFRESHED,
    IDP_AUDIT_REUSED,
    IDP_AUDIT_REVOKED,
    IDP_AUDIT_KIND_COUNT
};

/* What a stranger can cause without limit is not in the default. */
#define IDP_AUDIT_EVENTS_DEFAULT                                                                   \
    ((1 << IDP_AUDIT_KIND_COUNT) - 1 -                                                             \
     (1 << IDP_AUDIT_ISSUED | 1 << IDP_AUDIT_LOOKED_UP | 1 << IDP_AUDIT_POLLED_FAST))

/* Whether events of this kind are written. */
bool idp_audit_wants(const struct idp_settings *settings, enum idp_audit_kind kind);

/* Writes an event where the settings (NULL: they are loaded) want its kind, after host->begin,
 * which an operation that wrote before has called itself. subject and client_id may have data NULL;
 * details, an object or NULL, gets the source. No code, token or secret may be in them. */
void idp_audit_event(struct idp_call *call, const struct idp_settings *settings,
                     enum idp_audit_kind kind, struct idp_bytes client_id, struct idp_bytes subject,
                     struct idp_json *details);

/* A list of names as bits, -1 where it is none; and back. */
int64_t idp_audit_events_read(const struct idp_json *list);
struct idp_json *idp_audit_events_json(struct idp_call *call, int64_t events);

/* ---- the chain of the audit (audit_seal.c, audit_verify.c, audit_purge.c, audit_total.c) ---- */

/* Removes rows of the audit older than this, those of a seal together: rows_max, and up to one seal
 * more, where there are so many. How many. */
int64_t idp_audit_purge(struct idp_call *call, int64_t retention_s, int64_t rows_max);

extern const struct idp_sealed_column idp_audit_sealed;

/* ---- metrics (metrics.c, metrics_text.c) ---- */

/* What is to be known of the tenant: an array of {"name","type","help","labels","value"}, those of
 * one name together. */
struct idp_json *idp_metrics(struct idp_call *call);

/* The same as Prometheus reads it, text format 0.0.4. */
struct idp_bytes idp_metrics_text(struct idp_call *call);

/* ---- tokens (opaque_token.c) ---- */

/* A token that only its digest is kept of, in the shape that the settings ask for. */
struct idp_bytes idp_opaque_token(struct idp_call *call, const struct idp_settings *settings);

/* A digest with the time that its token begins with in front, in place of as many bits. */
struct idp_bytes idp_timed_digest(struct idp_call *call, struct idp_bytes token,
                                  struct idp_bytes digest);

/* What is kept of a token or code of the tenant; the label says what it is good for. */
struct idp_bytes idp_token_digest(struct idp_call *call, const char *label, struct idp_bytes token);

/* ---- endpoints (token_endpoint.c, introspect.c, revoke.c, metadata.c) ---- */

/* Signatures that a public key verifies. */
#define IDP_SIGNATURE_NAMES "ES256 ES384 ES512 EdDSA PS256 PS384 PS512 RS256 RS384 RS512"

/* What a front knows of a request beside its form. */
struct idp_origin {
    struct idp_bytes method, url; /* as a proof names them (RFC 9449 §4.2) */
    struct idp_bytes dpop;        /* data NULL: no proof */
    struct idp_bytes proven_jkt;  /* where who calls has seen to the proof */
    int64_t wait_s;               /* how long a poll would wait for a decision; 0: not at all */
};

/* A proof of RFC 9449 for this request, and for the access token where one is given. IDP_OK and the
 * thumbprint of its key, IDP_INVALID_DPOP_PROOF or IDP_USE_DPOP_NONCE. Good once, where the call
 * may write. */
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

/* A poll that waited (held_poll.c): `step` is the `resume` of the endpoint's {"wait_ms","wake_on",
 * "resume"}, which says that nobody has decided yet. The answer, or the same again. */
const struct idp_json *idp_poll_resume(struct idp_call *call, const struct idp_json *form,
                                       const struct idp_json *step);

/* The device authorization endpoint behind HTTP (RFC 8628 §3.1); `device` as idp_device_issue. */
const struct idp_json *idp_device_endpoint(struct idp_call *call, const struct idp_json *form,
                                           const struct idp_credentials *credentials,
                                           const struct idp_origin *origin,
                                           const struct idp_json *device);

/* Introspection (RFC 7662 §2), by a client that proves itself: it is *client then; and revocation
 * (RFC 7009 §2). */
const struct idp_json *idp_introspect_endpoint(struct idp_call *call, const struct idp_json *form,
                                               const struct idp_credentials *credentials,
                                               struct idp_client *client);
const struct idp_json *idp_revoke_endpoint(struct idp_call *call, const struct idp_json *form,
                                           const struct idp_credentials *credentials);

/* The answer of an introspection, signed for the client (RFC 9701). Writes. */
struct idp_bytes idp_introspection_sign(struct idp_call *call, const struct idp_json *answer,
                                        const struct idp_client *client);

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

/* ---- devices that were provisioned (device_token.c) ---- */

/* An access token of a client about a device. scope data NULL: all that the client has; audience
 * data NULL: that of the settings. claims: an object, whose protected names do not count. grant_id:
 * what its tokens depend on, data NULL: a new one; then the one that it is. */
struct idp_device_token {
    struct idp_bytes client_id, device, scope, audience, certificate_thumbprint, grant_id;
    const struct idp_json *claims;
};
/* The answer of RFC 6749 §5.1, or an error. Bound to the certificate where the client wants that
 * (RFC 8705 §3.4). Writes. */
const struct idp_json *idp_device_token_issue(struct idp_call *call,
                                              struct idp_device_token *order);
/* Ends all tokens of a grant; data NULL: there is none. */
void idp_device_token_end(struct idp_call *call, struct idp_bytes grant_id);

/* ---- questions of other areas (hook_ask.c) ---- */

/* What set_hook() registered under the name answers; failure: missing, raised, ended, too_large,
 * not_json or null; NULL: there is an answer. */
struct idp_hook_reply {
    const struct idp_json *answer;
    const char *failure;
};
struct idp_hook_reply idp_hook_call(struct idp_call *call, struct idp_bytes name,
                                    const struct idp_json *question);

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
struct idp_value idp_sql_remove_client(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_fetch_client_keys(struct idp_call *call,
                                           const struct idp_value *arguments);
struct idp_value idp_sql_create_initial_access_token(struct idp_call *call,
                                                     const struct idp_value *arguments);
struct idp_value idp_sql_rotate_client_secret(struct idp_call *call,
                                              const struct idp_value *arguments);
extern const struct idp_sealed_column idp_client_sealed, idp_client_old_sealed;
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
struct idp_value idp_sql_import_signing_key(struct idp_call *call,
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
struct idp_value idp_sql_seal_audit(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_audit_head(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_verify_audit(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_metric_samples(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_metrics(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_purge(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_authorization_server_metadata(struct idp_call *call,
                                                       const struct idp_value *arguments);

extern const struct idp_statement idp_tenant_statements[], idp_client_statements[],
    idp_client_keys_statements[], idp_client_write_statements[], idp_client_secret_statements[],
    idp_client_remove_statements[], idp_registration_statements[], idp_subject_statements[],
    idp_device_client_statements[], idp_device_issue_statements[], idp_device_user_statements[],
    idp_device_poll_statements[], idp_throttle_statements[], idp_grant_statements[],
    idp_grant_list_statements[], idp_access_token_statements[], idp_refresh_token_statements[],
    idp_authorization_code_statements[], idp_consent_statements[], idp_withdrawal_statements[],
    idp_purge_statements[], idp_guard_statements[], idp_audit_seal_statements[],
    idp_audit_verify_statements[], idp_audit_purge_statements[], idp_audit_total_statements[],
    idp_metrics_statements[], idp_hook_statements[], idp_token_claims_statements[],
    idp_device_token_statements[];
extern const size_t idp_tenant_statement_count, idp_client_statement_count,
    idp_client_keys_statement_count, idp_client_write_statement_count,
    idp_client_secret_statement_count, idp_client_remove_statement_count,
    idp_registration_statement_count, idp_subject_statement_count,
    idp_device_client_statement_count, idp_device_issue_statement_count,
    idp_device_user_statement_count, idp_device_poll_statement_count, idp_throttle_statement_count,
    idp_grant_statement_count, idp_grant_list_statement_count, idp_access_token_statement_count,
    idp_refresh_token_statement_count, idp_authorization_code_statement_count,
    idp_consent_statement_count, idp_withdrawal_statement_count, idp_purge_statement_count,
    idp_guard_statement_count, idp_audit_seal_statement_count, idp_audit_verify_statement_count,
    idp_audit_purge_statement_count, idp_audit_total_statement_count, idp_metrics_statement_count,
    idp_hook_statement_count, idp_token_claims_statement_count, idp_device_token_statement_count;

#endif
