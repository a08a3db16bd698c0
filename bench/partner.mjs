// SPDX-License-Identifier: Apache-2.0
// partner.mjs: npm's jose, as partner.c talks to it. The key is imported once, the checks are those of
// the policy in claims.c.
import { createInterface } from 'node:readline';
import * as jose from '../regress/http/node_modules/jose/dist/webapi/index.js';

let token, key, options;

async function open({ alg, token: text, key: jwk }) {
  token = text;
  key = await jose.importJWK(jwk, alg);
  options = {
    algorithms: [alg], issuer: 'https://id.example.com', audience: 'https://api.example.com',
    typ: 'JWT', requiredClaims: ['exp', 'sub'],
  };
  await jose.jwtVerify(token, key, options);
}

async function answer(line) {
  if (!line.startsWith('{')) {
    for (let left = Number(line); left > 0; left--) await jose.jwtVerify(token, key, options);
    return 'ok\n';
  }
  return open(JSON.parse(line)).then(() => 'ok\n', () => 'none\n');
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(await answer(line));
}
