-- SPDX-License-Identifier: Apache-2.0
-- import_keys.sql: signing keys that were made elsewhere, and which key signs by which algorithm.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE made (name text, jwk jsonb);
INSERT INTO made SELECT 'rsa', jwk_generate('RS256');
INSERT INTO made SELECT 'ec', jwk_generate('ES256');
INSERT INTO made SELECT 'ed', jwk_generate('EdDSA');
-- The first key of a tenant signs. To import it again changes nothing; PEM and JWK are one key.
SELECT canonical_json(import_signing_key('label', jwk_to_pem((SELECT jwk FROM made WHERE name = 'rsa'))));
SELECT canonical_json(import_signing_key('label', jwk_to_pem((SELECT jwk FROM made WHERE name = 'rsa')), 'PS256'));
SELECT jwt_decode(jwt_sign('{"sub":"a"}')) -> 'header' ->> 'alg', jwt_decode(jwt_sign('{"sub":"a"}')) -> 'header' ->> 'kid';
SELECT jwks() -> 'keys' -> 0 ->> 'kid', jwks() -> 'keys' -> 0 ->> 'alg', jwks() -> 'keys' -> 0 ->> 'use', jwks() -> 'keys' -> 0 ->> 'd';
-- The settings say by which algorithm, a header may ask for another one of RSA.
SELECT configure('{"token_settings":{"signing_alg":"PS384"}}') -> 'token_settings' ->> 'signing_alg';
SELECT jwt_decode(jwt_sign('{"sub":"a"}')) -> 'header' ->> 'alg';
SELECT jwt_decode(jwt_sign('{"sub":"a"}', NULL, '{"alg":"PS512"}')) -> 'header' ->> 'alg';
SELECT CASE WHEN jwt_valid(jwt_sign('{"sub":"a"}', 'label', '{"alg":"RS512"}'), CAST(jwks() AS text), '{"algs":["RS512"]}') THEN 'verified' END;
SELECT jwt_sign('{"sub":"a"}', NULL, '{"alg":"ES256"}');

-- A second one waits until the settings name it; then it signs until they name another.
SELECT canonical_json(import_signing_key('curve', CAST((SELECT jwk FROM made WHERE name = 'ec') AS text)));
SELECT signing_keys() -> 0 ->> 'state', signing_keys() -> 1 ->> 'state', jwks() -> 'keys' -> 1 ->> 'kid';
SELECT canonical_json(configure('{"token_settings":{"signing_keylabel":"nobody"}}') -> 'warnings');
SELECT canonical_json(configure('{"token_settings":{"signing_keylabel":"curve","signing_alg":null}}') -> 'warnings');
SELECT jwt_decode(jwt_sign('{"sub":"a","exp":1767229200}')) -> 'header' ->> 'kid';
SELECT signing_keys() -> 0 ->> 'state', signing_keys() -> 1 ->> 'state';
SELECT set_clock('2027-01-01T00:00:00Z');
SELECT jwt_decode(jwt_sign('{"sub":"a","exp":1798765200}')) -> 'header' ->> 'kid';
SELECT signing_keys() -> 2 ->> 'state';
-- A retired key comes back.
SELECT canonical_json(import_signing_key('label', CAST((SELECT jwk FROM made WHERE name = 'rsa') AS text), 'RS256'));
SELECT configure('{"token_settings":{"signing_keylabel":"label"}}') -> 'token_settings' ->> 'signing_keylabel';
SELECT jwt_decode(jwt_sign('{"sub":"a"}')) -> 'header' ->> 'alg';
-- Another algorithm in the settings is a key of it, made where there is none.
SELECT length(configure('{"token_settings":{"signing_keylabel":null,"signing_alg":"EdDSA"}}') ->> 'issuer');
SELECT jwt_decode(jwt_sign('{"sub":"a"}')) -> 'header' ->> 'alg';
SELECT set_tenant('fresh');
SELECT length(configure('{"token_settings":{"signing_alg":"PS256"}}') ->> 'issuer');
SELECT jwt_decode(jwt_sign('{"sub":"a"}')) -> 'header' ->> 'alg';
SELECT canonical_json(import_signing_key('ed', CAST((SELECT jwk FROM made WHERE name = 'ed') AS text)));

-- Refused: another key under the kid, an algorithm that is not the key's, what is no private key.
SELECT import_signing_key('ed', CAST(jwk_generate('EdDSA') AS text));
SELECT import_signing_key('x', CAST((SELECT jwk FROM made WHERE name = 'ec') AS text), 'ES384');
SELECT import_signing_key('x', CAST((SELECT jwk FROM made WHERE name = 'ec') AS text), 'none');
SELECT import_signing_key('x', CAST(jwk_public((SELECT jwk FROM made WHERE name = 'ec')) AS text));
SELECT import_signing_key('x', CAST(jwk_generate('HS256') AS text));
SELECT import_signing_key('x', 'nothing');
SELECT import_signing_key('', CAST((SELECT jwk FROM made WHERE name = 'ec') AS text));
SELECT import_signing_key(NULL, 'x');
SELECT import_signing_key('x', CAST((SELECT jwk FROM made WHERE name = 'ec') AS text), NULL, 'no certificate');
SELECT CASE WHEN compromise_signing_key('ed') IS NOT NULL THEN 'compromised' END;
SELECT import_signing_key('ed', CAST((SELECT jwk FROM made WHERE name = 'ed') AS text));
