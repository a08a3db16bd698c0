-- SPDX-License-Identifier: Apache-2.0
-- device_limits.sql: what strangers may write down by beginning as devices; the keys here are nobody's any more.
SELECT set_clock('2026-01-01T00:00:00Z');
CREATE TABLE material (name text PRIMARY KEY, content text);
INSERT INTO material VALUES ('a', '-----BEGIN CERTIFICATE-----\nMIIBuDCCAV6gAwIBAgIUMM3KMGqSjcL06lwGlKdzP+XJDwcwCgYIKoZIzj0EAwIw\nLDEQMA4GA1UECgwHRXhhbXBsZTEYMBYGA1UEAwwPTWFrZXIgb2YgbGltaXRzMB4X\nDTIwMDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowJTEQMA4GA1UECgwHRXhhbXBs\nZTERMA8GA1UEAwwIZGV2aWNlIGEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR5\nvTbK7tZPiQfuBFnBb98/y1UG1rbocm7cHeBAF/itJ1VkXuXhnZ+LZgrbebDkJuHX\nTa4bpKKCHWKk1pzAekL6o2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsG\nAQUFBwMCMB0GA1UdDgQWBBRnSmcBy8/i8jePR+ymtXd2BP4NMjAfBgNVHSMEGDAW\ngBRZ0xLUv4ZzEhsECWCVwW+nY8Uc+TAKBggqhkjOPQQDAgNIADBFAiEA87KLpwH7\n8c3msI/Z0itRLvjjO4TZGE1NOQk+91SAx8sCIDzKxd1fWgq6BsgL2OOCqcP1vEio\n0q6y7N+rR7wmZg38\n-----END CERTIFICATE-----\n');
INSERT INTO material VALUES ('b', '-----BEGIN CERTIFICATE-----\nMIIBuDCCAV6gAwIBAgIUFf5nu86DhaCgTMsrFepCuXCihugwCgYIKoZIzj0EAwIw\nLDEQMA4GA1UECgwHRXhhbXBsZTEYMBYGA1UEAwwPTWFrZXIgb2YgbGltaXRzMB4X\nDTIwMDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowJTEQMA4GA1UECgwHRXhhbXBs\nZTERMA8GA1UEAwwIZGV2aWNlIGIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR2\nVNC5VvUWNzaH7ha3Iee8ribPwsiDLdjHKY2Q8k3jkAa2hMTZ8Gbs9tfbLOOufvEu\nyQxI0mDxnTa4TimWEy5so2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsG\nAQUFBwMCMB0GA1UdDgQWBBSS5Tg3xy+xdJgU9Bgnj3gXntYOjTAfBgNVHSMEGDAW\ngBRZ0xLUv4ZzEhsECWCVwW+nY8Uc+TAKBggqhkjOPQQDAgNIADBFAiEA4Sa9sL6M\nWA4oXLUUfkCB8sDConPtE5XzasVN2mKupIACICcFf5zKm1EAJGoaKWNk4GE1Av8l\nje49FPnC0XDoEHr9\n-----END CERTIFICATE-----\n');
INSERT INTO material VALUES ('maker.chain', '-----BEGIN CERTIFICATE-----\nMIIBvTCCAWOgAwIBAgIUbK2SWA5uM8M/lblQkIQpwD14yRswCgYIKoZIzj0EAwIw\nLDEQMA4GA1UECgwHRXhhbXBsZTEYMBYGA1UEAwwPTWFrZXIgb2YgbGltaXRzMB4X\nDTIwMDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowLDEQMA4GA1UECgwHRXhhbXBs\nZTEYMBYGA1UEAwwPTWFrZXIgb2YgbGltaXRzMFkwEwYHKoZIzj0CAQYIKoZIzj0D\nAQcDQgAERE1ZfcO2G6/f/JbP4kFNbDKHph/EIf3XgRsiHqIXpPb/iZRroDoAqkoA\ncr1WQBAsChWbVErUvoRcjTuZqYnh3aNjMGEwDwYDVR0TAQH/BAUwAwEB/zAOBgNV\nHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFFnTEtS/hnMSGwQJYJXBb6djxRz5MB8GA1Ud\nIwQYMBaAFFnTEtS/hnMSGwQJYJXBb6djxRz5MAoGCCqGSM49BAMCA0gAMEUCIBcr\noAywMUMf5RjRXwzja2R4tvONUXUf+dZL9p/NkW0fAiEA10PLDVTNItws2F9pjDQC\nole3WhQd21sOnjihY3bX1tc=\n-----END CERTIFICATE-----\n');
SELECT configure('{"base_url":"https://id.example","guard_settings":{"unknown_device_codes_max":3}}') ->> 'base_url';
SELECT create_ca('default') ->> 'ca';
SELECT set_enrollment('presses', '{"owner":"alice","symmetric_key":{"primary":"MDEyMzQ1Njc4OWFiY2RlZg=="}}') ->> 'id';
SELECT set_enrollment('makers', json(replace('{"owner": "alice", "x509": {"chain": "CHAIN"}}', 'CHAIN', (SELECT replace(content, '\n', '\n') FROM material WHERE name = 'maker.chain')))) ->> 'id';
-- Who has proven nothing and is new counts for its address.
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"198.51.100.9"}', likely('{"registration_id":"press-1","enrollment":"presses"}')) ->> 'status';
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"198.51.100.9"}', likely('{"registration_id":"press-2","enrollment":"presses"}')) ->> 'status';
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"198.51.100.9"}', likely('{"chain":"' || (SELECT content FROM material WHERE name = 'a') || '"}')) ->> 'status';
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"198.51.100.9"}', likely('{"registration_id":"press-3","enrollment":"presses"}')) ->> 'status';
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"198.51.100.9"}', likely('{"chain":"' || (SELECT content FROM material WHERE name = 'b') || '"}')) ->> 'status';
SELECT count(*) FROM idplane_provisioning_record;
SELECT count(*) FROM idplane_provisioning_event;
-- Who is known goes on, and other addresses do.
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"198.51.100.9"}', likely('{"registration_id":"press-1","enrollment":"presses"}')) ->> 'status';
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"198.51.100.9"}', likely('{"chain":"' || (SELECT content FROM material WHERE name = 'a') || '"}')) ->> 'status';
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"203.0.113.7"}', likely('{"registration_id":"press-3","enrollment":"presses"}')) ->> 'status';
-- Of one device 16 sessions may be open in which nothing is proven: the oldest gives way, and that counts.
SELECT set_clock('2026-01-01T00:10:00Z');
CREATE TABLE number (n bigint);
INSERT INTO number WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 15) SELECT n FROM counted;
KEEP first SELECT begin_provisioning(NULL, '{"registration_id":"press-9","enrollment":"presses"}');
SELECT set_clock('2026-01-01T00:10:01Z');
SELECT count(begin_provisioning(NULL, '{"registration_id":"press-9","enrollment":"presses"}')) FROM number;
SELECT prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'first'), 'AAAA') ->> 'error';
SELECT set_clock('2026-01-01T00:10:02Z');
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"198.51.100.9"}', likely('{"registration_id":"press-9","enrollment":"presses"}')) ->> 'status';
SELECT prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'first'), 'AAAA') ->> 'error';
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"198.51.100.9"}', likely('{"registration_id":"press-9","enrollment":"presses"}')) ->> 'status';
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"198.51.100.9"}', likely('{"registration_id":"press-9","enrollment":"presses"}')) ->> 'status';
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"198.51.100.9"}', likely('{"registration_id":"press-9","enrollment":"presses"}')) ->> 'status';
SELECT http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"203.0.113.7"}', likely('{"registration_id":"press-9","enrollment":"presses"}')) ->> 'status';
-- Who is known and refused counts, too; proofs that wait are one event.
SELECT set_clock('2026-01-01T00:30:00Z');
SELECT decide_enrollment('press-1', 'deny') ->> 'approval';
DELETE FROM number WHERE n > 6;
SELECT DISTINCT n, http_request('POST', '/provisioning/sessions', '{"host":"id.example","content-type":"application/json","x-idplane-peer":"203.0.113.8"}', likely('{"registration_id":"press-1","enrollment":"presses"}')) ->> 'status' FROM number ORDER BY n;
SELECT outcome, count(*) FROM idplane_provisioning_event WHERE registration_id = 'press-1' AND step = 'begin' GROUP BY outcome ORDER BY outcome;
KEEP wrong SELECT begin_provisioning(NULL, '{"registration_id":"press-3","enrollment":"presses"}');
DELETE FROM idplane_provisioning_event;
SELECT count(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'wrong'), 'AAAA')) FROM number;
SELECT count(prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'wrong'), 'AAAA')) FROM number;
SELECT prove_possession((SELECT response ->> 'session' FROM kept WHERE name = 'wrong'), 'AAAA') ->> 'retry_after';
SELECT outcome, count(*) FROM idplane_provisioning_event GROUP BY outcome ORDER BY outcome;
