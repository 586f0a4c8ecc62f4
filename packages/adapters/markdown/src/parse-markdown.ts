import { isMarkitectError } from '@markitect/domain';
import type { ParsedMarkdown } from '@markitect/ports';
import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describeTree } from './describe-tree.js';
import { encodeTree } from './encoded-tree.js';
import { gatedExtensions } from './gated-extensions.js';
import { isStackOverflow, MAX_TREE_DEPTH, tooComplex } from './markdown-faults.js';

/**
 * A text as mdast: CommonMark, GFM and YAML front matter, with positions. Throws Invalid `MARKDOWN_TOO_COMPLEX` when
 * it is nested deeper than `MAX_TREE_DEPTH`. Cost: about a second for each MB, more for hostile texts.
 */
export function parseTree(content: string): Root {
  const { extensions, mdastExtensions } = gatedExtensions(content);
  try {
    // Before all other transforms: those recurse.
    return fromMarkdown(content, {
      extensions,
      mdastExtensions: [{ transforms: [requireBoundedDepth] }, ...mdastExtensions],
    });
  } catch (error) {
    if (isMarkitectError(error) || !isStackOverflow(error)) throw error;
    throw tooComplex('depth', 'it is nested too deeply');
  }
}

/** Everything the store wants to know of a text. Throws as {@link parseTree}, and Invalid `FRONT_MATTER_INVALID`. */
export function parseMarkdown(content: string): ParsedMarkdown {
  const tree = parseTree(content);
  return { ...describeTree(tree), tree: encodeTree(tree) };
}

/** Level by level, without recursion. */
function requireBoundedDepth(tree: Root): undefined {
  let level: Nodes[] = [tree];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_TREE_DEPTH)
      throw tooComplex('depth', `it is nested more than ${MAX_TREE_DEPTH} levels deep`);
    level = level.flatMap((node): Nodes[] => ('children' in node ? node.children : []));
  }
}
