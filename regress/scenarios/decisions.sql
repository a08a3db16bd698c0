-- SPDX-License-Identifier: Apache-2.0
-- decisions.sql: a decision is the user's, is final, and narrows the scope at most.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT register_client('tv', '{"token_endpoint_auth_method":"none","scope":"read write admin",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT CASE WHEN create_signing_key() IS NOT NULL THEN 'key made' END;
CREATE TABLE flow (response jsonb);

INSERT INTO flow SELECT issue_device_code('tv', 'read write');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice',
    '{"scope":"read admin"}') ->> 'error';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice',
    '{"scope":"read"}') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'scope';
DELETE FROM flow;

-- A scope that the client may not have, or that is no scope, is refused at once.
SELECT canonical_json(issue_device_code('tv', 'read secrets'));
SELECT canonical_json(issue_device_code('tv', 'read "quoted"'));

-- After verification_uri_complete the user must have confirmed that the device is theirs, §3.3.1.
INSERT INTO flow SELECT issue_device_code('tv');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice',
    '{"from_complete":true}') ->> 'error';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice',
    '{"from_complete":true,"confirmed":true}') ->> 'error';
DELETE FROM flow;

-- No subject, no approval.
INSERT INTO flow SELECT issue_device_code('tv');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), NULL);
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), '');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';

-- Expired beats denied and approved.
SELECT deny_device_code((SELECT response ->> 'user_code' FROM flow), 'alice') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT set_clock('2026-01-01T00:05:00Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
DELETE FROM flow;
INSERT INTO flow SELECT issue_device_code('tv');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice') ->> 'error';
SELECT set_clock('2026-01-01T00:10:00Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
