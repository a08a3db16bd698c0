-- SPDX-License-Identifier: Apache-2.0
-- certificate_requests.sql: requests as rows. In PostgreSQL the table has its trigger always, in SQLite
-- the connection asks for it. The requests are of keys that nobody has any more.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT create_ca('default') ->> 'ca';
CREATE TABLE request (name text PRIMARY KEY, csr text);
INSERT INTO request VALUES ('plain', 'MIH6MIGiAgEAMEAxCzAJBgNVBAYTAkRFMQ4wDAYDVQQKDAVNYWtlcjEPMA0GA1UECwwGTGluZSAxMRAwDgYDVQQDDAdwcmVzcyA5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEcyM71EGCHKsS4caTt/g9KovlKK6Ljy0qElc1KmBB/O9bd3bu7ZOKeI3zQ/87OqI8YOM3/DlivVVcePXFfBD7IaAAMAoGCCqGSM49BAMCA0cAMEQCIGyC+DJK5seKCPyGP0Y8Y+u6CJuGvUaBYvzY05R2RGCAAiBZJvZY/XHh39PdyGq7tuRupHKz+XxCIduw6GPPTuCJKg==');
INSERT INTO request VALUES ('web', 'MIIBZzCCAQ0CAQAwLjEOMAwGA1UECgwFTWFrZXIxHDAaBgNVBAMME3dlYi5kZXZpY2VzLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASNmtR30AG+aEeJMRjE02l/1RWlRu1oHui0MdY2NfXBEEVcGvmIFO7elM6TLM+fJdlryUvDP5fSyeTRq/jiXm/3oH0wewYJKoZIhvcNAQkOMW4wbDBqBgNVHREEYzBhghNXZWIuZGV2aWNlcy5leGFtcGxlhwTAAAIHhxAgAQ24AAAAAAAAAAAAAAAHhh1odHRwczovL3dlYi5kZXZpY2VzLmV4YW1wbGUvYYETd2ViQGRldmljZXMuZXhhbXBsZTAKBggqhkjOPQQDAgNIADBFAiAIoBKJybnFlKsKQDI060Yj/5ebHrGWWHeVSGoUJK187AIhAOoxJFRZ8XXV4VE7PDQyX6evptWBcVllNO/UlXJsxW6d');
INSERT INTO request VALUES ('rsa', 'MIICYzCCAUsCAQAwHjEcMBoGA1UEAwwTcnNhLmRldmljZXMuZXhhbXBsZTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBALYy9UKOxYLDoviZd9qzyenlA2TjKN72H19ibqAjMVz6oG17qweHFwzRe0WHkrclcNaGAqdfYu40/LM1bHABPrdUz548PijTHaUB6/2lOmQcqNicfZQawDuWgOh65+Q0EWtJFlBoYO4VEB6c75orWIaHj5fATkiQNGJESO2bR4RgbHKY4O0+SPhdlTpH2arhHHAPum0YcQvJPP9cEXxGxGRmQGOj78CJ6cWX4Z8OWdtnKQbXbUsP8qF0LTtaWH/Y2F/N7zqWNB7wTw+sx6bPQ7YDDmb88J12He6g1vnosBr1ms5CSCf0aZsG3D3jIuz7Q3eraYLLciQMQ4EN2Im/6yMCAwEAAaAAMA0GCSqGSIb3DQEBCwUAA4IBAQCZSd1JRILnF7u3Fr2vjqazVmy4DYa4Y0zqjjpSNf/ziw+kD9o+PwdVjhDk/zHMeHbCmZvkSIzK/gBLvWhFaeT9Zr6yfo8eVGzSvGDYK2z71LQziK8xAxg/Eb7IB3ZEW3Y1DJkUC2FvqOL4JFe+f58FU70JMfUwkZLjHEMqeLMcrrNzZquqrLJAr+RxSjcKnUFZzMlPSH6j+NZAnBKuUqiC+h3BLE5+Xy6TxlbPKU9ZzK3TE+87R1YZKkkcK9iFurlprtgF9ZLjv6tJTsFcP35soqnUp0d6luk2Bng/r2+ngeCtC330gzRJ8ZyphL4yRxWSAKGUgvX75XC7EYHtKGq4');
INSERT INTO request VALUES ('device', 'MIHDMHcCAQAwRDEOMAwGA1UECgwFTWFrZXIxMjAwBgNVBAMMKVVVSUQ6N0Y5QjRDRTAtM0E1Qi00QzBBLTlFMEItMTIzNDU2Nzg5MEFCMCowBQYDK2VwAyEAcQpbXLSyusEvYSzcjxM8ATmUttKq/BwMGCr9+zQPmFegADAFBgMrZXADQQAtH9iAveM6N8yClkSgapM7GL/7Q0d9A4YZYVBqALVLeyWt4CXSNwP/rXnKgnKT9vhyVuMM0kzwf6Fytz199tAE');
INSERT INTO request VALUES ('p384', 'MIIBFzCBngIBADAfMR0wGwYDVQQDDBRwMzg0LmRldmljZXMuZXhhbXBsZTB2MBAGByqGSM49AgEGBSuBBAAiA2IABIFbozrPY1B8aTKb/3k0IROwF5wENOOLBWj0n3yPvUN0D52bEXajipm6Abgeq7cjxDX/gF9c/GPY6xOeSDAdAxWHxoNfQueqO916ZTANVhhdu2/feStZnrtpP9Vw41Hjy6AAMAoGCCqGSM49BAMCA2gAMGUCMBvu51E43T3cpj8syOmdfNwWXsbqm35OzesM1m6sKb73PLXJMkYJvR/lIh7McRhLHwIxAKJQqHleQ65botFqUcA3wILMkXWy9wXsqxKmBSqujdyQyC/KgCRPj2OaM+jlqRGcHw==');
SELECT attach_certificate_request();
-- Inserting is signing.
INSERT INTO idplane_certificate_request (request_id, csr, profile) SELECT 'r1', csr, 'client' FROM request WHERE name = 'plain';
SELECT request_id, tenant, status, substr(certificate, 1, 27), substr(chain, 1, 27), length(serial), reasons FROM idplane_certificate_request;
SELECT certificate_inspect(certificate) ->> 'subject' FROM idplane_certificate_request;
SELECT profile, common_name, status FROM idplane_certificate;
-- The profile is identity where none is named; what is refused is told why, whatever it is.
INSERT INTO idplane_certificate_request (request_id, csr) SELECT 'r2', csr FROM request WHERE name = 'device';
INSERT INTO idplane_certificate_request (request_id, csr) SELECT 'r3', csr FROM request WHERE name = 'plain';
INSERT INTO idplane_certificate_request (request_id, csr) VALUES ('r4', 'nonsense');
INSERT INTO idplane_certificate_request (request_id, csr, profile) VALUES ('r5', 'nonsense', 'nobody');
SELECT set_certificate_profile('lost', '{"ca":"nobody"}') ->> 'ca';
INSERT INTO idplane_certificate_request (request_id, csr, profile) SELECT 'r6', csr, 'lost' FROM request WHERE name = 'plain';
SELECT request_id, status, canonical_json(reasons), coalesce(certificate, serial) FROM idplane_certificate_request WHERE status <> 'issued' ORDER BY request_id;
SELECT request_id, status FROM idplane_certificate_request WHERE status = 'issued' ORDER BY request_id;
-- Each row of many; a name is given where there is none.
INSERT INTO idplane_certificate_request (csr, profile) SELECT csr, 'client' FROM request WHERE name IN ('plain', 'web', 'rsa');
SELECT count(*), count(DISTINCT request_id), count(certificate) FROM idplane_certificate_request WHERE length(request_id) > 20;
DELETE FROM idplane_certificate_request WHERE length(request_id) > 20;
-- What comes with another status is as it comes: rows of a dump.
INSERT INTO idplane_certificate_request (request_id, csr, profile, status) VALUES ('old', 'nonsense', 'client', 'issued');
SELECT request_id, status, certificate FROM idplane_certificate_request WHERE request_id = 'old';
-- A profile may want somebody to decide. What cannot be signed is refused at once.
SELECT canonical_json(set_certificate_profile('asked', '{"approval":"yes"}'));
SELECT canonical_json(set_certificate_profile('asked', '{"approval":true}') -> 'approval');
INSERT INTO idplane_certificate_request (request_id, csr, profile) SELECT 'a-' || name, csr, 'asked' FROM request WHERE name IN ('plain', 'web', 'rsa');
INSERT INTO idplane_certificate_request (request_id, csr, profile) VALUES ('a-none', 'nonsense', 'asked');
SELECT request_id, status, certificate, CASE WHEN decided_at IS NULL THEN 'open' END FROM idplane_certificate_request WHERE profile = 'asked' ORDER BY request_id;
SELECT decide_certificate_request('a-plain', 'perhaps');
SELECT decide_certificate_request('nobody', 'approve');
KEEP approved SELECT decide_certificate_request('a-plain', 'approve');
SELECT response ->> 'status', canonical_json(response -> 'changed'), substr(response ->> 'certificate', 1, 27) FROM kept WHERE name = 'approved';
KEEP denied SELECT decide_certificate_request('a-web', 'deny');
SELECT canonical_json(response) FROM kept WHERE name = 'denied';
-- Nobody decides twice; who was refused or signed stays so.
KEEP again SELECT decide_certificate_request('a-web', 'approve');
SELECT canonical_json(response) FROM kept WHERE name = 'again';
KEEP again-2 SELECT decide_certificate_request('a-plain', 'deny');
SELECT response ->> 'status', canonical_json(response -> 'changed') FROM kept WHERE name = 'again-2';
SELECT canonical_json(sign_pending(10));
SELECT request_id, status, canonical_json(reasons), CASE WHEN decided_at IS NULL THEN 'open' END FROM idplane_certificate_request WHERE profile = 'asked' ORDER BY request_id;
-- What was fine when it was asked for may not be any more.
SELECT canonical_json(set_certificate_profile('asked', '{"approval":true,"key_types":["P-256"]}') -> 'key_types');
KEEP late SELECT decide_certificate_request('a-rsa', 'approve');
SELECT canonical_json(response) FROM kept WHERE name = 'late';
-- By a function; the same request again is told what became of it.
KEEP asked SELECT request_certificate((SELECT csr FROM request WHERE name = 'web'), 'asked');
SELECT response ->> 'status', length(response ->> 'request_id') FROM kept WHERE name = 'asked';
KEEP asked-2 SELECT request_certificate((SELECT csr FROM request WHERE name = 'web'), 'asked');
KEEP decided SELECT decide_certificate_request((SELECT response ->> 'request_id' FROM kept WHERE name = 'asked-2'), 'approve');
KEEP asked-3 SELECT request_certificate((SELECT csr FROM request WHERE name = 'web'), 'asked');
SELECT count(DISTINCT response ->> 'request_id') FROM kept WHERE name LIKE 'asked%';
SELECT name, response ->> 'status', certificate_inspect(response ->> 'certificate') ->> 'subject' FROM kept WHERE name LIKE 'asked%' ORDER BY name;
KEEP at-once SELECT request_certificate((SELECT csr FROM request WHERE name = 'p384'), 'client');
KEEP refused SELECT request_certificate('nonsense');
SELECT name, response ->> 'status', canonical_json(response -> 'reasons') FROM kept WHERE name IN ('at-once', 'refused') ORDER BY name;
SELECT sign_pending(0);
-- Another tenant has none of it.
SELECT set_tenant('other');
SELECT decide_certificate_request('r1', 'approve');
SELECT canonical_json(sign_pending(10));
