// SPDX-License-Identifier: Apache-2.0
// fetcher_test.mjs: what fetches for logins over HTTP: how long one alone takes, and what the others
// notice when providers hang, clients leave, too many come, and the process that fetches is killed.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Browser, certificate, connectionOf, startProvider } from './provider.mjs';
import { engines, start } from './server.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // of the browser; the server trusts two certificates
const FETCH_TIMEOUT_MS = 3000, TIMEOUT_S = 4;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// A stranger over TLS: /token is never answered, /large with what grows when it is quoted.
async function startStranger(folder) {
  const seen = { token: 0 };
  const server = createServer(certificate(folder), (request, response) => {
    if (request.url === '/large') response.end('"'.repeat(700000));
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

    // Browsers that were sent to the provider of a connection; back() is how one comes back.
    const leave = (count, connection) => Promise.all(Array.from({ length: count }, async () => {
      const browser = new Browser();
      const sent = await browser.once(`${server.base}/sso/${connection}/login`);
      await sent.arrayBuffer();
      const state = new URL(sent.headers.get('location')).searchParams.get('state');
      const url = `${server.base}/sso/${connection}/callback?code=x&state=${state}`;
      return {
        back: async (signal = AbortSignal.timeout(30000)) => {
          const response = await browser.once(url, { signal });
          return { status: response.status, retry: response.headers.get('retry-after'), text: await response.text() };
        },
      };
    }));

    it('a login alone takes a moment, the first one and the next ones', async () => {
      assert.ok((await signsIn('admin.first')) < 2000); // it fetches keys, too
      let best = Infinity;
      for (let i = 0; i < 5; i++) best = Math.min(best, await signsIn(`admin.a${i}`));
      assert.ok(best < 500, `the fastest took ${best} ms`);
    });
  });
}
