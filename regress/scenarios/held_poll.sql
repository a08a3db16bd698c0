-- SPDX-License-Identifier: Apache-2.0
-- held_poll.sql: a poll that would wait for the decision (RFC 7240) is answered as any other; a front
-- that can wait keeps that back, and comes again with what went along.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT register_client('tv', '{"scope":"read","access_token_format":"opaque","grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT register_client('radio', '{"token_endpoint_auth_method":"client_secret_post","client_secret":"a-secret-of-thirty-two-characters","scope":"read","access_token_format":"opaque","grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
CREATE TABLE front (name text, headers jsonb);
INSERT INTO front VALUES
    ('plain', json('{"Host":"localhost:8080","Content-Type":"application/x-www-form-urlencoded"}')),
    ('waits', json('{"Host":"localhost:8080","Content-Type":"application/x-www-form-urlencoded","Prefer":"respond-async, Wait=9"}')),
    ('long', json('{"Host":"localhost:8080","Content-Type":"application/x-www-form-urlencoded","Prefer":"wait=999"}')),
    ('none', json('{"Host":"localhost:8080","Content-Type":"application/x-www-form-urlencoded","Prefer":"wait=0"}')),
    ('odd', json('{"Host":"localhost:8080","Content-Type":"application/x-www-form-urlencoded","Prefer":"wait=-1, wait=, wait, wait=1.5, waiting=3,,wait=99999"}'));
KEEP one SELECT issue_device_code('tv');
KEEP two SELECT issue_device_code('tv');
KEEP three SELECT issue_device_code('radio');
CREATE VIEW poll AS SELECT name, 'grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=' || CASE name WHEN 'three' THEN 'radio&client_secret=a-secret-of-thirty-two-characters' ELSE 'tv' END || '&device_code=' || (response ->> 'device_code') AS body FROM kept WHERE name IN ('one', 'two', 'three');

-- Nobody waits where the settings have no limit.
KEEP early SELECT http_request('POST', '/token', headers, likely(body)) FROM poll, front WHERE poll.name = 'one' AND front.name = 'waits';
SELECT response ->> 'status', response ->> 'body', response ->> 'wake_on' FROM kept WHERE name = 'early';
SELECT configure('{"device_flow_settings":{"device_flow_poll_wait_max_in_secs":61}}') -> 'errors' -> 0 ->> 'path';
SELECT configure('{"device_flow_settings":{"device_flow_poll_wait_max_in_secs":20}}') -> 'device_flow_settings' ->> 'device_flow_poll_wait_max_in_secs';

-- As long as the client would, or the settings.
SELECT set_clock('2026-01-01T00:00:10Z');
KEEP held SELECT http_request('POST', '/token', headers, likely(body)) FROM poll, front WHERE poll.name = 'one' AND front.name = 'waits';
SELECT response ->> 'status', response ->> 'body', response ->> 'wait_ms', length(response ->> 'wake_on'), CASE WHEN length(response ->> 'resume') > 100 THEN 'resume' END FROM kept WHERE name = 'held';
SELECT set_clock('2026-01-01T00:00:20Z');
SELECT http_request('POST', '/token', headers, likely(body)) ->> 'wait_ms' FROM poll, front WHERE poll.name = 'one' AND front.name = 'long';
SELECT set_clock('2026-01-01T00:00:30Z');
SELECT http_request('POST', '/token', headers, likely(body)) ->> 'wait_ms' FROM poll, front WHERE poll.name = 'one' AND front.name = 'none';
SELECT set_clock('2026-01-01T00:00:40Z');
SELECT http_request('POST', '/token', headers, likely(body)) ->> 'wait_ms' FROM poll, front WHERE poll.name = 'one' AND front.name = 'odd';

-- Who polls too early is told so, and does not wait.
KEEP fast SELECT http_request('POST', '/token', headers, likely(body)) FROM poll, front WHERE poll.name = 'one' AND front.name = 'waits';
SELECT response ->> 'body', response ->> 'wait_ms' FROM kept WHERE name = 'fast';

-- Coming again is no poll: it waits for what is left, and then no longer.
SELECT set_clock('2026-01-01T00:01:00Z');
KEEP again SELECT http_request('POST', '/token', headers, likely(body)) FROM poll, front WHERE poll.name = 'one' AND front.name = 'waits';
CREATE VIEW further AS SELECT kept.name, (SELECT response FROM kept k WHERE k.name = 'again') ->> 'resume' AS resume FROM kept WHERE kept.name = 'again';
SELECT set_clock('2026-01-01T00:01:04Z');
SELECT http_request('POST', '/token', headers, likely(body), json('{"resume":"' || resume || '"}')) ->> 'wait_ms' FROM poll, front, further WHERE poll.name = 'one' AND front.name = 'plain';
SELECT set_clock('2026-01-01T00:01:09Z');
KEEP late SELECT http_request('POST', '/token', headers, likely(body), json('{"resume":"' || resume || '"}')) FROM poll, front, further WHERE poll.name = 'one' AND front.name = 'plain';
SELECT response ->> 'body', response ->> 'wait_ms' FROM kept WHERE name = 'late';

-- With another code it is of no use.
KEEP other SELECT http_request('POST', '/token', headers, likely(body), json('{"resume":"' || resume || '"}')) FROM poll, front, further WHERE poll.name = 'three' AND front.name = 'plain';
SELECT response ->> 'body' FROM kept WHERE name = 'other';

-- The decision says whose it is, and is answered once.
SELECT set_clock('2026-01-01T00:01:10Z');
KEEP last SELECT http_request('POST', '/token', headers, likely(body)) FROM poll, front WHERE poll.name = 'three' AND front.name = 'waits';
SELECT approve_device_code(response ->> 'user_code', 'alice') ->> 'status' FROM kept WHERE name = 'three';
KEEP tokens SELECT http_request('POST', '/token', headers, likely(replace(body, '&client_secret=a-secret-of-thirty-two-characters', '')), json('{"resume":"' || (response ->> 'resume') || '"}')) FROM poll, front, kept WHERE poll.name = 'three' AND front.name = 'plain' AND kept.name = 'last';
SELECT response ->> 'status', json(response ->> 'body') ->> 'scope' FROM kept WHERE name = 'tokens';
KEEP twice SELECT http_request('POST', '/token', headers, likely(body), json('{"resume":"' || (response ->> 'resume') || '"}')) FROM poll, front, kept WHERE poll.name = 'three' AND front.name = 'plain' AND kept.name = 'last';
SELECT response ->> 'body' FROM kept WHERE name = 'twice';
KEEP denied SELECT http_request('POST', '/token', headers, likely(body)) FROM poll, front WHERE poll.name = 'two' AND front.name = 'waits';
SELECT deny_device_code(response ->> 'user_code', 'alice') ->> 'status' FROM kept WHERE name = 'two';
KEEP refused SELECT http_request('POST', '/token', headers, likely(body), json('{"resume":"' || (response ->> 'resume') || '"}')) FROM poll, front, kept WHERE poll.name = 'two' AND front.name = 'plain' AND kept.name = 'denied';
SELECT json(response ->> 'body') ->> 'error' FROM kept WHERE name = 'refused';

-- Nobody makes one up.
SELECT http_request('POST', '/token', headers, likely(body), json('{"resume":"bm8"}' || '')) ->> 'status' FROM poll, front WHERE poll.name = 'one' AND front.name = 'plain';
SELECT http_request('POST', '/token', headers, likely(body), json('{"resume":{"client_id":"tv"}}' || '')) ->> 'status' FROM poll, front WHERE poll.name = 'one' AND front.name = 'plain';
