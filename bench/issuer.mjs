// SPDX-License-Identifier: Apache-2.0
// issuer.mjs: npm's @peculiar/x509, as issuer.c talks to it. Its authority has a key that is made once;
// a request is read, its proof checked, and a certificate is made that says what the profile identity of
// idplane says, as PEM.
import { randomBytes, webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../regress/http/', import.meta.url));
require('reflect-metadata');
const x509 = require('@peculiar/x509');
x509.cryptoProvider.set(webcrypto);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const { publicKey, privateKey } = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
const authorityKey = await x509.AuthorityKeyIdentifierExtension.create(publicKey);
const { digitalSignature, keyAgreement } = x509.KeyUsageFlags;

async function issue(text) {
  const request = new x509.Pkcs10CertificateRequest(text);
  if (!(await request.verify())) throw new Error('no proof');
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString('hex'), issuer: 'CN=Authority', subject: request.subject,
    notBefore: new Date(Date.now() - 3600e3), notAfter: new Date(Date.now() + 3650 * 86400e3),
    signingAlgorithm: algorithm, publicKey: request.publicKey, signingKey: privateKey,
    extensions: [new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(digitalSignature | keyAgreement, true),
      new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1', '1.3.6.1.4.1.44924.1.6']),
      await x509.SubjectKeyIdentifierExtension.create(request.publicKey), authorityKey],
  });
  return certificate.toString('pem');
}

let text;
for await (const line of createInterface({ input: process.stdin })) {
  if (text === undefined) await issue((text = line));
  else for (let left = Number(line); left > 0; left--) await issue(text);
  process.stdout.write('ok\n');
}
