// SPDX-License-Identifier: Apache-2.0
// race_test.mjs: many sessions at once: one key gets the name of a device, a list lacks nothing that
// was committed before it was asked for, and a name goes on to be that of the key that renews.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { engines, open, text } from './engine.mjs';
import { newRequest, x509 } from './reading.mjs';

const RACER_COUNT = 64;
const ROUND_COUNT = 6;
const REVOKER_COUNT = 4;
const REVOCATION_COUNT = 12; // of each

const sign = (csr, options = '{}') =>
  `SELECT CAST(sign_csr(${text(csr)}, 'identity', ${text(options)}) AS text);`;
const revoke = (serial, reason = 'superseded') =>
  `SELECT CAST(revoke_certificate(${text(serial)}, '${reason}') AS text);`;
const json = (lines) => JSON.parse(lines.at(-1));

for (const engine of engines) {
  describe(`races: ${engine}`, () => {
    let db;
    before(() => (db = open(engine, 'race', [['default', { alg: 'EdDSA' }]])));
    after(() => db.end());
    const deviceOf = () => `uuid:${crypto.randomUUID()}`;
    const count = (what) => db.ask(`SELECT count(*) FROM ${db.t}${what};`)[0];

    it(`${RACER_COUNT} keys ask for one name: one gets it, in each of ${ROUND_COUNT} rounds`, async () => {
      const racers = Array.from({ length: RACER_COUNT }, () => db.session());
      await Promise.all(racers.map((racer) => racer.ask('SELECT 1;')));
      for (let round = 0; round < ROUND_COUNT; round++) {
        const device = deviceOf();
        const requests = racers.map(() => newRequest(`/CN=${device}`, ['ed25519']));
        const answers = (await Promise.all(racers.map((racer, i) => racer.ask(sign(requests[i]))))).map(json);
        const won = answers.filter(({ certificate }) => certificate !== undefined);
        const lost = answers.filter(({ reasons }) => reasons?.join() === 'common_name_taken');
        assert.deepEqual([won.length, lost.length], [1, RACER_COUNT - 1], racers.map((racer) => racer.errors()).join(''));
        assert.equal(count(`certificate WHERE common_name = '${device}'`), '1');
        assert.equal(count(`certificate_holder WHERE common_name = '${device}'`), '1');
      }
      await Promise.all(racers.map((racer) => racer.end()));
    });

    it('a list lacks no revocation that was answered before it was asked for', async () => {
      const total = REVOKER_COUNT * REVOCATION_COUNT;
      const serials = Array.from({ length: total }, () =>
        db.call('sign_csr', newRequest(`/CN=${deviceOf()}`, ['ed25519']), 'identity').serial);
      const revokers = Array.from({ length: REVOKER_COUNT }, () => db.session());
      const readers = Array.from({ length: 4 }, () => db.session());
      const answered = new Set();
      const numbers = new Map();
      const read = async (reader) => {
        const before = [...answered];
        const lines = await reader.ask(db.listOf('default'));
        const { listed, number } = entriesOf(lines, reader);
        assert.deepEqual(before.filter((serial) => !listed.has(serial)), []);
        const same = numbers.get(number) ?? lines.at(-1);
        assert.equal(lines.at(-1), same, `two lists have the number ${number}`);
        numbers.set(number, same);
      };
      // One list before the first revocation and one after the last, however slow a session starts.
      await Promise.all([...readers.map(read), ...revokers.map((revoker) => revoker.ask('SELECT 1;'))]);
      const reading = readers.map(async (reader) => {
        while (answered.size < total) await read(reader);
        await read(reader);
      });
      await Promise.all(revokers.map(async (revoker, i) => {
        for (const serial of serials.slice(i * REVOCATION_COUNT, (i + 1) * REVOCATION_COUNT)) {
          assert.equal(json(await revoker.ask(revoke(serial))).status, 'revoked', revoker.errors());
          answered.add(serial);
        }
      }));
      await Promise.all(reading);
      await Promise.all([...revokers, ...readers].map((session) => session.end()));
      assert.ok(numbers.size > 1, `${numbers.size} lists are different`);
    });

    it('a name is free when what is left of its key has expired, though what was revoked had not', () => {
      const device = deviceOf(), csr = newRequest(`/CN=${device}`);
      const long = db.call('sign_csr', csr, 'identity');
      db.call('sign_csr', csr, 'identity', { lifetime_s: 3600 });
      db.call('revoke_certificate', long.serial, 'superseded');
      const other = newRequest(`/CN=${device}`);
      assert.deepEqual(db.call('sign_csr', other, 'identity').reasons, ['common_name_taken']);
      const later = new Date(Date.now() + 7200e3).toISOString();
      assert.ok(json(db.ask(`SELECT set_clock('${later}');\n${sign(other)}`)).certificate);
    });
  });
}

function entriesOf(lines, reader) {
  assert.ok(lines?.length > 0, reader.errors());
  const crl = new x509.X509Crl(Buffer.from(lines.at(-1), 'hex'));
  const number = Buffer.from(crl.extensions.find(({ type }) => type === '2.5.29.20').value).toString('hex');
  return { listed: new Set(crl.entries.map(({ serialNumber }) => serialNumber)), number };
}

describe('races: PostgreSQL, in one order', { skip: !engines.includes('PostgreSQL') && 'no cluster: use regress/cluster' }, () => {
  let db, one, two;
  before(() => {
    db = open('PostgreSQL', 'order', [['default', { alg: 'EdDSA' }]]);
    [one, two] = [db.session(), db.session()];
  });
  after(async () => {
    await Promise.all([one, two].map((session) => session.end()));
    db.end();
  });

  it('a key that renews while its certificate is revoked keeps the name', async () => {
    const device = `uuid:${crypto.randomUUID()}`, csr = newRequest(`/CN=${device}`);
    const { serial } = json(await one.ask(sign(csr)));
    const renewed = json(await one.ask(`BEGIN;\n${sign(csr)}`));
    assert.ok(renewed.certificate, one.errors());
    const revoking = two.ask(revoke(serial));
    await db.waits();
    await one.ask('COMMIT;');
    assert.equal(json(await revoking).status, 'revoked', two.errors());
    assert.deepEqual(json(await two.ask(sign(newRequest(`/CN=${device}`)))).reasons, ['common_name_taken']);
  });

  it('a list that is signed while a revocation is not committed is not current after it', async () => {
    const device = `uuid:${crypto.randomUUID()}`;
    const { serial } = json(await one.ask(sign(newRequest(`/CN=${device}`))));
    const former = json(await one.ask(sign(newRequest(`/CN=uuid:${crypto.randomUUID()}`))));
    await one.ask(revoke(former.serial)); // so that there is something to sign
    await one.ask(`BEGIN;\n${revoke(serial)}`);
    const reading = two.ask(db.listOf('default'));
    await db.waits();
    await one.ask('COMMIT;');
    assert.ok(entriesOf(await reading, two).listed.has(serial), 'of one that had to wait');
    assert.ok(entriesOf(await two.ask(db.listOf('default')), two).listed.has(serial));
  });

  it('a list that is not current yet is not kept over a revocation that is rolled back', async () => {
    const device = `uuid:${crypto.randomUUID()}`;
    const { serial } = json(await one.ask(sign(newRequest(`/CN=${device}`))));
    await one.ask(`BEGIN;\n${revoke(serial)}`);
    await one.ask('ROLLBACK;');
    assert.ok(!entriesOf(await two.ask(db.listOf('default')), two).listed.has(serial));
  });
});
