import type { NodeHit } from '@markitect/application';
import { fitEnd } from '../terminal/fit.js';
import { printableLine } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../program/usage-error.js';
import { argument, defineCommand } from './command.js';
import { noteNextPage } from './next-page.js';
import { given, pageOptions, type PageOptions, prefixOption } from './option-values.js';

interface Options extends PageOptions {
  readonly all?: boolean;
  readonly prefix?: string;
}

/** `markitect docs query` */
export const docsQuery = defineCommand<Options>({
  name: ['docs', 'query'],
  summary: 'find parts of documents by a selector over their syntax trees',
  description:
    'The selector is like one of CSS, over mdast: types such as heading, paragraph, link, image, code, inlineCode, ' +
    'list, listItem, table, blockquote; attributes such as [depth=2], [lang=rust], [url^=http]; >, + and ~ between ' +
    'them; :first-child, :has(…), :not(…). Results come by path, then in reading order. Not on a terminal: one ' +
    'line per node with path:line, type and text, separated by tabs.',
  arguments: [
    { name: 'path', description: 'the document; left out with --all', optional: true },
    { name: 'selector', description: 'what to look for, quoted', optional: true },
  ],
  options: [
    { flags: '--all', description: 'search all documents' },
    { ...prefixOption, description: 'with --all: only documents whose paths begin with this' },
    ...pageOptions,
  ],
  examples: [
    {
      command: "markitect docs query guides/start.md 'heading[depth=2]'",
      does: 'the chapters of a document',
    },
    { command: "markitect docs query --all 'code[lang=rust]' --limit 5", does: 'code anywhere' },
    {
      command: "markitect docs query --all 'listItem > paragraph link' --prefix guides/",
      does: 'links in lists',
    },
  ],
  json: `{
  items: {
    path: string;
    text: string;          // the words of the node, without markup
    node: object;          // the mdast node, with positions
  }[];
  nextCursor?: string;     // absent on the last page
}`,
  async run(context, args, { all, prefix, ...page }) {
    const { terminal } = context;
    const wanted = all === true ? 1 : 2;
    if (args.length !== wanted || (all !== true && prefix !== undefined)) {
      throw new UsageError(
        all === true
          ? 'docs query --all takes one argument, the selector'
          : prefix === undefined
            ? 'docs query takes a path and a selector, or --all and a selector'
            : '--prefix can only be used with --all',
        {},
        "Write `markitect docs query <path> '<selector>'` or `markitect docs query --all '<selector>'`.",
      );
    }
    const found = await context.withApplication(({ documents }) =>
      all === true
        ? documents.selectAll(given({ selector: argument(args), page: given(page), prefix }))
        : documents.select(argument(args), argument(args, 1), given(page)),
    );
    if (terminal.json) terminal.printJson(found);
    else if (found.items.length === 0) terminal.note('No node matches.');
    else printNodes(terminal, found.items);
    noteNextPage(context, found);
  },
});

function printNodes(terminal: Terminal, hits: readonly NodeHit[]): void {
  const { style, width } = terminal;
  for (const { path, node, text } of hits) {
    const place = printableLine(path);
    const line = String(node.position?.start.line ?? '?');
    const words = printableLine(text);
    if (!terminal.isInteractive) {
      terminal.print([`${place}:${line}`, node.type, words].join('\t'));
      continue;
    }
    const head = `${place}:${line}  ${node.type}  `;
    const room = width - head.length;
    terminal.print(
      `${style.cyan(place)}${style.dim(`:${line}`)}  ${style.dim(node.type)}  ${room >= 20 ? fitEnd(words, room) : `\n    ${fitEnd(words, width - 4)}`}`,
    );
  }
}
