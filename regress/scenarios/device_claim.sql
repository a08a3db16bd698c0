-- SPDX-License-Identifier: Apache-2.0
-- device_claim.sql: a device gets its owner through the device grant, in the transaction that makes its
-- certificate. The keys are those of provisioning.sql.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('dev', '-----BEGIN CERTIFICATE-----
MIIBrzCCAVagAwIBAgIUTTEufoADFQbmKXgZUYi3WSW9V/IwCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMzAeFw0yMDAxMDEw
MDAwMDBaFw00MDAxMDEwMDAwMDBaMCUxEDAOBgNVBAoMB0V4YW1wbGUxETAPBgNV
BAMMCGRldmljZS0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEUV3Q63R6dNR6
lw7SBl8uQsUF3xy3FhlkQktMxOZ8JNXfILUTDQpm72na5nZvdvW3+8DvX+AfRzjR
Cz+oXEjQnKNlMGMwDAYDVR0TAQH/BAIwADATBgNVHSUEDDAKBggrBgEFBQcDAjAd
BgNVHQ4EFgQU8sVg4eyjj45ryBfZdq66gvVgRWEwHwYDVR0jBBgwFoAUBwvtAl6s
dYLhSMaDb+ykn2x2GhowCgYIKoZIzj0EAwIDRwAwRAIgX7vfqBPm5YDssHHQiJ9O
HalsIUvEjWFcvQk/r+Sf2uECIGwDg5u++wVR0AVVMFj10734qnC4z0FtPMVc9Ihf
Bg1P
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('id.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEblxiUIel
Yf7CQTU7rV4Rzn8AqlrWkK8nGBMX/60bJXE/77L9/ej/8jhyaotbxBZFkBa/x2sp
+Nj/oTmDiKnRV6AAMAoGCCqGSM49BAMCA0gAMEUCIQD9UujRS5HDqk6SuBCDUCMm
6thBkGprB8slFcCtMq/legIgKR70abBV3wL6h7eaQDdon9JwTzkNt1q/jGfi38Mk
3OY=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('id.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgp/kg8FWbb1gkhltm
OFqqVrHf5gXV2sHG49fTUT84onqhRANCAARuXGJQh6Vh/sJBNTutXhHOfwCqWtaQ
rycYExf/rRslcT/vsv396P/yOHJqi1vEFkWQFr/Hayn42P+hOYOIqdFX
-----END PRIVATE KEY-----
');
SELECT create_ca('default') ->> 'ca';
SELECT register_client('app', '{"client_name":"App","grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"token_endpoint_auth_method":"none","scope":"home"}') ->> 'client_id';
SELECT set_hub('11111111-1111-4111-8111-111111111111', '{"gateways":["hub.example:5684"]}') ->> 'id';
SELECT canonical_json(set_enrollment('factory', '{"owner":"factory","claim":{},"symmetric_key":{"primary":"MDEyMzQ1Njc4OWFiY2RlZg=="}}'));
SELECT set_enrollment('factory', '{"owner":"factory","x509":{"chain":"-----BEGIN CERTIFICATE-----\nMIIBrDCCAVOgAwIBAgIUX2ml5XFb1QcADmk9ox7qxtQZJmwwCgYIKoZIzj0EAwIw\nJDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMjAeFw0yMDAxMDEw\nMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAOBgNV\nBAMMB01ha2VyIDMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASuYYVINPzqFOIY\ngPQi2UAtt5QWn9oxmPrb4ciiKDgGZAQA1IvGhIlft+WXpCy10mM0TNiumK2Vo8UJ\nqVFrawA+o2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV\nHQ4EFgQUBwvtAl6sdYLhSMaDb+ykn2x2GhowHwYDVR0jBBgwFoAUZbraG5dYJ61c\ncPOnkaAlTCmYMK8wCgYIKoZIzj0EAwIDRwAwRAIgSzyY5/4y5w2ziA9HIxtJVH5Q\nYTAXxa4zCK4daAPq1O4CIDOz+CqzYsoDXPkS5peydgLgfjDsCBvF7jZ3WgINA0WD\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBrjCCAVOgAwIBAgIUPhCQqHrNCNW1liipFvB4TpuExiwwCgYIKoZIzj0EAwIw\nJDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMTAeFw0yMDAxMDEw\nMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAOBgNV\nBAMMB01ha2VyIDIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAShQJhW+oGOtLLF\nZhW5MGQPJImiV+a+9OCcYe0pnNQi6AT8u4OVeM8g3Xb8lqSDC5A3pG/Zxz1QdT9u\n8Kh4T8aNo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV\nHQ4EFgQUZbraG5dYJ61ccPOnkaAlTCmYMK8wHwYDVR0jBBgwFoAU1HZC6DARXlOH\nPUzkxzrnt+T2rDkwCgYIKoZIzj0EAwIDSQAwRgIhAJq0EO0phquhixrYcCoX/Q03\np2EYWZv5skD8nqt/f07/AiEA7TABhsxryuDEzQdSye8+ckweYiX9ShiiOPC2AS6l\nu0I=\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBsTCCAVagAwIBAgIULLQeZUQGhZg+GfYluYxg5Svty18wCgYIKoZIzj0EAwIw\nJzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx\nMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAO\nBgNVBAMMB01ha2VyIDEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT0aY/DJUuh\n9zRmPrwGpDoc70Sluz25BKGlEctjqU0UPTF8Fv1O7jp1TdWetwjP5ryz0XuAt811\nCk1GYQULKzfvo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAd\nBgNVHQ4EFgQU1HZC6DARXlOHPUzkxzrnt+T2rDkwHwYDVR0jBBgwFoAURHbjqgAV\nXasIT0gt+k/+BwfHGK0wCgYIKoZIzj0EAwIDSQAwRgIhAO44FuWksqwpGe3WZygE\nSxuWMTbhSsCXyFdMRT4IaJ6sAiEAtF6ZjXA/78AqXiLpneP7s59/lk95WeYoFmRf\nAPYudKs=\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBsjCCAVmgAwIBAgIUHYwAVw6P+OxUsQDgY2yJJpZQaBswCgYIKoZIzj0EAwIw\nJzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx\nMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCcxEDAOBgNVBAoMB0V4YW1wbGUxEzAR\nBgNVBAMMCk1ha2VyIHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQTl875\nYeRUyILYgsLUwJEiCz6e3w53f0EqV1QiSJFfKaXkV54KXW0Yq7SU6lw/xSPApkGv\niymRZe0sLQXh2xZ9o2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIB\nBjAdBgNVHQ4EFgQURHbjqgAVXasIT0gt+k/+BwfHGK0wHwYDVR0jBBgwFoAURHbj\nqgAVXasIT0gt+k/+BwfHGK0wCgYIKoZIzj0EAwIDRwAwRAIgBlpsxxK98mmLc0qD\n8XryVWRqwqqDxKDOvxddSQ5dDsUCIBZbuiEA1QAYtu9STYYpj7hnc6SyDN1w4vGN\nRaNKKI5u\n-----END CERTIFICATE-----\n"},"claim":{"client_id":"app"},"hubs":["11111111-1111-4111-8111-111111111111"]}') ->> 'version';
KEEP begun SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev'), '{"proven":true}');
-- Nobody has claimed it.
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'id.csr')));
KEEP code SELECT issue_device_code('app', 'home', '{"name":"Lamp"}');
SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'id.csr'), '{"device_code":"nonsense"}') ->> 'error';
CREATE TABLE option (document text);
INSERT INTO option SELECT '{"device_code":"' || (response ->> 'device_code') || '"}' FROM kept WHERE name = 'code';
SELECT set_clock('2026-01-01T00:00:10Z');
SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'id.csr'), (SELECT json(document) FROM option)) ->> 'error';
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'code'), 'alice') ->> 'client_id';
SELECT set_clock('2026-01-01T00:00:20Z');
-- What cannot be signed takes nothing: the code is good still.
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), 'nonsense', (SELECT json(document) FROM option)));
SELECT set_clock('2026-01-01T00:00:30Z');
KEEP identity SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'id.csr'), (SELECT json(document) FROM option));
SELECT response ->> 'device', response -> 'tokens' ->> 'scope', jwt_decode(response -> 'tokens' ->> 'access_token') -> 'claims' ->> 'sub' FROM kept WHERE name = 'identity';
-- Whoever approved it is its owner: of its rules, and in the records.
SELECT substr(provision_acls((SELECT response ->> 'session' FROM kept WHERE name = 'begun')), 1, 70);
SELECT provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'begun'));
SELECT provisioning_records('{"owners":["alice"]}') -> 'records' -> 0 ->> 'device';
-- It has an owner: when it comes again nobody need claim it.
KEEP again SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev'), '{"proven":true}');
SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'again'), (SELECT content FROM material WHERE name = 'id.csr')) ->> 'device';
SELECT provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'again'));
-- Deprovisioned, the tokens of who claimed it end with it, and it can be claimed anew.
CREATE TABLE token (content text);
INSERT INTO token SELECT response -> 'tokens' ->> 'access_token' FROM kept WHERE name = 'identity';
SELECT canonical_json(authenticate((SELECT content FROM token)) -> 'valid');
SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'id.csr')) ->> 'tokens';
SELECT deprovision('3f0a5a2e-7a8b-4b43-8f5e-000000000001') ->> 'device';
SELECT canonical_json(authenticate((SELECT content FROM token)));
SELECT decide_enrollment((SELECT response ->> 'registration_id' FROM kept WHERE name = 'begun'), 'approve') ->> 'approval';
KEEP anew SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev'), '{"proven":true}');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'anew'), (SELECT content FROM material WHERE name = 'id.csr')));
