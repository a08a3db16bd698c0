-- SPDX-License-Identifier: Apache-2.0
-- audit_chain.sql: what is sealed cannot be changed, removed, moved, inserted or cut off without being
-- named; what went by retention leaves a chain that can be verified.
SELECT set_clock('2026-01-01T00:00:00Z');
SELECT canonical_json(audit_head());
SELECT canonical_json(verify_audit());
SELECT canonical_json(verify_audit(audit_head()));
SELECT lookup_user_code('BBBB-BBBB', 'ann', '{"source":"192.0.2.1"}') ->> 'error';
SELECT lookup_user_code('BBBB-BBBB', 'bob', '{"source":"192.0.2.2"}') ->> 'error';
SELECT set_clock('2026-01-01T00:00:01Z');
SELECT lookup_user_code('BBBB-BBBB', 'cat', '{"source":"192.0.2.3"}') ->> 'error';
SELECT canonical_json(verify_audit());
SELECT set_clock('2026-01-01T00:01:00Z');
SELECT canonical_json(seal_audit(2));
SELECT canonical_json(seal_audit(100));
SELECT canonical_json(seal_audit(100));
CREATE TABLE saved AS SELECT canonical_json(audit_head()) AS head;
SELECT set_clock('2026-01-01T00:02:00Z');
SELECT lookup_user_code('BBBB-BBBB', 'dan', '{"source":"192.0.2.4"}') ->> 'error';
SELECT canonical_json(seal_audit(100));
SELECT lookup_user_code('BBBB-BBBB', 'eve', '{"source":"192.0.2.5"}') ->> 'error';
SELECT canonical_json(verify_audit(json((SELECT head FROM saved))));
-- The token says the same of the head, to whoever keeps the keys.
SELECT canonical_json(jwt_verify(audit_head() ->> 'token', canonical_json(jwks()), '{"typ":"audit-head+jwt","now":1767225720}') -> 'valid'),
    CASE WHEN jwt_verify(audit_head() ->> 'token', canonical_json(jwks()), '{"now":1767225720}') -> 'claims' -> 'head' ->> 'digest' = audit_head() ->> 'digest' THEN 'the same' END;
SELECT number, row_count FROM idplane_audit_seal ORDER BY number;
SELECT type, outcome, subject, object, canonical_json(details), seal FROM idplane_audit ORDER BY occurred_at, subject;
-- A row that was changed is named.
BEGIN;
UPDATE idplane_audit SET subject = 'zoe' WHERE subject = 'bob';
SELECT canonical_json(json(replace(canonical_json(verify_audit()), (SELECT audit_id FROM idplane_audit WHERE subject = 'zoe'), 'the row of zoe')));
ROLLBACK;
BEGIN;
UPDATE idplane_audit SET details = '{"guess":"user_code"}' WHERE subject = 'cat';
SELECT canonical_json(json(replace(canonical_json(verify_audit()), (SELECT audit_id FROM idplane_audit WHERE subject = 'cat'), 'the row of cat')));
ROLLBACK;
-- One that was removed, by the seal that had it.
BEGIN;
DELETE FROM idplane_audit WHERE subject = 'ann';
SELECT canonical_json(verify_audit());
ROLLBACK;
-- In the order of another: it has the time of another.
BEGIN;
UPDATE idplane_audit SET occurred_at = (SELECT max(occurred_at) FROM idplane_audit) WHERE subject = 'ann';
SELECT canonical_json(json(replace(canonical_json(verify_audit()), (SELECT audit_id FROM idplane_audit WHERE subject = 'ann'), 'the row of ann')));
ROLLBACK;
-- In another seal, or in none again.
BEGIN;
UPDATE idplane_audit SET seal = 2 WHERE subject = 'ann';
SELECT canonical_json(verify_audit());
ROLLBACK;
BEGIN;
UPDATE idplane_audit SET seal = NULL WHERE subject = 'dan';
SELECT canonical_json(verify_audit());
ROLLBACK;
-- Inserted into a seal, into one that there is not, or as if it waited for one.
BEGIN;
INSERT INTO idplane_audit SELECT tenant, 'forged', occurred_at, type, outcome, 'zoe', object, details, proof, seal FROM idplane_audit WHERE subject = 'cat';
SELECT canonical_json(verify_audit());
ROLLBACK;
BEGIN;
INSERT INTO idplane_audit SELECT tenant, 'forged', occurred_at, type, outcome, 'zoe', object, details, proof, 9 FROM idplane_audit WHERE subject = 'cat';
SELECT canonical_json(verify_audit());
ROLLBACK;
BEGIN;
INSERT INTO idplane_audit SELECT tenant, 'forged', occurred_at, type, outcome, 'zoe', object, details, proof, seal FROM idplane_audit WHERE subject = 'eve';
SELECT canonical_json(verify_audit());
UPDATE idplane_audit SET audit_id = 'forged later' WHERE audit_id = 'forged';
SELECT canonical_json(verify_audit());
UPDATE idplane_audit SET proof = NULL WHERE audit_id = 'forged later';
SELECT canonical_json(verify_audit());
-- It gets into no seal, and is marked.
SELECT canonical_json(seal_audit(100));
SELECT canonical_json(verify_audit());
SELECT audit_id, seal FROM idplane_audit WHERE seal = 0;
ROLLBACK;
-- What waits and is changed has no good proof any more.
BEGIN;
UPDATE idplane_audit SET outcome = 'granted' WHERE subject = 'eve';
SELECT canonical_json(json(replace(canonical_json(verify_audit()), (SELECT audit_id FROM idplane_audit WHERE subject = 'eve'), 'the row of eve')));
ROLLBACK;
-- A seal that was changed, removed or put in by somebody without the master key.
BEGIN;
UPDATE idplane_audit_seal SET row_count = 3 WHERE number = 2;
SELECT canonical_json(verify_audit());
ROLLBACK;
BEGIN;
UPDATE idplane_audit_seal SET sealed_digest = (SELECT sealed_digest FROM idplane_audit_seal WHERE number = 1) WHERE number = 2;
SELECT canonical_json(verify_audit());
ROLLBACK;
BEGIN;
DELETE FROM idplane_audit_seal WHERE number = 2;
SELECT canonical_json(verify_audit());
ROLLBACK;
BEGIN;
UPDATE idplane_audit_seal SET number = 9 WHERE number = 1;
SELECT canonical_json(verify_audit());
ROLLBACK;
-- The end cut off: only a head that was saved knows, of the seals up to its own.
BEGIN;
DELETE FROM idplane_audit WHERE seal >= 2 OR seal IS NULL;
DELETE FROM idplane_audit_seal WHERE number >= 2;
SELECT canonical_json(verify_audit());
SELECT canonical_json(verify_audit(json((SELECT head FROM saved))));
-- And made anew, with the right keys: the head is another one.
SELECT lookup_user_code('BBBB-BBBB', 'fay', '{"source":"192.0.2.6"}') ->> 'error';
SELECT canonical_json(seal_audit(100));
SELECT canonical_json(verify_audit());
SELECT canonical_json(verify_audit(json((SELECT head FROM saved))));
ROLLBACK;
SELECT canonical_json(verify_audit(json((SELECT head FROM saved))));
-- A head of another tenant, and what is none.
SELECT set_tenant('acme');
SELECT verify_audit(json((SELECT head FROM saved)));
SELECT canonical_json(verify_audit());
SELECT set_tenant('default');
SELECT verify_audit('{}');
SELECT seal_audit(0);
SELECT seal_audit(10001);
-- Retention: rows of a seal go together, the seal stays.
SELECT set_clock('2026-04-01T00:00:30Z');
SELECT canonical_json(purge(1) -> 'audit');
SELECT canonical_json(verify_audit(json((SELECT head FROM saved))));
SELECT canonical_json(purge(100) -> 'audit');
SELECT canonical_json(verify_audit(json((SELECT head FROM saved))));
SELECT subject FROM idplane_audit ORDER BY occurred_at, subject;
-- Marked so before its time, or with a row put in.
BEGIN;
DELETE FROM idplane_audit WHERE seal = 3;
UPDATE idplane_audit_seal SET purged_at = sealed_at WHERE number = 3;
SELECT canonical_json(verify_audit());
ROLLBACK;
BEGIN;
INSERT INTO idplane_audit SELECT tenant, 'forged', occurred_at, type, outcome, 'zoe', object, details, proof, 1 FROM idplane_audit WHERE subject = 'dan';
SELECT canonical_json(verify_audit());
ROLLBACK;
SELECT set_clock('2026-05-01T00:00:00Z');
SELECT canonical_json(purge(100) -> 'audit');
SELECT canonical_json(verify_audit(json((SELECT head FROM saved))));
SELECT count(*) FROM idplane_audit;
SELECT canonical_json(seal_audit(100));
-- Where the rows are gone their number is not.
SELECT CASE WHEN metrics() LIKE '%idplane_audit_events_total{type="guessed",outcome="denied"} 5%' THEN 'all five' END;
