// SPDX-License-Identifier: Apache-2.0
// better_sqlite3_test.mjs: the device grant in a current SQLite, embedded in a program.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { call, install, load, open } from './database.mjs';

const folder = mkdtempSync(join(tmpdir(), 'idplane-node-'));
after(() => rmSync(folder, { recursive: true }));

describe('better-sqlite3', () => {
  const walk = (db) => {
    install(db);
    call(db, 'set_clock', '2026-01-01T00:00:00Z');
    const { device_code: code, user_code: user } = call(db, 'issue_device_code', 'tv');
    const poll = () => call(db, 'poll_device_code', code, 'tv');
    assert.equal(poll().error, 'authorization_pending');
    assert.equal(poll().error, 'slow_down');
    call(db, 'set_clock', '2026-01-01T00:00:10Z');
    assert.equal(call(db, 'approve_device_code', user, 'alice').error, undefined);
    const tokens = poll();
    assert.equal(tokens.error, undefined);
    const keys = JSON.stringify(call(db, 'jwks'));
    const policy = JSON.stringify({ typ: 'at+jwt', now: 1767225610 });
    const verdict = call(db, 'jwt_verify', tokens.access_token, keys, policy);
    assert.equal(verdict.valid, true);
    assert.equal(verdict.claims.sub, 'alice');
    assert.equal(poll().error, 'invalid_grant');
    db.close();
  };

  it('walks the device grant, with time in our hands', () => walk(open()));

  for (const encoding of ['UTF-16le', 'UTF-16be']) {
    it(`walks it in a database whose text is ${encoding}`, () => {
      const db = open();
      db.pragma(`encoding = '${encoding}'`);
      walk(db);
    });
  }

  it('keeps what a connection was told when it is loaded again', () => {
    const db = open();
    install(db);
    call(db, 'create_signing_key');
    call(db, 'set_tenant', 'acme');
    load(db);
    assert.equal(call(db, 'current_tenant'), 'acme');
    call(db, 'set_tenant', 'default');
    assert.match(call(db, 'jwt_sign', '{}'), /^ey/);
    db.close();
  });

  it('rolls back with the transaction around it', () => {
    const db = open(join(folder, 'rollback.db'));
    install(db);
    call(db, 'create_signing_key');
    const { device_code: code, user_code: user } = call(db, 'issue_device_code', 'tv');
    call(db, 'approve_device_code', user, 'alice');
    db.exec('BEGIN IMMEDIATE');
    assert.ok(call(db, 'poll_device_code', code, 'tv').access_token);
    db.exec('ROLLBACK');
    assert.ok(call(db, 'poll_device_code', code, 'tv').access_token);
    db.close();
  });

  it('keeps a wrong code counted after the answer', () => {
    const db = open();
    install(db);
    call(db, 'set_clock', '2026-01-01T00:00:00Z');
    const { user_code: user } = call(db, 'issue_device_code', 'tv');
    let wrong;
    for (let i = 0; i < 1000 && wrong !== 'too_many_attempts'; i++) {
      wrong = call(db, 'approve_device_code', 'BBBB-BBBB', 'mallory').error;
    }
    assert.equal(wrong, 'too_many_attempts');
    assert.equal(call(db, 'approve_device_code', user, 'mallory').error, 'too_many_attempts');
    assert.equal(call(db, 'approve_device_code', user, 'alice').error, undefined);
    db.close();
  });

  it('serves connections of several threads', async () => {
    const file = join(folder, 'threads.db');
    const db = open(file);
    db.pragma('journal_mode = WAL');
    install(db);
    call(db, 'create_signing_key');
    const source = new URL('./thread.mjs', import.meta.url);
    const done = Array.from({ length: 4 }, () => new Promise((resolve, reject) => {
      const worker = new Worker(source, { workerData: { file } });
      worker.on('message', resolve).on('error', reject);
    }));
    assert.deepEqual(await Promise.all(done), [50, 50, 50, 50]);
    db.close();
  });
});
