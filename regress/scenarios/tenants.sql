-- SPDX-License-Identifier: Apache-2.0
-- tenants.sql: what one tenant has, another one does not see.
SELECT current_tenant();
SELECT set_tenant('acme');
SELECT current_tenant();
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT CASE WHEN create_signing_key() IS NOT NULL THEN 'key made' END;
CREATE TABLE flow (response jsonb);
INSERT INTO flow SELECT issue_device_code('tv');
CREATE TABLE token (token text);
INSERT INTO token SELECT jwt_sign('{"sub":"x"}');
SELECT set_tenant('other');
SELECT issue_device_code('tv') ->> 'error';
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice') ->> 'error';
SELECT CASE WHEN create_signing_key() IS NOT NULL THEN 'key made' END;
SELECT jwt_verify((SELECT token FROM token), CAST(jwks() AS text)) ->> 'reason';
SELECT set_tenant('acme');
SELECT jwt_verify((SELECT token FROM token), CAST(jwks() AS text)) -> 'claims' ->> 'sub';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT set_tenant(NULL);
SELECT set_tenant('');
-- One address for two tenants is none: both are told.
SELECT set_tenant('acme');
SELECT configure('{"base_url":"https://id.example/a"}') -> 'warnings';
SELECT set_tenant('other');
SELECT configure('{"base_url":"https://id.example:443/a/"}') -> 'warnings';
SELECT set_tenant('acme');
SELECT configuration() -> 'warnings';
SELECT configure('{"base_url":"https://id.example/b"}') -> 'warnings';
