import { Conflict, type DocumentDraft, isMarkitectError, type Timestamp } from '@markitect/domain';
import type { DocumentFingerprint, DocumentRepository, SaveResult, SourceFile } from '@markitect/ports';
import { draftDocument } from './document-draft.js';
import type { IngestOptions, IngestPorts } from './ingest-service.js';
import type { Tally } from './ingest-tally.js';
import { decodeMarkdown, hashBytes, type MarkdownText } from './markdown-text.js';

interface BatchContext extends IngestPorts, IngestOptions {
  readonly overwrite: boolean;
  readonly allowedRoots: readonly string[] | undefined;
  readonly savedAt: Timestamp;
  /** The document paths of this run that no second file may claim. */
  readonly claimed: Set<string>;
  /** Whether inputs may lead to one path, so that a claim holds to the end of the run and not of the batch. */
  readonly keepClaims: boolean;
  readonly tally: Tally;
  /** Gives up a batch that is not being stored yet. */
  readonly signal: AbortSignal | undefined;
}

interface ReadFile extends SourceFile {
  readonly content: Uint8Array;
  readonly hash: MarkdownText['hash'];
}

interface DraftedFile extends ReadFile {
  readonly draft: DocumentDraft;
}

/** What a file may do to the document at its path: nothing is left to do, replace it, or it belongs to `holder`. */
type Verdict = 'same' | 'replace' | { readonly holder: string };

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
    const { claimed, keepClaims, tally } = this.#context;
    const files = this.#files.filter((file) => this.#claim(file));
    try {
      const read = await this.#each(files, (file) => this.#read(file));
      const changed = await this.#changed(read);
      const drafted = await this.#each(changed, (file) => this.#draft(file));
      if (!this.#isGivenUp && drafted.length > 0) await this.#store(drafted);
    } finally {
      if (!keepClaims) for (const file of files) claimed.delete(file.path);
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
    const error = new Conflict(
      'DOCUMENT_PATH_AMBIGUOUS',
      `the document path ${file.path} is already that of another file of this run`,
      { details: { path: file.path } },
    );
    tally.fail({ source: file.source, error });
    return false;
  }

  async #read(file: SourceFile): Promise<ReadFile> {
    const { source, maxBytes, allowedRoots, tally } = this.#context;
    const content = await source.read(file.source, maxBytes, allowedRoots);
    tally.bytes += content.byteLength;
    return { ...file, content, hash: hashBytes(content) };
  }

  /** The files worth parsing: those that differ from what is stored now and may replace it. */
  async #changed(files: readonly ReadFile[]): Promise<readonly ReadFile[]> {
    const { documents, trees, tally } = this.#context;
    const verdicts = await this.#judge(documents, files);
    const same = files.filter((file) => verdicts.get(file) === 'same');
    // A document whose tree was lost is parsed again, which puts the tree back.
    const withTree = await trees.stored(same.map((file) => file.hash));
    return files.filter((file) => {
      if (verdicts.get(file) === 'same' && withTree.has(file.hash)) {
        tally.unchanged += 1;
        return false;
      }
      return this.#admit(file, verdicts.get(file));
    });
  }

  async #draft(file: ReadFile): Promise<DraftedFile> {
    const { parser, trees, savedAt } = this.#context;
    const text = decodeMarkdown(file.content, file.hash);
    const parsed = await parser.parse(text.content);
    await trees.put(text.hash, parsed.tree);
    return { ...file, draft: draftDocument({ path: file.path, text, parsed, source: file.source, savedAt }) };
  }

  /**
   * Stores the drafts in one commit. While they were parsed somebody may have written their documents, so they are
   * judged again within the transaction: an edit acknowledged in the meantime is never overwritten.
   */
  async #store(files: readonly DraftedFile[]): Promise<void> {
    const { unitOfWork, tally } = this.#context;
    let verdicts = new Map<SourceFile, Verdict>();
    const saved = await unitOfWork.run(async ({ documents }): Promise<readonly SaveResult[]> => {
      verdicts = await this.#judge(documents, files);
      const admitted = files.filter((file) => isAdmitted(verdicts.get(file)));
      return documents.saveMany(admitted.map((file) => file.draft));
    });
    for (const file of files) this.#admit(file, verdicts.get(file));
    for (const { outcome } of saved) tally[outcome] += 1;
  }

  async #judge(
    documents: Pick<DocumentRepository, 'fingerprints'>,
    files: readonly ReadFile[],
  ): Promise<Map<SourceFile, Verdict>> {
    const { source, overwrite } = this.#context;
    const stored = new Map<string, DocumentFingerprint>();
    for (const found of await documents.fingerprints(files.map((file) => file.path)))
      stored.set(found.path, found);
    const others = files.flatMap((file) => {
      const holder = stored.get(file.path)?.source;
      return holder === undefined || holder === file.source ? [] : [holder];
    });
    const gone = others.length > 0 ? new Set(await source.missing(others)) : new Set<string>();

    return new Map(
      files.map((file): [SourceFile, Verdict] => {
        const found = stored.get(file.path);
        if (found === undefined) return [file, 'replace'];
        if (found.source === file.source) return [file, found.hash === file.hash ? 'same' : 'replace'];
        const yields = found.source === undefined ? found.hash === file.hash : gone.has(found.source);
        if (overwrite || yields) return [file, 'replace'];
        return [file, { holder: found.source ?? 'an edit made through the API' }];
      }),
    );
  }

  /** Whether a verdict lets the file go on; one that does not is a failure of the file. */
  #admit(file: SourceFile, verdict: Verdict | undefined): boolean {
    if (verdict === undefined || typeof verdict === 'string') return true;
    const { holder } = verdict;
    const error = new Conflict(
      'DOCUMENT_SOURCE_CONFLICT',
      `the document path ${file.path} is already held by ${holder}`,
      { details: { path: file.path, holder } },
    );
    this.#context.tally.fail({ source: file.source, error });
    return false;
  }
}

function isAdmitted(verdict: Verdict | undefined): boolean {
  return typeof verdict === 'string';
}

/** Whether an error speaks of one file and not of a store that has failed. */
function isFileFault(kind: string): boolean {
  return kind === 'Invalid' || kind === 'Forbidden' || kind === 'NotFound' || kind === 'Conflict';
}
