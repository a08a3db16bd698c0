-- SPDX-License-Identifier: Apache-2.0
-- dpop_access.sql: a token with a proof at the resources of the server: what is refused, by which
-- challenge, and the nonce that may be wanted there, too: RFC 9449 §7.1, §7.2, §9.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example"}') ->> 'issuer';
SELECT register_client('tv', '{"scope":"openid read","grant_types":["refresh_token"]}') ->> 'client_id';
-- The key of RFC 8037 A.1 signs one text in one way, so that the hash of a token can be written down.
CREATE TABLE key (name text, jwk jsonb);
INSERT INTO key VALUES ('own', '{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}');
INSERT INTO key SELECT 'other', jwk_generate('ES256', 'k');
SELECT canonical_json(import_signing_key('vector', jwk_to_pem(jwk))) FROM key WHERE name = 'own';
CREATE TABLE token (name text, token text);
INSERT INTO token SELECT 'bound', jwt_sign('{"aud":"https://id.example","cnf":{"jkt":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},"exp":1767229200,"iat":1767225600,"iss":"https://id.example","jti":"1","sub":"ada","scope":"openid","client_id":"tv"}', 'vector', '{"typ":"at+jwt"}');
INSERT INTO token SELECT 'plain', jwt_sign('{"aud":"https://id.example","exp":1767229200,"iat":1767225600,"iss":"https://id.example","jti":"2","sub":"ada","scope":"openid","client_id":"tv"}', 'vector', '{"typ":"at+jwt"}');
-- ath is the hash of the first of them, which is bound to the first key.
CREATE TABLE made (name text, signer text, claims text);
INSERT INTO made VALUES ('10 good', 'own', '"htm":"GET","htu":"https://id.example/userinfo","iat":1767225600,"jti":"10","ath":"Z2p772puUHYmeKIF6JuTpoT7Mxk_qnUvz1_gXmKvNiE"');
INSERT INTO made VALUES ('11 another key', 'other', '"htm":"GET","htu":"https://id.example/userinfo","iat":1767225600,"jti":"11","ath":"Z2p772puUHYmeKIF6JuTpoT7Mxk_qnUvz1_gXmKvNiE"');
INSERT INTO made VALUES ('12 without ath', 'own', '"htm":"GET","htu":"https://id.example/userinfo","iat":1767225600,"jti":"12"');
INSERT INTO made VALUES ('13 another URL', 'own', '"htm":"GET","htu":"https://id.example/token","iat":1767225600,"jti":"13","ath":"Z2p772puUHYmeKIF6JuTpoT7Mxk_qnUvz1_gXmKvNiE"');
INSERT INTO made VALUES ('14 an old nonce', 'own', '"htm":"GET","htu":"https://id.example/userinfo","iat":1767225600,"jti":"14","ath":"Z2p772puUHYmeKIF6JuTpoT7Mxk_qnUvz1_gXmKvNiE","nonce":"x"');
CREATE TABLE proof (name text, proof text);
INSERT INTO proof SELECT m.name, jwt_sign_with(json('{' || m.claims || '}'), canonical_json(k.jwk), json('{"typ":"dpop+jwt","jwk":' || canonical_json(jwk_public(k.jwk)) || '}'))
    FROM made m, key k WHERE k.name = m.signer AND m.name NOT IN (SELECT name FROM proof);
CREATE VIEW sent AS SELECT substr(p.name, 1, 2) AS number, json('{"host":"id.example","content-type":"application/x-www-form-urlencoded","authorization":"DPoP ' || t.token || '","dpop":"' || p.proof || '"}') AS headers
    FROM proof p, token t WHERE t.name = 'bound';

-- Which scheme challenges: that of the token, where it is known, else the one that it came by.
KEEP 00-nothing SELECT http_request('GET', '/userinfo', '{"host":"id.example"}');
KEEP 01-bound-as-bearer SELECT http_request('GET', '/userinfo', json('{"host":"id.example","authorization":"Bearer ' || token || '"}')) FROM token WHERE name = 'bound';
KEEP 02-no-proof SELECT http_request('GET', '/userinfo', json('{"host":"id.example","authorization":"DPoP ' || token || '"}')) FROM token WHERE name = 'bound';
KEEP 03-plain-as-dpop SELECT http_request('GET', '/userinfo', json('{"host":"id.example","authorization":"DPoP ' || token || '"}')) FROM token WHERE name = 'plain';
KEEP 04-plain SELECT http_request('GET', '/userinfo', json('{"host":"id.example","authorization":"Bearer ' || token || '"}')) FROM token WHERE name = 'plain';
KEEP 05-none-of-ours SELECT http_request('GET', '/userinfo', '{"host":"id.example","authorization":"DPoP x"}');
KEEP 06-none-of-ours SELECT http_request('GET', '/userinfo', '{"host":"id.example","authorization":"Bearer x"}');
KEEP 10-good SELECT http_request('GET', '/userinfo', headers) FROM sent WHERE number = '10';
KEEP 11-another-key SELECT http_request('GET', '/userinfo', headers) FROM sent WHERE number = '11';
KEEP 12-without-ath SELECT http_request('GET', '/userinfo', headers) FROM sent WHERE number = '12';
KEEP 13-another-url SELECT http_request('GET', '/userinfo', headers) FROM sent WHERE number = '13';
KEEP 14-old-nonce SELECT http_request('GET', '/userinfo', headers) FROM sent WHERE number = '14';
KEEP 15-again SELECT http_request('GET', '/userinfo', headers) FROM sent WHERE number = '10';
SELECT name, response ->> 'status', json(response ->> 'body') ->> 'error', response -> 'headers' ->> 'WWW-Authenticate', response -> 'headers' ->> 'DPoP-Nonce' FROM kept WHERE name < '2' ORDER BY name;

-- Where nonces are wanted a proof needs one here, too; a bad proof brings none.
SELECT configure('{"token_settings":{"dpop_nonce_required":true}}') -> 'token_settings' -> 'dpop_nonce_required';
INSERT INTO made VALUES ('20 without a nonce', 'own', '"htm":"GET","htu":"https://id.example/userinfo","iat":1767225600,"jti":"20","ath":"Z2p772puUHYmeKIF6JuTpoT7Mxk_qnUvz1_gXmKvNiE"');
INSERT INTO made VALUES ('21 an old nonce', 'own', '"htm":"GET","htu":"https://id.example/userinfo","iat":1767225600,"jti":"21","ath":"Z2p772puUHYmeKIF6JuTpoT7Mxk_qnUvz1_gXmKvNiE","nonce":"x"');
INSERT INTO made VALUES ('22 of another token', 'own', '"htm":"GET","htu":"https://id.example/userinfo","iat":1767225600,"jti":"22","ath":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"');
INSERT INTO made VALUES ('23 at the decision', 'own', '"htm":"POST","htu":"https://id.example/device/decision","iat":1767225600,"jti":"23","ath":"Z2p772puUHYmeKIF6JuTpoT7Mxk_qnUvz1_gXmKvNiE"');
INSERT INTO proof SELECT m.name, jwt_sign_with(json('{' || m.claims || '}'), canonical_json(k.jwk), json('{"typ":"dpop+jwt","jwk":' || canonical_json(jwk_public(k.jwk)) || '}'))
    FROM made m, key k WHERE k.name = m.signer AND m.name NOT IN (SELECT name FROM proof);
KEEP 20-no-nonce SELECT http_request('GET', '/userinfo', headers) FROM sent WHERE number = '20';
KEEP 21-old-nonce SELECT http_request('GET', '/userinfo', headers) FROM sent WHERE number = '21';
KEEP 22-another-token SELECT http_request('GET', '/userinfo', headers) FROM sent WHERE number = '22';
KEEP 23-decision SELECT http_request('POST', '/device/decision', headers, 'user_code=x') FROM sent WHERE number = '23';
INSERT INTO made SELECT '24 with it', 'own', '"htm":"GET","htu":"https://id.example/userinfo","iat":1767225600,"jti":"24","ath":"Z2p772puUHYmeKIF6JuTpoT7Mxk_qnUvz1_gXmKvNiE","nonce":"' || (response -> 'headers' ->> 'DPoP-Nonce') || '"' FROM kept WHERE name = '20-no-nonce';
INSERT INTO made SELECT '25 with it', 'own', '"htm":"POST","htu":"https://id.example/device/decision","iat":1767225600,"jti":"25","ath":"Z2p772puUHYmeKIF6JuTpoT7Mxk_qnUvz1_gXmKvNiE","nonce":"' || (response -> 'headers' ->> 'DPoP-Nonce') || '"' FROM kept WHERE name = '23-decision';
INSERT INTO proof SELECT m.name, jwt_sign_with(json('{' || m.claims || '}'), canonical_json(k.jwk), json('{"typ":"dpop+jwt","jwk":' || canonical_json(jwk_public(k.jwk)) || '}'))
    FROM made m, key k WHERE k.name = m.signer AND m.name NOT IN (SELECT name FROM proof);
KEEP 24-with-it SELECT http_request('GET', '/userinfo', headers) FROM sent WHERE number = '24';
KEEP 25-without-scope SELECT http_request('POST', '/device/decision', headers, 'user_code=x') FROM sent WHERE number = '25';
KEEP 26-plain SELECT http_request('GET', '/userinfo', json('{"host":"id.example","authorization":"Bearer ' || token || '"}')) FROM token WHERE name = 'plain';
SELECT name, response ->> 'status', json(response ->> 'body') ->> 'error', response -> 'headers' ->> 'WWW-Authenticate', length(response -> 'headers' ->> 'DPoP-Nonce') FROM kept WHERE name > '2' ORDER BY name;
