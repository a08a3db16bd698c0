-- SPDX-License-Identifier: Apache-2.0
-- session.sql: clock and tenant follow the session's transactions.
SELECT idplane.set_tenant('acme');
SELECT idplane.current_tenant();
BEGIN;
SELECT idplane.set_tenant('other', true);
SELECT idplane.current_tenant();
COMMIT;
SELECT idplane.current_tenant();
BEGIN;
SELECT idplane.set_tenant('other');
ROLLBACK;
SELECT idplane.current_tenant();
BEGIN;
SAVEPOINT before;
SELECT idplane.set_tenant('other');
ROLLBACK TO before;
SELECT idplane.current_tenant();
COMMIT;
DISCARD ALL;
SELECT idplane.current_tenant();
-- Reserved: no other name under idplane.
SET idplane.no_such_setting = 'x';
-- The tenant that a role has by default can't be left, neither by SET nor by the options of a connection.
CREATE ROLE idplane_acme LOGIN;
ALTER ROLE idplane_acme SET idplane.tenant = 'acme';
GRANT USAGE ON SCHEMA idplane TO idplane_acme;
CREATE TABLE public.idplane_rows AS SELECT 'default' AS tenant, i FROM generate_series(1, 1000) i;
GRANT SELECT ON public.idplane_rows TO idplane_acme;
ANALYZE public.idplane_rows;
\set me :USER
\set there 'dbname=' :DBNAME ' user=idplane_acme'
\c :there
SET idplane.tenant = 'default';
SELECT idplane.current_tenant();
\set there 'dbname=' :DBNAME ' user=idplane_acme options=''-c idplane.tenant=default'''
\c :there
SELECT idplane.current_tenant();
SELECT idplane.current_tenant();
RESET ALL;
SELECT idplane.current_tenant();
-- Nor in a worker, which loads the library anew.
SET parallel_leader_participation = off;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
\set SHOW_CONTEXT never
SELECT count(*) FROM public.idplane_rows WHERE coalesce(tenant = idplane.current_tenant(), false);
RESET idplane.tenant;
SELECT count(*) FROM public.idplane_rows WHERE coalesce(tenant = idplane.current_tenant(), false);
\set there 'dbname=' :DBNAME ' user=idplane_acme options=''-c idplane.tenant='''
\c :there
SELECT idplane.current_tenant();
\set there 'dbname=' :DBNAME ' user=' :me ' options=''-c idplane.tenant=other'''
\c :there
SELECT idplane.current_tenant();
\set there 'dbname=' :DBNAME ' user=' :me ' options='
\c :there
SELECT idplane.current_tenant();
DROP TABLE public.idplane_rows;
DROP OWNED BY idplane_acme;
DROP ROLE idplane_acme;
