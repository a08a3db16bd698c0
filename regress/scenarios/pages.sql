-- SPDX-License-Identifier: Apache-2.0
-- pages.sql: what a browser gets of the device grant: a page for each outcome, in two languages, for whom
-- a proxy names (RFC 8628 §3.3, §3.3.1, §5.4; R20 to R31, R62, R63, V6, V7).
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example","session_settings":{"subject_header":"x-remote-user"},
    "device_flow_settings":{"attempts_subject_max":3}}') -> 'warnings' ->> 0;
SELECT register_client('tv', '{"client_name":"Tele <b>","token_endpoint_auth_method":"none","scope":"films sso",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';

-- What is looked for in each answer.
CREATE TABLE phrase (number integer, text text);
INSERT INTO phrase VALUES (1, '<html lang="de">');
INSERT INTO phrase VALUES (2, '<title>Connect a device<');
INSERT INTO phrase VALUES (3, '<title>Allow this device?<');
INSERT INTO phrase VALUES (4, '<title>Device connected<');
INSERT INTO phrase VALUES (5, '<title>Device denied<');
INSERT INTO phrase VALUES (6, '<title>The code has expired<');
INSERT INTO phrase VALUES (7, '<title>Too many attempts<');
INSERT INTO phrase VALUES (8, '<title>Already answered<');
INSERT INTO phrase VALUES (9, '<title>Not from this page<');
INSERT INTO phrase VALUES (10, '<title>This account is locked<');
INSERT INTO phrase VALUES (11, '<title>This device may not connect<');
INSERT INTO phrase VALUES (12, '<title>Gerät verbinden<');
INSERT INTO phrase VALUES (13, '<title>Dieses Gerät zulassen?<');
INSERT INTO phrase VALUES (14, '<title>Not signed in<');
INSERT INTO phrase VALUES (15, '<title>Nicht gefunden<');
INSERT INTO phrase VALUES (16, 'Signed in as <strong>ada</strong>.');
INSERT INTO phrase VALUES (17, 'action="https://id.example/device"');
INSERT INTO phrase VALUES (18, 'action="https://id.example/oauth2/user_authorization"');
INSERT INTO phrase VALUES (19, 'name="from_complete"');
INSERT INTO phrase VALUES (20, 'name="confirmed"');
INSERT INTO phrase VALUES (21, 'value="approve"');
INSERT INTO phrase VALUES (22, 'value="deny" formnovalidate');
INSERT INTO phrase VALUES (23, '<strong>Tele &lt;b&gt;</strong> wants');
INSERT INTO phrase VALUES (24, '<strong>Tele &lt;b&gt;</strong> möchte');
INSERT INTO phrase VALUES (25, '<li>films</li>');
INSERT INTO phrase VALUES (26, '<dd>Den &amp; kitchen</dd>');
INSERT INTO phrase VALUES (27, '203.0.113.9 (yours is 198.51.100.7)');
INSERT INTO phrase VALUES (28, '20 seconds ago');
INSERT INTO phrase VALUES (29, '3 minutes ago');
INSERT INTO phrase VALUES (30, 'vor 20 Sekunden');
INSERT INTO phrase VALUES (31, 'came here by a link');
INSERT INTO phrase VALUES (32, 'Tele &lt;b&gt;</strong> is connected');
INSERT INTO phrase VALUES (33, 'aria-describedby="error hint"');
INSERT INTO phrase VALUES (34, 'role="alert"');
INSERT INTO phrase VALUES (35, 'not known or no longer valid');
INSERT INTO phrase VALUES (36, 'has to confirm');
INSERT INTO phrase VALUES (37, 'no csrf_token');
INSERT INTO phrase VALUES (38, 'Wait 5 min');
INSERT INTO phrase VALUES (39, 'Unter dieser Adresse ist nichts');

-- Ada has a cookie of her browser's, and what proves that a form is from a page of hers.
CREATE TABLE browser (name text, headers text, token text);
INSERT INTO browser VALUES ('ada', '{"host":"id.example","x-remote-user":"ada","x-idplane-peer":"198.51.100.7",
    "content-type":"application/x-www-form-urlencoded","accept":"text/html",
    "cookie":"__Host-idplane_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}', '');
INSERT INTO browser SELECT 'german', substr(headers, 1, length(headers) - 1) || ',"accept-language":"fr, de-AT;q=0.7, en;q=0.5"}', '' FROM browser;
INSERT INTO browser SELECT 'eve', replace(headers, '"ada"', '"eve"'), '' FROM browser WHERE name = 'ada';
UPDATE browser SET token = json(http_request('GET', '/session', json(replace(headers, 'text/html', '*/*'))) ->> 'body') ->> 'csrf_token';
SELECT name, length(token), CASE WHEN token = (SELECT token FROM browser WHERE name = 'ada') THEN 'ada''s' ELSE 'another' END FROM browser ORDER BY name;
-- A browser without the cookie is given one, and told so in no other way.
SELECT CASE WHEN answer -> 'headers' -> 'Set-Cookie' ->> 0 LIKE '\_\_Host-idplane\_session=%; Path=/; Max-Age=1209600; SameSite=Lax; HttpOnly; Secure' ESCAPE '\'
    AND answer ->> 'body' LIKE '{"user":"ada","csrf_token":"%"}' AND answer ->> 'body' NOT LIKE '%cookie%' THEN 'given' END
    FROM (SELECT http_request('GET', '/session', '{"host":"id.example","x-remote-user":"ada"}') AS answer) one;

CREATE TABLE code (name text, code text);
INSERT INTO code SELECT 'one', issue_device_code('tv', 'films', '{"name":"Den & kitchen","ip":"203.0.113.9"}') ->> 'user_code';
INSERT INTO code SELECT 'two', issue_device_code('tv', 'films') ->> 'user_code';
INSERT INTO code SELECT 'three', issue_device_code('tv', 'films') ->> 'user_code';
INSERT INTO code SELECT 'admin', issue_device_code('tv', 'sso') ->> 'user_code';
INSERT INTO code SELECT 'late', issue_device_code('tv', 'films') ->> 'user_code';
SELECT set_clock('2026-01-01T00:00:20Z');

-- Nobody is there, or two are: no login page, no form.
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device', '{"host":"id.example"}') AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/login', '{"host":"id.example","accept":"text/html"}') AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device', '{"host":"id.example","x-remote-user":["ada","eve"]}') AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- Who is there goes on.
WITH one AS MATERIALIZED (SELECT http_request('GET', '/login?return_to=/device', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/login?return_to=//evil.example', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- R20, V6: the code is typed.
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/oauth2/user_authorization', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- R22, R63: who asks for what, from where, since when; R24: no device code.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || (SELECT code FROM code WHERE name = 'one'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- R23, R28, R62: a code that came in a link is typed by nobody: it has to be compared.
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device?user_code=' || (SELECT code FROM code WHERE name = 'one'), (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=lookup&from_complete=1&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || (SELECT code FROM code WHERE name = 'one'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=approve&from_complete=1&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || (SELECT code FROM code WHERE name = 'one'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- In German, where IBMs clients go.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/oauth2/user_authorization', (SELECT json(headers) FROM browser WHERE name = 'german'), likely('step=lookup&from_complete=1&csrf_token=' || (SELECT token FROM browser WHERE name = 'german') || '&user_code=' || (SELECT code FROM code WHERE name = 'one'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- What proves it for another one, and nothing.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=approve&csrf_token=' || (SELECT token FROM browser WHERE name = 'eve') || '&user_code=' || (SELECT code FROM code WHERE name = 'one'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=approve&csrf_token=' || '' || '&user_code=' || (SELECT code FROM code WHERE name = 'one'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- V6: permitted; its end has an address of its own.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=approve&from_complete=1&confirmed=1&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || (SELECT code FROM code WHERE name = 'one'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device?end=approve&client_id=tv', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device?end=approve&client_id=%3Cb%3E', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- R29: a decision is final, also after the button that goes back.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=approve&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || (SELECT code FROM code WHERE name = 'one'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=deny&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || (SELECT code FROM code WHERE name = 'one'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- V6: denied, without a look at the device.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=deny&from_complete=1&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || (SELECT code FROM code WHERE name = 'two'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device?end=deny&client_id=tv', (SELECT json(headers) FROM browser WHERE name = 'ada')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- What administers is not approved here.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || (SELECT code FROM code WHERE name = 'admin'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=approve&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || (SELECT code FROM code WHERE name = 'admin'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- Wrong codes, until there are too many; then the right one is refused, too.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || '%3Cb%3E')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=approve&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || 'BCDFGHJK')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || '')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || 'BCDFGHJL')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada') || '&user_code=' || (SELECT code FROM code WHERE name = 'three'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'ada'),
    likely('step=lookup&user_code=x&csrf_token=' || (SELECT token FROM browser WHERE name = 'ada'))) -> 'headers' ->> 'Retry-After';

-- Eve may still; V7, R31: what she approves is what was asked.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'eve'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'eve') || '&user_code=' || (SELECT code FROM code WHERE name = 'three'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
SELECT set_clock('2026-01-01T00:03:10Z');
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'eve'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'eve') || '&user_code=' || (SELECT code FROM code WHERE name = 'three'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
SELECT update_client('tv', '{"enabled":false}') ->> 'client_id';

-- Its client is switched off.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'eve'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'eve') || '&user_code=' || (SELECT code FROM code WHERE name = 'three'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
SELECT update_client('tv', '{"enabled":true}') ->> 'client_id';
SELECT set_clock('2026-01-01T00:05:00Z');

-- R30: too late.
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'eve'), likely('step=approve&csrf_token=' || (SELECT token FROM browser WHERE name = 'eve') || '&user_code=' || (SELECT code FROM code WHERE name = 'late'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
SELECT set_subject('eve', '{"enabled":false}') ->> 'subject';

-- Who is locked has no page, and no form of theirs counts.
WITH one AS MATERIALIZED (SELECT http_request('GET', '/device', (SELECT json(headers) FROM browser WHERE name = 'eve')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'eve'), likely('step=approve&csrf_token=' || (SELECT token FROM browser WHERE name = 'eve') || '&user_code=' || (SELECT code FROM code WHERE name = 'three'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- Errors in the language of the browser.
WITH one AS MATERIALIZED (SELECT http_request('GET', '/', (SELECT json(headers) FROM browser WHERE name = 'german')) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;

-- QR codes: of a code that looks like one, whether or not there is one; the same text is the same picture.
SELECT http_request('GET', '/device/qr?user_code=bcdf-ghjk', '{"host":"id.example"}') -> 'headers' ->> 'Content-Type';
SELECT CASE WHEN http_request('GET', '/device/qr?user_code=bcdf-ghjk', '{"host":"id.example"}') ->> 'body' = qr_code('https://id.example/device?user_code=BCDF-GHJK') THEN 'same' END;
SELECT http_request('GET', '/device/qr?user_code=bcdf-ghj', '{"host":"id.example"}') ->> 'body';
SELECT http_request('GET', '/device/qr', '{"host":"id.example"}') ->> 'status';
SELECT qr_code('a');
SELECT qr_code('');
SELECT qr_code(NULL);
SELECT substr(qr_code('grün'), 1, 64);

-- V7, NEVER_PROMPT: who typed the code is asked nothing more, who came by a link compares it first.
-- The other two ask for each device.
INSERT INTO browser SELECT 'bob', replace(headers, '"ada"', '"bob"'), '' FROM browser WHERE name = 'ada';
UPDATE browser SET token = json(http_request('GET', '/session', json(replace(headers, 'text/html', '*/*'))) ->> 'body') ->> 'csrf_token' WHERE name = 'bob';
SELECT update_client('tv', '{"consent_prompt":"NEVER_PROMPT"}') ->> 'consent_prompt';
INSERT INTO code SELECT 'never', issue_device_code('tv', 'films') ->> 'user_code';
INSERT INTO code SELECT 'link', issue_device_code('tv', 'films') ->> 'user_code';
INSERT INTO code SELECT 'rule', issue_device_code('tv', 'sso') ->> 'user_code';
INSERT INTO code SELECT 'once', issue_device_code('tv', 'films') ->> 'user_code';
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'bob'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'bob') || '&user_code=' || (SELECT code FROM code WHERE name = 'never'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'bob'), likely('step=lookup&from_complete=1&csrf_token=' || (SELECT token FROM browser WHERE name = 'bob') || '&user_code=' || (SELECT code FROM code WHERE name = 'link'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'bob'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'bob') || '&user_code=' || (SELECT code FROM code WHERE name = 'rule'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
SELECT update_client('tv', '{"consent_prompt":"PROMPT_ONCE"}') ->> 'consent_prompt';
WITH one AS MATERIALIZED (SELECT http_request('POST', '/device', (SELECT json(headers) FROM browser WHERE name = 'bob'), likely('step=lookup&csrf_token=' || (SELECT token FROM browser WHERE name = 'bob') || '&user_code=' || (SELECT code FROM code WHERE name = 'once'))) AS answer)
SELECT answer ->> 'status', answer -> 'headers' ->> 'Location', text FROM one LEFT JOIN phrase ON answer ->> 'body' LIKE '%' || text || '%' ORDER BY number;
