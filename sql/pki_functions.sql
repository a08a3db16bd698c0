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

CREATE FUNCTION idplane.revoke_certificate(serial text, reason text DEFAULT 'unspecified') RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.revoke_certificate(text, text) IS 'Ends a certificate; what it is now.';

CREATE FUNCTION idplane.crl(ca text DEFAULT 'default') RETURNS bytea
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.crl(text) IS 'The revocation list of an authority, DER; signed anew where it is out of date.';

CREATE FUNCTION idplane.ocsp(request bytea) RETURNS bytea
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.ocsp(bytea) IS 'The answer to an OCSP request, DER, signed by the issuer of the first certificate.';
