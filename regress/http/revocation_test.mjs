// SPDX-License-Identifier: Apache-2.0
// revocation_test.mjs: whether a certificate is still good, as openssl and certtool ask for it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { engines, start } from './server.mjs';

const UUID = '7f9b4ce0-3a5b-4c0a-9e0b-1234567890ab';

// The status of a request whose Host has no port.
const without = (base, path) =>
  new Promise((done, failed) => {
    const { hostname, port } = new URL(base);
    get({ host: hostname, port, path, headers: { host: hostname } }, (answer) => (answer.resume(), done(answer.statusCode))).on('error', failed);
  });

for (const engine of engines) {
  describe(`revocation on ${engine}`, () => {
    for (const alg of ['ES256', 'ES384', 'RS256', 'EdDSA']) {
      it(`is told by an authority of ${alg}`, async () => {
        const folder = mkdtempSync(join(tmpdir(), 'idplane-pki-'));
        const file = (name) => join(folder, name);
        const openssl = (...options) => execFileSync('openssl', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
        const server = await start(engine);
        try {
          server.call('create_ca', 'root', { alg: 'EdDSA' });
          const ca = server.call('create_ca', 'devices', { parent: 'root', path_length: 0, alg });
          openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
            '-keyout', file('key'), '-subj', `/CN=uuid:${UUID}`, '-out', file('csr'));
          const csr = readFileSync(file('csr'), 'utf8');
          const [good, revoked] = [1, 2].map(() => server.call('sign_csr', csr, 'identity', { ca: 'devices' }));
          server.call('revoke_certificate', revoked.serial, 'superseded');
          writeFileSync(file('ca'), ca.certificate);
          writeFileSync(file('root'), good.chain.slice(ca.certificate.length));
          writeFileSync(file('good'), good.certificate);
          writeFileSync(file('revoked'), revoked.certificate);

          // OpenSSL 3.0 names the host without the port.
          const ask = (option, value, ...before) => openssl('ocsp', ...before, '-issuer', file('ca'), option, value,
            '-url', `${server.base}/ocsp/devices`, '-CAfile', file('root'), '-verify_other', file('ca'));
          assert.match(ask('-cert', file('good')), /good: good/);
          assert.match(ask('-cert', file('revoked')), /revoked: revoked[^]*Reason: superseded/);
          assert.match(ask('-serial', '0x77'), /0x77: unknown/);
          assert.match(ask('-cert', file('revoked'), '-sha256'), /revoked: revoked/);

          openssl('ocsp', '-issuer', file('ca'), '-cert', file('revoked'), '-no_nonce', '-reqout', file('request'));
          const path = encodeURIComponent(readFileSync(file('request')).toString('base64'));
          const answer = await fetch(`${server.base}/ocsp/devices/${path}`);
          assert.equal(answer.headers.get('content-type'), 'application/ocsp-response');
          writeFileSync(file('answer'), Buffer.from(await answer.arrayBuffer()));
          const read = spawnSync('openssl', ['ocsp', '-respin', file('answer'), '-issuer', file('ca'), '-cert', file('revoked'),
            '-CAfile', file('root'), '-verify_other', file('ca')], { encoding: 'utf8' });
          assert.match(read.stdout, /revoked: revoked/);
          assert.match(read.stderr, /Response verify OK/);

          const list = await fetch(`${server.base}/crl/devices@1`);
          assert.equal(list.headers.get('content-type'), 'application/pkix-crl');
          writeFileSync(file('crl'), Buffer.from(await list.arrayBuffer()));
          openssl('crl', '-inform', 'DER', '-in', file('crl'), '-out', file('crl.pem'));
          const verify = (name) => spawnSync('openssl', ['verify', '-crl_check', '-x509_strict', '-CAfile', file('root'),
            '-untrusted', file('ca'), '-CRLfile', file('crl.pem'), file(name)], { encoding: 'utf8' });
          assert.equal(verify('good').status, 0, verify('good').stderr);
          assert.match(verify('revoked').stderr, /certificate revoked/);
          const fetched = (name) => spawnSync('openssl', ['verify', '-crl_check', '-crl_download', '-CAfile', file('root'),
            '-untrusted', file('ca'), file(name)], { encoding: 'utf8' });
          assert.equal(fetched('good').status, 0, fetched('good').stderr);
          assert.match(fetched('revoked').stderr, /certificate revoked/);
          assert.equal(fetched('ca').status, 0, fetched('ca').stderr);
          assert.equal(await without(server.base, '/crl/devices'), 200);
          assert.equal(await without(server.base, '/jwks'), 404);
        } finally {
          await server.stop();
          rmSync(folder, { recursive: true });
        }
      });
    }
  });
}
