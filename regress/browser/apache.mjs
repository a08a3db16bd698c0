// SPDX-License-Identifier: Apache-2.0
// apache.mjs: an Apache of its own for a test, with mod_auth_openidc, from a configuration in a folder of
// its own, on the loopback; not as root. Its pages say who is there.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = '/usr/sbin/apache2', modules = '/usr/lib/apache2/modules';
export const missing = existsSync(program) && existsSync(`${modules}/mod_auth_openidc.so`) ? false : 'no Apache with mod_auth_openidc';

const page = (title) => `<!doctype html><html lang="en"><title>${title}</title>
<p id="user"><!--#echo var="REMOTE_USER" --></p><p id="issuer"><!--#echo var="OIDC_CLAIM_iss" --></p>
<p id="name"><!--#echo var="OIDC_CLAIM_name" --></p><p id="token"><!--#echo var="OIDC_access_token" --></p>
`;

// What docs/cookbook.md tells to write, for this issuer and these secrets.
function recipe(port, issuer, secrets) {
  const [, text] = /```apache\n([^`]*)```/.exec(readFileSync(join(import.meta.dirname, '../../docs/cookbook.md'), 'utf8'));
  return text.replaceAll('https://id.example', issuer).replaceAll('https://films.example', `http://127.0.0.1:${port}`)
    .replaceAll(/SECRET-OF-\S+/g, (name) => secrets[name]);
}

const configuration = ({ folder, port, issuer, secrets }) => `
ServerRoot ${folder}
ServerName 127.0.0.1:${port}
Listen 127.0.0.1:${port}
DefaultRuntimeDir ${folder}
PidFile ${folder}/pid
Mutex file:${folder}
ErrorLog ${folder}/log
LogLevel warn auth_openidc:info
StartServers 1
ServerLimit 1
ThreadsPerChild 8
MaxRequestWorkers 8
${['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'mime', 'filter', 'include', 'auth_openidc']
    .map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
DocumentRoot ${folder}/pages
TypesConfig /dev/null
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml

<Directory ${folder}/pages>
    Options +Includes
    Require all granted
</Directory>
OIDCCABundlePath ${folder}/ca.pem
${recipe(port, issuer, secrets)}
`;

// Starts it: a client of the issuer for who comes to /films, a resource server at /api, open to all at /.
// `certificate` is the file that vouches for the issuer; log() is what it complained of.
export async function startApache(port, { issuer, certificate, secrets }) {
  const folder = mkdtempSync(join(tmpdir(), 'idplane-apache-'));
  for (const name of ['', 'films', 'api']) {
    mkdirSync(join(folder, 'pages', name), { recursive: true });
    writeFileSync(join(folder, 'pages', name, 'index.shtml'), page(name || 'open'));
  }
  copyFileSync(certificate, join(folder, 'ca.pem'));
  writeFileSync(join(folder, 'apache.conf'), configuration({ folder, port, issuer, secrets }));
  const owner = process.getuid() === 0
    ? { uid: Number(execFileSync('id', ['-u', 'nobody'])), gid: Number(execFileSync('id', ['-g', 'nobody'])) } : {};
  if ('uid' in owner) chownSync(folder, owner.uid, owner.gid);
  chmodSync(folder, 0o755);
  const child = spawn(program, ['-f', join(folder, 'apache.conf'), '-D', 'FOREGROUND'], { ...owner, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (text += bytes));
  const ended = new Promise((done) => child.on('close', done));
  const log = () => text + (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true });
  };
  for (let i = 0; i < 200 && child.exitCode === null; i++) {
    if (await fetch(`http://127.0.0.1:${port}/index.shtml`).then(({ ok }) => ok, () => false)) return { log, stop };
    await new Promise((done) => setTimeout(done, 50));
  }
  const reason = log();
  await stop();
  throw new Error(`Apache does not answer: ${reason}`);
}
