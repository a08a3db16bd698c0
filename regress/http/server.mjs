// SPDX-License-Identifier: Apache-2.0
// server.mjs: an idplane-httpd of its own for a test, and the SQL beside it.
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as requestTls } from 'node:https';
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

// A shell of the engine reads the SQL: the test waits for it, or goes on meanwhile.
const runNow = ([program, options], input) =>
  execFileSync(program, options, { input, encoding: 'utf8' }).trim();
const runMeanwhile = ([program, options], input) =>
  new Promise((done, fail) => {
    const child = execFile(program, options, (error, text) => (error ? fail(error) : done(text.trim())));
    child.stdin.end(input);
  });

function sqlite(folder) {
  const file = join(folder, 'idplane.db');
  const prologue = `.load ${join(build, 'idplane.so')}\n.timeout 10000\n`;
  const shell = ['sqlite3', ['-batch', '-bail', file]];
  runNow(shell, `${prologue}PRAGMA journal_mode = WAL; SELECT idplane_install();\n`);
  return { options: ['--sqlite', file], schema: '', shell, prologue };
}

// The role of the server can do nothing else. Options of the session are no reason to have no timeouts.
function postgres() {
  const database = `http_${process.pid}`;
  const shell = (name) => ['psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', name]];
  runNow(shell('postgres'), `DROP DATABASE IF EXISTS ${database};`);
  runNow(shell('postgres'), `CREATE DATABASE ${database};`);
  runNow(shell(database), `CREATE EXTENSION idplane; DROP ROLE IF EXISTS ${database}; CREATE ROLE ${database} LOGIN;
    GRANT EXECUTE ON FUNCTION idplane.http_request TO ${database};`);
  return {
    options: ['--postgres', `dbname=${database} user=${database} options='-c work_mem=8MB'`],
    schema: 'idplane.',
    shell: shell(database),
    prologue: '',
    drop: () => {
      runNow(shell('postgres'), `DROP DATABASE ${database} WITH (FORCE);`);
      runNow(shell('postgres'), `DROP ROLE ${database};`);
    },
  };
}

// The engines that can be tested here: all of them inside regress/cluster.
export const engines = process.env.IDPLANE_CLUSTER ? ['SQLite', 'PostgreSQL'] : ['SQLite'];

// Below those that connections get by themselves, and not the same as in another test meanwhile.
let portCount = process.pid;
export async function freePort() {
  for (;;) {
    const port = 10000 + (portCount++ * 13) % 20000;
    const isFree = await new Promise((done) => {
      const server = createServer().on('error', () => done(false)).listen(port, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (isFree) return port;
  }
}

// Who vouches for a server that speaks TLS is no matter here.
const isThere = (url) => (url.startsWith('https:')
  ? new Promise((done, fail) => {
    requestTls(url, { rejectUnauthorized: false }, (answer) => done(answer.resume())).on('error', fail).end();
  })
  : fetch(url));

async function answers(url, child) {
  for (let i = 0; i < 200; i++) {
    if (child.exitCode !== null) throw new Error(`idplane-httpd ended with ${child.exitCode}`);
    try {
      return await isThere(url);
    } catch {
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  throw new Error('idplane-httpd does not answer');
}

// A running idplane-httpd: `ended` is its status or signal, printed() its output so far.
async function launch(options, base) {
  const child = spawn(join(build, 'idplane-httpd'), options, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (bytes) => (text += bytes));
  child.stderr.on('data', (bytes) => (text += bytes));
  const ended = new Promise((done) => child.on('close', (code, signal) => done(signal ?? code)));
  const kill = (signal) => {
    child.kill(signal);
    return ended;
  };
  try {
    await answers(`${base}/healthz`, child);
  } catch (error) {
    await kill('SIGKILL');
    throw new Error(`${error.message}: ${text}`);
  }
  return { kill, pid: child.pid, printed: () => text };
}

// Starts a server on a new database. call() is SQL beside it, batch() several calls in one session,
// meanwhile() the same while the test goes on, folder is where SQLite's files are, sql() any text, shell() one that goes on, log() what the server printed, crash() kills it at
// once and launches it anew, refused() what one says that does not start. `more` are options of it.
export async function start(engine, settings = {}, more = []) {
  const folder = mkdtempSync(join(tmpdir(), 'idplane-http-'));
  const store = engine === 'SQLite' ? sqlite(folder) : postgres();
  const port = await freePort();
  const base = `http${more.includes('--tls') ? 's' : ''}://127.0.0.1:${port}`;
  const options = [...store.options, '--listen', `127.0.0.1:${port}`, ...more];
  const script = (calls) =>
    `${store.prologue}${calls.map(([name, ...values]) => query(store.schema, name, values)).join('\n')}\n`;
  const answersOf = (text) =>
    text.split('\n').map((line) => (/^[[{]/.test(line) ? JSON.parse(line) : line));
  const batch = (calls) => answersOf(runNow(store.shell, script(calls)));
  const call = (...words) => batch([words])[0];
  call('configure', { base_url: base, ...settings });
  let server = await launch(options, base);
  return {
    base,
    folder,
    call,
    batch,
    sql: (text) => runNow(store.shell, `${store.prologue}${text}\n`),
    sqlMeanwhile: (text) => runMeanwhile(store.shell, `${store.prologue}${text}\n`),
    shell: () => {
      const child = spawn(...store.shell, { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdin.write(store.prologue);
      return child;
    },
    meanwhile: async (calls) => answersOf(await runMeanwhile(store.shell, script(calls))),
    log: () => server.printed(),
    pid: () => server.pid,
    refused: (...more) => {
      const { status, stderr } = spawnSync(join(build, 'idplane-httpd'), [...store.options, ...more], { encoding: 'utf8' });
      return `${status} ${stderr.trim()}`;
    },
    crash: async () => {
      await server.kill('SIGKILL');
      server = await launch(options, base);
    },
    end: () => server.kill('SIGTERM'),
    stop: async () => {
      const status = await server.kill('SIGTERM');
      store.drop?.();
      rmSync(folder, { recursive: true });
      return status;
    },
  };
}

// An answer that takes longer than 20 s is none.
export const post = (url, form, headers = {}) =>
  fetch(url, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers,
    signal: AbortSignal.timeout(20000),
  });
