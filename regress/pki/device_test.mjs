// SPDX-License-Identifier: Apache-2.0
// device_test.mjs: many devices at once. An id is of one of them, a session goes on once, whatever is
// killed leaves nothing half done, in whichever step, and of all that come none is lost. IDPLANE_DEVICES
// says how many come.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { crashPostgres } from '../crash/cluster.mjs';
import { enrol, openMaker, provision, steps } from './device.mjs';
import { engines, isOffline, open, text } from './engine.mjs';

const DEVICE_COUNT = Number(process.env.IDPLANE_DEVICES ?? 400);
const CONNECTION_COUNT = { SQLite: 1, PostgreSQL: 32 };
const RACER_COUNT = 64;
const CRASH_COUNT = { SQLite: 12, PostgreSQL: 6 };
const STEP_COUNT = 11;

const identity = (session, csr) => `SELECT CAST(provision_identity(${text(session)}, ${text(csr)}) AS text);`;
const json = (lines) => JSON.parse(lines.at(-1));

for (const engine of engines) {
  describe(`devices: ${engine}`, () => {
    const maker = openMaker();
    let db;
    before(() => {
      db = open(engine, 'devices');
      enrol(db, maker);
    });
    after(() => db.end());
    const count = (what) => Number(db.ask(`SELECT count(*) FROM ${db.t}${what};`)[0]);

    // The session of a device that has proven its key.
    async function proven(shell, device) {
      let session;
      await provision(shell, device, { until: 'time', told: (step, answer) => (session ??= answer.session) });
      return session;
    }

    it(`${RACER_COUNT} devices ask for one id: one gets it`, async () => {
      const id = crypto.randomUUID();
      const shells = Array.from({ length: RACER_COUNT }, () => db.session());
      const devices = shells.map(() => maker.device(id));
      const sessions = await Promise.all(shells.map((shell, i) => proven(shell, devices[i])));
      const answers = (await Promise.all(shells.map((shell, i) => shell.ask(identity(sessions[i], devices[i].csr))))).map(json);
      const won = answers.filter(({ certificate }) => certificate), lost = answers.filter(({ error }) => error === 'device_taken');
      assert.deepEqual([won.length, lost.length], [1, RACER_COUNT - 1], JSON.stringify(answers.filter(({ error }) => error !== 'device_taken')));
      assert.deepEqual([count(`certificate WHERE device = '${id}'`), count(`provisioning_record WHERE device = '${id}'`)], [1, 1]);
      await Promise.all(shells.map((shell) => shell.end()));
    });

    it('a request that is sent often at once has one certificate', async () => {
      const shells = Array.from({ length: 16 }, () => db.session());
      const device = maker.device();
      const session = await proven(shells[0], device);
      const answers = (await Promise.all(shells.map((shell) => shell.ask(identity(session, device.csr))))).map(json);
      assert.deepEqual([...new Set(answers.map(({ serial, nonce }) => `${serial} ${nonce}`))].length, 1, JSON.stringify(answers));
      assert.equal(count(`certificate WHERE device = '${device.id}'`), 1);
      await Promise.all(shells.map((shell) => shell.end()));
    });

    // What must hold whenever somebody looks.
    function check() {
      const none = (what, sql) => assert.deepEqual(db.ask(sql), [], what);
      none('a certificate without its record', `SELECT c.serial FROM ${db.t}certificate c WHERE NOT EXISTS (SELECT 1
        FROM ${db.t}provisioning_record r WHERE r.tenant = c.tenant AND r.device = c.device);`);
      none('a record without its certificate', `SELECT r.serial FROM ${db.t}provisioning_record r WHERE r.serial IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM ${db.t}certificate c WHERE c.tenant = r.tenant AND c.serial = r.serial AND c.device = r.device);`);
      none('a session without its certificate', `SELECT s.serial FROM ${db.t}provisioning_session s WHERE s.state NOT IN ('begun', 'proven')
        AND NOT EXISTS (SELECT 1 FROM ${db.t}certificate c WHERE c.tenant = s.tenant AND c.serial = s.serial);`);
      none('an id without its device', `SELECT h.device FROM ${db.t}device_holder h WHERE h.kind = 'device' AND NOT EXISTS (SELECT 1
        FROM ${db.t}provisioning_record r WHERE r.tenant = h.tenant AND r.registration_id = h.registration_id AND r.device = h.device);`);
      none('a certificate that no event tells of', `SELECT c.serial FROM ${db.t}certificate c WHERE NOT EXISTS (SELECT 1
        FROM ${db.t}provisioning_event e WHERE e.tenant = c.tenant AND e.device = c.device AND e.step = 'identity' AND e.outcome = 'ok');`);
    }

    it(`${CRASH_COUNT[engine]} times: whatever is killed leaves nothing half done, and devices go on`, async () => {
      const stopped = [];
      for (let i = 0; i < CRASH_COUNT[engine]; i++) {
        const shells = Array.from({ length: 4 }, () => db.session());
        let answered = 0;
        const working = shells.map(async (shell) => {
          for (;;) {
            const device = maker.device();
            if ((await provision(shell, device, { told: () => answered++ })) === undefined) return stopped.push(device);
          }
        });
        for (let waits = 0; answered === 0 && waits < 200; waits++) await sleep(50);
        await sleep(Math.random() * 200);
        if (engine === 'SQLite') await Promise.all(shells.map((shell) => shell.kill()));
        else await crashPostgres();
        await Promise.all(working);
        await Promise.all(shells.map((shell) => shell.kill()));
        assert.ok(answered > 0, 'something was answered before');
        check();
      }
      const shell = db.session();
      for (const device of stopped) assert.ok(await provision(shell, device), shell.errors());
      await shell.end();
      check();
    });

    it('killed within each step, and behind it: the step is not done, or is done once', async () => {
      const begin = engine === 'SQLite' ? 'BEGIN IMMEDIATE;' : 'BEGIN;';
      const asked = async (sql) => {
        const shell = db.session();
        const answer = json(await shell.ask(sql));
        assert.equal(answer.error, undefined, JSON.stringify(answer));
        if (engine === 'SQLite') await shell.kill();
        else await crashPostgres();
        await shell.kill();
        check();
        return answer;
      };
      const device = maker.device(), way = steps(device);
      let at = way.next(), count = 0;
      for (; !at.done; count++) {
        await asked(begin + at.value[1]);
        at = way.next(await asked(at.value[1]));
      }
      assert.equal(count, STEP_COUNT);
      assert.deepEqual(db.ask(`SELECT count(*) FROM ${db.t}certificate WHERE device = '${device.id}';`), ['1']);
      assert.deepEqual(db.ask(`SELECT count(*) FROM ${db.t}provisioning_record WHERE device = '${device.id}' AND completed_at IS NOT NULL;`), ['1']);
      const events = db.ask(`SELECT e.step, count(*) FROM ${db.t}provisioning_event e JOIN ${db.t}provisioning_record r ON r.tenant = e.tenant
        AND r.registration_id = e.registration_id WHERE r.device = '${device.id}' GROUP BY e.step;`);
      assert.deepEqual([events.length, events.filter((line) => !line.endsWith('|1'))], [STEP_COUNT, []]);
    });

    const isAlone = engine === 'SQLite' ? it : () => {};
    isAlone('has no network but its own', { skip: isOffline ? undefined : 'unshare is not allowed here' }, () => {
      assert.deepEqual(db.ask('.shell grep -o "^ *[a-z0-9]*:" /proc/net/dev').map((line) => line.trim()), ['lo:']);
    });

    it(`${DEVICE_COUNT} devices come over ${CONNECTION_COUNT[engine]} connections: all leave with everything`, async (test) => {
      const fresh = open(engine, 'many');
      enrol(fresh, maker);
      const devices = Array.from({ length: DEVICE_COUNT }, () => maker.device());
      const waiting = [...devices];
      const shells = Array.from({ length: CONNECTION_COUNT[engine] }, () => fresh.session());
      const from = process.hrtime.bigint();
      await Promise.all(shells.map(async (shell) => {
        for (let device = waiting.pop(); device !== undefined; device = waiting.pop()) {
          assert.ok(await provision(shell, device), shell.errors());
        }
      }));
      const seconds = Number(process.hrtime.bigint() - from) / 1e9;
      await Promise.all(shells.map((shell) => shell.end()));
      const rows = (what) => Number(fresh.ask(`SELECT count(*) FROM ${fresh.t}${what};`)[0]);
      assert.deepEqual(
        [rows('provisioning_record WHERE completed_at IS NOT NULL'), rows('certificate'), rows("device_holder WHERE kind = 'device'"), rows('provisioning_event')],
        [DEVICE_COUNT, DEVICE_COUNT, DEVICE_COUNT, STEP_COUNT * DEVICE_COUNT]);
      const known = new Set(fresh.ask(`SELECT device FROM ${fresh.t}provisioning_record;`));
      assert.deepEqual(devices.filter(({ id }) => !known.has(id)), []);
      const size = engine === 'SQLite' ? statSync(join(fresh.folder, 'idplane.db')).size : Number(fresh.ask('SELECT pg_database_size(current_database());')[0]);
      test.diagnostic(`${DEVICE_COUNT} devices in ${engine} over ${shells.length} connections: ${seconds.toFixed(1)} s, ` +
        `${Math.round(DEVICE_COUNT / seconds)} a second, ${(size / 2 ** 20).toFixed(1)} MiB`);
      fresh.end();
    });
  });
}
