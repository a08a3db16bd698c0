-- SPDX-License-Identifier: Apache-2.0
-- login_prompts.sql: a client that wants a login now gets one, and only one: prompt and max_age, OpenID
-- Connect Core 1.0 §3.1.2.1.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example"}') ->> 'issuer';
CREATE TEMP TABLE provider AS SELECT jwk_generate('ES256', 'k1') AS jwk;
SELECT set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","visibleOnLoginPage":true,"clientId":"app","audience":"app","issuer":"https://idp.example","signatureVerificationConfig":{"jwks":{"jwksUri":"https://idp.example/jwks"}},"userIdConfig":{"jwtField":"sub"},"useIdToken":true,"accessTokenToUserDataMappings":{"firstNameClaimName":"given","lastNameClaimName":"family","emailClaimName":"mail","phoneNumberClaimName":"phone"},"authorizationRequest":{"url":"https://idp.example/authorize","method":"GET","operation":"REDIRECT"},"tokenRequest":{"url":"https://idp.example/token","method":"POST","operation":"EXECUTE","body":"code=${code}"},"onNewUser":{"dynamicMapping":{"configuration":{"mapFromIdToken":true},"mappings":[{"id":"m1","when":{"operator":"EQ","parameterPath":"sub","value":"*"},"thenGroups":[7]}]}}}') ->> 'status';
SELECT canonical_json(set_sso_keys('corp', '{"keys":[' || (SELECT canonical_json(jwk_public(jwk)) FROM provider) || ']}') -> 'status');
SELECT canonical_json(sso_login('corp', json('{"id_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":"app","exp":1767229200,"sub":"ann","given":"Ann","family":"Lee","mail":"ann@example.com","phone":"+49 1"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'user');
SELECT register_client('app', '{"scope":"openid read","redirect_uris":["https://app.example/cb"],"grant_types":["authorization_code"]}') ->> 'client_id';
SELECT register_client('calm', '{"scope":"openid read","redirect_uris":["https://app.example/cb"],"grant_types":["authorization_code"],"consent_prompt":"NEVER_PROMPT"}') ->> 'client_id';
CREATE TABLE browser (name text, session jsonb);
CREATE VIEW visitor AS SELECT name, json('{"host":"id.example","accept":"text/html","cookie":"__Host-idplane_session=' || (session ->> 'cookie') || '"}') AS headers FROM browser;
INSERT INTO browser SELECT 'before', open_sso_session('ann');
CREATE TABLE asked (number integer, query text);
INSERT INTO asked VALUES
    (1, 'prompt=login'), (2, 'max_age=0'), (3, 'max_age=60'), (4, 'prompt=login+consent&max_age=0'), (5, 'prompt=none&max_age=0'),
    (6, 'max_age=3600'), (7, 'signed_in_since=x&prompt=select_account');
-- A minute later the session is too old for some, who are sent to sign in: what else they asked for stays.
SELECT set_clock('2026-01-01T00:01:01Z');
SELECT number, query, r ->> 'status', CASE WHEN r -> 'headers' ->> 'Location' LIKE 'https://app.example/cb?code=%' THEN 'a code' ELSE replace(r -> 'headers' ->> 'Location', 'response_type%3Dcode%26client_id%3Dcalm%26code_challenge%3DE9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM%26code_challenge_method%3DS256', '...') END
    FROM (SELECT number, query, http_request('GET', '/authorize?response_type=code&client_id=calm&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&' || query, headers) AS r FROM asked, visitor) answered ORDER BY number;
-- Signed in since, they are asked no second time, however long the way back took; with the old session they are.
SELECT set_clock('2026-01-01T00:01:05Z');
INSERT INTO browser SELECT 'since', open_sso_session('ann');
SELECT set_clock('2026-01-01T00:02:30Z');
SELECT name, r ->> 'status', substr(r -> 'headers' ->> 'Location', 1, 28) FROM (SELECT name, http_request('GET', '/authorize?response_type=code&client_id=calm&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&signed_in_since=1767225661', headers) AS r FROM visitor) answered ORDER BY name;
-- The consent that was asked for along with the login is asked for, though it was given before.
SELECT substr(authorize('{"response_type":"code","client_id":"app","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}', 'ann') ->> 'redirect_to', 1, 28);
SELECT r ->> 'status', substr(r -> 'headers' ->> 'Location', 1, 28) FROM (SELECT http_request('GET', '/authorize?response_type=code&client_id=app&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&signed_in_since=1767225661', headers) AS r FROM visitor WHERE name = 'since') answered;
SELECT r ->> 'status', CASE WHEN r ->> 'body' LIKE '%name="decision" value="approve"%' THEN 'asked' END FROM (SELECT http_request('GET', '/authorize?response_type=code&client_id=app&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&prompt=consent&signed_in_since=1767225661', headers) AS r FROM visitor WHERE name = 'since') answered;
-- When a proxy signed somebody in nobody knows: who asks for that, or for a login, is told so (§2, auth_time).
SELECT configure('{"session_settings":{"subject_header":"x-remote-user"}}') ->> 'issuer';
SELECT number, query, r ->> 'status', substr(r -> 'headers' ->> 'Location', 1, CASE WHEN r -> 'headers' ->> 'Location' LIKE '%code=%' THEN 28 ELSE 43 END) FROM (SELECT number, query, http_request('GET', '/authorize?response_type=code&client_id=calm&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&' || query, json('{"host":"id.example","accept":"text/html","x-remote-user":"ann"}' || '')) AS r FROM asked) answered ORDER BY number;
