// SPDX-License-Identifier: Apache-2.0
// crash_test.mjs: kill -9 in mid-load, 20 times. Whatever moment it was: no code is paid twice, and
// nothing that was answered is lost.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { it } from 'node:test';
import { crashPostgres } from './cluster.mjs';
import { DEVICE_GRANT, engines, post, start } from '../http/server.mjs';

const CRASH_COUNT = 20;
const CODE_COUNT = 60;
const WORKER_COUNT = 16;

const issue = (server) => post(`${server.base}/device_authorization`, { client_id: 'tv' });

// What the server says of a code; undefined where it gave no answer.
async function poll(server, code) {
  const form = { grant_type: DEVICE_GRANT, device_code: code, client_id: 'tv' };
  try {
    const response = await post(`${server.base}/token`, form);
    const body = await response.json();
    if (response.status >= 500) return undefined;
    return body.access_token ? 'tokens' : body.error;
  } catch {
    return undefined;
  }
}

async function pollUntilAnswered(server, code) {
  for (let i = 0; i < 100; i++) {
    const answer = await poll(server, code);
    if (answer !== undefined) return answer;
    await sleep(100);
  }
  return 'no answer after the crash';
}

// Runs the jobs in workers until all are done or `stopped`.
function work(jobs, stopped) {
  const queue = [...jobs];
  const worker = async () => {
    while (queue.length > 0 && !stopped()) await queue.shift()();
  };
  return Promise.all(Array.from({ length: WORKER_COUNT }, worker));
}

// One load with a crash in it; what is wrong afterwards.
async function round(server, crash) {
  const issued = [];
  const issueOne = async () => {
    const response = await issue(server).catch(() => undefined);
    const body = await response?.json().catch(() => undefined);
    if (body?.device_code) issued.push(body);
  };
  await work(Array(CODE_COUNT).fill(issueOne), () => false);
  assert.equal(issued.length, CODE_COUNT);
  const approved = issued.map(({ device_code, user_code }) => ({ device_code, user_code }));
  for (const outcome of server.batch(
    approved.map(({ user_code }) => ['approve_device_code', user_code, 'alice']))) {
    assert.equal(outcome.error, undefined);
  }
  issued.length = 0;

  let crashed = false;
  const redeem = (grant) => async () => {
    grant.asked = true;
    grant.before = await poll(server, grant.device_code);
  };
  const load = work(approved.flatMap((grant) => [redeem(grant), issueOne]), () => crashed);
  await sleep(Math.random() * 120);
  crashed = true;
  await crash();
  await load;

  const wrong = [];
  for (const { device_code } of issued) {
    const answer = await pollUntilAnswered(server, device_code);
    if (answer !== 'authorization_pending') wrong.push(`issued before, then ${answer}`);
  }
  for (const { asked, before, device_code } of approved) {
    const after = await pollUntilAnswered(server, device_code);
    const expected = before === 'tokens' ? ['invalid_grant']
      : asked ? ['tokens', 'invalid_grant'] : ['tokens'];
    if (!expected.includes(after)) wrong.push(`${asked ? before : 'not asked'}, then ${after}`);
  }
  return { wrong, paid: approved.filter(({ before }) => before === 'tokens').length };
}

for (const engine of engines) {
  it(`${CRASH_COUNT} crashes on ${engine} pay no code twice and lose no answer`, async () => {
    const server = await start(engine, { device_flow_settings: { device_flow_codelifetime_seconds: 1800 } });
    server.call('register_client', 'tv', {
      grant_types: [DEVICE_GRANT],
      token_endpoint_auth_method: 'none',
    });
    server.call('create_signing_key');
    const paid = [];
    try {
      for (let i = 0; i < CRASH_COUNT; i++) {
        const crash = engine === 'PostgreSQL' && i % 2 === 0 ? crashPostgres : server.crash;
        const result = await round(server, crash);
        assert.deepEqual(result.wrong, [], `crash ${i + 1}`);
        paid.push(result.paid);
      }
      // A load that was always over, or never begun, would prove nothing.
      assert.ok(paid.some((count) => count > 0 && count < CODE_COUNT), `paid before: ${paid}`);
    } catch (error) {
      await server.stop().catch(() => {}); // what went wrong first is what counts
      throw error;
    }
    await server.stop();
  });
}
