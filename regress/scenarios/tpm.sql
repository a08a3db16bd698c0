-- SPDX-License-Identifier: Apache-2.0
-- tpm.sql: keys of a TPM and what it attests; docs/tpm.md has the reasons. All of it was made by swtpm,
-- with tpm2-tools.
CREATE TABLE made (name text, base64 text);
INSERT INTO made VALUES
    ('rsa', 'AToAAQALAAMAsgAgg3GXZ0SEs/gakMyNRqXXJP1S124GUgtk8qHaGzMUaaoABgCAAEMAEAgAAAAAAAEAulqRLbg/dOz2HG3YXuUT0HE4y1qVOiKg8Vsoc4X3ENc3Uoqs/d/EhR8kvc5cJ9wnMjNImk5qyxBKLMN0WIXmfIe7xFU723hFMFNZb2ZTV+OUbL2tXJUtqOOQqKsExLCudItfJ8mERlrvUYCff5AgONCGiFkpHD/0dXxp5KOQP1J6SxLK7pQJ/WI85uzMswyN6aj7AOuRlbp08JErxSXsrpripEglg8EItOBbkGcGsab962jDokPEayYGQv4mbynCFoI1lu7U60z4x4xLvVZDC66JZ7BRg5dJTrWo+xA8Buhnw0kbHR5eEji3RgYgM8oQZKd5M9cw1hGwic+pUxxeKw=='),
    ('ecc', 'AHoAIwALAAMAsgAgg3GXZ0SEs/gakMyNRqXXJP1S124GUgtk8qHaGzMUaaoABgCAAEMAEAADABAAIMGzPAT/VKmHrl+UIdkG1oTAHnbodCIDm0tXu5utI6yyACCvouhy64uI5GQQQooAS3UqtIS+ntPWIgg5VrDI2fPvVg=='),
    ('ak', 'AFgAIwALAAUAcgAAABAAGAALAAMAEAAgPpDtgT7rHHiajy9v2T7Lm8c1Ku1DWRKoEdnEybl/9RUAIMWO2zq5tVlorv6RsQZo+sPmL+D5d+WLteaMqaHcNNsW'),
    ('identity', 'AFYAIwALAAQAcgAAABAAEAADABAAIL5WEHRZv5mOYbRBof2uhMKwhrYSSEnWKKS+b0ycs912ACBlz2sN82m325uKXMS2te6gCeAycKpV2zQUPSoVQeMYzg=='),
    ('creation', '/1RDR4AaACIACzZzltK/cjyQDP8J1QjaSy+rX8VcDK3qlB8RxNf2f1VuAAOqu8wAAAAAAAAEVAAAAAEAAAAAASAZECMAFjY2ACIAC4P1nyceF9+ZgKc39eMzA8NH0C17O8vkGulDQhiqRFpHACDbLPwxWrGGG/xVUNpcvGd32HDku/LS00LaZSnK15ilcw=='),
    ('creation-signature', 'ABgACwAg+hR+s0n94Qw1xschrJ8E9dayZukConK4pRmbvzocva0AINe82pWeG/reYbJfTmqbIllZUpMBU7G0o4H1y7WVz0H7'),
    ('certify', '/1RDR4AXACIACzZzltK/cjyQDP8J1QjaSy+rX8VcDK3qlB8RxNf2f1VuAAQA/1WqAAAAAAAABHUAAAABAAAAAAEgGRAjABY2NgAiAAuD9Z8nHhffmYCnN/XjMwPDR9AtezvL5BrpQ0IYqkRaRwAiAAvLWwWBtEvUI9ZtmjkleLepA4Fyq1QW0dmz9urDnCfXyg=='),
    ('certify-signature', 'ABgACwAgWmeFQawFbAORTwB3M18kjbdwn6pfGBWD9KuC8Vlexh4AIKlZT5JB1idMNXvRg5mc9bRW9BlxyFhvsLuaFVpSDRcf'),
    ('quote', '/1RDR4AYACIACzZzltK/cjyQDP8J1QjaSy+rX8VcDK3qlB8RxNf2f1VuAAUBAgMEBQAAAAAAAARhAAAAAQAAAAABIBkQIwAWNjYAAAABAAsDgQCAACAuqauRmNFjgAdADNLDvvHMdFuGS3YBGg4bxSGArGRS1A=='),
    ('quote-signature', 'ABgACwAg3e4lEfTv+g3x2bICFlCw9MQunGqq9iMnc4tkQqN1BAQAINnhkxpOfto0BRexJa8bu8qmBesl8T2WRYzjCHYLbzUS');
CREATE VIEW ak AS SELECT base64 FROM made WHERE name = 'ak';
CREATE VIEW identity AS SELECT base64 FROM made WHERE name = 'identity';
CREATE VIEW attested AS SELECT attest.name AS type, attest.base64 AS attest, signature.base64 AS signature
    FROM made AS attest JOIN made AS signature ON signature.name = attest.name || '-signature';

-- Keys, and what each may be taken for.
SELECT name, canonical_json(tpm_inspect(base64)) FROM made WHERE name IN ('rsa', 'ecc', 'ak', 'identity') ORDER BY name;
-- White space around is nothing; without its size it is the same.
SELECT 'the same' FROM ak WHERE tpm_inspect('  ' || base64 || '
') ->> 'name' = tpm_inspect(base64) ->> 'name';
-- What is none.
SELECT tpm_inspect(text) ->> 'reason', text FROM (SELECT '' AS text UNION ALL SELECT 'x' UNION ALL SELECT 'AAAA' UNION ALL SELECT 'ACUACw==' UNION ALL SELECT 'ACMACw==' UNION ALL SELECT 'AAEACw==') AS texts ORDER BY text;
SELECT name, tpm_inspect(base64) ->> 'reason' FROM made WHERE name IN ('creation', 'quote-signature') ORDER BY name;
SELECT 'null gives null' WHERE tpm_inspect(NULL) IS NULL AND tpm_verify(NULL, '', '') IS NULL AND tpm_verify('', NULL, '') IS NULL AND tpm_verify('', '', NULL) IS NULL;

-- What the TPM says.
SELECT canonical_json(tpm_verify(ak.base64, attest, signature)) FROM ak, attested ORDER BY type;
SELECT type || ' is about the identity key' FROM ak, identity, attested WHERE tpm_verify(ak.base64, attest, signature) ->> 'name' = tpm_inspect(identity.base64) ->> 'name' ORDER BY type;

-- What is asked of it.
CREATE TABLE asked (number bigint, type text, policy text);
INSERT INTO asked VALUES
    (1, 'creation', '{"type":"creation","nonce":"aabbcc"}'),
    (2, 'creation', '{"type":"certify"}'),
    (3, 'creation', '{"type":"quote"}'),
    (4, 'creation', '{"nonce":"aabb"}'),
    (5, 'creation', '{"nonce":""}'),
    (6, 'creation', '{"nonce":null,"type":null}'),
    (7, 'creation', '{"name":"000b"}'),
    (8, 'creation', '{"pcrs":{"sha256":{"0":"0000000000000000000000000000000000000000000000000000000000000000"}}}'),
    (9, 'quote', '{"nonce":"0102030405","pcrs":{"sha256":{"23":"0000000000000000000000000000000000000000000000000000000000000000","0":"0000000000000000000000000000000000000000000000000000000000000000","7":"0000000000000000000000000000000000000000000000000000000000000000"}}}'),
    (10, 'quote', '{"pcrs":{"sha256":{"0":"0000000000000000000000000000000000000000000000000000000000000000","7":"0000000000000000000000000000000000000000000000000000000000000000"}}}'),
    (11, 'quote', '{"pcrs":{"sha256":{"0":"0000000000000000000000000000000000000000000000000000000000000000","7":"0000000000000000000000000000000000000000000000000000000000000000","23":"0000000000000000000000000000000000000000000000000000000000000000","1":"0000000000000000000000000000000000000000000000000000000000000000"}}}'),
    (12, 'quote', '{"pcrs":{"sha256":{"0":"0000000000000000000000000000000000000000000000000000000000000000","7":"0000000000000000000000000000000000000000000000000000000000000000","23":"1111111111111111111111111111111111111111111111111111111111111111"}}}'),
    (13, 'quote', '{"pcrs":{"sha384":{"0":"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000","7":"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000","23":"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"}}}'),
    (14, 'quote', '{"pcrs":{"sha256":{"0":"0000000000000000000000000000000000000000000000000000000000000000","7":"0000000000000000000000000000000000000000000000000000000000000000","23":"0000000000000000000000000000000000000000000000000000000000000000"},"sha384":{"0":"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"}}}'),
    (15, 'quote', '{"name":"000b"}'),
    (16, 'quote', '{"clock":{"reset_count":1,"restart_count":0,"clock":1,"safe":true}}'),
    (17, 'quote', '{"clock":{"reset_count":2}}'),
    (18, 'quote', '{"clock":{"reset_count":1,"restart_count":1}}'),
    (19, 'quote', '{"clock":{"restart_count":1}}'),
    (20, 'quote', '{"clock":{"clock":1000000}}'),
    (21, 'quote', '{"clock":{"safe":false}}');
SELECT number, coalesce(tpm_verify(ak.base64, attest, signature, json(policy)) ->> 'reason', 'well') FROM asked JOIN attested USING (type), ak ORDER BY number;

-- Other bytes, another key, another signature.
SELECT type, tpm_verify(ak.base64, replace(attest, 'AAA', 'AAB'), signature) ->> 'reason' FROM ak, attested ORDER BY type;
SELECT type, tpm_verify(identity.base64, attest, signature) ->> 'reason' FROM identity, attested ORDER BY type;
SELECT tpm_verify(ak.base64, one.attest, other.signature) ->> 'reason' FROM ak, attested AS one, attested AS other WHERE one.type = 'quote' AND other.type = 'certify';
SELECT tpm_verify(ak.base64, made.base64, signature) ->> 'reason' FROM ak, made, attested WHERE name = 'ak' AND type = 'quote';
SELECT tpm_verify(ak.base64, attest, made.base64) ->> 'reason' FROM ak, made, attested WHERE name = 'ak' AND type = 'quote';
SELECT tpm_verify(ak.base64, attest, '') ->> 'reason', tpm_verify(ak.base64, '', signature) ->> 'reason', tpm_verify('', attest, signature) ->> 'reason' FROM ak, attested WHERE type = 'quote';
SELECT 'too much', tpm_verify(replace('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'x', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'), '', '') ->> 'reason';

-- Whether a maker vouches for it.
CREATE TABLE vouched (name text, base64 text);
INSERT INTO vouched VALUES
    ('good', 'MIIB4jCCAYigAwIBAgIUK/yxN4WIXvbzwrVZuEEVE1xXq80wCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgb2YgVFBNczAeFw0yNjExMjcwOTM4MzFaFw00NjAxMjYwOTM4MzFaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATBszwE/1Sph65flCHZBtaEwB526HQiA5tLV7ubrSOssq+i6HLri4jkZBBCigBLdSq0hL6e09YiCDlWsMjZ8+9Wo4HHMIHEMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgMIMBAGA1UdJQQJMAcGBWeBBQgBMB8GA1UdIwQYMBaAFOcfVfS+LCbNOuO5NPp2GC6gz+90MFIGA1UdEQEB/wRIMEakRDBCMRYwFAYFZ4EFAgEMC2lkOjUzNTc0NTUwMRAwDgYFZ4EFAgIMBXN3dHBtMRYwFAYFZ4EFAgMMC2lkOjAwMDEwMDAyMB0GA1UdDgQWBBTR5XtzUuDx42z41QykuEsNhzQ7mzAKBggqhkjOPQQDAgNIADBFAiAQgRcnfQCuwHhjbzkenJTe1AJfltFVd7VB9whcmyFWoQIhAI1fPPIUU90Pl1jwWmvX8bhXFtKn5a0xJwomsnNgoC9N'),
    ('joined', 'MIIB3jCCAYSgAwIBAgIUNyib4otKP4+l9zMGhbfC7SM9h4MwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgb2YgVFBNczAeFw0yNjExMjcwOTM5MThaFw00NjAxMjYwOTM5MThaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATBszwE/1Sph65flCHZBtaEwB526HQiA5tLV7ubrSOssq+i6HLri4jkZBBCigBLdSq0hL6e09YiCDlWsMjZ8+9Wo4HDMIHAMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgMIMBAGA1UdJQQJMAcGBWeBBQgBMB8GA1UdIwQYMBaAFOcfVfS+LCbNOuO5NPp2GC6gz+90ME4GA1UdEQEB/wREMEKkQDA+MTwwDgYFZ4EFAgIMBXN3dHBtMBQGBWeBBQIBDAtpZDo1MzU3NDU1MDAUBgVngQUCAwwLaWQ6MDAwMTAwMDIwHQYDVR0OBBYEFNHle3NS4PHjbPjVDKS4Sw2HNDubMAoGCCqGSM49BAMCA0gAMEUCIGXcD5nK1kw02VKVhsJmqy4utajdUrnKKjr68TkQD0HGAiEAhdeRX+uVpnABUX4lTaOz5na6En2lIkidCqQv90Y5750='),
    ('usage', 'MIIB4jCCAYigAwIBAgIUfCuc/3JdbtkS1tC85Qbkfeh7Oh0wCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgb2YgVFBNczAeFw0yNjExMjcwOTM4MzFaFw00NjAxMjYwOTM4MzFaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATBszwE/1Sph65flCHZBtaEwB526HQiA5tLV7ubrSOssq+i6HLri4jkZBBCigBLdSq0hL6e09YiCDlWsMjZ8+9Wo4HHMIHEMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeAMBAGA1UdJQQJMAcGBWeBBQgBMB8GA1UdIwQYMBaAFOcfVfS+LCbNOuO5NPp2GC6gz+90MFIGA1UdEQEB/wRIMEakRDBCMRYwFAYFZ4EFAgEMC2lkOjUzNTc0NTUwMRAwDgYFZ4EFAgIMBXN3dHBtMRYwFAYFZ4EFAgMMC2lkOjAwMDEwMDAyMB0GA1UdDgQWBBTR5XtzUuDx42z41QykuEsNhzQ7mzAKBggqhkjOPQQDAgNIADBFAiAbiVX2OwneR5MG6+ERK8M4E1F74PLBpCV99GxNNVrT+QIhAMjuFMSglvMKR79KHW1lwfPxdoCOIaYOzvrBsAd4LvNy'),
    ('purpose', 'MIIB5TCCAYugAwIBAgIUNgn4SVKftyl/nQNnTHPHK0A6aNQwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgb2YgVFBNczAeFw0yNjExMjcwOTM4MzFaFw00NjAxMjYwOTM4MzFaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATBszwE/1Sph65flCHZBtaEwB526HQiA5tLV7ubrSOssq+i6HLri4jkZBBCigBLdSq0hL6e09YiCDlWsMjZ8+9Wo4HKMIHHMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgMIMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB8GA1UdIwQYMBaAFOcfVfS+LCbNOuO5NPp2GC6gz+90MFIGA1UdEQEB/wRIMEakRDBCMRYwFAYFZ4EFAgEMC2lkOjUzNTc0NTUwMRAwDgYFZ4EFAgIMBXN3dHBtMRYwFAYFZ4EFAgMMC2lkOjAwMDEwMDAyMB0GA1UdDgQWBBTR5XtzUuDx42z41QykuEsNhzQ7mzAKBggqhkjOPQQDAgNIADBFAiEAhKHinKLHbpaasbvK6dNwpZD8Gxul8AfiFS+SVU9JHeMCIGe4jXO87wTnao/lakqr3ive7zKdMEASy8dTzGC97ArF'),
    ('twice', 'MIIB8zCCAZqgAwIBAgIUfpHJejA5dncWt7CZ4Lk1kyyOrJ4wCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgb2YgVFBNczAeFw0yNjExMjcwOTM4MzFaFw00NjAxMjYwOTM4MzFaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATBszwE/1Sph65flCHZBtaEwB526HQiA5tLV7ubrSOssq+i6HLri4jkZBBCigBLdSq0hL6e09YiCDlWsMjZ8+9Wo4HZMIHWMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgMIMBAGA1UdJQQJMAcGBWeBBQgBMB8GA1UdIwQYMBaAFOcfVfS+LCbNOuO5NPp2GC6gz+90MGQGA1UdEQEB/wRaMFikVjBUMRYwFAYFZ4EFAgEMC2lkOjUzNTc0NTUwMRAwDgYFZ4EFAgIMBXN3dHBtMRYwFAYFZ4EFAgMMC2lkOjAwMDEwMDAyMRAwDgYFZ4EFAgIMBW90aGVyMB0GA1UdDgQWBBTR5XtzUuDx42z41QykuEsNhzQ7mzAKBggqhkjOPQQDAgNHADBEAiAipA6tcg8Oo/KySuH72Pisp2oOZgL2I3UqXwabTcTChAIgB8Pk5J7lIlF/HeJ0uo29ky7c9GgvZfW4Y5CxRkgOhi0='),
    ('short', 'MIIByjCCAXCgAwIBAgIUJsz8B1KMzCj4yksvJ4ViPZAaepswCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgb2YgVFBNczAeFw0yNjExMjcwOTM4MzFaFw00NjAxMjYwOTM4MzFaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATBszwE/1Sph65flCHZBtaEwB526HQiA5tLV7ubrSOssq+i6HLri4jkZBBCigBLdSq0hL6e09YiCDlWsMjZ8+9Wo4GvMIGsMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgMIMBAGA1UdJQQJMAcGBWeBBQgBMB8GA1UdIwQYMBaAFOcfVfS+LCbNOuO5NPp2GC6gz+90MDoGA1UdEQEB/wQwMC6kLDAqMRYwFAYFZ4EFAgEMC2lkOjUzNTc0NTUwMRAwDgYFZ4EFAgIMBXN3dHBtMB0GA1UdDgQWBBTR5XtzUuDx42z41QykuEsNhzQ7mzAKBggqhkjOPQQDAgNIADBFAiEAu47Tw1qAH9+YXwYfDMxNku1rl1r45wXXGzRJVn7vI0cCIExlfw5EYr04Axj1ObrL0g0xYjIh2VFkaKeDFB6aGvZn'),
    ('nameless', 'MIIBpDCCAUqgAwIBAgIUBal57Aoc1hubb3IYnNNbk+rIy/gwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgb2YgVFBNczAeFw0yNjExMjcwOTM4MzFaFw00NjAxMjYwOTM4MzFaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATBszwE/1Sph65flCHZBtaEwB526HQiA5tLV7ubrSOssq+i6HLri4jkZBBCigBLdSq0hL6e09YiCDlWsMjZ8+9Wo4GJMIGGMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgMIMBAGA1UdJQQJMAcGBWeBBQgBMB8GA1UdIwQYMBaAFOcfVfS+LCbNOuO5NPp2GC6gz+90MBQGA1UdEQEB/wQKMAiCBmRldmljZTAdBgNVHQ4EFgQU0eV7c1Lg8eNs+NUMpLhLDYc0O5swCgYIKoZIzj0EAwIDSAAwRQIhAMOGH2JM7itPEeHMftx74Knwat7kelMaa0+oDRSgxHQpAiB6NuEsaWLor6hsX7ZqbZYScjcp82jbuXsBEVfb4OVq0Q==');
CREATE VIEW maker AS SELECT 'MIIBlTCCATugAwIBAgIUBEcJDtaD7zx2zcrcMM+TRBBAx6AwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgb2YgVFBNczAeFw0yNjExMjcwOTM4MzFaFw00NjExMjIwOTM4MzFaMBgxFjAUBgNVBAMMDU1ha2VyIG9mIFRQTXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATFnzxoDmDnjPH1372KqDTjfsr0PlpJkmS8pe4IpNyWf7SlhdDWzqwjlp9127yQgiBlBqs5EJTGakKGZ6R5Xl7ko2MwYTAdBgNVHQ4EFgQU5x9V9L4sJs0647k0+nYYLqDP73QwHwYDVR0jBBgwFoAU5x9V9L4sJs0647k0+nYYLqDP73QwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZIzj0EAwIDSAAwRQIhALBaCBwgy60xEarOdGZeo0TbIyJOdNBP/tyqt6X4z7puAiBn5318z9yjdRDFdgSm880XDuqR7+VLGGVh9/lbSrKSAg==' AS base64;
SELECT canonical_json(tpm_verify_certificate(vouched.base64, made.base64, '', maker.base64, '{"now":1800000000}')) FROM vouched, made, maker WHERE vouched.name = 'good' AND made.name = 'ecc';
SELECT vouched.name, coalesce(tpm_verify_certificate(vouched.base64, made.base64, '', maker.base64, '{"now":1800000000}') ->> 'reason', 'well') FROM vouched, made, maker WHERE made.name = 'ecc' ORDER BY vouched.name;
SELECT made.name, coalesce(tpm_verify_certificate(vouched.base64, made.base64, '', maker.base64, '{"now":1800000000}') ->> 'reason', 'well') FROM vouched, made, maker WHERE vouched.name = 'good' ORDER BY made.name;
SELECT 'late', tpm_verify_certificate(vouched.base64, made.base64, '', maker.base64, '{"now":2500000000}') ->> 'reason' FROM vouched, made, maker WHERE vouched.name = 'good' AND made.name = 'ecc';
SELECT 'of nobody', tpm_verify_certificate(vouched.base64, made.base64, '', '', '{"now":1800000000}') ->> 'reason' FROM vouched, made WHERE vouched.name = 'good' AND made.name = 'ecc';
SELECT 'nothing', tpm_verify_certificate('', made.base64, '', '') ->> 'reason', tpm_verify_certificate('', '', '', '') ->> 'reason' FROM made WHERE made.name = 'ecc';
SELECT tpm_verify_certificate('', made.base64, '', '', '{"purposes":1}') FROM made WHERE made.name = 'ecc';
SELECT 'null gives null' WHERE tpm_verify_certificate(NULL, '', '', '') IS NULL AND tpm_verify_certificate('', NULL, '', '') IS NULL AND tpm_verify_certificate('', '', NULL, '') IS NULL AND tpm_verify_certificate('', '', '', NULL) IS NULL;

-- Credentials are other ones each time.
SELECT name, length(tpm_make_credential(base64, '000b4d4b75b030331d57c720b6509b681b7a203c2f1a9b146be1267ba48b518af04d', 'AAECAwQFBgcICQoLDA0ODw==') ->> 'blob'), length(tpm_make_credential(base64, '000b4d4b75b030331d57c720b6509b681b7a203c2f1a9b146be1267ba48b518af04d', 'AA==') ->> 'secret') FROM made WHERE name IN ('rsa', 'ecc') ORDER BY name;
SELECT 'two are two' FROM made WHERE name = 'ecc' AND tpm_make_credential(base64, '000b4d4b75b030331d57c720b6509b681b7a203c2f1a9b146be1267ba48b518af04d', 'AA==') ->> 'blob' <> tpm_make_credential(base64, '000b4d4b75b030331d57c720b6509b681b7a203c2f1a9b146be1267ba48b518af04d', 'AA==') ->> 'blob';
SELECT canonical_json(tpm_make_credential(base64, '000b4d4b75b030331d57c720b6509b681b7a203c2f1a9b146be1267ba48b518af04d', 'AA==')) FROM ak;
SELECT canonical_json(tpm_make_credential('', '000b4d4b75b030331d57c720b6509b681b7a203c2f1a9b146be1267ba48b518af04d', 'AA=='));
SELECT tpm_make_credential(base64, '000b4d4b75b030331d57c720b6509b681b7a203c2f1a9b146be1267ba48b518af04d', '') FROM made WHERE name = 'ecc';
SELECT tpm_make_credential(base64, '000b4d4b75b030331d57c720b6509b681b7a203c2f1a9b146be1267ba48b518af04d', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA') FROM made WHERE name = 'ecc';
SELECT tpm_make_credential(base64, '000b4d4b75b030331d57c720b6509b681b7a203c2f1a9b146be1267ba48b518af0', 'AA==') FROM made WHERE name = 'ecc';
SELECT tpm_make_credential(base64, '00044d4b75b030331d57c720b6509b681b7a203c2f1a9b146be1267ba48b518af04d', 'AA==') FROM made WHERE name = 'ecc';
SELECT tpm_make_credential(base64, 'x', 'AA==') FROM made WHERE name = 'ecc';
SELECT tpm_make_credential(NULL, 'x', 'AA==');

-- Policies that are none.
SELECT tpm_verify('', '', '', '{"noncee":"00"}');
SELECT tpm_verify('', '', '', '{"nonce":"0"}');
SELECT tpm_verify('', '', '', '{"nonce":7}');
SELECT tpm_verify('', '', '', '{"type":"time"}');
SELECT tpm_verify('', '', '', '{"name":"x"}');
SELECT tpm_verify('', '', '', '{"pcrs":{}}');
SELECT tpm_verify('', '', '', '{"pcrs":{"sha1":{"0":"0000000000000000000000000000000000000000"}}}');
SELECT tpm_verify('', '', '', '{"pcrs":{"sha256":{}}}');
SELECT tpm_verify('', '', '', '{"pcrs":{"sha256":{"32":"0000000000000000000000000000000000000000000000000000000000000000"}}}');
SELECT tpm_verify('', '', '', '{"pcrs":{"sha256":{"00":"0000000000000000000000000000000000000000000000000000000000000000"}}}');
SELECT tpm_verify('', '', '', '{"pcrs":{"sha256":{"0":"00"}}}');
SELECT tpm_verify('', '', '', '{"clock":1}');
SELECT tpm_verify('', '', '', '{"clock":{"reset_count":-1}}');
SELECT tpm_verify('', '', '', '{"clock":{"reset_count":4294967296}}');
SELECT tpm_verify('', '', '', '{"clock":{"safe":1}}');
SELECT tpm_verify('', '', '', '{"clock":{"resets":1}}');
SELECT tpm_verify('', '', '', '[]');
