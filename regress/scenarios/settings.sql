-- SPDX-License-Identifier: Apache-2.0
-- settings.sql: configure() merges, validates everything and says every error at once.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT canonical_json(configuration());
SELECT canonical_json(configure('{"base_url":"https://ID.example:8443/idp/"}'));
SELECT canonical_json(configure('{"device_flow_settings":{"device_flow_polling_interval_seconds":10}}'));
SELECT configuration() ->> 'base_url';
-- A short lifetime is a warning, an impossible one an error; nothing of a refused document stays.
SELECT CASE WHEN configure('{"device_flow_settings":{"device_flow_codelifetime_seconds":30}}') ->> 'warnings' <> '[]'
    THEN 'warned' END;
SELECT configure('{"device_flow_settings":{"device_flow_codelifetime_seconds":1801}}');
SELECT configure('{"device_flow_settings":{"device_flow_codelifetime_seconds":0}}');
SELECT configure('{"device_flow_settings":{"device_flow_polling_interval_seconds":5,
    "device_flow_polling_interval_in_secs":6}}');
SELECT configure('{"device_flow_settings":{"device_flow_usercode_length":6}}');
SELECT configure('{"device_flow_settings":{"device_flow_usercode_charset":"AABBCCDD"}}');
SELECT configure('{"no_such_setting":1}');
SELECT configure('[1]');
SELECT configure('{"base_url":"ftp://id.example"}');
SELECT configuration() -> 'device_flow_settings' ->> 'device_flow_codelifetime_in_secs';

-- slow_down fixed: the rate comes first, the interval stays.
SELECT configure('{"device_flow_settings":{"slow_down":"fixed","device_flow_codelifetime_seconds":300,
    "device_flow_polling_interval_seconds":5}}') -> 'device_flow_settings' ->> 'slow_down';
SELECT register_client('tv', '{"token_endpoint_auth_method":"none",
    "grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}') ->> 'client_id';
SELECT CASE WHEN create_signing_key() IS NOT NULL THEN 'key made' END;
CREATE TABLE flow (response jsonb);
INSERT INTO flow SELECT issue_device_code('tv');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'error';
SELECT set_clock('2026-01-01T00:00:03Z');
SELECT approve_device_code((SELECT response ->> 'user_code' FROM flow), 'alice') ->> 'error';
SELECT canonical_json(poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv'));
SELECT set_clock('2026-01-01T00:00:08Z');
SELECT poll_device_code((SELECT response ->> 'device_code' FROM flow), 'tv') ->> 'token_type';

-- The tenant may leave the device grant out.
SELECT configure('{"grant_types":["refresh_token"]}') ->> 'tenant';
SELECT issue_device_code('tv') ->> 'error';

-- How long browsers stay signed in; unknown settings are named.
SELECT canonical_json(configure('{"session_settings":{"session_idle_lifetime_in_secs":60}}') -> 'session_settings');
SELECT canonical_json(configure('{"session_settings":{"session_idle_lifetime_in_secs":null}}') -> 'session_settings');
SELECT configure('{"session_settings":{"session_idle_lifetime_in_secs":59}}');
SELECT configure('{"session_settings":{"idle":60},"sessions":{},"a \"b":1}');
