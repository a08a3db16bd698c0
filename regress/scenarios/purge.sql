-- SPDX-License-Identifier: Apache-2.0
-- purge.sql: what is over goes, in batches; what may still be asked for stays.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
CREATE TABLE flow (name text, response jsonb);
INSERT INTO flow SELECT 'old', issue_device_code('tv');
SELECT issue_device_code('tv') ->> 'interval';
SELECT issue_device_code('tv') ->> 'interval';
SELECT approve_device_code('BBBB-BBBB', 'mallory') ->> 'error';
SELECT set_clock('2026-01-01T00:04:00Z');
INSERT INTO flow SELECT 'new', issue_device_code('tv');
SELECT canonical_json(purge(100));
SELECT set_clock('2026-01-01T00:05:01Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'old'), 'tv') ->> 'error';
SELECT set_clock('2027-01-01T00:00:00Z');
SELECT canonical_json(purge(2));
SELECT canonical_json(purge(100));
SELECT canonical_json(purge(100));
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'old'), 'tv') ->> 'error';
-- Each kind has max_rows of its own; one name of two issuers is two tokens.
SELECT set_clock('2027-01-01T00:00:00Z');
CREATE TABLE provider AS SELECT jwk_generate('ES256', 'k') AS jwk;
CREATE TABLE issuer AS SELECT 'one' AS name UNION ALL SELECT 'two';
SELECT set_sso_connection(name, json('{"type":"OAUTH2","providerName":"' || name || '","audience":"app","issuer":"https://' || name || '.example","signatureVerificationConfig":{"jwks":{"jwksUri":"https://' || name || '.example/jwks"}}}')) ->> 'status' FROM issuer ORDER BY name;
SELECT canonical_json(set_sso_keys(name, '{"keys":[' || canonical_json(jwk_public(jwk)) || ']}') -> 'status') FROM issuer, provider;
SELECT canonical_json(sso_backchannel_logout(name, jwt_sign_with(json('{"iss":"https://' || name || '.example","aud":"app","iat":1798761600,"exp":1798765200,"jti":"j","sub":"ann","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}'), canonical_json(jwk)))) FROM issuer, provider ORDER BY name;
SELECT set_clock('2028-01-01T00:00:00Z');
SELECT canonical_json(purge(1));
SELECT canonical_json(purge(1));
SELECT canonical_json(purge(1));
SELECT purge(0);
SELECT purge(-1);
