// SPDX-License-Identifier: Apache-2.0
// apache_test.mjs: Debian's Apache with mod_auth_openidc signs a person in at idplane-httpd, by code with
// PKCE, and asks at /api what tokens are, with what docs/cookbook.md tells to write. The person has Chromium,
// headless, without script. On each engine.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startBehindTls } from '../http/front.mjs';
import { DEVICE_GRANT, engines, freePort } from '../http/server.mjs';
import { missing, startApache } from './apache.mjs';
import { launch, skip } from './chromium.mjs';

const secret = 'a-secret-of-at-least-thirty-two-bytes';

for (const engine of engines) {
  describe(`Apache with mod_auth_openidc on ${engine}`, { skip: skip || missing }, () => {
    let server, apache, browser, web;
    before(async () => {
      server = await startBehindTls(engine, { session_settings: { subject_header: 'x-remote-user' } }, ['--trust-header', 'X-Remote-User']);
      const port = await freePort();
      web = `http://127.0.0.1:${port}`;
      const confidential = { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' };
      server.call('register_client', 'films', {
        ...confidential, client_name: 'Films', scope: 'openid profile films', grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [`${web}/films/callback`],
      });
      server.call('register_client', 'films-api', confidential);
      server.call('register_client', 'tv', { scope: 'films', grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none' });
      apache = await startApache(port, {
        ...server, secrets: { 'SECRET-OF-FILMS': secret, 'SECRET-OF-FILMS-API': secret, 'SECRET-OF-APACHE': 'for-its-cookies' },
      });
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      await apache?.stop();
      await server?.stop();
    });

    const visitor = async (user) => {
      const context = await browser.newContext({
        javaScriptEnabled: false, ignoreHTTPSErrors: true, extraHTTPHeaders: { 'x-remote-user': user },
      });
      const page = await context.newPage();
      return { page, says: (id) => page.locator(`#${id}`).innerText() };
    };
    const films = () => `${web}/films/index.shtml`;
    const active = (token) => server.call('introspect', token, 'films-api').active;
    let ada, token;

    it('shows the open page to nobody', async () => {
      ada = await visitor('ada');
      await ada.page.goto(`${web}/index.shtml`);
      assert.equal(await ada.says('user'), '(none)');
    });

    it('signs a person in, who is asked, and shows who it is', async () => {
      await ada.page.goto(films());
      assert.equal(await ada.page.title(), 'Allow this?', apache.log());
      assert.ok(ada.page.url().startsWith(`${server.issuer}/authorize?`), ada.page.url());
      assert.match(await ada.page.locator('main').innerText(), /Films/);
      await ada.page.getByRole('button', { name: 'Allow' }).click();
      await ada.page.waitForURL(films());
      assert.equal(await ada.says('user'), 'ada', apache.log());
      assert.equal(await ada.says('issuer'), server.issuer);
      token = await ada.says('token');
      assert.equal(active(token), true);
    });

    it('knows the person again without asking us', async () => {
      const asked = server.seen.length;
      await ada.page.goto(films());
      assert.equal(await ada.says('user'), 'ada');
      assert.equal(server.seen.length, asked);
    });

    it('refreshes, where the page asks for it', async () => {
      const [back, old] = [films(), token].map(encodeURIComponent);
      await ada.page.goto(`${web}/films/callback?refresh=${back}&access_token=${old}`);
      assert.equal(ada.page.url(), films(), apache.log());
      assert.notEqual(await ada.says('token'), token);
      token = await ada.says('token');
      assert.equal(active(token), true);
    });

    it('signs the person out, and the tokens end', async () => {
      await ada.page.goto(`${web}/films/callback?logout=${encodeURIComponent(`${web}/index.shtml`)}`);
      assert.equal(ada.page.url(), `${web}/index.shtml`);
      assert.equal(await ada.says('user'), '(none)');
      assert.equal(active(token), false);
    });

    it('signs the person in again, who is not asked any more', async () => {
      await ada.page.goto(films());
      assert.equal(ada.page.url(), films(), apache.log());
      assert.equal(await ada.says('user'), 'ada');
      assert.notEqual(await ada.says('token'), token);
    });

    // RFC 9207 wants iss beside an error, too; this release takes it for a login that we begin, and refuses.
    it('lets nobody in who says no, and asks again', async () => {
      const bob = await visitor('bob');
      await bob.page.goto(films());
      await bob.page.getByRole('button', { name: 'Deny' }).click();
      await bob.page.waitForURL(`${web}/films/callback?**`);
      const told = new URL(bob.page.url()).searchParams;
      assert.deepEqual([told.get('error'), told.get('iss')], ['access_denied', server.issuer]);
      assert.match(await bob.page.content(), /<title>Error<\/title>/);
      await bob.page.goto(films());
      assert.equal(await bob.page.title(), 'Allow this?');
    });

    it('asks us what the token of a device is, and takes it no longer than we do', async () => {
      const { device_code, user_code } = server.call('issue_device_code', 'tv');
      server.call('approve_device_code', user_code, 'carol');
      const { access_token: bearer } = server.call('poll_device_code', device_code, 'tv');
      const ask = (given) => fetch(`${web}/api/index.shtml`, { headers: { authorization: `Bearer ${given}` } });
      const answer = await ask(bearer);
      assert.equal(answer.status, 200, apache.log());
      assert.match(await answer.text(), /<p id="user">carol</);
      assert.equal((await ask(`${bearer}x`)).status, 401);
      assert.equal((await fetch(`${web}/api/index.shtml`)).status, 401);
    });
  });
}
