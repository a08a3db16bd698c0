-- SPDX-License-Identifier: Apache-2.0
-- installation.sql: every statement of the library can be prepared in both engines.
SELECT check_installation() ->> 'version', check_installation() ->> 'schema_version';
SELECT canonical_json('{"b":[1.50,-0,1e3,"\u00e4"],"a":null,"B":{}}');
SELECT set_clock('yesterday');
SELECT set_clock('2026-02-30T00:00:00Z');
SELECT set_clock('2026-01-01T00:00:00.123456+01:00');
SELECT CASE WHEN set_clock(NULL) IS NULL THEN 'the clock runs' END;
