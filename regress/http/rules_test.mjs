// SPDX-License-Identifier: Apache-2.0
// rules_test.mjs: what a client that breaks the rules is told, byte for byte where RFC 6749 and
// RFC 9110 say so; and what the server keeps to itself.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { DEVICE_GRANT, engines, post, start } from './server.mjs';

// Sends bytes as they are, which fetch would not; the answer's first line and headers.
const raw = (base, bytes) =>
  new Promise((done, failed) => {
    const { hostname, port } = new URL(base);
    let seen = '';
    const socket = connect(port, hostname, () => socket.write(bytes));
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('data', (data) => (seen += data));
    socket.on('close', () => done(seen));
    socket.on('error', (error) => (error.code === 'ECONNRESET' ? done(seen) : failed(error)));
  });

for (const engine of engines) {
  const on = (wanted) => (engine === wanted ? it : () => {}); // what only one engine can do
  describe(`HTTP rules on ${engine}`, () => {
    let server, secret;
    before(async () => {
      server = await start(engine);
      server.call('register_client', 'tv', {
        grant_types: [DEVICE_GRANT],
        token_endpoint_auth_method: 'none',
      });
      secret = server.call('register_client', 'box', {
        grant_types: [DEVICE_GRANT],
        token_endpoint_auth_method: 'client_secret_basic',
      }).client_secret;
    });
    after(() => server?.stop());

    on('PostgreSQL')('does not set the base URL as a role that may not, and says what to do', () => {
      assert.match(server.refused('--base-url', 'https://id.example'),
        /^1 idplane-httpd: --base-url: ERROR: +permission denied for function configure\nGRANT EXECUTE/);
    });

    on('PostgreSQL')('does not start as a role that may not answer, and says what to do', () => {
      const grant = (words) => server.sql(`${words.replace('ROLE', `http_${process.pid}`)};`);
      grant('REVOKE EXECUTE ON FUNCTION idplane.http_request FROM ROLE');
      assert.match(server.refused(),
        /^1 idplane-httpd: cannot serve as this role: GRANT EXECUTE ON FUNCTION idplane.http_request TO http_[0-9]+$/);
      grant('GRANT EXECUTE ON FUNCTION idplane.http_request TO ROLE');
    });

    const token = (form, headers) => post(`${server.base}/token`, form, headers);
    const basic = (id, password) => ({
      authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
    });
    const poll = (more) => ({ grant_type: DEVICE_GRANT, device_code: 'x', ...more });

    const refused = async (response, status, error) => {
      assert.equal(response.status, status);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.match(response.headers.get('content-type'), /^application\/json/);
      const body = await response.json();
      assert.equal(body.error, error);
      assert.match(body.error_description ?? '', /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/);
    };

    it('never lets tokens or codes be cached', async () => {
      const response = await post(`${server.base}/device_authorization`, { client_id: 'tv' });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('cache-control'), 'no-store');
    });

    it('answers an early poll with slow_down and the new interval', async () => {
      const issued = await post(`${server.base}/device_authorization`, { client_id: 'tv' });
      const { device_code } = await issued.json();
      await refused(await token(poll({ device_code, client_id: 'tv' })), 400,
        'authorization_pending');
      const early = await token(poll({ device_code, client_id: 'tv' }));
      assert.deepEqual([early.status, (await early.json()).interval], [400, 10]);
    });

    it('refuses an unknown code, client and grant type each in its way', async () => {
      await refused(await token(poll({ client_id: 'tv' })), 400, 'invalid_grant');
      await refused(await token(poll({ client_id: 'nobody' })), 401, 'invalid_client');
      await refused(await token({ grant_type: 'magic', client_id: 'tv' }), 400,
        'unsupported_grant_type');
    });

    it('asks for Basic where Basic was tried', async () => {
      const response = await token(poll(), basic('box', 'wrong'));
      assert.match(response.headers.get('www-authenticate'), /^Basic /);
      await refused(response, 401, 'invalid_client');
      await refused(await token(poll({ device_code: 'y' }), basic('box', secret)), 400,
        'invalid_grant');
    });

    it('refuses two ways of authentication at once', async () => {
      const both = poll({ client_id: 'box', client_secret: secret });
      await refused(await token(both, basic('box', secret)), 400, 'invalid_request');
    });

    it('takes an empty parameter for an absent one, and ignores unknown ones', async () => {
      await refused(await token({ grant_type: '', client_id: 'tv' }), 400, 'invalid_request');
      await refused(await token(poll({ client_id: 'tv', future: '1' })), 400, 'invalid_grant');
    });

    for (const [what, body] of [
      ['repeated', `grant_type=${DEVICE_GRANT}&client_id=tv&client_id=tv&device_code=x`],
      ['malformed', 'grant_type=%zz&client_id=tv'],
      ['not UTF-8', 'grant_type=%ff&client_id=tv'],
      ['NUL', 'grant_type=%00&client_id=tv'],
    ]) {
      it(`refuses a parameter that is ${what}`, async () => {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        const response = await fetch(`${server.base}/token`, { method: 'POST', body, headers });
        await refused(response, 400, 'invalid_request');
      });
    }

    it('names the methods of a path', async () => {
      const get = await fetch(`${server.base}/token`);
      assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST']);
      const put = await fetch(`${server.base}/jwks`, { method: 'PUT' });
      assert.equal(put.status, 405);
      assert.match(put.headers.get('allow'), /\bGET\b/);
    });

    it('knows no other path and no other host', async () => {
      assert.equal((await fetch(`${server.base}/nothing`)).status, 404);
      const seen = await raw(server.base,
        'GET /jwks HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n');
      assert.match(seen, /^HTTP\/1\.1 404 /);
    });

    it('wants a form, and one of bearable size', async () => {
      const json = await fetch(`${server.base}/token`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      assert.ok([400, 415].includes(json.status));
      const large = await token({ grant_type: 'x'.repeat(2 << 20) }).catch(() => ({ status: 413 }));
      assert.equal(large.status, 413);
    });

    it('ends the connection where a body has two ends', async () => {
      const host = new URL(server.base).host;
      const form = 'Content-Type: application/x-www-form-urlencoded';
      const hidden = `GET /jwks HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
      for (const framing of [
        'Transfer-Encoding: chunked\r\nContent-Length: 5',
        `Content-Length: 0\r\nContent-Length: ${hidden.length}`,
        'Host: other.example\r\nContent-Length: 0',
      ]) {
        const end = framing.startsWith('Transfer') ? '0\r\n\r\n' : '';
        const seen = await raw(server.base,
          `POST /token HTTP/1.1\r\nHost: ${host}\r\n${form}\r\n${framing}\r\n\r\n${end}${hidden}`);
        assert.match(seen, /^HTTP\/1.1 400 /);
        assert.match(seen, /Connection: close/i);
        assert.equal(seen.match(/HTTP\/1.1 /g).length, 1);
      }
    });

    it('survives bytes that are no HTTP', async () => {
      await raw(server.base, Buffer.from('\x00\xff\x16\x03\x01 garbage\r\n\r\n', 'latin1'));
      await raw(server.base, 'POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n');
      await raw(server.base, `GET /${'a'.repeat(100000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
      assert.equal((await fetch(`${server.base}/healthz`)).status, 200);
    });

    it('publishes public keys only', async () => {
      server.call('create_signing_key');
      const { keys } = await (await fetch(`${server.base}/jwks`)).json();
      assert.ok(keys.length > 0);
      for (const key of keys) {
        for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.ok(!(member in key));
      }
    });
  });

  on('PostgreSQL')(`answers once the transaction has ended, on ${engine}`, async (test) => {
    const server = await start(engine);
    test.after(server.stop);
    server.call('register_client', 'tv', {
      grant_types: [DEVICE_GRANT],
      token_endpoint_auth_method: 'none',
    });
    server.sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'not at commit' USING ERRCODE = '40001'; END$$;
      CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON idplane.device_code
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();`);
    const refused = await post(`${server.base}/device_authorization`, { client_id: 'tv' });
    assert.equal(refused.status, 503);
    server.sql('DROP TRIGGER refuse ON idplane.device_code;');
    const issued = await post(`${server.base}/device_authorization`, { client_id: 'tv' });
    assert.equal(issued.status, 200);
  });

  on('PostgreSQL')(`survives the end of its database sessions, on ${engine}`, async (test) => {
    const server = await start(engine);
    test.after(server.stop);
    server.call('register_client', 'tv', {
      grant_types: [DEVICE_GRANT],
      token_endpoint_auth_method: 'none',
    });
    let done = false;
    const clients = Array.from({ length: 8 }, async () => {
      const seen = new Set();
      while (!done) {
        seen.add((await post(`${server.base}/device_authorization`, { client_id: 'tv' })).status);
      }
      return [...seen];
    });
    for (let i = 0; i < 10; i++) {
      await new Promise((wake) => setTimeout(wake, 100));
      server.sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'idplane-httpd';");
    }
    done = true;
    const seen = (await Promise.all(clients)).flat();
    assert.ok(seen.includes(200));
    assert.ok(seen.every((status) => [200, 503].includes(status)), `saw ${seen}`);
    await new Promise((wake) => setTimeout(wake, 1500));
    assert.equal((await post(`${server.base}/device_authorization`, { client_id: 'tv' })).status, 200);
  });

  on('SQLite')(`reads while another process holds the write lock, on ${engine}`, async (test) => {
    const server = await start(engine);
    test.after(server.stop);
    server.call('register_client', 'tv', {
      grant_types: [DEVICE_GRANT],
      token_endpoint_auth_method: 'none',
    });
    const holder = server.shell();
    holder.stdin.write("BEGIN IMMEDIATE;\nSELECT 'held';\n");
    await new Promise((held) => holder.stdout.once('data', held));
    const since = Date.now();
    const writers = Array.from({ length: 12 }, () =>
      post(`${server.base}/device_authorization`, { client_id: 'tv' }));
    await new Promise((wake) => setTimeout(wake, 200));
    assert.equal((await fetch(`${server.base}/jwks`)).status, 200);
    assert.ok(Date.now() - since < 2000, 'a reader waited for the lock');
    const late = await Promise.all(writers.slice(0, 11));
    assert.deepEqual([...new Set(late.map((answer) => answer.status))], [503]);
    assert.ok(Date.now() - since < 8000, 'writers waited for one another');
    holder.stdin.end('COMMIT;\n');
    await new Promise((ended) => holder.on('close', ended));
    const issued = await post(`${server.base}/device_authorization`, { client_id: 'tv' });
    assert.equal(issued.status, 200);
  });

  it(`serves while others write to its database, on ${engine}`, async (test) => {
    const server = await start(engine);
    test.after(server.stop);
    server.call('register_client', 'tv', {
      grant_types: [DEVICE_GRANT],
      token_endpoint_auth_method: 'none',
    });
    const others = server.meanwhile(Array(400).fill(['issue_device_code', 'tv']));
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => {
      const seen = [];
      for (let i = 0; i < 50; i++) {
        const answer = await post(`${server.base}/device_authorization`, { client_id: 'tv' });
        seen.push(answer.status);
        assert.ok((await answer.json()).device_code);
      }
      return seen;
    }));
    assert.deepEqual([...new Set(statuses.flat())], [200]);
    assert.equal(new Set((await others).map((codes) => codes.device_code)).size, 400);
  });

  it(`logs a line for each request without secrets, and stops on SIGTERM, on ${engine}`, async () => {
    const server = await start(engine);
    server.call('register_client', 'tv', {
      grant_types: [DEVICE_GRANT],
      token_endpoint_auth_method: 'none',
    });
    const issued = await post(`${server.base}/device_authorization`, { client_id: 'tv' });
    const codes = await issued.json();
    server.call('approve_device_code', codes.user_code, 'alice');
    const form = { grant_type: DEVICE_GRANT, device_code: codes.device_code, client_id: 'tv' };
    const tokens = await (await post(`${server.base}/token?code=${codes.user_code}`, form)).json();
    assert.ok(tokens.access_token);
    assert.equal(await server.stop(), 0);
    const lines = server.log().split('\n').filter((line) => line.includes('/token'));
    assert.equal(lines.length, 1);
    for (const secret of [codes.device_code, codes.user_code, tokens.access_token]) {
      assert.ok(!server.log().includes(secret));
    }
  });
}
