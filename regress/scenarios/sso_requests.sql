-- SPDX-License-Identifier: Apache-2.0
-- sso_requests.sql: requests to a provider as their templates say, and the way of a browser there.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","visibleOnLoginPage":true,"clientId":"app","authorizationRequest":{"url":"https://idp.example/authorize?p=${idp_hint}#top","method":"GET","operation":"REDIRECT","body":"dropped","requestParams":{"response_type":"code","client_id":"${clientId}","redirect_uri":"${redirectUri}","scope":"openid mail","a b":"${unknown}"}},"tokenRequest":{"url":"https://idp.example/token","method":"POST","operation":"EXECUTE","headers":{"Authorization":"Basic YXBwOnM=","X-Code":"${code}","${code}":"x"},"body":"grant_type=authorization_code&code=${code}&client_secret=s3cr3t"},"refreshRequest":{"url":"https://idp.example/token","method":"POST","operation":"EXECUTE","body":"refresh_token=${refreshToken}&x=${code}","options":{"body_encode":"form"}},"logoutRequest":{"url":"https://idp.example/logout?hint=${id_token}","method":"GET","operation":"REDIRECT"},"options":{"redirect_uris":["https://apps.example/*"]}}') ->> 'status';
SELECT set_sso_connection('corp', '{"type":"OAUTH2","providerName":"Corp","visibleOnLoginPage":true,"clientId":"app","authorizationRequest":{"url":"https://idp.example/authorize?p=${idp_hint}#top","method":"GET","operation":"REDIRECT","body":"dropped","requestParams":{"response_type":"code","client_id":"${clientId}","redirect_uri":"${redirectUri}","scope":"openid mail","a b":"${unknown}"}},"tokenRequest":{"url":"https://idp.example/token","method":"POST","operation":"EXECUTE","headers":{"Authorization":"Basic YXBwOnM=","X-Code":"${code}"},"body":"grant_type=authorization_code&code=${code}&client_secret=s3cr3t"},"refreshRequest":{"url":"https://idp.example/token","method":"POST","operation":"EXECUTE","body":"refresh_token=${refreshToken}&x=${code}","options":{"body_encode":"form"}},"logoutRequest":{"url":"https://idp.example/logout?hint=${id_token}","method":"GET","operation":"REDIRECT"},"options":{"redirect_uris":["https://apps.example/*"]}}') ->> 'status';

-- S7 to S9: each as written by hand; what is got has no body; a body is sent as it is, or its values encoded.
SELECT canonical_json(sso_request('corp', 'authorization', '{"redirectUri":"https://t.example/cb?x=1","idp_hint":"ad"}'));
SELECT canonical_json(sso_request('corp', 'token', '{"code":"x&y+z"}'));
SELECT canonical_json(sso_request('corp', 'refresh', '{"refreshToken":"x&y+z"}'));
SELECT canonical_json(sso_request('corp', 'logout', '{"id_token":"a.b.c"}'));
SELECT sso_request('corp', 'validation', '{}');
SELECT sso_request('corp', 'nonsense', '{}');
SELECT sso_request('nothing', 'token', '{}');
-- Filled once, and never looked at again.
SELECT sso_request('corp', 'token', '{"code":"${clientId}"}') ->> 'body';

-- What a value may not do.
SELECT sso_request('corp', 'token', '{"code":"a\r\nX-Evil: 1"}') ->> 'error_description';
SELECT sso_request('corp', 'logout', '{"id_token":"a\nb"}') ->> 'error_description';
SELECT sso_request('corp', 'logout', '{"id_token":"a b"}') ->> 'error_description';
SELECT set_sso_connection('host', '{"type":"OAUTH2","providerName":"Host","logoutRequest":{"url":"https://${idp_hint}.example/logout","method":"GET","operation":"REDIRECT"},"refreshRequest":{"url":"https://${idp_hint}.example/logout","method":"GET","operation":"REDIRECT","options":{"authority":true}}}') ->> 'status';
SELECT sso_request('host', 'logout', '{"idp_hint":"a"}') ->> 'error_description';
SELECT sso_request('host', 'logout', '{"idp_hint":"evil.test/"}') ->> 'error_description';
SELECT sso_request('host', 'refresh', '{"idp_hint":"a"}') ->> 'url';

-- S10: where a browser may come back to.
SELECT start_sso_login('corp', '{"redirect_uri":"https://evil.example/cb"}') ->> 'error_description';
SELECT CASE WHEN start_sso_login('corp', '{"redirect_uri":"https://apps.example/cockpit"}') ->> 'url' LIKE '%&redirect_uri=https%3A%2F%2Fapps.example%2Fcockpit&%' THEN 'yes' END;
-- Below an address is below it for a browser, too.
CREATE TABLE climb (number integer, uri text);
INSERT INTO climb VALUES (1, '/cb/../evil'), (2, '/cb/%2e%2e/evil'), (3, '/cb/.%2E/evil'), (4, '/cb%2F..%2fevil'), (5, '/cb/..%5Cevil'), (6, '/cb/%2e'), (7, '/cb/a?b=%2e%2F'), (8, '/cb/%20');
SELECT number, coalesce(start_sso_login('corp', json('{"redirect_uri":"https://apps.example' || uri || '"}')) ->> 'error_description', 'ok') FROM climb ORDER BY number;
SELECT CASE WHEN start_sso_login('corp') ->> 'url' LIKE '%&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fsso%2Fcorp%2Fcallback&%' THEN 'yes' END;
SELECT start_sso_login('corp', '{"return_to":"https://evil.example/"}') ->> 'error_description';
SELECT start_sso_login('corp', '{"return_to":"//evil.example/"}') ->> 'error_description';
SELECT start_sso_login('corp', '{"browser":"mine"}') ->> 'error_description';
SELECT start_sso_login('host') ->> 'error_description';
SELECT start_sso_login('nothing') ->> 'error_description';
-- State, nonce and challenge are in the address; the browser keeps its half.
SELECT CASE WHEN start_sso_login('corp') ->> 'url' LIKE 'https://idp.example/authorize?p=${idp_hint}&a%20b=%24%7Bunknown%7D&client_id=app&redirect_uri=%&response_type=code&scope=openid%20mail&state=%&nonce=%&code_challenge=%&code_challenge_method=S256#top' THEN 'yes' END;
CREATE TEMP TABLE login AS SELECT start_sso_login('corp') AS answer;
SELECT length(answer ->> 'state'), length(answer ->> 'browser'), answer ->> 'expires_in' FROM login;
SELECT CASE WHEN answer ->> 'url' LIKE '%' || (answer ->> 'browser') || '%' THEN 'told' ELSE 'not told' END FROM login;
