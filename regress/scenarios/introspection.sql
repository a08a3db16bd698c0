-- SPDX-License-Identifier: Apache-2.0
-- introspection.sql: who may ask about a token and what is told, in JSON and signed, and how tokens are
-- given back: RFC 7009 §2, RFC 7662 §2, RFC 9701 §4 and §5; V16.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example"}') ->> 'issuer';
CREATE TABLE made (jwk jsonb);
INSERT INTO made SELECT jwk_generate('ES256', 'k1');
SELECT register_client('tv', '{"scope":"openid read","resources":["https://api.example"],"grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}') ->> 'client_id';
SELECT register_client('api', '{"token_endpoint_auth_method":"client_secret_post","client_secret":"api-secret-000001","resources":["https://api.example"]}') ->> 'client_id';
SELECT register_client('else', '{"token_endpoint_auth_method":"client_secret_post","client_secret":"else-secret-00001","introspection_signed_response_alg":"PS256"}') ->> 'client_id';
SELECT register_client('https://api.example', '{"token_endpoint_auth_method":"client_secret_post"}') ->> 'client_id';
SELECT register_client('key', json('{"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[' || canonical_json(jwk_public(jwk)) || ']}}')) ->> 'client_id' FROM made;
SELECT canonical_json(authorization_server_metadata() -> 'introspection_endpoint_auth_methods_supported');
KEEP device SELECT issue_device_code('tv');
SELECT approve_device_code(response ->> 'user_code', 'alice') ->> 'status' FROM kept WHERE name = 'device';
KEEP all SELECT poll_device_code(response ->> 'device_code', 'tv') FROM kept WHERE name = 'device';
KEEP device-2 SELECT issue_device_code('tv');
SELECT approve_device_code(response ->> 'user_code', 'alice') ->> 'status' FROM kept WHERE name = 'device-2';
KEEP one SELECT token_request(json('{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","resource":"https://api.example","device_code":"' || (response ->> 'device_code') || '"}'), '{"client_id":"tv"}') FROM kept WHERE name = 'device-2';
CREATE VIEW token AS SELECT (SELECT response ->> 'access_token' FROM kept WHERE name = 'all') AS for_all, (SELECT response ->> 'access_token' FROM kept WHERE name = 'one') AS for_one,
    (SELECT response ->> 'refresh_token' FROM kept WHERE name = 'one') AS refresh, (SELECT response ->> 'id_token' FROM kept WHERE name = 'all') AS id;

-- Who asks has to prove who it is.
KEEP 01-method SELECT http_request('GET', '/introspect', '{"host":"id.example"}');
KEEP 02-json SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/json"}', '{}');
KEEP 03-nobody SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('token=' || for_all)) FROM token;
KEEP 04-public SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=tv&token=' || for_all)) FROM token;
KEEP 05-wrong SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=api&client_secret=wrong&token=' || for_all)) FROM token;
KEEP 06-no-token SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=api&client_secret=api-secret-000001');
KEEP 07-twice SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=api&client_secret=api-secret-000001&token=a&token=b');
SELECT name, response ->> 'status', json(response ->> 'body') ->> 'error', CASE WHEN response -> 'headers' ->> 'WWW-Authenticate' IS NOT NULL THEN 'challenge' END FROM kept WHERE name LIKE '0%' ORDER BY name;

-- What is told: of a token for all resource servers, for one of them, a wrong hint, and what is none.
KEEP 11-all SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=api&client_secret=api-secret-000001&token=' || for_all)) FROM token;
KEEP 12-hint SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=api&client_secret=api-secret-000001&token_type_hint=refresh_token&token=' || for_all)) FROM token;
KEEP 13-one SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=api&client_secret=api-secret-000001&token=' || for_one)) FROM token;
KEEP 14-not-for-it SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=else&client_secret=else-secret-00001&token=' || for_one)) FROM token;
KEEP 15-unknown SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=api&client_secret=api-secret-000001&token=unknown');
KEEP 16-refresh-of-another SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=api&client_secret=api-secret-000001&token=' || refresh)) FROM token;
KEEP 17-id-token SELECT http_request('POST', '/introspect', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=api&client_secret=api-secret-000001&token=' || id)) FROM token;
SELECT name, response ->> 'status', json(response ->> 'body') -> 'active', json(response ->> 'body') ->> 'sub', json(response ->> 'body') ->> 'client_id', json(response ->> 'body') ->> 'scope', json(response ->> 'body') ->> 'exp', response -> 'headers' ->> 'Cache-Control' FROM kept WHERE name LIKE '1%' ORDER BY name;
SELECT name, response ->> 'body' FROM kept WHERE name IN ('14-not-for-it', '15-unknown', '16-refresh-of-another', '17-id-token') ORDER BY name;
SELECT introspect(for_one, 'https://api.example') -> 'active', introspect(for_one, 'tv') -> 'active', introspect(for_one, 'key') -> 'active', introspect(refresh, 'tv') -> 'active' FROM token;

-- Signed, for who asks and by the algorithm that it registered; an error never is.
KEEP 21-signed SELECT http_request('POST', '/introspect', '{"host":"id.example","accept":"application/token-introspection+jwt","content-type":"application/x-www-form-urlencoded"}', likely('client_id=api&client_secret=api-secret-000001&token=' || for_one)) FROM token;
KEEP 22-signed SELECT http_request('POST', '/introspect', '{"host":"id.example","accept":"application/token-introspection+jwt","content-type":"application/x-www-form-urlencoded"}', likely('client_id=else&client_secret=else-secret-00001&token=' || for_one)) FROM token;
KEEP 23-signed SELECT http_request('POST', '/introspect', '{"host":"id.example","accept":"application/token-introspection+jwt","content-type":"application/x-www-form-urlencoded"}', likely('client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=' || jwt_sign_with('{"iss":"key","sub":"key","aud":"https://id.example/introspect","exp":1767225660,"jti":"1"}', canonical_json(jwk)) || '&token=' || for_all)) FROM token, made;
KEEP 24-error SELECT http_request('POST', '/introspect', '{"host":"id.example","accept":"application/token-introspection+jwt","content-type":"application/x-www-form-urlencoded"}', 'client_id=api&client_secret=wrong&token=x');
CREATE VIEW signed AS SELECT name, response -> 'headers' ->> 'Content-Type' AS type, response ->> 'body' AS jwt FROM kept WHERE name LIKE '%-signed';
SELECT name, type, jwt_decode(jwt) -> 'header' ->> 'typ', jwt_decode(jwt) -> 'header' ->> 'alg', jwt_decode(jwt) -> 'claims' ->> 'iss', jwt_decode(jwt) -> 'claims' ->> 'aud', jwt_decode(jwt) -> 'claims' ->> 'iat', jwt_decode(jwt) -> 'claims' ->> 'sub', jwt_decode(jwt) -> 'claims' ->> 'exp' FROM signed ORDER BY name;
SELECT name, jwt_verify(jwt, canonical_json(jwks()), '{"typ":"token-introspection+jwt"}') -> 'valid', jwt_decode(jwt) -> 'claims' -> 'token_introspection' ->> 'sub' FROM signed ORDER BY name;
SELECT canonical_json(jwt_decode(jwt) -> 'claims' -> 'token_introspection') FROM signed WHERE name = '22-signed';
SELECT authenticate(jwt) ->> 'reason' FROM signed WHERE name = '21-signed';
SELECT response ->> 'status', response -> 'headers' ->> 'Content-Type' FROM kept WHERE name = '24-error';

-- Giving back: by the client of the token alone; what is unknown is as good as revoked.
KEEP 31-method SELECT http_request('GET', '/revoke', '{"host":"id.example"}');
KEEP 32-nobody SELECT http_request('POST', '/revoke', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('token=' || for_all)) FROM token;
KEEP 33-wrong SELECT http_request('POST', '/revoke', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=api&token=' || for_all)) FROM token;
KEEP 34-of-another SELECT http_request('POST', '/revoke', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=api&client_secret=api-secret-000001&token=' || for_all)) FROM token;
KEEP 35-no-token SELECT http_request('POST', '/revoke', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=tv');
KEEP 36-unknown SELECT http_request('POST', '/revoke', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=tv&token=unknown');
SELECT name, authenticate(for_all) -> 'valid' FROM kept, token WHERE name = '36-unknown';
KEEP 37-wrong-hint SELECT http_request('POST', '/revoke', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=tv&token_type_hint=refresh_token&token=' || for_all)) FROM token;
SELECT authenticate(for_all) ->> 'reason', introspect(for_one, 'api') -> 'active' FROM token;
KEEP 38-unknown-hint SELECT http_request('POST', '/revoke', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=tv&token_type_hint=new_kind&token=' || refresh)) FROM token;
SELECT canonical_json(introspect(for_one, 'api')), canonical_json(introspect(refresh, 'tv')), token_request(json('{"grant_type":"refresh_token","refresh_token":"' || refresh || '"}'), '{"client_id":"tv"}') ->> 'error' FROM token;
KEEP 39-again SELECT http_request('POST', '/revoke', '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', likely('client_id=tv&token=' || refresh)) FROM token;
SELECT name, response ->> 'status', json(response ->> 'body') ->> 'error' FROM kept WHERE name LIKE '3%' ORDER BY name;
