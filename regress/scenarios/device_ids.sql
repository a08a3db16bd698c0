-- SPDX-License-Identifier: Apache-2.0
-- device_ids.sql: ids that no device gets, and whose they are; the keys here are good for nothing else.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('a', '-----BEGIN CERTIFICATE-----
MIIBtDCCAVugAwIBAgIUGM+WztZ84tZi1qR2OgfNSZ/4pPAwCgYIKoZIzj0EAwIw
KTEQMA4GA1UECgwHRXhhbXBsZTEVMBMGA1UEAwwMTWFrZXIgb2YgaWRzMB4XDTIw
MDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowJTEQMA4GA1UECgwHRXhhbXBsZTER
MA8GA1UEAwwIZGV2aWNlIGEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATw3/3g
946+hJp9gLZn6Ybr9M1gDrq0XqrYPYhFamRZ+15Y9lN/w0KYByXbMrvl64YzNhnX
ZupeWD1uGZ2CxqU6o2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUF
BwMCMB0GA1UdDgQWBBT7949UJMwEOsg+1P9Qd3ssCTKJdzAfBgNVHSMEGDAWgBTZ
NbIftyaHTCfpe127Y+1GUMw9YDAKBggqhkjOPQQDAgNHADBEAiBgPEnir7lDEYdC
6ybLOS964Z628fY8huJpAE1ny6y4/AIgAOAvdz5ftgcbCZoHLsJtOkFjeVmTDFpT
R7EUH5dMu3M=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('b', '-----BEGIN CERTIFICATE-----
MIIBtjCCAVugAwIBAgIUHJbjLWh4YAlObc5DL8HfuJKiolUwCgYIKoZIzj0EAwIw
KTEQMA4GA1UECgwHRXhhbXBsZTEVMBMGA1UEAwwMTWFrZXIgb2YgaWRzMB4XDTIw
MDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowJTEQMA4GA1UECgwHRXhhbXBsZTER
MA8GA1UEAwwIZGV2aWNlIGIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR0ghgV
zXXt8NC9fgIELVJwAju87fQnPzR+xSDZdWkZclGvxAsPrTSiTTiYa6iulE9xag3h
e0b0DhPm6FGxJb1+o2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUF
BwMCMB0GA1UdDgQWBBTT2IL/hhFgYuRyz0ddRwkeTAK4yzAfBgNVHSMEGDAWgBTZ
NbIftyaHTCfpe127Y+1GUMw9YDAKBggqhkjOPQQDAgNJADBGAiEA46uHeFGwxffO
gmUXz7C3SBhSDBAQGboPBpGag9fCvPICIQCMwm8BX5/pw9mldrF0lGtu13okYJAi
Zdmg9XgMDokh4w==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('c', '-----BEGIN CERTIFICATE-----
MIIBtTCCAVugAwIBAgIUFQHLa261OB5w1QmKGfr6dxfNRHwwCgYIKoZIzj0EAwIw
KTEQMA4GA1UECgwHRXhhbXBsZTEVMBMGA1UEAwwMTWFrZXIgb2YgaWRzMB4XDTIw
MDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowJTEQMA4GA1UECgwHRXhhbXBsZTER
MA8GA1UEAwwIZGV2aWNlIGMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATZqDB9
+etjNJO/5VkKxAPaw00Tjl25H6Ub0qM8J8znjdx6VOocgKa7gnrhfx+gpm9uTcOW
7WBkiuGRM70Cs89wo2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUF
BwMCMB0GA1UdDgQWBBRJbH03v08/QY1lFew7HohDCCAg/jAfBgNVHSMEGDAWgBTZ
NbIftyaHTCfpe127Y+1GUMw9YDAKBggqhkjOPQQDAgNIADBFAiBVvFj7K2cNxWkx
4+2F+4MFX5yPk0JYrj/F8LkPm1JNUAIhAL9WvJevn9BH6n2U4cVy31ewO+M6+H4r
TY3uozyrSjcT
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('alice', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6OTc1MGRjYzItNTE2ZS01ZWEwLThh
MjYtNTRmYTZmZjY5ODZiMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExARIFNsL
fR3WNNwniofxvWwDh131163UjaBdf5olnSTUF5e6whoCaO6Mz8CROqi2qgwSyfhB
f6gAlmTjD3fOlaAAMAoGCCqGSM49BAMCA0cAMEQCIGqkdz/sa2IOpYWxV0sQqd1o
9Jwj0J9HPQ2bjAlWsKcqAiAhd+FUsFYm7Fg+UQrZhKInuq8FLIAGfQ64KegQY6qd
eA==
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('bob', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6MGIwYjBiMGItN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeqxdi10g
nVyElsfZKWNI3zOR+6CTuesxm7bRvErL1ICG8Ex2xn6ivmIBxyy4lf6IA56PyIyl
4PNP9TMrW9K7nqAAMAoGCCqGSM49BAMCA0cAMEQCIC2vgz+URVpIj/ghxsOwF49D
lJ/q/T6oVGoWTWokMsp8AiBMRl+K9Q59DEwBCvwz+71FmF9t6LyS8yf4wtoH05o+
8Q==
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('nil', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6MDAwMDAwMDAtMDAwMC0wMDAwLTAw
MDAtMDAwMDAwMDAwMDAwMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESIvabRT1
ZUiUo0oA0Uoj4u75Px/HFh+6OWdcX58oF3pP6lGo07l3peUCmDvqJr7PpaI8NAzX
quVmXZTAhybNMaAAMAoGCCqGSM49BAMCA0gAMEUCIB5SpkBUL2vBHMlvZGSb3dvl
DBgYsh+EH8MKR8YKg2tAAiEAnTkcIzUS9HoAo9zBUKnTFaGpGoB+yzCLOgcT2x+Z
APE=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('rule', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6YWFhYWFhYWEtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEcEJGUkog
sVo8A0v2DJUOXXZbm229RO+RrZHogkC+2mpSdvVbfSq4pFV9mrpS3G7G9nNZluZq
AteGtWaWQwAZV6AAMAoGCCqGSM49BAMCA0gAMEUCIQCtaXpaUYwAOpyFfVGjz2Ll
4HF96Cmy7dft/FXs4sseGQIgIHkhHRSjvH5KBoLWwb50HvchatQQ/Kw6Tx08SEdO
aS8=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('carol', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6Y2E0MDEwMDAtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmL1TTZrQ
PiA3a0zE9qVfuQbyzAWrWZlmv2k4Vkihg8x70zfIzDcKW7dflANfnle/jl0Ghp6Z
0CztkrVGQ5q7o6AAMAoGCCqGSM49BAMCA0gAMEUCIQD19wdjGLIWTQPTtIVGGqBI
qzsA1fGhZtk9dlol/gIOIwIgJji5WMdEhpXx350GUxU1oSDuGKavr5p2pvWf0FEg
OlU=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('locked', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6Y2E0MDEwMDAtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDA0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEkcP8Z9Qd
TjI+IJLnA+BB6VsrMTSkw0wqyUF4w7otkWzbDvf3/0LHNUeq4qCWcJQk451X5dor
1MiuaPTkSJVhhaAAMAoGCCqGSM49BAMCA0kAMEYCIQCbao/8evfNPSBHc2ZZ3K0Z
Xng+I6WkWuWFXaZdGOLTYAIhAKhO+jtvl099DHJdrEXapbJ6MqavKuImeKUny0Pq
yowe
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('hub', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6MTExMTExMTEtMTExMS00MTExLTgx
MTEtMTExMTExMTExMTExMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEuIhUNjwp
x18gg6f+5YaGd84XESHydLj7nbwa0PHJ3EieR2vJAyly18JjVYwYVsprwGcbvHj3
N8S3QNeqLzfa4aAAMAoGCCqGSM49BAMCA0kAMEYCIQDiio5JO9jE5+UsO0dVXoVv
K+vdfV/6BVQEipNlC4Zs+QIhAOpYYCROlluYnW56RlBwVc77axTgUsp5DOBoHTEC
slRe
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('1', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/m/11IY/
lNh7m0J8N8sdiOcbbLltgXvzQe5kelwjMQmMSQOiYjX+85OiXHsRCKk8W3qaZyb+
JE/6Xf5Xcaqa/aAAMAoGCCqGSM49BAMCA0cAMEQCIFT6m/QqkeqG1YyJdK/ljGwD
W6bNcnztEZpZfpDSWe/tAiAOHJs3Ezo7xs1MaMJLbj5aItfk2fCxkWHRmLuOoblp
Zg==
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('1.again', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/m/11IY/
lNh7m0J8N8sdiOcbbLltgXvzQe5kelwjMQmMSQOiYjX+85OiXHsRCKk8W3qaZyb+
JE/6Xf5Xcaqa/aAAMAoGCCqGSM49BAMCA0gAMEUCIBVmAe2ad2Ga69crYgmTkUB3
d9IAW46aS1OVOsawlxX3AiEAnkgXVFgnRDPZbsHclYrVIMPImx+ePrjdtiNUcdAd
zW4=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('1.other', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8g03RwHp
ybZgjvrggCtxampLpITzfzSyd8Nbw6m3qW+sjMIuQtaXfRjYBIEmPZrGxiEV1Un3
bK5ZfubGVgWLYaAAMAoGCCqGSM49BAMCA0gAMEUCIADj+8PNqOucO8z8+mSTgXTn
obogCb2adyTw1hkQYPk6AiEA9u9Pp0/EhgIbRNR7DK5sNcLMGrvtTwNan5OGkBWX
sik=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('2', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEzvEGFDts
rDT6WDUeq5ms6/dCfkl04HymjkiREUJPi8PYNpzN+N7ntMwgdrNpRR1+JFOxhGLy
gElZ3KjhpnYVuKAAMAoGCCqGSM49BAMCA0cAMEQCIEEFhEjroqPN9mSg05VB8ylp
FR0Rprt38uBztSxdIsVcAiBA7Q/CRhDAffE0yvBlbzn0tTbOmHkwW/HzmjiGWKvu
Jg==
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('2.again', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEzvEGFDts
rDT6WDUeq5ms6/dCfkl04HymjkiREUJPi8PYNpzN+N7ntMwgdrNpRR1+JFOxhGLy
gElZ3KjhpnYVuKAAMAoGCCqGSM49BAMCA0cAMEQCIAtDY0gVkoeSE5Qop53T5LMW
FDLwysyhhUH8j2/ZwgY7AiBMlmz2mteL0OMFT6QLTI3hG+tVHQmp0vyNorQgXRGR
Dw==
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('2.other', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpEFBJYOk
vNAUZWv6ABiaJV2wJ8K3aKWhmqop9LKXDwHXVgTbE+DofxrpqT9hS8t8gVyLx1nf
XkojAQaEYDLCZ6AAMAoGCCqGSM49BAMCA0gAMEUCIQDu16fRK2qsteTKyZfigARL
lDPw3TuT4ViBplJD/st2YwIgHy/6QiJRljs/C+f/kMg6sgV//4MlmOWYAsSBsOBS
WG4=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('maker.chain', '-----BEGIN CERTIFICATE-----\nMIIBtjCCAV2gAwIBAgIUPwBPevZR00q3ON9f3QxBDnhYfeYwCgYIKoZIzj0EAwIw\nKTEQMA4GA1UECgwHRXhhbXBsZTEVMBMGA1UEAwwMTWFrZXIgb2YgaWRzMB4XDTIw\nMDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowKTEQMA4GA1UECgwHRXhhbXBsZTEV\nMBMGA1UEAwwMTWFrZXIgb2YgaWRzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\nbZX61z1UmLV7HB6EsdJGG5HCgBmjWLzTIjR7qVi0DQlMd63cyuMbc7SRDk3Rcrvm\nJsum9D3RHOR14BWc9sNxNaNjMGEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8E\nBAMCAQYwHQYDVR0OBBYEFNk1sh+3JodMJ+l7Xbtj7UZQzD1gMB8GA1UdIwQYMBaA\nFNk1sh+3JodMJ+l7Xbtj7UZQzD1gMAoGCCqGSM49BAMCA0cAMEQCIGDHD+MKuU5E\ndJtJx9SQQXW09R0M5ErYWJdDHsQQvABYAiAzpp4gBYtVHOXyVDpFz483YjzIr0bs\nFpUmPh4RZlescg==\n-----END CERTIFICATE-----\n');
SELECT create_ca('default') ->> 'ca';
SELECT register_client('app', '{"client_name":"App","grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"token_endpoint_auth_method":"none","scope":"home"}') ->> 'client_id';
SELECT register_client('gateway', '{"grant_types":["client_credentials"],"scope":"device","client_secret":"0123456789abcdef0123456789abcdef"}') ->> 'client_id';
SELECT set_hub('11111111-1111-4111-8111-111111111111', '{"gateways": ["hub.example:5684"], "authorization": {"client_id": "gateway"}}') ->> 'id';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "acl": [{"subject": {"uuid": "AAAAAAAA-7a8b-4b43-8f5e-000000000002"}, "permission": 2, "resources": [{"wc": "*"}]}], "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT set_enrollment('others', '{"owner": "0B0B0B0B-7a8b-4b43-8f5e-000000000001", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}}') ->> 'id';
-- Somebody has approved an app as this subject, and another one is locked.
KEEP code SELECT issue_device_code('app', 'home');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'code'), 'ca401000-7a8b-4b43-8f5e-000000000003') ->> 'client_id';
SELECT set_clock('2026-01-01T00:00:10Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'code'), 'app') ->> 'scope';
SELECT canonical_json(set_subject('ca401000-7a8b-4b43-8f5e-000000000004', '{"enabled": false}'));
-- No device gets the id of an owner, of whom rules name, of a hub or of whom tokens are about.
KEEP a SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"proven": true}');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'alice')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'bob')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'nil')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'rule')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'carol')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'locked')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = 'hub')));
SELECT count(*) FROM idplane_certificate;
KEEP i1 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a'), (SELECT content FROM material WHERE name = '1'));
SELECT response ->> 'device' FROM kept WHERE name = 'i1';
-- Nor does anybody else get a certificate for these, or for that of a device, unless it has its key.
SELECT canonical_json(sign_csr((SELECT content FROM material WHERE name = 'hub')) -> 'reasons');
SELECT canonical_json(sign_csr((SELECT content FROM material WHERE name = 'alice')) -> 'reasons');
SELECT canonical_json(sign_csr((SELECT content FROM material WHERE name = 'rule')) -> 'reasons');
SELECT canonical_json(sign_csr((SELECT content FROM material WHERE name = '1.other')) -> 'reasons');
SELECT canonical_json(sign_csr((SELECT content FROM material WHERE name = '1.again')) -> 'reasons');
SELECT request_certificate((SELECT content FROM material WHERE name = 'hub')) -> 'reasons' ->> 0;
SELECT sign_csr((SELECT content FROM material WHERE name = '2')) ->> 'device';
SELECT canonical_json(set_hub('3f0a5a2e-7a8b-4b43-8f5e-000000000002', '{"gateways": ["hub.example:5684"]}'));
SELECT canonical_json(set_enrollment('wrong', '{"owner": "3f0a5a2e-7a8b-4b43-8f5e-000000000002", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}}'));
-- Nobody becomes an owner or a hub by the id that a device has; a rule may name it.
SELECT canonical_json(set_enrollment('wrong', '{"owner": "3F0A5A2E-7a8b-4b43-8f5e-000000000001", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}}'));
SELECT canonical_json(set_enrollment('others', '{"owner": "3f0a5a2e-7a8b-4b43-8f5e-000000000001", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}}'));
SELECT enrollment('others') ->> 'version', enrollment('others') ->> 'owner';
SELECT canonical_json(set_enrollment('wrong', '{"owner": "11111111-1111-4111-8111-111111111111", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}}'));
SELECT canonical_json(set_hub('3f0a5a2e-7a8b-4b43-8f5e-000000000001', '{"gateways": ["hub.example:5684"]}'));
SELECT canonical_json(set_hub('0b0b0b0b-7a8b-4b43-8f5e-000000000001', '{"gateways": ["hub.example:5684"]}'));
SELECT set_enrollment('others', '{"owner": "bob", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}, "acl": [{"subject": {"uuid": "3f0a5a2e-7a8b-4b43-8f5e-000000000001"}, "permission": 2, "resources": [{"wc": "*"}]}]}') ->> 'version';
-- Once an owner, always one.
KEEP b SELECT begin_provisioning((SELECT content FROM material WHERE name = 'b'), '{"proven": true}');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'b'), (SELECT content FROM material WHERE name = 'bob')));
SELECT set_enrollment('others');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'b'), (SELECT content FROM material WHERE name = 'bob')));
-- A hub that is gone frees its id.
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "claim": {"client_id": "app"}, "x509": {"chain": "CHAIN"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'version';
SELECT set_hub('11111111-1111-4111-8111-111111111111');
-- Nobody claims a device who has the UUID of one: nothing of it is done, and the code is good still.
KEEP claim SELECT issue_device_code('app', 'home');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'claim'), '3f0a5a2e-7a8b-4b43-8f5e-000000000001') ->> 'client_id';
CREATE TABLE option (document text);
INSERT INTO option SELECT '{"device_code":"' || (response ->> 'device_code') || '"}' FROM kept WHERE name = 'claim';
SELECT set_clock('2026-01-01T00:00:20Z');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'b'), (SELECT content FROM material WHERE name = '2'), (SELECT json(document) FROM option)));
SELECT set_clock('2026-01-01T00:00:25Z');
SELECT count(*) FROM idplane_certificate;
SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'claim'), 'app') ->> 'scope';
-- Who claims it is an owner from then on.
KEEP claim2 SELECT issue_device_code('app', 'home');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'claim2'), 'ca401000-7a8b-4b43-8f5e-000000000005') ->> 'client_id';
DELETE FROM option;
INSERT INTO option SELECT '{"device_code":"' || (response ->> 'device_code') || '"}' FROM kept WHERE name = 'claim2';
SELECT set_clock('2026-01-01T00:00:35Z');
SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'b'), (SELECT content FROM material WHERE name = '2'), (SELECT json(document) FROM option)) ->> 'device';
SELECT canonical_json(set_hub('ca401000-7a8b-4b43-8f5e-000000000005', '{"gateways": ["hub.example:5684"]}'));
-- An authority and a profile have to be there.
SELECT canonical_json(set_enrollment('wrong', '{"owner": "bob", "ca": "nope", "profile": "none", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}}') -> 'errors');
SELECT canonical_json(set_hub('22222222-1111-4111-8111-111111111111', '{"gateways": ["hub.example:5684"], "ca": "nope"}') -> 'errors');
-- Where one is gone when the device comes, it is told, and that is noted.
SELECT create_ca('brief', '{"lifetime_s": 3600}') ->> 'ca';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "ca": "brief", "x509": {"chain": "CHAIN"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'version';
SELECT set_clock('2026-01-01T02:00:00Z');
KEEP c SELECT begin_provisioning((SELECT content FROM material WHERE name = 'c'), '{"proven": true}');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'c'), (SELECT content FROM material WHERE name = 'locked')));
SELECT step, outcome FROM idplane_provisioning_event WHERE registration_id = (SELECT response ->> 'registration_id' FROM kept WHERE name = 'c') ORDER BY step;
-- What was shown can be found again.
SELECT count(*) FROM idplane_provisioning_event WHERE step = 'begin' AND details ->> 'chain_sha256' = (SELECT certificate_inspect(content) ->> 'fingerprint_sha256' FROM material WHERE name = 'c');
-- None of them was given everything.
SELECT count(*) FROM idplane_provisioning_record;
SELECT provisioning_records('{"completed": true}') -> 'records' -> 0 ->> 'device';
SELECT provisioning_records('{"completed": false, "devices": ["3f0a5a2e-7a8b-4b43-8f5e-000000000001"]}') -> 'records' -> 0 ->> 'device';
-- What a profile gives that takes any name is no way to these.
SELECT certificate_inspect(sign_csr((SELECT content FROM material WHERE name = 'alice'), 'client') ->> 'certificate') ->> 'subject';
SELECT canonical_json(sign_csr((SELECT content FROM material WHERE name = 'alice')) -> 'reasons');
SELECT certificate_inspect(sign_csr((SELECT content FROM material WHERE name = '1.other'), 'client') ->> 'certificate') ->> 'subject';
SELECT canonical_json(sign_csr((SELECT content FROM material WHERE name = '1.other')) -> 'reasons');
-- Whom rules name nobody else becomes, be it a hub that is gone or a device.
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'version';
SELECT set_hub('11111111-1111-4111-8111-111111111111', '{"gateways": ["hub.example:5684"]}') ->> 'id';
SELECT set_enrollment('others', '{"owner": "bob", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}, "acl": [{"subject": {"uuid": "11111111-1111-4111-8111-111111111111"}, "permission": 31, "resources": [{"wc": "*"}]}]}') ->> 'version';
SELECT set_enrollment('others', '{"owner": "bob", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}}') ->> 'version';
SELECT set_hub('11111111-1111-4111-8111-111111111111');
SELECT canonical_json(sign_csr((SELECT content FROM material WHERE name = 'hub')) -> 'reasons');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'c'), (SELECT content FROM material WHERE name = 'hub')));
SELECT set_hub('11111111-1111-4111-8111-111111111111', '{"gateways": ["hub.example:5684"]}') ->> 'id';
SELECT canonical_json(set_enrollment('wrong', '{"owner": "11111111-1111-4111-8111-111111111111", "symmetric_key": {"primary": "MDEyMzQ1Njc4OWFiY2RlZg=="}}') -> 'errors');
SELECT deprovision('3f0a5a2e-7a8b-4b43-8f5e-000000000001') ->> 'certificates_revoked';
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'c'), (SELECT content FROM material WHERE name = '1.other')));
SELECT canonical_json(sign_csr((SELECT content FROM material WHERE name = '1.other')) -> 'reasons');
SELECT decide_enrollment((SELECT response ->> 'registration_id' FROM kept WHERE name = 'a'), 'approve') ->> 'approval';
KEEP a2 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"proven": true}');
SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a2'), (SELECT content FROM material WHERE name = '1.again')) ->> 'device';
SELECT provisioning_records('{"completed": 1}');
