/* SPDX-License-Identifier: Apache-2.0 */
/* functions.c - the function table: every SQL function of both engines is one row here.
 * SQLite registers it as it is; sql/functions.sql declares the same for PostgreSQL, and a test
 * proves the two equal. */
#include "core/idplane.h"

#include "core/http/http.h"
#include "core/jose/jose.h"
#include "core/oauth/oauth.h"
#include "core/oidc/oidc.h"
#include "core/session.h"

const struct idp_function idp_functions[] = {
    /* setup */
    {"configure", "j", "settings", 1, 0, 'j', IDP_WRITES, idp_sql_configure,
     "Merges settings of this tenant and returns what is in force."},
    {"configuration", "", "", 0, 0, 'j', IDP_READS, idp_sql_configuration,
     "What is in force for this tenant, defaults included, with warnings."},
    {"register_client", "tj", "client_id metadata", 2, 0, 'j', IDP_WRITES, idp_sql_register_client,
     "Registers a client with RFC 7591 metadata; a generated client_secret is shown once."},
    {"update_client", "tj", "client_id metadata", 2, 0, 'j', IDP_WRITES, idp_sql_update_client,
     "Changes the metadata members given; null removes one."},
    {"set_subject", "tj", "subject document", 2, 0, 'j', IDP_WRITES, idp_sql_set_subject,
     "Locks or unlocks a subject."},
    {"set_clock", "t", "time", 1, 1, 't', IDP_SESSION_CHANGE, idp_sql_set_clock,
     "Freezes the clock of this session, for tests; NULL resumes it."},
    {"set_tenant", "tb", "tenant local", 1, 0, 't', IDP_SESSION_CHANGE, idp_sql_set_tenant,
     "Chooses the tenant of this session, or of this transaction."},
    {"current_tenant", "", "", 0, 0, 't', IDP_CLOCKED, idp_sql_current_tenant,
     "The tenant of this session."},
    {"purge", "i", "max_rows", 1, 0, 'j', IDP_WRITES, idp_sql_purge,
     "Removes expired codes, tokens and attempts, at most max_rows."},
    {"check_installation", "", "", 0, 0, 'j', IDP_READS, idp_sql_check_installation,
     "Prepares every statement of the library against the tables, and counts them."},
    {"canonical_json", "j", "json", 1, 0, 't', IDP_PURE, idp_sql_canonical_json,
     "JSON as text with sorted members: equal for equal JSON in both engines."},

    /* JOSE */
    {"jwt_verify", "ttj", "token keys policy", 2, 0, 'j', IDP_CLOCKED, idp_sql_jwt_verify,
     "The verdict on a token: claims when valid, a reason when not; never raises on a token."},
    {"jwt_valid", "ttj", "token keys policy", 2, 0, 'b', IDP_CLOCKED, idp_sql_jwt_valid,
     "The verdict of jwt_verify alone."},
    {"jws_verify", "ttj", "token keys policy", 2, 0, 'j', IDP_CLOCKED, idp_sql_jws_verify,
     "The verdict on a signed token with any payload."},
    {"jws_verify_detached", "tttj", "token payload keys policy", 3, 0, 'j', IDP_CLOCKED,
     idp_sql_jws_verify_detached, "The same where the payload is not in the token (RFC 7797)."},
    {"jws_sign", "ttj", "payload key header", 2, 0, 't', IDP_SIGNS, idp_sql_jws_sign,
     "Any payload signed with the private key given."},
    {"signature_valid", "xxtt", "message signature key alg", 4, 0, 'b', IDP_PURE,
     idp_sql_signature_valid, "Whether a signature of a JWA algorithm fits message and key."},
    {"jwt_decode", "t", "token", 1, 0, 'j', IDP_PURE, idp_sql_jwt_decode,
     "Header and claims of a token, NOT verified."},
    {"jwt_sign", "jtj", "claims kid header", 1, 0, 't', IDP_WRITES, idp_sql_jwt_sign,
     "A token signed with the tenant's active key, or the named one."},
    {"jwt_sign_with", "jtj", "claims key header", 2, 0, 't', IDP_SIGNS, idp_sql_jwt_sign_with,
     "A token signed with the private key given."},
    {"jwk_generate", "tt", "alg kid", 1, 0, 'j', IDP_SIGNS, idp_sql_jwk_generate,
     "A new private JWK."},
    {"jwk_public", "j", "jwk", 1, 0, 'j', IDP_PURE, idp_sql_jwk_public,
     "The public part of a JWK."},
    {"jwk_from_pem", "t", "pem", 1, 0, 'j', IDP_PURE, idp_sql_jwk_from_pem,
     "The JWK of a key or certificate in PEM."},
    {"jwk_to_pem", "j", "jwk", 1, 0, 't', IDP_PURE, idp_sql_jwk_to_pem,
     "The PEM of a JWK: SPKI, or PKCS#8 where it is private."},
    {"jwk_thumbprint", "j", "jwk", 1, 0, 't', IDP_PURE, idp_sql_jwk_thumbprint,
     "The RFC 7638 thumbprint of a JWK."},
    {"create_signing_key", "t", "alg", 0, 0, 't', IDP_WRITES, idp_sql_create_signing_key,
     "Makes and activates a signing key of this tenant; returns its kid."},
    {"rotate_signing_key", "t", "alg", 0, 0, 't', IDP_WRITES, idp_sql_rotate_signing_key,
     "Publishes the key that will sign next; returns its kid."},
    {"retire_signing_key", "t", "kid", 1, 0, 't', IDP_WRITES, idp_sql_retire_signing_key,
     "Ends signing with a key whose tokens stay good; returns the kid that signs now."},
    {"compromise_signing_key", "t", "kid", 1, 0, 't', IDP_WRITES, idp_sql_compromise_signing_key,
     "Withdraws a key with all its tokens, at once; returns the kid that signs now."},
    {"signing_keys", "t", "at", 0, 0, 'j', IDP_READS, idp_sql_signing_keys,
     "The signing keys of all times, or those in force at one."},
    {"rewrap_master_key", "", "", 0, 0, 'j', IDP_WRITES, idp_sql_rewrap_master_key,
     "Seals every private key anew under the first master key of the file."},
    {"jwks", "", "", 0, 0, 'j', IDP_READS, idp_sql_jwks,
     "The public keys that check this tenant's tokens."},

    /* tokens of ours */
    {"authenticate", "t", "token", 1, 0, 'j', IDP_READS, idp_sql_authenticate,
     "The verdict on an access token of this tenant, with its key, client and subject asked now.",
     true},
    {"begin_session", "tb", "token local", 1, 1, 'j', IDP_SESSION_CHANGE, idp_sql_begin_session,
     "Gives the transaction, or the session, the identity of an access token; NULL ends it.", true},
    {"current_claims", "", "", 0, 0, 'j', IDP_READS, idp_sql_current_claims,
     "The claims the session began with; NULL without a session."},
    {"current_subject", "", "", 0, 0, 't', IDP_READS, idp_sql_current_subject,
     "The subject the session began with; NULL without a session."},

    /* device grant, RFC 8628 */
    {"issue_device_code", "ttj", "client_id scope device", 1, 0, 'j', IDP_WRITES,
     idp_sql_issue_device_code, "Starts a device grant: device_code, user_code and where to go."},
    {"lookup_user_code", "ttj", "user_code subject options", 2, 0, 'j', IDP_WRITES,
     idp_sql_lookup_user_code, "What the user is asked to approve; wrong codes are counted."},
    {"approve_device_code", "ttj", "user_code subject options", 2, 0, 'j', IDP_WRITES,
     idp_sql_approve_device_code, "The user approves, for good."},
    {"deny_device_code", "ttj", "user_code subject options", 2, 0, 'j', IDP_WRITES,
     idp_sql_deny_device_code, "The user denies, for good."},
    {"poll_device_code", "tt", "device_code client_id", 2, 0, 'j', IDP_WRITES,
     idp_sql_poll_device_code, "The device asks for its tokens; they are given once."},
    {"authorization_server_metadata", "", "", 0, 0, 'j', IDP_READS,
     idp_sql_authorization_server_metadata, "RFC 8414 metadata of this tenant."},

    /* OIDC configuration */
    {"oidc_validate", "jjj", "config record defaults", 1, 1, 'j', IDP_PURE, idp_sql_oidc_validate,
     "What is wrong with a configuration: path, code and message of each fault."},
    {"oidc_merge", "tjjjjt", "operation request record effective defaults member", 1, 0, 'j',
     IDP_PURE, idp_sql_oidc_merge,
     "What a request makes of an instance's record and effective values."},

    {"oidc_merge_step", "tjjjjt", "operation value record effective defaults member", 1, 0, 'j',
     IDP_PURE, idp_sql_oidc_merge_step,
     "What the triggers on tables do with a value; raises where it is refused."},
    {"set_oidc_default", "jt", "config plan", 1, 0, 'j', IDP_WRITES, idp_sql_set_oidc_default,
     "What instances of a plan have where nobody says otherwise."},
    {"provision_oidc", "tjj", "instance request options", 1, 0, 'j', IDP_WRITES,
     idp_sql_provision_oidc, "Makes an instance: what was sent, over the defaults of its plan."},
    {"update_oidc", "tjj", "instance request options", 1, 0, 'j', IDP_WRITES, idp_sql_update_oidc,
     "Changes an instance: what was sent, over what is effective."},
    {"rederive_oidc", "tj", "instance options", 1, 0, 'j', IDP_WRITES, idp_sql_rederive_oidc,
     "Makes effective what the record and the defaults of today give."},
    {"rollback_oidc", "tij", "instance version options", 2, 0, 'j', IDP_WRITES,
     idp_sql_rollback_oidc, "Takes an instance back to what an earlier version had."},
    {"oidc_config", "t", "instance", 1, 0, 'j', IDP_READS, idp_sql_oidc_config,
     "Record and effective configuration of an instance, and where each field comes from."},
    {"oidc_history", "t", "instance", 1, 0, 'j', IDP_READS, idp_sql_oidc_history,
     "Who changed an instance when, from what to what; the latest first."},
    {"set_issuer_keys", "tt", "issuer jwks", 2, 0, 'i', IDP_WRITES, idp_sql_set_issuer_keys,
     "The keys of an issuer, for configurations that bring none; how many can verify."},
    {"oidc_authenticate", "tt", "instance token", 2, 0, 'j', IDP_READS, idp_sql_oidc_authenticate,
     "Whose token it is, by the effective configuration of an instance.", true},
    {"oidc_explain", "tt", "instance token", 2, 0, 'j', IDP_READS, idp_sql_oidc_explain,
     "The same with each step that was taken.", true},
    {"oidc_map_claims", "jjt", "config claims profile", 2, 0, 'j', IDP_PURE,
     idp_sql_oidc_map_claims, "The name and groups that claims give under a configuration."},

    /* HTTP */
    {"http_request", "ttjx", "method target headers body", 2, 0, 'j', IDP_WRITES,
     idp_sql_http_request, "One HTTP request to one HTTP response."},
};
const size_t idp_function_count = IDP_COUNT(idp_functions);

const struct idp_trigger *const idp_triggers[] = {&idp_oidc_trigger};
const size_t idp_trigger_count = IDP_COUNT(idp_triggers);

const struct idp_statement_group idp_statement_groups[] = {
    {idp_tenant_statements, &idp_tenant_statement_count},
    {idp_client_statements, &idp_client_statement_count},
    {idp_subject_statements, &idp_subject_statement_count},
    {idp_device_client_statements, &idp_device_client_statement_count},
    {idp_device_issue_statements, &idp_device_issue_statement_count},
    {idp_device_user_statements, &idp_device_user_statement_count},
    {idp_device_poll_statements, &idp_device_poll_statement_count},
    {idp_throttle_statements, &idp_throttle_statement_count},
    {idp_token_statements, &idp_token_statement_count},
    {idp_purge_statements, &idp_purge_statement_count},
    {idp_key_store_statements, &idp_key_store_statement_count},
    {idp_key_rotation_statements, &idp_key_rotation_statement_count},
    {idp_key_list_statements, &idp_key_list_statement_count},
    {idp_key_rewrap_statements, &idp_key_rewrap_statement_count},
    {idp_master_key_statements, &idp_master_key_statement_count},
    {idp_oidc_default_statements, &idp_oidc_default_statement_count},
    {idp_oidc_instance_statements, &idp_oidc_instance_statement_count},
    {idp_oidc_operation_statements, &idp_oidc_operation_statement_count},
    {idp_oidc_history_statements, &idp_oidc_history_statement_count},
    {idp_service_statements, &idp_service_statement_count},
    {idp_oidc_trigger_statements, &idp_oidc_trigger_statement_count},
    {idp_oidc_issuer_statements, &idp_oidc_issuer_statement_count},
};
const size_t idp_statement_group_count = IDP_COUNT(idp_statement_groups);
