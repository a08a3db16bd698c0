-- SPDX-License-Identifier: Apache-2.0
-- provisioning_functions.sql: the functions of device provisioning in PostgreSQL, as functions.sql has the others.

CREATE FUNCTION idplane.set_enrollment(enrollment text, document jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_enrollment(text, jsonb) IS 'Sets who may be provisioned, or what is wrong with the document; NULL removes it.';

CREATE FUNCTION idplane.enrollment(enrollment text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.enrollment(text) IS 'An enrollment without its secrets; NULL where there is none.';

CREATE FUNCTION idplane.set_hub(hub text, document jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_hub(text, jsonb) IS 'Sets where devices go, or what is wrong with the document; NULL removes it.';

CREATE FUNCTION idplane.hub(hub text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.hub(text) IS 'A hub; NULL where there is none.';

CREATE FUNCTION idplane.enrollments(filter jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.enrollments(jsonb) IS 'Enrollments by what they are and whose, page by page.';

CREATE FUNCTION idplane.hubs(filter jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.hubs(jsonb) IS 'Hubs by what they are and whose, page by page.';

CREATE FUNCTION idplane.set_device_configuration(device text, resources jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.set_device_configuration(text, jsonb) IS 'What one device gets beside the configuration of its enrollment; NULL removes it.';

CREATE FUNCTION idplane.match_enrollment(chain text, at text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER COST 20000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.match_enrollment(text, text) IS 'Which enrollment a device of this certificate would be of, or was of at a time.';

CREATE FUNCTION idplane.explain_enrollment(chain text, at text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER COST 20000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.explain_enrollment(text, text) IS 'The same, and why no other one.';

CREATE FUNCTION idplane.decide_enrollment(registration_id text, decision text, enrollment text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.decide_enrollment(text, text, text) IS 'Lets a device in that waits for it, or bars it.';

CREATE FUNCTION idplane.deprovision(device text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.deprovision(text) IS 'Ends certificates, tokens and sessions of a device, and bars it; NULL: there is none.';

CREATE FUNCTION idplane.provisioning_records(filter jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY DEFINER AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.provisioning_records(jsonb) IS 'Devices that came, and what they did; the latest first.';

CREATE FUNCTION idplane.begin_provisioning(chain text DEFAULT NULL, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.begin_provisioning(text, jsonb) IS 'A device shows what its maker gave it: a session, and what it has to sign.';

CREATE FUNCTION idplane.prove_possession(session text, proof text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.prove_possession(text, text) IS 'The device has signed the nonce of its session.';

CREATE FUNCTION idplane.provision_time(session text) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.provision_time(text) IS 'What time it is, for a device without a clock.';

CREATE FUNCTION idplane.provision_ownership(session text) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.provision_ownership(text) IS 'Whose the device is.';

CREATE FUNCTION idplane.provision_identity(session text, csr text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.provision_identity(text, text, jsonb) IS 'The certificate that the device goes by, once for a request.';

CREATE FUNCTION idplane.provision_acls(session text) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.provision_acls(text) IS 'Who may do what on the device.';

CREATE FUNCTION idplane.provision_credentials(session text) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.provision_credentials(text) IS 'Certificate, trust anchor and shared key of the device.';

CREATE FUNCTION idplane.tpm_challenge(session text, ek text, ek_certificate text DEFAULT NULL, ak text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.tpm_challenge(text, text, text, text) IS 'What only the TPM of a device can read, and only while it holds this key.';

CREATE FUNCTION idplane.tpm_activate(session text, credential text, attestation jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.tpm_activate(text, text, jsonb) IS 'The TPM of a device has read it, and tells what it measured.';

CREATE FUNCTION idplane.confirm_identity(session text, proof text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.confirm_identity(text, text) IS 'The device has signed with the key of its certificate.';

CREATE FUNCTION idplane.provision_token(session text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.provision_token(text) IS 'An access token about the device.';

CREATE FUNCTION idplane.provision_cloud(session text, options jsonb DEFAULT NULL) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.provision_cloud(text, jsonb) IS 'How the device gets to its hub, with a token.';

CREATE FUNCTION idplane.provision_configuration(session text, etag text DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000 AS 'MODULE_PATHNAME', 'idplane_call';
COMMENT ON FUNCTION idplane.provision_configuration(text, text) IS 'What resources of the device are set to, where it has something else.';
