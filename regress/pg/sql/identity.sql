-- SPDX-License-Identifier: Apache-2.0
-- identity.sql: the identity of a session comes from a token alone, whatever a role may SET, and ends with
-- its transaction. The policies are those of docs/cookbook.md.
SET client_min_messages = warning;
SELECT idplane.register_client('films', '{"token_endpoint_auth_method":"none"}') ->> 'client_id';
CREATE TABLE token AS SELECT name, idplane.jwt_sign(jsonb_build_object('iss', 'http://127.0.0.1:8080',
    'aud', 'http://127.0.0.1:8080', 'sub', name, 'client_id', 'films', 'jti', name, 'scope', 'films:write',
    'iat', floor(extract(epoch FROM now()))::bigint, 'exp', floor(extract(epoch FROM now()))::bigint + 3600), NULL,
    '{"typ":"at+jwt"}') AS token FROM (VALUES ('ada'), ('bob')) AS n (name);
CREATE TABLE film (id bigint PRIMARY KEY, owner text NOT NULL, title text NOT NULL);
CREATE INDEX film_owner ON film (owner);
INSERT INTO film SELECT i, CASE WHEN i % 2 = 0 THEN 'ada' ELSE 'bob' END, 'film ' || i FROM generate_series(1, 4) i;
INSERT INTO film SELECT i, 'user ' || i, 'film ' || i FROM generate_series(5, 2000) i;
ANALYZE film;
ALTER TABLE film ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE ROLE idplane_front LOGIN;
GRANT USAGE ON SCHEMA idplane TO idplane_front;
GRANT EXECUTE ON FUNCTION idplane.begin_session(text, boolean) TO idplane_front;
GRANT SELECT, INSERT ON film TO idplane_front;
GRANT SELECT ON token TO idplane_front;
CREATE POLICY own ON film FOR SELECT TO idplane_front
    USING (owner = (SELECT idplane.current_subject()));
CREATE POLICY write ON film FOR INSERT TO idplane_front
    WITH CHECK (owner = (SELECT idplane.current_subject())
        AND (SELECT idplane.current_claims() ->> 'scope') ~ '(^| )films:write( |$)');

\c - idplane_front
-- Nobody yet.
SELECT count(*) FROM film;
-- A transaction for each.
BEGIN;
SELECT idplane.begin_session(token) ->> 'valid' FROM token WHERE name = 'ada';
SELECT id FROM film ORDER BY id;
INSERT INTO film VALUES (3000, 'ada', 'new');
SAVEPOINT before;
INSERT INTO film VALUES (3001, 'bob', 'not hers');
ROLLBACK TO before;
-- Another token, and back with the savepoint.
SELECT idplane.begin_session(token) ->> 'valid' FROM token WHERE name = 'bob';
SELECT idplane.current_subject(), count(*) FROM film;
ROLLBACK TO before;
SELECT idplane.current_subject(), count(*) FROM film;
COMMIT;
SELECT idplane.current_subject() IS NULL AS nobody, count(*) FROM film;
BEGIN;
SELECT idplane.begin_session(token) ->> 'valid' FROM token WHERE name = 'bob';
ROLLBACK;
SELECT idplane.current_subject() IS NULL AS nobody;
-- A bad token ends what there was.
BEGIN;
SELECT idplane.begin_session(token) ->> 'valid' FROM token WHERE name = 'ada';
SELECT idplane.begin_session(token || 'x') ->> 'reason' FROM token WHERE name = 'ada';
SELECT count(*) FROM film;
COMMIT;
-- The index is used, and the subject asked once.
BEGIN;
SELECT idplane.begin_session(token) ->> 'valid' FROM token WHERE name = 'ada';
SET LOCAL enable_seqscan = off;
CREATE FUNCTION pg_temp.plan() RETURNS SETOF text LANGUAGE plpgsql AS
    'BEGIN RETURN QUERY EXPLAIN (COSTS OFF) SELECT id FROM film; END';
SELECT count(*) FILTER (WHERE line LIKE '%Index%using film_owner%') AS by_index,
    count(*) FILTER (WHERE line LIKE '%InitPlan%') AS asked_once FROM pg_temp.plan() AS line;
COMMIT;

-- For the session, until it is reset.
SELECT idplane.begin_session(token, local => false) ->> 'valid' FROM token WHERE name = 'ada';
SELECT idplane.current_subject();
RESET ALL;
SELECT idplane.current_subject() IS NULL AS nobody;
SELECT idplane.begin_session(token, local => false) ->> 'valid' FROM token WHERE name = 'ada';
DISCARD ALL;
SELECT idplane.current_subject() IS NULL AS nobody;

-- A token of any bytes and size is judged, and leaves nobody.
BEGIN;
SELECT idplane.begin_session(token) ->> 'valid' FROM token WHERE name = 'ada';
SELECT idplane.begin_session(repeat('a', 1048577));
SELECT idplane.current_subject() IS NULL AS nobody;
COMMIT;

-- What a role may try.
SET idplane.identity = '{"tenant":"default","claims":{"sub":"ada","exp":9999999999}}';
SELECT set_config('idplane.identity', '{"tenant":"default","claims":{"sub":"ada","exp":9999999999}}', false);
ALTER ROLE idplane_front SET idplane.identity = '{"tenant":"default","claims":{"sub":"ada","exp":9999999999}}';
CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE sql SET idplane.identity = 'x' AS 'SELECT';
SHOW idplane.identity;
SELECT current_setting('idplane.identity');
SELECT idplane.set_tenant('other');
SELECT idplane.set_clock('2020-01-01T00:00:00Z');
CREATE FUNCTION pg_temp.current_subject() RETURNS text LANGUAGE sql AS $$SELECT 'ada'$$;
SET search_path = pg_temp, public;
SELECT count(*) FROM film;
SELECT idplane.current_subject() IS NULL AS nobody;
RESET search_path;
-- Cursors and prepared statements of an earlier transaction see the identity of theirs.
PREPARE mine AS SELECT count(*) FROM film;
BEGIN;
SELECT idplane.begin_session(token) ->> 'valid' FROM token WHERE name = 'ada';
EXECUTE mine;
COMMIT;
EXECUTE mine;

\c - postgres
SET client_min_messages = warning;
DROP TABLE film, token;
DROP OWNED BY idplane_front;
DROP ROLE idplane_front;
SELECT idplane.update_client('films', '{"enabled":false}') ->> 'client_id';
