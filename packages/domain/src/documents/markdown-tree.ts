/** A place in a Markdown text. `line` and `column` count from 1, `offset` (UTF-16 units) from 0. */
export interface MarkdownPoint {
  readonly line: number;
  readonly column: number;
  readonly offset?: number;
}

/** A node of a Markdown syntax tree, as mdast describes it (https://github.com/syntax-tree/mdast). */
export interface MarkdownNode {
  readonly type: string;
  readonly position?: { readonly start: MarkdownPoint; readonly end: MarkdownPoint };
  readonly children?: readonly MarkdownNode[];
  readonly value?: string;
  readonly [field: string]: unknown;
}
