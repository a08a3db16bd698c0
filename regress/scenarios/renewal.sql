-- SPDX-License-Identifier: Apache-2.0
-- renewal.sql: what becomes of the certificates that a device had when it gets another one. The request is
-- of a key that nobody has any more.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT create_ca('default') ->> 'ca';
CREATE TABLE request (csr text);
INSERT INTO request VALUES ('MIHDMHcCAQAwRDEOMAwGA1UECgwFTWFrZXIxMjAwBgNVBAMMKVVVSUQ6N0Y5QjRDRTAtM0E1Qi00QzBBLTlFMEItMTIzNDU2Nzg5MEFCMCowBQYDK2VwAyEAcQpbXLSyusEvYSzcjxM8ATmUttKq/BwMGCr9+zQPmFegADAFBgMrZXADQQAtH9iAveM6N8yClkSgapM7GL/7Q0d9A4YZYVBqALVLeyWt4CXSNwP/rXnKgnKT9vhyVuMM0kzwf6Fytz199tAE');
SELECT set_certificate_profile('bad', '{"grace_s":60}');
SELECT set_certificate_profile('bad', '{"common_name":"device","grace_s":-1}');
SELECT set_certificate_profile('graceful', '{"common_name":"device","grace_s":3600,"max_valid":1}') ->> 'grace_s';
CREATE VIEW state AS SELECT substr(profile, 1, 1) AS profile, status, reason, CASE WHEN superseded_at IS NULL THEN 'stays' ELSE 'ends' END AS ends FROM idplane_certificate;
-- Without a grace each stays good.
KEEP plain-1 SELECT sign_csr((SELECT csr FROM request));
KEEP plain-2 SELECT sign_csr((SELECT csr FROM request));
SELECT confirm_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'plain-2'));
SELECT profile, status, reason, ends, count(*) FROM state GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4;
-- With one the former ends, but not yet; of another profile nothing does.
KEEP first SELECT sign_csr((SELECT csr FROM request), 'graceful');
SELECT set_clock('2026-01-02T00:00:00Z');
KEEP second SELECT sign_csr((SELECT csr FROM request), 'graceful');
SELECT profile, status, reason, ends, count(*) FROM state GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4;
SELECT CASE WHEN length(crl()) > 0 THEN 'a list' END;
SELECT set_clock('2026-01-02T00:59:59Z');
SELECT CASE WHEN length(crl()) > 0 THEN 'a list' END;
SELECT count(*) FROM state WHERE status = 'revoked';
-- Once the grace is over the next list has it, since that moment.
SELECT set_clock('2026-01-02T05:00:00Z');
SELECT CASE WHEN length(crl()) > 0 THEN 'a list' END;
SELECT profile, status, reason, ends, count(*) FROM state GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4;
SELECT revoke_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'first')) ->> 'revoked_at';
-- Seen with the new one, the device needs the old one no more.
KEEP third SELECT sign_csr((SELECT csr FROM request), 'graceful');
SELECT confirm_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'second'));
SELECT confirm_certificate((SELECT upper(response ->> 'serial') FROM kept WHERE name = 'third'));
SELECT confirm_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'third'));
SELECT confirm_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'first'));
SELECT revoke_certificate((SELECT response ->> 'serial' FROM kept WHERE name = 'second')) ->> 'reason';
SELECT profile, status, reason, ends, count(*) FROM state GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4;
-- The name goes on to be the key's.
SELECT sign_csr((SELECT csr FROM request), 'graceful') ->> 'ca';
SELECT set_tenant('other');
SELECT confirm_certificate('00');
