-- SPDX-License-Identifier: Apache-2.0
-- sso_secrets.sql: what in a connection is a secret, where it is kept, and for whom: in forms, JSON, addresses, headers,
-- other texts and members that are not known; masks that come back, are moved, or would lead to another host.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TEMP TABLE body (name text, body text);
INSERT INTO body VALUES
    ('a form is split at & only', '"grant_type=x&client_secret=ab;cTOPSECRET&client_id=${clientId}"'),
    ('comma', '"a=b&password=x,yTOPSECRET"'),
    ('quotes', '"a=b&client_secret=''TOPSECRET''"'),
    ('two quotes', '"client_secret=''''TOPSECRET"'),
    ('hash', '"client_secret=#TOPSECRET&a=b"'),
    ('line end', '"client_secret=TOP\nSECRET&a=b"'),
    ('encoded name', '"client_secre%74=TOPSECRET&a=b"'),
    ('list', '"client_secret[]=TOPSECRET&auth[password]=TOPSECRET&key[0]=TOPSECRET"'),
    ('within a value', '"data=%7B%22password%22%3A%22TOPSECRET%22%7D&next=https://x/?sig=TOPSECRET&a=b"'),
    ('several', '"sig=TOPSECRET&jwt=TOPSECRET&pass=TOPSECRET&client_assertion=TOPSECRET&client_assertion_type=urn:x:jwt-bearer&id_token_hint=${id_token}&token_type=t"'),
    ('no placeholder of ours', '"client_secret=${TOPSECRET}&token=${accessToken}&code=${code}"'),
    ('pretty JSON', '"{\n  \"client_secret\":\n    \"TOPSECRET\",\n  \"grant_type\" : \"x\"\n}"'),
    ('escaped JSON', '"{\"client_secr\\u0065t\":\"TOPSECRET\",\"a\":\"\\u0062\",\"pass\\\"word\":\"TOP\\\"SECRET\"}"'),
    ('nested JSON', '"{\"auth\":{\"password\":[\"TOPSECRET\",{\"x\":\"TOPSECRET\"},4711,true,null],\"user\":\"u\"},\"keys\":[{\"key\":\"TOPSECRET\"}]}"'),
    ('JSON in JSON', '"{\"data\":\"{\\\"password\\\":\\\"TOPSECRET\\\"}\",\"more\":\"a=b&token=TOPSECRET\",\"scope\":\"openid token:read\"}"'),
    ('JSON with a number filled', '"{\"n\":${code},\"client_secr\\u0065t\":\"TOPSECRET\",\"token\":${TOPSECRET},\"pwd\":12}"'),
    ('no JSON', '"{\"n\":x,\"password\": \"TOPSECRET\",\"a\":\"b\"}"'),
    ('JSON that hides it', '"{\"x\":${\"client_secret\":\"TOPSECRET\"}}"'),
    ('XML', '"<a><wsse:Password Type=\"t\" key=''TOPSECRET''>TOPSECRET</wsse:Password><b token=\"TOPSECRET\"/><User>u</User></a>"'),
    ('CDATA', '"<r><client_secret><![CDATA[TOPSECRET]]></client_secret><token>${accessToken}</token><key/></r>"'),
    ('text', '"user: u\npassword: TOP, SECRET; more\nend"');
-- What is shown has masks, and each body comes back byte for byte.
SELECT name, set_sso_connection(name, json('{"type":"OAUTH2","providerName":"p","tokenRequest":{"url":"https://x.example/t","method":"POST","operation":"EXECUTE","body":' || body || '}}')) ->> 'status' FROM body;
SELECT name, canonical_json(sso_connection(name) -> 'tokenRequest' -> 'body') FROM body;
SELECT name FROM body WHERE CAST(sso_connection(name) AS text) LIKE '%TOP%';
SELECT name FROM body WHERE canonical_json(sso_request(name, 'token', '{}') -> 'body') <> canonical_json(json(body));
-- Masks that come back change nothing.
SELECT name FROM body WHERE canonical_json(set_sso_connection(name, sso_connection(name)) -> 'changed') <> 'false';

-- Addresses, parameters, headers, members that are not known.
SELECT canonical_json(set_sso_connection('all', '{"type":"OAUTH2","providerName":"p","clientSecret":"TOPSECRET","auth":{"password":{"value":"TOPSECRET","n":1},"user":"u"},"tokenrequest":{"body":"client_secret=TOPSECRET","a":"b"},"tokenRequest":{"url":"https://x.example/a/pass=TOPSECRET/b;pwd=TOPSECRET?key=TOP/SE;CRET&sig=TOP,SECRET&client_secre%74=TOPSECRET&secret[]=TOPSECRET&a=b#token=TOPSECRET","method":"POST","operation":"EXECUTE","clientSecret":"TOPSECRET","form":"client_secret=TOPSECRET","requestParams":{"assertion":"TOPSECRET","client_assertion_type":"urn:ietf:params:oauth:client-assertion-type:jwt-bearer","data":"{\"password\":1}","response_type":"code","resource":"r"},"headers":{"X-Auth-Token":"TOPSECRET","X-Vault-Token":"TOPSECRET","PRIVATE-TOKEN":"TOPSECRET","Ocp-Apim-Subscription-Key":"TOPSECRET","Authorization":"TOPSECRET ${x}","Proxy-Authorization":"Bearer ${accessToken}","X-Password":"${TOPSECRET}","Accept":"a/b; q=1"}}}') -> 'connection');
SELECT canonical_json(sso_request('all', 'token', '{}'));
SELECT canonical_json(set_sso_connection('all', sso_connection('all')) -> 'changed');

-- A certificate is none, whatever its name is; a rule holds none, and its asterisks are its own.
SELECT canonical_json(set_sso_connection('manual', '{"type":"OAUTH2","providerName":"p","signatureVerificationConfig":{"manual":{"certIdFromField":true,"certIdField":"kid","certificates":{"my-key":{"alg":"ES256","publicKey":"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiqPTsE3C8VP3nO98Q4BexA4YDr3BL7YWZBfW64SBqmbWPuTCS0WnctbX4oU//SfpjUSohoX7bBTErq4lA3OSrw==","password":"TOPSECRET"}}}}}') -> 'connection' -> 'signatureVerificationConfig');
SELECT canonical_json(set_sso_connection('rules', '{"type":"OAUTH2","providerName":"p","onNewUser":{"dynamicMapping":{"mappings":[{"id":"a","when":{"operator":"EQ","parameterPath":"token","value":"****"},"key":"TOPSECRET","x":"****"}]}}}') -> 'errors');

-- A mask that stands elsewhere than its secret is no text.
SELECT set_sso_connection('mask', '{"type":"OAUTH2","providerName":"p","secret":"TOPSECRET","tokenRequest":{"url":"https://x.example:443/t","method":"POST","operation":"EXECUTE","headers":{"Authorization":"Basic TOPSECRET"},"body":"client_secret=TOPSECRET"}}') ->> 'status';
SELECT canonical_json(set_sso_connection('mask', '{"type":"OAUTH2","providerName":"****","issuer":"****","key":"****","options":{"redirect_uris":["****"]},"tokenRequest":{"url":"https://x.example/****?a=****","method":"POST","operation":"EXECUTE","headers":{"Authorization":"Basic ****","X-A":"****","X-B":"a****b"},"requestParams":{"q":"****"},"body":"cs=****&client_secret=x****"}}') -> 'errors');
SELECT canonical_json(set_sso_connection('mask', '{"type":"OAUTH2","providerName":"p","tokenRequest":{"url":"https://x.example/t","method":"POST","operation":"EXECUTE","body":"{\"client_secret\":\"****\"}"},"refreshRequest":{"url":"https://x.example/t","method":"POST","operation":"EXECUTE","body":"client_secret=****"}}') -> 'errors');
SELECT canonical_json(set_sso_connection('mask', '{"type":"OAUTH2","providerName":"p","tokenRequest":{"url":"https://x.example/t","method":"POST","operation":"EXECUTE","body":"client_secret=****&client_secret=b"}}') -> 'errors');

-- A mask is not for another host, whoever asks.
CREATE TEMP TABLE host (url text, options text);
INSERT INTO host VALUES ('https://x.example/other', '{}'), ('https://X.example:443/t', '{}'), ('http://x.example/t', '{}'), ('https://x.example:444/t', '{}'),
    ('https://evil.example/t', '{}'), ('https://x.example.evil.example', '{}'), ('https://x.example\.evil.example', '{}'), ('https://${idp_hint}/t', '{}'), ('https://x.example/t', '{"authority":true}');
SELECT url, options, canonical_json(set_sso_connection('mask', json('{"type":"OAUTH2","providerName":"p","secret":"****","tokenRequest":{"url":"' || replace(url, '\', '\\') || '","options":' || options || ',"method":"POST","operation":"EXECUTE","headers":{"Authorization":"****"},"body":"client_secret=****"}}')) -> 'errors') FROM host;
-- No member passes for a place in a text and carries its secret away.
SELECT canonical_json(set_sso_connection('mask', '{"type":"OAUTH2","providerName":"p","tokenRequest":{"url":"https://evil.example/t","method":"POST","operation":"EXECUTE","body#client_secret":"****"}}') -> 'errors');
SELECT canonical_json(sso_request('mask', 'token', '{}'));
-- Said again, it may be; a secret that is left out is gone.
SELECT set_sso_connection('mask', '{"type":"OAUTH2","providerName":"p","secret":"****","tokenRequest":{"url":"https://y.example/t","method":"POST","operation":"EXECUTE","body":"client_secret=another"}}') ->> 'status';
SELECT canonical_json(sso_request('mask', 'token', '{}'));
SELECT canonical_json(set_sso_connection('mask', '{"type":"OAUTH2","providerName":"p","tokenRequest":{"url":"https://y.example/t","method":"POST","operation":"EXECUTE","headers":{"Authorization":"****"}}}') -> 'errors');
SELECT canonical_json(set_sso_connection('mask', '{"type":"OAUTH2","providerName":"p","secret":"****","tokenRequest":{"url":"https://y.example/t","method":"POST","operation":"EXECUTE","body":"client_secret=another"}}') -> 'changed');
SELECT canonical_json(set_sso_connection('mask', '{"type":"OAUTH2","providerName":"p","secret":"other","tokenRequest":{"url":"https://y.example/t","method":"POST","operation":"EXECUTE","body":"client_secret=another"}}') -> 'changed');

-- A rule is changed, and so is what is around a secret.
SELECT set_sso_connection('kept', '{"type":"OAUTH2","providerName":"p","tokenRequest":{"url":"https://x.example/t","method":"POST","operation":"EXECUTE","body":"client_secret=s3cr3t"}}') ->> 'status';
SELECT set_access_mapping('kept', '{"when":{"operator":"EQ","parameterPath":"a","value":"****"},"thenGroups":[1]}') ->> 'status';
SELECT canonical_json(set_sso_connection('kept', '{"type":"OAUTH2","providerName":"q","tokenRequest":{"url":"https://x.example/u","method":"POST","operation":"EXECUTE","body":"client_secret=****&a=b"}}') -> 'version');
SELECT sso_request('kept', 'token', '{}') ->> 'body';

-- There is a limit.
CREATE TEMP TABLE list AS WITH RECURSIVE n (i, list) AS (SELECT 1, '"a1"' UNION ALL SELECT i + 1, list || ',"a"' FROM n WHERE i < 257) SELECT i, list FROM n;
SELECT i, canonical_json(set_sso_connection('many', json('{"type":"OAUTH2","providerName":"p","secret":[' || list || ']}')) -> 'errors') FROM list WHERE i IN (256, 257);
SELECT i, canonical_json(set_sso_connection('many', json('{"type":"OAUTH2","providerName":"p","tokenRequest":{"url":"https://x.example/t","method":"POST","operation":"EXECUTE","body":"{\"secret\":[' || replace(list, '"', '\"') || ']}"}}')) -> 'errors') FROM list WHERE i IN (256, 257);

-- Texts of one line, and where a browser comes back to.
SELECT canonical_json(set_sso_connection('line', '{"type":"OAUTH2","providerName":"a\nb","clientId":"a\r","audience":"a\u0001","issuer":"https://x\n","buttonName":"a\tb","redirectToPlatform":"https://x.example/\u007f","userIdConfig":{"jwtField":"a\nb"},"tokenRequest":{"url":"https://x.example\\t","method":"POST","operation":"EXECUTE","body":"a\nb"}}') -> 'errors');
CREATE TEMP TABLE address (address text);
INSERT INTO address VALUES ('https://x.example/cb'), ('https://x.example/*'), ('https://x.example/a/*'), ('http://127.0.0.1:80/*'), ('https://x.example*'), ('https://*.example/'), ('*'),
    ('https://x.example/*/a'), ('https://x.example/a*'), ('https://x.example/?a=/*'), ('https://x.example/**'), ('https://u@x.example/'), ('https://x.example/#a'), ('https://x.example\@y'), ('javascript:alert(1)'), ('/cb');
SELECT address, canonical_json(set_sso_connection('line', json('{"type":"OAUTH2","providerName":"p","redirectToPlatform":"' || replace(address, '\', '\\') || '"}')) -> 'errors'),
    canonical_json(set_sso_connection('line', json('{"type":"OAUTH2","providerName":"p","options":{"redirect_uris":["' || replace(address, '\', '\\') || '"]}}')) -> 'errors') FROM address;
SELECT set_sso_connection('line', '{"type":"OAUTH2","providerName":"p","redirectToPlatform":"","options":{"redirect_uris":[]}}') ->> 'status';
