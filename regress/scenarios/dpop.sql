-- SPDX-License-Identifier: Apache-2.0
-- dpop.sql: proofs that a request comes from who holds a key, each way in which one can be wrong, and
-- what is bound to the key: RFC 9449 §4.3, §5, §7, §8, §10; V21.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example"}') ->> 'issuer';
SELECT register_client('svc', '{"token_endpoint_auth_method":"client_secret_post","client_secret":"svc-secret-000001","scope":"read","grant_types":["client_credentials"]}') ->> 'client_id';
SELECT register_client('tv', '{"scope":"openid read","dpop_bound_access_tokens":true,"grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}') ->> 'client_id';
SELECT register_client('box', '{"token_endpoint_auth_method":"client_secret_post","client_secret":"box-secret-000001","scope":"openid read","grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}') ->> 'client_id';
SELECT register_client('app', '{"scope":"read","redirect_uris":["https://app.example/cb"],"grant_types":["authorization_code"]}') ->> 'client_id';
SELECT canonical_json(authorization_server_metadata() -> 'dpop_signing_alg_values_supported');
CREATE TABLE key (name text, jwk jsonb);
INSERT INTO key SELECT 'own', jwk_generate('ES256', 'k');
INSERT INTO key SELECT 'other', jwk_generate('ES256', 'k');
INSERT INTO key SELECT 'shared', jwk_generate('HS256', 'k');

-- shown: what the header has as jwk; signer: who signs.
CREATE TABLE made (name text, typ text, shown text, signer text, claims text);
INSERT INTO made VALUES
    ('01 good', 'dpop+jwt', 'own', 'own', '"htm":"POST","htu":"https://id.example/token","iat":1767225600,"jti":"1"'),
    ('02 the same jti', 'dpop+jwt', 'own', 'own', '"htm":"POST","htu":"https://id.example/token","iat":1767225600,"jti":"1"'),
    ('03 its jti by another key', 'dpop+jwt', 'other', 'other', '"htm":"POST","htu":"https://id.example/token","iat":1767225600,"jti":"1"'),
    ('04 query and fragment', 'dpop+jwt', 'own', 'own', '"htm":"POST","htu":"https://id.example/token?a=1#b","iat":1767225600,"jti":"4"'),
    ('05 another method', 'dpop+jwt', 'own', 'own', '"htm":"GET","htu":"https://id.example/token","iat":1767225600,"jti":"5"'),
    ('06 another URL', 'dpop+jwt', 'own', 'own', '"htm":"POST","htu":"https://id.example/introspect","iat":1767225600,"jti":"6"'),
    ('07 too old', 'dpop+jwt', 'own', 'own', '"htm":"POST","htu":"https://id.example/token","iat":1767225239,"jti":"7"'),
    ('08 of the future', 'dpop+jwt', 'own', 'own', '"htm":"POST","htu":"https://id.example/token","iat":1767225661,"jti":"8"'),
    ('09 without jti', 'dpop+jwt', 'own', 'own', '"htm":"POST","htu":"https://id.example/token","iat":1767225600'),
    ('10 without htm', 'dpop+jwt', 'own', 'own', '"htu":"https://id.example/token","iat":1767225600,"jti":"10"'),
    ('11 without htu', 'dpop+jwt', 'own', 'own', '"htm":"POST","iat":1767225600,"jti":"11"'),
    ('12 without iat', 'dpop+jwt', 'own', 'own', '"htm":"POST","htu":"https://id.example/token","jti":"12"'),
    ('13 another typ', 'JWT', 'own', 'own', '"htm":"POST","htu":"https://id.example/token","iat":1767225600,"jti":"13"'),
    ('14 a shared key', 'dpop+jwt', 'shared', 'shared', '"htm":"POST","htu":"https://id.example/token","iat":1767225600,"jti":"14"'),
    ('15 a private key', 'dpop+jwt', 'private', 'own', '"htm":"POST","htu":"https://id.example/token","iat":1767225600,"jti":"15"'),
    ('16 signed by another', 'dpop+jwt', 'own', 'other', '"htm":"POST","htu":"https://id.example/token","iat":1767225600,"jti":"16"'),
    ('17 no key', 'dpop+jwt', 'none', 'own', '"htm":"POST","htu":"https://id.example/token","iat":1767225600,"jti":"17"'),
    ('18 a nonce of somebody', 'dpop+jwt', 'own', 'own', '"htm":"POST","htu":"https://id.example/token","iat":1767225600,"jti":"18","nonce":"x"');
CREATE VIEW shown AS SELECT name, canonical_json(CASE WHEN name = 'shared' THEN jwk ELSE jwk_public(jwk) END) AS jwk FROM key
    UNION ALL SELECT 'private', canonical_json(jwk) FROM key WHERE name = 'own' UNION ALL SELECT 'none', 'null';
CREATE TABLE proof (name text, proof text);
INSERT INTO proof SELECT m.name, jwt_sign_with(json('{' || m.claims || '}'), canonical_json(k.jwk), json('{"typ":"' || m.typ || '","jwk":' || s.jwk || '}'))
    FROM made m, key k, shown s WHERE k.name = m.signer AND s.name = m.shown;
INSERT INTO proof VALUES ('19 no JWT', 'proof'), ('20 two of them', 'a'), ('21 unsigned', 'eyJhbGciOiJub25lIiwidHlwIjoiZHBvcCtqd3QifQ.e30.');
CREATE VIEW sent AS SELECT substr(name, 1, 2) AS number, json('{"host":"id.example","content-type":"application/x-www-form-urlencoded","dpop":' || CASE WHEN name = '20 two of them' THEN '["a","b"]' ELSE '"' || proof || '"' END || '}') AS headers FROM proof;
KEEP 01 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '01';
KEEP 02 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '02';
KEEP 03 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '03';
KEEP 04 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '04';
KEEP 05 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '05';
KEEP 06 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '06';
KEEP 07 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '07';
KEEP 08 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '08';
KEEP 09 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '09';
KEEP 10 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '10';
KEEP 11 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '11';
KEEP 12 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '12';
KEEP 13 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '13';
KEEP 14 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '14';
KEEP 15 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '15';
KEEP 16 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '16';
KEEP 17 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '17';
KEEP 18 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '18';
KEEP 19 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '19';
KEEP 20 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '20';
KEEP 21 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '21';
SELECT p.name, k.response ->> 'status', json(k.response ->> 'body') ->> 'error', json(k.response ->> 'body') ->> 'token_type', length(k.response -> 'headers' ->> 'DPoP-Nonce')
    FROM kept k, proof p WHERE k.name = substr(p.name, 1, 2) ORDER BY p.name;
SELECT CASE WHEN jwt_decode(json(response ->> 'body') ->> 'access_token') -> 'claims' -> 'cnf' ->> 'jkt' = jwk_thumbprint(jwk) THEN 'bound to the key' END
    FROM kept, key WHERE kept.name = '01' AND key.name = 'own';

-- The server wants its nonce: with that it goes on, and without it no more.
SELECT configure('{"token_settings":{"dpop_nonce_required":true}}') -> 'token_settings' -> 'dpop_nonce_required';
INSERT INTO proof SELECT '30 without a nonce', jwt_sign_with('{"htm":"POST","htu":"https://id.example/token","iat":1767225600,"jti":"30"}', canonical_json(k.jwk), json('{"typ":"dpop+jwt","jwk":' || s.jwk || '}'))
    FROM key k, shown s WHERE k.name = 'own' AND s.name = 'own';
KEEP 30 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '30';
SELECT response ->> 'status', json(response ->> 'body') ->> 'error', length(response -> 'headers' ->> 'DPoP-Nonce'), response -> 'headers' ->> 'Cache-Control' FROM kept WHERE name = '30';
INSERT INTO proof SELECT '31 with it', jwt_sign_with(json('{"htm":"POST","htu":"https://id.example/token","iat":1767225600,"jti":"31","nonce":"' || (response -> 'headers' ->> 'DPoP-Nonce') || '"}'), canonical_json(k.jwk), json('{"typ":"dpop+jwt","jwk":' || s.jwk || '}'))
    FROM key k, shown s, kept WHERE k.name = 'own' AND s.name = 'own' AND kept.name = '30';
KEEP 31 SELECT http_request('POST', '/token', headers, 'grant_type=client_credentials&client_id=svc&client_secret=svc-secret-000001') FROM sent WHERE number = '31';
SELECT response ->> 'status', json(response ->> 'body') ->> 'token_type' FROM kept WHERE name = '31';
SELECT configure('{"token_settings":{"dpop_nonce_required":false}}') -> 'token_settings' -> 'dpop_nonce_required';

-- A client that is to bind its tokens gets none without a proof.
KEEP device SELECT issue_device_code('tv');
SELECT approve_device_code(response ->> 'user_code', 'alice') ->> 'status' FROM kept WHERE name = 'device';
CREATE VIEW redeem AS SELECT name, json('{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","device_code":"' || (response ->> 'device_code') || '"}') AS form FROM kept;
SELECT token_request(form, '{"client_id":"tv"}') ->> 'error' FROM redeem WHERE name = 'device';
KEEP tv SELECT token_request(form, json('{"client_id":"tv","dpop_jkt":"' || jwk_thumbprint(jwk) || '"}')) FROM redeem, key WHERE redeem.name = 'device' AND key.name = 'own';
SELECT response ->> 'token_type', introspect(response ->> 'access_token', 'tv') ->> 'token_type' FROM kept WHERE name = 'tv';

-- At a resource it comes under the scheme DPoP, with a proof of the key for this very token.
INSERT INTO proof SELECT '40 without ath', jwt_sign_with('{"htm":"GET","htu":"https://id.example/userinfo","iat":1767225600,"jti":"40"}', canonical_json(k.jwk), json('{"typ":"dpop+jwt","jwk":' || s.jwk || '}'))
    FROM key k, shown s WHERE k.name = 'own' AND s.name = 'own';
INSERT INTO proof SELECT '41 of another token', jwt_sign_with('{"htm":"GET","htu":"https://id.example/userinfo","iat":1767225600,"jti":"41","ath":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}', canonical_json(k.jwk), json('{"typ":"dpop+jwt","jwk":' || s.jwk || '}'))
    FROM key k, shown s WHERE k.name = 'own' AND s.name = 'own';
CREATE VIEW used AS SELECT substr(name, 1, 2) AS number, proof FROM proof WHERE name LIKE '4%';
KEEP bearer SELECT http_request('GET', '/userinfo', json('{"host":"id.example","authorization":"Bearer ' || (response ->> 'access_token') || '"}')) FROM kept WHERE name = 'tv';
KEEP no-proof SELECT http_request('GET', '/userinfo', json('{"host":"id.example","authorization":"DPoP ' || (response ->> 'access_token') || '"}')) FROM kept WHERE name = 'tv';
KEEP no-ath SELECT http_request('GET', '/userinfo', json('{"host":"id.example","authorization":"DPoP ' || (response ->> 'access_token') || '","dpop":"' || proof || '"}')) FROM kept, used WHERE name = 'tv' AND number = '40';
KEEP other-ath SELECT http_request('GET', '/userinfo', json('{"host":"id.example","authorization":"DPoP ' || (response ->> 'access_token') || '","dpop":"' || proof || '"}')) FROM kept, used WHERE name = 'tv' AND number = '41';
SELECT name, response ->> 'status', json(response ->> 'body') ->> 'error' FROM kept WHERE name IN ('bearer', 'no-proof', 'no-ath', 'other-ath') ORDER BY name;

-- Refresh: a public client has its key or nothing; one that authenticates may have changed it.
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv","dpop_jkt":"key-of-a-thief"}') ->> 'error' FROM kept WHERE name = 'tv';
KEEP device-2 SELECT issue_device_code('box');
SELECT approve_device_code(response ->> 'user_code', 'bob') ->> 'status' FROM kept WHERE name = 'device-2';
KEEP box SELECT token_request(form, '{"client_id":"box","dpop_jkt":"first-key"}') FROM redeem WHERE name = 'device-2';
KEEP box-2 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"box","dpop_jkt":"second-key"}') FROM kept WHERE name = 'box';
SELECT name, response ->> 'token_type', canonical_json(jwt_decode(response ->> 'access_token') -> 'claims' -> 'cnf') FROM kept WHERE name IN ('box', 'box-2') ORDER BY name;

-- A code that was asked for with a key is of use to that key alone.
KEEP go SELECT authorize('{"response_type":"code","client_id":"app","redirect_uri":"https://app.example/cb","dpop_jkt":"key-of-the-app","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}', 'alice');
CREATE VIEW code AS SELECT json('{"grant_type":"authorization_code","redirect_uri":"https://app.example/cb","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk","code":"' || substr(response ->> 'redirect_to', 29, 43) || '"}') AS form FROM kept WHERE name = 'go';
SELECT token_request(form, '{"client_id":"app"}') ->> 'error' FROM code;
SELECT token_request(form, '{"client_id":"app","dpop_jkt":"key-of-a-thief"}') ->> 'error' FROM code;
SELECT token_request(form, '{"client_id":"app","dpop_jkt":"key-of-the-app"}') ->> 'token_type' FROM code;
