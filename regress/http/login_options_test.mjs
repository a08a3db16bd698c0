// SPDX-License-Identifier: Apache-2.0
// login_options_test.mjs: connections over HTTP, by the paths, statuses and messages of Cumulocity.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DEVICE_GRANT, engines, start } from './server.mjs';

const OPTION = {
  type: 'OAUTH2', providerName: 'Corp', visibleOnLoginPage: true, buttonName: 'Corp <b>', clientId: 'app', audience: 'app',
  issuer: 'https://idp.example',
  tokenRequest: { url: 'https://idp.example/token', method: 'POST', operation: 'EXECUTE', body: 'client_secret=s3cr3t' },
};
const RULE = { when: { operator: 'EQ', parameterPath: 'sub', value: '*', childPredicates: [] }, thenGroups: [1] };
const GROUP_RULE = { when: RULE.when, thenInventoryRoles: [{ managedObject: '4711', roleIds: [2] }] };
const VENDOR = 'application/vnd.com.nsn.cumulocity.authconfig+json';

for (const engine of engines) {
  describe(`login options on ${engine}`, () => {
    let server, token, id;
    const tokenOf = (scope) => {
      server.call('register_client', `admin ${scope}`, { scope, grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none' });
      const device = server.call('issue_device_code', `admin ${scope}`);
      server.call('approve_device_code', device.user_code, 'root');
      return server.call('poll_device_code', device.device_code, `admin ${scope}`).access_token;
    };
    before(async () => {
      server = await start(engine);
      token = tokenOf('sso');
    });
    after(() => server?.stop());

    const ask = async (method, path, body, bearer = token) => {
      const response = await fetch(`${server.base}/tenant/loginOptions${path}`, {
        method, body: body && JSON.stringify(body),
        headers: { ...(bearer ? { authorization: `Bearer ${bearer}` } : {}), ...(body ? { 'content-type': VENDOR } : {}) },
      });
      const text = await response.text();
      return [response.status, text && JSON.parse(text)];
    };
    const missing = [404, { error: 'tenants/Not Found', message: 'Cannot find the specified configuration' }];

    it('takes a token with the scope sso', async () => {
      assert.equal((await ask('POST', '', OPTION, null))[0], 401);
      assert.equal((await ask('POST', '', OPTION, 'x.y.z'))[0], 401);
      assert.equal((await ask('POST', '', OPTION, tokenOf('other')))[0], 403);
      assert.equal((await ask('GET', '/oauth2', null, null))[0], 401);
    });

    it('makes one with an id of its own, once', async () => {
      const [status, option] = await ask('POST', '', OPTION);
      assert.equal(status, 200, JSON.stringify(option));
      ({ id } = option);
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(option.tokenRequest.body, 'client_secret=****');
      assert.deepEqual(await ask('POST', '', OPTION),
        [400, { error: 'tenants/Bad Request', message: 'There is such a configuration already.' }]);
      assert.equal((await ask('POST', '', { ...OPTION, providerName: 'Other', id: 'mine' }))[0], 400);
      const [invalid, why] = await ask('POST', '', { type: 'SAML' });
      assert.equal(invalid, 422);
      assert.deepEqual(why.errors.map(({ path }) => path), ['/type', '/providerName']);
      assert.equal((await ask('POST', '', [1]))[0], 400);
    });

    it('shows strangers a name and a place to go', async () => {
      assert.deepEqual(await ask('GET', '', null, null), [200, {
        loginOptions: [{
          id, type: 'OAUTH2', buttonName: 'Corp <b>', providerName: 'Corp', visibleOnLoginPage: true,
          initRequest: `${server.base}/sso/${id}/login`,
        }],
      }]);
      const page = await (await fetch(`${server.base}/login`)).text();
      assert.match(page, />Corp &lt;b&gt;</);
    });

    it('finds by id or type, in any case', async () => {
      assert.equal((await ask('GET', `/${id}`))[1].id, id);
      assert.equal((await ask('GET', '/oAuth2'))[1].id, id);
      assert.deepEqual(await ask('GET', '/BASIC'), missing);
      assert.deepEqual(await ask('PUT', '/BASIC', OPTION), missing);
      assert.deepEqual(await ask('DELETE', '/BASIC'), missing);
    });

    it('keeps a masked secret when it is written back', async () => {
      const [, option] = await ask('GET', `/${id}`);
      const [status, after] = await ask('PUT', `/${id}?terminateUserSessions=false`, { ...option, buttonName: 'New' });
      assert.deepEqual([status, after.buttonName], [200, 'New']);
      assert.equal(server.call('sso_request', id, 'token').body, 'client_secret=s3cr3t');
    });

    for (const [path, rule] of [['accessMappings', RULE], ['inventoryAccessMappings', GROUP_RULE]]) {
      it(`has ${path} by id`, async () => {
        const [status, made] = await ask('POST', `/${id}/${path}`, rule);
        assert.equal(status, 200, JSON.stringify(made));
        assert.deepEqual(await ask('GET', `/OAUTH2/${path}`), [200, [made]]);
        assert.deepEqual(await ask('GET', `/${id}/${path}/${made.id}`), [200, made]);
        const changed = { ...made, when: { ...rule.when, value: 'x' } };
        assert.deepEqual(await ask('PUT', `/${id}/${path}/${made.id}`, changed), [200, changed]);
        assert.equal((await ask('PUT', `/${id}/${path}/${made.id}`, { when: {} }))[0], 422);
        assert.deepEqual(await ask('GET', `/${id}/${path}/nothing`),
          [404, { error: 'tenants/Not Found', message: 'Cannot find mapping with id nothing' }]);
        assert.deepEqual(await ask('DELETE', `/${id}/${path}/${made.id}`), [204, '']);
        assert.equal((await ask('DELETE', `/${id}/${path}/${made.id}`))[0], 404);
        assert.deepEqual(await ask('GET', `/${id}/${path}`), [200, []]);
        assert.deepEqual(await ask('GET', `/BASIC/${path}`), missing);
      });
    }

    it('of many that make the same at once one does', async () => {
      for (let round = 0; round < 8; round++) {
        const answers = await Promise.all(Array.from({ length: 16 }, () => ask('POST', '', { ...OPTION, providerName: 'Twin' })));
        assert.deepEqual(answers.map(([status]) => status).sort(), [200, ...Array(15).fill(400)]);
        const [, made] = answers.find(([status]) => status === 200);
        if (round < 7) assert.deepEqual(await ask('DELETE', `/${made.id}`), [204, '']);
      }
      const basic = await Promise.all(['one', 'two'].map((providerName) => ask('POST', '', { type: 'BASIC', providerName })));
      assert.deepEqual(basic.map(([status]) => status).sort(), [200, 400]);
      assert.deepEqual(await ask('DELETE', '/BASIC'), [204, '']);
    });

    it('changes none by a type that several have', async () => {
      const several = [400, { error: 'tenants/Bad Request', message: 'Several configurations are of this type: name one by id.' }];
      assert.deepEqual(await ask('PUT', '/oauth2', OPTION), several);
      assert.deepEqual(await ask('DELETE', '/OAUTH2'), several);
      assert.deepEqual(await ask('POST', '/OAUTH2/accessMappings', RULE), several);
      assert.equal((await ask('GET', '/oauth2'))[0], 200);
      const [, { loginOptions }] = await ask('GET', '', null, null);
      const twin = loginOptions.find(({ providerName }) => providerName === 'Twin');
      assert.deepEqual(await ask('DELETE', `/${twin.id}`), [204, '']);
      assert.equal((await ask('PUT', '/oauth2', OPTION))[0], 200);
    });

    it('is restricted by the tenant management only', async () => {
      assert.equal((await ask('PUT', `/${id}/restrict?targetTenant=default`, { onlyManagementTenantAccess: true }))[0], 403);
      assert.equal((await ask('PUT', `/${id}/restrict`, { onlyManagementTenantAccess: true }))[0], 400);
    });

    it('removes it', async () => {
      assert.deepEqual(await ask('DELETE', `/${id}`), [204, '']);
      assert.deepEqual(await ask('GET', `/${id}`), missing);
      assert.deepEqual(await ask('GET', '', null, null), [200, { loginOptions: [] }]);
      const patched = await ask('PATCH', `/${id}`, {});
      assert.equal(patched[0], 405);
    });
  });
}
