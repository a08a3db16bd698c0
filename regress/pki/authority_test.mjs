// SPDX-License-Identifier: Apache-2.0
// authority_test.mjs: the certificates of authorities as OpenSSL and GnuTLS read them: what they may do
// and nothing else, names in the kinds of text that others expect, and none that nobody could believe.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { engines, open, text } from './engine.mjs';
import { inFolder, newRequest, run, verified } from './reading.mjs';

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
${issuerKey === made ? '' : `            X509v3 CRL Distribution Points:
                Full Name:
                  URI:http://127.0.0.1:8080/crl/${issuerKey.ca.replace('@', '%40')}
`}`;

const first = (chain) => chain.match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n/)[0];

// An authority outside of the database, source, and what it signs, for keys that have names: made() gives a certificate
// and that of the source behind it, key() a key.
function elsewhere() {
  const folder = mkdtempSync(join(tmpdir(), 'idplane-elsewhere-'));
  const at = (name) => join(folder, name);
  const key = (name) => {
    if (!existsSync(at(name))) run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', at(name)]);
    return readFileSync(at(name), 'utf8');
  };
  const authority = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n';
  const made = (name, serial, extensions = authority) => {
    key(name);
    writeFileSync(at('extensions'), extensions);
    run('openssl', ['req', '-new', '-key', at(name), '-subj', `/CN=${name}`, '-out', at('csr')]);
    const certificate = run('openssl', ['x509', '-req', '-in', at('csr'), '-set_serial', serial, '-days', '90', '-extfile', at('extensions'),
      ...(name === 'source' ? ['-signkey', at(name)] : ['-CA', at('source.pem'), '-CAkey', at('source')])]);
    if (name === 'source') writeFileSync(at('source.pem'), certificate);
    return name === 'source' ? certificate : certificate + readFileSync(at('source.pem'), 'utf8');
  };
  made('source', '1');
  return { made, key, end: () => rmSync(folder, { recursive: true }) };
}

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

    it('one that is revoked is refused with all that it has signed', () => {
      db.call('create_ca', 'above', { path_length: 1 });
      const below = db.call('create_ca', 'under', { parent: 'above', path_length: 0 });
      const answer = db.call('sign_csr', newRequest('/CN=under'), 'client', { ca: 'under' });
      const lists = () => ({ crl: ['above', 'under'].map((ca) =>
        run('openssl', ['crl', '-inform', 'DER'], Buffer.from(db.ask(db.listOf(ca)).at(-1), 'hex'))).join('') });
      const options = ['-crl_check_all', '-CRLfile', 'crl'];
      assert.ok(verified(answer, options, lists()).good);
      assert.equal(db.call('revoke_certificate', below.serial, 'cACompromise').ca, 'above@1');
      assert.match(verified(answer, options, lists()).openssl, /certificate revoked/);
      assert.throws(() => db.call('sign_csr', newRequest('/CN=under'), 'client', { ca: 'under' }), /no_such_ca: The certificate authority was revoked/);
      const key = run('openssl', ['genpkey', '-algorithm', 'ed25519']);
      assert.throws(() => db.call('import_ca', 'under-again', answer.chain, key), /was revoked, or one above it/);
    });

    it('one from elsewhere has to be what those above it let it be', () => {
      const folder = mkdtempSync(join(tmpdir(), 'idplane-above-'));
      const at = (name) => join(folder, name);
      const usage = 'keyUsage=critical,keyCertSign,cRLSign';
      const root = (name, days, length) => run('openssl', ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout', at(`${name}.key`), '-subj', `/CN=${name}`,
        '-days', days, '-addext', usage, '-addext', `basicConstraints=critical,CA:TRUE${length}`, '-out', at(name)]);
      const below = (name, above, extensions, days = '40') => {
        writeFileSync(at('extensions'), `basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n${extensions}\n`);
        run('openssl', ['req', '-new', '-newkey', 'ed25519', '-nodes', '-keyout', at(`${name}.key`), '-subj', `/CN=${name}`, '-out', at('csr')]);
        const made = run('openssl', ['x509', '-req', '-in', at('csr'), '-CA', at(above), '-CAkey', at(`${above}.key`), '-CAcreateserial', '-days', days, '-extfile', at('extensions')]);
        writeFileSync(at(name), made);
        return made + readFileSync(at(above), 'utf8');
      };
      const take = (name, chain) => db.call('import_ca', name, chain, readFileSync(at(`${name}.key`), 'utf8'));
      root('flat', '90', ',pathlen:0');
      root('brief', '1', '');
      root('deep', '90', ',pathlen:1');
      assert.throws(() => take('one', below('one', 'flat', usage)), /does not let so many authorities stand below it/);
      assert.throws(() => take('mute', below('mute', 'deep', 'keyUsage=critical,keyCertSign')), /its keyUsage has no cRLSign/);
      const chain = below('two', 'brief', usage);
      const over = new Date(Date.now() + 2 * 86400e3).toISOString();
      assert.throws(() => db.ask(`SELECT set_clock('${over}');\nSELECT import_ca('two', ${text(chain)}, ${text(readFileSync(at('two.key'), 'utf8'))});`),
        /A certificate above it has expired/);
      const short = take('two', chain), good = take('three', below('three', 'deep', usage));
      assert.ok(Date.parse(short.not_after) - Date.now() < 86400e3 + 60e3, 'no longer than the one above');
      assert.ok(Date.parse(good.not_after) - Date.now() > 39 * 86400e3);
      rmSync(folder, { recursive: true });
    });

    it('a key that somebody else has signs by no certificate', () => {
      const { made, key, end } = elsewhere();
      const take = (ca, chain, name) => db.call('import_ca', ca, chain, key(name));
      const sign = (ca) => db.call('sign_csr', newRequest('/CN=known'), 'client', { ca });
      const requestOf = (name) => inFolder({ key: key(name) }, (at) => run('openssl', ['req', '-new', '-key', at('key'), '-subj', `/CN=${name}`]));
      const refused = (...cas) => cas.forEach((ca) => assert.throws(() => sign(ca), /no_such_ca: The certificate authority was revoked/, ca));
      const stolen = ['2', '3', '4'].map((serial) => made('stolen', serial));
      take('known-source', made('source', '1'), 'source');
      take('stolen-2', stolen[0], 'stolen');
      take('stolen-3', stolen[1], 'stolen');
      db.call('create_ca', 'under-stolen', { parent: 'stolen-3' });
      assert.equal(db.call('revoke_certificate', first(stolen[0]), 'keyCompromise').changed, true);
      refused('stolen-2', 'stolen-3', 'under-stolen');
      assert.throws(() => take('stolen-4', stolen[2], 'stolen'), /revoked since somebody else has the key/);
      // With cACompromise the same; another reason is about the certificate alone.
      const called = ['5', '6', '7', '8'].map((serial) => made('called', serial));
      called.slice(0, 3).forEach((chain, i) => take(`called-${i}`, chain, 'called'));
      db.call('revoke_certificate', first(called[0]), 'superseded');
      assert.deepEqual(['called-1', 'called-2'].map((ca) => sign(ca).ca), ['called-1@1', 'called-2@1']);
      db.call('revoke_certificate', first(called[1]), 'cACompromise');
      refused('called-0', 'called-1', 'called-2');
      assert.throws(() => take('called-3', called[3], 'called'), /somebody else has the key/);
      ['stolen', 'called'].forEach((name) =>
        assert.deepEqual(db.call('sign_csr', requestOf(name), 'client', { ca: 'known-source' }).reasons, ['key_compromised'], name));
      // A key that a device has, too.
      take('lent', made('lent', '9'), 'lent');
      const device = () => db.call('sign_csr', requestOf('lent'), 'client', { ca: 'known-source' });
      db.call('revoke_certificate', device().serial, 'keyCompromise');
      refused('lent');
      assert.equal(sign('known-source').ca, 'known-source@1');
      end();
    });

    it('a certificate without a row is revoked as it is shown, unless another one has its serial', () => {
      const { made, key, end } = elsewhere();
      const leaf = 'basicConstraints=CA:FALSE\n';
      const revoke = (shown) => db.call('revoke_certificate', shown, 'superseded');
      const isNone = (shown) => db.ask(`SELECT CASE WHEN revoke_certificate(${text(shown)}, 'keyCompromise') IS NULL THEN 'none' END;`)[0] === 'none';
      db.call('import_ca', 'shown', made('source', '1'), key('source'));
      const { serial, certificate } = db.call('sign_csr', newRequest('/CN=shown'), 'client', { ca: 'shown' });
      const lost = first(made('leaf', '77', leaf));
      assert.deepEqual([run('openssl', ['x509', '-text'], lost), ` ${lost}`, lost].map((shown) => revoke(shown).changed), [true, false, false]);
      assert.throws(() => revoke(first(made('leaf', `0x${serial}`, leaf))), /invalid_argument: The serial of the certificate is that of another one/);
      for (const nothing of ['', 'xyz', `${serial} `, '-----BEGIN nothing', certificate + lost]) {
        assert.throws(() => revoke(nothing), /invalid_argument: The argument serial/, nothing);
      }
      assert.equal(revoke(run('openssl', ['x509', '-text'], certificate)).serial, serial);
      // One that nobody here has signed; and a root, which has signed itself.
      const other = elsewhere();
      assert.deepEqual(['abc', first(other.made('leaf', '1')), other.made('source', '1')].map((shown) => isNone(shown)), Array(3).fill(true));
      assert.equal(revoke(made('source', '1')).ca, 'shown@1');
      other.end();
      end();
    });

    it('a name has nothing that nobody sees, and with an asterisk none is that of many', () => {
      const signed = (subject, profile) => db.call('sign_csr', newRequest(subject, undefined, '-utf8'), profile, { ca: 'a' });
      db.call('set_certificate_profile', 'web', { common_name: '*.devices.example', extended_key_usage: ['serverAuth'], subject_from_request: ['emailAddress', 'OU'] });
      db.call('set_certificate_profile', 'server', { extended_key_usage: ['clientAuth', 'serverAuth'] });
      db.call('set_certificate_profile', 'machine', { common_name: 'm-*' });
      for (const name of ['\n', '\r\nSet-Cookie: a', '\u001b[2J', '\u202e', '\u200f', '\u0085', '\ufeff', '\u2028', '\u00ad', '\u034f',
        '\u115f', '\u1160', '\u17b5', '\u180b', '\u180f', '\u3164', '\ufe00', '\ufe0f', '\uffa0', '\ufff0', '\ufffb', '\u{1bca0}', '\u{1d17a}',
        '\u{e0000}', '\u{e0041}', '\u{e0fff}']) {
        for (const subject of [`/CN=m-${name}`, `/CN=m-1/OU=${name}`]) {
          assert.deepEqual(signed(subject, 'machine').reasons, ['name'], JSON.stringify(subject));
        }
      }
      assert.deepEqual(signed('/CN=m-*', 'machine').reasons, ['common_name']);
      for (const name of ['*.devices.example', 'a.*.devices.example', 'a b.devices.example', 'ä.devices.example', '.devices.example']) {
        assert.deepEqual(signed(`/CN=${name}`, 'web').reasons, ['common_name'], name);
      }
      db.call('set_certificate_profile', 'any-purpose', { extended_key_usage: ['clientAuth', '2.5.29.37.0'] });
      for (const profile of ['server', 'any-purpose']) {
        assert.deepEqual(['/CN=*', '/CN=*.devices.example', '/CN=Some One', '/CN=a_b'].map((subject) => signed(subject, profile).reasons?.[0]),
          Array(4).fill('common_name'), profile);
      }
      assert.match(signed('/CN=b.devices.example', 'any-purpose').certificate, /BEGIN/);
      const { certificate } = signed('/CN=a.devices.example/emailAddress=a@example/OU=Straße', 'web');
      assert.match(run('openssl', ['x509', '-noout', '-checkhost', 'a.devices.example'], certificate), /does match/);
      for (const name of ['Größe 1', '가', 'ㅣ', '\u17b6', '\ufe10', '\uffa1', '\u{1f600}', '\u{1d172}']) {
        assert.match(signed(`/CN=m-${name}`, 'machine').certificate, /BEGIN/, name);
      }
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

    it('a next key whose time is over, or that was revoked, is passed over', () => {
      db.call('create_ca', 'steady', {});
      db.call('create_ca', 'steady', { next: true, lifetime_s: 60 });
      const later = (options) => JSON.parse(db.ask(`SELECT set_clock('${new Date(Date.now() + 61e3).toISOString()}');
        SELECT create_ca('steady', '${JSON.stringify(options)}');`.replaceAll('\n', ' ')).at(-1));
      const next = later({ next: true });
      assert.equal(next.ca, 'steady@3');
      db.call('revoke_certificate', next.certificate, 'keyCompromise');
      assert.equal(later({ replace: true }).ca, 'steady@4');
    });
  });
}
