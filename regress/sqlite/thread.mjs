// SPDX-License-Identifier: Apache-2.0
// thread.mjs: one of several threads that share a file: 50 whole grants; posts how many were paid.
import { parentPort, workerData } from 'node:worker_threads';
import { call, open } from './database.mjs';

const db = open(workerData.file);
db.pragma('busy_timeout = 20000');
let paid = 0;
for (let i = 0; i < 50; i++) {
  const { device_code: code, user_code: user } = call(db, 'issue_device_code', 'tv');
  call(db, 'approve_device_code', user, 'alice');
  paid += call(db, 'poll_device_code', code, 'tv').access_token !== undefined;
}
db.close();
parentPort.postMessage(paid);
