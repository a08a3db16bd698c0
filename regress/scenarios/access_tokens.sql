-- SPDX-License-Identifier: Apache-2.0
-- access_tokens.sql: what a signed access token has, and what is none: RFC 9068 §2 and §4; and the
-- assertions of RFC 7523 §3 that are none.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","grant_types":["urn:ietf:params:oauth:grant-type:device_code","client_credentials","urn:ietf:params:oauth:grant-type:jwt-bearer"]}') ->> 'issuer';
SELECT register_client('tv', '{"scope":"openid read","resources":["https://api.example"],"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT register_client('svc', '{"token_endpoint_auth_method":"client_secret_post","scope":"read","assertion_issuers":["https://partner.example"],"grant_types":["client_credentials","urn:ietf:params:oauth:grant-type:jwt-bearer"]}') ->> 'client_id';
KEEP device SELECT issue_device_code('tv', 'openid read');
SELECT approve_device_code(response ->> 'user_code', 'alice', '{"auth_time":1767225000,"amr":["pwd"],"claims":{"sub":"mallory","aud":"https://evil.example","scope":"admin","client_id":"svc","team":"red"}}') ->> 'status' FROM kept WHERE name = 'device';
KEEP tv SELECT poll_device_code(response ->> 'device_code', 'tv') FROM kept WHERE name = 'device';
KEEP svc SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}');
CREATE VIEW token AS SELECT name, jwt_decode(response ->> 'access_token') -> 'header' AS header, jwt_decode(response ->> 'access_token') -> 'claims' AS claims FROM kept WHERE name IN ('tv', 'svc');
SELECT name, header ->> 'typ', header ->> 'alg', CASE WHEN length(header ->> 'kid') > 0 THEN 'kid' END FROM token ORDER BY name;
SELECT name, claims ->> 'iss', claims ->> 'exp', claims ->> 'aud', claims ->> 'sub', claims ->> 'client_id', claims ->> 'iat', CASE WHEN length(claims ->> 'jti') >= 22 THEN 'jti' END, claims ->> 'scope' FROM token ORDER BY name;
SELECT claims ->> 'auth_time', canonical_json(claims -> 'amr'), claims ->> 'team' FROM token WHERE name = 'tv';
-- An ID token is no access token, nor is what another signed, or what is for somebody else.
SELECT authenticate(response ->> 'access_token') -> 'valid', authenticate(response ->> 'id_token') ->> 'reason' FROM kept WHERE name = 'tv';
SELECT authenticate('eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUifQ.') -> 'valid';
SELECT authenticate(jwt_sign_with(claims, canonical_json(jwk_generate('ES256', 'k')), '{"typ":"at+jwt"}')) ->> 'reason' FROM token WHERE name = 'tv';
SELECT configure('{"token_settings":{"audience":"https://else.example"}}') -> 'token_settings' ->> 'audience';
SELECT authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name = 'tv';
SELECT configure('{"token_settings":{"audience":null,"signing_alg":"RS256"}}') -> 'token_settings' ->> 'signing_alg';
KEEP rs256 SELECT token_request('{"grant_type":"client_credentials"}', '{"client_id":"svc"}');
SELECT jwt_decode(response ->> 'access_token') -> 'header' ->> 'alg', authenticate(response ->> 'access_token') -> 'valid' FROM kept WHERE name = 'rs256';

-- Assertions that lack what they must have, are not good yet or any more, or not signed.
CREATE TABLE partner (jwk jsonb);
INSERT INTO partner SELECT jwk_generate('ES256', 'p');
SELECT set_issuer_keys('https://partner.example', '{"keys":[' || canonical_json(jwk_public(jwk)) || ']}') FROM partner;
CREATE TABLE assertion (name text, claims jsonb);
INSERT INTO assertion VALUES ('1 good', '{"iss":"https://partner.example","sub":"zoe","aud":"https://id.example/token","exp":1767225700,"jti":"1"}'),
    ('2 without iss', '{"sub":"zoe","aud":"https://id.example/token","exp":1767225700,"jti":"2"}'),
    ('3 without sub', '{"iss":"https://partner.example","aud":"https://id.example/token","exp":1767225700,"jti":"3"}'),
    ('4 without aud', '{"iss":"https://partner.example","sub":"zoe","exp":1767225700,"jti":"4"}'),
    ('5 without exp', '{"iss":"https://partner.example","sub":"zoe","aud":"https://id.example/token","jti":"5"}'),
    ('6 not yet good', '{"iss":"https://partner.example","sub":"zoe","aud":"https://id.example/token","exp":1767225700,"nbf":1767225690,"jti":"6"}'),
    ('7 expired', '{"iss":"https://partner.example","sub":"zoe","aud":"https://id.example/token","exp":1767225569,"jti":"7"}'),
    ('8 again', '{"iss":"https://partner.example","sub":"zoe","aud":"https://id.example/token","exp":1767225700,"jti":"1"}');
CREATE TABLE signed (name text, form jsonb);
INSERT INTO signed SELECT name, json('{"grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer","assertion":"' || jwt_sign_with(claims, canonical_json(jwk)) || '"}') FROM assertion, partner;
INSERT INTO signed VALUES ('9 unsigned', '{"grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer","assertion":"eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL3BhcnRuZXIuZXhhbXBsZSIsInN1YiI6InpvZSJ9."}');
SELECT name, token_request(form, '{"client_id":"svc"}') ->> 'error' FROM signed WHERE name < '2';
SELECT name, token_request(form, '{"client_id":"svc"}') ->> 'error' FROM signed WHERE name > '2' ORDER BY name;
