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
SELECT profile, subject, status FROM idplane_certificate;
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
SELECT number FROM idplane_certificate_list;
SELECT revoke_certificate((SELECT max(serial) FROM idplane_certificate WHERE profile = 'client')) ->> 'status';
SELECT CASE WHEN length(crl()) > 250 THEN 'long' END;
SELECT number FROM idplane_certificate_list;
-- It is signed anew before its time is over; what has expired is in it once more, then leaves it.
SELECT set_clock('2027-03-01T00:00:00Z');
SELECT CASE WHEN length(crl()) > 250 THEN 'long' END;
SELECT set_clock('2027-03-02T00:00:00Z');
SELECT CASE WHEN length(crl()) < 250 THEN 'short' END;
SELECT number FROM idplane_certificate_list;
SELECT crl('nobody');
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
SELECT sign_csr((SELECT csr FROM request WHERE name = 'press'), 'client');
SELECT create_ca('below', '{"parent":"default"}');
-- A country has two letters, and is no other kind of text than others expect.
SELECT create_ca('country', '{"subject":{"C":"Germany","CN":"x"}}');
SELECT create_ca('country', '{"subject":{"C":"é","CN":"x"}}');
SELECT create_ca('country', '{"subject":{"serialNumber":"a_b","CN":"x"}}');
SELECT create_ca('country', '{"subject":{"DC":"é","CN":"x"}}');
SELECT create_ca('country', '{"subject":{"C":"DE","DC":"example","serialNumber":"7","emailAddress":"a@example","CN":"é"}}') ->> 'subject';
