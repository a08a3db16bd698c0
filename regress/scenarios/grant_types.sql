-- SPDX-License-Identifier: Apache-2.0
-- grant_types.sql: a row for each grant type: client credentials, token exchange, assertions of others,
-- bindings; RFC 6749 §4.4, RFC 7523, RFC 7636, RFC 8693, RFC 8705, RFC 8707; R10, R32, V3, V21.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","grant_types":["urn:ietf:params:oauth:grant-type:device_code","client_credentials","refresh_token",
    "urn:ietf:params:oauth:grant-type:token-exchange","urn:ietf:params:oauth:grant-type:jwt-bearer"]}') ->> 'issuer';
SELECT register_client('svc', '{"token_endpoint_auth_method":"client_secret_post","scope":"read write","resources":["https://api.example"],
    "grant_types":["client_credentials","urn:ietf:params:oauth:grant-type:token-exchange","urn:ietf:params:oauth:grant-type:jwt-bearer","password","authorization_code"],
    "token_exchange_clients":["tv"],"assertion_issuers":["https://partner.example"]}') ->> 'client_id';
SELECT register_client('stranger', '{"token_endpoint_auth_method":"client_secret_post","scope":"read","grant_types":["urn:ietf:params:oauth:grant-type:token-exchange","urn:ietf:params:oauth:grant-type:jwt-bearer"]}') ->> 'client_id';
SELECT register_client('tv', '{"scope":"read write","grant_types":["urn:ietf:params:oauth:grant-type:device_code","client_credentials","refresh_token"]}') ->> 'client_id';

-- What is refused, and how.
SELECT token_request('{}', '{"client_id":"svc"}') ->> 'error';
SELECT token_request('{"grant_type":"device_code"}', '{"client_id":"svc"}') ->> 'error';
SELECT token_request('{"grant_type":"password","username":"a","password":"b"}', '{"client_id":"svc"}') ->> 'error';
SELECT token_request('{"grant_type":"implicit"}', '{"client_id":"svc"}') ->> 'error';
-- Two are refused by name, with the reason.
SELECT token_request('{"grant_type":"password"}', '{"client_id":"svc"}') ->> 'error_description';
SELECT token_request('{"grant_type":"implicit"}', '{"client_id":"svc"}') ->> 'error_description';
SELECT token_request('{"grant_type":"device_code"}', '{"client_id":"svc"}') ->> 'error_description';
SELECT explain_token_request('{"grant_type":"password"}', '{"client_id":"svc"}', '{}') ->> 'error_description';
KEEP password SELECT http_request('POST', '/token', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'grant_type=password&username=a&password=b&client_id=tv');
SELECT response ->> 'status', response ->> 'body' FROM kept WHERE name = 'password';
SELECT canonical_json(configure('{"grant_types":["password","refresh_token","implicit"]}') -> 'grant_types');
-- They are shown where they are listed, and never offered.
SELECT canonical_json(configuration() -> 'grant_types'), canonical_json(authorization_server_metadata() -> 'grant_types_supported');
SELECT canonical_json(configure('{"grant_types":["urn:ietf:params:oauth:grant-type:device_code","client_credentials","refresh_token",
    "urn:ietf:params:oauth:grant-type:token-exchange","urn:ietf:params:oauth:grant-type:jwt-bearer"]}') -> 'warnings');
SELECT token_request('{"grant_type":"authorization_code","code":"x","code_verifier":"y"}', '{"client_id":"svc"}') ->> 'error';
SELECT token_request('{"grant_type":"refresh_token","refresh_token":"x"}', '{"client_id":"svc"}') ->> 'error';
SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"nobody"}') ->> 'error';
SELECT token_request('{"grant_type":"client_credentials"}', '{}') ->> 'error';
SELECT token_request('{"grant_type":1}', '{"client_id":"svc"}');

-- A client for itself: a public one is anybody.
SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"tv"}') ->> 'error';
KEEP own SELECT token_request('{"grant_type":"client_credentials","scope":"read"}', '{"client_id":"svc"}');
SELECT response ->> 'scope', response ->> 'refresh_token', response ->> 'id_token' FROM kept WHERE name = 'own';
SELECT authenticate(response ->> 'access_token') -> 'claims' ->> 'sub', introspect(response ->> 'access_token', 'svc') ->> 'client_id' FROM kept WHERE name = 'own';
SELECT token_request('{"grant_type":"client_credentials","scope":"admin"}', '{"client_id":"svc"}') ->> 'error';
SELECT token_request('{"grant_type":"client_credentials","resource":"https://other.example"}', '{"client_id":"svc"}') ->> 'error';
KEEP for-api SELECT token_request('{"grant_type":"client_credentials","resource":"https://api.example"}', '{"client_id":"svc"}');
SELECT canonical_json(jwt_decode(response ->> 'access_token') -> 'claims' -> 'aud') FROM kept WHERE name = 'for-api';
SELECT canonical_json(revoke(response ->> 'access_token', 'svc')) FROM kept WHERE name = 'own';
SELECT authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name = 'own';

-- Exchange: a token of a client whose tokens it may exchange; never more than that had.
KEEP device SELECT issue_device_code('tv', 'read');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'device'), 'alice', '{"auth_time":1767225000}') ->> 'status';
KEEP tv SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device'), 'tv');
SELECT set_clock('2026-01-01T01:00:00Z');
KEEP exchanged SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token_type":"urn:ietf:params:oauth:token-type:access_token","subject_token":"' || (response ->> 'access_token') || '","resource":"https://api.example"}'), '{"client_id":"svc"}') FROM kept WHERE name = 'tv';
SELECT response ->> 'issued_token_type', response ->> 'expires_in', response ->> 'scope', response ->> 'refresh_token' FROM kept WHERE name = 'exchanged';
SELECT jwt_decode(response ->> 'access_token') -> 'claims' ->> 'sub', canonical_json(jwt_decode(response ->> 'access_token') -> 'claims' -> 'act'), canonical_json(jwt_decode(response ->> 'access_token') -> 'claims' -> 'aud'), jwt_decode(response ->> 'access_token') -> 'claims' ->> 'client_id' FROM kept WHERE name = 'exchanged';
SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token_type":"urn:ietf:params:oauth:token-type:access_token","subject_token":"' || (response ->> 'access_token') || '","scope":"write"}'), '{"client_id":"svc"}') ->> 'error' FROM kept WHERE name = 'tv';
SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token_type":"urn:ietf:params:oauth:token-type:access_token","subject_token":"' || (response ->> 'access_token') || '"}'), '{"client_id":"stranger"}') ->> 'error' FROM kept WHERE name = 'tv';
SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token_type":"urn:ietf:params:oauth:token-type:saml2","subject_token":"' || (response ->> 'access_token') || '"}'), '{"client_id":"svc"}') ->> 'error' FROM kept WHERE name = 'tv';
SELECT token_request('{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token_type":"urn:ietf:params:oauth:token-type:access_token","subject_token":"x"}', '{"client_id":"svc"}') ->> 'error';
-- What was exchanged ends with the grant that it came from.
SELECT canonical_json(revoke_grant('alice', grants('alice') -> 0 ->> 'grant_id'));
SELECT canonical_json(introspect(response ->> 'access_token', 'svc')) FROM kept WHERE name = 'exchanged';

-- Assertions of a partner.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE partner (name text, jwk jsonb);
INSERT INTO partner SELECT 'partner', jwk_generate('ES256', 'p');
INSERT INTO partner SELECT 'other', jwk_generate('ES256', 'p');
SELECT set_issuer_keys('https://partner.example', '{"keys":[' || canonical_json(jwk_public(jwk)) || ']}') FROM partner WHERE name = 'partner';
CREATE TABLE assertion (number bigint, key text, claims jsonb);
INSERT INTO assertion VALUES (1, 'partner', '{"iss":"https://partner.example","sub":"zoe","aud":"https://id.example/token","exp":1767225700,"jti":"1"}'),
    (2, 'partner', '{"iss":"https://partner.example","sub":"zoe","aud":"https://id.example/token","exp":1767225700,"jti":"1"}'),
    (3, 'other', '{"iss":"https://partner.example","sub":"zoe","aud":"https://id.example/token","exp":1767225700,"jti":"3"}'),
    (4, 'partner', '{"iss":"https://else.example","sub":"zoe","aud":"https://id.example/token","exp":1767225700,"jti":"4"}'),
    (5, 'partner', '{"iss":"https://partner.example","sub":"zoe","aud":"https://evil.example","exp":1767225700,"jti":"5"}'),
    (6, 'partner', '{"iss":"https://partner.example","sub":"zoe","aud":"https://id.example/token","exp":1767225500,"jti":"6"}'),
    (7, 'partner', '{"iss":"https://partner.example","sub":"zoe","aud":"https://id.example/token","exp":1767225700}'),
    (8, 'partner', '{"iss":"https://partner.example","sub":"","aud":"https://id.example/token","exp":1767225700,"jti":"8"}');
CREATE TABLE asserted (number bigint, form jsonb);
INSERT INTO asserted SELECT number, json('{"grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer","scope":"read","assertion":"' || jwt_sign_with(claims, canonical_json(jwk)) || '"}') AS form FROM assertion, partner WHERE partner.name = assertion.key;
SELECT token_request(form, '{"client_id":"stranger"}') ->> 'error' FROM asserted WHERE number = 1;
KEEP zoe SELECT token_request(form, '{"client_id":"svc"}') FROM asserted WHERE number = 1;
SELECT authenticate(response ->> 'access_token') -> 'claims' ->> 'sub', response ->> 'refresh_token' FROM kept WHERE name = 'zoe';
SELECT number, token_request(form, '{"client_id":"svc"}') ->> 'error' FROM asserted WHERE number > 1 ORDER BY number;
SELECT token_request('{"grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer"}', '{"client_id":"svc"}') ->> 'error';
SELECT grants('zoe') -> 0 ->> 'client_id';

-- Bound to a key: whoever has the token alone has nothing.
SELECT update_client('tv', '{"dpop_bound_access_tokens":true}') -> 'dpop_bound_access_tokens';
KEEP device-2 SELECT issue_device_code('tv', 'read');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'device-2'), 'bob') ->> 'status';
KEEP bound SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","device_code":"' || (response ->> 'device_code') || '"}'), '{"client_id":"tv","dpop_jkt":"key-of-the-tv"}') FROM kept WHERE name = 'device-2';
SELECT response ->> 'token_type', canonical_json(jwt_decode(response ->> 'access_token') -> 'claims' -> 'cnf') FROM kept WHERE name = 'bound';
SELECT introspect(response ->> 'access_token', 'tv') ->> 'token_type' FROM kept WHERE name = 'bound';
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM kept WHERE name = 'bound';
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv","dpop_jkt":"key-of-a-thief"}') ->> 'error' FROM kept WHERE name = 'bound';
KEEP bound-2 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv","dpop_jkt":"key-of-the-tv"}') FROM kept WHERE name = 'bound';
SELECT response ->> 'token_type', canonical_json(jwt_decode(response ->> 'access_token') -> 'claims' -> 'cnf') FROM kept WHERE name = 'bound-2';

-- ID tokens by the algorithm that the client asks for, and the tokens of IBM's system.
SELECT update_client('tv', '{"dpop_bound_access_tokens":false,"id_token_signed_response_alg":"PS512","scope":"openid read"}') ->> 'id_token_signed_response_alg';
SELECT configure('{"preset":"isvaop"}') ->> 'preset';
KEEP device-3 SELECT issue_device_code('tv', 'openid');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'device-3'), 'carol') ->> 'status';
KEEP ibm SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device-3'), 'tv');
SELECT response ->> 'token_type', length(response ->> 'access_token'), length(response ->> 'refresh_token'), jwt_decode(response ->> 'id_token') -> 'header' ->> 'alg',
    length(jwt_decode(response ->> 'id_token') -> 'claims' ->> 'at_hash') FROM kept WHERE name = 'ibm';
SELECT jwt_verify(response ->> 'id_token', canonical_json(jwks()), '{"aud":"tv","algs":["PS512"]}') -> 'valid', authenticate(response ->> 'access_token') -> 'valid', introspect(response ->> 'access_token', 'tv') ->> 'token_type' FROM kept WHERE name = 'ibm';

-- PKCE for the device grant: who stole the code has not the verifier.
SELECT configure('{"preset":null}') ->> 'preset';
SELECT register_client('box', '{"scope":"read","grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=box&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=plain') ->> 'status';
SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=box&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM') ->> 'status';
KEEP pkce SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=box&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256');
CREATE VIEW pkce AS SELECT json(response ->> 'body') AS device FROM kept WHERE name = 'pkce';
SELECT poll_device_code(device ->> 'device_code', 'box') ->> 'error' FROM pkce;
SELECT approve_device_code(device ->> 'user_code', 'dora') ->> 'status' FROM pkce;
SELECT set_clock('2026-01-01T00:00:30Z');
SELECT poll_device_code(device ->> 'device_code', 'box') ->> 'error' FROM pkce;
SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","code_verifier":"wrong-verifier-of-forty-three-characters-0000","device_code":"' || (device ->> 'device_code') || '"}'), '{"client_id":"box"}') ->> 'error' FROM pkce;
SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk","device_code":"' || (device ->> 'device_code') || '"}'), '{"client_id":"box"}') ->> 'scope' FROM pkce;
KEEP plain SELECT issue_device_code('box');
SELECT approve_device_code(response ->> 'user_code', 'dora') ->> 'status' FROM kept WHERE name = 'plain';
SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk","device_code":"' || (response ->> 'device_code') || '"}'), '{"client_id":"box"}') ->> 'error' FROM kept WHERE name = 'plain';
