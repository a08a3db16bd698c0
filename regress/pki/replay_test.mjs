// SPDX-License-Identifier: Apache-2.0
// replay_test.mjs: what was decided of a device can be asked again. Enrollments come, change and go while
// devices come; afterwards each of these attempts is decided as it was then, in both engines alike.
// IDPLANE_ATTEMPTS says how many.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { openMaker } from './device.mjs';
import { engines, open, text } from './engine.mjs';

const MAKER_COUNT = 4, DEVICE_COUNT = 100, NAME_COUNT = 6;
const CHANGE_COUNT = Number(process.env.IDPLANE_ATTEMPTS ?? 2500) / DEVICE_COUNT;

// The same choices in each engine (xorshift).
function chooser() {
  let state = 2463534242;
  return (count) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  };
}

const time = (minute) => new Date(Date.UTC(2027, 0, 1, 0, minute)).toISOString().replace('.000', '');

// What an administrator does: one in five is removed, one in four disabled.
function change(choose, makers) {
  const name = `line-${choose(NAME_COUNT)}`, maker = makers[choose(MAKER_COUNT)];
  const document = { owner: 'alice', priority: choose(3), enabled: choose(4) !== 0, x509: { chain: maker.chain } };
  return `SELECT set_enrollment('${name}', ${choose(5) === 0 ? 'NULL' : text(JSON.stringify(document))}) IS NULL;`;
}

// The lines between two marks of each moment.
function moments(lines) {
  const found = [];
  for (const line of lines) {
    if (line.startsWith('moment ')) found.push([]);
    else if (line.includes('"matched"')) found.at(-1)?.push(line);
  }
  return found;
}

describe('attempts decided anew', () => {
  const makers = Array.from({ length: MAKER_COUNT }, () => openMaker());
  const devices = Array.from({ length: DEVICE_COUNT }, (_, i) => makers[i % MAKER_COUNT].device().certificate);
  const seen = [];
  for (const engine of engines) {
    const db = open(engine, 'replay');
    after(() => db.end());
    const all = (at) => `SELECT CAST(match_enrollment(certificate${at}) AS text) FROM device ORDER BY number;`;

    it(`${CHANGE_COUNT * DEVICE_COUNT} in ${engine}: each as it was then`, () => {
      const choose = chooser(), history = [], again = [];
      db.ask(`CREATE TABLE device (number integer, certificate text);
        ${devices.map((certificate, i) => `INSERT INTO device VALUES (${i}, ${text(certificate)});`).join('\n')}`);
      for (let i = 0; i < CHANGE_COUNT; i++) {
        history.push(`SELECT set_clock('${time(2 * i)}');`, change(choose, makers),
          `SELECT set_clock('${time(2 * i + 1)}');`, `SELECT 'moment ${i}';`, all(''));
        again.push(`SELECT 'moment ${i}';`, all(`, '${time(2 * i + 1)}'`));
      }
      const then = moments(db.ask(history.join('\n')));
      const now = moments(db.ask(`SELECT set_clock('${time(3 * CHANGE_COUNT)}');\n${again.join('\n')}`));
      assert.deepEqual([then.length, then.every((lines) => lines.length === DEVICE_COUNT)], [CHANGE_COUNT, true]);
      assert.ok(new Set(then.flat().map((line) => JSON.parse(line).enrollment)).size > NAME_COUNT, 'they differ');
      assert.deepEqual(now, then);
      seen.push(then.map((lines) => lines.map((line) => JSON.parse(line))));
    });
  }

  it('in both engines alike', { skip: engines.length < 2 && 'no cluster: use regress/cluster' }, () => {
    assert.deepEqual(seen[1], seen[0]);
  });
});
