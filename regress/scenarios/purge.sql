-- SPDX-License-Identifier: Apache-2.0
-- purge.sql: what is over goes, in batches; what may still be asked for stays.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
CREATE TABLE flow (name text, response jsonb);
INSERT INTO flow SELECT 'old', issue_device_code('tv');
SELECT issue_device_code('tv') ->> 'interval';
SELECT issue_device_code('tv') ->> 'interval';
SELECT approve_device_code('BBBB-BBBB', 'mallory') ->> 'error';
SELECT set_clock('2026-01-01T00:04:00Z');
INSERT INTO flow SELECT 'new', issue_device_code('tv');
SELECT canonical_json(purge(100));
SELECT set_clock('2026-01-01T00:05:01Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'old'), 'tv') ->> 'error';
SELECT set_clock('2027-01-01T00:00:00Z');
SELECT canonical_json(purge(2));
SELECT canonical_json(purge(100));
SELECT canonical_json(purge(100));
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow WHERE name = 'old'), 'tv') ->> 'error';
SELECT purge(0);
SELECT purge(-1);
