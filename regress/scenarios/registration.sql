-- SPDX-License-Identifier: Apache-2.0
-- registration.sql: registration, change, and what a client that is not allowed gets.
CREATE TABLE flow (name text, response jsonb);
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT canonical_json(register_client('tv', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"scope":"play","redirect_uris":["https://tv.example/cb"]}'));
SELECT register_client('tv', '{}');
SELECT length(response ->> 'client_secret'), response ->> 'client_secret_expires_at' FROM (SELECT register_client('box', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"token_endpoint_auth_method":"client_secret_basic","client_secret_expires_at":1767312000}') AS response LIMIT 1) made;
-- A grant must be opted into; an unknown client is none.
SELECT register_client('web', '{"grant_types":["authorization_code"]}') ->> 'client_id';
SELECT issue_device_code('web') ->> 'error';
SELECT canonical_json(issue_device_code('nobody'));
SELECT poll_device_code('x', 'web') ->> 'error';
SELECT poll_device_code('x', 'nobody') ->> 'error';
SELECT poll_device_code('x', 'tv') ->> 'error';
-- Scope: absent means all, wider or malformed is refused.
SELECT issue_device_code('tv', 'play record') ->> 'error';
SELECT issue_device_code('tv', 'play play') ->> 'error';
SELECT issue_device_code('tv', ' play') ->> 'error';
SELECT issue_device_code('tv', 'pl"ay') ->> 'error';
-- Another client's code: no tokens, nothing changes for its owner.
INSERT INTO flow SELECT 'A', issue_device_code('tv', 'play');
SELECT register_client('tv2', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'alice') ->> 'status';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv2') ->> 'error';
-- Disabled between approval and poll: no tokens; enabled again, the code is still there.
SELECT canonical_json(update_client('tv', '{"enabled":false,"redirect_uris":null}'));
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv') ->> 'error';
SELECT issue_device_code('tv') ->> 'error';
SELECT canonical_json(update_client('tv', '{"enabled":true,"grant_types":[]}') -> 'grant_types');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv') ->> 'error';
SELECT update_client('tv', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv') ->> 'scope';
-- A pending code follows its client and the settings at once.
INSERT INTO flow SELECT 'B', issue_device_code('tv');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'B'), 'tv') ->> 'error';
SELECT update_client('tv', '{"enabled":false}') ->> 'client_id';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'B'), 'tv') ->> 'error';
SELECT update_client('tv', '{"enabled":null,"grant_types":[]}') ->> 'client_id';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'B'), 'tv') ->> 'error';
SELECT configure('{"grant_types":[]}') ->> 'tenant';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'B'), 'tv') ->> 'error';
SELECT update_client('tv', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'B'), 'tv') ->> 'error';
SELECT configure('{"grant_types":null}') ->> 'tenant';
SELECT set_clock('2026-01-01T00:00:05Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'B'), 'tv') ->> 'error';
-- A client that comes to need a secret is given one, once.
SELECT length(update_client('tv', '{"token_endpoint_auth_method":"client_secret_post"}') ->> 'client_secret');
SELECT update_client('tv', '{"client_name":"TV"}') ->> 'client_secret';
-- Misuse raises.
SELECT update_client('nobody', '{}');
SELECT register_client('bad', '{"grant_types":"urn:ietf:params:oauth:grant-type:device_code"}');
SELECT register_client('bad', '{"client_secret":"chosen"}');
SELECT register_client('bad', '{"token_endpoint_auth_method":"tls"}');
SELECT register_client('bad', '{"scope":"a  b"}');
SELECT register_client('', '{}');
SELECT register_client('ü', '{}');
SELECT register_client('bad', '[]');
SELECT register_client(NULL, '{}');
-- A grant that the whole tenant has switched off.
SELECT configure('{"grant_types":["refresh_token"]}') ->> 'tenant';
SELECT issue_device_code('tv') ->> 'error';
