-- SPDX-License-Identifier: Apache-2.0
-- certificate_profiles.sql: what an administrator says of certificates, and what a request gets of what
-- it asks for. The requests are of keys that nobody has any more.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE request (name text PRIMARY KEY, csr text);
INSERT INTO request VALUES ('plain', 'MIH6MIGiAgEAMEAxCzAJBgNVBAYTAkRFMQ4wDAYDVQQKDAVNYWtlcjEPMA0GA1UECwwGTGluZSAxMRAwDgYDVQQDDAdwcmVzcyA5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEcyM71EGCHKsS4caTt/g9KovlKK6Ljy0qElc1KmBB/O9bd3bu7ZOKeI3zQ/87OqI8YOM3/DlivVVcePXFfBD7IaAAMAoGCCqGSM49BAMCA0cAMEQCIGyC+DJK5seKCPyGP0Y8Y+u6CJuGvUaBYvzY05R2RGCAAiBZJvZY/XHh39PdyGq7tuRupHKz+XxCIduw6GPPTuCJKg==');
INSERT INTO request VALUES ('web', 'MIIBZzCCAQ0CAQAwLjEOMAwGA1UECgwFTWFrZXIxHDAaBgNVBAMME3dlYi5kZXZpY2VzLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASNmtR30AG+aEeJMRjE02l/1RWlRu1oHui0MdY2NfXBEEVcGvmIFO7elM6TLM+fJdlryUvDP5fSyeTRq/jiXm/3oH0wewYJKoZIhvcNAQkOMW4wbDBqBgNVHREEYzBhghNXZWIuZGV2aWNlcy5leGFtcGxlhwTAAAIHhxAgAQ24AAAAAAAAAAAAAAAHhh1odHRwczovL3dlYi5kZXZpY2VzLmV4YW1wbGUvYYETd2ViQGRldmljZXMuZXhhbXBsZTAKBggqhkjOPQQDAgNIADBFAiAIoBKJybnFlKsKQDI060Yj/5ebHrGWWHeVSGoUJK187AIhAOoxJFRZ8XXV4VE7PDQyX6evptWBcVllNO/UlXJsxW6d');
INSERT INTO request VALUES ('deeper', 'MIIBCjCBsQIBADAeMRwwGgYDVQQDDBN3ZWIuZGV2aWNlcy5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExcLswBSO0KuRlyajpE25MG0RIZVds76cyS7NRLSTcV0k2/Mw5fRPWHV7JFmhkmqcEKLuO9ACdOowpGkSSvAKCqAxMC8GCSqGSIb3DQEJDjEiMCAwHgYDVR0RBBcwFYITYS5iLmRldmljZXMuZXhhbXBsZTAKBggqhkjOPQQDAgNIADBFAiAvpaSRai3KAw1mQMjF54jotmgrV1MiBjYEWytgNA+NygIhAPZJ1ts+huggmUR8XazlgSYty7w10Hipm9nTHyVhpQzB');
INSERT INTO request VALUES ('slash', 'MIIBHjCBxQIBADAeMRwwGgYDVQQDDBN3ZWIuZGV2aWNlcy5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFBayGv/mMp05znELPt0XCorKkLh5u/sclYWmhg/k+J9wkD9rQGSOYFH7Zm2Mw6Eo3o4m5lHTM8U70xjcWTxQj6BFMEMGCSqGSIb3DQEJDjE2MDQwMgYDVR0RBCswKYYnaHR0cHM6Ly9ldmlsLmV4YW1wbGU/LmRldmljZXMuZXhhbXBsZS9hMAoGCCqGSM49BAMCA0gAMEUCIC0E5Xvye42bXmNyR7E+L4URVxw4lZylcFB3+Bv7bvR0AiEA4cz30v3n8DzKCtU/o/khXR0RAnlfeZyjBPMgJHWe2OI=');
INSERT INTO request VALUES ('other', 'MIIBDjCBtQIBADAeMRwwGgYDVQQDDBN3ZWIuZGV2aWNlcy5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBHv3fQwRUbBQCcYZ7CqcQARKIfdSPqpjDpqYxBER7TSS86F1bgnEelLZ+h7sYW+VDoc8NxETKLSMlQ/PE0Rz5KA1MDMGCSqGSIb3DQEJDjEmMCQwIgYDVR0RBBswGYITd2ViLmRldmljZXMuZXhhbXBsZYgCKgMwCgYIKoZIzj0EAwIDSAAwRQIgEu349vkG7wNnqrmnh4/swMybNSIH8YhT0VURD9tylv4CIQCaGKjSX+BlbbP7DKsiI3YHEFHUaq8YeXWzkhltiJHy3Q==');
INSERT INTO request VALUES ('outside', 'MIH7MIGiAgEAMB4xHDAaBgNVBAMME3dlYi5kZXZpY2VzLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATUKWnJBM/9qSBPDWMFK5BAbOycpi+R5wHx2HLoltH5kdMd9AgLxE5G6YYO15jPL/mJcbq7f8MACtAkt1/ge5T7oCIwIAYJKoZIhvcNAQkOMRMwETAPBgNVHREECDAGhwTAAAMHMAoGCCqGSM49BAMCA0gAMEUCICYcZlgLbXXN+ANG/0RhL2BpiicrtIdOmyAdU4laHPKtAiEAl5xSX7dxtmSweYB2BHWnMRzST7ajCM60qlIfFk3zDgY=');
INSERT INTO request VALUES ('wild', 'MIIBCDCBrwIBADAeMRwwGgYDVQQDDBN3ZWIuZGV2aWNlcy5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZxJOak5l8CCCWlIEIt/pmVtofk860L66tTFvcVPupKx7okk2boCO8tfIGj2Qgn+3XguOvnvnpVK7Nu/6ydMjlqAvMC0GCSqGSIb3DQEJDjEgMB4wHAYDVR0RBBUwE4IRKi5kZXZpY2VzLmV4YW1wbGUwCgYIKoZIzj0EAwIDSAAwRQIhAJytYQ8TPl4hYJuLw4NBJ2ZDJZpQObzKZxJvo9FmYXMYAiABu7FbckW4jUa+pKlyqQcZ/ii242KNk/lvPgvHjfOnWQ==');
INSERT INTO request VALUES ('twice', 'MIHwMIGYAgEAMDYxCjAIBgNVBAsMAWExCjAIBgNVBAsMAWIxHDAaBgNVBAMME3dlYi5kZXZpY2VzLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARtD/PY2/TKT11KWsae0RHEo8iwfcfUUQglLEFy+CmqtDoSRmgnkGHaVOQ7NY1lirbolFtoAPZS5GO9wqRI05SAoAAwCgYIKoZIzj0EAwIDRwAwRAIgKlVah/7GyZkiPRx0/lLAa0F/h38YWIO13O11MVXyxBICIAIRfcjhUGhxl+nohsOizdzJyxBmG2w0M0f4V49cb01X');
INSERT INTO request VALUES ('rsa', 'MIICYzCCAUsCAQAwHjEcMBoGA1UEAwwTcnNhLmRldmljZXMuZXhhbXBsZTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBALYy9UKOxYLDoviZd9qzyenlA2TjKN72H19ibqAjMVz6oG17qweHFwzRe0WHkrclcNaGAqdfYu40/LM1bHABPrdUz548PijTHaUB6/2lOmQcqNicfZQawDuWgOh65+Q0EWtJFlBoYO4VEB6c75orWIaHj5fATkiQNGJESO2bR4RgbHKY4O0+SPhdlTpH2arhHHAPum0YcQvJPP9cEXxGxGRmQGOj78CJ6cWX4Z8OWdtnKQbXbUsP8qF0LTtaWH/Y2F/N7zqWNB7wTw+sx6bPQ7YDDmb88J12He6g1vnosBr1ms5CSCf0aZsG3D3jIuz7Q3eraYLLciQMQ4EN2Im/6yMCAwEAAaAAMA0GCSqGSIb3DQEBCwUAA4IBAQCZSd1JRILnF7u3Fr2vjqazVmy4DYa4Y0zqjjpSNf/ziw+kD9o+PwdVjhDk/zHMeHbCmZvkSIzK/gBLvWhFaeT9Zr6yfo8eVGzSvGDYK2z71LQziK8xAxg/Eb7IB3ZEW3Y1DJkUC2FvqOL4JFe+f58FU70JMfUwkZLjHEMqeLMcrrNzZquqrLJAr+RxSjcKnUFZzMlPSH6j+NZAnBKuUqiC+h3BLE5+Xy6TxlbPKU9ZzK3TE+87R1YZKkkcK9iFurlprtgF9ZLjv6tJTsFcP35soqnUp0d6luk2Bng/r2+ngeCtC330gzRJ8ZyphL4yRxWSAKGUgvX75XC7EYHtKGq4');
INSERT INTO request VALUES ('p384', 'MIIBFzCBngIBADAfMR0wGwYDVQQDDBRwMzg0LmRldmljZXMuZXhhbXBsZTB2MBAGByqGSM49AgEGBSuBBAAiA2IABIFbozrPY1B8aTKb/3k0IROwF5wENOOLBWj0n3yPvUN0D52bEXajipm6Abgeq7cjxDX/gF9c/GPY6xOeSDAdAxWHxoNfQueqO916ZTANVhhdu2/feStZnrtpP9Vw41Hjy6AAMAoGCCqGSM49BAMCA2gAMGUCMBvu51E43T3cpj8syOmdfNwWXsbqm35OzesM1m6sKb73PLXJMkYJvR/lIh7McRhLHwIxAKJQqHleQ65botFqUcA3wILMkXWy9wXsqxKmBSqujdyQyC/KgCRPj2OaM+jlqRGcHw==');
INSERT INTO request VALUES ('device', 'MIHDMHcCAQAwRDEOMAwGA1UECgwFTWFrZXIxMjAwBgNVBAMMKVVVSUQ6N0Y5QjRDRTAtM0E1Qi00QzBBLTlFMEItMTIzNDU2Nzg5MEFCMCowBQYDK2VwAyEAcQpbXLSyusEvYSzcjxM8ATmUttKq/BwMGCr9+zQPmFegADAFBgMrZXADQQAtH9iAveM6N8yClkSgapM7GL/7Q0d9A4YZYVBqALVLeyWt4CXSNwP/rXnKgnKT9vhyVuMM0kzwf6Fytz199tAE');
SELECT create_ca('root') ->> 'ca';
SELECT create_ca('devices', '{"parent":"root","path_length":0}') ->> 'ca';
-- Those that are built in stay as they are.
SELECT canonical_json(certificate_profile('identity'));
SELECT canonical_json(certificate_profile('client'));
SELECT certificate_profile('nobody');
SELECT set_certificate_profile('client', '{}');
SELECT set_certificate_profile('identity');
-- All faults at once, none taken over.
SELECT set_certificate_profile('bad', '{"lifetime_s":1,"key_usage":["keyCertSign"]}');
SELECT set_certificate_profile('bad', '{"colour":"red"}');
SELECT set_certificate_profile('bad', '{"key_types":["P-224"]}');
SELECT set_certificate_profile('bad', '{"key_types":["RSA-1024"]}');
SELECT set_certificate_profile('bad', '{"key_types":[]}');
SELECT set_certificate_profile('bad', '{"denied_keys":["x"]}');
SELECT set_certificate_profile('bad', '{"subject":{"CN":"all the same"}}');
SELECT set_certificate_profile('bad', '{"subject":{"C":"Germany"}}');
SELECT set_certificate_profile('bad', '{"subject":{"O":"x"},"subject_from_request":["O"]}');
SELECT set_certificate_profile('bad', '{"subject_from_request":["CN"]}');
SELECT set_certificate_profile('bad', '{"sans":{"ip":["192.0.2.0/33"]}}');
SELECT set_certificate_profile('bad', '{"sans":{"directory":["x"]}}');
SELECT set_certificate_profile('bad', '{"sans":{"dns":"x"}}');
SELECT set_certificate_profile('bad', '{"extended_key_usage":["anything"]}');
SELECT set_certificate_profile('bad', '{"extended_key_usage":[]}');
SELECT set_certificate_profile('bad', '{"backdate_s":604801}');
SELECT set_certificate_profile('bad', '{"max_valid":0}');
SELECT set_certificate_profile('bad', '{"ca":"a b"}');
SELECT set_certificate_profile('bad', '{"common_name":""}');
SELECT set_certificate_profile('', '{}');
SELECT certificate_profile('bad');
SELECT sign_csr((SELECT csr FROM request WHERE name = 'plain'), 'bad');
-- Nothing said is the profile client, of its own authority here.
SELECT canonical_json(set_certificate_profile('small', '{"ca":"devices"}'));
KEEP small SELECT sign_csr((SELECT csr FROM request WHERE name = 'plain'), 'small');
CREATE VIEW told AS SELECT name, certificate_inspect(response ->> 'certificate') AS told FROM kept;
SELECT told ->> 'subject', told ->> 'not_before', told ->> 'not_after', told -> 'sans', canonical_json(told -> 'key_usage'), canonical_json(told -> 'extended_key_usage') FROM told WHERE name = 'small';
-- What it lets a request say of itself, and what it says of all.
SELECT canonical_json(set_certificate_profile('web', '{"ca":"devices","common_name":"*.devices.example","subject":{"C":"DE"},"subject_from_request":["O","OU"],"sans":{"dns":["*.DEVICES.example"],"ip":["192.0.2.0/24","2001:db8::/32"],"uri":["https://*.devices.example/*"],"email":["*@devices.example"]},"key_types":["P-256","RSA-2048","Ed25519"],"key_usage":["digitalSignature","keyEncipherment"],"extended_key_usage":["serverAuth","1.3.6.1.5.5.7.3.17"],"lifetime_s":86400,"backdate_s":0}'));
KEEP web SELECT sign_csr((SELECT csr FROM request WHERE name = 'web'), 'web');
SELECT told ->> 'subject', told ->> 'not_before', told ->> 'not_after', canonical_json(told -> 'sans'), canonical_json(told -> 'key_usage'), canonical_json(told -> 'extended_key_usage') FROM told WHERE name = 'web';
SELECT profile, subject, sans, device FROM idplane_certificate ORDER BY profile;
SELECT canonical_json(verify_chain(response ->> 'certificate', response ->> 'chain', response ->> 'chain', '{"purpose":"serverAuth"}') -> 'valid') FROM kept WHERE name = 'web';
KEEP rsa SELECT sign_csr((SELECT csr FROM request WHERE name = 'rsa'), 'web');
SELECT told ->> 'subject', canonical_json(told -> 'sans'), canonical_json(told -> 'key_usage') FROM told WHERE name = 'rsa';
-- A name that it has no pattern for is refused, not left out; an asterisk stands for no dot, and for nothing that divides a URI.
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'deeper'), 'web') -> 'reasons');
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'slash'), 'web') -> 'reasons');
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'other'), 'web') -> 'reasons');
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'outside'), 'web') -> 'reasons');
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'wild'), 'web') -> 'reasons');
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'twice'), 'web') -> 'reasons');
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'plain'), 'web') -> 'reasons');
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'p384'), 'web') -> 'reasons');
-- Keys: of a size, on a list, or of no use.
SELECT set_certificate_profile('strong', '{"ca":"devices","key_types":["RSA-3072","P-384"]}') ->> 'ca';
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'rsa'), 'strong') -> 'reasons');
SELECT sign_csr((SELECT csr FROM request WHERE name = 'p384'), 'strong') ->> 'ca';
SELECT set_certificate_profile('strong', '{"ca":"devices","denied_keys":["b18fad8f7459c5ca7e2833eb1b34dd70c0b64ba0b03b5085a9dba79cbe7a0a63"]}') ->> 'ca';
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'p384'), 'strong') -> 'reasons');
SELECT set_certificate_profile('agree', '{"ca":"devices","key_usage":["keyAgreement"]}') ->> 'ca';
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'rsa'), 'agree') -> 'reasons');
SELECT sign_csr((SELECT csr FROM request WHERE name = 'plain'), 'agree') ->> 'ca';
-- So many good ones of a name; one that is refused leaves nothing.
SELECT set_certificate_profile('one', '{"ca":"devices","common_name":"device","max_valid":1}') ->> 'max_valid';
KEEP first SELECT sign_csr((SELECT csr FROM request WHERE name = 'device'), 'one');
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'device'), 'one') -> 'reasons');
SELECT canonical_json(sign_csr((SELECT csr FROM request WHERE name = 'plain'), 'one') -> 'reasons');
SELECT revoke_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'first')) ->> 'status';
SELECT sign_csr((SELECT csr FROM request WHERE name = 'device'), 'one') ->> 'ca';
SELECT device, status FROM idplane_certificate WHERE profile = 'one' ORDER BY status;
-- No longer than the profile, and of another authority where that is asked for.
SELECT sign_csr((SELECT csr FROM request WHERE name = 'web'), 'web', '{"lifetime_s":86401}');
SELECT sign_csr((SELECT csr FROM request WHERE name = 'web'), 'web', '{"lifetime_s":3600}') ->> 'not_after', sign_csr((SELECT csr FROM request WHERE name = 'web'), 'web', '{"ca":"root"}') ->> 'ca';
SELECT set_certificate_profile('lost', '{"ca":"nobody"}') ->> 'ca';
SELECT sign_csr((SELECT csr FROM request WHERE name = 'plain'), 'lost');
-- Another tenant has others; what is removed is gone.
SELECT set_tenant('other');
SELECT certificate_profile('web');
SELECT set_tenant('default');
SELECT set_certificate_profile('web', NULL);
SELECT sign_csr((SELECT csr FROM request WHERE name = 'web'), 'web');
