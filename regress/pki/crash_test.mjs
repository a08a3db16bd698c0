// SPDX-License-Identifier: Apache-2.0
// crash_test.mjs: kill -9 while certificates are issued, of the program that has SQLite in it and of
// all of PostgreSQL. Whatever moment it was: what was handed out has its row and is that row, and
// nobody has a name without a certificate.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { crashPostgres } from '../crash/cluster.mjs';
import { engines, open, text } from './engine.mjs';
import { newRequest, x509 } from './reading.mjs';

const CRASH_COUNT = { SQLite: 12, PostgreSQL: 6 };
const WORKER_COUNT = 4;
const DEVICE_COUNT = 40;

const sign = (csr) => `SELECT CAST(sign_csr(${text(csr)}) AS text);`;

for (const engine of engines) {
  describe(`crashes: ${engine}`, () => {
    let db, requests;
    before(() => {
      db = open(engine, 'crash', [['default', { alg: 'EdDSA' }]]);
      requests = Array.from({ length: DEVICE_COUNT }, () => newRequest(`/CN=uuid:${crypto.randomUUID()}`, ['ed25519']));
    });
    after(() => db.end());

    // Signs until the session is gone; what was answered.
    async function work(session, seen) {
      for (let i = 0; ; i++) {
        const lines = await session.ask(sign(requests[(i * 7) % DEVICE_COUNT]));
        if (lines === undefined) return;
        const answer = lines.length === 0 ? undefined : JSON.parse(lines.at(-1));
        if (answer === undefined) return; // an error: the server is gone
        assert.ok(answer.certificate, JSON.stringify(answer));
        seen.push(answer);
      }
    }

    // serial → certificate in hex, of all rows.
    const rows = () => new Map(db.ask(`SELECT serial, ${engine === 'SQLite' ? 'hex(certificate)' : "encode(certificate, 'hex')"}
      FROM ${db.t}certificate;`).map((line) => line.split('|')));

    it(`${CRASH_COUNT[engine]} times: no certificate without its row, no holder without a certificate`, async () => {
      const handed = [];
      for (let i = 0; i < CRASH_COUNT[engine]; i++) {
        const sessions = Array.from({ length: WORKER_COUNT }, () => db.session());
        const seen = [];
        const working = sessions.map((session) => work(session, seen));
        for (let waits = 0; seen.length === 0 && waits < 200; waits++) await sleep(50);
        await sleep(Math.random() * 250);
        if (engine === 'SQLite') await Promise.all(sessions.map((session) => session.kill()));
        else await crashPostgres();
        await Promise.all(working);
        await Promise.all(sessions.map((session) => session.kill()));
        assert.ok(seen.length > 0, 'something was issued before');
        handed.push(...seen);
        const written = rows();
        for (const { serial, certificate } of handed) {
          const { rawData } = new x509.X509Certificate(certificate);
          assert.equal(written.get(serial)?.toLowerCase(), Buffer.from(rawData).toString('hex'), `crash ${i + 1}`);
        }
        assert.deepEqual(db.ask(`SELECT h.common_name FROM ${db.t}certificate_holder h WHERE NOT EXISTS
          (SELECT 1 FROM ${db.t}certificate c WHERE c.tenant = h.tenant AND c.common_name = h.common_name
           AND c.key_digest = h.key_digest AND c.status = 'valid' AND c.not_after = h.valid_until);`), []);
        assert.deepEqual(db.ask(`SELECT c.serial FROM ${db.t}certificate c WHERE NOT EXISTS
          (SELECT 1 FROM ${db.t}audit a WHERE a.tenant = c.tenant AND a.object = c.serial);`), []);
      }
    });
  });
}
