-- SPDX-License-Identifier: Apache-2.0
-- hooks.sql: SQL that is asked before and after tokens: adds, narrows, denies, and fails; V14, V15, V24.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example"}') ->> 'issuer';
SELECT register_client('tv', '{"client_name":"TV","scope":"openid read write","token_endpoint_auth_method":"none","grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}') ->> 'client_id';
SELECT register_client('svc', '{"token_endpoint_auth_method":"client_secret_post","scope":"read write","grant_types":["client_credentials"]}') ->> 'client_id';
SELECT register_client('box', '{"token_endpoint_auth_method":"client_secret_post","access_token_format":"opaque","scope":"read write","grant_types":["client_credentials"]}') ->> 'client_id';

-- Registered, listed, removed.
SELECT canonical_json(hooks());
SELECT set_hook('pre_token', (SELECT definition FROM rule_definition), '{"tables":["rule"]}') -> 0 ->> 'event';
SELECT set_hook('post_token', (SELECT definition FROM rule_definition), '{"tables":["rule"]}') -> 0 ->> 'event';
SELECT hooks() -> 1 ->> 'name', hooks() -> 1 ->> 'changed_at', hooks() -> 2 ->> 'name';
SELECT set_hook('', 'x');
SELECT set_hook('x', 'no_such.thing');
SELECT set_hook('x', 'x', '{"table":["rule"]}');
SELECT set_hook('x', 'x', '{"tables":"rule"}');
SELECT set_hook('x', 'x', '{"tables":[""]}');

-- Whoever has no rule fails: no answer is no yes.
SELECT canonical_json(token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}'));
INSERT INTO rule VALUES ('pre_token', 'svc', '{}'), ('post_token', 'svc', '{}'), ('pre_token', 'box', '{}'), ('post_token', 'box', '{}'),
    ('pre_token', 'tv', '{}'), ('post_token', 'tv', '{}');
SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'scope';

-- Adds and narrows.
UPDATE rule SET answer = '{"scope":"read","access_token_lifetime":60,"access_token_claims":{"plan":"gold","roles":["a","b"]},"introspection_claims":{"balance":7}}' WHERE event = 'pre_token';
UPDATE rule SET answer = '{"response":{"tier":1},"headers":{"X-Tier":"one"}}' WHERE event = 'post_token';
KEEP svc SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}');
SELECT response ->> 'scope', response ->> 'expires_in', response ->> 'tier', response -> 'http_headers' ->> 'X-Tier' FROM kept WHERE name = 'svc';
SELECT authenticate(response ->> 'access_token') -> 'claims' ->> 'plan', canonical_json(jwt_decode(response ->> 'access_token') -> 'claims' -> 'roles'), jwt_decode(response ->> 'access_token') -> 'claims' ->> 'balance', introspect(response ->> 'access_token', 'svc') ->> 'balance', introspect(response ->> 'access_token', 'svc') ->> 'plan' FROM kept WHERE name = 'svc';
KEEP box SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"box"}');
SELECT introspect(response ->> 'access_token', 'box') ->> 'plan', introspect(response ->> 'access_token', 'box') ->> 'balance', introspect(response ->> 'access_token', 'box') ->> 'exp' FROM kept WHERE name = 'box';
SELECT authenticate(response ->> 'access_token') -> 'claims' ->> 'balance' FROM kept WHERE name = 'box';

-- A lifetime that is longer changes nothing, as everywhere the shorter one is in force.
UPDATE rule SET answer = '{"access_token_lifetime":80000,"grant_lifetime":1}' WHERE event = 'pre_token';
SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'expires_in';

-- What no hook may say.
CREATE TABLE wrong (number bigint, event text, answer text);
INSERT INTO wrong VALUES (1, 'pre_token', '{"scope":"read write admin"}'), (2, 'pre_token', '{"scope":"a  b"}'), (3, 'pre_token', '{"scope":1}'),
    (4, 'pre_token', '{"access_token_claims":{"sub":"root"}}'), (5, 'pre_token', '{"id_token_claims":{"nonce":"x"}}'), (6, 'pre_token', '{"introspection_claims":{"active":false}}'),
    (7, 'pre_token', '{"access_token_claims":[]}'), (8, 'pre_token', '{"access_token_lifetime":0}'), (9, 'pre_token', '{"access_token_lifetime":"1"}'),
    (10, 'pre_token', '{"access_tokn_claims":{}}'), (11, 'pre_token', '[]'), (12, 'pre_token', 'null'), (13, 'pre_token', 'garbage'),
    (14, 'pre_token', '{"deny":{"status":200}}'), (15, 'pre_token', '{"deny":{"error":"a b"}}'), (16, 'pre_token', '{"deny":{"message":"x"}}'), (17, 'pre_token', '{"deny":1}'),
    (18, 'pre_token', '{"response":{}}'), (19, 'pre_token', '"' || replace(replace('xxxxxxxxxx', 'x', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'), 'x', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') || '"'),
    (20, 'post_token', '{"response":{"access_token":"x"}}'), (21, 'post_token', '{"response":{"scope":"admin"}}'), (22, 'post_token', '{"headers":{"Set-Cookie":"x"}}'),
    (23, 'post_token', '{"headers":{"X-A":"a\r\nX-B: b"}}'), (24, 'post_token', '{"headers":{"X A":"a"}}'), (25, 'post_token', '{"headers":{"X-A":1}}'), (26, 'post_token', '{"scope":"read"}'), (27, 'post_token', NULL);
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 1) WHERE event = (SELECT event FROM wrong WHERE number = 1);
SELECT 1, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 2) WHERE event = (SELECT event FROM wrong WHERE number = 2);
SELECT 2, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 3) WHERE event = (SELECT event FROM wrong WHERE number = 3);
SELECT 3, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 4) WHERE event = (SELECT event FROM wrong WHERE number = 4);
SELECT 4, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 5) WHERE event = (SELECT event FROM wrong WHERE number = 5);
SELECT 5, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 6) WHERE event = (SELECT event FROM wrong WHERE number = 6);
SELECT 6, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 7) WHERE event = (SELECT event FROM wrong WHERE number = 7);
SELECT 7, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 8) WHERE event = (SELECT event FROM wrong WHERE number = 8);
SELECT 8, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 9) WHERE event = (SELECT event FROM wrong WHERE number = 9);
SELECT 9, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 10) WHERE event = (SELECT event FROM wrong WHERE number = 10);
SELECT 10, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 11) WHERE event = (SELECT event FROM wrong WHERE number = 11);
SELECT 11, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 12) WHERE event = (SELECT event FROM wrong WHERE number = 12);
SELECT 12, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 13) WHERE event = (SELECT event FROM wrong WHERE number = 13);
SELECT 13, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 14) WHERE event = (SELECT event FROM wrong WHERE number = 14);
SELECT 14, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 15) WHERE event = (SELECT event FROM wrong WHERE number = 15);
SELECT 15, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 16) WHERE event = (SELECT event FROM wrong WHERE number = 16);
SELECT 16, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 17) WHERE event = (SELECT event FROM wrong WHERE number = 17);
SELECT 17, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 18) WHERE event = (SELECT event FROM wrong WHERE number = 18);
SELECT 18, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 19) WHERE event = (SELECT event FROM wrong WHERE number = 19);
SELECT 19, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = '{}';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 20) WHERE event = (SELECT event FROM wrong WHERE number = 20);
SELECT 20, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 21) WHERE event = (SELECT event FROM wrong WHERE number = 21);
SELECT 21, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 22) WHERE event = (SELECT event FROM wrong WHERE number = 22);
SELECT 22, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 23) WHERE event = (SELECT event FROM wrong WHERE number = 23);
SELECT 23, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 24) WHERE event = (SELECT event FROM wrong WHERE number = 24);
SELECT 24, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 25) WHERE event = (SELECT event FROM wrong WHERE number = 25);
SELECT 25, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 26) WHERE event = (SELECT event FROM wrong WHERE number = 26);
SELECT 26, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = (SELECT answer FROM wrong WHERE number = 27) WHERE event = (SELECT event FROM wrong WHERE number = 27);
SELECT 27, token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
UPDATE rule SET answer = '{}';
SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'scope';

-- A denial, in its own words; and as many codes, tokens and grants as before, which are good afterwards.
KEEP device SELECT issue_device_code('tv', 'openid read write');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'device'), 'alice', '{"auth_time":1767225000,"amr":["pwd"],"claims":{"department":"7","name":"Alice"}}') ->> 'status';
UPDATE rule SET answer = '{"deny":{"error":"interaction_required","error_description":"Ask the landlord.","status":403}}' WHERE event = 'pre_token';
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device'), 'tv'));
UPDATE rule SET answer = '{"deny":{}}' WHERE event = 'pre_token';
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device'), 'tv'));
UPDATE rule SET answer = 'garbage' WHERE event = 'pre_token';
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device'), 'tv'));
UPDATE rule SET answer = '{}' WHERE event = 'pre_token';
UPDATE rule SET answer = 'garbage' WHERE event = 'post_token';
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device'), 'tv'));
SELECT canonical_json(grants('alice'));
UPDATE rule SET answer = '{}' WHERE event = 'post_token';
UPDATE rule SET answer = '{"scope":"openid read","id_token_claims":{"desk":"12"},"access_token_claims":{"department":"8"},"refresh_token_lifetime":600,"grant_lifetime":3600}' WHERE event = 'pre_token';
KEEP tv SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device'), 'tv');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device'), 'tv') ->> 'error';
SELECT response ->> 'scope', response ->> 'expires_in', jwt_decode(response ->> 'access_token') -> 'claims' ->> 'department', jwt_decode(response ->> 'id_token') -> 'claims' ->> 'department', jwt_decode(response ->> 'id_token') -> 'claims' ->> 'desk', jwt_decode(response ->> 'access_token') -> 'claims' ->> 'desk' FROM kept WHERE name = 'tv';
SELECT grants('alice') -> 0 ->> 'scope', grants('alice') -> 0 ->> 'expires_at';
SELECT introspect(response ->> 'refresh_token', 'tv') ->> 'exp' FROM kept WHERE name = 'tv';

-- A refresh token that a hook refused is not spent.
UPDATE rule SET answer = 'garbage' WHERE event = 'pre_token';
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM kept WHERE name = 'tv';
UPDATE rule SET answer = '{}' WHERE event = 'pre_token';
KEEP again SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') FROM kept WHERE name = 'tv';
SELECT response ->> 'scope', jwt_decode(response ->> 'access_token') -> 'claims' ->> 'department' FROM kept WHERE name = 'again';
SELECT introspect(response ->> 'refresh_token', 'tv') ->> 'token_use' FROM kept WHERE name = 'again';

-- A rehearsal writes nothing, and shows who was asked what.
UPDATE rule SET answer = '{"scope":"openid","access_token_claims":{"plan":"gold"},"introspection_claims":{"balance":7},"access_token_lifetime":60}' WHERE event = 'pre_token';
UPDATE rule SET answer = '{"response":{"tier":1}}' WHERE event = 'post_token';
KEEP rehearsal SELECT explain_token_request('{"grant_type":"urn:ietf:params:oauth:grant-type:device_code"}', '{"client_id":"tv"}', '{"subject":"bob","scope":"openid read","amr":["pwd"],"nonce":"n","claims":{"department":"9"}}');
SELECT response ->> 'outcome', response ->> 'scope', response ->> 'access_token_lifetime', response ->> 'refresh_token_lifetime', response ->> 'grant_lifetime', canonical_json(response -> 'introspection_claims'), canonical_json(response -> 'response') FROM kept WHERE name = 'rehearsal';
SELECT canonical_json(response -> 'access_token_claims') FROM kept WHERE name = 'rehearsal';
SELECT response -> 'id_token_claims' ->> 'nonce', response -> 'id_token_claims' ->> 'department' FROM kept WHERE name = 'rehearsal';
SELECT response -> 'pre_token' -> 'request' ->> 'event', response -> 'pre_token' -> 'request' ->> 'scope', response -> 'pre_token' -> 'request' -> 'client' ->> 'client_name', response -> 'pre_token' -> 'request' ->> 'now', canonical_json(response -> 'pre_token' -> 'request' -> 'details'), canonical_json(response -> 'pre_token' -> 'request' -> 'access_token_claims'), canonical_json(response -> 'pre_token' -> 'answer') FROM kept WHERE name = 'rehearsal';
SELECT response -> 'post_token' -> 'request' ->> 'event', canonical_json(response -> 'post_token' -> 'request' -> 'response'), canonical_json(response -> 'post_token' -> 'answer') FROM kept WHERE name = 'rehearsal';
SELECT canonical_json(grants('bob'));
UPDATE rule SET answer = '{"deny":{}}' WHERE event = 'pre_token';
SELECT explain_token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'outcome';
UPDATE rule SET answer = '{"scope":"admin"}' WHERE event = 'pre_token';
KEEP failed SELECT explain_token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}');
SELECT response ->> 'outcome', response -> 'pre_token' ->> 'failure', response -> 'pre_token' ->> 'cause', response -> 'response' ->> 'error' FROM kept WHERE name = 'failed';
SELECT explain_token_request('{"grant_type":"client_credentials"}', '{"client_id":"nobody"}') ->> 'error';
SELECT explain_token_request('{"grant_type":"implicit"}', '{"client_id":"svc"}') ->> 'error';
SELECT explain_token_request('{"grant_type":"client_credentials","scope":"admin"}', '{"client_id":"svc"}') ->> 'error';
SELECT explain_token_request('{"grant_type":"refresh_token"}', '{"client_id":"svc"}') ->> 'error';
SELECT explain_token_request('{}', '{"client_id":"svc"}') ->> 'error';
SELECT explain_token_request('{"grant_type":"refresh_token"}', '{"client_id":"tv"}');
SELECT explain_token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}', '{"sub":"x"}');

-- Names that others gave: the settings bind them. One that is not there does nothing, with a warning.
SELECT set_hook('pre_token', NULL) -> 1 ->> 'name';
SELECT set_hook('isvaop_pretoken', (SELECT definition FROM rule_definition), '{"tables":["rule"]}') -> 0 ->> 'event';
SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'scope';
SELECT CASE WHEN configure('{"pre_mappingrule_id":"isvaop_pretoken","post_mappingrule_id":"isvaop_posttoken"}') ->> 'warnings' LIKE '%A mapping rule is named and no hook has that name: see set_hook().%' THEN 'warned' END;
SELECT hooks() -> 0 ->> 'event', hooks() -> 1 ->> 'event';
SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'error';
SELECT set_tenant('other');
SELECT canonical_json(hooks());
SELECT set_tenant('default');
SELECT set_hook('isvaop_pretoken', NULL) -> 0 ->> 'name';
SELECT set_hook('post_token', NULL) -> 0 ->> 'name';
SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'scope';

-- Attributes: a constant, what is known of the approval, a query; what nobody knows is left out.
SELECT configure('{"attribute_map":{"surname":{"type":"ldap","value":"sn"}}}');
SELECT configure('{"attribute_map":{"sub":{"type":"value","value":"root"}}}');
SELECT configure('{"attribute_map":{"a":{"type":"sql","value":1}}}');
SELECT configure('{"attribute_map":{"a":{"type":"value"}}}');
SELECT configure('{"attribute_map":[]}');
SELECT configure('{"attribute_sources":[{"name":"a","type":"other","value":"x"}]}');
SELECT set_hook('rank', (SELECT definition FROM rule_definition), '{"tables":["rule"]}') -> 0 ->> 'event';
INSERT INTO rule VALUES ('attribute', 'tv', '{"rank":3}');
SELECT canonical_json(configure('{"attribute_sources":[{"name":"surname","type":"credential","value":"name"},{"id":7,"name":"unused","type":"value","value":1},{"name":"office","type":"ldap","value":"o"}],
    "attribute_map":{"surname":"surname","company":{"type":"value","value":["Acme"]},"rank":{"type":"sql","value":"rank"},"who":{"type":"credential","value":"subject"},"how":{"type":"credential","value":"amr"},
    "nothing":{"type":"credential","value":"shoe_size"},"nobody":"unknown","seven":"7","office":"office","gone":{"type":"sql","value":"gone"}}}') -> 'attribute_sources');
KEEP mapped SELECT explain_token_request('{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","scope":"openid"}', '{"client_id":"tv"}', '{"subject":"bob","amr":["pwd"],"claims":{"name":"Bob","surname":"Old"}}');
SELECT canonical_json(response -> 'access_token_claims') FROM kept WHERE name = 'mapped';
SELECT canonical_json(response -> 'id_token_claims' -> 'company'), response -> 'id_token_claims' ->> 'surname', response -> 'pre_token' FROM kept WHERE name = 'mapped';
SELECT jwt_decode(token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}') ->> 'access_token') -> 'claims' ->> 'who';
UPDATE rule SET answer = 'garbage' WHERE event = 'attribute';
KEEP mapped-not SELECT explain_token_request('{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","scope":"openid"}', '{"client_id":"tv"}', '{"subject":"bob"}');
SELECT response ->> 'outcome', response -> 'pre_token' -> 'request' ->> 'event' FROM kept WHERE name = 'mapped-not';

-- Over HTTP a denial has its status, and an answer its headers; neither is in the body.
SELECT configure('{"attribute_map":null,"pre_mappingrule_id":null,"post_mappingrule_id":null}') ->> 'attribute_map';
SELECT set_hook('pre_token', (SELECT definition FROM rule_definition), '{"tables":["rule"]}') -> 0 ->> 'event';
SELECT set_hook('post_token', (SELECT definition FROM rule_definition), '{"tables":["rule"]}') -> 0 ->> 'event';
UPDATE rule SET answer = '{"deny":{"error":"interaction_required","status":403}}' WHERE event = 'pre_token';
UPDATE rule SET answer = '{"response":{"tier":1,"resume":"of the hook"},"headers":{"X-Tier":"one"}}' WHERE event = 'post_token';
KEEP denied SELECT http_request('POST', '/token', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('grant_type=refresh_token&client_id=tv&refresh_token=' || (response ->> 'refresh_token'))) FROM kept WHERE name = 'again';
SELECT response ->> 'status', response ->> 'body', response -> 'headers' ->> 'Cache-Control' FROM kept WHERE name = 'denied';
UPDATE rule SET answer = 'garbage' WHERE event = 'pre_token';
KEEP broken SELECT http_request('POST', '/token', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('grant_type=refresh_token&client_id=tv&refresh_token=' || (response ->> 'refresh_token'))) FROM kept WHERE name = 'again';
SELECT response ->> 'status', response ->> 'body' FROM kept WHERE name = 'broken';
UPDATE rule SET answer = '{}' WHERE event = 'pre_token';
KEEP given SELECT http_request('POST', '/token', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('grant_type=refresh_token&client_id=tv&refresh_token=' || (response ->> 'refresh_token'))) FROM kept WHERE name = 'again';
SELECT response ->> 'status', response -> 'headers' ->> 'X-Tier', response -> 'headers' ->> 'Content-Type', json(response ->> 'body') ->> 'tier', json(response ->> 'body') ->> 'resume', json(response ->> 'body') ->> 'http_headers' FROM kept WHERE name = 'given';

-- A code that a hook refused is not consumed, nor taken for one that was stolen; and an exchange that it refused is none.
SELECT register_client('app', '{"scope":"openid read","redirect_uris":["http://127.0.0.1/cb"],"consent_prompt":"NEVER_PROMPT",
    "grant_types":["authorization_code"]}') ->> 'client_id';
INSERT INTO rule VALUES ('pre_token', 'app', 'garbage'), ('post_token', 'app', '{}');
KEEP code SELECT authorize('{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1/cb","scope":"openid read","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}', 'carol');
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response ->> 'redirect_to', 26, 43) || '","redirect_uri":"http://127.0.0.1/cb","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') ->> 'error' FROM kept WHERE name = 'code';
SELECT canonical_json(grants('carol'));
UPDATE rule SET answer = '{"scope":"openid"}' WHERE event = 'pre_token' AND client_id = 'app';
KEEP app SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response ->> 'redirect_to', 26, 43) || '","redirect_uri":"http://127.0.0.1/cb","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') FROM kept WHERE name = 'code';
SELECT response ->> 'scope', jwt_decode(response ->> 'id_token') -> 'claims' ->> 'sub', grants('carol') -> 0 ->> 'scope' FROM kept WHERE name = 'app';
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response ->> 'redirect_to', 26, 43) || '","redirect_uri":"http://127.0.0.1/cb","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') ->> 'error' FROM kept WHERE name = 'code';
SELECT canonical_json(grants('carol'));

-- A token of which introspection tells more ends with its grant, as any other.
UPDATE rule SET answer = '{"introspection_claims":{"balance":7}}' WHERE event = 'pre_token';
KEEP device-told SELECT issue_device_code('tv', 'read');
SELECT approve_device_code(response ->> 'user_code', 'gina') ->> 'status' FROM kept WHERE name = 'device-told';
KEEP told SELECT poll_device_code(response ->> 'device_code', 'tv') FROM kept WHERE name = 'device-told';
SELECT introspect(response ->> 'access_token', 'tv') ->> 'balance' FROM kept WHERE name = 'told';
SELECT canonical_json(revoke_grant('gina', grants('gina') -> 0 ->> 'grant_id'));
SELECT authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name = 'told';
