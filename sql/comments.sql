-- SPDX-License-Identifier: Apache-2.0
-- comments.sql: what each column and index is for, where schema.sql does not say it. PostgreSQL only.

COMMENT ON SCHEMA idplane IS 'Identity data plane: device grant, tokens, keys, clients.';

COMMENT ON COLUMN idplane.tenant.created_at IS 'First use.';
COMMENT ON COLUMN idplane.tenant.settings IS 'Members that configure() was told.';
COMMENT ON COLUMN idplane.tenant.tenant IS 'Name of the tenant; default where a session chose none.';
COMMENT ON INDEX idplane.tenant_pkey IS 'One row for each tenant.';
COMMENT ON CONSTRAINT tenant_pkey ON idplane.tenant IS 'One row for each tenant.';
COMMENT ON INDEX idplane.idplane_tenant_base IS 'http_request: the tenant behind a host.';

COMMENT ON COLUMN idplane.client.client_id IS 'As the client names itself.';
COMMENT ON COLUMN idplane.client.created_at IS 'Registration.';
COMMENT ON COLUMN idplane.client.device_grant IS 'grant_types holds the device grant.';
COMMENT ON COLUMN idplane.client.enabled IS 'False: it gets nothing, whatever it presents.';
COMMENT ON COLUMN idplane.client.metadata IS 'RFC 7591 metadata as it was registered, without the secret.';
COMMENT ON COLUMN idplane.client.refresh_grant IS 'grant_types holds refresh_token.';
COMMENT ON COLUMN idplane.client.secret_expires_at IS 'When the secret ends; null: never.';
COMMENT ON COLUMN idplane.client.old_secret_expires_at IS 'From then on the secret before the last rotation is good no more.';
COMMENT ON COLUMN idplane.client.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.client_pkey IS 'A client_id is one client of a tenant.';
COMMENT ON CONSTRAINT client_pkey ON idplane.client IS 'A client_id is one client of a tenant.';

COMMENT ON COLUMN idplane.initial_access_token.created_at IS 'When it was made.';
COMMENT ON COLUMN idplane.initial_access_token.expires_at IS 'When it ends.';
COMMENT ON COLUMN idplane.initial_access_token.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.initial_access_token.token_digest IS 'SHA-256 of the token with its tenant; the token itself is never kept.';
COMMENT ON COLUMN idplane.initial_access_token.use_count_left IS 'How many clients it may still register.';
COMMENT ON INDEX idplane.idplane_initial_access_token_expires IS 'purge.';
COMMENT ON INDEX idplane.initial_access_token_pkey IS 'A token is one row.';
COMMENT ON CONSTRAINT initial_access_token_pkey ON idplane.initial_access_token IS 'A token is one row.';

COMMENT ON COLUMN idplane.subject.changed_at IS 'Last set_subject().';
COMMENT ON COLUMN idplane.subject.enabled IS 'False: it gets no tokens and makes no decisions.';
COMMENT ON COLUMN idplane.subject.subject IS 'As the front names the user.';
COMMENT ON COLUMN idplane.subject.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.subject_pkey IS 'One row for a subject that was ever set.';
COMMENT ON CONSTRAINT subject_pkey ON idplane.subject IS 'One row for a subject that was ever set.';

COMMENT ON COLUMN idplane.device_code.expired_at IS 'When a poll was first told that it is over; for the audit.';
COMMENT ON COLUMN idplane.device_code.client_id IS 'The client that started the grant.';
COMMENT ON COLUMN idplane.device_code.consumed_at IS 'When its tokens were paid.';
COMMENT ON COLUMN idplane.device_code.decided_at IS 'When the subject approved or denied.';
COMMENT ON COLUMN idplane.device_code.expires_at IS 'When both codes end.';
COMMENT ON COLUMN idplane.device_code.granted_scope IS 'What the subject approved: scope, or less.';
COMMENT ON COLUMN idplane.device_code.issued_at IS 'When the device asked.';
COMMENT ON COLUMN idplane.device_code.scope IS 'What the device asked for.';
COMMENT ON COLUMN idplane.device_code.state IS 'pending, approved, denied or consumed.';
COMMENT ON COLUMN idplane.device_code.subject IS 'Who decided.';
COMMENT ON COLUMN idplane.device_code.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.device_code_pkey IS 'A user code is one grant of a tenant.';
COMMENT ON CONSTRAINT device_code_pkey ON idplane.device_code IS 'A user code is one grant of a tenant.';
COMMENT ON INDEX idplane.idplane_device_code_expires IS 'purge.';
COMMENT ON INDEX idplane.idplane_device_code_digest IS 'Polling: one row for a device code.';

COMMENT ON COLUMN idplane.refresh_token.expires_at IS 'When it ends.';
COMMENT ON COLUMN idplane.refresh_token.grant_id IS 'The grant that it is of.';
COMMENT ON COLUMN idplane.refresh_token.issued_at IS 'When it was issued.';
COMMENT ON COLUMN idplane.refresh_token.rotated_at IS 'When its successor was made.';
COMMENT ON COLUMN idplane.refresh_token.state IS 'active or rotated.';
COMMENT ON COLUMN idplane.refresh_token.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.refresh_token.token_digest IS 'SHA-256 of the token with its tenant; the token itself is never kept.';
COMMENT ON INDEX idplane.refresh_token_pkey IS 'A token is one row.';
COMMENT ON CONSTRAINT refresh_token_pkey ON idplane.refresh_token IS 'A token is one row.';
COMMENT ON INDEX idplane.idplane_refresh_token_expires IS 'purge.';

COMMENT ON COLUMN idplane.authorization_grant.client_id IS 'Who was allowed.';
COMMENT ON COLUMN idplane.authorization_grant.created_at IS 'When the first tokens were given.';
COMMENT ON COLUMN idplane.authorization_grant.device IS 'What the device told of itself.';
COMMENT ON COLUMN idplane.authorization_grant.grant_id IS 'Random; the jti of its access tokens begins with it.';
COMMENT ON COLUMN idplane.authorization_grant.scope IS 'What was allowed, separated by one space.';
COMMENT ON COLUMN idplane.authorization_grant.state IS 'active or revoked.';
COMMENT ON COLUMN idplane.authorization_grant.subject IS 'Who allowed it.';
COMMENT ON COLUMN idplane.authorization_grant.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.idplane_authorization_grant_client IS 'remove_client().';
COMMENT ON INDEX idplane.idplane_authorization_grant_expires IS 'purge.';
COMMENT ON INDEX idplane.idplane_authorization_grant_subject IS 'grants().';
COMMENT ON INDEX idplane.authorization_grant_pkey IS 'A grant is one row.';
COMMENT ON CONSTRAINT authorization_grant_pkey ON idplane.authorization_grant IS 'A grant is one row.';

COMMENT ON COLUMN idplane.access_token.expires_at IS 'When it ends.';
COMMENT ON COLUMN idplane.access_token.jti IS 'Claim jti.';
COMMENT ON COLUMN idplane.access_token.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.access_token.token_digest IS 'SHA-256 of the token with its tenant; the token itself is never kept.';
COMMENT ON INDEX idplane.idplane_access_token_expires IS 'purge.';
COMMENT ON INDEX idplane.access_token_pkey IS 'A token is one row.';
COMMENT ON CONSTRAINT access_token_pkey ON idplane.access_token IS 'A token is one row.';

COMMENT ON COLUMN idplane.revoked_token.expires_at IS 'From then on the row may go.';
COMMENT ON COLUMN idplane.revoked_token.jti IS 'Claim jti of the token.';
COMMENT ON COLUMN idplane.revoked_token.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.idplane_revoked_token_expires IS 'purge.';
COMMENT ON INDEX idplane.revoked_token_pkey IS 'A token is revoked once.';
COMMENT ON CONSTRAINT revoked_token_pkey ON idplane.revoked_token IS 'A token is revoked once.';

COMMENT ON COLUMN idplane.authorization_code.client_id IS 'The client that asked.';
COMMENT ON COLUMN idplane.authorization_code.code_digest IS 'SHA-256 of the code with its tenant; the code itself is never kept.';
COMMENT ON COLUMN idplane.authorization_code.expires_at IS 'When it ends.';
COMMENT ON COLUMN idplane.authorization_code.grant_details IS 'auth_time, amr, nonce, resource and claims of the approval.';
COMMENT ON COLUMN idplane.authorization_code.is_redirect_uri_given IS 'Whether the request named redirect_uri: its redemption has to, then.';
COMMENT ON COLUMN idplane.authorization_code.issued_at IS 'When it was issued.';
COMMENT ON COLUMN idplane.authorization_code.redirect_uri IS 'Where the browser was sent.';
COMMENT ON COLUMN idplane.authorization_code.scope IS 'What was allowed.';
COMMENT ON COLUMN idplane.authorization_code.state IS 'active or consumed.';
COMMENT ON COLUMN idplane.authorization_code.subject IS 'Who allowed it.';
COMMENT ON COLUMN idplane.authorization_code.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.idplane_authorization_code_expires IS 'purge.';
COMMENT ON INDEX idplane.authorization_code_pkey IS 'A code is one row.';
COMMENT ON CONSTRAINT authorization_code_pkey ON idplane.authorization_code IS 'A code is one row.';

COMMENT ON COLUMN idplane.consent.changed_at IS 'When it was allowed last.';
COMMENT ON COLUMN idplane.consent.client_id IS 'The client.';
COMMENT ON COLUMN idplane.consent.scope IS 'All that was ever allowed, separated by one space.';
COMMENT ON COLUMN idplane.consent.subject IS 'The user.';
COMMENT ON COLUMN idplane.consent.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.consent_pkey IS 'A subject allows a client once.';
COMMENT ON INDEX idplane.idplane_consent_client IS 'remove_client().';
COMMENT ON CONSTRAINT consent_pkey ON idplane.consent IS 'A subject allows a client once.';

COMMENT ON COLUMN idplane.subject_attempt.failure_count IS 'Wrong codes in the window.';
COMMENT ON COLUMN idplane.subject_attempt.subject IS 'Who typed them.';
COMMENT ON COLUMN idplane.subject_attempt.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.subject_attempt.window_ends_at IS 'When counting starts anew.';
COMMENT ON INDEX idplane.subject_attempt_pkey IS 'One counter for a subject.';
COMMENT ON CONSTRAINT subject_attempt_pkey ON idplane.subject_attempt IS 'One counter for a subject.';

COMMENT ON COLUMN idplane.attempt.attempt_id IS 'Random.';
COMMENT ON COLUMN idplane.attempt.attempted_at IS 'When the wrong code was typed.';
COMMENT ON COLUMN idplane.attempt.source IS 'Where from: the address the front gave; of IPv6 the network.';
COMMENT ON COLUMN idplane.attempt.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.attempt_pkey IS 'One row for each wrong code.';
COMMENT ON CONSTRAINT attempt_pkey ON idplane.attempt IS 'One row for each wrong code.';

COMMENT ON COLUMN idplane.failure.failed_at IS 'When.';
COMMENT ON COLUMN idplane.failure.failure_id IS 'Random.';
COMMENT ON COLUMN idplane.failure.source IS 'Where from: the address of the peer, as the front says; of IPv6 the network.';
COMMENT ON COLUMN idplane.failure.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.failure_pkey IS 'One row for each failure.';
COMMENT ON INDEX idplane.idplane_failure_source IS 'How many an address had in a window.';
COMMENT ON INDEX idplane.idplane_failure_time IS 'purge().';
COMMENT ON CONSTRAINT failure_pkey ON idplane.failure IS 'One row for each failure.';
COMMENT ON INDEX idplane.idplane_attempt_source IS 'Counts wrong codes of a source.';
COMMENT ON INDEX idplane.idplane_attempt_time IS 'Counts wrong codes of a tenant; purge.';

COMMENT ON COLUMN idplane.master_key.created_at IS 'When it was first seen here.';
COMMENT ON COLUMN idplane.master_key.fingerprint IS 'Digest of the key: tells another key of the same id.';
COMMENT ON COLUMN idplane.master_key.key_id IS 'Its name in the key file.';
COMMENT ON INDEX idplane.master_key_pkey IS 'An id is one key.';
COMMENT ON CONSTRAINT master_key_pkey ON idplane.master_key IS 'An id is one key.';

COMMENT ON COLUMN idplane.signing_key.activated_at IS 'From when on it signed.';
COMMENT ON COLUMN idplane.signing_key.algorithm IS 'JWA name; an RSA key signs by the others of RSA as well.';
COMMENT ON COLUMN idplane.signing_key.created_at IS 'When it was made.';
COMMENT ON COLUMN idplane.signing_key.kid IS 'RFC 7638 thumbprint of the public key; of an imported one, its name.';
COMMENT ON COLUMN idplane.signing_key.public_jwk IS 'What jwks() publishes.';
COMMENT ON COLUMN idplane.signing_key.removed_at IS 'When purge() found that no token of it lives.';
COMMENT ON COLUMN idplane.signing_key.retired_at IS 'Until when it signed.';
COMMENT ON COLUMN idplane.signing_key.state IS 'next, active, standby, retired, removed or compromised.';
COMMENT ON COLUMN idplane.signing_key.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.signing_key_pkey IS 'A kid is one key of a tenant.';
COMMENT ON CONSTRAINT signing_key_pkey ON idplane.signing_key IS 'A kid is one key of a tenant.';
COMMENT ON INDEX idplane.idplane_signing_key_active IS 'One key of a tenant signs.';
COMMENT ON INDEX idplane.idplane_signing_key_next IS 'One key of a tenant is next.';

COMMENT ON COLUMN idplane.signing_key_expiry.expiry_id IS 'Random.';
COMMENT ON COLUMN idplane.signing_key_expiry.kid IS 'The key.';
COMMENT ON COLUMN idplane.signing_key_expiry.last_expiry_at IS 'No token that the key had signed then lives longer.';
COMMENT ON COLUMN idplane.signing_key_expiry.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.signing_key_expiry_pkey IS 'The latest row of a key is one look.';
COMMENT ON CONSTRAINT signing_key_expiry_pkey ON idplane.signing_key_expiry IS 'One row for each time that a token outlived what was known.';

COMMENT ON COLUMN idplane.oidc_default.changed_at IS 'When it was set last.';
COMMENT ON COLUMN idplane.oidc_default.config IS 'Fields, and compat, rule, opaque_jwks and profile.';
COMMENT ON COLUMN idplane.oidc_default.profile IS 'Member profile of config, or what it is without one.';
COMMENT ON COLUMN idplane.oidc_default.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.oidc_default_pkey IS 'One row for each plan.';
COMMENT ON CONSTRAINT oidc_default_pkey ON idplane.oidc_default IS 'One row for each plan.';

COMMENT ON COLUMN idplane.oidc_instance.changed_at IS 'When this version was made.';
COMMENT ON COLUMN idplane.oidc_instance.created_at IS 'When it was provisioned.';
COMMENT ON COLUMN idplane.oidc_instance.instance IS 'As the caller names it.';
COMMENT ON COLUMN idplane.oidc_instance.plan IS 'Whose defaults count; empty: of instances without a plan.';
COMMENT ON COLUMN idplane.oidc_instance.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.oidc_instance_pkey IS 'One row for each instance.';
COMMENT ON CONSTRAINT oidc_instance_pkey ON idplane.oidc_instance IS 'One row for each instance.';

COMMENT ON COLUMN idplane.oidc_change.changed_at IS 'When.';
COMMENT ON COLUMN idplane.oidc_change.effective IS 'What was effective from then on.';
COMMENT ON COLUMN idplane.oidc_change.instance IS 'Instance that changed.';
COMMENT ON COLUMN idplane.oidc_change.operation IS 'provision, update, rederive or rollback.';
COMMENT ON COLUMN idplane.oidc_change.profile IS 'How tokens were read from then on.';
COMMENT ON COLUMN idplane.oidc_change.provenance IS 'Where each effective field came from.';
COMMENT ON COLUMN idplane.oidc_change.record IS 'What was the record from then on.';
COMMENT ON COLUMN idplane.oidc_change.request IS 'What was asked for; of a rollback the version.';
COMMENT ON COLUMN idplane.oidc_change.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.oidc_change.version IS 'Version that the change made.';
COMMENT ON INDEX idplane.oidc_change_pkey IS 'One row for each version.';
COMMENT ON CONSTRAINT oidc_change_pkey ON idplane.oidc_change IS 'One row for each version.';

COMMENT ON COLUMN idplane.client_keys.answered_at IS 'When the last try ended, either way; before tried_at: it is under way.';
COMMENT ON COLUMN idplane.client_keys.client_id IS 'Client whose keys they are.';
COMMENT ON COLUMN idplane.client_keys.expires_at IS 'From then on they are asked for again, as the client said; until that works they count.';
COMMENT ON COLUMN idplane.client_keys.failure IS 'What the last try said; null: it worked.';
COMMENT ON COLUMN idplane.client_keys.fetched_at IS 'When jwks came.';
COMMENT ON COLUMN idplane.client_keys.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.client_keys.tried_at IS 'When they were last asked for; the next try waits.';
COMMENT ON INDEX idplane.client_keys_pkey IS 'One row for each client.';
COMMENT ON CONSTRAINT client_keys_pkey ON idplane.client_keys IS 'One row for each client.';
COMMENT ON COLUMN idplane.issuer_keys.changed_at IS 'When they were set last.';
COMMENT ON COLUMN idplane.issuer_keys.issuer IS 'As the claim iss says it, byte by byte.';
COMMENT ON COLUMN idplane.issuer_keys.jwks IS 'JWKS (RFC 7517) as it was given.';
COMMENT ON COLUMN idplane.issuer_keys.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.issuer_keys_pkey IS 'One row for each issuer.';
COMMENT ON CONSTRAINT issuer_keys_pkey ON idplane.issuer_keys IS 'One row for each issuer.';

COMMENT ON COLUMN idplane.service_instance.changed_at IS 'Of the last request that changed it.';
COMMENT ON COLUMN idplane.service_instance.context IS 'Member context of the request.';
COMMENT ON COLUMN idplane.service_instance.instance IS 'Name in the path; idplane.oidc_instance has the same.';
COMMENT ON COLUMN idplane.service_instance.parameters IS 'Member parameters of the request, without oidc.';
COMMENT ON COLUMN idplane.service_instance.plan_id IS 'Plan of the service.';
COMMENT ON COLUMN idplane.service_instance.service_id IS 'Service of the catalogue.';
COMMENT ON COLUMN idplane.service_instance.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.service_instance_pkey IS 'One row for each instance.';
COMMENT ON CONSTRAINT service_instance_pkey ON idplane.service_instance IS 'One row for each instance.';

COMMENT ON COLUMN idplane.sso_connection.changed_at IS 'When this version was made.';
COMMENT ON COLUMN idplane.sso_connection.connection IS 'Its id, as addresses and SQL name it.';
COMMENT ON COLUMN idplane.sso_connection.created_at IS 'When it was set first.';
COMMENT ON COLUMN idplane.sso_connection.provider_name IS 'Member providerName of config.';
COMMENT ON COLUMN idplane.sso_connection.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.sso_connection.version IS 'Counts the changes, from 1.';
COMMENT ON COLUMN idplane.sso_connection.visible IS 'Member visibleOnLoginPage of config: users may sign in through it.';
COMMENT ON INDEX idplane.sso_connection_pkey IS 'One row for each connection.';
COMMENT ON CONSTRAINT sso_connection_pkey ON idplane.sso_connection IS 'One row for each connection.';

COMMENT ON COLUMN idplane.sso_login.connection IS 'Connection that the browser was sent through.';
COMMENT ON COLUMN idplane.sso_login.expires_at IS 'The browser must be back before.';
COMMENT ON COLUMN idplane.sso_login.redirect_uri IS 'What the authorization request said; the token request must say the same.';
COMMENT ON COLUMN idplane.sso_login.return_to IS 'Where the browser goes in the end, a path of ours; null: nowhere.';
COMMENT ON COLUMN idplane.sso_login.started_at IS 'When the browser was sent.';
COMMENT ON COLUMN idplane.sso_login.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.sso_login.used_at IS 'When the browser came back; null: not yet.';
COMMENT ON INDEX idplane.idplane_sso_login_expires IS 'purge().';
COMMENT ON INDEX idplane.sso_login_pkey IS 'A state is one login.';
COMMENT ON CONSTRAINT sso_login_pkey ON idplane.sso_login IS 'A state is one login.';

COMMENT ON COLUMN idplane.sso_keys.answered_at IS 'When the last try ended, either way; before tried_at: it is under way.';
COMMENT ON COLUMN idplane.sso_keys.connection IS 'Connection whose keys they are.';
COMMENT ON COLUMN idplane.sso_keys.expires_at IS 'From then on they are asked for again, as the provider said; until that works they count.';
COMMENT ON COLUMN idplane.sso_keys.failure IS 'What the last try said; null: it worked.';
COMMENT ON COLUMN idplane.sso_keys.fetched_at IS 'When jwks came.';
COMMENT ON COLUMN idplane.sso_keys.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.sso_keys.tried_at IS 'When they were last asked for; the next try waits.';
COMMENT ON INDEX idplane.sso_keys_pkey IS 'One row for each connection.';
COMMENT ON CONSTRAINT sso_keys_pkey ON idplane.sso_keys IS 'One row for each connection.';

COMMENT ON COLUMN idplane.sso_user.changed_at IS 'Last change of data or access.';
COMMENT ON COLUMN idplane.sso_user.connection IS 'Connection of the last login.';
COMMENT ON COLUMN idplane.sso_user.created_at IS 'First login.';
COMMENT ON COLUMN idplane.sso_user.email IS 'As the provider said at the last login; empty: it did not.';
COMMENT ON COLUMN idplane.sso_user.first_name IS 'As the provider said at the last login; empty: it did not.';
COMMENT ON COLUMN idplane.sso_user.last_login_at IS 'Last login.';
COMMENT ON COLUMN idplane.sso_user.last_name IS 'As the provider said at the last login; empty: it did not.';
COMMENT ON COLUMN idplane.sso_user.phone IS 'As the provider said at the last login; empty: it did not.';
COMMENT ON COLUMN idplane.sso_user.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.sso_user.user_id IS 'From the claim that the connection names; the subject of the user here.';
COMMENT ON COLUMN idplane.sso_user.version IS 'Counts the changes, from 1.';
COMMENT ON INDEX idplane.sso_user_pkey IS 'A user id is one user, whoever vouches for it.';
COMMENT ON CONSTRAINT sso_user_pkey ON idplane.sso_user IS 'A user id is one user, whoever vouches for it.';

COMMENT ON COLUMN idplane.audit.audit_id IS 'Random.';
COMMENT ON COLUMN idplane.audit.details IS 'What the type of the event has.';
COMMENT ON COLUMN idplane.audit.occurred_at IS 'When.';
COMMENT ON COLUMN idplane.audit.outcome IS 'granted, denied, or what else the type has.';
COMMENT ON COLUMN idplane.audit.subject IS 'Who; null: nobody that is known.';
COMMENT ON COLUMN idplane.audit.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.audit.type IS 'What happened: Single sign-on, User login and the like.';
COMMENT ON INDEX idplane.audit_pkey IS 'One row for each event, in order of time: the events of a time; purge().';
COMMENT ON INDEX idplane.idplane_audit_batch IS 'What a seal holds, and what none holds yet.';
COMMENT ON CONSTRAINT audit_pkey ON idplane.audit IS 'One row for each event, in order of time: the events of a time; purge().';

COMMENT ON COLUMN idplane.audit_seal.first_at IS 'Time of its first row.';
COMMENT ON COLUMN idplane.audit_seal.last_at IS 'Time of its last row; it goes by retention with it.';
COMMENT ON COLUMN idplane.audit_seal.previous_digest IS 'digest of the seal before; empty for the first.';
COMMENT ON COLUMN idplane.audit_seal.row_count IS 'How many rows it holds.';
COMMENT ON COLUMN idplane.audit_seal.sealed_at IS 'When.';
COMMENT ON COLUMN idplane.audit_seal.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.audit_seal_pkey IS 'One chain for a tenant: no two seals have one number.';
COMMENT ON INDEX idplane.idplane_audit_seal_last IS 'purge().';
COMMENT ON CONSTRAINT audit_seal_pkey ON idplane.audit_seal IS 'One chain for a tenant: no two seals have one number.';

COMMENT ON COLUMN idplane.audit_total.outcome IS 'Outcome of the events.';
COMMENT ON COLUMN idplane.audit_total.row_count IS 'How many.';
COMMENT ON COLUMN idplane.audit_total.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.audit_total.type IS 'Type of the events; other, where there would be too many.';
COMMENT ON INDEX idplane.audit_total_pkey IS 'One row for each kind of event.';
COMMENT ON CONSTRAINT audit_total_pkey ON idplane.audit_total IS 'One row for each kind of event.';

COMMENT ON COLUMN idplane.sso_session.connection IS 'Connection of the login.';
COMMENT ON COLUMN idplane.sso_session.expires_at IS 'When it ends at the latest.';
COMMENT ON COLUMN idplane.sso_session.provider_subject IS 'Claim sub of the tokens, by which the provider ends it; empty: none.';
COMMENT ON COLUMN idplane.sso_session.started_at IS 'When the user signed in.';
COMMENT ON COLUMN idplane.sso_session.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.sso_session.used_at IS 'When it was used last, to the minute.';
COMMENT ON COLUMN idplane.sso_session.user_id IS 'Who signed in.';
COMMENT ON INDEX idplane.idplane_sso_session_expires IS 'purge().';
COMMENT ON INDEX idplane.idplane_sso_session_provider IS 'What a provider ends by its user.';
COMMENT ON INDEX idplane.idplane_sso_session_sid IS 'What a provider ends by its session.';
COMMENT ON INDEX idplane.idplane_sso_session_user IS 'The sessions of a user.';
COMMENT ON INDEX idplane.sso_session_pkey IS 'A cookie is one session.';
COMMENT ON CONSTRAINT sso_session_pkey ON idplane.sso_session IS 'A cookie is one session.';

COMMENT ON COLUMN idplane.used_token.expires_at IS 'From then on the row may go.';
COMMENT ON COLUMN idplane.used_token.issuer IS 'Who made the token.';
COMMENT ON COLUMN idplane.used_token.jti IS 'Its claim jti.';
COMMENT ON COLUMN idplane.used_token.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.idplane_used_token_expires IS 'purge().';
COMMENT ON INDEX idplane.used_token_pkey IS 'Who inserts a row was first.';
COMMENT ON CONSTRAINT used_token_pkey ON idplane.used_token IS 'Who inserts a row was first.';

COMMENT ON COLUMN idplane.external_token.access_digest IS 'SHA-256 of the access that it was given: while the user has another, the token is looked at again.';
COMMENT ON COLUMN idplane.external_token.checked_at IS 'When it was found good, by its provider where the connection wants that.';
COMMENT ON COLUMN idplane.external_token.connection IS 'Connection to its provider.';
COMMENT ON COLUMN idplane.external_token.expires_at IS 'Claim exp of the token.';
COMMENT ON COLUMN idplane.external_token.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.external_token.token_digest IS 'SHA-256 of the token with its tenant; the token itself is never kept.';
COMMENT ON COLUMN idplane.external_token.user_id IS 'Whose it is; empty: its provider refused it.';
COMMENT ON INDEX idplane.external_token_pkey IS 'A token is one look.';
COMMENT ON INDEX idplane.idplane_external_token_expires IS 'purge().';
COMMENT ON CONSTRAINT external_token_pkey ON idplane.external_token IS 'A token is one look.';

COMMENT ON COLUMN idplane.hook.changed_at IS 'Last set_hook().';
COMMENT ON COLUMN idplane.hook.name IS 'pre_token, post_token, or what a setting calls it by.';
COMMENT ON COLUMN idplane.hook.options IS 'tables: those that it may read in SQLite.';
COMMENT ON COLUMN idplane.hook.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.hook_pkey IS 'A name is one hook.';
COMMENT ON CONSTRAINT hook_pkey ON idplane.hook IS 'A name is one hook.';

COMMENT ON COLUMN idplane.token_claims.claims IS 'Names and values, none of them the server''s own.';
COMMENT ON COLUMN idplane.token_claims.expires_at IS 'Claim exp of the token.';
COMMENT ON COLUMN idplane.token_claims.jti IS 'Its claim jti, which ends with a tilde.';
COMMENT ON COLUMN idplane.token_claims.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.idplane_token_claims_expires IS 'purge().';
COMMENT ON INDEX idplane.token_claims_pkey IS 'A token has one row.';
COMMENT ON CONSTRAINT token_claims_pkey ON idplane.token_claims IS 'A token has one row.';

COMMENT ON COLUMN idplane.certificate_authority.ca IS 'Its name.';
COMMENT ON COLUMN idplane.certificate_authority.ca_id IS 'Name and generation, with an at sign between.';
COMMENT ON COLUMN idplane.certificate_authority.certificate IS 'DER.';
COMMENT ON COLUMN idplane.certificate_authority.created_at IS 'When it was made.';
COMMENT ON COLUMN idplane.certificate_authority.generation IS 'Counts its keys, from 1.';
COMMENT ON COLUMN idplane.certificate_authority.key_identifier IS 'RFC 7093: what certificates that it signs name it by.';
COMMENT ON COLUMN idplane.certificate_authority.not_after IS 'Nothing that it signs is good for longer.';
COMMENT ON COLUMN idplane.certificate_authority.not_before IS 'Nothing that it signs is good before.';
COMMENT ON COLUMN idplane.certificate_authority.state IS 'next: known to all, and does not sign yet; active; retired.';
COMMENT ON COLUMN idplane.certificate_authority.subject IS 'RFC 4514.';
COMMENT ON COLUMN idplane.certificate_authority.subject_name IS 'The same in DER.';
COMMENT ON COLUMN idplane.certificate_authority.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.idplane_certificate_authority_active IS 'One generation of an authority signs.';
COMMENT ON INDEX idplane.certificate_authority_pkey IS 'A generation of an authority is one row.';
COMMENT ON CONSTRAINT certificate_authority_pkey ON idplane.certificate_authority IS 'A generation of an authority is one row.';

COMMENT ON COLUMN idplane.certificate.ca_id IS 'Who signed it.';
COMMENT ON COLUMN idplane.certificate.certificate IS 'DER.';
COMMENT ON COLUMN idplane.certificate.common_name IS 'Whose it is; of a device uuid: and its id.';
COMMENT ON COLUMN idplane.certificate.issued_at IS 'When it was issued.';
COMMENT ON COLUMN idplane.certificate.issuer_key_identifier IS 'Key of its issuer, hexadecimal.';
COMMENT ON COLUMN idplane.certificate.key_digest IS 'SHA-256 of the SubjectPublicKeyInfo.';
COMMENT ON COLUMN idplane.certificate.not_after IS 'Until when it is good.';
COMMENT ON COLUMN idplane.certificate.not_before IS 'From when on it is good.';
COMMENT ON COLUMN idplane.certificate.profile IS 'What it is for.';
COMMENT ON COLUMN idplane.certificate.revoked_at IS 'When it was revoked.';
COMMENT ON COLUMN idplane.certificate.serial IS 'Hexadecimal.';
COMMENT ON COLUMN idplane.certificate.status IS 'valid or revoked.';
COMMENT ON COLUMN idplane.certificate.subject IS 'RFC 4514.';
COMMENT ON COLUMN idplane.certificate.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.idplane_certificate_common_name IS 'Certificates of a device: its name is in all that it has.';
COMMENT ON INDEX idplane.idplane_certificate_superseded IS 'What ends by itself.';
COMMENT ON INDEX idplane.idplane_certificate_compromised IS 'A key that somebody else has gets no certificate.';
COMMENT ON INDEX idplane.idplane_certificate_revoked IS 'crl() lists what has not expired.';
COMMENT ON INDEX idplane.certificate_pkey IS 'RFC 5280 4.1.2.2: a serial is one certificate of an issuer; here of all issuers of a tenant.';
COMMENT ON CONSTRAINT certificate_pkey ON idplane.certificate IS 'RFC 5280 4.1.2.2: a serial is one certificate of an issuer; here of all issuers of a tenant.';

COMMENT ON COLUMN idplane.certificate_holder.common_name IS 'The name.';
COMMENT ON COLUMN idplane.certificate_holder.key_digest IS 'SHA-256 of the SubjectPublicKeyInfo.';
COMMENT ON COLUMN idplane.certificate_holder.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.certificate_holder.valid_until IS 'Until when a certificate of the name is good, whosever.';
COMMENT ON INDEX idplane.certificate_holder_pkey IS 'A name is held by one key.';
COMMENT ON CONSTRAINT certificate_holder_pkey ON idplane.certificate_holder IS 'A name is held by one key.';

COMMENT ON COLUMN idplane.certificate_profile.changed_at IS 'When it was set.';
COMMENT ON COLUMN idplane.certificate_profile.profile IS 'Its name.';
COMMENT ON COLUMN idplane.certificate_profile.settings IS 'What was set of it.';
COMMENT ON COLUMN idplane.certificate_profile.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.certificate_profile_pkey IS 'A profile is one row.';
COMMENT ON CONSTRAINT certificate_profile_pkey ON idplane.certificate_profile IS 'A profile is one row.';

COMMENT ON COLUMN idplane.certificate_count.common_name IS 'The name.';
COMMENT ON COLUMN idplane.certificate_count.profile IS 'Name of the profile.';
COMMENT ON COLUMN idplane.certificate_count.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.certificate_count_pkey IS 'A name of a profile is one row.';
COMMENT ON CONSTRAINT certificate_count_pkey ON idplane.certificate_count IS 'A name of a profile is one row.';

COMMENT ON COLUMN idplane.certificate_request.certificate IS 'PEM, once it is issued.';
COMMENT ON COLUMN idplane.certificate_request.chain IS 'PEM of the authority and of those above it.';
COMMENT ON COLUMN idplane.certificate_request.csr IS 'PEM, or base64 of DER.';
COMMENT ON COLUMN idplane.certificate_request.csr_digest IS 'SHA-256 of the text, where request_certificate() wrote it.';
COMMENT ON COLUMN idplane.certificate_request.decided_at IS 'When it was issued or refused.';
COMMENT ON COLUMN idplane.certificate_request.profile IS 'What the certificate is for.';
COMMENT ON COLUMN idplane.certificate_request.requested_at IS 'When it was looked at for the first time.';
COMMENT ON COLUMN idplane.certificate_request.serial IS 'Of the certificate, hexadecimal.';
COMMENT ON COLUMN idplane.certificate_request.status IS 'new, pending, issued or refused.';
COMMENT ON COLUMN idplane.certificate_request.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.idplane_certificate_request_new IS 'What sign_pending() looks for.';
COMMENT ON INDEX idplane.idplane_certificate_request_same IS 'A request that is sent again is the same.';
COMMENT ON INDEX idplane.certificate_request_pkey IS 'A request has one name.';
COMMENT ON CONSTRAINT certificate_request_pkey ON idplane.certificate_request IS 'A request has one name.';

COMMENT ON COLUMN idplane.imported_list.imported_at IS 'When it was imported.';
COMMENT ON COLUMN idplane.imported_list.issuer IS 'Whose list it is, RFC 4514.';
COMMENT ON COLUMN idplane.imported_list.issuer_name IS 'The same in DER.';
COMMENT ON COLUMN idplane.imported_list.list IS 'DER.';
COMMENT ON COLUMN idplane.imported_list.next_update IS 'Until when it counts.';
COMMENT ON COLUMN idplane.imported_list.revoked_count IS 'How many certificates it has.';
COMMENT ON COLUMN idplane.imported_list.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.imported_list.this_update IS 'When it was signed.';
COMMENT ON INDEX idplane.idplane_imported_list_issuer IS 'Chains are judged by names of authorities.';
COMMENT ON INDEX idplane.imported_list_pkey IS 'A key has one list.';
COMMENT ON CONSTRAINT imported_list_pkey ON idplane.imported_list IS 'A key has one list.';

COMMENT ON COLUMN idplane.certificate_list.ca_id IS 'Whose list it is: list_id of the authority.';
COMMENT ON COLUMN idplane.certificate_list.list IS 'DER.';
COMMENT ON COLUMN idplane.certificate_list.next_update IS 'Until when it counts.';
COMMENT ON COLUMN idplane.certificate_list.number IS 'Of the list: cRLNumber.';
COMMENT ON COLUMN idplane.certificate_list.tenant IS 'Tenant of the row.';
COMMENT ON INDEX idplane.certificate_list_pkey IS 'An issuer has one list.';
COMMENT ON CONSTRAINT certificate_list_pkey ON idplane.certificate_list IS 'An issuer has one list.';
