-- SPDX-License-Identifier: Apache-2.0
-- tokens.sql: signing and verifying with explicit keys; RFC 7515, 7519, 7638, 8725.
CREATE TABLE key (name text, jwk jsonb);
INSERT INTO key SELECT 'ES256', jwk_generate('ES256', 'e1');
INSERT INTO key SELECT 'RS256', jwk_generate('RS256', 'r1');
INSERT INTO key SELECT 'EdDSA', jwk_generate('EdDSA', 'd1');
INSERT INTO key SELECT 'HS256', jwk_generate('HS256', 'h1');
SELECT name, jwk ->> 'kty', jwk ->> 'kid', jwk ->> 'alg' FROM key ORDER BY name;
SELECT jwk_public(jwk) ->> 'd', jwk_public(jwk) ->> 'p', jwk_public(jwk) ->> 'kid'
    FROM key WHERE name <> 'HS256' ORDER BY name;
SELECT jwk_generate('none');
SELECT jwk_generate('HS1');

-- RFC 7638 §3.1.
SELECT jwk_thumbprint('{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}');

CREATE TABLE token (name text, token text);
INSERT INTO token SELECT name, jwt_sign_with('{"sub":"alice","exp":2000000000,"aud":["a","b"]}',
    CAST(jwk AS text)) FROM key;
-- Each is good under its own key alone, and never under an algorithm that was not asked for.
SELECT token.name, key.name, jwt_verify(token, CAST(jwk AS text), '{"now":1767225600,"aud":"b"}') ->> 'reason'
    FROM token, key ORDER BY 1, 2;
SELECT name, jwt_verify(token, (SELECT CAST(jwk AS text) FROM key WHERE key.name = token.name),
    '{"now":1767225600,"algs":["PS256"]}') ->> 'reason' FROM token ORDER BY 1;
CREATE TABLE policy (number bigint, policy jsonb);
INSERT INTO policy VALUES (1, '{"now":2000000000}'), (2, '{"now":1,"iss":"x"}'),
    (3, '{"now":1,"aud":"c"}'), (4, '{"now":1,"typ":"at+jwt"}'), (5, '{"now":1,"require":["jti"]}');
SELECT number, jwt_verify(token, (SELECT CAST(jwk AS text) FROM key WHERE name = 'ES256'), policy) ->> 'reason'
    FROM token, policy WHERE token.name = 'ES256' ORDER BY number;

-- A verdict on anything: it never raises on a token.
SELECT jwt_verify('', '{}') ->> 'reason', jwt_verify('a.b.c', '{}') ->> 'reason',
    jwt_verify('eyJhbGciOiJub25lIn0.e30.', '{"keys":[]}') ->> 'reason';
SELECT CASE WHEN jwt_verify(NULL, '{}') IS NULL THEN 'NULL for NULL' END;
SELECT jwt_decode('not a token');
SELECT jwt_sign_with('[]', '{}');
