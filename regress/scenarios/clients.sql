-- SPDX-License-Identifier: Apache-2.0
-- clients.sql: who may start and poll: RFC 7591 metadata, and what changes between approval and poll.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT CASE WHEN create_signing_key() IS NOT NULL THEN 'key made' END;
CREATE TABLE flow (response jsonb);
SELECT canonical_json(issue_device_code('nobody'));
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}');
SELECT register_client('web', '{"token_endpoint_auth_method":"none",
    "grant_types":["refresh_token"]}') ->> 'client_id';
SELECT canonical_json(issue_device_code('web'));

-- A secret is made by us, shown once, and kept as a digest.
SELECT CASE WHEN length(register_client('box', '{"token_endpoint_auth_method":"client_secret_basic",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_secret') >= 43 THEN 'a long secret' END;
SELECT update_client('box', '{"client_name":"Box"}') ->> 'client_secret';
SELECT update_client('box', '{"client_name":"Box"}') ->> 'client_name';

-- What nothing acts on is kept, and named: to who registers a client and to who looks at it.
SELECT canonical_json(register_client('kept', '{"grant_types":["refresh_token"],"contacts":["a@example.com"],"request_uris":["https://rp.example/r"],"backchannel_token_delivery_mode":"poll"}') -> 'warnings');
SELECT canonical_json(update_client('kept', '{"contacts":null}') -> 'warnings'), canonical_json(client('kept') -> 'request_uris');
SELECT update_client('kept', '{"request_uris":null,"backchannel_token_delivery_mode":null}') ->> 'warnings';
-- Malformed metadata raises.
SELECT register_client('bad', '{"grant_types":"device_code"}');
SELECT register_client('bad', '{"token_endpoint_auth_method":"magic"}');
SELECT register_client('bad', '[]');
SELECT register_client('', '{}');
SELECT update_client('nobody', '{}');

-- Another client's code is unknown, and stays unspent.
SELECT register_client('tv2', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
INSERT INTO flow SELECT issue_device_code('tv');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv2') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'nobody') ->> 'error';

-- Disabled between approval and poll: no token; enabled again: the code is still good.
SELECT update_client('tv', '{"enabled":false}') ->> 'client_id';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT update_client('tv', '{"enabled":true}') ->> 'client_id';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'token_type';
DELETE FROM flow;
INSERT INTO flow SELECT issue_device_code('tv');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice') ->> 'error';
SELECT canonical_json(set_subject('alice', '{"enabled":false}'));
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
