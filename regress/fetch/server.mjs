// SPDX-License-Identifier: Apache-2.0
// server.mjs: servers that misbehave, one behaviour a path or a port: node server.mjs FOLDER
//
// FOLDER has NAME.pem and NAME.key for localhost, other, expired and stranger. Once all listen,
// FOLDER/ports is written: a line NAME=PORT for each. Ends with its standard input.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { connect, createServer as createTcp } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const folder = process.argv[2];
const MEBIBYTE = 1 << 20;
const ports = {};
const certificate = (name) => ({
  cert: readFileSync(join(folder, `${name}.pem`)),
  key: readFileSync(join(folder, `${name}.key`)),
});

// ---- what the well-behaved ports say, by path ----

// Bytes as they are, past what Node.js would write.
const raw = (response, text) => response.socket.end(Buffer.from(text, 'latin1'));
const text = (response, body) => response.writeHead(200, { 'content-type': 'text/plain' }).end(body);

function echo(request, response) {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const { method, url, headers, httpVersion: version } = request;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method, url, headers, version, body: Buffer.concat(parts).toString() }));
  });
}

function drip(request, response) {
  response.writeHead(200);
  const timer = setInterval(() => response.write('.'), 50);
  response.on('close', () => clearInterval(timer));
}

function endless(request, response) {
  const block = Buffer.alloc(64 << 10, 'e');
  const more = () => {
    while (!response.destroyed && response.write(block));
  };
  response.writeHead(200).on('drain', more);
  more();
}

function endlessHeaders(request, response) {
  response.socket.write('HTTP/1.1 200 OK\r\n');
  const timer = setInterval(() => response.socket.write(`a: ${'b'.repeat(999)}\r\n`.repeat(20)), 1);
  response.socket.on('close', () => clearInterval(timer));
}

const number = (request) => Number(new URL(request.url, 'http://x').searchParams.get('n'));
const paths = {
  '/plain': (request, response) => text(response, 'hello'),
  '/echo': echo,
  '/missing': (request, response) => response.writeHead(404).end('no'),
  '/empty': (request, response) => response.writeHead(204).end(),
  '/redirect': (request, response) => response.writeHead(302, { location: '/plain' }).end(),
  '/mute': () => {},
  '/late': (request, response) => setTimeout(() => text(response, 'late'), number(request)),
  '/drip': drip,
  '/endless': endless,
  '/big': (request, response) => response.end(Buffer.alloc(10 * MEBIBYTE, 'x')),
  '/size': (request, response) => text(response, Buffer.alloc(number(request), 'x')),
  '/chunks': (request, response) => {
    response.writeHead(200);
    for (let left = number(request); left > 0; left -= 1000) response.write('y'.repeat(Math.min(left, 1000)));
    response.end();
  },
  '/cut': (request, response) => raw(response, 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.'),
  '/cut-chunk': (request, response) =>
    raw(response, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nten bytes.'),
  '/cut-header': (request, response) => raw(response, 'HTTP/1.1 200 OK\r\nContent-Le'),
  '/close': (request, response) => raw(response, 'HTTP/1.1 200 OK\r\n\r\nall'),
  '/interim-only': (request, response) => raw(response, 'HTTP/1.1 100 Continue\r\n\r\n'),
  '/long-header': (request, response) =>
    raw(response, `HTTP/1.1 200 OK\r\nContent-Length: 0\r\na: ${'b'.repeat(number(request))}\r\n\r\n`),
  '/endless-trailer': (request, response) =>
    raw(response, `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'late: yes\r\n'.repeat(100000)}\r\n`),
  '/nothing': (request, response) => response.socket.end(),
  '/reset': (request, response) => response.socket.destroy(),
  '/garbage': (request, response) => raw(response, 'what is this\r\n\r\n'),
  '/nul': (request, response) => raw(response, 'HTTP/1.1 200 OK\r\na: b\0c\r\nContent-Length: 0\r\n\r\n'),
  '/folded': (request, response) =>
    raw(response, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\na: b\r\n c\r\n\r\n'),
  '/latin': (request, response) => raw(response, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\na: caf\xe9\r\n\r\n'),
  '/early': (request, response) =>
    raw(response, 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  '/trailer': (request, response) =>
    raw(response, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nlate: yes\r\n\r\n'),
  '/repeated': (request, response) =>
    raw(
      response,
      'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=1, b\r\nVia: one\r\nset-cookie: c\r\nVIA:two\r\n\r\n',
    ),
  '/headers': (request, response) =>
    raw(response, `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${'a: b\r\n'.repeat(number(request))}\r\n`),
  '/endless-headers': endlessHeaders,
  '/interim': (request, response) => raw(response, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100000)),
  '/gzip': (request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('unpacked')),
  '/bomb': (request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(32 * MEBIBYTE))),
  '/transfer-bomb': (request, response) => {
    const bomb = gzipSync(Buffer.alloc(32 * MEBIBYTE)).toString('latin1');
    raw(
      response,
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n${bomb.length.toString(16)}\r\n${bomb}\r\n0\r\n\r\n`,
    );
  },
  '/binary': (request, response) => response.end(Buffer.from([0xff, 0x00, 0x01])),
  '/zero': (request, response) => response.end(Buffer.from([0x61, 0x00])),
  '/unicode': (request, response) => response.end('grüße 😀'),
};

function answer(request, response) {
  const path = paths[new URL(request.url, 'http://x').pathname];
  request.on('error', () => {});
  response.on('error', () => {});
  if (path) path(request, response);
  else response.writeHead(404).end();
}

// ---- the ports ----

// Counts what goes through it; refuses the port of nobody.
let tunnels = 0;
const proxy = createHttp((request, response) => text(response, `proxied ${request.url}`));
proxy.on('connect', (request, client, head) => {
  const [host, port] = request.url.split(':');
  client.on('error', () => {});
  tunnels += 1;
  if (host === 'refused.example') {
    client.end('HTTP/1.1 403 Forbidden\r\nx-proxy: no\r\n\r\n');
    return;
  }
  // It resolves every name to this machine.
  const server = connect(Number(port), '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connected\r\nx-proxy: yes\r\n\r\n');
    server.write(head);
    server.pipe(client).pipe(server);
  });
  server.on('error', () => client.destroy());
});

const listen = (name, server) =>
  new Promise((done) => {
    server.on('tlsClientError', () => {});
    server.on('error', (error) => console.error(`${name}: ${error.message}`));
    server.listen(0, '127.0.0.1', () => {
      ports[name] = server.address().port;
      done();
    });
  });

const silent = createTcp((socket) => socket.on('error', () => {}));
const old = { ...certificate('localhost'), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' };
const counter = createHttp((request, response) => text(response, String(tunnels)));
await listen('https', createHttps(certificate('localhost'), answer));
await listen('http2', createSecureServer({ ...certificate('localhost'), allowHTTP1: true }, answer));
await listen('other', createHttps(certificate('other'), answer));
await listen('expired', createHttps(certificate('expired'), answer));
await listen('stranger', createHttps(certificate('stranger'), answer));
await listen('old', createHttps(old, answer));
await listen('http', createHttp(answer));
await listen('silent', silent);
await listen('proxy', proxy);
await listen('tunnels', counter);
const nobody = createTcp();
await listen('nobody', nobody);
nobody.close();
const lines = Object.entries(ports).map(([name, port]) => `${name}=${port}\n`);
writeFileSync(join(folder, 'ports.new'), lines.join(''));
renameSync(join(folder, 'ports.new'), join(folder, 'ports'));
process.stdin.resume().on('end', () => process.exit());
