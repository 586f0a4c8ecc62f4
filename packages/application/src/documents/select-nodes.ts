import type { DocumentPath, JsonValue, Page, PageRequest } from '@markitect/domain';
import { pageLimit } from '@markitect/domain';
import {
  decodeCursor,
  type DocumentFingerprint,
  type DocumentRepository,
  encodeCursor,
  type MarkdownParser,
  type SelectedNode,
} from '@markitect/ports';
import type { DocumentTrees } from './document-trees.js';

/** Which nodes to look for, and where. */
export interface NodeQuery {
  /** A CSS-like selector over mdast, e.g. `heading[depth=2]`. */
  readonly selector: string;
  readonly page?: PageRequest;
  /** Only documents whose paths begin with this text. */
  readonly prefix?: string;
}

/** A node found. */
export interface NodeHit extends SelectedNode {
  readonly path: DocumentPath;
}

interface Selection {
  readonly documents: DocumentRepository;
  readonly parser: MarkdownParser;
  readonly trees: DocumentTrees;
}

/** Trees read at the same time: enough to keep the parser's threads at work. */
const DOCUMENTS_AT_ONCE = 8;

/**
 * One page of the nodes that a selector matches in one document (`only`) or in all, by path and then in reading
 * order. The cursor says after which document to go on, and how many nodes of the next one to pass over.
 */
export async function selectNodes(
  { documents, parser, trees }: Selection,
  { selector, prefix = '', page = {}, only }: NodeQuery & { readonly only?: DocumentFingerprint },
): Promise<Page<NodeHit>> {
  const limit = pageLimit(page);
  const query: JsonValue = ['select', selector, prefix, only?.path ?? null];
  let [after, passOver] =
    page.cursor === undefined ? (['', 0] as const) : decodeCursor(page.cursor, query, isPlace);

  const items: NodeHit[] = [];
  for await (const batch of batches()) {
    const found = await Promise.all(batch.map(nodesOf));
    for (const [index, document] of batch.entries()) {
      const nodes = (found[index] ?? []).slice(passOver);
      const taken = nodes.slice(0, limit - items.length);
      items.push(...taken.map((node) => ({ path: document.path, ...node })));
      if (taken.length < nodes.length) {
        return { items, nextCursor: encodeCursor(query, [after, passOver + taken.length]) };
      }
      after = document.path;
      passOver = 0;
    }
  }
  return { items };

  async function nodesOf(document: DocumentFingerprint): Promise<readonly SelectedNode[]> {
    const tree = await trees.encoded(document);
    if (tree === undefined) return [];
    // One more than the page can take: it tells whether there is a next page.
    return parser.select(tree, selector, passOver + limit - items.length + 1);
  }

  async function* batches(): AsyncIterable<readonly DocumentFingerprint[]> {
    if (only !== undefined) {
      yield [only];
      return;
    }
    for (;;) {
      const { items: batch } = await documents.list({
        prefix,
        limit: DOCUMENTS_AT_ONCE,
        ...(after === '' ? {} : { after: after as DocumentPath }),
      });
      if (batch.length === 0) return;
      yield batch;
    }
  }
}

function isPlace(place: readonly JsonValue[]): place is readonly [string, number] {
  const [after, passOver] = place;
  return (
    place.length === 2 && typeof after === 'string' && Number.isSafeInteger(passOver) && Number(passOver) >= 0
  );
}
