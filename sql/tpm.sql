-- SPDX-License-Identifier: Apache-2.0
-- tpm.sql: declarations of what is about TPMs; those of all else are in functions.sql.

CREATE FUNCTION idplane.tpm_inspect(public text) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.tpm_inspect(text) IS 'What the public area of a key of a TPM says, and what the key may be taken for.';

CREATE FUNCTION idplane.tpm_verify(public text, attest text, signature text, policy jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.tpm_verify(text, text, text, jsonb) IS 'Whether an attestation is of this key of a TPM, and says what is asked, or why not.';

CREATE FUNCTION idplane.tpm_verify_certificate(certificate text, ek text, intermediates text, anchors text, policy jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL SAFE COST 20000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.tpm_verify_certificate(text, text, text, text, jsonb) IS 'Whether a maker of TPMs vouches for this endorsement key, and for which TPM, or why not.';

CREATE FUNCTION idplane.tpm_make_credential(ek text, key_name text, credential text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL SAFE COST 5000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.tpm_make_credential(text, text, text) IS 'A secret that only the TPM of this endorsement key can read, while it holds a key of this name.';
