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
import type { SqlExecutor } from '../engine/sql-executor.js';
import { streamPages } from '../engine/stream-pages.js';
import {
  documentFingerprints,
  knownDocumentHashes,
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

/** The documents as a transaction sees and changes them. For one call at a time. */
export class TransactionDocumentRepository implements DocumentRepository {
  readonly #executor: SqlExecutor;

  constructor(executor: SqlExecutor) {
    this.#executor = executor;
  }

  get(path: DocumentPath): Promise<Document | undefined> {
    return readDocument(this.#executor, path);
  }

  async getMany(paths: readonly DocumentPath[]): Promise<readonly (Document | undefined)[]> {
    const found = await readDocuments(this.#executor, paths);
    return paths.map((path) => found.get(path));
  }

  list(query: DocumentQuery): Promise<Page<DocumentSummary>> {
    return listDocuments(this.#executor, query);
  }

  /** Page by page, through `list`: each is an operation of the transaction by itself. */
  stream(query: Omit<DocumentQuery, keyof PageRequest>): AsyncIterable<DocumentSummary> {
    return streamPages((page) => this.list({ ...query, ...page }), false);
  }

  search(search: DocumentSearch): Promise<Page<SearchHit>> {
    return searchDocuments(this.#executor, search);
  }

  links(path: DocumentPath): Promise<DocumentLinks | undefined> {
    return documentLinks(this.#executor, path);
  }

  fingerprints(paths: readonly DocumentPath[]): Promise<readonly DocumentFingerprint[]> {
    return documentFingerprints(this.#executor, paths);
  }

  listBySource(root: string, page: PageRequest): Promise<Page<DocumentFingerprint>> {
    return listDocumentsBySource(this.#executor, root, page);
  }

  async save(draft: DocumentDraft, expected?: Precondition): Promise<SaveResult> {
    return (await this.#write({ kind: 'save', draft, expected })) as SaveResult;
  }

  async saveMany(drafts: readonly DocumentDraft[]): Promise<readonly SaveResult[]> {
    requireDifferentPaths(drafts);
    return drafts.length === 0 ? [] : saveDocuments(this.#executor, drafts);
  }

  async remove(path: DocumentPath, expected?: Precondition): Promise<boolean> {
    return (await this.#write({ kind: 'remove', path, expected })) === 'removed';
  }

  async removeMany(paths: readonly DocumentPath[]): Promise<number> {
    return paths.length === 0 ? 0 : removeDocumentsAt(this.#executor, paths);
  }

  knownHashes(hashes: readonly ContentHash[]): Promise<ReadonlySet<ContentHash>> {
    return knownDocumentHashes(this.#executor, hashes);
  }

  async #write(request: WriteRequest): Promise<WriteResult> {
    const [outcome] = await writeGroup(this.#executor, [request]);
    if (outcome === undefined || 'error' in outcome) throw outcome?.error;
    return outcome.value;
  }
}
