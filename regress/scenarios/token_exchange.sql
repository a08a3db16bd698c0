-- SPDX-License-Identifier: Apache-2.0
-- token_exchange.sql: a token for another one: what a request must have, for whom the new one is, who
-- acts; RFC 8693 §2, §4.1.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","grant_types":["urn:ietf:params:oauth:grant-type:device_code","client_credentials","urn:ietf:params:oauth:grant-type:token-exchange"]}') ->> 'issuer';
SELECT register_client('tv', '{"scope":"openid read write","grant_types":["urn:ietf:params:oauth:grant-type:device_code","urn:ietf:params:oauth:grant-type:token-exchange"]}') ->> 'client_id';
SELECT register_client('gate', '{"token_endpoint_auth_method":"client_secret_post","scope":"read","resources":["https://api.example","https://log.example"],"token_exchange_clients":["tv","job"],"grant_types":["client_credentials","urn:ietf:params:oauth:grant-type:token-exchange"]}') ->> 'client_id';
SELECT register_client('next', '{"token_endpoint_auth_method":"client_secret_post","scope":"read","token_exchange_clients":["gate"],"access_token_format":"opaque","grant_types":["urn:ietf:params:oauth:grant-type:token-exchange"]}') ->> 'client_id';
SELECT register_client('job', '{"token_endpoint_auth_method":"client_secret_post","scope":"read","grant_types":["client_credentials"]}') ->> 'client_id';
KEEP device SELECT issue_device_code('tv');
SELECT approve_device_code(response ->> 'user_code', 'alice') ->> 'status' FROM kept WHERE name = 'device';
KEEP tv SELECT poll_device_code(response ->> 'device_code', 'tv') FROM kept WHERE name = 'device';
KEEP job SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"job"}');
CREATE VIEW token AS SELECT '"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token":"' || (SELECT response ->> 'access_token' FROM kept WHERE name = 'tv') || '","subject_token_type":"urn:ietf:params:oauth:token-type:access_token"' AS subject,
    '"actor_token":"' || (SELECT response ->> 'access_token' FROM kept WHERE name = 'job') || '"' AS actor,
    (SELECT response ->> 'id_token' FROM kept WHERE name = 'tv') AS id;
-- What is asked beside the subject token.
SELECT 'public', token_request(json('{' || subject || '}'), '{"client_id":"tv"}') ->> 'error' FROM token;
SELECT 'no subject', token_request('{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token_type":"urn:ietf:params:oauth:token-type:access_token"}', '{"client_id":"gate"}') ->> 'error';
SELECT 'no type', token_request('{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token":"x"}', '{"client_id":"gate"}') ->> 'error';
SELECT 'an ID token', token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token_type":"urn:ietf:params:oauth:token-type:access_token","subject_token":"' || id || '"}'), '{"client_id":"gate"}') ->> 'error' FROM token;
SELECT 'an actor without type', token_request(json('{' || subject || ',' || actor || '}'), '{"client_id":"gate"}') ->> 'error' FROM token;
SELECT 'a type without actor', token_request(json('{' || subject || ',"actor_token_type":"urn:ietf:params:oauth:token-type:access_token"}'), '{"client_id":"gate"}') ->> 'error' FROM token;
SELECT 'a bad actor', token_request(json('{' || subject || ',"actor_token":"x","actor_token_type":"urn:ietf:params:oauth:token-type:access_token"}'), '{"client_id":"gate"}') ->> 'error' FROM token;
SELECT 'a refresh token', token_request(json('{' || subject || ',"requested_token_type":"urn:ietf:params:oauth:token-type:refresh_token"}'), '{"client_id":"gate"}') ->> 'error' FROM token;
SELECT 'an audience', token_request(json('{' || subject || ',"audience":"https://evil.example"}'), '{"client_id":"gate"}') ->> 'error' FROM token;
SELECT 'a resource', token_request(json('{' || subject || ',"resource":"https://evil.example"}'), '{"client_id":"gate"}') ->> 'error' FROM token;
SELECT 'a scope', token_request(json('{' || subject || ',"scope":"read write"}'), '{"client_id":"gate"}') ->> 'error' FROM token;
-- What is given: no more than was there, for the target that was asked for, and who acts.
KEEP plain SELECT token_request(json('{' || subject || ',"scope":"read"}'), '{"client_id":"gate"}') FROM token;
KEEP two-targets SELECT token_request(json('{' || subject || ',"scope":"read","resource":"https://api.example","audience":"https://log.example"}'), '{"client_id":"gate"}') FROM token;
KEEP target SELECT token_request(json('{' || subject || ',"scope":"read","audience":"https://log.example"}'), '{"client_id":"gate"}') FROM token;
KEEP actor SELECT token_request(json('{' || subject || ',"scope":"read","actor_token_type":"urn:ietf:params:oauth:token-type:access_token",' || actor || '}'), '{"client_id":"gate"}') FROM token;
KEEP jwt SELECT token_request(json('{' || subject || ',"scope":"read","requested_token_type":"urn:ietf:params:oauth:token-type:jwt"}'), '{"client_id":"gate"}') FROM token;
KEEP chain SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token_type":"urn:ietf:params:oauth:token-type:access_token","subject_token":"' || (response ->> 'access_token') || '"}'), '{"client_id":"next"}') FROM kept WHERE name = 'plain';
KEEP no-jwt SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token_type":"urn:ietf:params:oauth:token-type:access_token","requested_token_type":"urn:ietf:params:oauth:token-type:jwt","subject_token":"' || (response ->> 'access_token') || '"}'), '{"client_id":"next"}') FROM kept WHERE name = 'plain';
SELECT name, response ->> 'error', response ->> 'issued_token_type', response ->> 'token_type', response ->> 'expires_in', response ->> 'scope', response ->> 'refresh_token', response ->> 'id_token' FROM kept WHERE name NOT IN ('device', 'tv', 'job') ORDER BY name;
SELECT name, introspect(response ->> 'access_token', 'gate') ->> 'sub', introspect(response ->> 'access_token', 'gate') ->> 'client_id', canonical_json(introspect(response ->> 'access_token', 'gate') -> 'act'), canonical_json(introspect(response ->> 'access_token', 'gate') -> 'aud') FROM kept WHERE name IN ('plain', 'target', 'actor', 'jwt', 'chain') ORDER BY name;
-- Nor does it live longer, and what has expired is exchanged no more.
SELECT set_clock('2026-01-01T01:59:00Z');
SELECT token_request(json('{' || subject || ',"scope":"read"}'), '{"client_id":"gate"}') ->> 'expires_in' FROM token;
SELECT set_clock('2026-01-01T02:00:00Z');
SELECT token_request(json('{' || subject || ',"scope":"read"}'), '{"client_id":"gate"}') ->> 'error' FROM token;
