-- SPDX-License-Identifier: Apache-2.0
-- device_ids.sql: ids that no device gets, and whose they are; the keys here are good for nothing else.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('a', '-----BEGIN CERTIFICATE-----
MIIBtjCCAVugAwIBAgIUCwcmagK3SjPnFhuiU8EKRoI5HJEwCgYIKoZIzj0EAwIw
KTEQMA4GA1UECgwHRXhhbXBsZTEVMBMGA1UEAwwMTWFrZXIgb2YgaWRzMB4XDTIw
MDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowJTEQMA4GA1UECgwHRXhhbXBsZTER
MA8GA1UEAwwIZGV2aWNlIGEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQXQHyn
mXvCknjunLyf4PSM61+zF+83PYqoEq8MU2oRMnbr9KKb+lminCzEHIQqAM2eub6y
rnWWXo2BFvTmgZtwo2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUF
BwMCMB0GA1UdDgQWBBR+uiY9KYNqoQc51Gpu5PweKEH3oTAfBgNVHSMEGDAWgBSx
T0z9wSxy9XEgRNOPzZMOnLO+4zAKBggqhkjOPQQDAgNJADBGAiEAgn97MfEXFjwX
AXCkgWduieWYp6F9mh4VUNMv4J89Gj0CIQDXY8vwADOvLZB7yyqBOWW+Lttv84R4
M+hTEhdCN8iPQw==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('b', '-----BEGIN CERTIFICATE-----
MIIBtTCCAVugAwIBAgIUNBiEsAUfJVhKe8AIw0ab47wV3pAwCgYIKoZIzj0EAwIw
KTEQMA4GA1UECgwHRXhhbXBsZTEVMBMGA1UEAwwMTWFrZXIgb2YgaWRzMB4XDTIw
MDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowJTEQMA4GA1UECgwHRXhhbXBsZTER
MA8GA1UEAwwIZGV2aWNlIGIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASm8hDk
eYC9dfsI0WVtlwLDtJSv4Sd4MOIVyb740nkRH2URJ/M5qzmlTxlgJUXSnPeYuF49
R/Mx7MGFAzmcektWo2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUF
BwMCMB0GA1UdDgQWBBRDH5NMsa8JNnOoKjPDNAYIxfoMtDAfBgNVHSMEGDAWgBSx
T0z9wSxy9XEgRNOPzZMOnLO+4zAKBggqhkjOPQQDAgNIADBFAiBAbAMSY1vqM21M
jmcwnxj9PVLfFzY6a9SgozL/68mZ0gIhALn8o5sFv6hcfD5bf9kOY21ZZVZRK7+n
5ZyA9+sJthgf
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('c', '-----BEGIN CERTIFICATE-----
MIIBtjCCAVugAwIBAgIUCzSkHRP702VuZ8qCLAeayLICsi4wCgYIKoZIzj0EAwIw
KTEQMA4GA1UECgwHRXhhbXBsZTEVMBMGA1UEAwwMTWFrZXIgb2YgaWRzMB4XDTIw
MDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowJTEQMA4GA1UECgwHRXhhbXBsZTER
MA8GA1UEAwwIZGV2aWNlIGMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQIk+qt
Li++pd0fCF7NCz5gjMhaEN7hcgRUZeIj2W7OOXdajYCNZ6MmzmCax3YQrz8Wp8lR
DzCJPbvGtxl6ecHSo2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUF
BwMCMB0GA1UdDgQWBBRNqKOlhOaa2kUqDmw+mPVxs7f6rzAfBgNVHSMEGDAWgBSx
T0z9wSxy9XEgRNOPzZMOnLO+4zAKBggqhkjOPQQDAgNJADBGAiEA56XlXXl5zske
rXFFQ+994AseM2wKyXz4HwioZq19ergCIQDN3z2NR0PA0aQyZyj+75iCH3/G+OEe
oYY0NgkyWmPh7A==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('alice', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6OTc1MGRjYzItNTE2ZS01ZWEwLThh
MjYtNTRmYTZmZjY5ODZiMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEkS/Ik388
3Faz8YfOBTDooYZq/m0YCWZvt/yiftDUZIvqUbl2CL16fvArRCaDY9Yef5RJlmoS
mtQkNryGO3SpxaAAMAoGCCqGSM49BAMCA0cAMEQCIEHrJECa0RMoA1SVkYbq6BrW
iz+3+cib7xav/CsLhL4YAiBFHx6oGIyrWCbq1ojcXAzfTSANP0R4/Y8hAldmwD/A
Ag==
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('bob', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6MGIwYjBiMGItN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQr7Lu1XP
F/2V8RzsQSK4sOU8G6RdcwZWWz7tXmEh1frZc+1gViXm0UTPwbcCs3zqVCz/AOD4
C6QfKbJ5rBVfcqAAMAoGCCqGSM49BAMCA0cAMEQCIAJHhLHqB7f1A6vaT60h7b4D
NxfRnbr8ythp8oQI9v92AiBR61oilEhIQj1Z162pwrl59K/BWsEXG6tXqKgdyplr
zw==
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('nil', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6MDAwMDAwMDAtMDAwMC0wMDAwLTAw
MDAtMDAwMDAwMDAwMDAwMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEl6l25mbr
ZvE8vMGOna/Brvv2+A+mofv/WbHSWejxt9F998jTNsGPE/4hrNO12TYdmI9T7fAE
RfJXliBLn3PM6qAAMAoGCCqGSM49BAMCA0kAMEYCIQDknbzy2WTcNyBeAnk3gsZW
QMFm4VocvOfjvm1iWqZhWgIhAMfn2U0liKwps5PTZ5WKgq20x/4+nBkkKL0ZlVBw
9ime
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('rule', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6YWFhYWFhYWEtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2Fj5d4Tq
AMRpgniyss2iRNIvUOfhZxipFvV/nGx0KOWBlolpColJPSwuHOyOMRvU3sIbDLyQ
QwQugBu7kDMsiaAAMAoGCCqGSM49BAMCA0kAMEYCIQDmtE/PclH2kBk+22MzscqF
6EphZz52P9gzEpZ+GQz9OgIhAOgSrtgj9orEtZM13FJHiCFl4hQwmhBTiHco8UVx
iiPp
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('carol', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6Y2E0MDEwMDAtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBraMhGuT
Yrke7Z8zjWMeGVa24lVae+VFrJWFayqi3T4T8sQ6EMyVE0q9niMB/TgA0mXFiUdz
EIfD8OKaG7jSr6AAMAoGCCqGSM49BAMCA0gAMEUCIQCcdT7wnCLi70k+Y16YNX3d
T1QtIY+vdcnid5T/8zG/rQIgdGjCvs2f5YZqSNRX6t72NJSkRnGkhy3iinw3WVV/
M/A=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('locked', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6Y2E0MDEwMDAtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDA0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaRca+1+w
lIwC6rf5ACXXBSh/aMbeyi9JnSS7dUpkaRATdwK5msCMfRFTrp1uEaq5KFic5Asz
+Df8PdiZN2Qg/qAAMAoGCCqGSM49BAMCA0gAMEUCIQCvP298lAs9bcUbhAFGgiQ6
ySn2x0ZeN4rclD9QbCVQygIge9k24IqYTlCHj2JOu1VugdI0hraVH7VRciTvbU2h
qF8=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('hub', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6MTExMTExMTEtMTExMS00MTExLTgx
MTEtMTExMTExMTExMTExMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDK/ybV7N
4fFPmT2FaCcAFzxOH5A9e9Uuf3lpp7ogyroiWHpKGBO4XxWuIdWpzdmODQ+63OZ5
A/LV7sEeR2hC0aAAMAoGCCqGSM49BAMCA0gAMEUCIAbpO1oNc3OUsXtOAWtv1O80
NhLTnr1WX+2vKYOhmceXAiEAk8qwR0Nnr+su6KvQg9UUOvGXI3CkOdZqRSJCoWKm
QYQ=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('1', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOqgP3xLf
Vsc3GjO6Cq78zAFCMCipWMbodLqlmVdOSsYQOMH6w6egrme+foJlRIuNWLpplwi1
udEhrc8atA/vpqAAMAoGCCqGSM49BAMCA0gAMEUCIEitIx2OGF//rCAXx26Tn/Li
zr2TGO6l5l57kbc0ycG/AiEAsWoSY3NzKXH+WEx8XBbgnF1s3hX2yy5mtUfqVIeP
LKQ=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('1.again', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOqgP3xLf
Vsc3GjO6Cq78zAFCMCipWMbodLqlmVdOSsYQOMH6w6egrme+foJlRIuNWLpplwi1
udEhrc8atA/vpqAAMAoGCCqGSM49BAMCA0kAMEYCIQDkZxFC2cqSJU718XtHT37s
pq9+DWlF8XGJKRzcBFRnhwIhAO8bbDXxXji7Hi0tQWsbQpL4PTnDSzw5J3Qjy9gg
zT2y
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('1.other', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMBGkkomW
LllSjqtNWnQBmUUEsCS/3R89mQMtf3VSShM6fxU8URHxgd2PKwF/SAoGkDnqSDbv
2xD1eTs2Y2+tGaAAMAoGCCqGSM49BAMCA0gAMEUCIEF+AqL+K8MGbYWEfXEbViQx
Gk03APO5HY/VPwZP4aXiAiEA5cWUfJw//mNMPJLCGzdiTG+t6AlMqnnocqt7t5Wc
AfI=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('2', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEawP2lty2
JbHNmcI7Kwt1pbx1KAN6sWmS8M3CLJEmBXQ9ZYmm2RNrPxT/J1dp6p5TEtCkcalw
nn3JNrfHMFZTjKAAMAoGCCqGSM49BAMCA0kAMEYCIQC2+rVJ8r6XMnLaqVdlDmSl
pFbTWIiytVCHfVtxcBNTwgIhALmvdTujrwTqvKUUoLZoxsNdFACMbsXjwrg5cZ4S
qUmV
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('2.again', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEawP2lty2
JbHNmcI7Kwt1pbx1KAN6sWmS8M3CLJEmBXQ9ZYmm2RNrPxT/J1dp6p5TEtCkcalw
nn3JNrfHMFZTjKAAMAoGCCqGSM49BAMCA0kAMEYCIQDlJIvAFK8dOEjl9975XhD/
aGQdCp+SAtoMw5gV2+fUOAIhAOmxLqpTEtfcxtWf1UDx+Z+A+XxbTQaAda9+wPzQ
fOZt
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('2.other', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwe3xtJqO
b7gE7/MoCLdRp9Ncu27PLDWaa/+C8TTTh3p9D3d8ObiystviH6sA5RGJc+UuJmNh
BLgmVOZwp7NLuaAAMAoGCCqGSM49BAMCA0gAMEUCIDSrOrDw/kQqG6Nh5kIRF55X
5k+bqDg87GKipsee3LpRAiEAsbrubCPyISS1cg19HXAdGWYFtEcMCtYnJv/jzrMP
WTo=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('maker.chain', '-----BEGIN CERTIFICATE-----\nMIIBtjCCAV2gAwIBAgIUf2LbW8m18gUahm3dyDdxrgm8kQ0wCgYIKoZIzj0EAwIw\nKTEQMA4GA1UECgwHRXhhbXBsZTEVMBMGA1UEAwwMTWFrZXIgb2YgaWRzMB4XDTIw\nMDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowKTEQMA4GA1UECgwHRXhhbXBsZTEV\nMBMGA1UEAwwMTWFrZXIgb2YgaWRzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\nROq0A311zuB7dIxaQgtOhY57pLFJlNoEfjKxmoxWbPTzQMjqhcr9ARuTEEvHeLVz\npZGFAnj+g7Sp6S/QAiQE/6NjMGEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8E\nBAMCAQYwHQYDVR0OBBYEFLFPTP3BLHL1cSBE04/Nkw6cs77jMB8GA1UdIwQYMBaA\nFLFPTP3BLHL1cSBE04/Nkw6cs77jMAoGCCqGSM49BAMCA0cAMEQCIF5dta6Zh/un\nI8J1YS7FJu/Bq4WHlrcOV0lnl99nugVbAiBfFh1XEV1hjm0eesgRNOj9FMq1z+W3\n2c4A9qDGbs0pXQ==\n-----END CERTIFICATE-----\n');
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
