// `npm run bench -- ingest <corpus> [--threads N]`: ingest beside parsing alone, and beside itself with nothing changed.
import { execFile } from 'node:child_process';
import { appendFile, cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const measurement = fileURLToPath(new URL('./ingest/measure.mjs', import.meta.url));
const ROUNDS = 3;
/** A few MB end before the heaps of the threads have reached their working size: flat is judged from here on. */
const FEW = 4;
const MANY = 12;

/** Measures and prints. Medians of interleaved rounds; every measurement is a fresh process on a fresh data folder. */
export async function run(args) {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { threads: { type: 'string', default: String(availableParallelism()) } },
  });
  const isFolder =
    positionals[0] !== undefined && (await stat(positionals[0]).catch(() => null))?.isDirectory();
  if (!isFolder) {
    console.error('usage: npm run bench -- ingest <folder of Markdown files> [--threads N]');
    process.exitCode = 2;
    return;
  }
  const corpus = resolve(positionals[0]);
  const scratch = await mkdtemp(join(tmpdir(), 'markitect-bench-'));
  try {
    await compare({ corpus, scratch, threads: values.threads });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function compare({ corpus, scratch, threads }) {
  const measure = async (mode, from, data) => {
    const argv = [measurement, mode, from, join(scratch, data), threads];
    const { stdout } = await promisify(execFile)(process.execPath, argv);
    return JSON.parse(stdout);
  };
  const rounds = { parse: [], first: [], again: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.parse.push(await measure('parse', corpus, 'none'));
    rounds.first.push(await measure('ingest', corpus, `data-${round}`));
    rounds.again.push(await measure('ingest', corpus, `data-${round}`));
  }
  const [parse, first, again] = [rounds.parse, rounds.first, rounds.again].map(median);
  const measureCopies = async (copies) => {
    const folder = join(scratch, `copies-${copies}`);
    await copyApart(corpus, folder, copies);
    return measure('ingest', folder, `data-of-${copies}`);
  };
  const few = await measureCopies(FEW);
  const many = await measureCopies(MANY);
  if (again.unchanged !== first.documents || parse.documents !== first.documents) {
    throw new Error('the measurements did not see the same documents');
  }

  console.log(
    `Node ${process.versions.node}, ${threads} parser threads, median of ${ROUNDS} interleaved rounds`,
  );
  console.log(row('', 'documents', 'MB', 'seconds', 'documents/s', 'MB/s', 'peak MB'));
  for (const [name, result] of [
    ['parsing alone', parse],
    ['ingest', first],
    ['ingest again, unchanged', again],
    [`ingest, ${FEW} times the files`, few],
    [`ingest, ${MANY} times the files`, many],
  ]) {
    const { documents, bytes, seconds, peakMb } = result;
    const megabytes = bytes / 1e6;
    console.log(
      row(
        name,
        documents,
        megabytes.toFixed(2),
        seconds.toFixed(2),
        (documents / seconds).toFixed(0),
        (megabytes / seconds).toFixed(2),
        peakMb.toFixed(0),
      ),
    );
  }
  aim('ingest / parsing alone', parse.seconds / first.seconds, (ratio) => ratio >= 0.7, '>= 0.7');
  aim('first ingest / unchanged', first.seconds / again.seconds, (ratio) => ratio >= 10, '>= 10');
  aim(
    `peak memory, ${MANY} / ${FEW} times the files`,
    many.peakMb / few.peakMb,
    (ratio) => ratio <= 1.25,
    '<= 1.25',
  );
}

/** Copies that differ in their bytes: equal contents would share their stored trees. */
async function copyApart(corpus, target, copies) {
  for (let copy = 1; copy <= copies; copy += 1)
    await cp(corpus, join(target, String(copy)), { recursive: true });
  for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:md|markdown|mdx)$/i.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    await appendFile(file, `\n<!-- ${file.slice(target.length)} -->\n`);
  }
}

function median(results) {
  return results.toSorted((a, b) => a.seconds - b.seconds)[results.length >> 1];
}

function row(name, ...cells) {
  return name.padEnd(28) + cells.map((cell) => String(cell).padStart(12)).join('');
}

function aim(name, ratio, isMet, wanted) {
  console.log(
    `${name.padEnd(36)}${ratio.toFixed(2).padStart(8)}   aim ${wanted}: ${isMet(ratio) ? 'met' : 'MISSED'}`,
  );
}
