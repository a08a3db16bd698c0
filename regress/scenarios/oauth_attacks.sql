-- SPDX-License-Identifier: Apache-2.0
-- oauth_attacks.sql: what a hostile user, client or stranger tries at the authorization server.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","session_settings":{"subject_header":"x-remote-user"},
    "registration_settings":{"dynamic_registration":true,"initial_access_token_required":false,"dynamic_registration_scope":"openid read"}}') ->> 'issuer';
CREATE TABLE visitor (name text, headers jsonb);
INSERT INTO visitor VALUES ('mallory', '{"host":"id.example","x-remote-user":"mallory","accept":"text/html"}'),
    ('form', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}'),
    ('json', '{"host":"id.example","content-type":"application/json"}');

-- A scope that administers is not for whoever signs in to give, asked or not, on this page as on that of devices.
SELECT register_client('console', '{"scope":"openid sso","redirect_uris":["https://console.example/cb"],"grant_types":["authorization_code"]}') ->> 'client_id';
SELECT http_request('GET', '/authorize?response_type=code&client_id=console&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256', headers) -> 'headers' ->> 'Location' FROM visitor WHERE name = 'mallory';
SELECT update_client('console', '{"consent_prompt":"NEVER_PROMPT"}') ->> 'consent_prompt';
SELECT http_request('GET', '/authorize?response_type=code&client_id=console&scope=sso&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256', headers) -> 'headers' ->> 'Location' FROM visitor WHERE name = 'mallory';
SELECT substr(http_request('GET', '/authorize?response_type=code&client_id=console&scope=openid&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256', headers) -> 'headers' ->> 'Location', 1, 32) FROM visitor WHERE name = 'mallory';
-- What nobody was asked is not remembered as allowed.
SELECT canonical_json(consents('mallory'));

-- Nor is it for those who register by themselves, or for another issuer's word.
SELECT configure('{"registration_settings":{"dynamic_registration_scope":"read metrics"}}');
SELECT configure('{"registration_settings":{"dynamic_registration_scope":"read  openid"}}');
SELECT register_client('gate', '{"scope":"read broker","token_endpoint_auth_method":"client_secret_post","grant_types":["urn:ietf:params:oauth:grant-type:jwt-bearer"],
    "assertion_issuers":["https://partner.example"]}') ->> 'client_id';
SELECT configure('{"grant_types":["authorization_code","client_credentials","refresh_token","urn:ietf:params:oauth:grant-type:jwt-bearer"]}') ->> 'issuer';
CREATE TABLE partner AS SELECT jwk_generate('ES256', 'p') AS jwk;
SELECT CASE WHEN set_issuer_keys('https://partner.example', '{"keys":[' || canonical_json(jwk_public(jwk)) || ']}') IS NOT NULL THEN 'stored' END FROM partner;
CREATE TABLE vouched AS SELECT jwt_sign_with('{"iss":"https://partner.example","sub":"zoe","aud":"https://id.example","exp":1767225660,"jti":"v1"}', canonical_json(jwk)) AS token FROM partner;
SELECT canonical_json(token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer","scope":"broker","assertion":"' || token || '"}'), '{"client_id":"gate"}')) FROM vouched;
SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer","assertion":"' || token || '"}'), '{"client_id":"gate"}') ->> 'error' FROM vouched;
SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer","scope":"read","assertion":"' || token || '"}'), '{"client_id":"gate"}') ->> 'scope' FROM vouched;

-- Addresses that look like the user's own machine, and one without a path beside an @.
SELECT register_client('near', '{"redirect_uris":["http://127.0.0.1:80@evil.example/cb"]}') ->> 'client_id';
SELECT register_client('near', '{"redirect_uris":["http://localhost:x"]}');
SELECT register_client('near', '{"redirect_uris":["https://user@near.example"]}');
SELECT register_client('near', '{"redirect_uris":["https://near.example"],"contacts":["me@near.example"]}') ->> 'client_id';

-- Whoever has the client_id of one that was removed has nothing of it: neither its codes nor its tokens.
CREATE TABLE request (name text, parameters jsonb);
INSERT INTO request VALUES ('app', '{"response_type":"code","client_id":"app","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}'),
    ('client', '{"scope":"openid read write","redirect_uris":["https://app.example/cb"],"token_endpoint_auth_method":"client_secret_post","grant_types":["authorization_code","client_credentials","refresh_token"]}');
SELECT register_client('app', parameters) ->> 'client_id' FROM request WHERE name = 'client';
KEEP code SELECT authorize(parameters, 'alice') FROM request WHERE name = 'app';
KEEP own SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"app"}');
SELECT authenticate(response ->> 'access_token') -> 'valid' FROM kept WHERE name = 'own';
SELECT CASE WHEN remove_client('app') THEN 'removed' END;
SELECT set_clock('2026-01-01T00:00:10Z');
SELECT register_client('app', parameters) ->> 'client_id' FROM request WHERE name = 'client';
SELECT authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name = 'own';
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response ->> 'redirect_to', 29, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') ->> 'error' FROM kept WHERE name = 'code';

-- A scope that was taken from the client is no longer in what it refreshes.
KEEP code-2 SELECT authorize(parameters, 'alice') FROM request WHERE name = 'app';
KEEP paid SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response ->> 'redirect_to', 29, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') FROM kept WHERE name = 'code-2';
SELECT update_client('app', '{"scope":"openid read"}') ->> 'scope';
SELECT token_request(json('{"grant_type":"refresh_token","scope":"write","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"app"}') ->> 'error' FROM kept WHERE name = 'paid';
KEEP less SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"app"}') FROM kept WHERE name = 'paid';
SELECT response ->> 'scope' FROM kept WHERE name = 'less';

-- A code or a refresh token is for no other resource than was allowed.
KEEP code-4 SELECT authorize(parameters, 'alice') FROM request WHERE name = 'app';
SELECT token_request(json('{"grant_type":"authorization_code","resource":"https://api.example","code":"' || substr(response ->> 'redirect_to', 29, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') ->> 'error' FROM kept WHERE name = 'code-4';
SELECT token_request(json('{"grant_type":"refresh_token","resource":"https://api.example","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"app"}') ->> 'error' FROM kept WHERE name = 'less';
SELECT token_request(json('{"grant_type":"refresh_token","resource":"https://id.example","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"app"}') ->> 'scope' FROM kept WHERE name = 'less';

-- A client makes no token without proof of one that needs it, and none for whom it did not ask.
SELECT configure('{"grant_types":["authorization_code","client_credentials","refresh_token","urn:ietf:params:oauth:grant-type:token-exchange"]}') ->> 'issuer';
SELECT register_client('bound', '{"scope":"read","resources":["https://api.example"],"token_endpoint_auth_method":"client_secret_post","grant_types":["client_credentials","urn:ietf:params:oauth:grant-type:token-exchange"]}') ->> 'client_id';
KEEP bound SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"bound","dpop_jkt":"key"}');
CREATE TABLE exchange (form jsonb);
INSERT INTO exchange SELECT json('{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token_type":"urn:ietf:params:oauth:token-type:access_token","audience":"https://api.example","subject_token":"' || (response ->> 'access_token') || '"}') FROM kept WHERE name = 'bound';
SELECT token_request(form, '{"client_id":"bound"}') ->> 'error', token_request(form, '{"client_id":"bound","dpop_jkt":"thief"}') ->> 'error' FROM exchange;
KEEP exchanged SELECT token_request(form, '{"client_id":"bound","dpop_jkt":"key"}') FROM exchange;
SELECT response ->> 'token_type', canonical_json(jwt_decode(response ->> 'access_token') -> 'claims' -> 'aud') FROM kept WHERE name = 'exchanged';
SELECT token_request(json(replace(canonical_json(form), 'https://api.example', 'https://evil.example')), '{"client_id":"bound","dpop_jkt":"key"}') ->> 'error' FROM exchange;

-- No user, and what is no detail of a login.
SELECT authorize(parameters, '') ->> 'error' FROM request WHERE name = 'app';
SELECT canonical_json(authorize(parameters, 'alice', '{"claims":["x"]}')) FROM request WHERE name = 'app';
SELECT authorize(parameters, 'alice', '{"amr":"pwd"}') ->> 'error', authorize(parameters, 'alice', '{"auth_time":"now"}') ->> 'error' FROM request WHERE name = 'app';

-- A claim cannot say that a token is good, or what it is.
KEEP code-3 SELECT authorize(parameters, 'alice', '{"claims":{"active":false,"token_type":"magic","team":"a"}}') FROM request WHERE name = 'app';
KEEP claims SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response ->> 'redirect_to', 29, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') FROM kept WHERE name = 'code-3';
SELECT t -> 'active', t ->> 'token_type', t ->> 'team' FROM (SELECT introspect(response ->> 'access_token', 'app') AS t FROM kept WHERE name = 'claims') i;

-- Names that are too long to be kept, and metadata that could not be read back: refused, not broken.
CREATE TABLE long (name text);
INSERT INTO long WITH RECURSIVE n (i, s) AS (SELECT 1, '1' UNION ALL SELECT i + 1, s || ',' || (i * 7919 % 10007) FROM n WHERE i < 4080) SELECT s FROM n WHERE i = 4080;
SELECT register_client('signs', '{"client_secret":"a-secret-of-at-least-thirty-two-bytes","token_endpoint_auth_method":"client_secret_jwt","scope":"read","grant_types":["client_credentials"]}') ->> 'client_id';
SELECT http_request('POST', '/token', headers, likely('grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion='
    || jwt_sign_with(json('{"iss":"signs","sub":"signs","aud":"https://id.example","exp":1767225700,"jti":"' || long.name || '"}'), '{"kty":"oct","alg":"HS256","k":"YS1zZWNyZXQtb2YtYXQtbGVhc3QtdGhpcnR5LXR3by1ieXRlcw"}'))) ->> 'status' FROM visitor, long WHERE visitor.name = 'form';
SELECT http_request('POST', '/token', headers, likely('grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion='
    || jwt_sign_with('{"iss":"signs","sub":"signs","aud":"https://id.example","exp":1767225700,"jti":"1"}', '{"kty":"oct","alg":"HS256","k":"YS1zZWNyZXQtb2YtYXQtbGVhc3QtdGhpcnR5LXR3by1ieXRlcw"}'))) ->> 'status' FROM visitor WHERE visitor.name = 'form';
-- The algorithm that a client registered is the only one.
SELECT update_client('signs', '{"token_endpoint_auth_signing_alg":"HS512","client_secret":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}') ->> 'token_endpoint_auth_signing_alg';
SELECT http_request('POST', '/token', headers, likely('grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion='
    || jwt_sign_with('{"iss":"signs","sub":"signs","aud":"https://id.example","exp":1767225700,"jti":"2"}', '{"kty":"oct","alg":"HS256","k":"YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYQ"}'))) ->> 'status' FROM visitor WHERE visitor.name = 'form';
SELECT http_request('POST', '/token', headers, likely('grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion='
    || jwt_sign_with('{"iss":"signs","sub":"signs","aud":"https://id.example","exp":1767225700,"jti":"3"}', '{"kty":"oct","alg":"HS512","k":"YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYQ"}'))) ->> 'status' FROM visitor WHERE visitor.name = 'form';
SELECT http_request('POST', '/register', headers, likely('{"redirect_uris":["https://a.example/cb"],"contacts":[' || long.name || ']}')) ->> 'status' FROM visitor, long WHERE visitor.name = 'json';
SELECT http_request('POST', '/register', headers, likely('{"redirect_uris":["https://a.example/cb"],"contacts":[' || substr(replace(long.name, ',', 'e400,'), 1, 15000) || '1]}')) ->> 'status' FROM visitor, long WHERE visitor.name = 'json';
