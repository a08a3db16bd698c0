// SPDX-License-Identifier: Apache-2.0
// meanwhile_test.mjs: what changes while a device is on its way. Until it has its identity, what it showed
// is judged by the enrollments and revocations of now; and nothing is issued to a key that is somebody else's.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { bodyOf, enrol, openMaker, pem, request } from './device.mjs';
import { engines, open, text } from './engine.mjs';
import { run } from './reading.mjs';

// A TPM2B_PUBLIC, base64, of the EK template of P-256 (TCG EK Credential Profile, L-2), and SHA-256 of the SubjectPublicKeyInfo.
function endorsement(privateKey) {
  const key = createPublicKey(privateKey), { x, y } = key.export({ format: 'jwk' });
  const template = '0023000b000300b20020837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa000600800043001000030010';
  const sized = (value) => Buffer.concat([Buffer.from([0, 32]), Buffer.from(value, 'base64url')]);
  const area = Buffer.concat([Buffer.from(template, 'hex'), sized(x), sized(y)]);
  return { ek: Buffer.concat([Buffer.from([0, area.length]), area]).toString('base64'),
    sha256: createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('hex') };
}
const serialOf = (der) => run('openssl', ['x509', '-noout', '-serial'], pem(der)).trim().split('=')[1];

for (const engine of engines) {
  describe(`meanwhile: ${engine}`, () => {
    let db;
    const maker = openMaker();
    const begin = (certificate) => db.call('begin_provisioning', certificate);
    const prove = ({ session, nonce }, device) =>
      db.call('prove_possession', session, sign(null, Buffer.from(nonce), device.makerKey).toString('base64'));
    const proven = (device, certificate = device.certificate) => {
      const begun = begin(certificate);
      assert.equal(prove(begun, device).state, 'proven', JSON.stringify(begun));
      return begun.session;
    };
    const identity = (session, csr) => db.call('provision_identity', session, csr);
    const revoke = (serial, reason) => db.call('revoke_certificate', serial, reason);
    const refused = ({ error, reason, reasons }, ...expected) => assert.deepEqual([error, reason ?? reasons?.[0]], expected);
    const record = (id) => db.call('provisioning_records', { registration_ids: [id] }).records[0];

    before(() => {
      db = open(engine, 'meanwhile');
      enrol(db, maker);
      db.call('configure', { base_url: 'https://id.example', client_certificate_header: 'x-client-cert' });
    });
    after(() => db.end());

    it('a key that is somebody else’s gets nothing in a session that it began before', () => {
      const device = maker.device();
      const { serial } = identity(proven(device), request(device.makerKey, `/CN=uuid:${device.id}`));
      const session = proven(device), late = begin(device.certificate);
      revoke(serial, 'keyCompromise');
      refused(begin(device.certificate), 'attestation_refused', 'key_compromised');
      prove(late, device);
      for (const name of [session, late.session]) refused(identity(name, device.csr), 'attestation_refused', 'key_compromised');
      assert.equal(db.ask(`SELECT count(*) FROM ${db.t}certificate WHERE device = '${device.id}' AND status = 'valid';`)[0], '0');
    });

    it('what another connection decides counts at the next step', async () => {
      const device = maker.device();
      const [ours, theirs] = [db.session(), db.session()];
      const step = async (sql) => JSON.parse((await ours.ask(`SELECT CAST(${sql} AS text);`)).at(-1));
      const enable = (is) => theirs.ask(`SELECT set_enrollment('factory', ${text(JSON.stringify({ ...factory, enabled: is }))}) ->> 'version';`);
      const { hubs } = db.call('enrollment', 'factory');
      const factory = { owner: 'alice', x509: { chain: maker.chain }, hubs };
      const { session, nonce } = await step(`begin_provisioning(${text(device.certificate)})`);
      await enable(false);
      const proof = sign(null, Buffer.from(nonce), device.makerKey).toString('base64');
      const proving = `prove_possession('${session}', '${proof}')`;
      assert.equal((await step(proving)).error, 'enrollment_disabled');
      assert.equal((await step(`begin_provisioning(${text(device.certificate)})`)).error, 'enrollment_disabled');
      await enable(true);
      assert.equal((await step(proving)).state, 'proven');
      await Promise.all([ours.end(), theirs.end()]);
    });

    it('who is denied meanwhile gets nothing, nor who is of another enrollment now', () => {
      const device = maker.device();
      const session = proven(device);
      const factory = db.call('enrollment', 'factory');
      const document = { owner: 'alice', x509: { chain: maker.chain }, hubs: factory.hubs };
      db.call('set_enrollment', 'factory', { ...document, deny: { serials: [serialOf(device.certificate)] } });
      refused(identity(session, device.csr), 'device_denied', undefined);
      db.call('set_enrollment', 'factory', document);
      db.call('set_enrollment', 'first', { owner: 'bob', x509: { chain: maker.chain }, priority: 9 });
      refused(identity(session, device.csr), 'attestation_refused', 'enrollment');
      db.ask(`SELECT set_enrollment('first', NULL);`);
      assert.equal(identity(session, device.csr).device, device.id);
    });

    const front = (method, target, certificate, type, body = '') => {
      const bytes = engine === 'PostgreSQL' ? `\\x${Buffer.from(body).toString('hex')}` : body;
      return db.call('http_request', method, target,
        { host: 'id.example', 'content-type': type, accept: 'application/json', 'x-client-cert': encodeURIComponent(certificate) }, bytes);
    };

    it('over TLS with the certificate of its maker it begins anew where it is of another enrollment by now', () => {
      const device = maker.device();
      const ask = (method, step, body) =>
        JSON.parse(front(method, `/api/v1/provisioning/${step}`, pem(device.certificate), 'application/json', body).body);
      const before = ask('GET', 'ownership');
      db.call('set_enrollment', 'nearer', { kind: 'individual', owner: 'carol', x509: { certificate: pem(device.certificate) } });
      const after = ask('GET', 'ownership');
      assert.ok(before.devowneruuid && after.devowneruuid && before.devowneruuid !== after.devowneruuid, JSON.stringify([before, after]));
      const csr = request(device.identityKey, `/CN=uuid:${device.id}`);
      assert.equal(ask('POST', 'credentials', JSON.stringify({ csr: { encoding: 'oic.sec.encoding.pem', data: csr } })).error, undefined);
      assert.equal(db.ask(`SELECT enrollment_id FROM ${db.t}provisioning_record WHERE device = '${device.id}';`)[0], 'nearer');
    });

    it('what was decided at one enrollment is of that one, and who has proven nothing moves nothing', () => {
      const device = maker.device();
      const group = (priority) => ({ owner: `owner-${priority}`, x509: { chain: maker.chain }, approval: true, priority });
      db.call('set_enrollment', 'one', group(1));
      const id = begin(device.certificate).registration_id;
      db.call('decide_enrollment', id, 'approve');
      db.call('set_enrollment', 'two', group(2));
      const begun = begin(device.certificate);
      assert.deepEqual([record(id).enrollment, record(id).approval], ['one', 'approved']);
      assert.equal(prove(begun, device).approval, 'pending');
      assert.deepEqual([record(id).enrollment, record(id).approval], ['two', 'pending']);
      refused(identity(begun.session, device.csr), 'approval_pending', undefined);
      db.call('decide_enrollment', id, 'approve', 'two');
      assert.equal(identity(begun.session, device.csr).device, device.id);
      db.ask(`SELECT set_enrollment('one', NULL);\nSELECT set_enrollment('two', NULL);`);
    });

    it('a maker of our own, and its certificates, may be revoked', () => {
      const root = db.call('create_ca', 'works', { path_length: 1 });
      const below = db.call('create_ca', 'line', { parent: 'works', path_length: 0 });
      db.call('set_certificate_profile', 'made', { common_name: 'any', extended_key_usage: ['clientAuth'], ca: 'line' });
      for (const strict of [false, true]) {
        db.call('set_enrollment', 'own', { owner: 'alice', x509: { chain: below.certificate + root.certificate, strict } });
        const [device, other] = [maker.device(), maker.device()];
        const [made, others] = [device, other].map(({ makerKey }) => db.call('sign_csr', request(makerKey, '/CN=made'), 'made'));
        const session = proven(device, made.certificate);
        revoke(made.serial, 'cessationOfOperation');
        refused(begin(made.certificate), 'attestation_refused', 'revoked');
        refused(identity(session, device.csr), 'attestation_refused', 'revoked');
        assert.equal(identity(proven(other, others.certificate), other.csr).device, other.id);
      }
      const device = maker.device();
      const made = db.call('sign_csr', request(device.makerKey, '/CN=made'), 'made');
      revoke(below.serial, 'keyCompromise');
      refused(begin(made.certificate), 'attestation_refused', 'revoked');
    });

    it('a name is not handed on to a key that is somebody else’s, and who had it has it still', () => {
      const device = maker.device(), other = maker.device();
      const name = `/CN=uuid:${device.id}`;
      const { certificate } = db.call('sign_csr', request(device.identityKey, name));
      revoke(db.call('sign_csr', request(other.makerKey, `/CN=uuid:${other.id}`)).serial, 'keyCompromise');
      const renew = (key) => front('POST', '/.well-known/est/simplereenroll', certificate, 'application/pkcs10',
        bodyOf(request(key, name)));
      const handed = renew(other.makerKey);
      assert.deepEqual([handed.status, /Reason: \w+/.exec(handed.body)[0]], [400, 'Reason: key_compromised']);
      assert.equal(renew(device.identityKey).status, 200);
      assert.equal(renew(other.identityKey).status, 200);
    });

    it('a name is of who has something good of it, whoever had it last', () => {
      const [one, two, three] = [maker.device(), maker.device(), maker.device()];
      const name = `/CN=uuid:${one.id}`;
      const signed = (device) => db.call('sign_csr', request(device.makerKey, name));
      const first = signed(one);
      const hand = (device) => front('POST', '/.well-known/est/simplereenroll', first.certificate, 'application/pkcs10', bodyOf(request(device.makerKey, name))).status;
      const last = () => db.ask(`SELECT serial FROM ${db.t}certificate WHERE device = '${one.id}' ORDER BY issued_at DESC LIMIT 1;`)[0];
      const hub = () => db.call('set_hub', one.id, { gateways: ['hub.example:1'] }).error;
      assert.equal(hand(two), 200);
      refused(signed(one), 'invalid_csr', 'common_name_taken');
      revoke(last(), 'superseded');
      refused(signed(three), 'invalid_csr', 'common_name_taken');
      assert.deepEqual([hub(), signed(one).error], ['invalid_enrollment', undefined]);
      assert.equal(hand(two), 200);
      // What the holder has is over before what the former has.
      const past = engine === 'SQLite' ? '1000000' : "'2001-01-01'";
      db.ask(`UPDATE ${db.t}certificate SET not_after = ${past} WHERE serial = '${last()}';`);
      refused(signed(three), 'invalid_csr', 'common_name_taken');
      assert.deepEqual([hub(), signed(one).error], ['invalid_enrollment', undefined]);
      for (const serial of db.ask(`SELECT serial FROM ${db.t}certificate WHERE device = '${one.id}';`)) revoke(serial, 'superseded');
      assert.equal(signed(three).error, undefined);
    });

    it('what was decided at a time is decided so again, though certificates of ours were revoked since', () => {
      const root = db.call('create_ca', 'later', { path_length: 0 });
      db.call('set_certificate_profile', 'of_later', { common_name: 'any', extended_key_usage: ['clientAuth'], ca: 'later' });
      db.call('set_enrollment', 'later', { owner: 'alice', x509: { chain: root.certificate } });
      const { serial, certificate } = db.call('sign_csr', request(maker.device().makerKey, '/CN=made'), 'of_later');
      const at = (time) => db.call('match_enrollment', certificate, time).reason;
      const before = new Date().toISOString();
      revoke(serial, 'superseded');
      const later = new Date(Date.now() + 1000).toISOString();
      assert.deepEqual([at(before), at(later), db.call('match_enrollment', certificate).reason], [undefined, 'revoked', 'revoked']);
    });

    it('an endorsement key that is somebody else’s gets nothing, of an individual or of a list', () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { sha256, ek } = endorsement(privateKey);
      const { serial } = db.call('sign_csr', request(privateKey, `/CN=uuid:${randomUUID()}`));
      const show = () => JSON.parse(db.ask(`SELECT CAST(begin_provisioning(NULL, ${text(JSON.stringify({ ek }))}) AS text);`)[0]);
      const enrollments = { individual: { kind: 'individual', tpm: { ek_sha256: sha256 } }, listed: { members: true, tpm: {} } };
      for (const state of ['good', 'compromised']) {
        for (const [id, document] of Object.entries(enrollments)) {
          db.call('set_enrollment', id, { owner: 'alice', ...document });
          if (document.members) db.ask(`INSERT INTO ${db.t}enrollment_member (enrollment_id, identity_kind, identity) VALUES ('${id}', 'ek', '${sha256}');`);
          const begun = show();
          if (state === 'good') assert.equal(record(begun.registration_id)?.enrollment ?? begun.enrollment, id, JSON.stringify(begun));
          else refused(begun, 'attestation_refused', 'key_compromised');
          db.ask(`SELECT set_enrollment('${id}', NULL);`);
        }
        revoke(serial, 'keyCompromise');
      }
    });

    it('a name is kept by the certificates of devices alone', () => {
      const [one, two] = [maker.device(), maker.device()];
      const named = `/CN=uuid:${one.id}`;
      const first = db.call('sign_csr', request(one.makerKey, named));
      db.call('sign_csr', request(one.makerKey, named), 'client');
      refused(db.call('sign_csr', request(two.makerKey, named)), 'invalid_csr', 'common_name_taken');
      revoke(first.serial, 'superseded');
      assert.match(db.call('sign_csr', request(two.makerKey, named)).certificate, /BEGIN/);
    });

    it('what ended by itself ended then, for who revokes it later', () => {
      const { makerKey, id } = maker.device();
      const at = (time, sql) => JSON.parse(db.ask(`SELECT set_clock('${time}');\n${sql}`).at(-1));
      db.call('set_certificate_profile', 'brief', { common_name: 'device', grace_s: 60, ca: 'default' });
      const csr = request(makerKey, `/CN=uuid:${id}`);
      const signed = (time) => at(time, `SELECT sign_csr(${text(csr)}, 'brief');`);
      const former = signed('2027-01-01T00:00:00Z');
      signed('2027-01-01T00:10:00Z');
      const revoked = (reason) => at('2027-01-01T00:30:00Z', `SELECT revoke_certificate('${former.serial}', '${reason}');`);
      const { reason, revoked_at } = revoked('cessationOfOperation');
      assert.deepEqual([reason, Date.parse(revoked_at)], ['superseded', Date.parse('2027-01-01T00:11:00Z')]);
      assert.deepEqual([revoked('keyCompromise').reason, revoked('keyCompromise').changed], ['keyCompromise', false]);
    });

    it('who has proven nothing fills no history', () => {
      const device = maker.device();
      const post = (step, headers, body) => db.call('http_request', 'POST', `/provisioning/${step}`,
        { host: 'id.example', 'content-type': 'application/json', 'x-idplane-peer': '192.0.2.7', ...headers }, JSON.stringify(body));
      db.call('configure', { base_url: 'https://id.example' });
      const { session } = JSON.parse(post('sessions', {}, { chain: device.certificate }).body);
      const step = `SELECT count(http_request('POST', '/provisioning/identity', ${text(JSON.stringify({ host: 'id.example',
        'content-type': 'application/json', 'x-idplane-peer': '192.0.2.7', authorization: `Bearer ${session}` }))}, ${text(JSON.stringify({ csr: 'x' }))}));\n`;
      db.ask(step.repeat(150));
      assert.equal(db.ask(`SELECT count(*) FROM ${db.t}provisioning_event WHERE outcome = 'out_of_order';`)[0], '100');
    });
  });
}
