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
