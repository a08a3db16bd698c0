// SPDX-License-Identifier: Apache-2.0
// client_keys_test.mjs: clients whose keys are at their jwks_uri, over HTTP: a server of keys that serves,
// changes them, fails, is slow, leads elsewhere. openid-client asks for the tokens. On each engine.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { certificate } from './provider.mjs';
import { engines, post, start } from './server.mjs';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const FETCH_TIMEOUT_MS = 2000;
const build = resolve(import.meta.dirname, '../..', process.env.BUILD ?? 'build');
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// One address for each client: what it publishes, how it answers, and how often it was asked.
async function startPublisher() {
  const folder = mkdtempSync(join(tmpdir(), 'idplane-keys-'));
  chmodSync(folder, 0o755); // a server of databases reads the certificate, too
  const places = new Map();
  const server = createServer(certificate(folder), async (request, response) => {
    const place = places.get(request.url);
    place.asked++;
    if (place.slow) await pause(place.slow);
    response.writeHead(place.status, { 'content-type': 'application/json', ...place.headers });
    response.end(place.body ?? JSON.stringify({ keys: place.keys }));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const base = `https://127.0.0.1:${server.address().port}`;
  return {
    base, certificate: join(folder, 'cert.pem'),
    place: (name) => {
      places.set(`/${name}`, { url: `${base}/${name}`, keys: [], status: 200, headers: {}, asked: 0 });
      return places.get(`/${name}`);
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function keyPair(kid) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

for (const engine of engines) {
  describe(`keys of clients on ${engine}`, () => {
    let publisher, server, discovered;
    const table = `${engine === 'SQLite' ? 'idplane_' : 'idplane.'}client_keys`;
    before(async () => {
      publisher = await startPublisher();
      process.env.IDPLANE_FETCH_CA_FILE = publisher.certificate;
      process.env.IDPLANE_FETCH_ALLOWED_ADDRESSES = '127.0.0.1';
      process.env.IDPLANE_FETCH_TIMEOUT_MS = `${FETCH_TIMEOUT_MS}`;
      server = await start(engine, { client_certificate_header: 'x-client-cert', guard_settings: { client_failures_max: 4 } },
        ['--trust-header', 'X-Client-Cert']);
      discovered = (await client.discovery(new URL(server.base), 'x', undefined, client.None(),
        { execute: [client.allowInsecureRequests] })).serverMetadata();
    });
    after(async () => {
      await server?.stop();
      publisher?.stop();
      delete process.env.IDPLANE_FETCH_TIMEOUT_MS;
    });

    const register = (name, uri, method = 'private_key_jwt') => server.call('register_client', name, {
      token_endpoint_auth_method: method, jwks_uri: uri, scope: 'read', grant_types: ['client_credentials'],
    });
    const made = async (name) => {
      const place = publisher.place(name), key = await keyPair('k1');
      place.keys = [key.jwk];
      register(name, place.url);
      return { place, key };
    };
    // Whoever asked is 31 seconds ago; or 12 hours.
    const age = (name, seconds = 31) => server.sql(engine === 'SQLite'
      ? `UPDATE ${table} SET tried_at = tried_at - ${seconds}000000, expires_at = expires_at - ${seconds}000000 WHERE client_id = '${name}';`
      : `UPDATE ${table} SET tried_at = tried_at - interval '${seconds} s', expires_at = expires_at - interval '${seconds} s' WHERE client_id = '${name}';`);
    const failure = (name) => server.sql(`SELECT failure FROM ${table} WHERE client_id = '${name}';`);

    // The status of a token request by a client that others wrote.
    const asks = async (name, key) => {
      const config = new client.Configuration(discovered, name, undefined, client.PrivateKeyJwt({ key: key.privateKey, kid: key.kid }));
      client.allowInsecureRequests(config);
      try {
        const tokens = await client.clientCredentialsGrant(config);
        assert.equal(tokens.scope, 'read');
        return 200;
      } catch (error) {
        assert.equal(error.code, 'OAUTH_WWW_AUTHENTICATE_CHALLENGE', `${error} ${server.log()}`);
        return error.status;
      }
    };
    const assertion = async (name, key) => new SignJWT({ jti: crypto.randomUUID() }).setProtectedHeader({ alg: 'ES256', kid: key.kid })
      .setIssuer(name).setSubject(name).setAudience(server.base).setIssuedAt().setExpirationTime('1m').sign(key.privateKey);

    it('the first request fetches them, the next ones do not', async () => {
      const { place, key } = await made('first');
      assert.equal(await asks('first', key), 200);
      assert.equal(await asks('first', key), 200);
      assert.equal(place.asked, 1);
    });

    it('32 first requests at once are one fetch, and all are answered', async () => {
      const { place, key } = await made('crowd');
      place.slow = 300;
      const statuses = await Promise.all(Array.from({ length: 32 }, () => asks('crowd', key)));
      assert.deepEqual([...new Set(statuses)], [200]);
      assert.equal(place.asked, 1);
    });

    it('at each endpoint, and an assertion that waited is good once', async () => {
      for (const path of ['token', 'introspect', 'revoke', 'device_authorization']) {
        const { key } = await made(`at-${path}`);
        const form = { client_assertion_type: ASSERTION, client_assertion: await assertion(`at-${path}`, key), token: 'x', grant_type: 'client_credentials' };
        const first = await post(`${server.base}/${path}`, form);
        const again = await post(`${server.base}/${path}`, form);
        assert.notEqual(first.status, 401, `${path} ${await first.text()}`);
        assert.equal(again.status, 401, path);
        assert.equal((await again.json()).error, 'invalid_client');
      }
    });

    it('keys change: an unknown one is asked for once in a cooldown, the one before ends', async () => {
      const { place, key } = await made('rotating');
      assert.equal(await asks('rotating', key), 200);
      const next = await keyPair('k2');
      place.keys = [next.jwk];
      assert.equal(await asks('rotating', next), 401, 'within the cooldown');
      assert.equal(place.asked, 1);
      age('rotating');
      assert.equal(await asks('rotating', next), 200);
      assert.equal(await asks('rotating', key), 401);
      assert.equal(place.asked, 2);
    });

    it('a stranger who signs by unknown keys makes one fetch, and does not lock the client out', async () => {
      const { place, key } = await made('attacked');
      assert.equal(await asks('attacked', key), 200);
      age('attacked');
      const evil = await keyPair('evil');
      for (let i = 0; i < 3; i++) assert.equal(await asks('attacked', evil), 401);
      assert.equal(place.asked, 2);
      assert.equal(await asks('attacked', key), 200);
    });

    it('what the address before says late is not what the new one says', async () => {
      const { place, key: old } = await made('moving');
      const now = await keyPair('k2'), next = publisher.place('moved');
      next.keys = [now.jwk];
      place.slow = 1000;
      const late = asks('moving', old);
      await pause(300);
      await server.meanwhile([['update_client', 'moving', { jwks_uri: next.url }]]);
      assert.equal(await asks('moving', now), 200);
      assert.equal(await late, 401);
      assert.equal(await asks('moving', old), 401);
      assert.equal(await asks('moving', now), 200);
      assert.deepEqual([place.asked, next.asked], [1, 1]);
    });

    it('an address that fails leaves the keys that were there, and lets nobody else in', async () => {
      const { place, key } = await made('failing');
      assert.equal(await asks('failing', key), 200);
      const other = await keyPair('k2');
      for (const [answer, said] of [
        [{ status: 500 }, /500/], [{ status: 302, headers: { location: `${publisher.base}/first` } }, /302/], [{ status: 200, body: '<html>' }, /no JSON Web Key Set/],
      ]) {
        Object.assign(place, { headers: {}, body: undefined, keys: [other.jwk] }, answer);
        age('failing', 43200);
        assert.equal(await asks('failing', other), 401);
        assert.match(failure('failing'), said);
        assert.equal(await asks('failing', key), 200);
      }
      assert.equal(place.asked, 4);
    });

    it('a slow one is waited for until the time is over; others notice nothing', async () => {
      const { place, key } = await made('slow');
      place.slow = 2 * FETCH_TIMEOUT_MS;
      const begin = performance.now();
      const waiting = Promise.all(Array.from({ length: 4 }, () => asks('slow', key)));
      await pause(200);
      assert.equal((await fetch(`${server.base}/healthz`)).status, 200);
      assert.ok(performance.now() - begin < FETCH_TIMEOUT_MS, 'the server answered meanwhile');
      assert.deepEqual(await waiting, [401, 401, 401, 401]);
      assert.equal(place.asked, 1);
      assert.match(failure('slow'), /time/);
      // No key was there, so that none of these was a guess: more of them than a guesser may send.
      for (let i = 0; i < 4; i++) assert.equal(await asks('slow', key), 401);
      place.slow = 0;
      age('slow');
      assert.equal(await asks('slow', key), 200);
    });

    it('an address that may not be reached, and one without TLS, are none', async () => {
      const key = await keyPair('k1');
      register('private', 'https://10.0.0.1/jwks');
      assert.equal(await asks('private', key), 401);
      assert.match(failure('private'), /address/);
      register('plain', publisher.base.replace('https:', 'http:'));
      assert.equal(await asks('plain', key), 401);
      assert.match(failure('plain'), /URL/);
    });

    it('a certificate that signed itself is the one that is published', async () => {
      const [mine, other] = ['mine', 'other'].map((name) => {
        const folder = mkdtempSync(join(tmpdir(), `idplane-${name}-`));
        const { cert } = certificate(folder);
        rmSync(folder, { recursive: true });
        return `${cert}`;
      });
      const place = publisher.place('box');
      place.keys = [server.call('jwk_from_pem', mine)];
      register('box', place.url, 'self_signed_tls_client_auth');
      const by = async (pem) => (await post(`${server.base}/token`, { client_id: 'box', grant_type: 'client_credentials' },
        { 'x-client-cert': encodeURIComponent(pem) })).status;
      assert.equal(await by(mine), 200);
      assert.equal(await by(other), 401);
      assert.equal(await by(mine), 200);
      assert.equal(place.asked, 1);
      place.keys = [server.call('jwk_from_pem', other)];
      age('box');
      assert.equal(await by(other), 200);
      assert.equal(await by(mine), 401);
    });

    it('by hand: fetch_client_keys, and keys that were set before all others', async () => {
      const { place, key } = await made('hand');
      const prologue = engine === 'SQLite' ? `.load ${build}/idplane_fetch\n`
        : `CREATE EXTENSION IF NOT EXISTS idplane_fetch; SET idplane_fetch.allowed_addresses = '127.0.0.1';
           SET idplane_fetch.ca_file = '${publisher.certificate}';`;
      const byHand = async () => JSON.parse(await server.sqlMeanwhile(`${prologue}SELECT ${engine === 'SQLite' ? '' : 'idplane.'}fetch_client_keys('hand');`));
      place.status = 404;
      assert.deepEqual([(await byHand()).status, place.asked], ['failed', 1]);
      place.status = 200;
      assert.deepEqual(await byHand(), { status: 'ok' });
      assert.equal(await asks('hand', key), 200);
      assert.equal(place.asked, 2);
      const set = await keyPair('k2');
      server.call('set_issuer_keys', place.url, { keys: [set.jwk] });
      assert.equal(await asks('hand', set), 200);
      assert.equal(await asks('hand', key), 401);
      assert.equal(place.asked, 2);
    });

    it('nothing of an assertion is logged', async () => {
      const { key } = await made('logged');
      const text = await assertion('logged', key);
      await post(`${server.base}/token`, { client_assertion_type: ASSERTION, client_assertion: text, grant_type: 'client_credentials' });
      assert.doesNotMatch(server.log(), new RegExp(text.split('.')[2]));
      assert.doesNotMatch(server.log(), /eyJ/);
    });
  });
}
