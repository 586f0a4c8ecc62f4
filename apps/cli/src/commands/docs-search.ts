import type { SearchHit } from '@markitect/domain';
import { printableLine } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineCommand } from './command.js';
import { noteNextPage } from './next-page.js';
import { given, pageOptions, type PageOptions, prefixOption, tagOption } from './option-values.js';
import { printHits, snippetLine } from './search-hits.js';

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
    else print(terminal, page.items, options.cursor === undefined);
    noteNextPage(context, page);
  },
});

function print(terminal: Terminal, hits: readonly SearchHit[], ranked: boolean): void {
  if (terminal.isInteractive) {
    printHits(
      terminal,
      hits.map(({ path, ...hit }) => ({ name: path, ...hit })),
      ranked,
    );
    return;
  }
  terminal.print(
    ...hits.map((hit) =>
      [printableLine(hit.path), printableLine(hit.title), snippetLine(hit.snippet)].join('\t'),
    ),
  );
}
