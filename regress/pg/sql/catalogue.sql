-- SPDX-License-Identifier: Apache-2.0
-- catalogue.sql: everything is described, dumped, and declared by the policy of docs/functions.md.
-- Each query lists what breaks a rule.

-- Every schema, table, column, index, constraint, trigger, function and the extension has its comment.
SELECT nspname FROM pg_namespace
 WHERE nspname IN ('idplane', 'pgjwt_compat') AND obj_description(oid, 'pg_namespace') IS NULL;
SELECT attrelid::regclass, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
 WHERE relnamespace = 'idplane'::regnamespace AND relkind = 'r' AND attnum > 0
   AND col_description(attrelid, attnum) IS NULL ORDER BY 1, 2;
SELECT relname FROM pg_class WHERE relnamespace = 'idplane'::regnamespace AND relkind = 'i'
   AND obj_description(oid, 'pg_class') IS NULL ORDER BY 1;
SELECT conname FROM pg_constraint WHERE connamespace = 'idplane'::regnamespace
   AND obj_description(oid, 'pg_constraint') IS NULL ORDER BY 1;
SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
 WHERE relnamespace = 'idplane'::regnamespace AND obj_description(t.oid, 'pg_trigger') IS NULL ORDER BY 1;
SELECT relname FROM pg_class
 WHERE relnamespace = 'idplane'::regnamespace AND relkind = 'r'
   AND obj_description(oid, 'pg_class') IS NULL ORDER BY 1;
SELECT proname FROM pg_proc
 WHERE pronamespace IN ('idplane'::regnamespace, 'pgjwt_compat'::regnamespace)
   AND obj_description(oid, 'pg_proc') IS NULL ORDER BY 1;
SELECT extname FROM pg_extension
 WHERE extname = 'idplane' AND obj_description(oid, 'pg_extension') IS NULL;

-- pg_dump takes every table along.
SELECT relname FROM pg_class
 WHERE relnamespace = 'idplane'::regnamespace AND relkind = 'r'
   AND oid NOT IN (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'idplane') ORDER BY 1;

-- Keys and ordered text compare bytes; every key starts with the tenant.
SELECT attrelid::regclass, attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
 WHERE relnamespace = 'idplane'::regnamespace AND relkind = 'r' AND attnum > 0
   AND atttypid = 'text'::regtype AND attcollation <> '"C"'::regcollation ORDER BY 1, 2;
SELECT indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = indrelid
  JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = indkey[0]
 WHERE relnamespace = 'idplane'::regnamespace AND indisunique AND attname <> 'tenant'
   AND relname <> 'master_key' ORDER BY 1::text;

-- No name is overloaded, nothing is STRICT, no SET clause costs its microseconds but for PostgREST, and
-- where PL/pgSQL runs as the owner.
SELECT proname FROM pg_proc WHERE pronamespace = 'idplane'::regnamespace
 GROUP BY 1 HAVING count(*) > 1 ORDER BY 1;
SELECT proname FROM pg_proc WHERE pronamespace = 'idplane'::regnamespace
   AND (proisstrict OR proconfig IS NOT NULL) AND proname <> 'later' AND proname !~ 'postgrest|request_trigger' ORDER BY 1;

-- What writes is VOLATILE and never parallel, what is IMMUTABLE reads no row.
SELECT provolatile AS v, proparallel AS p, prosecdef AS s, proname
  FROM pg_proc WHERE pronamespace = 'idplane'::regnamespace ORDER BY 1, 2, 3, 4;

-- What anyone may call.
SELECT proname FROM pg_proc
 WHERE pronamespace = 'idplane'::regnamespace AND has_function_privilege('public', oid, 'execute')
 ORDER BY 1;
SELECT relname FROM pg_class
 WHERE relnamespace = 'idplane'::regnamespace AND relkind = 'r'
   AND has_table_privilege('public', oid, 'select') ORDER BY 1;
