import { Invalid, type MarkdownNode } from '@markitect/domain';
import type { SelectedNode } from '@markitect/ports';
import { selectAll } from 'unist-util-select';
import { plainText } from './describe-tree.js';

/** The first `limit` nodes that match. Throws Invalid `SELECTOR_INVALID`. */
export function selectNodes(tree: MarkdownNode, selector: string, limit: number): readonly SelectedNode[] {
  let found: readonly MarkdownNode[];
  try {
    found = selectAll(quoteNumbers(selector), { ...tree }) as MarkdownNode[];
  } catch (error) {
    throw new Invalid('SELECTOR_INVALID', `"${selector}" is not a selector: ${reasonOf(error)}`, {
      details: { selector },
      cause: error,
    });
  }
  return found.slice(0, limit).map((node) => ({ node, text: plainText(node) }));
}

/** In CSS a value that begins with a digit must be quoted; `[depth=2]` is what everybody writes. Quoted text is skipped. */
function quoteNumbers(selector: string): string {
  return selector.replace(
    /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(=\s*)(-?\d[\w.-]*)(?=\s*(?:[is]\s*)?\])/gi,
    (all: string, equals: string | undefined, value: string | undefined) =>
      equals === undefined || value === undefined ? all : `${equals}"${value}"`,
  );
}

/** The library's own words, without its name and its position, which counts the quotes added. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n', 1)[0] ?? '')
    .replace(/^css-selector-parser parse error: /, '')
    .replace(/\.? Pos: -?\d+\.?$/, '')
    .replace(/\.$/, '')
    .replace(/^[A-Z]/, (first) => first.toLowerCase());
}
