// SPDX-License-Identifier: Apache-2.0
// locks_test.mjs: who waits for whom in PostgreSQL, so that nothing is decided by what is over, and that
// nobody waits in a circle.
import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { bodyOf, enrol, HUB, openMaker, request } from './device.mjs';
import { engines, open, text } from './engine.mjs';

describe('locks', { skip: !engines.includes('PostgreSQL') && 'no cluster: use regress/cluster' }, () => {
  let db, one, two;
  const maker = openMaker();
  const well = () => assert.doesNotMatch(one.errors() + two.errors(), /deadlock|ERROR/);
  before(() => {
    db = open('PostgreSQL', 'locks');
    enrol(db, maker);
    [one, two] = [db.session(), db.session()];
  });
  after(async () => {
    await Promise.all([one, two].map((session) => session.end()));
    db.end();
  });

  it('a key that is revoked while it asks gets nothing by having waited', async () => {
    const { makerKey, id } = maker.device();
    const csr = text(request(makerKey, `/CN=uuid:${id}`));
    const [line] = await one.ask(`SELECT sign_csr(${csr});`);
    await one.ask(`BEGIN;\nSELECT revoke_certificate('${JSON.parse(line).serial}', 'keyCompromise');`);
    const asking = two.ask(`SELECT sign_csr(${csr});`);
    await db.waits();
    await one.ask('COMMIT;');
    assert.deepEqual(JSON.parse((await asking).at(-1)).reasons, ['key_compromised']);
    assert.equal(db.ask(`SELECT count(*) FROM idplane.certificate_holder WHERE common_name = 'uuid:${id}';`)[0], '0');
  });

  it('a device renews by EST, and is revoked, behind somebody who has the certificate', async () => {
    db.call('configure', { base_url: 'https://id.example', client_certificate_header: 'x-client-cert' });
    const { makerKey, id } = maker.device();
    const csr = request(makerKey, `/CN=uuid:${id}`);
    const body = bodyOf(csr);
    const { serial, certificate } = db.call('sign_csr', csr);
    const headers = { host: 'id.example', 'content-type': 'application/pkcs10', 'x-client-cert': encodeURIComponent(certificate) };
    const holder = db.session();
    await holder.ask(`BEGIN;\nSELECT 1 FROM idplane.certificate WHERE serial = '${serial}' FOR UPDATE;`);
    const renewing = one.ask(`SELECT http_request('POST', '/.well-known/est/simplereenroll', ${text(JSON.stringify(headers))}, ${text(body)}) ->> 'status';`);
    await db.waits(1);
    const revoking = two.ask(`SELECT revoke_certificate('${serial}', 'superseded') ->> 'status';`);
    await db.waits(2);
    await holder.ask('COMMIT;');
    assert.deepEqual([(await renewing).at(-1), (await revoking).at(-1)], ['200', 'revoked'], one.errors() + two.errors());
    await holder.end();
  });

  it('certificates are issued and revoked with a grace without a deadlock', async () => {
    const { makerKey, id } = maker.device();
    db.call('set_certificate_profile', 'brief', { common_name: 'device', grace_s: 60, ca: 'default' });
    const csr = text(request(makerKey, `/CN=uuid:${id}`));
    const serial = async () => JSON.parse((await one.ask(`SELECT sign_csr(${csr}, 'brief');`)).at(-1)).serial;
    let revoking = Promise.resolve();
    for (let i = 0; i < 100; i++) {
      const former = await serial();
      await revoking;
      revoking = two.ask(`SELECT CAST(revoke_certificate('${former}', 'superseded') AS text);\nSELECT length(crl('default'));`);
    }
    await revoking;
    well();
  });

  it('nor another name, by whatever way it comes', async () => {
    const [device, other] = [maker.device(), maker.device()];
    const { session, nonce } = db.call('begin_provisioning', device.certificate);
    db.call('prove_possession', session, sign(null, Buffer.from(nonce), device.makerKey).toString('base64'));
    const ways = [`sign_csr(${text(request(device.makerKey, `/CN=uuid:${other.id}`))})`,
      `provision_identity('${session}', ${text(request(device.makerKey, `/CN=uuid:${device.id}`))})`];
    for (const way of ways) {
      const { serial } = db.call('sign_csr', request(device.makerKey, '/CN=anything'), 'client');
      await one.ask(`BEGIN;\nSELECT revoke_certificate('${serial}', 'keyCompromise');`);
      const asking = two.ask(`SELECT ${way};`);
      await db.waits();
      await one.ask('COMMIT;');
      assert.match((await asking).at(-1), /key_compromised/);
      db.ask(`UPDATE idplane.certificate SET reason = 'superseded' WHERE serial = '${serial}';`);
    }
    well();
  });

  it('whoever waits is signed by no authority that was revoked meanwhile', async () => {
    for (const reason of ['cACompromise', 'cessationOfOperation']) {
      const name = reason.toLowerCase();
      const { certificate } = db.call('create_ca', name);
      await one.ask(`BEGIN;\nSELECT revoke_certificate(${text(certificate)}, '${reason}');`);
      const asking = two.ask(`SELECT sign_csr(${text(request(maker.device().makerKey, `/CN=uuid:${crypto.randomUUID()}`))}, 'identity', '{"ca":"${name}"}');`);
      await db.waits();
      await one.ask('COMMIT;');
      assert.deepEqual([await asking, db.ask(`SELECT count(*) FROM idplane.certificate WHERE ca_id = '${name}@1' AND device IS NOT NULL;`)], [[], ['0']]);
      assert.match(two.errors(), /no_such_ca/);
    }
    await two.end();
    two = db.session();
  });

  it('nor is a request that is a row: that is refused, and others stand behind it', async () => {
    const { certificate } = db.call('create_ca', 'rows');
    db.call('set_certificate_profile', 'of_rows', { common_name: 'any', ca: 'rows' });
    await one.ask(`BEGIN;\nSELECT revoke_certificate(${text(certificate)}, 'cessationOfOperation');`);
    const csr = (name) => text(request(maker.device().makerKey, `/CN=${name}`));
    const asking = two.ask(`INSERT INTO idplane.certificate_request (csr, profile) VALUES (${csr('a')}, 'of_rows'), (${csr('b')}, 'client') RETURNING status, reasons;`);
    await db.waits();
    await one.ask('COMMIT;');
    assert.deepEqual((await asking).map((line) => line.split('|')[0]), ['refused', 'issued'], two.errors());
    well();
  });

  it('who is seen in time keeps what it has, though its list is read meanwhile', async () => {
    const device = maker.device();
    const { serial } = db.call('sign_csr', request(device.makerKey, `/CN=uuid:${device.id}`));
    db.ask(`UPDATE idplane.certificate SET activate_until = now() + interval '1 second', superseded_at = now() + interval '1 second' WHERE serial = '${serial}';`);
    await one.ask(`BEGIN;\nSELECT confirm_certificate('${serial}');`);
    await new Promise((go) => setTimeout(go, 1100));
    const listing = two.ask(`SELECT length(crl('default'));`);
    await db.waits();
    await one.ask('COMMIT;');
    await listing;
    assert.deepEqual(db.ask(`SELECT status, superseded_at IS NULL, revoked_at IS NULL FROM idplane.certificate WHERE serial = '${serial}';`), ['valid|t|t']);
    well();
  });

  it('nor is what it showed good, when the key of its maker is somebody else’s by then', async () => {
    const device = maker.device();
    const { serial } = db.call('sign_csr', request(device.makerKey, '/CN=anything'), 'client');
    const { session, nonce } = db.call('begin_provisioning', device.certificate);
    db.call('prove_possession', session, sign(null, Buffer.from(nonce), device.makerKey).toString('base64'));
    await one.ask(`BEGIN;\nSELECT revoke_certificate('${serial}', 'keyCompromise');`);
    const asking = two.ask(`SELECT provision_identity('${session}', ${text(device.csr)});`);
    await db.waits();
    await one.ask('COMMIT;');
    assert.match((await asking).at(-1), /attestation_refused/);
    well();
  });

  it('two devices that ask for the ids of each other wait in no circle', async () => {
    const [first, second] = [maker.device(), maker.device()];
    const begin = (device) => {
      const { session, nonce } = db.call('begin_provisioning', device.certificate);
      db.call('prove_possession', session, sign(null, Buffer.from(nonce), device.makerKey).toString('base64'));
      return session;
    };
    for (const device of [first, second]) db.call('provision_identity', begin(device), device.csr);
    for (let i = 0; i < 20; i++) {
      const [a, b] = [begin(first), begin(second)];
      await Promise.all([one.ask(`SELECT length(CAST(provision_identity('${a}', ${text(second.csr)}) AS text));`),
        two.ask(`SELECT length(CAST(provision_identity('${b}', ${text(first.csr)}) AS text));`)]);
    }
    well();
  });

  it('who reads a list waits for no name', async () => {
    const device = maker.device();
    db.call('set_certificate_profile', 'short', { common_name: 'device', grace_s: 1, ca: 'default' });
    const csr = request(device.makerKey, `/CN=uuid:${device.id}`);
    const { serial } = db.call('sign_csr', csr, 'short');
    db.call('sign_csr', csr, 'short');
    await one.ask(`BEGIN;\nUPDATE idplane.certificate_holder SET valid_until = valid_until WHERE common_name = 'uuid:${device.id}';`);
    db.ask(`UPDATE idplane.certificate SET superseded_at = now() - interval '1 second' WHERE serial = '${serial}';`);
    await two.ask(`SELECT length(crl('default'));`);
    await one.ask('COMMIT;');
    assert.deepEqual(db.ask(`SELECT status || ' ' || reason FROM idplane.certificate WHERE serial = '${serial}';`), ['revoked superseded']);
    well();
  });

  it('two devices with certificates of two authorities, in turn, are deprovisioned at once', async () => {
    const set = (ca) => db.call('set_enrollment', 'factory', { owner: 'alice', x509: { chain: maker.chain }, hubs: [HUB], ca });
    const give = (device, ca) => {
      set(ca);
      const { session, nonce } = db.call('begin_provisioning', device.certificate);
      db.call('prove_possession', session, sign(null, Buffer.from(nonce), device.makerKey).toString('base64'));
      return db.call('provision_identity', session, device.csr).serial;
    };
    for (const ca of ['a', 'b']) db.call('create_ca', ca, { alg: 'EdDSA' });
    const [first, second] = [maker.device(), maker.device()];
    const given = [give(first, 'a'), give(first, 'b'), give(second, 'b'), give(second, 'a')];
    const holder = db.session();
    await holder.ask(`BEGIN;\nSELECT 1 FROM idplane.certificate WHERE serial IN ('${given[1]}', '${given[3]}') FOR UPDATE;`);
    const ending = [one.ask(`SELECT deprovision('${first.id}') ->> 'certificates_revoked';`)];
    await db.waits(1);
    ending.push(two.ask(`SELECT deprovision('${second.id}') ->> 'certificates_revoked';`));
    await db.waits(2);
    await holder.ask('COMMIT;');
    assert.deepEqual((await Promise.all(ending)).map((lines) => lines.at(-1)), ['2', '2'], one.errors() + two.errors());
    await holder.end();
  });
});
