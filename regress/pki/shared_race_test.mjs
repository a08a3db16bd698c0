// SPDX-License-Identifier: Apache-2.0
// shared_race_test.mjs: many devices with one certificate of a maker ask for one name at once: one has it, and
// another one when that has let its time pass; who was seen with it keeps it.
import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { openMaker } from './device.mjs';
import { engines, open, text } from './engine.mjs';

const RACER_COUNT = 32;
const call = (name, ...values) => `SELECT CAST(${name}(${values.map(text).join(', ')}) AS text);`;

for (const engine of engines) {
  describe(`devices that share a certificate: ${engine}`, () => {
    const maker = openMaker(), shared = maker.device();
    const devices = Array.from({ length: RACER_COUNT }, () => maker.device(shared.id));
    let db, shells;
    before(() => {
      db = open(engine, 'shared', [['default', { alg: 'EdDSA' }]]);
      const set = db.call('set_enrollment', 'lamps', { owner: 'alice', x509: { chain: maker.chain, shared: true } });
      assert.equal(set.version, 1, JSON.stringify(set));
      shells = devices.map(() => db.session());
    });
    after(async () => {
      await Promise.all(shells.map((shell) => shell.end()));
      db.end();
    });
    const count = (what) => db.ask(`SELECT count(*) FROM ${db.t}${what};`)[0];
    const asks = async (i, sql) => {
      const lines = await shells[i].ask(sql);
      assert.ok(lines?.length > 0, shells[i].errors());
      return JSON.parse(lines.at(-1));
    };
    const eachAsks = (sql) => Promise.all(devices.map((_, i) => asks(i, sql(i))));

    // All at once, so many hours later: who won, with its session and what it got.
    async function race(hours) {
      const now = new Date(Date.now() + hours * 3600e3).toISOString();
      const sessions = await eachAsks((i) => `SELECT set_clock('${now}');\n` +
        call('begin_provisioning', shared.certificate, JSON.stringify({ csr: devices[i].csr, proven: true })));
      const answers = await eachAsks((i) => call('provision_identity', sessions[i].session ?? '', devices[i].csr));
      const winners = [...answers.keys()].filter((i) => answers[i].certificate);
      return { answers, winners, session: sessions[winners[0]]?.session, nonce: answers[winners[0]]?.nonce };
    }
    const errors = (answers) => [...new Set(answers.map(({ error }) => error).filter((error) => error))];
    const holders = () => [count(`device_holder WHERE device = '${shared.id}'`),
      count(`provisioning_record WHERE device = '${shared.id}'`)];

    it(`${RACER_COUNT} keys ask for one name: one gets it, and another one once that has lapsed`, async () => {
      for (const hours of [0, 2, 4]) {
        const { answers, winners } = await race(hours);
        assert.deepEqual([winners.length, errors(answers)], [1, ['device_taken']]);
        assert.deepEqual(holders(), ['1', '1']);
      }
    });

    it('who was seen with it keeps it', async () => {
      const { winners: [winner], session, nonce } = await race(6);
      const proof = sign(null, Buffer.from(nonce), devices[winner].identityKey).toString('base64');
      assert.equal((await asks(winner, call('confirm_identity', session, proof))).state, 'confirmed');
      const { answers, winners } = await race(8);
      assert.deepEqual([winners.length, errors(answers).sort()], [0, ['device_taken', 'invalid_session']]);
      assert.deepEqual(holders(), ['1', '1']);
    });
  });
}
