-- SPDX-License-Identifier: Apache-2.0
-- authorities.sql: who signs, and since when no more: what an authority has signed below it is a certificate
-- that it can revoke; options that nobody knows are told.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT configure('{"base_url":"https://id.example"}') ->> 'base_url';
CREATE TABLE request (csr text);
INSERT INTO request VALUES ('MIGmMFoCAQAwJzETMBEGA1UECgwKTWFrZXIsIEluYzEQMA4GA1UEAwwHcHJlc3MgNzAqMAUGAytlcAMhAFK88C3jKT8+qMfB+BYZiP8tFMRhDtglTjzyAHQZDYImoAAwBQYDK2VwA0EAb084rYc9gMgq5gUTgBTYJtFgFGnS+p6F7L7FDMj47RkG0cz4DfrDku+w8PsLbG8nA0lXNV1NRqtpInxozjofDw==');
-- An option that is misspelt, or of another kind, would be none.
SELECT create_ca('root', '{"nexte":true}');
SELECT create_ca('root', '{"next":1}');
SELECT create_ca('root', '{"next":true}');
SELECT create_ca('root', '{"replace":"yes"}');
SELECT create_ca('root', '{"parent":5}');
SELECT create_ca('root', '{"alg":["ES256"]}');
SELECT create_ca('root', '{"subject":{"CN":"a\u202eb"}}');
SELECT create_ca('root', '{"subject":{"CN":"a","emailAddress":"a@example\r\nb"}}');
SELECT create_ca('root') ->> 'ca';
SELECT import_ca('root', 'no certificate', 'no key', '{"replaces":true}');
SELECT sign_csr((SELECT csr FROM request), 'client', '{"cax":"root"}');
SELECT sign_csr((SELECT csr FROM request), 'client', '{"lifetime":5}');
SELECT begin_provisioning(NULL, '{"registrationId":"meter-7"}');
SELECT set_certificate_profile('authority', '{}');
SELECT set_certificate_profile('any', '{"lifetime":5}');
-- Each key that a root has signed for an authority has a row, and says where its list is.
KEEP devices SELECT create_ca('devices', '{"parent":"root"}');
SELECT ca_id, profile, subject, common_name, device, status FROM idplane_certificate;
SELECT certificate_inspect(response ->> 'certificate') -> 'crl_distribution_points' ->> 0 FROM kept WHERE name = 'devices';
KEEP one SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"devices"}');
SELECT certificate_inspect(response ->> 'certificate') -> 'crl_distribution_points' ->> 0 FROM kept WHERE name = 'one';
SELECT http_request('GET', '/crl/devices%401', '{"host":"id.example"}') ->> 'status', http_request('GET', '/crl/devices@1', '{"host":"id.example"}') ->> 'status';
-- A key that has a successor signs nothing more, also for who names it.
KEEP second SELECT create_ca('devices', '{"parent":"root","replace":true}');
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"devices@1"}');
SELECT create_ca('deep', '{"parent":"devices@1"}');
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"devices@2"}') ->> 'ca';
SELECT set_hub('00000000-0000-4000-8000-000000000001', '{"gateways":["coaps+tcp://a.example:5684"],"ca":"devices@2"}') -> 'errors' -> 0 ->> 'path';
SELECT set_hub('00000000-0000-4000-8000-000000000001', '{"gateways":["coaps+tcp://a.example:5684"],"ca":"devices"}') ->> 'ca';
-- Revoked it is on the list of its root, and signs nothing more, nor does what stands below it.
SELECT create_ca('deep', '{"parent":"devices"}') ->> 'ca';
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"deep"}') ->> 'ca';
SELECT set_certificate_profile('of-deep', '{"ca":"deep"}') ->> 'ca';
SELECT revoke_certificate(response ->> 'serial', 'cACompromise') ->> 'ca' FROM kept WHERE name = 'second';
SELECT CASE WHEN length(crl('root')) > 200 AND length(crl('devices')) > 100 THEN 'both have lists' END;
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"devices"}');
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"deep"}');
SELECT request_certificate((SELECT csr FROM request), 'of-deep') -> 'reasons' ->> 0;
SELECT create_ca('deeper', '{"parent":"deep"}');
SELECT create_ca('deeper', '{"parent":"devices"}');
-- Of one whose row was lost the certificate itself is enough; of another one it says nothing.
KEEP lost SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"root"}');
DELETE FROM idplane_certificate WHERE serial = (SELECT response ->> 'serial' FROM kept WHERE name = 'lost');
SELECT revoke_certificate(response ->> 'serial') FROM kept WHERE name = 'lost';
SELECT revoke_certificate(response ->> 'certificate', 'superseded') ->> 'ca' FROM kept WHERE name = 'lost';
SELECT revoke_certificate(response ->> 'certificate', 'superseded') -> 'changed' FROM kept WHERE name = 'lost';
SELECT profile, subject, status, reason FROM idplane_certificate WHERE profile = 'unrecorded';
SELECT revoke_certificate('-----BEGIN nonsense');
KEEP rooted SELECT create_ca('another', '{"subject":{"CN":"root"}}');
-- A root is revoked by its certificate, since it has no row.
SELECT revoke_certificate(response ->> 'serial') FROM kept WHERE name = 'rooted';
SELECT revoke_certificate(response ->> 'certificate', 'cACompromise') ->> 'ca' FROM kept WHERE name = 'rooted';
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"another"}');
SELECT set_certificate_profile('unrecorded', '{}');
-- The next key signs; that of the revoked one goes on to tell what it has revoked.
SELECT create_ca('devices', '{"parent":"root","replace":true}') ->> 'ca';
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"devices"}') ->> 'ca';
SELECT revoke_certificate(serial) ->> 'ca' FROM idplane_certificate WHERE ca_id = 'devices@2' AND profile = 'client';
SELECT CASE WHEN length(crl('devices@2')) > 200 THEN 'long' END;
-- A key is known before it signs: EST gives it, and one call lets it.
SELECT create_ca('devices', '{"parent":"root","next":true,"replace":true}');
SELECT set_certificate_profile('of-devices', '{"ca":"devices"}') ->> 'ca';
KEEP before SELECT http_request('GET', '/.well-known/est/of-devices/cacerts', '{"host":"id.example"}');
SELECT create_ca('devices', '{"parent":"root","next":true}') ->> 'ca';
SELECT create_ca('devices', '{"parent":"root","next":true}');
KEEP after SELECT http_request('GET', '/.well-known/est/of-devices/cacerts', '{"host":"id.example"}');
SELECT CASE WHEN max(length(response ->> 'body')) - min(length(response ->> 'body')) > 500 THEN 'one more' END FROM kept WHERE name IN ('before', 'after') AND response ->> 'body' IS NOT NULL;
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"devices"}') ->> 'ca';
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"devices@4"}');
SELECT create_ca('devices', '{"replace":true}') ->> 'ca';
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"devices"}') ->> 'ca';
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"devices@3"}');
-- Who calls again, since the answer was lost, gets no root in its place: what stands below another one is told a parent.
SELECT create_ca('devices', '{"replace":true}');
SELECT create_ca('devices', '{"replace":true,"next":false}');
SELECT create_ca('devices', '{"replace":true,"alg":"EdDSA"}');
SELECT create_ca('devices', '{"next":true}');
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"devices"}') ->> 'ca';
SELECT create_ca('devices', '{"parent":"root","next":true}') ->> 'ca', create_ca('devices', '{"parent":"root","replace":true}') ->> 'ca';
SELECT create_ca('devices', '{"replace":true}') ->> 'subject';
SELECT create_ca('devices', '{"parent":"root","next":true}') ->> 'ca', create_ca('devices', '{"next":false,"replace":true}') ->> 'ca';
SELECT certificate_inspect((SELECT create_ca('devices', '{"parent":"root","replace":true}') ->> 'certificate')) ->> 'issuer';
SELECT create_ca('another', '{"replace":true}') ->> 'ca';
SELECT sign_csr((SELECT csr FROM request), 'client', '{"ca":"devices"}') ->> 'ca';
SELECT type, object FROM idplane_audit WHERE type IN ('authority_made', 'authority_promoted') ORDER BY type, object;
SELECT ca_id, profile, common_name, status, reason FROM idplane_certificate ORDER BY ca_id, common_name, status;
SELECT type, subject, count(*) FROM idplane_audit WHERE type IN ('certificate_issued', 'certificate_revoked') GROUP BY type, subject ORDER BY type, subject;
