-- SPDX-License-Identifier: Apache-2.0
-- moving_keys.sql: each address of keys is one that a stranger has us fetch from. A further one counts as a
-- further client of the address that asks for it, so that moving them is no way around the time between fetches.
SELECT configure('{"base_url":"https://id.example","guard_settings":{"registrations_max":3},"registration_settings":{"dynamic_registration":true,"initial_access_token_required":false}}') ->> 'issuer';
KEEP mover SELECT http_request('POST', '/register', json('{"host":"id.example","content-type":"application/json","x-idplane-peer":"192.0.2.1"}' || ''), '{"redirect_uris":["https://a.example/cb"],"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://a.example/0"}');
CREATE VIEW mover AS SELECT json(response ->> 'body') AS client FROM kept WHERE name = 'mover';
CREATE TABLE move (number integer, peer text, more text);
INSERT INTO move VALUES (1, '192.0.2.1', ',"jwks_uri":"https://a.example/0"'), (2, '192.0.2.1', ',"jwks_uri":"https://a.example/1"'),
    (3, '192.0.2.1', ',"jwks_uri":"https://a.example/2"'), (4, '192.0.2.1', ',"jwks_uri":"https://a.example/3"'),
    (5, '192.0.2.1', ',"jwks_uri":"https://a.example/2"'), (6, '192.0.2.9', ',"jwks_uri":"https://a.example/4"');
CREATE VIEW moving AS SELECT number, '/register/' || (client ->> 'client_id') AS target,
    json('{"host":"id.example","content-type":"application/json","authorization":"Bearer ' || (client ->> 'registration_access_token') || '","x-idplane-peer":"' || peer || '"}') AS headers,
    '{"client_id":"' || (client ->> 'client_id') || '","redirect_uris":["https://a.example/cb"],"token_endpoint_auth_method":"private_key_jwt"' || more || '}' AS body
    FROM move, mover;
SELECT http_request('PUT', (SELECT target FROM moving WHERE number = 1), (SELECT headers FROM moving WHERE number = 1), likely((SELECT body FROM moving WHERE number = 1))) ->> 'status';
SELECT http_request('PUT', (SELECT target FROM moving WHERE number = 2), (SELECT headers FROM moving WHERE number = 2), likely((SELECT body FROM moving WHERE number = 2))) ->> 'status';
SELECT http_request('PUT', (SELECT target FROM moving WHERE number = 3), (SELECT headers FROM moving WHERE number = 3), likely((SELECT body FROM moving WHERE number = 3))) ->> 'status';
SELECT r ->> 'status', r -> 'headers' ->> 'Retry-After', r ->> 'body' FROM (SELECT http_request('PUT', (SELECT target FROM moving WHERE number = 4), (SELECT headers FROM moving WHERE number = 4), likely((SELECT body FROM moving WHERE number = 4))) AS r) answered;
SELECT http_request('PUT', (SELECT target FROM moving WHERE number = 5), (SELECT headers FROM moving WHERE number = 5), likely((SELECT body FROM moving WHERE number = 5))) ->> 'status';
SELECT http_request('PUT', (SELECT target FROM moving WHERE number = 6), (SELECT headers FROM moving WHERE number = 6), likely((SELECT body FROM moving WHERE number = 6))) ->> 'status';
SELECT client((SELECT client ->> 'client_id' FROM mover)) ->> 'jwks_uri';
