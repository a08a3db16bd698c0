-- SPDX-License-Identifier: Apache-2.0
-- sso.sql: slices (backend.sql) of SSO connections: wildcards against LIKE, access mapping against
-- the same rules as jsonpath.

-- ---- wildcards ----

CREATE TABLE wildcards (name text, pattern text, value text);
INSERT INTO wildcards VALUES
    ('literal', 'device-admin', 'device-admin'),
    ('prefix', 'cumulocity-*', 'cumulocity-business'),
    ('suffix', '*@example.com', 'john.wick@example.com'),
    ('address', 'https://*.example.com/groups/*', 'https://north.example.com/groups/readers'),
    ('asterisks', '*tenant=*,ou=*,dc=example', 'cn=a,tenant=b,ou=c,dc=example');

-- What repeat() makes is made once: both sides are constants.
SELECT bench_slice('wildcard_' || name, '',
        format('idplane.wildcard_match(%L, CASE WHEN g > 0 THEN %L END)', pattern, value)),
    bench_slice('like_' || name, '',
        format('CASE WHEN g > 0 THEN %L END LIKE %L', value, replace(pattern, '*', '%')))
FROM wildcards;
SELECT bench_slice('wildcard_half', '',
        'NOT idplane.wildcard_match(''*'' || repeat(''a'', 5000) || ''b*'',
            CASE WHEN g > 0 THEN repeat(''a'', 10000) END)'),
    bench_slice('like_half', '',
        'CASE WHEN g > 0 THEN repeat(''a'', 10000) END NOT LIKE ''%'' || repeat(''a'', 5000) || ''b%''');

-- ---- access mapping: a rule for each of a hundred departments ----

CREATE TABLE documents (claims jsonb);
INSERT INTO documents SELECT jsonb_build_object('sub', 'user-' || i,
        'email', 'user-' || i || '@example.com', 'iss', 'https://id.example.com', 'aud', 'cloud',
        'groups', jsonb_build_array('everybody', 'department-' || i::bigint * 7919 % 200))
    FROM generate_series(0, 99999) i;
CREATE TABLE rules (role int, path jsonpath);
INSERT INTO rules SELECT i, format('$.groups[*] == "department-%s" && $.email like_regex "@example\\.com$"', i)
    ::jsonpath FROM generate_series(0, 99) i;
CREATE TABLE connections (connection jsonb);
INSERT INTO connections SELECT jsonb_build_object('onNewUser', jsonb_build_object('dynamicMapping',
        jsonb_build_object('mappings', jsonb_agg(jsonb_build_object('thenGroups', jsonb_build_array(role),
            'when', jsonb_build_object('operator', 'AND', 'childPredicates', jsonb_build_array(
                jsonb_build_object('operator', 'IN', 'parameterPath', 'groups',
                    'value', 'department-' || role),
                jsonb_build_object('operator', 'EQ', 'parameterPath', 'email',
                    'value', '*@example.com'))))))))
    FROM rules;
ANALYZE documents, rules, connections;

-- The roles of `count` documents, half of which have some.
CREATE FUNCTION bench_mapping(name text, roles text) RETURNS void LANGUAGE plpgsql AS $make$
BEGIN
    EXECUTE format($format$
        CREATE FUNCTION slice_%s(count int) RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE
            c jsonb;
            start timestamptz;
            passed bigint;
        BEGIN
            SELECT connection INTO c FROM connections;
            start := clock_timestamp();
            SELECT count(*) INTO passed FROM (SELECT * FROM documents LIMIT slice_%1$s.count) d
            WHERE %s IS NOT NULL;
            IF abs(passed * 2 - slice_%1$s.count) > 200 THEN
                RAISE 'bench: %1$s finds another half';
            END IF;
            RETURN extract(epoch FROM clock_timestamp() - start) * 1e9;
        END $$ $format$, name, roles);
END $make$;

SELECT bench_mapping('map_access', 'idplane.map_access(c, d.claims) -> ''access'''),
    bench_mapping('jsonpath', '(SELECT array_agg(role) FROM rules WHERE d.claims @@ path)');
