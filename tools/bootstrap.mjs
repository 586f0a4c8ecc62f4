// Installs what the repository needs, once per lock file. Every command of the README goes through here.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const MINIMUM_NODE = [20, 19];

/** Makes `node_modules` match the lock file. Does nothing, in a few milliseconds, when it does already. */
export function bootstrap() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
    console.error(`MarkiTect needs Node ${MINIMUM_NODE.join('.')} or newer; this is ${process.version}.`);
    process.exit(1);
  }
  const stamp = join(root, 'node_modules', '.markitect-installed');
  const wanted = `${createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')} ${process.versions.modules}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  console.error('Installing dependencies (about two minutes where sqlite3 has to be compiled) …');
  execFileSync('npm', ['ci', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...nodeHeaders() },
    shell: process.platform === 'win32',
  });
  writeFileSync(stamp, wanted);
}

/**
 * sqlite3 is compiled where no prebuilt binary can be had, and node-gyp would download Node's headers for that.
 * They lie beside the running Node: tell it so, unless somebody has already told it something else.
 */
export function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  const present = existsSync(join(prefix, 'include', 'node', 'node.h'));
  return present && !process.env.npm_config_nodedir ? { npm_config_nodedir: prefix } : {};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) bootstrap();
