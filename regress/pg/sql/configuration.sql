-- SPDX-License-Identifier: Apache-2.0
-- configuration.sql: a backend keeps clients and settings that it has read; what anybody changes
-- there counts from the next call on, what is rolled back never does.
\setenv PGDATABASE :DBNAME
SET client_min_messages = warning;
SELECT idplane.register_client('kept', '{"token_endpoint_auth_method": "none", "scope": "a",
    "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id' AS registered;
PREPARE issue AS SELECT coalesce(answer ->> 'error', 'issued') AS answer, answer ->> 'expires_in' AS expires_in
    FROM idplane.issue_device_code('kept') answer;
EXECUTE issue;
EXECUTE issue;

-- Another session, through the functions and past them.
\! psql -X -q -At -c "SELECT idplane.update_client('kept', '{\"enabled\": false}') ->> 'enabled'"
EXECUTE issue;
\! psql -X -q -At -c "UPDATE idplane.client SET enabled = true WHERE client_id = 'kept'"
EXECUTE issue;
\! psql -X -q -At -c "SELECT idplane.configure('{\"device_flow_settings\": {\"device_flow_codelifetime_in_secs\": 77}}') IS NOT NULL"
EXECUTE issue;
EXECUTE issue;

-- In the middle of a transaction.
BEGIN;
EXECUTE issue;
\! psql -X -q -At -c "UPDATE idplane.client SET enabled = false WHERE client_id = 'kept'"
EXECUTE issue;
COMMIT;

-- One's own change, and its end.
BEGIN;
UPDATE idplane.client SET enabled = true WHERE client_id = 'kept';
EXECUTE issue;
SAVEPOINT before;
UPDATE idplane.client SET device_grant = false WHERE client_id = 'kept';
EXECUTE issue;
ROLLBACK TO before;
EXECUTE issue;
ROLLBACK;
EXECUTE issue;
UPDATE idplane.client SET enabled = true WHERE client_id = 'kept';
EXECUTE issue;

-- Within the statement that changes the row, and after it failed.
UPDATE idplane.client SET enabled = false WHERE client_id = 'kept'
    RETURNING enabled, idplane.issue_device_code('kept') ->> 'error' AS error;
UPDATE idplane.client SET enabled = true WHERE client_id = 'kept'
    RETURNING idplane.issue_device_code('kept') ->> 'error', 1 / (length(client_id) - 4);
EXECUTE issue;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% while it lasted', idplane.issue_device_code('kept') ? 'device_code';
END $$;
CREATE TRIGGER a_refusal AFTER UPDATE ON idplane.client FOR EACH STATEMENT EXECUTE FUNCTION refuse();
\set VERBOSITY terse
UPDATE idplane.client SET enabled = true WHERE client_id = 'kept';
EXECUTE issue;
DROP FUNCTION refuse() CASCADE;
UPDATE idplane.client SET enabled = true WHERE client_id = 'kept';
EXECUTE issue;

-- A transaction with one snapshot sees that, and leaves nothing behind for others.
BEGIN ISOLATION LEVEL REPEATABLE READ;
EXECUTE issue;
\! psql -X -q -At -c "UPDATE idplane.client SET enabled = false WHERE client_id = 'kept'"
EXECUTE issue;
COMMIT;
EXECUTE issue;

-- Rows that go.
UPDATE idplane.client SET enabled = true WHERE client_id = 'kept';
EXECUTE issue;
BEGIN;
DELETE FROM idplane.client WHERE client_id = 'kept';
EXECUTE issue;
ROLLBACK;
BEGIN;
TRUNCATE idplane.client;
EXECUTE issue;
ROLLBACK;
EXECUTE issue;

-- More clients than there is room for, each told from the others.
SELECT count(idplane.register_client('kept' || i, jsonb_build_object('token_endpoint_auth_method', 'none',
    'scope', 's' || i, 'grant_types', '["urn:ietf:params:oauth:grant-type:device_code"]'::jsonb)))
  FROM generate_series(1, 200) i;
SELECT count(*) FROM generate_series(1, 2) round, generate_series(1, 200) i
 WHERE idplane.issue_device_code('kept' || i, 's' || i) ? 'device_code';
SELECT count(*) FROM generate_series(1, 200) i
 WHERE idplane.issue_device_code('kept' || i, 's' || (i + 1)) ->> 'error' = 'invalid_scope';
SELECT idplane.set_tenant('elsewhere');
EXECUTE issue;
SELECT idplane.set_tenant('default');
EXECUTE issue;

-- The function is for those triggers.
SELECT idplane.configuration_changed();
SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger WHERE tgname ~ '^idplane_' ORDER BY 1, 2;
SELECT idplane.configure('{"device_flow_settings": {"device_flow_codelifetime_in_secs": null}}') IS NOT NULL AS reset;
