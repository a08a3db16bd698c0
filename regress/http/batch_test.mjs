// SPDX-License-Identifier: Apache-2.0
// batch_test.mjs: requests that come together share a transaction; whom one of them fails or holds up.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { DEVICE_GRANT, engines, post, start } from './server.mjs';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const COUNT = 48;

// A client that has asked for a code and is gone.
const goes = ({ base }) =>
  new Promise((done) => {
    const { host, hostname, port } = new URL(base);
    const body = 'client_id=tv';
    const request = `POST /device_authorization HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n` +
      `Content-Type: application/x-www-form-urlencoded\r\n\r\n${body}`;
    const socket = connect(port, hostname, () => socket.write(request, () => socket.resetAndDestroy()));
    socket.on('error', () => {}).on('close', done);
  });

for (const engine of engines) {
  describe(`requests that come together on ${engine}`, () => {
    const issue = async (server) => (await post(`${server.base}/device_authorization`, { client_id: 'tv' })).json();
    const poll = async (server, device) => {
      const form = { grant_type: DEVICE_GRANT, client_id: 'tv', device_code: device.device_code };
      return (await post(`${server.base}/token`, form)).json();
    };
    const together = (server, devices) => Promise.all(devices.map((device) => poll(server, device)));
    const opened = async () => {
      const server = await start(engine);
      server.call('register_client', 'tv', { grant_types: [DEVICE_GRANT], access_token_format: 'opaque' });
      const devices = await Promise.all(Array.from({ length: COUNT }, () => issue(server)));
      return { server, devices };
    };

    it('each have their own answer', async () => {
      const { server, devices } = await opened();
      try {
        assert.equal(new Set(devices.map((device) => device.device_code)).size, COUNT);
        server.batch(devices.slice(0, COUNT / 2).map((device, i) => ['approve_device_code', device.user_code, `user-${i}`]));
        const twice = await together(server, [...devices, ...devices]);
        const tokens = twice.filter((answer) => answer.access_token);
        assert.equal(tokens.length, COUNT / 2);
        assert.equal(new Set(tokens.map((answer) => answer.access_token)).size, COUNT / 2);
        assert.equal(twice.filter((answer) => answer.error === 'invalid_grant').length, COUNT / 2);
        assert.equal(twice.filter((answer) => answer.error === 'authorization_pending').length, COUNT / 2);
        assert.equal(twice.filter((answer) => answer.error === 'slow_down').length, COUNT / 2);
      } finally {
        await server.stop();
      }
    });

    it('lose nobody else whose client goes', async () => {
      const { server } = await opened();
      try {
        const devices = [];
        while (devices.length < 10 * COUNT) {
          const round = Array.from({ length: COUNT }, () => Promise.all([issue(server), goes(server)]));
          devices.push(...(await Promise.all(round)).map(([device]) => device));
        }
        assert.equal(new Set(devices.map((device) => device.device_code)).size, 10 * COUNT);
        const answers = await together(server, devices.slice(-COUNT));
        assert.ok(answers.every((answer) => answer.error === 'authorization_pending'));
      } finally {
        await server.stop();
      }
    });

    // SQLite has one lock, for which everybody waits.
    if (engine === 'SQLite') return;

    it('are not held up by a row that somebody else has locked', async () => {
      const { server, devices } = await opened();
      const shell = server.shell();
      try {
        await together(server, devices);
        shell.stdin.write(`BEGIN; SELECT count(*) FROM (SELECT FROM idplane.device_code ORDER BY issued_at LIMIT 1 FOR UPDATE) d;\n`);
        await pause(5500);
        // The row is let go when all others are answered, or else never.
        let count = 0;
        const answers = Promise.all(devices.map(async (device) => {
          const answer = await poll(server, device);
          if (++count === COUNT - 1) shell.stdin.end('COMMIT;\n');
          return answer.error;
        }));
        assert.deepEqual(await answers, devices.map(() => 'authorization_pending'));
      } finally {
        shell.kill();
        await server.stop();
      }
    });

    it('judge device codes by the settings that they find when a client is theirs to change', async () => {
      const server = await start(engine, { registration_settings: {
        dynamic_registration: true, initial_access_token_required: false } });
      const send = (method, url, body, headers = {}) => fetch(url, {
        method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
      const metadata = (grant) => ({ grant_types: [grant], token_endpoint_auth_method: 'none' });
      const shell = server.shell();
      try {
        const client = await (await send('POST', `${server.base}/register`, metadata(DEVICE_GRANT))).json();
        const own = { authorization: `Bearer ${client.registration_access_token}` };
        const change = (grant) => send('PUT', client.registration_client_uri,
          { client_id: client.client_id, ...metadata(grant) }, own);
        await post(`${server.base}/device_authorization`, { client_id: client.client_id });
        const allowed = () => server.sql('SELECT client_allowed FROM idplane.device_code;');
        assert.deepEqual([allowed(), (await change('refresh_token')).status, allowed()], ['t', 200, 'f']);
        shell.stdin.write(`BEGIN; SELECT idplane.configure('{"grant_types":["refresh_token"]}') IS NULL;
          SELECT idplane.update_client('${client.client_id}', '{}') IS NULL;\n`);
        await pause(500);
        const changed = change(DEVICE_GRANT);
        await pause(500);
        shell.stdin.end('COMMIT;\n');
        assert.deepEqual([(await changed).status, allowed()], [200, 'f']);
      } finally {
        shell.kill();
        await server.stop();
      }
    });

    it('that one of them fails are done all the same', async () => {
      const { server, devices } = await opened();
      try {
        await together(server, devices);
        server.sql(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$;
          CREATE TRIGGER fail BEFORE UPDATE ON idplane.device_code FOR EACH ROW
            WHEN (old.user_code_digest = (SELECT NULL)) EXECUTE FUNCTION fail();`.replace(
          '(SELECT NULL)', `'\\x${server.sql('SELECT encode(user_code_digest, \'hex\') FROM idplane.device_code ORDER BY issued_at LIMIT 1;')}'`));
        await pause(5500);
        const answers = await together(server, devices);
        assert.equal(answers.filter((answer) => answer.error === 'server_error').length, 1);
        assert.equal(answers.filter((answer) => answer.error === 'authorization_pending').length, COUNT - 1);
      } finally {
        await server.stop();
      }
    });
  });
}
