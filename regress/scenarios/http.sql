-- SPDX-License-Identifier: Apache-2.0
-- http.sql: the same over http_request, without a socket; RFC 6749 §3.2, §5.2 and RFC 8414.
SELECT configure('{"base_url":"https://id.example/idp"}') ->> 'base_url';
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
CREATE TABLE answer (name text, response jsonb);
INSERT INTO answer SELECT 'issue', http_request('POST', '/idp/device_authorization',
    '{"Host":"ID.example","Content-Type":"application/x-www-form-urlencoded"}', 'client_id=tv&future=1');
INSERT INTO answer SELECT 'repeated', http_request('POST', '/idp/token',
    '{"host":"id.example","content-type":"application/x-www-form-urlencoded; charset=utf-8"}',
    'grant_type=x&grant_type=x');
INSERT INTO answer SELECT 'basic', http_request('POST', '/idp/token',
    '{"host":"id.example","authorization":"Basic !!!","content-type":"application/x-www-form-urlencoded"}',
    'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=x');
INSERT INTO answer SELECT 'method', http_request('DELETE', '/idp/token', '{"host":"id.example"}');
INSERT INTO answer SELECT 'json', http_request('POST', '/idp/token',
    '{"host":"id.example","content-type":"application/json"}', '{}');
INSERT INTO answer SELECT 'path', http_request('GET', '/idp/nothing', '{"host":"id.example"}');
INSERT INTO answer SELECT 'base', http_request('GET', '/jwks', '{"host":"id.example"}');
INSERT INTO answer SELECT 'host', http_request('GET', '/idp/jwks', '{"host":"evil.example"}');
INSERT INTO answer SELECT 'hosts', http_request('GET', '/idp/jwks', '{"host":["id.example","evil.example"]}');
INSERT INTO answer SELECT 'metadata', http_request('GET', '/idp/.well-known/openid-configuration?x=1',
    '{"host":"id.example"}');
INSERT INTO answer SELECT 'rfc8414', http_request('GET', '/.well-known/oauth-authorization-server/idp',
    '{"host":"id.example"}');
INSERT INTO answer SELECT 'healthz', http_request('GET', '/healthz', '{}');
INSERT INTO answer SELECT 'alias', http_request('POST', '/idp/oauth2/device_authorization',
    '{"host":"id.example","content-type":"application/x-www-form-urlencoded"}', 'client_id=nobody');
SELECT name, response ->> 'status', canonical_json(response -> 'headers') FROM answer ORDER BY name;
SELECT name, response ->> 'body' FROM answer WHERE name <> 'issue' ORDER BY name;
SELECT CASE WHEN response ->> 'body' LIKE '{"device_code":"%"user_code":"%"interval":5}' THEN 'issued' END
    FROM answer WHERE name = 'issue';
