-- SPDX-License-Identifier: Apache-2.0
-- transactions.sql: what a call wrote lives and dies with the transaction around it.
CREATE TEMP TABLE flow (response jsonb);
INSERT INTO flow SELECT idplane.issue_device_code('tv');
SELECT idplane.approve_device_code(response ->> 'user_code', 'alice') ? 'error' AS refused FROM flow;
BEGIN;
SELECT idplane.poll_device_code(response ->> 'device_code', 'tv') ? 'access_token' AS paid FROM flow;
ROLLBACK;
-- Taken back, so it is paid again.
SELECT idplane.poll_device_code(response ->> 'device_code', 'tv') ? 'access_token' AS paid FROM flow;
SELECT idplane.poll_device_code(response ->> 'device_code', 'tv') ->> 'error' AS again FROM flow;

-- An error in a block of its own leaves the rest of the transaction whole.
CREATE TEMP TABLE attempts (outcome text);
DO $$
BEGIN
    FOR i IN 1..100 LOOP
        BEGIN
            PERFORM idplane.issue_device_code(NULL);
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO attempts VALUES (split_part(SQLERRM, ':', 2));
        END;
    END LOOP;
END $$;
SELECT outcome, count(*) FROM attempts GROUP BY 1;

-- A transaction that may not write is told so by PostgreSQL.
\set VERBOSITY terse
BEGIN READ ONLY;
SELECT idplane.configuration() IS NOT NULL AS readable;
SELECT idplane.issue_device_code('tv');
ROLLBACK;

-- Reading takes no transaction id: that is what a standby needs.
BEGIN;
SELECT idplane.jwks() IS NOT NULL, idplane.configuration() IS NOT NULL,
       idplane.authorization_server_metadata() IS NOT NULL;
SELECT pg_current_xact_id_if_assigned() IS NULL AS no_xid;
COMMIT;
