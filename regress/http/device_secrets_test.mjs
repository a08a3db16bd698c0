// SPDX-License-Identifier: Apache-2.0
// device_secrets_test.mjs: what enrollments, authorities and devices keep secret is kept or logged
// nowhere, though all of it was used. On each engine.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { engines, start } from './server.mjs';
import { assertNoTrace, logStatements } from './traces.mjs';

const HUB = '11111111-1111-4111-8111-111111111111';
const DEVICE = '3f0a5a2e-7a8b-4b43-8f5e-000000000001';
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

// Bytes without a newline, which would be two patterns to grep.
function bytes(count) {
  for (;;) {
    const made = randomBytes(count);
    if (!made.includes(10)) return made;
  }
}

// An authority that was made elsewhere, and a request of a device.
function material() {
  const folder = mkdtempSync(join(tmpdir(), 'idplane-secrets-'));
  const file = (name) => join(folder, name);
  const openssl = (...options) => execFileSync('openssl', options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(file('ca.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  openssl('req', '-x509', '-key', file('ca.key'), '-subj', '/CN=Elsewhere', '-days', '3650', '-out', file('ca.pem'),
    '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
  openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('key'),
    '-subj', `/CN=uuid:${DEVICE}`, '-out', file('csr'));
  const [key, certificate, csr] = ['ca.key', 'ca.pem', 'csr'].map((name) => readFileSync(file(name), 'utf8'));
  rmSync(folder, { recursive: true });
  return { key, jwk: privateKey.export({ format: 'jwk' }), certificate, csr };
}

for (const engine of engines) {
  describe(`secrets of devices on ${engine}`, () => {
    const secrets = new Map();
    // A key is searched for as bytes, too, and in the ways that text has it.
    const keep = (what, value) => {
      secrets.set(what, value);
      if (!Buffer.isBuffer(value)) return value;
      for (const form of ['base64url', 'hex']) secrets.set(`${what}, ${form}`, value.toString(form));
      secrets.set(`${what}, base64`, value.toString('base64').replace(/=+$/, ''));
      return value;
    };
    let server;
    before(async () => {
      server = await start(engine);
      await logStatements(engine, server);
    });
    after(() => server?.stop());

    const ask = async (path, session, body) => {
      const answer = await fetch(server.base + path, {
        method: body ? 'POST' : 'GET', body: body && JSON.stringify(body), signal: AbortSignal.timeout(20000),
        headers: { ...(body && { 'content-type': 'application/json' }), ...(session && { authorization: `Bearer ${session}` }) },
      });
      const said = await answer.json();
      assert.equal(answer.status, 200, `${path} ${JSON.stringify(said)}`);
      return said;
    };

    it('every kind is used once', async () => {
      const { key, jwk, certificate, csr } = material();
      keep('key of an authority', key.split('\n')[1]);
      keep('number of that key', jwk.d);
      keep('number of that key, hex', Buffer.from(jwk.d, 'base64url').toString('hex'));
      server.call('import_ca', 'default', certificate, key);
      server.call('register_client', 'gateway', { grant_types: ['client_credentials'], scope: 'device' });
      server.call('set_hub', HUB, { gateways: ['hub.example:5684'], authorization: { provider: 'plgd', client_id: 'gateway' } });
      const [primary, secondary] = ['primary key', 'secondary key'].map((what) => keep(what, bytes(24)));
      const preShared = keep('pre-shared key', randomBytes(24).toString('base64url'));
      server.call('set_enrollment', 'sensors', {
        owner: 'alice', hubs: [HUB], pre_shared_key: preShared, require_identity: false, configuration: { '/light': { on: true } },
        symmetric_key: { primary: primary.toString('base64'), secondary: secondary.toString('base64') },
      });

      const begun = await ask('/provisioning/sessions', null, { registration_id: 'sensor-1', enrollment: 'sensors' });
      const session = keep('session', begun.session);
      const proof = hmac(keep('key of the device', hmac(secondary, 'sensor-1')), begun.nonce);
      await ask('/provisioning/proof', session, { proof: keep('proof', proof.toString('base64')) });
      await ask('/provisioning/identity', session, { csr });
      const credentials = await ask('/provisioning/credentials', session);
      assert.ok(JSON.stringify(credentials).includes(preShared.slice(0, 16)), 'the device gets it');
      keep('pre-shared key as the device has it', preShared.slice(0, 16));
      await ask('/provisioning/acls', session);
      const { access_token: token } = await ask('/provisioning/token', session, {});
      keep('signature of the token', token.split('.')[2]);
      await ask('/provisioning/cloud', session, {});
      server.call('set_enrollment', 'derived', {
        owner: 'alice', hubs: [HUB], pre_shared_key_derived: keep('pre-shared key of a group', randomBytes(24).toString('base64url')),
        symmetric_key: { primary: keep('key of another group', bytes(24)).toString('base64') },
      });
    });

    it('and is found nowhere', () => assertNoTrace(engine, server, secrets, HUB));
  });
}
