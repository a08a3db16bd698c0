// SPDX-License-Identifier: Apache-2.0
// partner.mjs: the other end of the round trips (trips): npm's jose, and node:crypto for Ed448, which
// jose does not have. `make`: keys and tokens; `check`: a line of TAP for each algorithm.
import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as jose from '../http/node_modules/jose/dist/webapi/index.js';

const claims = { aud: 'api', n: 9007199254740991, sub: 'Zoë 😀' };
const hmac = ['HS256', 'HS384', 'HS512'];
const rsa = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521', EdDSA: 'Ed25519' };

const input = JSON.parse(readFileSync(0, 'utf8'));
const bytes = (text) => new TextEncoder().encode(text);
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const pem = (key) => key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' });

const sign = (key, alg, header) =>
  new jose.SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(key);

async function secret(alg) {
  const key = await jose.generateSecret(alg, { extractable: true });
  const jwk = { ...(await jose.exportJWK(key)), alg, kid: alg, use: 'sig' };
  return { name: alg, alg, private: jwk, public: jwk, token: await sign(key, alg, { kid: alg }) };
}

// A pair of node:crypto as what trips.jq reads; the token is jose's.
async function pair(name, alg, key, { privateKey, publicKey }) {
  const member = { alg, kid: name, use: 'sig' };
  const made = {
    name, alg, key, pkcs8: pem(privateKey), spki: pem(publicKey),
    thumbprint: await jose.calculateJwkThumbprint(publicKey.export({ format: 'jwk' })),
    private: { ...privateKey.export({ format: 'jwk' }), ...member },
    public: { ...publicKey.export({ format: 'jwk' }), ...member },
  };
  if (name === 'Ed448') {
    const text = `${encoded({ alg, kid: name })}.${encoded(claims)}`;
    const signature = crypto.sign(null, bytes(text), privateKey).toString('base64url');
    return { ...made, token: `${text}.${signature}` };
  }
  return { ...made, token: await sign(await jose.importPKCS8(made.pkcs8, alg), alg, { kid: name }) };
}

async function make() {
  const keys = await Promise.all(hmac.map(secret));
  const one = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  for (const alg of rsa) keys.push(await pair(alg, alg, 'RSA', one));
  for (const [alg, curve] of Object.entries(curves)) {
    keys.push(await pair(alg, alg, curve, curve === 'Ed25519'
      ? crypto.generateKeyPairSync('ed25519')
      : crypto.generateKeyPairSync('ec', { namedCurve: curve })));
  }
  keys.push(await pair('Ed448', 'EdDSA', 'Ed448', crypto.generateKeyPairSync('ed448')));

  const tokens = [];
  for (const [engine, made] of Object.entries(input)) {
    for (const [alg, forms] of Object.entries(made)) {
      const add = async (form, key) =>
        tokens.push({ engine, name: alg, alg, form, token: await sign(key, alg) });
      await add('JWK', await jose.importJWK(JSON.parse(forms.private), alg));
      if (forms.pkcs8) await add('PKCS#8', await jose.importPKCS8(forms.pkcs8, alg));
    }
  }
  console.log(JSON.stringify({ keys, tokens }));
}

function verifyEd448(token, key) {
  const [header, payload, signature] = token.split('.');
  const input = bytes(`${header}.${payload}`);
  const publicKey = crypto.createPublicKey(typeof key === 'string' ? key : { key, format: 'jwk' });
  const good = crypto.verify(null, input, publicKey, Buffer.from(signature, 'base64url'));
  assert.ok(good, 'node:crypto refuses the signature');
  return Buffer.from(payload, 'base64url');
}

async function verify(token, key, alg) {
  const read = typeof key === 'string' ? jose.importSPKI : jose.importJWK;
  const publicKey = await read(key, alg);
  return Buffer.from((await jose.compactVerify(token, publicKey, { algorithms: [alg] })).payload);
}

async function check({ name, alg, kind, payload, keys, answer }) {
  for (const key of keys) {
    const body = name === 'Ed448' ? verifyEd448(answer, key) : await verify(answer, key, alg);
    // jsonb has an order of its own.
    if (kind === 'jwt') assert.deepEqual(JSON.parse(body), JSON.parse(payload));
    else assert.equal(body.toString(), payload);
  }
  return keys.length;
}

// The cases of one algorithm make one test.
async function checkAll(name, cases) {
  const wrong = [];
  let count = 0;
  for (const one of cases) {
    await check(one).then((n) => (count += n), (error) =>
      wrong.push(`#   ${one.kind} by ${one.form}: ${error.message}`.split('\n')[0]));
  }
  const partner = name === 'Ed448' ? 'node:crypto' : 'jose';
  const good = !wrong.length && count > 0;
  const test = `${partner}: ${name} made here in ${cases[0].engine}: ${count} checks`;
  console.log(`${good ? 'ok' : 'not ok'} - ${test}`);
  if (wrong.length) console.log(wrong.join('\n'));
}

if (process.argv[2] === 'make') await make();
else for (const name of new Set(input.map((one) => one.name)))
  await checkAll(name, input.filter((one) => one.name === name));
