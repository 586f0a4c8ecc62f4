import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FsAstStore } from '@markitect/adapter-fs';
import { WorkerMarkdownParser } from '@markitect/adapter-markdown';
import { SqliteConnection, SqliteDocumentRepository } from '@markitect/adapter-sqlite';
import { parseSearchQuery } from '@markitect/domain';
import { root } from '../bootstrap.mjs';
import { seeded } from './random.mjs';

const FILES = 300;

/** Small batches, so that many commits lie between the start and the end of a run. */
const SMALL_BATCHES = { MARKITECT_INGEST_BATCH_DOCUMENTS: '4' };
const command = join(root, 'apps/cli/dist/main.js');

/**
 * Ingests a folder again and again, each time after changing a share of its files, and kills the process (SIGKILL)
 * at a random moment. After every kill: the database is sound, and each stored document is whole: its row, its
 * search index and its tree speak of one and the same text, which the file has had. At the end one undisturbed
 * ingest completes the rest.
 */
export async function crash({ runs, seed }) {
  console.log(`crash ingest: ${runs} kills, seed ${seed}`);
  const random = seeded(seed);
  const work = mkdtempSync(join(tmpdir(), 'markitect-crash-'));
  const corpus = new Corpus(join(work, 'corpus'), random);
  const dataDir = join(work, 'data');
  try {
    // How long an ingest takes here tells between which moments to kill.
    const calibration = await ingest(work, join(work, 'calibration'));
    let midway = 0;
    for (let run = 1; run <= runs; run += 1) {
      corpus.change();
      const { killed } = await ingest(work, dataDir, (0.3 + random() * 0.8) * calibration.ms);
      const stored = await checkWhole(dataDir, corpus);
      const stale = FILES - corpus.upToDate(stored);
      if (killed && stale > 0 && stale < FILES) midway += 1;
    }
    const last = await ingest(work, dataDir);
    if (last.code !== 0) throw new Error(`the last ingest ended with ${last.code}: ${last.output}`);
    const stored = await checkWhole(dataDir, corpus);
    if (corpus.upToDate(stored) !== FILES) throw new Error('the last ingest did not complete the rest');
    console.log(
      `${runs} kills, ${midway} of them with a part stored: every document whole, the rest completed`,
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Files whose every version is remembered by its hash, each version with a word of its own. */
class Corpus {
  #folder;
  #random;
  #files = Array.from({ length: FILES }, (_, index) => ({
    path: `corpus/part-${index % 7}/f${index}.md`,
    versions: new Map(),
    hash: '',
  }));

  constructor(folder, random) {
    this.#folder = folder;
    this.#random = random;
    for (let part = 0; part < 7; part += 1) mkdirSync(join(folder, `part-${part}`), { recursive: true });
    for (const file of this.#files) this.#write(file);
  }

  change() {
    for (const file of this.#files) if (this.#random() < 0.5) this.#write(file);
  }

  get paths() {
    return this.#files.map((file) => file.path);
  }

  /** The word that only this version of the file contains; undefined: the file never had this text. */
  wordOf(path, hash) {
    return this.#files.find((file) => file.path === path)?.versions.get(hash);
  }

  upToDate(stored) {
    return this.#files.filter((file) => stored.get(file.path) === file.hash).length;
  }

  #write(file) {
    const word = `w${Math.floor(this.#random() * 2 ** 48).toString(36)}`;
    const paragraphs = Array.from(
      { length: 1 + Math.floor(this.#random() * 60) },
      (_, n) => `Paragraph ${n} of *${word}*, with a [link](f${n}.md).`,
    );
    const text = `---\ntags: [crash]\n---\n# ${word}\n\n${paragraphs.join('\n\n')}\n`;
    file.hash = createHash('sha256').update(text).digest('hex');
    file.versions.set(file.hash, word);
    writeFileSync(join(this.#folder, '..', file.path), text);
  }
}

/** Runs one ingest; kills it after so many milliseconds where a number is given. */
async function ingest(cwd, dataDir, killAfter) {
  const started = performance.now();
  const child = spawn(process.execPath, [command, 'ingest', 'corpus', '--data-dir', dataDir, '--json'], {
    cwd,
    env: { ...process.env, ...SMALL_BATCHES },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  if (killAfter !== undefined) {
    await Promise.race([sleep(killAfter), ended]);
    child.kill('SIGKILL');
  }
  const { code, signal } = await ended;
  return { code, killed: signal === 'SIGKILL', output, ms: performance.now() - started };
}

/** Throws unless the database is sound and every document in it whole. Answers the hash stored for each path. */
async function checkWhole(dataDir, corpus) {
  const connection = new SqliteConnection({ file: join(dataDir, 'markitect.db'), create: true });
  const parser = new WorkerMarkdownParser();
  try {
    await connection.open();
    await connection.migrate();
    await connection.integrityCheck();
    const documents = new SqliteDocumentRepository(connection);
    const trees = new FsAstStore({ root: join(dataDir, 'ast') });
    const stored = new Map();
    for (const document of await documents.getMany(corpus.paths)) {
      if (document === undefined) continue;
      const word = corpus.wordOf(document.path, document.hash);
      if (word === undefined) throw new Error(`${document.path} holds a text its file never had`);
      const hash = createHash('sha256').update(document.content).digest('hex');
      if (hash !== document.hash || document.title !== word)
        throw new Error(`${document.path}: row and text differ`);
      const hits = await documents.search({ terms: parseSearchQuery(word), limit: 2 });
      if (hits.items.length !== 1 || hits.items[0].path !== document.path)
        throw new Error(`${document.path}: the search index differs`);
      const tree = await trees.get(document.hash);
      if (tree === undefined) throw new Error(`${document.path}: its tree is missing or damaged`);
      const [heading] = await parser.select(tree, 'heading', 1);
      if (heading?.text !== word) throw new Error(`${document.path}: its tree is of another text`);
      stored.set(document.path, document.hash);
    }
    const { items } = await documents.search({ terms: parseSearchQuery('paragraph'), limit: 500 });
    if (items.length !== stored.size)
      throw new Error(`${items.length} documents in the search index, ${stored.size} rows`);
    return stored;
  } finally {
    await parser.close();
    await connection.close();
  }
}
