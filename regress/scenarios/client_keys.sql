-- SPDX-License-Identifier: Apache-2.0
-- client_keys.sql: the keys at the jwks_uri of a client as a front fetches them: when they are asked for,
-- who waits, what a failure leaves, and that nobody is let in by one. RFC 7523 §3, RFC 8705 §2.2.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","client_certificate_header":"x-client-cert","guard_settings":{"client_failures_max":3}}') -> 'guard_settings' -> 'client_failures_max';
CREATE TABLE made (name text, document jsonb);
INSERT INTO made SELECT 'k1', jwk_generate('ES256', 'k1');
INSERT INTO made SELECT 'k2', jwk_generate('ES256', 'k2');
CREATE TABLE published (name text, document text);
INSERT INTO published SELECT name, '{"status":200,"headers":{"cache-control":"max-age=600"},"body":"{\"keys\":[' || replace(canonical_json(jwk_public(document)), '"', '\"') || ']}"}' FROM made;
INSERT INTO published VALUES
    ('timeout', '{"error":"timeout","error_description":"It was not done in time."}'),
    ('broken', '{"status":500,"headers":{},"body":"{}"}'),
    ('nonsense', '{"status":200,"headers":{},"body":"<html>"}'),
    ('empty', '{"status":200,"headers":{},"body":"{\"keys\":[]}"}'),
    ('private', '{"status":200,"headers":{},"body":"{\"keys\":[{\"kty\":\"oct\",\"k\":\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY\"}]}"}');
SELECT register_client('remote', '{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://client.example/jwks"}') ->> 'client_id';
SELECT register_client('basic', '{"token_endpoint_auth_method":"client_secret_post","client_secret":"basic-secret-1"}') ->> 'client_id';

-- What is sent: an assertion for each jti, signed by the key, good for an hour.
CREATE TABLE wanted (name text, client text, key text);
INSERT INTO wanted VALUES ('a', 'remote', 'k1'), ('b', 'remote', 'k1'), ('c', 'remote', 'k1'), ('d', 'remote', 'k1'), ('e', 'remote', 'k1'), ('f', 'remote', 'k1'),
    ('g', 'remote', 'k2'), ('h', 'remote', 'k2'), ('i', 'remote', 'k2'), ('j', 'remote', 'k2'), ('k', 'remote', 'k2'), ('l', 'remote', 'k2'), ('m', 'remote', 'k1'),
    ('n', 'remote', 'k1'), ('nobody', 'nobody', 'k1'), ('other', 'basic', 'k1');
CREATE TABLE sent (name text, body text);
INSERT INTO sent SELECT w.name, 'token=x&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion='
    || jwt_sign_with(json('{"iss":"' || w.client || '","sub":"' || w.client || '","aud":"https://id.example","exp":1767229200,"jti":"' || w.name || '"}'), canonical_json(m.document))
    FROM wanted w, made m WHERE m.name = w.key;
INSERT INTO sent VALUES
    ('malformed', 'token=x&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=x.y.z'),
    ('secret', 'token=x&client_id=remote&client_secret=x');

-- Only what a key of the client decides asks for keys.
KEEP 01-unknown-client SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'nobody'));
KEEP 02-other-method SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'other'));
KEEP 03-malformed SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'malformed'));
KEEP 04-secret SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'secret'));

-- Nothing is known: the first asks, the others wait for it, and a failure lets nobody in.
KEEP 05-first SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'a'));
KEEP 06-meanwhile SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'b'));
KEEP 07-failed SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'a'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '05-first') || '","fetched":' || (SELECT document FROM published WHERE name = 'timeout') || '}'));
KEEP 08-after SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'b'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '06-meanwhile') || '"}'));
KEEP 09-again SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'a'));
SELECT url, jwks, fetched_at, failure FROM idplane_client_keys;

-- Within five seconds of the next try it is waited for; and then they are there.
SELECT set_clock('2026-01-01T00:00:26Z');
KEEP 10-soon SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'a'));
SELECT set_clock('2026-01-01T00:00:31Z');
KEEP 11-due SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'a'));
KEEP 12-came SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'a'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '11-due') || '","fetched":' || (SELECT document FROM published WHERE name = 'k1') || '}'));
SELECT url, count(jwks), count(expires_at), max(failure) FROM idplane_client_keys GROUP BY url;

-- What was resumed once is not again, an assertion is good once, and a known key needs no fetch.
KEEP 13-resumed-twice SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'a'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '11-due') || '","fetched":' || (SELECT document FROM published WHERE name = 'k1') || '}'));
KEEP 14-used SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'a'));
KEEP 15-known SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'c'));

-- The client signs by a new key: not before the cooldown, a failure leaves the old one, and then it is there.
SELECT set_clock('2026-01-01T00:00:50Z');
KEEP 16-cooldown SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'g'));
SELECT set_clock('2026-01-01T00:01:02Z');
KEEP 17-rotated SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'g'));
KEEP 18-failed SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'g'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '17-rotated') || '","fetched":' || (SELECT document FROM published WHERE name = 'broken') || '}'));
KEEP 19-old SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'd'));
SELECT set_clock('2026-01-01T00:01:33Z');
KEEP 20-due SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'h'));
KEEP 21-nonsense SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'h'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '20-due') || '","fetched":' || (SELECT document FROM published WHERE name = 'nonsense') || '}'));
KEEP 22-old SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'e'));
SELECT failure FROM idplane_client_keys;
SELECT set_clock('2026-01-01T00:02:04Z');
KEEP 23-due SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'h'));
KEEP 24-none SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'h'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '23-due') || '","fetched":' || (SELECT document FROM published WHERE name = 'empty') || '}'));
SELECT set_clock('2026-01-01T00:02:35Z');
KEEP 25-due SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'h'));
KEEP 26-private SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'h'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '25-due') || '","fetched":' || (SELECT document FROM published WHERE name = 'private') || '}'));
SELECT set_clock('2026-01-01T00:03:06Z');
KEEP 27-due SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'h'));
KEEP 28-came SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'h'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '27-due') || '","fetched":' || (SELECT document FROM published WHERE name = 'k2') || '}'));
KEEP 29-withdrawn SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'f'));

-- They ended, as the client said: one asks, whom a failure costs nothing, and the others do not wait.
SELECT set_clock('2026-01-01T00:14:00Z');
KEEP 30-ended SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'i'));
KEEP 31-meanwhile SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'j'));
KEEP 32-failed SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'i'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '30-ended') || '","fetched":' || (SELECT document FROM published WHERE name = 'timeout') || '}'));

-- Set by hand they count, and nothing is fetched; taken back, what was fetched counts again.
SELECT set_issuer_keys('https://client.example/jwks', '{"keys":[' || canonical_json(jwk_public((SELECT document FROM made WHERE name = 'k1'))) || ']}');
SELECT set_clock('2026-01-01T00:15:00Z');
KEEP 33-set SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'm'));
KEEP 34-not-set SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'k'));
SELECT fetch_client_keys('remote') ->> 'status', fetch_client_keys('basic') ->> 'status', fetch_client_keys('nobody') ->> 'status';
SELECT set_issuer_keys('https://client.example/jwks', '{"keys":[]}');
KEEP 35-fetched SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'k'));
SELECT fetch_client_keys('remote');

-- Another address: what is from the first counts no more, and no cooldown either. A client that is disabled asks for nothing.
SELECT update_client('remote', '{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://new.example/jwks"}') ->> 'jwks_uri';
KEEP 36-moved SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'l'));
KEEP 37-came SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'l'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '36-moved') || '","fetched":' || (SELECT document FROM published WHERE name = 'k1') || '}'));
KEEP 38-moved SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'n'));
SELECT update_client('remote', '{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://third.example/jwks","enabled":false}') -> 'enabled';
KEEP 39-disabled SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'l'));

-- A certificate that signed itself: the same, by the certificate that is published.
SELECT register_client('self', '{"token_endpoint_auth_method":"self_signed_tls_client_auth","jwks_uri":"https://self.example/jwks"}') ->> 'client_id';
INSERT INTO published SELECT 'certificate', '{"status":200,"headers":{},"body":"{\"keys\":[' || replace(canonical_json(jwk_from_pem('-----BEGIN CERTIFICATE-----
MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIw
LjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEw
IBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRF
MQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0Ybt
aklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdct
B42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyE
liQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAAC
B4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIh
AIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24b
VcgtCZb95g2IpRPaA5EJVz/mqA==
-----END CERTIFICATE-----')), '"', '\"') || ']}"}';
INSERT INTO sent VALUES ('self', 'token=x&client_id=self');
KEEP 40-self SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-client-cert":":MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:"}', (SELECT likely(body) FROM sent WHERE name = 'self'));
KEEP 41-other SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-client-cert":":MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:"}', (SELECT likely(body) FROM sent WHERE name = 'self'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '40-self') || '","fetched":' || (SELECT document FROM published WHERE name = 'k1') || '}'));
SELECT set_clock('2026-01-01T00:16:00Z');
KEEP 42-self SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-client-cert":":MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:"}', (SELECT likely(body) FROM sent WHERE name = 'self'));
KEEP 43-came SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-client-cert":":MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:"}', (SELECT likely(body) FROM sent WHERE name = 'self'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '42-self') || '","fetched":' || (SELECT document FROM published WHERE name = 'certificate') || '}'));
KEEP 44-known SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-client-cert":":MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:"}', (SELECT likely(body) FROM sent WHERE name = 'self'));
KEEP 45-without SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'self'));

-- What nothing could be right for is no guess: the first one that is right is taken.
SELECT register_client('late', '{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://late.example/jwks"}') ->> 'client_id';
INSERT INTO sent SELECT 'late', 'token=x&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion='
    || jwt_sign_with('{"iss":"late","sub":"late","aud":"https://id.example","exp":1767229200,"jti":"1"}', canonical_json(document)) FROM made WHERE name = 'k1';
KEEP 46-late SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-idplane-peer":"192.0.2.9"}', (SELECT likely(body) FROM sent WHERE name = 'late'));
KEEP 47-failed SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-idplane-peer":"192.0.2.9"}', (SELECT likely(body) FROM sent WHERE name = 'late'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '46-late') || '","fetched":' || (SELECT document FROM published WHERE name = 'timeout') || '}'));
KEEP 48-again SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-idplane-peer":"192.0.2.9"}', (SELECT likely(body) FROM sent WHERE name = 'late'));
KEEP 49-again SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-idplane-peer":"192.0.2.9"}', (SELECT likely(body) FROM sent WHERE name = 'late'));
KEEP 50-again SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-idplane-peer":"192.0.2.9"}', (SELECT likely(body) FROM sent WHERE name = 'late'));
SELECT set_clock('2026-01-01T00:17:00Z');
KEEP 51-due SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-idplane-peer":"192.0.2.9"}', (SELECT likely(body) FROM sent WHERE name = 'late'));
KEEP 52-came SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-idplane-peer":"192.0.2.9"}', (SELECT likely(body) FROM sent WHERE name = 'late'), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = '51-due') || '","fetched":' || (SELECT document FROM published WHERE name = 'k1') || '}'));

-- The same at each endpoint that a client authenticates at.
SELECT set_clock('2026-01-01T00:18:00Z');
SELECT update_client('late', '{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://later.example/jwks"}') ->> 'jwks_uri';
KEEP 53-offline SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'late'), '{"fetches":false}');
KEEP 53-token SELECT http_request('POST', '/token', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'late'));
KEEP 54-device_authorization SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'late'));
KEEP 55-revoke SELECT http_request('POST', '/revoke', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'late'));
KEEP 56-oauth2-token SELECT http_request('POST', '/oauth2/token', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM sent WHERE name = 'late'));

SELECT name, response ->> 'status', json(coalesce(response ->> 'body', '{}')) ->> 'error', response -> 'fetch' ->> 'url', response ->> 'wait_ms',
    CASE WHEN response ->> 'resume' IS NULL THEN '' ELSE 'resume' END FROM kept ORDER BY name;
SELECT canonical_json(response -> 'fetch' -> 'options') FROM kept WHERE name = '05-first';

-- With the client its keys go.
SELECT count(*) FROM idplane_client_keys;
SELECT CASE WHEN remove_client('remote') AND remove_client('self') AND remove_client('late') THEN 'removed' END;
SELECT count(*) FROM idplane_client_keys;
