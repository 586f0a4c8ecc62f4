// The mirror of a real Gitea, made by processes that are killed.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { SqliteConnection } from '@markitect/adapter-sqlite';
import { seedIssues } from '@markitect/testing/services';
import { root } from '../bootstrap.mjs';
import { differences, partDifferences, queries } from './gitea-queries.mjs';
import { asker, startServer } from './gitea-server.mjs';
import { openBoth } from './gitea-sync-child.mjs';
import { seeded } from './random.mjs';

const child = join(root, 'tools/crash/gitea-sync-child.mjs');
const SAMPLE = 50;
/** How far back an incremental pass reads, see IssueSyncService. */
const OVERLAP_MS = 5000;
/** The issues that are changed between the passes, and read twice because one is removed; with some to spare. */
const MOST_CHANGED = 40;

/**
 * Makes issues in a real Gitea and takes them over by processes that are killed at random moments and go on where the
 * last one was. Then both sides are asked the same; then the server is changed, and both are asked again.
 */
export async function crash({ issues: count, kills = 10, seed }) {
  const gitea = await startServer('sync');
  if (gitea === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'markitect-crash-sync-'));
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  console.log(`sync: ${count} issues, ${kills} kills, seed ${seed}`);
  let both;
  try {
    const file = join(folder, 'store.db');
    const store = new SqliteConnection({ file });
    await store.open();
    await store.migrate();
    await store.close();
    const seededIssues = await seedIssues(gitea, { issues: count, seed });
    console.log(`${seconds()}: made ${JSON.stringify(seededIssues)}`);

    // One last change, long after the others: a synchronisation reads again what is a few seconds older than that.
    await sleep(OVERLAP_MS + 1000);
    await asker(gitea)('POST', `repos/${gitea.owner}/${gitea.repository}/issues/1/comments`, {
      body: 'Last.',
    });

    const run = { gitea, file, pageSize: count >= 1000 ? 50 : 15, random: seeded(seed) };
    const steps = (2 * count) / run.pageSize / kills;
    const syncs = await killAndResume({ ...run, kills, steps });
    console.log(`${seconds()}: ${syncs}`);

    both = await openBoth(gitea, file);
    const random = seeded(seed + 1);
    const found = await compare(both, gitea, { random, count, every: true });
    console.log(`${seconds()}: compared after the full pass`);
    const changed = await changeServer(asker(gitea), gitea, both.tracker);
    const { report } = await sync(run);
    if (report?.kind !== 'incremental') found.push(`not an incremental pass: ${JSON.stringify(report)}`);
    if (!(report?.issues <= MOST_CHANGED)) found.push(`${report?.issues} issues for a few changes`);
    found.push(...(await checkChanges(both, changed)));
    found.push(...(await compare(both, gitea, { random, count, every: false, also: changed.numbers })));
    console.log(
      `${seconds()}: incremental pass took over ${report?.issues} issues and removed ${report?.removed}`,
    );
    for (const each of found.slice(0, 20)) console.error(`✗ ${each}`);
    if (found.length > 0) process.exitCode = 1;
    console.log(
      found.length === 0
        ? '✓ the same answers on both sides, nothing missing, nothing doubled'
        : `✗ ${found.length} differences, seed ${seed}`,
    );
  } finally {
    await both?.close();
    await gitea.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** So many processes killed, each after less than so many steps; then one that comes to its end. */
async function killAndResume({ kills, steps, ...run }) {
  let [killed, resumed, completed] = [0, 0, 0];
  while (killed < kills) {
    // One that was quicker than its death: the next looks at everything again.
    const killAfter = { steps: Math.floor(run.random() * steps), ms: run.random() * 500 };
    const outcome = await sync(run, { killAfter, full: completed > 0 });
    if (outcome.report === undefined) killed += 1;
    else {
      completed += 1;
      if (outcome.report.resumed) resumed += 1;
    }
  }
  const { report } = await sync(run);
  if (report.resumed) resumed += 1;
  return `${killed} processes killed, ${completed + 1} came to their end, ${resumed} of them resumed; ${report.total} issues`;
}

/** One process; killed some time after it has done so many steps, when that is given. Without a report: it was killed. */
async function sync({ gitea, file, pageSize }, { killAfter, full = false } = {}) {
  const { url, owner, repository, token } = gitea;
  const process_ = spawn(
    process.execPath,
    [child, url, owner, repository, file, String(pageSize), full ? 'full' : 'changes'],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, MARKITECT_GITEA_TOKEN: token } },
  );
  const lines = [];
  const reached = new Promise((resolve) =>
    createInterface({ input: process_.stdout }).on('line', (line) => {
      lines.push(line);
      if (lines.length > (killAfter?.steps ?? Infinity)) resolve();
    }),
  );
  const ended = new Promise((resolve) => process_.once('close', (code, signal) => resolve({ code, signal })));
  if (killAfter !== undefined) {
    await Promise.race([reached, ended]);
    await Promise.race([sleep(killAfter.ms), ended]);
    process_.kill('SIGKILL');
  }
  const { code, signal } = await ended;
  if (signal === 'SIGKILL') return {};
  if (code !== 0) throw new Error(`a synchronisation ended with ${code}`);
  return { report: JSON.parse(lines.at(-1)) };
}

/** All queries, or those that show everything; and the parts of a sample. */
async function compare({ tracker, mirrored, mirror, store }, { owner }, { random, count, every, also = [] }) {
  const all = [];
  for await (const issue of tracker.stream({ order: 'asc' })) all.push(issue);
  const updates = all.map(({ updatedAt }) => updatedAt).sort();
  const middle = updates[Math.floor(updates.length / 2)];
  const asked = queries({ owner, middle });
  const chosen = every ? asked : [asked[0], asked[2], asked[19], asked[26]];
  const sample = Array.from({ length: SAMPLE }, () => all[Math.floor(random() * all.length)].number);
  const found = [
    ...(await differences(tracker, mirrored, chosen, count >= 1000 ? 500 : 40)),
    ...(await partDifferences(tracker, mirrored, [...new Set([...sample, ...also])])),
  ];
  const numbers = await mirror.numbers();
  if (numbers.join() !== all.map(({ number }) => number).join()) found.push('other numbers in the mirror');
  const [{ comments }] = await store.readers().all('SELECT count(*) AS comments FROM issue_comments');
  const wanted = all.reduce((sum, issue) => sum + issue.comments, 0);
  if (comments !== wanted) found.push(`${comments} comments in the mirror, ${wanted} on the server`);
  return found;
}

/** What happens on a server between two passes. */
async function changeServer(ask, { owner, repository }, tracker) {
  const path = `repos/${owner}/${repository}/issues`;
  const { items } = await tracker.list({ state: 'open', order: 'asc' }, { limit: 10 });
  const [edited, said, deleted, closed, labelled, waits, blocker] = items.map(({ number }) => number);
  await ask('PATCH', `${path}/${edited}`, { title: 'Edited on the server', body: 'Another text.' });
  await ask('POST', `${path}/${said}/comments`, { body: 'Said on the server.' });
  await ask('DELETE', `${path}/${deleted}`);
  await ask('PUT', `${path}/${labelled}/labels`, { labels: ['question'] });
  await tracker.block(waits, blocker);
  // An issue that waits for another one cannot be closed.
  const isClosed = await ask('PATCH', `${path}/${closed}`, { state: 'closed' }).then(
    () => true,
    () => false,
  );
  const { number: created } = await ask('POST', path, { title: 'Made on the server', body: 'New.' });
  return {
    edited,
    said,
    deleted,
    created,
    closed: isClosed ? closed : undefined,
    labelled,
    waits,
    blocker,
    numbers: [edited, said, labelled, waits, blocker, created],
  };
}

async function checkChanges({ mirrored }, changed) {
  const found = [];
  const demand = (holds, what) => {
    if (!holds) found.push(`not in the mirror: ${what}`);
  };
  demand((await mirrored.get(changed.edited))?.title === 'Edited on the server', 'the edit');
  demand(
    (await mirrored.comments(changed.said)).some(({ body }) => body === 'Said on the server.'),
    'the comment',
  );
  demand((await mirrored.get(changed.created))?.title === 'Made on the server', 'the new issue');
  demand((await mirrored.get(changed.deleted)) === undefined, 'that an issue is gone');
  demand(
    (await mirrored.get(changed.labelled))?.labels.map(({ name }) => name).join() === 'question',
    'the labels',
  );
  demand(
    (await mirrored.blockers(changed.waits)).some(({ number }) => number === changed.blocker),
    'the dependency',
  );
  if (changed.closed !== undefined) {
    demand((await mirrored.get(changed.closed))?.state === 'closed', 'that an issue was closed');
  }
  return found;
}
