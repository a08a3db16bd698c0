// SPDX-License-Identifier: Apache-2.0
// flow_test.mjs: the whole device grant with openid-client, a client that others wrote, and the
// access token verified by jose against /jwks. On each engine.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as client from 'openid-client';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { DEVICE_GRANT, engines, post, start } from './server.mjs';

const settings = { device_flow_settings: { device_flow_polling_interval_seconds: 1 } };

const metadata = (method, more = {}) => ({
  grant_types: [DEVICE_GRANT],
  token_endpoint_auth_method: method,
  scope: 'read write',
  ...more,
});

for (const engine of engines) {
  describe(`device grant with openid-client on ${engine}`, () => {
    let server;
    before(async () => {
      server = await start(engine, settings);
      server.call('register_client', 'tv', metadata('none'));
    });
    after(() => server?.stop());

    const discover = (id, authentication = client.None()) =>
      client.discovery(new URL(server.base), id, undefined, authentication, {
        execute: [client.allowInsecureRequests],
        algorithm: 'oauth2',
      });

    const verify = (token, subject) =>
      jwtVerify(token, createRemoteJWKSet(new URL(`${server.base}/jwks`)), {
        issuer: server.base,
        audience: server.base,
        typ: 'at+jwt',
        subject,
        requiredClaims: ['exp', 'iat', 'jti', 'client_id'],
      });

    it('discovers the endpoints', async () => {
      const config = await discover('tv');
      const found = config.serverMetadata();
      assert.equal(found.issuer, server.base);
      assert.ok(found.grant_types_supported.includes(DEVICE_GRANT));
      assert.ok(found.device_authorization_endpoint.startsWith(server.base));
    });

    it('gives tokens once the user has approved, and only once', async () => {
      const config = await discover('tv');
      const device = await client.initiateDeviceAuthorization(config, { scope: 'read' });
      assert.match(device.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
      assert.equal(device.interval, 1);
      const polling = client.pollDeviceAuthorizationGrant(config, device);
      await new Promise((done) => setTimeout(done, 1500));
      const approval = server.call('approve_device_code', device.user_code, 'alice');
      assert.equal(approval.error, undefined);
      const tokens = await polling;
      assert.equal(tokens.token_type, 'bearer');
      assert.equal(tokens.refresh_token, undefined);
      const { payload } = await verify(tokens.access_token, 'alice');
      assert.equal(payload.client_id, 'tv');
      assert.equal(payload.scope, 'read');
      const again = await post(`${server.base}/token`, {
        grant_type: DEVICE_GRANT,
        device_code: device.device_code,
        client_id: 'tv',
      });
      assert.equal((await again.json()).error, 'invalid_grant');
    });

    it('tells the device that the user said no', async () => {
      const config = await discover('tv');
      const device = await client.initiateDeviceAuthorization(config, {});
      server.call('deny_device_code', device.user_code, 'alice');
      await assert.rejects(client.pollDeviceAuthorizationGrant(config, device), {
        error: 'access_denied',
      });
    });

    it('gives a refresh token to a client that may refresh', async () => {
      const more = { grant_types: [DEVICE_GRANT, 'refresh_token'] };
      server.call('register_client', 'phone', metadata('none', more));
      const config = await discover('phone');
      const device = await client.initiateDeviceAuthorization(config, {});
      server.call('approve_device_code', device.user_code, 'bob');
      const tokens = await client.pollDeviceAuthorizationGrant(config, device);
      assert.ok(tokens.refresh_token.length >= 32);
      await verify(tokens.access_token, 'bob');
    });

    for (const [method, authentication] of [
      ['client_secret_basic', client.ClientSecretBasic],
      ['client_secret_post', client.ClientSecretPost],
    ]) {
      it(`authenticates a client by ${method}`, async () => {
        const id = `box:${method} +%&`;
        const { client_secret: secret } = server.call('register_client', id, metadata(method));
        const right = await discover(id, authentication(secret));
        const device = await client.initiateDeviceAuthorization(right, {});
        server.call('approve_device_code', device.user_code, 'carol');
        const wrong = await discover(id, authentication(`${secret}x`));
        await assert.rejects(client.pollDeviceAuthorizationGrant(wrong, device), (error) => {
          assert.equal(error.status ?? error.cause?.status, 401);
          return true;
        });
        const tokens = await client.pollDeviceAuthorizationGrant(right, device);
        const { payload } = await verify(tokens.access_token, 'carol');
        assert.equal(payload.client_id, id);
      });
    }

    it('pays one of 32 simultaneous polls', async () => {
      const issued = await post(`${server.base}/device_authorization`, { client_id: 'tv' });
      const { device_code, user_code } = await issued.json();
      server.call('approve_device_code', user_code, 'dave');
      const form = { grant_type: DEVICE_GRANT, device_code, client_id: 'tv' };
      const polls = Array.from({ length: 32 }, () => post(`${server.base}/token`, form));
      const bodies = await Promise.all(
        (await Promise.all(polls)).map((response) => response.json()),
      );
      assert.equal(bodies.filter((body) => body.access_token).length, 1);
      assert.equal(bodies.filter((body) => body.error === 'invalid_grant').length, 31);
    });
  });
}
