// `npm run bench -- stream`: a million results through the repository: how fast they are stored beside the raw sqlite3
// driver, how much memory streaming them takes, and what a page costs at the beginning, in the middle and at the end.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SqliteConnection,
  SqliteScrapingJobRepository,
  SqliteSearchRepository,
  SqliteSearchResultRepository,
} from '@markitect/adapter-sqlite';
import { openRawResults } from './stream-raw.mjs';

const BATCH = 10_000;
const PAGE = 50;

/** Runs the benchmark. `--rows=N`: how many results. Default a million. */
export async function run(args = []) {
  const rows = Number(args.find((arg) => arg.startsWith('--rows='))?.slice('--rows='.length) ?? 1_000_000);
  if (!Number.isInteger(rows) || rows < BATCH) throw new Error(`--rows takes a whole number from ${BATCH}`);
  const folder = await mkdtemp(join(tmpdir(), 'markitect-stream-'));
  try {
    const file = join(folder, 'store.db');
    await insert(file, join(folder, 'raw.db'), rows);
    console.log(`database: ${megabytes((await stat(file)).size)}\n`);
    await inChild('stream', file, rows);
    await inChild('pages', file, rows);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function insert(file, rawFile, rows) {
  const ours = await openStore(file);
  const other = await openStore(rawFile);
  await other.connection.close();
  const raw = await openRawResults(rawFile);
  const rates = { repository: [], raw: [], rawMany: [] };
  const measured = async (name, from, work) => {
    const batch = Array.from({ length: BATCH }, (_, index) => foundResult(from + index));
    const start = performance.now();
    await work(batch);
    rates[name].push((BATCH / (performance.now() - start)) * 1000);
  };
  for (let from = 0; from < rows; from += BATCH) {
    await measured('repository', from, (batch) => ours.results.addMany(ours.searchId, ours.jobId, batch));
    // Some rounds are enough for the other side; its table is as large as ours then.
    if (from >= 20 * BATCH) continue;
    await measured('raw', 2 * from, (batch) => raw.insert(batch, 1));
    await measured('rawMany', 2 * from + BATCH, (batch) => raw.insert(batch, 100));
  }
  await ours.connection.close();
  await raw.close();
  const of = (name, count) => perSecond(median(rates[name].slice(0, count)));
  console.log(`results of 0.5 KB, stored ${BATCH} to a commit; medians
repository                                ${of('repository', 20)} at the beginning, ${of('repository')} over all ${rows}
raw sqlite3, a prepared statement per row ${of('raw')}
raw sqlite3, 100 rows to a statement      ${of('rawMany')}
`);
}

/** Streams all results, and says how much memory that takes on the way. */
async function stream(file, rows) {
  const { connection, results, searchId } = await reopenStore(file);
  const marks = [0.1, 0.5, 1].map((part) => Math.floor(rows * part));
  const seen = { count: 0, characters: 0, peakHeap: 0 };
  console.log('streamed   RSS       of it heap and buffers   of it file, mapped   heap used');
  const start = performance.now();
  for await (const result of results.stream({ searchId })) {
    seen.count += 1;
    seen.characters += result.snippet.length;
    if (seen.count % 1000 === 0) seen.peakHeap = Math.max(seen.peakHeap, process.memoryUsage().heapUsed);
    if (marks.includes(seen.count)) printMemory(seen.count / rows);
  }
  const seconds = (performance.now() - start) / 1000;
  await connection.close();
  if (seen.count !== rows) throw new Error(`${seen.count} of ${rows} results were streamed`);
  console.log(`peak: RSS ${megabytes(process.resourceUsage().maxRSS * 1024)}, heap used ${megabytes(seen.peakHeap)}
${seen.count} results in ${seconds.toFixed(1)} s: ${perSecond(seen.count / seconds)}
`);
}

function printMemory(part) {
  const { rss, heapUsed } = process.memoryUsage();
  const status = readStatus();
  const columns = [
    `${Math.round(part * 100)} %`,
    megabytes(rss),
    status.anon,
    status.file,
    megabytes(heapUsed),
  ];
  console.log(columns.map((column, index) => column.padEnd([11, 10, 25, 21, 0][index])).join(''));
}

/** What of the resident memory is the process's own, where the system says so. */
function readStatus() {
  try {
    const text = readFileSync('/proc/self/status', 'utf8');
    const of = (name) => megabytes(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]) * 1024);
    return { anon: of('RssAnon'), file: of('RssFile') };
  } catch {
    return { anon: '-', file: '-' };
  }
}

/** Goes through all pages, then asks for one at the beginning, in the middle and at the end again and again. */
async function pages(file, rows) {
  const { connection, results, searchId } = await reopenStore(file);
  const middle = Math.floor(rows / 2);
  const cursors = { 'first page': undefined, 'in the middle': undefined, 'at the end': undefined };
  let passed = 0;
  for (let cursor; ;) {
    const page = await results.list({ searchId, limit: 500, cursor });
    passed += page.items.length;
    cursor = page.nextCursor;
    if (cursor === undefined) break;
    if (passed >= middle) cursors['in the middle'] ??= cursor;
    if (passed < rows - PAGE) cursors['at the end'] = cursor;
  }
  const times = Object.fromEntries(Object.keys(cursors).map((name) => [name, []]));
  for (let round = 0; round < 300; round += 1) {
    for (const [name, cursor] of Object.entries(cursors)) {
      const start = performance.now();
      const { items } = await results.list({ searchId, limit: PAGE, cursor });
      if (items.length !== PAGE) throw new Error(`${items.length} results ${name}`);
      times[name].push(performance.now() - start);
    }
  }
  await connection.close();
  console.log(`a page of ${PAGE}; medians of 300 interleaved rounds`);
  for (const [name, all] of Object.entries(times))
    console.log(`${name.padEnd(14)} ${median(all).toFixed(3)} ms`);
}

async function openStore(file) {
  const connection = new SqliteConnection({ file });
  await connection.open();
  await connection.migrate();
  const search = await new SqliteSearchRepository(connection).create({
    question: 'Who owns what?',
    sources: [{ scraper: 'docs' }],
    maxResults: 1_000_000,
  });
  const [job] = await new SqliteScrapingJobRepository(connection).createMany(search.id, search.sources);
  const results = new SqliteSearchResultRepository(connection);
  return { connection, results, searchId: search.id, jobId: job.id };
}

async function reopenStore(file) {
  const connection = new SqliteConnection({ file });
  await connection.open();
  return { connection, results: new SqliteSearchResultRepository(connection), searchId: 1 };
}

function foundResult(number) {
  return {
    reference: `docs:chapters/${number % 97}/section-${number}.md`,
    title: `Section ${number}: what it means to own a value`,
    snippet: `${number} ${'The owner of a value is the variable that it is bound to. '.repeat(5)}`,
    location: `https://docs.example.org/chapters/${number % 97}/section-${number}.md`,
    score: 1000 / (1 + (number % 1013)),
    fingerprint: (number * 2_654_435_761).toString(16).padStart(32, '0'),
  };
}

/** In a process of its own, whose memory nothing else has filled. */
async function inChild(part, file, rows) {
  const child = fork(import.meta.filename, [part, file, String(rows)]);
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${part} failed`);
}

function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

function perSecond(rate) {
  return `${Math.round(rate).toLocaleString('en-US')}/s`;
}

function megabytes(bytes) {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}

if (process.argv[1] === import.meta.filename) {
  const [part, file, rows] = process.argv.slice(2);
  await { stream, pages }[part](file, Number(rows));
}
