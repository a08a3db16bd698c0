-- SPDX-License-Identifier: Apache-2.0
-- throttle.sql: guessing user codes is counted for the subject, its source and everyone; over a limit
-- even the right code is refused until the window ends (RFC 8628 §5.1).
CREATE TABLE flow (name text, response jsonb);
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"device_flow_settings":{"device_flow_codelifetime_seconds":1800,"attempts_source_max":7,"attempts_global_max":12}}') -> 'device_flow_settings' ->> 'attempts_subject_max';
SELECT register_client('tv', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
INSERT INTO flow SELECT 'A', issue_device_code('tv');
INSERT INTO flow SELECT 'B', issue_device_code('tv');
SELECT lookup_user_code('BBBB-BBBB', 'mallory', '{"source":"198.51.100.1"}') ->> 'error';
SELECT approve_device_code('BBBB-BBBC', 'mallory', '{"source":"198.51.100.1"}') ->> 'error';
SELECT deny_device_code('BBBB-BBBD', 'mallory', '{"source":"198.51.100.1"}') ->> 'error';
SELECT lookup_user_code('bbbb bbbf', 'mallory', '{"source":"198.51.100.1"}') ->> 'error';
-- Right codes are given back and reset nothing.
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'mallory', '{"source":"198.51.100.1"}') ->> 'client_id';
SELECT lookup_user_code('BBBB-BBBG', 'mallory', '{"source":"198.51.100.1"}') ->> 'error';
SELECT canonical_json(lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'mallory', '{"source":"198.51.100.1"}'));
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'mallory') ->> 'error';
-- Another subject is free to use its own; from the same source only so far.
SELECT lookup_user_code('BBBB-BBBH', 'eve', '{"source":"198.51.100.1"}') ->> 'error';
SELECT lookup_user_code('BBBB-BBBJ', 'eve', '{"source":"198.51.100.1"}') ->> 'error';
SELECT lookup_user_code('BBBB-BBBK', 'eve', '{"source":"198.51.100.1"}') ->> 'error';
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'alice', '{"source":"198.51.100.1"}') ->> 'error';
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'alice', '{"source":"192.0.2.1"}') ->> 'client_id';
-- A decision resets the subject's own count, nobody else's.
SELECT lookup_user_code('BBBB-BBBL', 'alice') ->> 'error';
SELECT lookup_user_code('BBBB-BBBM', 'alice') ->> 'error';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'A'), 'alice') ->> 'status';
SELECT lookup_user_code('BBBB-BBBN', 'alice') ->> 'error';
SELECT lookup_user_code('BBBB-BBBP', 'alice') ->> 'error';
-- Everyone together: one more wrong code and the tenant is closed.
SELECT lookup_user_code('BBBB-BBBQ', 'dave') ->> 'error';
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'B'), 'frank') ->> 'error';
-- The windows end.
SELECT set_clock('2026-01-01T00:04:59Z');
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'B'), 'frank') ->> 'error';
SELECT set_clock('2026-01-01T00:05:00Z');
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow WHERE name = 'B'), 'mallory', '{"source":"198.51.100.1"}') ->> 'client_id';
-- Addresses of one IPv6 network are one source, an IPv4 address in two spellings is one, too.
SELECT configure('{"device_flow_settings":{"attempts_source_max":1,"attempts_global_max":1000}}') -> 'device_flow_settings' ->> 'attempts_source_max';
SELECT lookup_user_code('BBBB-BBBB', 'gina', '{"source":"2001:db8:1:2::3"}') ->> 'error';
SELECT lookup_user_code('BBBB-BBBB', 'gina', '{"source":"2001:DB8:1:2:ffff::4"}') ->> 'error';
SELECT lookup_user_code('BBBB-BBBB', 'gina', '{"source":"2001:db8:1:3::3"}') ->> 'error';
SELECT lookup_user_code('BBBB-BBBB', 'hugo', '{"source":"192.0.2.33"}') ->> 'error';
SELECT lookup_user_code('BBBB-BBBB', 'hugo', '{"source":"::ffff:192.0.2.33"}') ->> 'error';
SELECT lookup_user_code('BBBB-BBBB', 'hugo', '{"source":"no address"}') ->> 'error';
SELECT lookup_user_code('BBBB-BBBB', 'hugo', '{"source":"no address"}') ->> 'error';
SELECT lookup_user_code('BBBB-BBBB', 'hugo', '{"source":"another"}') ->> 'error';
