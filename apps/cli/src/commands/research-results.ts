import type { ExportFormat, ResearchResults, ResearchStatus } from '@markitect/application';
import { printableText } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { argument, defineCommand } from './command.js';
import { noteNextPage } from './next-page.js';
import { given, nonEmpty, pageOptions, type PageOptions } from './option-values.js';
import { isOver, printResults, researchArgument, researchId, resultShape } from './research-view.js';
import { withTracker } from './tracker.js';

interface Options extends PageOptions {
  readonly source?: string;
  readonly duplicates?: boolean;
  readonly export?: ExportFormat;
}

/** `markitect research results` */
export const researchResults = defineCommand<Options>({
  name: ['research', 'results'],
  summary: 'what a research has found, the best first',
  description:
    'Results are ranked and rid of duplicates when the research ends; before that they come as they were found. Not on a ' +
    'terminal: one line per result with rank, source, location, title and snippet, separated by tabs. --export writes ' +
    'all of them to the standard output; in CSV, what a spreadsheet would run as a formula has an apostrophe before it.',
  arguments: [researchArgument],
  options: [
    {
      flags: '--source <source>',
      description: 'only what this source has found: docs, issues, web:<address>',
      parse: nonEmpty('--source'),
      group: 'Filters:',
    },
    { flags: '--duplicates', description: 'also what says the same as a better result', group: 'Filters:' },
    {
      flags: '--export <format>',
      description: 'all results as one file',
      choices: ['md', 'csv', 'json'],
      conflicts: ['cursor'],
    },
    ...pageOptions.map((option) =>
      option.flags.startsWith('--limit') ? { ...option, default: 10 } : option,
    ),
  ],
  examples: [
    { command: 'markitect research results 7', does: 'the best ten' },
    { command: 'markitect research results 7 --export csv > borrowing.csv', does: 'all, for a spreadsheet' },
  ],
  json: `{
  items: ${resultShape}[];
  total: number;
  nextCursor?: string;     // absent on the last page
}`,
  async run(context, args, options) {
    const { terminal } = context;
    const id = researchId(argument(args));
    const { source, duplicates, limit, cursor } = options;
    const which = given({ source, withDuplicates: duplicates });
    await withTracker(context, async ({ research }) => {
      const { export: format } = options;
      if (format !== undefined) {
        for await (const part of await research.export(id, format, which)) {
          // What strangers wrote must not reach a terminal as it is; a file gets it unchanged.
          terminal.write(terminal.isInteractive ? printableText(part) : part);
        }
        return;
      }
      const page = await research.results(id, { ...which, ...given({ limit, cursor }) });
      if (terminal.json) {
        const { resultView } = await import('@markitect/application');
        terminal.printJson({ ...page, items: page.items.map(resultView) });
        return;
      }
      if (page.items.length === 0) noteNothing(terminal, await research.status(id));
      else printResults(terminal, page);
      noteNextPage(context, page);
    });
  },
});

function noteNothing(terminal: Terminal, { search }: ResearchStatus): void {
  terminal.note(isOver(search) ? 'Nothing was found.' : `Nothing was found yet: it is ${search.status}.`);
}

/** Says on stderr what can be done with the results next. For people only. */
export function noteNextResults(
  terminal: Terminal,
  { search }: ResearchStatus,
  { total, items }: ResearchResults,
): void {
  if (!terminal.showsProgress || total === 0) return;
  const lines = [
    ...(total > items.length ? [[`markitect research results ${search.id}`, `all ${total} of them`]] : []),
    [`markitect research save ${search.id}`, 'keep them as a document'],
  ] as const;
  const width = Math.max(...lines.map(([command = '']) => command.length));
  terminal.note(
    '',
    ...lines.map(([command = '', does = '']) =>
      terminal.noteStyle.dim(`  ${command.padEnd(width)}  ${does}`),
    ),
  );
}
