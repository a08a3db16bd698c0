// SPDX-License-Identifier: Apache-2.0
// engine.mjs: SQL in each engine, in one text: a database of its own, calls, and sessions that go on.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const build = resolve(root, process.env.BUILD ?? 'build');

export const vectors = process.env.IDPLANE_VECTORS ?? resolve(root, '../shared/vectors');

// Packages of npm are those of the suite http.
export const require = createRequire(join(root, 'regress/http/'));

// All of them inside regress/cluster.
export const engines = process.env.IDPLANE_CLUSTER ? ['SQLite', 'PostgreSQL'] : ['SQLite'];

export const text = (value) => `'${value.replaceAll("'", "''")}'`;

// A text by its bytes, so that it may have any of them.
const anyText = {
  SQLite: (bytes) => `CAST(x'${bytes.toString('hex')}' AS text)`,
  PostgreSQL: (bytes) => `convert_from('\\x${bytes.toString('hex')}', 'UTF8')`,
};

const list = {
  SQLite: (ca) => `SELECT hex(crl(${text(ca)}));`,
  PostgreSQL: (ca) => `SELECT encode(crl(${text(ca)}), 'hex');`,
};

// SQLite has nobody else to ask: where the kernel can take the network away, its shells have none.
export const isOffline = spawnSync('unshare', ['-rn', 'true']).status === 0;

function sqlite(folder) {
  const prologue = `.load ${join(build, 'idplane.so')}\n.timeout 60000\n`;
  const command = ['sqlite3', '-batch', join(folder, 'idplane.db')];
  const [program, ...options] = isOffline ? ['unshare', '-rn', ...command] : command;
  const shell = [program, options];
  execFileSync(...shell, { input: `${prologue}PRAGMA journal_mode = WAL; SELECT idplane_install();` });
  return { shell, prologue, schema: 'idplane_' };
}

function postgres(folder, name) {
  const admin = (sql) => execFileSync('psql', ['-X', '-q', '-d', 'postgres', '-c', sql], { stdio: 'pipe' });
  admin(`DROP DATABASE IF EXISTS ${name}`);
  admin(`CREATE DATABASE ${name}`);
  const shell = ['psql', ['-X', '-q', '-At', '-d', name]];
  execFileSync(...shell, { input: 'CREATE EXTENSION idplane;' });
  return {
    shell,
    prologue: 'SET search_path = public, idplane;\n',
    schema: 'idplane.',
    drop: () => admin(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

// A shell that goes on: ask() sends SQL and waits for its lines, undefined where the shell has ended.
function session({ shell, prologue }) {
  const child = spawn(...shell, { stdio: ['pipe', 'pipe', 'pipe'] });
  let seen = '', errors = '', waiting, count = 0, ended = false;
  const look = () => {
    const at = waiting === undefined ? -1 : seen.indexOf(waiting.mark);
    if (at < 0 && !ended) return;
    const { done } = waiting ?? {};
    waiting = undefined;
    const lines = at < 0 ? undefined : seen.slice(0, at).split('\n').slice(0, -1);
    seen = at < 0 ? '' : seen.slice(seen.indexOf('\n', at) + 1);
    done?.(lines);
  };
  child.stdout.on('data', (bytes) => ((seen += bytes), look()));
  child.stderr.on('data', (bytes) => (errors += bytes));
  child.stdin.on('error', () => {});
  const closed = new Promise((done) =>
    child.on('close', () => ((ended = true), waiting && look(), done())));
  child.stdin.write(prologue);
  return {
    pid: child.pid,
    errors: () => errors,
    ask: (sql) =>
      new Promise((done) => {
        waiting = { mark: `end of ${++count}\n`, done };
        if (ended) look();
        else child.stdin.write(`${sql}\nSELECT 'end of ${count}';\n`);
      }),
    end: () => (child.stdin.end(), closed),
    kill: () => (child.kill('SIGKILL'), closed),
  };
}

// How many sessions of this database wait for another one. Others of the cluster may wait meanwhile, too.
const waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock';";

// A new database, with the authorities: [[name, options]…]. ask() runs SQL in a shell of its own and gives its lines, or throws;
// call() gives the JSON that a function returned; `t` is the prefix of tables. waits(), of PostgreSQL, ends when so many
// sessions of the database wait for another one.
export function open(engine, name, authorities = []) {
  const folder = mkdtempSync(join(tmpdir(), 'idplane-pki-'));
  const store = engine === 'SQLite' ? sqlite(folder) : postgres(folder, `${name}_${process.pid}`);
  const [program, options] = store.shell;
  const strict = [...options, ...(engine === 'SQLite' ? ['-bail'] : ['-v', 'ON_ERROR_STOP=1'])];
  const ask = (sql) =>
    execFileSync(program, strict, { input: `${store.prologue}${sql}\n`, encoding: 'utf8', stdio: 'pipe', maxBuffer: 1 << 28 })
      .split('\n').slice(0, -1);
  const call = (what, ...values) =>
    JSON.parse(ask(`SELECT ${what}(${values.map((v) => text(typeof v === 'string' ? v : JSON.stringify(v))).join(', ')});`)[0]);
  for (const [ca, options] of authorities) call('create_ca', ca, options);
  return {
    folder,
    t: store.schema,
    ask,
    call,
    anyText: anyText[engine],
    listOf: list[engine],
    session: () => session(store),
    waits: async (count = 1) => {
      while (Number(ask(waiting)[0]) < count) await new Promise((go) => setTimeout(go, 20));
    },
    end: () => {
      store.drop?.();
      rmSync(folder, { recursive: true });
    },
  };
}
