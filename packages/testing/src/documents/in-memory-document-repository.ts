import {
  type ContentHash,
  type Document,
  type DocumentDraft,
  type DocumentLinks,
  type DocumentPath,
  type DocumentSummary,
  Invalid,
  type JsonObject,
  type JsonValue,
  fragmentArrives,
  linkedPath,
  linkKey,
  type OutgoingLink,
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
import { streamOf } from '../unit-of-work/port-calls.js';
import { compareCodePoints, pageOf } from './in-memory-paging.js';
import { searchDocument } from './in-memory-search.js';

interface Stored {
  readonly draft: DocumentDraft;
  readonly summary: DocumentSummary;
}

/**
 * A document repository for tests that keeps everything in memory and the whole contract. Every operation takes
 * effect at once and alone; the cost of list, search and links grows with all that is stored.
 */
export class InMemoryDocumentRepository implements DocumentRepository {
  #stored = new Map<string, Stored>();

  get(path: DocumentPath): Promise<Document | undefined> {
    return settle(() => this.#document(path));
  }

  getMany(paths: readonly DocumentPath[]): Promise<readonly (Document | undefined)[]> {
    return settle(() => paths.map((path) => this.#document(path)));
  }

  list(query: DocumentQuery): Promise<Page<DocumentSummary>> {
    const { limit, cursor, sort = 'path', order = 'asc', ...filters } = query;
    return settle(() =>
      pageOf(
        this.#matching(filters).map(({ summary }) => structuredClone(summary)),
        definedOnly({ limit, cursor }),
        ['list', sort, order, queryOf(filters)],
        (summary) => [summary[sort], summary.path],
        order,
      ),
    );
  }

  stream(query: Omit<DocumentQuery, keyof PageRequest>): AsyncIterable<DocumentSummary> {
    return streamOf((page) => this.list({ ...query, ...page }));
  }

  search({ terms, match, limit, cursor, ...filters }: DocumentSearch): Promise<Page<SearchHit>> {
    return settle(() => {
      const hits = this.#matching(filters).flatMap(({ draft }): SearchHit[] => {
        const found = searchDocument(draft, terms, match);
        return found === undefined ? [] : [{ path: draft.path, title: draft.title, ...found }];
      });
      const query = ['search', terms.map((term) => ({ ...term })), match ?? 'all', queryOf(filters)];
      return pageOf(hits, definedOnly({ limit, cursor }), query, (hit) => [-hit.score, hit.path]);
    });
  }

  links(path: DocumentPath): Promise<DocumentLinks | undefined> {
    return settle(() => {
      const stored = this.#stored.get(path);
      if (stored === undefined) return undefined;
      const incoming = this.#sorted()
        .filter(({ draft }) => draft.path !== path)
        .flatMap(({ draft }) =>
          this.#outgoing(draft)
            .filter((link) => link.path === path)
            .sort((left, right) => left.line - right.line)
            .map(({ text, line, fragment }) => ({
              path: draft.path,
              text,
              line,
              ...definedOnly({ fragment }),
            })),
        );
      return { outgoing: this.#outgoing(stored.draft), incoming };
    });
  }

  fingerprints(paths: readonly DocumentPath[]): Promise<readonly DocumentFingerprint[]> {
    return settle(() =>
      [...new Set(paths)].flatMap((path) => {
        const stored = this.#stored.get(path);
        return stored === undefined ? [] : [fingerprintOf(stored)];
      }),
    );
  }

  listBySource(root: string, page: PageRequest): Promise<Page<DocumentFingerprint>> {
    return settle(() => {
      const below = [...this.#stored.values()].filter(
        ({ summary: { source } }) => source === root || source?.startsWith(`${root}/`),
      );
      return pageOf(below.map(fingerprintOf), page, ['source', root], ({ path }) => [path, path]);
    });
  }

  save(draft: DocumentDraft, expected?: Precondition): Promise<SaveResult> {
    return settle(() => {
      requirePrecondition(draft.path, expected, this.#stored.get(draft.path)?.summary);
      return this.#save(draft);
    });
  }

  saveMany(drafts: readonly DocumentDraft[]): Promise<readonly SaveResult[]> {
    return settle(() => {
      if (new Set(drafts.map((draft) => draft.path)).size < drafts.length) {
        throw new Invalid('REQUEST_INVALID', 'two of the documents to save have the same path', {
          details: { field: 'drafts' },
        });
      }
      return drafts.map((draft) => this.#save(draft));
    });
  }

  remove(path: DocumentPath, expected?: Precondition): Promise<boolean> {
    return settle(() => {
      requirePrecondition(path, expected, this.#stored.get(path)?.summary);
      return this.#stored.delete(path);
    });
  }

  removeMany(paths: readonly DocumentPath[]): Promise<number> {
    return settle(() => paths.filter((path) => this.#stored.delete(path)).length);
  }

  knownHashes(hashes: readonly ContentHash[]): Promise<ReadonlySet<ContentHash>> {
    return settle(() => {
      const stored = new Set([...this.#stored.values()].map(({ summary }) => summary.hash));
      return new Set(hashes.filter((hash) => stored.has(hash)));
    });
  }

  /** A repository with the same documents, that changes by itself. */
  copy(): InMemoryDocumentRepository {
    const copy = new InMemoryDocumentRepository();
    copy.become(this);
    return copy;
  }

  /** Takes over the documents of another repository in place of its own. */
  become(other: InMemoryDocumentRepository): void {
    this.#stored = new Map(other.#stored);
  }

  #document(path: DocumentPath): Document | undefined {
    const stored = this.#stored.get(path);
    if (stored === undefined) return undefined;
    const { content, frontMatter, headings } = stored.draft;
    return structuredClone({ ...stored.summary, content, frontMatter, headings });
  }

  #save(given: DocumentDraft): SaveResult {
    const draft = structuredClone(given);
    const { path, title, tags, hash, bytes, source, savedAt } = draft;
    const before = this.#stored.get(path)?.summary;
    if (before !== undefined && before.hash === hash && (source ?? before.source) === before.source) {
      return { path, outcome: 'unchanged', revision: before.revision, hash };
    }
    const summary: DocumentSummary = {
      path,
      title,
      tags,
      hash,
      bytes,
      revision: (before?.revision ?? 0) + 1,
      createdAt: before?.createdAt ?? savedAt,
      updatedAt: savedAt,
      ...definedOnly({ source }),
    };
    this.#stored.set(path, { draft, summary });
    return {
      path,
      outcome: before === undefined ? 'created' : 'updated',
      revision: summary.revision,
      hash,
    };
  }

  #sorted(): Stored[] {
    return [...this.#stored.values()].sort((left, right) =>
      compareCodePoints(left.draft.path, right.draft.path),
    );
  }

  #matching({ prefix = '', after, tag, frontMatter = {} }: Omit<DocumentQuery, keyof PageRequest>): Stored[] {
    const folded = tag?.toLowerCase();
    return [...this.#stored.values()].filter(
      ({ draft }) =>
        draft.path.startsWith(prefix) &&
        (after === undefined || compareCodePoints(draft.path, after) > 0) &&
        (folded === undefined || draft.tags.some((own) => own.toLowerCase() === folded)) &&
        Object.entries(frontMatter).every(([field, value]) =>
          valuesOf(draft.frontMatter, field).includes(value),
        ),
    );
  }

  #outgoing(draft: DocumentDraft): OutgoingLink[] {
    return draft.links.map(({ href, text, line, target }) => {
      const link = { href, text, line, kind: target.kind };
      if (target.kind !== 'document') return { ...link, state: 'unchecked' };
      const named = definedOnly({ fragment: target.fragment });
      const candidates = this.#sorted().filter((other) => linkKey(other.draft.path) === target.key);
      const chosen = linkedPath(
        candidates.map((other) => other.draft.path),
        draft.path,
        href,
      );
      const found = candidates.find((other) => other.draft.path === chosen);
      if (found === undefined) return { ...link, ...named, state: 'missing-document' };
      const { path, headings, anchors } = found.draft;
      const places = [...headings.map((heading) => heading.slug), ...anchors];
      const arrives = fragmentArrives(target.fragment, places);
      return { ...link, ...named, path, state: arrives ? 'ok' : 'missing-fragment' };
    });
  }
}

/** Runs the work in a later microtask, so that whatever it throws becomes a rejection. */
function settle<T>(work: () => T): Promise<T> {
  return Promise.resolve().then(work);
}

/** What of a query a cursor belongs to. */
function queryOf({ prefix = '', after, tag, frontMatter }: DocumentQuery): JsonValue {
  return [prefix, after ?? null, tag ?? null, { ...frontMatter }];
}

function fingerprintOf({ summary: { path, hash, source } }: Stored): DocumentFingerprint {
  return { path, hash, ...definedOnly({ source }) };
}

/** The texts a front-matter field has: fields of mappings below it are named with a dot between. */
function valuesOf(frontMatter: JsonObject, field: string): string[] {
  return Object.entries(frontMatter).flatMap(([name, value]) => {
    if (name === field) return (isList(value) ? value : [value]).filter(isPlain).map(String);
    return field.startsWith(`${name}.`) && isMapping(value)
      ? valuesOf(value, field.slice(name.length + 1))
      : [];
  });
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
const isMapping = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value);
const isPlain = (value: JsonValue): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** The object without the fields that are `undefined`: an optional field is absent, never undefined. */
function definedOnly<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
