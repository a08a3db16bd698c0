-- SPDX-License-Identifier: Apache-2.0
-- guards.sql: what one address may send over HTTP: unknown device codes, and wrong credentials of a
-- client. A code that is known is never refused for it, credentials are, from that address only.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","guard_settings":{"unknown_device_codes_max":2,"client_failures_max":2}}') -> 'guard_settings' ->> 'client_failures_max';
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
CREATE TABLE flow (name text, response jsonb);
INSERT INTO flow SELECT 'pending', issue_device_code('tv');
INSERT INTO flow SELECT 'approved', issue_device_code('tv');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'approved'), 'alice') ->> 'status';
CREATE TABLE peer (name text, headers text);
INSERT INTO peer VALUES
    ('one', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-idplane-peer":"192.0.2.1"}'),
    ('two', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-idplane-peer":"192.0.2.2"}'),
    ('none', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}');
CREATE TABLE form (name text, body text);
INSERT INTO form SELECT name, 'client_id=tv&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=' || (response ->> 'device_code') FROM flow;
INSERT INTO form VALUES ('unknown', 'client_id=tv&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=nothing');
INSERT INTO form VALUES ('wrong', 'client_id=box&client_secret=guess&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=nothing');
INSERT INTO form VALUES ('bare', 'client_id=box&grant_type=nothing');
-- Two unknown codes are told the truth, the third to slow down; who has a real one notices nothing.
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely((SELECT body FROM form WHERE name = 'unknown'))) AS r) answered;
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely((SELECT body FROM form WHERE name = 'unknown'))) AS r) answered;
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely((SELECT body FROM form WHERE name = 'unknown'))) AS r) answered;
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely((SELECT body FROM form WHERE name = 'pending'))) AS r) answered;
SELECT CASE WHEN http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely((SELECT body FROM form WHERE name = 'approved'))) ->> 'body' LIKE '{"access_token":%' THEN 'paid' END;
-- Another address has a count of its own; where none is known nothing is counted.
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'two'), likely((SELECT body FROM form WHERE name = 'unknown'))) AS r) answered;
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'none'), likely((SELECT body FROM form WHERE name = 'unknown'))) AS r) answered;
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'none'), likely((SELECT body FROM form WHERE name = 'unknown'))) AS r) answered;
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'none'), likely((SELECT body FROM form WHERE name = 'unknown'))) AS r) answered;
-- Credentials: after two wrong ones not even the right one is looked at, from there. Who names the
-- client and shows nothing guesses nothing.
WITH box AS MATERIALIZED (SELECT register_client('box', '{"token_endpoint_auth_method":"client_secret_post",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_secret' AS secret)
SELECT 'one wrong', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely((SELECT body FROM form WHERE name = 'wrong'))) ->> 'body',
    'one right', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely('client_id=box&grant_type=nothing&client_secret=' || secret)) ->> 'body',
    'one wrong', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely((SELECT body FROM form WHERE name = 'wrong'))) ->> 'body',
    'one wrong', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely((SELECT body FROM form WHERE name = 'wrong'))) ->> 'body',
    'one right', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely('client_id=box&grant_type=nothing&client_secret=' || secret)) ->> 'body',
    'two right', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'two'), likely('client_id=box&grant_type=nothing&client_secret=' || secret)) ->> 'body',
    'two wrong', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'two'), likely((SELECT body FROM form WHERE name = 'wrong'))) ->> 'body',
    'two right', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'two'), likely('client_id=box&grant_type=nothing&client_secret=' || secret)) ->> 'body',
    'none wrong', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'none'), likely((SELECT body FROM form WHERE name = 'wrong'))) ->> 'body',
    'none right', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'none'), likely('client_id=box&grant_type=nothing&client_secret=' || secret)) ->> 'body',
    'two bare', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'two'), likely((SELECT body FROM form WHERE name = 'bare'))) ->> 'body',
    'two bare', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'two'), likely((SELECT body FROM form WHERE name = 'bare'))) ->> 'body',
    'two right', http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'two'), likely('client_id=box&grant_type=nothing&client_secret=' || secret)) ->> 'body'
FROM box;
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely((SELECT body FROM form WHERE name = 'wrong'))) AS r) answered;
-- Registration: who needs no token registers so many clients from one address, what is refused not counted.
SELECT configure('{"guard_settings":{"registrations_max":2},"registration_settings":{"dynamic_registration":true,"initial_access_token_required":false}}') -> 'guard_settings' ->> 'registrations_max';
CREATE TABLE stranger (name text, headers text);
INSERT INTO stranger VALUES ('one', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"2001:db8::1"}'),
    ('same network', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"2001:db8::2"}'),
    ('two', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"192.0.2.2"}'),
    ('none', '{"host":"id.example","content-type":"application/json"}');
SELECT http_request('POST', '/register', (SELECT json(headers) FROM stranger WHERE name = 'one'), '{"redirect_uris":["https://a.example/cb"],"scope":"sso"}') ->> 'status';
SELECT http_request('POST', '/register', (SELECT json(headers) FROM stranger WHERE name = 'one'), '{"redirect_uris":["https://a.example/cb"]}') ->> 'status';
SELECT http_request('POST', '/register', (SELECT json(headers) FROM stranger WHERE name = 'same network'), '{"redirect_uris":["https://a.example/cb"]}') ->> 'status';
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/register', (SELECT json(headers) FROM stranger WHERE name = 'one'), '{"redirect_uris":["https://a.example/cb"]}') AS r) answered;
SELECT http_request('POST', '/register', (SELECT json(headers) FROM stranger WHERE name = 'two'), '{"redirect_uris":["https://a.example/cb"]}') ->> 'status';
SELECT http_request('POST', '/register', (SELECT json(headers) FROM stranger WHERE name = 'none'), '{"redirect_uris":["https://a.example/cb"]}') ->> 'status';
SELECT count(*) FROM (SELECT 1 WHERE metrics() LIKE '%idplane_failures{kind="registration"} 3%') t;
-- The audit has each guess up to the limit, and no code or secret.
SELECT object, canonical_json(details), count(*) FROM idplane_audit WHERE type = 'guessed' GROUP BY object, canonical_json(details) ORDER BY object, canonical_json(details);
-- The window ends.
SELECT set_clock('2026-01-01T00:05:01Z');
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely((SELECT body FROM form WHERE name = 'wrong'))) AS r) answered;
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('POST', '/token', (SELECT json(headers) FROM peer WHERE name = 'one'), likely((SELECT body FROM form WHERE name = 'unknown'))) AS r) answered;
SELECT http_request('POST', '/register', (SELECT json(headers) FROM stranger WHERE name = 'one'), '{"redirect_uris":["https://a.example/cb"]}') ->> 'status';
SELECT set_clock('2026-01-02T00:05:02Z');
SELECT canonical_json(purge(100) -> 'failures');
