-- SPDX-License-Identifier: Apache-2.0
-- subjects.sql: a subject never heard of is an enabled one; a locked one gets and gives nothing.
CREATE TABLE flow (name text, response jsonb);
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT register_client('tv', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
INSERT INTO flow SELECT 'A', issue_device_code('tv');
INSERT INTO flow SELECT 'B', issue_device_code('tv');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'alice') ->> 'status';
SELECT canonical_json(set_subject('alice', '{"enabled":false}'));
-- Locked between approval and poll: refused, and the code is used up with it.
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv') ->> 'error';
SELECT set_subject('alice', '{"enabled":true}') ->> 'subject';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'A'), 'tv') ->> 'error';
-- A locked subject cannot decide either.
SELECT set_subject('bob', '{"enabled":false}') ->> 'subject';
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'B'), 'bob') ->> 'error';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'B'), 'bob') ->> 'error';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'B'), 'carol') ->> 'status';
SELECT set_subject('bob', '{}');
SELECT set_subject('bob', '{"enabled":1}');
SELECT set_subject('bob', '{"enabled":true,"name":"Bob"}');
-- Whoever decides must be somebody.
SELECT approve_device_code('BBBB-BBBB', NULL);
SELECT approve_device_code('BBBB-BBBB', '');
SELECT approve_device_code('BBBB-BBBB', 'bob', '{"scope":1}') ->> 'error';
SELECT approve_device_code('BBBB-BBBB', 'bob', '{"unheard_of":1}') ->> 'error';
SELECT approve_device_code('BBBB-BBBB', 'bob', '{"amr":["pwd",1]}') ->> 'error';
SELECT approve_device_code('BBBB-BBBB', 'bob', '{"auth_time":-1}') ->> 'error';
