// SPDX-License-Identifier: Apache-2.0
// broker_test.mjs: the endpoints of a service broker, as clients of Kyma's environment broker call
// them: the command of its document as printed, its three scenarios, and every status.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { engines, start } from './server.mjs';

const command = `
   export VERSION=1.15.0
   curl --request PUT "https://$BROKER_URL/oauth/v2/service_instances/$INSTANCE_ID?accepts_incomplete=true" \\
   --header 'X-Broker-API-Version: 2.14' \\
   --header 'Content-Type: application/json' \\
   --header "$AUTHORIZATION_HEADER" \\
   --header 'Content-Type: application/json' \\
   --data-raw "{
       \\"service_id\\": \\"47c9dcbf-ff30-448e-ab36-d3bad66ba281\\",
       \\"plan_id\\": \\"4deee563-e5ec-4731-b9b1-53b42d855f0c\\",
       \\"context\\": {
           \\"globalaccount_id\\": \\"$GLOBAL_ACCOUNT_ID\\"
       },
       \\"parameters\\": {
           \\"name\\": \\"$NAME\\",
           \\"region\\": \\"$REGION\\",
           \\"oidc\\": {
              \\"clientID\\": \\"9bd05ed7-a930-44e6-8c79-e6defeb7dec5\\",
              \\"issuerURL\\": \\"https://kymatest.accounts400.ondemand.com\\",
              \\"groupsClaim\\": \\"groups\\",
              \\"signingAlgs\\": [\\"RS256\\"],
              \\"usernamePrefix\\": \\"-\\",
              \\"usernameClaim\\": \\"sub\\"
           }
       }
   }"
`;
const DEFAULTS = {
  clientID: '9bd05ed7-a930-44e6-8c79-e6defeb7dec9',
  issuerURL: 'https://kymatest.accounts400.ondemand.com',
  groupsClaim: 'groups',
  signingAlgs: ['RS256'],
  usernamePrefix: '-',
  usernameClaim: 'sub',
};
const EMPTY = { clientID: '', issuerURL: '', groupsClaim: '', signingAlgs: [], usernamePrefix: '', usernameClaim: '' };

// What speaks TLS before the server, with a certificate of its own.
function tlsFront(base, folder) {
  const files = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-subj', '/CN=localhost', '-days', '1', '-keyout', files[0], '-out', files[1]], { stdio: 'ignore' });
  const [key, cert] = files.map((file) => readFileSync(file));
  const { hostname, port, host } = new URL(base);
  return createServer({ key, cert }, (incoming, outgoing) => {
    const headers = incoming.rawHeaders.map((text, i) =>
      i % 2 === 1 && incoming.rawHeaders[i - 1].toLowerCase() === 'host' ? host : text);
    const onward = forward({ hostname, port, path: incoming.url, method: incoming.method, headers },
      (response) => {
        outgoing.writeHead(response.statusCode, response.rawHeaders);
        response.pipe(outgoing);
      });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
}

for (const engine of engines) {
  describe(`Service instances on ${engine}`, () => {
    let server, good, scopeless;
    let now; // behind the registration of the client: none of its tokens is older
    const tokenOf = (scope) =>
      server.sql(`SELECT ${engine === 'SQLite' ? '' : 'idplane.'}jwt_sign('${JSON.stringify({
        iss: server.base, aud: server.base, sub: 'operator', client_id: 'cli', jti: scope || 'none', scope,
        iat: now, exp: now + 3600,
      })}', NULL, '{"typ":"at+jwt"}');`);
    before(async () => {
      server = await start(engine);
      server.call('register_client', 'cli', { token_endpoint_auth_method: 'none' });
      now = Math.floor(Date.now() / 1000);
      server.call('set_oidc_default', DEFAULTS);
      server.sql(`SELECT length(CAST(${engine === 'SQLite' ? '' : 'idplane.'}set_oidc_default('${JSON.stringify(
        { ...DEFAULTS, rule: 'code' })}', 'code') AS text));`);
      server.sql(`SELECT length(CAST(${engine === 'SQLite' ? '' : 'idplane.'}set_oidc_default('${JSON.stringify(
        { ...DEFAULTS, compat: '0.0.1' })}', 'first') AS text));`);
      good = tokenOf('openid broker');
      scopeless = tokenOf('openid');
    });
    after(() => server?.stop());

    const ask = async (method, id, body, { token = good, version = '2.14', query = '?accepts_incomplete=true',
      prefix = '/oauth/v2' } = {}) => {
      const response = await fetch(`${server.base}${prefix}/service_instances/${id}${query}`, {
        method,
        body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(version ? { 'x-broker-api-version': version } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    };
    const asked = (oidc, plan_id = 'p', more = {}) => ({
      service_id: 's', plan_id, context: { globalaccount_id: 'g' },
      parameters: { name: 'cluster', ...more, ...(oidc === undefined ? {} : { oidc }) },
    });
    const effective = (id) => server.call('oidc_config', id).effective;
    const record = async (id) => (await ask('GET', id, undefined, { query: '' })).body.parameters.oidc;

    it('takes the command of the document as it is printed', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'idplane-broker-'));
      const front = tlsFront(server.base, folder);
      try {
        await new Promise((done) => front.listen(0, '127.0.0.1', done));
        writeFileSync(join(folder, '.curlrc'), 'insecure\nsilent\nwrite-out = "\\n%{http_code}"\n');
        writeFileSync(join(folder, 'command.sh'), command);
        const child = await import('node:child_process');
        const printed = await new Promise((done) => child.execFile('bash', [join(folder, 'command.sh')], {
          env: {
            ...process.env, CURL_HOME: folder, HOME: folder, BROKER_URL: `127.0.0.1:${front.address().port}`,
            INSTANCE_ID: 'seed', AUTHORIZATION_HEADER: `Authorization: Bearer ${good}`,
            GLOBAL_ACCOUNT_ID: 'account', NAME: 'cluster', REGION: 'eu',
          },
        }, (error, text) => done(error ? String(error) : text)));
        assert.equal(printed, '{"operation":"1"}\n202');
      } finally {
        front.close();
        rmSync(folder, { recursive: true });
      }
      assert.equal(effective('seed').clientID, '9bd05ed7-a930-44e6-8c79-e6defeb7dec5');
      const shown = await ask('GET', 'seed', undefined, { query: '' });
      assert.deepEqual([shown.status, shown.body.service_id, shown.body.parameters.region],
        [200, '47c9dcbf-ff30-448e-ab36-d3bad66ba281', 'eu']);
    });

    it('takes the defaults where nothing is sent, or all is empty (U25)', async () => {
      assert.equal((await ask('PUT', 'absent', asked(undefined))).status, 202);
      assert.equal((await ask('PUT', 'empty', asked(EMPTY))).status, 202);
      assert.deepEqual(effective('absent'), effective('empty'));
      assert.equal(effective('absent').clientID, DEFAULTS.clientID);
      assert.equal(await record('absent'), undefined);
      assert.deepEqual(await record('empty'), EMPTY);
    });

    it('leaves the configuration untouched where an update says nothing', async () => {
      await ask('PUT', 'kept', asked(DEFAULTS));
      assert.equal((await ask('PATCH', 'kept', asked(undefined))).status, 200);
      assert.equal((await ask('PATCH', 'kept', asked(EMPTY))).status, 200);
      assert.deepEqual(await record('kept'), DEFAULTS);
    });

    it('overwrites the configuration, with empty values too', async () => {
      await ask('PUT', 'third', asked(DEFAULTS));
      const sent = { ...EMPTY, clientID: 'new-client-id', issuerURL: 'https://new-issuer-url.local.com' };
      assert.equal((await ask('PUT', 'third', asked(sent))).status, 202);
      assert.deepEqual(await record('third'), sent);
      assert.equal(effective('third').groupsClaim, 'groups');
    });

    it('shows empty fields that were not sent (U24, U25)', async () => {
      await ask('PUT', 'shown', asked({ clientID: 'c', issuerURL: 'https://c.example', unknown: 1 }));
      assert.deepEqual(await record('shown'),
        { ...EMPTY, clientID: 'c', issuerURL: 'https://c.example', unknown: 1 });
      await ask('PATCH', 'shown', asked({ list: [] }));
      assert.deepEqual(await record('shown'), { list: [] });
    });

    it('says what is invalid, by era and method', async () => {
      const put = await ask('PUT', 'bad', asked({ issuerURL: 'https://x.example' }));
      assert.deepEqual([put.status, put.body],
        [400, { description: '[instanceID: bad] clientID must not be empty' }]);
      assert.equal((await ask('GET', 'bad', undefined, { query: '' })).status, 404);
      await ask('PUT', 'later', asked(undefined));
      const patch = await ask('PATCH', 'later', asked({ issuerURL: 'https://x.example' }));
      assert.deepEqual([patch.status, patch.body], [400, { description: 'clientID must not be empty' }]);
      await ask('PUT', 'early', asked(undefined, 'first'));
      const first = await ask('PATCH', 'early', asked({ clientID: 'x' }, 'first'));
      assert.deepEqual([first.status, first.body], [422, { description: 'issuerURL must not be empty' }]);
      const again = await ask('PUT', 'early', asked({ clientID: 'x' }, 'first'));
      assert.deepEqual([again.status, again.body],
        [400, { description: '[instanceID: early] issuerURL must not be empty' }]);
    });

    it('answers a second PUT by the rule of the plan (U28)', async () => {
      await ask('PUT', 'doc', asked(DEFAULTS));
      assert.equal((await ask('PUT', 'doc', asked(DEFAULTS))).status, 200);
      assert.equal((await ask('PUT', 'doc', asked({ ...DEFAULTS, clientID: 'other' }))).status, 202);
      assert.equal(effective('doc').clientID, 'other');
      await ask('PUT', 'code', asked(DEFAULTS, 'code'));
      const same = await ask('PUT', 'code', asked(DEFAULTS, 'code'));
      assert.deepEqual([same.status, same.body], [202, { operation: '1' }]);
      for (const less of [{ service_id: 's', plan_id: 'code', context: { globalaccount_id: 'g' }, parameters: { oidc: DEFAULTS } },
        { service_id: 's', plan_id: 'code', parameters: asked(DEFAULTS).parameters }])
        assert.equal((await ask('PUT', 'code', less)).status, 409);
      assert.equal((await ask('PUT', 'code', asked(DEFAULTS))).status, 409);
      await ask('PATCH', 'code', asked(DEFAULTS, 'code', { region: 'us' }));
      await ask('PATCH', 'code', asked({ ...DEFAULTS, clientID: 'changed' }, 'code'));
      await ask('PATCH', 'code', asked(DEFAULTS, 'code'));
      assert.deepEqual((await ask('PUT', 'code', asked(DEFAULTS, 'code', { region: 'us' }))).body, { operation: '1' });
      assert.equal((await ask('PUT', 'code', asked({ ...DEFAULTS, clientID: 'other' }, 'code'))).status, 409);
      assert.equal((await ask('PUT', 'code', asked(DEFAULTS, 'code', { region: 'eu' }))).status, 409);
      assert.equal(effective('code').clientID, DEFAULTS.clientID);
    });

    it('keeps other parameters, and says when they changed', async () => {
      await ask('PUT', 'more', asked(undefined, 'p', { region: 'eu', tags: ['a'] }));
      assert.equal((await ask('PATCH', 'more', asked(undefined, 'p', { region: 'us' }))).status, 202);
      const { body } = await ask('GET', 'more', undefined, { query: '' });
      assert.deepEqual(body.parameters, { name: 'cluster', region: 'us', tags: ['a'] });
      const operation = await ask('GET', 'more/last_operation', undefined, { query: '?operation=1' });
      assert.deepEqual([operation.status, operation.body], [200, { state: 'succeeded' }]);
    });

    it('clears algorithms with an empty object and another change, as the code does', async () => {
      await ask('PUT', 'algs', asked({ ...DEFAULTS, signingAlgs: ['ES256'] }, 'code'));
      await ask('PATCH', 'algs', asked(EMPTY, 'code', { region: 'us' }));
      assert.deepEqual(effective('algs').signingAlgs, []);
      await ask('PUT', 'algs-doc', asked({ ...DEFAULTS, signingAlgs: ['ES256'] }));
      await ask('PATCH', 'algs-doc', asked(EMPTY, 'p', { region: 'us' }));
      assert.deepEqual(effective('algs-doc').signingAlgs, ['ES256']);
    });

    it('is there without /oauth, too, and decodes the id', async () => {
      assert.equal((await ask('PUT', 'a%20b+c', asked(undefined), { prefix: '/v2' })).status, 202);
      assert.equal(server.call('oidc_config', 'a b+c').version, 1);
      assert.equal((await ask('GET', 'a%2', undefined)).status, 400);
    });

    it('asks for a token with the scope', async () => {
      for (const [token, status, challenge] of [
        [null, 401, 'Bearer realm="idplane", DPoP algs="ES256 ES384 ES512 EdDSA PS256 PS384 PS512 RS256 RS384 RS512"'],
        ['x', 401, 'Bearer realm="idplane", error="invalid_token"'],
        [scopeless, 403, 'Bearer realm="idplane", error="insufficient_scope"'],
      ]) {
        const answer = await ask('PUT', 'denied', asked(undefined), { token });
        assert.deepEqual([answer.status, answer.headers.get('www-authenticate')], [status, challenge]);
      }
      assert.equal((await ask('GET', 'denied', undefined, { query: '' })).status, 404);
    });

    it('refuses what the protocol does (U26)', async () => {
      for (const version of [null, '1.0', '3.0', '2.', '2', '2.x'])
        assert.equal((await ask('PUT', 'x', asked(undefined), { version })).status, 412, version);
      assert.equal((await ask('GET', 'x', undefined, { version: '2.17' })).status, 404);
      const sync = await ask('PUT', 'x', asked(undefined), { query: '' });
      assert.deepEqual([sync.status, sync.body.error], [422, 'AsyncRequired']);
      for (const body of [asked(undefined), {}, asked(undefined, 'no-such')])
        assert.equal((await ask('PATCH', 'x', body)).status, 404);
      assert.equal((await ask('GET', 'x/last_operation', undefined)).status, 404);
      assert.equal((await ask('PUT', 'x'.repeat(256), asked(undefined))).status, 400);
      for (const body of ['', '[]', '{"service_id":"s"}', '{"service_id":"s","plan_id":"p","parameters":1}',
        '{"service_id":"s","plan_id":"p","parameters":{"oidc":1}}', '{"service_id":5,"plan_id":"p"}',
        '{"service_id":"s","plan_id":"p","parameters":{"OIDC":{}}}', '{"service_id":"s","plan_id":["p"]}',
        '{"service_id":"s","plan_id":"p","plan_id":"q"}'])
        assert.equal((await ask('PUT', 'x', body)).status, 400, body);
      for (const [body, description] of [
        ['[]', 'The body must be a JSON object.'],
        ['{"service_id":"s","plan_id":"p","parameters":{"oidc":{"clientID":"a","clientID":"b"}}}',
          'The body is not strict JSON: duplicate member at /parameters/oidc/clientID.'],
        [JSON.stringify(asked({ list: Array(10000).fill({}) })),
          '[instanceID: x] list must not hold more than 64 configurations'],
      ])
        assert.deepEqual((await ask('PUT', 'x', body)).body, { description });
      const removal = await fetch(`${server.base}/v2/service_instances/x`, { method: 'DELETE' });
      assert.deepEqual([removal.status, removal.headers.get('allow')], [405, 'GET, HEAD, PUT, PATCH']);
      assert.equal((await ask('GET', 'x', undefined)).status, 404);
    });

    it('makes one instance where many ask at once, and loses no parameter of many changes', async () => {
      const each = Array.from({ length: 12 }, (_, i) => i);
      const made = await Promise.all(each.map(() => ask('PUT', 'busy', asked(undefined))));
      assert.deepEqual(made.map((answer) => answer.status).sort(), [...Array(11).fill(200), 202]);
      assert.equal(server.call('oidc_config', 'busy').version, 1);
      const changed = await Promise.all(each.map((i) =>
        ask('PATCH', 'busy', asked({ ...DEFAULTS, clientID: `c${i}` }, 'p', { [`p${i}`]: i }))));
      assert.deepEqual(changed.map((answer) => answer.status), Array(12).fill(202));
      const { body } = await ask('GET', 'busy', undefined, { query: '' });
      for (const i of each) assert.equal(body.parameters[`p${i}`], i);
      const { version, effective: { clientID } } = server.call('oidc_config', 'busy');
      assert.deepEqual([version, clientID], [13, body.parameters.oidc.clientID]);
    });

    if (engine === 'PostgreSQL') {
      it('loses no change where each transaction has one snapshot', async () => {
        const isolation = (setting) => server.sql(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I ${setting}
          default_transaction_isolation${setting === 'SET' ? " = ''serializable''" : ''}', current_database()); END $$;`);
        isolation('SET');
        await server.crash();
        try {
          await ask('PUT', 'strict', asked(undefined));
          const each = Array.from({ length: 24 }, (_, i) => i);
          const changed = await Promise.all(each.map((i) =>
            ask('PATCH', 'strict', asked({ ...DEFAULTS, clientID: `c${i}` }))));
          assert.deepEqual(changed.map((answer) => answer.status), Array(24).fill(202));
          assert.equal(server.call('oidc_config', 'strict').version, 25);
        } finally {
          isolation('RESET');
          await server.crash();
        }
      });
    }

    it('judges an instance by the plan it was made in, not by what that plan got since', async () => {
      await ask('PUT', 'early', asked(undefined, 'late'));
      server.sql(`SELECT length(CAST(${engine === 'SQLite' ? '' : 'idplane.'}set_oidc_default('${JSON.stringify(
        { ...DEFAULTS, compat: '0.0.1' })}', 'late') AS text));`);
      assert.equal((await ask('PATCH', 'early', asked({ clientID: 'only' }, 'late'))).status, 400);
    });

    it('refuses another plan, an instance that SQL made, and what grows too large', async () => {
      await ask('PUT', 'kept', asked(undefined));
      const moved = await ask('PATCH', 'kept', asked(undefined, 'code'));
      assert.deepEqual([moved.status, moved.body.description], [400, 'The plan of an instance cannot be changed.']);
      assert.equal((await ask('PATCH', 'kept', { plan_id: ['p'] })).status, 400);
      assert.equal((await ask('PUT', 'kept', {})).status, 400);
      const other = await ask('PATCH', 'kept', { ...asked(undefined), service_id: 'other' });
      assert.deepEqual([other.status, other.body.description], [400, 'The service of an instance cannot be changed.']);
      server.call('provision_oidc', 'of-sql', DEFAULTS);
      assert.equal((await ask('PUT', 'numbers', JSON.stringify(asked(undefined, 'p', { a: '@' }))
        .replace('"@"', `[${Array(300).fill('1e400')}]`))).status, 400);
      for (const [method, status] of [['PUT', 409], ['PATCH', 404], ['GET', 404]])
        assert.equal((await ask(method, 'of-sql', method === 'GET' ? undefined : asked(undefined))).status, status, method);
      for (const large of [Array(2100).fill(0), 'x'.repeat(40000)]) {
        await ask('PATCH', 'kept', asked(undefined, 'p', { first: 'y'.repeat(30000) }));
        assert.equal((await ask('PATCH', 'kept', asked(undefined, 'p', { large }))).status, 400);
      }
      assert.equal((await ask('GET', 'kept', undefined, { query: '' })).body.parameters.large, undefined);
    });

    it('takes no number that nobody could read again', async () => {
      const brick = JSON.stringify(asked({ ...DEFAULTS, x: '@' })).replace('"@"', `${'1'.repeat(1000)}e400`);
      assert.equal((await ask('PUT', 'brick', brick)).status, 400);
      assert.equal((await ask('PUT', 'brick', brick.replace(/"x":1+e400/, '"x":1e400'))).status, 202);
      assert.equal((await ask('PUT', 'brick', brick.replace(/"x":1+e400/, '"x":1e400'))).status, 200);
    });

    it('names the plan that has no default, and makes anew what was removed by hand', async () => {
      const call = engine === 'SQLite' ? '' : 'idplane.';
      const table = (name) => (engine === 'SQLite' ? `idplane_${name}` : `idplane.${name}`);
      await ask('PUT', 'removed', asked(undefined));
      server.sql(`DELETE FROM ${table('oidc_instance')} WHERE instance = 'removed';`);
      assert.equal((await ask('GET', 'removed', undefined, { query: '' })).status, 404);
      assert.deepEqual((await ask('PUT', 'removed', asked(undefined))).body, { operation: '2' });
      const history = server.sql(`SELECT ${call}oidc_history('removed');`);
      assert.deepEqual(JSON.parse(history).map((line) => [line.version, line.before]), [[2, null], [1, null]]);
      server.sql(`SELECT length(CAST(${call}set_oidc_default('${JSON.stringify(DEFAULTS)}', 'gone') AS text));`);
      await ask('PUT', 'kept-plan', asked(undefined, 'gone'));
      server.sql(`DELETE FROM ${table('oidc_default')} WHERE plan = 'gone';`);
      assert.equal((await ask('PATCH', 'kept-plan', asked(undefined, 'gone'))).status, 400);
      server.sql(`DELETE FROM ${table('oidc_default')} WHERE plan = '';`);
      const refused = await ask('PUT', 'none', asked(undefined, 'gold'));
      assert.deepEqual([refused.status, refused.body.description], [400, 'There is no default OIDC configuration, '
        + 'neither for the plan gold nor without a plan: set_oidc_default(config[, plan]).']);
      server.sql(`SELECT length(CAST(${call}set_oidc_default('${JSON.stringify(DEFAULTS)}') AS text));`);
    });

    it('names the subject of the token in the history', async () => {
      await ask('PUT', 'traced', asked(undefined));
      const text = server.sql(`SELECT ${engine === 'SQLite' ? '' : 'idplane.'}oidc_history('traced');`);
      assert.equal(JSON.parse(text)[0].actor, 'operator');
    });
  });
}
