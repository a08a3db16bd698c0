-- SPDX-License-Identifier: Apache-2.0
-- endpoints.sql: the authorization endpoint and the token endpoint over HTTP, as RFC 6749 §3, §4.1.2.1,
-- §5 and RFC 9207 §2 want them; metadata with what is offered alone: RFC 8414 §2.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","issuer":"https://id.example","session_settings":{"subject_header":"x-remote-user"}}') ->> 'issuer';
SELECT register_client('app', '{"client_name":"App","scope":"read write","redirect_uris":["https://app.example/cb?a=1"],"consent_prompt":"NEVER_PROMPT","grant_types":["authorization_code","refresh_token"]}') ->> 'client_id';
CREATE TABLE answer (name text, response jsonb);
-- Where the address is not the client's, or a parameter stands twice, the browser stays here.
INSERT INTO answer SELECT '01 nobody', http_request('GET', '/authorize?response_type=code&client_id=nobody', '{"host":"id.example"}');
INSERT INTO answer SELECT '02 no client', http_request('GET', '/authorize?response_type=code', '{"host":"id.example"}');
INSERT INTO answer SELECT '03 another address', http_request('GET', '/authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fevil.example%2F', '{"host":"id.example"}');
INSERT INTO answer SELECT '04 twice', http_request('GET', '/authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fa%3D1&state=a&state=b', '{"host":"id.example"}');
INSERT INTO answer SELECT '05 by POST', http_request('POST', '/authorize', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'response_type=code&client_id=app');
-- Else the client is told, with its state and who says so; an empty parameter is none, an unknown one nothing.
INSERT INTO answer SELECT '11 no challenge', http_request('GET', '/authorize?response_type=code&client_id=app&state=s%26t', '{"host":"id.example"}');
INSERT INTO answer SELECT '12 no type', http_request('GET', '/authorize?client_id=app&response_type=&state=s', '{"host":"id.example"}');
INSERT INTO answer SELECT '13 another type', http_request('GET', '/authorize?client_id=app&response_type=token&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256', '{"host":"id.example"}');
INSERT INTO answer SELECT '14 plain', http_request('GET', '/authorize?client_id=app&response_type=code&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=plain', '{"host":"id.example"}');
INSERT INTO answer SELECT '15 a scope', http_request('GET', '/authorize?client_id=app&response_type=code&state=s&scope=admin&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256', '{"host":"id.example"}');
INSERT INTO answer SELECT '16 nobody is there', http_request('GET', '/authorize?client_id=app&response_type=code&state=s&prompt=none&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256', '{"host":"id.example"}');
SELECT name, response ->> 'status', response -> 'headers' ->> 'Location' FROM answer ORDER BY name;
KEEP allowed SELECT http_request('GET', '/authorize?client_id=app&response_type=code&state=s%26t&redirect_uri=&future=1&scope=read&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256', '{"host":"id.example","x-remote-user":"alice"}');
SELECT response ->> 'status', substr(response -> 'headers' ->> 'Location', 1, 32), length(substr(response -> 'headers' ->> 'Location', 33, 43)), substr(response -> 'headers' ->> 'Location', 76), response -> 'headers' ->> 'Cache-Control' FROM kept WHERE name = 'allowed';

-- The token endpoint: an answer and an error, and what both have.
CREATE VIEW body AS SELECT likely('grant_type=authorization_code&client_id=app&future=1&scope=&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&code=' || substr(response -> 'headers' ->> 'Location', 33, 43)) AS body FROM kept WHERE name = 'allowed';
KEEP paid SELECT http_request('POST', '/token', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', body) FROM body;
KEEP refused SELECT http_request('POST', '/token', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', body) FROM body;
SELECT name, response ->> 'status', response -> 'headers' ->> 'Content-Type', response -> 'headers' ->> 'Cache-Control', response -> 'headers' ->> 'Pragma' FROM kept WHERE name IN ('paid', 'refused') ORDER BY name;
SELECT CASE WHEN length(json(response ->> 'body') ->> 'access_token') > 0 THEN 'access_token' END, json(response ->> 'body') ->> 'token_type', json(response ->> 'body') ->> 'expires_in', json(response ->> 'body') ->> 'scope', length(json(response ->> 'body') ->> 'refresh_token') FROM kept WHERE name = 'paid';
SELECT response ->> 'body' FROM kept WHERE name = 'refused';
SELECT http_request('GET', '/token?grant_type=authorization_code', '{"host":"id.example"}') ->> 'status';

-- Metadata: each document is there, and has what is offered and nothing else.
SELECT http_request('GET', '/.well-known/oauth-authorization-server', '{"host":"id.example"}') -> 'headers' ->> 'Content-Type';
KEEP metadata SELECT http_request('GET', '/.well-known/oauth-authorization-server', '{"host":"id.example"}');
CREATE VIEW metadata AS SELECT name, json(response ->> 'body') AS document FROM kept WHERE name LIKE 'metadata%';
SELECT document ->> 'issuer', document ->> 'authorization_endpoint', document ->> 'token_endpoint', canonical_json(document -> 'response_types_supported'), document -> 'authorization_response_iss_parameter_supported', canonical_json(document -> 'code_challenge_methods_supported') FROM metadata WHERE name = 'metadata';
SELECT canonical_json(document -> 'token_endpoint_auth_signing_alg_values_supported'), document ->> 'registration_endpoint' FROM metadata WHERE name = 'metadata';
SELECT canonical_json(document -> 'scopes_supported') FROM metadata WHERE name = 'metadata';
SELECT configure('{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'issuer';
KEEP metadata-2 SELECT http_request('GET', '/.well-known/oauth-authorization-server', '{"host":"id.example"}');
SELECT document ->> 'authorization_endpoint', document ->> 'device_authorization_endpoint', canonical_json(document -> 'grant_types_supported'), document -> 'authorization_response_iss_parameter_supported' FROM metadata WHERE name = 'metadata-2';
SELECT configure('{"issuer":"http://id.example"}');
SELECT configure('{"issuer":"https://id.example/?a=1"}');
SELECT configure('{"issuer":"https://id.example/#a"}');
