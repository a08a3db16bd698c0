// SPDX-License-Identifier: Apache-2.0
// client_test.mjs: the timelines of the client's role, on openid-client with a clock of our own:
// the client that the other tests trust must itself keep the rules of RFC 8628 §3.5.
import assert from 'node:assert/strict';
import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, mock } from 'node:test';
import * as client from 'openid-client';

const folder = process.env.IDPLANE_VECTORS ?? join(import.meta.dirname, '../../../shared/vectors');
const file = join(folder, 'own/device_timelines.jsonl');
const timelines = existsSync(file)
  ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
  : [];

const json = (status, body) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

const reply = (word) =>
  word === 'tokens'
    ? json(200, { access_token: 'a', token_type: 'bearer', expires_in: 60 })
    : json(400, { error: word });

// Lets everything that is ready run, then moves the clock on by a tenth of a second.
async function tick() {
  for (let i = 0; i < 5; i++) await new Promise((done) => setImmediate(done));
  mock.timers.tick(100);
}

// Plays a timeline. The times of the polls in seconds, and how it ended: success or error.
async function play({ config: { interval, expires_in }, polls }) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
  try {
    const times = [];
    const config = new client.Configuration(
      { issuer: 'https://as.example', token_endpoint: 'https://as.example/token' }, 'tv');
    config[client.customFetch] = async () => {
      const { reply: word } = polls[times.length] ?? { reply: 'tokens' };
      times.push(Date.now() / 1000);
      if (word === 'timeout') throw new TypeError('connection timed out');
      return reply(word);
    };
    const device = { device_code: 'd', user_code: 'u', expires_in, interval };
    let ended;
    const limit = new AbortController();
    client
      .pollDeviceAuthorizationGrant(config, device, undefined, { signal: limit.signal })
      .then(() => (ended = 'success'), () => (ended = 'error'));
    while (ended === undefined) {
      await tick();
      if (Date.now() >= expires_in * 1000) limit.abort();
    }
    return { times, ended };
  } finally {
    mock.timers.reset();
  }
}

describe('openid-client keeps the timelines of the client', () => {
  if (!timelines.length) it('timelines', { skip: 'no vectors (IDPLANE_VECTORS)' });
  for (const timeline of timelines.filter(({ role }) => role === 'client')) {
    it(timeline.id, async () => {
      const { times, ended } = await play(timeline);
      timeline.polls.forEach(({ wait_at_least, stop }, i) => {
        // A client may also stop where it might go on: nothing is lost but the sign-in.
        if (wait_at_least !== undefined && i + 1 < times.length) {
          assert.ok(times[i + 1] - times[i] >= wait_at_least, `poll ${i + 1} at ${times[i + 1]} s`);
        }
        if (stop !== undefined && (times.length > i || timeline.strength === 'must')) {
          assert.equal(ended, stop);
          assert.ok(times.length <= i + 1, `polled ${times.length} times`);
        }
      });
    });
  }
});
