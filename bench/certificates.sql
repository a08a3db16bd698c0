-- SPDX-License-Identifier: Apache-2.0
-- certificates.sql: what bench/backend measures of certificates, beside backend.sql.

CREATE FUNCTION bench_requests(count int) RETURNS void LANGUAGE c STRICT AS :'module';
CREATE FUNCTION bench_request() RETURNS text LANGUAGE c AS :'module';
CREATE FUNCTION bench_issue(count int) RETURNS bigint LANGUAGE c STRICT AS :'module';
CREATE FUNCTION bench_maker(root boolean) RETURNS text LANGUAGE c STRICT AS :'module';
CREATE FUNCTION bench_path(count int) RETURNS bigint LANGUAGE c STRICT AS :'module';

CREATE FUNCTION bench_prepare_issuing() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bench_requests(4096), idplane.create_ca('default');
END $$;

-- What no issuer can do without, and then rows as those of a certificate that is there, by plain statements: serials
-- that grow, and names in no order, as they are made for sign_csr. What makes them is not timed.
CREATE FUNCTION slice_issue_and_rows(count int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    c idplane.certificate;
    a idplane.audit;
    h idplane.certificate_holder;
    start timestamptz := clock_timestamp();
    serials text[] := ARRAY(SELECT to_hex((extract(epoch FROM start) * 1e6)::bigint) || lpad(to_hex(g), 19, '0')
        FROM generate_series(1, slice_issue_and_rows.count) g);
    names text[] := ARRAY(SELECT 'uuid:' || md5(s) FROM unnest(serials) s);
    times timestamptz[] := ARRAY(SELECT start + g * interval '1 us' FROM generate_series(1, slice_issue_and_rows.count) g);
    elapsed_ns bigint := bench_issue(slice_issue_and_rows.count);
BEGIN
    SELECT * INTO STRICT c FROM idplane.certificate LIMIT 1;
    SELECT * INTO STRICT a FROM idplane.audit WHERE type = 'certificate_issued' LIMIT 1;
    SELECT * INTO STRICT h FROM idplane.certificate_holder LIMIT 1;
    start := clock_timestamp();
    FOR i IN 1..slice_issue_and_rows.count LOOP
        c.serial := serials[i];
        c.common_name := names[i];
        h.common_name := names[i];
        a.audit_id := serials[i];
        a.occurred_at := times[i];
        INSERT INTO idplane.certificate_holder SELECT h.*;
        INSERT INTO idplane.certificate SELECT c.*;
        INSERT INTO idplane.audit SELECT a.*;
    END LOOP;
    RETURN elapsed_ns + extract(epoch FROM clock_timestamp() - start) * 1e9;
END $$;

-- The maker's as set_enrollment() makes it, and others like it, each of an authority of its own.
CREATE FUNCTION bench_enrollments(name text, count bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM idplane.set_tenant(name);
    PERFORM idplane.set_enrollment('maker', jsonb_build_object('owner', 'alice', 'x509',
        jsonb_build_object('chain', bench_maker(true))));
    INSERT INTO idplane.enrollment SELECT tenant, 'other' || i, kind, enabled, priority, version,
        document, sealed_secrets, created_at, changed_at, owner
        FROM generate_series(2, bench_enrollments.count) i, idplane.enrollment WHERE tenant = name;
    INSERT INTO idplane.enrollment_anchor SELECT tenant, enrollment_id, version, 0,
        sha256(enrollment_id::bytea), changed_at, NULL
        FROM idplane.enrollment WHERE tenant = name AND enrollment_id <> 'maker';
    PERFORM idplane.set_tenant('default');
END $$;
CREATE FUNCTION bench_prepare_enrollments() RETURNS void LANGUAGE sql AS $$
    SELECT bench_requests(1);
    SELECT bench_enrollments('few', 100);
    SELECT bench_enrollments('many', 100000);
$$;

SELECT bench_slice(name, '', condition) FROM (VALUES
    ('sign_csr', 'idplane.sign_csr(CASE WHEN g > 0 THEN bench_request() END) ? ''serial'''),
    ('verify_chain',
        '(idplane.verify_chain(CASE WHEN g > 0 THEN bench_maker(false) END, '''',
            bench_maker(true), ''{"purpose":"clientAuth"}'') -> ''valid'')::boolean'),
    ('match',
        '(idplane.match_enrollment(CASE WHEN g > 0 THEN bench_maker(false) END)
            -> ''matched'')::boolean')
) s (name, condition);

CREATE FUNCTION slice_match_few(count int) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM idplane.set_tenant('few');
    RETURN slice_match(slice_match_few.count);
END $$;
CREATE FUNCTION slice_match_many(count int) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM idplane.set_tenant('many');
    RETURN slice_match(slice_match_many.count);
END $$;

-- ---- lists of devices ----

-- What a maker delivers, in no order, and the list of it, with a hundredth of other devices in place of its own.
CREATE FUNCTION bench_delivery(count int, file text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TABLE delivery AS SELECT 'key' AS identity_kind, encode(sha256(i::text::bytea), 'hex') AS identity
        FROM generate_series(1, bench_delivery.count) i;
    EXECUTE format('COPY (SELECT ''long'', ''list'', * FROM delivery) TO %L', file);
    UPDATE delivery SET identity = encode(sha256(identity::bytea), 'hex') WHERE left(identity, 2) < '03';
    PERFORM idplane.set_tenant(name), idplane.set_enrollment('list', '{"owner":"alice","members":true,"x509":{}}')
        FROM (VALUES ('short'), ('long')) t (name);
    INSERT INTO idplane.enrollment_member SELECT 'short', 'list', identity_kind, identity FROM delivery LIMIT 100;
END $$;
CREATE FUNCTION bench_import(file text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz := clock_timestamp();
    members bigint;
BEGIN
    EXECUTE format('COPY idplane.enrollment_member FROM %L', file);
    GET DIAGNOSTICS members = ROW_COUNT;
    RETURN members / extract(epoch FROM clock_timestamp() - start) / 1000;
END $$;
CREATE FUNCTION bench_matched() RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz;
    every bigint;
    known bigint;
BEGIN
    PERFORM idplane.set_tenant('long');
    start := clock_timestamp();
    SELECT count(*), count(enrollment_id) INTO every, known
        FROM delivery LEFT JOIN idplane.listed_device USING (identity_kind, identity);
    IF known * 100 / every NOT BETWEEN 98 AND 99 THEN
        RAISE 'bench: % of % are known', known, every;
    END IF;
    RETURN every / extract(epoch FROM clock_timestamp() - start) / 1000;
END $$;
CREATE FUNCTION bench_prepare_members() RETURNS void LANGUAGE sql AS $$
    SELECT bench_requests(1);
    INSERT INTO idplane.enrollment_member
        SELECT name, 'list', 'key', idplane.certificate_inspect(bench_maker(false)) ->> 'key_sha256'
          FROM (VALUES ('short'), ('long')) t (name);
$$;
CREATE FUNCTION slice_match_listed_few(count int) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM idplane.set_tenant('short');
    RETURN slice_match(slice_match_listed_few.count);
END $$;
CREATE FUNCTION slice_match_listed_many(count int) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM idplane.set_tenant('long');
    RETURN slice_match(slice_match_listed_many.count);
END $$;
