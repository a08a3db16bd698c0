-- SPDX-License-Identifier: Apache-2.0
-- sso_bearer_kept.sql: what was found of a token counts as long as all of it is so still: the access of its
-- user, the user's provider, the connection itself.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TEMP TABLE keys AS SELECT jwk_generate('ES256', 'k1') AS a, jwk_generate('ES256', 'k2') AS b;
CREATE TEMP TABLE claims (name text, claims jsonb);
INSERT INTO claims VALUES ('guest', '{"iss":"https://a.example","aud":"api","exp":1767226200,"sub":"s1","app":"robot","role":"guest"}'),
    ('admin', '{"iss":"https://a.example","aud":"api","exp":1767226200,"sub":"s2","app":"robot","role":"admin"}'),
    ('other', '{"iss":"https://b.example","aud":"api","exp":1767226200,"sub":"s1","app":"robot","role":"admin"}'),
    ('login', '{"iss":"https://a.example","aud":"api","exp":1767226200,"sub":"s1","app":"robot","role":"admin","nonce":"n"}'),
    ('named', '{"iss":"https://a.example","aud":"api","exp":1767226200,"sub":"s1","app":"robot","role":"admin","nonce":"n","typ":"Bearer"}');
CREATE TEMP TABLE token AS SELECT name, jwt_sign_with(claims, (SELECT canonical_json(CASE WHEN name = 'other' THEN b ELSE a END) FROM keys)) AS text FROM claims;
CREATE TEMP TABLE config AS SELECT '{"type":"OAUTH2","providerName":"A","clientId":"app","audience":"api","issuer":"https://a.example","signatureVerificationConfig":{"jwks":{"jwksUri":"https://a.example/jwks"}},"externalTokenConfig":{"enabled":true,"userOrAppIdConfig":{"jwtField":"app"}},"onNewUser":{"dynamicMapping":{"mappings":[{"id":"g","when":{"operator":"EQ","parameterPath":"role","value":"guest"},"thenGroups":[1]},{"id":"a","when":{"operator":"EQ","parameterPath":"role","value":"admin"},"thenGroups":[99]}]}}}' AS document;
SELECT set_sso_connection('a', json((SELECT document FROM config))) ->> 'status';
SELECT set_sso_keys('a', '{"keys":[' || (SELECT canonical_json(jwk_public(a)) FROM keys) || ']}') ->> 'status';
SELECT set_sso_connection('b', json((SELECT replace(document, 'a.example', 'b.example') FROM config))) ->> 'status';
SELECT set_sso_keys('b', '{"keys":[' || (SELECT canonical_json(jwk_public(b)) FROM keys) || ']}') ->> 'status';

-- One user of two who come: a token never has what the other was given.
SELECT canonical_json(authenticate_external((SELECT text FROM token WHERE name = 'guest')) -> 'access' -> 'roles');
SELECT canonical_json(authenticate_external((SELECT text FROM token WHERE name = 'admin')) -> 'access' -> 'roles');
SELECT canonical_json(authenticate_external((SELECT text FROM token WHERE name = 'guest')) -> 'access' -> 'roles');
SELECT canonical_json(authenticate_external((SELECT text FROM token WHERE name = 'admin')) -> 'access' -> 'roles');

-- An ID token of a login of ours is none; an access token that says so is one.
SELECT canonical_json(authenticate_external((SELECT text FROM token WHERE name = 'login')));
SELECT canonical_json(authenticate_external((SELECT text FROM token WHERE name = 'named')) -> 'ok');

-- The user is deleted, and made again by another provider: nobody of the first is them.
SELECT canonical_json(authenticate_external((SELECT text FROM token WHERE name = 'other')));
SELECT canonical_json(delete_sso_user('robot'));
SELECT canonical_json(authenticate_external((SELECT text FROM token WHERE name = 'other')) -> 'ok');
SELECT canonical_json(authenticate_external((SELECT text FROM token WHERE name = 'guest')));
SELECT canonical_json(delete_sso_user('robot'));
SELECT canonical_json(authenticate_external((SELECT text FROM token WHERE name = 'guest')) -> 'ok');

-- The connection is deleted, and made again for another provider: its tokens are strangers.
SELECT canonical_json(delete_sso_connection('a'));
SELECT set_sso_connection('a', json((SELECT replace(document, 'a.example', 'c.example') FROM config))) ->> 'status';
SELECT canonical_json(authenticate_external((SELECT text FROM token WHERE name = 'guest')));
