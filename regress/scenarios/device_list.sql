-- SPDX-License-Identifier: Apache-2.0
-- device_list.sql: the page "my devices": seen, named and ended by whose they are, and by nobody else.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","session_settings":{"subject_header":"x-remote-user"}}') ->> 'base_url';
SELECT register_client('tv', '{"client_name":"Tele <b>","token_endpoint_auth_method":"none","scope":"films",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
CREATE TABLE phrase (number integer, text text);
INSERT INTO phrase VALUES (1, '<title>My devices<');
INSERT INTO phrase VALUES (2, '<title>Remove this device?<');
INSERT INTO phrase VALUES (3, 'No device and no program');
INSERT INTO phrase VALUES (4, 'id="grant-1">Den &amp; kitchen</h2>');
INSERT INTO phrase VALUES (5, 'id="grant-1">Grandma &lt;b&gt;</h2>');
INSERT INTO phrase VALUES (6, '<dd>Tele &lt;b&gt;</dd>');
INSERT INTO phrase VALUES (7, '<dd>films</dd>');
INSERT INTO phrase VALUES (8, '<dd>2026-01-01</dd>');
INSERT INTO phrase VALUES (9, 'role="alert"');
INSERT INTO phrase VALUES (10, 'nothing at this address');
INSERT INTO phrase VALUES (11, 'is malformed');
INSERT INTO phrase VALUES (12, 'no csrf_token');
CREATE TABLE browser (name text, headers text, token text);
INSERT INTO browser VALUES ('ada', '{"host":"id.example","x-remote-user":"ada",
    "content-type":"application/x-www-form-urlencoded","accept":"text/html",
    "cookie":"__Host-idplane_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}', '');
INSERT INTO browser SELECT 'eve', replace(headers, '"ada"', '"eve"'), '' FROM browser;
UPDATE browser SET token = json(http_request('GET', '/session', json(replace(headers, 'text/html', '*/*'))) ->> 'body') ->> 'csrf_token';

-- Nobody is there; nothing was allowed.
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device/list', '{"host":"id.example"}') AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

CREATE TABLE issued (answer jsonb);
INSERT INTO issued SELECT issue_device_code('tv', 'films', '{"name":"Den & kitchen"}');
SELECT approve_device_code(answer ->> 'user_code', 'ada') ->> 'status' FROM issued;
SELECT poll_device_code((SELECT answer ->> 'device_code' FROM issued), 'tv') ->> 'token_type';
CREATE TABLE known (grant_id text);
INSERT INTO known SELECT (grants('ada') -> 0) ->> 'grant_id';

-- Seen by whose it is, and by nobody else.
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'eve')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- Named: by its own subject, with a line of text, from a page of theirs.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=rename&name=%20Grandma+%3Cb%3E&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'eve'), likely('step=rename&name=Mine&csrf_token=' || (SELECT token FROM browser WHERE name = 'eve') || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=rename&name=a%0Ab&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=rename&name=Mine&csrf_token=' || '' || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=rename&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- Ended, after a question.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=ask&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'eve'), likely('step=ask&csrf_token=' || (SELECT token FROM browser WHERE name = 'eve') || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'eve'), likely('step=remove&csrf_token=' || (SELECT token FROM browser WHERE name = 'eve') || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=keep&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=nothing&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=remove&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=remove&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&grant_id=' || (SELECT grant_id FROM known))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device/list', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
