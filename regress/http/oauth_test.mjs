// SPDX-License-Identifier: Apache-2.0
// oauth_test.mjs: the authorization server through openid-client, a client that others wrote: code
// with PKCE, refresh, DPoP, introspection, revocation, userinfo, every way to authenticate, and
// registration. Who is at the browser a trusted proxy says. On each engine.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import * as client from 'openid-client';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { action, answered, browserOf, hidden, onward } from './person.mjs';
import { DEVICE_GRANT, engines, post, start } from './server.mjs';

const settings = {
  session_settings: { subject_header: 'x-remote-user' },
  registration_settings: { dynamic_registration: true, dynamic_registration_scope: 'openid read' },
};
const proxy = ['--trust-header', 'X-Remote-User'];
const redirect = 'https://app.example/cb';
const insecure = { execute: [client.allowInsecureRequests], algorithm: 'oidc' };

for (const engine of engines) {
  describe(`authorization server with openid-client on ${engine}`, () => {
    let server;
    before(async () => {
      server = await start(engine, settings, proxy);
      server.call('register_client', 'app', {
        client_name: 'The <app>', scope: 'openid email read', redirect_uris: [redirect],
        grant_types: ['authorization_code', 'refresh_token'], resources: ['https://api.example'],
      });
      server.call('register_client', 'api', {
        token_endpoint_auth_method: 'client_secret_post', client_secret: 'api-secret-000001', resources: ['https://api.example'],
      });
      server.call('register_client', 'tv', {
        scope: 'openid read', grant_types: [DEVICE_GRANT, 'refresh_token'], dpop_bound_access_tokens: true,
      });
    });
    after(() => server?.stop());

    const discover = (id, metadata, authentication = client.None()) =>
      client.discovery(new URL(server.base), id, metadata, authentication, insecure);

    // A resource server, which asks what a token is.
    const introspect = async (token) =>
      client.tokenIntrospection(await discover('api', undefined, client.ClientSecretPost('api-secret-000001')), token);

    const codeFlow = async (config, user, more = {}, options = {}) => {
      const verifier = client.randomPKCECodeVerifier();
      const state = client.randomState(), nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirect, scope: 'openid read', state, nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...more,
      });
      const { question, end } = await answered(url, user, 'approve');
      const tokens = await client.authorizationCodeGrant(config, new URL(end), {
        pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
      }, undefined, options);
      return { tokens, question, end };
    };

    it('signs a user in by code with PKCE, and asks once', async () => {
      const config = await discover('app');
      const { tokens, question } = await codeFlow(config, 'alice');
      assert.match(question.html, /The &lt;app&gt;/);
      assert.match(question.html, /app\.example/);
      assert.equal(tokens.claims().sub, 'alice');
      assert.equal(tokens.token_type, 'bearer');
      assert.ok(tokens.refresh_token);
      const again = await codeFlow(config, 'alice');
      assert.equal(again.question.status, 303);
    });

    it('lets the user say no, and tells the client', async () => {
      const config = await discover('app');
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirect, scope: 'read', state: 's', code_challenge_method: 'S256',
        code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
      });
      const { end } = await answered(url, 'bob', 'deny');
      await assert.rejects(
        client.authorizationCodeGrant(config, new URL(end), { expectedState: 's', pkceCodeVerifier: 'x'.repeat(43) }),
        { error: 'access_denied' });
    });

    it('sends nobody to an address that is not the client’s, nor takes a forged answer', async () => {
      const browser = browserOf('bob');
      const evil = await browser.go(`${server.base}/authorize?client_id=app&response_type=code&redirect_uri=https%3A%2F%2Fevil.example%2F`);
      assert.equal(evil.status, 400);
      assert.equal(evil.location, null);
      const forged = await browser.go(`${server.base}/authorize/decision`, {
        decision: 'approve', csrf_token: 'x',
        request: `client_id=app&response_type=code&code_challenge_method=S256&code_challenge=${'a'.repeat(43)}`,
      });
      assert.equal(forged.status, 400);
      assert.doesNotMatch(forged.html, /code=/);
    });

    it('gives no scope that administers', async () => {
      server.call('register_client', 'admin', {
        scope: 'read sso', redirect_uris: [redirect], grant_types: ['authorization_code'], consent_prompt: 'NEVER_PROMPT',
      });
      const browser = browserOf('bob');
      const query = new URLSearchParams({
        client_id: 'admin', response_type: 'code', code_challenge_method: 'S256', code_challenge: 'a'.repeat(43),
      });
      assert.match((await browser.go(`${server.base}/authorize?${query}`)).location, /error=access_denied/);
      const plain = await browser.go(`${server.base}/authorize?${query}&scope=read&prompt=consent`);
      const forged = { ...hidden(plain.html), request: `${query}`, decision: 'approve' };
      assert.match(onward((await browser.go(action(plain.html), forged)).html), /error=access_denied/);
    });

    it('lets a client with a secret change its key, and no other', async () => {
      const secret = 'a-secret-of-at-least-thirty-two-bytes';
      server.call('register_client', 'keyed', {
        scope: 'read', grant_types: [DEVICE_GRANT, 'refresh_token'], client_secret: secret, token_endpoint_auth_method: 'client_secret_post',
      });
      const config = await discover('keyed', undefined, client.ClientSecretPost(secret));
      const handle = async () => client.getDPoPHandle(config, await client.randomDPoPKeyPair());
      const device = await client.initiateDeviceAuthorization(config, {});
      server.call('approve_device_code', device.user_code, 'gina');
      const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 }, undefined, { DPoP: await handle() });
      const fresh = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: await handle() });
      assert.equal(fresh.token_type, 'dpop');
    });

    it('refreshes, introspects, revokes and tells who it is', async () => {
      const config = await discover('app');
      const { tokens } = await codeFlow(config, 'carol');
      const info = await client.fetchUserInfo(config, tokens.access_token, 'carol');
      assert.equal(info.sub, 'carol');
      const fresh = await client.refreshTokenGrant(config, tokens.refresh_token, { scope: 'read' });
      assert.equal(fresh.scope, 'read');
      const found = await introspect(fresh.access_token);
      assert.equal(found.active, true);
      await assert.rejects(client.tokenIntrospection(config, fresh.access_token), { status: 401 });
      assert.equal(found.sub, 'carol');
      await client.tokenRevocation(config, fresh.refresh_token);
      assert.equal((await introspect(fresh.access_token)).active, false);
      assert.equal((await introspect(tokens.access_token)).active, false);
      await assert.rejects(client.refreshTokenGrant(config, fresh.refresh_token), { error: 'invalid_grant' });
    });

    it('asks for a resource', async () => {
      const config = await discover('app');
      const { tokens } = await codeFlow(config, 'alice', { resource: 'https://api.example' });
      const found = await introspect(tokens.access_token);
      assert.deepEqual(found.aud, ['https://api.example']);
    });

    it('binds the tokens of a device to its key, also from the first request on', async () => {
      const config = await discover('tv');
      const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
      const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
      const form = { client_id: 'tv', scope: 'openid read' };
      const device = await client.initiateDeviceAuthorization(config, { scope: 'openid read' });
      server.call('approve_device_code', device.user_code, 'dave');
      await assert.rejects(client.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 }), { error: 'invalid_dpop_proof' });
      assert.equal((await (await post(`${server.base}/device_authorization`, form)).json()).error, undefined);
      const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 }, undefined, { DPoP: dpop });
      assert.equal(tokens.token_type, 'dpop');
      const info = await client.fetchUserInfo(config, tokens.access_token, 'dave', { DPoP: dpop });
      assert.equal(info.sub, 'dave');
      const stolen = await fetch(`${server.base}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
      assert.equal(stolen.status, 401);
      await assert.rejects(client.fetchUserInfo(config, tokens.access_token, 'dave', { DPoP: thief }));
      await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: thief }), { error: 'invalid_grant' });
      const fresh = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: dpop });
      assert.equal(fresh.token_type, 'dpop');
    });

    it('gives a nonce to proofs where it wants one', async () => {
      server.call('configure', { token_settings: { dpop_nonce_required: true } });
      try {
        const config = await discover('tv');
        const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
        const device = await client.initiateDeviceAuthorization(config, {});
        server.call('approve_device_code', device.user_code, 'erin');
        const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 }, undefined, { DPoP: dpop });
        assert.equal(tokens.token_type, 'dpop');
      } finally {
        server.call('configure', { token_settings: { dpop_nonce_required: null } });
      }
    });

    it('knows clients by secret and by key', async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      const secret = 'a-secret-of-at-least-thirty-two-bytes';
      const more = { grant_types: ['client_credentials'], scope: 'read' };
      const ways = {
        client_secret_basic: [{ client_secret: secret }, client.ClientSecretBasic(secret)],
        client_secret_post: [{ client_secret: secret }, client.ClientSecretPost(secret)],
        client_secret_jwt: [{ client_secret: secret }, client.ClientSecretJwt(secret)],
        private_key_jwt: [{ jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] } },
          client.PrivateKeyJwt({ key: privateKey, kid: 'k' })],
      };
      for (const [method, [metadata, authentication]] of Object.entries(ways)) {
        server.call('register_client', method, { ...more, ...metadata, token_endpoint_auth_method: method });
        const tokens = await client.clientCredentialsGrant(await discover(method, undefined, authentication));
        assert.equal(tokens.scope, 'read', method);
        const other = method === 'client_secret_post' ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret);
        await assert.rejects(client.clientCredentialsGrant(await discover(method, undefined, other)), { status: 401 }, method);
      }
    });

    it('registers a client, which then signs a user in', async () => {
      const token = server.sql(`SELECT ${engine === 'SQLite' ? '' : 'idplane.'}create_initial_access_token(60, 1);`);
      const config = await client.dynamicClientRegistration(
        new URL(server.base), { redirect_uris: [redirect], client_name: 'Made here', scope: 'openid read', token_endpoint_auth_method: 'client_secret_post' },
        undefined, { ...insecure, initialAccessToken: token });
      const { tokens } = await codeFlow(config, 'frank');
      assert.equal(tokens.claims().sub, 'frank');
    });

    it('takes a bound token where nothing may be written, and wants its nonce with a token, too', async () => {
      const secret = 'a-secret-of-at-least-thirty-two-bytes';
      server.call('register_client', 'scraper', {
        grant_types: ['client_credentials'], scope: 'metrics sso', client_secret: secret,
        token_endpoint_auth_method: 'client_secret_post', dpop_bound_access_tokens: true,
      });
      const config = await discover('scraper', undefined, client.ClientSecretPost(secret));
      const key = await client.randomDPoPKeyPair(), dpop = client.getDPoPHandle(config, key);
      server.call('configure', { token_settings: { dpop_nonce_required: true } });
      try {
        const tokens = await client.clientCredentialsGrant(config, undefined, { DPoP: dpop });
        const get = (path, options) => client.fetchProtectedResource(
          config, tokens.access_token, new URL(`${server.base}${path}`), 'GET', undefined, undefined, options);
        assert.equal((await get('/metrics', { DPoP: dpop })).status, 200);
        assert.equal((await get('/tenant/loginOptions', { DPoP: dpop })).status, 200);
        const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
        await assert.rejects(get('/metrics', { DPoP: thief }));
        const unbound = await fetch(`${server.base}/metrics`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
        assert.equal(unbound.status, 401);
        const jwk = { ...(await exportJWK(key.publicKey)) };
        const ath = createHash('sha256').update(tokens.access_token).digest('base64url');
        const stale = await new SignJWT({ jti: 'j', htm: 'GET', htu: `${server.base}/metrics`, ath, nonce: 'stale' })
          .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).setIssuedAt().sign(key.privateKey);
        const answer = () => fetch(`${server.base}/metrics`, { headers: { authorization: `DPoP ${tokens.access_token}`, dpop: stale } });
        const refusal = await answer();
        assert.equal(refusal.status, 401);
        assert.match(refusal.headers.get('www-authenticate'), /^DPoP .*error="use_dpop_nonce"/);
        assert.match(refusal.headers.get('dpop-nonce'), /^[\w-]{22}$/);
        server.call('configure', { token_settings: { dpop_nonce_required: null } });
        assert.equal((await answer()).status, 200, 'a nonce from elsewhere');
      } finally {
        server.call('configure', { token_settings: { dpop_nonce_required: null } });
      }
    });

    it('answers an introspection signed where that is asked for', async () => {
      const config = await discover('app');
      const { tokens } = await codeFlow(config, 'alice');
      const answer = await post(`${server.base}/introspect`, { token: tokens.access_token, client_id: 'api', client_secret: 'api-secret-000001' },
        { accept: 'application/token-introspection+jwt' });
      assert.equal(answer.headers.get('content-type'), 'application/token-introspection+jwt');
      const [header, body] = (await answer.text()).split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
      assert.equal(header.typ, 'token-introspection+jwt');
      assert.equal(body.aud, 'api');
      assert.equal(body.token_introspection.active, true);
      // Whoever an assertion names is who asked, also where the form does not say it again.
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      server.call('register_client', 'asserting', {
        token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] } });
      const assertion = await new SignJWT({ jti: 'signed-introspection' }).setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer('asserting').setSubject('asserting').setAudience(server.base).setIssuedAt().setExpirationTime('1m').sign(privateKey);
      const named = await post(`${server.base}/introspect`, {
        token: tokens.access_token, client_assertion: assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' },
        { accept: 'application/token-introspection+jwt' });
      assert.equal(JSON.parse(Buffer.from((await named.text()).split('.')[1], 'base64url')).aud, 'asserting');
    });
  });
}
