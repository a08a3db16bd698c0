// SPDX-License-Identifier: Apache-2.0
// sync_test.mjs: what idplane-httpd says of a file of SQLite is on the disk by then, but for when a device
// polled last. What PostgreSQL does is in regress/pg/sql/commit.sql.
import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DEVICE_GRANT, post, start } from '../http/server.mjs';

const build = resolve(import.meta.dirname, '../..', process.env.BUILD ?? 'build');
const COUNT = 20;

describe('waiting for the disk', () => {
  let server, file, broken, devices;
  before(async () => {
    file = join(build, 'regress', `syncs.${process.pid}`);
    broken = `${file}.broken`;
    Object.assign(process.env, { LD_PRELOAD: join(build, 'regress/crash/syncs.so'), SYNCS_FILE: file, SYNCS_BROKEN: broken });
    server = await start('SQLite');
    server.call('register_client', 'tv', { grant_types: [DEVICE_GRANT], access_token_format: 'opaque' });
    devices = [];
  });
  after(() => server?.stop());

  const count = () => (existsSync(file) ? statSync(file).size : 0);
  const poll = (device) => post(`${server.base}/token`, { grant_type: DEVICE_GRANT, client_id: 'tv', device_code: device.device_code });

  it('each request that comes by itself waits for what it wrote', async () => {
    for (let i = 0; i < COUNT; i++) {
      const before = count();
      devices.push(await (await post(`${server.base}/device_authorization`, { client_id: 'tv' })).json());
      assert.ok(count() > before, `request ${i}`);
    }
  });

  it('a poll of a pending code does not', async () => {
    const before = count();
    for (const device of devices) assert.equal((await (await poll(device)).json()).error, 'authorization_pending');
    assert.equal(count(), before);
  });

  it('a poll that a trigger of somebody else writes along with does', async () => {
    server.sql(`CREATE TABLE mine (i int); CREATE TRIGGER along AFTER UPDATE ON idplane_device_code BEGIN INSERT INTO mine VALUES (1); END;`);
    const others = [];
    for (let i = 0; i < COUNT; i++) others.push(await (await post(`${server.base}/device_authorization`, { client_id: 'tv' })).json());
    for (const device of others) {
      const before = count();
      assert.equal((await (await poll(device)).json()).error, 'authorization_pending');
      assert.ok(count() > before);
    }
    server.sql('DROP TRIGGER along;');
  });

  it('a poll that is paid does', async () => {
    server.batch(devices.map((device) => ['approve_device_code', device.user_code, 'ada']));
    for (const device of devices) {
      const before = count();
      assert.ok((await (await poll(device)).json()).access_token);
      assert.ok(count() > before);
    }
  });

  it('where the disk did not take it, nobody is told of anything any more', async () => {
    writeFileSync(broken, '');
    const ask = () => post(`${server.base}/device_authorization`, { client_id: 'tv' });
    await assert.rejects(ask());
    await assert.rejects(ask());
    assert.match(server.log(), /the log could not be brought to the disk \(disk I\/O error\)/);
  });
});
