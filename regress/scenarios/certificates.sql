-- SPDX-License-Identifier: Apache-2.0
-- certificates.sql: tokens that are bound to the certificate of the client's TLS connection, which the
-- front passes in a header: RFC 8705 §3 and §4; V21.
SELECT set_clock('2026-12-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","client_certificate_header":"x-client-cert"}') ->> 'issuer';
SELECT register_client('box', '{"token_endpoint_auth_method":"tls_client_auth","tls_client_auth_subject_dn":"CN=box-1,O=Box Co,C=DE","tls_client_certificate_bound_access_tokens":true,
    "scope":"openid","grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}') ->> 'client_id';
SELECT register_client('tv', '{"tls_client_certificate_bound_access_tokens":true,"scope":"openid","grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}') ->> 'client_id';
SELECT authorization_server_metadata() -> 'tls_client_certificate_bound_access_tokens', canonical_json(authorization_server_metadata() -> 'token_endpoint_auth_methods_supported');
CREATE TABLE front (name text, headers jsonb);
INSERT INTO front VALUES ('without', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}'),
    ('with', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-client-cert":":MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:"}');

KEEP device SELECT issue_device_code('tv');
SELECT approve_device_code(response ->> 'user_code', 'alice') ->> 'status' FROM kept WHERE name = 'device';
KEEP refused SELECT http_request('POST', '/token', headers, likely('grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=tv&device_code=' || (response ->> 'device_code'))) FROM kept, front WHERE kept.name = 'device' AND front.name = 'without';
KEEP paid SELECT http_request('POST', '/token', headers, likely('grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=tv&device_code=' || (response ->> 'device_code'))) FROM kept, front WHERE kept.name = 'device' AND front.name = 'with';
SELECT name, response ->> 'status', json(response ->> 'body') ->> 'error', json(response ->> 'body') ->> 'token_type' FROM kept WHERE name IN ('refused', 'paid') ORDER BY name;
CREATE VIEW token AS SELECT json(response ->> 'body') ->> 'access_token' AS access, json(response ->> 'body') ->> 'refresh_token' AS refresh FROM kept WHERE name = 'paid';

-- The same digest in the token and in what is told of it.
SELECT canonical_json(jwt_decode(access) -> 'claims' -> 'cnf'), canonical_json(introspect(access, 'tv') -> 'cnf') FROM token;
-- Whoever has the token alone has nothing, at a resource and to refresh.
CREATE VIEW use AS SELECT name, json('{"host":"id.example","authorization":"Bearer ' || access || '"' || CASE WHEN name = 'with' THEN ',"x-client-cert":":MIIB7zCCAZWgAwIBAgIURNs91IbL/HE52gEwIESN3lQ0JskwCgYIKoZIzj0EAwIwLjELMAkGA1UEBhMCREUxDzANBgNVBAoMBkJveCBDbzEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI2MjMyODQ3WhgPMjEyNjExMDIyMzI4NDdaMC4xCzAJBgNVBAYTAkRFMQ8wDQYDVQQKDAZCb3ggQ28xDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5f47QMlR8VoVrCdHpk3iO+/YnciJdjrLsaXkyu+9lJgW0YbtaklnQlFtCPSVN6qLxXA+tEWc2opaAu79x3IPgKOBjjCBizAdBgNVHQ4EFgQUUdctB42ehAxA8xq0/2x5wIyEliQwHwYDVR0jBBgwFoAUUdctB42ehAxA8xq0/2x5wIyEliQwDwYDVR0TAQH/BAUwAwEB/zA4BgNVHREEMTAvggtib3guZXhhbXBsZYcEwAACB4YJdXJuOmJveDoxgQ9ib3hAZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAIW/h+ksP22EN5O/qVU/cfLnH/LvR0s6gHiVo17ftUx9AiBI4RlmCgeeavMzi24bVcgtCZb95g2IpRPaA5EJVz/mqA==:"' ELSE '' END || '}') AS headers FROM front, token;
SELECT name, http_request('GET', '/userinfo', headers) ->> 'status' FROM use ORDER BY name;
SELECT http_request('GET', '/userinfo', headers) -> 'headers' ->> 'WWW-Authenticate' FROM use WHERE name = 'without';
KEEP stolen SELECT http_request('POST', '/token', headers, likely('grant_type=refresh_token&client_id=tv&refresh_token=' || refresh)) FROM token, front WHERE name = 'without';
KEEP again SELECT http_request('POST', '/token', headers, likely('grant_type=refresh_token&client_id=tv&refresh_token=' || refresh)) FROM token, front WHERE name = 'with';
SELECT name, response ->> 'status', json(response ->> 'body') ->> 'error' FROM kept WHERE name IN ('stolen', 'again') ORDER BY name;
SELECT canonical_json(jwt_decode(json(response ->> 'body') ->> 'access_token') -> 'claims' -> 'cnf') FROM kept WHERE name = 'again';

-- A client that authenticates so names itself, too.
KEEP device-2 SELECT http_request('POST', '/device_authorization', headers, 'scope=openid') FROM front WHERE name = 'with';
KEEP device-3 SELECT http_request('POST', '/device_authorization', headers, 'client_id=box') FROM front WHERE name = 'with';
KEEP device-4 SELECT http_request('POST', '/device_authorization', headers, 'client_id=box') FROM front WHERE name = 'without';
SELECT name, response ->> 'status', json(response ->> 'body') ->> 'error' FROM kept WHERE name IN ('device-2', 'device-3', 'device-4') ORDER BY name;

-- Self-signed: a registered certificate is itself alone, a registered key any certificate of it.
SELECT register_client('one', '{"token_endpoint_auth_method":"self_signed_tls_client_auth","grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"kAKW5-wiP7VM2Z8Cu_LHjG0nEwXXKVhSVt9y_LQ57hg","y":"jKPyc2v2En5TFnaE1V5TMnTdZLbcp8XyqsIFctwYtbk","x5c":["MIIBdjCCAR2gAwIBAgIUPrYi7xdXrhe6RMZd9SeghiFyzwowCgYIKoZIzj0EAwIwEDEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI3MDEwNDQwWhgPMjEyNjExMDMwMTA0NDBaMBAxDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEkAKW5+wiP7VM2Z8Cu/LHjG0nEwXXKVhSVt9y/LQ57hiMo/Jza/YSflMWdoTVXlMydN1kttynxfKqwgVy3Bi1uaNTMFEwHQYDVR0OBBYEFC2BC2ifqDXByKs18ldnsPrmrD+PMB8GA1UdIwQYMBaAFC2BC2ifqDXByKs18ldnsPrmrD+PMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgPFa7dWoBbLxFyQWynp6C5XVf4B3/lEX5r3YR5Lf23NwCIBwTAybRkdq+scxPjqUY5B2HHeCDHSdCHtwDl1ii0Q2E"]}]}}') ->> 'client_id';
SELECT register_client('any', '{"token_endpoint_auth_method":"self_signed_tls_client_auth","grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"kAKW5-wiP7VM2Z8Cu_LHjG0nEwXXKVhSVt9y_LQ57hg","y":"jKPyc2v2En5TFnaE1V5TMnTdZLbcp8XyqsIFctwYtbk"}]}}') ->> 'client_id';
INSERT INTO front VALUES ('1', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-client-cert":":MIIBdjCCAR2gAwIBAgIUPrYi7xdXrhe6RMZd9SeghiFyzwowCgYIKoZIzj0EAwIwEDEOMAwGA1UEAwwFYm94LTEwIBcNMjYxMTI3MDEwNDQwWhgPMjEyNjExMDMwMTA0NDBaMBAxDjAMBgNVBAMMBWJveC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEkAKW5+wiP7VM2Z8Cu/LHjG0nEwXXKVhSVt9y/LQ57hiMo/Jza/YSflMWdoTVXlMydN1kttynxfKqwgVy3Bi1uaNTMFEwHQYDVR0OBBYEFC2BC2ifqDXByKs18ldnsPrmrD+PMB8GA1UdIwQYMBaAFC2BC2ifqDXByKs18ldnsPrmrD+PMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgPFa7dWoBbLxFyQWynp6C5XVf4B3/lEX5r3YR5Lf23NwCIBwTAybRkdq+scxPjqUY5B2HHeCDHSdCHtwDl1ii0Q2E:"}'),
    ('2', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-client-cert":":MIIBdjCCAR2gAwIBAgIUb5PH2PUFqPlhcOD8lsNmcYm9FXUwCgYIKoZIzj0EAwIwEDEOMAwGA1UEAwwFYm94LTIwIBcNMjYxMTI3MDEwNDQwWhgPMjEyNjExMDMwMTA0NDBaMBAxDjAMBgNVBAMMBWJveC0yMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEkAKW5+wiP7VM2Z8Cu/LHjG0nEwXXKVhSVt9y/LQ57hiMo/Jza/YSflMWdoTVXlMydN1kttynxfKqwgVy3Bi1uaNTMFEwHQYDVR0OBBYEFC2BC2ifqDXByKs18ldnsPrmrD+PMB8GA1UdIwQYMBaAFC2BC2ifqDXByKs18ldnsPrmrD+PMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgFjQuPLcIPdmPEHDorrOWEYqqOLprXtB4HDJYX985xTACIHeNPyLCUbquyJmeOErry9kJZCMhG8xPhol7niB3QEGC:"}');
KEEP self-one-1 SELECT http_request('POST', '/device_authorization', headers, 'client_id=one') FROM front WHERE name = '1';
KEEP self-one-2 SELECT http_request('POST', '/device_authorization', headers, 'client_id=one') FROM front WHERE name = '2';
KEEP self-any-2 SELECT http_request('POST', '/device_authorization', headers, 'client_id=any') FROM front WHERE name = '2';
SELECT name, response ->> 'status', json(response ->> 'body') ->> 'error' FROM kept WHERE name LIKE 'self-%' ORDER BY name;

-- By an address of the certificate: compared as what it is, however it is written (RFC 8705 §2.1.2), and as no other name.
CREATE TABLE address (number integer, written text);
INSERT INTO address VALUES (1, '2001:db8::7'), (2, '2001:0DB8:0:0::0007'), (3, '2001:db8::8'), (4, '192.0.2.66'), (5, '192.0.2.6'), (6, '2001:db8::9'), (7, '::ffff:192.0.2.66');
SELECT number, register_client('at-' || number, json('{"token_endpoint_auth_method":"tls_client_auth","grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"tls_client_auth_san_ip":"' || written || '"}')) ->> 'client_id' FROM address ORDER BY number;
SELECT register_client('at-none', '{"token_endpoint_auth_method":"tls_client_auth","tls_client_auth_san_ip":"2001:db8::g"}');
SELECT register_client('at-none', '{"token_endpoint_auth_method":"tls_client_auth","tls_client_auth_san_ip":"box.example"}');
INSERT INTO front VALUES ('6', '{"host":"id.example","content-type":"application/x-www-form-urlencoded","x-client-cert":":MIIBqTCCAU+gAwIBAgIUai/hryNOweirNg+ofh9I2k0bUpgwCgYIKoZIzj0EAwIwEDEOMAwGA1UEAwwFYm94LTYwIBcNMjYxMTI3MDI1NjM5WhgPMjEyNjExMDMwMjU2MzlaMBAxDjAMBgNVBAMMBWJveC02MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXoXP0LThloZA8yN+ogkJHcTCdZQkbb1u7TQ+1Q4qUniM+G7xfWv7TcXGWih18CrOy5+lu4cayI8Ywi54SRNkkaOBhDCBgTAdBgNVHQ4EFgQU7p3nVHSnIGYgTw39isKFEuhdrD4wHwYDVR0jBBgwFoAU7p3nVHSnIGYgTw39isKFEuhdrD4wDwYDVR0TAQH/BAUwAwEB/zAuBgNVHREEJzAlhxAgAQ24AAAAAAAAAAAAAAAHhwTAAAJCggsyMDAxOmRiODo6OTAKBggqhkjOPQQDAgNIADBFAiEA75c0MX3iyvcsuBMSYTUcmCAo0cFzrOFqjyPgkNITaTgCIFw+KSkrn+9Vm3h4Xd3gYExYq4D5fjUDNv1JyN39ibQF:"}');
SELECT number, written, http_request('POST', '/device_authorization', headers, likely('client_id=at-' || number)) ->> 'status' FROM address, front WHERE name = '6' ORDER BY number;
