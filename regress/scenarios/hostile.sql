-- SPDX-License-Identifier: Apache-2.0
-- hostile.sql: who takes what belongs to another device, or keeps what was taken from it. The keys are those of
-- device_approval.sql.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('a', '-----BEGIN CERTIFICATE-----
MIIBrzCCAVSgAwIBAgIUG2PTWRYyCcHPs9OgHZZKLhoF/HUwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQD
DAhkZXZpY2UgYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNKBoL02zpfG/RsX
vcF1Pm/Ey7VXzV0wK2+ZIxAZsOI6phqMwtkJO5M3KjrKUaKXowK4ZRfKv/vmstnx
xX9mWJ6jZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYD
VR0OBBYEFL+uWDJ+bQBa6V8DFX0yWI1Bdqs3MB8GA1UdIwQYMBaAFFKHH/EMjHDm
M111u9R7ePHk3Z8PMAoGCCqGSM49BAMCA0kAMEYCIQD0Y9Tqm+nU50W1tZfIoPeq
UUqqYXegYI7NsC4UXs87XwIhANhilExoezReXAnHozHBWiZEVYae7w9v6jTzXGcH
i3ln
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('b', '-----BEGIN CERTIFICATE-----
MIIBrTCCAVSgAwIBAgIUR6QElUfHDodQqX6VvIFPAsXYffkwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQD
DAhkZXZpY2UgYjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAU+Z7xVzxHZvfXK
x+jU/BrIQuo0MVBS7FTIQaFL0fCjMOI9aKIDKv/+7vMYUA4ZZH3clVLZbi36DFOp
3YGWSW2jZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYD
VR0OBBYEFEJGjDiJ3q5o9wbaqQXrstKrPMUlMB8GA1UdIwQYMBaAFFKHH/EMjHDm
M111u9R7ePHk3Z8PMAoGCCqGSM49BAMCA0cAMEQCIE9u+r/ZGwEPAERw/LL8xAO3
0O1ctVMc4S/TllSLCoFkAiAV5DLn7DENBHylA17fYYh6LXncej7EJyHEi0QLkyRx
Vw==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('a.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/qT07M3r
icUrizeWmGlZ+Pvhol4k+hO4d5mp3ooHeilNKShmeAN5dwmBfYTBMzn1w29dVsEq
S4Syl0ZcOCMj+aAAMAoGCCqGSM49BAMCA0kAMEYCIQD1XhIubutZ0vacqovQk+Rn
QoP8lQPcu9wqsg6mU7tsnwIhAKtp2YVtzZHZ6EzU8GA1fQ0MPD3cUfBdC7wMdtNq
p7Cz
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('b.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/qT07M3r
icUrizeWmGlZ+Pvhol4k+hO4d5mp3ooHeilNKShmeAN5dwmBfYTBMzn1w29dVsEq
S4Syl0ZcOCMj+aAAMAoGCCqGSM49BAMCA0gAMEUCIF4Hy8tJQcuSWugNddNBKN8b
O2AmidnKlgaiA+v1SO0XAiEAjSeDaoU/zuhu+nIy/9oQfhSLCokktsupzBnIFJlE
mJE=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('maker.chain', '-----BEGIN CERTIFICATE-----\nMIIBqTCCAU+gAwIBAgIUQ0tE7m6gnV7IVmpkCfx54BDkXQowCgYIKoZIzj0EAwIw\nIjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw\nMDAwWhcNNDAwMTAxMDAwMDAwWjAiMRAwDgYDVQQKDAdFeGFtcGxlMQ4wDAYDVQQD\nDAVNYWtlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEBLNFJ3UcYTXtg7x+Ul\nDRtZy78mwEKrvCSapgXGnwdJTWt8WlTPU5Yc+U6RCai7x/1D8xADIpRkHWRjtLov\naE2jYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQW\nBBRShx/xDIxw5jNddbvUe3jx5N2fDzAfBgNVHSMEGDAWgBRShx/xDIxw5jNddbvU\ne3jx5N2fDzAKBggqhkjOPQQDAgNIADBFAiBCEaBB32UWFUB8Idd2qivg3cS9MiVj\nJg/+8RrwglPpoQIhAMMMCHyy82gzhMGhbE5yjF+aelcxxvNJhF2H5CZq9HZb\n-----END CERTIFICATE-----\n');
SELECT register_client('gateway', '{"grant_types":["client_credentials"],"scope":"device","client_secret":"0123456789abcdef0123456789abcdef","tls_client_certificate_bound_access_tokens":true}') ->> 'client_id';
SELECT create_ca('default', '{"subject":{"CN":"Identity"}}') ->> 'ca';
SELECT set_hub('11111111-1111-4111-8111-111111111111', '{"gateways": ["hub.example:5684"], "authorization": {"provider": "plgd", "client_id": "gateway", "device_id_claim": "device"}}') ->> 'id';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"], "approval": true}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP a SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"proven": true}');
-- A symmetric key does not go by the id of a certificate: it would be let in by whoever let in the other.
SELECT set_enrollment('sensors', '{"owner": "mallory", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}}') ->> 'id';
SELECT canonical_json(begin_provisioning(NULL, '{"registration_id": "72090bea-eab2-5307-86d9-975c87351d28", "enrollment": "sensors"}'));
SELECT canonical_json(begin_provisioning(NULL, '{"registration_id": "72090BEA-EAB2-5307-86D9-975C87351D28", "enrollment": "sensors"}'));
SELECT canonical_json(set_enrollment('sensor', '{"owner": "mallory", "kind": "individual", "symmetric_key": {"registration_id": "72090bea-eab2-5307-86d9-975c87351d28", "primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}}') -> 'errors');
SELECT begin_provisioning(NULL, '{"registration_id": "3f0a5a2e-7a8b-4b43-8f5e-000000000001", "enrollment": "sensors"}') ->> 'state';
SELECT provisioning_records('{"registration_ids":["72090bea-eab2-5307-86d9-975c87351d28"]}') -> 'records' -> 0 ->> 'enrollment';
-- What one enrollment asks for is not given by another one that does not.
SELECT set_enrollment('elsewhere', json(replace('{"owner": "mallory", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"], "priority": 5}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP e SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'));
SELECT canonical_json(json(provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'a'))));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'a.csr')));
SELECT count(*) FROM idplane_certificate;
SELECT canonical_json(decide_enrollment('72090bea-eab2-5307-86d9-975c87351d28', 'approve'));
-- What it showed leads elsewhere now.
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'a.csr')));
SELECT set_enrollment('elsewhere', NULL);
KEEP i SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'a.csr'));
SELECT response ->> 'device' FROM kept WHERE name = 'i';
SELECT set_enrollment('elsewhere', json(replace('{"owner": "mallory", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"], "priority": 5}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT provisioning_records('{"registration_ids":["72090bea-eab2-5307-86d9-975c87351d28"]}') -> 'records' -> 0 ->> 'enrollment';
-- Nor is a device moved by who only shows its certificate.
KEEP e2 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'));
SELECT provisioning_records('{"registration_ids":["72090bea-eab2-5307-86d9-975c87351d28"]}') -> 'records' -> 0 ->> 'enrollment';
SELECT set_enrollment('elsewhere', NULL);
-- A revoked certificate opens nothing more, in a session that it was made in either.
SELECT json(provision_acls((SELECT response ->> 'session' FROM kept WHERE name = 'a'))) ->> 'error';
SELECT revoke_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'i'), 'keyCompromise') ->> 'status';
SELECT canonical_json(json(provision_acls((SELECT response ->> 'session' FROM kept WHERE name = 'a'))));
SELECT canonical_json(json(provision_credentials((SELECT response ->> 'session' FROM kept WHERE name = 'a'))));
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), 'nonsense'));
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"], "require_identity": false}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT canonical_json(provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT canonical_json(json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a'))));
SELECT canonical_json(provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT json(provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'a'))) ->> 'time';
-- Strangers who fail to prove a key keep nobody out who has proven it by TLS.
KEEP s SELECT begin_provisioning((SELECT content FROM material WHERE name = 'b'));
SELECT prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 's'), 'nonsense') ->> 'error';
SELECT prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 's'), 'nonsense') ->> 'error';
SELECT prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 's'), 'nonsense') ->> 'error';
SELECT prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 's'), 'nonsense') ->> 'error';
SELECT prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 's'), 'nonsense') ->> 'error';
SELECT begin_provisioning((SELECT content FROM material WHERE name = 'b')) ->> 'error';
SELECT begin_provisioning((SELECT content FROM material WHERE name = 'b'), '{"proven": true}') ->> 'state';
-- A device that asks without end does not keep others from looking at it.
KEEP l SELECT begin_provisioning((SELECT content FROM material WHERE name = 'b'), '{"proven": true}');
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1005) SELECT count(CASE WHEN i > 0 THEN provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'l')) END) FROM n;
CREATE TABLE history (document text);
INSERT INTO history SELECT provisioning_records('{"history": true, "registration_ids": ["44a2517d-1d12-550b-8682-50c1a11bef91"]}') -> 'records' -> 0 ->> 'history';
SELECT CASE WHEN json(document) -> 999 ->> 'step' IS NULL THEN 'fewer' WHEN json(document) -> 1000 ->> 'step' IS NULL THEN 'a thousand' ELSE 'more' END FROM history;
-- A token says each claim once.
SELECT canonical_json(set_hub('11111111-1111-4111-8111-111111111112', '{"gateways": ["hub.example:5684"], "authorization": {"client_id": "gateway", "device_id_claim": "owner"}}') -> 'errors');
SELECT canonical_json(set_hub('11111111-1111-4111-8111-111111111112', '{"gateways": ["hub.example:5684"], "authorization": {"client_id": "gateway", "owner_claim": "id", "device_id_claim": "id"}}') -> 'errors');
SELECT canonical_json(set_hub('11111111-1111-4111-8111-111111111112', '{"gateways": ["hub.example:5684\n"]}') -> 'errors');
