// SPDX-License-Identifier: Apache-2.0
// login_test.mjs: a person with a browser (Chromium, headless, without script) signs in through a
// provider that others wrote, lets a device in, and signs out.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectionOf, startProvider } from '../http/provider.mjs';
import { DEVICE_GRANT, engines, post, start } from '../http/server.mjs';
import { judge, launch, shoot, skip } from './chromium.mjs';

process.env.IDPLANE_FETCH_ALLOWED_ADDRESSES = '127.0.0.1';

for (const engine of engines) {
  describe(`a person with a browser on ${engine}`, { skip }, () => {
    let server, provider, browser, page, check;
    before(async () => {
      const redirectUris = [];
      provider = await startProvider({ redirectUris, alg: 'RS256' });
      process.env.IDPLANE_FETCH_CA_FILE = provider.certificate;
      server = await start(engine);
      redirectUris.push(`${server.base}/sso/corp/callback`);
      provider.client.post_logout_redirect_uris.push(`${server.base}/login`);
      await provider.rotate('k1');
      assert.equal(server.call('set_sso_connection', 'corp', connectionOf(provider)).status, 'ok');
      server.call('register_client', 'tv', {
        client_name: 'Television <b>', scope: 'watch record', grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none',
      });
      browser = await launch();
      check = await judge(browser);
      const context = await browser.newContext({
        ignoreHTTPSErrors: true, viewport: { width: 390, height: 780 }, javaScriptEnabled: false,
      });
      page = await context.newPage();
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
      provider?.stop();
    });

    // What is seen is looked at in the dark, too, and judged as narrow as a phone can be.
    const shot = async (name) => {
      if (engine === 'SQLite') await shoot(page, name);
      for (const scheme of ['light', 'dark']) await check(await page.content(), name, scheme, 320);
    };

    it('comes with the code of a device, signs in, and stands at the page of the device', async () => {
      const device = server.call('issue_device_code', 'tv', 'watch', { name: 'Living room' });
      await page.goto(device.verification_uri_complete);
      assert.equal(await page.title(), 'Sign in');
      await shot('sign-in');
      await page.getByRole('link', { name: 'Sign in with the provider' }).click();
      assert.ok(page.url().startsWith(provider.issuer), page.url());
      await page.locator('input[name=login]').fill('admin.wick');
      await page.locator('input[name=password]').fill('x');
      await page.locator('button[type=submit]').click();
      await page.locator('button[type=submit]').click(); // consent
      assert.equal(page.url(), device.verification_uri_complete);
      assert.match(await page.locator('main').innerText(), /Signed in as admin\.wick\./);
      assert.equal(await page.getByLabel('Code that the device shows').inputValue(), device.user_code);
      await shot('device-code');
      assert.deepEqual(server.call('sso_user', 'admin.wick').access.roles, [1, 2, 3]);

      // By keyboard alone.
      await page.getByLabel('Code that the device shows').press('Enter');
      assert.match(await page.locator('main').innerText(), /You came here by a link/);
      assert.match(await page.locator('main').innerText(), /Television <b> wants to act for you/);
      assert.match(await page.locator('main').innerText(), new RegExp(`${device.user_code}[^]*Living room[^]*watch`));
      await shot('device-decision');
      assert.ok(await page.getByRole('button', { name: 'Sign out' }).isVisible(), 'the wrong person can leave');
      await page.setViewportSize({ width: 360, height: 640 });
      for (const name of ['Allow', 'Deny']) {
        const box = await page.getByRole('button', { name }).boundingBox();
        assert.ok(box.y + box.height <= 640, `${name} ends at ${box.y + box.height}`);
      }
      await shot('device-decision-small');
      await page.setViewportSize({ width: 390, height: 780 });
      await page.getByLabel('Yes, the device in front of me shows this code').check();
      await page.getByRole('button', { name: 'Allow' }).click();
      assert.equal(await page.title(), 'Device connected');
      await shot('device-end');
      await page.reload();
      assert.equal(await page.title(), 'Device connected', 'loaded anew it is no failure');
      const paid = await post(`${server.base}/token`, { grant_type: DEVICE_GRANT, device_code: device.device_code, client_id: 'tv' });
      assert.equal(paid.status, 200);
      const { access_token: token } = await paid.json();
      assert.equal(server.call('jwt_decode', token).claims.sub, 'admin.wick');
    });

    it('types a wrong code, then denies another', async () => {
      const device = server.call('issue_device_code', 'tv', 'watch');
      await page.goto(`${server.base}/device`);
      await page.getByLabel('Code that the device shows').fill('"><b>BCDF-GHJK');
      await page.getByRole('button', { name: 'Continue' }).click();
      assert.match(await page.getByRole('alert').innerText(), /not known/);
      assert.equal(await page.getByLabel('Code that the device shows').inputValue(), '"><b>BCDF-GHJK', 'to be mended');
      await shot('device-wrong-code');
      await page.getByLabel('Code that the device shows').fill(device.user_code.toLowerCase());
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('button', { name: 'Deny' }).click();
      assert.equal(await page.title(), 'Device denied');
      await page.getByRole('link', { name: 'Connect another device' }).click();
      assert.equal(await page.title(), 'Connect a device');
    });

    it('is told who they are where providers are offered', async () => {
      await page.goto(`${server.base}/login`);
      assert.match(await page.locator('main').innerText(), /Signed in as admin\.wick\.[^]*Sign out[^]*Sign in with the provider/);
      await shot('sign-in-again');
    });

    it('ends on a page after a login that was for nothing else', async () => {
      await page.goto(`${server.base}/sso/corp/login`);
      if (page.url().startsWith(provider.issuer)) await page.locator('button[type=submit]').click(); // consent
      assert.equal(page.url(), `${server.base}/session`);
      assert.equal(await page.title(), 'Signed in');
      await shot('signed-in');
      await page.getByRole('link', { name: 'Connect a device' }).click();
      assert.equal(await page.title(), 'Connect a device');
      await page.goto(`${server.base}/session`);
      assert.ok(await page.getByRole('button', { name: 'Sign out' }).isVisible());
    });

    it('is told in words what is wrong with an address', async () => {
      const errors = {
        '/': [404, /nothing at this address/], '/sso/unknown/login': [404, /configuration/],
        '/sso/corp/login?return_to=https://evil.example/': [400, /return_to/],
      };
      for (const [path, [status, sentence]] of Object.entries(errors)) {
        assert.equal((await page.goto(`${server.base}${path}`)).status(), status, path);
        assert.match(await page.getByRole('alert').innerText(), sentence);
        assert.ok(await page.getByRole('link', { name: 'Sign in' }).isVisible());
      }
      await shot('error');
      const elsewhere = await page.goto(`${server.base.replace('127.0.0.1', 'localhost')}/`);
      assert.equal(elsewhere.status(), 404);
      assert.match(await page.getByRole('alert').innerText(), /No single tenant/);
      const program = await fetch(`${server.base}/`);
      assert.match(program.headers.get('content-type'), /json/);
    });

    it('is told that it goes on, on the page that leads to the provider', async () => {
      await page.goto(`${server.base}/device`);
      const answer = await page.context().request.post(`${server.base}/sso/corp/logout`, {
        headers: { accept: 'text/html' },
        form: { csrf_token: await page.locator('[name=csrf_token]').first().inputValue() },
      });
      assert.equal(answer.status(), 200);
      const html = await answer.text();
      const [, url] = /<meta http-equiv="refresh" content="0; url=([^"]*)">/.exec(html);
      assert.ok(url.startsWith(`${provider.issuer}/session/end?`), url);
      await page.setContent(html.replace(/<meta http-equiv="refresh"[^>]*>/, ''));
      assert.match(await page.getByRole('status').innerText(), /signed out next/);
      assert.ok(await page.getByRole('link', { name: 'Sign out there' }).isVisible());
      await shot('signed-out');
    });

    it('signs out here and at the provider', async () => {
      await page.goto(`${server.base}/sso/corp/login`);
      if (page.url().startsWith(provider.issuer)) await page.locator('button[type=submit]').click(); // consent
      await page.goto(`${server.base}/device`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${provider.issuer}/session/end**`);
      assert.ok(page.url().startsWith(`${provider.issuer}/session/end`), page.url());
      await page.locator('button[type=submit]').first().click();
      await page.goto(`${server.base}/device`);
      assert.equal(await page.title(), 'Sign in');
    });

    it('is shown why, where no rule lets them in', async () => {
      await page.context().clearCookies();
      await page.goto(`${server.base}/sso/corp/login`);
      await page.locator('input[name=login]').fill('stranger');
      await page.locator('input[name=password]').fill('x');
      await page.locator('button[type=submit]').click();
      await page.locator('button[type=submit]').click();
      assert.equal(await page.title(), 'Not signed in');
      await shot('not-signed-in');
    });
  });
}
