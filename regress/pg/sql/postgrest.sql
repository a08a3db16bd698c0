-- SPDX-License-Identifier: Apache-2.0
-- postgrest.sql: the schema for PostgREST comes, is mended, and goes; what it hands to whom. What is
-- asked over HTTP: regress/postgrest.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
DROP ROLE IF EXISTS idplane_web, idplane_other, idplane_api_owner;
CREATE ROLE idplane_web;
CREATE ROLE idplane_other;
SELECT idplane.install_postgrest('api', 'idplane_web');

-- What there is, to compare with.
CREATE VIEW public.installed AS
    SELECT p.oid::regprocedure::text AS signature, md5(pg_get_functiondef(p.oid)) AS definition, proacl::text AS acl,
           obj_description(p.oid, 'pg_proc') AS description
      FROM pg_proc p WHERE pronamespace = to_regnamespace('api')
    UNION ALL SELECT 'schema', nspacl::text, '', obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'api';
CREATE TABLE public.first AS TABLE public.installed;
SELECT proname, provolatile AS v, prosecdef AS definer, proconfig AS settings, proacl AS acl, prorettype::regtype AS result
  FROM pg_proc WHERE pronamespace = 'api'::regnamespace ORDER BY 1;
SELECT unnest(proargnames) AS token FROM pg_proc WHERE oid::regproc::text = 'api.token' ORDER BY 1;

-- Twice is once; and what somebody changed is as it was.
SELECT idplane.install_postgrest('api', 'idplane_web') ->> 'schema';
SELECT * FROM public.installed EXCEPT TABLE public.first;
DROP FUNCTION api.jwks();
GRANT EXECUTE ON FUNCTION api.revoke TO PUBLIC;
GRANT EXECUTE ON FUNCTION api.introspect TO idplane_other;
GRANT USAGE ON SCHEMA api TO idplane_other, PUBLIC;
CREATE OR REPLACE FUNCTION api.metadata() RETURNS api."*/*" LANGUAGE sql AS 'SELECT NULL::api."*/*"';
ALTER FUNCTION api.userinfo() SECURITY INVOKER;
ALTER FUNCTION api.request(bytea) RESET ALL;
SELECT idplane.install_postgrest('api', 'idplane_web') ->> 'schema';
SELECT * FROM public.installed EXCEPT TABLE public.first;
SELECT count(*) FROM (TABLE public.first EXCEPT SELECT * FROM public.installed) AS missing;

-- Another role: the first one has nothing left.
SELECT idplane.install_postgrest('api', 'idplane_other', '{"peer_header":"X-Real-IP","base_path":"/acme"}') ->> 'anon_role';
SELECT has_schema_privilege('idplane_web', 'api', 'usage') AS schema,
    has_function_privilege('idplane_web', 'api.jwks()', 'execute') AS keys,
    has_function_privilege('idplane_web', 'idplane.postgrest_session()', 'execute') AS session;
SET ROLE idplane_web;
SELECT api.jwks();
RESET ROLE;

-- A function of ours asks as its maker, with its own options, whatever the caller has set.
SELECT idplane.configure('{"base_url":"https://id.example/acme"}') ->> 'base_url';
SET ROLE idplane_other;
CREATE FUNCTION pg_temp.starts_with(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
SET search_path = pg_temp, public;
BEGIN READ ONLY;
SELECT set_config('request.headers', '{"host":"id.example"}', true), set_config('request.method', 'GET', true);
SELECT convert_from(api.metadata(), 'UTF8')::jsonb ->> 'token_endpoint';
SELECT current_setting('response.status'), current_setting('response.headers');
COMMIT;
-- What it may not.
SELECT idplane.postgrest_call('/tenant/loginOptions', '{}', '{}');
SELECT idplane.postgrest_relay('', '{}');
SELECT idplane.http_request('GET', '/');
SELECT idplane.install_postgrest('mine', 'idplane_web');
SELECT idplane.begin_session(NULL);
SELECT idplane.postgrest_session();
SELECT idplane.current_subject() IS NULL AS nobody;
RESET ROLE;
RESET search_path;
DROP FUNCTION pg_temp.starts_with(text, text);
SELECT idplane.configure('{"base_url":null}') ->> 'base_url';

-- What is refused.
SELECT idplane.install_postgrest(NULL, 'idplane_web');
SELECT idplane.install_postgrest('api', NULL);
SELECT idplane.install_postgrest('idplane', 'idplane_web');
SELECT idplane.install_postgrest('pg_mine', 'idplane_web');
SELECT idplane.install_postgrest('api', 'idplane_nobody');
SELECT idplane.install_postgrest('api', 'idplane_web', '{"base":"/x"}');
SELECT idplane.install_postgrest('api', 'idplane_web', '{"base_path":"x"}');
SELECT idplane.install_postgrest('api', 'idplane_web', '{"base_path":"/x?"}');
SELECT idplane.install_postgrest('api', 'idplane_web', '{"peer_header":"x y"}');
SELECT idplane.install_postgrest('api', 'idplane_web', '{"trusted_headers":"x-remote-user"}');
SELECT idplane.install_postgrest('api', 'idplane_web', '{"trusted_headers":[7]}');
SELECT idplane.install_postgrest('api', 'idplane_web', '{"trusted_headers":["X-Idplane-Peer"]}');
SELECT idplane.install_postgrest('api', 'idplane_web', '[]');
DO $$BEGIN PERFORM idplane.install_postgrest('api', current_user); END$$;
CREATE SCHEMA "Of ""others""";
CREATE FUNCTION "Of ""others""".token() RETURNS text LANGUAGE sql AS $$SELECT 'not ours'$$;
SELECT idplane.install_postgrest('Of "others"', 'idplane_web');
DROP FUNCTION "Of ""others""".token();

-- A schema of others keeps what is theirs.
CREATE TABLE "Of ""others""".film (id bigint);
SELECT idplane.install_postgrest('Of "others"', 'idplane_web') ->> 'schema';
SELECT idplane.uninstall_postgrest('Of "others"');
SELECT count(*) FROM "Of ""others""".film;
SELECT count(*) FROM pg_depend WHERE refobjid = '"Of ""others"""'::regnamespace AND deptype = 'n';

-- Nothing is left of ours.
SELECT idplane.uninstall_postgrest('api');
SELECT idplane.uninstall_postgrest('api');
SELECT count(*) FROM pg_shdepend WHERE refobjid IN ('idplane_web'::regrole, 'idplane_other'::regrole);
DROP ROLE idplane_other;

-- The maker need not be a superuser; these are the grants of docs/postgrest.md.
CREATE ROLE idplane_api_owner;
GRANT EXECUTE ON FUNCTION idplane.install_postgrest, idplane.uninstall_postgrest, idplane.postgrest_check,
    idplane.postgrest_endpoints, idplane.postgrest_declaration, idplane.postgrest_call, idplane.postgrest_relay,
    idplane.postgrest_registration TO idplane_api_owner;
GRANT EXECUTE ON FUNCTION idplane.postgrest_session TO idplane_api_owner WITH GRANT OPTION;
DO $$BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO idplane_api_owner', current_database()); END$$;
SET ROLE idplane_api_owner;
SELECT idplane.install_postgrest('api', 'idplane_web') ->> 'schema';
SELECT idplane.install_postgrest('api', 'idplane_web') ->> 'schema';
SELECT idplane.http_request('GET', '/');
RESET ROLE;
SET ROLE idplane_web;
BEGIN;
SELECT set_config('request.headers', '{"host":"127.0.0.1:8080"}', true), set_config('request.method', 'GET', true);
SELECT convert_from(api.jwks(), 'UTF8')::jsonb ? 'keys' AS keys;
SELECT idplane.postgrest_session();
SELECT idplane.current_subject() IS NULL AS nobody;
COMMIT;
RESET ROLE;
SET ROLE idplane_api_owner;
SELECT idplane.uninstall_postgrest('api');
RESET ROLE;
DROP OWNED BY idplane_api_owner, idplane_web;
DROP ROLE idplane_api_owner, idplane_web;
DROP SCHEMA "Of ""others""" CASCADE;
DROP VIEW public.installed;
DROP TABLE public.first;
