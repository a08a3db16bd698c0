// SPDX-License-Identifier: Apache-2.0
// provider.mjs: an identity provider that others wrote (npm oidc-provider) over TLS on the loopback,
// whose keys change when a test wants it; and a browser of a few lines that signs in there.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as jose from 'jose';
import { Provider } from 'oidc-provider';

const AUDIENCE = 'https://platform.example';

const privateKey = async (kid, alg) => {
  const { privateKey: key } = await jose.generateKeyPair(alg, { extractable: true });
  return { ...(await jose.exportJWK(key)), kid, alg, use: 'sig' };
};

// A key and its certificate, as files and as what a server takes.
export function certificate(folder) {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem'), '-days', '2', '-subj', '/CN=127.0.0.1',
    '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  return { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
}

// What the users of the provider are called decides what they may do.
const claimsOf = (accountId) => ({
  user: accountId,
  role: accountId.startsWith('admin') ? ['ADMIN', 'OPS'] : ['GUEST'],
  given: 'John',
});

// What the provider remembers, in a map of one process; its keys change, and its logins go on.
const memory = () => {
  const rows = new Map();
  const found = (wanted) => [...rows.values()].find(wanted);
  return (model) => ({
    upsert: async (id, row) => void rows.set(`${model}:${id}`, row),
    find: async (id) => rows.get(`${model}:${id}`),
    findByUid: async (uid) => found((row) => row.kind === model && row.uid === uid),
    findByUserCode: async (code) => found((row) => row.kind === model && row.userCode === code),
    consume: async (id) => void (rows.get(`${model}:${id}`).consumed = Math.floor(Date.now() / 1000)),
    destroy: async (id) => void rows.delete(`${model}:${id}`),
    revokeByGrantId: async (id) => rows.forEach((row, key) => row.grantId === id && rows.delete(key)),
  });
};

const settings = (client, keys, adapter, accessTokenFormat) => ({
  adapter,
  clients: [client],
  jwks: { keys },
  cookies: { keys: ['not a secret here'] },
  claims: { openid: ['sub'], profile: ['user', 'role', 'given'] },
  conformIdTokenClaims: false,
  findAccount: (context, sub) => ({ accountId: sub, claims: () => ({ sub, ...claimsOf(sub) }) }),
  extraTokenClaims: (context, token) => claimsOf(token.accountId),
  clientAuthMethods: ['client_secret_post'],
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'PS256', 'EdDSA'] },
  rotateRefreshToken: false,
  features: {
    devInteractions: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'api', audience: AUDIENCE, accessTokenFormat, accessTokenTTL: 600,
        jwt: { sign: { alg: client.id_token_signed_response_alg } },
      }),
    },
  },
});

// A provider for one client of ours. rotate() makes it sign by a new key, which it publishes.
export async function startProvider({ redirectUris, alg = 'ES256', postLogout = [], backchannel }) {
  const folder = mkdtempSync(join(tmpdir(), 'idplane-provider-'));
  chmodSync(folder, 0o755); // a server of databases reads the certificate, too
  const server = createServer(certificate(folder));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `https://127.0.0.1:${server.address().port}`;
  const client = {
    client_id: 'platform', client_secret: 's3cr3t', redirect_uris: redirectUris,
    response_types: ['code'], grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: alg,
    post_logout_redirect_uris: postLogout,
    ...(backchannel ? { backchannel_logout_uri: backchannel, backchannel_logout_session_required: true } : {}),
  };
  const seen = { token: 0, jwks: 0 };
  let keys = [await privateKey('k1', alg)], handler, slow = 0, active = true, broken = false, format = 'jwt';
  const adapter = memory();
  const make = () => (handler = new Provider(issuer, settings(client, keys, adapter, format)).callback());
  make();
  server.on('request', async (request, response) => {
    if (request.url === '/token') seen.token++;
    if (request.url === '/jwks') seen.jwks++;
    if (request.url === '/jwks' && broken) {
      response.writeHead(500).end();
      return;
    }
    if (request.url === '/validate') {
      seen.validate = (seen.validate ?? 0) + 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ active }));
      return;
    }
    if (slow && request.url === '/token') await new Promise((done) => setTimeout(done, slow));
    handler(request, response);
  });
  return {
    issuer, audience: AUDIENCE, client, seen,
    certificate: join(folder, 'cert.pem'),
    slowDown: (ms) => (slow = ms),
    breakKeys: (is) => (broken = is),
    format: (name) => {
      format = name;
      make();
    },
    revoke: (is = true) => (active = !is),
    // A token that the provider would sign.
    sign: async (claims, kid) =>
      new jose.SignJWT({ iss: issuer, aud: AUDIENCE, ...claims })
        .setProtectedHeader({ alg, kid: kid ?? keys[0].kid }).setIssuedAt().setExpirationTime('10m')
        .sign(await jose.importJWK(keys[0], alg)),
    rotate: async (kid) => {
      keys = [await privateKey(kid, alg), ...keys.filter((key) => key.kid !== kid).slice(0, 1)]; // the one before is published on
      make();
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

// The connection to it, as an administrator writes it.
export const connectionOf = (provider, more = {}) => ({
  type: 'OAUTH2', providerName: 'provider', visibleOnLoginPage: true, buttonName: 'Sign in with the provider',
  clientId: provider.client.client_id, audience: provider.audience, issuer: provider.issuer,
  authorizationRequest: {
    url: `${provider.issuer}/auth`, method: 'GET', operation: 'REDIRECT',
    requestParams: { response_type: 'code', client_id: '${clientId}', redirect_uri: '${redirectUri}', scope: 'openid profile' },
  },
  tokenRequest: {
    url: `${provider.issuer}/token`, method: 'POST', operation: 'EXECUTE',
    body: 'grant_type=authorization_code&code=${code}&redirect_uri=${redirectUri}&client_id=${clientId}&client_secret=s3cr3t',
  },
  logoutRequest: {
    url: `${provider.issuer}/session/end`, method: 'GET', operation: 'REDIRECT',
    requestParams: { id_token_hint: '${id_token}', post_logout_redirect_uri: '${redirectUri}' },
  },
  signatureVerificationConfig: { jwks: { jwksUri: `${provider.issuer}/jwks` } },
  userIdConfig: { useConstantValue: false, jwtField: 'user' },
  accessTokenToUserDataMappings: { firstNameClaimName: 'given' },
  onNewUser: {
    dynamicMapping: {
      mappings: [
        { id: 'admins', when: { operator: 'IN', parameterPath: 'role', value: 'ADMIN' }, thenGroups: [1, 2], thenApplications: [7] },
        { id: 'wicks', when: { operator: 'EQ', parameterPath: 'user', value: '*.wick' }, thenGroups: [3] },
      ],
    },
  },
  ...more,
});

// ---- a browser ----

const entities = { '&amp;': '&', '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>' };
const plain = (text) => text.replace(/&\w+;|&#39;/g, (entity) => entities[entity] ?? entity);

// Keeps cookies by host, follows redirects, fills in forms. Names of hosts it does not know.
export class Browser {
  jars = new Map();
  visited = [];

  jar(url) {
    const { host } = new URL(url);
    if (!this.jars.has(host)) this.jars.set(host, new Map());
    return this.jars.get(host);
  }

  keep(url, response) {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      const gone = /max-age=0\b|expires=thu, 01 jan 1970/i.test(line);
      if (gone) this.jar(url).delete(name);
      else this.jar(url).set(name, value);
    }
  }

  async once(url, init = {}) {
    const cookie = [...this.jar(url)].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(url, {
      redirect: 'manual', signal: AbortSignal.timeout(60000), ...init, headers: { ...init.headers, cookie },
    });
    this.visited.push(url);
    this.keep(url, response);
    return response;
  }

  async open(url, init) {
    let response = await this.once(url, init);
    for (let i = 0; i < 20 && response.status >= 301 && response.status <= 308; i++) {
      await response.arrayBuffer();
      url = new URL(response.headers.get('location'), url).href;
      response = await this.once(url);
    }
    return { url, status: response.status, text: await response.text() };
  }

  submit(page, values) {
    const [, action] = /<form[^>]*action="([^"]*)"/.exec(page.text);
    const body = new URLSearchParams();
    for (const [input] of page.text.matchAll(/<input[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input)?.[1];
      if (name) body.set(name, plain(/value="([^"]*)"/.exec(input)?.[1] ?? ''));
    }
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    return this.open(new URL(plain(action), page.url).href, { method: 'POST', body });
  }

  // From the address of a login here to where the login ends.
  async signIn(url, login) {
    let page = await this.open(url);
    for (let i = 0; i < 4 && page.url.includes('/interaction/'); i++) {
      page = await this.submit(page, page.text.includes('name="login"') ? { login, password: 'x' } : {});
    }
    return page;
  }
}
