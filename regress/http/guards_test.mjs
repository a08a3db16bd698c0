// SPDX-License-Identifier: Apache-2.0
// guards_test.mjs: what one address may send, as the server sees addresses: that of the connection, and
// never one that a client says; and who may read the metrics.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DEVICE_GRANT, engines, post, start } from './server.mjs';

for (const engine of engines) {
  describe(`guards on ${engine}`, () => {
    let server, secret;
    const limits = { guard_settings: { unknown_device_codes_max: 3, client_failures_max: 2 } };
    before(async () => {
      server = await start(engine, limits);
      server.call('register_client', 'tv', { grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none' });
      secret = server.call('register_client', 'box', {
        grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'client_secret_post',
      }).client_secret;
    });
    after(() => server?.stop());

    const poll = async (form, headers) => {
      const response = await post(`${server.base}/token`, { grant_type: DEVICE_GRANT, ...form }, headers);
      return [response.status, (await response.json()).error, response.headers.get('retry-after')];
    };

    it('unknown device codes are told to slow down, a known one is not', async () => {
      const issued = await post(`${server.base}/device_authorization`, { client_id: 'tv' });
      const { device_code } = await issued.json();
      for (let i = 0; i < 3; i++) {
        // Another address in the header changes nothing.
        assert.deepEqual(await poll({ client_id: 'tv', device_code: `x${i}` }, { 'x-idplane-peer': `192.0.2.${i}` }),
          [400, 'invalid_grant', null]);
      }
      assert.deepEqual(await poll({ client_id: 'tv', device_code: 'y' }), [429, 'slow_down', '300']);
      assert.deepEqual(await poll({ client_id: 'tv', device_code }), [400, 'authorization_pending', null]);
    });

    it('wrong credentials end in 429, also for the right ones', async () => {
      const box = (client_secret) => poll({ client_id: 'box', client_secret, device_code: 'x' });
      assert.deepEqual(await box('guess'), [401, 'invalid_client', null]);
      assert.deepEqual(await box('guess'), [401, 'invalid_client', null]);
      assert.deepEqual(await box(secret), [429, 'invalid_client', '300']);
    });

    it('the audit has the guesses with their address', () => {
      const guesses = server.call('audit_events', { type: 'guessed' });
      assert.deepEqual(guesses.map(({ details }) => details.guess).sort(),
        ['client', 'client', 'device_code', 'device_code', 'device_code']);
      assert.ok(guesses.every(({ details }) => details.source === '127.0.0.1'));
    });

    it('metrics are for an address that the settings name', async () => {
      assert.equal((await fetch(`${server.base}/metrics`)).status, 401);
      server.call('configure', { metrics_settings: { metrics_sources: '127.0.0.1' } });
      const response = await fetch(`${server.base}/metrics`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
      assert.match(await response.text(), /^idplane_failures\{kind="device_code"\} 3$/m);
    });
  });
}
