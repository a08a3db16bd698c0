-- SPDX-License-Identifier: Apache-2.0
-- sso_attacks.sql: S30: tokens that say by themselves how they are to be believed are believed by none of it.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TEMP TABLE provider AS SELECT jwk_generate('ES256', 'k1') AS jwk;
CREATE TEMP TABLE secret AS SELECT '{"kty":"oct","kid":"k1","alg":"HS256","k":"' || 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow' || '"}' AS jwk;
SELECT set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","visibleOnLoginPage":true,"clientId":"app","audience":"app","issuer":"https://idp.example","useIdToken":true,"signatureVerificationConfig":{"jwks":{"jwksUri":"https://idp.example/jwks"}},"userIdConfig":{"jwtField":"user"},"onNewUser":{"dynamicMapping":{"configuration":{"mapFromIdToken":true},"mappings":[{"id":"m","when":{"operator":"EQ","parameterPath":"user","value":"*"},"thenGroups":[1]}]}}}') ->> 'status';
SELECT set_sso_keys('corp', '{"keys":[' || (SELECT canonical_json(jwk_public(jwk)) FROM provider) || ']}') ->> 'status';
CREATE TEMP TABLE token (what text, id_token text);
INSERT INTO token VALUES
    ('none', 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwiYXVkIjoiYXBwIiwiZXhwIjoxNzY3MjI2MjAwLCJ1c2VyIjoiZXZlIiwic3ViIjoiZXZlIiwiZ3JvdXBzIjpbImFsbCJdfQ.'),
    ('unknown none', 'eyJhbGciOiJOb05lIiwia2lkIjoiazEifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwiYXVkIjoiYXBwIiwiZXhwIjoxNzY3MjI2MjAwLCJ1c2VyIjoiZXZlIiwic3ViIjoiZXZlIiwiZ3JvdXBzIjpbImFsbCJdfQ.AA'),
    ('zero signature', 'eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwiYXVkIjoiYXBwIiwiZXhwIjoxNzY3MjI2MjAwLCJ1c2VyIjoiZXZlIiwic3ViIjoiZXZlIiwiZ3JvdXBzIjpbImFsbCJdfQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
    ('DER signature', 'eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwiYXVkIjoiYXBwIiwiZXhwIjoxNzY3MjI2MjAwLCJ1c2VyIjoiZXZlIiwic3ViIjoiZXZlIiwiZ3JvdXBzIjpbImFsbCJdfQ.MAYCAQECAQE'),
    ('RSA of an EC key', 'eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwiYXVkIjoiYXBwIiwiZXhwIjoxNzY3MjI2MjAwLCJ1c2VyIjoiZXZlIiwic3ViIjoiZXZlIiwiZ3JvdXBzIjpbImFsbCJdfQ.AA'),
    ('a key that it brings', 'eyJhbGciOiJFUzI1NiIsImp3ayI6eyJrdHkiOiJFQyIsImNydiI6IlAtMjU2IiwieCI6Ik1LQkNUTkljS1VTRGlpMTF5U3MzNTI2aURaOEFpVG83VHU2S1BBcXY3RDQiLCJ5IjoiNEV0bDZTUlcyWWlMVXJONXZmdlZIdWhwN3g4UHhsdG1XV2xiYk00SUZ5TSJ9fQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwiYXVkIjoiYXBwIiwiZXhwIjoxNzY3MjI2MjAwLCJ1c2VyIjoiZXZlIiwic3ViIjoiZXZlIiwiZ3JvdXBzIjpbImFsbCJdfQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
    ('an address of keys', 'eyJhbGciOiJFUzI1NiIsImprdSI6Imh0dHBzOi8vZXZpbC5leGFtcGxlL2p3a3MifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwiYXVkIjoiYXBwIiwiZXhwIjoxNzY3MjI2MjAwLCJ1c2VyIjoiZXZlIiwic3ViIjoiZXZlIiwiZ3JvdXBzIjpbImFsbCJdfQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
    ('critical', 'eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIiwiY3JpdCI6WyJiNjQiXSwiYjY0IjpmYWxzZX0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwiYXVkIjoiYXBwIiwiZXhwIjoxNzY3MjI2MjAwLCJ1c2VyIjoiZXZlIiwic3ViIjoiZXZlIiwiZ3JvdXBzIjpbImFsbCJdfQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
INSERT INTO token SELECT 'a secret of its own', jwt_sign_with('{"iss":"https://idp.example","aud":"app","exp":1767226200,"user":"eve"}', (SELECT jwk FROM secret));
INSERT INTO token SELECT 'good', jwt_sign_with('{"iss":"https://idp.example","aud":"app","exp":1767226200,"user":"eve"}', (SELECT canonical_json(jwk) FROM provider));
SELECT what, canonical_json(sso_explain('corp', json('{"id_token":"' || id_token || '"}')) -> 'tokens' -> 'id_token' -> 'reason') FROM token ORDER BY lower(what);
SELECT what, canonical_json(sso_explain('corp', json('{"id_token":"' || id_token || '"}')) -> 'user') FROM token WHERE what = 'good';
SELECT canonical_json(sso_login('corp', json('{"id_token":"' || (SELECT id_token FROM token WHERE what = 'none') || '"}')) -> 'reason'), coalesce(canonical_json(sso_user('eve')), 'nobody');
