-- SPDX-License-Identifier: Apache-2.0
-- pki.sql: tables of certificates, for both engines, in the dialect of schema.sql.

CREATE TABLE idplane.certificate_authority (
    tenant text COLLATE "C" NOT NULL,
    ca_id text COLLATE "C" NOT NULL,
    ca text COLLATE "C" NOT NULL,
    generation bigint NOT NULL,
    state text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    subject_name bytea NOT NULL,
    certificate bytea NOT NULL,
    chain bytea NOT NULL,
    key_identifier bytea NOT NULL,
    sealed_private_key bytea NOT NULL,
    not_before timestamptz NOT NULL,
    not_after timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    list_id text COLLATE "C" NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (tenant, ca_id)
);
CREATE UNIQUE INDEX idplane_certificate_authority_active ON idplane.certificate_authority (tenant, ca) WHERE state = 'active';
COMMENT ON TABLE idplane.certificate_authority IS 'Certificate authorities of a tenant, each generation of their keys. state: next, active, retired.';
COMMENT ON COLUMN idplane.certificate_authority.chain IS 'The certificates above it, DER, one behind the other; empty where it is a root.';
COMMENT ON COLUMN idplane.certificate_authority.list_id IS 'The first one of this name and key: for verifiers they are one issuer, with one revocation list.';
COMMENT ON COLUMN idplane.certificate_authority.revoked_at IS 'When it was revoked, or one above it: since then it signs nothing but lists.';
COMMENT ON COLUMN idplane.certificate_authority.sealed_private_key IS 'AES-256-GCM under the master key, bound to tenant and ca_id.';

CREATE TABLE idplane.certificate (
    tenant text COLLATE "C" NOT NULL,
    issuer_key_identifier text COLLATE "C" NOT NULL,
    serial text COLLATE "C" NOT NULL,
    ca_id text COLLATE "C" NOT NULL,
    profile text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    common_name text COLLATE "C" NOT NULL,
    key_digest bytea NOT NULL,
    not_before timestamptz NOT NULL,
    not_after timestamptz NOT NULL,
    issued_at timestamptz NOT NULL,
    status text COLLATE "C" NOT NULL,
    reason text COLLATE "C",
    revoked_at timestamptz,
    certificate bytea NOT NULL,
    sans text COLLATE "C",
    device text COLLATE "C",
    superseded_at timestamptz,
    activate_until timestamptz,
    PRIMARY KEY (tenant, serial)
);
CREATE INDEX idplane_certificate_common_name ON idplane.certificate (tenant, common_name, issued_at);
CREATE INDEX idplane_certificate_superseded ON idplane.certificate (tenant, superseded_at) WHERE status = 'valid' AND superseded_at IS NOT NULL;
CREATE INDEX idplane_certificate_compromised ON idplane.certificate (tenant, key_digest) WHERE reason IN ('keyCompromise', 'cACompromise');
CREATE INDEX idplane_certificate_revoked ON idplane.certificate (tenant, ca_id, serial) WHERE status = 'revoked';
COMMENT ON TABLE idplane.certificate IS 'Certificates that were issued. status: valid, revoked; expired is valid past not_after.';
COMMENT ON COLUMN idplane.certificate.sans IS 'Its other names (subjectAltName): kind, colon, name, with a line end between, as in DNS:a.example.';
COMMENT ON COLUMN idplane.certificate.device IS 'The UUID of the device whose name it has.';
COMMENT ON COLUMN idplane.certificate.superseded_at IS 'When it ends since its device has another one, or was not seen with it; from then on it counts as revoked, and is once a list is signed.';
COMMENT ON COLUMN idplane.certificate.activate_until IS 'Until when its device has to be seen with it, else it ends; null: it need not be, or was.';
COMMENT ON COLUMN idplane.certificate.reason IS 'Why it was revoked, as RFC 5280 5.3.1 names it.';

CREATE TABLE idplane.certificate_holder (
    tenant text COLLATE "C" NOT NULL,
    common_name text COLLATE "C" NOT NULL,
    key_digest bytea NOT NULL,
    valid_until timestamptz NOT NULL,
    PRIMARY KEY (tenant, common_name)
) /* WITHOUT ROWID */;
COMMENT ON TABLE idplane.certificate_holder IS 'Which key has the name of a device: another one gets it when nothing of the name is good any more, or when the former hands it on.';

CREATE TABLE idplane.certificate_profile (
    tenant text COLLATE "C" NOT NULL,
    profile text COLLATE "C" NOT NULL,
    settings jsonb NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, profile)
);
COMMENT ON TABLE idplane.certificate_profile IS 'What certificates are for, beside the profiles that are built in: see set_certificate_profile().';

CREATE TABLE idplane.certificate_count (
    tenant text COLLATE "C" NOT NULL,
    profile text COLLATE "C" NOT NULL,
    common_name text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, profile, common_name)
) /* WITHOUT ROWID */;
COMMENT ON TABLE idplane.certificate_count IS 'Names of profiles with max_valid: who issues for one holds its row.';

CREATE TABLE idplane.certificate_request (
    tenant text COLLATE "C" NOT NULL DEFAULT 'default',
    request_id text COLLATE "C" NOT NULL DEFAULT '',
    csr text COLLATE "C" NOT NULL,
    profile text COLLATE "C" NOT NULL DEFAULT 'identity',
    status text COLLATE "C" NOT NULL DEFAULT 'new',
    reasons jsonb,
    certificate text COLLATE "C",
    chain text COLLATE "C",
    serial text COLLATE "C",
    requested_at timestamptz,
    decided_at timestamptz,
    csr_digest bytea,
    PRIMARY KEY (tenant, request_id)
);
CREATE INDEX idplane_certificate_request_new ON idplane.certificate_request (tenant, request_id) WHERE status = 'new';
CREATE INDEX idplane_certificate_request_same ON idplane.certificate_request (tenant, csr_digest) WHERE csr_digest IS NOT NULL;
COMMENT ON TABLE idplane.certificate_request IS 'Requests for certificates, which are signed when they are inserted. status: new, pending, issued, refused.';
COMMENT ON COLUMN idplane.certificate_request.request_id IS 'Its name; where it is inserted without one it gets a random one.';
COMMENT ON COLUMN idplane.certificate_request.reasons IS 'Why it is refused, of docs/pki.md.';

CREATE TABLE idplane.certificate_list (
    tenant text COLLATE "C" NOT NULL,
    ca_id text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    change_count bigint NOT NULL,
    listed_change_count bigint NOT NULL,
    next_update timestamptz NOT NULL,
    list bytea NOT NULL,
    PRIMARY KEY (tenant, ca_id)
);
COMMENT ON TABLE idplane.certificate_list IS 'The revocation list of an issuer as it was signed last.';
COMMENT ON COLUMN idplane.certificate_list.change_count IS 'How often something was revoked that belongs on it.';
COMMENT ON COLUMN idplane.certificate_list.listed_change_count IS 'Of that, what the list has; -1: there is no list yet.';

CREATE TABLE idplane.imported_list (
    tenant text COLLATE "C" NOT NULL,
    issuer_key text COLLATE "C" NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    issuer_name bytea NOT NULL,
    number text COLLATE "C" NOT NULL,
    this_update timestamptz NOT NULL,
    next_update timestamptz NOT NULL,
    revoked_count bigint NOT NULL,
    list bytea NOT NULL,
    imported_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, issuer_key)
);
CREATE INDEX idplane_imported_list_issuer ON idplane.imported_list (tenant, issuer_name);
COMMENT ON TABLE idplane.imported_list IS 'Revocation lists of authorities that are not ours: see import_crl().';
COMMENT ON COLUMN idplane.imported_list.issuer_key IS 'SHA-256 of its SubjectPublicKeyInfo, hexadecimal.';
COMMENT ON COLUMN idplane.imported_list.number IS 'Hexadecimal, with zeros before it, so that texts compare as numbers.';
