import { isMarkitectError, type Timestamp } from '@markitect/domain';
import type {
  AstStore,
  DocumentRepository,
  DocumentSource,
  MarkdownParser,
  SourceFailure,
  SourceFile,
  SourceRequest,
  UnitOfWork,
} from '@markitect/ports';
import { IngestBatch } from './ingest-batch.js';
import type { IngestReport, IngestRun } from './ingest-report.js';
import { Tally } from './ingest-tally.js';
import { pruneDocuments } from './prune-documents.js';

/** What to ingest, and how. */
export interface IngestRequest extends SourceRequest {
  /** Remove the documents below the inputs whose files are gone. */
  readonly prune?: boolean;
  /** Replace documents that another file, or the API, has written. */
  readonly overwrite?: boolean;
}

export interface IngestPorts {
  readonly documents: DocumentRepository;
  readonly parser: MarkdownParser;
  readonly trees: AstStore;
  readonly source: DocumentSource;
  readonly unitOfWork: UnitOfWork;
}

export interface IngestOptions {
  /** The most bytes a file may have. */
  readonly maxBytes: number;
  /** A batch, which is one commit, is closed when it holds this many documents … */
  readonly batchDocuments: number;
  /** … or this many bytes. */
  readonly batchBytes: number;
  readonly now?: () => Date;
}

/** Batches under way: one is read while one is parsed and one commits. */
const BATCHES_AT_ONCE = 3;

/** Takes Markdown files into the store. */
export class IngestService {
  readonly #ports: IngestPorts;
  readonly #options: Required<IngestOptions>;

  constructor(ports: IngestPorts, options: IngestOptions) {
    this.#ports = ports;
    this.#options = { now: () => new Date(), ...options };
  }

  /**
   * Reads the files of a request and stores those that are new or changed, a batch to a commit. A file that cannot
   * be read or parsed is reported and the others go in. Memory does not grow with the number of files.
   *
   * Throws, having stored nothing, what `DocumentSource.resolve` throws for the inputs; and Unavailable, Timeout or
   * Corrupt when a store fails: batches committed before stay.
   */
  async ingest(request: IngestRequest, run: IngestRun = {}): Promise<IngestReport> {
    const started = performance.now();
    const { roots } = await this.#ports.source.resolve(request);
    const tally = new Tally(run);
    await Promise.all([
      this.#ingestAll(request, tally, run.signal),
      run.onProgress === undefined ? undefined : this.#count(request, tally, run.signal),
    ]);
    const interrupted = run.signal?.aborted ?? false;
    if (request.prune === true && !interrupted) await pruneDocuments(this.#ports, roots, tally);
    return tally.report((performance.now() - started) / 1000, interrupted);
  }

  async #ingestAll(request: IngestRequest, tally: Tally, signal: AbortSignal | undefined): Promise<void> {
    const claimed = new Set<string>();
    const savedAt: Timestamp = this.#options.now().toISOString();
    const overwrite = request.overwrite ?? false;
    const open = () =>
      new IngestBatch({
        ...this.#ports,
        ...this.#options,
        overwrite,
        allowedRoots: request.allowedRoots,
        savedAt,
        claimed,
        // Files of one input have paths of their own; only inputs can collide with each other.
        keepClaims: request.inputs.length > 1,
        tally,
        signal,
      });

    const running = new Set<Promise<void>>();
    let failure: { readonly error: unknown } | undefined;
    const start = async (batch: IngestBatch) => {
      while (running.size >= BATCHES_AT_ONCE) await Promise.race(running);
      const done: Promise<void> = batch
        .run()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => running.delete(done));
      running.add(done);
    };

    let batch = open();
    for await (const entry of this.#ports.source.walk(request)) {
      if (signal?.aborted === true || failure !== undefined) break;
      if (isFailure(entry)) {
        tally.fail(entry);
        continue;
      }
      batch.add(entry);
      if (batch.isFull) {
        await start(batch);
        batch = open();
      }
    }
    if (failure === undefined && signal?.aborted !== true) await start(batch);
    // Even after a failure: the other batches still hold connections.
    await Promise.all(running);
    if (failure !== undefined) throw failure.error;
  }

  /** Counts ahead of the work. Only an estimate for the display, so that its failures do not matter. */
  async #count(request: IngestRequest, tally: Tally, signal: AbortSignal | undefined): Promise<void> {
    let files = 0;
    let bytes = 0;
    try {
      for await (const entry of this.#ports.source.walk(request)) {
        if (signal?.aborted === true) return;
        files += 1;
        if (!isFailure(entry)) bytes += entry.bytes;
      }
      tally.expect(files, bytes);
    } catch (error) {
      if (!isMarkitectError(error)) throw error;
    }
  }
}

function isFailure(entry: SourceFile | SourceFailure): entry is SourceFailure {
  return 'error' in entry;
}
