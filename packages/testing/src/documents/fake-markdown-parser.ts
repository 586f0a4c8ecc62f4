import {
  Corrupt,
  type Heading,
  Invalid,
  type JsonObject,
  type JsonValue,
  type MarkdownNode,
} from '@markitect/domain';
import type { EncodedTree, MarkdownParser, ParsedMarkdown, SelectedNode } from '@markitect/ports';

/**
 * A parser for tests that knows a small part of Markdown: `#` headings, `[text](href)` links and paragraphs of one
 * line, below front matter of `key: value` lines. Trees are JSON; selectors are `*`, `type` and `type[field=value]`.
 */
export class FakeMarkdownParser implements MarkdownParser {
  async parse(content: string): Promise<ParsedMarkdown> {
    const lines = content.split(/\r?\n/);
    const bodyStart = frontMatterEnd(lines);
    const body = lines
      .map((text, index) => ({ text, line: index + 1 }))
      .filter(({ line, text }) => line > bodyStart && text.trim() !== '');
    const frontMatter = frontMatterOf(lines.slice(1, Math.max(1, bodyStart - 1)));
    const headings = headingsOf(body);
    const blocks = body.map(({ text, line }) => blockOf(text, line));
    const tree: MarkdownNode = { type: 'root', children: blocks };
    return Promise.resolve({
      frontMatter,
      headings,
      anchors: body.flatMap(({ text }) =>
        [...text.matchAll(/ (?:id|name)="([^"]+)"/g)].map(([, id]) => id ?? ''),
      ),
      links: body.flatMap(({ text, line }) =>
        [...text.matchAll(link)].map(([, label = '', href = '']) => ({ href, text: label, line })),
      ),
      text: blocks.map(textOf).join('\n'),
      tree: Buffer.from(JSON.stringify(tree)) as Uint8Array as EncodedTree,
    });
  }

  async decode(tree: EncodedTree): Promise<MarkdownNode> {
    try {
      return await Promise.resolve(JSON.parse(Buffer.from(tree).toString()) as MarkdownNode);
    } catch (cause) {
      throw new Corrupt('AST_CORRUPT', 'the stored tree is not JSON', { cause });
    }
  }

  async json(tree: EncodedTree): Promise<Uint8Array> {
    return Buffer.from(JSON.stringify(await this.decode(tree)));
  }

  async select(tree: EncodedTree, selector: string, limit: number): Promise<readonly SelectedNode[]> {
    const match = /^(?<type>\*|[a-z]+)(?:\[(?<field>[a-z]+)=(?<value>[^\]]*)\])?$/i.exec(selector);
    if (match === null) {
      throw new Invalid('SELECTOR_INVALID', `"${selector}" is not a selector`, {
        details: { field: 'selector' },
      });
    }
    const { type = '', field, value } = match.groups ?? {};
    return nodesOf(await this.decode(tree))
      .filter((node) => type === '*' || node.type === type)
      .filter((node) => field === undefined || String(node[field]) === value)
      .slice(0, limit)
      .map((node) => ({ node, text: textOf(node) }));
  }
}

const link = /\[([^\]]*)\]\(([^)]*)\)/g;

/** The number of lines that the front matter takes up, its fences included. */
function frontMatterEnd(lines: readonly string[]): number {
  return lines[0] === '---' ? lines.indexOf('---', 1) + 1 : 0;
}

function frontMatterOf(lines: readonly string[]): JsonObject {
  return Object.fromEntries(
    lines.map((text, index): [string, JsonValue] => {
      const [, key, value] = /^(\w+): *(.*)$/.exec(text) ?? [];
      if (key !== undefined && value !== undefined) return [key, valueOf(value)];
      const line = index + 2;
      throw new Invalid('FRONT_MATTER_INVALID', `line ${line} of the front matter is not "key: value"`, {
        details: { line },
      });
    }),
  );
}

function valueOf(text: string): JsonValue {
  if (/^\[.*\]$/.test(text)) return text.slice(1, -1).split(/, */).map(valueOf);
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function headingsOf(body: readonly { text: string; line: number }[]): Heading[] {
  const slugs = new Set<string>();
  return body.flatMap(({ text: written, line }) => {
    const [, marks, text] = /^(#{1,6}) +(.*)$/.exec(written) ?? [];
    if (marks === undefined || text === undefined) return [];
    const base = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    let slug = base;
    for (let count = 1; slugs.has(slug); count += 1) slug = `${base}-${count}`;
    slugs.add(slug);
    return [{ depth: marks.length, text: text.replace(link, '$1'), slug, line }];
  });
}

function blockOf(written: string, line: number): MarkdownNode {
  const [, marks, rest] = /^(#{1,6}) +(.*)$/.exec(written) ?? [];
  const position = { start: { line, column: 1 }, end: { line, column: written.length + 1 } };
  const children = inlineOf(rest ?? written);
  return marks === undefined
    ? { type: 'paragraph', position, children }
    : { type: 'heading', depth: marks.length, position, children };
}

function inlineOf(text: string): MarkdownNode[] {
  const nodes: MarkdownNode[] = [];
  let end = 0;
  for (const found of text.matchAll(link)) {
    const [whole, label = '', url = ''] = found;
    if (found.index > end) nodes.push({ type: 'text', value: text.slice(end, found.index) });
    nodes.push({ type: 'link', url, children: [{ type: 'text', value: label }] });
    end = found.index + whole.length;
  }
  if (end < text.length) nodes.push({ type: 'text', value: text.slice(end) });
  return nodes;
}

function nodesOf(node: MarkdownNode): MarkdownNode[] {
  return [node, ...(node.children ?? []).flatMap(nodesOf)];
}

function textOf(node: MarkdownNode): string {
  return node.value ?? (node.children ?? []).map(textOf).join('');
}
