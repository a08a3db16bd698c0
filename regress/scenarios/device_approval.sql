-- SPDX-License-Identifier: Apache-2.0
-- device_approval.sql: somebody has to let a device in, and may change their mind; the keys here are nobody's
-- any more.
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
-- Until then it is told the time, and nothing of whose it is.
KEEP a SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"proven": true}');
SELECT provisioning_records('{"registration_ids":["72090bea-eab2-5307-86d9-975c87351d28"]}') -> 'records' -> 0 ->> 'approval';
SELECT provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'a'));
SELECT canonical_json(json(provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'a'))));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'a.csr')));
SELECT count(*) FROM idplane_certificate;
-- It goes on in the session that it has.
SELECT canonical_json(decide_enrollment('72090bea-eab2-5307-86d9-975c87351d28', 'approve'));
KEEP i SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'a.csr'));
SELECT response ->> 'device' FROM kept WHERE name = 'i';
-- Denied it ends at the next step, in each session and at the door.
SELECT canonical_json(decide_enrollment('72090bea-eab2-5307-86d9-975c87351d28', 'deny'));
SELECT canonical_json(json(provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'a'))));
SELECT canonical_json(json(provision_acls((SELECT response ->> 'session' FROM kept WHERE name = 'a'))));
SELECT canonical_json(json(provision_credentials((SELECT response ->> 'session' FROM kept WHERE name = 'a'))));
SELECT canonical_json(provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = 'a')));
SELECT canonical_json(json(provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'a'))));
SELECT canonical_json(decide_enrollment('72090bea-eab2-5307-86d9-975c87351d28', 'approve'));
SELECT json(provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'a'))) ->> 'time';
-- Who was let in need not ask again, whatever the enrollment says by then.
KEEP a2 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"proven": true}');
SELECT provisioning_records('{"registration_ids":["72090bea-eab2-5307-86d9-975c87351d28"]}') -> 'records' -> 0 ->> 'approval';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP a3 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"proven": true}');
SELECT provisioning_records('{"registration_ids":["72090bea-eab2-5307-86d9-975c87351d28"]}') -> 'records' -> 0 ->> 'approval';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"], "approval": true}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP a4 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"proven": true}');
SELECT provisioning_records('{"registration_ids":["72090bea-eab2-5307-86d9-975c87351d28"]}') -> 'records' -> 0 ->> 'approval';
-- Who came while nobody was asked is asked for from the next step on.
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP b SELECT begin_provisioning((SELECT content FROM material WHERE name = 'b'), '{"proven": true}');
SELECT provisioning_records('{"registration_ids":["44a2517d-1d12-550b-8682-50c1a11bef91"]}') -> 'records' -> 0 ->> 'approval';
SELECT json(provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'b'))) ->> 'error';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"], "approval": true}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT json(provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'b'))) ->> 'error';
KEEP b2 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'b'), '{"proven": true}');
SELECT provisioning_records('{"registration_ids":["44a2517d-1d12-550b-8682-50c1a11bef91"]}') -> 'records' -> 0 ->> 'approval';
SELECT json(provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'b'))) ->> 'error';
SELECT json(provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'b2'))) ->> 'error';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP b3 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'b'), '{"proven": true}');
SELECT provisioning_records('{"registration_ids":["44a2517d-1d12-550b-8682-50c1a11bef91"]}') -> 'records' -> 0 ->> 'approval';
-- Each decision is kept.
SELECT count(*) FROM idplane_provisioning_event WHERE step = 'decide';
-- Who has proven nothing does not move a decision to another enrollment.
SELECT set_enrollment('ours', '{"owner":"alice","approval":true,"symmetric_key":{"primary":"MDEyMzQ1Njc4OWFiY2RlZg=="}}') ->> 'id';
SELECT set_enrollment('theirs', '{"owner":"mallory","approval":true,"symmetric_key":{"primary":"ZmVkY2JhOTg3NjU0MzIxMA=="}}') ->> 'id';
SELECT begin_provisioning(NULL, '{"registration_id":"press-1","enrollment":"ours"}') ->> 'state';
SELECT begin_provisioning(NULL, '{"registration_id":"press-1","enrollment":"theirs"}') ->> 'state';
SELECT provisioning_records('{"registration_ids":["press-1"]}') -> 'records' -> 0 ->> 'enrollment';
SELECT decide_enrollment('press-1', 'approve') ->> 'approval';
SELECT begin_provisioning(NULL, '{"registration_id":"press-1","enrollment":"ours"}') ->> 'state';
SELECT canonical_json(begin_provisioning(NULL, '{"registration_id":"press-1","enrollment":"theirs"}'));
SELECT decide_enrollment('press-1', 'deny') ->> 'approval';
SELECT begin_provisioning(NULL, '{"registration_id":"press-1","enrollment":"theirs"}') ->> 'error';
SELECT provisioning_records('{"registration_ids":["press-1"]}') -> 'records' -> 0 ->> 'enrollment';
SELECT decide_enrollment('press-1', 'approve') ->> 'approval';
SELECT begin_provisioning(NULL, '{"registration_id":"press-1","enrollment":"ours"}') ->> 'state';
-- Who decides may say for which one.
SELECT canonical_json(decide_enrollment('press-1', 'approve', 'theirs'));
SELECT begin_provisioning(NULL, '{"registration_id":"press-1","enrollment":"ours"}') ->> 'reason';
SELECT begin_provisioning(NULL, '{"registration_id":"press-1","enrollment":"theirs"}') ->> 'state';
SELECT canonical_json(decide_enrollment('press-1', 'approve', 'ours'));
SELECT canonical_json(decide_enrollment('press-1', 'approve', 'ours'));
SELECT begin_provisioning(NULL, '{"registration_id":"press-1","enrollment":"ours"}') ->> 'state';
SELECT decide_enrollment('press-1', 'approve', 'nobody');
SELECT decide_enrollment('72090bea-eab2-5307-86d9-975c87351d28', 'approve', 'ours');
SELECT set_enrollment('ours');
SELECT begin_provisioning(NULL, '{"registration_id":"press-1","enrollment":"theirs"}') ->> 'state';
SELECT provisioning_records('{"registration_ids":["press-1"]}') -> 'records' -> 0 ->> 'enrollment', provisioning_records('{"registration_ids":["press-1"]}') -> 'records' -> 0 ->> 'approval';
