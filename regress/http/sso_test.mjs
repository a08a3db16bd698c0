// SPDX-License-Identifier: Apache-2.0
// sso_test.mjs: logins over HTTP through a provider that others wrote: code flow with PKCE, state and
// nonce; keys that change meanwhile; a provider that hangs; many at once; and the end of sessions.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Browser, connectionOf, startProvider } from './provider.mjs';
import { DEVICE_GRANT, engines, post, start } from './server.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // of the browser; the server trusts one certificate
process.env.IDPLANE_FETCH_ALLOWED_ADDRESSES = '127.0.0.1';

const build = resolve(import.meta.dirname, '../..', process.env.BUILD ?? 'build');
const json = (page) => JSON.parse(page.text);

for (const engine of engines) {
  describe(`logins on ${engine}`, () => {
    let server, provider;
    before(async () => {
      // The server's address is known when it runs, and it must know the certificate when it starts.
      const redirectUris = [];
      provider = await startProvider({ redirectUris });
      process.env.IDPLANE_FETCH_CA_FILE = provider.certificate;
      server = await start(engine);
      redirectUris.push(`${server.base}/sso/corp/callback`);
      provider.client.post_logout_redirect_uris.push(`${server.base}/login`);
      provider.client.backchannel_logout_uri = `${server.base}/sso/corp/backchannel`;
      provider.client.backchannel_logout_session_required = true;
      await provider.rotate('k1');
      const set = server.call('set_sso_connection', 'corp', connectionOf(provider));
      assert.deepEqual([set.status, set.warnings], ['ok', []], JSON.stringify(set));
    });
    after(async () => {
      await server?.stop();
      provider?.stop();
    });

    const user = (name) => server.call('sso_user', name);
    const login = (name, path = 'login') => {
      const browser = new Browser();
      return browser.signIn(`${server.base}/sso/corp/${path}`, name).then((page) => ({ browser, page }));
    };

    it('a first login makes the user, their roles and a session', async () => {
      const { page } = await login('admin.wick');
      assert.equal(page.status, 200, page.text + server.log());
      assert.equal(json(page).user, 'admin.wick');
      assert.deepEqual(user('admin.wick').access, { roles: [1, 2, 3], applications: [7], inventoryRoles: [] });
      assert.equal(user('admin.wick').firstName, 'John');
    });

    it('who matches no rule gets a page and no user', async () => {
      const { page } = await login('stranger');
      assert.equal(page.status, 403);
      assert.match(page.text, /no_rule_matches/);
      assert.equal(user('stranger'), '');
    });

    it('the login page leads to the provider, and back to where it was asked', async () => {
      const browser = new Browser();
      const page = await browser.open(`${server.base}/login?return_to=/session%3Fx%3D1`);
      const [, href] = /<a class="choice" href="([^"]*)">Sign in with the provider</.exec(page.text);
      const end = await browser.signIn(href, 'john.wick');
      assert.equal(end.url, `${server.base}/session?x=1`);
      assert.equal(json(end).user, 'john.wick');
    });

    it('an address that another browser was sent to signs nobody in', async () => {
      const victim = new Browser(), attacker = new Browser();
      let stop;
      const once = attacker.once.bind(attacker);
      attacker.once = async (url, init) => {
        if (url.startsWith(`${server.base}/sso/corp/callback`)) {
          stop = url;
          return new Response('', { status: 200 });
        }
        return once(url, init);
      };
      await attacker.signIn(`${server.base}/sso/corp/login`, 'admin.evil');
      const page = await victim.open(stop);
      assert.equal(page.status, 403);
      assert.match(page.text, /Reason: state/);
      attacker.once = once;
      assert.equal((await attacker.open(stop)).status, 200);
      assert.match((await attacker.open(stop)).text, /Reason: state/, 'a code comes back once');
    });

    it('the session ends by a form of ours only, and the provider is told', async () => {
      const { browser, page } = await login('admin.out');
      const forged = await browser.open(`${server.base}/sso/corp/logout`, { method: 'POST', body: new URLSearchParams() });
      assert.equal(forged.status, 403);
      const left = await browser.once(`${server.base}/sso/corp/logout`,
        { method: 'POST', body: new URLSearchParams({ csrf_token: json(page).csrf_token }) });
      assert.equal(left.status, 303);
      const url = new URL(left.headers.get('location'));
      assert.equal(`${url.origin}${url.pathname}`, `${provider.issuer}/session/end`);
      assert.equal(url.searchParams.get('post_logout_redirect_uri'), `${server.base}/login`);
      assert.match(url.searchParams.get('id_token_hint'), /^ey/);
      assert.equal((await browser.open(`${server.base}/session`)).status, 401);
    });

    it('a script signs out with the header alone, without a body', async () => {
      const { browser, page } = await login('admin.script');
      const leave = (headers) => browser.once(`${server.base}/sso/corp/logout`, { method: 'POST', headers });
      assert.equal((await leave({})).status, 400);
      assert.equal((await leave({ 'x-xsrf-token': 'x' })).status, 403);
      assert.equal((await leave({ 'x-xsrf-token': json(page).csrf_token })).status, 303);
      assert.equal((await browser.open(`${server.base}/session`)).status, 401);
    });

    it('a session is a page for browsers, JSON for all others', async () => {
      const { browser } = await login('admin.page');
      const types = {
        'text/html,application/xhtml+xml,*/*;q=0.8': 'text/html; charset=utf-8', '*/*': 'application/json',
        'application/json, text/html;q=0': 'application/json',
      };
      for (const [accept, type] of Object.entries(types)) {
        const answer = await browser.once(`${server.base}/session`, { headers: { accept } });
        assert.deepEqual([answer.status, answer.headers.get('content-type'), answer.headers.get('vary')], [200, type, 'Accept'], accept);
        assert.match(await answer.text(), /admin\.page/);
      }
      const html = { accept: 'text/html' };
      const stranger = await fetch(`${server.base}/session`, { headers: html });
      assert.deepEqual([stranger.status, stranger.headers.get('vary')], [401, 'Accept']);
      assert.match(await stranger.text(), /Sign in first/);
      const program = await fetch(`${server.base}/session`, { headers: { ...html, authorization: 'Bearer x' } });
      assert.match(program.headers.get('content-type'), /json/, 'a token is what programs bring');
      const token = await fetch(`${server.base}/token`, { method: 'POST', headers: html });
      assert.match(token.headers.get('content-type'), /json/);
    });

    it('32 browsers at once, each a user', async () => {
      const names = Array.from({ length: 32 }, (_, i) => `admin.${i}`);
      const ends = await Promise.all(names.map((name) => login(name)));
      assert.deepEqual(ends.map(({ page }) => (page.status === 200 ? json(page).user : page.text)), names);
    });

    it('32 first logins of one user at once make one', async () => {
      const ends = await Promise.all(Array.from({ length: 32 }, () => login('admin.twin')));
      assert.deepEqual([...new Set(ends.map(({ page }) => page.status))], [200]);
      const schema = engine === 'SQLite' ? 'idplane_' : 'idplane.';
      assert.equal(server.sql(`SELECT count(*) FROM ${schema}sso_user WHERE user_id = 'admin.twin';`), '1');
      assert.equal(server.sql(`SELECT count(*) FROM ${schema}sso_session WHERE user_id = 'admin.twin';`), '32');
    });

    it('keys change while they sign in, and nobody is refused', async () => {
      const set = server.call('set_sso_connection', 'corp', connectionOf(provider, { options: { key_cooldown_s: 1 } }));
      assert.equal(set.status, 'ok');
      const names = Array.from({ length: 24 }, (_, i) => `admin.r${i}`);
      const ends = [];
      const before = provider.seen.jwks;
      const turns = (async () => {
        for (let i = 0; i < 3; i++) {
          await new Promise((done) => setTimeout(done, 1200));
          await provider.rotate(`r${i}`);
        }
      })();
      while (ends.length < names.length) {
        const more = names.slice(ends.length, ends.length + 4);
        ends.push(...(await Promise.all(more.map((name) => login(name)))));
        await new Promise((done) => setTimeout(done, 600));
      }
      await turns;
      names.push('admin.last'); // by the last key, whoever came before it
      ends.push(await login('admin.last'));
      assert.deepEqual(ends.map(({ page }) => (page.status === 200 ? json(page).user : page.text)), names);
      assert.ok(provider.seen.jwks - before <= 8, `${provider.seen.jwks - before} fetches of keys`);
    });

    it('keys that are old are asked for again, and go on to count where that fails', async () => {
      const keys = engine === 'SQLite' ? 'idplane_sso_keys' : 'idplane.sso_keys';
      const old = engine === 'SQLite' ? '1000000' : "'2020-01-01'";
      const age = () => server.sql(`UPDATE ${keys} SET expires_at = ${old}, tried_at = ${old}, answered_at = ${old};`);
      const before = provider.seen.jwks;
      age();
      provider.breakKeys(true);
      assert.equal((await login('admin.old')).page.status, 200);
      assert.match(server.sql(`SELECT failure FROM ${keys};`), /did not answer 200/);
      assert.equal((await login('admin.old')).page.status, 200);
      assert.equal(provider.seen.jwks - before, 1, 'not again at once');
      provider.breakKeys(false);
      age();
      assert.equal((await login('admin.old')).page.status, 200);
      assert.equal(server.sql(`SELECT count(*) FROM ${keys} WHERE failure IS NULL AND fetched_at > ${old};`), '1');
    });

    it('16 logins at a provider that takes 5 s delay no device', async () => {
      server.call('register_client', 'tv', { grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none' });
      const device = server.call('issue_device_code', 'tv');
      provider.slowDown(5000);
      const logins = Array.from({ length: 16 }, (_, i) => login(`admin.s${i}`));
      await new Promise((done) => setTimeout(done, 2500));
      const times = [];
      for (let i = 0; i < 10; i++) {
        const begin = performance.now();
        const answer = await post(`${server.base}/token`, { grant_type: DEVICE_GRANT, device_code: device.device_code, client_id: 'tv' });
        assert.equal(answer.status, 400);
        times.push(performance.now() - begin);
      }
      const ends = await Promise.all(logins);
      provider.slowDown(0);
      assert.deepEqual([...new Set(ends.map(({ page }) => page.status))], [200]);
      assert.ok(Math.max(...times) < 1000, `the slowest poll took ${Math.max(...times)} ms`);
    });

    // Calls in one session of SQL alone, by the module that fetches.
    const statements = async (calls) => {
      const schema = engine === 'SQLite' ? '' : 'idplane.';
      const prologue = engine === 'SQLite' ? `.load ${build}/idplane_fetch\n`
        : `CREATE EXTENSION IF NOT EXISTS idplane_fetch; SET idplane_fetch.allowed_addresses = '127.0.0.1';
           SET idplane_fetch.ca_file = '${provider.certificate}';`;
      return (await server.sqlMeanwhile(prologue + calls.map((call) => `SELECT ${schema}${call};`).join('\n'))).split('\n');
    };
    const inSql = async (call) => JSON.parse((await statements([call])).at(-1));

    const usedTokens = () => Number(server.sql(`SELECT count(*) FROM ${engine === 'SQLite' ? 'idplane_' : 'idplane.'}used_token;`));
    const bearer = (token) => fetch(`${server.base}/session`, { headers: { authorization: `Bearer ${token}` } });
    const external = (more) => ({
      externalTokenConfig: {
        enabled: true, userOrAppIdConfig: { jwtField: 'user' }, validationRequired: true, validationMethod: 'INTROSPECTION',
        accessTokenValidityCheckIntervalInMinutes: 1,
        tokenValidationRequest: {
          url: `${provider.issuer}/validate`, method: 'POST', operation: 'EXECUTE', body: 'token=${accessToken}&client_secret=s3cr3t',
        },
        ...more,
      },
    });

    it('a token of the provider is good at the API while the provider says so', async () => {
      const token = await provider.sign({ sub: 'robot', user: 'robot', role: ['ADMIN'] });
      assert.equal((await bearer(token)).status, 401, 'not unless the connection says so');
      assert.equal(server.call('set_sso_connection', 'corp', connectionOf(provider, external())).status, 'ok');
      const first = await bearer(token);
      assert.equal(first.status, 200);
      assert.deepEqual(await first.json(), {
        ok: true, user: 'robot', connection: 'corp', access: { roles: [1, 2], applications: [7], inventoryRoles: [] },
      });
      for (let i = 0; i < 5; i++) assert.equal((await bearer(token)).status, 200);
      assert.equal(provider.seen.validate, 1, 'asked once a minute');
      const other = await provider.sign({ sub: 'other', user: 'other', role: ['ADMIN'] });
      provider.revoke();
      assert.equal((await bearer(token)).status, 200, 'seen at the next look');
      for (let i = 0; i < 5; i++) assert.equal((await bearer(other)).status, 401);
      assert.equal(provider.seen.validate, 2, 'not again at once of one that it refused');
      const [{ details }] = server.call('audit_events', { type: 'Single sign-on', outcome: 'denied', max_rows: 1 });
      assert.deepEqual([details.reason, details.request, details.status], ['inactive', 'validation', 200]);
      assert.equal(server.call('sso_user', 'other'), '');
    });

    it('the provider is asked again when the interval is over, not before (S32)', async () => {
      assert.equal(server.call('set_sso_connection', 'corp', connectionOf(provider, external())).status, 'ok');
      provider.revoke(false);
      const token = await provider.sign({ sub: 'clock', user: 'clock', role: ['ADMIN'] });
      const at = (ms) => new Date(Math.floor(Date.now() / 1000) * 1000 + ms).toISOString();
      const times = [at(0), at(59999), at(60000), at(119999)];
      const before = provider.seen.validate;
      const lines = await statements(times.flatMap((time) => [`set_clock('${time}')`, `authenticate_external('${token}')`]));
      assert.deepEqual(lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).ok), [true, true, true, true]);
      assert.equal(provider.seen.validate - before, 2);
    });

    it('a thousand tokens of keys that nobody knows are one fetch of keys (S31)', async () => {
      assert.equal(server.call('set_sso_connection', 'corp', connectionOf(provider, external())).changed, false);
      const bad = await provider.sign({ sub: 'x', user: 'x' }, 'nobody');
      const before = provider.seen.jwks, used = usedTokens();
      for (let i = 0; i < 10; i++) {
        const answers = await Promise.all(Array.from({ length: 100 }, () => bearer(bad)));
        assert.deepEqual([...new Set(answers.map(({ status }) => status))], [401]);
      }
      assert.ok(provider.seen.jwks - before <= 1, `${provider.seen.jwks - before} fetches`);
      assert.ok(usedTokens() - used <= 1, `${usedTokens() - used} rows of those that waited`);
    });

    it('access tokens that are opaque stop no login that asks the ID token', async () => {
      const { onNewUser } = connectionOf(provider);
      const asks = (useIdToken) => connectionOf(provider, {
        useIdToken, onNewUser: { dynamicMapping: { ...onNewUser.dynamicMapping, configuration: { mapFromIdToken: true } } },
      });
      provider.format('opaque');
      assert.equal(server.call('set_sso_connection', 'corp', asks(true)).status, 'ok');
      assert.equal(json((await login('admin.opaque')).page).user, 'admin.opaque');
      assert.deepEqual(user('admin.opaque').access.roles, [1, 2]);
      assert.equal(server.call('set_sso_connection', 'corp', asks(false)).status, 'ok');
      assert.match((await login('admin.other')).page.text, /malformed/);
      provider.format('jwt');
      assert.equal(server.call('set_sso_connection', 'corp', connectionOf(provider, external())).status, 'ok');
    });

    it('nobody becomes an administrator at the device page', async () => {
      server.call('register_client', 'cli', {
        grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none', scope: 'watch sso broker',
      });
      const { browser } = await login('admin.page');
      const csrf = json(await browser.open(`${server.base}/session`)).csrf_token;
      const step = (user_code, word) => browser.open(`${server.base}/device`, {
        method: 'POST', body: new URLSearchParams({ user_code, step: word, csrf_token: csrf }),
      });
      for (const [scope, ends] of [['watch', true], ['watch sso', false], ['broker', false]]) {
        const issued = await (await post(`${server.base}/oauth2/device_authorization`, { client_id: 'cli', scope })).json();
        const looked = await step(issued.user_code, 'lookup');
        const page = await step(issued.user_code, 'approve');
        assert.equal(/administer/.test(looked.text), !ends, looked.text);
        assert.equal(/administer/.test(page.text), !ends, page.text);
        const polled = await (await post(`${server.base}/oauth2/token`, {
          grant_type: DEVICE_GRANT, client_id: 'cli', device_code: issued.device_code,
        })).json();
        assert.equal(polled.scope ?? polled.error, ends ? scope : 'authorization_pending');
      }
    });

    it('SQL alone signs in', async () => {
      const away = server.call('start_sso_login', 'corp');
      const browser = new Browser();
      let back;
      const once = browser.once.bind(browser);
      browser.once = async (url, init) => {
        if (!url.startsWith(`${server.base}/sso/corp/callback`)) return once(url, init);
        back = Object.fromEntries(new URL(url).searchParams);
        return new Response('', { status: 200 });
      };
      await browser.signIn(away.url, 'admin.sql');
      const exchange = `sso_exchange('corp', '${JSON.stringify({ ...back, browser: away.browser })}')`;
      if (engine === 'SQLite') {
        const within = await server.sqlMeanwhile(`.load ${build}/idplane_fetch\n.bail off\nBEGIN;\nSELECT ${exchange};\nCOMMIT;`).catch(String);
        assert.match(within, /open_transaction/, 'nothing is used up');
      }
      const answer = await inSql(exchange);
      assert.equal(answer.user, 'admin.sql', JSON.stringify(answer));
      assert.equal(server.call('sso_session', answer.session.cookie).user, 'admin.sql');
      assert.deepEqual(await inSql("fetch_issuer_keys('corp')"), { status: 'ok' });
      const again = await inSql(exchange);
      assert.equal(again.reason, 'state');
    });

    it('the provider signs a user out through the back channel', async () => {
      assert.equal(server.call('set_sso_connection', 'corp', connectionOf(provider)).status, 'ok');
      const { browser, page } = await login('admin.back');
      assert.equal(page.status, 200, page.text);
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
      const token = await provider.sign({ aud: 'platform', sub: 'admin.back', jti: 'b1', events });
      const send = () => post(`${server.base}/sso/corp/backchannel`, { logout_token: token });
      const told = await send();
      assert.equal(told.status, 200);
      assert.equal(told.headers.get('cache-control'), 'no-store');
      assert.equal((await browser.open(`${server.base}/session`)).status, 401);
      assert.equal((await send()).status, 400, 'once');
    });

    it('a provider that cannot be reached is a page, and is in the audit', async () => {
      const issuer = `${provider.issuer}`;
      const refusals = [
        ['tokenRequest', { url: 'https://127.0.0.1:1/token' },
          { reason: 'provider_unreachable', provider_error: 'unreachable', request: 'token' }],
        ['tokenRequest', { url: `${issuer}/nothing` }, { reason: 'token_response', request: 'token', status: 404 }],
        ['signatureVerificationConfig', { jwks: { jwksUri: `${issuer}/nothing` } },
          { reason: 'key', request: 'keys', keys_error: 'The address of the keys did not answer 200 but 404.' }],
        ['issuer', 'https://other.example',
          { reason: 'issuer', expected_issuer: 'https://other.example', received_issuer: issuer }],
      ];
      for (const [member, value, expected] of refusals) {
        const broken = connectionOf(provider);
        broken[member] = typeof value === 'string' ? value : { ...broken[member], ...value };
        assert.equal(server.call('set_sso_connection', 'corp', broken).status, 'ok');
        const { page } = await login('admin.lost');
        assert.equal(page.status, 403);
        assert.match(page.text, new RegExp(expected.reason));
        const [{ details }] = server.call('audit_events', { type: 'Single sign-on', outcome: 'denied', max_rows: 1 });
        assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, details[name]])), expected);
      }
      assert.equal(server.call('set_sso_connection', 'corp', connectionOf(provider)).status, 'ok');
    });

    it('no token, code or secret is in the tables', () => {
      const schema = engine === 'SQLite' ? 'idplane_' : 'idplane.';
      for (const table of ['audit', 'sso_user', 'sso_login', 'sso_session', 'sso_connection', 'sso_keys']) {
        const rows = server.sql(`SELECT * FROM ${schema}${table};`);
        assert.doesNotMatch(rows, /s3cr3t|eyJ[\w-]+\.[\w-]+\.[\w-]+/, table);
      }
    });
  });
}
