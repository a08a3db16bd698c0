-- SPDX-License-Identifier: Apache-2.0
-- signing_keys.sql: the life of a tenant's keys, in its own time: next, active, retired, removed; and
-- compromised. The keys are named in the order in which they were made.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT length(configure('{"token_settings":{"signing_key_lifetime":86400,"signing_key_publication":3600}}') ->> 'issuer');
CREATE TABLE token (name text, token text);
CREATE TABLE key (name text, kid text);
SELECT length(create_signing_key());
INSERT INTO token SELECT 'first', jwt_sign('{"sub":"a","exp":1767229200}');
INSERT INTO key SELECT 'A', jwt_decode(token) -> 'header' ->> 'kid' FROM token;
SELECT k.name, signing_keys() -> 0 ->> 'state', signing_keys() -> 0 ->> 'activated_at',
    signing_keys() -> 0 ->> 'last_expiry_at' FROM key k WHERE k.kid = signing_keys() -> 0 ->> 'kid';

-- A successor is published, and does not sign yet. Asked again, it is the same.
SELECT set_clock('2026-01-01T00:00:01Z');
SELECT length(rotate_signing_key());
INSERT INTO key SELECT 'B', signing_keys() -> 1 ->> 'kid';
SELECT name FROM key WHERE kid = rotate_signing_key();
SELECT name FROM key WHERE kid = jwks() -> 'keys' -> 0 ->> 'kid';
SELECT name FROM key WHERE kid = jwks() -> 'keys' -> 1 ->> 'kid';
SELECT signing_keys() -> 1 ->> 'state', signing_keys() -> 1 ->> 'activates_at';
INSERT INTO token SELECT 'eternal', jwt_sign('{"sub":"a"}');
SELECT name FROM key WHERE kid = (SELECT jwt_decode(token) -> 'header' ->> 'kid' FROM token WHERE name = 'eternal');
-- Who names it may use it.
INSERT INTO token SELECT 'named', jwt_sign('{"sub":"a","exp":1767229200}', (SELECT kid FROM key WHERE name = 'B'));
SELECT name FROM key WHERE kid = (SELECT jwt_decode(token) -> 'header' ->> 'kid' FROM token WHERE name = 'named');

-- An hour later it signs. The old key has lost its private half, and stays for its tokens. One of
-- them has no exp: the key stays published for good.
SELECT set_clock('2026-01-01T01:00:01Z');
SELECT CASE WHEN length(jwt_sign('{"sub":"a","exp":1767232800}')) > 100 THEN 'signed' END;
INSERT INTO token SELECT 'second', jwt_sign('{"sub":"a","exp":1767232800}');
SELECT name FROM key WHERE kid = (SELECT jwt_decode(token) -> 'header' ->> 'kid' FROM token WHERE name = 'second');
SELECT signing_keys() -> 0 ->> 'state', signing_keys() -> 0 ->> 'retired_at',
    signing_keys() -> 0 ->> 'last_expiry_at', signing_keys() -> 1 ->> 'state';
SELECT jwt_sign('{"sub":"a"}', (SELECT kid FROM key WHERE name = 'A'));
SELECT jwt_verify(token, CAST(jwks() AS text), '{"now":1767226000}') ->> 'reason' FROM token WHERE name = 'first';

-- Which key was in force when.
SELECT name FROM key WHERE kid = signing_keys('2026-01-01T00:30:00Z') -> 0 ->> 'kid';
SELECT name FROM key WHERE kid = signing_keys('2026-01-01T01:00:01Z') -> 0 ->> 'kid';
SELECT signing_keys('2025-12-31T23:59:59Z');
SELECT signing_keys('yesterday');

-- Another algorithm may follow; a next key of another algorithm gives way.
SELECT set_clock('2026-01-01T01:00:02Z');
SELECT length(rotate_signing_key('EdDSA'));
SELECT signing_keys() -> 2 ->> 'alg', signing_keys() -> 2 ->> 'state';
SELECT set_clock('2026-01-01T01:00:03Z');
SELECT length(rotate_signing_key('RS256'));
SELECT signing_keys() -> 2 ->> 'state', signing_keys() -> 3 ->> 'state', jwks() -> 'keys' -> 1 ->> 'alg';
SELECT rotate_signing_key('HS256');
SELECT rotate_signing_key('none');
INSERT INTO key SELECT 'D', signing_keys() -> 3 ->> 'kid';

-- Compromised: out of the key set at once, its tokens are worth nothing, the next key signs.
SELECT name FROM key WHERE kid = compromise_signing_key((SELECT kid FROM key WHERE name = 'B'));
SELECT signing_keys() -> 1 ->> 'state', signing_keys() -> 3 ->> 'state';
SELECT jwt_verify(token, CAST(jwks() AS text), '{"now":1767232000}') ->> 'reason' FROM token WHERE name = 'second';
SELECT compromise_signing_key('nobody');
SELECT retire_signing_key((SELECT kid FROM key WHERE name = 'B'));
-- Without a next key the tenant gets a new one, of the same algorithm.
SELECT set_clock('2026-01-01T01:00:04Z');
SELECT length(compromise_signing_key((SELECT kid FROM key WHERE name = 'D')));
SELECT jwks() -> 'keys' -> 0 ->> 'alg', signing_keys() -> 4 ->> 'state';
-- A key whose token never expires ends only like this.
SELECT length(compromise_signing_key((SELECT kid FROM key WHERE name = 'A')));
SELECT jwt_verify(token, CAST(jwks() AS text), '{"now":1767226000}') ->> 'reason' FROM token WHERE name = 'eternal';
SELECT signing_keys() -> 0 ->> 'state', signing_keys() -> 0 ->> 'retired_at';

-- Left alone, keys follow one another: a successor an hour before the day is over, then it signs. The
-- retired one leaves with its last token.
SELECT set_clock('2026-01-02T00:00:04Z');
SELECT CASE WHEN length(jwt_sign('{"sub":"a","exp":1767315600}')) > 100 THEN 'signed' END;
SELECT signing_keys() -> 5 ->> 'state', signing_keys() -> 5 ->> 'activates_at';
SELECT set_clock('2026-01-02T01:00:04Z');
SELECT CASE WHEN length(jwt_sign('{"sub":"a","exp":1767402000}')) > 100 THEN 'signed' END;
SELECT signing_keys() -> 4 ->> 'state', signing_keys() -> 4 ->> 'last_expiry_at', signing_keys() -> 5 ->> 'state';
SELECT purge(10) ->> 'signing_keys', jwks() -> 'keys' -> 1 ->> 'alg';
SELECT set_clock('2026-01-02T02:00:00Z');
SELECT jwks() -> 'keys' -> 1 ->> 'alg', purge(10) ->> 'signing_keys';
SELECT signing_keys() -> 4 ->> 'state', signing_keys() -> 4 ->> 'removed_at';
-- Retired by hand: a new one signs, its tokens stay good.
SELECT length(retire_signing_key(signing_keys() -> 5 ->> 'kid'));
SELECT signing_keys() -> 5 ->> 'state', signing_keys() -> 6 ->> 'state', jwks() -> 'keys' -> 1 ->> 'alg';

-- Within a statement that writes, too.
SELECT set_clock('2026-01-03T01:00:00Z');
INSERT INTO token SELECT 'successor', jwt_sign('{"sub":"a","exp":1767402000}');
SELECT set_clock('2026-01-03T02:00:00Z');
INSERT INTO token SELECT 'third day', jwt_sign('{"sub":"a","exp":1767412000}');
SELECT signing_keys() -> 6 ->> 'state', signing_keys() -> 7 ->> 'state';
SELECT count(*) FROM token WHERE name = 'third day' AND jwt_decode(token) -> 'header' ->> 'kid' = signing_keys() -> 7 ->> 'kid';

SELECT configure('{"token_settings":{"signing_key_lifetime":300}}');
SELECT configure('{"token_settings":{"signing_key_publication":299}}');
SELECT length(configure('{"token_settings":{"signing_key_lifetime":0}}') ->> 'issuer');

-- A purge keeps to its bound.
SELECT set_tenant('bound');
SELECT length(create_signing_key('EdDSA')), length(create_signing_key('EdDSA')), length(create_signing_key('EdDSA')), length(create_signing_key('EdDSA'));
SELECT purge(2) ->> 'signing_keys';
SELECT purge(2) ->> 'signing_keys';
