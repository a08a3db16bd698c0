// SPDX-License-Identifier: Apache-2.0
// crl_test.mjs: revocation lists as OpenSSL, GnuTLS and @peculiar/x509 read them: signed by their
// authority, numbered, with reasons; and a certificate that is listed is refused.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { engines, open, text } from './engine.mjs';
import { inFolder, newRequest, run, verified, x509 } from './reading.mjs';

const authorities = [
  ['default', { alg: 'ES256' }],
  ['rsa', { alg: 'RS256' }],
  ['ed', { alg: 'EdDSA' }],
  ['below', { alg: 'ES384', parent: 'rsa', path_length: 0 }],
];

// removeFromCRL is for lists of changes only.
const reasons = ['unspecified', 'keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded',
  'cessationOfOperation', 'certificateHold', 'privilegeWithdrawn', 'aACompromise'];
const codes = { unspecified: undefined, keyCompromise: 1, cACompromise: 2, affiliationChanged: 3, superseded: 4,
  cessationOfOperation: 5, certificateHold: 6, privilegeWithdrawn: 9, aACompromise: 10 };

const tooMany = 10001; // more than one statement returns

// What OpenSSL reads: number, and reason by serial, as codes are named by @peculiar/x509.
function read(bytes) {
  const seen = run('openssl', ['crl', '-inform', 'DER', '-noout', '-text'], bytes);
  const crl = new x509.X509Crl(bytes);
  const entries = new Map(crl.entries.map(({ serialNumber, reason }) => [serialNumber, reason]));
  assert.equal((seen.match(/Serial Number:/g) ?? []).length, entries.size);
  return { number: Number(seen.match(/X509v3 CRL Number: \n\s+(\d+)/)[1]), entries, seen, crl };
}

for (const engine of engines) {
  describe(`lists: ${engine}`, () => {
    let db, made;
    const list = (ca) => Buffer.from(db.ask(db.listOf(ca)).at(-1), 'hex');
    const listAt = (time, ca) =>
      Buffer.from(db.ask(`SELECT set_clock('${time}');\n${db.listOf(ca)}`).at(-1), 'hex');
    const issue = (ca, options = {}) =>
      db.call('sign_csr', newRequest(`/CN=uuid:${crypto.randomUUID()}`), 'identity', { ca, ...options });
    const revoke = (serial, reason) => db.call('revoke_certificate', serial, reason);

    before(() => {
      db = open(engine, 'crl');
      made = new Map(authorities.map(([ca, options]) => [ca, db.call('create_ca', ca, options)]));
    });
    after(() => db.end());

    for (const [ca] of authorities) {
      it(`the list of ${ca} is its own, also when it is empty, and refuses what it lists`, () => {
        const good = issue(ca), bad = issue(ca), empty = list(ca);
        assert.equal(read(empty).entries.size, 0);
        revoke(bad.serial, 'superseded');
        for (const bytes of [empty, list(ca)]) {
          inFolder({ ca: made.get(ca).certificate, crl: run('openssl', ['crl', '-inform', 'DER'], bytes) }, (at) => {
            run('openssl', ['crl', '-in', at('crl'), '-CAfile', at('ca'), '-noout']);
            assert.match(run('certtool', ['--verify-crl', '--load-ca-certificate', at('ca'), '--infile', at('crl')]),
              /Verification output: Verified\./);
          });
        }
        const lists = { crl: run('openssl', ['crl', '-inform', 'DER'], list(ca)) };
        const options = ['-crl_check', '-CRLfile', 'crl'];
        assert.ok(verified(good, options, lists).good);
        const refused = verified(bad, options, lists);
        assert.match(refused.openssl, /certificate revoked/);
        assert.ok(verified(bad).good); // but for the list
      });
    }

    it('each reason has its code, and the number grows by one for each change', async () => {
      const certificates = reasons.map(() => issue('below'));
      let { number } = read(list('below'));
      for (const [i, reason] of reasons.entries()) {
        revoke(certificates[i].serial, reason);
        const { number: next, entries, crl } = read(list('below'));
        assert.equal(next, number + 1);
        assert.equal(entries.get(certificates[i].serial), codes[reason], reason);
        assert.equal(read(list('below')).number, next, 'nothing has changed');
        assert.ok(await crl.verify({ publicKey: new x509.X509Certificate(made.get('below').certificate).publicKey }));
        number = next;
      }
      const certtool = run('certtool', ['--crl-info', '--inder'], list('below'));
      assert.match(certtool, new RegExp(`CRL Number \\(not critical\\): ${number.toString(16).padStart(2, '0')}`));
      assert.match(certtool, new RegExp(`Authority Key Identifier \\(not critical\\):\\s+${made.get('below').key_identifier}`));
      for (const { serial } of certificates) assert.match(certtool, new RegExp(`Serial Number \\(hex\\): ${serial}`));
    });

    it('revoked again is no change, but for a key that turns out to be known', () => {
      const { serial } = issue('ed');
      revoke(serial, 'superseded');
      const { number } = read(list('ed'));
      assert.equal(revoke(serial, 'cessationOfOperation').changed, false);
      assert.equal(read(list('ed')).number, number);
      assert.equal(revoke(serial.toUpperCase(), 'keyCompromise').changed, true);
      const { number: next, entries } = read(list('ed'));
      assert.deepEqual([next, entries.get(serial)], [number + 1, codes.keyCompromise]);
      assert.equal(revoke(serial, 'superseded').reason, 'keyCompromise');
    });

    it('what has expired is listed once more, then leaves the list', () => {
      const brief = issue('default', { lifetime_s: 3600 }), long = issue('default');
      revoke(brief.serial, 'superseded');
      revoke(long.serial, 'superseded');
      const now = read(list('default'));
      assert.ok(now.entries.has(brief.serial) && now.entries.has(long.serial));
      const inDays = (days) => read(listAt(new Date(Date.now() + days * 86400e3).toISOString(), 'default'));
      const [next, last] = [inDays(2), inDays(4)];
      assert.deepEqual([next.number, last.number], [now.number + 1, now.number + 2]);
      assert.ok(next.entries.has(brief.serial) && next.entries.has(long.serial));
      assert.ok(!last.entries.has(brief.serial) && last.entries.has(long.serial));
    });

    it('what an authority has revoked stays revoked under its next certificate for the same key', () => {
      const folder = mkdtempSync(join(tmpdir(), 'idplane-kept-key-'));
      const at = (name) => join(folder, name);
      run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('key'),
        '-subj', '/CN=Kept', '-days', '900', '-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-out', at('first')]);
      const key = readFileSync(at('key'), 'utf8');
      const again = () => run('openssl', ['x509', '-in', at('first'), '-signkey', at('key'), '-days', '1800', '-extfile', at('more')]);
      writeFileSync(at('more'), 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n');
      db.call('import_ca', 'kept', readFileSync(at('first'), 'utf8'), key);
      const bad = issue('kept');
      revoke(bad.serial, 'superseded');
      const { number } = read(list('kept'));
      const renewed = db.call('import_ca', 'kept', again(), key, { replace: true });
      assert.equal(renewed.ca, 'kept@2');
      db.call('import_ca', 'kept-too', again(), key);
      const good = issue('kept-too'), worse = issue('kept-too');
      for (const ca of ['kept', 'kept@1', 'kept-too']) {
        assert.ok(read(list(ca)).entries.has(bad.serial), ca);
        assert.equal(read(list(ca)).number, number, ca);
      }
      revoke(worse.serial, 'superseded');
      for (const ca of ['kept', 'kept@1', 'kept-too']) {
        assert.deepEqual([...read(list(ca)).entries.keys()].sort(), [bad.serial, worse.serial].sort(), ca);
        assert.equal(read(list(ca)).number, number + 1, ca);
        const lists = { crl: run('openssl', ['crl', '-inform', 'DER'], list(ca)) };
        for (const [certificate, expected] of [[bad, /certificate revoked/], [worse, /certificate revoked/], [good, /OK/]]) {
          const shown = verified({ ...certificate, chain: renewed.certificate }, ['-crl_check', '-CRLfile', 'crl'], lists);
          assert.match(shown.openssl, expected, ca);
        }
      }
      rmSync(folder, { recursive: true });
    });

    it('one issuer has one list however its certificates identify the key, and OCSP says the same', () => {
      const folder = mkdtempSync(join(tmpdir(), 'idplane-identified-'));
      const at = (name) => join(folder, name);
      const usage = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n';
      const key = (name) => run('openssl', ['genpkey', '-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', at(name)]);
      const root = (file, keyFile, subject, identifier) => {
        writeFileSync(at('more'), `${usage}subjectKeyIdentifier=${identifier}\n`);
        run('openssl', ['req', '-new', '-key', at(keyFile), '-subj', subject, '-out', at('csr')]);
        run('openssl', ['x509', '-req', '-in', at('csr'), '-signkey', at(keyFile), '-days', '900', '-extfile', at('more'), '-out', at(file)]);
        return readFileSync(at(file), 'utf8');
      };
      const take = (ca, file, keyFile, options = {}) => db.call('import_ca', ca, readFileSync(at(file), 'utf8'), readFileSync(at(keyFile), 'utf8'), options);
      const known = (file, { serial }) => {
        run('openssl', ['ocsp', '-issuer', at(file), '-serial', `0x${serial}`, '-reqout', at('request'), '-no_nonce']);
        const request = readFileSync(at('request')).toString('hex');
        const [answer] = db.ask(engine === 'SQLite' ? `SELECT hex(ocsp(x'${request}'));` : `SELECT encode(ocsp('\\x${request}'), 'hex');`);
        writeFileSync(at('answer'), Buffer.from(answer, 'hex'));
        return run('openssl', ['ocsp', '-issuer', at(file), '-serial', `0x${serial}`, '-respin', at('answer'), '-CAfile', at(file)])
          .match(/^0x\w+: (\w+)/m)[1];
      };
      for (const name of ['one', 'other', 'another']) key(`${name}.key`);
      const chains = [root('first', 'one.key', '/CN=Identified', 'hash'), root('second', 'one.key', '/CN=Identified', '0102030405')];
      take('identified', 'first', 'one.key');
      const certificates = [issue('identified')];
      take('identified', 'second', 'one.key', { replace: true });
      certificates.push(issue('identified'));
      const good = issue('identified');
      assert.equal(known('first', good), 'good');
      for (const { serial } of certificates) revoke(serial, 'superseded');
      const numbers = ['identified@1', 'identified@2', 'identified@2', 'identified@1'].map((ca) => read(list(ca)).number);
      assert.deepEqual(numbers.map((number) => number - numbers[0]), [0, 1, 1, 2]);
      for (const [i, file] of ['first', 'second'].entries()) {
        const signed = list(`identified@${i + 1}`);
        assert.deepEqual([...read(signed).entries.keys()].sort(), certificates.map(({ serial }) => serial).sort());
        assert.match(verified({ ...certificates[i], chain: chains[i] }, ['-crl_check', '-CRLfile', 'crl'],
          { crl: run('openssl', ['crl', '-inform', 'DER'], signed) }).openssl, /certificate revoked/);
        assert.deepEqual([...certificates, good].map((certificate) => known(file, certificate)), ['revoked', 'revoked', 'good'], file);
      }
      root('ma', 'other.key', '/CN=Identified A', '01');
      root('ob', 'another.key', '/CN=Identified B', '01');
      take('ma', 'ma', 'other.key');
      take('ob', 'ob', 'another.key');
      const theirs = issue('ob');
      assert.deepEqual([known('ma', theirs), known('ob', theirs), known('first', theirs)], ['unknown', 'good', 'unknown']);
      rmSync(folder, { recursive: true });
    });

    it('a list is signed anew before its day is over', () => {
      const { number, crl } = read(list('rsa'));
      const at = (s) => new Date(crl.nextUpdate.getTime() + s * 1000).toISOString();
      assert.equal(crl.nextUpdate - crl.thisUpdate, 86400e3);
      assert.equal(read(listAt(at(-3700), 'rsa')).number, number);
      assert.equal(read(listAt(at(-3500), 'rsa')).number, number + 1);
    });

    it(`${tooMany} entries and more are one list`, () => {
      const { serial } = issue('ed');
      revoke(serial, 'superseded');
      const columns = 'tenant, issuer_key_identifier, ca_id, profile, subject, common_name, key_digest, not_before, not_after, issued_at, status, reason, revoked_at, certificate';
      db.ask(`WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${tooMany})
        INSERT INTO ${db.t}certificate (serial, ${columns})
        SELECT '7' || substr('000000000000000' || n, -15), ${columns} FROM ${db.t}certificate, number WHERE serial = ${text(serial)};`
        .replace(/substr\('(0+)' \|\| n, -15\)/, engine === 'SQLite' ? '$&' : "right('$1' || n, 15)"));
      const another = issue('ed');
      revoke(another.serial, 'superseded');
      const seen = run('openssl', ['crl', '-inform', 'DER', '-noout', '-text'], list('ed'));
      const serials = new Set([...seen.matchAll(/Serial Number: ([0-9A-F]+)/g)].map(([, s]) => s.toLowerCase()));
      assert.ok(serials.size >= tooMany + 2);
      assert.ok(serials.has(serial) && serials.has(another.serial) && serials.has(`7${String(tooMany).padStart(15, '0')}`));
    });
  });
}
