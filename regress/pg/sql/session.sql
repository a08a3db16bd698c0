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
\set there 'dbname=' :DBNAME ' user=idplane_acme options=''-c idplane.tenant='''
\c :there
SELECT idplane.current_tenant();
\set there 'dbname=' :DBNAME ' user=' :me ' options=''-c idplane.tenant=other'''
\c :there
SELECT idplane.current_tenant();
\set there 'dbname=' :DBNAME ' user=' :me ' options='
\c :there
SELECT idplane.current_tenant();
DROP OWNED BY idplane_acme;
DROP ROLE idplane_acme;
