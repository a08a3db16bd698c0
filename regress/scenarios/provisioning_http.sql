-- SPDX-License-Identifier: Apache-2.0
-- provisioning_http.sql: a device takes its steps over HTTP; as plgd's devices do, with the paths and the
-- payloads that they know; and who looks after them. The keys are those of provisioning.sql.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('int3', '-----BEGIN CERTIFICATE-----
MIIBrDCCAVOgAwIBAgIUX2ml5XFb1QcADmk9ox7qxtQZJmwwCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMjAeFw0yMDAxMDEw
MDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAOBgNV
BAMMB01ha2VyIDMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASuYYVINPzqFOIY
gPQi2UAtt5QWn9oxmPrb4ciiKDgGZAQA1IvGhIlft+WXpCy10mM0TNiumK2Vo8UJ
qVFrawA+o2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV
HQ4EFgQUBwvtAl6sdYLhSMaDb+ykn2x2GhowHwYDVR0jBBgwFoAUZbraG5dYJ61c
cPOnkaAlTCmYMK8wCgYIKoZIzj0EAwIDRwAwRAIgSzyY5/4y5w2ziA9HIxtJVH5Q
YTAXxa4zCK4daAPq1O4CIDOz+CqzYsoDXPkS5peydgLgfjDsCBvF7jZ3WgINA0WD
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('int2', '-----BEGIN CERTIFICATE-----
MIIBrjCCAVOgAwIBAgIUPhCQqHrNCNW1liipFvB4TpuExiwwCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMTAeFw0yMDAxMDEw
MDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAOBgNV
BAMMB01ha2VyIDIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAShQJhW+oGOtLLF
ZhW5MGQPJImiV+a+9OCcYe0pnNQi6AT8u4OVeM8g3Xb8lqSDC5A3pG/Zxz1QdT9u
8Kh4T8aNo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV
HQ4EFgQUZbraG5dYJ61ccPOnkaAlTCmYMK8wHwYDVR0jBBgwFoAU1HZC6DARXlOH
PUzkxzrnt+T2rDkwCgYIKoZIzj0EAwIDSQAwRgIhAJq0EO0phquhixrYcCoX/Q03
p2EYWZv5skD8nqt/f07/AiEA7TABhsxryuDEzQdSye8+ckweYiX9ShiiOPC2AS6l
u0I=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('int1', '-----BEGIN CERTIFICATE-----
MIIBsTCCAVagAwIBAgIULLQeZUQGhZg+GfYluYxg5Svty18wCgYIKoZIzj0EAwIw
JzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx
MDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAO
BgNVBAMMB01ha2VyIDEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT0aY/DJUuh
9zRmPrwGpDoc70Sluz25BKGlEctjqU0UPTF8Fv1O7jp1TdWetwjP5ryz0XuAt811
Ck1GYQULKzfvo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAd
BgNVHQ4EFgQU1HZC6DARXlOHPUzkxzrnt+T2rDkwHwYDVR0jBBgwFoAURHbjqgAV
XasIT0gt+k/+BwfHGK0wCgYIKoZIzj0EAwIDSQAwRgIhAO44FuWksqwpGe3WZygE
SxuWMTbhSsCXyFdMRT4IaJ6sAiEAtF6ZjXA/78AqXiLpneP7s59/lk95WeYoFmRf
APYudKs=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('root', '-----BEGIN CERTIFICATE-----
MIIBsjCCAVmgAwIBAgIUHYwAVw6P+OxUsQDgY2yJJpZQaBswCgYIKoZIzj0EAwIw
JzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx
MDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCcxEDAOBgNVBAoMB0V4YW1wbGUxEzAR
BgNVBAMMCk1ha2VyIHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQTl875
YeRUyILYgsLUwJEiCz6e3w53f0EqV1QiSJFfKaXkV54KXW0Yq7SU6lw/xSPApkGv
iymRZe0sLQXh2xZ9o2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIB
BjAdBgNVHQ4EFgQURHbjqgAVXasIT0gt+k/+BwfHGK0wHwYDVR0jBBgwFoAURHbj
qgAVXasIT0gt+k/+BwfHGK0wCgYIKoZIzj0EAwIDRwAwRAIgBlpsxxK98mmLc0qD
8XryVWRqwqqDxKDOvxddSQ5dDsUCIBZbuiEA1QAYtu9STYYpj7hnc6SyDN1w4vGN
RaNKKI5u
-----END CERTIFICATE-----
');
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
INSERT INTO material VALUES ('dev2', '-----BEGIN CERTIFICATE-----
MIIBrzCCAVagAwIBAgIUEt9fmWa+o56uLE9PvUwroGC7TE8wCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMzAeFw0yMDAxMDEw
MDAwMDBaFw00MDAxMDEwMDAwMDBaMCUxEDAOBgNVBAoMB0V4YW1wbGUxETAPBgNV
BAMMCGRldmljZS0yMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9lKtIyAYYUzL
HqZRTWJ7wwG+ShXDZY8fT/n0tVYS1KpVu3a49NQEXDCQLIdNnwfOTF0cX59KGyKo
SKSBwtWuHqNlMGMwDAYDVR0TAQH/BAIwADATBgNVHSUEDDAKBggrBgEFBQcDAjAd
BgNVHQ4EFgQUehExpH3xZt21Oi6gEsp3ehRQl+0wHwYDVR0jBBgwFoAUBwvtAl6s
dYLhSMaDb+ykn2x2GhowCgYIKoZIzj0EAwIDRwAwRAIgEEqfOFHX7bg6SpGr54G8
j/JxNMOgh1mCZnRd+xCBWSMCIFXs85iLwVIz5WrrdvB1hg1MycdPibwuXU9E2DUB
PsKl
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('dev.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsJ0tI++X7/d1VNix
sBAlUZYYjHfbYWxe8j/CD6G/zEChRANCAARRXdDrdHp01HqXDtIGXy5CxQXfHLcW
GWRCS0zE5nwk1d8gtRMNCmbvadrmdm929bf7wO9f4B9HONELP6hcSNCc
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('id.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgp/kg8FWbb1gkhltm
OFqqVrHf5gXV2sHG49fTUT84onqhRANCAARuXGJQh6Vh/sJBNTutXhHOfwCqWtaQ
rycYExf/rRslcT/vsv396P/yOHJqi1vEFkWQFr/Hayn42P+hOYOIqdFX
-----END PRIVATE KEY-----
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
INSERT INTO material VALUES ('id3.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9mRRxDdH
74mjKgIO02uOhMqqwv3EHMV+lKmqVtXkQQvE9B44zkh34DaW7o1N/SgQ8UMUb62L
JgInQ6HIo7C/KqAAMAoGCCqGSM49BAMCA0kAMEYCIQDe7lfUbQVOOwnp7pWJfyII
FK6L5lZAPrJOup+xUycQMgIhAKfTBVZmn1WP1gZPKv7YdsFbpRd3EZDXjPS2wXBX
5iex
-----END CERTIFICATE REQUEST-----
');
-- PEM as JSON has it, and as a front passes it (RFC 9440).
CREATE TABLE text_of AS SELECT name, '"' || replace(content, '
', '\n') || '"' AS json, ':' || replace(replace(replace(content, '-----BEGIN CERTIFICATE-----', ''), '-----END CERTIFICATE-----', ''), '
', '') || ':' AS header FROM material;
SELECT configure('{"base_url":"https://id.example","client_certificate_header":"x-client-cert"}') ->> 'base_url';
SELECT set_hub('11111111-1111-4111-8111-111111111111', '{"name":"Hub","owner":"alice","gateways":["hub.example:5684","coaps://hub.example:5684"],"authorization":{"provider":"plgd","client_id":"gateway","owner_claim":"owner","device_id_claim":"device"}}') ->> 'id';
SELECT register_client('gateway', '{"grant_types":["client_credentials"],"scope":"device","client_secret":"0123456789abcdef0123456789abcdef","tls_client_certificate_bound_access_tokens":true}') ->> 'client_id';
SELECT create_ca('default', '{"subject":{"CN":"Identity"}}') ->> 'ca';
KEEP factory SELECT set_enrollment('33333333-3333-4333-8333-333333333333', json('{"owner":"alice","name":"Factory","x509":{"chain":' || (SELECT replace(a.json || b.json || c.json || d.json, '""', '') FROM text_of a, text_of b, text_of c, text_of d WHERE a.name = 'int3' AND b.name = 'int2' AND c.name = 'int1' AND d.name = 'root') || '},"hubs":["11111111-1111-4111-8111-111111111111"],"pre_shared_key":"0123456789abcdef","configuration":{"/light":{"on":true,"level":0.5}}}'));
SELECT response ->> 'version' FROM kept WHERE name = 'factory';
CREATE TABLE plain AS SELECT json('' || '{"host":"id.example","content-type":"application/json"}') AS headers;
-- Nobody in particular.
KEEP nobody SELECT http_request('POST', '/provisioning/sessions', headers, likely('{}')) FROM plain;
KEEP both SELECT http_request('POST', '/provisioning/sessions', headers, likely('{"chain":"x","registration_id":"y"}')) FROM plain;
KEEP unknown SELECT http_request('POST', '/provisioning/sessions', headers, likely('{"registration_id":"y"}')) FROM plain;
KEEP list SELECT http_request('POST', '/provisioning/sessions', headers, likely('[]')) FROM plain;
KEEP form SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('chain=x'));
KEEP without SELECT http_request('GET', '/provisioning/time', headers) FROM plain;
KEEP over SELECT http_request('POST', '/provisioning/cloud', '{"host":"id.example","authorization":"Bearer x"}', likely('{'));
SELECT name, response ->> 'status', response ->> 'body' FROM kept WHERE name IN ('nobody', 'both', 'unknown', 'list', 'form', 'without', 'over') ORDER BY name;
SELECT canonical_json(response -> 'headers') FROM kept WHERE name = 'without';
-- A device shows its certificate, and signs.
KEEP begun SELECT http_request('POST', '/provisioning/sessions', headers, likely('{"chain":' || (SELECT json FROM text_of WHERE name = 'dev') || '}')) FROM plain;
SELECT response ->> 'status', canonical_json(response -> 'headers'), json(response ->> 'body') ->> 'state' FROM kept WHERE name = 'begun';
CREATE TABLE bearer AS SELECT json('{"host":"id.example","content-type":"application/json","authorization":"Bearer ' || (json(response ->> 'body') ->> 'session') || '"}') AS headers, json(response ->> 'body') ->> 'nonce' AS nonce FROM kept WHERE name = 'begun';
KEEP early SELECT http_request('GET', '/provisioning/time', headers) FROM bearer;
KEEP empty SELECT http_request('POST', '/provisioning/proof', headers, likely('{}')) FROM bearer;
KEEP wrong SELECT http_request('POST', '/provisioning/proof', headers, likely('{"proof":"AAAA"}')) FROM bearer;
KEEP proof SELECT http_request('POST', '/provisioning/proof', headers, likely('{"proof":"' || jws_sign(nonce, (SELECT content FROM material WHERE name = 'dev.key')) || '"}')) FROM bearer;
SELECT name, response ->> 'status', response ->> 'body' FROM kept WHERE name IN ('early', 'empty', 'wrong', 'proof') ORDER BY name;
SELECT canonical_json(response -> 'headers') FROM kept WHERE name = 'wrong';
-- What it is given, in order.
SELECT set_clock('2026-01-01T00:01:00Z');
KEEP time SELECT http_request('GET', '/provisioning/time', headers) FROM bearer;
KEEP ownership SELECT http_request('GET', '/provisioning/ownership', headers) FROM bearer;
KEEP acls_early SELECT http_request('GET', '/provisioning/acls', headers) FROM bearer;
KEEP nothing SELECT http_request('POST', '/provisioning/identity', headers, likely('{}')) FROM bearer;
KEEP nonsense SELECT http_request('POST', '/provisioning/identity', headers, likely('{"csr":"nonsense"}')) FROM bearer;
SELECT name, response ->> 'status', response ->> 'body' FROM kept WHERE name IN ('time', 'ownership', 'acls_early', 'nothing', 'nonsense') ORDER BY name;
SELECT set_clock('2026-01-01T00:02:00Z');
KEEP identity SELECT http_request('POST', '/provisioning/identity', headers, likely('{"csr":' || (SELECT json FROM text_of WHERE name = 'id.csr') || '}')) FROM bearer;
KEEP again SELECT http_request('POST', '/provisioning/identity', json(replace(canonical_json(headers), 'application/json', 'application/pkcs10')), likely((SELECT content FROM material WHERE name = 'id.csr'))) FROM bearer;
SELECT a.response ->> 'status', json(a.response ->> 'body') ->> 'device', CASE WHEN a.response ->> 'body' = b.response ->> 'body' THEN 'the same' END FROM kept a, kept b WHERE a.name = 'identity' AND b.name = 'again';
KEEP acls SELECT http_request('GET', '/provisioning/acls', headers) FROM bearer;
SELECT response ->> 'status', substr(response ->> 'body', 1, 81) FROM kept WHERE name = 'acls';
KEEP credentials SELECT http_request('GET', '/provisioning/credentials', headers) FROM bearer;
SELECT response ->> 'status', json(response ->> 'body') -> 'creds' -> 1 ->> 'credusage' FROM kept WHERE name = 'credentials';
KEEP token_early SELECT http_request('POST', '/provisioning/token', headers, likely('{}')) FROM bearer;
KEEP unconfirmed SELECT http_request('POST', '/provisioning/confirm', headers, likely('{}')) FROM bearer;
SELECT name, response ->> 'status', response ->> 'body' FROM kept WHERE name IN ('token_early', 'unconfirmed') ORDER BY name;
SELECT set_clock('2026-01-01T00:03:00Z');
-- The connection of its new certificate confirms, that of another one does not.
CREATE TABLE tls AS SELECT json(replace(canonical_json(b.headers), '}', ',"x-client-cert":"' || t.header || '"}')) AS other, json(replace(canonical_json(b.headers), '}', ',"x-client-cert":":' || replace(replace(replace(json(k.response ->> 'body') ->> 'certificate', '-----BEGIN CERTIFICATE-----', ''), '-----END CERTIFICATE-----', ''), '
', '') || ':"}')) AS own FROM bearer b, text_of t, kept k WHERE t.name = 'dev' AND k.name = 'identity';
KEEP other SELECT http_request('POST', '/provisioning/confirm', other) FROM tls;
KEEP confirmed SELECT http_request('POST', '/provisioning/confirm', own) FROM tls;
SELECT name, response ->> 'status', response ->> 'body' FROM kept WHERE name IN ('other', 'confirmed') ORDER BY name;
KEEP token SELECT http_request('POST', '/provisioning/token', headers) FROM bearer;
SELECT response ->> 'status', json(response ->> 'body') ->> 'token_type', response -> 'headers' ->> 'Cache-Control' FROM kept WHERE name = 'token';
KEEP cloud SELECT http_request('POST', '/provisioning/cloud', headers, likely('{"di":"3f0a5a2e-7a8b-4b43-8f5e-000000000001","selectedGateway":{"id":"11111111-1111-4111-8111-111111111111","uri":"coaps://hub.example:5684"}}')) FROM bearer;
SELECT response ->> 'status', json(response ->> 'body') ->> 'cis' FROM kept WHERE name = 'cloud';
KEEP configuration SELECT http_request('GET', '/provisioning/configuration', headers) FROM bearer;
SELECT response ->> 'status', response -> 'headers' ->> 'ETag', response ->> 'body' FROM kept WHERE name = 'configuration';
KEEP unchanged SELECT http_request('GET', '/provisioning/configuration', json(replace(canonical_json(headers), '}', ',"if-none-match":"\"x\", W/\"' || (SELECT json(response ->> 'body') ->> 'etag' FROM kept WHERE name = 'configuration') || '\""}'))) FROM bearer;
SELECT response ->> 'status', response ->> 'body' FROM kept WHERE name = 'unchanged';
KEEP whatever SELECT http_request('GET', '/provisioning/configuration', json(replace(canonical_json(headers), '}', ',"if-none-match":" * "}'))) FROM bearer;
SELECT response ->> 'status' FROM kept WHERE name = 'whatever';
-- In CBOR, for who likes that better.
KEEP cbor SELECT http_request('GET', '/provisioning/ownership', json(replace(canonical_json(headers), '}', ',"accept":"application/json;q=0.5, application/cbor, */*;q=0.1"}'))) FROM bearer;
KEEP ocf SELECT http_request('GET', '/provisioning/configuration', json(replace(canonical_json(headers), '}', ',"accept":"text/html, application/vnd.ocf+cbor"}'))) FROM bearer;
SELECT name, response -> 'headers' ->> 'Content-Type', response ->> 'body_base64' FROM kept WHERE name IN ('cbor', 'ocf') ORDER BY name;
-- Who comes by TLS with the certificate of its maker has proven its key.
KEEP by_tls SELECT http_request('POST', '/provisioning/sessions', json('{"host":"id.example","x-client-cert":"' || header || '"}')) FROM text_of WHERE name = 'dev2';
SELECT response ->> 'status', json(response ->> 'body') ->> 'state', json(response ->> 'body') ->> 'nonce' FROM kept WHERE name = 'by_tls';
-- The paths of plgd: each connection says by its certificate who is there.
CREATE TABLE plgd AS SELECT name, json('{"host":"id.example","accept":"application/json","content-type":"application/json","x-client-cert":"' || header || '"}') AS headers FROM text_of WHERE name IN ('dev2', 'int3');
KEEP p_nobody SELECT http_request('GET', '/x.plgd.dev/time', '{"host":"id.example","accept":"application/json"}');
KEEP p_other SELECT http_request('GET', '/x.plgd.dev/time', headers) FROM plgd WHERE name = 'int3';
KEEP p_time SELECT http_request('GET', '/x.plgd.dev/time', headers) FROM plgd WHERE name = 'dev2';
KEEP p_ownership SELECT http_request('GET', '/api/v1/provisioning/ownership', headers) FROM plgd WHERE name = 'dev2';
KEEP p_early SELECT http_request('GET', '/api/v1/provisioning/acls', headers) FROM plgd WHERE name = 'dev2';
KEEP p_der SELECT http_request('POST', '/api/v1/provisioning/credentials', headers, likely('{"csr":{"encoding":"oic.sec.encoding.der","data":"x"}}')) FROM plgd WHERE name = 'dev2';
SELECT name, response ->> 'status', response ->> 'body' FROM kept WHERE name LIKE 'p#_%' ESCAPE '#' ORDER BY name;
KEEP creds SELECT http_request('POST', '/api/v1/provisioning/credentials', headers, likely('{"di":"3f0a5a2e-7a8b-4b43-8f5e-000000000002","csr":{"encoding":"oic.sec.encoding.pem","data":' || (SELECT json FROM text_of WHERE name = 'id3.csr') || '}}')) FROM plgd WHERE name = 'dev2';
KEEP creds_again SELECT http_request('POST', '/api/v1/provisioning/credentials', headers, likely('{"csr":{"encoding":"oic.sec.encoding.pem","data":' || (SELECT json FROM text_of WHERE name = 'id3.csr') || '}}')) FROM plgd WHERE name = 'dev2';
SELECT a.response ->> 'status', json(a.response ->> 'body') -> 'creds' -> 1 ->> 'subjectuuid', CASE WHEN a.response ->> 'body' = b.response ->> 'body' THEN 'the same' END FROM kept a, kept b WHERE a.name = 'creds' AND b.name = 'creds_again';
KEEP q_acls SELECT http_request('GET', '/api/v1/provisioning/acls', headers) FROM plgd WHERE name = 'dev2';
KEEP q_cloud_early SELECT http_request('POST', '/api/v1/provisioning/cloud-configuration', headers, likely('{"di":"3f0a5a2e-7a8b-4b43-8f5e-000000000002"}')) FROM plgd WHERE name = 'dev2';
SELECT name, response ->> 'status', response ->> 'body' FROM kept WHERE name LIKE 'q#_%' ESCAPE '#' ORDER BY name;
-- With its identity certificate, and in the words that its devices usually speak.
CREATE TABLE identified AS SELECT json('{"host":"id.example","x-client-cert":":' || replace(replace(replace(json(response ->> 'body') -> 'creds' -> 1 -> 'publicdata' ->> 'data', '-----BEGIN CERTIFICATE-----', ''), '-----END CERTIFICATE-----', ''), '
', '') || ':"}') AS headers FROM kept WHERE name = 'creds';
KEEP cloud_json SELECT http_request('POST', '/api/v1/provisioning/cloud-configuration', json(replace(canonical_json(headers), '}', ',"accept":"application/json","content-type":"application/json"}')), likely('{"di":"3f0a5a2e-7a8b-4b43-8f5e-000000000002"}')) FROM identified;
SELECT response ->> 'status', replace(response ->> 'body', json(response ->> 'body') ->> 'at', 'a token') FROM kept WHERE name = 'cloud_json';
KEEP ownership_ocf SELECT http_request('GET', '/api/v1/provisioning/ownership', headers) FROM identified;
SELECT response -> 'headers' ->> 'Content-Type', response ->> 'body_base64' FROM kept WHERE name = 'ownership_ocf';
-- Whoever has lost what came next goes on with what it has.
SELECT set_clock('2026-01-01T00:03:01Z');
KEEP creds_next SELECT http_request('POST', '/api/v1/provisioning/credentials', headers, likely('{"csr":{"encoding":"oic.sec.encoding.pem","data":' || (SELECT json FROM text_of WHERE name = 'id3.csr') || '}}')) FROM plgd WHERE name = 'dev2';
SELECT a.response ->> 'status', CASE WHEN a.response ->> 'body' <> b.response ->> 'body' THEN 'another one' END FROM kept a, kept b WHERE a.name = 'creds_next' AND b.name = 'creds';
KEEP acls_before SELECT http_request('GET', '/api/v1/provisioning/acls', headers) FROM identified;
SELECT response ->> 'status' FROM kept WHERE name = 'acls_before';
SELECT set_clock('2026-01-01T00:03:00Z');
-- What cannot be read is an event of who sent it.
KEEP unread SELECT http_request('POST', '/provisioning/identity', json(replace(canonical_json(headers), '"application/json"', '"application/cbor"')), likely('{')) FROM bearer;
KEEP unread2 SELECT http_request('POST', '/api/v1/provisioning/credentials', json(replace(canonical_json(headers), '"content-type":"application/json"', '"content-type":"application/cbor"')), likely('{')) FROM plgd WHERE name = 'dev2';
KEEP unread3 SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json"}', likely('{"chain":'));
SELECT name, response ->> 'status' FROM kept WHERE name LIKE 'unread%' ORDER BY name;
SELECT step, count(*), count(registration_id), count(device) FROM idplane_provisioning_event WHERE outcome = 'invalid_request' GROUP BY step ORDER BY step;
-- Another request begins anew: here it asks for the id of another device.
KEEP r_taken SELECT http_request('POST', '/api/v1/provisioning/credentials', headers, likely('{"csr":{"encoding":"oic.sec.encoding.pem","data":' || (SELECT json FROM text_of WHERE name = 'id.csr') || '}}')) FROM plgd WHERE name = 'dev2';
SELECT response ->> 'status', json(response ->> 'body') ->> 'error' FROM kept WHERE name = 'r_taken';
-- Revoked, it is nobody any more.
KEEP revocation SELECT revoke_certificate((SELECT provisioning_records('{"devices":["3f0a5a2e-7a8b-4b43-8f5e-000000000002"]}') -> 'records' -> 0 ->> 'serial'), 'keyCompromise');
KEEP revoked SELECT http_request('GET', '/x.plgd.dev/time', json(replace(canonical_json(headers), '}', ',"accept":"application/json"}'))) FROM identified;
SELECT response ->> 'status', response ->> 'body' FROM kept WHERE name = 'revoked';
-- Who looks after them.
SELECT register_client('console', '{"grant_types":["client_credentials"],"scope":"device_provisioning"}') ->> 'client_id';
CREATE TABLE token_of AS SELECT 'alice' AS owner, jwt_sign(json('' || '{"iss":"https://id.example","aud":"https://id.example","sub":"alice","client_id":"console","jti":"1","scope":"device_provisioning","iat":1767225780,"exp":1767229200}'), NULL, json('' || '{"typ":"at+jwt"}')) AS token;
INSERT INTO token_of SELECT 'bob', jwt_sign(json('' || '{"iss":"https://id.example","aud":"https://id.example","sub":"console","owner":"bob","client_id":"console","jti":"2","scope":"device_provisioning","iat":1767225780,"exp":1767229200}'), NULL, json('' || '{"typ":"at+jwt"}'));
INSERT INTO token_of SELECT 'none', jwt_sign(json('' || '{"iss":"https://id.example","aud":"https://id.example","sub":"carol","client_id":"console","jti":"3","scope":"openid","iat":1767225780,"exp":1767229200}'), NULL, json('' || '{"typ":"at+jwt"}'));
CREATE TABLE admin AS SELECT owner, json('{"host":"id.example","content-type":"application/json","authorization":"Bearer ' || token || '"}') AS headers FROM token_of;
KEEP a_nobody SELECT http_request('GET', '/api/v1/hubs', '{"host":"id.example"}');
KEEP a_scope SELECT http_request('GET', '/api/v1/hubs', headers) FROM admin WHERE owner = 'none';
KEEP a_hubs SELECT http_request('GET', '/api/v1/hubs', headers) FROM admin WHERE owner = 'alice';
KEEP a_hubs_of_bob SELECT http_request('GET', '/device-provisioning-service/api/v1/hubs', headers) FROM admin WHERE owner = 'bob';
SELECT name, response ->> 'status', response ->> 'body' FROM kept WHERE name LIKE 'a#_%' ESCAPE '#' ORDER BY name;
KEEP b_hub SELECT http_request('POST', '/api/v1/hubs', headers, likely('{"hubId":"44444444-4444-4444-8444-444444444444","name":"Bob","gateways":["bob.example:5684"],"certificateAuthority":{"grpc":{"address":"ca.example:9100"}},"authorization":{"ownerClaim":"sub","deviceIdClaim":"device","provider":{"name":"plgd","authority":"https://auth.example","clientId":"gateway","clientSecret":"data:;base64,c2VjcmV0","scopes":["device","offline"],"audience":"hub"}}}')) FROM admin WHERE owner = 'bob';
KEEP b_hub_again SELECT http_request('POST', '/api/v1/hubs', headers, likely('{"hubId":"44444444-4444-4444-8444-444444444444","gateways":["bob.example:5684"],"authorization":{"provider":{"clientId":"gateway"}}}')) FROM admin WHERE owner = 'bob';
KEEP b_hub_empty SELECT http_request('POST', '/api/v1/hubs', headers, likely('{"name":1}')) FROM admin WHERE owner = 'bob';
KEEP b_hub_of_alice SELECT http_request('PUT', '/api/v1/hubs/11111111-1111-4111-8111-111111111111', headers, likely('{"gateways":["evil.example:1"]}')) FROM admin WHERE owner = 'bob';
KEEP b_hub_put SELECT http_request('PUT', '/api/v1/hubs/44444444-4444-4444-8444-444444444444', headers, likely('{"gateways":["coap://bob.example:5683"],"authorization":{"ownerClaim":"sub","provider":{"clientId":"gateway"}}}')) FROM admin WHERE owner = 'bob';
SELECT name, response ->> 'status', response ->> 'body' FROM kept WHERE name LIKE 'b#_%' ESCAPE '#' ORDER BY name;
SELECT canonical_json(hub('44444444-4444-4444-8444-444444444444'));
KEEP c_file SELECT http_request('POST', '/api/v1/enrollment-groups', headers, likely('{"attestationMechanism":{"x509":{"certificateChain":"/etc/shadow"}},"preSharedKey":"file:///etc/shadow"}')) FROM admin WHERE owner = 'bob';
KEEP c_uri SELECT http_request('POST', '/api/v1/enrollment-groups', headers, likely('{"attestationMechanism":{"x509":{"certificateChain":"data:;base64,!"}}}')) FROM admin WHERE owner = 'bob';
KEEP c_json SELECT http_request('POST', '/api/v1/enrollment-groups', headers, likely('{')) FROM admin WHERE owner = 'bob';
SELECT name, response ->> 'status', response ->> 'body' FROM kept WHERE name LIKE 'c#_%' ESCAPE '#' ORDER BY name;
KEEP group SELECT http_request('POST', '/api/v1/enrollment-groups', headers, likely('{"owner":"alice","attestationMechanism":{"x509":{"certificateChain":' || (SELECT json FROM text_of WHERE name = 'root') || ',"expiredCertificateEnabled":true}},"hubIds":["44444444-4444-4444-8444-444444444444"],"preSharedKey":"data:;base64,MDEyMzQ1Njc4OWFiY2RlZg==","name":"Bobs"}')) FROM admin WHERE owner = 'bob';
CREATE TABLE group_of AS SELECT json(response ->> 'body') ->> 'id' AS id, json(response ->> 'body') -> 'attestationMechanism' -> 'x509' ->> 'certificateChain' AS chain FROM kept WHERE name = 'group';
SELECT response ->> 'status', replace(replace(response ->> 'body', id, 'its id'), chain, 'its chain'), substr(chain, 1, 30) FROM kept, group_of WHERE name = 'group';
SELECT enrollment(id) ->> 'owner', enrollment(id) -> 'pre_shared_key', enrollment(id) -> 'x509' ->> 'expired' FROM group_of;
-- What was read can be sent back, and what plgd has no member for stays.
KEEP group_put SELECT http_request('PUT', '/api/v1/enrollment-groups/' || id, headers, likely('{"attestationMechanism":{"x509":{"certificateChain":"' || chain || '","leadCertificateName":"Maker root"}},"hubIds":["44444444-4444-4444-8444-444444444444"]}')) FROM admin, group_of WHERE owner = 'bob';
SELECT response ->> 'status', replace(replace(response ->> 'body', id, 'its id'), chain, 'its chain') FROM kept, group_of WHERE name = 'group_put';
SELECT enrollment(id) -> 'pre_shared_key', enrollment(id) ->> 'version' FROM group_of;
KEEP d_id SELECT http_request('GET', '/api/v1/enrollment-groups?idFilter=x&idFilter=' || id, headers) FROM admin, group_of WHERE owner = 'bob';
KEEP d_hub SELECT http_request('GET', '/api/v1/enrollment-groups?HUBIDFILTER=44444444-4444-4444-8444-444444444444', headers) FROM admin WHERE owner = 'bob';
KEEP d_name SELECT http_request('GET', '/api/v1/enrollment-groups?attestationMechanismX509CertificateNames=Maker+root&attestationMechanismX509CertificateNames=x', headers) FROM admin WHERE owner = 'bob';
KEEP d_none SELECT http_request('GET', '/api/v1/enrollment-groups?attestationMechanismX509CertificateNames=Maker+3', headers) FROM admin WHERE owner = 'bob';
KEEP d_both SELECT http_request('GET', '/api/v1/enrollment-groups?idFilter=x&hubIdFilter=44444444-4444-4444-8444-444444444444', headers) FROM admin WHERE owner = 'bob';
KEEP d_other SELECT http_request('GET', '/api/v1/enrollment-groups?idFilter=33333333-3333-4333-8333-333333333333', headers) FROM admin WHERE owner = 'bob';
KEEP d_query SELECT http_request('GET', '/api/v1/enrollment-groups?idFilter=%zz', headers) FROM admin WHERE owner = 'bob';
SELECT name, response ->> 'status', response -> 'headers' ->> 'Content-Type', replace(replace(response ->> 'body', id, 'its id'), chain, 'its chain') FROM kept, group_of WHERE name LIKE 'd#_%' ESCAPE '#' ORDER BY name;
KEEP e_record SELECT http_request('GET', '/api/v1/provisioning-records?DeviceIdFilter=3f0a5a2e-7a8b-4b43-8f5e-000000000001&deviceidfilter=x', headers) FROM admin WHERE owner = 'alice';
KEEP e_group SELECT http_request('GET', '/api/v1/provisioning-records?enrollmentGroupIdFilter=33333333-3333-4333-8333-333333333333', headers) FROM admin WHERE owner = 'alice';
KEEP e_of_bob SELECT http_request('GET', '/api/v1/provisioning-records', headers) FROM admin WHERE owner = 'bob';
KEEP e_cursor SELECT http_request('GET', '/api/v1/provisioning-records?cursor=x', headers) FROM admin WHERE owner = 'bob';
SELECT response ->> 'body' FROM kept WHERE name = 'e_record';
SELECT name, response ->> 'status', length(response ->> 'body') - length(replace(response ->> 'body', '{"result":', '{"result"')) FROM kept WHERE name LIKE 'e#_%' ESCAPE '#' ORDER BY name;
KEEP f_bob SELECT http_request('DELETE', '/api/v1/provisioning-records', headers) FROM admin WHERE owner = 'bob';
KEEP f_device SELECT http_request('DELETE', '/api/v1/provisioning-records?deviceIdFilter=3f0a5a2e-7a8b-4b43-8f5e-000000000001', headers) FROM admin WHERE owner = 'alice';
-- A slip would remove all.
KEEP f_a_slip SELECT http_request('DELETE', '/api/v1/hubs?idFilter[]=x', headers) FROM admin WHERE owner = 'bob';
KEEP f_an_empty SELECT http_request('DELETE', '/api/v1/enrollment-groups?idFilter=', headers) FROM admin WHERE owner = 'bob';
KEEP f_another SELECT http_request('DELETE', '/api/v1/hubs?attestationMechanismX509CertificateNames=x', headers) FROM admin WHERE owner = 'bob';
KEEP f_at_records SELECT http_request('DELETE', '/api/v1/provisioning-records?hubIdFilter=x', headers) FROM admin WHERE owner = 'bob';
KEEP f_group SELECT http_request('DELETE', '/api/v1/enrollment-groups', headers) FROM admin WHERE owner = 'bob';
KEEP f_hub SELECT http_request('DELETE', '/api/v1/hubs?hubIdFilter=11111111-1111-4111-8111-111111111111&hubIdFilter=44444444-4444-4444-8444-444444444444', headers) FROM admin WHERE owner = 'bob';
SELECT name, response ->> 'status', response ->> 'body' FROM kept WHERE name LIKE 'f#_%' ESCAPE '#' ORDER BY name;
SELECT canonical_json(enrollments('{"owners":["alice","bob"],"hubs":["11111111-1111-4111-8111-111111111111"],"authorities":["Maker 3"],"limit":1}') -> 'next'), enrollments('{"owners":["bob"]}') -> 'enrollments';
SELECT canonical_json(hubs()), hubs('{"ids":["x"]}') -> 'hubs', hubs('{"cursor":"1"}') -> 'hubs' -> 0 ->> 'id';
SELECT hubs('{"authorities":["x"]}');
SELECT enrollments('{"limit":0}');
KEEP gone SELECT http_request('POST', '/provisioning/token', headers) FROM bearer;
SELECT json(response ->> 'body') ->> 'error' FROM kept WHERE name = 'gone';
