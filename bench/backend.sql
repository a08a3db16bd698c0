-- SPDX-License-Identifier: Apache-2.0
-- backend.sql: what bench/backend measures, as functions of a number of rows that return nanoseconds.
-- A call whose arguments are constant would be made once for all rows: hence the CASE.

CREATE EXTENSION idplane;
CREATE EXTENSION pgcrypto;

CREATE FUNCTION bench_open(algorithm text) RETURNS void LANGUAGE c STRICT AS :'module';
CREATE FUNCTION bench_key(private boolean) RETURNS text LANGUAGE c STRICT AS :'module';
CREATE FUNCTION bench_claims() RETURNS text LANGUAGE c AS :'module', 'bench_claims_text';
CREATE FUNCTION bench_policy(algorithm text) RETURNS text LANGUAGE c STRICT AS :'module';
CREATE FUNCTION bench_input(input text) RETURNS void LANGUAGE c STRICT AS :'module';
CREATE FUNCTION bench_verify(count int) RETURNS bigint LANGUAGE c STRICT AS :'module';
CREATE FUNCTION bench_sign(count int) RETURNS bigint LANGUAGE c STRICT AS :'module';

-- ---- what pgjwt 0.2 does to verify HS256, over pgcrypto: the same steps, and as fast ----

CREATE FUNCTION pgjwt_decode(part text) RETURNS bytea LANGUAGE sql IMMUTABLE AS
    $$SELECT decode(rpad(translate(part, '-_', '+/'), (length(part) + 3) / 4 * 4, '='), 'base64')$$;
CREATE FUNCTION pgjwt_encode(bytes bytea) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$SELECT translate(encode(bytes, 'base64'), E'+/=\n', '-_')$$;
CREATE FUNCTION pgjwt_mac(input text, secret text, algorithm text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$SELECT pgjwt_encode(hmac(input, secret, CASE algorithm WHEN 'HS256' THEN 'sha256'
    WHEN 'HS384' THEN 'sha384' WHEN 'HS512' THEN 'sha512' ELSE '' END))$$;
-- A limit that is no number limits nothing.
CREATE FUNCTION pgjwt_number(claim text) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN claim::float8;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;
CREATE FUNCTION pgjwt_verify(token text, secret text, algorithm text)
RETURNS TABLE (header json, payload json, valid boolean) LANGUAGE sql STABLE AS $$
    SELECT head, body, signed AND now() <@ tstzrange(to_timestamp(pgjwt_number(body ->> 'nbf')),
        to_timestamp(pgjwt_number(body ->> 'exp')))
    FROM (SELECT convert_from(pgjwt_decode(part[1]), 'UTF8')::json AS head,
            convert_from(pgjwt_decode(part[2]), 'UTF8')::json AS body,
            part[3] = pgjwt_mac(part[1] || '.' || part[2], secret, algorithm) AS signed
        FROM regexp_split_to_array(token, '\.') part) parts
$$;

-- ---- the token ----

CREATE TABLE t (token text, keys text, policy jsonb, claims jsonb, payload text, private text,
    secret text);
-- Together they are longer than a row may be by itself, which no token is.
ALTER TABLE t ALTER token SET STORAGE PLAIN, ALTER keys SET STORAGE PLAIN,
    ALTER policy SET STORAGE PLAIN, ALTER claims SET STORAGE PLAIN, ALTER payload SET STORAGE PLAIN,
    ALTER private SET STORAGE PLAIN;

-- The token signed with this key becomes the one that is measured.
CREATE FUNCTION bench_token(algorithm text, private text, keys text, secret text)
RETURNS void LANGUAGE sql AS $$
    DELETE FROM t;
    INSERT INTO t SELECT idplane.jws_sign(bench_claims(), private, '{"typ":"JWT"}'), keys,
        bench_policy(algorithm)::jsonb, bench_claims()::jsonb, bench_claims(), private, secret;
$$;

-- The algorithm is named in the key: one of RSA is for RS256 where nobody says PS256.
CREATE FUNCTION bench_prepare(algorithm text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    private text;
BEGIN
    PERFORM bench_open(algorithm);
    private := bench_key(true);
    IF algorithm = 'PS256' THEN
        private := idplane.jwk_from_pem(private) || '{"alg":"PS256"}';
    END IF;
    PERFORM bench_token(algorithm, private, bench_key(false), NULL);
    PERFORM bench_input(regexp_replace(token, '\.[^.]*$', '')) FROM t;
END $$;

-- pgjwt takes its secret as text.
CREATE FUNCTION bench_prepare_pgjwt() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    secret text := replace(gen_random_uuid()::text, '-', '');
    jwk text := jsonb_build_object('kty', 'oct', 'alg', 'HS256', 'k', pgjwt_encode(secret::bytea));
BEGIN
    PERFORM bench_token('HS256', jwk, jwk, secret);
END $$;

-- An instance that takes the token, its keys set apart.
CREATE FUNCTION bench_prepare_oidc() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    said jsonb := bench_claims();
    config jsonb := jsonb_build_object('clientID', said -> 'aud', 'issuerURL', said -> 'iss',
        'groupsClaim', 'groups', 'usernamePrefix', '-', 'signingAlgs', '["RS256"]'::jsonb);
BEGIN
    PERFORM bench_prepare('RS256');
    PERFORM idplane.set_oidc_default(config);
    PERFORM idplane.provision_oidc('bench', config);
    PERFORM idplane.set_issuer_keys(said ->> 'iss', jsonb_build_object('keys',
        jsonb_build_array(idplane.jwk_from_pem(keys)))::text) FROM t;
END $$;

-- Instances as provision_oidc() makes them, without going through it a million times.
CREATE TABLE instances (count bigint);
CREATE FUNCTION bench_instances(kind text, count bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO idplane.oidc_instance SELECT tenant, kind || i, plan, profile, 1, created_at, changed_at,
        record, effective, provenance FROM generate_series(0, count - 1) i, idplane.oidc_instance
        WHERE instance = 'bench';
    DELETE FROM instances;
    INSERT INTO instances VALUES (count);
$$;

-- Thousands in a second, all in one transaction; a later default changes every one of them.
CREATE FUNCTION bench_rederive(count int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz;
    changed bigint;
BEGIN
    PERFORM idplane.set_oidc_default('{"clientID":"c","issuerURL":"https://c.example","groupsPrefix":"g:"}');
    start := clock_timestamp();
    SELECT count(*) INTO changed FROM generate_series(0, bench_rederive.count - 1) i
        WHERE (idplane.rederive_oidc('m' || i) -> 'changed')::boolean;
    IF changed <> bench_rederive.count THEN
        RAISE 'bench: % of them changed', changed;
    END IF;
    RETURN changed / extract(epoch FROM clock_timestamp() - start) / 1000;
END $$;

-- ---- slices ----

-- A function slice_NAME(count): nanoseconds for that many rows, each of which must pass. The token is
-- a parameter of the statement and the rows are not stored: what is left of the statement by itself
-- is a fraction of what one from a table and a function scan costs.
CREATE FUNCTION bench_slice(name text, sources text, condition text) RETURNS void
LANGUAGE plpgsql AS $make$
BEGIN
    EXECUTE format($format$
        CREATE FUNCTION slice_%s(count int) RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE
            t t;
            start timestamptz;
            passed bigint;
        BEGIN
            SELECT * INTO t FROM t;
            start := clock_timestamp();
            SELECT count(*) INTO passed FROM (SELECT generate_series(1, slice_%1$s.count) g) s %s
            WHERE %s;
            IF passed <> slice_%1$s.count THEN
                RAISE 'bench: %1$s refuses the token';
            END IF;
            RETURN extract(epoch FROM clock_timestamp() - start) * 1e9;
        END $$ $format$, name, sources, condition);
END $make$;

SELECT bench_slice(name, sources, condition) FROM (VALUES
    ('jwt_valid', '',
        'idplane.jwt_valid(CASE WHEN g > 0 THEN t.token END, t.keys, t.policy)'),
    ('jwt_verify', '',
        'idplane.jwt_verify(CASE WHEN g > 0 THEN t.token END, t.keys, t.policy) IS NOT NULL'),
    ('jwt_sign_with', '',
        'idplane.jwt_sign_with(CASE WHEN g > 0 THEN t.claims END, t.private) IS NOT NULL'),
    ('parts', '',
        'idplane.jwt_valid(CASE WHEN g > 0 THEN t.token END, t.keys, t.policy)
         AND (CASE WHEN g > 0 THEN t.payload END)::jsonb IS NOT NULL'),
    ('oidc_authenticate', '',
        '(idplane.oidc_authenticate(CASE WHEN g > 0 THEN ''bench'' END, t.token) -> ''ok'')::boolean'),
    ('one_of_few', '', 'idplane.oidc_config(''f'' || g::bigint * 7919 % 10) IS NOT NULL'),
    ('one_of_some', '', 'idplane.oidc_config(''s'' || g::bigint * 7919 % 10000) IS NOT NULL'),
    ('one_of_many', '',
        'idplane.oidc_config(''m'' || g::bigint * 7919 % (SELECT i.count FROM instances i)) IS NOT NULL'),
    ('oidc_merge', '',
        'idplane.oidc_merge(CASE WHEN g > 0 THEN ''update'' END,
            ''{"clientID":"c","issuerURL":"https://c.example","groupsClaim":"g"}'', NULL,
            ''{"clientID":"d","issuerURL":"https://d.example","usernameClaim":"sub"}'', ''{}'', ''effective'') IS NOT NULL'),
    ('concatenation', '',
        '(CASE WHEN g > 0 THEN ''{"clientID":"d","issuerURL":"https://d.example","usernameClaim":"sub"}''::jsonb END
            || ''{"clientID":"c","issuerURL":"https://c.example","groupsClaim":"g"}''::jsonb) IS NOT NULL'),
    ('pgjwt', ', pgjwt_verify(CASE WHEN g > 0 THEN t.token END, t.secret, ''HS256'') v', 'v.valid')
) s (name, sources, condition);

CREATE FUNCTION bench_run(function text, count int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    ns bigint;
BEGIN
    EXECUTE format('SELECT %I($1)', function) INTO ns USING count;
    RETURN ns;
END $$;

-- How many rows fill a slice; warms up.
CREATE FUNCTION bench_count(function text, slice_ms int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    count int := 1;
BEGIN
    WHILE bench_run(function, count) < slice_ms * 5e5 LOOP
        count := count * 2;
    END LOOP;
    RETURN ceil(count * slice_ms * 1e6 / bench_run(function, count));
END $$;

-- Rows per second of both, in slices that follow each other.
CREATE FUNCTION bench_rounds(reference text, measured text, rounds int, slice_ms int)
RETURNS TABLE (reference_rate float8, measured_rate float8) LANGUAGE plpgsql AS $$
DECLARE
    reference_count int := bench_count(reference, slice_ms);
    measured_count int := bench_count(measured, slice_ms);
BEGIN
    FOR i IN 1 .. rounds LOOP
        reference_rate := 1e9 * reference_count / bench_run(reference, reference_count);
        measured_rate := 1e9 * measured_count / bench_run(measured, measured_count);
        RETURN NEXT;
    END LOOP;
END $$;
