// SPDX-License-Identifier: Apache-2.0
// pages_test.mjs: every page of the device grant, for whom a trusted proxy names: in two languages, light
// and dark, 320 px wide, without script, by keyboard alone; and what no browser may do to them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DEVICE_GRANT, engines, post, start } from '../http/server.mjs';
import { judge, launch, out, shoot, skip } from './chromium.mjs';

const settings = { session_settings: { subject_header: 'x-remote-user' } };
const titles = {
  code: ['Connect a device', 'Gerät verbinden'],
  linked: ['Connect a device', 'Gerät verbinden'],
  wrong: ['Connect a device', 'Gerät verbinden'],
  decision: ['Allow this device?', 'Dieses Gerät zulassen?'],
  compared: ['Allow this device?', 'Dieses Gerät zulassen?'],
  approved: ['Device connected', 'Gerät verbunden'],
  denied: ['Device denied', 'Gerät abgelehnt'],
  decided: ['Already answered', 'Schon beantwortet'],
  expired: ['The code has expired', 'Der Code ist abgelaufen'],
  attempts: ['Too many attempts', 'Zu viele Versuche'],
  administrative: ['Not from this page', 'Nicht auf dieser Seite'],
  unauthorized: ['This device may not connect', 'Dieses Gerät darf sich nicht verbinden'],
  authorize: ['Allow this?', 'Das zulassen?'],
  'going back': ['Going back', 'Auf dem Rückweg'],
  'not the client': ['Not done', 'Nicht ausgeführt'],
  session: ['Signed in', 'Angemeldet'],
  empty: ['My devices', 'Meine Geräte'],
  devices: ['My devices', 'Meine Geräte'],
  remove: ['Remove this device?', 'Dieses Gerät entfernen?'],
  locked: ['This account is locked', 'Dieses Konto ist gesperrt'],
  nobody: ['Not signed in', 'Nicht angemeldet'],
  missing: ['Not found', 'Nicht gefunden'],
};

for (const engine of engines) {
  describe(`pages on ${engine}`, { skip }, () => {
    let server, browser, check;
    before(async () => {
      server = await start(engine, settings, ['--trust-header', 'X-Client-Cert', '--trust-header', 'X-Remote-User']);
      const client = { grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none', scope: 'films:watch films:record sso' };
      server.call('register_client', 'tv', { ...client, client_name: 'Television <b> of the living room & kitchen' });
      server.call('register_client', 'off', client);
      server.call('register_client', 'app', {
        client_name: 'Films & <b>more</b>', grant_types: ['authorization_code'], scope: 'films:watch films:record',
        redirect_uris: [`${server.base}/session`, 'com.example.films:/cb'],
      });
      browser = await launch();
      check = await judge(browser);
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
    });

    const codeOf = (scope = 'films:watch films:record', client = 'tv') => server.call('issue_device_code', client, scope,
      { name: 'Kitchen', ip: '203.0.113.9', user_agent: 'Telly/1.0 (a-very-long-name-of-a-program-without-any-space/12345)' });
    const visitor = async (user, locale = 'en', more = {}) => {
      const context = await browser.newContext({
        javaScriptEnabled: false, locale, viewport: { width: 320, height: 640 },
        extraHTTPHeaders: user ? { 'x-remote-user': user } : {}, ...more,
      });
      return context.newPage();
    };
    const poll = async ({ device_code }) =>
      (await post(`${server.base}/token`, { grant_type: DEVICE_GRANT, device_code, client_id: 'tv' })).json();

    const connect = async (user) => {
      const device = codeOf();
      server.call('approve_device_code', device.user_code, user);
      return (await poll(device)).access_token;
    };

    const asks = (uri) => `${server.base}/authorize?${new URLSearchParams({
      response_type: 'code', client_id: 'app', redirect_uri: uri, state: 'x', code_challenge_method: 'S256',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    })}`;

    // Where the steps of a page are taken; the buttons have names in each language, and one value.
    const press = (page, step) => page.locator(`button[value=${step}]`).click();
    const enter = async (page, code, path = '/device') => {
      await page.goto(`${server.base}${path}`);
      await page.locator('#user_code').fill(code);
      await press(page, 'lookup');
    };
    const roads = {
      code: (page) => page.goto(`${server.base}/device`),
      linked: (page) => page.goto(codeOf().verification_uri_complete),
      wrong: (page) => enter(page, '"><b>BCDF-GHJK'),
      decision: (page) => enter(page, codeOf().user_code.toLowerCase()),
      compared: async (page) => {
        await page.goto(codeOf().verification_uri_complete.replace('/device', '/oauth2/user_authorization'));
        await press(page, 'lookup');
      },
      approved: async (page) => {
        await enter(page, codeOf().user_code);
        await press(page, 'approve');
      },
      denied: async (page) => {
        await enter(page, codeOf().user_code);
        await press(page, 'deny');
      },
      decided: async (page) => {
        const { user_code } = codeOf();
        await enter(page, user_code);
        server.call('approve_device_code', user_code, 'somebody');
        await press(page, 'approve');
      },
      expired: async (page) => {
        const { user_code } = codeOf();
        await enter(page, user_code);
        server.sql(`UPDATE ${engine === 'SQLite' ? 'idplane_device_code SET expires_at = 1' : "idplane.device_code SET expires_at = '1970-01-01'"} WHERE state = 'pending';`);
        await press(page, 'approve');
      },
      attempts: async (page) => {
        for (let i = 0; i < 6; i++) await enter(page, `BCDF-GHJ${'BCDFGH'[i]}`);
      },
      administrative: (page) => enter(page, codeOf('sso').user_code),
      unauthorized: async (page) => {
        server.call('update_client', 'off', { enabled: true });
        const { user_code } = codeOf('films:watch', 'off');
        server.call('update_client', 'off', { enabled: false });
        await enter(page, user_code);
      },
      authorize: (page) => page.goto(asks('com.example.films:/cb')),
      // Without what leads it on, so that there is time to look at it.
      'going back': async (page) => {
        await page.goto(asks('com.example.films:/cb'));
        await page.route('**/authorize/decision', async (route) => {
          const response = await route.fetch();
          const html = await response.text();
          assert.match(html, /http-equiv="refresh" content="0; url=com\.example\.films:\/cb\?code=/);
          await route.fulfill({ response, body: html.replace(/<meta http-equiv="refresh"[^>]*>/, '') });
        });
        await press(page, 'approve');
      },
      'not the client': (page) => page.goto(asks('https://evil.example/')),
      session: (page) => page.goto(`${server.base}/session`),
      empty: (page) => page.goto(`${server.base}/device/list`),
      devices: async (page, user) => {
        const first = await connect(user);
        await connect(user);
        await page.goto(`${server.base}/device/list`);
        await page.getByRole('textbox').first().fill(`Grandma's <b>`);
        await page.locator('button[value=rename]').first().click();
        return first;
      },
      remove: async (page, user) => {
        await connect(user);
        await page.goto(`${server.base}/device/list`);
        await press(page, 'ask');
      },
      locked: (page) => page.goto(`${server.base}/device`),
      nobody: (page) => page.goto(`${server.base}/login`),
      missing: (page) => page.goto(`${server.base}/`),
    };

    for (const [number, locale] of ['en', 'de'].entries()) {
      for (const name of Object.keys(titles)) {
        it(`${name}, ${locale}`, async () => {
          const user = `ada.${name}.${locale}@example.com`;
          if (name === 'locked') server.call('set_subject', user, { enabled: false });
          const page = await visitor(name === 'nobody' ? null : user, locale);
          await roads[name](page, user);
          assert.equal(await page.title(), titles[name][number]);
          assert.equal(await page.locator('html').getAttribute('lang'), locale);
          assert.equal(await page.locator('h1').innerText(), titles[name][number]);
          const html = await page.content();
          for (const scheme of ['light', 'dark']) {
            await page.emulateMedia({ colorScheme: scheme });
            if (engine === 'SQLite') await shoot(page, `${name}-${locale}-${scheme}`);
            await check(html, name, scheme, 320);
          }
          await page.setViewportSize({ width: 1280, height: 800 });
          if (engine === 'SQLite' && locale === 'en') await shoot(page, `${name}-wide`);
          await page.context().close();
        });
      }
    }

    it('lets a device in by keyboard alone, and not before the box is ticked', async () => {
      const page = await visitor('ada'), device = codeOf();
      const focused = () => page.locator(':focus').evaluate((at) => at.name || at.className);
      await page.goto(device.verification_uri_complete);
      assert.equal(await page.locator('#user_code').inputValue(), device.user_code);
      assert.equal((await poll(device)).error, 'authorization_pending', 'coming here approves nothing');
      assert.equal(await focused(), 'user_code');
      await page.keyboard.press('Enter');
      await page.waitForSelector('[name=confirmed]');
      const text = await page.locator('main').innerText();
      for (const shown of [device.user_code, 'Kitchen', '203.0.113.9', 'Telly/1.0', 'films:watch', 'just now', 'Television <b> of']) {
        assert.ok(text.includes(shown), shown);
      }
      assert.ok(!(await page.content()).includes(device.device_code));
      await page.keyboard.press('Tab');
      assert.equal(await focused(), 'confirmed');
      assert.equal(await page.locator('[name=confirmed]').isChecked(), false);
      await page.keyboard.press('Tab');
      assert.equal(await page.locator(':focus').getAttribute('value'), 'approve');
      if (engine === 'SQLite') await shoot(page, 'keyboard');
      await page.keyboard.press('Enter');
      assert.equal(await page.locator(':invalid[name=confirmed]').count(), 1, 'the browser asks for it');
      await page.keyboard.press('Shift+Tab');
      await page.locator('[name=confirmed]').focus();
      await page.keyboard.press('Space');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      assert.equal(await page.locator(':focus').getAttribute('value'), 'deny', 'one key further');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Enter');
      await page.waitForURL(/end=approve/);
      assert.match(await page.getByRole('status').innerText(), /Television <b>.* is connected/);
      assert.equal((await poll(device)).token_type, 'Bearer');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#user_code');
      await page.context().close();
    });

    it('denies what came by a link without a look at the device', async () => {
      const page = await visitor('ada'), device = codeOf();
      await page.goto(device.verification_uri_complete);
      await press(page, 'lookup');
      const [allow, deny] = await Promise.all(['approve', 'deny'].map((step) => page.locator(`button[value=${step}]`).boundingBox()));
      assert.deepEqual([deny.height, deny.y], [allow.height, allow.y], 'as easy to hit');
      assert.ok(Math.abs(allow.width - deny.width) < 30, `${allow.width} ${deny.width}`);
      assert.ok(allow.height >= 44);
      await press(page, 'deny');
      assert.equal(await page.title(), 'Device denied');
      assert.equal((await poll(device)).error, 'access_denied');
      await page.context().close();
    });

    it('stays where IBM\'s clients go', async () => {
      const page = await visitor('ada'), device = codeOf();
      await enter(page, device.user_code, '/oauth2/user_authorization');
      await press(page, 'approve');
      assert.equal(page.url(), `${server.base}/oauth2/user_authorization?end=approve&client_id=tv`);
      await page.getByRole('link').click();
      assert.equal(page.url(), `${server.base}/oauth2/user_authorization`);
      await page.context().close();
    });

    it('names its devices, and ends one of them', async () => {
      const page = await visitor('lister'), token = await connect('lister'), stays = await connect('another');
      await page.goto(`${server.base}/session`);
      await page.getByRole('link', { name: 'My devices' }).click();
      assert.equal(await page.getByRole('heading', { level: 2 }).innerText(), 'Kitchen');
      await page.getByLabel('Your name for it').fill('Grandma <b>');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 2, name: 'Grandma <b>' }).waitFor();
      assert.equal(page.url(), `${server.base}/device/list`);
      await press(page, 'ask');
      assert.match(await page.locator('main').innerText(), /Grandma <b> can then do nothing/);
      await press(page, 'keep');
      assert.equal(server.call('authenticate', token).valid, true);
      await press(page, 'ask');
      await press(page, 'remove');
      assert.match(await page.locator('main').innerText(), /No device and no program/);
      assert.equal(server.call('authenticate', token).valid, false);
      assert.equal(server.call('authenticate', stays).valid, true);
      await page.context().close();
    });

    it('is framed by nobody, and sends no form elsewhere', async () => {
      const answer = await fetch(`${server.base}/device`, { headers: { 'x-remote-user': 'ada' } });
      const policy = answer.headers.get('content-security-policy');
      assert.match(policy, /^default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; style-src 'sha256-[^']+'$/);
      const page = await visitor('ada');
      await page.setContent(`<iframe src="${server.base}/device"></iframe>`);
      await page.waitForTimeout(300);
      assert.equal(await page.frameLocator('iframe').locator('h1').count(), 0);
      await page.setContent(`<form method="post" action="${server.base}/device"><input name="step" value="approve"><button></button></form>`);
      await page.getByRole('button').click();
      await page.waitForSelector('#error');
      assert.match(await page.getByRole('alert').innerText(), /no csrf_token/);
      await page.context().close();
    });

    it('draws a QR code that a camera reads', async () => {
      const device = codeOf(), page = await visitor(null, 'en', { colorScheme: 'dark' });
      const path = join(out, `qr-${engine}.png`);
      await page.setContent(`<img src="${server.base}/device/qr?user_code=${device.user_code}">`);
      await page.locator('img').screenshot({ path });
      const read = execFileSync('zbarimg', ['-q', '--raw', path], { encoding: 'utf8' });
      assert.equal(read.trim(), device.verification_uri_complete);
      assert.equal((await fetch(`${server.base}/device/qr?user_code=BCDF`)).status, 400);
      await page.context().close();
    });

    it('believes one name of a proxy, and no client where it was told of none', async () => {
      const ask = (base, headers) => new Promise((done, fail) =>
        request(`${base}/session`, { headers }, (answer) => { answer.resume(); done(answer.statusCode); }).on('error', fail).end());
      assert.equal(await ask(server.base, { 'X-REMOTE-user': 'ada' }), 200);
      assert.equal(await ask(server.base, { 'X-Remote-User': ['ada', 'eve'] }), 400);
      assert.equal(await ask(server.base, { 'X-Remote-User': 'J\u00fcrgen' }), 400);
      assert.equal(await ask(server.base, {}), 401);
      const closed = await start('SQLite', settings);
      assert.equal(await ask(closed.base, { 'X-Remote-User': 'ada' }), 401);
      assert.match(closed.refused('--trust-header', 'Cookie'), /^1 .*only a proxy sets/);
      assert.match(closed.refused('--trust-header', 'a', '--trust-header', 'A'), /^1 .*once/);
      assert.match(closed.refused('--trust-header', 'x-idplane-peer'), /^1 .*name of a header/);
      await closed.stop();
    });
  });
}
