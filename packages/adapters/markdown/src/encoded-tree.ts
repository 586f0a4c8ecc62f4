import { promisify } from 'node:util';
import { constants, gunzip, gzipSync } from 'node:zlib';
import { Corrupt, type MarkdownNode } from '@markitect/domain';
import type { EncodedTree } from '@markitect/ports';
import { tooComplex } from './markdown-faults.js';

type Point = NonNullable<MarkdownNode['position']>['start'];

type PlacedPoint = Pick<Point, 'line' | 'column'> & { readonly offset?: number | undefined };

/** What the encoding looks at in a node; mdast's own types and the domain's both have it. */
interface PlacedNode {
  readonly type: string;
  readonly position?: { readonly start: PlacedPoint; readonly end: PlacedPoint } | undefined;
  readonly children?: readonly PlacedNode[];
}

type Bare = Record<string, unknown> & { type: string; children?: Bare[] };

/**
 * Names the encoding. Trees that are stored in another one read as damaged, which makes the store build them anew:
 * count up when the bytes change, or when the parser's trees do.
 */
const FORMAT = 1;

/*
 * The content is JSON in gzip: `[tree, places]`. More than half of a tree written as plain JSON is its positions, so
 * they are taken out into one list of numbers, in reading order, relative to the node before. That makes trees a third
 * smaller, and twice as fast to read. gzip brings a checksum; level 1 costs about a twentieth of parsing.
 */

/** A tree as bytes, exact to the last position. The bytes are the owner of their memory and can be transferred. */
export function encodeTree(tree: PlacedNode): EncodedTree {
  const places: (number | null)[] = [];
  let line = 0;
  let offset = 0;
  const strip = (node: PlacedNode): Bare => {
    const { position, children, ...rest } = node;
    if (position === undefined) places.push(null);
    else {
      const { start, end } = position;
      const startOffset = start.offset ?? 0;
      places.push(start.line - line, start.column, startOffset - offset);
      places.push(end.line - start.line, end.column, (end.offset ?? 0) - startOffset);
      line = start.line;
      offset = startOffset;
    }
    return children === undefined ? rest : { ...rest, children: children.map(strip) };
  };
  const json = JSON.stringify([strip(tree), places]);
  const packed = gzipSync(json, { level: constants.Z_BEST_SPEED });
  const bytes = new Uint8Array(packed.length + 1);
  bytes[0] = FORMAT;
  bytes.set(packed, 1);
  return bytes as EncodedTree;
}

const unpack = promisify(gunzip);

/**
 * The tree that was encoded. Throws Corrupt `AST_CORRUPT` for bytes that {@link encodeTree} of this version did not
 * make. Unpacking happens off the event loop; building the nodes does not, about 25 ms for each MB of Markdown.
 */
export async function decodeTree(bytes: EncodedTree): Promise<MarkdownNode> {
  if (bytes[0] !== FORMAT) throw corrupt(`it begins with ${bytes[0] ?? 'nothing'}, not ${FORMAT}`);
  try {
    const json = (await unpack(bytes.subarray(1))).toString('utf8');
    const [tree, places] = JSON.parse(json) as [Bare, (number | null)[]];
    placeNodes(tree, places);
    return tree;
  } catch (error) {
    throw corrupt(error instanceof Error ? error.message : String(error), error);
  }
}

/**
 * The tree that was encoded, as JSON in UTF-8; the bytes own their memory and can be transferred. Throws Corrupt
 * `AST_CORRUPT`, Invalid `MARKDOWN_TOO_COMPLEX` for one whose JSON is longer than a string can be (half a GB). Builds
 * the nodes and the text: about 100 ms for each MB of Markdown.
 */
export async function treeJson(bytes: EncodedTree): Promise<Uint8Array> {
  const tree = await decodeTree(bytes);
  try {
    return new TextEncoder().encode(JSON.stringify(tree));
  } catch (error) {
    if (error instanceof RangeError) throw tooComplex('memory', 'its tree is too large for one text');
    throw error;
  }
}

function placeNodes(tree: Bare, places: readonly (number | null)[]): void {
  let next = 0;
  let line = 0;
  let offset = 0;
  const read = (): number => {
    const place = places[next++];
    if (typeof place !== 'number') throw new Error('a position is missing');
    return place;
  };
  const place = (node: Bare): void => {
    if (places[next] === null) next += 1;
    else {
      line += read();
      const column = read();
      offset += read();
      const start: Point = { line, column, offset };
      const end: Point = { line: line + read(), column: read(), offset: offset + read() };
      node['position'] = { start, end };
    }
    node.children?.forEach(place);
  };
  place(tree);
  if (next !== places.length) throw new Error('there are positions left over');
}

function corrupt(reason: string, cause?: unknown): Corrupt {
  return new Corrupt('AST_CORRUPT', `a stored syntax tree cannot be read: ${reason}`, { cause });
}
