-- SPDX-License-Identifier: Apache-2.0
-- pki_functions.sql: what functions.sql is, for certificates.

CREATE FUNCTION idplane.create_ca(name text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.create_ca(text, jsonb) IS 'Makes a certificate authority: a root, or below another one of the tenant.';

CREATE FUNCTION idplane.import_ca(name text, certificate text, key text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.import_ca(text, text, text, jsonb) IS 'Takes over a certificate authority that was made elsewhere.';

CREATE FUNCTION idplane.csr_inspect(csr text) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.csr_inspect(text) IS 'What a certification request says, or why it is refused.';

CREATE FUNCTION idplane.certificate_inspect(certificate text) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.certificate_inspect(text) IS 'What a certificate says; nothing of it is verified.';

CREATE FUNCTION idplane.verify_chain(leaf text, intermediates text, anchors text, policy jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL SAFE COST 20000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.verify_chain(text, text, text, jsonb) IS 'Whether a certificate leads to an anchor, by which path, or why not.';

CREATE FUNCTION idplane.sign_csr(csr text, profile text DEFAULT 'identity', options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sign_csr(text, text, jsonb) IS 'A certificate for the key of a request, as the profile says.';

CREATE FUNCTION idplane.set_certificate_profile(profile text, settings jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_certificate_profile(text, jsonb) IS 'Says what certificates of a profile are; NULL removes it.';

CREATE FUNCTION idplane.certificate_profile(profile text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.certificate_profile(text) IS 'What certificates of a profile are; NULL where there is none of this name.';

CREATE FUNCTION idplane.request_certificate(csr text, profile text DEFAULT 'identity') RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.request_certificate(text, text) IS 'Writes down a request for a certificate, and what came of it; again: the same.';

CREATE FUNCTION idplane.certificate_request_step(csr text, profile text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.certificate_request_step(text, text) IS 'What a row of certificate_request is to be, for its trigger.';

CREATE FUNCTION idplane.sign_pending(max bigint) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.sign_pending(bigint) IS 'Decides new rows of certificate_request; how many came to which end.';

CREATE FUNCTION idplane.decide_certificate_request(request_id text, decision text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.decide_certificate_request(text, text) IS 'Approves or denies a request that waits for it.';

-- A request is signed before its row is there, so that INSERT … RETURNING has the certificate. Rows that
-- come with another status, of a dump for instance, stay as they are. Whoever may insert csr and profile
-- names neither the tenant nor what came of it.
CREATE FUNCTION idplane.certificate_request_trigger() RETURNS trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    answer jsonb;
BEGIN
    NEW.tenant := idplane.current_tenant();
    NEW.request_id := CASE WHEN NEW.request_id = '' THEN gen_random_uuid()::text ELSE NEW.request_id END;
    answer := idplane.certificate_request_step(NEW.csr, NEW.profile);
    NEW.status := answer ->> 'status';
    NEW.reasons := answer -> 'reasons';
    NEW.certificate := answer ->> 'certificate';
    NEW.chain := answer ->> 'chain';
    NEW.serial := answer ->> 'serial';
    NEW.requested_at := answer ->> 'at';
    NEW.decided_at := CASE WHEN NEW.status <> 'pending' THEN NEW.requested_at END;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION idplane.certificate_request_trigger() IS 'Signs a row of certificate_request before it is inserted.';
CREATE TRIGGER idplane_sign BEFORE INSERT ON idplane.certificate_request
    FOR EACH ROW WHEN (NEW.status = 'new') EXECUTE FUNCTION idplane.certificate_request_trigger();
COMMENT ON TRIGGER idplane_sign ON idplane.certificate_request IS 'INSERT … RETURNING certificate.';

-- Whoever is let to this table sees the requests of the tenant of the session.
ALTER TABLE idplane.certificate_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY idplane_tenant ON idplane.certificate_request
    USING (tenant = idplane.current_tenant()) WITH CHECK (tenant = idplane.current_tenant());
COMMENT ON POLICY idplane_tenant ON idplane.certificate_request IS 'Each tenant has its own.';

CREATE FUNCTION idplane.confirm_certificate(serial text) RETURNS bigint
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.confirm_certificate(text) IS 'Ends the grace of what a device had before this certificate; how many that were.';

CREATE FUNCTION idplane.revoke_certificate(serial text, reason text DEFAULT 'unspecified') RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.revoke_certificate(text, text) IS 'Ends a certificate; what it is now.';

CREATE FUNCTION idplane.crl(ca text DEFAULT 'default') RETURNS bytea
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.crl(text) IS 'The revocation list of an authority, DER; signed anew where it is out of date.';

CREATE FUNCTION idplane.import_crl(certificate text, crl text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.import_crl(text, text) IS 'Keeps the revocation list of an authority that is not ours.';

CREATE FUNCTION idplane.ocsp(request bytea) RETURNS bytea
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.ocsp(bytea) IS 'The answer to an OCSP request, DER, signed by the issuer of the first certificate.';
