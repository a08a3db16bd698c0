-- SPDX-License-Identifier: Apache-2.0
-- possession.sql: that a device has the key of what it shows: by keys of each kind, once, in one session; the keys
-- here are good for nothing else.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('p256', '-----BEGIN CERTIFICATE-----
MIIBsjCCAVegAwIBAgIUZSeChxQlvqgW4Fl/IW4XwteNC6wwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAoMRAwDgYDVQQKDAdFeGFtcGxlMRQwEgYDVQQD
DAtkZXZpY2UgcDI1NjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEa5k+7Qsk90
Ml12CTlo5b2xB7/k6mSqqZBMUTIJSSU3vETM1uRYKn7EcqKtnR5CFm1kKbqHUOFF
hHOdCDXD6iGjZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIw
HQYDVR0OBBYEFK0+JcjnucafMT0vuzjykbUnu1xzMB8GA1UdIwQYMBaAFFZmydRr
WjfCqy/RCXoQAo33rk5qMAoGCCqGSM49BAMCA0kAMEYCIQCNinPjs/Hij+/VdW4G
Z9OahqL3Xhib4z2lmTQSBmm/GwIhAMnLWsv6wbyJWXvN8d2G7PmChPx0QOfZ3mGp
SX5LE7SI
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('p256.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4k6b1v+KtPufvFAg
9H6+julrTwW0zDy5b89C47wb2XmhRANCAARGuZPu0LJPdDJddgk5aOW9sQe/5Opk
qqmQTFEyCUklN7xEzNbkWCp+xHKirZ0eQhZtZCm6h1DhRYRznQg1w+oh
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('p384', '-----BEGIN CERTIFICATE-----
MIIBzTCCAXSgAwIBAgIUHfJOVyTxJ+HNRbh2AnuP5DsjkRgwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAoMRAwDgYDVQQKDAdFeGFtcGxlMRQwEgYDVQQD
DAtkZXZpY2UgcDM4NDB2MBAGByqGSM49AgEGBSuBBAAiA2IABKKwuCGcQ4v+cJ1z
TCkMLLjU2NyLB790PpzxVfiLMiUxiuKwtTvzoXaCVU0ZFmpt8beNvb39cAkdswae
TS+9gPGuJTPT53PzFa0IGPScjiWzsv0UUAWD3ON3gMv5jhYH2KNlMGMwDAYDVR0T
AQH/BAIwADATBgNVHSUEDDAKBggrBgEFBQcDAjAdBgNVHQ4EFgQUO8BQf0/YrRs9
FO0SEFudXB388LowHwYDVR0jBBgwFoAUVmbJ1GtaN8KrL9EJehACjfeuTmowCgYI
KoZIzj0EAwIDRwAwRAIgL4/O94+49I9OcP5UuO5waj5JmEjRWVYb1/WKJkLoFBEC
IEKHjugR6nki/bvQj3NCnOAdOxq1cWC6cT+cWlJmiozf
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('p384.key', '-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAFJn5+Hh8G+0pt6OaN
CQSofjxvRIURnrUmifqsLJV3vdCfR3m4leCQyT6bphyX5e2hZANiAASisLghnEOL
/nCdc0wpDCy41Njciwe/dD6c8VX4izIlMYrisLU786F2glVNGRZqbfG3jb29/XAJ
HbMGnk0vvYDxriUz0+dz8xWtCBj0nI4ls7L9FFAFg9zjd4DL+Y4WB9g=
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('p521', '-----BEGIN CERTIFICATE-----
MIIB9DCCAZqgAwIBAgIUKec0libYpTVDk3GFA8sH3PZIKHkwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAoMRAwDgYDVQQKDAdFeGFtcGxlMRQwEgYDVQQD
DAtkZXZpY2UgcDUyMTCBmzAQBgcqhkjOPQIBBgUrgQQAIwOBhgAEAR0ApJHtGP3f
p2d/VtdczpZuBYrOGeDxGFuj2q3cAm6k/u0X6neJDF7huJsDQZFFtGTBzfTPZsPM
ZBgz+hEgwXUaAcBnVy+x6JjeYREoocCi3hsxAkDGk0zl3aq7GwFRo8guYHnlTAWV
trf3BqRvTCQhjFM3oDvnrpfrf05FY5dEfj/uo2UwYzAMBgNVHRMBAf8EAjAAMBMG
A1UdJQQMMAoGCCsGAQUFBwMCMB0GA1UdDgQWBBS1x046qbR6EGPiuzST/9bibqYX
/TAfBgNVHSMEGDAWgBRWZsnUa1o3wqsv0Ql6EAKN965OajAKBggqhkjOPQQDAgNI
ADBFAiEAmLHg2LzWex1hkbgbKzisi70PZEzfOnJt9IOBjJ1CC3sCIH6LMldvTwY7
sTji3rLfCBMm+3CFX0yu7d1mO0rinGA/
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('p521.key', '-----BEGIN PRIVATE KEY-----
MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIAl/+UQH+B3piWGgmR
RPrm1LK0doCxpoK74mv+QM2Tgb3CQKfTRNsPfl4Fllkto0duXpxtZNjN+Pf5Dxh3
38G8CuqhgYkDgYYABAEdAKSR7Rj936dnf1bXXM6WbgWKzhng8Rhbo9qt3AJupP7t
F+p3iQxe4bibA0GRRbRkwc30z2bDzGQYM/oRIMF1GgHAZ1cvseiY3mERKKHAot4b
MQJAxpNM5d2quxsBUaPILmB55UwFlba39wakb0wkIYxTN6A7566X639ORWOXRH4/
7g==
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('rsa', '-----BEGIN CERTIFICATE-----
MIICezCCAiGgAwIBAgIUDlW0vUWWCX5pWOij7Dy+CV48z0swCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAnMRAwDgYDVQQKDAdFeGFtcGxlMRMwEQYDVQQD
DApkZXZpY2UgcnNhMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1AIi
EBNqEjidUxQf/5GCjM8T3hzSEvkgTSJlOBVUW1BswfXrnWzomqQHVfzgfQ1CBwyr
NlTXQIUh4LCaLZoGiN1Dcaiqdmdt2OU09tZt6rhFsuhG4xWM6DzZ+LMzvSsfNzcf
xd+YsGTyFEfElPLqT+5xJof9UTRRcYwEsINVvClu+lbfntruC+yRHgLMAggf3DNy
r3V42jlqEysXjfQJXnqwipb6r2B2tm/1CNNqB8g0CAiNCIjk/DX7IxM7ZEtR5FX0
sHpFBpdy7LiUpJFoqlESXBxiG10Jal8kk86zDbQQFuhvUn1Lr6Rb4ltUuldmP89q
nl8n9C7ti4NJGo9XIQIDAQABo2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoG
CCsGAQUFBwMCMB0GA1UdDgQWBBQwu7RsRZewiuP2Pxx+y8nb6sKwsjAfBgNVHSME
GDAWgBRWZsnUa1o3wqsv0Ql6EAKN965OajAKBggqhkjOPQQDAgNIADBFAiAQv1Qh
h5Q/pLEWFOacJV3VjnB77nnoEgX3ouUxLBXhoQIhAMXeMZ68LJOD9BL65+vWzcH2
eEr2rR+fju8qg5/gxRvl
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('rsa.key', '-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDUAiIQE2oSOJ1T
FB//kYKMzxPeHNIS+SBNImU4FVRbUGzB9eudbOiapAdV/OB9DUIHDKs2VNdAhSHg
sJotmgaI3UNxqKp2Z23Y5TT21m3quEWy6EbjFYzoPNn4szO9Kx83Nx/F35iwZPIU
R8SU8upP7nEmh/1RNFFxjASwg1W8KW76Vt+e2u4L7JEeAswCCB/cM3KvdXjaOWoT
KxeN9AleerCKlvqvYHa2b/UI02oHyDQICI0IiOT8NfsjEztkS1HkVfSwekUGl3Ls
uJSkkWiqURJcHGIbXQlqXySTzrMNtBAW6G9SfUuvpFviW1S6V2Y/z2qeXyf0Lu2L
g0kaj1chAgMBAAECggEAY2Kumi+nuWv94HzeNT3+38iRjT2gg1FzQYWewqhJF9d/
bHu+3Nk5v4imgbpeeHD3I3veZUVndPEUPRM866S5bH6hR85kPsZkudlVN2O1OmPx
FJoL5Rdsq1AfdJV5azQkWYuHYwjbONHRpA0yzAqGKjtiosf8Sg2HIn4bkq22ytId
KdkdezGROtzek5h07ZPii209s1PzAPXdGCbPkAOQ5PvY9Xdo2AzgY5nQjNUCtWfT
IT6nHkm5mhwTMTVkXrboOnMnv+DGW06NL0XQtPGMnS/xHPDC8AB+u+uNO3sh0JSl
t+EQLlv0jYkh+xPW8yvRbUf/paQtidMvbjFT2x/LqwKBgQDrzECkVyBZlBSZS5f0
jSuzp5ZzBYniiRupShySO/I61+AhSlwwWVU0lQlrpZk/oNW3BxFRSck+hFqixfjM
bxsSPLMyZAXQclSrOh/oT0r63kAESrydEnvYBtwDR9vDG2heju20uEU4kzDeCdjP
NFUBBDEsFH2kEoxLBEGsJ7IxXwKBgQDmLBsDAui1zbLEdbIJH3x3iy3JLQqrXJqY
u/3tvhJ7LIAv7DZr5fa5Fm/uNAONliBeGw+vy2P84RNxN7bEEQ4Cn5zGQ8SVm+6M
q6rzdnDsyfulVwHJYuTLehVAD4FJJmIn5GPvv61nQR4QqDPpPHE5HWRdw5k4NEXE
/CHT6DjHfwKBgENPZxSCmoV3s/mejp4MvnDmYhgreJTmNrM4qLdFzXvmq+BU7cQP
fDcqZCoKd5imPNumdNcTjRL/jS/x+3fAL6YhFbZIvzAlsu2+BeW23NyIHRYcj4L3
B8s/CgcVuDIV3NFBU7HG+FuSCN0ZSn67nZhQrgi7QLJZaRrw+B5ApqlZAoGAHsiV
UEDKWM5K82V+SyQP5HkTxY0lmSeIcZbq7in2lMyt1Dr2SFX4Ombaz3PbactDRvK9
lVhRZhfAHutBoVVal1U7hXS4zP2O2Pd4pJkZn0GgS0uorINycBhC0U+BjgP5Krar
+vuauG2IFNg6IR55UhcxPi0Tx+WN0zuZVpr/RQcCgYEA6NxlL88rusp53D/zZwCt
byHhmJUpxp8o9FsS99IFekazYWUqBiQNQKjTTHI3kwCz66GMJgYrjyVEf3amxLLS
XrgaHPd6VMqMPwfsA6R8o7Bz2VxGtzBRQ1FkfEEmWx8gGX0DRJ9w81tRX9RwZXe/
EZhSftJ2pJYfJ5UiEHSk10Y=
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('ed', '-----BEGIN CERTIFICATE-----
MIIBgTCCASagAwIBAgIUTeAfmdVdLwa+9lQS+i+2unwIA+QwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAmMRAwDgYDVQQKDAdFeGFtcGxlMRIwEAYDVQQD
DAlkZXZpY2UgZWQwKjAFBgMrZXADIQClTHxXow3wp7qJWONmy4ZTXycOC25WBlyM
9+aBoZa8HKNlMGMwDAYDVR0TAQH/BAIwADATBgNVHSUEDDAKBggrBgEFBQcDAjAd
BgNVHQ4EFgQUJxDozdWPXbZAEJetRVFpXimjnpwwHwYDVR0jBBgwFoAUVmbJ1Gta
N8KrL9EJehACjfeuTmowCgYIKoZIzj0EAwIDSQAwRgIhAPUkAvkL6Y0wrRmbwlj2
lAfdUZ4OFnrKfswNtXu01H4bAiEAxsbi/oCWnaBVagLrBKz52uZqCzc2xyOIvrFq
zckJ3zM=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('ed.key', '-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIDt3ksnf2+iIJZdrC2bMwwL/nyPlKMfQzJrF/uL33H9V
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('other.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6l5OVi7yxkkU9cSi
zO0Moklir4njGJGNTu9uf6P7fbuhRANCAATvFE2oLRkzQFrwkwa0ljmu6dT/+NJ7
Yk96XP+XUnHg5tVgj+LNT1dbK2Mn2QtIX8gimyKa0X13Bfqwx8mKD8kB
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('maker.chain', '-----BEGIN CERTIFICATE-----\nMIIBqTCCAU+gAwIBAgIUBvl6ISnvees7Wb2SKRExYe5w5bQwCgYIKoZIzj0EAwIw\nIjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw\nMDAwWhcNNDAwMTAxMDAwMDAwWjAiMRAwDgYDVQQKDAdFeGFtcGxlMQ4wDAYDVQQD\nDAVNYWtlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDz7zyvwk0KUMMWsijsV\naOqpbcnfo8IRGh707AV/BIq8BEandvSN8nbiytxx2SJqX8JdS89C/bGu8nC4KrFv\npzKjYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQW\nBBRWZsnUa1o3wqsv0Ql6EAKN965OajAfBgNVHSMEGDAWgBRWZsnUa1o3wqsv0Ql6\nEAKN965OajAKBggqhkjOPQQDAgNIADBFAiA6nQFiuYTUytEAL9QI3qtwlY0Eatfk\nWJKAeNYXNIOlwgIhAL3wLTMohz5IXQMlr+czk2K+1O8DRjLpcNJh3ZyLgw3W\n-----END CERTIFICATE-----\n');
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
-- Keys of each kind sign the nonce.
KEEP p256 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'p256'), '{}');
SELECT (SELECT response FROM kept WHERE name = 'p256') ->> 'state';
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'p256'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'p256'), (SELECT content FROM material WHERE name = 'p256.key'))));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'p256'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'p256'), (SELECT content FROM material WHERE name = 'p256.key'))));
KEEP p384 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'p384'), '{}');
SELECT (SELECT response FROM kept WHERE name = 'p384') ->> 'state';
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'p384'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'p384'), (SELECT content FROM material WHERE name = 'p384.key'))));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'p384'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'p384'), (SELECT content FROM material WHERE name = 'p384.key'))));
KEEP p521 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'p521'), '{}');
SELECT (SELECT response FROM kept WHERE name = 'p521') ->> 'state';
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'p521'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'p521'), (SELECT content FROM material WHERE name = 'p521.key'))));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'p521'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'p521'), (SELECT content FROM material WHERE name = 'p521.key'))));
KEEP rsa SELECT begin_provisioning((SELECT content FROM material WHERE name = 'rsa'), '{}');
SELECT (SELECT response FROM kept WHERE name = 'rsa') ->> 'state';
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'rsa'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'rsa'), (SELECT content FROM material WHERE name = 'rsa.key'))));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'rsa'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'rsa'), (SELECT content FROM material WHERE name = 'rsa.key'))));
KEEP ed SELECT begin_provisioning((SELECT content FROM material WHERE name = 'ed'), '{}');
SELECT (SELECT response FROM kept WHERE name = 'ed') ->> 'state';
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'ed'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'ed'), (SELECT content FROM material WHERE name = 'ed.key'))));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'ed'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'ed'), (SELECT content FROM material WHERE name = 'ed.key'))));
-- Another key, another text, the nonce of another session, and the proof of another session do not.
KEEP one SELECT begin_provisioning((SELECT content FROM material WHERE name = 'p256'), '{}');
KEEP two SELECT begin_provisioning((SELECT content FROM material WHERE name = 'p256'), '{}');
SELECT count(*) FROM (SELECT DISTINCT response ->> 'nonce' FROM kept WHERE name IN ('one', 'two')) nonces;
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'one'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'one'), (SELECT content FROM material WHERE name = 'other.key'))));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'one'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'two'), (SELECT content FROM material WHERE name = 'p256.key'))));
KEEP proof SELECT json('{"jws":"' || jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'one'), (SELECT content FROM material WHERE name = 'p256.key')) || '"}');
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'two'), (SELECT response ->> 'jws' FROM kept WHERE name = 'proof')));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'one'), (SELECT response ->> 'jws' FROM kept WHERE name = 'proof')));
-- What is no proof is none after one, too.
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'one'), 'nothing'));
-- Five are enough: who goes on waits, whatever is shown, and with each session.
SELECT set_clock('2026-01-01T00:01:00Z');
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'two'), ''));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'two'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'two'), (SELECT content FROM material WHERE name = 'p256.key'))));
KEEP three SELECT begin_provisioning((SELECT content FROM material WHERE name = 'p256'), '{}');
SELECT canonical_json(response) FROM kept WHERE name = 'three';
SELECT canonical_json(json(provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'one'))));
KEEP apart SELECT begin_provisioning((SELECT content FROM material WHERE name = 'p384'), '{}');
SELECT response ->> 'state' FROM kept WHERE name = 'apart';
SELECT set_clock('2026-01-01T00:05:00Z');
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'two'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'two'), (SELECT content FROM material WHERE name = 'p256.key'))));
-- An hour, and no longer.
SELECT set_clock('2026-01-01T01:00:59.999999Z');
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'apart'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'apart'), (SELECT content FROM material WHERE name = 'p384.key'))));
SELECT set_clock('2026-01-01T01:01:00Z');
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'apart'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'apart'), (SELECT content FROM material WHERE name = 'p384.key'))));
-- That the key was proven is said of a certificate alone, and by nobody else than who calls.
SELECT set_enrollment('sensors', '{"owner": "alice", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}}') ->> 'id';
KEEP sensor SELECT begin_provisioning(NULL, '{"registration_id":"sensor-1","enrollment":"sensors","proven":true}');
SELECT response ->> 'state' FROM kept WHERE name = 'sensor';
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'sensor'), 'AAAA'));
SELECT canonical_json(tpm_challenge((SELECT response ->> 'session' FROM kept WHERE name = 'sensor'), 'AAAA', NULL, 'AAAA'));
SELECT canonical_json(begin_provisioning(NULL, '{"registration_id":"sensor-1"}'));
SELECT canonical_json(begin_provisioning(NULL, '{"registration_id":"sensor-1","enrollment":"makers"}'));
SELECT set_enrollment('sensors', '{"owner": "alice", "deny": {"common_names": ["sensor-*"]}, "symmetric_key": {"primary": true}}') ->> 'id';
SELECT canonical_json(begin_provisioning(NULL, '{"registration_id":"sensor-1","enrollment":"sensors"}'));
SELECT set_enrollment('sensors', '{"owner": "alice", "enabled": false, "symmetric_key": {"primary": true}}') ->> 'id';
SELECT canonical_json(begin_provisioning(NULL, '{"registration_id":"sensor-1","enrollment":"sensors"}'));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'sensor'), 'AAAA'));
SELECT canonical_json(begin_provisioning(NULL, '{"registration_id":"sensor-1","ek":"AAAA"}'));
SELECT canonical_json(begin_provisioning());
SELECT canonical_json(begin_provisioning(NULL, '{"registration_id":""}'));
SELECT canonical_json(begin_provisioning(NULL, '{"ek":"AAAA"}'));
