-- SPDX-License-Identifier: Apache-2.0
-- sso_bearer.sql: access tokens of a provider at an API: whose they are, once the connection takes them.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TEMP TABLE provider AS SELECT jwk_generate('ES256', 'k1') AS jwk;
CREATE TEMP TABLE token AS SELECT jwt_sign_with('{"iss":"https://idp.example","aud":"api","exp":1767226200,"sub":"s1","app":"robot","mail":"r@x.example"}', (SELECT canonical_json(jwk) FROM provider)) AS good, jwt_sign_with('{"iss":"https://idp.example","aud":"api","exp":1767226200,"sub":"s1"}', (SELECT canonical_json(jwk) FROM provider)) AS nameless, jwt_sign_with('{"iss":"https://idp.example","aud":"api","exp":1767225500,"app":"robot"}', (SELECT canonical_json(jwk) FROM provider)) AS old;
SELECT set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","clientId":"app","audience":"api","issuer":"https://idp.example","signatureVerificationConfig":{"jwks":{"jwksUri":"https://idp.example/jwks"}},"accessTokenToUserDataMappings":{"emailClaimName":"mail"},"onNewUser":{"dynamicMapping":{"mappings":[{"id":"m1","when":{"operator":"EQ","parameterPath":"app","value":"rob*"},"thenGroups":[7]}]}}}') ->> 'status';
SELECT canonical_json(set_sso_keys('corp', '{"keys":[' || (SELECT canonical_json(jwk_public(jwk)) FROM provider) || ']}'));

-- S32: not unless the connection says so.
SELECT canonical_json(authenticate_external((SELECT good FROM token)));
SELECT set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","clientId":"app","audience":"api","issuer":"https://idp.example","signatureVerificationConfig":{"jwks":{"jwksUri":"https://idp.example/jwks"}},"accessTokenToUserDataMappings":{"emailClaimName":"mail"},"externalTokenConfig":{"enabled":true,"userOrAppIdConfig":{"jwtField":"app"}},"onNewUser":{"dynamicMapping":{"mappings":[{"id":"m1","when":{"operator":"EQ","parameterPath":"app","value":"rob*"},"thenGroups":[7]}]}}}') ->> 'status';
SELECT canonical_json(authenticate_external((SELECT good FROM token)));
SELECT canonical_json(sso_user('robot'));
SELECT canonical_json(authenticate_external((SELECT nameless FROM token)));
SELECT canonical_json(authenticate_external((SELECT old FROM token)));
SELECT canonical_json(authenticate_external('x.y.z'));
SELECT canonical_json(authenticate_external(jwt_sign_with('{"iss":"https://other.example","aud":"api","exp":1767226200,"app":"robot"}', (SELECT canonical_json(jwk) FROM provider))));
SELECT canonical_json(authenticate_external(jwt_sign_with('{"iss":"https://idp.example","aud":"other","exp":1767226200,"app":"robot"}', (SELECT canonical_json(jwk) FROM provider))));
SELECT canonical_json(authenticate_external(jwt_sign_with('{"iss":"https://idp.example","aud":"api","cnf":{"jkt":"k"},"exp":1767226200,"app":"robot"}', (SELECT canonical_json(jwk) FROM provider))));

-- It is known now: no rule is asked again until the connection changes; a locked user is refused at once.
SELECT canonical_json(set_subject('robot', '{"enabled":false}') -> 'enabled');
SELECT canonical_json(authenticate_external((SELECT good FROM token)));
SELECT canonical_json(set_subject('robot', '{"enabled":true}') -> 'enabled');
SELECT canonical_json(authenticate_external((SELECT good FROM token)) -> 'ok');
SELECT set_access_mapping('corp', '{"id":"m1","when":{"operator":"EQ","parameterPath":"app","value":"rob*"},"thenGroups":[8]}') ->> 'status';
SELECT canonical_json(authenticate_external((SELECT good FROM token)) -> 'access' -> 'roles');
SELECT set_access_mapping('corp', '{"id":"m1","when":{"operator":"EQ","parameterPath":"app","value":"no*"},"thenGroups":[8]}') ->> 'status';
SELECT canonical_json(authenticate_external((SELECT good FROM token)));
SELECT set_access_mapping('corp', '{"id":"m1","when":{"operator":"EQ","parameterPath":"app","value":"rob*"},"thenGroups":[8]}') ->> 'status';
SELECT canonical_json(authenticate_external((SELECT good FROM token)) -> 'ok');
-- Until it ends; the tenant it is for.
SELECT set_clock('2026-01-01T00:11:00Z');
SELECT canonical_json(authenticate_external((SELECT good FROM token)));
SELECT set_tenant('other');
SELECT canonical_json(authenticate_external((SELECT good FROM token)));
