import { type Issue, issueSorts, type IssueSort, type Page } from '@markitect/domain';
import type { StaleAllowed } from '@markitect/ports';
import { showSince } from '../terminal/age.js';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineCommand } from './command.js';
import { filterOf, filterOptions, type FilterOptions, isFiltered } from './issue-filter.js';
import { noteNextPage } from './next-page.js';
import { given, pageOptions, type PageOptions } from './option-values.js';
import { issueShape, noteStale, staleJson, staleShape, whoIsMe, withTracker } from './tracker.js';

interface Options extends PageOptions, FilterOptions {
  readonly state: 'open' | 'closed' | 'all';
  readonly sort: IssueSort;
  readonly order: 'asc' | 'desc';
}

/** `markitect issues list` */
export const issuesList = defineCommand<Options>({
  name: ['issues', 'list'],
  summary: 'list issues',
  description:
    'On a terminal as a table that fits it; otherwise one line per issue with number, state, title, labels and ' +
    'assignees (each with commas), milestone, day it is due and time of the last change (UTC), separated by tabs.',
  options: [
    {
      flags: '--state <state>',
      description: 'in this state',
      choices: ['open', 'closed', 'all'],
      default: 'open',
      group: 'Filters:',
    },
    ...filterOptions,
    {
      flags: '--sort <field>',
      description: 'field to sort by',
      choices: issueSorts,
      default: 'number',
      group: 'Order:',
    },
    {
      flags: '--order <direction>',
      description: 'direction',
      choices: ['asc', 'desc'],
      default: 'desc',
      group: 'Order:',
    },
    ...pageOptions,
  ],
  examples: [
    { command: 'markitect issues list --label bug --assignee none', does: 'open bugs nobody works on' },
    {
      command: 'markitect issues list --state all --since 7d --sort updatedAt',
      does: 'what was touched in the last seven days',
    },
    { command: "markitect issues list --milestone 2.0 --text 'log in'", does: 'of a milestone, by words' },
  ],
  json: `{
  items: ${issueShape.replaceAll('\n', '\n  ')}[];
  nextCursor?: string;     // absent on the last page
  ${staleShape}
}`,
  async run(context, _args, options) {
    const { terminal } = context;
    const { state, sort, order, limit, cursor } = options;
    const { value: page, stale } = await withTracker<StaleAllowed<Page<Issue>>>(
      context,
      async (application, config) =>
        application.issues.list(
          {
            ...(await filterOf(options, () => whoIsMe(context, application, config))),
            ...(state === 'all' ? {} : { state }),
            sort,
            order,
          },
          given({ limit, cursor }),
        ),
      { none: () => ({ value: { items: [] } }) },
    );
    if (terminal.json) {
      terminal.printJson({ ...page, ...staleJson(stale) });
      return;
    }
    noteStale(terminal, stale);
    if (page.items.length === 0) terminal.note(...emptyNote(options));
    else printIssues(terminal, page.items);
    noteNextPage(context, page);
  },
});

function emptyNote(options: Options): readonly string[] {
  const { state } = options;
  const which = state === 'all' ? '' : `${state} `;
  if (isFiltered(options)) {
    return [`No ${which}issue matches.${state === 'open' ? ' Closed ones, too: --state all' : ''}`];
  }
  if (state === 'closed') return ['No issue is closed.'];
  return [
    `There are no ${which}issues. Write one with: markitect issues create --title <text>, or take those of a Gitea: markitect issues sync --help`,
  ];
}

function printIssues(terminal: Terminal, issues: readonly Issue[]): void {
  const { style } = terminal;
  const list = (names: readonly string[], separator: string) => printableLine(names.join(separator));
  const labels = ({ labels: all }: Issue) => all.map(({ name }) => name);
  const marked = { open: '○', closed: '✓' } as const;
  const today = new Date().toISOString().slice(0, 10);
  const isOverdue = ({ state, dueOn }: Issue) => state === 'open' && dueOn !== undefined && dueOn < today;
  printColumns<Issue>(
    terminal,
    [
      {
        heading: 'ISSUE',
        text: ({ number, state }) => `${marked[state]} #${number}`,
        exact: ({ number, state }) => `${number}\t${state}`,
        paint: (text) => (text.startsWith(marked.open) ? style.green(text) : style.dim(text)),
      },
      { heading: 'TITLE', text: ({ title }) => printableLine(title), shorten: 'end', last: true },
      {
        heading: 'LABELS',
        text: (issue) => list(labels(issue), ', '),
        exact: (issue) => list(labels(issue), ','),
        shorten: 'end',
        least: 14,
        from: 60,
        paint: style.cyan,
      },
      {
        heading: 'ASSIGNEES',
        text: ({ assignees }) => list(assignees, ', '),
        exact: ({ assignees }) => list(assignees, ','),
        shorten: 'end',
        from: 70,
      },
      {
        heading: 'MILESTONE',
        text: ({ milestone }) => printableLine(milestone ?? ''),
        shorten: 'end',
        from: 110,
        paint: style.dim,
      },
      {
        heading: 'DUE',
        from: 50,
        text: (issue) => (issue.dueOn === undefined ? '' : `${issue.dueOn}${isOverdue(issue) ? '!' : ''}`),
        exact: ({ dueOn }) => dueOn ?? '',
        paint: (text) => (text.endsWith('!') ? style.red(text) : text),
      },
      {
        heading: 'UPDATED',
        text: ({ updatedAt }) => showSince(updatedAt),
        exact: ({ updatedAt }) => updatedAt,
        paint: style.dim,
      },
    ],
    issues,
  );
}
