-- SPDX-License-Identifier: Apache-2.0
-- rows.sql: functions that a query calls for each row. What is kept from row to row shows nowhere.
SET search_path = public, idplane;
CREATE TABLE rules (i int, rule jsonb);
-- Of one size, so that only what they say tells them apart; each comes more than once in a row.
INSERT INTO rules SELECT i, jsonb_build_object('operator', 'EQ', 'parameterPath', 'user',
    'value', CASE WHEN i / 3 % 2 = 0 THEN 'jane' ELSE 'john' END) FROM generate_series(0, 11) i;
SELECT string_agg(claim_match('{"user":"john"}', rule)::int::text, '' ORDER BY i) FROM rules;
SELECT string_agg(coalesce(claim_match('{"user":"john"}', nullif(rule, '{"operator":"EQ","parameterPath":"user","value":"jane"}'))::int::text, '-'), '' ORDER BY i) FROM rules;
-- One place of a function in PL/pgSQL, called with one after the other.
DO $$
DECLARE
    r record;
    seen text := '';
    found boolean;
BEGIN
    FOR r IN SELECT rule FROM rules ORDER BY i LOOP
        found := claim_match('{"user":"john"}', r.rule);
        seen := seen || found::int;
    END LOOP;
    RAISE NOTICE '%', seen;
END $$;
-- Stored compressed, and out of line.
CREATE TABLE wide (storage text, rule jsonb);
INSERT INTO wide SELECT s, jsonb_build_object('operator', 'OR', 'childPredicates', (SELECT jsonb_agg(
        jsonb_build_object('operator', 'EQ', 'parameterPath', 'user', 'value', 'user-' || i))
    FROM generate_series(1, 300) i)) FROM unnest('{main,external}'::text[]) s;
ALTER TABLE wide ALTER rule SET STORAGE external;
UPDATE wide SET rule = (rule || '{"name":""}') - 'name'::text WHERE storage = 'external';
SELECT storage, min(pg_column_compression(rule)) AS compression, count(*) FILTER (WHERE claim_match(jsonb_build_object('user', 'user-' || i), rule)) AS found
    FROM wide, generate_series(1, 400) i GROUP BY 1 ORDER BY 1;
-- What is no predicate raises at whatever row it comes, and the next query is none the wiser.
SELECT claim_match('{"user":"john"}', CASE WHEN i = 2 THEN '{"operator":1}' ELSE rule END) FROM rules ORDER BY i;
SELECT count(*) FILTER (WHERE claim_match('{"user":"john"}', rule)) FROM rules;
-- An error that a subtransaction takes back, in the middle of the rows.
DO $$
DECLARE
    seen text := '';
BEGIN
    FOR i IN 0 .. 5 LOOP
        BEGIN
            seen := seen || claim_match('{"user":"john"}', CASE WHEN i % 2 = 0 THEN '[]'::jsonb
                ELSE '{"operator":"EQ","parameterPath":"user","value":"john"}' END)::int;
        EXCEPTION WHEN OTHERS THEN
            seen := seen || 'e';
        END;
    END LOOP;
    RAISE NOTICE '%', seen;
END $$;
-- A pure function in a trigger, under a function that writes.
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT idplane.wildcard_match('tv*', NEW.client_id) THEN
        RAISE 'not a tv: %', NEW.client_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER watch BEFORE INSERT ON idplane.client FOR EACH ROW EXECUTE FUNCTION watch();
SELECT register_client('tv-1', '{"token_endpoint_auth_method":"none"}') ->> 'client_id' AS client;
SELECT register_client('radio', '{"token_endpoint_auth_method":"none"}') ->> 'client_id' AS client;
DROP TRIGGER watch ON idplane.client;
DROP FUNCTION watch();
DROP TABLE rules, wide;
