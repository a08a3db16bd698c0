-- SPDX-License-Identifier: Apache-2.0
-- imported_lists.sql: revocation lists of an authority that is not ours. Its key is one that nobody has any
-- more.
SELECT set_clock('2027-01-01T00:00:00Z');
CREATE TABLE issuer (name text PRIMARY KEY, certificate text);
CREATE TABLE list (name text PRIMARY KEY, crl text);
INSERT INTO issuer VALUES ('ca', 'MIIBqzCCAVGgAwIBAgIUcp++jl9dlYF0QplmNmbSrslJnaswCgYIKoZIzj0EAwIwIjEOMAwGA1UECgwFTWFrZXIxEDAOBgNVBAMMB0ZhY3RvcnkwIBcNMjYxMTI3MDk1MjA4WhgPMjEyNjExMDMwOTUyMDhaMCIxDjAMBgNVBAoMBU1ha2VyMRAwDgYDVQQDDAdGYWN0b3J5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhy7NghsyGJC6cMZbIgDr3ytgRevpGoMjqedkuE7puGjOI63m0bxTLm/bL06CxXDrAx7v5bSRtDOKE6tREITPx6NjMGEwHQYDVR0OBBYEFKiDYRyoZa0AqIK22fmdz89ToNQiMB8GA1UdIwQYMBaAFKiDYRyoZa0AqIK22fmdz89ToNQiMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMAoGCCqGSM49BAMCA0gAMEUCIEygZIOheexg0xkq4VJZYCAosyK86N+uvrH3EZJl8bj7AiEAmnE6u/+mns5wbm7z0L/5ePeS9FdRMucsQ9phhxSAb98=');
INSERT INTO issuer VALUES ('other', 'MIIBmzCCAUGgAwIBAgIUFjRTzZ00BujZ7I1RhPkj6akEuIIwCgYIKoZIzj0EAwIwIjEOMAwGA1UECgwFTWFrZXIxEDAOBgNVBAMMB0ZhY3RvcnkwIBcNMjYxMTI3MDk1MjA4WhgPMjEyNjExMDMwOTUyMDhaMCIxDjAMBgNVBAoMBU1ha2VyMRAwDgYDVQQDDAdGYWN0b3J5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEboYcy0b/tG6etGsrNXMjDjkI8vdRcocFgi98o0jODW3SjUf/mcUl0ebpsmP76qVgJw395Mjxio76amxYLbUkIaNTMFEwHQYDVR0OBBYEFLThNkozo7MbGoQYG4KGuQGuy832MB8GA1UdIwQYMBaAFLThNkozo7MbGoQYG4KGuQGuy832MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAKctj4Fb7F+nNIvASm386PmeputarjDkPulaSoCU+T6lAiA5/7RYYIBREI1KeLOkGAKq1cRdbBdLCxl1ZuWkIw+dTQ==');
INSERT INTO issuer VALUES ('nosign', 'MIIBqjCCAVGgAwIBAgIUSbDuSj2g1CXFa63TkR7miyYdFwIwCgYIKoZIzj0EAwIwIjEOMAwGA1UECgwFTWFrZXIxEDAOBgNVBAMMB0ZhY3RvcnkwIBcNMjYxMTI3MDk1MjA4WhgPMjEyNjExMDMwOTUyMDhaMCIxDjAMBgNVBAoMBU1ha2VyMRAwDgYDVQQDDAdGYWN0b3J5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhy7NghsyGJC6cMZbIgDr3ytgRevpGoMjqedkuE7puGjOI63m0bxTLm/bL06CxXDrAx7v5bSRtDOKE6tREITPx6NjMGEwHQYDVR0OBBYEFKiDYRyoZa0AqIK22fmdz89ToNQiMB8GA1UdIwQYMBaAFKiDYRyoZa0AqIK22fmdz89ToNQiMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIEMAoGCCqGSM49BAMCA0cAMEQCIFcrueyi2U4d0itPJqhpf0Kx2AVgnuDR8FIRL1BLnJu/AiBWwBJOYopjHMtEWy/gtavGZIjSkwpzFCb1JqMhA9UGdA==');
INSERT INTO issuer VALUES ('name', 'MIIBnzCCAUWgAwIBAgIUJQ9DaEAwQl1FFdLAnoTIUmrURZ4wCgYIKoZIzj0EAwIwJDEOMAwGA1UECgwFTWFrZXIxEjAQBgNVBAMMCUVsc2V3aGVyZTAgFw0yNjExMjcwOTUyMDhaGA8yMTI2MTEwMzA5NTIwOFowJDEOMAwGA1UECgwFTWFrZXIxEjAQBgNVBAMMCUVsc2V3aGVyZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIcuzYIbMhiQunDGWyIA698rYEXr6RqDI6nnZLhO6bhoziOt5tG8Uy5v2y9OgsVw6wMe7+W0kbQzihOrURCEz8ejUzBRMB0GA1UdDgQWBBSog2EcqGWtAKiCttn5nc/PU6DUIjAfBgNVHSMEGDAWgBSog2EcqGWtAKiCttn5nc/PU6DUIjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIFD8OGYU4rLJfwY7+wxSEbwUXe+LwU4Eqr2w72pwPEj8AiEA19FWWHjngLFZ/y1L1cSEulwwgZ2k3/n2uYULf24TJes=');
INSERT INTO issuer VALUES ('leaf', 'MIIBmTCCAT6gAwIBAgIUVgPvndbau4ZyxRPhBIbMHa/0vikwCgYIKoZIzj0EAwIwIjEOMAwGA1UECgwFTWFrZXIxEDAOBgNVBAMMB0ZhY3RvcnkwIBcNMjYxMTI3MDk1MjA4WhgPMjEyNjExMDMwOTUyMDhaMCIxDjAMBgNVBAoMBU1ha2VyMRAwDgYDVQQDDAdGYWN0b3J5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhy7NghsyGJC6cMZbIgDr3ytgRevpGoMjqedkuE7puGjOI63m0bxTLm/bL06CxXDrAx7v5bSRtDOKE6tREITPx6NQME4wHQYDVR0OBBYEFKiDYRyoZa0AqIK22fmdz89ToNQiMB8GA1UdIwQYMBaAFKiDYRyoZa0AqIK22fmdz89ToNQiMAwGA1UdEwEB/wQCMAAwCgYIKoZIzj0EAwIDSQAwRgIhANKVdt+CEBqkOCHRzoawQkfuFRAT5UT0b9KMPIR08g4WAiEA6FsamNaM9LODIrLQZFFinBz8RojASyTb8ieQYYDKkwo=');
INSERT INTO list VALUES ('9', 'MIHcMIGCAgEBMAoGCCqGSM49BAMCMCIxDjAMBgNVBAoMBU1ha2VyMRAwDgYDVQQDDAdGYWN0b3J5Fw0yNjExMjcwOTUyMDhaFw0yNjEyMjcwOTUyMDhaoC8wLTAfBgNVHSMEGDAWgBSog2EcqGWtAKiCttn5nc/PU6DUIjAKBgNVHRQEAwIBCTAKBggqhkjOPQQDAgNJADBGAiEAxG5eX/NWm9ezJtHR7wKy2EKVWesTmA/lN+4/v5eeJaQCIQC7L8oaav6XGeJCLt0H7EO3VDYfbWHMfwKYEs+aJsBNoQ==');
INSERT INTO list VALUES ('10', 'MIH/MIGmAgEBMAoGCCqGSM49BAMCMCIxDjAMBgNVBAoMBU1ha2VyMRAwDgYDVQQDDAdGYWN0b3J5Fw0yNjExMjcwOTUyMDhaFw0yNjEyMjcwOTUyMDhaMCIwIAIBShcNMjYxMTIwMDAwMDAwWjAMMAoGA1UdFQQDCgEBoC8wLTAfBgNVHSMEGDAWgBSog2EcqGWtAKiCttn5nc/PU6DUIjAKBgNVHRQEAwIBCjAKBggqhkjOPQQDAgNIADBFAiANYCCOfdobL57hZZw3LhvGYXtwNGM9Cce8dN1Zwk/RoAIhALAznzkioP6rIEL3MmCG7PoQbC38XONl1SQc9YOvr/KO');
INSERT INTO list VALUES ('258', 'MIH/MIGnAgEBMAoGCCqGSM49BAMCMCIxDjAMBgNVBAoMBU1ha2VyMRAwDgYDVQQDDAdGYWN0b3J5Fw0yNjExMjcwOTUyMDhaFw0yNjEyMjcwOTUyMDhaMCIwIAIBShcNMjYxMTIwMDAwMDAwWjAMMAoGA1UdFQQDCgEBoDAwLjAfBgNVHSMEGDAWgBSog2EcqGWtAKiCttn5nc/PU6DUIjALBgNVHRQEBAICAQIwCgYIKoZIzj0EAwIDRwAwRAIgF77ouhU2FQ6XYR5GuUG49P9TXHYi+t10RuWa/yz1d5sCIG5oxzu9KUKFXcRLLeMv7t6N8szn/xscMCOxWr1aug1+');
INSERT INTO list VALUES ('none', 'MIHzMIGaAgEBMAoGCCqGSM49BAMCMCIxDjAMBgNVBAoMBU1ha2VyMRAwDgYDVQQDDAdGYWN0b3J5Fw0yNjExMjcwOTUyMDhaFw0yNjEyMjcwOTUyMDhaMCIwIAIBShcNMjYxMTIwMDAwMDAwWjAMMAoGA1UdFQQDCgEBoCMwITAfBgNVHSMEGDAWgBSog2EcqGWtAKiCttn5nc/PU6DUIjAKBggqhkjOPQQDAgNIADBFAiEA3OrHxNMOVtWRl1Oy2gVnbJ4CEYfPbTDb+00Ya/Lx9SsCIEPhuBucmakB+vPd9VZc4qGv/eJxkzhRw8ffixcs8hEz');
INSERT INTO list VALUES ('part', 'MIHkMIGKAgEBMAoGCCqGSM49BAMCMCIxDjAMBgNVBAoMBU1ha2VyMRAwDgYDVQQDDAdGYWN0b3J5Fw0yNjExMjcwOTUyMDhaFw0yNjEyMjcwOTUyMDhaMCIwIAIBShcNMjYxMTIwMDAwMDAwWjAMMAoGA1UdFQQDCgEBoBMwETAPBgNVHRwBAf8EBTADgQH/MAoGCCqGSM49BAMCA0kAMEYCIQD4Oe1+nWGiaMoaNTghXm8HDeyc8JEaANRDCMrHupEiPgIhAJCuPxZEb60ijVCMeLu+DO5PGjYq4XSOyRfgMndAF8/i');
-- Signed by the key of the certificate that is given, in its name, complete, and with a number.
SELECT import_crl('no certificate', 'no list');
SELECT import_crl(NULL, 'no list');
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), 'no list'));
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), (SELECT substr(crl, 1, 300) FROM list WHERE name = '10')));
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), (SELECT certificate FROM issuer WHERE name = 'ca')));
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'other'), (SELECT crl FROM list WHERE name = '10')));
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'nosign'), (SELECT crl FROM list WHERE name = '10')));
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'name'), (SELECT crl FROM list WHERE name = '10')));
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'leaf'), (SELECT crl FROM list WHERE name = '10')));
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), (SELECT crl FROM list WHERE name = 'none')));
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), (SELECT crl FROM list WHERE name = 'part')));
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), (SELECT crl FROM list WHERE name = '10')));
SELECT set_clock('2027-01-01T00:00:00Z');
SELECT count(*) FROM idplane_imported_list;
-- The first is kept; then only those with a higher number, which is no matter of its digits.
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), (SELECT crl FROM list WHERE name = '9')));
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), (SELECT crl FROM list WHERE name = '10')));
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), (SELECT crl FROM list WHERE name = '9')) -> 'changed');
SELECT issuer, number, revoked_count, length(issuer_key) FROM idplane_imported_list;
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), (SELECT crl FROM list WHERE name = '258')) -> 'changed');
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), (SELECT crl FROM list WHERE name = '10')) -> 'changed');
SELECT number, revoked_count FROM idplane_imported_list;
-- Another tenant has none of it.
SELECT set_tenant('other');
SELECT canonical_json(import_crl((SELECT certificate FROM issuer WHERE name = 'ca'), (SELECT crl FROM list WHERE name = '9')) -> 'changed');
SELECT tenant, number FROM idplane_imported_list ORDER BY tenant;
