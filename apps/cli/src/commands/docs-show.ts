import type { Document, Heading } from '@markitect/domain';
import { printableLine, printableText } from '../terminal/printable.js';
import { showBytes, showInstant } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { argument, defineCommand } from './command.js';

interface Options {
  readonly raw?: boolean;
  readonly ast?: boolean;
  readonly toc?: boolean;
}

/** Longer lines are hard to read, however wide the terminal. */
const MAX_TEXT_WIDTH = 100;

/** `markitect docs show` */
export const docsShow = defineCommand<Options>({
  name: ['docs', 'show'],
  summary: 'show a document, rendered for the terminal',
  arguments: [{ name: 'path', description: 'the document, as `markitect docs list` names it' }],
  options: [
    {
      flags: '--raw',
      description: 'the Markdown as stored, to the byte (a terminal gets � for control characters)',
      conflicts: ['ast', 'toc'],
      group: 'Views:',
    },
    {
      flags: '--ast',
      description: 'the syntax tree (mdast) as JSON',
      conflicts: ['raw', 'toc'],
      group: 'Views:',
    },
    {
      flags: '--toc',
      description: 'the headings, indented by depth, with their lines',
      conflicts: ['raw', 'ast'],
      group: 'Views:',
    },
  ],
  examples: [
    { command: 'markitect docs show guides/start.md', does: 'read it' },
    { command: 'markitect docs show guides/start.md --toc', does: 'see what is in it' },
    { command: 'markitect docs show guides/start.md --raw > start.md', does: 'get the file back' },
  ],
  json: `// with --ast
{ path: string; tree: object }  // mdast, with positions
// with --toc
{ path: string; headings: { depth: number; text: string; slug: string; line: number }[] }
// otherwise
{
  path: string; title: string; tags: string[];
  hash: string;            // SHA-256 of the content
  bytes: number; revision: number;
  createdAt: string; updatedAt: string;
  source?: string;         // the file it was read from
  content: string;         // the Markdown as stored
  frontMatter: object;
  headings: { depth: number; text: string; slug: string; line: number }[];
}`,
  async run(context, args, { raw, ast, toc }) {
    const { terminal } = context;
    const path = argument(args);
    const needsTree = ast === true || (!terminal.json && raw !== true && toc !== true);
    const { document, tree } = await context.withApplication(async ({ documents }) => ({
      document: await documents.get(path),
      tree: needsTree ? await documents.tree(path) : undefined,
    }));
    if (tree !== undefined && ast === true) {
      terminal.printJson(terminal.json ? { path: document.path, tree } : tree);
    } else if (terminal.json) {
      terminal.printJson(toc === true ? { path: document.path, headings: document.headings } : document);
    } else if (raw === true) {
      terminal.write(terminal.isInteractive ? printableText(document.content) : document.content);
    } else if (toc === true) {
      printHeadings(terminal, document.headings);
    } else if (tree !== undefined) {
      const { viewMarkdown } = await import('../terminal/markdown-view.js');
      const width = Math.min(terminal.width, MAX_TEXT_WIDTH);
      terminal.print(...header(terminal, document), '', ...viewMarkdown(tree, terminal.style, width));
    }
  },
});

function printHeadings(terminal: Terminal, headings: readonly Heading[]): void {
  const { style } = terminal;
  if (headings.length === 0) terminal.note('The document has no headings.');
  const top = Math.min(...headings.map(({ depth }) => depth));
  const width = Math.max(...headings.map(({ line }) => String(line).length));
  terminal.print(
    ...headings.map(({ depth, text, line }) => {
      const title = printableLine(text);
      return `${style.dim(String(line).padStart(width))}  ${'  '.repeat(depth - top)}${depth === top ? style.bold(title) : title}`;
    }),
  );
}

/** What is known of the document besides its text. */
function header(terminal: Terminal, document: Document): readonly string[] {
  const { style } = terminal;
  const fields: readonly (readonly [string, string])[] = Object.entries(document.frontMatter).map(
    ([name, value]) => [
      printableLine(name),
      printableLine(
        typeof value === 'string' ? value : Array.isArray(value) ? value.map(shown).join(', ') : shown(value),
      ),
    ],
  );
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  return [
    style.dim(
      `${printableLine(document.path)} · ${showBytes(document.bytes)} · ${showInstant(document.updatedAt)}`,
    ),
    ...fields.map(([name, value]) => style.dim(`${name.padEnd(width)}  `) + value),
  ];
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
