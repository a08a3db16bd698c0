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

-- The maker's as set_enrollment() makes it, and others like it, each of an authority of its own.
CREATE FUNCTION bench_enrollments(name text, count bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM idplane.set_tenant(name);
    PERFORM idplane.set_enrollment('maker', jsonb_build_object('owner', 'alice', 'x509',
        jsonb_build_object('chain', bench_maker(true))));
    INSERT INTO idplane.enrollment SELECT tenant, 'other' || i, kind, enabled, priority, version,
        document, sealed_secrets, created_at, changed_at
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
