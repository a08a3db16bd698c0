-- SPDX-License-Identifier: Apache-2.0
-- oidc_refusals.sql: what OIDC configuration takes from nobody, and where it says so.
SELECT canonical_json(set_oidc_default('{"clientID":"d","issuerURL":"https://d.example"}') -> 'clientID');

-- Faults name the place: of the field before that of the whole, of what stands twice.
SELECT canonical_json(oidc_validate('{"list":[{},{}]}') -> 0 -> 'path');
SELECT canonical_json(oidc_validate('{"clientID":"c","issuerURL":"https://c.example","iſſuerURL":"https://e.example","cLientID":"e"}'));
SELECT canonical_json(oidc_validate('{"clientID":"c","issuerURL":"https://c.example","LIST":[]}'));

-- Every fault of the defaults, and no name that somebody sent.
SELECT set_oidc_default('{"clientID":"","issuerURL":"http://x","secret":1,"profile":"kube"}');
SELECT set_oidc_default('{"clientID":"c","issuerURL":"https://x.example","profile":{"name":"owa","maxTokenExpirationSeconds":0}}');
SELECT set_oidc_default('{"clientID":"c","issuerURL":"https://x.example","profile":{"name":"owa","extraClaims":["Team","team"]}}');
SELECT set_oidc_default('{"clientID":"c","issuerURL":"https://x.example","profile":{"extraClaims":["team"]}}');
SELECT set_oidc_default('{"clientID":"c","issuerURL":"https://x.example","profile":{"name":"owa","other":1}}');

-- Options of a profile: kept with the instance, exported, imported, lost elsewhere.
SELECT canonical_json(set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","profile":{"name":"owa","extraClaims":["team"],"maxTokenExpirationSeconds":3600}}', 'short') -> 'profile');
SELECT canonical_json(provision_oidc('short', '{"clientID":"c","issuerURL":"https://c.example","usernamePrefix":"c:","groupsPrefix":"c:","signingAlgs":["RS256"]}', '{"plan":"short"}') -> 'status');
SELECT canonical_json(oidc_config('short') -> 'profile');
SELECT canonical_json(oidc_export('short', 'openidconnect') -> 'document');
SELECT canonical_json(oidc_import('openidconnect', oidc_export('short', 'openidconnect') -> 'document'));
SELECT canonical_json(oidc_export('short', 'flags') -> 'message');

-- Provisioning again, in another plan.
SELECT canonical_json(provision_oidc('short', '{"clientID":"c","issuerURL":"https://c.example","usernamePrefix":"c:","groupsPrefix":"c:","signingAlgs":["RS256"]}') -> 'status');
SELECT canonical_json(provision_oidc('short', '{"clientID":"c","issuerURL":"https://c.example","usernamePrefix":"c:","groupsPrefix":"c:","signingAlgs":["RS256"]}', '{"plan":"short"}') -> 'changed');

-- Keys of which a private half follows; an issuer without a name.
SELECT set_issuer_keys('', '{"keys":[]}');
SELECT set_issuer_keys('https://q.example', '{"keys":[{"kty":"RSA","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy_c4gs_7svlJJQ4H9_NxsiIoLwAEk7-Q3UXERGYw_75IDrGA84-lA_-Ct4eTlXHBIY2EaV7t7LjJaynVJCpkv4LKjTTAumiGUIuQhrNhZLuF_RJLqHpM2kgWFLU7-VTdL1VbC2tejvcI2BlMkEpk1BzBZI0KQB0GaDWFLN-aEAw3vRw","e":"AQAB","p":"AQAB"}]}');

-- Claims judged by a configuration that is given: a list in its order, wrong types refused.
SELECT canonical_json(oidc_map_claims('{"list":[{"clientID":"a","issuerURL":"https://a.example"},{"clientID":"b","issuerURL":"https://b.example","usernamePrefix":"b:"}]}', '{"iss":"https://b.example","aud":"b","sub":"x"}'));
SELECT oidc_map_claims('{"requiredClaims":[5]}', '{"sub":"x"}');
SELECT oidc_map_claims('{"requiredClaims":["hd"]}', '{"sub":"x"}');
SELECT oidc_map_claims('{"requiredClaims":5}', '{"sub":"x"}');
SELECT oidc_map_claims('{"usernameClaim":5}', '{"sub":"x"}');
SELECT oidc_map_claims('{"list":[1]}', '{"sub":"x"}');
SELECT oidc_map_claims('{}', '{"sub":"x"}');
SELECT canonical_json(oidc_map_claims('{"usernamePrefix":"-"}', '{"sub":"x"}') -> 'username');
SELECT oidc_merge('update', NULL, NULL, NULL, '{}', 'bogus');
SELECT oidc_merge('update', NULL, NULL, NULL, '{}', 'message');

-- Imports that say something else than a configuration can; where in the document.
SELECT canonical_json(oidc_import('flags', '["kube-apiserver","--advertise-address=1.2.3.4","--oidc-issuer-url","https://c.example","--oidc-client-id=c","--oidc-required-claim=hd=x"]'));
SELECT canonical_json(oidc_import('flags', '["--oidc-issuer-url=https://c.example",1,"--oidc-client-id=c","--oidc-client-id=d","--oidc-ca-file=x","--oidc-required-claim=hd"]') -> 'errors');
SELECT canonical_json(oidc_import('flags', '["--oidc-client-id"]') -> 'errors');
SELECT canonical_json(oidc_import('structured', '{"kind":"AuthenticationConfiguration","jwt":[{"issuer":{"url":"https://c.example","audiences":["c"],"audienceMatchPolicy":"MatchAll"},"claimMappings":{"username":{"claim":"sub"},"groups":{"claim":"g","prefix":""}},"claimValidationRules":[{"claim":"hd","requiredValue":"x"},{"claim":"hd","requiredValue":"y"}]},{"issuer":{"url":"https://c.example","audiences":["d"],"discoveryURL":"https://e.example"},"claimMappings":{"username":{"claim":"sub","prefix":""}}}]}') -> 'errors');
SELECT canonical_json(oidc_import('openidconnect', '{"kind":"List","items":[{"kind":"OpenIDConnect","spec":{"issuerURL":"https://c.example","clientID":"c","extraClaims":["a"]}},{"kind":"Secret","spec":{}},{"spec":{"issuerURL":"https://c.example","audiences":["d"],"caBundle":"x","requiredClaims":{"a/b":1}}}]}') -> 'errors');
SELECT canonical_json(oidc_import('openidconnect', '{"kind":"Secret","items":[]}') -> 'errors');
SELECT canonical_json(provision_oidc('imported', oidc_import('flags', '[]') -> 'request') -> 'message');

-- A preview judges claims that do not say whose they are by each configuration.
SELECT canonical_json(provision_oidc('seen', '{"list":[{"clientID":"a","issuerURL":"https://a.example","usernamePrefix":"a:"},{"clientID":"b","issuerURL":"https://b.example","usernamePrefix":"b:"}]}') -> 'status');
SELECT canonical_json(oidc_preview('seen', '{"list":[{"clientID":"b","issuerURL":"https://b.example","usernamePrefix":"x:"},{"clientID":"a","issuerURL":"https://a.example","usernamePrefix":"a:"}]}', '[{"sub":"u"},{"sub":"u","iss":"https://a.example","aud":"a"}]') -> 'identities');
SELECT canonical_json(oidc_preview('seen', '{"list":[{"clientID":"a","issuerURL":"https://a.example","usernamePrefix":"a:"}]}', '[{"sub":"u"}]') -> 'identities');
-- Of several for one issuer and client each is compared with what it became.
SELECT canonical_json(provision_oidc('twice', '{"list":[{"clientID":"c","issuerURL":"https://a.example","usernamePrefix":"a:","requiredClaims":["repo=x"]},{"clientID":"c","issuerURL":"https://a.example","usernamePrefix":"b:","requiredClaims":["repo=y"]}]}') -> 'status');
SELECT canonical_json(oidc_preview('twice', '{"list":[{"clientID":"c","issuerURL":"https://a.example","usernamePrefix":"a:","requiredClaims":["repo=x"]},{"clientID":"c","issuerURL":"https://a.example","usernamePrefix":"b:","requiredClaims":["repo=y"]}]}', '[{"sub":"u","repo":"y"}]') -> 'identities');
SELECT canonical_json(oidc_preview('twice', '{"list":[{"clientID":"c","issuerURL":"https://a.example","usernamePrefix":"a:","requiredClaims":["repo=x"]},{"clientID":"c","issuerURL":"https://a.example","usernamePrefix":"c:","requiredClaims":["repo=y"]}]}', '[{"sub":"u","repo":"y"}]') -> 'identities');

-- What a reader of the other format refuses is refused here; what is unrepresentable is nowhere imported.
SELECT oidc_import('structured', '{"kind":"AuthenticationConfiguration","jwt":[{"issuer":{"url":"http://c.example","audiences":["c"]},"claimMappings":{}}]}') ->> 'message';
SELECT oidc_import('flags', '["--oidc-issuer-url=https://c.example","--oidc-client-id=c","--oidc-username-claim=","--oidc-groups-prefix"]') ->> 'message';
SELECT oidc_import('openidconnect', '{"kind":"OpenIDConnect","spec":{"issuerURL":"https://c.example","clientID":"c","usernamePrefix":"system:x","groupsPrefix":[],"usernameClaim":"","maxTokenExpirationSeconds":[]}}') ->> 'message';
SELECT canonical_json(provision_oidc('piped', oidc_import('structured', oidc_export('twice', 'structured') -> 'document') -> 'request') -> 'status');

-- Profiles that mean the same are the same.
SELECT canonical_json(set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","profile":"owa"}', 'same') -> 'profile');
SELECT canonical_json(provision_oidc('same', NULL, '{"plan":"same"}') -> 'version');
SELECT canonical_json(set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","profile":{"name":"owa","extraClaims":[]}}', 'same') -> 'profile');
SELECT canonical_json(rederive_oidc('same') -> 'changed');
SELECT canonical_json(set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","profile":{"name":"owa","maxTokenExpirationSeconds":36e2}}', 'same') -> 'clientID');
SELECT canonical_json(rederive_oidc('same') -> 'changed');
SELECT canonical_json(oidc_config('same') -> 'profile');

-- More that oidc_map_claims lets nobody overlook, and what it takes.
SELECT oidc_map_claims('{"usernamePrefix":"-","requiredclaims":["a=b"]}', '{"sub":"x"}');
SELECT oidc_map_claims('{"usernamePrefix":"-","list":[]}', '{"sub":"x"}');
SELECT canonical_json(oidc_map_claims('{"usernamePrefix":"-","list":null,"requiredClaims":["-"]}', '{"sub":"x"}') -> 'username');

-- The first era does not know the later fields by any name.
SELECT canonical_json(oidc_validate('{"clientID":"c","issuerURL":"https://c.example","groupsprefix":1,"groupsPrefix":5}', NULL, '{"compat":"0.0.1"}'));

-- A default that takes the groups away is a change.
SELECT canonical_json(set_oidc_default('{"clientID":"c","issuerURL":"https://c.example","profile":"owa"}', 'groups') -> 'profile');
SELECT canonical_json(provision_oidc('groups', NULL, '{"plan":"groups"}') -> 'version');
SELECT canonical_json(set_oidc_default('{"clientID":"c","issuerURL":"https://c.example","groupsClaim":"","profile":"owa"}', 'groups') -> 'profile');
SELECT canonical_json(rederive_oidc('groups') -> 'changed');
SELECT canonical_json(rederive_oidc('groups') -> 'changed');
SELECT canonical_json(update_oidc('groups', '{"clientID":"c","issuerURL":"https://c.example","groupsClaim":""}') -> 'version');
SELECT canonical_json(update_oidc('groups', '{"clientID":"c","issuerURL":"https://c.example"}') -> 'changed');

-- White space at the ends of required claims, keys that are none, places that only begin alike.
SELECT canonical_json(oidc_import('flags', '["--oidc-client-id=c","--oidc-issuer-url=https://c.example","--oidc-required-claim= team = admins "]') -> 'request');
SELECT canonical_json(set_oidc_default('{"clientID":"c","issuerURL":"https://c.example","usernamePrefix":"x:","groupsPrefix":"y:","opaque_jwks":true,"profile":"apiserver"}', 'ends') -> 'profile');
SELECT canonical_json(provision_oidc('ends', '{"clientID":"c","issuerURL":"https://c.example","requiredClaims":["team= admins"]}', '{"plan":"ends"}') -> 'status');
SELECT oidc_export('ends', 'flags') ->> 'message';
SELECT canonical_json(provision_oidc('opaque', '{"clientID":"c","issuerURL":"https://c.example","encodedJwksArray":"AAAA"}', '{"plan":"ends"}') -> 'status');
SELECT oidc_export('opaque', 'openidconnect') ->> 'message';
SELECT oidc_import('openidconnect', '{"kind":"OpenIDConnect","metadata":{"name":"n"},"spec":{"issuerURLs":"x","clientID":"c"}}') ->> 'message';
SELECT oidc_import('structured', '[1,2,3]') ->> 'message';
SELECT oidc_import('structured', '{"kind":"AuthenticationConfiguration","jwt":[[],{"issuer":{"url":"https://c.example","audiences":["c"]},"claimMappings":{"username":{"claim":"sub","prefix":""}},"claimValidationRules":[[1,2]]}]}') ->> 'message';
