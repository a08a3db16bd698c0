// SPDX-License-Identifier: Apache-2.0
// server.mjs: an idplane-httpd of its own for a test, and the SQL beside it.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const build = resolve(root, process.env.BUILD ?? 'build');

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const quoted = (value) =>
  `'${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll("'", "''")}'`;

// SELECT name(arguments…); the JSON it returned.
const query = (schema, name, values) => `SELECT ${schema}${name}(${values.map(quoted).join(', ')});`;

function sqlite(folder) {
  const file = join(folder, 'idplane.db');
  const run = (sql) =>
    execFileSync('sqlite3', ['-batch', '-bail', file], {
      input: `.load ${join(build, 'idplane.so')}\n.timeout 10000\n${sql}\n`,
      encoding: 'utf8',
    }).trim();
  run('PRAGMA journal_mode = WAL; SELECT idplane_install();');
  return { options: ['--sqlite', file], schema: '', run };
}

function postgres() {
  const database = `http_${process.pid}`;
  const psql = (name, sql) =>
    execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', name], {
      input: sql,
      encoding: 'utf8',
    }).trim();
  psql('postgres', `DROP DATABASE IF EXISTS ${database};`);
  psql('postgres', `CREATE DATABASE ${database};`);
  psql(database, 'CREATE EXTENSION idplane;');
  return {
    options: ['--postgres', `dbname=${database}`],
    schema: 'idplane.',
    run: (sql) => psql(database, sql),
    drop: () => psql('postgres', `DROP DATABASE ${database} WITH (FORCE);`),
  };
}

// The engines that can be tested here: all of them inside regress/cluster.
export const engines = process.env.IDPLANE_CLUSTER ? ['SQLite', 'PostgreSQL'] : ['SQLite'];

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

async function answers(url, child) {
  for (let i = 0; i < 200; i++) {
    if (child.exitCode !== null) throw new Error(`idplane-httpd ended with ${child.exitCode}`);
    try {
      return await fetch(url);
    } catch {
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  throw new Error('idplane-httpd does not answer');
}

// Starts a server on a new database. call() is SQL beside it, log() what it printed so far.
export async function start(engine, settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'idplane-http-'));
  const store = engine === 'SQLite' ? sqlite(folder) : postgres();
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const call = (name, ...values) => {
    const text = store.run(query(store.schema, name, values));
    return text.startsWith('{') ? JSON.parse(text) : text;
  };
  call('configure', { base_url: base, ...settings });
  const child = spawn(
    join(build, 'idplane-httpd'),
    [...store.options, '--listen', `127.0.0.1:${port}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let printed = '';
  child.stdout.on('data', (bytes) => (printed += bytes));
  child.stderr.on('data', (bytes) => (printed += bytes));
  const ended = new Promise((done) => child.on('close', (code, signal) => done(signal ?? code)));
  const stop = async () => {
    child.kill('SIGTERM');
    const status = await ended;
    store.drop?.();
    rmSync(folder, { recursive: true });
    return status;
  };
  try {
    await answers(`${base}/healthz`, child);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}: ${printed}`);
  }
  return { base, call, stop, log: () => printed };
}

export const post = (url, form, headers = {}) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(form), headers });
