// SPDX-License-Identifier: Apache-2.0
// postgres.mjs: an adapter of oidc-provider over pg, as fast as that goes with what it promises:
// synchronous_commit on, every statement named and so prepared once in each connection, a table for
// each model by its key, an index for each other way a row is looked up. Payloads are text, which
// PostgreSQL stores without reading it. Of pools of 4, 8 and 16 connections the largest was the fastest.
import pg from 'pg';

// The columns by which a model is found, beside its id.
const lookups = { Session: ['uid'], DeviceCode: ['user_code', 'grant_id'] };
const POOL_SIZE = 16;

const now = () => Math.floor(Date.now() / 1000);

const tableText = (table, columns) =>
  [`CREATE TABLE ${table} (id text PRIMARY KEY, payload text NOT NULL, expires_at bigint,
    consumed bigint, ${columns.map((name) => `${name} text`).join(', ')}) WITH (fillfactor = 80)`,
    ...columns.map((name) =>
      `CREATE INDEX ${table}_${name} ON ${table} (${name}) WHERE ${name} IS NOT NULL`)].join(';\n');

class Adapter {
  constructor(pool, model) {
    const table = `peer_${model.toLowerCase()}`;
    const columns = lookups[model] ?? ['grant_id'];
    const places = columns.map((_, i) => `$${i + 4}`).join(', ');
    Object.assign(this, { pool, table, columns, ready: pool.query(tableText(table, columns)) });
    this.insert = `INSERT INTO ${table} (id, payload, expires_at, ${columns.join(', ')})
      VALUES ($1, $2, $3, ${places})
      ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at,
      ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`;
  }

  async run(what, text, values) {
    await this.ready;
    return this.pool.query({ name: `${this.table}_${what}`, text, values });
  }

  async row(name, value) {
    const text = `SELECT payload, consumed FROM ${this.table} WHERE ${name} = $1`;
    const { rows: [row] } = await this.run(name, text, [value]);
    if (!row) return undefined;
    const payload = JSON.parse(row.payload);
    return row.consumed === null ? payload : { ...payload, consumed: Number(row.consumed) };
  }

  async upsert(id, payload, lifetime) {
    const keys = { grant_id: payload.grantId, user_code: payload.userCode, uid: payload.uid };
    await this.run('insert', this.insert, [
      id, JSON.stringify(payload), lifetime ? now() + lifetime : null,
      ...this.columns.map((name) => keys[name] ?? null),
    ]);
  }

  async find(id) { return this.row('id', id); }
  async findByUid(uid) { return this.row('uid', uid); }
  async findByUserCode(code) { return this.row('user_code', code); }
  async consume(id) {
    await this.run('consume', `UPDATE ${this.table} SET consumed = $1 WHERE id = $2`, [now(), id]);
  }

  async destroy(id) {
    await this.run('destroy', `DELETE FROM ${this.table} WHERE id = $1`, [id]);
  }

  async revokeByGrantId(id) {
    await this.run('revoke', `DELETE FROM ${this.table} WHERE grant_id = $1`, [id]);
  }
}

// What is put in before the clock starts need not be durable. Connections are never closed.
export async function open(connection) {
  const pool = new pg.Pool({
    connectionString: connection, max: POOL_SIZE, min: POOL_SIZE, idleTimeoutMillis: 0,
  });
  const everywhere = async (text) => {
    const clients = await Promise.all(Array.from({ length: POOL_SIZE }, () => pool.connect()));
    await Promise.all(clients.map((client) => client.query(text)));
    clients.forEach((client) => client.release());
  };
  return {
    adapter: (model) => new Adapter(pool, model),
    seed: async (fill) => {
      await everywhere('SET synchronous_commit = off');
      await fill();
      await everywhere('SET synchronous_commit = on');
      await pool.query('VACUUM ANALYZE');
    },
  };
}
