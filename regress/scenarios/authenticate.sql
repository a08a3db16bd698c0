-- SPDX-License-Identifier: Apache-2.0
-- authenticate.sql: an access token of ours is good while its key, client and subject are; and a session
-- that acts for its subject.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT register_client('tv', '{"token_endpoint_auth_method":"none","scope":"read",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
CREATE TABLE flow (codes jsonb);
INSERT INTO flow SELECT issue_device_code('tv');
SELECT approve_device_code((SELECT codes ->> 'user_code' FROM flow), 'ada') ->> 'error';
CREATE TABLE token (name text, token text);
SELECT CASE WHEN length(create_signing_key()) = 43 THEN 'key made' END;
INSERT INTO token SELECT 'good', jwt_sign('{"iss":"http://127.0.0.1:8080","aud":"http://127.0.0.1:8080",
    "sub":"ada","client_id":"tv","iat":1767225600,"exp":1767232800,"jti":"1","scope":"read"}', NULL, '{"typ":"at+jwt"}');
INSERT INTO token SELECT 'no access token', jwt_sign('{"iss":"http://127.0.0.1:8080","aud":"http://127.0.0.1:8080",
    "sub":"ada","client_id":"tv","iat":1767225600,"exp":1767232800,"jti":"1"}');
INSERT INTO token SELECT 'for another audience', jwt_sign('{"iss":"http://127.0.0.1:8080","aud":"other",
    "sub":"ada","client_id":"tv","iat":1767225600,"exp":1767232800,"jti":"1"}', NULL, '{"typ":"at+jwt"}');
INSERT INTO token SELECT 'of another issuer', jwt_sign('{"iss":"https://other.example","aud":"http://127.0.0.1:8080",
    "sub":"ada","client_id":"tv","iat":1767225600,"exp":1767232800,"jti":"1"}', NULL, '{"typ":"at+jwt"}');
INSERT INTO token SELECT 'that never ends', jwt_sign('{"iss":"http://127.0.0.1:8080","aud":"http://127.0.0.1:8080",
    "sub":"ada","client_id":"tv","iat":1767225600,"jti":"1"}', NULL, '{"typ":"at+jwt"}');
INSERT INTO token SELECT 'of another client', jwt_sign('{"iss":"http://127.0.0.1:8080","aud":"http://127.0.0.1:8080",
    "sub":"ada","client_id":"radio","iat":1767225600,"exp":1767232800,"jti":"1"}', NULL, '{"typ":"at+jwt"}');
INSERT INTO token SELECT 'by another key', jwt_sign_with('{"iss":"http://127.0.0.1:8080","aud":"http://127.0.0.1:8080",
    "sub":"ada","client_id":"tv","iat":1767225600,"exp":1767232800,"jti":"1"}', CAST(jwk_generate('ES256') AS text),
    '{"typ":"at+jwt"}');
INSERT INTO token SELECT 'that pretends our key', jwt_sign_with('{"iss":"http://127.0.0.1:8080","aud":"http://127.0.0.1:8080",
    "sub":"ada","client_id":"tv","iat":1767225600,"exp":1767232800,"jti":"1"}',
    CAST(jwk_generate('ES256', jwks() -> 'keys' -> 0 ->> 'kid') AS text), '{"typ":"at+jwt"}');
INSERT INTO token VALUES ('at all', 'not a token');
INSERT INTO token SELECT 'that is bound', jwt_sign('{"iss":"http://127.0.0.1:8080","aud":"http://127.0.0.1:8080","cnf":{"jkt":"k"},
    "sub":"ada","client_id":"tv","iat":1767225600,"exp":1767232800,"jti":"1"}', NULL, '{"typ":"at+jwt"}');
SELECT name, authenticate(token) ->> 'reason', authenticate(token) -> 'claims' ->> 'sub' FROM token ORDER BY name;
SELECT authenticate(NULL);

-- What the device grant pays is such a token.
SELECT set_clock('2026-01-01T00:00:10Z');
-- In a statement of its own: a function that reads sees what was there when its statement began.
KEEP paid SELECT poll_device_code((SELECT codes ->> 'device_code' FROM flow), 'tv');
SELECT authenticate(response ->> 'access_token') -> 'claims' ->> 'scope' FROM kept;

-- A session acts for the subject, until its token ends or another tenant is chosen.
SELECT current_subject(), current_claims();
SELECT begin_session(token, false) -> 'claims' ->> 'sub' FROM token WHERE name = 'good';
SELECT current_subject(), current_claims() ->> 'client_id', current_claims() ->> 'scope';
SELECT set_tenant('acme');
SELECT current_subject(), current_claims();
SELECT set_tenant('default');
SELECT current_subject();
SELECT set_clock('2026-01-01T02:00:00Z');
SELECT current_subject();
SELECT set_clock('2026-01-01T01:59:59Z');
SELECT current_subject();
-- A token that is not good ends it, and so does none.
SELECT begin_session(token, false) ->> 'reason' FROM token WHERE name = 'that is bound';
SELECT current_subject();
SELECT begin_session('not a token', false) ->> 'reason';
SELECT current_subject();
SELECT begin_session(token, false) ->> 'reason' FROM token WHERE name = 'good';
SELECT current_subject();
SELECT begin_session(NULL, false);
SELECT current_subject();
SELECT begin_session(token, false) ->> 'reason' FROM token WHERE name = 'good';
SELECT begin_session('not a token') ->> 'reason';
SELECT current_subject();
SELECT begin_session(token, false) ->> 'reason' FROM token WHERE name = 'good';
SELECT begin_session(NULL);
SELECT current_subject();

-- What is withdrawn stops at once.
SELECT update_client('tv', '{"enabled":false}') ->> 'client_id';
SELECT authenticate(token) ->> 'reason' FROM token WHERE name = 'good';
SELECT update_client('tv', '{"enabled":true}') ->> 'client_id';
SELECT set_subject('ada', '{"enabled":false}') ->> 'subject';
SELECT authenticate(token) ->> 'reason' FROM token WHERE name = 'good';
SELECT begin_session(token, false) ->> 'reason' FROM token WHERE name = 'good';
SELECT current_subject();
SELECT set_subject('ada', '{"enabled":true}') ->> 'subject';
SELECT authenticate(token) ->> 'reason' FROM token WHERE name = 'good';
SELECT CASE WHEN length(compromise_signing_key(jwks() -> 'keys' -> 0 ->> 'kid')) = 43 THEN 'compromised' END;
SELECT authenticate(token) ->> 'reason' FROM token WHERE name = 'good';
SELECT set_tenant('acme');
SELECT authenticate(token) ->> 'reason' FROM token WHERE name = 'good';
