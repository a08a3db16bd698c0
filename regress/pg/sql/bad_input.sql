-- SPDX-License-Identifier: Apache-2.0
-- bad_input.sql: any value in any argument gives a result or an error of ours that repeats nothing.
CREATE TEMP TABLE complaint (function text, what text);
DO $$
DECLARE
    target record;
    given text[];
    place int;
    value text;
    arguments text;
    mark CONSTANT text := 'do-not-repeat-me';
BEGIN
    given := ARRAY[NULL, '', '0', mark, '{"' || mark || '":"' || mark || '"}', '["' || mark || '"]',
        '"' || mark || '"', repeat('[', 5000), repeat(mark, 100000), mark || '.' || mark || '.x',
        E'\u00e9\u20ac' || mark, '1e400', '2026-13-01T00:00:00Z', '-9223372036854775808'];
    FOR target IN SELECT oid, proname, proargtypes::oid[] AS types, pronargs FROM pg_proc
        WHERE pronamespace = 'idplane'::regnamespace AND prorettype <> 'trigger'::regtype
          AND proname !~ '^postgrest_' LOOP -- which nobody but ours may call
        FOR place IN 0..target.pronargs - 1 LOOP
            FOREACH value IN ARRAY given LOOP
                SELECT string_agg(CASE WHEN i = place THEN quote_nullable(value)
                        WHEN types[i] = 'jsonb'::regtype THEN $x$'{}'$x$
                        WHEN types[i] = 'text'::regtype THEN $x$'tv'$x$
                        ELSE 'NULL' END || '::' || types[i]::regtype, ', ' ORDER BY i)
                  INTO arguments
                  FROM (SELECT target.types AS types) t, generate_series(0, target.pronargs - 1) i;
                BEGIN
                    EXECUTE format('SELECT idplane.%I(%s)', target.proname, arguments);
                EXCEPTION
                    -- What the types of PostgreSQL refuse never reached us.
                    WHEN invalid_text_representation OR datetime_field_overflow
                      OR invalid_datetime_format OR numeric_value_out_of_range
                      OR invalid_time_zone_displacement_value OR program_limit_exceeded OR statement_too_complex THEN NULL;
                    WHEN OTHERS THEN
                        IF SQLERRM NOT LIKE 'idplane: %' OR SQLERRM LIKE '%' || mark || '%'
                           OR SQLSTATE = 'XX000' THEN
                            INSERT INTO complaint VALUES
                                (target.proname, SQLSTATE || ' ' || left(SQLERRM, 200));
                        END IF;
                END;
                PERFORM idplane.set_clock(NULL), idplane.set_tenant('default');
            END LOOP;
        END LOOP;
    END LOOP;
END $$;
SELECT DISTINCT function, what FROM complaint ORDER BY 1, 2;

-- Metadata that could not be read back would lock the client: refused, alone and merged.
SELECT idplane.register_client('big', jsonb_build_object('x', repeat('x', 60000))) ->> 'client_id';
SELECT idplane.update_client('big', jsonb_build_object('y', repeat('y', 60000)));
SELECT idplane.update_client('big', '{"x":null,"enabled":false}') ->> 'enabled';

-- Rows that a query judges do not end it, however long they are.
SELECT idplane.jwt_verify(long, long), idplane.jwt_valid(long, '{}'), idplane.jwt_decode(long) IS NULL AS none,
    idplane.jws_verify_detached('e30..e30', long, '{}'), idplane.signature_valid(long::bytea, long::bytea, long, 'EdDSA')
    FROM repeat('a', 2000000) long;
SELECT * FROM pgjwt_compat.verify(repeat('a', 2000000), repeat('s', 2000000));

-- A setting that stands elsewhere: where it belongs is said.
SELECT idplane.configure('{"access_token_lifetime":60}');
SELECT idplane.configure('{"token_settings":{"base_url":"https://id.example", "dynamic_registration":true, "no_such_setting":1}}');
