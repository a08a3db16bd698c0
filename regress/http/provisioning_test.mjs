// SPDX-License-Identifier: Apache-2.0
// provisioning_test.mjs: devices over HTTP, behind a front that passes the certificate of their TLS
// connection; what plgd's devices get, to the byte, as plgd/ has it, which was written by hand.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { engines, start } from './server.mjs';

const DEVICE = '3f0a5a2e-7a8b-4b43-8f5e-000000000001';
const OTHER_DEVICE = '3f0a5a2e-7a8b-4b43-8f5e-000000000002';
const HUBS = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
const OCF = 'application/vnd.ocf+cbor';

// {"devowneruuid": "9750dcc2-…"}: a map of one, a text of 12 bytes, a text of 36.
const OWNERSHIP = `a16c${Buffer.from('devowneruuid').toString('hex')}7824${Buffer.from('9750dcc2-516e-5ea0-8a26-54fa6ff6986b').toString('hex')}`;

const golden = (name, values = {}) =>
  readFileSync(join(import.meta.dirname, 'plgd', name), 'utf8').replaceAll('\n', '')
    .replace(/\$([A-Z]+)/g, (all, word) => JSON.stringify(values[word]).slice(1, -1));

// CBOR of a value as RFC 8949 section 3 says, by nothing that the server is made of.
function cbor(value) {
  const head = (major, count) => {
    if (count < 24) return Buffer.from([major << 5 | count]);
    if (count < 256) return Buffer.from([major << 5 | 24, count]);
    return Buffer.from([major << 5 | 25, count >> 8, count & 255]);
  };
  if (typeof value === 'number') return head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  return Buffer.concat([head(5, Object.keys(value).length), ...Object.entries(value).flat().map(cbor)]);
}

// Keys and certificates of a maker and of two devices.
function material(folder) {
  const file = (name) => join(folder, name);
  const openssl = (...options) => execFileSync('openssl', options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const key = (name) => openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file(`${name}.key`));
  key('maker');
  openssl('req', '-x509', '-key', file('maker.key'), '-subj', '/CN=Maker', '-days', '3650', '-out', file('maker.pem'),
    '-addext', 'keyUsage=critical,keyCertSign');
  writeFileSync(file('extensions'), 'extendedKeyUsage=clientAuth\n');
  for (const name of ['one', 'two']) {
    key(name);
    openssl('req', '-new', '-key', file(`${name}.key`), '-subj', `/CN=${name}`, '-out', file(`${name}.req`));
    openssl('x509', '-req', '-in', file(`${name}.req`), '-CA', file('maker.pem'), '-CAkey', file('maker.key'), '-days', '3650',
      '-extfile', file('extensions'), '-out', file(`${name}.pem`));
  }
  for (const [name, device] of [['identity', DEVICE], ['other', OTHER_DEVICE]]) {
    key(name);
    openssl('req', '-new', '-key', file(`${name}.key`), '-subj', `/CN=uuid:${device}`, '-out', file(`${name}.csr`));
  }
  return (name) => readFileSync(file(name), 'utf8');
}

for (const engine of engines) {
  describe(`provisioning over HTTP on ${engine}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'idplane-devices-'));
    const text = material(folder);
    let server, anchor;

    const ask = async (method, path, { certificate, body, type = 'application/json', ...headers } = {}) => {
      const pem = certificate && { 'x-client-cert': encodeURIComponent(certificate) };
      const sent = body && (type === 'application/json' ? JSON.stringify(body) : body);
      const answer = await fetch(server.base + path, {
        method, body: sent, headers: { ...(body && { 'content-type': type }), ...pem, ...headers }, signal: AbortSignal.timeout(20000),
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      return { status: answer.status, headers: answer.headers, bytes, text: bytes.toString(), json: () => JSON.parse(bytes) };
    };
    const json = { accept: 'application/json' };

    before(async () => {
      server = await start(engine, { client_certificate_header: 'x-client-cert' }, ['--trust-header', 'x-client-cert']);
      anchor = server.call('create_ca', 'default', { subject: { CN: 'Identity' } }).certificate;
      server.call('register_client', 'gateway', { grant_types: ['client_credentials'], scope: 'device' });
      const hub = (gateways) => ({ gateways, authorization: { provider: 'plgd', client_id: 'gateway', device_id_claim: 'device' } });
      server.call('set_hub', HUBS[0], hub(['hub.example:5684', 'coaps://hub.example:5684', 'hub.example:5684']));
      server.call('set_hub', HUBS[1], hub(['other.example:5684']));
      server.call('set_enrollment', 'factory', {
        owner: 'alice', hubs: HUBS, pre_shared_key: '0123456789abcdef-and-more', x509: { chain: text('maker.pem') },
        acl: [{ subject: { role: 'installer' }, permission: 6, resources: [{ href: '/light', if: ['*'] }] }],
      });
    });
    after(async () => {
      await server?.stop();
      rmSync(folder, { recursive: true });
    });

    it('gives a device of plgd what the service of plgd gave it, to the byte', async () => {
      const maker = { certificate: text('one.pem') };
      const time = await ask('GET', '/x.plgd.dev/time', { ...maker, ...json });
      assert.match(time.text, /^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"\}$/);
      const frozen = golden('time.json');
      assert.equal(time.text.replace(/"2.*Z"/, '"2026-01-01T00:00:00Z"'), frozen);

      const ownership = await ask('GET', '/api/v1/provisioning/ownership', maker);
      assert.equal(ownership.headers.get('content-type'), OCF);
      assert.equal(ownership.bytes.toString('hex'), OWNERSHIP);
      assert.equal((await ask('GET', '/api/v1/provisioning/ownership', { ...maker, ...json })).text, golden('ownership.json'));

      const wanted = { di: DEVICE, csr: { encoding: 'oic.sec.encoding.pem', data: text('identity.csr') } };
      const creds = await ask('POST', '/api/v1/provisioning/credentials', { ...maker, body: wanted });
      assert.equal(creds.status, 200, creds.text);
      const certificate = creds.json().creds[1].publicdata.data;
      assert.equal(new X509Certificate(certificate).subject, `CN=uuid:${DEVICE}`);
      assert.ok(new X509Certificate(certificate).verify(new X509Certificate(anchor).publicKey));
      const expected = golden('credentials.json', { CERTIFICATES: certificate, ANCHOR: anchor });
      assert.equal(creds.text, expected);
      const again = await ask('POST', '/api/v1/provisioning/credentials', { ...maker, body: cbor(wanted), type: OCF });
      assert.deepEqual(again.bytes, cbor(JSON.parse(expected)));

      const acls = await ask('GET', '/api/v1/provisioning/acls', maker);
      assert.deepEqual(acls.bytes, cbor(JSON.parse(golden('acls.json'))));
      assert.equal((await ask('GET', '/api/v1/provisioning/acls', { ...maker, ...json })).text, golden('acls.json'));

      const early = await ask('POST', '/api/v1/provisioning/cloud-configuration', { ...maker, body: { di: DEVICE } });
      assert.equal(early.status, 409);
      assert.equal(early.json().error, 'out_of_order');
      for (const accept of ['application/json', OCF]) {
        const cloud = await ask('POST', '/api/v1/provisioning/cloud-configuration',
          { certificate, body: cbor({ di: DEVICE }), type: 'application/cbor', accept });
        assert.equal(cloud.status, 200, cloud.text);
        const [token] = /eyJ[\w-]+\.[\w-]+\.[\w-]{86}/.exec(cloud.text);
        const { claims } = server.call('jwt_decode', token);
        assert.deepEqual([claims.owner, claims.device], ['alice', DEVICE]);
        const text = golden('cloud.json', { TOKEN: token });
        assert.deepEqual(cloud.bytes, accept === OCF ? cbor(JSON.parse(text)) : Buffer.from(text));
      }
    });

    it('takes the steps of a session, in JSON and in CBOR', async () => {
      const begun = await ask('POST', '/provisioning/sessions', { body: { chain: text('two.pem') } });
      const { session, nonce } = begun.json();
      const bearer = { authorization: `Bearer ${session}` };
      assert.equal((await ask('GET', '/provisioning/time', bearer)).status, 409);
      const forged = await ask('POST', '/provisioning/proof', { ...bearer, body: { proof: 'AAAA' } });
      assert.equal(forged.status, 401);
      assert.equal(forged.headers.get('www-authenticate'), 'Bearer realm="idplane"');
      const proof = sign('sha256', Buffer.from(nonce), createPrivateKey(text('two.key'))).toString('base64');
      const proven = await ask('POST', '/provisioning/proof', { ...bearer, body: cbor({ proof }), type: 'application/cbor' });
      assert.deepEqual(proven.bytes, cbor({ state: 'proven' }));
      const taken = await ask('POST', '/provisioning/identity', { ...bearer, body: text('identity.csr'), type: 'application/pkcs10' });
      assert.equal(taken.json().error, 'device_taken');
      assert.equal(taken.headers.get('cache-control'), 'no-store');
      const der = Buffer.from(text('identity.csr').replace(/-----.*-----|\n/g, ''), 'base64');
      assert.equal((await ask('POST', '/provisioning/identity', { ...bearer, body: der, type: 'application/pkcs10' })).json().error, 'device_taken');
    });

    it('refuses CBOR that JSON could not say, and too much of it', async () => {
      for (const hex of ['', 'a1', 'c1a0', 'bf6163fb3ff199999999999aff', 'a2616101616102', '80', 'a000', 'bbffffffffffffffff', 'f7']) {
        const answer = await ask('POST', '/provisioning/sessions', { body: Buffer.from(hex || '00', 'hex'), type: OCF, ...json });
        assert.equal(answer.status, 400, hex);
        assert.equal(answer.json().error, 'invalid_request', hex);
      }
      const large = await ask('POST', '/provisioning/sessions', { body: cbor({ chain: 'x'.repeat(60000) }), type: OCF, ...json });
      assert.equal(large.json().error, 'attestation_refused');
      assert.equal((await ask('POST', '/provisioning/sessions', { body: { chain: 'x'.repeat(300000) } })).status, 413);
      const odd = await ask('POST', '/provisioning/sessions', { certificate: text('two.pem'), body: { chain: 5 } });
      assert.deepEqual([odd.status, odd.json().error], [400, 'invalid_request'], 'what is no chain is not passed over');
    });

    it('says when to come again where somebody is asked', async () => {
      server.call('set_enrollment', 'asked', {
        owner: 'bob', kind: 'individual', approval: true, x509: { key_sha256: createHash('sha256')
          .update(new X509Certificate(text('two.pem')).publicKey.export({ type: 'spki', format: 'der' })).digest('hex') },
        require_identity: false, configuration: { '/light': { on: true } },
      });
      const begun = await ask('POST', '/provisioning/sessions', { certificate: text('two.pem') });
      const { session, state, registration_id: id } = begun.json();
      assert.equal(state, 'proven', begun.text);
      const bearer = { authorization: `Bearer ${session}` };
      const pending = await ask('GET', '/provisioning/ownership', bearer);
      assert.deepEqual([pending.status, pending.json().error], [409, 'approval_pending']);
      assert.equal(pending.headers.get('retry-after'), `${pending.json().retry_after}`);
      server.call('decide_enrollment', id, 'approve');
      assert.equal((await ask('GET', '/provisioning/ownership', bearer)).status, 200);

      // Then its configuration, once for each change of it (RFC 9110 section 13.1.2).
      assert.equal((await ask('POST', '/provisioning/identity', { ...bearer, body: { csr: text('other.csr') } })).status, 200);
      assert.equal((await ask('GET', '/provisioning/acls', bearer)).status, 200);
      const configuration = await ask('GET', '/provisioning/configuration', bearer);
      assert.deepEqual(configuration.json().resources, { '/light': { on: true } });
      const etag = configuration.headers.get('etag');
      for (const has of [etag, etag.slice(2), `"another", ${etag}`, '*']) {
        const unchanged = await ask('GET', '/provisioning/configuration', { ...bearer, 'if-none-match': has });
        assert.deepEqual([unchanged.status, unchanged.text, unchanged.headers.get('etag')], [304, '', etag], has);
      }
      assert.equal((await ask('GET', '/provisioning/configuration', { ...bearer, 'if-none-match': '"another"' })).status, 200);
    });
  });
}
