-- SPDX-License-Identifier: Apache-2.0
-- hub_allocation.sql: to which hub a device goes, and whether it stays there; the keys here are nobody's any more.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('1', '-----BEGIN CERTIFICATE-----
MIIBrzCCAVSgAwIBAgIUQDm/u+82gNe3xjtX00dxXjqe+U0wCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQD
DAhkZXZpY2UgMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABE2SdbxjZKL8YBlg
bdXn7i80gyZ+d2KrCWbM8lps0I1pHVA+Fp+JH3bMxyQZxmKE86FnRlv1P+mmCVtl
nvfQijKjZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYD
VR0OBBYEFAA/Jris9BFy5eWkZG449yf786fYMB8GA1UdIwQYMBaAFIxAOvwVLtLk
qyAZyyIE+4ejywkMMAoGCCqGSM49BAMCA0kAMEYCIQDza6g/swwtXaL/Ldpk3Ql9
uFcAuFAakgl1aCX3kIVUiAIhAL53iLghIsz5W5laKnIyYsqonENAEJwp9q3ucwZ9
0AFa
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('1.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2X7O7rJl
iwxUsAmZcqf0DS/3vGGkOu++zETLBMMEHHuYQg1mUCR5daw3CskEVRNAtSnwbaaS
dswZyB2gYp9DgqAAMAoGCCqGSM49BAMCA0cAMEQCIGwKhseeG9LpZ+NnHfPiEqLd
zIFTc8TJzA1g/bcneYj3AiAvp3CtlhNMdmPNybTDHN/1vHUcXXTGbixytHamIUc+
Jg==
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('2', '-----BEGIN CERTIFICATE-----
MIIBrTCCAVSgAwIBAgIUc7qReQR4dalPRBrrKwj2qmrn2McwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQD
DAhkZXZpY2UgMjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABK2S82xUtSlc1BBy
eHD/+Zbg5jLxADUt/pZXwKUYAs2S0SpdaDLQC2VHq/HuimWdcuQ1L2Ggscpximpv
2YCpGQmjZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYD
VR0OBBYEFOLwYwZ8jbzOd4dmZoCLlhLSqdtmMB8GA1UdIwQYMBaAFIxAOvwVLtLk
qyAZyyIE+4ejywkMMAoGCCqGSM49BAMCA0cAMEQCIHbqXgNGhUqZv/SJAmANyFg2
y4GiE4URPiba0n44BcPGAiATl1+PKnzxQajp0K7Dk/0ahPxF5gpwSdROuq2BonV4
fA==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('2.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2X7O7rJl
iwxUsAmZcqf0DS/3vGGkOu++zETLBMMEHHuYQg1mUCR5daw3CskEVRNAtSnwbaaS
dswZyB2gYp9DgqAAMAoGCCqGSM49BAMCA0cAMEQCICn6jpVrEDeqrt32pahYPndP
t+dtLvcPv1vDIO4J8EinAiB8MWb/nfaUwp0In0BiCdw9AnWntomHowsZRbWKkG9+
CA==
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('3', '-----BEGIN CERTIFICATE-----
MIIBrTCCAVSgAwIBAgIUa7GdX0SQEFCgy4XGTZDhvvmKJtQwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQD
DAhkZXZpY2UgMzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABElkk3tdXWAuzaL1
eo/3Vi8nfJ0p+TVi0EpVmlCDHp4VUMKhlbHF9YnCxBkE9GJ/8Y9yQBpKmXSVsjWr
kigj4DejZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYD
VR0OBBYEFJs4pbbQUfsZ1Brf1GIJzptnJSKeMB8GA1UdIwQYMBaAFIxAOvwVLtLk
qyAZyyIE+4ejywkMMAoGCCqGSM49BAMCA0cAMEQCIAWROzSgIQ13jLDTf8hzNE3Y
6ySdv1irXBOBzdjq7MmRAiBXVBr0xluk3kNgYMVtkh0sdX+fjMY0cfZaRA25uHQf
pg==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('3.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2X7O7rJl
iwxUsAmZcqf0DS/3vGGkOu++zETLBMMEHHuYQg1mUCR5daw3CskEVRNAtSnwbaaS
dswZyB2gYp9DgqAAMAoGCCqGSM49BAMCA0gAMEUCIQDfTgJPrHVrsY4j9eqpLWHX
Nie++d9j7m5/Ug575Q3VMQIgNDUpmQp8wDDEVeBMixnBOpXqzFJ6YYlSU5RrvPEc
2cg=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('4', '-----BEGIN CERTIFICATE-----
MIIBrTCCAVSgAwIBAgIUTYmnuwK9y+8cqjVAKEY0dy43kj8wCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQD
DAhkZXZpY2UgNDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKeNigFJvPbsK+Zu
bQoHcm85Y+KQkuIJOiQ5iH5aJvaAVznaV5SkU/9HnmyUra3VzDcqEJ3IxincAo/I
a6pl6Y6jZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYD
VR0OBBYEFPFyi1ToOOUBCi6UjkSvpjrPO6WLMB8GA1UdIwQYMBaAFIxAOvwVLtLk
qyAZyyIE+4ejywkMMAoGCCqGSM49BAMCA0cAMEQCIGkBqQHxLYjus4OujewDaTcj
owhkG7nPj7bsDi5k9vlnAiB/viyv94Sa543YjABfEMqrzfvaE8TytBBJlLPBPM4X
DA==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('4.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDA0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2X7O7rJl
iwxUsAmZcqf0DS/3vGGkOu++zETLBMMEHHuYQg1mUCR5daw3CskEVRNAtSnwbaaS
dswZyB2gYp9DgqAAMAoGCCqGSM49BAMCA0kAMEYCIQCxBoIaLDWCHWjWbj8c0rhZ
R3NvvywK2Pas2pgg8uRtxAIhAM+Ao+/gIa4KoXk7z87J0ql0rIGJiwwVmcEfdB02
wUZo
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('x.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5ehu5jqDqiGVZD8Y
bJWloVjphFJgxcE0gshIFvSZetOhRANCAATZfs7usmWLDFSwCZlyp/QNL/e8YaQ6
777MRMsEwwQce5hCDWZQJHl1rDcKyQRVE0C1KfBtppJ2zBnIHaBin0OC
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('maker.chain', '-----BEGIN CERTIFICATE-----\nMIIBqTCCAU+gAwIBAgIUDO++F8rPJozUZTv+0WGD70/VDU0wCgYIKoZIzj0EAwIw\nIjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw\nMDAwWhcNNDAwMTAxMDAwMDAwWjAiMRAwDgYDVQQKDAdFeGFtcGxlMQ4wDAYDVQQD\nDAVNYWtlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMzqhdBX+Wu8Fgw+Y+aW\n07UJTGFp91qgC/VHG3SKKjg1s/n0WHrGLzUxKO9RUDsTObHN/BTdyr/DNryI4Oo6\nnDCjYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQW\nBBSMQDr8FS7S5KsgGcsiBPuHo8sJDDAfBgNVHSMEGDAWgBSMQDr8FS7S5KsgGcsi\nBPuHo8sJDDAKBggqhkjOPQQDAgNIADBFAiEAwxzScbdSw+sU4GyuZXHA74UpJiki\nXSF0JeJMMRUZlbACIEc60E6k5OMjpXx/Zx1RVIb0dfOepSZ0Zyrb/0fkIkL3\n-----END CERTIFICATE-----\n');
SELECT register_client('gateway', '{"grant_types":["client_credentials"],"scope":"device","client_secret":"0123456789abcdef0123456789abcdef","tls_client_certificate_bound_access_tokens":true}') ->> 'client_id';
SELECT create_ca('default', '{"subject":{"CN":"Identity"}}') ->> 'ca';
SELECT create_ca('second', '{"subject":{"CN":"Second"}}') ->> 'ca';
SELECT set_hub('11111111-1111-4111-8111-111111111111', '{"gateways": ["hub1.example:5684"], "authorization": {"provider": "plgd", "client_id": "gateway", "device_id_claim": "device"}}') ->> 'id';
SELECT set_hub('22222222-1111-4111-8111-111111111111', '{"gateways": ["hub2.example:5684"], "authorization": {"provider": "plgd", "client_id": "gateway", "device_id_claim": "device"}}') ->> 'id';
SELECT set_hub('33333333-1111-4111-8111-111111111111', '{"gateways": ["hub3.example:5684"], "authorization": {"provider": "plgd", "client_id": "gateway", "device_id_claim": "device"}, "ca": "second"}') ->> 'id';
-- The first, unless the enrollment says otherwise; an authority of the hub issues.
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-1111-4111-8111-111111111111", "33333333-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP s1 SELECT begin_provisioning((SELECT content FROM material WHERE name = '1'), '{"proven": true}');
KEEP is1 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's1'), (SELECT content FROM material WHERE name = '1.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is1';
SELECT provisioning_records('{"registration_ids":["0a3a9c8a-d354-5134-b3c7-234aa051d246"]}') -> 'records' -> 0 ->> 'hub';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["33333333-1111-4111-8111-111111111111", "22222222-1111-4111-8111-111111111111", "11111111-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP s2 SELECT begin_provisioning((SELECT content FROM material WHERE name = '2'), '{"proven": true}');
KEEP is2 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's2'), (SELECT content FROM material WHERE name = '2.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is2';
SELECT provisioning_records('{"registration_ids":["39d27bd8-8313-5d3d-beca-2174d9026bbc"]}') -> 'records' -> 0 ->> 'hub';
SELECT certificate_inspect(response ->> 'certificate') ->> 'issuer' FROM kept WHERE name = 'is2';
-- It stays, also where another one is the first by now, unless it is to be assigned anew.
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["22222222-1111-4111-8111-111111111111", "11111111-1111-4111-8111-111111111111", "33333333-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP s3 SELECT begin_provisioning((SELECT content FROM material WHERE name = '1'), '{"proven": true}');
KEEP is3 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's3'), (SELECT content FROM material WHERE name = '1.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is3';
SELECT provisioning_records('{"registration_ids":["0a3a9c8a-d354-5134-b3c7-234aa051d246"]}') -> 'records' -> 0 ->> 'hub';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["22222222-1111-4111-8111-111111111111", "11111111-1111-4111-8111-111111111111", "33333333-1111-4111-8111-111111111111"], "reprovision": "reassign"}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP s4 SELECT begin_provisioning((SELECT content FROM material WHERE name = '1'), '{"proven": true}');
KEEP is4 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's4'), (SELECT content FROM material WHERE name = '1.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is4';
SELECT provisioning_records('{"registration_ids":["0a3a9c8a-d354-5134-b3c7-234aa051d246"]}') -> 'records' -> 0 ->> 'hub';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["33333333-1111-4111-8111-111111111111", "11111111-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP s5 SELECT begin_provisioning((SELECT content FROM material WHERE name = '1'), '{"proven": true}');
KEEP is5 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's5'), (SELECT content FROM material WHERE name = '1.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is5';
SELECT provisioning_records('{"registration_ids":["0a3a9c8a-d354-5134-b3c7-234aa051d246"]}') -> 'records' -> 0 ->> 'hub';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-1111-4111-8111-111111111111", "33333333-1111-4111-8111-111111111111"], "reprovision": "keep"}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP s6 SELECT begin_provisioning((SELECT content FROM material WHERE name = '1'), '{"proven": true}');
KEEP is6 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's6'), (SELECT content FROM material WHERE name = '1.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is6';
SELECT provisioning_records('{"registration_ids":["0a3a9c8a-d354-5134-b3c7-234aa051d246"]}') -> 'records' -> 0 ->> 'hub';
-- By weight: none where there is none, the same one each time.
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-1111-4111-8111-111111111111", "33333333-1111-4111-8111-111111111111"], "allocation": {"policy": "hashed", "weights": {"11111111-1111-4111-8111-111111111111": 0, "22222222-1111-4111-8111-111111111111": 0, "33333333-1111-4111-8111-111111111111": 1}}, "reprovision": "reassign"}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP s7 SELECT begin_provisioning((SELECT content FROM material WHERE name = '1'), '{"proven": true}');
KEEP is7 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's7'), (SELECT content FROM material WHERE name = '1.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is7';
SELECT provisioning_records('{"registration_ids":["0a3a9c8a-d354-5134-b3c7-234aa051d246"]}') -> 'records' -> 0 ->> 'hub';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-1111-4111-8111-111111111111", "33333333-1111-4111-8111-111111111111"], "allocation": {"policy": "hashed", "weights": {"11111111-1111-4111-8111-111111111111": 0, "22222222-1111-4111-8111-111111111111": 7, "33333333-1111-4111-8111-111111111111": 0}}, "reprovision": "reassign"}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP s8 SELECT begin_provisioning((SELECT content FROM material WHERE name = '1'), '{"proven": true}');
KEEP is8 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's8'), (SELECT content FROM material WHERE name = '1.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is8';
SELECT provisioning_records('{"registration_ids":["0a3a9c8a-d354-5134-b3c7-234aa051d246"]}') -> 'records' -> 0 ->> 'hub';
KEEP s9 SELECT begin_provisioning((SELECT content FROM material WHERE name = '1'), '{"proven": true}');
KEEP is9 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's9'), (SELECT content FROM material WHERE name = '1.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is9';
SELECT provisioning_records('{"registration_ids":["0a3a9c8a-d354-5134-b3c7-234aa051d246"]}') -> 'records' -> 0 ->> 'hub';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-1111-4111-8111-111111111111", "33333333-1111-4111-8111-111111111111"], "allocation": {"policy": "hashed"}, "reprovision": "reassign"}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
-- A function of the administrator is asked; what is none of the hubs is refused, as is no answer.
SELECT set_hook('which_hub', (SELECT definition FROM rule_definition), '{"tables":["rule"]}') -> 0 ->> 'event';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-1111-4111-8111-111111111111", "33333333-1111-4111-8111-111111111111"], "allocation": {"policy": "hook", "hook": "which_hub"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP s11 SELECT begin_provisioning((SELECT content FROM material WHERE name = '4'), '{"proven": true}');
KEEP is11 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's11'), (SELECT content FROM material WHERE name = '4.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is11';
SELECT provisioning_records('{"registration_ids":["6d02295b-2d28-5154-8a0d-832af10ddb8b"]}') -> 'records' -> 0 ->> 'hub';
DELETE FROM rule;
INSERT INTO rule VALUES ('allocate_hub', 'makers', '{"hub":"00000000-1111-4111-8111-111111111111"}');
KEEP s12 SELECT begin_provisioning((SELECT content FROM material WHERE name = '4'), '{"proven": true}');
KEEP is12 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's12'), (SELECT content FROM material WHERE name = '4.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is12';
SELECT provisioning_records('{"registration_ids":["6d02295b-2d28-5154-8a0d-832af10ddb8b"]}') -> 'records' -> 0 ->> 'hub';
DELETE FROM rule;
INSERT INTO rule VALUES ('allocate_hub', 'makers', '{}');
KEEP s13 SELECT begin_provisioning((SELECT content FROM material WHERE name = '4'), '{"proven": true}');
KEEP is13 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's13'), (SELECT content FROM material WHERE name = '4.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is13';
SELECT provisioning_records('{"registration_ids":["6d02295b-2d28-5154-8a0d-832af10ddb8b"]}') -> 'records' -> 0 ->> 'hub';
DELETE FROM rule;
INSERT INTO rule VALUES ('allocate_hub', 'makers', '{"hub":7}');
KEEP s14 SELECT begin_provisioning((SELECT content FROM material WHERE name = '4'), '{"proven": true}');
KEEP is14 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's14'), (SELECT content FROM material WHERE name = '4.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is14';
SELECT provisioning_records('{"registration_ids":["6d02295b-2d28-5154-8a0d-832af10ddb8b"]}') -> 'records' -> 0 ->> 'hub';
UPDATE rule SET answer = '{"hub":"22222222-1111-4111-8111-111111111111"}';
KEEP s15 SELECT begin_provisioning((SELECT content FROM material WHERE name = '4'), '{"proven": true}');
KEEP is15 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's15'), (SELECT content FROM material WHERE name = '4.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is15';
SELECT provisioning_records('{"registration_ids":["6d02295b-2d28-5154-8a0d-832af10ddb8b"]}') -> 'records' -> 0 ->> 'hub';
UPDATE rule SET answer = '{"hub":"11111111-1111-4111-8111-111111111111"}';
KEEP s16 SELECT begin_provisioning((SELECT content FROM material WHERE name = '4'), '{"proven": true}');
KEEP is16 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's16'), (SELECT content FROM material WHERE name = '4.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is16';
SELECT provisioning_records('{"registration_ids":["6d02295b-2d28-5154-8a0d-832af10ddb8b"]}') -> 'records' -> 0 ->> 'hub';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-1111-4111-8111-111111111111", "33333333-1111-4111-8111-111111111111"], "allocation": {"policy": "hook", "hook": "nobody"}, "reprovision": "reassign"}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP s17 SELECT begin_provisioning((SELECT content FROM material WHERE name = '4'), '{"proven": true}');
KEEP is17 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's17'), (SELECT content FROM material WHERE name = '4.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is17';
SELECT provisioning_records('{"registration_ids":["6d02295b-2d28-5154-8a0d-832af10ddb8b"]}') -> 'records' -> 0 ->> 'hub';
-- Once it is done it may not come again, where the enrollment says so.
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-1111-4111-8111-111111111111", "33333333-1111-4111-8111-111111111111"], "reprovision": "never"}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP s18 SELECT begin_provisioning((SELECT content FROM material WHERE name = '4'), '{"proven": true}');
KEEP is18 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's18'), (SELECT content FROM material WHERE name = '4.csr'));
SELECT response ->> 'error', response ->> 'reason' FROM kept WHERE name = 'is18';
SELECT provisioning_records('{"registration_ids":["6d02295b-2d28-5154-8a0d-832af10ddb8b"]}') -> 'records' -> 0 ->> 'hub';
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 's18'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'is18'), (SELECT content FROM material WHERE name = 'x.key'))));
SELECT canonical_json(provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 's18')) -> 'changed');
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = '4')));
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-1111-4111-8111-111111111111", "33333333-1111-4111-8111-111111111111"], "reprovision": "keep"}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT begin_provisioning((SELECT content FROM material WHERE name = '4')) ->> 'state';
-- What is no allocation, and no hub.
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"], "allocation": {"policy": "random"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"], "allocation": {"policy": "hook"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"], "allocation": {"policy": "static", "hook": "x"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"], "allocation": {"policy": "hashed", "weights": {"11111111-1111-4111-8111-111111111111": -1, "22222222-1111-4111-8111-111111111111": "1"}}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"], "reprovision": "always"}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT set_hub('11111111-1111-4111-8111-111111111111', NULL);
SELECT hub('11111111-1111-4111-8111-111111111111') ->> 'id', hub('22222222-1111-4111-8111-111111111111') ->> 'id';
SELECT set_tenant('other');
SELECT hub('22222222-1111-4111-8111-111111111111') ->> 'id';
