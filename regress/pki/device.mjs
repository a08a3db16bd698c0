// SPDX-License-Identifier: Apache-2.0
// device.mjs: devices of a maker, thousands of them: each has a certificate of that maker, a request and
// the two keys. OpenSSL makes the first of each; the others are its bytes with another key, name and
// signature, which with Ed25519 all have one length.
import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inFolder, run } from './reading.mjs';
import { text } from './engine.mjs';

const SIGNATURE_SIZE = 64;
export const HUB = '11111111-1111-4111-8111-111111111111';

// What is signed: the first value within a SEQUENCE, whole.
function toBeSigned(der) {
  const size = (at) => (der[at] < 0x80 ? [der[at], 1] : [der.readUIntBE(at + 1, der[at] & 0x7f), 1 + (der[at] & 0x7f)]);
  const from = 1 + size(1)[1];
  const [length, header] = size(from + 1);
  return [from, from + 1 + header + length];
}

// The same with other bytes in some places, signed anew.
function rewritten(der, changes, key) {
  const copy = Buffer.from(der);
  for (const [before, after] of changes) {
    assert.equal(before.length, after.length);
    const at = copy.indexOf(before);
    assert.ok(at > 0 && copy.indexOf(before, at + 1) < 0, 'what is replaced is there once');
    after.copy(copy, at);
  }
  const [from, to] = toBeSigned(copy);
  sign(null, copy.subarray(from, to), key).copy(copy, copy.length - SIGNATURE_SIZE);
  return copy;
}

const publicBytes = (key) => Buffer.from(key.export({ format: 'jwk' }).x, 'base64url');

export const pem = (der) => `-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;
export const request = (key, subject) => inFolder({ key: key.export({ type: 'pkcs8', format: 'pem' }) }, (at) =>
  run('openssl', ['req', '-new', '-key', at('key'), '-subj', subject]));
// The body of a request by EST.
export const bodyOf = (csr) => csr.replace(/-----[^-]+-----|\s/g, '');

export function openMaker() {
  const NAME = 'device-0000000000000000', SERIAL = '7777777777777777', ID = '00000000-0000-4000-8000-000000000000';
  const extensions = '[leaf]\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=clientAuth\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=none\n';
  const made = inFolder({ extensions }, (file) => {
    const key = (name) => (run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', file(name)]), createPrivateKey(readFileSync(file(name))));
    const der = (name) => Buffer.from(readFileSync(file(name), 'utf8').replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const root = key('root.key'), leaf = key('leaf.key'), identity = key('identity.key');
    run('openssl', ['req', '-x509', '-new', '-key', file('root.key'), '-subj', '/CN=Maker', '-days', '3650', '-out', file('root.pem'),
      '-addext', 'keyUsage=critical,keyCertSign,cRLSign']);
    run('openssl', ['req', '-new', '-key', file('leaf.key'), '-subj', `/CN=${NAME}`, '-out', file('leaf.csr')]);
    run('openssl', ['x509', '-req', '-in', file('leaf.csr'), '-CA', file('root.pem'), '-CAkey', file('root.key'), '-days', '3000',
      '-set_serial', `0x${SERIAL}`, '-extfile', file('extensions'), '-extensions', 'leaf', '-out', file('leaf.pem')]);
    run('openssl', ['req', '-new', '-key', file('identity.key'), '-subj', `/CN=uuid:${ID}`, '-out', file('identity.csr')]);
    return { root, chain: readFileSync(file('root.pem'), 'utf8'), leaf: der('leaf.pem'), request: der('identity.csr'),
      leafPublic: publicBytes(leaf), identityPublic: publicBytes(identity) };
  });
  return {
    chain: made.chain,
    device(id = randomUUID()) {
      const maker = generateKeyPairSync('ed25519'), identity = generateKeyPairSync('ed25519');
      const serial = Buffer.concat([Buffer.from([0x12]), randomBytes(7)]);
      const certificate = rewritten(made.leaf, [[made.leafPublic, publicBytes(maker.publicKey)],
        [Buffer.from(NAME), Buffer.from(`device-${randomBytes(8).toString('hex')}`)],
        [Buffer.from(SERIAL, 'hex'), serial]], made.root);
      const csr = rewritten(made.request, [[made.identityPublic, publicBytes(identity.publicKey)],
        [Buffer.from(ID), Buffer.from(id)]], identity.privateKey);
      return { id, certificate: certificate.toString('base64'), csr: csr.toString('base64'),
        makerKey: maker.privateKey, identityKey: identity.privateKey };
    },
  };
}

// What devices need: an authority, a hub with its client, and an enrollment of the maker.
export function enrol(db, maker) {
  db.call('create_ca', 'default', { alg: 'EdDSA' });
  db.call('register_client', 'gateway', { grant_types: ['client_credentials'], scope: 'device' });
  db.call('set_hub', HUB, { gateways: ['hub.example:5684'], authorization: { client_id: 'gateway', device_id_claim: 'device' } });
  const set = db.call('set_enrollment', 'factory', { owner: 'alice', x509: { chain: maker.chain }, hubs: [HUB],
    configuration: { '/light': { on: true } } });
  assert.equal(set.version, 1, JSON.stringify(set));
}

const call = (name, ...values) => `SELECT CAST(${name}(${values.map(text).join(', ')}) AS text);`;
const proof = (nonce, key) => sign(null, Buffer.from(nonce), key).toString('base64');

// The way of a device, a step at a time: yields [step, SQL] and is sent the answer.
export function* steps(device) {
  const begun = yield ['begin', call('begin_provisioning', device.certificate)];
  const { session, nonce } = begun;
  yield ['prove', call('prove_possession', session, proof(nonce, device.makerKey))];
  yield ['time', call('provision_time', session)];
  yield ['ownership', call('provision_ownership', session)];
  const identity = yield ['identity', call('provision_identity', session, device.csr)];
  yield ['acls', call('provision_acls', session)];
  yield ['credentials', call('provision_credentials', session)];
  yield ['confirm', call('confirm_identity', session, proof(identity.nonce, device.identityKey))];
  yield ['token', call('provision_token', session)];
  yield ['cloud', call('provision_cloud', session)];
  yield ['configuration', call('provision_configuration', session)];
  return { session, identity };
}

// Goes all the way over a shell of the engine; `until` ends it before that step. Undefined where the
// shell has gone. told(step, answer) hears of each answer.
export async function provision(shell, device, { until, told } = {}) {
  const way = steps(device);
  let at = way.next();
  while (!at.done && at.value[0] !== until) {
    const lines = await shell.ask(at.value[1]);
    if (lines === undefined || lines.length === 0) return undefined;
    const answer = JSON.parse(lines.at(-1));
    assert.equal(answer.error, undefined, `${at.value[0]}: ${lines.at(-1)}`);
    told?.(at.value[0], answer);
    at = way.next(answer);
  }
  return at.value;
}
