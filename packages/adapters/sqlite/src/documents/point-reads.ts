import type { Document, DocumentPath } from '@markitect/domain';
import type { SqlReader } from '../engine/sql-executor.js';
import { documentColumns, type DocumentJsonRow, documentOf } from './document-json.js';

interface Waiting {
  readonly promise: Promise<Document | undefined>;
  readonly resolve: (document: Document | undefined) => void;
  readonly reject: (error: unknown) => void;
}

const oneQuery = `SELECT ${documentColumns} FROM documents WHERE path = ?`;
const manyQuery = `SELECT path, ${documentColumns}
  FROM documents WHERE path IN (SELECT value FROM json_each(?))`;

/** Paths read by one statement: the bound of what waits in memory at once. */
const MAX_BATCH = 128;

/** Statements under way at once: one is read by SQLite while the answer of another is unpacked. */
const MAX_IN_FLIGHT = 2;

/**
 * Reads single documents. A read that comes while nothing is under way goes out at once; those that come while
 * others are under way are gathered and go out together, which costs little more than one alone. No read joins a
 * statement that has already been sent, so every read sees what was committed before it was asked for.
 */
export class PointReads {
  readonly #readers: () => SqlReader;
  #waiting = new Map<DocumentPath, Waiting>();
  #inFlight = 0;
  #isScheduled = false;

  constructor(readers: () => SqlReader) {
    this.#readers = readers;
  }

  get(path: DocumentPath): Promise<Document | undefined> {
    const same = this.#waiting.get(path);
    // Everyone gets an object of their own, as from a read of their own.
    if (same !== undefined) return same.promise.then((document) => structuredClone(document));
    const { promise, resolve, reject } = withResolvers<Document | undefined>();
    this.#waiting.set(path, { promise, resolve, reject });
    this.#schedule();
    return promise;
  }

  /** Sends at the end of the turn: callers that were woken together ask together. */
  #schedule(): void {
    if (this.#isScheduled || this.#inFlight >= MAX_IN_FLIGHT) return;
    this.#isScheduled = true;
    process.nextTick(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    while (this.#waiting.size > 0 && this.#inFlight < MAX_IN_FLIGHT) {
      const batch = this.#takeBatch();
      this.#inFlight += 1;
      void this.#read(batch)
        .catch((error: unknown) => {
          for (const each of batch.values()) each.reject(error);
        })
        .finally(() => {
          this.#inFlight -= 1;
          if (this.#waiting.size > 0) this.#schedule();
        });
    }
  }

  #takeBatch(): ReadonlyMap<DocumentPath, Waiting> {
    const free = MAX_IN_FLIGHT - this.#inFlight;
    const size = Math.min(MAX_BATCH, Math.ceil(this.#waiting.size / free));
    if (size >= this.#waiting.size) {
      const all = this.#waiting;
      this.#waiting = new Map();
      return all;
    }
    const batch = new Map([...this.#waiting].slice(0, size));
    for (const path of batch.keys()) this.#waiting.delete(path);
    return batch;
  }

  async #read(batch: ReadonlyMap<DocumentPath, Waiting>): Promise<void> {
    const [only] = batch;
    if (only !== undefined && batch.size === 1) {
      only[1].resolve(await readDocument(this.#readers(), only[0]));
      return;
    }
    const found = await readDocuments(this.#readers(), [...batch.keys()]);
    for (const [path, waiting] of batch) waiting.resolve(found.get(path));
  }
}

/** The document at a path, or `undefined`. */
export async function readDocument(reader: SqlReader, path: DocumentPath): Promise<Document | undefined> {
  const [row] = await reader.all<DocumentJsonRow>(oneQuery, [path]);
  return row && documentOf(row);
}

/** Those of the documents at these paths that there are. */
export async function readDocuments(
  reader: SqlReader,
  paths: readonly DocumentPath[],
): Promise<ReadonlyMap<DocumentPath, Document>> {
  const rows = await reader.all<DocumentJsonRow & { path: DocumentPath }>(manyQuery, [JSON.stringify(paths)]);
  return new Map(rows.map((row) => [row.path, documentOf(row)]));
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
