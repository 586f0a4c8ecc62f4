import type {
  ContentHash,
  Document,
  DocumentDraft,
  DocumentLinks,
  DocumentPath,
  DocumentSummary,
  Page,
  PageRequest,
  Precondition,
  SearchHit,
  SearchTerm,
} from '@markitect/domain';
import { definePort } from '../port.js';

/** Which documents to list, and in what order. */
export interface DocumentQuery extends PageRequest {
  /** Only paths that begin with this text. */
  readonly prefix?: string;
  /** Only paths after this one, in the order of paths, whatever the sort. */
  readonly after?: DocumentPath;
  /** Only documents with this tag, case folded. */
  readonly tag?: string;
  /**
   * Only documents whose front matter has, for each field named, this value: texts, numbers and booleans are
   * compared as text; a list matches when one of its items does. Fields of nested mappings are named `a.b`, which
   * also names a field that is written with a dot.
   */
  readonly frontMatter?: Readonly<Record<string, string>>;
  /**
   * Default `path`. Texts are ordered by Unicode code point (the order of their UTF-8 bytes), equal values by path.
   */
  readonly sort?: DocumentSort;
  /** Default `asc`; `desc` is exactly its reverse, equal values included. */
  readonly order?: 'asc' | 'desc';
}

export const documentSorts = ['path', 'title', 'updatedAt', 'bytes'] as const;
export type DocumentSort = (typeof documentSorts)[number];

/** A full-text search. Results come best first: title counts most, then headings, then text. */
export interface DocumentSearch extends PageRequest {
  readonly terms: readonly SearchTerm[];
  /** Default `all`. `any`: at least one of those that are not excluded; the more, and the rarer, the better. */
  readonly match?: 'all' | 'any';
  readonly prefix?: string;
  readonly tag?: string;
}

/** What ingestion needs to know of a stored document to leave it alone. */
export interface DocumentFingerprint {
  readonly path: DocumentPath;
  readonly hash: ContentHash;
  readonly source?: string;
}

/** What a save did. */
export interface SaveResult {
  readonly path: DocumentPath;
  /**
   * `unchanged`: the hash was already stored, and the source too where the draft names one; nothing was written. A
   * draft without a source that does change the document takes its source away: it is no longer what the file says.
   */
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly revision: number;
  readonly hash: ContentHash;
}

/**
 * Stored documents with their search index and their links, which change together or not at all.
 *
 * Every promise of a write is settled only when the change is committed. Errors of all operations: Unavailable
 * `DATABASE_BUSY`, `DATABASE_UNAVAILABLE`; Corrupt `DATABASE_CORRUPT`.
 */
export interface DocumentRepository {
  /** The document at a path, or `undefined`. */
  get(path: DocumentPath): Promise<Document | undefined>;

  /** The documents at these paths, in the order asked for; `undefined` where there is none. */
  getMany(paths: readonly DocumentPath[]): Promise<readonly (Document | undefined)[]>;

  /** One page of documents. Cost does not grow with the depth of the page. Throws Invalid `CURSOR_INVALID`. */
  list(query: DocumentQuery): Promise<Page<DocumentSummary>>;

  /** All documents of a query, in the order of {@link list}, fetched as they are asked for. */
  stream(query: Omit<DocumentQuery, keyof PageRequest>): AsyncIterable<DocumentSummary>;

  /** One page of the documents that meet the terms. Throws Invalid `CURSOR_INVALID`. */
  search(search: DocumentSearch): Promise<Page<SearchHit>>;

  /** The links of a document and to it, judged against what is stored now; `undefined`: no such document. */
  links(path: DocumentPath): Promise<DocumentLinks | undefined>;

  /** Of these paths, those that are stored. In no particular order. */
  fingerprints(paths: readonly DocumentPath[]): Promise<readonly DocumentFingerprint[]>;

  /**
   * One page of the documents read from `root` itself or from files below it, by path. `root` is an absolute file
   * path without a closing separator.
   */
  listBySource(root: string, page: PageRequest): Promise<Page<DocumentFingerprint>>;

  /**
   * Stores a document, replacing the one at its path. Throws Conflict `DOCUMENT_CHANGED` when `expected` does not
   * hold. Saves that wait at the same time may share one commit; each keeps its own outcome.
   */
  save(draft: DocumentDraft, expected?: Precondition): Promise<SaveResult>;

  /**
   * Stores documents in one commit: all or none. Results in the order of the drafts. Throws Invalid
   * `REQUEST_INVALID`, and stores none, when two of them have one path.
   */
  saveMany(drafts: readonly DocumentDraft[]): Promise<readonly SaveResult[]>;

  /**
   * Removes a document. Answers whether there was one. Throws Conflict `DOCUMENT_CHANGED` when `expected` does not
   * hold.
   */
  remove(path: DocumentPath, expected?: Precondition): Promise<boolean>;

  /** Removes documents in one commit and answers how many there were. */
  removeMany(paths: readonly DocumentPath[]): Promise<number>;

  /** Of these hashes, those that some stored document has. */
  knownHashes(hashes: readonly ContentHash[]): Promise<ReadonlySet<ContentHash>>;
}

export const documentRepositoryPort = definePort<DocumentRepository>('DocumentRepository', {
  get: { kind: 'read', idempotent: true, key: (path) => path },
  getMany: { kind: 'read', idempotent: true },
  list: { kind: 'read', idempotent: true },
  stream: { kind: 'read', idempotent: true },
  search: { kind: 'read', idempotent: true },
  links: { kind: 'read', idempotent: true, key: (path) => path },
  fingerprints: { kind: 'read', idempotent: true },
  listBySource: { kind: 'read', idempotent: true },
  save: { kind: 'write', idempotent: true, key: (draft) => draft.path },
  saveMany: { kind: 'write', idempotent: true },
  remove: { kind: 'write', idempotent: true, key: (path) => path },
  removeMany: { kind: 'write', idempotent: true },
  knownHashes: { kind: 'read', idempotent: true },
});
