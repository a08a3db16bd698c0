-- SPDX-License-Identifier: Apache-2.0
-- dynamic_registration.sql: clients register themselves and look after that: RFC 7591 §2 and §3, RFC
-- 7592 §2 and §3.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example"}') -> 'registration_settings' -> 'dynamic_registration';
CREATE TABLE answer (name text, response jsonb);
CREATE TABLE secret (name text, value text);
-- Off unless it is asked for.
SELECT http_request('POST', '/register', '{"host":"id.example","content-type":"application/json"}', '{"redirect_uris":["https://a.example/cb"]}') ->> 'status';
SELECT configure('{"registration_settings":{"dynamic_registration":true,"dynamic_registration_scope":"openid read"}}') ->> 'issuer';
SELECT authorization_server_metadata() ->> 'registration_endpoint';
-- An initial access token is needed, and good as often as it says; what is refused costs nothing.
SELECT http_request('POST', '/register', '{"host":"id.example","content-type":"application/json"}', '{"redirect_uris":["https://a.example/cb"]}') ->> 'status';
SELECT http_request('POST', '/register', '{"host":"id.example","content-type":"application/json","authorization":"Bearer wrong"}', '{"redirect_uris":["https://a.example/cb"]}') ->> 'status';
INSERT INTO secret SELECT 'initial', create_initial_access_token(3600, 1);
CREATE VIEW headers AS SELECT name, json('{"host":"id.example","content-type":"application/json","authorization":"Bearer ' || value || '"}') AS headers FROM secret;
-- What strangers may not have.
SELECT http_request('POST', '/register', headers, '{"redirect_uris":["https://a.example/cb"],"grant_types":["client_credentials"]}') ->> 'body' FROM headers WHERE name = 'initial';
SELECT http_request('POST', '/register', headers, '{"redirect_uris":["https://a.example/cb"],"scope":"sso"}') ->> 'body' FROM headers WHERE name = 'initial';
SELECT http_request('POST', '/register', headers, '{}') ->> 'body' FROM headers WHERE name = 'initial';
SELECT http_request('POST', '/register', headers, '[]') ->> 'body' FROM headers WHERE name = 'initial';
SELECT http_request('POST', '/register', headers, '{"redirect_uris":["https://a.example/cb#f"]}') ->> 'body' FROM headers WHERE name = 'initial';
SELECT http_request('POST', '/register', headers, '{"redirect_uris":["https://a.example/cb"],"jwks_uri":"https://a.example/jwks","jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}}') ->> 'body' FROM headers WHERE name = 'initial';
SELECT http_request('PATCH', '/register', headers, '{}') ->> 'status' FROM headers WHERE name = 'initial';
KEEP made SELECT http_request('POST', '/register', headers, '{"redirect_uris":["https://a.example/cb"],"client_name":"A","enabled":false,"consent_prompt":"NEVER_PROMPT","future":1,"response_types":["token"]}') FROM headers WHERE name = 'initial';
SELECT response ->> 'status', response -> 'headers' ->> 'Content-Type', response -> 'headers' ->> 'Cache-Control', response -> 'headers' ->> 'Pragma' FROM kept WHERE name = 'made';
CREATE VIEW made AS SELECT json(response ->> 'body') AS client FROM kept WHERE name = 'made';
SELECT length(client ->> 'client_id'), length(client ->> 'client_secret'), client ->> 'token_endpoint_auth_method', client ->> 'scope', client ->> 'enabled', client ->> 'consent_prompt', client ->> 'future', substr(client ->> 'registration_client_uri', 1, 28) FROM made;
SELECT client ->> 'client_id_issued_at', client ->> 'client_secret_expires_at', length(client ->> 'registration_access_token'), canonical_json(client -> 'response_types'), canonical_json(client -> 'grant_types') FROM made;
SELECT client(client ->> 'client_id') -> 'enabled' FROM made;
SELECT http_request('POST', '/register', headers, '{"redirect_uris":["https://a.example/cb"]}') ->> 'status' FROM headers WHERE name = 'initial';
-- Its own token reads, replaces and removes; no other does.
INSERT INTO secret SELECT 'own', client ->> 'registration_access_token' FROM made;
SELECT http_request('GET', '/register/' || (client ->> 'client_id'), headers) ->> 'status', name FROM made, headers ORDER BY name;
SELECT json(http_request('GET', '/register/' || (client ->> 'client_id'), headers) ->> 'body') ->> 'client_name' FROM made, headers WHERE name = 'own';
SELECT json(http_request('GET', '/register/' || (client ->> 'client_id'), headers) ->> 'body') ->> 'client_secret' FROM made, headers WHERE name = 'own';
SELECT http_request('PUT', '/register/' || (client ->> 'client_id'), headers, '{"client_id":"other","redirect_uris":["https://a.example/cb"]}') ->> 'status' FROM made, headers WHERE name = 'own';
INSERT INTO secret SELECT 'mine', '{"client_id":"' || (client ->> 'client_id') || '","redirect_uris":["https://a.example/cb"],"client_secret":"' || (client ->> 'client_secret') || '"}' FROM made;
INSERT INTO secret SELECT 'chosen', '{"client_id":"' || (client ->> 'client_id') || '","redirect_uris":["https://a.example/cb"],"client_secret":"a-secret-of-my-own"}' FROM made;
KEEP chosen SELECT http_request('PUT', '/register/' || (client ->> 'client_id'), headers, likely((SELECT value FROM secret WHERE name = 'chosen'))) FROM made, headers WHERE headers.name = 'own';
KEEP mine SELECT http_request('PUT', '/register/' || (client ->> 'client_id'), headers, likely((SELECT value FROM secret WHERE name = 'mine'))) FROM made, headers WHERE headers.name = 'own';
SELECT name, response ->> 'status', json(response ->> 'body') ->> 'error' FROM kept WHERE name IN ('chosen', 'mine') ORDER BY name;
INSERT INTO secret SELECT 'body', '{"client_id":"' || (client ->> 'client_id') || '","redirect_uris":["https://b.example/cb"],"scope":"read","token_endpoint_auth_method":"none"}' FROM made;
SELECT canonical_json(json(http_request('PUT', '/register/' || (client ->> 'client_id'), headers, likely((SELECT value FROM secret WHERE name = 'body'))) ->> 'body') -> 'redirect_uris') FROM made, headers WHERE headers.name = 'own';
SELECT client(client ->> 'client_id') ->> 'client_name', client(client ->> 'client_id') ->> 'scope' FROM made;
SELECT http_request('DELETE', '/register/' || (client ->> 'client_id'), headers) ->> 'status' FROM made, headers WHERE name = 'own';
SELECT client(client ->> 'client_id') FROM made;
SELECT http_request('DELETE', '/register/' || (client ->> 'client_id'), headers) ->> 'status' FROM made, headers WHERE name = 'own';
-- Too late.
SELECT set_clock('2026-01-01T01:00:00Z');
SELECT http_request('POST', '/register', headers, '{"redirect_uris":["https://a.example/cb"]}') ->> 'status' FROM headers WHERE name = 'initial';
SELECT create_initial_access_token(0);
SELECT create_initial_access_token(60, 0);
-- Whoever registers the same client_id later is another client.
SELECT register_client('tv', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}') ->> 'client_id';
KEEP device SELECT issue_device_code('tv');
KEEP waiting SELECT issue_device_code('tv');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM kept WHERE name = 'device'), 'alice') ->> 'status';
KEEP paid SELECT poll_device_code((SELECT response ->> 'device_code' FROM kept WHERE name = 'device'), 'tv');
SELECT CASE WHEN remove_client('tv') THEN 'removed' END, CASE WHEN remove_client('tv') THEN 'again' END;
SELECT authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name = 'paid';
SELECT register_client('tv', '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}') ->> 'client_id';
SELECT authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name = 'paid';
SELECT token_request(json('{"grant_type":"refresh_token","refresh_token":"' || (response ->> 'refresh_token') || '"}'), '{"client_id":"tv"}') ->> 'error' FROM kept WHERE name = 'paid';
SELECT poll_device_code(response ->> 'device_code', 'tv') ->> 'error' FROM kept WHERE name = 'waiting';
