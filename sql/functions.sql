-- SPDX-License-Identifier: Apache-2.0
-- functions.sql: what idplane offers in PostgreSQL, one declaration for each row of the function
-- table. All of them are one C symbol. A test proves that names, numbers of
-- arguments and effects here are those of the table; types are checked at each call.

CREATE FUNCTION idplane.schema_version() RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1::bigint';
COMMENT ON FUNCTION idplane.schema_version() IS 'Version of the tables, which the library compares with its own.';

CREATE FUNCTION idplane.later(since timestamptz, microseconds bigint) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS
    $$SELECT $1 OPERATOR(pg_catalog.+) ($2 OPERATOR(pg_catalog.*) interval '1 microsecond')$$;
COMMENT ON FUNCTION idplane.later(timestamptz, bigint) IS 'Time arithmetic of the SQL that both engines share.';

-- ---- setup ----

CREATE FUNCTION idplane.configure(settings jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.configure(jsonb) IS 'Merges settings of this tenant and returns what is in force.';

CREATE FUNCTION idplane.configuration() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.configuration() IS 'What is in force for this tenant, defaults included, with warnings.';

CREATE FUNCTION idplane.register_client(client_id text, metadata jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.register_client(text, jsonb) IS 'Registers a client with RFC 7591 metadata; a generated client_secret is shown once.';

CREATE FUNCTION idplane.update_client(client_id text, metadata jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.update_client(text, jsonb) IS 'Changes the metadata members given; null removes one.';

CREATE FUNCTION idplane.client(client_id text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.client(text) IS 'A client as it is registered, without its secret; NULL where there is none.';

CREATE FUNCTION idplane.rotate_client_secret(client_id text, overlap_s bigint DEFAULT 86400) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.rotate_client_secret(text, bigint) IS 'Gives a client another secret; the old one is good meanwhile.';

CREATE FUNCTION idplane.remove_client(client_id text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.remove_client(text) IS 'Ends a client with all its grants and codes; whether there was one.';

CREATE FUNCTION idplane.fetch_client_keys(client_id text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.fetch_client_keys(text) IS 'Fetches the keys at the jwks_uri of a client anew; needs idplane_fetch.';

CREATE FUNCTION idplane.create_initial_access_token(lifetime_s bigint DEFAULT 86400, use_count bigint DEFAULT 1) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.create_initial_access_token(bigint, bigint) IS 'A token that lets its bearer register clients.';

CREATE FUNCTION idplane.set_subject(subject text, document jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_subject(text, jsonb) IS 'Locks or unlocks a subject.';

CREATE FUNCTION idplane.set_clock("time" text) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_clock(text) IS 'Freezes the clock of this session, for tests; NULL resumes it.';

CREATE FUNCTION idplane.set_tenant(tenant text, local boolean DEFAULT false) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_tenant(text, boolean) IS 'Chooses the tenant of this session, or of this transaction.';

CREATE FUNCTION idplane.current_tenant() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.current_tenant() IS 'The tenant of this session.';

CREATE FUNCTION idplane.purge(max_rows bigint) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.purge(bigint) IS 'Removes what expired: codes, tokens, attempts, logins, sessions, audit; max_rows of each.';

CREATE FUNCTION idplane.audit_events(options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.audit_events(jsonb) IS 'What happened last, and who was it; the latest first.';

CREATE FUNCTION idplane.seal_audit(max_rows bigint) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.seal_audit(bigint) IS 'Chains rows of the audit that are in no seal yet, and signs the head of the chain.';

CREATE FUNCTION idplane.audit_head() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.audit_head() IS 'The last seal of the audit, to be kept elsewhere.';

CREATE FUNCTION idplane.verify_audit(head jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.verify_audit(jsonb) IS 'Whether the audit is as it was sealed, and goes on from a head that was kept.';

CREATE FUNCTION idplane.metric_samples() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.metric_samples() IS 'What is to be monitored of this tenant, one sample each.';

CREATE FUNCTION idplane.metrics() RETURNS text
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.metrics() IS 'The same in the text format of Prometheus.';

CREATE FUNCTION idplane.check_installation() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.check_installation() IS 'Prepares every statement of the library against the tables, and counts them.';

CREATE FUNCTION idplane.canonical_json(json jsonb) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.canonical_json(jsonb) IS 'JSON as text with sorted members: equal for equal JSON in both engines.';

-- ---- JOSE ----

CREATE FUNCTION idplane.jwt_verify(token text, keys text, policy jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE c STABLE PARALLEL SAFE COST 5000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jwt_verify(text, text, jsonb) IS 'The verdict on a token: claims when valid, a reason when not; never raises on a token.';

CREATE FUNCTION idplane.jwt_valid(token text, keys text, policy jsonb DEFAULT '{}') RETURNS boolean
    LANGUAGE c STABLE PARALLEL SAFE COST 5000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jwt_valid(text, text, jsonb) IS 'The verdict of jwt_verify alone.';

CREATE FUNCTION idplane.jws_verify(token text, keys text, policy jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE c STABLE PARALLEL SAFE COST 5000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jws_verify(text, text, jsonb) IS 'The verdict on a signed token with any payload.';

CREATE FUNCTION idplane.jws_verify_detached(token text, payload text, keys text, policy jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE c STABLE PARALLEL SAFE COST 5000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jws_verify_detached(text, text, text, jsonb) IS 'The same where the payload is not in the token (RFC 7797).';

CREATE FUNCTION idplane.jws_sign(payload text, key text, header jsonb DEFAULT '{}') RETURNS text
    LANGUAGE c VOLATILE PARALLEL SAFE COST 5000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jws_sign(text, text, jsonb) IS 'Any payload signed with the private key given.';

CREATE FUNCTION idplane.signature_valid(message bytea, signature bytea, key text, alg text) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.signature_valid(bytea, bytea, text, text) IS 'Whether a signature of a JWA algorithm fits message and key.';

CREATE FUNCTION idplane.jwt_decode(token text) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jwt_decode(text) IS 'Header and claims of a token, NOT verified.';

CREATE FUNCTION idplane.jwt_sign(claims jsonb, kid text DEFAULT NULL, header jsonb DEFAULT '{}') RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 5000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jwt_sign(jsonb, text, jsonb) IS 'A token signed with the tenant''s active key, or the named one.';

CREATE FUNCTION idplane.jwt_sign_with(claims jsonb, key text, header jsonb DEFAULT '{}') RETURNS text
    LANGUAGE c VOLATILE PARALLEL SAFE COST 5000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jwt_sign_with(jsonb, text, jsonb) IS 'A token signed with the private key given.';

CREATE FUNCTION idplane.jwk_generate(alg text, kid text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL SAFE COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jwk_generate(text, text) IS 'A new private JWK.';

CREATE FUNCTION idplane.jwk_public(jwk jsonb) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jwk_public(jsonb) IS 'The public part of a JWK.';

CREATE FUNCTION idplane.jwk_from_pem(pem text) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jwk_from_pem(text) IS 'The JWK of a key or certificate in PEM.';

CREATE FUNCTION idplane.jwk_to_pem(jwk jsonb) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jwk_to_pem(jsonb) IS 'The PEM of a JWK: SPKI, or PKCS#8 where it is private.';

CREATE FUNCTION idplane.jwk_thumbprint(jwk jsonb) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jwk_thumbprint(jsonb) IS 'The RFC 7638 thumbprint of a JWK.';

CREATE FUNCTION idplane.create_signing_key(alg text DEFAULT 'ES256') RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.create_signing_key(text) IS 'Makes and activates a signing key of this tenant; returns its kid.';

CREATE FUNCTION idplane.import_signing_key(kid text, key text, alg text DEFAULT NULL, certificate text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.import_signing_key(text, text, text, text) IS 'Takes over a private key that was made elsewhere.';

CREATE FUNCTION idplane.rotate_signing_key(alg text DEFAULT NULL) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.rotate_signing_key(text) IS 'Publishes the key that will sign next; returns its kid.';

CREATE FUNCTION idplane.retire_signing_key(kid text) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.retire_signing_key(text) IS 'Ends signing with a key whose tokens stay good; returns the kid that signs now.';

CREATE FUNCTION idplane.compromise_signing_key(kid text) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.compromise_signing_key(text) IS 'Withdraws a key with all its tokens, at once; returns the kid that signs now.';

CREATE FUNCTION idplane.signing_keys(at text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.signing_keys(text) IS 'The signing keys of all times, or those in force at one.';

CREATE FUNCTION idplane.rewrap_master_key() RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.rewrap_master_key() IS 'Seals every secret anew under the first master key of the file.';

CREATE FUNCTION idplane.jwks() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.jwks() IS 'The public keys that check this tenant''s tokens.';

-- ---- tokens of ours ----

CREATE FUNCTION idplane.authenticate(token text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER COST 5000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.authenticate(text) IS 'The verdict on an access token of this tenant, with its key, client and subject asked now.';

-- SECURITY DEFINER, since it reads keys for whoever may call it.
CREATE FUNCTION idplane.begin_session(token text, local boolean DEFAULT true) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 5000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.begin_session(text, boolean) IS 'Gives the transaction, or the session, the identity of an access token; NULL ends it.';

CREATE FUNCTION idplane.current_claims() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.current_claims() IS 'The claims the session began with; NULL without a session.';

CREATE FUNCTION idplane.current_subject() RETURNS text
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.current_subject() IS 'The subject the session began with; NULL without a session.';

-- ---- device grant, RFC 8628 ----

CREATE FUNCTION idplane.issue_device_code(client_id text, scope text DEFAULT NULL, device jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.issue_device_code(text, text, jsonb) IS 'Starts a device grant: device_code, user_code and where to go.';

CREATE FUNCTION idplane.lookup_user_code(user_code text, subject text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.lookup_user_code(text, text, jsonb) IS 'What the user is asked to approve; wrong codes are counted.';

CREATE FUNCTION idplane.approve_device_code(user_code text, subject text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.approve_device_code(text, text, jsonb) IS 'The user approves, for good.';

CREATE FUNCTION idplane.deny_device_code(user_code text, subject text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.deny_device_code(text, text, jsonb) IS 'The user denies, for good.';

CREATE FUNCTION idplane.poll_device_code(device_code text, client_id text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.poll_device_code(text, text) IS 'The device asks for its tokens; they are given once.';

CREATE FUNCTION idplane.token_request(parameters jsonb, client jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.token_request(jsonb, jsonb) IS 'Tokens for a request of any grant type, of a client that the caller has authenticated.';

-- The role that calls is the one that the hook runs as, which SECURITY DEFINER would hide: the library itself
-- goes over to the owner's rights.
CREATE FUNCTION idplane.set_hook(name text, definition text DEFAULT NULL, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'idplane_call_for_caller';
COMMENT ON FUNCTION idplane.set_hook(text, text, jsonb) IS 'Registers SQL that is asked about tokens, with the rights of who registers it; NULL removes it.';

CREATE FUNCTION idplane.hooks() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.hooks() IS 'The hooks of this tenant, and what they are asked about.';

CREATE FUNCTION idplane.explain_token_request(parameters jsonb, client jsonb, context jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.explain_token_request(jsonb, jsonb, jsonb) IS 'What the hooks are asked and answer for a sample request, and the claims that would be issued; writes nothing.';

CREATE FUNCTION idplane.introspect(token text, client_id text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.introspect(text, text) IS 'What a token is, for the client that asks (RFC 7662).';

CREATE FUNCTION idplane.revoke(token text, client_id text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.revoke(text, text) IS 'A client gives a token back (RFC 7009).';

CREATE FUNCTION idplane.userinfo(token text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.userinfo(text) IS 'What an access token lets its client know of the user.';

CREATE FUNCTION idplane.authorization_request(parameters jsonb, subject text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.authorization_request(jsonb, text) IS 'What a client asks of the user, and whether to ask.';

CREATE FUNCTION idplane.authorize(parameters jsonb, subject text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.authorize(jsonb, text, jsonb) IS 'The user decides; where the browser goes now.';

CREATE FUNCTION idplane.consents(subject text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.consents(text) IS 'What a subject allowed clients and need not be asked again.';

CREATE FUNCTION idplane.withdraw_consent(subject text, client_id text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.withdraw_consent(text, text) IS 'Has the subject asked again; whether there was anything.';

CREATE FUNCTION idplane.grants(subject text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.grants(text) IS 'What a subject has allowed and is good now, the latest first.';

CREATE FUNCTION idplane.rename_grant(subject text, grant_id text, name text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.rename_grant(text, text, text) IS 'What the subject calls the device of a grant.';

CREATE FUNCTION idplane.revoke_grant(subject text, grant_id text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.revoke_grant(text, text) IS 'Ends a grant of the subject with all its tokens.';

CREATE FUNCTION idplane.authorization_server_metadata() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.authorization_server_metadata() IS 'RFC 8414 metadata of this tenant.';

-- ---- OIDC configuration ----

CREATE FUNCTION idplane.oidc_validate(config jsonb, record jsonb DEFAULT NULL, defaults jsonb DEFAULT '{}')
    RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_validate(jsonb, jsonb, jsonb) IS 'What is wrong with a configuration: path, code and message of each fault.';

CREATE FUNCTION idplane.oidc_merge(operation text, request jsonb DEFAULT NULL, record jsonb DEFAULT NULL,
    effective jsonb DEFAULT NULL, defaults jsonb DEFAULT '{}', member text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_merge(text, jsonb, jsonb, jsonb, jsonb, text) IS 'What a request makes of an instance''s record and effective values.';

CREATE FUNCTION idplane.oidc_merge_step(operation text, value jsonb DEFAULT NULL, record jsonb DEFAULT NULL,
    effective jsonb DEFAULT NULL, defaults jsonb DEFAULT NULL, member text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_merge_step(text, jsonb, jsonb, jsonb, jsonb, text) IS 'What the triggers on tables do with a value; raises where it is refused.';

CREATE FUNCTION idplane.oidc_merge_trigger() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_trigger';
COMMENT ON FUNCTION idplane.oidc_merge_trigger() IS 'BEFORE INSERT OR UPDATE OF a column that holds OIDC configuration; arguments: that column, and the one for what is effective.';

CREATE FUNCTION idplane.set_oidc_default(config jsonb, plan text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_oidc_default(jsonb, text) IS 'What instances of a plan have where nobody says otherwise.';

CREATE FUNCTION idplane.oidc_default(plan text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_default(text) IS 'What instances of a plan start with.';

CREATE FUNCTION idplane.provision_oidc(instance text, request jsonb DEFAULT NULL, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.provision_oidc(text, jsonb, jsonb) IS 'Makes an instance: what was sent, over the defaults of its plan.';

CREATE FUNCTION idplane.update_oidc(instance text, request jsonb DEFAULT NULL, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.update_oidc(text, jsonb, jsonb) IS 'Changes an instance: what was sent, over what is effective.';

CREATE FUNCTION idplane.rederive_oidc(instance text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.rederive_oidc(text, jsonb) IS 'Makes effective what the record and the defaults of today give.';

CREATE FUNCTION idplane.rollback_oidc(instance text, version bigint, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.rollback_oidc(text, bigint, jsonb) IS 'Takes an instance back to what an earlier version had.';

CREATE FUNCTION idplane.oidc_config(instance text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_config(text) IS 'Record and effective configuration of an instance, and where each field comes from.';

CREATE FUNCTION idplane.oidc_history(instance text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_history(text) IS 'Who changed an instance when, from what to what; the latest first.';

CREATE FUNCTION idplane.set_issuer_keys(issuer text, jwks text) RETURNS bigint
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_issuer_keys(text, text) IS 'The keys of an issuer, for configurations that bring none; how many can verify.';

CREATE FUNCTION idplane.issuer_keys(issuer text) RETURNS text
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.issuer_keys(text) IS 'The keys that an issuer was given.';

CREATE FUNCTION idplane.oidc_authenticate(instance text, token text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_authenticate(text, text) IS 'Whose token it is, by the effective configuration of an instance.';

CREATE FUNCTION idplane.oidc_explain(instance text, token text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_explain(text, text) IS 'The same with each step that was taken.';

CREATE FUNCTION idplane.oidc_preview(instance text, request jsonb DEFAULT NULL, claims jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_preview(text, jsonb, jsonb) IS 'What an update would change, and whose name or groups.';

CREATE FUNCTION idplane.oidc_export(instance text, format text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_export(text, text, jsonb) IS 'What is effective, in a format of others: flags, structured, openidconnect, kubeconfig.';

CREATE FUNCTION idplane.oidc_import(format text, document jsonb) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_import(text, jsonb) IS 'A request from a document of others, and the profile of who reads it.';

CREATE FUNCTION idplane.oidc_map_claims(config jsonb, claims jsonb, profile text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.oidc_map_claims(jsonb, jsonb, text) IS 'The name and groups that claims give under a configuration.';

-- ---- SSO and claims ----

CREATE FUNCTION idplane.sso_template(template text, parameters jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sso_template(text, jsonb) IS 'A connection to begin with: CUSTOM, AZURE or KEYCLOAK.';

CREATE FUNCTION idplane.set_sso_connection(connection text, config jsonb, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_sso_connection(text, jsonb, jsonb) IS 'Makes or replaces a connection to an identity provider.';

CREATE FUNCTION idplane.delete_sso_connection(connection text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.delete_sso_connection(text) IS 'Removes a connection.';

CREATE FUNCTION idplane.restrict_sso_connection(tenant text, connection text, document jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.restrict_sso_connection(text, text, jsonb) IS 'Leaves a connection of a tenant to the tenant management, or gives it back.';

CREATE FUNCTION idplane.sso_connection(connection text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sso_connection(text) IS 'A connection by its id or type, its secrets masked.';

CREATE FUNCTION idplane.sso_connections() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sso_connections() IS 'All connections of this tenant, their secrets masked.';

CREATE FUNCTION idplane.login_options() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.login_options() IS 'What a login page offers, the first choice first.';

CREATE FUNCTION idplane.set_access_mapping(connection text, mapping jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_access_mapping(text, jsonb) IS 'Adds a rule for roles and applications, or replaces that of its id.';

CREATE FUNCTION idplane.access_mappings(connection text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.access_mappings(text) IS 'The rules of a connection for roles and applications.';

CREATE FUNCTION idplane.delete_access_mapping(connection text, mapping_id text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.delete_access_mapping(text, text) IS 'Removes a rule for roles and applications.';

CREATE FUNCTION idplane.set_inventory_mapping(connection text, mapping jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_inventory_mapping(text, jsonb) IS 'Adds a rule for inventory roles, or replaces that of its id.';

CREATE FUNCTION idplane.inventory_mappings(connection text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.inventory_mappings(text) IS 'The rules of a connection for inventory roles.';

CREATE FUNCTION idplane.delete_inventory_mapping(connection text, mapping_id text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.delete_inventory_mapping(text, text) IS 'Removes a rule for inventory roles.';

CREATE FUNCTION idplane.wildcard_match(pattern text, value text) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.wildcard_match(text, text) IS 'Whether a pattern with asterisks matches the whole value.';

CREATE FUNCTION idplane.claim_match(claims jsonb, predicate jsonb) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.claim_match(jsonb, jsonb) IS 'Whether claims meet a predicate.';

CREATE FUNCTION idplane.claim_explain(claims jsonb, predicate jsonb) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.claim_explain(jsonb, jsonb) IS 'The same, leaf by leaf.';

CREATE FUNCTION idplane.fill_placeholders(template text, placeholders jsonb) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.fill_placeholders(text, jsonb) IS 'A text with ${names} filled; unknown ones stay.';

CREATE FUNCTION idplane.map_access(connection jsonb, claims jsonb, current jsonb DEFAULT NULL,
    is_new_user boolean DEFAULT NULL) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.map_access(jsonb, jsonb, jsonb, boolean) IS 'What a user with these claims may do, and what that changes.';

CREATE FUNCTION idplane.sso_request(connection text, kind text, placeholders jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sso_request(text, text, jsonb) IS 'A request of a connection, its placeholders filled.';

CREATE FUNCTION idplane.start_sso_login(connection text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.start_sso_login(text, jsonb) IS 'Sends a browser to its provider: where to, and what it must bring back.';

CREATE FUNCTION idplane.set_sso_keys(connection text, document text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_sso_keys(text, text) IS 'The keys of a provider, as its address has them.';

CREATE FUNCTION idplane.sso_login(connection text, tokens jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sso_login(text, jsonb) IS 'Signs in whose tokens these are: user, roles and audit in one transaction.';

CREATE FUNCTION idplane.sso_explain(connection text, tokens jsonb) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sso_explain(text, jsonb) IS 'What sso_login would do, token by token and rule by rule.';

CREATE FUNCTION idplane.sso_user(user_id text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sso_user(text) IS 'A user that came through a connection, and what they may do.';

CREATE FUNCTION idplane.set_user_access(user_id text, access jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_user_access(text, jsonb) IS 'Changes what a user may do, where the rules leave it to administrators.';

CREATE FUNCTION idplane.delete_sso_user(user_id text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.delete_sso_user(text) IS 'Removes a user, who is made again at the next login.';

CREATE FUNCTION idplane.provider_keys(source text, document text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.provider_keys(text, text, jsonb) IS 'The public keys in a document of a provider: aad, adfs, jwks, or manual; never raises on one.';

CREATE FUNCTION idplane.sso_exchange(connection text, parameters jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sso_exchange(text, jsonb) IS 'A browser is back: its code becomes tokens, a user and a session; needs idplane_fetch.';

CREATE FUNCTION idplane.fetch_issuer_keys(connection text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.fetch_issuer_keys(text) IS 'Fetches the keys of a provider anew; needs idplane_fetch.';

CREATE FUNCTION idplane.sso_session(cookie text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sso_session(text) IS 'The session of a cookie, which was used now.';

CREATE FUNCTION idplane.end_sso_session(cookie text, redirect_uri text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.end_sso_session(text, text) IS 'Signs out: ends a session, and says where the browser goes next.';

CREATE FUNCTION idplane.end_sso_sessions(user_id text) RETURNS bigint
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.end_sso_sessions(text) IS 'Ends all sessions of a user; how many.';

CREATE FUNCTION idplane.sso_backchannel_logout(connection text, logout_token text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sso_backchannel_logout(text, text) IS 'A provider signs somebody out.';

CREATE FUNCTION idplane.open_sso_session(user_id text, tokens jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.open_sso_session(text, jsonb) IS 'A session of a browser for a user that signed in.';

CREATE FUNCTION idplane.authenticate_external(token text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.authenticate_external(text) IS 'Whose access token of a provider it is, and what they may do.';

-- ---- HTTP ----

CREATE FUNCTION idplane.http_request(method text, target text, headers jsonb DEFAULT '{}', body bytea DEFAULT NULL,
    resume jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.http_request(text, text, jsonb, bytea, jsonb) IS 'One HTTP request to one HTTP response.';

CREATE FUNCTION idplane.qr_code(text text) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.qr_code(text) IS 'A QR code of the text, as SVG.';

-- ---- from pgjwt ----
-- The same names and arguments, over the functions above; docs/pgjwt.md says what is refused here.

CREATE SCHEMA pgjwt_compat;
COMMENT ON SCHEMA pgjwt_compat IS 'sign and verify of the extension pgjwt, that refuse what should be refused.';

CREATE FUNCTION pgjwt_compat.key(secret text, algorithm text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
    $$SELECT json_build_object('kty', 'oct', 'alg', algorithm, 'k', translate(
        encode(convert_to(secret, 'UTF8'), 'base64'), E'+/=\n', '-_'))::text$$;
COMMENT ON FUNCTION pgjwt_compat.key(text, text) IS 'A shared secret as the JWK that it is.';

CREATE FUNCTION pgjwt_compat.sign(payload json, secret text, algorithm text DEFAULT 'HS256') RETURNS text
    LANGUAGE sql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
    $$SELECT idplane.jws_sign(payload::text, pgjwt_compat.key(secret, algorithm), '{"typ":"JWT"}')$$;
COMMENT ON FUNCTION pgjwt_compat.sign(json, text, text) IS 'pgjwt''s sign: a token with a shared secret.';

CREATE FUNCTION pgjwt_compat.verify(token text, secret text, algorithm text DEFAULT 'HS256')
    RETURNS TABLE (header json, payload json, valid boolean)
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
    $$SELECT (v -> 'header')::json, (v -> 'claims')::json, coalesce((v ->> 'valid')::boolean, false)
        FROM idplane.jwt_verify(token, pgjwt_compat.key(secret, algorithm),
            jsonb_build_object('algs', jsonb_build_array(coalesce(algorithm, '')))) AS v$$;
COMMENT ON FUNCTION pgjwt_compat.verify(text, text, text) IS 'pgjwt''s verify: header and payload are NULL unless valid.';
