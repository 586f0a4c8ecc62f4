import type {
  DocumentFingerprint,
  AstStore,
  Cache,
  DocumentRepository,
  EncodedTree,
  MarkdownParser,
} from '@markitect/ports';
import type { ContentHash, MarkdownNode } from '@markitect/domain';

/** What {@link DocumentTrees} works with. */
export interface DocumentTreesPorts {
  readonly documents: DocumentRepository;
  readonly parser: MarkdownParser;
  readonly trees: AstStore;
  readonly cache: Cache<MarkdownNode>;
}

/** One decoded node takes this many bytes for each byte of its encoded tree, measured on prose. */
const DECODED_WEIGHT = 40;

/**
 * The syntax trees of stored documents. A tree that is missing or damaged is parsed again from the document and
 * put back: the document is the truth, the tree is derived from it.
 */
export class DocumentTrees {
  readonly #ports: DocumentTreesPorts;

  constructor(ports: DocumentTreesPorts) {
    this.#ports = ports;
  }

  /** The tree as nodes, shared: do not change them. `undefined` when the document is gone. */
  decoded(document: DocumentFingerprint): Promise<MarkdownNode | undefined> {
    return this.#ports.cache.getOrSet(document.hash, async (context): Promise<MarkdownNode | undefined> => {
      const found = await this.#find(document);
      if (found === undefined) return undefined;
      // A newer text was found: its tree must not be kept under the hash of the older one.
      if (found.hash !== document.hash) context.skip();
      context.keep({ bytes: found.tree.byteLength * DECODED_WEIGHT });
      return this.#ports.parser.decode(found.tree);
    });
  }

  /** The tree as bytes. `undefined` when the document is gone. */
  async encoded(document: DocumentFingerprint): Promise<EncodedTree | undefined> {
    return (await this.#find(document))?.tree;
  }

  /** The tree with the hash of the text it is of: a newer one when the document was changed in the meantime. */
  async #find({ path, hash }: DocumentFingerprint): Promise<HashedTree | undefined> {
    const stored = await this.#ports.trees.get(hash);
    if (stored !== undefined) return { hash, tree: stored };
    const document = await this.#ports.documents.get(path);
    if (document === undefined) return undefined;
    const { tree } = await this.#ports.parser.parse(document.content);
    await this.#ports.trees.put(document.hash, tree);
    return { hash: document.hash, tree };
  }
}

interface HashedTree {
  readonly hash: ContentHash;
  readonly tree: EncodedTree;
}
