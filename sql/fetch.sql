-- SPDX-License-Identifier: Apache-2.0
-- fetch.sql - the extension idplane_fetch: one function, in the schema of idplane, for nobody until
-- it is granted. Which addresses it may reach is said by settings, not by grants.

CREATE FUNCTION idplane.idplane_fetch(url text, options jsonb DEFAULT '{}') RETURNS jsonb
    AS 'MODULE_PATHNAME', 'idplane_fetch' LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY INVOKER COST 10000;
REVOKE ALL ON FUNCTION idplane.idplane_fetch(text, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION idplane.idplane_fetch(text, jsonb) IS
    'One HTTP request: its answer, or the word for how it failed; never raises for what a server does.';
