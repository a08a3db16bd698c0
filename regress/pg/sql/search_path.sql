-- SPDX-License-Identifier: Apache-2.0
-- search_path.sql: whoever calls chooses the search_path; nothing on it may be reached by us.
CREATE SCHEMA hostile;
CREATE TABLE hostile.device_code (LIKE idplane.device_code);
CREATE FUNCTION hostile.caught(text, text) RETURNS boolean LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the operator of hostile was called'; END $$;
CREATE FUNCTION hostile.caught(timestamptz, timestamptz) RETURNS boolean LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the operator of hostile was called'; END $$;
CREATE FUNCTION hostile.caught(bytea, bytea) RETURNS boolean LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the operator of hostile was called'; END $$;
CREATE FUNCTION hostile.count(text) RETURNS bigint LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the function of hostile was called'; END $$;
CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.caught);
CREATE OPERATOR hostile.= (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = hostile.caught);
CREATE OPERATOR hostile.<= (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = hostile.caught);
CREATE OPERATOR hostile.> (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = hostile.caught);
CREATE OPERATOR hostile.< (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = hostile.caught);
CREATE TABLE public.flow (response jsonb);

-- New connections, so that every plan is made under the hostile path.
\c
SET search_path = hostile, pg_catalog, idplane;
SELECT 'a'::text = 'b'::text;
INSERT INTO public.flow SELECT idplane.issue_device_code('tv');
SELECT idplane.poll_device_code(response ->> 'device_code', 'tv') ->> 'error' AS poll FROM public.flow;
SELECT idplane.approve_device_code(response ->> 'user_code', 'alice') ? 'error' AS refused
  FROM public.flow;
SELECT idplane.poll_device_code(response ->> 'device_code', 'tv') ? 'access_token' AS paid
  FROM public.flow;
SELECT pg_catalog.jsonb_typeof(idplane.jwks()) AS jwks, idplane.purge(10) IS NOT NULL AS purged;
SELECT count(*) AS strayed FROM hostile.device_code;
RESET search_path;
DROP TABLE public.flow;
SET client_min_messages = warning;
DROP SCHEMA hostile CASCADE;
