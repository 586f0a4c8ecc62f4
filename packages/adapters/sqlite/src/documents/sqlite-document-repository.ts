import {
  type ContentHash,
  type Document,
  type DocumentDraft,
  type DocumentLinks,
  type DocumentPath,
  type DocumentSummary,
  type Page,
  type PageRequest,
  type Precondition,
  type SearchHit,
} from '@markitect/domain';
import type {
  DocumentFingerprint,
  DocumentQuery,
  DocumentRepository,
  DocumentSearch,
  SaveResult,
} from '@markitect/ports';
import { CommitInvalidations } from '../cache/commit-invalidations.js';
import type { LogState } from '../cache/invalidation-rows.js';
import { GroupCommit, type Outcome } from '../engine/group-commit.js';
import { PointReads } from '../engine/point-reads.js';
import type { SqliteTransaction } from '../engine/sqlite-writer.js';
import { streamPages } from '../engine/stream-pages.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import {
  documentFingerprints,
  knownDocumentHashes,
  pathOf,
  removeDocumentsAt,
  requireDifferentPaths,
  saveDocuments,
  writeGroup,
  type WriteRequest,
  type WriteResult,
} from './document-changes.js';
import { documentLinks } from './document-links.js';
import { listDocuments, listDocumentsBySource } from './document-pages.js';
import { searchDocuments } from './document-search.js';
import { readDocument, readDocuments } from './document-reads.js';

/** How a {@link SqliteDocumentRepository} works. */
export interface SqliteDocumentOptions {
  /** Tags of caches that each change invalidates, in its commit and for every process. Default: none. */
  readonly invalidates?: readonly string[];
}

/** A write that is committed. */
interface Committed {
  readonly result: WriteResult;
  /** What is still to be announced. */
  readonly log: LogState | undefined;
}

/**
 * The documents in a SQLite database. Single reads that come together are read together, single writes that wait
 * together are committed together; a statement never depends on how many documents there are, but for the filter
 * by front matter and the ranking of a search. Errors as the port says; the connection must be open.
 */
export class SqliteDocumentRepository implements DocumentRepository {
  readonly #connection: SqliteConnection;
  readonly #pointReads: PointReads<DocumentPath, Document>;
  readonly #writes: GroupCommit<WriteRequest, Committed>;
  readonly #invalidations: CommitInvalidations;

  constructor(connection: SqliteConnection, { invalidates = [] }: SqliteDocumentOptions = {}) {
    this.#connection = connection;
    this.#pointReads = new PointReads(() => connection.readers(), { one: readDocument, many: readDocuments });
    this.#invalidations = new CommitInvalidations(connection, invalidates);
    this.#writes = new GroupCommit(() => connection.writer(), {
      keyOf: pathOf,
      weightOf: (request) => (request.kind === 'save' ? request.draft.bytes : 0),
      maxRequests: 256,
      maxWeight: 16 * 1024 * 1024,
      write: (transaction, requests) => this.#writeGroup(transaction, requests),
    });
  }

  get(path: DocumentPath): Promise<Document | undefined> {
    return this.#pointReads.get(path);
  }

  async getMany(paths: readonly DocumentPath[]): Promise<readonly (Document | undefined)[]> {
    const found = await readDocuments(this.#connection.readers(), paths);
    return paths.map((path) => found.get(path));
  }

  async list(query: DocumentQuery): Promise<Page<DocumentSummary>> {
    return listDocuments(this.#connection.readers(), query);
  }

  stream(query: Omit<DocumentQuery, keyof PageRequest>): AsyncIterable<DocumentSummary> {
    return streamPages((page) => this.list({ ...query, ...page }), true);
  }

  async search(search: DocumentSearch): Promise<Page<SearchHit>> {
    return searchDocuments(this.#connection.readers(), search);
  }

  async links(path: DocumentPath): Promise<DocumentLinks | undefined> {
    return this.#connection.readers().snapshot((handle) => documentLinks(handle, path));
  }

  async fingerprints(paths: readonly DocumentPath[]): Promise<readonly DocumentFingerprint[]> {
    return documentFingerprints(this.#connection.readers(), paths);
  }

  async listBySource(root: string, page: PageRequest): Promise<Page<DocumentFingerprint>> {
    return listDocumentsBySource(this.#connection.readers(), root, page);
  }

  async save(draft: DocumentDraft, expected?: Precondition): Promise<SaveResult> {
    this.#connection.refuseInsideUnitOfWork('DocumentRepository.save');
    return (await this.#write({ kind: 'save', draft, expected })) as SaveResult;
  }

  async saveMany(drafts: readonly DocumentDraft[]): Promise<readonly SaveResult[]> {
    this.#connection.refuseInsideUnitOfWork('DocumentRepository.saveMany');
    requireDifferentPaths(drafts);
    if (drafts.length === 0) return [];
    return this.#inTransaction((transaction) => saveDocuments(transaction, drafts));
  }

  async remove(path: DocumentPath, expected?: Precondition): Promise<boolean> {
    this.#connection.refuseInsideUnitOfWork('DocumentRepository.remove');
    return (await this.#write({ kind: 'remove', path, expected })) === 'removed';
  }

  async removeMany(paths: readonly DocumentPath[]): Promise<number> {
    this.#connection.refuseInsideUnitOfWork('DocumentRepository.removeMany');
    if (paths.length === 0) return 0;
    return this.#inTransaction((transaction) => removeDocumentsAt(transaction, paths));
  }

  async knownHashes(hashes: readonly ContentHash[]): Promise<ReadonlySet<ContentHash>> {
    return knownDocumentHashes(this.#connection.readers(), hashes);
  }

  async #write(request: WriteRequest): Promise<WriteResult> {
    const { result, log } = await this.#writes.submit(request);
    await this.#invalidations.announce(log);
    return result;
  }

  async #inTransaction<T>(work: (transaction: SqliteTransaction) => Promise<T>): Promise<T> {
    const writer = await this.#connection.writer();
    const { result, log } = await writer.transaction(async (transaction) => ({
      result: await work(transaction),
      log: await this.#invalidations.add(transaction),
    }));
    await this.#invalidations.announce(log);
    return result;
  }

  async #writeGroup(
    transaction: SqliteTransaction,
    requests: readonly WriteRequest[],
  ): Promise<Outcome<Committed>[]> {
    const outcomes = await writeGroup(transaction, requests);
    const log = outcomes.some(hasChanged) ? await this.#invalidations.add(transaction) : undefined;
    return outcomes.map((outcome) =>
      'error' in outcome
        ? outcome
        : { value: { result: outcome.value, log: hasChanged(outcome) ? log : undefined } },
    );
  }
}

function hasChanged(outcome: Outcome<WriteResult>): boolean {
  if ('error' in outcome || outcome.value === undefined) return false;
  return outcome.value === 'removed' || outcome.value.outcome !== 'unchanged';
}
