-- SPDX-License-Identifier: Apache-2.0
-- audit_events.sql: V23: what the device grant writes to the audit, who it was and from where, never a
-- code; which events are written is a setting.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
CREATE TABLE flow (name text, response jsonb);
INSERT INTO flow SELECT 'A', issue_device_code('tv');
INSERT INTO flow SELECT 'B', issue_device_code('tv');
INSERT INTO flow SELECT 'C', issue_device_code('tv');
-- By default all but what a stranger can cause without limit.
SELECT canonical_json(configuration() -> 'audit_settings');
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'alice', '{"source":"192.0.2.1"}') ->> 'client_id';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv') ->> 'error';
SELECT count(*) FROM idplane_audit;
-- All of them.
SELECT canonical_json(configure('{"audit_settings":{"audit_events":["issued","looked_up","approved","denied","polled_fast","redeemed","expired","guessed"]}}') -> 'audit_settings');
SELECT set_clock('2026-01-01T00:01:00Z');
SELECT issue_device_code('tv') ->> 'interval';
SELECT set_clock('2026-01-01T00:01:01Z');
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'alice', '{"source":"192.0.2.1"}') ->> 'client_id';
SELECT set_clock('2026-01-01T00:01:02Z');
SELECT lookup_user_code('BBBB-BBBB', 'mallory', '{"source":"192.0.2.9"}') ->> 'error';
SELECT set_clock('2026-01-01T00:01:03Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv') ->> 'error';
SELECT set_clock('2026-01-01T00:01:04Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv') ->> 'error';
SELECT set_clock('2026-01-01T00:01:05Z');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'alice', '{"source":"192.0.2.1"}') ->> 'status';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'alice', '{"source":"192.0.2.1"}') ->> 'error';
SELECT set_clock('2026-01-01T00:01:06Z');
SELECT deny_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'B'), 'alice') ->> 'status';
SELECT set_clock('2026-01-01T00:02:00Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv') ->> 'token_type';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv') ->> 'error';
-- A code that is over is told so at each poll, and stands in the audit once; a denied one not at all.
SELECT set_clock('2026-01-01T00:05:00Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'C'), 'tv') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'C'), 'tv') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'B'), 'tv') ->> 'error';
SELECT canonical_json(audit_events());
SELECT canonical_json(verify_audit());
-- None, and names that there are not.
SELECT canonical_json(configure('{"audit_settings":{"audit_events":[]}}') -> 'audit_settings');
SELECT lookup_user_code('BBBB-BBBC', 'mallory') ->> 'error';
SELECT count(*) FROM idplane_audit;
SELECT configure('{"audit_settings":{"audit_events":["peeked"]}}');
SELECT configure('{"audit_settings":{"audit_events":"approved"}}');
SELECT configure('{"audit_settings":{"audit_events":[1]}}');
SELECT canonical_json(configure('{"audit_settings":null}') -> 'audit_settings');
