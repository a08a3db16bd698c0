-- SPDX-License-Identifier: Apache-2.0
-- configure.sql: what configure() takes, refuses and warns of.
SELECT canonical_json(configuration());
-- Both spellings are one setting; null goes back to the default; other members stay.
SELECT canonical_json(configure('{"base_url":"https://id.example:443/isvaop/","device_flow_settings":{"device_flow_polling_interval_seconds":10,"device_flow_codelifetime_seconds":30,"device_flow_usercode_charset":"ABCD1234","device_flow_usercode_length":7,"accept_weak_user_codes":true}}'));
SELECT canonical_json(configure('{"device_flow_settings":{"device_flow_codelifetime_in_secs":null,"device_flow_usercode_charset":null}}') -> 'device_flow_settings');
SELECT configure('{"device_flow_settings":{"device_flow_polling_interval_seconds":5,"device_flow_polling_interval_in_secs":6}}');
SELECT configure('{"device_flow_settings":{"device_flow_polling_interval_seconds":7,"device_flow_polling_interval_in_secs":7}}') -> 'device_flow_settings' ->> 'device_flow_polling_interval_in_secs';
-- Refused, and nothing is changed by it.
SELECT configure('{"device_flow_settings":{"device_flow_polling_interval_seconds":0}}');
SELECT configure('{"device_flow_settings":{"device_flow_codelifetime_in_secs":1801}}');
SELECT configure('{"device_flow_settings":{"device_flow_usercode_length":6}}');
SELECT configure('{"device_flow_settings":{"device_flow_usercode_charset":"AABCDEFGHIJ"}}');
SELECT configure('{"device_flow_settings":{"device_flow_usercode_charset":"ABCDEFGH","device_flow_usercode_length":8}}');
SELECT configure('{"device_flow_settings":{"device_flow_usercode_charset":"ABCD EFGH"}}');
SELECT configure('{"device_flow_settings":{"slow_down":"never"}}');
SELECT configure('{"device_flow_settings":[]}');
SELECT configure('{"base_url":"http://id.example"}');
SELECT configure('{"base_url":"https://id.example/?x"}');
SELECT configure('{"base_url":"https://[::1"}');
SELECT configure('{"base_url":"https://id.example:"}');
SELECT configure('{"base_url":"https://id..example"}');
SELECT configure('{"base_url":"https://id.example/%zz"}');
SELECT configure('{"base_url":"https://user@id.example"}');
SELECT configure('{"issuer":"ftp://id.example"}');
SELECT configure('{"grant_types":"all"}');
SELECT configure('{"unheard_of":true}');
SELECT configure('[]');
SELECT configure(NULL);
SELECT configuration() ->> 'base_url';
-- Codes that are easier to guess than RFC 8628 5.1 has it are refused, unless somebody says so.
SELECT configure('{"device_flow_settings":{"accept_weak_user_codes":null}}');
SELECT length(configure('{"device_flow_settings":{"accept_weak_user_codes":null,"device_flow_usercode_length":null}}') ->> 'issuer');
SELECT configure('{"device_flow_settings":{"device_flow_usercode_charset":"ABCD12345"}}');
SELECT configure('{"device_flow_settings":{"attempts_subject_max":6}}');
SELECT configure('{"device_flow_settings":{"device_flow_usercode_length":7}}');
SELECT canonical_json(configure('{"device_flow_settings":{"device_flow_usercode_length":7,"accept_weak_user_codes":true}}') -> 'warnings');
-- Issuer and endpoints may differ.
SELECT configure('{"issuer":"https://issuer.example"}') ->> 'issuer';
SELECT canonical_json(authorization_server_metadata());
