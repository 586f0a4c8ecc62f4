import type { Heading, JsonObject } from '@markitect/domain';
import type { ParsedMarkdown } from '@markitect/ports';
import GithubSlugger from 'github-slugger';
import type { Definition, Nodes, Root } from 'mdast';
import { toString } from 'mdast-util-to-string';
import { readFrontMatter } from './front-matter.js';
import { readHtml } from './html-fragments.js';

/** What a tree says, without the tree. */
export type TreeDescription = Omit<ParsedMarkdown, 'tree'>;

/**
 * Reads everything the store asks of a tree in one walk. Throws Invalid `FRONT_MATTER_INVALID`. The tree is not
 * deeper than `MAX_TREE_DEPTH`.
 */
export function describeTree(tree: Root): TreeDescription {
  const description = new Description(definitionsOf(tree));
  description.blocks(tree.children, 1);
  return description.result();
}

/** The first definition of each name, which is the one that counts. */
function definitionsOf(tree: Root): ReadonlyMap<string, Definition> {
  const definitions = new Map<string, Definition>();
  const collect = (node: Nodes) => {
    if (node.type === 'definition' && !definitions.has(node.identifier))
      definitions.set(node.identifier, node);
    if ('children' in node) node.children.forEach(collect);
  };
  collect(tree);
  return definitions;
}

class Description {
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #slugger = new GithubSlugger();
  readonly #headings: Heading[] = [];
  readonly #anchors = new Set<string>();
  readonly #links: { href: string; text: string; line: number }[] = [];
  readonly #text: string[] = [];
  #frontMatter: JsonObject = {};

  constructor(definitions: ReadonlyMap<string, Definition>) {
    this.#definitions = definitions;
  }

  result(): TreeDescription {
    return {
      frontMatter: this.#frontMatter,
      headings: this.#headings,
      anchors: [...this.#anchors],
      links: this.#links,
      text: this.#text.join('\n'),
    };
  }

  blocks(nodes: readonly Nodes[], line: number): void {
    for (const node of nodes) this.#block(node, node.position?.start.line ?? line);
  }

  #block(node: Nodes, line: number): void {
    switch (node.type) {
      case 'yaml':
        this.#frontMatter = readFrontMatter(node.value);
        break;
      case 'heading': {
        const text = plainText(node);
        this.#headings.push({ depth: node.depth, text, slug: this.#slugger.slug(text), line });
        this.#add(this.#phrases(node.children, line));
        break;
      }
      case 'paragraph':
        this.#add(this.#phrases(node.children, line));
        break;
      case 'tableRow':
        this.#add(node.children.map((cell) => oneLine(this.#phrases(cell.children, line))).join(' '));
        break;
      case 'code':
        if (node.value.trim() !== '') this.#text.push(node.value);
        break;
      case 'html':
        this.#add(this.#html(node.value));
        break;
      default:
        if ('children' in node) this.blocks(node.children, line);
    }
  }

  /** The words of inline nodes; notes their links and anchors in passing. */
  #phrases(nodes: readonly Nodes[], line: number): string {
    let text = '';
    for (const node of nodes) text += this.#phrase(node, node.position?.start.line ?? line);
    return text;
  }

  #phrase(node: Nodes, line: number): string {
    switch (node.type) {
      case 'text':
      case 'inlineCode':
        return node.value;
      case 'break':
        return ' ';
      case 'html':
        return this.#html(node.value);
      case 'image':
        this.#link(node.url, node.alt ?? '', line);
        return node.alt ?? '';
      case 'imageReference':
        this.#link(this.#definitions.get(node.identifier)?.url, node.alt ?? '', line);
        return node.alt ?? '';
      case 'link':
        this.#link(node.url, plainText(node), line);
        return this.#phrases(node.children, line);
      case 'linkReference':
        this.#link(this.#definitions.get(node.identifier)?.url, plainText(node), line);
        return this.#phrases(node.children, line);
      default:
        return 'children' in node ? this.#phrases(node.children, line) : '';
    }
  }

  #html(html: string): string {
    const { text, anchors } = readHtml(html);
    for (const anchor of anchors) this.#anchors.add(anchor);
    return text;
  }

  #link(href: string | undefined, text: string, line: number): void {
    if (href !== undefined) this.#links.push({ href, text: oneLine(text), line });
  }

  #add(text: string): void {
    const line = oneLine(text);
    if (line !== '') this.#text.push(line);
  }
}

/** The words of a node on one line; tags dropped, image descriptions kept. */
export function plainText(node: unknown): string {
  return oneLine(toString(node, { includeHtml: false }));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
