-- SPDX-License-Identifier: Apache-2.0
-- sso_sessions.sql: sessions of browsers: how they end by time, by their user, by the provider, and with a
-- change of the connection.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TEMP TABLE provider AS SELECT jwk_generate('ES256', 'k1') AS jwk;
SELECT set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","visibleOnLoginPage":true,"clientId":"app","audience":"app","issuer":"https://idp.example","signatureVerificationConfig":{"jwks":{"jwksUri":"https://idp.example/jwks"}},"userIdConfig":{"jwtField":"sub"},"useIdToken":true,"authorizationRequest":{"url":"https://idp.example/authorize","method":"GET","operation":"REDIRECT"},"tokenRequest":{"url":"https://idp.example/token","method":"POST","operation":"EXECUTE","body":"code=${code}"},"onNewUser":{"dynamicMapping":{"configuration":{"mapFromIdToken":true},"mappings":[{"id":"m1","when":{"operator":"EQ","parameterPath":"sub","value":"*"},"thenGroups":[7]}]}}}') ->> 'status';
SELECT canonical_json(set_sso_keys('corp', '{"keys":[' || (SELECT canonical_json(jwk_public(jwk)) FROM provider) || ']}'));
SELECT canonical_json(sso_session('nothing'));

-- A browser that comes back with what it was not sent with, or a second time.
SELECT canonical_json(sso_exchange('corp', '{"code":"c"}') -> 'reason');
CREATE TEMP TABLE login AS SELECT start_sso_login('corp') AS answer;
SELECT canonical_json(sso_exchange('corp', json('{"code":"c","state":"' || (answer ->> 'state') || '"}')) -> 'reason') FROM login;
SELECT canonical_json(sso_exchange('corp', json('{"code":"c","state":"' || (answer ->> 'state') || '","browser":"' || (answer ->> 'state') || '"}')) -> 'reason') FROM login;
SELECT canonical_json(sso_exchange('corp', json('{"error":"access_denied","state":"' || (answer ->> 'state') || '","browser":"' || (answer ->> 'browser') || '"}'))) FROM login;
SELECT canonical_json(sso_exchange('corp', json('{"code":"c","state":"' || (answer ->> 'state') || '","browser":"' || (answer ->> 'browser') || '"}')) -> 'reason') FROM login;
-- Of another issuer (RFC 9207); too late.
CREATE TEMP TABLE second AS SELECT start_sso_login('corp') AS answer;
SELECT canonical_json(sso_exchange('corp', json('{"code":"c","iss":"https://evil.example","state":"' || (answer ->> 'state') || '","browser":"' || (answer ->> 'browser') || '"}')) -> 'reason') FROM second;
CREATE TEMP TABLE third AS SELECT start_sso_login('corp') AS answer;
SELECT set_clock('2026-01-01T00:10:00Z');
SELECT canonical_json(sso_exchange('corp', json('{"code":"c","state":"' || (answer ->> 'state') || '","browser":"' || (answer ->> 'browser') || '"}')) -> 'reason') FROM third;

-- S35: logout tokens that are none.
SELECT canonical_json(sso_backchannel_logout('corp', jwt_sign_with('{"iss":"https://idp.example","aud":"app","iat":1767225600,"exp":1767229200,"jti":"j1","sub":"ann","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}', (SELECT canonical_json(jwk) FROM provider), '{"typ":"logout+jwt"}')));
SELECT canonical_json(sso_backchannel_logout('corp', jwt_sign_with('{"iss":"https://idp.example","aud":"app","iat":1767225600,"exp":1767229200,"jti":"j1","sub":"ann","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}', (SELECT canonical_json(jwk) FROM provider), '{"typ":"logout+jwt"}')));
SELECT canonical_json(sso_backchannel_logout('corp', jwt_sign_with('{"iss":"https://idp.example","aud":"app","iat":1767225600,"exp":1767229200,"jti":"j2","sub":"ann","nonce":"n","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}', (SELECT canonical_json(jwk) FROM provider))) -> 'reason');
SELECT canonical_json(sso_backchannel_logout('corp', jwt_sign_with('{"iss":"https://idp.example","aud":"app","iat":1767225600,"exp":1767229200,"jti":"j3","sub":"ann","events":{}}', (SELECT canonical_json(jwk) FROM provider))) -> 'reason');
SELECT canonical_json(sso_backchannel_logout('corp', jwt_sign_with('{"iss":"https://idp.example","aud":"app","iat":1767225600,"exp":1767229200,"jti":"j4","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}', (SELECT canonical_json(jwk) FROM provider))) -> 'reason');
SELECT canonical_json(sso_backchannel_logout('corp', jwt_sign_with('{"iss":"https://idp.example","aud":"another","iat":1767225600,"exp":1767229200,"jti":"j5","sub":"ann","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}', (SELECT canonical_json(jwk) FROM provider))) -> 'reason');
SELECT canonical_json(sso_backchannel_logout('corp', jwt_sign_with('{"iss":"https://idp.example","aud":"app","iat":1767225600,"exp":1767229200,"sub":"ann","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}', (SELECT canonical_json(jwk) FROM provider))) -> 'reason');
SELECT canonical_json(sso_backchannel_logout('corp', jwt_sign_with('{"iss":"https://idp.example","aud":"app","iat":1767225600,"exp":1767229200,"jti":"j6","sub":"ann","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}', (SELECT canonical_json(jwk) FROM provider), '{"typ":"at+jwt"}')) -> 'reason');
SELECT canonical_json(sso_backchannel_logout('corp', 'a.b.c') -> 'reason');
SELECT canonical_json(sso_backchannel_logout('corp', jwt_sign_with('{"iss":"https://idp.example","aud":"app","jti":"j1","sub":"ann"}', canonical_json(jwk_generate('ES256', 'k1')))) -> 'reason');
-- The audit has none of what anybody can send: no state, no key of the provider.
CREATE TABLE reason (number integer, name text);
INSERT INTO reason VALUES (1, 'state'), (2, 'malformed'), (3, 'signature'), (4, 'issuer'), (5, 'replayed');
SELECT name, CASE WHEN canonical_json(audit_events()) LIKE '%"reason":"' || name || '"%' THEN 'audited' ELSE 'not audited' END FROM reason ORDER BY number;

-- Sessions: by their cookie; idle for a day; for two weeks at most.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TEMP TABLE token AS SELECT jwt_sign_with('{"iss":"https://idp.example","aud":"app","exp":1767229200,"sub":"ann","sid":"s1"}', (SELECT canonical_json(jwk) FROM provider)) AS id_token;
SELECT canonical_json(sso_login('corp', json('{"id_token":"' || (SELECT id_token FROM token) || '"}')) -> 'user');
SELECT open_sso_session('bob');
CREATE TABLE one (session jsonb);
INSERT INTO one SELECT open_sso_session('ann', json('{"id_token":"' || id_token || '"}')) FROM token;
SELECT length(session ->> 'cookie'), length(session ->> 'csrf_token'), session ->> 'expires_at' FROM one;
SELECT canonical_json(sso_session((SELECT session ->> 'cookie' FROM one)) -> 'user');
SELECT set_clock('2026-01-01T23:59:59Z');
SELECT sso_session((SELECT session ->> 'cookie' FROM one)) ->> 'started_at';
SELECT set_clock('2026-01-02T23:59:58Z');
SELECT sso_session((SELECT session ->> 'cookie' FROM one)) ->> 'user';
SELECT set_clock('2026-01-03T23:59:58Z');
SELECT sso_session((SELECT session ->> 'cookie' FROM one)) ->> 'user';
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT sso_session((SELECT session ->> 'cookie' FROM one)) ->> 'user';
-- A locked user has none, and none comes back.
SELECT set_clock('2026-01-01T00:00:01Z');
SELECT canonical_json(set_subject('ann', '{"enabled":false}') -> 'enabled');
SELECT sso_session((SELECT session ->> 'cookie' FROM one)) ->> 'user';
SELECT open_sso_session('ann');
SELECT canonical_json(set_subject('ann', '{"enabled":true}') -> 'enabled');
SELECT sso_session((SELECT session ->> 'cookie' FROM one)) ->> 'user';
DELETE FROM one;
INSERT INTO one SELECT open_sso_session('ann', json('{"id_token":"' || id_token || '"}')) FROM token;
SELECT sso_session((SELECT session ->> 'cookie' FROM one)) ->> 'user';

-- The provider ends it by its name, S35; what it does not name stays.
SELECT canonical_json(sso_backchannel_logout('corp', jwt_sign_with('{"iss":"https://idp.example","aud":"app","iat":1767225600,"exp":1767229200,"jti":"j7","sid":"s2","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}', (SELECT canonical_json(jwk) FROM provider))));
SELECT sso_session((SELECT session ->> 'cookie' FROM one)) ->> 'user';
SELECT canonical_json(sso_backchannel_logout('corp', jwt_sign_with('{"iss":"https://idp.example","aud":"app","iat":1767225600,"exp":1767229200,"jti":"j8","sid":"s1","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}', (SELECT canonical_json(jwk) FROM provider))));
SELECT sso_session((SELECT session ->> 'cookie' FROM one)) ->> 'user';

-- S34: the user ends it, and is sent on with the ID token.
CREATE TABLE two (session jsonb);
INSERT INTO two SELECT open_sso_session('ann', json('{"id_token":"' || id_token || '"}')) FROM token;
SELECT canonical_json(end_sso_session((SELECT session ->> 'cookie' FROM two)));
SELECT sso_session((SELECT session ->> 'cookie' FROM two)) ->> 'user';
SELECT set_sso_connection('corp', json(replace(canonical_json(sso_connection('corp')), '"tokenRequest":', '"logoutRequest":{"url":"https://idp.example/logout","method":"GET","operation":"REDIRECT","requestParams":{"id_token_hint":"${id_token}","post_logout_redirect_uri":"${redirectUri}"}},"tokenRequest":'))) ->> 'version';
CREATE TABLE three (session jsonb);
INSERT INTO three SELECT open_sso_session('ann', json('{"id_token":"' || id_token || '"}')) FROM token;
SELECT replace(end_sso_session((SELECT session ->> 'cookie' FROM three), 'https://here.example/') ->> 'url', (SELECT id_token FROM token), '<token>');

-- S37: a change of the connection ends what began by it, or leaves it.
CREATE TABLE four (session jsonb);
INSERT INTO four SELECT open_sso_session('ann', json('{"id_token":"' || id_token || '"}')) FROM token;
SELECT set_sso_connection('corp', json(replace(canonical_json(sso_connection('corp')), '"providerName":"Corp"', '"providerName":"Corporation"')), '{"terminate_user_sessions":false}') ->> 'version';
SELECT sso_session((SELECT session ->> 'cookie' FROM four)) ->> 'user';
SELECT canonical_json(set_sso_connection('corp', sso_connection('corp')) -> 'changed');
SELECT sso_session((SELECT session ->> 'cookie' FROM four)) ->> 'user';
SELECT set_sso_connection('corp', json(replace(canonical_json(sso_connection('corp')), '"providerName":"Corporation"', '"providerName":"Corp"'))) ->> 'version';
SELECT sso_session((SELECT session ->> 'cookie' FROM four)) ->> 'user';
CREATE TABLE five (session jsonb);
INSERT INTO five SELECT open_sso_session('ann', json('{"id_token":"' || id_token || '"}')) FROM token;
SELECT end_sso_sessions('ann');
SELECT sso_session((SELECT session ->> 'cookie' FROM five)) ->> 'user';
-- With the user.
CREATE TABLE six (session jsonb);
INSERT INTO six SELECT open_sso_session('ann') FROM token;
SELECT sso_session((SELECT session ->> 'cookie' FROM six)) ->> 'user';
SELECT canonical_json(delete_sso_user('ann'));
SELECT sso_session((SELECT session ->> 'cookie' FROM six)) ->> 'user';

-- A token of one kind is none of another.
SELECT canonical_json(sso_login('corp', json('{"id_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":"app","iat":1767225600,"exp":1767229200,"jti":"j9","sub":"ann","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"id_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":"app","exp":1767229200,"sub":"ann"}', (SELECT canonical_json(jwk) FROM provider), '{"typ":"at+jwt"}') || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"id_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":["app","other"],"exp":1767229200,"sub":"ann"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"id_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":"app","azp":{"a":1},"exp":1767229200,"sub":"ann"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"id_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":"app","exp":1767229200,"sub":"ann"}', (SELECT canonical_json(jwk) FROM provider)) || '","access_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":"app","exp":1767229200,"sub":"bob"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
SELECT canonical_json(sso_login('corp', json('{"nonce":"n","access_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":"app","exp":1767229200,"sub":"bob"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
-- Names with what nobody sees.
SELECT canonical_json(sso_login('corp', json('{"id_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":"app","exp":1767229200,"sub":"an\u200bn"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason');
CREATE TABLE unseen (number integer, mark text);
INSERT INTO unseen VALUES (1, '\u034f'), (2, '\u2800'), (3, '\u17b4'), (4, '\u180b'), (5, '\u180f'), (6, '\ud834\udd73'), (7, '\ud82f\udca0'), (8, '\ue000'), (9, '\uf8ff'), (10, '\ufdd0'), (11, '\ufffe'), (12, '\ud83f\udffe'), (13, '\udbff\udfff');
SELECT number, canonical_json(sso_login('corp', json('{"id_token":"' || jwt_sign_with(json('{"iss":"https://idp.example","aud":"app","exp":1767229200,"sub":"admin' || mark || '"}'), (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'reason') FROM unseen ORDER BY number;
SELECT canonical_json(sso_login('corp', json('{"id_token":"' || jwt_sign_with('{"iss":"https://idp.example","aud":"app","exp":1767229200,"sub":"Änne"}', (SELECT canonical_json(jwk) FROM provider)) || '"}')) -> 'user');

-- A login under way ends with its provider.
CREATE TABLE away (answer jsonb);
INSERT INTO away SELECT start_sso_login('corp');
SELECT set_sso_connection('corp', json(replace(canonical_json(sso_connection('corp')), 'https://idp.example/token', 'https://evil.example/token'))) ->> 'status';
SELECT canonical_json(sso_exchange('corp', json('{"code":"c","state":"' || (answer ->> 'state') || '","browser":"' || (answer ->> 'browser') || '"}')) -> 'reason') FROM away;
-- A code that would be more than a value.
DELETE FROM away;
INSERT INTO away SELECT start_sso_login('corp');
SELECT canonical_json(sso_exchange('corp', json('{"code":"c&d=e","state":"' || (answer ->> 'state') || '","browser":"' || (answer ->> 'browser') || '"}')) -> 'reason') FROM away;
SELECT canonical_json(end_sso_session('nothing'));
SELECT set_sso_connection('corp', '{}', '{"terminate":true}');
