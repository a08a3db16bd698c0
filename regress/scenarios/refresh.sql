-- SPDX-License-Identifier: Apache-2.0
-- refresh.sql: refresh tokens are good once, their grant ends them all: RFC 6749 §6, RFC 7009, RFC
-- 9700 §4.14.2; V12, V13, V16.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","token_settings":{"refresh_token_lifetime":86400,"max_authorization_grant_lifetime":172800}}') -> 'token_settings' ->> 'refresh_token_grace_in_secs';
SELECT register_client('tv', '{"scope":"openid watch record","client_name":"Television","grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}') ->> 'client_id';
SELECT register_client('radio', '{"scope":"watch","grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}') ->> 'client_id';
KEEP device SELECT issue_device_code('tv', NULL, '{"name":"Living room"}');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'device'), 'alice',
    '{"auth_time":1767225000,"amr":["pwd"],"claims":{"email":"alice@example.com","name":"Alice"}}') ->> 'status';
KEEP first SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device'), 'tv');
SELECT response ->> 'token_type', response ->> 'expires_in', response ->> 'scope', length(response ->> 'refresh_token') FROM kept WHERE name = 'first';

-- The ID token: for the client, and bound to the access token.
SELECT jwt_verify(response ->> 'id_token', canonical_json(jwks()), '{"aud":"tv","iss":"https://id.example"}') -> 'valid',
    jwt_decode(response ->> 'id_token') -> 'claims' ->> 'sub', jwt_decode(response ->> 'id_token') -> 'claims' ->> 'auth_time',
    jwt_decode(response ->> 'id_token') -> 'claims' ->> 'exp', length(jwt_decode(response ->> 'id_token') -> 'claims' ->> 'at_hash'),
    jwt_decode(response ->> 'id_token') -> 'claims' ->> 'email' FROM kept WHERE name = 'first';

-- What a token is: to its client, to another, and the refresh token to its client alone.
CREATE VIEW latest AS SELECT (SELECT response FROM kept WHERE name = 'first') AS first;
SELECT canonical_json(introspect(first ->> 'refresh_token', 'tv')) FROM latest;
SELECT canonical_json(introspect(first ->> 'refresh_token', 'radio')) FROM latest;
SELECT introspect(first ->> 'access_token', 'tv') -> 'active', introspect(first ->> 'access_token', 'tv') ->> 'sub',
    introspect(first ->> 'access_token', 'tv') ->> 'token_type' FROM latest;
SELECT canonical_json(introspect(first ->> 'access_token', 'radio')) FROM latest;
SELECT canonical_json(introspect('nothing', 'tv')), introspect('x', 'nobody') ->> 'error';
SELECT canonical_json(userinfo(first ->> 'access_token')) FROM latest;
SELECT userinfo('x') ->> 'error';

-- Once; narrower where that is asked for; what could not succeed spends nothing.
SELECT set_clock('2026-01-01T00:01:00Z');
SELECT token_request('{"grant_type":"refresh_token"}', '{"client_id":"tv"}') ->> 'error';
SELECT token_request('{"grant_type":"refresh_token","refresh_token":"nothing"}', '{"client_id":"tv"}') ->> 'error';
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (first ->> 'refresh_token') || '"}'), '{"client_id":"radio"}') ->> 'error' FROM latest;
SELECT token_request(json('{"grant_type":"refresh_token","scope":"watch admin","refresh_token":"' || (first ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM latest;
KEEP second SELECT token_request(json('{"grant_type":"refresh_token","scope":"watch","refresh_token":"' || (first ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') FROM latest;
SELECT response ->> 'scope', response ->> 'id_token' FROM kept WHERE name = 'second';
-- The answer was lost: within the grace time it is taken again.
SELECT set_clock('2026-01-01T00:01:29Z');
KEEP again SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (first ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') FROM latest;
SELECT response ->> 'scope' FROM kept WHERE name = 'again';
SELECT canonical_json(introspect(first ->> 'refresh_token', 'tv')) FROM latest;
-- What was lost is replaced: whoever has it gets nothing for it, and for a while nobody is suspected for that.
SELECT name, introspect(response ->> 'refresh_token', 'tv') -> 'active' FROM kept WHERE name IN ('second', 'again') ORDER BY name;
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM kept WHERE name = 'second';
-- After it somebody has it who should not: everything ends.
SELECT set_clock('2026-01-01T00:01:30Z');
SELECT authenticate(response ->> 'access_token') -> 'valid' FROM kept WHERE name IN ('first', 'second', 'again');
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (first ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM latest;
SELECT authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name IN ('first', 'second', 'again');
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM kept WHERE name = 'again';
SELECT canonical_json(introspect(response ->> 'refresh_token', 'tv')) FROM kept WHERE name = 'again';

-- One token of a grant is good: its parent makes no other one once it was used, within the grace time or not.
KEEP device-6 SELECT issue_device_code('tv', 'watch');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'device-6'), 'frank') ->> 'status';
KEEP frank-1 SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device-6'), 'tv');
KEEP frank-2 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') FROM kept WHERE name = 'frank-1';
KEEP frank-3 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') FROM kept WHERE name = 'frank-1';
KEEP frank-4 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') FROM kept WHERE name = 'frank-3';
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM kept WHERE name = 'frank-1';
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM kept WHERE name = 'frank-2';
SELECT name, introspect(response ->> 'refresh_token', 'tv') -> 'active', authenticate(response ->> 'access_token') -> 'valid' FROM kept WHERE name LIKE 'frank%' ORDER BY name;
KEEP frank-5 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') FROM kept WHERE name = 'frank-4';
SELECT response ->> 'scope' FROM kept WHERE name = 'frank-5';
-- A token that was replaced is a sign of theft, too, after the grace time.
SELECT set_clock('2026-01-01T00:02:00Z');
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM kept WHERE name = 'frank-2';
SELECT name, introspect(response ->> 'refresh_token', 'tv') -> 'active', authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name LIKE 'frank%' ORDER BY name;
SELECT set_clock('2026-01-01T00:01:30Z');

-- Lifetimes: of the token, and of the grant, which no token outlives.
KEEP device-2 SELECT issue_device_code('tv', 'watch');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'device-2'), 'bob') ->> 'status';
KEEP bob-1 SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device-2'), 'tv');
SELECT set_clock('2026-01-02T00:01:29Z');
KEEP bob-2 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') FROM kept WHERE name = 'bob-1';
SELECT set_clock('2026-01-03T00:01:00Z');
KEEP bob-3 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') FROM kept WHERE name = 'bob-2';
SELECT name, response ->> 'expires_in' FROM kept WHERE name LIKE 'bob%' ORDER BY name;
SELECT set_clock('2026-01-03T00:01:30Z');
SELECT authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name = 'bob-3';
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM kept WHERE name = 'bob-3';

-- A locked subject gets nothing, and is not logged out by that.
KEEP device-3 SELECT issue_device_code('tv', 'watch', '{"name":"Kitchen"}');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'device-3'), 'carol') ->> 'status';
KEEP carol-1 SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device-3'), 'tv');
SELECT set_subject('carol', '{"enabled":false}') -> 'enabled';
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM kept WHERE name = 'carol-1';
SELECT canonical_json(introspect(response ->> 'access_token', 'tv')) FROM kept WHERE name = 'carol-1';
SELECT set_subject('carol', '{"enabled":true}') -> 'enabled';
KEEP carol-2 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') FROM kept WHERE name = 'carol-1';
SELECT response ->> 'expires_in' FROM kept WHERE name = 'carol-2';

-- Her devices: seen, named, ended.
SELECT g ->> 'client_name', g -> 'device' ->> 'name', g ->> 'scope', g ->> 'created_at', g ->> 'used_at', g ->> 'name' FROM (SELECT grants('carol') -> 0 AS g) t;
CREATE TABLE grant_of (subject text, grant_id text);
INSERT INTO grant_of SELECT 'carol', grants('carol') -> 0 ->> 'grant_id';
SELECT canonical_json(rename_grant('carol', grant_id, 'The kitchen')), rename_grant('bob', grant_id, 'mine') ->> 'error' FROM grant_of;
SELECT grants('carol') -> 0 ->> 'name', canonical_json(grants('nobody'));
SELECT revoke_grant('bob', grant_id) ->> 'error' FROM grant_of;
SELECT canonical_json(revoke_grant('carol', grant_id)) FROM grant_of;
SELECT revoke_grant('carol', grant_id) ->> 'error', canonical_json(grants('carol')) FROM grant_of;
SELECT authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name = 'carol-2';

-- Revocation by the client: of the refresh token all, of an access token that alone.
KEEP device-4 SELECT issue_device_code('tv', 'watch');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'device-4'), 'dave') ->> 'status';
KEEP dave-1 SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device-4'), 'tv');
KEEP dave-2 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') FROM kept WHERE name = 'dave-1';
SELECT revoke(response ->> 'access_token', 'radio') ->> 'error', revoke(response ->> 'refresh_token', 'radio') ->> 'error' FROM kept WHERE name = 'dave-1';
SELECT canonical_json(revoke(response ->> 'access_token', 'tv')) FROM kept WHERE name = 'dave-1';
SELECT name, authenticate(response ->> 'access_token') -> 'valid' FROM kept WHERE name LIKE 'dave%' ORDER BY name;
SELECT canonical_json(revoke(response ->> 'access_token', 'tv')) FROM kept WHERE name = 'dave-1';
SELECT canonical_json(revoke(response ->> 'refresh_token', 'tv')) FROM kept WHERE name = 'dave-1';
SELECT name, authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name LIKE 'dave%' ORDER BY name;
SELECT canonical_json(revoke('nothing', 'tv')), revoke('nothing', 'nobody') ->> 'error';

-- Opaque access tokens, and a refresh token that is not rotated.
SELECT register_client('box', '{"scope":"watch","access_token_format":"opaque","access_token_lifetime":60,"do_not_rotate_refresh_token":true,
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}') ->> 'client_id';
KEEP device-5 SELECT issue_device_code('box');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'device-5'), 'erin') ->> 'status';
KEEP erin-1 SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device-5'), 'box');
KEEP erin-2 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"box"}') FROM kept WHERE name = 'erin-1';
KEEP erin-3 SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"box"}') FROM kept WHERE name = 'erin-1';
SELECT name, length(response ->> 'access_token'), response ->> 'expires_in', CASE WHEN response ->> 'refresh_token' IS NULL THEN 'the old one stays' END, authenticate(response ->> 'access_token') -> 'claims' ->> 'sub' FROM kept WHERE name LIKE 'erin%' ORDER BY name;
SELECT introspect(response ->> 'access_token', 'box') ->> 'sub', introspect(response ->> 'access_token', 'box') ->> 'exp' FROM kept WHERE name = 'erin-1';
SELECT canonical_json(revoke(response ->> 'access_token', 'box')) FROM kept WHERE name = 'erin-1';
SELECT name, authenticate(response ->> 'access_token') -> 'valid' FROM kept WHERE name LIKE 'erin%' ORDER BY name;
SELECT set_clock('2026-01-03T00:02:30Z');
SELECT authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name = 'erin-3';
