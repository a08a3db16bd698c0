// SPDX-License-Identifier: Apache-2.0
// browser_test.mjs: a person with a browser (Chromium, headless, without script) signs in through a
// provider that others wrote, lets a device in, and signs out.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { connectionOf, startProvider } from './provider.mjs';
import { DEVICE_GRANT, engines, post, start } from './server.mjs';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const shots = join(resolve(import.meta.dirname, '../..', process.env.BUILD ?? 'build'), 'regress/pages');
process.env.IDPLANE_FETCH_ALLOWED_ADDRESSES = '127.0.0.1';

for (const engine of engines) {
  describe(`a person with a browser on ${engine}`, { skip: executablePath ? false : 'no Chromium' }, () => {
    let server, provider, browser, page;
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
      mkdirSync(shots, { recursive: true });
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
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

    const shot = (name) => page.screenshot({ path: join(shots, `${name}.png`) });

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
      assert.match(await page.locator('main').innerText(), /Television <b> wants to act for you/);
      assert.match(await page.locator('main').innerText(), new RegExp(`${device.user_code}[^]*Living room[^]*watch`));
      await shot('device-decision');
      await page.getByRole('button', { name: 'Allow' }).click();
      assert.equal(await page.title(), 'Device connected');
      await shot('device-end');
      const paid = await post(`${server.base}/token`, { grant_type: DEVICE_GRANT, device_code: device.device_code, client_id: 'tv' });
      assert.equal(paid.status, 200);
      const { access_token: token } = await paid.json();
      assert.equal(server.call('jwt_decode', token).claims.sub, 'admin.wick');
    });

    it('types a wrong code, then denies another', async () => {
      const device = server.call('issue_device_code', 'tv', 'watch');
      await page.goto(`${server.base}/device`);
      await page.getByLabel('Code that the device shows').fill('BCDF-GHJK');
      await page.getByRole('button', { name: 'Continue' }).click();
      assert.match(await page.getByRole('alert').innerText(), /not known/);
      await page.getByLabel('Code that the device shows').fill(device.user_code.toLowerCase());
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('button', { name: 'Deny' }).click();
      assert.equal(await page.title(), 'Device denied');
    });

    it('signs out here and at the provider', async () => {
      await page.goto(`${server.base}/device`);
      await page.getByRole('button', { name: 'Sign out' }).click();
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
