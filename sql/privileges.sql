-- SPDX-License-Identifier: Apache-2.0
-- privileges.sql: who may use what functions.sql declares, what backends are told of, and what a dump
-- takes along. PostgreSQL only.

-- ---- who may do what ----
-- Nobody by default. What depends on its arguments only, and what every verifier must read, is free.

CREATE VIEW idplane.oidc_divergence WITH (security_barrier) AS
    SELECT i.tenant, i.instance, i.version, i.record, i.effective,
           CASE WHEN m.answer ->> 'status' = 'ok' THEN m.answer -> 'effective' END AS derived
      FROM idplane.oidc_instance i
      JOIN idplane.oidc_default d ON d.tenant = i.tenant AND d.plan = i.plan
     CROSS JOIN LATERAL idplane.oidc_merge('provision', i.record, i.record, i.effective, d.config) AS m (answer)
     WHERE i.tenant = idplane.current_tenant()
       AND (m.answer ->> 'status' <> 'ok' OR m.answer ->> 'changed' = 'true' OR i.profile <> d.profile);
COMMENT ON VIEW idplane.oidc_divergence IS 'Instances of the tenant whose effective configuration is not what their record and the defaults of today give.';
COMMENT ON COLUMN idplane.oidc_divergence.derived IS 'What rederive_oidc() would make effective; null: it would refuse the record.';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA idplane FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA idplane FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pgjwt_compat FROM PUBLIC;
GRANT USAGE ON SCHEMA idplane, pgjwt_compat TO PUBLIC;
GRANT EXECUTE ON FUNCTION pgjwt_compat.key(text, text), pgjwt_compat.verify(text, text, text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION
    idplane.schema_version(),
    idplane.later(timestamptz, bigint),
    idplane.current_tenant(),
    idplane.canonical_json(jsonb),
    idplane.jwt_verify(text, text, jsonb),
    idplane.jwt_valid(text, text, jsonb),
    idplane.jws_verify(text, text, jsonb),
    idplane.jws_verify_detached(text, text, text, jsonb),
    idplane.signature_valid(bytea, bytea, text, text),
    idplane.jwt_decode(text),
    idplane.jwk_public(jsonb),
    idplane.jwk_from_pem(text),
    idplane.jwk_to_pem(jsonb),
    idplane.jwk_thumbprint(jsonb),
    idplane.oidc_validate(jsonb, jsonb, jsonb),
    idplane.oidc_merge(text, jsonb, jsonb, jsonb, jsonb, text),
    idplane.oidc_merge_step(text, jsonb, jsonb, jsonb, jsonb, text),
    idplane.oidc_map_claims(jsonb, jsonb, text),
    idplane.oidc_import(text, jsonb),
    idplane.wildcard_match(text, text),
    idplane.claim_match(jsonb, jsonb),
    idplane.claim_explain(jsonb, jsonb),
    idplane.fill_placeholders(text, jsonb),
    idplane.map_access(jsonb, jsonb, jsonb, boolean),
    idplane.provider_keys(text, text, jsonb),
    idplane.sso_template(text, jsonb),
    idplane.jwks(),
    idplane.authenticate(text),
    idplane.current_claims(),
    idplane.current_subject(),
    idplane.authorization_server_metadata()
    TO PUBLIC;

-- ---- what backends keep ----
-- Settings, clients, instances, keys of issuers and connections are read at nearly every call and hardly
-- ever change, so a backend keeps the rows until these triggers tell it otherwise. Of rows and ALWAYS: so they fire in a subscriber, too. Of
-- INSERT: what a transaction has made is nothing to keep, and what is not there may be joined.

CREATE FUNCTION idplane.configuration_changed() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'idplane_configuration_changed';
COMMENT ON FUNCTION idplane.configuration_changed() IS 'Tells all backends to read rows again that they keep.';
REVOKE ALL ON FUNCTION idplane.configuration_changed() FROM PUBLIC;

CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.tenant
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.client
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.tenant
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.client
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
ALTER TABLE idplane.tenant ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
ALTER TABLE idplane.client ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.oidc_instance
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.issuer_keys
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.oidc_instance
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.issuer_keys
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
ALTER TABLE idplane.oidc_instance ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
ALTER TABLE idplane.issuer_keys ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.sso_connection
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.sso_connection
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.sso_keys
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.sso_keys
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
ALTER TABLE idplane.sso_keys ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
ALTER TABLE idplane.sso_connection ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.hook
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.hook
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
ALTER TABLE idplane.hook ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
COMMENT ON TRIGGER idplane_changed ON idplane.hook IS 'Backends keep hooks until this fires.';
COMMENT ON TRIGGER idplane_emptied ON idplane.hook IS 'Backends keep hooks until this fires.';
COMMENT ON TRIGGER idplane_changed ON idplane.tenant IS 'Backends keep settings until this fires.';
COMMENT ON TRIGGER idplane_changed ON idplane.client IS 'Backends keep clients until this fires.';
COMMENT ON TRIGGER idplane_emptied ON idplane.tenant IS 'Backends keep settings until this fires.';
COMMENT ON TRIGGER idplane_emptied ON idplane.client IS 'Backends keep clients until this fires.';
COMMENT ON TRIGGER idplane_changed ON idplane.oidc_instance IS 'Backends keep instances until this fires.';
COMMENT ON TRIGGER idplane_changed ON idplane.issuer_keys IS 'Backends keep keys until this fires.';
COMMENT ON TRIGGER idplane_emptied ON idplane.oidc_instance IS 'Backends keep instances until this fires.';
COMMENT ON TRIGGER idplane_emptied ON idplane.issuer_keys IS 'Backends keep keys until this fires.';
COMMENT ON TRIGGER idplane_changed ON idplane.sso_connection IS 'Backends keep connections until this fires.';
COMMENT ON TRIGGER idplane_emptied ON idplane.sso_connection IS 'Backends keep connections until this fires.';
COMMENT ON TRIGGER idplane_changed ON idplane.sso_keys IS 'Backends keep keys of providers until this fires.';
COMMENT ON TRIGGER idplane_emptied ON idplane.sso_keys IS 'Backends keep keys of providers until this fires.';

-- ---- storage ----
-- Room on the page for the row versions that polling makes, so that they stay heap-only.

ALTER TABLE idplane.device_code SET (fillfactor = 80);

-- ---- dump and restore ----
-- Every table holds the user's data; the script itself inserts none.

SELECT pg_extension_config_dump('idplane.tenant', '');
SELECT pg_extension_config_dump('idplane.client', '');
SELECT pg_extension_config_dump('idplane.subject', '');
SELECT pg_extension_config_dump('idplane.device_code', '');
SELECT pg_extension_config_dump('idplane.authorization_grant', '');
SELECT pg_extension_config_dump('idplane.refresh_token', '');
SELECT pg_extension_config_dump('idplane.access_token', '');
SELECT pg_extension_config_dump('idplane.revoked_token', '');
SELECT pg_extension_config_dump('idplane.authorization_code', '');
SELECT pg_extension_config_dump('idplane.consent', '');
SELECT pg_extension_config_dump('idplane.subject_attempt', '');
SELECT pg_extension_config_dump('idplane.attempt', '');
SELECT pg_extension_config_dump('idplane.master_key', '');
SELECT pg_extension_config_dump('idplane.signing_key', '');
SELECT pg_extension_config_dump('idplane.signing_key_expiry', '');
SELECT pg_extension_config_dump('idplane.oidc_default', '');
SELECT pg_extension_config_dump('idplane.oidc_instance', '');
SELECT pg_extension_config_dump('idplane.oidc_change', '');
SELECT pg_extension_config_dump('idplane.issuer_keys', '');
SELECT pg_extension_config_dump('idplane.service_instance', '');
SELECT pg_extension_config_dump('idplane.sso_connection', '');
SELECT pg_extension_config_dump('idplane.sso_login', '');
SELECT pg_extension_config_dump('idplane.sso_keys', '');
SELECT pg_extension_config_dump('idplane.sso_user', '');
SELECT pg_extension_config_dump('idplane.audit', '');
SELECT pg_extension_config_dump('idplane.sso_session', '');
SELECT pg_extension_config_dump('idplane.used_token', '');
SELECT pg_extension_config_dump('idplane.external_token', '');
SELECT pg_extension_config_dump('idplane.hook', '');
SELECT pg_extension_config_dump('idplane.token_claims', '');
