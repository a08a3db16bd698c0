-- SPDX-License-Identifier: Apache-2.0
-- many_enrollments.sql: more enrollments know an authority than are looked at; the keys here are nobody's any more.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('near', '-----BEGIN CERTIFICATE-----
MIIBrjCCAVWgAwIBAgIUK0U3OUVERjvCMksgo6YU9N9WouQwCgYIKoZIzj0EAwIw
JzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx
MDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCExEDAOBgNVBAoMB0V4YW1wbGUxDTAL
BgNVBAMMBG5lYXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATHJDqKlUDxpvOy
LrlNt0SRbP5Tb522eF0lvBUPZKqQloriQtOta/VzyktwW6Kg8N7xb/6jpX12sRw9
TQ8Rj16uo2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB0G
A1UdDgQWBBTEDMLgy8wx+7nHHrUeMJP2zIdsTTAfBgNVHSMEGDAWgBTeNOwQ+hwq
0b0bLaEGrCOu0MDpcDAKBggqhkjOPQQDAgNHADBEAiBHYPQ02WW953my5TOHLHXg
fH5AewHo+XJy+6jRwYRf7wIgFFUWk1D+ZU74/ps59pbmSdt4MzkQ8u8GBbFNrzoI
rr0=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('far', '-----BEGIN CERTIFICATE-----
MIIBrjCCAVWgAwIBAgIUbRnU7D3FCwdQRu9gx+tazQH2gZswCgYIKoZIzj0EAwIw
KDEQMA4GA1UECgwHRXhhbXBsZTEUMBIGA1UEAwwLTWFrZXIgYmVsb3cwHhcNMjAw
MTAxMDAwMDAwWhcNNDAwMTAxMDAwMDAwWjAgMRAwDgYDVQQKDAdFeGFtcGxlMQww
CgYDVQQDDANmYXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS98SrE/E6ogx04
Zf+Iv0eTx/lSdgHSKx4xapTCRqm9g3cwi5I/aAwtfDzgjGOW/FgEstGqNovZtIF/
3V9zBk/3o2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB0G
A1UdDgQWBBSbeFz3tGvuEf82KBt0mjYBaGudjzAfBgNVHSMEGDAWgBSvI6zB7MZ9
05Y/Upz3QFmAy0yl2TAKBggqhkjOPQQDAgNHADBEAiAzHvrkYAXOs+rA8McHFAbO
hdBkyjry3uFRzTRWYI1UTwIgEwSzWnbZxgq5qywhlJju/o38zkfTSRYD4CQW9xRe
8iw=
-----END CERTIFICATE-----
-----BEGIN CERTIFICATE-----
MIIBtTCCAVqgAwIBAgIUD22SEXp2aIMpEfqFD8kmBgJu9x4wCgYIKoZIzj0EAwIw
JzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx
MDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCgxEDAOBgNVBAoMB0V4YW1wbGUxFDAS
BgNVBAMMC01ha2VyIGJlbG93MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/iOQ
QH32JGuNLP2K0B6NgAfXOCRLYd+OBY6rq/KfN+MbtMMYgmKIRwhAlbHn0/jEVet9
T3v4C4aPfWX3nkOgwqNjMGEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMC
AQYwHQYDVR0OBBYEFK8jrMHsxn3Tlj9SnPdAWYDLTKXZMB8GA1UdIwQYMBaAFN40
7BD6HCrRvRstoQasI67QwOlwMAoGCCqGSM49BAMCA0kAMEYCIQCP563qD4XACGk0
rZsLGcuzHgNggBbsu4wkxG9Rko3ofwIhALfpI1GnHuoJWlPdIkWgwkum4J+6dK5/
pQ5viCOWwuWC
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('root.chain', '-----BEGIN CERTIFICATE-----\nMIIBtDCCAVmgAwIBAgIUHvfh7gKM8emqWU6MyF6EDSY6dtAwCgYIKoZIzj0EAwIw\nJzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx\nMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCcxEDAOBgNVBAoMB0V4YW1wbGUxEzAR\nBgNVBAMMCk1ha2VyIHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQea0Lu\n5IeasuXarftQuYg+9MDexRI7wAURxEp/EbS65A8BG6ENLYtxmpYVxVbzrakAGpp4\nfCQ/586VtVzrawvgo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIB\nBjAdBgNVHQ4EFgQU3jTsEPocKtG9Gy2hBqwjrtDA6XAwHwYDVR0jBBgwFoAU3jTs\nEPocKtG9Gy2hBqwjrtDA6XAwCgYIKoZIzj0EAwIDSQAwRgIhAJ+dszZ8tPCytdEc\ndHbOJwsv4Vljad4lLs81Z19L8WAqAiEApgMPvjPb8GPkDTtxcuoKUiX2gl/pLDMg\nRYjx8rj14do=\n-----END CERTIFICATE-----\n');
INSERT INTO material VALUES ('whole.chain', '-----BEGIN CERTIFICATE-----\nMIIBtTCCAVqgAwIBAgIUD22SEXp2aIMpEfqFD8kmBgJu9x4wCgYIKoZIzj0EAwIw\nJzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx\nMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCgxEDAOBgNVBAoMB0V4YW1wbGUxFDAS\nBgNVBAMMC01ha2VyIGJlbG93MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/iOQ\nQH32JGuNLP2K0B6NgAfXOCRLYd+OBY6rq/KfN+MbtMMYgmKIRwhAlbHn0/jEVet9\nT3v4C4aPfWX3nkOgwqNjMGEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMC\nAQYwHQYDVR0OBBYEFK8jrMHsxn3Tlj9SnPdAWYDLTKXZMB8GA1UdIwQYMBaAFN40\n7BD6HCrRvRstoQasI67QwOlwMAoGCCqGSM49BAMCA0kAMEYCIQCP563qD4XACGk0\nrZsLGcuzHgNggBbsu4wkxG9Rko3ofwIhALfpI1GnHuoJWlPdIkWgwkum4J+6dK5/\npQ5viCOWwuWC\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBtDCCAVmgAwIBAgIUHvfh7gKM8emqWU6MyF6EDSY6dtAwCgYIKoZIzj0EAwIw\nJzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx\nMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCcxEDAOBgNVBAoMB0V4YW1wbGUxEzAR\nBgNVBAMMCk1ha2VyIHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQea0Lu\n5IeasuXarftQuYg+9MDexRI7wAURxEp/EbS65A8BG6ENLYtxmpYVxVbzrakAGpp4\nfCQ/586VtVzrawvgo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIB\nBjAdBgNVHQ4EFgQU3jTsEPocKtG9Gy2hBqwjrtDA6XAwHwYDVR0jBBgwFoAU3jTs\nEPocKtG9Gy2hBqwjrtDA6XAwCgYIKoZIzj0EAwIDSQAwRgIhAJ+dszZ8tPCytdEc\ndHbOJwsv4Vljad4lLs81Z19L8WAqAiEApgMPvjPb8GPkDTtxcuoKUiX2gl/pLDMg\nRYjx8rj14do=\n-----END CERTIFICATE-----\n');
CREATE TABLE number (n bigint);
INSERT INTO number WITH RECURSIVE counted (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM counted WHERE n < 73) SELECT n FROM counted;
-- With 64 all are looked at, by name, and one of a lower rank changes nothing.
SELECT count(set_enrollment('a' || n, json(replace('{"owner": "o", "x509": {"chain": "CHAIN"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'root.chain'))))) FROM number;
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'near')));
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'far')));
SELECT set_enrollment('z-low', json(replace('{"owner": "o", "priority": -1, "x509": {"chain": "CHAIN"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'root.chain')))) ->> 'id';
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'near')));
-- Whose authority issued the certificate is not known to be the nearest one, unless it did.
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'far')));
SELECT CASE WHEN response ->> 'error' IS NULL THEN 'begun' ELSE canonical_json(response) END FROM (SELECT begin_provisioning((SELECT content FROM material WHERE name = 'far')) AS response) begun;
SELECT explain_enrollment((SELECT content FROM material WHERE name = 'far')) -> 'candidates' -> 0 ->> 'lost_by';
-- What ranks before them is found, whatever it is called.
SELECT set_enrollment('z-high', json(replace('{"owner": "o", "priority": 9, "x509": {"chain": "CHAIN"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'root.chain')))) ->> 'id';
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'near')));
SELECT set_enrollment('z-shut', json(replace('{"owner": "o", "enabled": false, "x509": {"chain": "CHAIN"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'root.chain')))) ->> 'id';
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'near')));
SELECT CASE WHEN response ->> 'error' IS NULL THEN 'begun' ELSE canonical_json(response) END FROM (SELECT begin_provisioning((SELECT content FROM material WHERE name = 'near')) AS response) begun;
SELECT set_clock('2026-01-01T00:01:00Z');
SELECT set_enrollment('z-shut');
SELECT set_enrollment('z-high');
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'near')));
SELECT match_enrollment((SELECT content FROM material WHERE name = 'near'), '2026-01-01T00:00:00Z') ->> 'error';
-- One of the nearest authority decides, however many are above.
SELECT set_enrollment('near', json(replace('{"owner": "o", "x509": {"chain": "CHAIN"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'whole.chain')))) ->> 'id';
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'far')));
SELECT CASE WHEN response ->> 'error' IS NULL THEN 'begun' ELSE canonical_json(response) END FROM (SELECT begin_provisioning((SELECT content FROM material WHERE name = 'far')) AS response) begun;
-- A list is nearer than any authority.
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) SELECT 'a' || n, 'certificate', (SELECT certificate_inspect(content) ->> 'fingerprint_sha256' FROM material WHERE name = 'near') FROM number;
SELECT set_enrollment('y-list', '{"owner": "o", "members": true, "x509": {}, "priority": -1}') ->> 'id';
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) SELECT 'y-list', 'certificate', certificate_inspect(content) ->> 'fingerprint_sha256' FROM material WHERE name = 'near';
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'near')));
SELECT set_enrollment('b-list', '{"owner": "o", "members": true, "x509": {}, "priority": -2}') ->> 'id';
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) SELECT 'b-list', 'certificate', certificate_inspect(content) ->> 'fingerprint_sha256' FROM material WHERE name = 'near';
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'near')));
