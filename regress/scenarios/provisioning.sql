-- SPDX-License-Identifier: Apache-2.0
-- provisioning.sql: a device of a maker, from its first word to its configuration; the keys here are
-- made for this scenario and are good for nothing else.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
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
INSERT INTO material VALUES ('old', '-----BEGIN CERTIFICATE-----
MIIBsDCCAVagAwIBAgIUd3EvfHJ7Nt4RUP8PorVOrqELa9UwCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMzAeFw0yMDAxMDEw
MDAwMDBaFw0yNTAxMDEwMDAwMDBaMCUxEDAOBgNVBAoMB0V4YW1wbGUxETAPBgNV
BAMMCGRldmljZS0zMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbMqknJSBQEHI
rWUEvxJCx99c2rD509u5rtNJqjZjuSgS1SbICIcVpromIFFFXJmzTorpeXBprdE4
ey7lQceWaKNlMGMwDAYDVR0TAQH/BAIwADATBgNVHSUEDDAKBggrBgEFBQcDAjAd
BgNVHQ4EFgQUaDI+OdJn+duwOy0YlnjQ7VOWXuwwHwYDVR0jBBgwFoAUBwvtAl6s
dYLhSMaDb+ykn2x2GhowCgYIKoZIzj0EAwIDSAAwRQIhALSb5E7lRDzw8viC56t/
dkAdXEw0rrfO85VBWIZ6PsvmAiB7dk0YToTTCeR6GgJxePjzl9NDKg4iPkqXfHq+
XfxJLw==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('server', '-----BEGIN CERTIFICATE-----
MIIBsDCCAVagAwIBAgIUAIqbYCMb3OV19vFPHjezGRrzVG4wCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMzAeFw0yMDAxMDEw
MDAwMDBaFw00MDAxMDEwMDAwMDBaMCUxEDAOBgNVBAoMB0V4YW1wbGUxETAPBgNV
BAMMCGRldmljZS00MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEUV3Q63R6dNR6
lw7SBl8uQsUF3xy3FhlkQktMxOZ8JNXfILUTDQpm72na5nZvdvW3+8DvX+AfRzjR
Cz+oXEjQnKNlMGMwDAYDVR0TAQH/BAIwADATBgNVHSUEDDAKBggrBgEFBQcDATAd
BgNVHQ4EFgQU8sVg4eyjj45ryBfZdq66gvVgRWEwHwYDVR0jBBgwFoAUBwvtAl6s
dYLhSMaDb+ykn2x2GhowCgYIKoZIzj0EAwIDSAAwRQIgeBW8sPlDaFa6K07fR4P4
uSYj0uTyNHBTRtzxFm9aYh4CIQCWEiKl/xjPtvUj4h7Wyb1Zqs14HcJxTWrHAbAy
X3seTQ==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('twin', '-----BEGIN CERTIFICATE-----
MIIBsDCCAVagAwIBAgIUGC6LvWAUJixEnjUizWuYl3RlDo0wCgYIKoZIzj0EAwIw
JzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx
MDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAO
BgNVBAMMB01ha2VyIDMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ8CMJQif+Z
spLyx2kLjEpfqPbWaqVR2ldOjgIf69aWPt16ddq1ZswPjcOvipJ3ybRJZ/dgfvWN
BYvj1/V2scvBo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAd
BgNVHQ4EFgQU4GN2qjZSLuKiC+h2P6sVupjixm8wHwYDVR0jBBgwFoAURHbjqgAV
XasIT0gt+k/+BwfHGK0wCgYIKoZIzj0EAwIDSAAwRQIhAJs4RqfgvGqwL8UQSvPz
/FTYGK0Yk1Fp6aeMbu1x2O8iAiBUN0WiCVa4eymLVsWT+HiMKwjdE8enL4J6YAl0
MCT7Iw==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('dev.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsJ0tI++X7/d1VNix
sBAlUZYYjHfbYWxe8j/CD6G/zEChRANCAARRXdDrdHp01HqXDtIGXy5CxQXfHLcW
GWRCS0zE5nwk1d8gtRMNCmbvadrmdm929bf7wO9f4B9HONELP6hcSNCc
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('dev2.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3fgfUu3qBhi3Rl74
Wb/3Hx5QfY8n0N/YssxkBk3OUrOhRANCAAT2Uq0jIBhhTMseplFNYnvDAb5KFcNl
jx9P+fS1VhLUqlW7drj01ARcMJAsh02fB85MXRxfn0obIqhIpIHC1a4e
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('old.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyEPFTzbUINhB6o5Y
Fo8QcYk9Cmb07vT8LQF2U0mBXKmhRANCAARsyqSclIFAQcitZQS/EkLH31zasPnT
27mu00mqNmO5KBLVJsgIhxWmuiYgUUVcmbNOiul5cGmt0Th7LuVBx5Zo
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('id.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgp/kg8FWbb1gkhltm
OFqqVrHf5gXV2sHG49fTUT84onqhRANCAARuXGJQh6Vh/sJBNTutXhHOfwCqWtaQ
rycYExf/rRslcT/vsv396P/yOHJqi1vEFkWQFr/Hayn42P+hOYOIqdFX
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('id2.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUOMNfhjh48L5V+pU
rfxqfDuE9GDd8dhjPptYhFDCwxGhRANCAAT2ZFHEN0fviaMqAg7Ta46EyqrC/cQc
xX6UqapW1eRBC8T0HjjOSHfgNpbujU39KBDxQxRvrYsmAidDocijsL8q
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('other.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+8+xxTlU6qcZ3MyB
s0b3eMRd9+1YlQQau07NZy6aE6qhRANCAAQ8CMJQif+ZspLyx2kLjEpfqPbWaqVR
2ldOjgIf69aWPt16ddq1ZswPjcOvipJ3ybRJZ/dgfvWNBYvj1/V2scvB
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
INSERT INTO material VALUES ('id2.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9mRRxDdH
74mjKgIO02uOhMqqwv3EHMV+lKmqVtXkQQvE9B44zkh34DaW7o1N/SgQ8UMUb62L
JgInQ6HIo7C/KqAAMAoGCCqGSM49BAMCA0cAMEQCIDMHmdvAYZR2LYr2154E09M0
xxW5tkCv2+BKX2ynpHNzAiAukr4MBqE6SUNWwd7JhWqZaBhMHfAJJ1yB0NZfjV26
2w==
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
INSERT INTO material VALUES ('hub.csr', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6MTExMTExMTEtMTExMS00MTExLTgx
MTEtMTExMTExMTExMTExMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9mRRxDdH
74mjKgIO02uOhMqqwv3EHMV+lKmqVtXkQQvE9B44zkh34DaW7o1N/SgQ8UMUb62L
JgInQ6HIo7C/KqAAMAoGCCqGSM49BAMCA0cAMEQCIEwnpCTGQcUXbvitypiERf+/
laThXxxByZhF+zTPzJ2vAiBw221fGuE41HyijcwzOmaGmRdJKBzxEfImWpBqGXYG
iQ==
-----END CERTIFICATE REQUEST-----
');
-- A hub, an authority, and the client that tokens are of.
SELECT canonical_json(set_hub('11111111-1111-4111-8111-111111111111', '{"name":"Hub","gateways":["hub.example:5684","coaps://hub.example:5684","hub.example:5684"],"authorization":{"provider":"plgd","client_id":"gateway","owner_claim":"owner","device_id_claim":"device"}}'));
SELECT canonical_json(set_hub('hub', '{"gateways":["ftp://hub.example","x"],"port":1,"authorization":{}}'));
SELECT register_client('gateway', '{"grant_types":["client_credentials"],"scope":"device","client_secret":"0123456789abcdef0123456789abcdef","tls_client_certificate_bound_access_tokens":true}') ->> 'client_id';
SELECT create_ca('default', '{"subject":{"CN":"Identity"}}') ->> 'ca';
-- Every fault is told.
SELECT canonical_json(set_enrollment('factory', '{"kind":"box","x509":{"chain":"nonsense","expired":"maybe"},"priority":"high","pre_shared_key":"short","hubs":["nowhere"],"colour":1}'));
SELECT canonical_json(set_enrollment('factory', '{"owner":"alice","kind":"individual","x509":{}}'));
KEEP factory SELECT set_enrollment('factory', '{"owner":"alice","x509":{"chain":"-----BEGIN CERTIFICATE-----\nMIIBrDCCAVOgAwIBAgIUX2ml5XFb1QcADmk9ox7qxtQZJmwwCgYIKoZIzj0EAwIw\nJDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMjAeFw0yMDAxMDEw\nMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAOBgNV\nBAMMB01ha2VyIDMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASuYYVINPzqFOIY\ngPQi2UAtt5QWn9oxmPrb4ciiKDgGZAQA1IvGhIlft+WXpCy10mM0TNiumK2Vo8UJ\nqVFrawA+o2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV\nHQ4EFgQUBwvtAl6sdYLhSMaDb+ykn2x2GhowHwYDVR0jBBgwFoAUZbraG5dYJ61c\ncPOnkaAlTCmYMK8wCgYIKoZIzj0EAwIDRwAwRAIgSzyY5/4y5w2ziA9HIxtJVH5Q\nYTAXxa4zCK4daAPq1O4CIDOz+CqzYsoDXPkS5peydgLgfjDsCBvF7jZ3WgINA0WD\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBrjCCAVOgAwIBAgIUPhCQqHrNCNW1liipFvB4TpuExiwwCgYIKoZIzj0EAwIw\nJDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMTAeFw0yMDAxMDEw\nMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAOBgNV\nBAMMB01ha2VyIDIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAShQJhW+oGOtLLF\nZhW5MGQPJImiV+a+9OCcYe0pnNQi6AT8u4OVeM8g3Xb8lqSDC5A3pG/Zxz1QdT9u\n8Kh4T8aNo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV\nHQ4EFgQUZbraG5dYJ61ccPOnkaAlTCmYMK8wHwYDVR0jBBgwFoAU1HZC6DARXlOH\nPUzkxzrnt+T2rDkwCgYIKoZIzj0EAwIDSQAwRgIhAJq0EO0phquhixrYcCoX/Q03\np2EYWZv5skD8nqt/f07/AiEA7TABhsxryuDEzQdSye8+ckweYiX9ShiiOPC2AS6l\nu0I=\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBsTCCAVagAwIBAgIULLQeZUQGhZg+GfYluYxg5Svty18wCgYIKoZIzj0EAwIw\nJzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx\nMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAO\nBgNVBAMMB01ha2VyIDEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT0aY/DJUuh\n9zRmPrwGpDoc70Sluz25BKGlEctjqU0UPTF8Fv1O7jp1TdWetwjP5ryz0XuAt811\nCk1GYQULKzfvo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAd\nBgNVHQ4EFgQU1HZC6DARXlOHPUzkxzrnt+T2rDkwHwYDVR0jBBgwFoAURHbjqgAV\nXasIT0gt+k/+BwfHGK0wCgYIKoZIzj0EAwIDSQAwRgIhAO44FuWksqwpGe3WZygE\nSxuWMTbhSsCXyFdMRT4IaJ6sAiEAtF6ZjXA/78AqXiLpneP7s59/lk95WeYoFmRf\nAPYudKs=\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBsjCCAVmgAwIBAgIUHYwAVw6P+OxUsQDgY2yJJpZQaBswCgYIKoZIzj0EAwIw\nJzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx\nMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCcxEDAOBgNVBAoMB0V4YW1wbGUxEzAR\nBgNVBAMMCk1ha2VyIHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQTl875\nYeRUyILYgsLUwJEiCz6e3w53f0EqV1QiSJFfKaXkV54KXW0Yq7SU6lw/xSPApkGv\niymRZe0sLQXh2xZ9o2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIB\nBjAdBgNVHQ4EFgQURHbjqgAVXasIT0gt+k/+BwfHGK0wHwYDVR0jBBgwFoAURHbj\nqgAVXasIT0gt+k/+BwfHGK0wCgYIKoZIzj0EAwIDRwAwRAIgBlpsxxK98mmLc0qD\n8XryVWRqwqqDxKDOvxddSQ5dDsUCIBZbuiEA1QAYtu9STYYpj7hnc6SyDN1w4vGN\nRaNKKI5u\n-----END CERTIFICATE-----\n"},"hubs":["11111111-1111-4111-8111-111111111111"],"pre_shared_key":"0123456789abcdef!","configuration":{"/light":{"on":true}},"acl":[{"subject":{"role":"installer"},"permission":6,"resources":[{"href":"/light","if":["*"]}]}]}');
SELECT response ->> 'version', response ->> 'owner', response -> 'pre_shared_key' FROM kept WHERE name = 'factory';
-- Whose is it?
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'dev')));
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'server')));
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'old')));
SELECT canonical_json(match_enrollment((SELECT content FROM material WHERE name = 'twin')));
SELECT canonical_json(match_enrollment('nonsense'));
SELECT canonical_json(begin_provisioning('nonsense'));
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = 'server')));
-- It shows its certificate, and signs.
KEEP begun SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev'));
SELECT response ->> 'registration_id', response ->> 'state', substr(response ->> 'nonce', 1, 21), response ->> 'expires_in' FROM kept WHERE name = 'begun';
SELECT canonical_json(json(provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'begun'))));
SELECT prove_possession('nothing', 'nothing') ->> 'error';
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'other.key'))));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), jws_sign('another text', (SELECT content FROM material WHERE name = 'dev.key'))));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'dev.key'))));
SELECT canonical_json(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'dev.key'))));
-- What it is told, in order.
SELECT set_clock('2026-01-01T00:01:00Z');
SELECT provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'begun'));
SELECT provision_ownership((SELECT response ->> 'session' FROM kept WHERE name = 'begun'));
SELECT provision_acls((SELECT response ->> 'session' FROM kept WHERE name = 'begun'));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), 'nonsense'));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'hub.csr')));
SELECT set_clock('2026-01-01T00:02:00Z');
KEEP identity SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'id.csr'));
SELECT response ->> 'device', substr(response ->> 'certificate', 1, 27), substr(response ->> 'nonce', 1, 21) FROM kept WHERE name = 'identity';
SELECT set_clock('2026-01-01T00:02:30Z');
-- The same request again has the same answer; another one is too late.
KEEP again SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'id.csr'));
SELECT CASE WHEN a.response ->> 'certificate' = b.response ->> 'certificate' AND a.response ->> 'nonce' = b.response ->> 'nonce' THEN 'the same' END FROM kept a, kept b WHERE a.name = 'identity' AND b.name = 'again';
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'id2.csr')));
SELECT provision_acls((SELECT response ->> 'session' FROM kept WHERE name = 'begun'));
KEEP credentials SELECT json(provision_credentials((SELECT response ->> 'session' FROM kept WHERE name = 'begun')));
SELECT response -> 'creds' -> 0 ->> 'credtype', response -> 'creds' -> 0 -> 'privatedata' ->> 'data', response -> 'creds' -> 1 ->> 'subjectuuid', response -> 'creds' -> 1 ->> 'credusage', response -> 'creds' -> 2 ->> 'credusage' FROM kept WHERE name = 'credentials';
SELECT canonical_json(provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'begun')));
-- It uses its certificate.
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'dev.key'))));
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'identity'), (SELECT content FROM material WHERE name = 'id.key'))));
KEEP token SELECT provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'begun'));
SELECT response ->> 'token_type', response ->> 'scope', jwt_decode(response ->> 'access_token') -> 'claims' ->> 'sub', jwt_decode(response ->> 'access_token') -> 'claims' ->> 'owner', jwt_decode(response ->> 'access_token') -> 'claims' ->> 'device', length(jwt_decode(response ->> 'access_token') -> 'claims' -> 'cnf' ->> 'x5t#S256') FROM kept WHERE name = 'token';
KEEP cloud SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), '{"di":"3F0A5A2E-7A8B-4B43-8F5E-000000000001","selectedGateway":{"id":"11111111-1111-4111-8111-111111111111","uri":"coaps://hub.example:5684"}}'));
SELECT response ->> 'apn', response ->> 'cis', response ->> 'sid' FROM kept WHERE name = 'cloud';
SELECT set_clock('2026-01-01T00:03:00.5Z');
SELECT json(provision_cloud((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), '{"di":"3f0a5a2e-7a8b-4b43-8f5e-000000000002"}')) ->> 'error';
SELECT set_device_configuration('3f0a5a2e-7a8b-4b43-8f5e-000000000001', '{"/heating":{"target":21}}') -> '/heating' ->> 'target';
KEEP configuration SELECT provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 'begun'));
SELECT canonical_json(response) FROM kept WHERE name = 'configuration';
SELECT canonical_json(provision_configuration((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT response ->> 'etag' FROM kept WHERE name = 'configuration')));
-- Another device of the maker gets no id that is taken.
KEEP second SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev2'), '{"proven":true}');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'second'), (SELECT content FROM material WHERE name = 'id2.csr')));
KEEP identity2 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'second'), (SELECT content FROM material WHERE name = 'id3.csr'));
SELECT response ->> 'device' FROM kept WHERE name = 'identity2';
-- All that is known.
KEEP records SELECT provisioning_records('{"devices":["3f0a5a2e-7a8b-4b43-8f5e-000000000001"]}');
SELECT response -> 'records' -> 0 ->> 'enrollment', response -> 'records' -> 0 ->> 'hub', response -> 'records' -> 0 ->> 'completed_at', response -> 'records' -> 0 -> 'steps' -> 'identity' ->> 'outcome', response -> 'records' -> 0 -> 'steps' -> 'cloud' ->> 'outcome' FROM kept WHERE name = 'records';
SELECT provisioning_records('{"refused":true}') -> 'refused' -> 0 ->> 'outcome';
SELECT provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'second'));
SELECT provisioning_records('{"colour":["red"]}');
-- Gone, all at once.
SELECT canonical_json(deprovision('3F0A5A2E-7A8B-4B43-8F5E-000000000001'));
SELECT CASE WHEN deprovision('3f0a5a2e-7a8b-4b43-8f5e-000000000001') IS NULL THEN 'gone' END;
SELECT provision_token((SELECT response ->> 'session' FROM kept WHERE name = 'begun')) ->> 'error';
SELECT authenticate((SELECT response ->> 'access_token' FROM kept WHERE name = 'token')) ->> 'reason';
SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev')) ->> 'error';
SELECT canonical_json(decide_enrollment((SELECT response ->> 'registration_id' FROM kept WHERE name = 'begun'), 'approve'));
SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev')) ->> 'state';
SELECT set_enrollment('factory', NULL);
SELECT enrollment('factory') ->> 'id';
SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev')) ->> 'error';
