-- SPDX-License-Identifier: Apache-2.0
-- provisioning.sql: tables of device provisioning, for both engines, in the dialect of schema.sql. Who may come is an
-- enrollment; who came is a record, and each step of it an event.

CREATE TABLE idplane.enrollment (
    tenant text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    enabled boolean NOT NULL,
    priority bigint NOT NULL,
    version bigint NOT NULL,
    document jsonb NOT NULL,
    sealed_secrets bytea,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    owner text COLLATE "C",
    PRIMARY KEY (tenant, enrollment_id)
);
COMMENT ON TABLE idplane.enrollment IS 'Who may be provisioned: a group under the authority of a maker, or one device.';
COMMENT ON COLUMN idplane.enrollment.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.enrollment.enrollment_id IS 'Its name.';
COMMENT ON COLUMN idplane.enrollment.kind IS 'group or individual.';
COMMENT ON COLUMN idplane.enrollment.enabled IS 'False: its devices are refused, also where another one would take them.';
COMMENT ON COLUMN idplane.enrollment.priority IS 'Of several that are as near to the device the highest counts.';
COMMENT ON COLUMN idplane.enrollment.version IS 'Counts its changes, from 1.';
COMMENT ON COLUMN idplane.enrollment.document IS 'What set_enrollment() was told, without the secrets.';
COMMENT ON COLUMN idplane.enrollment.sealed_secrets IS 'Its secrets: AES-256-GCM under the master key, bound to tenant and enrollment_id; null: none.';
COMMENT ON COLUMN idplane.enrollment.created_at IS 'When it was made.';
COMMENT ON COLUMN idplane.enrollment.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN idplane.enrollment.owner IS 'Whose its devices are, as the document says.';
COMMENT ON INDEX idplane.enrollment_pkey IS 'A name is one enrollment.';
COMMENT ON CONSTRAINT enrollment_pkey ON idplane.enrollment IS 'A name is one enrollment.';

CREATE TABLE idplane.enrollment_version (
    tenant text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    enabled boolean NOT NULL,
    priority bigint NOT NULL,
    document jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    PRIMARY KEY (tenant, enrollment_id, version)
);
CREATE INDEX idplane_enrollment_version_over ON idplane.enrollment_version (valid_until) WHERE valid_until IS NOT NULL;
COMMENT ON TABLE idplane.enrollment_version IS 'Enrollments as they were: which one took a device at a time can be asked afterwards.';
COMMENT ON COLUMN idplane.enrollment_version.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.enrollment_version.enrollment_id IS 'Its name.';
COMMENT ON COLUMN idplane.enrollment_version.version IS 'Counts its changes, from 1.';
COMMENT ON COLUMN idplane.enrollment_version.kind IS 'group or individual.';
COMMENT ON COLUMN idplane.enrollment_version.enabled IS 'Whether it let devices in.';
COMMENT ON COLUMN idplane.enrollment_version.priority IS 'Of several that are as near to the device the highest counts.';
COMMENT ON COLUMN idplane.enrollment_version.document IS 'What set_enrollment() was told, without the secrets.';
COMMENT ON COLUMN idplane.enrollment_version.valid_from IS 'Since when it counts.';
COMMENT ON COLUMN idplane.enrollment_version.valid_until IS 'Until when it did; null: it does.';
COMMENT ON INDEX idplane.idplane_enrollment_version_over IS 'purge.';
COMMENT ON INDEX idplane.enrollment_version_pkey IS 'A change makes a version.';
COMMENT ON CONSTRAINT enrollment_version_pkey ON idplane.enrollment_version IS 'A change makes a version.';

CREATE TABLE idplane.enrollment_anchor (
    tenant text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    subject_digest bytea NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    PRIMARY KEY (tenant, enrollment_id, version, position)
) /* WITHOUT ROWID */;
CREATE INDEX idplane_enrollment_anchor_over ON idplane.enrollment_anchor (valid_until) WHERE valid_until IS NOT NULL;
CREATE INDEX idplane_enrollment_anchor_subject ON idplane.enrollment_anchor (tenant, subject_digest);
COMMENT ON TABLE idplane.enrollment_anchor IS 'The certificates of the authorities of groups, by which the enrollments that may be meant are found.';
COMMENT ON COLUMN idplane.enrollment_anchor.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.enrollment_anchor.enrollment_id IS 'Whose it is.';
COMMENT ON COLUMN idplane.enrollment_anchor.version IS 'Of the enrollment.';
COMMENT ON COLUMN idplane.enrollment_anchor.valid_from IS 'Since when it counts.';
COMMENT ON COLUMN idplane.enrollment_anchor.valid_until IS 'Until when it did; null: it does.';
COMMENT ON INDEX idplane.idplane_enrollment_anchor_over IS 'purge.';
COMMENT ON COLUMN idplane.enrollment_anchor.position IS 'In the chain of the enrollment, from 0.';
COMMENT ON COLUMN idplane.enrollment_anchor.subject_digest IS 'SHA-256 of its subject name.';
COMMENT ON INDEX idplane.idplane_enrollment_anchor_subject IS 'Which enrollments know the issuer of a certificate.';
COMMENT ON INDEX idplane.enrollment_anchor_pkey IS 'A place in a chain is one certificate.';
COMMENT ON CONSTRAINT enrollment_anchor_pkey ON idplane.enrollment_anchor IS 'A place in a chain is one certificate.';

CREATE TABLE idplane.enrollment_identity (
    tenant text COLLATE "C" NOT NULL,
    identity_kind text COLLATE "C" NOT NULL,
    identity_digest bytea NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    PRIMARY KEY (tenant, identity_kind, identity_digest, enrollment_id, version)
) /* WITHOUT ROWID */;
CREATE UNIQUE INDEX idplane_enrollment_identity_current ON idplane.enrollment_identity (tenant, identity_kind, identity_digest) WHERE valid_until IS NULL;
CREATE INDEX idplane_enrollment_identity_over ON idplane.enrollment_identity (valid_until) WHERE valid_until IS NOT NULL;
CREATE INDEX idplane_enrollment_identity_enrollment ON idplane.enrollment_identity (tenant, enrollment_id);
COMMENT ON TABLE idplane.enrollment_identity IS 'What single devices are known by.';
COMMENT ON COLUMN idplane.enrollment_identity.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.enrollment_identity.identity_kind IS 'key: SHA-256 of the public key of a certificate or TPM; certificate: SHA-256 of it; registration: SHA-256 of an id.';
COMMENT ON COLUMN idplane.enrollment_identity.version IS 'Of the enrollment.';
COMMENT ON COLUMN idplane.enrollment_identity.valid_from IS 'Since when it counts.';
COMMENT ON COLUMN idplane.enrollment_identity.valid_until IS 'Until when it did; null: it does.';
COMMENT ON INDEX idplane.idplane_enrollment_identity_current IS 'A device is one enrollment.';
COMMENT ON INDEX idplane.idplane_enrollment_identity_over IS 'purge.';
COMMENT ON COLUMN idplane.enrollment_identity.identity_digest IS 'What it is known by.';
COMMENT ON COLUMN idplane.enrollment_identity.enrollment_id IS 'Whose it is.';
COMMENT ON INDEX idplane.idplane_enrollment_identity_enrollment IS 'What an enrollment has; it is written anew with it.';
COMMENT ON INDEX idplane.enrollment_identity_pkey IS 'A version of an enrollment has a device once.';
COMMENT ON CONSTRAINT enrollment_identity_pkey ON idplane.enrollment_identity IS 'A version of an enrollment has a device once.';

-- Filled by administrators, a million rows at a time: no trigger, and no key to other tables. A digest has 64 digits;
-- what could never be that of a device is refused.
CREATE TABLE idplane.enrollment_member (
    tenant text COLLATE "C" NOT NULL DEFAULT 'default',
    enrollment_id text COLLATE "C" NOT NULL,
    identity_kind text COLLATE "C" NOT NULL,
    identity text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, identity_kind, identity, enrollment_id),
    CONSTRAINT enrollment_member_kind CHECK (identity_kind IN ('key', 'certificate', 'ek', 'serial', 'registration')),
    CONSTRAINT enrollment_member_identity CHECK (CASE identity_kind
        WHEN 'registration' THEN length(identity) BETWEEN 1 AND 255
        WHEN 'serial' THEN length(identity) BETWEEN 2 AND 254 AND length(identity) % 2 = 0
            AND ltrim(identity, '0123456789abcdef') = '' AND (identity = '00' OR substr(identity, 1, 2) <> '00')
        ELSE length(identity) = 64 AND ltrim(identity, '0123456789abcdef') = '' END)
) /* WITHOUT ROWID */;
CREATE INDEX idplane_enrollment_member_enrollment ON idplane.enrollment_member (tenant, enrollment_id);
COMMENT ON TABLE idplane.enrollment_member IS 'Devices that enrollments with members let in, one by one; administrators fill it.';
COMMENT ON COLUMN idplane.enrollment_member.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.enrollment_member.enrollment_id IS 'What lists the device.';
COMMENT ON COLUMN idplane.enrollment_member.identity_kind IS 'key, certificate, ek, serial or registration.';
COMMENT ON COLUMN idplane.enrollment_member.identity IS 'key: SHA-256 of the SubjectPublicKeyInfo of a certificate; certificate: SHA-256 of it in DER; ek: SHA-256 of the endorsement key of a TPM; serial: of a certificate, two digits a byte; all in hexadecimal of lower case. registration: the id that goes with a symmetric key.';
COMMENT ON INDEX idplane.enrollment_member_pkey IS 'What lists a device.';
COMMENT ON CONSTRAINT enrollment_member_pkey ON idplane.enrollment_member IS 'An enrollment lists a device once.';
COMMENT ON CONSTRAINT enrollment_member_kind ON idplane.enrollment_member IS 'No other kind is ever looked for.';
COMMENT ON CONSTRAINT enrollment_member_identity ON idplane.enrollment_member IS 'Digits of upper case, a digest that is cut and the like are of no device.';
COMMENT ON INDEX idplane.idplane_enrollment_member_enrollment IS 'What an enrollment lists: set_enrollment() removes it with the enrollment.';

CREATE TABLE idplane.hub (
    tenant text COLLATE "C" NOT NULL,
    hub_id text COLLATE "C" NOT NULL,
    document jsonb NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, hub_id)
);
COMMENT ON TABLE idplane.hub IS 'Where devices go when they are provisioned.';
COMMENT ON COLUMN idplane.hub.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.hub.hub_id IS 'A UUID: that of its certificate.';
COMMENT ON COLUMN idplane.hub.document IS 'What set_hub() was told.';
COMMENT ON COLUMN idplane.hub.changed_at IS 'When it was changed last.';
COMMENT ON INDEX idplane.hub_pkey IS 'An id is one hub.';
COMMENT ON CONSTRAINT hub_pkey ON idplane.hub IS 'An id is one hub.';

CREATE TABLE idplane.provisioning_record (
    tenant text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    approval text COLLATE "C" NOT NULL,
    device text COLLATE "C",
    owner text COLLATE "C",
    hub_id text COLLATE "C",
    grant_id text COLLATE "C",
    serial text COLLATE "C",
    subject text COLLATE "C",
    tpm_clock jsonb,
    failure_count bigint NOT NULL,
    window_ends_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    completed_at timestamptz,
    bound_at timestamptz,
    claim_grant_id text COLLATE "C",
    other_enrollment_id text COLLATE "C",
    other_approval text COLLATE "C",
    PRIMARY KEY (tenant, registration_id)
);
CREATE INDEX idplane_provisioning_record_device ON idplane.provisioning_record (tenant, device) WHERE device IS NOT NULL;
CREATE INDEX idplane_provisioning_record_enrollment ON idplane.provisioning_record (tenant, enrollment_id, created_at);
CREATE INDEX idplane_provisioning_record_other ON idplane.provisioning_record (tenant, other_enrollment_id) WHERE other_enrollment_id IS NOT NULL;
CREATE INDEX idplane_provisioning_record_changed ON idplane.provisioning_record (tenant, changed_at);
COMMENT ON TABLE idplane.provisioning_record IS 'Devices that came, each with what is decided of it.';
COMMENT ON COLUMN idplane.provisioning_record.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.provisioning_record.registration_id IS 'Of the key of the maker: a UUID of version 5 over its SubjectPublicKeyInfo; or the id of who has a symmetric key.';
COMMENT ON COLUMN idplane.provisioning_record.enrollment_id IS 'What gave it its identity; until it has one, where it proved itself, or was matched, last.';
COMMENT ON COLUMN idplane.provisioning_record.approval IS 'free: nobody is asked; pending, approved or denied.';
COMMENT ON COLUMN idplane.provisioning_record.device IS 'The UUID that is in its identity certificate; null: it has none yet.';
COMMENT ON COLUMN idplane.provisioning_record.owner IS 'Who the device belongs to; null: whom the enrollment names.';
COMMENT ON COLUMN idplane.provisioning_record.hub_id IS 'Where it goes; null: nothing was allocated yet.';
COMMENT ON COLUMN idplane.provisioning_record.grant_id IS 'What its tokens depend on; null: it has had none.';
COMMENT ON COLUMN idplane.provisioning_record.serial IS 'Of its identity certificate; null: it has none.';
COMMENT ON COLUMN idplane.provisioning_record.subject IS 'The name in the certificate of the maker, RFC 4514; null: it came without one.';
COMMENT ON COLUMN idplane.provisioning_record.tpm_clock IS 'What its TPM said last of its clock; null: it has none, or was not asked.';
COMMENT ON COLUMN idplane.provisioning_record.failure_count IS 'Proofs that failed within the window.';
COMMENT ON COLUMN idplane.provisioning_record.window_ends_at IS 'Until when failures count together.';
COMMENT ON COLUMN idplane.provisioning_record.created_at IS 'When it came first.';
COMMENT ON COLUMN idplane.provisioning_record.changed_at IS 'When it came last, or was decided of.';
COMMENT ON COLUMN idplane.provisioning_record.bound_at IS 'When it proved itself last: an id of a symmetric key is of that enrollment then; null: it did not.';
COMMENT ON COLUMN idplane.provisioning_record.claim_grant_id IS 'What the tokens of whoever claimed it depend on; null: nobody did.';
COMMENT ON COLUMN idplane.provisioning_record.other_enrollment_id IS 'Where else it has proven itself since it has its identity, or was let in; null: nowhere.';
COMMENT ON COLUMN idplane.provisioning_record.other_approval IS 'What is decided of it there: as approval.';
COMMENT ON COLUMN idplane.provisioning_record.completed_at IS 'When it had everything the first time; null: it has not.';
COMMENT ON INDEX idplane.idplane_provisioning_record_device IS 'deprovision() goes by the device.';
COMMENT ON INDEX idplane.idplane_provisioning_record_enrollment IS 'Devices of an enrollment.';
COMMENT ON INDEX idplane.idplane_provisioning_record_other IS 'What is decided goes with an enrollment.';
COMMENT ON INDEX idplane.idplane_provisioning_record_changed IS 'provisioning_records() shows the latest first.';
COMMENT ON INDEX idplane.provisioning_record_pkey IS 'An identity is one record.';
COMMENT ON CONSTRAINT provisioning_record_pkey ON idplane.provisioning_record IS 'An identity is one record.';

CREATE TABLE idplane.device_holder (
    tenant text COLLATE "C" NOT NULL,
    device text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C" NOT NULL,
    is_named boolean NOT NULL,
    PRIMARY KEY (tenant, device)
) /* WITHOUT ROWID */;
CREATE INDEX idplane_device_holder_registration ON idplane.device_holder (tenant, registration_id);
COMMENT ON TABLE idplane.device_holder IS 'Whose an id is: of the device that was first to ask for it, or of an owner, a hub, or whom rules name, and of no device then.';
COMMENT ON COLUMN idplane.device_holder.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.device_holder.device IS 'The UUID.';
COMMENT ON COLUMN idplane.device_holder.kind IS 'device; or owner, hub, or rule: of whom access control of an enrollment names, and nobody had it.';
COMMENT ON COLUMN idplane.device_holder.is_named IS 'Access control of an enrollment names it, or did: no other device gets it.';
COMMENT ON COLUMN idplane.device_holder.registration_id IS 'Of the device; else empty, as that of no device is.';
COMMENT ON INDEX idplane.idplane_device_holder_registration IS 'deprovision() releases it.';
COMMENT ON INDEX idplane.device_holder_pkey IS 'A device id is of one record.';
COMMENT ON CONSTRAINT device_holder_pkey ON idplane.device_holder IS 'A device id is of one record.';

CREATE TABLE idplane.provisioning_session (
    tenant text COLLATE "C" NOT NULL,
    session_digest bytea NOT NULL,
    registration_id text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    enrollment_version bigint NOT NULL,
    attestation text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    nonce text COLLATE "C" NOT NULL,
    proof_key bytea,
    shown jsonb,
    challenge jsonb,
    request_digest bytea,
    serial text COLLATE "C",
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, session_digest)
);
CREATE INDEX idplane_provisioning_session_registration ON idplane.provisioning_session (tenant, registration_id);
CREATE INDEX idplane_provisioning_session_expires ON idplane.provisioning_session (expires_at);
COMMENT ON TABLE idplane.provisioning_session IS 'Devices on their way.';
COMMENT ON COLUMN idplane.provisioning_session.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.provisioning_session.session_digest IS 'SHA-256 of the session with its tenant; the session itself is never kept.';
COMMENT ON COLUMN idplane.provisioning_session.registration_id IS 'Whose it is.';
COMMENT ON COLUMN idplane.provisioning_session.enrollment_id IS 'What the device was matched with.';
COMMENT ON COLUMN idplane.provisioning_session.enrollment_version IS 'As it was then.';
COMMENT ON COLUMN idplane.provisioning_session.attestation IS 'x509, tpm or symmetric_key.';
COMMENT ON COLUMN idplane.provisioning_session.state IS 'begun, challenged, proven, identified, confirmed or done; see docs/provisioning.md.';
COMMENT ON COLUMN idplane.provisioning_session.nonce IS 'What has to be signed next; empty: nothing.';
COMMENT ON COLUMN idplane.provisioning_session.proof_key IS 'Public key that has to sign it, SubjectPublicKeyInfo; null: none.';
COMMENT ON COLUMN idplane.provisioning_session.shown IS 'What the device showed when it began, judged anew before it gets its identity; null: it has it.';
COMMENT ON COLUMN idplane.provisioning_session.challenge IS 'What the TPM was asked; null: nothing.';
COMMENT ON COLUMN idplane.provisioning_session.request_digest IS 'SHA-256 of the certification request that was signed; null: none was.';
COMMENT ON COLUMN idplane.provisioning_session.serial IS 'Of the certificate that was issued in it; null: none was.';
COMMENT ON COLUMN idplane.provisioning_session.created_at IS 'When it began.';
COMMENT ON COLUMN idplane.provisioning_session.expires_at IS 'When it ends.';
COMMENT ON INDEX idplane.idplane_provisioning_session_registration IS 'deprovision() ends the sessions of a device.';
COMMENT ON INDEX idplane.idplane_provisioning_session_expires IS 'purge.';
COMMENT ON INDEX idplane.provisioning_session_pkey IS 'A session is one row.';
COMMENT ON CONSTRAINT provisioning_session_pkey ON idplane.provisioning_session IS 'A session is one row.';

CREATE TABLE idplane.provisioning_event (
    tenant text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    occurred_at timestamptz NOT NULL,
    step text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C",
    enrollment_id text COLLATE "C",
    device text COLLATE "C",
    details jsonb NOT NULL,
    PRIMARY KEY (tenant, event_id)
);
CREATE INDEX idplane_provisioning_event_registration ON idplane.provisioning_event (tenant, registration_id, occurred_at);
CREATE INDEX idplane_provisioning_event_occurred ON idplane.provisioning_event (tenant, occurred_at);
CREATE INDEX idplane_provisioning_event_refused ON idplane.provisioning_event (tenant, occurred_at) WHERE step = 'begin' AND outcome <> 'ok';
COMMENT ON TABLE idplane.provisioning_event IS 'Each step of each device, and each that was refused.';
COMMENT ON COLUMN idplane.provisioning_event.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.provisioning_event.event_id IS 'Random.';
COMMENT ON COLUMN idplane.provisioning_event.occurred_at IS 'When.';
COMMENT ON COLUMN idplane.provisioning_event.step IS 'begin, prove, tpm_challenge, tpm_activate, time, ownership, identity, acls, credentials, confirm, token, cloud, configuration, renew, decide or deprovision; or request: it could not be read.';
COMMENT ON COLUMN idplane.provisioning_event.outcome IS 'ok, or the code of the error.';
COMMENT ON COLUMN idplane.provisioning_event.registration_id IS 'Whose it was; null: nobody is known by that key.';
COMMENT ON COLUMN idplane.provisioning_event.enrollment_id IS 'What was matched; null: nothing.';
COMMENT ON COLUMN idplane.provisioning_event.device IS 'Its id, where it was known.';
COMMENT ON COLUMN idplane.provisioning_event.details IS 'What else there is to be known: reason, subject, serial, source.';
COMMENT ON INDEX idplane.idplane_provisioning_event_registration IS 'The history of a device.';
COMMENT ON INDEX idplane.idplane_provisioning_event_occurred IS 'purge.';
COMMENT ON INDEX idplane.idplane_provisioning_event_refused IS 'provisioning_records() shows who was refused at the door, however many were not.';
COMMENT ON INDEX idplane.provisioning_event_pkey IS 'An event is one row.';
COMMENT ON CONSTRAINT provisioning_event_pkey ON idplane.provisioning_event IS 'An event is one row.';

CREATE TABLE idplane.device_configuration (
    tenant text COLLATE "C" NOT NULL,
    device text COLLATE "C" NOT NULL,
    document jsonb NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, device)
);
COMMENT ON TABLE idplane.device_configuration IS 'What single devices get on top of the configuration of their enrollment.';
COMMENT ON COLUMN idplane.device_configuration.tenant IS 'Tenant of the row.';
COMMENT ON COLUMN idplane.device_configuration.device IS 'The UUID of the device.';
COMMENT ON COLUMN idplane.device_configuration.document IS 'Resources by href.';
COMMENT ON COLUMN idplane.device_configuration.changed_at IS 'When it was changed last.';
COMMENT ON INDEX idplane.device_configuration_pkey IS 'A device has one configuration of its own.';
COMMENT ON CONSTRAINT device_configuration_pkey ON idplane.device_configuration IS 'A device has one configuration of its own.';
