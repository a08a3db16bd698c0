// SPDX-License-Identifier: Apache-2.0
// csr_test.mjs: requests of the corpora, good and hostile: the verdict of csr_inspect and sign_csr is
// that of the corpus, or a line of csr_differences says why not; and each certificate is its profile.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { engines, open, text, vectors } from './engine.mjs';
import { check, newRequest, run, x509 } from './reading.mjs';

const authorities = [
  ['default', { alg: 'ES256' }],
  ['rsa', { alg: 'RS256' }],
  ['p384', { alg: 'ES384' }],
  ['p521', { alg: 'ES512' }],
  ['ed', { alg: 'EdDSA' }],
  ['below', { alg: 'ES256', parent: 'rsa', path_length: 0 }],
];

const lines = (path) => readFileSync(path, 'utf8').split('\n').filter((line) => line !== '');
const rowsOf = (name) => lines(join(vectors, 'csr', name)).map((line) => JSON.parse(line));

// Those of pyca have no verdict; it follows from what was seen of them.
function pycaExpected({ id, openssl_3_0, sig_hash }) {
  if (openssl_3_0 !== 'ok') return { expect: 'invalid' };
  if (id.startsWith('dsa')) return { expect: 'invalid', reason: 'key_type' };
  return sig_hash === 'sha1' ? { expect: 'invalid', reason: 'hash_weak' } : { expect: 'valid' };
}

const pem = (bytes) => (bytes[0] === 0x30 ? Buffer.from(bytes.toString('base64')) : bytes);

function corpus() {
  const own = rowsOf('adversarial.jsonl').map((row) => ({ ...row, csr: Buffer.from(row.csr_pem) }));
  const pyca = rowsOf('pyca_requests.jsonl').map((row) =>
    ({ id: row.id, ...pycaExpected(row), csr: pem(Buffer.from(row.content_b64, 'base64')) }));
  return [...own, ...pyca];
}

// id → what it says instead. A line: id, the word, the reason.
const differences = new Map(lines(join(import.meta.dirname, 'csr_differences'))
  .filter((line) => !line.startsWith('#'))
  .map((line) => line.match(/^(\S+) (\S+) (\S.*)$/).slice(1, 3)));

const found = new Set();

// With a NUL in it, it is no argument in either engine.
const isText = ({ csr }) => !csr.includes(0);

const said = ({ valid, reasons }) => (valid ? 'ok' : reasons.join());
const wanted = ({ expect, reason }) => (expect === 'valid' ? 'ok' : reason);

// Of one row: what csr_inspect says is what the corpus says, or what the line of the difference says.
function judge({ id, ...row }, inspected) {
  const seen = said(inspected), expected = wanted(row);
  const right = expected === undefined ? seen !== 'ok' : seen === expected;
  if (right) {
    assert.ok(!differences.has(id), `${id} is listed in vain`);
    return;
  }
  assert.equal(seen, differences.get(id), `${id}: the corpus says ${expected}`);
  found.add(id);
}

// What nobody sees in a name, or what turns around what they see; controls are written \0A.
const hidden = /\\[01][0-9A-F]|\\7F|[\x80-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

const spkiOf = (certificate) =>
  createPublicKey(certificate).export({ type: 'spki', format: 'der' });

// The key of the request, as OpenSSL reads it.
const keyOf = (csr) => spkiOf(run('openssl', ['req', '-noout', '-pubkey',
  ...(csr[0] === 0x2d ? [] : ['-inform', 'DER'])], csr[0] === 0x2d ? csr : Buffer.from(`${csr}`, 'base64')));

function expectation(made, answer, profile, commonName, csr) {
  const [ca] = answer.ca.split('@');
  return {
    profile,
    alg: authorities.find(([name]) => name === ca)[1].alg,
    commonName,
    spki: keyOf(csr),
    issuerIdentifier: made.get(ca).key_identifier,
    issuerFrom: Date.parse(made.get(ca).not_before),
    issuerTill: Date.parse(made.get(ca).not_after),
  };
}

const keys = {
  'P-256': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'P-384': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'P-521': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  RSA: ['rsa:2048'],
  Ed25519: ['ed25519'],
};

describe('requests', { skip: !existsSync(join(vectors, 'csr')) && 'no vectors (IDPLANE_VECTORS)' }, () => {
  for (const engine of engines) {
    describe(engine, () => {
      let db, made, answers;
      const rows = corpus();

      before(() => {
        db = open(engine, 'csr');
        db.call('configure', { base_url: 'https://id.example' });
        made = new Map(authorities.map(([ca, options]) => [ca, db.call('create_ca', ca, options)]));
        const asked = rows.filter(isText).flatMap(({ id, csr }) => [
          `SELECT ${text(`inspect ${id} `)} || CAST(csr_inspect(${db.anyText(csr)}) AS text);`,
          `SELECT ${text(`sign ${id} `)} || CAST(sign_csr(${db.anyText(csr)}, 'client') AS text);`,
        ]);
        answers = new Map(db.ask(asked.join('\n')).map((line) => {
          const [, what, id, json] = line.match(/^(\S+) (\S+) (.*)$/);
          return [`${what} ${id}`, JSON.parse(json)];
        }));
      });
      after(() => db.end());

      for (const row of rows) {
        it(row.id, async () => {
          if (!isText(row)) {
            assert.equal(row.expect, 'invalid');
            assert.throws(() => db.ask(`SELECT sign_csr(${db.anyText(row.csr)}, 'client');`), /holds a NUL|0x00/);
            return;
          }
          const inspected = answers.get(`inspect ${row.id}`), signed = answers.get(`sign ${row.id}`);
          judge(row, inspected);
          if (!inspected.valid || inspected.common_name === undefined) {
            assert.equal(signed.error, 'invalid_csr');
            assert.deepEqual(signed.reasons, inspected.reasons ?? ['common_name']);
            return;
          }
          if (hidden.test(inspected.subject)) {
            assert.deepEqual(signed.reasons, ['name']);
            return;
          }
          await check(signed, expectation(made, signed, 'client', inspected.common_name, row.csr));
        });
      }

      for (const [ca] of authorities) {
        for (const [name, key] of Object.entries(keys)) {
          it(`a ${name} device of the authority ${ca}`, async () => {
            const id = crypto.randomUUID();
            // The request asks for all that it must not get, and its name is in capitals.
            const csr = newRequest(`/O=Anyone/CN=uuid:${id.toUpperCase()}`, key, '-addext', 'basicConstraints=critical,CA:TRUE',
              '-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-addext', 'subjectAltName=DNS:*,IP:192.0.2.1',
              '-addext', 'crlDistributionPoints=URI:http://evil.example/', '-addext', '1.2.3=critical,ASN1:NULL');
            const answer = db.call('sign_csr', csr, 'identity', { ca });
            const profile = name.startsWith('P-') ? 'identity' : 'identityOfOther';
            await check(answer, expectation(made, answer, profile, `uuid:${id}`, Buffer.from(csr)));
          });
        }
      }

      it('a chain that @peculiar/x509 builds up to the root', async () => {
        const answer = db.call('sign_csr', newRequest('/CN=chained'), 'client', { ca: 'below' });
        const above = answer.chain.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g);
        const builder = new x509.X509ChainBuilder({ certificates: above.map((c) => new x509.X509Certificate(c)) });
        const chain = await builder.build(new x509.X509Certificate(answer.certificate));
        assert.deepEqual([...chain].map((c) => c.subject), ['CN=chained', 'CN=below', 'CN=rsa']);
      });
    });
  }

  it('no difference is listed in vain', () => {
    assert.deepEqual([...differences.keys()].filter((id) => !found.has(id)), []);
  });
});
