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

-- ---- instances, keys of issuers ----

-- A token signed with one of two keys; who judges it reads only.
CREATE TEMP TABLE made AS SELECT idplane.jwk_generate('ES256') AS first, idplane.jwk_generate('ES256') AS second;
SELECT idplane.jwt_sign_with('{"iss": "https://id.example", "aud": "api", "sub": "jane", "exp": 4102444800}',
    first::text) AS token, jsonb_build_object('keys', jsonb_build_array(idplane.jwk_public(first))) AS first,
    jsonb_build_object('keys', jsonb_build_array(idplane.jwk_public(second))) AS second FROM made
\gset
\setenv FIRST :first
\setenv SECOND :second
SELECT idplane.provision_oidc('kept', '{"clientID": "api", "issuerURL": "https://id.example",
    "signingAlgs": ["ES256"], "usernamePrefix": "-"}') ->> 'error' AS error;
SELECT idplane.set_oidc_default('{"clientID": "none", "issuerURL": "https://none.example"}') IS NOT NULL AS said;
SELECT idplane.provision_oidc('kept', '{"clientID": "api", "issuerURL": "https://id.example",
    "signingAlgs": ["ES256"], "usernamePrefix": "-"}') ->> 'status' AS status;
PREPARE judge AS SELECT coalesce(answer ->> 'username', answer ->> 'reason') AS answer
    FROM idplane.oidc_authenticate('kept', $1) answer;
EXECUTE judge(:'token');
EXECUTE judge(:'token');
\! psql -X -q -At -c "SELECT idplane.set_issuer_keys('https://id.example', '$FIRST')"
EXECUTE judge(:'token');
EXECUTE judge(:'token');
\! psql -X -q -At -c "SELECT idplane.set_issuer_keys('https://id.example', '$SECOND')"
EXECUTE judge(:'token');
\! psql -X -q -At -c "SELECT idplane.set_issuer_keys('https://id.example', '$FIRST')"
EXECUTE judge(:'token');
\! psql -X -q -At -c "SELECT idplane.update_oidc('kept', '{\"clientID\": \"other\", \"issuerURL\": \"https://id.example\"}') ->> 'status'"
EXECUTE judge(:'token');
EXECUTE judge(:'token');

-- A table that was rewritten has another TOAST table.
\! psql -X -q -At -c 'ALTER TABLE idplane.oidc_instance SET UNLOGGED' -c 'ALTER TABLE idplane.oidc_instance SET LOGGED'
EXECUTE judge(:'token');
EXECUTE judge(:'token');
EXECUTE judge(:'token');
\! psql -X -q -At -c "SELECT idplane.rollback_oidc('kept', 1) ->> 'status'"
EXECUTE judge(:'token');

-- One's own change, and its end; a row that goes.
BEGIN;
SELECT idplane.set_issuer_keys('https://id.example', :'second');
EXECUTE judge(:'token');
ROLLBACK;
EXECUTE judge(:'token');
BEGIN;
DELETE FROM idplane.issuer_keys;
EXECUTE judge(:'token');
ROLLBACK;
EXECUTE judge(:'token');

-- What a transaction made and took back was never there, for an instance as for a client.
BEGIN;
SELECT idplane.provision_oidc('undone', '{"clientID": "api", "issuerURL": "https://id.example",
    "signingAlgs": ["ES256"], "usernamePrefix": "-"}') ->> 'status' AS status;
SELECT idplane.oidc_authenticate('undone', :'token') ->> 'ok' AS ok FROM generate_series(1, 2);
SELECT idplane.register_client('undone', '{"token_endpoint_auth_method": "none",
    "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id' AS registered;
SELECT idplane.issue_device_code('undone') ? 'device_code' AS issued;
SELECT idplane.issue_device_code('undone') ? 'device_code' AS issued;
ROLLBACK;
SELECT idplane.oidc_authenticate('undone', :'token') ->> 'reason' AS reason;
SELECT idplane.issue_device_code('undone') ->> 'error' AS error;
DO $$
BEGIN
    PERFORM idplane.provision_oidc('undone', '{"clientID": "api", "issuerURL": "https://id.example"}');
    PERFORM idplane.oidc_authenticate('undone', 'e30.e30.AAAA') FROM generate_series(1, 2);
    RAISE 'taken back';
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE '%', SQLERRM;
END $$;
SELECT idplane.oidc_authenticate('undone', :'token') ->> 'reason' AS reason;

-- A transaction with one snapshot sees that; a query that began before sees what is now.
BEGIN ISOLATION LEVEL REPEATABLE READ;
EXECUTE judge(:'token');
\! psql -X -q -At -c "SELECT idplane.set_issuer_keys('https://id.example', '$SECOND')"
EXECUTE judge(:'token');
COMMIT;
EXECUTE judge(:'token');
BEGIN;
DECLARE began CURSOR FOR SELECT coalesce(answer ->> 'username', answer ->> 'reason') AS answer
    FROM generate_series(1, 3) i, idplane.oidc_authenticate(CASE WHEN i > 0 THEN 'kept' END, :'token') answer;
FETCH began;
\! psql -X -q -At -c "SELECT idplane.set_issuer_keys('https://id.example', '$FIRST')"
FETCH began;
FETCH began;
COMMIT;
EXECUTE judge(:'token');

-- Of many instances each is told from the others; parallel workers read for themselves.
SELECT count(idplane.provision_oidc('kept' || i, jsonb_build_object('clientID', CASE WHEN i % 2 = 0
    THEN 'api' ELSE 'other' END, 'issuerURL', 'https://id.example', 'signingAlgs', '["ES256"]'::jsonb)))
  FROM generate_series(1, 200) i;
SELECT count(*) FROM generate_series(1, 2) round, generate_series(1, 200) i
 WHERE (idplane.oidc_authenticate('kept' || i, :'token') ->> 'ok')::boolean;
CREATE TABLE judged AS SELECT 'kept' || i AS instance FROM generate_series(1, 200) i;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*) FROM judged WHERE (idplane.oidc_authenticate(instance, :'token') ->> 'ok')::boolean;
RESET ALL;
DROP TABLE judged;

-- The function is for those triggers.
SELECT idplane.configuration_changed();
SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger WHERE tgname ~ '^idplane_' ORDER BY 1, 2;
SELECT idplane.configure('{"device_flow_settings": {"device_flow_codelifetime_in_secs": null}}') IS NOT NULL AS reset;

-- A function of the caller's sees no row of another tenant in the view.
SELECT idplane.provision_oidc('leaky') ->> 'status' AS status;
SELECT idplane.set_oidc_default('{"clientID": "later", "issuerURL": "https://none.example"}') IS NOT NULL AS said;
SELECT count(*) > 0 AS some FROM idplane.oidc_divergence;
SELECT idplane.set_tenant('elsewhere');
CREATE FUNCTION leak(instance text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
BEGIN
    RAISE WARNING 'seen: %', instance;
    RETURN true;
END $$;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT instance FROM idplane.oidc_divergence WHERE leak(instance);
RESET ALL;
DROP FUNCTION leak;
SELECT idplane.set_tenant('default');
