import type { Board, BoardCard, BoardColumn } from '@markitect/application';
import type { Config } from '@markitect/config';
import { columnNamed, issueConditions, parseBoardRules } from '@markitect/domain';
import type { Staleness } from '@markitect/ports';
import { type CardView, viewBoard } from '../terminal/board-view.js';
import { printableLine } from '../terminal/printable.js';
import { countOf } from '../terminal/quantities.js';
import type { Style, Terminal } from '../terminal/terminal.js';
import type { Span } from '../terminal/wrap.js';
import { defineCommand } from './command.js';
import { filterOf, filterOptions, type FilterOptions, isFiltered } from './issue-filter.js';
import { nonEmpty, wholeNumber } from './option-values.js';
import { issueShape, noteStale, staleJson, staleShape, whoIsMe, withTracker } from './tracker.js';

interface Options extends FilterOptions {
  readonly column?: readonly string[];
  readonly limit: number;
}

/** More than these are rather listed. */
const DEFAULT_CARDS = 10;
const MAX_CARDS = 500;

/** `markitect board` */
export const board = defineCommand<Options>({
  name: ['board'],
  summary: 'show the issues as a board',
  description:
    'Columns side by side as far as the terminal is wide enough, the most urgent issues first. What the columns are made ' +
    'of says `board.columns` of the configuration; where the tracker keeps boards itself, its first open one is shown. ' +
    'Not on a terminal: one line per card with column, number, title, priority, assignees (with commas), day it is due ' +
    'and time of the last change (UTC), separated by tabs.',
  options: [
    {
      flags: '--column <name>',
      description: 'only this column, named whatever the case; repeatable',
      repeatable: true,
      parse: nonEmpty('--column'),
      group: 'Filters:',
    },
    ...filterOptions,
    {
      flags: '--limit <count>',
      description: `cards of each column, 1 to ${MAX_CARDS}`,
      default: DEFAULT_CARDS,
      parse: wholeNumber('--limit', 1, MAX_CARDS),
    },
  ],
  examples: [
    { command: 'markitect board', does: 'all of it' },
    { command: 'markitect board --assignee me --column doing --column review', does: 'what I am at' },
    { command: 'markitect board --milestone 2.0 --limit 50', does: 'of a milestone, with more cards' },
  ],
  json: `{
  project?: string;        // the board of the tracker; absent: made by board.columns
  columns: {
    name: string;
    cards: { issue: ${issueShape.replaceAll('\n', '\n      ')}; priority?: string; blockedBy?: number[] }[];
    total: number;         // cards in it, also those beyond --limit
  }[];
  ${staleShape}
}`,
  async run(context, _args, options) {
    const { terminal } = context;
    const { column: wanted, limit } = options;
    const { shown, config, stale } = await withTracker<ShownBoard>(
      context,
      async (application, settings) => {
        const { value, stale: old } = await application.issues.board({
          filter: await filterOf(options, () => whoIsMe(context, application, settings)),
          cards: limit,
        });
        return { shown: withColumns(value, wanted), config: settings, stale: old };
      },
      {
        none: (settings) => {
          const columns = parseBoardRules(settings.board).columns.map(({ name }) => ({
            name,
            cards: [],
            total: 0,
          }));
          return { shown: withColumns({ columns }, wanted), config: settings, stale: undefined };
        },
      },
    );
    if (terminal.json) {
      terminal.printJson({ ...shown, ...staleJson(stale) });
      return;
    }
    noteStale(terminal, stale);
    if (terminal.isInteractive) printBoard(terminal, shown, config);
    else printCards(terminal, shown.columns);
    if (shown.columns.every(({ total }) => total === 0)) {
      terminal.note(
        // Only below a board that was drawn.
        ...(terminal.isInteractive ? [''] : []),
        isFiltered(options)
          ? 'No issue matches.'
          : 'There are no issues. Write one with: markitect issues create --title <text>, or take those of a Gitea: markitect issues sync --help',
      );
    }
  },
});

interface ShownBoard {
  readonly shown: Board;
  readonly config: Config;
  readonly stale: Staleness | undefined;
}

function withColumns(found: Board, wanted: readonly string[] | undefined): Board {
  if (wanted === undefined) return found;
  const named = new Set(wanted.map((name) => columnNamed(name, found.columns)));
  return { ...found, columns: found.columns.filter((column) => named.has(column)) };
}

function printCards(terminal: Terminal, columns: readonly BoardColumn[]): void {
  const line = (fields: readonly string[]) => fields.map(printableLine).join('\t');
  terminal.print(
    ...columns.flatMap(({ name, cards }) =>
      cards.map(({ issue, priority = '' }) => {
        const { number, title, assignees, dueOn = '', updatedAt } = issue;
        return line([name, String(number), title, priority, assignees.join(','), dueOn, updatedAt]);
      }),
    ),
  );
}

function printBoard(terminal: Terminal, { project, columns }: Board, config: Config): void {
  const { style, width } = terminal;
  if (project !== undefined) terminal.print(style.bold(printableLine(project)), '');
  const now = new Date();
  terminal.print(
    ...viewBoard(
      columns.map(({ name, cards, total }) => ({
        name: printableLine(name),
        total,
        cards: cards.map((card) => cardView(card, config, style, now)),
      })),
      style,
      width,
    ),
  );
}

function cardView(
  { issue, priority, blockedBy = [] }: BoardCard,
  config: Config,
  style: Style,
  now: Date,
): CardView {
  const { number, title, state, assignees, milestone } = issue;
  const { overdue, stale, idleDays } = issueConditions(issue, [], config.board, now);
  const rank = priority === undefined ? -1 : config.board.priorities.indexOf(priority);
  const urgent = rank === 0 ? style.red : rank === 1 ? style.yellow : style.dim;
  const isOpen = state === 'open';
  const notes: Span[] = [
    ...(priority === undefined || !isOpen
      ? []
      : [{ text: printableLine(priority.slice(priority.lastIndexOf('/') + 1)), paint: urgent }]),
    ...(blockedBy.length === 0
      ? []
      : [{ text: `waits for ${blockedBy.map((each) => `#${each}`).join(', ')}`, paint: style.red }]),
    ...(overdue ? [{ text: `overdue ${issue.dueOn?.slice(5) ?? ''}`, paint: style.red }] : []),
    ...(stale ? [{ text: `idle ${countOf(idleDays, 'day')}`, paint: style.yellow }] : []),
    ...(assignees.length === 0 ? [] : [{ text: printableLine(assignees.join(', ')), paint: style.cyan }]),
    ...(milestone === undefined ? [] : [{ text: printableLine(milestone), paint: style.dim }]),
  ];
  return {
    number,
    title: printableLine(title),
    paint: (text) => (isOpen ? style.bold(style.green(text)) : style.dim(text)),
    notes,
  };
}
