-- SPDX-License-Identifier: Apache-2.0
-- issuance.sql: authorities, requests, certificates and their revocation. The requests are of three
-- keys that nobody has any more.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE request (name text PRIMARY KEY, csr text);
INSERT INTO request VALUES ('one', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6N2Y5YjRjZTAtM2E1Yi00YzBhLTll
MGItMTIzNDU2Nzg5MGFiMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+QTy0Il5
mKugi3qnJhL2q2eDFzdfF6Gs54g3lOUHspNUBYrurTZcstvxkx5zVU8Akl9WhjA7
aO7HLHncanI3raAAMAoGCCqGSM49BAMCA0gAMEUCIQDAn+yG5PIwN0q5yUA7k7ne
I6iom1s/cZ3/d09n6dsn7QIgGi6LifUKFoI4PIHHWLp4y2peoatXfQ0/Et3kj/zz
fvM=
-----END CERTIFICATE REQUEST-----');
INSERT INTO request VALUES ('two', 'MIHwMIGWAgEAMDQxMjAwBgNVBAMMKVVVSUQ6N0Y5QjRDRTAtM0E1Qi00QzBBLTlFMEItMTIzNDU2Nzg5MEFCMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWQCIpigoTmdPRKVd6AaVTxRhWOW4U17HmyUX/oN0GNWsX6UcxUYtFqxP4K5whjniD0JfFTzUeA1r24AQXGIoAKAAMAoGCCqGSM49BAMCA0kAMEYCIQDqljbqTs0vUPcO4Mn25OfhHOpp42rtrYCJD6bKFHzyagIhAOWCXKUi437vRvvIvgPN3yOiGQ8iYkVng576HJ/11BAp');
INSERT INTO request VALUES ('press', 'MIGmMFoCAQAwJzETMBEGA1UECgwKTWFrZXIsIEluYzEQMA4GA1UEAwwHcHJlc3MgNzAqMAUGAytlcAMhAFK88C3jKT8+qMfB+BYZiP8tFMRhDtglTjzyAHQZDYImoAAwBQYDK2VwA0EAb084rYc9gMgq5gUTgBTYJtFgFGnS+p6F7L7FDMj47RkG0cz4DfrDku+w8PsLbG8nA0lXNV1NRqtpInxozjofDw==');
INSERT INTO request VALUES ('hostile', 'MIIBfDCCASICAQAwNDEyMDAGA1UEAwwpdXVpZDowMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARZAIimKChOZ09EpV3oBpVPFGFY5bhTXsebJRf+g3QY1axfpRzFRi0WrE/grnCGOeIPQl8VPNR4DWvbgBBcYigAoIGLMIGIBgkqhkiG9w0BCQ4xezB5MA8GA1UdEwEB/wQFMAMBAf8wCwYDVR0PBAQDAgIEMA8GA1UdJQQIMAYGBFUdJQAwGgYDVR0RBBMwEYIPaHViLmV4YW1wbGUuY29tMCwGA1UdHwQlMCMwIaAfoB2GG2h0dHA6Ly9hdHRhY2tlci5leGFtcGxlL2NybDAKBggqhkjOPQQDAgNIADBFAiEArhaA7EZCqDqtzitk4vq2qrZPCIvxsEnlzyoEdS6iopECIDVeYSB/7C8d42AHq4kWLpszHeunX6P+Zm8p7daISIhQ');
INSERT INTO request VALUES ('broken', 'MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6N2Y5YjRjZTAtM2E1Yi00YzBhATllMGItMTIzNDU2Nzg5MGFiMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+QTy0Il5mKugi3qnJhL2q2eDFzdfF6Gs54g3lOUHspNUBYrurTZcstvxkx5zVU8Akl9WhjA7aO7HLHncanI3raAAMAoGCCqGSM49BAMCA0gAMEUCIQDAn+yG5PIwN0q5yUA7k7neI6iom1s/cZ3/d09n6dsn7QIgGi6LifUKFoI4PIHHWLp4y2peoatXfQ0/Et3kj/zzfvM=');
-- What a request says; why one is refused.
SELECT name, canonical_json(csr_inspect(csr)) FROM request ORDER BY name;
SELECT canonical_json(csr_inspect('')), canonical_json(csr_inspect('nonsense')), csr_inspect(NULL);
-- There is no authority yet.
SELECT sign_csr((SELECT csr FROM request WHERE name = 'one'));
SELECT create_ca('a name with spaces');
SELECT create_ca('root', '{"subject":{"CN":"Root","O":"Example, Inc"}}') ->> 'ca';
SELECT create_ca('root');
SELECT create_ca('default', '{"parent":"nobody"}');
SELECT create_ca('default', '{"parent":"root","alg":"HS256"}');
SELECT create_ca('default', '{"parent":"root","path_length":9}');
KEEP authority SELECT create_ca('default', '{"parent":"root","path_length":0,"lifetime_s":31536000}');
SELECT response ->> 'ca', response ->> 'subject', response ->> 'not_before', response ->> 'not_after', length(response ->> 'serial') FROM kept WHERE name = 'authority';
-- A certificate is no longer good than its authority; its name is the one that the profile allows.
KEEP one SELECT sign_csr((SELECT csr FROM request WHERE name = 'one'));
SELECT response ->> 'ca', response ->> 'not_before', response ->> 'not_after', length(response ->> 'serial'), substr(response ->> 'certificate', 1, 27) FROM kept WHERE name = 'one';
SELECT profile, subject, device, sans, status FROM idplane_certificate ORDER BY profile;
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'press')));
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'broken')));
SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client', '{"lifetime_s":86400}') ->> 'not_after';
SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client', '{"lifetime_s":86400000}');
SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'nobody');
-- The same name in other letters is the same name: another key does not get it, the same key does.
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'two')));
KEEP renewed SELECT sign_csr((SELECT csr FROM request WHERE name = 'one'));
SELECT count(*) FROM idplane_certificate WHERE common_name = 'uuid:7f9b4ce0-3a5b-4c0a-9e0b-1234567890ab';
-- One of two is revoked: the key still has the name. Both: the name is free.
SELECT revoke_certificate('00');
SELECT revoke_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'one'), 'because');
SELECT revoke_certificate((SELECT upper(response ->> 'serial') FROM kept WHERE name = 'one'), 'superseded') ->> 'reason';
SELECT sign_csr((SELECT csr FROM request WHERE name = 'two')) -> 'reasons' ->> 0;
-- What is revoked stays so, since when it is; that somebody else has the key may be found later.
SELECT set_clock('2026-01-02T00:00:00Z');
SELECT revoke_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'one'), 'unspecified') ->> 'reason';
SELECT revoke_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'one'), 'keyCompromise') ->> 'revoked_at';
SELECT revoke_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'renewed'), 'keyCompromise') ->> 'revoked_at';
SELECT sign_csr((SELECT csr FROM request WHERE name = 'two')) ->> 'ca';
-- A key that somebody else has gets nothing any more.
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'one')));
-- What a request asks for beside key and name is not in the certificate: it is as long as any other.
SELECT CASE WHEN length(sign_csr((SELECT csr FROM request WHERE name = 'hostile')) ->> 'certificate') < 1100 THEN 'short' END;
-- The list has a number for each time that it changed.
SELECT CASE WHEN length(crl()) > 250 THEN 'long' END, CASE WHEN crl() = crl('default@1') THEN 'the same' END;
SELECT number FROM idplane_certificate_list WHERE number > 0;
SELECT revoke_certificate((SELECT max(serial) FROM idplane_certificate WHERE profile = 'client')) ->> 'status';
SELECT CASE WHEN length(crl()) > 250 THEN 'long' END;
SELECT number FROM idplane_certificate_list WHERE number > 0;
-- It is signed anew before its time is over; what has expired is in it once more, then leaves it.
SELECT set_clock('2027-03-01T00:00:00Z');
SELECT CASE WHEN length(crl()) > 250 THEN 'long' END;
SELECT set_clock('2027-03-02T00:00:00Z');
SELECT CASE WHEN length(crl()) < 250 THEN 'short' END;
SELECT number FROM idplane_certificate_list WHERE number > 0;
SELECT crl('nobody');
-- The next key of an authority signs; the one before goes on to tell what it has revoked.
SELECT create_ca('default', '{"parent":"root","path_length":0,"replace":true}') ->> 'ca';
SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client') ->> 'ca';
SELECT CASE WHEN crl('default@1') <> crl('default@2') AND crl() = crl('default@2') THEN 'each its own' END;
SELECT create_ca('below', '{"parent":"default"}');
SELECT create_ca('below', '{"parent":"root","path_length":3}') ->> 'ca';
SELECT create_ca('lower', '{"parent":"below","path_length":3}');
SELECT create_ca('lower', '{"parent":"below","path_length":2}') ->> 'ca';
-- An authority that was made elsewhere comes with its key and with all that is above it.
CREATE TABLE elsewhere (name text, content text);
INSERT INTO elsewhere VALUES ('root', '-----BEGIN CERTIFICATE-----
MIIBTzCCAQGgAwIBAgIUGQYyuRYzkT79ssINkb3qGEwl9WYwBQYDK2VwMBQxEjAQ
BgNVBAMMCUVsc2V3aGVyZTAgFw0yNjExMjcwNzM0MjdaGA8yMTI2MTEwMzA3MzQy
N1owFDESMBAGA1UEAwwJRWxzZXdoZXJlMCowBQYDK2VwAyEAd18hu9/oOL2X5l7I
ax+PknhNPwnO9HypfHXEhDR5bnWjYzBhMB0GA1UdDgQWBBSMeh4433haNz4tUs+b
lSFwCB6/2jAfBgNVHSMEGDAWgBSMeh4433haNz4tUs+blSFwCB6/2jAPBgNVHRMB
Af8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAFBgMrZXADQQDIEmCX8hvFtqoJYrkv
s8T+qaWCWR7RGxGFokgnQrxHuUK0kpTkRy7YM8yEcacAIwDtJ0T5z5BHpe5iIBT3
4NoL
-----END CERTIFICATE-----');
INSERT INTO elsewhere VALUES ('certificate', '-----BEGIN CERTIFICATE-----
MIIBgTCCATOgAwIBAgICEmcwBQYDK2VwMBQxEjAQBgNVBAMMCUVsc2V3aGVyZTAg
Fw0yNjExMjcwNzM0MjdaGA8yMTI2MTEwMzA3MzQyN1owJjEOMAwGA1UECgwFTWFr
ZXIxFDASBgNVBAMMC0Vsc2V3aGVyZSAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEDKPHpZJ7cBsia25MqZYlYE70Smt6hrkSMdo0nmbHj3dUVJs30L2lob+mv3Kc
tOqfcp7beM/Z0IIG3ZSJSr8Ws6NmMGQwEgYDVR0TAQH/BAgwBgEB/wIBADAOBgNV
HQ8BAf8EBAMCAQYwHQYDVR0OBBYEFOBva4074KFxk8+hcPBDClnViO0/MB8GA1Ud
IwQYMBaAFIx6HjjfeFo3Pi1Sz5uVIXAIHr/aMAUGAytlcANBAGq5a7Afc2L7RV2w
+TFIMG/nPzVQNDkiULA8HJlIyD+VXvslPrGcpItQbUFIJ8HJvE6fdbvo60mWQWV3
PtPhgwk=
-----END CERTIFICATE-----');
INSERT INTO elsewhere VALUES ('root key', '-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIFtP5aQgYWavO1DPJhTYgP1rQDwGtwwual0dqCauKiWb
-----END PRIVATE KEY-----');
INSERT INTO elsewhere VALUES ('key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbmFbudWv4oryMWSu
dsMhEoAe6qdIV+zp2+LHEJGz1TyhRANCAAQMo8elkntwGyJrbkypliVgTvRKa3qG
uRIx2jSeZsePd1RUmzfQvaWhv6a/cpy06p9yntt4z9nQggbdlIlKvxaz
-----END PRIVATE KEY-----');
SELECT import_ca('elsewhere', (SELECT content FROM elsewhere WHERE name = 'certificate'), (SELECT content FROM elsewhere WHERE name = 'key'));
SELECT import_ca('elsewhere', (SELECT content FROM elsewhere WHERE name = 'root'), (SELECT content FROM elsewhere WHERE name = 'key'));
SELECT import_ca('elsewhere', (SELECT c.content || r.content FROM elsewhere c, elsewhere r WHERE c.name = 'certificate' AND r.name = 'root'), 'no key');
SELECT import_ca('elsewhere', 'no certificate', (SELECT content FROM elsewhere WHERE name = 'key'));
KEEP elsewhere SELECT import_ca('elsewhere', (SELECT c.content || r.content FROM elsewhere c, elsewhere r WHERE c.name = 'certificate' AND r.name = 'root'), (SELECT content FROM elsewhere WHERE name = 'key'));
SELECT response ->> 'ca', response ->> 'subject', response ->> 'serial' FROM kept WHERE name = 'elsewhere';
SELECT import_ca('elsewhere', (SELECT content FROM elsewhere WHERE name = 'root'), (SELECT content FROM elsewhere WHERE name = 'root key'));
SELECT import_ca('elsewhere', (SELECT content FROM elsewhere WHERE name = 'root'), (SELECT content FROM elsewhere WHERE name = 'root key'), '{"replace":true}') ->> 'subject';
SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client', '{"ca":"elsewhere"}') ->> 'ca';
SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client', '{"ca":"elsewhere@1"}');
-- With name and key of an earlier one it is the same issuer, by whatever name: one list, whose number only grows.
KEEP early SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client', '{"ca":"elsewhere"}');
SELECT revoke_certificate(response ->> 'serial') ->> 'ca' FROM kept WHERE name = 'early';
SELECT CASE WHEN length(crl('elsewhere')) > 200 THEN 'long' END;
SELECT import_ca('elsewhere', (SELECT content FROM elsewhere WHERE name = 'root'), (SELECT content FROM elsewhere WHERE name = 'root key'), '{"replace":true}') ->> 'ca';
SELECT import_ca('again', (SELECT content FROM elsewhere WHERE name = 'root'), (SELECT content FROM elsewhere WHERE name = 'root key')) ->> 'ca';
SELECT CASE WHEN length(crl('again')) > 200 AND crl('again') = crl('elsewhere') AND crl('again') = crl('elsewhere@2') THEN 'one list' END, CASE WHEN crl('again') <> crl('elsewhere@1') THEN 'of one key' END;
SELECT number, change_count FROM idplane_certificate_list WHERE ca_id = 'elsewhere@2';
KEEP late SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client', '{"ca":"again"}');
SELECT revoke_certificate(response ->> 'serial') ->> 'ca' FROM kept WHERE name = 'late';
SELECT CASE WHEN length(crl('elsewhere')) > 230 AND crl('again') = crl('elsewhere') THEN 'both' END;
SELECT ca_id, number FROM idplane_certificate_list WHERE ca_id <> 'default@1' AND number > 0 ORDER BY ca_id;
-- Who has the key of one certificate has that of all: each is revoked, whoever issued it, and told in the audit.
KEEP stolen SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client');
SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client', '{"ca":"again"}') ->> 'ca';
SELECT set_certificate_profile('machine', '{"common_name":"press*"}') ->> 'common_name';
SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'machine', '{"ca":"elsewhere"}') ->> 'ca';
SELECT revoke_certificate(response ->> 'serial', 'keyCompromise') -> 'changed', revoke_certificate(response ->> 'serial', 'keyCompromise') -> 'changed' FROM kept WHERE name = 'stolen';
SELECT ca_id, profile, status, reason, count(*) FROM idplane_certificate WHERE common_name = 'press 7' GROUP BY ca_id, profile, status, reason ORDER BY ca_id, profile, status, reason;
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client'));
SELECT count(*) FROM idplane_audit WHERE type = 'certificate_revoked' AND subject = 'press 7';
-- Over HTTP the list is no text; what is no OCSP request is told so.
SELECT CASE WHEN length(http_request('GET', '/crl/default@1', '{"host":"localhost:8080"}') ->> 'body_base64') > 200 THEN 'a list' END;
SELECT http_request('HEAD', '/crl/default', '{"host":"localhost:8080"}') ->> 'body';
SELECT http_request('GET', '/crl/nobody', '{"host":"localhost:8080"}') ->> 'status', http_request('GET', '/ocsp/nobody/MAMKAQE=', '{"host":"localhost:8080"}') ->> 'status';
SELECT http_request('GET', '/ocsp/default/MAMKAQE%3D', '{"host":"localhost:8080"}') ->> 'body_base64';
SELECT http_request('POST', '/ocsp/default', '{"host":"localhost:8080","content-type":"application/ocsp-request"}', 'nonsense') ->> 'body_base64';
SELECT http_request('POST', '/ocsp/default', '{"host":"localhost:8080","content-type":"text/plain"}', 'nonsense') ->> 'status';
SELECT length(ocsp(''));
-- Another tenant has nothing of it.
SELECT set_tenant('other');
SELECT crl();
SELECT revoke_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'renewed'));
SELECT set_tenant('default');
SELECT type, count(*) FROM idplane_audit GROUP BY type ORDER BY type;
-- What an authority signed after its time would be good for nobody.
SELECT set_clock('2027-06-01T00:00:00Z');
SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client', '{"ca":"default@1"}');
SELECT create_ca('late', '{"parent":"default@1","path_length":0}');
-- A country has two letters, and is no other kind of text than others expect.
SELECT create_ca('country', '{"subject":{"C":"Germany","CN":"x"}}');
SELECT create_ca('country', '{"subject":{"C":"é","CN":"x"}}');
SELECT create_ca('country', '{"subject":{"serialNumber":"a_b","CN":"x"}}');
SELECT create_ca('country', '{"subject":{"DC":"é","CN":"x"}}');
SELECT create_ca('country', '{"subject":{"C":"DE","DC":"example","serialNumber":"7","emailAddress":"a@example","CN":"é"}}') ->> 'subject';
