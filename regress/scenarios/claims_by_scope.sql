-- SPDX-License-Identifier: Apache-2.0
-- claims_by_scope.sql: what a client comes to know of a user follows from the scope: OpenID Connect Core
-- 1.0 §5.4. Of a user who came through a connection the page sends along no more; userinfo filters.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example"}') ->> 'issuer';
CREATE TEMP TABLE provider AS SELECT jwk_generate('ES256', 'k1') AS jwk;
SELECT set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","visibleOnLoginPage":true,"clientId":"app","audience":"app","issuer":"https://idp.example","signatureVerificationConfig":{"jwks":{"jwksUri":"https://idp.example/jwks"}},"userIdConfig":{"jwtField":"sub"},"useIdToken":true,"accessTokenToUserDataMappings":{"firstNameClaimName":"given","lastNameClaimName":"family","emailClaimName":"mail","phoneNumberClaimName":"phone"},"authorizationRequest":{"url":"https://idp.example/authorize","method":"GET","operation":"REDIRECT"},"tokenRequest":{"url":"https://idp.example/token","method":"POST","operation":"EXECUTE","body":"code=${code}"},"onNewUser":{"dynamicMapping":{"configuration":{"mapFromIdToken":true},"mappings":[{"id":"m1","when":{"operator":"EQ","parameterPath":"sub","value":"*"},"thenGroups":[7]}]}}}') ->> 'status';
SELECT canonical_json(set_sso_keys('corp', '{"keys":[' || (SELECT canonical_json(jwk_public(jwk)) FROM provider) || ']}') -> 'status');
SELECT canonical_json(sso_login('corp', json('{"id_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":"app","exp":1767229200,"sub":"ann","given":"Ann","family":"Lee","mail":"ann@example.com","phone":"+49 1"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'user');
SELECT register_client('app', '{"scope":"openid profile email phone address read","redirect_uris":["https://app.example/cb"],"grant_types":["authorization_code","refresh_token"],"consent_prompt":"NEVER_PROMPT"}') ->> 'client_id';
CREATE TABLE browser (session jsonb);
CREATE VIEW visitor AS SELECT json('{"host":"id.example","accept":"text/html","cookie":"__Host-idplane_session=' || (session ->> 'cookie') || '"}') AS headers FROM browser;
INSERT INTO browser SELECT open_sso_session('ann');

-- The page: each scope brings its claims, into both tokens and to userinfo.
KEEP page-1 SELECT http_request('GET', '/authorize?response_type=code&client_id=app&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&scope=openid', headers) FROM visitor;
KEEP token-1 SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response -> 'headers' ->> 'Location', 29, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') FROM kept WHERE name = 'page-1';
KEEP page-2 SELECT http_request('GET', '/authorize?response_type=code&client_id=app&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&scope=openid+profile', headers) FROM visitor;
KEEP token-2 SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response -> 'headers' ->> 'Location', 29, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') FROM kept WHERE name = 'page-2';
KEEP page-3 SELECT http_request('GET', '/authorize?response_type=code&client_id=app&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&scope=openid+email', headers) FROM visitor;
KEEP token-3 SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response -> 'headers' ->> 'Location', 29, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') FROM kept WHERE name = 'page-3';
KEEP page-4 SELECT http_request('GET', '/authorize?response_type=code&client_id=app&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&scope=openid+phone', headers) FROM visitor;
KEEP token-4 SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response -> 'headers' ->> 'Location', 29, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') FROM kept WHERE name = 'page-4';
KEEP page-5 SELECT http_request('GET', '/authorize?response_type=code&client_id=app&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&scope=openid+profile+email+phone', headers) FROM visitor;
KEEP token-5 SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response -> 'headers' ->> 'Location', 29, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') FROM kept WHERE name = 'page-5';
CREATE VIEW token AS SELECT name, response ->> 'scope' AS scope, response ->> 'access_token' AS access_token, response ->> 'id_token' AS id_token, response ->> 'refresh_token' AS refresh_token FROM kept WHERE name LIKE 'token-%';
SELECT scope, c ->> 'given_name', c ->> 'family_name', c ->> 'email', c ->> 'phone_number' FROM (SELECT name, scope, jwt_decode(id_token) -> 'claims' AS c FROM token) t ORDER BY name;
SELECT scope, c ->> 'given_name', c ->> 'family_name', c ->> 'email', c ->> 'phone_number' FROM (SELECT name, scope, jwt_decode(access_token) -> 'claims' AS c FROM token) t ORDER BY name;
SELECT scope, canonical_json(userinfo(access_token)) FROM token ORDER BY name;

-- An approval in SQL may say more, for the client: of it userinfo tells what the scope is for, and what belongs to no scope.
KEEP code SELECT authorize('{"response_type":"code","client_id":"app","scope":"openid email address read","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}', 'bob', '{"auth_time":1767225000,"amr":["pwd"],"claims":{"sub":"eve","name":"Bob","birthdate":"2000-01-01","email":"bob@example.com","email_verified":true,"phone_number":"+49 2","address":{"country":"DE"},"plan":"gold","aud":"evil"}}');
KEEP token-6 SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response ->> 'redirect_to', 29, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') FROM kept WHERE name = 'code';
SELECT canonical_json(userinfo(access_token)) FROM token WHERE name = 'token-6';
SELECT c ->> 'sub', c ->> 'aud', c ->> 'auth_time', canonical_json(c -> 'amr'), c ->> 'plan' FROM (SELECT jwt_decode(id_token) -> 'claims' AS c FROM token WHERE name = 'token-6') t;
-- A token with less scope tells less; without openid nothing.
KEEP token-7 SELECT token_request(json('{"grant_type":"refresh_token","scope":"openid","refresh_token":"' || refresh_token || '"}'), '{"client_id":"app"}') FROM token WHERE name = 'token-6';
SELECT canonical_json(userinfo(access_token)) FROM token WHERE name = 'token-7';
KEEP token-8 SELECT token_request(json('{"grant_type":"refresh_token","scope":"email read","refresh_token":"' || refresh_token || '"}'), '{"client_id":"app"}') FROM token WHERE name = 'token-7';
SELECT id_token, userinfo(access_token) ->> 'error' FROM token WHERE name = 'token-8';
