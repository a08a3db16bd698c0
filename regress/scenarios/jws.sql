-- SPDX-License-Identifier: Apache-2.0
-- jws.sql: any payload, payloads that come by themselves, bare signatures, and keys in their forms;
-- RFC 7515, 7517, 7797, 8037.
CREATE TABLE key (name text, jwk jsonb);
INSERT INTO key SELECT 'ES256', jwk_generate('ES256', 'e1');
INSERT INTO key SELECT 'RS256', jwk_generate('RS256', 'r1');
INSERT INTO key SELECT 'EdDSA', jwk_generate('EdDSA', 'd1');
INSERT INTO key SELECT 'HS512', jwk_generate('HS512', 'h1');
CREATE TABLE signed (name text, token text);
INSERT INTO signed SELECT name, jws_sign('plain text', CAST(jwk AS text)) FROM key;
SELECT s.name, jws_verify(token, CAST(jwk AS text)) -> 'header' ->> 'alg', jws_verify(token, CAST(jwk AS text)) ->> 'payload_base64url'
    FROM signed s JOIN key k ON k.name = s.name ORDER BY s.name;
SELECT s.name, jws_verify(token, CAST(jwk AS text), '{"algs":["PS256"]}') ->> 'reason',
    jws_verify(token, CAST(jwk AS text), '{"typ":"x"}') ->> 'reason', jwt_verify(token, CAST(jwk AS text)) ->> 'reason'
    FROM signed s JOIN key k ON k.name = s.name ORDER BY s.name;
SELECT jws_verify('a.b.c', '{}') ->> 'reason', jws_verify('', '') ->> 'reason';
-- A policy about claims would check nothing here.
SELECT jws_verify('a.b.c', '{}', '{"iss":"x"}');
SELECT jws_verify('a.b.c', '{}', '{"algs":[]}');

-- RFC 7515 appendix A.1: the signature that everybody makes.
SELECT jws_sign('{"iss":"joe"}', '{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}', '{"alg":"HS256"}');

-- The payload by itself: the middle of the token is empty. Unencoded (b64 false) it comes so only.
CREATE TABLE detached (name text, token text);
INSERT INTO detached SELECT 'unencoded', jws_sign('$.02', CAST(jwk AS text), '{"b64":false,"crit":["b64"]}') FROM key WHERE name = 'HS512';
SELECT substr(token, 1, 3), jws_verify_detached(token, '$.02', CAST(jwk AS text)) ->> 'payload_base64url',
    jws_verify_detached(token, '$.03', CAST(jwk AS text)) ->> 'reason', jws_verify(token, CAST(jwk AS text)) ->> 'reason'
    FROM detached, key WHERE key.name = 'HS512';
-- RFC 7797 §4.2.
SELECT jws_verify_detached('eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY',
    '$.02', '{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}') -> 'header' ->> 'alg';
SELECT jws_verify_detached('eyJhbGciOiJIUzI1NiJ9..5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ',
    '$.02', '{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}') -> 'header' ->> 'alg';
SELECT s.name, jws_verify_detached(token, 'plain text', CAST(jwk AS text)) ->> 'reason' FROM signed s JOIN key k ON k.name = s.name ORDER BY s.name;
SELECT jws_sign('x', CAST(jwk AS text), '{"b64":false}') FROM key WHERE name = 'HS512';
SELECT jws_sign('x', CAST(jwk AS text), '{"crit":["exp"],"exp":1}') FROM key WHERE name = 'HS512';
SELECT jwt_sign_with('{}', CAST(jwk AS text), '{"b64":true,"crit":["b64"]}') FROM key WHERE name = 'HS512';
SELECT jws_sign('x', CAST(jwk AS text), '{"typ":1}') FROM key WHERE name = 'HS512';
SELECT jws_sign('x', 'no key');

-- A bare signature: what is none, and what can't be asked.
SELECT CASE WHEN signature_valid('message', NULL, '{}', 'EdDSA') IS NULL THEN 'NULL for NULL' END;
SELECT CASE WHEN NOT signature_valid('message', 'signature', '{}', 'EdDSA') THEN 'no key' END;
SELECT CASE WHEN NOT signature_valid('message', 'signature', CAST(jwk AS text), 'ES256') THEN 'no signature' END FROM key WHERE name = 'ES256';
SELECT signature_valid('message', 'signature', '{}', 'none');

-- The same key in PEM: there and back.
SELECT name, substr(jwk_to_pem(jwk), 1, 27), substr(jwk_to_pem(jwk_public(jwk)), 1, 26) FROM key WHERE name <> 'HS512' ORDER BY name;
SELECT name, CASE WHEN jwk_from_pem(jwk_to_pem(jwk)) ->> 'd' = jwk ->> 'd' THEN 'private half kept' END,
    jwk_from_pem(jwk_to_pem(jwk_public(jwk))) ->> 'd',
    CASE WHEN jwk_thumbprint(jwk_from_pem(jwk_to_pem(jwk_public(jwk)))) = jwk_thumbprint(jwk) THEN 'same thumbprint' END
    FROM key WHERE name <> 'HS512' ORDER BY name;
SELECT s.name, jws_verify(token, jwk_to_pem(jwk_public(jwk))) -> 'header' ->> 'kid' FROM signed s JOIN key k ON k.name = s.name
    WHERE s.name <> 'HS512' ORDER BY s.name;
SELECT jwk_to_pem(jwk) FROM key WHERE name = 'HS512';
SELECT jwk_to_pem('{}');
SELECT jwk_from_pem('-----BEGIN PUBLIC KEY-----');
SELECT jwk_from_pem('');

-- What is public is no secret: a MAC with a key in PEM could be made by anyone.
SELECT jws_sign('x', '{"kty":"oct","k":"LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUNvd0JRWURLMlZ3QXlFQTExcVlBWUt4Q3JmVlMvN1R5V1FIT2c3aGN2UGFwaU1scndJYWFQY0hVUm89Ci0tLS0tRU5EIFBVQkxJQyBLRVktLS0tLQo"}');
