import { type Search, searchStatuses, type SearchStatus } from '@markitect/domain';
import { showSince } from '../terminal/age.js';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import { defineCommand } from './command.js';
import { noteNextPage } from './next-page.js';
import { given, pageOptions, type PageOptions } from './option-values.js';
import { sourcesText, statusColors } from './research-view.js';
import { withTracker } from './tracker.js';

interface Options extends PageOptions {
  readonly status?: SearchStatus;
}

/** `markitect research list` */
export const researchList = defineCommand<Options>({
  name: ['research', 'list'],
  summary: 'list researches, the newest first',
  description:
    'Not on a terminal: one line for each with number, status, question, sources (with commas), time it was asked (UTC) ' +
    'and document it was saved as, separated by tabs.',
  options: [
    {
      flags: '--status <status>',
      description: 'only those in this status',
      choices: searchStatuses,
      group: 'Filters:',
    },
    ...pageOptions,
  ],
  examples: [
    { command: 'markitect research list', does: 'all of them' },
    { command: 'markitect research list --status running', does: 'those that are not done' },
  ],
  json: `{
  items: {                 // as of \`research status\`, without found and jobs
    id: number; question: string; sources: string[];
    status: string; maxResults: number; rerunOf?: number; document?: string;
    createdAt: string; updatedAt: string; finishedAt?: string;
  }[];
  nextCursor?: string;     // absent on the last page
}`,
  async run(context, _args, options) {
    const { terminal } = context;
    const { style } = terminal;
    const page = await withTracker(context, ({ research }) => research.list(given(options)));
    if (terminal.json) {
      const { searchView } = await import('@markitect/application');
      terminal.printJson({ ...page, items: page.items.map(searchView) });
      return;
    }
    if (page.items.length === 0) {
      const { status } = options;
      terminal.note(
        status === undefined
          ? `Nothing has been asked yet. Ask with: markitect research start '<question>'`
          : `No research is ${status}.`,
      );
    } else {
      const paintStatus = (text: string) => {
        const status = searchStatuses.find((each) => each === text.trim());
        return status === undefined ? text : statusColors(style)[status](text);
      };
      printColumns<Search>(
        terminal,
        [
          { heading: 'ID', text: ({ id }) => String(id), align: 'right', paint: style.bold },
          { heading: 'STATUS', text: ({ status }) => status, paint: paintStatus },
          {
            heading: 'QUESTION',
            text: ({ question }) => printableLine(question),
            shorten: 'end',
            last: true,
          },
          { heading: 'SOURCES', text: sourcesText, shorten: 'end' },
          {
            heading: 'ASKED',
            text: ({ createdAt }) => showSince(createdAt),
            exact: ({ createdAt }) => createdAt,
            paint: style.dim,
          },
          {
            heading: 'DOCUMENT',
            text: ({ document = '' }) => printableLine(document),
            shorten: 'middle',
            from: 120,
          },
        ],
        page.items,
      );
    }
    noteNextPage(context, page);
  },
});
