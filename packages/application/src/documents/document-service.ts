import {
  type Document,
  type DocumentLinks,
  type DocumentPath,
  type DocumentSummary,
  Invalid,
  type MarkdownNode,
  NotFound,
  type Page,
  type PageRequest,
  parseDocumentPath,
  parseSearchQuery,
  type Precondition,
  type SearchHit,
  Unavailable,
} from '@markitect/domain';
import type { DocumentQuery, DocumentSearch, SaveResult } from '@markitect/ports';
import { draftDocument } from './document-draft.js';
import { DocumentTrees, type DocumentTreesPorts } from './document-trees.js';
import { encodeMarkdown } from './markdown-text.js';
import { type NodeHit, type NodeQuery, selectNodes } from './select-nodes.js';

/** A search as a person asks for it. */
export interface SearchRequest extends Omit<DocumentSearch, 'terms'> {
  /** The words, as {@link parseSearchQuery} reads them. */
  readonly query: string;
}

export interface DocumentServiceOptions {
  /** The most bytes a document may have. */
  readonly maxBytes: number;
  readonly now?: () => Date;
}

/**
 * Reading and writing single documents. Paths come as people write them and are checked here. Every operation
 * throws Invalid `DOCUMENT_PATH_INVALID` for a bad path and NotFound `DOCUMENT_NOT_FOUND` where it needs a document
 * that is not stored, besides the errors of the ports it uses.
 */
export class DocumentService {
  readonly #ports: DocumentTreesPorts;
  readonly #trees: DocumentTrees;
  readonly #maxBytes: number;
  readonly #now: () => Date;

  constructor(ports: DocumentTreesPorts, options: DocumentServiceOptions) {
    this.#ports = ports;
    this.#trees = new DocumentTrees(ports);
    this.#maxBytes = options.maxBytes;
    this.#now = options.now ?? (() => new Date());
  }

  async get(path: string): Promise<Document> {
    const key = parseDocumentPath(path);
    return (await this.#ports.documents.get(key)) ?? notFound(key);
  }

  list(query: DocumentQuery): Promise<Page<DocumentSummary>> {
    return this.#ports.documents.list(query);
  }

  /** Throws Invalid `SEARCH_QUERY_INVALID` when no words are left. */
  async search({ query, ...rest }: SearchRequest): Promise<Page<SearchHit>> {
    return this.#ports.documents.search({ ...rest, terms: parseSearchQuery(query) });
  }

  async links(path: string): Promise<DocumentLinks> {
    const key = parseDocumentPath(path);
    return (await this.#ports.documents.links(key)) ?? notFound(key);
  }

  /** The syntax tree. It is shared: do not change it. */
  async tree(path: string): Promise<MarkdownNode> {
    const document = await this.#fingerprint(path);
    return (await this.#trees.decoded(document)) ?? notFound(document.path);
  }

  /** The syntax tree as JSON in UTF-8. Costs the event loop nothing worth naming, however large the tree is. */
  async treeJson(path: string): Promise<Uint8Array> {
    const document = await this.#fingerprint(path);
    const tree = await this.#trees.encoded(document);
    return tree === undefined ? notFound(document.path) : this.#ports.parser.json(tree);
  }

  /** The nodes of one document that a selector matches. Throws Invalid `SELECTOR_INVALID`. */
  async select(path: string, selector: string, page: PageRequest = {}): Promise<Page<NodeHit>> {
    const document = await this.#fingerprint(path);
    return selectNodes(this.#selection, { selector, page, only: document });
  }

  /** The same over all documents, by path. Reads as many trees as it needs to fill the page. */
  async selectAll(query: NodeQuery): Promise<Page<NodeHit>> {
    return selectNodes(this.#selection, query);
  }

  /**
   * Stores a text as the document at a path, committed when the promise is settled. Throws Conflict
   * `DOCUMENT_CHANGED`, Unavailable `CONNECTION_CLOSED` when `signal` is aborted before the commit begins, Invalid `FRONT_MATTER_INVALID`, `FILE_NOT_UTF8`, `FILE_BINARY`, `DOCUMENT_TOO_LARGE`.
   */
  async put(
    path: string,
    content: string,
    expected?: Precondition,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<SaveResult> {
    const key = parseDocumentPath(path);
    const text = encodeMarkdown(content);
    if (text.bytes > this.#maxBytes) {
      throw new Invalid(
        'DOCUMENT_TOO_LARGE',
        `the document has ${text.bytes} bytes, more than ${this.#maxBytes}`,
        {
          details: { field: 'content', bytes: text.bytes, maximum: this.#maxBytes },
        },
      );
    }
    const parsed = await this.#ports.parser.parse(text.content);
    await this.#ports.trees.put(text.hash, parsed.tree);
    if (signal?.aborted === true) {
      throw new Unavailable('CONNECTION_CLOSED', 'whoever wrote the document left before it was stored');
    }
    return this.#ports.documents.save(
      draftDocument({ path: key, text, parsed, savedAt: this.#now().toISOString() }),
      expected,
    );
  }

  /** Removes a document. Throws Conflict `DOCUMENT_CHANGED`. */
  async remove(path: string, expected?: Precondition): Promise<void> {
    const key = parseDocumentPath(path);
    if (!(await this.#ports.documents.remove(key, expected))) notFound(key);
  }

  get #selection() {
    return { documents: this.#ports.documents, parser: this.#ports.parser, trees: this.#trees };
  }

  async #fingerprint(path: string) {
    const key = parseDocumentPath(path);
    const [found] = await this.#ports.documents.fingerprints([key]);
    return found ?? notFound(key);
  }
}

function notFound(path: DocumentPath): never {
  throw new NotFound('DOCUMENT_NOT_FOUND', `there is no document at ${path}`, { details: { path } });
}
