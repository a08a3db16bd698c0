-- SPDX-License-Identifier: Apache-2.0
-- members.sql: devices that an enrollment lists one by one: certificates, TPMs and symmetric keys; the keys here
-- are good for nothing, or nobody's any more.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('dev', '-----BEGIN CERTIFICATE-----
MIIBnjCCAUWgAwIBAgIDCrwBMAoGCCqGSM49BAMCMCQxEDAOBgNVBAoMB0V4YW1w
bGUxEDAOBgNVBAMMB01ha2VyIDMwHhcNMjAwMTAxMDAwMDAwWhcNNDAwMTAxMDAw
MDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQDDAhkZXZpY2UtMTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABAStgspJ+4WtnOnxVMKkBf4VpTq+hz2Rb/GZ
8bRvZFSaO842nMuEEGvUElQQscPD9/gUv4dKFdiIjDsRneq1nXOjZTBjMAwGA1Ud
EwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0OBBYEFLS6QKoNtWaX
oUEratl+AF33U3LGMB8GA1UdIwQYMBaAFLxeqoHvPTTQAJtz8xyE51vRHccsMAoG
CCqGSM49BAMCA0cAMEQCID6mvIQ7vZs9WKBWKP7WiJ3YZ+b3Q6NeDpvSNLnOo/jI
AiBkRMf0NxDUm45hOD493BCaaNOPrEA+2w03Pd2T/dJpHw==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('dev2', '-----BEGIN CERTIFICATE-----
MIIBoDCCAUagAwIBAgIDCrwCMAoGCCqGSM49BAMCMCQxEDAOBgNVBAoMB0V4YW1w
bGUxEDAOBgNVBAMMB01ha2VyIDMwHhcNMjAwMTAxMDAwMDAwWhcNNDAwMTAxMDAw
MDAwWjAmMRAwDgYDVQQKDAdFeGFtcGxlMRIwEAYDVQQDDAlkZXZpY2UtMjEwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAAQHPQQHPrtVDZ9bLeGm2/+Igpto8Z+Z6WpY
dBmOy/O4+KIwMG4I8OFdv11XJwKjPKP9RGZ0ql3ntYgnGT28gdfko2UwYzAMBgNV
HRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB0GA1UdDgQWBBTymnEkfZZ5
aDCkq8fm1gxXftB/cjAfBgNVHSMEGDAWgBS8XqqB7z000ACbc/MchOdb0R3HLDAK
BggqhkjOPQQDAgNIADBFAiEAwI/hgMnIP9pxyyoknbg/ZxBksg3puKbx3DY9qONl
q90CIB14ai0y3R0HF8YLl2CFJasr62oz/nB63ZrkBKiNKqTE
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('renewed', '-----BEGIN CERTIFICATE-----
MIIBnjCCAUWgAwIBAgIDCrwDMAoGCCqGSM49BAMCMCQxEDAOBgNVBAoMB0V4YW1w
bGUxEDAOBgNVBAMMB01ha2VyIDMwHhcNMjAwMTAxMDAwMDAwWhcNNDAwMTAxMDAw
MDAwWjAlMRAwDgYDVQQKDAdFeGFtcGxlMREwDwYDVQQDDAhkZXZpY2UtMTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABAStgspJ+4WtnOnxVMKkBf4VpTq+hz2Rb/GZ
8bRvZFSaO842nMuEEGvUElQQscPD9/gUv4dKFdiIjDsRneq1nXOjZTBjMAwGA1Ud
EwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0OBBYEFLS6QKoNtWaX
oUEratl+AF33U3LGMB8GA1UdIwQYMBaAFLxeqoHvPTTQAJtz8xyE51vRHccsMAoG
CCqGSM49BAMCA0cAMEQCIA8vPzTrYZ3u4LVQu3eqD8pYYSKPKyCQ4oj8+/U3GPdx
AiACoQuhwq1GZGXuQgj3xek6jdKUK1Pt5MdSjEAHc3RUIg==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('old', '-----BEGIN CERTIFICATE-----
MIIBsDCCAVagAwIBAgIUPq6DRzzbHFDy4v3QEG6C+RtBa1UwCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMzAeFw0yMDAxMDEw
MDAwMDBaFw0yNTA2MDEwMDAwMDBaMCUxEDAOBgNVBAoMB0V4YW1wbGUxETAPBgNV
BAMMCGRldmljZS0zMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2cR9271w57dJ
L61Aylpmj+o9NCzNljZ6wHmLv3QcFdjS+LZSJ/sPFPRcAinB2HYyHLUOkiTo0/3C
cx0Y2jUji6NlMGMwDAYDVR0TAQH/BAIwADATBgNVHSUEDDAKBggrBgEFBQcDAjAd
BgNVHQ4EFgQUTExxnLPnG0hvO16N9UoIXi6CY7UwHwYDVR0jBBgwFoAUvF6qge89
NNAAm3PzHITnW9EdxywwCgYIKoZIzj0EAwIDSAAwRQIgZ3VAEnOovzpzW6hMJwWA
0yRPdLEKOXL7gQa+y+1BgN4CIQDtnIU2l9bc1WTcSBeE2J8YvB3JIKrBGjSqAjIT
uHyTAQ==
-----END CERTIFICATE-----
');
INSERT INTO material VALUES ('later', '-----BEGIN CERTIFICATE-----
MIIBsDCCAVagAwIBAgIUT2kYW3I2Tq57deY46uwkfd9InJUwCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMzAeFw0zMDAxMDEw
MDAwMDBaFw00MDAxMDEwMDAwMDBaMCUxEDAOBgNVBAoMB0V4YW1wbGUxETAPBgNV
BAMMCGRldmljZS01MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBK2Cykn7ha2c
6fFUwqQF/hWlOr6HPZFv8ZnxtG9kVJo7zjacy4QQa9QSVBCxw8P3+BS/h0oV2IiM
OxGd6rWdc6NlMGMwDAYDVR0TAQH/BAIwADATBgNVHSUEDDAKBggrBgEFBQcDAjAd
BgNVHQ4EFgQUtLpAqg21ZpehQStq2X4AXfdTcsYwHwYDVR0jBBgwFoAUvF6qge89
NNAAm3PzHITnW9EdxywwCgYIKoZIzj0EAwIDSAAwRQIhAIWYp8brud+8B+Gr3p3q
Pwl8GNjXZU3QH1oZDS75aVvOAiAaEiGPpzmbGaKDl3he7QHw1rEoMx63mjlzhybV
4EgL+A==
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
CREATE TABLE authority (name text PRIMARY KEY, chain text);
INSERT INTO authority VALUES ('maker', '-----BEGIN CERTIFICATE-----\nMIIBrTCCAVOgAwIBAgIUcj94knpKt6AylDeam7bHXi0yApYwCgYIKoZIzj0EAwIw\nJDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMjAeFw0yMDAxMDEw\nMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAOBgNV\nBAMMB01ha2VyIDMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATrBmJlE6Mtj5FI\n3VF7Np6DaM8wdqb/zWw0VNRriCfFX95/Ny+4Rv7yl3bBWsuDqm+7Xgw587qq/zGB\ne2tHdr3Vo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV\nHQ4EFgQUvF6qge89NNAAm3PzHITnW9EdxywwHwYDVR0jBBgwFoAUWla4PsYAPyVH\nc3SsOFldG54VpzQwCgYIKoZIzj0EAwIDSAAwRQIgGHSo3uGZWhW+4zatYTx1XTz3\nStS/bXL8UBTdSWvPZtcCIQCaikUAPOSyew51lArtnGpyvgJzKHbQly1Kquti8eGP\nnw==\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBrTCCAVOgAwIBAgIUGp6e5LpQS2MIzYY8uXfjjdceZf8wCgYIKoZIzj0EAwIw\nJDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHTWFrZXIgMTAeFw0yMDAxMDEw\nMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAOBgNV\nBAMMB01ha2VyIDIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATf0PDhj2Qdguh/\n/48cqtPkdgQjzYfkQpxIk4666pt8EX+g6F1/CrDI379vHID5LcwhyXPEFERMFpvf\nHd+xHWiqo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV\nHQ4EFgQUWla4PsYAPyVHc3SsOFldG54VpzQwHwYDVR0jBBgwFoAUY82yzdsAiE3s\nwRF+1HcakFMW/s0wCgYIKoZIzj0EAwIDSAAwRQIgX2K61MFzldGQjUfU9vWByB4m\nVACMWJHC53EnqMK2UbICIQD3eQBcSd/gx1F9WK/IznH0849hJmtnR5UAdQt6dfSc\naQ==\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBrzCCAVagAwIBAgIULNZiLwM0ZCAnCDzTdu5nt8qrYUkwCgYIKoZIzj0EAwIw\nJzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx\nMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCQxEDAOBgNVBAoMB0V4YW1wbGUxEDAO\nBgNVBAMMB01ha2VyIDEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS1JZwGtWqs\n+/+LqaOupOjqg9FJG0R+snzBl4BvMvInQZNOZgkz+3rviP5OMOdMJtJWwrlH7DwW\nVuJqXMcf+bTpo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAd\nBgNVHQ4EFgQUY82yzdsAiE3swRF+1HcakFMW/s0wHwYDVR0jBBgwFoAUXWryjfOm\npMCcQWGu8W5fVLak4AUwCgYIKoZIzj0EAwIDRwAwRAIgEDZnAbROUmKG0aDoGNvi\n7fB4HUubo4eC4YiEtdaphX4CIH762WMTr4xHWjOIVtz5fgQgxBLTa5r+MshnX404\nl1R8\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQEF+vIMZVXJljkD5TMN4II7fcGswCgYIKoZIzj0EAwIw\nJzEQMA4GA1UECgwHRXhhbXBsZTETMBEGA1UEAwwKTWFrZXIgcm9vdDAeFw0yMDAx\nMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCcxEDAOBgNVBAoMB0V4YW1wbGUxEzAR\nBgNVBAMMCk1ha2VyIHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAToxz68\nXvmdLKJAG+vq7u7yv2dJYg8jPfpeelKKo7042cKPc/Y/QIx+D9VKFZFKNmTkxmo9\nvj04VNOVj3cR/iCMo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIB\nBjAdBgNVHQ4EFgQUXWryjfOmpMCcQWGu8W5fVLak4AUwHwYDVR0jBBgwFoAUXWry\njfOmpMCcQWGu8W5fVLak4AUwCgYIKoZIzj0EAwIDSAAwRQIhAOHRcyYpqNIpw7dY\nPBStzQhs47H+hFsr83NM456Kd7/XAiBVHFEe5Ens/sOTuBH+Rr14ozjndnn/PrHk\neDNDdS/UUA==\n-----END CERTIFICATE-----\n');
INSERT INTO authority VALUES ('tpm', 'MIIBlTCCATugAwIBAgIUBEcJDtaD7zx2zcrcMM+TRBBAx6AwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgb2YgVFBNczAeFw0yNjExMjcwOTM4MzFaFw00NjExMjIwOTM4MzFaMBgxFjAUBgNVBAMMDU1ha2VyIG9mIFRQTXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATFnzxoDmDnjPH1372KqDTjfsr0PlpJkmS8pe4IpNyWf7SlhdDWzqwjlp9127yQgiBlBqs5EJTGakKGZ6R5Xl7ko2MwYTAdBgNVHQ4EFgQU5x9V9L4sJs0647k0+nYYLqDP73QwHwYDVR0jBBgwFoAU5x9V9L4sJs0647k0+nYYLqDP73QwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZIzj0EAwIDSAAwRQIhALBaCBwgy60xEarOdGZeo0TbIyJOdNBP/tyqt6X4z7puAiBn5318z9yjdRDFdgSm880XDuqR7+VLGGVh9/lbSrKSAg==');
CREATE TABLE tpm (name text PRIMARY KEY, options text);
INSERT INTO tpm VALUES ('bare', '{"ek":"AHoAIwALAAMAsgAgg3GXZ0SEs/gakMyNRqXXJP1S124GUgtk8qHaGzMUaaoABgCAAEMAEAADABAAIMGzPAT/VKmHrl+UIdkG1oTAHnbodCIDm0tXu5utI6yyACCvouhy64uI5GQQQooAS3UqtIS+ntPWIgg5VrDI2fPvVg=="}');
INSERT INTO tpm VALUES ('certified', '{"ek":"AHoAIwALAAMAsgAgg3GXZ0SEs/gakMyNRqXXJP1S124GUgtk8qHaGzMUaaoABgCAAEMAEAADABAAIMGzPAT/VKmHrl+UIdkG1oTAHnbodCIDm0tXu5utI6yyACCvouhy64uI5GQQQooAS3UqtIS+ntPWIgg5VrDI2fPvVg==","ek_certificate":"MIIB4jCCAYigAwIBAgIUK/yxN4WIXvbzwrVZuEEVE1xXq80wCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgb2YgVFBNczAeFw0yNjExMjcwOTM4MzFaFw00NjAxMjYwOTM4MzFaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATBszwE/1Sph65flCHZBtaEwB526HQiA5tLV7ubrSOssq+i6HLri4jkZBBCigBLdSq0hL6e09YiCDlWsMjZ8+9Wo4HHMIHEMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgMIMBAGA1UdJQQJMAcGBWeBBQgBMB8GA1UdIwQYMBaAFOcfVfS+LCbNOuO5NPp2GC6gz+90MFIGA1UdEQEB/wRIMEakRDBCMRYwFAYFZ4EFAgEMC2lkOjUzNTc0NTUwMRAwDgYFZ4EFAgIMBXN3dHBtMRYwFAYFZ4EFAgMMC2lkOjAwMDEwMDAyMB0GA1UdDgQWBBTR5XtzUuDx42z41QykuEsNhzQ7mzAKBggqhkjOPQQDAgNIADBFAiAQgRcnfQCuwHhjbzkenJTe1AJfltFVd7VB9whcmyFWoQIhAI1fPPIUU90Pl1jwWmvX8bhXFtKn5a0xJwomsnNgoC9N"}');
INSERT INTO tpm VALUES ('foreign', '{"ek":"AToAAQALAAMAsgAgg3GXZ0SEs/gakMyNRqXXJP1S124GUgtk8qHaGzMUaaoABgCAAEMAEAgAAAAAAAEAulqRLbg/dOz2HG3YXuUT0HE4y1qVOiKg8Vsoc4X3ENc3Uoqs/d/EhR8kvc5cJ9wnMjNImk5qyxBKLMN0WIXmfIe7xFU723hFMFNZb2ZTV+OUbL2tXJUtqOOQqKsExLCudItfJ8mERlrvUYCff5AgONCGiFkpHD/0dXxp5KOQP1J6SxLK7pQJ/WI85uzMswyN6aj7AOuRlbp08JErxSXsrpripEglg8EItOBbkGcGsab962jDokPEayYGQv4mbynCFoI1lu7U60z4x4xLvVZDC66JZ7BRg5dJTrWo+xA8Buhnw0kbHR5eEji3RgYgM8oQZKd5M9cw1hGwic+pUxxeKw==","ek_certificate":"MIIB4jCCAYigAwIBAgIUK/yxN4WIXvbzwrVZuEEVE1xXq80wCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgb2YgVFBNczAeFw0yNjExMjcwOTM4MzFaFw00NjAxMjYwOTM4MzFaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATBszwE/1Sph65flCHZBtaEwB526HQiA5tLV7ubrSOssq+i6HLri4jkZBBCigBLdSq0hL6e09YiCDlWsMjZ8+9Wo4HHMIHEMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgMIMBAGA1UdJQQJMAcGBWeBBQgBMB8GA1UdIwQYMBaAFOcfVfS+LCbNOuO5NPp2GC6gz+90MFIGA1UdEQEB/wRIMEakRDBCMRYwFAYFZ4EFAgEMC2lkOjUzNTc0NTUwMRAwDgYFZ4EFAgIMBXN3dHBtMRYwFAYFZ4EFAgMMC2lkOjAwMDEwMDAyMB0GA1UdDgQWBBTR5XtzUuDx42z41QykuEsNhzQ7mzAKBggqhkjOPQQDAgNIADBFAiAQgRcnfQCuwHhjbzkenJTe1AJfltFVd7VB9whcmyFWoQIhAI1fPPIUU90Pl1jwWmvX8bhXFtKn5a0xJwomsnNgoC9N"}');
-- A group of certificates without an authority.
SELECT set_enrollment('listed', '{"owner":"alice","members":true,"x509":{}}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('listed', 'key', '5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62');
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev', 'dev2', 'renewed', 'later') ORDER BY name;
SELECT canonical_json(explain_enrollment(content) -> 'candidates') FROM material WHERE name = 'dev';
-- The period of a certificate counts; the list may name one alone.
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('listed', 'key', '46f05df4cc68fdfccdcabbede2a14042d1b15e7484398543cf82ae648ac73063');
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('old') ORDER BY name;
SELECT set_enrollment('listed', '{"owner":"alice","members":true,"x509":{"expired":"allow_leaf"}}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('old') ORDER BY name;
DELETE FROM idplane_enrollment_member;
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('listed', 'certificate', '30a2471fdc4322f675eaf88cfbe058e6ad7ca37b57038fe9bcc3e8b8e1a04bad');
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev', 'renewed') ORDER BY name;
-- A serial is of nobody where no authority says whose it is; nor does another kind fit.
DELETE FROM idplane_enrollment_member;
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('listed', 'serial', '0abc01');
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('listed', 'ek', '5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62');
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('listed', 'registration', '5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62');
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('listed', 'certificate', '5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62');
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('listed', 'key', '30a2471fdc4322f675eaf88cfbe058e6ad7ca37b57038fe9bcc3e8b8e1a04bad');
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
DELETE FROM idplane_enrollment_member;
-- Rows count while the enrollment has members; its own lists count beside them.
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('listed', 'key', '5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62');
SELECT set_enrollment('listed', '{"owner":"alice","members":true,"x509":{},"deny":{"common_names":["device-1"]}}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
SELECT set_enrollment('listed', '{"owner":"alice","members":true,"x509":{},"allow":{"serials":["abc02"]}}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
SELECT set_enrollment('listed', '{"owner":"alice","members":true,"x509":{},"enabled":false}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
SELECT identity_kind, identity, enrollment_id, CASE WHEN enabled THEN 'enabled' ELSE 'disabled' END, priority FROM idplane_listed_device;
SELECT set_enrollment('listed', json(replace('{"owner":"alice","x509":{"chain":"CHAIN"}}', 'CHAIN', (SELECT chain FROM authority WHERE name = 'maker')))) ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev', 'dev2') ORDER BY name;
SELECT identity_kind, identity, enrollment_id, CASE WHEN enabled THEN 'enabled' ELSE 'disabled' END, priority FROM idplane_listed_device;
-- With an authority the list is asked on top: by key, certificate or serial.
SELECT set_enrollment('listed', json(replace('{"owner":"alice","members":true,"x509":{"chain":"CHAIN"}}', 'CHAIN', (SELECT chain FROM authority WHERE name = 'maker')))) ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev', 'dev2', 'later', 'old') ORDER BY name;
DELETE FROM idplane_enrollment_member;
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('listed', 'serial', '0abc02');
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev', 'dev2') ORDER BY name;
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('listed', 'certificate', '30a2471fdc4322f675eaf88cfbe058e6ad7ca37b57038fe9bcc3e8b8e1a04bad');
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev', 'renewed') ORDER BY name;
SELECT identity_kind, identity, enrollment_id, CASE WHEN enabled THEN 'enabled' ELSE 'disabled' END, priority FROM idplane_listed_device ORDER BY identity;
-- Of several: an individual one, then lists, then authorities; of lists the one that refuses, by priority, by name.
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('b', 'key', '5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62');
SELECT set_enrollment('b', '{"owner":"bob","members":true,"x509":{}}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
SELECT canonical_json(explain_enrollment(content) -> 'candidates') FROM material WHERE name = 'dev';
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('a', 'key', '5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62');
SELECT set_enrollment('a', '{"owner":"ann","members":true,"x509":{}}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
SELECT set_enrollment('b', '{"owner":"bob","members":true,"x509":{},"priority":1}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
SELECT set_enrollment('a', '{"owner":"ann","members":true,"x509":{},"enabled":false}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
SELECT canonical_json(explain_enrollment(content) -> 'candidates') FROM material WHERE name = 'dev';
SELECT set_enrollment('alone', '{"owner":"carl","kind":"individual","x509":{"key_sha256":"5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62"}}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
SELECT canonical_json(explain_enrollment(content) -> 'candidates') FROM material WHERE name = 'dev';
-- A row that names an individual enrollment lets nobody in.
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('alone', 'key', 'cb6c77798b0c05cfac4869771ceabed961727ed1eee78dc3cc5e4a166b3a5e48');
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev2') ORDER BY name;
DELETE FROM idplane_enrollment_member WHERE enrollment_id = 'alone';
SELECT set_enrollment('alone', NULL);
SELECT set_enrollment('a', NULL);
-- What was: enrollments as they were then, members as they are now.
SELECT set_clock('2026-02-01T00:00:00Z');
SELECT set_enrollment('b', '{"owner":"bob","members":true,"x509":{},"enabled":false}') ->> 'version';
SELECT canonical_json(match_enrollment(content, '2026-01-15T00:00:00Z')) FROM material WHERE name = 'dev';
DELETE FROM idplane_enrollment_member WHERE enrollment_id = 'b';
SELECT canonical_json(match_enrollment(content, '2026-01-15T00:00:00Z')) FROM material WHERE name = 'dev';
SELECT set_enrollment('listed', NULL);
-- An enrollment that is removed takes its members along, and those alone.
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('b', 'key', '5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62');
SELECT enrollment_id, count(*) FROM idplane_enrollment_member GROUP BY enrollment_id ORDER BY enrollment_id;
SELECT set_enrollment('b', NULL);
SELECT count(*) FROM idplane_enrollment_member;
SELECT set_enrollment('b', '{"owner":"bob","members":true,"x509":{}}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
-- Another tenant has its own.
INSERT INTO idplane_enrollment_member VALUES ('other', 'b', 'key', '5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62');
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
SELECT set_tenant('other');
SELECT set_enrollment('b', '{"owner":"bob","members":true,"x509":{}}') ->> 'version';
SELECT name, canonical_json(match_enrollment(content)) FROM material WHERE name IN ('dev') ORDER BY name;
SELECT identity_kind, identity, enrollment_id, CASE WHEN enabled THEN 'enabled' ELSE 'disabled' END, priority FROM idplane_listed_device;
SELECT set_enrollment('b', NULL);
SELECT count(*) FROM idplane_enrollment_member;
SELECT set_tenant('default');
-- A device that is gone is barred by its record, whatever lists it, until somebody approves it.
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('b', 'key', '5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62');
SELECT create_ca('default') ->> 'ca';
KEEP begun SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev'), '{"proven":true}');
SELECT response ->> 'state' FROM kept WHERE name = 'begun';
SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev2')) ->> 'error';
SELECT provision_identity((SELECT response ->> 'session' FROM kept WHERE name = 'begun'), (SELECT content FROM material WHERE name = 'id.csr')) ->> 'device';
SELECT canonical_json(deprovision('3f0a5a2e-7a8b-4b43-8f5e-000000000001'));
SELECT count(*) FROM idplane_listed_device;
SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev')) ->> 'error';
SELECT decide_enrollment((SELECT response ->> 'registration_id' FROM kept WHERE name = 'begun'), 'approve') ->> 'approval';
SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev')) ->> 'state';
DELETE FROM idplane_enrollment_member;
SELECT begin_provisioning((SELECT content FROM material WHERE name = 'dev')) ->> 'error';
SELECT set_enrollment('b', NULL);
-- TPMs: without an authority by the endorsement key, with one also by the serial of its certificate.
SELECT set_clock('2027-01-01T00:00:00Z');
SELECT set_enrollment('tpms', '{"owner":"alice","members":true,"tpm":{}}') ->> 'version';
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'bare')) AS answer) SELECT 'bare', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('tpms', 'key', 'a513f43f9760d3a1b89301fee14c174bb3c18baa06b3efaad5b0029622076b5e');
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('tpms', 'serial', '2bfcb13785885ef6f3c2b559b84115135c57abcd');
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'bare')) AS answer) SELECT 'bare', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'certified')) AS answer) SELECT 'certified', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('tpms', 'ek', 'a513f43f9760d3a1b89301fee14c174bb3c18baa06b3efaad5b0029622076b5e');
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'bare')) AS answer) SELECT 'bare', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'certified')) AS answer) SELECT 'certified', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'foreign')) AS answer) SELECT 'foreign', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
SELECT set_enrollment('makers', json(replace('{"owner":"maker","tpm":{"chain":"CHAIN"}}', 'CHAIN', (SELECT chain FROM authority WHERE name = 'tpm')))) ->> 'version';
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'certified')) AS answer) SELECT 'certified', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
SELECT registration_id FROM idplane_provisioning_event WHERE enrollment_id = 'makers';
-- What a certificate says for which nobody vouches lets nobody in.
SELECT set_enrollment('tpms', '{"owner":"alice","members":true,"tpm":{},"allow":{"serials":["2bfcb13785885ef6f3c2b559b84115135c57abcd"]}}') ->> 'version';
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'certified')) AS answer) SELECT 'certified', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
SELECT set_enrollment('tpms', '{"owner":"alice","members":true,"enabled":false,"tpm":{}}') ->> 'version';
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'certified')) AS answer) SELECT 'certified', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
SELECT set_enrollment('tpms', NULL);
SELECT set_enrollment('makers', json(replace('{"owner":"maker","members":true,"tpm":{"chain":"CHAIN"}}', 'CHAIN', (SELECT chain FROM authority WHERE name = 'tpm')))) ->> 'version';
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'certified')) AS answer) SELECT 'certified', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('makers', 'serial', '2bfcb13785885ef6f3c2b559b84115135c57abcd');
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'bare')) AS answer) SELECT 'bare', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'certified')) AS answer) SELECT 'certified', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'foreign')) AS answer) SELECT 'foreign', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
DELETE FROM idplane_enrollment_member;
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('makers', 'ek', 'a513f43f9760d3a1b89301fee14c174bb3c18baa06b3efaad5b0029622076b5e');
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'certified')) AS answer) SELECT 'certified', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, (SELECT json(options) FROM tpm WHERE name = 'foreign')) AS answer) SELECT 'foreign', coalesce(answer ->> 'state', answer ->> 'error'), answer ->> 'reason' FROM one;
-- Symmetric keys: the registration_id, letter by letter.
SELECT set_enrollment('meters', '{"owner":"alice","members":true,"symmetric_key":{"primary":"MDEyMzQ1Njc4OWFiY2RlZg=="}}') ->> 'version';
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('meters', 'registration', 'Meter-1');
INSERT INTO idplane_enrollment_member (enrollment_id, identity_kind, identity) VALUES ('meters', 'key', '0000000000000000000000000000000000000000000000000000000000000000');
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, '{"registration_id":"Meter-1","enrollment":"meters"}') AS answer) SELECT coalesce(answer ->> 'state', answer ->> 'error') FROM one;
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, '{"registration_id":"meter-1","enrollment":"meters"}') AS answer) SELECT coalesce(answer ->> 'state', answer ->> 'error') FROM one;
WITH one AS MATERIALIZED (SELECT begin_provisioning(NULL, '{"registration_id":"0000000000000000000000000000000000000000000000000000000000000000","enrollment":"meters"}') AS answer) SELECT coalesce(answer ->> 'state', answer ->> 'error') FROM one;
-- A million identities from elsewhere, with one query.
CREATE TABLE delivery (identity_kind text, identity text);
INSERT INTO delivery VALUES ('registration', 'Meter-1'), ('registration', 'Meter-2'), ('ek', 'a513f43f9760d3a1b89301fee14c174bb3c18baa06b3efaad5b0029622076b5e');
SELECT d.identity_kind, substr(d.identity, 1, 8), l.enrollment_id, l.priority FROM delivery d LEFT JOIN idplane_listed_device l ON l.identity_kind = d.identity_kind AND l.identity = d.identity ORDER BY 1, 2;
-- What is no enrollment.
SELECT canonical_json(set_enrollment('wrong', '{"owner":"a","x509":{}}') -> 'errors');
SELECT canonical_json(set_enrollment('wrong', '{"owner":"a","members":false,"x509":{}}') -> 'errors');
SELECT canonical_json(set_enrollment('wrong', '{"owner":"a","tpm":{}}') -> 'errors');
SELECT canonical_json(set_enrollment('wrong', '{"owner":"a","members":"true","x509":{}}') -> 'errors');
SELECT canonical_json(set_enrollment('wrong', '{"owner":"a","kind":"individual","members":true,"x509":{"key_sha256":"5c359d21b9a224f42d3cd05f4289e49e4259c0cadb709d1f2be94ab87b6c8b62"}}') -> 'errors');
