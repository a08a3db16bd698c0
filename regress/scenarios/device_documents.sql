-- SPDX-License-Identifier: Apache-2.0
-- device_documents.sql: what a device is given: rules, credentials, token, hub and configuration; the keys here
-- are good for nothing else.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('a', '-----BEGIN CERTIFICATE-----
MIIBrzCCAVSgAwIBAgIUFbuZdMfiof6TwfAh9kYAlJ/b8wIwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQD
DAhkZXZpY2UgYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIFyN5rjKKLoZjwl
OWniHtuAvKeXXF9/d6ZyDdpe+H3tMyVzQ0WIgSFGH2jGl5nO5IXxuCbu/gJ5+fZ0
f5AEPpajZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYD
VR0OBBYEFNxAEM4DPcea16Hi6zt1ew/IFdwAMB8GA1UdIwQYMBaAFE0McBsFxYwW
w8VpHbGPdWJKq+iiMAoGCCqGSM49BAMCA0kAMEYCIQCoCrjWO5KIHOPyVHPhtoZL
Vms9HkothF/bIH1IWe73iQIhAM68LgTgBoPU+7YtdZKzpfsUOTNjwklxN23cq7cy
uLlK
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('b', '-----BEGIN CERTIFICATE-----
MIIBrzCCAVSgAwIBAgIUBrzgiLW+cOlNaENhGdtRVKqsg2wwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQD
DAhkZXZpY2UgYjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBhlXpKMG6pXkp0i
tvwubHFwOZm3mNYR+V5Gf4vZGbrhUjXKABuZOOqYsD9NFxRFeFWgUixERshlNDSI
9Vs3GOmjZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYD
VR0OBBYEFPMyGSucioyl1bA/Gcd/4K0e/Lt0MB8GA1UdIwQYMBaAFE0McBsFxYwW
w8VpHbGPdWJKq+iiMAoGCCqGSM49BAMCA0kAMEYCIQCyRK7S+zF4MMyS2tcpVGPD
xjjgUCjdP3zGeI/UXXmlDQIhAL+SbG1x+Ct0HJbyjQ7BuDrL9ju8O7lZYqOiMy+q
8w2z
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('c', '-----BEGIN CERTIFICATE-----
MIIBrjCCAVSgAwIBAgIUUC2X1pwG6wl22k59GcrWhCYcQh4wCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQD
DAhkZXZpY2UgYzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAlRwUFKtetWeP8o
DxjP1o2XWid1P0CZ9MjxO9Uku5/RFlly+bvTSsECA/DdT+zxV5QL8gbtkewQgPQ4
uH7Im4CjZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYD
VR0OBBYEFOc27HBS7IeVaNMk1RfG5BQb5CcjMB8GA1UdIwQYMBaAFE0McBsFxYwW
w8VpHbGPdWJKq+iiMAoGCCqGSM49BAMCA0gAMEUCIBNwixY9aeyyX1lqZWnK26oG
mq+OwHlVsZYL7KAFbDmuAiEAjAzNFK22f9mK5itnowYd/G9/rDcROOGkNvHWKDhO
dfw=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('1.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJaBs0qD9
8YpqkQJsAWMcmP/pMiNcC4cuLnAAFbBJeGFo28MXUx+U3U1J6sUTBjNH09ys+YfA
5/ZNQ6gdSj10z6AAMAoGCCqGSM49BAMCA0gAMEUCIBeGY11ORb2Pu9WR7IMBDxbO
k5vdfLbQK1T9t9T8RfsMAiEA6NC21Sq8ou/WGFqobcR4zW1YOqdNrKKV2i1F65Ib
3kA=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('2.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKVVVSUQ6M0YwQTVBMkUtN0E4Qi00QjQzLThG
NUUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJaBs0qD9
8YpqkQJsAWMcmP/pMiNcC4cuLnAAFbBJeGFo28MXUx+U3U1J6sUTBjNH09ys+YfA
5/ZNQ6gdSj10z6AAMAoGCCqGSM49BAMCA0gAMEUCIQDjyEcTHqDYqaAUNgdtbaoH
BIIB01e+5HVTvTN+s+wtVwIgdZYuQaesBsgwyKL8kXImmux35J1KmtFY1AFMOLMx
G2I=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('3.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJaBs0qD9
8YpqkQJsAWMcmP/pMiNcC4cuLnAAFbBJeGFo28MXUx+U3U1J6sUTBjNH09ys+YfA
5/ZNQ6gdSj10z6AAMAoGCCqGSM49BAMCA0kAMEYCIQCuwXhr98LfNrMQjPuWX06C
kCwJHCkRAOi2J/zwY+vSfQIhAMXxs6+Yfyf/eyT/BNElSnTVXLdg4kxpGdwJF0p/
Qq6S
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('id.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrnDDRyl7MjCYBZEa
AJr7np/Mg9iuT/mBJJLcJi961qihRANCAAQloGzSoP3ximqRAmwBYxyY/+kyI1wL
hy4ucAAVsEl4YWjbwxdTH5TdTUnqxRMGM0fT3Kz5h8Dn9k1DqB1KPXTP
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('maker.chain', '-----BEGIN CERTIFICATE-----\nMIIBqTCCAU+gAwIBAgIUFY+q0COPZm0gdMBf7bedK9JBVCcwCgYIKoZIzj0EAwIw\nIjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw\nMDAwWhcNNDAwMTAxMDAwMDAwWjAiMRAwDgYDVQQKDAdFeGFtcGxlMQ4wDAYDVQQD\nDAVNYWtlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLpsaH3hFstfY5of+2W4\n4CJpm4V99m0yHYWN5xfLdstzaAc1ddIz20/zkhhCs1B7hKCuO/d5Y811N2phBwN/\nDl2jYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQW\nBBRNDHAbBcWMFsPFaR2xj3ViSqvoojAfBgNVHSMEGDAWgBRNDHAbBcWMFsPFaR2x\nj3ViSqvoojAKBggqhkjOPQQDAgNIADBFAiBx3qbTAFpyzDQPTbo4Gpy4MNVerKAY\n8GPs0G94jZRR3AIhAPJX7Sa9sTqmmhxzIJEI9P6360n0ArQQCuSTvHy/8u8a\n-----END CERTIFICATE-----\n');
SELECT register_client('gateway', '{"grant_types":["client_credentials"],"scope":"device","client_secret":"0123456789abcdef0123456789abcdef","tls_client_certificate_bound_access_tokens":true}') ->> 'client_id';
SELECT create_ca('default', '{"subject":{"CN":"Identity"}}') ->> 'ca';
SELECT set_hub('11111111-1111-4111-8111-111111111111', '{"gateways": ["one.example:5684", "coaps://one.example:5684", "one.example:5684"], "authorization": {"provider": "plgd", "client_id": "gateway", "device_id_claim": "device"}}') ->> 'id';
SELECT set_hub('22222222-2222-4222-8222-222222222222', '{"gateways": ["coap+tcp://two.example:5683"], "authorization": {"provider": "other", "client_id": "gateway", "owner_claim": "sub_owner", "scope": "device", "audience": "https://two.example"}}') ->> 'id';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
-- The owner as OCF names one: a UUID as it is, of any other name that of version 5 (URL).
KEEP a SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"proven": true}');
SELECT provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'a'));
SELECT CASE provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'a')) WHEN '{"devowneruuid":"9750dcc2-516e-5ea0-8a26-54fa6ff6986b"}' THEN 'known' END;
SELECT set_enrollment('makers', json(replace('{"owner": "9D4E6B3A-0000-4000-8000-00000000000F", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'a'));
SELECT set_enrollment('makers', json(replace('{"owner": "00000000-0000-0000-0000-000000000000", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'a'));
SELECT set_enrollment('makers', json(replace('{"owner": "9d4e6b3a-0000-4000-8000-00000000000", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'a'));
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT set_clock('2026-01-01T00:00:00.123456Z');
SELECT provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'a'));
SELECT set_clock('2026-01-01T00:00:00Z');
-- Nothing before its time.
SELECT json(provision_acls((SELECT response ->> 'session' FROM kept WHERE name = 'a'))) ->> 'state';
SELECT json(provision_credentials((SELECT response ->> 'session' FROM kept WHERE name = 'a'))) ->> 'state';
SELECT provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'a')) ->> 'state';
SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a'))) ->> 'state';
SELECT provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 'a')) ->> 'state';
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), 'x'));
KEEP id-a SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = '1.csr'));
-- Rules: byte for byte, for each hub one, and what the administrator adds.
SELECT provision_acls((SELECT response ->> 'session' FROM kept WHERE name = 'a'));
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": [], "acl": [{"permission": 2, "subject": {"conntype": "auth-crypt"}, "resources": [{"wc": "+", "if": ["oic.if.r"]}, {"wc": "-"}, {"rt": ["oic.r.switch.binary"], "href": "/light"}]}, {"subject": {"role": "installer", "authority": "alice"}, "permission": 31, "resources": [{"wc": "*"}]}, {"subject": {"uuid": "*"}, "permission": 1, "resources": [{"href": "/x"}]}]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT provision_acls((SELECT response ->> 'session' FROM kept WHERE name = 'a'));
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "acl": [{"subject": {"role": "x"}, "permission": 0, "resources": [{"wc": "*"}]}]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "acl": [{"subject": {"role": "x"}, "permission": 32, "resources": [{"wc": "*"}]}]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "acl": [{"subject": {"role": "x", "uuid": "*"}, "permission": 1, "resources": [{"wc": "*"}]}]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "acl": [{"subject": {}, "permission": 1, "resources": [{"wc": "*"}]}]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "acl": [{"subject": {"conntype": "open"}, "permission": 1, "resources": [{"wc": "*"}]}]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "acl": [{"subject": {"role": "x"}, "permission": 1, "resources": []}]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "acl": [{"subject": {"role": "x"}, "permission": 1, "resources": [{"wc": "?"}]}]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "acl": [{"subject": {"role": "x"}, "permission": 1, "resources": [{}]}]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "acl": [{"subject": {"authority": "x"}, "permission": 1, "resources": [{"wc": "*"}]}]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "acl": [{"subject": {"uuid": "nobody"}, "permission": 1, "resources": [{"wc": "*"}]}]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "acl": ["x"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "33333333-3333-4333-8333-333333333333"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT canonical_json(set_enrollment('wrong', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222", "11111111-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) -> 'errors');
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
-- Credentials: without a shared key, with one for all, with one of its own.
KEEP creds-none SELECT json(provision_credentials((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT response -> 'creds' -> 0 ->> 'credtype', response -> 'creds' -> 0 ->> 'credusage', response -> 'creds' -> 0 ->> 'subjectuuid', response -> 'creds' -> 0 -> 'privatedata' ->> 'data', response -> 'creds' -> 0 -> 'privatedata' ->> 'encoding', response -> 'creds' -> 1 ->> 'credusage', response -> 'creds' -> 2 ->> 'credusage', response -> 'creds' -> 2 ->> 'tag' FROM kept WHERE name = 'creds-none';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"], "pre_shared_key": "0123456789abcdefgh"}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP creds-all SELECT json(provision_credentials((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT response -> 'creds' -> 0 ->> 'credtype', response -> 'creds' -> 0 ->> 'credusage', response -> 'creds' -> 0 ->> 'subjectuuid', response -> 'creds' -> 0 -> 'privatedata' ->> 'data', response -> 'creds' -> 0 -> 'privatedata' ->> 'encoding', response -> 'creds' -> 1 ->> 'credusage', response -> 'creds' -> 2 ->> 'credusage', response -> 'creds' -> 2 ->> 'tag' FROM kept WHERE name = 'creds-all';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"], "pre_shared_key": true, "pre_shared_key_derived": true}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP creds-own SELECT json(provision_credentials((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT response -> 'creds' -> 0 ->> 'credtype', response -> 'creds' -> 0 ->> 'credusage', response -> 'creds' -> 0 ->> 'subjectuuid', response -> 'creds' -> 0 -> 'privatedata' ->> 'data', response -> 'creds' -> 0 -> 'privatedata' ->> 'encoding', response -> 'creds' -> 1 ->> 'credusage', response -> 'creds' -> 2 ->> 'credusage', response -> 'creds' -> 2 ->> 'tag' FROM kept WHERE name = 'creds-own';
SELECT CASE response -> 'creds' -> 0 -> 'privatedata' ->> 'data' WHEN 'LX0uwQgqWv6DePFk' THEN 'known' END FROM kept WHERE name = 'creds-own';
SELECT enrollment('makers') -> 'pre_shared_key';
SELECT CASE WHEN response -> 'creds' -> 1 -> 'publicdata' ->> 'data' = (SELECT i.response ->> 'certificate' FROM kept i WHERE i.name = 'id-a') THEN 'its certificate' END, CASE WHEN response -> 'creds' -> 2 -> 'publicdata' ->> 'data' = (SELECT i.response ->> 'chain' FROM kept i WHERE i.name = 'id-a') THEN 'its anchor' END FROM kept WHERE name = 'creds-own';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
-- A token only after the certificate was used, or where nobody asks for that.
SELECT canonical_json(provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"], "require_identity": false}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'a')) ->> 'token_type';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT canonical_json(provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'id-a'), (SELECT content FROM material WHERE name = 'id.key'))));
KEEP t SELECT provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'a'));
SELECT canonical_json(jwt_verify(response ->> 'access_token', CAST(jwks() AS text), '{"algs":["ES256"]}') -> 'valid'), jwt_decode(response ->> 'access_token') -> 'claims' ->> 'owner', jwt_decode(response ->> 'access_token') -> 'claims' ->> 'device', jwt_decode(response ->> 'access_token') -> 'claims' ->> 'aud' FROM kept WHERE name = 't';
-- The hub: the first, or the one that it asks for, with all addresses there are.
KEEP cloud-1 SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT replace(canonical_json(response), coalesce(response ->> 'at', 'none'), 'TOKEN') FROM kept WHERE name = 'cloud-1';
KEEP cloud-2 SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a'), '{"di": "3f0a5a2e-7a8b-4b43-8f5e-000000000001", "selectedGateway": {"id": "22222222-2222-4222-8222-222222222222", "uri": "coap+tcp://two.example:5683"}}'));
SELECT replace(canonical_json(response), coalesce(response ->> 'at', 'none'), 'TOKEN') FROM kept WHERE name = 'cloud-2';
SELECT jwt_decode(response ->> 'at') -> 'claims' ->> 'sub_owner', jwt_decode(response ->> 'at') -> 'claims' ->> 'aud', jwt_decode(response ->> 'at') -> 'claims' ->> 'scope' FROM kept WHERE name = 'cloud-2';
KEEP cloud-3 SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a'), '{"selectedGateway": {"id": "22222222-2222-4222-8222-222222222222", "uri": "coaps://one.example:5684"}}'));
SELECT replace(canonical_json(response), coalesce(response ->> 'at', 'none'), 'TOKEN') FROM kept WHERE name = 'cloud-3';
KEEP cloud-4 SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a'), '{"selectedGateway": {"id": "3f0a5a2e-7a8b-4b43-8f5e-000000000009", "uri": "x"}}'));
SELECT replace(canonical_json(response), coalesce(response ->> 'at', 'none'), 'TOKEN') FROM kept WHERE name = 'cloud-4';
KEEP cloud-5 SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a'), '{"di": "3f0a5a2e-7a8b-4b43-8f5e-000000000002"}'));
SELECT replace(canonical_json(response), coalesce(response ->> 'at', 'none'), 'TOKEN') FROM kept WHERE name = 'cloud-5';
KEEP cloud-6 SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a'), '{"di": "3F0A5A2E-7A8B-4B43-8F5E-000000000001"}'));
SELECT replace(canonical_json(response), coalesce(response ->> 'at', 'none'), 'TOKEN') FROM kept WHERE name = 'cloud-6';
KEEP cloud-7 SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a'), '{"selectedGateway": {"id": "11111111-1111-4111-8111-111111111111", "uri": "coaps+tcp://one.example:5684"}}'));
SELECT replace(canonical_json(response), coalesce(response ->> 'at', 'none'), 'TOKEN') FROM kept WHERE name = 'cloud-7';
-- Another hub where the enrollment has its hub no more.
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["22222222-2222-4222-8222-222222222222"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP cloud-8 SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT replace(canonical_json(response), coalesce(response ->> 'at', 'none'), 'TOKEN') FROM kept WHERE name = 'cloud-8';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP cloud-8a SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT replace(canonical_json(response), coalesce(response ->> 'at', 'none'), 'TOKEN') FROM kept WHERE name = 'cloud-8a';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP cloud-8b SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT replace(canonical_json(response), coalesce(response ->> 'at', 'none'), 'TOKEN') FROM kept WHERE name = 'cloud-8b';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
-- Configuration of all and of one, with an etag that is another one where anything is.
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"], "configuration": {"/light": {"on": true, "level": 1}, "/door": {"locked": true}}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP conf-1 SELECT provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 'a'));
SELECT canonical_json(response -> 'changed'), canonical_json(response -> 'resources') FROM kept WHERE name = 'conf-1';
KEEP conf-2 SELECT provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT response ->> 'etag' FROM kept WHERE name = 'conf-1'));
SELECT canonical_json(response -> 'changed'), canonical_json(response -> 'resources') FROM kept WHERE name = 'conf-2';
SELECT canonical_json(set_device_configuration('3F0A5A2E-7A8B-4B43-8F5E-000000000001', '{"/light":{"on":false},"/heating":{"target":21}}'));
KEEP conf-3 SELECT provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT response ->> 'etag' FROM kept WHERE name = 'conf-1'));
SELECT canonical_json(response -> 'changed'), canonical_json(response -> 'resources') FROM kept WHERE name = 'conf-3';
KEEP conf-4 SELECT provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT response ->> 'etag' FROM kept WHERE name = 'conf-3'));
SELECT canonical_json(response -> 'changed'), canonical_json(response -> 'resources') FROM kept WHERE name = 'conf-4';
KEEP conf-5 SELECT provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 'a'), 'nonsense');
SELECT canonical_json(response -> 'changed'), canonical_json(response -> 'resources') FROM kept WHERE name = 'conf-5';
SELECT set_device_configuration('3f0a5a2e-7a8b-4b43-8f5e-000000000001', NULL);
KEEP conf-6 SELECT provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT response ->> 'etag' FROM kept WHERE name = 'conf-1'));
SELECT canonical_json(response -> 'changed'), canonical_json(response -> 'resources') FROM kept WHERE name = 'conf-6';
SELECT canonical_json(set_device_configuration('3f0a5a2e-7a8b-4b43-8f5e-000000000001', '{"light":{}}'));
SELECT canonical_json(set_device_configuration('3f0a5a2e-7a8b-4b43-8f5e-000000000001', '{"/light":1}'));
SELECT canonical_json(set_device_configuration('nobody', '{}'));
-- Once it is done the rest goes on.
KEEP cloud-9 SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'a')));
SELECT replace(canonical_json(response), coalesce(response ->> 'at', 'none'), 'TOKEN') FROM kept WHERE name = 'cloud-9';
SELECT provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'a')) ->> 'token_type';
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), 'x'));
-- Without a hub there is no token.
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": []}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
KEEP c SELECT begin_provisioning((SELECT content FROM material WHERE name = 'c'), '{"proven": true}');
KEEP id-c SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'c'), (SELECT content FROM material WHERE name = '3.csr'));
SELECT response ->> 'device' FROM kept WHERE name = 'id-c';
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 'c'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'id-c'), (SELECT content FROM material WHERE name = 'id.key'))));
SELECT canonical_json(provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'c')));
SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'c'))) ->> 'error';
SELECT canonical_json(provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 'c')) -> 'changed');
