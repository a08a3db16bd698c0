-- SPDX-License-Identifier: Apache-2.0
-- install.sql: the extension comes, goes without a trace, and comes again.
CREATE EXTENSION idplane;
CREATE EXTENSION idplane;
SELECT count(*) > 0 AS tables FROM pg_class WHERE relnamespace = 'idplane'::regnamespace;
DROP EXTENSION idplane;
SELECT count(*) AS schemas FROM pg_namespace WHERE nspname = 'idplane';
SELECT count(*) AS objects FROM pg_proc WHERE probin LIKE '%idplane%';
CREATE SCHEMA idplane;
CREATE EXTENSION idplane;
DROP SCHEMA idplane;
-- Whatever the database grants by default: privileges.sql sees that it opens no table.
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;
CREATE EXTENSION idplane;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
