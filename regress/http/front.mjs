// SPDX-License-Identifier: Apache-2.0
// front.mjs: an idplane-httpd behind TLS, for clients that take no issuer without: what clients ask is
// handed on as it is, with the Host that they know.
import { mkdtempSync, rmSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificate } from './provider.mjs';
import { start } from './server.mjs';

// What start() gives, and beside it `issuer`, `certificate` (the file that vouches for it) and `seen`,
// the requests: method, path, status.
export async function startBehindTls(engine, settings = {}, more = []) {
  const folder = mkdtempSync(join(tmpdir(), 'idplane-front-'));
  const seen = [];
  let server;
  const front = createServer(certificate(folder), (incoming, outgoing) => {
    const { hostname, port } = new URL(server.base);
    const { url: path, method, headers } = incoming;
    const onward = forward({ hostname, port, path, method, headers }, (answer) => {
      seen.push({ method, path: path.split('?')[0], status: answer.statusCode });
      outgoing.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise((done) => front.listen(0, '127.0.0.1', done));
  const issuer = `https://127.0.0.1:${front.address().port}`;
  const end = () => {
    front.close();
    front.closeAllConnections();
    rmSync(folder, { recursive: true });
  };
  try {
    server = await start(engine, { base_url: issuer, ...settings }, more);
  } catch (error) {
    end();
    throw error;
  }
  return {
    ...server,
    issuer,
    certificate: join(folder, 'cert.pem'),
    seen,
    stop: () => {
      end();
      return server.stop();
    },
  };
}
