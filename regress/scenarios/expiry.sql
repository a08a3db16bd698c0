-- SPDX-License-Identifier: Apache-2.0
-- expiry.sql: a code lives its lifetime to the microsecond; after it nothing revives it.
CREATE TABLE flow (name text, response jsonb);
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT register_client('tv', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
INSERT INTO flow SELECT 'approved', issue_device_code('tv');
INSERT INTO flow SELECT 'denied', issue_device_code('tv');
INSERT INTO flow SELECT 'pending', issue_device_code('tv');
INSERT INTO flow SELECT 'consumed', issue_device_code('tv');
SELECT set_clock('2026-01-01T00:04:59.999999Z');
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'pending'), 'alice') ->> 'expires_in';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'approved'), 'alice') ->> 'status';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'consumed'), 'alice') ->> 'status';
SELECT canonical_json(deny_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'denied'), 'alice'));
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'denied'), 'tv') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'pending'), 'tv') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'consumed'), 'tv') ->> 'token_type';
SELECT set_clock('2026-01-01T00:05:00Z');
-- Expired beats approved and denied.
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'approved'), 'tv') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'denied'), 'tv') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'pending'), 'tv') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'consumed'), 'tv') ->> 'error';
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'pending'), 'alice') ->> 'error';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'pending'), 'alice') ->> 'error';
SELECT deny_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'pending'), 'alice') ->> 'error';
-- Retention keeps the answer for an hour; then the code is as unknown as any.
SELECT set_clock('2026-01-01T01:05:00Z');
SELECT canonical_json(purge(100));
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'approved'), 'tv') ->> 'error';
SELECT set_clock('2026-01-01T01:05:00.000001Z');
SELECT canonical_json(purge(3));
SELECT canonical_json(purge(100));
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'approved'), 'tv') ->> 'error';
SELECT purge(0);
