// SPDX-License-Identifier: Apache-2.0
// device_race_test.mjs: a device takes a step while it is deprovisioned: whichever comes first, nothing of it
// is good afterwards. Two owners make one hub: it is of the first.
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
      await db.waits();
      await one.ask('COMMIT;');
      assert.equal(json(await ending).certificates_revoked, 1, two.errors());
      assert.equal(good(device), '0');
    });

    it(`it ends, and then ${step}`, async () => {
      const device = maker.device();
      const sql = await upTo(device, step);
      assert.equal(json(await one.ask(`BEGIN;\n${deprovision(device)}`)).device, device.id);
      const asking = two.ask(sql);
      await db.waits();
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
    await db.waits();
    await one.ask('COMMIT;');
    assert.equal(json(await ending).device, device.id, two.errors());
    assert.equal(good(device), '0');
  });
});

describe('a hub that two make at once', { skip: !engines.includes('PostgreSQL') && 'no cluster: use regress/cluster' }, () => {
  const ID = '44444444-4444-4444-8444-444444444444', SCOPE = 'device_provisioning';
  let db, one, two;
  before(() => {
    db = open('PostgreSQL', 'hub_race');
    db.call('configure', { base_url: 'https://id.example' });
    db.call('register_client', 'console', { grant_types: ['client_credentials'], scope: SCOPE });
    [one, two] = [db.session(), db.session()];
  });
  after(async () => {
    await Promise.all([one, two].map((session) => session.end()));
    db.end();
  });
  const make = (owner) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: 'https://id.example', aud: 'https://id.example', sub: owner, client_id: 'console', jti: owner,
      scope: SCOPE, iat: now, exp: now + 600 };
    const body = { hubId: ID, name: owner, gateways: [`${owner}.example:1`], authorization: { provider: { clientId: 'console' } } };
    return `SELECT http_request('POST', '/api/v1/hubs', jsonb_build_object('host', 'id.example', 'content-type', 'application/json',
      'authorization', 'Bearer ' || jwt_sign(${text(JSON.stringify(claims))}, NULL, '{"typ":"at+jwt"}')), ${text(JSON.stringify(body))}) ->> 'status';`
      .replaceAll('\n', ' ');
  };
  it('is of the first', async () => {
    assert.equal((await one.ask(`BEGIN;\n${make('alice')}`)).at(-1), '200', one.errors());
    const second = two.ask(make('bob'));
    await db.waits();
    await one.ask('COMMIT;');
    assert.equal((await second).at(-1), '400', two.errors());
    assert.equal(JSON.parse(db.ask(`SELECT hub('${ID}');`)[0]).owner, 'alice');
  });
});
