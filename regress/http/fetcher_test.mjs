// SPDX-License-Identifier: Apache-2.0
// fetcher_test.mjs: what fetches for logins over HTTP: how long one alone takes, and what the others
// notice when providers hang, clients leave, too many come, and the process that fetches is killed.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createSilent } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Browser, certificate, connectionOf, startProvider } from './provider.mjs';
import { engines, start } from './server.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // of the browser; the server trusts two certificates
const FETCH_TIMEOUT_MS = 3000, TIMEOUT_S = 4;
const SILENT = ['silent1', 'silent2', 'silent3', 'silent4', 'silent5', 'silent6'];

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Fields of /proc/PID/stat, from the state on: that is the third one.
const stat = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
const ticks = (pid) => Number(stat(pid)[11]) + Number(stat(pid)[12]);
const children = (pid) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

// One request on a connection of its own: one that is kept open may end while it is used again.
const get = (url, options = {}) => new Promise((done, fail) => {
  const sent = request(url, { agent: false, ...options }, async (response) => {
    let text = '';
    for await (const some of response.setEncoding('utf8')) text += some;
    done({ status: response.statusCode, headers: response.headers, text });
  });
  sent.on('error', fail).end();
});

// A stranger over TLS: /token is never answered, /large with what grows when it is quoted.
async function startStranger(folder) {
  const seen = { token: 0 };
  const server = createServer(certificate(folder), (incoming, response) => {
    if (incoming.url === '/large') response.end('"'.repeat(700000));
    else seen.token++;
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `https://127.0.0.1:${server.address().port}`, seen, certificate: join(folder, 'cert.pem'),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

// Takes connections and says nothing, not even by TLS; stops with the test.
const silent = () => new Promise((done) => {
  const server = createSilent().listen(0, '127.0.0.1', () => done(`https://127.0.0.1:${server.address().port}`)).unref();
});

for (const engine of engines) {
  describe(`fetching for logins on ${engine}`, () => {
    let folder, provider, stranger, server;
    before(async () => {
      const redirectUris = [];
      folder = mkdtempSync(join(tmpdir(), 'idplane-fetcher-'));
      provider = await startProvider({ redirectUris });
      stranger = await startStranger(folder);
      const trusted = join(folder, 'both.pem');
      writeFileSync(trusted, [provider, stranger].map((each) => readFileSync(each.certificate, 'utf8')).join(''));
      process.env.IDPLANE_FETCH_CA_FILE = trusted;
      process.env.IDPLANE_FETCH_ALLOWED_ADDRESSES = '127.0.0.1';
      process.env.IDPLANE_FETCH_TIMEOUT_MS = `${FETCH_TIMEOUT_MS}`;
      server = await start(engine, {}, ['--timeout', `${TIMEOUT_S}`]);
      redirectUris.push(`${server.base}/sso/good/callback`);
      await provider.rotate('k1');
      const tokensFrom = (url) => {
        const connection = connectionOf(provider);
        connection.tokenRequest.url = url;
        return connection;
      };
      for (const [id, document] of Object.entries({
        good: connectionOf(provider), hang: tokensFrom(`${stranger.url}/token`), large: tokensFrom(`${stranger.url}/large`),
        ...Object.fromEntries(await Promise.all(SILENT.map(async (each) => [each, tokensFrom(`${await silent()}/token`)]))),
      })) assert.equal(server.call('set_sso_connection', id, document).status, 'ok');
    });
    after(async () => {
      await server?.stop();
      provider?.stop();
      stranger?.stop();
      rmSync(folder, { recursive: true });
    });

    // Signs in at the good provider: the page, and how long the server took when the browser was back.
    const signIn = async (name) => {
      const browser = new Browser();
      const once = browser.once.bind(browser);
      let took;
      browser.once = async (url, init) => {
        const begin = performance.now();
        const response = await once(url, init);
        if (url.includes('/callback')) took = performance.now() - begin;
        return response;
      };
      return { ...(await browser.signIn(`${server.base}/sso/good/login`, name)), took };
    };
    const signsIn = async (name) => {
      const page = await signIn(name);
      assert.equal(page.status, 200, page.text);
      assert.equal(JSON.parse(page.text).user, name);
      return page.took;
    };

    // A browser that was sent to the provider of a connection; back() is how it comes back.
    const leaveOne = async (connection) => {
      const sent = await get(`${server.base}/sso/${connection}/login`);
      const cookie = sent.headers['set-cookie'].map((line) => line.split(';')[0]).join('; ');
      const state = new URL(sent.headers.location).searchParams.get('state');
      const url = `${server.base}/sso/${connection}/callback?code=x&state=${state}`;
      return { back: (signal = AbortSignal.timeout(30000)) => get(url, { headers: { cookie }, signal }) };
    };
    // Few at a time: the server has 512 connections.
    const leave = async (count, connection) => {
      const browsers = [];
      while (browsers.length < count) {
        const some = Array.from({ length: Math.min(32, count - browsers.length) }, () => leaveOne(connection));
        browsers.push(...(await Promise.all(some)));
      }
      return browsers;
    };

    it('a login alone takes a moment, the first one and the next ones', async () => {
      assert.ok((await signsIn('admin.first')) < 2000); // it fetches keys, too
      let best = Infinity;
      for (let i = 0; i < 5; i++) best = Math.min(best, await signsIn(`admin.a${i}`));
      assert.ok(best < 500, `the fastest took ${best} ms`);
    });

    const healthy = async () => assert.equal((await fetch(`${server.base}/healthz`)).status, 200);

    it('the process that fetches is killed: logins under way get a page, the next ones work', async () => {
      const before = stranger.seen.token;
      const browsers = await leave(4, 'hang');
      const pages = Promise.all(browsers.map((browser) => browser.back()));
      while (stranger.seen.token < before + 4) await pause(20);
      const begin = performance.now();
      process.kill(children(server.pid())[0], 'SIGKILL');
      await healthy();
      for (const page of await pages) {
        assert.equal(page.status, 403);
        assert.match(page.text, /provider_unreachable/);
      }
      assert.ok(performance.now() - begin < 1000, 'they were told at once');
      await signsIn('admin.k1');
      await healthy();
    });

    it('it is killed while nobody logs in: nothing runs hot, and it is started anew', async () => {
      process.kill(children(server.pid())[0], 'SIGKILL');
      await pause(1500);
      await healthy();
      const before = ticks(server.pid());
      await pause(1000);
      const spent = ticks(server.pid()) - before;
      assert.ok(spent <= 5, `${spent} hundredths of a second in an idle one`);
      await signsIn('admin.k2');
      const [child] = children(server.pid());
      process.kill(child, 'SIGKILL');
      await signsIn('admin.k3');
      const [next] = children(server.pid());
      assert.notEqual(next, child);
    });

    it('a new one has nothing of the database', () => {
      const [child] = children(server.pid());
      const open = readdirSync(`/proc/${child}/fd`).map(Number).filter((fd) => fd > 2);
      assert.deepEqual(open.sort((a, b) => a - b), Array.from({ length: 32 }, (_, i) => 3 + i));
      for (const fd of open) assert.match(readlinkSync(`/proc/${child}/fd/${fd}`), /^socket:/);
      assert.doesNotMatch(readFileSync(`/proc/${child}/maps`, 'utf8'), /idplane\.db/);
    });

    it('48 logins at a provider that hangs delay nobody else, and 8 of them are under way', async () => {
      const browsers = await leave(48, 'hang');
      const leaver = new AbortController();
      const before = stranger.seen.token;
      const pages = Promise.allSettled(browsers.map((browser) => browser.back(leaver.signal)));
      while (stranger.seen.token < before + 8) await pause(20);
      const begin = performance.now();
      await signsIn('admin.h1');
      assert.ok(performance.now() - begin < 2000, 'the good provider answered meanwhile');
      assert.equal(stranger.seen.token, before + 8);
      leaver.abort();
      await pages;
    });

    it('six providers that hang at once delay nobody else', async () => {
      const browsers = (await Promise.all(SILENT.map((each) => leave(12, each)))).flat();
      const leaver = new AbortController();
      const pages = Promise.allSettled(browsers.map((browser) => browser.back(leaver.signal)));
      await pause(500);
      const begin = performance.now();
      await signsIn('admin.h2');
      assert.ok(performance.now() - begin < 2000, 'the good provider answered meanwhile');
      leaver.abort();
      await pages;
    });

    it('300 clients that have left hold nothing', async () => {
      const browsers = await leave(300, 'hang');
      const before = stranger.seen.token;
      const leaver = new AbortController();
      const pages = Promise.allSettled(browsers.map((browser) => browser.back(leaver.signal)));
      await pause(1500);
      leaver.abort();
      await pages;
      const begin = performance.now();
      await signsIn('admin.g1');
      assert.ok(performance.now() - begin < 2500); // they are noticed within a second
      await pause(FETCH_TIMEOUT_MS + 500);
      assert.ok(stranger.seen.token - before <= 24, `${stranger.seen.token - before} were fetched for`);
    });

    it('530 logins at a provider that hangs are all answered, and a good one is not refused', async () => {
      const browsers = await leave(530, 'hang');
      const pages = Promise.all(browsers.map((browser) => browser.back()));
      await pause(500);
      await signsIn('admin.m1');
      const count = { 403: 0, 503: 0 };
      for (const page of await pages) {
        count[page.status]++;
        if (page.status === 503) assert.equal(page.headers['retry-after'], '1');
      }
      assert.equal(count[403] + count[503], 530, JSON.stringify(count));
      assert.ok(count[403] >= 8 && count[503] >= 530 - 256 - 8, JSON.stringify(count));
      await signsIn('admin.m2');
    });

    it('an answer that is too large for a step is a page', async () => {
      const [browser] = await leave(1, 'large');
      const page = await browser.back();
      assert.equal(page.status, 403);
      assert.match(page.text, /provider_unreachable/);
      await healthy();
    });

    it('does not start with an environment by which no fetch goes out', () => {
      const wrong = {
        ALLOWED_ADDRESSES: ['localhost', /allowed_addresses/], ALLOW_HTTP: ['perhaps', /allow_http/], PROXY: ['proxy:1', /proxy/],
        CA_FILE: ['ca.pem', /ca_file/], TIMEOUT_MS: ['10s', /timeout_ms/], SIZE_MAX: ['0', /size_max/],
      };
      for (const [name, [value, sentence]] of Object.entries({ ...wrong, 'CA_FILE ': ['/nowhere/ca.pem', /CA_FILE: .*No such file/] })) {
        const variable = `IDPLANE_FETCH_${name.trim()}`, before = process.env[variable];
        process.env[variable] = value;
        const said = server.refused('--listen', '127.0.0.1:0');
        if (before === undefined) delete process.env[variable];
        else process.env[variable] = before;
        assert.match(said, /^1 idplane-httpd: IDPLANE_FETCH_/);
        assert.match(said, sentence);
      }
    });

    it('SIGTERM while logins wait: it ends in time, and leaves no process', async () => {
      const browsers = await leave(16, 'hang');
      const before = stranger.seen.token, [child] = children(server.pid());
      const pages = Promise.all(browsers.map((browser) => browser.back()));
      while (stranger.seen.token < before + 8) await pause(20);
      const begin = performance.now();
      const [status, answers] = await Promise.all([server.stop(), pages]);
      server = undefined;
      assert.equal(status, 0);
      assert.ok(performance.now() - begin < 2000 * TIMEOUT_S);
      assert.ok(!existsSync(`/proc/${child}`));
      assert.deepEqual([...new Set(answers.map((page) => page.status))].filter((each) => each !== 503), [403]);
    });
  });
}
