// A research over documents, the mirror of a Gitea that is down and a site with everything that can go wrong, done by workers that are killed.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  SqliteConnection,
  SqliteScrapingJobRepository,
  SqliteSearchRepository,
} from '@markitect/adapter-sqlite';
import {
  everythingAnswers,
  everythingPaths,
  everythingQuestion,
  startTestSite,
} from '@markitect/testing/services';
import { root } from '../bootstrap.mjs';
import { asker, startServer } from './gitea-server.mjs';
import { seeded } from './random.mjs';

const command = join(root, 'apps/cli/dist/main.js');
/** Where the book of Rust lies, if it is there; else documents are made. */
const BOOK = join(root, '../shared/corpus/rust-book');
const ISSUES = 4;
/** A page that the site takes its time for. */
const SLOW_MS = 1500;
const MAX_RESULTS = 50;
/** How long the whole may take, in milliseconds. */
const PATIENCE_MS = 5 * 60_000;

/**
 * Puts one question twice: to a worker that nobody disturbs, and to workers that are killed (SIGKILL) at random moments,
 * `kills` of them. Both have to come to the same: the same results, ranked by their scores, none twice, the same problems,
 * every page of the site that answers among them. What was stored before a kill must not be fetched again.
 */
export async function crash({ kills = 2, seed, broken }) {
  console.log(`research: ${kills} kills, seed ${seed}`);
  const random = seeded(seed);
  const gitea = await startServer('research');
  if (gitea === undefined) return;
  const work = mkdtempSync(join(tmpdir(), 'markitect-crash-research-'));
  try {
    await makeIssues(gitea);
    const documents = existsSync(BOOK) ? BOOK : makeDocuments(join(work, 'documents'), random);
    const [calmly, hurtly] = [settingsFor(join(work, 'calm'), gitea), settingsFor(join(work, 'hurt'), gitea)];
    for (const settings of [calmly, hurtly]) await fill(settings, documents);
    await gitea.kill();
    const calm = await research(calmly, []);
    const moments = Array.from({ length: kills }, () => 1 + Math.floor(random() * (calm.pages - 2)));
    const hurt = await research(
      hurtly,
      moments.sort((a, b) => a - b),
    );
    if (broken === 'results') hurt.results.pop();
    const found = [...faultsOf(calm), ...faultsOf(hurt), ...differences(calm, hurt)];
    if (hurt.killed !== kills) found.push(`${hurt.killed} workers were killed, not ${kills}`);
    const again = repeated(calm, hurt);
    if (again.length > kills * MOST_AGAIN) found.push(`${again.length} pages were fetched again: ${again}`);
    for (const each of found) console.error(`✗ ${each}`);
    if (found.length > 0) process.exitCode = 1;
    console.log(
      found.length === 0
        ? `✓ ${hurt.killed} workers killed: the same ${hurt.results.length} results, none twice, ` +
            `${hurt.problems.length} pages that cannot be had, ${again.length} pages fetched again`
        : `✗ ${found.length} differences, seed ${seed}`,
    );
  } finally {
    await gitea.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Checkpoints share a commit for a quarter of a second: so many pages may come within that. */
const MOST_AGAIN = 8;

/** A data directory of its own, and how the command is told of it. */
function settingsFor(folder, gitea) {
  mkdirSync(folder);
  const env = {
    ...process.env,
    MARKITECT_DATA_DIR: join(folder, 'data'),
    MARKITECT_GITEA_URL: gitea.url,
    MARKITECT_GITEA_OWNER: gitea.owner,
    MARKITECT_GITEA_REPOSITORY: gitea.repository,
    MARKITECT_GITEA_TOKEN: gitea.token,
    MARKITECT_WEB_ALLOW_PRIVATE: 'true',
    MARKITECT_WEB_TIMEOUT_MS: '3000',
    MARKITECT_WEB_MAX_PAGE_BYTES: String(1024 * 1024),
    MARKITECT_RESEARCH_RATES: 'web=50;web:*=5',
    // So that others take the tasks of a killed worker soon.
    MARKITECT_TASKS_LEASE_MS: '1500',
  };
  return { cwd: folder, env };
}

async function makeIssues(gitea) {
  const ask = asker(gitea);
  for (let number = 1; number <= ISSUES; number += 1) {
    const issue = { title: `The borrow checker, part ${number}`, body: 'How does it work?' };
    await ask('POST', `repos/${gitea.owner}/${gitea.repository}/issues`, issue);
  }
}

/** Takes over the documents and the issues: what is asked later are the copies. */
async function fill(settings, documents) {
  await markitect(['ingest', documents], settings);
  const { total } = await markitect(['issues', 'sync'], settings);
  if (total !== ISSUES) throw new Error(`${total} of ${ISSUES} issues are in the mirror`);
}

/** A research; a worker is killed whenever so many pages are done as `moments` say. */
async function research({ cwd, env }, moments) {
  const site = await startTestSite({ slowMs: SLOW_MS });
  const run = (...args) => markitect(args, { cwd, env });
  try {
    const sources = `docs,issues,web:${site.origin}/everything.xml`;
    const asked = ['--source', sources, '--max-results', String(MAX_RESULTS)];
    const { id } = await run('research', 'start', everythingQuestion, ...asked, '--detach');
    const { killed, status } = await workUntilOver(run, { cwd, env, id, moments });
    const { results } = await run('research', 'results', String(id), '--export', 'json', '--duplicates');
    const relative = (text) => text.replaceAll(site.origin, 'http://site');
    return {
      killed,
      status,
      pages: status.jobs.find(({ source }) => source.startsWith('web')).total,
      results: results.map((result) => ({ ...result, reference: relative(result.reference) })),
      problems: status.jobs.flatMap(({ problems }) =>
        problems.map(({ reference, code }) => `${relative(reference)} ${code}`),
      ),
      requests: site.requests.map(({ path }) => path),
    };
  } finally {
    await site.stop();
  }
}

/** Starts workers until the research is over, each of them but the last killed at its moment. */
async function workUntilOver(run, { cwd, env, id, moments }) {
  // Looked at directly: a command for each look would come too late for the moments.
  const store = new SqliteConnection({ file: join(env.MARKITECT_DATA_DIR, 'markitect.db') });
  await store.open();
  const searches = new SqliteSearchRepository(store);
  const jobs = new SqliteScrapingJobRepository(store);
  const left = [...moments];
  let killed = 0;
  let worker = start(['work'], { cwd, env });
  const started = performance.now();
  try {
    for (;;) {
      const { status } = await searches.get(id);
      if (!['pending', 'running'].includes(status)) break;
      const site = (await jobs.listBySearch(id)).find(({ source }) => source.scraper === 'web');
      if (performance.now() - started > PATIENCE_MS) throw new Error(`not over: ${JSON.stringify(site)}`);
      if (left.length > 0 && site.done >= left[0]) {
        left.shift();
        worker.process.kill('SIGKILL');
        await worker.ended;
        killed += 1;
        worker = start(['work'], { cwd, env });
      }
      await sleep(20);
    }
  } finally {
    worker.process.kill('SIGTERM');
    await worker.ended;
    await store.close();
  }
  return { killed, status: await run('research', 'status', String(id)) };
}

/** What is wrong with a research by itself. */
function faultsOf({ status, results }) {
  const faults = [];
  if (status.status !== 'completed') faults.push(`it is ${status.status}`);
  for (const job of status.jobs) {
    if (job.status !== 'completed')
      faults.push(`${job.source} is ${job.status}: ${JSON.stringify(job.failure)}`);
    if (job.total !== undefined && job.done !== job.total)
      faults.push(`${job.source}: ${job.done} of ${job.total}`);
  }
  const seen = new Set();
  for (const { source, reference } of results) {
    const key = `${source} ${reference}`;
    if (seen.has(key)) faults.push(`${reference} is there twice`);
    seen.add(key);
  }
  const ranks = results.flatMap(({ rank }) => (rank === undefined ? [] : [rank]));
  if (ranks.some((rank, index) => rank !== index + 1)) faults.push(`the ranks are ${ranks}`);
  const scores = new Map();
  for (const { source, score, rank } of results) {
    if (rank === undefined) continue;
    if (score > (scores.get(source) ?? Infinity))
      faults.push(`${source}: the order is not that of the scores`);
    scores.set(source, score);
  }
  const answers = results.filter(({ source }) => source.startsWith('web')).map(({ reference }) => reference);
  const missing = everythingAnswers.filter((path) => !answers.includes(`http://site${path}`));
  if (missing.length > 0) faults.push(`not found on the site: ${missing}`);
  const wrong = answers.filter(
    (reference) => !everythingAnswers.includes(reference.replace('http://site', '')),
  );
  if (wrong.length > 0) faults.push(`found on the site, and no answer: ${wrong}`);
  if (!results.some(({ source }) => source === 'docs')) faults.push('no document was found');
  if (!results.some(({ source }) => source === 'issues')) faults.push('no issue was found');
  return faults;
}

/** In what two researches differ that should be the same. */
function differences(calm, hurt) {
  const differ = (name, left, right) => {
    const only = (list, other) => list.filter((each) => !other.includes(each));
    const [gone, more] = [only(left, right), only(right, left)];
    return gone.length + more.length === 0 ? [] : [`${name}: ${gone} are missing, ${more} are too many`];
  };
  // Of equals the one that was found first comes first: the order is that of the scores and no more.
  const told = ({ results }) =>
    results.map(
      ({ source, reference, title, score }) => `${source.split(':', 1)} ${reference} ${title} ${score}`,
    );
  const ranked = ({ results }) => String(results.filter(({ rank }) => rank !== undefined).length);
  return [
    ...differ('results', told(calm), told(hurt)),
    ...differ('ranked', [ranked(calm)], [ranked(hurt)]),
    ...differ('problems', calm.problems, hurt.problems),
    ...(calm.problems.length === hurt.problems.length ? [] : ['problems are told twice']),
  ];
}

/** The pages that the killed workers asked for more often than the other one. */
function repeated(calm, hurt) {
  const count = ({ requests }, path) => requests.filter((each) => each === path).length;
  return everythingPaths.filter((path) => count(hurt, path) > count(calm, path));
}

/** Runs a command; answers the JSON it prints. */
async function markitect(args, options) {
  const { ended, output } = start([...args, '--json'], options);
  const code = await ended;
  // 6: done in part, e.g. files of a corpus that are no text.
  if (code !== 0 && code !== 6)
    throw new Error(`markitect ${args.join(' ')} ended with ${code}: ${output().errors}`);
  return JSON.parse(output().result);
}

function start(args, { cwd, env }) {
  const child = spawn(process.execPath, [command, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let result = '';
  let errors = '';
  child.stdout.on('data', (part) => (result += part));
  child.stderr.on('data', (part) => (errors += part));
  const ended = new Promise((resolve) => child.once('close', resolve));
  return { process: child, ended, output: () => ({ result, errors }) };
}

/** A folder of Markdown, some of which answers. */
function makeDocuments(folder, random) {
  mkdirSync(folder, { recursive: true });
  for (let number = 0; number < 120; number += 1) {
    const text = random() < 0.2 ? 'The borrow checker works on references.' : 'Something else altogether.';
    writeFileSync(
      join(folder, `page-${number}.md`),
      `# Page ${number}\n\n${text} ${'Filler. '.repeat(number % 9)}\n`,
    );
  }
  return folder;
}
