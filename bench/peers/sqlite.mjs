// SPDX-License-Identifier: Apache-2.0
// sqlite.mjs: an adapter of oidc-provider over better-sqlite3, as fast as that goes with what it
// promises: WAL and synchronous=FULL, statements prepared once, a table for each model by its key, an
// index for each other way a row is looked up, and in it only the rows that are looked up so.
import Database from '../../regress/http/node_modules/better-sqlite3/lib/index.js';

// The columns by which a model is found, beside its id.
const lookups = { Session: ['uid'], DeviceCode: ['user_code', 'grant_id'] };

const now = () => Math.floor(Date.now() / 1000);

function makeTable(db, model, columns) {
  db.exec(`CREATE TABLE ${model} (id TEXT PRIMARY KEY, payload TEXT NOT NULL, expires_at INTEGER,
    consumed INTEGER, ${columns.map((name) => `${name} TEXT`).join(', ')}) STRICT, WITHOUT ROWID`);
  for (const name of columns) {
    db.exec(`CREATE INDEX ${model}_${name} ON ${model} (${name}) WHERE ${name} IS NOT NULL`);
  }
}

class Adapter {
  constructor(db, model) {
    const columns = lookups[model] ?? ['grant_id'];
    makeTable(db, model, columns);
    const found = (name) => db.prepare(`SELECT payload, consumed FROM ${model} WHERE ${name} = ?`);
    this.insert = db.prepare(`INSERT INTO ${model} (id, payload, expires_at, ${columns.join(', ')})
      VALUES (@id, @payload, @expires_at, ${columns.map((name) => `@${name}`).join(', ')})
      ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at,
      ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`);
    this.by = Object.fromEntries(['id', ...columns].map((name) => [name, found(name)]));
    this.spend = db.prepare(`UPDATE ${model} SET consumed = ? WHERE id = ?`);
    this.remove = db.prepare(`DELETE FROM ${model} WHERE id = ?`);
    if (columns.includes('grant_id')) {
      this.revoke = db.prepare(`DELETE FROM ${model} WHERE grant_id = ?`);
    }
  }

  row(name, value) {
    const row = this.by[name].get(value);
    if (!row) return undefined;
    const payload = JSON.parse(row.payload);
    return row.consumed === null ? payload : { ...payload, consumed: row.consumed };
  }

  async upsert(id, payload, lifetime) {
    this.insert.run({
      id, payload: JSON.stringify(payload), expires_at: lifetime ? now() + lifetime : null,
      grant_id: payload.grantId ?? null, user_code: payload.userCode ?? null, uid: payload.uid ?? null,
    });
  }

  async find(id) { return this.row('id', id); }
  async findByUid(uid) { return this.row('uid', uid); }
  async findByUserCode(code) { return this.row('user_code', code); }
  async consume(id) { this.spend.run(now(), id); }
  async destroy(id) { this.remove.run(id); }
  async revokeByGrantId(id) { this.revoke.run(id); }
}

// What is put in before the clock starts is one transaction.
export async function open(file) {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  return {
    adapter: (model) => new Adapter(db, model),
    seed: async (fill) => {
      db.exec('BEGIN IMMEDIATE');
      await fill();
      db.exec('COMMIT');
    },
  };
}
