-- SPDX-License-Identifier: Apache-2.0
-- hooks.sql: SQL that an administrator registered has the rights of who registered it, reads, and ends
-- nothing but the request that asked it.
SET client_min_messages = warning;
DROP ROLE IF EXISTS idplane_regress_ruler;
DROP ROLE IF EXISTS idplane_regress_ruled;
RESET client_min_messages;
\set VERBOSITY terse
CREATE ROLE idplane_regress_ruler;
CREATE ROLE idplane_regress_ruled;
CREATE SCHEMA app AUTHORIZATION idplane_regress_ruler;
GRANT USAGE ON SCHEMA idplane TO idplane_regress_ruler;
SELECT idplane.register_client('hooked', '{"scope":"read write","token_endpoint_auth_method":"client_secret_post",
    "grant_types":["client_credentials"]}') ->> 'client_id' AS client;
CREATE TABLE app.plan (client_id text PRIMARY KEY, plan text);
CREATE TABLE app.secret (value text);
INSERT INTO app.plan VALUES ('hooked', 'gold');
GRANT SELECT, INSERT ON app.plan TO idplane_regress_ruler;

-- What a hook says of the session that it runs in, as a token claim.
CREATE FUNCTION app.tell(request jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN jsonb_build_object('access_token_claims', jsonb_build_object('role', current_user, 'session', session_user = current_user,
        'path', current_setting('search_path'), 'read_only', current_setting('transaction_read_only'),
        'plan', (SELECT plan FROM app.plan WHERE client_id = request -> 'client' ->> 'client_id')));
END $$;
CREATE FUNCTION app.ask() RETURNS jsonb LANGUAGE sql AS
    $$ SELECT idplane.token_request('{"grant_type":"client_credentials"}', '{"client_id":"hooked"}') $$;
CREATE FUNCTION app.answer() RETURNS text LANGUAGE sql AS
    $$ SELECT coalesce(r ->> 'error', r ->> 'scope') FROM app.ask() AS r $$;
CREATE FUNCTION app.cause() RETURNS text LANGUAGE sql AS $$
    SELECT (r -> 'pre_token' ->> 'failure') || ': ' || (r -> 'pre_token' ->> 'cause') FROM idplane.explain_token_request(
        '{"grant_type":"client_credentials"}', '{"client_id":"hooked"}') AS r $$;

-- Who may register, and what: the function of set_hook(), and what the role itself may execute.
SET ROLE idplane_regress_ruler;
SELECT idplane.set_hook('pre_token', 'app.tell');
RESET ROLE;
GRANT EXECUTE ON FUNCTION idplane.set_hook, idplane.hooks TO idplane_regress_ruler, idplane_regress_ruled;
GRANT USAGE ON SCHEMA idplane TO idplane_regress_ruled;
REVOKE EXECUTE ON FUNCTION app.tell FROM PUBLIC;
SET ROLE idplane_regress_ruler;
SELECT idplane.set_hook('pre_token', 'app.tell');
RESET ROLE;
GRANT EXECUTE ON FUNCTION app.tell TO idplane_regress_ruler, idplane_regress_ruled;
SET ROLE idplane_regress_ruled;
SELECT idplane.set_hook('pre_token', 'app.tell');
RESET ROLE;
SET ROLE idplane_regress_ruler;
SELECT idplane.set_hook('pre_token', 'tell');
SELECT idplane.set_hook('pre_token', 'app.tell(jsonb)');
SELECT idplane.set_hook('pre_token', 'app.tell; DROP TABLE app.plan');
SELECT idplane.set_hook('pre_token', 'app.no_such');
SELECT idplane.set_hook('pre_token', 'nowhere.no_such');
SELECT idplane.set_hook('pre_token', 'app.plan');
SELECT idplane.set_hook('pre_token', 'pg_catalog.jsonb_strip_nulls') -> 0 ->> 'owner' AS owner;
SELECT idplane.set_hook('pre_token', 'app.tell') -> 0 ->> 'owner' AS owner;
RESET ROLE;
-- Called by a function that has its owner's rights, it is the owner who registers.
CREATE FUNCTION app.register() RETURNS text LANGUAGE sql SECURITY DEFINER AS
    $$ SELECT idplane.set_hook('other', 'app.tell') -> 0 ->> 'owner' $$;
ALTER FUNCTION app.register() OWNER TO idplane_regress_ruler;
SELECT app.register(), current_user = 'idplane_regress_ruler' AS still;
SELECT idplane.set_hook('other', NULL) -> 0 ->> 'name' AS left;

-- The role, its rights, a pinned path; and the session afterwards.
SELECT idplane.jwt_decode(app.ask() ->> 'access_token') -> 'claims' ->> 'role' AS role,
    idplane.jwt_decode(app.ask() ->> 'access_token') -> 'claims' ->> 'session' AS is_session,
    idplane.jwt_decode(app.ask() ->> 'access_token') -> 'claims' ->> 'path' AS path,
    idplane.jwt_decode(app.ask() ->> 'access_token') -> 'claims' ->> 'read_only' AS read_only,
    idplane.jwt_decode(app.ask() ->> 'access_token') -> 'claims' ->> 'plan' AS plan;
SELECT current_setting('transaction_read_only') AS read_only, current_user = session_user AS is_session;

-- Rights are asked for at each call.
REVOKE EXECUTE ON FUNCTION app.tell FROM idplane_regress_ruler;
SELECT app.answer(), app.cause();
GRANT EXECUTE ON FUNCTION app.tell TO idplane_regress_ruler;
REVOKE SELECT ON app.plan FROM idplane_regress_ruler;
SELECT app.answer(), app.cause();
GRANT SELECT ON app.plan TO idplane_regress_ruler;
SELECT app.answer();

-- Hostile ones. The transaction that asked goes on, and what was not asked for did not happen.
CREATE FUNCTION app.try(body text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION app.hostile(request jsonb) RETURNS jsonb LANGUAGE plpgsql AS %L',
        'BEGIN ' || body || ' RETURN ''{}''; END');
    RETURN app.answer() || ' / ' || coalesce(app.cause(), 'no cause');
END $$;
CREATE FUNCTION app.hostile(request jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{}'::jsonb $$;
CREATE FUNCTION app.elevated() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ INSERT INTO app.plan VALUES ('elevated', 'x') $$;
GRANT EXECUTE ON FUNCTION idplane.token_request, idplane.explain_token_request, idplane.set_tenant TO idplane_regress_ruler;
SET ROLE idplane_regress_ruler;
SELECT idplane.set_hook('pre_token', 'app.hostile') -> 0 ->> 'owner' AS owner;
RESET ROLE;
BEGIN;
INSERT INTO app.secret VALUES ('written before');
SELECT app.try('RAISE EXCEPTION ''no'';');
SELECT app.try('INSERT INTO app.plan VALUES (''x'', ''y'');');
SELECT app.try('PERFORM app.elevated();');
SELECT app.try('DROP TABLE app.plan;');
SELECT app.try('CREATE TABLE app.mine (a int);');
SELECT app.try('CREATE TEMP TABLE mine (a int);');
SELECT app.try('PERFORM * FROM app.secret;');
SELECT app.try('PERFORM * FROM idplane.client;');
SELECT app.try('PERFORM * FROM idplane.signing_key;');
SELECT app.try('SET ROLE postgres;');
SELECT app.try('SET SESSION AUTHORIZATION DEFAULT;');
SELECT app.try('RESET ROLE;');
SELECT app.try('SET transaction_read_only = off;');
SELECT app.try('SET search_path = app; PERFORM set_config(''statement_timeout'', ''1'', false);');
SELECT app.try('PERFORM idplane.set_tenant(''other'');');
SELECT app.try('PERFORM idplane.token_request(''{"grant_type":"client_credentials"}'', ''{"client_id":"hooked"}'');');
SELECT app.try('PERFORM idplane.explain_token_request(''{"grant_type":"client_credentials"}'', ''{"client_id":"hooked"}'');');
SELECT app.try('PERFORM idplane.set_hook(''pre_token'', NULL);');
SELECT app.try('NOTIFY somebody;');
SELECT app.try('RETURN to_jsonb(repeat(''x'', 1073741823));');
SELECT app.try('RETURN to_jsonb(repeat(''x'', 20000000));');
SELECT app.try('RETURN NULL;');
SELECT app.try('RETURN ''[1]'';');
SELECT app.try('RETURN ''{"access_token_claims":{"sub":"root"}}'';');
SELECT app.try('PERFORM 1/0;');
SELECT app.try('COMMIT;');
SELECT app.try('EXECUTE ''ROLLBACK'';');
SELECT app.try('LOOP END LOOP;');
SELECT app.try('PERFORM pg_sleep(60);');
SELECT value FROM app.secret;
SELECT current_setting('search_path') NOT LIKE '%app%' AS path, current_setting('statement_timeout') AS timeout, idplane.current_tenant() AS tenant;
COMMIT;
SELECT count(*) FROM app.plan;
SELECT idplane.hooks() -> 0 ->> 'definition' AS definition;
-- A cancel of others, and what a retry helps, are not the hook's.
SET statement_timeout = 200;
SELECT app.try('PERFORM pg_sleep(60);');
RESET statement_timeout;
SELECT app.try('RAISE SQLSTATE ''40001'';');

-- A rehearsal writes nothing at all: the transaction has no number.
SELECT app.try('');
BEGIN;
SELECT idplane.explain_token_request('{"grant_type":"client_credentials"}', '{"client_id":"hooked"}') ->> 'outcome' AS outcome;
SELECT pg_current_xact_id_if_assigned() IS NULL AS nothing_written;
COMMIT;

-- A view: the row whose request is contained in ours, with the rights on the view.
CREATE VIEW app.plan_answer AS SELECT jsonb_build_object('client', jsonb_build_object('client_id', client_id)) AS request,
    jsonb_build_object('access_token_claims', jsonb_build_object('plan', plan)) AS answer FROM app.plan;
SET ROLE idplane_regress_ruler;
SELECT idplane.set_hook('pre_token', 'app.plan_answer');
RESET ROLE;
GRANT SELECT ON app.plan_answer TO idplane_regress_ruler;
SET ROLE idplane_regress_ruler;
SELECT idplane.set_hook('pre_token', 'app.plan_answer') -> 0 ->> 'owner' AS owner;
RESET ROLE;
SELECT idplane.jwt_decode(app.ask() ->> 'access_token') -> 'claims' ->> 'plan' AS plan;
CREATE OR REPLACE VIEW app.plan_answer AS SELECT '{}'::jsonb AS request, '{}'::jsonb AS answer FROM generate_series(1, 2);
SELECT app.answer(), app.cause();
DROP VIEW app.plan_answer;
SELECT app.answer(), app.cause();
-- A role that is gone has no rights.
SELECT idplane.set_hook('pre_token', 'app.tell') -> 0 ->> 'name' AS name;
UPDATE idplane.hook SET owner = 'idplane_regress_nobody';
SELECT app.answer(), app.cause();
SELECT idplane.set_hook('pre_token', NULL);
SELECT app.answer();
SET client_min_messages = warning;
DROP SCHEMA app CASCADE;
RESET client_min_messages;
DROP OWNED BY idplane_regress_ruler, idplane_regress_ruled;
DROP ROLE idplane_regress_ruler, idplane_regress_ruled;
SELECT idplane.purge(1) ? 'token_claims' AS purged;
