-- SPDX-License-Identifier: Apache-2.0
-- resources.sql: which resource server a token is for, with each grant type that somebody allows:
-- RFC 8707 §2.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example"}') ->> 'issuer';
SELECT register_client('app', '{"scope":"read","redirect_uris":["https://app.example/cb"],"resources":["https://a.example","https://b.example"],
    "grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
CREATE TABLE asked (name text, parameters jsonb);
INSERT INTO asked VALUES ('a', '{"response_type":"code","client_id":"app","redirect_uri":"https://app.example/cb","resource":"https://a.example","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}'),
    ('any', '{"response_type":"code","client_id":"app","redirect_uri":"https://app.example/cb","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}'),
    ('other', '{"response_type":"code","client_id":"app","redirect_uri":"https://app.example/cb","resource":"https://evil.example","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}'),
    ('fragment', '{"response_type":"code","client_id":"app","redirect_uri":"https://app.example/cb","resource":"https://a.example#x","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}'),
    ('relative', '{"response_type":"code","client_id":"app","redirect_uri":"https://app.example/cb","resource":"/a","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}');
SELECT name, authorization_request(parameters, 'alice') ->> 'error' FROM asked ORDER BY name;
KEEP to-a SELECT authorize(parameters, 'alice') FROM asked WHERE name = 'a';
KEEP to-a-2 SELECT authorize(parameters, 'alice') FROM asked WHERE name = 'a';
KEEP to-any SELECT authorize(parameters, 'alice') FROM asked WHERE name = 'any';
KEEP to-any-2 SELECT authorize(parameters, 'alice') FROM asked WHERE name = 'any';
CREATE VIEW form AS SELECT name, '"grant_type":"authorization_code","redirect_uri":"https://app.example/cb","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk","code":"' || substr(response ->> 'redirect_to', 29, 43) || '"' AS form FROM kept WHERE name LIKE 'to-%'
    UNION ALL SELECT name, '"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"' FROM kept WHERE response ->> 'refresh_token' IS NOT NULL
    UNION ALL SELECT name, '"grant_type":"urn:ietf:params:oauth:grant-type:device_code","device_code":"' || (response ->> 'device_code') || '"' FROM kept WHERE response ->> 'device_code' IS NOT NULL;

-- A code: for what was asked, and for nothing else.
SELECT token_request(json('{' || form || ',"resource":"https://b.example"}'), '{"client_id":"app"}') ->> 'error' FROM form WHERE name = 'to-a-2';
SELECT token_request(json('{' || form || ',"resource":"https://b.example"}'), '{"client_id":"app"}') ->> 'error' FROM form WHERE name = 'to-any-2';
KEEP 1 SELECT token_request(json('{' || form || '}'), '{"client_id":"app"}') FROM form WHERE name = 'to-a';
KEEP 2 SELECT token_request(json('{' || form || '}'), '{"client_id":"app"}') FROM form WHERE name = 'to-any';
-- Refresh: within what the grant has; a refusal spends nothing.
SELECT token_request(json('{' || form || ',"resource":"https://b.example"}'), '{"client_id":"app"}') ->> 'error' FROM form WHERE name = '1';
SELECT token_request(json('{' || form || ',"resource":"https://evil.example"}'), '{"client_id":"app"}') ->> 'error' FROM form WHERE name = '2';
KEEP 3 SELECT token_request(json('{' || form || ',"resource":"https://a.example"}'), '{"client_id":"app"}') FROM form WHERE name = '1';
SELECT token_request(json('{' || form || ',"resource":"https://a.example"}'), '{"client_id":"app"}') ->> 'error' FROM form WHERE name = '2';
KEEP 4 SELECT token_request(json('{' || form || ',"resource":"https://id.example"}'), '{"client_id":"app"}') FROM form WHERE name = '2';
KEEP 5 SELECT token_request(json('{' || form || '}'), '{"client_id":"app"}') FROM form WHERE name = '4';
-- A device names it when it redeems its code, and the grant keeps it.
KEEP device SELECT issue_device_code('app');
SELECT approve_device_code(response ->> 'user_code', 'alice') ->> 'status' FROM kept WHERE name = 'device';
SELECT token_request(json('{' || form || ',"resource":"https://evil.example"}'), '{"client_id":"app"}') ->> 'error' FROM form WHERE name = 'device';
KEEP 6 SELECT token_request(json('{' || form || ',"resource":"https://a.example"}'), '{"client_id":"app"}') FROM form WHERE name = 'device';
KEEP 7 SELECT token_request(json('{' || form || '}'), '{"client_id":"app"}') FROM form WHERE name = '6';
SELECT name, canonical_json(jwt_decode(response ->> 'access_token') -> 'claims' -> 'aud') FROM kept WHERE length(name) = 1 ORDER BY name;
