// SPDX-License-Identifier: Apache-2.0
// tls_test.mjs: idplane-httpd --tls with clients that have a certificate, or none, or another's, or that
// break off; what they forge, and what others wait for. On each engine.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { certificate } from './provider.mjs';
import { engines, start } from './server.mjs';

const folder = mkdtempSync(join(tmpdir(), 'idplane-tls-'));
after(() => rmSync(folder, { recursive: true }));
const file = (name) => join(folder, name);
const openssl = (...words) => execFileSync('openssl', words, { stdio: 'pipe' });

// A key and a certificate of it, by an authority or by itself: {key, cert, der}.
function made(name, subject, issuer, more = []) {
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file(`${name}.key`), '-x509',
    '-days', '2', '-subj', subject, '-out', file(`${name}.pem`), ...more,
    ...(issuer ? ['-CA', file(`${issuer}.pem`), '-CAkey', file(`${issuer}.key`)] : []));
  const cert = readFileSync(file(`${name}.pem`), 'utf8');
  return { key: readFileSync(file(`${name}.key`)), cert, der: new X509Certificate(cert).raw };
}

for (const engine of engines) {
  describe(`TLS on ${engine}`, () => {
    let server, serverCa;
    const known = {};
    before(async () => {
      serverCa = certificate(folder).cert;
      known.maker = made('maker', '/CN=maker', undefined, ['-addext', 'basicConstraints=critical,CA:TRUE']);
      known.box = made('box', '/CN=box-1', 'maker');
      known.forged = made('forged', '/CN=box-1');
      known.self = made('self', '/CN=any');
      server = await start(engine, { client_certificate_header: 'client-cert' }, ['--tls', '--tls-certificate', file('cert.pem'),
        '--tls-key', file('key.pem'), '--tls-client-ca', file('maker.pem')]);
      const jwk = server.call('jwk_from_pem', known.self.cert);
      for (const [name, metadata] of [
        ['box', { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=box-1' }],
        ['self', { token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [jwk] } }],
      ]) server.call('register_client', name, { ...metadata, grant_types: ['client_credentials'], scope: 'read',
        tls_client_certificate_bound_access_tokens: true });
    });
    after(() => server?.stop());

    // A request on a connection of its own: {status, body}.
    const ask = (path, { method = 'GET', body, headers, ...tls } = {}) =>
      new Promise((done, fail) => {
        const sent = request(`${server.base}${path}`, { method, headers, ca: serverCa, agent: false, ...tls }, (answer) => {
          let text = '';
          answer.on('data', (part) => (text += part)).on('end', () => done({ status: answer.statusCode, body: text }));
        });
        sent.on('error', fail).setTimeout(20000, () => sent.destroy(new Error('no answer in 20 s')));
        sent.end(body);
      });
    const token = (client_id, tls, headers = {}) =>
      ask('/token', { method: 'POST', body: `grant_type=client_credentials&client_id=${client_id}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, ...tls });
    const pair = ({ key, cert }) => ({ key, cert });
    const boundTo = (answer) => JSON.parse(Buffer.from(JSON.parse(answer.body).access_token.split('.')[1], 'base64url')).cnf['x5t#S256'];
    const printOf = ({ cert }) => Buffer.from(new X509Certificate(cert).fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');

    it('a client without a certificate is served', async () => {
      assert.equal((await ask('/.well-known/oauth-authorization-server')).status, 200);
      assert.equal((await token('box', {})).status, 401);
    });

    it('the certificate of the connection authenticates, and its token is bound to it', async () => {
      for (const name of ['box', 'self']) {
        const answer = await token(name, pair(known[name]));
        assert.equal(answer.status, 200, answer.body);
        assert.equal(boundTo(answer), printOf(known[name]));
      }
    });

    it('the same name of another authority does not', async () => {
      assert.equal((await token('box', pair(known.forged))).status, 401);
      assert.equal((await token('self', pair(known.box))).status, 401);
    });

    it('of a chain, the first certificate is the client', async () => {
      const { key, cert } = known.box;
      assert.equal((await token('box', { key, cert: cert + known.maker.cert })).status, 200);
      const answer = await token('self', { key: known.self.key, cert: known.self.cert + known.maker.cert + known.box.cert });
      assert.equal(answer.status, 200, answer.body);
    });

    it('a header that a client sends is nobody', async () => {
      const forms = { 'Client-Cert': `:${known.self.der.toString('base64')}:`, 'client-cert': encodeURIComponent(known.self.cert),
        'CLIENT-CERT': encodeURIComponent(known.self.cert) };
      for (const [name, value] of Object.entries(forms)) {
        assert.equal((await token('self', {}, { [name]: value })).status, 401);
        assert.equal((await token('self', pair(known.box), { [name]: value })).status, 401);
        const answer = await token('self', pair(known.self), { [name]: `:${known.box.der.toString('base64')}:`, 'x-idplane-unverified': '0' });
        assert.equal(boundTo(answer), printOf(known.self));
      }
    });

    it('TLS 1.2 and 1.3, nothing older', async () => {
      for (const version of ['TLSv1.2', 'TLSv1.3'])
        assert.equal((await token('box', { ...pair(known.box), minVersion: version, maxVersion: version })).status, 200);
      await assert.rejects(ask('/healthz', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
      await assert.rejects(ask('/healthz', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }), 'no RSA without a secret of its own');
    });

    it('several requests on a connection are of one client', async () => {
      const socket = connect({ port: new URL(server.base).port, host: '127.0.0.1', ca: serverCa, ...pair(known.self) });
      const form = 'grant_type=client_credentials&client_id=self';
      const text = `POST /token HTTP/1.1\r\nHost: ${new URL(server.base).host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n${form}`;
      let seen = '';
      socket.on('data', (part) => (seen += part));
      socket.write(text + text + text);
      for (let i = 0; i < 200 && seen.split('HTTP/1.1 200').length < 4; i++) await new Promise((done) => setTimeout(done, 25));
      socket.destroy();
      assert.equal(seen.split('HTTP/1.1 200').length, 4, seen);
    });

    it('a chain that is too long ends the handshake', async () => {
      const { key, cert } = known.self;
      await assert.rejects(ask('/healthz', { key, cert: cert + known.box.cert.repeat(150) }));
      assert.equal((await ask('/healthz')).status, 200);
    });

    it('plain HTTP is no TLS, and whoever speaks it is let go', async () => {
      const { port } = new URL(server.base);
      await assert.rejects(new Promise((done, fail) => requestPlain({ port, host: '127.0.0.1', path: '/healthz' }, done).on('error', fail).end()));
      assert.equal((await ask('/healthz')).status, 200);
    });

    it('who breaks off in the handshake, or says nothing, holds up nobody', async () => {
      const { port } = new URL(server.base);
      const hello = Buffer.from('160301020001000001fc0303', 'hex'); // as much of a ClientHello
      const silent = Array.from({ length: 60 }, (_, i) => {
        const socket = connectPlain(port, '127.0.0.1').on('error', () => {});
        if (i % 3 > 0) socket.write(hello);
        if (i % 3 > 1) socket.end();
        return socket;
      });
      const since = performance.now();
      assert.equal((await token('self', pair(known.self))).status, 200);
      assert.ok(performance.now() - since < 5000);
      silent.forEach((socket) => socket.destroy());
      assert.equal((await ask('/healthz')).status, 200);
    });

    it('200 handshakes at once', async () => {
      const answers = await Promise.all(Array.from({ length: 200 }, (_, i) =>
        token(i % 2 ? 'self' : 'box', pair(i % 2 ? known.self : known.box))));
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
      assert.deepEqual(answers.map(boundTo), answers.map((_, i) => printOf(i % 2 ? known.self : known.box)));
    });

    it('what is wrong with the files is said in one sentence', () => {
      writeFileSync(file('text'), 'no certificate');
      const files = (certificate, key, ...more) => server.refused('--listen', '127.0.0.1:0', '--tls', '--tls-certificate', file(certificate), '--tls-key', file(key), ...more);
      const said = {
        'needs --tls-certificate FILE and --tls-key FILE': server.refused('--tls'),
        'go with --tls': server.refused('--tls-key', file('key.pem')),
        '--tls-certificate: cannot read': files('absent', 'key.pem'),
        '--tls-key: cannot read': files('cert.pem', 'absent'),
        'do not match': files('cert.pem', 'box.key'),
        'cannot use --tls-certificate': files('text', 'key.pem'),
        'has no certificate in PEM': files('cert.pem', 'key.pem', '--tls-client-ca', file('text')),
        'leave them out of --trust-header': files('cert.pem', 'key.pem', '--trust-header', 'Client-Cert-Chain'),
      };
      for (const [sentence, seen] of Object.entries(said)) {
        assert.match(seen, new RegExp(`^1 idplane-httpd: .*${sentence}[^\\n]*$`), sentence);
      }
    });
  });

  describe(`handshakes that take too long on ${engine}`, () => {
    let server;
    before(async () => {
      server = await start(engine, {}, ['--timeout', '1', '--tls', '--tls-certificate', file('cert.pem'), '--tls-key', file('key.pem')]);
    });
    after(() => server?.stop());

    it('end, also where something comes now and then', async () => {
      const closed = (every) => new Promise((done) => {
        const socket = connectPlain(new URL(server.base).port, '127.0.0.1').on('error', () => {}).on('close', done);
        const hello = Buffer.from('160301020001000001fc0303'.padEnd(1000, '0'), 'hex');
        let at = 0;
        const timer = every && setInterval(() => socket.write(hello.subarray(at, ++at)), every);
        socket.on('close', () => clearInterval(timer)).setTimeout(20000, () => done('still there'));
        socket.resume();
      });
      const seen = await Promise.all([closed(0), closed(200)]);
      assert.ok(!seen.includes('still there'));
    });
  });

  describe(`the header of a certificate without TLS on ${engine}`, () => {
    let server;
    before(async () => {
      const cert = made('plain', '/CN=plain').cert;
      server = await start(engine, { client_certificate_header: 'client-cert' });
      server.call('register_client', 'plain', { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=plain',
        grant_types: ['client_credentials'], scope: 'read' });
      known = encodeURIComponent(cert);
    });
    let known;
    after(() => server?.stop());

    it('is not handed on', async () => {
      const { status } = await fetch(`${server.base}/token`, { method: 'POST', headers: { 'Client-Cert': known },
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'plain' }) });
      assert.equal(status, 401);
    });
  });
}
