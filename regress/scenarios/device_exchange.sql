-- SPDX-License-Identifier: Apache-2.0
-- device_exchange.sql: a certificate that a maker put into many devices, which each of them exchanges once for one of
-- its own; the keys here are good for nothing else.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
CREATE VIEW state AS SELECT substr(common_name, 41) AS device, status, reason, CASE WHEN superseded_at IS NULL THEN 'stays' ELSE 'ends' END AS ends, CASE WHEN activate_until IS NULL THEN 'used' ELSE 'waits' END AS activation FROM idplane_certificate;
INSERT INTO material VALUES ('a', '-----BEGIN CERTIFICATE-----
MIIBrjCCAVSgAwIBAgIUB7Wq5jz22mYDrfRpB9vAoeyYiZgwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQD
DAhkZXZpY2UgYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBxn2VxpRoB6dT81
rA/h5qLAi5s/WLAW8XLZD9V6vtKSUP0eRQ+MAg8KHR0CT5FnkYGKJJEl3iJrDLiu
XEzMjbujZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYD
VR0OBBYEFC8n4sNXbCaj63yj5XHarjgbytkXMB8GA1UdIwQYMBaAFFjcHuTQCTFc
9mwkhOaPpuqoWbArMAoGCCqGSM49BAMCA0gAMEUCIBN5cxEDr8j8VhsmDEYq5bRv
GVLP1n4ES22AuHjvkbdmAiEAp107XfazlXZuI0rXN35cUtkSHd/T4WD/ebUEiDg7
St8=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('b', '-----BEGIN CERTIFICATE-----
MIIBtDCCAVqgAwIBAgIUHQj1Co8JQJR/s3BPzIc3dPmx7hQwCgYIKoZIzj0EAwIw
KDEQMA4GA1UECgwHRXhhbXBsZTEUMBIGA1UEAwwLT3RoZXIgbWFrZXIwHhcNMjAw
MTAxMDAwMDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREw
DwYDVQQDDAhkZXZpY2UgYjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBaYzNiJ
VnNPH9+1D3bGYGX0+HFSf1YhjbXce+IWgpCKr+ZHPmQDlymL961NDdfP2zfZR1KG
6ZGXhphXVtO1s2ijZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUH
AwIwHQYDVR0OBBYEFHw6MoEXUlOiGqXpO0upxNMSHQdxMB8GA1UdIwQYMBaAFEuE
xogDBUwxu0stqrkFz77YP7+pMAoGCCqGSM49BAMCA0gAMEUCIG389MYSd/338+aq
eim8GeD8juT3vJuKHbTnRRFS5Kv+AiEAh88N7VSpj8oQ70UL8Hh2WJUqhRs7FbxT
fXVz6Yg4/Jc=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('x.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgda4tQ4Z0Bldj37lC
MYYh4ZhkbdSOai2uZSn4z+KhoA6hRANCAATcSk2bFwPHMKe9wCHGlkWHApX414TO
4Zk+9F19yvN0O86z2JR4xgHwawyXZACXaDCmZV7nywvTmp9s0rWaqkLT
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('y.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCyktjHQYPC0LoKQJ
yq51OGxcl04J5a18+lFRWgqA8uuhRANCAAQUjRqeAUvA1GbZOnC39QoKF/Qabtqt
4uC1vCuYJ8qJVLCI5l5U7baJxmVH4T9rAeguxlC1410WKEyNg4iO9s/3
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('maker.chain', '-----BEGIN CERTIFICATE-----\nMIIBqTCCAU+gAwIBAgIUcYYB4tSii9gVU64s4Z8iMdaG5UkwCgYIKoZIzj0EAwIw\nIjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw\nMDAwWhcNNDAwMTAxMDAwMDAwWjAiMRAwDgYDVQQKDAdFeGFtcGxlMQ4wDAYDVQQD\nDAVNYWtlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFfvYY/J6J5HnCzeg2FS\n2VO+3q9EQ1xIidemcpbo4LsbahbIggV1dghzAxmJbrDD5uSNXG/EQO+Q5NusjcN1\nB72jYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQW\nBBRY3B7k0AkxXPZsJITmj6bqqFmwKzAfBgNVHSMEGDAWgBRY3B7k0AkxXPZsJITm\nj6bqqFmwKzAKBggqhkjOPQQDAgNIADBFAiEA2yvfDQT0kIz0R89kMGPDaqGtlpnB\n2bPguvGBCF6ZwkECIHh90X0f7+JdQpVbFFWpNsbPysGFUqMW672n19QJpAWX\n-----END CERTIFICATE-----\n');
INSERT INTO material VALUES ('1x', 'MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThmNWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3EpNmxcDxzCnvcAhxpZFhwKV+NeEzuGZPvRdfcrzdDvOs9iUeMYB8GsMl2QAl2gwpmVe58sL05qfbNK1mqpC06AAMAoGCCqGSM49BAMCA0gAMEUCIHT3d2JQXBJIihC5O03AZs7TSaDJibdYzJeXy+BbojGUAiEAymZUeyg4i9GaM96t0dNhWl4IO1aQQPlWiuPu2Yszw1c=');
INSERT INTO material VALUES ('1y', 'MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThmNWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFI0angFLwNRm2Tpwt/UKChf0Gm7areLgtbwrmCfKiVSwiOZeVO22icZlR+E/awHoLsZQteNdFihMjYOIjvbP96AAMAoGCCqGSM49BAMCA0cAMEQCIGXr5CUoTaMquTV7TDvHezLHupYWBTT+XGOXwnntPbgqAiAC6Zzwhp8y68ODqcw6p5aZjGn41tGfHktAYXXf9KMs2A==');
INSERT INTO material VALUES ('1z', 'MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThmNWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXwUjDxcgF1qFQRohFSGslDjj8sU0CSglsyeJciAZJrO5nkLBtgEUBvmGhH26aYd1cdL9W1zkbIS7QpjO9B8qpKAAMAoGCCqGSM49BAMCA0gAMEUCICNwW4axAec/hdgz7Pal8VhgkdIHY+CQpl8NFmH/sUMnAiEAhcf6Y4fJG+Tc0E/Z5bG+4q5LZKcVLVR5DvlytVKReQA=');
INSERT INTO material VALUES ('2x', 'MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThmNWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3EpNmxcDxzCnvcAhxpZFhwKV+NeEzuGZPvRdfcrzdDvOs9iUeMYB8GsMl2QAl2gwpmVe58sL05qfbNK1mqpC06AAMAoGCCqGSM49BAMCA0gAMEUCIQCBwQBxSL+2mW1rBAMZxWERl05GsApHFOL1h4Jc7LTwOgIgcqajJV7lZzflXsqRr0aea+3PSgA13KEfNgEjxnZvo4M=');
INSERT INTO material VALUES ('2w', 'MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThmNWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7AEPeLn3IphPQyG7yN4EPZW2KB9RXUNSaX3V3NTXKEF5ffc0ghJIx/Y1tS82InZ7jh0QYs/TOzwWHyeYvsibq6AAMAoGCCqGSM49BAMCA0kAMEYCIQDBuyCosR5SHDzxQFmzROYmPL9QSDZxe81V4r6VamrvGQIhAKCpWS8OVQg6zDZTMTfrUMJXjOqFmeLH/+TvkYKIVB/E');
SELECT register_client('gateway', '{"grant_types":["client_credentials"],"scope":"device","client_secret":"0123456789abcdef0123456789abcdef","tls_client_certificate_bound_access_tokens":true}') ->> 'client_id';
SELECT create_ca('default', '{"subject":{"CN":"Identity"}}') ->> 'ca';
SELECT set_hub('11111111-1111-4111-8111-111111111111', '{"gateways": ["hub.example:5684"], "authorization": {"provider": "plgd", "client_id": "gateway", "device_id_claim": "device"}}') ->> 'id';
-- What may be said of it.
SELECT canonical_json(set_enrollment('claim', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN", "shared": "yes", "activation_s": 59}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))));
SELECT canonical_json(set_enrollment('claim', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN", "activation_s": 600}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))));
SELECT set_enrollment('claim', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN", "shared": true}, "require_identity": false, "hubs": ["11111111-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
-- A device is known by the key that it made, so it shows its request when it begins.
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = 'a')));
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"csr": "AAAA"}'));
KEEP s1 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '1x'))));
KEEP s2 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '1y'))));
SELECT count(DISTINCT response ->> 'registration_id') FROM kept;
-- Two ask for one name: the first has it, for as long as its certificate may still be used.
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's1'), (SELECT content FROM material WHERE name = '1y')));
KEEP i1 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's1'), (SELECT content FROM material WHERE name = '1x'));
SELECT response ->> 'device' FROM kept WHERE name = 'i1';
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's2'), (SELECT content FROM material WHERE name = '1y')));
SELECT * FROM state ORDER BY device, activation, ends, status;
-- What is given to who was seen with its certificate is given to nobody else, whatever the enrollment says.
SELECT canonical_json(provision_token((SELECT response ->> 'session' FROM kept WHERE name = 's1')));
-- The same request again is the same certificate, also of a session that begins anew.
KEEP i1b SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's1'), (SELECT content FROM material WHERE name = '1x'));
SELECT count(DISTINCT response ->> 'serial') FROM kept WHERE name IN ('i1', 'i1b');
-- Nobody used it: it ends by itself, and the name is free.
SELECT set_clock('2026-01-01T00:59:59Z');
KEEP s3 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '1y'))));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's3'), (SELECT content FROM material WHERE name = '1y')));
SELECT set_clock('2026-01-01T01:00:00Z');
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 's1'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'i1'), (SELECT content FROM material WHERE name = 'x.key'))));
KEEP i3 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's3'), (SELECT content FROM material WHERE name = '1y'));
SELECT response ->> 'device' FROM kept WHERE name = 'i3';
SELECT device, CASE WHEN registration_id = (SELECT response ->> 'registration_id' FROM kept WHERE name = 's3') THEN 'the one that came later' END FROM idplane_provisioning_record ORDER BY device IS NULL, registration_id;
SELECT CASE WHEN length(crl('default')) > 0 THEN 'listed' END;
SELECT * FROM state ORDER BY device, activation, ends, status;
-- Used, it stays, and the shared one is good for nothing more here.
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 's3'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'i3'), (SELECT content FROM material WHERE name = 'x.key'))));
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 's3'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'i3'), (SELECT content FROM material WHERE name = 'y.key'))));
SELECT * FROM state ORDER BY device, activation, ends, status;
SELECT set_clock('2026-01-01T03:00:00Z');
SELECT CASE WHEN length(crl('default')) > 0 THEN 'listed' END;
SELECT * FROM state ORDER BY device, activation, ends, status;
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '1y')))));
SELECT approval, device FROM idplane_provisioning_record ORDER BY device IS NULL, registration_id;
-- Nor does who got one that was revoked before it was used keep the name.
KEEP w1 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '2w'))));
KEEP iw SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'w1'), (SELECT content FROM material WHERE name = '2w'));
SELECT set_enrollment('friends', '{"owner": "bob", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}, "acl": [{"subject": {"uuid": "3f0a5a2e-7a8b-4b43-8f5e-000000000002"}, "permission": 2, "resources": [{"wc": "*"}]}]}') ->> 'id'; -- a rule changes nothing of that
KEEP s4 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '1x'))));
KEEP s5 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '1x'))));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's4'), (SELECT content FROM material WHERE name = '2x')));
SELECT revoke_certificate(response ->> 'serial', 'keyCompromise') ->> 'status' FROM kept WHERE name = 'iw';
-- An exchange is one certificate, in however many sessions; once it is used, another session gets nothing.
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's4'), (SELECT content FROM material WHERE name = '1x')));
KEEP i4 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's4'), (SELECT content FROM material WHERE name = '2x'));
SELECT response ->> 'device' FROM kept WHERE name = 'i4';
KEEP s4b SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '2x'))));
KEEP i4b SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's4b'), (SELECT content FROM material WHERE name = '2x'));
SELECT count(DISTINCT response ->> 'serial'), count(DISTINCT response ->> 'nonce') FROM kept WHERE name IN ('i4', 'i4b');
SELECT confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 's4'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'i4'), (SELECT content FROM material WHERE name = 'x.key'))) ->> 'state';
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's5'), (SELECT content FROM material WHERE name = '2x')));
SELECT provision_token((SELECT response ->> 'session' FROM kept WHERE name = 's4')) ->> 'token_type';
-- Who may come is said of what a device asks for; the shared certificate itself can be denied.
SELECT set_enrollment('claim', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN", "shared": true}, "require_identity": false, "hubs": ["11111111-1111-4111-8111-111111111111"], "allow": {"common_names": ["uuid:3f0a5a2e-*-000000000009"]}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '1z')))));
SELECT set_enrollment('claim', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN", "shared": true}, "require_identity": false, "hubs": ["11111111-1111-4111-8111-111111111111"], "allow": {"common_names": ["uuid:3f0a5a2e-*-00000000000?", "uuid:3f0a5a2e-*-000000000001"]}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '1z')))) ->> 'state';
SELECT set_enrollment('claim', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN", "shared": true}, "require_identity": false, "hubs": ["11111111-1111-4111-8111-111111111111"], "deny": {"serials": ["07b5aae63cf6da6603adf46907dbc0a1ec988998"]}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '1z')))));
-- One certificate alone may be shared, too: to deprovision one of its devices leaves the others.
SELECT set_enrollment('claim', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN", "shared": true}, "require_identity": false, "hubs": ["11111111-1111-4111-8111-111111111111"], "enabled": false}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT set_enrollment('one', '{"owner": "bob", "kind": "individual", "x509": {"key_sha256": "85e2c36e45d8519b5f31f46c919a71a548fbbd5bafd2113f8b78326659893f62", "shared": true, "activation_s": 600}}') ->> 'id';
KEEP s6 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '1z'))));
SELECT response ->> 'state' FROM kept WHERE name = 's6';
SELECT canonical_json(deprovision('3f0a5a2e-7a8b-4b43-8f5e-000000000001'));
KEEP i6 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 's6'), (SELECT content FROM material WHERE name = '1z'));
SELECT response ->> 'device' FROM kept WHERE name = 'i6';
SELECT canonical_json(deprovision('3f0a5a2e-7a8b-4b43-8f5e-000000000001'));
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '1z')))));
SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), json(replace('{"proven": true, "csr": "REQUEST"}', 'REQUEST', (SELECT content FROM material WHERE name = '2x')))) ->> 'error';
-- All of it is noted.
SELECT outcome, step, count(*) FROM idplane_provisioning_event GROUP BY outcome, step ORDER BY outcome, step;
