// SPDX-License-Identifier: Apache-2.0
// wait_test.mjs: polls that wait for the decision (Prefer: wait), as devices see them. One that was not
// woken says authorization_pending when its time is over: whatever else it says, it was.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { DEVICE_GRANT, engines, post, start } from './server.mjs';

const settings = {
  device_flow_settings: {
    device_flow_polling_interval_seconds: 1,
    device_flow_poll_wait_max_in_secs: 10,
  },
};
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

for (const engine of engines) {
  describe(`waiting polls on ${engine}`, () => {
    let server;
    before(async () => {
      server = await start(engine, settings);
      server.call('register_client', 'tv', { grant_types: [DEVICE_GRANT], access_token_format: 'opaque' });
    });
    after(() => server?.stop());

    const issue = async () => (await post(`${server.base}/device_authorization`, { client_id: 'tv' })).json();
    const formOf = (device) => ({ grant_type: DEVICE_GRANT, client_id: 'tv', device_code: device.device_code });
    const poll = async (device, prefer) => {
      const response = await post(`${server.base}/token`, formOf(device), prefer ? { Prefer: prefer } : {});
      return { ...(await response.json()), status: response.status };
    };
    // Whether an answer was there when another one came.
    const isThere = (answer) => Promise.race([answer.then(() => true), Promise.resolve(false)]);
    const approve = (device) => server.meanwhile([['approve_device_code', device.user_code, 'alice']]);

    it('answers as soon as somebody beside the server approves', async () => {
      const device = await issue();
      const waiting = poll(device, 'wait=10');
      await pause(300);
      assert.equal(await isThere(waiting), false);
      await approve(device);
      const { access_token, status } = await waiting;
      assert.equal(status, 200);
      assert.ok(access_token);
    });

    it('answers as soon as somebody denies', async () => {
      const device = await issue();
      const waiting = poll(device, 'wait=10');
      await pause(300);
      await server.meanwhile([['deny_device_code', device.user_code, 'alice']]);
      assert.equal((await waiting).error, 'access_denied');
    });

    it('answers when the time is over that the device would wait', async () => {
      const waiting = poll(await issue(), 'wait=1');
      await pause(500);
      assert.equal(await isThere(waiting), false);
      const { error, status } = await waiting;
      assert.equal(status, 400);
      assert.equal(error, 'authorization_pending');
    });

    it('answers at once who would not wait, and serves others meanwhile', async () => {
      const device = await issue();
      const waiting = poll(device, 'wait=10');
      await pause(100);
      assert.equal((await poll(await issue())).error, 'authorization_pending');
      assert.equal((await poll(device, 'wait=10')).error, 'slow_down');
      assert.equal(await isThere(waiting), false);
      await approve(device);
      assert.ok((await waiting).access_token);
    });

    it('wakes each of many with its own tokens', async () => {
      const devices = await Promise.all(Array.from({ length: 40 }, issue));
      const waiting = devices.map((device) => poll(device, 'wait=10'));
      await pause(500);
      await server.meanwhile(devices.slice(1).map((device, i) => ['approve_device_code', device.user_code, `user-${i}`]));
      const [last, ...others] = await Promise.all(waiting);
      assert.equal(last.error, 'authorization_pending');
      assert.equal(new Set(others.map((answer) => answer.access_token)).size, 39);
      assert.ok(others.every((answer) => answer.status === 200));
    });

    it('keeps the code of a device that has left for its next poll', async () => {
      const device = await issue();
      const gone = request(`${server.base}/token`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Prefer: 'wait=10' },
      });
      gone.on('error', () => {});
      gone.end(new URLSearchParams(formOf(device)).toString());
      await pause(300);
      gone.destroy();
      await pause(100);
      await approve(device);
      await pause(1200);
      assert.ok((await poll(device)).access_token);
    });

    it('takes several preferences', async () => {
      const response = await fetch(`${server.base}/token`, {
        method: 'POST',
        body: new URLSearchParams(formOf(await issue())),
        headers: [['Prefer', 'respond-async, wait=0'], ['Prefer', 'handling=lenient']],
      });
      assert.equal((await response.json()).error, 'authorization_pending');
    });

    it('wakes who waits when an application of the user approves over HTTP', async () => {
      server.call('register_client', 'app', {
        grant_types: [DEVICE_GRANT], access_token_format: 'opaque', scope: 'device_approval',
      });
      const own = await (await post(`${server.base}/device_authorization`, { client_id: 'app', scope: 'device_approval' })).json();
      await approve(own);
      const { access_token } = await (await post(`${server.base}/token`, { ...formOf(own), client_id: 'app' })).json();
      const device = await issue();
      const waiting = poll(device, 'wait=10');
      await pause(300);
      const decision = await post(`${server.base}/device/decision`, { decision: 'approve', user_code: device.user_code }, { Authorization: `Bearer ${access_token}` });
      assert.equal((await decision.json()).status, 'approved');
      assert.ok((await waiting).access_token);
    });

    it('lets nobody wait who is there when the server ends', async () => {
      const waiting = poll(await issue(), 'wait=10');
      await pause(300);
      assert.equal(await isThere(waiting), false);
      const status = server.end();
      const late = pause(8000).then(() => ({ error: 'late' }));
      assert.equal((await Promise.race([waiting, late])).error, 'authorization_pending');
      assert.equal(await status, 0);
    });
  });
}
