// SPDX-License-Identifier: Apache-2.0
// device_race_test.mjs: a device takes a step while it is deprovisioned: whichever comes first, nothing of it
// is good afterwards.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { enrol, openMaker, steps } from './device.mjs';
import { engines, open, text } from './engine.mjs';

const json = (lines) => JSON.parse(lines.at(-1));
const deprovision = ({ id }) => `SELECT CAST(deprovision(${text(id)}) AS text);`;
// Whatever a device is told that has no session any more, or is barred.
const ENDED = ['invalid_session', 'device_denied'];

describe('a device that is deprovisioned meanwhile', { skip: !engines.includes('PostgreSQL') && 'no cluster: use regress/cluster' }, () => {
  let db, one, two;
  const maker = openMaker();
  before(() => {
    db = open('PostgreSQL', 'device_race', []);
    enrol(db, maker);
    [one, two] = [db.session(), db.session()];
  });
  after(async () => {
    await Promise.all([one, two].map((session) => session.end()));
    db.end();
  });
  const waits = async () => {
    while (db.ask('SELECT count(*) FROM pg_locks WHERE NOT granted;')[0] === '0') await new Promise((go) => setTimeout(go, 20));
  };
  const good = ({ id }) => db.ask(`SELECT (SELECT count(*) FROM idplane.authorization_grant WHERE subject = '${id}' AND state = 'active')
    + (SELECT count(*) FROM idplane.certificate WHERE device = '${id}' AND status = 'valid');`.replaceAll('\n', ' '))[0];
  // As far as the step: its SQL.
  const upTo = async (device, step) => {
    const way = steps(device);
    let at = way.next();
    while (at.value[0] !== step) at = way.next(json(await one.ask(at.value[1])));
    return at.value[1];
  };

  for (const step of ['confirm', 'token', 'cloud']) {
    it(`${step}, and then it ends`, async () => {
      const device = maker.device();
      const sql = await upTo(device, step);
      const answer = json(await one.ask(`BEGIN;\n${sql}`));
      assert.equal(answer.error, undefined, JSON.stringify(answer));
      const ending = two.ask(deprovision(device));
      await waits();
      await one.ask('COMMIT;');
      assert.equal(json(await ending).certificates_revoked, 1, two.errors());
      assert.equal(good(device), '0');
    });

    it(`it ends, and then ${step}`, async () => {
      const device = maker.device();
      const sql = await upTo(device, step);
      assert.equal(json(await one.ask(`BEGIN;\n${deprovision(device)}`)).device, device.id);
      const asking = two.ask(sql);
      await waits();
      await one.ask('COMMIT;');
      assert.ok(ENDED.includes(json(await asking).error), two.errors());
      assert.equal(good(device), '0');
    });
  }

  it('another certificate of its key, and then it ends', async () => {
    const device = maker.device();
    await one.ask(await upTo(device, 'acls'));
    const sql = await upTo(device, 'identity');
    assert.ok(json(await one.ask(`BEGIN;\n${sql}`)).certificate, one.errors());
    const ending = two.ask(deprovision(device));
    await waits();
    await one.ask('COMMIT;');
    assert.equal(json(await ending).device, device.id, two.errors());
    assert.equal(good(device), '0');
  });
});
