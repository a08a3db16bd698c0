-- SPDX-License-Identifier: Apache-2.0
-- uninstall.sql: with rows and roles, nothing of it holds on.
DROP EXTENSION idplane;
SELECT count(*) AS schemas FROM pg_namespace WHERE nspname = 'idplane';
