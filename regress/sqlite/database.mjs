// SPDX-License-Identifier: Apache-2.0
// database.mjs: idplane in better-sqlite3, which brings a current SQLite of its own.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const require = createRequire(new URL('../http/package.json', import.meta.url));
const Database = require('better-sqlite3');
const root = resolve(import.meta.dirname, '../..');

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

export function load(db) {
  db.loadExtension(resolve(root, process.env.BUILD ?? 'build', 'idplane'));
}

export function open(file = ':memory:') {
  const db = new Database(file);
  load(db);
  return db;
}

// SELECT name(arguments…), its JSON read.
export function call(db, name, ...values) {
  const marks = values.map(() => '?').join(', ');
  const result = db.prepare(`SELECT ${name}(${marks})`).pluck().get(...values);
  return typeof result === 'string' && result.startsWith('{') ? JSON.parse(result) : result;
}

export function install(db) {
  db.prepare('SELECT idplane_install()').get();
  const metadata = { grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none' };
  call(db, 'register_client', 'tv', JSON.stringify(metadata));
}
