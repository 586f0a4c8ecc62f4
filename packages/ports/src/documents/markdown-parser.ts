import type { Heading, JsonObject, MarkdownNode } from '@markitect/domain';
import { definePort } from '../port.js';

declare const encodedTree: unique symbol;

/** A syntax tree as bytes. Only the parser that made it can read it. */
export type EncodedTree = Uint8Array & { readonly [encodedTree]: true };

/** What a Markdown text says. */
export interface ParsedMarkdown {
  readonly frontMatter: JsonObject;
  /** In reading order, with unique slugs as GitHub makes them. */
  readonly headings: readonly Heading[];
  /** `id` and `name` attributes of HTML in the text. */
  readonly anchors: readonly string[];
  /** Links, images and definitions as written, in reading order. */
  readonly links: readonly { readonly href: string; readonly text: string; readonly line: number }[];
  /** The words without markup, front matter left out, blocks apart by line ends. */
  readonly text: string;
  readonly tree: EncodedTree;
}

/** A node found by a selector. */
export interface SelectedNode {
  readonly node: MarkdownNode;
  /** The node's words without markup. */
  readonly text: string;
}

/**
 * Markdown in, trees out: CommonMark with GFM and YAML front matter, as mdast with positions. None of it runs on the
 * caller's event loop when the text is large or many are parsed.
 */
export interface MarkdownParser {
  /**
   * Parses a text. Throws Invalid `FRONT_MATTER_INVALID` with the line, and `MARKDOWN_TOO_COMPLEX` for one nested beyond
   * reason or that takes too long; no other text is an error.
   */
  parse(content: string): Promise<ParsedMarkdown>;

  /** The tree as nodes. Throws Corrupt `AST_CORRUPT`. */
  decode(tree: EncodedTree): Promise<MarkdownNode>;

  /**
   * The tree as JSON in UTF-8, for handing on as it is: what `JSON.stringify` makes of the nodes, built off the caller's
   * event loop when the tree is large. Throws Corrupt `AST_CORRUPT`, Invalid `MARKDOWN_TOO_COMPLEX` when it is too large
   * for one text.
   */
  json(tree: EncodedTree): Promise<Uint8Array>;

  /**
   * The nodes that a CSS-like selector matches, in reading order, at most `limit`. Throws Invalid
   * `SELECTOR_INVALID`, Corrupt `AST_CORRUPT`.
   */
  select(tree: EncodedTree, selector: string, limit: number): Promise<readonly SelectedNode[]>;
}

export const markdownParserPort = definePort<MarkdownParser>('MarkdownParser', {
  parse: { kind: 'read', idempotent: true },
  decode: { kind: 'read', idempotent: true },
  json: { kind: 'read', idempotent: true },
  select: { kind: 'read', idempotent: true },
});
