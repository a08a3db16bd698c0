-- SPDX-License-Identifier: Apache-2.0
-- client_methods.sql: each way in which a client authenticates, and that it is the only one:
-- RFC 6749 §2.3, RFC 7521 §4.2, RFC 7523 §3, RFC 8705 §2; R9, V4.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","client_certificate_header":"x-client-cert"}') ->> 'client_certificate_header';
CREATE TABLE made (name text, document jsonb);
INSERT INTO made SELECT 'key', jwk_generate('ES256', 'k1');
INSERT INTO made SELECT 'other', jwk_generate('ES256', 'k1');
SELECT register_client('rotated', '{"token_endpoint_auth_method":"client_secret_post","client_secret":"rotated-secret-1"}') ->> 'client_id';
SELECT register_client('public', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT canonical_json(register_client('basic', '{"token_endpoint_auth_method":"client_secret_basic","client_secret":"basic-secret-1",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code","password","implicit"]}'));
SELECT register_client('post', '{"token_endpoint_auth_method":"client_secret_post","client_secret":"post-secret-1","client_secret_expires_at":1767312000,
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_secret';
SELECT register_client('jwt', '{"token_endpoint_auth_method":"client_secret_jwt","client_secret":"0123456789abcdef0123456789abcdef",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT register_client('private', json('{"token_endpoint_auth_method":"private_key_jwt",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"jwks":{"keys":['
    || canonical_json(jwk_public((SELECT document FROM made WHERE name = 'key'))) || ']}}')) ->> 'client_id';
SELECT register_client('remote', '{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://client.example/jwks",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT register_client('tls', '{"token_endpoint_auth_method":"tls_client_auth","tls_client_auth_subject_dn":"CN=box-1,O=Box Co,C=DE",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT register_client('tls-dns', '{"token_endpoint_auth_method":"tls_client_auth","tls_client_auth_san_dns":"box.example",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT register_client('tls-ip', '{"token_endpoint_auth_method":"tls_client_auth","tls_client_auth_san_ip":"192.0.2.7",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT register_client('tls-other', '{"token_endpoint_auth_method":"tls_client_auth","tls_client_auth_san_uri":"urn:box:2",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT register_client('self', json('{"token_endpoint_auth_method":"self_signed_tls_client_auth","grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"jwks":{"keys":['
    || canonical_json(jwk_from_pem('-----BEGIN CERTIFICATE-----
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
-----END CERTIFICATE-----')) || ']}}')) ->> 'client_id';
SELECT register_client('self-other', json('{"token_endpoint_auth_method":"self_signed_tls_client_auth","grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"jwks":{"keys":['
    || canonical_json(jwk_public((SELECT document FROM made WHERE name = 'key'))) || ']}}')) ->> 'client_id';

-- What each request would get at the device authorization endpoint: 200, or why not.
CREATE TABLE request (number bigint, what text, authorization_header text, certificate text, body text);
INSERT INTO request VALUES
    (1, 'public', NULL, NULL, 'client_id=public'),
    (2, 'public with a secret', NULL, NULL, 'client_id=public&client_secret=x'),
    (3, 'basic', 'Basic YmFzaWM6YmFzaWMtc2VjcmV0LTE=', NULL, 'scope='),
    (4, 'basic with its client_id', 'Basic YmFzaWM6YmFzaWMtc2VjcmV0LTE=', NULL, 'client_id=basic'),
    (5, 'basic with another client_id', 'Basic YmFzaWM6YmFzaWMtc2VjcmV0LTE=', NULL, 'client_id=public'),
    (6, 'basic with a secret in the form', 'Basic YmFzaWM6YmFzaWMtc2VjcmV0LTE=', NULL, 'client_id=basic&client_secret=basic-secret-1'),
    (7, 'basic, wrong', 'Basic YmFzaWM6d3Jvbmctc2VjcmV0LTE=', NULL, 'scope='),
    (8, 'basic by post', NULL, NULL, 'client_id=basic&client_secret=basic-secret-1'),
    (9, 'basic by name', NULL, NULL, 'client_id=basic'),
    (10, 'post', NULL, NULL, 'client_id=post&client_secret=post-secret-1'),
    (11, 'post, wrong', NULL, NULL, 'client_id=post&client_secret=post-secret-2'),
    (12, 'tls', NULL, ':MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:', 'client_id=tls'),
    (13, 'tls without a certificate', NULL, NULL, 'client_id=tls'),
    (14, 'tls with none', NULL, ':AAAA:', 'client_id=tls'),
    (15, 'tls by a DNS name', NULL, ':MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:', 'client_id=tls-dns'),
    (16, 'tls by an address', NULL, ':MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:', 'client_id=tls-ip'),
    (17, 'tls of another', NULL, ':MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:', 'client_id=tls-other'),
    (18, 'self-signed', NULL, ':MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:', 'client_id=self'),
    (19, 'self-signed of another', NULL, ':MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:', 'client_id=self-other'),
    (20, 'public with a certificate', NULL, ':MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:', 'client_id=public'),
    (21, 'an assertion of no type', NULL, NULL, 'client_id=private&client_assertion=x'),
    (22, 'a type of no assertion', NULL, NULL, 'client_id=private&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer'),
    (23, 'nobody', NULL, NULL, 'client_id=nobody&client_secret=x');

-- Assertions.
CREATE TABLE assertion (number bigint, client text, key text, claims jsonb, client_id text);
INSERT INTO assertion VALUES
    (30, 'private_key_jwt', 'key', '{"iss":"private","sub":"private","aud":"https://id.example/token","exp":1767225660,"jti":"1"}', ''),
    (31, 'its client_id beside it', 'key', '{"iss":"private","sub":"private","aud":["https://id.example"],"exp":1767225660,"jti":"2"}', 'client_id=private&'),
    (32, 'another client_id beside it', 'key', '{"iss":"private","sub":"private","aud":"https://id.example","exp":1767225660,"jti":"3"}', 'client_id=public&'),
    (33, 'the same jti', 'key', '{"iss":"private","sub":"private","aud":"https://id.example","exp":1767225660,"jti":"1"}', ''),
    (34, 'another key', 'other', '{"iss":"private","sub":"private","aud":"https://id.example","exp":1767225660,"jti":"4"}', ''),
    (35, 'another audience', 'key', '{"iss":"private","sub":"private","aud":"https://evil.example","exp":1767225660,"jti":"5"}', ''),
    (36, 'expired', 'key', '{"iss":"private","sub":"private","aud":"https://id.example","exp":1767225500,"jti":"6"}', ''),
    (37, 'good for a day', 'key', '{"iss":"private","sub":"private","aud":"https://id.example","exp":1767312000,"jti":"7"}', ''),
    (38, 'without a jti', 'key', '{"iss":"private","sub":"private","aud":"https://id.example","exp":1767225660}', ''),
    (39, 'of another issuer', 'key', '{"iss":"basic","sub":"private","aud":"https://id.example","exp":1767225660,"jti":"8"}', ''),
    (40, 'about another client', 'key', '{"iss":"private","sub":"public","aud":"https://id.example","exp":1767225660,"jti":"9"}', ''),
    (41, 'of a client with a secret', 'key', '{"iss":"basic","sub":"basic","aud":"https://id.example","exp":1767225660,"jti":"10"}', ''),
    (42, 'jwks_uri, not known yet', 'other', '{"iss":"remote","sub":"remote","aud":"https://id.example","exp":1767225660,"jti":"11"}', '');
INSERT INTO request SELECT a.number, a.client, NULL, NULL, a.client_id
    || 'client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion='
    || jwt_sign_with(a.claims, canonical_json(m.document)) FROM assertion a, made m WHERE m.name = a.key;
INSERT INTO request SELECT 50, 'client_secret_jwt', NULL, NULL,
    'client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion='
    || jwt_sign_with('{"iss":"jwt","sub":"jwt","aud":"https://id.example","exp":1767225660,"jti":"1"}',
        '{"kty":"oct","alg":"HS256","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}');
INSERT INTO request SELECT 51, 'client_secret_jwt with another secret', NULL, NULL,
    'client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion='
    || jwt_sign_with('{"iss":"jwt","sub":"jwt","aud":"https://id.example","exp":1767225660,"jti":"2"}',
        '{"kty":"oct","alg":"HS256","k":"MTEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}');
CREATE TABLE answer (number bigint, response jsonb);
CREATE VIEW sent AS SELECT number, json('{"host":"id.example","content-type":"application/x-www-form-urlencoded"'
    || coalesce(',"authorization":"' || authorization_header || '"', '')
    || coalesce(',"x-client-cert":"' || certificate || '"', '') || '}') AS headers, likely(body) AS body FROM request;
INSERT INTO answer SELECT 1, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 1), (SELECT body FROM sent WHERE number = 1));
INSERT INTO answer SELECT 2, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 2), (SELECT body FROM sent WHERE number = 2));
INSERT INTO answer SELECT 3, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 3), (SELECT body FROM sent WHERE number = 3));
INSERT INTO answer SELECT 4, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 4), (SELECT body FROM sent WHERE number = 4));
INSERT INTO answer SELECT 5, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 5), (SELECT body FROM sent WHERE number = 5));
INSERT INTO answer SELECT 6, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 6), (SELECT body FROM sent WHERE number = 6));
INSERT INTO answer SELECT 7, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 7), (SELECT body FROM sent WHERE number = 7));
INSERT INTO answer SELECT 8, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 8), (SELECT body FROM sent WHERE number = 8));
INSERT INTO answer SELECT 9, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 9), (SELECT body FROM sent WHERE number = 9));
INSERT INTO answer SELECT 10, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 10), (SELECT body FROM sent WHERE number = 10));
INSERT INTO answer SELECT 11, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 11), (SELECT body FROM sent WHERE number = 11));
INSERT INTO answer SELECT 12, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 12), (SELECT body FROM sent WHERE number = 12));
INSERT INTO answer SELECT 13, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 13), (SELECT body FROM sent WHERE number = 13));
INSERT INTO answer SELECT 14, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 14), (SELECT body FROM sent WHERE number = 14));
INSERT INTO answer SELECT 15, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 15), (SELECT body FROM sent WHERE number = 15));
INSERT INTO answer SELECT 16, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 16), (SELECT body FROM sent WHERE number = 16));
INSERT INTO answer SELECT 17, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 17), (SELECT body FROM sent WHERE number = 17));
INSERT INTO answer SELECT 18, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 18), (SELECT body FROM sent WHERE number = 18));
INSERT INTO answer SELECT 19, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 19), (SELECT body FROM sent WHERE number = 19));
INSERT INTO answer SELECT 20, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 20), (SELECT body FROM sent WHERE number = 20));
INSERT INTO answer SELECT 21, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 21), (SELECT body FROM sent WHERE number = 21));
INSERT INTO answer SELECT 22, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 22), (SELECT body FROM sent WHERE number = 22));
INSERT INTO answer SELECT 23, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 23), (SELECT body FROM sent WHERE number = 23));
INSERT INTO answer SELECT 30, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 30), (SELECT body FROM sent WHERE number = 30));
INSERT INTO answer SELECT 31, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 31), (SELECT body FROM sent WHERE number = 31));
INSERT INTO answer SELECT 32, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 32), (SELECT body FROM sent WHERE number = 32));
INSERT INTO answer SELECT 33, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 33), (SELECT body FROM sent WHERE number = 33));
INSERT INTO answer SELECT 34, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 34), (SELECT body FROM sent WHERE number = 34));
INSERT INTO answer SELECT 35, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 35), (SELECT body FROM sent WHERE number = 35));
INSERT INTO answer SELECT 36, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 36), (SELECT body FROM sent WHERE number = 36));
INSERT INTO answer SELECT 37, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 37), (SELECT body FROM sent WHERE number = 37));
INSERT INTO answer SELECT 38, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 38), (SELECT body FROM sent WHERE number = 38));
INSERT INTO answer SELECT 39, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 39), (SELECT body FROM sent WHERE number = 39));
INSERT INTO answer SELECT 40, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 40), (SELECT body FROM sent WHERE number = 40));
INSERT INTO answer SELECT 41, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 41), (SELECT body FROM sent WHERE number = 41));
KEEP fetch SELECT http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 42), (SELECT body FROM sent WHERE number = 42));
KEEP failed SELECT http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 42), (SELECT body FROM sent WHERE number = 42), json('{"resume":"' || (SELECT response ->> 'resume' FROM kept WHERE name = 'fetch') || '","fetched":{"error":"timeout","error_description":"It was not done in time."}}'));
INSERT INTO answer SELECT 42, response FROM kept WHERE name = 'failed';
INSERT INTO answer SELECT 50, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 50), (SELECT body FROM sent WHERE number = 50));
INSERT INTO answer SELECT 51, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 51), (SELECT body FROM sent WHERE number = 51));
-- The keys of the URI are there now: the assertion that was refused was not used up.
SELECT set_issuer_keys('https://client.example/jwks', '{"keys":[' || canonical_json(jwk_public((SELECT document FROM made WHERE name = 'other'))) || ']}');
UPDATE request SET number = 60, what = 'jwks_uri, known' WHERE number = 42;
INSERT INTO answer SELECT 60, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 60), (SELECT body FROM sent WHERE number = 60));
SELECT what, a.response ->> 'status', json(CASE WHEN a.response ->> 'status' = '200' THEN '{}' ELSE a.response ->> 'body' END) ->> 'error'
    FROM answer a, (SELECT number, what FROM request UNION SELECT 42, 'jwks_uri, not known yet') r WHERE a.number = r.number ORDER BY a.number;

-- The secret expires.
SELECT set_clock('2026-01-02T00:00:00Z');
UPDATE request SET number = 61 WHERE number = 10;
INSERT INTO answer SELECT 61, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 61), (SELECT body FROM sent WHERE number = 61));
SELECT response ->> 'status' FROM answer WHERE number = 61;

-- Two secrets are good while they change, and one after.
INSERT INTO request VALUES (70, 'the first', NULL, NULL, 'client_id=rotated&client_secret=rotated-secret-1');
SELECT length(rotate_client_secret('rotated', 3600) ->> 'client_secret');
INSERT INTO answer SELECT 70, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 70), (SELECT body FROM sent WHERE number = 70));
SELECT set_clock('2026-01-02T01:00:00Z');
UPDATE request SET number = 71 WHERE number = 70;
INSERT INTO answer SELECT 71, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 71), (SELECT body FROM sent WHERE number = 71));
SELECT set_clock('2026-01-02T00:59:59Z');
UPDATE request SET number = 72 WHERE number = 71;
INSERT INTO answer SELECT 72, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 72), (SELECT body FROM sent WHERE number = 72));
SELECT length(rotate_client_secret('rotated') ->> 'client_secret');
UPDATE request SET number = 73 WHERE number = 72;
INSERT INTO answer SELECT 73, http_request('POST', '/device_authorization', (SELECT headers FROM sent WHERE number = 73), (SELECT body FROM sent WHERE number = 73));
-- Good, over, good, and not the one before the last any more.
SELECT number, json(response ->> 'body') ->> 'error' FROM answer WHERE number >= 70 ORDER BY number;
-- The same for a client that signs with its secret; another one that is given ends both.
CREATE TABLE signed (number bigint, body text);
INSERT INTO signed VALUES (1, NULL), (2, NULL), (3, NULL), (4, NULL), (5, NULL);
UPDATE signed SET body = 'client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion='
    || jwt_sign_with(json('{"iss":"jwt","sub":"jwt","aud":"https://id.example","exp":1767319200,"jti":"s' || number || '"}'),
        '{"kty":"oct","alg":"HS256","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}');
SELECT set_clock('2026-01-02T01:00:00Z');
SELECT length(rotate_client_secret('jwt', 60) ->> 'client_secret');
SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM signed WHERE number = 1)) ->> 'status';
SELECT set_clock('2026-01-02T01:01:00Z');
SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM signed WHERE number = 2)) ->> 'status';
SELECT set_clock('2026-01-02T01:00:59Z');
SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM signed WHERE number = 3)) ->> 'status';
SELECT update_client('jwt', '{"client_name":"Signs"}') ->> 'client_name';
SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM signed WHERE number = 4)) ->> 'status';
SELECT update_client('jwt', '{"client_secret":"fedcba9876543210fedcba9876543210"}') ->> 'client_name';
SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', (SELECT likely(body) FROM signed WHERE number = 5)) ->> 'status';
SELECT length(rotate_client_secret('rotated') ->> 'client_secret'), update_client('rotated', '{"client_secret":"rotated-secret-9"}') ->> 'client_id';
SELECT rotate_client_secret('public');
SELECT rotate_client_secret('nobody');
SELECT rotate_client_secret('basic', -1);
-- Metadata that could not work.
SELECT register_client('bad', '{"token_endpoint_auth_method":"private_key_jwt"}');
SELECT register_client('bad', '{"token_endpoint_auth_method":"tls_client_auth"}');
SELECT register_client('bad', '{"token_endpoint_auth_method":"tls_client_auth","tls_client_auth_san_dns":"a","tls_client_auth_san_ip":"b"}');
SELECT register_client('bad', '{"token_endpoint_auth_method":"client_secret_jwt","client_secret":"too short"}');
SELECT register_client('bad', '{"jwks":{"keys":[]}}');
SELECT register_client('bad', '{"jwks":{"keys":[{"kty":"oct","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}]}}');
SELECT register_client('bad', '{"jwks_uri":"http://client.example/jwks"}');
SELECT register_client('bad', '{"redirect_uris":["https://a.example/cb#f"]}');
SELECT register_client('bad', '{"redirect_uris":["http://a.example/cb"]}');
SELECT register_client('bad', '{"redirect_uris":["javascript:alert(1)"]}');
SELECT canonical_json(register_client('good', '{"redirect_uris":["https://a.example/cb?x=1","http://127.0.0.1/cb","com.example.app:/cb"]}'));
SELECT canonical_json(client('good')), client('bad');

-- The name alone starts a device where the settings say so, there and nowhere else; a wrong secret never.
SELECT configure('{"device_flow_settings":{"enforce_clientauth_device_authorize":false}}') -> 'device_flow_settings' -> 'enforce_clientauth_device_authorize';
KEEP 1-by-name SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=basic');
KEEP 2-wrong SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","authorization":"Basic YmFzaWM6d3Jvbmctc2VjcmV0LTE="}', 'scope=');
KEEP 3-token SELECT http_request('POST', '/token', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=basic&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=x');
KEEP 4-nobody SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=nobody');
SELECT configure('{"device_flow_settings":{"enforce_clientauth_device_authorize":true}}') -> 'device_flow_settings' -> 'enforce_clientauth_device_authorize';
KEEP 5-enforced SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=basic');
SELECT name, response ->> 'status', json(CASE WHEN response ->> 'status' = '200' THEN '{}' ELSE response ->> 'body' END) ->> 'error' FROM kept WHERE name LIKE '%-%' ORDER BY name;

-- Two credentials at once: it is said that these are two.
KEEP 6-form-too SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","authorization":"Basic YmFzaWM6d3Jvbmctc2VjcmV0LTE="}', 'client_secret=x');
KEEP 7-other-client SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","authorization":"Basic YmFzaWM6d3Jvbmctc2VjcmV0LTE="}', 'client_id=jwt');
KEEP 8-assertion-too SELECT http_request('POST', '/device_authorization', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=basic&client_secret=x&client_assertion=x');
SELECT name, response ->> 'status', json(response ->> 'body') ->> 'error_description' FROM kept WHERE name IN ('6-form-too', '7-other-client', '8-assertion-too') ORDER BY name;
