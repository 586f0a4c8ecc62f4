import { Conflict, type DocumentDraft, isMarkitectError, type Timestamp } from '@markitect/domain';
import type { DocumentFingerprint, SourceFile } from '@markitect/ports';
import { draftDocument } from './document-draft.js';
import type { IngestOptions, IngestPorts } from './ingest-service.js';
import type { Tally } from './ingest-tally.js';
import { decodeMarkdown, hashBytes, type MarkdownText } from './markdown-text.js';

interface BatchContext extends IngestPorts, IngestOptions {
  readonly overwrite: boolean;
  readonly savedAt: Timestamp;
  /** The document paths of the batches under way: a second file for one of them is a conflict. */
  readonly claimed: Set<string>;
  readonly tally: Tally;
  /** Gives up a batch that is not being stored yet. */
  readonly signal: AbortSignal | undefined;
}

interface ReadFile extends SourceFile {
  readonly content: Uint8Array;
  readonly hash: MarkdownText['hash'];
}

/** Files that are stored in one commit. */
export class IngestBatch {
  readonly #context: BatchContext;
  readonly #files: SourceFile[] = [];
  #bytes = 0;

  constructor(context: BatchContext) {
    this.#context = context;
  }

  add(file: SourceFile): void {
    this.#files.push(file);
    this.#bytes += file.bytes;
  }

  get isFull(): boolean {
    return this.#files.length >= this.#context.batchDocuments || this.#bytes >= this.#context.batchBytes;
  }

  /** Reads, compares, parses and stores. Failures of single files go to the tally; those of a store are thrown. */
  async run(): Promise<void> {
    const { claimed, tally } = this.#context;
    const files = this.#files.filter((file) => this.#claim(file));
    try {
      const read = await this.#each(files, (file) => this.#read(file));
      const changed = await this.#changed(read);
      const drafts = await this.#each(changed, (file) => this.#draft(file));
      if (this.#isGivenUp) return;
      const saved = drafts.length > 0 ? await this.#context.documents.saveMany(drafts) : [];
      for (const { outcome } of saved) tally[outcome] += 1;
    } finally {
      for (const file of files) claimed.delete(file.path);
    }
    tally.progress();
  }

  get #isGivenUp(): boolean {
    return this.#context.signal?.aborted ?? false;
  }

  /** Runs a step for each file; a coded error of the caller's kind takes the file out, any other ends the batch. */
  async #each<T extends SourceFile, R>(
    files: readonly T[],
    step: (file: T) => Promise<R>,
  ): Promise<readonly R[]> {
    const results = await Promise.all(
      files.map(async (file) => {
        if (this.#isGivenUp) return [];
        try {
          return [await step(file)];
        } catch (error) {
          if (!isMarkitectError(error) || !isFileFault(error.kind)) throw error;
          this.#context.tally.fail({ source: file.source, error });
          return [];
        }
      }),
    );
    return results.flat();
  }

  #claim(file: SourceFile): boolean {
    const { claimed, tally } = this.#context;
    if (!claimed.has(file.path)) {
      claimed.add(file.path);
      return true;
    }
    tally.fail({ source: file.source, error: sourceConflict(file, 'another file of this run') });
    return false;
  }

  async #read(file: SourceFile): Promise<ReadFile> {
    const content = await this.#context.source.read(file.source, this.#context.maxBytes);
    this.#context.tally.bytes += content.byteLength;
    return { ...file, content, hash: hashBytes(content) };
  }

  /** The files that differ from what is stored and may replace it. */
  async #changed(files: readonly ReadFile[]): Promise<readonly ReadFile[]> {
    const { documents, source, trees, tally, overwrite } = this.#context;
    const stored = new Map<string, DocumentFingerprint>();
    for (const found of await documents.fingerprints(files.map((file) => file.path)))
      stored.set(found.path, found);
    const same = (file: ReadFile) => {
      const found = stored.get(file.path);
      return found?.hash === file.hash && found.source === file.source;
    };
    const withTree = await trees.stored(files.filter(same).map((file) => file.hash));
    const otherSources = files.flatMap((file) => stored.get(file.path)?.source ?? []);
    const gone = new Set(await source.missing(otherSources));

    return files.filter((file) => {
      const found = stored.get(file.path);
      // A document whose tree was lost is parsed again, which puts the tree back.
      if (same(file)) {
        const whole = withTree.has(file.hash);
        if (whole) tally.unchanged += 1;
        return !whole;
      }
      if (found === undefined || overwrite || found.source === file.source) return true;
      if (found.source === undefined ? found.hash === file.hash : gone.has(found.source)) return true;
      tally.fail({
        source: file.source,
        error: sourceConflict(file, found.source ?? 'an edit made through the API'),
      });
      return false;
    });
  }

  async #draft(file: ReadFile): Promise<DocumentDraft> {
    const { parser, trees, savedAt } = this.#context;
    const text = decodeMarkdown(file.content, file.hash);
    const parsed = await parser.parse(text.content);
    await trees.put(text.hash, parsed.tree);
    return draftDocument({ path: file.path, text, parsed, source: file.source, savedAt });
  }
}

/** Whether an error speaks of one file and not of a store that has failed. */
function isFileFault(kind: string): boolean {
  return kind === 'Invalid' || kind === 'Forbidden' || kind === 'NotFound' || kind === 'Conflict';
}

function sourceConflict(file: SourceFile, holder: string): Conflict {
  return new Conflict(
    'DOCUMENT_SOURCE_CONFLICT',
    `the document path ${file.path} is already held by ${holder}`,
    {
      details: { path: file.path, holder },
    },
  );
}
