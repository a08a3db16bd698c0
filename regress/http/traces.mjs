// SPDX-License-Identifier: Apache-2.0
// traces.mjs: whether secrets that a server was told, or told, are anywhere: in the files of its
// database, in a dump, in what it printed, or in the log of a PostgreSQL that logs all statements as
// docs/operations.md tells.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Files that contain these bytes; others of the cluster may go meanwhile, with the databases of other tests.
function holders(bytes, places, work) {
  const pattern = join(work, 'pattern');
  writeFileSync(pattern, Buffer.concat([Buffer.from(bytes), Buffer.from('\n')]));
  const { stdout, stderr } = spawnSync('grep', ['-rlaF', '-f', pattern, ...places], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  const isGone = (line) => line.includes(` ${process.env.IDPLANE_CLUSTER}/`) && line.endsWith(': No such file or directory');
  const wrong = stderr.split('\n').filter((line) => line && !isGone(line));
  assert.deepEqual(wrong, []);
  return stdout.split('\n').filter(Boolean);
}

// From now on statements of the server are logged, where the engine has a log.
export async function logStatements(engine, server) {
  if (engine === 'SQLite') return;
  const role = `http_${process.pid}`;
  server.sql(`ALTER ROLE ${role} SET log_statement = 'all'; ALTER ROLE ${role} SET log_parameter_max_length = 0;
    ALTER ROLE ${role} SET log_parameter_max_length_on_error = 0; ALTER ROLE ${role} SET log_error_verbosity = 'verbose';`);
  await server.crash();
}

// None of the secrets, by what they are, a text or a Buffer without a newline, is anywhere; while
// `known`, which is no secret, is found by the same search.
export function assertNoTrace(engine, server, secrets, known) {
  const work = mkdtempSync(join(tmpdir(), 'idplane-traces-'));
  const file = (name) => join(work, name);
  try {
    const kept = engine === 'SQLite' ? server.folder : process.env.IDPLANE_CLUSTER;
    if (engine === 'SQLite') {
      server.sql(`.once ${file('dump')}\n.dump`);
    } else {
      server.sql('CHECKPOINT;');
      execFileSync('pg_dump', ['-f', file('dump'), `http_${process.pid}`]);
    }
    writeFileSync(file('log'), server.log());
    const places = [kept, file('dump'), file('log')];
    for (const [what, secret] of secrets) assert.deepEqual(holders(secret, places, work), [], what);
    assert.notDeepEqual(holders(known, [kept], work), []);
    assert.notDeepEqual(holders(known, [file('dump')], work), []);
    if (engine === 'PostgreSQL') {
      const logged = holders('http_request', [kept], work).filter((path) => /\/log[^/]*$/.test(path));
      assert.notDeepEqual(logged, [], 'the server logs statements');
    }
  } finally {
    rmSync(work, { recursive: true });
  }
}
