-- SPDX-License-Identifier: Apache-2.0
-- sso_login.sql: from a stranger's token to a user with the right roles. The provider of this script has a
-- key, an access token and an ID token; their claims change from login to login.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TEMP TABLE provider AS SELECT jwk_generate('ES256', 'k1') AS jwk;
CREATE TEMP TABLE other AS SELECT jwk_generate('ES256', 'k2') AS jwk;

SELECT set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","visibleOnLoginPage":true,"clientId":"app","audience":"platform","issuer":"https://idp.example/","signatureVerificationConfig":{"jwks":{"jwksUri":"https://idp.example/jwks"}},"userIdConfig":{"jwtField":"user"},"accessTokenToUserDataMappings":{"firstNameClaimName":"given","lastNameClaimName":"family","emailClaimName":"mail"},"onNewUser":{"dynamicMapping":{"configuration":{"mapRolesOnlyForNewUser":false,"manageRolesOnlyFromAccessMapping":false},"mappings":[{"id":"m1","when":{"operator":"EQ","parameterPath":"user","value":"john.wick"},"thenGroups":[7],"thenApplications":[1]},{"id":"m2","when":{"operator":"IN","parameterPath":"role","value":"ADMIN"},"thenGroups":[9]}],"inventoryMappings":[{"id":"i1","when":{"operator":"EQ","parameterPath":"user","value":"john.*"},"thenInventoryRoles":[{"managedObject":"region north","roleIds":[1,2]}]}]}}}') ->> 'status';

-- Without keys nobody gets in; a bad document of keys is refused, and leaves what is there.
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(set_sso_keys('corp', '{"keys":[]}') -> 'status');
SELECT canonical_json(set_sso_keys('corp', '{"keys":[' || (SELECT canonical_json(jwk_public(jwk)) FROM provider) || ']}'));
SELECT canonical_json(set_sso_keys('corp', 'nonsense') -> 'status');

-- The seed's john.wick: role business, application cockpit, inventory roles Manager and Reader on region north.
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":["x","platform"],"exp":1767226000,"user":"john.wick","given":"John","mail":"john@example"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')));
SELECT canonical_json(sso_user('john.wick'));
-- Data that is not there any more is empty (S21); another rule adds to the first (S15); it is the same user.
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick","role":["ADMIN"],"family":"Wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')));

-- S17: no rule matches: nothing changes but the audit.
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"mary"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')));
SELECT sso_user('mary');

-- S24: each thing that can be wrong with a token.
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"app","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767225540,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767225541,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'user');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"nbf":1767225661,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"nbf":1767225660,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'user');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM other)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', '{"access_token":"eyJhbGciOiJub25lIn0.eyJ1c2VyIjoiam9obi53aWNrIn0."}') -> 'reason');
SELECT canonical_json(sso_login('corp', '{"access_token":"opaque"}') -> 'reason');
SELECT sso_login('corp', '{}');
SELECT canonical_json(sso_login('nothing', '{"access_token":"x"}'));

-- S22: the user id is a claim at the top, a text, and no more than may name a user.
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"a":{"user":"john.wick"}}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":5}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');

-- The ID token: for the client, with the nonce that was asked for, and of the access token beside it.
SELECT canonical_json(sso_login('corp', json('{"nonce":"n1","access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '","id_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"app","exp":1767226000,"nonce":"n1"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'user');
SELECT canonical_json(sso_login('corp', json('{"nonce":"n2","access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '","id_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"app","exp":1767226000,"nonce":"n1"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '","id_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"app","exp":1767226000,"at_hash":"AAAAAAAAAAAAAAAAAAAAAA"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '","id_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"app","exp":1767226000,"azp":"another"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');

-- A locked user; the same name of another issuer.
SELECT canonical_json(set_subject('john.wick', '{"enabled":false}') -> 'enabled');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(set_subject('john.wick', '{"enabled":true}') -> 'enabled');
SELECT set_sso_connection('evil', '{"type":"OAUTH2","providerName":"Evil","visibleOnLoginPage":true,"clientId":"app","audience":"platform","issuer":"https://evil.example","signatureVerificationConfig":{"jwks":{"jwksUri":"https://evil.example/jwks"}},"userIdConfig":{"jwtField":"user"},"onNewUser":{"dynamicMapping":{"mappings":[{"when":{"operator":"EQ","parameterPath":"user","value":"*"},"thenGroups":[1]}]}}}') ->> 'status';
SELECT canonical_json(set_sso_keys('evil', (SELECT canonical_json(jwk_public(jwk)) FROM other)) -> 'status');
SELECT canonical_json(set_sso_keys('evil', '{"keys":[' || (SELECT canonical_json(jwk_public(jwk)) FROM other) || ']}') -> 'status');
SELECT canonical_json(sso_login('evil', json('{"access_token":"' || jwt_sign_with('{"iss":"https://evil.example","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM other)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('evil', json('{"access_token":"' || jwt_sign_with('{"iss":"https://evil.example","aud":"platform","exp":1767226000,"user":"eve"}', (SELECT canonical_json(jwk) FROM other)) || '"}')) -> 'access');

-- S16: who may edit what a user may do. By the third principle nobody but the rules.
SELECT canonical_json(set_user_access('john.wick', '{"roles":[1]}') -> 'status');
SELECT set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","visibleOnLoginPage":true,"clientId":"app","audience":"platform","issuer":"https://idp.example/","signatureVerificationConfig":{"jwks":{"jwksUri":"https://idp.example/jwks"}},"userIdConfig":{"jwtField":"user"},"onNewUser":{"dynamicMapping":{"configuration":{"manageRolesOnlyFromAccessMapping":true},"mappings":[{"id":"m1","when":{"operator":"EQ","parameterPath":"user","value":"john.wick"},"thenGroups":[7]},{"id":"m2","when":{"operator":"EQ","parameterPath":"a","value":"1"},"thenGroups":[9]}]}}}') ->> 'status';
SELECT canonical_json(set_user_access('john.wick', '{"roles":[9,50],"inventoryRoles":[{"managedObject":"g","roleIds":[3]}]}'));
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'access');
SELECT canonical_json(set_user_access('nobody', '{"roles":[9]}'));
SELECT set_user_access('john.wick', '{"role":[9]}');

-- S41: what would happen, and why; nothing is written.
SELECT canonical_json(sso_explain('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"jack","a":"1"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')));
SELECT sso_user('jack');
SELECT canonical_json(sso_explain('corp', '{"access_token":"x"}') -> 'reason');

-- S20: made again after it was removed.
SELECT canonical_json(delete_sso_user('john.wick'));
SELECT canonical_json(delete_sso_user('john.wick'));
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'is_new');

-- S36: header and claims of each attempt are in the audit, and no token.
SELECT canonical_json(audit_events('{"type":"Single sign-on","subject":"mary"}'));
SELECT audit_events('{"kind":"x"}');

-- A connection that is not shown is none.
SELECT canonical_json(set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","clientId":"app","audience":"platform","issuer":"https://idp.example/"}') -> 'changed');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
-- SQL fetches by a module of its own, which is not loaded here.
SELECT fetch_issuer_keys('evil');
-- The issuer that was expected is said beside the one that came.
SELECT canonical_json(sso_explain('evil', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"eve"}', (SELECT canonical_json(jwk) FROM other)) || '"}')) -> 'expected_issuer');
SELECT canonical_json(sso_explain('evil', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"eve"}', (SELECT canonical_json(jwk) FROM other)) || '"}')) -> 'received_issuer');
