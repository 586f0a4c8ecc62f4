// One measurement in a process of its own, so that nothing is warm and the peak memory is its own.
// Arguments: parse|ingest, the corpus, the data folder, threads. Prints one line of JSON.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FsAstStore, FsDocumentSource } from '@markitect/adapter-fs';
import { WorkerMarkdownParser } from '@markitect/adapter-markdown';
import { SqliteConnection, SqliteDocumentRepository, SqliteUnitOfWork } from '@markitect/adapter-sqlite';
import { IngestService } from '@markitect/application';

const [mode, corpus, data, threadsText] = process.argv.slice(2);
const threads = Number(threadsText);
const request = { inputs: [corpus], base: corpus };
const source = new FsDocumentSource();

/** Parsing alone: the same parser on as many threads, each with the texts in its memory; the trees go nowhere. */
async function parseAlone() {
  const texts = [];
  for await (const file of source.walk(request)) texts.push(await readFile(file.source, 'utf8'));
  const next = new Int32Array(new SharedArrayBuffer(4));
  const parser = new URL('../../packages/adapters/markdown/dist/parse-markdown.js', import.meta.url).href;
  const entry = new URL('./parse-alone.worker.mjs', import.meta.url);
  const started = performance.now();
  const counts = await Promise.all(
    Array.from({ length: threads }, () => {
      const workerData = { texts, next, parser };
      const worker = new Worker(entry, { workerData, resourceLimits: { maxYoungGenerationSizeMb: 64 } });
      return new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { seconds, documents: counts.reduce((sum, count) => sum + count, 0), bytes };
}

/** Ingest as the command does it, with the defaults of the configuration. */
async function ingest() {
  await mkdir(data, { recursive: true });
  const connection = new SqliteConnection({ file: join(data, 'markitect.db') });
  await connection.open();
  await connection.migrate();
  const parser = new WorkerMarkdownParser({ threads });
  const service = new IngestService(
    {
      documents: new SqliteDocumentRepository(connection),
      trees: new FsAstStore({ root: join(data, 'ast') }),
      parser,
      source,
      unitOfWork: new SqliteUnitOfWork(connection, {}),
    },
    { maxBytes: 10 * 1024 * 1024, batchDocuments: 64, batchBytes: 1024 * 1024 },
  );
  const started = performance.now();
  const report = await service.ingest(request);
  const seconds = (performance.now() - started) / 1000;
  await parser.close();
  await connection.close();
  if (report.failed > 0) throw report.failures[0].error;
  const { created, updated, unchanged, bytes } = report;
  return { seconds, documents: created + updated + unchanged, bytes, created, unchanged };
}

const result = mode === 'parse' ? await parseAlone() : await ingest();
console.log(JSON.stringify({ ...result, peakMb: process.resourceUsage().maxRSS / 1024 }));
