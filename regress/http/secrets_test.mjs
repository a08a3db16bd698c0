// SPDX-License-Identifier: Apache-2.0
// secrets_test.mjs: after every kind of code, token and secret was used, none of them is kept or
// logged anywhere. On each engine.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { DEVICE_GRANT, engines, post, start } from './server.mjs';
import { assertNoTrace, logStatements } from './traces.mjs';

const redirect = 'https://app.example/cb';
const settings = { registration_settings: { dynamic_registration: true, dynamic_registration_scope: 'read' } };
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const grants = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT, EXCHANGE];

for (const engine of engines) {
  describe(`secrets on ${engine}`, () => {
    let server;
    const secrets = new Map();
    // What is searched for; of a signed token its signature, since its claims are no secret.
    const keep = (what, value) => {
      assert.ok(value?.length >= 8, what);
      secrets.set(what, value.split('.').length === 3 ? value.split('.')[2] : value);
      return value;
    };
    before(async () => {
      server = await start(engine, { ...settings, grant_types: grants });
      await logStatements(engine, server);
      const secret = keep('client secret', 'chosen-secret-of-the-client-0123456789');
      server.call('register_client', 'app', {
        scope: 'openid read', redirect_uris: [redirect], grant_types: grants, client_secret: secret,
        token_endpoint_auth_method: 'client_secret_post',
      });
      server.call('register_client', 'box', {
        scope: 'openid read', grant_types: grants, access_token_format: 'opaque',
        client_secret: keep('secret that signs', 'a-secret-with-which-the-client-signs-9876'), token_endpoint_auth_method: 'client_secret_jwt',
      });
      server.call('update_client', 'box', { token_endpoint_auth_method: 'client_secret_post' });
    });
    after(async () => {
      await server?.stop();
    });

    const ask = async (path, form, id = 'app', secret = 'client secret') =>
      (await post(`${server.base}${path}`, { client_id: id, client_secret: secrets.get(secret), ...form })).json();

    const devices = async (id, secret) => {
      const device = await ask('/device_authorization', { scope: 'openid read' }, id, secret);
      keep(`device code of ${id}`, device.device_code);
      keep(`user code of ${id}`, device.user_code);
      keep(`user code of ${id}, as it is kept`, device.user_code.replace('-', ''));
      server.call('approve_device_code', device.user_code, 'ada');
      const tokens = await ask('/token', { grant_type: DEVICE_GRANT, device_code: device.device_code }, id, secret);
      for (const name of ['access_token', 'refresh_token', 'id_token']) keep(`${name} of ${id}`, tokens[name]);
      return tokens;
    };

    it('every kind is used once', async () => {
      const tokens = await devices('app', 'client secret');
      await devices('box', 'secret that signs');
      const fresh = await ask('/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
      keep('refresh token behind it', fresh.refresh_token);
      await ask('/token', { grant_type: 'refresh_token', refresh_token: keep('unknown refresh token', randomBytes(32).toString('base64url')) });
      const exchanged = await ask('/token', { grant_type: EXCHANGE, subject_token: fresh.access_token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' });
      keep('exchanged token', exchanged.access_token);
      keep('token of its own', (await ask('/token', { grant_type: 'client_credentials', scope: 'read' })).access_token);
      const verifier = keep('code verifier', randomBytes(32).toString('base64url'));
      const { redirect_to: url } = server.call('authorize', {
        response_type: 'code', client_id: 'app', redirect_uri: redirect, code_challenge_method: 'S256',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      }, 'ada');
      const code = keep('authorization code', new URL(url).searchParams.get('code'));
      const paid = await ask('/token', { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirect });
      keep('refresh token of the code', paid.refresh_token);
      assert.equal((await ask('/introspect', { token: paid.refresh_token })).active, true);
      await ask('/revoke', { token: paid.refresh_token });
      const prefix = engine === 'SQLite' ? '' : 'idplane.';
      const initial = keep('initial access token', server.sql(`SELECT ${prefix}create_initial_access_token();`));
      const made = await (await fetch(`${server.base}/register`, {
        method: 'POST', body: JSON.stringify({ redirect_uris: [redirect] }),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${initial}` },
      })).json();
      keep('secret of a registered client', made.client_secret);
      keep('registration access token', made.registration_access_token);
      await fetch(made.registration_client_uri, { headers: { authorization: `Bearer ${made.registration_access_token}` } });
    });

    it('and is found nowhere', () => {
      assert.ok(secrets.size > 20);
      assertNoTrace(engine, server, secrets, 'redirect_uris');
    });
  });
}
