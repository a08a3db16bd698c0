// SPDX-License-Identifier: Apache-2.0
// reading.mjs: what others read in a certificate or a list: OpenSSL, GnuTLS and @peculiar/x509. Each
// has to say exactly what the profile says, and nothing else.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate as NodeCertificate, createHash, webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { require } from './engine.mjs';

require('reflect-metadata');
export const x509 = require('@peculiar/x509');
x509.cryptoProvider.set(webcrypto);

export const run = (program, options, input) =>
  execFileSync(program, options, { input, encoding: 'utf8', stdio: 'pipe', maxBuffer: 1 << 28 });

// A request of a new key.
export const newRequest = (subject, key = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], ...more) =>
  run('openssl', ['req', '-new', '-newkey', ...key, '-nodes', '-keyout', '/dev/null', '-subj', subject, ...more]);

// Runs body with a folder that holds the files: {name: text}.
export function inFolder(files, body) {
  const folder = mkdtempSync(join(tmpdir(), 'idplane-read-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return body((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const colons = (hex) => hex.match(/../g).join(':');

export const profiles = {
  client: {
    openssl: ['Digital Signature', 'TLS Web Client Authentication'],
    gnutls: [['Digital signature.'], ['TLS WWW Client.']],
    usages: x509.KeyUsageFlags.digitalSignature,
    purposes: ['1.3.6.1.5.5.7.3.2'],
    lifetime: 365 * 86400,
  },
  identity: {
    openssl: ['Digital Signature, Key Agreement',
      'TLS Web Client Authentication, TLS Web Server Authentication, 1.3.6.1.4.1.44924.1.6'],
    gnutls: [['Digital signature.', 'Key agreement.'],
      ['TLS WWW Client.', 'TLS WWW Server.', '1.3.6.1.4.1.44924.1.6']],
    usages: x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyAgreement,
    purposes: ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1', '1.3.6.1.4.1.44924.1.6'],
    lifetime: 10 * 365 * 86400,
  },
};
// Of a key that can't agree on a secret.
profiles.identityOfOther = {
  ...profiles.identity,
  openssl: ['Digital Signature', profiles.identity.openssl[1]],
  gnutls: [['Digital signature.'], profiles.identity.gnutls[1]],
  usages: x509.KeyUsageFlags.digitalSignature,
};

const der = (tag, ...parts) => {
  const contents = Buffer.concat(parts);
  const size = contents.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), contents]);
};

// The name of one common name, as DER.
const nameOf = (commonName) =>
  der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(commonName)))));

// RFC 4514, as OpenSSL writes it by RFC2253.
const escaped = (value) =>
  value.replace(/[,+"\\<>;]|^[ #]| $/g, '\\$&')
    .replace(/[\x00-\x1f\x7f]/g, (c) => `\\${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

// RFC 7093: of the bits of the key.
function identifierOf(spki) {
  const bits = spki.subarray(spki.length - bitsSize(spki));
  return createHash('sha256').update(bits).digest('hex').slice(0, 40);
}

// A SubjectPublicKeyInfo is an AlgorithmIdentifier and a BIT STRING behind it.
function bitsSize(spki) {
  const header = (at) => (spki[at + 1] < 128 ? [2, spki[at + 1]]
    : [2 + (spki[at + 1] & 127), spki.readUIntBE(at + 2, spki[at + 1] & 127)]);
  const [outside] = header(0);
  const [algorithm, size] = header(outside);
  const [head, bits] = header(outside + algorithm + size);
  assert.equal(outside + algorithm + size + head + bits, spki.length);
  return bits - 1;
}

// "Nov 27 06:26:31 2026 GMT"
const opensslTime = (iso) => {
  const [, day, month, year, clock] = new Date(iso).toUTCString().match(/(\d+) (\w+) (\d+) ([\d:]+)/);
  return `${month} ${String(Number(day)).padStart(2)} ${clock} ${year} GMT`;
};

const algorithms = {
  RS256: 'sha256WithRSAEncryption',
  ES256: 'ecdsa-with-SHA256',
  ES384: 'ecdsa-with-SHA384',
  ES512: 'ecdsa-with-SHA512',
  EdDSA: 'ED25519',
};

// All that OpenSSL prints of it, but the key and the signature.
function opensslSays(answer, expected) {
  const [usage, purposes] = profiles[expected.profile].openssl;
  return `Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number:
            ${colons(answer.serial)}
        Signature Algorithm: ${algorithms[expected.alg]}
        Issuer: CN=${answer.ca.replace(/@.*/, '')}
        Validity
            Not Before: ${opensslTime(answer.not_before)}
            Not After : ${opensslTime(answer.not_after)}
        Subject: CN=${escaped(expected.commonName)}
        X509v3 extensions:
            X509v3 Basic Constraints: critical
                CA:FALSE
            X509v3 Key Usage: critical
                ${usage}
            X509v3 Extended Key Usage:
                ${purposes}
            X509v3 Subject Key Identifier:
                ${colons(identifierOf(expected.spki)).toUpperCase()}
            X509v3 Authority Key Identifier:
                ${colons(expected.issuerIdentifier).toUpperCase()}
            X509v3 CRL Distribution Points:
                Full Name:
                  URI:https://id.example/crl/${answer.ca.replace('@', '%40')}
`;
}

// What GnuTLS prints of its extensions.
function gnutlsSays(answer, expected) {
  const [usages, purposes] = profiles[expected.profile].gnutls;
  const lines = (items) => items.map((item) => `\t\t\t${item}\n`).join('');
  return `\t\tBasic Constraints (critical):
\t\t\tCertificate Authority (CA): FALSE
\t\tKey Usage (critical):
${lines(usages)}\t\tKey Purpose (not critical):
${lines(purposes)}\t\tSubject Key Identifier (not critical):
\t\t\t${identifierOf(expected.spki)}
\t\tAuthority Key Identifier (not critical):
\t\t\t${expected.issuerIdentifier}
\t\tCRL Distribution points (not critical):
\t\t\tURI: https://id.example/crl/${answer.ca.replace('@', '%40')}
`;
}

function checkOpenssl(answer, expected) {
  const seen = run('openssl', ['x509', '-noout', '-text', '-certopt', 'no_pubkey,no_sigdump',
    '-nameopt', 'RFC2253,-esc_msb,utf8'], answer.certificate).replace(/ +$/gm, '');
  assert.equal(seen, opensslSays(answer, expected));
  const certificate = new NodeCertificate(answer.certificate);
  assert.deepEqual(certificate.publicKey.export({ type: 'spki', format: 'der' }), expected.spki);
  assert.ok(certificate.raw.includes(nameOf(expected.commonName)), 'the name is one UTF8String');
}

function checkGnutls(answer, expected) {
  const seen = run('certtool', ['--certificate-info'], answer.certificate);
  const [, extensions] = seen.match(/\tExtensions:\n([^]*?)\tSignature Algorithm:/);
  assert.equal(extensions, gnutlsSays(answer, expected));
  assert.match(seen, new RegExp(`^\tSerial Number \\(hex\\): ${answer.serial}$`, 'm'));
}

function checkTimes(answer, expected) {
  const [from, till] = [answer.not_before, answer.not_after].map(Date.parse);
  const early = 3600, { lifetime } = profiles[expected.profile];
  assert.ok(till <= expected.issuerTill && from >= expected.issuerFrom);
  if (from > expected.issuerFrom && till < expected.issuerTill) {
    assert.equal(till - from, (lifetime + early) * 1000);
  }
}

// The authority's certificate verifies it, by WebCrypto.
async function checkPeculiar(answer, expected) {
  const certificate = new x509.X509Certificate(answer.certificate);
  const issuer = new x509.X509Certificate(answer.chain.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/)[0]);
  const profile = profiles[expected.profile];
  assert.ok(await certificate.verify({ publicKey: issuer.publicKey, signatureOnly: true }), 'signature');
  assert.equal(certificate.serialNumber, answer.serial);
  assert.deepEqual(certificate.subjectName.getField('CN'), [expected.commonName]);
  assert.equal(certificate.subjectName.toJSON().length, 1);
  assert.deepEqual([certificate.notBefore, certificate.notAfter].map((t) => t.getTime()),
    [answer.not_before, answer.not_after].map(Date.parse));
  assert.deepEqual([...certificate.extensions].map(({ type, critical }) => [type, critical]),
    [['2.5.29.19', true], ['2.5.29.15', true], ['2.5.29.37', false], ['2.5.29.14', false],
      ['2.5.29.35', false], ['2.5.29.31', false]]);
  assert.equal(certificate.getExtension('2.5.29.19').ca, false);
  assert.equal(certificate.getExtension('2.5.29.15').usages, profile.usages);
  assert.deepEqual([...certificate.getExtension('2.5.29.37').usages], profile.purposes);
}

// What `openssl verify` and `certtool --verify` say of a chain, up to its root.
export function verified({ certificate, chain }, more = [], files = {}) {
  const above = chain.match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n/g);
  const root = above.at(-1);
  return inFolder({ root, above: above.join(''), leaf: certificate, all: certificate + chain, ...files }, (at) => {
    const options = more.map((option) => (option in files ? at(option) : option));
    const openssl = spawnSync('openssl', ['verify', '-x509_strict', ...options, '-CAfile', at('root'),
      '-untrusted', at('above'), at('leaf')], { encoding: 'utf8' });
    const gnutls = spawnSync('certtool', ['--verify', '--load-ca-certificate', at('root'), '--infile', at('all')],
      { encoding: 'utf8' });
    return { openssl: `${openssl.stdout}${openssl.stderr}`, gnutls: `${gnutls.stdout}${gnutls.stderr}`,
      good: openssl.status === 0 && gnutls.status === 0 };
  });
}

// expected: profile, alg of the authority, commonName, spki, issuerIdentifier, issuerFrom, issuerTill.
export async function check(answer, expected) {
  checkOpenssl(answer, expected);
  checkGnutls(answer, expected);
  checkTimes(answer, expected);
  await checkPeculiar(answer, expected);
  const chain = verified(answer);
  assert.ok(chain.good, `${chain.openssl}\n${chain.gnutls}`);
}
