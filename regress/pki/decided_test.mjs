// SPDX-License-Identifier: Apache-2.0
// decided_test.mjs: a device that has its identity by one enrollment proves itself at another one. What
// was decided of it stays of the first until the second gives it an identity, and people see where it waits.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { bodyOf, enrol, HUB, openMaker, pem, request } from './device.mjs';
import { engines, open } from './engine.mjs';

for (const engine of engines) {
  describe(`decided: ${engine}`, () => {
    let db;
    const maker = openMaker();
    const proven = (device) => {
      const begun = db.call('begin_provisioning', device.certificate);
      const proof = sign(null, Buffer.from(begun.nonce), device.makerKey).toString('base64');
      return { ...begun, ...db.call('prove_possession', begun.session, proof) };
    };
    const identity = ({ session }, csr) => db.call('provision_identity', session, csr);
    const acls = ({ session }) => db.call('provision_acls', session).error ?? 'ok';
    const record = ({ registration_id: id }) => db.call('provisioning_records', { registration_ids: [id] }).records[0];
    const decide = ({ registration_id: id }, ...more) => db.call('decide_enrollment', id, ...more);
    const set = (id, more) => db.call('set_enrollment', id, { owner: id, x509: { chain: maker.chain }, hubs: [HUB], ...more });
    const remove = (...ids) => ids.forEach((id) => db.ask(`SELECT set_enrollment('${id}', NULL);`));
    const waits = (id) => db.call('provisioning_records', { approvals: ['pending'] }).records.some((one) => one.registration_id === id);
    const count = (table) => Number(db.ask(`SELECT count(*) FROM ${db.t}${table};`)[0]);
    const est = (operation, certificate, csr) => {
      const body = bodyOf(csr);
      return db.call('http_request', 'POST', `/.well-known/est/${operation}`,
        { host: 'id.example', 'content-type': 'application/pkcs10', 'x-client-cert': encodeURIComponent(certificate) },
        engine === 'PostgreSQL' ? `\\x${Buffer.from(body).toString('hex')}` : body).status;
    };

    before(() => {
      db = open(engine, 'decided');
      enrol(db, maker);
      db.call('configure', { base_url: 'https://id.example', client_certificate_header: 'x-client-cert' });
    });
    after(() => db.end());

    it('a proof at another enrollment takes nothing along: the first one decides, owns and renews', () => {
      const device = maker.device();
      const { certificate } = identity(proven(device), device.csr);
      set('two', { priority: 9 });
      const at = proven(device);
      const { enrollment, owner, other_enrollment: other } = record(at);
      assert.deepEqual([enrollment, owner, other], ['factory', 'alice', 'two']);
      const owned = (name) => db.call('provisioning_records', { owners: [name] }).records.length;
      assert.deepEqual([owned('alice'), owned('two')], [1, 0]);
      set('factory', { owner: 'alice', enabled: false });
      assert.equal(est('simplereenroll', certificate, device.csr), 403);
      set('factory', { owner: 'alice' });
      set('two', { priority: 9, enabled: false });
      assert.equal(est('simplereenroll', certificate, device.csr), 200);
      set('two', { priority: 9 });
      assert.equal(identity(proven(device), device.csr).device, device.id);
      const now = record(at);
      assert.deepEqual([now.enrollment, now.owner, now.other_enrollment], ['two', 'two', undefined]);
      remove('two');
    });

    it('what was approved stays so, and each enrollment that asks is decided of', () => {
      const device = maker.device();
      set('one', { priority: 1, approval: true });
      const first = proven(device);
      assert.equal(decide(first, 'approve').enrollment, 'one');
      assert.equal(identity(first, device.csr).device, device.id);
      set('two', { priority: 2, approval: true });
      const second = proven(device);
      assert.deepEqual([second.approval, acls(first), waits(first.registration_id)], ['pending', 'ok', true]);
      assert.equal(identity(second, device.csr).error, 'approval_pending');
      const { enrollment, changed } = decide(second, 'approve');
      assert.deepEqual([enrollment, changed], ['two', true]);
      assert.deepEqual([acls(first), waits(first.registration_id)], ['ok', false]);
      assert.equal(identity(second, device.csr).device, device.id);
      assert.deepEqual([record(second).enrollment, record(second).approval], ['two', 'approved']);
      assert.equal(acls(first), 'attestation_refused');
      assert.equal(record(second).other_enrollment, undefined);
      remove('one', 'two');
    });

    it('a claim is of one enrollment: another one asks for its own, and the tokens by the first end', () => {
      const device = maker.device();
      const claim = (client, subject) => {
        const code = db.call('issue_device_code', client);
        db.call('approve_device_code', code.user_code, subject);
        return { device_code: code.device_code };
      };
      for (const id of ['app1', 'app2']) db.call('register_client', id, { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] });
      const gets = (session, options) => db.call('provision_identity', session.session, device.csr, options ?? {});
      set('one', { priority: 1, claim: { client_id: 'app1' }, require_identity: false, hubs: [HUB] });
      const first = proven(device);
      assert.equal(gets(first, claim('app1', 'ada')).device, device.id);
      assert.equal(record(first).owner, 'ada');
      const token = db.call('provision_token', first.session).access_token;
      const isGood = () => db.ask(`SELECT CAST(authenticate('${token}') ->> 'valid' AS text);`)[0];
      const before = isGood();
      set('two', { priority: 2, claim: { client_id: 'app2' } });
      const second = proven(device);
      assert.equal(gets(second).error, 'approval_pending');
      assert.deepEqual([record(second).owner, isGood()], ['ada', before]);
      assert.equal(gets(second, claim('app2', 'bea')).device, device.id);
      assert.deepEqual([record(second).owner, record(second).enrollment], ['bea', 'two']);
      assert.notEqual(isGood(), before);
      set('three', { priority: 3 });
      assert.equal(gets(proven(device)).device, device.id);
      assert.equal(record(second).owner, 'three');
      remove('one', 'two', 'three');
    });

    it('what was decided goes with its enrollment, and is found by it', () => {
      const device = maker.device();
      const first = proven(device);
      identity(first, device.csr);
      set('two', { priority: 2, approval: true });
      assert.equal(proven(device).approval, 'pending');
      const found = (filter) => db.call('provisioning_records', filter).records.some(({ registration_id: id }) => id === first.registration_id);
      assert.deepEqual(['two', 'factory'].map((id) => found({ approvals: ['pending'], enrollments: [id] })), [true, false]);
      assert.deepEqual(['two', 'factory'].map((id) => found({ enrollments: [id] })), [false, true]);
      decide(first, 'approve');
      remove('two');
      assert.equal(record(first).other_approval, undefined);
      set('two', { priority: 2, approval: true });
      assert.equal(proven(device).approval, 'pending');
      decide(first, 'approve');
      assert.equal(identity(proven(device), device.csr).device, device.id);
      remove('two');
      set('two', { priority: 2, approval: true });
      assert.equal(proven(device).approval, 'pending');
      remove('two');
    });

    it('an approval is not carried from one to another', () => {
      const device = maker.device();
      set('one', { priority: 1 });
      const first = proven(device);
      set('two', { priority: 2, approval: true });
      decide(proven(device), 'approve');
      remove('two');
      assert.equal(identity(first, device.csr).device, device.id);
      assert.equal(record(first).approval, 'free');
      set('one', { priority: 1, approval: true });
      assert.equal(proven(device).approval, 'pending');
      remove('one');
    });

    it('who is asked for midway is in the list of those who wait', () => {
      const device = maker.device();
      const begun = proven(device);
      set('factory', { owner: 'alice', approval: true });
      assert.equal(identity(begun, device.csr).error, 'approval_pending');
      assert.ok(waits(begun.registration_id));
      decide(begun, 'approve', 'factory');
      set('factory', { owner: 'alice' });
      assert.deepEqual([identity(begun, device.csr).device, waits(begun.registration_id)], [device.id, false]);
    });

    it('who was denied may be let in elsewhere, and is denied everywhere again', () => {
      const device = maker.device();
      const first = proven(device);
      identity(first, device.csr);
      decide(first, 'deny');
      assert.equal(acls(first), 'device_denied');
      set('two', { priority: 2, approval: true });
      assert.equal(decide(first, 'approve', 'two').changed, true);
      assert.equal(decide(first, 'approve', 'two').changed, false);
      assert.equal(acls(first), 'ok');
      assert.equal(identity(proven(device), device.csr).device, device.id);
      decide(first, 'deny');
      assert.equal(db.call('begin_provisioning', device.certificate).error, 'device_denied');
      remove('two');
    });

    it('an id of a symmetric key is free when its enrollment is gone, for a device that has its identity, too', () => {
      const device = maker.device(), key = Buffer.alloc(32, 7);
      const hmac = (secret, message) => createHmac('sha256', secret).update(message).digest();
      const prove = (enrollment) => {
        const options = JSON.stringify({ registration_id: 'press-7', enrollment });
        const begun = JSON.parse(db.ask(`SELECT CAST(begin_provisioning(NULL, '${options}') AS text);`)[0]);
        if (begun.error) return begun;
        db.call('prove_possession', begun.session, hmac(hmac(key, 'press-7'), begun.nonce).toString('base64'));
        return begun;
      };
      const keys = { x509: undefined, symmetric_key: { primary: key.toString('base64') } };
      const code = db.call('issue_device_code', 'app1');
      db.call('approve_device_code', code.user_code, 'ada');
      set('ours', { ...keys, claim: { client_id: 'app1' } });
      set('theirs', keys);
      const first = prove('ours');
      assert.equal(db.call('provision_identity', first.session, device.csr, { device_code: code.device_code }).device, device.id);
      assert.equal(record(first).owner, 'ada');
      assert.equal(prove('theirs').error, 'device_taken');
      remove('ours');
      const begun = prove('theirs');
      assert.equal(identity(begun, device.csr).device, device.id);
      assert.deepEqual([record(begun).enrollment, record(begun).owner], ['theirs', 'theirs']);
      remove('theirs');
    });

    it('of a certificate that is shared no more no session goes on', () => {
      const device = maker.device();
      set('factory', { owner: 'alice', x509: { chain: maker.chain, shared: true } });
      const others = [1, 2].map(() => {
        const id = randomUUID(), { privateKey } = generateKeyPairSync('ed25519');
        const csr = request(privateKey, `/CN=uuid:${id}`);
        const begun = db.call('begin_provisioning', device.certificate, { csr });
        db.call('prove_possession', begun.session, sign(null, Buffer.from(begun.nonce), device.makerKey).toString('base64'));
        return { ...begun, csr };
      });
      set('factory', { owner: 'alice' });
      for (const other of others) {
        const { error, reason } = identity(other, other.csr);
        assert.deepEqual([error, reason], ['attestation_refused', 'enrollment']);
      }
      assert.equal(identity(proven(device), device.csr).device, device.id);
    });

    it('who waits over EST with a shared certificate has one session', () => {
      const device = maker.device();
      set('shared', { priority: 5, x509: { chain: maker.chain, shared: true }, approval: true });
      const csr = request(device.identityKey, `/CN=uuid:${device.id}`);
      assert.equal(est('simpleenroll', pem(device.certificate), csr), 202);
      const before = [count('provisioning_session'), count('provisioning_event')];
      for (let i = 0; i < 3; i++) assert.equal(est('simpleenroll', pem(device.certificate), csr), 202);
      assert.deepEqual([count('provisioning_session'), count('provisioning_event')], before);
      decide(db.call('provisioning_records', { enrollments: ['shared'] }).records[0], 'approve');
      assert.equal(est('simpleenroll', pem(device.certificate), csr), 200);
      assert.equal(est('simpleenroll', pem(device.certificate), csr), 200);
      remove('shared');
    });

    it('of what was sent a session keeps what the device is let in by', () => {
      const device = maker.device();
      const sent = [device, maker.device(), maker.device()].map(({ certificate }) => pem(certificate)).join('') + maker.chain;
      const { registration_id: id } = db.call('begin_provisioning', sent);
      const kept = db.ask(`SELECT CAST(shown AS text) FROM ${db.t}provisioning_session WHERE registration_id = '${id}';`)[0];
      assert.equal(kept.match(/BEGIN CERTIFICATE/g).length, 2);
    });

    it('what is no name of an enrollment is refused, and not kept', () => {
      set('key', { kind: 'individual', x509: undefined, symmetric_key: { registration_id: 'meter-1', primary: 'MDEyMzQ1Njc4OWFiY2RlZg==' } });
      for (const name of ['x'.repeat(256), { a: 1 }, 5, ['key']]) {
        const body = JSON.stringify({ registration_id: 'meter-1', enrollment: name });
        const { status } = db.call('http_request', 'POST', '/provisioning/sessions', { host: 'id.example', 'content-type': 'application/json' },
          engine === 'PostgreSQL' ? `\\x${Buffer.from(body).toString('hex')}` : body);
        assert.equal(status, 400, body);
      }
      assert.equal(db.ask(`SELECT count(*) FROM ${db.t}provisioning_session WHERE registration_id = 'meter-1';`)[0], '0');
    });
  });
}
