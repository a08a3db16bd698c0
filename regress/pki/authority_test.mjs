// SPDX-License-Identifier: Apache-2.0
// authority_test.mjs: the certificates of authorities as OpenSSL and GnuTLS read them: what they may do
// and nothing else, names in the kinds of text that others expect, and none that nobody could believe.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { engines, open, text } from './engine.mjs';
import { newRequest, run, verified } from './reading.mjs';

const subject = { CN: 'Größte Wurzel', O: 'Example, Inc', C: 'DE', DC: 'example', L: 'Köln', OU: 'a+b', ST: 'x',
  UID: 'u', serialNumber: 'A-7', emailAddress: 'a@example' };

const signed = { RS256: 'sha256WithRSAEncryption', ES256: 'ecdsa-with-SHA256', ES384: 'ecdsa-with-SHA384',
  ES512: 'ecdsa-with-SHA512', EdDSA: 'ED25519' };

const said = (certificate) => run('openssl', ['x509', '-noout', '-text', '-certopt', 'no_pubkey,no_sigdump,no_validity,no_serial',
  '-nameopt', 'RFC2253,-esc_msb,utf8'], certificate).replace(/ +$/gm, '');
const identifier = ({ key_identifier }) => key_identifier.toUpperCase().match(/../g).join(':');

const expected = (made, { alg, issuer, issuerKey, pathLength }) => `Certificate:
    Data:
        Version: 3 (0x2)
        Signature Algorithm: ${signed[alg]}
        Issuer: ${issuer}
        Subject: ${made.subject}
        X509v3 extensions:
            X509v3 Basic Constraints: critical
                CA:TRUE${pathLength === undefined ? '' : `, pathlen:${pathLength}`}
            X509v3 Key Usage: critical
                Digital Signature, Certificate Sign, CRL Sign
            X509v3 Subject Key Identifier:
                ${identifier(made)}
            X509v3 Authority Key Identifier:
                ${identifier(issuerKey)}
`;

for (const engine of engines) {
  describe(`authorities: ${engine}`, () => {
    let db;
    before(() => (db = open(engine, 'authority')));
    after(() => db.end());

    for (const alg of Object.keys(signed)) {
      it(`${alg} roots, and those below them, say what they are`, () => {
        const root = db.call('create_ca', `root-${alg}`, { alg, subject });
        const below = db.call('create_ca', `below-${alg}`, { parent: `root-${alg}`, path_length: 0 });
        assert.equal(said(root.certificate), expected(root, { alg, issuer: root.subject, issuerKey: root }));
        assert.equal(said(below.certificate),
          expected(below, { alg, issuer: root.subject, issuerKey: root, pathLength: 0 }));
        assert.ok(verified({ certificate: below.certificate, chain: root.certificate }).good);
      });
    }

    it('a name has its attributes in one order, each as the kind of text that it is', () => {
      const { certificate, subject: name } = db.call('create_ca', 'named', { subject });
      assert.equal(name, 'emailAddress=a@example,UID=u,serialNumber=A-7,CN=Größte Wurzel,OU=a\\+b,O=Example\\, Inc,L=Köln,ST=x,C=DE,DC=example');
      const kinds = run('openssl', ['asn1parse', '-i'], certificate).split('\n').filter((line) => /d=5 /.test(line))
        .map((line) => line.match(/prim:\s+(\S+)/)[1]).slice(0, 20).filter((kind) => kind !== 'OBJECT');
      assert.deepEqual(kinds, ['IA5STRING', 'PRINTABLESTRING', 'UTF8STRING', 'UTF8STRING', 'UTF8STRING', 'UTF8STRING',
        'UTF8STRING', 'PRINTABLESTRING', 'UTF8STRING', 'IA5STRING']);
      const seen = run('certtool', ['--certificate-info'], certificate);
      assert.match(seen, /^\tSubject: .*\bC=DE\b/m);
      assert.doesNotMatch(seen, /=#/);
    });

    it('the path length of those above is not what counts for a device', () => {
      for (const [ca, options] of [['a', { path_length: 8 }], ['b', { parent: 'a', path_length: 1 }], ['c', { parent: 'b', path_length: 0 }]]) {
        db.call('create_ca', ca, options);
      }
      const answer = db.call('sign_csr', newRequest('/CN=deep'), 'client', { ca: 'c' });
      assert.equal(answer.chain.match(/BEGIN/g).length, 3);
      assert.ok(verified(answer).good);
    });

    it('one whose time is over signs neither devices nor authorities', () => {
      db.call('create_ca', 'brief', { lifetime_s: 60 });
      const later = new Date(Date.now() + 61e3).toISOString(), earlier = new Date(Date.now() - 2 * 3600e3).toISOString();
      for (const time of [later, earlier]) {
        for (const call of [`sign_csr(${text(newRequest('/CN=late'))}, 'client', '{"ca":"brief"}')`,
          `create_ca('below-brief', '{"parent":"brief"}')`]) {
          assert.throws(() => db.ask(`SELECT set_clock('${time}');\nSELECT ${call};`), /no_such_ca: The certificate authority has expired/);
        }
      }
      assert.equal(db.ask(`SELECT count(*) FROM ${db.t}certificate WHERE subject = 'CN=late';`)[0], '0');
    });
  });
}
