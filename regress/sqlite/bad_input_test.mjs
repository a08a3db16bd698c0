// SPDX-License-Identifier: Apache-2.0
// bad_input_test.mjs: any bytes in any argument of any function give a result or a clean error that
// repeats nothing of them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { call, install, open } from './database.mjs';

const MARK = 'do-not-repeat-me';
const values = [
  null, 0, 1n, -(2n ** 63n), 1.5, '', MARK, `{"${MARK}":"${MARK}"}`, `["${MARK}"]`, `"${MARK}"`,
  `{"a":1,"a":2,"b":"${MARK}"}`, `${MARK}\0${MARK}`, `\ud800${MARK}`, Buffer.from([0xff, 0, 0x80]),
  Buffer.from(MARK), '['.repeat(100000), `${MARK}`.repeat(100000), `${MARK}.${MARK}.${MARK}`,
];

const listed = (db) =>
  db.prepare('SELECT name, narg FROM pragma_function_list WHERE narg >= 0').all()
    .map(({ name, narg }) => `${name}/${narg}`);

// Calls with every value in one place and plausible ones in the others.
function* attempts(arity) {
  for (let place = 0; place < arity; place++) {
    for (const value of values) {
      for (const other of ['tv', '{}']) {
        yield Array.from({ length: arity }, (_, i) => (i === place ? value : other));
      }
    }
  }
}

function complaint(db, name, given) {
  try {
    call(db, name, ...given);
    return undefined;
  } catch ({ message }) {
    if (!message.startsWith('idplane: ')) return message;
    return message.includes(MARK) ? 'the input is in the error' : undefined;
  }
}

it('does not end a query that judges rows, however long they are', () => {
  const db = open();
  install(db);
  const long = 'a'.repeat(2000000);
  const malformed = { valid: false, reason: 'malformed' };
  assert.deepEqual(call(db, 'jwt_verify', long, long), malformed);
  assert.equal(call(db, 'jwt_valid', long, '{}'), 0);
  assert.equal(call(db, 'jwt_decode', long), null);
  assert.deepEqual(call(db, 'jws_verify_detached', 'e30..e30', long, '{}'), malformed);
  assert.equal(call(db, 'signature_valid', long, long, long, 'EdDSA'), 0);
});

describe('bad input', () => {
  const db = open();
  install(db);
  const plain = new Set(listed(db.constructor(':memory:')));
  for (const signature of listed(db).filter((each) => !plain.has(each))) {
    const [name, arity] = signature.split('/');
    it(`is met by ${signature}`, () => {
      for (const given of attempts(Number(arity))) {
        db.exec('SAVEPOINT attempt');
        const found = complaint(db, name, given);
        db.exec('ROLLBACK TO attempt; RELEASE attempt');
        call(db, 'set_clock', null);
        call(db, 'set_tenant', 'default');
        assert.equal(found, undefined, `${name}(${given.map((v) => String(v).slice(0, 40))})`);
      }
      assert.equal(db.pragma('integrity_check', { simple: true }), 'ok');
    });
  }
});
