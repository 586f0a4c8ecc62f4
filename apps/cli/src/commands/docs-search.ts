import type { SearchHit } from '@markitect/domain';
import { printableLine, printableText } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { wrapSpans } from '../terminal/wrap.js';
import { defineCommand } from './command.js';
import { noteNextPage } from './next-page.js';
import { given, pageOptions, type PageOptions, prefixOption, tagOption } from './option-values.js';

interface Options extends PageOptions {
  readonly prefix?: string;
  readonly tag?: string;
}

/** `markitect docs search` */
export const docsSearch = defineCommand<Options>({
  name: ['docs', 'search'],
  summary: 'find documents by their words, best first',
  description:
    'All words have to occur. "two words" in quotes is a phrase, own* stands for words that begin so, -word is a ' +
    'word that must not occur; other signs only separate words. The arguments are joined by blanks; the shell ' +
    `takes quotes away, so give it a second pair: '"borrow checker"'. Put -- before a first argument that begins ` +
    'with "-". Matches in titles count most, then headings, then text. Not on a terminal: one line per document ' +
    'with path, title and snippet, separated by tabs.',
  arguments: [{ name: 'words', description: 'what to look for', variadic: true }],
  options: [prefixOption, tagOption, ...pageOptions],
  examples: [
    { command: 'markitect docs search ownership borrow', does: 'both words' },
    { command: `markitect docs search '"borrow checker"'`, does: 'the phrase' },
    { command: "markitect docs search 'async* -unsafe' --prefix book/", does: 'a beginning, without a word' },
  ],
  json: `{
  items: {
    path: string; title: string;
    score: number;         // higher is better, within this search
    snippet: { text: string; match: boolean }[];
  }[];
  nextCursor?: string;     // absent on the last page
}`,
  async run(context, words, options) {
    const { terminal } = context;
    const query = words.join(' ');
    const page = await context.withApplication(({ documents }) =>
      documents.search({ query, ...given(options) }),
    );
    if (terminal.json) terminal.printJson(page);
    else if (page.items.length === 0) terminal.note(`No document matches ${printableLine(query)}.`);
    else printHits(terminal, page.items, options.cursor === undefined);
    noteNextPage(context, page);
  },
});

function printHits(terminal: Terminal, hits: readonly SearchHit[], ranked: boolean): void {
  const { style } = terminal;
  if (!terminal.isInteractive) {
    const snippet = (hit: SearchHit) => printableLine(hit.snippet.map(({ text }) => text).join(''));
    terminal.print(
      ...hits.map((hit) => [printableLine(hit.path), printableLine(hit.title), snippet(hit)].join('\t')),
    );
    return;
  }
  const indent = '    ';
  hits.forEach((hit, index) => {
    // A later page does not know how many came before it.
    const mark = (ranked ? `${index + 1}.` : '·').padEnd(indent.length);
    const spans = hit.snippet.map(({ text, match }) => ({
      text: printableText(text).replace(/\s+/gu, ' '),
      paint: match ? (part: string) => style.bold(style.yellow(part)) : (part: string) => style.dim(part),
    }));
    terminal.print(
      `${mark}${style.bold(printableLine(hit.title))}  ${style.cyan(printableLine(hit.path))}`,
      ...wrapSpans(spans, Math.min(terminal.width, 100) - indent.length).map((line) => indent + line),
      ...(index < hits.length - 1 ? [''] : []),
    );
  });
}
