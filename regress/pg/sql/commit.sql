-- SPDX-License-Identifier: Apache-2.0
-- commit.sql: a poll of a pending code does not wait for the disk, and all else does, also beside a poll.
SET search_path = public, idplane;
SELECT register_client('tv', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
CREATE TABLE mine (i int);
CREATE TABLE codes AS SELECT kind, i, issue_device_code('tv') AS issued
    FROM unnest('{poll,twice,before,behind,nothing}'::text[]) kind, generate_series(1, 20) i;
CREATE TABLE seen (kind text, is_behind bool);
-- Others write, too, and the WAL writer comes by: most of twenty tell.
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM codes ORDER BY kind, i LOOP
        IF r.kind IN ('before', 'nothing') THEN
            INSERT INTO mine VALUES (r.i);
        END IF;
        IF r.kind <> 'nothing' THEN
            PERFORM poll_device_code(r.issued ->> 'device_code', 'tv');
        END IF;
        IF r.kind = 'twice' THEN
            PERFORM poll_device_code(r.issued ->> 'device_code', 'tv');
        ELSIF r.kind = 'behind' THEN
            INSERT INTO mine VALUES (r.i);
        END IF;
        COMMIT;
        INSERT INTO seen VALUES (r.kind, pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn());
        COMMIT;
    END LOOP;
END $$;
SELECT kind, count(*) FILTER (WHERE is_behind) > 10 AS may_be_forgotten FROM seen GROUP BY 1 ORDER BY 1;
-- What the session has set is as it was.
SHOW synchronous_commit;
-- A transaction that ends otherwise leaves nothing behind.
BEGIN;
SELECT poll_device_code(issued ->> 'device_code', 'tv') ->> 'error' FROM codes WHERE kind = 'nothing' AND i = 1;
ROLLBACK;
BEGIN;
SAVEPOINT s;
SELECT poll_device_code(issued ->> 'device_code', 'tv') ->> 'error' FROM codes WHERE kind = 'nothing' AND i = 1;
ROLLBACK TO s;
INSERT INTO mine VALUES (0);
COMMIT;
SELECT count(*) FROM mine WHERE i = 0;
SHOW synchronous_commit;
-- What a trigger of somebody else writes along with a poll is not forgotten.
CREATE FUNCTION along() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.mine VALUES (-1); RETURN NULL; END $$;
CREATE TRIGGER along AFTER UPDATE ON device_code FOR EACH ROW EXECUTE FUNCTION along();
CREATE TABLE more AS SELECT i, issue_device_code('tv') AS issued FROM generate_series(1, 20) i;
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM more ORDER BY i LOOP
        PERFORM poll_device_code(r.issued ->> 'device_code', 'tv');
        COMMIT;
        INSERT INTO seen VALUES ('along', pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn());
        COMMIT;
    END LOOP;
END $$;
SELECT count(*) FROM mine WHERE i = -1;
SELECT count(*) FILTER (WHERE is_behind) > 10 AS may_be_forgotten FROM seen WHERE kind = 'along';
