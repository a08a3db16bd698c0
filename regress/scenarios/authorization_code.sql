-- SPDX-License-Identifier: Apache-2.0
-- authorization_code.sql: a browser carries a code: RFC 6749 §4.1, RFC 7636, RFC 8707, RFC 9207, RFC
-- 9700; consent: V7.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example"}') ->> 'issuer';
SELECT register_client('app', '{"client_name":"The app","scope":"openid read write","redirect_uris":["https://app.example/cb?a=1","http://127.0.0.1/cb"],
    "grant_types":["authorization_code","refresh_token"],"resources":["https://api.example"]}') ->> 'client_id';
SELECT register_client('other', '{"scope":"read","redirect_uris":["https://other.example/cb"],"grant_types":["authorization_code"]}') ->> 'client_id';
SELECT register_client('tv', '{"scope":"read","redirect_uris":["https://tv.example/cb"]}') ->> 'client_id';

-- The verifier of RFC 7636 B.
CREATE TABLE request (name text, parameters jsonb);
INSERT INTO request VALUES
    ('good', '{"response_type":"code","client_id":"app","redirect_uri":"https://app.example/cb?a=1","scope":"openid read","state":"s & t","nonce":"n1","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}'),
    ('port', '{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1:4711/cb","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}'),
    ('resource', '{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1/cb","scope":"read","resource":"https://api.example","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}'),
    ('only one', '{"response_type":"code","client_id":"other","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}');
SELECT name, canonical_json(authorization_request(parameters, 'alice')) FROM request ORDER BY name;

-- Nobody is sent where the client did not register; who is registered is told there.
SELECT authorization_request('{}') ->> 'error', authorization_request('{"client_id":"nobody"}') ->> 'error';
SELECT canonical_json(authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"https://evil.example/cb"}'));
SELECT authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"https://app.example/cb?a=1&b=2"}') ->> 'error';
SELECT authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1:80/cb/x"}') ->> 'error';
SELECT authorization_request('{"response_type":"code","client_id":"app"}') ->> 'error';
SELECT canonical_json(authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1/cb","state":"x"}'));
-- What the implicit grant is for is refused by name, whatever else is asked for, and the client is told.
SELECT canonical_json(authorization_request('{"response_type":"token","client_id":"app","redirect_uri":"http://127.0.0.1/cb","state":"s"}'));
SELECT authorization_request('{"response_type":"code id_token","client_id":"app","redirect_uri":"http://127.0.0.1/cb"}') ->> 'error_description';
SELECT authorization_request('{"response_type":"none","client_id":"app","redirect_uri":"http://127.0.0.1/cb","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}') ->> 'error_description';
SELECT authorization_request('{"response_type":"token","client_id":"app","redirect_uri":"http://127.0.0.1/cb","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}') ->> 'redirect_to';
SELECT authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1/cb","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"plain"}') ->> 'error';
SELECT authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1/cb","scope":"admin","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}') ->> 'error';
SELECT authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1/cb","resource":"https://other.example","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}') ->> 'error';
SELECT authorization_request('{"response_type":"code","client_id":"tv","redirect_uri":"https://tv.example/cb","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}') ->> 'error';
SELECT authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1/cb","prompt":"none","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}') ->> 'redirect_to';
SELECT authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1/cb","prompt":"none","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}', 'alice') ->> 'error';

-- The user decides.
SELECT authorize(parameters, 'alice', '{"decision":"deny"}') ->> 'redirect_to' FROM request WHERE name = 'good';
SELECT authorization_request(parameters, 'alice') -> 'consent_needed' FROM request WHERE name = 'good';
SELECT authorize(parameters, 'alice', '{"scope":"admin"}') ->> 'error', authorize(parameters, 'alice', '{"decision":"perhaps"}') ->> 'error' FROM request WHERE name = 'good';
KEEP go SELECT authorize(parameters, 'alice', '{"auth_time":1767225000,"claims":{"email":"alice@example.com"}}') FROM request WHERE name = 'good';
SELECT substr(response ->> 'redirect_to', 1, 32), substr(response ->> 'redirect_to', 76) FROM kept WHERE name = 'go';
SELECT authorization_request(parameters, 'alice') -> 'consent_needed', authorization_request(parameters, 'bob') -> 'consent_needed' FROM request WHERE name = 'good';
SELECT canonical_json(consents('alice'));
CREATE VIEW code AS SELECT substr(response ->> 'redirect_to', 33, 43) AS code FROM kept WHERE name = 'go';

-- Redeemed by who asked, with what was asked, once.
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || code || '"}'), '{"client_id":"app"}') ->> 'error' FROM code;
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || code || '","redirect_uri":"https://app.example/cb?a=1","code_verifier":"wrong-verifier-of-forty-three-characters-0000"}'), '{"client_id":"app"}') ->> 'error' FROM code;
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || code || '","redirect_uri":"http://127.0.0.1/cb","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') ->> 'error' FROM code;
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || code || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') ->> 'error' FROM code;
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || code || '","redirect_uri":"https://app.example/cb?a=1","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"other"}') ->> 'error' FROM code;
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || code || '","redirect_uri":"https://app.example/cb?a=1","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"tv"}') ->> 'error' FROM code;
KEEP paid SELECT token_request(json('{"grant_type":"authorization_code","code":"' || code || '","redirect_uri":"https://app.example/cb?a=1","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') FROM code;
SELECT response ->> 'scope', jwt_decode(response ->> 'id_token') -> 'claims' ->> 'nonce', jwt_decode(response ->> 'id_token') -> 'claims' ->> 'aud', length(response ->> 'refresh_token') FROM kept WHERE name = 'paid';
SELECT authenticate(response ->> 'access_token') -> 'claims' ->> 'sub', jwt_decode(response ->> 'access_token') -> 'claims' ->> 'nonce' FROM kept WHERE name = 'paid';
-- A second time: not by another, but by the client it ends what was given.
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || code || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"other"}') ->> 'error' FROM code;
SELECT authenticate(response ->> 'access_token') -> 'valid' FROM kept WHERE name = 'paid';
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || code || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') ->> 'error' FROM code;
SELECT authenticate(response ->> 'access_token') ->> 'reason' FROM kept WHERE name = 'paid';

-- A resource, without the redirect_uri that was not asked for, and too late.
KEEP to-resource SELECT authorize(parameters, 'alice') FROM request WHERE name = 'resource';
KEEP resource SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response ->> 'redirect_to', 26, 43) || '","redirect_uri":"http://127.0.0.1/cb","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"app"}') FROM kept WHERE name = 'to-resource';
SELECT canonical_json(jwt_decode(response ->> 'access_token') -> 'claims' -> 'aud'), authenticate(response ->> 'access_token') ->> 'reason', introspect(response ->> 'access_token', 'other') -> 'active' FROM kept WHERE name = 'resource';
SELECT introspect(response ->> 'access_token', 'app') ->> 'sub' FROM kept WHERE name = 'resource';
KEEP to-other SELECT authorize(parameters, 'alice') FROM request WHERE name = 'only one';
SELECT set_clock('2026-01-01T00:01:00Z');
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response ->> 'redirect_to', 31, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"other"}') ->> 'error' FROM kept WHERE name = 'to-other';
SELECT set_clock('2026-01-01T00:00:59Z');
SELECT token_request(json('{"grant_type":"authorization_code","code":"' || substr(response ->> 'redirect_to', 31, 43) || '","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}'), '{"client_id":"other"}') ->> 'scope' FROM kept WHERE name = 'to-other';

-- Consent: remembered with all scopes that were allowed; always asked; never asked.
SELECT authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1/cb","scope":"read","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}', 'alice') -> 'consent_needed';
SELECT authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1/cb","scope":"read write","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}', 'alice') -> 'consent_needed';
SELECT authorization_request('{"response_type":"code","client_id":"app","redirect_uri":"http://127.0.0.1/cb","scope":"read","prompt":"consent","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256"}', 'alice') -> 'consent_needed';
SELECT update_client('app', '{"consent_prompt":"ALWAYS_PROMPT"}') ->> 'consent_prompt';
SELECT authorization_request(parameters, 'alice') -> 'consent_needed' FROM request WHERE name = 'good';
SELECT update_client('app', '{"consent_prompt":"NEVER_PROMPT"}') ->> 'consent_prompt';
SELECT authorization_request(parameters, 'bob') -> 'consent_needed', authorization_request(parameters) -> 'login_needed' FROM request WHERE name = 'good';
SELECT update_client('app', '{"consent_prompt":"PROMPT_ONCE"}') ->> 'consent_prompt';
SELECT CASE WHEN withdraw_consent('alice', 'app') THEN 'withdrawn' END, CASE WHEN withdraw_consent('alice', 'app') THEN 'again' END;
SELECT authorization_request(parameters, 'alice') -> 'consent_needed' FROM request WHERE name = 'good';
SELECT set_subject('alice', '{"enabled":false}') -> 'enabled';
SELECT authorize(parameters, 'alice') ->> 'error' FROM request WHERE name = 'good';
