-- SPDX-License-Identifier: Apache-2.0
-- device_identities.sql: the id of a device and the certificates that it goes by; the keys here are good for
-- nothing else.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('a', '-----BEGIN CERTIFICATE-----
MIIBrjCCAVSgAwIBAgIUB7Wq5jz22mYDrfRpB9vAoeyYiZgwCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQD
DAhkZXZpY2UgYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBxn2VxpRoB6dT81
rA/h5qLAi5s/WLAW8XLZD9V6vtKSUP0eRQ+MAg8KHR0CT5FnkYGKJJEl3iJrDLiu
XEzMjbujZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYD
VR0OBBYEFC8n4sNXbCaj63yj5XHarjgbytkXMB8GA1UdIwQYMBaAFFjcHuTQCTFc
9mwkhOaPpuqoWbArMAoGCCqGSM49BAMCA0gAMEUCIBN5cxEDr8j8VhsmDEYq5bRv
GVLP1n4ES22AuHjvkbdmAiEAp107XfazlXZuI0rXN35cUtkSHd/T4WD/ebUEiDg7
St8=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('a2', '-----BEGIN CERTIFICATE-----
MIIBtDCCAVugAwIBAgIUa4ZM94/xcibG35hXPzTtTDxY5X8wCgYIKoZIzj0EAwIw
IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw
MDAwWhcNNDAwMTAxMDAwMDAwWjAsMRAwDgYDVQQKDAdFeGFtcGxlMRgwFgYDVQQD
DA9kZXZpY2UgYSwgbGF0ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQcZ9lc
aUaAenU/NawP4eaiwIubP1iwFvFy2Q/Ver7SklD9HkUPjAIPCh0dAk+RZ5GBiiSR
Jd4iawy4rlxMzI27o2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUF
BwMCMB0GA1UdDgQWBBQvJ+LDV2wmo+t8o+Vx2q44G8rZFzAfBgNVHSMEGDAWgBRY
3B7k0AkxXPZsJITmj6bqqFmwKzAKBggqhkjOPQQDAgNHADBEAiAs9bGc0T6S/zzs
IkGcNCaXMUZxElshLdXiGaEpxWX8GAIgUDb/2RTSl+UVxhjUh0E7kTNE9Q7kHs84
G+HMI8wQi5w=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('b', '-----BEGIN CERTIFICATE-----
MIIBtDCCAVqgAwIBAgIUHQj1Co8JQJR/s3BPzIc3dPmx7hQwCgYIKoZIzj0EAwIw
KDEQMA4GA1UECgwHRXhhbXBsZTEUMBIGA1UEAwwLT3RoZXIgbWFrZXIwHhcNMjAw
MTAxMDAwMDAwWhcNNDAwMTAxMDAwMDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREw
DwYDVQQDDAhkZXZpY2UgYjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBaYzNiJ
VnNPH9+1D3bGYGX0+HFSf1YhjbXce+IWgpCKr+ZHPmQDlymL961NDdfP2zfZR1KG
6ZGXhphXVtO1s2ijZTBjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUH
AwIwHQYDVR0OBBYEFHw6MoEXUlOiGqXpO0upxNMSHQdxMB8GA1UdIwQYMBaAFEuE
xogDBUwxu0stqrkFz77YP7+pMAoGCCqGSM49BAMCA0gAMEUCIG389MYSd/338+aq
eim8GeD8juT3vJuKHbTnRRFS5Kv+AiEAh88N7VSpj8oQ70UL8Hh2WJUqhRs7FbxT
fXVz6Yg4/Jc=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('1x', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3EpNmxcD
xzCnvcAhxpZFhwKV+NeEzuGZPvRdfcrzdDvOs9iUeMYB8GsMl2QAl2gwpmVe58sL
05qfbNK1mqpC06AAMAoGCCqGSM49BAMCA0gAMEUCIHT3d2JQXBJIihC5O03AZs7T
SaDJibdYzJeXy+BbojGUAiEAymZUeyg4i9GaM96t0dNhWl4IO1aQQPlWiuPu2Ysz
w1c=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('1x.der', 'MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThmNWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3EpNmxcDxzCnvcAhxpZFhwKV+NeEzuGZPvRdfcrzdDvOs9iUeMYB8GsMl2QAl2gwpmVe58sL05qfbNK1mqpC06AAMAoGCCqGSM49BAMCA0gAMEUCIHT3d2JQXBJIihC5O03AZs7TSaDJibdYzJeXy+BbojGUAiEAymZUeyg4i9GaM96t0dNhWl4IO1aQQPlWiuPu2Yszw1c=');
INSERT INTO material VALUES ('1x.again', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKVVVSUQ6M0YwQTVBMkUtN0E4Qi00QjQzLThG
NUUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3EpNmxcD
xzCnvcAhxpZFhwKV+NeEzuGZPvRdfcrzdDvOs9iUeMYB8GsMl2QAl2gwpmVe58sL
05qfbNK1mqpC06AAMAoGCCqGSM49BAMCA0gAMEUCIDf5+2QXqxHRwMczd5OEtln6
cTXIFgW7TU92DWjBQ48BAiEA92heB2gaWD+bC/fZZFTGJOygwLcJm1tMgEucJBRV
DYU=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('1y', '-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFI0angFL
wNRm2Tpwt/UKChf0Gm7areLgtbwrmCfKiVSwiOZeVO22icZlR+E/awHoLsZQteNd
FihMjYOIjvbP96AAMAoGCCqGSM49BAMCA0cAMEQCIGXr5CUoTaMquTV7TDvHezLH
upYWBTT+XGOXwnntPbgqAiAC6Zzwhp8y68ODqcw6p5aZjGn41tGfHktAYXXf9KMs
2A==
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('2x', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3EpNmxcD
xzCnvcAhxpZFhwKV+NeEzuGZPvRdfcrzdDvOs9iUeMYB8GsMl2QAl2gwpmVe58sL
05qfbNK1mqpC06AAMAoGCCqGSM49BAMCA0gAMEUCIQCBwQBxSL+2mW1rBAMZxWER
l05GsApHFOL1h4Jc7LTwOgIgcqajJV7lZzflXsqRr0aea+3PSgA13KEfNgEjxnZv
o4M=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('1z', '-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXwUjDxcg
F1qFQRohFSGslDjj8sU0CSglsyeJciAZJrO5nkLBtgEUBvmGhH26aYd1cdL9W1zk
bIS7QpjO9B8qpKAAMAoGCCqGSM49BAMCA0gAMEUCICNwW4axAec/hdgz7Pal8Vhg
kdIHY+CQpl8NFmH/sUMnAiEAhcf6Y4fJG+Tc0E/Z5bG+4q5LZKcVLVR5DvlytVKR
eQA=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('2w', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7AEPeLn3
IphPQyG7yN4EPZW2KB9RXUNSaX3V3NTXKEF5ffc0ghJIx/Y1tS82InZ7jh0QYs/T
OzwWHyeYvsibq6AAMAoGCCqGSM49BAMCA0kAMEYCIQDBuyCosR5SHDzxQFmzROYm
PL9QSDZxe81V4r6VamrvGQIhAKCpWS8OVQg6zDZTMTfrUMJXjOqFmeLH/+TvkYKI
VB/E
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('bad', 'MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThmNWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3EpNmxcDxzCnvcAhxpZFhwKV+NeEzuGZPvRdfcrzdDvOs9iUeMYB8GsMl2QAl2gwpmVe58sL05qfbNK1mqpC06AAMAoGCCqGSM49BAMCA0kAMEYCIQDmho01d+/dMrRApL6PIKbqIVVCi945sA9a9lTTLSVlrQIhAKhHNpl9ZMkXuMz0dzBHHcs6aE47Wp6C0JGz0jvuCFbh');
INSERT INTO material VALUES ('trailing', 'MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThmNWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3EpNmxcDxzCnvcAhxpZFhwKV+NeEzuGZPvRdfcrzdDvOs9iUeMYB8GsMl2QAl2gwpmVe58sL05qfbNK1mqpC06AAMAoGCCqGSM49BAMCA0gAMEUCIHT3d2JQXBJIihC5O03AZs7TSaDJibdYzJeXy+BbojGUAiEAymZUeyg4i9GaM96t0dNhWl4IO1aQQPlWiuPu2Yszw1cA');
INSERT INTO material VALUES ('type', '-----BEGIN CERTIFICATE-----
MIHvMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3EpNmxcD
xzCnvcAhxpZFhwKV+NeEzuGZPvRdfcrzdDvOs9iUeMYB8GsMl2QAl2gwpmVe58sL
05qfbNK1mqpC06AAMAoGCCqGSM49BAMCA0gAMEUCIHT3d2JQXBJIihC5O03AZs7T
SaDJibdYzJeXy+BbojGUAiEAymZUeyg4i9GaM96t0dNhWl4IO1aQQPlWiuPu2Ysz
w1c=
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('name', '-----BEGIN CERTIFICATE REQUEST-----
MIHNMHUCAQAwEzERMA8GA1UEAwwIZGV2aWNlLTEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATcSk2bFwPHMKe9wCHGlkWHApX414TO4Zk+9F19yvN0O86z2JR4xgHw
awyXZACXaDCmZV7nywvTmp9s0rWaqkLToAAwCgYIKoZIzj0EAwIDSAAwRQIhAOrS
63nyzHUG26ORigIJWDRFMWnzVs/iEpYIBtUk7KBkAiAX09bp0jCDG8+yjDSylYyc
cDNN+0D0hg8KYPiuFD4TOQ==
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('two', '-----BEGIN CERTIFICATE REQUEST-----
MIHzMIGbAgEAMDkxNzA1BgNVBAMMLnV1aWQ6dXVpZDozZjBhNWEyZS03YThiLTRi
NDMtOGY1ZS0wMDAwMDAwMDAwMDEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATc
Sk2bFwPHMKe9wCHGlkWHApX414TO4Zk+9F19yvN0O86z2JR4xgHwawyXZACXaDCm
ZV7nywvTmp9s0rWaqkLToAAwCgYIKoZIzj0EAwIDRwAwRAIgXHVBj9yJsLcX9U8z
q7IQo1nMsOO+/5X6TI7cRc3rTBUCIGwSOs30zaevsqrpHUFGPTRwaLqBnFUQRYyo
1dvA8D4T
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('noname', '-----BEGIN CERTIFICATE REQUEST-----
MIG5MGICAQAwADBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNxKTZsXA8cwp73A
IcaWRYcClfjXhM7hmT70XX3K83Q7zrPYlHjGAfBrDJdkAJdoMKZlXufLC9Oan2zS
tZqqQtOgADAKBggqhkjOPQQDAgNHADBEAiA4kA3AiBecUcIi2RV893OCMxFcKGw1
sll08WHsOowJ5gIgSj5KgnTOkVgnf+4xs+XmHmwtlipan4SfZGUkU4CzcmA=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('hub', '-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGWAgEAMDQxMjAwBgNVBAMMKXV1aWQ6MTExMTExMTEtMTExMS00MTExLTgx
MTEtMTExMTExMTExMTExMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3EpNmxcD
xzCnvcAhxpZFhwKV+NeEzuGZPvRdfcrzdDvOs9iUeMYB8GsMl2QAl2gwpmVe58sL
05qfbNK1mqpC06AAMAoGCCqGSM49BAMCA0kAMEYCIQCLKHZ98IsuD26Refg/sWga
NRKo9yOiEHkESaqXAjqPuwIhAKILGSnCcFWPmwX9mGACFnA/Bbdj+61HRTJESTuV
UcSN
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('rsa', '-----BEGIN CERTIFICATE REQUEST-----
MIIBczCB3QIBADA0MTIwMAYDVQQDDCl1dWlkOjNmMGE1YTJlLTdhOGItNGI0My04
ZjVlLTAwMDAwMDAwMDAwMTCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAzlic
m73AsrsupRXLb/6uJqcNZx3hN+Hpeh9mDohw7Lg93Hf7JXT0R0OfVx4zdK4BYKMk
jRoglIz4tkBcm5ugdnVb6/IMApbnQ390+pyukdqvvhmfnDl13jP/YyVVo/e+CPMV
dyi2EK/Wambny1B+1sfNmRvsMKK/gMWQgMYtxGkCAwEAAaAAMA0GCSqGSIb3DQEB
CwUAA4GBACj1tRoG2mBGIYdH9c0XVbnMMAncVE9Gt1gnzy4gqAFSrKTKpvYgFgFB
t0940MjiGYXsd2DxzxBpmH15I7PGsJBKTT0yAZLdZJ/+VgzIl3WaD3FDAk1ScuMz
cuBXIpNao9AgQdVR8brQEx9HA7X98O7+/U5nwxPUUzVtRvrBTMBP
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('k1', '-----BEGIN CERTIFICATE REQUEST-----
MIHsMIGTAgEAMDQxMjAwBgNVBAMMKXV1aWQ6M2YwYTVhMmUtN2E4Yi00YjQzLThm
NWUtMDAwMDAwMDAwMDAxMFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAER2VtUWH878Qq
SyPju2wy7JDr9A7LY7F/ChRyryvgbXxwiht3janKxF38/okvKeeoFj2MGhNZUiwR
sj0r+cNp/aAAMAoGCCqGSM49BAMCA0gAMEUCIQCwLUKgjJge1408MEuDO+Wow/tz
1Ar+vmqaDvI1d9JWOgIgUwUhjDMn3bqeFhkZaXpdWAGmfefq2ZcH0yHA2Ccoggs=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('greedy', '-----BEGIN CERTIFICATE REQUEST-----
MIIBezCCASECAQAwNDEyMDAGA1UEAwwpdXVpZDozZjBhNWEyZS03YThiLTRiNDMt
OGY1ZS0wMDAwMDAwMDAwMDEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATcSk2b
FwPHMKe9wCHGlkWHApX414TO4Zk+9F19yvN0O86z2JR4xgHwawyXZACXaDCmZV7n
ywvTmp9s0rWaqkLToIGKMIGHBgkqhkiG9w0BCQ4xejB4MA8GA1UdEwEB/wQFMAMB
Af8wDgYDVR0PAQH/BAQDAgEGMA8GA1UdJQQIMAYGBFUdJQAwFgYDVR0RBA8wDYIL
aHViLmV4YW1wbGUwLAYDVR0fBCUwIzAhoB+gHYYbaHR0cDovL2F0dGFja2VyLmV4
YW1wbGUvY3JsMAoGCCqGSM49BAMCA0gAMEUCIHyzT+NRxBf5bvN4uM9yjl/dJq9Q
rtzJi2WNa0TKaTppAiEA6xOXGfjKeGUWvI06ZP7GS6corfmhwjeue/Klh7aNcuo=
-----END CERTIFICATE REQUEST-----
');
INSERT INTO material VALUES ('x.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgda4tQ4Z0Bldj37lC
MYYh4ZhkbdSOai2uZSn4z+KhoA6hRANCAATcSk2bFwPHMKe9wCHGlkWHApX414TO
4Zk+9F19yvN0O86z2JR4xgHwawyXZACXaDCmZV7nywvTmp9s0rWaqkLT
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('y.key', '-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCyktjHQYPC0LoKQJ
yq51OGxcl04J5a18+lFRWgqA8uuhRANCAAQUjRqeAUvA1GbZOnC39QoKF/Qabtqt
4uC1vCuYJ8qJVLCI5l5U7baJxmVH4T9rAeguxlC1410WKEyNg4iO9s/3
-----END PRIVATE KEY-----
');
INSERT INTO material VALUES ('maker.chain', '-----BEGIN CERTIFICATE-----\nMIIBqTCCAU+gAwIBAgIUcYYB4tSii9gVU64s4Z8iMdaG5UkwCgYIKoZIzj0EAwIw\nIjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFTWFrZXIwHhcNMjAwMTAxMDAw\nMDAwWhcNNDAwMTAxMDAwMDAwWjAiMRAwDgYDVQQKDAdFeGFtcGxlMQ4wDAYDVQQD\nDAVNYWtlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFfvYY/J6J5HnCzeg2FS\n2VO+3q9EQ1xIidemcpbo4LsbahbIggV1dghzAxmJbrDD5uSNXG/EQO+Q5NusjcN1\nB72jYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQW\nBBRY3B7k0AkxXPZsJITmj6bqqFmwKzAfBgNVHSMEGDAWgBRY3B7k0AkxXPZsJITm\nj6bqqFmwKzAKBggqhkjOPQQDAgNIADBFAiEA2yvfDQT0kIz0R89kMGPDaqGtlpnB\n2bPguvGBCF6ZwkECIHh90X0f7+JdQpVbFFWpNsbPysGFUqMW672n19QJpAWX\n-----END CERTIFICATE-----\n');
INSERT INTO material VALUES ('other.chain', '-----BEGIN CERTIFICATE-----\nMIIBtTCCAVugAwIBAgIUCcXZsC8MzaOW23IIcc/3Sr0RKEgwCgYIKoZIzj0EAwIw\nKDEQMA4GA1UECgwHRXhhbXBsZTEUMBIGA1UEAwwLT3RoZXIgbWFrZXIwHhcNMjAw\nMTAxMDAwMDAwWhcNNDAwMTAxMDAwMDAwWjAoMRAwDgYDVQQKDAdFeGFtcGxlMRQw\nEgYDVQQDDAtPdGhlciBtYWtlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOO+\nTFVjagKgq/0N+hP73FZhb54XbNfbhXMyFKH+JpNkxK3hZnJ/5+xnvp4ZPM34DYI1\nmdh3ngmBUQYudOF4siOjYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQD\nAgEGMB0GA1UdDgQWBBRLhMaIAwVMMbtLLaq5Bc++2D+/qTAfBgNVHSMEGDAWgBRL\nhMaIAwVMMbtLLaq5Bc++2D+/qTAKBggqhkjOPQQDAgNIADBFAiBZ/Y7dnypY7SB7\ncQ0xFkqWgLU9Vm+2eYZ4yg1bfVf0hQIhALJG3Bu8y9xnTN5De4NfMuUZXBQUUYN5\nsqF6cjxUE7Hh\n-----END CERTIFICATE-----\n');
SELECT register_client('gateway', '{"grant_types":["client_credentials"],"scope":"device","client_secret":"0123456789abcdef0123456789abcdef","tls_client_certificate_bound_access_tokens":true}') ->> 'client_id';
SELECT create_ca('default', '{"subject":{"CN":"Identity"}}') ->> 'ca';
SELECT set_hub('11111111-1111-4111-8111-111111111111', '{"gateways": ["hub.example:5684"], "authorization": {"provider": "plgd", "client_id": "gateway", "device_id_claim": "device"}}') ->> 'id';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'maker.chain')))) ->> 'id';
SELECT set_enrollment('others', json(replace('{"owner": "bob", "x509": {"chain": "CHAIN"}, "hubs": ["11111111-1111-4111-8111-111111111111"]}', 'CHAIN', (SELECT content FROM material WHERE name = 'other.chain')))) ->> 'id';
-- What is no request, or not of a device.
KEEP a1 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"proven": true}');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = 'bad')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = 'trailing')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = 'type')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = 'name')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = 'two')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = 'noname')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = 'hub')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = 'rsa')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = 'k1')));
SELECT common_name, status, reason, CASE WHEN superseded_at IS NULL THEN 'the one in use' ELSE 'followed by another' END FROM idplane_certificate ORDER BY issued_at, status;
-- The first request gives the device its id; the same one has the same answer, in whichever form.
KEEP i1 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = '1x'));
SELECT response ->> 'device' FROM kept WHERE name = 'i1';
KEEP i2 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = '1x'));
SELECT count(*) FROM (SELECT DISTINCT response ->> 'serial' FROM kept WHERE name IN ('i1', 'i2')) serials;
SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), (SELECT content FROM material WHERE name = '1y')) ->> 'state';
-- It is nobody elses, also not that of another owners device.
KEEP b1 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'b'), '{"proven": true}');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'b1'), (SELECT content FROM material WHERE name = '1z')));
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'b1'), (SELECT content FROM material WHERE name = '1x')));
-- A device has one id.
KEEP a2 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a2'), '{"proven": true}');
SELECT CASE WHEN a.response ->> 'registration_id' = b.response ->> 'registration_id' THEN 'the same device' END FROM kept a, kept b WHERE a.name = 'a1' AND b.name = 'a2';
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a2'), (SELECT content FROM material WHERE name = '2x')));
-- Another key is refused while there is a certificate of the former; the same key is a renewal.
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a2'), (SELECT content FROM material WHERE name = '1y')));
SELECT set_clock('2026-01-01T00:10:00Z');
KEEP i3 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a2'), (SELECT content FROM material WHERE name = '1x.again'));
SELECT response ->> 'device' FROM kept WHERE name = 'i3';
SELECT common_name, status, reason, CASE WHEN superseded_at IS NULL THEN 'the one in use' ELSE 'followed by another' END FROM idplane_certificate ORDER BY issued_at, status;
-- The former one goes on until the new one is used.
SELECT count(*) FROM (SELECT DISTINCT response ->> 'serial' FROM kept WHERE name IN ('i1', 'i3')) serials;
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a2'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'i1'), (SELECT content FROM material WHERE name = 'x.key'))));
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a2'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'i3'), (SELECT content FROM material WHERE name = 'y.key'))));
SELECT common_name, status, reason, CASE WHEN superseded_at IS NULL THEN 'the one in use' ELSE 'followed by another' END FROM idplane_certificate ORDER BY issued_at, status;
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a2'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'i3'), (SELECT content FROM material WHERE name = 'x.key'))));
SELECT common_name, status, reason, CASE WHEN superseded_at IS NULL THEN 'the one in use' ELSE 'followed by another' END FROM idplane_certificate ORDER BY issued_at, status;
-- The certificate of the maker does for one session, and that of the session for another does not.
SELECT canonical_json(confirm_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a1'), jws_sign((SELECT response ->> 'nonce' FROM kept WHERE name = 'i3'), (SELECT content FROM material WHERE name = 'x.key'))));
-- Nothing of what a request asks for reaches the certificate.
SELECT set_clock('2026-01-01T00:20:00Z');
KEEP a3 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"proven": true}');
KEEP i4 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a3'), (SELECT content FROM material WHERE name = 'greedy'));
SELECT canonical_json(certificate_inspect(response ->> 'certificate') -> 'key_usage'), canonical_json(certificate_inspect(response ->> 'certificate') -> 'extended_key_usage'), canonical_json(certificate_inspect(response ->> 'certificate') -> 'is_ca'), certificate_inspect(response ->> 'certificate') ->> 'subject' FROM kept WHERE name = 'i4';
SELECT canonical_json(set_hub('3F0A5A2E-7a8b-4b43-8f5e-000000000001', '{"gateways": ["hub.example:5684"]}'));
-- Released, the id is free for another one, and the device itself has to be let in again.
SELECT canonical_json(deprovision('3f0a5a2e-7a8b-4b43-8f5e-000000000001'));
SELECT common_name, status, reason, CASE WHEN superseded_at IS NULL THEN 'the one in use' ELSE 'followed by another' END FROM idplane_certificate ORDER BY issued_at, status;
SELECT canonical_json(json(provision_time((SELECT response ->> 'session' FROM kept WHERE name = 'a3'))));
KEEP i5 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'b1'), (SELECT content FROM material WHERE name = '1z'));
SELECT response ->> 'device' FROM kept WHERE name = 'i5';
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = 'a')));
SELECT decide_enrollment('2a7bc670-8dcd-5d29-b073-c8c642fe674a', 'approve') ->> 'approval';
KEEP a4 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'a'), '{"proven": true}');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a4'), (SELECT content FROM material WHERE name = '1x')));
KEEP i6 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a4'), (SELECT content FROM material WHERE name = '2w'));
SELECT response ->> 'device' FROM kept WHERE name = 'i6';
-- One tenant does not see those of another.
SELECT set_tenant('other');
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = 'a')));
SELECT deprovision('3f0a5a2e-7a8b-4b43-8f5e-000000000002');
SELECT decide_enrollment('2a7bc670-8dcd-5d29-b073-c8c642fe674a', 'deny');
SELECT canonical_json(provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'a4'), (SELECT content FROM material WHERE name = '2w')));
SELECT canonical_json(provisioning_records());
SELECT set_tenant('default');
SELECT provisioning_records('{"devices":["3f0a5a2e-7a8b-4b43-8f5e-000000000002"]}') -> 'records' -> 0 ->> 'owner';
-- A record is created once, whatever comes later.
SELECT provisioning_records('{"registration_ids":["2a7bc670-8dcd-5d29-b073-c8c642fe674a"]}') -> 'records' -> 0 ->> 'created_at', provisioning_records('{"registration_ids":["2a7bc670-8dcd-5d29-b073-c8c642fe674a"]}') -> 'records' -> 0 ->> 'changed_at';
-- One device alone is disabled with it.
SELECT canonical_json(deprovision('3f0a5a2e-7a8b-4b43-8f5e-000000000001'));
SELECT set_enrollment('alone', '{"kind": "individual", "owner": "bob", "x509": {"key_sha256": "c12206833a07009ba7ace6da24325e49484516ec8c2b924ec91ec04bda62d34d"}, "hubs": ["11111111-1111-4111-8111-111111111111"]}') ->> 'id';
SELECT decide_enrollment('fdb9e910-3df4-5278-abd8-cdb76e915ba3', 'approve') ->> 'approval';
KEEP b2 SELECT begin_provisioning((SELECT content FROM material WHERE name = 'b'), '{"proven": true}');
KEEP i7 SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'b2'), (SELECT content FROM material WHERE name = '1y'));
SELECT response ->> 'device' FROM kept WHERE name = 'i7';
SELECT canonical_json(deprovision('3f0a5a2e-7a8b-4b43-8f5e-000000000001'));
SELECT decide_enrollment('fdb9e910-3df4-5278-abd8-cdb76e915ba3', 'approve') ->> 'approval';
SELECT canonical_json(begin_provisioning((SELECT content FROM material WHERE name = 'b')));
SELECT canonical_json(enrollment('alone') -> 'enabled');
