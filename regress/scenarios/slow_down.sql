-- SPDX-License-Identifier: Apache-2.0
-- slow_down.sql: who polls too fast is told so and waits longer for good, but is never starved.
CREATE TABLE flow (name text, response jsonb);
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT register_client('tv', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
INSERT INTO flow SELECT 'A', issue_device_code('tv');

-- The first poll is free; the second comes 250 ms too early, which is forgiven, a µs more is not.
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT set_clock('2026-01-01T00:00:04.75Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT set_clock('2026-01-01T00:00:09.499999Z');
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv'));
-- The refused poll counts as the last one: 10 s from there.
SELECT set_clock('2026-01-01T00:00:19.249999Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
-- The raise is kept through a pause.
SELECT set_clock('2026-01-01T00:00:40Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT set_clock('2026-01-01T00:00:49Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';
-- It ends at 60.
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';
-- A decision is answered at once, however early.
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice') ->> 'status';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'token_type';

-- Where the configured interval is above 60 it is where raising ends.
SELECT configure('{"device_flow_settings":{"device_flow_polling_interval_seconds":90}}') -> 'device_flow_settings' ->> 'device_flow_polling_interval_in_secs';
DELETE FROM flow;
INSERT INTO flow SELECT 'B', issue_device_code('tv');
SELECT response ->> 'interval' FROM flow;
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'interval';

-- The other documented behaviour: rate first, whatever the state; the interval stays.
SELECT configure('{"device_flow_settings":{"device_flow_polling_interval_in_secs":5,"slow_down":"fixed"}}') -> 'device_flow_settings' ->> 'slow_down';
DELETE FROM flow;
INSERT INTO flow SELECT 'C', issue_device_code('tv');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice') ->> 'status';
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv'));
SELECT set_clock('2026-01-01T00:00:56Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'token_type';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT set_clock('2026-01-01T00:01:02Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
-- A denied code counts its polls too.
DELETE FROM flow;
INSERT INTO flow SELECT 'D', issue_device_code('tv');
SELECT deny_device_code((SELECT response ->> 'user_code' FROM flow), 'alice') ->> 'status';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
-- A client switched off is told so first, however early.
SELECT update_client('tv', '{"enabled":false}') ->> 'client_id';
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
