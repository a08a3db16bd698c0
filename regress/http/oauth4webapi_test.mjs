// SPDX-License-Identifier: Apache-2.0
// oauth4webapi_test.mjs: the authorization server through oauth4webapi, which others wrote: each answer
// goes through its validation, signatures and all; and it is the resource server that gets the tokens.
// On each engine.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import { answered } from './person.mjs';
import { DEVICE_GRANT, engines, start } from './server.mjs';

const settings = {
  session_settings: { subject_header: 'x-remote-user' },
  device_flow_settings: { device_flow_polling_interval_seconds: 1 },
};
const redirect = 'https://app.example/cb';
const secret = 'a-secret-of-at-least-thirty-two-bytes';
const api = 'https://api.example';
const plain = { [oauth.allowInsecureRequests]: true };
const tv = { client_id: 'tv' }, app = { client_id: 'app' };

// What the client does where a nonce is asked for: the same once more, with the nonce that came.
async function withNonce(attempt) {
  try {
    return await attempt();
  } catch (error) {
    assert.ok(oauth.isDPoPNonceError(error), error);
    return attempt();
  }
}

for (const engine of engines) {
  describe(`authorization server with oauth4webapi on ${engine}`, () => {
    let server, as;
    before(async () => {
      server = await start(engine, settings, ['--trust-header', 'X-Remote-User']);
      server.call('register_client', 'tv', {
        scope: 'openid read write', grant_types: [DEVICE_GRANT, 'refresh_token'], token_endpoint_auth_method: 'none',
      });
      server.call('register_client', 'app', {
        scope: 'openid read', grant_types: ['authorization_code', 'refresh_token'], redirect_uris: [redirect],
        resources: [api], client_secret: secret, token_endpoint_auth_method: 'client_secret_basic',
      });
      for (const [id, more] of [['api', {}], ['signed', { introspection_signed_response_alg: 'ES256' }]]) {
        server.call('register_client', id, {
          resources: [api], client_secret: secret, token_endpoint_auth_method: 'client_secret_basic', ...more,
        });
      }
      server.call('register_client', 'job', {
        scope: 'read', grant_types: ['client_credentials'], resources: [api], client_secret: secret,
        token_endpoint_auth_method: 'client_secret_post',
      });
      as = await discovered('oidc');
    });
    after(() => server?.stop());

    const discovered = async (algorithm) => {
      const issuer = new URL(server.base);
      return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...plain }));
    };

    const basic = oauth.ClientSecretBasic(secret);

    const introspected = async (token, client = { client_id: 'api' }) => {
      const answer = await oauth.introspectionRequest(as, client, basic, token, plain);
      const found = await oauth.processIntrospectionResponse(as, client, answer);
      if (client.introspection_signed_response_alg) await oauth.validateApplicationLevelSignature(as, answer, plain);
      return found;
    };

    // A device that was let in by `user`; its code, not redeemed yet.
    const letIn = async (user, scope = 'openid read write', options = {}) => {
      const answer = await oauth.deviceAuthorizationRequest(as, tv, oauth.None(), { scope }, { ...plain, ...options });
      const device = await oauth.processDeviceAuthorizationResponse(as, tv, answer);
      assert.equal(server.call('approve_device_code', device.user_code, user).error, undefined);
      return device.device_code;
    };
    const redeemed = async (code, options = {}) => {
      const answer = await oauth.deviceCodeGrantRequest(as, tv, oauth.None(), code, { ...plain, ...options });
      const tokens = await oauth.processDeviceCodeResponse(as, tv, answer);
      if (tokens.id_token) await oauth.validateApplicationLevelSignature(as, answer, plain);
      return tokens;
    };
    const refreshed = async (token, options = {}) => {
      const answer = await oauth.refreshTokenGrantRequest(as, tv, oauth.None(), token, { ...plain, ...options });
      return oauth.processRefreshTokenResponse(as, tv, answer);
    };

    // By code with PKCE: the tokens, once the library has checked them, and what the person was asked.
    const signedIn = async (user, more = {}, audience) => {
      const verifier = oauth.generateRandomCodeVerifier();
      const state = oauth.generateRandomState(), nonce = oauth.generateRandomNonce();
      const url = new URL(as.authorization_endpoint);
      url.search = new URLSearchParams({
        client_id: 'app', response_type: 'code', redirect_uri: redirect, scope: 'openid read', state, nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
        ...(audience ? { resource: audience } : {}), ...more,
      });
      const { question, end } = await answered(url.href, user, 'approve');
      const parameters = oauth.validateAuthResponse(as, app, new URL(end), state);
      const answer = await oauth.authorizationCodeGrantRequest(as, app, basic, parameters, redirect, verifier, plain);
      const tokens = await oauth.processAuthorizationCodeResponse(as, app, answer, { expectedNonce: nonce, requireIdToken: true });
      await oauth.validateApplicationLevelSignature(as, answer, plain);
      return { tokens, question, claims: oauth.getValidatedIdTokenClaims(tokens) };
    };

    it('discovers the same by both ways', async () => {
      assert.deepEqual(await discovered('oauth2'), as);
      for (const name of ['authorization', 'token', 'device_authorization', 'introspection', 'revocation', 'userinfo']) {
        assert.ok(as[`${name}_endpoint`]?.startsWith(server.base), name);
      }
    });

    it('waits for the user, slower where it must, and takes the tokens of a device', async () => {
      const begin = async () => oauth.processDeviceAuthorizationResponse(as, tv,
        await oauth.deviceAuthorizationRequest(as, tv, oauth.None(), { scope: 'openid read' }, plain));
      const [device, hasty] = [await begin(), await begin()];
      assert.equal(device.interval, 1);
      for (const { device_code } of [device, hasty]) {
        await assert.rejects(redeemed(device_code), { error: 'authorization_pending', status: 400 });
      }
      await assert.rejects(redeemed(hasty.device_code), { error: 'slow_down' });
      server.call('approve_device_code', device.user_code, 'alice');
      server.call('deny_device_code', hasty.user_code, 'alice');
      await new Promise((done) => setTimeout(done, 1100));
      const tokens = await redeemed(device.device_code);
      assert.equal(tokens.token_type, 'bearer');
      assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, 'alice');
      await assert.rejects(redeemed(device.device_code), { error: 'invalid_grant' });
      await assert.rejects(redeemed(hasty.device_code), { error: 'access_denied' });
    });

    it('refreshes by rotation, and ends the grant where a token comes again', async () => {
      server.call('configure', { token_settings: { refresh_token_grace_in_secs: 0 } });
      const first = await redeemed(await letIn('bob'));
      const second = await refreshed(first.refresh_token, { additionalParameters: { scope: 'read' } });
      assert.notEqual(second.refresh_token, first.refresh_token);
      assert.equal(second.scope, 'read');
      const third = await refreshed(second.refresh_token);
      assert.equal(third.scope ?? 'openid read write', 'openid read write');
      await assert.rejects(refreshed(first.refresh_token), { error: 'invalid_grant' });
      await assert.rejects(refreshed(third.refresh_token), { error: 'invalid_grant' });
    });

    it('signs a person in by code with PKCE, who is asked once', async () => {
      const first = await signedIn('carol');
      assert.equal(first.question.status, 200);
      assert.equal(first.claims.sub, 'carol');
      const again = await signedIn('carol');
      assert.equal(again.question.status, 303);
      const answer = await oauth.userInfoRequest(as, app, again.tokens.access_token, plain);
      assert.equal((await oauth.processUserInfoResponse(as, app, 'carol', answer)).sub, 'carol');
    });

    it('refuses a code without its verifier, and tells a denial', async () => {
      const url = new URL(as.authorization_endpoint);
      const ask = async (decision, state, verifier) => {
        url.search = new URLSearchParams({
          client_id: 'app', response_type: 'code', redirect_uri: redirect, scope: 'read', state,
          code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', prompt: 'consent',
        });
        return new URL((await answered(url.href, 'dave', decision)).end);
      };
      const [mine, other] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomCodeVerifier()];
      const denied = await ask('deny', 'one', mine);
      assert.throws(() => oauth.validateAuthResponse(as, app, denied, 'one'), { error: 'access_denied' });
      const parameters = oauth.validateAuthResponse(as, app, await ask('approve', 'two', mine), 'two');
      const answer = await oauth.authorizationCodeGrantRequest(as, app, basic, parameters, redirect, other, plain);
      await assert.rejects(oauth.processAuthorizationCodeResponse(as, app, answer), { error: 'invalid_grant' });
    });

    it('introspects, in JSON and signed, and revokes', async () => {
      const { tokens } = await signedIn('erin', {}, api);
      const found = await introspected(tokens.access_token);
      assert.equal(found.active, true);
      assert.equal(found.sub, 'erin');
      const signed = { client_id: 'signed', introspection_signed_response_alg: 'ES256' };
      assert.equal((await introspected(tokens.access_token, signed)).sub, 'erin');
      const answer = await oauth.revocationRequest(as, app, basic, tokens.refresh_token, plain);
      assert.equal(await oauth.processRevocationResponse(answer), undefined);
      assert.equal((await introspected(tokens.access_token)).active, false);
      assert.equal((await introspected(tokens.access_token, signed)).active, false);
    });

    it('gives a program a token for a resource, which oauth4webapi verifies there', async () => {
      const job = { client_id: 'job' };
      const take = async (password, parameters) => oauth.processClientCredentialsResponse(as, job,
        await oauth.clientCredentialsGrantRequest(as, job, oauth.ClientSecretPost(password), parameters, plain));
      const tokens = await take(secret, { resource: api });
      assert.equal(tokens.refresh_token, undefined);
      const request = new Request(`${api}/things`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
      const claims = await oauth.validateJwtAccessToken(as, request, api, plain);
      assert.equal(claims.client_id, 'job');
      assert.equal(claims.scope, 'read');
      await assert.rejects(oauth.validateJwtAccessToken(as, request, 'https://other.example', plain));
      await assert.rejects(take(`${secret}x`), { status: 401 });
      await assert.rejects(take(secret, { scope: 'write' }), { error: 'invalid_scope' });
    });

    it('binds tokens to a key, with a nonce, which oauth4webapi verifies at a resource', async () => {
      server.call('configure', { token_settings: { dpop_nonce_required: true } });
      try {
        const handle = async () => oauth.DPoP(tv, await oauth.generateKeyPair('ES256'));
        const [mine, thief] = [{ DPoP: await handle() }, { DPoP: await handle() }];
        const code = await letIn('frank', 'openid read');
        let attempts = 0;
        const tokens = await withNonce(() => { attempts++; return redeemed(code, mine); });
        assert.equal(attempts, 2, 'a nonce was asked for');
        assert.equal(tokens.token_type, 'dpop');
        const info = await withNonce(async () => oauth.processUserInfoResponse(as, tv, 'frank',
          await oauth.userInfoRequest(as, tv, tokens.access_token, { ...plain, ...mine })));
        assert.equal(info.sub, 'frank');
        let seen;
        const caught = { [oauth.customFetch]: async (url, options) => { seen = new Request(url, options); return new Response(); } };
        await oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL(`${api}/things`), undefined, null, { ...mine, ...caught });
        const claims = await oauth.validateJwtAccessToken(as, seen, server.base, { ...plain, requireDPoP: true });
        assert.equal(claims.sub, 'frank');
        await assert.rejects(withNonce(() => refreshed(tokens.refresh_token, thief)), { error: 'invalid_grant' });
        const fresh = await withNonce(() => refreshed(tokens.refresh_token, mine));
        assert.equal(fresh.token_type, 'dpop');
      } finally {
        server.call('configure', { token_settings: { dpop_nonce_required: null } });
      }
    });
  });
}
