-- SPDX-License-Identifier: Apache-2.0
-- privileges.sql: a role may do what it was granted: neither more, nor with more reach.
SET client_min_messages = warning;
DROP ROLE IF EXISTS idplane_regress_front;
RESET client_min_messages;
CREATE ROLE idplane_regress_front;
GRANT USAGE ON SCHEMA idplane TO idplane_regress_front;
SELECT idplane.register_client('tv', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"],
    "token_endpoint_auth_method":"none"}') ->> 'client_id' AS client;
SET ROLE idplane_regress_front;
SELECT idplane.issue_device_code('tv');
SELECT * FROM idplane.device_code;
SELECT idplane.set_clock('2026-01-01T00:00:00Z');
SET idplane.tenant = 'other';
RESET ROLE;
-- The grant of one function is enough: it works with the owner's rights on the tables.
GRANT EXECUTE ON FUNCTION idplane.issue_device_code TO idplane_regress_front;
SET ROLE idplane_regress_front;
SELECT idplane.issue_device_code('tv') ? 'device_code' AS issued;
SELECT idplane.jwks() ? 'keys' AS keys;
SELECT idplane.poll_device_code('x', 'tv');
RESET ROLE;

-- Default privileges of the database open no table.
SELECT relname FROM pg_class WHERE relnamespace = 'idplane'::regnamespace AND relkind = 'r'
   AND has_table_privilege('idplane_regress_front', oid, 'SELECT');
