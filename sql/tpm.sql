-- SPDX-License-Identifier: Apache-2.0
-- tpm.sql: declarations of what is about TPMs; those of all else are in functions.sql.

CREATE FUNCTION idplane.tpm_inspect(public text) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.tpm_inspect(text) IS 'What the public area of a key of a TPM says, and what the key may be taken for.';

CREATE FUNCTION idplane.tpm_verify(public text, attest text, signature text, policy jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.tpm_verify(text, text, text, jsonb) IS 'Whether an attestation is of this key of a TPM, and says what is asked, or why not.';
