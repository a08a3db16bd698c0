-- SPDX-License-Identifier: Apache-2.0
-- sso_connections.sql: connections to identity providers as documents: both spellings, all errors at once,
-- secrets sealed and masked, rules by id, the login page.
SELECT set_clock('2026-01-01T00:00:00Z');

-- S1: the document comes back, what we do not know is kept, and the wire's names are shown.
SELECT canonical_json(set_sso_connection('cognito', '{"type":"oauth2","providerName":"Cognito","userManagementSource":"remote","grantType":"AUTHORIZATION_CODE","visibleOnLoginPage":true,"buttonName":"Sign in with Cognito","clientId":"c1","audience":"c1","issuer":"https://idp.example/pool","useIdToken":true,"redirectToPlatform":null,"futureMember":{"kept":[1,2]},"authorizationRequest":{"url":"https://idp.example/authorize","method":"GET","operation":"REDIRECT","requestParams":{"response_type":"code","client_id":"${clientId}","redirect_uri":"${redirectUri}"}},"tokenRequest":{"url":"https://idp.example/token","method":"POST","operation":"EXECUTE","headers":{"Authorization":"Basic YzE6czNjcjN0","Accept":"application/json"},"body":"grant_type=authorization_code&code=${code}&client_secret=s3cr3t&client_id=${clientId}"},"accessTokenToUserDataMapping":{"emailClaimName":"email"},"signatureVerificationConfig":{"jwks":{"jwksUrl":"https://idp.example/jwks"}},"userIdConfig":{"useConstantValue":false,"jwtField":"sub"},"onNewUser":{"dynamicMapping":{"configuration":{"mapRolesOnlyForNewUser":false},"mappings":[{"id":"m1","when":{"operator":"AND","childPredicates":[{"operator":"IN","parameterPath":"cognito:groups","value":"ADMIN","childPredicates":[]}]},"thenGroups":[1,3],"thenApplications":[2]}]}}}'));
-- Nothing was changed.
SELECT canonical_json(set_sso_connection('cognito', sso_connection('cognito')) -> 'changed');
-- By its type, in any case.
SELECT sso_connection('OAuth2') ->> 'id';
SELECT sso_connection('BASIC');

-- S5: a mask keeps what it stands for; where nothing is kept it is an error.
SELECT canonical_json(sso_connection('cognito') -> 'tokenRequest');
SELECT canonical_json(set_sso_connection('other', '{"type":"OAUTH2","providerName":"x","tokenRequest":{"url":"https://x.example/t?client_secret=****","method":"POST","operation":"EXECUTE","headers":{"X-Api-Key":"****"},"body":"{\"client_secret\" : \"****\"}"}}') -> 'errors');

-- S2: all errors at once.
SELECT canonical_json(set_sso_connection('bad', '{"type":"SAML","template":"OKTA","visibleOnLoginPage":"yes","id":"good","authorizationRequest":{"url":"ftp://x","method":"PUT","headers":{"A b":"c","X":"a\r\nb"}},"tokenRequest":{"url":"https://user:pw@x.example/","method":"POST","operation":"EXECUTE","requestParams":{"a":1}},"signatureVerificationConfig":{"aad":{"publicKeyDiscoveryUrl":"https://x.example"},"jwks":{"jwksUri":"https://x.example","jwksUrl":"https://y.example"}},"userIdConfig":{"constantValue":"a b"},"onNewUser":{"dynamicMapping":{"mappings":[{"when":{"operator":"AND","childPredicates":[]},"thenGroups":["1"]},{"id":"a","when":{"operator":"EQ","parameterPath":"a..b","value":"1"}},7],"inventoryMappings":[{"id":"a","when":{"operator":"EQ","parameterPath":"a","value":"1"},"thenInventoryRoles":[{"roleIds":[1]}]},{"id":"a","when":{"operator":"XOR"}}]}},"options":{"leeway":5,"leeway_s":-1}}') -> 'errors');
SELECT canonical_json(set_sso_connection('bad', '{}') -> 'errors');
SELECT sso_connection('bad');
SELECT canonical_json(set_sso_connection('empty', '{"type":"OAUTH2","providerName":"p","nonsense":1}') -> 'warnings');

-- S4: rules one by one.
SELECT canonical_json(set_access_mapping('cognito', '{"when":{"operator":"EQ","parameterPath":"a","value":"1"},"thenGroups":[9]}') -> 'status');
SELECT canonical_json(access_mappings('cognito') -> 1 -> 'thenGroups');
SELECT canonical_json(set_access_mapping('cognito', '{"id":"m1","when":{"operator":"EQ","parameterPath":"a","value":"2"},"thenGroups":[7]}'));
SELECT canonical_json(access_mappings('cognito') -> 0);
SELECT canonical_json(set_access_mapping('cognito', '{"id":"m9","when":{"operator":"EQ","parameterPath":"a","value":"2"}}'));
SELECT canonical_json(set_access_mapping('cognito', '{"id":"m1","when":{"operator":"EQ"}}') -> 'errors');
SELECT canonical_json(delete_access_mapping('cognito', 'm1') -> 'status');
SELECT canonical_json(delete_access_mapping('cognito', 'm1'));
SELECT canonical_json(set_inventory_mapping('cognito', '{"id":"","when":{"operator":"EQ","parameterPath":"a","value":"2"}}'));
SELECT canonical_json(set_inventory_mapping('cognito', '{"when":{"operator":"EQ","parameterPath":"user","value":"john.wick"},"thenInventoryRoles":[{"managedObject":"4711","roleIds":[1,2]}]}') -> 'status');
SELECT canonical_json(inventory_mappings('cognito') -> 0 -> 'thenInventoryRoles');
SELECT canonical_json(delete_inventory_mapping('cognito', (inventory_mappings('cognito') -> 0) ->> 'id') -> 'status');
SELECT canonical_json(inventory_mappings('cognito'));
SELECT access_mappings('nobody');
SELECT canonical_json(set_access_mapping('nobody', '{"when":{"operator":"EQ","parameterPath":"a","value":"1"}}'));

-- S6 and S39: the login page.
SELECT canonical_json(set_sso_connection('local', '{"type":"BASIC","providerName":"local","visibleOnLoginPage":true}') -> 'version');
SELECT canonical_json(set_sso_connection('secure', '{"type":"OAUTH2_INTERNAL","providerName":"secure","visibleOnLoginPage":true,"sessionConfiguration":{"absoluteTimeoutMillis":120000,"renewalTimeoutMillis":60000,"maximumNumberOfParallelSessions":1,"userAgentValidationRequired":false}}') -> 'version');
SELECT canonical_json(set_sso_connection('a', '{"type":"OAUTH2","providerName":"second","visibleOnLoginPage":true,"options":{"priority":2}}') -> 'version');
SELECT canonical_json(login_options());

-- S38: what the tenant management keeps to itself.
SELECT canonical_json(restrict_sso_connection('default', 'local', '{"onlyManagementTenantAccess":true}'));
SELECT set_tenant('management');
SELECT canonical_json(login_options());
SELECT canonical_json(restrict_sso_connection('default', 'local', '{"onlyManagementTenantAccess":true}'));
SELECT canonical_json(restrict_sso_connection('default', 'nothing', '{"onlyManagementTenantAccess":true}'));
SELECT set_tenant('default');
SELECT canonical_json(sso_connection('local') -> 'onlyManagementTenantAccess');
SELECT canonical_json(set_sso_connection('local', '{"type":"BASIC","providerName":"mine"}'));
SELECT canonical_json(delete_sso_connection('local'));
SELECT canonical_json(set_access_mapping('local', '{}') -> 'status');

-- S3: removed.
SELECT canonical_json(delete_sso_connection('a'));
SELECT canonical_json(delete_sso_connection('a'));
SELECT sso_connection('a');

-- S33: documents to begin with.
SELECT canonical_json(sso_template('CUSTOM', '{"providerName":"custom"}'));
SELECT canonical_json(sso_template('AZURE', '{"address":"https://login.microsoftonline.com","tenant":"72f988bf-86f1-41af-91ab-2d7cd011db47","clientId":"app","clientSecret":"a+b/c"}'));
SELECT canonical_json(sso_template('KEYCLOAK', '{"address":"https://kc.example/auth/","realm":"my realm","clientId":"app"}'));
SELECT canonical_json(set_sso_connection('kc', sso_template('KEYCLOAK', '{"address":"https://kc.example","realm":"r","clientId":"app","clientSecret":"\"q\"&x=1"}')) -> 'connection' -> 'tokenRequest' -> 'body');
SELECT sso_template('OKTA');
SELECT sso_template('AZURE', '{}');
-- Ids that browsers take for steps in a path.
SELECT set_sso_connection('.', '{"type":"OAUTH2","providerName":"p"}');
SELECT set_sso_connection('..', '{"type":"OAUTH2","providerName":"p"}');
SELECT set_sso_connection('...', '{"type":"OAUTH2","providerName":"p"}') ->> 'status';
-- External tokens that name nobody are refused, each of them: that is said when they are let in.
SELECT canonical_json(set_sso_connection('api', '{"type":"OAUTH2","providerName":"Api","clientId":"app","audience":"platform","issuer":"https://api.example","signatureVerificationConfig":{"jwks":{"jwksUri":"http://api.example/jwks"}},"authorizationRequest":{"url":"https://api.example/a","method":"GET","operation":"REDIRECT"},"tokenRequest":{"url":"https://api.example/t","method":"POST","operation":"EXECUTE"},"externalTokenConfig":{"enabled":true,"validationRequired":true},"onNewUser":{"dynamicMapping":{"mappings":[{"when":{"operator":"EQ","parameterPath":"user","value":"*"},"thenGroups":[1]}]}}}') -> 'warnings');
SELECT canonical_json(set_sso_connection('api', '{"type":"OAUTH2","providerName":"Api","clientId":"app","audience":"platform","issuer":"https://api.example","signatureVerificationConfig":{"jwks":{"jwksUri":"https://api.example/jwks"}},"authorizationRequest":{"url":"https://api.example/a","method":"GET","operation":"REDIRECT"},"tokenRequest":{"url":"https://api.example/t","method":"POST","operation":"EXECUTE"},"externalTokenConfig":{"enabled":true,"userOrAppIdConfig":{"useConstantValue":true,"constantValue":"robot"}},"userIdConfig":{"jwtField":"user"},"onNewUser":{"dynamicMapping":{"mappings":[{"when":{"operator":"EQ","parameterPath":"user","value":"*"},"thenGroups":[1]}]}}}') -> 'warnings');
