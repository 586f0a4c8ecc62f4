import type { MarkdownNode } from '@markitect/domain';
import Table from 'cli-table3';
import stringWidth from 'string-width';
import { type Definitions, inlineSpans } from './inline-spans.js';
import { printableText } from './printable.js';
import type { Style } from './terminal.js';
import { type Span, wrapSpans } from './wrap.js';

interface View {
  readonly style: Style;
  readonly definitions: Definitions;
}

/**
 * A Markdown tree (mdast) as lines for a terminal of `width` columns. Nothing in the document can reach the terminal
 * as a control sequence. Front matter and link definitions are left out; code is not wrapped.
 */
export function viewMarkdown(tree: MarkdownNode, style: Style, width: number): readonly string[] {
  return blocks(tree.children ?? [], { style, definitions: { urls: definedUrls(tree) } }, width);
}

function definedUrls(tree: MarkdownNode): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  const pending = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const { identifier, url } = node;
    if (node.type === 'definition' && typeof identifier === 'string' && typeof url === 'string') {
      if (!urls.has(identifier)) urls.set(identifier, url);
    }
    pending.push(...(node.children ?? []).toReversed());
  }
  return urls;
}

/** Blocks one after another with an empty line between them. */
function blocks(nodes: readonly MarkdownNode[], view: View, width: number): string[] {
  const lines: string[] = [];
  for (const node of nodes) {
    const shown = block(node, view, width);
    if (shown.length === 0) continue;
    if (lines.length > 0) lines.push('');
    lines.push(...shown);
  }
  return lines;
}

function block(node: MarkdownNode, view: View, width: number): readonly string[] {
  const { style } = view;
  const children = node.children ?? [];
  switch (node.type) {
    case 'yaml':
    case 'toml':
    case 'definition':
      return [];
    case 'heading':
      return heading(node, view, width);
    case 'thematicBreak':
      return [style.dim('─'.repeat(width))];
    case 'code':
      return code(node, style);
    case 'html':
      return html(node, style);
    case 'blockquote':
      return blocks(children, view, width - 2).map((line) => `${style.dim('│')} ${line}`.trimEnd());
    case 'list':
      return list(node, view, width);
    case 'table':
      return table(node, view, width);
    case 'footnoteDefinition': {
      const label = typeof node['label'] === 'string' ? node['label'] : '';
      const mark = `[${printableText(label)}] `;
      return hanging(style.cyan(mark), stringWidth(mark), blocks(children, view, width - stringWidth(mark)));
    }
    case 'paragraph': {
      const spans = inlineSpans(children, style, view.definitions);
      // Of a paragraph of tags or comments nothing is left to show.
      return spans.some(({ text }) => text.trim() !== '') ? wrapSpans(spans, width) : [];
    }
    default:
      return children.length > 0
        ? blocks(children, view, width)
        : wrapSpans([{ text: printableText(node.value ?? '') }], width);
  }
}

function heading(node: MarkdownNode, { style, definitions }: View, width: number): readonly string[] {
  const depth = typeof node['depth'] === 'number' ? node['depth'] : 1;
  const paint =
    depth === 1
      ? (text: string) => style.bold(style.magenta(text))
      : depth === 2
        ? (text: string) => style.bold(style.cyan(text))
        : style.bold;
  const spans: Span[] = inlineSpans(node.children ?? [], style, definitions).map((span) => ({
    text: span.text,
    paint,
  }));
  const mark = `${'#'.repeat(depth)} `;
  return hanging(style.dim(mark), mark.length, wrapSpans(spans, width - mark.length));
}

/** Colour sets code apart from text; without it the indent alone does. */
function code(node: MarkdownNode, style: Style): readonly string[] {
  const lang = typeof node['lang'] === 'string' ? printableText(node['lang']) : '';
  const lines = printableText(node.value ?? '')
    .replaceAll('\t', '    ')
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${style.yellow(line)}`));
  return lang === '' ? lines : [`    ${style.dim(`── ${lang}`)}`, ...lines];
}

function html(node: MarkdownNode, style: Style): readonly string[] {
  const source = printableText(node.value ?? '').trim();
  // Comments are not for readers.
  return /^<!--[\s\S]*?-->$/.test(source)
    ? []
    : source.split('\n').map((line) => style.dim(line.replaceAll('\t', '    ')));
}

function list(node: MarkdownNode, view: View, width: number): readonly string[] {
  const items = node.children ?? [];
  const start = typeof node['start'] === 'number' ? node['start'] : 1;
  const isOrdered = node['ordered'] === true;
  const isLoose = node['spread'] === true || items.some((item) => item['spread'] === true);
  const numberWidth = String(start + items.length - 1).length;
  return items.flatMap((item, index) => {
    const bullet = isOrdered ? `${String(start + index).padStart(numberWidth)}. ` : '• ';
    const task = typeof item['checked'] === 'boolean' ? (item['checked'] ? '[x] ' : '[ ] ') : '';
    const indent = stringWidth(bullet) + task.length;
    const body = item.children ?? [];
    const inner = Math.max(16, width - indent);
    const lines = isLoose ? blocks(body, view, inner) : body.flatMap((child) => block(child, view, inner));
    return [
      ...(isLoose && index > 0 ? [''] : []),
      ...hanging(view.style.dim(bullet) + task, indent, lines.length === 0 ? [''] : lines),
    ];
  });
}

const NARROWEST_CELL = 5;

function table(node: MarkdownNode, { style, definitions }: View, width: number): readonly string[] {
  const rows = (node.children ?? []).map((row) =>
    (row.children ?? []).map((cell) => inlineSpans(cell.children ?? [], style, definitions)),
  );
  const count = Math.max(1, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, index) =>
    Math.max(1, ...rows.map((row) => stringWidth((row[index] ?? []).map(({ text }) => text).join('')))),
  );
  // Each column costs its content, a blank on either side and a border.
  const room = Math.max(count * NARROWEST_CELL, width - 3 * count - 1);
  while (widths.reduce((sum, w) => sum + w, 0) > room) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const aligns = Array.isArray(node['align']) ? (node['align'] as readonly unknown[]) : [];
  const drawn = new Table({
    style: { head: [], border: [], compact: true },
    colWidths: widths.map((w) => w + 2),
    colAligns: widths.map((_, index) =>
      aligns[index] === 'right' ? 'right' : aligns[index] === 'center' ? 'center' : 'left',
    ),
  });
  rows.forEach((row, rowIndex) => {
    drawn.push(
      widths.map((w, index) => {
        const spans = row[index] ?? [];
        return wrapSpans(rowIndex === 0 ? spans.map((s) => ({ ...s, paint: style.bold })) : spans, w).join(
          '\n',
        );
      }),
    );
  });
  // cli-table3 draws a rule below the head only when it is given one, so the first row is followed by hand.
  const lines = drawn.toString().split('\n');
  const headLines = Math.max(1, ...widths.map((w, index) => wrapSpans(rows[0]?.[index] ?? [], w).length));
  const rule = `├${widths.map((w) => '─'.repeat(w + 2)).join('┼')}┤`;
  if (rows.length > 1) lines.splice(1 + headLines, 0, rule);
  return lines;
}

/** Lines of which the first stands behind a mark and the others are indented as much. */
function hanging(mark: string, indent: number, lines: readonly string[]): string[] {
  return lines.map((line, index) =>
    index === 0 ? mark + line : line === '' ? '' : ' '.repeat(indent) + line,
  );
}
