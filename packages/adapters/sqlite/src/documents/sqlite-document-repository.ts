import {
  type ContentHash,
  type Document,
  type DocumentDraft,
  type DocumentLinks,
  type DocumentPath,
  type DocumentSummary,
  Invalid,
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
  SaveResult,
} from '@markitect/ports';
import { GroupCommit, type Outcome } from '../engine/group-commit.js';
import type { SqliteTransaction } from '../engine/sqlite-writer.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { documentLinks } from './document-links.js';
import {
  fingerprintOf,
  type FingerprintRow,
  listDocuments,
  listDocumentsBySource,
} from './document-pages.js';
import { searchDocuments } from './document-search.js';
import {
  type Change,
  isUnchanged,
  removeDocuments,
  saveResult,
  storedState,
  writeChanges,
} from './document-writes.js';
import { PointReads, readDocuments } from './point-reads.js';

/** A write that may share its commit with others. */
type WriteRequest =
  | { readonly kind: 'save'; readonly draft: DocumentDraft; readonly expected: Precondition | undefined }
  | { readonly kind: 'remove'; readonly path: DocumentPath; readonly expected: Precondition | undefined };

/** What became of it: `undefined` when there was nothing to remove. */
type WriteResult = SaveResult | 'removed' | undefined;

const pathOf = (request: WriteRequest): DocumentPath =>
  request.kind === 'save' ? request.draft.path : request.path;

/**
 * The documents in a SQLite database. Single reads that come together are read together, single writes that wait
 * together are committed together; a statement never depends on how many documents there are, but for the filter
 * by front matter and the ranking of a search. Errors as the port says; the connection must be open.
 */
export class SqliteDocumentRepository implements DocumentRepository {
  readonly #connection: SqliteConnection;
  readonly #pointReads: PointReads;
  readonly #writes: GroupCommit<WriteRequest, WriteResult>;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
    this.#pointReads = new PointReads(() => connection.readers());
    this.#writes = new GroupCommit(() => connection.writer(), {
      keyOf: pathOf,
      weightOf: (request) => (request.kind === 'save' ? request.draft.bytes : 0),
      maxRequests: 256,
      maxWeight: 16 * 1024 * 1024,
      write: writeGroup,
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

  async search(search: DocumentSearch): Promise<Page<SearchHit>> {
    return searchDocuments(this.#connection.readers(), search);
  }

  async links(path: DocumentPath): Promise<DocumentLinks | undefined> {
    return this.#connection.readers().snapshot((handle) => documentLinks(handle, path));
  }

  async fingerprints(paths: readonly DocumentPath[]): Promise<readonly DocumentFingerprint[]> {
    const rows = await this.#connection
      .readers()
      .all<FingerprintRow>(
        'SELECT path, hash, source FROM documents WHERE path IN (SELECT value FROM json_each(?))',
        [JSON.stringify(paths)],
      );
    return rows.map(fingerprintOf);
  }

  async listBySource(root: string, page: PageRequest): Promise<Page<DocumentFingerprint>> {
    return listDocumentsBySource(this.#connection.readers(), root, page);
  }

  async save(draft: DocumentDraft, expected?: Precondition): Promise<SaveResult> {
    return (await this.#writes.submit({ kind: 'save', draft, expected })) as SaveResult;
  }

  async saveMany(drafts: readonly DocumentDraft[]): Promise<readonly SaveResult[]> {
    const paths = drafts.map((draft) => draft.path);
    if (new Set(paths).size < paths.length) {
      throw new Invalid('REQUEST_INVALID', 'two of the documents to save have the same path', {
        details: { field: 'drafts' },
      });
    }
    if (drafts.length === 0) return [];
    const writer = await this.#connection.writer();
    return writer.transaction(async (transaction) => {
      const state = await storedState(transaction, paths);
      const all = drafts.map((draft): Change => ({ draft, stored: state.documents.get(draft.path) }));
      const changes = all.filter(({ draft, stored }) => !isUnchanged(draft, stored));
      await writeChanges(transaction, changes, state.lastId);
      return all.map(({ draft, stored }) => saveResult(draft, stored));
    });
  }

  async remove(path: DocumentPath, expected?: Precondition): Promise<boolean> {
    return (await this.#writes.submit({ kind: 'remove', path, expected })) === 'removed';
  }

  async removeMany(paths: readonly DocumentPath[]): Promise<number> {
    if (paths.length === 0) return 0;
    const writer = await this.#connection.writer();
    return writer.transaction(async (transaction) => {
      const { documents } = await storedState(transaction, paths);
      await removeDocuments(
        transaction,
        [...documents.values()].map(({ id }) => id),
      );
      return documents.size;
    });
  }

  async knownHashes(hashes: readonly ContentHash[]): Promise<ReadonlySet<ContentHash>> {
    const rows = await this.#connection
      .readers()
      .all<{ hash: ContentHash }>(
        'SELECT DISTINCT hash FROM documents WHERE hash IN (SELECT value FROM json_each(?))',
        [JSON.stringify(hashes)],
      );
    return new Set(rows.map(({ hash }) => hash));
  }
}

/** Writes requests for different paths, each of which may fail by its precondition without the others noticing. */
async function writeGroup(
  transaction: SqliteTransaction,
  requests: readonly WriteRequest[],
): Promise<Outcome<WriteResult>[]> {
  const state = await storedState(transaction, requests.map(pathOf));
  const changes: Change[] = [];
  const removed: number[] = [];
  const outcomes = requests.map((request): Outcome<WriteResult> => {
    const path = pathOf(request);
    const stored = state.documents.get(path);
    try {
      requirePrecondition(path, request.expected, stored);
    } catch (error) {
      return { error };
    }
    if (request.kind === 'save') {
      if (!isUnchanged(request.draft, stored)) changes.push({ draft: request.draft, stored });
      return { value: saveResult(request.draft, stored) };
    }
    if (stored === undefined) return { value: undefined };
    removed.push(stored.id);
    return { value: 'removed' };
  });
  await removeDocuments(transaction, removed);
  await writeChanges(transaction, changes, state.lastId);
  return outcomes;
}
