// SPDX-License-Identifier: Apache-2.0
// oidc_agent_test.mjs: oidc-agent of Debian, which keeps tokens for the programs of a user: it signs in by
// the device grant, a person lets it in at our page, and it refreshes by itself. On each engine.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setDefaultCACertificates } from 'node:tls';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { startBehindTls } from './front.mjs';
import { letIn } from './person.mjs';
import { DEVICE_GRANT, engines } from './server.mjs';

const settings = {
  session_settings: { subject_header: 'x-remote-user' },
  device_flow_settings: { device_flow_polling_interval_seconds: 1 },
  token_settings: { refresh_token_grace_in_secs: 0 },
  registration_settings: { dynamic_registration: true, dynamic_registration_scope: 'openid offline_access read' },
};
const secret = 'a-secret-of-at-least-thirty-two-bytes';
const lifetime = 3;
const skip = existsSync('/usr/bin/oidc-agent') ? false : 'no oidc-agent';
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

// The agent and its programs, with a home of their own. run() is one of them: its status and what it
// printed; `look` is shown that meanwhile. Its passwords come from the environment: nobody is there.
function agentOf(folder) {
  const env = {
    PATH: process.env.PATH, HOME: folder, OIDC_CONFIG_DIR: folder, OIDC_SOCK: join(folder, 'socket'),
    OIDC_ENCRYPTION_PW: 'not a secret here', OIDC_AGENT_NOCOLOR: '1',
  };
  const launch = (program, options) => spawn(program, options, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const run = (program, options, look = () => {}) => new Promise((done) => {
    const child = launch(program, options);
    const limit = setTimeout(() => child.kill('SIGKILL'), 20000);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => look((text += bytes)));
    }
    child.on('close', (status) => {
      clearTimeout(limit);
      done({ status, text });
    });
  });
  let agent, ended;
  const begin = async () => {
    rmSync(env.OIDC_SOCK, { force: true });
    agent = launch('oidc-agent', ['--console', '--bind_address', env.OIDC_SOCK, '--pw-store', '--no-autoreauthenticate', '--quiet']);
    ended = new Promise((done) => agent.on('close', done));
    for (let i = 0; !existsSync(env.OIDC_SOCK) && agent.exitCode === null && i < 100; i++) await pause(0.05);
    assert.ok(existsSync(env.OIDC_SOCK), 'oidc-agent listens');
  };
  const end = async () => {
    agent?.kill();
    await ended;
  };
  return { begin, end, run };
}

for (const engine of engines) {
  describe(`device grant with oidc-agent on ${engine}`, { skip }, () => {
    let server, folder, agent;
    before(async () => {
      server = await startBehindTls(engine, settings, ['--trust-header', 'X-Remote-User']);
      setDefaultCACertificates([readFileSync(server.certificate)]);
      server.call('register_client', 'agent', {
        client_name: 'Agent of the terminal', client_secret: secret, token_endpoint_auth_method: 'client_secret_basic',
        grant_types: [DEVICE_GRANT, 'refresh_token'], scope: 'openid offline_access read', access_token_lifetime: lifetime,
      });
      folder = mkdtempSync(join(tmpdir(), 'idplane-agent-'));
      agent = agentOf(folder);
      await agent.begin();
    });
    after(async () => {
      await agent?.end();
      await server?.stop();
      if (folder) rmSync(folder, { recursive: true });
    });

    // A new account of the agent, for a client that is registered or registers itself; what the person does
    // with the code that it shows.
    const known = ['--manual', '--client-id=agent', `--client-secret=${secret}`];
    const generate = async (name, decide, as = known) => {
      let decided;
      const answer = await agent.run('oidc-gen', [
        ...as, '--flow=device', `--iss=${server.issuer}`, '--scope=read', '--redirect-uri=http://localhost:4242',
        `--cp=${server.certificate}`, '--pw-env', '--prompt=none', '--confirm-default', name,
      ], (text) => {
        const [, code] = /enter the code: (\S+)\n/.exec(text) ?? [];
        if (code) decided ??= decide(code);
      });
      return { ...answer, decided: await decided };
    };

    // The access token of an account, once jose has verified it; else what oidc-token complains of.
    const tokenOf = async (name) => {
      const { status, text } = await agent.run('oidc-token', [name]);
      if (status !== 0) return { failed: text };
      const jwt = text.trim();
      const { payload } = await jwtVerify(jwt, createRemoteJWKSet(new URL(`${server.issuer}/jwks`)), {
        issuer: server.issuer, typ: 'at+jwt', clockTolerance: 60, // on a busy machine it is over when it is here
      });
      return { jwt, payload };
    };

    // How often the token endpoint answered so.
    const asked = (status) => server.seen.filter((one) => one.path === '/token' && one.status === status).length;

    it('shows a code, which a person lets in at our page', async () => {
      const { status, text, decided } = await generate('home', async (code) => {
        for (let i = 0; !asked(400) && i < 100; i++) await pause(0.1);
        return letIn(server.issuer, 'alice', code, 'approve');
      });
      assert.equal(status, 0, text);
      assert.match(decided.question.html, /Agent of the terminal/);
      assert.match(decided.end.html, /<title>Device connected/);
      assert.ok(asked(400) && asked(200), 'it waited');
    });

    it('gives a token, and a new one once that is over, by refreshes that rotate', async () => {
      const first = await tokenOf('home');
      assert.equal(first.payload?.sub, 'alice', first.failed);
      assert.equal(first.payload.client_id, 'agent');
      assert.deepEqual(first.payload.scope.split(' ').sort(), ['offline_access', 'openid', 'read']);
      let last = first.jwt;
      for (let i = 0; i < 2; i++) {
        const before = asked(200);
        await pause(lifetime + 0.5);
        const next = await tokenOf('home');
        assert.equal(next.payload?.sub, 'alice', next.failed);
        assert.notEqual(next.jwt, last);
        assert.equal(asked(200), before + 1);
        last = next.jwt;
      }
    });

    it('has kept the newest refresh token: another agent goes on with it', async () => {
      await agent.end();
      await agent.begin();
      const loaded = await agent.run('oidc-add', ['--pw-env', 'home']);
      assert.equal(loaded.status, 0, loaded.text);
      const { payload, failed } = await tokenOf('home');
      assert.equal(payload?.sub, 'alice', failed);
    });

    it('is told that the person said no', async () => {
      const { status, text, decided } = await generate('denied', (code) => letIn(server.issuer, 'bob', code, 'deny'));
      assert.match(decided.end.html, /<title>Device denied/);
      assert.notEqual(status, 0);
      assert.match(text, /access_denied/);
    });

    it('registers itself, with a token that says it may', async () => {
      const token = server.sql(`SELECT ${engine === 'SQLite' ? '' : 'idplane.'}create_initial_access_token(60, 1);`);
      const approve = (code) => letIn(server.issuer, 'carol', code, 'approve');
      const { status, text, decided } = await generate('own', approve, [`--at=${token}`]);
      assert.equal(status, 0, text);
      assert.match(decided.question.html, /oidc-agent:own/);
      const { payload, failed } = await tokenOf('own');
      assert.equal(payload?.sub, 'carol', failed);
    });

    it('gets no more once the person has removed it', async () => {
      const [grant] = server.call('grants', 'alice');
      server.call('revoke_grant', 'alice', grant.grant_id);
      await pause(lifetime + 0.5);
      const { failed } = await tokenOf('home');
      assert.match(failed, /invalid_grant/);
    });
  });
}
