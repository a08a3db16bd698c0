-- SPDX-License-Identifier: Apache-2.0
-- isvaop.sql: the preset that follows IBM Security Verify Access, its documents as they are, and what
-- of them is only kept. V1, V2, V5, V8, V9.
SELECT set_clock('2026-01-01T00:00:00Z');
-- The defaults of the preset, and its warnings: the lint names the setting.
SELECT canonical_json(configure('{"preset":"isvaop","base_url":"https://op.example/isvaop"}') -> 'device_flow_settings');
SELECT canonical_json(configuration() -> 'warnings');
-- A length of 6 or less is a fault where somebody asks for it.
SELECT configure('{"device_flow_settings":{"device_flow_usercode_length":6}}');
SELECT configure('{"device_flow_settings":{"device_flow_usercode_length":1}}');
SELECT configure('{"preset":"IBM"}');
SELECT configure('{"preset":true}');

-- The answer to a device: six members, no dash, the other path, and tokens in two parts.
SELECT register_client('console', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT CASE WHEN create_signing_key() IS NOT NULL THEN 'key made' END;
CREATE TABLE flow (response jsonb);
INSERT INTO flow SELECT issue_device_code('console');
SELECT length(response ->> 'user_code'), response ->> 'verification_uri', response ->> 'interval', response ->> 'expires_in' FROM flow;
SELECT CASE WHEN response ->> 'verification_uri_complete' = (response ->> 'verification_uri') || '?user_code=' || (response ->> 'user_code') THEN 'complete' END FROM flow;
SELECT length(response ->> 'device_code'), substr(response ->> 'device_code', 44, 1) FROM flow;
SELECT CASE WHEN lookup_user_code((SELECT response ->> 'user_code' FROM flow), 'alice') ->> 'user_code' = (SELECT response ->> 'user_code' FROM flow) THEN 'as shown' END;
-- The metadata names those paths of that system which it documents, and all others are ours; both are served.
SELECT authorization_server_metadata() ->> 'device_authorization_endpoint', authorization_server_metadata() ->> 'token_endpoint', authorization_server_metadata() ->> 'jwks_uri';
CREATE TABLE path (path text);
INSERT INTO path VALUES ('/isvaop/oauth2/device_authorization'), ('/isvaop/device_authorization'), ('/isvaop/oauth2/token'), ('/isvaop/token');
SELECT path, json(http_request('POST', path, '{"host":"op.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=nobody&grant_type=refresh_token&refresh_token=x') ->> 'body') ->> 'error' FROM path ORDER BY path;
-- Both texts, word for word, and the interval stays.
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM flow), 'console'));
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM flow), 'console'));
SELECT approve_device_code((SELECT lower(response ->> 'user_code') FROM flow), 'alice') ->> 'status';
SELECT set_clock('2026-01-01T00:00:04Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'console') ->> 'error';
SELECT set_clock('2026-01-01T00:00:10Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'console') ->> 'token_type';

-- A document of that system, with `definition`, as JSON. What nothing acts on is kept and shown.
SELECT set_tenant('seed');
SELECT canonical_json(configure('{"preset":"isvaop","version":24.08,"logging":{"level":"debug"},"definition":{"id":1,
    "name":"OIDC Definition","grant_types":["password","urn:ietf:params:oauth:grant-type:device_code"],
    "pre_mappingrule_id":"isvaop_pretoken","post_mappingrule_id":"isvaop_posttoken",
    "base_url":"https://isvaop.ibm.com:445/isvaop","token_settings":{"issuer":"https://isvaop.ibm.com",
    "signing_alg":"PS256","signing_keystore":"isvaop_signing","signing_keylabel":"jwtsigning"},
    "device_flow_settings":{"device_flow_polling_interval_seconds":10,"device_flow_codelifetime_seconds":300,
    "device_flow_usercode_length":7,"device_flow_usercode_charset":"ABCD1234"},
    "enforce_clientauth_device_authorize":true,"attribute_map":{"surname":"surname"},"mtls_certificate_header":"X-C"},
    "server":{"ssl":{"key":"ks:isvaop_keys/httpserverkey"}},"jwks":{"signing_keystore":"isvaop_signing"}}'));
-- The same again changes nothing; a source for the claim ends the warning.
SELECT canonical_json(configure('{"definition":{"device_flow_settings":{"device_flow_usercode_length":7}},
    "attribute_sources":[{"id":3,"name":"surname","type":"credential","value":"sn"}]}') -> 'warnings');
SELECT canonical_json(configure('{"server":null,"attribute_map":null,"attribute_sources":null}') -> 'kept');
-- Two places or spellings of one setting agree, or are refused.
SELECT configure('{"issuer":"https://op.example","token_settings":{"issuer":"https://op.example"}}') ->> 'issuer';
SELECT configure('{"issuer":"https://op.example","definition":{"token_settings":{"issuer":"https://other.example"}}}');
SELECT configure('{"enforce_clientauth_device_authorize":true,"device_flow_settings":{"enforce_clientauth_device_authorize":false}}');
SELECT configure('{"base_url":"https://a.example","definition":{"base_url":"https://b.example"}}');
-- What is kept may hold no secret, nor a reference to one.
SELECT configure('{"secrets":{"obf_key":"x"}}');
SELECT configure('{"server":{"password":"OBF:U2FsdGVkX18="}}');
SELECT configure('{"kept":{"server":{"key":["-----BEGIN PRIVATE KEY-----"]}}}');
SELECT configure('{"kept":[]}');
-- Each of these has a kind.
SELECT configure('{"version":true}');
SELECT configure('{"logging":"debug"}');
SELECT configure('{"attribute_map":{"a":1}}');
SELECT configure('{"attribute_sources":[{"name":"a","type":"file","value":"b"}]}');
SELECT configure('{"token_settings":{"signing_alg":"HS256"}}');
SELECT configure('{"token_settings":{"signing_alg":"none"}}');
SELECT configure('{"pre_mappingrule_id":""}');
-- Without the preset an unknown member is a mistake, and weak codes are refused.
SELECT configure('{"preset":"none"}');
SELECT set_tenant('plain');
SELECT configure('{"definition":{"mtls_certificate_header":"X-C"}}');
SELECT canonical_json(configure('{"version":24.08,"definition":{"name":"plain"}}') -> 'kept');
