-- SPDX-License-Identifier: Apache-2.0
-- metrics.sql: what Prometheus reads, from SQL and over HTTP; who may.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","metrics_settings":{"metrics_sources":"192.0.2.7 2001:db8::7"}}') -> 'metrics_settings' ->> 'metrics_sources';
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"scope":"metrics"}') ->> 'client_id';
CREATE TABLE flow (name text, response jsonb);
INSERT INTO flow SELECT 'A', issue_device_code('tv', 'metrics');
INSERT INTO flow SELECT 'B', issue_device_code('tv');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'alice') ->> 'status';
SELECT lookup_user_code('BBBB-BBBB', 'alice') ->> 'error';
SELECT set_sso_connection('quoted', '{"type":"OAUTH2","providerName":"Q"}') ->> 'status';
SELECT canonical_json(seal_audit(1));
SELECT replace(metrics(), (SELECT jwks() -> 'keys' -> 0 ->> 'kid'), 'the-kid');
SELECT name, canonical_json(labels), value, type FROM idplane_metric WHERE name = 'idplane_device_codes' ORDER BY canonical_json(labels);
-- What is over is no longer live; what was counted stays counted, wherever its row is.
SELECT set_clock('2027-01-01T00:00:00Z');
SELECT canonical_json(purge(100) -> 'audit');
SELECT name, canonical_json(labels), value FROM idplane_metric WHERE name IN ('idplane_device_codes', 'idplane_audit_events_total', 'idplane_wrong_user_codes') ORDER BY name, canonical_json(labels);
-- Each tenant has its own.
SELECT set_tenant('acme');
SELECT count(*) FROM idplane_metric WHERE name = 'idplane_audit_events_total';
SELECT set_tenant('default');
-- Over HTTP: from an address that the settings name, or with the scope.
SELECT set_clock(NULL);
CREATE TABLE bearer AS SELECT 'x' AS name, 'x' AS token WHERE 1 = 0;
INSERT INTO bearer SELECT 'metrics', jwt_sign('{"iss":"https://id.example","aud":"https://id.example","sub":"prometheus","client_id":"tv","jti":"1","scope":"metrics","iat":1767225600,"exp":4000000000}', NULL, '{"typ":"at+jwt"}');
INSERT INTO bearer SELECT 'other', jwt_sign('{"iss":"https://id.example","aud":"https://id.example","sub":"prometheus","client_id":"tv","jti":"1","scope":"sso","iat":1767225600,"exp":4000000000}', NULL, '{"typ":"at+jwt"}');
SELECT http_request('GET', '/metrics', '{"host":"id.example"}') ->> 'status';
SELECT http_request('GET', '/metrics', '{"host":"id.example","x-idplane-peer":"192.0.2.8"}') ->> 'status';
SELECT http_request('GET', '/metrics', '{"host":"id.example","x-idplane-peer":"192.0.2.7"}') ->> 'status';
SELECT http_request('GET', '/metrics', '{"host":"id.example","x-idplane-peer":"2001:db8::7"}') -> 'headers' ->> 'Content-Type';
SELECT name, r ->> 'status', r -> 'headers' ->> 'WWW-Authenticate' FROM (SELECT name, http_request('GET', '/metrics', json('{"host":"id.example","authorization":"Bearer ' || token || '"}')) AS r FROM bearer) answered ORDER BY name;
SELECT http_request('POST', '/metrics', '{"host":"id.example"}') ->> 'status';
