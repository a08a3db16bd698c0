-- SPDX-License-Identifier: Apache-2.0
-- schema.sql: every table of idplane, one text for PostgreSQL and SQLite.
--
-- SQLite reads it through a translator: types become TEXT, INTEGER and BLOB (times: microseconds
-- since 1970), idplane.x becomes idplane_x, tables become STRICT, COMMENT goes, and
-- what is marked WITHOUT ROWID, small rows that are found by their key, has no tree beside that key's. No
-- behaviour rests on foreign keys, defaults or sequences. The schema only grows: a new column is nullable.

CREATE TABLE idplane.tenant (
    tenant text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    settings jsonb NOT NULL,
    base_authority text COLLATE "C",
    base_path text COLLATE "C",
    version bigint NOT NULL,
    PRIMARY KEY (tenant)
);
CREATE INDEX idplane_tenant_base ON idplane.tenant (base_authority);
COMMENT ON TABLE idplane.tenant IS 'One row for each tenant: what configure() was told, defaults not included.';
COMMENT ON COLUMN idplane.tenant.base_authority IS 'host[:port] of base_url in lower case; http_request finds the tenant by it.';
COMMENT ON COLUMN idplane.tenant.base_path IS 'Path of base_url without a trailing slash; empty for none.';
COMMENT ON COLUMN idplane.tenant.version IS 'Counts the changes of settings.';

CREATE TABLE idplane.client (
    tenant text COLLATE "C" NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    enabled boolean NOT NULL,
    auth_method text COLLATE "C" NOT NULL,
    secret_digest bytea,
    secret_expires_at timestamptz,
    device_grant boolean NOT NULL,
    refresh_grant boolean NOT NULL,
    scope text COLLATE "C" NOT NULL,
    metadata jsonb NOT NULL,
    grant_types text COLLATE "C" NOT NULL,
    old_secret_digest bytea,
    old_secret_expires_at timestamptz,
    sealed_secret bytea,
    registration_digest bytea,
    watched_until timestamptz,
    old_sealed_secret bytea,
    PRIMARY KEY (tenant, client_id)
);
COMMENT ON TABLE idplane.client IS 'Registered OAuth clients (RFC 7591 metadata).';
COMMENT ON COLUMN idplane.client.auth_method IS 'token_endpoint_auth_method: the only way in which its requests are authenticated.';
COMMENT ON COLUMN idplane.client.secret_digest IS 'SHA-256 of the client secret; the secret itself is shown once and never kept.';
COMMENT ON COLUMN idplane.client.old_secret_digest IS 'The secret before the last rotation, good until old_secret_expires_at.';
COMMENT ON COLUMN idplane.client.sealed_secret IS 'Of client_secret_jwt alone, which needs the secret itself: AES-256-GCM under the master key, bound to tenant and client.';
COMMENT ON COLUMN idplane.client.old_sealed_secret IS 'The same of the secret before the last rotation, good until old_secret_expires_at.';
COMMENT ON COLUMN idplane.client.registration_digest IS 'SHA-256 of the token with which the client manages its own registration (RFC 7592).';
COMMENT ON COLUMN idplane.client.grant_types IS 'grant_types of the metadata, separated by one space.';
COMMENT ON COLUMN idplane.client.watched_until IS 'An address sent too many wrong credentials of it: until then each address is looked up before its credentials are.';
COMMENT ON COLUMN idplane.client.scope IS 'Scope values the client may ask for, separated by one space.';

CREATE TABLE idplane.initial_access_token (
    tenant text COLLATE "C" NOT NULL,
    token_digest bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    use_count_left bigint NOT NULL,
    PRIMARY KEY (tenant, token_digest)
);
CREATE INDEX idplane_initial_access_token_expires ON idplane.initial_access_token (expires_at);
COMMENT ON TABLE idplane.initial_access_token IS 'Who may register clients over HTTP, and how many (RFC 7591 3).';

CREATE TABLE idplane.subject (
    tenant text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    enabled boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, subject)
);
COMMENT ON TABLE idplane.subject IS 'What set_subject() said; a subject without a row is an enabled one.';

CREATE TABLE idplane.device_code (
    tenant text COLLATE "C" NOT NULL,
    code_digest bytea NOT NULL,
    user_code_digest bytea NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    interval_s bigint NOT NULL,
    interval_max_s bigint NOT NULL,
    rate_first boolean NOT NULL,
    client_allowed boolean NOT NULL,
    poll_after_us bigint NOT NULL,
    scope text COLLATE "C" NOT NULL,
    granted_scope text COLLATE "C",
    device jsonb,
    subject text COLLATE "C",
    decided_at timestamptz,
    grant_details jsonb,
    consumed_at timestamptz,
    code_challenge text COLLATE "C",
    key_thumbprint text COLLATE "C",
    certificate_thumbprint text COLLATE "C",
    expired_at timestamptz,
    PRIMARY KEY (tenant, user_code_digest)
);
-- Polling goes by code_digest. While a table is small and not yet analysed, PostgreSQL finds all
-- indexes that begin with tenant equally cheap and takes the newest: this one.
CREATE INDEX idplane_device_code_expires ON idplane.device_code (expires_at);
CREATE UNIQUE INDEX idplane_device_code_digest ON idplane.device_code (tenant, code_digest);
COMMENT ON TABLE idplane.device_code IS 'Device grants (RFC 8628). state: pending, approved, denied, consumed; expired is pending or approved past expires_at.';
COMMENT ON COLUMN idplane.device_code.code_digest IS 'SHA-256 of the device code with its tenant and client; the code itself is never kept.';
COMMENT ON COLUMN idplane.device_code.user_code_digest IS 'SHA-256 of the user code with its tenant, upper case and without punctuation.';
COMMENT ON COLUMN idplane.device_code.interval_s IS 'Polling interval in force for this code; each early poll of a pending code raises it by 5.';
COMMENT ON COLUMN idplane.device_code.interval_max_s IS 'How far interval_s may be raised: 60, or the configured interval where that is more.';
COMMENT ON COLUMN idplane.device_code.rate_first IS 'The settings said slow_down fixed: an early poll is refused whatever the state, interval_s stays.';
COMMENT ON COLUMN idplane.device_code.client_allowed IS 'Whether the client may use the grant: kept by update_client() and configure(), so that polling reads this row only.';
COMMENT ON COLUMN idplane.device_code.poll_after_us IS 'A poll before this is early: the last poll, whatever its answer, + interval_s - 250 ms, in microseconds since 1970; 0 before the first poll.';
COMMENT ON COLUMN idplane.device_code.code_challenge IS 'RFC 7636, method S256: who redeems the code must know the verifier.';
COMMENT ON COLUMN idplane.device_code.key_thumbprint IS 'The key of the first request (RFC 9449): who redeems the code must hold it.';
COMMENT ON COLUMN idplane.device_code.certificate_thumbprint IS 'The certificate of the first request (RFC 8705), likewise.';
COMMENT ON COLUMN idplane.device_code.device IS 'What the device told of itself; shown to the user at confirmation.';
COMMENT ON COLUMN idplane.device_code.grant_details IS 'auth_time, amr and claims of the approval.';

CREATE TABLE idplane.authorization_grant (
    tenant text COLLATE "C" NOT NULL,
    grant_id text COLLATE "C" NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    grant_type text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    name text COLLATE "C",
    device jsonb,
    grant_details jsonb,
    key_thumbprint text COLLATE "C",
    certificate_thumbprint text COLLATE "C",
    PRIMARY KEY (tenant, grant_id)
);
CREATE INDEX idplane_authorization_grant_expires ON idplane.authorization_grant (expires_at);
CREATE INDEX idplane_authorization_grant_subject ON idplane.authorization_grant (tenant, subject, created_at);
-- client_id first, so that no plan takes it for what is asked by tenant and something else.
CREATE INDEX idplane_authorization_grant_client ON idplane.authorization_grant (client_id, tenant);
COMMENT ON TABLE idplane.authorization_grant IS 'What users allowed clients: tokens are good while their grant is. state: active, revoked.';
COMMENT ON COLUMN idplane.authorization_grant.grant_type IS 'By which the client came to it.';
COMMENT ON COLUMN idplane.authorization_grant.used_at IS 'When tokens were last given for it.';
COMMENT ON COLUMN idplane.authorization_grant.expires_at IS 'No token of it outlives this.';
COMMENT ON COLUMN idplane.authorization_grant.name IS 'What the user calls the device.';
COMMENT ON COLUMN idplane.authorization_grant.grant_details IS 'auth_time, amr, nonce, resource and claims of the approval.';
COMMENT ON COLUMN idplane.authorization_grant.key_thumbprint IS 'The key that refresh tokens are bound to (RFC 9449 5), by its RFC 7638 thumbprint.';
COMMENT ON COLUMN idplane.authorization_grant.certificate_thumbprint IS 'The certificate that tokens are bound to (RFC 8705 3): x5t#S256.';

CREATE TABLE idplane.refresh_token (
    tenant text COLLATE "C" NOT NULL,
    token_digest bytea NOT NULL,
    grant_id text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    rotated_at timestamptz,
    reuse_count bigint NOT NULL,
    successor_digest bytea,
    replaced_digest bytea,
    PRIMARY KEY (tenant, token_digest)
);
CREATE INDEX idplane_refresh_token_expires ON idplane.refresh_token (expires_at);
COMMENT ON TABLE idplane.refresh_token IS 'Refresh tokens, as SHA-256 digests. state: active, rotated (spent), superseded (replaced before it was used). Of a grant one is active.';
COMMENT ON COLUMN idplane.refresh_token.reuse_count IS 'How often it was taken again after its rotation, within the grace time.';
COMMENT ON COLUMN idplane.refresh_token.successor_digest IS 'The token that was made of it last.';
COMMENT ON COLUMN idplane.refresh_token.replaced_digest IS 'The one that was made of it before that, and is superseded.';

CREATE TABLE idplane.access_token (
    tenant text COLLATE "C" NOT NULL,
    token_digest bytea NOT NULL,
    jti text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL,
    claims jsonb NOT NULL,
    PRIMARY KEY (tenant, token_digest)
);
CREATE INDEX idplane_access_token_expires ON idplane.access_token (expires_at);
COMMENT ON TABLE idplane.access_token IS 'Opaque access tokens, as SHA-256 digests, and what they stand for.';
COMMENT ON COLUMN idplane.access_token.claims IS 'What a signed token would say.';

CREATE TABLE idplane.revoked_token (
    tenant text COLLATE "C" NOT NULL,
    jti text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, jti)
) /* WITHOUT ROWID */;
CREATE INDEX idplane_revoked_token_expires ON idplane.revoked_token (expires_at);
COMMENT ON TABLE idplane.revoked_token IS 'Access tokens that were revoked one by one, until they would have ended anyway.';

CREATE TABLE idplane.authorization_code (
    tenant text COLLATE "C" NOT NULL,
    code_digest bytea NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    redirect_uri text COLLATE "C" NOT NULL,
    is_redirect_uri_given boolean NOT NULL,
    code_challenge text COLLATE "C",
    scope text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    grant_id text COLLATE "C" NOT NULL,
    grant_details jsonb,
    key_thumbprint text COLLATE "C",
    PRIMARY KEY (tenant, code_digest)
);
CREATE INDEX idplane_authorization_code_expires ON idplane.authorization_code (expires_at);
COMMENT ON TABLE idplane.authorization_code IS 'Authorization codes (RFC 6749 4.1), as SHA-256 digests. state: active, consumed.';
COMMENT ON COLUMN idplane.authorization_code.grant_id IS 'The grant that its redemption makes: who redeems it again ends that.';
COMMENT ON COLUMN idplane.authorization_code.code_challenge IS 'RFC 7636, method S256.';
COMMENT ON COLUMN idplane.authorization_code.key_thumbprint IS 'dpop_jkt of the request (RFC 9449 10).';

CREATE TABLE idplane.consent (
    tenant text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, subject, client_id)
);
CREATE INDEX idplane_consent_client ON idplane.consent (client_id, tenant);
COMMENT ON TABLE idplane.consent IS 'What subjects allowed clients and need not be asked again.';

CREATE TABLE idplane.subject_attempt (
    tenant text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    window_ends_at timestamptz NOT NULL,
    failure_count bigint NOT NULL,
    PRIMARY KEY (tenant, subject)
) /* WITHOUT ROWID */;
COMMENT ON TABLE idplane.subject_attempt IS 'Wrong user codes of one subject in the current window, exact.';

CREATE TABLE idplane.attempt (
    tenant text COLLATE "C" NOT NULL,
    attempt_id text COLLATE "C" NOT NULL,
    attempted_at timestamptz NOT NULL,
    source text COLLATE "C",
    PRIMARY KEY (tenant, attempt_id)
);
CREATE INDEX idplane_attempt_source ON idplane.attempt (tenant, source, attempted_at);
CREATE INDEX idplane_attempt_time ON idplane.attempt (tenant, attempted_at);
COMMENT ON TABLE idplane.attempt IS 'Wrong user codes, one row each, only inserted: counted by source and for the tenant, so that nobody queues behind a row.';

CREATE TABLE idplane.failure (
    tenant text COLLATE "C" NOT NULL,
    failure_id text COLLATE "C" NOT NULL,
    failed_at timestamptz NOT NULL,
    kind text COLLATE "C" NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, failure_id)
);
CREATE INDEX idplane_failure_source ON idplane.failure (tenant, source, kind, client_id, failed_at);
CREATE INDEX idplane_failure_time ON idplane.failure (tenant, failed_at);
COMMENT ON TABLE idplane.failure IS 'Unknown device codes, wrong credentials of clients and registrations without a token that came over HTTP, one row each up to the limit of their address; only inserted.';
COMMENT ON COLUMN idplane.failure.kind IS 'device_code, client, registration, device or refusal.';
COMMENT ON COLUMN idplane.failure.client_id IS 'Whose credentials were wrong; empty for the other kinds.';

CREATE TABLE idplane.master_key (
    key_id text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (key_id)
);
COMMENT ON TABLE idplane.master_key IS 'Fingerprints of the master keys that ever sealed a value; the keys are in a file, never here.';

CREATE TABLE idplane.signing_key (
    tenant text COLLATE "C" NOT NULL,
    kid text COLLATE "C" NOT NULL,
    algorithm text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    public_jwk jsonb NOT NULL,
    sealed_private_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    activated_at timestamptz,
    activates_at timestamptz,
    retired_at timestamptz,
    removed_at timestamptz,
    PRIMARY KEY (tenant, kid)
);
CREATE UNIQUE INDEX idplane_signing_key_active ON idplane.signing_key (tenant) WHERE state = 'active';
CREATE UNIQUE INDEX idplane_signing_key_next ON idplane.signing_key (tenant) WHERE state = 'next';
COMMENT ON TABLE idplane.signing_key IS 'Signing keys of a tenant, of all times. state: next, active, standby, retired, removed; or compromised. In force at time t: activated_at <= t and (retired_at is null or retired_at > t).';
COMMENT ON COLUMN idplane.signing_key.sealed_private_key IS 'AES-256-GCM under the master key, bound to tenant and kid; empty once the key signs no more.';
COMMENT ON COLUMN idplane.signing_key.activates_at IS 'From when on a next key may sign: verifiers have had the time to fetch it; since when one is on standby.';

CREATE TABLE idplane.signing_key_expiry (
    tenant text COLLATE "C" NOT NULL,
    kid text COLLATE "C" NOT NULL,
    last_expiry_at timestamptz NOT NULL,
    expiry_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, kid, last_expiry_at, expiry_id)
);
COMMENT ON TABLE idplane.signing_key_expiry IS 'Until when tokens of a key live: the latest row counts, a quarter of a life ahead. Rows are only inserted, so that nobody who signs queues behind a transaction of another.';

CREATE TABLE idplane.oidc_default (
    tenant text COLLATE "C" NOT NULL,
    plan text COLLATE "C" NOT NULL,
    config jsonb NOT NULL,
    profile text COLLATE "C" NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, plan)
);
COMMENT ON TABLE idplane.oidc_default IS 'Default OIDC configuration of each plan, and the rules for its instances.';
COMMENT ON COLUMN idplane.oidc_default.plan IS 'Empty: of instances without a plan.';

CREATE TABLE idplane.oidc_instance (
    tenant text COLLATE "C" NOT NULL,
    instance text COLLATE "C" NOT NULL,
    plan text COLLATE "C" NOT NULL,
    profile text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    record jsonb,
    effective jsonb NOT NULL,
    provenance jsonb NOT NULL,
    PRIMARY KEY (tenant, instance)
);
COMMENT ON TABLE idplane.oidc_instance IS 'OIDC configuration of instances as it is now.';
COMMENT ON COLUMN idplane.oidc_instance.record IS 'What was sent last, as it was sent; null: nothing.';
COMMENT ON COLUMN idplane.oidc_instance.effective IS 'What tokens are judged by: an object, or {"list": [...]}.';
COMMENT ON COLUMN idplane.oidc_instance.provenance IS 'Where each effective field comes from.';
COMMENT ON COLUMN idplane.oidc_instance.profile IS 'How a token becomes a name and groups; from the defaults it was provisioned with.';
COMMENT ON COLUMN idplane.oidc_instance.version IS 'Counts the changes, from 1.';

CREATE TABLE idplane.oidc_change (
    tenant text COLLATE "C" NOT NULL,
    instance text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    operation text COLLATE "C" NOT NULL,
    actor text COLLATE "C",
    request jsonb,
    record jsonb,
    effective jsonb NOT NULL,
    provenance jsonb NOT NULL,
    profile text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, instance, version)
);
COMMENT ON TABLE idplane.oidc_change IS 'History of instances: what each version had, only inserted.';
COMMENT ON COLUMN idplane.oidc_change.actor IS 'Who asked, as the caller says; else the subject of the session.';

CREATE TABLE idplane.issuer_keys (
    tenant text COLLATE "C" NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    jwks text COLLATE "C" NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, issuer)
);
COMMENT ON TABLE idplane.issuer_keys IS 'Public keys of issuers, for configurations that bring none along.';

CREATE TABLE idplane.client_keys (
    tenant text COLLATE "C" NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    url text COLLATE "C" NOT NULL,
    jwks text COLLATE "C",
    fetched_at timestamptz,
    expires_at timestamptz,
    tried_at timestamptz NOT NULL,
    answered_at timestamptz,
    failure text COLLATE "C",
    PRIMARY KEY (tenant, client_id)
);
COMMENT ON TABLE idplane.client_keys IS 'Keys of clients as they were fetched last from their jwks_uri; what fails leaves the last good ones.';
COMMENT ON COLUMN idplane.client_keys.url IS 'Where they are from; keys from elsewhere count no more once the client says so.';
COMMENT ON COLUMN idplane.client_keys.jwks IS 'JWKS of the public keys of the document; null: none was ever fetched.';

CREATE TABLE idplane.service_instance (
    tenant text COLLATE "C" NOT NULL,
    instance text COLLATE "C" NOT NULL,
    service_id text COLLATE "C" NOT NULL,
    plan_id text COLLATE "C" NOT NULL,
    context jsonb NOT NULL,
    parameters jsonb NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, instance)
);
COMMENT ON TABLE idplane.service_instance IS 'What clients of the broker endpoints sent of an instance beside its OIDC configuration.';

CREATE TABLE idplane.sso_connection (
    tenant text COLLATE "C" NOT NULL,
    connection text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    provider_name text COLLATE "C" NOT NULL,
    visible boolean NOT NULL,
    restricted boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    config jsonb NOT NULL,
    sealed_secrets bytea NOT NULL,
    PRIMARY KEY (tenant, connection)
);
COMMENT ON TABLE idplane.sso_connection IS 'Connections to identity providers: the documents of login options.';
COMMENT ON COLUMN idplane.sso_connection.type IS 'OAUTH2, OAUTH2_INTERNAL or BASIC; users sign in through the first.';
COMMENT ON COLUMN idplane.sso_connection.restricted IS 'Only the tenant management may change it.';
COMMENT ON COLUMN idplane.sso_connection.config IS 'The document; each secret in its requests is ****.';
COMMENT ON COLUMN idplane.sso_connection.sealed_secrets IS 'The secrets by their places, AES-256-GCM under the master key, bound to tenant and connection; empty where there are none.';

CREATE TABLE idplane.sso_login (
    tenant text COLLATE "C" NOT NULL,
    state_digest bytea NOT NULL,
    connection text COLLATE "C" NOT NULL,
    browser_digest bytea NOT NULL,
    provider_digest bytea NOT NULL,
    redirect_uri text COLLATE "C" NOT NULL,
    return_to text COLLATE "C",
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (tenant, state_digest)
);
CREATE INDEX idplane_sso_login_expires ON idplane.sso_login (expires_at);
COMMENT ON TABLE idplane.sso_login IS 'Logins under way: a browser was sent to a provider and has not come back. Nonce and code verifier follow from state and browser secret, which are kept as digests only.';
COMMENT ON COLUMN idplane.sso_login.state_digest IS 'SHA-256 of the state with its tenant.';
COMMENT ON COLUMN idplane.sso_login.provider_digest IS 'SHA-256 of issuer, client and addresses: the code of one provider goes to no other.';
COMMENT ON COLUMN idplane.sso_login.browser_digest IS 'SHA-256 of the secret in the cookie of the browser that started it.';

CREATE TABLE idplane.sso_keys (
    tenant text COLLATE "C" NOT NULL,
    connection text COLLATE "C" NOT NULL,
    url text COLLATE "C" NOT NULL,
    jwks text COLLATE "C",
    fetched_at timestamptz,
    expires_at timestamptz,
    tried_at timestamptz NOT NULL,
    answered_at timestamptz,
    failure text COLLATE "C",
    PRIMARY KEY (tenant, connection)
);
COMMENT ON TABLE idplane.sso_keys IS 'Keys of providers as they were fetched last; what fails leaves the last good ones.';
COMMENT ON COLUMN idplane.sso_keys.url IS 'Where they are from; keys from elsewhere count no more once the connection says so.';
COMMENT ON COLUMN idplane.sso_keys.jwks IS 'JWKS of the public keys of the document; null: none was ever fetched.';

CREATE TABLE idplane.sso_user (
    tenant text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    connection text COLLATE "C" NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    first_name text COLLATE "C" NOT NULL,
    last_name text COLLATE "C" NOT NULL,
    email text COLLATE "C" NOT NULL,
    phone text COLLATE "C" NOT NULL,
    access jsonb NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    last_login_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, user_id)
);
COMMENT ON TABLE idplane.sso_user IS 'Users that came through a connection, made at their first login.';
COMMENT ON COLUMN idplane.sso_user.issuer IS 'Who vouches for the user: tokens of another issuer do not make this user.';
COMMENT ON COLUMN idplane.sso_user.access IS 'Roles, applications and inventory roles, as map_access() has them.';

CREATE TABLE idplane.audit (
    tenant text COLLATE "C" NOT NULL,
    audit_id text COLLATE "C" NOT NULL,
    occurred_at timestamptz NOT NULL,
    type text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    subject text COLLATE "C",
    object text COLLATE "C",
    details jsonb NOT NULL,
    proof bytea,
    seal bigint,
    PRIMARY KEY (tenant, occurred_at, audit_id)
) /* WITHOUT ROWID */;
CREATE INDEX idplane_audit_batch ON idplane.audit (tenant, seal, occurred_at, audit_id);
COMMENT ON COLUMN idplane.audit.proof IS 'Until it is sealed: a digest of the row under the master key, so that nobody without that adds a row.';
COMMENT ON COLUMN idplane.audit.seal IS 'Number of the seal that the row is in; null: of none yet; 0: it had no good proof.';
COMMENT ON TABLE idplane.audit IS 'What happened and who was it, only inserted. No token, key or code is ever in it.';
COMMENT ON COLUMN idplane.audit.object IS 'What it happened to: a connection, a client.';

CREATE TABLE idplane.audit_seal (
    tenant text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    row_count bigint NOT NULL,
    rows_digest bytea NOT NULL,
    members bytea NOT NULL,
    previous_digest bytea NOT NULL,
    digest bytea NOT NULL,
    sealed_digest bytea NOT NULL,
    token text COLLATE "C" NOT NULL,
    purged_at timestamptz,
    PRIMARY KEY (tenant, number)
);
CREATE INDEX idplane_audit_seal_last ON idplane.audit_seal (tenant, last_at) WHERE purged_at IS NULL;
COMMENT ON TABLE idplane.audit_seal IS 'Batches of rows of the audit, each with the digest of the one before: what is changed in between shows. They stay when their rows are purged.';
COMMENT ON COLUMN idplane.audit_seal.number IS 'From 1, without a gap.';
COMMENT ON COLUMN idplane.audit_seal.members IS 'SHA-256 of each row, in the order of occurred_at and audit_id; empty once they are purged.';
COMMENT ON COLUMN idplane.audit_seal.rows_digest IS 'SHA-256 of members.';
COMMENT ON COLUMN idplane.audit_seal.digest IS 'SHA-256 of the seal with the digest of the one before.';
COMMENT ON COLUMN idplane.audit_seal.sealed_digest IS 'digest, AES-256-GCM under the master key, bound to tenant and number.';
COMMENT ON COLUMN idplane.audit_seal.token IS 'JWT of the tenant about digest and number.';
COMMENT ON COLUMN idplane.audit_seal.purged_at IS 'When the rows went by retention.';

CREATE TABLE idplane.audit_total (
    tenant text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    row_count bigint NOT NULL,
    PRIMARY KEY (tenant, type, outcome)
) /* WITHOUT ROWID */;
COMMENT ON TABLE idplane.audit_total IS 'How many rows of the audit are no longer unsealed, of all times: added to by who seals and purges, one at a time, so that counters never fall. The row with an empty type is their lock.';

CREATE TABLE idplane.sso_session (
    tenant text COLLATE "C" NOT NULL,
    session_digest bytea NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    connection text COLLATE "C" NOT NULL,
    provider_subject text COLLATE "C" NOT NULL,
    provider_session text COLLATE "C" NOT NULL,
    sealed_id_token bytea NOT NULL,
    started_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, session_digest)
);
CREATE INDEX idplane_sso_session_user ON idplane.sso_session (tenant, user_id);
CREATE INDEX idplane_sso_session_provider ON idplane.sso_session (tenant, connection, provider_subject);
CREATE INDEX idplane_sso_session_sid ON idplane.sso_session (tenant, connection, provider_session) WHERE provider_session <> '';
CREATE INDEX idplane_sso_session_expires ON idplane.sso_session (expires_at);
COMMENT ON TABLE idplane.sso_session IS 'Sessions of browsers, from a login to its logout.';
COMMENT ON COLUMN idplane.sso_session.session_digest IS 'SHA-256 of the secret in the cookie with its tenant.';
COMMENT ON COLUMN idplane.sso_session.provider_session IS 'Claim sid of the ID token, by which the provider ends it; empty: none.';
COMMENT ON COLUMN idplane.sso_session.sealed_id_token IS 'The ID token, for the logout request; sealed under the master key. Empty: none.';

CREATE TABLE idplane.used_token (
    tenant text COLLATE "C" NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    jti text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, issuer, jti)
) /* WITHOUT ROWID */;
CREATE INDEX idplane_used_token_expires ON idplane.used_token (expires_at);
COMMENT ON TABLE idplane.used_token IS 'Tokens that are good once, by their jti, until they would have ended anyway.';

CREATE TABLE idplane.external_token (
    tenant text COLLATE "C" NOT NULL,
    token_digest bytea NOT NULL,
    connection text COLLATE "C" NOT NULL,
    connection_version bigint NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    access_digest bytea NOT NULL,
    checked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, token_digest)
);
CREATE INDEX idplane_external_token_expires ON idplane.external_token (expires_at);
COMMENT ON TABLE idplane.external_token IS 'Access tokens of providers that were found good: until when that counts.';
COMMENT ON COLUMN idplane.external_token.connection_version IS 'Of the connection as it was: a change of it makes all of them be looked at again.';

CREATE TABLE idplane.hook (
    tenant text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    definition text COLLATE "C" NOT NULL,
    owner text COLLATE "C",
    options jsonb NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, name)
);
COMMENT ON TABLE idplane.hook IS 'SQL that set_hook() registered: it is asked before and after tokens are made, and for claims.';
COMMENT ON COLUMN idplane.hook.definition IS 'Name of a function or view in PostgreSQL, an expression over :request in SQLite.';
COMMENT ON COLUMN idplane.hook.owner IS 'Role that registered it, and that it runs as; null where there are no roles.';

CREATE TABLE idplane.token_claims (
    tenant text COLLATE "C" NOT NULL,
    jti text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL,
    claims jsonb NOT NULL,
    PRIMARY KEY (tenant, jti)
);
CREATE INDEX idplane_token_claims_expires ON idplane.token_claims (expires_at);
COMMENT ON TABLE idplane.token_claims IS 'What introspection tells of an access token and the token itself does not, as a hook said.';
