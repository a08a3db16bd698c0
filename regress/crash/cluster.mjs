// SPDX-License-Identifier: Apache-2.0
// cluster.mjs: kill -9 of the PostgreSQL that regress/cluster has started.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// Kills all of PostgreSQL at once, then starts it again. A process stays visible until init reaps
// it, and PostgreSQL will not start beside a visible one.
export async function crashPostgres() {
  const cluster = process.env.IDPLANE_CLUSTER;
  const postmaster = readFileSync(join(cluster, 'data/postmaster.pid'), 'utf8').split('\n')[0];
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
  const processes = [...children.trim().split(' '), postmaster];
  for (const pid of processes) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch (error) {
      assert.equal(error.code, 'ESRCH');
    }
  }
  for (let i = 0; i < 300 && processes.some((pid) => existsSync(`/proc/${pid}`)); i++) {
    await sleep(50);
  }
  execFileSync(join(cluster, 'restart'));
}
