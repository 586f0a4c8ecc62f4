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
  requirePrecondition,
  type SearchHit,
} from '@markitect/domain';
import type {
  DocumentFingerprint,
  DocumentQuery,
  DocumentRepository,
  DocumentSearch,
  FileStore,
  SaveResult,
} from '@markitect/ports';

/**
 * Documents written straight to disk and database, one after the other, as tools do that know no unit of work: the
 * Markdown file at the path of the document, then its row. Nothing holds the two together: what fails or is killed in
 * between, and who writes the same document at the same time, leaves a file that the row does not say. A precondition
 * is looked at before the file is written, and once more with the row. Reads are those of the database; a document that
 * has the path of no file (`FileStore` says which) is refused. The state to come from, not the one to go to: use
 * `UnitOfWork` for that.
 */
export class LegacyDocumentRepository implements DocumentRepository {
  readonly #files: FileStore;
  readonly #documents: DocumentRepository;

  constructor(files: FileStore, documents: DocumentRepository) {
    this.#files = files;
    this.#documents = documents;
  }

  async save(draft: DocumentDraft, expected?: Precondition): Promise<SaveResult> {
    await this.#require(draft.path, expected);
    await this.#write(draft);
    return this.#documents.save(draft, expected);
  }

  /** File by file, then all rows. */
  async saveMany(drafts: readonly DocumentDraft[]): Promise<readonly SaveResult[]> {
    for (const draft of drafts) await this.#write(draft);
    return this.#documents.saveMany(drafts);
  }

  async remove(path: DocumentPath, expected?: Precondition): Promise<boolean> {
    await this.#require(path, expected);
    await this.#files.remove(path);
    return this.#documents.remove(path, expected);
  }

  /** File by file, then all rows. */
  async removeMany(paths: readonly DocumentPath[]): Promise<number> {
    for (const path of paths) await this.#files.remove(path);
    return this.#documents.removeMany(paths);
  }

  get(path: DocumentPath): Promise<Document | undefined> {
    return this.#documents.get(path);
  }

  getMany(paths: readonly DocumentPath[]): Promise<readonly (Document | undefined)[]> {
    return this.#documents.getMany(paths);
  }

  list(query: DocumentQuery): Promise<Page<DocumentSummary>> {
    return this.#documents.list(query);
  }

  stream(query: Omit<DocumentQuery, keyof PageRequest>): AsyncIterable<DocumentSummary> {
    return this.#documents.stream(query);
  }

  search(search: DocumentSearch): Promise<Page<SearchHit>> {
    return this.#documents.search(search);
  }

  links(path: DocumentPath): Promise<DocumentLinks | undefined> {
    return this.#documents.links(path);
  }

  fingerprints(paths: readonly DocumentPath[]): Promise<readonly DocumentFingerprint[]> {
    return this.#documents.fingerprints(paths);
  }

  listBySource(root: string, page: PageRequest): Promise<Page<DocumentFingerprint>> {
    return this.#documents.listBySource(root, page);
  }

  knownHashes(hashes: readonly ContentHash[]): Promise<ReadonlySet<ContentHash>> {
    return this.#documents.knownHashes(hashes);
  }

  async #require(path: DocumentPath, expected: Precondition | undefined): Promise<void> {
    if (expected !== undefined) requirePrecondition(path, expected, await this.#documents.get(path));
  }

  async #write({ path, content }: DocumentDraft): Promise<void> {
    await this.#files.write(path, Buffer.from(content));
  }
}
