-- SPDX-License-Identifier: Apache-2.0
-- device_grant.sql: RFC 8628 from the device's first request to its tokens.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT canonical_json(configure('{"base_url":"https://id.example"}'));
SELECT canonical_json(register_client('tv', '{"client_name":"Television","scope":"watch record",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"],
    "token_endpoint_auth_method":"none"}'));
CREATE TABLE flow (response jsonb);
INSERT INTO flow SELECT issue_device_code('tv', 'watch', '{"name":"Living room","ip":"192.0.2.7"}');

-- §3.2: 256 random bits for the device, eight readable letters for the user.
SELECT length(response ->> 'device_code'), length(response ->> 'user_code'),
    response ->> 'verification_uri', response ->> 'expires_in', response ->> 'interval' FROM flow;
SELECT replace(response ->> 'verification_uri_complete', response ->> 'user_code', '<code>') FROM flow;

-- §3.5: the first poll is free; an early one costs five seconds for good.
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv'));
SELECT set_clock('2026-01-01T00:00:04.749999Z');
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv'));
SELECT set_clock('2026-01-01T00:00:14.499998Z');
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv'));
SELECT set_clock('2026-01-01T00:00:29.249998Z');
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv'));

-- §3.3: what the user is asked, and says.
SELECT replace(canonical_json(lookup_user_code((SELECT response ->> 'user_code' FROM flow), 'alice')),
    (SELECT response ->> 'user_code' FROM flow), '<code>');
SELECT canonical_json(approve_device_code(
    (SELECT lower(replace(response ->> 'user_code', '-', '. ')) FROM flow), 'alice',
    '{"auth_time":1767225600,"amr":["pwd","otp"],"claims":{"department":"attic"}}'));
SELECT canonical_json(approve_device_code((SELECT response ->> 'user_code' FROM flow), 'bob'));
SELECT canonical_json(deny_device_code((SELECT response ->> 'user_code' FROM flow), 'alice'));

-- Once approved the device is paid at once, and once.
SELECT CASE WHEN create_signing_key() IS NOT NULL THEN 'key made' END;
-- RFC 9068: the token says whom it is for, signed by a key that jwks() publishes.
WITH paid AS MATERIALIZED (
    SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') AS response
), token AS MATERIALIZED (
    SELECT jwt_decode(response ->> 'access_token') -> 'header' AS header,
        jwt_decode(response ->> 'access_token') -> 'claims' AS claims,
        jwt_verify(response ->> 'access_token', CAST(jwks() AS text), '{"typ":"at+jwt",
            "iss":"https://id.example","aud":"https://id.example","now":1767225700}') AS verdict,
        jwt_verify(response ->> 'access_token', CAST(jwks() AS text), '{"now":1767325700}') AS late
        FROM paid
)
SELECT response ->> 'token_type', response ->> 'expires_in', response ->> 'scope',
    response ->> 'refresh_token', header ->> 'typ', header ->> 'alg', claims ->> 'iss',
    claims ->> 'sub', claims ->> 'aud', claims ->> 'client_id', claims ->> 'scope',
    claims ->> 'iat', claims ->> 'exp', claims ->> 'auth_time', claims ->> 'department',
    CASE WHEN length(claims ->> 'jti') >= 16 THEN 'a long jti' END,
    verdict -> 'claims' ->> 'sub', late ->> 'reason' FROM paid, token;
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv'));

-- A client that may refresh gets the means to.
SELECT canonical_json(update_client('tv', '{"grant_types":
    ["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}'));
DELETE FROM flow;
INSERT INTO flow SELECT issue_device_code('tv');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice') ->> 'status';
SELECT length(poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'refresh_token');
