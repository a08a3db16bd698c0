// SPDX-License-Identifier: Apache-2.0
// provider.mjs: npm's oidc-provider with the adapter that is named, and codes and tokens to ask it for.
//
//   provider.mjs memory|sqlite|postgres STORE FOLDER CODES GRANTS
//
// Writes FOLDER/provider.NAME.codes, .refresh and .access, then says where it listens. Tokens are opaque on
// both sides, refresh tokens rotate, and there is no ID token: nobody signs.
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Console } from 'node:console';
import { Provider } from '../../regress/http/node_modules/oidc-provider/lib/index.js';

globalThis.console = new Console(process.stderr); // the provider's notices; the address alone is stdout
const [name, store, folder, codes, grants] = process.argv.slice(2);
const SUBJECT_LIFETIME = 86400;
const AT_ONCE = 64;

const clients = [
  {
    client_id: 'tv', token_endpoint_auth_method: 'none', redirect_uris: [], response_types: [],
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'], scope: 'read offline_access',
  },
  {
    client_id: 'api', client_secret: 'not-a-secret-but-long-enough-0123', redirect_uris: [], response_types: [],
    token_endpoint_auth_method: 'client_secret_post', grant_types: ['client_credentials'],
  },
];

const settings = (adapter) => ({
  adapter,
  clients,
  scopes: ['read', 'offline_access'],
  cookies: { keys: ['not a secret here'] },
  findAccount: (context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  rotateRefreshToken: true,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
  },
  routes: { device_authorization: '/device_authorization', token: '/token', introspection: '/introspect' },
  ttl: {
    AccessToken: 7200, DeviceCode: 1800, RefreshToken: 2592000, Grant: SUBJECT_LIFETIME,
    ClientCredentials: 600, IdToken: 600, Interaction: 600, Session: 600,
  },
});

// Some at once, as a pool wants it: make(i) for each i below count, in order.
async function many(count, make) {
  const made = [];
  for (let i = 0; i < count; i += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, j) => make(i + j));
    made.push(...await Promise.all(some));
  }
  return made;
}

async function pendingCode(provider, client, i) {
  const code = new provider.DeviceCode({
    client, userCode: i.toString(36).padStart(8, '0').toUpperCase(), params: { client_id: 'tv', scope: 'read' },
    deviceInfo: { ip: '127.0.0.1', ua: undefined },
  });
  return code.save();
}

async function tokens(provider, client, i) {
  const accountId = `user-${i}`;
  const grant = new provider.Grant({ accountId, clientId: 'tv' });
  grant.addOIDCScope('read offline_access');
  const of = {
    client, accountId, grantId: await grant.save(), gty: 'device_code', scope: 'read offline_access',
    authTime: Math.floor(Date.now() / 1000),
  };
  return [await new provider.RefreshToken(of).save(), await new provider.AccessToken(of).save()];
}

async function fill(provider) {
  const client = await provider.Client.find('tv');
  const write = (kind, lines) => writeFileSync(join(folder, `provider.${name}.${kind}`), `${lines.join('\n')}\n`);
  write('codes', await many(Number(codes), (i) => pendingCode(provider, client, i)));
  const pairs = await many(Number(grants), (i) => tokens(provider, client, i));
  write('refresh', pairs.map(([refresh]) => refresh));
  write('access', pairs.map(([, access]) => access));
}

const { open } = await import(`./${name}.mjs`);
const { adapter, seed } = await open(store);
const server = createServer();
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, settings(adapter));
await seed(() => fill(provider));
server.on('request', provider.callback());
process.stdout.write(`${issuer}\n`);
