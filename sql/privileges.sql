-- SPDX-License-Identifier: Apache-2.0
-- privileges.sql: views over functions, and who may use what functions.sql declares. PostgreSQL only.

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

-- Whoever may read it may also call metric_samples(): a view runs functions as who reads it.
CREATE VIEW idplane.metric WITH (security_barrier) AS
    SELECT m ->> 'name' AS name, m -> 'labels' AS labels, (m -> 'value')::bigint AS value,
           m ->> 'help' AS help, m ->> 'type' AS type
      FROM jsonb_array_elements(idplane.metric_samples()) AS m;
COMMENT ON VIEW idplane.metric IS 'What is to be monitored of the tenant, in the names of Prometheus.';
COMMENT ON COLUMN idplane.metric.type IS 'counter: it never falls; or gauge.';

-- A million identities are joined with it: the enrollments are read once, and whose tenant it is is asked once.
CREATE VIEW idplane.listed_device WITH (security_barrier) AS
    SELECT m.identity_kind, m.identity, m.enrollment_id, e.enabled, e.priority
      FROM idplane.enrollment_member m
      JOIN idplane.enrollment e ON e.tenant = m.tenant AND e.enrollment_id = m.enrollment_id
     WHERE m.tenant = (SELECT idplane.current_tenant()) AND e.document -> 'members' = 'true';
COMMENT ON VIEW idplane.listed_device IS 'Rows of enrollment_member of the tenant that count: their enrollment is there, and has members.';
COMMENT ON COLUMN idplane.listed_device.enabled IS 'False: the enrollment refuses its devices.';

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
    idplane.qr_code(text),
    idplane.csr_inspect(text),
    idplane.certificate_inspect(text),
    idplane.verify_chain(text, text, text, jsonb),
    idplane.tpm_inspect(text),
    idplane.tpm_verify_certificate(text, text, text, text, jsonb),
    idplane.tpm_verify(text, text, text, jsonb),
    idplane.jwks(),
    idplane.authenticate(text),
    idplane.current_claims(),
    idplane.current_subject(),
    idplane.authorization_server_metadata()
    TO PUBLIC;

-- ---- tenants ----
-- Whoever is granted a table that devices fill sees the rows of the tenant of the session, whatever the query.
-- The functions run as the owner of the tables, to whom this does not apply.

ALTER TABLE idplane.certificate ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.certificate USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.certificate IS 'Each tenant has its own.';
ALTER TABLE idplane.enrollment ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.enrollment USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.enrollment IS 'Each tenant has its own.';
ALTER TABLE idplane.enrollment_member ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.enrollment_member USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.enrollment_member IS 'Each tenant has its own.';
ALTER TABLE idplane.hub ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.hub USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.hub IS 'Each tenant has its own.';
ALTER TABLE idplane.provisioning_record ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.provisioning_record USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.provisioning_record IS 'Each tenant has its own.';
ALTER TABLE idplane.provisioning_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.provisioning_event USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.provisioning_event IS 'Each tenant has its own.';
ALTER TABLE idplane.device_configuration ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.device_configuration USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.device_configuration IS 'Each tenant has its own.';
ALTER TABLE idplane.certificate_authority ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.certificate_authority USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.certificate_authority IS 'Each tenant has its own.';
ALTER TABLE idplane.certificate_holder ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.certificate_holder USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.certificate_holder IS 'Each tenant has its own.';
ALTER TABLE idplane.certificate_profile ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.certificate_profile USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.certificate_profile IS 'Each tenant has its own.';
ALTER TABLE idplane.certificate_count ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.certificate_count USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.certificate_count IS 'Each tenant has its own.';
ALTER TABLE idplane.certificate_list ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.certificate_list USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.certificate_list IS 'Each tenant has its own.';
ALTER TABLE idplane.imported_list ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.imported_list USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.imported_list IS 'Each tenant has its own.';
ALTER TABLE idplane.enrollment_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.enrollment_version USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.enrollment_version IS 'Each tenant has its own.';
ALTER TABLE idplane.enrollment_anchor ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.enrollment_anchor USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.enrollment_anchor IS 'Each tenant has its own.';
ALTER TABLE idplane.enrollment_identity ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.enrollment_identity USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.enrollment_identity IS 'Each tenant has its own.';
ALTER TABLE idplane.device_holder ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.device_holder USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.device_holder IS 'Each tenant has its own.';
ALTER TABLE idplane.provisioning_session ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.provisioning_session USING (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.provisioning_session IS 'Each tenant has its own.';
