-- SPDX-License-Identifier: Apache-2.0
-- sso_device_owner.sql: the group that a login by SSO gave a person says whose the devices of an enrollment
-- are, by a join with a table of ours. The keys are those of provisioning.sql.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TEMP TABLE provider AS SELECT jwk_generate('ES256', 'k1') AS jwk;
CREATE TABLE team (role integer PRIMARY KEY, owner text);
INSERT INTO team VALUES (7, 'team north'), (9, 'team south');
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
-- Within JSON.
INSERT INTO material VALUES ('maker', '-----BEGIN CERTIFICATE-----\nMIIBrDCCAVOgAwIBAgIUX2ml5XFb1QcADmk9ox7qxtQZJmwwCgYIKoZIzj0EAwIw\nJDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMjAeFw0yMDAxMDEw\nMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAOBgNV\nBAMMB01ha2VyIDMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASuYYVINPzqFOIY\ngPQi2UAtt5QWn9oxmPrb4ciiKDgGZAQA1IvGhIlft+WXpCy10mM0TNiumK2Vo8UJ\nqVFrawA+o2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV\nHQ4EFgQUBwvtAl6sdYLhSMaDb+ykn2x2GhowHwYDVR0jBBgwFoAUZbraG5dYJ61c\ncPOnkaAlTCmYMK8wCgYIKoZIzj0EAwIDRwAwRAIgSzyY5/4y5w2ziA9HIxtJVH5Q\nYTAXxa4zCK4daAPq1O4CIDOz+CqzYsoDXPkS5peydgLgfjDsCBvF7jZ3WgINA0WD\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBrjCCAVOgAwIBAgIUPhCQqHrNCNW1liipFvB4TpuExiwwCgYIKoZIzj0EAwIw\nJDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMTAeFw0yMDAxMDEw\nMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAOBgNV\nBAMMB01ha2VyIDIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAShQJhW+oGOtLLF\nZhW5MGQPJImiV+a+9OCcYe0pnNQi6AT8u4OVeM8g3Xb8lqSDC5A3pG/Zxz1QdT9u\n8Kh4T8aNo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV\nHQ4EFgQUZbraG5dYJ61ccPOnkaAlTCmYMK8wHwYDVR0jBBgwFoAU1HZC6DARXlOH\nPUzkxzrnt+T2rDkwCgYIKoZIzj0EAwIDSQAwRgIhAJq0EO0phquhixrYcCoX/Q03\np2EYWZv5skD8nqt/f07/AiEA7TABhsxryuDEzQdSye8+ckweYiX9ShiiOPC2AS6l\nu0I=\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBsTCCAVagAwIBAgIULLQeZUQGhZg+GfYluYxg5Svty18wCgYIKoZIzj0EAwIw\nJzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx\nMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAO\nBgNVBAMMB01ha2VyIDEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT0aY/DJUuh\n9zRmPrwGpDoc70Sluz25BKGlEctjqU0UPTF8Fv1O7jp1TdWetwjP5ryz0XuAt811\nCk1GYQULKzfvo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAd\nBgNVHQ4EFgQU1HZC6DARXlOHPUzkxzrnt+T2rDkwHwYDVR0jBBgwFoAURHbjqgAV\nXasIT0gt+k/+BwfHGK0wCgYIKoZIzj0EAwIDSQAwRgIhAO44FuWksqwpGe3WZygE\nSxuWMTbhSsCXyFdMRT4IaJ6sAiEAtF6ZjXA/78AqXiLpneP7s59/lk95WeYoFmRf\nAPYudKs=\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBsjCCAVmgAwIBAgIUHYwAVw6P+OxUsQDgY2yJJpZQaBswCgYIKoZIzj0EAwIw\nJzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx\nMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCcxEDAOBgNVBAoMB0V4YW1wbGUxEzAR\nBgNVBAMMCk1ha2VyIHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQTl875\nYeRUyILYgsLUwJEiCz6e3w53f0EqV1QiSJFfKaXkV54KXW0Yq7SU6lw/xSPApkGv\niymRZe0sLQXh2xZ9o2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIB\nBjAdBgNVHQ4EFgQURHbjqgAVXasIT0gt+k/+BwfHGK0wHwYDVR0jBBgwFoAURHbj\nqgAVXasIT0gt+k/+BwfHGK0wCgYIKoZIzj0EAwIDRwAwRAIgBlpsxxK98mmLc0qD\n8XryVWRqwqqDxKDOvxddSQ5dDsUCIBZbuiEA1QAYtu9STYYpj7hnc6SyDN1w4vGN\nRaNKKI5u\n-----END CERTIFICATE-----\n');
SELECT create_ca('default') ->> 'ca';
SELECT set_hub('11111111-1111-4111-8111-111111111111', '{"gateways":["hub.example:5684"]}') ->> 'id';
SELECT set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","visibleOnLoginPage":true,"clientId":"app","audience":"platform","issuer":"https://idp.example/","signatureVerificationConfig":{"jwks":{"jwksUri":"https://idp.example/jwks"}},"userIdConfig":{"jwtField":"user"},"onNewUser":{"dynamicMapping":{"configuration":{"mapRolesOnlyForNewUser":false,"manageRolesOnlyFromAccessMapping":false},"mappings":[{"id":"m1","when":{"operator":"IN","parameterPath":"groups","value":"north"},"thenGroups":[7]},{"id":"m2","when":{"operator":"IN","parameterPath":"groups","value":"south"},"thenGroups":[9]}]}}}') ->> 'status';
SELECT canonical_json(set_sso_keys('corp', '{"keys":[' || (SELECT canonical_json(jwk_public(jwk)) FROM provider) || ']}') -> 'status');
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick","groups":["north"]}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'access' -> 'roles');
SELECT set_enrollment('factory', json('{"owner":"' || (SELECT owner FROM team WHERE role = CAST(sso_user('john.wick') -> 'access' -> 'roles' ->> 0 AS integer)) || '","hubs":["11111111-1111-4111-8111-111111111111"],"x509":{"chain":"' || (SELECT content FROM material WHERE name = 'maker') || '"}}')) ->> 'version';
KEEP begun SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev'), '{"proven":true}');
SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'id.csr')) ->> 'device';
-- The device is told whose it is, by the UUID of that owner, and its records are theirs.
SELECT provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'begun'));
SELECT provisioning_records('{"owners":["team north"]}') -> 'records' -> 0 ->> 'device';
-- They change sides: from the next step on, so does the device.
SELECT canonical_json(sso_login('corp', json('{"access_token":"' || jwt_sign_with('{"iss":"https://idp.example/","aud":"platform","exp":1767226000,"user":"john.wick","groups":["south"]}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'access' -> 'roles');
SELECT set_enrollment('factory', json('{"owner":"' || (SELECT owner FROM team WHERE role = CAST(sso_user('john.wick') -> 'access' -> 'roles' ->> 0 AS integer)) || '","hubs":["11111111-1111-4111-8111-111111111111"],"x509":{"chain":"' || (SELECT content FROM material WHERE name = 'maker') || '"}}')) ->> 'version';
SELECT provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'begun'));
SELECT provisioning_records('{"owners":["team north"]}') -> 'records' -> 0 ->> 'device';
SELECT provisioning_records('{"owners":["team south"]}') -> 'records' -> 0 ->> 'device';
