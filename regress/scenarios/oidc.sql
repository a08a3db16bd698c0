-- SPDX-License-Identifier: Apache-2.0
-- oidc.sql: OIDC configuration as rows. First the three scenarios of the seed's document, word for
-- word on the record; then defaults, versions, history and the way back.
SELECT set_clock('2026-01-01T00:00:00Z');

-- Nothing is preset.
SELECT provision_oidc('none', '{}');
SELECT set_oidc_default('{"clientID":"9bd05ed7-a930-44e6-8c79-e6defeb7dec9","issuerURL":"https://kymatest.accounts400.ondemand.com","groupsClaim":"groups","signingAlgs":["RS256"],"usernamePrefix":"-","usernameClaim":"sub"}') ->> 'clientID';

-- No oidc object, or all properties empty: provisioning takes the defaults.
SELECT canonical_json(provision_oidc('first', NULL));
SELECT canonical_json(provision_oidc('second', '{"clientID":"","issuerURL":"","groupsClaim":"","signingAlgs":[],"usernamePrefix":"","usernameClaim":""}'));
-- Updating leaves the saved configuration untouched.
SELECT canonical_json(provision_oidc('third', '{"clientID":"9bd05ed7-a930-44e6-8c79-e6defeb7dec9","issuerURL":"https://kymatest.accounts400.ondemand.com","groupsClaim":"groups","usernameClaim":"sub","usernamePrefix":"-","signingAlgs":["RS256"]}'));
SELECT canonical_json(update_oidc('third', NULL));
SELECT canonical_json(update_oidc('third', '{"clientID":"","issuerURL":"","groupsClaim":"","signingAlgs":[],"usernamePrefix":"","usernameClaim":""}'));
-- Without the mandatory properties a validation error occurs.
SELECT canonical_json(update_oidc('third', '{"groupsClaim":"roles"}'));
-- The update overwrites: properties with empty values are valid.
SELECT canonical_json(update_oidc('third', '{"clientID":"new-client-id","issuerURL":"https://new-issuer-url.local.com","groupsClaim":"","signingAlgs":[],"usernamePrefix":"","usernameClaim":""}', '{"actor":"ada"}'));
SELECT canonical_json(oidc_config('third'));

-- Once more is no change; another version than the one given is a conflict.
SELECT canonical_json(update_oidc('third', '{"issuerURL":"https://new-issuer-url.local.com","clientID":"new-client-id"}'));
SELECT canonical_json(update_oidc('third', '{"clientID":"x","issuerURL":"https://x.example"}', '{"version":1}'));
SELECT canonical_json(update_oidc('third', '{"clientID":"x","issuerURL":"https://x.example","groupsPrefix":"g:"}', '{"version":2}'));
SELECT canonical_json(oidc_config('third') -> 'provenance');
SELECT set_clock('2026-01-02T00:00:00Z');
-- Derived anew: the record over the defaults of today.
SELECT set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","groupsClaim":"teams","usernameClaim":"email"}') ->> 'clientID';
SELECT canonical_json(rederive_oidc('third', '{"actor":"bob"}') -> 'effective');
SELECT canonical_json(oidc_config('third') -> 'provenance');
SELECT canonical_json(rederive_oidc('third') -> 'changed');
-- Back to the second version, as the fifth.
SELECT canonical_json(rollback_oidc('third', 2));
SELECT canonical_json(oidc_config('third') -> 'provenance');
SELECT canonical_json(rollback_oidc('third', 2) -> 'changed');
SELECT canonical_json(rollback_oidc('third', 9));
SELECT canonical_json(oidc_history('third'));

-- A list, and no way back to an object.
SELECT canonical_json(update_oidc('first', '{"list":[{"clientID":"a","issuerURL":"https://a.example"},{"clientID":"b","issuerURL":"https://b.example","requiredClaims":["r=1"]}]}') -> 'effective');
SELECT canonical_json(oidc_config('first') -> 'provenance');
SELECT canonical_json(update_oidc('first', '{"clientID":"a","issuerURL":"https://a.example"}'));
SELECT canonical_json(update_oidc('first', '{"list":[]}') -> 'effective');

-- Again, another, none.
SELECT canonical_json(provision_oidc('second', '{"clientID":""}') -> 'changed');
SELECT canonical_json(provision_oidc('second', '{"clientID":"c","issuerURL":"https://c.example"}'));
SELECT canonical_json(update_oidc('none', '{}'));
SELECT coalesce(oidc_config('none') ->> 'instance', 'none');
SELECT canonical_json(oidc_history('none'));

-- A plan has its own defaults and rules; a tenant its own instances.
SELECT provision_oidc('p', NULL, '{"plan":"gold"}');
SELECT set_oidc_default('{"clientID":"gold","issuerURL":"https://gold.example","compat":"0.0.1","rule":"code","profile":"owa","opaque_jwks":true}', 'gold') ->> 'clientID';
SELECT canonical_json(provision_oidc('p', '{"clientID":"c","issuerURL":"https://u:p@c.example?q"}', '{"plan":"gold"}') -> 'effective');
SELECT canonical_json(oidc_config('p') -> 'profile');
SELECT set_tenant('acme');
SELECT coalesce(oidc_config('p') ->> 'instance', 'none');
SELECT provision_oidc('p', NULL);
SELECT set_tenant('default');

-- Defaults are looked at.
SELECT set_oidc_default('{"clientID":"d"}');
SELECT set_oidc_default('{}');
SELECT set_oidc_default('{"list":[]}');
SELECT set_oidc_default('{"clientID":"d","issuerURL":"http://d.example"}');
SELECT set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","requiredClaims":["a=b"]}');
SELECT set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","compat":"1"}');
SELECT set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","rule":true}');
SELECT set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","profile":"none"}');
SELECT set_oidc_default('[]');
-- So are options and names.
SELECT update_oidc('third', '{}', '{"plan":"gold"}');
SELECT update_oidc('third', '{}', '{"version":0}');
SELECT update_oidc('third', '{}', '{"actor":1}');
SELECT update_oidc('', '{}');
SELECT update_oidc(NULL, '{}');

-- Tokens: what is no token, no instance, no key.
SELECT canonical_json(oidc_authenticate('third', 'no token'));
SELECT canonical_json(oidc_authenticate('none', 'eyJhbGciOiJSUzI1NiJ9.e30.AAAA'));
SELECT canonical_json(oidc_explain('third', 'no token'));
SELECT set_issuer_keys('https://x.example', '{"keys":{}}');
SELECT set_issuer_keys('https://x.example', 'no JSON');
SELECT set_issuer_keys('https://x.example', '{"keys":[{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}');
SELECT set_issuer_keys('https://x.example', '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}');
SELECT set_issuer_keys('https://x.example', '{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},{"kty":"none"},{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}');
SELECT length(issuer_keys('https://x.example'));
SELECT set_issuer_keys('https://x.example', '{"keys":[]}');
SELECT coalesce(issuer_keys('https://x.example'), 'none');
SELECT set_issuer_keys('https://x.example', '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}');
SELECT canonical_json(oidc_default());
SELECT coalesce(canonical_json(oidc_default('none')), 'none');
SELECT canonical_json(oidc_map_claims('{"issuerURL":"https://x.example","usernamePrefix":"-","groupsClaim":"roles","requiredClaims":["hd=x"]}', '{"sub":"jane","roles":["a","system:b"],"hd":"x"}'));
SELECT canonical_json(oidc_map_claims('{"issuerURL":"https://x.example","requiredClaims":["hd=x"]}', '{"sub":"jane"}'));
SELECT canonical_json(oidc_map_claims('{"issuerURL":"https://x.example"}', '{"sub":"jane","roles":["a"]}', 'owa'));
SELECT oidc_map_claims('{}', '{}', 'none');
SELECT oidc_map_claims('[]', '{}');

-- What an update would do, before anybody does it.
SELECT canonical_json(provision_oidc('seen', '{"clientID":"c","issuerURL":"https://c.example","usernameClaim":"email","groupsClaim":"groups"}') -> 'version');
SELECT canonical_json(oidc_preview('seen', '{"clientID":"c","issuerURL":"https://c.example","groupsPrefix":"g:"}',
    '[{"email":"a@example.com","groups":["x"]},{"email":"b@example.com"},{"sub":"c"}]'));
SELECT canonical_json(oidc_preview('seen', '{"clientID":"c","issuerURL":"https://d.example","usernameClaim":"sub","usernamePrefix":"p:"}',
    '[{"iss":"https://c.example","email":"a@example.com","sub":"a"},{"email":"b@example.com"},{"aud":"other","email":"c@example.com"}]'));
SELECT canonical_json(oidc_preview('seen', '{"list":[]}', '[{"email":"a@example.com"}]'));
SELECT canonical_json(oidc_preview('seen'));
SELECT canonical_json(oidc_preview('seen', '{"clientID":"c"}'));
SELECT canonical_json(oidc_preview('none'));
SELECT oidc_preview('seen', '{}', '{}');
SELECT oidc_preview('seen', '{}', '[1]');
SELECT canonical_json(oidc_config('seen') -> 'version');

-- As others write it down, and back.
SELECT canonical_json(provision_oidc('out', '{"clientID":"c","issuerURL":"https://c.example","usernamePrefix":"c:","groupsClaim":"g","groupsPrefix":"g:","signingAlgs":["RS256","ES256"],"requiredClaims":["hd=x"]}') -> 'version');
SELECT canonical_json(oidc_export('out', 'flags'));
SELECT canonical_json(oidc_export('out', 'structured'));
SELECT canonical_json(oidc_export('out', 'structured', '{"lossy":true}'));
SELECT canonical_json(oidc_export('out', 'openidconnect') -> 'document');
SELECT canonical_json(oidc_export('out', 'kubeconfig') -> 'document');
SELECT canonical_json(oidc_import('flags', oidc_export('out', 'flags') -> 'document'));
SELECT canonical_json(oidc_import('openidconnect', oidc_export('out', 'openidconnect') -> 'document') -> 'request');
SELECT canonical_json(provision_oidc('two', '{"list":[{"clientID":"a","issuerURL":"https://c.example"},{"clientID":"b","issuerURL":"https://c.example","usernamePrefix":"-","groupsClaim":"g","encodedJwksArray":"eyJrZXlzIjpbeyJrdHkiOiJFQyIsImNydiI6IlAtMjU2IiwieCI6Ik1LQkNUTkljS1VTRGlpMTF5U3MzNTI2aURaOEFpVG83VHU2S1BBcXY3RDQiLCJ5IjoiNEV0bDZTUlcyWWlMVXJONXZmdlZIdWhwN3g4UHhsdG1XV2xiYk00SUZ5TSJ9XX0="}]}') -> 'version');
SELECT oidc_export('two', 'flags') ->> 'message';
SELECT oidc_export('two', 'structured', '{"lossy":true}') ->> 'message';
SELECT oidc_export('two', 'structured') ->> 'message';
SELECT canonical_json(oidc_export('two', 'kubeconfig') -> 'document' -> 1 -> 'name');
SELECT canonical_json(oidc_export('none', 'flags'));
SELECT oidc_export('two', 'yaml');
SELECT oidc_export('two', 'flags', '{"lossy":1}');
SELECT oidc_import('flags', '["--oidc-issuer-url=https://x.example","--oidc-client-id=c","--oidc-ca-file=/x"]') ->> 'message';
SELECT oidc_import('flags', '{}') ->> 'message';
SELECT oidc_import('flags', '["--oidc-issuer-url=http://x.example"]') ->> 'message';
SELECT oidc_import('structured', '{"kind":"AuthenticationConfiguration","jwt":[{"issuer":{"url":"https://x.example","audiences":["a","b"],"discoveryURL":"https://y.example"},"claimMappings":{"username":{"expression":"claims.sub"}},"claimValidationRules":[{"claim":"a=b","requiredValue":"x"}]}]}') ->> 'message';
SELECT oidc_import('structured', '[]') ->> 'message';
SELECT oidc_import('openidconnect', '{"kind":"OpenIDConnect","metadata":{"name":"n"},"spec":{"issuerURL":"https://x.example","clientID":"c","caBundle":"x"}}') ->> 'message';
SELECT canonical_json(oidc_import('openidconnect', '{"kind":"OpenIDConnect","metadata":{"name":"n"},"spec":{"issuerURL":"https://x.example","clientID":"c"}}'));
SELECT oidc_import('kubeconfig', '[]');

-- Limits, so that what is kept can be read again; kinds of what is imported; profiles go back, too.
SELECT canonical_json(oidc_validate('{"signingAlgs":["RS256","RS256","RS256"]}') -> 0 -> 'code');
SELECT oidc_import('structured', '{"kind":"AuthenticationConfiguration","jwt":[{"issuer":{"url":"https://x.example","audiences":["a"]},"claimMappings":{"username":{"claim":"sub","prefix":""},"groups":"grp"},"claimValidationRules":"hd must be x"}]}') ->> 'message';
SELECT oidc_import('openidconnect', '{"kind":"OpenIDConnect","spec":{"issuerURL":"https://x.example","clientID":"c","requiredClaims":"hd=x","jwks":"AAAA"}}') ->> 'message';
SELECT oidc_import('flags', '["--oidc-issuer-url=https://x.example","--oidc-client-id=c","--oidc-signing-algs=RS256,"]') ->> 'message';
SELECT set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","profile":"owa"}', 'turn') ->> 'profile';
SELECT canonical_json(provision_oidc('turned', NULL, '{"plan":"turn"}') -> 'version');
SELECT set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","profile":"structured"}', 'turn') ->> 'profile';
SELECT canonical_json(rederive_oidc('turned') -> 'changed');
SELECT oidc_config('turned') ->> 'profile';
SELECT canonical_json(rollback_oidc('turned', 1) -> 'changed');
SELECT oidc_config('turned') ->> 'profile';
SELECT canonical_json(oidc_history('turned') -> 0 -> 'after' -> 'profile'), canonical_json(oidc_history('turned') -> 0 -> 'before' -> 'profile');
SELECT oidc_import('openidconnect', '{"kind":"OpenIDConnect","metadata":"x","spec":{"issuerURL":"https://x.example","clientID":"c"}}') ->> 'message';
SELECT oidc_import('openidconnect', '{"kind":"OpenIDConnect","metadata":{"name":5},"spec":{"issuerURL":"https://x.example","clientID":"c"}}') ->> 'message';
SELECT oidc_import('structured', '{"kind":"AuthenticationConfiguration","jwt":[{"issuer":{"url":"https://x.example","audiences":["a"],"audienceMatchPolicy":5},"claimMappings":{"username":{"claim":"sub","prefix":""}}}]}') ->> 'message';
SELECT canonical_json(oidc_import('flags', '["--oidc-issuer-url=https://x.example","--oidc-client-id=c","--oidc-signing-algs="]') -> 'request');
