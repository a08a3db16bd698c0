-- SPDX-License-Identifier: Apache-2.0
-- storage.sql: how PostgreSQL keeps the tables: what backends remember of them, room for updates, and
-- what a dump holds. After schema.sql, functions.sql and privileges.sql.

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
CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.master_key
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.master_key
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
ALTER TABLE idplane.master_key ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
COMMENT ON TRIGGER idplane_changed ON idplane.master_key IS 'Backends keep fingerprints until this fires.';
COMMENT ON TRIGGER idplane_emptied ON idplane.master_key IS 'Backends keep fingerprints until this fires.';
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
CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.client_keys
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.client_keys
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
ALTER TABLE idplane.client_keys ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.hook
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.hook
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
ALTER TABLE idplane.hook ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.certificate_authority
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.certificate_authority
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
ALTER TABLE idplane.certificate_authority ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
CREATE TRIGGER idplane_changed BEFORE INSERT OR UPDATE OR DELETE ON idplane.certificate_profile
    FOR EACH ROW EXECUTE FUNCTION idplane.configuration_changed();
CREATE TRIGGER idplane_emptied BEFORE TRUNCATE ON idplane.certificate_profile
    FOR EACH STATEMENT EXECUTE FUNCTION idplane.configuration_changed();
ALTER TABLE idplane.certificate_profile ENABLE ALWAYS TRIGGER idplane_changed, ENABLE ALWAYS TRIGGER idplane_emptied;
COMMENT ON TRIGGER idplane_changed ON idplane.certificate_profile IS 'Backends keep profiles until this fires.';
COMMENT ON TRIGGER idplane_emptied ON idplane.certificate_profile IS 'Backends keep profiles until this fires.';
COMMENT ON TRIGGER idplane_changed ON idplane.certificate_authority IS 'Backends keep authorities until this fires.';
COMMENT ON TRIGGER idplane_emptied ON idplane.certificate_authority IS 'Backends keep authorities until this fires.';
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
COMMENT ON TRIGGER idplane_changed ON idplane.client_keys IS 'Backends keep keys of clients until this fires.';
COMMENT ON TRIGGER idplane_emptied ON idplane.client_keys IS 'Backends keep keys of clients until this fires.';
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
SELECT pg_extension_config_dump('idplane.initial_access_token', '');
SELECT pg_extension_config_dump('idplane.subject_attempt', '');
SELECT pg_extension_config_dump('idplane.attempt', '');
SELECT pg_extension_config_dump('idplane.failure', '');
SELECT pg_extension_config_dump('idplane.master_key', '');
SELECT pg_extension_config_dump('idplane.signing_key', '');
SELECT pg_extension_config_dump('idplane.signing_key_expiry', '');
SELECT pg_extension_config_dump('idplane.oidc_default', '');
SELECT pg_extension_config_dump('idplane.oidc_instance', '');
SELECT pg_extension_config_dump('idplane.oidc_change', '');
SELECT pg_extension_config_dump('idplane.issuer_keys', '');
SELECT pg_extension_config_dump('idplane.client_keys', '');
SELECT pg_extension_config_dump('idplane.service_instance', '');
SELECT pg_extension_config_dump('idplane.sso_connection', '');
SELECT pg_extension_config_dump('idplane.sso_login', '');
SELECT pg_extension_config_dump('idplane.sso_keys', '');
SELECT pg_extension_config_dump('idplane.sso_user', '');
SELECT pg_extension_config_dump('idplane.audit', '');
SELECT pg_extension_config_dump('idplane.audit_seal', '');
SELECT pg_extension_config_dump('idplane.audit_total', '');
SELECT pg_extension_config_dump('idplane.sso_session', '');
SELECT pg_extension_config_dump('idplane.used_token', '');
SELECT pg_extension_config_dump('idplane.external_token', '');
SELECT pg_extension_config_dump('idplane.hook', '');
SELECT pg_extension_config_dump('idplane.token_claims', '');
SELECT pg_extension_config_dump('idplane.certificate_authority', '');
SELECT pg_extension_config_dump('idplane.certificate', '');
SELECT pg_extension_config_dump('idplane.certificate_holder', '');
SELECT pg_extension_config_dump('idplane.certificate_profile', '');
SELECT pg_extension_config_dump('idplane.certificate_count', '');
SELECT pg_extension_config_dump('idplane.certificate_request', '');
SELECT pg_extension_config_dump('idplane.imported_list', '');
SELECT pg_extension_config_dump('idplane.certificate_list', '');
SELECT pg_extension_config_dump('idplane.enrollment', '');
SELECT pg_extension_config_dump('idplane.enrollment_version', '');
SELECT pg_extension_config_dump('idplane.enrollment_anchor', '');
SELECT pg_extension_config_dump('idplane.enrollment_identity', '');
SELECT pg_extension_config_dump('idplane.enrollment_member', '');
SELECT pg_extension_config_dump('idplane.hub', '');
SELECT pg_extension_config_dump('idplane.provisioning_record', '');
SELECT pg_extension_config_dump('idplane.device_holder', '');
SELECT pg_extension_config_dump('idplane.provisioning_session', '');
SELECT pg_extension_config_dump('idplane.provisioning_event', '');
SELECT pg_extension_config_dump('idplane.device_configuration', '');
