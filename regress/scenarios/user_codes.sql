-- SPDX-License-Identifier: Apache-2.0
-- user_codes.sql: guessing is limited by subject, by source and for everyone; RFC 8628 §5.1.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","device_flow_settings":{"attempts_subject_max":3,
    "attempts_source_max":5,"attempts_global_max":8,"attempts_window_in_secs":60}}') ->> 'tenant';
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
CREATE TABLE flow (response jsonb);
INSERT INTO flow SELECT issue_device_code('tv');

-- Three wrong codes lock the subject out, even with the right one; others are not affected.
SELECT canonical_json(approve_device_code('BBBB-BBBB', 'mallory', '{"source":"192.0.2.1"}'));
SELECT lookup_user_code('BBBB-BBBC', 'mallory', '{"source":"192.0.2.1"}') ->> 'error';
SELECT deny_device_code('not a code at all', 'mallory', '{"source":"192.0.2.1"}') ->> 'error';
SELECT canonical_json(approve_device_code((SELECT response ->> 'user_code' FROM flow), 'mallory',
    '{"source":"192.0.2.1"}'));
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow), 'alice',
    '{"source":"192.0.2.1"}') ->> 'error';

-- Five wrong codes from one source, whoever typed them, lock the source out.
SELECT approve_device_code('BBBB-BBBD', 'm1', '{"source":"192.0.2.1"}') ->> 'error';
SELECT approve_device_code('BBBB-BBBF', 'm2', '{"source":"192.0.2.1"}') ->> 'error';
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow), 'alice',
    '{"source":"192.0.2.1"}') ->> 'error';
SELECT lookup_user_code((SELECT response ->> 'user_code' FROM flow), 'alice',
    '{"source":"192.0.2.2"}') ->> 'error';

-- Eight in the tenant lock everyone out, until the window ends.
SELECT approve_device_code('BBBB-BBBG', 'm3', '{"source":"192.0.2.3"}') ->> 'error';
SELECT approve_device_code('BBBB-BBBH', 'm4', '{"source":"192.0.2.4"}') ->> 'error';
SELECT approve_device_code('BBBB-BBBJ', 'm5') ->> 'error';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice',
    '{"source":"192.0.2.2"}') ->> 'error';
SELECT set_clock('2026-01-01T00:01:01Z');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice',
    '{"source":"192.0.2.2"}') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'token_type';

-- A success resets only its own: mallory's count starts anew with the window, not with alice.
SELECT approve_device_code('BBBB-BBBB', 'mallory') ->> 'error';
SELECT approve_device_code('BBBB-BBBB', 'mallory') ->> 'error';
SELECT approve_device_code('BBBB-BBBB', 'mallory') ->> 'error';
SELECT approve_device_code('BBBB-BBBB', 'mallory') ->> 'error';

-- R59: the more codes wait, the likelier a guess hits one: that is a warning, and passes with them.
SELECT configuration() ->> 'warnings';
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001)
SELECT count(issue_device_code('tv')) FROM n;
SELECT configuration() ->> 'warnings';
SELECT set_clock('2026-01-02T00:00:00Z');
SELECT configuration() ->> 'warnings';
