import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { root } from '../bootstrap.mjs';
import { asker, everything, startServer } from './gitea-server.mjs';

const run = promisify(execFile);
const child = join(root, 'tools/crash/cutover-issues-child.mjs');
const markitect = join(root, 'apps/cli/bin/markitect.js');
const CLIENTS = 3;
const STAGES = ['modern', 'legacy', 'served:50', 'modern', 'mirror', 'modern', 'legacy', 'modern'];

/**
 * Client processes make, comment on and read issues of a real Gitea, through curl or through the pool, while an
 * environment variable moves all of them back and forth. Then: the server has every issue and comment that was
 * acknowledged, each once; both ways were used; nobody was told of an error.
 */
export async function crash({ seed, seconds = 3 }) {
  const gitea = await startServer('cutover-issues');
  if (gitea === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'markitect-cutover-issues-'));
  const stop = join(folder, 'stop');
  const env = {
    ...process.env,
    MARKITECT_GITEA_URL: gitea.url,
    MARKITECT_GITEA_OWNER: gitea.owner,
    MARKITECT_GITEA_REPOSITORY: gitea.repository,
    MARKITECT_GITEA_TOKEN: gitea.token,
    MARKITECT_LEGACY_ISSUES: 'curl',
  };
  const command = async (args, more = {}) => {
    const options = { cwd: folder, env: { ...env, ...more } };
    return JSON.parse((await run(process.execPath, [markitect, '--json', ...args], options)).stdout);
  };
  const clients = [];
  console.log(`cutover-issues: ${CLIENTS} clients, ${STAGES.length} changes, seed ${seed}`);
  try {
    await command(['init']);
    for (let client = 0; client < CLIENTS; client += 1) {
      const settings = { folder, client, journal: join(folder, `client-${client}.journal`), stop };
      const process_ = spawn(process.execPath, [child, JSON.stringify(settings)], {
        cwd: folder,
        env,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const ended = new Promise((resolve) => process_.once('close', resolve));
      clients.push({ process: process_, ended });
      await Promise.race([
        new Promise((resolve) => process_.once('message', resolve)),
        ended.then((code) => {
          throw new Error(`client ${client} ended with ${code}`);
        }),
      ]);
    }
    await sleep(seconds * 1000);
    const used = { legacy: 0, modern: 0 };
    for (const stage of STAGES) {
      // The flag is followed by whoever sees it; the others are told by the stored stage.
      await command(['cutover', 'status'], { MARKITECT_CUTOVER_ISSUES: stage });
      await sleep(seconds * 1000);
      const [{ stage: now, percent, measured }] = (await command(['cutover', 'status', 'issues'])).items;
      for (const { side, operations } of measured) used[side] += operations;
      const shown = measured.map(({ side, operations }) => `${side} ${operations}`).join(', ');
      console.log(`  ${stage.padEnd(10)} → ${now} ${percent} %: ${shown}`);
    }
    writeFileSync(stop, '');
    for (const { ended } of clients) {
      const code = await ended;
      if (code !== 0) throw new Error(`a client ended with ${code}`);
    }
    await verdicts(gitea, folder, used, seed);
  } finally {
    for (const { process: each } of clients) each.kill('SIGKILL');
    await gitea.stop?.();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function verdicts(gitea, folder, used, seed) {
  const ask = asker(gitea);
  const place = `repos/${gitea.owner}/${gitea.repository}`;
  const titles = grouped(
    await everything(ask, `${place}/issues?state=all&type=issues`),
    ({ title }) => title,
  );
  const comments = grouped(await everything(ask, `${place}/issues/comments`), ({ body }) => body);
  const faults = [];
  const counts = { issues: 0, comments: 0 };
  for (let client = 0; client < CLIENTS; client += 1) {
    for (const line of readFileSync(join(folder, `client-${client}.journal`), 'utf8').split('\n')) {
      const [kind, text, more] = line.split('\t');
      if (kind === 'A') {
        counts.issues += 1;
        if (titles.get(text)?.length !== 1)
          faults.push(`${text}: ${titles.get(text)?.length ?? 0} times on the server`);
      }
      if (kind === 'C') {
        counts.comments += 1;
        if (comments.get(text)?.length !== 1)
          faults.push(`${text}: ${comments.get(text)?.length ?? 0} times on the server`);
      }
      if (kind === 'E') faults.push(`client ${client} was told ${text} ${more}`);
    }
  }
  for (const side of ['legacy', 'modern']) if (used[side] === 0) faults.push(`${side} was not used`);
  console.log(
    `  ${counts.issues} issues and ${counts.comments} comments acknowledged, operations ${JSON.stringify(used)}`,
  );
  if (faults.length > 0)
    throw new Error(`${faults.length} faults, seed ${seed}, e.g. ${faults.slice(0, 3).join('; ')}`);
  console.log('  ok  each is there once, and nobody was told of an error');
}

function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
